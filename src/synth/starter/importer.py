"""A team's own files as the data of a review: read, understood, collected, checked, and told."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.model import TABLES
from synth.reading.textio import without_collecting
from synth.references.importing import Works
from synth.starter.codebook_draft import MOST_RANKS, Codes, read_codes
from synth.starter.collect.collect import collect
from synth.starter.collect.material import Material
from synth.starter.columns.guess import Guess
from synth.starter.columns.named import given
from synth.starter.completed import (
    explained,
    filled_down,
    grouped,
    headed,
    named_by_sheets,
    settled,
)
from synth.starter.draft import Words, files_of, table_text, tables, today
from synth.starter.flow.boxes import Flow
from synth.starter.flow.reading import flow_of
from synth.starter.flow.screening import without_excluded
from synth.starter.project import Draft, Say
from synth.starter.recipe import RECIPE_FILE, Recipe, SheetRecipe, to_toml
from synth.starter.reconcile import differences
from synth.starter.report import REPORT_FILE, Report, number, source
from synth.starter.request import Ask, Request
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import read_tables
from synth.starter.table_choice import choose, codebook_among, columns_of
from synth.starter.telling import places_of, tell_columns, tell_understood
from synth.starter.turned import by_variable, of_forms, of_map, one_below_another, turned
from synth.starter.understanding import understand
from synth.starter.works import find_works, name_works, once, read_works

# More problems than these are counted, not listed: the first ones tell what is wrong.
_LISTED = 40
# So many findings take a while to be written and counted once more.
MANY = 5_000

_NOT_CODED = {
    "codebook": (
        "a codebook",
        "Give it with --codebook beside the table of your codings: the coded segments as a "
        "spreadsheet, or the whole project as REFI-QDA (.qdpx).",
    ),
    "flow": (
        "the numbers of a search flow",
        "Give it beside the table of your codings: --from table.csv --from flow.csv.",
    ),
    "references": (
        "a list of references that were left out of the review",
        "Give it beside the table of your codings, which is what makes the review.",
    ),
}
"""What alone makes no review, and what is to be given with it."""


@dataclass(frozen=True)
class Former:
    """What a review holds already from an earlier import.

    Parameters
    ----------
    findings : names of findings by what they are.
    ids : keys of studies by their record id or PubMed id.
    works : its references.
    codes : its codebook.
    held : by what was made a column of the last import, the values that stood in it.
    """

    findings: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    works: Works | None = None
    codes: Codes | None = None
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What an import made of a team's files.

    Parameters
    ----------
    draft : the files of the review.
    report : what the team is told.
    recipe : how the files were read.
    """

    draft: Draft
    report: Report
    recipe: Recipe


@without_collecting()
def take_in(
    request: Request,
    say: Say,
    ask: Ask | None = None,
    recipe: Recipe | None = None,
    former: Former | None = None,
) -> Taken:
    """Make the data of a review from a team's files, and say everything about it.

    Parameters
    ----------
    request : the files, and what the team says of them.
    say : where progress is said.
    ask : asks the team; without it the answer that is proposed is taken and told.
    recipe : how the files were read before.
    former : what the review holds already.

    Raises
    ------
    ReviewError : a file or a row cannot be understood; every problem is named with its line.
    """
    report = Report()
    former = former or Former()
    every = _read(request.tables, report, say, maps=not request.columns)
    flow = flow_of(every)
    codebook, sheets = _tables_of_studies(every, request, recipe, report)
    read = [understand(sheet, request, recipe, former.held, report) for sheet in sheets]
    chosen = choose(read, report)
    _stop(report)
    understood = [(sheet, _answer(made, ask, report)) for sheet, made in chosen]
    works = former.works or _works(request.bib, report, say)
    codes = former.codes or _codes(request, codebook, report, say)
    if former.codes and codebook is not None and not (recipe and recipe.codebook):
        codes.call_as(_codes(request, codebook, report, say))
        codes.closed = True
    _stop(report)
    material = collect(understood, codes, report, say)
    if len(material.codings) > MANY:
        say(f"  Writing {number(len(material.codings), 'finding')} …")
    found = find_works(material.studies, works, report, former.ids)
    _tell_unclear(material, works, report)
    _check_codes(material, sheets, () if former.codes else request.ranks, report)
    _stop(report)
    if works is not None and former.works is None:
        works = once(works, found.values(), report)
    named = name_works(material.studies, works, found)
    words = Words(
        request.title,
        request.question,
        request.citation,
        request.ranks,
        request.tables[0].stem if request.tables else "",
    )
    made = tables(material, named, words, former.findings)
    files = {**files_of(made, named, material, words), **_flow_file(flow, report)}
    for reason in differences(material, made, named, files):
        report.problems.append(Problem("import-sums", material.sheets[0][0].file, reason=reason))
    _stop(report)
    told = {(sheet.source, name) for sheet, guessed in chosen for name in guessed.left}
    tell_columns(material, told, report)
    unread = [(sheet, made.recipe) for sheet, made in read if made.recipe.rows == "not read"]
    used = [*material.sheets, *unread]
    whole = _whole_recipe([*used, *_flow_recipes(flow, every, used)], request, recipe or Recipe())
    tell_understood(material, made, named, works, report)
    files[RECIPE_FILE] = to_toml(whole)
    files[REPORT_FILE] = report.markdown()
    places = places_of(material, made, named, works)
    kept = tuple(
        TABLES[name].file
        for name in (
            "codebook",
            "studies",
            "coded_studies",
            "flow",
            "first_coding",
            "second_coding",
        )
        if TABLES[name].file in files
    )
    return Taken(Draft(files, places, imported=kept), report, whole)


def _tables_of_studies(
    every: Sequence[Sheet], request: Request, recipe: Recipe | None, report: Report
) -> tuple[Sheet | None, list[Sheet]]:
    """The table that is a codebook, if there is one, and those that may hold studies or codings."""

    def uses(sheet: Sheet) -> dict[str, str]:
        before = recipe.sheet(sheet.file, sheet.name) if recipe else None
        named = given(sheet.header, request.columns, sheet.file)[0]
        return {**(before.columns if before else {}), **named}

    sheets, told = without_excluded((one for one in every if one.holds != "flow"), uses)
    for text in told:
        report.left_out(text)
    for sheet in every[:1] if all(one.holds == "codebook" for one in sheets) else ():
        what, instead = _NOT_CODED[sheet.holds]
        report.problems.append(Problem("sheet-no-table", sheet.file, what=what, instead=instead))
    _stop(report)
    found = codebook_among(sheets, request, report)
    _stop(report)
    return found


def _check_codes(
    material: Material, sheets: Sequence[Sheet], ranks: Sequence[str], report: Report
) -> None:
    """Problems of the codebook as a whole: no code, too many ranks, others than were named."""
    codes = material.codes
    file = codes.file or sheets[0].file
    if codes.depth > MOST_RANKS:
        numbers = {"n": codes.depth, "most": MOST_RANKS}
        report.problems.append(Problem("ranks-many", file, **numbers))
    if not material.codings and not report.problems:
        listed = columns_of(sheets)
        report.problems.append(Problem("import-no-codes", sheets[0].source, 1, listed=listed))
    elif ranks and len(ranks) != codes.depth:
        deepest = max(map(codes.path, codes.nodes), key=len, default=())
        said = {
            "names": number(len(ranks), "rank"),
            "listed": ", ".join(map(repr, ranks)),
            "ranks": number(codes.depth, "rank"),
            "deepest": " > ".join(codes.nodes[step].label for step in deepest),
        }
        report.problems.append(Problem("ranks-named", file, **said))


def _flow_file(flow: Flow | None, report: Report) -> dict[str, str]:
    """The file of the search flow, if there are numbers for one, and what is told of them."""
    for note in flow.notes if flow else ():
        report.decided(note)
    return {TABLES["flow"].file: table_text("flow", flow.rows)} if flow and flow.rows else {}


def _flow_recipes(
    flow: Flow | None, every: Sequence[Sheet], used: Sequence[tuple[Sheet, SheetRecipe]]
) -> list[tuple[Sheet, SheetRecipe]]:
    """Files that hold nothing but numbers of the search, which are read again as well."""
    known = {sheet.source for sheet, _ in used}
    return [
        (sheet, SheetRecipe(sheet.file, sheet.name, "flow"))
        for sheet in every
        if flow is not None and sheet.file in flow.files and sheet.source not in known
    ]


def _whole_recipe(
    used: Sequence[tuple[Sheet, SheetRecipe]], request: Request, former: Recipe
) -> Recipe:
    """How all files were read, each named as it is reached from the review's folder."""
    folder = request.folder
    return Recipe(
        tuple(replace(how, file=_from(folder, Path(sheet.file))) for sheet, how in used),
        _from(folder, request.bib) if request.bib else former.references,
        _from(folder, request.codebook) if request.codebook else former.codebook,
    )


def _stop(report: Report) -> None:
    """Stop if something is wrong: so many problems are listed, the others counted."""
    errors = [problem for problem in report.problems if problem.severity == "error"]
    if not errors:
        return
    told = [*ReviewError(errors).problems]
    if len(told) > _LISTED:
        rest = len(told) - _LISTED
        last = told[_LISTED]
        more = Problem("more-problems", last.file, last.line, rest=number(rest, "more problem"))
        told = [*told[:_LISTED], more]
    raise ReviewError(told)


def _from(folder: Path, file: Path) -> str:
    """A file as it is reached from a review's folder; only its name if it is far away."""
    try:
        way = Path(os.path.relpath(file.absolute(), folder.absolute())).as_posix()
    except ValueError:  # on another drive
        return file.name
    return way if way.count("../") <= 2 and not way.startswith("/") else file.name


# --- reading ------------------------------------------------------------------------------------


def _read(files: Sequence[Path], report: Report, say: Say, *, maps: bool) -> list[Sheet]:
    """Every table of every file, with what was told while reading.

    Parameters
    ----------
    files : the files.
    report, say : where it is told, and said.
    maps : whether maps may be taken apart: the team named no column of them.
    """
    sheets: list[Sheet] = []
    for file in files:
        found, problems = read_tables(file, say)
        report.problems += problems
        if maps:
            found = [by_variable(one_below_another(sheet)) for sheet in of_forms(found)]
            found = [one for sheet in found for one in of_map(sheet)]
        found = named_by_sheets([headed(sheet) for sheet in found])
        found = [filled_down(settled(grouped(explained(sheet)))) for sheet in found]
        for sheet in map(turned, found):
            say(
                f"Read {number(len(sheet.rows), 'row')} and {len(sheet.header)} columns: "
                f"{source(sheet)}" + (f" ({sheet.program})" if sheet.program else "")
            )
            for note in sheet.notes:
                say(f"  {note}")
                report.decided(f"{source(sheet)}: {note}")
            if sheet.hidden and not all(other.hidden for other in found):
                report.left_out(f"{source(sheet)} is hidden and was not read.")
                continue
            sheets.append(sheet)
    return sheets


def _answer(made: Guess, ask: Ask | None, report: Report) -> SheetRecipe:
    """The recipe after the team answered what is to be asked; the rest is told."""
    recipe = made.recipe
    for doubt in made.doubts:
        taken = doubt.text
        if ask is not None and doubt.answers:
            answer = ask(doubt.question, [text for text, _ in doubt.answers])
            if answer:
                change = doubt.answers[answer][1]
                recipe = replace(recipe, columns={**recipe.columns, **change})
                taken = f"{doubt.question} You said: {doubt.answers[answer][0]}."
        report.decided(taken, hint=f"Otherwise: {doubt.hint}." if doubt.hint else "")
    return recipe


def _works(bib: Path | None, report: Report, say: Say) -> Works | None:
    if bib is None:
        return None
    works, problems = read_works(bib, say)
    # What 'synth check' would refuse tomorrow is told with what cannot be read today.
    latest = today().year + 1
    refused = (one for one in works.wrong(latest) if one.severity == "error")
    for problem in dict.fromkeys([*problems, *refused]):
        if problem.severity == "error":
            report.problems.append(problem)
        else:
            report.decided(
                f"References: {problem.message}",
                f"{Path(problem.file).name}:{problem.line}",
                noun="entry",
            )
    say(f"Read {number(len(works.bibliography), 'work')}: {bib}")
    for note in works.notes:
        say(f"  {note}")
        report.decided(f"{bib.name}: {note}")
    for new, old in works.former.items():
        if old != new:
            report.decided(
                f"Keys of {bib.name} got a form that can be an id.",
                f"{old!r} is now {new!r}",
                noun="key",
            )
    return works


def _codes(request: Request, codebook: Sheet | None, report: Report, say: Say) -> Codes:
    if request.codebook is not None:
        found, problems = read_tables(request.codebook, say)
        report.problems += problems
        _stop(report)
        held = [sheet for sheet in found if sheet.holds == "codebook"] or found
        codebook = held[0] if held else None
    if codebook is None:
        return Codes()
    codes, problems = read_codes(codebook, request.path)
    report.problems += problems
    say(f"Read a codebook: {source(codebook)}: {number(len(codes.nodes), 'node')}")
    for note in (*codebook.notes, *codes.notes):
        say(f"  {note}")
        report.decided(f"{source(codebook)}: {note}")
    return codes


def _tell_unclear(material: Material, works: Works | None, report: Report) -> None:
    lines = [{row.line: row.cells for row in sheet.rows} for sheet, _ in material.sheets]
    for index, match in report.unclear:
        group = material.studies.groups[index]
        written = [
            (at, line)
            for at, line in group.places
            if any(
                " ".join(lines[at][line][name].split()) == match.said
                for name in material.sheets[at][1].of("study")
            )
        ]
        for at, line in written or group.places:
            sheet, recipe = material.sheets[at]
            column = recipe.one("study") or recipe.one("title")
            report.problems.append(match.problem(sheet.source, line, column))
    for index, near in report.unknown:
        group = material.studies.groups[index]
        for at, line in group.places:
            sheet, recipe = material.sheets[at]
            where = ("work-unknown", sheet.source, line, recipe.one("study"))
            file = works.file if works else ""
            report.problems.append(Problem(*where, value=group.shown, file=file, near=near))
