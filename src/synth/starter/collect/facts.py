"""What the rows say of studies and findings beside their codes: countries, filters, texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from synth.starter.collect.material import LISTS, Fact, Material, Where
from synth.starter.countries import codes_like_words, countries
from synth.starter.lists import pieces
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report, number, place
from synth.starter.sheet import Row
from synth.starter.values import is_several_countries, one_spelling, unknown

_FACTS = ("country", "design", "setting", "sample", "cohort", "filter", "keep")
_NOTHING = frozenset(("country", "design", "setting", "sample", "cohort"))
"""Uses for which "none" says that nothing is known."""
Mapped = Counter[tuple[str, str, str]]
"""How often a word of a column, the first, is read as another: column, word, other word."""


def find_facts(material: Material, counting: set[Where]) -> None:
    """Gather what columns say of studies and findings; what words are read as is told and kept."""
    mapped: Mapped = Counter()
    for index, (sheet, recipe) in enumerate(material.sheets):
        if recipe.rows not in ("codings", "studies"):
            continue
        rows = [row for row in sheet.rows if (index, row.line) in counting]
        for name in sheet.header:
            use = recipe.columns.get(name, "leave-out")
            held = [row for row in rows if row.cells[name]] if use in _FACTS else []
            if not held:
                continue
            label = name if use in ("filter", "keep") else use
            fact = material.facts.setdefault(label, Fact(name, use))
            if use == "country":
                recipe = _with_codes(held, name, recipe, material.report)
            for row in held:
                values = _values(row.cells[name], name, use, recipe, mapped)
                if values is None:
                    where = partial(place, sheet, row.line, name)
                    values = _countries(
                        row.cells[name], recipe.meant(name), name, where, mapped, material
                    )
                fact.values[index, row.line] = values
    for fact in material.facts.values():
        if fact.is_list:
            _one_spelling(fact, material.report)
    changed = {words: count for words, count in mapped.items() if words[1] != words[2]}
    for (name, old, new), count in changed.items():
        text = f"{name!r}: {old!r} is read as {new!r} ({number(count, 'cell')})."
        material.report.decided(text)
    # What words are read as goes into the recipe, where the team can change it.
    for index, (sheet, recipe) in enumerate(material.sheets):
        values_of = {column: dict(words) for column, words in recipe.values.items()}
        for name, old, new in changed:
            if name in recipe.columns:
                values_of.setdefault(name, {}).setdefault(old, new)
        material.sheets[index] = (sheet, replace(recipe, values=values_of))


# Written for "not reported" so often that a code of a country is not taken for sure.
_RATHER_NOTHING = ("NA", "NC")


def _with_codes(rows: Sequence[Row], name: str, recipe: SheetRecipe, report: Report) -> SheetRecipe:
    """A recipe that knows which words for nothing are codes of countries among others."""
    said = recipe.meant(name)
    found = codes_like_words(row.cells[name] for row in rows)
    for code in _RATHER_NOTHING:
        if land := found.pop(code, ""):
            count = sum(code in pieces(row.cells[name], ";,/\n") for row in rows)
            if code not in said:
                report.decided(
                    f"{name!r}: {code!r} stands among codes of countries, where it may be {land}; "
                    f"it is read as 'not reported' ({number(count, 'cell')}).",
                    hint=f'If it is {land}, write {code} = "{land}" below '
                    f"[sheet.values.{name}] of the recipe.",
                )
    if not found:
        return recipe
    return replace(recipe, values={**recipe.values, name: {**found, **recipe.values.get(name, {})}})


def _values(
    cell: str, name: str, use: str, recipe: SheetRecipe, mapped: Mapped
) -> tuple[str, ...] | None:
    """The values of a cell as they will stand; ``None`` for countries, which are looked up."""
    flat = " ".join(cell.split())
    said = recipe.meant(name)
    if flat in said:
        mapped[name, flat, said[flat]] += 1
        return tuple(pieces(said[flat], ";")) if use in LISTS else (said[flat],)
    nothing = use in _NOTHING
    if word := unknown(flat, nothing=nothing):
        mapped[name, flat, word] += 1
        return (word,)
    if use == "country":
        return None
    if use not in LISTS:
        lines = cell.split("\n")
        listed = all(len(line) <= 40 and line[-1:] not in ".,;:" for line in lines)
        return ("; ".join(lines) if listed else flat,)
    values: dict[str, None] = {}
    for part in pieces(cell, recipe.separators.get(name, ";\n")):
        value = said.get(part) or unknown(part, nothing=nothing) or part
        mapped[name, part, value] += 1
        values[value] = None
    return tuple(values) or (flat,)


def _countries(
    cell: str,
    said: Mapping[str, str],
    name: str,
    where: Callable[[], str],
    mapped: Mapped,
    material: Material,
) -> tuple[str, ...]:
    """The countries that a cell names; what is none stays, and is told."""
    named: dict[str, None] = {}
    for part in pieces(cell, ";\n"):
        found: Iterable[str] = ()
        odd: Iterable[str] = ()
        if part in said:
            found, meant = pieces(said[part], ";"), said[part]
        elif word := unknown(part, nothing=True):
            found, meant = [word], word
        else:
            found, odd = countries(part)
            meant = "; ".join(found) or part
        named.update(dict.fromkeys(found or (part,)))
        mapped[name, part, meant] += 1
        for place_name in odd if found else ():
            material.report.left_out(
                f"{place_name!r} is no country; it stands beside one that is.", where(), noun="cell"
            )
        if not found:
            material.odd_countries[part] = None
            if not is_several_countries(part):
                material.report.decided(
                    f"{part!r} is no country that is known, and was kept as it is.",
                    where(),
                    noun="cell",
                )
    return tuple(named) or (" ".join(cell.split()),)


def _one_spelling(fact: Fact, report: Report) -> None:
    """Write the values of a column in one spelling each."""
    kept, told = one_spelling(value for values in fact.values.values() for value in values)
    for line in told:
        report.decided(
            f"{fact.label!r}: values that differ only in capitals or spaces are one.",
            line,
            noun="value",
        )
    if kept:
        for where, values in fact.values.items():
            fact.values[where] = tuple(dict.fromkeys(kept.get(v, v) for v in values))
