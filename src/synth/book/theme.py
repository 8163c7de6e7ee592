"""The theme of the book: our templates in place of some of its, and the foot of every page.

``templates/theme`` holds the templates that take the place of the theme's. What a template cannot
reach, because another extension writes it into the text of a page, is a row of :data:`FIXES`; a
test counts where each applies, so that a new version of the theme cannot undo one silently.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx import addnodes

from synth import version as library
from synth.book.context import CITES_BOOK, HOLDS_BRIEF, render, review_of, settings_of, words_of
from synth.errors import ReviewError
from synth.views.shapes import mark

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from synth.messages import Words

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""The Content-Security-Policy every page honours; attributes of style carry a cell's tint."""

TEMPLATES = Path(__file__).parent / "templates" / "theme"

DEFAULT_AUTHOR = "The Jupyter Book community"
"""Whom the build tool names as author of a book that names none."""


def setup(app: Sphinx) -> None:
    """Put our templates before the theme's, and say at the foot of every page what it rests on."""
    app.add_config_value("synth_content_security_policy", default=False, rebuild="html")
    app.add_config_value("synth_footer", default="", rebuild="html")
    app.connect("config-inited", say_what_pages_rest_on, priority=100)
    app.connect("config-inited", put_templates_first, priority=900)
    app.connect("config-inited", leave_out_kernels, priority=900)
    app.connect("builder-inited", keep_compiled_templates)
    # Before the theme fills in its templates, and after all others wrote into the page.
    app.connect("html-page-context", prepare_page, priority=400)
    app.connect("html-page-context", fix_page, priority=960)


# --- what templates do not reach --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing to fix in the text of pages.

    Parameters
    ----------
    name : what it is called in the test that counts it.
    why : what would be wrong without it.
    pattern : what to look for.
    replacement : what to put instead, from the match and the words of the interface.
    """

    name: str
    why: str
    pattern: re.Pattern[str]
    replacement: Callable[[re.Match[str], Words], str]


FIXES = (
    Fix(
        "hidden code",
        "Its name differs from the words seen on it.",
        re.compile(r"(?<=<summary) aria-label=\"Toggle hidden content\""),
        lambda *_: "",
    ),
    Fix(
        "heading links",
        "A name of one sign.",
        re.compile(r"(?<=class=\"headerlink\" href=\")([^\"]*\") title=\"[^\"]*\"(?=>#)"),
        lambda found, words: f'{found[1]} aria-label="{escape(words["link_to_heading"])}"',
    ),
    Fix(
        "list of references",
        "Roles that no longer exist, inside a list that may not hold them.",
        re.compile(r" role=\"(?:doc-biblioentry|list)\"(?=[^>]*>)"),
        lambda *_: "",
    ),
)
"""Everything that is fixed in the text of a page once it is written, in the order it is done."""


def fixed(text: str, words: Words, counts: Counter[str] | None = None) -> str:
    """Give the text of a page with everything fixed.

    Parameters
    ----------
    text : the page between its header and its footer.
    words : of the interface.
    counts : counts how often each fix applied.
    """
    for fix in FIXES:
        text, times = fix.pattern.subn(lambda found, fix=fix: fix.replacement(found, words), text)  # type: ignore[misc]
        if counts is not None:
            counts[fix.name] += times
    return text


IN_THE_BAR = ("explorer", "influences", "studies", "brief", "data")
"""Pages that the bar over every page leads to, where a book has them, by the name of their file.

``brief`` is the first page that holds a brief, whatever it is called."""


def sidebar(pages: Any, headings: Any, *, words: Words, signs: Mapping[str, Any]) -> Any:
    """Give the list of pages of the sidebar; the template asks for it.

    Its parts are no headings (they would stand before the page's own title). A part whose only
    page has its name is that page's link. Below the page being read stand its headings.

    Parameters
    ----------
    pages : the list as the theme draws it, parsed by BeautifulSoup.
    headings : of the page being read, as the theme draws them.
    words : of the interface.
    signs : the mark of each level by the name its page has, as a drawing and the level's id.
    """
    for caption in pages.select("p.caption"):
        del caption["role"], caption["aria-level"]
        below = caption.find_next_sibling("ul")
        only = below.find_all("li", recursive=False) if below else []
        if len(only) == 1 and only[0].a.get_text(strip=True) == caption.get_text(strip=True):
            only[0]["class"] = [*only[0]["class"], "synth-part"]
            caption.decompose()
            if title := signs.get(only[0].a.get_text(strip=True)):
                level, drawn = title
                svg = type(pages)(drawn, "html.parser").svg
                svg["class"] = f"lvl-{level}"
                only[0]["class"] = [*only[0]["class"], f"synth-of-{level}"]
                only[0].a.insert(0, svg)
    for arrow in pages.select("summary"):
        title = arrow.parent.find_previous_sibling("a").get_text(strip=True)
        # An arrow that folds what everybody needs is one control too many.
        if arrow.parent.has_attr("open"):
            arrow.parent.unwrap()
            arrow.decompose()
            continue
        arrow["aria-label"] = words.say("pages_below", title=title)
        del arrow.contents[0]["role"]
    here = pages.select_one("a.current.reference")
    # The theme keeps its list, and may ask for it twice: the headings have their place by then.
    if here and not here.find_next_sibling(class_="synth-headings"):
        here["aria-current"] = "page"
        first = [
            heading
            for heading in (headings.select("li.toc-h2") if headings else [])
            if heading.a and heading.a.get_text(strip=True)
        ]
        if len(first) > 1:
            below = pages.new_tag("ul", attrs={"class": "synth-headings"})
            for heading in first:
                item = pages.new_tag("li")
                item.append(heading.a.extract())
                below.append(item)
            here.insert_after(below)
    return pages


_LISTED = 30
"""Pages below one of which the list of pages names all."""
_BESIDE = 2
"""Pages before and after the one being read that it names where there are more."""


@contextmanager
def short_lists(env: BuildEnvironment, docname: str) -> Iterator[None]:
    """Have long lists of pages name, while they are drawn, only those beside the page being read.

    Two hundred pages of studies would each name all two hundred; the page above them does.

    Parameters
    ----------
    env, docname : the book, all of whose pages are read, and the page.
    """
    lists = [
        (found, found["entries"])
        for name, pages in env.toctree_includes.items()
        if len(pages) > _LISTED
        for found in env.tocs[name].findall(addnodes.toctree)
        if len(found["entries"]) > _LISTED
    ]
    for found, entries in lists:
        pages = [page for _, page in entries]
        at = pages.index(docname) if docname in pages else -_LISTED
        found["entries"] = entries[max(0, at - _BESIDE) : max(0, at + _BESIDE + 1)]
    try:
        yield
    finally:
        for found, entries in lists:
            found["entries"] = entries


def _briefly(app: Sphinx, docname: str, toctree: Callable[..., str]) -> Callable[..., str]:
    """What draws the list of pages, with long lists made short."""

    def drawn(**options: Any) -> str:
        with short_lists(app.env, docname):
            return toctree(**options)

    return drawn


def in_the_bar(app: Sphinx, words: Words) -> list[tuple[str, str]]:
    """The pages of the book that the bar leads to, with their words."""
    named = {name.rsplit("/", 1)[-1]: name for name in sorted(app.env.found_docs)}
    told = {name: words[f"bar_{name}"] for name in IN_THE_BAR}
    held = {page for page in app.env.found_docs if HOLDS_BRIEF in app.env.metadata[page]}
    if held:
        # The first in the order of the book: the next one is a step away at its foot.
        order = list(app.env.collect_relations()) if len(held) > 1 else sorted(held)
        named["brief"] = next(page for page in order if page in held)
        told["brief"] = words["bar_briefs" if len(held) > 1 else "bar_brief"]
    return [(named[name], told[name]) for name in IN_THE_BAR if name in named]


# --- where it is done -------------------------------------------------------------------------


def put_templates_first(app: Sphinx, config: Any) -> None:
    """Have Sphinx look for a template in ours before the theme's."""
    ours = [str(TEMPLATES), str(TEMPLATES / "components")]
    config.templates_path = [*ours, *config.templates_path]


def keep_compiled_templates(app: Sphinx) -> None:
    """Compile no template of the theme again that an earlier build compiled as it is now."""
    templates: Any = getattr(app.builder, "templates", None)
    if templates is None or not hasattr(templates, "environment"):
        return
    from jinja2 import FileSystemBytecodeCache

    folder = Path(app.doctreedir) / "synth-templates"
    folder.mkdir(parents=True, exist_ok=True)
    templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def leave_out_kernels(app: Sphinx, config: Any) -> None:
    """Have sphinx-thebe write nothing: its scripts ask another host for a live kernel."""
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if listener.handler.__module__.startswith("sphinx_thebe"):
                app.disconnect(listener.id)


def say_what_pages_rest_on(app: Sphinx, config: Any) -> None:
    """Say at the foot of every page that codings are secondary, and which data it shows.

    A changed version or date is a changed setting, and so rewrites every page.
    """
    settings, words = settings_of(app), words_of(app)
    config.nb_code_prompt_show, config.nb_code_prompt_hide = words["show_code"], words["hide_code"]
    options = dict(config.html_theme_options or {})
    # One control less, the browser has its own; and no place for an advertisement.
    options.setdefault("use_fullscreen_button", False)
    options.setdefault("primary_sidebar_end", [])
    # The bar holds title, contents and search; the headings of a page stand in the list of pages.
    options.update(article_header_start=[], article_header_end=[], secondary_sidebar_items=[])
    if getattr(config, "html_theme", "") == "sphinx_book_theme":
        config.html_sidebars = {"**": ["sbt-sidebar-nav.html"], **config.html_sidebars}
    if settings is not None:
        if settings.authors or config.author == DEFAULT_AUTHOR:
            config.author = ", ".join(settings.authors)
        foot = str(
            render("foot.html", settings=settings, words=words, library=library.version())
        ).strip()
        config.synth_footer = foot
        options["extra_footer"] = foot + str(options.get("extra_footer") or "")
    config.html_theme_options = options


def prepare_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the templates what they ask for; a wide page has the list of pages behind a button."""
    settings, words = settings_of(app), words_of(app)
    meta = context.get("meta")
    if meta is None:
        meta = context["meta"] = {}
    declared = meta.get("synth", {})
    if isinstance(declared, str):
        declared = json.loads(declared or "{}")
    wide = bool(isinstance(declared, dict) and declared.get("wide"))
    # A review at a glance before the second heading stands beside what begins the page.
    front = "synth-glance" in str(context.get("body", "")).partition("<h2")[0]
    named = re.sub(r"[^a-z0-9]+", "-", pagename.rsplit("/", 1)[-1].lower()).strip("-")
    # The theme has no colours for a mode that only its script resolves.
    mode = context.get("default_mode") or "auto"
    if mode == "auto":
        context["default_mode"] = "light"
    context.update(
        synth_default_mode=mode,
        synth_page_classes=f"page-{named}{' synth-wide' * wide}{' synth-front' * front}",
        synth_policy=POLICY if app.config.synth_content_security_policy else "",
        synth_bar=in_the_bar(app, words),
        synth_short_title=(settings.short_title or settings.title)
        if settings
        else app.config.html_title,
        synth_sidebar=partial(sidebar, words=words, signs=_signs(app)),
        synth_sign="favicon.svg" if settings else "",
        synth_theme_version=_theme_version(),
        synth_words=words,
        synth_cites_book=next(
            (page for page, about in app.env.metadata.items() if CITES_BOOK in about), ""
        ),
    )
    if "toctree" in context:
        context["toctree"] = _briefly(app, pagename, context["toctree"])


@lru_cache(maxsize=1)
def _theme_version() -> str:
    """The version of the theme; what is installed is looked up once, not for each page."""
    return version("pydata-sphinx-theme")


def _signs(app: Sphinx) -> dict[str, tuple[str, str]]:
    """The mark of each level of the review by its label."""
    try:
        review = review_of(app)
    except ReviewError:
        # Said already, with every line, by the part that needs the review for its pages.
        review = None
    if review is None:
        return {}
    looks = review.settings.levels
    levels = review.records.codebook.levels
    return {
        level.label: (level.id, mark(looks[level.id].mark)) for level in levels if level.id in looks
    }


def fix_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Fix what other extensions wrote into the text and the head of a page."""
    counts: dict[str, Counter[str]] = app.__dict__.setdefault("synth_fix_counts", {})
    counts[pagename] = Counter()
    context["body"] = fixed(str(context.get("body", "")), words_of(app), counts[pagename])
    # The theme's own template says it already.
    viewport = re.compile(r"\s*<meta name=\"viewport\"[^>]*>")
    context["metatags"] = viewport.sub("", str(context.get("metatags", "")))
