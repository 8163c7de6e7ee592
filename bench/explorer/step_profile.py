"""Tell where the time of a choice, or of a start, goes: script by function, style, layout, paint.

npm ci && npm ci --prefix bench/explorer
python bench/explorer/step_profile.py                            # a toggle at 10,000; 1× and 6×
python bench/explorer/step_profile.py --kind key --sizes 200 --slow 1
python bench/explorer/step_profile.py --kind start --sizes 200 --slow 1 --rounds 9
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from run import (
    ARGUMENTS,
    ASK,
    IN_A_BOOK,
    PEERS,
    ROOT,
    classic_script,
    found_browser,
    open_peer,
    steps,
    write_pages,
)
from run import table as table_of

CATEGORIES = (
    *("-*", "toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"),
    *("disabled-by-default-v8.cpu_profiler", "blink.user_timing"),
)
PARTS = {
    "parse": ("ParseHTML", "ParseAuthorStyleSheet"),
    "script": (
        *("EventDispatch", "FunctionCall", "EvaluateScript", "RunMicrotasks", "TimerFire"),
        *("FireAnimationFrame", "FireIdleCallback", "v8.", "V8."),
    ),
    "garbage": ("MinorGC", "MajorGC", "V8.GC", "BlinkGC", "CppGC"),
    "style": ("UpdateLayoutTree",),
    "layout": ("Layout",),
    "hit testing": ("HitTest",),
    "pre-paint": ("PrePaint", "IntersectionObserver"),
    "paint": ("Paint",),
    "layers and commit": ("UpdateLayer", "Layerize", "Commit"),
}
"""What the main thread does, and how the names of its events in a trace begin."""
BESIDE = {
    "compositor": ("Compositor",),
    "raster": ("ThreadPoolForegroundWorker", "CompositorTileWorker"),
    "display": ("VizCompositorThread", "CrGpuMain"),
}
"""Who works beside the main thread, and how the names of those threads begin."""
COUNTS = ("elements restyled", "layouts", "boxes to lay out", "tiles drawn")
STEPS = """
async ([kind, acts, rows, rest]) => {
  const shown = [];
  for (const [at, act] of acts.entries()) {
    peer.rows = rows[at] ?? 50;
    if (kind === "toggle") await peer.toggle(...act);
    else await peer.search(act);
    await new Promise((done) => setTimeout(done, rest));
    shown.push(peer.shown());
  }
  return shown;
}
"""
FUNCTIONS = 12
NATIVE = ("(program)", "(idle)", "(root)", "(garbage collector)")


@dataclass
class Divided:
    """What a step took, in milliseconds of the processor, and how much of what it did."""

    parts: dict[str, float]
    functions: dict[str, float]
    counts: dict[str, float]


def alone(events: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """The parts of one thread's events, each without what lies inside it.

    What has no part of its own counts to the event around it.
    """
    stack: list[tuple[float, str]] = []
    for event in sorted(events, key=lambda one: (one["ts"], -one["dur"])):
        while stack and event["ts"] >= stack[-1][0]:
            stack.pop()
        around = stack[-1][1] if stack else ""
        name = event["name"]
        part = next((p for p, heads in PARTS.items() if name.startswith(heads)), around or "other")
        yield part, event["tdur"]
        if stack:
            yield around, -event["tdur"]
        stack.append((event["ts"] + event["dur"], part))


def functions_of(events: Iterable[dict[str, Any]], pid: int) -> Counter[str]:
    """How often each function of the page's own scripts was found running."""
    named: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for event in events:
        if event["name"] != "ProfileChunk" or event["pid"] != pid:
            continue
        profile = event["args"]["data"].get("cpuProfile", {})
        for node in profile.get("nodes", ()):
            frame = node["callFrame"]
            file = frame.get("url", "").rpartition("/")[2].partition("?")[0]
            name = frame["functionName"] or f"line {frame.get('lineNumber', 0) + 1}"
            named[node["id"]] = f"`{name}` ({file})" if file else f"`{name}`"
        seen.update(named[at] for at in profile.get("samples", ()))
    return seen


def divide(events: Sequence[dict[str, Any]], taken: int) -> Divided:
    """The trace of some steps, as parts of one step.

    Parameters
    ----------
    events : those of a trace.
    taken : how many steps it holds.
    """
    threads: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for event in events:
        if event["ph"] == "X" and "tdur" in event:
            threads.setdefault((event["pid"], event["tid"]), []).append(event)
    names = {
        (event["pid"], event["tid"]): event["args"]["name"]
        for event in events
        if event["name"] == "thread_name"
    }
    # Of several pages the one that was worked on: the others are at rest.
    main = max(
        (key for key in threads if names.get(key) == "CrRendererMain"),
        key=lambda key: len(threads[key]),
    )
    parts = dict.fromkeys((*PARTS, "other", *BESIDE), 0.0)
    for part, time in alone(threads[main]):
        parts[part] += time / 1000 / taken
    counts = dict.fromkeys(COUNTS, 0.0)
    for event in threads[main]:
        counts["elements restyled"] += event.get("args", {}).get("elementCount", 0) / taken
        if event["name"] == "Layout":
            counts["layouts"] += 1 / taken
            counts["boxes to lay out"] += event["args"]["beginData"]["dirtyObjects"] / taken
    for key, inside in threads.items():
        counts["tiles drawn"] += sum(event["name"] == "RasterTask" for event in inside) / taken
        for part, heads in BESIDE.items():
            if names.get(key, "").startswith(heads) and (key[0] == main[0] or part == "display"):
                parts[part] += sum(time for _, time in alone(inside)) / 1000 / taken
    seen = functions_of(events, main[0])
    running = sum(often for name, often in seen.items() if name.strip("`") not in NATIVE)
    functions = {
        name: often / running * parts["script"]
        for name, often in seen.most_common()
        if name.strip("`") not in NATIVE
    }
    return Divided(parts, functions, counts)


def profile(
    browser: Any, path: Path, kind: str, acts: Sequence[Any], rows: Sequence[int], slow: int
) -> tuple[Divided, list[int]]:
    """Take some steps on a page once to warm it, then traced; tells also how many it showed."""
    page = open_peer(browser, path, 50, slow, 150).page
    page.bring_to_front()
    page.evaluate(STEPS, [kind, acts, rows, 150])
    browser.start_tracing(page=page, categories=list(CATEGORIES))
    shown: list[int] = page.evaluate(STEPS, [kind, acts, rows, 150])
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.context.close()
    return divide(events, len(acts)), shown


def started(browser: Any, path: Path, slow: int) -> Divided:
    """The trace of one start, from the page's address to the moment it says that it is ready."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    if slow > 1:
        throttle = {"rate": slow}
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", throttle)
    browser.start_tracing(page=page, categories=list(CATEGORIES))
    with page.expect_console_message(lambda said: said.text.startswith("ready ")):
        page.goto(f"{path.as_uri()}?rest=150&rows=50", wait_until="commit")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    context.close()
    said_so = next(event for event in events if event["name"] == "peer is ready")
    # The page that stood in the window before has a process of its own.
    others = {
        event["pid"]
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    } - {said_so["pid"]}
    until = [event for event in events if event.get("ts", 0) <= said_so["ts"]]
    return divide([event for event in until if event["pid"] not in others], 1)


def middle(several: Sequence[Divided]) -> Divided:
    """Of several starts the median of each part, and the mean of each function."""
    functions: dict[str, float] = {}
    for one in several:
        for name, time in one.functions.items():
            functions[name] = functions.get(name, 0) + time / len(several)
    longest = sorted(functions, key=lambda name: -functions[name])
    parts, counts = (
        {name: statistics.median(getattr(one, what)[name] for one in several) for name in named}
        for what, named in (("parts", several[0].parts), ("counts", several[0].counts))
    )
    return Divided(parts, {name: functions[name] for name in longest}, counts)


def report(head: Sequence[str], divided: Sequence[Divided]) -> None:
    """The parts of a step beside one another, then the functions of the explorer."""
    rows = [["ms", *head]]
    main = [sum(one.parts[part] for part in (*PARTS, "other")) for one in divided]
    rows.append(["**main thread**", *(f"**{time:.1f}**" for time in main)])
    rows += [
        [part, *(f"{one.parts[part]:.1f}" for one in divided)]
        for part in (*PARTS, "other", *BESIDE)
    ]
    rows += [[what, *(f"{one.counts[what]:.0f}" for one in divided)] for what in COUNTS]
    print(table_of(rows))
    for name, one in zip(head, divided, strict=True):
        if name.startswith("explorer"):
            longest = list(one.functions.items())[:FUNCTIONS]
            said = ", ".join(f"{function} {time:.2f}" for function, time in longest)
            print(f"\nScript of {name}, by function: {said}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--slow", type=int, nargs="+", default=[1, 6], help="throttles, N×")
    parser.add_argument("--kind", choices=[*ASK, "start"], default="toggle")
    parser.add_argument("--rounds", type=int, default=40, help="steps or starts of each peer")
    parser.add_argument(
        "--peers", nargs="+", choices=PEERS, default=["explorer", "crossfilter2", "floor"]
    )
    parser.add_argument(
        "--surroundings",
        action="store_true",
        help="each peer once more, under the heading, style and faces of a book's page",
    )
    options = parser.parse_args()
    bundled = SourceFileLoader("bundle", str(ROOT / "scripts" / "bundle")).load_module().bundled
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_browser(), args=ARGUMENTS)
        for size in options.sizes:
            pages = write_pages(size, options.surroundings)
            # Functions keep the names they have in the source.
            script = pages["explorer"].with_suffix("") / "_static" / "synth" / "explorer.js"
            script.write_text(
                classic_script(bundled("explorer", mangle=False), "explorer"), "utf-8"
            )
            acts = steps(size, options.rounds).get(options.kind, [])
            head, divided = [], []
            for slow in options.slow:
                shown: list[int] = []
                peers = ("explorer", *(one for one in options.peers if one != "explorer"))
                names = [
                    name for name in pages for peer in peers if name.removesuffix(IN_A_BOOK) == peer
                ]
                starts: dict[str, list[Divided]] = {name: [] for name in names}
                # Taking turns, so that a machine that slows down slows all.
                for _ in range(options.rounds if options.kind == "start" else 0):
                    for name in names:
                        starts[name].append(started(browser, pages[name], slow))
                for name in names:
                    if starts[name]:
                        head.append(f"{name}, {slow}×")
                        divided.append(middle(starts[name]))
                        continue
                    one, showed = profile(browser, pages[name], options.kind, acts, shown, slow)
                    shown = shown or showed
                    head.append(f"{name}, {slow}×")
                    divided.append(one)
            print(f"\nA {options.kind} at {size:,} findings, {options.rounds} of them\n")
            report(head, divided)
        browser.close()


if __name__ == "__main__":
    main()
