"""The command line: what it prints and how it ends."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synth.cli import main
from synth.errors import Problem
from synth.reading.rules import load_records
from synth.reading.textio import alone_in

BAD_DATA = Path(__file__).parent / "bad_data"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BAD_DATA / "sound", tmp_path / "review"))


@pytest.fixture
def wrong(sound: Path) -> Path:
    shutil.copytree(BAD_DATA / "everything-at-once", sound, dirs_exist_ok=True)
    return sound


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    for word in ("check", "fmt", "execute", "references.bib", "data/README.md", "a day's work"):
        assert word in text


@pytest.mark.parametrize("command", ["check", "fmt", "execute"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--root" in capsys.readouterr().out


def test_a_sound_review(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sound / "data")
    assert main(["check"]) == 0
    assert capsys.readouterr().out == (
        "No problem found: 2 studies, 3 findings, 3 nodes of the codebook, 1 influence, 4 works.\n"
    )


def test_problems_are_told_as_they_are_reached_from_here(
    wrong: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(wrong.parent)
    assert main(["check", "--root", "review"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0]
        == "review/data/codebook.csv:4: parent: [theme-unknown] 'wrok' is not in the codebook."
    )
    assert lines[1] == "  Did you mean 'work'? Themes are listed in data/codebook.csv."
    assert lines[-1] == "7 problems in 5 files."


def test_warnings_do_not_fail(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BAD_DATA / "work-without-study", sound, dirs_exist_ok=True)
    assert main(["check", "--root", str(sound)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 problem in 1 file: no errors, 1 warning."


def test_notes_are_no_problems(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BAD_DATA / "flow-partly-unknown", sound, dirs_exist_ok=True)
    assert main(["check", "--root", str(sound)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ": note: " in lines[0]
    assert lines[-1].startswith("No problem found: ")


def test_github_gets_annotations(
    wrong: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(wrong)
    assert main(["check", "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7
    assert lines[0] == (
        "::error file=data/codebook.csv,line=4,title=parent%3A theme-unknown::"
        "'wrok' is not in the codebook."
        "%0ADid you mean 'work'? Themes are listed in data/codebook.csv."
    )


def test_annotations_escape_what_has_a_meaning_there() -> None:
    from synth.cli import _github

    problem = Problem("flow-unchecked", "data/a,b.csv", 0, "x:y", box="50%", unknown="all\nof it")
    assert _github(problem) == (
        "::notice file=data/a%2Cb.csv,title=x%3Ay%3A flow-unchecked::"
        "'50%25' is not checked: the count of all%0Aof it is not known."
    )


def test_json_is_for_programs(
    wrong: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(wrong)
    assert main(["check", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["findings"] == 3
    assert told["problems"][0] == {
        "code": "theme-unknown",
        "file": "data/codebook.csv",
        "line": 4,
        "lines": [4],
        "where": "parent",
        "message": "'wrok' is not in the codebook.",
        "remedy": "Did you mean 'work'? Themes are listed in data/codebook.csv.",
        "severity": "error",
    }


def test_outside_of_a_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    assert "There is no review in" in capsys.readouterr().err
    assert main(["check", "--root", "nowhere"]) == 1
    assert capsys.readouterr().err == (
        "nowhere: [folder-missing] There is no such folder.\n  Name a folder that exists.\n"
    )


def test_fmt_writes_and_check_tells(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BAD_DATA / "spaces-around-cells", sound, dirs_exist_ok=True)
    assert main(["fmt", "--check", "--root", str(sound)]) == 1
    told = capsys.readouterr().out
    assert "data/coded_studies.csv:3: not in canonical form; run 'synth fmt'." in told
    assert "data/README.md:1: not in canonical form" in told
    assert main(["fmt", "--root", str(sound)]) == 0
    assert main(["fmt", "--check", "--root", str(sound)]) == 0
    assert main(["check", "--root", str(sound)]) == 0


def test_fmt_fails_when_a_file_cannot_be_read(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(BAD_DATA / "ragged-rows", sound, dirs_exist_ok=True)
    assert main(["fmt", "--root", str(sound)]) == 1
    assert (
        "data/coded_studies.csv:2: [row-long] The row has 11 cells; the header has 9."
        in capsys.readouterr().err
    )


def test_a_reader_that_leaves_early_is_no_error(wrong: Path) -> None:
    program = shlex.join([sys.executable, "-m", "synth.cli", "check", "--root", str(wrong)])
    command = f"{program} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_messages_of_any_letters_can_be_printed_anywhere(sound: Path) -> None:
    path = sound / "data" / "codebook.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("pauses,work", "pauses,wörk–"), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "synth.cli", "check", "--root", str(sound)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
        check=False,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


# --- problems that a review ignores ---------------------------------------------------------------


def ignoring(root: Path, *entries: str) -> Path:
    """The review with a list of problems that are not to be reported."""
    settings = root / "data" / "review.toml"
    text = settings.read_text(encoding="utf-8") + f"\n[checks]\nignore = [{', '.join(entries)}]\n"
    settings.write_text(text, encoding="utf-8")
    return root


def entry(code: str, reason: str = "We know.") -> str:
    return f'{{ code = "{code}", reason = "{reason}" }}'


def test_what_is_ignored_is_counted_and_told_with_its_reason(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(BAD_DATA / "anchor-too-short", sound, dirs_exist_ok=True)
    assert main(["check", "--root", str(sound)]) == 1
    capsys.readouterr()
    ignoring(sound, entry("anchor-length", "The source says it in three words."))
    assert main(["check", "--root", str(sound)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == (
        "Ignored in data/review.toml: 1 × anchor-length: The source says it in three words."
    )
    assert told[1].startswith("No problem found: ")
    assert main(["check", "--format", "json", "--root", str(sound)]) == 0
    assert json.loads(capsys.readouterr().out)["ignored"] == [
        {"code": "anchor-length", "count": 1, "reason": "The source says it in three words."}
    ]


def test_a_review_with_an_ignored_error_is_loaded(sound: Path) -> None:
    shutil.copytree(BAD_DATA / "anchor-too-short", sound, dirs_exist_ok=True)
    ignoring(sound, entry("anchor-length"))
    assert load_records(sound).findings


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ('{ code = "cohort-alone" }', "[ignored-malformed]"),
        (entry("cohort-alone", " "), "[ignored-malformed]"),
        ('"cohort-alone"', "[ignored-malformed]"),
        (entry("cohort-alon"), "Did you mean 'cohort-alone'?"),
        (entry("study-unknown"), "[ignored-needed]"),
        (entry("cohort-alone"), "warning: ignore: [ignored-never]"),
    ],
)
def test_ignoring_needs_a_code_that_occurs_and_a_reason(
    entries: str, message: str, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ignoring(sound, entries)
    line = (sound / "data" / "review.toml").read_text(encoding="utf-8").count("\n")
    failed = main(["check", "--root", str(sound)])
    out = capsys.readouterr().out
    assert message in out
    assert f"data/review.toml:{line}: " in out
    assert failed == ("warning" not in message)


def test_an_error_that_a_book_needs_mended_is_reported_though_ignored(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(BAD_DATA / "unknown-theme", sound, dirs_exist_ok=True)
    ignoring(sound, entry("theme-unknown"))
    assert main(["check", "--root", str(sound)]) == 1
    assert "[theme-unknown]" in capsys.readouterr().out


def test_a_file_to_import_that_is_not_there_is_told_before_a_recipe_is_missed(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "--root", str(example), "nothing.xlsx"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("nothing.xlsx: [sheet-unreadable]")
    assert "recipe" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--root", ""],
        ["execute", ""],
        ["add", " "],
        ["new", ""],
        ["new", "x", "--from", ""],
        ["new", "x", "--from", "t.csv", "--bib", ""],
        ["new", "x", "--from", "t.csv", "--codebook", ""],
        ["import", ""],
        ["export", "--xlsx", ""],
        ["diff", "", "."],
        ["diff", ".", ""],
        ["keep", ""],
        ["snapshot", "--out", ""],
        ["snapshot", "--book", ""],
        ["sample", "3", "--out", ""],
        ["agree", ""],
    ],
)
def test_an_empty_name_is_refused(
    arguments: list[str],
    sound: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It would mean the current folder: ``synth new "$FOLDER"`` where no such variable is set."""
    monkeypatch.chdir(sound)
    before = sorted(sound.rglob("*"))
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "the name is empty" in capsys.readouterr().err
    assert sorted(sound.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("export --xlsx none/x.xlsx", "none/x.xlsx: [workbook-unwritable]"),
        ("export --xlsx ..", "..: [workbook-name]"),
        ("sample 1 --out none/x.csv", "none/x.csv: [workbook-unwritable]"),
        ("sample 1 --out none/x.xlsx", "none/x.xlsx: [workbook-unwritable]"),
        ("add data", "data: [sheet-folder]"),
        ("agree data", "data: [sheet-folder]"),
        ("execute data", "data: [sheet-folder]"),
        ("check --root ..", "data/review.toml: [review-missing]"),
        ("add nul.ris", "nul.ris:2: [null-character]"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_as_it_was_given(
    arguments: str,
    told: str,
    sound: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (sound / "nul.ris").write_bytes(b"a\nb\0c\n")
    monkeypatch.chdir(sound)
    assert main(arguments.split()) == 1
    said = capsys.readouterr().err
    assert said.startswith(told)
    # Once, and without dots that nobody understands: neither '...xlsx' nor 'no review in ...'.
    assert len(said.splitlines()) == 2
    assert "..." not in said


def test_a_table_that_cannot_be_read_is_not_called_empty(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sound / "data" / "studies.csv").unlink()
    (sound / "data" / "studies.csv").mkdir()
    works = sound / "works.ris"
    works.write_text("TY  - BOOK\nAU  - Lee, A.\nTI  - Doors\nPY  - 2020\nER  - \n", "utf-8")
    assert main(["add", str(works), "--root", str(sound)]) == 1
    told = capsys.readouterr().err
    assert "[file-is-folder]" in told
    assert "[table-empty]" not in told


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_without_a_place_to_speak_to_nothing_breaks(sound: Path, closed: str) -> None:
    program = shlex.join([sys.executable, "-m", "synth.cli", "check", "--root", str(sound)])
    command = f"{program} {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_reader_who_leaves_early_is_no_fault_of_a_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def left(*_: object, **__: object) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("synth.starter.start._start", left)
    monkeypatch.setattr("os.dup2", lambda *_: None)
    # Nothing is opened that nobody would close.
    monkeypatch.setattr("os.open", lambda *_: -1)
    monkeypatch.setattr("sys.stdout.fileno", lambda: 1, raising=False)
    assert main(["new", str(tmp_path / "tools"), "--no-execute"]) == 1
    assert capsys.readouterr() == ("", "")


def test_commands_that_write_take_turns(sound: Path, tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    (tmp_path / "new.bib").write_text(
        "@book{quist2021, author={Quist, A.}, title={Turns}, year={2021}}\n", "utf-8"
    )
    before = (sound / "references.bib").read_bytes()
    command = [sys.executable, "-m", "synth.cli", "add", str(tmp_path / "new.bib"), "--root", sound]
    with alone_in(sound, pytest.fail):
        second = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        assert "waiting for it" in second.stderr.readline()
        assert (sound / "references.bib").read_bytes() == before
    said, wrong = second.communicate()
    assert (second.returncode, wrong) == (0, ""), said
    assert "quist2021" in (sound / "references.bib").read_text("utf-8")
    assert "quist2021" in (sound / "data" / "studies.csv").read_text("utf-8")
