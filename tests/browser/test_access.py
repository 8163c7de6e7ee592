"""What a reader with a keyboard, a screen reader, a zoom or their own colours meets on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


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
    until("main a.fc:not(.synth-names *)")
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
    # The answer is the script's only once its choice of a theme stands in it.
    readout.locator("select").wait_for()
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
