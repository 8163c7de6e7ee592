"""Evidence: what a filter means, and what is counted."""

from __future__ import annotations

import copy
import pickle
import re
from dataclasses import replace
from pathlib import Path

import pytest

from synth.errors import ReviewError, UnknownName
from synth.evidence import Evidence
from synth.facets import Facets
from synth.model import UNKNOWN, Facet
from synth.review import Review


@pytest.fixture(scope="module")
def review(example_root: Path) -> Review:
    return Review.load(example_root)


def test_it_states_its_counts(review: Review) -> None:
    everything = review.evidence()
    findings, studies = len(everything.ids), len(everything.study_ids)
    assert repr(everything) == (
        f"<Evidence: {len(everything.statements)} statements ({findings} findings) "
        f"from {studies} studies>"
    )


def test_one_finding_is_singular(review: Review) -> None:
    one = Evidence(review.records, [review.evidence().ids[0]])
    assert repr(one) == "<Evidence: 1 statement (1 finding) from 1 study>"


def test_a_node_includes_everything_below_it(review: Review) -> None:
    for level in review.levels:
        branch = review.records.codebook.branch(level.id)
        expected = tuple(f.id for f in review.evidence() if f.theme in branch)
        assert level.evidence().ids == expected


def test_ranks_add_up_and_other_facets_cut(review: Review) -> None:
    ranks = Facets.of(review.records).ranks
    book = review.records.codebook
    first, second = book.of_rank(ranks[0])[0].id, book.of_rank(ranks[1])[-1].id
    joined = review.evidence().where(**{ranks[0]: first, ranks[1]: second})
    apart = review.theme(first).evidence() | review.theme(second).evidence()
    assert joined == apart
    direction = review.values("direction")[0]
    cut = review.evidence().where(**{ranks[0]: first}, direction=direction)
    assert cut == review.theme(first).evidence() & review.evidence().where(direction=direction)


def test_several_values_of_a_facet_add_up(review: Review) -> None:
    some = review.values("direction")[:2]
    joined = review.evidence().where(direction=some)
    assert joined == review.evidence().where(direction=some[0]) | review.evidence().where(
        direction=some[1]
    )


def test_declared_facets_filter(review: Review) -> None:
    for facet in review.settings.facets:
        total: set[str] = set()
        for value in review.values(facet.id):
            total |= set(review.evidence().where(**{facet.id: value}).ids)
        assert total == set(review.evidence().ids)


def test_years_bound_the_study(review: Review) -> None:
    years = sorted({s.year for s in review.evidence().studies if s.year})
    late = review.evidence().where(since=years[-1])
    assert {s.year for s in late.studies} == {years[-1]}
    assert review.evidence().where(until=years[0] - 1).ids == ()


def test_a_study_without_a_year_is_in_no_span_of_years(review: Review) -> None:
    name = review.evidence().study_ids[0]
    studies = {**review.records.studies, name: replace(review.records.studies[name], year=None)}
    undated = Review(replace(review.records, studies=studies)).evidence()
    years = [study.year for study in undated.studies if study.year]
    for bounds in ({"since": min(years)}, {"until": max(years)}):
        assert set(undated.where(**bounds).study_ids) == set(undated.study_ids) - {name}


def test_what_is_no_country_or_not_known_is_not_counted(review: Review) -> None:
    places = (("Norway", "International"), (UNKNOWN[0],), ("Norway",), ("Kenya", UNKNOWN[-1]))
    names = review.evidence().study_ids
    assert len(names) >= len(places)
    studies = dict(review.records.studies)
    for at, name in enumerate(names):
        studies[name] = replace(studies[name], countries=places[at % len(places)])
    settings = replace(
        review.settings,
        not_countries=("International",),
        facets=(*review.settings.facets, Facet("country", "Country", "Countries", "study", True)),
    )
    findings = {name: replace(f, countries=()) for name, f in review.records.findings.items()}
    found = Review(
        replace(review.records, studies=studies, findings=findings, settings=settings)
    ).evidence()
    assert found.countries == ("Kenya", "Norway")
    assert found.count("countries") == 2
    # As values of a facet they are three: only what nobody knows is no value.
    assert found.count("country") == 3


def test_every_word_must_match(review: Review) -> None:
    finding = review.evidence().findings[0]
    words = finding.summary.split()
    found = review.evidence().where(q=f"{words[-1].upper().strip('.')} {words[0].lower()}")
    assert finding.id in found.ids
    assert review.evidence().where(q="no such words at all").ids == ()


def test_what_is_left_out_and_what_remains(review: Review) -> None:
    direction = review.values("direction")[0]
    some = review.evidence().where(direction=direction)
    rest = review.evidence() - some
    assert set(some.ids).isdisjoint(rest.ids)
    assert some | rest == review.evidence()


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"dirction": "x"}, "There is no filter 'dirction'. Did you mean 'direction'?"),
        ({"direction": "nowhere"}, "There is no direction 'nowhere'. Known: "),
        ({"since": "soon"}, "There is no year 'soon'. since takes a year such as 2015."),
    ],
)
def test_an_unknown_filter_is_named(review: Review, filters: dict[str, str], message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        review.evidence().where(**filters)
    assert str(caught.value).startswith(message)


def test_a_node_of_another_rank_says_which_it_is(review: Review) -> None:
    first, second, *_ = Facets.of(review.records).ranks
    level = review.levels[0].id
    with pytest.raises(UnknownName, match=f"{level!r} is a {first}: say {first}={level!r}"):
        review.evidence().where(**{second: level})


def test_the_table_for_pandas_has_a_row_a_finding(review: Review) -> None:
    frame = review.evidence().to_frame()
    assert list(frame["finding"]) == list(review.evidence().ids)
    assert set(Facets.of(review.records).ranks) <= set(frame.columns)


def test_a_cross_table_counts_every_value(review: Review) -> None:
    level = Facets.of(review.records).ranks[0]
    table = review.evidence().cross(level, "direction")
    assert list(table.index) == [node.id for node in review.levels]
    assert list(table.columns) == list(review.values("direction"))
    assert int(table.to_numpy().sum()) == len(review.evidence())


def test_it_never_changes(review: Review) -> None:
    everything = review.evidence()
    before = everything.ids
    everything.where(direction=review.values("direction")[0])
    assert everything.ids == before
    assert isinstance(everything, Evidence)


def test_counts(review: Review) -> None:
    evidence = review.evidence()
    assert evidence.count() == len(evidence.ids)
    assert evidence.count("studies") == len(evidence.studies)
    assert evidence.count("themes") == len(evidence.themes)
    with pytest.raises(UnknownName, match=r"no count 'stdies'\. Did you mean 'studies'"):
        evidence.count("stdies")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"since": 2015.5}, "since: 2015.5 is no value"),
        ({"theme": None}, "theme: None is no value"),
        ({"theme": [None]}, "theme: None is no value"),
        ({"theme": ["water", 2.5]}, "theme: 2.5 is no value"),
        ({"country": b"Kenya"}, "country: b'Kenya' is no value"),
        ({"theme": object}, "theme: <class 'object'> is no value"),
    ],
)
def test_a_filter_of_the_wrong_kind_is_told(example_root, filters, said):
    """Bytes were read letter by letter, and a number with a fraction was "not iterable"."""
    with pytest.raises(TypeError, match=re.escape(said)):
        Review.load(example_root).evidence().where(**filters)


def test_a_theme_itself_is_no_value_of_a_filter(example_root):
    review = Review.load(example_root)
    with pytest.raises(TypeError, match=r"theme: .* is no value; give the text"):
        review.evidence().where(theme=review.themes[0])


@pytest.mark.parametrize("join", ["__and__", "__or__", "__sub__"])
def test_evidence_is_joined_with_evidence_alone(example_root, join):
    evidence = Review.load(example_root).evidence()
    assert getattr(evidence, join)(5) is NotImplemented
    assert getattr(evidence, join)(evidence) is not NotImplemented


def test_an_unknown_count_lists_what_is_counted(example_root):
    with pytest.raises(UnknownName, match=r"Counted are: findings, statements, studies"):
        Review.load(example_root).evidence().count("xyz")


def test_a_folder_without_a_review_is_told_once(tmp_path):
    with pytest.raises(ReviewError, match="There is no review in") as raised:
        Review.load(tmp_path)
    assert [problem.code for problem in raised.value.problems] == ["review-missing"]


def test_a_misspelt_member_is_told_with_the_nearest(example_root):
    """Python names it in its own traceback; Jupyter, and what `synth execute` tells, do not."""
    review = Review.load(example_root)
    for thing, wrong, right in (
        (review, "framwork", "framework"),
        (review.evidence(), "by_yaer", "by_year"),
        (review.themes[0], "verdct", "verdict"),
    ):
        with pytest.raises(AttributeError, match=rf"'{wrong}'\. Did you mean '{right}'\?"):
            getattr(thing, wrong)
        assert not hasattr(thing, "_ipython_display_")
        assert not hasattr(thing, "xyzzy")
    assert copy.copy(review.evidence()) == review.evidence()
    assert pickle.loads(pickle.dumps(review.evidence())) == review.evidence()
