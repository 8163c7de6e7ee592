"""Random reviews, written as teams write their tables in every shape, come back as they were."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.reading.records import read_records
from synth.starter.importer import take_in
from synth.starter.request import Request

# Labels that are easily taken for something else: lists, paths, other spellings, numbers.
CODES = (
    *("Pay", "Long hours", "Pay, hours and rest", "Age <18", "Age >18", "Staff/Team", "R&D"),
    *("24/7 care", "Cost and/or time", "Con", "1.1 Sorting", "2. Door", "Bezahlung (Höhe)", "工资"),
)
NAMES = ("Lee", "Roux", "Ek", "Al-Hassan", "O'Brien", "Müller", "van der Berg", "Østby", "WHO")

Review = dict[str, set[str]]
"""The codes of each study."""


@st.composite
def reviews(draw: st.DrawFn) -> Review:
    """Studies with codes; at least one has one, and some may have none."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True))
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=5, unique=True))
    review = {
        f"{name} {2001 + at}": set(draw(st.lists(st.sampled_from(codes), max_size=len(codes))))
        for at, name in enumerate(names)
    }
    first = next(iter(review))
    review[first] = review[first] or {codes[0]}
    return review


def table(rows: Iterable[Iterable[str]]) -> str:
    """Rows as the text of a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def codes_of(review: Review) -> list[str]:
    """The codes in use, in an order of their own."""
    return sorted({code for codes in review.values() for code in codes})


def long(review: Review) -> dict[str, str]:
    """A row for each study and code; a study without any has one row."""
    rows = [(study, code) for study, codes in review.items() for code in sorted(codes) or [""]]
    return {"table.csv": table([("Study", "Code"), *rows])}


def ticks(mark: str, no: str) -> Callable[[Review], dict[str, str]]:
    """A row for each study, a column for each code."""

    def shape(review: Review) -> dict[str, str]:
        codes = codes_of(review)
        rows = [
            (study, *(mark if code in held else no for code in codes))
            for study, held in review.items()
        ]
        return {"table.csv": table([("Study", *codes), *rows])}

    return shape


def texts(review: Review) -> dict[str, str]:
    """A row for each study, and below the heading of each code what was found."""
    codes = codes_of(review)
    rows = [
        (study, *(f"What {study} says of it" if code in held else "" for code in codes))
        for study, held in review.items()
    ]
    return {"table.csv": table([("Study", *codes), *rows])}


def lists(sign: str) -> Callable[[Review], dict[str, str]]:
    """A row for each study, with all its codes in one cell."""

    def shape(review: Review) -> dict[str, str]:
        rows = [(study, sign.join(sorted(held))) for study, held in review.items()]
        return {"table.csv": table([("Study", "Codes"), *rows])}

    return shape


def numbers(review: Review) -> dict[str, str]:
    """Codes as numbers of a codebook of its own."""
    codes = codes_of(review)
    rows = [
        (study, ";".join(str(codes.index(code) + 1) for code in sorted(held)))
        for study, held in review.items()
    ]
    book = [("No", "Label"), *((str(at), code) for at, code in enumerate(codes, start=1))]
    return {"table.csv": table([("Study", "Codes"), *rows]), "codes.csv": table(book)}


SHAPES: dict[str, Callable[[Review], dict[str, str]]] = {
    "long": long,
    "ticks x": ticks("x", ""),
    "ticks 1": ticks("1", "0"),
    "ticks yes": ticks("Yes", "No"),
    "texts": texts,
    "lists ;": lists("; "),
    "lists in lines": lists("\n"),
    "numbers": numbers,
}


def imported(files: dict[str, str], codes: list[str], shape: str) -> Review:
    """The codes of each study in the review that is made of files."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for name, text in files.items():
            (here / name).write_text(text, encoding="utf-8")
        book = here / "codes.csv" if "codes.csv" in files else None
        columns = (f"codes={'|'.join(codes)}",) if shape == "texts" else ()
        request = Request(
            here / "review", (here / "table.csv",), codebook=book, columns=columns, path=""
        )
        taken = take_in(request, lambda line: None)
        root = here / "review"
        for name, text in taken.draft.files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        records, _ = read_records(root)
    made: Review = {}
    for key, study in records.studies.items():
        assert study.is_evidence
        made[records.bibliography[key].title] = set()
    for finding in records.findings.values():
        title = records.bibliography[finding.study].title
        made[title].add(records.codebook[finding.theme].label)
    assert sum(map(len, made.values())) == len(records.findings)
    return made


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=25, deadline=None)
@given(review=reviews())
def test_a_review_in_any_shape_comes_back_as_it_was(shape: str, review: Review) -> None:
    assert imported(SHAPES[shape](review), codes_of(review), shape) == review
