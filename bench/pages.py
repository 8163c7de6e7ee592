"""What a page weighs and how soon it is there, beside a stock Jupyter Book of the same pages.

    python bench/pages.py [--book _build/html] [--stock FOLDER] [--runs 3] [--throttle 4]

Both books are served by one plain server on this machine and opened, one page after the other, by
one Chromium whose cache is off. A stock book is built from the same pages with Jupyter Book's own
settings and without this library's extension, unless `--stock` names one; roles it does not know
stay text in it. Compressed bytes are those of gzip at its usual level, file by file. The stock
book's requests to other hosts are refused, as in a hospital; they are counted, and weigh nothing.

The processor is slowed for load and largest paint (`--throttle`), which are medians over `--runs`.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"document": "html", "stylesheet": "css", "script": "js", "font": "font", "image": "image"}
PAINT = """() => new Promise((done) => {
    new PerformanceObserver((list) => {
        const last = list.getEntries().at(-1);
        done([last.startTime, performance.getEntriesByType("navigation")[0].loadEventEnd]);
    }).observe({type: "largest-contentful-paint", buffered: true});
    setTimeout(() => done([NaN, performance.getEntriesByType("navigation")[0].loadEventEnd]), 4000);
})"""


@dataclass
class Weight:
    """Bytes of a page by kind, raw and compressed; requests, and those to other hosts."""

    raw: Counter[str] = field(default_factory=Counter)
    packed: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    elsewhere: int = 0
    load: float = 0
    paint: float = 0


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address a folder is served at."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def weigh(browser: Any, address: str, page_path: str, throttle: float, runs: int) -> Weight:
    """Open a page as often as asked; bytes are those of the first time, times are medians."""
    first = Weight()
    loads, paints = [], []
    for run in range(runs):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        bodies: list[tuple[str, bytes]] = []

        def refuse_others(route: Any) -> None:
            if route.request.url.startswith(address):
                route.continue_()
            else:
                first.elsewhere += run == 0  # noqa: B023
                route.abort()

        def keep(response: Any) -> None:
            kind = KINDS.get(response.request.resource_type, "other")
            bodies.append((kind, response.body()))  # noqa: B023

        context.route("**/*", refuse_others)
        if run == 0:
            page.on("response", keep)
        session = context.new_cdp_session(page)
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
        page.goto(f"{address}/{page_path}", wait_until="networkidle")
        page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
        paint, load = page.evaluate(PAINT)
        loads.append(load)
        paints.append(paint)
        if run == 0:
            for kind, body in bodies:
                first.raw[kind] += len(body)
                first.packed[kind] += len(gzip.compress(body))
            first.requests = len(bodies)
        context.close()
    first.load, first.paint = statistics.median(loads), statistics.median(paints)
    return first


def build_stock(target: Path) -> Path:
    """Build the same pages with Jupyter Book's own settings; what it does not know stays text."""
    for name in ("book", "data"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("_toc.yml", "references.bib"):
        shutil.copy(ROOT / name, target)
    settings = (ROOT / "_config.yml").read_text("utf-8")
    title = re.search(r"^title: .*$", settings, re.MULTILINE)
    (target / "_config.yml").write_text(
        f"{title[0] if title else 'title: Book'}\n"
        "only_build_toc_files: true\n"
        'execute: {execute_notebooks: "off"}\n'
        "bibtex_bibfiles: [references.bib]\n",
        "utf-8",
    )
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", str(target), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    html = target / "_build" / "html"
    if not (html / "index.html").is_file():
        sys.exit(f"the stock book could not be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return html


def shown(name: str, weight: Weight) -> str:
    """A row of the table."""
    kinds = " ".join(f"{weight.packed[kind] / 1000:6.0f}" for kind in ("html", "css", "js", "font"))
    raw, packed = (sum(bytes_.values()) / 1000 for bytes_ in (weight.raw, weight.packed))
    return (
        f"{name:34} {raw:7.0f} {packed:7.0f}"
        f"  {kinds} {weight.requests:5} {weight.elsewhere:6} {weight.load:7.0f} {weight.paint:7.0f}"
    )


def main() -> None:
    """Print a row for each page of both books, and the ratios the budgets are about."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--stock", type=Path)
    parser.add_argument("--pages", nargs="*", help="names of pages; by default all of book/")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--throttle", type=float, default=4)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    # With its window, as readers have it, where it is there.
    found = subprocess.run(
        [ROOT / "scripts" / "browser", "--find"],
        env={"CHROME": "chromium", **os.environ},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stock = options.stock or build_stock(Path(folder))
        names = options.pages or sorted(
            path.stem for path in (options.book / "book").glob("*.html")
        )
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        print(f"processor slowed {options.throttle:g} times, medians of {options.runs}")
        print(
            f"{'page':34} {'raw KB':>7} {'gz KB':>7}  {'html':>6} {'css':>6} {'js':>6} {'font':>6}"
            f" {'reqs':>5} {'others':>6} {'load':>7} {'paint':>7}"
        )
        ratios = []
        with served(options.book) as ours, served(stock) as theirs:
            for name in names:
                path = f"book/{name}.html"
                if not (stock / path).is_file():
                    print(f"{name:34} is not in the stock book")
                    continue
                mine = weigh(browser, ours, path, options.throttle, options.runs)
                other = weigh(browser, theirs, path, options.throttle, options.runs)
                print(shown(name, mine))
                print(shown("  stock", other))
                ratios.append(
                    (
                        sum(mine.packed.values()) / sum(other.packed.values()),
                        mine.load / other.load,
                        mine.paint / other.paint,
                        name,
                    )
                )
        browser.close()
    for position, what in enumerate(("compressed bytes", "load", "largest paint")):
        values = sorted((ratio[position], ratio[3]) for ratio in ratios)
        middle = statistics.median(value for value, _ in values)
        print(
            f"{what}: median {middle:.2f} of stock, at most {values[-1][0]:.2f} ({values[-1][1]})"
        )


if __name__ == "__main__":
    main()
