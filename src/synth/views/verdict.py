"""The head of a theme or level page: what it is, what was found, and how much that rests on.

The statements stand on a waterline: what helps rises from it, what hinders hangs below. A tooth is
one statement and as long as its studies are many. It shows coverage, never the size of an effect.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.facets import Facets
from synth.messages import Words
from synth.model import Direction, Finding, count_statements
from synth.views.adequacy import adequacy, adequacy_line
from synth.views.figure import (
    Field,
    counted,
    level_colour,
    number,
    poles,
    table_html,
)
from synth.views.markup import filters, link, placeholder, render, target
from synth.views.robustness import LeftOut, robustness
from synth.views.shapes import direction_mark, mark
from synth.views.statements import Said, findings_of, grouped
from synth.views.view import Row, View
from synth.views.waterline import Scale, Tooth, crowded, waterline

if TYPE_CHECKING:
    from synth.reading.records import Records

_BASE = 14.0
"""Width of a tooth, in pixels of the drawing."""
_STEP = 18.0
_TALLEST = 60.0
"""Height of the tallest tooth of a page; all teeth of a page share one unit."""
_UNIT = 13.0
"""Height of one study, unless the tallest tooth would then be too tall."""

_LISTED = 100
"""Studies the table of those left out names, the ones that take most with them first."""


class Verdict(View):
    """What was found on a theme or level, at a glance; made by :func:`verdict`."""

    title: str
    summary: str

    def __init__(self, records: Records, of: str) -> None:
        self._records = records
        self.node = records.codebook[of]
        self._words = Words.of(records.settings)
        self.findings = findings_of(records, of)
        self.rests = adequacy(records, self.findings)
        self.title = self.node.label
        self.summary = adequacy_line(records, self._words, self.rests).rstrip(".")
        self.description = self._describe()

    # --- the numbers ---

    @cached_property
    def parts(self) -> tuple[tuple[str, str, tuple[Finding, ...], tuple[Said, ...]], ...]:
        """The nodes right below, or the node itself: id, label, findings and statements of each."""
        book, groups = self._records.codebook, grouped(self._records, self.node.id)
        facets = Facets.of(self._records)
        parts = []
        for name in (self.node.id, *(child.id for child in book.children(self.node.id))):
            whole = name == self.node.id
            branch = frozenset({name}) if whole else book.branch(name)
            found = (facets.coded if whole else facets.below)[name]
            said: dict[tuple[str, str], Said] = {}
            for group in groups:
                if group.node.id in branch:
                    for one in group.said:
                        key = (one.findings[0].id, one.direction)
                        said[key] = one if key not in said else _joined(said[key], one)
            if found or not whole:
                label = self._words["verdict_whole"] if whole else book[name].label
                order = sorted(said.values(), key=lambda one: -len(one.studies))
                parts.append((name, label, found, tuple(order)))
        return tuple(parts)

    @cached_property
    def counts(self) -> tuple[tuple[Direction, int, int, int], ...]:
        """Each direction found with its statements, findings and studies, the most stated first.

        Among the two directions that are each other's opposite the larger comes first; what is
        neither follows.
        """
        found = []
        for way in self._records.settings.directions:
            own = [f for f in self.findings if f.direction == way.id]
            if own:
                works = len({f.study for f in own})
                found.append((way, count_statements(own), len(own), works))
        pair = {way.id for way in poles(self._records.settings) or ()}
        return tuple(sorted(found, key=lambda count: (count[0].id not in pair, -count[1])))

    @cached_property
    def alone(self) -> tuple[str, ...]:
        """Ids of the nodes right below that rest on one study."""
        below = (part for part in self.parts if part[0] != self.node.id)
        return tuple(name for name, _, found, _ in below if len({f.study for f in found}) == 1)

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Every study of the node left out in turn, those that change nothing too."""
        branch = self._records.codebook.branch(self.node.id)
        ids = [finding.id for finding in self.findings]
        return tuple(
            LeftOut(
                out.kind,
                out.label,
                out.studies,
                out.findings,
                out.statements,
                tuple(item for item in out.lost if item.id in branch),
            )
            for out in robustness(self._records, ids).leaving_out("study")
        )

    # --- as rows ---

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row for each node right below, with what it rests on."""
        rows = []
        for _, label, found, said in self.parts:
            rests = adequacy(self._records, found)
            ways = Counter(one.direction for one in said)
            row: dict[str, Any] = {"what": label}
            for way in self._records.settings.directions:
                row[way.id] = ways[way.id]
            row |= {
                "statements": rests.statements,
                "findings": rests.findings,
                "studies": len(rests.studies),
                "groups": rests.groups,
                "countries": len(rests.countries),
                "designs": [f"{design} {n}" for design, n in rests.designs],
            }
            rows.append(row)
        return rows

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        words, settings = self._words, self._records.settings
        return {
            "what": words["column_what"],
            **{way.id: way.plural for way in settings.directions},
            "statements": words["column_statements"],
            "findings": words["column_findings"],
            "studies": words["column_studies"],
            "groups": words["column_groups"],
            "countries": words["column_countries"],
            "designs": words["column_designs"],
        }

    def _describe(self) -> str:
        words = self._words
        told = [
            words.say("verdict_count", direction=way.label, n=words.count("statement", statements))
            for way, statements, _, _ in self.counts
        ]
        return f"{'; '.join(told)}." if told else words["adequacy_nothing"]

    # --- as something to read ---

    @cached_property
    def html(self) -> Markup:
        """The band, as it stands below the title of a page."""
        records, words, settings = self._records, self._words, self._records.settings
        path = records.codebook.path(self.node.id)
        level = path[0]
        look = settings.levels.get(level.id)
        below = settings.ranks[min(self.node.depth + 1, len(settings.ranks) - 1)]
        divided = sum(part[0] != self.node.id for part in self.parts)
        left = max(0, len(self._without) - _LISTED)
        return render(
            "verdict.html",
            view=self,
            words=words,
            level=level,
            above=path[:-1],
            look=look,
            colour=level_colour(settings, level.id),
            sign=mark(look.mark) if look else "",
            counts=[(counted(way, n, settings), way) for way, n, _, _ in self.counts],
            other_counts=[
                (
                    direction_mark(way),
                    words.count("statement", statements),
                    words.count("finding", findings),
                    words.count("study", studies),
                )
                for way, statements, findings, studies in self.counts
            ],
            groups=self._drawn,
            blocks=any(crowded(said) for *_, said in self.parts),
            rests=self.rests,
            of_studies=placeholder("studies", words["late_all"]),
            of_countries=placeholder("countries", words["late_all"]),
            below=(below.label if divided == 1 else below.plural).lower(),
            divided=divided,
            line=adequacy_line(records, words, self.rests),
            table=table_html(self._fields, self._without[:_LISTED], words["verdict_without"]),
            left=words.count("verdict_left", left) if left else "",
            more=target("explorer", filters(**{self.node.rank: self.node.id})),
            changes_nothing=sum(not row["statements"] for row in self._without),
        )

    @property
    def _fields(self) -> tuple[Field, ...]:
        words = self._words
        return (
            Field("label", words["column_study"], cell=_study_cell),
            Field("findings", words["robustness_gone"], number=True),
            Field("statements", words["verdict_statements_gone"], number=True),
            Field("lost", words["robustness_lost"], cell=self._lost_cell),
        )

    @cached_property
    def _without(self) -> list[dict[str, Any]]:
        """One row a study: what goes when it is left out."""
        rows = [
            {
                "study": out.studies[0],
                "label": out.label,
                "findings": out.findings,
                "statements": out.statements,
                "lost": [item.label for item in out.lost],
            }
            for out in self.left_out
        ]
        return sorted(rows, key=lambda row: (-row["statements"], -row["findings"], row["label"]))

    def _lost_cell(self, row: Row) -> Markup | str:
        return "; ".join(row["lost"]) or render("quiet.html", text=self._words["nothing"])

    @cached_property
    def _drawn(self) -> list[dict[str, Any]]:
        """The waterline of each part, as high as its own teeth; the page sets the lines level."""
        sides = [way.id for way in poles(self._records.settings) or ()]
        most = max((len(one.studies) for *_, said in self.parts for one in said), default=1)
        unit = min(_UNIT, _TALLEST / most)
        drawn = []
        for name, label, _, said in self.parts:
            tallest = dict.fromkeys(sides, _BASE / 2)
            for one in said:
                if one.direction in tallest:
                    tallest[one.direction] = max(tallest[one.direction], unit * len(one.studies))
            up, down = [height + 3 for height in tallest.values()] or [_BASE / 2 + 3] * 2
            scale = Scale(_BASE, _STEP, unit, up, down)
            drawn.append(
                {
                    "id": name,
                    "label": label,
                    "said": self._told(said),
                    "down": number(down),
                    "drawing": waterline(self._records.settings, self._teeth(said), scale),
                }
            )
        return drawn

    def _told(self, said: tuple[Said, ...]) -> str:
        settings, words = self._records.settings, self._words
        told = [
            words.say("verdict_count", direction=way.label, n=words.count("statement", n))
            for way in settings.directions
            if (n := sum(one.direction == way.id for one in said))
        ]
        return ", ".join(told) or words["none_coded"]

    def _teeth(self, said: tuple[Said, ...]) -> list[Tooth]:
        """The statements of one part, each with its words for who points at it."""
        teeth = []
        for one in said:
            studies = self._words.count("study", len(one.studies))
            teeth.append(Tooth(one.direction, len(one.studies), f"{one.text} ({studies})"))
        return teeth


def _joined(one: Said, other: Said) -> Said:
    """One statement that stands under two nodes below the same one, once."""
    findings = {finding.id: finding for finding in (*one.findings, *other.findings)}
    return Said(one.text, one.direction, tuple(findings.values()), ())


def _study_cell(row: Row) -> Markup:
    return link("study", row["study"], row["label"])


def verdict(records: Records, of: str) -> Verdict:
    """Say at a glance what was found on a theme or level, and what that rests on.

    Parameters
    ----------
    records : the review's records.
    of : the node of the codebook.

    Raises
    ------
    KeyError : the codebook has no such node.
    """
    return Verdict(records, of)
