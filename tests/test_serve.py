"""`make serve`: one build for each change of the author's, none for what a build itself writes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
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


@pytest.mark.slow
def test_one_build_for_each_change_and_none_for_what_a_build_writes(project: Path) -> None:
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
    notebook = project / "book" / "table.ipynb"
    try:
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
    finally:
        os.killpg(server.pid, signal.SIGTERM)
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
