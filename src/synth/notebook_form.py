"""The form a notebook is stored in: the same bytes for the same cells and outputs.

Nothing here runs a notebook: what does takes six times as long to import.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path
from typing import Any

import nbformat

from synth import freshness
from synth.errors import Problem, ReviewError
from synth.freshness import notebooks_of
from synth.reading.formatting import Form
from synth.reading.textio import unreadable, write_text

_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-?[0-9a-f]{12})?")


def tidy(notebook: Any) -> None:
    """Leave only what is the same at every run: no live views, no timings, ids made of words."""
    notebook.metadata = nbformat.from_dict(
        {
            **{key: notebook.metadata[key] for key in notebook.metadata if key not in _NOT_KEPT},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken: set[str] = set()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(freshness.LIVE_VIEW, None)
        cell["id"] = _cell_id(cell, taken)


_NOT_KEPT = {"widgets", "language_info", "kernelspec", "signature", "vscode"}


def _cell_id(cell: Any, taken: set[str]) -> str:
    """The cell's own id if an author gave it one, else one made of its first words."""
    name = str(cell.get("id", ""))
    if not name or name in taken or _RANDOM_ID.fullmatch(name):
        words = re.findall(r"[a-z0-9]+", cell.source.lower())
        stem = "-".join(words[:5])[:48] or cell.cell_type
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name


def notebook_forms(root: Path) -> list[Form]:
    """What every notebook of a book should hold; one that cannot be read is left alone, and told.

    Parameters
    ----------
    root : the review's root.
    """
    forms = []
    for path in notebooks_of(root):
        file = path.relative_to(root).as_posix()
        try:
            text = path.read_text("utf-8", errors="replace")
            form = _canonical(read_notebook(path, file))
        except ReviewError as error:
            forms.append(Form(file, None, 0, error.problems))
            continue
        lines = zip_longest(text.splitlines(), form.splitlines())
        line = next((at for at, (one, other) in enumerate(lines, 1) if one != other), 0)
        forms.append(Form(file, form, line))
    return forms


def read_notebook(path: Path, file: str) -> Any:
    """Read a notebook as nbformat reads it.

    Parameters
    ----------
    path : the notebook.
    file : how problems name it.

    Raises
    ------
    ReviewError : it is not there, or damaged; the line is named where one can be.
    """
    try:
        text = path.read_text("utf-8")
        return nbformat.reads(text, as_version=4)
    except OSError as error:
        raise ReviewError([unreadable(file, error)]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = "a letter is not UTF-8"
        raise ReviewError([Problem("page-unreadable", file, line, reason=reason)]) from error
    except Exception as error:  # whatever a damaged file makes nbformat say
        freshness.stored(text, file)
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ReviewError([Problem("page-unreadable", file, 0, reason=reason)]) from error


def _canonical(notebook: Any) -> str:
    tidy(notebook)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, 1):
        if cell.execution_count is None:
            continue
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    return _stored(notebook)


def _stored(notebook: Any) -> str:
    text = nbformat.writes(notebook, version=4, indent=1, sort_keys=True, ensure_ascii=False)
    return str(text).rstrip("\n") + "\n"


def write_notebook(notebook: Any, path: Path) -> None:
    """Write a notebook in canonical form, or not at all.

    Parameters
    ----------
    notebook : as nbformat reads it.
    path : the file; it is replaced only once the new one is complete.
    """
    write_text(path, _stored(notebook))
