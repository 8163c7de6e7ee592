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
"""Bytes the text of a page may weigh."""

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
        raw, packed = path.stat().st_size, sum(weight(address)[1] for address in got)
        # With the faces of the book, and still less than a third of a stock page.
        if raw > RAW or packed > 0.3 * STOCK:
            heavy.append(f"{path.name}: {raw:,} bytes, {packed:,} compressed")
    context.close()
    assert heavy == []
    assert quiet >= 5, "most pages begin with text"


def test_the_loader_and_the_style_stay_small(built_book: Path) -> None:
    place = built_book / "_static" / "synth"
    for name, most in {"loader.js": 4_000, "mode.js": 1_000, "synth.css": 10_000}.items():
        assert len(gzip.compress((place / name).read_bytes())) <= most, name


FIRST_WINDOWS = [(1440, 900), (820, 1180), (360, 740)]


@pytest.mark.parametrize(("width", "height"), FIRST_WINDOWS)
def test_the_first_window_of_the_book_answers(
    built_book: Path, browser: Any, width: int, height: int
) -> None:
    """Question, answer and what it rests on everywhere; at a desk all messages and doors too."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto((built_book / "book" / "intro.html").as_uri())
    wanted = ["h1", ".lead", ".synth-front-line", ".synth-doors li:first-child"]
    if width == 1440:
        wanted += [".synth-glance", ".synth-doors li:last-child", ".synth-messages"]
    bottoms = {
        name: page.locator(f"article {name}").first.evaluate(
            "element => element.getBoundingClientRect().bottom"
        )
        for name in wanted
    }
    context.close()
    assert {name: y for name, y in bottoms.items() if y > height} == {}


def test_no_cell_of_running_text_is_squeezed_on_a_phone(built_book: Path, browser: Any) -> None:
    """On no page, also in what is folded; the explorer draws a list in place of its table."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    wrong, seen = [], 0
    for path in sorted((built_book / "book").glob("*.html")):
        page.goto(path.as_uri())
        cells = page.evaluate(
            """() => {
              for (const folded of document.querySelectorAll("details")) folded.open = true;
              return [...document.querySelectorAll(".bd-article td:not(.synth-explorer *)")]
                .filter((cell) => cell.checkVisibility() && cell.textContent.trim().length > 24)
                .map((cell) => [cell.getBoundingClientRect().width, cell.textContent.trim()]);
            }"""
        )
        seen += len(cells)
        wrong += [f"{path.name}: {text} ({width:.0f} px)" for width, text in cells if width < 160]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide != 360:
            wrong.append(f"{path.name}: {wide} px wide")
    context.close()
    assert wrong == []
    assert seen > 100


@pytest.mark.parametrize(
    ("name", "head"), [("explorer", ".ex-sticky"), ("framework", ".synth-t2 thead th")]
)
def test_a_head_stays_in_sight_while_its_list_scrolls(
    built_book: Path, browser: Any, name: str, head: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto((built_book / "book" / f"{name}.html").as_uri())
    if name == "explorer":
        page.locator(".synth-explorer[data-ready=true]").wait_for()
    page.locator(head).first.evaluate(
        "element => scrollTo(0, scrollY + element.getBoundingClientRect().top + 1200)"
    )
    top = page.locator(head).first.evaluate("element => element.getBoundingClientRect().top")
    bar = page.locator(".synth-bar").evaluate("element => element.getBoundingClientRect().bottom")
    context.close()
    assert abs(top - bar) <= 2


def test_the_first_page_and_the_bar_lead_to_the_briefs(built_book: Path, browser: Any) -> None:
    """Each brief has its door on the first page; the bar leads to the first of them."""
    page = browser.new_page()
    page.goto((built_book / "book" / "intro.html").as_uri())
    doors = page.locator(".synth-doors a").evaluate_all("all => all.map((link) => link.pathname)")
    pages = {
        path.name
        for path in (built_book / "book").glob("*.html")
        if "synth-brief-steps" in path.read_text("utf-8")
    }
    assert len(pages) == 2
    assert pages <= {address.rsplit("/", 1)[-1] for address in doors}
    bar = page.locator(".synth-bar-pages a", has_text="Briefs").evaluate("link => link.pathname")
    page.close()
    assert bar.rsplit("/", 1)[-1] in pages


def test_the_bar_over_a_page_leads_on_and_opens_the_contents(
    built_book: Path, browser: Any
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto((built_book / "book" / "wellbeing.html").as_uri())
    page.locator("[data-synth-action=contents]").click()
    contents = page.locator("dialog.synth-contents-dialog")
    assert contents.locator("a[aria-current=page]").inner_text() == "Wellbeing"
    assert contents.locator(".synth-bar-again a").count() >= 3
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog[open]')")
    assert page.locator("#pst-primary-sidebar nav").count() == 1
    context.close()
