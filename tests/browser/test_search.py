"""The search of the book: each thing once, with its kind and a line that holds the words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth import Review
from synth.facets import searchable

pytestmark = pytest.mark.browser


def search(built_book: Path, offline_page: Callable[..., Any], query: str) -> Any:
    """The page of results."""
    page = offline_page().open(built_book / "search.html", f"?q={query}")
    page.locator(".search-summary").wait_for()
    page.wait_for_function("document.querySelector('.search-summary').textContent")
    return page


def show_all(page: Any) -> None:
    """Show the rest of every list."""
    more = page.locator("#search-results button:visible")
    while count := more.count():
        more.first.click()
        page.wait_for_function(
            "([n, all]) => [...document.querySelectorAll('#search-results button')]"
            ".filter((one) => one.checkVisibility()).length < n"
            " || document.querySelectorAll('#search-results li').length > all",
            arg=[count, page.locator("#search-results li").count()],
        )


def under(page: Any, heading: str) -> Any:
    """The things found of a kind."""
    return page.locator(f"#search-results h2:has-text('{heading}') + ul").locator("> li")


@pytest.mark.parametrize(
    "query", ["supervision", "well-being", "labour", "stigma", "pay", "salary", "supervison"]
)
def test_each_hit_says_what_it_is_and_why(
    built_book: Path, offline_page: Callable[..., Any], query: str
) -> None:
    page = search(built_book, offline_page, query)
    show_all(page)
    hits = page.locator("#search-results li")
    told = page.locator(".search-summary").inner_text()
    assert page.locator(".search-slip").count() == (query == "supervison")
    assert told.startswith(f"{hits.count()} result")
    # The numbers beside the kinds are those of the lists below them.
    for heading in page.locator("#search-results h2").all():
        number = int(re.findall(r"\((\d+)\)", heading.inner_text())[0])
        assert number == heading.locator("xpath=following-sibling::ul[1]/li").count() > 0
    titles = page.locator("#search-results li > a")
    seen = titles.evaluate_all(
        "all => all.map((a) => a.closest('ul').previousSibling.textContent + a.textContent)"
    )
    assert len(set(seen)) == len(seen)
    places = titles.evaluate_all("all => all.map((a) => a.href)")
    assert len(set(places)) == len(places)
    # What is asked for stands in the title or in the line below it, marked.
    assert page.locator("#search-results li:not(:has(mark))").all_inner_texts() == []
    assert not re.search(r"Evidence (finding|theme|influence)|page\(s\)|undefined", page.content())


def test_a_statement_of_several_studies_is_found_once(
    built_book: Path, offline_page: Callable[..., Any], root: Path
) -> None:
    review = Review.load(root)
    page = search(built_book, offline_page, "supervision")
    said: dict[str, set[str]] = {}
    for finding in review.evidence():
        if re.search("supervis", finding.summary, re.IGNORECASE):
            said.setdefault(finding.summary, set()).add(review.records.label(finding.study))
    found = under(page, "What studies report")
    # What says the word stands before what is coded to a theme of that name.
    shown = {
        item.locator("> a").inner_text(): set(item.locator("p a").all_inner_texts())
        for item in found.all()[: len(said)]
    }
    assert shown == said
    found.locator("> a").first.click()
    page.wait_for_url(re.compile(r"studies\.html#finding-"))


@pytest.mark.parametrize(
    ("word", "stem", "node"),
    [("salary", "salar", "remuneration"), ("personnel", "personnel", "human-resource-policies")],
)
def test_a_synonym_finds_what_its_node_is_found_by_and_says_so(
    built_book: Path,
    offline_page: Callable[..., Any],
    root: Path,
    word: str,
    stem: str,
    node: str,
) -> None:
    review = Review.load(root)
    records = review.records
    label = records.codebook[node].label
    assert word in records.codebook[node].synonyms
    page = search(built_book, offline_page, word)
    assert page.locator(".search-slip").count() == 0
    theme = under(page, "Themes and factors").filter(has=page.get_by_text(label, exact=True)).first
    assert theme.locator("> a").inner_text() == label
    # As the explorer finds them: by summary, study, and the names of themes and all above them.
    wanted = {
        finding.summary
        for finding in review.evidence()
        if re.search(rf"\b{stem}", searchable(records.findings[finding.id], records))
    }
    show_all(page)
    found = under(page, "What studies report")
    assert set(found.locator("> a").all_inner_texts()) == wanted
    reasons = found.locator("p").get_by_text(f"About {label}, also called").all_inner_texts()
    by_name = [one for one in wanted if stem not in one.lower()]
    assert len(by_name) >= len(reasons) > 0
    assert all(word in one for one in reasons)


@pytest.mark.parametrize(
    ("query", "slip", "shown"),
    [
        ("supervison", "supervison", "supervision"),  # a letter is missing
        ("stiggma", "stiggma", "stigma"),  # one is too many
        ("remuneartion", "remuneartion", "remuneration"),  # two changed places
        ("rocovery", "rocovery", "recovery"),  # another stands there
        ("organisatoinal culture", "organisatoinal", "organisational"),
    ],
)
def test_a_slip_in_a_word_that_nothing_holds_is_forgiven_and_told(
    built_book: Path, offline_page: Callable[..., Any], query: str, slip: str, shown: str
) -> None:
    page = search(built_book, offline_page, query)
    told = page.locator(".search-slip").inner_text()
    meant = query.replace(slip, shown)
    assert re.fullmatch(f"Nothing holds “{slip}”; shown is “{shown}”\\.", told)
    there = page.locator("#search-results li > a").all_inner_texts()
    assert f"for “{meant}”" in page.locator(".search-summary").inner_text()
    page = search(built_book, offline_page, meant)
    assert page.locator("#search-results li > a").all_inner_texts() == there
    assert page.locator(".search-slip").count() == 0


@pytest.mark.parametrize(
    "query",
    [
        "stigma",  # a word that is right
        "pear",  # too short to tell what was meant
        "zsupervision",  # the first letter is wrong
        "supervision marmalade",  # one word is right, the other like none
        "20131",  # a number is no slip of a word
    ],
)
def test_what_is_no_slip_is_not_forgiven(
    built_book: Path, offline_page: Callable[..., Any], query: str
) -> None:
    page = search(built_book, offline_page, query)
    assert page.locator(".search-slip").count() == 0
    told = page.locator(".search-summary").inner_text()
    assert f"“{query}”" in told
    assert told.startswith("Nothing in this book") == (query != "stigma")


def test_a_word_with_a_hyphen_is_found_in_one_piece(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = search(built_book, offline_page, "well-being")
    assert page.locator("#search-results li > a").first.inner_text() == "Wellbeing"


def test_nothing_found_says_what_to_do(built_book: Path, offline_page: Callable[..., Any]) -> None:
    page = search(built_book, offline_page, "zzzz")
    assert "Nothing in this book" in page.locator(".search-summary").inner_text()


def test_a_query_fetches_the_parts_it_needs_and_no_other(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = search(built_book, offline_page, "supervision")
    page.locator("#search-results li").first.wait_for()
    parts = "[...document.scripts].map((one) => one.src).filter((src) => src.includes('/search/'))"
    fetched = {re.sub(r"\?.*", "", Path(src).name) for src in page.evaluate(parts)}
    there = list((built_book / "_static" / "synth" / "search").glob("*.js"))
    assert "head.js" in fetched
    assert fetched < {path.name for path in there}
    assert sum(name.startswith("words") for name in fetched) == 1


def test_what_is_asked_for_stands_beside_the_sign_of_the_search(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = search(built_book, offline_page, "supervision")
    places = [
        ".bd-search-container .bd-search i",
        ".bd-search-container .bd-search input",
        ".search-summary",
    ]
    sign, field, told = (page.locator(place).bounding_box() for place in places)
    assert sign["x"] + sign["width"] <= field["x"]
    assert field["y"] + field["height"] + 4 <= told["y"], "the ring of the focus has room"
