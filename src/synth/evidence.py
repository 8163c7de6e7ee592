"""Evidence: a selection of findings that knows the review it was taken from.

A level, a theme, a study and the review itself all have evidence; whatever a page draws of them is
drawn from here, so that a filter means the same in a notebook, in the prose and in the explorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from synth.errors import UnknownName
from synth.model import Finding, Statement, Study, facet_values, statements_of

if TYPE_CHECKING:
    import pandas

    from synth.reading.records import Records
    from synth.review import Review
    from synth.views.charts import Figure
    from synth.views.evidence_table import EvidenceTable
    from synth.views.explorer import Explorer
    from synth.views.robustness import Robustness

Wanted = str | int | Iterable[str]

# What an output shows of each finding: a notebook is stale when one of these changed.
_LISTED = ("summary", "direction", "theme", "also", "study", "year", "facets", "basis")


class Evidence:
    """A selection of coded findings, with their studies; never changed, only narrowed or joined.

    Made by :meth:`Review.evidence`, :meth:`Review.theme` and the like, not by hand.

    Parameters
    ----------
    review : the review the findings belong to.
    ids : ids of the findings, in any order.
    how : how the selection was made, so that it can be made again after the tables changed.

    >>> from synth import Review  # doctest: +SKIP
    >>> Review.load().evidence().where(country="Canada", since=2015)  # doctest: +SKIP
    <Evidence: 31 findings from 4 studies>
    """

    def __init__(self, review: Review, ids: Iterable[str], how: Mapping[str, Any]) -> None:
        wanted = frozenset(ids)
        self._review = review
        self._how = dict(how)
        self._ids = tuple(name for name in review.records.findings if name in wanted)

    # --- what is in it ---

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the findings, in the order of the table."""
        return self._ids

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of the table."""
        self._note(*_LISTED, "anchor", "section")
        return tuple(self._records.findings[name] for name in self._ids)

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies that report at least one of the findings, in the order of the table."""
        self._note("study", "study.*")
        return tuple(self._records.studies[name] for name in self.study_ids)

    @property
    def study_ids(self) -> tuple[str, ...]:
        """Ids of the studies that report at least one of the findings."""
        found = {self._records.findings[name].study for name in self._ids}
        return tuple(name for name in self._records.studies if name in found)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries the findings come from, by name; what is no country is left out."""
        self._note("facets")
        elsewhere = set(self._review.settings.not_countries)
        return tuple(sorted(set(self._values("country")) - elsewhere - _SILENT))

    @property
    def themes(self) -> tuple[str, ...]:
        """Ids of the codebook nodes the findings were coded to, in the order of the codebook."""
        self._note("theme", "also")
        found = {theme for name in self._ids for theme in self._records.findings[name].themes}
        return tuple(node for node in self._records.codebook.ids if node in found)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is said, each once: findings with the same anchor and summary, in their order."""
        self._note("anchor", "summary")
        return statements_of(self._records.findings[name] for name in self._ids)

    def __len__(self) -> int:
        self._note("study")
        return len(self._ids)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self._review is other._review and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)

    def __repr__(self) -> str:
        self._note("study")
        return f"<Evidence: {self.stated()}>"

    def stated(self) -> str:
        """Say how many findings from how many studies: ``"14 findings from 11 studies"``."""
        from synth.views.evidence_table import stated

        return stated(self._records, self._ids)

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
        if what == "findings":
            return len(self)
        if what == "statements":
            return len(self.statements)
        if what == "studies":
            self._note("study")
            return len(self.study_ids)
        if what == "countries":
            return len(self.countries)
        if what == "themes":
            return len(self.themes)
        if what in self._review.filter_words and what not in ("since", "until", "q"):
            self._note("facets", "theme", "direction", "study")
            return len(set(self._values(what)) - _SILENT)
        known = (
            "findings",
            "statements",
            "studies",
            "countries",
            "themes",
            *self._review.filter_words,
        )
        raise UnknownName("count", what, known)

    # --- narrowing and joining ---

    def where(self, **filters: Wanted) -> Evidence:
        """Keep the findings that match.

        Several values of one facet add up, different facets cut. The ranks of the codebook are one
        facet: what is chosen on them adds up, and a node includes everything below it.

        Parameters
        ----------
        **filters : the id of a rank (``level="macro"``), ``direction``, ``study``, ``finding`` or
            any facet of ``review.toml``, each with one value or several; ``since`` and ``until``,
            the first and the last year of the study; ``q``, words that must all occur in the
            summary, the study's name, the theme's labels or the countries, whatever their accents
            and capitals.

        Raises
        ------
        UnknownName : the review has no such filter or no such value; the nearest one is named.
        """
        words = {name: _listed(name, value) for name, value in filters.items()}
        return Evidence(
            self._review,
            self._review.matching(self._ids, words),
            {"of": self._how, "where": {name: list(value) for name, value in words.items()}},
        )

    def __and__(self, other: Evidence) -> Evidence:
        return self._joined(other, "and", set(self._ids) & set(other._ids))

    def __or__(self, other: Evidence) -> Evidence:
        return self._joined(other, "or", set(self._ids) | set(other._ids))

    def __sub__(self, other: Evidence) -> Evidence:
        return self._joined(other, "minus", set(self._ids) - set(other._ids))

    def _joined(self, other: Evidence, how: str, ids: set[str]) -> Evidence:
        return Evidence(self._review, ids, {how: [self._how, other._how]})

    # --- drawing ---

    def explorer(self, **options: Any) -> Explorer:
        """The findings as a filterable list: live in a notebook, and in the published page.

        Parameters
        ----------
        **options : ``key`` (its name in the page's address), ``filters`` (chosen from the start,
            as for :meth:`where`) and the rest of :class:`synth.views.explorer.Explorer`.
        """
        from synth.views.explorer import Explorer

        self._note(*_LISTED, "study.*")
        options.setdefault("key", self._review.explorer_key(self._how))
        return Explorer(self._records, self._ids, to_selection=self._review.selected, **options)

    def table(self) -> EvidenceTable:
        """The findings as a plain table."""
        from synth.views.evidence_table import EvidenceTable

        self._note(*_LISTED)
        return EvidenceTable(self._records, self._ids)

    def by_year(self) -> Figure:
        """Studies by year of publication."""
        from synth.views.charts import by_year

        self._note("study", "year", "facets")
        return by_year(self._records, self._ids)

    def by_country(self) -> Figure:
        """Countries, ranked, with their studies and findings."""
        from synth.views.charts import by_country

        self._note("study", "facets", "places")
        return by_country(self._records, self._ids)

    def by_design(self) -> Figure:
        """Designs of the studies."""
        from synth.views.charts import by_design

        self._note("study", "facets")
        return by_design(self._records, self._ids)

    def accumulation(self) -> Figure:
        """When each theme was first reported, over the years of publication."""
        from synth.views.charts import accumulation

        self._note("study", "year", "theme")
        return accumulation(self._records, self._ids)

    def first_reported(self) -> Figure:
        """The year in which each theme and factor was first reported."""
        from synth.views.charts import first_reported

        self._note("study", "year", "theme")
        return first_reported(self._records, self._ids)

    def by_place(self, group: str = "income_group") -> Figure:
        """Studies and findings by a grouping of countries.

        Parameters
        ----------
        group : ``"income_group"`` or ``"region"``, as ``data/places.csv`` classifies them.
        """
        from synth.views.charts import by_place

        self._note("study", "facets", "places")
        return by_place(self._records, self._ids, group=group)

    def by_facet(self, facet: str) -> Figure:
        """Values of a facet, ranked, with their studies and findings.

        Parameters
        ----------
        facet : id of a facet declared in ``review.toml``.
        """
        from synth.views.charts import by_facet

        self._note("study", "facets")
        return by_facet(self._records, facet, self._ids)

    def designs_by_theme(self) -> Figure:
        """Designs of the studies behind each theme."""
        from synth.views.charts import designs_by_theme

        self._note("study", "facets", "theme")
        return designs_by_theme(self._records, self._ids)

    def theme_by_study(self) -> Figure:
        """Which study reports on which theme."""
        from synth.views.charts import theme_by_study

        self._note("study", "year", "theme", "direction")
        return theme_by_study(self._records, self._ids)

    def single_support(self) -> Figure:
        """Themes that rest on one study, one country, one team or one cohort."""
        from synth.views.charts import single_support

        self._note("study", "facets", "theme", "study.*")
        return single_support(self._records, self._ids)

    def both_ways(self) -> Figure:
        """Themes reported both as helping and as hindering, and where."""
        from synth.views.charts import both_ways

        self._note("study", "facets", "theme", "direction", "study.*")
        return both_ways(self._records, self._ids)

    def robustness(self) -> Robustness:
        """What loses its support when one study, cohort, country or author team is left out.

        Robustness of coverage: it says what rests on whom, never how strong an effect is.
        """
        from synth.views.robustness import robustness

        self._note("study", "facets", "theme", "direction", "study.*")
        # Over the whole review, influences rest on studies as well.
        _ = self._review.influences()
        return robustness(self._records, self._ids)

    # --- as tables ---

    def to_frame(self) -> pandas.DataFrame:
        """The findings as a pandas table, one row a finding, one column a facet.

        Lists of values (several countries) are joined by ``"; "``.
        """
        import pandas

        self._note(*_LISTED, "anchor", "section", "study.*")
        return pandas.DataFrame(
            [self._row(finding) for finding in self.findings], columns=self._columns()
        )

    def cross(self, rows: str, columns: str) -> pandas.DataFrame:
        """Count findings by two facets; a finding with several values counts in each.

        Parameters
        ----------
        rows, columns : two different facets, ranks of the codebook, ``direction`` or ``study``.

        Returns
        -------
        A table with every value of the review, also those without a finding here, which are 0:
        no finding among those coded, not evidence that there is nothing.
        """
        import pandas

        self._note("facets", "theme", "direction", "study")
        names = [self._review.values(facet) for facet in (rows, columns)]
        counts = {row: dict.fromkeys(names[1], 0) for row in names[0]}
        for name in self._ids:
            for row in self._review.values_of(name, rows):
                for column in self._review.values_of(name, columns):
                    counts[row][column] += 1
        frame = pandas.DataFrame.from_dict(counts, orient="index", columns=list(names[1]))
        return frame.rename_axis(index=rows, columns=columns)

    def _columns(self) -> list[str]:
        settings = self._review.settings
        ranks = [rank.id for rank in settings.ranks]
        facets = [facet.id for facet in settings.facets]
        return ["finding", "study", "year", *ranks, "direction", *facets, "summary", "basis"]

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
        for rank in self._review.settings.ranks:
            node = self._records.codebook.at_rank(finding.theme, rank.id)
            row[rank.id] = node.id if node else ""
        for facet in self._review.settings.facets:
            row[facet.id] = "; ".join(facet_values(facet, finding, study))
        return row

    # --- in a notebook ---

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.explorer()._repr_mimebundle_(**options)

    @property
    def _records(self) -> Records:
        return self._review.records

    def _values(self, facet: str) -> Iterator[str]:
        for name in self._ids:
            yield from self._review.values_of(name, facet)

    def _note(self, *columns: str) -> None:
        self._review.note("evidence", self._how, columns)


_SILENT = {"not reported", "not established", "not applicable", ""}


def _listed(name: str, value: Wanted) -> tuple[str, ...]:
    """A filter's value as a tuple of words, whether one or several were given."""
    if value is None:
        raise TypeError(f"{name}: None is no value; leave the filter out instead.")
    if isinstance(value, str | int):
        return (str(value),)
    return tuple(str(part) for part in value)
