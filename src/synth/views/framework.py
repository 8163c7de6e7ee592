"""The framework: levels, themes and factors, what helps, what hinders, and who says so.

It stands for the summary table a review usually prints, but it is reconstructed from the coded
findings: every sentence in it is a finding and leads to it, and a cell without one says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.facets import Facets
from synth.messages import Words
from synth.model import Direction, Finding, Theme
from synth.references.formats import to_csv
from synth.text import listed
from synth.views.figure import (
    evidence_said,
    level_colour,
    of_studies,
    poles,
    source_line,
)
from synth.views.markup import render, resource
from synth.views.shapes import direction_mark, mark
from synth.views.view import View

if TYPE_CHECKING:
    from synth.reading.records import Records
    from synth.views.influences.map import InfluenceMap

_ARROWS = 24
"""Arrows a reader can still follow at a glance."""
_SHOWN = 4
"""Findings of a cell before the rest is folded away."""
_LISTED = 600
"""Findings a table lists in all; beyond, a cell says how many more there are, and where."""


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A row of the framework.

    Parameters
    ----------
    node : the node of the codebook the row is about.
    path : the nodes from the first rank down to it.
    heading : the row names a level or a theme and has no findings of its own.
    findings : the findings coded to the node itself (below it, for a heading).
    """

    node: Theme
    path: tuple[Theme, ...]
    heading: bool
    findings: tuple[Finding, ...]

    def of(self, direction: Direction) -> tuple[Finding, ...]:
        """The findings of one direction."""
        return tuple(f for f in self.findings if f.direction == direction.id)


class Framework(View):
    """The framework of a review as a table; made by :func:`framework`.

    Parameters
    ----------
    records : the records of the review.
    lines : its rows, headings and factors in the order of the codebook.
    of : the node of the codebook they stand below; empty for all of it.
    """

    title: str
    summary: str

    def __init__(
        self, records: Records, lines: Sequence[FrameworkRow], of: str | None = None
    ) -> None:
        self._records = records
        self._of = of
        self.lines = tuple(lines)
        self._words = Words.of(records.settings)
        self.summary = self._counts()
        self.title = self._words.say("framework_caption", counted=self.summary)
        self._source = source_line(self._words, self.findings)

    # --- what it holds ---

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding that stands in the table, once."""
        cells = (f for line in self.lines if not line.heading for f in line.findings)
        return tuple({finding.id: finding for finding in cells}.values())

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions with a column of their own: what helps and what hinders.

        A review whose directions have no two poles gets a column for each direction.
        """
        return poles(self._records.settings) or self._records.settings.directions

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The findings in its cells, those too that a long table only counts."""
        return {"finding": tuple(finding.id for finding in self.findings)}

    @property
    def cites(self) -> tuple[str, ...]:
        """The findings its cells list."""
        listed = {
            finding.id
            for line in self.lines
            if not line.heading
            for way in self._records.settings.directions
            for finding in line.of(way)[: self._most]
        }
        return tuple(finding.id for finding in self.findings if finding.id in listed)

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the columns of the plain table: ranks, directions, studies, influences."""
        settings, words = self._records.settings, self._words
        return {
            **{rank.id: rank.label for rank in settings.ranks},
            **{direction.id: direction.plural for direction in settings.directions},
            "influences": words["influences"],
        }

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a factor: where it stands, what each direction says with its citations."""
        records = self._records
        rows = []
        for line in self.lines:
            if line.heading:
                continue
            labels = {node.rank: node.label for node in line.path}
            theme = line.path[min(1, len(line.path) - 1)]
            row: dict[str, Any] = {r.id: labels.get(r.id, "") for r in records.settings.ranks}
            for direction in records.settings.directions:
                row[direction.id] = [
                    f"{f.summary} ({records.label(f.study)})" for f in line.of(direction)
                ]
            row["studies"] = [records.label(study) for study in _works(line.findings)]
            row["influences"] = [
                f"{records.settings.verb(theme.id, direction)} {records.codebook[target].label}"
                for direction, target in self._acts_on(theme)
            ]
            rows.append(row)
        return rows

    def _counts(self) -> str:
        """How many levels, themes, factors, findings and studies there are."""
        words = self._words
        nodes = {line.node.id: line.node for line in self.lines}
        counts = [
            f"{n} {(rank.label if n == 1 else rank.plural).lower()}"
            for rank in self._records.settings.ranks
            if (n := sum(node.rank == rank.id for node in nodes.values()))
        ]
        return listed([*counts, evidence_said(words, self.findings)], words["and"])

    def _acts_on(self, node: Theme) -> list[tuple[Direction, str]]:
        """What a theme acts on and how, each once, in the order of the codebook."""
        settings, book = self._records.settings, self._records.codebook
        branch = book.branch(node.id)
        found = {
            (settings.direction(i.direction), i.target)
            for i in self._records.influences.values()
            if i.source in branch and i.target not in branch
        }
        order = settings.directions
        return sorted(found, key=lambda pair: (book.order[pair[1]], order.index(pair[0])))

    # --- as something to read ---

    @cached_property
    def html(self) -> Markup:
        """The table as HTML; on a phone each factor becomes a block of its own."""
        return render(
            "framework.html",
            view=self,
            records=self._records,
            settings=self._records.settings,
            words=self._words,
            lines=[self._heading(x) if x.heading else self._factor(x) for x in self.lines],
            shown=_SHOWN,
            source=self._origin,
            direction_mark=direction_mark,
        )

    @property
    def note(self) -> str:
        """How to read the table, and what an empty cell does not mean."""
        note = self._words.say(
            "framework_note", rank=self._records.settings.ranks[-1].label.lower()
        )
        if any(line.node.origin == "inferred" for line in self.lines):
            note += f" {self._words['framework_inferred']}"
        return note

    def _heading(self, line: FrameworkRow) -> dict[str, Any]:
        """What the template needs of a level or a theme."""
        settings, node = self._records.settings, line.node
        look = settings.levels.get(node.id)
        acts: dict[Direction, list[str]] = {}
        for direction, target in self._acts_on(node):
            acts.setdefault(direction, []).append(target)
        return {
            "heading": True,
            "node": node,
            "label": _label(node),
            "colour": level_colour(settings, node.id),
            "mark": mark(look.mark) if look else "",
            "studies": of_studies(self._words, len(_works(line.findings))),
            "acts": [(way, acts[way]) for way in settings.directions if way in acts],
        }

    def _factor(self, line: FrameworkRow) -> dict[str, Any]:
        """What the template needs of a factor, or of a node nobody divided."""
        settings, node = self._records.settings, line.node
        others = (way for way in settings.directions if way not in self.directions)
        whole = node.depth + 1 < len(settings.ranks)
        return {
            "heading": False,
            "node": node,
            "label": _label(node),
            "whole": settings.ranks[node.depth].label.lower() if whole else "",
            "cells": [(way, self._cell(line.of(way))) for way in self.directions],
            "others": [(way, self._cell(line.of(way))) for way in others if line.of(way)],
        }

    @cached_property
    def _most(self) -> int:
        """How many findings a cell can list: all, unless the whole table would be too long."""
        if len(self.findings) <= _LISTED:
            return len(self.findings)
        directions = self._records.settings.directions
        cells = sum(bool(x.of(way)) for x in self.lines if not x.heading for way in directions)
        return max(_SHOWN, _LISTED // max(cells, 1))

    def _cell(self, found: Sequence[Finding]) -> dict[str, Any]:
        """Summaries with the findings that say the same, and how many findings are left out."""
        said: dict[str, list[Finding]] = {}
        for finding in found[: self._most]:
            said.setdefault(finding.summary, []).append(finding)
        return {"said": list(said.items()), "left": max(0, len(found) - self._most)}

    def glance(self, at_least: int | None = None) -> InfluenceMap:
        """The framework as one figure: themes in lanes with their findings, and the influences.

        Parameters
        ----------
        at_least : draw only arrows with at least so many named studies; by default the fewest with
            which no more than 24 arrows are left. The figure's table holds all.
        """
        from synth.views.influences.map import influence_map

        if at_least is None:
            named = [len(arrow.studies) for arrow in influence_map(self._records).arrows]
            at_least = next(n for n in range(1000) if sum(k >= n for k in named) <= _ARROWS)
        drawn = influence_map(self._records, at_least=at_least, counts=True)
        return drawn.asked("influence_map", {}, at_least=at_least, counts=True)

    @property
    def file(self) -> str:  # type: ignore[override]
        """Name of the file with all its rows, which a book offers beside it."""
        return "-".join(("framework", *([self._of] if self._of else ()))) + ".csv"

    def to_csv(self) -> str:
        """The table as CSV text, one row a finding under each node, in the order of the page."""
        others = (d for d in self._records.settings.directions if d not in self.directions)
        directions = (*self.directions, *others)
        rows = []
        for line in self.lines:
            for direction in () if line.heading else directions:
                found = line.of(direction)
                # What several studies say stands together, at the place of the first.
                first = {f.summary: at for at, f in reversed([*enumerate(found)])}
                rows += [
                    (f.id, line.node.id) for f in sorted(found, key=lambda f: first[f.summary])
                ]
        ids, nodes = [name for name, _ in rows], [node for _, node in rows]
        return to_csv(self._records, ids, address=resource("finding"), nodes=nodes)


def framework(
    records: Records, of: str | None = None, ids: Iterable[str] | None = None
) -> Framework:
    """Reconstruct the framework of a review from its codebook and its findings.

    Parameters
    ----------
    records : the records of the review.
    of : only what stands below this node of the codebook.
    ids : only these findings; all of them by default.

    Raises
    ------
    KeyError : the codebook has no such node.
    """
    book = records.codebook
    facets, kept = Facets.of(records), None if ids is None else frozenset(ids)
    wanted = book.branch(of) if of is not None else frozenset(book.ids)
    if of is not None:
        book[of]  # an unknown node is an error, not an empty table
    rows: list[FrameworkRow] = []
    for node in book:
        if node.id not in wanted:
            continue
        path = book.path(node.id)
        below, own = facets.below[node.id], facets.coded[node.id]
        if kept is not None:
            below = tuple(f for f in below if f.id in kept)
            own = tuple(f for f in own if f.id in kept)
        if book.children(node.id):
            rows.append(FrameworkRow(node, path, True, below))
            if own:
                rows.append(FrameworkRow(node, path, False, own))
        elif node.depth + 1 < len(records.settings.ranks):
            # A node nobody divided: a heading, then one row for itself.
            rows.append(FrameworkRow(node, path, True, below))
            rows.append(FrameworkRow(node, path, False, own))
        else:
            rows.append(FrameworkRow(node, path, False, own))
    return Framework(records, rows, of)


def _label(node: Theme) -> str:
    """A node's label, marked where coding named it and not the review."""
    return f"{node.label} °" if node.origin == "inferred" else node.label


def _works(findings: Iterable[Finding]) -> list[str]:
    return sorted({finding.study for finding in findings})
