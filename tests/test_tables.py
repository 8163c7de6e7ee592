"""CSV to records and back, each with the line it stands on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from synth.errors import ReviewError
from synth.model import TABLES, Codebook
from synth.reading.csv_table import (
    format_table,
    parse_table,
    possible_year,
    read_table_text,
    split,
    split_table,
)
from synth.reading.records import Records, ancestors, find_root, read_records
from synth.reading.rules import load_records
from synth.reading.settings import read_settings

FLOW = TABLES["flow"]
HEADER = ",".join(column.name for column in FLOW.columns)


@pytest.fixture(scope="module")
def records(example_root: Path) -> Records:
    return load_records(example_root)


def test_everything_is_read(records: Records) -> None:
    assert len(records.studies) == 8
    assert len(records.findings) == 18
    assert len(records.influences) == 4
    assert len(records.flow) == 14
    assert len(records.bibliography) == 9
    assert records.places == {}


def test_a_study_gets_its_year_from_the_bibliography(records: Records) -> None:
    assert records.studies["abara2009"].year == 2009
    assert records.studies["handbook-of-beds"].year is None


def test_extra_columns_are_kept(records: Records) -> None:
    assert records.studies["abara2009"].extra == {"climate": "dry", "plot_size": "120 m²"}
    assert records.findings["delacroix2015a-02"].extra == {"season": "autumn;winter"}


def test_columns_that_are_missing_are_empty(records: Records) -> None:
    assert records.studies["abara2009"].countries == ()
    assert records.findings["abara2009-01"].countries == ()


def test_the_codebook_knows_depth_and_rank(records: Records) -> None:
    node = records.codebook["water-in-summer"]
    assert (node.depth, node.rank) == (3, "aspect")
    assert isinstance(records.codebook, Codebook)


def test_an_unknown_count_is_none(records: Records) -> None:
    counts = {box.id: box.count for box in records.flow}
    assert counts["too-short"] is None
    assert counts["letters"] == 14


def test_rows_know_their_lines(records: Records) -> None:
    assert records.lines["coded_studies", "abara2009-01"] == 2
    assert records.lines["codebook", "small-grants"] == 15


def test_a_study_is_labelled_as_it_is_cited(records: Records) -> None:
    assert records.label("delacroix2015a") == "de la Croix et al., 2015a"
    assert records.label("nobody") == "nobody"


def test_a_table_alone(example_root: Path) -> None:
    settings, _ = read_settings(example_root)
    table, problems = read_table_text(example_root, "influences", settings)
    assert not problems
    first = next(table.rows)
    assert first.line == 2
    assert first.cells["source"] == "authority"


def test_rows_after_a_cell_of_several_lines_keep_their_lines(example_root: Path) -> None:
    settings, _ = read_settings(example_root)
    text = f'{HEADER}\na,s,remaining,,"one\ntwo",1,reported,\nb,s,removed,a,B,x,reported,\n'
    table, problems = parse_table(text, FLOW, settings)
    assert table.lines == (2, 4)
    assert [(problem.line, problem.where) for problem in problems] == [(4, "count")]


def test_a_broken_row_does_not_hide_the_next(example_root: Path) -> None:
    settings, _ = read_settings(example_root)
    text = f'{HEADER}\na,s,remaining,,"A"x,1,reported,\nb,s,wrong,a,B,1,reported,\n'
    _, problems = parse_table(text, FLOW, settings)
    assert [(problem.line, problem.where) for problem in problems] == [(2, ""), (3, "kind")]


def test_the_limit_of_the_csv_module_is_put_back(example_root: Path) -> None:
    before = csv.field_size_limit()
    read_records(example_root)
    assert csv.field_size_limit() == before


def test_the_root_is_found_from_below(example_root: Path) -> None:
    assert find_root(example_root / "data") == example_root.resolve()


def test_without_a_root_the_error_teaches(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=r"There is no review in .* or above it") as raised:
        find_root(tmp_path)
    assert "synth new" in str(raised.value)


def test_all_tables_of_the_example_are_canonical(example_root: Path) -> None:
    settings, _ = read_settings(example_root)
    for table in TABLES.values():
        path = example_root / table.file
        if path.exists():
            text = path.read_text(encoding="utf-8")
            assert format_table(split_table(text, table, settings)[0], table, settings) == text


def test_formatting_sorts_orders_and_tidies(example_root: Path) -> None:
    settings, _ = read_settings(example_root)
    table = TABLES["coded_studies"]
    text = (
        "season,finding,study,theme,direction,summary,section,anchor,basis\n"
        'summer; autumn,b-02,b,t,helps,"Plain",,,cited\n'
        'winter,b-01, b ,t,helps,"With, comma",,,cited\n'
    )
    assert format_table(split_table(text, table, settings)[0], table, settings) == (
        "finding,study,theme,direction,summary,section,anchor,basis,season\n"
        'b-01,b,t,helps,"With, comma",,,cited,winter\n'
        "b-02,b,t,helps,Plain,,,cited,summer;autumn\n"
    )


# Whatever an author can type into a cell: not what a file cannot hold, and no spaces at its ends.
cells = st.text(
    st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=30
).map(str.strip)


# No deadline: a busy machine is no mistake. The same examples every time.
@how(deadline=None, derandomize=True)
@given(st.lists(st.lists(cells, min_size=8, max_size=8), max_size=5))
def test_formatting_loses_nothing(rows: list[list[str]]) -> None:
    settings, _ = read_settings(Path(__file__).parent / "example")
    rows = [row for row in rows if any(row)]
    lines = [
        HEADER,
        *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows),
    ]
    once, problems, _ = split_table("\n".join(lines) + "\n", FLOW, settings)
    assert not problems
    text = format_table(once, FLOW, settings)
    again, _, _ = split_table(text, FLOW, settings)
    assert [list(row.cells.values()) for row in again.rows] == rows
    assert format_table(again, FLOW, settings) == text


@pytest.mark.parametrize(
    ("cell", "values"),
    [("", ()), ("a", ("a",)), ("a;b", ("a", "b")), (" a ; b ", ("a", "b")), (";a;;", ("a",))],
)
def test_split(cell: str, values: tuple[str, ...]) -> None:
    assert split(cell) == values


def test_ancestors_of_a_node_without_a_way_up() -> None:
    assert ancestors("a", {"a": "b", "b": "a"}) is None
    assert ancestors("a", {"a": "b"}) is None


def test_possible_years(example_root: Path) -> None:
    settings, _ = read_settings(example_root)
    found = {
        year: possible_year(year, settings.date)
        for year in ("1000", "2024", "2025", "0999", "2026", "96", "2O19")
    }
    assert [year for year, fine in found.items() if fine] == ["1000", "2024", "2025"]


def test_the_same_files_give_the_same_records(example_root: Path) -> None:
    assert read_records(example_root)[0].findings == read_records(example_root)[0].findings
