"""The page "Add a study" is a recipe: its steps, done to a copy of the book's data."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from synth.book.prose_rules import check as check_pages
from synth.cli import main
from synth.reading.bibliography import parse_bibliography
from synth.reading.rules import check, load_records
from synth.references.work import Bibliography
from synth.review import Review


@pytest.fixture
def page(root: Path) -> str:
    """The words of the page."""
    return (root / "book" / "add-a-study.md").read_text("utf-8")


@pytest.fixture
def book(root: Path, tmp_path: Path) -> Path:
    """A copy of the book's data and pages to work in."""
    for folder in ("data", "book"):
        shutil.copytree(root / folder, tmp_path / folder)
    for file in ("references.bib", "_toc.yml"):
        shutil.copy(root / file, tmp_path / file)
    return tmp_path


def add(file: Path, text: str) -> None:
    """Write below what a file holds."""
    file.write_text(f"{file.read_text('utf-8').rstrip()}\n{text}\n", "utf-8")


def row(root: Path, table: str, **cells: str) -> str:
    """A line of a table with some cells filled."""
    header = (root / "data" / f"{table}.csv").read_text("utf-8").split("\n")[0].split(",")
    assert cells.keys() <= set(header)
    return ",".join(cells.get(name, "") for name in header)


def errors(root: Path) -> list[str]:
    """What keeps the data from being used."""
    return [str(problem) for problem in check(root) if problem.severity == "error"]


def works_of(root: Path) -> Bibliography:
    """The bibliography alone: a study without findings keeps the rest from loading."""
    works, problems = parse_bibliography((root / "references.bib").read_text("utf-8"))
    assert problems == []
    return works


def test_the_steps_lead_from_a_reference_to_a_row_readers_see(page: str, book: Path) -> None:
    """Reference, study, finding: each step that is missing is asked for by the check."""
    entry = re.search(r"```bibtex\n(.*?)```", page, re.DOTALL)
    assert entry
    add(book / "references.bib", f"\n{entry[1]}")
    key = re.search(r"@\w+\{(\w+),", entry[1])
    assert key
    name = key[1]
    known = load_records(book)
    theme = next(iter(known.findings.values())).theme
    study = row(book, "studies", study=name, role="evidence", country="Kenya", design="qualitative")
    add(book / "data/studies.csv", study)
    assert any(f"No finding was coded from '{name}'" in told for told in errors(book))
    finding = row(
        book,
        "coded_studies",
        finding=f"{name}-01",
        study=name,
        theme=theme,
        direction="enabler",
        summary="Somebody found something.",
        basis="cited",
    )
    add(book / "data/coded_studies.csv", finding)
    assert main(["fmt", "--root", str(book)]) == 0
    assert errors(book) == []
    review = Review.load(book)
    assert review.study(name).evidence().ids == (f"{name}-01",)
    # The page of its theme shows its evidence, whatever it is when the book is built.
    told = [problem for problem in check_pages(book) if problem.severity == "error"]
    assert [str(problem) for problem in told if f"{name}-01" in str(problem)] == []


def test_the_quick_way_makes_the_entry_and_the_row_that_are_made_by_hand(
    page: str, book: Path
) -> None:
    export = re.search(r"```text\n(TY  - .*?)```", page, re.DOTALL)
    entry = re.search(r"```bibtex\n(.*?)```", page, re.DOTALL)
    command = re.search(r"```sh\n\.venv/bin/synth (add \S+)\n```", page)
    assert export
    assert entry
    assert command
    order, name = command[1].split()
    (book / name).write_text(export[1], "utf-8")
    assert main([order, str(book / name), "--root", str(book)]) == 0
    work = works_of(book)
    by_hand, _ = parse_bibliography(entry[1])
    (key,) = by_hand
    fields = {n: v for n, v in by_hand[key].fields.items() if n != "note"}
    assert {n: v for n, v in work[key].fields.items() if n in fields} == fields
    assert f"\n{key},evidence," in (book / "data" / "studies.csv").read_text("utf-8")
    assert [told for told in errors(book) if key not in told] == []


def test_the_slip_on_the_page_is_told_as_the_page_shows(page: str, book: Path) -> None:
    table = book / "data" / "coded_studies.csv"
    lines = table.read_text("utf-8").split("\n")
    finding, study, _, rest = lines[1].split(",", 3)
    lines[1] = f"{finding},{study},organizational-leadreship,{rest}"
    table.write_text("\n".join(lines), "utf-8")
    shown = re.search(r"```text\n(data/coded_studies\.csv:\d+:.*?)```", page, re.DOTALL)
    assert shown
    told = next(text for text in errors(book) if "leadreship" in text)
    assert re.sub(r":\d+:", ":N:", told) == re.sub(r":\d+:", ":N:", shown[1].strip())


def test_every_column_the_page_names_is_there(page: str, book: Path) -> None:
    files = "".join(
        (book / "data" / f"{t}.csv").read_text("utf-8").split("\n")[0] + ","
        for t in ("studies", "coded_studies")
    )
    cells = "".join(re.findall(r"(?m)^\| ((?:`\w+`(?:, )?)+) \|", page))
    named = set(re.findall(r"`(\w+)`", cells))
    assert {"anchor", "design"} <= named <= set(files.split(","))
