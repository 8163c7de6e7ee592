"""The scripts of the pages, as far as they need no page."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import missing


def test_engine_state_and_exports_of_the_explorer(root: Path) -> None:
    """The tests in tests/js, by node's own runner."""
    node = shutil.which("node")
    if node is None:
        missing("no node on this machine")
    files = sorted((root / "tests" / "js").glob("*.test.mjs"))
    assert files
    done = subprocess.run(
        [node, "--test", *files], capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", ["bundle", "house", "same_articles.py", "serve", "book_pdf.py"])
def test_who_asks_a_script_for_help_changes_nothing(script: str, root: Path) -> None:
    path = root / "scripts" / script
    done = subprocess.run([sys.executable, path, "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {script} [-h]")
    refused = subprocess.run([sys.executable, path, "--nonsense"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"usage: {script} [-h]")


@pytest.mark.parametrize("command", ["clean-room", "clean-room --help", "future --help", "pin -h"])
def test_a_script_that_does_much_is_not_begun_by_mistake(command: str, root: Path) -> None:
    done = subprocess.run(
        ["bash", *f"scripts/{command}".split()], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"scripts/{command.split()[0]}")
    assert len(done.stderr.splitlines()) == 1


def test_two_books_without_a_page_are_not_alike(root: Path, tmp_path: Path) -> None:
    path = root / "scripts" / "same_articles.py"
    done = subprocess.run(
        [sys.executable, path, tmp_path, tmp_path], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "nothing was compared" in done.stdout
