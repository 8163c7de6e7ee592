"""Bytes to text: nothing is guessed, everything odd is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.reading.textio import decode_bytes, read_text, write_text


def messages(data: bytes) -> list[str]:
    return [problem.message for problem in decode_bytes(data, "data/x.csv")[1]]


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


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_text("one", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_text(path, "two")
    assert path.read_text(encoding="utf-8") == "one"
    assert [file.name for file in tmp_path.iterdir()] == ["x"]
