"""Statements on a waterline: what helps stands on the line, what hinders hangs from it.

A tooth is one statement and as long as its studies are many. It shows coverage, never the size of
an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from synth.model import Finding, Settings, statements_of
from synth.views.figure import direction_colour, number, poles
from synth.views.svg import element, shape, together

_FOOT = 1.5
"""Pixels between the middle of the line and the foot of a tooth."""
_APART = 200
"""Teeth that stand apart, each with its words. Of more, those side by side that are equally long
are one block, as wide as they are many: an outline for each of 30,000 would fill megabytes."""
_SEEN = 0.2
"""Pixels a block has at least, or one statement among thousands would not be seen."""


@dataclass(frozen=True, slots=True)
class Tooth:
    """One statement of a direction: how many studies make it, and what it says to who points at it.

    Parameters
    ----------
    direction : id of the direction.
    studies : number of studies.
    title : said when a reader points at it; may be empty.
    """

    direction: str
    studies: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """How teeth are drawn, in pixels; one scale serves all lines of a page.

    Parameters
    ----------
    base : width of a tooth.
    step : way from one tooth to the next.
    unit : height of one study.
    up, down : room above and below the line.
    """

    base: float
    step: float
    unit: float
    up: float
    down: float


def crowded(teeth: Sequence[object]) -> bool:
    """Whether statements are too many to stand apart, so that those of one length are a block."""
    return len(teeth) > _APART


def waterline(settings: Settings, teeth: Sequence[Tooth], scale: Scale) -> Markup:
    """Draw statements on their line: up, down, then those that do neither.

    Parameters
    ----------
    settings : of the review, with its directions; without two opposite ones no tooth is drawn.
    teeth : the statements, in the order they are drawn in.
    scale : sizes.
    """
    sides = poles(settings) or ()
    acting = {way.id for way in sides}
    rest = [tooth for tooth in teeth if tooth.direction not in acting]
    size = scale.base / 11
    stand, lie = _teeth, _marks
    if crowded(teeth):
        stand, lie = _blocks, _bands
        narrow = _APART / len(teeth)
        scale = replace(scale, base=scale.base * narrow, step=scale.step * narrow)
    drawn: list[Markup] = []
    across = 0
    for side, way in zip((-1, 1), sides, strict=False):
        ones = [tooth for tooth in teeth if tooth.direction == way.id]
        across = max(across, len(ones))
        drawn += stand(ones, side, direction_colour(way), scale)
    drawn += lie(settings, rest, across, size, scale)
    width = max(across + len(rest), 1) * scale.step + 2
    line = element("path", d=f"M0 {number(scale.up)}H{number(width)}", class_="synth-waterline")
    return element(
        "svg",
        together(line, *drawn),
        viewBox=f"0 0 {number(width)} {number(scale.up + scale.down)}",
        width=width,
        height=scale.up + scale.down,
        # In a narrow place teeth get thinner, never shorter: their height is what they say.
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def _teeth(teeth: Sequence[Tooth], side: int, colour: str, scale: Scale) -> list[Markup]:
    """One side of a line: a tooth for each statement, as long as it has studies."""
    foot, drawn = scale.up + side * _FOOT, []
    for place, tooth in enumerate(teeth):
        left, tip = 1 + place * scale.step, scale.up + side * (2 + scale.unit * tooth.studies)
        outline = (
            f"M{number(left)} {number(foot)}h{number(scale.base)}"
            f"L{number(left + scale.base / 2)} {number(tip)}Z"
        )
        drawn.append(element("path", *_title(tooth), d=outline, fill=colour))
    return drawn


def _blocks(teeth: Sequence[Tooth], side: int, colour: str, scale: Scale) -> list[Markup]:
    """One side of a crowded line in one outline: from the line to each length and back to it."""
    foot, outline, place = scale.up + side * _FOOT, "", 0
    for length, alike in groupby(tooth.studies for tooth in teeth):
        many = sum(1 for _ in alike)
        tip = scale.up + side * (2 + scale.unit * length)
        left = 1 + place * scale.step
        right = left + max(many * scale.step, _SEEN)
        outline += f"M{number(left)} {number(foot)}V{number(tip)}H{number(right)}V{number(foot)}Z"
        place += many
    return [element("path", d=outline, fill=colour)] if outline else []


def _marks(
    settings: Settings, teeth: Sequence[Tooth], place: int, size: float, scale: Scale
) -> list[Markup]:
    """On the line, behind the teeth: the mark of each statement that stands on neither side."""
    drawn = []
    for at, tooth in enumerate(teeth, place):
        way = settings.direction(tooth.direction)
        left, top = 1 + at * scale.step, scale.up - 5 * size
        marked = shape(way.mark, left, top, size, direction_colour(way))
        drawn.append(element("g", *_title(tooth), marked))
    return drawn


def _bands(
    settings: Settings, teeth: Sequence[Tooth], place: int, size: float, scale: Scale
) -> list[Markup]:
    """The same of a crowded line: a band for each direction, as wide as its statements are many."""
    drawn = []
    for way in settings.directions:
        many = sum(tooth.direction == way.id for tooth in teeth)
        if not many:
            continue
        left, top = 1 + place * scale.step, scale.up - 5 * size
        wide = number(many * scale.step)
        outline = f"M{number(left)} {number(top)}h{wide}v{number(10 * size)}h-{wide}Z"
        drawn.append(element("path", d=outline, fill=direction_colour(way)))
        place += many
    return drawn


def _title(tooth: Tooth) -> list[Markup]:
    return [element("title", tooth.title)] if tooth.title else []


def teeth_of(findings: Sequence[Finding]) -> tuple[Tooth, ...]:
    """Direction and number of studies of each statement, those of most studies first."""
    by_id = {finding.id: finding for finding in findings}
    teeth: list[Tooth] = []
    for statement in statements_of(findings):
        rows = [by_id[name] for name in statement.findings]
        for direction in dict.fromkeys(row.direction for row in rows):
            works = {row.study for row in rows if row.direction == direction}
            teeth.append(Tooth(direction, len(works)))
    return tuple(sorted(teeth, key=lambda tooth: -tooth.studies))
