"""Studies, references and glossary: found by letter, by text and by what is known of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth import Review

pytestmark = pytest.mark.browser

ROWS = """() => [...document.querySelectorAll('.synth-entry > summary')]
  .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""


@pytest.fixture(scope="module")
def review(root: Path) -> Review:
    return Review.load(root)


def ready(page: Any) -> Any:
    """A page whose list can be filtered."""
    page.locator(".synth-list-form:not([hidden])").wait_for()
    return page


@pytest.mark.parametrize(
    ("width", "height", "rows"), [(1440, 900, 17), (820, 1180, 5), (360, 740, 5)]
)
def test_the_first_window_holds_many_studies(
    built_book: Path, offline_page: Callable[..., Any], width: int, height: int, rows: int
) -> None:
    offline = offline_page(viewport={"width": width, "height": height})
    page = ready(offline.open(built_book / "book" / "studies.html"))
    assert page.evaluate(ROWS) >= rows


@pytest.mark.parametrize("width", [360, 600, 767, 768, 820, 1440])
def test_the_head_of_the_list_has_no_text_over_text(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    page = ready(
        offline_page(viewport={"width": width, "height": 900}).open(
            built_book / "book" / "studies.html"
        )
    )
    crossed = page.evaluate(
        """() => {
            const boxes = [...document.querySelectorAll(".synth-list-head span")]
                .filter((it) => it.checkVisibility())
                .map((it) => {
                    const range = document.createRange();
                    range.selectNodeContents(it);
                    return range.getBoundingClientRect();
                });
            return boxes.slice(1).filter((box, at) => box.left < boxes[at].right).length;
        }"""
    )
    assert crossed == 0


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("place", ["study-franke2010", "finding-byrne2016-03"])
def test_an_address_opens_its_entry_and_no_other(
    built_book: Path, offline_page: Callable[..., Any], scripts: bool, place: str
) -> None:
    """Also without a script: the browser opens what an address leads into."""
    page = offline_page(java_script_enabled=scripts).page
    page.goto(f"{(built_book / 'book' / 'studies.html').as_uri()}#{place}")
    page.locator(f"#{place}").wait_for(state="visible")
    assert page.locator(".synth-entry[open]").count() == 1


def test_filters_cut_and_the_count_is_true(
    built_book: Path, offline_page: Callable[..., Any], review: Review
) -> None:
    page = ready(offline_page().open(built_book / "book" / "studies.html"))
    studies = [study for study in review.records.studies.values() if study.is_evidence]
    wanted = [study for study in studies if "Canada" in study.countries]
    page.locator(".synth-list-form select[name=country]").select_option("Canada")
    assert page.locator(".synth-entry:visible").count() == len(wanted) > 0
    said = page.locator(".synth-list-form output").inner_text()
    assert said == f"{len(wanted)} of {len(studies)} studies"
    # Only letters with a study below them stay.
    names = page.locator(".synth-entry:visible .synth-entry-name").all_inner_texts()
    letters = page.locator(".synth-letter:visible").all_inner_texts()
    assert letters == sorted({name[0] for name in names})
    # An address leads to its study all the same.
    other = next(study for study in studies if "Canada" not in study.countries)
    page.evaluate("name => { location.hash = `study-${name}` }", other.id)
    page.locator(f"#study-{other.id}").wait_for(state="visible")
    assert page.locator(".synth-entry:visible").count() == len(studies)


def test_a_text_is_found_inside_folded_entries(
    built_book: Path, offline_page: Callable[..., Any], review: Review
) -> None:
    page = ready(offline_page().open(built_book / "book" / "studies.html"))
    finding = review.evidence()[0]
    words = " ".join(finding.summary.split()[:5]).upper()
    page.locator(".synth-list-form input").fill(words)
    assert page.locator(f".synth-entry:visible:has(#study-{finding.study})").count() == 1
    page.locator(".synth-list-form input").fill("no such word anywhere")
    assert page.locator(".synth-entry:visible").count() == 0
    assert page.locator(".synth-list-none").is_visible()


def test_references_tell_evidence_from_background(
    built_book: Path, offline_page: Callable[..., Any], review: Review
) -> None:
    page = ready(offline_page().open(built_book / "book" / "references.html"))
    works = page.locator(".citation")
    assert works.count() == len(review.records.bibliography)
    page.locator(".synth-list-form select").select_option("with")
    assert page.locator(".citation:visible").count() == len(review.evidence().studies)
    page.locator(".synth-list-form select").select_option("without")
    shown = page.locator(".citation:visible")
    assert shown.count() == works.count() - len(review.evidence().studies)


@pytest.mark.parametrize("name", ["studies", "references", "glossary"])
def test_letters_lead_to_the_first_of_each(
    built_book: Path, offline_page: Callable[..., Any], name: str
) -> None:
    page = offline_page(java_script_enabled=False).open(built_book / "book" / f"{name}.html")
    letters = page.locator(".synth-letters a")
    assert letters.count() > 10
    for link in letters.all():
        place = (link.get_attribute("href") or "").removeprefix("#")
        assert page.locator(f'[id="{place}"]').count() == 1, place
    last = letters.last
    letter, place = last.inner_text(), (last.get_attribute("href") or "").removeprefix("#")
    last.click()
    assert re.match(letter, page.locator(f'[id="{place}"]').inner_text(), re.IGNORECASE)
