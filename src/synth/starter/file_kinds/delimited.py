"""Tables as text: the sign between cells is found by what the rows have in common."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from synth.errors import Problem
from synth.starter.file_kinds.grid import Grid
from synth.starter.values import is_note
from synth.text import counted

if TYPE_CHECKING:
    import _csv

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "blanks"}
_SAMPLE = 200


def grids_of(text: str, file: str, notes: list[str]) -> tuple[list[Grid], list[Problem]]:
    r"""Take the text of a table apart; Markdown may hold several.

    Parameters
    ----------
    text : the text, with plain line ends.
    file : how problems name its file.
    notes : what was told so far.

    Returns
    -------
    The cells of each table, none if they cannot be told apart, and what is wrong.

    >>> [grid], problems = grids_of("Paper;Code\nLee 2020;Pay\n", "t.csv", [])
    >>> grid.rows, grid.notes[0]
    ([(1, ['Paper', 'Code']), (2, ['Lee 2020', 'Pay'])], 'Its columns are separated by semicolons.')
    """
    first = 1
    named = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    if named:  # Excel's own way of naming the separator
        text, first = text[named.end() :], 2
    if not text.strip():
        return [], [Problem("sheet-empty", file, 1)]
    if _is_outline(text):
        notes = [*notes, "It is an outline: what is indented stands below what is not."]
        lines = [(at, [line]) for at, line in enumerate(text.split("\n"), start=first) if line]
        return [Grid(file, lines, notes=notes)], []
    if marked_up := _markdown(text, first):
        return _grids_of_markdown(text, first, marked_up, file, notes)
    with _cells_of_any_size():
        way = _Way(named[1], '"') if named else _way(text)
        if way is None and (spaced := _with_tabs(text)):
            notes = [*notes, "Its columns are separated by two blanks or more."]
            text, way = spaced, _Way("\t", "")
        elif way is None:
            notes = [*notes, "It has one column: no comma, semicolon, tab or bar separates more."]
            way = _Way("\t", "")
        elif way.separator != ",":
            name = _SEPARATORS.get(way.separator, repr(way.separator))
            notes = [*notes, f"Its columns are separated by {name}."]
        lines, problems = _split(text, way, file, first)
        if problems and '\\"' in text:
            again, worse = _split(text, _Way(way.separator, way.quote, "\\"), file, first)
            if not worse:
                lines, problems = again, []
                notes = [*notes, 'Quotation marks in its cells are written \\" and were read so.']
    if problems:
        return [], problems
    problems = _ragged(lines, way, file)
    return ([] if problems else [Grid(file, lines, notes=list(notes))]), problems


def _with_tabs(text: str) -> str:
    r"""A text whose columns stand apart by blanks in each line, with tabs; empty if it is none.

    >>> _with_tabs("Study      Code\nLee 2020   Pay"), _with_tabs("Study  Code\nLee 2020")
    ('Study\tCode\nLee 2020\tPay', '')
    """
    lines = [re.sub(r" {2,}", "\t", line.strip()) for line in text.split("\n")]
    counts = {line.count("\t") for line in lines if line}
    return "\n".join(lines) if len(counts) == 1 and max(counts) and "\t" not in text else ""


def _is_outline(text: str) -> bool:
    """Whether tabs stand only before words, one more from a line to the next at most."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    depths = [len(line) - len(line.lstrip("\t")) for line in lines]
    if not any(depths) or depths[0] or any("\t" in line.lstrip("\t") for line in lines):
        return False
    return all(after <= before + 1 for before, after in pairwise(depths))


_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")


def _markdown(text: str, first: int) -> list[list[tuple[int, list[str]]]]:
    """The rows of each table of Markdown, ``| a | b |``."""
    lines = text.split("\n")
    found: list[list[tuple[int, list[str]]]] = []
    end = 0
    for rule, line in enumerate(lines):
        # Above the rule stand the headings, and nothing of the table above them.
        if rule <= end or "|" not in lines[rule - 1] or not _RULE.fullmatch(line.strip()):
            continue
        if rule > end + 1 and "|" in lines[rule - 2]:
            continue
        end = next((at for at in range(rule, len(lines)) if "|" not in lines[at]), len(lines))
        table = [at for at in range(rule - 1, end) if at != rule]
        found.append([(first + at, _cells_of_markdown(lines[at])) for at in table])
    return found


def _cells_of_markdown(line: str) -> list[str]:
    bare = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", line)
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", bare)]


def _grids_of_markdown(
    text: str,
    first: int,
    tables: list[list[tuple[int, list[str]]]],
    file: str,
    notes: list[str],
) -> tuple[list[Grid], list[Problem]]:
    """Tables of Markdown; several are called as the headings above them are, else by number."""
    lines = text.split("\n")
    rows = {number for table in tables for number, _ in table}
    rules = {table[0][0] + 1 for table in tables}
    held = [number for number, line in enumerate(lines, first) if line.strip()]
    beside = [number for number in held if number not in rows | rules]
    several = len(tables) > 1
    notes = [*notes, f"It holds {len(tables)} tables of Markdown." if several else _ONE_MARKDOWN]
    if beside:
        what = "its tables" if several else "its table"
        where = f"{counted(len(beside), 'line', 'lines')}, the first in line {beside[0]}"
        notes.append(f"What stands beside {what} was not read: {where}.")
    grids: list[Grid] = []
    problems: list[Problem] = []
    start = first
    for at, table in enumerate(tables, 1):
        above = [lines[number - first] for number in range(start, table[0][0])]
        titles = [found[1] for line in above if (found := re.fullmatch(r"#+\s+(.+?)\s*#*", line))]
        name = titles[-1] if titles else f"Table {at}"
        if any(grid.name == name for grid in grids):
            name = f"{name} ({at})"
        start = table[-1][0] + 1
        problems += _ragged(table, _Way("|", ""), file)
        own = notes if at == 1 else []
        grids.append(Grid(file, table, name=name if several else "", notes=own))
    return ([] if problems else grids), problems


_ONE_MARKDOWN = "It is a table of Markdown."


@dataclass(frozen=True)
class _Way:
    """How the cells of a line are told apart."""

    separator: str
    quote: str
    escape: str = ""

    def reader(self, stream: io.StringIO, *, strict: bool) -> _csv.Reader:
        return csv.reader(
            stream,
            delimiter=self.separator,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            doublequote=not self.escape,
            skipinitialspace=self.separator == " ",
            strict=strict,
        )


@contextmanager
def _cells_of_any_size() -> Iterator[None]:
    before = csv.field_size_limit(1 << 30)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _way(text: str) -> _Way | None:
    """The sign that splits most lines into the same number of cells, headings among them."""
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    sample = text if len(text) < 400_000 else text[: text.rfind("\n", 0, 400_000) + 1] or text
    for order, separator in enumerate(_SEPARATORS):
        if separator not in sample:
            continue
        way = _Way(separator, '"')
        counts = []
        try:
            for cells in way.reader(io.StringIO(sample, newline=""), strict=False):
                if any(cells):
                    counts.append(len(cells))
                if len(counts) == _SAMPLE:
                    break
        except csv.Error:
            continue
        if separator == " ":
            # Blanks separate only where nothing else can be meant: quoted cells, every line alike.
            if chosen is None and '"' in sample and len(counts) > 2 and min(counts) > 1:
                rest = set(counts[1:])
                if len(rest) == 1 and counts[0] in rest | {width - 1 for width in rest}:
                    chosen = way
            continue
        common = Counter(count for count in counts if count > 1).most_common(1)
        if not common:
            continue
        width, times = common[0]
        score = (times / len(counts)) ** 2 * width
        # What separates cells separates headings too, unless a caption stands above them.
        if width not in counts[:15] or counts[0] == 1 or all(n < width for n in counts[:3]):
            score /= 4
        if (score, -order) > best:
            best, chosen = (score, -order), way
    return chosen


def _split(
    text: str, way: _Way, file: str, first: int
) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The rows with the line each begins on; reading stops where a quotation mark is open."""
    reader = way.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    start = first
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return lines, []
        except csv.Error as error:
            code = "sheet-quote-inside"
            if "end of data" in str(error):
                code = "sheet-quote-unclosed"
            return [], [Problem(code, file, start)]
        lines.append((start, cells))
        start = reader.line_num + first


def _ragged(lines: list[tuple[int, list[str]]], way: _Way, file: str) -> list[Problem]:
    """Rows whose cells are more or fewer than the headings, one problem for each kind."""
    held = [cells for _, cells in lines if any(cells)]
    if not held:
        return []
    common = Counter(map(len, held)).most_common(1)[0][0]
    # Captions above the headings are shorter; the headings are the first line of full width.
    start = next(at for at, (_, cells) in enumerate(lines) if any(cells) and len(cells) == common)
    width = common
    if len(held) > 2 and len(held[0]) == width - 1 and len(held[1]) == width:
        # R names no column for the numbers of its rows.
        numbered = [cells[0] for cells in held[1:]]
        if numbered == [str(number) for number in range(1, len(held))]:
            held[0].insert(0, "")
            start = 0
    kinds: dict[int, list[int]] = {}
    last = max(at for at, (_, cells) in enumerate(lines) if len(cells) == width)
    gap = next((at for at in range(last + 1, len(lines)) if not any(lines[at][1])), len(lines))
    # Notes right below the table are not cut off either.
    while gap > last + 1 and all(len(c) == 1 and is_note(c[0]) for _, c in lines[last + 1 : gap]):
        gap = last
    for at, (number, cells) in enumerate(lines[start:], start):
        # What stands apart below the table, as notes do, is not cut off.
        if not any(cells) or (at > gap and len(cells) == 1):
            continue
        kept = len(cells) if len(cells) <= width else max(width, len(_trimmed(cells)))
        del cells[kept:]
        if kept != width:
            kinds.setdefault(kept, []).append(number)
    problems = []
    for kept, numbers in kinds.items():
        code = "sheet-row-long" if kept > width else "sheet-row-short"
        sign = "a comma" if way.separator == "," else repr(way.separator)
        said = {"cells": counted(kept, "cell"), "width": width, "separator": sign}
        problems.append(Problem(code, file, numbers[0], **said).told_with(numbers[1:]))
    return problems


def _trimmed(cells: list[str]) -> list[str]:
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return cells[:last]
