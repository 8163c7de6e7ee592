"""The words for directions that the rows say, each in one spelling."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from synth.errors import Problem
from synth.starter.collect.codes import RowCodes
from synth.starter.collect.material import NOT_STATED, Material, Where
from synth.starter.columns.headings import MOST_DIRECTIONS
from synth.starter.lists import sentences
from synth.starter.marks import read_marks, without_mark
from synth.starter.recipe import SheetRecipe
from synth.starter.report import place
from synth.starter.request import Pace
from synth.starter.sheet import Row, Sheet
from synth.starter.values import is_blank_tick, one_spelling, same, unknown

BOTH = "Both"


def find_directions(material: Material, counting: set[Where], reader: RowCodes, pace: Pace) -> None:
    """Gather the words for directions, and say which findings have none."""
    report = material.report
    _add_new_marks(material)
    spelled: Counter[str] = Counter()
    blank: list[str] = []
    columns: dict[str, None] = {}
    for _, sheet, recipe, row in material.rows(counting, pace):
        column = recipe.one("direction")
        ticked = column in recipe.directions
        if own := words_of_codes(row, recipe):
            columns[column] = None
            for name in (name for name in own if row.cells[name]):
                spelled.update(filter(None, [own[name]]))
                blank += [] if own[name] else [place(sheet, row.line, name)]
            continue
        word = direction_word(row, recipe)
        if word == BOTH and ticked:
            text = f"Rows with ticks for several directions have the direction {BOTH!r}."
            report.decided(text, place(sheet, row.line))
        before = [said for _, _, said in reader.labels(row, recipe)]
        silent = bool(column) or (bool(recipe.marks) and "" in before)
        for name in recipe.of("codes") if recipe.marks else ():
            cell = row.cells[name]
            before += [without_mark(text, recipe.marks)[0] for text in sentences(cell)]
        spelled.update(filter(None, before))
        if (silent or word) and reader.has_code(row, recipe):
            columns[column] = None
            if word:
                spelled[word] += 1
            elif "" in before or not before:
                blank.append(place(sheet, row.line, "" if ticked else column))
        for name in (*recipe.of("codes", "dimensions", "theme"), *recipe.ranks[-1:]):
            said = recipe.marks.get(same(row.cells[name]), "")
            if word := said or recipe.directions.get(name, ""):
                spelled[word] += 1
    if not spelled and not blank:
        report.decided(
            "There is no column of directions, so all findings have one, 'Reported'.",
            hint="--columns direction=COLUMN names one.",
        )
        return
    material.has_directions = True
    for where in blank:
        report.decided(f"Findings without a direction got one, {NOT_STATED!r}.", where)
    kept, told = one_spelling(spelled.elements())
    for line in told:
        report.decided("Directions in one spelling.", line, noun="word")
    words = Counter(kept.get(word, word) for word in spelled.elements())
    for word in sorted(words, key=lambda word: (-words[word], word)):
        material.directions[same(word)] = word[:1].upper() + word[1:]
    _tell_numbers(material, next(filter(None, columns), ""))
    if len(material.directions) + bool(blank) > MOST_DIRECTIONS:
        values = ", ".join(map(repr, [*material.directions.values()][:4]))
        column = next(iter(columns), "")
        at = (material.sheets[0][0].source, 1, column)
        numbers = {"n": len(words), "most": MOST_DIRECTIONS, "column": column}
        report.problems.append(Problem("directions-many", *at, **numbers, listed=values))


def add_directions(
    material: Material,
    codings: Iterable[tuple[Sequence[tuple[Sheet, SheetRecipe]], set[Where]]],
    pace: Pace,
) -> None:
    """Add the words for directions that only codings which do not count say.

    Parameters
    ----------
    material : the tables; the words of the rows that count are known.
    codings : for each coding the tables as it reads them, and its rows.
    pace : says how far it is.
    """
    for sheets, rows in codings if material.has_directions else ():
        for _, _, recipe, row in replace(material, sheets=[*sheets]).rows(rows, pace):
            own = words_of_codes(row, recipe).values()
            for word in filter(None, [*own, direction_word(row, recipe)]):
                material.directions.setdefault(same(word), word[:1].upper() + word[1:])


def _tell_numbers(material: Material, column: str) -> None:
    """Say of directions that are numbers how they get names."""
    numbers = [way for way in material.directions.values() if re.fullmatch(r"[-+]?\d+", way)]
    if numbers and column:
        material.report.decided(
            f"Directions that are numbers are called by them: {', '.join(numbers)}.",
            hint=f'Name them in the recipe: {numbers[0]} = "Barrier" below '
            f"[sheet.values.{json.dumps(column, ensure_ascii=False)}].",
        )


def _add_new_marks(material: Material) -> None:
    """Marks that a column of directions did not hold when its recipe was written."""
    for index, (sheet, recipe) in enumerate(material.sheets):
        for name in recipe.of("direction"):
            known = {} if name in recipe.directions else recipe.values.get(name, {})
            marks = read_marks([*known, *(row.cells[name] for row in sheet.rows)]) if known else {}
            if new := {mark: word for mark, word in marks.items() if mark not in known}:
                for mark, word in new.items():
                    material.report.decided(f"{name!r}: {mark!r} is read as {word!r}.")
                values = {**recipe.values, name: {**known, **new}}
                material.sheets[index] = (sheet, replace(recipe, values=values))


def direction_word(row: Row, recipe: SheetRecipe) -> str:
    """What a row says of its direction: in a column of them, by ticks, or before its text."""
    columns = recipe.of("direction")
    if ticked := [name for name in columns if name in recipe.directions]:
        held = [name for name in ticked if not is_blank_tick(row.cells[name])]
        said = {recipe.directions[name] for name in held if not unknown(row.cells[name])}
        return BOTH if len(said) > 1 else next(iter(said), "")
    if not columns:
        text = recipe.one("summary")
        return without_mark(" ".join(row.cells[text].split()), recipe.marks)[0] if text else ""
    flat = " ".join(row.cells[columns[0]].split())
    word = recipe.values.get(columns[0], {}).get(flat, flat)
    return "" if unknown(word) else word


def words_of_codes(row: Row, recipe: SheetRecipe) -> Mapping[str, str]:
    """For each column of codes what the row says of its direction, where each has its own.

    Parameters
    ----------
    row : the row.
    recipe : how it is read; columns of directions belong to those of codes by their order.
    """
    themes, ways = recipe.of("theme"), recipe.of("direction")
    if len(ways) != len(themes) or len(ways) < 2 or not recipe.directions.keys().isdisjoint(ways):
        return {}
    said: dict[str, str] = {}
    for name, way in zip(themes, ways, strict=True):
        flat = " ".join(row.cells[way].split())
        word = recipe.values.get(way, {}).get(flat, flat)
        said[name] = "" if unknown(word) else word
    return said


def way_of(word: str, material: Material) -> str:
    """The direction of a finding as it will stand, by the word that a row says."""
    if not material.has_directions:
        return ""
    return material.directions.get(same(word), "") if word else NOT_STATED
