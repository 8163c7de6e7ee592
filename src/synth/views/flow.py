"""The search and screening flow: how many records there were, and what became of them.

What the source reports, what is derived from it and what nobody gives are told apart by the box's
edge and by words; the description and the table read without lines and boxes. Follows
the order and the wording of the PRISMA 2020 flow diagram (Page et al., 2021,
doi 10.1136/bmj.n71) but is tied to no particular stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import NOT_ESTABLISHED, NOT_REPORTED, FlowBox
from synth.reading.flow_sums import sums, terms
from synth.text import listed
from synth.views.figure import EDGE, INK, INK_2, PAPER, Field, Figure, number, wrapped
from synth.views.markup import render
from synth.views.svg import element, page, text
from synth.views.view import Row

if TYPE_CHECKING:
    from synth.reading.records import Records


class FlowDiagram(Figure):
    """A search and screening flow, drawn; made by :func:`flow`."""


def flow(records: Records) -> FlowDiagram:
    """Draw the search and screening flow of a review.

    Parameters
    ----------
    records : the records of the review; its flow may be empty.

    Returns
    -------
    The diagram, with the table of its boxes and a text for those who cannot see it.
    """
    return draw(records.flow, Words.of(records.settings), records)


def draw(
    boxes: Sequence[FlowBox], words: Words | None = None, records: Records | None = None
) -> FlowDiagram:
    """Draw a flow from its boxes, in the order given.

    Parameters
    ----------
    boxes : the boxes.
    words : words of the interface; English ones by default.
    records : the review they belong to, which a file of the diagram names.

    Raises nothing: a flow that does not add up says so where it stands; the check of the data
    refuses it.
    """
    words = words or Words()
    fields = _fields(words)
    if not boxes:
        return FlowDiagram(
            "flow",
            words["flow_none"],
            words["flow_nothing"],
            fields=fields,
            rows=[],
            nothing=words["flow_nothing"],
            summary=words.count("flow_boxes", 0),
            wording=words,
        )
    stages = list(dict.fromkeys(box.stage for box in boxes))
    title = _title(boxes)
    wide = _Sheet(boxes, title, narrow=False).draw(stages)
    return FlowDiagram(
        "flow",
        title,
        _description(boxes, stages, words),
        fields=fields,
        rows=[_row(box, boxes) for box in boxes],
        drawing=render(
            "flow.html",
            key=render(
                "key.html",
                css="synth-flow-key",
                label=words["key"],
                entries=[Markup("{} {}").format(*sign) for sign in _key(boxes, words)],
            ),
            wide=wide,
            narrow=_Sheet(boxes, title, narrow=True).draw(stages),
            **_arithmetic(boxes, words),
        ),
        note=words["flow_note"],
        summary=words.say(
            "flow_summary",
            boxes=words.count("flow_boxes", len(boxes)),
            stages=words.count("flow_stages", len(stages)),
            known=sum(box.count is not None for box in boxes),
        ),
        source=lambda: words.markup("flow_source"),
        key=_key(boxes, words),
        table_note=words.count("flow_boxes", len(boxes)),
        records=records,
        wording=words,
        css="synth-flow",
        svg=wide,
    )


def _fields(words: Words) -> tuple[Field, ...]:
    return (
        Field("label", words["column_what"]),
        Field("stage", words["flow_stage"]),
        Field("count", words["flow_number"], number=True, cell=_count),
        Field("state", words["flow_state"]),
        Field("sum", words["flow_sum"]),
        Field("note", words["flow_remark"]),
    )


def _count(row: Row) -> str | Markup:
    if row["count"] is not None:
        return str(row["count"])
    return render("unknown.html", text=row["unknown"])


def _unknown(box: FlowBox) -> str:
    """Why a box has no number: the source gives none, or nobody could find out."""
    return box.state if box.state == NOT_ESTABLISHED else NOT_REPORTED


def _state(box: FlowBox) -> str:
    return box.state if box.count is not None else _unknown(box)


def _row(box: FlowBox, boxes: Sequence[FlowBox]) -> dict[str, Any]:
    return {
        "box": box.id,
        "stage": stage_label(box.stage),
        "kind": box.kind,
        "of": box.of,
        "label": box.label,
        "count": box.count,
        "state": box.state,
        "unknown": _unknown(box),
        "sum": _derivation(box, boxes),
        "note": box.note,
    }


def stage_label(stage: str) -> str:
    """A stage as readers see it.

    >>> stage_label("full-text")
    'Full text'
    """
    words = stage.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _derivation(box: FlowBox, boxes: Sequence[FlowBox]) -> str:
    """How a derived number comes about, in figures of the boxes around it; empty when unknown."""
    if box.state != "derived" or box.count is None:
        return ""
    right = [total for total in sums(boxes) if total.holds]
    for total in right:
        if total.box is box:
            return terms(total.plus, total.minus)
    for total in right:
        if box in total.minus:
            others = tuple(part for part in total.minus if part is not box)
            return terms(total.plus, (total.box, *others))
    return ""


def _title(boxes: Sequence[FlowBox]) -> str:
    main = [box for box in boxes if box.kind == "remaining"] or list(boxes)
    ends = [main[0], main[-1]] if len(main) > 1 else main[:1]
    return ", ".join(
        f"{box.count} {box.label[:1].lower()}{box.label[1:]}"
        if box.count is not None
        else f"{box.label[:1].lower()}{box.label[1:]} {_unknown(box)}"
        for box in ends
    )


def _said(box: FlowBox, boxes: Sequence[FlowBox]) -> str:
    if box.count is None:
        return f"{box.label}, {_unknown(box)}"
    how = _derivation(box, boxes)
    state = f"{box.state}: {how}" if how else box.state
    return f"{box.label}, {box.count} ({state})"


def _description(boxes: Sequence[FlowBox], stages: Sequence[str], words: Words) -> str:
    parts = [words.say("flow_description", stages=words.count("flow_stages", len(stages)))]
    for stage in stages:
        here = [_said(box, boxes) for box in boxes if box.stage == stage]
        parts.append(f"{stage_label(stage)}: {'; '.join(here)}.")
    return " ".join(parts)


def _within(box: FlowBox, boxes: Sequence[FlowBox]) -> bool:
    """Whether a box is drawn inside another: a part of a source, a reason of a removal."""
    holder = next((other for other in boxes if other.id == box.of and other is not box), None)
    if holder is None or holder.stage != box.stage:
        return False
    return (box.kind, holder.kind) in (("source", "source"), ("reason", "removed"))


def _arithmetic(boxes: Sequence[FlowBox], words: Words) -> dict[str, str]:
    """Which sums add up, which do not, and which could not be checked."""
    totals = sums(boxes)
    wrong = [
        words.say(
            "flow_wrong", sum=total, boxes=listed([box.label for box in total.boxes], words["and"])
        )
        for total in totals
        if total.holds is False
    ]
    right = [str(total) for total in totals if total.holds]
    unknown = [f"“{total.box.label}”" for total in totals if total.holds is None]
    return {
        "wrong": f"{'; '.join(wrong)}." if wrong else "",
        "right": words.say("flow_checked", sums="; ".join(right)) if right else "",
        "unknown": words.say("flow_unchecked", boxes=listed(unknown, words["and"]))
        if unknown
        else "",
    }


# --- drawn -----------------------------------------------------------------------------------

_EDGES = ("reported", "derived", NOT_REPORTED, NOT_ESTABLISHED)
NO_BREAK = "\xa0"
_DASHES = {"derived": "6 4", NOT_REPORTED: "1.5 3", NOT_ESTABLISHED: "1.5 3"}


def _key(boxes: Sequence[FlowBox], words: Words) -> list[tuple[Markup, str]]:
    """What the edges of the boxes mean, those that are drawn."""
    known = {"reported": words["flow_reported"], "derived": words["flow_derived"]}
    states = {_state(box) for box in boxes if not _within(box, boxes)}
    meanings = {state: known.get(state, state) for state in _EDGES if state in states}
    return [
        (
            element(
                "svg",
                _edge(state, 1, 1, 34, 18),
                viewBox="0 0 36 20",
                width=36,
                height=20,
                aria_hidden="true",
            ),
            meaning,
        )
        for state, meaning in meanings.items()
    ]


def _edge(state: str, x: float, y: float, width: float, height: float) -> Markup:
    return element(
        "rect",
        x=float(x),
        y=float(y),
        width=float(width),
        height=float(height),
        fill=PAPER,
        stroke=INK if state in ("reported", "derived") else EDGE,
        stroke_width=1.5,
        stroke_dasharray=_DASHES.get(state),
    )


class _Sheet:
    """The drawing at one of its two widths: what is removed stands beside or below what remains.

    Parameters
    ----------
    boxes : of the flow.
    title : what a screen reader says of the drawing.
    narrow : for phones.
    """

    def __init__(self, boxes: Sequence[FlowBox], title: str, *, narrow: bool) -> None:
        self.boxes, self.title, self.narrow = boxes, title, narrow
        self.width = 340.0 if narrow else 760.0
        # Left edge and width of what remains, and of what is removed.
        self.main, self.side = ((2.0, 330.0), (30.0, 302.0)) if narrow else ((110.0, 300.0),) * 2
        if not narrow:
            self.side = (450.0, 300.0)
        self.parts: list[Markup] = []

    def draw(self, stages: Sequence[str]) -> Markup:
        """Draw stage after stage, joined by arrows."""
        top = 10.0
        spine: list[tuple[float, float]] = []
        for stage in stages:
            here = [b for b in self.boxes if b.stage == stage and not _within(b, self.boxes)]
            main = [box for box in here if box.kind in ("source", "remaining")]
            side = [box for box in here if box.kind not in ("source", "remaining")]
            self.parts.append(
                text(30 if self.narrow else 10, top + 20, stage_label(stage), size=13, weight=600)
            )
            top += 32 if self.narrow else 0
            end = self._stack(main, *self.main, top)
            if main:
                spine.append((top, end - 10))
            below = self._stack(side, *self.side, end if self.narrow else top, joined=bool(main))
            top = max(end, below) + 26
        for (_, end), (start, _) in pairwise(spine):
            x = self.main[0] + (14 if self.narrow else 24)
            self._arrow(x, end, x, start)
        return page(self.width, top, *self.parts, role="img", label=self.title)

    def _stack(
        self, boxes: Sequence[FlowBox], x: float, width: float, y: float, *, joined: bool = False
    ) -> float:
        """Draw boxes one below the other; gives where the next would begin."""
        for box in boxes:
            if joined:
                start = self.main[0] + 14 if self.narrow else self.main[0] + self.main[1]
                self._arrow(start, y + 22, x, y + 22)
            y += self._box(box, x, y, width) + 10
        return y

    def _box(self, box: FlowBox, x: float, y: float, width: float) -> float:
        # Faces that stand in for Arial are up to an eighth wider.
        room = width - 48
        lines = [(line, 13.0) for line in wrapped(_with_count(box), room, 13, most=6)]
        how = _derivation(box, self.boxes)
        state = f"{box.state}: {how}" if how else box.state
        lines += [(line, 11.0) for line in wrapped(state, room, 11)]
        parts = [p for p in self.boxes if p.of == box.id and _within(p, self.boxes)]
        for part, following in zip_longest(parts, parts[1:]):
            lines += [(line, 11.5) for line in wrapped(f"· {_with_count(part)}", room, 11.5)]
            # What is to be said of several in a row is said once, after the last.
            if following is None or following.note != part.note:
                lines += self._note(part, room)
        lines += self._note(box, room)
        height = 14 + sum(size * 1.35 for _, size in lines)
        drawn = [_edge(_state(box), x, y, width, height)]
        baseline = y + 6
        for line, size in lines:
            baseline += size * 1.35
            drawn.append(text(x + 12, baseline, line, size=size, fill=INK if size == 13 else INK_2))
        self.parts.append(element("g", *drawn, data_box=box.id))
        return height

    @staticmethod
    def _note(box: FlowBox, room: float) -> list[tuple[str, float]]:
        return [(line, 11.0) for line in wrapped(box.note, room, 11, most=8)] if box.note else []

    def _arrow(self, x1: float, y1: float, x2: float, y2: float) -> None:
        across = y1 == y2
        tip = "l-8-4.5v9Z" if across else "l-4.5-8h9Z"
        end_x, end_y = (x2 - 8, y2) if across else (x2, y2 - 8)
        line = f"M{number(x1)} {number(y1)}L{number(end_x)} {number(end_y)}"
        self.parts += [
            element("path", d=line, fill="none", stroke=INK, stroke_width=1.5),
            element("path", d=f"M{number(x2)} {number(y2)}{tip}", fill=INK),
        ]


def _with_count(box: FlowBox) -> str:
    # Spaces at which no line ends.
    count = _unknown(box) if box.count is None else f"n = {box.count}"
    return f"{box.label} ({count.replace(' ', NO_BREAK)})"
