"""When a page is at rest: nothing on its way, nothing put off, all that came into view alive.

Tests wait for this and not for a time, which is too long on a quiet machine and too short on a
busy one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

# A browser may draw no frame for a page that nobody looks at: a second is waited and no more.
# Folded parts never come into view, and what shows nothing is not asked for.
ALIVE = """async (limit) => {
    const asking = {
        ".synth-explorer": (element) => element.dataset.ready,
        "[data-synth-chart]": (element) =>
            element.dataset.still || element.querySelector(".synth-chart-live"),
        ".synth-figure": (element) => "ready" in element.dataset,
    };
    const waiting = () => Object.entries(asking).flatMap(([selector, ready]) =>
        [...document.querySelectorAll(selector)].filter((element) =>
            element.checkVisibility() && !ready(element) && !element.dataset.failed));
    const until = performance.now() + limit;
    const place = scrollY;
    for (let left = waiting(); left.length; left = waiting()) {
        if (performance.now() > until)
            throw new Error(`not alive: ${left.map((it) => it.outerHTML.slice(0, 120))}`);
        left[0].scrollIntoView({ behavior: "instant" });
        await new Promise((painted) => (requestAnimationFrame(painted), setTimeout(painted, 1000)));
    }
    scrollTo({ top: place, behavior: "instant" });
    await document.fonts.ready;
}"""

# After the second frame what the first one showed is laid out; then what was put off is done.
FRAMES = """async () => {
    for (const _ of [1, 2])
        await new Promise((painted) => (requestAnimationFrame(painted), setTimeout(painted, 1000)));
    await new Promise((done) => requestIdleCallback(done, { timeout: 2000 }));
}"""

TWICE = f"async () => {{ for (const _ of [1, 2]) await ({FRAMES})(); }}"

AT_MOST = 60.0
"""Seconds after which a page that is not at rest has failed."""


class Requests(set[Any]):
    """The requests of a page that are on their way, and how often one began or ended."""

    turns = 0


def track(page: Any) -> Requests:
    """The requests of a page that are on their way, whenever it is looked at."""
    pending = Requests()

    def turn(change: Callable[[Any], None], request: Any) -> None:
        if not request.url.startswith(("data:", "blob:")):
            change(request)
            pending.turns += 1

    page.on("request", lambda request: turn(pending.add, request))
    page.on("requestfinished", lambda request: turn(pending.discard, request))
    page.on("requestfailed", lambda request: turn(pending.discard, request))
    return pending


def rest(page: Any, pending: Requests | None = None) -> None:
    """Wait until a page asks for nothing more, as it stands, without scrolling."""
    pending = Requests() if pending is None else pending
    until = time.monotonic() + AT_MOST
    # One answer may lead to the next question: none comes, and none is asked, for four frames.
    while True:
        turns = pending.turns
        page.evaluate(TWICE)
        if not pending and pending.turns == turns:
            return
        waits = [request.url for request in pending]
        assert time.monotonic() < until, f"{page.url} still waits for {waits}"


def settle(page: Any, pending: Requests) -> None:
    """Bring everything into view that comes alive there, wait for it, and let the page rest."""
    page.evaluate(ALIVE, 1000 * AT_MOST)
    rest(page, pending)
