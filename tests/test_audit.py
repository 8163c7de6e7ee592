"""The points of the audit of version 1 of the data, each settled, with what became of it.

``tests/audit/points.csv`` has a row for each: where it was, what was wrong, how it was settled
(changed, added, removed, kept with the reason, or left to the library) and the findings and
influences it names.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from synth.reading.records import Records
from synth.reading.rules import load_records

PROJECT = Path(__file__).parents[1]
SETTLED = {"changed", "added", "removed", "kept", "library"}


@pytest.fixture(scope="module")
def records() -> Records:
    return load_records(PROJECT)


@pytest.fixture(scope="module")
def points() -> list[dict[str, str]]:
    with (PROJECT / "tests" / "audit" / "points.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def named(point: dict[str, str]) -> list[str]:
    return [name for name in point["ids"].split(";") if name]


def test_every_point_is_settled_once_and_says_how(points: list[dict[str, str]]) -> None:
    assert max(Counter(point["point"] for point in points).values()) == 1
    assert {point["settled"] for point in points} == SETTLED
    for point in points:
        assert point["wrong"].endswith(".")
        assert point["how"].endswith(".")


def test_the_forty_statements_of_the_pages_are_all_there(points: list[dict[str, str]]) -> None:
    told = {point["point"] for point in points}
    assert {f"4a-{number}" for number in range(1, 41)} <= told
    assert {f"1a-{number}" for number in range(1, 10)} <= told
    assert {f"1b-{number}" for number in range(1, 9)} <= told
    assert {f"2a-{number}" for number in range(1, 13)} <= told
    assert {f"2b-{number}" for number in range(1, 13)} <= told
    assert {f"3a-{number}" for number in range(1, 12)} <= told


def test_what_a_point_names_stands_in_the_tables_or_is_recorded_as_removed(
    records: Records, points: list[dict[str, str]]
) -> None:
    standing = {*records.findings, *records.influences}
    first = set(records.first_coding)
    for point in points:
        for name in named(point):
            if name not in standing:
                assert point["settled"] == "removed" or "removed" in point["how"], point
            elif point["settled"] == "added" and name in records.findings:
                assert name not in first or len(named(point)) > 1


# Influences of version 1 that are no more; their names are not used again.
REMOVED = {
    "culture-to-team-staff-resistance",
    "economic-to-leadership-funding-foundation",
    "hr-to-culture-signal-of-low-worth",
    "hr-to-wellbeing-missing-networks",
    "hr-to-wellbeing-peer-network",
    "socio-cultural-to-leadership-training-certification",
    "team-to-hr-disclosure-preference",
}


def test_removed_names_are_told_and_not_used_again(
    records: Records, points: list[dict[str, str]]
) -> None:
    assert {*records.influences} & REMOVED == set()
    assert {name for point in points for name in named(point)} >= REMOVED
    # No finding of the first coding was removed: all its names stand, with their study.
    assert set(records.first_coding) <= set(records.findings)
    for name, finding in records.first_coding.items():
        now = records.findings[name]
        assert (now.study, now.anchor, now.section) == (
            finding.study,
            finding.anchor,
            finding.section,
        )


def test_every_change_of_theme_or_direction_is_told(
    records: Records, points: list[dict[str, str]]
) -> None:
    """What the table of points does not name kept its theme and direction."""
    told = {name for point in points for name in named(point)}
    changed = {
        name
        for name, before in records.first_coding.items()
        if (records.findings[name].theme, records.findings[name].direction)
        != (before.theme, before.direction)
    }
    assert changed
    assert changed <= told
    assert set(records.findings) - set(records.first_coding) <= told
