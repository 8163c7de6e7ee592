"""Influences gathered into arrows between themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.messages import Words
from synth.model import Direction, Influence, Theme

if TYPE_CHECKING:
    from synth.reading.records import Records


@dataclass(frozen=True, slots=True)
class Arrow:
    """All influences of one theme on another in one direction.

    Parameters
    ----------
    source, target : ids of the boxes the arrow runs between.
    direction : what the influences do.
    influences : the influences, in the order of the table.
    studies : the studies they name, each once.
    across : it runs from one level to another.
    """

    source: str
    target: str
    direction: Direction
    influences: tuple[Influence, ...]
    studies: tuple[str, ...]
    across: bool

    @property
    def key(self) -> str:
        """Name of the arrow in the page."""
        return f"{self.source}--{self.direction.id}--{self.target}"

    @property
    def stated(self) -> bool:
        """Whether the source states at least one of its influences."""
        return any(influence.basis == "stated" for influence in self.influences)


def in_words(records: Records, arrow: Arrow) -> str:
    """What an arrow says in one line: who acts on whom, in how many influences and studies."""
    book, words, named = records.codebook, Words.of(records.settings), len(arrow.studies)
    return words.say(
        "map_arrow",
        source=book[arrow.source].label,
        verb=records.settings.verb(arrow.source, arrow.direction),
        target=book[arrow.target].label,
        influences=words.count("influences", len(arrow.influences)),
        studies=words.count("study", named) if named else words["map_no_study"],
    )


def boxes_by_node(records: Records, nodes: Sequence[Theme]) -> dict[str, str]:
    """The box that stands for each node: itself, or the theme above it."""
    return {below: node.id for node in nodes for below in records.codebook.branch(node.id)}


def gather(
    records: Records, influences: Iterable[Influence], nodes: Sequence[Theme]
) -> tuple[list[Arrow], list[Influence]]:
    """Gather influences into arrows between boxes.

    Returns
    -------
    The arrows in the order of the codebook, and the influences of a whole level, which have no box
    to start from or to end in.
    """
    book, held = records.codebook, boxes_by_node(records, nodes)
    groups: dict[tuple[str, str, str], list[Influence]] = {}
    unplaced = []
    for influence in influences:
        source, target = held.get(influence.source), held.get(influence.target)
        if source is None or target is None:
            unplaced.append(influence)
            continue
        way = records.settings.direction(influence.direction)
        groups.setdefault((source, target, way.id), []).append(influence)
    ways = {way.id: index for index, way in enumerate(records.settings.directions)}
    order = sorted(groups, key=lambda g: (book.order[g[0]], book.order[g[1]], ways[g[2]]))
    arrows = [
        Arrow(
            source,
            target,
            records.settings.direction(groups[source, target, way][0].direction),
            tuple(groups[source, target, way]),
            tuple(sorted({s for i in groups[source, target, way] for s in i.studies})),
            book.path(source)[0].id != book.path(target)[0].id,
        )
        for source, target, way in order
    ]
    return arrows, unplaced
