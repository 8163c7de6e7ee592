"""Coefficients of agreement against published worked examples, and two codings of a review."""

from __future__ import annotations

import itertools
import random
import shutil
from collections import Counter
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from synth.agreement import SEED, Agreement, _draws, _percentiles, coefficients
from synth.messages import Words
from synth.reading.rules import load_records
from synth.review import Review
from synth.views.markup import Place, drawn_in


def of_table(table: list[list[int]]) -> dict[str, float | None]:
    """The coefficients of a square table of two coders: rows the first, columns the second."""
    names = "abcde"
    units = [
        (names[row], names[column])
        for row, cells in enumerate(table)
        for column, times in enumerate(cells)
        for _ in range(times)
    ]
    found = coefficients(units, names[: len(table)])
    return {name: each.value for name, each in found.items()}


def of_rows(*rows: str) -> dict[str, float | None]:
    """The coefficients of coders written one a line, a dot for no code."""
    coders = [[None if code == "·" else code for code in row.split()] for row in rows]
    found = coefficients(zip(*coders, strict=True))
    return {name: each.value for name, each in found.items()}


FOUR_CODERS = (
    "1 2 3 3 2 1 4 1 2 · · ·",
    "1 2 3 3 2 2 4 1 2 5 · 3",
    "· 3 3 3 2 3 4 2 2 5 1 ·",
    "1 2 3 3 2 4 4 1 2 5 1 ·",
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # Krippendorff (2011), "Computing Krippendorff's alpha-reliability": four observers.
        (
            of_rows(*FOUR_CODERS),
            {
                "alpha": 0.74342,
                "percentage": 0.81818,
                "ac1": 0.77544,
                "fleiss": 0.76117,
                "brennan_prediger": 0.77273,
            },
        ),
        # The same paper: two observers, binary and nominal.
        (
            of_rows("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"),
            {"alpha": 0.0952, "kappa": 0.0909},
        ),
        (
            of_rows("a a b b d c c c e d d a", "b a b b b c c c e d d d"),
            {"alpha": 0.6920, "kappa": 0.6842},
        ),
        # Three observers, 15 units, much missing: a textbook example.
        (
            of_rows(
                "· · · · · 3 4 1 2 1 1 3 3 · 3",
                "1 · 2 1 3 3 4 3 · · · · · · ·",
                "· · 2 1 3 4 4 · 2 1 1 3 3 · 4",
            ),
            {"alpha": 0.6914},
        ),
        # Gwet: high agreement, kappa below zero.
        (
            of_table([[118, 5], [2, 0]]),
            {
                "percentage": 0.944,
                "kappa": -0.0234,
                "alpha": -0.0247,
                "ac1": 0.9408,
                "brennan_prediger": 0.888,
            },
        ),
        # Gwet: two abstractors, three categories.
        (
            of_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]]),
            {
                "kappa": 0.79641,
                "fleiss": 0.79624,
                "ac1": 0.84933,
                "brennan_prediger": 0.835,
                "alpha": 0.79726,
            },
        ),
        # Feinstein and Cicchetti (1990): the same agreement, two prevalences.
        (of_table([[40, 9], [6, 45]]), {"percentage": 0.85, "kappa": 0.6995, "ac1": 0.7007}),
        (of_table([[80, 10], [5, 5]]), {"percentage": 0.85, "kappa": 0.3182, "ac1": 0.8080}),
        # Cohen (1960), its proportions times 200.
        (
            of_table([[88, 10, 2], [14, 40, 6], [18, 10, 12]]),
            {"kappa": 0.4915, "ac1": 0.5760, "alpha": 0.4885},
        ),
    ],
)
def test_published_examples(found: dict[str, float | None], expected: dict[str, float]) -> None:
    places = {name: len(str(value).split(".")[1]) for name, value in expected.items()}
    shown = {name: round(found[name] or 0, max(places[name], 4)) for name in expected}
    for name, value in expected.items():
        assert shown[name] == pytest.approx(value, abs=0.6 * 10 ** -max(places[name], 4)), name


def test_a_single_category_has_no_chance_corrected_coefficient() -> None:
    found = coefficients([("a", "a")] * 5)
    assert found["percentage"].value == 1
    assert {found[name].value for name in ("kappa", "ac1", "alpha", "brennan_prediger")} == {None}


def test_no_units_give_no_number() -> None:
    assert all(each.value is None for each in coefficients([]).values())


def test_units_of_other_length_and_unknown_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="as many codes"):
        coefficients([("a", "a"), ("a",)])
    with pytest.raises(ValueError, match="not among the categories: b"):
        coefficients([("a", "b")], categories=["a", "c"])


def test_the_draws_are_those_of_pythons_generator() -> None:
    """It keeps its sequence for ever, whatever draws from it faster."""
    for size in (1, 3, 47):
        source = random.Random(SEED)
        for drawn in _draws(size, 60):
            chosen = Counter(source.choices(range(size), k=size))
            assert drawn.tolist() == [chosen[place] for place in range(size)]
    # Another seed would give a book other intervals.
    assert _draws(6, 2).tolist() == [[2, 1, 1, 0, 0, 2], [2, 2, 0, 1, 0, 1]]


def test_an_interval_resamples_clusters_and_holds_the_value() -> None:
    units = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")] * 20
    clusters = [f"s{i // 4}" for i in range(80)]
    found = coefficients(units, clusters=clusters, resamples=400)
    again = coefficients(units, clusters=clusters, resamples=400)
    assert found == again
    # Every cluster is the same four units: nothing varies from sample to sample.
    each = found["kappa"]
    assert each.low == pytest.approx(each.value)
    assert each.high == pytest.approx(each.value)
    apart = coefficients(units, clusters=map(str, range(80)), resamples=400)["kappa"]
    assert apart.low is not None
    assert apart.high is not None
    assert apart.low < (apart.value or 0) < apart.high


def test_a_review_agrees_with_itself_and_not_with_a_changed_coding(example_root: Path) -> None:
    records = load_records(example_root)
    rank = records.settings.ranks[-1].id
    same = Agreement(records, records.findings)
    assert same.compare(rank, resamples=50).values["percentage"].value == 1
    assert same.disagreements(rank) == same.disagreements("direction") == ()
    cells = {(f.study, f.theme) for f in records.findings.values()}
    told = same.compare(rank, resamples=50)
    studies = sum(study.is_evidence for study in records.studies.values())
    assert told.units == studies * len(records.codebook.of_rank(rank))
    assert told.both <= len(cells)

    name, finding = next(iter(records.findings.items()))
    other = next(
        node.id
        for node in records.codebook.of_rank(records.codebook[finding.theme].rank)
        if (finding.study, node.id) not in cells
    )
    changed = dict(records.findings) | {name: replace(finding, theme=other)}
    apart = Agreement(records, changed)
    differing = apart.disagreements(records.codebook[finding.theme].rank)
    assert (finding.study, other) in {(each.study, each.node) for each in differing}
    assert apart.compare(records.codebook[finding.theme].rank, resamples=50).second_only == 1


def test_a_coding_counts_in_its_further_themes_and_with_studies_of_its_own(
    example_root: Path,
) -> None:
    records = load_records(example_root)
    rank = records.settings.ranks[1].id
    whole = Agreement(records, records.findings)
    name, finding = next(iter(records.findings.items()))
    own = records.codebook.at_rank(finding.theme, rank)
    first = whole.compare(rank, resamples=10)
    cells = {
        (f.study, node.id)
        for f in records.findings.values()
        for theme in f.themes
        if (node := records.codebook.at_rank(theme, rank))
    }
    other = next(
        node.id
        for node in records.codebook.of_rank(rank)
        if node != own and (finding.study, node.id) not in cells
    )
    more = dict(records.findings) | {name: replace(finding, also=(other,))}
    told = Agreement(records, more).compare(rank, resamples=10)
    assert (told.both, told.second_only) == (first.both, 1)
    # A study that only the second coding speaks of is compared all the same.
    rest = {key: f for key, f in records.findings.items() if f.study != finding.study}
    alone = Agreement(replace(records, first_coding=rest), records.findings)
    assert alone.studies == whole.studies
    assert alone.compare(rank, resamples=10).second_only == len(
        {node for study, node in cells if study == finding.study}
    )


def test_an_interval_holds_the_middle_95_of_100_samples_and_needs_as_many_defined() -> None:
    import numpy as np

    low, high = _percentiles(np.arange(1001, dtype=float))
    assert (low, high) == (25, 975)
    assert _percentiles(np.array([1.0] * 95 + [np.nan] * 5)) == (1, 1)
    assert _percentiles(np.array([1.0] * 94 + [np.nan] * 6)) == (None, None)


def test_the_comparison_of_levels_adds_up(example_root: Path) -> None:
    records = load_records(example_root)
    rank = records.settings.ranks[1].id
    agreement = Agreement(records, records.findings)
    parts = [agreement.compare(rank, node.id, 10) for node in records.codebook.levels]
    whole = agreement.compare(rank, resamples=10)
    assert sum(part.units for part in parts) == whole.units
    assert all(part.first_only == 0 for part in itertools.chain(parts, [whole]))


def test_nodes_count_as_one_at_the_lowest_rank_alone(root: Path) -> None:
    records = load_records(root)
    rank, below = (rank.id for rank in records.settings.ranks[1:3])
    themes = [node.id for node in records.codebook.of_rank(rank)]
    folded = replace(records, folds={**records.folds, themes[0]: themes[1]})
    asked = [Agreement(held) for held in (records, folded)]
    assert [list(one.nodes(rank)) for one in asked] == [themes, themes]
    first, second = (one.compare(rank, resamples=10) for one in asked)
    assert first == second
    assert len(asked[0].nodes(below)) < len(list(records.codebook.of_rank(below)))


def test_without_a_second_coding_there_is_nothing_to_compare(example_root: Path) -> None:
    with pytest.raises(ValueError, match="no second coding"):
        Agreement(load_records(example_root))


def test_the_view_states_units_intervals_and_every_disagreement(
    example_root: Path, tmp_path: Path
) -> None:
    root = tmp_path / "review"
    shutil.copytree(example_root, root)
    records = load_records(root)
    coded = (root / "data" / "coded_studies.csv").read_text("utf-8")
    rank = records.settings.ranks[1].id
    # The second coder passed over the one finding of a study about a theme.
    themes = {
        name: (finding.study, records.codebook.at_rank(finding.theme, rank))
        for name, finding in records.findings.items()
    }
    name = next(n for n, about in themes.items() if [*themes.values()].count(about) == 1)
    finding, theme = records.findings[name], themes[name][1]
    assert theme is not None
    second = [line for line in coded.splitlines() if not line.startswith(f"{name},")]
    (root / "data" / "first_coding.csv").write_text(coded, "utf-8")
    (root / "data" / "second_coding.csv").write_text("\n".join(second) + "\n", "utf-8")
    (root / "data" / "consensus.csv").write_text(
        "unit,first,second,settled,reason\n"
        f"{finding.study} / {theme.id},{finding.theme}: {finding.direction},-,kept,"
        f"It <says> so: see {finding.study} and {name}.\n",
        "utf-8",
    )
    view = Review.load(root).reliability()
    assert view.rows[0]["units"] == view.main.units
    assert view.rows[0]["both"] + view.rows[0]["first_only"] + view.rows[0]["second_only"] + (
        view.rows[0]["neither"]
    ) == (view.main.units)
    assert "[" in view.rows[0]["kappa"]
    assert "It &lt;says&gt; so: see " in view.html
    # Readers see no id: a study is named as it is cited, a finding by its study and its number.
    label, number = records.label(finding.study), int(name.rpartition("-")[2])
    addresses = Place(lambda kind, about: f"#{kind}-{about}", lambda _name, _file: "")
    with drawn_in(addresses):
        shown = unescape(view.html)
    assert f'<a href="#study-{finding.study}">{label}</a> and ' in shown
    assert f'<a href="#finding-{name}">{label}, finding {number}</a>.' in shown
    assert records.codebook[finding.theme].label in view.html
    assert Words.of(Review.load(root).settings)["reliability_nothing"] in view.html
    assert str(view.main.units) in view.text


def test_intervals_of_two_codings_resample_studies(root: Path) -> None:
    """Units of one study come and go together; what was drawn one by one would look surer."""
    agreement = Agreement(load_records(root))
    for what in ("theme", "direction"):
        rank = agreement.direction_rank
        cells = [set(coding) for coding in agreement._cells(rank)]
        units = [
            (study, node)
            for study in agreement.studies
            for node in agreement.nodes(rank)
            if what == "theme" or all((study, node) in coding for coding in cells)
        ]
        unlike = {(each.study, each.node) for each in agreement.disagreements(what)}
        pairs = [("a", "b" if unit in unlike else "a") for unit in units]
        expected = coefficients(pairs, "ab", [study for study, _ in units])["percentage"]
        found = agreement.compare(what).values["percentage"]
        assert found.value == pytest.approx(expected.value)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_directions_that_nobody_coded_count_among_the_categories(root: Path) -> None:
    """The fewer there are to choose from, the more would agree by chance."""
    records = load_records(root)
    directions = records.settings.directions
    more = replace(directions[0], id="quite-another")
    settings = replace(records.settings, directions=(*directions, more))
    values = [
        Agreement(each).compare("direction", resamples=2).values["brennan_prediger"].value
        for each in (records, replace(records, settings=settings))
    ]
    assert values[0] < values[1]
