"""How long `make test` of one commit takes beside that of another, part by part, in one run.

    python bench/suite.py e228e9a HEAD [--rounds 1] [--busy 0] [--parts lint test-unit]
    python bench/suite.py e228e9a HEAD --same-tests test_every_page.py

Each commit is checked out in a folder of its own and set up first, which is not timed. Then the
parts of `make test` run one after the other, the commits taking turns at each part, so that a
machine that slows down slows both. Passed tests are counted beside the seconds: a suite that is
quicker because it tests less is no quicker. One that tests more is not slower for it: with
`--same-tests` the later commits run only the tests whose names the first has too, and all of the
files named there, into which tests of the first were put together. `--busy 2` keeps two processors
busy meanwhile, and with one commit and three rounds shows whether a test fails where the machine
has other work.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["lint", "test-unit", "test-notebooks", "test-book"]


def checked_out(commit: str, folder: Path) -> Path:
    """A folder with the files of a commit, set up."""
    place = folder / commit.replace("/", "-")
    subprocess.run(["git", "worktree", "add", "--detach", place, commit], cwd=ROOT, check=True)
    subprocess.run(["make", "setup-dev", "setup-node"], cwd=place, check=True)
    return place


def names_of_tests(place: Path) -> set[str]:
    """The names of all functions that are tests in a checkout."""
    texts = (path.read_text("utf-8") for path in (place / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def only(names: set[str], file: Path) -> dict[str, str]:
    """The environment in which pytest runs the tests of these names and no others."""
    file.write_text("\n".join(sorted(names)), "utf-8")
    return {
        "NAMED_TESTS": str(file),
        "PYTHONPATH": str(Path(__file__).parent),
        "PYTEST_ADDOPTS": "-p named_tests",
    }


def run(part: str, place: Path, environment: dict[str, str]) -> tuple[float, int]:
    """Seconds of a part, and how many tests of it passed; a part that fails says so and is told."""
    began = time.perf_counter()
    done = subprocess.run(
        ["make", part],
        cwd=place,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    passed = sum(int(n) for n in re.findall(r"\b(\d+) passed", done.stdout))
    if done.returncode:
        print(f"{part} failed in {place.name}:\n{(done.stdout + done.stderr)[-3000:]}", flush=True)
    return seconds, passed


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("commits", nargs="+", help="the first is what the others are measured by")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--busy", type=int, default=0, help="busy processes beside the tests")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--same-tests",
        nargs="*",
        metavar="FILE",
        help="of the later commits only the tests that the first has, and these files whole",
    )
    given = parser.parse_args()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(given.busy)]
    with tempfile.TemporaryDirectory() as folder:
        try:
            places = {commit: checked_out(commit, Path(folder)) for commit in given.commits}
            environments: dict[str, dict[str, str]] = {commit: {} for commit in given.commits}
            if given.same_tests is not None:
                first, *later = given.commits
                names = names_of_tests(places[first])
                for commit in later:
                    shared = names & names_of_tests(places[commit])
                    print(f"{commit} has {len(shared)} of the {len(names)} tests of {first}")
                    file = Path(folder) / f"{places[commit].name}.names"
                    environments[commit] = only(shared | set(given.same_tests), file)
            seconds: dict[tuple[str, str], list[float]] = {}
            passed: dict[tuple[str, str], int] = {}
            for part in given.parts:
                for _ in range(given.rounds):
                    for commit, place in places.items():
                        took, passed[part, commit] = run(part, place, environments[commit])
                        seconds.setdefault((part, commit), []).append(took)
                        print(f"{part} of {commit}: {took:.0f} s", file=sys.stderr, flush=True)
        finally:
            for process in busy:
                process.kill()
            for place in filter(Path.is_dir, Path(folder).iterdir()):
                remove = ["git", "worktree", "remove", "--force", place]
                subprocess.run(remove, cwd=ROOT, check=False)
    first = given.commits[0]
    print("| part | commit | seconds | tests passed | over the first |\n|---|---|---|---|---|")
    for part in [*given.parts, "in all"]:
        parts = given.parts if part == "in all" else [part]
        took = {c: sum(statistics.median(seconds[p, c]) for p in parts) for c in given.commits}
        for commit in given.commits:
            tests = sum(passed[p, commit] for p in parts)
            ratio = took[commit] / took[first]
            print(f"| {part} | {commit} | {took[commit]:.0f} | {tests:,} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
