"""What a page weighs before a reader has scrolled, and how each kind of page looks."""

from __future__ import annotations

import functools
import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from page_at_rest import rest, track

pytestmark = pytest.mark.browser

RAW = 1_000_000
"""Bytes a page may weigh without a chart or an explorer in view."""

STOCK = 842_000
"""Compressed bytes of the lightest stock Jupyter Book page; `bench/pages.py` measures it anew."""

INTERACTIVE = ("vega.js", "explorer.js", "evidence-")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(built_book: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(built_book))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_pages_keep_to_their_budget_of_bytes(built_book: Path, browser: Any, served: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    pending = track(page)
    got: list[str] = []
    page.on("request", lambda request: got.append(request.url))

    @functools.cache
    def weight(address: str) -> tuple[int, int]:
        """Bytes of what is served at an address, as they are and compressed."""
        body = (built_book / unquote(urlsplit(address).path).lstrip("/")).read_bytes()
        return len(body), len(gzip.compress(body))

    heavy, quiet = [], 0
    for path in sorted((built_book / "book").glob("*.html")):
        got.clear()
        page.goto(f"{served}/book/{path.name}", wait_until="load")
        rest(page, pending)
        if any(name in address for address in got for name in INTERACTIVE):
            continue
        quiet += 1
        raw, packed = (sum(sizes) for sizes in zip(*map(weight, got), strict=True))
        if raw > RAW or packed > 0.4 * STOCK:
            heavy.append(f"{path.name}: {raw:,} bytes, {packed:,} compressed")
    context.close()
    assert heavy == []
    assert quiet >= 5, "most pages begin with text"


def test_the_loader_and_the_style_stay_small(built_book: Path) -> None:
    place = built_book / "_static" / "synth"
    for name, most in {"loader.js": 3_000, "mode.js": 1_000, "synth.css": 8_000}.items():
        assert len(gzip.compress((place / name).read_bytes())) <= most, name
