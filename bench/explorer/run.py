"""Measure the explorer beside what a reader would meet elsewhere, in one run of one browser.

npm ci --prefix bench/explorer
python bench/explorer/run.py --sizes 200 1000 10000 100000
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from generate import generate_review  # noqa: E402
from synth.book.assets import classic_script  # noqa: E402
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
FACETS = ("direction", "level", "country", "design")


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


def write_pages(size: int) -> dict[str, Path]:
    """Write the page of each peer for a number of findings."""
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
            pages[name].write_text(page.replace("findings.js", f"findings-{size}.js"), "utf-8")
    return pages


def write_explorer(records: Records, page: Path) -> None:
    """Write the explorer's page, with the files the Sphinx extension would write."""
    static = page.with_suffix("") / "_static" / "synth"
    static.mkdir(parents=True, exist_ok=True)
    for script in ("loader", "explorer", "explorer-more"):
        code = classic_script((STATIC / f"{script}.js").read_text("utf-8"), script)
        (static / f"{script}.js").write_text(code, "utf-8")
    for style in ("synth.css", "explorer.css"):
        (static / style).write_text((STATIC / style).read_text("utf-8"), "utf-8")
    files = evidence_scripts(records)
    for name, code in files.items():
        (static / name).write_text(code, "utf-8")
    evidence = next(iter(files))
    html = str(Explorer(records, records.findings).html).replace(
        'data-key="', f'data-evidence="{evidence}" data-key="', 1
    )
    here = f"{page.stem}/_static/synth"
    page.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>explorer</title>'
        f'<link rel="stylesheet" href="{here}/synth.css">'
        f'<link rel="stylesheet" href="{here}/explorer.css">'
        f'<script defer data-modules="explorer" src="{here}/loader.js"></script>'
        f'<body>{html}<script src="../peers/common.js"></script>'
        '<script src="../peers/explorer.js"></script></body></html>',
        "utf-8",
    )


def steps(size: int, rounds: int) -> tuple[list[list[str]], list[str]]:
    """What is toggled and typed, the same for every peer; each value is chosen, then let go."""
    script = (BUILD / f"findings-{size}.js").read_text("utf-8")
    records = json.loads(json.loads(script[script.index("(") + 1 : script.rindex(")")]))
    chance = random.Random(size)
    toggles: list[list[str]] = []
    while len(toggles) < rounds:
        facet = chance.choice(FACETS)
        held = chance.choice(records)[facet]
        pair = [facet, held[0] if isinstance(held, list) else held]
        toggles += [pair, [chance.choice(["direction", "level"]), "enabler"]][:1]
        other = ["direction", chance.choice(["enabler", "barrier"])]
        toggles += [other, pair, other] if other != pair else [pair]
    typed = []
    while len(typed) < rounds:
        word = fold(chance.choice(records)["summary"]).split()[0]
        typed += [word[: end + 1] for end in range(len(word))] + [""]
    return toggles[: rounds // 4 * 4], typed[:rounds]


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))]


def measure(
    browser: Any, page_path: Path, size: int, rounds: int, pause: int, slow: int = 1
) -> dict[str, Any]:
    """Open a page, wait until it can be used, and go through the steps."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    session = context.new_cdp_session(page)
    page.add_init_script(
        """window.longTasks = [];
        new PerformanceObserver((list) => {
            for (const one of list.getEntries()) longTasks.push(one.duration);
        }).observe({type: "longtask", buffered: true})"""
    )
    page.goto(f"{page_path.as_uri()}?pause={pause}", wait_until="commit")
    page.wait_for_function("window.peer && peer.readyAt")
    result: dict[str, Any] = {"ready": page.evaluate("peer.readyAt")}
    page.wait_for_timeout(500)
    result["longest task"] = page.evaluate("Math.max(0, ...longTasks)")
    session.send("HeapProfiler.collectGarbage")
    result["heap"] = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    if slow > 1:
        session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    toggles, typed = steps(size, rounds)
    for kind, acts in (("toggle", toggles), ("key", typed)):
        call = (
            "([facet, value]) => peer.measure(async () => void (await peer.toggle(facet, value)))"
        )
        if kind == "key":
            call = "text => peer.measure(async () => void (await peer.search(text)))"
        elif page.evaluate("peer.toggle === null"):
            continue
        page.evaluate(call, acts[0])
        page.evaluate(call, acts[0] if kind == "toggle" else "")
        times = [page.evaluate(call, act) for act in acts]
        result[kind] = {
            "median": statistics.median(first for _, first, _, _ in times),
            "p95": quantile([first for _, first, _, _ in times], 0.95),
            "whole": statistics.median(whole for _, _, whole, _ in times),
            "whole p95": quantile([whole for _, _, whole, _ in times], 0.95),
            "work": statistics.median(work for work, _, _, _ in times),
            "rows": statistics.median(rows for _, _, _, rows in times),
        }
    # The same choice must give the same number everywhere, or the comparison is of nothing.
    if page.evaluate("peer.toggle !== null"):
        page.evaluate("async () => void (await peer.toggle('direction', 'barrier'))")
        page.wait_for_timeout(300)
        result["count"] = page.evaluate("peer.count()")
    context.close()
    return result


SHOWN = ("median", "p95", "whole", "whole p95", "work", "rows")


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def report(size: int, results: dict[str, dict[str, Any]]) -> None:
    ours = results["explorer"]
    head = [
        "peer",
        "ready",
        "heap MB",
        "longest task",
        *("toggle", "p95", "whole", "p95", "work", "rows"),
        *("key", "p95", "whole", "p95", "work", "rows"),
        "toggle ×",
        "key ×",
    ]
    rows = [head]
    for name, one in results.items():
        row = [name, f"{one['ready']:.0f}", f"{one['heap']:.1f}", f"{one['longest task']:.0f}"]
        for kind in ("toggle", "key"):
            times = one.get(kind)
            row += [f"{times[what]:.1f}" for what in SHOWN] if times else ["–"] * len(SHOWN)
        for kind in ("toggle", "key"):
            row.append(f"{ours[kind]['median'] / one[kind]['median']:.2f}" if kind in one else "–")
        rows.append(row)
    print(f"\n{size:,} findings; milliseconds; × = the explorer's median over the peer's\n")
    print(table(rows))
    counts = {one["count"] for one in results.values() if one.get("count") is not None}
    if len(counts) > 1:
        told = {name: one.get("count") for name, one in results.items()}
        print(f"\nThe peers do not agree on what matches: {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 1000, 10_000, 100_000])
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--rounds", type=int, default=60, help="toggles and keystrokes a peer")
    parser.add_argument(
        "--pause", type=int, default=150, help="milliseconds between two steps, for every peer"
    )
    parser.add_argument(
        "--slow", type=int, default=0, help="also the explorer and the floor at N× CPU throttle"
    )
    options = parser.parse_args()
    found = subprocess.run(
        [ROOT / "scripts" / "browser", "--find"], capture_output=True, text=True, check=True
    ).stdout.strip()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        for size in options.sizes:
            pages = write_pages(size)
            results = {}
            for name in options.peers:
                if name not in pages:
                    continue
                try:
                    results[name] = measure(
                        browser, pages[name], size, options.rounds, options.pause
                    )
                except Exception as error:  # a peer that dies is a result, not the end of the run
                    print(f"{name} at {size:,}: {str(error).splitlines()[0]}")
                    browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            report(size, results)
            if options.slow:
                slow = {
                    name: measure(
                        browser, pages[name], size, options.rounds, options.pause, options.slow
                    )
                    for name in ("floor", "explorer", "crossfilter2")
                }
                print(f"\nAt {options.slow}× CPU throttle:")
                report(size, slow)
        browser.close()


if __name__ == "__main__":
    main()
