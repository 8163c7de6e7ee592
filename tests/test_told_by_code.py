"""What an importer, an upgrade or a command refuses or leaves out is told under its own code.

Each case is a small file as teams have it; what is said of it stands in ``synth/errors.toml``.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from synth import cli
from synth.errors import ReviewError
from synth.references.importing import parse_references
from synth.starter import wheel
from synth.starter.file_kinds import reading, workbook

BAD_DATA = Path(__file__).parent / "bad_data"
TABLE = "Paper,Code,Effect,What it says\nLee 2020,Pay,helps,Good pay helps.\n"
MANY = range(2, 92)

Files = Mapping[str, str | bytes]


def rows(*lines: str) -> str:
    return "Paper,Code,Effect,What it says\n" + "".join(f"{line}\n" for line in lines)


def zipped(name: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, text)
    return stream.getvalue()


def empty_workbook() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet()
    return stream.getvalue()


# The codebook c.csv and the references b.* go in with the table t.*; what is given stands alone.
STARTS: tuple[tuple[str, Files], ...] = (
    ("archive-damaged", {"t.xlsx": b"PK\x03\x04 and no more"}),
    ("code-ambiguous", {"c.csv": "A,B\nWork,Pay\nRest,Pay\n"}),
    ("code-unknown", {"c.csv": "Code,Definition\nPayment,What is paid.\n"}),
    ("codebook-column", {"c.csv": "Parent,Colour\nWork,red\nRest,blue\n"}),
    ("codebook-empty", {"c.csv": "Definition\n" + f"{'What is paid. ' * 9}\n" * 2}),
    ("node-above-itself", {"c.csv": "Code,Parent\nPay,Work\nWork,Pay\n"}),
    ("node-twice", {"c.csv": "Code,Parent\nPay,\nPay,\n"}),
    ("parent-unknown", {"c.csv": "Code,Parent\nWork,\nPay,Wrok\n"}),
    ("rank-gap", {"c.csv": "Area,Theme,Code\nWork,,Pay\n,Rest,Pay\n"}),
    ("ranks-many", {"t.csv": TABLE.replace("Pay,", "A > B > C > D > E > F > G > H > Pay,")}),
    ("studies-in-cells", {"t.csv": "Kind,Pay,Rest\nA,Lee 2020; Ek 2021,Ek 2021\nB,,Roux 2019\n"}),
    ("row-without-node", {"c.csv": "Code,Parent\nPay,\n,Pay\n"}),
    ("more-problems", {"t.csv": "Paper,Code\n" + "".join(f"Lee 2020{',x' * n}\n" for n in MANY)}),
    ("csl-item", {"b.json": json.dumps([{"id": "lee", "volume": "3"}])}),
    ("references-entities", {"b.xml": '<!DOCTYPE xml [<!ENTITY a "b">]>\n<xml><records/></xml>'}),
    ("references-none", {"b.txt": "Lee wrote something in 2020.\n"}),
    ("references-unreadable", {"b.json": '[{"id": "lee", "type"'}),
    ("ris-outside", {"b.ris": "TI  - Pay\nPY  - 2020\nER  - \nTY  - JOUR\nTI  - Pay\nER  - \n"}),
    ("references-kind", {"b.rdf": "<rdf:RDF></rdf:RDF>"}),
    ("sheet-cells-none", {"t.xlsx": empty_workbook()}),
    ("sheet-empty", {"t.csv": ""}),
    ("sheet-encoding", {"t.csv": b"\xff\xfe" + TABLE.encode("utf-16-le") + b"\x00\xd8"}),
    ("sheet-not-text", {"b.bib": zipped("a.bib", "@misc{a}")}),
    ("sheet-row-long", {"t.csv": TABLE + "Poe 2021,Pay,helps,one,two,three,four\n"}),
    ("sheet-rowless", {"t.csv": "Paper,Code,Effect,What it says\n"}),
)


def said_of(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Start a review from some files; everything that is said."""
    given = {"t.csv": TABLE, **files} if not any(n[0] == "t" for n in files) else dict(files)
    asked = ["new", str(tmp_path / "review"), "--yes", "--no-execute", *options]
    for name, content in given.items():
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        asked += [{"t": "--from", "b": "--bib", "c": "--codebook"}[name[0]], str(path)]
    cli.main(asked)
    told = capsys.readouterr()
    return told.out + told.err


@pytest.mark.parametrize(("code", "files"), STARTS, ids=[code for code, _ in STARTS])
def test_a_file_that_starts_a_review(
    code: str, files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"[{code}]" in said_of(files, tmp_path, capsys)


def test_names_of_other_ranks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "[ranks-named]" in said_of({}, tmp_path, capsys, "--ranks", "Level,Theme")


@pytest.mark.parametrize(
    ("code", "told"), [("columns-malformed", "study"), ("columns-unknown", "study=Papre")]
)
def test_a_column_that_is_named(
    code: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"[{code}]" in said_of({}, tmp_path, capsys, "--columns", told)


def test_a_column_of_texts_that_is_called_a_direction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = rows(*(f"Lee 2020,Pay,value {number},x" for number in range(9)))
    assert "[directions-many]" in said_of(
        {"t.csv": table}, tmp_path, capsys, "--columns", "direction=Effect"
    )


@pytest.mark.parametrize(
    ("code", "line", "text"),
    [
        ("references-outside", 1, "A line of its own.\n\nTY  - JOUR\nTI  - Pay\nER  - \n"),
        ("ris-unended", 1, "TY  - JOUR\nTI  - Pay\nPY  - 2020\n"),
        ("typed-unread", 2, "Lee A. On sheds. J Gard. 2019;3:1-9.\nLee A. in preparation\n"),
        ("references-tags", 0, "TY  - JOUR\nTI  - Pay\nQQ  - x\nER  - \n"),
        ("references-nothing", 2, "\nTY  - JOUR\nTI  - Pay\nVL  - NA\nER  - \n"),
        ("reference-unsure", 1, "TY  - JOUR\nTI  - Pay\nDO  - nonsense\nER  - \n"),
        ("ris-line-er", 3, "TY  - JOUR\nAB  - A visit to the\nER  - department.\nER  - \n"),
    ],
)
def test_what_was_left_out_of_references(code: str, line: int, text: str) -> None:
    _, problems = parse_references(text, "r.ris")
    assert (code, line) in {(problem.code, problem.line) for problem in problems}


# --- where a review goes, and where one is --------------------------------------------------------

PLACES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("new-is-file", "touch", ("new", "there")),
    ("new-name-control", "", ("new", "a\tb")),
    ("new-not-empty", "fill", ("new", "there")),
    ("new-parent-missing", "", ("new", "nowhere/there")),
    ("new-review-there", "review", ("new", "there", "--from", "t.csv")),
    ("new-without-table", "", ("new", "there", "--bib", "b.bib")),
    ("new-without-table", "", ("new", "there", "--columns", "study=Paper")),
    ("new-without-table", "", ("new", "there", "--title", "Tools")),
    ("review-missing", "", ("check",)),
    ("frame-missing", "review", ("upgrade", "--root", "there")),
)


@pytest.mark.parametrize(("code", "made", "asked"), PLACES, ids=[place[0] for place in PLACES])
def test_a_place(
    code: str,
    made: str,
    asked: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    (tmp_path / "b.bib").write_text("@misc{lee2020, title={Pay}}\n", "utf-8")
    there = tmp_path / "there"
    if made == "touch":
        there.touch()
    elif made == "fill":
        there.mkdir()
        (there / "notes.txt").touch()
    elif made == "review":
        shutil.copytree(BAD_DATA / "sound", there)
    assert cli.main(list(asked)) == 1
    assert f"[{code}]" in capsys.readouterr().err


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review as a team starts it from its table."""
    root = tmp_path_factory.mktemp("started")
    (root / "t.csv").write_text(TABLE, "utf-8")
    asked = ["new", str(root / "review"), "--from", str(root / "t.csv"), "--yes", "--no-execute"]
    assert cli.main(asked) == 0
    return root / "review"


def frame_of_the_future(root: Path) -> None:
    state = root / ".synth" / "frame.toml"
    state.write_text(
        re.sub(r'version = ".*"', 'version = "99.0"', state.read_text("utf-8")), "utf-8"
    )


def frame_that_is_no_toml(root: Path) -> None:
    (root / ".synth" / "frame.toml").write_text("version =", "utf-8")


def frame_changed_and_not_committed(root: Path) -> None:
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    pins = root / "requirements.txt"
    pins.write_text(pins.read_text("utf-8").replace("==", "==0.", 1), "utf-8")


def contents_in_one_line(root: Path) -> None:
    toc = "{format: jb-book, root: book/intro, chapters: [{file: book/method}]}\n"
    (root / "_toc.yml").write_text(toc, "utf-8")
    (root / "book" / "pay.ipynb").unlink()


def a_very_long_cell(root: Path) -> None:
    path = root / "data" / "coded_studies.csv"
    path.write_text(path.read_text("utf-8").replace("Good pay", "Good pay " * 4000), "utf-8")


HARMED: tuple[tuple[str, Callable[[Path], None], tuple[str, ...]], ...] = (
    ("frame-newer", frame_of_the_future, ("upgrade",)),
    ("frame-state-malformed", frame_that_is_no_toml, ("upgrade",)),
    ("frame-unsaved", frame_changed_and_not_committed, ("upgrade",)),
    ("toc-not-extended", contents_in_one_line, ("new", ".")),
    ("workbook-cell-long", a_very_long_cell, ("export", "--xlsx", "t.xlsx")),
)


@pytest.mark.parametrize(("code", "harm", "asked"), HARMED, ids=[harmed[0] for harmed in HARMED])
def test_a_review_that_was_harmed(
    code: str,
    harm: Callable[[Path], None],
    asked: tuple[str, ...],
    started: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "review"
    shutil.copytree(started, root)
    harm(root)
    monkeypatch.chdir(root)
    assert cli.main(list(asked)) == 1
    assert f"[{code}]" in capsys.readouterr().err


# --- what only a machine makes --------------------------------------------------------------------


def test_a_file_that_is_too_large_or_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TABLE, "utf-8")
    monkeypatch.setattr(reading, "_MOST_BYTES", 10)
    assert [problem.code for problem in reading.read_tables(path)[1]] == ["sheet-huge"]
    monkeypatch.setattr(workbook, "_PATIENCE", 0.01)
    monkeypatch.setattr(workbook, "_MOST_SECONDS", 0)
    _, problem = workbook._run(
        [sys.executable, "-c", "import time; time.sleep(60)"], "t.xlsx", None
    )
    assert problem is not None
    assert problem.code == "sheet-slow"


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert cli.main(["new", str(tmp_path / "there"), "--no-execute"]) == 1
    assert "[new-unwritable]" in capsys.readouterr().err


def test_a_library_whose_files_were_changed(tmp_path: Path) -> None:
    """A review carries the library as it was published, or none of it."""
    file = metadata.PackagePath("synth/text.py")
    file.hash = metadata.FileHash("sha256=of-other-bytes")
    file.dist = SimpleNamespace(locate_file=lambda path: tmp_path / path)  # type: ignore[assignment]
    installed: Any = SimpleNamespace(files=[file])
    with pytest.raises(ReviewError) as raised:
        list(wheel._installed_files(installed))
    assert [problem.code for problem in raised.value.problems] == ["library-changed"]
