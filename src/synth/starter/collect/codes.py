"""The codes that a row names, and the codebook that is drafted from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from synth.errors import did_you_mean
from synth.reading.settings import SLUG
from synth.starter.codebook_draft import Codes
from synth.starter.collect.material import Material, Where
from synth.starter.columns.separators import split_path
from synth.starter.lists import counts_items, pieces, typed_counts, without_bullet
from synth.starter.marks import without_mark
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report, place
from synth.starter.sheet import Row, Sheet
from synth.starter.values import is_blank_tick, same, unknown
from synth.text import unmarked

_AND = frozenset(("and", "und", "et", "y", "e", "en", "og", "och"))


_JOINED = re.compile(rf" ?[/|+&,] ?| [-–—] | (?:{'|'.join(sorted(_AND))}) ")


class RowCodes:
    """Reads the codes of rows, by the team's codebook where there is one.

    Parameters
    ----------
    codes : the codebook.
    sheets : all tables: what is called alike in them is listed alike.
    """

    def __init__(self, codes: Codes, sheets: Sequence[Sheet]) -> None:
        self._codes = codes
        self._sheets = sheets
        self._columns: dict[str, tuple[bool, Mapping[str, str]]] = {}

    @property
    def typed(self) -> Mapping[str, str]:
        """Codes that were read without the count typed behind them, each with the code alone."""
        counted = (pair for _, typed in self._columns.values() for pair in typed.items())
        return {old: new for old, new in counted if old != new}

    def labels(self, row: Row, recipe: SheetRecipe) -> Iterator[tuple[str, list[str], str]]:
        """The codes of a row: column, labels from the widest, and a direction said before them."""
        for name in recipe.of("theme"):
            for piece in self._parts(row, name, recipe):
                word, label = self._said(piece, recipe)
                yield name, split_path(label, recipe.path), word
        if recipe.ranks:
            yield from self._by_rank(row, recipe)
        for name in recipe.of("dimensions"):
            for piece in self._parts(row, name, recipe):
                # What the team's codebook knows stands where that has it.
                above = [] if self._is_known(piece) else recipe.codes.get(name, (name,))
                yield name, [*above, piece], ""

    def has_code(self, row: Row, recipe: SheetRecipe) -> bool:
        """Whether a row names a code, or says something below one."""
        if any(True for _ in self.labels(row, recipe)):
            return True
        cells = (row.cells[name] for name in recipe.of("codes"))
        return any(same(cell) in recipe.marks or not is_blank_tick(cell) for cell in cells)

    def _by_rank(self, row: Row, recipe: SheetRecipe) -> Iterator[tuple[str, list[str], str]]:
        column = recipe.ranks[-1]
        *heads, narrow = [self._parts(row, name, recipe) for name in recipe.ranks]
        if all(len(parts) <= 1 for parts in heads):
            head = [part for parts in heads for part in parts]
            for piece in narrow or ([""] if head else []):
                word, label = self._said(piece, recipe)
                yield column, [*head, *([label] if label else [])], word
            return
        # Several values in wider ranks too: the first belongs to the first.
        for at in range(max(len(parts) for parts in (*heads, narrow))):
            way = [p[min(at, len(p) - 1)] for p in (*heads, narrow) if p]
            word, way[-1] = self._said(way[-1], recipe)
            yield column, way, word

    def _said(self, piece: str, recipe: SheetRecipe) -> tuple[str, str]:
        """The direction that a code says, and its label: as the team's codebook has it, if so."""
        word, label = without_mark(piece, recipe.marks)
        return word, piece if self._is_known(piece) else label

    def _is_known(self, label: str) -> bool:
        """Whether the team's codebook has one code that is called so."""
        return bool(self._codes.file) and len(self._codes.find(label)) == 1

    def _parts(self, row: Row, name: str, recipe: SheetRecipe) -> list[str]:
        """The values of a cell, those that say "unknown" left out."""
        said = recipe.meant(name)
        cell = row.cells[name]
        flat = " ".join(cell.split())
        if flat in said:
            parts = [said[flat]]
        elif self._is_known(flat):
            parts = [flat]
        else:
            signs = recipe.separators.get(name, ";\n")
            listed = self._codes.file and "," in flat and "," not in signs
            if listed and all(map(self._is_known, pieces(cell, f"{signs},"))):
                signs += ","
            numbers, typed = self._column(name)
            parts = [
                said.get(part := without_bullet(piece, numbers=numbers), typed.get(part, part))
                for piece in pieces(cell, signs)
            ]
        known = self._codes.find if self._codes.file else lambda part: ()
        return [part for part in parts if part and (known(part) or not unknown(part, nothing=True))]

    def _column(self, name: str) -> tuple[bool, Mapping[str, str]]:
        """Whether numbers before the values of a column only count them, and counts behind them."""
        if name not in self._columns:
            sheets = (sheet for sheet in self._sheets if name in sheet.header)
            cells = {row.cells[name]: None for sheet in sheets for row in sheet.rows}
            items = [*dict.fromkeys(part for cell in cells for part in pieces(cell, ";\n"))]
            numbers = counts_items(items)
            typed = typed_counts(without_bullet(item, numbers=numbers) for item in items)
            known = filter(self._is_known, [*typed])
            self._columns[name] = (numbers, {**typed, **{label: label for label in known}})
        return self._columns[name]


def node_of(
    labels: Sequence[str], codes: Codes, report: Report, sheet: Sheet, line: int, column: str
) -> str:
    """The code of a row in the codebook; empty if it is refused, which is told.

    Parameters
    ----------
    labels : what the row calls it, from the widest rank.
    codes : the codebook; a draft gets what it lacks.
    report : where it is told.
    sheet, line, column : where it stands.
    """
    whole = " > ".join(labels)
    found = codes.find(whole)
    if len(found) != 1 and not codes.file and (len(labels) > 1 or not found):
        return codes.add(labels, line)
    if len(found) == 1:
        return found[0]
    known = [*codes.nodes, *(node.label for node in codes.nodes.values())]
    # A number that the team's codebook lacks is refused, another code is added.
    near = codes.closed and (codes.several(whole) or did_you_mean(whole, known))
    slip = re.fullmatch(r"[\d.]+", whole) or near
    if found or slip:
        report.problems.append(codes.problem(whole, sheet.source, line, column))
        return ""
    report.decided(
        f"{whole!r} is not in {Path(codes.file).name} and was added to the codebook.",
        place(sheet, line, column),
    )
    parent = codes.find(labels[0])
    if len(labels) > 1 and len(parent) == 1:
        above = [codes.nodes[step].label for step in codes.path(parent[0])]
        return codes.add([*above, *labels[1:]], line)
    return codes.add(labels, line)


def draft_codes(material: Material, counting: set[Where], reader: RowCodes) -> None:
    """The codebook of the codes that occur: whole ways first, then labels on their own."""
    codes = material.codes
    single: list[tuple[list[str], int]] = []
    codes.of_ids = _are_ids(material, counting, reader)
    merged: dict[str, None] = {}
    spelled: dict[str, dict[str, None]] = {}
    for index, (sheet, recipe) in enumerate(material.sheets):
        for name in sheet.header:
            if recipe.columns.get(name) == "codes":
                codes.add(recipe.codes.get(name, (name,)))
        if len(recipe.ranks) > 1 and not codes.ranks:
            codes.ranks = recipe.ranks
        for row in sheet.rows:
            if (index, row.line) in counting:
                for _, labels, _ in reader.labels(row, recipe):
                    for label in labels:
                        spelled.setdefault(same(label), {})[label] = None
                    if len(labels) > 1:
                        codes.add(labels, row.line)
                    elif labels:
                        single.append((labels, row.line))
    for labels, line in single:
        found = codes.find(labels[0])
        if not found:
            codes.add(labels, line)
        elif len(found) == 1 and labels[0] != found[0]:
            kept = codes.nodes[found[0]].label
            if same(labels[0]) != same(kept):
                merged[f"{labels[0]!r} is read as {kept!r}"] = None
    for told in merged:
        text = "Codes that differ only in accents, hyphens or a number before them are one."
        material.report.decided(text, told, noun="code")
    for ways in spelled.values():
        if len(ways) > 1:
            text = "Codes that differ only in capitals or spaces are one."
            material.report.decided(text, " and ".join(map(repr, ways)), noun="code")


# "well-being" and "self-efficacy" are words with a hyphen of their own.
_HYPHENED = re.compile(r"(?:self|well|non|co|e|re|pre|post|anti|inter|follow|peer)-")


def _are_ids(material: Material, counting: set[Where], reader: RowCodes) -> bool:
    """Whether the codes of tables are ids, so that their hyphens stand for spaces."""
    labels = {
        label
        for index, (sheet, recipe) in enumerate(material.sheets)
        for row in sheet.rows
        if (index, row.line) in counting
        for _, named, _ in reader.labels(row, recipe)
        for label in named
    }
    joined = [label for label in labels if "-" in label]
    return (
        all(map(SLUG.fullmatch, labels))
        and len(joined) * 2 >= len(labels)
        and not any(map(_HYPHENED.match, joined))
    )


def tell_alike(codes: Codes, report: Report) -> None:
    """Codes of a draft that are numbers, or that differ in accents, signs or *and* alone."""
    if codes.nodes and all(node.label.isdecimal() for node in codes.nodes.values()):
        shown = ", ".join(node.label for node in [*codes.nodes.values()][:3])
        report.decided(
            f"The codes are numbers, such as {shown}: a codebook says what they mean.",
            hint="Give it with --codebook, a number and its label in each row.",
        )
    labels = {same(node.label) for node in codes.nodes.values()}
    for node in codes.nodes.values():
        parts = [same(part) for part in _JOINED.split(node.label)]
        if len(parts) > 1 and all(part in labels for part in parts):
            report.decided(
                "Codes that join others by a sign or 'and' stand as codes of their own.",
                repr(node.label),
                "If they are lists, --separators 'COLUMN=/' takes them apart.",
                noun="code",
            )
    numbered: dict[tuple[str, str], list[str]] = {}
    for node in codes.nodes.values():
        if found := re.fullmatch(r"(.*\S) ?[(\[]\d{1,3}[)\]]", node.label):
            numbered.setdefault((node.parent, same(found[1])), []).append(node.label)
    for several in numbered.values():
        if len(several) > 1:
            report.decided(
                "Codes that differ only in a number in brackets stand as several; if the number "
                "counts something, leave it out, or say so in the recipe's [sheet.values].",
                " and ".join(map(repr, several)),
                noun="group",
            )
    alike: dict[tuple[str, str], list[str]] = {}
    for node in codes.nodes.values():
        words = re.findall(r"[^\W_]+|[<>=+%≤≥±]", unmarked(node.label))
        kept = " ".join(word for word in words if word not in _AND)
        alike.setdefault((node.parent, kept), []).append(node.label)
    for (_, kept), spelled in alike.items():
        if kept and len(spelled) > 1:
            report.decided(
                "Codes that differ only in accents, signs or 'and' stand as several; if they "
                "are one, write them alike, or say so in the recipe's [sheet.values].",
                " and ".join(map(repr, spelled)),
                noun="group",
            )
