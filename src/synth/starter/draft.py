"""What was collected, as the tables and settings of a review."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from synth.model import (
    BACKGROUND,
    EVIDENCE,
    LICENCE_OPEN,
    RESERVED_FACETS,
    TABLES,
    UNKNOWN,
    Column,
)
from synth.reading.bibliography import BIB_FILE
from synth.reading.settings import SETTINGS_FILE
from synth.starter.codebook_draft import NOT_DEFINED, rank_names
from synth.starter.collect.material import NOT_STATED, REPORTED, Coding, Fact, Material
from synth.starter.palette import Way, level_look, ways
from synth.starter.report import Report, number
from synth.starter.spreadsheet import column_name, plural, printable, slug
from synth.starter.works import Named
from synth.text import unique

NO_SUMMARY = "Coded here; no summary is written yet."


NO_ROW = "Works of the references with no row in the tables stand as background, without findings."
"""What is told of works that the tables do not name."""


@dataclass(frozen=True)
class Facet:
    """A column readers can filter by, as ``review.toml`` writes it."""

    id: str
    label: str
    of: str
    many: bool


@dataclass(frozen=True)
class Words:
    """What a team says of its book: title, question, citation, names of ranks; empty is drafted."""

    title: str = ""
    question: str = ""
    citation: str = ""
    ranks: tuple[str, ...] = ()
    stem: str = ""


@dataclass
class Tables:
    """The tables of a review in the making, and the settings that go with them.

    Parameters
    ----------
    studies, findings, first, second, codebook : rows by column.
    facets : the columns readers can filter by.
    directions : what findings do, as the settings write it.
    places : for each finding sheet and line it comes from.
    columns : for each fact the table and the column it became.
    """

    studies: list[dict[str, str]]
    findings: list[dict[str, str]]
    first: list[dict[str, str]]
    second: list[dict[str, str]]
    codebook: list[dict[str, str]]
    facets: list[Facet]
    directions: list[Way]
    ranks: list[tuple[str, str, str]]
    places: list[tuple[int, int]]
    columns: dict[str, tuple[str, str]]


def tables(
    material: Material, named: Named, words: Words, former: Mapping[tuple[str, ...], str]
) -> Tables:
    """Write what was collected as rows of a review's tables.

    Parameters
    ----------
    material : what the team's tables say.
    named : the works of the studies.
    words : what the team says of its book.
    former : names that findings have already, by study, theme, direction, summary and the number
        of times that these stood before.
    """
    return _Making(material, named, words, former).tables()


# What tells a finding; and what is enough to tell it where the rest was changed, the surest first.
_TOLD = ("study", "theme", "direction", "summary")
_SAME = (
    ("study", "theme", "summary"),
    ("study", "direction", "summary"),
    ("study", "summary"),
    ("study", "theme", "direction"),
)


class _Making:
    def __init__(
        self,
        material: Material,
        named: Named,
        words: Words,
        former: Mapping[tuple[str, ...], str],
    ) -> None:
        self.material = material
        self.named = named
        self.words = words
        self.former = dict(former)
        self.report = material.report
        self.facets: list[Facet] = []
        self.columns: dict[str, tuple[str, str]] = {}

    def tables(self) -> Tables:
        material = self.material
        words = [*material.directions.values()]
        if not material.has_directions:
            words = [REPORTED]
        elif any(
            coding.direction == NOT_STATED
            for codings in (material.codings, material.first, material.second)
            for coding in codings
        ):
            words.append(NOT_STATED)
        ids: dict[str, str] = {}
        for word in words:
            ids.setdefault(word, unique(slug(word, "direction"), ids.values()))
        self.directions = ids
        directed = ways([(name, word) for word, name in ids.items()])
        findings = [self._finding(coding) for coding in material.codings]
        studies = self._studies()
        ranks, assumed = rank_names(material.codes, self.words.ranks)
        if assumed:
            self.report.decided(assumed)
        self._place_facts(studies, findings, {rank[0] for rank in ranks})
        self._name(findings)
        first, second = (
            [self._finding(coding) for coding in codings]
            for codings in (material.first, material.second)
        )
        # What a coder said too is called as it is among the findings, at every import.
        times: Counter[tuple[str, ...]] = Counter()
        self.former = {}
        for row in findings:
            what = tuple(row[column] for column in _TOLD)
            times[what] += 1
            self.former[(*what, str(times[what]))] = row["finding"]
        for rows in (first, second):
            self._name(rows)
        order = sorted(range(len(findings)), key=lambda at: findings[at]["finding"])
        bare = sum(row["summary"] == NO_SUMMARY for row in findings)
        if bare:
            self.report.missing.append(
                f"Summaries: {number(bare, 'finding')} without a sentence of their own; the book "
                f"says so. Write them in {TABLES['coded_studies'].file}."
            )
        return Tables(
            studies=studies,
            findings=[findings[at] for at in order],
            first=first,
            second=second,
            codebook=self._codebook(),
            facets=self.facets,
            directions=directed,
            ranks=ranks,
            places=[(material.codings[at].sheet, material.codings[at].line) for at in order],
            columns=self.columns,
        )

    # --- rows ---

    def _finding(self, coding: Coding) -> dict[str, str]:
        cells = coding.cells
        return {
            "finding": cells.get("finding", ""),
            "study": self.named.keys[coding.study],
            "theme": coding.node,
            "direction": self.directions.get(coding.direction, "")
            or next(iter(self.directions.values())),
            "summary": cells.get("summary") or NO_SUMMARY,
            "section": cells.get("section", ""),
            "anchor": cells.get("anchor", ""),
            "basis": cells.get("basis") or "cited",
        }

    def _studies(self) -> list[dict[str, str]]:
        rows = {key: {"study": key, "role": BACKGROUND} for key in sorted(self.named.bibliography)}
        for coding in self.material.codings:
            rows[self.named.keys[coding.study]]["role"] = EVIDENCE
        for study in self.material.not_coded():
            row = rows[self.named.keys[study]]
            if row["role"] == BACKGROUND:
                row["role"] = EVIDENCE
                row["coded"] = "nothing"
                self.report.decided(
                    "Studies without any code stay in every total.",
                    self.material.studies.groups[study].shown,
                    noun="study",
                )
        groups = self.material.studies.groups
        for kind in ("record", "pmid"):
            told = {
                key: group.details.get(kind, "")
                for group, key in zip(groups, self.named.keys, strict=True)
            }
            for key, row in rows.items() if any(told.values()) else ():
                row[kind] = told.get(key, "")
        unused = [key for key, row in rows.items() if row["role"] == BACKGROUND]
        for key in unused:
            self.report.decided(
                NO_ROW,
                key,
                f"Delete them from {BIB_FILE} and {TABLES['studies'].file} if the book does not "
                "cite them.",
                noun="work",
            )
        return [*rows.values()]

    def _name(self, rows: Sequence[dict[str, str]]) -> None:
        """Findings are called after their study, numbered in the order of the table."""
        ours = all(
            re.fullmatch(rf"{re.escape(row['study'])}-\d{{2,}}", row["finding"]) for row in rows
        )
        if ours and len({row["finding"] for row in rows}) == len(rows):
            return
        many = Counter(row["study"] for row in rows)
        times: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            what = tuple(row[column] for column in _TOLD)
            times[what] += 1
            row["finding"] = self.former.get((*what, str(times[what])), "")
        self._name_changed(rows)
        rest = [row for row in rows if not row["finding"]]
        gone = {*self.former.values()}
        numbers: Counter[str] = Counter()
        for row in rest:
            study = row["study"]
            width = max(2, len(str(many[study])))
            while True:
                numbers[study] += 1
                name = f"{study}-{numbers[study]:0{width}d}"
                if name not in gone:
                    break
            row["finding"] = name

    def _name_changed(self, rows: Sequence[dict[str, str]]) -> None:
        """A finding whose code, direction or text was changed in the files keeps its name.

        The text of a study tells a finding, where it stands there as often among those that are
        gone as among those that are new; then its code and direction do, reworded.
        """
        for columns in _SAME:
            taken = {row["finding"] for row in rows}
            gone: dict[tuple[str, ...], list[str]] = {}
            for (*told, _), name in self.former.items():
                if name not in taken:
                    was = dict(zip(_TOLD, told, strict=True))
                    gone.setdefault(tuple(was[column] for column in columns), []).append(name)
            new: dict[tuple[str, ...], list[dict[str, str]]] = {}
            for row in rows:
                if not row["finding"]:
                    new.setdefault(tuple(row[column] for column in columns), []).append(row)
            by_text = "summary" in columns
            for what, added in new.items():
                names = gone.get(what, [])
                if by_text and not (added[0]["summary"] and len(names) == len(added)):
                    continue
                for row, name in zip(added, names, strict=False):
                    row["finding"] = name

    def _codebook(self) -> list[dict[str, str]]:
        nodes = self.material.codes.nodes.values()
        called = any(node.synonyms for node in nodes)
        lacking = [node for node in nodes if not node.definition]
        if lacking:
            labels = ", ".join(repr(node.label) for node in lacking[:4])
            labels += f" and {len(lacking) - 4} more" if len(lacking) > 4 else ""
            self.report.missing.append(
                f"Definitions: {number(len(lacking), 'node')} of the codebook without one "
                f"({labels}); their pages say so. Write them in {TABLES['codebook'].file}."
            )
        return [
            {
                "id": node.id,
                "parent": node.parent,
                "label": node.label,
                "definition": node.definition or NOT_DEFINED,
                "origin": node.origin,
                **({"synonyms": ";".join(node.synonyms)} if called else {}),
            }
            for node in nodes
        ]

    # --- facts ---

    def _place_facts(
        self,
        studies: Sequence[dict[str, str]],
        findings: Sequence[dict[str, str]],
        ranks: set[str],
    ) -> None:
        """What is the same in all rows of a study is the study's; else it is the finding's."""
        by_key = {row["study"]: row for row in studies}
        taken = {column.name for name in ("studies", "coded_studies") for column in _declared(name)}
        taken |= {*RESERVED_FACETS, *ranks, "record", "pmid", "year"}
        for name, fact in self.material.facts.items():
            of_study, varies = self._by_study(fact)
            own = fact.use in ("country", "design", "setting", "sample", "cohort")
            of_finding = varies and fact.use in ("filter", "keep", "country")
            column = fact.use if own and fact.use not in ranks else column_name(name, taken)
            taken.add(column)
            if not of_finding or fact.use == "country":
                for key in by_key:
                    by_key[key].setdefault(column, "")
                for study, listed in of_study.items():
                    joint = ";" if fact.is_list else "; "
                    by_key[self.named.keys[study]][column] = joint.join(listed)
            if of_finding:
                for row, coding in zip(findings, self.material.codings, strict=True):
                    values = fact.values.get((coding.sheet, coding.line), ())
                    row[column] = (";" if fact.is_list else "; ").join(values)
            self._tell_united(fact, of_study, varies=varies and not of_finding)
            table = "coded_studies" if of_finding and fact.use != "country" else "studies"
            self.columns[name] = (table, column)
            if fact.use in ("country", "design", "filter"):
                many = fact.use == "country" or any(len(v) > 1 for v in fact.values.values())
                many = many or any(len(values) > 1 for values in of_study.values())
                of = "finding" if of_finding else "study"
                of = "either" if fact.use == "country" else of
                self.facets.append(Facet(column, fact.label, of, many))

    def _by_study(self, fact: Fact) -> tuple[dict[int, list[str]], bool]:
        """The values of each study over all its rows, and whether rows of one study differ.

        That something is unknown in one row says nothing where another row knows it.
        """
        of_study: dict[int, dict[str, None]] = {}
        seen: dict[int, tuple[str, ...]] = {}
        varies = False
        counted = {(coding.sheet, coding.line) for coding in self.material.codings}
        for (sheet, line, _), study in self.material.studies.of_row.items():
            values = fact.values.get((sheet, line))
            if values is None:
                continue
            of_study.setdefault(study, {}).update(dict.fromkeys(values))
            if (sheet, line) in counted:
                varies |= seen.setdefault(study, values) != values
        made: dict[int, list[str]] = {}
        for study, values_of in of_study.items():
            known = [value for value in values_of if value not in UNKNOWN]
            made[study] = known or [*values_of][:1]
        return made, varies

    def _tell_united(self, fact: Fact, of_study: Mapping[int, list[str]], *, varies: bool) -> None:
        if not varies:
            return
        for study, values in of_study.items():
            if len(values) > 1:
                self.report.decided(
                    f"{fact.label!r}: rows of one study differ, and the study has all values.",
                    f"{self.material.studies.groups[study].shown!r}: {'; '.join(values)}",
                    noun="study",
                )


# --- texts of the files -------------------------------------------------------------------------


def files_of(made: Tables, named: Named, material: Material, words: Words) -> dict[str, str]:
    """The tables, settings and bibliography as the texts of their files.

    Parameters
    ----------
    made : the rows.
    named : the works.
    material : what was collected.
    words : what the team says of its book.
    """
    files = {
        SETTINGS_FILE: _settings(made, material, words),
        TABLES["codebook"].file: table_text("codebook", made.codebook),
        TABLES["studies"].file: table_text("studies", made.studies),
        TABLES["coded_studies"].file: table_text("coded_studies", made.findings),
        BIB_FILE: named.text,
    }
    for name, rows in (("first_coding", made.first), ("second_coding", made.second)):
        if rows:
            files[TABLES[name].file] = table_text(name, rows)
    return files


def table_text(name: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as the text of a table: declared columns first, those it may do without if held."""
    held = {key for row in rows for key in row}
    names = [c.name for c in _declared(name) if c.required or c.name in held]
    header = [
        *names,
        *(key for key in dict.fromkeys(k for row in rows for k in row) if key not in names),
    ]
    return _csv(header, [[row.get(key, "") for key in header] for row in rows])


def _declared(name: str) -> tuple[Column, ...]:
    return TABLES[name].columns


def _settings(made: Tables, material: Material, words: Words) -> str:
    title, question, citation = _words(words, material.report)
    text = (
        "# What the book of this review is called, and the words, shapes and colours it uses.\n"
        "# Every key is explained in data/README.md.\n\n"
        f"title = {_toml(title)}\nquestion = {_toml(question)}\n"
        f'language = "en"\nlicence = {_toml(LICENCE_OPEN)}\nversion = "0.1.0"\n'
        f"date = {today().isoformat()}\n"
        '# Who made the book, each name as it is cited: ["Lovelace, Ada"]\nauthors = []\n'
    )
    material.report.missing.append(f"Who made the book: write the names in {SETTINGS_FILE}.")
    sections = dict.fromkeys(row["section"] for row in made.findings if row["section"])
    if sections:
        text += f"sections = [{', '.join(map(_toml, sections))}]\n"
    if material.odd_countries:
        text += f"not_countries = [{', '.join(map(_toml, material.odd_countries))}]\n"
    text += f"\n[source]\ncitation = {_toml(citation)}\n"
    for name, label, several_of in made.ranks:
        text += _section("[ranks]", {"id": name, "label": label, "plural": several_of})
    for way in made.directions:
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
    for facet in made.facets:
        label = facet.label[:1].upper() + facet.label[1:]
        cells = {"id": facet.id, "label": label, "plural": plural(label), "of": facet.of}
        text += _section("[facets]", cells) + ("many = true\n" if facet.many else "")
    levels = [row["id"] for row in made.codebook if not row["parent"]]
    for index, name in enumerate(levels):
        text += _section(f"levels.{name}", level_look(index))
    return text + (
        "\n[words]\n# The library's own words say that findings come from a review's account "
        'of the studies.\nfooter_secondary = "How often something was reported says nothing of '
        'how strong or how important it is."\n'
    )


def _words(words: Words, report: Report) -> tuple[str, str, str]:
    title = printable(words.title)
    if not title:
        title = printable(re.sub(r"[_-]+", " ", words.stem)) or "A review"
        title = title[:1].upper() + title[1:]
        report.decided(f"The title is {title!r}: give another with --title.")
    question = printable(words.question)
    if not question:
        question = f"What do the coded studies report on: {title}?".replace("??", "?")
        report.missing.append(f"The question of the review: write it in {SETTINGS_FILE}.")
    citation = printable(words.citation)
    if not citation:
        citation = f"{title}. Coded table of the review team."
        report.missing.append(f"How the review is cited: write it in {SETTINGS_FILE}.")
    report.missing.append(
        f"A licence of data and text: choose one in {SETTINGS_FILE}, such as CC-BY-4.0."
    )
    return title, question, citation


def today() -> date:
    """The date of the data; fixed by ``SOURCE_DATE_EPOCH`` for builds that must come out alike."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return date.fromtimestamp(int(epoch)) if epoch.isdecimal() else date.today()


def _csv(header: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
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
