"""A review as one workbook, edited in any spreadsheet program and read back without loss."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.model import TABLES, Column, Table
from synth.reading.csv_table import TableText, allowed_words, format_table, parse_table, split_table
from synth.reading.settings import read_settings
from synth.reading.textio import CELL_LIMIT, read_text, write_asked, write_files
from synth.reading.versions import VERSIONS_FILE, with_entry
from synth.starter.file_kinds.archive import look_into
from synth.starter.file_kinds.workbook import grids_of
from synth.text import counted, listed

Say = Callable[[str], None]

_WORDS = "words"
# So many rows beyond the last have choices too, for what a team adds.
_ROOM = 2000
_SHOWN = 3
_CORE = {"codebook", "studies", "coded_studies"}


def export_workbook(root: Path, path: Path, say: Say) -> int:
    """Write every table of a review into one workbook: a sheet for each, choices as such.

    Parameters
    ----------
    root : the review's root.
    path : the workbook; one that is there is replaced.
    say : where it is said what was written.

    Returns
    -------
    0, for the command line.

    Raises
    ------
    ReviewError : a table cannot be read whole, or has a cell no spreadsheet can hold.
    """
    if path.suffix.lower() != ".xlsx":
        named = path / "review.xlsx" if path.is_dir() else path.with_suffix(".xlsx")
        value = named.as_posix()
        raise ReviewError([Problem("workbook-name", path.as_posix(), value=value)])
    settings, problems = read_settings(root)
    tables: dict[str, TableText] = {}
    for name, table in TABLES.items():
        if table.optional and not (root / table.file).exists():
            continue
        text, found = read_text(root / table.file, table.file)
        problems += [problem for problem in found if not problem.kind.fmt]
        if text is None:
            continue
        tables[name], found, _ = split_table(text, table, settings)
        problems += found
        problems += [
            Problem(
                "workbook-cell-long", table.file, row.line, column, n=len(cell), most=CELL_LIMIT
            )
            for row in tables[name].rows
            for column, cell in row.cells.items()
            if len(cell) > CELL_LIMIT
        ]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ReviewError(errors)
    words = {
        f"{name}.{column.name}": allowed_words(column, settings)
        for name in tables
        for column in TABLES[name].columns
    }
    data = _workbook(tables, {key: allowed for key, allowed in words.items() if allowed})
    write_asked(path, data)
    say(f"Wrote {path}: {listed([f'{name} ({len(table)})' for name, table in tables.items()])}.")
    say(f"Edit it and read it back: synth import {shlex.quote(str(path))}")
    return 0


def _workbook(tables: Mapping[str, TableText], words: Mapping[str, Sequence[str]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        # Everything is text: no program then makes a date of "1-2" or a number of an id.
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "valign": "top"})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(table.header):
                longest = max(map(len, table.columns[column]), default=0)
                sheet.set_column(at, at, min(60, max(10, len(column) + 2, longest + 1)), text)
                sheet.write_string(0, at, column, head)
                for row, cell in enumerate(table.columns[column], start=1):
                    if cell:
                        sheet.write_string(row, at, cell, text)
            if table.header:
                sheet.autofilter(0, 0, max(1, len(table)), len(table.header) - 1)
        listed_words = book.add_worksheet(_WORDS)
        listed_words.hide()
        for at, (name, allowed) in enumerate(words.items()):
            listed_words.write_string(0, at, name, head)
            for row, word in enumerate(allowed, start=1):
                listed_words.write_string(row, at, word, text)
        for name, table in tables.items():
            sheet = book.get_worksheet_by_name(name)
            for declared in TABLES[name].columns:
                source = _choices(name, declared, tables, words)
                if source and declared.name in table.header:
                    at = table.header.index(declared.name)
                    rule = {
                        "validate": "list",
                        "source": source,
                        "error_title": declared.name,
                        "error_message": declared.meaning[:255],
                    }
                    sheet.data_validation(1, at, len(table) + _ROOM, at, rule)
    return stream.getvalue()


def _choices(
    name: str,
    column: Column,
    tables: Mapping[str, TableText],
    words: Mapping[str, Sequence[str]],
) -> str:
    """Where the words stand that a cell of a column can hold; empty if it holds anything."""
    from xlsxwriter.utility import xl_range_abs

    if column.many:
        return ""
    own = f"{name}.{column.name}"
    if own in words:
        at = [*words].index(own)
        return f"={_WORDS}!{xl_range_abs(1, at, len(words[own]), at)}"
    table, _, key = column.refers_to.partition(".")
    if table in tables and key in tables[table].header:
        at = tables[table].header.index(key)
        return f"={table}!{xl_range_abs(1, at, len(tables[table]) + _ROOM, at)}"
    return ""


def is_review_workbook(path: Path) -> bool:
    """Whether a file is a workbook that ``synth export`` wrote, by the names of its sheets."""
    from synth.starter.file_kinds.archive import part_of

    if path.suffix.lower() != ".xlsx" or not path.is_file() or look_into(path, str(path))[1]:
        return False
    names = part_of(path, "xl/workbook.xml").decode("utf-8", "replace")
    return all(f'name="{name}"' in names for name in _CORE)


@dataclass(frozen=True)
class _Change:
    """What became of a table."""

    name: str
    text: str
    told: str


def import_workbook(root: Path, path: Path, *, dry_run: bool, say: Say) -> int:
    """Read a workbook of ``synth export`` back into the tables it came from.

    Parameters
    ----------
    root : the review's root.
    path : the workbook.
    dry_run : say what would change; write nothing.
    say : where it is said.

    Returns
    -------
    0, for the command line.

    Raises
    ------
    ReviewError : a sheet or a cell cannot be understood; nothing was written.
    """
    file = str(path)
    problem = look_into(path, file)[1]
    if problem:
        raise ReviewError([problem])
    settings, _ = read_settings(root)
    grids, _, problems = grids_of(path, file, say)
    changes: list[_Change] = []
    strange = []
    for grid in grids:
        if grid.name == _WORDS:
            continue
        if grid.name not in TABLES:
            strange.append(grid.name)
            continue
        table = TABLES[grid.name]
        rows = [(number, cells) for number, cells in grid.rows if any(c.strip() for c in cells)]
        if not rows:
            continue
        text, numbers = _written(rows)
        parsed, found = parse_table(text, table, settings)
        place = dict(zip(_lines(text), numbers, strict=True))
        problems += [one.at(f"{file}[{grid.name}]", place.get(one.line, one.line)) for one in found]
        before = _before(root, table)
        kept, _, _ = split_table(before, table, settings) if before else (TableText(), [], [])
        if _same(parsed, kept):
            continue
        new = format_table(parsed, table, settings)
        changes.append(_Change(grid.name, new, _told(grid.name, table, kept, parsed)))
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ReviewError(errors)
    for problem in problems:
        say(str(problem))
    if strange:
        say(
            f"{counted(len(strange), 'sheet is', 'sheets are')} no table of a review and "
            f"left alone: {', '.join(map(repr, strange))}."
        )
    for change in changes:
        say(change.told)
    texts = {TABLES[change.name].file: change.text for change in changes}
    if changes and (entry := with_entry(root, date.today())):
        texts[VERSIONS_FILE] = entry
        say(f"{VERSIONS_FILE}: an entry waits for your next version; say in it what is new.")
    if not dry_run:
        write_files(root, texts)
    if not changes:
        say("Nothing differs from the review's tables.")
    elif dry_run:
        say("Nothing was written.")
    else:
        say("Written. 'synth check' says whether all of it fits together.")
    return 0


def _written(rows: Sequence[tuple[int, list[str]]]) -> tuple[str, list[int]]:
    """Rows of a sheet as the text of a table, each as wide as the headings, with their numbers."""
    width = len(rows[0][1])
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for _, cells in rows:
        writer.writerow([*cells, *[""] * (width - len(cells))])
    return stream.getvalue(), [number for number, _ in rows]


def _lines(text: str) -> list[int]:
    """The line each row of a table begins on."""
    lines = []
    reader = csv.reader(io.StringIO(text, newline=""))
    start = 1
    for _ in reader:
        lines.append(start)
        start = reader.line_num + 1
    return lines


def _before(root: Path, table: Table) -> str:
    text, _ = read_text(root / table.file, table.file)
    return text or ""


def _same(one: TableText, other: TableText) -> bool:
    return one.header == other.header and dict(one.columns) == dict(other.columns)


def _told(name: str, table: Table, before: TableText, after: TableText) -> str:
    """What changed in a table: rows that are new, gone or different, the first of them by id."""
    key = table.columns[0].name
    old = {row.cells.get(key, ""): row.cells for row in before.rows}
    new = {row.cells.get(key, ""): row.cells for row in after.rows}
    added = [one for one in new if one not in old]
    gone = [one for one in old if one not in new]
    changed = [
        f"{one} ({', '.join(n for n, cell in cells.items() if cell != old[one].get(n, ''))})"
        for one, cells in new.items()
        if one in old and dict(cells) != dict(old[one])
    ]
    parts = [
        f"{counted(len(ids), 'row')} {what}: {', '.join(ids[:_SHOWN])}"
        + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")
        for ids, what in ((added, "new"), (gone, "gone"), (changed, "changed"))
        if ids
    ]
    return f"{name}: {'; '.join(parts) or 'rows or columns in another order'}."
