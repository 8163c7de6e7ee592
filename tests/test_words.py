"""Every word of the interface stands in one table, and a team can put its own in place of it."""

from __future__ import annotations

import pytest

from synth.errors import UnknownName
from synth.words import ENGLISH, Words


def test_a_teams_words_take_the_place_of_the_english_ones() -> None:
    words = Words({"previous_page": "Zurück"})
    assert words["previous_page"] == "Zurück"
    assert words["next_page"] == ENGLISH["next_page"]
    assert repr(words) == f"<Words: {len(ENGLISH)}, 1 of the team's own>"


def test_blanks_are_filled_in() -> None:
    words = Words({"footer_data": "Daten {version} vom {date}"})
    assert words.say("footer_data", version="2.0", date="2027-01-01") == "Daten 2.0 vom 2027-01-01"


def test_a_word_nobody_says_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'next_page'"):
        Words({"next_pgae": "Weiter"})


def test_a_blank_nobody_fills_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"'versoin'.*Did you mean 'version'"):
        Words({"footer_data": "Daten {versoin}"})
