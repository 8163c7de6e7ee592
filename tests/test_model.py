"""Records, the codebook tree, and the declaration everything follows."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from synth import model
from synth.model import SETTINGS, TABLES, Codebook, Theme
from synth.reading.rules import load_records


@pytest.fixture(scope="module")
def codebook(example_root: Path) -> Codebook:
    return load_records(example_root).codebook


def test_a_node_comes_before_its_children(codebook: Codebook) -> None:
    seen: set[str] = {""}
    for node in codebook:
        assert node.parent in seen
        seen.add(node.id)
    assert len(seen) - 1 == len(codebook) == 14


def test_the_author_s_order_is_kept_even_if_a_child_is_written_first() -> None:
    child = Theme("b", "a", "B", "", "source", 1, "theme")
    parents = (
        Theme("a", "", "A", "", "source", 0, "level"),
        Theme("c", "", "C", "", "source", 0, "level"),
    )
    assert Codebook((child, *parents)).ids == ("a", "b", "c")


def test_paths_branches_and_ranks(codebook: Codebook) -> None:
    path = [node.id for node in codebook.path("handover")]
    assert path == ["school", "people", "gardening-teacher", "handover"]
    assert codebook.branch("grounds") == {"grounds", "soil-and-water", "water-in-summer"}
    assert [node.id for node in codebook.levels] == ["school", "surroundings"]
    above = codebook.at_rank("handover", "domain")
    assert above is not None
    assert above.id == "people"
    assert codebook.at_rank("school", "domain") is None
    assert [node.id for node in codebook.of_rank("aspect")] == ["handover", "water-in-summer"]


def test_records_cannot_be_changed(example_root: Path) -> None:
    finding = next(iter(load_records(example_root).findings.values()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.summary = "another"  # type: ignore[misc]


def test_a_finding_speaks_to_its_first_node_and_to_its_further_ones() -> None:
    finding = model.Finding("a-01", "a", "pay", "helps", "Yes.", also=("hiring",))
    asked = ({"pay"}, {"hiring", "rest"}, {"rest"}, set[str]())
    assert [finding.speaks_to(frozenset(nodes)) for nodes in asked] == [True, True, False, False]


def test_columns_refer_to_what_exists() -> None:
    for table in TABLES.values():
        for column in table.columns:
            target, _, key = column.refers_to.partition(".")
            if column.refers_to.startswith("review.toml:"):
                continue
            if column.refers_to:
                assert TABLES[target].key == key


def test_every_column_and_every_setting_says_what_it_means() -> None:
    for table in TABLES.values():
        assert all(column.meaning.endswith(".") for column in table.columns)
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


def test_reserved_names_cover_the_address_of_an_explorer() -> None:
    from synth.views.explorer import RESERVED

    assert set(RESERVED) <= set(model.RESERVED_FACETS)


def test_every_mark_that_may_be_chosen_can_be_drawn() -> None:
    from synth.views.shapes import SHAPES

    assert {*model.MARKS, *model.LEVEL_MARKS} <= set(SHAPES)
    assert len(set(SHAPES.values())) == len(SHAPES)
