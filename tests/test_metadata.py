"""What machines read on a page, read back as a reference manager or a search engine would."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest

from synth.book import metadata
from synth.book.metadata import (
    coins,
    favicon,
    linked_data,
    page_tags,
    social_card,
    source_data,
)
from synth.references.work import Reference
from synth.review import Review

EXAMPLE = Path(__file__).parent / "example"
HOSTILE = '</script><b onclick="x">"&'


@pytest.fixture(scope="module")
def review() -> Review:
    return Review.load(EXAMPLE)


class Head(HTMLParser):
    """Meta tags by name, and the title of every COinS."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.coins: list[dict[str, list[str]]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "meta":
            name = values.get("name") or values.get("property", "")
            self.meta.setdefault(name, []).append(values.get("content", ""))
        if values.get("class") == "Z3988":
            self.coins.append(parse_qs(values["title"]))


def test_a_page_tells_reference_managers_what_it_is(review: Review) -> None:
    settings = review.settings
    head = Head(page_tags(settings, "Water", "How it is had.", "", is_home=False))
    assert head.meta["citation_title"] == ["Water"]
    assert head.meta["citation_inbook_title"] == [settings.title]
    assert head.meta["citation_author"] == list(settings.authors)
    assert head.meta["citation_publication_date"] == [f"{settings.date:%Y/%m/%d}"]
    assert head.meta["description"] == ["How it is had."]


def test_no_address_is_claimed_where_the_book_has_none(review: Review) -> None:
    head = Head(page_tags(review.settings, "Water", "", "", is_home=True))
    claimed = {"og:url", "og:image", "citation_public_url", "description"}
    assert claimed & set(head.meta) == set()


def test_with_an_address_a_link_has_a_picture(review: Review) -> None:
    settings = replace(review.settings, base_url="https://gardens.example/book")
    address = "https://gardens.example/book/water.html"
    head = Head(page_tags(settings, "Water", "", address, is_home=False))
    assert head.meta["og:url"] == [address]
    assert head.meta["og:image"] == ["https://gardens.example/book/_static/synth/social-card.png"]


def test_titles_never_become_markup(review: Review) -> None:
    head = Head(page_tags(review.settings, HOSTILE, HOSTILE, "", is_home=False))
    assert head.meta["og:title"] == [HOSTILE]
    assert set(head.tags) == {"meta", "link"}


def test_the_first_page_links_the_book_its_data_and_the_review_it_is_based_on(
    review: Review,
) -> None:
    settings = review.settings
    graph = linked_data(settings)["@graph"]
    book, dataset = graph
    assert (book["@type"], dataset["@type"]) == ("Book", "Dataset")
    assert book["hasPart"]["@id"] == dataset["@id"]
    source = source_data(settings, None)
    assert book["isBasedOn"]["@id"] == dataset["isBasedOn"]["@id"] == source["@id"]
    assert source["identifier"] == f"doi:{settings.source.doi}"


KINDS: dict[str, tuple[Reference, dict[str, str]]] = {
    "article": (
        Reference(
            "holm2020",
            "article",
            {
                "author": "Holm, Freja and de Vries, Ana",
                "title": "Water & soil",
                "journal": "Gardens",
                "volume": "3",
                "number": "2",
                "pages": "1--9",
                "year": "2020",
                "doi": "10.5555/x",
            },
        ),
        {
            "rft.jtitle": "Gardens",
            "rft.atitle": "Water & soil",
            "rft.aulast": "Holm",
            "rft.issue": "2",
            "rft.pages": "1-9",
            "rft_id": "info:doi/10.5555/x",
        },
    ),
    "book": (
        Reference("vidal2011", "book", {"author": "Vidal, T.", "title": "Lawns", "year": "2011"}),
        {"rft.btitle": "Lawns", "rft.genre": "book", "rft.date": "2011"},
    ),
    "chapter": (
        Reference(
            "roe2012",
            "incollection",
            {"author": "Roe, A.", "title": "Beds", "booktitle": "Yards", "year": "2012"},
        ),
        {"rft.genre": "bookitem", "rft.atitle": "Beds", "rft.btitle": "Yards"},
    ),
    "report": (
        Reference("un2009", "techreport", {"author": "{United Nations}", "title": "Gardens"}),
        {"rft.btitle": "Gardens", "rft.genre": "report", "rft.au": "United Nations"},
    ),
    # What stands on the page stands here too: pages in full, numbers in place of pages.
    "abbreviated pages": (
        Reference(
            "king2019",
            "article",
            {
                "author": "King, Jr., Martin L.",
                "title": "Rest",
                "journaltitle": "Rooms",
                "number": "1--2",
                "pages": "123--9",
                "url": "https://example.org/a",
                "pmid": "31234567",
            },
        ),
        {
            "rft.jtitle": "Rooms",
            "rft.issue": "1-2",
            "rft.pages": "123-129",
            "rft.ausuffix": "Jr.",
            "rft_id": "https://example.org/a",
        },
    ),
    "article number": (
        Reference("roy2019", "review", {"title": "Rest", "journal": "Rooms", "eid": "e7"}),
        {"rft.genre": "article", "rft.jtitle": "Rooms", "rft.artnum": "e7"},
    ),
    "paper": (
        Reference(
            "ek2012",
            "inproceedings",
            {"title": "Rest", "booktitle": "Rooms", "pages": "1--20", "publisher": "Press"},
        ),
        {
            "rft.genre": "proceeding",
            "rft.atitle": "Rest",
            "rft.btitle": "Rooms",
            "rft.pages": "1-20",
            "rft.pub": "Press",
        },
    ),
    "thesis": (
        Reference("ek2013", "phdthesis", {"title": "Rest", "school": "A School"}),
        {"rft.title": "Rest", "rft.inst": "A School", "rft.degree": "Doctoral dissertation"},
    ),
    "web page": (
        Reference(
            "who2014", "online", {"title": "Rest", "organization": "WHO", "url": "http://a.b"}
        ),
        {"rft.title": "Rest", "rft.publisher": "WHO", "rft_id": "http://a.b"},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_coins_hold_what_a_reference_manager_saves(kind: str) -> None:
    reference, expected = KINDS[kind]
    (context,) = Head(coins(reference)).coins
    assert {name: context[name][0] for name in expected} == expected


def test_a_work_is_known_by_each_of_its_numbers_and_offered_once(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Reference("roy2019", "article", {"title": "A", "doi": "10.5555/a", "pmid": "31234567"})
    (context,) = Head(coins(work)).coins
    assert context["rft_id"] == ["info:doi/10.5555/a", "info:pmid/31234567"]
    monkeypatch.setattr(metadata, "review_of", lambda app: review)
    app: Any = None
    cited = '<div id="ref-holm2018">a</div> <a href="#finding-holm2018-01">b</a>'
    assert len(Head(metadata.with_coins(cited, app)).coins) == 1


def test_the_addresses_of_all_pages_have_the_day_of_the_data(
    review: Review, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app: Any = SimpleNamespace(
        config=SimpleNamespace(html_baseurl="https://gardens.example/en/"),
        builder=SimpleNamespace(format="html", get_target_uri=lambda page: f"{page}.html"),
        env=SimpleNamespace(found_docs={"soil", "book/water"}),
        outdir=tmp_path,
    )
    monkeypatch.setattr(metadata, "settings_of", lambda app: review.settings)
    metadata.write_sitemap(app, ValueError())
    assert not (tmp_path / "sitemap.xml").exists()
    metadata.write_sitemap(app, None)
    told = ElementTree.parse(tmp_path / "sitemap.xml").getroot()
    pages = [[part.text for part in page] for page in told]
    day = review.settings.date.isoformat()
    assert pages == [
        [f"https://gardens.example/en/{page}.html", day] for page in ("book/water", "soil")
    ]


def test_the_review_it_is_based_on_has_its_year_where_it_is_known(review: Review) -> None:
    def dated(**fields: str) -> object:
        work = Reference("holm2020", "article", {"title": "Soil"} | fields)
        return source_data(review.settings, work).get("datePublished")

    assert (dated(year="2020"), dated()) == ("2020", None)


def test_a_year_that_is_not_known_is_not_given() -> None:
    assert "rft.date" not in coins(KINDS["report"][0])


@pytest.mark.parametrize(("most", "told"), [(2, 2), (1, 0)])
@pytest.mark.parametrize(
    ("limit", "body"),
    [
        (
            "MOST_CITED",
            '<a href="s.html#finding-holm2018-01">a</a> <a href="s.html#study-abara2009">b</a>',
        ),
        ("MOST_LISTED", '<div id="ref-holm2018">a</div> <div id="ref-abara2009">b</div>'),
    ],
)
def test_works_are_told_unless_they_outweigh_the_page(
    review: Review, monkeypatch: pytest.MonkeyPatch, limit: str, body: str, most: int, told: int
) -> None:
    """At 2,000 studies they made up a megabyte of every page."""
    monkeypatch.setattr(metadata, "review_of", lambda app: review)
    monkeypatch.setattr(metadata, limit, most)
    app: Any = None
    assert len(Head(metadata.with_coins(body, app)).coins) == told


@pytest.mark.parametrize("draw", [favicon, social_card])
def test_signs_are_drawn_in_the_levels_own_colours(
    review: Review, draw: Callable[[Any], str]
) -> None:
    drawn = draw(review.settings)
    ElementTree.fromstring(drawn)
    for look in review.settings.levels.values():
        assert look.light in drawn
    assert drawn == draw(review.settings)


# --- on the pages of the built book -----------------------------------------------------------


@pytest.mark.slow
def test_every_study_of_the_built_book_can_be_saved(built_book: Path, root: Path) -> None:
    real = Review.load(root)
    found = Head((built_book / "book" / "references.html").read_text("utf-8")).coins
    assert len(found) == len(real.records.bibliography)
    titles = {context.get("rft.atitle", context.get("rft.btitle", [""]))[0] for context in found}
    for study in real.records.studies:
        reference = real.records.bibliography[study]
        if reference.kind == "article":
            assert reference.title in titles


@pytest.mark.slow
def test_the_first_page_links_the_files_and_every_page_describes_itself(
    built_book: Path, root: Path
) -> None:
    settings = Review.load(root).settings
    first = built_book / "book" / "intro.html"
    (stored,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', first.read_text("utf-8")
    )
    graph = json.loads(stored)["@graph"]
    places = [file["contentUrl"] for file in graph[1]["distribution"]]
    assert len(places) == len(set(places)) > 5
    assert [it for it in places if not (first.parent / it).is_file()] == []
    assert [part["@type"] for part in graph] == ["Book", "Dataset", "ScholarlyArticle"]
    for path in sorted((built_book / "book").glob("*.html")):
        described = Head(path.read_text("utf-8")).meta["description"][0]
        assert described != settings.title, path.name
