"""A new review: the folder it gets, the pages it grows; it is there whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from garden_book import keep_vega
from synth.book.prose_rules import check as check_pages
from synth.cli import main
from synth.errors import ReviewError
from synth.reading.rules import check, load_records
from synth.review import Review
from synth.starter import book_pages, project
from synth.starter.request import Request
from synth.starter.start import start

AUTHOR = Path(__file__).parent / "author"
BIN = Path(sys.executable).parent


def quiet(line: str) -> None:
    """Take what would be said to an author."""


def new(folder: Path, **given: Any) -> int:
    """Start a review without running its pages."""
    return start(Request(folder, **given), execute=False, dry_run=False, say=quiet)


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything below a folder but the library's wheel."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "vendor" not in path.relative_to(folder).parts[:1]
    }


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A project started from nothing."""
    assert new(tmp_path / "tools") == 0
    return tmp_path / "tools"


# --- from nothing -------------------------------------------------------------------------------


def test_a_project_has_everything_it_needs(started: Path) -> None:
    held = files_of(started)
    for file in (
        *("Makefile", "README.md", "requirements.txt", "_config.yml", ".synth/frame.toml"),
        *(".ci/run", ".github/workflows/book.yml", ".gitignore", "_toc.yml", "references.bib"),
        *("data/review.toml", "data/README.md", "book/intro.ipynb", "book/studies.md"),
    ):
        assert file in held
    assert not (started / "src").exists()
    assert os.access(started / ".ci/run", os.X_OK)


def test_the_example_is_small_and_without_a_fault(started: Path) -> None:
    records = load_records(started)
    assert sum(study.is_evidence for study in records.studies.values()) == 2
    assert len(records.influences) == 1
    assert records.flow
    assert check(started) == []


def test_data_are_written_in_canonical_form(started: Path) -> None:
    assert main(["fmt", "--check", "--root", str(started)]) == 0


def test_no_file_names_this_machine_or_a_registry(started: Path, tmp_path: Path) -> None:
    for name, content in files_of(started).items():
        text = content.decode("utf-8")
        assert str(tmp_path) not in text, name
        assert sys.prefix not in text, name
        assert not re.search(r"pypi\.|pythonhosted|npmjs", text), name


def test_requirements_are_exact_and_end_with_the_library(started: Path) -> None:
    lines = (started / "requirements.txt").read_text().splitlines()
    assert lines[-2] == "--find-links vendor"
    assert lines[-1].startswith("synthbook==")
    pins = list(lines[1:-2])
    assert all(re.fullmatch(r"[a-z0-9-]+==\S+", pin) for pin in pins)
    assert {"sphinx", "altair", "bibtexparser"} <= {pin.split("==")[0] for pin in pins}


def test_unwritten_prose_is_invited_in_comments_only(started: Path) -> None:
    """Lines with % are not published; nothing else in a page speaks to authors."""
    pages = list((started / "book").glob("*.ipynb"))
    assert pages
    for path in pages:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        shown = "\n".join(line for line in text.split("\n") if not line.startswith("%"))
        assert not re.search(r"(?i)lorem|todo|write (here|your)|placeholder|in your own", shown)


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    new(tmp_path / "one")
    new(tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_an_empty_folder_and_a_fresh_clone_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    assert new(tmp_path / "clone") == 0
    assert (tmp_path / "clone" / "Makefile").is_file()
    assert (tmp_path / "clone" / ".git").is_dir()


# --- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "data"])
def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ReviewError, match="not empty") as refused:
        new(tmp_path)
    assert name in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "review").write_text("mine")
    with pytest.raises(ReviewError, match="a file, not a folder"):
        new(tmp_path / "review")


def test_the_folder_above_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="There is no folder"):
        new(tmp_path / "no" / "such")
    assert list(tmp_path.iterdir()) == []


def test_references_alone_make_no_book(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="without a coded table"):
        new(tmp_path / "x", bib=AUTHOR / "references.ris")


def no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["_write_frame", "write_forms", "_write", "_move_into"])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(project, where, no_room)
    with pytest.raises(ReviewError, match="No space left on device"):
        new(tmp_path / "tools")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["_write_frame", "_files_below"])
def test_an_interrupt_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    monkeypatch.setattr(project, where, interrupted)
    assert main(["new", str(tmp_path / "tools"), "--no-execute"]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_moving_into_an_empty_folder_empties_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, calls = Path.rename, []

    def third_time_lucky(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return rename(self, target)

    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(Path, "rename", third_time_lucky)
    with pytest.raises(KeyboardInterrupt):
        new(tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_dry_run_tells_everything_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, bib = str(AUTHOR / "table.csv"), str(AUTHOR / "references.ris")
    given = ["new", str(tmp_path / "bees"), "--from", table, "--bib", bib, "--dry-run"]
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "study 'Paper'" in said
    assert "book/roof.ipynb" in said
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_to_paste_works_in_any_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Ben's tools, new"
    said: list[str] = []
    assert start(Request(folder), execute=False, dry_run=False, say=said.append) == 0
    step = next(line.strip() for line in "\n".join(said).split("\n") if "cd " in line)
    shown = subprocess.run(["bash", "-c", f"{step} && pwd"], capture_output=True, text=True)
    assert shown.stdout.strip() == str(folder)


# --- growing ------------------------------------------------------------------------------------


def add_node(root: Path, row: str) -> None:
    """Add a row to the codebook."""
    with (root / "data" / "codebook.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")


def test_nothing_new_means_nothing_done(started: Path) -> None:
    before = files_of(started)
    assert new(started) == 0
    assert files_of(started) == before


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("repairs,inside,Repairs,Mending.,source", "          - file: book/repairs"),
        ("money,,Money,What it costs.,source", "      - file: book/money"),
    ],
)
def test_a_new_node_gets_a_page_and_a_line_and_nothing_else_changes(
    started: Path, row: str, line: str
) -> None:
    add_node(started, row)
    if row.startswith("money"):
        text = (started / "data/review.toml").read_text()
        look = text[text.index("[levels.inside]") : text.index("[levels.outside]")]
        text = text.replace(
            "[levels.outside]", look.replace("inside", "money") + "[levels.outside]"
        )
        (started / "data/review.toml").write_text(text)
    before = files_of(started)
    assert new(started) == 0
    after = files_of(started)
    name = f"book/{row.split(',')[0]}.ipynb"
    assert {file for file in after if after[file] != before.get(file)} == {name, "_toc.yml"}
    toc = after["_toc.yml"].decode()
    added = [one for one in toc.splitlines() if one not in before["_toc.yml"].decode().splitlines()]
    assert line in added
    assert new(started) == 0
    assert files_of(started) == after


def test_a_deeper_node_is_entered_below_its_parent(started: Path) -> None:
    add_node(started, "saws,tools,Saws,They get blunt.,source")
    add_node(started, "books,saws,Books on saws,They do not.,source")
    text = (started / "data/review.toml").read_text()
    ranks = '[[ranks]]\nid = "{0}"\nlabel = "{0}"\nplural = "{0}s"\n\n'
    text = text.replace(
        "[[directions]]", ranks.format("thing") + ranks.format("detail") + "[[directions]]", 1
    )
    (started / "data/review.toml").write_text(text)
    new(started)
    toc = (started / "_toc.yml").read_text()
    assert (
        "          - file: book/tools\n"
        "            sections:\n"
        "              - file: book/saws\n" in toc
    )
    assert "book/books" not in toc


def test_an_authors_text_is_never_touched(started: Path) -> None:
    page = started / "book" / "tools.ipynb"
    page.write_text(page.read_text().replace("# The tools", "# Our tools"))
    add_node(started, "repairs,inside,Repairs,Mending.,source")
    new(started)
    assert "# Our tools" in page.read_text()


def test_a_page_an_author_made_for_a_node_counts(started: Path) -> None:
    """Under another name and in Markdown: the page says itself what it is about."""
    add_node(started, "repairs,inside,Repairs,Mending.,source")
    (started / "book/mending.md").write_text("---\nsynth: {theme: repairs}\n---\n\n# Mending\n")
    toc = started / "_toc.yml"
    toc.write_text(toc.read_text().rstrip() + "\n      - file: book/mending\n")
    new(started)
    assert not (started / "book/repairs.ipynb").exists()


def test_a_table_of_contents_that_cannot_take_lines_is_left_alone(started: Path) -> None:
    toc = started / "_toc.yml"
    toc.write_text("{format: jb-book, root: book/intro, chapters: [{file: book/method}]}\n")
    add_node(started, "repairs,inside,Repairs,Mending.,source")
    before = files_of(started)
    with pytest.raises(ReviewError, match="Add them by hand") as refused:
        new(started)
    assert "- file: book/repairs" in str(refused.value)
    assert files_of(started) == before


def test_an_interrupt_while_growing_changes_nothing(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_node(started, "repairs,inside,Repairs,Mending.,source")
    before = files_of(started)
    replace, calls = os.replace, []

    def second_fails(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(KeyboardInterrupt):
        new(started)
    assert files_of(started) == before


def test_tables_without_a_book_get_one(example: Path) -> None:
    """The second review of the tests: four ranks, three directions, no countries."""
    before = files_of(example)
    assert new(example) == 0
    after = files_of(example)
    assert all(after[file] == before[file] for file in before)
    pages = {Path(file).stem for file in after if file.startswith("book/")}
    book = load_records(example).codebook
    assert {node.id for node in book if node.depth < 3} <= pages
    assert not {node.id for node in book if node.depth == 3} & pages
    text = after["book/school.ipynb"].decode()
    assert "by_country" not in text
    assert "by_year" in text


def test_files_are_not_given_to_a_review_that_is_there(started: Path) -> None:
    with pytest.raises(ReviewError, match="a review in this folder already"):
        new(started, tables=(AUTHOR / "table.csv",))


@pytest.mark.parametrize("name", ["explorer", "intro", "studies"])
def test_a_node_may_bear_the_name_of_another_page(started: Path, name: str) -> None:
    add_node(started, f"{name},inside,Something,It is something.,source")
    new(started)
    assert (started / f"book/topic-{name}.ipynb").is_file()


# --- whole books --------------------------------------------------------------------------------


def words_of_the_first_book(root: Path) -> list[str]:
    """Names that only the first review uses: studies, themes, directions and what it is about."""
    review = Review.load(root)
    words = ["peer support", "peer worker", "mirbahaeddin", "chreim", "mental health", "psychiatr"]
    words += list(review.records.studies)
    words += [node.label for node in review.records.codebook if " " in node.label]
    words += ["macro level", "meso level", "micro level", "enabler", "barrier"]
    return words


@pytest.mark.slow
def test_a_teams_files_become_its_own_book(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three commands: the pages carry the team's words and not one of the first review's."""
    bees = tmp_path / "bees"
    given = ["--from", AUTHOR / "table.csv", "--bib", AUTHOR / "references.ris"]
    given += ["--codebook", AUTHOR / "codebook.csv", "--title", "Bees on roofs"]
    assert main(["new", str(bees), *map(str, given), "--no-execute"]) == 0
    ran = subprocess.run([BIN / "synth", "execute"], cwd=bees, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout
    keep_vega(bees / "_build" / "html")
    built = subprocess.run(
        ["make", "test", f"BIN={BIN}"], cwd=bees, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    html = bees / "_build" / "html"
    pages = {path.stem: path.read_text("utf-8") for path in (html / "book").glob("*.html")}
    assert {"intro", "roof", "wind", "heat", "street", "flowers", "neighbours"} <= pages.keys()
    whole = unescape("\n".join(pages.values()))
    assert "Wind breaks" in pages["wind"]
    assert 'id="finding-okafor2020-01"' in pages["studies"]
    evidence = [path.read_text("utf-8") for path in html.glob("_static/synth/evidence-*.js")]
    assert evidence
    assert '"climate"' in evidence[0]
    assert '"quote"' not in evidence[0]
    index = [path.read_text("utf-8") for path in html.glob("_static/synth/search/*.js")]
    everything = "\n".join([whole, *evidence, *index]).lower()
    for word in ("Realm", "Matter", "Thrives", "Suffers", "No clear effect", "Climate", "Hive"):
        assert word.lower() in everything
    found = [word for word in words_of_the_first_book(root) if word.lower() in everything]
    assert found == []
    assert not [problem for problem in check_pages(bees) if problem.severity == "error"]


@pytest.mark.slow
def test_the_example_passes_its_own_test(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path / "tools")]) == 0
    # Where the environment stands in a folder with a space in its name.
    (tmp_path / "own tools").symlink_to(BIN)
    done = subprocess.run(
        ["make", "test", f"BIN={tmp_path / 'own tools'}"],
        cwd=tmp_path / "tools",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All checks passed." in done.stdout
    assert (tmp_path / "tools" / "_build" / "html" / "_static" / "synth" / "vega.js").is_file()


def test_a_long_list_of_references_is_divided_and_holds_every_work_once(
    example_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = load_records(example_root)
    (alone,) = book_pages._references(records)
    assert (alone.file, ":since:" in alone.text) == ("book/references.md", False)
    monkeypatch.setattr(book_pages, "WORKS_ON_A_PAGE", 3)
    first, *others = book_pages._references(records)
    assert len(others) == -(-len(records.bibliography) // 3)
    for page in others:
        assert f"- [{page.text.partition('References: ')[2].splitlines()[0]}]" in first.text
        assert f"          - file: {page.name}\n" in book_pages.toc_text(records)
    bounds = [
        (re.search(r":since: (.*)", p.text), re.search(r":before: (.*)", p.text)) for p in others
    ]
    assert bounds[0][0] is None
    assert bounds[-1][1] is None
    told = [(a and a[1], b and b[1]) for a, b in bounds]
    assert all(one[1] == other[0] for one, other in pairwise(told))
