"""Whether two entries are one work: what a reader of both would say."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.reading.bibliography import check_bibliography, parse_bibliography
from synth.references.sameness import Known
from synth.references.work import Reference
from synth.starter.add_references import add_works

ARTICLE = {
    "author": "Lee, Anna and Roux, Bob",
    "title": "Beds in narrow rooms: an interview study",
    "journal": "Journal of Care",
    "volume": "12",
    "number": "3",
    "pages": "101--110",
    "year": "2019",
}
DOI = {"doi": "10.1000/jc.2019.12"}
SHORT = {"author": "Lee, A.", "title": "Rooms without beds or chairs", "year": "2019"}


def work(fields: dict[str, str]) -> Reference:
    said = {name: text for name, text in fields.items() if text and name != "kind"}
    return Reference("x", fields.get("kind", "article"), said)


def verdict(one: dict[str, str], other: dict[str, str]) -> str:
    """What is said of the second where the first is known: the same, why it may be, or nothing."""
    key, doubt = Known({"one": work(one)}).find(work(other))
    return doubt or ("the same work" if key else "")


@pytest.mark.parametrize(
    "other",
    [
        {**DOI, "title": "Something else"},
        {"doi": "https://doi.org/10.1000/JC.2019.12"},
        {"doi": "10.1000%2Fjc.2019.12"},
        {"author": "Lee A and Roux B"},
        {"author": "Roux, Bob and Lee, Anna"},
        {"author": ""},
        {"title": "BEDS IN NARROW ROOMS - AN INTERVIEW STUDY."},
        {"title": "RETRACTED: Beds in narrow rooms: an interview study"},
        {"journal": "J Care"},
        {"pages": "101--10"},
        {"pages": "", "volume": "", "number": ""},
        {"kind": "misc", "journal": ""},
    ],
)
def test_one_work_is_known_in_another_form(other: dict[str, str]) -> None:
    there = {**ARTICLE, **DOI}
    assert verdict(there, {**ARTICLE, **other}) == "the same work"
    assert verdict({**ARTICLE, **other}, there) == "the same work"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller, J.", "Mueller, Jan"),
        ("Müller, J.", "Muller, J."),
        ("van der Berg, Jan", "Berg, Jan van der"),
        ("van der Berg, Jan", "Berg, J."),
        ("García-López, Ana", "Garcia Lopez, A."),
        ("García López, Ana", "López, Ana García"),
        ("{World Health Organization}", "{WHO}"),
    ],
)
def test_a_name_in_another_spelling_is_the_same(one: str, other: str) -> None:
    assert verdict({**ARTICLE, "author": one}, {**ARTICLE, "author": other}) == "the same work"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({}, {"year": "2018"}, "author and title, but another year (2019 and 2018)"),
        ({}, {"year": "in press"}, "author and title, but another year (2019 and in press)"),
        ({}, {"title": "Beds in narrow rooms"}, "author, year and title without its subtitle"),
        (
            {"title": "Beds: an old plan"},
            {"title": "Beds"},
            "author, year and title without its subtitle",
        ),
        ({}, {"author": "Lea, Anna"}, "year and title, but other authors"),
        ({}, {"pages": "300"}, "author, year and title, but other pages (101–110 and 300)"),
        (
            {},
            {"title": "Beds in narow rooms: an interview study"},
            "author and year and nearly the same title",
        ),
        (
            {"title": "Lits [Beds in small rooms]"},
            {"title": "Beds in small rooms"},
            "author, year and title in one language",
        ),
        (
            {},
            {"title": "[Betten in Kammern]"},
            "author, journal, volume and page, but another title",
        ),
        (
            {"title": "Editorial"},
            {"title": "Editorial", "number": "4", "pages": "201"},
            "author, year and title, but another issue (3 and 4) and other pages (101–110 and 201)",
        ),
        (
            {"doi": "10.1101/1"},
            {"doi": "10.1000/2"},
            "author, year and title, but another DOI",
        ),
    ],
)
def test_what_may_be_one_work_is_told_and_why(
    one: dict[str, str], other: dict[str, str], told: str
) -> None:
    assert verdict({**ARTICLE, **one}, {**ARTICLE, **other}) == f"the same {told}"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            {"kind": "phdthesis", "school": "U"},
            {"journal": "Journal of Care"},
            "another kind of work (a thesis and an article)",
        ),
        (
            {"kind": "preprint", "publisher": "medRxiv"},
            {"journal": "Journal of Care"},
            "another kind of work (a preprint and an article)",
        ),
        (
            {"kind": "inproceedings", "booktitle": "Meeting of Cooks"},
            {"kind": "inproceedings", "booktitle": "Days of Gardening"},
            "another journal or book",
        ),
        (
            {"kind": "book", "volume": "1"},
            {"kind": "book", "volume": "2"},
            "another volume (1 and 2)",
        ),
        ({"author": "Lee, Zoe"}, {}, "another given name"),
    ],
)
def test_one_title_of_one_author_is_not_yet_one_work(
    one: dict[str, str], other: dict[str, str], told: str
) -> None:
    found = verdict({**SHORT, **one}, {**SHORT, **other})
    assert found == f"the same author, year and title, but {told}"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            {"institution": "City Hospital"},
            {"institution": "Rural Trust"},
            "year and title, but another publisher",
        ),
        (
            {"url": "https://a.org/1"},
            {"url": "https://a.org/2"},
            "year and title, but another address",
        ),
        ({"author": "Lee, A."}, {}, "year and title, but an author in one of them only"),
        ({"url": "https://www.a.org/1/"}, {"url": "http://a.org/1"}, ""),
    ],
)
def test_works_that_name_nobody_are_told_apart_by_who_published_them(
    one: dict[str, str], other: dict[str, str], told: str
) -> None:
    report = {"kind": "report", "title": "Annual report", "year": "2019"}
    found = verdict({**report, **one}, {**report, **other})
    assert found == (f"the same {told}" if told else "the same work")


@pytest.mark.parametrize(
    "book",
    [
        {"kind": "book", "author": "Lee, A.", "title": "Rooms"},
        {"kind": "incollection", "author": "Roe, C.", "title": "Chairs", "pages": "31--40"},
    ],
)
def test_a_chapter_that_bears_the_doi_of_its_book_is_not_lost(book: dict[str, str]) -> None:
    chapter = {"kind": "incollection", "author": "Kim, B.", "title": "Beds", "pages": "1--9"}
    whole = {"booktitle": "Rooms"} if book["kind"] == "incollection" else {}
    found = verdict({**book, **whole, **DOI}, {**chapter, "booktitle": "Rooms", **DOI})
    assert found.startswith("the same DOI, but another title and ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beds in narrow rooms, part 1", "Beds in narrow rooms, part 2"),
        ("Beds in narrow rooms: Part I", "Beds in narrow rooms: Part II"),
        ("Beds in rooms: a survey of cooks", "Beds in rooms: interviews with maids"),
        (ARTICLE["title"], f"Correction to: {ARTICLE['title']}"),
    ],
)
def test_near_titles_of_different_works_are_not_told(one: str, other: str) -> None:
    first = {**ARTICLE, "title": one}
    assert verdict(first, {**ARTICLE, "title": other, "pages": "300"}) == ""


@pytest.mark.parametrize("other", [{"year": "2018"}, {"pages": "300"}, {"author": "Ek, P."}])
def test_a_short_title_without_its_subtitle_says_little(other: dict[str, str]) -> None:
    first = {**ARTICLE, "title": "Comment: on beds and chairs"}
    assert verdict(first, {**ARTICLE, "title": "Comment", **other}) == ""


def test_another_edition_is_another_work() -> None:
    book = {"kind": "book", "author": "Lee, A.", "title": "A Handbook of Small Rooms"}
    assert verdict({**book, "year": "2009"}, {**book, "year": "2019"}) == ""


def test_a_sure_match_is_found_behind_a_doubtful_one() -> None:
    editorial = {**ARTICLE, "title": "Editorial", "pages": "1"}
    second = {**editorial, "pages": "201"}
    known = Known({"first": work(editorial), "second": work(second)})
    assert known.find(work(second)) == ("second", "")


def bib(key: str, fields: dict[str, str]) -> str:
    listed = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@article{{{key},\n{listed}}}\n"


def test_what_may_be_there_is_added_and_told(example: Path) -> None:
    file = example.parent / "export.bib"
    said: list[str] = []

    def add(text: str) -> None:
        file.write_text(text, "utf-8")
        said.clear()
        add_works(example, file, role="background", dry_run=False, say=said.append)

    editorial = {**ARTICLE, "title": "Editorial"}
    add(bib("lee2019", editorial))
    # The file calls its own work as the review calls another.
    add(bib("zz", editorial) + bib("lee2019", {**editorial, "pages": "201"}))
    assert said[0] == "zz is there already, as lee2019: left alone."
    assert said[1] == "lee2019b: Lee & Roux, 2019b. Editorial"
    assert said[2] == (
        "lee2019b may be lee2019: the same author, year and title, but other pages (101–110 and "
        "201). If they are one work, keep one of them."
    )
    add(bib("yy", {**ARTICLE, **DOI}) + bib("ww", {**ARTICLE, **DOI, "title": "Lits"}))
    assert f"ww is there already, as yy with the title '{ARTICLE['title']}': left alone." in said


@pytest.mark.parametrize(
    ("other", "codes"),
    [
        ({}, ["entry-alike"]),
        (DOI, ["entry-alike"]),
        ({"title": "Beds in narrow rooms. An interview study"}, ["entry-alike"]),
        ({"pages": "201"}, []),
        ({"journal": "Other Matters"}, []),
    ],
)
def test_the_check_asks_of_works_alike_unless_they_are_told_apart(
    other: dict[str, str], codes: list[str]
) -> None:
    works, problems = parse_bibliography(bib("a", ARTICLE) + bib("b", {**ARTICLE, **other}))
    assert problems == []
    assert [problem.code for problem in check_bibliography(works, 2026)] == codes
