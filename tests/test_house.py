"""What CONTRIBUTING.md says of the house is so."""

from __future__ import annotations

import re
import subprocess
import sys
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


TAG = re.compile(
    r"</?(?:div|p|table|thead|tbody|tr|td|th|span|ul|ol|li|dl|dt|dd|a|svg|path|figure|details|em)"
    r"(?:[ >]|$)"
)


def test_no_python_writes_tags(root: Path) -> None:
    """HTML comes from templates that escape by themselves."""
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in sorted((root / "src").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        # An example in a docstring may show what comes out; a pattern may look for others' tags.
        if TAG.search(line)
        and not line.lstrip().startswith(("'<", '"<', "<", ">>>", "..."))
        and "re.compile(" not in line
        and "re.sub(" not in line
    ]
    assert found == []


def test_no_example_of_a_docstring_is_skipped(root: Path) -> None:
    sources = sorted((root / "src").rglob("*.py"))
    assert [path.name for path in sources if "+SKIP" in path.read_text("utf-8")] == []
