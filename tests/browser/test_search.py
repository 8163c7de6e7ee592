"""The search of the book: each thing once, with its kind and a line that holds the words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth import Review

pytestmark = pytest.mark.browser


def search(built_book: Path, offline_page: Callable[..., Any], query: str) -> Any:
    """The page of results."""
    page = offline_page().open(built_book / "search.html", f"?q={query}")
    page.locator(".search-summary").wait_for()
    page.wait_for_function("document.querySelector('.search-summary').textContent")
    return page


@pytest.mark.parametrize("query", ["supervision", "well-being", "labour", "stigma", "pay"])
def test_each_hit_says_what_it_is_and_why(
    built_book: Path, offline_page: Callable[..., Any], query: str
) -> None:
    page = search(built_book, offline_page, query)
    hits = page.locator("#search-results li")
    told = page.locator(".search-summary").inner_text()
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
    found = page.locator("#search-results ul").nth(
        page.locator("#search-results h2")
        .all_inner_texts()
        .index(f"What studies report ({len(said)})")
    )
    shown = {
        item.locator("> a").inner_text(): set(item.locator("p a").all_inner_texts())
        for item in found.locator("li").all()
    }
    assert shown == said
    found.locator("li > a").first.click()
    page.wait_for_url(re.compile(r"studies\.html#finding-"))


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
