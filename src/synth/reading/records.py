"""All files of a review to records: what the tables, the settings and the bibliography hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from synth.errors import Problem, ReviewError
from synth.messages import Words
from synth.model import (
    NOT_APPLICABLE,
    TABLES,
    Codebook,
    Disagreement,
    Facet,
    Finding,
    FlowBox,
    Influence,
    Place,
    Settings,
    Statement,
    Study,
    Theme,
    statements_of,
)
from synth.reading.bibliography import BIB_FILE, read_bibliography
from synth.reading.csv_table import TableText, read_table_text, split
from synth.reading.flow_sums import note_with_counts
from synth.reading.settings import SETTINGS_FILE, read_settings
from synth.reading.textio import without_collecting
from synth.references.apa import author_year
from synth.references.work import Bibliography
from synth.text import fold

Made = TypeVar("Made")


@dataclass(frozen=True)
class Records:
    """Everything a review's files hold, as records by id, in the order of the files.

    Parameters
    ----------
    root : the folder that holds ``data/`` and ``references.bib``.
    settings, codebook, studies, findings, influences, flow, places, bibliography : what they hold.
    first_coding, second_coding : findings of two codings of the same text, by id, as they were
        made; empty if there are none.
    folds : nodes that one of two codings does not tell apart, and what each counts as between them.
    consensus : what the two codings disagreed about, and what was settled.
    tables : the tables as they are written, by name.
    """

    root: Path
    settings: Settings
    codebook: Codebook
    studies: Mapping[str, Study]
    findings: Mapping[str, Finding]
    influences: Mapping[str, Influence]
    flow: tuple[FlowBox, ...]
    places: Mapping[str, Place]
    bibliography: Bibliography
    tables: Mapping[str, TableText] = field(repr=False)
    first_coding: Mapping[str, Finding] = field(default_factory=dict)
    second_coding: Mapping[str, Finding] = field(default_factory=dict)
    consensus: tuple[Disagreement, ...] = ()
    folds: Mapping[str, str] = field(default_factory=dict)

    @property
    def sound(self) -> Records:
        """The records without findings and influences that name what is not there.

        Pages are checked against these, so that one slip in a table is told there, once.
        """
        directions = {direction.id for direction in self.settings.directions}
        findings = {
            name: finding
            for name, finding in self.findings.items()
            if finding.study in self.studies
            and finding.direction in directions
            and all(theme in self.codebook for theme in finding.themes)
        }
        influences = {
            name: influence
            for name, influence in self.influences.items()
            if influence.direction in directions
            and influence.source in self.codebook
            and influence.target in self.codebook
            and all(study in self.studies for study in influence.studies)
        }
        if (len(findings), len(influences)) == (len(self.findings), len(self.influences)):
            return self
        return replace(self, findings=findings, influences=influences)

    @property
    def unread(self) -> tuple[str, ...]:
        """Files that are there, or should be, and of which nothing could be read.

        What names their rows is not checked against them: one slip would be told a hundred times.
        """
        files = [] if self.settings.ranks else [SETTINGS_FILE]
        for name, table in TABLES.items():
            there = not table.optional or (self.root / table.file).exists()
            if there and not self.tables[name].header:
                files.append(table.file)
        return tuple(files)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Findings that say the same, gathered; see :func:`synth.model.statements_of`."""
        return statements_of(self.findings.values())

    @cached_property
    def lines(self) -> Mapping[tuple[str, str], int]:
        """Line of each row, by the short name of its table and its id."""
        return {
            (name, key): line
            for name, table in self.tables.items()
            for key, line in zip(
                reversed(table.column(TABLES[name].key)), reversed(table.lines), strict=True
            )
        }

    def label(self, study: str) -> str:
        """A study as it is cited, such as ``"Otte et al., 2020a"``; its id if it has no entry."""
        # A table names a study with each of its findings.
        known: dict[str, str] = self.once("labels", dict)
        if study not in known:
            work = self.bibliography.get(study)
            known[study] = author_year(work) if work is not None else study
        return known[study]

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What follows from the records alone, worked out once for all who ask.

        Parameters
        ----------
        name : of what is worked out.
        make : works it out when it is asked for first.
        """
        if name not in self._once:
            self._once[name] = make()
        made: Made = self._once[name]
        return made

    @cached_property
    def _once(self) -> dict[str, Any]:
        return {}

    def studies_of(self, ids: Iterable[str]) -> list[str]:
        """The studies of some findings, in the order of a reference list.

        Parameters
        ----------
        ids : ids of findings.

        Returns
        -------
        The id of each study once.
        """
        used = {self.findings[name].study for name in ids}
        return sorted(used, key=lambda name: (fold(self.label(name)), name))


def find_root(start: Path | None = None) -> Path:
    """The review's root: the nearest folder, upwards, that holds ``data/review.toml``.

    Parameters
    ----------
    start : where to begin; the current folder if not given.

    Raises
    ------
    ReviewError : no folder upwards holds one.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise no_review(f"{here.as_posix()} or above it")


def no_review(folder: Path | str) -> ReviewError:
    """What is raised for a folder that holds no review."""
    return ReviewError([Problem("review-missing", SETTINGS_FILE, folder=str(folder))])


def read_records(root: Path) -> tuple[Records, list[Problem]]:
    """Read all tables, the settings and the bibliography, with the problems of each file alone.

    Parameters
    ----------
    root : the review's root.

    Returns
    -------
    The records as far as they can be read, and the problems; with errors among those, the records
    are good for checking but not for drawing.
    """
    with without_collecting():
        return _read_all(root)


def _read_all(root: Path) -> tuple[Records, list[Problem]]:
    settings, problems = read_settings(root)
    tables: dict[str, TableText] = {}
    for name in TABLES:
        tables[name], found = read_table_text(root, name, settings)
        problems += found
    bibliography, found = read_bibliography(root / BIB_FILE)
    problems += found
    studies = _studies(tables["studies"], bibliography)
    findings = _findings(tables["coded_studies"])
    facets = (
        replace(facet, known=_known(facet, settings, tables["places"], studies, findings))
        for facet in settings.facets
    )
    settings = replace(settings, facets=tuple(facets))
    return (
        Records(
            root=root,
            settings=settings,
            codebook=_codebook(tables["codebook"], settings),
            studies=studies,
            findings=findings,
            influences=_influences(tables["influences"]),
            flow=_flow(tables["flow"]),
            places=_places(tables["places"]),
            bibliography=bibliography,
            tables=tables,
            first_coding=_findings(tables["first_coding"], "first_coding"),
            second_coding=_findings(tables["second_coding"], "second_coding"),
            consensus=tuple(
                Disagreement(*cells) for cells in _distinct(tables["consensus"], "consensus")
            ),
            folds=dict(_distinct(tables["folds"], "folds")),
        ),
        problems,
    )


def _distinct(table: TableText, name: str) -> Iterator[list[str]]:
    """The declared cells of rows that have a name of their own; of two with one name, the first."""
    columns = [table.column(column.name) for column in TABLES[name].columns]
    seen: set[str] = set()
    for cells in zip(*columns, strict=True):
        if cells[0] and cells[0] not in seen:
            seen.add(cells[0])
            yield list(cells)


def _extra(table: TableText, name: str) -> dict[str, Mapping[str, str]]:
    """The cells of undeclared columns, by the row's name."""
    declared = {column.name for column in TABLES[name].columns}
    extra = [column for column in table.header if column not in declared]
    if not extra:
        return {}
    keys = table.column(TABLES[name].key)
    rows = zip(*[table.columns[column] for column in extra], strict=True)
    found: dict[str, Mapping[str, str]] = {}
    for key, cells in zip(keys, rows, strict=True):
        found.setdefault(key, dict(zip(extra, cells, strict=True)))
    return found


_NOTHING: Mapping[str, str] = MappingProxyType({})


def _codebook(table: TableText, settings: Settings) -> Codebook:
    """The tree; a node without a way up to a first rank is left out, and told by the checks."""
    rows = list(_distinct(table, "codebook"))
    parents = {name: parent for name, parent, *_ in rows}
    nodes: list[Theme] = []
    for name, parent, label, definition, origin, synonyms, former in rows:
        depth = len(ancestors(name, parents) or ()) - 1
        if 0 <= depth < len(settings.ranks):
            rank = settings.ranks[depth].id
            words = split(synonyms), split(former)
            nodes.append(Theme(name, parent, label, definition, origin, depth, rank, *words))
    return Codebook(tuple(nodes))


def ancestors(name: str, parents: Mapping[str, str]) -> tuple[str, ...] | None:
    """A node and all above it, or ``None`` where the way up ends nowhere or runs in a circle.

    >>> ancestors("c", {"a": "", "b": "a", "c": "b"})
    ('c', 'b', 'a')
    """
    way: list[str] = []
    while name:
        if name in way or name not in parents:
            return None
        way.append(name)
        name = parents[name]
    return tuple(way)


def _studies(table: TableText, bibliography: Bibliography) -> dict[str, Study]:
    extra = _extra(table, "studies")
    studies = {}
    for cells in _distinct(table, "studies"):
        name, role, country, design, detail, setting, sample, cohort, *sources = cells
        work = bibliography.get(name)
        studies[name] = Study(
            name,
            role,
            split(country),
            design,
            detail,
            setting,
            sample,
            cohort,
            sources[0],
            sources[1],
            work.year if work is not None else None,
            extra.get(name, _NOTHING),
        )
    return studies


def _findings(table: TableText, name: str = "coded_studies") -> dict[str, Finding]:
    extra = _extra(table, name)
    findings = {}
    for cells in _distinct(table, name):
        finding, study, theme, also, direction, summary, country, section, anchor, basis = cells
        findings[finding] = Finding(
            finding,
            study,
            theme,
            direction,
            summary,
            split(country),
            section,
            anchor,
            basis,
            extra.get(finding, _NOTHING),
            split(also),
        )
    return findings


def _influences(table: TableText) -> dict[str, Influence]:
    return {
        name: Influence(name, source, target, direction, mechanism, split(studies), *rest)
        for name, source, target, direction, mechanism, studies, *rest in _distinct(
            table, "influences"
        )
    }


def _flow(table: TableText) -> tuple[FlowBox, ...]:
    written = tuple(
        FlowBox(name, stage, kind, of, label, _number(count), state, note)
        for name, stage, kind, of, label, count, state, note in _distinct(table, "flow")
    )
    boxes = {box.id: box for box in written}
    return tuple(replace(box, note=note_with_counts(box.note, boxes)) for box in written)


def _number(cell: str) -> int | None:
    # Python refuses to read numbers of thousands of digits; a count has far fewer.
    return int(cell) if re.fullmatch(r"[0-9]{1,18}", cell) else None


def _known(
    facet: Facet,
    settings: Settings,
    places: TableText,
    studies: Mapping[str, Study],
    findings: Mapping[str, Finding],
) -> Mapping[str, str]:
    """What the files say of a facet that no study and no finding has a cell for."""
    if facet.of == "country":
        names, cells = places.column("country"), places.column(facet.id)
        told = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
        return {**told, **dict.fromkeys(settings.not_countries, NOT_APPLICABLE)}
    if facet.of != "statement":
        return facet.known
    words = Words.of(settings)
    counted: dict[str, str] = {}
    for said in statements_of(findings.values()):
        works = {findings[name].study for name in said.findings}
        groups = {studies[name].group if name in studies else name for name in works}
        kind = "single" if len(works) == 1 else "group" if len(groups) == 1 else "several"
        counted |= dict.fromkeys(said.findings, words[f"support_{kind}"])
    return counted


def _places(table: TableText) -> dict[str, Place]:
    return {
        name: Place(name, region, income, classification, _number(year) or 0)
        for name, region, income, classification, year in _distinct(table, "places")
    }
