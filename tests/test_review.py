"""Review: where it is found, what it hands out, and how a notebook learns that it is stale."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from synth.errors import ReviewError, UnknownName
from synth.evidence import Evidence, select
from synth.review import Review


@pytest.fixture(scope="module")
def review(example_root: Path) -> Review:
    return Review.load(example_root)


def test_it_is_found_from_a_folder_below(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "somewhere"
    shutil.copytree(example_root, root)
    (root / "book" / "deep").mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(root / "book" / "deep")
    assert Review.load().records.root.resolve() == root.resolve()


def test_a_folder_without_a_review_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises((ReviewError, FileNotFoundError), match=r"review\.toml"):
        Review.load(tmp_path)


def test_names_are_checked(review: Review) -> None:
    level = review.levels[0].id
    with pytest.raises(UnknownName, match="Did you mean"):
        review.theme(level[:-1])
    with pytest.raises(UnknownName, match=r"Studies are listed in data/studies.csv"):
        review.study("nobody1900")


def test_its_parts_state_their_counts(review: Review) -> None:
    level = review.levels[0]
    rank = review.settings.ranks[0].id.capitalize()
    assert repr(level) == f"<{rank} {level.id}: {level.evidence().summary}>"
    study = next(s for s in review.records.studies.values() if s.is_evidence)
    assert repr(review.study(study.id)) == (
        f"<Study {study.id}: {review.study(study.id).evidence().summary}>"
    )


def test_influences_of_a_node_start_or_end_there(review: Review) -> None:
    for node in review.codebook:
        branch = review.records.codebook.branch(node.id)
        assert [influence.id for influence in review.influences(node.id)] == [
            influence.id
            for influence in review.records.influences.values()
            if {influence.source, influence.target} & branch
        ]
    assert len(review.influences()) == len(review.records.influences)


def test_a_selection_is_made_again_the_same_way(review: Review) -> None:
    direction = review.values("direction")[0]
    some = review.evidence().where(direction=direction)
    level = review.levels[0].evidence()
    for evidence in (
        some,
        level & some,
        level | some,
        level - some,
        Evidence(review.records, some.ids),
    ):
        assert select(review.records, evidence.query) == evidence
