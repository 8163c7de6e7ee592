"""The explorer in a browser, opened from a folder, without a network.

Most tests use pages made by hand, so that they run in seconds; the last part opens the built book
and compares what it shows with the same filters in pandas.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pandas
import pytest
from pypdf import PdfReader
from tests.colours_on_screen import colours_of
from tests.explorer_on_a_page import LINKS, POLICY, many, write_page
from tests.page_at_rest import rest

from synth.evidence import Evidence
from synth.facets import Facets
from synth.model import Codebook, Statement, facet_values
from synth.model import statements_of as gathered
from synth.reading.records import Records
from synth.reading.settings import contrast
from synth.references.formats import csl_items, to_bibtex, to_csl_json, to_csv, to_ris
from synth.review import Review
from synth.text import fold
from synth.views.evidence_table import EvidenceTable
from synth.views.explorer import Explorer

pytestmark = pytest.mark.browser

Page = Any


def statements_of(evidence: Evidence) -> tuple[Statement, ...]:
    return gathered(evidence.findings)


DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}


@pytest.fixture(scope="module")
def review(root: Path) -> Review:
    return Review.load(root)


@pytest.fixture(scope="module")
def garden(example_root: Path) -> Review:
    return Review.load(example_root)


@pytest.fixture(scope="module")
def everything(review: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with one explorer of all findings, under the key ``x``."""
    explorer = Explorer(review.records, review.records.findings)
    return write_page(tmp_path_factory.mktemp("everything"), [explorer])


@pytest.fixture
def opened(offline_page: Callable[..., Any]) -> Any:
    """Open an explorer and wait for it; complaints of the page fail the test at its end."""
    offlines = []

    def go(path: Path, address: str = "", **options: Any) -> Page:
        offline = offline_page(**{**DESK, **options})
        offlines.append(offline)
        page = offline.open(path, address)
        page.wait_for_selector(".synth-explorer[data-ready=true]")
        return page

    yield go
    for offline in offlines:
        assert offline.complaints == []
        assert offline.refused == []


@pytest.fixture
def page(everything: Path, loaded_page: Callable[..., Any]) -> Iterator[Page]:
    """The explorer of everything, at a desk, with nothing chosen; loaded once for many tests."""
    offline = loaded_page(
        everything,
        lambda offline: offline.page.wait_for_selector(".synth-explorer[data-ready=true]"),
        lambda page: go_to(page, page.evaluate("location.pathname")),
    )
    yield offline.page
    assert offline.complaints == []
    assert offline.refused == []


def shown(page: Page, key: str = "x") -> list[str]:
    ids: list[str] = page.evaluate(
        "key => document.querySelector(`.synth-explorer[data-key='${key}']`).findings()", key
    )
    return ids


def drawn(page: Page) -> list[str]:
    ids: list[str] = page.eval_on_selector_all(
        ".ex [data-finding]", "all => all.map(one => one.dataset.finding)"
    )
    return ids


def count(page: Page, key: str = "x") -> int:
    output = page.locator(f".synth-explorer[data-key='{key}'] output[data-count]")
    return int(output.get_attribute("data-count"))


def query(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.evaluate("location.href")).query)


def held(page: Page, *wanted: tuple[str, str], without: tuple[str, str] | None = None) -> bool:
    """Whether the address comes to hold some pairs, and to lack another.

    It is written once the findings are painted, in a moment the browser chooses: hence the wait.
    """
    page.wait_for_function(
        """([wanted, without]) => {
            const all = new URLSearchParams(location.search);
            return wanted.every((pair) => all.has(...pair)) && !(without && all.has(...without));
        }""",
        arg=[wanted, without],
    )
    return True


def at_rest(page: Page) -> list[tuple[str, str]]:
    """The address when nothing is left to be written to it, for what must not be there."""
    rest(page)
    return query(page)


def tick(page: Page, facet: str, value: str, key: str = "x") -> None:
    page.locator(
        f".synth-explorer[data-key='{key}'] input[data-facet='{facet}'][value='{value}']"
    ).check()


# --- filters mean what Evidence.where means ---


def random_filters(review: Review, chance: random.Random) -> dict[str, list[str]]:
    """Some filters a reader could choose, most of them few."""
    filters: dict[str, list[str]] = {}
    facets = Facets.of(review.records)
    names = [*facets.ranks, "direction", *(facet.id for facet in review.settings.facets)]
    for name in chance.sample(names, chance.choice([0, 1, 1, 2, 2, 3])):
        held = {value for values in facets.held(name).values() for value in values}
        values = [value for value in review.values(name) if value in held]
        filters[name] = chance.sample(values, min(len(values), chance.choice([1, 1, 2, 3])))
    if chance.random() < 0.3:
        first, last = sorted(chance.sample(range(2003, 2022), 2))
        filters.update(chance.choice([{"since": [str(first)]}, {"until": [str(last)]}]))
    if chance.random() < 0.4:
        words = " ".join(f.summary for f in chance.sample([*review.evidence()], 2)).split()
        asked = chance.sample(words, chance.choice([1, 1, 2]))
        filters["q"] = [" ".join(chance.choice([w, w.upper(), w[:4]]) for w in asked)]
    return filters


def address_of(filters: Mapping[str, list[str]], key: str = "x") -> str:
    pairs = [(f"{key}.{name}", value) for name, values in filters.items() for value in values]
    return f"?{urlencode(pairs)}"


def go_to(page: Page, address: str) -> None:
    """Follow an address within the page, as Back does."""
    page.evaluate(
        "address => { history.pushState(null, '', address); dispatchEvent(new Event('popstate')) }",
        address or "?",
    )


def answered(page: Page, addresses: list[str]) -> list[tuple[list[str], int]]:
    """The findings and the count that each address shows, one followed after the other.

    Nobody looks at the lists between: to lay them out and paint them takes most of the time.
    """
    answers: list[tuple[list[str], int]] = page.evaluate(
        """async (addresses) => {
            const explorer = document.querySelector(".synth-explorer[data-key='x']");
            const answers = [];
            explorer.style.contentVisibility = "hidden";
            for (const address of addresses) {
                history.pushState(null, "", address || "?");
                dispatchEvent(new Event("popstate"));
                await new Promise((done) => setTimeout(done));
                const count = explorer.querySelector("output[data-count]").dataset.count;
                answers.push([explorer.findings(), Number(count)]);
            }
            explorer.style.contentVisibility = "";
            return answers;
        }""",
        addresses,
    )
    return answers


def shows_what_where_selects(page: Page, review: Review, *, seed: int, addresses: int) -> None:
    """Of addresses drawn by lot the explorer shows and counts what the library selects."""
    chance = random.Random(seed)
    asked = [random_filters(review, chance) for _ in range(addresses)]
    told = answered(page, [address_of(filters) for filters in asked])
    for filters, (ids, counted) in zip(asked, told, strict=True):
        expected = review.evidence().where(**filters)
        assert ids == list(expected.ids), filters
        assert counted == len(expected), filters


def test_addresses_show_what_where_selects(page: Page, review: Review) -> None:
    shows_what_where_selects(page, review, seed=20200506, addresses=100)


def test_a_review_with_other_ranks_and_facets(garden: Review, tmp_path: Path, opened: Any) -> None:
    page = opened(write_page(tmp_path, [garden.evidence().explorer(key="x")]))
    shows_what_where_selects(page, garden, seed=7, addresses=60)


@pytest.mark.parametrize(
    "text",
    [
        "STIGMA",
        "stïgma",
        "Otte 2020",
        "  canada   barriers ",
        "(",
        "\\",
        "’",
        "é",
        "zzz",
    ],
)
def test_search_folds_as_python_does(page: Page, review: Review, text: str) -> None:
    page.locator("input[type=search]").fill(text)
    assert shown(page) == list(review.evidence().where(q=text).ids)


def test_both_languages_fold_every_letter_alike(
    garden: Review, tmp_path: Path, opened: Any
) -> None:
    """Each letter in a summary of its own is found by itself as Python folds it."""
    letters = [chr(code) for code in range(0x21, 0x2FF)] + list("ΣςΩйЙẞﬁﬃ①Ⅳ가がK”…‑–—‘’ʼ")
    records = many(garden.records, len(letters))
    findings = {
        name: replace(finding, summary=f"[{letter}]")
        for (name, finding), letter in zip(records.findings.items(), letters, strict=True)
    }
    records = replace(records, findings=findings)
    page = opened(write_page(tmp_path, [Explorer(records, records.findings)]))
    asked = [(name, fold(finding.summary)) for name, finding in findings.items()]
    # Typed as `fill` types, in one go: to ask the browser for each takes far longer than it does.
    missed = page.evaluate(
        """(asked) => {
            const box = document.querySelector("input[type=search]");
            const explorer = document.querySelector(".synth-explorer[data-key='x']");
            return asked.filter(([name, text]) => {
                box.value = text;
                box.dispatchEvent(new Event("input", { bubbles: true }));
                return !explorer.findings().includes(name);
            });
        }""",
        asked,
    )
    assert [findings[name].summary for name, _ in missed] == []
    assert len(shown(page)) < len(findings), "a search narrows"


def hits(page: Page, where: str = ".ex") -> list[str]:
    """What a search marks within an element: highlights over its texts, in their order."""
    found: list[str] = page.locator(where).first.evaluate(
        """place => [...CSS.highlights.get("synth-hit")]
            .filter(({ startContainer: text, endContainer }) =>
                text === endContainer && text.isConnected && place.contains(text))
            .map(({ startContainer: text, startOffset, endOffset }) =>
                text.data.slice(startOffset, endOffset))"""
    )
    return found


@pytest.mark.parametrize(
    ("summary", "typed", "marked"),
    [
        ("The ﬁrst Señora, straße", "senor fir strass", ["ﬁr", "Señor", "straß"]),
        ("A 🌱 garden 👩‍🌾 for all", "all garden", ["garden", "all"]),
        ("Une e\u0301tude du cafe\u0301, vraiment", "cafe etude", ["e\u0301tude", "cafe\u0301"]),
        ("supporting support", "support ppo", ["support", "support"]),
    ],
    ids=["accents and ligatures", "emoji", "accents of their own", "overlapping"],
)
def test_hits_are_marked_whatever_their_accents(
    garden: Review, tmp_path: Path, opened: Any, summary: str, typed: str, marked: list[str]
) -> None:
    records = many(garden.records, 1)
    (name,) = records.findings
    records = replace(records, findings={name: replace(records.findings[name], summary=summary)})
    page = opened(write_page(tmp_path, [Explorer(records, records.findings)]))
    page.locator("input[type=search]").fill(typed)
    assert hits(page, ".ex-results ul p") == marked
    # The texts stand as they are written: what is marked is not taken apart.
    assert page.locator(".ex-results ul p").first.evaluate("p => p.childNodes.length") == 1
    page.locator("input[type=search]").fill("")
    assert hits(page) == []


def test_marks_follow_the_list(everything: Path, opened: Any) -> None:
    """Cards that stay and cards that come are marked alike, and nothing that is gone is kept."""
    page = opened(everything, "?x.q=work")
    before = hits(page)
    assert {text.lower() for text in before} == {"work"}
    tick(page, "direction", "barrier")
    narrowed = hits(page)
    assert len(narrowed) > 0
    whole = page.locator(".ex-results").evaluate(
        """list => [...list.querySelectorAll(".ex-h, ul p, .ex-path")]
            .filter((part) => !part.closest("i, button")).map((part) => {
                const copy = part.cloneNode(true);
                for (const ours of copy.querySelectorAll("i, button")) ours.remove();
                return copy.textContent.toLowerCase().split("work").length - 1;
            }).reduce((sum, found) => sum + found, 0)"""
    )
    assert len(narrowed) == whole
    assert page.evaluate("CSS.highlights.get('synth-hit').size") == whole
    assert held(page, ("x.direction", "barrier"))
    page.go_back()
    page.wait_for_function("size => CSS.highlights.get('synth-hit').size === size", arg=len(before))
    assert hits(page) == before


def test_a_search_marks_no_words_of_the_page(page: Page) -> None:
    """“3 findings”, “Leave out” and the like are not what was searched."""
    go_to(page, "?x.group=study&x.q=ding")
    assert {text.lower() for text in hits(page)} == {"ding"}
    lines = page.locator(".ex-top > .ex-path")
    assert lines.count() > 1
    for at, line in enumerate(lines.all_text_contents()):
        assert "ding" in line
        assert hits(page, f":nth-match(.ex-top > .ex-path, {at + 1})") == []


def painted(page: Page, box: Mapping[str, float]) -> tuple[str, str]:
    """The commonest colour of a place on the screen, and the one that stands out most from it."""
    colours = colours_of(page, box)
    ground = Counter(colours).most_common(1)[0][0]
    return ground, max(set(colours), key=lambda one: contrast(one, ground))


@pytest.mark.parametrize("colours", ["light", "dark", "forced", "forced and dark"])
def test_marks_are_seen_and_read(everything: Path, opened: Any, colours: str) -> None:
    scheme = "dark" if colours.endswith("dark") else "light"
    forced = "active" if colours.startswith("forced") else "none"
    page = opened(everything, "?x.q=work", color_scheme=scheme, forced_colors=forced)
    page.evaluate("way => document.documentElement.dataset.theme = way", scheme)
    # By itself the page is as white as the browser; in a book it has the colour of paper.
    page.add_style_tag(content="html { background: var(--synth-paper); }")
    page.locator(".ex-results ul p").first.scroll_into_view_if_needed()
    boxes = page.evaluate(
        """() => {
            const [hit] = [...CSS.highlights.get("synth-hit")]
                .filter(({ startContainer: text, startOffset }) =>
                    text.parentNode.matches("ul p") && startOffset > 6);
            const box = (from, to) => {
                const range = new Range();
                range.setStart(hit.startContainer, from);
                range.setEnd(hit.startContainer, to);
                const { x, y, width, height } = range.getBoundingClientRect();
                return { x, y, width, height };
            };
            hit.startContainer.parentNode.scrollIntoView({ block: "center" });
            return [box(hit.startOffset, hit.endOffset), box(0, 4)];
        }"""
    )
    (ground, ink), (paper, text) = (painted(page, box) for box in boxes)
    assert ground != paper, "a hit stands on another colour than the text around it"
    assert contrast(ink, ground) >= 4.5
    assert contrast(text, paper) >= 4.5


def test_marks_are_not_printed(everything: Path, opened: Any) -> None:
    """A browser prints the ground of a highlight even where it prints no other."""
    page = opened(everything, "?x.q=work")
    assert page.evaluate("CSS.highlights.get('synth-hit').size") > 0
    yellow = page.evaluate(
        """getComputedStyle(document.querySelector(".ex-h"), "::highlight(synth-hit)")
            .backgroundColor.match(/\\d+/g).map((part) => part / 255)"""
    )
    fills = b"".join(
        drawing.get_data()
        for sheet in PdfReader(io.BytesIO(page.pdf(print_background=True))).pages
        if (drawing := sheet.get_contents()) is not None
    )
    filled = {
        tuple(float(part) for part in match.split())
        for match in re.findall(rb"([\d.]+ [\d.]+ [\d.]+) rg\b", fills)
    }
    assert filled, "other colours are found"
    assert not any(
        max(abs(a - b) for a, b in zip(one, yellow, strict=True)) < 0.01 for one in filled
    )


def test_two_explorers_mark_their_own(review: Review, tmp_path: Path, opened: Any) -> None:
    explorers = [
        Explorer(review.records, review.evidence().where(level=level).ids, key=level)
        for level in ("macro", "meso")
    ]
    page = opened(write_page(tmp_path, explorers), "?macro.q=work&meso.q=support")
    page.wait_for_selector(".synth-explorer[data-key=meso][data-ready=true]")
    for key, word in (("macro", "work"), ("meso", "support")):
        assert {text.lower() for text in hits(page, f"[data-key={key}]")} == {word}
    page.locator("[data-key=macro] input[type=search]").fill("")
    assert hits(page, "[data-key=macro]") == []
    assert {text.lower() for text in hits(page, "[data-key=meso]")} == {"support"}


def test_a_search_works_where_nothing_can_be_marked(
    everything: Path, review: Review, offline_page: Any
) -> None:
    offline = offline_page(own=True, **DESK)
    offline.page.add_init_script("delete CSS.highlights; delete globalThis.Highlight;")
    page = offline.open(everything, "?x.q=stigma")
    page.wait_for_selector(".synth-explorer[data-ready=true]")
    assert page.evaluate("'highlights' in CSS") is False
    assert shown(page) == list(review.evidence().where(q="stigma").ids)
    page.locator("input[type=search]").fill("stigma health")
    found = shown(page)
    assert found == list(review.evidence().where(q="stigma health").ids)
    assert sorted(drawn(page)) == sorted(found)
    assert offline.complaints == []


def test_what_begins_with_a_hit_is_shown_like_all_else(page: Page) -> None:
    """The factor of a finding, and the facts of a study, begin with the word that is searched."""
    go_to(page, "?x.q=supervision")
    place = "li:has(> .ex-path [data-finding=kuhn2015-01]) .ex-place"
    assert page.locator(place).text_content() == "Supervision"
    assert hits(page, place) == ["Supervision"]
    go_to(page, "?x.group=study&x.q=canada")
    lines = page.locator(".ex-top > .ex-path").all_text_contents()
    assert lines
    assert all(" · " in line.partition(" finding")[0] for line in lines), lines


def test_counts_say_what_a_choice_would_show(page: Page, review: Review) -> None:
    go_to(page, "?x.level=meso&x.direction=barrier&x.since=2012")
    kinds: dict[str, dict[str, list[str]]] = {
        "country": {},
        "direction": {"direction": []},
        "level": {"level": []},
    }
    for facet, own in kinds.items():
        others = {"level": ["meso"], "direction": ["barrier"], "since": ["2012"], **own}
        others = {name: values for name, values in others.items() if values}
        for box in page.locator(f"input[data-facet={facet}]").all():
            value = box.get_attribute("value")
            label = box.locator("xpath=..")
            expected = len(review.evidence().where(**others).where(**{facet: value}))
            assert label.locator(".ex-n").text_content() == str(expected), (facet, value)
            # Who hears it hears what is counted, too, after the words that are seen.
            noun = "finding" if expected == 1 else "findings"
            said = f"{label.text_content().removesuffix(str(expected))} {expected} {noun}"
            assert box.get_attribute("aria-label").removesuffix(", already included") == said


def test_a_node_under_a_chosen_one_says_so(page: Page) -> None:
    tick(page, "level", "meso")
    below = page.locator("input[data-facet=theme][value=organizational-leadership]")
    assert below.evaluate("box => box.indeterminate") is True
    assert below.get_attribute("aria-label").endswith("findings, already included")


def test_a_filter_under_the_pointer_stays_where_it_is(page: Page) -> None:
    label = page.locator("label:has(input[data-facet=theme])").first
    parts = label.locator("input, span").all()
    before = [part.bounding_box() for part in [label, *parts]]
    page.mouse.move(0, 0)
    label.hover()
    assert "underline" in label.locator("span").first.evaluate(
        "(words) => getComputedStyle(words).textDecoration"
    )
    assert [part.bounding_box() for part in [label, *parts]] == before
    # A number stands in the first line of a name of several, at the right edge.
    for name in page.locator(".ex-tree li:not(.ex-extra) > label").all():
        box, words, number = (
            name.locator(at).first.bounding_box() for at in ("input", "span", ".ex-n")
        )
        assert number["x"] >= words["x"] + words["width"]
        assert abs(number["y"] + number["height"] / 2 - box["y"] - box["height"] / 2) < 6


# --- the address ---


def test_the_address_holds_the_filters_and_back_undoes(everything: Path, opened: Any) -> None:
    page = opened(everything)
    total = count(page)
    tick(page, "level", "macro")
    assert held(page, ("x.level", "macro"))
    tick(page, "direction", "barrier")
    narrowed = shown(page)
    assert held(page, ("x.direction", "barrier"))
    page.go_back()
    assert held(page, ("x.level", "macro"), without=("x.direction", "barrier"))
    assert not page.locator("input[value=barrier]").is_checked()
    page.go_back()
    assert held(page, without=("x.level", "macro"))
    assert count(page) == total
    page.go_forward()
    assert held(page, ("x.level", "macro"))
    page.go_forward()
    assert held(page, ("x.direction", "barrier"))
    assert shown(page) == narrowed
    page.reload()
    page.wait_for_selector("[data-ready=true]")
    assert shown(page) == narrowed


def test_typing_leaves_no_trail(page: Page) -> None:
    before = page.evaluate("history.length")
    page.locator("input[type=search]").press_sequentially("stigma")
    assert held(page, ("x.q", "stigma"))
    assert page.evaluate("history.length") == before


def test_quick_choices_are_undone_one_by_one(page: Page) -> None:
    """Their addresses are written later, but in the order of the choices."""
    page.evaluate(
        """["macro", "meso", "micro"].forEach((value) =>
            document.querySelector(`input[data-facet=level][value=${value}]`).click())"""
    )
    every = [("x.level", value) for value in ("macro", "meso", "micro")]
    assert held(page, *every)
    page.go_back()
    assert held(page, *every[:2], without=every[2])
    page.go_back()
    assert held(page, every[0], without=every[1])


def test_a_link_opens_the_same_view_elsewhere(everything: Path, opened: Any) -> None:
    page = opened(everything)
    tick(page, "country", "Canada")
    page.locator("input[type=search]").fill("peer workers")
    page.get_by_role("tab", name="Matrix").click()
    page.locator(".ex-matrix select").first.select_option("country")
    assert held(page, ("x.country", "Canada"), ("x.q", "peer workers"), ("x.rows", "country"))
    other = opened(everything, f"?{urlencode(query(page))}")
    assert shown(other) == shown(page)
    assert other.locator(".ex-matrix select").first.input_value() == "country"


def test_an_anchor_is_left_alone(everything: Path, opened: Any) -> None:
    page = opened(everything, "?other=1#somewhere")
    tick(page, "level", "macro")
    assert held(page, ("x.level", "macro"), ("other", "1"))
    assert urlsplit(page.url).fragment == "somewhere"
    page.get_by_role("button", name="Clear all").click()
    assert held(page, without=("x.level", "macro"))
    assert query(page) == [("other", "1")]
    assert urlsplit(page.url).fragment == "somewhere"


@pytest.mark.parametrize(
    "link",
    [
        "?x.level=nonsense",
        "?x.theme=macro",  # a level is no theme
        "?x.nonsense=1",
        "?x.since=abc",
        "?x.rows=zzz",
        "?x.sort=",
        "?x.%00=%F0%28%8C%28",
        "?x.level=%3Cscript%3Ealert(1)%3C/script%3E",
        "?x.__proto__=1&x.constructor=2",
    ],
)
def test_what_an_address_gets_wrong_is_ignored_and_said(
    everything: Path, opened: Any, link: str
) -> None:
    page = opened(everything, link)
    assert count(page) == len(shown(page)) > 100
    assert "not understood" in page.locator(".ex-note").text_content()
    tick(page, "direction", "barrier")
    assert page.locator(".ex-note").is_hidden()


def test_the_rest_of_a_half_right_address_counts(
    everything: Path, review: Review, opened: Any
) -> None:
    page = opened(everything, "?x.level=macro&x.level=nope&x.q=stigma")
    assert shown(page) == list(review.evidence().where(level="macro", q="stigma").ids)
    assert "x.level" not in page.locator(".ex-note").text_content()
    assert "level=nope" in page.locator(".ex-note").text_content()


def test_a_link_of_older_data_says_so(everything: Path, review: Review, opened: Any) -> None:
    page = opened(everything, "?x.level=macro&x.v=0.0.1")
    told = page.locator(".ex-note").text_content()
    assert "0.0.1" in told
    assert review.settings.version in told
    now = opened(everything, f"?x.level=macro&x.v={review.settings.version}")
    assert now.locator(".ex-note").is_hidden()


def test_a_view_cited_from_an_older_version_says_what_came_and_went(
    review: Review, tmp_path: Path, opened: Any
) -> None:
    """Of what came or changed it names what the link still selects; of what went, all."""
    kept = review.evidence().where(level="macro").ids
    other = next(name for name in review.evidence().ids if name not in kept)
    lists = {"came": [kept[0], other], "changed": [kept[1]], "went": ["gone2019-01"]}
    script = f"window.synthChanges={json.dumps({'1.0.0': lists})};"
    explorer = Explorer(review.records, review.records.findings)
    path = write_page(tmp_path, [explorer], changes=script)
    page = opened(path, "?x.level=macro&x.v=1.0.0")
    note = page.locator(".ex-note")
    note.locator("details").first.wait_for()
    told = note.text_content()
    assert f"Cited from version 1.0.0; this is version {review.settings.version}." in told
    assert note.locator("summary").all_text_contents() == [
        "Came since, in this view: 1.",
        "Changed since, in this view: 1.",
        "Went since, of all findings: 1.",
    ]
    for name in (kept[0], kept[1], "gone2019-01"):
        assert name in told
    assert other not in told
    unknown = opened(path, "?x.level=macro&x.v=0.0.1")
    assert "0.0.1" in unknown.locator(".ex-note").text_content()


def test_filters_from_the_start_give_way_to_the_address(
    review: Review, tmp_path: Path, opened: Any
) -> None:
    explorer = review.evidence().explorer(key="x", filters={"direction": "barrier"})
    path = write_page(tmp_path, [explorer])
    page = opened(path)
    assert shown(page) == list(review.evidence().where(direction="barrier").ids)
    assert at_rest(page) == []
    page.get_by_role("button", name="Clear all").click()
    assert count(page) == len(review.evidence())
    assert held(page, ("x.v", review.settings.version))
    again = opened(path, f"?{urlencode(query(page))}")
    assert count(again) == len(review.evidence())


def test_two_explorers_keep_apart(review: Review, tmp_path: Path, opened: Any) -> None:
    theme = review.theme("organizational-leadership").evidence()
    path = write_page(
        tmp_path, [theme.explorer(key="leadership"), review.evidence().explorer(key="all")]
    )
    page = opened(path, "?all.level=macro", viewport={"width": 1280, "height": 20000})
    page.wait_for_selector("[data-key=all][data-ready]")
    assert shown(page, "all") == list(review.level("macro").evidence().ids)
    assert shown(page, "leadership") == list(theme.ids)
    page.locator("[data-key=leadership] input[type=search]").fill("supervision")
    assert shown(page, "leadership") == list(theme.where(q="supervision").ids)
    assert shown(page, "all") == list(review.level("macro").evidence().ids)
    assert held(page, ("all.level", "macro"), ("leadership.q", "supervision"))
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


# --- the matrix ---


def distinct(review: Review, evidence: Evidence, unit: str) -> int:
    if unit == "finding":
        return len(evidence)
    if unit == "study":
        return len(evidence.studies)
    return len(statements_of(evidence))


@pytest.mark.parametrize("unit", ["finding", "statement", "study"])
@pytest.mark.parametrize("filters", [{}, {"direction": ["barrier"], "level": ["meso"]}])
def test_the_matrix_counts_what_the_filters_keep(
    everything: Path, review: Review, opened: Any, unit: str, filters: dict[str, list[str]]
) -> None:
    """Every cell and sum, of the findings that match; what holds nothing is folded away."""
    kept = review.evidence().where(**filters)
    page = opened(everything)
    for rows, cols in (("theme", "direction"), ("country", "level"), ("subtheme", "country")):
        view = {"pane": ["matrix"], "rows": [rows], "cols": [cols], "unit": [unit]}
        go_to(page, address_of({**filters, **view}))
        page.wait_for_selector(".ex-grid table")
        rest(page)
        names = {
            name: {
                value: review.codebook[value].label
                if name in Facets.of(review.records).ranks
                else review.settings.direction(value).label
                if name == "direction"
                else value
                for value in review.values(name)
            }
            for name in (rows, cols)
        }
        told = page.evaluate(
            """() => {
                const text = (one) => one.querySelector("span")?.textContent ?? one.textContent;
                const table = document.querySelector(".ex-grid table");
                const heads = [...table.tHead.rows[0].cells].slice(1).map(text);
                return [...table.tBodies[0].querySelectorAll("tr:not(.ex-grp)")].map((line) =>
                    [text(line.cells[0]) || line.cells[0].textContent,
                     [...line.cells].slice(1).map((cell, at) => [heads[at],
                        cell.querySelector("button > span")?.textContent
                        ?? cell.firstChild.textContent, cell.textContent])]);
            }"""
        )
        assert len(told) > 1
        seen = set()
        of_rows = {label: value for value, label in names[rows].items()}
        of_cols = {label: value for value, label in names[cols].items()}
        for label, cells in told:
            for head, shown_count, whole in cells:
                chosen = {}
                if label != "All":
                    chosen[rows] = of_rows[label]
                if head != "All":
                    chosen[cols] = of_cols[head]
                # Ranks chosen together add up, so each axis cuts for itself.
                cell = kept
                for name, value in chosen.items():
                    cell = cell.where(**{name: value})
                if not chosen or len(chosen) == 1:
                    every = {rows, cols} - set(chosen)
                    for name in every:
                        cell = cell.where(**{name: list(names[name])})
                expected = distinct(review, cell, unit)
                if expected:
                    assert shown_count == str(expected), (label, head)
                    seen.add((label, head))
                else:
                    hidden = "hidden by your filters" in whole
                    assert hidden or "none" not in whole, whole
        assert len({row for row, _ in seen}) == len(told), "an empty row is not folded"


def test_a_cell_leads_to_its_statements_and_back_returns(
    everything: Path, review: Review, opened: Any
) -> None:
    page = opened(everything, "?x.pane=matrix")
    row = page.locator(".ex-grid tr", has_text="Human resource policies")
    row.locator("button").first.focus()
    page.keyboard.press("Enter")
    expected = review.evidence().where(theme="human-resource-policies", direction="enabler")
    assert shown(page) == list(expected.ids)
    page.locator(".ex-results").wait_for()
    assert page.evaluate("document.activeElement.matches('.ex-head')")
    assert held(page, ("x.theme", "human-resource-policies"), without=("x.pane", "matrix"))
    page.go_back()
    page.locator(".ex-grid button").first.wait_for()
    assert count(page) == len(review.evidence())


def test_the_matrix_folds_what_is_empty_and_shows_it_when_asked(
    everything: Path, review: Review, opened: Any
) -> None:
    page = opened(everything, "?x.pane=matrix&x.direction=barrier&x.level=macro&x.cols=country")
    rows = page.locator(".ex-grid tbody th[scope=row]")
    assert rows.count() < 10
    page.locator(".ex-fold input").check()
    # Nine themes and their sum: what filters hide says 0, what was never coded a dash.
    assert rows.count() == 10
    assert "hidden by your filters" in page.locator(".ex-nil").first.text_content()
    told = page.locator(".ex-none").first.text_content()
    assert told == f"– among the {len(review.evidence())} coded"


def test_thirteen_columns_can_be_read(everything: Path, opened: Any) -> None:
    page = opened(
        everything,
        "?x.pane=matrix&x.rows=subtheme&x.cols=country",
        viewport={"width": 1440, "height": 900},
    )
    grid = page.locator(".ex-grid")
    assert page.locator(".ex-grid thead th").count() == 14
    assert grid.evaluate("grid => grid.scrollWidth <= grid.clientWidth")
    phone = opened(everything, "?x.pane=matrix&x.rows=subtheme&x.cols=country", **PHONE)
    assert phone.evaluate("document.documentElement.scrollWidth") == 320
    name = phone.locator(".ex-grid tbody th[scope=row]").first
    before = name.bounding_box()["x"]
    phone.locator(".ex-grid").evaluate("grid => grid.scrollBy(200, 0)")
    assert name.bounding_box()["x"] == before, "names stay where they are"


def test_rows_and_columns_are_never_one_facet(everything: Path, opened: Any) -> None:
    page = opened(everything, "?x.pane=matrix&x.rows=theme&x.cols=level")
    values = [box.input_value() for box in page.locator(".ex-matrix select").all()]
    assert values[:2] == ["theme", "direction"]
    page.locator(".ex-matrix select").first.select_option("direction")
    values = [box.input_value() for box in page.locator(".ex-matrix select").all()]
    assert values[0] == "direction"
    assert values[1] != "direction"


# --- the answer first ---


@pytest.mark.parametrize("width", [1440, 820])
def test_the_title_of_its_page_stands_beside_the_search(
    built_book: Path, opened: Any, width: int
) -> None:
    page = opened(built_book / "book" / "explorer.html", viewport={"width": width, "height": 900})
    title, search = (page.locator(one).bounding_box() for one in ("h1", ".ex-search"))
    gap = search["x"] - title["x"] - title["width"]
    assert 8 <= gap <= 32, "beside it, and not far from it"
    assert abs(title["y"] - search["y"]) < 10
    begun = {
        path.stem
        for path in (built_book / "book").glob("*.html")
        if re.search(r'<section\b[^>]*\bclass="[^"]*\bex-page\b', path.read_text("utf-8"))
    }
    assert begun == {"explorer"}, "where an explorer stands further down, the title stays"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180), (360, 740)])
def test_the_first_statement_is_in_the_first_window(
    everything: Path, opened: Any, width: int, height: int
) -> None:
    size = {"viewport": {"width": width, "height": height}}
    page = opened(everything, "?x.level=macro&x.direction=barrier&x.country=Canada", **size)

    def top() -> float:
        place: float = page.evaluate(
            "document.querySelector('.ex-results ul p').getBoundingClientRect().bottom"
        )
        return place

    assert 0 < top() < height
    if width < 900:
        page.locator(".ex-filters > summary").click()
    tick(page, "level", "meso")
    if width < 900:
        page.locator(".ex-done button").click()
    assert 0 < top() < height
    head = page.locator(".ex-head output")
    assert head.is_visible()
    assert "Barrier" in head.text_content()


def test_the_head_counts_statements_studies_and_directions(
    everything: Path, review: Review, opened: Any
) -> None:
    page = opened(everything, "?x.level=macro")
    kept = review.level("macro").evidence()
    whole = len(statements_of(review.evidence()))
    told = page.locator(".ex-count").text_content()
    studies = len(review.evidence().studies)
    assert told == (
        f"{len(statements_of(kept))} of {whole} statements"
        f" · {len(kept.studies)} of {studies} studies"
    )
    for way in review.settings.directions:
        number = len(statements_of(kept.where(direction=way.id)))
        mark = page.locator("output .ex-mark", has_text=way.label)
        if number:
            assert mark.text_content() == f"{number} {way.label}"
        else:
            assert mark.is_hidden()


HEADS = """() => [...document.querySelectorAll(".ex-results > li")]
    .map((group) => [group.querySelector(".ex-top .ex-path").textContent,
        group.querySelectorAll("ul > li").length])"""


@pytest.mark.parametrize("query", ["", "&x.country=Canada", "&x.q=peer"])
@pytest.mark.parametrize(("group", "unit"), [("theme", "statement"), ("study", "finding")])
def test_the_head_of_a_group_counts_the_rows_below_it(
    everything: Path, opened: Any, group: str, unit: str, query: str
) -> None:
    """Under a head that counts statements, the heads of themes counted findings."""
    page = opened(everything, f"?x.group={group}{query}")
    more = page.locator(".ex-list > .ex-btn")
    offered = more.text_content() if more.is_visible() else ""
    if offered:
        more.click()
    heads = page.evaluate(HEADS)
    assert len(heads) > 3
    for told, rows in heads:
        assert re.search(rf"\b{rows} (?:of its \d+ )?{unit}s?\b", told), (told, rows)
    if offered:
        assert f"Show {sum(rows for _, rows in heads)} {unit}s" == offered


def test_a_statement_stands_once_with_its_studies(page: Page, review: Review) -> None:
    page.locator(".ex-list > .ex-btn").click()
    several = [one for one in statements_of(review.evidence()) if len(one.findings) > 2]
    assert several
    records = review.records
    for statement in several:
        first = records.findings[statement.findings[0]]
        alike = [
            name
            for name in statement.findings
            if (records.findings[name].themes, records.findings[name].direction)
            == (first.themes, first.direction)
        ]
        row = page.locator(f".ex-results li:has(> p [data-finding='{first.id}'])")
        ids = row.locator("[data-finding]").evaluate_all(
            "all => all.map(one => one.dataset.finding)"
        )
        assert sorted(ids) == sorted(alike)
    one = next(s for s in several if len({records.findings[f].study for f in s.findings}) > 2)
    study = records.findings[one.findings[0]].study
    go_to(page, f"?x.q={records.studies[study].year}&x.without={study}")
    assert not [name for name in shown(page) if records.findings[name].study == study]


def test_studies_can_be_chosen(everything: Path, review: Review, opened: Any) -> None:
    """By an address and by a list; each is a filter as others are, counted, named and let go."""
    one, other = (review.records.findings[name].study for name in ("byrne2016-01", "kuhn2015-01"))
    page = opened(everything, f"?x.study={one}&x.study=nobody")
    assert shown(page) == list(review.evidence().where(study=one).ids)
    assert "study=nobody" in page.locator(".ex-note").text_content()
    field = page.get_by_role("group", name="Study", exact=True).get_by_label("Only")
    field.focus()
    field.select_option(label=review.records.label(other))
    both = review.evidence().where(study=[one, other])
    assert shown(page) == list(both.ids)
    assert held(page, ("x.study", one), ("x.study", other))
    # Other filters count what is left of these studies.
    for way in page.locator("input[data-facet=direction]").all():
        told = way.locator("xpath=..").locator(".ex-n").text_content()
        narrowed = both.where(direction=way.get_attribute("value"))
        assert told == str(len(narrowed))
    page.get_by_text("Cite this view", exact=True).click()
    cited = page.locator(".ex-sheet p", has_text="x.study=").first.text_content()
    for study in (one, other):
        assert f"Study: {review.records.label(study)}" in cited
    page.keyboard.press("Escape")
    page.locator(".ex-chip", has_text=review.records.label(one)).click()
    assert shown(page) == list(review.evidence().where(study=other).ids)
    assert held(page, ("x.study", other), without=("x.study", one))
    page.go_back()
    page.wait_for_function("document.querySelectorAll('.ex-chips li').length === 3")
    assert shown(page) == list(both.ids)
    # Where nothing is found, it can be lifted as any other.
    page.locator("input[type=search]").fill("zzzzzz")
    page.locator("input[type=search]").fill("")
    page.locator(".ex-clear").click()
    assert count(page) == len(review.evidence())


def test_a_study_can_be_left_out(everything: Path, review: Review, opened: Any) -> None:
    page = opened(everything)
    field = page.locator(".ex-panel select").last
    field.focus()
    study = review.records.findings[shown(page)[0]].study
    field.select_option(label=review.records.label(study))
    left = review.evidence().where(without=study)
    assert shown(page) == list(left.ids)
    assert held(page, ("x.without", study))
    page.locator(".ex-chip", has_text="Without").click()
    assert count(page) == len(review.evidence())
    go_to(page, "?x.group=study")
    page.locator(".ex-results .ex-link").first.click()
    assert count(page) < len(review.evidence())


WHOLLY_SEEN = """(link) => {
    const { left, right, top, bottom } = link.getBoundingClientRect();
    const places = [[left + 2, top + 2], [right - 2, top + 2], [left + 2, bottom - 2]];
    return places.every(([x, y]) => document.elementFromPoint(x, y) === link);
}"""
"""Whether nothing lies over a link."""


@pytest.mark.parametrize("before", ["", "nothing found", "the matrix"])
def test_a_link_leads_past_the_filters(everything: Path, opened: Any, before: str) -> None:
    page = opened(everything)
    if before == "nothing found":
        page.locator("input[type=search]").fill("zzzzzz")
        assert count(page) == 0
        page.locator("input[type=search]").fill("")
    if before == "the matrix":
        page.get_by_role("tab", name="Matrix").click()
        page.locator(".ex-grid button").first.wait_for()
        page.locator(".ex-tab").first.click()
    page.locator(".ex-results").wait_for()
    page.locator(".ex-skip").focus()
    assert page.locator(".ex-skip").evaluate(WHOLLY_SEEN)
    page.keyboard.press("Enter")
    assert page.evaluate("!!document.activeElement.closest('.ex-results')")
    assert "#" not in page.url


def test_nothing_scrolls_but_the_page_and_the_matrix(everything: Path, opened: Any) -> None:
    for view in (DESK, PHONE):
        page = opened(everything, "?x.level=macro", **view)
        nested = page.evaluate(
            """[...document.querySelectorAll(".ex *")].filter((one) => one.checkVisibility()
                && /auto|scroll/.test(getComputedStyle(one).overflowY)).map(String)"""
        )
        assert nested == []


def test_a_word_mistyped_is_forgiven_and_told(page: Page, review: Review) -> None:
    page.locator("input[type=search]").fill("stgima")
    assert shown(page) == list(review.evidence().where(q="stigma").ids)
    assert "stgima" in page.locator(".ex-slip").text_content()
    assert held(page, ("x.q", "stigma"))
    page.locator("input[type=search]").fill("zzzzzz")
    assert count(page) == 0
    assert page.locator(".ex-slip").is_hidden()


def test_both_spellings_and_synonyms_find_the_same(page: Page, review: Review) -> None:
    for one, other in (("organisation", "organization"), ("programme", "program")):
        for word in (one, other):
            page.locator("input[type=search]").fill(word)
            assert shown(page) == list(review.evidence().where(q=word).ids), word
            assert count(page)
    synonym = next(node.synonyms[0] for node in review.codebook if node.synonyms)
    page.locator("input[type=search]").fill(synonym)
    assert shown(page) == list(review.evidence().where(q=synonym).ids)
    assert count(page)


# --- results ---


# The old list is gone, and more than a screenful of the new one is there.
WHOLE = """() => {
    const now = new Set(document.querySelector(".synth-explorer").findings());
    const drawn = [...document.querySelectorAll(".ex [data-finding]")];
    return drawn.length > Math.min(8, now.size - 1)
        && drawn.every((one) => now.has(one.dataset.finding));
}"""


def test_a_list_written_over_another_is_the_one_a_fresh_page_draws(
    everything: Path, opened: Any
) -> None:
    """Elements of findings that left show others: nothing of the former may stay in them."""
    page, fresh = opened(everything), opened(everything)
    held_now = "document.querySelector('.ex-results').innerHTML"

    def agrees() -> bool:
        fresh.goto(f"{everything.resolve().as_uri()}?{urlencode(at_rest(page))}")
        fresh.wait_for_selector(".synth-explorer[data-ready=true]")
        return bool(page.evaluate(held_now) == fresh.evaluate(held_now))

    for facet, value in (("direction", "barrier"), ("level", "macro"), ("direction", "barrier")):
        page.locator(f"input[data-facet={facet}][value={value}]").click()
        assert agrees(), (facet, value)
    for word in ("peer", "peer s", "stigma", ""):
        page.locator("input[type=search]").fill(word)
        assert agrees(), word
    go_to(page, "?x.group=study&x.direction=barrier")
    assert agrees()
    page.locator("input[data-facet=direction][value=enabler]").click()
    assert agrees()
    # What stood for a study, and went, does not come back for a theme of the same number.
    for asked in ("group=theme", "group=theme&x.q=stigma", "group=study&x.q=stigma", "group=study"):
        go_to(page, f"?x.{asked}")
        assert agrees(), asked
    page.locator("input[data-facet=level][value=micro]").click()
    # Its address is written once it is painted; only then does a reader go back.
    assert agrees(), "micro"
    go_to(page, "?x.group=theme")
    assert agrees(), "back to themes"


def test_what_else_a_finding_speaks_to_stands_apart_from_its_place(
    everything: Path, review: Review, opened: Any
) -> None:
    page = opened(everything, "?x.group=study")
    page.locator(".ex-list > .ex-btn").click()
    several = [one for one in review.evidence() if len(one.themes) > 1]
    assert several
    for finding in several:
        line = page.locator(f"li[data-finding='{finding.id}'] .ex-path").text_content()
        assert " · also: " in line, finding.id


def test_the_list_is_whole_with_the_choice(page: Page) -> None:
    """A choice draws what lies below too, and nothing of the old list stays."""
    box = "input[data-facet=direction][value=barrier]"
    assert page.evaluate(f"document.querySelector('{box}').click(), ({WHOLE})()")
    after = drawn(page)
    page.locator(".ex-list > .ex-btn").click()
    assert drawn(page)[: len(after)] == after
    assert len(drawn(page)) == count(page)
    tick(page, "level", "macro")
    page.locator("input[type=search]").fill("peer")
    assert held(page, ("x.q", "peer"))
    page.wait_for_function(WHOLE)


def test_a_study_in_a_narrowed_explorer_keeps_its_own_countries(
    review: Review, tmp_path: Path, opened: Any
) -> None:
    """What a finding elsewhere was coded with is not told of the study."""
    records = review.records
    name = next(
        finding.study
        for finding in records.findings.values()
        if finding.countries and finding.countries != records.studies[finding.study].countries
    )
    others = [f for f in records.findings.values() if f.study == name and not f.countries]
    assert others, "nothing to compare"
    explorer = Explorer(records, [finding.id for finding in others])
    page = opened(write_page(tmp_path, [explorer]), "?x.group=study")
    line = page.locator(".ex-top > .ex-path").first.text_content()
    assert line.startswith(", ".join(records.studies[name].countries) + " · ")


def test_show_all_draws_the_rest(page: Page) -> None:
    total = count(page)
    first = drawn(page)
    assert 0 < len(first) <= 50
    page.locator(".ex-list > .ex-btn").click()
    assert len(drawn(page)) == total
    assert drawn(page)[: len(first)] == first
    focused = page.evaluate("document.activeElement.dataset.finding")
    assert focused == drawn(page)[len(first)]


@pytest.mark.parametrize("sort", ["newest", "oldest", "author"])
@pytest.mark.parametrize("group", ["study", "theme"])
def test_results_are_grouped_and_sorted(
    everything: Path, review: Review, opened: Any, group: str, sort: str
) -> None:
    page = opened(everything, f"?x.group={group}&x.sort={sort}&x.level=meso")
    page.locator(".ex-list > .ex-btn").click()
    records = review.records
    turn = {"newest": -1, "oldest": 1, "author": 0}[sort]

    def rank(name: str) -> tuple[Any, ...]:
        study = records.studies[records.findings[name].study]
        dated = turn * study.year if turn and study.year else float("inf") if turn else 0
        return (dated, fold(records.label(study.id)), study.id)

    said = {f: one.id for one in statements_of(review.evidence()) for f in one.findings}

    def row(name: str) -> tuple[Any, ...]:
        finding = records.findings[name]
        return (said[name], finding.themes, finding.direction)

    everyone = review.evidence().ids
    first = {row(name): min(rank(n) for n in everyone if row(n) == row(name)) for name in everyone}

    def place(name: str) -> tuple[Any, ...]:
        if group == "study":
            return (rank(name),)
        order = records.codebook.order[records.findings[name].theme]
        alike = min(at for at, n in enumerate(everyone) if row(n) == row(name))
        return (order, first[row(name)], alike, rank(name))

    expected = list(review.level("meso").evidence().ids)
    assert drawn(page) == sorted(expected, key=place)


def test_beyond_two_thousand_the_list_says_so(garden: Review, tmp_path: Path, opened: Any) -> None:
    records = many(garden.records, 2600)
    page = opened(write_page(tmp_path, [Explorer(records, records.findings)]))
    assert count(page) == 2600
    page.locator(".ex-list > .ex-btn").click()
    assert len(drawn(page)) == 2000
    assert "first 2000" in page.locator(".ex-cut").text_content()


def test_nothing_found_offers_ways_back(everything: Path, review: Review, opened: Any) -> None:
    page = opened(everything, "?x.theme=wellbeing&x.direction=mixed&x.country=Canada")
    expected = len(review.evidence().where(theme="wellbeing", direction="mixed", country="Canada"))
    assert count(page) == expected == 0
    empty = page.locator(".ex-empty")
    assert "gap in this selection" in empty.text_content()
    ways = empty.get_by_role("button")
    assert ways.count() >= 1
    said = ways.first.text_content()
    assert "without the filter" in said
    promised = int(said.split()[0])
    ways.first.click()
    assert count(page) == promised > 0
    # A text that is searched for stands in marks of its own, and in no others.
    page = opened(everything, "?x.q=zzzz")
    found = len(review.evidence())
    assert page.locator(".ex-empty button").all_text_contents() == [
        f"{found} findings without the filter Text: “zzzz”"
    ]


def test_a_short_answer_stays_in_sight_beside_the_filters(everything: Path, opened: Any) -> None:
    """A choice far down in the filters left the place of the answer empty."""
    page = opened(everything, "?x.direction=barrier&x.level=macro")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("scrollTo(0, 0)")
    page.get_by_label("Canada").scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    page.wait_for_function("scrollY > 300")
    page.locator("input[value=Canada]").click()
    assert 0 < count(page) < 9
    top = "(list) => list.getBoundingClientRect().top"
    head = page.locator(".ex-sticky").evaluate("(it) => it.getBoundingClientRect().bottom")
    assert head <= page.locator(".ex-results").evaluate(top) < 300
    # What is longer than a window scrolls with the page.
    page.get_by_role("button", name="Clear all").click()
    assert page.locator(".ex-main").evaluate("(it) => getComputedStyle(it).position") == "static"


# --- exports ---


def exported(page: Page, name: str) -> str:
    if not page.locator(".ex-menu").last.evaluate("menu => menu.open"):
        page.get_by_text("Export", exact=True).click()
    with page.expect_download() as started:
        page.locator(f".ex-sheet button[value={name}]").click()
    return Path(started.value.path()).read_bytes().decode()


def test_exports_are_those_of_python(everything: Path, review: Review, opened: Any) -> None:
    page = opened(everything, "?x.direction=barrier&x.level=macro&x.q=peer")
    records = review.records
    chosen = review.evidence().where(direction="barrier", level="macro", q="peer")
    assert shown(page) == list(chosen.ids)
    items = csl_items(records, chosen.ids)
    assert exported(page, "ris") == to_ris(items)
    assert exported(page, "bib") == to_bibtex(items)
    assert exported(page, "json") == to_csl_json(items)
    words = "Level: Macro level; Direction: Barrier; Text: “peer”"
    assert exported(page, "csv") == "\ufeff" + to_csv(records, chosen.ids, words, LINKS["finding"])


def test_the_export_speaks_the_words_of_the_team(
    review: Review, tmp_path: Path, opened: Any
) -> None:
    told = {
        "explorer_selection": "{title}: {n} von {total} Befunden; Filter: {filters}",
        "explorer_no_filter": "keine",
        "explorer_export": "Mitnehmen",
    }
    settings = replace(review.records.settings, words=told)
    records = replace(review.records, settings=settings)
    page = opened(write_page(tmp_path, [Explorer(records, records.findings)]))
    page.get_by_text("Mitnehmen", exact=True).click()
    everything = tuple(records.findings)
    expected = to_csv(records, everything, address=LINKS["finding"])
    assert f"{len(everything)} von {len(everything)} Befunden; Filter: keine" in expected
    assert exported(page, "csv") == "\ufeff" + expected


def test_references_travel_only_when_exported(everything: Path, opened: Any) -> None:
    page = opened(everything)
    files = "[...document.scripts].map(one => one.src).filter(one => one.includes('references-'))"
    assert page.evaluate(files) == []
    exported(page, "ris")
    assert len(page.evaluate(files)) == 1


def test_the_view_can_be_cited(everything: Path, review: Review, opened: Any) -> None:
    page = opened(everything, "?x.level=macro")
    page.get_by_text("Cite this view", exact=True).click()
    # The sheet is open before its text is written.
    text = page.locator(".ex-sheet p", has_text="x.v=").first.text_content()
    stated = review.level("macro").evidence().summary
    for part in (
        *stated.split(" from "),
        "Level: Macro level",
        review.settings.version,
        "x.level=macro",
        "x.v=",
    ):
        assert part in text, part
    assert str(review.settings.date) in text
    page.keyboard.press("Escape")
    assert page.locator(".ex-sheet").first.is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Cite this view"


def test_copying_says_so_and_gives_the_address(everything: Path, opened: Any) -> None:
    page = opened(everything, permissions=["clipboard-read", "clipboard-write"])
    tick(page, "level", "macro")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert held(page, ("x.level", "macro"))
    assert page.url.startswith("file:")
    assert copied == page.url[page.url.index("book/explorer.html") :], "no address of this disk"
    page.locator("[role=status]", has_text="Copied").wait_for()


def test_what_copies_is_there_when_the_keyboard_reaches_the_button(
    everything: Path, opened: Any
) -> None:
    """Some browsers copy only in the moment of a press, and not after a script has come."""
    page = opened(everything)
    with page.expect_request(lambda asked: "explorer-more" in asked.url):
        page.get_by_role("button", name="Copy link").focus()


def test_what_is_copied_begins_with_the_address_of_the_book(
    review: Review, tmp_path: Path, opened: Any
) -> None:
    explorer = Explorer(review.records, review.records.findings)
    path = write_page(tmp_path, [explorer], published="https://gardens.example/")
    page = opened(path, "?x.level=macro", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("https://gardens.example/book/explorer.html?x.level=macro")
    page.get_by_text("Cite this view", exact=True).click()
    cited = page.locator(".ex-sheet p", has_text="x.level=macro").first.text_content()
    assert copied in cited
    assert "file:" not in cited
    rows = csv.DictReader(io.StringIO(exported(page, "csv")))
    assert all(row["address"].startswith("https://gardens.example/book/studies") for row in rows)


def test_copying_that_fails_says_so(everything: Path, opened: Any) -> None:
    page = opened(everything)
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
        " document.execCommand = () => false; }"
    )
    page.get_by_role("button", name="Copy link").click()
    note = page.locator(".ex-note")
    note.wait_for()
    assert "Not copied" in note.text_content()
    assert "book/explorer.html" in note.text_content(), "it can be copied by hand"
    assert page.evaluate("String(getSelection())").startswith("book/explorer.html")
    assert page.get_by_role("button", name="Copied").count() == 0


# --- hostile evidence ---

HOSTILE = (
    "</script><script>document.title = 'run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "quotes ' \" ` and \\ backslashes ${1}",
    '=HYPERLINK("http://example.org")',
    "emoji 🌱👩‍🌾 and ‮right to left‬ مرحبا",
    "line\u2028separator, comma, and \x01 control",
    "long " + "x" * 10_000,
)


def hostile(records: Records) -> Records:
    findings = dict(records.findings)
    for (name, finding), text in zip(records.findings.items(), HOSTILE, strict=False):
        findings[name] = replace(finding, summary=text)
    return replace(records, findings=findings)


def test_hostile_texts_are_texts(garden: Review, tmp_path: Path, opened: Any) -> None:
    records = hostile(garden.records)
    path = write_page(tmp_path, [Explorer(records, records.findings)], policy=POLICY)
    page = opened(path, viewport={"width": 320, "height": 700})
    assert page.title() == "explorer"
    for name, text in zip(records.findings, HOSTILE, strict=False):
        page.locator("input[type=search]").fill(fold(text)[:40].replace("\x01", ""))
        card = page.locator(f"li:has(> p [data-finding='{name}']) p").first
        assert card.text_content() == text
    assert page.title() == "explorer"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("input[type=search]").fill("")
    rows = [*csv.reader(io.StringIO(exported(page, "csv").removeprefix("\ufeff")))]
    place = rows[0].index("summary")
    harmless = [f"'{text}" if text.startswith("=") else text for text in HOSTILE]
    assert [row[place] for row in rows[1:]][: len(HOSTILE)] == harmless


def test_words_written_from_the_right_leave_the_others_in_their_place(
    garden: Review, tmp_path: Path, opened: Any
) -> None:
    records = garden.records
    finding = next(f for f in records.findings.values() if records.codebook[f.theme].depth)
    deep, *_, top = reversed(records.codebook.path(finding.theme))
    nodes = {deep.id: replace(deep, label="الأجر"), top.id: replace(top, label="Door")}
    book = Codebook(tuple(nodes.get(node.id, node) for node in records.codebook))
    records = replace(records, codebook=book, findings={finding.id: finding})
    page = opened(write_page(tmp_path, [Explorer(records, records.findings, group="study")]))
    line = page.locator(f"li[data-finding='{finding.id}'] .ex-path")
    places = line.evaluate(
        """(line, words) => words.map((word) => {
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(word);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            return range.getBoundingClientRect().left;
          }
        })""",
        ["Door", "الأجر", finding.id],
    )
    assert places == sorted(places)
    table = records_table(records)
    assert "› <bdi>الأجر</bdi></td>" in table


def records_table(records: Records) -> str:
    return str(EvidenceTable(records, tuple(records.findings)).html)


def test_a_strict_policy_is_enough(review: Review, tmp_path: Path, opened: Any) -> None:
    explorer = Explorer(review.records, review.records.findings)
    page = opened(write_page(tmp_path, [explorer], policy=POLICY))
    tick(page, "level", "macro")
    assert shown(page) == list(review.level("macro").evidence().ids)


# --- everybody ---


def test_without_scripts_the_table_is_complete(
    everything: Path, review: Review, offline_page: Callable[..., Any]
) -> None:
    page = offline_page(java_script_enabled=False, **DESK).open(everything)
    rows = page.locator("tr[data-finding]")
    assert rows.count() == len(review.evidence())
    assert rows.last.is_visible()


def test_without_scripts_the_table_stacks_on_a_phone(
    everything: Path, offline_page: Callable[..., Any]
) -> None:
    """Running text has the width of the page, and what could be mistaken says what it is."""
    size = {"width": 360, "height": 740}
    page = offline_page(java_script_enabled=False, viewport=size).open(everything)
    cells = page.eval_on_selector_all(
        ".synth-evidence td",
        """all => all.filter(cell => cell.textContent.trim().length > 24)
            .map(cell => cell.getBoundingClientRect().width)""",
    )
    assert len(cells) > 300
    assert min(cells) >= 160
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    last = page.locator(".synth-evidence tr").last.locator("td").last
    said = last.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert "Design" in said


def test_further_filters_are_folded_and_count_as_pandas_does(
    everything: Path, opened: Any, root: Path
) -> None:
    """Income groups of the studies' countries, and statements that several studies report."""
    data = root / "data"
    coded, studies, places = (
        pandas.read_csv(data / f"{name}.csv", keep_default_na=False)
        for name in ("coded_studies", "studies", "places")
    )
    findings = coded.merge(studies[["study", "country"]], on="study", suffixes=("_own", ""))
    findings["country"] = findings.country_own.where(findings.country_own != "", findings.country)
    high = {*places.country[places.income_group == "High income"]}
    rich = findings.country.map(lambda names: not high.isdisjoint(names.split(";")))
    alone = findings.groupby(["anchor", "summary"]).study.transform("nunique") == 1
    page = opened(everything)
    assert page.locator("input[data-facet=support]").first.is_hidden()
    page.locator(".ex-more > summary").click()
    tick(page, "income_group", "High income")
    assert count(page) == rich.sum()
    beside = page.locator("label:has(input[data-facet=support][value='one study']) .ex-n")
    assert int(re.findall(r"^\d+", beside.text_content())[0]) == (rich & alone).sum()
    tick(page, "support", "one study")
    assert set(shown(page)) == {*findings.finding[rich & alone]}
    chips = page.locator(".ex-chip").all_text_contents()
    assert any(chip.endswith("Reported by: one study") for chip in chips)
    # The address is written once the choice is painted.
    page.wait_for_function("location.search.includes('x.support=')")
    page.reload()
    page.locator(".synth-explorer[data-ready=true]").wait_for()
    assert page.locator("input[data-facet=support]").first.is_visible()
    assert count(page) == (rich & alone).sum()


def test_when_the_evidence_does_not_come_the_table_stays(
    review: Review, tmp_path: Path, offline_page: Callable[..., Any]
) -> None:
    path = write_page(tmp_path, [review.evidence().explorer(key="x")])
    for file in (tmp_path / "_static" / "synth").glob("evidence-*.js"):
        file.unlink()
    offline = offline_page(own=True, **DESK)  # its clock is not given back
    offline.page.clock.install()
    page = offline.open(path)
    page.locator(".ex-error").wait_for()
    page.locator(".synth-explorer[data-failed]").wait_for()
    assert page.locator("tr[data-finding]").count() == len(review.evidence())
    assert page.locator("tr[data-finding]").last.is_visible()


def test_the_table_shows_by_itself_where_no_explorer_comes(
    review: Review, tmp_path: Path, offline_page: Callable[..., Any]
) -> None:
    """Nothing is laid out for what will be replaced; after a second its first rows, then all."""
    path = write_page(tmp_path, [review.evidence().explorer(key="x")])
    (tmp_path / "_static" / "synth" / "loader.js").unlink()
    offline = offline_page(own=True, **DESK)  # its clock is not given back
    offline.page.clock.install(time=0)
    offline.page.clock.pause_at(1)  # or it would go on by itself, on a busy machine beyond a second
    page = offline.open(path)
    rows = page.locator("tr[data-finding]")
    assert rows.count() == len(review.evidence())
    assert not rows.first.is_visible()
    page.emulate_media(media="print")
    assert rows.last.is_visible()
    page.emulate_media(media="screen")
    page.clock.run_for(1000)
    assert rows.first.is_visible()
    assert not rows.last.is_visible()
    page.clock.run_for(1000)
    assert rows.last.is_visible()


def test_each_finding_bears_the_shape_of_its_direction(page: Page) -> None:
    """All shapes are one picture: each finding shows the part that the filter's shape draws too."""
    told = page.evaluate(
        """() => {
            const shapes = {};
            for (const input of document.querySelectorAll("input[data-facet=direction]")) {
                const mark = input.nextSibling;
                shapes[mark.textContent] = mark.querySelector("path").getAttribute("d");
            }
            const signs = document.querySelectorAll(".ex-results ul > li > i");
            return [...signs].map((sign) => {
                const { backgroundImage, backgroundPositionY } = getComputedStyle(sign);
                const text = decodeURIComponent(backgroundImage.match(/xml,(.*)"/)[1]);
                const drawn = new DOMParser().parseFromString(text, "image/svg+xml");
                const [, , side, height] = drawn.documentElement.getAttribute("viewBox").split(" ");
                const at = Math.round((parseFloat(backgroundPositionY) / 100) * (height - side));
                const path = drawn.querySelector(`[transform="translate(0 ${at})"]`);
                return [path.getAttribute("d"), shapes[sign.textContent]];
            });
        }"""
    )
    assert len(told) > 10
    assert [drawn for drawn, _ in told] == [wanted for _, wanted in told]
    assert len({drawn for drawn, _ in told}) > 1


def test_a_keyboard_is_enough(everything: Path, review: Review, opened: Any) -> None:
    page = opened(everything)

    def until(reached: str, presses: int = 200) -> None:
        for _ in range(presses):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({reached!r})"):
                return
        raise AssertionError(f"no key reaches {reached}")

    until("input[type=search]")
    page.keyboard.type("peer")
    until("input[value=barrier]")
    page.keyboard.press("Space")
    assert shown(page) == list(review.evidence().where(q="peer", direction="barrier").ids)
    until(".ex-chip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.ex-chip')"), "focus stays with the chips"
    until(".ex-list > .ex-btn, .ex-results a")
    page.locator(".ex-tab").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Matrix"
    until(".ex-grid button")
    page.keyboard.press("Space")
    until(".ex-list > .ex-btn, .ex-results a")
    for _ in range(600):  # no trap: Tab leaves the explorer in the end
        page.keyboard.press("Tab")
        if not page.evaluate("!!document.activeElement.closest('.ex')"):
            break
    assert not page.evaluate("!!document.activeElement.closest('.ex')")


def test_focus_can_be_seen(everything: Path, opened: Any) -> None:
    page = opened(everything, "?x.pane=matrix")
    for selector in (
        "input[type=search]",
        "input[type=checkbox]",
        ".ex-tools .ex-btn",
        ".ex-grid button",
    ):
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = page.locator(selector).first.evaluate("one => getComputedStyle(one).outlineStyle")
        assert style != "none", selector


def test_a_phone_has_room(everything: Path, opened: Any) -> None:
    page = opened(everything, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert not page.locator(".ex-panel").is_visible()
    page.locator(".ex-filters > summary").click()
    tick(page, "level", "macro")
    done = page.locator(".ex-done button")
    assert done.text_content().startswith("Show ")
    assert done.text_content().endswith(" statements")
    done.click()
    assert not page.locator(".ex-panel").is_visible()
    assert "(1 in use)" in page.locator(".ex-filters > summary").text_content()
    small = page.evaluate(
        """[...document.querySelectorAll(".ex button, .ex select, .ex summary, .ex label.ex-o")]
            .filter(one => one.checkVisibility())
            .map(one => [one.className || one.tagName, one.getBoundingClientRect().height])
            .filter(([, height]) => height < 24)"""
    )
    assert small == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_has_the_focus_is_not_behind_the_head(
    everything: Path, opened: Any, size: dict[str, Any]
) -> None:
    """Going back through the list by keyboard (WCAG 2.2, success criterion 2.4.11)."""
    page = opened(everything, "?x.level=meso&x.direction=barrier", reduced_motion="reduce", **size)
    page.locator(".ex-results a").last.focus()
    hidden, seen = [], 0
    while page.evaluate("!!document.activeElement.closest('.ex-main')"):
        seen += 1
        hidden += page.evaluate(
            """() => {
                const head = document.querySelector(".ex-sticky").getBoundingClientRect();
                const one = document.activeElement.getBoundingClientRect();
                return one.top < head.bottom ? [document.activeElement.textContent] : [];
            }"""
        )
        page.keyboard.press("Shift+Tab")
    assert hidden == []
    assert seen > 10


def test_paper_shows_every_result_and_says_the_filters(everything: Path, opened: Any) -> None:
    page = opened(everything, "?x.direction=barrier")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(drawn(page)) == count(page)
    line = page.locator(".ex-print")
    assert line.is_visible()
    assert "Direction: Barrier" in line.text_content()
    assert page.locator("input[type=search]").is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(drawn(page)) <= 50


def test_long_names_of_columns_are_whole(everything: Path, opened: Any) -> None:
    page = opened(everything, "?x.pane=matrix&x.rows=support&x.cols=setting_kind")
    names = page.eval_on_selector_all(
        ".ex-far thead th",
        """all => all.map(cell => {
            const text = document.createRange();
            text.selectNodeContents(cell.firstElementChild);
            const [name, room] = [text.getBoundingClientRect(), cell.getBoundingClientRect()];
            return [cell.textContent, name.top >= room.top - 1 && name.bottom <= room.bottom + 1,
                name.left >= room.left - 1 && name.right <= room.right + 1];
        })""",
    )
    assert len(names) > 10
    assert [name for name, high, wide in names if not (high and wide)] == []


def test_paper_shows_the_matrix_whole_and_the_list_below_it(everything: Path, opened: Any) -> None:
    page = opened(everything, "?x.pane=matrix&x.rows=theme&x.cols=country&x.level=macro")
    page.set_viewport_size({"width": 673, "height": 1000})  # A4 between its margins
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(drawn(page)) == count(page)
    grid, first = page.locator(".ex-grid table"), page.locator(".ex-results > li").first
    assert grid.bounding_box()["x"] + grid.bounding_box()["width"] <= 673
    assert grid.bounding_box()["y"] < first.bounding_box()["y"]
    assert page.locator(".ex-axes").first.is_hidden()


def test_paper_lists_the_references_of_what_is_shown(
    built_book: Path, review: Review, opened: Any
) -> None:
    page = opened(built_book / "book" / "explorer.html", "?x.direction=barrier&x.country=Canada")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown_works = page.eval_on_selector_all(
        "[data-work]",
        "all => all.filter(one => one.checkVisibility()).map(one => one.dataset.work)",
    )
    wanted = review.evidence().where(direction="barrier", country="Canada")
    assert set(shown_works) == {*wanted.study_ids}
    assert page.locator("#how-to-use-it").is_hidden()


@pytest.mark.parametrize("view", ["?x.direction=context", "?x.country=Canada", ""])
def test_no_last_sheet_holds_only_the_imprint(
    built_book: Path, opened: Any, tmp_path: Path, view: str
) -> None:
    page = opened(built_book / "book" / "explorer.html", view)
    page.pdf(path=tmp_path / "view.pdf", prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "view.pdf").pages
    last = " ".join(sheets[-1].extract_text().split())
    assert "Based on:" in last
    before = last.partition("Based on:")[0]
    assert re.search(r"\(\d{4}[a-z]?\)\. ", before), "a reference stands above it"
    assert page.locator("main > .bd-footer-content").count() == 1, "and is back in its place"


DARK = {
    "--pst-color-text-base": "#ced6dd", "--pst-color-text-muted": "#9ca4af",
    "--pst-color-background": "#14181e", "--pst-color-surface": "#29313d",
    "--pst-color-border": "#48566b", "--pst-color-link": "#528fe4",
}  # fmt: skip


@pytest.fixture(scope="module")
def found_by_axe() -> dict[str, dict[str, list[Any]]]:
    """What axe finds at an address, in the light and in the dark, once looked at."""
    return {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["", "?x.level=meso&x.q=work", "?x.q=zzzz", "?x.pane=matrix&x.level=meso"]
)
def test_axe_finds_nothing(
    everything: Path,
    opened: Any,
    root: Path,
    found_by_axe: dict[str, dict[str, list[Any]]],
    scheme: str,
    address: str,
) -> None:
    """One load serves both. In the dark, whose markup is the same, the rules about colours."""
    if address not in found_by_axe:
        page = opened(everything, address)
        page.evaluate((root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
        found = {}
        for now, only in (
            ("light", {}),
            ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]}),
        ):
            page.evaluate("now => document.documentElement.dataset.theme = now", now)
            if now == "dark":
                page.evaluate(
                    """(dark) => Object.entries(dark).forEach(([name, value]) =>
                        document.documentElement.style.setProperty(name, value))""",
                    DARK,
                )
                page.add_style_tag(content="html { background: #14181e; color-scheme: dark }")
            found[now] = page.evaluate(
                """(only) => axe.run(".ex", {preload: false, resultTypes: ["violations"], ...only})
                    .then(({violations}) =>
                        violations.map(one => [one.id, one.nodes.map(node => node.html)]))""",
                only,
            )
        found_by_axe[address] = found
    assert found_by_axe[address][scheme] == []


# --- the built book ---


def test_the_book_shows_what_pandas_selects(built_book: Path, review: Review, opened: Any) -> None:
    """Two hundred random choices, once through the address and once through the boxes."""
    frame = review.evidence().to_frame()
    chance = random.Random(1988)
    page = opened(built_book / "book" / "explorer.html")
    country = review.settings.facet("country")
    assert country
    searchables = {
        f.id: "\n".join(
            fold(part)
            for part in (
                f.summary,
                review.records.label(f.study),
                *(
                    word
                    for theme in f.themes
                    for node in review.codebook.path(theme)
                    for word in (node.label, *node.synonyms)
                ),
                *facet_values(country, f, review.records.studies[f.study]),
            )
        )
        for f in review.evidence()
    }
    nodes = {
        f.id: {node.id for theme in f.themes for node in review.codebook.path(theme)}
        for f in review.evidence()
    }
    asked = [random_filters(review, chance) for _ in range(200)]
    told = answered(page, [address_of(filters) for filters in asked])
    for filters, (ids, counted) in zip(asked, told, strict=True):
        keep = frame.finding.notna()
        ranks = [name for name in Facets.of(review.records).ranks if name in filters]
        if ranks:
            # A finding counts in each theme it speaks to.
            wanted = {value for name in ranks for value in filters[name]}
            keep &= frame.finding.map(lambda name, wanted=wanted: bool(nodes[name] & wanted))
        if "direction" in filters:
            keep &= frame.direction.isin(filters["direction"])
        for facet in review.settings.facets:
            if facet.id in filters:
                split = frame[facet.id].str.split("; ")
                keep &= split.map(lambda held, want=filters[facet.id]: bool({*held} & {*want}))
        if "since" in filters:
            keep &= frame.year >= int(filters["since"][0])
        if "until" in filters:
            keep &= frame.year <= int(filters["until"][0])
        if "q" in filters:
            words = fold(filters["q"][0]).split()
            keep &= frame.finding.map(
                lambda name, words=words: all(word in searchables[name] for word in words)
            )
        assert ids == list(frame.finding[keep]), filters
        assert counted == keep.sum(), filters


def test_links_of_the_book_lead_to_studies_and_findings(built_book: Path, opened: Any) -> None:
    page = opened(built_book / "book" / "explorer.html")
    finding = drawn(page)[0]
    page.locator(f".ex [data-finding='{finding}'] a").last.click()
    assert page.url.endswith(f"#finding-{finding}")
    page.locator(f"#finding-{finding}").wait_for()


def test_theme_pages_list_every_finding_of_the_theme_and_no_other(
    built_book: Path, review: Review, offline_page: Callable[..., Any]
) -> None:
    page = offline_page().open(built_book / "book" / "organizational-leadership.html")
    listed = page.eval_on_selector_all(
        ".synth-statements [data-finding]", "all => all.map(one => one.dataset.finding)"
    )
    assert set(listed) == set(review.theme("organizational-leadership").evidence().ids)
