"""Citations in the browser: previews, the way from a sentence to the reference and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

THEME = "book/organizational-leadership.html"


def open_theme(built_book: Path, offline_page: Callable[..., Any], **options: Any) -> Any:
    """The page of a theme, with its previews ready."""
    offline = offline_page(**options)
    page = offline.open(built_book / THEME)
    # The module takes the titles away once it is there.
    page.wait_for_function("!document.querySelector('a.synth-rv[title]')")
    return page


def test_hovering_a_citation_shows_its_finding(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    link = page.locator("a.fc").first
    link.hover()
    preview = page.get_by_role("tooltip")
    preview.wait_for()
    assert link.get_attribute("aria-describedby") == preview.get_attribute("id")
    name = (link.get_attribute("data-findings") or "").split()[0]
    told = page.evaluate(
        "name => JSON.parse(document.querySelector('.synth-previews script').textContent)"
        ".findings[name]",
        name,
    )
    text = preview.inner_text()
    assert told["summary"] in text
    assert told["from"] in text
    quote = preview.locator("q").first.inner_text()
    assert quote.strip("“”") == told["quote"]
    assert len(told["quote"].split()) <= 10


def test_the_keyboard_shows_it_too_and_escape_takes_it_away(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    page.locator("a.fc").first.evaluate("link => link.closest('p').querySelector('a').focus()")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator("a.fc").first.focus()
    page.get_by_role("tooltip").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tooltip").wait_for(state="detached")
    assert page.locator("[aria-describedby=synth-preview]").count() == 0


def test_a_preview_can_be_pointed_at_and_leaves_afterwards(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    page.locator("a.fc").first.hover()
    preview = page.get_by_role("tooltip")
    preview.wait_for()
    preview.hover()
    page.wait_for_timeout(400)
    assert preview.is_visible()
    page.mouse.move(1, 1)
    preview.wait_for(state="detached")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_preview_stays_in_the_window(width, built_book, offline_page):
    page = open_theme(built_book, offline_page, viewport={"width": width, "height": 700})
    for index in (0, 3, 7):
        link = page.locator("a.fc").nth(index)
        link.scroll_into_view_if_needed()
        link.hover()
        preview = page.get_by_role("tooltip")
        preview.wait_for()
        box = preview.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Escape")


def test_the_reviews_own_argument_tells_where_it_stands(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    link = page.locator("a.synth-rv").first
    link.hover()
    preview = page.get_by_role("tooltip")
    preview.wait_for()
    assert preview.locator("q").inner_text().strip("“”") == link.get_attribute("data-quote")


def test_from_a_sentence_to_the_reference_in_two_clicks_and_back(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    link = page.locator("a.fc").first
    finding = (link.get_attribute("data-findings") or "").split()[0]
    link.click()
    page.wait_for_url(re.compile(rf"studies\.html#finding-{finding}$"))
    assert page.locator(":target").get_attribute("id") == f"finding-{finding}"
    entry = page.locator("details.synth-entry", has=page.locator(":target"))
    reference = entry.locator(".synth-ref")
    assert reference.inner_text()
    back = entry.locator(".synth-cited a", has_text="Organizational leadership").first
    back.click()
    page.wait_for_url(re.compile(r"organizational-leadership\.html#"))


def test_without_scripts_a_citation_is_a_plain_link(built_book, offline_page):
    page = offline_page(java_script_enabled=False).open(built_book / THEME)
    link = page.locator("a.fc").first
    assert re.search(r"studies\.html#finding-", link.get_attribute("href") or "")
    assert page.locator("a.synth-rv").first.get_attribute("title")


def test_the_evidence_line_leads_to_exactly_what_it_counts(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    line = page.locator("p.rests", has=page.locator("a")).first
    counted = re.search(r"\d+ statements? \((\d+) findings?\)", line.inner_text())
    assert counted
    line.locator("a").click()
    page.wait_for_url(re.compile(r"explorer\.html\?"))
    page.locator('.synth-explorer[data-ready="true"]').wait_for()
    shown = page.locator("output[data-count]").get_attribute("data-count")
    assert shown == counted[1]


def test_every_citation_of_the_book_leads_somewhere(built_book):
    studies = (built_book / "book" / "studies.html").read_text("utf-8")
    anchors = set(re.findall(r'\bid="([^"]+)"', studies))
    for path in sorted((built_book / "book").glob("*.html")):
        text = path.read_text("utf-8")
        for target in re.findall(r'href="studies\.html#([^"]+)"', text):
            assert target in anchors, f"{path.name} leads to studies.html#{target}"
        assert "synth:study:" not in text
        assert "synth:finding:" not in text
