"""The signs between the values of a cell, and between the ranks of a code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from synth.starter.columns.table import Columns, Doubt, quoted
from synth.starter.lists import pieces, separators_of
from synth.starter.marks import without_mark
from synth.starter.recipe import SheetRecipe
from synth.starter.report import number
from synth.starter.values import same

_ARROWS = (">", "›", "»", "→", "::")
_BARS = ("/", "\\", "|")
_KEPT = "--path none keeps it in the label"


def separators(columns: Columns, recipe: SheetRecipe) -> dict[str, str]:
    """The signs between several values, where they are not a semicolon or a line break."""
    signs: dict[str, str] = {}
    for name in recipe.of("theme", "dimensions", "filter", "design", "setting"):
        found, whole = separators_of(columns.held[name])
        sign, called = ",", "a comma"
        if found == ";\n":
            sign, called = "|", "'|'"
            found, _ = separators_of(columns.held[name], sign)
        if found != ";\n":
            signs[name] = found
            with_comma = [cell for cell in columns.held[name] if len(pieces(cell, sign)) > 1]
            columns.tell(
                f"{name!r}: {called} separates values, which also stand alone: "
                f"{number(len(with_comma), 'cell')}, the first {with_comma[0]!r}.",
                hint=f'--separators "{name}=;" keeps them whole',
            )
        elif whole and recipe.columns[name] in ("theme", "dimensions"):
            columns.tell(
                f"{name!r}: {len(whole)} values with a comma were kept whole, though a "
                f"part of them stands elsewhere: {quoted(whole)}.",
                hint=f'--separators "{name}=;,"',
            )
    return signs


def path(columns: Columns, recipe: SheetRecipe) -> str:
    """The sign between the ranks of the codes of a table."""
    cells = [
        without_mark(part, recipe.marks)[1]
        for name in recipe.of("theme")
        for cell in columns.held[name]
        for part in pieces(cell, recipe.separators.get(name, ";\n"))
    ]
    program = columns.sheet.program
    if program in ("MAXQDA", "NVivo") and any("\\" in cell for cell in cells):
        columns.tell(
            f"{program} writes '\\' between the ranks of a code; it was read so.", hint=_KEPT
        )
        return "\\"
    if program == "Taguette":
        heads = Counter(cell.split(".")[0] for cell in {*cells} if re.search(r"\w\.\w", cell))
        if any(count > 1 or head in cells for head, count in heads.items()):
            columns.tell(
                "Taguette writes '.' between the ranks of a tag; it was read so.", hint=_KEPT
            )
            return "."
    if not recipe.marks and (grouped := _grouped(cells)):
        if program == "ATLAS.ti":
            columns.tell(
                "ATLAS.ti writes ':' between a category and a code in it; it was read so.",
                hint=_KEPT,
            )
            return ":"
        columns.tell(
            f"':' stands in {len(grouped)} codes, as in {grouped[0]!r}, and was kept in them.",
            hint="--path \":\" reads it as 'has below it'",
        )
    sign, doubt = path_sign(cells)
    columns.doubts += [doubt] if doubt else []
    return sign


def _grouped(cells: Sequence[str]) -> list[str]:
    """Codes that begin with the name of a group and a colon, where most do and a group comes again.

    >>> _grouped(["Staff: time", "Staff: pay", "Rooms: size"]), _grouped(["Theme 1: Pay", "Rest"])
    (['Staff: time', 'Staff: pay', 'Rooms: size'], [])
    """
    distinct = [*dict.fromkeys(cell for cell in cells if cell)]
    having = [cell for cell in distinct if re.fullmatch(r"[^:]{2,60}: +[^:\s][^:]*", cell)]
    heads = Counter(same(cell.partition(":")[0]) for cell in having)
    again = max(heads.values(), default=0) > 1
    return having if again and len(having) * 2 > len(distinct) else []


def path_sign(cells: Sequence[str]) -> tuple[str, Doubt | None]:
    """The sign between the ranks of codes, if the codes are written so.

    An arrow between spaces is a path where its left side comes again, or where most codes have
    it. A bar or a slash is a part of the label unless nearly all codes have it.

    >>> path_sign(["Shelf > Sorting", "Shelf > Cooling"])[0], path_sign(["safety/tolerability"])[0]
    ('>', '')
    """
    distinct = [*dict.fromkeys(cell for cell in cells if cell)]
    for sign in (*_ARROWS, *_BARS):
        having = [cell for cell in distinct if re.search(_between(sign, spaced=True), cell)]
        if not having:
            continue
        heads = Counter(same(split_path(cell, sign)[0]) for cell in having)
        if sign in _ARROWS:
            alone = {same(cell) for cell in distinct if cell not in having}
            again = any(count > 1 or head in alone for head, count in heads.items())
            ranked = again or len(having) * 2 >= len(distinct)
        else:
            most = len(having) * 5 >= len(distinct) * 4
            ranked = most and len(heads) * 2 <= len(having)
        if ranked:
            text = f"'{sign}' in a code was read as 'has below it', as in {having[0]!r}."
            return sign, Doubt(text, hint=_KEPT)
        text = f"'{sign}' stands in {len(having)} of {len(distinct)} codes and was kept in them."
        return "", Doubt(text, hint=f"--path \"{sign}\" reads it as 'has below it'")
    return "", None


@lru_cache(maxsize=64)
def _between(sign: str, *, spaced: bool = False) -> re.Pattern[str]:
    """What separates the ranks of a code."""
    # 24/7 and km/h are no paths: a slash counts between words of letters.
    around = r"(?<=[^\W\d_]{{2}})\s*{}+\s*(?=[^\W\d_]{{2}})" if sign in _BARS else r"\s*{}+\s*"
    if spaced and sign in _ARROWS:
        around = r"(?<=\S)\s+{}\s+(?=\S)"
    return re.compile(around.format(f"(?:{re.escape(sign)})"))


def split_path(cell: str, sign: str) -> list[str]:
    """The labels of a code, from the widest to the narrowest.

    >>> split_path("People > Teachers", ">"), split_path("School/Soil", "/")
    (['People', 'Teachers'], ['School', 'Soil'])
    """
    if not sign:
        return [cell] if cell else []
    spaced = sign in _ARROWS and re.search(_between(sign, spaced=True), cell) is not None
    return [part.strip() for part in _between(sign, spaced=spaced).split(cell) if part.strip()]
