"""A list of the numbers of a search, such as "Records screened, 900", as PRISMA's own template.

Each line is a box of the diagram by its words; what is no box is told. The boxes are those of the
template of PRISMA 2020, and two more that PRISMA 2009 has: records of other sources, and what was
left after duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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
    found: dict[str, tuple[int, str, str]] = {}
    first: list[tuple[str, str]] = []
    reasons: list[tuple[str, str]] = []
    other: list[str] = []
    sources: list[tuple[str, str]] = []
    last = ""
    for line, label, number in pairs:
        # "records_screened" and "Eligibility_FullText_Assessed" are words, too.
        words = label if " " in label else _spelt(label)
        name = next((name for name, pattern in _BOXES if pattern.search(words)), "")
        if _OTHER.search(words) and name.startswith("dbr_"):
            name = f"other_{name.removeprefix('dbr_')}"
        elif not name and _EXCLUDED.fullmatch(words):
            name = {"records_screened": "records_excluded", "dbr_assessed": "dbr_excluded"}.get(
                last, ""
            )
        after = last in ("dbr_assessed", "dbr_excluded")
        why = _REASON.search(words) if name == "dbr_excluded" or after else None
        if why:
            reasons.append((why["reason"], number))
            last = "dbr_excluded"
        elif last == "dbr_excluded" and (name in found or not _LATER.match(name)):
            reasons.append((words, number))
        elif name and name not in found:
            found[name] = (line, words, number)
            last = name
        elif name == last == "records_identified":
            sources.append((words, number))
        elif last == "dbr_assessed":
            reasons.append((words, number))
        elif not found or [*found] == ["database_results"]:
            first.append((words, number))
        else:
            other.append(words)
    if len({*found} & {"records_screened", "dbr_assessed", "new_studies", "new_reports"}) < 2:
        return None
    if not {*found} & {"database_results", "records_identified"} or len(found) < 4:
        return None
    told = ["It is read as the numbers of the search, box by box."]
    if reasons:
        line, words, number = found.get("dbr_excluded", (0, "Reports excluded", ""))
        total = count_of(number) if number else _left_after(found)
        if total is not None and _sum(reasons) == total:
            found["dbr_excluded"] = (line, words, _listed(reasons))
        else:
            says = (
                f"{words!r} says {number}" if number else f"{total} were assessed and not included"
            )
            told.append(_no_reasons(reasons, says if number or total is not None else ""))
    if sources:
        # "Identified in A, 20; identified in B, 30": where all of them lead on, they are sources.
        line, words, number = found["records_identified"]
        every = [(words, number), *sources]
        left = [
            count_of(found[n][2]) for n in ("after_duplicates", "records_screened") if n in found
        ]
        gone = count_of(found["duplicates"][2]) if "duplicates" in found else 0
        if (total := _sum(every)) is not None and gone is not None and total - gone in left:
            del found["records_identified"]
            named = (line, "Records identified from databases", str(total))
            found = {"database_results": named, **found}
            found["database_specific_results"] = (line, words, _listed(every))
            listed = ", ".join(repr(name) for name, _ in every)
            told.append(f"Their sum leads on, so they are read as the databases: {listed}.")
        else:
            other += [name for name, _ in sources]
    if first:
        whole = "database_results" if "database_results" in found else "records_identified"
        line, words, number = found[whole]
        if _sum(first) == count_of(number):
            found["database_results"] = (line, words, number)
            found["database_specific_results"] = (line, words, _listed(first))
        else:
            other = [*(name for name, _ in first), *other]
    header = ("data", "description", "boxtext", "n")
    rows = tuple(
        Row(line, dict(zip(header, (name, words, words, number), strict=True)))
        for name, (line, words, number) in found.items()
    )
    if other:
        told.append(f"Numbers that are no box were left out: {', '.join(map(repr, other))}.")
    return replace(sheet, header=header, rows=rows, holds="flow", notes=(*sheet.notes, *told))


def _spelt(name: str) -> str:
    """The words of a name without blanks.

    >>> _spelt("full_text_assessed"), _spelt("Screening_Excluded_TitleAbstract"), _spelt("PubMed")
    ('full text assessed', 'Screening Excluded Title Abstract', 'PubMed')
    """
    if "_" not in name:
        return name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ")).strip()


def _left_after(found: Mapping[str, tuple[int, str, str]]) -> int | None:
    """How many reports were excluded: what was assessed without what was included."""
    included = "new_reports" if "new_reports" in found else "new_studies"
    counts = [count_of(found[name][2]) for name in ("dbr_assessed", included) if name in found]
    if len(counts) != 2 or counts[0] is None or counts[1] is None:
        return None
    return counts[0] - counts[1]


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
