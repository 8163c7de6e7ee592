"""The make targets explain themselves, and a set-up that cannot work says so in one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

# A machine without anything but the shell's own tools.
BARE = ["bash", "cat", "cksum", "dirname", "env", "id", "rm", "sed", "tr", "touch"]


@pytest.fixture
def bare_clone(root: Path, tmp_path: Path) -> Path:
    """What the set-up scripts read, in a folder where nothing was set up yet."""
    clone = tmp_path / "clone"
    (clone / "scripts").mkdir(parents=True)
    for script in (root / "scripts").iterdir():
        shutil.copy(script, clone / "scripts")
    for name in ["pyproject.toml", "package.json", "package-lock.json"]:
        shutil.copy(root / name, clone)
    for path in root.glob("requirements*.txt"):
        shutil.copy(path, clone)
    return clone


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A PATH with hardly anything on it, and so without apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in BARE:
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    return folder


def run(clone: Path, script: str, *arguments: str, **environment: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHON", "CHROME"}}
    done = subprocess.run(
        [clone / "scripts" / script, *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def old_python(folder: Path) -> Path:
    """A Python that runs but is older than what is needed."""
    python = folder / "python3.9"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    python.chmod(0o755)
    return python


@pytest.mark.parametrize("wanted", ["book", "dev"])
def test_an_old_python_is_refused_in_one_line_that_says_what_to_install(
    bare_clone: Path, tmp_path: Path, wanted: str
) -> None:
    status, said = run(bare_clone, "setup", wanted, PYTHON=str(old_python(tmp_path)))
    assert status == 1
    assert said.count("\n") == 1
    assert "3.11 or newer is needed, found Python 3.9.2" in said
    assert "Install python3.11" in said
    assert not (bare_clone / ".venv").exists()


def test_a_machine_without_npm_is_told_what_to_install(bare_clone: Path, bare_path: Path) -> None:
    status, said = run(bare_clone, "setup-node", PATH=str(bare_path))
    assert status == 1
    assert said.count("\n") == 1
    assert "apt-get install npm" in said


def test_a_machine_without_a_browser_is_told_what_to_install(
    bare_clone: Path, bare_path: Path
) -> None:
    status, said = run(bare_clone, "browser", PATH=str(bare_path))
    assert status == 1
    assert said.count("\n") == 1
    assert "apt-get install chromium" in said


def test_the_browser_named_by_chrome_is_used(bare_clone: Path, tmp_path: Path) -> None:
    browser = tmp_path / "my-chrome"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert run(bare_clone, "browser", "--find", CHROME=str(browser)) == (0, f"{browser}\n")


def pretend(folder: Path, name: str, does: str = "true") -> Path:
    """A program of some name that does little."""
    program = folder / name
    # What stands there may be a link to the machine's own.
    program.unlink(missing_ok=True)
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    return program


def test_a_browser_without_a_window_goes_before_one_with(bare_clone: Path, bare_path: Path) -> None:
    with_window = pretend(bare_path, "chromium")
    assert run(bare_clone, "browser", PATH=str(bare_path)) == (0, f"{with_window}\n")
    without = pretend(bare_path, "chromium-headless-shell")
    for options in ([], ["--find"]):
        found = run(bare_clone, "browser", *options, PATH=str(bare_path))
        assert found == (0, f"{without}\n")
    named = run(bare_clone, "browser", PATH=str(bare_path), CHROME="chromium")
    assert named == (0, f"{with_window}\n")


def test_beside_debians_browser_the_one_without_a_window_is_installed_in_its_version(
    bare_clone: Path, bare_path: Path
) -> None:
    """Where it cannot be, the one that is there is used; of another browser nothing is asked."""
    with_window = pretend(bare_path, "chromium")
    pretend(bare_path, "id", "echo 0")
    pretend(bare_path, "apt-get", f'echo "$*" >> {bare_path}/asked; exit 1')
    found = f"{with_window}\n"
    assert run(bare_clone, "browser", PATH=str(bare_path)) == (0, found)
    assert not (bare_path / "asked").exists(), "it is not Debian's"
    pretend(bare_path, "dpkg-query", "printf 1.2-3")
    status, said = run(bare_clone, "browser", PATH=str(bare_path))
    assert (status, said.splitlines()[0]) == (0, str(with_window))
    asked = (bare_path / "asked").read_text()
    assert asked.count("\n") == 1
    assert asked.endswith(" chromium-headless-shell=1.2-3\n")
    assert "--no-remove" in asked


def test_files_of_the_quick_tests_are_in_memory_only_where_there_is_room_to_run_programs(
    bare_clone: Path, bare_path: Path, tmp_path: Path
) -> None:
    """``df`` and ``mktemp`` are pretended; on this machine the folder may be any."""

    def folder(room: str, made: Path, **named: str) -> str:
        pretend(bare_path, "df", f"printf 'Avail\\n{room}\\n'")
        pretend(bare_path, "mktemp", f'echo "{made}"')
        status, said = run(bare_clone, "scratch", PATH=str(bare_path), **named)
        assert status == 0
        return said

    for name in ("tail", "chmod"):
        (bare_path / name).symlink_to(str(shutil.which(name)))
    program = tmp_path / "program"
    assert folder("24105", program, TMPDIR="") == "/dev/shm\n"
    assert not program.exists(), "nothing is left behind"
    assert folder("24105", program, TMPDIR="/elsewhere") == "/elsewhere\n"
    assert folder("64", program, TMPDIR="") == "/tmp\n"
    pretend(bare_path, "chmod")  # as where no program may be run
    assert folder("24105", program, TMPDIR="") == "/tmp\n"
    assert not program.exists()
    pretend(bare_path, "df", "exit 1")
    assert run(bare_clone, "scratch", PATH=str(bare_path), TMPDIR="") == (0, "/tmp\n")


def test_help_lists_every_target_that_the_readme_and_contributing_name(root: Path) -> None:
    help_text = subprocess.run(
        ["make", "-C", str(root), "help"], capture_output=True, text=True, check=True
    ).stdout
    listed = set(re.findall(r"^  make ([a-z-]+)  ", help_text, flags=re.MULTILINE))
    assert {"book", "test", "serve", "help"} <= listed
    for name in ["README.md", "CONTRIBUTING.md"]:
        text = (root / name).read_text("utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))
        assert named, f"{name} names no command"
        assert named <= listed, name
