"""What scripts and styles weigh, and what a reader sees first of a page."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from tests.colours_on_screen import colours_of

from synth import Review

pytestmark = pytest.mark.browser


def test_the_loader_and_the_style_stay_small(built_book: Path) -> None:
    place = built_book / "_static" / "synth"
    for name, most in {"loader.js": 4_000, "mode.js": 1_000, "synth.css": 10_000}.items():
        assert len(gzip.compress((place / name).read_bytes())) <= most, name


def test_the_scripts_of_the_explorer_come_with_its_page_and_once(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page().open(built_book / "book" / "explorer.html")
    page.locator(".synth-explorer[data-ready=true]").wait_for()
    scripts = page.evaluate("[...document.scripts].map(({src, defer}) => [src, defer])")
    asked = [(Path(src).name, defer) for src, defer in scripts]
    ours = [
        (name, defer) for name, defer in asked if re.match(r"evidence-|explorer\.js|loader", name)
    ]
    names = [re.split(r"[-?]", name)[0] for name, _ in ours]
    assert names == ["evidence", "explorer.js", "loader.js"]
    assert all(defer for _, defer in ours)
    # Each was there before the page was written, as it is when the book is built once more.
    assert all("?v=" in name for name, _ in ours)


FIRST_WINDOWS = [(1440, 900), (820, 1180), (360, 740)]


@pytest.mark.parametrize(("width", "height"), FIRST_WINDOWS)
def test_the_first_window_of_the_book_answers(
    built_book: Path, offline_page: Callable[..., Any], width: int, height: int
) -> None:
    """Question, answer and what it rests on everywhere; at a desk all messages and doors too."""
    page = offline_page(viewport={"width": width, "height": height}).open(
        built_book / "book" / "intro.html"
    )
    wanted = ["h1", ".lead", ".synth-front-line", ".synth-doors li:first-child"]
    if width == 1440:
        wanted += [".synth-glance", ".synth-doors li:last-child", ".synth-messages"]
    bottoms = {
        name: page.locator(f"article {name}").first.evaluate(
            "element => element.getBoundingClientRect().bottom"
        )
        for name in wanted
    }
    assert {name: y for name, y in bottoms.items() if y > height} == {}


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [360, 1100, 1920])
def test_the_head_of_a_theme_reaches_the_edges_of_the_window(
    built_book: Path, offline_page: Callable[..., Any], width: int, direction: str
) -> None:
    """Its ground does; what stands on it has the text's own edge, and nothing scrolls sideways."""
    page = offline_page(viewport={"width": width, "height": 900}).open(
        built_book / "book" / "wellbeing.html"
    )
    page.evaluate("direction => (document.documentElement.dir = direction)", direction)
    side, title, *grounds = page.evaluate(
        """() => [
            ".bd-sidebar-primary", "article h2", "article h1", ".synth-v-solid", ".synth-v-wash"
        ].map((name) => document.querySelector(name).getBoundingClientRect().toJSON())"""
    )
    seen = page.locator(".bd-sidebar-primary").is_visible()
    from_left, to_right = 0, width
    if seen and direction == "ltr":
        from_left = side["right"]
    elif seen:
        to_right = side["left"]
    for box in grounds:
        assert (box["left"], box["right"]) == (title["left"], grounds[0]["right"])
        within = {"x": box["left"] + 2, "y": box["top"] + 3, "width": 2, "height": 1}
        wanted = set(colours_of(page, within))
        assert len(wanted) == 1
        for x in (from_left + 2, to_right - 4):
            assert set(colours_of(page, {**within, "x": x})) == wanted, x
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    ("name", "texts", "look"),
    [
        # With letters of twice the size no number is cut off beside the picture of the first page.
        ("intro", ".synth-lane-counts [aria-hidden]", "fontSize = '200%'"),
        ("studies", ".synth-facts dd", "fontSize = '200%'"),
        (
            "studies",
            ".synth-entry-name, .synth-entry-how, .synth-entry-counts .dir",
            "fontSize = '200%'",
        ),
        # A line that hangs does so at the side where it begins.
        ("studies", ".synth-ref", "direction = 'rtl'"),
        ("references", ".citation p", "direction = 'rtl'"),
        ("influences", ".synth-map-answer li", "direction = 'rtl'"),
    ],
)
@pytest.mark.parametrize("width", [360, 1280])
def test_large_letters_and_lines_from_the_right_stay_in_sight(
    name: str, texts: str, look: str, width: int, built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport={"width": width, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    outside = page.evaluate(
        f"""(texts) => {{
            for (const fold of document.querySelectorAll("main details")) fold.open = true;
            document.documentElement.style.{look};
            const wide = document.documentElement.clientWidth + 1;
            const lines = [...document.querySelectorAll(texts)].flatMap((one) => {{
                const range = document.createRange();
                range.selectNodeContents(one);
                return [...range.getClientRects()].filter((box) => box.width > 1);
            }});
            const cut = lines.filter((box) => box.right > wide || box.left < -1);
            return [lines.length, cut.length];
        }}""",
        texts,
    )
    assert outside[0] > 8
    assert outside[1] == 0


LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("meso", "a.fc, .synth-st-studies a, .synth-statements li > p, .synth-t2 .lvl a"),
        ("framework", ".synth-t2 a"),
        ("studies", ".synth-findings p, .synth-findings a"),
        ("explorer", ".ex-h, .ex-results p"),
        ("wellbeing", ".prev-next-title"),
    ],
)
def test_a_name_longer_than_its_column_breaks(
    name: str, texts: str, width: int, built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport={"width": width, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    if name == "explorer":
        page.wait_for_selector(".synth-explorer[data-ready]")
    outside = page.evaluate(
        """([texts, long]) => {
            for (const fold of document.querySelectorAll("main details")) fold.open = true;
            const found = [...document.querySelectorAll(texts)];
            for (const one of found) one.replaceChildren(long);
            const wide = document.documentElement.clientWidth + 1;
            const shown = found.filter((one) => one.getClientRects().length);
            return [shown.length, shown.filter((one) =>
                [...one.getClientRects()].some((box) => box.right > wide)
                    || one.scrollWidth > one.clientWidth + 1
                    && getComputedStyle(one).display !== "inline").length];
        }""",
        [texts, LONG],
    )
    assert outside[0] > 0
    assert outside[1] == 0


@pytest.mark.parametrize(
    ("name", "head"), [("explorer", ".ex-sticky"), ("framework", ".synth-t2 thead th")]
)
def test_a_head_stays_in_sight_while_its_list_scrolls(
    built_book: Path, offline_page: Callable[..., Any], name: str, head: str
) -> None:
    page = offline_page(viewport={"width": 1440, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    if name == "explorer":
        page.locator(".synth-explorer[data-ready=true]").wait_for()
    page.locator(head).first.evaluate(
        "element => scrollTo(0, scrollY + element.getBoundingClientRect().top + 1200)"
    )
    top = page.locator(head).first.evaluate("element => element.getBoundingClientRect().top")
    bar = page.locator(".synth-bar").evaluate("element => element.getBoundingClientRect().bottom")
    assert abs(top - bar) <= 2


def test_the_first_page_and_the_bar_lead_to_the_briefs(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Each brief has its door on the first page; the bar leads to the first of them."""
    page = offline_page().open(built_book / "book" / "intro.html")
    doors = page.locator(".synth-doors a").evaluate_all("all => all.map((link) => link.pathname)")
    pages = {
        path.name
        for path in (built_book / "book").glob("*.html")
        if "synth-brief-steps" in path.read_text("utf-8")
    }
    assert len(pages) == 2
    assert pages <= {address.rsplit("/", 1)[-1] for address in doors}
    bar = page.locator(".synth-bar-pages a", has_text="Briefs").evaluate("link => link.pathname")
    assert bar.rsplit("/", 1)[-1] in pages
    # In the list of pages a brief is called one; its title alone does not say what it is.
    listed = page.locator(".bd-links a").evaluate_all(
        "all => all.map((link) => [link.pathname.split('/').at(-1), link.textContent.trim()])"
    )
    assert {file for file, name in listed if name.startswith("Brief ")} == pages


def test_the_bar_over_a_page_leads_on_and_opens_the_contents(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport={"width": 360, "height": 740}).open(
        built_book / "book" / "wellbeing.html"
    )
    page.locator("[data-synth-action=contents]").click()
    contents = page.locator("dialog.synth-contents-dialog")
    assert contents.locator("a[aria-current=page]").inner_text() == "Wellbeing"
    assert contents.locator(".synth-bar-again a").count() >= 3
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog[open]')")
    assert page.locator("#pst-primary-sidebar nav").count() == 1


IN_ITS_LIST = """(list) => {
    const here = list.querySelector("a[aria-current=page]").getBoundingClientRect();
    const seen = list.getBoundingClientRect();
    return list.scrollTop > 0 && here.top >= seen.top && here.bottom <= seen.bottom
        && document.elementFromPoint(here.left + 20, here.top + 4).matches("a[aria-current=page]");
}"""


def test_the_list_of_pages_shows_the_page_that_is_open(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """At a desk too where the theme remembers how far the list was scrolled on another page."""
    wellbeing, last = (built_book / "book" / f"{name}.html" for name in ("wellbeing", "api"))
    offline = offline_page(viewport={"width": 1280, "height": 500})
    page = offline.open(wellbeing)
    side = page.locator("#pst-primary-sidebar")
    assert side.evaluate(IN_ITS_LIST)
    side.evaluate("(side) => { side.scrollTop = 0; }")
    page = offline.open(last)
    page.wait_for_load_state("load")
    assert side.evaluate(IN_ITS_LIST)

    page.set_viewport_size({"width": 360, "height": 640})
    page.locator("[data-synth-action=contents]").click()
    contents = page.locator("dialog.synth-contents-dialog")
    assert contents.evaluate(IN_ITS_LIST)
    assert page.evaluate(
        "(({ left, top }) => document.elementFromPoint(left + 4, top + 4).textContent)"
        "(document.activeElement.getBoundingClientRect())"
    ), "what has the focus is in sight"
    close = contents.locator("[data-synth-action=close]")
    assert close.evaluate("(it) => it.getBoundingClientRect().top >= 0")
    close.click()
    assert page.evaluate("document.activeElement.matches('[data-synth-action=contents]')")
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("name", "element", "shown", "value"),
    [
        ("macro", ".bd-links a[aria-current=page]", "boxShadow", "4px 0px 0px 0px inset"),
        ("references", ".bd-links a[aria-current=page]", "paddingLeft", "14px"),
        ("macro", "article .synth-cite a.fc", "textDecorationStyle", "dotted"),
        ("macro", "article .synth-cite a.synth-rv", "textDecorationStyle", "dotted"),
        ("intro", ".synth-lane-theme a", "textDecorationColor", "rgb(116, 122, 132)"),
        ("framework", ".synth-t2 tr.F a", "textDecorationColor", "rgb(116, 122, 132)"),
        ("intro", "article .synth-doors a", "textDecorationLine", "underline"),
        ("framework", ".synth-t2 tr.L a", "fontSize", "27px"),
    ],
)
def test_what_is_said_of_a_kind_of_link_goes_before_what_is_said_of_all(
    built_book: Path,
    offline_page: Callable[..., Any],
    name: str,
    element: str,
    shown: str,
    value: str,
) -> None:
    """The page in the list has its mark, citations recede, lines in figures are quiet."""
    page = offline_page(viewport={"width": 1440, "height": 900}).open(
        built_book / "book" / f"{name}.html"
    )
    style = page.locator(element).first.evaluate(
        "(one, shown) => getComputedStyle(one)[shown]", shown
    )
    assert value in style


def test_the_keyboard_comes_to_folded_code_after_what_it_shows(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    for name in ("explorer", "wellbeing", "where-and-when"):
        page = offline_page(java_script_enabled=False).open(built_book / "book" / f"{name}.html")
        folds = page.locator("div.cell > details.hide")
        assert folds.count() >= 1
        assert folds.evaluate_all(
            "all => all.every((it) => it.previousElementSibling?.matches('.cell_output'))"
        ), name
        # It does not lie over the line below the figure.
        assert folds.evaluate_all(
            """all => all.every((it) => [...it.parentElement.querySelectorAll(".synth-furniture")]
                .every((line) => line.getBoundingClientRect().bottom
                    <= it.getBoundingClientRect().top + 1))"""
        ), name


@pytest.mark.parametrize("width", [320, 360])
def test_the_names_of_the_pages_before_and_after_keep_their_words_whole(
    width: int, built_book: Path, offline_page: Callable[..., Any]
) -> None:
    offline = offline_page(viewport={"width": width, "height": 740})
    for name in ("brief-services", "change-management", "organizational-culture", "wellbeing"):
        page = offline.open(built_book / "book" / f"{name}.html")
        cut = page.evaluate(
            """() => [...document.querySelectorAll(".prev-next-title")].flatMap((title) =>
                [...title.textContent.matchAll(/\\S+/g)].filter((word) => {
                    const range = document.createRange();
                    range.setStart(title.firstChild, word.index);
                    range.setEnd(title.firstChild, word.index + word[0].length);
                    return range.getClientRects().length > 1;
                }).map((word) => word[0]))"""
        )
        assert cut == [], name


def test_a_line_of_its_level_marks_the_page_in_the_list(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Its name stands under the names of the pages beside it, not before them."""
    for name, level in (("wellbeing", "micro"), ("change-management", "meso"), ("macro", "macro")):
        page = offline_page(viewport={"width": 1280, "height": 900}).open(
            built_book / "book" / f"{name}.html"
        )
        seen = page.evaluate(
            """() => {
                const here = document.querySelector(".bd-links a[aria-current=page]");
                const starts = (link) => link.getBoundingClientRect().left
                    + parseFloat(getComputedStyle(link).paddingLeft);
                const beside = [...here.closest("ul").parentElement.parentElement
                    .querySelectorAll(`.${here.parentElement.classList[0]} > a`)];
                return [getComputedStyle(here).boxShadow, getComputedStyle(here.querySelector("svg")
                    ?? here.closest(".synth-part").querySelector("svg")).color,
                    [...new Set([...beside, here].map(starts))]];
            }"""
        )
        assert seen[1] in seen[0], (name, level)
        assert len(seen[2]) == 1, name


PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
FOLDS = "details.synth-fold"
IN_SIGHT = "(one) => { const { y } = one.getBoundingClientRect(); return 0 <= y && y < 300; }"


def folds_open(page: Any) -> list[bool]:
    open_: list[bool] = page.locator(FOLDS).evaluate_all("all => all.map((one) => one.open)")
    return open_


@pytest.mark.parametrize(
    ("name", "most"),
    [
        *((name, 12_000) for name in ("macro", "meso", "micro", "framework")),
        ("human-resource-policies", 11_000),
    ],
)
def test_a_phone_shows_a_long_page_folded_and_short(
    built_book: Path, offline_page: Callable[..., Any], name: str, most: int
) -> None:
    offline = offline_page(**PHONE)
    page = offline.open(built_book / "book" / f"{name}.html")
    assert not any(folds_open(page))
    # A figure is made live when it comes near; only then is the page as long as it gets.
    offline.settle()
    for themes in page.locator(".synth-map:not(.synth-map-plain)").all():
        themes.locator("select").wait_for()
    assert not any(folds_open(page))
    assert page.evaluate("document.documentElement.scrollHeight") < most
    lines = page.locator(f"{FOLDS} > summary").evaluate_all(
        "all => all.map((one) => [one.getBoundingClientRect().height, one.innerText])"
    )
    assert lines
    for height, text in lines:
        assert height >= 24
        assert re.search(r"\d", text), "it says how much is folded"


def test_the_list_of_influences_is_folded_under_names_one_can_see(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(viewport={"width": 1440, "height": 900}).open(
        built_book / "book" / "influences.html"
    )
    heads = page.locator(".synth-influences > details > summary h3")
    assert heads.count() > 5
    assert all(head.is_visible() for head in heads.all())
    assert page.locator(".synth-influences > details[open]").count() == 0
    # On paper the map follows what introduces it, on the same sheet; the list is open.
    first = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages[0].extract_text()
    assert "arrows are drawn" in first


LINES = """(all) => all.map((svg) => {
  const of = (name) => [...svg.querySelectorAll(name)].map((one) => one.getBoundingClientRect());
  const [line] = of(".synth-waterline");
  const drawn = of("path:not(.synth-waterline), g");
  const { top, x } = svg.getBoundingClientRect();
  return { x, line: line.y, blank: Math.min(line.y, ...drawn.map((one) => one.top)) - top };
})"""


@pytest.mark.parametrize("width", [360, 1440])
def test_rows_of_waterlines_are_level_and_no_higher_than_their_teeth(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    page = offline_page(viewport={"width": width, "height": 740}).open(
        built_book / "book" / "wellbeing.html"
    )
    lines = page.locator(".synth-v-groups svg").evaluate_all(LINES)
    rows: list[list[Any]] = []
    for one in lines:
        if not rows or one["x"] <= rows[-1][-1]["x"]:
            rows.append([])
        rows[-1].append(one)
    assert len(rows) > 1 or width > 360
    for row in rows:
        assert max(one["line"] for one in row) - min(one["line"] for one in row) < 1
    assert max(one["blank"] for one in lines) < 14, "half a tooth is kept above an empty side"


@pytest.mark.parametrize(
    ("old", "heading"),
    [
        ("thin-spots", "Where the evidence is thin"),
        ("from-below", "What peer support workers can change"),
        ("what-sits-oddly-in-the-source", "Cautions about the source"),
    ],
)
def test_an_address_of_a_heading_under_its_old_name_leads_to_it(
    built_book: Path, offline_page: Callable[..., Any], old: str, heading: str
) -> None:
    page = offline_page().open(built_book / "book" / "gaps.html", f"#{old}")
    named = page.get_by_role("heading", name=heading)
    page.wait_for_function(IN_SIGHT, arg=named.element_handle())


@pytest.mark.parametrize("name", ["wellbeing", "data", "explorer"])
def test_one_tap_below_any_page_leads_to_how_to_cite_the_book(
    built_book: Path, offline_page: Callable[..., Any], root: Path, name: str
) -> None:
    page = offline_page(**PHONE).open(built_book / "book" / f"{name}.html")
    page.locator(".synth-page-tools").get_by_role("link", name="Cite this book").tap()
    page.wait_for_url("**/data.html#cite-this-book")
    citation = page.locator("#cite-this-book pre").first
    page.wait_for_function(IN_SIGHT, arg=citation.element_handle())
    assert Review.load(root).settings.title in citation.inner_text()


def test_what_an_address_leads_to_is_open_on_a_phone(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """From the head of the page one tap leads to the statements of a factor."""
    theme = built_book / "book" / "team-relationships.html"
    page = offline_page(**PHONE).open(theme)
    way = page.locator(".synth-v-groups a").nth(2)
    address = way.get_attribute("href") or ""
    way.tap()
    group = page.locator(f"[id='{address.partition('#')[2]}']")
    group.locator("details[open]").wait_for()
    assert sum(folds_open(page)) == 1
    page.wait_for_function(IN_SIGHT, arg=group.element_handle())
    # What the reader opened stays open when another address is followed.
    way = page.locator(".synth-v-groups a").nth(1)
    other = page.locator(f"[id='{(way.get_attribute('href') or '').partition('#')[2]}']")
    way.tap()
    other.locator("details[open]").wait_for()
    assert sum(folds_open(page)) == 2
    # The same address from elsewhere, in a page that has yet to fold what stands above.
    arrived = offline_page(**PHONE).page
    arrived.goto(theme.as_uri() + address[address.index("#") :])
    group = arrived.locator(f"[id='{address.partition('#')[2]}']")
    group.locator("details[open]").wait_for()
    assert sum(folds_open(arrived)) == 1
    arrived.wait_for_function(IN_SIGHT, arg=group.element_handle())


@pytest.mark.parametrize("where", ["a desk", "paper", "no script"])
def test_elsewhere_nothing_is_folded(
    built_book: Path, offline_page: Callable[..., Any], where: str
) -> None:
    options = {} if where == "a desk" else dict(PHONE)
    page = offline_page(**options, java_script_enabled=where != "no script").open(
        built_book / "book" / "meso.html"
    )
    if where == "paper":
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(FOLDS).count() > 20
    assert page.locator(f"{FOLDS}:not([open])").count() == 0
    seen = page.locator(f"{FOLDS} > summary").evaluate_all(
        """all => all.some((one) => one.checkVisibility({ visibilityProperty: true })
            && one.getBoundingClientRect().width > 0)"""
    )
    assert seen == (where != "a desk")


@pytest.mark.parametrize(("width", "beside"), [(1440, True), (1200, False), (360, False)])
def test_what_a_block_rests_on_stands_in_the_margin_where_there_is_room(
    built_book: Path, offline_page: Callable[..., Any], width: int, beside: bool
) -> None:
    page = offline_page(viewport={"width": width, "height": 900}).open(
        built_book / "book" / "team-relationships.html"
    )
    blocks = page.locator(".synth-synthesis:has(> .rests)").evaluate_all(
        """(all) => all.map((block) => [":scope > :is(p, details)", ":scope > .rests"].map((part) =>
            block.querySelector(part).getBoundingClientRect().toJSON()))"""
    )
    assert blocks
    for first, note in blocks:
        assert first["width"] * note["width"] > 0
        assert (note["x"] >= first["x"] + first["width"]) == beside
        assert (note["y"] <= first["y"] + 1) == beside
        assert note["x"] + note["width"] <= width


@pytest.mark.parametrize("width", [1440, 820, 360])
def test_a_paragraph_has_the_mark_of_its_direction_in_the_margin_or_in_its_line(
    built_book: Path, offline_page: Callable[..., Any], width: int
) -> None:
    page = offline_page(viewport={"width": width, "height": 900}).open(
        built_book / "book" / "team-relationships.html"
    )
    marks = page.evaluate(
        """() => [...document.querySelectorAll("p > .synth-way")].map((mark) => {
            const drawn = mark.querySelector("svg").getBoundingClientRect();
            const words = document.createRange();
            words.setStartAfter(mark);
            words.setEnd(mark.nextSibling, 1);
            const text = words.getBoundingClientRect();
            const middle = (drawn.top + drawn.bottom - text.top - text.bottom) / 2;
            return [Math.round(drawn.left), Math.round(text.left - drawn.right), middle];
        })"""
    )
    assert len(marks) > 15
    edge = page.locator("article h2").first.evaluate("h => h.getBoundingClientRect().left")
    for left, gap, middle in marks:
        assert 0 < left < edge + 1
        assert (left < edge - 20) == (width > 400)
        assert 2 <= gap <= 24
        assert abs(middle) < 5


def test_what_is_chosen_is_seen_in_the_colours_of_a_system(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    """Solids and shadows are not drawn there: the page in the list, the theme on the map."""
    offline = offline_page(
        viewport={"width": 1440, "height": 900}, forced_colors="active", color_scheme="light"
    )
    page = offline.open(built_book / "book" / "macro.html")
    here = page.locator(".bd-links a[aria-current=page]")
    assert here.evaluate("(one) => getComputedStyle(one).boxShadow").startswith("rgb(0, 0, 0)")
    page = offline.open(built_book / "book" / "influences.html")
    page.locator(".synth-card.chosen").first.wait_for()
    fills = page.evaluate(
        """() => [".synth-card.chosen", ".synth-card:not(.chosen)"].map((card) =>
            ["rect, .synth-card-box", "text"].map((part) =>
                getComputedStyle(document.querySelector(card).querySelector(part)).fill))"""
    )
    assert fills[0][0] != fills[1][0]
    assert fills[0][0] != fills[0][1]


def test_where_no_arrow_is_drawn_none_is_spoken_of(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    path = built_book / "book" / "influences.html"
    for width, drawn in ((1440, True), (360, False)):
        page = offline_page(viewport={"width": width, "height": 740}).open(path)
        page.locator(".synth-map-name").first.wait_for()
        for told in (".synth-map-how", ".synth-map-filters output", ".synth-map-wide"):
            assert page.locator(told).first.is_visible() == drawn, (width, told)
    page.emulate_media(media="print")
    assert page.locator(".synth-map-wide").first.is_visible()
    assert page.locator(".synth-map-filters output").first.is_visible()
