"""What ``review.toml`` can say, and what is said when it says something else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from synth.model import SETTINGS, Settings
from synth.reading.settings import contrast, parse_settings, read_settings, settings_line


@pytest.fixture(scope="module")
def text(example_root: Path) -> str:
    return (example_root / "data" / "review.toml").read_text(encoding="utf-8")


def test_the_settings_of_the_example(example_root: Path) -> None:
    settings, problems = read_settings(example_root)
    assert problems == []
    assert settings.title == "What keeps school gardens growing"
    assert settings.date == date(2024, 9, 1)
    assert [rank.id for rank in settings.ranks] == ["sphere", "domain", "topic", "aspect"]
    assert [direction.id for direction in settings.directions] == ["helps", "harms", "unclear"]
    assert settings.directions[0].words == ("help", "keep", "carr")
    assert settings.facet("season").many  # type: ignore[union-attr]
    assert (settings.search_since, settings.search_until) == (1995, 2023)
    assert settings.source.key == "holm2024"
    assert settings.levels["school"].mark == "ring-centre"


def test_the_settings_of_the_book(root: Path) -> None:
    assert read_settings(root)[1] == []


def test_every_setting_is_a_field_of_what_is_read() -> None:
    fields = {setting.key for setting in SETTINGS if not setting.section}
    assert fields <= set(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('language = "en"', "", 0, "The setting is missing."),
        ('language = "en"', 'language = ""', 7, "The setting is empty."),
        ('language = "en"', "language = 3", 7, "3 is no text."),
        ("date = 2024-09-01", "date = 2024-09-01T10:00:00", 10, "This is no date."),
        ("since = 1995", 'since = "1995"', 22, "'1995' is no year."),
        ("until = 2023", "until = 1990", 23, "1990 comes before 1995."),
        ('id = "domain"', 'id = "Domain 2"', 31, "'Domain 2' is no slug."),
        ('id = "domain"', 'id = "sphere"', 31, "'sphere' stands twice."),
        ('id = "domain"', 'id = "group"', 31, "'group' already has a meaning in the address"),
        ('influence = "harms"', 'influence = "helps"', 62, "'helps' is also the word of 'helps'."),
        ('base_url = ""', 'base_url = "gardens.org"', 12, "'gardens.org' is no web address."),
        ('base_url = ""', 'reports_to = "beds@org"', 12, "'beds@org' is no mail or web address."),
        ('of = "study"', 'of = "studies"', 84, "'studies' is not known."),
        ('id = "climate"', 'id = "Climate!"', 81, "'Climate!' is no column name."),
        ('["Inside', '["Discussion", "Inside', 14, "'Discussion' stands twice."),
    ],
)
def test_each_slip_is_told_with_its_line(
    text: str, old: str, new: str, line: int, message: str
) -> None:
    assert old in text
    _, problems = parse_settings(text.replace(old, new, 1))
    assert [problem.line for problem in problems] == [line]
    assert problems[0].message.startswith(message)


def test_a_missing_section_is_told(text: str) -> None:
    without = text.replace("[source]", "[sources]")
    _, problems = parse_settings(without)
    assert [(problem.where, problem.line) for problem in problems] == [
        ("source", 0),
        ("sources", 16),
    ]
    assert problems[1].remedy.startswith("Did you mean 'source'?")


def test_every_problem_is_told_at_once() -> None:
    _, problems = parse_settings("title = 1\nquestoin = 2\n")
    where = {problem.where for problem in problems}
    assert {"title", "questoin", "question", "language", "licence", "version", "date"} <= where
    assert {"source", "ranks", "directions"} <= where


@pytest.mark.parametrize("text", ["= 1", "[a", 'title = "x', "title = 'x'\ntitle = 'y'", "\x00"])
def test_what_is_no_toml_is_one_problem_with_a_line(text: str) -> None:
    _, problems = parse_settings(text)
    assert len(problems) == 1
    assert problems[0].line >= 1


def test_an_empty_file_gives_empty_settings() -> None:
    settings, problems = parse_settings("")
    assert settings.ranks == ()
    assert problems


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_lines_are_found_after_lists_of_several_lines() -> None:
    text = 'a = [\n  "b = 1",\n  "]",\n]\nb = 2\n[[c]]\nb = 3\n[[c]]\nb = 4\n[d.e]\nb = 5\n'
    assert settings_line(text, "b") == 5
    assert settings_line(text, "c", 1, "b") == 9
    assert settings_line(text, "d", "e", "b") == 11
    assert settings_line(text, "nothing") == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[source]\n", 'source = "Moe 2023"\n[sourse]\n', "section-malformed"),
        ("[source]\n", "[sourse]\n", "section-missing"),
        ("[[ranks]]", "[[rank]]", "sections-none"),
        ("[levels.work]", "[[levels]]", "sections-malformed"),
        ("[source]\n", "[coding]\ncodings = 0\n[source]\n", "number-malformed"),
        ("[source]\n", "[coding]\ncodings = 1\n[source]\n", ""),
        ("[source]\n", "[coding]\ncodings = 99\n[source]\n", ""),
        ("[source]\n", "[coding]\ncodings = 100\n[source]\n", "number-malformed"),
        (
            "[source]\n",
            '[checks]\nignore = [{ code = "x-y", reason = "z" }]\n[source]\n',
            "ignored-unknown",
        ),
    ],
)
def test_each_slip_in_the_sections_has_its_code(old: str, new: str, code: str) -> None:
    text = (Path(__file__).parent / "bad_data/sound/data/review.toml").read_text("utf-8")
    assert old in text
    replaced = text.replace(old, new) if code.startswith("sections") else text.replace(old, new, 1)
    codes = {problem.code for problem in parse_settings(replaced)[1]}
    assert (code in codes) if code else codes == set()
