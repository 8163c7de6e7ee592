"""Cells in rows and columns on their way to a table: captions, headings, merged cells, signs."""

from __future__ import annotations

import html
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from synth.errors import Problem
from synth.starter.sheet import Row, Sheet
from synth.starter.values import is_ditto
from synth.text import column_letters, counted, shorten

Say = Callable[[str], None]

Merged = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, as positions in the grid."""

# So many rows show how wide a table is, and so many may stand above its headings.
_LOOKED_AT = 60
_ABOVE = 15


@dataclass
class Grid:
    """What stands in the cells of a file or of one of its sheets.

    Parameters
    ----------
    file : the author's file.
    rows : the number of each row as its author counts, and its cells as text.
    name : name of the sheet; empty where a file is one table.
    merged : merged ranges.
    letters : whether columns are called A, B, C, as in a spreadsheet.
    notes : what was told while reading.
    hidden : whether the author hid the sheet.
    unseen_rows, unseen_columns : numbers of rows and positions of columns that the author hid.
    struck : cells struck out, each by the number of its row and the position of its column.
    """

    file: str
    rows: list[tuple[int, list[str]]]
    name: str = ""
    merged: list[Merged] = field(default_factory=list)
    letters: bool = False
    notes: list[str] = field(default_factory=list)
    hidden: bool = False
    unseen_rows: frozenset[int] = frozenset()
    unseen_columns: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()


def cleaned(cell: str) -> str:
    r"""A cell without signs that nobody sees: spaces around lines, zero widths, soft hyphens.

    Line breaks stay, since they may separate codes.

    >>> cleaned("  Work\u200b  and\u00a0pay \r\n\n Sort\u00ading ")
    'Work and pay\nSorting'
    >>> cleaned("田中（２０１９）"), cleaned("خالد ٢٠١٨")
    ('田中（2019）', 'خالد 2018')
    """
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    if not cell.isascii():
        cell = _YEAR_ABROAD.sub(_digits, _UNSEEN.sub("", cell).translate(_WIDE))
    lines = (" ".join(_CONTROL.sub("", line).split()) for line in cell.splitlines())
    return "\n".join(line for line in lines if line)


# Japanese writes digits as wide as its other signs; years in Arabic digits are years as well.
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
_YEAR_ABROAD = re.compile(
    "(?<![٠-٩])[١٢][٠٨٩][٠-٩]{2}(?![٠-٩])|(?<![۰-۹])[۱۲][۰۸۹][۰-۹]{2}(?![۰-۹])"
)


def _digits(found: re.Match[str]) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in found[0])


# The joiners of Arabic, Persian and Indian scripts and of emoji carry meaning and stay there.
_FORMAT = "".join(
    chr(code)
    for code in (*range(0x80, 0x10000), *range(0xE0001, 0xE0080))
    if unicodedata.category(chr(code)) == "Cf" and code not in (0x200C, 0x200D)
)
_UNSEEN = re.compile(
    f"[{re.escape(_FORMAT)}]|(?<![\\u0590-\\U0001ffff])[\\u200c\\u200d]"
    "|[\\u200c\\u200d](?![\\u0590-\\U0001ffff])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BREAK = re.compile(r"<br ?/?>|</(?:p|li|div)>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|i|em|strong|span|p|div|sup|sub|u|ul|ol|li|font)(?:\s[^<>]*)?/?>|<br ?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def plain(value: Any) -> str:
    """A value of a file of records as the text of a cell.

    >>> plain({"Pages": [3, 5], "Open": True})
    'Pages: 3; 5; Open: TRUE'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    return cleaned(str(value))


def table(grid: Grid, say: Say | None = None) -> tuple[Sheet | None, list[Problem]]:
    """Make a table of a grid of cells.

    Rows above the headings are captions, headings may take two rows, merged ranges are filled,
    columns without a heading get a name: all of it is told in the notes.

    Parameters
    ----------
    grid : the cells.
    say : where it is said that reading goes on, when it takes longer than two seconds.

    Returns
    -------
    The table, ``None`` if the grid holds nothing, and what is wrong with it.
    """
    notes = list(grid.notes)
    rows = [*_cleaned_rows(grid, say)]
    bare = [[bool(cell) for cell in cells] for _, cells in rows]
    _leave_out_struck(grid, rows, bare, notes)
    _fill_merged(grid, rows, bare, notes)
    _leave_out_survey(grid, rows, bare, notes)
    _leave_out_unseen(grid, rows, bare, notes)
    _read_entities(rows, notes)
    held = [at for at, filled in enumerate(bare) if any(filled)]
    if not held:
        return None, []
    width = max(len(cells) for _, cells in rows)
    for (_, cells), filled in zip(rows, bare, strict=True):
        filled += [False] * (width - len(filled))
        cells += [""] * (width - len(cells))
    first, last = _headings(rows, bare, held, grid.merged)
    captions = [at for at in held if at < first]
    if captions:
        said = " ".join(dict.fromkeys(c for at in captions for c in rows[at][1] if c))
        which = _numbers([rows[at][0] for at in captions])
        notes.append(
            f"{_place(grid)} {which} {'stands' if len(captions) == 1 else 'stand'} above the "
            f"headings and {'is' if len(captions) == 1 else 'are'} no row of the table: "
            f"{shorten(' '.join(said.split()), 80)!r}."
        )
    used = [
        column
        for column in range(width)
        if any(rows[at][1][column] for at in range(first, len(rows)))
    ]
    header, heads = _names(grid, rows[first : last + 1], used, notes)
    body = []
    empty = 0
    for number, cells in rows[last + 1 :]:
        kept = [cells[column] for column in used]
        if any(kept):
            body.append(Row(number, dict(zip(header, kept, strict=True))))
        else:
            empty += 1
    body = _fill_ditto(grid, body, notes)
    if empty and not grid.letters:
        notes.append(f"{counted(empty, 'empty row was', 'empty rows were')} left out.")
    sheet = Sheet(
        grid.file,
        tuple(header),
        tuple(body),
        tuple(notes),
        name=grid.name,
        heads=heads,
        hidden=grid.hidden,
        indents=_indents(grid, {row.line for row in body}),
    )
    if not body:
        return sheet, [Problem("sheet-rowless", sheet.source, rows[first][0])]
    return sheet, []


def _cleaned_rows(grid: Grid, say: Say | None) -> Iterator[tuple[int, list[str]]]:
    """The rows with clean cells; says every two seconds how far they are."""
    told = time.monotonic()
    for number, cells in grid.rows:
        yield number, [cleaned(cell) for cell in cells]
        if say is not None and not number % 1000 and time.monotonic() - told > 2:
            told = time.monotonic()
            say(f"  Reading {grid.file} … row {number:,} of {grid.rows[-1][0]:,}")


def _indents(grid: Grid, lines: set[int]) -> dict[int, int]:
    """How far rows are indented: the spaces before the first cell that holds something."""
    indents = {}
    for number, cells in grid.rows:
        first = next((cell for cell in cells if cell.strip()), "") if number in lines else ""
        if first[:1].isspace() and (room := len(first) - len(first.lstrip(" \t\xa0"))):
            indents[number] = room
    return indents


def _place(grid: Grid) -> str:
    return "Row" if grid.letters else "Line"


def _numbers(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _fill_merged(
    grid: Grid,
    rows: list[tuple[int, list[str]]],
    bare: Sequence[Sequence[bool]],
    notes: list[str],
) -> None:
    """Give every cell of a merged range the value that a reader sees across it."""
    filled = []
    width = max((len(cells) for cells in bare), default=0)
    for area in grid.merged:
        top, left, bottom, right = area
        if top >= len(rows) or left >= len(rows[top][1]) or not rows[top][1][left]:
            continue
        if not left and 2 * (right + 1) > width and _stands_alone(area, bare, grid.merged):
            continue
        value = rows[top][1][left]
        bottom = min(bottom, len(rows) - 1)
        for at in range(top, bottom + 1):
            cells = rows[at][1]
            if len(cells) <= right:
                cells += [""] * (right + 1 - len(cells))
            for column in range(left, right + 1):
                cells[column] = cells[column] or value
        filled.append(
            f"{column_letters(left)}{rows[top][0]}:{column_letters(right)}{rows[bottom][0]}"
        )
    if filled:
        more = f" and {len(filled) - 3} more" if len(filled) > 3 else ""
        notes.append(
            f"{counted(len(filled), 'merged range was', 'merged ranges were')} "
            f"filled, every cell with what the range shows: "
            f"{', '.join(filled[:3])}{more}."
        )


def _stands_alone(area: Merged, bare: Sequence[Sequence[bool]], merged: Sequence[Merged]) -> bool:
    """Whether a merged range is all that its rows hold: a caption, a note, a head of rows below."""
    top, left, bottom, right = area
    around = any(
        other != area and other[0] <= bottom and other[2] >= top and bare[other[0]][other[1]]
        for other in merged
        if other[0] < len(bare) and other[1] < len(bare[other[0]])
    )
    return right > left and sum(map(sum, bare[top : bottom + 1])) == 1 and not around


def _fill_ditto(grid: Grid, body: Sequence[Row], notes: list[str]) -> list[Row]:
    """Give cells that only say "as above" what stands above them."""
    above: dict[str, str] = {}
    filled: list[str] = []
    rows = []
    for row in body:
        said = [name for name, cell in row.cells.items() if cell and is_ditto(cell)]
        said = [name for name in said if above.get(name)]
        if said:
            shown = row.cells[said[0]]
            filled += [f"{shown} in {_place(grid).lower()} {row.line}"] * len(said)
            row = Row(row.line, {**row.cells, **{name: above[name] for name in said}})
        above.update({name: cell for name, cell in row.cells.items() if cell})
        rows.append(row)
    if filled:
        first = f"{filled[0]}" + (", …" if len(filled) > 1 else "")
        notes.append(
            f"{counted(len(filled), 'cell that says', 'cells that say')} 'as above' got what "
            f"stands above: {first}."
        )
    return rows


def _leave_out_unseen(
    grid: Grid,
    rows: Sequence[tuple[int, list[str]]],
    bare: Sequence[list[bool]],
    notes: list[str],
) -> None:
    """Columns that the author hid are not published; rows, which a filter hides, are read."""
    held = {at for filled in bare for at, is_held in enumerate(filled) if is_held}
    columns = sorted(held & grid.unseen_columns)
    if columns and held - grid.unseen_columns:
        for (_, cells), filled in zip(rows, bare, strict=True):
            for at in columns:
                cells[at : at + 1] = [""] if at < len(cells) else []
                filled[at : at + 1] = [False] if at < len(filled) else []
        listed = ", ".join(map(column_letters, columns[:6])) + (" …" if len(columns) > 6 else "")
        what = counted(len(columns), "column that is", "columns that are")
        notes.append(
            f"{what} hidden in the file {'was' if len(columns) == 1 else 'were'} not read: "
            f"{listed}. Show what is to be read."
        )
    unseen = [
        number
        for (number, _), filled in zip(rows, bare, strict=True)
        if number in grid.unseen_rows and any(filled)
    ]
    if unseen and len(unseen) < len(rows):
        listed = ", ".join(map(str, unseen[:6])) + (" …" if len(unseen) > 6 else "")
        notes.append(
            f"{counted(len(unseen), 'row is', 'rows are')} hidden in the file, by a filter "
            f"perhaps, and read like the others: {listed}. Delete what is not to be read."
        )


def _leave_out_struck(
    grid: Grid,
    rows: Sequence[tuple[int, list[str]]],
    bare: Sequence[list[bool]],
    notes: list[str],
) -> None:
    """A row that is struck out is not read; a cell that is, in another row, is read and told."""
    whole: list[int] = []
    single: list[str] = []
    for at, (number, cells) in enumerate(rows):
        held = [column for column, cell in enumerate(cells) if cell]
        lined = [column for column in held if (number, column) in grid.struck]
        if lined and lined == held:
            whole.append(at)
        else:
            single += [f"{column_letters(column)}{number}" for column in lined]
    if len(whole) == sum(map(any, bare)):
        return  # where all is struck out, nothing is
    for at in whole:
        rows[at][1][:] = [""] * len(rows[at][1])
        bare[at][:] = [False] * len(bare[at])
    if whole:
        listed = ", ".join(str(rows[at][0]) for at in whole[:6])
        what = counted(len(whole), "row is", "rows are")
        notes.append(
            f"{what} struck out in the file and {'was' if len(whole) == 1 else 'were'} not read: "
            f"{listed}{' …' if len(whole) > 6 else ''}. Take the line away from what is to be read."
        )
    if single:
        listed = ", ".join(single[:6]) + (" …" if len(single) > 6 else "")
        what = counted(len(single), "cell is", "cells are")
        notes.append(f"{what} struck out in the file and read: {listed}. Empty what is not meant.")


def _leave_out_survey(
    grid: Grid,
    rows: list[tuple[int, list[str]]],
    bare: list[list[bool]],
    notes: list[str],
) -> None:
    """Of the three rows of headings that Qualtrics writes, the questions are the headings."""
    for at in range(2, min(4, len(rows))):
        if sum('"ImportId"' in cell for cell in rows[at][1]) * 2 > sum(bare[at]):
            notes.append(
                f"{_place(grid)} {rows[at - 1][0]} holds the questions of a survey, which are the "
                "headings; the names of its variables above and below are not read."
            )
            for other in (at, at - 2):
                del rows[other], bare[other]
            return


_RELATED = re.compile(r"(?<=\S) \(https?://(?:www\.)?notion\.so/[^()\s]*\)")


# What Python, R and JSON write for a list: ['Pay', 'Rest'], c("Pay", "Rest"), [].
_ITEM = re.compile(r"""'([^'\\]*)'|"([^"\\]*)\"""")
_QUOTED = r"""(?:'[^'\\]*'|"[^"\\]*")"""
_LIST = re.compile(rf"(?:\[|\{{|c\()\s*({_QUOTED}(?:\s*,\s*{_QUOTED})*,?)\s*[\])}}]|\[\s*\]")
_CLOSED = ("]", "}", ")")


def _read_entities(rows: list[tuple[int, list[str]]], notes: list[str]) -> None:
    """Signs written as a web page writes them, ``&amp;`` and ``<b>``, are what they mean."""
    first, count, related, listed = "", 0, 0, 0
    for number, cells in rows:
        for column, cell in enumerate(cells):
            if cell[-1:] in _CLOSED and (found := _LIST.fullmatch(cell)):
                cells[column] = cell = "; ".join(
                    " ".join((one[1] or one[2]).split()) for one in _ITEM.finditer(found[1] or "")
                )
                listed += 1
            if "notion.so/" in cell and (plain := _RELATED.sub("", cell)) != cell:
                cells[column] = cell = plain
                related += 1
            entity = _ENTITY.search(cell) if "&" in cell else None
            tag = _TAG.search(cell) if "<" in cell or entity else None
            if entity or tag:
                plain = html.unescape(html.unescape(cell))
                plain = cleaned(_TAG.sub("", _BREAK.sub("\n", plain)))
                if plain != cell:
                    cells[column] = plain
                    found = entity or tag
                    first = first or f"{found[0] if found else cell!r} in row {number}"
                    count += 1
    if listed:
        notes.append(
            f"{counted(listed, 'cell holds a list', 'cells hold lists')} as programs write them, "
            "in brackets and quotation marks, read as its values."
        )
    if related:
        notes.append(
            f"{counted(related, 'cell was', 'cells were')} read without the addresses that Notion "
            "puts behind the names of pages."
        )
    if count:
        notes.append(
            f"{counted(count, 'cell held', 'cells held')} "
            f"signs as web pages write them and got the signs: {first}."
        )


# --- headings -----------------------------------------------------------------------------------


def _headings(
    rows: Sequence[tuple[int, list[str]]],
    bare: Sequence[Sequence[bool]],
    held: Sequence[int],
    merged: Sequence[Merged],
) -> tuple[int, int]:
    """The first and the last row of the headings."""
    looked = held[:_LOOKED_AT]
    for at in looked[:_ABOVE]:
        last = _merged_headings(at, rows, bare, merged)
        if last is None and _two_rows(at, rows, bare, looked):
            last = at + 1
        if last is None and _three_rows(at, rows, bare, looked):
            last = at + 2
        if last is not None:
            return at, last
        below = [other for other in looked if other > at]
        used = {c for other in below for c, filled in enumerate(bare[other]) if filled}
        named = {c for c, filled in enumerate(bare[at]) if filled}
        if not below or len(named & used) >= 0.8 * len(used):
            # A row below a caption must look like headings; else the first row is taken for them.
            return (at, at) if at == held[0] or _like_headings(rows[at][1]) else (held[0],) * 2
        if len(named) > max(1, len(used) // 2):
            break
    return held[0], held[0]


def _like_headings(cells: Sequence[str]) -> bool:
    words = [cell.casefold() for cell in cells if cell]
    return len(set(words)) == len(words) and not any(map(_NUMBER.fullmatch, words))


_NUMBER = re.compile(r"[-+]?[\d.,]+%?|\d{4}-\d\d-\d\d.*")


def _merged_headings(
    at: int,
    rows: Sequence[tuple[int, list[str]]],
    bare: Sequence[Sequence[bool]],
    merged: Sequence[Merged],
) -> int | None:
    """The last row of headings that begin with a heading merged across some of the columns."""
    used = {c for filled in bare[:_LOOKED_AT] for c, is_held in enumerate(filled) if is_held}
    here = [area for area in merged if area[0] == at]
    wide = [area for area in here if area[3] > area[1]]
    if sum(bare[at]) < 2 or not wide or any(used <= {*range(a[1], a[3] + 1)} for a in wide):
        return None
    last = max(at + 1, *(area[2] for area in here))
    if (
        last >= len(rows) - 1
        or last - at > 3
        or not _like_headings_below(rows[last][1], bare[last])
    ):
        return None
    return last


def _like_headings_below(cells: Sequence[str], filled: Sequence[bool]) -> bool:
    own = [cell for cell, is_own in zip(cells, filled, strict=True) if is_own]
    return bool(own) and not any(map(_NUMBER.fullmatch, own))


def _two_rows(
    at: int,
    rows: Sequence[tuple[int, list[str]]],
    bare: Sequence[Sequence[bool]],
    looked: Sequence[int],
) -> bool:
    """Whether a row and the one below are headings together: what one lacks, the other has.

    Groups such as "Context" stand above the first of their columns; what belongs to no group, such
    as "Study", has nothing below.
    """
    if at + 1 >= len(rows) or at + 1 not in looked or not any(other > at + 1 for other in looked):
        return False
    above, below = bare[at], bare[at + 1]
    used = [c for c in range(len(above)) if any(bare[other][c] for other in looked if other > at)]
    gaps = [c for c in used if not above[c]]
    if _groups_above(rows[at][1], rows[at + 1][1], used):
        return True
    if _groups_repeated(rows[at][1], rows[at + 1][1], used):
        return True
    if not gaps or sum(above) < 2 or not all(below[c] for c in gaps):
        return False
    if all(below[c] for c in used if above[c]) or not _mostly_headings(
        rows[at][1], rows[at + 1][1]
    ):
        return False
    for gap in gaps:
        group = next((c for c in range(gap, -1, -1) if above[c]), None)
        if group is None or not below[group]:
            return False
    return True


def _below_groups(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The headings of a row, each behind the name of the group it stands below."""
    group, named = "", []
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        named += [f"{group}: {below}".casefold()] if below else []
    return named


def _groups_above(upper: Sequence[str], lower: Sequence[str], used: Sequence[int]) -> bool:
    """Whether a row names groups of the columns that the row below names all.

    Names of groups are few, short, and apart; what stands above a table as a remark is one cell,
    or cells side by side.
    """
    held = [column for column in used if upper[column]]
    if len(held) < 2 or len(held) > len(used) / 2 or not all(lower[column] for column in used):
        return False
    names = [upper[column] for column in held]
    apart = any(after - before > 1 for before, after in pairwise(held))
    short = all(len(name) < 60 and not name.endswith(":") for name in names)
    return apart and short and _like_headings(names) and _mostly_headings(upper, lower)


def _groups_repeated(upper: Sequence[str], lower: Sequence[str], used: Sequence[int]) -> bool:
    """Whether a row names the group of each column again, where one row below tells them apart."""
    times = Counter(upper[column] for column in used)
    inside = [column for column in used if upper[column] and times[upper[column]] > 1]
    alone = [column for column in used if column not in inside]
    named = {(upper[column], lower[column]) for column in inside}
    told = [lower[column] for column in inside]
    return (
        bool(inside and alone)
        and all(told)
        and not any(lower[column] for column in alone)
        and len(named) == len(inside)
        and all(len(name) < 60 and not _NUMBER.fullmatch(name) for name in told)
    )


def _three_rows(
    at: int,
    rows: Sequence[tuple[int, list[str]]],
    bare: Sequence[Sequence[bool]],
    looked: Sequence[int],
) -> bool:
    """Whether a row names groups of the groups that the row below names, above the headings."""
    if at + 3 >= len(rows):
        return False
    inner = {column for column, filled in enumerate(bare[at + 1]) if filled}
    outer = {column for column, filled in enumerate(bare[at]) if filled}
    used = [c for c in range(len(bare[at])) if any(bare[o][c] for o in looked if o > at)]
    middle = [cell for cell in rows[at + 1][1] if cell]
    named = outer < inner < {*used} and used[0] not in inner and _like_headings(middle)
    return named and _groups_above(rows[at][1], rows[at + 2][1], used)


def _mostly_headings(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a row looks like headings, where a few of many in a group may be named alike."""
    named = _below_groups(upper, lower)
    again = len(named) - len(set(named))
    return again * 10 <= len(named) and not any(map(_NUMBER.fullmatch, filter(None, lower)))


def _names(
    grid: Grid,
    lines: Sequence[tuple[int, list[str]]],
    used: Sequence[int],
    notes: list[str],
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """A name for each column, each different; headings in several rows are joined and kept."""
    header: list[str] = []
    heads: dict[str, tuple[str, ...]] = {}
    nameless: list[str] = []
    twice: list[str] = []
    spread = _spread(lines, used)
    for column in used:
        parts = list(dict.fromkeys(" ".join(row[column].split()) for row in spread if row[column]))
        name = ": ".join(parts)
        if not name:
            name = f"Column {column_letters(column) if grid.letters else column + 1}"
            nameless.append(name)
        if name in heads or name in header:
            number = 2
            while f"{name} ({number})" in header:
                number += 1
            name = f"{name} ({number})"
            twice.append(name)
        header.append(name)
        if len(lines) > 1:
            heads[name] = tuple(parts)
    if len(lines) > 1:
        which = _numbers([number for number, _ in lines])
        shown = next((name for name in header if ": " in name), header[0])
        notes.append(f"{_place(grid)} {which} are headings together, such as {shown!r}.")
    if nameless:
        what = "A column has" if len(nameless) == 1 else f"{len(nameless)} columns have"
        called = ", ".join(map(repr, nameless[:3])) + (" …" if len(nameless) > 3 else "")
        notes.append(
            f"{what} no heading and {'is' if len(nameless) == 1 else 'are'} called {called}."
        )
    if twice:
        what = "A heading stands" if len(twice) == 1 else f"{len(twice)} headings stand"
        called = ", ".join(map(repr, twice[:3])) + (" …" if len(twice) > 3 else "")
        notes.append(f"{what} more than once; the later column is called {called}.")
    return header, heads


def _spread(lines: Sequence[tuple[int, list[str]]], used: Sequence[int]) -> list[list[str]]:
    """Headings with the name of a group above all of its columns, not only above the first."""
    spread = [list(cells) for _, cells in lines]
    for upper, lower in reversed([*pairwise(spread)]):
        group = ""
        for column in used:
            if upper[column]:
                group = upper[column]
            elif lower[column]:
                upper[column] = group
    return spread
