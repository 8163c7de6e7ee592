"""What is said of a theme: each statement once, under what helps or hinders, with its studies.

A sentence of the source that cites five studies is five findings and one statement. Readers read
it once, and find the five studies below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.facets import Facets
from synth.messages import Words
from synth.model import Direction, Finding, Theme, statements_of
from synth.references.formats import to_csv
from synth.views.adequacy import adequacy, adequacy_line
from synth.views.figure import counted, evidence_said, level_colour, poles
from synth.views.markup import render, resource
from synth.views.shapes import direction_mark
from synth.views.view import View

if TYPE_CHECKING:
    from synth.reading.records import Records


_LISTED = 600
"""Statements a list shows in all; beyond, each side of a group says how many more there are."""
_SIDE = 4
"""Statements a side shows at least."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as one factor shows it.

    Parameters
    ----------
    text : what is said.
    direction : id of its direction.
    findings : the findings that say so, in the order of the table.
    elsewhere : labels of other nodes it speaks to as well.
    """

    text: str
    direction: str
    findings: tuple[Finding, ...]
    elsewhere: tuple[str, ...]

    @property
    def studies(self) -> tuple[str, ...]:
        """Ids of the studies that say so, each once."""
        return tuple(dict.fromkeys(finding.study for finding in self.findings))


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one node of the codebook.

    Parameters
    ----------
    node : the node.
    whole : whether the group holds what speaks to a node as a whole and to none below it.
    findings : the findings that speak to the node itself.
    said : the same as statements, those of most studies first.
    """

    node: Theme
    whole: bool
    findings: tuple[Finding, ...]
    said: tuple[Said, ...]

    def of(self, direction: str) -> tuple[Said, ...]:
        """The statements of one direction."""
        return tuple(said for said in self.said if said.direction == direction)


def grouped(records: Records, of: str | None = None) -> tuple[Group, ...]:
    """The statements of a branch of the codebook, node by node, in its order.

    A statement that speaks to several nodes stands under each of them, and says so. A node without
    any statement has its group, but for one that others stand below.

    Parameters
    ----------
    records : the review's records.
    of : the node of the codebook whose branch is meant; all of it by default.

    Raises
    ------
    KeyError : the codebook has no such node.
    """
    book, coded = records.codebook, Facets.of(records).coded
    branch = frozenset(book.ids) if of is None else book.branch(book[of].id)
    # What stands under a node is the same on the page of its theme, of its level and on the first.
    made: dict[str, Group] = records.once("groups", dict)
    for name in branch - made.keys():
        below = bool(book.children(name))
        if coded[name] or not below:
            made[name] = Group(book[name], below, coded[name], _said(records, name, coded[name]))
    return tuple(made[name] for name in book.ids if name in branch and name in made)


def _said(records: Records, node: str, findings: Sequence[Finding]) -> tuple[Said, ...]:
    by_id = {finding.id: finding for finding in findings}
    found = []
    for statement in statements_of(findings):
        rows = [by_id[name] for name in statement.findings]
        for direction in dict.fromkeys(row.direction for row in rows):
            held = tuple(row for row in rows if row.direction == direction)
            others = {name: None for row in held for name in row.themes if name != node}
            labels = tuple(records.codebook[name].label for name in others)
            found.append(Said(held[0].summary, direction, held, labels))
    return tuple(sorted(found, key=lambda said: -len(said.studies)))


class StatementList(View):
    """The statements of a theme or level with their studies; made by :func:`statement_list`."""

    title: str
    summary: str

    def __init__(self, records: Records, of: str | None) -> None:
        self._records = records
        self._of = of
        self._words = Words.of(records.settings)
        self.groups = grouped(records, of)
        self.title = "" if of is None else records.codebook[of].label
        self.summary = evidence_said(self._words, self._findings())

    def _findings(self) -> tuple[Finding, ...]:
        if self._of is not None:
            return findings_of(self._records, self._of)
        held = {finding.id for group in self.groups for finding in group.findings}
        return tuple(f for f in self._records.findings.values() if f.id in held)

    @property
    def anchors(self) -> tuple[str, ...]:  # type: ignore[override]
        """On the page of a theme its factors have their home; a level repeats them."""
        return () if self._spans else ("theme",)

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The findings behind its statements, and the factors it lists."""
        factors = (group.node.id for group in self.groups if self._homed(group))
        return {"finding": tuple(f.id for f in self._findings()), "theme": tuple(factors)}

    def _homed(self, group: Group) -> bool:
        """Whether a group is what links to its node lead to."""
        return not self._spans and group.node.id != self._of

    @property
    def cites(self) -> tuple[str, ...]:
        """The findings behind the statements that are drawn."""
        listed = {
            finding.id
            for group in self.groups
            for way in self._records.settings.directions
            for said in group.of(way.id)[: self._most]
            for finding in said.findings
        }
        return tuple(finding.id for finding in self._findings() if finding.id in listed)

    @cached_property
    def _most(self) -> int:
        """How many statements a side draws: all, unless the whole list would be too long."""
        total = sum(len(group.said) for group in self.groups)
        if total <= _LISTED:
            return total
        ways = self._records.settings.directions
        sides = sum(bool(group.of(way.id)) for group in self.groups for way in ways)
        return max(_SIDE, _LISTED // sides)

    def _side(self, group: Group, way: str) -> dict[str, Any]:
        """What a side draws, and how many more statements it has."""
        said = group.of(way)
        left = max(0, len(said) - self._most)
        more = self._words.count("statements_left", left) if left else ""
        return {"said": said[: self._most], "more": more}

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions with a column of their own: what helps and what hinders."""
        return poles(self._records.settings) or self._records.settings.directions[:2]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a statement under each node it speaks to."""
        records, settings = self._records, self._records.settings
        return [
            {
                "theme": group.node.label,
                "direction": settings.direction(said.direction).label,
                "statement": said.text,
                "n": len(said.studies),
                "studies": [records.label(study) for study in said.studies],
            }
            for group in self.groups
            for said in group.said
        ]

    def to_csv(self) -> str:
        """The findings behind the statements as CSV text, node by node, as on the page."""
        rows = [
            (finding.id, group.node.id)
            for group in self.groups
            for said in group.said
            for finding in said.findings
        ]
        ids, nodes = [name for name, _ in rows], [node for _, node in rows]
        return to_csv(self._records, ids, address=resource("finding"), nodes=nodes)

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        words = self._words
        return {
            "theme": words["evidence_theme"],
            "direction": words["evidence_direction"],
            "statement": words["column_statement"],
            "n": words["column_studies"],
            "studies": words["column_which"],
        }

    @cached_property
    def html(self) -> Markup:
        """Two columns a factor, one under the other on a phone."""
        return render(
            "statements.html",
            view=self,
            words=self._words,
            records=self._records,
            ways=[self._way(way) for way in self.directions],
            groups=[self._group(group) for group in self.groups],
        )

    def _way(self, way: Direction) -> dict[str, Any]:
        return {
            "id": way.id,
            "head": direction_mark(way, way.plural),
            "nothing": self._words.say("statements_nothing", directions=way.plural),
        }

    def _group(self, group: Group) -> dict[str, Any]:
        records, settings = self._records, self._records.settings
        book = records.codebook
        level = book.path(group.node.id)[0].id
        above = book[group.node.parent] if group.node.parent else None
        named = {way.id for way in self.directions}
        return {
            "id": group.node.id,
            "anchor": f"theme-{group.node.id}" if self._homed(group) else "",
            "label": self._label(group),
            "above": above.label if above is not None and self._spans and not group.whole else "",
            "colour": level_colour(settings, level),
            "counts": self._counts(group),
            "rests": adequacy_line(records, self._words, adequacy(records, group.findings)),
            "sides": [(w, self._side(group, w["id"])) for w in map(self._way, self.directions)],
            "others": [
                (direction_mark(way), self._side(group, way.id))
                for way in settings.directions
                if way.id not in named and group.of(way.id)
            ],
        }

    def _counts(self, group: Group) -> list[Markup]:
        """The statements of a group by direction, for a phone, where they are folded under it."""
        settings = self._records.settings
        held = [(way, len(group.of(way.id))) for way in settings.directions]
        said = [counted(way, n, settings) for way, n in held if n]
        return said or [Markup.escape(self._words["adequacy_nothing"])]

    @property
    def _spans(self) -> bool:
        """Whether factors of several themes stand here, so that each must name its theme."""
        ranks = len(self._records.settings.ranks)
        return self._of is None or (ranks > 1 and self._records.codebook[self._of].depth == 0)

    def _label(self, group: Group) -> str:
        if not group.whole:
            return group.node.label
        return self._words.say("statements_whole", theme=group.node.label)


def statement_list(records: Records, of: str | None = None) -> StatementList:
    """List what is said of a theme or level, each statement once, with its studies.

    Parameters
    ----------
    records : the review's records.
    of : the node of the codebook; everything by default.

    Raises
    ------
    KeyError : the codebook has no such node.
    """
    return StatementList(records, of)


def findings_of(records: Records, of: str) -> tuple[Finding, ...]:
    """The findings that speak to a node of the codebook or to one below it, each once."""
    return Facets.of(records).below[of]
