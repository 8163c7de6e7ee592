"""Which of several tables are read, and what their names say of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from synth.errors import Problem
from synth.starter.columns.guess import Guess, guess
from synth.starter.columns.headings import folded_headings
from synth.starter.columns.table import IDENTITY, Doubt
from synth.starter.marks import directions_in
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report, number, source
from synth.starter.request import Request
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded
from synth.starter.values import is_consensus, is_person


def codebook_among(
    sheets: Sequence[Sheet], request: Request, report: Report
) -> tuple[Sheet | None, list[Sheet]]:
    """The table that is a codebook, if a workbook or a project holds one, and the others."""
    if request.codebook is not None or len(sheets) < 2:
        held = [sheet for sheet in sheets if sheet.holds != "codebook"]
        return next((s for s in sheets if s.holds == "codebook"), None), held or [*sheets]
    named = [
        sheet
        for sheet in sheets
        if sheet.holds == "codebook"
        or (not sheet.holds and folded(sheet.name or Path(sheet.file).stem) in _CODEBOOKS)
    ]
    if not named or len(named) == len(sheets):
        return None, [*sheets]
    if not named[0].holds and _holds_codings(named[0], sheets):
        return None, [*sheets]
    report.decided(f"{source(named[0])} is the codebook.")
    return named[0], [sheet for sheet in sheets if sheet is not named[0]]


def _holds_codings(sheet: Sheet, sheets: Sequence[Sheet]) -> bool:
    """Whether a table that is called like a codebook is the only one that codes studies."""
    read = {other.source: guess(other) for other in sheets}
    coded = [name for name, made in read.items() if _codes_of(made.recipe) and not made.fallback]
    recipe = read[sheet.source].recipe
    # A codebook may say where a code is from: "inductive" is no study.
    cells = [
        "".join(row.cells[name] for name in recipe.of(*IDENTITY, "year")) for row in sheet.rows
    ]
    dated = sum(any(map(str.isdecimal, cell)) for cell in cells)
    # A codebook lists each code once.
    codes = [" ".join(row.cells[name] for name in recipe.of("theme")) for row in sheet.rows]
    again = sheet.source in coded and len({*map(folded, codes)}) < len(codes)
    return (coded == [sheet.source] or again) and dated * 2 > len(cells)


_CODEBOOKS = frozenset(
    (
        *("codebook", "code book", "codes", "coding frame", "coding framework", "code list"),
        *("codelist", "coding scheme", "themes", "data dictionary", "kodierleitfaden"),
        *("kategoriensystem", "libro de codigos", "livre de codes", "code system"),
    )
)


def choose(read: Sequence[tuple[Sheet, Guess]], report: Report) -> list[tuple[Sheet, Guess]]:
    """The tables that are used: with several, those that tell a study; the others are told."""
    chosen: list[tuple[Sheet, Guess]] = []
    surely = any(_codes_of(made.recipe) and not made.fallback for _, made in read)
    _by_names_of_sheets(read, report)
    _join_by_id(read, report)
    for sheet, made in read:
        report.problems += made.problems
        told = any(made.recipe.of(use) for use in IDENTITY)
        if made.recipe.rows == "not read":
            if made.left_out:
                report.left_out(
                    f"{source(sheet)} ({number(len(sheet.rows), 'row')}): {made.left_out}."
                )
            else:
                report.left_out(f"{source(sheet)}: the recipe says that it is not read.")
            continue
        if sheet.holds == "flow":
            continue
        if sheet.holds == "references" and len(read) == 1 and not _codes_of(made.recipe):
            free = ", ".join(repr(name) for name in sheet.header if name not in sheet.roles)
            listed = free or "no others than those of the references"
            report.problems.append(
                Problem("import-references-alone", sheet.source, 1, listed=listed)
            )
            continue
        if not told:
            if len(read) > 1:
                report.left_out(
                    f"{source(sheet)} ({number(len(sheet.rows), 'row')}) was not read: no column "
                    "tells which study a row is about."
                )
                continue
            if any(problem.code == "import-column-gone" for problem in report.problems):
                continue
            listed = ", ".join(repr(name) for name in sheet.header)
            report.problems.append(Problem("import-no-study", sheet.source, 1, listed=listed))
            continue
        if made.fallback and surely:
            # Another table has codes: what was taken for one here is known of the studies.
            columns = {
                name: "filter"
                if use == "dimensions"
                else "keep"
                if use in ("codes", "theme")
                else use
                for name, use in made.recipe.columns.items()
            }
            rows = "references" if sheet.holds == "references" else "studies"
            made.recipe = replace(made.recipe, columns=columns, rows=rows, codes={})
            made.doubts = []
        chosen.append((sheet, made))
    if chosen and not any(_codes_of(made.recipe) for _, made in chosen) and not report.problems:
        listed = columns_of([sheet for sheet, _ in read])
        report.problems.append(Problem("import-no-codes", chosen[0][0].source, 1, listed=listed))
    _tell_coded_twice(chosen, report)
    return chosen


def columns_of(sheets: Sequence[Sheet]) -> str:
    """The columns of one table, or of each of several, for a message."""
    held = [(source(sheet), ", ".join(map(repr, sheet.header))) for sheet in sheets]
    return held[0][1] if len(held) == 1 else "; ".join(f"in {name} {those}" for name, those in held)


def _tell_coded_twice(chosen: Sequence[tuple[Sheet, Guess]], report: Report) -> None:
    """Tables alike that code the same studies may be of two people; all of it counts."""
    for (one, first), (two, second) in combinations(chosen, 2):
        recipes = (first.recipe, second.recipe)
        alike = one.header == two.header and all(r.rows == "codings" for r in recipes)
        told = any(r.directions or r.of("reviewer") for r in recipes)
        if not alike or told or not (first.guessed and second.guessed):
            continue
        ours, theirs = _studies_of(one, first), _studies_of(two, second)
        if len(ours & theirs) * 2 > min(len(ours), len(theirs)):
            report.decided(
                f"{source(one)} and {source(two)} both code {number(len(ours & theirs), 'study')}, "
                "and all of it counts.",
                hint="If two people coded the same, give one of them alone, or both "
                "by the names 'Reviewer 1' and 'Reviewer 2'.",
            )


def _join_by_id(read: Sequence[tuple[Sheet, Guess]], report: Report) -> None:
    """A column of codings that also numbers the rows of a table of studies tells the study."""
    for sheet, made in read:
        if made.recipe.of(*IDENTITY) or not made.guessed or not _codes_of(made.recipe):
            continue
        for name in sheet.header:
            held = {row.cells[name] for row in sheet.rows} - {""}
            for other, studies in read:
                if name not in other.header or not studies.recipe.of(*IDENTITY):
                    continue
                ids = [row.cells[name] for row in other.rows]
                free = made.recipe.columns[name] in ("keep", "filter", "dimensions")
                if free and held and held <= {*ids} and len({*ids}) == len(ids):
                    made.recipe = made.recipe.using(name, "record")
                    if studies.recipe.columns[name] not in IDENTITY:
                        studies.recipe = studies.recipe.using(name, "record")
                    report.decided(
                        f"{name!r} of {source(sheet)} tells the study: {source(other)} has it too."
                    )
                    break
            if made.recipe.of(*IDENTITY):
                break


_EXCLUDED = re.compile(r"\b(?:excluded|exclusions|not included|ausgeschlossen|exclus|excluidos)\b")

_APPRAISAL = re.compile(
    r"\b(?:quality|appraisal|risk of bias|rob ?2?|robins|mmat|casp|jbi|amstar|newcastle|nos|grade|"
    r"critical|bias|qualitatsbewertung|calidad|qualite)\b"
)


def _by_names_of_sheets(read: Sequence[tuple[Sheet, Guess]], report: Report) -> None:
    """What the names of several tables say of them: excluded, appraisal, reviewers, directions."""
    if len(read) < 2:
        return
    names = [folded(sheet.name or Path(sheet.file).stem) for sheet, _ in read]
    coded = [
        made for (_, made), name in zip(read, names, strict=True) if not _APPRAISAL.search(name)
    ]
    others = any(_codes_of(made.recipe) and not made.fallback for made in coded)
    for (sheet, made), name in zip(read, names, strict=True):
        if sheet.holds or not made.guessed:
            continue
        if _EXCLUDED.search(name):
            made.recipe = replace(made.recipe, rows="not read")
            made.left_out = "by its name it lists what was excluded, so it adds no study"
        elif _APPRAISAL.search(name) and others and _codes_of(made.recipe):
            # What a tool of appraisal asks is known of the studies, and is no finding.
            columns = {
                column: "filter" if use in ("codes", "dimensions", "theme") else use
                for column, use in made.recipe.columns.items()
            }
            made.recipe = replace(made.recipe, columns=columns, rows="studies", codes={}, marks={})
            made.doubts = [
                Doubt(
                    f"{source(sheet)} appraises the studies by its name: its columns are filters.",
                    hint='--columns "codes=A|B" names codes',
                )
            ]
    _reviewers_by_sheet(read, names)
    _directions_by_sheet(read, names, report)
    _themes_by_sheet(read, report)


_UNNAMED = re.compile(r"(?:sheet|tabelle|feuil|hoja|planilha|foglio|blad|ark|arkusz|лист)? ?\d+")


def _themes_by_sheet(read: Sequence[tuple[Sheet, Guess]], report: Report) -> None:
    """Sheets alike whose headings only say the direction are called after their codes."""
    alike: dict[tuple[str, ...], list[tuple[Sheet, Guess]]] = {}
    for sheet, made in read:
        recipe = made.recipe
        named = recipe.of("codes")
        bare_way = named and all(name in recipe.directions and " " not in name for name in named)
        code = sheet.name and not _UNNAMED.fullmatch(folded(sheet.name))
        told = directions_in(sheet.name) or is_person(folded(sheet.name))
        texts = not _codes_of(recipe) and not sheet.holds and recipe.of("summary")
        # A lone column "Quote" was taken for the one code, for want of another.
        words = folded_headings()["summary"]
        bare_way = bare_way or (made.fallback and named and all(folded(n) in words for n in named))
        if made.guessed and (bare_way or texts) and code and not told and recipe.rows == "studies":
            alike.setdefault(sheet.header, []).append((sheet, made))
    for group in alike.values():
        for sheet, made in group if len(group) > 1 else ():
            named = made.recipe.of("codes") or made.recipe.of("summary")[:1]
            recipe = made.recipe
            for name in named:
                recipe = recipe.using(name, "codes")
            codes = dict.fromkeys(named, (" ".join(sheet.name.split()),))
            made.recipe = replace(recipe, codes={**recipe.codes, **codes})
            told = "; its headings say their direction" if recipe.directions else ""
            report.decided(
                f"{source(sheet)}: its name is the code of its findings, {sheet.name!r}{told}.",
                hint="Otherwise: change [sheet.codes] of the recipe.",
            )


def _reviewers_by_sheet(read: Sequence[tuple[Sheet, Guess]], names: Sequence[str]) -> None:
    """Of tables alike that are called after reviewers, the one of their consensus counts."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for at, (sheet, made) in enumerate(read):
        if made.guessed and (is_person(names[at]) or is_consensus(names[at])):
            alike.setdefault(sheet.header, []).append(at)
    for group in alike.values():
        if len(group) < 2:
            continue
        counts = next((at for at in group if is_consensus(names[at])), group[0])
        known = _studies_of(*read[counts])
        for at in group:
            sheet, made = read[at]
            # People who shared the work coded different studies: all of it counts.
            if at != counts and _studies_of(sheet, made) <= known:
                made.recipe = replace(made.recipe, rows="not read")
                made.left_out = (
                    f"one reviewer's coding of the studies of {source(read[counts][0])}, which "
                    "counts"
                )


def _studies_of(sheet: Sheet, made: Guess) -> set[tuple[str, ...]]:
    named = made.recipe.of(*IDENTITY)
    return {tuple(folded(row.cells[name]) for name in named) for row in sheet.rows}


def _directions_by_sheet(
    read: Sequence[tuple[Sheet, Guess]], names: Sequence[str], report: Report
) -> None:
    """Tables called "Barriers" and "Facilitators" say the direction of what they hold."""
    ways = [directions_in(name) for name in names]
    coded = [_codes_of(made.recipe) and bool(made.guessed) for _, made in read]
    if len({way for way, codes in zip(ways, coded, strict=True) if way and codes}) < 2:
        return
    for (sheet, made), way, codes in zip(read, ways, coded, strict=True):
        recipe = made.recipe
        if not way or not codes or recipe.one("direction") or recipe.directions:
            continue
        named = (*recipe.of("theme", "codes", "dimensions"), *recipe.ranks)
        made.recipe = replace(recipe, directions=dict.fromkeys(named, way))
        report.decided(
            f"{source(sheet)}: its name says the direction of its findings, {way!r}.",
            hint="Otherwise: change [sheet.directions] of the recipe.",
        )


def _codes_of(recipe: SheetRecipe) -> bool:
    return bool(recipe.of("theme", "codes", "dimensions") or recipe.ranks)
