"""Small files that teams really have, each of which once went wrong without a word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from garden_book import built, planted
from synth.cli import main
from synth.reading.bibliography import check_bibliography, read_bibliography
from synth.reading.rules import check, load_records
from synth.references.apa import author_year, reference_text
from synth.references.formats import csl_item, to_bibtex, to_ris
from synth.references.importing import read_references
from synth.references.work import Reference

CASES = Path(__file__).parent / "references" / "cases"
LUND = "Lund, E. (2001). A made-up title. J."

# What each file gives: how its works stand in the list, and the codes of what is told.
SHOWN: dict[str, tuple[list[str], list[str]]] = {
    "01-names-in-parts/export.bib": (
        ["Reed, S., & de Montes, R. (2024). Names in parts. Journal of Names."],
        [],
    ),
    "02-free-comment/append-to-references.bib": ([LUND], []),
    "04-month-sept/append-to-references.bib": ([LUND], ["entry-month"]),
    "05-at-sign-outside-an-entry/append-to-references.bib": ([LUND], []),
    "05-at-sign-outside-an-entry/jabref.bib": (["Lund, E. (2011). Kept by a manager. J."], []),
    "06-percent-comment-in-an-entry/export.bib": (
        ["Lund, E. (2001). Comment inside. J."],
        ["entry-comment-inside"],
    ),
    "06-percent-comment-in-an-entry/export2.bib": (
        ["Lund, E. (2001). Comment inside. J."],
        ["entry-comment-inside"],
    ),
    "07-authors-joined-by-commas-or-semicolons/export.bib": (
        [
            "Kim, A., Lee, B., & Roy, C. (2003). Semicolons. J.",
            "Kim, A., Lee, B., & Roy, C. (2004). Commas. J.",
        ],
        ["entry-names", "entry-names"],
    ),
    "08-the-message-of-a-broken-bibliography/append-to-references.bib": (
        [LUND],
        ["entry-field-name"],
    ),
    "08-the-message-of-a-broken-bibliography/also-1.bib": (
        ["Lund, E. (2001). A title. J. [an ö inside]"],
        [],
    ),
    "08-the-message-of-a-broken-bibliography/also-2.bib": (
        ["Lund, E. (2001). A title. One."],
        [],
    ),
    "08-the-message-of-a-broken-bibliography/also-3.bib": (
        ["Lund, E. (2001). A title. J."],
        ["entry-key-space"],
    ),
    "08-the-message-of-a-broken-bibliography/also-4.bib": (["Lund, E. (2001). A title. J."], []),
    "09-commented-out-entry/append-to-references.bib": ([LUND], []),
    "10-and-in-capitals/export.bib": (["Kim, A., & Lee, B. (2001). Upper and. J."], []),
    "12-web-of-science-double-braces/export.bib": (
        [
            "Duval, N., Le Vert, I., Rossi, A., & Tepli, C. (2018). Warm springs and the size of "
            "chairs in temperate rooms. CHAIROGRAPHY, 41(8), 1319–1330. "
            "https://doi.org/10.0000/chair.03413"
        ],
        [],
    ),
    "13-author-that-begins-with-an-accent-command/export.bib": (
        ["Lee, B., Østergaard, I., Álvarez, N., & Özdemir, S. (2002). Accents. J."],
        [],
    ),
    "14-less-than-and-greater-than/export.bib": (
        ["Li, A. (2006). Rooms <5 m, chairs >2 and β-blocks. J."],
        [],
    ),
    "16-html-in-titles/export.bib": (
        ["Li, A. (2005). Smith & Sons: in vitro and CO₂. Ageing & Society."],
        [],
    ),
    "18-subtitle-of-biblatex/export.bib": (["Lund, E. (2012). Main: A subtitle of it. P."], []),
    "19-thesis-types-of-biblatex/export.bib": (
        [
            "Lund, E. (2017). A thesis [Doctoral dissertation, University of Chairs].",
            "Lund, E. (2018). A report (Technical Report No. 7). Institute of Chairs.",
            "Lund, E. (2022). Chairs counted [Data set]. Repository. "
            "https://doi.org/10.0000/data.1",
        ],
        [],
    ),
    "21-years-in-words/export.ris": (
        ["Marx, A. J. (in press). In press work. Imaginary Journal."],
        [],
    ),
    "22-doi-as-an-address-makes-a-duplicate/second.bib": (
        ["Example, A. (2020). A work. J. https://doi.org/10.1000/dup.1"],
        [],
    ),
    "23-escaped-signs-in-doi-and-url/export.bib": (
        [
            "A, B. (2004). Four. J. https://doi.org/10.1000/foo_bar",
            "A, C. (2011). T. https://example.org/?a=1&b=2",
        ],
        [],
    ),
    "26-initials-without-dots/export.ris": (
        ["Moreau, J. P., & Treguer, J.-P. (2019). Initials. J."],
        [],
    ),
    "28-two-full-stops/export.bib": (["Li, A. (2005). T. J. Inv."], []),
    "30-joined-values/export.bib": (
        ["Lund, E. (2010). Months. Journal of Joining Supplement."],
        [],
    ),
    "33-authors-without-comma/export.ris": (
        ["Moreau, C., & Oduya, P. (2018). Helpers with a history. Journal of Invented Care."],
        ["reference-unsure"],
    ),
    "34-journal-in-jf/export.ris": (
        ["Kovac, I. (2015). Benches in the waiting room. Quarterly of Imaginary Wards, 3, 5–8."],
        [],
    ),
    "35-cochrane-library/export.ris": (
        [
            "Moreau, C., & Oduya, P. (2017). A trial of helpers with a history. "
            "Journal of Invented Care, 12(3), 44–52. https://doi.org/10.0000/inv.2017.12"
        ],
        [],
    ),
    "38-editors-and-book-title/export.ris": (
        [
            "Roy, T. (2011). Who holds the keys. In S. Abebe (Ed.), A book about doors "
            "(pp. 30–41). Door Press."
        ],
        [],
    ),
    "41-abstract-line-that-begins-with-er/export.ris": (
        ["Marx, A. J. (2006). A title. Imaginary Journal."],
        ["ris-line-er"],
    ),
    "42-type-not-first/export.ris": (
        ["Marx, A. J. (2006). Type comes late. Imaginary Journal."],
        [],
    ),
    "55-et-al-lost-in-exports/export.bib": (["Kim, A., et al. (2006). Others. J."], []),
    "56-article-number-lost-in-exports/export.bib": (
        [
            "Kim, A. (2006). T. PLOS J, 3, Article e12.",
            "Kim, B. (in press). In press. J.",
        ],
        [],
    ),
}


def works_of(name: str) -> list[Reference]:
    return [*read_references(CASES / name)[0].bibliography.values()]


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_file_says_is_shown_and_what_is_not_certain_is_told(name: str) -> None:
    listed, codes = SHOWN[name]
    works, problems = read_references(CASES / name)
    problems += check_bibliography(works.bibliography, 2026)
    shown = [reference_text(work, note=True) for work in works.bibliography.values()]
    assert shown == listed
    assert [problem.code for problem in problems] == codes


def test_every_case_is_looked_at() -> None:
    files = {str(p.relative_to(CASES)) for p in CASES.rglob("*") if p.suffix in (".bib", ".ris")}
    assert files - set(SHOWN) == {"22-doi-as-an-address-makes-a-duplicate/first.bib"}


def test_a_broken_bibliography_is_told_by_its_line_key_and_remedy(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bib = example / "references.bib"
    case = CASES / "08-the-message-of-a-broken-bibliography"
    before = bib.read_text("utf-8").rstrip("\n") + "\n\n"
    line = before.count("\n") + 1
    for name, said in (
        (
            "append-to-references.bib",
            f":{line + 5}: warning: x2001: [entry-field-name]",
        ),
        (
            "also-3.bib",
            f":{line}: a b 2001: [entry-key-space] The key 'a b 2001' holds",
        ),
    ):
        bib.write_text(before + (case / name).read_text("utf-8"), "utf-8")
        main(["check", "--root", str(example)])
        assert f"references.bib{said}" in "".join(capsys.readouterr())


def test_one_work_whose_doi_is_written_in_two_ways_comes_in_once(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES / "22-doi-as-an-address-makes-a-duplicate"
    for name in ("first.bib", "second.bib"):
        command = ["add", str(case / name), "--role", "background", "--root", str(example)]
        assert main(command) == 0
    assert "zz2 is there already, as zz1: left alone." in capsys.readouterr().out
    assert "zz2" not in load_records(example).bibliography


def test_exports_say_what_the_page_says() -> None:
    (kim,) = works_of("55-et-al-lost-in-exports/export.bib")
    assert "author = {Kim, A. and others}" in to_bibtex([csl_item(kim)])
    assert "AU  - et al." in to_ris([csl_item(kim)])
    numbered, press = works_of("56-article-number-lost-in-exports/export.bib")
    assert "C7  - e12\r\n" in to_ris([csl_item(numbered)])
    assert "eid = {e12}" in to_bibtex([csl_item(numbered)])
    assert csl_item(numbered)["number"] == "e12"
    assert "PY  - in press\r\n" in to_ris([csl_item(press)])
    assert "year = {in press}" in to_bibtex([csl_item(press)])
    thesis, report, data = works_of("19-thesis-types-of-biblatex/export.bib")
    assert [csl_item(work)["type"] for work in (thesis, report, data)] == [
        "thesis",
        "report",
        "dataset",
    ]
    assert to_bibtex([csl_item(thesis)]).startswith("@phdthesis{")
    assert "M3  - Doctoral dissertation" in to_ris([csl_item(thesis)])


@pytest.mark.parametrize(("encoding", "text"), [("mac_roman", "Müller"), ("cp1252", "Müller")])
def test_the_encoding_is_found_out_and_said(
    example: Path, encoding: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = example.parent / "old.ris"
    ris = f"TY  - JOUR\nAU  - {text}, A\nTI  - Größe\nPY  - 2004\nJO  - J\nER  - \n"
    file.write_bytes(ris.encode(encoding))
    assert main(["add", str(file), "--role", "background", "--root", str(example)]) == 0
    said = capsys.readouterr().out
    assert f"{text}, 2004. Größe" in said
    assert "It is not UTF-8; it was read as" in said


@pytest.mark.slow
def test_a_book_is_built_from_whatever_check_accepts(tmp_path: Path) -> None:
    """Every readable case stands in one bibliography; the list shows each as the library does."""
    root = planted(tmp_path)
    bib = root / "references.bib"
    parts, shown, taken = [bib.read_text("utf-8")], [], set(read_bibliography(bib)[0])
    for name, (listed, _) in SHOWN.items():
        works = read_references(CASES / name)[0]
        if name.endswith(".bib") and not taken & set(works.bibliography):
            taken |= set(works.bibliography)
            parts.append(works.text if works.former else (CASES / name).read_text("utf-8"))
            shown += listed
    bib.write_text("\n\n".join(parts), "utf-8")
    works, problems = read_bibliography(bib)
    assert [problem for problem in problems if problem.severity == "error"] == []
    page = root / "ground.md"
    cited = ", ".join(works)
    page.write_text(f"{page.read_text('utf-8')}\n\nAll of them {{cite:p}}`{cited}`.\n", "utf-8")
    out, told = built(root)
    assert told == ""
    text = plain((out / "references.html").read_text("utf-8"))
    for one in shown:
        assert one in text
    ground = plain((out / "ground.html").read_text("utf-8"))
    assert all(author_year(work).rpartition(", ")[0] in ground for work in works.values())


def plain(html: str) -> str:
    import re
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_an_export_starts_a_review_from_an_empty_folder(tmp_path: Path) -> None:
    """A table and a file of JabRef, as a team meets them first."""
    case = CASES / "05-at-sign-outside-an-entry"
    shutil.copy(case / "table.csv", tmp_path)
    command = ["new", str(tmp_path / "t"), "--from", str(tmp_path / "table.csv")]
    assert main([*command, "--bib", str(case / "jabref.bib"), "--no-execute"]) == 0
    wrong = [problem for problem in check(tmp_path / "t") if problem.file == "references.bib"]
    assert [problem for problem in wrong if problem.severity == "error"] == []
    assert author_year(load_records(tmp_path / "t").bibliography["lund2011"]) == "Lund, 2011"
