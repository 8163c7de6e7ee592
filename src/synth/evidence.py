"""Evidence: a selection of findings, its counts, and everything drawn from it.

A level, a theme, a study and the review itself all have evidence; whatever a page draws of them is
drawn from here, so that a filter means the same in a notebook, in the prose and in the explorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, overload

from synth.errors import UnknownName, did_you_mean
from synth.facets import Facets
from synth.model import (
    UNKNOWN,
    Finding,
    Statement,
    Study,
    count_statements,
    facet_values,
    statements_of,
)

if TYPE_CHECKING:
    import pandas

    from synth.reading.records import Records
    from synth.views.charts import Figure
    from synth.views.evidence_table import EvidenceTable
    from synth.views.explorer import Explorer
    from synth.views.robustness import Robustness

Wanted = str | int | Iterable[str] | Iterable[int]

VIEWS = (
    "explorer",
    "table",
    "by_year",
    "by_country",
    "by_design",
    "by_place",
    "by_facet",
    "designs_by_theme",
    "theme_by_study",
    "single_support",
    "both_ways",
    "robustness",
)
"""The views that are drawn of evidence, each by the method of its name."""


class HasEvidence:
    """What can be drawn of evidence, the same for a review, a level, a theme, a study, a filter."""

    def evidence(self) -> Evidence:
        """The findings everything here is drawn from."""
        raise NotImplementedError

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Name the nearest member: what IPython shows of an error does not, as Python would."""
            said = f"{type(self).__name__!r} object has no attribute {name!r}"
            if not name.startswith("_"):
                near = did_you_mean(name, [one for one in dir(type(self)) if one[0] != "_"])
                said = f"{said}. {near}" if near else said
            raise AttributeError(said, name=name, obj=self)

    def explorer(
        self,
        *,
        key: str | None = None,
        filters: Mapping[str, Wanted] | None = None,
        rows: str | None = None,
        cols: str | None = None,
        group: str | None = None,
        sort: str | None = None,
    ) -> Explorer:
        """The findings as a filterable list: live in a notebook, and in the published page.

        Parameters
        ----------
        key : its name in the page's address; each explorer of a page needs its own.
        filters : what is chosen from the start, as for :meth:`Evidence.where`.
        rows, cols : the two facets of its matrix.
        group : ``"theme"`` or ``"study"``: what the results are listed by.
        sort : ``"newest"``, ``"oldest"`` or ``"author"``.

        Raises
        ------
        UnknownName : the review has no such facet, filter, value, group or order.
        ValueError : the key cannot stand in an address.
        """
        from synth.views.explorer import Explorer

        of = self.evidence()
        kept = {name: _listed(name, value) for name, value in (filters or {}).items()}
        drawn = Explorer(
            of.records,
            of.ids,
            key=_key(of.records, of.query) if key is None else key,
            filters=kept,
            rows=rows or "",
            cols=cols or "",
            group=group or "theme",
            sort=sort or "newest",
            to_selection=lambda ids: Evidence(of.records, ids),
        )
        stored = {name: list(value) for name, value in kept.items()} or None
        return drawn.asked(
            "explorer",
            of.query,
            key=key,
            filters=stored,
            rows=rows,
            cols=cols,
            group=group,
            sort=sort,
        )

    def table(self) -> EvidenceTable:
        """The findings as a plain table."""
        from synth.views.evidence_table import EvidenceTable

        of = self.evidence()
        return EvidenceTable(of.records, of.ids).asked("table", of.query)

    def by_year(self) -> Figure:
        """Studies by year of publication."""
        return self._chart("by_year")

    def by_country(self) -> Figure:
        """Countries, ranked, with their studies and findings."""
        return self._chart("by_country")

    def by_design(self) -> Figure:
        """Designs of the studies."""
        return self._chart("by_design")

    def by_place(self, group: str = "income_group") -> Figure:
        """Studies and findings by a grouping of countries.

        Parameters
        ----------
        group : ``"income_group"`` or ``"region"``, as ``data/places.csv`` classifies them.

        Raises
        ------
        ValueError : the group is neither.
        """
        return self._chart("by_place", group=group)

    def by_facet(self, facet: str) -> Figure:
        """Values of a facet, ranked, with their studies and findings.

        Parameters
        ----------
        facet : id of a facet declared in ``review.toml``.

        Raises
        ------
        UnknownName : the review declares no such facet; the nearest one is named.
        """
        declared = [known.id for known in self.evidence().records.settings.facets]
        if facet not in declared:
            raise UnknownName("facet", facet, declared, f"Facets: {', '.join(declared)}.")
        return self._chart("by_facet", facet=facet)

    def designs_by_theme(self) -> Figure:
        """Designs of the studies behind each theme."""
        return self._chart("designs_by_theme")

    def theme_by_study(self) -> Figure:
        """Which study reports on which theme."""
        return self._chart("theme_by_study")

    def single_support(self) -> Figure:
        """Themes that rest on one study, one country, one team or one cohort."""
        return self._chart("single_support")

    def both_ways(self) -> Figure:
        """Themes reported both as helping and as hindering, and where."""
        return self._chart("both_ways")

    def robustness(self) -> Robustness:
        """What loses its support when one study, cohort, country or author team is left out.

        Robustness of coverage: it says what rests on whom, never how strong an effect is.
        """
        from synth.views.robustness import robustness

        of = self.evidence()
        return robustness(of.records, of.ids).asked("robustness", of.query)

    def _chart(self, kind: str, **options: str) -> Figure:
        from synth.views import charts

        of = self.evidence()
        drawn: Figure = getattr(charts, kind)(of.records, ids=of.ids, **options)
        return drawn.asked(kind, of.query, **options)


class Evidence(HasEvidence):
    """A selection of coded findings, with their studies; never changed, only narrowed or joined.

    ``evidence[0]`` and ``evidence["lee2020-01"]`` give a finding, ``evidence[:5]`` the evidence of
    the first five; ``in`` takes a finding or its id. ``&``, ``|``, ``-`` and ``~`` join, and ``<=``
    asks whether one holds nothing that the other does not.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings, in any order; all of them by default.
    query : how the selection was made, so that it can be made again after the tables changed.

    >>> from synth import Review
    >>> review = Review.load("tests/example")
    >>> review.evidence().where(since=2019)
    <Evidence: 2 statements (2 findings) from 1 study>
    """

    def __init__(
        self,
        records: Records,
        ids: Iterable[str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> None:
        wanted = None if ids is None else frozenset(ids)
        for name in sorted((wanted or frozenset()) - records.findings.keys()):
            raise UnknownName("finding", name, records.findings)
        self._records = records
        known = records.findings
        self._ids = tuple(known if wanted is None else filter(wanted.__contains__, known))
        if query is None:
            query = {"all": True} if wanted is None else {"ids": list(self._ids)}
        self._query = dict(query)

    # --- what is in it ---

    def evidence(self) -> Evidence:
        """The selection itself."""
        return self

    @property
    def records(self) -> Records:
        """The records of the review the findings belong to."""
        return self._records

    @property
    def query(self) -> dict[str, Any]:
        """How the selection was made, for :func:`select`."""
        return dict(self._query)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the findings, in the order of the table."""
        return self._ids

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of the table."""
        return tuple(self._records.findings[name] for name in self._ids)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is said, each once: findings with the same anchor and summary, in their order."""
        return statements_of(self.findings)

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies that report at least one of the findings, in the order of the table."""
        return tuple(self._records.studies[name] for name in self.study_ids)

    @property
    def study_ids(self) -> tuple[str, ...]:
        """Ids of the studies that report at least one of the findings."""
        found = {self._records.findings[name].study for name in self._ids}
        return tuple(name for name in self._records.studies if name in found)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries the studies were done in, by name; what is no country is left out.

        A finding can be about another country than its study; that one is asked for with ``where``.
        """
        elsewhere = set(self._records.settings.not_countries)
        held = {name for study in self.study_ids for name in self._records.studies[study].countries}
        return tuple(sorted(held - elsewhere - _SILENT))

    @property
    def themes(self) -> tuple[str, ...]:
        """Ids of the codebook nodes the findings speak to, in the order of the codebook."""
        found = {theme for name in self._ids for theme in self._records.findings[name].themes}
        return tuple(node for node in self._records.codebook.ids if node in found)

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, Finding):
            return item.id in self._ids and self._records.findings[item.id] == item
        return item in self._ids

    @overload
    def __getitem__(self, which: int | str) -> Finding: ...

    @overload
    def __getitem__(self, which: slice) -> Evidence: ...

    def __getitem__(self, which: int | str | slice) -> Finding | Evidence:
        if isinstance(which, slice):
            return Evidence(self._records, self._ids[which])
        if isinstance(which, int):
            return self._records.findings[self._ids[which]]
        if which not in self._ids:
            raise UnknownName("finding", which, self._ids, "It is not in this selection.")
        return self._records.findings[which]

    def head(self, n: int = 5) -> Evidence:
        """The first findings, in the order of the table."""
        return self[:n]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self._ids == other._ids and same(self._records, other._records)

    def __hash__(self) -> int:
        return hash(self._ids)

    def __repr__(self) -> str:
        return f"<Evidence: {self.summary}>"

    @property
    def summary(self) -> str:
        """How much it holds: ``"9 statements (14 findings) from 11 studies"``."""
        from synth.views.evidence_table import summary

        return summary(self._records, self._ids)

    def count(self, what: str = "findings") -> int:
        """Count the findings, or what they come from.

        Parameters
        ----------
        what : ``"findings"``, ``"statements"`` (findings that say the same, once), ``"studies"``,
            ``"countries"``, ``"themes"``, or the id of a rank of the codebook or of a facet, whose
            different values are counted.

        Raises
        ------
        UnknownName : the review has no such thing to count.
        """
        own = ("findings", "statements", "studies", "countries", "themes")
        if what == "studies":
            return len(self.study_ids)
        if what == "statements":
            return count_statements(self.findings)
        if what in own:
            return len(getattr(self, what))
        facets = Facets.of(self._records)
        if what not in facets.names:
            known = (*own, *facets.names)
            raise UnknownName("count", what, known, f"Counted are: {', '.join(known)}.")
        return len(set(self._values(what)) - _SILENT)

    # --- narrowing and joining ---

    def where(self, **filters: Wanted) -> Evidence:
        """Keep the findings that match.

        Several values of one facet add up, different facets cut. The ranks of the codebook are one
        facet: what is chosen on them adds up, and a node includes everything below it.

        Parameters
        ----------
        **filters : the id of a rank (``level="macro"``, by id or by label), ``direction``,
            ``study``, ``finding``, ``year`` or any facet of ``review.toml``, each with one value or
            several; ``since`` and ``until``, the first and the last year of the study; ``without``,
            studies to leave out; ``q``, words that must all occur in the summary, the study's name,
            the labels and synonyms of its themes or the countries, whatever their accents, capitals
            and, in English, spelling.

        Raises
        ------
        UnknownName : the review has no such filter or no such value; the nearest one is named.
        ValueError : ``since`` or ``until`` with several years.
        """
        words = {name: _listed(name, value) for name, value in filters.items()}
        return Evidence(
            self._records,
            Facets.of(self._records).matching(self._ids, words),
            {"of": self._query, "where": {name: list(value) for name, value in words.items()}},
        )

    def __and__(self, other: Evidence) -> Evidence:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self._joined(other, "and", set(self._ids) & set(other._ids))

    def __or__(self, other: Evidence) -> Evidence:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self._joined(other, "or", set(self._ids) | set(other._ids))

    def __sub__(self, other: Evidence) -> Evidence:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self._joined(other, "minus", set(self._ids) - set(other._ids))

    def __invert__(self) -> Evidence:
        return Evidence(self._records) - self

    def __le__(self, other: Evidence) -> bool:
        return set(self._ids) <= set(other._ids)

    def __lt__(self, other: Evidence) -> bool:
        return set(self._ids) < set(other._ids)

    def __ge__(self, other: Evidence) -> bool:
        return other <= self

    def __gt__(self, other: Evidence) -> bool:
        return other < self

    def _joined(self, other: Evidence, how: str, ids: set[str]) -> Evidence:
        if not same(self._records, other._records):
            raise ValueError("Evidence of two reviews cannot be joined.")
        return Evidence(self._records, ids, {how: [self._query, other._query]})

    # --- as tables ---

    def to_frame(self) -> pandas.DataFrame:
        """The findings as a pandas table, one row a finding, one column a facet.

        Lists of values (several countries) are joined by ``"; "``.
        """
        import pandas

        return pandas.DataFrame(
            [self._row(finding) for finding in self.findings], columns=self._columns()
        )

    def to_csv(self) -> str:
        """The findings as CSV text, as readers of the book download them."""
        from synth.references.formats import to_csv

        return to_csv(self._records, self._ids)

    def cross(self, rows: str, columns: str) -> pandas.DataFrame:
        """Count findings by two facets; a finding with several values counts in each.

        Parameters
        ----------
        rows, columns : two different facets, ranks of the codebook, ``direction``, ``study`` or
            ``year``.

        Returns
        -------
        A table with every value of the review, also those without a finding here, which are 0:
        no finding among those coded, not evidence that there is nothing.

        Raises
        ------
        UnknownName : the review has no such facet; the nearest one is named.
        """
        import pandas

        facets = Facets.of(self._records)
        names = [facets.values(facet) for facet in (rows, columns)]
        counts = {row: dict.fromkeys(names[1], 0) for row in names[0]}
        for name in self._ids:
            for row in facets.held(rows)[name]:
                for column in facets.held(columns)[name]:
                    counts[row][column] += 1
        frame = pandas.DataFrame.from_dict(counts, orient="index", columns=list(names[1]))
        return frame.rename_axis(index=rows, columns=columns)

    def _columns(self) -> list[str]:
        settings = self._records.settings
        ranks = [rank.id for rank in settings.ranks]
        facets = [facet.id for facet in settings.facets]
        columns = ["finding", "study", "year", *ranks, "direction", *facets, "summary", "basis"]
        return [*dict.fromkeys(columns)]  # a facet may bear the name of one of them

    def _row(self, finding: Finding) -> dict[str, Any]:
        study = self._records.studies[finding.study]
        row: dict[str, Any] = {
            "finding": finding.id,
            "study": finding.study,
            "year": study.year,
            "direction": finding.direction,
            "summary": finding.summary,
            "basis": finding.basis,
        }
        for rank in self._records.settings.ranks:
            node = self._records.codebook.at_rank(finding.theme, rank.id)
            row[rank.id] = node.id if node else ""
        for facet in self._records.settings.facets:
            row[facet.id] = "; ".join(facet_values(facet, finding, study))
        return row

    # --- in a notebook ---

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.explorer()._repr_mimebundle_(**options)

    def _values(self, facet: str) -> Iterator[str]:
        held = Facets.of(self._records).held(facet)
        for name in self._ids:
            yield from held[name]


def select(records: Records, query: Mapping[str, Any]) -> Evidence:
    """Make a selection once more, from the records as they are now.

    Parameters
    ----------
    records : the review's records.
    query : how it was made, as :attr:`Evidence.query` gives it.

    Raises
    ------
    UnknownName : the query names a theme, study, value or finding that is gone.
    ValueError : it is none that a selection gives; somebody has written in a stored notebook.
    """
    match query:
        case {"all": True}:
            return Evidence(records)
        case {"ids": [*ids]} if all(isinstance(name, str) for name in ids):
            return Evidence(records, ids)
        case {"of": of, "where": dict(filters)}:
            return select(records, of).where(**filters)
        case {"and": [one, other]}:
            return select(records, one) & select(records, other)
        case {"or": [one, other]}:
            return select(records, one) | select(records, other)
        case {"minus": [one, other]}:
            return select(records, one) - select(records, other)
    raise ValueError("The query that is stored makes no selection.")


_SILENT = {*UNKNOWN, ""}


def same(one: Records, other: Records) -> bool:
    """Whether two readings of a review hold the same: the same folder, settings and tables."""
    return one is other or (
        (one.root, one.settings, dict(one.tables))
        == (other.root, other.settings, dict(other.tables))
        and dict(one.bibliography) == dict(other.bibliography)
    )


def _key(records: Records, query: Mapping[str, Any]) -> str:
    """A short name for an explorer's state in the address, made from what it shows."""
    telling = (*Facets.of(records).ranks, "study")
    words = [
        str(value)
        for facet, values in query.get("where", {}).items()
        if facet in telling
        for value in values
    ]
    # A label is as good as an id in a filter, not in an address.
    key = "-".join(words)
    return key if key and all(letter.isalnum() or letter in "-_" for letter in key) else "x"


def _listed(name: str, value: Wanted) -> tuple[str, ...]:
    """A filter's value as a tuple of words, whether one or several were given."""
    if value is None:
        raise TypeError(f"{name}: None is no value; leave the filter out instead.")
    parts = (value,) if isinstance(value, str | int) else value
    if isinstance(parts, bytes) or not isinstance(parts, Iterable):
        raise TypeError(f"{name}: {value!r} is no value; give the text or the whole number.")
    told = tuple(parts)
    for part in told:
        if not isinstance(part, str | int):
            raise TypeError(f"{name}: {part!r} is no value; give the text or the whole number.")
    return tuple(map(str, told))
