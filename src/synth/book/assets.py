"""The styles and scripts of a page: the library's own, and of the others' what the page uses."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myst_nb.sphinx_ext import add_global_html_resources
from sphinx.errors import ExtensionError

from synth.book.context import settings_of, words_of
from synth.book.figures import HAS_CHART
from synth.book.search import with_spellings
from synth.messages import Words
from synth.reading.settings import contrast
from synth.reading.textio import replace_file
from synth.views.markup import STATIC, with_words

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from synth.model import Settings

PLACE = "synth"
"""Folder below ``_static`` that the library's files go to."""
DATA = f"_static/{PLACE}/data"
"""Folder of a built book with the data to take along."""
TABLES = f"_static/{PLACE}/tables"
"""Folder of a built book with the tables of views that are too large for their page."""

ON_EVERY_PAGE = ("synth.css", "loader.js")

MODULE_OF = {
    "synth-explorer": "explorer",
    "synth-figure": "figures",
    "synth-flow": "figures",
    "synth-brief": "brief",
}
"""Classes of what the library draws, and the module whose style it needs."""

BEGINS_WITH_EXPLORER = re.compile(
    r'^(?:(?!<h2).)*?class="synth synth-explorer" data-evidence="([\w.-]+)"', re.DOTALL
)
"""A page with an explorer before its second heading, and the script of the evidence."""

NEEDED_BY = {
    # What brings its own style or script, and the mark of a page that uses it.
    "sphinx-thebe": None,
    "DOCUMENTATION_OPTIONS.pagename": None,
    "toggleHint": None,
    "toggleOpenOnPrint": None,
    "togglebuttonSelector": None,
    "togglebutton": re.compile(r'class="[^"]*\b(?:toggle|dropdown)\b'),
    "design-tabs": re.compile(r'class="[^"]*\bsd-tab-'),
    "sphinx-design": re.compile(r'class="[^"]*\bsd-'),
    "clipboard": re.compile(r'class="highlight\b'),
    "copybutton": re.compile(r'class="highlight\b'),
    "mystnb": re.compile(r'class="[^"]*\bcell\b'),
    "pygments": re.compile(r'class="highlight\b'),
}


def setup(app: Sphinx) -> None:
    """Copy the library's files into the book and link on each page what the page uses."""
    app.connect("config-inited", leave_widgets_to_the_loader)
    app.connect("builder-inited", copy_static)
    # After every extension has added its own.
    app.connect("html-page-context", link_what_is_used, priority=950)
    app.connect("env-updated", begin_vega)
    app.connect("build-finished", write_vega)
    app.connect("build-finished", drop_what_no_page_uses)


def leave_widgets_to_the_loader(app: Sphinx, config: Any) -> None:
    """Load no widget manager: 3.7 MB from other hosts, for what the loader does in 2 KB."""
    config.nb_ipywidgets_js = {}
    # Its summaries fetch every page found, which a browser forbids on file://.
    config.html_show_search_summary = False


# --- the library's own ------------------------------------------------------------------------


def copy_static(app: Sphinx) -> None:
    """Copy styles without comments, and modules as classic scripts: ``file://`` runs no others."""
    if app.builder.format != "html":
        return
    place = Path(app.outdir) / "_static" / PLACE
    for source in sorted((STATIC / "fonts").iterdir()):
        write_if_changed(place / "fonts" / source.name, source.read_bytes())
    for source in sorted(STATIC.iterdir()):
        if source.suffix not in (".css", ".js", ".svg", ".png"):
            continue
        content = source.read_bytes()
        if source.suffix == ".js":
            code = with_spellings(with_words(content.decode(), words_of(app)), app.config)
            content = classic_script(code, source.stem).encode()
        if source.suffix == ".css":
            style = content.decode()
            if source.name == "synth.css" and (settings := settings_of(app)):
                style += colours(settings) + running_foot(settings)
            content = compact_style(style).encode()
        write_if_changed(place / source.name, content)
    for name in ON_EVERY_PAGE:
        if name.endswith(".css"):
            app.add_css_file(f"{PLACE}/{name}", priority=800)
        else:
            modules = sorted(
                {*(path.name.partition(".")[0] for path in STATIC.glob("*.js")), "vega"}
                - {"loader", "mode", "search"}
            )
            told = {"defer": "defer", "data-modules": " ".join(modules)}
            app.add_js_file(f"{PLACE}/{name}", priority=800, **told)
    # myst-nb copies its style when all pages are written: too late for the checksum in their links,
    # and a second build would link it otherwise than the first.
    add_global_html_resources(app, None)


ON_LIGHT, ON_DARK = 7.2, 11.5
"""Contrast of white text on the solid of a level: AAA on the light page, calmer on the dark one."""

GROUNDS = ("wash", "solid")


def solid(colour: str, least: float) -> str:
    """Darken a colour until white text stands out on it.

    Parameters
    ----------
    colour : as ``#rrggbb``.
    least : contrast that white text shall have.

    >>> solid("#2f4f9e", 7.2), solid("#8a3f6b", 7.2)
    ('#2f4f9e', '#863d68')
    """
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    for part in range(100, -1, -1):
        darker = "#" + "".join(f"{round(channel * part / 100):02x}" for channel in channels)
        if contrast(darker, "#ffffff") >= least:
            return darker
    raise AssertionError("white on black has a contrast of 21")


def colours(settings: Settings) -> str:
    """The colours of a review's levels and directions as tokens and classes.

    A level ``macro`` gives ``--synth-macro``, ``--synth-macro-wash`` and the class ``lvl-macro``;
    a direction ``barrier`` gives ``--synth-barrier``, ``--synth-barrier-wash`` and the class
    ``dir-barrier``. ``--synth-macro-solid`` is the ground of a band with white text. On paper they
    are those of the light page.
    """
    light, dark = [], []
    for level, look in settings.levels.items():
        light += [f"--synth-{level}: {look.light}", f"--synth-{level}-wash: {look.wash_light}"]
        light.append(f"--synth-{level}-solid: {solid(look.light, ON_LIGHT)}")
        dark += [f"--synth-{level}: {look.dark}", f"--synth-{level}-wash: {look.wash_dark}"]
        dark.append(f"--synth-{level}-solid: {solid(look.light, ON_DARK)}")
    for direction in settings.directions:
        tint = f"color-mix(in srgb, var(--synth-{direction.id}) 9%, var(--synth-paper))"
        light += [
            f"--synth-{direction.id}: {direction.light}",
            f"--synth-{direction.id}-wash: {tint}",
        ]
        dark.append(f"--synth-{direction.id}: {direction.dark}")
    paper = [f"--synth-{level}-wash: #fff" for level in settings.levels]
    # Where readers chose their own colours, shapes and patterns tell what is what.
    named = [*settings.levels, *(way.id for way in settings.directions)]
    plain = [f"--synth-{name}: CanvasText" for name in named]
    plain += [
        f"--synth-{level}-{ground}: Canvas" for level in settings.levels for ground in GROUNDS
    ]
    rules = [
        f":root, .synth {{ {'; '.join(light)}; }}",
        f'html[data-theme="dark"], html[data-theme="dark"] .synth {{ {"; ".join(dark)}; }}',
        '@media print { html, html[data-theme="dark"], html[data-theme="dark"] .synth, .synth '
        f"{{ {'; '.join([*light, *paper])}; }} }}",
        "@media (forced-colors: active) { :root, html[data-theme], html[data-theme] .synth "
        f"{{ {'; '.join(plain)}; }} }}",
        *(f".synth-of-{level} {{ --lvl: var(--synth-{level}); }}" for level in settings.levels),
        *(f".lvl-{level} {{ color: var(--synth-{level}); }}" for level in settings.levels),
        *(
            f".synth-headed-{level} > h1 {{ --lvl-solid: var(--synth-{level}-solid); }}"
            for level in settings.levels
        ),
        *(
            f'.synth-card[data-level="{level}"] {{ --card: var(--synth-{level}-solid); }}'
            for level in settings.levels
        ),
        *(f".dir-{way.id} {{ color: var(--synth-{way.id}); }}" for way in settings.directions),
    ]
    return "\n/* --- levels and directions of this review --- */\n" + "\n".join(rules) + "\n"


def running_foot(settings: Settings) -> str:
    """Say at the foot of every printed sheet which book it is from, and which data it shows."""
    words = Words(settings.words)
    told = words.say(
        "print_foot", title=settings.short_title or settings.title, version=settings.version
    )
    # On one line, or it would take the width that the number beside it needs.
    style = "font: 8pt sans-serif; white-space: nowrap;"
    return f"\n@page {{ @bottom-left {{ content: {css_string(told)}; {style} }} }}\n"


def css_string(text: str) -> str:
    r"""Quote a text for a style sheet, every sign but letters and digits as its number.

    >>> print(css_string("Kids; {soil}"))
    "Kids\00003b\000020\00007bsoil\00007d"
    """
    plain = (each if each.isascii() and each.isalnum() else f"\\{ord(each):06x}" for each in text)
    return f'"{"".join(plain)}"'


@lru_cache(maxsize=64)
def classic_script(code: str, name: str) -> str:
    """Turn a module into a script that leaves its default export in ``window.synthModules``.

    A browser loads no module from ``file://``; JupyterLab loads nothing else.

    Parameters
    ----------
    code : the module; it may export, it must not import.
    name : the name it is found by.

    Raises
    ------
    ValueError : the module imports another, which a classic script cannot.

    >>> print(classic_script("export default { render };", "explorer"))
    (function () {
    "use strict";
    (window.synthModules ??= {})["explorer"] = { render };
    })();
    <BLANKLINE>
    """
    if re.search(r"^\s*import\b", code, flags=re.MULTILINE):
        raise ValueError(
            f"static/{name}.js imports another module; pages opened from a folder cannot. "
            "Write what it needs into the module itself."
        )
    # What a browser is told in the first line stays there.
    hint = re.match(r"//# \w+\n", code)
    # Readers load no comments; only those that fill whole lines are sure to be some.
    code = re.sub(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", "", code, flags=re.M | re.S)
    body = re.sub(
        r"^export default ",
        f'(window.synthModules ??= {{}})["{name}"] = ',
        code,
        flags=re.MULTILINE,
    )
    body = re.sub(r"^export (?=(?:async )?(?:function|class|const|let)\b)", "", body, flags=re.M)
    return f'{hint[0] if hint else ""}(function () {{\n"use strict";\n{body.rstrip()}\n}})();\n'


@lru_cache(maxsize=64)
def compact_style(style: str) -> str:
    r"""Take from a style sheet what only its authors read: comments and spaces between its parts.

    Parameters
    ----------
    style : the sheet; no text in it may hold ``/*``, and texts stand in double quotes.

    >>> compact_style('/* paper */\na :is(b, i) {\n  color: red;\n  content: ": ";\n}\n')
    'a :is(b,i){color:red;content:": "}'
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    # What is in quotes is read by readers and stays.
    parts = re.split(r'("[^"]*")', style)
    parts[::2] = [
        # A space before a colon stays: it is one between elements.
        re.sub(r"\s*([{};>])\s*|([:,])\s+", r"\1\2", re.sub(r"\s+", " ", part))
        for part in parts[::2]
    ]
    return "".join(parts).replace(";}", "}").strip()


def write_if_changed(path: Path, content: bytes) -> None:
    """Write a file only when it would differ, so that nothing is published twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)


def begin_vega(app: Sphinx, env: BuildEnvironment) -> None:
    """Have another process make the Vega bundle, which takes two seconds, while pages are written.

    The one made before is taken where it is of the same versions.
    """
    versions = sorted({page[HAS_CHART] for page in env.metadata.values() if HAS_CHART in page})
    if app.builder.format != "html" or not versions:
        return
    path = Path(app.outdir) / "_static" / PLACE / "vega.js"
    made_of = f"/* Vega-Lite {versions[-1]}, from vl-convert {version('vl-convert-python')} */\n"
    if path.is_file() and path.read_text("utf-8").startswith(made_of):
        return
    app.__dict__["synth_vega"] = path, made_of, bundling(versions[-1])


def bundling(vega_lite: str) -> subprocess.Popen[bytes]:
    """A process that writes the Vega bundle for a version of Vega-Lite to its output."""
    # Not forked: in a fork of a process that has drawn a picture, what draws stands still.
    command = (
        "import sys, vl_convert; "
        "sys.stdout.buffer.write(vl_convert.javascript_bundle(vl_version=sys.argv[1]).encode())"
    )
    told = [sys.executable, "-P", "-c", command, vega_lite]
    return subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def write_vega(app: Sphinx, exception: Exception | None) -> None:
    """Write the one Vega bundle all charts share, if there is a chart."""
    if "synth_vega" not in app.__dict__:
        return
    path, made_of, making = app.__dict__["synth_vega"]
    if exception:
        making.kill()
    bundle, said = making.communicate()
    if exception:
        return
    if making.returncode:
        message = f"The script that draws charts could not be made: {made_of.strip()}"
        raise ExtensionError(f"{message}\n{said.decode(errors='replace').strip()}")
    content = f"{made_of}(function () {{\n{bundle.decode()}\n}})();\n"
    write_if_changed(path, content.encode())


# --- the others' ------------------------------------------------------------------------------


def link_what_is_used(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Take from a page the styles and scripts nothing on it uses; add those of its modules."""
    body = str(context.get("body", ""))
    drawn = set(re.findall(r'data-synth-module="([\w-]+)"', body))
    drawn |= {module for mark, module in MODULE_OF.items() if mark in body}
    for module in sorted(drawn):
        if (STATIC / f"{module}.css").is_file():
            app.add_css_file(f"{PLACE}/{module}.css", priority=810)
    # Asked for with the page, they are there when it is; the loader runs after them.
    if first := BEGINS_WITH_EXPLORER.match(body):
        for name in (first[1], "explorer.js"):
            app.add_js_file(f"{PLACE}/{name}", priority=790, defer="defer")
    for files in ("css_files", "script_files"):
        context[files] = [file for file in context.get(files, []) if _is_used(file, body)]


def _is_used(file: Any, body: str) -> bool:
    told = f"{file.filename or ''} {getattr(file, 'attributes', {}).get('body', '')}"
    for name, mark in NEEDED_BY.items():
        if name in told:
            return bool(mark and mark.search(body))
    return True


def drop_what_no_page_uses(app: Sphinx, exception: Exception | None) -> None:
    """Delete source maps, the whole icon library and the files of a live kernel from the book."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for source_map in static.rglob("*.map"):
        source_map.unlink()
    for name in (
        "scripts/fontawesome.js",
        "sphinx-thebe.js",
        "sphinx-thebe.css",
        "webpack-macros.html",
        "sbt-webpack-macros.html",
    ):
        (static / name).unlink(missing_ok=True)
