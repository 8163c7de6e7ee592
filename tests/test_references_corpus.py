"""Files of references as programs write them: each gives the record that stands beside it.

The works in ``tests/references`` are invented. A file ``x.ris`` has its record in
``x.ris.expected.json``: the works as CSL-JSON, and what is told of the file.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import Problem
from synth.reading.bibliography import check_bibliography, parse_bibliography
from synth.references.apa import author_year, reference_text
from synth.references.formats import csl_item, to_bibtex, to_ris
from synth.references.importing import parse_references, read_references

CORPUS = Path(__file__).parent / "references"
FILES = sorted(
    path for path in CORPUS.iterdir() if path.is_file() and not path.name.endswith("expected.json")
)
SIGNS = (b"", b"{", b"}", b'"', b"\\", b"@", b"\n", b"\0", b"\xff", b"$", b"<", b",")
TEXTS = [path.read_bytes() for path in FILES]


def told(problem: Problem, file: str) -> str:
    """The first line of what is said, with the name of the file alone."""
    return str(problem.at(file)).split("\n")[0]


def record(path: Path) -> dict[str, Any]:
    """What a file gives: its works, and what is told of it."""
    works, problems = read_references(path)
    wrong = check_bibliography(works.bibliography, 2026, path.name)
    said = [*works.notes, *(told(problem, path.name) for problem in [*problems, *wrong])]
    return {
        "works": [csl_item(work) for work in works.bibliography.values()],
        "told": list(dict.fromkeys(said)),
    }


def test_there_are_files_of_every_program() -> None:
    assert len(FILES) >= 60
    assert {path.suffix for path in FILES} >= {
        *(".bib", ".ris", ".nbib", ".ciw", ".enw", ".xml", ".json")
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_gives_its_record(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text("utf-8"))
    assert record(path) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_was_read_is_a_bibliography_that_reads_the_same(path: Path) -> None:
    works, problems = read_references(path)
    if any(problem.severity == "error" for problem in problems):
        return
    again, wrong = parse_bibliography(works.text)
    assert [one for one in wrong if one.severity == "error"] == []
    assert [csl_item(work) for work in again.values()] == [
        csl_item(work) for work in works.bibliography.values()
    ]


def usable(text: str) -> None:
    """Read a text, say everything about it, show its works: whatever it holds, no traceback."""
    works, problems = parse_references(text, "x")
    problems += check_bibliography(works.bibliography, 2026, "x")
    for problem in problems:
        assert str(problem)
    items = [csl_item(work) for work in works.bibliography.values()]
    for work in works.bibliography.values():
        assert author_year(work)
        assert reference_text(work, note=True)
    to_ris(items)
    again, wrong = parse_bibliography(to_bibtex(items))
    assert [one for one in wrong if one.code not in ("entry-key-taken", "entry-key-space")] == []
    assert len(again) <= len(items)


@settings(deadline=None)
@given(st.integers(0, len(FILES) - 1), st.randoms(use_true_random=False))
def test_damaged_files_never_end_in_a_traceback(number: int, chance: random.Random) -> None:
    text = bytearray(TEXTS[number])
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(text) + 1)
        length = chance.choice([0, 0, 1, 3, 200])
        sign = chance.choice(
            [b"", b"{", b"}", b'"', b"\\", b"@", b"\n", b"\0", b"\xff", b"$", b"<", b","]
        )
        text[place : place + length] = sign
    if chance.random() < 0.3:
        del text[chance.randrange(len(text) + 1) :]
    usable(text.decode("utf-8", "replace"))


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("@{}\"\\,=#%$~^_&;'\n aAbB1-.<>/:éØ王"), max_size=200))
def test_an_entry_of_any_signs_never_ends_in_a_traceback(text: str) -> None:
    usable("@article{a, author = {" + text + "}, title = {" + text + "}, year = " + text + "}")
    usable(f"TY  - JOUR\nAU  - {text}\nTI  - {text}\nPY  - {text}\nER  - \n")


@pytest.mark.parametrize("entry", ["@article{{a, {}}}", "TY  - JOUR\n{}\nER  - \n"])
def test_very_much_is_read_as_well(entry: str) -> None:
    bib = entry.startswith("@")
    names = [f"Name{number}, A." for number in range(3000)]
    people = (
        f"author = {{{' and '.join(names)}}}" if bib else "\n".join(f"AU  - {n}" for n in names)
    )
    abstract = "word " * 200_000
    rest = f", title = {{T}}, abstract = {{{abstract}}}" if bib else f"\nTI  - T\nAB  - {abstract}"
    works, problems = parse_references(entry.format(people + rest), "x")
    assert problems == []
    (work,) = works.bibliography.values()
    assert len(work.authors) == 3000
    assert reference_text(work).endswith("… Name2999, A. (n.d.). T.")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "t.nbib",
            "PMID- 31234567\nTI  - Rest.\nDP  - 2018\nAU  - Roe A\nPT  - Retracted Publication\n",
        ),
        ("t.ris", "TY  - JOUR\nTI  - RETRACTED: Rest\nAU  - Roe, A\nPY  - 2018\nER  - \n"),
        ("t.bib", "@article{roe2018, author={Roe, A}, title={WITHDRAWN: Rest}, year=2018}\n"),
    ],
)
def test_a_work_that_was_retracted_is_told(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    works, _ = read_references(tmp_path / name)
    assert works is not None
    found = [problem.code for problem in check_bibliography(works.bibliography, 2027)]
    assert "entry-retracted" in found
    kept = text.replace("RETRACTED: ", "").replace("WITHDRAWN: ", "").replace("Retracted P", "P")
    (tmp_path / name).write_text(kept, encoding="utf-8")
    works, _ = read_references(tmp_path / name)
    assert works is not None
    found = [problem.code for problem in check_bibliography(works.bibliography, 2027)]
    assert "entry-retracted" not in found
