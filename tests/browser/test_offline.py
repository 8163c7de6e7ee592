"""The built book asks no other host for anything, from a folder, a sub-path or a zip."""

from __future__ import annotations

import http.server
import re
import shutil
import threading
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from tests.conftest import LoadedPage
from tests.page_at_rest import rest

# Hosts a reader may be sent to by clicking; nothing is ever fetched from them.
LINKED_HOSTS = re.compile(
    r"doi\.org|creativecommons\.org|opensource\.org|github\.com|sphinx-book-theme\.readthedocs\.io|"
    r"specs\.frictionlessdata\.io|datapackage\.org|www\.qdasoftware\.org|w3id\.org|schema\.org|"
    r"([\w-]+\.)*(org|com|net|edu|gov|ca|uk|au|eu|info|io|nhs\.uk|who\.int)"
)


class Addresses(HTMLParser):
    """The anchors of a page, and every address on it by what it is for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.anchors.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") in {"stylesheet", "icon", "preload", "manifest"}:
            self.fetched.append(values.get("href", ""))
        elif tag == "link":
            self.links.append(values.get("href", ""))
        elif tag in {"script", "img", "source", "iframe", "audio", "video", "embed"}:
            self.fetched += [values[name] for name in ("src", "srcset") if values.get(name)]


@pytest.fixture(scope="module")
def addresses(built_book: Path) -> dict[Path, Addresses]:
    return {path: Addresses(path.read_text("utf-8")) for path in sorted(built_book.rglob("*.html"))}


def is_elsewhere(address: str) -> bool:
    return bool(urlsplit(address).scheme) or address.startswith("//")


def test_what_a_page_loads_is_a_file_of_the_book(addresses: dict[Path, Addresses]) -> None:
    wrong = []
    for path, found in addresses.items():
        for address in found.fetched:
            target = path.parent / unquote(urlsplit(address).path)
            if address.startswith("data:"):
                continue
            if is_elsewhere(address) or not target.is_file():
                wrong.append(f"{path.name}: {address}")
    assert wrong == []


def test_every_link_inside_the_book_has_its_page_and_its_anchor(
    addresses: dict[Path, Addresses],
) -> None:
    resolved = {path.resolve(): set(found.anchors) for path, found in addresses.items()}
    wrong = []
    for path, found in addresses.items():
        for link in found.links:
            if is_elsewhere(link):
                continue
            address, anchor = urldefrag(link)
            target = (path.parent / unquote(urlsplit(address).path)).resolve()
            if not urlsplit(address).path:
                target = path.resolve()
            if not target.exists():
                wrong.append(f"{path.name}: no file for {link}")
            # An empty "#" means the page itself.
            elif anchor and target in resolved and unquote(anchor) not in resolved[target]:
                wrong.append(f"{path.name}: no anchor for {link}")
    assert wrong == []


def test_anchors_stand_once_on_a_page(addresses: dict[Path, Addresses]) -> None:
    twice = [
        f"{path.name}: {anchor}"
        for path, found in addresses.items()
        for anchor in sorted(set(found.anchors))
        if found.anchors.count(anchor) > 1
    ]
    assert twice == []


def test_links_to_other_hosts_are_secure_and_of_known_kinds(
    addresses: dict[Path, Addresses],
) -> None:
    hosts: dict[str, str] = {}
    for found in addresses.values():
        for link in found.links:
            parts = urlsplit(link)
            assert parts.scheme in {"", "https", "http", "mailto"}, link
            if parts.netloc:
                hosts.setdefault(parts.netloc, link)
    assert hosts, "a review of literature links to its literature"
    assert [link for host, link in hosts.items() if not LINKED_HOSTS.fullmatch(host)] == []


# --- in a browser -----------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("own", [False, True])
def test_a_page_of_these_tests_reaches_nothing_and_says_what_it_asked_for(
    offline_page: Callable[..., Any], tmp_path: Path, own: bool
) -> None:
    """Not another host, not this machine: what holds of pages below holds of what they asked."""
    reached = []

    class Noting(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = ["https://example.org/a.js", f"http://127.0.0.1:{server.server_port}/b.js"]
    offline = offline_page(own=own)
    (tmp_path / "page.html").write_text("<!doctype html><title>A page</title>", "utf-8")
    page = offline.open(tmp_path / "page.html")
    for address in addresses:
        told = "address => fetch(address).then(() => 'reached', () => 'not reached')"
        assert page.evaluate(told, address) == "not reached"
    server.shutdown()
    assert offline.refused == addresses
    assert len(offline.complaints) >= len(addresses)
    assert reached == []


@pytest.mark.browser
def test_a_page_is_at_rest_once_no_answer_leads_to_a_question(
    offline_page: Callable[..., Any], tmp_path: Path
) -> None:
    """Between an answer and the next question nothing is on its way, for a frame."""
    (tmp_path / "part.js").write_text("window.parts = (window.parts ?? 0) + 1;", "utf-8")
    path = tmp_path / "page.html"
    asking = """
        const ask = (left) => {
            const script = document.createElement("script");
            script.src = `part.js?${left}`;
            if (left > 1) script.onload = () => requestAnimationFrame(() => ask(left - 1));
            document.head.append(script);
        };
        addEventListener("load", () => setTimeout(ask, 0, 40));
    """
    path.write_text(f"<!doctype html><title>A page</title><script>{asking}</script>", "utf-8")
    offline = offline_page()
    page = offline.open(path)
    rest(page, offline.pending)
    assert page.evaluate("window.parts") == 40


@pytest.mark.browser
def test_a_loaded_page_that_is_not_as_it_was_serves_no_other_test(
    offline_page: Callable[..., Any], tmp_path: Path
) -> None:
    """What can be taken back is; whatever else a test leaves behind is noticed."""
    path = tmp_path / "page.html"
    text = "<!doctype html><title>A page</title><input><p style='height: 3000px'>text</p>"
    path.write_text(text, "utf-8")
    offline = offline_page()
    page = offline.open(path)
    loaded = LoadedPage(offline, lambda page: page.evaluate("document.title = 'A page'"))
    focus = "document.querySelector('input').focus()"
    for done in ("scrollTo(0, 500)", focus, "document.title = ''"):
        page.evaluate(done)
        assert loaded.is_as_at_first(), done
    words = "document.querySelector('p').textContent"
    left = {
        f"{words} = 'other'": f"{words} = 'text'",
        "document.querySelector('input').value = 'x'": "document.querySelector('input').value = ''",
        "history.pushState(null, '', '?x')": "history.pushState(null, '', location.pathname)",
        "localStorage.setItem('a', 'b')": "localStorage.clear()",
    }
    for done, undone in left.items():
        page.evaluate(done)
        assert not loaded.is_as_at_first(), done
        page.evaluate(undone)
        assert loaded.is_as_at_first(), undone
    page.set_viewport_size({"width": 360, "height": 720})
    assert not loaded.is_as_at_first()


SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y);
        await new Promise((painted) => (requestAnimationFrame(painted), setTimeout(painted, 1000)));
    }
}"""


@pytest.mark.browser
def test_a_served_page_says_what_its_policy_forbids_and_reaches_nothing_else(
    served: str, offline_page: Callable[..., Any]
) -> None:
    """What holds of pages below a path of a careful host holds of a host that is one."""
    offline = offline_page(reaches=served)
    page = offline.page
    page.goto(f"{served}book/intro.html")
    offline.settle()
    assert offline.complaints == []
    assert page.evaluate("fetch('method.html').then((got) => got.ok)")
    told = "address => fetch(address).then((got) => got.status, () => 'not reached')"
    beside = served.removesuffix("book/") + "x.js"
    assert page.evaluate(told, beside) == 404
    assert offline.refused == [beside]
    assert offline.complaints.pop().startswith("error: Failed to load")
    # The policy forbids what the proxy would not reach either.
    assert page.evaluate(told, "https://example.org/a.js") == "not reached"
    assert "https://example.org/a.js" in offline.complaints[0]
    assert "Content Security Policy" in offline.complaints[0]
    offline.complaints.clear()
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""")
    assert page.evaluate("window.ran") is None
    (said,) = offline.complaints
    assert "Content Security Policy" in said


@pytest.mark.browser
def test_charts_come_alive_under_the_policy(
    built_book: Path, served: str, offline_page: Callable[..., Any]
) -> None:
    """Vega compiles its expressions with eval unless they are interpreted; here they are."""
    charted = [
        path
        for path in sorted((built_book / "book").glob("*.html"))
        if 'data-synth-module="vega"' in path.read_text("utf-8")
    ]
    if not charted:
        pytest.skip("no page of the book holds a chart")
    offline = offline_page(reaches=served, viewport={"width": 1280, "height": 800})
    page = offline.page
    page.goto(f"{served}book/{charted[0].name}")
    chart = page.locator('[data-synth-module="vega"]').first
    chart.scroll_into_view_if_needed()
    page.wait_for_function(
        """() => document.querySelector('[data-synth-module="vega"] .synth-chart-live svg')"""
    )
    assert chart.locator(".synth-chart-live").get_attribute("aria-label")
    assert offline.refused == []
    assert offline.complaints == []


@pytest.mark.browser
def test_a_copy_unpacked_anywhere_works(
    built_book: Path, tmp_path: Path, offline_page: Callable[..., Any]
) -> None:
    """A zip on a stick, unpacked into a folder with a space and an accent in its name."""
    archive = shutil.make_archive(str(tmp_path / "book"), "zip", built_book)
    unpacked = tmp_path / "Désk top" / "the book"
    shutil.unpack_archive(archive, unpacked)
    offline = offline_page()
    page = offline.open(unpacked / "index.html")
    page.wait_for_url("**/book/intro.html")
    page.evaluate(SCROLL)
    with page.expect_navigation():
        page.locator("article a.internal[href$='.html']:visible").first.click()
    offline.settle()
    assert page.locator("article h1").count() == 1
    assert offline.refused == []
    assert offline.complaints == []


@pytest.mark.browser
def test_search_works_from_a_folder(built_book: Path, offline_page: Callable[..., Any]) -> None:
    offline = offline_page()
    page = offline.open(built_book / "book" / "intro.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("stigma")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=stigma")
    page.wait_for_selector("#search-results li a")
    assert offline.refused == []
    assert offline.complaints == []
