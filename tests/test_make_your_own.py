"""The page "Make your own" is a recipe: what it tells authors to type is typed here."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from garden_book import keep_vega
from synth.cli import main
from synth.reading.rules import load_records

BIN = Path(sys.executable).parent


@pytest.fixture
def page(root: Path) -> str:
    """The words of the page."""
    return (root / "book" / "make-your-own.md").read_text("utf-8")


def block_after(page: str, words: str) -> str:
    """The first piece of code below some words."""
    found = re.search(r"```\w+\n(.*?)```", page[page.index(words) :], re.DOTALL)
    assert found
    return found[1]


def commands(page: str) -> list[str]:
    """Every command of the page, in its order."""
    return [
        line
        for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]


@pytest.fixture
def authors_files(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two files of the page's first step."""
    (tmp_path / "table.csv").write_text(block_after(page, "This is `table.csv`"), "utf-8")
    (tmp_path / "references.bib").write_text(block_after(page, "This is `references.bib`"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_start_on_the_page_makes_a_review(page: str, authors_files: Path) -> None:
    """In the order of the page: from the files, with named columns, and once more."""
    for command in commands(page):
        program, *arguments = shlex.split(command)
        if program == "synth":
            assert main([*arguments, "--no-execute"]) == 0
    records = load_records(authors_files / "pantry")
    assert records.settings.title == "Food pantries"
    assert [node.label for node in records.codebook.levels] == ["Shelf", "Door"]
    named = load_records(authors_files / "pantry2")
    assert [*named.findings.values()] == [*records.findings.values()]


def test_the_finding_cited_on_the_page_is_there(page: str, authors_files: Path) -> None:
    (command,) = [c for c in commands(page) if "--title" in c]
    assert main([*shlex.split(command)[1:], "--no-execute"]) == 0
    cited = re.findall(r"\{finding\}`([^`]+)`", page)
    assert cited
    assert set(cited) <= load_records(authors_files / "pantry").findings.keys()


def test_the_targets_named_on_the_page_are_there(page: str, authors_files: Path) -> None:
    main(["new", "pantry", "--no-execute"])
    makefile = (authors_files / "pantry" / "Makefile").read_text()
    named = set(re.findall(r"(?m)(?:`|^)make (\w+)", page))
    assert "book" in named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_readme_tells_the_same_commands(root: Path, page: str) -> None:
    readme = (root / "README.md").read_text("utf-8")
    assert "--from table.csv --bib references.bib" in readme
    assert "book/make-your-own.md" in readme


@pytest.mark.slow
def test_the_three_commands_end_in_a_built_book(page: str, authors_files: Path) -> None:
    first, change, last = block_after(page, "## 2. Three commands").strip().splitlines()
    assert main([*shlex.split(first)[1:], "--no-execute"]) == 0
    folder = authors_files / shlex.split(change)[1]
    keep_vega(folder / "_build" / "html")
    done = subprocess.run(
        [*shlex.split(last), f"BIN={BIN}"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    html = (folder / "_build/html/book/shelf.html").read_text("utf-8")
    assert "Sorting" in html
    assert "Lindqvist" in html
