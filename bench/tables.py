"""How fast a team's table is read, as it grows in rows and in columns.

    python bench/tables.py

Each table is invented, and imported in a process of its own up to the texts that would be written.
Seconds are those of the processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from synth.starter.importer import take_in
from synth.starter.request import Request

SIZES = (
    *(("long", 10_000), ("long", 100_000), ("ticks", 100), ("ticks", 500)),
    *(("alike", 1_000), ("alike", 2_000)),
)
"""The shape, and how many rows: a row for each study and code, 2,000 columns of ticks, and studies
of one year whose names differ in a few letters."""


def written(path: Path, shape: str, size: int) -> None:
    """Write an invented table of a shape."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        if shape == "long":
            table.writerow(["Study", "Title", "Country", "Theme", "Effect", "Finding"])
            for at in range(size):
                study = at // 10
                where = chance.choice(["UK; USA", "Kenya", "Peru, Chile", "NR"])
                effect = chance.choice(["helps", "hinders"])
                who = (f"Author{study} {1980 + study % 40}", f"Title {study} of things")
                table.writerow([*who, where, f"Theme {at % 60}", effect, f"Finding {at}"])
            return
        if shape == "alike":
            table.writerow(["Study", "Theme", "Effect", "Finding"])
            for at in range(size):
                name = "".join("abcdefghijkl"[at // 12**place % 12] for place in range(4))
                table.writerow([f"Author{name} 2015", f"Theme {at % 9}", "helps", f"Finding {at}"])
            return
        table.writerow(["Study", "Title", *(f"Code {at:04d} x" for at in range(2_000))])
        for at in range(size):
            ticks = ("x" if chance.random() < 0.02 else "" for _ in range(2_000))
            table.writerow([f"Author{at} {1980 + at % 40}", f"Title {at}", *ticks])


def measured(shape: str, size: int) -> str:
    """Import one table; the row of the result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        written(path, shape, size)
        start = time.process_time()
        taken = take_in(Request(Path(folder) / "review", (path,)), lambda line: None)
        seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = taken.report.understood[2]
    return f"{shape:<6} {size:>8,} rows  {seconds:6.1f} s  {memory:>5} MB  {said}"


def main() -> None:
    """Measure every table in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    shapes = sorted({shape for shape, _ in SIZES})
    parser.add_argument("shape", nargs="?", choices=shapes, help="one table alone: its shape")
    parser.add_argument("size", nargs="?", type=int, help="and its number of rows")
    given = parser.parse_args()
    if given.shape:
        print(measured(given.shape, given.size or dict(SIZES)[given.shape]))
        return
    for shape, size in SIZES:
        subprocess.run([sys.executable, __file__, shape, str(size)], check=True)


if __name__ == "__main__":
    main()
