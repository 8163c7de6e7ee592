"""The numbers of every chart, counted once more with pandas, on reviews made at random."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.records_by_hand import CODEBOOK, PLACES, records, study

from synth.model import Finding
from synth.review import Review
from synth.views import charts

if TYPE_CHECKING:
    import pandas

COUNTRIES = ("Kenya", "Norway", "Sweden", "International")
DESIGNS = ("qualitative", "quantitative", "review", "")
CODED = [node.id for node in CODEBOOK if node.depth]
THEMES = [node for node in CODEBOOK if node.depth == 1]
WAYS = ("helps", "both", "blocks", "scene")
SEEDS = range(25)


def made_at_random(seed: int) -> Any:
    """A small review; some studies have no year, no country, no design, or no finding."""
    chance = random.Random(seed)
    studies = [
        study(
            f"s{number:02}",
            chance.choice([None, *range(2000, 2013)]),
            *chance.sample(COUNTRIES, chance.choice([0, 1, 1, 2])),
            design=chance.choice(DESIGNS),
        )
        for number in range(chance.randint(1, 12))
    ]
    findings = [
        Finding(
            f"{one.id}-{number:02}",
            one.id,
            chance.choice(CODED),
            chance.choice(WAYS),
            f"Says {number}.",
            anchor=chance.choice(["", "as they say", "so they say"]),
            countries=tuple(chance.sample(COUNTRIES, chance.choice([0, 0, 0, 1, 2]))),
        )
        for one in studies
        for number in range(chance.choice([0, 1, 2, 5]))
    ]
    authors = {one.id: (f"Author{one.id}",) for one in studies}
    return records(studies=studies, findings=findings, authors=authors, influences=[])


def frame(made: Any) -> pandas.DataFrame:
    """One row a finding: its study's facts beside it."""
    import pandas

    rows = []
    for finding in made.findings.values():
        one = made.studies[finding.study]
        path = [node.id for node in made.codebook.path(finding.theme)]
        rows.append(
            {
                "finding": finding.id,
                "study": one.id,
                "said": (finding.anchor, finding.summary) if finding.anchor else finding.id,
                "year": one.year,
                "design": one.design or "not established",
                "country": list(finding.countries or one.countries or ("not established",)),
                "done_in": list(one.countries or ("not established",)),
                "node": finding.theme,
                "theme": path[1],
                "nodes": path[1:],
                "direction": finding.direction,
            }
        )
    columns = ["finding", "study", "said", "year", "design", "country", "done_in", "node", "theme"]
    return pandas.DataFrame(rows, columns=[*columns, "nodes", "direction"])


@pytest.fixture(params=SEEDS)
def made(request: pytest.FixtureRequest) -> Any:
    return made_at_random(request.param)


def counted_by(table: pandas.DataFrame, column: str) -> dict[str, tuple[int, int, int]]:
    """Studies, statements and findings of each value."""
    groups = table.explode(column).groupby(column)
    counts = groups[["study", "said", "finding"]].nunique()
    return {str(name): tuple(map(int, row)) for name, row in counts.iterrows()}


def counted_where_done(
    table: pandas.DataFrame, done_in: str, about: str
) -> dict[str, tuple[int, int, int]]:
    """Studies by where they were done, statements and findings by what they are about."""
    works, found = counted_by(table, done_in), counted_by(table, about)
    none = (0, 0, 0)
    return {
        name: (works.get(name, none)[0], *found.get(name, none)[1:]) for name in {*works, *found}
    }


def shown(chart: Any) -> dict[str, tuple[int, int, int]]:
    return {
        row["value"]: (row["studies"], row["statements"], row["findings"]) for row in chart.rows
    }


def check_sides(chart: Any, table: pandas.DataFrame, done_in: str, about: str) -> None:
    """A bar's parts: its studies with what helps there, with what hinders there, with both."""
    each = table.explode(done_in)
    each = each.explode(about) if about != done_in else each
    for row in chart.rows:
        here = each[(each[done_in] == row["value"]) & (each[about] == row["value"])]
        ways = here.groupby("study")["direction"].agg(set)
        assert row["helping"] == sum("helps" in way for way in ways)
        assert row["hindering"] == sum("blocks" in way for way in ways)
        assert row["both"] == sum({"helps", "blocks"} <= way for way in ways)


def check_ranking(chart: Any) -> None:
    """What is known stands first, the most frequent before the others."""
    apart = [row["apart"] for row in chart.rows]
    assert apart == sorted(apart)
    often = [row["studies"] for row in chart.rows if not row["apart"]]
    assert often == sorted(often, reverse=True)


def test_countries_count_the_studies_and_findings_they_stand_in(made: Any) -> None:
    chart = charts.by_country(made)
    assert shown(chart) == counted_where_done(frame(made), "done_in", "country")
    check_ranking(chart)
    check_sides(chart, frame(made), "done_in", "country")
    apart = {row["value"] for row in chart.rows if row["apart"]}
    assert apart == {"International", "not established"} & set(shown(chart))


def test_designs_count_studies_once(made: Any) -> None:
    chart = charts.by_design(made)
    assert shown(chart) == counted_by(frame(made), "design")
    check_ranking(chart)
    table = frame(made).assign(designs=lambda held: held["design"].map(lambda name: [name]))
    check_sides(chart, table, "designs", "designs")


@pytest.mark.parametrize("group", ["income_group", "region"])
def test_places_count_a_study_once_in_each_group(made: Any, group: str) -> None:
    chart = charts.by_place(made, group=group)
    known = {place.country: getattr(place, group) for place in PLACES}
    table = frame(made)
    for place, column in (("place", "country"), ("done_at", "done_in")):
        table[place] = [
            sorted({known.get(name, f"no single country ({name})") for name in names})
            for names in table[column]
        ]
    assert shown(chart) == counted_where_done(table, "done_at", "place")
    check_ranking(chart)
    check_sides(chart, table, "done_at", "place")


def test_years_count_the_studies_published_in_them(made: Any) -> None:
    rows = charts.by_year(made).rows
    works = frame(made).drop_duplicates("study")
    dated = works.dropna(subset="year")
    expected = {int(year): int(n) for year, n in dated["year"].value_counts().items()}
    undated = sum(row["studies"] for row in rows if row["year"] is None)
    assert undated in (0, len(works) - len(dated)), "told in a row of its own, or in the words"
    assert {r["year"]: r["studies"] for r in rows if r["studies"] and r["year"]} == expected
    years = [row["year"] for row in rows if row["year"]]
    assert years == list(range(years[0], years[-1] + 1)) if years else not expected


def test_designs_by_theme_count_studies(made: Any) -> None:
    rows = charts.designs_by_theme(made).rows
    table = frame(made)
    counts = table.groupby(["theme", "design"])["study"].nunique()
    for row in rows:
        cells = {k: v for k, v in row.items() if k not in ("theme", "id", "studies")}
        assert sum(cells.values()) == row["studies"], "a study has one design"
        for design, number in cells.items():
            assert number == counts.get((row["id"], design), 0), design
    assert {row["id"] for row in rows if row["studies"]} == set(table["theme"])


def test_themes_by_study_count_findings(made: Any) -> None:
    rows = charts.theme_by_study(made).rows
    table = frame(made)
    counts = table.groupby(["study", "theme"])["finding"].count()
    assert {row["id"] for row in rows} == set(table["study"])
    for row in rows:
        own = table[table["study"] == row["id"]]
        assert row["findings"] == len(own)
        assert row["themes"] == own["theme"].nunique()
        for theme in THEMES:
            if theme.id in row:
                assert row[theme.id] == counts.get((row["id"], theme.id), 0)


def test_what_rests_on_one_study_has_no_other(made: Any) -> None:
    rows = charts.single_support(made).rows
    behind = frame(made).explode("nodes").groupby("nodes")["study"].nunique()
    alone = {str(name) for name, number in behind.items() if number == 1}
    assert {row["id"] for row in rows if row["rests_on"] == "one study"} == alone
    for row in rows:
        assert row["studies"] == behind[row["id"]]


def test_both_ways_counts_each_side(made: Any) -> None:
    rows = {row["id"]: row for row in charts.both_ways(made).rows}
    table = frame(made).explode("nodes")
    for node, group in table.groupby("nodes"):
        helping = group[group["direction"] == "helps"]
        hindering = group[group["direction"] == "blocks"]
        if helping.empty or hindering.empty:
            assert node not in rows
            continue
        row = rows.pop(str(node))
        assert row["helping"] == len(set(helping["said"]))
        assert row["hindering"] == len(set(hindering["said"]))
        assert row["same_studies"] == len(set(helping["study"]) & set(hindering["study"]))
        for side, places in ((helping, row["helping_in"]), (hindering, row["hindering_in"])):
            assert set(places) == set(side.explode("country")["country"])
    assert not rows


def test_both_ends_of_a_span_of_years_are_within_it(root: Path) -> None:
    import pandas

    review = Review.load(root)
    records = review.records
    table = pandas.DataFrame(
        {"year": [records.studies[f.study].year for f in records.findings.values()]},
        index=list(records.findings),
    )
    years = sorted(int(year) for year in table["year"].dropna().unique())
    everything = review.evidence()
    for first in (years[0] - 1, *years, years[-1] + 1):
        assert set(everything.where(since=first).ids) == set(table.index[table["year"] >= first])
        assert set(everything.where(until=first).ids) == set(table.index[table["year"] <= first])
        last = first + 2
        within = table["year"].between(first, last, inclusive="both")
        assert set(everything.where(since=first, until=last).ids) == set(table.index[within])
