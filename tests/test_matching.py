"""Which work a cell of a table means: however it is written, the right one, several, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from synth.reading.bibliography import parse_bibliography, read_bibliography
from synth.references import matching
from synth.references.apa import author_year, narrative
from synth.references.importing import read_references
from synth.references.matching import Matcher
from synth.references.work import Reference

CORPUS = Path(__file__).parent / "references"
BIB = """
@article{lee2020, author={Lee, Ann}, title={Pay at work: a survey of helpers}, year=2020,
  journal={Work}, doi={10.1000/lee.1}, pmid={30000001}}
@article{lee2020b, author={Lee, Ann and Roy, Tom}, title={Pay at home}, year=2020, journal={Home}}
@article{lee2019, author={Lee, Bo and Roy, Tom and Kim, C.}, title={Rest}, year=2019,
  journal={Work}}
@article{ostby2018, author={Østby, Kari and others}, title={Über die Ruhe}, year=2018, journal={J}}
@book{who2017, author={{World Health Organization}}, title={A report on rest}, year=2017}
@article{berg2016, author={van der Berg, Jan}, title={Particles of names}, year=2016, journal={J}}
@article{obrien2015, author={O’Brien-Mazza, D. J.}, title={Apostrophes}, year=2015, journal={J}}
@article{press, author={Marx, A.}, title={Not printed yet}, year={in press}, journal={J}}
@article{twins1, author={Ek, A.}, title={The same title}, year=2011, journal={North}}
@article{twins2, author={Ek, A.}, title={The same title}, year=2012, journal={South}}
"""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    works, problems = parse_bibliography(BIB)
    assert problems == []
    return Matcher(works, {"who2017": "12", "press": "WOS:000123456700001"})


@pytest.mark.parametrize(
    ("words", "key"),
    [
        *(
            (words, "lee2019")
            for words in ("lee2019", "LEE2019", "Lee 2019", "Lee, 2019", "Lee (2019)")
        ),
        *(
            (words, "lee2019")
            for words in ("Lee et al., 2019", "Lee et al 2019", "LEE ET AL. (2019)")
        ),
        *((words, "lee2019") for words in ("Lee, Roy & Kim, 2019", "Lee, Roy and Kim (2019)")),
        *(
            (words, "lee2019")
            for words in ("Lee B, 2019", "Lee, B. (2019)", "Lee_2019", "2019 Lee")
        ),
        *((words, "lee2020b") for words in ("Lee & Roy 2020", "Lee and Roy (2020)", "Lee 2020b")),
        *((words, "lee2020") for words in ("10.1000/LEE.1", "https://doi.org/10.1000/lee.1")),
        *((words, "lee2020") for words in ("doi:10.1000/lee.1", "PMID: 30000001", "30000001")),
        *((words, "lee2020") for words in ("Pay at work: a survey of helpers", "Pay at work")),
        *((words, "lee2020") for words in ("pay at work – A Survey of Helpers.", "PAY AT WORK")),
        *((words, "ostby2018") for words in ("Ostby 2018", "Østby et al., 2018", "ÜBER DIE RUHE")),
        *((words, "who2017") for words in ("World Health Organization 2017", "#12", "12")),
        *(
            (words, "berg2016")
            for words in ("van der Berg 2016", "Berg, 2016", "Van der Berg, J. (2016)")
        ),
        *(
            (words, "obrien2015")
            for words in ("O'Brien-Mazza 2015", "OBrien Mazza, 2015", "O’Brien-Mazza DJ 2015")
        ),
        *(
            (words, "press")
            for words in ("Marx in press", "Marx (in press)", "Marx", "WOS:000123456700001")
        ),
    ],
)
def test_a_work_is_found_however_it_is_called(matcher: Matcher, words: str, key: str) -> None:
    assert matcher.find(words).key == key


@pytest.mark.parametrize(
    ("words", "candidates"),
    [
        ("Lee 2020", ("lee2020", "lee2020b")),
        ("The same title", ("twins1", "twins2")),
        ("Lee", ("lee2020", "lee2020b", "lee2019")),
    ],
)
def test_what_can_mean_several_works_is_told_with_their_titles(
    matcher: Matcher, words: str, candidates: tuple[str, ...]
) -> None:
    match = matcher.find(words)
    assert (match.key, match.candidates) == ("", candidates)
    said = match.problem("table.csv", 3, "Paper")
    assert said.code == "work-ambiguous"
    for key in candidates:
        assert f"{key!r} ({matcher.works[key].title})" in said.message


@pytest.mark.parametrize(
    ("words", "others", "key"),
    [
        ("Lee 2020", {"title": "Pay at home"}, "lee2020b"),
        # A slip of the pen.
        ("Lee 2020", {"title": "Pay at wrok: a survey of helpers"}, "lee2020"),
        ("Lee 2020", {"journal": "WORK"}, "lee2020"),
        ("Lee 2020", {"doi": "https://doi.org/10.1000/lee.1"}, "lee2020"),
        ("Lee 2020", {"pmid": "30000001"}, "lee2020"),
        ("Lee", {"year": "2019"}, "lee2019"),
        ("The same title", {"year": "2012"}, "twins2"),
        ("The same title", {"journal": "North"}, "twins1"),
        ("", {"author": "Lee, B.", "year": "2019"}, "lee2019"),
        ("", {"title": "Rest"}, "lee2019"),
        ("17", {"title": "Rest"}, "lee2019"),
    ],
)
def test_other_cells_of_the_row_decide(
    matcher: Matcher, words: str, others: Mapping[str, str], key: str
) -> None:
    assert matcher.find(words, **others).key == key


def test_cells_at_odds_are_told(matcher: Matcher) -> None:
    match = matcher.find("Lee 2019", doi="10.1000/lee.1")
    assert (match.key, match.code) == ("", "work-at-odds")
    assert "'lee2019' (Rest)" in match.problem("t.csv", 2, "Paper").message


@pytest.mark.parametrize(
    "words", ["Kim 2020", "Lee & Smith 2020", "Lee 2021", "Nobody", "2020", "?"]
)
def test_what_names_no_work_is_not_guessed(matcher: Matcher, words: str) -> None:
    match = matcher.find(words)
    assert (match.key, match.code) == ("", "work-unknown")
    assert "is no work of references.bib" in match.problem("t.csv", 2, "Paper").message


def test_the_nearest_is_named(matcher: Matcher) -> None:
    assert "Did you mean" in matcher.find("Ostbye, 2018").problem("t.csv", 2, "Paper").remedy


def test_a_slip_is_looked_for_only_where_it_is_told(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a hundred thousand names in the wrong file twenty are told."""
    asked: list[str] = []
    look = matching.did_you_mean

    def counted(word: str, known: Iterable[str]) -> str:
        asked.append(word)
        return look(word, known)

    monkeypatch.setattr(matching, "did_you_mean", counted)
    matches = [matcher.find(f"Ostbyy {year}") for year in range(2010, 2018)]
    assert {match.code for match in matches} == {"work-unknown"}
    assert asked == []
    assert "Did you mean" in str(matches[0].problem("t.csv", 2, "study"))
    assert asked == ["Ostbyy 2010"]


def every_work() -> Iterable[tuple[str, Mapping[str, Reference]]]:
    """The bibliography of the book, of the example, and of every file of the corpus."""
    root = Path(__file__).parent.parent
    for path in (root / "references.bib", root / "tests" / "example" / "references.bib"):
        yield path.name, read_bibliography(path)[0]
    for path in sorted(CORPUS.iterdir()):
        if path.suffix in (".bib", ".ris", ".nbib", ".ciw", ".enw"):
            yield path.name, read_references(path)[0].bibliography


@pytest.mark.parametrize(("file", "works"), [*every_work()], ids=lambda value: str(value)[:30])
def test_every_work_is_found_by_all_it_is_called(file: str, works: Mapping[str, Reference]) -> None:
    matcher = Matcher(works)
    for key, work in works.items():
        called = [key, author_year(work), narrative(work), work.title, work.main_title, work.doi]
        called += [work.title.upper(), f"https://doi.org/{work.doi}" if work.doi else ""]
        called += [re.sub(r"[-–—:,.!?]", " ", work.title), work.title.replace("-", "")]
        for words in filter(None, called):
            match = matcher.find(words)
            assert key in match.candidates, (file, key, words, match)
            if not match.key:
                assert len(match.candidates) > 1


@pytest.mark.parametrize(
    "words", ["J. Smith and A. Doe, 2019", "J Smith & A Doe (2019)", "J.-P. Smith 2019"]
)
def test_initials_may_stand_before_a_name(words: str) -> None:
    fields = {"author": "Smith, John Paul and Doe, Ann", "year": "2019", "title": "Peers"}
    work = Reference("smith2019", "article", fields)
    other = Reference("doe2019", "article", {**fields, "author": "Doe, J."})
    assert Matcher({"smith2019": work, "doe2019": other}).find(words).key == "smith2019"


def test_bodies_are_found_by_their_short_names() -> None:
    works, problems = parse_bibliography(
        """
@book{who2018, author={{World Health Organization}}, title={An atlas}, year=2018}
@book{samhsa2015, author={{Substance Abuse and Mental Health Services Administration}},
  title={Core skills}, year=2015}
@book{rest, author={{National Institute for Health and Care Excellence}},
  title={Rest for adults}, year=2020}
@book{hee2021, author={{Health Education England (HEE)}}, title={A plan}, year=2021}
@book{alone, author={Hall, Eve Edna}, title={No body}, year=2021}
"""
    )
    assert problems == []
    matcher = Matcher(works)
    for said, key in {
        "WHO 2018": "who2018",
        "WHO (2018)": "who2018",
        "SAMHSA, 2015": "samhsa2015",
        "HEE 2021": "hee2021",
        "World Health Organization, 2018": "who2018",
    }.items():
        assert matcher.find(said).key == key
    # NICE are not the initials of its name: it is asked, and nothing is taken.
    asked = matcher.find("NICE 2020")
    assert (asked.key, asked.candidates) == ("", ("rest",))
    assert "Is it 'rest' (Rest for adults)?" in str(asked.problem("t.csv", 2, "Study"))
    for said in ("NICE 2021", "WHO 2017", "EHE 2021", "ICE 2020"):
        found = matcher.find(said)
        assert (found.key, found.candidates) == ("", ())


@pytest.mark.parametrize(
    "words",
    [
        "The Burden 2019 Collaborators, 2022",
        "Burden 2019 Collaborators et al. (2022)",
        "Des aidants",
        "Helpers with a past",
        "Des aidants [Helpers with a past]",
    ],
)
def test_a_year_in_a_name_and_a_translated_title_are_found(words: str) -> None:
    fields = {
        "author": "{The Burden 2019 Collaborators} and others",
        "title": "Des aidants [Helpers with a past]",
        "year": "2022",
    }
    work = Reference("burden2022", "article", fields)
    assert Matcher({"burden2022": work}).find(words).key == "burden2022"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Mueller 2020", "a"),
        ("Muller 2020", "a"),
        ("Soerensen & Boehm (2019)", "b"),
        ("Sorensen and Bohm 2019", "b"),
        ("Aakerblom 2011", "c"),
    ],
)
def test_letters_may_be_written_out(words: str, key: str) -> None:
    said = (
        ("a", "Müller, A.", "2020"),
        ("b", "Sørensen, A. and Böhm, B.", "2019"),
        ("c", "van Åkerblom, X.", "2011"),
    )
    works = {
        name: Reference(name, "book", {"author": author, "year": year, "title": name * 9})
        for name, author, year in said
    }
    assert Matcher(works).find(words).key == key


def test_who_is_called_so_comes_before_whose_letters_are_written_out() -> None:
    fields = {"title": "A title", "year": "2020"}
    works = {
        "a": Reference("a", "book", {**fields, "author": "Müller, A."}),
        "b": Reference("b", "book", {**fields, "author": "Mueller, B."}),
    }
    assert Matcher(works).find("Mueller 2020").key == "b"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("World Health Organisation 2017", "who2017"),
        ("World Health Organization (WHO), 2017", "who2017"),
        ("Labour and rest at home", "kim2018"),
        ("Organisations & their labor", "kim2016"),
        ("Organisations and their labour", "kim2016"),
        ("World Wealth Organisation 2017", ""),
    ],
)
def test_english_is_spelled_in_two_ways(words: str, key: str) -> None:
    works, _ = parse_bibliography(
        f"{BIB}\n"
        "@article{kim2018, author={Kim, C.}, title={Labor and rest at home}, year=2018}\n"
        "@article{kim2016, author={Kim, C.}, title={Organizations and their labor}, year=2016}"
    )
    assert Matcher(works).find(words).key == key


def test_numbers_in_titles_are_no_slip() -> None:
    lee = {"author": "Lee, A.", "year": "2020"}
    titles = ("Rest in wide rooms: part 1", "Rest in wide rooms: part 3")
    works = {
        f"lee{n}": Reference(f"lee{n}", "article", {**lee, "title": t})
        for n, t in enumerate(titles)
    }
    matcher = Matcher(works)
    assert matcher.find("Lee 2020", title="Rest in wide roms: part 3").key == "lee1"
    assert matcher.find("Lee 2020", title="Rest in wide rooms: part 2").code == "work-ambiguous"
