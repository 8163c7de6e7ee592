"""What a reader with a keyboard, a screen reader, a zoom or their own colours meets on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

# Folded parts are judged too; what a page shows later must be as good as what it shows first.
OPEN_ALL = """async () => {
    for (const details of document.querySelectorAll("main details")) details.open = true;
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y);
        await new Promise((painted) => (requestAnimationFrame(painted), setTimeout(painted, 1000)));
    }
    scrollTo(0, 0);
}"""
# Without preload: it would fetch the styles, which a browser forbids on file://.
JUDGE = """async (tags) => {
    const found = await axe.run(document, {
        runOnly: tags, resultTypes: ["violations"], preload: false,
    });
    return found.violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160),
        v.nodes[0].failureSummary]);
}"""
PARTS = 4
"""The pages are shared out among as many tests, so that workers can look at them side by side."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]


def pages_of(html: Path) -> list[Path]:
    return sorted([*(html / "book").glob("*.html"), html / "search.html"])


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    script = root / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        from tests.conftest import missing

        missing("axe-core is not installed; scripts/setup-node installs it")
    return script.read_text("utf-8")


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page(
    built_book: Path, offline_page: Callable[..., Any], axe: str, part: int
) -> None:
    """All rules in the light; in the dark, whose markup is the same, those about colours."""
    offline = offline_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    wrong = []
    for path in pages_of(built_book)[part::PARTS]:
        page = offline.open(path)
        page.evaluate(OPEN_ALL)
        offline.settle()
        page.evaluate(axe)
        for theme, rules in {"light": RULES, "dark": COLOURS}.items():
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            wrong += [f"{path.name} ({theme}): {found}" for found in page.evaluate(JUDGE, rules)]
    assert wrong == []


def test_every_page_has_a_language_a_title_and_headings_without_gaps(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    offline = offline_page()
    wrong = []
    titles: dict[str, str] = {}
    for path in pages_of(built_book):
        page = offline.open(path)
        if not re.fullmatch(r"[a-z]{2}(-\w+)*", page.locator("html").get_attribute("lang") or ""):
            wrong.append(f"{path.name}: no language")
        title = page.title()
        if title in titles:
            wrong.append(f"{path.name}: bears the title of {titles[title]}")
        titles[title] = path.name
        ranks = page.evaluate(
            "() => [...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)')]"
            ".filter((h) => h.checkVisibility()).map((h) => [Number(h.tagName[1]), h.innerText])"
        )
        if [rank for rank, _ in ranks].count(1) != 1 or ranks[0][0] != 1:
            wrong.append(f"{path.name}: not one title, first: {ranks[:3]}")
        for (above, _), (below, text) in pairwise(ranks):
            if below > above + 1:
                wrong.append(f"{path.name}: rank {below} after rank {above}: {text!r}")
    assert wrong == []


def test_the_first_stop_of_the_keyboard_skips_to_the_text(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page().open(built_book / "book" / "intro.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to main content"
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main-content'")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('main'))")


def test_the_keyboard_reaches_every_control_and_shows_where_it_is(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Every stop has a visible ring, and none holds the focus for ever."""
    page = offline_page().open(built_book / "book" / "intro.html")
    seen: list[str] = []
    bare = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e);
                if (e === document.body) return null;
                const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                // A link inside a drawing shows its ring as the edge of its box.
                const drawn = Boolean(e.closest("svg"));
                const shown = ring || drawn || style.boxShadow !== "none";
                const name = e.ariaLabel || e.innerText || e.title || e.name || e.tagName;
                return [name.trim(), shown];
            }"""
        )
        if stop is None:
            break
        seen.append(stop[0])
        if not stop[1]:
            bare.append(stop[0])
    assert len(set(seen)) > 10
    assert bare == []


@pytest.mark.parametrize("width", [320, 640])
def test_zoomed_pages_scroll_in_one_direction(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    """320 pixels are a screen of 1280 at 400 %, 640 at 200 %."""
    offline = offline_page(viewport={"width": width, "height": 640})
    wide = []
    for path in pages_of(built_book):
        page = offline.open(path)
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide.append(f"{path.name}: {needed}")
    assert wide == []


def test_nothing_moves_for_readers_who_asked_for_stillness(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(reduced_motion="reduce").open(built_book / "book" / "intro.html")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((e) => {
            const s = getComputedStyle(e);
            return parseFloat(s.transitionDuration) > 0 || parseFloat(s.animationDuration) > 0;
        }).map((e) => e.className.toString())"""
    )
    assert moving == []


def test_the_page_is_there_without_any_script(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(java_script_enabled=False).open(built_book / "book" / "intro.html")
    body = page.locator("article")
    assert body.locator("h1").is_visible()
    # The colours are those of the light page, not the browser's own.
    assert page.locator(".search-button:visible").count() == 0


def test_one_walk_through_the_book_by_keyboard_alone(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Home, a theme, its citation, the explorer, the framework, the map: Tab, Enter, Escape."""
    offline = offline_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = offline.open(built_book / "book" / "intro.html")
    page.set_default_timeout(30_000)

    def until(selector: str, presses: int = 400) -> None:
        """Tab to the next stop that matches."""
        for _ in range(presses):
            page.keyboard.press("Tab")
            if page.evaluate("(it) => document.activeElement.matches(it)", selector):
                return
        raise AssertionError(f"{page.url}: Tab does not reach {selector}")

    def follow(name: str) -> None:
        """Enter, and be on another page or at another place."""
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(name))

    until('main a[href*="organizational-leadership.html"]')
    follow(r"organizational-leadership\.html")
    until("main a.fc")
    preview = page.get_by_role("tooltip")
    preview.wait_for()
    page.keyboard.press("Escape")
    preview.wait_for(state="detached")
    follow(r"studies\.html#finding-")
    # From where a link has led, Tab goes on to the study's own links.
    until("main a")
    entry = page.evaluate("document.activeElement.closest('.synth-entry-body')?.id")
    assert entry.startswith("study-")

    until('nav a[href="explorer.html"]', presses=3000)
    follow(r"explorer\.html$")
    page.locator(".synth-explorer[data-ready=true]").wait_for()
    total = page.locator("output[data-count]").get_attribute("data-count")
    until("main input[type=search]")
    page.keyboard.type("training")
    until("main input[data-facet=direction]")
    page.keyboard.press("Space")
    narrowed = page.locator("output[data-count]").get_attribute("data-count")
    assert 0 < int(narrowed) < int(total)
    until("main [data-finding] a")
    follow(r"studies\.html#finding-")

    page.goto((built_book / "book" / "framework.html").as_uri())
    until("main table a.fc")
    follow(r"studies\.html#finding-")

    page.goto((built_book / "book" / "influences.html").as_uri())
    readout = page.locator(".synth-map-answer").first
    before = readout.inner_text()
    until("main .synth-card")
    page.wait_for_function(
        "(before) => document.querySelector('.synth-map-answer').innerText !== before", arg=before
    )
    chosen = readout.inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(chosen) => document.querySelector('.synth-map-answer').innerText !== chosen", arg=chosen
    )
    page.keyboard.press("Escape")
    page.wait_for_function(
        "(before) => document.querySelector('.synth-map-answer').innerText === before", arg=before
    )
    # A theme is chosen by its link, at an address of its own; the answer leads on to the studies.
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.length > 1")
    until("main .synth-map-answer li li a", presses=400)
    follow(r"studies\.html#study-")
    assert offline.complaints == []
