"""Review: the one name a notebook imports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from synth.errors import UnknownName, did_you_mean
from synth.evidence import Evidence
from synth.model import Codebook, Influence, Settings, Study, Theme, facet_values
from synth.reading.records import Records, find_root
from synth.reading.rules import load_records

if TYPE_CHECKING:
    from synth.views.catalogue import Catalogue
    from synth.views.flow import FlowDiagram
    from synth.views.framework import Framework
    from synth.views.influences.listing import InfluenceList
    from synth.views.influences.map import InfluenceMap
    from synth.views.reliability import Reliability


@dataclass(frozen=True, slots=True)
class Handout:
    """What a notebook was given: which records, and which of their columns.

    ``kind`` is ``"evidence"``, ``"influences"``, ``"study"``, ``"theme"``, ``"flow"``,
    ``"codebook"`` or ``"all"``; ``query`` says in JSON how the records were found.
    """

    kind: str
    query: str
    columns: tuple[str, ...]


class Review:
    """A review: its codebook, its studies, its findings, and everything drawn from them.

    Parameters
    ----------
    records : the tables and the bibliography, as :func:`~synth.reading.rules.load_records` gives.

    >>> review = Review.load()  # doctest: +SKIP
    >>> review.theme("organizational-leadership").evidence()  # doctest: +SKIP
    <Evidence: 14 findings from 11 studies>
    """

    loaded: ClassVar[list[Review]] = []
    """The reviews loaded so far; what they handed out is recorded beside the notebook."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._handouts: dict[tuple[str, str], set[str]] = {}

    @classmethod
    def load(cls, root: str | Path | None = None) -> Review:
        """Read the review whose files stand in a folder, or in the nearest folder above.

        Parameters
        ----------
        root : the folder that holds ``data/review.toml``; by default the working folder or the
            nearest one above it that does.

        Raises
        ------
        ReviewError : a file is missing or wrong; every problem is named with its line.
        """
        place = find_root(Path.cwd()) if root is None else Path(root)
        review = cls(load_records(place))
        cls.loaded.append(review)
        return review

    # --- what it consists of ---

    @property
    def settings(self) -> Settings:
        """What ``review.toml`` says."""
        return self.records.settings

    @property
    def codebook(self) -> Codebook:
        """The tree of levels, themes and factors."""
        self.note("codebook", {}, ("*",))
        return self.records.codebook

    def evidence(self) -> Evidence:
        """All findings."""
        return Evidence(self, self.records.findings, {"all": True})

    def level(self, name: str) -> ReviewTheme:
        """A node of the codebook's first rank, with its evidence."""
        return self._node(name, {node.id for node in self.records.codebook.levels})

    def theme(self, name: str) -> ReviewTheme:
        """Any node of the codebook, with its evidence.

        Raises
        ------
        UnknownName : the codebook has no such node; the nearest one is named.
        """
        return self._node(name, set(self.records.codebook.ids))

    def _node(self, name: str, known: set[str]) -> ReviewTheme:
        if name not in known:
            raise UnknownName("theme", name, known, "Themes are listed in data/codebook.csv.")
        return ReviewTheme(self, name)

    @property
    def levels(self) -> tuple[ReviewTheme, ...]:
        """The nodes of the first rank, in the order of the codebook."""
        return tuple(ReviewTheme(self, node.id) for node in self.codebook.levels)

    def study(self, name: str) -> ReviewStudy:
        """A work the review cites, with its evidence.

        Raises
        ------
        UnknownName : there is no such work; the nearest one is named.
        """
        if name not in self.records.studies:
            raise UnknownName(
                "study", name, self.records.studies, "Studies are listed in data/studies.csv."
            )
        return ReviewStudy(self, name)

    def influences(self, of: str | None = None) -> tuple[Influence, ...]:
        """Influences between themes.

        Parameters
        ----------
        of : only those that start or end at this node of the codebook or below it.
        """
        if of is not None and of not in self.records.codebook:
            raise UnknownName("theme", of, self.records.codebook.ids)
        self.note("influences", {"of": of}, ("*",))
        return tuple(self._influences(of))

    def _influences(self, of: str | None) -> Iterator[Influence]:
        branch = self.records.codebook.branch(of) if of is not None else None
        for influence in self.records.influences.values():
            if branch is None or influence.source in branch or influence.target in branch:
                yield influence

    # --- what it draws itself ---

    def framework(self, **options: Any) -> Framework:
        """The framework: levels, themes, factors, what helps, what hinders, and who says so."""
        from synth.views.framework import framework

        self._note_everything()
        return framework(self.records, **options)

    def influence_map(self, of: str | None = None, **options: Any) -> InfluenceMap:
        """Themes in lanes, one a level, and the influences between them.

        Parameters
        ----------
        of : only the influences that start or end at this node of the codebook.
        """
        from synth.views.influences.map import influence_map

        ids = tuple(influence.id for influence in self.influences(of))
        self.note("codebook", {}, ("*",))
        return influence_map(self.records, ids, focus=of, **options)

    def influence_list(self, of: str | None = None) -> InfluenceList:
        """Every influence in full, each with the anchor that other pages link to.

        Parameters
        ----------
        of : only the influences that start or end at this node of the codebook.
        """
        from synth.views.influences.listing import influence_list

        chosen = self.influences(of)
        self.note("codebook", {}, ("*",))
        for study in sorted({name for influence in chosen for name in influence.studies}):
            self.note("study", {"id": study}, ("*",))
        return influence_list(self.records, [influence.id for influence in chosen])

    def flow(self) -> FlowDiagram:
        """The search and screening flow."""
        from synth.views.flow import flow

        self.note("flow", {}, ("*",))
        return flow(self.records)

    def reliability(self) -> Reliability:
        """How far two codings of the review agree, and what they disagreed about.

        Raises
        ------
        ValueError : the review has no second coding (``data/second_coding.csv``).
        """
        from synth.views.reliability import Reliability

        self._note_everything()
        return Reliability(self.records)

    def catalogue(self, **options: Any) -> Catalogue:
        """The studies, one entry each, with everything coded from them."""
        from synth.views.catalogue import catalogue

        self._note_everything()
        return catalogue(self.records, **options)

    def _note_everything(self) -> None:
        self.note("all", {}, ("*",))

    # --- filters: one meaning for notebooks, prose and explorer ---

    @cached_property
    def rank_ids(self) -> tuple[str, ...]:
        """Ids of the codebook's ranks, from the top."""
        return tuple(rank.id for rank in self.settings.ranks)

    @cached_property
    def filter_words(self) -> tuple[str, ...]:
        """The words :meth:`Evidence.where` understands."""
        facets = tuple(facet.id for facet in self.settings.facets)
        return (*self.rank_ids, "direction", "study", "finding", *facets, "since", "until", "q")

    def values_of(self, finding: str, facet: str) -> tuple[str, ...]:
        """The values a finding carries in a facet, a rank, ``direction``, ``study``."""
        return self._values_by_facet(facet)[finding]

    def values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet in the review, ranks and directions in their own order."""
        return self._vocabulary(facet)

    def _values_by_facet(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        if facet not in self._columns:
            self._columns[facet] = self._read_column(facet)
        return self._columns[facet]

    @cached_property
    def _columns(self) -> dict[str, Mapping[str, tuple[str, ...]]]:
        return {}

    def _read_column(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        findings = self.records.findings.values()
        if facet in self.rank_ids:
            book = self.records.codebook
            held = {name: book.at_rank(name, facet) for name in book.ids}
            return {
                finding.id: tuple(
                    dict.fromkeys(node.id for name in finding.themes if (node := held[name]))
                )
                for finding in findings
            }
        if facet in ("direction", "study"):
            return {finding.id: (str(getattr(finding, facet)),) for finding in findings}
        if facet == "finding":
            return {finding.id: (finding.id,) for finding in findings}
        declared = self.settings.facet(facet)
        if declared is None:
            raise UnknownName("facet", facet, self.filter_words, "Facets stand in review.toml.")
        return {
            finding.id: facet_values(declared, finding, self.records.studies[finding.study])
            for finding in findings
        }

    def _vocabulary(self, facet: str) -> tuple[str, ...]:
        if facet in self.rank_ids:
            return tuple(node.id for node in self.records.codebook.of_rank(facet))
        if facet == "direction":
            return tuple(direction.id for direction in self.settings.directions)
        if facet == "study":
            return tuple(study.id for study in self.records.studies.values() if study.is_evidence)
        if facet == "finding":
            return tuple(self.records.findings)
        return tuple(sorted({v for held in self._values_by_facet(facet).values() for v in held}))

    def matching(
        self, ids: Iterable[str], filters: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Ids, of those given, of the findings that match; see :meth:`Evidence.where`."""
        for name in filters:
            if name not in self.filter_words:
                known = f"Filters: {', '.join(self.filter_words)}."
                raise UnknownName("filter", name, self.filter_words, known)
        tests: list[Callable[[str], bool]] = []
        nodes = self._chosen_nodes(filters)
        findings = self.records.findings
        if nodes is not None:
            tests.append(lambda name: not nodes.isdisjoint(findings[name].themes))
        for facet, wanted in filters.items():
            if facet in self.rank_ids:
                continue
            if facet == "q":
                tests.append(self._word_test(wanted))
            elif facet in ("since", "until"):
                tests.append(self._year_test(facet, wanted))
            else:
                tests.append(self._value_test(facet, wanted))
        return tuple(name for name in ids if all(test(name) for test in tests))

    def _chosen_nodes(self, filters: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
        book = self.records.codebook
        chosen: frozenset[str] | None = None
        for rank in self.rank_ids:
            for name in filters.get(rank, ()):
                known = {node.id for node in book.of_rank(rank)}
                if name not in known:
                    where = ""
                    if name in book:
                        where = f"{name!r} is a {book[name].rank}: say {book[name].rank}={name!r}."
                    raise UnknownName(rank, name, known, where)
                chosen = (chosen or frozenset()) | book.branch(name)
        return chosen

    def _word_test(self, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        from synth.text import fold
        from synth.views.explorer import searchable

        words = fold(" ".join(wanted)).split()
        findings = self.records.findings

        def test(name: str) -> bool:
            text = searchable(findings[name], self.records)
            return all(word in text for word in words)

        return test

    def _year_test(self, which: str, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        try:
            year = int(wanted[0])
        except ValueError:
            raise UnknownName(
                "year", wanted[0], (), f"{which} takes a year such as 2015."
            ) from None
        findings, studies = self.records.findings, self.records.studies

        def test(name: str) -> bool:
            published = studies[findings[name].study].year
            if published is None:
                return False
            return published >= year if which == "since" else published <= year

        return test

    def _value_test(self, facet: str, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        known = self._vocabulary(facet)
        for value in wanted:
            if value not in known:
                listed = "" if did_you_mean(value, known) else f"Known: {', '.join(known[:12])}."
                raise UnknownName(facet, value, known, listed)
        chosen, held = frozenset(wanted), self._values_by_facet(facet)
        return lambda name: not chosen.isdisjoint(held[name])

    def selected(self, ids: Iterable[str]) -> Evidence:
        """The evidence of given findings; the explorer calls it with what it shows."""
        kept = tuple(ids)
        return Evidence(self, kept, {"ids": list(kept)})

    def explorer_key(self, how: Mapping[str, Any]) -> str:
        """A short name for an explorer's state in the address, made from what it shows."""
        words = [
            value
            for facet, values in how.get("where", {}).items()
            if facet in (*self.rank_ids, "study")
            for value in values
        ]
        return "-".join(words) if words else "x"

    # --- what was handed out ---

    def note(self, kind: str, query: Mapping[str, Any], columns: Iterable[str]) -> None:
        """Remember that records were handed out, so that a notebook knows when it is stale."""
        key = (kind, json.dumps(query, sort_keys=True, ensure_ascii=False))
        self._handouts.setdefault(key, set()).update(columns)

    @property
    def handouts(self) -> tuple[Handout, ...]:
        """Everything handed out since the review was loaded, in a fixed order."""
        return tuple(
            Handout(kind, query, tuple(sorted(columns)))
            for (kind, query), columns in sorted(self._handouts.items())
        )

    def digest(self, handout: Handout) -> str:
        """A fingerprint of what a handout holds now; it changes when a page could change.

        Raises
        ------
        UnknownName : the query names a theme, study or value that is gone.
        """
        rows = self._handed(handout.kind, json.loads(handout.query), handout.columns)
        text = json.dumps(rows, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _handed(self, kind: str, query: dict[str, Any], columns: tuple[str, ...]) -> list[Any]:
        if kind == "evidence":
            return [[name, *self._cells(name, columns)] for name in self._again(query).ids]
        if kind == "influences":
            return [
                [astuple(influence), [self.records.label(study) for study in influence.studies]]
                for influence in self._influences(query["of"])
            ]
        if kind == "study":
            study = self.records.studies[self.study(query["id"]).id]
            return [self._study_cells(study)]
        if kind == "theme":
            return [astuple(self.records.codebook[self.theme(query["id"]).id])]
        if kind == "flow":
            return [astuple(box) for box in self.records.flow]
        if kind == "codebook":
            return [astuple(node) for node in self.records.codebook]
        return self._everything

    @cached_property
    def _everything(self) -> list[Any]:
        records = self.records
        tables: list[Any] = [
            [astuple(node) for node in records.codebook],
            [self._study_cells(study) for study in records.studies.values()],
            [_plain(finding) for finding in records.findings.values()],
            [astuple(influence) for influence in records.influences.values()],
            [astuple(box) for box in records.flow],
            [astuple(place) for place in records.places.values()],
        ]
        return tables

    def _again(self, how: Mapping[str, Any]) -> Evidence:
        """Make a selection once more, from the records as they are now."""
        if "all" in how:
            return self.evidence()
        if "ids" in how:
            return self.selected(how["ids"])
        if "where" in how:
            return self._again(how["of"]).where(**how["where"])
        (joint, parts), *_ = how.items()
        first, second = (self._again(part) for part in parts)
        return {"and": first & second, "or": first | second, "minus": first - second}[joint]

    def _cells(self, name: str, columns: tuple[str, ...]) -> list[Any]:
        finding = self.records.findings[name]
        study = self.records.studies[finding.study]
        cells: list[Any] = []
        for column in columns:
            if column == "study":
                cells.append((study.id, self.records.label(study.id)))
            elif column == "study.*":
                cells.append(self._study_cells(study))
            elif column == "year":
                cells.append(study.year)
            elif column == "theme":
                path = self.records.codebook.path(finding.theme)
                cells.append([(node.id, node.label) for node in path])
            elif column == "facets":
                cells.append(
                    [facet_values(facet, finding, study) for facet in self.settings.facets]
                )
            elif column == "places":
                cells.append(
                    [
                        astuple(self.records.places[country])
                        for country in finding.countries or study.countries
                        if country in self.records.places
                    ]
                )
            else:
                cells.append(getattr(finding, column))
        return cells

    def _study_cells(self, study: Study) -> list[Any]:
        reference = self.records.bibliography.get(study.id)
        return [*_plain(study), sorted(reference.fields.items()) if reference else None]

    def __repr__(self) -> str:
        return f"<Review: {self.settings.title}>"


class ReviewTheme:
    """A level, theme or factor of a review, with its evidence.

    >>> review.theme("organizational-leadership")  # doctest: +SKIP
    <Theme organizational-leadership: 14 findings from 11 studies>
    """

    def __init__(self, review: Review, name: str) -> None:
        self._review = review
        self.id = name

    @property
    def record(self) -> Theme:
        """Its row of the codebook."""
        self._review.note("theme", {"id": self.id}, ("*",))
        return self._review.records.codebook[self.id]

    @property
    def label(self) -> str:
        """What readers see."""
        return self.record.label

    @property
    def definition(self) -> str:
        """What belongs here."""
        return self.record.definition

    @property
    def children(self) -> tuple[ReviewTheme, ...]:
        """The nodes right below."""
        below = self._review.codebook.children(self.id)
        return tuple(ReviewTheme(self._review, node.id) for node in below)

    def evidence(self) -> Evidence:
        """The findings coded here or below."""
        rank = self._review.records.codebook[self.id].rank
        return self._review.evidence().where(**{rank: self.id})

    def influences(self) -> tuple[Influence, ...]:
        """Influences that start or end here or below."""
        return self._review.influences(self.id)

    def influence_map(self, **options: Any) -> InfluenceMap:
        """The influences that start or end here, drawn."""
        return self._review.influence_map(self.id, **options)

    def framework(self, **options: Any) -> Framework:
        """The part of the framework that stands below this node."""
        from synth.views.framework import framework

        self._review.note("codebook", {}, ("*",))
        self._review.influences(self.id)
        evidence = self.evidence()
        _ = evidence.findings, evidence.studies
        return framework(self._review.records, of=self.id, **options)

    def __repr__(self) -> str:
        rank = self._review.records.codebook[self.id].rank
        return f"<{rank.capitalize()} {self.id}: {self.evidence().stated()}>"


class ReviewStudy:
    """A work the review cites, with its evidence."""

    def __init__(self, review: Review, name: str) -> None:
        self._review = review
        self.id = name

    @property
    def record(self) -> Study:
        """Its row of the studies table."""
        self._review.note("study", {"id": self.id}, ("*",))
        return self._review.records.studies[self.id]

    @property
    def label(self) -> str:
        """Author and year, as in a citation."""
        self._review.note("study", {"id": self.id}, ("*",))
        return self._review.records.label(self.id)

    def evidence(self) -> Evidence:
        """The findings coded from it."""
        return self._review.evidence().where(study=self.id)

    def __repr__(self) -> str:
        return f"<Study {self.id}: {self.evidence().stated()}>"


def _plain(record: Any) -> list[Any]:
    """The values of a record, its extra columns as sorted pairs."""
    names = [name for name in type(record).__slots__ if name != "extra"]
    return [getattr(record, name) for name in names] + [sorted(record.extra.items())]
