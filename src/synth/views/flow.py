"""The search and screening flow: how many records there were, and what became of them.

An ordered list of stages, so that it reads without its lines and boxes; what the source reports,
what is derived from it and what nobody gives are told apart by the box's edge and by words. Follows
the order and the wording of the PRISMA 2020 flow diagram (Page et al., 2021,
doi 10.1136/bmj.n71) but is tied to no particular stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import NOT_REPORTED, FlowBox
from synth.reading.flow_sums import sums, terms
from synth.views.figure import (
    EDGE,
    INK,
    INK_2,
    PAPER,
    Field,
    Figure,
    counted,
    listed,
    number,
    wrapped,
)

if TYPE_CHECKING:
    from synth.reading.records import Records


class FlowDiagram(Figure):
    """A search and screening flow, drawn; made by :func:`flow`."""

    @property
    def below(self) -> str:
        """The diagram as a picture, which nobody sees until it is downloaded."""
        return f'<template class="synth-figure-svg">{self._svg}</template>\n' if self._svg else ""

    def to_svg(self) -> str:
        """The diagram as an SVG file, for a manuscript."""
        return self.svg


def flow(records: Records) -> FlowDiagram:
    """Draw the search and screening flow of a review.

    Parameters
    ----------
    records : the records of the review; its flow may be empty.

    Returns
    -------
    The diagram, with the table of its boxes and a text for those who cannot see it.
    """
    return draw(records.flow, Words.of(records.settings))


def draw(boxes: Sequence[FlowBox], words: Words | None = None) -> FlowDiagram:
    """Draw a flow from its boxes, in the order given.

    Parameters
    ----------
    boxes : the boxes.
    words : words of the interface; English ones by default.

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
            summary="no boxes",
            wording=words,
        )
    stages = list(dict.fromkeys(box.stage for box in boxes))
    known = sum(box.count is not None for box in boxes)
    return FlowDiagram(
        "flow",
        _title(boxes),
        _description(boxes, stages),
        fields=fields,
        rows=[_row(box, boxes) for box in boxes],
        drawing=_html(boxes, stages, words),
        note=words["flow_note"],
        summary=f"{counted(len(boxes), 'box', 'boxes')} in {counted(len(stages), 'stage')}, "
        f"{known} with a number",
        source=words.html("flow_source"),
        table_note=words.count("flow_boxes", len(boxes)),
        wording=words,
        css="synth-flow",
        svg=_svg(boxes, stages),
    )


def _fields(words: Words) -> tuple[Field, ...]:
    return (
        Field("label", words["column_what"]),
        Field("stage", words["flow_stage"]),
        Field("count", words["flow_number"], number=True, cell=lambda row: _count(row["count"])),
        Field("state", words["flow_state"]),
        Field("sum", words["flow_sum"]),
        Field("note", words["flow_remark"]),
    )


def _count(count: int | None) -> str:
    if count is None:
        return Markup(f'<span class="synth-gap">{NOT_REPORTED}</span>')
    return str(count)


def _row(box: FlowBox, boxes: Sequence[FlowBox]) -> dict[str, Any]:
    return {
        "box": box.id,
        "stage": stage_label(box.stage),
        "kind": box.kind,
        "of": box.of,
        "label": box.label,
        "count": box.count,
        "state": box.state,
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
        else f"{box.label[:1].lower()}{box.label[1:]} {NOT_REPORTED}"
        for box in ends
    )


def _said(box: FlowBox, boxes: Sequence[FlowBox]) -> str:
    if box.count is None:
        return f"{box.label}, {NOT_REPORTED}"
    how = _derivation(box, boxes)
    state = f"{box.state}: {how}" if how else box.state
    return f"{box.label}, {box.count} ({state})"


def _description(boxes: Sequence[FlowBox], stages: Sequence[str]) -> str:
    parts = []
    for stage in stages:
        here = [_said(box, boxes) for box in boxes if box.stage == stage]
        parts.append(f"{stage_label(stage)}: {'; '.join(here)}.")
    return f"Search and screening in {counted(len(stages), 'stage')}. {' '.join(parts)}"


# --- as HTML ---------------------------------------------------------------------------------


def _html(boxes: Sequence[FlowBox], stages: Sequence[str], words: Words) -> str:
    key = "".join(
        f'<li><span class="synth-box {css}" aria-hidden="true">n</span> {word}</li>'
        for css, word in (
            ("reported", words.html("flow_reported")),
            ("derived", words.html("flow_derived")),
            ("not-reported", NOT_REPORTED),
        )
    )
    items = "\n".join(_stage_html(stage, boxes) for stage in stages)
    return (
        f'<ul class="synth-flow-key" aria-label="{escape(words["key"])}">{key}</ul>\n'
        f'<ol class="synth-flow-stages">{items}</ol>\n{_arithmetic_html(boxes, words)}'
    )


def _stage_html(stage: str, boxes: Sequence[FlowBox]) -> str:
    here = [box for box in boxes if box.stage == stage]
    nested = {box.id for box in here if box.kind in ("source", "reason") and _within(box, boxes)}
    top = [box for box in here if box.id not in nested]
    main = [box for box in top if box.kind in ("source", "remaining")]
    side = [box for box in top if box.kind not in ("source", "remaining")]
    drawn = {"main": main, "side": side}
    columns = "".join(
        f'<div class="synth-flow-{name}">{"".join(_box_html(box, boxes) for box in group)}</div>'
        for name, group in drawn.items()
        if group
    )
    return f'<li><p class="synth-flow-stage">{escape(stage_label(stage))}</p>{columns}</li>'


def _within(box: FlowBox, boxes: Sequence[FlowBox]) -> bool:
    """Whether a box is drawn inside another: a part of a source, a reason of a removal."""
    holder = next((other for other in boxes if other.id == box.of and other is not box), None)
    if holder is None or holder.stage != box.stage:
        return False
    return (box.kind, holder.kind) in (("source", "source"), ("reason", "removed"))


def _parts(box: FlowBox, boxes: Sequence[FlowBox]) -> list[FlowBox]:
    return [part for part in boxes if part.of == box.id and _within(part, boxes)]


def _box_html(box: FlowBox, boxes: Sequence[FlowBox]) -> str:
    how = _derivation(box, boxes)
    state = f"{box.state}: {how}" if how else box.state
    shown = f"<b>{box.count}</b>" if box.count is not None else ""
    note = f'<span class="synth-box-note">{escape(box.note)}</span>' if box.note else ""
    parts = _parts(box, boxes)
    inner = "".join(_part_html(part) for part in parts)
    inside = f'<ul class="synth-box-parts">{inner}</ul>' if inner else ""
    return (
        f'<div class="synth-box {box.state.replace(" ", "-")}" data-box="{escape(box.id)}">'
        f'<span class="synth-box-label">{escape(box.label)}</span> {shown} '
        f'<span class="synth-box-state">{escape(state)}</span>{inside}{note}</div>'
    )


def _part_html(part: FlowBox) -> str:
    count = f"<i>{NOT_REPORTED}</i>" if part.count is None else str(part.count)
    note = f'<span class="synth-box-note">{escape(part.note)}</span>' if part.note else ""
    return f"<li>{escape(part.label)}: {count}{note}</li>"


def _arithmetic_html(boxes: Sequence[FlowBox], words: Words) -> str:
    totals = sums(boxes)
    right = [str(total) for total in totals if total.holds]
    wrong = [
        words.say(
            "flow_wrong", sum=total, boxes=listed([box.label for box in total.boxes], words["and"])
        )
        for total in totals
        if total.holds is False
    ]
    open_sums = [f"“{total.box.label}”" for total in totals if total.holds is None]
    sentences = []
    if wrong:
        sentences.append(f"<strong>{escape('; '.join(wrong))}.</strong>")
    if right:
        sentences.append(words.html("flow_checked", sums=escape("; ".join(right))))
    if open_sums:
        boxes_left = escape(listed(open_sums, words["and"]))
        sentences.append(words.html("flow_unchecked", boxes=boxes_left))
    return f'<p class="synth-small">{" ".join(sentences)}</p>' if sentences else ""


# --- as SVG ----------------------------------------------------------------------------------

_WIDE, _LEFT, _BOX, _GAP = 760, 110, 300, 40
_EDGES = {
    "reported": "",
    "derived": ' stroke-dasharray="6 4"',
    NOT_REPORTED: ' stroke-dasharray="1.5 3"',
}


def _svg(boxes: Sequence[FlowBox], stages: Sequence[str]) -> str:
    parts: list[str] = []
    top = 10.0
    spine: list[tuple[float, float]] = []
    for stage in stages:
        here = [box for box in boxes if box.stage == stage and not _within(box, boxes)]
        main = [box for box in here if box.kind in ("source", "remaining")]
        side = [box for box in here if box.kind not in ("source", "remaining")]
        heights = []
        for x, group in ((_LEFT, main), (_LEFT + _BOX + _GAP, side)):
            y = top
            for box in group:
                drawn, height = _svg_box(box, boxes, x, y)
                parts.append(drawn)
                if group is side and main:
                    parts.append(_svg_arrow(_LEFT + _BOX, y + 22, x, y + 22))
                y += height + 10
            heights.append(y - top)
        parts.append(_svg_text(10, top + 20, [stage_label(stage)], weight=600))
        bottom = top + max(heights)
        if main:
            spine.append((top, top + heights[0] - 10))
        top = bottom + 26
    for (_, end), (start, _) in pairwise(spine):
        parts.append(_svg_arrow(_LEFT + 24, end, _LEFT + 24, start))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {number(top)}" '
        f'width="{_WIDE}" height="{number(top)}" role="img" font-family="Arial, Helvetica, '
        f'sans-serif"><title>{escape(_title(boxes))}</title>{"".join(parts)}</svg>'
    )


def _svg_box(box: FlowBox, boxes: Sequence[FlowBox], x: float, y: float) -> tuple[str, float]:
    width = _BOX - 24
    how = _derivation(box, boxes)
    count = NOT_REPORTED if box.count is None else f"n = {box.count}"
    lines: list[tuple[str, float, int]] = [
        (line, 13, 400) for line in wrapped(f"{box.label} ({count})", width, 13, most=6)
    ]
    state = f"{box.state}: {how}" if how else box.state
    lines += [(line, 11, 400) for line in wrapped(state, width, 11)]
    for part in _parts(box, boxes):
        said = f"{part.label} ({NOT_REPORTED if part.count is None else f'n = {part.count}'})"
        lines += [(line, 11.5, 400) for line in wrapped(f"· {said}", width, 11.5)]
    height = 14 + sum(size * 1.35 for _, size, _ in lines)
    edge = INK if box.count is not None else EDGE
    drawn = (
        f'<rect x="{number(x)}" y="{number(y)}" width="{_BOX}" height="{number(height)}" '
        f'fill="{PAPER}" stroke="{edge}" stroke-width="1.5"{_EDGES.get(box.state, "")}/>'
    )
    baseline = y + 6
    for line, size, weight in lines:
        baseline += size * 1.35
        drawn += _svg_text(
            x + 12, baseline, [line], size=size, weight=weight, fill=INK if size == 13 else INK_2
        )
    return drawn, height


def _svg_text(
    x: float,
    y: float,
    lines: Sequence[str],
    *,
    size: float = 13,
    weight: int = 400,
    fill: str = INK,
) -> str:
    return "".join(
        f'<text x="{number(x)}" y="{number(y + index * size * 1.35)}" font-size="{number(size)}" '
        f'font-weight="{weight}" fill="{fill}">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )


def _svg_arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    across = y1 == y2
    head = (
        f"M{number(x2)} {number(y2)}l-8-4.5v9Z"
        if across
        else f"M{number(x2)} {number(y2)}l-4.5-8h9Z"
    )
    end_x, end_y = (x2 - 8, y2) if across else (x2, y2 - 8)
    return (
        f'<path d="M{number(x1)} {number(y1)}L{number(end_x)} {number(end_y)}" fill="none" '
        f'stroke="{INK}" stroke-width="1.5"/><path d="{head}" fill="{INK}"/>'
    )
