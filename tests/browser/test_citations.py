"""Citations in the browser: previews, the way from a sentence to the reference and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

THEME = "book/organizational-leadership.html"
ALONE = "a.fc:not(.synth-names *)"
SEVERAL = "button.synth-several"

# What the page waits for: a card that outlives every timer stays.
TIMERS = """() => {
    if (window.pending) return;
    const pending = (window.pending = new Set());
    const { setTimeout, clearTimeout } = window;
    window.setTimeout = (call, wait) => {
        const id = setTimeout(() => (pending.delete(id), call()), wait);
        pending.add(id);
        return id;
    };
    window.clearTimeout = (id) => (pending.delete(id), clearTimeout(id));
}"""


def previews_ready(offline: Any) -> None:
    """Wait until the previews are ready, and nothing is left that could move a page's lines.

    A line that moves under the pointer takes its preview with it.
    """
    # The module takes the titles away once it is there.
    offline.page.wait_for_function("!document.querySelector('a.synth-rv[title]')")
    offline.settle()


def open_theme(built_book: Path, offline_page: Callable[..., Any], **options: Any) -> Any:
    """The page of a theme, with its previews ready."""
    offline = offline_page(**options)
    page = offline.open(built_book / THEME)
    previews_ready(offline)
    return page


@pytest.fixture
def theme(built_book: Path, loaded_page: Callable[..., Any]) -> Any:
    """The same page at a desk, loaded once for many tests: what they open, Escape closes."""
    offline = loaded_page(
        built_book / THEME,
        previews_ready,
        lambda page: page.keyboard.press("Escape"),
    )
    return offline.page


def test_hovering_a_citation_shows_its_finding(theme):
    page = theme
    link = page.locator(ALONE).first
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
    assert told["facts"] in text
    # Each part of a line is isolated: one written from the right leaves the others in place.
    assert preview.locator(".synth-preview-head bdi").all_inner_texts() == told["theme"]
    assert preview.locator(".synth-preview-head").inner_text().endswith(" › ".join(told["theme"]))
    quote = preview.locator("q").first.inner_text()
    assert quote.strip("“”") == told["quote"]
    assert len(told["quote"].split()) <= 10


def test_the_keyboard_shows_it_too_and_escape_takes_it_away(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    page.locator(ALONE).first.evaluate("link => link.closest('p').querySelector('a').focus()")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator(ALONE).first.focus()
    page.get_by_role("tooltip").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tooltip").wait_for(state="detached")
    assert page.locator("[aria-describedby=synth-preview]").count() == 0


def test_a_preview_can_be_pointed_at_and_leaves_afterwards(theme):
    page = theme
    page.evaluate(TIMERS)
    page.locator(ALONE).first.hover()
    preview = page.get_by_role("tooltip")
    preview.wait_for()
    preview.hover()
    page.wait_for_function("!pending.size")
    assert preview.is_visible()
    page.mouse.move(1, 1)
    preview.wait_for(state="detached")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_preview_stays_in_the_window(width, built_book, offline_page):
    page = open_theme(built_book, offline_page, viewport={"width": width, "height": 700})
    # On a phone a part of the page is folded.
    links = page.locator(f"{ALONE}:visible")
    for index in (0, 3, min(7, links.count() - 1)):
        link = links.nth(index)
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


def test_the_reviews_own_argument_tells_where_it_stands(theme):
    page = theme
    link = page.locator("a.synth-rv").first
    link.hover()
    preview = page.get_by_role("tooltip")
    preview.wait_for()
    assert preview.locator("q").inner_text().strip("“”") == link.get_attribute("data-quote")


def test_from_a_sentence_to_the_reference_in_two_clicks_and_back(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    link = page.locator(ALONE).first
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


def test_several_studies_are_a_count_whose_card_names_them(theme):
    page = theme
    button = page.locator(SEVERAL).first
    names = button.locator("xpath=following-sibling::*[contains(@class, 'synth-names')]")
    cited = names.locator("a").count()
    assert button.inner_text() == f"{cited} studies"
    assert not names.is_visible()
    button.hover()
    card = page.locator(".synth-pop")
    card.wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    links = card.locator("li > a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    studies = {
        re.sub(r".*#finding-(.*)-\d+$", r"\1", link) for link in links if "#finding-" in link
    }
    assert len(studies) == cited
    assert studies == {link.partition("#ref-")[2] for link in links if "#ref-" in link}
    # What is only pointed at leaves with the pointer.
    page.mouse.move(1, 1)
    card.wait_for(state="detached")
    assert button.get_attribute("aria-expanded") == "false"


def test_a_click_keeps_the_card_of_several_studies(theme):
    page = theme
    page.evaluate(TIMERS)
    button, card = page.locator(SEVERAL).first, page.locator(".synth-pop")
    button.click()
    page.mouse.move(1, 1)
    page.wait_for_function("!pending.size")
    assert card.is_visible()
    card.locator("p").first.click()
    assert card.is_visible()
    page.mouse.click(1, 400)
    card.wait_for(state="detached")
    button.click()
    card.wait_for()
    button.click()
    card.wait_for(state="detached")


def test_the_keyboard_walks_from_a_count_into_its_card_and_back(built_book, offline_page):
    page = open_theme(built_book, offline_page)
    button, card = page.locator(SEVERAL).first, page.locator(".synth-pop")
    button.evaluate("b => b.previousElementSibling ?? b.closest('p').tabIndex")
    page.keyboard.press("Tab")
    button.focus()
    card.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.querySelector('.synth-pop a')")
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert button.evaluate("b => b === document.activeElement")
    page.keyboard.press("Enter")
    card.wait_for()
    count = card.locator("a").count()
    for _ in range(count + 1):
        page.keyboard.press("Tab")
    card.wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tap_opens_the_card_of_several_studies_on_a_phone(scheme, built_book, offline_page):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = open_theme(built_book, offline_page, color_scheme=scheme, **phone)
    card = page.locator(".synth-pop")
    for button in page.locator(SEVERAL).all()[:4]:
        button.tap()
        card.wait_for()
        box = card.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        ground = card.evaluate("c => getComputedStyle(c).backgroundColor")
        assert re.fullmatch(r"rgb\(.*\)", ground), "the text behind shows through"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert min(button.bounding_box()["height"], button.bounding_box()["width"]) >= 24
        button.tap()
        card.wait_for(state="detached")
    page.locator(SEVERAL).first.tap()
    card.locator("a[href*='#ref-']").first.tap()
    page.wait_for_url(re.compile(r"references\.html#ref-"))


def test_several_works_without_findings_are_a_count_too(built_book, offline_page):
    offline = offline_page()
    page = offline.open(built_book / "book" / "intro.html")
    page.locator("#why-it-matters").locator(SEVERAL).first.click()
    works = page.locator(".synth-pop li").all()
    assert len(works) > 1
    for item in works:
        assert "#ref-" in (item.locator("a").get_attribute("href") or "")
        assert item.locator("span").inner_text(), "the title of the work"


@pytest.mark.parametrize("how", ["paper", "no script", "a script that failed"])
def test_where_nothing_opens_all_names_stand_in_full(how, built_book, offline_page):
    offline = offline_page(java_script_enabled=how != "no script")
    page = offline.open(built_book / THEME)
    if how == "paper":
        page.emulate_media(media="print")
    if how == "a script that failed":
        page.evaluate("document.querySelector('.synth-previews').dataset.failed = 'true'")
    seen = """(all) => all.map((one) =>
        [one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 0,
            one.querySelectorAll("a").length])"""
    names = page.locator(".synth-names").evaluate_all(seen)
    assert names
    assert all(visible and links > 1 for visible, links in names)
    assert not any(visible for visible, _ in page.locator(SEVERAL).evaluate_all(seen))


def test_without_scripts_a_citation_is_a_plain_link(built_book, offline_page):
    page = offline_page(java_script_enabled=False).open(built_book / THEME)
    link = page.locator(ALONE).first
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
    led = 0
    for path in sorted((built_book / "book").glob("*.html")):
        text = path.read_text("utf-8")
        for target in re.findall(r'href="studies\.html#([^"]+)"', text):
            assert target in anchors, f"{path.name} leads to studies.html#{target}"
            led += 1
        assert "synth:study:" not in text
        assert "synth:finding:" not in text
    assert led > len(anchors)


COVERED = """() => {
    const { top, bottom } = document.querySelector(".synth-pop").getBoundingClientRect();
    return [...document.activeElement.getClientRects()]
        .filter((line) => line.top < bottom - 1 && line.bottom > top + 1).length;
}"""


@pytest.mark.parametrize("y", [150, 600])
def test_a_preview_covers_no_line_of_a_citation_that_breaks(
    built_book: Path, offline_page: Callable[..., Any], y: int
) -> None:
    """With room below and without: it stood under the first line, on the second."""
    offline = offline_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page = offline.open(built_book / "book" / "wellbeing.html")
    citation = page.locator("main p a.fc:visible").first
    citation.evaluate("(one) => { one.closest('p').style.width = '5rem'; }")
    assert citation.evaluate("(one) => one.getClientRects().length") > 1
    citation.evaluate("(one, y) => scrollBy(0, one.getBoundingClientRect().top - y)", y)
    citation.evaluate("(one) => one.focus({ preventScroll: true })")
    page.locator(".synth-pop").wait_for()
    assert page.evaluate(COVERED) == 0


# Citations whose opening bracket stands at the end of the line before.
LEFT_BEHIND = """() => [...document.querySelectorAll(".fc")].filter((cited) => {
    const said = cited.previousSibling;
    if (!cited.getClientRects().length || !said?.data?.endsWith("(")) return false;
    const range = document.createRange();
    range.setStart(said, said.data.length - 1);
    range.setEnd(said, said.data.length);
    return cited.getClientRects()[0].top > range.getBoundingClientRect().bottom - 4;
}).map((cited) => cited.textContent)"""


@pytest.mark.parametrize("name", ["framework", "macro", "wellbeing"])
def test_a_bracket_stands_with_the_citation_it_opens(name, built_book, offline_page):
    page = offline_page(viewport={"width": 900, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    assert page.locator(".fc").count() > 10
    assert page.evaluate(LEFT_BEHIND) == []
