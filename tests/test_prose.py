"""What stands between the backticks of a role: read and counted without Sphinx."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from synth.book.domain import EvidenceDomain
from synth.book.figures import late_value
from synth.book.role_syntax import cited_findings, mistake, named, parse_count, review_place, worded
from synth.book.views import _placed, addresses
from synth.errors import UnknownName
from synth.model import Codebook, FlowBox
from synth.reading.rules import load_records
from synth.review import Review

GARDEN = Path(__file__).parent / "roots" / "garden"


@pytest.fixture(scope="module")
def review() -> Review:
    return Review(load_records(GARDEN))


NUMBERS = {
    "findings": "6",
    "statements": "6",
    "studies": "4",
    "works": "5",
    "countries": "3",
    "influences": "1",
    "topics": "3",
    "topic": "3",
    "spheres": "2",
    "designs": "2",
    "studies topic=water": "3",
    "studies sphere=ground direction=helps": "3",
    "findings topic=water;soil": "4",
    "findings topic=water topic=soil": "4",
    "findings country=Norway": "3",
    "findings since=2020": "2",
    "influences of=water": "1",
    "influences source=water": "0",
    "influences direction=helps": "1",
    "topics direction=harms": "2",
    "studies | study/studies": "4 studies",
    "studies topic=water | study/studies": "3 of 4 studies",
    "studies topic=soil | study/studies | alone": "1 study",
    "studies topic=soil direction=harms | study/studies | alone": "no studies",
    "studies topic=soil direction=harms | study/studies": "0 of 4 studies",
    "studies topic=water direction=harms | study/studies | of topic=water": "1 of 3 studies",
    "studies topic=water | | of sphere=ground": "3 of 4",
    "topics direction=harms | topic/topics": "2 of 3 topics",
    "studies topic=soil | study supports/studies support | alone": "1 study supports",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_said_as_asked(text, review):
    assert worded(review, parse_count(text)) == NUMBERS[text]


def test_the_whole_holds_what_no_finding_names(review):
    """A theme nobody coded anything to is one of all themes all the same."""
    book = review.records.codebook
    topic = next(node for node in book if node.rank == "topic")
    more = Codebook((*book, replace(topic, id="silence", label="Silence")))
    wider = Review(replace(review.records, codebook=more))
    asked = parse_count("topics direction=harms | topic/topics")
    assert worded(wider, asked) == "2 of 4 topics"


def test_a_number_is_what_where_gives(review):
    where = review.evidence().where(topic="water", country="Norway")
    assert worded(review, parse_count("findings topic=water country=Norway")) == str(len(where))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "A count starts with what is counted"),
        ("topic=water", "A count starts with what is counted"),
        ("studies water", "'water' is no filter"),
        ("studies | study", "singular/plural"),
        ("studies | study/studies | of", "After the noun stands"),
        ("studies | a/b | alone | more", "at most three parts"),
    ],
)
def test_what_cannot_be_read_says_how_it_should_look(text, said):
    with pytest.raises(ValueError, match=said):
        parse_count(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("influences off=water", "Did you mean 'of'"),
        ("influences of=watr", "Did you mean 'water'"),
        ("influences direction=help", "Did you mean 'helps'"),
        ("influences basis=statd", "Did you mean 'stated'"),
        ("works topic=water", "'works' takes no filter"),
        ("desings", "Did you mean 'designs'"),
    ],
)
def test_an_unknown_word_names_the_nearest(text, near, review):
    with pytest.raises(UnknownName, match=near):
        worded(review, parse_count(text))


def test_a_number_of_the_flow_is_that_of_its_box(review):
    flow = (
        FlowBox("found", "search", "source", "", "Records found", 1240, "reported"),
        FlowBox("twice", "search", "removed", "found", "Found twice", None, "not reported"),
        FlowBox("kept", "end", "remaining", "found", "Studies kept", 1, "reported"),
    )
    flowing = Review(replace(review.records, flow=flow))
    assert worded(flowing, parse_count("flow box=found")) == "1,240"
    assert worded(flowing, parse_count("flow box=kept | study/studies | alone")) == "1 study"
    with pytest.raises(UnknownName, match=r"Did you mean 'found'.*data/flow\.csv"):
        worded(flowing, parse_count("flow box=fund"))
    with pytest.raises(UnknownName, match="Did you mean 'box'"):
        worded(flowing, parse_count("flow bx=found"))
    for text in ("flow", "flow box=found;kept"):
        with pytest.raises(ValueError, match="Say which box"):
            worded(flowing, parse_count(text))
    with pytest.raises(ValueError, match=r"no number for the box 'twice' \(not reported\)"):
        worded(flowing, parse_count("flow box=twice"))
    assert mistake("count", "flow box=twice", flowing) is not None


def test_findings_are_listed_with_semicolons():
    assert cited_findings(" a-1 ;b-2; ", ["a-1", "b-2"]) == (["a-1", "b-2"], False)


def test_the_place_in_the_review_needs_its_words():
    assert review_place("Soil | two words", ("Soil",)) == ("Soil", "two words")
    with pytest.raises(ValueError, match="12 words"):
        review_place(f"Soil | {'word ' * 12}", ("Soil",))


def test_a_link_may_bear_a_text_of_its_own(review):
    assert named("theme", "water", review.records) == ("water", "")
    assert named("theme", "what they drink <water>", review.records) == ("water", "what they drink")


def test_roles_of_others_are_never_wrong(review):
    assert mistake("cite:p", "anything", review) is None
    code, reason = mistake("theme", "wter", review) or ("", "")
    assert code == "role-name-unknown"
    assert reason.startswith("There is no theme 'wter'.")
    assert mistake("finding", ";", review) == (
        "role-malformed",
        "Say which finding: its id in data/coded_studies.csv.",
    )


def test_what_only_a_build_knows_counts_the_whole_review(review):
    told = ("studies", "works", "findings", "countries", "influences", "version")
    assert {name: late_value(name, review) for name in told} == {
        "studies": "4",
        "works": "5",
        "findings": "6",
        "countries": "3",
        "influences": "1",
        "version": review.settings.version,
    }
    assert late_value("studies:country=Norway direction=helps", review) == "2"


def test_links_to_an_explorer_lead_to_the_one_with_most_findings():
    held = SimpleNamespace(data={"explorers": {"a": [("x", 3)], "b": [("y", 9)], "c": [("z", 4)]}})
    assert EvidenceDomain.explorer_page(held) == ("b", "y")


def test_a_chart_beside_the_explorer_leads_to_it_too():
    """From a page to itself Sphinx gives an empty address."""
    builder = SimpleNamespace(
        get_target_uri=lambda docname: f"{docname}.html",
        get_relative_uri=lambda here, there: "" if here == there else "explorer.html",
    )
    domain = SimpleNamespace(explorer_page=lambda: ("book/explorer", "x"))
    env = SimpleNamespace(get_domain=lambda name: domain, app=SimpleNamespace(builder=builder))
    for page in ("book/explorer", "book/where"):
        chart = _placed(addresses(env, page), None)
        assert chart.target("explorer", "country=Kenya") == "explorer.html?x.country=Kenya"
