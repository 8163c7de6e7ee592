"""What the book says is missing is not contradicted by what the review found.

Version 1 gave each finding one theme and computed from it what is thin or missing; some of these
statements were contradicted by the book's own findings. They are listed here one by one, and what
is computed today is held against them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from synth import Review
from synth.book.figures import late_value
from synth.book.role_syntax import parse_count, worded

PROJECT = Path(__file__).parents[1]
BOOK = PROJECT / "book"


@pytest.fixture(scope="module")
def review() -> Review:
    return Review.load(PROJECT)


# Computed statements of version 1, and the studies whose findings speak against them.
SPOKEN_TO = [
    ("medical-model", "", ("byrne2016", "ehrlich2020")),
    (
        "career-development",
        "",
        ("mancini2018", "siantz2016", "burr2020", "ibrahim2020", "moran2013"),
    ),
    ("role-boundaries", "", ("asad2016", "byrne2019", "gillard2015")),
    ("leave-and-benefits", "", ("chinman2010", "mancini2018", "siantz2016", "shepardson2019")),
    (
        "supervision",
        "",
        (
            *("creamer2012", "gopalan2017", "kemp2012", "kuhn2015", "siantz2016", "walker2013"),
            *("chinman2010", "davis2010", "ibrahim2020", "otte2020a"),
        ),
    ),
    ("funding", "barrier", ("grant2012",)),
    ("change-management", "barrier", ("gillard2015",)),
    ("ongoing-monitoring", "", ("chinman2012", "chinman2010")),
    (
        "isolation",
        "",
        (
            *("berry2011", "gates2007", "ibrahim2020", "moran2013"),
            *("burr2020", "gillard2017", "wall2020"),
        ),
    ),
    ("institutionalized-discrimination", "barrier", ("byrne2019", "mulvale2019")),
    ("professional-power-dynamics", "barrier", ("byrne2019", "burr2020", "repper2011")),
    ("stigma", "barrier", ("siantz2016", "mancini2018", "moran2013")),
    ("history-of-voluntary-work", "barrier", ("ibrahim2020", "mulvale2019", "hebert2008")),
    ("hierarchical-culture", "barrier", ("creamer2012", "gopalan2017", "byrne2019")),
]


@pytest.mark.parametrize(("node", "direction", "studies"), SPOKEN_TO)
def test_a_selection_holds_every_study_that_speaks_to_it(
    review: Review, node: str, direction: str, studies: tuple[str, ...]
) -> None:
    rank = review.records.codebook[node].rank
    chosen = review.evidence().where(**{rank: node})
    if direction:
        chosen = chosen.where(direction=direction)
    behind = {review.records.findings[name].study for name in chosen.ids}
    assert set(studies) <= behind


@pytest.mark.parametrize(("node", "direction", "studies"), SPOKEN_TO)
def test_nothing_with_several_studies_is_said_to_rest_on_one(
    review: Review, node: str, direction: str, studies: tuple[str, ...]
) -> None:
    thin = {row["id"]: row for row in review.evidence().single_support().rows}
    if len(studies) > 1:
        assert thin.get(node, {}).get("rests_on") != "one study"


def test_what_rests_on_one_study_does_so_in_the_table(review: Review) -> None:
    """And nothing that does is left out: counted once more from the table of findings."""
    records = review.records
    book = records.codebook
    alone = {
        node.id
        for node in book
        if node.depth
        and len(
            {f.study for f in records.findings.values() if book.branch(node.id) & set(f.themes)}
        )
        == 1
    }
    rows = review.evidence().single_support().rows
    assert {row["id"] for row in rows if row["rests_on"] == "one study"} == alone


def test_the_second_coding_finds_no_study_where_the_book_says_there_is_one_only(
    review: Review,
) -> None:
    """A thin factor of the book is thin to the other reader as well, or the two share no factor."""
    records = review.records
    rows = review.evidence().single_support().rows
    for row in rows:
        node = row["id"]
        if row["rests_on"] != "one study" or node in {*records.folds, *records.folds.values()}:
            continue
        ours = {f.study for f in records.findings.values() if node in f.themes}
        theirs = {f.study for f in records.second_coding.values() if node in f.themes}
        assert theirs <= ours, node


def notebook_prose(page: Path) -> str:
    cells = json.loads(page.read_text("utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def test_what_is_told_as_missing_is_zero_or_told_with_its_number(review: Review) -> None:
    """The last part of a theme's page states counts; here they are said as they stand today."""
    told = 0
    for node in review.records.codebook:
        if node.depth != 1:
            continue
        prose = notebook_prose(BOOK / f"{node.id}.ipynb")
        missing = prose.split("## What is missing")[1]
        for text in re.findall(r"\{count\}`([^`]+)`", missing):
            said = worded(review, parse_count(text))
            assert re.match(r"(no|\d+)\b", said), (node.id, text, said)
            told += 1
    assert told >= 8


# Sentences of the pages that say something is missing, with what must then be zero.
SAID_TO_BE_MISSING = [
    ("training-and-certification", ("barrier", "mixed")),
    ("political-commitment", ("barrier", "mixed")),
    ("role-flexibility", ("enabler", "mixed")),
    ("leadership-commitment", ("barrier", "mixed")),
    ("training-and-socialization", ("barrier", "mixed")),
    ("stigma", ("enabler",)),
]


@pytest.mark.parametrize(("node", "directions"), SAID_TO_BE_MISSING)
def test_nothing_is_missing_that_is_there(
    review: Review, node: str, directions: tuple[str, ...]
) -> None:
    rank = review.records.codebook[node].rank
    assert len(review.evidence().where(**{rank: node}, direction=list(directions))) == 0
    home = next(n.id for n in review.records.codebook.path(node) if n.depth == 1)
    assert f"subtheme={node} direction=" in notebook_prose(BOOK / f"{home}.ipynb")


def test_influences_said_to_be_missing_are_missing(review: Review) -> None:
    records = review.records
    home = {node.id: records.codebook.path(node.id) for node in records.codebook}
    out_of_wellbeing = [
        i.id
        for i in records.influences.values()
        if "wellbeing" in {n.id for n in home[i.source]}
        and "wellbeing" not in {n.id for n in home[i.target]}
    ]
    upward = [
        i.id
        for i in records.influences.values()
        if records.codebook.order[home[i.source][0].id]
        > records.codebook.order[home[i.target][0].id]
    ]
    assert out_of_wellbeing == upward == []


@pytest.mark.parametrize(
    ("country", "studies"), [("Australia", 6), ("United Kingdom", 3), ("China", 1)]
)
def test_a_study_counts_where_it_was_done(review: Review, country: str, studies: int) -> None:
    """A study of China is cited for a finding about Australia; it counts in China alone.

    The numbers are those of an independent count of the table of studies.
    """
    asked = f'studies country="{country}"'
    assert worded(review, parse_count(asked)) == str(studies)
    assert late_value(f"studies:country='{country}'", review) == str(studies)
    rows = {row["value"]: row for row in review.evidence().by_country().rows}
    assert rows[country]["studies"] == studies
    done = [s for s in review.records.studies.values() if s.is_evidence and country in s.countries]
    assert len(done) == studies


@pytest.mark.parametrize("level", ["macro", "meso", "micro"])
def test_a_level_has_no_more_themes_than_stand_in_it(review: Review, level: str) -> None:
    """A finding may speak to a theme of another level too; that one does not belong here."""
    own = review.records.codebook.children(level)
    assert worded(review, parse_count(f"themes level={level}")) == str(len(own))
    assert worded(review, parse_count(f"levels theme={own[0].id}")) == "1"


def test_the_book_counts_every_country_a_study_was_done_in(review: Review) -> None:
    done = {c for s in review.records.studies.values() if s.is_evidence for c in s.countries}
    named = done - {"International", "not established", "not reported"}
    assert worded(review, parse_count("countries")) == str(len(named)) == "12"
