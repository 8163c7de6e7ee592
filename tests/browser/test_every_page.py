"""Every page of the built book: at a desk, on a phone, on paper; from a folder and from a host.

To load a page takes longer than to look at it: each is opened twice, and all that holds for every
page is looked at there. Once it comes from a folder, without a network, at a desk; and once from
below a path of a host with the stated policy, on a phone at night, whose window is then made wider.
"""

from __future__ import annotations

import functools
import gzip
import random
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

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

# Without preload: it would fetch the styles, which a browser forbids on file://. Without the text
# of each element, which is a tenth of the work: only that of a bad one is told.
JUDGE = """async (tags) => {
    axe.configure({ noHtml: true });
    const found = await axe.run(document, {
        runOnly: tags, resultTypes: ["violations"], reporter: "no-passes", preload: false,
    });
    const first = (v) => document.querySelector(v.nodes[0].target[0]).outerHTML.slice(0, 160);
    const why = ({ any, all, none }) => [...any, ...all, ...none].map((check) => check.message);
    return found.violations.map((v) => [v.id, v.nodes.length, first(v), why(v.nodes[0])]);
}"""

# One text of each look stands for all that look alike: same classes all the way up to the page, and
# in each of these elements the same of all that goes into what is seen of letters and behind them.
# A text with something before or behind it that is not around it looks like no other, and so does
# one that leaves what is around it. The longest is judged: of a single letter axe says nothing.
ONE_OF_EACH_LOOK = """() => {
    const ofLetters = ["color", "font-size", "font-weight", "text-shadow", "visibility",
        "-webkit-text-stroke-width"];
    const around = ["position", "background-color", "background-image", "opacity", "filter",
        "text-decoration-line", "mix-blend-mode", "float", "display", "clip", "clip-path"];
    const outside = ["absolute", "fixed", "sticky"];
    const ground = (style) => style.backgroundColor !== "rgba(0, 0, 0, 0)"
        || style.backgroundImage !== "none";
    const box = (rect) => [rect.left, rect.top, rect.right, rect.bottom];
    const styles = new Map();
    const styleOf = (element) => {
        if (!styles.has(element)) styles.set(element, getComputedStyle(element));
        return styles.get(element);
    };
    for (const element of document.querySelectorAll("[data-judged]")) delete element.dataset.judged;

    // Of a control that is switched off nothing is asked, nor of what names it.
    const off = [...document.querySelectorAll(":disabled, [aria-disabled=true]")].flatMap((it) =>
        [it, ...(it.labels ?? []), ...(it.getAttribute("aria-labelledby") ?? "").split(/\\s+/)
            .map((id) => document.getElementById(id)).filter(Boolean)]);

    // What paints, by the rows of 100 pixels that it stands in.
    const rows = new Map();
    const row = (y) => Math.floor(y / 100);
    const painters = new Map();
    for (const element of document.body.querySelectorAll("*")) {
        // Within a picture nothing has a ground of its own: all of it is the picture's.
        if (!(element instanceof HTMLElement) && element.localName !== "svg") continue;
        if (!element.matches("img, svg, canvas, object, iframe, video")
            && !ground(styleOf(element))) continue;
        const place = box(element.getBoundingClientRect());
        if (place[2] - place[0] < 1 || place[3] - place[1] < 1) continue;
        painters.set(element, place);
        for (let y = row(place[1]); y <= row(place[3]); y += 1)
            rows.set(y, [...(rows.get(y) ?? []), element]);
    }
    const alone = (element, [left, top, right, bottom]) => {
        for (let up = element.parentElement; up; up = up.parentElement) {
            const held = painters.get(up);
            if (held && (left < held[0] - 1 || top < held[1] - 1
                || right > held[2] + 1 || bottom > held[3] + 1)) return true;
        }
        for (let y = row(top); y <= row(bottom); y += 1)
            for (const other of rows.get(y) ?? []) {
                const [x0, y0, x1, y1] = painters.get(other);
                if (left < x1 - 1 && right > x0 + 1 && top < y1 - 1 && bottom > y0 + 1
                    && !other.contains(element)
                    && (!element.contains(other) || outside.includes(styleOf(other).position)))
                    return true;
            }
        return false;
    };

    const numbers = new Map();
    const looks = new Map();
    const number = (key) => {
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        return numbers.get(key);
    };
    const look = (element) => {
        if (element === document.documentElement) return "";
        if (!looks.has(element)) {
            const style = styleOf(element);
            const own = around.map((name) => style.getPropertyValue(name));
            // What lies over other parts stands on their ground too: it looks like nothing else.
            const over = outside.includes(own[0])
                || ["::before", "::after"].some((name) => {
                    const made = getComputedStyle(element, name);
                    return made.content !== "none" && made.position === "absolute" && ground(made);
                });
            looks.set(element, number(JSON.stringify([look(element.parentElement),
                element.localName, element.getAttribute("class"), element.getAttribute("style"),
                ...own, over ? looks.size : 0])));
        }
        return looks.get(element);
    };

    const written = new Map();
    for (const control of document.body.querySelectorAll("input, select, textarea, button"))
        written.set(control, []);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        if (!text.data.trim()) continue;
        if (!written.has(text.parentElement)) written.set(text.parentElement, []);
        written.get(text.parentElement).push(text);
    }
    const longest = new Map();
    const range = document.createRange();
    window.looksOfTexts = new Map();
    for (const [element, own] of written) {
        if (!element.checkVisibility()) continue;
        const place = box(element.getBoundingClientRect());
        for (const text of own) {
            range.selectNode(text);
            const [left, top, right, bottom] = box(range.getBoundingClientRect());
            place[0] = Math.min(place[0], left);
            place[1] = Math.min(place[1], top);
            place[2] = Math.max(place[2], right);
            place[3] = Math.max(place[3], bottom);
        }
        const unseen = place[2] - place[0] < 2 || place[3] - place[1] < 2;
        const apart = alone(element, place) ? window.looksOfTexts.size + 1 : 0;
        const letters = ofLetters.map((name) => styleOf(element).getPropertyValue(name));
        const looksLike = number(JSON.stringify([look(element), ...letters, unseen,
            off.some((it) => it.contains(element)), apart]));
        window.looksOfTexts.set(element, looksLike);
        const length = own.map((it) => it.data).join("").replace(/[^\\p{L}\\p{N}]/gu, "").length;
        if (length > (longest.get(looksLike)?.length ?? -1))
            longest.set(looksLike, { element, length });
    }
    for (const { element } of longest.values()) element.dataset.judged = "";
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-judged]" }] });
    return [window.looksOfTexts.size, longest.size];
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]


LOOKS_THAT_FAIL = """async () => {
    const found = await axe.run(document, { runOnly: ["color-contrast"], preload: false });
    const nodes = found.violations.flatMap((rule) => rule.nodes);
    const looks = nodes.map((node) => window.looksOfTexts.get(document.querySelector(node.target)));
    return [...new Set(looks)].sort((one, other) => one - other);
}"""

# The rules for what is pointed at or has the focus are made to hold for everything at once: no box
# may move, and the line around what has the focus is cut by nothing and is seen on its ground.
STATES = r"""() => {
    const all = [...document.body.querySelectorAll("*")]
        .filter((it) => it.checkVisibility() && it.getClientRects().length);
    const name = (it) => [it.localName, ...it.classList].join(".");
    const place = (it) => {
        const box = it.getBoundingClientRect();
        return [box.left, box.top, box.width, box.height];
    };
    const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = parts(colour).map((it) => ((it / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const ground = (it) => {
        const [, , , opaque = 1] = parts(getComputedStyle(it).backgroundColor);
        return opaque === 1 || !it.parentElement ? getComputedStyle(it).backgroundColor
            : ground(it.parentElement);
    };
    const contrast = (one, other) => Math.exp(Math.abs(Math.log(light(one) / light(other))));
    // Which edges of what clips it the line around an element goes beyond.
    const cut = (it, beyond) => {
        const [left, top, width, height] = place(it);
        const found = [];
        for (let up = it.parentElement; up && up !== document.body; up = up.parentElement) {
            const { overflowX, overflowY, contain } = getComputedStyle(up);
            const clips = /paint|content|strict/.test(contain);
            const [x, y, wide, high] = place(up);
            const inside = left > x - 1 && top > y - 1;
            if (inside && (clips || overflowX !== "visible") && up.scrollLeft === 0) {
                const end = left + width < x + wide + 1 && left + width + beyond > x + wide + 1;
                if (left - beyond < x - 1 || end) found.push(`${name(up)} at a side`);
            }
            const still = up.scrollHeight <= up.clientHeight + 1;
            if (inside && (clips || overflowY !== "visible") && still)
                if (top - beyond < y - 1 || top + height + beyond > y + high + 1)
                    found.push(`${name(up)} above or below`);
        }
        return found;
    };
    const rulesOf = (of) => [...of.cssRules].flatMap((rule) =>
        [rule, ...(rule.cssRules ? rulesOf(rule) : [])]);
    const rules = [...document.styleSheets].flatMap(rulesOf).filter((rule) => rule.selectorText);
    const wrong = new Set();
    let changed = 0;
    const still = new CSSStyleSheet();
    still.replaceSync("* { transition: none !important; }");
    document.adoptedStyleSheets.push(still);
    const focusable = "a[href], button, input, select, textarea, summary, [tabindex]";
    for (const [state, kinds] of [[":hover", "*"], [":focus-visible", focusable]]) {
        const bearers = all.filter((it) => it.matches(kinds) && !it.closest(":disabled"));
        const before = all.map(place);
        const altered = rules.filter((rule) => rule.selectorText.includes(state));
        const said = altered.map((rule) => rule.selectorText);
        changed += altered.length;
        for (const rule of altered)
            rule.selectorText = rule.selectorText.replaceAll(state, "[data-state]");
        for (const it of bearers) it.dataset.state = "";
        all.map(place).forEach((now, at) => {
            if (now.some((value, side) => Math.abs(value - before[at][side]) > 0.6))
                wrong.add(`${name(all[at])} moves by ${state}`);
        });
        if (state !== ":hover")
            for (const it of bearers.filter((one) => !one.closest("svg"))) {
                const { outlineStyle, outlineWidth, outlineOffset, outlineColor }
                    = getComputedStyle(it);
                if (outlineStyle === "none") continue;
                const beyond = parseFloat(outlineWidth) + parseFloat(outlineOffset);
                for (const where of cut(it, beyond))
                    wrong.add(`the line around ${name(it)} is cut by ${where}`);
                const seen = contrast(outlineColor, ground(beyond > 0 ? it.parentElement : it));
                if (seen < 3) wrong.add(`the line around ${name(it)} has a contrast of ${seen}`);
            }
        altered.forEach((rule, at) => { rule.selectorText = said[at]; });
        for (const it of bearers) delete it.dataset.state;
    }
    document.adoptedStyleSheets.pop();
    return { changed, wrong: [...wrong] };
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


RAW = 1_000_000
"""Bytes the text of a page may weigh."""

STOCK = 842_000
"""Compressed bytes of the lightest stock Jupyter Book page; `bench/pages.py` measures it anew."""

INTERACTIVE = ("vega.js", "explorer.js", "evidence-")

BEGIN_WITH_TEXT = {
    *("search.html", "book/intro.html", "book/data.html", "book/framework.html"),
    *("book/glossary.html", "book/method.html", "book/references.html", "book/studies.html"),
}
"""Some of the pages that show no chart and no explorer before a reader has scrolled."""


@functools.cache
def packed(file: Path) -> int:
    """Compressed bytes of a file of the book."""
    return len(gzip.compress(file.read_bytes()))


def begins_with_text(asked: list[str]) -> bool:
    """Whether a page has asked for nothing that draws a chart or an explorer."""
    return not any(name in address for address in asked for name in INTERACTIVE)


def overweight(path: Path, asked: list[str]) -> str:
    """What is said of a page that weighs too much, with all that it asked for."""
    files = [Path(unquote(urlsplit(it).path)) for it in asked if not it.startswith("data:")]
    assert path.resolve() in files
    raw, weight = path.stat().st_size, sum(map(packed, files))
    return f"{raw:,} bytes, {weight:,} compressed" if raw > RAW or weight > 0.3 * STOCK else ""


@pytest.mark.parametrize("name", PAGES)
def test_at_a_desk_and_on_paper(
    built_book: Path, offline_page: Callable[..., Any], axe: str, name: str
) -> None:
    """Sound headings; no control on paper; no error; axe finds nothing in the light or the dark.

    All rules are held in the light; in the dark, whose markup is the same, those about colours.
    That of contrast is held, in both, of one text of each look. What a page weighs is what it asks
    for before a reader has scrolled.
    """
    wrong: dict[str, Any] = {}
    asked: list[str] = []

    def remember(request: Any) -> None:
        asked.append(request.url)

    offline = offline_page(viewport={"width": 1280, "height": 900})
    offline.page.on("request", remember)
    page = offline.open(built_book / name)
    rest(page, offline.pending)
    page.remove_listener("request", remember)
    # With the faces of the book, and still less than a third of a stock page.
    if begins_with_text(asked):
        wrong["weight"] = overweight(built_book / name, asked)
    elif name in BEGIN_WITH_TEXT:
        wrong["weight"] = "begins with a chart or an explorer: it was not weighed"
    wrong["headings"] = headings(page)
    wrong["at 1280 px"] = too_wide(page, 1280)

    page.emulate_media(media="print")
    resize(offline, 700, 1000)
    wrong["controls on paper"] = page.evaluate(CONTROLS)
    wrong["wider than paper"] = page.evaluate(TOO_WIDE)
    page.emulate_media(media="screen")
    resize(offline, 1280, 900)

    page.evaluate(SCROLL)
    wrong["from a folder, at a desk"] = alive(offline)
    wrong["alive at 1280 px"] = too_wide(page, 1280)

    page.emulate_media(reduced_motion="reduce")
    # Folded parts are judged too; what a page shows later must be as good as what it shows first.
    page.evaluate(OPEN_ALL)
    wrong["opened, at a desk"] = alive(offline)
    page.evaluate(axe)
    page.evaluate(THEME, "light")
    page.evaluate(ONE_OF_EACH_LOOK)
    wrong["axe (light)"] = page.evaluate(JUDGE, RULES)
    page.evaluate(THEME, "dark")
    page.evaluate(ONE_OF_EACH_LOOK)
    wrong["axe (dark)"] = page.evaluate(JUDGE, COLOURS)
    assert {what: found for what, found in wrong.items() if found} == {}


# Ways to make texts unreadable: by themselves, by what lies behind them, by what is around them.
WAYS = [
    "color: rgb(128, 128, 128); font-size: 10px; font-weight: 400",
    "background: rgb(190, 190, 190); color: rgb(200, 200, 200)",
    "opacity: 0.2",
    "-webkit-text-fill-color: currentcolor; color: rgb(125, 125, 125)",
]
SPOIL = """([texts, ways]) => {
    const style = document.createElement("style");
    style.textContent = ways.map((way, at) => `[data-spoiled="${at}"] { ${way} }`).join("")
        + ".small-below { font-size: 26px; color: #888; background: #fff }"
        + ".small-below p + p { font-size: 10px }";
    document.head.append(style);
    texts.forEach((text, at) => { text.dataset.spoiled = at % ways.length; });
    const main = document.querySelector("main");
    // Of texts that look alike one has nearly the colour of its letters behind it.
    const behind = document.createElement("div");
    behind.innerHTML = "<div></div><p>What lies</p><p>behind</p><p>is not around it.</p>";
    behind.style = "position: relative; line-height: 40px; color: #666; background: #fff";
    for (const text of behind.querySelectorAll("p"))
        text.style = "position: relative; z-index: 1; margin: 0";
    behind.firstChild.style = "position: absolute; top: 40px; left: 0; width: 100%; height: 40px; "
        + "background: #707070";
    main.append(behind);
    // One has a colour that only large letters bear.
    const small = document.createElement("div");
    small.className = "small-below";
    small.innerHTML = "<p>Large letters</p><p>small ones</p>";
    main.append(small);
    // One of two leaves the ground that it cannot be read on.
    const leaves = document.createElement("p");
    leaves.innerHTML = "<b>here</b><b>beside what it stands on</b>";
    leaves.style = `white-space: nowrap; background: ${
        document.documentElement.dataset.theme === "dark" ? "#ddd" : "#333"}`;
    main.append(leaves);
    leaves.style.width = `${leaves.firstChild.getBoundingClientRect().width}px`;
    // Of texts that look alike the first is a single letter.
    const list = document.createElement("ul");
    list.style = "color: #808080; background: #777";
    list.innerHTML = "<li>x</li><li>y</li><li>nobody can read this</li>";
    main.append(list);
    // What is switched off may be pale, what looks like it and is not, may not.
    const buttons = document.createElement("div");
    buttons.innerHTML = "<button disabled>not now</button><button>now</button>";
    buttons.querySelectorAll("button").forEach((it) => {
        it.style = "color: #808080; background: #777";
    });
    main.append(buttons);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_text_that_looks_otherwise_is_left_unjudged(
    built_book: Path, offline_page: Callable[..., Any], axe: str, theme: str
) -> None:
    """Whatever cannot be read, be it one text of thousands, is among those judged.

    Texts drawn by lot are made unreadable, each in another way, and others by what lies behind
    them. Where axe, asked for all texts of the page, finds fault with a look, it does so too when
    asked for one text of each.
    """
    page = offline_page(reduced_motion="reduce").open(built_book / "book" / "intro.html")
    page.evaluate(axe)
    page.evaluate(THEME, theme)
    texts = page.locator("article :is(p, td, li, a, summary, h2):visible").element_handles()
    page.evaluate(SPOIL, [random.Random(12).sample(texts, 16), WAYS])
    all_, judged = page.evaluate(ONE_OF_EACH_LOOK)
    assert judged < all_ / 2
    some = page.evaluate(LOOKS_THAT_FAIL)
    page.evaluate("axe.reset()")
    assert some == page.evaluate(LOOKS_THAT_FAIL)
    assert len(some) >= 14


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_at_night_and_zoomed(
    served: str, offline_page: Callable[..., Any], name: str
) -> None:
    """No error; pages scroll in one direction only; no cell of running text is squeezed.

    320 pixels are also a screen of 1280 at 400 %, and 640 at 200 %. The page comes from below a
    path of a host and honours the stated policy, also in a wide window.
    """
    wrong: dict[str, Any] = {}
    offline = offline_page(
        reaches=served, viewport={"width": 320, "height": 640}, color_scheme="dark"
    )
    page = offline.page
    page.goto(f"{served}{name}")
    wrong["at 320 px"] = too_wide(page, 320)
    page.evaluate(SCROLL)
    wrong["below a path and under the policy, on a phone at night"] = alive(offline)
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
    resize(offline, 1280, 900)
    # What a phone keeps as a picture comes alive in a page that is wide from the beginning.
    if page.locator("[data-synth-chart]").count():
        page.reload()
        page.evaluate(SCROLL)
    wrong["below a path and under the policy, at 1280 px"] = alive(offline)
    states = page.evaluate(STATES)
    assert states["changed"] > 20, "the rules of the page can be read"
    wrong["pointed at or with the focus"] = states["wrong"]
    assert {what: found for what, found in wrong.items() if found} == {}


def test_what_the_pointer_moves_and_a_line_that_is_cut_or_not_seen_are_found(
    offline_page: Callable[..., Any],
) -> None:
    page = offline_page().page
    sound = (
        "a:focus-visible { outline: 3px solid #b5259f; outline-offset: 2px } a:hover { color: red }"
    )
    for style, found in (
        ("", []),
        ("a { border: 0 solid } a:hover { border-width: 1px }", ["a moves by :hover"]),
        ("i { padding-left: 1px } a:focus-visible i { padding: 0 }", ["i moves by :focus-visible"]),
        ("p { overflow-x: auto }", ["p at a side", "p above or below"]),
        ("p { contain: paint; padding: 6px 0 }", ["p at a side"]),
        ("p { overflow-x: auto; padding: 6px }", []),
        ("p { background: #7b3760 }", ["a has a contrast of 1."]),
    ):
        page.set_content(f"<style>{sound} {style}</style><p><a href='#'><i>text</i></a></p>")
        wrong = page.evaluate(STATES)["wrong"]
        assert all(any(part in it for it in wrong) for part in found), (style, wrong)
        assert bool(wrong) == bool(found), (style, wrong)


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
    search = page.locator(".search-button__button")
    assert (search.count(), search.locator("visible=true").count()) == (1, 0)
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
