"""How a table is read: by the recipe of an earlier import, else as it is understood."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from synth.errors import Problem
from synth.starter.columns.guess import Guess, guess
from synth.starter.columns.named import parts_of
from synth.starter.columns.table import CODES, IDENTITY
from synth.starter.recipe import RECIPE_FILE, Recipe, SheetRecipe, difference
from synth.starter.report import Report, source
from synth.starter.request import Request
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded


def understand(
    sheet: Sheet,
    request: Request,
    recipe: Recipe | None,
    held: Mapping[str, frozenset[str]],
    report: Report,
) -> tuple[Sheet, Guess]:
    """How a table is read: by the recipe as far as it says, else as it is understood."""
    known = recipe.sheet(sheet.file, sheet.name) if recipe else None
    if recipe and known is None and len(recipe.sheets) == 1 and recipe.sheets[0].name == sheet.name:
        known = recipe.sheets[0]
    if known is None:
        named = [*request.columns]
        if len(request.tables) > 1 or sheet.name:
            named = _for_sheet(named, sheet)
        made = guess(sheet, named, request.path)
        made.recipe = _with_separators(made.recipe, request.separators, sheet)
        return sheet, made
    missing, unread = difference(known, sheet.header)
    # Without what tells a study, a code or a direction every finding would be another one.
    needed = [kinds for kinds in (IDENTITY, CODES, ("direction",)) if known.of(*kinds)]
    gone = [kinds for kinds in needed if not {*known.of(*kinds)} - {*missing}]
    for name in missing:
        stood = held.get(folded(name)) or held.get(known.columns[name])
        near = _renamed(name, unread) or _same_values(stood, sheet, unread)
        if any(known.columns[name] in kinds for kinds in gone):
            new = ", ".join(map(repr, unread)) or "none"
            hint = f"Is it called {near!r} now?" if near else f"Columns that are new: {new}."
            where = ("import-column-gone", sheet.source, 1)
            shown = {"column": name, "use": known.columns[name], "near": hint}
            report.problems.append(Problem(*where, **shown))
            continue
        report.decided(
            f"The recipe reads a column {name!r} that {source(sheet)} no longer has.",
            hint=f"It may be called {near!r} now: change the name in {RECIPE_FILE}."
            if near
            else f"Nothing is read for it; take it out of {RECIPE_FILE} or restore it.",
        )
    for name in unread:
        report.decided(
            f"{source(sheet)} has a column {name!r} that the recipe does not know; it is not read.",
            hint=f"Add it to {RECIPE_FILE}.",
        )
    columns = {name: use for name, use in known.columns.items() if name in sheet.header}
    columns.update(dict.fromkeys(unread, "leave-out"))
    return sheet, Guess(replace(known, file=sheet.file, columns=columns))


def _renamed(name: str, unread: Sequence[str]) -> str:
    """The new column that may be an old one: alike in its name, or the only one."""
    near = difflib.get_close_matches(folded(name), [folded(n) for n in unread], 1, 0.5)
    if near:
        return next(other for other in unread if folded(other) == near[0])
    return unread[0] if len(unread) == 1 else ""


def _same_values(held: frozenset[str] | None, sheet: Sheet, unread: Sequence[str]) -> str:
    """The new column that holds what the old one held, whatever it is called now."""
    for name in unread if held else ():
        cells = {folded(row.cells[name]) for row in sheet.rows if row.cells[name]}
        if held and len(cells & held) * 2 > len(held):
            return name
    return ""


def _for_sheet(columns: Sequence[str], sheet: Sheet) -> list[str]:
    """What is said of the columns of one of several tables: what names columns it has."""
    kept = []
    for part in parts_of(columns):
        whole = part.partition("=")[2]
        if any(name.strip() in sheet.header for name in (whole, *re.split(r"[>|]", whole))):
            kept.append(part)
    return kept


def _with_separators(recipe: SheetRecipe, said: Mapping[str, str], sheet: Sheet) -> SheetRecipe:
    signs = dict(recipe.separators)
    for column, found in said.items():
        if column in sheet.header:
            signs[column] = found
    return replace(recipe, separators=signs)
