"""Mends of finished pages: what others write into them that readers are better without.

Each mend is one row of :data:`MENDS` with its reason; a test counts where each applies, so that a
new version of the theme cannot undo one silently.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.jinja2glue import BuiltinTemplateLoader

from synth.book.context import settings_of, words_of
from synth.messages import Words

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.theming import Theme

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""The Content-Security-Policy every page honours; attributes of style carry a cell's tint."""


def setup(app: Sphinx) -> None:
    """Mend every page as it is rendered, and say at its foot what it rests on."""
    app.add_config_value("synth_content_security_policy", default=False, rebuild="html")
    app.add_config_value("synth_footer", default="", rebuild="html")
    app.connect("config-inited", say_what_pages_rest_on, priority=100)
    app.connect("config-inited", mend_templates, priority=900)
    app.connect("html-page-context", prepare_page, priority=400)


# --- the mends --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """What a mend may know of the page it mends."""

    name: str
    root: str
    words: Words
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend on finished pages.

    Parameters
    ----------
    name : what it is called in the test that counts it.
    why : what would be wrong without it.
    pattern : what to look for.
    put : what to put instead, from the match and the page.
    everywhere : it must apply on every page of a book; else only where its subject stands.
    """

    name: str
    why: str
    pattern: re.Pattern[str]
    put: Callable[[re.Match[str], Page], str]
    everywhere: bool = False


def _drop(_: re.Match[str], __: Page) -> str:
    return ""


_PACKS = ("fa", "fas", "far", "fab", "fa-solid", "fa-regular")


def _icon(found: re.Match[str], _: Page) -> str:
    names = re.findall(r"\bfa-([a-z0-9-]+)", found["classes"])
    for name in names:
        if drawing := icons().get(name):
            width, height, path = drawing
            kept = [word for word in found["classes"].split() if word not in _PACKS]
            classes = " ".join(["svg-inline--fa", *kept])
            mode = re.search(r'data-mode="\w+"', found["rest"])
            return (
                f'<svg class="{classes}" aria-hidden="true" focusable="false" '
                f'viewBox="0 0 {width} {height}"{" " + mode[0] if mode else ""}>'
                f'<path fill="currentColor" d="{path}"/></svg>'
            )
    return found[0]


def _name_arrow(found: re.Match[str], page: Page) -> str:
    title = found["title"][1 : found["title"].index("<")].strip()
    name = page.words.say("pages_below", title=title)
    return f'{found["title"]}<summary aria-label="{name}"><span class="toctree-toggle">'


MENDS = (
    Mend(
        "mode script",
        "An inline script; a strict policy allows only files.",
        re.compile(r'<script data-cfasync="false">.*?</script>', re.DOTALL),
        lambda _, page: f'<script src="{page.root}_static/synth/mode.js"></script>',
        everywhere=True,
    ),
    Mend(
        "theme without script",
        "The theme has no colours for a mode that only its script resolves.",
        re.compile(r'(<html [^>]*)data-theme="auto"'),
        lambda found, _: f'{found[1]}data-theme="light"',
        everywhere=True,
    ),
    Mend(
        "style without script",
        "An inline style; a strict policy allows only files.",
        re.compile(r"<!--\s*this give us.*?-->\s*<noscript>\s*<style>.*?</noscript>", re.DOTALL),
        lambda _, page: (
            f'<noscript><link rel="stylesheet" href="{page.root}_static/synth/no-script.css" />'
            "</noscript>"
        ),
        everywhere=True,
    ),
    Mend(
        "icon library",
        "1.5 MB of script on every page for a dozen icons, which are drawn here instead.",
        re.compile(
            r"(?:<!--[^>]*custom icons -->\s*)?<script src=\"[^\"]*fontawesome\.js[^>]*></script>"
        ),
        _drop,
        everywhere=True,
    ),
    Mend(
        "icons",
        "The icon library would draw them by script.",
        re.compile(
            r'<(?P<tag>i|span) class="(?P<classes>[^"]*\b(?:fa-solid|fa-regular|fas|far)\b[^"]*)"'
            r"(?P<rest>[^>]*)></(?P=tag)>"
        ),
        _icon,
        everywhere=True,
    ),
    Mend(
        "print button",
        "An inline handler; a strict policy forbids it. loader.js listens instead.",
        re.compile(r'<button onclick="window\.print\(\)"'),
        lambda *_: '<button type="button" data-synth-action="print"',
    ),
    Mend(
        "repeated viewport",
        "The theme says it three times.",
        re.compile(
            r'(?<=/>)<meta name="viewport" content="width=device-width, initial-scale=1" />|'
            r'\s*<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        ),
        _drop,
        everywhere=True,
    ),
    Mend(
        "search service",
        "Says nothing: the book has no docsearch.",
        re.compile(r'\s*<meta name="docsearch:[^>]*>'),
        _drop,
        everywhere=True,
    ),
    Mend(
        "advertisement",
        "A place for an advertisement.",
        re.compile(r'<div id="ethical-ad-placement".*?</div>', re.DOTALL),
        _drop,
        everywhere=True,
    ),
    Mend(
        "version banner",
        "An empty landmark on every page.",
        re.compile(
            r'<div class="pst-async-banner-revealer d-none">.*?</aside>\s*</div>', re.DOTALL
        ),
        _drop,
        everywhere=True,
    ),
    Mend(
        "empty header",
        "An empty banner landmark; the theme's script measures the element, so it stays.",
        re.compile(r'<header class="bd-header[^>]*>\s*</header>'),
        lambda *_: '<div class="bd-header" hidden></div>',
        everywhere=True,
    ),
    Mend(
        "empty footer",
        "An empty landmark after the footer of the page.",
        re.compile(r'<footer class="bd-footer">\s*</footer>'),
        _drop,
        everywhere=True,
    ),
    Mend(
        "printed contents",
        "A second h1 and a second list of contents, hidden until printed.",
        re.compile(
            r'<div id="jb-print-docs-body" class="onlyprint">.*?</nav>\s*</div>\s*</div>\s*</div>|'
            r'<div id="jb-print-docs-body" class="onlyprint">\s*<h1>.*?</div>\s*</div>\s*</div>',
            re.DOTALL,
        ),
        _drop,
    ),
    Mend(
        "sidebar landmark",
        "The title of the book stands outside every landmark.",
        re.compile(r'<div id="pst-primary-sidebar"'),
        lambda _, page: (
            '<div id="pst-primary-sidebar" role="region" '
            f'aria-label="{html.escape(page.words["contents_of_book"])}"'
        ),
        everywhere=True,
    ),
    Mend(
        "captions of the sidebar",
        "Headings of rank 2 before the page's own title.",
        re.compile(r'<p aria-level="2" class="caption" role="heading">'),
        lambda *_: '<p class="caption">',
    ),
    Mend(
        "search button",
        "Its name differs from the words seen on it.",
        re.compile(
            r'(<button class="btn search-button-field[^>]*?) title="Search" aria-label="Search"'
        ),
        lambda found, _: found[1],
    ),
    Mend(
        "search key",
        "The key to press is no part of the button's name.",
        re.compile(r'<span class="search-button__kbd-shortcut">'),
        lambda *_: '<span class="search-button__kbd-shortcut" aria-hidden="true">',
    ),
    Mend(
        "roles of the sidebar's arrows",
        "A presentational role inside the name of a control.",
        re.compile(
            r"(?P<title>>[^<]*</a><details[^>]*>)<summary>"
            r'<span class="toctree-toggle" role="presentation">'
        ),
        _name_arrow,
    ),
    Mend(
        "hidden code",
        "Its name differs from the words seen on it.",
        re.compile(r'<summary aria-label="Toggle hidden content">'),
        lambda *_: "<summary>",
    ),
    Mend(
        "heading links",
        "A name of one sign.",
        re.compile(r'(<a class="headerlink" href="[^"]*") title="[^"]*">#</a>'),
        lambda found, page: (
            f'{found[1]} aria-label="{html.escape(page.words["link_to_heading"])}">#</a>'
        ),
    ),
    Mend(
        "download in a new window",
        "A link that saves a file opens no window.",
        re.compile(r'(<a href="[^"]*/?_sources/[^"]*") target="_blank"'),
        lambda found, _: f"{found[1]} download",
    ),
    Mend(
        "search focus",
        "An inline script where an attribute does.",
        re.compile(
            r'(?P<form>action="#"\s+method="get">.*?<input type="search")(?P<rest>.*?)'
            r"<script>\s*// Activate the search field.*?</script>",
            re.DOTALL,
        ),
        lambda found, _: f"{found['form']} autofocus{found['rest']}",
    ),
    Mend(
        "kernel settings",
        "Scripts of a live kernel, which asks another host.",
        re.compile(
            r'<script type="text/x-thebe-config">.*?</script>|<script>kernelName = .*?</script>',
            re.DOTALL,
        ),
        _drop,
    ),
    Mend(
        "list of references",
        "Roles that no longer exist, inside a list that may not hold them.",
        re.compile(r' role="(?:doc-biblioentry|list)"(?=[^>]*>)|(?<=<div) role="list"'),
        _drop,
    ),
    Mend(
        "labels of references",
        "Each repeats in brackets how its reference begins: a tenth of a long list.",
        re.compile(
            r'<span class="label"><span class="fn-bracket">\[</span>.*?'
            r'<span class="fn-bracket">\]</span></span>\n?'
        ),
        _drop,
    ),
    Mend(
        "key numbers",
        "A number and its label are one thing, which a list of definitions does not say.",
        re.compile(r'<dl class="[^"]*\bkeys\b[^"]*">.*?</dl>', re.DOTALL),
        lambda found, _: re.sub(
            r"<dt>.*?</dt>\s*<dd>.*?</dd>",
            lambda pair: f"<div>{pair[0]}</div>",
            found[0],
            flags=re.DOTALL,
        ),
    ),
    Mend(
        "page class",
        "Wide pages and single pages need a name to be styled by.",
        re.compile(r"<body "),
        lambda _, page: f'<body class="{page.classes}" ',
        everywhere=True,
    ),
)
"""Everything that is mended, in the order it is done."""


def mended(text: str, page: Page, counts: Counter[str] | None = None) -> str:
    """Give a finished page with everything mended.

    Parameters
    ----------
    text : the page.
    page : its name, the way to the root of the book, the words.
    counts : counts how often each mend applied.
    """
    for mend in MENDS:
        text, times = mend.pattern.subn(lambda found, mend=mend: mend.put(found, page), text)  # type: ignore[misc]
        if counts is not None:
            counts[mend.name] += times
    return text


@lru_cache(maxsize=1)
def icons() -> dict[str, tuple[str, str, str]]:
    """The icons of the theme by name: width, height and path."""
    import pydata_sphinx_theme  # type: ignore[import-untyped]

    script = (
        Path(pydata_sphinx_theme.__file__).parent
        / "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
    )
    drawing = re.compile(
        r'(?:"([\w-]+)"|\b([\w-]+)):\[(\d+),(\d+),\[([^\]]*)\],"[0-9a-f]+","([^"]+)"\]'
    )
    found: dict[str, tuple[str, str, str]] = {}
    # Solid icons stand last in the file and win over outlines and brands of the same name.
    for quoted, bare, width, height, aliases, path in drawing.findall(script.read_text("utf-8")):
        for name in (quoted or bare, *re.findall(r'"([\w-]+)"', aliases)):
            found[name] = (width, height, path)
    return found


# --- where they are done ----------------------------------------------------------------------


class MendedTemplates(BuiltinTemplateLoader):
    """Sphinx's templates, with every page mended as it is rendered."""

    def init(
        self, builder: Builder, theme: Theme | None = None, dirs: list[str] | None = None
    ) -> None:
        """Remember the book; see Sphinx's ``TemplateBridge``."""
        super().init(builder, theme, dirs)
        self._app = builder.app
        self._counts: dict[str, Counter[str]] = {}
        builder.app.__dict__["synth_mend_counts"] = self._counts

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        """Render a page and mend it."""
        text = super().render(template, context)
        if not template.endswith(".html"):
            return text
        name = str(context.get("pagename", ""))
        counts = self._counts.setdefault(name, Counter())
        page = Page(
            name,
            str(context.get("content_root", "")),
            words_of(self._app),
            str(context.get("synth_page_classes", "")),
        )
        text = mended(text, page, counts)
        if self._app.config.synth_content_security_policy:
            policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
            text = text.replace(
                '<meta charset="utf-8" />', f'<meta charset="utf-8" />\n{policy}', 1
            )
        return text


def mend_templates(app: Sphinx, config: Any) -> None:
    """Put the mending templates in the place of Sphinx's."""
    if not config.template_bridge:
        config.template_bridge = f"{__name__}.{MendedTemplates.__name__}"


_NOBODY = "The Jupyter Book community"
"""Whom the build tool names as author of a book that names none."""


def say_what_pages_rest_on(app: Sphinx, config: Any) -> None:
    """Say at the foot of every page that codings are secondary, and which data it shows.

    A changed version or date is a changed setting, and so rewrites every page.
    """
    settings, words = settings_of(app), words_of(app)
    config.nb_code_prompt_show, config.nb_code_prompt_hide = words["show_code"], words["hide_code"]
    options = dict(config.html_theme_options or {})
    # One control less; the browser has its own.
    options.setdefault("use_fullscreen_button", False)
    if settings is not None:
        if settings.authors or config.author == _NOBODY:
            config.author = ", ".join(settings.authors)
        source = html.escape(settings.source.citation)
        if settings.source.doi:
            address = f"https://doi.org/{settings.source.doi}"
            source += f' <a href="{html.escape(address, quote=True)}">{html.escape(address)}</a>'
        stated = words.say("footer_data", version=settings.version, date=settings.date)
        foot = (
            '<div class="synth synth-foot">'
            f"<p>{html.escape(words['footer_source'])} {source}</p>"
            f"<p>{html.escape(words['footer_secondary'])}</p>"
            f"<p>{html.escape(stated)}</p>"
            "</div>"
        )
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
    """Name the page for the styles; a wide page goes without the list at its right."""
    import json

    meta = context.get("meta")
    if meta is None:
        meta = context["meta"] = {}
    declared = meta.get("synth", {})
    if isinstance(declared, str):
        declared = json.loads(declared or "{}")
    wide = bool(isinstance(declared, dict) and declared.get("wide"))
    if wide:
        meta["html_theme.sidebar_secondary.remove"] = ""
    named = re.sub(r"[^a-z0-9]+", "-", pagename.rsplit("/", 1)[-1].lower()).strip("-")
    context["synth_page_classes"] = f"page-{named}{' synth-wide' if wide else ''}"
