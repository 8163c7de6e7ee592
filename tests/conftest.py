"""What several tests share: a browser, the built book, and a page that cannot reach the network."""

from __future__ import annotations

import fcntl
import functools
import gc
import http.server
import itertools
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.page_at_rest import FRAMES, Requests, rest, settle, track
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent

# Debian's chromium as root in a container; nothing it does of its own accord may touch the network.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Without it letters are set to whole pixels where there is no window: lines break elsewhere.
    "--font-render-hinting=none",
    # A page is there for a second: its scripts are over before they are compiled best.
    "--js-flags=--no-turbofan",
]

NOT_A_FILE = re.compile(r"^(?!file:|data:|blob:)")

NO_NETWORK = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}
"""A proxy that nobody answers at, for every address: to ask here for each takes a tenth longer."""

ON_ONE_WORKER = {
    *("test_print.py", "test_explorer_jupyterlab.py", "test_publishing.py"),
    *("test_nothing_shows_through.py", "test_explorer.py", "test_figures.py"),
    *("test_api_page.py", "test_changes_page.py", "test_checklist.py", "test_domain.py"),
    *("test_errors.py", "test_layers.py", "test_problems_page.py", "test_search.py"),
    *("test_size.py", "test_sphinx_platform.py"),
}
"""Files whose tests share what takes long to make, or follow one another."""

LONG = [
    *("test_print.py", "test_stale_book.py", "test_scaffold.py", "test_make_your_own.py"),
    *("test_explorer_jupyterlab.py", "test_publishing.py", "test_bad_input_fuzz.py"),
    "test_every_page.py",
    # Of the quick run, the longest first; those of notebooks wait more than they work.
    *("test_notebooks.py", "test_domain.py", "test_size.py", "test_hostile_review.py"),
    *("test_round_trip.py", "test_import.py", "test_takeaway.py", "test_processes.py"),
    *("test_charts_against_pandas.py", "test_review_workbook.py", "test_charts.py"),
    *("test_pages.py", "test_explorer.py", "test_file_kinds_fuzz.py", "test_countries.py"),
    *("test_import_shapes.py", "test_checks.py", "test_nothing_is_lost.py", "test_file_kinds.py"),
    *("test_search.py", "test_sphinx_platform.py"),
]
"""Files with tests that take long: they begin, those without a browser before all others, so that
at the end no worker waits for another."""


def in_ci() -> bool:
    """Whether a missing tool is a failure here rather than a reason to skip."""
    return os.environ.get("CI", "").lower() == "true"


def missing(reason: str) -> None:
    """Skip with the reason; in CI fail with it, for what CI skips nobody checks."""
    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


SLOW, QUICK = "browser or slow", "not browser and not slow"
"""What `make test-book` and `make test-unit` ask for."""

BROWSER = Path(__file__).parent / "browser"

NAMES_WHAT_IS_SLOW = re.compile(r"\bslow\b|browser|built_book|offline_page|kept_pages|loaded_page")
"""What stands in every file with a test that is slow or needs a browser."""


@functools.cache
def names_what_is_slow(path: Path) -> bool:
    return NAMES_WHAT_IS_SLOW.search(path.read_text("utf-8")) is not None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files without a test of the kind that is asked for: to read all takes long."""
    asked = config.getoption("markexpr")
    if asked == QUICK and collection_path == BROWSER:
        return True
    asked_for_slow = asked == SLOW and collection_path.suffix == ".py"
    return True if asked_for_slow and not names_what_is_slow(collection_path) else None


def pytest_configure() -> None:
    """Keep what is logged from INFO on; set anew for each test, it took a second of a run.

    Sphinx logs eight hundred times for each small book what nobody hears.
    """
    logging.getLogger().setLevel(logging.INFO)
    logging.disable(logging.DEBUG)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the built book or a browser, so that the quick run leaves it out."""
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        if "browser" in needs:
            item.add_marker(pytest.mark.browser)
        if "built_book" in needs:
            item.add_marker(pytest.mark.slow)
        if {"browser", "slow"} & {mark.name for mark in item.iter_markers()}:
            # Otherwise a slow test would be run by no target.
            assert names_what_is_slow(item.path), f"{item.path}: see NAMES_WHAT_IS_SLOW"
        elif BROWSER in item.path.parents:
            # Nor would one that is neither.
            raise pytest.UsageError(f"{item.nodeid} needs no browser: it belongs in tests")
    first = {name: number for number, name in enumerate(LONG)}
    # The last are of a browser, a second each: of what builds a book, one takes ten.
    items.sort(
        key=lambda item: (BROWSER in item.path.parents, first.get(item.path.name, len(LONG)))
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Look for no garbage among what is read: next to all of it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never in what stays to the end: half a million objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 10, 20)


class WholeFiles(LoadScopeScheduling):
    """Shares tests out one by one, but leaves the files of ``ON_ONE_WORKER`` whole.

    In the quick run all files are whole: what a file's tests read and draw is made once.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        self.quick = config.getoption("markexpr") == QUICK
        if self.quick:  # the order is that of LONG, not by the number of tests
            config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if self.quick or file.rpartition("/")[2] in ON_ONE_WORKER else nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: the plugin goes through all of it after each test."""
        super().mark_test_complete(node, item_index, duration)
        work, test = self.assigned_work[node], self.registered_collections[node][item_index]
        if all(work[self._split_scope(test)].values()):
            del work[self._split_scope(test)]


# The groups of pytest-xdist 3.8 go by a name of tests that pytest 9 no longer reads.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Tests that live on something slow to make stay together; nbval goes by files anyway."""
    return WholeFiles(config, log) if config.getoption("dist") == "load" else None


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds the whole project."""
    return ROOT


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium driven by playwright, the one that scripts/browser finds."""
    found = subprocess.run(
        [ROOT / "scripts" / "browser", "--find"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        missing("no Chromium on this machine; scripts/browser says how to get one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=BROWSER_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def built_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real book's html; built here unless SYNTH_BUILT_BOOK names one."""
    if given := os.environ.get("SYNTH_BUILT_BOOK"):
        html = Path(given)
        assert (html / "book" / "intro.html").is_file(), f"SYNTH_BUILT_BOOK holds no book: {html}"
        return html
    # Workers share the folder above their own; the first builds, the others wait for it.
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    output = shared / "built-book"
    with (shared / "built-book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            command = [str(Path(sys.executable).parent / "jupyter-book"), "build", str(ROOT)]
            command += ["--path-output", str(output), "-W", "--keep-going", "--quiet"]
            built = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
            if built.returncode:
                shutil.rmtree(output, ignore_errors=True)
            assert built.returncode == 0, built.stdout + built.stderr
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def served(built_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the book below a path of a host that allows nothing but its own files."""
    from synth.book.theme import POLICY

    class Strict(http.server.SimpleHTTPRequestHandler):
        """Sends the stated policy with every page, as a careful host would."""

        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    site = tmp_path_factory.mktemp("site")
    (site / "some").mkdir()
    (site / "some" / "book").symlink_to(built_book.resolve(), target_is_directory=True)
    handler = functools.partial(Strict, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/book/"
    server.shutdown()


@dataclass
class OfflinePage:
    """A browser page that can read files and nothing else, and remembers what it was refused.

    ``page`` is playwright's; ``refused`` holds the addresses that were asked for,
    ``complaints`` the errors and warnings of the console and uncaught exceptions.
    """

    page: Any
    refused: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    pending: Requests = field(init=False)

    def __post_init__(self) -> None:
        self.pending = track(self.page)

    def open(self, path: Path, address: str = "") -> Any:
        """Open a file, optionally at a ``?query`` or ``#anchor``; returns playwright's page."""
        self.page.goto(path.resolve().as_uri() + address)
        return self.page

    def settle(self) -> None:
        """Wait until all that came into view is alive and nothing is on its way any more."""
        settle(self.page, self.pending)


LIMIT = 120_000
"""Milliseconds after which what a test waits for will not come: four times the usual, for a busy
machine. Only a test that fails waits as long."""

LOOK = {"viewport", "color_scheme", "reduced_motion"}
"""Options that a page can change while it is there; any other belongs to its context."""

USUAL = {"java_script_enabled": True, "has_touch": False, "is_mobile": False, "reaches": ""}
"""What those others are of a page that nobody asks anything of."""

PLAIN = frozenset(USUAL.items())
"""The kind of such a page."""


def offline_in(browser: Any, *, reaches: str = "", **options: Any) -> OfflinePage:
    """A page, in a context of its own, that can read files and what one address begins."""
    proxy = {**NO_NETWORK, "bypass": urlsplit(reaches).hostname} if reaches else NO_NETWORK
    context = browser.new_context(proxy=proxy, **options)
    offline = OfflinePage(context.new_page())
    page = offline.page
    page.set_default_timeout(LIMIT)

    def remember(request: Any) -> None:
        if NOT_A_FILE.match(request.url) and not (reaches and request.url.startswith(reaches)):
            offline.refused.append(request.url)

    context.on("request", remember)
    # Browsers do not pass websockets through routes.
    page.on("websocket", lambda socket: offline.refused.append(socket.url))
    page.on(
        "console",
        lambda message: (
            offline.complaints.append(f"{message.type}: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )
    page.on("pageerror", lambda error: offline.complaints.append(f"uncaught: {error}"))
    return offline


def as_new(offline: OfflinePage) -> None:
    """Make a page forget the test before: where it was, what it kept, what was said and pressed."""
    page = offline.page
    for other in page.context.pages:
        if other != page:
            other.close()
    page.evaluate("() => { try { localStorage.clear(); sessionStorage.clear(); } catch {} }")
    page.goto("about:blank")
    page.context.clear_cookies()
    page.mouse.move(-1, -1)
    page.set_default_timeout(LIMIT)
    page.emulate_media(
        media="null", color_scheme="light", reduced_motion="no-preference", forced_colors="none"
    )
    offline.refused.clear()
    offline.complaints.clear()
    offline.pending.clear()


@dataclass
class KeptPages:
    """Pages that one test after the other uses; a new one takes most of a second to make."""

    browser: Any
    kept: dict[frozenset[tuple[str, Any]], list[OfflinePage]] = field(default_factory=dict)

    def take(self, kind: frozenset[tuple[str, Any]]) -> OfflinePage:
        """A page of a kind that has forgotten the test before."""
        waiting = self.kept.setdefault(kind, [])
        return waiting.pop() if waiting else offline_in(self.browser, **dict(kind))

    def give_back(self, kind: frozenset[tuple[str, Any]], offline: OfflinePage) -> None:
        """Make a page forget the test that used it, and keep it for the next."""
        as_new(offline)
        self.kept[kind].append(offline)


@pytest.fixture(scope="session")
def kept_pages(browser: Any) -> Iterator[KeptPages]:
    """The pages of this process that wait for their next test."""
    pages = KeptPages(browser)
    yield pages
    for offline in itertools.chain(*pages.kept.values()):
        offline.page.context.close()


@pytest.fixture
def offline_page(
    browser: Any, kept_pages: KeptPages, request: pytest.FixtureRequest
) -> Iterator[Callable[..., OfflinePage]]:
    """Make pages without network; options are those of a playwright browser context.

    ``offline_page(color_scheme="dark", viewport={"width": 320, "height": 640})``

    What a page looks like is set on a page that is kept, which has forgotten the test before.
    There is one for each kind that is asked for: without scripts, of a phone, one that reaches what
    is ``served``. ``own=True`` asks for a context of its own, for what cannot be taken back.
    """
    taken: list[tuple[frozenset[tuple[str, Any]], OfflinePage]] = []
    contexts = []

    def make(*, own: bool = False, **options: Any) -> OfflinePage:
        others = {name: options[name] for name in options.keys() - LOOK}
        if own or not others.keys() <= USUAL.keys():
            offline = offline_in(browser, **options)
            contexts.append(offline.page.context)
            return offline
        kind = frozenset({**USUAL, **others}.items())
        offline = kept_pages.take(kind)
        taken.append((kind, offline))
        viewport = options.get("viewport", {"width": 1280, "height": 720})
        if offline.page.viewport_size != viewport:
            offline.page.set_viewport_size(viewport)
        if look := options.keys() & LOOK - {"viewport"}:
            offline.page.emulate_media(**{name: options[name] for name in look})
        return offline

    failed = request.session.testsfailed
    yield make
    for context in contexts:
        context.close()
    for kind, offline in taken:
        # A page that a test failed on may be in any state.
        if request.session.testsfailed > failed:
            offline.page.context.close()
        else:
            kept_pages.give_back(kind, offline)


# Left out: what is hidden, and what a page does to itself later: it shows its tables, and lets the
# keyboard reach code wider than its place.
STATE = """() => {
    const seen = document.documentElement.cloneNode(true);
    seen.removeAttribute("data-early");
    seen.querySelectorAll("[hidden]").forEach((one) => one.replaceChildren());
    seen.querySelectorAll("pre[id^=codecell]").forEach((one) => one.removeAttribute("tabindex"));
    return JSON.stringify([
        location.href, seen.outerHTML, [scrollX, scrollY, innerWidth, innerHeight],
        [...document.querySelectorAll("input, select, textarea")].map((one) =>
            [one.value, one.checked, one.indeterminate]),
        [...document.body.querySelectorAll("*")]
            .filter((one) => one.scrollLeft || one.scrollTop).map((one) => one.outerHTML),
        document.activeElement === document.body, String(getSelection()),
        {...localStorage}, {...sessionStorage},
    ]);
}"""
"""All that one can see of a page from within it."""


@dataclass
class LoadedPage:
    """A loaded page, which holds its first state, and what takes back what a test did to it."""

    offline: OfflinePage
    take_back: Callable[[Any], object]

    def __post_init__(self) -> None:
        self.offline.page.evaluate(f"() => {{ window.stateAtFirst = ({STATE})(); }}")

    def is_as_at_first(self) -> bool:
        """Take back what a test did, and look whether nothing is left of it."""
        page = self.offline.page
        page.mouse.move(-1, -1)
        # Without motion: on its way to what was pointed at, a page would scroll on.
        page.emulate_media(media="null", color_scheme="light", reduced_motion="reduce")
        self.take_back(page)
        page.evaluate("() => { document.activeElement?.blur(); getSelection().removeAllRanges(); }")
        rest(page, self.offline.pending)
        page.evaluate("scrollTo({ top: 0, left: 0, behavior: 'instant' })")
        page.evaluate(FRAMES)
        page.emulate_media(reduced_motion="no-preference")
        # Compared where it is: it weighs as much as the page. A page loaded anew has forgotten it.
        return bool(page.evaluate(f"() => ({STATE})() === window.stateAtFirst"))


@pytest.fixture(scope="module")
def loaded_pages(kept_pages: KeptPages) -> Iterator[dict[Path, LoadedPage]]:
    """The pages that stay loaded from one test of a file to the next."""
    loaded: dict[Path, LoadedPage] = {}
    yield loaded
    for one in loaded.values():
        kept_pages.give_back(PLAIN, one.offline)


@pytest.fixture
def loaded_page(
    kept_pages: KeptPages, loaded_pages: dict[Path, LoadedPage], request: pytest.FixtureRequest
) -> Iterator[Callable[..., OfflinePage]]:
    """Open a page at a desk that the test before has left as it found it; else load it anew.

    ``loaded_page(path, wait, take_back)``: what waits until the page is there, and what takes back
    what a test has done. A page that is not the same afterwards, in its text, fields, places and
    what it has stored, serves no other test; nor does one that a test failed on.
    """
    used: set[Path] = set()

    def make(
        path: Path, wait: Callable[[OfflinePage], object], take_back: Callable[[Any], object]
    ) -> OfflinePage:
        used.add(path)
        if path not in loaded_pages:
            offline = kept_pages.take(PLAIN)
            offline.page.set_viewport_size({"width": 1280, "height": 900})
            offline.open(path)
            wait(offline)
            loaded_pages[path] = LoadedPage(offline, take_back)
        return loaded_pages[path].offline

    failed = request.session.testsfailed
    yield make
    for path in used & loaded_pages.keys():
        offline = loaded_pages[path].offline
        if request.session.testsfailed > failed:
            del loaded_pages[path]
            offline.page.context.close()
        elif loaded_pages[path].is_as_at_first():
            offline.complaints.clear()
            offline.refused.clear()
        else:
            del loaded_pages[path]
            kept_pages.give_back(PLAIN, offline)


@pytest.fixture(scope="session")
def example_root() -> Path:
    """A second, fictional review, on school gardens: other ranks, directions, facets; no countries.

    It is shared by all tests and never written to; ``example`` is a copy to change.
    """
    return ROOT / "tests" / "example"


@pytest.fixture
def example(tmp_path: Path, example_root: Path) -> Path:
    """A copy of the fictional review that a test may change."""
    copy = tmp_path / "review"
    shutil.copytree(example_root, copy, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    return copy
