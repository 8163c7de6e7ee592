"""A small book with everything Jupyter Book loads: what its pages hold with our templates."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import nbformat
import pydata_sphinx_theme
import pytest
import sphinx_book_theme
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace

import warm_builds
from garden_book import Bundled, keep_vega
from synth.book import ViewMime, assets
from synth.book import theme as finished_pages
from synth.book.assets import (
    BEGINS_WITH_EXPLORER,
    begin_vega,
    classic_script,
    colours,
    compact_style,
    write_vega,
)
from synth.book.figures import CHART, HAS_CHART, chart_html, late_value
from synth.book.theme import FIXES, POLICY, TEMPLATES, fixed, sidebar
from synth.errors import UnknownName
from synth.messages import Words
from synth.review import Review
from synth.views.markup import STATIC
from synth.views.view import VIEW

TESTS = Path(__file__).parent
EXAMPLE = TESTS / "example"
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.4.1.json",
    "description": 'Gardens "by year" </script><b>',
    "data": {"values": [{"year": 2001, "gardens": 1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "year"}, "y": {"field": "gardens", "type": "quantitative"}},
}


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def notebook() -> nbformat.NotebookNode:
    """A stored notebook: a view of the library beside a live one, and a chart."""
    asked = {"kind": "by_country", "query": {"all": True}, "options": {}}
    view = "application/vnd.jupyter.widget-view+json"
    outputs = [
        {
            "text/plain": "<Evidence>",
            "text/html": "an old form",
            VIEW: asked,
            view: {"model_id": "a"},
        },
        {"text/plain": "chart", CHART: SPEC, "image/svg+xml": '<svg viewBox="0 0 1 1"></svg>'},
    ]
    cells = [nbformat.v4.new_markdown_cell("# A page of figures")]
    for position, data in enumerate(outputs, 1):
        shown = nbformat.v4.new_output("execute_result", data, execution_count=position)
        cell = nbformat.v4.new_code_cell("show()", outputs=[shown], execution_count=position)
        cell.metadata["tags"] = ["hide-input"]
        cells.append(cell)
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    made.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    for position, cell in enumerate(made.cells):
        cell.id = f"cell-{position}"
    return made


class Book:
    """A book of the example review in a folder of its own."""

    fixed: dict[str, Counter[str]]

    def __init__(self, place: Path) -> None:
        self.source, self.html = place / "book", place / "html"
        shutil.copytree(TESTS / "roots" / "platform", self.source)
        shutil.copytree(EXAMPLE / "data", self.source / "data")
        shutil.copy(EXAMPLE / "references.bib", self.source)
        nbformat.write(notebook(), self.source / "note.ipynb")

    def build(self, **settings: Any) -> dict[str, Counter[str]]:
        """Build what changed, with warnings as errors; gives how often each fix applied."""
        said = StringIO()
        with docutils_namespace(), patch.object(assets, "bundling", Bundled):
            app = Sphinx(
                self.source,
                self.source,
                self.html,
                self.html / ".doctrees",
                "html",
                confoverrides={"synth_processes": 1, **settings},
                status=None,
                warning=said,
            )
            app.build()
        assert said.getvalue() == ""
        counts: dict[str, Counter[str]] = app.__dict__["synth_fix_counts"]
        return counts

    def build_apart(self) -> None:
        """Build it in a process of its own: the theme leaves traces in the one it was built in."""
        done = warm_builds.run("sphinx-build", "-W", "-q", self.source, self.html)
        assert done.returncode == 0, done.stderr

    def page(self, name: str) -> str:
        return (self.html / f"{name}.html").read_text("utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    made = Book(tmp_path_factory.mktemp("platform"))
    made.fixed = made.build()
    return made


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book that was built in a process of its own, and is built again after each change."""
    made = Book(tmp_path_factory.mktemp("growing"))
    keep_vega(made.html)
    made.build_apart()
    return made


@pytest.fixture(scope="module")
def review() -> Review:
    return Review.load(EXAMPLE)


PAGES = ("index", "note", "plain", "below", "references", "search", "genindex")


# --- the theme --------------------------------------------------------------------------------


def test_every_fix_still_finds_what_it_fixes_and_there_are_few(book: Book) -> None:
    """An upgrade of an extension that renames something must not undo a fix silently."""
    total = sum(book.fixed.values(), Counter())
    assert [fix.name for fix in FIXES if not total[fix.name]] == []
    assert len(FIXES) <= 3, "what a template can say is no fix of finished pages"


def test_a_text_without_faults_is_left_as_it_is() -> None:
    prose = "<p>Plain text about a header, a footer, onclick and a button.</p>"
    assert fixed(prose, Words()) == prose


@pytest.mark.parametrize(
    "template",
    sorted(
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.parent.name != "synth"  # ours alone: layout.html asks for them
    ),
)
def test_the_theme_has_each_template_that_ours_replace(template: str) -> None:
    """One that the theme renames would be ours alone, and nobody would ask for it."""
    themes = [Path(pydata_sphinx_theme.__file__).parent, Path(sphinx_book_theme.__file__).parent]
    assert [path for theme in themes for path in theme.rglob(f"theme/*/{template}")] != []


def test_what_only_the_theme_says_is_gone(book: Book) -> None:
    page = book.page("plain")
    assert page.count('<meta name="viewport"') == 1
    for name in ("docsearch:", "ethical-ad", "bd-header-version-warning", "jb-print-docs-body"):
        assert name not in page
    assert not re.search(r"<(header|footer)[^>]*>\s*</\1>", page)
    assert 'role="region" class="synth-contents" aria-label="Contents of the book"' in page
    assert 'data-theme="light"' in page
    assert 'data-default-mode="auto"' in page
    captions = re.findall(r"<p [^>]*caption[^>]*>", page)
    assert captions
    assert not any("role=" in caption for caption in captions)
    assert "primary-toggle" not in page
    assert "autofocus" in book.page("search")


def test_every_icon_of_a_page_is_drawn_by_the_style(book: Book) -> None:
    style = (STATIC / "synth.css").read_text("utf-8")
    drawn = set(re.findall(r"^\.fa-([\w-]+) \{ --synth-icon", style, re.MULTILINE))
    shown = {
        name
        for page in PAGES
        for classes in re.findall(r'<(?:i|span) class="([^"]*\bfa[srb]?\b[^"]*)"', book.page(page))
        for name in re.findall(r"\bfa-([\w-]+)", classes)
    }
    assert len(shown) > 3
    assert shown - drawn <= {"solid", "regular", "lg"}


class Markup(HTMLParser):
    """Everything a strict policy would refuse, and every address a page asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.refused += [f"{tag} {name}" for name in values if name.startswith("on")]
        if tag == "style" or (
            tag == "script"
            and "src" not in values
            and values.get("type") != "application/json"
            and values.get("type") != "application/ld+json"
        ):
            self.refused.append(f"{tag} {values}")
        if (values.get("href") or "").startswith("javascript:"):
            self.refused.append(f"{tag} javascript:")
        if tag in {"script", "img", "iframe", "source"}:
            self.fetched.append(values.get("src") or "")
        if tag == "link" and values.get("rel") not in {"canonical", "license"}:
            self.fetched.append(values.get("href") or "")


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_nothing_a_strict_policy_refuses(book: Book, name: str) -> None:
    found = Markup()
    found.feed(book.page(name))
    assert found.refused == []
    assert [address for address in found.fetched if re.match(r"(https?:)?//", address)] == []


def test_the_policy_stands_in_the_page_only_where_the_author_wants_it(
    book: Book, tmp_path: Path
) -> None:
    assert "Content-Security-Policy" not in book.page("plain")
    strict = Book(tmp_path)
    strict.build(synth_content_security_policy=True)
    page = strict.page("plain")
    assert f'http-equiv="Content-Security-Policy" content="{POLICY}"' in page
    assert "unsafe-eval" not in POLICY
    assert "script-src 'self';" in POLICY


def test_pages_load_only_what_they_use(book: Book) -> None:
    text, figures = book.page("plain"), book.page("note")
    for unused in ("thebe", "fontawesome", "togglebutton", "copybutton", "mystnb", "design"):
        assert unused not in text
    assert "copybutton.js" in figures
    assert "mystnb" in figures
    assert not list(book.html.rglob("*.map"))
    assert not (book.html / "_static" / "scripts" / "fontawesome.js").exists()


def test_a_wide_page_says_so_and_every_page_leads_to_its_contents(book: Book) -> None:
    for name in ("index", "plain"):
        page = book.page(name)
        assert ("synth-wide" in page) == (name == "index"), name
        assert 'data-synth-action="contents"' in page
        assert 'id="pst-primary-sidebar"' in page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_it_rests_on(book: Book, name: str, review: Review) -> None:
    foot = book.page(name).split('class="synth synth-foot"')[1]
    assert "not from the studies themselves" in foot
    assert f"Data version {review.settings.version}, {review.settings.date}." in foot
    assert f"https://doi.org/{review.settings.source.doi}" in foot


# --- late values ------------------------------------------------------------------------------


def test_a_book_without_the_extension_keeps_what_its_notebooks_stored() -> None:
    """myst-nb asks the library's class in every book, also where nothing else of it is at work."""
    env = SimpleNamespace(app=SimpleNamespace(extensions={"myst_nb": None}))
    renderer = SimpleNamespace(renderer=SimpleNamespace(sphinx_env=env))
    data = SimpleNamespace(mime_type=VIEW, content={"kind": "framework"}, line=1)
    assert ViewMime.handle_mime(renderer, data, inline=False) is None


def test_late_values_are_filled_in_when_the_book_is_built(book: Book, review: Review) -> None:
    studies = sum(study.is_evidence for study in review.records.studies.values())
    assert f"of {studies} studies" in text_of(book.page("note"))
    assert "an old form" not in book.page("note")


@pytest.mark.slow
def test_one_more_study_changes_the_page_that_counts_it_and_no_text_page(growing: Book) -> None:
    made = growing
    before = (made.html / "below.html").stat().st_mtime_ns
    table = made.source / "data" / "studies.csv"
    header, *rows = table.read_text("utf-8").splitlines()
    roles = [row.split(",")[header.split(",").index("role")] for row in rows]
    # Its role is all that changes, so that every other rule of the tables stays kept.
    background = next(i for i, role in enumerate(roles) if role == "background")
    was = len([role for role in roles if role == "evidence"])
    rows[background] = rows[background].replace("background", "evidence")
    table.write_text("\n".join([header, *rows, ""]), "utf-8")
    findings = made.source / "data" / "coded_studies.csv"
    head, *coded = findings.read_text("utf-8").splitlines()
    key = rows[background].split(",")[0]
    copied = coded[0].split(",")
    copied[0], copied[1] = f"{key}-01", key
    lines = sorted([*coded, ",".join(copied)])
    findings.write_text("\n".join([head, *lines, ""]), "utf-8")
    made.build_apart()
    assert f"of {was + 1} studies" in text_of(made.page("note"))
    assert (made.html / "below.html").stat().st_mtime_ns == before


LATE: list[tuple[str, Callable[[Review], Any]]] = [
    ("works", lambda review: len(review.records.studies)),
    ("findings", lambda review: len(review.records.findings)),
    ("influences", lambda review: len(review.records.influences)),
    ("version", lambda review: review.settings.version),
    ("date", lambda review: review.settings.date),
    ("findings:direction=helps", lambda review: len(review.evidence().where(direction="helps"))),
]


@pytest.mark.parametrize(("name", "value"), LATE, ids=[name for name, _ in LATE])
def test_late_values(name: str, value: Callable[[Review], Any], review: Review) -> None:
    assert late_value(name, review) == str(value(review))


def test_an_unknown_late_value_names_the_nearest(review: Review) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'studies'"):
        late_value("studeis", review)


# --- charts -----------------------------------------------------------------------------------


def test_a_chart_is_a_labelled_picture_with_its_specification(book: Book) -> None:
    page = book.page("note")
    figure = re.search(r'<figure class="synth synth-chart".*?</figure>', page, re.DOTALL)
    assert figure
    label = "Gardens &#34;by year&#34; &lt;/script&gt;&lt;b&gt;"
    assert f'role="img" aria-label="{label}"' in figure[0]
    stored = re.search(r'<script type="application/json">(.*?)</script>', figure[0], re.DOTALL)
    assert stored
    assert json.loads(stored[1]) == SPEC


def test_a_chart_without_words_is_still_named() -> None:
    assert 'aria-label="Chart"' in chart_html("<svg></svg>", {"mark": "bar"}, "Chart")


def test_the_vega_bundle_is_written_once_for_a_book_with_a_chart(book: Book) -> None:
    bundle = book.html / "_static" / "synth" / "vega.js"
    assert bundle.read_text("utf-8").startswith("/* Vega-Lite 6.4, from vl-convert ")
    written = bundle.stat().st_mtime_ns
    (book.source / "note.ipynb").touch()
    assert set(book.build()) >= {"note"}
    assert bundle.stat().st_mtime_ns == written
    # Of other versions, or gone, it is made again also where no page changed.
    whole = bundle.read_bytes()
    bundle.write_bytes(whole.replace(b"from vl-convert ", b"from vl-convert 0.", 1))
    book.build()
    assert bundle.read_bytes() == whole
    bundle.unlink()
    book.build()
    assert bundle.read_bytes() == whole
    assert "vega.js" not in book.page("note"), "a page loads it only when a chart comes into view"


def test_a_bundle_that_cannot_be_made_ends_the_build_and_says_of_which_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vl_convert.py").write_text("raise ImportError('no engine')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    app: Any = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    env: Any = SimpleNamespace(metadata={"one": {HAS_CHART: "6.4"}, "two": {}})
    begin_vega(app, env)
    with pytest.raises(ExtensionError, match=r"Vega-Lite 6\.4, from vl-convert \d[^$]*no engine"):
        write_vega(app, None)
    # A build that failed for another reason waits for nothing.
    begin_vega(app, env)
    write_vega(app, LookupError())
    assert app.synth_vega[2].returncode is not None
    assert not (tmp_path / "_static").exists()


# --- assets -----------------------------------------------------------------------------------


def test_scripts_of_the_library_are_classic_scripts(book: Book) -> None:
    scripts = list((book.html / "_static" / "synth").glob("*.js"))
    assert scripts
    for script in scripts:
        code = script.read_text("utf-8")
        assert not re.search(r"^(export|import)\b", code, re.MULTILINE), script.name


def test_styles_are_served_without_comments(book: Book) -> None:
    place = book.html / "_static" / "synth"
    for style in STATIC.glob("*.css"):
        served = (place / style.name).read_text("utf-8")
        assert "/*" not in served
        assert compact_style(style.read_text("utf-8")) in served


@pytest.mark.parametrize(
    ("listed", "configured", "named"),
    [
        (("Ada", "Bo"), "The Jupyter Book community", "Ada, Bo"),
        ((), "The Jupyter Book community", ""),
        ((), "Cy", "Cy"),
    ],
)
def test_the_foot_names_the_authors_of_the_book_and_nobody_else(
    review: Review,
    monkeypatch: pytest.MonkeyPatch,
    listed: tuple[str, ...],
    configured: str,
    named: str,
) -> None:
    settings = replace(review.settings, authors=listed)
    monkeypatch.setattr(finished_pages, "settings_of", lambda app: settings)
    monkeypatch.setattr(finished_pages, "words_of", lambda app: Words())
    config: Any = SimpleNamespace(author=configured, html_theme_options={})
    app: Any = None
    finished_pages.say_what_pages_rest_on(app, config)
    assert config.author == named


@pytest.mark.slow
def test_another_word_of_the_team_reaches_every_page(growing: Book) -> None:
    made = growing
    assert "Hierher" not in made.page("index")
    settings = made.source / "data" / "review.toml"
    own = '\n[words]\nlink_to_heading = "Hierher"\n'
    settings.write_text(settings.read_text("utf-8") + own, "utf-8")
    made.build_apart()
    for name in ("index", "note", "plain", "below"):
        assert 'aria-label="Hierher"' in made.page(name), name


def test_a_module_that_imports_another_is_refused() -> None:
    with pytest.raises(ValueError, match=r"static/map\.js imports"):
        classic_script('import x from "./x.js";', "map")


def test_named_exports_stay_inside_the_script() -> None:
    script = classic_script("export function a() {}\nexport default { a };\n", "map")
    assert '(window.synthModules ??= {})["map"] = { a };' in script
    assert "export" not in script


def test_what_a_browser_is_told_first_stays_the_first_line() -> None:
    script = classic_script("//# hinted\n// Ours.\nexport default {};\n", "map")
    assert script.startswith("//# hinted\n(function () {\n")
    assert "Ours" not in script


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ("<h1>All</h1>\n<p>Text.</p>\n{explorer}", "evidence-1a.js"),
        ("<h1>All</h1>\n<h2>First</h2>{explorer}", ""),
        ("<h1>All</h1>", ""),
    ],
)
def test_scripts_of_an_explorer_come_with_a_page_that_begins_with_it(
    body: str, evidence: str
) -> None:
    explorer = '<div class="synth synth-explorer" data-evidence="evidence-1a.js" data-key="x">'
    found = BEGINS_WITH_EXPLORER.match(body.format(explorer=explorer))
    assert (found[1] if found else "") == evidence


def test_colours_come_from_the_review_and_the_style_knows_none_of_them(review: Review) -> None:
    written = colours(review.settings)
    for level, look in review.settings.levels.items():
        assert f"--synth-{level}: {look.light}" in written
        assert f"--synth-{level}-wash: {look.wash_dark}" in written
    style = (STATIC / "synth.css").read_text("utf-8")
    for name in ("macro", "meso", "micro", "enabler", "barrier"):
        assert name not in style


def test_the_list_of_pages_holds_the_headings_once_however_often_it_is_asked_for() -> None:
    pages = BeautifulSoup(
        '<ul><li><a class="current reference" href="#">Gaps</a></li></ul>', "html.parser"
    )
    headings = BeautifulSoup(
        "<ul><li class='toc-h2'><a href='#a'>Thin</a><ul><li><a href='#b'>Below</a></li></ul></li>"
        "<li class='toc-h2'><a href='#c'>Next</a><ul><li><a href='#d'>Too</a></li></ul></li></ul>",
        "html.parser",
    )
    for _ in range(2):
        drawn = sidebar(pages, headings, words=Words(), signs={})
    links = [link["href"] for link in drawn.select(".synth-headings a")]
    assert links == ["#a", "#c"]


def test_readers_load_no_comments_and_all_of_the_code() -> None:
    code = "// One.\n/** Two. */\nlet a = 1; // x\n  /**\n   * Three.\n   */\n/** T */ let b = 2;\n"
    script = classic_script(f"{code}export default {{ a, b }};", "tried")
    assert "One" not in script
    assert "Two" not in script
    assert "Three" not in script
    assert "let a = 1; // x\n" in script
    assert "let b = 2;\n" in script
