"""Records made by hand, for tests of what is drawn from them.

They hold one of everything a figure meets: two levels, a theme without a finding, a study without
a year, one in several countries, one that is no country, shared participants and shared authors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from synth.model import (
    EVIDENCE,
    Codebook,
    Direction,
    Facet,
    Finding,
    FlowBox,
    Influence,
    LevelLook,
    Place,
    Rank,
    Settings,
    Source,
    Study,
    Theme,
)
from synth.reading.records import Records as Read

RANKS = (
    Rank("level", "Level", "Levels"),
    Rank("theme", "Theme", "Themes"),
    Rank("factor", "Factor", "Factors"),
)
DIRECTIONS = (
    Direction(
        "helps", "Help", "Helps", "helps", "triangle-up", "solid", "#00708c", "#5cc3db", "helps"
    ),
    Direction(
        "both",
        "Both",
        "Both",
        "has both effects on",
        "diamond",
        "dotted",
        "#6a3fa0",
        "#c39bf7",
        "both",
    ),
    Direction(
        "blocks",
        "Block",
        "Blocks",
        "blocks",
        "triangle-down",
        "hatched",
        "#a8430a",
        "#f5a26b",
        "blocks",
    ),
    Direction(
        "scene", "Scene", "Scenes", "sets the scene of", "ring", "outline", "#434b57", "#d3d9df"
    ),
)
LOOK = LevelLook("ring-outer", "#2f4f9e", "#93b1f2", "#f2f5fb", "#191f2e")


def settings(**changes: Any) -> Settings:
    given: dict[str, Any] = {
        "title": "A review",
        "question": "What helps?",
        "source": Source("Doe, J. (2020). A review."),
        "licence": "CC-BY-4.0",
        "version": "9.9.9",
        "date": date(2020, 1, 1),
        "language": "en",
        "ranks": RANKS,
        "directions": DIRECTIONS,
        "facets": (
            Facet("country", "Country", "Countries", "either", many=True),
            Facet("design", "Design", "Designs", "study"),
        ),
        "levels": {"outer": LOOK},
        "not_countries": ("International",),
        "search_since": 2000,
        "search_until": 2020,
    }
    return Settings(**{**given, **changes})


def node(name: str, parent: str = "", label: str = "", depth: int = 0) -> Theme:
    words = label or name.replace("-", " ").capitalize()
    return Theme(name, parent, words, f"What {words} is.", "source", depth, RANKS[depth].id)


CODEBOOK = Codebook(
    (
        node("outer"),
        node("law", "outer", depth=1),
        node("mandates", "law", depth=2),
        node("licences", "law", depth=2),
        node("money", "outer", depth=1),
        node("inner"),
        node("team", "inner", depth=1),
        node("trust", "team", depth=2),
        node("quiet-theme", "inner", depth=1),
    )
)


def study(name: str, year: int | None, *countries: str, **more: Any) -> Study:
    return Study(name, EVIDENCE, countries=countries, year=year, **more)


STUDIES = (
    study("ames2004", 2004, "Kenya", design="qualitative"),
    study("bell2010", 2010, "Norway", "Sweden", design="qualitative", cohort="fjord"),
    study("bell2012", 2012, "Norway", design="quantitative", cohort="fjord"),
    study("cole2012", 2012, "International", design="review"),
    study("dunn2019", 2019, design="quantitative"),
    study("egan-nd", None, "Norway", design="qualitative"),
)
FINDINGS = (
    Finding("ames2004-01", "ames2004", "mandates", "helps", "A mandate made posts <possible>."),
    Finding("ames2004-02", "ames2004", "money", "blocks", "No fund paid for posts."),
    Finding(
        "bell2010-01", "bell2010", "trust", "helps", "Trust grew with time.", countries=("Norway",)
    ),
    Finding("bell2010-02", "bell2010", "mandates", "blocks", "A mandate stood on paper."),
    Finding("bell2012-01", "bell2012", "trust", "helps", "Trust lasted."),
    Finding("cole2012-01", "cole2012", "law", "scene", "Laws differ between countries."),
    Finding("dunn2019-01", "dunn2019", "trust", "blocks", "Trust broke after a dispute."),
    Finding(
        "egan-nd-01", "egan-nd", "licences", "both", "A licence helps some and shuts out others."
    ),
)
INFLUENCES = (
    Influence("law-money", "law", "money", "helps", "Law opens a fund.", ("ames2004", "bell2010")),
    Influence(
        "mandates-trust", "mandates", "trust", "blocks", "Rules strain a team.", ("dunn2019",)
    ),
    Influence("money-team", "money", "team", "both", "Money does both.", basis="inferred"),
    Influence("team-law", "team", "law", "helps", "Teams shape rules.", ("bell2012",)),
    Influence("trust-trust", "trust", "trust", "helps", "Trust breeds trust.", ("bell2010",)),
)
FLOW = (
    FlowBox("base-a", "finding", "source", "found", "Records from databases", 90, "reported"),
    FlowBox("a1", "finding", "source", "base-a", "A database", None, "not reported"),
    FlowBox("base-b", "finding", "source", "found", "Records by hand", 10, "reported"),
    FlowBox("found", "finding", "remaining", "", "Records found", 100, "derived"),
    FlowBox(
        "twice", "finding", "removed", "found", "Duplicates", 40, "derived", "Removed by hand."
    ),
    FlowBox("read", "reading", "remaining", "found", "Records screened", 60, "reported"),
    FlowBox("out", "reading", "removed", "read", "Records excluded", 54, "derived"),
    FlowBox("out-1", "reading", "reason", "out", "Off topic", 50, "reported"),
    FlowBox("out-2", "reading", "reason", "out", "Too <short>", 4, "reported"),
    FlowBox("kept", "included", "remaining", "read", "Studies included", 6, "reported"),
)
PLACES = (
    Place("Kenya", "Africa", "Lower middle income", "World Bank", 2020),
    Place("Norway", "Europe", "High income", "World Bank", 2020),
    Place("Sweden", "Europe", "High income", "World Bank", 2020),
)
AUTHORS = {
    "ames2004": ("Ames", "Kane"),
    "bell2010": ("Bell", "Dahl"),
    "bell2012": ("Dahl", "Bell"),
    "cole2012": ("Cole",),
    "dunn2019": ("Dunn", "Kane"),
    "egan-nd": ("Egan",),
}


@dataclass(frozen=True)
class Records:
    """Stands in for :class:`synth.reading.records.Records` without any file."""

    settings: Settings = field(default_factory=settings)
    codebook: Codebook = CODEBOOK
    studies: Mapping[str, Study] = field(default_factory=lambda: _by_id(STUDIES))
    findings: Mapping[str, Finding] = field(default_factory=lambda: _by_id(FINDINGS))
    influences: Mapping[str, Influence] = field(default_factory=lambda: _by_id(INFLUENCES))
    flow: tuple[FlowBox, ...] = FLOW
    places: Mapping[str, Place] = field(default_factory=lambda: {p.country: p for p in PLACES})
    authors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: AUTHORS)

    # What is worked out once is kept as there.
    once = Read.once
    _once = Read._once

    def label(self, study: str) -> str:
        year = self.studies[study].year
        return f"{study[:4].capitalize()}, {year or 'n.d.'}"

    @property
    def bibliography(self) -> Mapping[str, Any]:
        return {
            name: SimpleNamespace(
                doi="",
                authors=tuple(
                    SimpleNamespace(first="A.", von="", last=last, jr="") for last in lasts
                ),
            )
            for name, lasts in self.authors.items()
        }


def _by_id(rows: Iterable[Any]) -> dict[str, Any]:
    return {row.id: row for row in rows}


def records(**changes: Any) -> Any:
    """The records above, with some of them replaced; rows may be given as sequences."""
    tables = ("studies", "findings", "influences")
    given: dict[str, Any] = {
        name: _by_id(rows) if name in tables else rows for name, rows in changes.items()
    }
    return Records(**given)
