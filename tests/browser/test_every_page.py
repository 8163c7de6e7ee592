"""Every page of the built book: from a folder, without a network, at a desk, on a phone, on paper.

To load a page takes longer than to look at it: each is opened twice, once at a desk and once on a
phone at night, and all that holds for every page is looked at there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, USUAL, as_new, missing
from tests.page_at_rest import rest

pytestmark = pytest.mark.browser

BOOK = sorted(path.stem for path in (ROOT / "book").iterdir() if path.suffix in {".md", ".ipynb"})
PAGES = [*(f"book/{name}.html" for name in BOOK), "search.html"]

SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y);
        await new Promise((painted) => (requestAnimationFrame(painted), setTimeout(painted, 1000)));
    }
    scrollTo(0, 0);
}"""
OPEN_ALL = """() => {
    for (const folded of document.querySelectorAll("main details")) folded.open = true;
}"""

HEADINGS = """() => [...document.querySelectorAll("main :is(h1,h2,h3,h4,h5,h6)")]
    .filter((head) => head.checkVisibility())
    .map((head) => [Number(head.tagName[1]), head.innerText])"""

FIGURES = """() => [...document.querySelectorAll(".synth-figure")]
    .filter((it) => !("ready" in it.dataset) || "failed" in it.dataset
        || it.querySelector("[data-failed]"))
    .map((it) => it.outerHTML.slice(0, 120))"""

# What a reader could only press, type into or open.
CONTROLS = """() => [...document.querySelectorAll(
    'button, input, select, textarea, [role=button], [role=tab], [role=switch], dialog, '
    + '.bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .prev-next-footer, '
    + '.skip-link, a.headerlink, .copybtn')]
    // The number in a cell of the matrix is what the cell says, also where it cannot be pressed.
    .filter((element) => !element.closest('.ex-grid td'))
    .filter((element) => element.checkVisibility({ visibilityProperty: true })
        && element.getBoundingClientRect().width > 1
        && element.getBoundingClientRect().height > 1)
    .map((element) => element.outerHTML.slice(0, 120))"""

TOO_WIDE = """() => [...document.querySelectorAll('.bd-article table, .bd-article svg')]
    .filter((element) => element.checkVisibility()
        && element.getBoundingClientRect().right > document.documentElement.clientWidth + 2)
    .map((element) => element.outerHTML.slice(0, 120))"""

# Also in what is folded; the explorer draws a list in place of its table.
CELLS = """() => [...document.querySelectorAll(".bd-article td:not(.synth-explorer *)")]
    .filter((cell) => cell.checkVisibility() && cell.textContent.trim().length > 24)
    .map((cell) => [cell.getBoundingClientRect().width, cell.textContent.trim()])"""

# Without preload: it would fetch the styles, which a browser forbids on file://.
JUDGE = """async (tags) => {
    const found = await axe.run(document, {
        runOnly: tags, resultTypes: ["violations"], reporter: "no-passes", preload: false,
    });
    return found.violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160),
        v.nodes[0].failureSummary]);
}"""

# One text of each look stands for all that look alike: same classes all the way up to the page, and
# in each of these elements the same of all that goes into what is seen of letters and behind them.
ONE_OF_EACH_LOOK = """() => {
    const seen = ["color", "font-size", "font-weight", "background-color", "background-image",
        "opacity", "text-shadow", "text-decoration-line", "filter", "mix-blend-mode", "position",
        "float", "display"];
    const numbers = new Map();
    const looks = new Map();
    const look = (element) => {
        if (!element) return "";
        if (!looks.has(element)) {
            const style = getComputedStyle(element);
            const own = seen.map((name) => style.getPropertyValue(name));
            // What lies over other parts stands on their ground too: it looks like nothing else.
            const over = ["absolute", "fixed", "sticky"].includes(style.position);
            const key = JSON.stringify([look(element.parentElement), element.localName,
                element.getAttribute("class"), element.getAttribute("style"), ...own,
                over ? looks.size : 0]);
            if (!numbers.has(key)) numbers.set(key, numbers.size);
            looks.set(element, numbers.get(key));
        }
        return looks.get(element);
    };
    const judged = new Set();
    let all = 0;
    const written = (element) => element.matches("input, select, textarea, button")
        || [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
    for (const element of document.body.querySelectorAll("*")) {
        if (!written(element) || !element.checkVisibility()) continue;
        all += 1;
        element.dataset.look = look(element);
        if (judged.has(look(element))) continue;
        judged.add(look(element));
        element.dataset.judged = "";
    }
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-judged]" }] });
    return [all, judged.size];
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]


LOOKS_THAT_FAIL = """async () => {
    const found = await axe.run(document, { runOnly: ["color-contrast"], preload: false });
    const nodes = found.violations.flatMap((rule) => rule.nodes);
    const looks = nodes.map((node) => Number(document.querySelector(node.target).dataset.look));
    return [...new Set(looks)].sort((one, other) => one - other);
}"""

THEME = "(theme) => { document.documentElement.dataset.theme = theme; }"


def test_the_pages_looked_at_are_those_of_the_book(built_book: Path) -> None:
    built = [*(built_book / "book").glob("*.html"), built_book / "search.html"]
    assert {path.relative_to(built_book).as_posix() for path in built} == set(PAGES)


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    script = root / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        missing("axe-core is not installed; scripts/setup-node installs it")
    return script.read_text("utf-8")


def headings(page: Any) -> list[str]:
    """What is wrong with the language and the ranks of the headings of a page."""
    wrong = []
    if not re.fullmatch(r"[a-z]{2}(-\w+)*", page.locator("html").get_attribute("lang") or ""):
        wrong.append("no language")
    ranks = page.evaluate(HEADINGS)
    if [rank for rank, _ in ranks].count(1) != 1 or ranks[0][0] != 1:
        wrong.append(f"not one title, first: {ranks[:3]}")
    return wrong + [
        f"rank {below} after rank {above}: {text!r}"
        for (above, _), (below, text) in pairwise(ranks)
        if below > above + 1
    ]


def too_wide(page: Any, width: int) -> list[str]:
    """What is said of a page that scrolls in two directions."""
    needed = page.evaluate("document.documentElement.scrollWidth")
    return [f"{needed} px wide in a window of {width}"] if needed > width else []


def resize(offline: Any, width: int, height: int) -> None:
    """Change the window, and wait until what is drawn anew for it is there."""
    offline.page.set_viewport_size({"width": width, "height": height})
    rest(offline.page, offline.pending)


def alive(offline: Any) -> list[str]:
    """Wait until all of a page is alive; what it asked for, complained of, or left undone."""
    offline.settle()
    return [
        *(f"asked for {address}" for address in offline.refused),
        *offline.complaints,
        *(f"not alive: {figure}" for figure in offline.page.evaluate(FIGURES)),
    ]


@pytest.mark.parametrize("name", PAGES)
def test_at_a_desk_and_on_paper(
    built_book: Path, offline_page: Callable[..., Any], axe: str, name: str
) -> None:
    """Sound headings; no control on paper; no error; axe finds nothing in the light or the dark.

    All rules are held in the light, of all elements; in the dark, whose markup is the same, those
    about colours, of one text of each look.
    """
    wrong: dict[str, Any] = {}
    offline = offline_page(viewport={"width": 1280, "height": 900})
    page = offline.open(built_book / name)
    wrong["headings"] = headings(page)
    wrong["at 1280 px"] = too_wide(page, 1280)

    page.emulate_media(media="print")
    resize(offline, 700, 1000)
    wrong["controls on paper"] = page.evaluate(CONTROLS)
    wrong["wider than paper"] = page.evaluate(TOO_WIDE)
    page.emulate_media(media="screen")
    resize(offline, 1280, 900)

    page.evaluate(SCROLL)
    wrong["at a desk"] = alive(offline)
    wrong["alive at 1280 px"] = too_wide(page, 1280)

    page.emulate_media(reduced_motion="reduce")
    # Folded parts are judged too; what a page shows later must be as good as what it shows first.
    page.evaluate(OPEN_ALL)
    wrong["opened, at a desk"] = alive(offline)
    page.evaluate(axe)
    page.evaluate(THEME, "light")
    wrong["axe (light)"] = page.evaluate(JUDGE, RULES)
    page.evaluate(THEME, "dark")
    page.evaluate(ONE_OF_EACH_LOOK)
    wrong["axe (dark)"] = page.evaluate(JUDGE, COLOURS)
    assert {what: found for what, found in wrong.items() if found} == {}


def test_no_text_that_looks_otherwise_is_left_unjudged(
    built_book: Path, offline_page: Callable[..., Any], axe: str
) -> None:
    """Whatever cannot be read, be it one text of thousands, is among those judged in the dark.

    Texts drawn by lot are made unreadable, each in another way. Where axe, asked for all texts of
    the page, finds fault with a look, it does so too when asked for one text of each.
    """
    page = offline_page(reduced_motion="reduce").open(built_book / "book" / "intro.html")
    page.evaluate(axe)
    page.evaluate(THEME, "dark")
    ways = [
        "color: rgb(40, 40, 40)",
        "background: rgb(200, 200, 200); color: rgb(210, 210, 210)",
        "opacity: 0.2",
    ]
    texts = page.locator("article :is(p, td, li, a, summary, h2):visible").element_handles()
    for number, text in enumerate(random.Random(12).sample(texts, 12)):
        text.evaluate("(text, way) => text.setAttribute('data-spoiled', way)", number % len(ways))
    page.add_style_tag(
        content="".join(f'[data-spoiled="{number}"] {{ {way} }}' for number, way in enumerate(ways))
    )
    all_, judged = page.evaluate(ONE_OF_EACH_LOOK)
    assert judged < all_ / 2
    some = page.evaluate(LOOKS_THAT_FAIL)
    page.evaluate("axe.reset()")
    assert some == page.evaluate(LOOKS_THAT_FAIL)
    assert len(some) >= 6


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_at_night_and_zoomed(
    built_book: Path, offline_page: Callable[..., Any], name: str
) -> None:
    """No error; pages scroll in one direction only; no cell of running text is squeezed.

    320 pixels are also a screen of 1280 at 400 %, and 640 at 200 %.
    """
    wrong: dict[str, Any] = {}
    offline = offline_page(viewport={"width": 320, "height": 640}, color_scheme="dark")
    page = offline.open(built_book / name)
    wrong["at 320 px"] = too_wide(page, 320)
    page.evaluate(SCROLL)
    wrong["on a phone at night"] = alive(offline)
    wrong["alive at 320 px"] = too_wide(page, 320)

    page.emulate_media(color_scheme="light")
    resize(offline, 640, 640)
    wrong["at 640 px"] = too_wide(page, 640)

    resize(offline, 360, 740)
    wrong["figures at 360 px"] = alive(offline)
    wrong["at 360 px"] = too_wide(page, 360)
    page.evaluate(OPEN_ALL)
    wrong["opened, at 360 px"] = too_wide(page, 360)
    cells = page.evaluate(CELLS)
    wrong["squeezed cells"] = [f"{text} ({width:.0f} px)" for width, text in cells if width < 160]
    if name == "book/studies.html":
        assert cells, "the list of studies holds cells of running text"
    assert {what: found for what, found in wrong.items() if found} == {}


def test_every_page_has_a_title_of_its_own(built_book: Path) -> None:
    bearers: dict[str, list[str]] = {}
    for name in PAGES:
        title = re.search("<title>(.*?)</title>", (built_book / name).read_text("utf-8"), re.DOTALL)
        assert title, name
        bearers.setdefault(title[1].strip(), []).append(name)
    assert {title: names for title, names in bearers.items() if len(names) > 1} == {}


def test_no_address_is_left_unresolved(built_book: Path) -> None:
    """No total is left at what a notebook shows, no address unresolved."""
    texts = {name: (built_book / name).read_text("utf-8") for name in PAGES}
    assert sum("synth-figure" in text for text in texts.values()) > 5
    assert [name for name, text in texts.items() if 'href="synth:' in text] == []


def test_the_index_leads_to_the_first_page(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page().open(built_book / "index.html")
    page.wait_for_url("**/book/intro.html")
    assert page.locator("article h1").count() == 1


def test_the_page_that_is_kept_forgets_the_test_before(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    offline = offline_page(color_scheme="dark", viewport={"width": 400, "height": 400})
    first = built_book / "book" / "intro.html"
    page = offline.open(first, "?x=1#main-content")
    page.evaluate("localStorage.x = sessionStorage.x = '1'; console.error('said')")
    page.wait_for_function("scrollTo(0, 300), scrollY > 0")
    kept = "[localStorage.x, sessionStorage.x, matchMedia('(prefers-color-scheme: dark)').matches]"
    assert page.evaluate(kept) == ["1", "1", True]
    assert offline.complaints == ["error: said"]
    as_new(offline)
    offline.open(first)
    assert page.evaluate(kept) == [None, None, False]
    assert page.evaluate("[location.search, location.hash, scrollY]") == ["", "", 0]
    assert offline.complaints == []


def test_a_page_of_another_kind_is_another_page_and_one_of_the_same_kind_comes_back(
    built_book: Path, kept_pages: Any
) -> None:
    plain, phone = (
        frozenset({**USUAL, **others}.items())
        for others in ({"java_script_enabled": False}, {"has_touch": True, "is_mobile": True})
    )
    offline = kept_pages.take(plain)
    page = offline.open(built_book / "book" / "intro.html")
    # What only a script could answer is not offered.
    assert page.locator(".search-button:visible").count() == 0
    kept_pages.give_back(plain, offline)
    assert offline.page.url == "about:blank"
    other = kept_pages.take(phone)
    assert other is not offline
    other.open(built_book / "book" / "intro.html")
    assert other.page.evaluate("navigator.maxTouchPoints") > 0
    kept_pages.give_back(phone, other)
    again = kept_pages.take(plain)
    assert again is offline
    kept_pages.give_back(plain, again)
