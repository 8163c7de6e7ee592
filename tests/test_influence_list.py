"""Every influence has an entry of its own, with its anchor, its studies and its place."""

from __future__ import annotations

import re

from records_by_hand import INFLUENCES, records
from synth.model import Influence
from synth.views.influences.listing import influence_list


def test_every_influence_has_one_anchor_in_the_order_of_the_codebook() -> None:
    shown = influence_list(records())
    anchors = re.findall(r'<li id="influence-([^"]+)"', shown.html)
    assert anchors == ["law-money", "mandates-trust", "money-team", "team-law", "trust-trust"]
    assert sorted(anchors) == sorted(influence.id for influence in INFLUENCES)


def test_an_entry_says_who_acts_on_whom_and_who_says_so() -> None:
    shown = influence_list(records(), ["law-money"])
    assert "Law: 1 influence starts here" in shown.html
    # One that stays within its theme acts on no other.
    assert "other themes" not in influence_list(records(), ["trust-trust"]).html
    assert 'href="synth:theme:money"' in shown.html
    assert 'href="synth:study:ames2004"' in shown.html
    assert "Law opens a fund." in shown.html
    assert "Law opens a fund." in shown.readable


def test_many_influences_are_folded_under_their_theme_and_few_stand_open() -> None:
    many = influence_list(records()).html
    assert many.count('<details class="synth-group" data-print="open">') == many.count("<h3>") > 1
    assert 'data-print="open" open>' in influence_list(records(), ["law-money"]).html


def test_an_influence_without_a_study_is_said_to_be_the_reviews_own_argument() -> None:
    shown = influence_list(records(), ["money-team"])
    assert "no study named" in shown.html
    assert "inferred by us" in shown.html


def test_the_place_in_the_source_is_a_marked_quotation() -> None:
    one = Influence(
        "a", "law", "money", "helps", "Law opens <a> fund.", section="Laws", anchor="a fund opened"
    )
    shown = influence_list(records(influences=[one]))
    assert "in the review: Laws <q>a fund opened</q>" in shown.html
    assert "Law opens &lt;a&gt; fund." in shown.html


def test_none_at_all_is_a_sentence_and_no_empty_list() -> None:
    shown = influence_list(records(influences=[]))
    assert "No influence among those coded." in shown.html
    assert "<ul" not in shown.html
    assert repr(shown) == "<InfluenceList: 0 influences>"
