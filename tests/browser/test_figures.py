"""Figures in a browser: complete without a script, handier with one, on a phone, in the dark."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.records_by_hand import FINDINGS, records

from synth.book.assets import classic_script, colours
from synth.messages import Words
from synth.references.csv_text import csv_file
from synth.views import charts
from synth.views.flow import flow
from synth.views.framework import framework
from synth.views.influences.map import influence_map
from synth.views.markup import STATIC, Place, drawn_in, with_words
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
    # As in a notebook: what a figure does not hold itself is asked for.
    asked = json.dumps(framework(made).to_csv()).replace("</", "<\\/")
    start = (
        f"const tools = {{ csv: async () => {asked} }};"
        "for (const figure of document.querySelectorAll('[data-synth-module=figures]'))"
        " window.synthModules.figures.mount(figure, tools);"
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


@pytest.fixture(scope="session")
def leading_page(figures_page: Path) -> Path:
    """A page with one chart, whose marks lead to anchors of the page."""
    with drawn_in(Place(lambda kind, name: f"#{kind}-{name}", lambda name, other: other)):
        chart = charts.by_country(records()).html
    whole = figures_page.read_text("utf-8")
    head, foot = whole[: whole.index("<h1>")], whole[whole.index("</main>") :]
    page = figures_page.parent / "leading.html"
    page.write_text(f"{head}<h1>Countries</h1>{chart}{foot}", "utf-8")
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
        f"{row['statements']} statement{'' if row['statements'] == 1 else 's'}; "
        f"{row['helping']} with helps, {row['hindering']} with blocks, {row['both']} with both"
        for row in rows
    ]


def test_a_mark_leads_to_what_it_counts_by_mouse_by_keyboard_and_without_a_script(
    leading_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(leading_page)
    page.locator(".synth-chart").focus()
    page.keyboard.press("Enter")  # no mark is chosen yet
    page.keyboard.press("ArrowRight")
    said = page.locator(".synth-chart-said").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**#country-country=*")
    first = page.url.rpartition("=")[2]
    assert said.startswith(first)
    page.locator(f'.synth-chart-wide a[href="#country-country={first}"]').last.click()
    page.locator('.synth-chart-wide a:not([href="#country-country=Norway"])').first.click()
    assert page.url.rpartition("=")[2] != first
    # Nothing in the picture takes a stop of the Tab key from the reader.
    assert page.locator(".synth-chart-wide a:not([tabindex='-1'])").count() == 0
    plain = offline_page(java_script_enabled=False, viewport=DESK).open(leading_page)
    plain.locator(f'.synth-chart-wide a[href="#country-country={first}"]').first.click()
    assert plain.url.endswith(f"#country-country={first}")


@pytest.mark.parametrize(
    "name", ["by-year", "by-country", "influences", "flow", "framework", "robustness"]
)
def test_the_csv_of_the_page_is_the_csv_of_the_library(
    figures_page: Path, offline_page: Callable[..., Any], name: str
) -> None:
    made = records()
    kinds: dict[str, Callable[..., Any]] = {
        "by-year": charts.by_year,
        "by-country": charts.by_country,
        "influences": influence_map,
        "flow": flow,
        "framework": framework,
        "robustness": robustness,
    }
    library = kinds[name](made)
    page = offline_page(viewport=DESK).open(figures_page)
    with page.expect_download() as download:
        the_figure(page, name).get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == f"{name}.csv"
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    ours = list(csv.reader(io.StringIO(csv_file(library.to_csv()).decode("utf-8-sig"))))
    # The header stays the first line; each row says which figure it is of and where from.
    assert [row[: len(ours[0])] for row in rows] == ours
    assert rows[0][len(ours[0]) :] == ["figure", "source"]
    title = the_figure(page, name).locator(":is(.synth-figure-title, caption)").first.text_content()
    source = the_figure(page, name).locator(".synth-source").text_content()
    assert {tuple(row[len(ours[0]) :]) for row in rows[1:]} == {
        (" ".join(title.split()), " ".join(source.split()))
    }


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
    # Alone, it still says what it is, how to read it and where it comes from.
    said = " ".join(" ".join(ElementTree.fromstring(text).itertext()).split())
    for part in (".synth-figure-title", ".synth-figure-note", ".synth-source"):
        told = the_figure(page, name).locator(part).first.text_content()
        assert " ".join(told.split()) in said
    for entry in the_figure(page, name).locator(":is(.synth-map-key, .synth-flow-key) li").all():
        assert entry.text_content().strip() in said


def test_a_downloaded_png_is_a_picture(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    with page.expect_download() as download:
        the_figure(page, "influences").get_by_role("button", name="Download PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_one_quiet_line_holds_all_that_a_figure_offers(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "by-year")
    offered = figure.locator(".synth-furniture :is(summary, button)")
    assert offered.all_inner_texts() == ["Source and notes", "Table", "SVG", "PNG", "CSV"]
    tops = {round(each.bounding_box()["y"] / 4) for each in offered.all()}
    assert len(tops) == 1
    assert not figure.locator(".synth-source").is_visible()
    offered.first.click()
    assert figure.locator(".synth-source").is_visible()


# --- the influence map: the answer beside it ---


def lit(figure: Any) -> list[str]:
    """The arrows that are set off."""
    keys: list[str] = figure.locator(".synth-map-wide .synth-arrow.hot").evaluate_all(
        "(arrows) => arrows.map((arrow) => arrow.dataset.key)"
    )
    return sorted(keys)


def words_of(place: Any) -> str:
    """The words of a part of a page, whatever folds its lines."""
    return " ".join(str(place.text_content()).split())


def test_pointing_at_a_theme_sets_off_its_arrows(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")
    figure.locator('.synth-map-wide .synth-card[data-theme="money"]').hover()
    assert lit(figure) == ["law--helps--money", "money--both--team"]


def test_choosing_a_theme_tells_its_influences_at_an_address(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure, address = the_figure(page, "influences"), page.url
    answer = figure.locator(".synth-map-answer")
    first = words_of(answer)
    figure.locator('.synth-map-wide .synth-card[data-theme="money"]').click()
    assert page.url == f"{address}#money"
    assert lit(figure) == ["law--helps--money", "money--both--team"]
    # What the script says is what the library says of a map of that theme.
    library = influence_map(records(), ["law-money", "money-team"], focus="money").drawing
    told = library.partition("synth-map-answer")[2].partition(">")[2]
    told = " ".join(re.sub(r"<[^>]+>", " ", told).split())
    said = words_of(answer.locator(".synth-map-name")) + words_of(answer.locator("div"))
    assert said.replace(" ", "").startswith(told.replace(" ", ""))
    # Beside the map, and in the same window.
    drawing = figure.locator(".synth-map-wide").bounding_box()
    beside = answer.bounding_box()
    assert beside["x"] >= drawing["x"] + drawing["width"]
    figure.locator('.synth-map-wide .synth-arrow[data-key="law--blocks--team"]').dispatch_event(
        "click"
    )
    assert page.url == f"{address}#law%3Eteam"
    said = words_of(answer)
    assert "From Law to Team" in said
    assert "Rules strain a team." in said
    assert "Dunn, 2019" in said
    page.go_back()
    page.wait_for_function("location.hash === '#money'")
    assert words_of(answer.locator(".synth-map-name")) == "Money"
    page.go_back()
    page.wait_for_function("location.hash === ''")
    assert words_of(answer) == first


def test_a_link_of_an_answer_opens_it(figures_page: Path, offline_page: Callable[..., Any]) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    page.goto(f"{figures_page.as_uri()}#law>team")
    page.reload()
    figure = the_figure(page, "influences")
    assert "From Law to Team" in words_of(figure.locator(".synth-map-answer"))
    assert lit(figure) == ["law--blocks--team"]
    # An address of nothing on the map is none of its own.
    page.goto(f"{figures_page.as_uri()}#nobody>team")
    page.reload()
    assert figure.locator(".on").count() == 0


def test_keys_go_through_a_themes_influences_and_escape_leaves(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")
    answer = figure.locator(".synth-map-answer")
    rest = words_of(answer)
    figure.locator('.synth-map-wide .synth-card[data-theme="money"]').focus()
    page.keyboard.press("ArrowRight")
    assert "Law opens a fund." in words_of(answer)
    assert answer.locator('a[href="synth:study:ames2004"]').count() == 1
    page.keyboard.press("ArrowRight")
    assert "Money does both." in words_of(answer)
    page.keyboard.press("Escape")
    assert words_of(answer) == rest
    assert figure.locator(".on").count() == 0


def test_filters_say_how_many_of_how_many_are_drawn(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(figures_page)
    figure = the_figure(page, "influences")

    def left() -> list[str]:
        keys: list[str] = figure.locator(".synth-map-wide .synth-arrow:not([hidden])").evaluate_all(
            "(arrows) => arrows.map((arrow) => arrow.dataset.key)"
        )
        return sorted(keys)

    shown = figure.locator(".synth-map-filters output")
    assert len(left()) == 5
    figure.get_by_label("at least two studies (1 of 5)").check()
    assert left() == ["law--helps--money"]
    said = "1 of 5 arrows is drawn, with 1 of 5 influences: at least two studies."
    assert shown.inner_text() == said
    # The answer keeps to the filters, says so, and lets go of them.
    figure.locator('.synth-map-wide .synth-card[data-theme="team"]').click()
    answer = figure.locator(".synth-map-answer")
    assert "0 of 4 under the filters (at least two studies)." in words_of(answer)
    # On paper there is no box to look at: the words stay.
    page.emulate_media(media="print")
    assert shown.is_visible()
    assert figure.get_by_label("at least two studies").is_hidden()
    page.emulate_media(media="screen")
    answer.get_by_role("button", name="Show all").click()
    assert len(left()) == 5
    assert "Rules strain a team." in words_of(answer)
    figure.get_by_label("only between levels").check()
    figure.get_by_label("only stated ones").check()
    assert left() == ["law--blocks--team", "team--helps--law"]
    # What was asked for by its address is never hidden.
    figure.locator('.synth-map-matrix a[data-pair="law>money"]').click()
    assert "Law opens a fund." in words_of(answer)
    assert len(left()) == 5


@pytest.mark.parametrize(("width", "whole"), [(768, True), (740, False)])
def test_the_map_is_drawn_where_it_has_its_full_size(
    built_book: Path, offline_page: Callable[..., Any], width: int, whole: bool
) -> None:
    """A tablet held upright shows it; where it would be smaller its themes are chosen by name."""
    page = offline_page(viewport={"width": width, "height": 900}).open(
        built_book / "book" / "influences.html"
    )
    figure = page.locator(".synth-map")
    assert figure.locator(".synth-map-wide").is_visible() == whole
    # What cuts off the choice by name, where the map is there to choose from.
    cut = figure.locator(".synth-map-theme").evaluate(
        "(it) => it.getBoundingClientRect().width < 2"
    )
    assert cut == whole
    if whole:
        assert figure.locator(".synth-map-wide svg").bounding_box()["width"] == 680


def test_on_a_phone_two_lists_and_a_matrix_stand_for_the_map(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=PHONE).open(figures_page)
    figure = the_figure(page, "influences")
    assert not figure.locator(".synth-map-wide").is_visible()
    answer = figure.locator(".synth-map-answer")
    figure.get_by_label("Theme", exact=True).select_option(label="Team")
    # What acts on a theme stands folded there, each under a line that counts it.
    folds = answer.locator("details.synth-fold")
    assert not any(folds.evaluate_all("all => all.map((one) => one.open)"))
    fold = folds.filter(has_text="Teams shape rules.")
    assert "1 influence" in fold.inner_text()
    fold.locator("summary").click()
    assert "Teams shape rules." in answer.inner_text()
    sides = answer.locator(".synth-map-side").all_inner_texts()
    assert sides == ["What acts on it", "What it acts on", "Within it"]
    assert answer.text_content().count("Trust breeds trust.") == 1
    figure.locator('.synth-map-matrix a[data-pair="law>money"]').click()
    assert "Law opens a fund." in answer.inner_text()
    box = answer.bounding_box()
    assert 0 <= box["y"] < PHONE["height"]


def test_without_a_script_a_theme_has_its_lists_and_the_whole_its_matrix(
    figures_page: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(java_script_enabled=False, viewport=PHONE).open(figures_page)
    matrix = the_figure(page, "influences").locator(".synth-map-matrix")
    assert matrix.locator("a[data-pair]").count() == 5
    assert matrix.is_visible()


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
    assert the_figure(page, "influences").locator(".synth-map-answer").is_visible()
    assert the_figure(page, "by-year").locator(".synth-chart-wide svg").is_visible()


# --- in the book ---


@pytest.mark.slow
def test_where_and_when_stands_in_five_windows(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    offline = offline_page(viewport={"width": 1440, "height": 900})
    page = offline.open(built_book / "book" / "where-and-when.html")
    offline.settle()
    assert page.evaluate("document.documentElement.scrollHeight") <= 5 * 900
    # Two figures or a figure and its words stand side by side, and nothing lies over its neighbour.
    over = page.evaluate(
        """() => [...document.querySelectorAll('section:has(> .tag_pair)')].flatMap((section) => {
            const boxes = [...section.children].map((each) => each.getBoundingClientRect());
            return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((two) =>
                Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1
                && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1));
        }).length"""
    )
    assert over == 0
    assert (
        page.evaluate(
            """() => new Set([...document.querySelectorAll('.tag_pair')].map(
            (each) => Math.round(each.getBoundingClientRect().left))).size"""
        )
        == 2
    )


def cut_off(page: Any) -> list[str]:
    """Texts of charts that reach beyond their figure, where the next column or nothing begins."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.synth-chart svg text')].filter((text) => {
            const at = text.getBoundingClientRect();
            const figure = text.closest('figure').getBoundingClientRect();
            return at.width && (at.right > figure.right + 1 || at.left < figure.left - 1);
        }).map((text) => text.textContent)"""
    )
    return found


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 768, 1440])
@pytest.mark.parametrize("name", ["where-and-when", "robustness", "wellbeing"])
def test_names_beside_bars_stay_in_their_figure(
    name: str, width: int, built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """They are set in the face of the book: the system's may be wider than the room left for it."""
    offline = offline_page(viewport={"width": width, "height": 900})
    page = offline.open(built_book / "book" / f"{name}.html")
    assert page.locator(".synth-chart svg text").count()
    assert cut_off(page) == []
    family = page.locator(".synth-chart svg text").first.evaluate(
        "(text) => getComputedStyle(text).fontFamily"
    )
    assert family.startswith('"Book Sans"')


@pytest.mark.slow
def test_on_a_phone_a_chart_stays_the_picture_drawn_for_it(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """The live chart is drawn for wide pages: on a phone its numbers and its key were cut off."""
    offline = offline_page(viewport=PHONE)
    page = offline.open(built_book / "book" / "where-and-when.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    offline.settle()
    assert (
        page.locator(".synth-chart").count() == page.locator(".synth-chart[data-still]").count() > 5
    )
    assert not [url for url in asked if url.endswith("vega.js")]
    assert cut_off(page) == []
    # Its marks are read and lead on all the same.
    figure = the_figure(page, "by-country")
    figure.locator(".synth-chart").focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".synth-chart-said").inner_text().startswith("United States: ")
    page.keyboard.press("Enter")
    page.wait_for_url("**#country-united-states")


@pytest.mark.slow
def test_a_live_chart_leads_on_by_keyboard(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport=DESK).open(built_book / "book" / "where-and-when.html")
    figure = the_figure(page, "by-region")
    figure.scroll_into_view_if_needed()
    figure.locator(".synth-chart-live svg").wait_for()
    figure.locator(".synth-chart").focus()
    page.keyboard.press("ArrowRight")
    said = figure.locator(".synth-chart-said").inner_text()
    studies = re.search(r": (\d+) stud", said)
    assert studies
    page.keyboard.press("Enter")
    page.wait_for_url("**/explorer.html?*country=*")
    page.locator(".synth-explorer[data-ready]").wait_for()
    chosen = page.locator("input[data-facet=country]:checked")
    assert chosen.count() == page.url.count("country=") > 1


@pytest.mark.slow
@pytest.mark.parametrize("live", [True, False])
def test_a_number_of_the_matrix_leads_to_the_findings_it_counts(
    built_book: Path, offline_page: Callable[..., Any], live: bool
) -> None:
    """Where one points, the number lies over its cell."""
    page = offline_page(viewport=DESK if live else PHONE).open(
        built_book / "book" / "where-and-when.html"
    )
    figure = the_figure(page, "theme-by-study")
    figure.scroll_into_view_if_needed()
    drawing = figure.locator(".synth-chart-live" if live else ".synth-chart-narrow")
    cell = drawing.locator("svg [aria-label$='2 findings']").first
    cell.wait_for()
    said = re.fullmatch(r"(.+), [^,]+: 2 findings", cell.get_attribute("aria-label") or "")
    assert said
    cell.click()
    page.wait_for_url("**/explorer.html?*x.study=*")
    page.locator(".synth-explorer[data-ready]").wait_for()
    assert page.locator("output[data-count]").get_attribute("data-count") == "2"
    assert page.locator(".ex-chip").filter(has_text=said[1]).count() == 1


@pytest.mark.slow
def test_a_live_chart_keeps_to_its_place_when_the_window_changes(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Vega measured while the columns of the page were still moving, and drew twice too wide."""
    offline = offline_page(viewport=DESK)
    page = offline.open(built_book / "book" / "where-and-when.html")
    page.locator(".synth-chart").first.scroll_into_view_if_needed()
    live = page.locator(".synth-chart-live").first
    live.locator("svg").wait_for()
    for width in (900, 1400, 360, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        # On a phone's width stands what is drawn for it, as if the page had been opened there.
        narrow = page.locator(".synth-chart-narrow").first
        narrow.wait_for(state="visible" if width == 360 else "hidden")
        live.wait_for(state="hidden" if width == 360 else "visible")
        if width == 360:
            assert not page.locator(".synth-chart-wide").first.is_visible()
            continue
        page.wait_for_function(
            "() => { const chart = document.querySelector('.synth-chart');"
            " const width = chart.querySelector('.synth-chart-live svg').getAttribute('width');"
            " return Math.abs(width - chart.clientWidth) <= 1; }"
        )
    assert offline.complaints == []
