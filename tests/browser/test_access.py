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


RINGS_CUT_OFF = """() => {
    const cut = [];
    const stops = "a, button, input, select, summary, [tabindex='0']";
    const seen = {};
    // To ask what lies at a point lays a page out: only a page with what keeps its place is asked.
    const sticky = document.querySelector(".ex-sticky");
    for (const e of document.querySelectorAll(stops)) {
        // Three of what stands alike tell of all.
        const kind = [e, e.parentElement, e.parentElement.parentElement].map((up) =>
            up.localName + up.className).join(" ");
        if ((seen[kind] = (seen[kind] ?? 0) + 1) > 3) continue;
        if (!e.checkVisibility({ visibilityProperty: true }) || e.closest("svg")) continue;
        e.focus();
        const style = getComputedStyle(e);
        if (document.activeElement !== e || style.outlineStyle === "none") continue;
        const room = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth) / 2;
        const box = e.getBoundingClientRect();
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        const sides = { top: [x, box.top - room], bottom: [x, box.bottom + room],
            left: [box.left - room, y], right: [box.right + room, y] };
        const bar = e.closest(".bd-header");
        const lost = Object.entries(sides).filter(([, [x, y]]) => {
            // The bar has the window's edge above it.
            if (bar && (x < 0 || y < 0 || x > innerWidth)) return true;
            for (let up = e.parentElement; up; up = up.parentElement) {
                const { overflowX, overflowY, clipPath } = getComputedStyle(up);
                const { left, top, right, bottom } = up.getBoundingClientRect();
                const cuts = (overflow) => overflow !== "visible" || clipPath !== "none";
                if (cuts(overflowX) && (x < left || x > right)) return true;
                if (cuts(overflowY) && (y < top || y > bottom)) return true;
            }
            // What keeps its place lies over what stands before it.
            return sticky && document.elementsFromPoint(x, y).some((over) =>
                over.closest(".ex-sticky") && !over.contains(e)
                && !over.closest(".ex-sticky").contains(e));
        }).map(([side]) => side);
        // A link in a line of text shows enough on three sides.
        if (lost.length > (style.display === "inline" ? 1 : 0))
            cut.push(`${e.localName} "${e.innerText.trim() || e.ariaLabel || e.type}": ${lost}`);
    }
    return cut;
}"""


@pytest.mark.parametrize("width", [1440, 360])
def test_the_ring_around_what_has_the_focus_is_whole(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    offline = offline_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    cut = {}
    for name in ["explorer", "where-and-when", "influences", "human-resource-policies", "studies"]:
        page = offline.open(built_book / "book" / f"{name}.html")
        page.keyboard.press("Tab")  # what a script gives the focus has a ring from now on
        cut[name] = page.evaluate(RINGS_CUT_OFF)
    assert {name: rings for name, rings in cut.items() if rings} == {}
    page.set_content("<p style='overflow: hidden'><a href='#' style='display: block'>cut off</a>")
    page.keyboard.press("Tab")
    assert len(page.evaluate(RINGS_CUT_OFF)) == 1


def test_nothing_reaches_over_the_edge_of_paper(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """The browser would print the whole page smaller."""
    offline = offline_page(viewport={"width": 760, "height": 1050})
    wide = {}
    for name in ["explorer", "where-and-when", "framework", "human-resource-policies"]:
        page = offline.open(built_book / "book" / f"{name}.html")
        page.emulate_media(media="print")
        wide[name] = page.evaluate("document.documentElement.scrollWidth")
        page.emulate_media(media="null")
    assert set(wide.values()) == {760}, wide


def test_letters_of_twice_the_size_widen_no_page(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """On a phone; nothing lies over its neighbour, and each filter's number is in view."""
    offline = offline_page(viewport={"width": 360, "height": 740})
    wide = {}
    for name in ["api", "change-management", "explorer", "gaps", "intro", "what-can-go-wrong"]:
        page = offline.open(built_book / "book" / f"{name}.html")
        page.add_style_tag(content="html { font-size: 200% !important }")
        # What stands side by side, in the first page's rows and at the end of every page.
        over = page.evaluate(
            """() => [[".synth-lane-theme a", ".synth-lane-counts"], [".left-prev", ".right-next"]]
                .flatMap(([left, right]) => [...document.querySelectorAll(left)].map((one) => {
                    const other = one.closest("li, .prev-next-area").querySelector(right);
                    if (!other) return false;
                    const [a, b] = [one, other].map((e) => e.getBoundingClientRect());
                    return a.right > b.left && a.bottom > b.top + 4 && one.textContent.trim();
                }).filter(Boolean))"""
        )
        assert over == [], name
        wide[name] = page.evaluate("document.documentElement.scrollWidth")
        for arrow in page.locator(".prev-next-area i").all():
            assert arrow.bounding_box()["width"] >= 10, name
        assert page.locator(".synth-bar-title img").bounding_box()["width"] >= 20, name
        if name == "explorer":
            page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")
            page.locator(".ex-filters").evaluate("(filters) => { filters.open = true; }")
            beside = page.evaluate(
                """() => [...document.querySelectorAll(".ex-panel .ex-n")]
                    .filter((n) => n.getBoundingClientRect().right > innerWidth).length"""
            )
            assert page.locator(".ex-panel .ex-n").count() > 20
            assert not beside
            title, tabs = (page.locator(at).bounding_box() for at in (".ex-title", ".ex-tabs"))
            letters_end = title["y"] + 0.9 * title["height"]
            assert tabs["y"] >= letters_end, (title, tabs)
    assert set(wide.values()) == {360}, wide


@pytest.mark.parametrize("width", [360, 768])
def test_a_table_of_numbers_or_of_text_is_read_without_scrolling_sideways(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    """Nor does one scroll for the sake of a caption that only a screen reader hears."""
    offline = offline_page(viewport={"width": width, "height": 740})
    scrolls = {}
    for name in ["reliability", "reporting", "robustness", "organizational-leadership"]:
        page = offline.open(built_book / "book" / f"{name}.html")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        tables = page.locator(".synth-scroll:has(table):visible:not(.synth-furniture *)")
        assert tables.count(), name
        scrolls[name] = tables.evaluate_all(
            """(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1)
                .map((one) => `${one.ariaLabel}: ${one.scrollWidth} > ${one.clientWidth}`)"""
        )
    assert not any(scrolls.values()), scrolls


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
    search = page.locator(".search-button__button")
    assert (search.count(), search.locator("visible=true").count()) == (1, 0)


@pytest.mark.parametrize("name", ["intro", "wellbeing"])
@pytest.mark.parametrize("width", [1440, 820, 360])
def test_without_a_script_the_list_of_pages_can_be_reached(
    built_book: Path, offline_page: Callable[..., Any], width: int, name: str
) -> None:
    """No dialog opens there: the list stands beside the text, or below it with a way to it."""
    viewport = {"width": width, "height": 800}
    options = {"java_script_enabled": False, "reduced_motion": "reduce"}
    offline = offline_page(viewport=viewport, **options)
    page = offline.open(built_book / "book" / f"{name}.html")
    pages = page.locator(".bd-links")
    listed = pages.get_by_role("link", name="Glossary")
    article, box = page.locator("article").bounding_box(), pages.bounding_box()
    if name == "wellbeing" and width == 1440:
        assert box["x"] + box["width"] <= article["x"]
    else:
        assert box["y"] >= article["y"] + article["height"]
        page.get_by_role("link", name="Contents", exact=True).click()
        assert 0 <= pages.bounding_box()["y"] < 800
    listed.click()
    assert page.url.endswith("glossary.html")


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


SCROLLS = """() => [...document.querySelectorAll("main table")]
    .filter((table) => table.checkVisibility())
    .filter((table) => {
        const box = table.closest(".synth-scroll, .pst-scrollable-table-container, .output");
        return box && box.scrollWidth > box.clientWidth + 2;
    })
    .map((table) => (table.caption ?? table.rows[0]).innerText)"""
UNNAMED = """() => [...document.querySelectorAll("main table.synth-stack")]
    .filter((table) => table.checkVisibility())
    .flatMap((table) => [...table.querySelectorAll("tbody td:not(:empty)")])
    .filter((cell) => !getComputedStyle(cell, "::before").content.includes(": "))
    .map((cell) => cell.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    "name",
    [
        *("data", "influences", "method", "reliability", "reporting", "robustness", "studies"),
        *("wellbeing", "where-and-when"),
    ],
)
def test_without_scripts_no_table_scrolls_sideways_on_a_phone(
    built_book: Path, offline_page: Callable[..., Any], name: str
) -> None:
    """Each cell stands under the name of its column, which the page itself holds."""
    offline = offline_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = offline.open(built_book / "book" / f"{name}.html")
    page.evaluate("() => document.querySelectorAll('main details').forEach((it) => it.open = true)")
    assert page.locator("main table.synth-stack").count()
    assert page.evaluate(SCROLLS) == []
    assert page.evaluate(UNNAMED) == []
