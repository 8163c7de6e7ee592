"""A table with a column for each study, turned so that each study has a row."""

from __future__ import annotations

import re
from dataclasses import replace

from synth.starter.sheet import Row, Sheet
from synth.starter.values import is_beside
from synth.text import column_letters

LABEL = re.compile(r"[^\W\d_][^\d\n]{0,80}?[\s,(\[]*\b(?:1[89]|20)\d\d[a-z]?\b")
"""How a study is called: author and year."""
_SHORT = 60


def turned(sheet: Sheet) -> Sheet:
    """A table whose headings are studies, with a row for each; another one as it is.

    What stands left of the studies, such as *Theme* and *Subtheme*, becomes the headings. A row is
    numbered by the column it comes from.

    Parameters
    ----------
    sheet : the table.

    >>> rows = (Row(2, {"Theme": "Pay", "Ek 2012": "x", "Lee 2020": ""}),)
    >>> made = turned(Sheet("t.csv", ("Theme", "Ek 2012", "Lee 2020"), rows))
    >>> made.header, [row.cells for row in made.rows][0]
    (('Study', 'Pay'), {'Study': 'Ek 2012', 'Pay': 'x'})
    """
    studies = [name for name in sheet.header if len(name) <= _SHORT and LABEL.match(name)]
    others = [name for name in sheet.header if name not in studies]
    told = any(LABEL.match(row.cells[name]) for row in sheet.rows for name in others)
    if len(studies) < 2 or len(studies) <= len(others) or told or sheet.holds:
        return sheet
    first = min(sheet.header.index(name) for name in studies)
    ways = [name for name in sheet.header[:first] if _names(sheet, name)]
    if not ways:
        return sheet
    header: list[str] = []
    heads: dict[str, tuple[str, ...]] = {}
    lines: list[Row] = []
    above: list[str] = [""] * len(ways)
    for row in sheet.rows:
        if is_beside(row.cells):
            continue
        # As merged cells are saved: what is wider stands only in the first of its rows.
        way = [row.cells[name] for name in ways]
        last = max((at for at, cell in enumerate(way) if cell), default=-1)
        way = [cell or above[at] if at < last else cell for at, cell in enumerate(way)]
        above = way
        named = tuple(" ".join(cell.split()) for cell in way if cell)
        name = ": ".join(named)
        if named and name not in heads:
            header.append(name)
            heads[name] = named
            lines.append(row)
    if not header:
        return sheet
    by_column = tuple(
        Row(
            sheet.header.index(study) + 1,
            {
                "Study": study,
                **{name: row.cells[study] for name, row in zip(header, lines, strict=True)},
            },
        )
        for study in studies
    )
    left = [name for name in others if name not in ways]
    note = (
        f"Its columns are studies, so it was turned: each column from "
        f"{column_letters(first)} on is read as a row, and is named by its number."
    )
    notes = [*sheet.notes, note]
    if left:
        notes.append(f"Columns beside the studies were not read: {', '.join(map(repr, left))}.")
    if spare := len(sheet.rows) - len(header):
        noun = "row was" if spare == 1 else "rows were"
        notes.append(f"{spare} {noun} no theme of its own, such as sums, and left out.")
    return replace(
        sheet,
        header=("Study", *header),
        rows=by_column,
        notes=tuple(notes),
        heads={"Study": ("Study",), **heads} if len(ways) > 1 else {},
    )


def _names(sheet: Sheet, name: str) -> bool:
    """Whether a column names something, and does not count or explain it."""
    held = [row.cells[name] for row in sheet.rows if row.cells[name]]
    words = [cell for cell in held if not re.fullmatch(r"[\d.,%() /]+", cell)]
    return bool(held) and len(words) * 2 > len(held) and sum(map(len, held)) <= 80 * len(held)
