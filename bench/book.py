"""How long the book takes: running its notebooks and building its pages, beside what others take.

    python bench/book.py [--runs 3]

A copy of the project (what git tracks) is measured, so nothing here is touched. Each figure stands
beside its floor, measured in the same run, in seconds of the clock and of processors; those count
what kernels took as well, and say more where other programs run:

- notebooks from scratch: `synth execute --all` beside `jupyter-book build` with its own execution
  (`execute_notebooks: force`), less the same build without execution;
- pages, cold and with nothing changed, beside the same pages built by Jupyter Book without this
  library's extension: without views, citations, search and downloads;
- both together, from nothing, beside `jupyter-book build` that executes the notebooks;
- one study added: which notebooks run, which are rewritten, and the build that follows.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
STUDY = "zzz2020"


class Taken(NamedTuple):
    """Seconds of the clock and of processors."""

    clock: float
    processors: float

    def __add__(self, other: object) -> Taken:
        assert isinstance(other, Taken)
        return Taken(self.clock + other.clock, self.processors + other.processors)

    def __sub__(self, other: Taken) -> Taken:
        return Taken(self.clock - other.clock, self.processors - other.processors)


def spent() -> float:
    """Processor seconds of everything started here that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[str], where: Path) -> tuple[Taken, str]:
    """What a command takes, and what it said; it may end with warnings but not with a crash."""
    began, before = time.perf_counter(), spent()
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if "Traceback" in done.stderr:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    while True:  # kernels and the process they are forked from end a moment later
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    return Taken(seconds, spent() - before), done.stdout + done.stderr


def median(command: list[str], where: Path, runs: int, before: object = None) -> Taken:
    """Medians of what a command takes in several runs."""
    times = []
    for _ in range(runs):
        if callable(before):
            before()
        times.append(run(command, where)[0])
    clock, processors = (statistics.median(each) for each in zip(*times, strict=True))
    return Taken(clock, processors)


def copy_project(target: Path) -> None:
    """Copy what git tracks."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for name in filter(None, listed):
        source = ROOT / name
        if source.is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def configured(target: Path, name: str, *, execution: str, extension: bool) -> Path:
    """Write a variant of the configuration and give its path."""
    text = (target / "_config.yml").read_text(encoding="utf-8")
    text = re.sub(r'execute_notebooks: *"?\w+"?', f'execute_notebooks: "{execution}"', text)
    if not extension:
        text, found = re.subn(r"extra_extensions: *\[synth\.book\]", "extra_extensions: []", text)
        assert found == 1, "_config.yml names the extension in another way"
    path = target / name
    path.write_text(text, encoding="utf-8")
    return path


def add_a_study(target: Path) -> None:
    """Add one study with one finding, as an author would."""
    with (target / "references.bib").open("a", encoding="utf-8") as file:
        file.write(
            f"\n@article{{{STUDY},\n  author = {{Zzz, Ann}},\n  title = {{One more study}},\n"
            "  journal = {A Journal},\n  year = {2020},\n}\n"
        )
    for name, like in (("studies", 0), ("coded_studies", 1)):
        path = target / "data" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        evidence = next(line for line in lines[1:] if ",evidence," in line or like)
        key = evidence.split(",")[0]
        row = evidence.replace(key, STUDY if not like else f"{STUDY}-01", 1)
        if like:
            row = row.replace(key.rsplit("-", 1)[0], STUDY)
        path.write_text("\n".join([*lines, row]) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs a figure is the median of")
    runs = parser.parse_args().runs
    # Kernels whose parent has ended become children of this process (PR_SET_CHILD_SUBREAPER).
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    book = [str(Path(sys.executable).parent / "jupyter-book"), "build", ".", "--quiet"]
    execute = [sys.executable, "-m", "synth.cli", "execute"]
    check = [sys.executable, "-m", "synth.cli", "check"]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "project"
        copy_project(target)
        ours = ["--config", "_config.yml", "--path-output", "ours"]
        bare = ["--config", configured(target, "bare.yml", execution="off", extension=False).name]
        bare += ["--path-output", "bare"]
        forced = configured(target, "forced.yml", execution="force", extension=False).name
        force = ["--config", forced, "--path-output", "forced"]

        def forget(name: str) -> None:
            shutil.rmtree(target / name, ignore_errors=True)

        notebooks = len(list((target / "book").glob("*.ipynb")))
        scratch = median([*execute, "--all"], target, runs)
        unexecuted = median([*book, *bare], target, runs, lambda: forget("bare"))
        executed = median([*book, *force], target, 1, lambda: forget("forced")) - unexecuted
        cold = median([*book, *ours], target, runs, lambda: forget("ours"))
        checked, fresh = median(check, target, runs), median(execute, target, runs)
        still = median([*book, *ours], target, runs)
        still_bare = median([*book, *bare], target, runs)
        add_a_study(target)
        added, said = run(execute, target)
        rebuilt = run([*book, *ours], target)[0]

    print(f"\n{'what':46}{'clock':>7}{'beside':>8}{'ratio':>7}{'CPU':>9}{'beside':>8}{'ratio':>7}")
    for what, taken, floor in (
        (f"run {notebooks} notebooks from scratch", scratch, executed),
        ("build the pages, cold", cold, unexecuted),
        ("notebooks and pages from nothing", scratch + cold, executed + unexecuted),
        ("build, nothing changed", still, still_bare),
        ("check + execute + build, nothing changed", checked + fresh + still, still_bare),
        ("one study added: execute", added, scratch),
        ("one study added: build", rebuilt, cold),
        ("one study added: saved to finished", added + rebuilt, scratch + cold),
    ):
        told = [f"{what:46}"]
        for one, other in zip(taken, floor, strict=True):
            told.append(f"{one:7.2f}{other:8.2f}{one / other:7.2f}  ")
        print("".join(told).rstrip())
    print(said.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
