"""Citations and references, as readers see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.reading.bibliography import read_bibliography
from synth.references.apa import (
    address,
    author_year,
    group,
    narrative,
    reference_html,
    reference_text,
)
from synth.references.work import Reference


def work(key: str = "key2020", kind: str = "article", **fields: str) -> Reference:
    return Reference(key, kind, {"year": "2020", "title": "A title", **fields})


@pytest.mark.parametrize(
    ("author", "bracket", "sentence"),
    [
        ("Otte, I.", "Otte, 2020", "Otte (2020)"),
        ("Gates, L. and Akabas, S.", "Gates & Akabas, 2020", "Gates and Akabas (2020)"),
        ("A, A. and B, B. and C, C.", "A et al., 2020", "A et al. (2020)"),
        ("Otte, I. and others", "Otte et al., 2020", "Otte et al. (2020)"),
        ("de la Croix, A.", "de la Croix, 2020", "de la Croix (2020)"),
        ("{Guild of Gardeners}", "Guild of Gardeners, 2020", "Guild of Gardeners (2020)"),
    ],
)
def test_citations(author: str, bracket: str, sentence: str) -> None:
    assert author_year(work(author=author)) == bracket
    assert narrative(work(author=author)) == sentence


def test_works_of_one_author_and_year_are_told_apart_by_their_keys() -> None:
    assert author_year(work("otte2020b", author="Otte, I.")) == "Otte, 2020b"


def test_undated_unsigned_and_edited_works() -> None:
    assert author_year(work(author="A, A.", year="")) == "A, n.d."
    assert author_year(work(author="A, A.", year="in press")) == "A, in press"
    assert (
        author_year(work(title="A song of the compost heap, and more")) == "A song of the …, 2020"
    )
    assert author_year(work(editor="Okafor, C.")) == "Okafor, 2020"


def test_a_group_is_ordered_by_author_then_year_then_letter() -> None:
    works = [
        work("z2020", author="Zed, A."),
        work("otte2020b", author="Otte, I."),
        work("otte2020a", author="Otte, I."),
        work("otte2011", author="Otte, I.", year="2011"),
        work("ostby2020", author="Østby, K."),
        work("ottend", author="Otte, I.", year="n.d."),
        work("cr2020", author="de la Croix, A."),
    ]
    assert [one.key for one in group(works)] == [
        "cr2020",
        "ostby2020",
        "ottend",
        "otte2011",
        "otte2020a",
        "otte2020b",
        "z2020",
    ]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (
            work(
                author="A, Ann and B, Bo",
                journal="Rest",
                volume="4",
                number="2",
                pages="1--9",
                doi="10.5/x",
            ),
            "A, A., & B, B. (2020). A title. Rest, 4(2), 1–9. https://doi.org/10.5/x",
        ),
        (
            work(kind="book", author="A, Ann", publisher="Press", edition="2", title="Rest?"),
            "A, A. (2020). Rest? (2nd ed.). Press.",
        ),
        (
            work(
                kind="incollection",
                author="A, A.",
                booktitle="Book",
                editor="E, Eve",
                pages="7",
                publisher="Press",
            ),
            "A, A. (2020). A title. In E. E (Ed.), Book (p. 7). Press.",
        ),
        (
            work(kind="techreport", author="{The Trust}", institution="The Trust", number="7"),
            "The Trust. (2020). A title (Report No. 7).",
        ),
        (
            work(kind="phdthesis", author="A, A.", school="Some University"),
            "A, A. (2020). A title [Doctoral dissertation, Some University].",
        ),
        (work(kind="misc", url="https://example.org"), "A title. (2020). https://example.org"),
        (work(author="A, A. and others", year=""), "A, A., et al. (n.d.). A title."),
        (work(kind="book", editor="A, A. and B, B."), "A, A., & B, B. (Eds.). (2020). A title."),
    ],
)
def test_references(reference: Reference, text: str) -> None:
    assert reference_text(reference) == text


def test_more_than_twenty_authors_are_cut() -> None:
    authors = " and ".join(f"A{number}, B." for number in range(1, 26))
    text = reference_text(work(author=authors))
    assert "A19, B., … A25, B." in text
    assert "A20" not in text


def test_notes_are_added_when_asked_for() -> None:
    unsure = work(author="A, A.", note="Not verified: the year.")
    assert reference_text(unsure) == "A, A. (2020). A title."
    assert reference_text(unsure, note=True).endswith("[Not verified: the year.]")


def test_html_sets_off_links_and_escapes() -> None:
    html = reference_html(work(author="A, A.", title="<b> & co", journal="Rest", doi='10.5/a"b<c>'))
    assert html == (
        "A, A. (2020). &lt;b&gt; &amp; co. <em>Rest</em>. "
        '<a href="https://doi.org/10.5/a%22b%3Cc%3E">https://doi.org/10.5/a"b&lt;c&gt;</a>'
    )


def test_only_web_addresses_become_links() -> None:
    assert "href" not in reference_html(work(author="A, A.", url="javascript:alert(1)"))
    assert address("https://a.org/ä b") == "https://a.org/%C3%A4%20b"


def test_every_work_of_the_book_is_cited_in_its_own_way(root: Path) -> None:
    works, _ = read_bibliography(root / "references.bib")
    assert len({author_year(one) for one in works.values()}) == len(works)
