"""What machines read on a page: search engines, reference managers, link previews.

Addresses of the book itself are only given where ``review.toml`` names a ``base_url``; everything
else stands on every page, also on one opened from a folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from markupsafe import Markup

from synth.book.assets import DATA
from synth.book.context import render, review_of, settings_of
from synth.book.data_package import agent, licence_address
from synth.book.downloads import files_of
from synth.messages import Words
from synth.references.apa import group, reference_html

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

    from synth.book.data_package import TakeawayFile
    from synth.model import Settings
    from synth.references.work import Reference

FAVICON, CARD = "favicon.svg", "social-card.png"


def setup(app: Sphinx) -> None:
    """Describe every page, draw the book's sign, list its addresses."""
    # The team's own words stand in what is read from a page as well as in what is drawn of it.
    app.add_config_value("synth_about", default="", rebuild="env")
    app.connect("config-inited", know_the_address, priority=90)
    app.connect("builder-inited", draw_signs)
    app.connect("html-page-context", describe_page, priority=600)
    app.connect("build-finished", write_sitemap)


def know_the_address(app: Sphinx, config: Any) -> None:
    """Take the book's address from ``review.toml``; pages are written anew when it changes."""
    settings = settings_of(app)
    if settings is None:
        return
    if settings.base_url and not config.html_baseurl:
        config.html_baseurl = settings.base_url.rstrip("/") + "/"
    config.synth_about = hashlib.sha256(repr(settings).encode()).hexdigest()[:16]


# --- the head of a page -----------------------------------------------------------------------


def describe_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the page's description, its tags for reference managers and its linked data."""
    settings = settings_of(app)
    if settings is None:
        return
    context["favicon_url"] = context["pathto"](f"_static/synth/{FAVICON}", 1)
    if doctree is None:
        return
    is_home = pagename == app.config.root_doc
    title = _plain(str(context.get("title", ""))) or settings.title
    said = str((context.get("meta") or {}).get("description", "")).strip().strip('"')
    description = said or (settings.question if is_home else "")
    address = str(context.get("pageurl") or "")
    linked = None
    if is_home:
        linked = linked_data(settings)
        linked["@graph"][1] |= distribution(files_of(app), context["pathto"], settings.base_url)
        linked["@graph"].append(source_data(settings, _reference(app, settings.source.key)))
    tags = page_tags(settings, title, description, address, is_home=is_home, linked=linked)
    context["metatags"] = f"{context.get('metatags', '')}\n{tags}"
    context["body"] = with_coins(str(context.get("body", "")), app)


def page_tags(
    settings: Settings,
    title: str,
    description: str,
    address: str,
    *,
    is_home: bool,
    linked: Mapping[str, Any] | None = None,
) -> Markup:
    """What stands in the head of a page: tags of Highwire and Open Graph, and linked data.

    Reference managers take the book from its first page and a chapter of it from any other.

    Parameters
    ----------
    settings : what ``review.toml`` says.
    title, description : of the page.
    address : of the page, empty where the book has no address.
    is_home : the page is the first of the book.
    linked : the linked data of the page, if it has any.
    """
    base = settings.base_url.rstrip("/") + "/" if settings.base_url else ""
    return render(
        "head.html",
        settings=settings,
        title=title,
        description=description,
        address=address,
        is_home=is_home,
        card=urljoin(base, f"_static/synth/{CARD}") if base else "",
        licence=licence_address(settings.licence),
        linked=linked,
    )


def linked_data(settings: Settings) -> dict[str, Any]:
    """The book and its data as schema.org linked data, for its first page.

    Parameters
    ----------
    settings : what ``review.toml`` says.
    """
    base = settings.base_url.rstrip("/") + "/" if settings.base_url else ""
    authors = [agent(author) for author in settings.authors]
    licence = licence_address(settings.licence)
    shared = {
        **({"license": licence} if licence else {}),
        "version": settings.version,
        "dateModified": settings.date.isoformat(),
        "inLanguage": settings.language,
        "isBasedOn": {"@id": _doi(settings) or f"{base}#source"},
    }
    book: dict[str, Any] = {
        "@type": "Book",
        "@id": f"{base}#book",
        "name": settings.title,
        "description": settings.question,
        "author": authors,
        "hasPart": {"@id": f"{base}#dataset"},
        **shared,
    }
    if settings.short_title:
        book["alternateName"] = settings.short_title
    if base:
        book["url"] = base
    dataset = {
        "@type": "Dataset",
        "@id": f"{base}#dataset",
        "name": f"Coded findings: {settings.title}",
        "description": (
            "The coded findings of a review, with their studies and the codebook they were coded "
            f"to. The review asked: {settings.question}"
        ),
        "creator": authors,
        **shared,
    }
    return {"@context": "https://schema.org", "@graph": [book, dataset]}


def distribution(
    files: Iterable[TakeawayFile], pathto: Callable[[str, int], str], base_url: str
) -> dict[str, Any]:
    """Where the data can be downloaded, as schema.org linked data.

    Parameters
    ----------
    files : what readers can take along.
    pathto : gives the way from the page to a file of the book.
    base_url : address of the book; without it the ways are those of the page.
    """
    base = base_url.rstrip("/") + "/" if base_url else ""
    places = [
        {
            "@type": "DataDownload",
            "name": file.name,
            "description": file.holds,
            "encodingFormat": file.media_type,
            "contentUrl": f"{base}{at}" if base else pathto(at, 1),
        }
        for file in files
        for at in [f"{DATA}/{file.name}"]
    ]
    return {"distribution": places} if places else {}


def source_data(settings: Settings, reference: Reference | None) -> dict[str, Any]:
    """The review the book is based on, as schema.org linked data."""
    base = settings.base_url.rstrip("/") + "/" if settings.base_url else ""
    source: dict[str, Any] = {
        "@type": "ScholarlyArticle",
        "@id": _doi(settings) or f"{base}#source",
        "name": reference.title if reference else settings.source.citation,
    }
    if reference:
        source["author"] = [
            {
                "@type": "Person",
                "familyName": " ".join(filter(None, (n.von, n.last))),
                "givenName": n.first,
            }
            for n in reference.authors
        ]
        if reference.year:
            source["datePublished"] = str(reference.year)
        if reference.container:
            source["isPartOf"] = {"@type": "Periodical", "name": reference.container}
    if settings.source.doi:
        source["identifier"] = f"doi:{settings.source.doi}"
    return source


# --- works on a page --------------------------------------------------------------------------

_HOME = re.compile(r'<(?P<tag>\w+)\b[^<>]*\bid="(?:ref|study)-(?P<key>[^"]+)"[^<>]*>')
_LISTED = re.compile(r'\bid="ref-([^"]+)"')
_WORK = re.compile(r'(?:#|id=")(?:ref|study|finding)-')
_LINK = re.compile(r'href="[^"]*#(?:ref-|study-|finding-)([^"]+)"')


MOST_CITED = 200
"""Works that are only cited on a page and still offered there to reference managers."""


MOST_LISTED = 500
"""Works of a list of references that are offered one by one."""


def with_coins(body: str, app: Sphinx) -> str:
    """Give a page's text with a COinS for each work on it, which reference managers offer to save.

    A work's own entry holds its COinS; works that are only cited follow at the end of the text,
    unless they are so many that they would weigh more than the page: each has its own entry.
    A list of references that is longer than :data:`MOST_LISTED` goes without as well, for it would
    weigh twice as much; each study keeps its own in the catalogue, and the list can be downloaded.
    """
    if not _WORK.search(body):
        return body
    review = review_of(app)
    if review is None:
        return body
    works = review.records.bibliography
    given: set[str] = set()
    if len({key for key in _LISTED.findall(body) if key in works}) > MOST_LISTED:
        return body

    def inside(found: re.Match[str]) -> str:
        key = found["key"]
        # Only what may hold text may hold a span; anchors of one page may repeat a work.
        if key not in works or key in given or found["tag"] in ("tr", "table", "dl", "ul", "ol"):
            return found[0]
        given.add(key)
        return f"{found[0]}{coins(works[key])}"

    body = _HOME.sub(inside, body)
    findings = review.records.findings
    cited = {
        findings[name].study if name in findings else name for name in set(_LINK.findall(body))
    }
    only_cited = sorted(key for key in cited - given if key in works)
    if not only_cited or len(only_cited) > MOST_CITED:
        return body
    listed = group(works[key] for key in only_cited)
    below = render(
        "cited_works.html",
        works=[coins(works[key]) for key in only_cited],
        # A brief is one sheet, and says where its studies are found.
        references=[]
        if "synth-brief" in body
        else [(work.key, Markup(reference_html(work))) for work in listed],
        title=Words.of(review.settings)["print_references"],
    )
    return f"{body}{below}"


_FORMATS = {
    **dict.fromkeys(("article-journal", "article-magazine", "article-newspaper"), "journal"),
    **dict.fromkeys(("book", "chapter", "entry-encyclopedia", "paper-conference"), "book"),
    "report": "book",
    "thesis": "dissertation",
}
"""The form of OpenURL that a kind of work has; all others have that of Dublin Core."""


def _of_journal(reference: Reference) -> dict[str, str]:
    return {
        "genre": "article",
        "atitle": reference.title,
        "jtitle": reference.container,
        "volume": reference.volume,
        "issue": reference.issue.replace("–", "-"),
        "pages": reference.pages.replace("–", "-"),
        "artnum": reference.article_number,
        "issn": reference.text("issn"),
    }


def _of_book(reference: Reference) -> dict[str, str]:
    kind, inside = reference.csl_type, reference.container
    part = "proceeding" if kind == "paper-conference" else "bookitem"
    return {
        "genre": part if inside else {"report": "report"}.get(kind, "book"),
        "atitle": reference.title if inside else "",
        "btitle": inside or reference.title,
        "pages": reference.pages.replace("–", "-"),
        "edition": reference.text("edition"),
        "series": reference.text("series"),
        "place": reference.place,
        "pub": reference.publisher,
        "isbn": reference.text("isbn"),
    }


def _of_thesis(reference: Reference) -> dict[str, str]:
    return {"title": reference.title, "inst": reference.publisher, "degree": reference.genre}


def _of_any(reference: Reference) -> dict[str, str]:
    return {
        "type": "text",
        "title": reference.title,
        "source": reference.container,
        "publisher": reference.publisher,
    }


_SAID = {"journal": _of_journal, "book": _of_book, "dissertation": _of_thesis, "dc": _of_any}
"""What each form says of a work, in its own words."""


@lru_cache(maxsize=4096)
def coins(reference: Reference) -> Markup:
    """A reference as a ContextObject in a Span (OpenURL 1.0, Z39.88-2004)."""
    form = _FORMATS.get(reference.csl_type, "dc")
    pairs = {
        "ctx_ver": "Z39.88-2004",
        "rft_val_fmt": f"info:ofi/fmt:kev:mtx:{form}",
        **{f"rft.{name}": text for name, text in _SAID[form](reference).items()},
        "rft.date": str(reference.year or ""),
        "rft.language": reference.text("language"),
    }
    listed = list(pairs.items())
    for position, name in enumerate(reference.authors):
        last = " ".join(filter(None, (name.von, name.last)))
        if position == 0 and form != "dc":
            listed += [("rft.aulast", last), ("rft.aufirst", name.first), ("rft.ausuffix", name.jr)]
        who = ", ".join(filter(None, (last, name.first, name.jr)))
        listed.append(("rft.creator" if form == "dc" else "rft.au", who))
    if reference.doi:
        listed.append(("rft_id", f"info:doi/{reference.doi}"))
    elif reference.link:
        listed.append(("rft_id", reference.link))
    if reference.pmid:
        listed.append(("rft_id", f"info:pmid/{reference.pmid}"))
    context = urlencode([(name, value) for name, value in listed if value])
    return render("coins.html", context=context)


# --- signs and addresses ----------------------------------------------------------------------


def draw_signs(app: Sphinx) -> None:
    """Write the book's sign, a ring for each level, and its card for link previews."""
    from synth.book.assets import write_if_changed

    settings = settings_of(app)
    if settings is None or app.builder.format != "html":
        return
    place = Path(app.outdir) / "_static" / "synth"
    write_if_changed(place / FAVICON, favicon(settings).encode())
    if not settings.base_url:
        return  # A preview needs an absolute address.
    card = social_card(settings)
    if not (place / CARD).is_file() or _digest(card) not in _noted(place):
        import vl_convert

        write_if_changed(place / CARD, vl_convert.svg_to_png(card))
        write_if_changed(place / "social-card.txt", _digest(card).encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _noted(place: Path) -> str:
    note = place / "social-card.txt"
    return note.read_text("utf-8") if note.is_file() else ""


def favicon(settings: Settings) -> str:
    """The book's sign: a ring in the colour of each level, the first outermost."""
    return str(render("sign.svg", rings=_rings(settings, 16, 16, 16)))


def social_card(settings: Settings) -> str:
    """What a link to the book shows elsewhere: its title beside its sign, as SVG."""
    from synth.views.figure import wrapped

    lines = wrapped(settings.title, 640, 58, most=5)
    return str(render("social_card.svg", lines=lines, rings=_rings(settings, 955, 315, 170)))


def _rings(settings: Settings, x: float, y: float, size: float) -> list[dict[str, str]]:
    """Place, radius, width and colour of the ring of each level."""
    colours = [look.light for look in settings.levels.values()] or ["#222832"]
    step = size / (len(colours) + 0.5)
    return [
        {
            "x": f"{x:g}",
            "y": f"{y:g}",
            "radius": f"{size - step * (position + 0.3):.4g}",
            "width": f"{step * 0.55:.4g}",
            "colour": colour,
        }
        for position, colour in enumerate(colours)
    ]


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List the addresses of all pages, where the book has one."""
    from synth.book.assets import write_if_changed

    base, settings = app.config.html_baseurl, settings_of(app)
    if exception or not base or app.builder.format != "html" or settings is None:
        return
    pages = [urljoin(base, app.builder.get_target_uri(page)) for page in sorted(app.env.found_docs)]
    text = render("sitemap.xml", pages=pages, day=settings.date.isoformat())
    write_if_changed(Path(app.outdir) / "sitemap.xml", text.encode())


# --- small parts ------------------------------------------------------------------------------


def _plain(title: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", title)).strip()


def _doi(settings: Settings) -> str:
    return f"https://doi.org/{settings.source.doi}" if settings.source.doi else ""


def _reference(app: Sphinx, key: str) -> Reference | None:
    review = review_of(app)
    return review.records.bibliography.get(key) if review and key else None
