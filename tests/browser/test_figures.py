"""Figures in a browser: complete without a script, handier with one, on a phone, in the dark."""

from __future__ import annotations

import csv
import io
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.records_by_hand import FINDINGS, records

from synth.book.assets import STATIC, classic_script, colours, with_words
from synth.messages import Words
from synth.references.csv_text import csv_file
from synth.views import charts
from synth.views.flow import flow
from synth.views.framework import framework
from synth.views.influences.map import influence_map
from synth.views.robustness import robustness

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1200, "height": 900}


@pytest.fixture(scope="session")
def figures_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of figures as the book shows them, without the book around it."""
    made = records()
    figures = [
        charts.by_year(made),
        charts.by_country(made),
        charts.both_ways(made),
        influence_map(made),
        flow(made),
        framework(made),
        robustness(made),
        charts.by_design(made, []),
    ]
    styles = "\n".join(
        (STATIC / name).read_text("utf-8") for name in ("synth.css", "figures.css")
    ) + colours(made.settings)
    code = with_words((STATIC / "figures.js").read_text("utf-8"), Words())
    script = classic_script(code, "figures")
    start = (
        "for (const figure of document.querySelectorAll('[data-synth-module=figures]'))"
        " window.synthModules.figures.mount(figure);"
    )
    body = "\n".join(figure.html for figure in figures)
    page = tmp_path_factory.mktemp("figures") / "figures.html"
    shutil.copytree(STATIC / "fonts", page.parent / "fonts")
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figures</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{styles}</style></head><body><main class='bd-article'><h1>Figures</h1>{body}"
        f"</main><script>{script}\n{start}</script></body></html>",
        "utf-8",
    )
    return page


def the_figure(page: Any, name: str) -> Any:
    return page.locator(f'[data-figure="{name}"]')


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
def test_no_figure_widens_its_page(
    figures_page: Path, offline_page: Callable[..., Any], width: int
) -> None:
    offline = offline_page(viewport={"width": width, "height": 800})
    page = offline.open(figures_page)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert offline.complaints == []
    assert offline.refused == []


def test_without_a_script_everything_is_there(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(java_script_enabled=False, viewport=DESK).open(figures_page)
    assert the_figure(page, "by-year").locator(".synth-chart-wide svg").is_visible()
    assert the_figure(page, "influences").locator(".synth-map-wide svg").is_visible()
    assert the_figure(page, "flow").locator(".synth-flow-wide svg").is_visible()
    assert page.locator(".synth-figure button").count() == 0
    details = the_figure(page, "by-country").locator(".synth-figure-table")
    details.locator("summary").click()
    assert details.locator("tbody tr").count() == 5


@pytest.mark.parametrize(
    ("name", "wide", "narrow"),
    [
        ("by-year", ".synth-chart-wide", ".synth-chart-narrow"),
        ("influences", ".synth-map-wide", ".synth-map-narrow"),
        ("flow", ".synth-flow-wide", ".synth-flow-narrow"),
    ],
)
def test_a_phone_gets_its_own_drawing(
    figures_page: Path, offline_page: Callable[..., Any], name: str, wide: str, narrow: str
) -> None:
    page = offline_page(viewport=PHONE).open(figures_page)
    assert the_figure(page, name).locator(narrow).is_visible()
    assert not the_figure(page, name).locator(wide).is_visible()
    # Readable: no letter of the drawing is smaller than 10 pixels on the screen.
    sizes = (
        the_figure(page, name)
        .locator(f"{narrow} svg text")
        .evaluate_all(
            "(texts) => texts.map((text) => parseFloat(getComputedStyle(text).fontSize)"
            " * text.getScreenCTM().a)"
        )
    )
    assert min(sizes) >= 10


def test_the_table_is_one_keystroke_away(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    summary = the_figure(page, "by-year").locator(".synth-figure-table summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert the_figure(page, "by-year").locator("table").is_visible()


def test_the_label_of_a_chart_is_its_description(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    label = the_figure(page, "by-country").locator("[role=img]").first.get_attribute("aria-label")
    assert label == charts.by_country(records()).description


def test_marks_are_read_one_by_one_by_keyboard(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "by-country")
    figure.locator(".synth-chart").focus()
    said = []
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        said.append(figure.locator(".synth-chart-said").inner_text())
    rows = charts.by_country(records()).rows
    assert said == [
        f"{row['value']}: {row['studies']} {'study' if row['studies'] == 1 else 'studies'}, "
        f"{row['findings']} finding{'' if row['findings'] == 1 else 's'}"
        for row in rows
    ]


@pytest.mark.parametrize(
    "name", ["by-year", "by-country", "influences", "flow", "framework", "robustness"]
)
def test_the_csv_of_the_page_is_the_csv_of_the_library(
    figures_page: Path, offline_page: Callable[..., Any], name: str
) -> None:
    made = records()
    library = {
        "by-year": charts.by_year,
        "by-country": charts.by_country,
        "influences": influence_map,
        "flow": flow,
        "framework": framework,
        "robustness": robustness,
    }[name](made)
    page = offline_page(viewport=DESK).open(figures_page)
    with page.expect_download() as download:
        the_figure(page, name).get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == f"{name}.csv"
    assert Path(download.value.path()).read_bytes() == csv_file(library.to_csv())


def test_the_framework_downloads_a_row_for_each_finding(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    with page.expect_download() as download:
        the_figure(page, "framework").get_by_role("button", name="Download CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(row["summary"] for row in rows) == sorted(f.summary for f in FINDINGS)
    assert sorted(row["finding"] for row in rows) == sorted(f.id for f in FINDINGS)
    trust = next(row for row in rows if row["summary"] == "Trust lasted.")
    assert (trust["level"], trust["theme"], trust["factor"]) == ("Inner", "Team", "Trust")
    assert (trust["direction"], trust["citation"]) == ("Help", "Bell, 2012")
    whole = next(row for row in rows if row["summary"].startswith("Laws differ"))
    assert (whole["theme"], whole["factor"], whole["direction"]) == ("Law", "", "Scene")


@pytest.mark.parametrize("name", ["by-year", "influences", "flow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_downloaded_svg_stands_on_its_own(
    figures_page: Path, offline_page: Callable[..., Any], name: str, scheme: str
) -> None:
    page = offline_page(viewport=DESK, color_scheme=scheme).open(figures_page)
    with page.expect_download() as download:
        the_figure(page, name).get_by_role("button", name="Download SVG").click()
    text = Path(download.value.path()).read_text("utf-8")
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in text
    assert "currentColor" not in text
    assert "synth:" not in text  # no address that only the book resolves


def test_a_downloaded_png_is_a_picture(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    with page.expect_download() as download:
        the_figure(page, "influences").get_by_role("button", name="Download PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_pointing_at_a_theme_shows_what_it_acts_on(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")
    figure.locator('.synth-map-wide .synth-card[data-theme="money"]').hover()
    own = figure.locator(".synth-map-wide .synth-arrow.hot").evaluate_all(
        "(arrows) => arrows.map((arrow) => arrow.dataset.key)"
    )
    assert sorted(own) == ["law--helps--money", "money--both--team"]
    words = figure.locator(".synth-map-readout").inner_text()
    assert words == re.sub(r"<[^>]+>", "", influence_map(records()).words["money"])
    page.keyboard.press("Escape")


def test_keys_go_through_a_themes_arrows_and_escape_leaves(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")
    figure.locator('.synth-map-wide .synth-card[data-theme="money"]').focus()
    page.keyboard.press("ArrowRight")
    readout = figure.locator(".synth-map-readout")
    assert "Law opens a fund." in readout.inner_text()
    assert readout.locator('a[href="synth:study:ames2004"]').count() == 1
    page.keyboard.press("ArrowRight")
    assert "Money does both." in readout.inner_text()
    page.keyboard.press("Escape")
    assert "Point at a theme" in readout.inner_text()
    assert figure.locator(".on").count() == 0


def test_selecting_an_arrow_opens_its_mechanism_and_studies(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")
    arrow = figure.locator('.synth-map-wide .synth-arrow[data-key="law--blocks--team"]')
    arrow.dispatch_event("click")
    words = figure.locator(".synth-map-readout").inner_text()
    assert "Rules strain a team." in words
    assert "Dunn, 2019" in words
    assert "stated" in words


def test_filters_leave_the_arrows_that_match(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")

    def left() -> list[str]:
        keys: list[str] = figure.locator(".synth-map-wide .synth-arrow:not([hidden])").evaluate_all(
            "(arrows) => arrows.map((arrow) => arrow.dataset.key)"
        )
        return sorted(keys)

    assert len(left()) == 5
    figure.get_by_label("named studies").select_option("1")
    assert "money--both--team" not in left()
    figure.get_by_label("only between levels").check()
    assert left() == ["law--blocks--team", "team--helps--law"]
    assert figure.locator(".synth-map-filters output").inner_text() == "2 of 5 arrows"
    figure.get_by_label("only between levels").uncheck()
    figure.get_by_label("named studies").select_option("0")
    figure.get_by_label("only stated ones").check()
    assert len(left()) == 4


def test_citations_of_the_framework_can_be_hidden(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "framework")
    assert figure.locator(".ci").first.is_visible()
    figure.get_by_label("Show citations").uncheck()
    assert not figure.locator(".ci").first.is_visible()


def test_dark_pages_change_the_colours_of_the_same_picture(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    bar = the_figure(page, "both-ways").locator(".synth-chart-wide svg [aria-label*=helps]").first
    light = bar.evaluate("(mark) => getComputedStyle(mark).fill")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert bar.evaluate("(mark) => getComputedStyle(mark).fill") != light


def test_on_paper_there_are_no_controls_and_the_wide_drawings(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=PHONE).open(figures_page)
    page.emulate_media(media="print")
    assert page.locator(".synth-figure button:visible").count() == 0
    assert the_figure(page, "influences").locator(".synth-map-wide svg").is_visible()
    assert not the_figure(page, "influences").locator(".synth-map-narrow svg").is_visible()
    assert the_figure(page, "by-year").locator(".synth-chart-wide svg").is_visible()


# --- in the book ---


def pages_with_figures(html: Path) -> list[Path]:
    pages = sorted((html / "book").glob("*.html"))
    return [path for path in pages if "synth-figure" in path.read_text("utf-8")]


SCROLL = """async () => {
    // Each figure is brought into view: what is never seen need not come alive.
    for (const figure of document.querySelectorAll('.synth-figure')) {
        figure.scrollIntoView({ behavior: 'instant' });
        for (let n = 0; n < 100 && !figure.dataset.ready; n++)
            await new Promise((done) => setTimeout(done, 100));
    }
}"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_every_figure_of_the_book_comes_alive_without_a_network(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    offline = offline_page(viewport={"width": width, "height": 900})
    pages = pages_with_figures(built_book)
    assert pages
    for path in pages:
        page = offline.open(path)
        page.evaluate(SCROLL)
        offline.settle()
        drawn = page.locator(".synth-figure").count()
        assert page.locator(".synth-figure[data-ready]").count() == drawn, path.name
        assert page.locator(".synth-figure [data-failed], .synth-figure[data-failed]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        # No total is left at what a notebook shows, no address unresolved.
        source = path.read_text("utf-8")
        assert 'href="synth:' not in source
    assert offline.refused == []


@pytest.mark.slow
def test_a_live_chart_keeps_to_its_place_when_the_window_changes(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Vega measured while the columns of the page were still moving, and drew twice too wide."""
    page = offline_page(viewport=DESK).open(built_book / "book" / "where-and-when.html")
    page.locator(".synth-chart").first.scroll_into_view_if_needed()
    page.locator(".synth-chart-live svg").first.wait_for()
    for width in (900, 1400, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "() => { const chart = document.querySelector('.synth-chart');"
            " const width = chart.querySelector('svg').getAttribute('width');"
            " return Math.abs(width - chart.clientWidth) <= 1; }"
        )
