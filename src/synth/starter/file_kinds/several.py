"""Several tables on one sheet, below or beside each other, each as a grid of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from synth.starter.file_kinds.grid import Grid
from synth.starter.values import is_tick, same

Rows = list[tuple[int, list[str]]]


def apart(grid: Grid) -> list[Grid]:
    """The tables of a sheet; one where nothing shows that there are more.

    Another table begins below an empty row, or beside an empty column, where a heading of the first
    comes again among others. Cells keep their places.

    Parameters
    ----------
    grid : what stands on the sheet.

    >>> lines = ["Study,Land", "Lee 2020,Peru", "", "Study,Code", "Lee 2020,Pay"]
    >>> grid = Grid("t.csv", [(at, line.split(",")) for at, line in enumerate(lines, 1)])
    >>> [[cells for _, cells in one.rows if any(cells)] for one in apart(grid)]
    [[['Study', 'Land'], ['Lee 2020', 'Peru']], [['Study', 'Code'], ['Lee 2020', 'Pay']]]
    """
    parts = [part for rows in _below(grid.rows) for part in _beside(rows)]
    if len(parts) == 1:
        return [grid]
    names = [grid.name, *(f"{grid.name or 'Table'} ({at})" for at in range(2, len(parts) + 1))]
    first = f"the first, {', '.join(names[1:])}"
    note = f"{len(parts)} tables stand here and are read one by one: {first}."
    return [
        replace(grid, rows=rows, name=name, notes=[] if at else [*grid.notes, note])
        for at, (rows, name) in enumerate(zip(parts, names, strict=True))
    ]


def _below(rows: Rows) -> Iterator[Rows]:
    """Tables below each other: the rows of each, those of the ones above emptied."""
    head: Sequence[str] = ()
    start = 0
    gap = last = 0
    for at, (number, cells) in enumerate(rows):
        held = [cell for cell in cells if cell.strip()]
        gap = at if number > last + 1 else gap  # rows of a workbook that are empty are not there
        last = number
        if not held:
            gap = at + 1
        elif len(held) > 1 and not head:
            head = cells
        elif head and gap > start and _alone(rows[gap:at]) and _heads_another(cells, head):
            yield _only(rows, start, gap)
            head, start = cells, gap
    yield _only(rows, start, len(rows))


def _only(rows: Rows, start: int, end: int) -> Rows:
    return [(number, cells if at >= start else []) for at, (number, cells) in enumerate(rows[:end])]


def _alone(rows: Rows) -> bool:
    """Whether nothing but a caption stands in some rows."""
    return all(sum(bool(cell.strip()) for cell in cells) == 1 for _, cells in rows)


def _heads_another(cells: Sequence[str], head: Sequence[str]) -> bool:
    """Whether a row is the headings of another table than the one with these headings."""
    named = [same(cell) for cell in cells]
    told = [same(cell) for cell in head]
    held = [name for name in named if name]
    again = [name for name in held if name in told]
    words = len(set(held)) == len(held) and not any(re.fullmatch(r"[\d.,%\s-]+", n) for n in held)
    in_place = bool(told[0]) and named[:1] == told[:1]
    return words and (in_place or len(again) > 1) and {*held} != {*filter(None, told)}


def _beside(rows: Rows) -> Iterator[Rows]:
    """Tables beside each other: the cells of each, those of the others emptied."""
    width = max((len(cells) for _, cells in rows), default=0)
    filled = [
        any(at < len(cells) and cells[at].strip() for _, cells in rows) for at in range(width)
    ]
    head = next((cells for _, cells in rows if sum(bool(c.strip()) for c in cells) > 1), [])
    named = [(place, same(cell)) for place, cell in enumerate(head) if cell.strip()]
    start = 0
    for at in range(1, width - 1):
        if filled[at] or not any(filled[start:at]):
            continue
        left = {same(cell) for cell in head[start:at] if cell.strip()}
        again = [place for place, word in named if place > at and word in left]
        # Ticks go on beside an empty column; words below a heading that stands again do not.
        words = any(
            cells[place].strip() and not is_tick(cells[place])
            for place in again
            for _, cells in rows
            if cells is not head and place < len(cells)
        )
        if words and filled[at + 1]:
            yield [(number, [*[""] * start, *cells[start:at]]) for number, cells in rows]
            start = at + 1
    yield [(number, [*[""] * start, *cells[start:]]) for number, cells in rows] if start else rows
