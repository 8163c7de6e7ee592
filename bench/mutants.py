#!/usr/bin/env python3
"""Break the code in one small way at a time, and say which breakages no test notices.

    bench/mutants.py                  every mutant of mutants.toml against the tests it names
    bench/mutants.py --only csv       those whose name holds a word
    bench/mutants.py --whole          what survives its own tests meets all quick tests as well
    bench/mutants.py --check          only say which snippets are no longer found exactly once
    bench/mutants.py --jobs 2         so many at a time

Each mutant is made in a copy of the project, so that nobody's work is touched. The first test that
fails ends it. A mutant whose snippet is not found exactly once is *broken*: the code has moved on
and mutants.toml has not. The report goes to _build/mutants.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_suffix(".toml")
REPORT = ROOT / "_build" / "mutants.json"
QUICK = ["-m", "not browser and not slow"]
LEFT_OUT = shutil.ignore_patterns(
    "_build", ".git", "node_modules", ".venv", "__pycache__", ".*_cache", ".hypothesis"
)
MINUTES = 15


@dataclass(frozen=True, slots=True)
class Mutant:
    """One breakage: in ``file``, ``find`` becomes ``put``.

    ``tests`` are those that may notice; those marked slow are among them only with ``slow``.
    """

    name: str
    file: str
    find: str
    put: str
    tests: tuple[str, ...]
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``killed`` (and by which test), ``survived`` or ``broken`` (and why)."""

    name: str
    verdict: str
    by: str = ""


def mutants(only: str) -> Iterator[Mutant]:
    """Those of the list whose name holds a word."""
    for row in tomllib.loads(LIST.read_text("utf-8"))["mutants"]:
        if only in row["name"]:
            yield Mutant(**{**row, "tests": tuple(row["tests"])})


def fault(mutant: Mutant) -> str:
    """Why a mutant cannot be made; empty when it can."""
    path = ROOT / mutant.file
    if not path.is_file():
        return f"{mutant.file} is gone"
    times = path.read_text("utf-8").count(mutant.find)
    if times != 1:
        return f"its snippet stands {times} times in {mutant.file}"
    missing = [test for test in mutant.tests if not (ROOT / test.split("::")[0]).exists()]
    return f"no such test: {', '.join(missing)}" if missing else ""


def copy_of_project(place: Path) -> Path:
    """A copy with the environments of the original."""
    shutil.copytree(ROOT, place, ignore=LEFT_OUT)
    for shared in (".venv", "node_modules"):
        if (ROOT / shared).exists():
            (place / shared).symlink_to(ROOT / shared)
    # Tests ask git which files are the project's.
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    subprocess.run(["git", "add", "-A"], cwd=place, check=True, stderr=subprocess.DEVNULL)
    return place


def first_failure(place: Path, tests: Iterable[str] = (), *, slow: bool = False) -> str:
    """The first test that fails in a copy, or nothing; without tests, of all quick ones."""
    asked = sorted(set(tests)) or QUICK
    if tests and not slow:
        asked += ["-m", "not slow"]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *asked],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=MINUTES * 60,
        )
    except subprocess.TimeoutExpired:
        return "it never ends"
    if done.returncode == 0:
        return ""
    told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return told[0] if told else f"pytest ends with {done.returncode}"


def judge(mutant: Mutant, place: Path, whole: bool) -> Verdict:
    """Make a mutant in a copy, run its tests, and take it back."""
    if why := fault(mutant):
        return Verdict(mutant.name, "broken", why)
    path = place / mutant.file
    sound = path.read_text("utf-8")
    small = place / "src" / "synth" / "static" / f"{path.parent.name}.js"
    kept = small.read_text("utf-8") if small.is_file() else None
    path.write_text(sound.replace(mutant.find, mutant.put), "utf-8")
    try:
        if kept is not None:
            subprocess.run([place / "scripts" / "bundle"], cwd=place, check=True)
        by = first_failure(place, mutant.tests, slow=mutant.slow)
        if not by and whole:
            by = first_failure(place)
    finally:
        path.write_text(sound, "utf-8")
        if kept is not None:
            small.write_text(kept, "utf-8")
    return Verdict(mutant.name, "killed" if by else "survived", by)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    chosen = list(mutants(given.only))
    if given.check:
        broken = {mutant.name: why for mutant in chosen if (why := fault(mutant))}
        for name, why in broken.items():
            print(f"{name}: {why}")
        print(f"{len(chosen)} mutants, {len(broken)} broken")
        return int(bool(broken))
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(given.jobs):
            copies.put(copy_of_project(Path(folder) / str(number)))
        # A test that fails without any mutant would seem to notice all of them.
        place = copies.get()
        for slow in (False, True):
            sound = [mutant for mutant in chosen if mutant.slow is slow and not fault(mutant)]
            asked = {test for mutant in sound for test in mutant.tests}
            if asked and (by := first_failure(place, asked, slow=slow)):
                print(f"The tests fail as the code stands: {by}")
                return 2
        copies.put(place)

        def one(mutant: Mutant) -> Verdict:
            place = copies.get()
            try:
                verdict = judge(mutant, place, given.whole)
            finally:
                copies.put(place)
            print(f"{verdict.verdict:9} {verdict.name}  {verdict.by}", flush=True)
            return verdict

        with ThreadPoolExecutor(given.jobs) as pool:
            verdicts = list(pool.map(one, chosen))
    counts = Counter(verdict.verdict for verdict in verdicts)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1), "utf-8")
    made = counts["killed"] + counts["survived"]
    share = 100 * counts["survived"] / made if made else 0
    print(
        f"{len(verdicts)} mutants: {counts['killed']} noticed, {counts['survived']} not "
        f"({share:.0f} in 100), {counts['broken']} broken; {REPORT.relative_to(ROOT)}"
    )
    return int(share > 5 or bool(counts["broken"]))


if __name__ == "__main__":
    sys.exit(main())
