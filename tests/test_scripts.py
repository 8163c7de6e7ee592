"""The scripts of the pages, as far as they need no page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from conftest import missing


def test_engine_state_and_exports_of_the_explorer(root: Path) -> None:
    """The tests in tests/js, by node's own runner."""
    node = shutil.which("node")
    if node is None:
        missing("no node on this machine")
    files = sorted((root / "tests" / "js").glob("*.test.mjs"))
    assert files
    done = subprocess.run(
        [node, "--test", *files], capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 0, done.stdout + done.stderr
