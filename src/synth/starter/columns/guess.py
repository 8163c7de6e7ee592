"""How a team's table is to be read: one question after another, the surest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from synth.errors import Problem
from synth.starter.columns.codes import Headed, find_codes, read_headings
from synth.starter.columns.contents import (
    find_reviewers,
    find_studies,
    keep_what_is_of_no_study,
    matrix_of_studies,
    sort_rest,
)
from synth.starter.columns.directions import (
    find_directions,
    side_of_heading,
    values_of_marks,
    with_marks,
)
from synth.starter.columns.headings import (
    AFTER_CODES,
    BEFORE_CODES,
    REMARKS,
    by_heading,
    find_by_heading,
    find_within_headings,
    leave_out_bookkeeping,
    plain,
)
from synth.starter.columns.named import given
from synth.starter.columns.ranks import find_agreed, find_numbered, find_ranks
from synth.starter.columns.separators import path as path_of
from synth.starter.columns.separators import separators
from synth.starter.columns.table import Columns, Doubt, quoted
from synth.starter.columns.ticks import tick_style
from synth.starter.recipe import USES, SheetRecipe
from synth.starter.report import source
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded

_CODED = ("theme", "codes", "dimensions")
_TAGS = ("labels", "manual tags", "tags")


@dataclass
class Guess:
    """A recipe in the making, with everything about it that the team should know."""

    recipe: SheetRecipe
    guessed: set[str] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fallback: bool = False
    """Whether nothing is called a code, so that what might be one was taken for one."""
    left: set[str] = field(default_factory=set)
    """Columns of which it is told why they are not taken over."""
    left_out: str = ""
    """Why the table is not read, if it is not."""


def guess(sheet: Sheet, named: Iterable[str] = (), path: str | None = None) -> Guess:
    """How a table is to be read: as named, and as its headings and cells say for the rest.

    Parameters
    ----------
    sheet : the table.
    named : what the team says, as in ``"study=Paper,theme=Code"``.
    path : the sign between the ranks of a code as the team says; ``""`` for none, ``None`` if
        the codes have to tell.

    >>> from synth.starter.sheet import Row, Sheet
    >>> rows = (Row(2, {"Paper": "Lee 2020", "Pay": "x", "Hours": ""}),)
    >>> sheet = Sheet("t.csv", ("Paper", "Pay", "Hours"), rows)
    >>> dict(guess(sheet, ["codes=Pay|Hours"]).recipe.columns)
    {'Paper': 'study', 'Pay': 'codes', 'Hours': 'codes'}
    """
    said, problems = given(sheet.header, named, sheet.source)
    if sheet.holds == "references" and any(
        use in _CODED or use[:5] == "rank " for use in said.values()
    ):
        # A list of references is the table of the studies where the team names its codes.
        sheet = replace(sheet, holds="studies")
    columns = Columns(sheet, said)
    own = {"finding", "study", "theme", "summary"} <= {*sheet.header}
    if own and not said:
        columns.uses.update({name: name for name in sheet.header if name in USES})
    for name, use in sheet.roles.items():
        if use in USES or use.startswith("rank "):
            columns.uses.setdefault(name, use)
    if sheet.program and not sheet.holds:
        columns.left |= {
            n for n, use in sheet.roles.items() if use != "keep"
        }  # a note of the sheet tells of them
    tagged = sheet.holds == "references" and _take_tags(columns)
    ticked = {} if own else _find(columns)
    headed = Headed()
    if sheet.holds != "references" and not columns.coded:
        headed = find_codes(columns)
    split = read_headings(columns, headed)
    rows = "codings" if tagged else sheet.holds or "codings"
    if sheet.holds == "references" and "includ" in sheet.file.casefold():
        rows = "studies"
        columns.tell(
            f"{source(sheet)} lists included studies: each counts, coded or not.",
            hint="--bib reads it as references only",
        )
    if split:
        columns.tell(
            f"Headings that begin alike are codes below what they begin with: {quoted(split)}.",
            hint="the recipe's [sheet.codes] says the codes as they are to stand",
        )
    sort_rest(columns)
    recipe = SheetRecipe(
        sheet.file,
        sheet.name,
        rows,
        {name: columns.uses[name] for name in sheet.header},
        headed.codes,
        {**headed.directions, **ticked},
        headed.marks,
    )
    recipe = replace(_with_rows(columns, recipe), coders=columns.coders)
    recipe = with_marks(columns, recipe)
    recipe = replace(recipe, separators=separators(columns, recipe))
    recipe = replace(
        recipe,
        path=path_of(columns, recipe) if path is None else path,
        values=values_of_marks(columns, recipe),
    )
    if columns.cells_of_studies:
        listed = quoted(columns.cells_of_studies)
        problems.append(Problem("studies-in-cells", sheet.source, 1, listed=listed))
    guessed = {*sheet.header} - {*said} - {*sheet.roles}
    return Guess(recipe, guessed, columns.doubts, problems, tagged or headed.fallback, columns.left)


def _take_tags(columns: Columns) -> bool:
    """Take labels and tags that a team gave its references for their codes, if there are some."""
    name = next((name for name in columns.free if folded(name) in _TAGS), "")
    if name:
        columns.uses[name] = "theme"
        columns.tell(
            f"{name!r} of {source(columns.sheet)} is read as the codes of each reference.",
            hint="give the table of your codings with --from, and these references with --bib",
        )
    return bool(name)


def _find(columns: Columns) -> dict[str, str]:
    """Look for columns by their headings, then by their cells; what a tick says in some."""
    headings, taken = by_heading(columns), {*columns.uses.values()}
    find_by_heading(columns, headings, BEFORE_CODES, taken)
    leave_out_bookkeeping(columns)
    if "theme" not in taken and columns.sheet.holds != "references":
        if not columns.coded:
            find_agreed(columns, "theme")
        if not (columns.coded or find_ranks(columns, headings) or find_numbered(columns)):
            find_by_heading(columns, headings, ("theme",), taken)
    if not columns.has("direction") and columns.sheet.holds != "references":
        find_agreed(columns, "direction")
    find_by_heading(columns, headings, AFTER_CODES, taken | {*columns.uses.values()})
    find_within_headings(columns, headings)
    columns.cells_of_studies = matrix_of_studies(columns)
    find_studies(columns)
    keep_what_is_of_no_study(columns)
    # Without a column of codes, marks below headings are looked for instead.
    ticked = find_directions(columns) if columns.coded else {}
    find_reviewers(columns)
    return {**ticked}


def _with_rows(columns: Columns, recipe: SheetRecipe) -> SheetRecipe:
    """A recipe that says what a row is, and what texts beside findings in words are."""
    sheet = columns.sheet
    if recipe.rows in ("codings", "studies"):
        coded = recipe.of("theme") or recipe.ranks or sheet.holds == "codings"
        recipe = replace(recipe, rows="codings" if coded else "studies")
    worded = any(
        side_of_heading(sheet, name) and not tick_style(name, columns.held[name])
        for name in recipe.of("codes")
    )
    for name in recipe.of("summary") if recipe.rows == "studies" else ():
        # Beside columns that are findings in words themselves it would be said nowhere.
        if (worded or plain(name) in REMARKS) and name not in columns.given:
            recipe = recipe.using(name, "keep")
    return recipe
