"""The arithmetic of a flow: which of its boxes must add up to which.

The check of the data refuses a flow that does not add up; the diagram shows its sums. Both take
them from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from synth.model import NOT_REPORTED, FlowBox


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum a flow must satisfy: a box is what others add to it, less what they take away.

    Parameters
    ----------
    box : the box whose number is the result.
    plus, minus : the boxes that are added and taken away.
    """

    box: FlowBox
    plus: tuple[FlowBox, ...]
    minus: tuple[FlowBox, ...] = ()

    @property
    def boxes(self) -> tuple[FlowBox, ...]:
        """All boxes of the sum, its result first."""
        return (self.box, *self.plus, *self.minus)

    @property
    def unknown(self) -> tuple[FlowBox, ...]:
        """Boxes of the sum whose number is not reported."""
        return tuple(box for box in self.boxes if box.count is None)

    @property
    def holds(self) -> bool | None:
        """Whether it adds up; ``None`` when a part is not reported."""
        if self.unknown:
            return None
        return _total(self.plus) - _total(self.minus) == self.box.count

    def __str__(self) -> str:
        """The sum in figures: ``"697 − 317 = 380"``."""
        return f"{terms(self.plus, self.minus)} = {_figure(self.box)}"


def _total(boxes: Iterable[FlowBox]) -> int:
    return sum(box.count or 0 for box in boxes)


def _figure(box: FlowBox) -> str:
    return NOT_REPORTED if box.count is None else str(box.count)


def terms(plus: Iterable[FlowBox], minus: Iterable[FlowBox]) -> str:
    """What is added and taken away, in figures: ``"697 − 317"``."""
    added = " + ".join(_figure(box) for box in plus)
    return " − ".join([added, *(_figure(box) for box in minus)])


_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")
_FIGURE = re.compile(r"(?<![\w.-])\d[\d,]*(?![\w-])")


def note_with_counts(note: str, boxes: Mapping[str, FlowBox]) -> str:
    """A note with the counts of the boxes that it names in braces.

    >>> identified = FlowBox("identified", "identification", "remaining", "", "", 1697, "derived")
    >>> note_with_counts("{identified} less the doubles.", {"identified": identified})
    '1,697 less the doubles.'
    """

    def count(found: re.Match[str]) -> str:
        box = boxes.get(found[1])
        if box is None:
            return found[0]
        return f"{box.count:,}" if box.count is not None else box.state

    return _PLACEHOLDER.sub(count, note)


def named_in(note: str) -> Iterator[str]:
    """Ids of the boxes that a note names in braces."""
    yield from (found[1] for found in _PLACEHOLDER.finditer(note))


def typed_in(note: str, boxes: Iterable[FlowBox]) -> Iterator[tuple[str, str]]:
    """Figures in a note that are the count of a box, each with the first such box.

    >>> box = FlowBox("twice", "identification", "removed", "", "", 61, "reported")
    >>> list(typed_in("These 61 were found in 2011.", [box]))
    [('61', 'twice')]
    """
    counts: dict[int, str] = {}
    for box in boxes:
        if box.count is not None:
            counts.setdefault(box.count, box.id)
    for found in _FIGURE.finditer(note):
        digits = found[0].replace(",", "")
        # Python refuses to read numbers of thousands of digits; a count has far fewer.
        if len(digits) < 19 and int(digits) in counts:
            yield found[0].rstrip(","), counts[int(digits)]


def sums(boxes: Iterable[FlowBox]) -> list[Sum]:
    """Every sum of a flow, in the order of its boxes.

    What feeds a box adds up to it. What remains after a box is that box, with what is added on the
    way, less what was removed and what went another way. The reasons of a removal add up to it.
    """
    rows = tuple(boxes)
    by_id = {box.id: box for box in rows}
    found = []
    for box in rows:
        below = [part for part in rows if part.of == box.id and part is not box]
        parts = "reason" if box.kind == "removed" else "source"
        plus = [part for part in below if part.kind == parts]
        minus: list[FlowBox] = []
        before = by_id.get(box.of)
        if box.kind == "remaining" and before is not None and before is not box:
            beside = [part for part in rows if part.of == before.id and part not in (box, before)]
            plus = [before, *plus]
            minus = [part for part in beside if part.kind in ("removed", "remaining")]
        if plus:
            found.append(Sum(box, tuple(plus), tuple(minus)))
    return found
