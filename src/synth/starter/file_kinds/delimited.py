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
from synth.text import counted

if TYPE_CHECKING:
    import _csv

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "blanks"}
_SAMPLE = 200


def grid_of(text: str, file: str, notes: list[str]) -> tuple[Grid | None, list[Problem]]:
    r"""Take the text of a table apart.

    Parameters
    ----------
    text : the text, with plain line ends.
    file : how problems name its file.
    notes : what was told so far.

    Returns
    -------
    The cells, ``None`` if they cannot be told apart, and what is wrong.

    >>> grid, problems = grid_of("Paper;Code\nLee 2020;Pay\n", "t.csv", [])
    >>> grid.rows, grid.notes[0]
    ([(1, ['Paper', 'Code']), (2, ['Lee 2020', 'Pay'])], 'Its columns are separated by semicolons.')
    """
    first = 1
    named = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    if named:  # Excel's own way of naming the separator
        text, first = text[named.end() :], 2
    if not text.strip():
        return None, [Problem("sheet-empty", file, 1)]
    if _is_outline(text):
        notes = [*notes, "It is an outline: what is indented stands below what is not."]
        lines = [(at, [line]) for at, line in enumerate(text.split("\n"), start=first) if line]
        return Grid(file, lines, notes=notes), []
    if marked_up := _markdown(text, first):
        notes = [*notes, "It is a table of Markdown."]
        apart = {number for number, cells in marked_up if not cells}
        if apart:
            where = f"{counted(len(apart), 'line', 'lines')}, the first in line {min(apart)}"
            notes.append(f"What stands beside its table was not read: {where}.")
        lines = [(number, cells) for number, cells in marked_up if cells]
        problems = _ragged(lines, _Way("|", ""), file)
        return (None if problems else Grid(file, lines, notes=notes)), problems
    with _cells_of_any_size():
        way = _Way(named[1], '"') if named else _way(text)
        if way is None:
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
        return None, problems
    problems = _ragged(lines, way, file)
    return (None if problems else Grid(file, lines, notes=list(notes))), problems


def _is_outline(text: str) -> bool:
    """Whether tabs stand only before words, one more from a line to the next at most."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    depths = [len(line) - len(line.lstrip("\t")) for line in lines]
    if not any(depths) or depths[0] or any("\t" in line.lstrip("\t") for line in lines):
        return False
    return all(after <= before + 1 for before, after in pairwise(depths))


_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")


def _markdown(text: str, first: int) -> list[tuple[int, list[str]]]:
    """The rows of the first table of Markdown, ``| a | b |``; other lines without cells."""
    lines = text.split("\n")
    ruled = (at for at, line in enumerate(lines) if at and _RULE.fullmatch(line))
    # Above the rule stand the headings, and nothing of the table above them.
    rule = next(
        (at for at in ruled if "|" in lines[at - 1] and (at < 2 or "|" not in lines[at - 2])), 0
    )
    if not rule:
        return []
    end = next((at for at in range(rule, len(lines)) if "|" not in lines[at]), len(lines))
    rows = []
    for at, line in enumerate(lines):
        if not line.strip() or at == rule:
            continue
        inside = rule - 1 <= at < end
        bare = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", line)
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", bare)]
        rows.append((first + at, cells if inside else []))
    return rows


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
