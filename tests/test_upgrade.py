"""An older review gets the present frame; what its authors wrote stays byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from synth.cli import main
from synth.errors import ReviewError
from synth.reading.rules import load_records
from synth.reading.versions import VERSIONS_FILE
from synth.starter import frame
from synth.starter import upgrade as upgrading
from synth.starter.start import Request, start
from synth.starter.upgrade import KEPT, upgrade
from synth.version import DISTRIBUTION, version

VERSION_1 = Path(__file__).parent / "version1"
AUTHORS = ("data", "book", "references.bib", "_toc.yml")


def quiet(line: str) -> None:
    """Take what would be said to an author."""


def files_of(folder: Path, *parts: str) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in parts or (".",)
        for path in ([folder / part] if (folder / part).is_file() else (folder / part).rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def commit(root: Path) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=A Team", "-c", "user.email=team@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "as it was", "--allow-empty"], check=True)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A review that version 1's own `synth new` wrote, with an author's text in it."""
    root = tmp_path / "a réview [old] of ours"
    shutil.copytree(VERSION_1, root)
    page = root / "book" / "intro.ipynb"
    notebook = json.loads(page.read_text("utf-8"))
    notebook["cells"][0]["source"].append("Our own sentence, with “signs” and a trailing space. \n")
    page.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return root


def test_version_1_is_brought_up_and_its_prose_is_the_same_bytes(old: Path) -> None:
    commit(old)
    before = files_of(old, *AUTHORS)
    assert upgrade(old, dry_run=False, say=quiet) == 0
    after = files_of(old, *AUTHORS)
    entry = after.pop(VERSIONS_FILE).decode()
    assert after == before
    assert 'number = "next"' in entry, "an entry for the next version, to fill in"
    assert not (old / "src").exists()
    assert not (old / "pyproject.toml").exists()
    assert "synth.book" in (old / "_config.yml").read_text("utf-8")
    lines = (old / "requirements.txt").read_text("utf-8").splitlines()
    assert lines[-2:] == ["--find-links vendor", f"{DISTRIBUTION}=={wheel_version(old)}"]
    assert wheel_version(old).split("+")[0] == version()
    assert load_records(old).findings
    assert not list(old.glob(".synth-upgrade-*"))


def wheel_version(root: Path) -> str:
    (wheel,) = (root / "vendor").glob("*.whl")
    return wheel.name.split("-")[1]


def test_a_second_upgrade_has_nothing_to_do(old: Path) -> None:
    commit(old)
    upgrade(old, dry_run=False, say=quiet)
    commit(old)
    before = files_of(old)
    said: list[str] = []
    assert upgrade(old, dry_run=False, say=said.append) == 0
    assert "nothing to do" in said[0]
    assert files_of(old) == before


def test_a_dry_run_tells_everything_and_changes_nothing(old: Path) -> None:
    before = files_of(old)
    said: list[str] = []
    assert upgrade(old, dry_run=True, say=said.append) == 0
    assert files_of(old) == before
    text = "\n".join(said)
    for told in ("changed: _config.yml", "removed: src/synth", "+  extra_extensions: [synth.book]"):
        assert told in text
    assert "Nothing was changed" in said[-1]


def test_what_a_team_changed_in_the_frame_is_merged(old: Path) -> None:
    makefile = old / "Makefile"
    makefile.write_text(makefile.read_text("utf-8") + "\nours: ## our own\n\t@true\n", "utf-8")
    config = old / "_config.yml"
    config.write_text(
        config.read_text("utf-8").replace(
            "search_bar_text: Search this book", "search_bar_text: Find"
        ),
        "utf-8",
    )
    (old / ".gitattributes").unlink()
    commit(old)
    said: list[str] = []
    assert upgrade(old, dry_run=False, say=said.append) == 0
    assert [line for line in said if "copy .synth/frame/gitattributes there" in line]
    assert makefile.read_text("utf-8").endswith("\nours: ## our own\n\t@true\n")
    assert "search_bar_text: Find" in config.read_text("utf-8")
    assert "[synth.book]" in config.read_text("utf-8")
    assert not (old / ".gitattributes").exists(), "a file that the team deleted came back"


def test_the_same_lines_changed_by_both_are_shown_and_nothing_is_lost(old: Path) -> None:
    config = old / "_config.yml"
    mine = config.read_text("utf-8").replace("[synth.sphinx_ext]", "[synth.sphinx_ext, our_own]")
    config.write_text(mine, "utf-8")
    commit(old)
    said: list[str] = []
    assert upgrade(old, dry_run=False, say=said.append) == 1
    assert config.read_text("utf-8") == mine
    assert "[synth.book]" in (old / "_config.yml.new").read_text("utf-8")
    text = "\n".join(said)
    for version_shown in ("<<<<<<< yours", "our_own", "|||||||", ">>>>>>> new"):
        assert version_shown in text


def test_windows_line_ends_are_no_change(old: Path) -> None:
    for file in ("Makefile", "_config.yml"):
        path = old / file
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    commit(old)
    assert upgrade(old, dry_run=False, say=quiet) == 0
    assert "[synth.book]" in (old / "_config.yml").read_text("utf-8")


def test_changes_git_has_not_kept_are_refused(old: Path) -> None:
    commit(old)
    config = old / "_config.yml"
    config.write_text(config.read_text("utf-8") + "# ours alone\n", "utf-8")
    before = files_of(old)
    with pytest.raises(ReviewError, match=r"git has not kept.*_config\.yml"):
        upgrade(old, dry_run=False, say=quiet)
    assert files_of(old) == before


def test_without_git_what_is_replaced_is_kept_aside(old: Path) -> None:
    before = files_of(old)
    said: list[str] = []
    assert upgrade(old, dry_run=False, say=said.append) == 0
    for file in ("Makefile", "_config.yml", "src/synth/__init__.py", "pyproject.toml"):
        if (old / file).exists() and (old / file).read_bytes() == before[file]:
            continue
        assert (old / KEPT / file).read_bytes() == before[file]
    assert any(KEPT in line for line in said)


@pytest.mark.parametrize("step", [2, 5, 9])
def test_an_interrupt_halfway_puts_everything_back(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    commit(old)
    before = files_of(old)
    replace, calls = os.replace, []

    def interrupted(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == step:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(upgrading.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upgrade(old, dry_run=False, say=quiet)
    assert files_of(old) == before
    monkeypatch.undo()
    assert upgrade(old, dry_run=False, say=quiet) == 0


def test_a_review_newer_than_the_library_is_refused(tmp_path: Path) -> None:
    start(Request(tmp_path / "x"), execute=False, dry_run=False, say=quiet)
    path = tmp_path / "x" / frame.STATE
    path.write_text(path.read_text("utf-8").replace('version = "', 'version = "99.'), "utf-8")
    before = files_of(tmp_path / "x")
    with pytest.raises(ReviewError, match=r"(?s)made with version 99\..*Install a library"):
        upgrade(tmp_path / "x", dry_run=False, say=quiet)
    assert files_of(tmp_path / "x") == before


def test_a_folder_without_a_frame_is_told_what_to_do(example_root: Path, tmp_path: Path) -> None:
    shutil.copytree(example_root, tmp_path / "x")
    with pytest.raises(ReviewError, match="no frame to upgrade"):
        upgrade(tmp_path / "x", dry_run=False, say=quiet)


def test_lines_a_team_added_to_the_requirements_stay(tmp_path: Path) -> None:
    root = tmp_path / "x"
    start(Request(root), execute=False, dry_run=False, say=quiet)
    path = root / "requirements.txt"
    path.write_text(path.read_text("utf-8") + "our-own-tool==1.2\n", "utf-8")
    state = root / frame.STATE
    state.write_text(state.read_text("utf-8").replace('version = "0.2', 'version = "0.1'), "utf-8")
    kept = root / frame.BASE / "requirements.txt"
    kept.write_text(kept.read_text("utf-8").replace("altair==", "altair==0."), "utf-8")
    path.write_text(path.read_text("utf-8").replace("altair==", "altair==0."), "utf-8")
    assert upgrade(root, dry_run=False, say=quiet) == 0
    lines = path.read_text("utf-8").splitlines()
    assert lines[-1] == "our-own-tool==1.2"
    assert not any(line.startswith("altair==0.") for line in lines)


def test_the_command_says_what_it_does(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", "--dry-run", "--root", str(old)]) == 0
    assert "From version 1 of the library to" in capsys.readouterr().out


def test_a_new_review_carries_the_library_as_a_wheel_and_no_source(tmp_path: Path) -> None:
    root = tmp_path / "x"
    start(Request(root), execute=False, dry_run=False, say=quiet)
    assert not (root / "src").exists()
    assert not (root / "pyproject.toml").exists()
    again = tmp_path / "y"
    start(Request(again), execute=False, dry_run=False, say=quiet)
    assert files_of(root) == files_of(again)


def test_the_wheel_holds_what_a_book_needs(tmp_path: Path) -> None:
    import zipfile

    root = tmp_path / "x"
    start(Request(root), execute=False, dry_run=False, say=quiet)
    (wheel,) = (root / "vendor").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    here = Path(frame.__file__).parents[1]
    for path in here.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"synth/{path.relative_to(here).as_posix()}" in names
    info = next(name for name in names if name.endswith(".dist-info/METADATA")).split("/")[0]
    assert {f"{info}/RECORD", f"{info}/WHEEL", f"{info}/entry_points.txt"} <= names
