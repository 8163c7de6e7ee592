"""A list of the numbers of a search, such as "Records screened, 900", as PRISMA's own template.

Each line is a box of the diagram by its words; what is no box is told. The boxes are those of the
template of PRISMA 2020, and two more that PRISMA 2009 has: records of other sources, and what was
left after duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from synth.starter.sheet import Row, Sheet

# What a list calls each box, the surest first.
_BOXES = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        (
            "after_duplicates",
            r"(?:after|nach|après)\b.*(?:duplic|de-?dup|doublon|duplikat|dublett)|"
            r"unique records|without duplic|ohne (?:duplikat|dublett)",
        ),
        ("duplicates", r"duplicat|doublon|duplikat|dublett|duplicad"),
        ("excluded_automatic", r"automat"),
        (
            "dbr_notretrieved_reports",
            r"not (?:be )?(?:retriev|obtain|access|availab|found)|unavailab",
        ),
        ("dbr_sought_reports", r"sought"),
        ("previous_reports", r"reports?\b.*\b(?:previous|earlier) (?:version|review)"),
        ("previous_studies", r"\b(?:previous|earlier) (?:version|review)"),
        ("total_reports", r"\breports? of total|total (?:number of )?reports"),
        ("total_studies", r"total (?:number of )?(?:included )?studies|studies included in total"),
        ("new_reports", r"^\W*(?:reports?|publications?) of (?:new )?(?:included|studies)"),
        (
            "new_studies",
            r"stud(?:y|ies)\b.*\binclu|\binclu.*\bstud|studien.*eingeschl|eingeschl.*studien|"
            r"études inclu|estudios inclu|^\W*(?:final(?:ly)? )?(?:included|eingeschlossen)\W*$|"
            r"^\W*final sample",
        ),
        ("new_reports", r"(?:reports?|articles?|papers?|publications?|records?)\b.*\binclu"),
        (
            "dbr_excluded",
            r"(?:full[ -]?texts?|reports?|eligib\w*|volltext\w*)\b.*(?:\bexclu|ausgeschl)|"
            r"exclu.*(?:full[ -]?text|eligib)",
        ),
        (
            "records_excluded",
            r"(?:records?|titles?|abstracts?|screen\w*)\b.*\bexclu|\bexclu.*(?:screen|titl|abstr)",
        ),
        ("dbr_assessed", r"assess|eligibility|full[ -]?texts?|volltext|texte intégral"),
        ("excluded_other", r"removed.*other|other reasons?"),
        ("records_screened", r"screen|gesichtet"),
        ("register_results", r"regist(?:er|ries|ry)"),
        ("website_results", r"website"),
        ("organisation_results", r"organi[sz]ation"),
        ("citations_results", r"citation|reference lists?|hand[ -]?search"),
        ("additional_results", r"(?:other|additional) (?:sources?|records?|methods?)|andere quell"),
        ("database_results", r"database|datenbank|bases? de (?:donn|dat)"),
        ("records_identified", r"identified|records found|gefunden|identifié"),
    )
)
_OTHER = re.compile(r"\bother (?:methods|sources)\b", re.IGNORECASE)
_EXCLUDED = re.compile(r"\W*(?:excluded|ausgeschlossen|exclus|excluidos)\W*", re.IGNORECASE)
_REASON = re.compile(
    r"\bexclu\w*[^:–—]*(?::|\s[–—-])\s*(?P<reason>(?!with reasons?\b)\S.*)", re.IGNORECASE
)
# What may stand below the reports that were excluded and is none of the reasons.
_LATER = re.compile(r"new_|total_|previous_|other_|dbr_assessed")
_NOUN = r"(?:records?|reports?|stud(?:y|ies)|articles?|papers?|citations?|hits|references)"
_COUNT = re.compile(
    rf"[(\[]?\s*(?:n\s*[=:]\s*)?(\d{{1,3}}(?:[,.\s'’]\d{{3}})+|\d+)(?:\.0)?\s*{_NOUN}?\s*[)\]]?"
    r"(?:\s*[(\[]\s*\d+(?:[.,]\d+)?\s*%\s*[)\]]|\s*[,;/]\s*\d+(?:[.,]\d+)?\s*%)?",
    re.IGNORECASE,
)
_IN_LABEL = re.compile(
    r"(?P<label>\S.*?)\s*[,:]?\s*[(\[]\s*n\s*=\s*(?P<count>[^()\[\]]+)[)\]]\s*", re.I
)


def count_of(cell: str) -> int | None:
    """The number of a cell as people write it in a diagram; ``None`` if it says no exact number.

    >>> [count_of(cell) for cell in ("1,234", "(n = 12)", "n=1 200", "12 (3%)", "40 records")]
    [1234, 12, 1200, 12, 40]
    >>> [count_of(cell) for cell in ("ca. 40", "40-50", "", "3%", "xxx")]
    [None, None, None, None, None]
    """
    found = _COUNT.fullmatch(" ".join(cell.split()))
    return int(re.sub(r"\D", "", found[1])) if found else None


def flow_list(sheet: Sheet) -> Sheet:
    """A list of the numbers of a search as the template that PRISMA's own program reads.

    A line is a label and its number, in two columns, with shares beside them, or in one cell as
    ``Records screened (n = 900)``; or the labels are the headings of one row of numbers. Below the
    reports that were excluded stand their reasons, above the records their databases, where such
    numbers add up to the whole.

    Parameters
    ----------
    sheet : any table.

    Returns
    -------
    The numbers box by box; the same table where it is no such list.
    """
    for pairs, used in _pairs(sheet):
        if 4 <= len(pairs) <= 60 and (read := _read(sheet, pairs)):
            left = [name for name in sheet.header if name not in used]
            if not left:
                return read
            listed = ", ".join(map(repr, left))
            return replace(
                read, notes=(*read.notes, f"Columns beside them were left out: {listed}.")
            )
    return sheet


def _read(sheet: Sheet, pairs: Sequence[tuple[int, str, str]]) -> Sheet | None:
    """The boxes of some labels with numbers; nothing if they are too few to be a search."""
    said = _Said.of(pairs)
    boxes = said.boxes
    if len({*boxes} & {"records_screened", "dbr_assessed", "new_studies", "new_reports"}) < 2:
        return None
    if not {*boxes} & {"database_results", "records_identified"} or len(boxes) < 4:
        return None
    told = ["It is read as the numbers of the search, box by box."]
    said.give_reasons(told)
    said.give_sources(told)
    said.give_first()
    header = ("data", "description", "boxtext", "n")
    rows = tuple(
        Row(line, dict(zip(header, (name, words, words, number), strict=True)))
        for name, (line, words, number) in said.boxes.items()
    )
    if said.other:
        told.append(f"Numbers that are no box were left out: {', '.join(map(repr, said.other))}.")
    return replace(sheet, header=header, rows=rows, holds="flow", notes=(*sheet.notes, *told))


@dataclass
class _Said:
    """The numbers of a list by what they are: labels with their numbers as written.

    Parameters
    ----------
    boxes : line, label and number of each box of the template.
    first : what stands before the first box that leads on: databases, perhaps.
    reasons : what stands below the reports that were assessed or excluded.
    sources : further numbers of records that were identified.
    other : labels of what is none of these.
    """

    boxes: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    first: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, str, str]]) -> _Said:
        """Sort lines, labels and numbers by the words of each label and by what stands above."""
        said, last = cls(), ""
        for line, label, number in pairs:
            # "records_screened" and "Eligibility_FullText_Assessed" are words, too.
            words = label if " " in label else _spelt(label)
            name = _box(words, last)
            after = last in ("dbr_assessed", "dbr_excluded")
            why = _REASON.search(words) if name == "dbr_excluded" or after else None
            if why:
                said.reasons.append((why["reason"], number))
                last = "dbr_excluded"
            elif last == "dbr_excluded" and (name in said.boxes or not _LATER.match(name)):
                said.reasons.append((words, number))
            elif name and name not in said.boxes:
                said.boxes[name] = (line, words, number)
                last = name
            elif name == last == "records_identified":
                said.sources.append((words, number))
            elif last == "dbr_assessed":
                said.reasons.append((words, number))
            elif not said.boxes or [*said.boxes] == ["database_results"]:
                said.first.append((words, number))
            else:
                said.other.append(words)
        return said

    def count(self, name: str) -> int | None:
        """The number of a box; nothing where it is not there or no whole number."""
        return count_of(self.boxes[name][2]) if name in self.boxes else None

    def give_reasons(self, told: list[str]) -> None:
        """Put the reasons into the box of excluded reports where they add up to it."""
        if not self.reasons:
            return
        line, words, number = self.boxes.get("dbr_excluded", (0, "Reports excluded", ""))
        total = count_of(number) if number else self.excluded()
        if total is not None and _sum(self.reasons) == total:
            self.boxes["dbr_excluded"] = (line, words, _listed(self.reasons))
            return
        says = f"{words!r} says {number}" if number else f"{total} were assessed and not included"
        told.append(_no_reasons(self.reasons, says if number or total is not None else ""))

    def excluded(self) -> int | None:
        """How many reports were excluded: what was assessed without what was included."""
        assessed = self.count("dbr_assessed")
        included = self.count("new_reports" if "new_reports" in self.boxes else "new_studies")
        return None if assessed is None or included is None else assessed - included

    def give_sources(self, told: list[str]) -> None:
        """Read "Identified in A, 20; identified in B, 30" as databases where their sum leads on."""
        if not self.sources:
            return
        line, words, number = self.boxes["records_identified"]
        every = [(words, number), *self.sources]
        left = {self.count("after_duplicates"), self.count("records_screened")} - {None}
        gone = self.count("duplicates") if "duplicates" in self.boxes else 0
        total = _sum(every)
        if total is None or gone is None or total - gone not in left:
            self.other += [name for name, _ in self.sources]
            return
        del self.boxes["records_identified"]
        self.boxes = {
            "database_results": (line, "Records identified from databases", str(total)),
            **self.boxes,
            "database_specific_results": (line, words, _listed(every)),
        }
        listed = ", ".join(repr(name) for name, _ in every)
        told.append(f"Their sum leads on, so they are read as the databases: {listed}.")

    def give_first(self) -> None:
        """Read what stands first as the databases where it adds up to what was found in them."""
        if not self.first:
            return
        whole = "database_results" if "database_results" in self.boxes else "records_identified"
        line, words, number = self.boxes[whole]
        if _sum(self.first) == count_of(number):
            self.boxes["database_results"] = (line, words, number)
            self.boxes["database_specific_results"] = (line, words, _listed(self.first))
        else:
            self.other[:0] = [name for name, _ in self.first]


def _box(words: str, last: str) -> str:
    """The box that a label names below another one; empty for none."""
    name = next((name for name, pattern in _BOXES if pattern.search(words)), "")
    if _OTHER.search(words) and name.startswith("dbr_"):
        return f"other_{name.removeprefix('dbr_')}"
    if not name and _EXCLUDED.fullmatch(words):
        return {"records_screened": "records_excluded", "dbr_assessed": "dbr_excluded"}.get(
            last, ""
        )
    return name


def _spelt(name: str) -> str:
    """The words of a name without blanks.

    >>> _spelt("full_text_assessed"), _spelt("Screening_Excluded_TitleAbstract"), _spelt("PubMed")
    ('full text assessed', 'Screening Excluded Title Abstract', 'PubMed')
    """
    if "_" not in name:
        return name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ")).strip()


def _no_reasons(reasons: Sequence[tuple[str, str]], whole: str) -> str:
    """Why numbers that may be reasons are left out, and what to change so that they are read."""
    listed = ", ".join(repr(name) for name, _ in reasons)
    total = _sum(reasons)
    told = f"Numbers that may be reasons were left out: {listed}."
    if total is None:
        return f"{told} Not all of them are whole numbers."
    if whole:
        return f"{told} They add up to {total}, but {whole}: make them fit."
    return (
        f"{told} Write above them how many reports were excluded in all, as in "
        f"'Reports excluded, {total}'."
    )


def _sum(pairs: Sequence[tuple[str, str]]) -> int | None:
    counts = [count_of(number) for _, number in pairs]
    return None if None in counts else sum(count or 0 for count in counts)


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{name.replace(';', ',')}, {count_of(n) or n}" for name, n in pairs)


def _pairs(sheet: Sheet) -> Iterator[tuple[list[tuple[int, str, str]], Sequence[str]]]:
    """Labels with their numbers and lines, in each way the table may be a list, and its columns."""
    header = sheet.header
    if len(header) > 3 and len(sheet.rows) == 1:
        row = sheet.rows[0]
        cells = [(row.line, name, row.cells[name]) for name in header if row.cells[name]]
        if all(count_of(cell) is not None for _, _, cell in cells):
            yield cells, header
        return
    if len(header) == 1:
        name = header[0]
        lines = [(row.line, row.cells[name]) for row in sheet.rows]
        if sheet.rows and _IN_LABEL.fullmatch(name):
            lines.insert(0, (sheet.rows[0].line - 1, name))
        found = [(line, _IN_LABEL.fullmatch(" ".join(cell.split()))) for line, cell in lines]
        held = [(line, one["label"], one["count"]) for line, one in found if one]
        if len(held) > 0.7 * len(found):
            yield held, header
        return
    # The labels may stand behind a column of phases, the numbers before one of shares.
    columns = combinations(header, 2) if sheet.rows and len(header) <= 5 else ()
    for label, count in columns:
        pairs = [
            (row.line, row.cells[label], row.cells[count])
            for row in sheet.rows
            if row.cells[label] and row.cells[count]
        ]
        if count_of(count) is not None:
            pairs.insert(0, (sheet.rows[0].line - 1, label, count))
        said = sum(count_of(number) is not None for _, _, number in pairs)
        # An estimate such as "ca. 40" is no number, but still one of the list.
        open_ = sum(len(number) <= 30 and bool(re.search(r"\d", number)) for _, _, number in pairs)
        if said and open_ >= 0.8 * len(pairs) > 0 and said >= 0.5 * len(pairs):
            listed = [
                (line, inside["label"] if (inside := _IN_LABEL.fullmatch(words)) else words, number)
                for line, words, number in pairs
            ]
            yield listed, (label, count)
