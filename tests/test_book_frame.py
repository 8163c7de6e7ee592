"""What the frame of the book says in words, where no role counts it, is still so in the data.

A role can fill in a number; it cannot keep a sentence such as "nothing here is about China" true.
Each test names the page whose sentence it guards.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from synth import Review
from synth.model import NOT_ESTABLISHED


@pytest.fixture(scope="module")
def review(root: Path) -> Review:
    """The real review of the book."""
    return Review.load(root)


def prose(root: Path, page: str) -> str:
    """The words of a page without its code."""
    path = root / "book" / page
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def test_method_gives_the_numbers_of_the_flow(root: Path, review: Review) -> None:
    """method: every number that the review reports is filled into the text from the flow."""
    reported = {box.id for box in review.records.flow if box.state == "reported"}
    assert reported <= set(re.findall(r"\{count\}`flow box=([\w-]+)`", prose(root, "method.ipynb")))


def test_included_articles_are_reported_but_not_counted(review: Review) -> None:
    """intro, method, studies: as many works are cited as the pages say there are beside 38."""
    included = next(box for box in review.records.flow if box.id == "included")
    assert included.count == 38
    assert len(review.evidence().studies) != included.count


def test_one_pair_of_works_for_each_shared_cohort(review: Review) -> None:
    """intro, gaps, robustness: two pairs share participants."""
    cohorts = Counter(s.cohort for s in review.records.studies.values() if s.cohort)
    assert sorted(cohorts.values()) == [2, 2]


def test_nothing_is_about_china(review: Review) -> None:
    """where-and-when, gaps: the study from China is cited for Australia alone."""
    assert review.records.studies["fan2018"].countries == ("China",)
    assert "China" not in review.values("country")
    (only,) = review.study("fan2018").evidence()
    assert only.countries == ("Australia",)


def test_timor_leste_is_named_without_a_finding(review: Review) -> None:
    """where-and-when, gaps: Hall et al. stand in no finding."""
    assert not review.records.studies["hall2019"].is_evidence


def test_low_and_middle_income_is_kenya(review: Review) -> None:
    """where-and-when: Kenya is the only such country findings come from."""
    places = review.records.places
    groups = {c: places[c].income_group for c in review.values("country") if c in places}
    assert [c for c, group in groups.items() if "High" not in group] == ["Kenya"]


def test_influences_run_down_or_along(review: Review) -> None:
    """gaps: nearly all influences run down the levels or along them."""
    book = review.records.codebook
    order = [level.id for level in book.levels]

    def level(name: str) -> int:
        return order.index(book.path(name)[0].id)

    upward = [i for i in review.influences() if level(i.target) < level(i.source)]
    assert len(upward) * 10 <= len(review.influences())


def test_thin_macro_level(review: Review) -> None:
    """gaps: the counts agree that the macro level got less attention than the other two."""
    counts = {level.id: len(level.evidence()) for level in review.levels}
    assert counts["macro"] == min(counts.values())


def test_helps_outnumber_hindrances(review: Review) -> None:
    """gaps: the counts are the reverse of what the review says of challenges and enablers."""
    evidence = review.evidence()
    assert len(evidence.where(direction="enabler")) > len(evidence.where(direction="barrier"))


def test_some_countries_and_designs_are_not_established(review: Review) -> None:
    """glossary, studies, where-and-when: the word is explained because it is met."""
    assert NOT_ESTABLISHED in review.values("design")


@pytest.mark.parametrize("key", ["dh2012", "lafrance2017", "samhsa2021"])
def test_works_without_a_title_are_background(review: Review, key: str) -> None:
    """gaps: the works that could not be identified carry no finding."""
    assert not review.records.studies[key].is_evidence
    assert not any(finding.study == key for finding in review.evidence())
