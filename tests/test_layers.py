"""Arrows only point downward, and importing ``synth`` costs nothing.

What a module imports is read with ``ast``, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "synth"

LAYERS: tuple[set[str], ...] = (
    {"errors", "text", "model", "messages", "version"},
    {"reading", "references"},
    {"views"},
    {"evidence", "review", "agreement"},
    {"notebooks", "book"},
    {"starter", "cli"},
)
"""The rooms of the library, from the ground up; ``synth`` itself, the lazy front, is outside."""

FROM_ABOVE = {("formats.py", "views")}
"""What still imports from above, until it is opened."""

LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}
HEAVY = {
    *("pandas", "altair", "vl_convert", "ipywidgets", "anywidget"),
    *("sphinx", "docutils", "bibtexparser"),
}


def modules() -> Iterator[tuple[str, Path]]:
    """The name below ``synth`` and the file of each module; a package goes by its own name."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).parts[0].removesuffix(".py"), path


def imported(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Each module of ``synth`` that a file imports, its line, and whether only types need it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "synth":
                names = [f"synth.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "synth" and len(parts) > 1:
                yield parts[1], node.lineno, node in for_types


@pytest.mark.parametrize(("module", "path"), [(m, p) for m, p in modules() if m != "__init__"])
def test_a_module_imports_nothing_above_itself(module: str, path: Path) -> None:
    assert module in LEVEL, f"{module} has no layer yet: add it to LAYERS"
    for name, line, for_types in imported(path):
        if name.startswith("__") or for_types or (path.name, name) in FROM_ABOVE:
            continue
        known = (
            name if name in LEVEL else {"Review": "review", "Evidence": "evidence"}.get(name, name)
        )
        assert LEVEL[known] <= LEVEL[module], f"{path.name}:{line} imports {name} from above"


def test_relative_imports_are_not_used() -> None:
    """They would escape the test above."""
    for _, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path


def loaded_after(code: str) -> set[str]:
    """What Python has imported once some code ran in a fresh process."""
    printed = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {name.split(".")[0] for name in printed.split()}


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert loaded_after("import synth") & HEAVY == set()


def test_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_after("import synth.cli; synth.cli._parser()") & HEAVY == set()


def test_checking_a_review_needs_neither_pandas_nor_sphinx(example_root: Path) -> None:
    code = (
        "import pathlib; from synth.reading.rules import check; "
        f"check(pathlib.Path({str(example_root)!r}))"
    )
    assert loaded_after(code) & HEAVY == {"bibtexparser"}


def test_the_library_knows_nothing_of_the_first_book() -> None:
    words = ("peer support", "peer worker", "psw", "mirbahaeddin", "psychiatr")
    for _, path in modules():
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path
