"""Which columns say by their headings what they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from synth.references.work import DOI
from synth.starter.columns.table import Columns, quoted
from synth.starter.countries import countries
from synth.starter.marks import read_marks
from synth.starter.spreadsheet import folded
from synth.starter.turned import LABEL
from synth.starter.values import (
    bare,
    headings,
    inclusion,
    is_blank_tick,
    is_tick,
    same,
    unknown,
    within,
    year_in,
)

MOST_DIRECTIONS = 7
_UNDATED = re.compile(r"press|forthcoming|submitted")
_PMID = re.compile(r"\D{0,8}\d{4,9}\b")
REMARKS = ("note", "notes", "comment", "comments", "description", "remark", "remarks")
STUDY_IDS = ("study id", "study no", "study number", "study code", "paper id", "trial id")
"""Headings of the number or code of a study, where it is called by another column."""
FIRST_AUTHOR = (
    *("first author", "lead author", "erstautor", "premier auteur", "primer autor"),
    *("primo autore", "eerste auteur", "forsta forfattare", "førsteforfatter", "primeiro autor"),
    *("pierwszy autor", "prvni autor", "ilk yazar", "第一作者", "筆頭著者", "第一著者"),
    *(folded(word) for word in ("первый автор", "제1저자", "제 1저자", "المؤلف الأول")),
)
"""Headings of the first author of a study alone."""
# Several columns of these do no harm; of the others there is one.
_SEVERAL = ("person", "leave-out", "reviewer")
BEFORE_CODES = (
    *("key", "doi", "pmid", "title", "year", "journal", "author", "study", "record", "reviewer"),
    *("person", "leave-out"),
)
"""Uses that are looked for before codes: what identifies a study before what says something."""
AFTER_CODES = (
    *("direction", "summary", "country", "design", "setting", "sample", "cohort", "section"),
    *("anchor", "basis", "volume", "issue", "pages", "url", "abstract"),
)


@lru_cache(maxsize=1)
def folded_headings() -> Mapping[str, tuple[str, ...]]:
    """For each use the headings it is recognised by, as :func:`folded` gives them."""
    return {use: tuple(folded(word) for word in words) for use, words in headings().items()}


def plain(heading: str) -> str:
    """A heading without numbering and without what stands in brackets.

    >>> plain("Q3. Country (of the study)"), plain("N° de estudio")
    ('country', 'no de estudio')
    """
    heading = heading.replace("°", "o")
    words = folded(re.sub(r"\([^)]{3,}\)|\[[^]]*\]", " ", heading)) or folded(heading)
    return re.sub(r"^(?:q ?)?\d+ (?:\d+ )*(?=\D)", "", words)


_ENDING = re.compile(r"(?<=[^\W\d_])[(/]-?[^\W\d_]{1,3}\)?(?=\s|$)")


def by_heading(columns: Columns) -> dict[str, list[str]]:
    """The columns that are not yet anything, by their plain headings."""
    found: dict[str, list[str]] = {}
    called = Counter(map(plain, columns.free))
    for name in columns.free:
        # What stands in brackets tells the boxes of a question apart: "Themes [Pay]".
        boxed = called[plain(name)] > 1 and "[" in name
        found.setdefault(folded(name) if boxed else plain(name), []).append(name)
        # "Auteur(s)" and "Country(ies)" are called as "Auteur" and "Country" are.
        one = plain(_ENDING.sub("", name))
        if one != plain(name) and not boxed and not _is_known(plain(name)):
            found.setdefault(one, []).append(name)
    return found


_VOLUMES = {"volume", "vol", "volumen", "tomo", "band"}


@lru_cache(maxsize=1024)
def _is_known(heading: str) -> bool:
    return any(heading in words for words in folded_headings().values())


def find_by_heading(
    columns: Columns, named: Mapping[str, list[str]], uses: tuple[str, ...], taken: set[str]
) -> None:
    """Look for columns of some uses by their headings.

    Parameters
    ----------
    columns : the columns.
    named : their names by plain heading.
    uses : what is looked for, in this order.
    taken : uses that columns have for another reason.
    """
    for use in uses:
        several = use in _SEVERAL
        # What a known program calls an id and nobody a study's is not one.
        if (use in taken and not several) or (use == "record" and columns.sheet.program):
            continue
        for heading in folded_headings()[use]:
            if use == "record" and heading in ("number", "numero") and named.keys() & _VOLUMES:
                continue  # beside a volume it is the number of a journal
            free = (name for name in named.get(heading, ()) if name not in columns.uses)
            fitting = [name for name in free if fits(columns, name, use)]
            columns.use(fitting if several else fitting[:1], use)
            if fitting and not several:
                break


# What was done with a row: "Double-checked", "Extracted on", "Date of extraction".
_DONE = (
    r"(?:checked|verified|extracted|screened|charted|validated|proofread|gepruft|uberpruft|"
    r"extrahiert|gescreent|verifie|verificado|verificada|extraido|controllato|gecontroleerd)"
)
_WORK = (
    r"(?:data |full ?text |title |abstract )*(?:extraction|charting|entry|screening|coding|"
    r"verification|double check|quality check|check|qa|qc|extraktion|datenextraktion|kodierung|"
    r"extraccion|extracao|estrazione|codage|depistage|extractie)"
)
_BOOKKEEPING = re.compile(
    rf"(?:(?:double|doppelt|cross|re|quality|data|second|fully|all|coding|extraction|entry|record|"
    rf"row|is|was|been) )*{_DONE}(?: (?:twice|again|ok|y n|yes no|date|on|at|am|le|el|status))*|"
    rf"(?:date|datum|fecha|data) (?:of |der |de |d |da |di |of the )?(?:{_DONE}|{_WORK})|"
    rf"(?:coded|entered|reviewed|updated|added) (?:on|date|at)|.* timestamp|"
    rf"date (?:coded|entered|reviewed|updated)|"
    r"agree(?: y n| yes no)?|consensus reached|"
    rf"{_WORK} (?:status|date|datum|complete|completed|done|finished|progress|stage|state|ok)|"
    rf"status (?:of |der |de )?{_WORK}"
)
_STATES = frozenset(
    (
        *("0", "1", "2", "x", "yes", "no", "ok", "done", "complete", "completed", "incomplete"),
        *("unverified", "in progress", "to do", "todo", "pending", "open", "closed", "finished"),
        *("final", "draft", "ready", "checked", "extracted", "coded", "reviewed", "not started"),
        *("started", "to check", "fertig", "offen", "erledigt", "in arbeit", "en cours", "termine"),
        *("hecho", "pendiente", "completo", "gedaan", "klaar", "klar", "pagaende"),
    )
)


def leave_out_bookkeeping(columns: Columns) -> None:
    """Columns that say what a team did with a row, and nothing of the study, are not taken over."""
    found = [name for name in columns.free if _is_bookkeeping(columns, name)]
    if found:
        columns.leave_out(found)
        columns.tell(
            f"{quoted(found, len(found))}: by the heading about the team's work and not about the "
            "studies, so not taken over.",
            hint='--columns "filter=COLUMN" makes a filter of one, "codes=COLUMN" a code',
        )


def _is_bookkeeping(columns: Columns, name: str) -> bool:
    """Whether a heading, with what stands below it, is about work on the rows."""
    words = plain(re.sub(r"[?]", "", name))
    said = {bare(cell) for cell in columns.held[name]}
    if words in ("status", "progress", "complete", "completed") or words.endswith(" complete"):
        # "Complete" at the end is what REDCap writes behind the name of each form.
        # Ticks below "Complete" may say that a code applies.
        ticks = words in ("complete", "completed") and said <= {"x", "0", "1", "yes", "no"}
        return said <= _STATES and not ticks
    if re.search(r"\bscreen", words) and {inclusion(cell) for cell in said} >= {"yes", "no"}:
        return False  # a study on screening, where some screened
    return _BOOKKEEPING.fullmatch(words) is not None


# Where those who wrote a study, paid for it or printed it sit is not where it was done.
_OF_PEOPLE = re.compile(
    r" (?:\w*authors?|affiliations?|corresponding|publishers?|journals?|funders?|funding|"
    r"developers?|auteurs?|autor(?:es|en)?|autori) "
)


def find_within_headings(columns: Columns, named: Mapping[str, list[str]]) -> None:
    """Look for columns by words within longer headings, and for first authors."""
    for use, phrases in within().items():
        for name in () if columns.has(use) else columns.free:
            words = f" {folded(name)} "
            if use == "country" and _OF_PEOPLE.search(words):
                continue
            if any(f" {word} " in words for word in phrases) and fits(columns, name, use):
                columns.uses[name] = use
                break
    if not columns.has("country"):
        # Names of countries alone are countries, whatever the heading calls them.
        lands = (n for n in columns.free if not _OF_PEOPLE.search(f" {folded(n)} "))
        columns.use([n for n in lands if columns.share(n, _is_country) == 1][:1], "country")
    if columns.has("study") and not columns.has("author"):
        first = next((named[heading][0] for heading in FIRST_AUTHOR if heading in named), "")
        if first:
            columns.uses.setdefault(first, "author")
    if columns.has("study", "author", "title") and not columns.has("record"):
        # Beside what the study is called, "Study ID" is its number.
        for name in columns.free:
            if plain(name) in STUDY_IDS and fits(columns, name, "record"):
                columns.uses[name] = "record"
                break
    if columns.has("record") and not columns.has("study"):
        # A column called an id that holds "Lee 2020" is what the study is called.
        for name, use in columns.uses.items():
            labels = use == "record" and name not in columns.given
            if labels and columns.share(name, LABEL.match) > 0.5:
                columns.uses[name] = "study"


def _is_country(cell: str) -> bool:
    named, others = countries(cell)
    return len(cell) > 3 and bool(named) and not others


def fits(columns: Columns, name: str, use: str) -> bool:
    """Whether the cells of a column can be what its heading says."""
    held = [cell for cell in columns.held[name] if not unknown(cell)]
    if not held:
        return False
    match use:
        case "year" if {*folded(name).split()} & {*folded_headings()["author"]}:
            return False  # "Author(s), year of publication"
        case "year":
            return columns.share(name, lambda cell: year_in(cell) or _UNDATED.search(cell)) > 0.5
        case "study" if plain(name) in ("citation", "citations"):
            # In French it is a quote: beside authors one that names no year and no number.
            authors = {*folded_headings()["author"]}
            named = any(plain(one) in authors for one in columns.sheet.header)
            return not named or columns.share(name, re.compile(r"\d").search) > 0.5
        case "doi":
            return columns.share(name, DOI.search) > 0.3
        case "pmid":
            return columns.share(name, _PMID.match) > 0.5
        case "direction":
            return _fits_directions(columns, name, held)
        case "country":
            return sum(bool(countries(cell)[0]) for cell in held) * 3 >= len(held)
        case "sample":
            # "Population" with few values sorts studies; it does not describe one.
            held = columns.held[name]
            numbers = held == [str(at) for at in range(1, len(held) + 1)]
            return not (columns.comes_again(name) or (numbers and len(held) > 1))
        case "theme":
            # Numbers alone may name codes of a codebook; ticks and noughts name none.
            ticks = all(is_tick(cell, name) or is_blank_tick(cell) for cell in held)
            return not ticks or all(cell.isdecimal() and cell != "0" for cell in held)
        case "design":
            # Ticks below "Design" judge it, and name none.
            ticks = all(is_tick(cell) or is_blank_tick(cell) for cell in held)
            return sum(map(len, held)) / len(held) <= 60 and not ticks
        case "reviewer":
            return len(columns.told(name)) <= max(12, len(held) // 5)
        case "record" | "key":
            return len(columns.told(name)) > 1 or len(columns.sheet.rows) == 1
    return True


def _fits_directions(columns: Columns, name: str, held: list[str]) -> bool:
    """Whether a column has so few values that they can be directions."""
    marks = read_marks(held)
    different = len({same(marks.get(cell, cell)) for cell in held})
    if different > MOST_DIRECTIONS:
        columns.tell(
            f"{name!r} has {different} different values; {MOST_DIRECTIONS} directions "
            "can be told apart, so it holds none.",
            hint=f'--columns "summary={name}" if it is the finding in words',
        )
    return different <= MOST_DIRECTIONS
