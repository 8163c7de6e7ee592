"""The whole review in one small figure: counts against the tables, teeth against the counts."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest

from synth import Review
from synth.messages import Words
from synth.views.figure import poles

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


def test_the_map_with_counts_has_the_numbers_of_the_waterlines(review: Review) -> None:
    """They stand on one page, and one unit counts in both."""
    glance = review.framework().glance()
    drawn = str(glance.html).partition('class="synth-map-narrow"')[0]
    cards = re.findall(r'<a class="synth-card".*?</a>', drawn, flags=re.DOTALL)
    rows = {row["theme"]: row for row in review.at_a_glance().rows}
    assert len(cards) == len(rows)
    for card in cards:
        label = re.search('data-label="([^"]*)"', card)
        assert label
        for way in review.settings.directions:
            number = rf">{rows[label[1]][way.id]}<tspan[^>]*> {way.label}</tspan>"
            assert re.search(number, card), (label[1], way.id, rows[label[1]][way.id])
    assert Words.of(review.settings)["map_note_counts"] in glance.html


def test_a_map_that_leaves_arrows_out_says_so(review: Review) -> None:
    """It said that no influence was coded wherever none was drawn."""
    words = Words.of(review.settings)
    glance = review.framework().glance()
    arrows = str(glance.html).partition('class="synth-map-narrow"')[0].count('class="synth-arrow"')
    table = len({row["key"] for row in glance.rows if row["key"]})
    assert ("synth-map-drawn" in glance.html) == (arrows < table)
    assert (words["map_note_some"] in glance.html) == (arrows < table)
    assert (words["map_note_all"] in glance.html) == (arrows == table)


def test_each_mark_is_told_in_words_too(review: Review) -> None:
    """A screen reader hears no mark, and heard of something that stood on the line."""
    note = re.search('<p class="synth-figure-note">(.*?)</p>', str(review.at_a_glance().html))
    assert note
    heard = re.sub(r"<svg.*?</svg>|<[^>]+>", "", note[1])
    there = {finding.direction for finding in review.records.findings.values()}
    up, down = poles(review.settings) or ()
    assert f"{up.plural.lower()} stand on the line" in heard
    assert f"{down.plural.lower()} hang from it" in heard
    for way in review.settings.directions:
        said = way in (up, down) or way.label.lower() in heard
        assert said == (way.id in there), way.id


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


def test_a_line_of_many_statements_has_room_for_every_one_and_stays_small(root: Path) -> None:
    from synth.views.waterline import Scale, Tooth, waterline

    held = Review.load(root).settings
    scale = Scale(14, 18, 3, 16, 16)
    few = [Tooth("barrier", 1, "Pay is low in most places.")] * 100
    assert str(waterline(held, few, scale)).count("<title>") == 100
    lengths = [*[4] * 100, *[2] * 400, *[1] * 1500]
    drawn = str(waterline(held, [Tooth("barrier", n) for n in lengths], scale))
    blocks = re.findall(r"M([\d.]+) [\d.]+V([\d.]+)H([\d.]+)V[\d.]+Z", drawn)
    wide = [float(right) - float(left) for left, _, right in blocks]
    deep = [float(tip) - 16 - 2 for _, tip, _ in blocks]
    assert [round(width / wide[0]) for width in wide] == [1, 4, 15]
    assert deep == [12, 6, 3]
    assert len(drawn) < 500


def test_one_statement_among_thousands_is_seen(root: Path) -> None:
    from synth.views.waterline import Scale, Tooth, waterline

    teeth = [Tooth("barrier", 9), *[Tooth("barrier", 1)] * 30_000]
    drawn = str(waterline(Review.load(root).settings, teeth, Scale(14, 18, 1, 16, 16)))
    left, right = re.findall(r"M([\d.]+) [\d.]+V27H([\d.]+)", drawn)[0]
    assert float(right) > float(left)


def test_bars_of_neither_side_stand_side_by_side_in_a_crowded_line(root: Path) -> None:
    from synth.views.waterline import Scale, Tooth, waterline

    held = Review.load(root).settings
    beside = [way.id for way in held.directions if way.id not in ("barrier", "enabler")]
    teeth = [Tooth(way, 1) for way in beside for _ in range(300)]
    drawn = str(waterline(held, teeth, Scale(14, 18, 3, 16, 16)))
    bars = [
        (float(left), float(wide))
        for left, wide in re.findall(r"M([\d.]+) [\d.]+h([\d.]+)v", drawn)
    ]
    assert len(bars) == len(beside) >= 2
    assert all(
        one + wide == pytest.approx(other, abs=0.11)
        for (one, wide), (other, _) in itertools.pairwise(bars)
    )
