"""Bytes to text: nothing is guessed, everything odd is said."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from synth.cli import main
from synth.errors import ReviewError
from synth.reading.textio import decode_bytes, read_text, write_files, write_text


def messages(data: bytes) -> list[str]:
    return [problem.message for problem in decode_bytes(data, "data/x.csv")[1]]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A copy of the small review without a mistake."""
    return Path(shutil.copytree(Path(__file__).parent / "bad_data" / "sound", tmp_path / "review"))


def test_plain_text_is_itself() -> None:
    assert decode_bytes("Łódź, – 北京\n".encode(), "x") == ("Łódź, – 北京\n", [])


def test_every_line_in_another_encoding_is_named() -> None:
    _, problems = decode_bytes("a\ncafé\nb\nnaïve\n".encode("latin-1"), "x")
    assert [problem.line for problem in problems] == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_recognised(encoding: str) -> None:
    text, problems = decode_bytes("study,role\n".encode(encoding), "x")
    assert text is None
    assert problems[0].message == "The file is UTF-16, not UTF-8."


def test_line_ends_are_told_once_at_the_first() -> None:
    text, problems = decode_bytes(b"a\nb\r\nc\r\n", "x")
    assert text == "a\nb\nc\n"
    assert [(problem.line, problem.message) for problem in problems] == [
        (2, "The line ends as on Windows (CRLF).")
    ]


def test_a_mark_at_the_beginning_is_told_and_taken_off() -> None:
    text, problems = decode_bytes(b"\xef\xbb\xbfa\n", "x")
    assert (text, len(problems)) == ("a\n", 1)


def test_letters_lost_on_the_way_are_told() -> None:
    assert messages("caf\ufffd".encode()) == ["A letter was lost and stands as '\ufffd'."]
    assert messages("cafÃ©".encode()) == [
        "'Ã©' looks like a letter that was read in the wrong encoding."
    ]


@pytest.mark.parametrize("text", ["São Tomé", "Ângela", "Ã", "Â", "10 £", "naïve â€"])
def test_letters_that_only_look_odd_pass(text: str) -> None:
    assert messages(text.encode()) == []


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert read_text(tmp_path / "x", "x")[1][0].message == "The file is missing."
    assert read_text(tmp_path, "x")[1][0].message == "This is a folder, not a file."


def test_a_file_is_written_only_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert write_text(path, "one\n")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert not write_text(path, "one\n")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert write_text(path, "two\n")
    assert path.read_bytes() == b"two\n"
    assert [file.name for file in tmp_path.iterdir()] == ["x"]


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("one", encoding="utf-8")
    path.chmod(0o640)
    write_text(path, "two")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such permissions there")
def test_a_new_file_is_as_private_as_its_user_wants(tmp_path: Path) -> None:
    kept = os.umask(0o077)
    try:
        write_text(tmp_path / "x", "one")
        assert main(["new", str(tmp_path / "review"), "--no-execute"]) == 0
        found = {path: path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")}
    finally:
        os.umask(kept)
    assert [path for path, open_to_others in found.items() if open_to_others] == []
    assert (tmp_path / "review" / "scripts" / "setup").stat().st_mode & 0o777 == 0o700


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_text("one", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ReviewError, match=r"x: \[file-unwritable\] .*disk full.*\n.*as it was"):
        write_text(path, "two")
    assert path.read_text(encoding="utf-8") == "one"
    assert [file.name for file in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_all_of_some_files_are_written_or_none(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_text("1", encoding="utf-8")
    (tmp_path / "three").write_text("3", encoding="utf-8")
    replace = Path.replace

    def fail_at_the_last(self: Path, target: Path) -> Path:
        if target.name == "three":
            raise error
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_last)
    with pytest.raises((ReviewError, KeyboardInterrupt)):
        write_files(tmp_path, {"one": "new", "two": "new", "three": "new"})
    left = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert left == {"one": "1", "three": "3"}


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
@pytest.mark.parametrize("command", ["fmt", "check"])
def test_a_folder_that_may_not_be_written_or_read_is_told_in_a_sentence(
    command: str, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As root everything may be written, so the system's refusal is played."""
    (sound / "data" / "README.md").unlink(missing_ok=True)

    def refuse(*_: object, **given: object) -> None:
        raise PermissionError(13, "Permission denied", str(sound / "data"))

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    if command == "check":
        monkeypatch.setattr(Path, "is_file", refuse)
    assert main([command, "--root", str(sound)]) == 1
    told = capsys.readouterr().err
    assert "Permission denied" in told
    assert "Is there room on the disk" in told
