"""What a finding carries, and which findings match a filter: one meaning for every use.

Notebooks, prose and the explorer filter alike, because all of them ask here (the explorer's script
does the same in the browser; a test holds the two together).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache

from synth.errors import UnknownName, did_you_mean
from synth.model import UNKNOWN, Facet, Finding, Theme, facet_values
from synth.reading.records import Records
from synth.text import fold, is_english, spelled

# --- what the search compares -----------------------------------------------------------------


def searchable(finding: Finding, records: Records) -> str:
    """The folded text that the search of the explorer and ``Evidence.where(q=…)`` looks into.

    It holds the summary, the study's author and year, the labels and synonyms of the themes it
    speaks to and of all above them, and the countries; each on a line of its own, so that no word
    is found across two of them.
    """
    study = records.studies[finding.study]
    country = records.settings.facet("country")
    parts = [
        finding.summary,
        records.label(study.id),
        *(name for node in nodes_of(finding, records) for name in node.names),
        *(facet_values(country, finding, study) if country else ()),
    ]
    return "\n".join(_fold_again(part) for part in parts)


def searching(wanted: str, language: str) -> Callable[[str], bool]:
    """Whether a searchable text holds all words that are looked for, however they are spelled.

    Parameters
    ----------
    wanted : the words.
    language : of the review: an English one is searched in both spellings.

    >>> searching("Labour costs", "en")("labor is what costs")
    True
    """
    words = fold(wanted).split()
    forms = [spelled(word) if is_english(language) else (word,) for word in words]
    return lambda text: all(any(form in text for form in one) for one in forms)


def nodes_of(finding: Finding, records: Records) -> tuple[Theme, ...]:
    """The nodes a finding speaks to and all above them, by whose names both searches find it."""
    book = records.codebook
    nodes = {node.id: node for name in finding.themes for node in book.path(name)}
    return tuple(nodes.values())


# Labels and countries recur on every finding, summaries when a search is made twice.
_fold_again = lru_cache(maxsize=65536)(fold)


# --- facets and filters -----------------------------------------------------------------------


class Facets:
    """The facets of a review's findings: ranks of the codebook, direction, study, year, and others.

    Parameters
    ----------
    records : the review's records.
    """

    def __init__(self, records: Records) -> None:
        self.records = records
        self._columns: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._carried: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._of_studies: dict[str, Mapping[str, tuple[str, ...]]] = {}

    @classmethod
    def of(cls, records: Records) -> Facets:
        """The facets of some records, made once however often they are asked for."""
        return records.once("facets", lambda: cls(records))

    @cached_property
    def ranks(self) -> tuple[str, ...]:
        """Ids of the codebook's ranks, from the top."""
        return tuple(rank.id for rank in self.records.settings.ranks)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everything findings can be counted by."""
        declared = (facet.id for facet in self.records.settings.facets)
        return (*self.ranks, "direction", "study", "finding", "year", *declared)

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """The words ``Evidence.where`` understands."""
        return (*self.names, "since", "until", "q", "without")

    def held(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        """The values every finding carries in a facet, by the finding's id.

        Raises
        ------
        UnknownName : the review has no such facet; the nearest one is named.
        """
        if facet not in self._columns:
            self._columns[facet] = self._read(facet)
        return self._columns[facet]

    def _read(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        findings, studies = self.records.findings.values(), self.records.studies
        if facet in self.ranks:
            book = self.records.codebook
            above = {name: book.at_rank(name, facet) for name in book.ids}
            return {
                finding.id: tuple(
                    dict.fromkeys(node.id for name in finding.themes if (node := above[name]))
                )
                for finding in findings
            }
        if facet == "direction":
            return {finding.id: (finding.direction,) for finding in findings}
        if facet == "study":
            return {finding.id: (finding.study,) for finding in findings}
        if facet == "finding":
            return {finding.id: (finding.id,) for finding in findings}
        if facet == "year":
            years = {name: study.year for name, study in studies.items()}
            return {
                finding.id: () if years[finding.study] is None else (str(years[finding.study]),)
                for finding in findings
            }
        if self.records.settings.facet(facet) is None:
            raise UnknownName("facet", facet, self.names, f"Facets: {', '.join(self.names)}.")
        return self.carried(facet)

    def carried(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        """The values every finding carries in a facet of its own or its study's, by its id.

        Parameters
        ----------
        facet : a facet of ``review.toml``, or else a column of its tables.
        """
        if facet not in self._carried:
            meant, studies = self._meant(facet), self.records.studies
            findings = self.records.findings.values()
            if meant.of == "study":
                shared = self.of_studies(facet)
                self._carried[facet] = {f.id: shared[f.study] for f in findings}
            else:
                self._carried[facet] = {
                    f.id: facet_values(meant, f, studies[f.study]) for f in findings
                }
        return self._carried[facet]

    def of_studies(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        """The values every study carries in a facet of its own, whatever its findings say.

        Parameters
        ----------
        facet : as for :meth:`carried`.
        """
        if facet not in self._of_studies:
            meant = self._meant(facet)
            self._of_studies[facet] = {
                name: facet_values(meant, Finding("", name, "", "", ""), study)
                for name, study in self.records.studies.items()
            }
        return self._of_studies[facet]

    def _meant(self, facet: str) -> Facet:
        """A facet, whether ``review.toml`` declares it or not."""
        country = facet == "country"
        return self.records.settings.facet(facet) or Facet(
            *(facet, facet.capitalize(), f"{facet}s", "either" if country else "study"),
            many=country,
        )

    @cached_property
    def coded(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings that speak to each node of the codebook itself, by its id."""
        return self._by_node({name: (name,) for name in self.records.codebook.ids})

    @cached_property
    def below(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings that speak to each node of the codebook or to one below it, by its id."""
        book = self.records.codebook
        return self._by_node({name: tuple(n.id for n in book.path(name)) for name in book.ids})

    @cached_property
    def by_study(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings of each study that has any, in the order of the table."""
        found: dict[str, list[Finding]] = {}
        for finding in self.records.findings.values():
            found.setdefault(finding.study, []).append(finding)
        return {name: tuple(findings) for name, findings in found.items()}

    @cached_property
    def cohorts(self) -> Mapping[str, tuple[str, ...]]:
        """The studies of each group of participants that is known by a name."""
        found: dict[str, list[str]] = {}
        for study in self.records.studies.values():
            if study.cohort and study.cohort not in UNKNOWN:
                found.setdefault(study.cohort, []).append(study.id)
        return {name: tuple(studies) for name, studies in found.items()}

    def _by_node(self, above: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[Finding, ...]]:
        """Each finding put once to the nodes its themes lead to."""
        found: dict[str, list[Finding]] = {name: [] for name in above}
        for finding in self.records.findings.values():
            nodes: Iterable[str] = above.get(finding.theme, ())
            if finding.also:
                nodes = {node: None for name in finding.themes for node in above.get(name, ())}
            for node in nodes:
                found[node].append(finding)
        return {name: tuple(findings) for name, findings in found.items()}

    def values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet in the review; ranks and directions stand in their own order.

        Raises
        ------
        UnknownName : the review has no such facet; the nearest one is named.
        """
        records = self.records
        if facet in self.ranks:
            return tuple(node.id for node in records.codebook.of_rank(facet))
        if facet == "direction":
            return tuple(direction.id for direction in records.settings.directions)
        if facet == "study":
            return tuple(study.id for study in records.studies.values() if study.is_evidence)
        if facet == "finding":
            return tuple(records.findings)
        return tuple(sorted({v for values in self.held(facet).values() for v in values}))

    def matching(
        self, ids: Iterable[str], filters: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Ids, of those given, of the findings that match; see :meth:`Evidence.where`.

        Raises
        ------
        UnknownName : the review has no such filter or value; the nearest one is named.
        ValueError : a year that is none, or two where one is meant.
        """
        for name in filters:
            if name not in self.filters:
                known = f"Filters: {', '.join(self.filters)}."
                raise UnknownName("filter", name, self.filters, known)
        tests: list[Callable[[str], bool]] = []
        if chosen := self._nodes(filters):
            speaking = {finding.id for node in chosen for finding in self.below[node]}
            tests.append(speaking.__contains__)
        for facet, wanted in filters.items():
            if facet in self.ranks:
                continue
            if facet == "without":
                tests.append(self._left_out(wanted))
            elif facet == "q":
                tests.append(self._words(wanted))
            elif facet in ("since", "until"):
                tests.append(self._years(facet, wanted))
            else:
                tests.append(self._values(facet, wanted))
        for test in tests:
            ids = list(filter(test, ids))
        return tuple(ids)

    def branches(self, filters: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
        """Nodes that filters on ranks choose, with everything below; ``None`` without such."""
        chosen = self._nodes(filters)
        branch = self.records.codebook.branch
        return frozenset().union(*map(branch, chosen)) if chosen else None

    def _nodes(self, filters: Mapping[str, tuple[str, ...]]) -> list[str]:
        return [self.node(name, rank) for rank in self.ranks for name in filters.get(rank, ())]

    def node(self, name: str, rank: str) -> str:
        """Id of a node of a rank, by its id or its label.

        Raises
        ------
        UnknownName : the rank has no such node, or several bear the label.
        """
        book = self.records.codebook
        nodes = book.of_rank(rank)
        if any(node.id == name for node in nodes):
            return name
        labelled = [node.id for node in nodes if fold(node.label) == fold(name)]
        if len(labelled) == 1:
            return labelled[0]
        where = ""
        if labelled:
            where = f"Several bear this label: {', '.join(labelled)}."
        elif name in book:
            where = f"{name!r} is a {book[name].rank}: say {book[name].rank}={name!r}."
        known = {node.id for node in nodes} | {node.label for node in nodes}
        raise UnknownName(rank, name, known, where)

    def _words(self, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        found = searching(" ".join(wanted), self.records.settings.language)
        findings = self.records.findings
        return lambda name: found(searchable(findings[name], self.records))

    def _left_out(self, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        kept = self._values("study", wanted)
        return lambda name: not kept(name)

    def _years(self, which: str, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        if len(wanted) != 1:
            raise ValueError(f"{which} takes one year, such as 2015, not {len(wanted)}.")
        year = _year(which, wanted[0])
        findings, studies = self.records.findings, self.records.studies

        def test(name: str) -> bool:
            published = studies[findings[name].study].year
            if published is None:
                return False
            return published >= year if which == "since" else published <= year

        return test

    def _values(self, facet: str, wanted: tuple[str, ...]) -> Callable[[str], bool]:
        held = self.held(facet)
        if facet == "year":  # one without a study is a year all the same
            wanted = tuple(str(_year(facet, value)) for value in wanted)
        else:
            known = self.values(facet)
            for value in wanted:
                if value not in known:
                    near = did_you_mean(value, known)
                    listed = "" if near else f"Known: {', '.join(known[:12])}."
                    raise UnknownName(facet, value, known, listed)
        chosen = frozenset(wanted)
        return lambda name: not chosen.isdisjoint(held[name])


def _year(which: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UnknownName("year", text, (), f"{which} takes a year such as 2015.") from None
