"""``synth add``: works from a reference manager come into a review that is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.cli import main
from synth.errors import ReviewError
from synth.reading import textio
from synth.reading.formatting import canonical_forms
from synth.reading.rules import check, load_records
from synth.references.apa import year
from synth.starter import add_references as addition
from synth.starter.add_references import add_works

BIB = """\
% exported yesterday
@article{Rivera_2024,
  author = {Rivera, Ana and {Holt and Sons}},
  title = {A {Title} for schools},
  journal = {Journal of Examples},
  year = {2024},
}

@book(lee2019, title={Pay :( and (more}, author={Lee, A}, year=2019, publisher={X})
"""
RIS = """\
TY  - JOUR
AU  - Rivera, Ana
TI  - Another title
JO  - Journal of Examples
PY  - 2024
DO  - 10.1000/other
ER  -
"""


def add(root: Path, text: str, name: str = "export.bib", **options: object) -> list[str]:
    """Add a file with some text; gives what was said."""
    file = root.parent / name
    file.write_text(text, "utf-8")
    said: list[str] = []
    asked = {"role": "evidence", "dry_run": False, **options}
    assert add_works(root, file, say=said.append, **asked) == 0  # type: ignore[arg-type]
    return said


def files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def errors(root: Path) -> list[str]:
    return [str(problem) for problem in check(root) if problem.severity == "error"]


@pytest.mark.parametrize("role", ["background", "evidence"])
def test_entries_and_rows_come_in_and_nothing_else_changes(example: Path, role: str) -> None:
    before = files(example)
    said = add(example, BIB, role=role)
    after = files(example)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"references.bib", "data/studies.csv"}
    assert after["references.bib"].startswith(before["references.bib"].rstrip())
    works = load_records(example).bibliography if role == "background" else None
    if works:
        assert works["rivera2024"].fields["title"] == "A {Title} for schools"
        assert works["lee2019"].kind == "book"
        assert errors(example) == []
    else:
        assert [told.split(": ")[-1].split("\n")[0] for told in errors(example)] == [
            "[study-without-finding] No finding was coded from 'lee2019'.",
            "[study-without-finding] No finding was coded from 'rivera2024'.",
        ]
        assert "rivera2024-01" in said[-1]
    assert [form.file for form in canonical_forms(example) if form.line] == []


def test_what_is_there_is_left_alone(example: Path) -> None:
    add(example, BIB)
    before = files(example)
    said = add(example, BIB)
    assert said[-1] == "Nothing to add."
    assert any("Rivera_2024 is there already, as rivera2024" in told for told in said)
    assert files(example) == before


def test_a_work_that_stands_twice_in_an_export_comes_in_once(example: Path) -> None:
    said = add(example, RIS + RIS, "export.ris")
    assert sum(told.endswith("Another title") for told in said) == 1
    assert (example / "references.bib").read_text("utf-8").count("10.1000/other") == 1


def test_one_work_is_known_by_its_doi_whatever_its_title(example: Path) -> None:
    add(example, RIS, "export.ris")
    said = add(example, RIS.replace("Another title", "Same work").replace("10.1000", "10.1000"))
    assert said[-1] == "Nothing to add."


def test_an_author_of_two_works_in_a_year_gets_letters(example: Path) -> None:
    add(example, BIB)
    said = add(example, RIS, "export.ris")
    assert said[0].startswith("rivera2024b: Rivera, 2024b.")
    again = add(example, RIS.replace("Another", "A third").replace("other", "third"), "more.ris")
    assert again[0].startswith("rivera2024c")


def test_a_dry_run_says_it_and_writes_nothing(example: Path) -> None:
    before = files(example)
    said = add(example, BIB, dry_run=True)
    assert files(example) == before
    assert "references.bib and data/studies.csv would change" in said[-1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There is no reference in this file"),
        ("TY  - JOUR\nDO  - 10.1000/x\n", "The entry has no title"),
        ("@article{a2020, title={Cut", "a2020"),
    ],
)
def test_what_cannot_be_read_whole_is_told_and_nothing_is_written(
    example: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(example)
    file = example.parent / "export.bib"
    file.write_text(text, "utf-8")
    assert main(["add", str(file), "--root", str(example)]) == 1
    assert told in capsys.readouterr().err
    assert files(example) == before


def test_what_an_entry_takes_from_its_file_is_written_into_it(example: Path) -> None:
    bib = """@string{j = "Journal of Joins"}
@article{a2020, title={T}, author={A, B}, year=2020, journal=j # { Supplement}}
@incollection{b2021, crossref={c2021}, title={Part}, author={B, C}, pages={1--9}}
@book{c2021, title={Whole}, editor={D, E}, publisher={P}, year=2021}
"""
    add(example, bib, role="background")
    works = load_records(example).bibliography
    assert works["a2020"].container == "Journal of Joins Supplement"
    assert (works["b2021"].container, works["b2021"].year) == ("Whole", 2021)
    assert [name.family for name in works["b2021"].editors] == ["D"]
    assert errors(example) == []


def test_a_table_is_one_of_references_only_by_its_headings(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = add(example, "Title,Authors,Year,Tags\nPay,Lee A,2020,x\n", "export.csv")
    assert "1 column that no list of references shows: Tags." in said[0]
    assert said[1] == "lee2020: Lee, 2020. Pay"
    file = example.parent / "codings.csv"
    file.write_text("Study,Code\nLee 2020,Pay\nLee 2020,Hours\n", "utf-8")
    assert main(["add", str(file), "--root", str(example)]) == 1
    assert "There is no reference in this file" in capsys.readouterr().err


def test_how_a_file_was_read_and_what_is_not_certain_is_said(example: Path) -> None:
    ris = "TY  - JOUR\nAU  - Müller C.\nTI  - One\nPY  - 2020\nZZ  - x\nER  - \n"
    file = example.parent / "old.ris"
    file.write_bytes(ris.encode("cp1252"))
    said: list[str] = []
    add_works(example, file, role="background", dry_run=False, say=said.append)
    assert "It is not UTF-8; it was read as Windows-1252" in said[0]
    told = "\n".join(said)
    assert "Not understood, with how many entries have it: ZZ (1)." in told
    assert "understood as family name and initials: Müller, C." in told


def test_what_check_would_refuse_is_refused_before_it_is_written(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(example)
    file = example.parent / "export.bib"
    file.write_text("@article{a2020,\n title={T},\n author={A, B}, year={2020},\n doi={none yet}}")
    assert main(["add", str(file), "--root", str(example)]) == 1
    assert "export.bib:4: a2020: [entry-doi] 'none yet' is not a DOI." in capsys.readouterr().err
    assert files(example) == before


@pytest.mark.parametrize(
    "doi", ["https://doi.org/10.1000/OTHER", "doi:10.1000/other", "10.1000/Other"]
)
def test_a_doi_in_any_form_is_the_same_work(example: Path, doi: str) -> None:
    add(example, RIS, "export.ris")
    bib = f"@article{{x, title={{Else}}, author={{A, B}}, year=2024, doi={{{doi}}}}}"
    assert add(example, bib)[-1] == "Nothing to add."


def test_works_of_one_title_by_different_authors_are_two(example: Path) -> None:
    add(example, RIS.replace("DO  - 10.1000/other\n", ""), "export.ris")
    said = add(example, RIS.replace("Rivera", "Lund").replace("DO  - 10.1000/other\n", ""), "b.ris")
    assert any(told.startswith("lund2024: ") for told in said)


def test_a_review_with_errors_is_mended_first(example: Path) -> None:
    table = example / "data" / "studies.csv"
    table.write_bytes(table.read_bytes() + b"ragged,row\n")
    before = files(example)
    with pytest.raises(ReviewError, match=r"studies\.csv"):
        add(example, BIB)
    assert files(example) == before


def test_all_files_are_written_or_none(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(example)
    write = textio.replace_file

    def full(path: Path, data: bytes) -> bool:
        if path.name == "studies.csv" and data != before["data/studies.csv"]:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(textio, "replace_file", full)
    with pytest.raises(ReviewError, match="It is as it was before"):
        add(example, BIB)
    assert files(example) == before


@pytest.mark.slow
@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    text=st.sampled_from([BIB, RIS]),
    cut=st.integers(0, 400),
    junk=st.text(max_size=12),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-8-sig"]),
)
def test_a_damaged_export_is_told_or_read_never_worse(
    example_root: Path,
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
    cut: int,
    junk: str,
    encoding: str,
) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged-export"
    damaged = text[:cut] + junk + text[cut + len(junk) :]
    file.write_bytes(damaged.encode(encoding, "replace"))
    try:
        made = addition.addition(example_root, file, role="evidence")
    except ReviewError:
        return
    for key, work in made.added.items():
        assert (
            f"{{{key}," in made.files["references.bib"]
            or f"({key}," in made.files["references.bib"]
        )
        assert work.fields


def ris(*works: tuple[str, str, int | str]) -> str:
    return "".join(
        f"TY  - JOUR\nAU  - {who}\nTI  - {title}\nJO  - J\nPY  - {year}\nER  - \n"
        for who, title, year in works
    )


@pytest.mark.parametrize(
    ("text", "name", "keys"),
    [
        ("@book{kim2021a, author={Kim, A}, title={Pay}, year={2021a}}", "r.bib", ["kim2021"]),
        ("@book{kim2021c, author={Kim, A}, title={Pay}, year={2021}}", "r.bib", ["kim2021"]),
        # The second is the first again, and takes its letter with it.
        (ris(("Kim, A", "Pay", 2021), ("Kim, A", "Pay", 2021)), "r.ris", ["kim2021"]),
        (
            ris(("Kim, A", "Pay", 2021), ("Kim, A", "Pay", 2021), ("Kim, A", "Hours", 2021)),
            "r.ris",
            ["kim2021a", "kim2021b"],
        ),
        (
            "@book{kim2021a, author={Kim, A}, title={Pay}, year=2021}\n"
            "@book{kim2021b, author={Kim, A}, title={Hours}, year=2021}",
            "r.bib",
            ["kim2021a", "kim2021b"],
        ),
        (ris(("Kim, A", "Pay", "2021b")), "r.ris", ["kim2021"]),
        # The file has its own letters, which a table may name.
        (
            ris(("Kim, A", "Pay", "2021b"), ("Kim, A", "Hours", "2021a")),
            "r.ris",
            ["kim2021b", "kim2021a"],
        ),
        (
            ris(("Kim, A", "Pay", 2021), ("Kim, A", "Hours", "2021a"), ("Kim, A", "Beds", 2021)),
            "r.ris",
            ["kim2021b", "kim2021a", "kim2021c"],
        ),
        (
            ris(("Kim, A", "Pay", "2021a"), ("Kim, A", "Hours", "2021a")),
            "r.ris",
            ["kim2021a", "kim2021b"],
        ),
    ],
)
def test_a_letter_behind_the_year_stands_where_it_tells_works_apart(
    example: Path, text: str, name: str, keys: list[str]
) -> None:
    add(example, text, name, role="background")
    records = load_records(example)
    added = [key for key in records.bibliography if key.startswith("kim")]
    assert added == keys
    shown = [year(records.bibliography[key]) for key in added]
    assert shown == [f"2021{key[7:]}" for key in keys]
    assert [e for e in errors(example) if "kim" in e] == []


def test_works_that_come_later_get_the_next_letters(example: Path) -> None:
    add(example, ris(("Kim, A", "Pay", 2021)), "one.ris", role="background")
    add(
        example,
        ris(("Kim, A", "Hours", 2021), ("Kim, A", "Rooms", 2021)),
        "two.ris",
        role="background",
    )
    assert [k for k in load_records(example).bibliography if k.startswith("kim")] == [
        *("kim2021", "kim2021b", "kim2021c")
    ]
