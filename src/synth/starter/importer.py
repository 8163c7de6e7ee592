"""An author's table, references and codebook as the data of a review, with all that was assumed.

Nothing is dropped, joined or guessed without a word; rows that cannot be understood stop it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import Problem, ReviewError, told_once
from synth.model import BACKGROUND, EVIDENCE, NOT_REPORTED, RESERVED_FACETS, TABLES, Column
from synth.reading.bibliography import BIB_FILE
from synth.reading.csv_table import Row, split
from synth.reading.settings import SETTINGS_FILE
from synth.starter.codebook_draft import (
    MOST_RANKS,
    NOT_DEFINED,
    Codes,
    draft_codes,
    rank_names,
    read_codes,
    several,
)
from synth.starter.columns import Columns, find_columns
from synth.starter.palette import MOST_DIRECTIONS, Way, level_look, ways
from synth.starter.project import Draft, Say
from synth.starter.reference_import import Works, read_works, works_from_table
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import (
    column_name,
    folded,
    plural,
    printable,
    read_sheet,
    slug,
    unique,
)

if TYPE_CHECKING:
    from synth.starter.request import Request

# More problems than these are counted, not listed: the first ones tell what is wrong.
_LISTED = 40
_NO_SUMMARY = "Coded here; no summary is written yet."
# What teams write for "unknown" where we say "not reported" (synth check refuses the others).
_SILENT = re.compile(
    r"\?+|-+|–|—|unknown|not known|unreported|nr|n\.r\.|not stated|not specified|unspecified|tbd"
    r"|n/?a|n\.a\.|null|nan|missing",
    re.IGNORECASE,
)
_STUDY_COLUMNS = ("country", "design", "setting", "sample", "cohort")


@dataclass
class Told:
    """What an author should know: what was assumed, what is missing, what is wrong."""

    assumed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Facet:
    """A column readers can filter by, as ``review.toml`` writes it."""

    id: str
    label: str
    of: str
    many: bool


@dataclass
class Coded:
    """A finding in the making: its cells, and the author's row it comes from."""

    cells: dict[str, str]
    line: int


def take_in(request: Request, say: Say) -> Draft:
    """Make the data of a review from an author's files, and say everything about it.

    Parameters
    ----------
    request : the files, and what the author says of them.
    say : where it is said.

    Raises
    ------
    ReviewError : a file or a row cannot be understood; every problem is named with its line.
    """
    assert request.table is not None
    told = Told()
    sheet, found = read_sheet(request.table)
    told.problems += found
    _stop(told)
    columns, found = find_columns(sheet.header, request.columns, sheet.file)
    told.problems += found
    say(f"Read {_number(len(sheet.rows), 'row')} and {len(sheet.header)} columns: {sheet.file}")
    _say_all(say, sheet.notes)
    say("Its columns hold:")
    _say_all(say, [*columns.told, *(f"{'other':10} {name!r}" for name in columns.extra)])
    if columns.guessed:
        told.assumed.append(
            "Columns marked (guessed) were recognised by their headings: correct them with "
            "--columns NAME=COLUMN."
        )
    _stop(told)
    works = _works(request.bib, sheet, columns, told, say)
    codes = _codes(request, sheet, columns, told, say)
    _stop(told)
    return _Making(request, sheet, columns, works, codes, told).draft(say)


def _stop(told: Told) -> None:
    """Stop if something is wrong: so many problems are listed, the others counted."""
    errors = [problem for problem in told.problems if problem.severity == "error"]
    if not errors:
        return
    errors = told_once(errors)
    if len(errors) > _LISTED:
        rest = len(errors) - _LISTED
        last = errors[_LISTED]
        more = Problem("more-problems", last.file, last.line, rest=_number(rest, "more problem"))
        errors = [*errors[:_LISTED], more]
    raise ReviewError(errors)


def _say_all(say: Say, lines: Iterable[str]) -> None:
    for line in lines:
        say(f"  {line}")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else plural(noun)}"


# --- references ---------------------------------------------------------------------------------


def _works(bib: Path | None, sheet: Sheet, columns: Columns, told: Told, say: Say) -> Works:
    if bib is not None:
        works, found = read_works(bib)
        told.problems += found
        say(f"Read {_number(len(works.bibliography), 'work')}: {bib}")
        _say_all(say, works.notes)
        changed = [f"{old!r} is now {new!r}" for new, old in works.former.items() if old != new]
        if changed:
            told.assumed.append(
                f"{_number(len(changed), 'key')} of {bib} got a form that can be an id: "
                f"{_some(changed)}."
            )
        return works
    column = columns.one("study")
    details = {role: columns.one(role) for role in ("author", "year", "title", "journal", "doi")}
    named: dict[str, dict[str, str]] = {}
    for row in sheet.rows:
        name = _study_name(row, columns)
        if name:
            known = named.setdefault(name, {})
            for role, held in details.items():
                if held and not known.get(role):
                    known[role] = row.cells[held]
    works = works_from_table(named.items())
    told.missing.append(
        f"References: without --bib the {_number(len(works.bibliography), 'work')} of the column "
        f"{column!r} are known by the table alone. Complete them in {BIB_FILE}."
    )
    return works


def _study_name(row: Row, columns: Columns) -> str:
    """What a row calls its study; author and year where these are two columns."""
    name = row.cells[columns.one("study")]
    year = columns.one("year")
    if year and name and not re.search(r"\d{4}", name):
        return f"{name} {row.cells[year]}".strip()
    return name


def _some(listed: Sequence[str], most: int = 4) -> str:
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


# --- codebook -----------------------------------------------------------------------------------


def _codes(request: Request, sheet: Sheet, columns: Columns, told: Told, say: Say) -> Codes:
    if request.codebook is None:
        codes = draft_codes(sheet, columns.of["theme"])
        said = "Drafted a codebook from the codes that occur"
    else:
        book, found = read_sheet(request.codebook)
        told.problems += found
        _stop(told)
        codes, found = read_codes(book)
        told.problems += found
        codes.notes[:0] = book.notes
        said = f"Read a codebook: {request.codebook}"
    if codes.depth > MOST_RANKS:
        numbers = {"n": codes.depth, "most": MOST_RANKS}
        told.problems.append(Problem("ranks-many", codes.file or sheet.file, **numbers))
    say(f"{said}: {_number(len(codes.nodes), 'node')}, {_number(codes.depth, 'rank')}")
    _say_all(say, codes.notes)
    return codes


# --- putting it together ------------------------------------------------------------------------


@dataclass
class _Making:
    """The author's files on their way to a review's tables."""

    request: Request
    sheet: Sheet
    columns: Columns
    works: Works
    codes: Codes
    told: Told

    def draft(self, say: Say) -> Draft:
        """The data, after everything about it was said."""
        directions = self._directions()
        coded = self._coded(dict(directions))
        _stop(self.told)
        studies, facets = self._placed(coded)
        ranks, assumed = rank_names(self.codes, self.request.ranks)
        if assumed:
            self.told.assumed.append(assumed)
        facets = self._apart(facets, [rank[0] for rank in ranks], coded, studies)
        directed = ways([(name, label) for label, name in directions])
        sections = dict.fromkeys(row.cells["section"] for row in coded if row.cells["section"])
        self._definitions()
        settings = self._settings(ranks, directed, facets, [*sections])
        coded.sort(key=lambda row: row.cells["finding"])
        files = {
            SETTINGS_FILE: settings,
            TABLES["codebook"].file: self._codebook(),
            TABLES["studies"].file: self._table("studies", studies),
            TABLES["coded_studies"].file: self._table(
                "coded_studies", [row.cells for row in coded]
            ),
            BIB_FILE: self.works.text,
        }
        self._say(say, coded, studies, directed, facets)
        return Draft(files, self._places(coded))

    # --- rows ---

    def _directions(self) -> list[tuple[str, str]]:
        """Words of the column of directions and their ids, the same word in one spelling."""
        column = self.columns.one("direction")
        if not column:
            self.told.assumed.append(
                "There is no column of directions, so all findings have one, 'Reported'. To tell "
                "them apart name a column: --columns direction=COLUMN."
            )
            return [("Reported", "reported")]
        spelled = Counter(row.cells[column] for row in self.sheet.rows)
        labels: dict[str, str] = {}
        for word, _ in sorted(spelled.items(), key=lambda item: (-item[1], item[0])):
            if word:
                labels.setdefault(folded(word) or word, word)
        if spelled[""]:
            self.told.assumed.append(
                f"{_number(spelled[''], 'row')} without a direction got one of their own, "
                "'Not stated'."
            )
            labels.setdefault("not stated", "Not stated")
        if len(labels) > MOST_DIRECTIONS:
            self.told.problems.append(
                Problem(
                    *("directions-many", self.sheet.file, 1, column),
                    n=len(labels),
                    most=MOST_DIRECTIONS,
                    column=column,
                    listed=_some([repr(word) for word in labels.values()]),
                )
            )
            return []
        taken: list[str] = []
        for word in labels.values():
            taken.append(unique(slug(word, "direction"), taken))
        first = {word: _capital(word) for word in labels.values()}
        return [(first[word], name) for word, name in zip(labels.values(), taken, strict=True)]

    def _coded(self, directions: Mapping[str, str]) -> list[Coded]:
        """A finding for each row and code; rows that repeat others are told and left out."""
        by_word = {folded(label) or label: name for label, name in directions.items()}
        coded: list[Coded] = []
        first: dict[tuple[str, ...], int] = {}
        repeated: list[str] = []
        shared = 0
        bare = 0
        for row in self.sheet.rows:
            whole = tuple(row.cells.values())
            if whole in first:
                repeated.append(f"line {row.line} repeats line {first[whole]}")
                continue
            first[whole] = row.line
            study = self._study(row)
            themes = self._themes(row)
            shared += len(themes) > 1
            summary = self._cell(row, "summary")
            bare += not summary
            word = self._cell(row, "direction") or "Not stated"
            cells = {
                "finding": self._cell(row, "finding"),
                "study": study,
                "direction": by_word.get(folded(word) or word, "reported"),
                "summary": summary or _NO_SUMMARY,
                "section": self._cell(row, "section"),
                "anchor": self._cell(row, "anchor"),
                "basis": self._cell(row, "basis") or "cited",
            }
            for column in (*self.columns.extra, *self._study_headings().values()):
                cells[f"={column}"] = row.cells[column]
            coded += [Coded({**cells, "theme": theme}, row.line) for theme in themes]
        if repeated:
            self.told.assumed.append(
                f"Rows that repeat another word for word were taken once: {_some(repeated)}."
            )
        if shared:
            self.told.assumed.append(
                f"{_number(shared, 'row')} with several codes ('A; B') became a finding for each."
            )
        if bare:
            self.told.missing.append(
                f"Summaries: {_number(bare, 'finding')} without a sentence of their own; the book "
                f"says so. Write them in {TABLES['coded_studies'].file}."
            )
        self._name_findings(coded)
        return coded

    def _cell(self, row: Row, role: str) -> str:
        column = self.columns.one(role)
        return row.cells[column] if column else ""

    def _study(self, row: Row) -> str:
        name, column = _study_name(row, self.columns), self.columns.one("study")
        if not row.cells[column]:
            place = (self.sheet.file, row.line, column)
            self.told.problems.append(Problem("row-without-study", *place))
            return ""
        found = self.works.find(row.cells[column]) or self.works.find(name)
        if len(found) != 1:
            self.told.problems.append(self.works.problem(name, self.sheet.file, row.line, column))
            return ""
        return found[0]

    def _themes(self, row: Row) -> list[str]:
        columns = self.columns.of["theme"]
        cells = [row.cells[name] for name in columns if row.cells[name]]
        column = columns[-1]
        if not cells:
            place = (self.sheet.file, row.line, column)
            self.told.problems.append(Problem("row-without-code", *place))
            return []
        whole = " > ".join(cells)
        if len(self.codes.find(whole)) == 1:
            return [self.codes.find(whole)[0]]
        parts = [whole] if len(columns) > 1 else several(cells[0])
        themes = []
        for part in parts:
            found = self.codes.find(part)
            if len(found) == 1:
                themes.append(found[0])
            else:
                self.told.problems.append(
                    self.codes.problem(part, self.sheet.file, row.line, column)
                )
        return [*dict.fromkeys(themes)]

    def _name_findings(self, coded: Sequence[Coded]) -> None:
        """Findings are called after their study, numbered in the order of the table."""
        if self.columns.one("finding") and all(row.cells["finding"] for row in coded):
            former = {new: old for new, old in self.works.former.items() if new != old}
            if not former:
                return
        many = Counter(row.cells["study"] for row in coded)
        numbers: Counter[str] = Counter()
        for row in coded:
            study = row.cells["study"]
            numbers[study] += 1
            width = max(2, len(str(many[study])))
            row.cells["finding"] = f"{study}-{numbers[study]:0{width}d}"

    # --- studies and facets ---

    def _study_headings(self) -> dict[str, str]:
        """Columns of the author's table for what is known of a study."""
        return {name: self.columns.one(name) for name in _STUDY_COLUMNS if self.columns.one(name)}

    def _placed(self, coded: Sequence[Coded]) -> tuple[list[dict[str, str]], list[Facet]]:
        """Columns beyond the findings' own: what is the same in all rows of a study is the study's.

        Returns
        -------
        The rows of the studies' table, and the columns that can be filters.
        """
        studies: dict[str, dict[str, str]] = {
            key: {"study": key, "role": BACKGROUND} for key in sorted(self.works.bibliography)
        }
        for row in coded:
            studies[row.cells["study"]]["role"] = EVIDENCE
        facets: list[Facet] = []
        taken = {column.name for name in ("studies", "coded_studies") for column in _declared(name)}
        headings = self._study_headings()
        spelled = 0
        for role, heading in headings.items():
            spelled += self._silent(coded, heading)
            if self._varies(coded, heading):
                if role == "country":
                    self._hand_down(coded, heading, "country")
                else:
                    name = unique(f"{role}_of_finding", taken, "_")
                    taken.add(name)
                    self._hand_down(coded, heading, name)
                    continue
            else:
                self._hand_up(coded, heading, role, studies)
            if role == "country":
                facets.append(Facet("country", heading, "either", True))
            elif role == "design":
                facets.append(Facet("design", heading, "study", False))
        texts = []
        for heading in self.columns.extra:
            name = column_name(heading, {*taken, *RESERVED_FACETS})
            taken.add(name)
            values = [row.cells[f"={heading}"] for row in coded]
            is_filter = self._is_filter(values, len(studies))
            if is_filter:
                spelled += self._silent(coded, heading)
            else:
                texts.append(repr(heading))
            many = any(";" in value for value in values)
            if self._varies(coded, heading):
                self._hand_down(coded, heading, name)
                of = "finding"
            else:
                self._hand_up(coded, heading, name, studies)
                of = "study"
            if is_filter:
                facets.append(Facet(name, heading, of, many))
        if texts:
            self.told.assumed.append(
                f"{_some(texts)}: hardly a value comes again, so this is kept in the table and is "
                "no filter."
            )
        if spelled:
            self.told.assumed.append(
                f"{_number(spelled, 'cell')} such as 'NA', 'unknown' or '?' became "
                f"'{NOT_REPORTED}', which readers can tell from a gap."
            )
        self._say_unused(studies)
        return [*studies.values()], facets

    def _varies(self, coded: Sequence[Coded], heading: str) -> bool:
        seen: dict[str, str] = {}
        return any(
            seen.setdefault(row.cells["study"], row.cells[f"={heading}"])
            != row.cells[f"={heading}"]
            for row in coded
        )

    def _hand_up(
        self,
        coded: Sequence[Coded],
        heading: str,
        name: str,
        studies: Mapping[str, dict[str, str]],
    ) -> None:
        for study in studies.values():
            study.setdefault(name, "")
        for row in coded:
            studies[row.cells["study"]][name] = row.cells.pop(f"={heading}")

    def _hand_down(self, coded: Sequence[Coded], heading: str, name: str) -> None:
        for row in coded:
            row.cells[name] = row.cells.pop(f"={heading}")

    def _silent(self, coded: Sequence[Coded], heading: str) -> int:
        """Spell what is unknown as this data do; says how often."""
        lines = set()
        for row in coded:
            value = row.cells[f"={heading}"]
            parts = [
                NOT_REPORTED if _SILENT.fullmatch(part) else part for part in split(value)
            ] or [""]
            new = ";".join(dict.fromkeys(parts))
            if new != value:
                row.cells[f"={heading}"] = new
                if NOT_REPORTED in parts:
                    lines.add(row.line)
        return len(lines)

    def _is_filter(self, values: Sequence[str], studies: int) -> bool:
        """Whether a column has few short values that come again."""
        held = [part for value in values for part in split(value)]
        different = set(held)
        if len(different) > 60 or len(different) == len(held):
            return False
        average = sum(map(len, different)) / len(different)
        return average <= 40 and (len(different) <= 3 or len(different) * 2 <= len(values))

    def _say_unused(self, studies: Mapping[str, Mapping[str, str]]) -> None:
        unused = [key for key, study in studies.items() if study["role"] == BACKGROUND]
        if unused:
            self.told.assumed.append(
                f"{_number(len(unused), 'work')} of {self.works.file} with no row in the table "
                f"stand as background, without findings: {_some(unused)}. Delete them from "
                f"{BIB_FILE} and {TABLES['studies'].file} if the book does not cite them."
            )

    def _apart(
        self,
        facets: Sequence[Facet],
        ranks: Sequence[str],
        coded: Sequence[Coded],
        studies: Sequence[dict[str, str]],
    ) -> list[Facet]:
        """Facets whose column bears the name of a rank get another name."""
        kept = []
        for facet in facets:
            name = facet.id
            if name in ranks:
                name = unique(f"{facet.id}_value", [other.id for other in facets], "_")
                for cells in (*(row.cells for row in coded), *studies):
                    if facet.id in cells:
                        cells[name] = cells.pop(facet.id)
            kept.append(Facet(name, facet.label, facet.of, facet.many))
        return kept

    # --- texts of the files ---

    def _definitions(self) -> None:
        lacking = [node for node in self.codes.nodes.values() if not node.definition]
        for node in lacking:
            node.definition = NOT_DEFINED
        if lacking:
            labels = _some([repr(node.label) for node in lacking])
            self.told.missing.append(
                f"Definitions: {_number(len(lacking), 'node')} of the codebook without one "
                f"({labels}); their pages say so. Write them in {TABLES['codebook'].file}."
            )

    def _codebook(self) -> str:
        rows = [
            (node.id, node.parent, node.label, node.definition, node.origin)
            for node in self.codes.nodes.values()
        ]
        return _csv(("id", "parent", "label", "definition", "origin"), rows)

    def _table(self, name: str, rows: Sequence[Mapping[str, str]]) -> str:
        declared = [column for column in _declared(name) if column.name not in self._left_out(rows)]
        names = [column.name for column in declared]
        extra = dict.fromkeys(key for row in rows for key in row if not key.startswith("="))
        header = [*names, *(key for key in extra if key not in names)]
        return _csv(header, [[row.get(key, "") for key in header] for row in rows])

    def _left_out(self, rows: Sequence[Mapping[str, str]]) -> set[str]:
        """Columns that a table may do without, and does."""
        held = {key for row in rows for key in row}
        return {
            column.name
            for name in ("studies", "coded_studies")
            for column in _declared(name)
            if not column.required and column.name not in held
        }

    def _settings(
        self,
        ranks: Sequence[tuple[str, str, str]],
        directed: Sequence[Way],
        facets: Sequence[Facet],
        sections: Sequence[str],
    ) -> str:
        title, question, citation = self._words()
        today = _today()
        text = (
            "# What the book of this review is called, and the words, shapes and colours it uses.\n"
            "# Every key is explained in data/README.md.\n\n"
            f"title = {_toml(title)}\nquestion = {_toml(question)}\n"
            'language = "en"\nlicence = "not chosen yet"\nversion = "0.1.0"\n'
            f"date = {today.isoformat()}\n"
            '# Who made the book, each name as it is cited: ["Lovelace, Ada"]\nauthors = []\n'
        )
        self.told.missing.append(f"Who made the book: write the names in {SETTINGS_FILE}.")
        if sections:
            text += f"sections = [{', '.join(_toml(section) for section in sections)}]\n"
        text += f"\n[source]\ncitation = {_toml(citation)}\n"
        for name, label, several_of in ranks:
            text += _section("[ranks]", {"id": name, "label": label, "plural": several_of})
        for way in directed:
            text += _section(
                "[directions]",
                {
                    "id": way.id,
                    "label": way.label,
                    "plural": way.plural,
                    "verb": way.verb,
                    "influence": way.id,
                    "mark": way.mark,
                    "pattern": way.pattern,
                    "light": way.light,
                    "dark": way.dark,
                },
            )
        for facet in facets:
            label = _capital(facet.label)
            cells = {"id": facet.id, "label": label, "plural": plural(label), "of": facet.of}
            text += _section("[facets]", cells) + ("many = true\n" if facet.many else "")
        levels = [node for node in self.codes.nodes.values() if not node.parent]
        for index, node in enumerate(levels):
            text += _section(f"levels.{node.id}", level_look(index))
        text += (
            "\n[words]\n# The library's own words say that findings come from a review's account "
            'of the studies.\nfooter_secondary = "How often something was reported says nothing of '
            'how strong or how important it is."\n'
        )
        return text

    def _words(self) -> tuple[str, str, str]:
        request, assumed = self.request, self.told.assumed
        assert request.table is not None
        title = printable(request.title)
        if not title:
            title = _capital(printable(re.sub(r"[_-]+", " ", request.table.stem))) or "A review"
            assumed.append(f"The title is {title!r}: give another with --title.")
        question = printable(request.question)
        if not question:
            question = f"What do the coded studies report on: {title}?".replace("??", "?")
            self.told.missing.append(f"The question of the review: write it in {SETTINGS_FILE}.")
        citation = printable(request.citation)
        if not citation:
            citation = f"{title}. Coded table of the review team."
            self.told.missing.append(f"How the review is cited: write it in {SETTINGS_FILE}.")
        self.told.missing.append(f"A licence of data and text: choose one in {SETTINGS_FILE}.")
        return title, question, citation

    def _places(self, coded: Sequence[Coded]) -> dict[tuple[str, int], tuple[str, int]]:
        """Where the lines of the written files come from."""
        places: dict[tuple[str, int], tuple[str, int]] = {}
        file = TABLES["coded_studies"].file
        for line, row in enumerate(coded, start=2):
            places[file, line] = (self.sheet.file, row.line)
        if self.codes.file:
            for line, node in enumerate(self.codes.nodes.values(), start=2):
                places[TABLES["codebook"].file, line] = (self.codes.file, node.line)
        if self.works.file and self.works.file != "the table":
            for line in range(1, self.works.text.count("\n") + 2):
                places[BIB_FILE, line] = (self.works.file, self.works.lines.get(line, line))
        return places

    def _say(
        self,
        say: Say,
        coded: Sequence[Coded],
        studies: Sequence[Mapping[str, str]],
        directed: Sequence[Way],
        facets: Sequence[Facet],
    ) -> None:
        evidence = sum(study["role"] == EVIDENCE for study in studies)
        say(f"This makes {_number(len(coded), 'finding')} from {_number(evidence, 'study')}.")
        say(f"Directions: {', '.join(way.label for way in directed)}.")
        filters = ", ".join(
            f"{facet.label} ({'the study’s' if facet.of == 'study' else 'the finding’s'})"
            for facet in facets
        )
        say(f"Filters: {filters}." if filters else "Filters: none beside codes and years.")
        for name, lines in (("Assumed", self.told.assumed), ("Missing", self.told.missing)):
            if lines:
                say(f"{name}:")
                _say_all(say, [f"- {line}" for line in lines])
        for problem in self.told.problems:
            say(str(problem))


def _declared(name: str) -> tuple[Column, ...]:
    return TABLES[name].columns


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _today() -> date:
    """The date of the data; fixed by ``SOURCE_DATE_EPOCH`` for builds that must come out alike."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return date.fromtimestamp(int(epoch)) if epoch.isdecimal() else date.today()


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def _toml(text: str) -> str:
    # TOML's basic strings are JSON's, but for one control sign.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _section(name: str, cells: Mapping[str, str]) -> str:
    lines = "".join(f"{key} = {_toml(value)}\n" for key, value in cells.items())
    return f"\n[{name}]\n{lines}"
