"""One way in for authors' files: what they hold comes out as tables, or is named for what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

from synth.errors import Problem
from synth.reading.encodings import decode
from synth.reading.textio import unreadable
from synth.starter.file_kinds import delimited
from synth.starter.file_kinds.archive import look_into, part_of
from synth.starter.file_kinds.grid import Grid, table
from synth.starter.file_kinds.kinds import (
    archive_kind,
    by_beginning,
    by_ending,
    ole_kind,
    text_kind,
)
from synth.starter.file_kinds.programs import recognised
from synth.starter.file_kinds.records import read_records
from synth.starter.file_kinds.refi_qda import read_codebook, read_project
from synth.starter.file_kinds.several import apart
from synth.starter.file_kinds.workbook import grids_of
from synth.starter.sheet import Sheet
from synth.text import counted

Say = Callable[[str], None]
Read = tuple[list[Sheet], list[Problem]]

_MOST_BYTES = 1_000_000_000


def read_tables(path: Path, say: Say | None = None) -> Read:
    """Read every table that a file holds.

    Parameters
    ----------
    path : the file, of any kind that is understood.
    say : where it is said that reading goes on, when it takes longer than two seconds.

    Returns
    -------
    The tables in the order of the file, and what is wrong; with an error among that there is none.
    """
    file = str(path)
    try:
        return _read(path, file, say)
    except (OSError, ValueError) as error:
        return [], [unreadable(file, error)]
    except (MemoryError, RecursionError):
        return [], [Problem("sheet-huge", file)]


def _read(path: Path, file: str, say: Say | None) -> Read:
    if path.is_dir():
        return [], [_folder(path, file)]
    if path.stat().st_size > _MOST_BYTES:
        return [], [Problem("sheet-huge", file)]
    with path.open("rb") as stream:
        beginning = stream.read(8)
    if beginning[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08") or (
        beginning[:2] == b"PK" and path.suffix.lower() in _ARCHIVES
    ):
        return _by_ending(path, file) or _archive(path, file, say)
    data = path.read_bytes()
    problem = by_ending(path, file) or by_beginning(data, file)
    if problem:
        return [], [problem]
    if beginning == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        _, problem = ole_kind(data, file)
        return ([], [problem]) if problem else _workbook(path, file, say)
    if path.suffix.lower() in _ARCHIVES and b"\0" in data[:1000]:
        return [], [Problem("archive-damaged", file)]
    return _text(data, path, file, say)


_ARCHIVES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".qdpx"}


def _by_ending(path: Path, file: str) -> Read | None:
    """The problem of a file whose name tells that it is no table, if there is one."""
    problem = by_ending(path, file)
    return ([], [problem]) if problem else None


def _folder(path: Path, file: str) -> Problem:
    if (path / "data.qda").is_file():
        hint = "Export from QualCoder instead: a coding report as CSV, or REFI-QDA (.qdpx)."
        return Problem("sheet-no-table", file, what="a QualCoder project", instead=hint)
    return Problem("sheet-folder", file)


def _archive(path: Path, file: str, say: Say | None) -> Read:
    names, problem = look_into(path, file)
    if problem:
        return [], [problem]
    mimetype = part_of(path, "mimetype") if "mimetype" in names else b""
    kind, problem = archive_kind(names, mimetype, file)
    if problem:
        return [], [problem]
    if kind == "project":
        return read_project(path, file, names)
    if b"encryption-data" in part_of(path, "META-INF/manifest.xml"):
        return [], [Problem("sheet-password", file)]
    return _workbook(path, file, say)


def _workbook(path: Path, file: str, say: Say | None) -> Read:
    grids, notes, problems = grids_of(path, file, say)
    if any(problem.severity == "error" for problem in problems):
        return [], problems
    empty = [grid.name for grid in grids if not any(any(cells) for _, cells in grid.rows)]
    grids = [grid for grid in grids if grid.name not in empty]
    if empty:
        notes.append(
            f"{counted(len(empty), 'sheet is', 'sheets are')} empty: {', '.join(map(repr, empty))}."
        )
    hidden = [grid.name for grid in grids if grid.hidden]
    if hidden:
        notes.append(
            f"{counted(len(hidden), 'sheet is', 'sheets are')} "
            f"hidden in the file: {', '.join(map(repr, hidden))}."
        )
    if not grids:
        return [], [*problems, Problem("sheet-cells-none", file)]
    grids[0].notes[:0] = notes
    return _tables(grids, problems, say)


def _tables(grids: list[Grid], problems: list[Problem], say: Say | None) -> Read:
    """The grids of one file as tables; a sheet without a row is a problem only if all are so."""
    sheets = []
    bare: list[Problem] = []
    for grid in chain.from_iterable(map(apart, grids)):
        sheet, found = table(grid, say)
        if sheet is None:
            continue
        if found:
            bare += found
        else:
            sheets.append(recognised(sheet))
    if not sheets:
        nothing = Problem("sheet-cells-none", grids[0].file, 1)
        return [], [*problems, *(bare or [nothing])]
    if bare:
        told = tuple(f"Sheet {p.file.rpartition('[')[2].rstrip(']')!r}: {p.message}" for p in bare)
        sheets[0] = replace(sheets[0], notes=(*sheets[0].notes, *told))
    return sheets, problems


def _text(data: bytes, path: Path, file: str, say: Say | None) -> Read:
    text, notes, problems = decode(data, file)
    if text is None or any(problem.severity == "error" for problem in problems):
        return [], problems
    kind, problem = text_kind(text, path, file)
    if problem:
        return [], [problem]
    if kind in ("json", "yaml"):
        sheets, found = read_records(text, kind, file, notes)
        return sheets, [*problems, *found]
    if kind in ("codebook", "project text"):
        sheets, found = read_codebook(data, file)
        return sheets, [*problems, *found]
    grids, found = delimited.grids_of(text, file, notes)
    if not grids:
        return [], [*problems, *found]
    return _tables(grids, problems, say)
