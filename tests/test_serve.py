"""`make serve`: one build for each change of the author's, none for what a build itself writes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import pytest

CONFIG = """
title: School gardens
only_build_toc_files: true
exclude_patterns: [".*", "_build", "data", "scripts", "src"]
execute: {execute_notebooks: "off"}
sphinx:
  extra_extensions: [synth.book]
"""
TOC = "format: jb-book\nroot: book/intro\nchapters:\n  - file: book/table\n"


@pytest.fixture
def project(tmp_path: Path, root: Path, example_root: Path) -> Path:
    """A book of a page and a notebook, with the script that shows it."""
    project = tmp_path / "project"
    shutil.copytree(example_root, project, ignore=shutil.ignore_patterns("_build", "book"))
    for folder in ("scripts", "src", "book"):
        (project / folder).mkdir()
    shutil.copy2(root / "scripts" / "serve", project / "scripts")
    (project / "src" / "nothing.py").touch()
    (project / ".venv").symlink_to(sys.prefix)
    (project / "_config.yml").write_text(CONFIG, "utf-8")
    (project / "_toc.yml").write_text(TOC, "utf-8")
    (project / "book" / "intro.md").write_text("# Gardens\n\nThey grow.\n", "utf-8")
    notebook = nbformat.v4.new_notebook()
    shown = "from synth import Review\n\nReview.load().evidence().table()"
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# The table"),
        nbformat.v4.new_code_cell(shown),
    ]
    nbformat.write(notebook, project / "book" / "table.ipynb")
    return project


def until(server: subprocess.Popen[str], words: str, *, fails: bool = False) -> list[str]:
    """What the server says up to a line that holds some words."""
    assert server.stdout
    lines = []
    for line in server.stdout:
        lines.append(line)
        assert fails or "serve: failed" not in line, "".join(lines)
        if words in line:
            return lines
    raise AssertionError(f"It ended without saying {words!r}:\n{''.join(lines)}")


@contextmanager
def serving(project: Path) -> Iterator[subprocess.Popen[str]]:
    """The server of a book, on a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [project / ".venv" / "bin" / "python", project / "scripts" / "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PORT": str(port)},
        start_new_session=True,
    )
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)


@pytest.mark.slow
def test_one_build_for_each_change_and_none_for_what_a_build_writes(project: Path) -> None:
    notebook = project / "book" / "table.ipynb"
    with serving(project) as server:
        said = until(server, "serve: ready after")
        # What is saved while the first build ends, or runs, is built next.
        page = project / "book" / "intro.md"
        page.write_text(page.read_text("utf-8") + "\nThey grow at once.\n", "utf-8")
        said += until(server, "it follows what you save")
        said += until(server, "serve: ready after")
        before = notebook.read_bytes()
        data = project / "data" / "coded_studies.csv"
        rows = data.read_text("utf-8").splitlines(keepends=True)
        first = next(line for line in rows[1:] if ". " not in line and "." in line)
        data.write_text("".join(rows).replace(first, first.replace(".", " and well.", 1)), "utf-8")
        said += until(server, "serve: ready after")
        assert notebook.read_bytes() != before, "the build has written the notebook"
        page.write_text(page.read_text("utf-8") + "\nThey grow well.\n", "utf-8")
        said += until(server, "serve: ready after")
        # What a build passes over without a word is told as well, and last.
        page.write_text(page.read_text("utf-8") + "\n```{note}\nAll year.\n", "utf-8")
        told_last = until(server, "serve: ready after")
        said += told_last
        # Data that cannot be read are told once, and no build dies of them.
        rows = data.read_text("utf-8")
        data.write_text(rows.replace(",", ",nobody", 1), "utf-8")
        broken = until(server, "serve: failed", fails=True)
    rest, _ = server.communicate()
    said += rest.splitlines()
    told = "\n".join(said)
    changed = re.findall(r"serve: (.+) changed", told + "\n" + "".join(broken))
    assert changed == [
        *("book/intro.md", "data/coded_studies.csv", "book/intro.md", "book/intro.md"),
        "data/coded_studies.csv",
    ], told
    assert told.count("serve: ready after") == 5, told
    assert "serve: book/intro.md:9: '```{note}' is not closed" in "".join(told_last), told
    assert told_last[-1].rstrip().endswith("; mend what is told above"), told
    assert "".join(broken).count("The column is missing") == 1, broken
    assert "Traceback" not in "".join(broken)
    assert "exception" not in "".join(broken)
    shown = (project / "_build/serve/html/book/intro.html").read_text("utf-8")
    assert "They grow at once." in shown
    assert "They grow well." in shown


@pytest.mark.slow
def test_whatever_a_build_dies_of_the_next_change_is_built(project: Path) -> None:
    notebook, page = project / "book" / "table.ipynb", project / "book" / "intro.md"
    with serving(project) as server:
        until(server, "it follows what you save")
        stored = notebook.read_text("utf-8")
        # The lock of an editor is a link that leads nowhere.
        (project / "src" / ".#nothing.py").symlink_to("somebody@somewhere.1")
        page.write_text("# Gardens\n\nThey are locked.\n", "utf-8")
        until(server, "serve: ready after")
        notebook.write_text(stored + "x", "utf-8")
        torn = "".join(until(server, "serve: failed", fails=True))
        assert "serve: book/table.ipynb:" in torn
        assert "Exception occurred" not in torn
        notebook.write_text(stored.replace(".table()", ".tabel()"), "utf-8")
        unrun = until(server, "serve: ready after")
        assert "AttributeError" in "".join(unrun)
        assert unrun[-1].rstrip().endswith("; mend what is told above"), unrun
        notebook.write_text(stored, "utf-8")
        until(server, "serve: ready after")
        settings = project / "data" / "review.toml"
        settings.rename(project / "away.toml")
        gone = "".join(until(server, "serve: failed", fails=True))
        assert gone.count("review.toml:") == 1, gone
        assert ":0:" not in gone
        (project / "away.toml").rename(settings)
        until(server, "serve: ready after")


@pytest.mark.slow
@pytest.mark.parametrize("port", ["abc", "0", "70000", "²", "-1", "taken"])
def test_a_port_that_cannot_be_had_is_told_at_once(project: Path, port: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        asked = str(other.getsockname()[1]) if port == "taken" else port
        done = subprocess.run(
            [project / ".venv" / "bin" / "python", project / "scripts" / "serve"],
            capture_output=True,
            text=True,
            env={**os.environ, "PORT": asked},
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert asked in done.stderr
    assert "make serve PORT=" in done.stderr
