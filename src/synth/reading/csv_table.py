"""One CSV file to rows and back, with the line of everything that is wrong inside it.

``parse_table`` does the thinking and takes text; ``read_table_text`` opens the file. What concerns
several tables stands in :mod:`synth.reading.rules`.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import threading
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from synth.errors import Problem, did_you_mean, nearest
from synth.model import (
    TABLES,
    Column,
    Settings,
    Table,
)
from synth.reading.settings import SLUG
from synth.reading.textio import CELL_LIMIT, read_text
from synth.text import slug


class Row(NamedTuple):
    """A row of a table: the line it begins on, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class TableText:
    """A table as it is written, column by column, which is how most rules look at it.

    Parameters
    ----------
    header : names of the columns.
    lines : line each row begins on.
    columns : the cells of each column, in the order of the rows.
    loose : every cell of rows that could not be read, so that an id in a row that is refused for
        another reason is not also called unknown.
    """

    header: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def rows(self) -> Iterator[Row]:
        """The rows, one after the other."""
        for line, *cells in zip(self.lines, *self.columns.values(), strict=True):
            yield Row(line, dict(zip(self.header, cells, strict=True)))

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of a column; empty ones for a column that is not there."""
        return self.columns.get(name) or ("",) * len(self.lines)


# --- reading ----------------------------------------------------------------------------------


def read_table_text(root: Path, name: str, settings: Settings) -> tuple[TableText, list[Problem]]:
    """Read one table as it is written, with everything that is wrong inside it."""
    table = TABLES[name]
    path = root / table.file
    nothing = TableText()
    if table.optional and not path.exists():
        return nothing, []
    text, problems = read_text(path, table.file)
    if text is None:
        return nothing, problems
    parsed, found = parse_table(text, table, settings)
    odd = {problem.where for problem in found if problem.code == "column-misspelt"}
    if odd:
        meant = odd & _kept(root, odd)
        found = [one for one in found if one.code != "column-misspelt" or one.where not in meant]
    return parsed, problems + found


def _kept(root: Path, names: Iterable[str]) -> frozenset[str]:
    """Those of some columns that an import made of columns of the team's own files."""
    try:
        recipe = tomllib.loads((root / "data" / "import.toml").read_text("utf-8"))
        headings = {
            slug(heading) for sheet in recipe.get("sheet", ()) for heading in sheet["columns"]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return frozenset()
    return frozenset(name for name in names if slug(name) in headings)


def parse_table(text: str, table: Table, settings: Settings) -> tuple[TableText, list[Problem]]:
    """Turn the text of a table into rows and problems.

    Parameters
    ----------
    text : the file's text, with plain line ends.
    table : the declaration of its columns.
    settings : where the words of a review's own columns stand.
    """
    written, problems, empty = split_table(text, table, settings)
    problems += [Problem("row-empty", table.file, line) for line in empty]
    return written, problems + _check_cells(written, table, settings)


def split_table(
    text: str, table: Table, settings: Settings
) -> tuple[TableText, list[Problem], list[int]]:
    """Take a table apart without looking into its cells.

    Returns
    -------
    The rows; problems that keep the file from being read whole, so that it must not be rewritten
    from the rows alone; and the lines of empty rows.
    """
    file = table.file
    nothing = TableText()
    if not text.strip():
        names = ",".join(column.name for column in table.columns)
        return nothing, [Problem("table-empty", file, 1, columns=names)], []
    lines, problems, swallowed = _split(text, file)
    if not lines:
        return nothing, problems, []
    header_line, header = lines[0]
    found, readable = _check_header(header, header_line, table, settings)
    problems += found
    columns = tuple(header)
    if not readable:
        return nothing, problems, []
    rows: list[list[str]] = []
    starts: list[int] = []
    loose: set[str] = {cell for line in swallowed for cell in line.split(",")}
    empty: list[int] = []
    width = len(columns)
    for line, cells in lines[1:]:
        if len(cells) == width and any(cells):
            rows.append(cells)
            starts.append(line)
        elif any(cells):
            loose.update(cells)
            problems.append(_ragged(cells, width, line, file))
        else:
            empty.append(line)
    by_column = zip(*rows, strict=True) if rows else [()] * width
    written = TableText(
        columns, tuple(starts), dict(zip(columns, by_column, strict=True)), frozenset(loose)
    )
    return written, problems, empty


_csv_lock = threading.Lock()


@contextmanager
def any_cell_size() -> Iterator[None]:
    """Let the csv module read cells of any size: too large ones are told with their line.

    The limit belongs to the whole process, so it is put back.
    """
    with _csv_lock:
        limit = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
        try:
            yield
        finally:
            csv.field_size_limit(limit)


_Split = tuple[list[tuple[int, list[str]]], list[Problem], list[str]]


def _split(text: str, file: str) -> _Split:
    """The cells of each row with the line it begins on; problems; lines that are no rows."""
    with any_cell_size():
        # Most tables have one row on each line: then the lines need not be counted one by one.
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        with suppress(csv.Error):
            rows = list(reader)
            if reader.line_num == len(rows):
                return list(enumerate(rows, start=1)), [], []
        return _split_slowly(text, file)


def _split_slowly(text: str, file: str) -> _Split:
    """As above, for cells that go over several lines and rows that cannot be read."""
    problems: list[Problem] = []
    lines: list[tuple[int, list[str]]] = []
    swallowed: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return lines, problems, swallowed
        except csv.Error as error:
            problems.append(_quoting(error, start, file))
            swallowed += text.split("\n")[start - 1 : reader.line_num]
        else:
            lines.append((start, cells))
        start = reader.line_num + 1


def _quoting(error: csv.Error, line: int, file: str) -> Problem:
    unclosed = "end of data" in str(error)
    return Problem("quote-unclosed" if unclosed else "quote-inside", file, line)


def _ragged(cells: Sequence[str], width: int, line: int, file: str) -> Problem:
    code = "row-long" if len(cells) > width else "row-short"
    noun = "cell" if len(cells) == 1 else "cells"
    return Problem(code, file, line, cells=f"{len(cells)} {noun}", width=width)


def _check_header(
    header: Sequence[str], line: int, table: Table, settings: Settings
) -> tuple[list[Problem], bool]:
    """Problems of the first line, and whether the rows below it can be read at all."""
    file = table.file
    declared = [column.name for column in table.columns]
    for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
        if len(header) == 1 and delimiter in header[0]:
            return [Problem("separator", file, line, separator=name)], False
    problems: list[Problem] = []
    seen: set[str] = set()
    for position, name in enumerate(header, start=1):
        if not name.strip():
            problems.append(Problem("column-nameless", file, line, position=position))
        elif name in seen:
            problems.append(Problem("column-twice", file, line, name))
        seen.add(name)
    missing = [name for name in declared if name not in seen]
    for column in table.columns:
        if column.required and column.name not in seen:
            others = [name for name in header if name not in declared]
            meant = nearest(column.name, others)
            near = f"Is it the column {meant!r}?" if meant else ""
            problems.append(
                Problem(
                    "column-missing", file, line, column.name, near=near, meaning=column.meaning
                )
            )
    facets = {facet.id for facet in settings.facets}
    for name in header:
        if name in declared or not name.strip():
            continue
        if not table.extra:
            near = did_you_mean(name, missing) or "Delete it."
            problems.append(Problem("column-unknown", file, line, name, near=near))
        elif name not in facets and (near := did_you_mean(name, missing)):
            problems.append(Problem("column-misspelt", file, line, name, near=near))
    twice_or_nameless = len(seen) < len(header) or "" in seen
    return problems, table.key in seen and not twice_or_nameless


# --- cells ------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MANGLED_DATE = re.compile(
    rf"{_MONTH}-\d\d|\d\d?-{_MONTH}(?:-\d\d(?:\d\d)?)?|\d\d?[/.]\d\d?[/.]\d\d(?:\d\d)?"
    r"|\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?",
    re.IGNORECASE,
)
_MANGLED_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
_SHEET_ERROR = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!|NULL!|NUM!)|#{3,}")

NOT_LISTED = {
    "codebook.id": "theme-unknown",
    "studies.study": "study-unknown",
    "flow.box": "box-unknown",
    "review.toml:directions": "direction-unknown",
    "review.toml:directions.influence": "influence-direction-unknown",
    "review.toml:sections": "section-unknown",
}
"""What a value that should be listed elsewhere and is not is reported as, by where it should be."""


def split(cell: str) -> tuple[str, ...]:
    """The values of a cell that is a list separated by ``;``.

    >>> split("Norway;Sweden")
    ('Norway', 'Sweden')
    """
    return tuple([part for item in cell.split(";") if (part := item.strip())]) if cell else ()


_BETWEEN = re.compile(r"\s*(?:[;,/|+&\n]|\band\b)\s*")
_NOTHING = re.compile(
    r"n\.?/?\.?a\.?|not applicable|not reported|none|nil|no|[-–—.?]+", re.IGNORECASE
)


def how_to_mend(column: Column, value: str, known: Collection[str]) -> str:
    """What to do about a value that is not among those its column knows; empty if nobody can say.

    >>> theme = Column("theme", "The theme.", "ref")
    >>> how_to_mend(theme, "pay; hours", ["pay", "hours"])
    'A cell holds one: give each a row of its own.'
    >>> how_to_mend(theme, "n/a", ["pay"]), how_to_mend(theme, "pya", ["pay"])
    ('If there is none, take the row out.', "Did you mean 'pay'?")
    """
    parts = _BETWEEN.split(value)
    if len(parts) > 1 and all(part in known for part in parts):
        if column.many:
            return f"Write {'; '.join(parts)!r}."
        return "A cell holds one: give each a row of its own."
    if _NOTHING.fullmatch(value):
        blank = "leave the cell blank" if column.empty else "take the row out"
        return f"If there is none, {blank}."
    return did_you_mean(value, known)


def allowed_words(column: Column, settings: Settings) -> tuple[str, ...]:
    """The values a column of choices can hold: declared with it, or in ``review.toml``."""
    if column.refers_to == "review.toml:directions":
        return tuple(direction.id for direction in settings.directions)
    if column.refers_to == "review.toml:directions.influence":
        return tuple(word.influence for word in settings.directions if word.influence)
    if column.refers_to == "review.toml:sections":
        return settings.sections
    return column.choices


class _Cells:
    """The cells of one column, with what a problem about them needs."""

    def __init__(
        self, file: str, column: Column, lines: Sequence[int], values: Sequence[str]
    ) -> None:
        self.file = file
        self.column = column
        self.lines = lines
        self.values = values
        self.different = frozenset(values)
        self.problems: list[Problem] = []
        self.done: set[int] = set()

    def add(self, code: str, index: int, **fields: object) -> None:
        """Say what is wrong with one cell; a cell is said to be wrong once."""
        if index not in self.done:
            self.done.add(index)
            line = self.lines[index]
            self.problems.append(Problem(code, self.file, line, self.column.name, **fields))

    def among(self, wrong: Collection[str]) -> Iterator[tuple[int, str]]:
        """The cells that hold one of the values."""
        if wrong:
            yield from ((i, value) for i, value in enumerate(self.values) if value in wrong)

    def each(self, wrong: Callable[[str], object]) -> Iterator[tuple[int, str]]:
        """The cells of which something is true, asked once for each value."""
        return self.among({value for value in self.different if value and wrong(value)})


def _check_cells(written: TableText, table: Table, settings: Settings) -> list[Problem]:
    """What a table alone can tell, column by column: most hold few different values."""
    problems: list[Problem] = []
    for name in written.header if len(written) else ():
        facet = settings.facet(name)
        column = table.column(name) or Column(
            name, "", required=False, empty=True, many=bool(facet and facet.many)
        )
        cells = _Cells(table.file, column, written.lines, written.columns[name])
        _check_text(cells)
        _check_kind(cells, settings)
        if column.many:
            _check_list(cells)
        problems += cells.problems
    return problems + _check_repeats(written, table)


def _check_text(cells: _Cells) -> None:
    """What holds for every cell, whatever its column."""
    # Ten thousand cells are asked at once whether any of them needs a closer look.
    together = "\n".join(cells.different)
    if len(together) > CELL_LIMIT:
        for i, value in cells.each(lambda value: len(value) > CELL_LIMIT):
            cells.add("cell-long", i, length=len(value), limit=CELL_LIMIT)
    if _CONTROL.search(together):
        for i, value in cells.each(_CONTROL.search):
            found = _CONTROL.search(value)
            cells.add("cell-control", i, sign=f"U+{ord(found[0]) if found else 0:04X}")
    for i, _ in cells.among({value for value in cells.different if value != value.strip()}):
        cells.add("cell-spaces", i)
    if "#" in together:
        for i, value in cells.each(_SHEET_ERROR.fullmatch):
            cells.add("cell-not-computed", i, value=value)
    if not cells.column.empty:
        for i, _ in cells.among({""} & cells.different):
            cells.add("cell-empty", i, meaning=cells.column.meaning)


def _check_kind(cells: _Cells, settings: Settings) -> None:
    column = cells.column
    if column.kind == "id" or (column.kind == "ref" and not column.many):
        for i, value in cells.each(mangled):
            cells.add(mangled(value), i, value=value)
    if column.kind == "id":
        for i, value in cells.each(lambda value: not SLUG.fullmatch(value)):
            cells.add("id-malformed", i, value=value)
    elif column.kind == "choice":
        allowed = allowed_words(column, settings)
        # Without words to choose from review.toml has the problem; every row need not repeat it.
        if not allowed and column.refers_to == "review.toml:sections" and settings.title:
            for i, _ in list(cells.among(cells.different - {""}))[:1]:
                cells.add("sections-undeclared", i)
        elif allowed:
            for i, value in cells.among(cells.different - {*allowed, ""}):
                near = how_to_mend(column, value, allowed)
                if column.refers_to:
                    cells.add(NOT_LISTED[column.refers_to], i, value=value, near=near)
                else:
                    listed = ", ".join(allowed)
                    cells.add("word-unknown", i, value=value, near=near, allowed=listed)
    elif column.kind == "count":
        for i, value in cells.each(lambda value: re.fullmatch(r"[0-9]+", value) is None):
            cells.add("count-malformed", i, value=value)
    elif column.kind == "year":
        for i, value in cells.each(lambda value: not possible_year(value, settings.date)):
            cells.add("year-impossible", i, value=value)
    elif column.kind == "anchor":
        for i, value in cells.each(lambda value: not 6 <= len(value.split()) <= 10):
            count = len(value.split())
            cells.add("anchor-length", i, words=f"{count} {'word' if count == 1 else 'words'}")
    elif column.kind == "text":
        for i, value in cells.each(lambda value: _MANGLED_DATE.fullmatch(value) is not None):
            cells.add("text-became-date", i, value=value)


def possible_year(value: str, data_date: date) -> bool:
    """Whether a year can be one of a work in this data: four digits, not beyond the next year."""
    latest = data_date.year + 1 if data_date.year > 1 else 9999
    return re.fullmatch(r"[0-9]{4}", value) is not None and 1000 <= int(value) <= latest


def mangled(value: str) -> str:
    """The code of what a spreadsheet made of an id, or nothing.

    >>> mangled("Mar-16"), mangled("lee2020")
    ('id-became-date', '')
    """
    if _MANGLED_DATE.fullmatch(value):
        return "id-became-date"
    return "id-became-number" if _MANGLED_NUMBER.fullmatch(value) else ""


def _check_list(cells: _Cells) -> None:
    """Cells that hold several values."""
    for i, value in cells.each(lambda value: ";" in value):
        items = value.split(";")
        if not all(item.strip() for item in items):
            cells.add("list-gap", i)
        elif any(item != item.strip() for item in items):
            cells.add("list-spaces", i)
        elif len(set(items)) < len(items):
            twice = next(item for item in items if items.count(item) > 1)
            cells.add("list-repeats", i, value=twice)


def _check_repeats(written: TableText, table: Table) -> list[Problem]:
    """Ids that stand twice, and rows that say the same."""
    names = written.column(table.key)
    if len(set(names)) == len(names):
        return []
    problems: list[Problem] = []
    first: dict[str, Row] = {}
    for row in written.rows:
        name = row.cells[table.key]
        other = first.setdefault(name, row)
        if not name or other is row:
            continue
        place = (table.file, row.line, table.key)
        if other.cells == row.cells:
            problems.append(Problem("row-repeated", *place, other=other.line))
        else:
            free = _next_free(name, names)
            problems.append(Problem("id-taken", *place, value=name, other=other.line, free=free))
    return problems


def _next_free(name: str, taken: Iterable[str]) -> str:
    """A name that can be given to the second of two rows of one name."""
    numbered = re.fullmatch(r"(.*-)([0-9]{2,})", name)
    if not numbered:
        return ""
    stem, digits = numbered[1], numbered[2]
    ends = [other[len(stem) :] for other in taken if other.startswith(stem)]
    highest = max(int(end) for end in ends if end.isdecimal())
    return f"The next free one is '{stem}{highest + 1:0{len(digits)}d}'."


# --- canonical form ---------------------------------------------------------------------------


def format_table(table_text: TableText, table: Table, settings: Settings) -> str:
    """A table in canonical form: the text ``synth fmt`` writes.

    Declared columns first and in their order, then the others; rows by id, or in the author's
    order where the declaration says so; quotation marks only where needed; LF.

    Parameters
    ----------
    table_text : the table as it is written.
    table : its declaration.
    settings : tells which extra columns hold lists.
    """
    declared = [column.name for column in table.columns if column.name in table_text.header]
    header = [*declared, *(name for name in table_text.header if name not in declared)]
    lists = {column.name for column in table.columns if column.many}
    lists |= {facet.id for facet in settings.facets if facet.many}
    rows = [
        [_tidy(row.cells[name], name in lists) for name in header]
        for row in (
            sorted(table_text.rows, key=lambda row: row.cells[table.sort].strip())
            if table.sort
            else table_text.rows
        )
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def _tidy(cell: str, many: bool) -> str:
    cell = cell.strip()
    return ";".join(item.strip() for item in cell.split(";")) if many else cell
