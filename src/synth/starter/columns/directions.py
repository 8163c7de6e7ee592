"""Which columns, headings and marks say the direction of the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from synth.model import NOT_REPORTED
from synth.starter.columns.headings import fits
from synth.starter.columns.table import Columns, quoted
from synth.starter.lists import pieces, sentences
from synth.starter.marks import (
    directions_in,
    families_of_marks,
    is_unrated,
    marks_before,
    read_marks,
    sides_in,
)
from synth.starter.recipe import SheetRecipe
from synth.starter.sheet import Sheet
from synth.starter.values import is_blank_tick, is_tick, same, unknown


def side_of_heading(sheet: Sheet, name: str) -> str:
    """The direction that a heading, with those above it, says; empty if it says none."""
    return directions_in(" / ".join(sheet.heads.get(name) or (name,)))


def find_directions(columns: Columns) -> Mapping[str, str]:
    """Look for columns of directions by their cells; what a tick in some of them says."""
    ticked = _ticked(columns)
    if not columns.has("direction"):
        _among_ranks(columns)
    if not columns.has("direction"):
        said = [name for name in columns.free if _says_sides(columns, name)]
        # "Barrier/facilitator" may hold words of its own.
        asked = [n for n in columns.free if len(sides_in(n)) == 2 and columns.comes_again(n)]
        asked = [name for name in asked if fits(columns, name, "direction")]
        columns.use((said or asked)[:1], "direction")
    return ticked


_BOTH_SIDES = ({"Barrier", "Facilitator"}, {"Barrier", "Facilitator", "Both"})


def _says_sides(columns: Columns, name: str) -> bool:
    """Whether each cell of a column says a direction, and not all the same one."""
    signs, letters = families_of_marks()
    held = columns.told(name)
    if {letters.get(cell) for cell in held} in _BOTH_SIDES:
        return True
    ways = {directions_in(cell) or signs.get(cell, "") for cell in held}
    return len(ways) > 1 and "" not in ways and max(map(len, held)) <= 30


def _is_side(columns: Columns, name: str) -> bool:
    """Whether a rank names nothing but sides: *Language barriers* is a code of its own."""
    held = columns.told(name)
    one_word = all(len(cell.split()) == 1 for cell in held)
    sides = {directions_in(cell) for cell in held}
    again = len(held) == len(sides) < len(columns.held[name])
    return _says_sides(columns, name) and (one_word or again)


def _among_ranks(columns: Columns) -> None:
    """A rank of *Barriers* and *Facilitators* says the direction of what stands below it."""
    uses = columns.uses
    codes = [name for name, use in uses.items() if use == "dimensions" or "rank " in use]
    seen = [n for n in codes if n not in columns.given and n not in columns.sheet.roles]
    name = next((name for name in seen if _is_side(columns, name)), "")
    if not name or len(codes) < 2:
        return
    rest = sorted((one for one in codes if one != name), key=uses.__getitem__)
    uses[name] = "direction"
    for at, one in enumerate(rest, start=1):
        ranked = f"rank {at}" if "rank " in uses[one] else uses[one]
        uses[one] = ranked if len(rest) > 1 else "theme"
    doubts = columns.doubts
    columns.doubts = [one for one in doubts if not any(name in use for _, use in one.answers)]
    columns.tell(
        f"{name!r} holds directions alone, so it is no rank of the codebook but says them.",
        hint=f'--columns "theme={">".join([name, *rest])}" makes it one',
    )


def _ticked(columns: Columns) -> Mapping[str, str]:
    """Columns of ticks beside codes whose headings are directions, as *Barrier*, *Enabler*."""
    said = [name for name, use in columns.given.items() if use == "direction"]
    if not said and columns.has("direction"):
        return {}
    signs, letters = families_of_marks()
    ticked = {
        name: same((columns.sheet.heads.get(name) or (name,))[-1])
        for name in said or columns.free
        if (held := columns.held[name])
        and all(is_tick(c, name) or is_blank_tick(c) or unknown(c) for c in held)
    }
    sided = {**{word: way for word, way in signs.items() if way == "No effect"}, **letters}
    for of_family in (lambda word: directions_in(word) or sided.get(word, ""), signs.get):
        ways = {name: way for name, word in ticked.items() if (way := of_family(word))}
        if len({*ways.values()} - {"Both", "Mixed", "No effect"}) < 2:
            continue
        columns.use(ways, "direction")
        columns.tell(
            f"{quoted(ways)}: a tick says the direction of the row's findings; ticks "
            "for several say 'Both', and none says that it is not stated.",
            hint='--columns "filter=A|B" makes filters of them',
        )
        return ways
    return {}


def with_marks(columns: Columns, recipe: SheetRecipe) -> SheetRecipe:
    """A recipe with the marks of directions that stand before its codes, or its texts."""
    if recipe.of("direction") or recipe.directions or recipe.marks:
        return recipe
    ways: Mapping[str, Callable[[str], list[str]]] = {
        "theme": lambda cell: pieces(cell, ";\n"),
        "rank": lambda cell: pieces(cell, ";\n"),
        "codes": sentences,
        "summary": lambda cell: [" ".join(cell.split())],
    }
    for use, parts in ways.items():
        texts = [
            part
            for name in (recipe.ranks[-1:] if use == "rank" else recipe.of(use))
            for cell in columns.held[name]
            if not (use == "codes" and (is_tick(cell, name) or is_blank_tick(cell)))
            for part in parts(cell)
            if not unknown(part)
        ]
        marks, others = marks_before(texts)
        if not marks:
            continue
        if not others:
            what = "code" if use in ("theme", "rank") else "finding in words"
            shown = ", ".join(f"{mark!r} as {side!r}" for mark, side in marks.items())
            columns.tell(
                f"Each {what} says a direction before or after it, read so: {shown}.",
                hint="without the recipe's [sheet.marks] it is part of the text alone",
            )
            return replace(recipe, marks=marks)
        told = len({*texts})
        if (told - len(others)) * 2 > told or len({*marks.values()}) > 1:
            columns.tell(
                f"{told - len(others)} of {told} texts in the columns of {use} say a "
                f"direction before or after them ({quoted(marks)}), and others do not, as "
                f"{others[0]!r}: no direction was read.",
                hint="give each one, or write a column of directions",
            )
            return recipe
    return recipe


def values_of_marks(columns: Columns, recipe: SheetRecipe) -> Mapping[str, Mapping[str, str]]:
    """What the marks of a column of directions are read as."""
    values = dict(recipe.values)
    for name in recipe.of("direction"):
        marks = {} if name in recipe.directions else read_marks(columns.cells[name])
        if marks:
            values[name] = {**marks, **values.get(name, {})}
            shown = ", ".join(f"{mark!r} as {word!r}" for mark, word in marks.items())
            columns.tell(
                f"In {name!r} marks and spellings are read as one word each: {shown}.",
                hint="the recipe's [sheet.values] says what a value is read as",
            )
    for name in recipe.of("codes") if "+1" in recipe.marks or "+2" in recipe.marks else ():
        silent = {cell for cell in columns.held[name] if is_unrated(cell)}
        if silent:
            values[name] = {**dict.fromkeys(silent, NOT_REPORTED), **values.get(name, {})}
    for name in recipe.of("filter", "keep"):
        # Beside a plus a minus is a judgement, and does not say that nothing is known.
        judged = {sign: word for sign, word in _JUDGED.items() if sign in columns.held[name]}
        if "+" in judged and len(judged) > 1:
            values[name] = {**judged, **values.get(name, {})}
        # As JBI grades findings "NS" says that one is not supported, and nothing is unknown.
        graded = {cell for cell in columns.held[name] if same(cell) in _UNSUPPORTED}
        others = {same(cell) for cell in columns.held[name]} - {*_UNSUPPORTED}
        if graded and others & {"u", "c"} and others <= _GRADES:
            values[name] = {**dict.fromkeys(graded, "NS (not supported)"), **values.get(name, {})}
    return values


_GRADES = {"u", "c", "e", "ue", "un", "uneq", "eq"}
_UNSUPPORTED = ("ns", "n/s", "us", "n.s.")


_JUDGED = {"+": "plus (+)", "-": "minus (-)", "–": "minus (-)", "?": "unclear (?)"}
