"""Whole references typed in the column of studies: read part by part, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.reading.rules import load_records
from synth.references.typed import typed_list, typed_reference
from synth.starter.start import Request, start

APA = (
    "Abebe, S. T., Roy, K., & O'Hara-Ek, M. (2014). Benches in parks: A mixed methods study. "
    "Journal of Invented Care, 9(2), 11–19. https://doi.org/10.1000/inv.2014.9"
)
HARVARD = (
    "van der Kim, J.P. and Moreau, C. (2015) ‘Gates: who opens them’, Park News, 3(1), pp. 5–9. "
    "Available at: https://example.org/gates"
)
VANCOUVER = "3. Abebe ST, Roy K, et al. Paths in the wood? J Invent Care. 2016 Mar;11(4):e21-9."
IEEE = '[7] K. Roy and A. B. Ek, "Ponds in winter," Parks, vol. 4, no. 2, pp. 3-9, 2017.'
ELSEVIER = "Ek, A.B., Roy, K., 2018. Frogs of the pond. Park News 12, 33-41."
BODY = "Guild of Gardeners. (2019). Sheds and tools: A survey. Guild of Gardeners."
BOOK = "Moreau C. Fences and hedges. 2nd ed. Lyon: Park Press; 2020."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            APA,
            {
                "author": "Abebe, S. T.; Roy, K.; O'Hara-Ek, M.",
                "year": "2014",
                "title": "Benches in parks: A mixed methods study",
                "journal": "Journal of Invented Care",
                "volume": "9",
                "issue": "2",
                "pages": "11–19",
                "doi": "10.1000/inv.2014.9",
            },
        ),
        (
            HARVARD,
            {
                "author": "van der Kim, J.P.; Moreau, C.",
                "year": "2015",
                "title": "Gates: who opens them",
                "journal": "Park News",
                "volume": "3",
                "issue": "1",
                "pages": "5–9",
                "url": "https://example.org/gates",
            },
        ),
        (
            VANCOUVER,
            {
                "author": "Abebe, ST; Roy, K; et al.",
                "year": "2016",
                "title": "Paths in the wood?",
                "journal": "J Invent Care",
                "volume": "11",
                "issue": "4",
                "pages": "e21–e29",
            },
        ),
        (
            IEEE,
            {
                "author": "Roy, K.; Ek, A. B.",
                "year": "2017",
                "title": "Ponds in winter",
                "journal": "Parks",
                "volume": "4",
                "issue": "2",
                "pages": "3–9",
            },
        ),
        (
            ELSEVIER,
            {
                "author": "Ek, A.B.; Roy, K.",
                "year": "2018",
                "title": "Frogs of the pond",
                "journal": "Park News",
                "volume": "12",
                "pages": "33–41",
            },
        ),
        (
            BODY,
            {"author": "Guild of Gardeners", "year": "2019", "title": "Sheds and tools: A survey"},
        ),
        (BOOK, {"author": "Moreau, C", "year": "2020", "title": "Fences and hedges"}),
    ],
)
def test_the_parts_of_a_reference_are_told_apart(text: str, said: dict[str, str]) -> None:
    assert dict(typed_reference(text)) == said


@pytest.mark.parametrize(
    "text",
    [
        *("Lee 2019", "Lee et al. (2019)", "Lee & Roux (2019) Study 2", "Lee (2019): Canada"),
        "Lee, A. (2019) Study 2: adults in Toronto, interviews",
        "Smith J, 2019, Nursing, Canada, interviews with 20 nurses",
        "Pay and work: a study of 2019 in three hospitals. Results of a survey",
        "The garden (2019). A report of the second year. Sheds, 3(2)",
        "https://doi.org/10.1000/inv.2014.9",
    ],
)
def test_what_has_no_form_of_a_reference_is_none(text: str) -> None:
    assert typed_reference(text) == ()


@given(st.text(alphabet="Aa b.,;:()[]{}\\\"'“”&12019-–?", max_size=120))
def test_any_text_ends_in_parts_or_none(text: str) -> None:
    for part, value in typed_reference(text):
        assert value
        assert part in {*("author", "year", "title", "journal", "volume", "issue", "pages", "doi")}


def new(tmp_path: Path, bib: str = "") -> tuple[dict[str, str], str]:
    """The works of a review whose table has whole references, and what was said."""
    rows = "".join(
        f'"{text.replace(chr(34), chr(34) * 2)}",Pay,text {n}\n'
        for n, text in enumerate((APA, HARVARD, VANCOUVER, IEEE, BODY))
    )
    (tmp_path / "t.csv").write_text(f"Study,Code,Finding\n{rows}", "utf-8")
    given_bib = tmp_path / "r.bib" if bib else None
    if given_bib:
        given_bib.write_text(bib, "utf-8")
    said: list[str] = []
    request = Request(tmp_path / "review", (tmp_path / "t.csv",), bib=given_bib, title="T")
    start(request, execute=False, dry_run=False, say=said.append)
    records = load_records(tmp_path / "review")
    studies = {key: records.bibliography[key].title for key in records.studies}
    return studies, "\n".join(said)


def test_a_review_from_whole_references_has_their_parts(tmp_path: Path) -> None:
    studies, said = new(tmp_path)
    assert studies == {
        "abebe2014": "Benches in parks: A mixed methods study",
        "abebe2016": "Paths in the wood?",
        "guild-of-gardeners2019": "Sheds and tools: A survey",
        "roy2017": "Ponds in winter",
        "kim2015": "Gates: who opens them",
    }
    assert "Whole references in the column of studies were read part by part. (5 studies" in said


def test_whole_references_find_the_works_of_the_bibliography(tmp_path: Path) -> None:
    bib = """
@article{a, author={Abebe, Samuel and others}, title={Benches in Parks}, year=2014,
  doi={10.1000/inv.2014.9}}
@article{b, author={van der Kim, Jan and Moreau, C}, title={Gates: Who Opens Them}, year=2015}
@article{c, author={Abebe, Samuel and Roy, K and Ek, B}, title={Paths in the wood}, year=2016}
@article{d, author={Roy, K and Ek, A}, title={Ponds in winter}, year=2017}
@article{e, author={{Guild of Gardeners}}, title={Sheds and tools}, year=2019}
"""
    studies, said = new(tmp_path, bib)
    assert set(studies) == {"a", "b", "c", "d", "e"}
    assert "the table alone tells of" not in said


@pytest.mark.parametrize(
    "mark", ["{n}. ", "[{n}] ", "({n}) ", "{n}) ", "• ", "- ", ""], ids=lambda mark: mark or "none"
)
@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["lines", "paragraphs"])
@pytest.mark.parametrize("wrapped", [False, True], ids=["whole", "wrapped"])
def test_a_list_is_taken_apart_whatever_marks_its_entries(
    mark: str, between: str, wrapped: bool
) -> None:
    written = [APA, ELSEVIER, "Ek A, Roy K. On sheds: a study. J Gard. 2019 Mar;3(2):1-9."]
    if wrapped and (mark or between == "\n\n"):  # else nothing says where an entry ends
        written = [one.replace(". ", ".\n   ", 2) for one in written]
    text = between.join(mark.format(n=n) + one for n, one in enumerate(written, 998))
    read, unread = typed_list(f"References\n\n{text}\n")
    assert [dict(said)["year"] for said in read.values()] == ["2014", "2018", "2019"]
    assert not unread
