"""A team's own files as the data of a review: read, understood, collected, checked, and told."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.model import TABLES
from synth.reading.bibliography import BIB_FILE
from synth.reading.textio import without_collecting
from synth.references.importing import Works, read_references
from synth.starter.codebook_draft import MOST_RANKS, Codes, read_codes
from synth.starter.collect.collect import collect
from synth.starter.collect.material import Material
from synth.starter.columns.guess import Guess, guess
from synth.starter.columns.headings import PERSON
from synth.starter.columns.table import CODES, IDENTITY, Doubt
from synth.starter.draft import Tables, Words, files_of, table_text, tables
from synth.starter.flow_import import flow_of, without_excluded
from synth.starter.project import Draft, Say
from synth.starter.recipe import RECIPE_FILE, Recipe, SheetRecipe, difference, to_toml
from synth.starter.reconcile import differences
from synth.starter.report import REPORT_FILE, Report, number, place, source
from synth.starter.request import Ask, Request
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded, read_tables
from synth.starter.turned import turned
from synth.starter.values import directions_in, is_consensus
from synth.starter.works import Named, find_works, name_works, works_of_sheet

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
    sheets = _read(request.tables, report, say)
    flow = flow_of(sheets)
    every = [*sheets]
    read_first = sheets[:1]
    sheets, told = without_excluded(sheet for sheet in sheets if sheet.holds != "flow")
    for text in told:
        report.left_out(text)
    for sheet in read_first if all(one.holds == "codebook" for one in sheets) else ():
        what, instead = _NOT_CODED[sheet.holds]
        report.problems.append(Problem("sheet-no-table", sheet.file, what=what, instead=instead))
    _stop(report)
    codebook, sheets = _codebook_among(sheets, request, report)
    _stop(report)
    former = former or Former()
    read = [_understand(sheet, request, recipe, former.held, report) for sheet in sheets]
    chosen = _choose(read, request, report)
    _stop(report)
    unread = [(sheet, made.recipe) for sheet, made in read if made.recipe.rows == "not read"]
    understood = [(sheet, _answer(made, ask, report)) for sheet, made in chosen]
    works = former.works or _works(request.bib, report, say)
    codes = former.codes or _codes(request, codebook, report, say)
    _stop(report)
    material = collect(understood, codes, report, say)
    if len(material.codings) > MANY:
        say(f"  Writing {number(len(material.codings), 'finding')} …")
    found = find_works(material.studies, works, report, former.ids)
    _tell_unclear(material, works, report)
    if codes.depth > MOST_RANKS:
        numbers = {"n": codes.depth, "most": MOST_RANKS}
        report.problems.append(Problem("ranks-many", codes.file or sheets[0].file, **numbers))
    if not material.codings and not report.problems:
        listed = ", ".join(repr(name) for name in sheets[0].header)
        report.problems.append(Problem("import-no-codes", sheets[0].source, 1, listed=listed))
    _stop(report)
    named = name_works(material.studies, works, found)
    words = Words(
        request.title,
        request.question,
        request.citation,
        request.ranks,
        request.tables[0].stem if request.tables else "",
    )
    made = tables(material, named, words, former.findings)
    files = files_of(made, named, material, words)
    if flow is not None:
        for note in flow.notes:
            report.decided(note)
        if flow.rows:
            files[TABLES["flow"].file] = table_text("flow", flow.rows)
    for reason in differences(material, made, named, files):
        report.problems.append(Problem("import-sums", material.sheets[0][0].file, reason=reason))
    _stop(report)
    _tell_columns(material, report)
    used = [*material.sheets, *unread]
    # Files that hold nothing but numbers of the search are read again as well.
    known = {sheet.source for sheet, _ in used}
    used += [
        (sheet, SheetRecipe(sheet.file, sheet.name, "flow"))
        for sheet in every
        if flow is not None and sheet.file in flow.files and sheet.source not in known
    ]
    whole = Recipe(
        tuple(replace(how, file=_from(request.folder, Path(sheet.file))) for sheet, how in used),
        _from(request.folder, request.bib) if request.bib else (recipe or Recipe()).references,
        _from(request.folder, request.codebook)
        if request.codebook
        else (recipe or Recipe()).codebook,
    )
    _understood(material, made, named, works, report)
    files[RECIPE_FILE] = to_toml(whole)
    files[REPORT_FILE] = report.markdown()
    places = _places(material, made, named, works)
    kept = tuple(
        TABLES[name].file
        for name in ("codebook", "studies", "coded_studies", "flow")
        if TABLES[name].file in files
    )
    return Taken(Draft(files, places, imported=kept), report, whole)


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


def _read(files: Sequence[Path], report: Report, say: Say) -> list[Sheet]:
    """Every table of every file, with what was told while reading."""
    sheets: list[Sheet] = []
    for file in files:
        found, problems = read_tables(file, say)
        report.problems += problems
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


def _codebook_among(
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
    report.decided(f"{source(named[0])} is the codebook.")
    return named[0], [sheet for sheet in sheets if sheet is not named[0]]


_CODEBOOKS = frozenset(
    (
        *("codebook", "code book", "codes", "coding frame", "coding framework", "code list"),
        *("codelist", "coding scheme", "themes", "data dictionary", "kodierleitfaden"),
        *("kategoriensystem", "libro de codigos", "livre de codes", "code system"),
    )
)


def _understand(
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
    for part in (part for text in columns for part in re.split(r",(?=\s*[\w-]+=)", text)):
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


def _choose(
    read: Sequence[tuple[Sheet, Guess]], request: Request, report: Report
) -> list[tuple[Sheet, Guess]]:
    """The tables that are used: with several, those that tell a study; the others are told."""
    chosen: list[tuple[Sheet, Guess]] = []
    surely = any(_codes_of(made.recipe) and not made.fallback for _, made in read)
    _by_names_of_sheets(read, report)
    for sheet, made in read:
        report.problems += made.problems
        told = any(made.recipe.of(use) for use in (*IDENTITY,))
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
            report.problems.append(Problem("new-without-table", sheet.source))
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
        sheet = chosen[0][0]
        listed = ", ".join(repr(name) for name in sheet.header)
        report.problems.append(Problem("import-no-codes", sheet.source, 1, listed=listed))
    return chosen


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
        told = directions_in(sheet.name) or PERSON.fullmatch(folded(sheet.name))
        if made.guessed and bare_way and code and not told and recipe.rows == "studies":
            alike.setdefault(sheet.header, []).append((sheet, made))
    for group in alike.values():
        for sheet, made in group if len(group) > 1 else ():
            codes = dict.fromkeys(made.recipe.of("codes"), (" ".join(sheet.name.split()),))
            made.recipe = replace(made.recipe, codes={**made.recipe.codes, **codes})
            report.decided(
                f"{source(sheet)}: its name is the code of its findings, {sheet.name!r}; its "
                "headings say their direction.",
                hint="Otherwise: change [sheet.codes] of the recipe.",
            )


def _reviewers_by_sheet(read: Sequence[tuple[Sheet, Guess]], names: Sequence[str]) -> None:
    """Of tables alike that are called after reviewers, the one of their consensus counts."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for at, (sheet, made) in enumerate(read):
        if made.guessed and (PERSON.fullmatch(names[at]) or is_consensus(names[at])):
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


_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".json")


def _works(bib: Path | None, report: Report, say: Say) -> Works | None:
    if bib is None:
        return None
    works, problems = read_references(bib)
    if any(problem.code == "references-none" for problem in problems):
        sheets, found = read_tables(bib, say)
        if sheets:
            works, found = works_of_sheet(sheets[0], guess(sheets[0]).recipe)
        problems = found if sheets or bib.suffix.lower() in _TABLES else problems
    for problem in problems:
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


# --- telling ------------------------------------------------------------------------------------


def _tell_columns(material: Material, report: Report) -> None:
    """Columns that end nowhere in the book, each with its reason."""
    for sheet, recipe in material.sheets:
        for name in sheet.header:
            use = recipe.columns.get(name, "leave-out")
            held = sum(bool(row.cells[name]) for row in sheet.rows)
            where = f"{source(sheet)}: {name!r}"
            if use in ("person", "reviewer"):
                report.left_out(
                    "Columns with names or addresses of people are not published.",
                    f"{name!r}",
                    '--columns "keep=COLUMN" publishes one.',
                    noun="column",
                )
            elif use == "abstract":
                report.left_out(
                    "Abstracts are not taken over: they belong to their publishers.",
                    f"{name!r}",
                    noun="column",
                )
            elif use == "leave-out" and not held:
                report.left_out("Empty columns.", f"{name!r}", noun="column")
            elif use == "leave-out":
                report.left_out(f"{where} ({number(held, 'cell')}) is not taken over.")
            elif use == "keep":
                report.decided(
                    "Columns of texts, or of values that hardly come again, are kept in the data "
                    "and are no filter.",
                    f"{name!r}",
                    '--columns "filter=COLUMN" makes one a filter.',
                    noun="column",
                )


def _understood(
    material: Material, made: Tables, named: Named, works: Works | None, report: Report
) -> None:
    """Five lines to check at a glance, and three rows as they will stand."""
    codes = [row["label"] for row in made.codebook]
    empty = len(material.not_coded())
    rows = sum(len(sheet.rows) for sheet, _ in material.sheets)
    left = sum(bool(reason) for reason in material.fate.values())
    studies = {row["study"] for row in made.studies if row["role"] == "evidence"}
    lines = [
        f"{number(len(studies), 'study')}"
        + (f", {empty} of them without any code" if empty else "")
        + f", told by {_told_by(material)}",
        f"{number(len(codes), 'code')}: {_some(codes)}",
        f"{number(len(made.findings), 'finding')} from {number(rows - left, 'row')}"
        + (f"; {number(left, 'row')} left out" if left else "")
        + (f"; {number(len(made.second), 'finding')} of a second coding" if made.second else ""),
        "Directions: " + ", ".join(way.label for way in made.directions),
        "Filters: "
        + (
            ", ".join(
                f"{facet.label} ({'the finding’s' if facet.of == 'finding' else 'the study’s'})"
                for facet in made.facets
            )
            or "none beside codes and years"
        ),
    ]
    report.understood += lines
    _tell_uses(material, report)
    labels = {row["id"]: row["label"] for row in made.codebook}
    shown = {
        key: group.shown for key, group in zip(named.keys, material.studies.groups, strict=True)
    }
    ways = {way.id: way.label for way in made.directions}
    report.examples.append(("place", "study", "code", "direction", "finding"))
    for row, (sheet, line) in [*zip(made.findings, made.places, strict=True)][:3]:
        text = row["summary"]
        report.examples.append(
            (
                place(material.sheets[sheet][0], line),
                shown[row["study"]],
                labels[row["theme"]],
                ways[row["direction"]],
                text if len(text) <= 60 else f"{text[:57]}...",
            )
        )
    if works is None:
        report.missing.insert(
            0,
            f"References: without --bib the {number(len(named.made), 'work')} are known by the "
            f"table alone. Complete them in {BIB_FILE}.",
        )


def _tell_uses(material: Material, report: Report) -> None:
    """What each column is."""
    for sheet, recipe in material.sheets:
        by_use: dict[str, list[str]] = {}
        for name, use in recipe.columns.items():
            by_use.setdefault(use, []).append(repr(name))
        uses = "; ".join(f"{use} {_some(names)}" for use, names in by_use.items())
        report.columns.append(f"{source(sheet)} (a row is {_ROW[recipe.rows]}): {uses}")


_ROW = {"codings": "a coding", "studies": "a study", "references": "a reference"}


def _told_by(material: Material) -> str:
    uses: dict[str, None] = {}
    for _, recipe in material.sheets:
        for use in ("key", "record", "doi", "pmid", "title", "study", "author", "year"):
            for name in recipe.of(use):
                uses[repr(name)] = None
    return ", ".join(uses)


def _some(listed: Sequence[str], most: int = 6) -> str:
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


def _places(
    material: Material, made: Tables, named: Named, works: Works | None
) -> dict[tuple[str, int], tuple[str, int]]:
    """Where the lines of the written files come from."""
    places: dict[tuple[str, int], tuple[str, int]] = {}
    file = TABLES["coded_studies"].file
    for line, (sheet, number_of_row) in enumerate(made.places, start=2):
        places[file, line] = (material.sheets[sheet][0].source, number_of_row)
    first: dict[str, tuple[int, int]] = {}
    for (sheet, line, _), study in sorted(material.studies.of_row.items()):
        first.setdefault(named.keys[study], (sheet, line))
    for line, row in enumerate(made.studies, start=2):
        if row["study"] in first:
            sheet, number_of_row = first[row["study"]]
            places[TABLES["studies"].file, line] = (
                material.sheets[sheet][0].source,
                number_of_row,
            )
    if material.codes.file:
        for line, node in enumerate(material.codes.nodes.values(), start=2):
            places[TABLES["codebook"].file, line] = (material.codes.file, node.line)
    if works is not None and works.file:
        for line in range(1, works.text.count("\n") + 2):
            places[BIB_FILE, line] = (works.file, works.lines.get(line, line))
    return places
