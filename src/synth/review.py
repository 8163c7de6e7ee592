"""Review: the one name a notebook imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from synth.errors import Problem, ReviewError, UnknownName
from synth.evidence import VIEWS, Evidence, HasEvidence, same, select
from synth.facets import Facets
from synth.model import Codebook, Finding, Influence, Settings, Study, Theme
from synth.reading.records import Records, find_root, no_review

if TYPE_CHECKING:
    import pandas

    from synth.references.work import Reference
    from synth.views.catalogue import Catalogue, Characteristics
    from synth.views.countries import CountryProfiles
    from synth.views.flow import FlowDiagram
    from synth.views.framework import Framework
    from synth.views.glance import Glance
    from synth.views.influences.listing import InfluenceList
    from synth.views.influences.map import InfluenceMap
    from synth.views.reliability import Reliability
    from synth.views.statements import StatementList
    from synth.views.verdict import Verdict
    from synth.views.view import View

Item = TypeVar("Item")

OF_THE_REVIEW = (
    "verdict",
    "statement_list",
    "framework",
    "at_a_glance",
    "country_profiles",
    "influence_map",
    "influence_list",
    "flow",
    "reliability",
    "catalogue",
    "characteristics",
)
"""The views that are drawn of a whole review, each by the method of its name."""


class Collection(Sequence[Item], Generic[Item]):
    """Things of one kind in their order: by position, by id, as a slice, to count, to ask with in.

    Parameters
    ----------
    what : the kind, in the singular, for messages.
    many : the kind, in the plural.
    items : the things by id.
    """

    def __init__(self, what: str, many: str, items: Mapping[str, Item]) -> None:
        self._what, self._many, self._items = what, many, dict(items)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __contains__(self, item: object) -> bool:
        if isinstance(item, str):
            return item in self._items
        return item in self._items.values()

    @overload
    def __getitem__(self, which: int | str) -> Item: ...

    @overload
    def __getitem__(self, which: slice) -> Collection[Item]: ...

    def __getitem__(self, which: int | str | slice) -> Item | Collection[Item]:
        if isinstance(which, slice):
            kept = self.ids[which]
            return Collection(self._what, self._many, {name: self._items[name] for name in kept})
        if isinstance(which, int):
            return self._items[self.ids[which]]
        if which not in self._items:
            raise UnknownName(self._what, which, self._items)
        return self._items[which]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Collection):
            return NotImplemented
        return self._items == other._items

    __hash__ = None  # type: ignore[assignment]  # it holds things that cannot be hashed

    def __repr__(self) -> str:
        return f"<{len(self)} {self._what if len(self) == 1 else self._many}>"

    def to_frame(self) -> pandas.DataFrame:
        """One row a thing, one column a value; lists are joined by ``"; "``."""
        import pandas

        return pandas.DataFrame([_row(item) for item in self])


def _row(item: Any) -> dict[str, Any]:
    record = getattr(item, "record", item)
    assert is_dataclass(record)
    row: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Mapping):
            row.update(value)
        elif isinstance(value, tuple):
            row[field.name] = "; ".join(str(part) for part in value)
        else:
            row[field.name] = value
    return row


class Review(HasEvidence):
    """A review: its codebook, its studies, its findings, and everything drawn from them.

    Parameters
    ----------
    records : the tables and the bibliography, as :func:`synth.reading.rules.load_records` gives.

    Raises
    ------
    TypeError : something else than records; a folder is read with :meth:`load`.

    >>> review = Review.load("tests/example")
    >>> review
    <Review: What keeps school gardens growing: 18 statements (18 findings) from 6 studies>
    >>> review.studies, "school" in review.themes
    (<6 studies>, True)
    """

    def __init__(self, records: Records) -> None:
        if not isinstance(records, Records):
            raise TypeError(f"A review is read with Review.load({str(records)!r}).")
        self.records = records

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
        from synth.reading.rules import load_records

        place = find_root(Path.cwd()) if root is None else Path(root)
        if not place.is_dir():
            raise ReviewError([Problem("folder-missing", str(root))])
        if not (place / "data").is_dir():
            raise no_review(place)
        return cls(_held(place) or load_records(place))

    # --- what it consists of ---

    @property
    def settings(self) -> Settings:
        """What ``review.toml`` says."""
        return self.records.settings

    @property
    def codebook(self) -> Codebook:
        """The tree of levels, themes and factors."""
        return self.records.codebook

    def evidence(self) -> Evidence:
        """All findings."""
        return Evidence(self.records)

    @property
    def findings(self) -> Collection[Finding]:
        """All coded findings, in the order of ``data/coded_studies.csv``."""
        return Collection("finding", "findings", self.records.findings)

    @property
    def studies(self) -> Collection[ReviewStudy]:
        """The studies with ``role: evidence``, in the order of ``data/studies.csv``."""
        known = self.records.studies.values()
        return Collection(
            "study", "studies", {s.id: ReviewStudy(self, s.id) for s in known if s.is_evidence}
        )

    @property
    def themes(self) -> Collection[ReviewTheme]:
        """Every node of the codebook, from levels to factors, in its order."""
        book = self.records.codebook
        return Collection("theme", "themes", {name: ReviewTheme(self, name) for name in book.ids})

    @property
    def levels(self) -> Collection[ReviewTheme]:
        """The nodes of the codebook's first rank."""
        nodes = self.records.codebook.levels
        return Collection(
            "level", "levels", {node.id: ReviewTheme(self, node.id) for node in nodes}
        )

    @property
    def bibliography(self) -> Collection[Reference]:
        """The works of ``references.bib``, in the order of the file."""
        return Collection("work", "works", self.records.bibliography)

    def __len__(self) -> int:
        return len(self.records.findings)

    def level(self, name: str) -> ReviewTheme:
        """A node of the codebook's first rank, with its evidence.

        Parameters
        ----------
        name : its id or its label.

        Raises
        ------
        UnknownName : the first rank has no such node; the nearest one is named.
        """
        return ReviewTheme(self, Facets.of(self.records).node(name, self.settings.ranks[0].id))

    def theme(self, name: str) -> ReviewTheme:
        """Any node of the codebook, with its evidence.

        Parameters
        ----------
        name : its id.

        Raises
        ------
        UnknownName : the codebook has no such node; the nearest one is named.
        """
        return ReviewTheme(self, self._node(name))

    def _node(self, name: str) -> str:
        known = self.records.codebook.ids
        if name not in known:
            raise UnknownName("theme", name, known, "Themes are listed in data/codebook.csv.")
        return name

    def study(self, name: str) -> ReviewStudy:
        """A work the review cites, with its evidence.

        Parameters
        ----------
        name : its id.

        Raises
        ------
        UnknownName : there is no such work; the nearest one is named.
        """
        known = self.records.studies
        if name not in known:
            raise UnknownName("study", name, known, "Studies are listed in data/studies.csv.")
        return ReviewStudy(self, name)

    def finding(self, name: str) -> Finding:
        """A coded finding.

        Parameters
        ----------
        name : its id.

        Raises
        ------
        UnknownName : there is no such finding; the nearest one is named.
        """
        return self.findings[name]

    def influences(self, of: str | None = None) -> Collection[Influence]:
        """Influences between themes.

        Parameters
        ----------
        of : only those that start or end at this node of the codebook or below it.

        Raises
        ------
        UnknownName : the codebook has no such node.
        """
        book = self.records.codebook
        branch = frozenset(book.ids) if of is None else book.branch(self._node(of))
        kept = {
            influence.id: influence
            for influence in self.records.influences.values()
            if influence.source in branch or influence.target in branch
        }
        return Collection("influence", "influences", kept)

    def values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet in the review, ranks and directions in their own order.

        Parameters
        ----------
        facet : id of a rank of the codebook, ``direction``, ``study``, ``year`` or any facet of
            ``review.toml``.

        Raises
        ------
        UnknownName : the review has no such facet.
        """
        return Facets.of(self.records).values(facet)

    def check(self) -> list[Problem]:
        """What ``synth check`` says of the review's files as they are now.

        Returns
        -------
        Errors, warnings and notes, sorted by file and line; empty when all is well.
        """
        from synth.reading.rules import check

        return check(self.records.root)

    # --- what it draws itself ---

    def verdict(self, of: str) -> Verdict:
        """What was found on a theme or level at a glance, and what that rests on.

        Parameters
        ----------
        of : a node of the codebook.

        Raises
        ------
        UnknownName : the codebook has no such node.
        """
        from synth.views.verdict import verdict

        return verdict(self.records, self._node(of)).asked("verdict", {}, of=of)

    def statement_list(self, of: str | None = None) -> StatementList:
        """What is said of a theme or level, each statement once, with its studies.

        Parameters
        ----------
        of : a node of the codebook; everything by default.

        Raises
        ------
        UnknownName : the codebook has no such node.
        """
        from synth.views.statements import statement_list

        drawn = statement_list(self.records, None if of is None else self._node(of))
        return drawn.asked("statement_list", {}, of=of)

    def at_a_glance(self) -> Glance:
        """The whole review, small: what helps and hinders in every theme, level by level."""
        from synth.views.glance import glance

        return glance(self.records).asked("at_a_glance", {})

    def country_profiles(self) -> CountryProfiles:
        """A profile for each country: its studies, what their statements say, on which level."""
        from synth.views.countries import country_profiles

        return country_profiles(self.records).asked("country_profiles", {})

    def framework(self, of: str | None = None) -> Framework:
        """The framework: levels, themes, factors, what helps, what hinders, and who says so.

        Parameters
        ----------
        of : only what stands below this node of the codebook.

        Raises
        ------
        UnknownName : the codebook has no such node.
        """
        from synth.views.framework import framework

        drawn = framework(self.records, of=None if of is None else self._node(of))
        return drawn.asked("framework", {}, of=of)

    def influence_map(
        self, of: str | None = None, *, at_least: int | None = None, counts: bool | None = None
    ) -> InfluenceMap:
        """Themes in lanes, one a level, and the influences between them.

        Parameters
        ----------
        of : only the influences that start or end at this node of the codebook.
        at_least : draw only arrows with at least so many named studies; the table holds all.
        counts : write each theme's studies and findings into its box.

        Raises
        ------
        UnknownName : the codebook has no such node.
        """
        from synth.views.influences.map import influence_map

        drawn = influence_map(
            self.records,
            None if of is None else self.influences(of).ids,
            focus=of,
            at_least=at_least,
            counts=bool(counts),
        )
        return drawn.asked("influence_map", {}, of=of, at_least=at_least, counts=counts)

    def influence_list(self, of: str | None = None) -> InfluenceList:
        """Every influence in full, each with the anchor that other pages link to.

        Parameters
        ----------
        of : only the influences that start or end at this node of the codebook.

        Raises
        ------
        UnknownName : the codebook has no such node.
        """
        from synth.views.influences.listing import influence_list

        drawn = influence_list(self.records, self.influences(of).ids)
        return drawn.asked("influence_list", {}, of=of)

    def flow(self) -> FlowDiagram:
        """The search and screening flow."""
        from synth.views.flow import flow

        return flow(self.records).asked("flow", {})

    def reliability(self) -> Reliability:
        """How far two codings of the review agree, and what they disagreed about.

        Raises
        ------
        ValueError : the review has no second coding (``data/second_coding.csv``).
        """
        from synth.views.reliability import Reliability

        return Reliability(self.records).asked("reliability", {})

    def catalogue(self, *, since: str = "", before: str = "") -> Catalogue:
        """The studies, one entry each, with everything coded from them.

        Parameters
        ----------
        since, before : only the studies whose name (author and year) comes in the alphabet at or
            after the one and before the other.
        """
        from synth.views.catalogue import catalogue

        drawn = catalogue(self.records, since=since, before=before)
        return drawn.asked("catalogue", {}, since=since or None, before=before or None)

    def characteristics(self, *, since: str = "", before: str = "") -> Characteristics:
        """The studies as a table: when, where, how, with whom, and how much is coded from each.

        Parameters
        ----------
        since, before : as for :meth:`catalogue`.
        """
        drawn = self.catalogue(since=since, before=before).characteristics
        return drawn.asked("characteristics", {}, since=since or None, before=before or None)

    def view(self, asked: Mapping[str, Any]) -> View:
        """Draw a view anew that a notebook stores.

        Parameters
        ----------
        asked : its ``kind``, ``query`` and ``options``, as it was stored.

        Raises
        ------
        UnknownName : there is no such kind of view, or the query names what is gone.
        """
        kind = asked["kind"]
        if kind not in (*VIEWS, *OF_THE_REVIEW):
            raise UnknownName("kind of view", kind, (*VIEWS, *OF_THE_REVIEW))
        holder = select(self.records, asked["query"]) if kind in VIEWS else self
        drawn: View = getattr(holder, kind)(**asked["options"])
        return drawn

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Review):
            return NotImplemented
        return same(self.records, other.records)

    def __hash__(self) -> int:
        return hash(self.records.root)

    def __repr__(self) -> str:
        return f"<Review: {self.settings.title}: {self.evidence().summary}>"


_HELD: dict[Path, tuple[str, Records]] = {}
"""What this process, or the one it was forked from, has read of reviews, with their prints."""


def hold(root: Path) -> None:
    """Read a review for all processes that will be forked from this one.

    :meth:`Review.load` gives there what was read here, unless a file of the review has changed.

    Parameters
    ----------
    root : the review's root.

    Raises
    ------
    ReviewError : a file is missing or wrong; every problem is named with its line.
    """
    from synth import freshness
    from synth.reading.rules import load_records
    from synth.views.statements import grouped

    print_of = freshness.inputs(root)
    records = load_records(root)
    # What almost every page asks of all findings; each process would gather it again.
    grouped(records)
    for name in ("country", "design"):
        Facets.of(records).carried(name)
    _HELD[root.resolve()] = print_of, records


def _held(root: Path) -> Records | None:
    """What was read of a review before this process was forked, if its files are the same still."""
    known = _HELD.get(root.resolve())
    if known is None:
        return None
    from synth import freshness

    # Its paths are told as they were asked for.
    print_of, records = known
    return records if records.root == root and freshness.inputs(root) == print_of else None


class _Handle(HasEvidence):
    """A theme or a study of a review; two of the same review and id are equal."""

    def __init__(self, review: Review, name: str) -> None:
        self._review = review
        self.id = name

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of its evidence, in the order of the table."""
        return self.evidence().findings

    def __len__(self) -> int:
        return len(self.evidence())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Handle) or type(self) is not type(other):
            return NotImplemented
        return self.id == other.id and self._review == other._review

    def __hash__(self) -> int:
        return hash((type(self), self.id))


class ReviewTheme(_Handle):
    """A level, theme or factor of a review, with its evidence; given by :meth:`Review.theme`.

    >>> review = Review.load("tests/example")
    >>> review.themes["school"]
    <Sphere school: 11 statements (11 findings) from 5 studies>
    """

    @property
    def record(self) -> Theme:
        """Its row of the codebook."""
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
    def themes(self) -> Collection[ReviewTheme]:
        """The nodes right below."""
        below = self._review.codebook.children(self.id)
        return Collection(
            "theme", "themes", {node.id: ReviewTheme(self._review, node.id) for node in below}
        )

    @property
    def studies(self) -> Collection[ReviewStudy]:
        """The studies that report at least one of its findings."""
        ids = self.evidence().study_ids
        return Collection("study", "studies", {name: self._review.study(name) for name in ids})

    def evidence(self) -> Evidence:
        """The findings that speak to this node or one below it."""
        return self._review.evidence().where(**{self.record.rank: self.id})

    def influences(self) -> Collection[Influence]:
        """Influences that start or end here or below."""
        return self._review.influences(self.id)

    def influence_map(self, *, at_least: int | None = None) -> InfluenceMap:
        """The influences that start or end here, drawn.

        Parameters
        ----------
        at_least : draw only arrows with at least so many named studies; the table holds all.
        """
        return self._review.influence_map(self.id, at_least=at_least)

    def verdict(self) -> Verdict:
        """What was found here at a glance, and what that rests on."""
        return self._review.verdict(self.id)

    def statement_list(self) -> StatementList:
        """What is said here, each statement once, with its studies."""
        return self._review.statement_list(self.id)

    def framework(self) -> Framework:
        """The part of the framework that stands below this node."""
        return self._review.framework(of=self.id)

    def __repr__(self) -> str:
        return f"<{self.record.rank.capitalize()} {self.id}: {self.evidence().summary}>"


class ReviewStudy(_Handle):
    """A work the review cites, with its evidence; given by :meth:`Review.study`."""

    @property
    def record(self) -> Study:
        """Its row of the studies table."""
        return self._review.records.studies[self.id]

    @property
    def label(self) -> str:
        """Author and year, as in a citation."""
        return self._review.records.label(self.id)

    @property
    def reference(self) -> Reference | None:
        """Its entry of ``references.bib``, if it has one."""
        return self._review.records.bibliography.get(self.id)

    @property
    def themes(self) -> Collection[ReviewTheme]:
        """The nodes of the codebook its findings speak to."""
        ids = self.evidence().themes
        return Collection("theme", "themes", {name: self._review.theme(name) for name in ids})

    def evidence(self) -> Evidence:
        """The findings coded from it."""
        if not self.record.is_evidence:
            return Evidence(self._review.records, ())
        return self._review.evidence().where(study=self.id)

    def __repr__(self) -> str:
        return f"<Study {self.id}: {self.evidence().summary}>"


__all__ = ["Collection", "Review", "ReviewStudy", "ReviewTheme"]
