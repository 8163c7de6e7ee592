"""Measure the explorer beside what a reader would meet elsewhere, in one run of one browser.

npm ci --prefix bench/explorer
python bench/explorer/run.py --sizes 200 --rounds 40
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from generate import generate_review  # noqa: E402
from synth.book.assets import classic_script, compact_style  # noqa: E402
from synth.facets import searchable  # noqa: E402
from synth.model import facet_values  # noqa: E402
from synth.reading.records import Records  # noqa: E402
from synth.reading.rules import load_records  # noqa: E402
from synth.text import fold  # noqa: E402
from synth.views.explorer import Explorer, evidence_scripts  # noqa: E402

BUILD = HERE / "_build"
STATIC = ROOT / "src" / "synth" / "static"
PEERS = ("floor", "explorer", "crossfilter2", "datatables", "vega-lite", "flexsearch")
# Above these sizes a peer takes minutes to be ready, or the tab dies.
MOST = {"datatables": 10_000, "vega-lite": 100_000}
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    "--js-flags=--expose-gc",
]
ASK = {"toggle": "toggle", "key": "search"}
"""The kinds of steps, and what a peer does for each."""
SHOWN = {"work": 0, "first paint": 1, "all painted": 2}
"""What is told of the steps, and where it stands in what a page answers."""
BLOCK = 10
STARTS = 3
FACETS = ("direction", "level", "country", "design")
HEAD = '<!doctype html><meta charset="utf-8">'
"""How the page of every peer begins."""
IN_A_BOOK = " in a book"
"""What is added to the name of a peer that stands in what a book puts around the explorer."""


def plain(records: Records) -> Iterator[dict[str, Any]]:
    """The findings as the peers read them: one object each."""
    country = records.settings.facet("country")
    assert country is not None
    for finding in records.findings.values():
        study = records.studies[finding.study]
        path = records.codebook.path(finding.theme)
        yield {
            "id": finding.id,
            "label": records.label(study.id),
            "year": study.year,
            "level": path[0].id,
            "theme": path[min(1, len(path) - 1)].id,
            "direction": finding.direction,
            "country": list(facet_values(country, finding, study)),
            "design": study.design or "not reported",
            "summary": finding.summary,
            "hay": searchable(finding, records),
        }


def write_pages(size: int, surroundings: bool = False) -> dict[str, Path]:
    """Write the page of each peer for a number of findings.

    Parameters
    ----------
    size : the number of findings.
    surroundings : each peer a second time, in what a book puts around the explorer.
    """
    # A page without its peer's script would say nothing, and be waited for.
    if not (HERE / "node_modules").is_dir():
        raise SystemExit("The peers are not here; get them first: npm ci --prefix bench/explorer")
    with tempfile.TemporaryDirectory() as folder:
        studies = max(20, min(3000, size // 5))
        records = load_records(generate_review(Path(folder), studies, size))
    BUILD.mkdir(exist_ok=True)
    findings = json.dumps(list(plain(records)), ensure_ascii=False, separators=(",", ":"))
    quoted = json.dumps(findings, ensure_ascii=False)
    (BUILD / f"findings-{size}.js").write_text(f"var FINDINGS = JSON.parse({quoted});\n", "utf-8")
    pages = {}
    for name in PEERS:
        if size > MOST.get(name, size):
            continue
        pages[name] = BUILD / f"{name}-{size}.html"
        if name == "explorer":
            write_explorer(records, pages[name])
        else:
            page = (HERE / "peers" / f"{name}.html").read_text("utf-8")
            page = page.replace("findings.js", f"findings-{size}.js")
            pages[name].write_text(page, "utf-8")
            if surroundings:
                head, panels, rest = page.removeprefix(HEAD).partition('<div id="panels">')
                inside, script, scripts = rest.partition("<script")
                pages[name + IN_A_BOOK] = BUILD / f"{name}-{size}-in-a-book.html"
                pages[name + IN_A_BOOK].write_text(
                    book_page(f"explorer-{size}", head, panels + inside, script + scripts), "utf-8"
                )
    return pages


def book_page(static: str, head: str, inside: str, scripts: str) -> str:
    """A page as a book has it: style, faces and scripts of every page, and a heading.

    Parameters
    ----------
    static : the folder whose files the page reads.
    head : the title, and what only this page reads.
    inside : what stands below the heading.
    scripts : what follows.
    """
    here = f"{static}/_static/synth"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<script src="{here}/mode.js"></script>'
        f'<link rel="stylesheet" href="{here}/synth.css">{head}'
        f'<script defer data-modules="explorer" src="{here}/loader.js"></script>'
        '<body class="bd-article"><p>A book</p><section class="ex-page"><h1>Explorer</h1>'
        f'<div class="cell">{inside}</div></section>{scripts}</body></html>'
    )


def write_explorer(records: Records, page: Path) -> None:
    """Write the explorer's page, with the files the Sphinx extension would write."""
    static = page.with_suffix("") / "_static" / "synth"
    static.mkdir(parents=True, exist_ok=True)
    for script in ("loader", "explorer", "explorer-more"):
        code = classic_script((STATIC / f"{script}.js").read_text("utf-8"), script)
        (static / f"{script}.js").write_text(code, "utf-8")
    (static / "mode.js").write_text(classic_script((STATIC / "mode.js").read_text(), "mode"))
    for name in ("synth.css", "explorer.css"):
        (static / name).write_text(compact_style((STATIC / name).read_text("utf-8")), "utf-8")
    shutil.copytree(STATIC / "fonts", static / "fonts", dirs_exist_ok=True)
    files = evidence_scripts(records)
    for name, code in files.items():
        (static / name).write_text(code, "utf-8")
    evidence = next(iter(files))
    html = str(Explorer(records, records.findings).html).replace(
        'data-key="', f'data-evidence="{evidence}" data-key="', 1
    )
    here = f"{page.stem}/_static/synth"
    head = (
        f'<title>explorer</title><link rel="stylesheet" href="{here}/explorer.css">'
        f'<script defer src="{here}/{evidence}"></script>'
        f'<script defer src="{here}/explorer.js"></script>'
    )
    # What takes its steps stands in the page, as with every peer.
    glue = (HERE / "peers" / "explorer.js").read_text("utf-8")
    scripts = f'<script src="../peers/common.js"></script><script>{glue}</script>'
    page.write_text(book_page(page.stem, head, html, scripts), "utf-8")


def steps(size: int, rounds: int) -> dict[str, list[Any]]:
    """What is toggled and typed, the same for every peer; each value is chosen, then let go."""
    script = (BUILD / f"findings-{size}.js").read_text("utf-8")
    records = json.loads(json.loads(script[script.index("(") + 1 : script.rindex(")")]))
    chance = random.Random(size)
    toggles: list[list[str]] = []
    while len(toggles) < rounds:
        facet = chance.choice(FACETS)
        held = chance.choice(records)[facet]
        pair = [facet, held[0] if isinstance(held, list) else held]
        other = ["direction", chance.choice(["enabler", "barrier"])]
        toggles += [pair, other, pair, other] if other != pair else [pair, pair]
    typed: list[str] = []
    while len(typed) < rounds:
        word = fold(chance.choice(records)["summary"]).split()[0]
        typed += [word[: end + 1] for end in range(len(word))] + [""]
    return {"toggle": toggles[:rounds], "key": typed[:rounds]}


def found_browser() -> str:
    """The Chromium of this machine: with its window, as readers have it, where it is there."""
    return subprocess.run(
        [ROOT / "scripts" / "browser", "--find"],
        env={"CHROME": "chromium", **os.environ},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def quantile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))]


@dataclass
class Opened:
    """A peer's page, and what was measured on it."""

    page: Any
    figures: dict[str, Any]
    times: dict[str, list[list[float]]] = field(default_factory=dict)


def open_peer(browser: Any, path: Path, rows: int, slow: int, rest: int) -> Opened:
    """Open a page in a window of its own, and take from its own word when it was ready."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(180_000)
    session = context.new_cdp_session(page)
    if slow > 1:
        session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.add_init_script(
        """window.longTasks = [];
        new PerformanceObserver((list) => {
            for (const one of list.getEntries()) longTasks.push(one.duration);
        }).observe({type: "longtask", buffered: true})"""
    )
    with page.expect_console_message(lambda said: said.text.startswith("ready ")) as said:
        page.goto(f"{path.as_uri()}?rest={rest}&rows={rows}", wait_until="commit")
    figures = {"ready": float(said.value.text.split()[1])}
    figures["longest task"] = page.evaluate("Math.max(0, ...longTasks)")
    session.send("HeapProfiler.collectGarbage")
    figures["heap"] = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    # Ready is a claim: the first choice after it must be answered.
    if page.evaluate("Boolean(peer.toggle && peer.count() !== null)"):
        before = page.evaluate("peer.count()")
        take = "async () => (await peer.steps('toggle', [['direction', 'barrier']], []))[0][4]"
        if not 0 < page.evaluate(take) < before or page.evaluate(take) != before:
            raise SystemExit(f"{path.name} said it was ready, and a choice did not work")
    return Opened(page, figures)


def taken(opened: Opened, kind: str, acts: Sequence[Any], rows: Sequence[int]) -> list[list[float]]:
    """Have a page take some steps, without a word from outside between them."""
    opened.page.bring_to_front()
    call = "([kind, acts, rows]) => peer.steps(kind, acts, rows)"
    answer: list[list[float]] = opened.page.evaluate(call, [kind, acts, rows])
    return answer


def measure(
    browser: Any, pages: Mapping[str, Path], size: int, rounds: int, rest: int, slow: int
) -> dict[str, Opened]:
    """Take every step on every peer, a few on one and then on the next, in changing order."""
    acts = steps(size, rounds)
    first = open_peer(browser, pages["explorer"], 1, slow, rest)
    at_start = first.page.evaluate("peer.shown()")
    # How many findings the explorer shows after each step: all are to show as many.
    rows = {
        kind: [int(step[3]) for step in taken(first, kind, list_, [])]
        for kind, list_ in acts.items()
    }
    first.page.context.close()
    # One after the other, so that none starts beside another; three times, and the median counts.
    starts: dict[str, list[float]] = {name: [] for name in pages}
    opened: dict[str, Opened] = {}
    for again in range(STARTS):
        for name, path in pages.items():
            one = open_peer(browser, path, at_start, slow, rest)
            starts[name].append(one.figures["ready"])
            if again == STARTS - 1:
                opened[name] = one
            else:
                one.page.context.close()
    for name, one in opened.items():
        one.figures["ready"] = statistics.median(starts[name])
    chance = random.Random(size)
    for kind, list_ in acts.items():
        names = [
            name for name in opened if opened[name].page.evaluate(f"Boolean(peer.{ASK[kind]})")
        ]
        for at in range(0, len(list_), BLOCK):
            part = slice(at, at + BLOCK)
            for name in chance.sample(names, len(names)):
                got = taken(opened[name], kind, list_[part], rows[kind][part])
                opened[name].times.setdefault(kind, []).extend(got)
        # Whoever shows fewer findings, or finds others, is not doing the same.
        for name in names:
            steps_of = opened[name].times[kind]
            counted = [step[3] for step in steps_of]
            if min(counted) >= 0 and counted != rows[kind]:
                raise SystemExit(f"{name} does not show as many findings as the explorer ({kind})")
            ours = opened["explorer"].times[kind]
            if steps_of[0][4] is not None:
                other = sum(a[4] != b[4] for a, b in zip(steps_of, ours, strict=True))
                opened[name].figures[f"{kind} counts"] = other
    for one in opened.values():
        one.page.context.close()
    return opened


def between(ours: Sequence[float], theirs: Sequence[float], part: float) -> str:
    """The ratio of two quantiles, and where it lies in 95 of 100 draws of the same steps."""
    chance = random.Random(1)
    drawn = []
    for _ in range(400):
        at = chance.choices(range(len(ours)), k=len(ours))
        drawn.append(
            quantile([ours[i] for i in at], part) / quantile([theirs[i] for i in at], part)
        )
    ratio = quantile(ours, part) / quantile(theirs, part)
    return f"{ratio:.2f} ({quantile(drawn, 0.025):.2f}–{quantile(drawn, 0.975):.2f})"


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def report(size: int, slow: int, results: Mapping[str, Opened]) -> None:
    """Every peer's figures, and the explorer's over them."""
    ours = results["explorer"]
    print(f"\n{size:,} findings at {slow}× throttle; milliseconds, median / p95\n")
    head = ["peer", "ready", "longest task", "heap MB"]
    rows = [[*head, *(f"{kind}: {what}" for kind in ASK for what in SHOWN), "counts differ"]]
    for name, one in results.items():
        row = [name, *(f"{one.figures[what]:.0f}" for what in ("ready", "longest task"))]
        row.append(f"{one.figures['heap']:.1f}")
        for kind in ASK:
            for column in SHOWN.values():
                values = [step[column] for step in one.times.get(kind, [])]
                row.append(
                    f"{statistics.median(values):.1f} / {quantile(values, 0.95):.1f}"
                    if values
                    else "–"
                )
        row.append(", ".join(f"{kind} {one.figures.get(f'{kind} counts', '–')}" for kind in ASK))
        rows.append(row)
    print(table(rows))
    print(
        "\nThe explorer over each: the ratio, and where it lies in 95 of 100 draws of the steps\n"
    )
    rows = [
        [
            "peer",
            "ready",
            "heap",
            *(
                f"{kind}: {what}, {q}"
                for kind in ASK
                for what in ("first paint", "all painted")
                for q in ("median", "p95")
            ),
        ]
    ]
    for name, one in results.items():
        if one is ours:
            continue
        row = [
            name,
            *(f"{ours.figures[what] / one.figures[what]:.2f}" for what in ("ready", "heap")),
        ]
        for kind in ASK:
            for column in (SHOWN["first paint"], SHOWN["all painted"]):
                for part in (0.5, 0.95):
                    row.append(
                        between(
                            [step[column] for step in ours.times[kind]],
                            [step[column] for step in one.times[kind]],
                            part,
                        )
                        if kind in one.times
                        else "–"
                    )
        rows.append(row)
    print(table(rows), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 10_000, 100_000])
    parser.add_argument(
        "--peers", nargs="+", choices=PEERS, default=["floor", "explorer", "crossfilter2"]
    )
    parser.add_argument("--rounds", type=int, default=200, help="toggles and keystrokes a peer")
    parser.add_argument("--slow", type=int, nargs="+", default=[1, 6], help="throttles, N×")
    parser.add_argument(
        "--rest", type=int, default=150, help="milliseconds without a change between two steps"
    )
    parser.add_argument(
        "--reader", action="store_true", help="with the tree that screen readers read"
    )
    parser.add_argument(
        "--surroundings",
        action="store_true",
        help="each peer once more, under the heading, style and faces of a book's page",
    )
    options = parser.parse_args()
    found = found_browser()
    from playwright.sync_api import sync_playwright

    arguments = [*ARGUMENTS, *(["--force-renderer-accessibility"] if options.reader else [])]
    with sync_playwright() as playwright:
        for size in options.sizes:
            pages = {
                name: path
                for name, path in write_pages(size, options.surroundings).items()
                if name.removesuffix(IN_A_BOOK) in {"explorer", *options.peers}
            }
            for slow in options.slow:
                browser = playwright.chromium.launch(executable_path=found, args=arguments)
                report(
                    size, slow, measure(browser, pages, size, options.rounds, options.rest, slow)
                )
                browser.close()


if __name__ == "__main__":
    main()
