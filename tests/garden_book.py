"""A tiny book about community gardens, for tests: tests/roots/garden (data), tests/roots/book."""

from __future__ import annotations

import io
import json
import os
import shutil
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points, version
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import altair
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from synth.book import assets
from synth.book.assets import begin_vega, bundling, write_vega
from synth.book.figures import HAS_CHART, vega_lite_version
from synth.reading.textio import replace_file
from synth.views.view import VIEW

ROOTS = Path(__file__).parent / "roots"


def planted(folder: Path, **pages: str) -> Path:
    """Copy the garden's data and book into a folder; pages given by name replace or add."""
    root = folder / "garden"
    shutil.copytree(ROOTS / "garden", root)
    shutil.copytree(ROOTS / "book", root, dirs_exist_ok=True)
    for name, text in pages.items():
        (root / f"{name}.ipynb").unlink(missing_ok=True)
        (root / f"{name}.md").write_text(text, "utf-8")
    return root


def view(kind: str, query: Any = None, **options: Any) -> dict[str, Any]:
    """What a cell stores that showed a view; the readable forms are left out."""
    return {VIEW: {"kind": kind, "query": query or {}, "options": options}}


def evidence(*ids: str) -> dict[str, Any]:
    """What a cell stores that showed some findings as a table."""
    return view("table", {"ids": list(ids)})


def notebook(root: Path, name: str, cells: Iterable[Any], **metadata: Any) -> Path:
    """Write a notebook: a text is a Markdown cell, a mapping a code cell that shows that bundle."""
    stored: list[dict[str, Any]] = []
    for number, cell in enumerate(cells):
        if isinstance(cell, str):
            stored.append({"cell_type": "markdown", "source": cell.splitlines(keepends=True)})
        else:
            shown = {"output_type": "display_data", "metadata": {}, "data": cell}
            stored.append(
                {
                    "cell_type": "code",
                    "execution_count": number,
                    "source": ["review\n"],
                    "outputs": [shown],
                }
            )
    for number, cell in enumerate(stored):
        cell |= {"id": f"cell-{number}", "metadata": {}}
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    text = {
        "cells": stored,
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}, **metadata},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = root / f"{name}.ipynb"
    path.write_text(json.dumps(text, indent=1) + "\n", "utf-8")
    return path


class _Templates(BytecodeCache):
    """The theme's templates as they were compiled; each build would compile all of them anew."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = _Templates()

FOUND = cache(entry_points)
"""What the installed packages offer; each build would read the lists of two hundred anew."""


KEPT = Path(__file__).resolve().parent.parent / "_build" / "tests"


@cache
def _bundle(vega_lite: str) -> bytes:
    kept = KEPT / f"vega-{vega_lite}-of-{version('vl-convert-python')}.js"
    if not kept.is_file():
        made, said = bundling(vega_lite).communicate()
        assert made, said.decode(errors="replace")
        kept.parent.mkdir(parents=True, exist_ok=True)
        replace_file(kept, made)
    return kept.read_bytes()


class Bundled:
    """A process that has made the Vega bundle: each build in a new folder would take two seconds.

    It is made once for all processes of the tests, and kept.
    """

    returncode = 0

    def __init__(self, vega_lite: str) -> None:
        self.vega_lite = vega_lite

    def communicate(self) -> tuple[bytes, bytes]:
        return _bundle(self.vega_lite), b""

    def kill(self) -> None:
        """Nothing runs."""


def keep_vega(html: Path) -> None:
    """Leave the Vega bundle where a build by another program finds it, as one made before.

    `test_the_example_passes_its_own_test` has no such help: its build makes the bundle.
    """
    used = vega_lite_version({"$schema": altair.SCHEMA_URL})
    app: Any = SimpleNamespace(outdir=html, builder=SimpleNamespace(format="html"))
    env: Any = SimpleNamespace(metadata={"a page": {HAS_CHART: used}})
    with patch.object(assets, "bundling", Bundled):
        begin_vega(app, env)
        write_vega(app, None)


def built(root: Path, processes: int = 1) -> tuple[Path, str]:
    """Build the book; returns the folder of its pages and what was warned of, place by place."""
    from sphinx.application import Sphinx
    from sphinx.util.console import strip_colors
    from sphinx.util.docutils import docutils_namespace

    warnings = io.StringIO()
    out = root / "_out"
    with (
        docutils_namespace(),
        patch.object(assets, "bundling", Bundled),
        patch("sphinx.theming.entry_points", FOUND),
        patch("myst_nb.core.render.entry_points", FOUND),
    ):
        app = Sphinx(
            str(root),
            str(root),
            str(out),
            str(root / "_doctrees"),
            "html",
            confoverrides={"synth_processes": processes},
            status=None,
            warning=warnings,
        )
        app.builder.templates.environment.bytecode_cache = TEMPLATES
        app.build()
    told = strip_colors(warnings.getvalue())
    # Set by Jupyter Book's theme, which this book does without.
    kept = [line for line in told.splitlines() if "unsupported theme option" not in line]
    return out, "\n".join(line.replace(f"{root}/", "") for line in kept)


def change(path: Path, old: str, new: str) -> None:
    """Change a file; the words to be changed must be there."""
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    save(path, text.replace(old, new))


def save(path: Path, text: str) -> None:
    """Write a file as an author does: after the build before, by the clock that build looked at."""
    path.write_text(text, "utf-8")
    later = time.time() + 1
    os.utime(path, (later, later))
