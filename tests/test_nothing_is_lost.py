"""A full disk or an interrupt: every command says so in a sentence and leaves the files whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synth import cli

FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from synth.cli import main
room = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
sys.exit(main(sys.argv[2:]))
"""
"""No file may grow beyond some bytes: to a program that is a disk that is full."""

TABLE = "Paper,Code,Effect,What it says\nLee 2020,Soil,helps,Good soil helps everybody.\n"


def contents(root: Path) -> dict[str, bytes]:
    """Every file but pictures kept for later: a kernel that is killed may leave half of one."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {"__pycache__", "pictures"} & {*path.parts}
    }


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review as a team starts it from its table, of an older version of the library."""
    root = tmp_path_factory.mktemp("started")
    (root / "table.csv").write_text(TABLE, "utf-8")
    made = ["new", str(root / "review"), "--from", str(root / "table.csv"), "--yes", "--no-execute"]
    assert cli.main(made) == 0
    more = TABLE + "Poe 2021,Water,hinders,Water is far from the beds.\n"
    (root / "table.csv").write_text(more, "utf-8")
    pins = root / "review" / "requirements.txt"
    pins.write_text(pins.read_text("utf-8") + "# ours\n", "utf-8")
    state = root / "review" / ".synth" / "frame.toml"
    state.write_text(state.read_text("utf-8").replace('version = "', 'version = "0.', 1), "utf-8")
    return root


@pytest.mark.parametrize(
    "command",
    [
        ["fmt"],
        ["keep"],
        ["upgrade"],
        pytest.param(["execute", "--all"], marks=pytest.mark.slow),
        pytest.param(["import", "../table.csv"], marks=pytest.mark.slow),
    ],
    ids=lambda command: command[0],
)
def test_a_full_disk(
    command: list[str], started: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(started, tmp_path / "all")
    root = tmp_path / "all" / "review"
    if command == ["fmt"]:
        codebook = root / "data" / "codebook.csv"
        codebook.write_text(codebook.read_text("utf-8").replace("Soil", "Soil "), "utf-8")
    before = contents(tmp_path)
    own = tmp_path_factory.mktemp("ipython")
    done = subprocess.run(
        # -B: Python would write a module's bytecode up to that size, and read it ever after.
        # A kernel must be able to say where it listens.
        [sys.executable, "-B", "-c", FULL, "1000" if command[0] == "execute" else "60", *command],
        cwd=root,
        env={**os.environ, "IPYTHONDIR": str(own)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "File too large" in said
    assert "[file-unwritable]" in said or "[system-refused]" in said
    assert contents(tmp_path) == before
    # Nor is what an author once typed put aside as damaged.
    assert not [*own.rglob("history*")]


def test_an_interrupt_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(given: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_execute", stopped)
    assert cli.main(["execute"]) == 130
    assert capsys.readouterr().err == "Stopped: no file was left half written.\n"
