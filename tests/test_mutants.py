"""The ways in which ``bench/mutants.py`` breaks the code are ways in which it can be broken."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def test_each_mutant_finds_the_line_it_changes_and_the_tests_that_should_notice(root: Path) -> None:
    """A line that was rewritten takes its mutant along, or nobody asks about it any more."""
    spec = importlib.util.spec_from_file_location("mutants", root / "bench" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    bench = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    every = list(bench.mutants(""))
    assert len(every) > 100
    assert {one.name: why for one in every if (why := bench.fault(one))} == {}
