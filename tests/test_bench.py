"""The benchmarks that ``make bench`` runs go on running when the library and its rules change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_what_is_measured_of_loading_is_measured(root: Path) -> None:
    """The invented review breaks no rule, and what is called by name is still there."""
    program = root / "bench" / "load.py"
    done = subprocess.run(
        [sys.executable, str(program), "--rounds", "1"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "tables and checks / pandas" in done.stdout


@pytest.mark.parametrize(
    "program",
    ["book", "generate", "growth", "load", "mutants", "pages", "references", "suite", "tables"],
)
def test_who_asks_for_help_measures_nothing(program: str, root: Path) -> None:
    path = root / "bench" / f"{program}.py"
    done = subprocess.run([sys.executable, str(path), "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {program}.py [-h]")
    # After the usage a sentence says what is measured.
    assert len(done.stdout.split("\n\n")[1].split()) > 4
