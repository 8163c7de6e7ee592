"""A review as one workbook: written, edited, read back; nothing is lost on the way."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth.cli import main
from synth.errors import ReviewError
from synth.model import TABLES
from synth.reading.csv_table import TableText, parse_table, split_table
from synth.reading.settings import read_settings
from synth.reading.versions import VERSIONS_FILE
from synth.starter.file_kinds import workbook, workbook_process
from synth.starter.file_kinds.archive import part_of
from synth.starter.file_kinds.workbook import grids_of
from synth.starter.review_workbook import (
    _workbook,
    _written,
    export_workbook,
    import_workbook,
    is_review_workbook,
)


@pytest.fixture
def review(example_root: Path, tmp_path: Path) -> Path:
    shutil.copytree(example_root, tmp_path / "review")
    return tmp_path / "review"


def data(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((root / "data").glob("*.csv"))}


def test_a_workbook_comes_back_byte_by_byte(review: Path, tmp_path: Path) -> None:
    before = data(review)
    book = tmp_path / "review.xlsx"
    assert main(["export", "--root", str(review), "--xlsx", str(book)]) == 0
    assert is_review_workbook(book)
    for name in before:
        text = before[name].decode("utf-8")
        header = text[: text.index("\n") + 1]
        (review / "data" / name).write_text(header, encoding="utf-8")
    import_workbook(review, book, dry_run=False, say=lambda line: None)
    main(["fmt", "--root", str(review)])
    assert data(review) == before


def test_an_unchanged_workbook_changes_nothing(review: Path, tmp_path: Path) -> None:
    before = data(review)
    said: list[str] = []
    export_workbook(review, tmp_path / "r.xlsx", said.append)
    import_workbook(review, tmp_path / "r.xlsx", dry_run=False, say=said.append)
    assert data(review) == before
    assert said[-1] == "Nothing differs from the review's tables."


def edited(book: Path, edit: Any) -> None:
    """The workbook as a spreadsheet program saves it after an edit: same sheets, same cells."""
    import xlsxwriter

    grids, _, _ = grids_of(book, str(book))
    with xlsxwriter.Workbook(book) as again:
        for grid in grids:
            sheet = again.add_worksheet(grid.name)
            rows = [cells for _, cells in grid.rows]
            edit(grid.name, rows)
            for at, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(at, column, cell)
                    else:
                        sheet.write(at, column, cell)


def test_edited_new_and_removed_rows_arrive_and_are_told(review: Path, tmp_path: Path) -> None:
    book = tmp_path / "r.xlsx"
    export_workbook(review, book, lambda line: None)
    findings = [*csv.DictReader(io.StringIO(data(review)["coded_studies.csv"].decode()))]
    first, last = findings[0]["finding"], findings[-1]["finding"]

    def edit(name: str, rows: list[list[Any]]) -> None:
        if name == "coded_studies":
            at = rows[0].index("summary")
            rows[1][at] = 'They said "no"; 2 = two\nand more.'
            rows[2:2] = [[f"{rows[1][0]}9", *rows[1][1:]]]
            del rows[-1]

    edited(book, edit)
    before = data(review)
    said: list[str] = []
    import_workbook(review, book, dry_run=True, say=said.append)
    assert data(review) == before
    assert not (review / VERSIONS_FILE).exists()
    import_workbook(review, book, dry_run=False, say=said.append)
    after = {
        row["finding"]: row
        for row in csv.DictReader(io.StringIO(data(review)["coded_studies.csv"].decode()))
    }
    assert after[first]["summary"].startswith('They said "no"; 2 = two')
    assert last not in after
    assert f"{first}9" in after
    assert 'number = "next"' in (review / VERSIONS_FILE).read_text("utf-8")
    told = next(line for line in said if line.startswith("coded_studies: "))
    assert told == (
        f"coded_studies: 1 row new: {first}9; 1 row gone: {last}; 1 row changed: {first} (summary)."
    )
    unchanged = {name for name in before if data(review)[name] == before[name]}
    assert set(before) - unchanged == {"coded_studies.csv"}


def test_what_cannot_stand_is_told_with_its_sheet_and_row_and_nothing_is_written(
    review: Path, tmp_path: Path
) -> None:
    book = tmp_path / "r.xlsx"
    export_workbook(review, book, lambda line: None)

    def edit(name: str, rows: list[list[Any]]) -> None:
        if name == "studies":
            rows[3][rows[0].index("role")] = "evidnce"

    edited(book, edit)
    before = data(review)
    with pytest.raises(ReviewError) as error:
        import_workbook(review, book, dry_run=False, say=lambda line: None)
    assert "r.xlsx[studies]:4: role:" in str(error.value)
    assert data(review) == before


def test_choices_are_offered_and_headings_stay_in_view(review: Path, tmp_path: Path) -> None:
    book = tmp_path / "r.xlsx"
    export_workbook(review, book, lambda line: None)
    names = [grid.name for grid in grids_of(book, "r.xlsx")[0]]
    findings = part_of(book, f"xl/worksheets/sheet{names.index('coded_studies') + 1}.xml").decode()
    assert "ySplit" in findings
    assert "<formula1>codebook!$A$2" in findings
    assert "<formula1>words!" in findings
    words = grids_of(book, "r.xlsx")[0][-1]
    assert (words.name, words.hidden) == ("words", True)


_CELL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=40
).filter(lambda cell: cell == cell.strip())
_HARD = st.sampled_from(
    ["=1+1", "1-2", "2020", "007", "_x0041_", "TRUE", "https://x.org", "#REF!", "'x", "1e5", "a\nb"]
)


def read_here(command: Sequence[str], *_: object) -> tuple[list[bytes], None]:
    """What the process that reads a workbook writes, written by this one."""
    with redirect_stdout(io.StringIO()) as out:
        workbook_process._read(Path(command[-1]))
    return out.getvalue().encode().splitlines(), None


@given(
    rows=st.lists(
        st.lists(st.one_of(_CELL, _HARD), min_size=4, max_size=4).filter(any),
        min_size=1,
        max_size=8,
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cell_survives_a_workbook(rows: list[list[str]], tmp_path: Path) -> None:
    # A process for each example takes ten times as long; the other tests start it.
    header = ("id", "parent", "label", "definition")
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    table = TableText(header, tuple(range(2, len(rows) + 2)), columns)
    (tmp_path / "any.xlsx").write_bytes(_workbook({"codebook": table}, {}))
    with patch.object(workbook, "_run", read_here):
        grid = grids_of(tmp_path / "any.xlsx", "any.xlsx")[0][0]
    text, _ = _written(grid.rows)
    back, _, _ = split_table(text, TABLES["codebook"], read_settings(tmp_path)[0])
    assert [*back.columns.values()] == [*columns.values()]
    assert parse_table(text, TABLES["codebook"], read_settings(tmp_path)[0])[0].header == header


def test_a_workbook_that_cannot_be_written_is_told(review: Path, tmp_path: Path) -> None:
    with pytest.raises(ReviewError) as error:
        export_workbook(review, tmp_path / "no" / "r.xlsx", lambda line: None)
    assert "workbook-unwritable" in str(error.value)
    assert f"there is no folder '{tmp_path / 'no'}'" in str(error.value)
    assert not is_review_workbook(tmp_path / "no.xlsx")


def test_a_workbook_is_named_as_one(
    review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`synth export --xlsx review.csv` wrote a file that no program opens."""
    for name in ("tables.csv", "tables"):
        out = tmp_path / name
        assert main(["export", "--root", str(review), "--xlsx", str(out)]) == 1
        said = capsys.readouterr().err
        assert "[workbook-name]" in said
        assert f"Name it {tmp_path / 'tables.xlsx'}." in said
        assert not out.exists()
    spaced = tmp_path / "my tables.xlsx"
    assert main(["export", "--root", str(review), "--xlsx", str(spaced)]) == 0
    assert f"synth import '{spaced}'" in capsys.readouterr().out
