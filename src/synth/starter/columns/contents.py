"""Which columns say by their cells what they are, and what becomes of the rest."""

from __future__ import annotations

import re
from collections import Counter

from synth.references.work import DOI
from synth.starter.columns.table import IDENTITY, Columns
from synth.starter.spreadsheet import folded
from synth.starter.turned import CITES, LABEL, names_studies
from synth.starter.values import is_consensus, is_mail, same, year_in

_IS_YEAR = re.compile(r"(?:19|20)\d\d[a-z]?")
_YEARS = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
# So many people code a review at most.
_MOST_PEOPLE = 12


def matrix_of_studies(columns: Columns) -> list[str]:
    """Columns that name studies in their cells, where several do and none says that it is them.

    A map of interventions and outcomes may name the studies of each cell; read as a row for each
    study it would say what nobody coded.
    """
    if columns.has("study", "key", "author", "title", "doi", "pmid"):
        return []
    found = [
        name
        for name in columns.free
        if columns.held[name] and columns.share(name, names_studies) == 1
    ]
    return found if len(found) > 1 and len(found) < len(columns.sheet.header) else []


def find_studies(columns: Columns) -> None:
    """Look for addresses of people, and for what tells studies apart."""
    columns.use([name for name in columns.free if columns.share(name, is_mail) > 0.5], "person")
    if not columns.has("study"):
        # "Author (year)" holds what the study is called.
        authors = [name for name, use in columns.uses.items() if use == "author"]
        named = [
            n for n in authors if n not in columns.given and columns.share(n, LABEL.match) > 0.6
        ]
        columns.use(named[:1], "study")
    if not columns.has("study", "key", "author"):
        for name in columns.free:
            # "No rooms (Lee 2013)" is a text that cites a study.
            texts = columns.share(name, CITES.search) > 0.3
            if columns.share(name, LABEL.match) > 0.6 and not texts:
                columns.uses[name] = "study"
                break
    if not columns.has("year"):
        labels = [name for name, use in columns.uses.items() if use == "study"]
        dated = any(columns.share(name, LABEL.match) > 0.5 for name in labels)
        years = [n for n in columns.free if columns.share(n, _IS_YEAR.fullmatch) > 0.9]
        if len(years) == 1 and not dated:
            columns.use(years, "year")
    _leave_out_counts(columns)
    if not columns.has("doi"):
        found = [name for name in columns.free if columns.share(name, DOI.search) > 0.6]
        columns.use(found[:1], "doi")


def keep_what_is_of_no_study(columns: Columns) -> None:
    """A number or a year that the names of the studies contradict is of something else.

    Numbers of references or of segments begin anew in each document, and a date may be that of the
    coding: read as the study's they would join studies, and part one.
    """
    label = next((name for name, use in columns.uses.items() if use == "study"), "")
    free = label and columns.share(label, LABEL.match) > 0.5
    seen = {n: use for n, use in columns.uses.items() if free and n not in columns.given}
    for name, use in seen.items():
        pairs = {
            (_who(one), same(two))
            for one, two in zip(columns.cells[label], columns.cells[name], strict=True)
            if one and two
        }
        if use == "record":
            of_label, of_record = (Counter(pair[at] for pair in pairs) for at in (0, 1))
            rows = Counter(same(cell) for cell in columns.held[name])
            again = sum(count > 1 for count in rows.values())
            several = sum(count > 1 for count in of_record.values())
            wrong = several and several * 2 >= again and max(of_label.values()) > 1
            what = "numbers something else than the studies"
        elif use == "author":
            of_label, of_author = (Counter(pair[at] for pair in pairs) for at in (0, 1))
            files = columns.share(label, _FILE.search) > 0.5
            several = files or max((*of_label.values(), *of_author.values()), default=0) > 1
            known = [one[0] in folded(two).split() for one, two in pairs]
            wrong = several and len(known) > 1 and not any(known)
            if wrong:
                columns.uses[name] = "person"
                columns.tell(
                    f"{name!r} names others than the names of the studies do, so it is read as who "
                    "coded, and not published.",
                    hint=f'--columns "author={name}"',
                )
            continue
        elif use == "year":
            told = [(one[1], year_in(two)) for one, two in pairs]
            known = [year[:4] == dated for dated, year in told if dated and year]
            wrong = len(known) > 1 and sum(known) * 2 < len(known)
            what = "says other years than the names of the studies"
        else:
            continue
        if wrong:
            columns.uses[name] = "keep"
            columns.tell(
                f"{name!r} {what}, so it tells none of them.", hint=f'--columns "{use}={name}"'
            )


_FILE = re.compile(r"\.(?:pdf|docx?|rtf|txt|odt|html?)$", re.IGNORECASE)


def _who(label: str) -> tuple[str, str]:
    """The first word of a study's name and its year: what two ways of citing it share."""
    years = _YEARS.findall(label)
    return folded(label).partition(" ")[0], years[0][:4] if years else ""


def _leave_out_counts(columns: Columns) -> None:
    """A column that counts the studies its row names is known of none of them."""
    named = next((name for name, use in columns.uses.items() if use == "study"), "")
    if not named:
        return
    listed = [len(_YEARS.findall(cell)) for cell in columns.cells[named]]
    for name in columns.sheet.header:
        counts = [re.sub(r"\D.*", "", cell) for cell in columns.cells[name]]
        # A number of thousands of digits is an id, and none that Python would read.
        alike = [
            len(one) < 10 and int(one) == many
            for one, many in zip(counts, listed, strict=True)
            if one
        ]
        free = name not in columns.given and columns.uses.get(name, "sample") == "sample"
        if free and max(listed, default=0) > 1 and alike and sum(alike) * 3 > len(alike) * 2:
            columns.leave_out([name])
            columns.tell(
                f"{name!r} counts the studies that {named!r} names, so it is not taken over.",
                hint=f'--columns "keep={name}"',
            )


def find_reviewers(columns: Columns) -> None:
    """A column of people who coded, whatever it is called, ends in what they agreed on."""
    for name in () if columns.has("reviewer") else columns.free:
        agreed = 0.05 < columns.share(name, is_consensus) < 0.9
        few = len(columns.different(name)) <= _MOST_PEOPLE
        if agreed and few and re.search(r"review|cod(?:er|ed)|rater|extract", folded(name)):
            columns.uses[name] = "reviewer"
            return


def _find_reviewers_by_mail(columns: Columns) -> None:
    """Addresses that differ within a study are of the people who coded it, as forms keep."""
    uses = columns.uses
    by_program = bool(columns.sheet.program) and columns.sheet.holds == "codings"
    if columns.has("reviewer") or not columns.has(*IDENTITY) or by_program:
        return
    mails = [n for n, use in uses.items() if use == "person" and columns.share(n, is_mail)]
    for name in mails:
        people = columns.by_study([same(cell)] if cell else [] for cell in columns.cells[name])
        several = any(len(those) > 1 for those in people)
        if several and len(columns.different(name)) <= _MOST_PEOPLE:
            uses[name] = "reviewer"
            columns.tell(
                f"{name!r} differs within a study, so it is read as who extracted the row.",
                hint=f'--columns "leave-out={name}"',
            )
            return


def sort_rest(columns: Columns) -> None:
    """What is none of all this is a filter, is kept, or is empty."""
    _find_reviewers_by_mail(columns)
    uses = columns.uses
    for name in columns.sheet.header:
        if name not in uses:
            kept = "keep" if columns.held[name] else "leave-out"
            if re.fullmatch(r"Column \w+", name) and _only_counts(columns.cells[name]):
                kept = "leave-out"
            elif columns.comes_again(name):
                kept = "filter"
            uses[name] = kept
    if not columns.has("study", "key", "record", "doi", "pmid", "title"):
        columns.use([name for name, use in uses.items() if use == "author"][:1], "study")


def _only_counts(cells: list[str]) -> bool:
    """Whether a column numbers the rows, as programs of statistics write it first."""
    numbers = [int(cell) for cell in cells if cell.isdecimal() and len(cell) < 10]
    first = numbers[0] if numbers else 2
    return first < 2 and numbers == [*range(first, first + len(cells))]
