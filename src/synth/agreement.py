"""How far two codings of the same text agree: the coefficients, and what is compared.

Formulas: Cohen (1960) for kappa, Gwet (2008, doi 10.1348/000711006X126600) for AC1, Krippendorff
(2011) for nominal alpha, Brennan and Prediger (1981) for their coefficient. Intervals come from
resampling studies, because the findings of a study are not independent of each other (Zapf et al.
2016, doi 10.1186/s12874-016-0200-9, on why resampling).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from synth.model import Finding
    from synth.reading.records import Records

RESAMPLES = 2000
"""How often studies are drawn anew for an interval."""
SEED = 20260101
"""Where the draws begin: the same data give the same intervals."""
PRESENT, ABSENT = "coded", "not coded"
COEFFICIENTS = ("percentage", "kappa", "ac1", "alpha", "brennan_prediger")
"""Percentage agreement, Cohen's kappa, Gwet's AC1, Krippendorff's alpha, Brennan-Prediger."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement with its interval.

    Parameters
    ----------
    value : 1 for full agreement, 0 for what chance would give (for the percentage: 0 to 1);
        ``None`` where it is not defined, because all codings are of one category.
    low, high : the 2.5th and 97.5th percentile over resampled studies; ``None`` without resampling,
        or where too few of the samples define the coefficient.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


def coefficients(
    units: Iterable[Sequence[str | None]],
    categories: Iterable[str] | None = None,
    clusters: Iterable[str] | None = None,
    resamples: int = RESAMPLES,
) -> dict[str, Coefficient]:
    """Coefficients of agreement for nominal codes, chance-corrected in the ways of the field.

    Parameters
    ----------
    units : for each unit, the category each coder gave it; ``None`` where a coder gave none. A unit
        with one code counts in AC1's and Fleiss' chance, never in the agreement, nowhere in alpha.
    categories : all categories there are; AC1 and Brennan-Prediger depend on their number. Those
        that occur, if left out.
    clusters : for each unit, what is resampled with it, such as its study; left out, there are no
        intervals.
    resamples : how often the clusters are drawn.

    Returns
    -------
    One coefficient for each name in :data:`COEFFICIENTS`, and ``fleiss``. ``kappa`` is Cohen's for
    two coders and complete units, else not defined.

    Raises
    ------
    ValueError : a unit has another number of coders, or a category is not among ``categories``.

    >>> table = [("yes", "yes")] * 118 + [("yes", "no")] * 5 + [("no", "yes")] * 2
    >>> found = coefficients(table)
    >>> round(found["percentage"].value, 3), round(found["kappa"].value, 4)
    (0.944, -0.0234)
    >>> round(found["ac1"].value, 4)
    0.9408
    """
    import numpy as np

    rows = [tuple(unit) for unit in units]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("Every unit needs as many codes as there are coders (None for no code).")
    used = {code for row in rows for code in row if code is not None}
    names = sorted(used) if categories is None else list(dict.fromkeys(categories))
    if unknown := used.difference(names):
        raise ValueError(f"These codes are not among the categories: {', '.join(sorted(unknown))}.")
    patterns = sorted(set(rows), key=repr)
    if not patterns:
        return dict.fromkeys((*COEFFICIENTS, "fleiss"), Coefficient(None))
    position = {pattern: index for index, pattern in enumerate(patterns)}
    counts = np.zeros((1, len(patterns)))
    for row in rows:
        counts[0, position[row]] += 1
    whole = _from_counts(patterns, names, counts)
    if clusters is None:
        return {name: Coefficient(_number(values[0])) for name, values in whole.items()}
    owners = list(clusters)
    members = {name: index for index, name in enumerate(dict.fromkeys(owners))}
    by_cluster = np.zeros((len(members), len(patterns)))
    for owner, row in zip(owners, rows, strict=True):
        by_cluster[members[owner], position[row]] += 1
    samples = _from_counts(patterns, names, _draws(len(members), resamples) @ by_cluster)
    return {
        name: Coefficient(_number(values[0]), *_percentiles(samples[name]))
        for name, values in whole.items()
    }


@lru_cache(maxsize=2)  # comparisons mostly have the same studies; 10,000 of them take 160 MB
def _draws(size: int, resamples: int) -> NDArray[numpy.float64]:
    """How often each cluster is in each resample: the same draws on every machine."""
    import numpy as np

    # Python's generator keeps its sequence for ever; NumPy's newer ones may change with a version.
    # This one takes Python's state and goes on from there, ten times as fast as `random.choices`.
    _, (*words, position), _ = random.Random(SEED).getstate()
    source = np.random.RandomState()
    source.set_state(("MT19937", np.array(words, np.uint32), position, 0, 0.0))
    drawn = np.zeros((resamples, size))
    for sample in drawn:
        sample += np.bincount((source.random_sample(size) * size).astype(int), minlength=size)
    return drawn


def _from_counts(
    patterns: Sequence[tuple[str | None, ...]],
    names: Sequence[str],
    counts: NDArray[numpy.float64],
) -> dict[str, NDArray[numpy.float64]]:
    """The coefficients of several samples, each given by how often a pattern of codes occurs."""
    import numpy as np

    size = len(names)
    given = np.array([[pattern.count(name) for name in names] for pattern in patterns], float)
    coders = given.sum(axis=1)
    paired = coders >= 2
    with np.errstate(divide="ignore", invalid="ignore"):
        agreeing = (given * (given - 1)).sum(axis=1)
        in_unit = np.where(paired, agreeing / (coders * (coders - 1)), 0.0)
        of_paired = counts * paired
        observed = (of_paired @ in_unit) / of_paired.sum(axis=1)
        shares = np.where(coders[:, None] > 0, given / coders[:, None], 0.0)
        prevalence = (counts @ shares) / (counts @ (coders > 0))[:, None]
        scott = (prevalence**2).sum(axis=1)
        gwet = (prevalence * (1 - prevalence)).sum(axis=1) / (size - 1) if size > 1 else np.nan
        disagreeing = of_paired @ np.where(paired, coders - agreeing / (coders - 1), 0.0)
        totals = of_paired @ given
        number = totals.sum(axis=1)
        expected = number**2 - (totals**2).sum(axis=1)
        alpha = 1 - (number - 1) * disagreeing / expected
        return {
            "percentage": observed,
            "kappa": _cohen(patterns, names, counts, observed),
            "ac1": (observed - gwet) / (1 - gwet),
            "alpha": np.where(expected > 0, alpha, np.nan),
            "brennan_prediger": (observed - 1 / size) / (1 - 1 / size)
            if size > 1
            else np.full(len(counts), np.nan),
            "fleiss": (observed - scott) / (1 - scott),
        }


def _cohen(
    patterns: Sequence[tuple[str | None, ...]],
    names: Sequence[str],
    counts: NDArray[numpy.float64],
    observed: NDArray[numpy.float64],
) -> NDArray[numpy.float64]:
    import numpy as np

    if len(patterns[0]) != 2 or any(None in pattern for pattern in patterns):
        return np.full(len(counts), np.nan)
    first, second = (
        np.array([[pattern[coder] == name for name in names] for pattern in patterns], float)
        for coder in (0, 1)
    )
    units = counts.sum(axis=1)
    chance = ((counts @ first) * (counts @ second)).sum(axis=1) / units**2
    return (observed - chance) / (1 - chance)  # type: ignore[no-any-return]


def _number(value: float) -> float | None:
    import math

    return float(value) if math.isfinite(value) else None


def _percentiles(values: NDArray[numpy.float64]) -> tuple[float | None, float | None]:
    import numpy as np

    defined = values[np.isfinite(values)]
    # A coefficient that most samples do not define has no interval worth the name.
    if len(defined) < 0.95 * len(values):
        return None, None
    low, high = np.percentile(defined, (2.5, 97.5))
    return float(low), float(high)


# --- two codings of a review ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two codings of one review compared over one kind of unit.

    Parameters
    ----------
    what : id of a rank of the codebook (a unit is a study and a node of that rank: coded or not),
        or ``"direction"`` (a unit is a study and a node both codings have; its code is the
        direction, or the directions, coded there).
    scope : id of a node of the first rank, or ``""`` for all of them.
    both, first_only, second_only, neither : numbers of units; for directions ``both`` is how many
        agree, ``first_only`` how many do not, and the other two are 0.
    values : the coefficients by name.
    """

    what: str
    scope: str
    both: int
    first_only: int
    second_only: int
    neither: int
    values: Mapping[str, Coefficient]

    @property
    def units(self) -> int:
        """How many units were compared."""
        return self.both + self.first_only + self.second_only + self.neither


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A unit two codings disagree about: the study, the node and what each of them says."""

    study: str
    node: str
    what: str
    first: str
    second: str


class Agreement:
    """The first and the second coding of a review, compared.

    Parameters
    ----------
    records : the review's tables; the first coding is ``first_coding.csv``, or the coded findings
        themselves where there is no such table.
    second : the second coding; ``second_coding.csv`` if left out.

    Raises
    ------
    ValueError : there is no second coding.
    """

    def __init__(self, records: Records, second: Mapping[str, Finding] | None = None) -> None:
        self.records = records
        self.first: Mapping[str, Finding] = records.first_coding or records.findings
        self.second = records.second_coding if second is None else second
        if not self.second:
            raise ValueError("There is no second coding to compare with.")

    @cached_property
    def studies(self) -> tuple[str, ...]:
        """The studies with a finding in either coding, in the order of the table."""
        coded = {
            finding.study for coding in (self.first, self.second) for finding in coding.values()
        }
        return tuple(name for name in self.records.studies if name in coded)

    def nodes(self, rank: str, scope: str = "") -> tuple[str, ...]:
        """Nodes of a rank, below one node of the first rank or in the whole codebook.

        At the lowest rank, nodes that one of the codings does not tell apart are one:
        ``data/folds.csv`` says which.
        """
        book = self.records.codebook
        branch = book.branch(scope) if scope else frozenset(book.ids)
        folds = self._folds(rank)
        kept = dict.fromkeys(folds.get(node.id, node.id) for node in book.of_rank(rank))
        return tuple(name for name in kept if name in branch)

    def _folds(self, rank: str) -> Mapping[str, str]:
        """What nodes count as; empty above the lowest rank."""
        return self.records.folds if rank == self.records.settings.ranks[-1].id else {}

    def compare(self, what: str, scope: str = "", resamples: int = RESAMPLES) -> Comparison:
        """Compare the codings over one kind of unit; see :class:`Comparison`."""
        if what == "direction":
            return self._directions(scope, resamples)
        cells = self._cells(what)
        rows, owners = [], []
        for study in self.studies:
            for node in self.nodes(what, scope):
                rows.append(tuple(PRESENT if (study, node) in coded else ABSENT for coded in cells))
                owners.append(study)
        values = coefficients(rows, (PRESENT, ABSENT), owners, resamples)
        return Comparison(
            what,
            scope,
            both=rows.count((PRESENT, PRESENT)),
            first_only=rows.count((PRESENT, ABSENT)),
            second_only=rows.count((ABSENT, PRESENT)),
            neither=rows.count((ABSENT, ABSENT)),
            values=values,
        )

    def _directions(self, scope: str, resamples: int) -> Comparison:
        units = self._shared(self.direction_rank, scope)
        known = {direction.id for direction in self.records.settings.directions}
        categories = sorted(known | {code for _, _, *codes in units for code in codes})
        pairs = [(first, second) for _, _, first, second in units]
        values = coefficients(pairs, categories, [study for study, *_ in units], resamples)
        agreed = sum(first == second for first, second in pairs)
        return Comparison("direction", scope, agreed, len(pairs) - agreed, 0, 0, values)

    @property
    def direction_rank(self) -> str:
        """The rank whose nodes directions are compared at: the second, or the first if alone."""
        ranks = self.records.settings.ranks
        return ranks[min(1, len(ranks) - 1)].id

    def _cells(self, rank: str) -> tuple[dict[tuple[str, str], set[str]], ...]:
        """For each coding, the directions coded by study and node of a rank."""
        book = self.records.codebook
        held = {name: node.id for name in book.ids if (node := book.at_rank(name, rank))}
        folds = self._folds(rank)
        held.update({name: name for name in folds.values()})
        held.update(folds)
        found: list[dict[tuple[str, str], set[str]]] = []
        for coding in (self.first, self.second):
            cells: dict[tuple[str, str], set[str]] = {}
            for finding in coding.values():
                for theme in finding.themes:
                    if at := held.get(theme):
                        cells.setdefault((finding.study, at), set()).add(finding.direction)
            found.append(cells)
        return tuple(found)

    def _shared(self, rank: str, scope: str) -> list[tuple[str, str, str, str]]:
        first, second = self._cells(rank)

        def code(directions: set[str]) -> str:
            return " + ".join(sorted(directions))

        return [
            (study, node, code(first[study, node]), code(second[study, node]))
            for study in self.studies
            for node in self.nodes(rank, scope)
            if (study, node) in first and (study, node) in second
        ]

    def disagreements(self, what: str, scope: str = "") -> tuple[Unsettled, ...]:
        """Every unit the two codings disagree about, in the order of studies and codebook."""
        if what == "direction":
            return tuple(
                Unsettled(study, node, what, first, second)
                for study, node, first, second in self._shared(self.direction_rank, scope)
                if first != second
            )
        first, second = self._cells(what)
        return tuple(
            Unsettled(
                study,
                node,
                what,
                *(PRESENT if (study, node) in cells else ABSENT for cells in (first, second)),
            )
            for study in self.studies
            for node in self.nodes(what, scope)
            if ((study, node) in first) != ((study, node) in second)
        )
