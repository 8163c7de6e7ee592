"""Every word of the interface stands in one table, and a team can put its own in place of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from synth.errors import UnknownName
from synth.words import ENGLISH, Words


def test_a_teams_words_take_the_place_of_the_english_ones() -> None:
    words = Words({"hide_code": "Verbergen"})
    assert words["hide_code"] == "Verbergen"
    assert words["show_code"] == ENGLISH["show_code"]
    assert repr(words) == f"<Words: {len(ENGLISH)}, 1 of the team's own>"


def test_blanks_are_filled_in() -> None:
    words = Words({"footer_data": "Daten {version} vom {date}"})
    assert words.say("footer_data", version="2.0", date="2027-01-01") == "Daten 2.0 vom 2027-01-01"


def test_a_word_nobody_says_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'show_code'"):
        Words({"show_cdoe": "Zeigen"})


def test_a_blank_nobody_fills_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"'versoin'.*Did you mean 'version'"):
        Words({"footer_data": "Daten {versoin}"})


def test_every_word_is_said_somewhere(root: Path) -> None:
    """A word nobody says is work for a translator and for nothing."""
    modules = [path for path in (root / "src" / "synth").rglob("*.py") if path.stem != "words"]
    code = "\n".join(path.read_text("utf-8") for path in modules)
    # A family of words may be named by what they have in common: words[f"takeaway_{group}"].
    families = tuple(re.findall(r'f"(\w+_)\{', code))
    # Of a pair, the code names what both begin with.
    named = {key: re.sub(r"_(?:one|many)$", "", key) for key in ENGLISH}
    unsaid = [key for key in ENGLISH if not re.search(rf"[\"'](?:{key}|{named[key]})[\"']", code)]
    assert [key for key in unsaid if not key.startswith(families)] == []


def test_words_that_count_come_in_pairs() -> None:
    for key in ENGLISH:
        stem, _, form = key.rpartition("_")
        if form in ("one", "many"):
            assert f"{stem}_one" in ENGLISH
            assert f"{stem}_many" in ENGLISH


def test_the_scripts_ask_for_no_word_that_the_table_lacks(root: Path) -> None:
    script = (root / "src" / "synth" / "static" / "explorer.js").read_text("utf-8")
    asked = set(re.findall(r"""\bsay\(["'](\w+)["']""", script))
    asked |= {
        key for pair in re.findall(r'\bsay\(\w+ \? "(\w+)" : "(\w+)"', script) for key in pair
    }
    assert len(asked) > 40
    assert sorted(key for key in asked if f"explorer_{key}" not in ENGLISH) == []
