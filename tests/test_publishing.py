"""A book whose folder, title, words and reader's browser are none the tools expect."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sphinx.environment.adapters import toctree
from sphinx_external_toc.api import Document, SiteMap

import warm_builds
from conftest import missing
from synth.book import publishing
from synth.book.search import as_indexed, with_spellings
from synth.views.markup import STATIC

TESTS = Path(__file__).parent
TITLE = "Care <i>adult</i> & more"
PAGE = r"""# Growing & \<u>sharing\</u>

López and Müller wrote of labour, of an organisational programme and of Łukasz.
"""
TOC = """
format: jb-book
root: index
chapters:
  - file: second
"""
CONFIG = f"""
title: {json.dumps(TITLE)}
only_build_toc_files: true
exclude_patterns: ["data", "_build"]
execute: {{execute_notebooks: "off"}}
sphinx:
  extra_extensions: [synth.book]
  config:
    language: en
    html_context: {{default_mode: auto}}
    html_sidebars: {{"second": ["navbar-logo.html", "sbt-sidebar-nav.html"]}}
"""


@pytest.fixture(scope="module")
def odd_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The html of a small book in a folder called ``[2024] review``, built as a team builds it."""
    root = tmp_path_factory.mktemp("odd") / "[2024] review"
    shutil.copytree(TESTS / "example", root, ignore=shutil.ignore_patterns("_build"))
    settings = root / "data" / "review.toml"
    told = settings.read_text("utf-8").replace('"School gardens"', json.dumps(TITLE))
    settings.write_text(f'{told}\n[words]\nbar_contents = "In <i>adult</i>"\n', "utf-8")
    (root / "_config.yml").write_text(CONFIG, "utf-8")
    (root / "_toc.yml").write_text(TOC, "utf-8")
    (root / "index.md").write_text(PAGE, "utf-8")
    (root / "second.md").write_text("# A second page\n\nNothing of note.\n", "utf-8")
    (root / "notes.md").write_text("# Not listed\n", "utf-8")
    build(root)
    return root / "_build" / "html"


def build(root: Path) -> str:
    """Build a book as a team does, with warnings as errors; gives what was said of it."""
    done = warm_builds.run("jupyter-book", "build", root, "-W", "--keep-going")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_folder_may_be_called_anything_and_only_listed_pages_are_built(odd_book: Path) -> None:
    assert (odd_book / "index.html").is_file()
    assert (odd_book / "second.html").is_file()
    assert not (odd_book / "notes.html").exists()


@pytest.mark.slow
def test_one_more_file_below_the_folder_has_no_page_read_again(odd_book: Path) -> None:
    root = odd_book.parent.parent
    (root / "minutes").mkdir()
    (root / "minutes" / "monday.md").write_text("# Not listed either\n", "utf-8")
    told = build(root)
    assert re.search(r"updating environment: \S*0 added, 0 changed, 0 removed", told), told
    with (root / "second.md").open("a", encoding="utf-8") as page:
        page.write("\nOne sentence more.\n")
    told = build(root)
    assert re.search(r"updating environment: \S*0 added, 1 changed, 0 removed", told), told


def test_the_names_of_listed_pages_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toctree, "Matcher", toctree.Matcher)
    app = SimpleNamespace()
    listed = SiteMap(Document("index"))
    # A page's name is no pattern, whatever signs it has.
    listed["part ?1/first"] = Document("part ?1/first")
    config = SimpleNamespace(
        external_toc_exclude_missing=True, external_site_map=listed, source_suffix=[".md"]
    )
    publishing.look_for_no_unlisted_page(app, config)
    publishing.take_only_listed_pages(app, config)
    asked = toctree.Matcher(config.include_patterns)
    assert asked("part ?1/first.md")
    assert not asked("part 11/first.md")
    assert toctree.Matcher([*config.include_patterns]) is asked
    assert asked("index.md")
    assert not asked("notes.md")


@pytest.mark.slow
def test_a_server_that_hides_underscores_serves_the_styles(odd_book: Path) -> None:
    assert (odd_book / ".nojekyll").read_bytes() == b""


@pytest.mark.slow
def test_no_sign_of_a_title_is_obeyed(odd_book: Path) -> None:
    for page in odd_book.glob("*.html"):
        text = page.read_text("utf-8")
        assert "<i>adult" not in text, page.name
        assert "<u>sharing" not in text, page.name
    page = (odd_book / "second.html").read_text("utf-8")
    logo = re.search(r'class="synth-bar-title".*?<span>(.*?)</span>', page, re.DOTALL)
    assert logo
    assert logo[1] == html.escape(TITLE, quote=False)
    assert f'logo__title">{html.escape(TITLE, quote=False)}</p>' in page
    assert html.escape(TITLE, quote=False) in page
    first = re.search(r'class="prev-next-title">(.*?)</p>', page, re.DOTALL)
    assert first
    assert html.unescape(first[1]).strip() == "Growing & <u>sharing</u>"


QUERIES = ("Lopez", "López", "muller", "labor", "labour", "organizational", "lukasz", "program")


@pytest.mark.parametrize("query", QUERIES)
def test_the_search_finds_a_word_however_it_is_spelled(
    odd_book: Path, offline_page: Callable[..., Any], query: str
) -> None:
    page = offline_page().open(odd_book / "search.html", f"?q={query}")
    page.locator("#search-results li").first.wait_for()
    found = page.locator("#search-results li a").evaluate_all("links => links.map(a => a.pathname)")
    assert [Path(address).name for address in found] == ["index.html"]


def test_the_script_folds_a_query_as_the_index_was_folded(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("no node on this machine")
    words = [
        *("López", "MÜLLER", "Łukasz", "straße", "labour", "Labourers", "behavioural", "our"),
        *("four", "organisational", "stigmatised", "practise", "practising", "practice", "centre"),
        *("programme", "programmes", "counselling", "licence", "ageing", "judgement", "is", "his"),
        *("rise", "promise", "報酬", "الأجر", "l’été", "x-y", "o\u0301"),
    ]

    class Config:
        language = "en"
        html_search_language = None

    code = with_spellings((STATIC / "search.js").read_text("utf-8"), Config)
    assert "const TABLES = {};" not in code
    path = tmp_path / "fold.cjs"
    told = f"console.log(JSON.stringify({json.dumps(words)}.map(asIndexed)))"
    path.write_text(f"const window = {{}};\n{code}\n{told}", "utf-8")
    done = subprocess.run([node, path], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [as_indexed(word) for word in words]


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("labour", "labor"), ("behaviours", "behaviors"), ("organisation", "organization"),
        ("stigmatised", "stigmatized"), ("practise", "practice"), ("centres", "centers"),
        ("programme", "program"), ("counselling", "counseling"), ("defence", "defense"),
        ("ageing", "aging"), ("judgement", "judgment"),
    ],
)  # fmt: skip
def test_two_spellings_are_one_word_in_an_english_book(british: str, american: str) -> None:
    assert as_indexed(british) == as_indexed(american)
    assert as_indexed(british, english=False) == british


BLOCKED = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, {
    get() { throw new DOMException("denied", "SecurityError"); },
  });
"""


def test_a_browser_that_keeps_nothing_searches_and_darkens(
    odd_book: Path, offline_page: Callable[..., Any]
) -> None:
    made = offline_page(own=True, viewport={"width": 1280, "height": 900}, color_scheme="light")
    made.page.add_init_script(BLOCKED)
    page = made.open(odd_book / "second.html")
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    seen = set()
    for _ in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        seen.add(page.evaluate("document.documentElement.dataset.mode"))
    assert seen == {"auto", "light", "dark"}
    page.keyboard.press("Control+k")
    field = page.locator("dialog input[type=search]:visible, .search-button__wrapper.show input")
    field.first.wait_for()
    page.goto((odd_book / "search.html").as_uri() + "?q=nothing+of+note")
    page.locator("#search-results li").first.wait_for()
    assert made.complaints == []
