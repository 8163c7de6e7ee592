"""A sheet for another coder: places of the source without their codes, and what came back.

Drawn are statements, because the studies of one sentence share its code. How far the sheet agrees
with the book is said with the coefficients of :mod:`synth.agreement`.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synth.agreement import COEFFICIENTS, Coefficient, coefficients
from synth.errors import Problem, ReviewError, did_you_mean
from synth.model import Statement, statements_of
from synth.reading.records import Records
from synth.reading.textio import write_asked
from synth.starter.spreadsheet import folded, read_tables
from synth.text import counted

SEED = 20260101
"""Where the draw begins, if nobody says otherwise: the same review gives the same sheet."""
COLUMNS = ("place", "studies", "section", "words", "code", "direction", "note")
"""Columns of the sheet; the last three are for the coder."""
_LEAST_FOR_INTERVALS = 10


def drawn(records: Records, number: int, seed: int = SEED) -> tuple[Statement, ...]:
    """Statements drawn at random, in the order of the source's findings.

    Parameters
    ----------
    records : the review's tables.
    number : how many.
    seed : where the draw begins.

    Raises
    ------
    ReviewError : there are not so many.
    """
    known = statements_of(tuple(records.findings.values()))
    if not 0 < number <= len(known):
        file = "data/coded_studies.csv"
        raise ReviewError([Problem("sample-size", file, number=number, most=len(known))])
    chosen = random.Random(seed).sample(range(len(known)), number)
    return tuple(known[index] for index in sorted(chosen))


def _rows(records: Records, statements: Sequence[Statement]) -> Iterator[dict[str, str]]:
    """What stands in the sheet; nothing in it tells a code."""
    for statement in statements:
        first = records.findings[statement.id]
        studies = dict.fromkeys(
            records.label(records.findings[name].study) for name in statement.findings
        )
        blank = dict.fromkeys(COLUMNS, "")
        yield blank | {
            "place": first.id,
            "studies": "; ".join(studies),
            "section": first.section,
            "words": first.anchor,
        }


def write_sheet(records: Records, statements: Sequence[Statement], out: Path) -> None:
    """Write a blank sheet: a workbook whose cells offer the codes, or CSV.

    Parameters
    ----------
    records : the review's tables.
    statements : what is to be coded.
    out : the file; ``.xlsx`` or ``.csv``.

    Raises
    ------
    ReviewError : it has another ending, or stands there already.
    """
    if out.exists():
        raise ReviewError([Problem("sample-exists", str(out))])
    rows = list(_rows(records, statements))
    if out.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue().encode()
    elif out.suffix.lower() == ".xlsx":
        content = _workbook(records, rows)
    else:
        raise ReviewError([Problem("sample-kind", str(out), value=out.suffix or out.name)])
    write_asked(out, content)


def _workbook(records: Records, rows: Sequence[Mapping[str, str]]) -> bytes:
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, codes = book.add_worksheet("Sheet"), book.add_worksheet("Codes")
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        sheet.write_row(0, 0, COLUMNS, bold)
        for line, row in enumerate(rows, 1):
            for column, name in enumerate(COLUMNS):
                sheet.write_string(line, column, row[name], wrapped)
        nodes = list(records.codebook)
        codes.write_row(0, 0, ("code", "label", "rank", "definition"), bold)
        for line, node in enumerate(nodes, 1):
            codes.write_row(line, 0, (node.id, node.label, node.rank, node.definition), wrapped)
        ways = [way.id for way in records.settings.directions]
        # A list in the cell itself holds 255 signs at most; a codebook is longer.
        choices = {
            "code": f"=Codes!$A$2:$A${len(nodes) + 1}",
            "direction": ways,
        }
        for name, source in choices.items():
            at = COLUMNS.index(name)
            sheet.data_validation(1, at, len(rows), at, {"validate": "list", "source": source})
        for at, width in enumerate((18, 32, 24, 56, 30, 14, 40)):
            sheet.set_column(at, at, width)
        codes.set_column(0, 2, 30)
        codes.set_column(3, 3, 90)
        sheet.freeze_panes(1, 1)
    return content.getvalue()


@dataclass(frozen=True, slots=True)
class Compared:
    """What one question of the sheet gave: what was compared, and how far it agrees.

    Parameters
    ----------
    what : a rank of the codebook, or ``"direction"``.
    alike, units : how many places agree, of how many that both coded.
    studies : of how many studies these places are.
    values : the coefficients by name.
    """

    what: str
    alike: int
    units: int
    studies: int
    values: Mapping[str, Coefficient]


@dataclass(frozen=True, slots=True)
class Apart:
    """A place that sheet and book code differently."""

    place: str
    words: str
    what: str
    book: str
    sheet: str


@dataclass(frozen=True, slots=True)
class SheetAgreement:
    """How far a coder's sheet agrees with the book.

    Parameters
    ----------
    coded : places with a code; ``blank`` those without.
    compared : the comparisons, from the highest rank down, then the direction.
    apart : every disagreement.
    """

    coded: int
    blank: int
    compared: tuple[Compared, ...]
    apart: tuple[Apart, ...]

    @property
    def text(self) -> str:
        """What was found, for the terminal."""
        of = self.coded + self.blank
        left = f"{self.blank} {'is' if self.blank == 1 else 'are'} blank and left out"
        lines = [f"{self.coded} of {of} places are coded; {left}.", ""]
        if not self.compared:
            lines.append("So there is nothing to compare yet: fill in 'code' and 'direction'.")
            return "\n".join(lines)
        for each in self.compared:
            lines.append(f"{each.what}: {each.alike} of {each.units} places alike")
            lines += [f"  {_NAMES[name]}: {_said(each.values[name])}" for name in COEFFICIENTS]
            if each.studies < _LEAST_FOR_INTERVALS:
                few = counted(each.studies, "study", "studies")
                least = _LEAST_FOR_INTERVALS
                lines.append(f"  no intervals: the places are of {few}, and {least} are needed")
        lines += ["", f"Disagreements: {len(self.apart)}"]
        for one in self.apart:
            lines += [
                f"- {one.place} ({one.what}): book {one.book}, sheet {one.sheet}",
                f"  “{one.words}”",
            ]
        lines += ["", "Agreement shows that a text is read alike, not that the reading is right."]
        return "\n".join(lines)


_NAMES = {
    "percentage": "agreement",
    "kappa": "Cohen's kappa",
    "ac1": "Gwet's AC1",
    "alpha": "Krippendorff's alpha",
    "brennan_prediger": "Brennan-Prediger",
}


def _said(value: Coefficient) -> str:
    if value.value is None:
        return "not defined, because all codes are one"
    interval = "" if value.low is None else f" [{value.low:.3f}, {value.high:.3f}]"
    return f"{value.value:.3f}{interval}"


def agree(records: Records, path: Path) -> SheetAgreement:
    """Read a coder's sheet back and compare it with the book.

    Parameters
    ----------
    records : the review's tables.
    path : the sheet, in any format that ``synth import`` reads.

    Returns
    -------
    What was compared. A unit is a place both coded; a code below a rank counts as its node of that
    rank, one above it leaves the place out of that comparison. Intervals resample studies.

    Raises
    ------
    ReviewError : the sheet cannot be read, lacks a column, or names a place, code or direction
        that is not there; every problem with its line.
    """
    sheets, problems = read_tables(path)
    if not sheets:
        raise ReviewError(problems)
    # A workbook also holds the list of codes, and coders move sheets.
    sheet = next((one for one in sheets if "place" in map(folded, one.header)), sheets[0])
    columns = {folded(name): name for name in sheet.header}
    missing = [name for name in ("place", "code", "direction") if name not in columns]
    if missing:
        found = ", ".join(sheet.header)
        raise ReviewError(
            [Problem("sample-column", str(path), 0, name, found=found) for name in missing]
        )
    codes = _codes(records)
    ways = {
        folded(word): way.id
        for way in records.settings.directions
        for word in (way.plural, way.label, way.id)
    }
    wrong: list[Problem] = []
    given: dict[str, tuple[str, str]] = {}
    blank = 0
    for row in sheet.rows:
        place, code, way = (
            " ".join(row.cells[columns[name]].split()) for name in ("place", "code", "direction")
        )
        where = (str(path), row.line)
        if place not in records.findings:
            near = did_you_mean(place, records.findings)
            wrong.append(Problem("sample-unknown", *where, "place", value=place, near=near))
        elif place in given:
            wrong.append(Problem("sample-twice", *where, "place", value=place))
        elif not code and not way:
            blank += 1
        else:
            meant = codes.get(folded(code), ())
            if len(meant) > 1:
                listed = ", ".join(repr(" > ".join(_way(records, name))) for name in meant)
                wrong.append(Problem("code-ambiguous", *where, "code", value=code, listed=listed))
            labels = [node.label for node in records.codebook]
            for name, value, known, shown in (
                ("code", code, codes, labels),
                ("direction", way, ways, list(ways.values())),
            ):
                if value and folded(value) not in known:
                    last = re.split(r"\s*[>/|]\s*", value)[-1]
                    near = did_you_mean(value, shown) or did_you_mean(last, shown)
                    wrong.append(Problem("sample-unknown", *where, name, value=value, near=near))
            given[place] = (next(iter(meant), ""), ways.get(folded(way), ""))
    if wrong:
        raise ReviewError(wrong)
    return _compared(records, given, blank)


def _codes(records: Records) -> dict[str, tuple[str, ...]]:
    """Nodes by what a coder may call them: the id, the label, the way to it, a synonym.

    A label that two nodes bear means both, until the way to one of them is written. A synonym that
    is the label or id of a node says that one.
    """
    codes: dict[str, dict[str, None]] = {}
    for node in records.codebook:
        way = _way(records, node.id)
        for start in range(len(way)):
            codes.setdefault(folded(" > ".join(way[start:])), {})[node.id] = None
    named = {folded(node.id): (node.id,) for node in records.codebook}
    called = {name: tuple(found) for name, found in codes.items()}
    synonyms: dict[str, dict[str, None]] = {}
    for node in records.codebook:
        for word in node.synonyms:
            synonyms.setdefault(folded(word), {})[node.id] = None
    others = {name: tuple(found) for name, found in synonyms.items()}
    # Where labels differ by their place alone, the id of the first is no answer to the label.
    return {**others, **named, **called}


def _way(records: Records, name: str) -> list[str]:
    """The labels of a node and of those above it, from the first rank down."""
    return [node.label for node in records.codebook.path(name)]


def _compared(records: Records, given: Mapping[str, tuple[str, str]], blank: int) -> SheetAgreement:
    compared: list[Compared] = []
    apart: dict[tuple[str, str], Apart] = {}
    ranks = [rank.id for rank in records.settings.ranks]
    for what in (*ranks, "direction"):
        units, clusters = [], []
        for place, (code, way) in given.items():
            finding = records.findings[place]
            if what == "direction":
                pair = finding.direction, way
            else:
                pair = _at(records, finding.theme, what), _at(records, code, what)
            if not all(pair):
                continue
            units.append(pair)
            clusters.append(finding.study)
            if pair[0] != pair[1]:
                # Codes that part at a high rank part below it too: the deepest is told.
                kind = "direction" if what == "direction" else "code"
                said = pair if kind == "direction" else (finding.theme, code)
                apart[place, kind] = Apart(place, finding.anchor, kind, *said)
        if units:
            studies = len(set(clusters))
            enough = studies >= _LEAST_FOR_INTERVALS
            known = (
                [each.id for each in records.settings.directions]
                if what == "direction"
                else [node.id for node in records.codebook.of_rank(what)]
            )
            values = coefficients(units, known, clusters if enough else None)
            alike = sum(first == second for first, second in units)
            compared.append(Compared(what, alike, len(units), studies, values))
    ordered = sorted(apart.values(), key=lambda one: (one.place, one.what))
    return SheetAgreement(len(given), blank, tuple(compared), tuple(ordered))


def _at(records: Records, code: str, rank: str) -> str:
    """The node of a rank that a code stands at or below; empty if it stands above."""
    if not code:
        return ""
    path = records.codebook.path(code)
    return next((node.id for node in path if node.rank == rank), "")
