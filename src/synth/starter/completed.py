"""Tables whose rows leave something to what stands around them, so that each row says it itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from synth.starter.countries import country
from synth.starter.sheet import Row, Sheet
from synth.starter.turned import LABEL, SHORT
from synth.starter.values import (
    bare,
    headings,
    is_beside,
    is_consensus,
    is_note,
    is_of,
    is_person,
    is_total,
    same,
    series_of_ranks,
    unknown,
)
from synth.text import column_letters

_GROUP = re.compile(
    r"(?:(?:sub-?)?themes?|topics?|codes?|categor(?:y|ies)|themen?|tema)\b", re.IGNORECASE
)


def grouped(sheet: Sheet) -> Sheet:
    """A table whose rows stand in groups, below lines that name the group, with a column of them.

    Parameters
    ----------
    sheet : the table.

    >>> rows = [("Theme 1: Pay", ""), ("Lee 2020", "a"), ("Theme 2: Rest", ""), ("Ek 2012", "b")]
    >>> rows = tuple(Row(at, {"Study": a, "Text": b}) for at, (a, b) in enumerate(rows, 2))
    >>> [row.cells["Theme"] for row in grouped(Sheet("t.csv", ("Study", "Text"), rows)).rows]
    ['Theme 1: Pay', 'Theme 2: Rest']
    """
    first = sheet.header[0] if sheet.header else ""
    heads = {row.line: row.cells[first] for row in sheet.rows if _is_group(row, first)}
    last = max((row.line for row in sheet.rows if _is_dated(row, first)), default=0)
    heads = {line: label for line, label in heads.items() if line < last}
    others = [row for row in sheet.rows if row.line not in heads]
    labels = [row for row in others if row.cells[first]]
    dated = sum(_is_dated(row, first) for row in labels)
    lines = [row.line in heads for row in sheet.rows]
    if (
        sheet.holds
        or len(heads) < 2
        or len({*heads.values()}) < len(heads)
        or dated * 2 <= len(labels)
        or not lines[0]
        or lines[-1]
        or any(one and two for one, two in pairwise(lines))
    ):
        return sheet
    lands = all(map(country, heads.values()))
    themes = all(map(_GROUP.match, heads.values()))
    # "WHO" alone in its row may be a study that was coded as nothing.
    if len(heads) * 3 > len(others) * 2 and not (lands or themes):
        return sheet
    name = "Country" if lands else "Theme" if themes else "Group"
    if name in sheet.header:
        name = "Group (2)" if name == "Group" else "Group"
    if name in sheet.header:
        return sheet
    group, rows = "", []
    for row in sheet.rows:
        if row.line in heads:
            group = row.cells[first]
        else:
            # A line below all groups is a note, whatever it says.
            named = _is_dated(row, first) or sum(map(bool, row.cells.values())) > 1
            inside = group if named and not is_beside(row.cells) else ""
            rows.append(Row(row.line, {**row.cells, name: inside}))
    note = (
        f"{len(heads)} rows only head the rows below them, such as {heads[min(heads)]!r}: what "
        f"they say stands in a column of its own, {name!r}."
    )
    return replace(
        sheet, header=(*sheet.header, name), rows=tuple(rows), notes=(*sheet.notes, note)
    )


def _is_dated(row: Row, first: str) -> bool:
    """Whether a row names a study: by author and year, or with the year in a cell beside it."""
    return LABEL.match(row.cells[first]) is not None or any(
        _YEAR.fullmatch(cell) for cell in row.cells.values()
    )


_YEAR = re.compile(r"(?:1[89]|20)\d\d[a-z]?")


def _is_group(row: Row, first: str) -> bool:
    """Whether a row only names the rows below it: one cell, or one cell merged across all."""
    held = [cell for cell in row.cells.values() if cell]
    label = row.cells[first]
    alone = len(held) == 1 or (len({*held}) == 1 and len(held) == len(row.cells) > 2)
    return (
        bool(label)
        and alone
        and len(label) <= 80
        and not (LABEL.match(label) or is_note(label) or is_total(label) or unknown(label))
    )


def named_by_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Tables alike of one file whose sheets are called after countries, with a column of them."""
    lands = [country(sheet.name) if sheet.name else "" for sheet in sheets]
    alike: dict[tuple[str, ...], int] = {}
    for sheet, land in zip(sheets, lands, strict=True):
        if land and not sheet.hidden:
            alike[sheet.header] = alike.get(sheet.header, 0) + 1
    made = []
    for sheet, land in zip(sheets, lands, strict=True):
        known = any(name.casefold() in ("country", "countries") for name in sheet.header)
        if land and alike.get(sheet.header, 0) > 1 and not known and not sheet.holds:
            rows = tuple(Row(row.line, {**row.cells, "Country": land}) for row in sheet.rows)
            note = f"Its name is a country, as those of other sheets are: 'Country' is {land!r}."
            header, notes = (*sheet.header, "Country"), (*sheet.notes, note)
            sheet = replace(sheet, header=header, rows=rows, notes=notes)
        made.append(sheet)
    return made


def explained(sheet: Sheet) -> Sheet:
    """A table without a first row that only explains its headings, as surveys and codebooks do.

    Parameters
    ----------
    sheet : the table.

    >>> cells = [("Author year", "Was pay reported?"), ("Lee 2020", "yes"), ("Ek 2012", "no")]
    >>> rows = tuple(Row(at, {"study": a, "pay": b}) for at, (a, b) in enumerate(cells, 2))
    >>> [row.line for row in explained(Sheet("t.csv", ("study", "pay"), rows)).rows]
    [3, 4]
    """
    if len(sheet.rows) < 3 or sheet.holds:
        return sheet
    first, *rest = sheet.rows
    held = {name: cell for name, cell in first.cells.items() if cell}
    said = sum(
        re.search(rf"\b{re.escape(_plain(name))}", _plain(cell)) is not None
        and len(cell) > len(name)
        for name, cell in held.items()
    )
    known = any(LABEL.match(cell) for cell in held.values())
    dated = any(all(LABEL.match(row.cells[name]) for row in rest) for name in held)
    alone = all(row.cells[name] != cell for row in rest for name, cell in held.items())
    if known or not (dated and alone) or len(held) < 2 or said * 2 < len(held):
        return sheet
    note = f"The row in line {first.line} only explains the headings and is no row of the table."
    return replace(sheet, rows=tuple(rest), notes=(*sheet.notes, note))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def settled(sheet: Sheet) -> Sheet:
    """A table whose empty cells of the consensus say what both coders say.

    Teams often write there only what they disagreed on.

    Parameters
    ----------
    sheet : the table.

    >>> cells = [("Pay", "Pay", ""), ("Rest", "Pay", "Pay")]
    >>> names = ("Code R1", "Code R2", "Consensus")
    >>> rows = tuple(Row(at, dict(zip(names, row))) for at, row in enumerate(cells, 2))
    >>> [row.cells["Consensus"] for row in settled(Sheet("t.csv", names, rows)).rows]
    ['Pay', 'Pay']
    """
    people = [name for name in sheet.header if is_of(name, is_person)]
    agreed = [name for name in sheet.header if is_of(name, is_consensus)]
    if len(people) != 2 or len(agreed) != 1 or sheet.holds:
        return sheet
    one, two, final = *people, agreed[0]
    coded = [row for row in sheet.rows if row.cells[one] or row.cells[two]]
    blank = [row for row in coded if not row.cells[final]]
    told = {same(row.cells[name]) for row in sheet.rows for name in people}
    fit = all(same(row.cells[final]) in told for row in sheet.rows if row.cells[final])
    if not blank or not fit or any(same(r.cells[one]) != same(r.cells[two]) for r in blank):
        return sheet
    filled = {row.line: {**row.cells, final: row.cells[one]} for row in blank}
    rows = tuple(Row(row.line, filled.get(row.line, row.cells)) for row in sheet.rows)
    note = f"{len(blank)} empty cells of {final!r} got what both {one!r} and {two!r} say."
    return replace(sheet, rows=rows, notes=(*sheet.notes, note))


def filled_down(sheet: Sheet) -> Sheet:
    """A table of themes and their studies whose themes stand only in the first of their rows.

    That is how merged cells are saved. It is so where the themes stand before the studies, no theme
    comes again, and each row names its studies. What is wider than a theme that stands there is
    what stood above.

    Parameters
    ----------
    sheet : the table.

    >>> cells = [("Pay", "Lee 2020"), ("", "Ek 2012"), ("Rest", "Lee 2020")]
    >>> rows = tuple(Row(at, {"Theme": a, "Study": b}) for at, (a, b) in enumerate(cells, 2))
    >>> [row.cells["Theme"] for row in filled_down(Sheet("t.csv", ("Theme", "Study"), rows)).rows]
    ['Pay', 'Pay', 'Rest']
    """
    rows = [row for row in sheet.rows if not is_beside(row.cells)]
    studies = (n for n in sheet.header if rows and all(LABEL.match(row.cells[n]) for row in rows))
    study = next(studies, "")
    left = sheet.header[: sheet.header.index(study)] if study else ()
    ranks = [name for name in left if bare(name) in _ranks()]
    # A number of the theme may stand before it.
    others = [name for name in left if name not in ranks]
    if sheet.holds or not ranks or not rows[0].cells[ranks[0]] or not rows[0].cells[ranks[-1]]:
        return sheet
    blank = [row for row in rows if not any(row.cells[name] for name in left)]
    said = [tuple(same(row.cells[name]) for name in ranks) for row in rows if row.cells[ranks[-1]]]
    partial = [row for row in rows if row.cells[ranks[-1]] and not row.cells[ranks[0]]]
    if any(row.cells[name] for name in others for row in blank) or len({*said}) < 2:
        return sheet
    if not (blank or partial) or len({*said}) < len(said):
        return sheet
    above, count, made = dict.fromkeys(ranks, ""), 0, []
    for row in sheet.rows:
        if is_beside(row.cells):
            made.append(row)
            continue
        held = [at for at, name in enumerate(ranks) if row.cells[name]]
        # What stands in the row, and what is wider than it; of an empty row all that stood above.
        upto = held[0] if held else len(ranks)
        filled = {name: above[name] for name in ranks[:upto] if above[name]}
        count += len(filled)
        above = {name: row.cells[name] or filled.get(name, "") for name in ranks}
        made.append(Row(row.line, {**row.cells, **filled}) if filled else row)
    listed = " and ".join(map(repr, ranks))
    note = (
        f"{count} empty cells of {listed} got what stands above, as merged cells are saved: each "
        "value stands there once."
    )
    return replace(sheet, rows=tuple(made), notes=(*sheet.notes, note))


@lru_cache(maxsize=1)
def _ranks() -> frozenset[str]:
    """Headings of columns that name a code, or a rank of it."""
    ranks = (word for series in series_of_ranks() for word in series)
    return frozenset(map(bare, (*headings()["theme"], *ranks)))


def headed(sheet: Sheet) -> Sheet:
    """A table whose first row is no row of headings but names a study, with headings of its own.

    Parameters
    ----------
    sheet : the table.

    >>> rows = (Row(2, {"Lee 2020": "Ek 2012", "Pay": "Rest"}),)
    >>> made = headed(Sheet("t.csv", ("Lee 2020", "Pay"), rows))
    >>> made.header, [row.cells["Column A"] for row in made.rows]
    (('Column A', 'Column B'), ['Lee 2020', 'Ek 2012'])
    """
    studies = [name for name in sheet.header if len(name) <= SHORT and LABEL.fullmatch(name)]
    if len(studies) != 1 or sheet.holds or sheet.heads or not sheet.rows:
        return sheet
    if not all(LABEL.match(row.cells[studies[0]]) for row in sheet.rows):
        return sheet
    names = {name: f"Column {column_letters(at)}" for at, name in enumerate(sheet.header)}
    first = Row(sheet.rows[0].line - 1, {new: name for name, new in names.items()})
    rows = [Row(row.line, {names[n]: cell for n, cell in row.cells.items()}) for row in sheet.rows]
    note = (
        f"It has no headings: its first row names a study, {studies[0]!r}, and is read like the "
        "others."
    )
    return replace(
        sheet,
        header=tuple(names.values()),
        rows=(first, *rows),
        notes=(*sheet.notes, note),
    )
