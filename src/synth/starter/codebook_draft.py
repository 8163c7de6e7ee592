"""The codebook of a new review: an author's own, or one drafted from the codes of the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from synth.errors import Problem, did_you_mean
from synth.model import RESERVED_FACETS
from synth.reading.settings import SLUG
from synth.starter.columns.separators import path_sign, split_path
from synth.starter.outline import below_numbers, numbered, outline, without_row
from synth.starter.sheet import Row, Sheet
from synth.starter.spreadsheet import folded, plural, slug
from synth.starter.values import same
from synth.text import counted, unique

NOT_DEFINED = "The team has not written a definition yet."
"""What stands in place of a definition that nobody wrote; the author is told how many lack one."""

MOST_RANKS = 8

_SEVERAL = re.compile(r"\s*(?:[,/|+&]|\band\b)\s*")


@dataclass
class Node:
    """A node of the codebook that is being made."""

    id: str
    parent: str
    label: str
    definition: str = ""
    origin: str = "inferred"
    line: int = 0
    synonyms: tuple[str, ...] = ()


@dataclass
class Codes:
    """A codebook in the making: nodes in their order, and what a cell of the table means.

    Parameters
    ----------
    file : the author's codebook; empty if it is drafted.
    nodes : by id, in their order.
    ranks : what the author calls the ranks.
    notes : how it was read.
    ids : what the author's tables call nodes, such as numbers, by the id here.
    closed : whether it is the author's own, so that a code it lacks may be a slip.
    of_ids : whether hyphens in what tables call codes stand for spaces, as in ids.
    """

    file: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    ranks: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    of_ids: bool = True

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

    def add(self, labels: Sequence[str], line: int = 0) -> str:
        """The node of a path of labels, made with everything above it if it is not there."""
        parent = ""
        for label in labels:
            key = (parent, same(label) or label)
            if key not in self._by_label:
                stem = node_id(label)
                if stem in self.nodes and parent:
                    stem = f"{parent}-{stem}"
                name = unique(stem, self.nodes)
                shown = label
                if SLUG.fullmatch(label) and label == node_id(label):
                    # An id of a table in our own form is no label to read.
                    shown = (label.replace("-", " ") if self.of_ids else label).capitalize()
                self.nodes[name] = Node(name, parent, shown, line=line)
                self._by_label[key] = name
                self.__dict__.pop("_by_name", None)
            parent = self._by_label[key]
        return parent

    def call(self, names: Mapping[str, str]) -> None:
        """Let nodes be found by what the author's tables call them, where that is not another."""
        self.ids = {**names, **self.ids}
        self.__dict__.pop("_by_name", None)
        self.__dict__.pop("_by_signs", None)

    def call_as(self, other: Codes) -> None:
        """Let nodes be found by what another codebook calls them; what it has more is added."""
        called = {}
        for written, name in other.ids.items():
            way = [other.nodes[step].label for step in other.path(name)]
            held = self.find(" > ".join(way))
            called[written] = held[0] if len(held) == 1 else self.add(way)
        self.call(called)

    def remember(self, node: Node) -> None:
        """Let a node that was made by hand be found by its label below its parent."""
        self._by_label.setdefault((node.parent, same(node.label)), node.id)

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, dict[str, None]] = {}
        for name, node in self.nodes.items():
            labels = [self.nodes[step].label for step in self.path(name)]
            for start in range(len(labels)):
                names.setdefault(same(" > ".join(labels[start:])), {})[name] = None
            names.setdefault(same(name), {})[name] = None
            names.setdefault(same(node.label), {})[name] = None
        for written, name in self.ids.items():
            names.setdefault(same(written), {})[name] = None
        # What a code is called without its number, unless another is called so.
        bare: dict[str, dict[str, None]] = {}
        for name, node in self.nodes.items() if self.file else ():
            bare.setdefault(same(numbered(node.label)[1]), {})[name] = None
        called = {same(node.label) for node in self.nodes.values()}
        for label, found in bare.items():
            if label not in called:
                names[label] = {**names.get(label, {}), **found}
        return {name: tuple(found) for name, found in names.items()}

    @cached_property
    def _by_signs(self) -> Mapping[str, tuple[str, ...]]:
        """The same without accents and signs, for what is not found as it is written."""
        names: dict[str, dict[str, None]] = {}
        for written, found in self._by_name.items():
            names.setdefault(folded(written), {}).update(dict.fromkeys(found))
        return {name: tuple(found) for name, found in names.items()}

    def find(self, cell: str) -> tuple[str, ...]:
        """Ids of the nodes a cell may mean, by id, label or path."""
        if cell in self.nodes:
            return (cell,)
        found = self._by_name.get(same(cell), ())
        if not found and self.file:
            found = self._by_signs.get(folded(cell) or cell, ())
        return found

    def several(self, cell: str) -> list[str]:
        """The codes of a cell that names several with another sign than a semicolon between."""
        parts = _SEVERAL.split(cell)
        return parts if len(parts) > 1 and all(len(self.find(p)) == 1 for p in parts) else []

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
        near = did_you_mean(cell, known)
        if parts := self.several(cell):
            near = f"Is it {len(parts)} codes? Write {'; '.join(parts)!r}."
        return Problem("code-unknown", file, line, column, value=cell, near=near, file=self.file)


def node_id(label: str) -> str:
    """A label as an id that can name a page and an explorer: it begins with a letter.

    >>> node_id("1.1 Sorting"), node_id("2"), node_id("報酬")
    ('sorting', 'code-2', 'code')
    """
    without = re.sub(r"^\W*(?:\d+(?:\.\d+)*|[a-z])[.):\s-]+(?=[^\W\d])", "", label)
    stem = slug(without, "code") if slug(without, "") else slug(label, "code")
    return stem if stem[0].isalpha() else f"code-{stem}"


# --- a codebook of the author's -----------------------------------------------------------------

_ID = (
    *("id", "code id", "node id", "theme id", "tag id", "category id", "code no", "code number"),
    *("number", "no", "nr", "code", "key", "node", "name", "theme"),
)
_NUMBER = ("id", "no", "nr", "number", "code id", "code no", "code number", "value", "key", "short")
_PARENT = ("parent", "parent id", "parent code", "parent name", "above", "belongs to", "parent tag")
_LABEL = (
    *("label", "name", "title", "theme", "code name", "display name", "code", "tag", "codes"),
    *("node", "category", "kode", "codename", "codigo", "nombre", "nom", "bezeichnung"),
)
_DEFINITION = (
    *("definition", "description", "meaning", "explanation", "what belongs here", "notes", "memo"),
    *(
        "comment",
        "scope",
        "beschreibung",
        "definicion",
        "descripcion",
        "descrizione",
        "beskrivning",
    ),
)
_SYNONYMS = (
    *("synonyms", "synonym", "also known as", "also called", "aka", "alias", "aliases"),
    *("other names", "alternative names", "alternative labels", "alternative terms", "synonyme"),
    *("auch genannt", "synonymes", "aussi appele", "sinonimos", "sinonimi", "sinonimos del codigo"),
)
# Headings of a list of codes, beside those of their labels.
_ONE = (
    *(
        "code path",
        "path",
        "codebook",
        "themes",
        "subtheme",
        "categories",
        "nodes",
        "tags",
        "topic",
    ),
    *("thema", "themen", "kategorie", "kategorien", "codes und subcodes", "codigos", "categories"),
)
# What programs add to a codebook: how often a code was used, its colour, who made it.
_BESIDE = re.compile(
    r"(number of |no of |n )?(highlights?|references?|files?|sources?|codings?|quotations?|"
    r"documents?|segments?|frequency|count|counts|usage|total|grounded|density|n)|colou?r|"
    r"(created|modified)( on| by| at)?|weight|order|position|groups?|hierarchy|level|"
    r"((anchor|typical|coding|illustrative) )?(examples?|rules?|quotes?|quotations?)( quotes?)?|"
    r"(inclusion|exclusion)( criteria| criterion)?|includes?|excludes?|when (not )?to use|"
    r"(anker|text)?beispiele?|(kodier|codier)?regeln?|abgrenzung|ejemplos?|exemples?|exemplos?"
)


def read_codes(sheet: Sheet, path: str | None = None) -> tuple[Codes, list[Problem]]:
    """Make the codebook from a table of nodes.

    Four forms are understood: a node and its parent in each row; a number or short name with its
    label; a column for each rank; one column with the whole way, as in ``People > Teachers``.

    Parameters
    ----------
    sheet : the author's codebook.
    path : the sign between ranks as the author says; ``None`` if the codes have to tell.
    """
    codes = Codes(sheet.source, closed=True)
    if len(sheet.header) == 1 and folded(sheet.header[0]) not in {*_ID, *_LABEL, *_ONE}:
        # A list without a heading: what stands first is a code like the others.
        name = sheet.header[0]
        line = sheet.rows[0].line - 1 if sheet.rows else 1
        sheet = replace(sheet, rows=(Row(line, {name: name}), *sheet.rows))
        codes.notes.append(f"{name!r} is read as a code and not as a heading.")
    by_heading = {folded(name): name for name in reversed(sheet.header)}

    def column(*headings: str) -> str:
        return next((by_heading[h] for h in headings if h in by_heading), "")

    said = {use: name for name, use in sheet.roles.items()}
    definition = said.get("definition", "") or column(*_DEFINITION)
    origin, synonyms = column("origin"), column(*_SYNONYMS)
    parent = column(*_PARENT)
    if parent:
        problems = _with_parents(codes, sheet, column(*_ID), parent, column(*_LABEL))
    else:
        ranks = _rank_columns(codes, sheet, definition, origin, synonyms)
        number = _number_column(sheet, ranks)
        ranks = [name for name in ranks if name != number]
        ways = _by_number(codes, sheet, number, ranks) if number else {}
        problems = _by_rank(codes, sheet, ranks, path, ways)
        if number:
            by_line = {node.line: name for name, node in codes.nodes.items()}
            for row in sheet.rows:
                if row.cells[number] and row.line in by_line:
                    name = by_line[row.line]
                    codes.ids[row.cells[number]] = name
                    codes.ids[f"{row.cells[number]} {codes.nodes[name].label}"] = name
    if not codes.nodes and not problems:
        problems.append(Problem("codebook-empty", sheet.source, 1))
    by_line_node = {node.line: node for node in codes.nodes.values()}
    for row in sheet.rows:
        node = by_line_node.get(row.line)
        if node is not None:
            node.definition = " ".join(row.cells.get(definition, "").split())
            node.origin = row.cells[origin] if origin and row.cells[origin] else "source"
            if synonyms:
                listed = re.split(r"\s*[;|\n]\s*|,\s+", row.cells[synonyms])
                node.synonyms = tuple(dict.fromkeys(filter(None, map(str.strip, listed))))
    # A word that two nodes have, or that is the label of another, means neither.
    called = Counter(same(word) for node in codes.nodes.values() for word in node.synonyms)
    labels = {same(node.label) for node in codes.nodes.values()}
    for node in codes.nodes.values():
        for word in node.synonyms:
            if called[same(word)] == 1 and same(word) not in labels:
                codes.ids.setdefault(word, node.id)
    for name in codes.nodes:
        codes.ids.setdefault(name, name)
    return codes, problems


def _rank_columns(codes: Codes, sheet: Sheet, *others: str) -> list[str]:
    """The columns that hold nodes; counts, colours and the like are told and left out."""
    kept: list[str] = []
    series = [n for n in sheet.header if re.fullmatch(r"(level|rank|ebene|stufe) \d", folded(n))]
    for name in sheet.header:
        if len(series) > 1 and name not in (*series, *others) and folded(name) not in _NUMBER:
            codes.notes.append(f"{name!r} is no rank of the codebook and was left out.")
            continue
        held = [row.cells[name] for row in sheet.rows if row.cells[name]]
        if name in others or not held or sheet.roles.get(name) == "leave-out":
            continue
        text = sum(map(len, held)) > 80 * len(held)
        beside = _BESIDE.fullmatch(folded(name)) and len(sheet.header) > 1
        if text or (beside and folded(name) not in _LABEL):
            codes.notes.append(f"{name!r} is no rank of the codebook and was left out.")
        else:
            kept.append(name)
    return kept


def _number_column(sheet: Sheet, ranks: Sequence[str]) -> str:
    """The column of numbers or short names by which tables call the nodes, if there is one."""
    if len(ranks) < 2:
        return ""
    for name in ranks:
        held = [row.cells[name] for row in sheet.rows]
        unlike = len(set(held)) == len(held) and all(held)
        numbers = all(re.fullmatch(r"[A-Za-z]{0,3}[\d.]+", cell) for cell in held)
        if unlike and (numbers or (folded(name) in _NUMBER and all(map(_is_short, held)))):
            return name
    first, *rest = ranks
    held = [row.cells[first] for row in sheet.rows]
    named = any(folded(name) in ("label", "name", "code name", "meaning") for name in rest)
    if len(rest) == 1 and named and all(held) and len(set(held)) == len(held):
        return first
    return ""


def _is_short(cell: str) -> bool:
    return len(cell) <= 12 and " " not in cell


def _with_parents(codes: Codes, sheet: Sheet, name: str, parent: str, label: str) -> list[Problem]:
    """Read a codebook whose rows name the code above them."""
    if not (name or label):
        listed = ", ".join(repr(column) for column in sheet.header)
        return [Problem("codebook-column", sheet.source, 1, listed=listed)]
    name = name or label
    problems = _read_rows(codes, sheet, name, parent, label or name)
    problems += _put_below(codes, sheet, parent)
    for node in codes.nodes.values():
        way = codes.path(node.id)
        if way and codes.nodes[way[0]].parent:
            place = ("node-above-itself", sheet.source, node.line, parent)
            problems.append(Problem(*place, value=node.label))
            break
    for node in codes.nodes.values():
        codes.remember(node)
    return problems


def _read_rows(codes: Codes, sheet: Sheet, name: str, parent: str, label: str) -> list[Problem]:
    """Read each row as a node whose parent is what the row says: a name or a label."""
    problems: list[Problem] = []
    ids: dict[str, str] = {}
    spelled: dict[tuple[str, str], str] = {}
    for row in sheet.rows:
        written = row.cells[name] or row.cells[label]
        shown = row.cells[label] or written
        if not written:
            problems.append(Problem("row-without-node", sheet.source, row.line, name))
            continue
        if label == name and same(row.cells[parent]) != same(written):
            # "Pay" and "PAY" below one node are one code.
            written = spelled.setdefault((same(row.cells[parent]), same(written)), written)
        if written in ids:
            first = codes.nodes[ids[written]].line
            place = ("node-twice", sheet.source, row.line, name)
            problems.append(Problem(*place, value=written, other=first))
            continue
        ours = SLUG.fullmatch(written) and written[0].isalpha()
        new = unique(written if ours else node_id(shown), codes.nodes)
        ids[written] = new
        if label == name and SLUG.fullmatch(written):
            shown = written.replace("-", " ").capitalize()
        codes.nodes[new] = Node(new, row.cells[parent], shown, "", "source", row.line)
    codes.ids.update(ids)
    return problems


def _put_below(codes: Codes, sheet: Sheet, parent: str) -> list[Problem]:
    """Turn what each node says is above it into a node; a parent without a row is a new first."""
    problems: list[Problem] = []
    by_label: dict[str, str] = {}
    tops: dict[str, Node] = {}
    for node in codes.nodes.values():
        by_label.setdefault(same(node.label), node.id)
    for node in codes.nodes.values():
        above = node.parent
        if not above:
            continue
        found = codes.ids.get(above) or by_label.get(same(above)) or ""
        near = "" if found else did_you_mean(above, codes.ids)
        if not found and (near or not re.search(r"[^\W\d_]{2}", above)):
            place = ("parent-unknown", sheet.source, node.line, parent)
            problems.append(Problem(*place, value=above, near=near))
        elif not found:
            found = unique(node_id(above), [*codes.nodes, *tops])
            tops[found] = Node(found, "", " ".join(above.split()), "", "source")
            by_label[same(above)] = found
        node.parent = found
    if tops:
        shown = ", ".join(repr(node.label) for node in tops.values())
        codes.notes.append(
            f"{counted(len(tops), 'parent has', 'parents have')} no row of their own and "
            f"{'stands' if len(tops) == 1 else 'stand'} in the first rank: {shown}."
        )
        below = {**codes.nodes}
        codes.nodes.clear()
        for name, node in below.items():
            if node.parent in tops:
                codes.nodes.setdefault(node.parent, tops[node.parent])
            codes.nodes[name] = node
    return problems


def _by_number(
    codes: Codes, sheet: Sheet, number: str, ranks: Sequence[str]
) -> dict[int, list[str]]:
    """By line the way to each code whose number, ``1.2`` below ``1``, stands in its own column."""
    if len(ranks) != 1:
        return {}
    said = {row.line: row.cells[ranks[0]] for row in sheet.rows if row.cells[ranks[0]]}
    numbers = {row.line: row.cells[number].strip(" .") for row in sheet.rows if row.line in said}
    ways, gaps = below_numbers(
        numbers, {line: " ".join(cell.split()) for line, cell in said.items()}
    )
    if ways:
        told = [f"numbers in {number!r} say what is below what", *without_row(gaps)]
        codes.notes += [f"{text[0].upper()}{text[1:]}." for text in told]
    return ways


def _outline(codes: Codes, sheet: Sheet, column: str) -> dict[int, list[str]]:
    """By line the way to each code of a column that says what is below what."""
    cells = {row.line: row.cells[column] for row in sheet.rows if row.cells[column]}
    ways, told = outline(cells, sheet.indents)
    codes.notes += [f"In {column!r} {text}." for text in told]
    return ways


def _by_rank(
    codes: Codes,
    sheet: Sheet,
    ranks: Sequence[str],
    path: str | None,
    ways: Mapping[int, list[str]],
) -> list[Problem]:
    problems: list[Problem] = []
    carried: list[str] = []
    filled = 0
    one = len(ranks) == 1
    sign = ""
    if one and not ways:
        cells = [row.cells[ranks[0]] for row in sheet.rows]
        sign = path_sign(cells)[0] if path is None else path
        if sign:
            codes.notes.append(f"{sign!r} in a code was read as 'has below it'.")
    if one and not sign and not ways:
        ways = _outline(codes, sheet, ranks[0])
    for row in sheet.rows:
        if row.line in ways:
            labels = ways[row.line]
        elif one:
            labels = split_path(" ".join(row.cells[ranks[0]].split()), sign)
        else:
            cells = [" ".join(row.cells[name].split()) for name in ranks]
            last = max((i for i, cell in enumerate(cells) if cell), default=-1)
            for i in range(last):
                if not cells[i] and i < len(carried):
                    # As merged cells are saved: the value stands only in the first row.
                    cells[i] = carried[i]
                    filled += 1
            labels = [cell for cell in cells[: last + 1] if cell]
            if len(labels) <= last:
                problems.append(Problem("rank-gap", sheet.source, row.line))
                continue
            carried = cells[: last + 1]
        if labels:
            name = codes.add(labels, row.line)
            codes.nodes[name].line = row.line
    numbers = {name: numbered(node.label)[0] for name, node in codes.nodes.items()}
    times = Counter([*map(same, numbers.values()), *(same(n.label) for n in codes.nodes.values())])
    for name, number in numbers.items() if one else ():
        if number and times[same(number)] == 1:
            codes.ids.setdefault(number, name)
    if filled:
        noun = "cell was" if filled == 1 else "cells were"
        codes.notes.append(f"{filled} empty {noun} filled from the row above, as merged cells are.")
    if not one:
        codes.ranks = tuple(ranks)
    return problems


# --- ranks --------------------------------------------------------------------------------------

_USUAL: Mapping[int, tuple[str, ...]] = {
    1: ("Theme",),
    2: ("Theme", "Subtheme"),
    3: ("Level", "Theme", "Subtheme"),
    4: ("Level", "Theme", "Subtheme", "Code"),
}


def rank_names(codes: Codes, given: Sequence[str]) -> tuple[list[tuple[str, str, str]], str]:
    """Id, label and plural of each rank, and what was assumed about them.

    Parameters
    ----------
    codes : the codebook.
    given : what the team calls them, from the widest; empty if it does not say.
    """
    depth = codes.depth
    names = [*(given or codes.ranks)]
    assumed = ""
    if not names:
        names = [*_USUAL.get(depth, _USUAL[4])]
        assumed = f"Its ranks are called {', '.join(names[:depth])}: name them with --ranks."
    names = names[:depth]
    if nameless := [f"Rank {number}" for number in range(len(names) + 1, depth + 1)]:
        assumed = f"Its ranks are called {', '.join([*names, *nameless])}: name them with --ranks."
        names += nameless
    ranks: list[tuple[str, str, str]] = []
    for name in names:
        stem = slug(name, "rank")
        if stem in RESERVED_FACETS or stem in ("country", "design", "finding", "year"):
            stem = f"code-{stem}"
        ranks.append((unique(stem, [rank[0] for rank in ranks]), name, plural(name)))
    return ranks, assumed
