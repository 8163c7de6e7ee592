"""A brief is exactly one sheet of paper, A4 and Letter, with title, limits, address, version."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from synth.book.brief import briefs
from synth.reading.rules import load_records
from synth.review import Review

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
BRIEFS = {brief.id: brief for brief in briefs(ROOT)}
SHEETS = {"A4": (595, 842), "Letter": (612, 792)}


def closed_up(text: str) -> str:
    """Letters and digits only: a line may break, and a mark stand, anywhere."""
    return re.sub(r"[\W_]+", "", text)


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", BRIEFS)
def test_a_brief_is_one_sheet(
    built_book: Path, offline_page: Callable[..., Any], name: str, sheet: str
) -> None:
    offline = offline_page()
    page = offline.open(built_book / "book" / f"brief-{name}.html")
    title = page.locator("h1").first.inner_text().rstrip("#").strip()
    page.emulate_media(media="print")
    # The sheet that is chosen, not the one the style asks for.
    pdf = PdfReader(io.BytesIO(page.pdf(format=sheet, prefer_css_page_size=False)))
    assert len(pdf.pages) == 1
    box = pdf.pages[0].mediabox
    # Chromium rounds a sheet up to its own dots, less than a point.
    assert (float(box.width), float(box.height)) == pytest.approx(SHEETS[sheet], abs=1)
    text = closed_up(pdf.pages[0].extract_text())
    brief, settings = BRIEFS[name], load_records(ROOT).settings
    for part in (title, brief.audience, settings.source.doi, settings.version, settings.licence):
        assert closed_up(part) in text
    for step in brief.steps:
        assert closed_up(step.title) in text
        for line in step.lines:
            assert closed_up(line.says) in text
    assert closed_up(brief.limits.strip().split("\n")[0].split("{count}")[0]) in text


@pytest.mark.parametrize("name", BRIEFS)
def test_a_brief_stands_in_four_columns_where_there_is_room_and_in_one_on_a_phone(
    built_book: Path, offline_page: Callable[..., Any], name: str
) -> None:
    path = built_book / "book" / f"brief-{name}.html"
    for width, at_most in ((1440, 4), (360, 1)):
        page = offline_page(viewport={"width": width, "height": 900}).open(path)
        lefts = page.evaluate(
            "[...document.querySelectorAll('.synth-brief-step')]"
            ".map((step) => Math.round(step.getBoundingClientRect().left))"
        )
        assert len(set(lefts)) == at_most
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", BRIEFS)
def test_each_line_of_a_brief_with_studies_is_a_tooth_as_long_as_they_are_many(
    built_book: Path, offline_page: Callable[..., Any], name: str
) -> None:
    review = Review(load_records(ROOT))
    findings = review.records.findings
    page = offline_page().open(built_book / "book" / f"brief-{name}.html")
    drawn = page.evaluate(
        """[...document.querySelectorAll('.synth-brief-step')].map((step) =>
          [...step.querySelectorAll('.synth-brief-line')].map((line) =>
            [...line.querySelectorAll('path[fill]')].map((tooth) => tooth.getBBox().height)))"""
    )
    seen = set()
    for step, lines in zip(BRIEFS[name].steps, drawn, strict=True):
        ways = ["enabler", "barrier"]
        studies = [
            sorted(
                len({findings[n].study for n in line.findings})
                for line in step.lines
                if line.findings and line.group(review) == way
            )[::-1]
            for way in ways
        ]
        (heights,) = lines
        expected = [number for side in studies for number in side]
        rest = sum(bool(one.findings) and one.group(review) not in ways for one in step.lines)
        assert len(heights) == len(expected) + rest
        seen |= {(number, round(high)) for number, high in zip(expected, heights, strict=False)}
    by_number = dict(sorted(seen))
    assert len(seen) == len(by_number)
    assert list(by_number.values()) == sorted(set(by_number.values()))


def test_a_brief_is_printed_from_its_head(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page().open(built_book / "book" / "brief-policy.html")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print this sheet").click()
    assert page.title() == "printed"
