"""Arrows only point downward, and importing ``synth`` costs nothing.

What a module imports is read with ``ast``, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "synth"

LAYERS: tuple[set[str], ...] = (
    {"errors", "text", "model", "messages", "version", "processors"},
    {"reading", "references", "agreement", "changes"},
    {"facets", "freshness"},
    {"views"},
    {"evidence", "review"},
    {"warm", "notebook_form", "notebooks", "book", "testing"},
    {"starter", "cli"},
)
"""The rooms of the library, from the ground up; ``synth`` itself, the lazy front, is outside."""

LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
HEAVY = {
    *("pandas", "altair", "vl_convert", "ipywidgets", "anywidget"),
    *("sphinx", "docutils", "bibtexparser"),
}

LAZY = {"synth.Review": "synth.review", "synth.Evidence": "synth.evidence"}
"""What the lazy front hands out, and where it stands."""


def modules() -> dict[str, Path]:
    """Every module of the library by its name, with its file."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


def room(module: str) -> str:
    """The folder below ``synth`` that a module stands in, or its own name."""
    return module.split(".")[1]


@cache
def statements(module: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Every statement of a module that imports something, wherever it stands."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


@cache
def imported(module: str) -> tuple[tuple[str, int], ...]:
    """Each module of the library that another one imports, with the line.

    Imports inside functions count, and so do those that only types need: who reads the module must
    know the other one.
    """
    found = []
    for node in statements(module):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            name = LAZY.get(name, name)
            known = name if name in MODULES else name.rpartition(".")[0]
            if known in MODULES and known not in ("synth", module):
                found.append((known, node.lineno))
    return tuple(found)


def reached(module: str) -> set[str]:
    """Every module that one imports, directly or through others."""
    found: set[str] = set()
    ahead = [module]
    while ahead:
        for name in {name for name, _ in imported(ahead.pop())} - found:
            found.add(name)
            ahead.append(name)
    return found


@pytest.mark.parametrize("module", [name for name in MODULES if name != "synth"])
def test_a_module_imports_nothing_above_itself(module: str) -> None:
    assert room(module) in LEVEL, f"{module} has no layer yet: add it to LAYERS"
    for name, line in imported(module):
        above = LEVEL[room(name)] > LEVEL[room(module)]
        assert not above, f"{MODULES[module].name}:{line} imports {name} from above"


def test_no_circle_of_imports() -> None:
    within = {module: reached(module) for module in MODULES}
    circles = {
        frozenset(other for other in within[module] if module in within[other])
        for module in MODULES
        if module in within[module]
    }
    assert not circles


def test_relative_imports_are_not_used() -> None:
    """They would escape the test above."""
    for module in MODULES:
        for node in statements(module):
            assert not (isinstance(node, ast.ImportFrom) and node.level), module


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
    """No module, template, script, style, message or file of a new review names its subject."""
    words = ("peer support", "peer worker", "psw", "mirbahaeddin", "chreim", "psychiatr")
    seen = 0
    for path in SOURCE.rglob("*"):
        if path.suffix not in (".pyc", ".woff2") and path.is_file():
            text = path.read_text(encoding="utf-8").lower()
            assert not [word for word in words if word in text], path
            seen += 1
    assert seen > len(MODULES) > 100
