"""Robustness of coverage: what rests on one study, one cohort, one country or one author team.

It says on whom a theme, a direction or an influence rests in this review. It says nothing about how
strong or how certain an effect is: a theme may rest on one study that is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import UNKNOWN, Finding, Study, statements_of
from synth.text import fold, listed
from synth.views.figure import (
    Field,
    chosen,
    evidence_said,
    source_line,
    studies_behind,
    table_html,
    values_of_study,
)
from synth.views.markup import link, render
from synth.views.view import Row, View

if TYPE_CHECKING:
    from synth.reading.records import Records

KINDS = ("study", "cohort", "country", "team")
"""What can be left out, each at a time."""
_PLURALS = {
    "study": "robustness_studies",
    "cohort": "robustness_cohorts",
    "country": "robustness_countries",
    "team": "robustness_teams",
}
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Supported:
    """An item supported by findings: a node of the codebook, one direction of it, an influence.

    Parameters
    ----------
    kind : the id of a rank (``"theme"``), ``"direction"`` or ``"influence"``.
    id : id of the node or of the influence.
    label : what readers see.
    direction : id of the direction, for ``"direction"``.
    studies : the studies it rests on.
    countries : the countries these findings come from, unknown ones as they are written.
    """

    kind: str
    id: str
    label: str
    direction: str
    studies: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One study, cohort, country or team, and what would go with it.

    Parameters
    ----------
    kind : one of :data:`KINDS`.
    label : what readers see.
    studies : the studies that belong to it.
    findings : how many findings would go.
    statements : how many statements nobody else reports, which would go with them.
    lost : what would lose all its support.
    """

    kind: str
    label: str
    studies: tuple[str, ...]
    findings: int
    statements: int
    lost: tuple[Supported, ...]

    def of(self, kind: str) -> int:
        """How many things of a kind would lose all support."""
        return sum(item.kind == kind for item in self.lost)


def author_teams(records: Records, works: Iterable[Study]) -> list[tuple[str, tuple[str, ...]]]:
    """Studies joined by shared authors, directly or through another study.

    Derived from the names alone (family name and first initial, without accents): two people of one
    name become one, and a team that shares no author stays apart.

    Returns
    -------
    Label and studies of each group of two studies or more, the largest first.
    """
    by_author: dict[str, list[str]] = {}
    wrote: dict[str, list[str]] = {}
    shown: dict[str, str] = {}
    for study in works:
        reference = records.bibliography.get(study.id)
        for name in reference.authors if reference is not None else ():
            family = f"{name.von} {name.last}".strip()
            key = fold(f"{family} {name.first[:1]}")
            shown.setdefault(key, family)
            if key not in wrote.setdefault(study.id, []):
                wrote[study.id].append(key)
                by_author.setdefault(key, []).append(study.id)
    root: dict[str, str] = {}

    def find(study: str) -> str:
        while root.setdefault(study, study) != study:
            # Half the way for the next who asks.
            root[study] = root.setdefault(root[study], root[study])
            study = root[study]
        return study

    for together in by_author.values():
        for other in together[1:]:
            first, second = sorted((find(together[0]), find(other)))
            root[second] = first
    groups: dict[str, set[str]] = {}
    for joined in list(root):
        groups.setdefault(find(joined), set()).add(joined)
    teams = []
    for group in groups.values():
        if len(group) < 2:
            continue
        shares = {
            key: n
            for key, n in Counter(chain.from_iterable(wrote[study] for study in group)).items()
            if n > 1
        }
        names = sorted(shares, key=lambda key: (-shares[key], key))[:2]
        teams.append((f"the team around {listed([shown[n] for n in names])}", tuple(sorted(group))))
    return sorted(teams, key=lambda team: (-len(team[1]), team))


class Robustness(View):
    """What rests on whom in a selection of findings; made by :func:`robustness`."""

    title: str

    def __init__(self, records: Records, findings: Sequence[Finding], *, whole: bool) -> None:
        self._records = records
        self._findings = tuple(findings)
        self._whole = whole
        self._words = Words.of(records.settings)
        self.title = self._words["robustness_title"]
        self._source = source_line(self._words, self._findings)

    # --- the computation ---

    @cached_property
    def supported(self) -> tuple[Supported, ...]:
        """Everything with support: nodes below the first rank, their directions, influences."""
        book = self._records.codebook
        support: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in self._findings:
            for node in {node: None for name in finding.themes for node in book.path(name)}:
                if node.depth == 0 and len(self._records.settings.ranks) > 1:
                    continue
                support.setdefault((node.rank, node.id, ""), []).append(finding)
                support.setdefault(("direction", node.id, finding.direction), []).append(finding)
        rank = {r.id: i for i, r in enumerate(self._records.settings.ranks)}
        ways = [d.id for d in self._records.settings.directions]
        order = sorted(
            support,
            key=lambda k: (
                rank.get(k[0], 99),
                book.order[k[1]],
                ways.index(k[2]) if k[2] else -1,
            ),
        )
        found = []
        for kind, node_id, way in order:
            below = support[kind, node_id, way]
            label = book[node_id].label
            if way:
                label = f"{label}: {self._records.settings.direction(way).label.lower()}"
            found.append(Supported(kind, node_id, label, way, *self._rests(below)))
        return (*found, *self._influences())

    def _rests(self, findings: Iterable[Finding]) -> tuple[frozenset[str], frozenset[str]]:
        rows = tuple(findings)
        works = frozenset(f.study for f in rows)
        countries = {c for study in works for c in values_of_study(self._records, "country", study)}
        return works, frozenset(countries)

    def _influences(self) -> Iterable[Supported]:
        if not self._whole:
            return
        book, works = self._records.codebook, self._records.studies
        for influence in self._records.influences.values():
            if influence.studies:
                countries = {
                    c for s in influence.studies for c in works[s].countries or UNKNOWN[:1]
                }
                way = self._records.settings.direction(influence.direction)
                verb = self._records.settings.verb(influence.source, way)
                label = f"{book[influence.source].label} {verb} {book[influence.target].label}"
                yield Supported(
                    "influence",
                    influence.id,
                    label,
                    way.id,
                    frozenset(influence.studies),
                    frozenset(countries),
                )

    @cached_property
    def _behind(self) -> list[Study]:
        return studies_behind(self._records, self._findings)

    def _groups(self, kind: str) -> Iterator[tuple[str, frozenset[str]]]:
        """The studies, cohorts or teams that can be left out: label and studies of each."""
        if kind == "study":
            for study in self._behind:
                yield self._records.label(study.id), frozenset({study.id})
        elif kind == "team":
            for label, together in author_teams(self._records, self._behind):
                yield label, frozenset(together)
        else:
            cohorts: dict[str, set[str]] = {}
            for study in self._behind:
                if study.cohort:
                    cohorts.setdefault(study.cohort, set()).add(study.id)
            for _, of in sorted(cohorts.items()):
                if len(of) > 1:
                    said = self._words.say("robustness_participants", studies=self._labels(of))
                    yield said, frozenset(of)

    def _labels(self, works: Iterable[str]) -> str:
        return listed((self._records.label(study) for study in sorted(works)), self._words["and"])

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Each study, cohort, country and team, and what goes when it is left out."""
        return tuple(out for kind in KINDS for out in self.leaving_out(kind))

    def leaving_out(self, kind: str) -> tuple[LeftOut, ...]:
        """What goes when each thing of a kind is left out, those that take most first.

        A finding from several countries stays when only one of them is left out.

        Parameters
        ----------
        kind : one of :data:`KINDS`.
        """
        found = []
        if kind == "country":
            for country, (works, gone) in self._countries.items():
                lost = tuple(h for h in self.supported if h.countries == {country})
                found.append(LeftOut(kind, country, tuple(sorted(works)), *self._gone(gone), lost))
        else:
            for label, of in self._groups(kind):
                gone = [name for study in of for name in self._by_study.get(study, ())]
                found.append(
                    LeftOut(kind, label, tuple(sorted(of)), *self._gone(gone), self._lost(of))
                )
        return tuple(sorted(found, key=lambda x: (-len(x.lost), -x.findings, x.label)))

    @cached_property
    def _by_study(self) -> Mapping[str, list[str]]:
        """Ids of the findings of each study."""
        found: dict[str, list[str]] = {}
        for finding in self._findings:
            found.setdefault(finding.study, []).append(finding.id)
        return found

    def _lost(self, of: frozenset[str]) -> tuple[Supported, ...]:
        """What rests on some studies alone."""
        places = sorted(at for study in of for at in self._resting.get(study, ()))
        return tuple(self.supported[at] for at in places if self.supported[at].studies <= of)

    @cached_property
    def _resting(self) -> Mapping[str, list[int]]:
        """Each supported thing under one of its studies, by its place.

        What rests on some studies alone is found under one of them: with thousands of studies,
        nobody can hold each against everything that has support.
        """
        found: dict[str, list[int]] = {}
        for at, item in enumerate(self.supported):
            found.setdefault(min(item.studies), []).append(at)
        return found

    def _gone(self, findings: Sequence[str]) -> tuple[int, int]:
        """How many findings go, and how many statements that nobody else reports go with them."""
        gone = Counter(self._statement_of[name] for name in findings)
        return len(findings), sum(size == n for (_, size), n in gone.items())

    @cached_property
    def _statement_of(self) -> Mapping[str, tuple[str, int]]:
        """The statement that each finding reports, and how many findings report it."""
        return {
            name: (statement.id, len(statement.findings))
            for statement in statements_of(self._findings)
            for name in statement.findings
        }

    @cached_property
    def _countries(self) -> Mapping[str, tuple[set[str], list[str]]]:
        """Countries with the studies and the findings that come from nowhere else."""
        elsewhere = {*self._records.settings.not_countries, *UNKNOWN}
        found: dict[str, tuple[set[str], list[str]]] = {}
        for finding in self._findings:
            values = set(values_of_study(self._records, "country", finding.study))
            if len(values) == 1 and not values & elsewhere:
                (country,) = values
                works, gone = found.setdefault(country, (set(), []))
                works.add(finding.study)
                gone.append(finding.id)
        return found

    @cached_property
    def single(self) -> tuple[tuple[Supported, str, str], ...]:
        """What rests on a single study, else on one cohort, team or country, and on which.

        The narrowest is told: what rests on one study rests on one country too.
        """
        elsewhere = {*self._records.settings.not_countries, *UNKNOWN}
        # A group that holds all of a thing's studies holds its first.
        groups: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
        for kind in ("cohort", "team"):
            for label, of in self._groups(kind):
                for study in of:
                    groups.setdefault(study, []).append((kind, label, of))
        found = []
        for item in self.supported:
            if len(item.studies) == 1:
                (study,) = item.studies
                found.append((item, "study", self._records.label(study)))
                continue
            near = groups.get(min(item.studies), ())
            within = next(((kind, label) for kind, label, of in near if item.studies <= of), None)
            if within is not None:
                found.append((item, *within))
            elif len(item.countries) == 1 and not item.countries & elsewhere:
                found.append((item, "country", next(iter(item.countries))))
        return tuple(found)

    # --- as rows ---

    @property
    def _kinds(self) -> tuple[tuple[str, str, str], ...]:
        ranks = self._records.settings.ranks
        named = [(r.id, r.label, r.plural) for r in (ranks[1:] or ranks)]
        return (
            *named,
            ("direction", self._words["evidence_direction"], self._words["directions"]),
            ("influence", self._words["influence"], self._words["influences"]),
        )

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row for each thing left out, with how much would lose all its support."""
        return [
            {
                "kind": out.kind,
                "left_out": out.label,
                "studies": len(out.studies),
                "findings": out.findings,
                "statements": out.statements,
                **{kind: out.of(kind) for kind, _, _ in self._kinds},
                "lost": [h.label for h in out.lost if h.kind != "direction"],
                "ids": out.studies,
            }
            for out in self.left_out
        ]

    @cached_property
    def single_rows(self) -> list[dict[str, Any]]:
        """One row for each node, direction or influence that rests on a single one."""
        return [
            {
                "what": item.label,
                "kind": item.kind,
                "id": item.id,
                "studies": len(item.studies),
                "rests_on": self._words[f"robustness_one_{kind}"],
                "which": which,
            }
            for item, kind, which in self.single
        ]

    @cached_property
    def description(self) -> str:  # type: ignore[override]
        """What stands out, in sentences made from the rows."""
        words = self._words
        if not self._findings:
            return words["robustness_no_finding"]
        parts = []
        for kind, _, many in self._kinds:
            all_of = [h for h in self.supported if h.kind == kind]
            if kind == "direction" or not all_of:
                continue
            alone = sum(h.kind == kind and how == "study" for h, how, _ in self.single)
            parts.append(
                words.count(
                    "robustness_alone_influence" if kind == "influence" else "robustness_alone",
                    alone,
                    total=len(all_of),
                    what=many.lower(),
                )
            )
        for kind in KINDS:
            first = next((out for out in self.left_out if out.kind == kind), None)
            if first is None or not first.lost:
                continue
            kinds = [it for it in self._kinds if it[0] != "direction" and first.of(it[0])]
            lost = [
                f"{n} {(one if n == 1 else many).lower()}"
                for name, one, many in kinds or self._kinds
                if (n := first.of(name))
            ]
            parts.append(
                words.say(
                    "robustness_most",
                    kinds=words[_PLURALS[kind]],
                    left_out=first.label,
                    lost=listed(lost, words["and"]),
                )
            )
        return " ".join(parts)

    # --- as something to read ---

    @cached_property
    def html(self) -> Markup:
        """Summary and tables as HTML."""
        single = [row for row in self.single_rows if row["kind"] != "direction"]
        return render(
            "robustness.html",
            view=self,
            words=self._words,
            tables=[self._table(kind) for kind in KINDS],
            single=table_html(self._single_fields, single, self._words["robustness_single_table"]),
            singles=len(single),
            source=self._origin,
        )

    def _table(self, kind: str) -> dict[str, Any]:
        """What the template needs of one kind of things left out."""
        words, one = self._words, self._words[f"robustness_{kind}"]
        rows = [row for row in self.rows if row["kind"] == kind]
        telling = [row for row in rows if row["lost"] or row["direction"]]
        caption = words.say("robustness_caption", kind=one, n=len(telling), total=len(rows))
        fields = (
            Field("left_out", one.capitalize(), cell=self._left_out_cell),
            *((Field("studies", words["column_studies"], number=True),) if kind != "study" else ()),
            Field("findings", words["robustness_gone"], number=True),
            Field("statements", words["verdict_statements_gone"], number=True),
            *(
                Field(name, words.say("robustness_lost_of", what=plural), number=True)
                for name, _, plural in self._kinds
                if name != "influence" or self._whole
            ),
            Field("lost", words["robustness_lost"], cell=self._lost_cell),
        )
        rest = telling[_SHOWN:]
        return {
            "nothing": "" if rows else words.say("robustness_nothing", kind=one),
            "caption": caption,
            "shown": table_html(fields, telling[:_SHOWN], caption) if telling else "",
            "rest": table_html(fields, rest, words.say("robustness_rest", caption=caption)),
            "more": len(rest),
        }

    @property
    def _single_fields(self) -> tuple[Field, ...]:
        words = self._words
        return (
            Field("what", words["column_what"], cell=self._what_cell),
            Field("rests_on", words["column_rests_on"]),
            Field("which", words["column_which"]),
            Field("studies", words["column_studies"], number=True),
        )

    def _left_out_cell(self, row: Row) -> str | Markup:
        if row["kind"] == "country":
            return str(row["left_out"])
        return render("left_out.html", row=row, records=self._records, words=self._words)

    def _lost_cell(self, row: Row) -> Markup:
        return render("lost.html", lost=row["lost"], words=self._words, shown=3)

    @staticmethod
    def _what_cell(row: Row) -> Markup:
        return link("influence" if row["kind"] == "influence" else "theme", row["id"], row["what"])

    @cached_property
    def summary(self) -> str:  # type: ignore[override]
        """How much was looked at, and how much of it rests on one study."""
        words = self._words
        looked_at = [h for h in self.supported if h.kind != "direction"]
        return words.say(
            "robustness_summary",
            evidence=evidence_said(words, self._findings),
            alone=sum(how == "study" for h, how, _ in self.single if h.kind != "direction"),
            total=len(looked_at),
        )

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        words = self._words
        return {
            "kind": words["column_kind"],
            "left_out": words["column_what"],
            "studies": words["column_studies"],
            "findings": words["column_findings"],
            "statements": words["column_statements"],
            **{kind: many for kind, _, many in self._kinds},
            "lost": words["robustness_lost"],
        }


@dataclass(frozen=True, slots=True)
class Alone:
    """What only one study of the whole review carries.

    Parameters
    ----------
    statements : how many statements nobody else reports.
    said : how many statements the study reports at all.
    lost : nodes of the codebook and influences that rest on this study alone.
    """

    statements: int
    said: int
    lost: tuple[Supported, ...]


def carried_alone(records: Records, study: str) -> Alone:
    """What would go if one study were left out of the whole review.

    Parameters
    ----------
    records : the review's records.
    study : id of the study; one that carries nothing alone is told too.
    """
    # A catalogue asks for each of them.
    return records.once("alone", lambda: _carried_alone(records))[study]


def _carried_alone(records: Records) -> dict[str, Alone]:
    lost: dict[str, list[Supported]] = {}
    for item in robustness(records).supported:
        if item.kind != "direction" and len(item.studies) == 1:
            lost.setdefault(next(iter(item.studies)), []).append(item)
    said: Counter[str] = Counter()
    only: Counter[str] = Counter()
    for statement in statements_of(records.findings.values()):
        by = {records.findings[name].study for name in statement.findings}
        said.update(by)
        only.update(by if len(by) == 1 else ())
    return {
        name: Alone(only[name], said[name], tuple(lost.get(name, ()))) for name in records.studies
    }


def robustness(records: Records, ids: Iterable[str] | None = None) -> Robustness:
    """Leave out each study, cohort, country and author team in turn, and see what loses support.

    Parameters
    ----------
    records : the records of the review.
    ids : findings to look at; all of them by default. Influences are looked at only with all.
    """
    findings = chosen(records, ids)
    return Robustness(records, findings, whole=len(findings) == len(records.findings))
