"""How long the book takes: running its notebooks and building its pages, beside what others take.

    python bench/book.py [--runs 3]

A copy of the project (what git tracks) is measured, so nothing here is touched. Each figure stands
beside its floor, measured in the same run:

- notebooks from scratch: `synth execute --all` beside `jupyter-book build` with its own execution
  (`execute_notebooks: force`), less the same build without execution;
- pages, cold and with nothing changed: check + execute + build beside the same pages built by
  Jupyter Book without this library's extension;
- one study added: which notebooks run, which are rewritten, and the build that follows.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDY = "zzz2020"


def run(command: list[str], where: Path) -> tuple[float, str]:
    """Seconds a command takes, and what it said; it may end with warnings but not with a crash."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if "Traceback" in done.stderr:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds, done.stdout + done.stderr


def median(command: list[str], where: Path, runs: int, before: object = None) -> float:
    """Median seconds of a command over several runs."""
    times = []
    for _ in range(runs):
        if callable(before):
            before()
        times.append(run(command, where)[0])
    return statistics.median(times)


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
        text = re.sub(r"\n *- *synth\.sphinx_ext[^\n]*", "", text)
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

    print(f"\n{'what':44}{'seconds':>9}{'beside':>9}{'ratio':>8}")
    for what, seconds, floor in (
        (f"run {notebooks} notebooks from scratch", scratch, executed),
        ("build the pages, cold", cold, unexecuted),
        ("build, nothing changed", still, still_bare),
        ("check + execute + build, nothing changed", checked + fresh + still, still_bare),
        ("one study added: execute", added, scratch),
        ("one study added: build", rebuilt, cold),
    ):
        print(f"{what:44}{seconds:9.2f}{floor:9.2f}{seconds / floor:8.2f}")
    print(said.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
