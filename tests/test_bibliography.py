"""The bibliography: entries, names, LaTeX, and what is wrong with them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from synth.reading.bibliography import check_bibliography, parse_bibliography, read_bibliography
from synth.references.latex import decode
from synth.references.names import Name
from synth.references.work import Bibliography, Reference


def entry(**fields: str) -> Reference:
    return Reference("key2020", "article", fields)


def test_the_works_of_the_book_are_all_read(root: Path) -> None:
    works, problems = read_bibliography(root / "references.bib")
    assert not problems
    text = (root / "references.bib").read_text(encoding="utf-8")
    assert len(works) == text.count("\n@") + text.startswith("@")


def test_keys_keep_the_order_of_the_file(example_root: Path) -> None:
    works, _ = read_bibliography(example_root / "references.bib")
    assert list(works)[:3] == ["abara2009", "delacroix2015a", "delacroix2015b"]
    assert repr(works) == "<Bibliography: 9 works>"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        (r"G{\"o}del", "Gödel"),
        (r"{\"O}zg{\"u}r", "Özgür"),
        (r"\'Eva \v{C}ern{\'y}", "Éva Černý"),
        (r"Na{\"\i}ve", "Naïve"),
        (r"{\O}stby \& {\L}ukasz", "Østby & Łukasz"),
        (r"stra{\ss}e", "straße"),
        ("{The {DNA} of it}", "The DNA of it"),
        (r"50\% of 5% & more", "50% of 5% & more"),
        ("pages 1--2 --- or so", "pages 1–2 — or so"),
        ("``quoted''", "“quoted”"),
        ("two\n   lines", "two lines"),
        (r"\emph{set off} and \textbf{bold}", "set off and bold"),
        ("$5 and $10 < 20", "$5 and $10 < 20"),
        # A formula before a number is none of the prices.
        (r"$\geq$65 or $<$18 years, $n=3$, \$5", "≥65 or <18 years, n=3, $5"),
        (r"5$^\circ$C and $10^{-3}$", "5°C and 10⁻³"),
        # As Zotero writes what stands above and below the line.
        (r"DNA\ensuremath{_{2}}, CO$_{\textrm{2}}$, H\(_2\)O", "DNA₂, CO₂, H₂O"),
        (r"le $4^{\textrm{ème}}$ of 10\textsuperscript{--3}", "le 4ème of 10⁻³"),
        (r"CO\textsubscript{{2}}, \ensuremath{<}5 {\ensuremath{\alpha}}", "CO₂, <5 α"),
        ("the `new normal' and ``more''", "the ‘new normal’ and “more”"),
        ("don't rock 'n' roll, the boys' `", "don't rock 'n' roll, the boys' `"),
        ("Łódź – as typed", "Łódź – as typed"),
        (r"H{\aa}kon", "Håkon"),
        ("Van~Hecke", "Van\N{NO-BREAK SPACE}Hecke"),
    ],
)
def test_decode(written: str, shown: str) -> None:
    assert decode(written) == shown


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Otte, Ina", [Name("Ina", "", "Otte")]),
        ("Ina Otte", [Name("Ina", "", "Otte")]),
        (
            "van Harten, W. H. and Groen, W.",
            [Name("W. H.", "van", "Harten"), Name("W.", "", "Groen")],
        ),
        ("Ludwig van Beethoven", [Name("Ludwig", "van", "Beethoven")]),
        ("Roberts, Jr., Sam", [Name("Sam", "", "Roberts", "Jr.")]),
        ("{World Health Organization}", [Name("", "", "World Health Organization")]),
        ("{Smith and Sons}", [Name("", "", "Smith and Sons")]),
        (r"M{\"u}ller, J{\"o}rg", [Name("Jörg", "", "Müller")]),
        ("Østby, Kari and others", [Name("Kari", "", "Østby")]),
        ("O'Brien-Mazza, D.", [Name("D.", "", "O'Brien-Mazza")]),
        # As Google Scholar has it.
        ("Davis Jr, John", [Name("John", "", "Davis", "Jr")]),
        ("King, Martin Luther Jr.", [Name("Martin Luther", "", "King", "Jr.")]),
        ("Lee, A II", [Name("A II", "", "Lee")]),
        ("Lee, A. and and Roux, B. and", [Name("A.", "", "Lee"), Name("B.", "", "Roux")]),
        ("van der Berg III, Mia", [Name("Mia", "van der", "Berg", "III")]),
        ("", []),
    ],
)
def test_names(written: str, names: list[Name]) -> None:
    assert list(entry(author=written).authors) == names


def test_others_are_remembered_but_are_nobody() -> None:
    work = entry(author="Otte, I. and others")
    assert work.and_others
    assert len(work.authors) == 1
    assert not entry(author="Smothers, A.").and_others


@pytest.mark.parametrize(
    ("first", "initials"),
    [
        ("Ina", "I."),
        ("I. K.", "I. K."),
        ("Jean-Paul", "J.-P."),
        ("W.H.", "W. H."),
        ("", ""),
        ("élise", "É."),
        ("ʿAlī", "ʿA."),
    ],
)
def test_initials(first: str, initials: str) -> None:
    assert Name(first).initials == initials


def test_year_suffix_and_links() -> None:
    work = Reference(
        "otte2020b", "article", {"year": "2020", "doi": "10.1/x_y", "url": "https://a.org"}
    )
    assert (work.year, work.suffix, work.link) == (2020, "b", "https://doi.org/10.1/x_y")
    assert entry(url="https://a.org").link == "https://a.org"
    assert entry(url="javascript:alert(1)").link == ""
    assert entry(date="2016-03-01").year == 2016
    assert entry(year="n.d.").year is None
    assert Reference("beds", "book").suffix == ""


def test_fields_are_decoded_only_when_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> str:
        raise AssertionError(text)

    monkeypatch.setattr("synth.references.latex._decoded", refuse)
    works, _ = parse_bibliography(r"@book{a2000, title = {G{\"o}del}, year = {2000}}")
    with pytest.raises(AssertionError):
        _ = works["a2000"].title


def test_the_library_does_not_log_what_is_said_as_a_problem(
    caplog: pytest.LogCaptureFixture,
) -> None:
    level = logging.getLogger("bibtexparser").level
    _, problems = parse_bibliography("@book{a, title = {x\n")
    assert len(problems) == 1
    assert not caplog.records
    assert logging.getLogger("bibtexparser").level == level


def test_what_is_enclosed_in_quotation_marks() -> None:
    works, problems = parse_bibliography(
        '@book{a, title = "On {"}rest{"}", year = "1999", month = jan}'
    )
    assert not problems
    assert works["a"].title == 'On "rest"'


def test_comments_and_preambles_are_no_entries() -> None:
    preamble = '@preamble{"\\newcommand{\\x}{y}"}'
    text = f"Exported today.\n@comment{{nothing}}\n{preamble}\n@book{{a, title = {{A}}}}"
    works, problems = parse_bibliography(text)
    assert (list(works), problems) == (["a"], [])


def test_strings_are_filled_in() -> None:
    works, problems = parse_bibliography(
        '@string{jmh = "Journal of Rest"}\n@article{a, journal = jmh}'
    )
    assert (works["a"].container, problems) == ("Journal of Rest", [])


def test_an_entry_after_a_broken_one_is_read() -> None:
    works, problems = parse_bibliography("@book{a, title = {x {y}\n\n@book{b, title = {z}}\n")
    assert list(works) == ["b"]
    assert works.broken == {"a"}
    assert [problem.line for problem in problems] == [1]


def test_a_missing_comma_after_the_key() -> None:
    _, problems = parse_bibliography("@book{a title = {x}}")
    assert str(problems[0]) == (
        "references.bib:1: a: [entry-key-comma] A comma is missing after the key.\n"
        "  Write it: 'a,'."
    )


@pytest.mark.parametrize(
    "doi",
    [
        "10.1007/s10488-021-01186-8",
        "10.1002/(SICI)1097-4679(199901)55:1<1::AID>3.0.CO;2-T",
        "10.5555/a",
    ],
)
def test_real_dois_pass(doi: str) -> None:
    works = Bibliography((Reference("a", "book", {"title": "x", "author": "A", "doi": doi}),))
    assert check_bibliography(works, 2025) == []


@pytest.mark.parametrize(
    "doi", ["doi:10.1/x", "10.1234", "10.1234/a b", "not known", "https://doi.org/"]
)
def test_what_is_no_doi_is_refused(doi: str) -> None:
    works = Bibliography((Reference("a", "book", {"title": "x", "author": "A", "doi": doi}),))
    assert [problem.where for problem in check_bibliography(works, 2025)] == ["a"]


@pytest.mark.parametrize(
    "doi",
    [
        *("10.1234/AB_c", "https://doi.org/10.1234/AB_c", "http://dx.doi.org/10.1234/AB_c"),
        *(
            "doi:10.1234/AB_c",
            "DOI: 10.1234/AB_c.",
            r"10.1234/AB\_c",
            r"10.1234/AB{\_}c",
            "{10.1234/AB_c}",
        ),
        *("https://doi.org/10.1234%2FAB_c", "info:doi/10.1234/AB_c", "10.1234/AB_c [doi]"),
    ],
)
def test_a_doi_in_any_form_is_one_doi(doi: str) -> None:
    work = Reference("a", "book", {"title": "x", "author": "A", "doi": doi})
    assert (work.doi, work.link) == ("10.1234/AB_c", "https://doi.org/10.1234/AB_c")
    assert check_bibliography(Bibliography((work,)), 2025) == []


def test_a_missing_file(tmp_path: Path) -> None:
    works, problems = read_bibliography(tmp_path / "references.bib")
    assert len(works) == 0
    assert problems[0].message == "The file is missing."
