"""Which study each row is about, and which rows are about none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from synth.errors import Problem
from synth.reading.csv_table import mangled
from synth.starter.collect.material import Material
from synth.starter.columns.headings import FIRST_AUTHOR
from synth.starter.identity import (
    Identity,
    author_and_year,
    identity,
    several_studies,
    spoken,
    without_row_numbers,
)
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report, place, source
from synth.starter.request import Pace
from synth.starter.sheet import Row, Sheet
from synth.starter.spreadsheet import folded
from synth.starter.values import is_beside, is_day, is_note, is_sum, is_total, same, year_in
from synth.text import shorten

_CONTINUED = re.compile(
    r"(?:table|tabelle|tableau|tabla|tabela|tabella|tabell|tabel)?\s*[\w.]{0,5}\s*[(\[,:–-]*\s*"
    r"(?:continued|cont['’]?d\.?|cont\.|fortsetzung|forts\.|suite|continuaci[oó]n|continuação)[)\].]*",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_BOTH = "The column of years says another year than the study's name: the column counts."
_NOTE = "A note below the table is about no study."


def find_studies(material: Material, pace: Pace) -> None:
    """Tell the studies apart, and say what was joined, kept apart or left out."""
    found: list[tuple[tuple[int, int, int], Identity]] = []
    # A cell may name several studies as the tables of studies do.
    listed = {
        row.cells[name]
        for sheet, recipe in material.sheets
        if recipe.rows in ("studies", "references")
        for name in recipe.of("study", "record", "key")
        for row in sheet.rows
    }
    for index, (sheet, recipe) in enumerate(material.sheets):
        changed, numbers = without_row_numbers(sheet.rows, recipe)
        if numbers:
            material.report.decided(
                f"{numbers!r} of {source(sheet)} numbers the rows, not the studies."
            )
            material.sheets[index] = (sheet, changed)
        if changed.rows in ("codings", "studies", "references"):
            found += _identities(material, index, listed, pace)
    material.studies.add(_by_first_author(material, _with_years(material, found)))
    _tell_unclear(material)
    for cause, examples in material.studies.apart.items():
        for example in examples:
            material.report.decided(f"Studies: {cause}.", example, noun="study")
    for one, two in material.studies.nearly_alike():
        material.report.decided(
            "Studies: names that are nearly alike stand as two studies; if they are one, "
            "write them alike.",
            f"{one!r} and {two!r}",
            noun="pair",
        )
    _tell_repeated(material)
    _tell_unlisted(material)


def _identities(
    material: Material, index: int, listed: Iterable[str], pace: Pace
) -> Iterator[tuple[tuple[int, int, int], Identity]]:
    """Who the rows of a table are about; what is about nobody is left out with its reason."""
    sheet, recipe = material.sheets[index]
    report = material.report
    known = [*dict.fromkeys(filter(None, (*_labels(sheet, recipe), *listed)))]
    column = recipe.one("study")
    headed = _names_with_years(sheet, recipe)
    seen: dict[tuple[str, ...], int] = {}
    above: Identity | None = None
    for number, row in enumerate(sheet.rows):
        pace("Telling studies apart", number, len(sheet.rows))
        whole = tuple(row.cells.values())
        if whole in seen:
            material.fate[index, row.line] = f"it repeats line {seen[whole]} word for word"
            report.left_out(
                "Rows that repeat another word for word were taken once.",
                f"{place(sheet, row.line)} repeats line {seen[whole]}",
            )
            continue
        seen[whole] = row.line
        reason, shown = _no_study(sheet, recipe, number), ""
        if not reason and headed and _is_heading(sheet, column, number):
            reason = "A row that only heads the rows below it is about no study."
            shown = f": {shorten(row.cells[column], 40)!r}"
        if reason:
            material.fate[index, row.line] = reason
            report.left_out(reason, place(sheet, row.line) + shown)
            continue
        who = identity(row, recipe)
        if not who:
            if above is None or recipe.rows == "references":
                report.problems.append(Problem("row-without-study", sheet.source, row.line, column))
                continue
            who = above
            report.decided(
                "Rows without a study belong to the study of the row above, as merged cells "
                "are saved.",
                place(sheet, row.line, column),
            )
        above = who
        material.fate[index, row.line] = ""
        _tell_years(material, sheet, recipe, row)
        label = row.cells[column] if column else ""
        _tell_other_year(row, recipe, label, place(sheet, row.line, column), report)
        parts = several_studies(label, known) if column else []
        if len(parts) > 1:
            report.decided(
                "A cell that names several studies gives each of them the row's findings.",
                place(sheet, row.line, column),
            )
            for at, part in enumerate(parts):
                yield (index, row.line, at), identity(row, recipe, part)
            continue
        code = mangled(label) if column else ""
        if code and not re.fullmatch(r"\d+(?:\.0)?", label):
            report.problems.append(Problem(code, sheet.source, row.line, column, value=label))
        yield (index, row.line, 0), who


def _labels(sheet: Sheet, recipe: SheetRecipe) -> list[str]:
    return [row.cells[name] for name in recipe.of("study") for row in sheet.rows]


def _names_with_years(sheet: Sheet, recipe: SheetRecipe) -> bool:
    """Whether most studies are named by author and year.

    Among names such as "Lee 2020" a lone "Africa" heads the rows below it, and one without a year
    among authors with the year beside.
    """
    labels = _labels(sheet, recipe)
    dated = [row.cells[name] for name in recipe.of("year") for row in sheet.rows if row.cells[name]]
    if _held(sheet.rows[0]) > 1:  # the first group has a heading as well
        dated = []
    whose = max(sum(author_and_year(label) is not None for label in labels), len(dated))
    return whose * 2 > len([label for label in labels if label])


def _with_years(
    material: Material, found: list[tuple[tuple[int, int, int], Identity]]
) -> list[tuple[tuple[int, int, int], Identity]]:
    """Studies named without a year, by the one of that name that has one in another row."""
    dated: dict[str, dict[str, Identity]] = {}
    for _, who in found:
        name, year = who.details.get("label", ""), who.details.get("year", "")
        if year and name.endswith(f" {year}"):
            dated.setdefault(same(name.removesuffix(f" {year}")), {})[who.label] = who
    made = []
    for where, who in found:
        name = who.details.get("label", "")
        meant = dated.get(same(name), {}) if name and "year" not in who.details else {}
        if len(meant) == 1:
            (one,) = meant.values()
            why = "A study named without a year is the one of that name that has a year elsewhere."
            who = _taken_for(material, where, who, one, why)
        made.append((where, who))
    return made


def _by_first_author(
    material: Material, found: list[tuple[tuple[int, int, int], Identity]]
) -> list[tuple[tuple[int, int, int], Identity]]:
    """Studies named by several authors that another table calls by the first of them and a year."""
    listed: dict[tuple[str, ...], dict[str, Identity]] = {}
    others: dict[tuple[str, ...], set[str]] = {}
    for (index, _, _), who in found:
        _, recipe = material.sheets[index]
        name, year = author_and_year(who.details.get("label", "")) or ("", "")
        first = (*spoken(name).split()[:1], year)
        if not year or len(first) < 2:
            continue
        if any(folded(column) in FIRST_AUTHOR for column in recipe.of("study", "author")):
            listed.setdefault(first, {})[who.label] = who
        else:
            others.setdefault(first, set()).add(who.label)
    made = []
    for where, who in found:
        name, year = author_and_year(who.details.get("label", "")) or ("", "")
        meant = listed.get((*spoken(name).split()[:1], year), {})
        several = len(spoken(name).split()) > 1 and who.label not in meant
        if several and len(meant) == 1 == len(others.get((spoken(name).split()[0], year), ())):
            (one,) = meant.values()
            why = (
                "A study named by several authors is the one that another table calls by the "
                "first of them and the same year."
            )
            who = _taken_for(material, where, who, one, why)
        made.append((where, who))
    return made


def _taken_for(
    material: Material, where: tuple[int, int, int], who: Identity, one: Identity, why: str
) -> Identity:
    """A study under the name of another that it is, told with its place."""
    told = f"{who.details['label']!r} is {one.details['label']!r}"
    material.report.decided(why, f"{place(material.sheets[where[0]][0], where[1])}: {told}")
    return replace(who, label=one.label, details={**who.details, "label": one.details["label"]})


def _tell_years(material: Material, sheet: Sheet, recipe: SheetRecipe, row: Row) -> None:
    for name in recipe.of("year"):
        told, at = row.cells[name], place(sheet, row.line, name)
        if len({*_YEARS.findall(told)}) > 1:
            material.report.decided(
                "Of several years in a cell the first is the study's, unless the references "
                "say another.",
                f"{at}: {told!r}",
                noun="cell",
            )
        elif is_day(told):
            material.report.decided(
                "A year that a spreadsheet keeps as the number of a day is read as the year of "
                "that day.",
                f"{at}: {told!r} as {year_in(told)}",
                noun="cell",
            )


def _tell_other_year(row: Row, recipe: SheetRecipe, label: str, where: str, report: Report) -> None:
    """Say of a study whose year is another in its name than in its column, which one counts."""
    name = recipe.one("year")
    years, said = {*_YEARS.findall(label)}, year_in(row.cells[name]) if name else ""
    if len(years) == 1 and said and said[:4] not in years and author_and_year(label):
        report.decided(_BOTH, f"{where}: {label!r} and {row.cells[name]!r}", noun="cell")


def _is_heading(sheet: Sheet, column: str, number: int) -> bool:
    """Whether nothing stands in a row but a name that is no study's, above other rows."""
    row, below = sheet.rows[number], sheet.rows[number + 1 : number + 2]
    label = row.cells[column] if column else ""
    alone = bool(label) and _held(row) == 1 and len(sheet.header) > 2
    return alone and not author_and_year(label) and any(_held(other) > 1 for other in below)


def _held(row: Row) -> int:
    """How many cells of a row hold something."""
    return sum(map(bool, row.cells.values()))


def _no_study(sheet: Sheet, recipe: SheetRecipe, number: int) -> str:
    """Why a row is about no study, if it is about none: sums, notes below the table."""
    row = sheet.rows[number]
    last = number + 3 >= len(sheet.rows)
    held = {name: cell for name, cell in row.cells.items() if cell}
    if len(held) > 1 and all(_is_named(sheet, name, cell) for name, cell in held.items()):
        return "A row that repeats the headings, as on a new page, is about no study."
    first = next(iter(held.values()), "")
    if len(held) == 1 and _CONTINUED.fullmatch(first):
        return "A row that only says that the table goes on is about no study."
    told = (row.cells[name] for name in recipe.of("study", "author", "title"))
    named = next(filter(None, told), "")
    head = named or first
    others = [cell for cell in held.values() if cell != head]
    sums = recipe.rows != "codings" or last or len(others) > 2
    if sums and others and all(map(is_sum, others)) and is_total(head):
        return "A row of sums is about no study."
    if not number and not named and held and is_beside(held):
        return "A row in brackets that only explains the headings above it is about no study."
    if len(held) != 1 or len(sheet.header) < 2 or author_and_year(first):
        return ""
    if is_note(first) and (last or len(first) > 20):
        return _NOTE
    if not last:
        return ""
    below = all(_held(other) == 1 for other in sheet.rows[number:])
    if below and len(sheet.header) > 2 and re.search(r"[:=;]\s|\.$", first):
        return _NOTE
    titles = (row.cells[name] for name in recipe.of("title"))
    return _NOTE if len(first) > 120 and first not in titles else ""


def _is_named(sheet: Sheet, name: str, cell: str) -> bool:
    """Whether a cell holds the heading of its column."""
    return same(" ".join(cell.split())) in {same(name), *map(same, sheet.heads.get(name, ()))}


# --- telling ------------------------------------------------------------------------------------


def _tell_unclear(material: Material) -> None:
    """Names that may be of several studies are problems, one for each row."""
    groups = material.studies.groups
    told: dict[str, list[tuple[int, int]]] = {}
    shown: dict[str, list[str]] = {}
    for where, who, candidates in material.studies.unclear:
        told.setdefault(who.shown, []).append(where)
        names = [groups[at].details.get("title") or groups[at].shown for at in candidates]
        if len({*names}) < len(names):
            ids = [groups[at].who.doi or groups[at].who.record for at in candidates]
            names = [f"{n} ({i})" if i else n for n, i in zip(names, ids, strict=True)]
        shown[who.shown] = names
    for name, places in told.items():
        listed = ", ".join(repr(title) for title in shown[name][:4])
        for index, line in places:
            sheet, recipe = material.sheets[index]
            at = ("study-unclear", sheet.source, line, recipe.one("study"))
            material.report.problems.append(Problem(*at, value=name, listed=listed))


def _tell_repeated(material: Material) -> None:
    """Rows of a table with a row for each study that name the same study."""
    for group in material.studies.groups:
        for index, (sheet, recipe) in enumerate(material.sheets):
            lines = [line for at, line in group.places if at == index]
            if recipe.rows == "studies" and len(lines) > 1 and not recipe.of("reviewer"):
                listed = ", ".join(str(line) for line in lines)
                material.report.decided(
                    "Several rows name one study and were taken together; if they are several "
                    "studies, add a title, a DOI, or a letter after the year.",
                    f"{group.shown!r} in lines {listed} of {source(sheet)}",
                    noun="study",
                )


def _tell_unlisted(material: Material) -> None:
    """Studies that are coded in one table and not named in the table of all studies."""
    rows = [recipe.rows for _, recipe in material.sheets]
    groups = material.studies.groups
    kinds = [{rows[index] for index, _ in group.places} for group in groups]
    if not any({"studies", "codings"} <= kind for kind in kinds):
        return
    lists = [source(sheet) for sheet, recipe in material.sheets if recipe.rows == "studies"]
    for group, kind in zip(groups, kinds, strict=True):
        if kind == {"codings"}:
            material.report.decided(
                f"Studies that are coded and that {' and '.join(lists)} does not name stand "
                "as further studies; if one is a slip of the pen, mend it.",
                repr(group.shown),
                noun="study",
            )
