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
