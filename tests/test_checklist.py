"""Reporting checklists, the coding and the status of a living review, read and drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from garden_book import built, planted
from synth.book.checklist import REPORTING, STATES, checklists
from synth.errors import ReviewError
from synth.reading.rules import load_records

ROOT = Path(__file__).parents[1]

LIST = """[checklist]
id = "own"
name = "Own"
title = "A list of our own"
source = "Nobody."
doi = ""
licence = "CC0-1.0"
items = 2

[[item]]
number = 1
title = "Aim"
review = { state = "reported", says = "It <says> so." }
book = { state = "partly", says = "Some of it." }
places = ["reporting#one-place", "reporting#no-such-place"]

[[item]]
number = "L2"
title = "Living"
review = { state = "not reported", says = "Nothing." }
book = { state = "not applicable", says = "None." }
"""


def with_list(root: Path, text: str = LIST) -> Path:
    folder = root / REPORTING
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(text.replace('doi = ""\n', 'doi = "10.1/x"\n'), "utf-8")
    return root


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The page of a small book with a checklist, and what its build warned of."""
    root = with_list(planted(tmp_path_factory.mktemp("garden")))
    settings = root / "data" / "review.toml"
    settings.write_text(
        settings.read_text("utf-8")
        + '\n[coding]\ncodings = 2\nindependent = true\nby = "Two <people>."\n'
        + '\n[living]\nstatus = "retired"\nsearched_through = "May 2024."\n',
        "utf-8",
    )
    (root / "reporting.md").write_text(
        "# Reporting\n\n## One place\n\n```{checklist} own\n```\n\n```{checklist} oun\n```\n\n"
        "```{coding}\n```\n\n```{living}\n```\n\n```{brief} none\n```\n",
        "utf-8",
    )
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text("utf-8").rstrip("\n") + "\n  - file: reporting\n")
    out, warned = built(root)
    return (out / "reporting.html").read_text("utf-8"), warned


def test_items_are_told_of_review_and_book_with_links(book: tuple[str, str]) -> None:
    page, _ = book
    assert "It &lt;says&gt; so." in page
    assert "1 of 2 reported, 1 of 2 not reported" in page
    assert re.search(r'id="own-l2"><th scope="row" role="rowheader">L2: \w', page)
    assert re.search(r'<th scope="row" role="rowheader">1\. \w', page)
    assert 'href="#one-place"' in page


def test_a_dead_place_fails_the_build(book: tuple[str, str]) -> None:
    _, warned = book
    assert "[checklist-place-dead]" in warned
    assert "reporting#no-such-place" in warned
    assert "'reporting#one-place'" not in warned


def test_a_page_that_asks_for_what_is_not_there_is_told(book: tuple[str, str]) -> None:
    _, warned = book
    assert "[checklist-unknown]" in warned
    assert "[brief-unknown]" in warned


def test_coding_and_status_are_shown_as_the_settings_say(book: tuple[str, str]) -> None:
    page, _ = book
    assert "2 codings made independently of each other" in page
    assert "Two &lt;people&gt;." in page
    assert "A living review that was retired" in page
    assert "May 2024." in page


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("items = 2", "items = 3", "it has 3 items by its head, and 2 stand here"),
        ('state = "partly"', 'state = "half"', "knows no state 'half'"),
        ('number = "L2"', "number = 1", "item 1 stands twice"),
        ('title = "Living"', 'titel = "Living"', "Did you mean 'title'"),
        ('says = "None."', 'says = ""', "needs 'says'"),
        ("[checklist]", "[checklist", "The checklist cannot be read"),
    ],
)
def test_a_checklist_that_cannot_be_read_says_why(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    assert before in LIST
    with_list(tmp_path, LIST.replace(before, after))
    with pytest.raises(ReviewError) as error:
        checklists(tmp_path)
    assert told in str(error.value)
    assert [problem.code for problem in error.value.problems] == ["checklist-malformed"]


def test_the_checklists_of_this_book_count_all_their_items() -> None:
    found = checklists(ROOT)
    assert {"entreq", "prisma-lsr"} <= set(found)
    for each in found.values():
        for side in ("review", "book"):
            assert sum(each.counted(side).values()) == len(each.items)
            assert set(each.counted(side)) <= set(STATES)


def test_this_book_says_that_it_is_not_living_and_what_it_was_searched_to() -> None:
    settings = load_records(ROOT).settings
    assert settings.living is not None
    assert settings.living.status == "not living"
    assert str(settings.search_until) in settings.living.searched_through
