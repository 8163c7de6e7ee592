"""What CONTRIBUTING.md says of the house is so."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path


def test_the_folders_are_drawn_as_they_are(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, root / "scripts" / "house", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_the_path_of_a_finding_names_files_and_functions_that_are_there(root: Path) -> None:
    text = (root / "CONTRIBUTING.md").read_text("utf-8")
    path = text.split("## The path of one finding")[1].split("\n## ")[0]
    steps = re.findall(r"`src/synth/([\w/]+)\.py`[^`]*`([\w.]+)`", path)
    assert len(steps) == 3
    for file, name in steps:
        found = import_module(f"synth.{file.replace('/', '.')}")
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found)


NAMES = (
    "a abbr article aside b bdi body br button caption code col dd defs del details div dl dt em"
    " figcaption figure footer form g h1 h2 h3 h4 h5 h6 head header html i img input ins label li"
    " line linearGradient link main mark meta nav ol option p path pre rect script section select"
    " small span stop strong style sub summary sup svg table tbody td text tfoot th thead title tr"
    " tspan ul use"
)
TAG = re.compile(rf"(?<!\?P)</?(?:{NAMES.replace(' ', '|')})(?=[ />]|$)")
LOOKS = {
    "compile",
    "fullmatch",
    "index",
    "match",
    "partition",
    "search",
    "split",
    "startswith",
    "sub",
}


def written(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text that some code holds, but for docstrings and what it only looks for in others'."""
    for node in ast.iter_child_nodes(tree):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        looks = isinstance(node, ast.Compare) or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LOOKS
        )
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        elif not docstring and not looks:
            yield from written(node)


def test_no_python_writes_tags(root: Path) -> None:
    """HTML comes from templates that escape by themselves."""
    found = [
        f"{path.relative_to(root)}:{text.lineno}: {text.value}"
        for path in sorted((root / "src").rglob("*.py"))
        for text in written(ast.parse(path.read_text("utf-8")))
        if TAG.search(str(text.value))
    ]
    assert found == []


def test_no_example_of_a_docstring_is_skipped(root: Path) -> None:
    sources = sorted((root / "src").rglob("*.py"))
    assert [path.name for path in sources if "+SKIP" in path.read_text("utf-8")] == []
