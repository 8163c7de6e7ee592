"""The framework: levels, themes and factors, what helps, what hinders, and who says so.

It stands for the summary table a review usually prints, but it is reconstructed from the coded
findings: every sentence in it is a finding and leads to it, and a cell without one says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from synth.messages import Words
from synth.model import Direction, Finding, Influence, Theme
from synth.references.csv_text import csv_text
from synth.views.figure import (
    chosen,
    counted,
    level_colour,
    listed,
    of_studies,
    poles,
    source_line,
    studies,
    theme_link,
    version_line,
)
from synth.views.markup import target
from synth.views.shapes import direction_mark, mark

if TYPE_CHECKING:
    from synth.reading.tables import Records
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
    influences : influences that start at the node or below, for a heading.
    """

    node: Theme
    path: tuple[Theme, ...]
    heading: bool
    findings: tuple[Finding, ...]
    influences: tuple[Influence, ...] = ()

    def of(self, direction: Direction) -> tuple[Finding, ...]:
        """The findings of one direction."""
        return tuple(f for f in self.findings if f.direction == direction.id)


class Framework:
    """The framework of a review as a table; made by :func:`framework`.

    Parameters
    ----------
    records : the records of the review.
    rows : its rows, headings and factors in the order of the codebook.
    """

    def __init__(self, records: Records, rows: Sequence[FrameworkRow]) -> None:
        self._records = records
        self.rows = tuple(rows)
        self._words = Words.of(records.settings)

    # --- what it holds ---

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding that stands in the table, once."""
        return tuple(f for row in self.rows if not row.heading for f in row.findings)

    @property
    def columns(self) -> tuple[Direction, ...]:
        """The directions with a column of their own: what helps and what hinders.

        A review whose directions have no two poles gets a column for each direction.
        """
        return poles(self._records.settings) or self._records.settings.directions

    @property
    def _others(self) -> tuple[Direction, ...]:
        return tuple(d for d in self._records.settings.directions if d not in self.columns)

    @cached_property
    def data(self) -> list[dict[str, Any]]:
        """One row a factor: where it stands, what each direction says with its citations."""
        ranks = self._records.settings.ranks
        rows = []
        for row in self.rows:
            if row.heading:
                continue
            labels = {node.rank: node.label for node in row.path}
            theme = row.path[min(1, len(row.path) - 1)]
            said: dict[str, Any] = {rank.id: labels.get(rank.id, "") for rank in ranks}
            for direction in self._records.settings.directions:
                said[direction.id] = [self._cited(f) for f in row.of(direction)]
            said["studies"] = [self._records.label(s) for s in _works(row.findings)]
            said["influences"] = [
                f"{way.verb} {self._records.codebook[target].label}"
                for way, target in self._acts_on(theme)
            ]
            rows.append(said)
        return rows

    def _cited(self, finding: Finding) -> str:
        return f"{finding.summary} ({self._records.label(finding.study)})"

    def _acts_on(self, node: Theme) -> list[tuple[Direction, str]]:
        """What a theme acts on and how, each once, in the order of the codebook."""
        settings, book = self._records.settings, self._records.codebook
        branch = book.branch(node.id)
        found = {
            (settings.direction(i.direction), i.target)
            for i in self._records.influences.values()
            if i.source in branch and i.target not in branch
        }
        ways = settings.directions
        return sorted(found, key=lambda pair: (book.order[pair[1]], ways.index(pair[0])))

    # --- as something to read ---

    @cached_property
    def html(self) -> str:
        """The table as HTML; on a phone each factor becomes a block of its own."""
        heads = "\n".join(
            f'<th role="columnheader" scope="col">{direction_mark(d, d.plural)}</th>'
            for d in self.columns
        )
        factor = escape(self._records.settings.ranks[-1].label)
        body = "\n".join(self._row_html(row) for row in self.rows)
        ranks = ";".join(rank.id for rank in self._records.settings.ranks)
        if not self.rows:
            return (
                '<div class="synth synth-figure synth-framework"><p class="synth-gap">'
                f"{self._words.html('framework_nothing')}</p></div>"
            )
        return (
            '<div class="synth synth-figure synth-framework" data-figure="framework" '
            'data-synth-module="figures">\n'
            f'<p class="synth-figure-note">{escape(self._note)}</p>\n'
            f'<table class="synth-t2" role="table" data-ranks="{escape(ranks)}">'
            f'<caption class="synth-vh">{escape(self.text)}</caption>\n'
            f'<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">{factor}'
            f"</th>\n{heads}</tr></thead>\n"
            f'<tbody role="rowgroup">{body}</tbody></table>\n'
            f'<p class="synth-source">'
            f"{source_line(self._words, len(self.findings), len(_works(self.findings)))} "
            f"{version_line(self._words)}</p></div>"
        )

    @property
    def _note(self) -> str:
        ranks = self._records.settings.ranks
        note = self._words.say("framework_note", rank=ranks[-1].label.lower())
        if any(row.node.origin == "inferred" for row in self.rows):
            note += f" {self._words['framework_inferred']}"
        return note

    def _row_html(self, row: FrameworkRow) -> str:
        if row.heading:
            return self._heading_html(row)
        others = [(d, row.of(d)) for d in self._others if row.of(d)]
        span = ' rowspan="2"' if others else ""
        label = _named(row, self._records)
        cells = "\n".join(
            f'<td role="cell" data-label="{escape(d.plural)}" class="dir-{escape(d.id)}-cell" '
            f'data-direction="{escape(d.label)}">'
            f'<span class="synth-t2-label" aria-hidden="true">{direction_mark(d, d.plural)}</span>'
            f"{self._findings_html(row.of(d), row.node)}</td>"
            for d in self.columns
        )
        first = (
            f'<tr role="row" class="F" data-depth="{row.node.depth}">'
            f'<th role="rowheader" scope="row"{span}>{label}</th>\n{cells}</tr>'
        )
        if not others:
            return first
        also = "\n".join(
            f'<div class="synth-t2-also" data-direction="{escape(d.label)}">{direction_mark(d)} '
            f"{self._findings_html(found, row.node)}</div>"
            for d, found in others
        )
        width = len(self.columns)
        second = f'<td role="cell" colspan="{width}">{also}</td>'
        return f'{first}\n<tr role="row" class="F A">{second}</tr>'

    def _heading_html(self, row: FrameworkRow) -> str:
        width = len(self.columns) + 1
        node = row.node
        label = escape(node.label) + (" °" if node.origin == "inferred" else "")
        name = f'<a href="{escape(target("theme", node.id))}">{label}</a>'
        if node.depth == 0:
            look = self._records.settings.levels.get(node.id)
            shape = mark(look.mark) if look else ""
            colour = level_colour(self._records.settings, node.id)
            return (
                f'<tr role="row" class="L" data-depth="0"><th role="rowheader" scope="rowgroup" '
                f'colspan="{width}" style="color:{colour}">'
                f'<span class="lvl lvl-{escape(node.id)}">{shape} {name}</span></th></tr>'
            )
        count = len(_works(row.findings))
        by_way: dict[Direction, list[str]] = {}
        for way, other in self._acts_on(node):
            by_way.setdefault(way, []).append(theme_link(self._records, other))
        acts = "; ".join(
            f"{direction_mark(way, way.verb)} {', '.join(by_way[way])}"
            for way in self._records.settings.directions
            if way in by_way
        )
        line = (
            '<span class="synth-t2-acts"><span class="synth-t2-lab">'
            f"{self._words.html('framework_influences')}</span> {acts}</span>"
            if acts
            else ""
        )
        return (
            f'<tr role="row" class="T" data-depth="{node.depth}">'
            f'<th role="rowheader" scope="rowgroup" colspan="{width}">{name} '
            f'<span class="synth-small">{of_studies(self._words, count)}</span>'
            f"{line}</th></tr>"
        )

    @cached_property
    def _most(self) -> int:
        """How many findings a cell can list: all, unless the whole table would be too long."""
        if len(self.findings) <= _LISTED:
            return len(self.findings)
        cells = sum(bool(row.of(way)) for row in self.rows if not row.heading for way in self._ways)
        return max(_SHOWN, _LISTED // max(cells, 1))

    @property
    def _ways(self) -> tuple[Direction, ...]:
        return self._records.settings.directions

    def _findings_html(self, found: Sequence[Finding], node: Theme) -> str:
        if not found:
            return f'<span class="synth-gap">{self._words.html("none_coded")}</span>'
        said: dict[str, list[Finding]] = {}
        for finding in found[: self._most]:
            said.setdefault(finding.summary, []).append(finding)
        items = [
            f'<li>{escape(summary)} <span class="ci">({self._citations(same)})</span></li>'
            for summary, same in said.items()
        ]
        shown, more = items[:_SHOWN], items[_SHOWN:]
        folded = (
            f'<details data-print="open"><summary>{self._words.html("more", n=len(more))}</summary>'
            f"<ul>{''.join(more)}</ul></details>"
            if more
            else ""
        )
        left = len(found) - self._most
        rest = (
            f'<p class="synth-small">{escape(self._words.count("framework_left", left))} '
            f'<a href="{escape(target("theme", node.id))}">'
            f"{self._words.html('framework_all_of', theme=escape(node.label))}</a></p>"
            if left > 0
            else ""
        )
        return f"<ul>{''.join(shown)}</ul>{folded}{rest}"

    def _citations(self, same: Sequence[Finding]) -> str:
        """Links to findings that say the same, each by its study."""
        return "; ".join(
            f'<a class="fc" href="{escape(target("finding", f.id))}">'
            f"{escape(self._records.label(f.study))}</a>"
            for f in same
        )

    @property
    def text(self) -> str:
        """What the table holds, in one line."""
        return f"The framework: {self._stated}"

    @property
    def _stated(self) -> str:
        ranks = self._records.settings.ranks
        nodes = {row.node.id: row.node for row in self.rows}
        counts = [
            counted(n, rank.label.lower(), rank.plural.lower())
            for rank in ranks
            if (n := sum(node.rank == rank.id for node in nodes.values()))
        ]
        works = studies(len(_works(self.findings)))
        return f"{listed([*counts, counted(len(self.findings), 'finding')])} from {works}"

    def to_markdown(self) -> str:
        """The table as Markdown, one heading a level and a theme, one list a factor."""
        lines: list[str] = []
        for row in self.rows:
            if row.heading:
                lines += [f"{'#' * (row.node.depth + 2)} {row.node.label}", ""]
                continue
            whole = row.node.depth + 1 < len(self._records.settings.ranks)
            whole_of = f" {self._words['framework_as_a_whole']}" if whole else ""
            lines += [f"**{row.node.label}{whole_of}**", ""]
            for direction in self._records.settings.directions:
                found = row.of(direction)
                lines += [f"- {direction.label}: {self._cited(f)}" for f in found]
            if not row.findings:
                lines.append(f"- {self._words['none_coded']}")
            lines.append("")
        return "\n".join(lines)

    def to_csv(self) -> str:
        """The table as CSV text, one row a finding, in the order of the page."""
        ranks = [rank.id for rank in self._records.settings.ranks]
        rows = [["finding", *ranks, "direction", "summary", "citation"]]
        for row in self.rows:
            labels = {node.rank: node.label for node in row.path}
            place = [labels.get(rank, "") for rank in ranks]
            for way in () if row.heading else (*self.columns, *self._others):
                found = row.of(way)
                # What several studies say stands together, at the place of the first.
                first = {f.summary: at for at, f in reversed([*enumerate(found)])}
                for f in sorted(found, key=lambda f: first[f.summary]):
                    said = (f.summary, self._records.label(f.study))
                    rows.append([f.id, *place, way.label, *said])
        return csv_text(rows)

    def to_word(self) -> str:
        """The table as plain HTML without folds, links or classes, to be pasted into a document."""
        settings = self._records.settings
        names = [*(r.id for r in settings.ranks), *(d.id for d in settings.directions)]
        labels = [*(r.label for r in settings.ranks), *(d.plural for d in settings.directions)]
        head = "".join(f"<th>{escape(label)}</th>" for label in labels)
        body = "\n".join(
            "<tr>" + "".join(f"<td>{_paragraphs(row[name])}</td>" for name in names) + "</tr>"
            for row in self.data
        )
        return (
            f'<table border="1" cellspacing="0" cellpadding="4">\n<tr>{head}</tr>\n{body}\n</table>'
        )

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
        return influence_map(self._records, at_least=at_least, counts=True)

    def __repr__(self) -> str:
        return f"<Framework: {self._stated}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


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
    findings = chosen(records, ids)
    wanted = book.branch(of) if of is not None else frozenset(book.ids)
    if of is not None:
        book[of]  # an unknown node is an error, not an empty table
    rows: list[FrameworkRow] = []
    for node in book:
        if node.id not in wanted:
            continue
        branch = book.branch(node.id)
        path = book.path(node.id)
        below = tuple(f for f in findings if f.theme in branch)
        own = tuple(f for f in findings if f.theme == node.id)
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
    return Framework(records, rows)


def _named(row: FrameworkRow, records: Records) -> str:
    ranks = records.settings.ranks
    if row.node.depth + 1 < len(ranks):
        rank = escape(ranks[row.node.depth].label.lower())
        return f"<i>{Words.of(records.settings).html('framework_whole', rank=rank)}</i>"
    label = escape(row.node.label) + (" °" if row.node.origin == "inferred" else "")
    return f'<a href="{escape(target("theme", row.node.id))}">{label}</a>'


def _works(findings: Iterable[Finding]) -> list[str]:
    return sorted({finding.study for finding in findings})


def _paragraphs(value: str | list[str]) -> str:
    if isinstance(value, str):
        return escape(value)
    return "".join(f"<p>{escape(part)}</p>" for part in value)
