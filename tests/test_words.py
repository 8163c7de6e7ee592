"""Every word of the interface stands in one table, and a team can put its own in place of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from garden_book import built, planted
from synth.errors import UnknownName
from synth.messages import ENGLISH, Words
from synth.review import Review
from synth.views.markup import STATIC, with_words


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


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"n": 1, "total": 1}, "1 of 1 study"),
        ({"n": 0, "total": 1}, "0 of 1 study"),
        ({"n": 1, "total": 40}, "1 of 40 studies"),
        # What a book fills in later is text.
        ({"n": 1, "total": "1"}, "1 of 1 study"),
        ({"n": 1, "total": Markup("all")}, "1 of all studies"),
    ],
)
def test_a_noun_follows_the_number_before_it(values: dict[str, object], said: str) -> None:
    words = Words()
    assert words.say("of_all_studies", **values) == said
    assert words.html("of_all_studies", **values) == said
    assert str(words.markup("of_all_studies", **values)) == said


def test_a_team_writes_both_nouns_and_a_number_that_is_not_there_is_refused() -> None:
    words = Words({"of_all_studies": "{n} von {total} {total:Studie|Studien}"})
    assert words.say("of_all_studies", n=1, total=1) == "1 von 1 Studie"
    with pytest.raises(UnknownName, match=r"'totla'.*Did you mean 'total'"):
        Words({"of_all_studies": "{n} von {totla:Studie|Studien}"})


@pytest.mark.parametrize("text", ["Daten {", "Daten } hier", "{}", "{version!r}", "{version.x}"])
def test_braces_that_hold_no_name_are_refused(text: str) -> None:
    with pytest.raises(UnknownName, match="'footer_data' is a name in braces"):
        Words({"footer_data": text})


def test_every_word_is_said_somewhere(root: Path) -> None:
    """A word nobody says is work for a translator and for nothing."""
    modules = list((root / "src" / "synth").rglob("*.py"))
    modules += (root / "src" / "synth").rglob("*.html")
    modules += (root / "src" / "synth" / "static").glob("[!e]*.js")
    scripts = (root / "src" / "synth" / "js").rglob("*.js")
    code = "\n".join(path.read_text("utf-8") for path in modules)
    # A family of words may be named by what they have in common: words[f"takeaway_{group}"].
    families = {one or other for one, other in re.findall(r'f"(\w+_)\{|"(\w+_)" ~', code)}
    # The explorer's own are asked for by its script, which leaves out what they all begin with.
    script = "\n".join(path.read_text("utf-8") for path in scripts)
    families -= {"explorer_"}
    families |= {f"explorer_{name}" for name in re.findall(r"\bsay\(`(\w+_)\$", script)}
    # Of a pair, the code names what both begin with.
    named = {key: re.sub(r"_(?:one|many)$", "", key) for key in ENGLISH}
    quoted = set(re.findall(r"""(?<=["'])\w+(?=["'])""", code))
    quoted |= {f"explorer_{name}" for name in re.findall(r"""(?<=["'])\w+(?=["'])""", script)}
    unsaid = [key for key in ENGLISH if not {key, named[key]} & quoted]
    assert [key for key in unsaid if not key.startswith(tuple(families))] == []


def test_words_that_count_come_in_pairs() -> None:
    for key in ENGLISH:
        stem, _, form = key.rpartition("_")
        if form in ("one", "many"):
            assert f"{stem}_one" in ENGLISH
            assert f"{stem}_many" in ENGLISH


def test_the_scripts_ask_for_no_word_that_the_table_lacks(root: Path) -> None:
    static = root / "src" / "synth" / "static"
    modules = (root / "src" / "synth" / "js" / "explorer").glob("*.js")
    script = "\n".join(path.read_text("utf-8") for path in modules)
    asked = set(re.findall(r"""\bsay\(["'](\w+)["']""", script))
    for pair in re.findall(r'\bsay\(\w+ \? "(\w+)" : "(\w+)"', script):
        asked |= set(pair)
    assert len(asked) > 40
    assert sorted(key for key in asked if f"explorer_{key}" not in ENGLISH) == []
    figures = (static / "figures.js").read_text("utf-8")
    said = set(re.findall(r'\b(?:say|around)\("(\w+)"', figures))
    assert len(said) > 15
    assert sorted(said - set(ENGLISH)) == []
    # Each word is asked for where the build can see it.
    assert len(re.findall(r"\b(?:say|around)\((?!\")", figures)) == 0


OWN = {
    "key": "Zeichen",
    "finding_many": "{n} Befunde",
    "study_many": "{n} Studien",
    "evidence_theme": "Kodiert unter",
    "evidence_version": "Datenstand {version}.",
    "figure_table": "Dasselbe als Tabelle",
    "figure_source": "Aus {findings} von {all_findings} Befunden in {studies} Studien & mehr.",
    "footer_data": "Daten {version} vom {date}.",
    "column_studies": "Studien",
    "framework_inferred": "Mit ° steht, was erst beim Kodieren benannt wurde.",
    "framework_influences": "Wirkt:",
    "none_coded": "nichts kodiert",
    "map_matrix_acts": "wirkt auf",
    "map_mechanism": "Wie es wirkt",
    "flow_number": "Anzahl",
    "robustness_gone": "Verlorene Befunde",
    "robustness_study": "Studie",
    "study_sample": "Teilnehmende",
    "basis_cited": "vom Review zitiert",
    "characteristics": "Merkmale von {studies}",
    "basis_stated": "ausgesprochen",
    "influence": "Einfluss",
    "explorer_search": "Befunde durchsuchen",
    "cite_see": "siehe",
    "cite_own": "Argument des Reviews, {section}",
    "preview_where": "Im Review:",
    "rests_on_in": "Beruht auf {evidence} aus {countries}",
    "study_cited_in": "Zitiert in: {pages}.",
    "references_coded": "Was daraus kodiert ist",
    "figure_download": "{form} laden",
}
"""Some words of every part of the interface, in another language."""


@pytest.fixture(scope="module")
def translated(example_root: Path) -> Review:
    records = Review.load(example_root).records
    return Review(replace(records, settings=replace(records.settings, words=OWN)))


@pytest.mark.parametrize(
    ("drawn", "keys"),
    [
        ("table", "finding_many study_many evidence_theme"),
        ("explorer", "evidence_theme evidence_version"),
        ("framework", "framework_influences none_coded"),
        ("influence_map", "key map_matrix_acts map_mechanism figure_table column_studies"),
        ("flow", "key flow_number figure_table"),
        ("robustness", "robustness_gone robustness_study"),
        ("catalogue", "study_sample basis_cited"),
        ("characteristics", "study_sample characteristics"),
        ("influence_list", "basis_stated"),
    ],
)
def test_what_is_drawn_speaks_the_teams_words(translated: Review, drawn: str, keys: str) -> None:
    everything = translated.evidence()
    thing = (
        translated.catalogue().characteristics
        if drawn == "characteristics"
        else getattr(translated if hasattr(translated, drawn) else everything, drawn)()
    )
    for key in keys.split():
        # What stands around the blanks.
        for part in re.split(r"\{\w+\}", OWN[key]):
            assert part in thing.html, key


@pytest.mark.parametrize(
    "drawn",
    [
        *("by_year", "by_country", "by_design", "by_place"),
        *("designs_by_theme", "theme_by_study", "single_support", "both_ways"),
    ],
)
def test_the_frame_of_every_chart_speaks_the_teams_words(translated: Review, drawn: str) -> None:
    figure = getattr(translated.evidence(), drawn)()
    assert OWN["figure_table"] in figure.html
    assert "Studien &amp; mehr." in figure.html
    assert "Daten in force vom as loaded." in figure.html
    assert "The same as" not in figure.html
    assert "Drawn from" not in figure.html


def test_the_pages_speak_the_teams_words(tmp_path: Path) -> None:
    root = planted(tmp_path)
    settings = root / "data" / "review.toml"
    own = "\n".join(f"{key} = {json.dumps(text)}" for key, text in OWN.items())
    settings.write_text(f"{settings.read_text('utf-8')}\n[words]\n{own}\n", "utf-8")
    out, _ = built(root)
    pages = "\n".join(page.read_text("utf-8") for page in sorted(out.glob("*.html")))
    for key in (
        *("cite_see", "cite_own", "preview_where", "rests_on_in", "study_cited_in"),
        *("references_coded", "study_sample"),
    ):
        for part in re.split(r"\{\w+\}", OWN[key]):
            assert part in pages, key
    assert "Cited in:" not in pages
    assert "Rests on 2" not in pages
    figures = (STATIC / "figures.js").read_text("utf-8")
    assert OWN["figure_download"] in with_words(figures, Words(OWN))
    assert ENGLISH["figure_download"] not in with_words(figures, Words(OWN))


def test_none_is_counted_like_several() -> None:
    assert [Words().count("finding", n) for n in (0, 1, 2)] == [
        "0 findings",
        "1 finding",
        "2 findings",
    ]
