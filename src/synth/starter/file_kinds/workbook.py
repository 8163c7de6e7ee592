"""Workbooks of Excel and LibreOffice, read by a process of its own that a bad file cannot outlive.

A sheet of two cells far apart, or a damaged file, can ask for more memory than a machine has. The
process that reads has a limit; what happens to it is told, and the import goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from synth.errors import Problem
from synth.starter.file_kinds.grid import Grid, Merged

_PATIENCE = 2.0
_MOST_SECONDS = 120


def grids_of(
    path: Path, file: str, say: Callable[[str], None] | None = None
) -> tuple[list[Grid], list[str], list[Problem]]:
    """The sheets of a workbook as cells, as people see them.

    Parameters
    ----------
    path : the workbook: xlsx, xlsm, xls, xlsb or ods. An archive must have been looked into.
    file : how problems name it.
    say : where it is said that reading goes on, when it takes longer than two seconds.

    Returns
    -------
    The sheets with their cells, what was told of the file, and what is wrong.
    """
    command = [
        sys.executable,
        # Not what lies in the folder one stands in, where a file may be called like a module.
        "-P",
        "-m",
        "synth.starter.file_kinds.workbook_process",
        str(path.absolute()),
    ]
    lines, told = _run(command, file, say)
    grids: list[Grid] = []
    notes: list[str] = []
    problems: list[Problem] = []
    done = False
    for line in lines:
        kind, *rest = json.loads(line)
        if kind == "sheet":
            grids.append(Grid(file, [], name=rest[0], letters=True, hidden=rest[1]))
        elif kind == "row":
            grids[-1].rows.append((rest[0], rest[1]))
        elif kind == "merged":
            grids[-1].merged = [*_in_grid(grids[-1], rest[0])]
        elif kind == "unseen":
            grids[-1].unseen_rows, grids[-1].unseen_columns = map(frozenset, rest)
        elif kind == "struck":
            grids[-1].struck = frozenset((number, at) for number, at in rest[0])
        elif kind == "note":
            (grids[-1].notes if rest[0] else notes).append(rest[1])
        elif kind == "problem":
            code, where, fields = rest
            problems.append(Problem(code, file, 0, where, **fields))
        elif kind == "end":
            done = True
    if told is not None:
        return [], [], [told]
    if not done and not any(problem.severity == "error" for problem in problems):
        return [], [], [Problem("sheet-damaged", file)]
    return grids, notes, problems


def _in_grid(grid: Grid, areas: Sequence[Sequence[int]]) -> Iterator[Merged]:
    """Merged ranges by the rows that hold something, not by the numbers of the rows."""
    at = {number - 1: position for position, (number, _) in enumerate(grid.rows)}
    for top, left, bottom, right in areas:
        if top in at:
            inside = [at[row] for row in range(top, min(bottom, top + len(at)) + 1) if row in at]
            yield at[top], left, max(inside), right


def _run(
    command: Sequence[str], file: str, say: Callable[[str], None] | None
) -> tuple[list[bytes], Problem | None]:
    """Run the reading process to its end; says every few seconds that it still reads."""
    started = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while True:
                try:
                    out, _ = process.communicate(timeout=_PATIENCE)
                    return out.splitlines(), None
                except subprocess.TimeoutExpired:
                    passed = time.monotonic() - started
                    if passed > _MOST_SECONDS:
                        process.kill()
                        process.communicate()
                        minutes = _MOST_SECONDS // 60
                        return [], Problem("sheet-slow", file, minutes=minutes)
                    if say is not None:
                        say(f"  Reading {file} … {passed:.0f} seconds")
        except BaseException:
            process.kill()
            raise
