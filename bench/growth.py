"""How the book grows with its review: check, run, build, page weight and memory at several sizes.

    python bench/growth.py [--studies 40 400 2000] [--findings-per-study 10] [--keep FOLDER]

For each size a review is generated (`bench/generate.py`), gets its book (`synth new`) and is
checked, run and built. Processor seconds are those of all processes of a command together, so that
a busy machine does not change them much; memory is the most they held at once. The last columns say
how each figure grows from one size to the next: 1 is in step with the number of findings, less is
slower. `faster than linear` is said of everything above 1.1.
"""

from __future__ import annotations

import argparse
import bisect
import gzip
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from generate import generate_review

BIN = Path(sys.executable).parent


@dataclass
class Measured:
    """What a command took: seconds by the clock, seconds of processors, megabytes at the most."""

    clock: float = 0.0
    processor: float = 0.0
    memory: float = 0.0
    said: str = ""
    code: int = 0


@dataclass
class Watch:
    """Looks at every process of a session several times a second."""

    session: int
    seconds: dict[int, float] = field(default_factory=dict)
    memory: float = 0.0
    done: bool = False

    def look(self) -> None:
        """Add up what the processes that are there used so far and hold now."""
        held = 0
        for process in psutil.process_iter(["pid"]):
            try:
                if os.getsid(process.pid) != self.session:
                    continue
                times = process.cpu_times()
                self.seconds[process.pid] = times.user + times.system
                # Pages shared by forked kernels are counted once, a part for each.
                held += process.memory_full_info().pss
            except (psutil.Error, ProcessLookupError):
                continue
        self.memory = max(self.memory, held / 1e6)

    def run(self) -> None:
        """Look until told to stop."""
        while not self.done:
            self.look()
            time.sleep(0.1)


def measure(command: Sequence[str | Path], where: Path) -> Measured:
    """Run a command and measure all its processes, also those that outlive their parents."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            list(map(str, command)), cwd=where, stdout=said, stderr=said, start_new_session=True
        )
        watch = Watch(process.pid)
        thread = threading.Thread(target=watch.run)
        thread.start()
        code = process.wait()
        watch.done = True
        thread.join()
        said.seek(0)
        text = said.read()
    clock = time.perf_counter() - began
    return Measured(clock, sum(watch.seconds.values()), watch.memory, text, code)


def run_or_stop(command: Sequence[str | Path], where: Path) -> Measured:
    """Measure a command that must succeed."""
    measured = measure(command, where)
    if measured.code:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{measured.said[-3000:]}")
    return measured


def figures_of(root: Path) -> dict[str, float]:
    """Every figure of one size, by its name."""
    synth = [BIN / "synth"]
    figures: dict[str, float] = {}
    run_or_stop([*synth, "new", ".", "--no-execute"], root)
    for name, command in (
        # Executed first: the check complains of outputs that are missing.
        ("execute", [*synth, "execute"]),
        ("check", [*synth, "check"]),
        ("build", [BIN / "jupyter-book", "build", ".", "-W", "--keep-going", "--quiet"]),
    ):
        measured = run_or_stop(command, root)
        figures[f"{name}: processor, s"] = measured.processor
        figures[f"{name}: clock, s"] = measured.clock
        figures[f"{name}: memory, MB"] = measured.memory
        print(f"  {name}: {measured.clock:.1f} s", file=sys.stderr, flush=True)
    return figures | _weights(root)


def _weights(root: Path) -> dict[str, float]:
    """Bytes a reader loads: the page itself, raw and compressed, and what explorers share."""
    pages = sorted((root / "_build/html/book").glob("*.html"))
    raw = {page.stem: page.stat().st_size / 1e3 for page in pages}
    heaviest = sorted(raw, key=lambda name: -raw[name])[:8]
    print("  heaviest:", ", ".join(f"{n} {raw[n]:.0f} kB" for n in heaviest), file=sys.stderr)
    evidence = [*(root / "_build/html/_static/synth").glob("evidence-*.js")]
    shown = {
        "front page, kB": "intro",
        "explorer page, kB": "explorer",
        "framework page, kB": "framework",
        "a theme's page, kB": "outer-theme-1",
        "a level's page, kB": "outer",
        "figures page, kB": "where-and-when",
        "references page, kB": "references",
        "studies page, kB": "studies",
    }
    figures = {name: raw.get(page, 0.0) for name, page in shown.items()}
    figures["heaviest page, kB"] = max(raw.values())
    figures["pages"] = float(len(pages))
    figures["all pages, kB"] = sum(raw.values())
    figures["shared evidence, kB compressed"] = sum(
        len(gzip.compress(path.read_bytes(), 6)) / 1e3 for path in evidence
    )
    return figures | _search(root / "_build/html")


def _search(html: Path) -> dict[str, float]:
    """The whole index of the search, and what a reader fetches to look for its commonest words."""
    place = html / "_static/synth/search"
    size = {path.stem: path.stat().st_size / 1e3 for path in place.glob("*.js")}
    # A part is a script: what stands behind its name is JSON.
    held = {
        name: json.loads((place / f"{name}.js").read_text("utf-8").partition("]=")[2].strip(";\n"))
        for name in size
    }
    head, most = held["head"], 0.0
    kinds = list(itertools.accumulate(head["kinds"].values(), initial=0))
    for number in range(len(head["words"])):
        part = f"words-{number}"
        for lists in (each[:2] for each in held[part].values()):
            if sum(map(len, lists)) * 20 < kinds[-1]:
                continue
            found = sorted(at for steps in lists for at in itertools.accumulate(steps))
            shown = [
                at
                for begin, end in itertools.pairwise(kinds)
                for at in [one for one in found if begin <= one < end][:50]
            ]
            parts = {bisect.bisect_right(head["entries"], at) - 1 for at in shown}
            entries = sum(size[f"entries-{at}"] for at in parts)
            most = max(most, size["head"] + size[part] + entries)
    stock = (html / "searchindex.js").stat().st_size / 1e3
    # A word that names nodes of the codebook may fetch all of what speaks to them.
    most += sum(kilobytes for name, kilobytes in size.items() if name.startswith("nodes-"))
    whole = stock + sum(size.values())
    return {"search index in all, kB": whole, "search for a common word, kB": stock + most}


def growth(smaller: float, larger: float, ratio: float) -> float:
    """The exponent a figure grows with: 1 is linear, 2 quadratic, 0 not at all."""
    if smaller <= 0 or larger <= 0:
        return math.nan
    return math.log(larger / smaller) / math.log(ratio)


def table(sizes: Sequence[int], figures: Mapping[int, Mapping[str, float]]) -> str:
    """All figures, one in a row, with how they grow."""
    steps = list(itertools.pairwise(sizes))
    heading = "".join(f"{size:>10,}" for size in sizes)
    heading += "".join(f"{f'{one:,}→{other:,}':>12}" for one, other in steps)
    lines = [f"{'studies':34}{heading}"]
    for name in figures[sizes[0]]:
        values = [figures[size][name] for size in sizes]
        rates = [
            growth(figures[one][name], figures[other][name], other / one) for one, other in steps
        ]
        faster = "  faster than linear" if any(rate > 1.1 for rate in rates) else ""
        row = "".join(f"{value:10,.1f}" for value in values)
        row += "".join(f"{rate:12.2f}" for rate in rates)
        lines.append(f"{name:34}{row}{faster}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--studies", type=int, nargs="+", default=[40, 400, 2000])
    parser.add_argument("--findings-per-study", type=int, default=10)
    parser.add_argument("--keep", type=Path, help="write the reviews and their books here")
    given = parser.parse_args()
    figures: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        for size in given.studies:
            print(f"{size:,} studies", file=sys.stderr, flush=True)
            root = folder / f"review-{size}"
            generate_review(root, size, size * given.findings_per_study)
            figures[size] = figures_of(root)
    print(table(given.studies, figures))


if __name__ == "__main__":
    main()
