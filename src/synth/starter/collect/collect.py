"""From a team's tables, read by a recipe, to studies, codings and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from synth.starter.codebook_draft import Codes
from synth.starter.collect.codes import RowCodes, draft_codes, node_of, tell_alike
from synth.starter.collect.directions import (
    add_directions,
    direction_word,
    find_directions,
    way_of,
    words_of_codes,
)
from synth.starter.collect.facts import find_facts
from synth.starter.collect.material import Coding, Material, Where
from synth.starter.collect.reviewers import codings_in_columns, rows_that_count
from synth.starter.collect.studies import find_studies
from synth.starter.columns.ticks import texts_beside
from synth.starter.lists import pieces, sentences
from synth.starter.marks import without_mark
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report, place
from synth.starter.request import Pace, Say
from synth.starter.sheet import Row, Sheet
from synth.starter.values import (
    count_in,
    is_blank_tick,
    is_tick,
    same,
    says_no,
    ticked_text,
    unknown,
)

_UNSAID = "does not say that it applies, so it is no finding"
_SEEN = ("summary", "section", "anchor", "basis", "finding")
Named = tuple[str, Sequence[str], str, str]
"""A code that a row names: column, labels from the widest, direction, and the text beside it."""


def collect(
    sheets: Sequence[tuple[Sheet, SheetRecipe]],
    codes: Codes,
    report: Report,
    say: Say | None = None,
) -> Material:
    """Read the tables by their recipes: who, then which rows count, then what they say.

    Parameters
    ----------
    sheets : each table and how it is read.
    codes : the team's codebook, or an empty one that is drafted from the codes.
    report : where it is told.
    say : where it is said how far it is, when it takes longer than two seconds.
    """
    pace = Pace(say)
    material = Material([*sheets], codes, report)
    find_studies(material, pace)
    studies = material.studies_by_row()
    counting, first, second = rows_that_count(material, studies)
    reader = RowCodes(codes, [sheet for sheet, _ in sheets])
    if not codes.file:
        draft_codes(material, counting, reader)
    columns = codings_in_columns(material, counting, studies)
    find_directions(material, counting, reader, pace)
    add_directions(material, [(material.sheets, first | second), *columns], pace)
    material.codings = _codings(material, counting, studies, reader, pace)
    if not codes.file:
        tell_alike(codes, report)
    for old, new in reader.typed.items():
        report.decided(
            "A count or a page typed behind a code is no part of it, and is not kept.",
            f"{old!r} is read as {new!r}",
            "Otherwise: say what it is read as in the recipe's [sheet.values].",
            noun="code",
        )
    kept = dict(material.made)
    material.first = _codings(material, first, studies, reader, pace)
    material.second = _codings(material, second, studies, reader, pace)
    for codings, (of_coder, rows) in zip((material.first, material.second), columns, strict=True):
        codings += _of_coder(material, of_coder, rows, studies, reader, pace)
    material.made = kept
    find_facts(material, counting)
    return material


def _of_coder(
    material: Material,
    sheets: list[tuple[Sheet, SheetRecipe]],
    rows: set[Where],
    studies: Mapping[Where, Sequence[int]],
    reader: RowCodes,
    pace: Pace,
) -> list[Coding]:
    """The findings of one coder's columns; what was told of the rows already is not told again."""
    report = Report()
    found = _codings(replace(material, sheets=sheets, report=report), rows, studies, reader, pace)
    material.report.take_over(report)
    return found


def _codings(
    material: Material,
    chosen: set[Where],
    studies: Mapping[Where, Sequence[int]],
    reader: RowCodes,
    pace: Pace,
) -> list[Coding]:
    """The findings of some rows: one for each study and each code that a row names."""
    report = material.report
    codings: list[Coding] = []
    texts = [_texts_of_codes(recipe) for _, recipe in material.sheets]
    for index, sheet, recipe, row in material.rows(chosen, pace):
        said = _said(row, recipe)
        if unknown(said.get("summary", "")):
            report.decided(
                "A text that only says 'not reported' is no finding in words.",
                place(sheet, row.line, recipe.one("summary")),
            )
            del said["summary"]
        found = [
            (name, node_of(labels, material.codes, report, sheet, row.line, name), word, text)
            for name, labels, word, text in _named(row, recipe, reader, texts[index])
        ]
        if recipe.of("theme") and len({node for _, node, _, _ in found}) > 1:
            report.decided(
                "Rows with several codes make a finding for each.", place(sheet, row.line)
            )
        if not found and said.get("summary") and not texts[index]:
            report.left_out(_UNCODED, place(sheet, row.line, recipe.one("summary")), noun="row")
        seen: set[tuple[str, str]] = set()
        for name, node, word, text in found:
            if not node:
                continue
            way = way_of(word, material)
            where = (index, row.line, name)
            if (node, way + text) in seen:
                report.left_out(
                    "A code that a row names twice was taken once.", place(sheet, row.line, name)
                )
                material.made.setdefault(where, 1)
                continue
            seen.add((node, way + text))
            material.made[where] = material.made.get(where, 0) + 1
            several = len(recipe.of("summary")) > 1 and name in recipe.of("theme")
            cells = {**said, "summary": text} if text or several or texts[index] else said
            for study in studies.get((index, row.line), ()):
                codings.append(Coding(study, node, way, cells, *where))
        for name, column in texts[index].items():
            if row.cells[column] and (index, row.line, name) not in material.made:
                report.left_out(
                    "A text beside a code that does not apply is no finding.",
                    place(sheet, row.line, column),
                    noun="cell",
                )
        _tell_uncoded(row, recipe, sheet, material)
    return codings


_UNCODED = (
    "A text without a code is no finding: give its row a code. A code that stands only in the "
    "first of its rows, as merged cells are saved, is to be filled down."
)


def _said(row: Row, recipe: SheetRecipe) -> dict[str, str]:
    """What a row says of all its findings: the finding in words, and where it stands."""
    return {use: " ".join(row.cells[name].split()) for use in _SEEN if (name := recipe.one(use))}


def _named(
    row: Row, recipe: SheetRecipe, reader: RowCodes, texts: Mapping[str, str]
) -> Iterator[Named]:
    """The codes that a row names, and says something below."""
    word = direction_word(row, recipe)
    own = words_of_codes(row, recipe)
    for name, labels, before in reader.labels(row, recipe):
        side = before or recipe.directions.get(name, "") or own.get(name, word)
        yield name, labels, side, _text(row, texts.get(name, ""))
    for name in recipe.of("codes"):
        heading = recipe.codes.get(name, (name,))
        for side, text in _below(row.cells[name], name, heading[-1], recipe, word):
            yield name, heading, side, text or _text(row, texts.get(name, ""))


def _text(row: Row, column: str) -> str:
    """What stands in a column of texts; empty if it says that nothing is known."""
    text = " ".join(row.cells[column].split()) if column else ""
    return "" if unknown(text) else text


def _texts_of_codes(recipe: SheetRecipe) -> Mapping[str, str]:
    """For columns of codes the columns with the text of each, where each has its own."""
    codes, texts = recipe.of("theme"), recipe.of("summary")
    if len(texts) == len(codes) > 1:
        return dict(zip(codes, texts, strict=True))
    return texts_beside([*recipe.columns], recipe.of("codes"), texts)


def _below(
    cell: str, name: str, label: str, recipe: SheetRecipe, word: str
) -> Iterator[tuple[str, str]]:
    """The findings of a cell below a heading that is a code: direction, and text.

    Parameters
    ----------
    cell : the cell.
    name, label : its column, and what the code is called.
    recipe : how the table is read.
    word : the direction that the row says.
    """
    plain = " ".join(cell.split())
    flat = recipe.values.get(name, {}).get(plain, plain)
    if marked := recipe.marks.get(same(flat)):
        yield marked, ""
        return
    count = count_in(flat)
    ticked = is_tick(flat, label)
    if (is_blank_tick(flat) and not ticked) or count == 0:
        return
    side = recipe.directions.get(name, "") or word
    if ticked or is_tick(flat, name) or count is not None:
        yield side, ""
    elif text := ticked_text(flat):
        yield side, text
    else:
        for text in sentences(cell) if flat == plain else [flat]:
            yield without_mark(text, recipe.marks)[0] or side, text


def _tell_uncoded(row: Row, recipe: SheetRecipe, sheet: Sheet, material: Material) -> None:
    """Cells of codes that say something but no code."""
    codes, report = material.codes, material.report
    for name in (*recipe.of("theme", "dimensions"), *recipe.ranks):
        for part in pieces(row.cells[name], ";\n"):
            if unknown(part, nothing=True) and not (codes.file and codes.find(part)):
                report.left_out(
                    f"{part!r} in a column of codes says that nothing was coded.",
                    place(sheet, row.line, name),
                    noun="cell",
                )
    for name in recipe.of("codes"):
        cell = row.cells[name]
        if not cell or same(cell) in recipe.marks:
            continue
        meant = recipe.values.get(name, {}).get(" ".join(cell.split()), cell)
        if (is_blank_tick(meant) or count_in(cell) == 0) and not is_tick(cell, name):
            says = "says that the code does not apply" if says_no(meant) else _UNSAID
            report.left_out(
                f"{cell!r} below a heading that is a code {says}.",
                place(sheet, row.line, name),
                noun="cell",
            )
