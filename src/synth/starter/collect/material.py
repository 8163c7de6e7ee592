"""What is collected from a team's tables before it is written: studies, codings and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from synth.starter.codebook_draft import Codes
from synth.starter.identity import Studies
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report
from synth.starter.request import Pace
from synth.starter.sheet import Row, Sheet

NOT_STATED = "Not stated"
REPORTED = "Reported"
LISTS = ("country", "design", "filter")
Where = tuple[int, int]
"""A row: the number of its table, and its line."""


@dataclass
class Coding:
    """A finding in the making, and where it comes from.

    Parameters
    ----------
    study : index of its study.
    node : id of its code.
    direction : the word for its direction; empty if there is none.
    cells : what else the row says of it: summary, section, anchor, basis, finding.
    sheet, line, column : where it stands.
    """

    study: int
    node: str
    direction: str
    cells: dict[str, str]
    sheet: int
    line: int
    column: str


@dataclass
class Fact:
    """A column about studies or findings.

    Parameters
    ----------
    label : its heading.
    use : what it is.
    values : for sheet and line the values of the row.
    """

    label: str
    use: str
    values: dict[Where, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether its cells may hold several values."""
        return self.use in LISTS


@dataclass
class Material:
    """All that the tables say, before it is written as the tables of a review.

    Parameters
    ----------
    sheets : each table with the recipe it is read by.
    codes : the codebook.
    report : what the team is told.
    studies : who the rows are about.
    codings : findings that count.
    first, second : codings by other reviewers, which do not.
    facts : columns about studies and findings, by name.
    fate : for sheet and line what became of the row: empty if it is used, else the reason.
    made : for sheet, line and column how many codes its cell named; what makes none is not there.
    odd_countries : values of columns of countries that are none.
    directions : the words for directions, by the word that :func:`same` gives.
    has_directions : whether the tables say directions at all.
    """

    sheets: list[tuple[Sheet, SheetRecipe]]
    codes: Codes
    report: Report
    studies: Studies = field(default_factory=Studies)
    codings: list[Coding] = field(default_factory=list)
    first: list[Coding] = field(default_factory=list)
    second: list[Coding] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    fate: dict[Where, str] = field(default_factory=dict)
    made: dict[tuple[int, int, str], int] = field(default_factory=dict)
    odd_countries: dict[str, None] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    has_directions: bool = False

    def rows(self, chosen: set[Where], pace: Pace) -> Iterator[tuple[int, Sheet, SheetRecipe, Row]]:
        """Some of the rows, each with its table and how that is read."""
        for index, (sheet, recipe) in enumerate(self.sheets):
            for number, row in enumerate(sheet.rows):
                pace("Reading codes", number, len(sheet.rows))
                if (index, row.line) in chosen:
                    yield index, sheet, recipe, row

    def studies_by_row(self) -> Mapping[Where, list[int]]:
        """The studies that each row is about."""
        found: dict[Where, list[int]] = {}
        for (index, line, _), study in sorted(self.studies.of_row.items()):
            found.setdefault((index, line), []).append(study)
        return found

    def not_coded(self) -> list[int]:
        """Studies that no counting row codes: they stay in every denominator."""
        coded = {coding.study for coding in self.codings}
        told = {
            study
            for (index, _, _), study in self.studies.of_row.items()
            if self.sheets[index][1].rows in ("codings", "studies")
        }
        return sorted(told - coded)
