"""Whether a stored notebook still shows what its code gives, decided by content alone.

Beside its outputs a notebook keeps, in its metadata, fingerprints of what it was run from: its
cells; everything a review is made of; the library, and the versions of what draws. Dates of files
say nothing: a copied or unpacked file may bear any.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from synth.errors import Problem, ReviewError
from synth.reading.textio import conflict

LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
"""What only a running kernel can show; it is never stored."""

REMEMBERED = "_build/synth/executed.json"
"""File, below the folder of a review, of what notebooks were run from last."""

_DRAWING = ("altair", "vl-convert-python")
_SOURCE = {".py", ".html", ".toml"}


def notebooks_of(root: Path) -> list[Path]:
    """The notebooks of a book, in the order of their paths."""
    return sorted(
        path
        for path in (root / "book").rglob("*.ipynb")
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def stored(text: str, file: str) -> dict[str, Any]:
    """A notebook as it is stored.

    Parameters
    ----------
    text : the notebook's file.
    file : how problems name it.

    Raises
    ------
    ReviewError : it is none, or no longer; the line is named.
    """
    mark = conflict(text, file)
    if mark is not None:
        raise ReviewError([mark])
    line, reason = 0, "it is not a notebook"
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        line, reason = error.lineno, "it is no longer the JSON of a notebook"
        if text.startswith("\ufeff"):
            reason = "a byte order mark stands before its first brace"
        notebook = None
    if _is_notebook(notebook):
        return dict(notebook)
    raise ReviewError([Problem("page-unreadable", file, line, reason=reason)])


def _is_notebook(read: Any) -> bool:
    """Whether what was stored has the parts of a notebook that are read here."""
    cells = read.get("cells") if isinstance(read, dict) else None
    return isinstance(cells, list) and all(
        isinstance(cell, dict)
        and isinstance(cell.get("source"), (str, list))
        and all(isinstance(output, dict) for output in cell.get("outputs", ()))
        for cell in cells
    )


def inputs(root: Path) -> str:
    """A fingerprint of everything a notebook's outputs can come from, beside its own cells.

    Parameters
    ----------
    root : folder of the review: all files of ``data/`` and ``references.bib`` count.
    """
    digest = hashlib.sha256(_library().encode())
    files = [root / "references.bib", *(root / "data").rglob("*")]
    for path in sorted(path for path in files if path.is_file()):
        name = path.relative_to(root).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _library() -> str:
    digest = hashlib.sha256()
    for name in _DRAWING:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    here = Path(__file__).parent
    for path in sorted(path for path in here.rglob("*") if path.suffix in _SOURCE):
        name = path.relative_to(here).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def marks(notebook: Mapping[str, Any], of_inputs: str) -> dict[str, Any]:
    """What is written into the metadata of a notebook that was just run.

    Parameters
    ----------
    notebook : the notebook, as JSON or as nbformat reads it.
    of_inputs : what :func:`inputs` gives.
    """
    return {
        "cells": _short([_joined(cell["source"]) for cell in _code(notebook)]),
        "inputs": of_inputs,
        "outputs": [_short(shown(cell)) for cell in _code(notebook)],
    }


def shown(cell: Mapping[str, Any]) -> list[Any]:
    """What a cell shows, without what differs from run to run and says nothing."""
    kept = []
    for output in cell.get("outputs", []):
        data = {
            kind: _joined(value)
            for kind, value in output.get("data", {}).items()
            if kind != LIVE_VIEW
        }
        rest = {name: _joined(output[name]) for name in ("name", "text", "ename") if name in output}
        kept.append({"data": data, **rest})
    return kept


def why_stale(notebook: Mapping[str, Any], of_inputs: str) -> str:
    """Why a notebook has to be run again; empty when its outputs hold.

    Parameters
    ----------
    notebook : the notebook, as JSON or as nbformat reads it.
    of_inputs : what :func:`inputs` gives now.
    """
    known = notebook.get("metadata", {}).get("synth", {}).get("executed", {})
    for number, why in unfinished(notebook):
        return f"cell {number}: {why}"
    now = marks(notebook, of_inputs)
    if not known:
        return "never run by synth execute"
    if known.get("cells") != now["cells"]:
        return "its cells changed"
    if known.get("inputs") != of_inputs:
        return "the data or the library changed"
    return ""


def remembered(root: Path) -> dict[str, Any]:
    """The marks of notebooks that ran, by their paths.

    A notebook whose outputs did not change is not rewritten; that it ran is kept beside the build,
    or it would run again each time.

    Parameters
    ----------
    root : folder of the review.
    """
    try:
        held = json.loads((root / REMEMBERED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def unfinished(notebook: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The cells whose outputs are missing, partial or of a run that failed.

    Returns
    -------
    For each its number, counted from 1, and ``"failed"``, ``"not run"`` or ``"partial"``.
    """
    known = notebook.get("metadata", {}).get("synth", {}).get("executed", {})
    now = marks(notebook, "")
    kept = known.get("outputs", []) if known.get("cells") == now["cells"] else []
    before = iter(kept or [None] * len(now["outputs"]))
    for number, cell in enumerate(notebook.get("cells", []), start=1):
        if cell.get("cell_type") != "code":
            continue
        stored = next(before, None)
        if not _joined(cell["source"]).strip():
            continue
        if any(output.get("output_type") == "error" for output in cell.get("outputs", [])):
            yield number, "failed"
        elif cell.get("execution_count") is None:
            yield number, "not run"
        elif stored is not None and stored != _short(shown(cell)):
            yield number, "partial"


def edited(root: Path) -> set[str]:
    """The notebooks whose code was changed, and whose outputs are those of before.

    Parameters
    ----------
    root : folder of the review; a notebook that was never run by ``synth execute`` is none.
    """
    found: set[str] = set()
    for path in notebooks_of(root):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            known = notebook["metadata"]["synth"]["executed"]
            now = marks(notebook, "")
            # An author who ran it in JupyterLab has other outputs.
            if known["cells"] != now["cells"] and known["outputs"] == now["outputs"]:
                found.add(path.relative_to(root).as_posix())
    return found


def partial(root: Path) -> dict[str, list[int]]:
    """The cells of each notebook, counted from 1, whose stored outputs are not those of their run.

    Parameters
    ----------
    root : folder of the review; a notebook that cannot be read is left to those who read it.
    """
    found: dict[str, list[int]] = {}
    for path in notebooks_of(root):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells = [number for number, why in unfinished(notebook) if why != "failed"]
            found[path.relative_to(root).as_posix()] = cells
    return found


def _code(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [cell for cell in notebook.get("cells", []) if cell.get("cell_type") == "code"]


def _joined(value: Any) -> Any:
    """A text that a notebook may store as a list of lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
