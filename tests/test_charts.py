"""Charts say the same in their drawing, their table and their words, whatever the evidence."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.records_by_hand import (
    AUTHORS,
    CODEBOOK,
    DIRECTIONS,
    FINDINGS,
    RANKS,
    STUDIES,
    node,
    records,
    settings,
    study,
)

from synth.model import Finding
from synth.views import charts
from synth.views.charts import pictures
from synth.views.charts.chart import key_of, study_links
from synth.views.figure import Figure
from synth.views.markup import Place, drawn_in

ALL: list[Callable[..., charts.Chart]] = [
    charts.by_year,
    charts.by_country,
    charts.by_design,
    charts.by_place,
    charts.designs_by_theme,
    charts.theme_by_study,
    charts.single_support,
    charts.both_ways,
]
SPEC_BUDGET = 10_000


@cache
def sample(draw: Callable[..., charts.Chart]) -> charts.Chart:
    """A chart of the records by hand; drawn once for all tests, for drawing is what costs."""
    return draw(records())


class Cells(HTMLParser):
    """The rows of the first table of a page, cell by cell, as a reader sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def table_of(figure: Figure) -> list[list[str]]:
    cells = Cells()
    cells.feed(figure.html)
    return cells.rows


def drawn(chart: charts.Chart) -> list[dict[str, Any]]:
    """Every row of data that travels with the specification."""
    return [row for rows in chart.spec.get("datasets", {}).values() for row in rows] + _inline(
        chart.spec
    )


def _inline(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        own = part.get("data", {})
        rows = own.get("values", []) if isinstance(own, dict) else []
        return [*rows, *(row for value in part.values() for row in _inline(value))]
    if isinstance(part, list):
        return [row for value in part for row in _inline(value)]
    return []


@pytest.mark.parametrize("draw", ALL)
def test_every_chart_has_a_title_a_description_a_table_and_a_source(draw: Any) -> None:
    chart = sample(draw)
    assert chart.title
    assert chart.description
    assert not chart.empty
    assert 'role="img" aria-label="' in chart.html
    assert "<figcaption>" in chart.html
    assert "<details" in chart.html
    assert len(table_of(chart)) == len(chart.rows) + 1
    assert "synth-source" in chart.html
    # An id would stand twice where two figures share a page; a gradient's is made of its picture.
    own = re.findall(r'\sid="([^"]*)"', chart.html)
    assert all(re.fullmatch(r"g[0-9a-f]{8}-\d+", name) for name in own)
    assert len(own) == len(set(own))


@pytest.mark.parametrize("draw", ALL)
def test_the_table_shows_the_rows_and_the_csv_is_the_same(draw: Any) -> None:
    chart = sample(draw)
    shown = table_of(chart)
    assert [f.label for f in chart.fields] == shown[0]
    for row, cells in zip(chart.rows, shown[1:], strict=True):
        for field, cell in zip(chart.fields, cells, strict=True):
            if field.number:
                assert cell.split(" of ")[0] == f"{row[field.name]}"
    rows = list(csv.DictReader(io.StringIO(chart.to_csv())))
    assert [list(row) for row in rows] == [[f.name for f in chart.fields]] * len(chart.rows)


@pytest.mark.parametrize("draw", ALL)
def test_a_specification_stays_small_and_is_the_same_every_time(draw: Any) -> None:
    first, second = sample(draw), draw(records())
    assert json.dumps(first.spec) == json.dumps(second.spec)
    # The picture is a function of the specification alone; two of them show that it is.
    if draw in (charts.by_design, charts.both_ways):
        assert first.html == second.html
    assert len(json.dumps(first.spec, separators=(",", ":"))) < SPEC_BUDGET


@pytest.mark.slow
def test_another_process_with_another_hash_seed_draws_the_same_bytes() -> None:
    code = (
        "import hashlib, sys; sys.path.insert(0, '.'); from synth.views import charts;"
        "from tests.records_by_hand import records; r = records();"
        "figures = charts.by_year(r), charts.by_design(r), charts.both_ways(r);"
        "page = figures[0].html + repr([figure.spec for figure in figures]);"
        "print(hashlib.sha256(page.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("draw", ALL)
def test_nothing_that_changes_with_every_edit_is_stored(draw: Any) -> None:
    stored = "".join(map(str, sample(draw)._repr_mimebundle_()[0].values()))
    assert "9.9.9" not in stored
    assert "2020-01-01" not in stored
    asked: set[str] = set()
    with drawn_in(Place(lambda kind, name: "", lambda name, _: asked.add(name) or "<7>")):
        html = draw(records()).html
    assert {"version", "date", "findings", "studies"} <= asked
    assert "&lt;7&gt; studies" in html or "&lt;7&gt; findings" in html


# --- numbers ---


def test_by_year_draws_each_dated_study_once() -> None:
    held = records()
    chart = charts.by_year(held)
    marks = [row for row in drawn(chart) if "s" in row]
    assert sorted(row["s"] for row in marks) == sorted(held.label(s.id) for s in STUDIES if s.year)
    assert sum(row["studies"] for row in chart.rows) == len(STUDIES)
    assert chart.title == "3 of 5 studies with a year were published in 2012 or later"
    assert chart.table_note == f"{len([row for row in chart.rows if row['year']])} years"
    assert "1 study without a year is not drawn" in chart.description
    assert "2000–2020" in chart.description


@pytest.mark.parametrize(
    ("years", "title"),
    [
        ([2015], "The one study was published in 2015"),
        ([2015, None], "The one study with a year was published in 2015"),
        ([2015, 2015], "All 2 studies were published in 2015"),
        ([2015, 2015, None], "All 2 studies with a year were published in 2015"),
        ([2015, 2016, 2017], "2 of 3 studies were published in 2016 or later"),
        ([2015, 2016, 2017, None], "2 of 3 studies with a year were published in 2016 or later"),
        ([None, None], "No study with a year of publication"),
    ],
)
def test_the_title_of_the_years_speaks_of_studies_with_a_year(
    years: list[int | None], title: str
) -> None:
    works = tuple(study(f"s{at}", year, "Kenya") for at, year in enumerate(years))
    said = tuple(Finding(f"{one.id}-01", one.id, "trust", "helps", "So.") for one in works)
    assert charts.by_year(records(studies=works, findings=said)).title == title


def test_the_years_description_holds_the_numbers_of_the_table() -> None:
    chart = charts.by_year(records())
    said = dict(re.findall(r"(\d{4}): (\d+)", chart.description))
    counted = {str(r["year"]): str(r["studies"]) for r in chart.rows if r["year"] and r["studies"]}
    assert said == counted


def test_a_study_outside_the_search_window_is_said() -> None:
    late = study("zorn2023", 2023, "Kenya", design="review")
    found = Finding("zorn2023-01", "zorn2023", "trust", "helps", "Late.")
    chart = charts.by_year(records(studies=(*STUDIES, late), findings=(*FINDINGS, found)))
    assert "1 study lies outside it" in chart.description


def test_countries_are_ranked_and_what_is_none_stands_apart() -> None:
    chart = charts.by_country(records())
    assert [row["value"] for row in chart.rows] == [
        "Norway",
        "Kenya",
        "Sweden",
        "International",
        "not established",
    ]
    assert [row["apart"] for row in chart.rows] == [False, False, False, True, True]
    assert chart.table_note == "3 countries"
    # bell2010 was done in Norway and Sweden; one of its findings names Norway only.
    assert chart.rows[0]["studies"] == 3
    assert chart.rows[2]["findings"] == 1
    assert chart.title == "Country with most studies: Norway, 3 of 6"
    assert "Lower middle income: 1 of 6 studies and 2 of 8 statements (Kenya)" in chart.note
    assert "World Bank (2020)" in chart.note


def test_a_bar_is_split_by_what_its_studies_report() -> None:
    chart = charts.by_country(records())
    sides = {row["value"]: (row["helping"], row["hindering"], row["both"]) for row in chart.rows}
    # One of bell2010's findings is about Norway alone: in Sweden the study only has what hinders.
    assert sides == {
        "Norway": (2, 1, 1),
        "Kenya": (1, 1, 1),
        "Sweden": (0, 1, 0),
        "International": (0, 0, 0),
        "not established": (0, 1, 0),
    }
    assert "3 with helps, 3 with blocks, 2 with both" in chart.description
    # Above the line 2 of Norway's 3 studies, below it the second of them, and the third by itself.
    marks = re.findall(r'<path aria-label="[^"]*" d="M0,[\d.]+h([\d.]+)v14', chart.drawing)
    assert len(marks) == 2 * 5, "a mark for each row, wide and narrow"
    study = float(marks[0]) / 3
    parts = re.findall(r'<path d="M([\d.]+),[\d.]+h([\d.]+)v5h', chart.drawing.split("narrow")[0])
    assert [(round(float(at) / study), round(float(of) / study)) for at, of in parts] == [
        *((0, 2), (0, 1)),
        *((1, 1), (0, 1), (0, 1), (0, 1)),
        *((2, 1), (0, 1)),
    ]
    assert all(said in chart.drawing for said in ("above: with helps", "with neither"))


def test_without_two_poles_a_bar_counts_studies_and_no_more() -> None:
    flat = (DIRECTIONS[3],)
    findings = tuple(Finding(f.id, f.study, f.theme, "scene", f.summary) for f in FINDINGS)
    chart = charts.by_country(records(settings=settings(directions=flat), findings=findings))
    assert "helping" not in chart.rows[0]
    assert "with neither" not in chart.drawing
    assert "Norway: 3 studies" in chart.drawing
    assert len(re.findall(r"v11h", chart.drawing)) == 2 * 5


def test_the_country_table_leaves_the_denominator_to_the_build() -> None:
    with drawn_in(Place(lambda kind, name: "", lambda name, _: f"[{name}]")):
        assert "of [studies:country=Norway]</td>" in charts.by_country(records()).html


def test_income_groups_follow_the_places_table() -> None:
    chart = charts.by_place(records(), group="income_group")
    assert {row["value"]: row["studies"] for row in chart.rows if not row["apart"]} == {
        "High income": 3,
        "Lower middle income": 1,
    }
    with pytest.raises(ValueError, match="'income_group' or 'region'"):
        charts.by_place(records(), group="continent")


def test_the_matrix_of_themes_and_studies_counts_every_finding_once() -> None:
    chart = charts.theme_by_study(records())
    assert sum(cell["n"] for cell in drawn(chart)) == len(FINDINGS)
    assert {row["id"]: row["findings"] for row in chart.rows}["ames2004"] == 2


def test_designs_by_theme_count_studies_not_findings() -> None:
    rows = {row["id"]: row for row in charts.designs_by_theme(records()).rows}
    assert rows["team"]["studies"] == 3
    assert rows["team"]["quantitative"] == 2
    assert rows["law"]["studies"] == 4


def test_only_a_design_of_every_theme_stands_behind_every_theme() -> None:
    title = "Qualitative studies stand behind every theme"
    assert charts.designs_by_theme(records()).title == title
    # One that misses a theme is not of every one, and one that is unknown is none.
    for some in (STUDIES[:1], STUDIES):
        changed = {one.id: replace(one, design="not reported") for one in some}
        chart = charts.designs_by_theme(records(studies=[changed.get(s.id, s) for s in STUDIES]))
        assert chart.title == "The widest range of designs stands behind Law"


def test_single_support_names_what_a_theme_rests_on() -> None:
    rows = {row["id"]: row for row in charts.single_support(records()).rows}
    assert rows["money"]["rests_on"] == "one study"
    assert rows["licences"]["which"] == "Egan, n.d."
    assert "law" not in rows


def test_both_ways_needs_a_finding_on_each_side() -> None:
    chart = charts.both_ways(records())
    assert [row["id"] for row in chart.rows] == ["law", "mandates", "team", "trust"]
    team = chart.rows[2]
    assert (team["helping"], team["hindering"]) == (2, 1)
    assert team["helping_in"] == ["Norway"]
    assert team["hindering_in"] == ["not established"]


def test_directions_without_two_poles_are_said_not_drawn() -> None:
    flat = (DIRECTIONS[3],)
    findings = tuple(Finding(f.id, f.study, f.theme, "scene", f.summary) for f in FINDINGS)
    chart = charts.both_ways(records(settings=settings(directions=flat), findings=findings))
    assert chart.empty
    assert "no two poles" in chart.html


# --- bad input: something sensible, or why not ---


@pytest.mark.parametrize("draw", ALL)
def test_every_specification_obeys_the_schema(draw: Any) -> None:
    import altair
    from jsonschema import ValidationError

    chart = sample(draw)
    for spec in (chart.spec, chart.shown_spec):
        altair.LayerChart.validate(spec)
    # What is no specification is refused, so the lines above say something.
    with pytest.raises(ValidationError):
        altair.LayerChart.validate({**chart.spec, "layer": [{"mark": "nonsense"}]})


BANDED = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "width": 100,
    "data": {"values": [{"a": 1}, {"a": 9}]},
    "mark": {
        "type": "bar",
        "clip": True,
        "color": {"gradient": "linear", "stops": [{"offset": 0, "color": "#000"}]},
    },
    "encoding": {"x": {"field": "a", "type": "quantitative", "scale": {"domain": [0, 5]}}},
}


def test_a_picture_is_the_same_whatever_was_drawn_before_it() -> None:
    spec = json.dumps(BANDED)
    first = pictures.converted(spec)
    assert "gradient_" in first
    assert 'id="clip' in first
    assert pictures.converted(spec) == first


def test_a_picture_is_kept_by_what_it_is_drawn_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(pictures, "_KEPT", {})
    monkeypatch.setattr(pictures, "converted", lambda spec: made.append(spec) or f"<{spec}>")
    # How old a file is depends on the clock that dates files, which may not be the process's.
    (tmp_path / "now").touch()
    now = (tmp_path / "now").stat().st_mtime
    monkeypatch.setattr(pictures, "time", SimpleNamespace(time=lambda: now))

    def drawn(*specs: str) -> list[str]:
        """As a process draws them that has just begun."""
        pictures._picture.cache_clear()
        pictures.keep_pictures(tmp_path / "pictures")
        return [pictures._picture(spec) for spec in specs]

    assert drawn("one", "two") == ["<one>", "<two>"]
    assert drawn("two", "one", "three") == ["<two>", "<one>", "<three>"]
    assert made == ["one", "two", "three"]
    for path in (tmp_path / "pictures").iterdir():
        if path.read_text() == "<one>":
            os.utime(path, (0, 0))
    half = tmp_path / "pictures" / ".half.svg.x1y2"
    half.touch()
    os.utime(half, (0, 0))
    assert drawn("one") == ["<one>"]
    assert made[3:] == ["one"], "nobody had asked for it for a long time"
    assert not half.exists()
    # Where nothing can be kept, everything is drawn.
    shutil.rmtree(tmp_path / "pictures")
    (tmp_path / "pictures").write_text("a file")
    assert drawn("two") == ["<two>"]
    assert made[4:] == ["two"]
    pictures._picture.cache_clear()


@pytest.mark.parametrize("draw", ALL)
def test_no_findings(draw: Any) -> None:
    chart = draw(records(), [])
    assert chart.empty
    assert "synth-gap" in chart.html
    assert chart.svg == ""
    with pytest.raises(ValueError, match="nothing to draw"):
        chart.chart()


@pytest.mark.parametrize("draw", ALL)
def test_one_finding(draw: Any) -> None:
    chart = draw(records(), ["ames2004-01"])
    assert chart.empty or chart.spec["layer"]
    assert chart.title


@pytest.mark.parametrize("draw", ALL)
def test_missing_years(draw: Any) -> None:
    chart = draw(records(), ["egan-nd-01"])
    shown = chart.text if not chart.empty else chart.drawing.replace("None of these", "")
    assert "None" not in shown


def test_one_country_is_said_as_such() -> None:
    chart = charts.by_country(records(), ["ames2004-01"])
    assert chart.title == "All evidence here comes from one country, Kenya: 1 study"


def test_three_hundred_countries_are_all_in_the_table_and_some_in_the_drawing() -> None:
    many = [study(f"s{n:03}", 2010, f"Country {n:03}", design="d") for n in range(300)]
    found = [Finding(f"{s.id}-01", s.id, "trust", "helps", "Yes.") for s in many]
    chart = charts.by_country(records(studies=many, findings=found))
    assert len(chart.rows) == 300
    assert len([row for row in drawn(chart) if "v" in row]) == 30
    assert "The first 30 of 300 rows are drawn" in chart.note
    assert len(json.dumps(chart.spec)) < SPEC_BUDGET


def test_hundreds_of_studies_are_drawn_as_bars() -> None:
    many = [study(f"s{n:03}", 1990 + n % 30, "Kenya", design=f"d{n % 12}") for n in range(400)]
    found = [Finding(f"{s.id}-01", s.id, "trust", "helps", "Yes.") for s in many]
    chart = charts.by_year(records(studies=many, findings=found))
    assert sum(row["n"] for row in drawn(chart) if "n" in row) == 400
    assert len(json.dumps(chart.spec)) < SPEC_BUDGET
    matrix = charts.theme_by_study(records(studies=many, findings=found))
    assert len(matrix.rows) == 60
    assert matrix.rows[-1]["study"] == "the other 341 studies"
    assert sum(row["findings"] for row in matrix.rows) == 400
    assert "Shown are the 59 studies" in matrix.note
    assert len(json.dumps(matrix.spec, separators=(",", ":"))) < SPEC_BUDGET


def test_thousands_of_findings_keep_every_specification_small() -> None:
    nodes = [node("outer"), *(node(f"t{n:02}", "outer", depth=1) for n in range(40))]
    many = [study(f"s{n:03}", 1985 + n % 35, f"C{n % 90}", design=f"d{n % 40}") for n in range(300)]
    found = [
        Finding(
            f"x{n:04}", f"s{n * 7 % 300:03}", f"t{n % 40:02}", ("helps", "blocks")[n % 2], "So."
        )
        for n in range(3000)
    ]
    large = records(
        codebook=type(CODEBOOK)(tuple(nodes)), studies=many, findings=found, influences=()
    )
    for draw in ALL:
        chart = draw(large)
        if not chart.empty:
            assert len(json.dumps(chart.spec, separators=(",", ":"))) < SPEC_BUDGET, chart.name


def test_a_label_of_two_hundred_letters_leaves_room_for_the_drawing() -> None:
    long = "Very long theme " * 13
    book = type(CODEBOOK)(
        tuple(node("team", "inner", long.strip(), 1) if n.id == "team" else n for n in CODEBOOK)
    )
    for draw in (charts.both_ways, charts.designs_by_theme):
        chart = draw(records(codebook=book))
        assert long.strip() in chart.html  # whole in the table
        assert "…" in chart.drawing
        size = re.search(r'viewBox="0 0 ([\d.]+) ', chart.drawing)
        assert size is not None
        assert float(size[1]) <= 661


def test_labels_are_escaped() -> None:
    book = type(CODEBOOK)(
        tuple(node("team", "inner", "</script><b>x", 1) if n.id == "team" else n for n in CODEBOOK)
    )
    html = charts.both_ways(records(codebook=book)).html
    assert "</script><b>" not in html


def test_a_review_with_one_rank_and_no_places_still_draws() -> None:
    from synth.model import Codebook

    book = Codebook((node("law"), node("team")))
    found = tuple(
        Finding(f.id, f.study, "law" if "law" in f.theme else "team", f.direction, f.summary)
        for f in FINDINGS
    )
    one = records(
        codebook=book,
        findings=found,
        settings=settings(ranks=RANKS[:1], facets=()),
        places={},
        influences=(),
    )
    for draw in ALL:
        assert draw(one).title


def test_drawing_leaves_altairs_own_theme_alone() -> None:
    import altair

    before = altair.theme.active
    _ = charts.by_year(records()).spec
    assert altair.theme.active == before


def test_an_authors_own_chart_can_be_stored_in_a_notebook() -> None:
    import nbformat

    spec = charts.by_design(records()).spec
    bundle = charts.vegalite_mime(spec)
    output = nbformat.v4.new_output("display_data", data=bundle)
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_every_colour_of_a_picture_falls_back_to_a_literal_one() -> None:
    chart = sample(charts.by_year)
    assert "var(--synth-ink, #222832)" in chart.drawing
    assert "var(" not in chart.svg


def test_the_head_of_a_column_with_two_lines_keeps_off_the_cells() -> None:
    """The picture's engine writes the second line below the first, into the first row."""
    long = "one team of the same authors who work together on everything they publish"
    for words, lines in ({}, 1), ({"robustness_one_team": long}, 2):
        every = records()
        said = replace(every, settings=replace(every.settings, words=words))
        chart = charts.single_support(said)
        axes = re.findall(r'"labelPadding": (\d+)', json.dumps(chart.shown_spec))
        assert str(4 + 12 * (lines - 1)) in axes


def test_records_by_hand_name_authors_for_every_study() -> None:
    assert set(AUTHORS) == {s.id for s in STUDIES}


def test_a_cell_names_fifteen_studies_and_counts_the_others() -> None:
    every = records()
    ids = list(every.studies) * 50
    many = study_links(every, ids[:25])
    assert many.count("<a ") == 15
    assert many.endswith("; and 10 more studies")
    assert "more" not in study_links(every, ids[:15])


def test_the_shapes_of_designs_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from synth.views.charts import when

    asked: list[object] = []
    look_up = when.values_in

    def counted(*given: Any) -> Any:
        asked.append(given)
        return look_up(*given)

    monkeypatch.setattr(when, "values_in", counted)
    held = records()
    assert len(when.by_year(held).rows) > 2
    # Once for the figure and once for the shapes; not once more for each year.
    assert len(asked) <= 2 * len(held.findings)


def test_a_long_name_in_a_legend_is_not_cut() -> None:
    """Vega ends it with dots at 150 pixels, and such names are the same to a reader."""
    short = key_of(["with enablers", "with barriers"], 320, columns=2).to_dict()
    assert short["columns"] == 2
    assert "labelLimit" not in short
    long = "cluster randomised controlled trial with"
    for width in (320, 640):
        key = key_of([f"{long} waiting list", f"{long} placebo"], width, columns=2).to_dict()
        assert (key["columns"], key["labelLimit"]) == (1, width - 40)
