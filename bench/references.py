"""How fast references are read and added, measured against bibtexparser in the same run.

    python bench/references.py

Reading means: every entry as a record, with its names taken apart and its title decoded. ``synth
add`` is measured as a command, from an empty bibliography to the files written.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from synth.reading.bibliography import parse_bibliography
from synth.reading.textio import without_collecting
from synth.references import latex, names

ROOT = Path(__file__).resolve().parent.parent
WORDS = ("chair", "table", "door", "shelf", "care", "ward", "nurse", "peer", "recovery", "of")
PEOPLE = ("Name{}, Anna B.", 'M{{\\"u}}ller{}, J{{\\"o}}rg', "van der Berg{}, Jan", "Lee{}, A. B.")


def entries(count: int) -> str:
    """Invented entries; a quarter of the names and a fifth of the titles hold LaTeX."""
    chance = random.Random(1)
    listed = []
    for number in range(count):
        people = " and ".join(
            chance.choice(PEOPLE).format(number % 700 + k) for k in range(chance.randint(1, 6))
        )
        title = " ".join(chance.choice(WORDS) for _ in range(11))
        if number % 5 == 0:
            title += ' \\& {DNA} na{\\"\\i}ve'
        listed.append(
            f"@article{{name{number}a,\n  author = {{{people}}},\n  title = {{{title}}},\n"
            f"  journal = {{Journal {number % 50}}},\n  year = {{{1990 + number % 33}}},\n"
            f"  volume = {{{number % 40}}},\n  pages = {{{number}--{number + 9}}},\n"
            f"  doi = {{10.1000/x.{number}}},\n}}\n"
        )
    return "\n".join(listed)


def seconds(run: Callable[[], object], times: int = 7) -> float:
    """The least processor time of several runs."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return min(taken)


def reading(text: str, what: str) -> None:
    """Say what reading costs beside bibtexparser alone."""
    from bibtexparser.entrypoint import parse_string

    def ours() -> int:
        for cache in (latex._decoded, names._read):
            cache.cache_clear()
        with without_collecting():
            works, _ = parse_bibliography(text)
            return sum(len(work.title) + len(work.authors) for work in works.values())

    bare = seconds(lambda: parse_string(text, parse_stack=[]))
    stock = seconds(lambda: parse_string(text))
    mine = seconds(ours)
    count = text.count("\n@") + text.startswith("@")
    print(
        f"{what}: {count} entries; bibtexparser without middleware {bare / count * 1e6:.0f} µs an "
        f"entry, with its own {stock / count * 1e6:.0f} µs, ours {mine / count * 1e6:.0f} µs: "
        f"{mine / bare:.2f} and {mine / stock:.2f} times"
    )


def adding(count: int) -> None:
    """Say what ``synth add`` of so many works without a DOI costs."""
    chance = random.Random(count)
    ris = "\n".join(
        f"TY  - JOUR\nAU  - Name{number % 700}, A.\n"
        f"TI  - {' '.join(chance.choice(WORDS) for _ in range(9))} {number}\n"
        f"JO  - Journal {number % 50}\nPY  - {1990 + number % 33}\nER  - \n"
        for number in range(count)
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "review"
        shutil.copytree(ROOT / "tests" / "example", root)
        file = Path(folder) / "export.ris"
        file.write_text(ris, "utf-8")
        synth = Path(sys.executable).with_name("synth")
        command = [str(synth), "add", str(file), "--role", "background", "--root", str(root)]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        print(f"synth add of {count} works: {time.perf_counter() - start:.1f} s")


def main() -> None:
    """Read and add, from few references to many; what was asked for wrongly is not measured."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    reading(entries(3000), "invented")
    own = (ROOT / "references.bib").read_text("utf-8")
    reading(own, "references.bib")
    for count in (500, 1000, 2000, 4000):
        adding(count)


if __name__ == "__main__":
    main()
