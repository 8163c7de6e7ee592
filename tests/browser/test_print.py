"""On paper a page keeps its text, figures, tables and references, and loses its controls."""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from synth.reading.rules import load_records

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def book_pdf(built_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole book as one PDF."""
    folder = tmp_path_factory.mktemp("pdf")
    found = subprocess.run(
        [ROOT / "scripts" / "browser", "--find"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.skip("no Chromium on this machine; scripts/browser says how to get one")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "book_pdf.py", built_book, folder, "--book-only"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CHROME": found.stdout.strip()},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "book.pdf"


@pytest.fixture(scope="module")
def printed(book_pdf: Path) -> PdfReader:
    """Its outline, links, names and resources."""
    return PdfReader(book_pdf)


@pytest.fixture(scope="module")
def sheets(book_pdf: Path) -> list[str]:
    """The text of each sheet of the printed book."""
    return [sheet.get_textpage().get_text_range() for sheet in PdfDocument(book_pdf)]


def closed_up(text: str) -> str:
    """A text without white space, which a line may break at or not."""
    return re.sub(r"\s+", "", text)


def test_the_bookmarks_are_the_pages_in_the_order_of_the_contents(
    built_book: Path, printed: PdfReader
) -> None:
    first = (built_book / "book" / "intro.html").read_text("utf-8")
    sidebar = re.search(r'<nav class="bd-links.*?</nav>', first, re.DOTALL)
    assert sidebar
    files = ["intro.html", *re.findall(r'internal" href="([\w-]+\.html)"', sidebar[0])]
    titles = []
    for file in files:
        title = re.search(
            r"<h1>(.*?)<a class=.headerlink", (built_book / "book" / file).read_text("utf-8")
        )
        assert title, file
        titles.append(html.unescape(re.sub(r"<[^>]+>", "", title[1])).strip())
    marks = [str(entry.title) for entry in printed.outline if not isinstance(entry, list)]
    # The browser drops the space where a heading breaks its line.
    assert ["".join(mark.split()) for mark in (marks[0], *marks[2:])] == [
        "".join(title.split()) for title in titles
    ]
    assert marks[1] == "Contents"


def test_pages_of_the_printed_book_are_numbered_through(sheets: list[str]) -> None:
    total = len(sheets)
    assert total > 50
    wrong = [
        n for n, text in enumerate(sheets, 1) if not re.search(rf"(?<!\d){n} / {total}(?!\d)", text)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "terms"), [("glossary", "dt"), ("what-can-go-wrong", "dt"), ("studies", "summary")]
)
def test_no_sheet_ends_with_a_term_whose_text_is_on_the_next(
    name: str, terms: str, built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport={"width": 1200, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    named = {
        closed_up(text).removesuffix("#")
        for text in page.locator(f"main {terms}").all_inner_texts()
        if text.strip()
    }
    assert len(named) > 20
    printed = PdfDocument(page.pdf(format="A4"))
    assert len(printed) > 2
    last = [closed_up(sheet.get_textpage().get_text_range().splitlines()[-1]) for sheet in printed]
    assert [line for line in last if line in named] == []


def tiles(printed: PdfReader) -> int:
    """Areas filled with a pattern: the browser makes a picture of a megabyte of each."""
    resources: list[Any] = [page["/Resources"] for page in printed.pages]
    patterns = [found.get("/Pattern", {}) for found in resources]
    each = [pattern.get_object() for found in patterns for pattern in found.values()]
    return sum(pattern.get("/PatternType") == 1 for pattern in each)


def test_figures_are_printed_as_lines(
    printed: PdfReader, built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """In the whole book, and where a reader prints the page with most figures of all kinds."""
    assert tiles(printed) == 0
    page = offline_page(viewport={"width": 1200, "height": 900}).open(
        built_book / "book" / "intro.html"
    )
    own = page.pdf(format="A4", print_background=True)
    assert tiles(PdfReader(io.BytesIO(own))) == 0
    assert len(own) < 1_000_000


def test_links_of_the_printed_book_stay_inside_it_or_lead_to_the_web(printed: PdfReader) -> None:
    inside = {name.lstrip("/") for name in printed.named_destinations}
    assert {"references", "studies"} <= inside
    assert any(name.startswith("studies--finding-") for name in inside)
    addresses = {
        str(annotation.get_object()["/A"]["/URI"])
        for page in printed.pages
        for annotation in page.get("/Annots") or ()
        if "/URI" in annotation.get_object().get("/A", {})
    }
    # What can be downloaded is no part of the paper.
    other = {name for name in addresses if not name.startswith(("https://", "mailto:"))}
    assert {
        name
        for name in other
        if not re.search(r"/_static/synth/|book\.zip|changes\.xml|/_sources/|/_downloads/", name)
    } == set()
    assert any(name.startswith("https://doi.org/") for name in addresses)


def test_the_printed_book_holds_all_evidence_and_all_references(
    built_book: Path, sheets: list[str]
) -> None:
    # Numbers of sheets stand between the halves of a sentence.
    text = closed_up(re.sub(rf"\b\d+ / {len(sheets)}\b", "", "\n".join(sheets)))
    findings = load_records(ROOT).findings.values()
    assert [it.id for it in findings if closed_up(it.summary) not in text] == []
    listed = (built_book / "book" / "references.html").read_text("utf-8")
    dois = set(re.findall(r'href="(https://doi\.org/[^"]+)"', listed))
    assert len(dois) > 20
    assert [doi for doi in dois if closed_up(html.unescape(doi)).lower() not in text.lower()] == []
    assert "Filtersandsearchneed" not in text


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_whole_explorer_is_printed_in_two_columns(
    built_book: Path, offline_page: Callable[..., Any], paper: str
) -> None:
    """All statements and the works behind them: in one column they took twelve sheets and more."""
    page = offline_page(viewport={"width": 1200, "height": 900}).open(
        built_book / "book" / "explorer.html"
    )
    page.locator(".synth-explorer[data-ready]").wait_for()
    every = page.locator(".synth-explorer").evaluate("(root) => root.findings().length")
    assert every == len(load_records(ROOT).findings)
    assert len(PdfReader(io.BytesIO(page.pdf(format=paper))).pages) <= 10


@pytest.mark.parametrize(
    ("name", "head", "first"),
    [
        ("robustness", "Leave one out", "Mulvale et al., 2019"),
        ("reliability", "The figures", "Macro level"),
        ("intro", "The framework at a glance", "Team relationships"),
    ],
)
def test_what_a_heading_is_about_begins_on_its_sheet(
    built_book: Path, offline_page: Callable[..., Any], name: str, head: str, first: str
) -> None:
    """No table leaves half a sheet empty before it, and no drawing leaves its key behind."""
    page = offline_page(viewport={"width": 1200, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    texts = [
        closed_up(sheet.extract_text())
        for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    ]
    at = next(n for n, text in enumerate(texts) if closed_up(head) in text)
    assert closed_up(first) in texts[at].partition(closed_up(head))[2]
    if name != "intro":
        assert at == 0, "the table begins on the sheet where there is room"


def test_each_group_of_statements_says_its_sides_on_paper(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """A sheet may begin in the middle of the list, where no head says which column is which."""
    page = offline_page(viewport={"width": 1200, "height": 900}).open(
        built_book / "book" / "wellbeing.html"
    )
    page.emulate_media(media="print")
    heads = page.locator(".synth-st-side > h4")
    sizes = heads.evaluate_all("all => all.map((it) => it.getBoundingClientRect().height)")
    assert len(sizes) > 4
    assert min(sizes) > 8
    assert page.locator(".synth-st-heads:visible").count() == 0


def test_a_flow_stands_on_one_sheet_with_its_title(sheets: list[str]) -> None:
    """Taller than what a title leaves of a sheet, the drawing left the title alone on its own."""
    title = load_records(ROOT).flow
    first, last = (
        next(b for b in boxes if b.kind == "remaining") for boxes in (title, title[::-1])
    )
    heads = [
        s for s in sheets if closed_up(f"{first.count} {first.label.lower()},") in closed_up(s)
    ]
    assert len(heads) == 1
    assert closed_up(f"{last.label} (n = {last.count})") in closed_up(heads[0])


# What ends right of the sheet's text, by a hair's breadth more than rounding explains.
BEYOND = """() => [...document.querySelectorAll(".bd-article *")].filter((one) => {
    const { width, right } = one.getBoundingClientRect();
    return width > 1 && right > innerWidth + 2;
}).map((one) => [one.tagName, one.textContent.slice(0, 60)])"""


@pytest.mark.parametrize(
    "name", ["make-your-own", "add-a-study", "robustness", "reliability", "framework", "data"]
)
def test_nothing_is_wider_than_the_sheet(
    built_book: Path, offline_page: Callable[..., Any], name: str
) -> None:
    """A long line of code was cut, and a wide table went over the margin."""
    # A4 without its margins, 178 mm.
    page = offline_page(viewport={"width": 672, "height": 1000}).open(
        built_book / "book" / f"{name}.html"
    )
    page.emulate_media(media="print")
    assert page.evaluate(BEYOND) == []
