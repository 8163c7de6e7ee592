"""The codebook of a new review: an author's own, or one drafted from the codes of the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from synth.errors import Problem, did_you_mean
from synth.model import RESERVED_FACETS
from synth.reading.settings import SLUG
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded, plural, slug, unique

NOT_DEFINED = "The team has not written a definition yet."
"""What stands in place of a definition that nobody wrote; the author is told how many lack one."""

MOST_RANKS = 8


@dataclass
class Node:
    """A node of the codebook that is being made."""

    id: str
    parent: str
    label: str
    definition: str = ""
    origin: str = "inferred"
    line: int = 0


@dataclass
class Codes:
    """A codebook in the making: nodes in their order, and what a cell of the table means.

    Parameters
    ----------
    file : the author's codebook; empty if it is drafted.
    """

    file: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    ranks: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many ranks the codebook has."""
        return max((len(self.path(name)) for name in self.nodes), default=1)

    def path(self, name: str) -> tuple[str, ...]:
        """Ids from the first rank down to a node."""
        way: list[str] = []
        while name and name in self.nodes and name not in way:
            way.append(name)
            name = self.nodes[name].parent
        return tuple(reversed(way))

    def add(self, labels: Sequence[str], line: int) -> str:
        """The node of a path of labels, made with everything above it if it is not there."""
        parent = ""
        for label in labels:
            key = (parent, folded(label) or label)
            if key not in self._by_label:
                stem = slug(label, "code")
                if stem in self.nodes and parent:
                    stem = f"{parent}-{stem}"
                name = unique(stem, self.nodes)
                self.nodes[name] = Node(name, parent, label, line=line)
                self._by_label[key] = name
            parent = self._by_label[key]
        return parent

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, dict[str, None]] = {}
        for name, node in self.nodes.items():
            labels = [self.nodes[step].label for step in self.path(name)]
            for start in range(len(labels)):
                names.setdefault(folded(" ".join(labels[start:])), {})[name] = None
            names.setdefault(folded(name), {})[name] = None
            names.setdefault(folded(node.label), {})[name] = None
        return {name: tuple(found) for name, found in names.items()}

    def find(self, cell: str) -> tuple[str, ...]:
        """Ids of the nodes a cell may mean, by id, label or path."""
        return (cell,) if cell in self.nodes else self._by_name.get(folded(cell), ())

    def problem(self, cell: str, file: str, line: int, column: str) -> Problem:
        """Say why a cell names no node, or more than one."""
        found = self.find(cell)
        if len(found) > 1:
            listed = ", ".join(
                repr(" > ".join(self.nodes[step].label for step in self.path(name)))
                for name in found
            )
            return Problem("code-ambiguous", file, line, column, value=cell, listed=listed)
        known = [*self.nodes, *(node.label for node in self.nodes.values())]
        shown = {"near": did_you_mean(cell, known), "file": self.file}
        return Problem("code-unknown", file, line, column, value=cell, **shown)


# --- a codebook of the author's -----------------------------------------------------------------

_ID = ("id", "code", "key", "node", "name", "theme")
_PARENT = ("parent", "parent id", "parent code", "above", "belongs to")
_LABEL = ("label", "name", "title", "theme", "code name", "display name")
_DEFINITION = ("definition", "description", "meaning", "explanation", "what belongs here", "notes")


def read_codes(sheet: Sheet) -> tuple[Codes, list[Problem]]:
    """Make the codebook from a table of nodes.

    Three forms are understood: a node and its parent in each row; a column for each rank; one
    column with the whole way, as in ``People > Teachers``.

    Parameters
    ----------
    sheet : the author's codebook.
    """
    codes = Codes(sheet.file)
    by_heading = {folded(name): name for name in reversed(sheet.header)}

    def column(*headings: str) -> str:
        return next((by_heading[h] for h in headings if h in by_heading), "")

    definition = column(*_DEFINITION)
    origin = column("origin")
    parent = column(*_PARENT)
    if parent:
        problems = _with_parents(codes, sheet, column(*_ID), parent, column(*_LABEL))
    else:
        ranks = [name for name in sheet.header if name not in (definition, origin)]
        problems = _by_rank(codes, sheet, ranks)
    if not codes.nodes and not problems:
        problems.append(Problem("codebook-empty", sheet.file, 1))
    by_line = {node.line: node for node in codes.nodes.values()}
    for row in sheet.rows:
        node = by_line.get(row.line)
        if node is not None:
            node.definition = row.cells.get(definition, "")
            node.origin = row.cells[origin] if origin and row.cells[origin] else "source"
    return codes, problems


def _with_parents(codes: Codes, sheet: Sheet, name: str, parent: str, label: str) -> list[Problem]:
    if not (name or label):
        listed = ", ".join(repr(column) for column in sheet.header)
        return [Problem("codebook-column", sheet.file, 1, listed=listed)]
    problems: list[Problem] = []
    name = name or label
    label = label if label and label != name else name
    ids: dict[str, str] = {}
    for row in sheet.rows:
        written = row.cells[name] or row.cells[label]
        shown = row.cells[label] or written
        if not written:
            problems.append(Problem("row-without-node", sheet.file, row.line, name))
            continue
        if written in ids:
            first = codes.nodes[ids[written]].line
            place = ("node-twice", sheet.file, row.line, name)
            problems.append(Problem(*place, value=written, other=first))
            continue
        new = written if SLUG.fullmatch(written) else slug(written, "code")
        new = unique(new, codes.nodes)
        ids[written] = new
        if label == name and SLUG.fullmatch(written):
            shown = written.replace("-", " ").capitalize()
        codes.nodes[new] = Node(new, row.cells[parent], shown, "", "source", row.line)
    by_label: dict[str, str] = {}
    for node in codes.nodes.values():
        by_label.setdefault(folded(node.label), node.id)
    for node in codes.nodes.values():
        above = node.parent
        if not above:
            continue
        found = ids.get(above) or by_label.get(folded(above)) or ""
        if not found:
            place = ("parent-unknown", sheet.file, node.line, parent)
            problems.append(Problem(*place, value=above, near=did_you_mean(above, ids)))
        node.parent = found
    for node in codes.nodes.values():
        way = codes.path(node.id)
        if way and codes.nodes[way[0]].parent:
            place = ("node-above-itself", sheet.file, node.line, parent)
            problems.append(Problem(*place, value=node.label))
            break
    return problems


def _by_rank(codes: Codes, sheet: Sheet, ranks: Sequence[str]) -> list[Problem]:
    problems: list[Problem] = []
    carried: list[str] = []
    filled = 0
    one = len(ranks) == 1
    sign = _sign(row.cells[ranks[0]] for row in sheet.rows) if one else ""
    for row in sheet.rows:
        if one:
            labels = split_path(row.cells[ranks[0]], sign)
        else:
            cells = [row.cells[name] for name in ranks]
            last = max((i for i, cell in enumerate(cells) if cell), default=-1)
            for i in range(last):
                if not cells[i] and i < len(carried):
                    # As merged cells are saved: the value stands only in the first row.
                    cells[i] = carried[i]
                    filled += 1
            labels = [cell for cell in cells[: last + 1] if cell]
            if len(labels) <= last:
                problems.append(Problem("rank-gap", sheet.file, row.line))
                continue
            carried = cells[: last + 1]
        if labels:
            name = codes.add(labels, row.line)
            codes.nodes[name].line = row.line
    if filled:
        noun = "cell was" if filled == 1 else "cells were"
        codes.notes.append(f"{filled} empty {noun} filled from the row above, as merged cells are.")
    if not one:
        codes.ranks = tuple(ranks)
    return problems


# --- a codebook drafted from the table ----------------------------------------------------------


def draft_codes(sheet: Sheet, columns: Sequence[str]) -> Codes:
    """A codebook of the codes that occur, in the order they first do.

    Parameters
    ----------
    sheet : the author's table.
    columns : the column of codes, or several from the widest rank to the narrowest.
    """
    codes = Codes()
    if len(columns) > 1:
        codes.ranks = tuple(columns)
        for row in sheet.rows:
            codes.add([row.cells[name] for name in columns if row.cells[name]], row.line)
        return codes
    cells = [part for row in sheet.rows for part in several(row.cells[columns[0]])]
    sign = _sign(cells)
    for row in sheet.rows:
        for part in several(row.cells[columns[0]]):
            codes.add(split_path(part, sign), row.line)
    if sign:
        codes.notes.append(f"{sign!r} in a code was read as 'has below it'.")
    for name, node in codes.nodes.items():
        # An id of a table in our own form is no label to read.
        if node.label == name:
            node.label = name.replace("-", " ").capitalize()
    return codes


def several(cell: str) -> list[str]:
    """The codes of a cell: one, or several with semicolons between them.

    >>> several("Pay; Hours"), several("")
    (['Pay', 'Hours'], [])
    """
    return [part.strip() for part in cell.split(";") if part.strip()]


_SIGNS = (">", "›", "»", "::", "/", "\\", "|")


def _sign(cells: Iterable[str]) -> str:
    """The sign that separates the ranks of codes: the first in use, '>' before '/'."""
    together = "\n".join(cells)
    return next((sign for sign in _SIGNS if _parts_of(sign).search(together)), "")


def _parts_of(sign: str) -> re.Pattern[str]:
    # 24/7 and km/h are no paths: a slash counts between words of letters.
    around = r"(?<=[^\W\d_]{{2}})\s*{}\s*(?=[^\W\d_]{{2}})" if sign in "/\\|" else r"\s*{}\s*"
    return re.compile(around.format(re.escape(sign)))


def split_path(cell: str, sign: str) -> list[str]:
    """The labels of a code, from the widest to the narrowest.

    >>> split_path("People > Teachers", ">"), split_path("School/Soil", "/")
    (['People', 'Teachers'], ['School', 'Soil'])
    """
    if not sign:
        return [cell] if cell else []
    return [part.strip() for part in _parts_of(sign).split(cell) if part.strip()]


# --- ranks --------------------------------------------------------------------------------------

_USUAL: Mapping[int, tuple[str, ...]] = {
    1: ("Theme",),
    2: ("Theme", "Subtheme"),
    3: ("Level", "Theme", "Subtheme"),
    4: ("Level", "Theme", "Subtheme", "Code"),
}


def rank_names(codes: Codes, given: str) -> tuple[list[tuple[str, str, str]], str]:
    """Id, label and plural of each rank, and what was assumed about them.

    Parameters
    ----------
    codes : the codebook.
    given : names on the command line, separated by commas; empty if there are none.
    """
    depth = codes.depth
    names = [name.strip() for name in given.split(",") if name.strip()] or [*codes.ranks]
    assumed = ""
    if not names:
        names = [*_USUAL.get(depth, _USUAL[4])]
        assumed = f"Its ranks are called {', '.join(names[:depth])}: name them with --ranks."
    names = names[:depth] + [f"Rank {number}" for number in range(len(names) + 1, depth + 1)]
    ranks: list[tuple[str, str, str]] = []
    for name in names:
        stem = slug(name, "rank")
        if stem in RESERVED_FACETS or stem in ("country", "design", "finding", "year"):
            stem = f"code-{stem}"
        ranks.append((unique(stem, [rank[0] for rank in ranks]), name, plural(name)))
    return ranks, assumed
