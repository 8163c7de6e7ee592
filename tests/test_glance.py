"""The whole review in one small figure: counts against the tables, teeth against the counts."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from synth import Review

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module", params=["tests/example", "."])
def review(request: pytest.FixtureRequest) -> Review:
    return Review.load(ROOT / request.param)


def test_rows_count_what_the_table_of_findings_holds(review: Review) -> None:
    book = review.records.codebook
    with (review.records.root / "data" / "coded_studies.csv").open(encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file))
    rows = {row["theme"]: row for row in review.at_a_glance().rows}
    for level in book.levels:
        for theme in book.children(level.id) or (level,):
            branch = book.branch(theme.id)
            own = [
                line
                for line in table
                if {line["theme"], *(line.get("also") or "").replace(" ", "").split(";")} & branch
            ]
            row = rows[theme.label]
            assert row["studies"] == len({line["study"] for line in own}), theme.id
            for way in review.settings.directions:
                said = {
                    (line["section"], line["anchor"], line["summary"])
                    if line["anchor"]
                    else line["id"]
                    for line in own
                    if line["direction"] == way.id
                }
                assert row[way.id] == len(said), (theme.id, way.id)


def test_every_statement_is_a_tooth_or_a_mark_on_the_line(review: Review) -> None:
    view = review.at_a_glance()
    drawings = re.findall(r"<svg[^>]*focusable.*?</svg>", str(view.html), flags=re.DOTALL)
    drawings = [drawing for drawing in drawings if "synth-waterline" in drawing]
    assert len(drawings) == len(view.rows)
    for drawing, row in zip(drawings, view.rows, strict=True):
        statements = sum(row[way.id] for way in review.settings.directions)
        assert drawing.count("<path") - 1 == statements, row
        assert 'aria-hidden="true"' in drawing


def test_numbers_stand_beside_the_drawing_for_who_does_not_see_it(review: Review) -> None:
    text = re.sub(r"<[^>]+>", " ", str(review.at_a_glance().html))
    for row in review.at_a_glance().rows:
        assert re.search(rf"\b{row['studies']} stud(y|ies)\b", text)


def test_a_line_of_many_statements_draws_every_one_and_stays_small(root: Path) -> None:
    from synth.views.waterline import Scale, Tooth, waterline

    held = Review.load(root).settings
    sizes, feet = [], []
    for number in (100, 2000):
        teeth = [Tooth("barrier", 1, "Pay is low in most places.")] * number
        drawn = str(waterline(held, teeth, Scale(14, 18, 3, 16, 16)))
        sizes.append(len(drawn))
        feet.append(len(re.findall(r"Z", drawn)))
        assert ("<title>" in drawn) == (number == 100)
    assert feet == [100, 2000]
    assert sizes[1] < sizes[0] * 6
