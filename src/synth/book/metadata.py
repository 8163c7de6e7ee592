"""What machines read on a page: search engines, reference managers, link previews.

Addresses of the book itself are only given where ``review.toml`` names a ``base_url``; everything
else stands on every page, also on one opened from a folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from synth.book.context import review_of, root_of, settings_of
from synth.book.downloads import FOLDER, files_of

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
    tags = page_tags(settings, title, description, address, is_home=is_home)
    linked = linked_data(settings, title, description, address, is_home=is_home)
    if is_home:
        linked["@graph"][1] |= distribution(files_of(app), context["pathto"], settings.base_url)
        linked["@graph"].append(source_data(settings, _reference(app, settings.source.key)))
    stored = json.dumps(linked, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    tags.append(f'<script type="application/ld+json">{stored}</script>')
    context["metatags"] = str(context.get("metatags", "")) + "\n" + "\n".join(tags) + "\n"
    context["body"] = with_coins(str(context.get("body", "")), app)


def page_tags(
    settings: Settings, title: str, description: str, address: str, *, is_home: bool
) -> list[str]:
    """Tags of Highwire, Dublin Core and Open Graph for a page of the book.

    Reference managers take the book from its first page and a chapter of it from any other.

    Parameters
    ----------
    settings : what ``review.toml`` says.
    title, description : of the page.
    address : of the page, empty where the book has no address.
    is_home : the page is the first of the book.
    """
    date = settings.date
    named: list[tuple[str, str]] = [("description", description), ("citation_title", title)]
    if not is_home:
        named.append(("citation_inbook_title", settings.title))
    named += [("citation_author", author) for author in settings.authors]
    named += [
        ("citation_publication_date", f"{date:%Y/%m/%d}"),
        ("citation_language", settings.language),
        ("citation_public_url", address),
        ("DC.title", title),
        *(("DC.creator", author) for author in settings.authors),
        ("DC.date", date.isoformat()),
        ("DC.language", settings.language),
        ("DC.type", "Text"),
        ("DC.rights", settings.licence),
        ("DC.identifier", address),
        ("DC.source", _doi(settings) or settings.source.citation),
        ("twitter:card", "summary_large_image" if settings.base_url else ""),
    ]
    graph = [
        ("og:type", "website" if is_home else "article"),
        ("og:title", title),
        ("og:site_name", settings.short_title or settings.title),
        ("og:description", description),
        ("og:locale", settings.language.replace("-", "_")),
        ("og:url", address),
    ]
    if settings.base_url:
        card = urljoin(settings.base_url.rstrip("/") + "/", f"_static/synth/{CARD}")
        graph += [("og:image", card), ("og:image:alt", settings.title)]
    tags = [f'<meta name="{name}" content="{escape(value)}" />' for name, value in named if value]
    tags += [
        f'<meta property="{name}" content="{escape(value)}" />' for name, value in graph if value
    ]
    tags.append(f'<link rel="license" href="{escape(_licence(settings.licence))}" />')
    return tags


def linked_data(
    settings: Settings, title: str, description: str, address: str, *, is_home: bool
) -> dict[str, Any]:
    """The page as schema.org linked data: the book with its data, or a chapter of it.

    Parameters are those of :func:`page_tags`.
    """
    base = settings.base_url.rstrip("/") + "/" if settings.base_url else ""
    source = _doi(settings) or f"{base}#source"
    shared = {
        "license": _licence(settings.licence),
        "version": settings.version,
        "dateModified": settings.date.isoformat(),
        "inLanguage": settings.language,
        "isBasedOn": {"@id": source},
    }
    authors = [_agent(author) for author in settings.authors]
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
    if not is_home:
        chapter = {
            "@type": "Chapter",
            "name": title,
            "inLanguage": settings.language,
            "isPartOf": {"@type": "Book", "@id": f"{base}#book", "name": settings.title},
        }
        if description:
            chapter["description"] = description
        if address:
            chapter["url"] = address
        return {"@context": "https://schema.org", "@graph": [chapter]}
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
        for at in [f"{FOLDER}/{file.name}"]
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
        return found[0] + coins(works[key])

    body = _HOME.sub(inside, body)
    findings = review.records.findings
    cited = {
        findings[name].study if name in findings else name for name in set(_LINK.findall(body))
    }
    only_cited = sorted(key for key in cited - given if key in works)
    rest = [coins(works[key]) for key in only_cited] if len(only_cited) <= MOST_CITED else []
    return body + (f'<div class="synth-works" hidden>{"".join(rest)}</div>\n' if rest else "")


_FORMATS = {"article": "journal", "book": "book", "incollection": "book", "inbook": "book"}


def coins(reference: Reference) -> str:
    """A reference as a ContextObject in a Span (OpenURL 1.0, Z39.88-2004)."""
    kind = _FORMATS.get(reference.kind, "dc")
    pairs: list[tuple[str, str]] = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind}"),
    ]
    if kind == "journal":
        pairs += [
            ("rft.genre", "article"),
            ("rft.atitle", reference.title),
            ("rft.jtitle", reference.container),
            ("rft.volume", reference.text("volume")),
            ("rft.issue", reference.text("number")),
            ("rft.pages", reference.text("pages").replace("–", "-")),
        ]
    elif kind == "book" and reference.kind != "book":
        pairs += [
            ("rft.genre", "bookitem"),
            ("rft.atitle", reference.title),
            ("rft.btitle", reference.container),
        ]
    elif kind == "book":
        pairs += [("rft.genre", "book"), ("rft.btitle", reference.title)]
    else:
        pairs += [("rft.type", "text"), ("rft.title", reference.title)]
    pairs.append(("rft.date", str(reference.year or "")))
    for position, name in enumerate(reference.authors):
        last = " ".join(filter(None, (name.von, name.last)))
        if position == 0 and kind != "dc":
            pairs += [("rft.aulast", last), ("rft.aufirst", name.first)]
        who = ", ".join(filter(None, (last, name.first)))
        pairs.append(("rft.creator" if kind == "dc" else "rft.au", who))
    if reference.doi:
        pairs.append(("rft_id", f"info:doi/{reference.doi}"))
    title = urlencode([(name, value) for name, value in pairs if value])
    return f'<span class="Z3988" title="{escape(title)}"></span>'


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


def _rings(settings: Settings, centre: tuple[float, float], size: float, shade: str) -> str:
    colours = [getattr(look, shade) for look in settings.levels.values()] or ["#222832"]
    x, y = centre
    step = size / (len(colours) + 0.5)
    rings = [
        f'<circle cx="{x:g}" cy="{y:g}" r="{size - step * (position + 0.3):.4g}" fill="none" '
        f'stroke="{colour}" stroke-width="{step * 0.55:.4g}"/>'
        for position, colour in enumerate(colours)
    ]
    return "".join(rings)


def favicon(settings: Settings) -> str:
    """The book's sign: a ring in the colour of each level, the first outermost."""
    rings = _rings(settings, (16, 16), 16, "light")
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{rings}</svg>\n'


def social_card(settings: Settings) -> str:
    """What a link to the book shows elsewhere: its title beside its sign, as SVG."""
    from synth.views.figure import wrapped

    lines = wrapped(settings.title, 640, 58, most=5)
    top = 315 - 35 * (len(lines) - 1)
    title = "".join(
        f'<text x="80" y="{top + 70 * position}" font-size="58" font-family="serif" '
        f'fill="#222832">{escape(line)}</text>'
        for position, line in enumerate(lines)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630">'
        f'<rect width="1200" height="630" fill="#fff"/>{title}'
        f"{_rings(settings, (955, 315), 170, 'light')}</svg>"
    )


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List the addresses of all pages, where the book has one."""
    from synth.book.assets import write_if_changed

    base = app.config.html_baseurl
    if exception or not base or app.builder.format != "html" or root_of(app) is None:
        return
    settings = settings_of(app)
    day = settings.date.isoformat() if settings else ""
    rows = [
        f"<url><loc>{escape(urljoin(base, app.builder.get_target_uri(page)))}</loc>"
        f"<lastmod>{day}</lastmod></url>"
        for page in sorted(app.env.found_docs)
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(rows)
        + "\n</urlset>\n"
    )
    write_if_changed(Path(app.outdir) / "sitemap.xml", text.encode())


# --- small parts ------------------------------------------------------------------------------


def _plain(title: str) -> str:
    import html

    return html.unescape(re.sub(r"<[^>]+>", "", title)).strip()


def _doi(settings: Settings) -> str:
    return f"https://doi.org/{settings.source.doi}" if settings.source.doi else ""


def _licence(name: str) -> str:
    """The address of a licence by its SPDX id.

    >>> _licence("CC-BY-4.0")
    'https://spdx.org/licenses/CC-BY-4.0.html'
    """
    return name if "://" in name else f"https://spdx.org/licenses/{name}.html"


def _agent(name: str) -> dict[str, str]:
    # A name that begins with an article is a group's.
    return {"@type": "Organization" if name.startswith("The ") else "Person", "name": name}


def _reference(app: Sphinx, key: str) -> Reference | None:
    review = review_of(app)
    return review.records.bibliography.get(key) if review and key else None
