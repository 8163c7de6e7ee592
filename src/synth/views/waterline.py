"""Statements on a waterline: what helps stands on the line, what hinders hangs from it.

A tooth is one statement and as long as its studies are many. It shows coverage, never the size of
an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from synth.model import Settings
from synth.views.figure import direction_colour, number, poles
from synth.views.svg import element, shape, together

_FOOT = 1.5
"""Pixels between the middle of the line and the foot of a tooth."""
_APART = 200
"""Teeth that stand apart, each with its words. Of more, every one is still drawn, as narrow as the
line of so many needs, those of a direction in one outline: words for each would fill megabytes."""


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


def waterline(settings: Settings, teeth: Sequence[Tooth], scale: Scale) -> Markup:
    """Draw statements on their line: up, down, then those that do neither.

    Parameters
    ----------
    settings : of the review, with its directions; without two opposite ones no tooth is drawn.
    teeth : the statements, in the order they are drawn in.
    scale : sizes.
    """
    sides = [way.id for way in poles(settings) or ()]
    rest = [tooth for tooth in teeth if tooth.direction not in sides]
    drawn: list[Markup] = []
    across = 0
    size = scale.base / 11
    crowded = len(teeth) > _APART
    if crowded:
        narrow = _APART / len(teeth)
        scale = replace(scale, base=scale.base * narrow, step=scale.step * narrow)
    for side, direction in zip((-1, 1), sides, strict=False):
        ones = [tooth for tooth in teeth if tooth.direction == direction]
        across = max(across, len(ones))
        foot = scale.up + side * _FOOT
        colour = direction_colour(settings.direction(direction))
        outlines = []
        for place, tooth in enumerate(ones):
            left, tip = 1 + place * scale.step, scale.up + side * (2 + scale.unit * tooth.studies)
            outline = (
                f"M{number(left)} {number(foot)}h{number(scale.base)}"
                f"L{number(left + scale.base / 2)} {number(tip)}Z"
            )
            outlines.append(outline)
            if not crowded:
                drawn.append(element("path", *_title(tooth), d=outline, fill=colour))
        if crowded and outlines:
            drawn.append(element("path", d="".join(outlines), fill=colour))
    gathered: dict[str, list[str]] = {}
    for place, tooth in enumerate(rest, across):
        way = settings.direction(tooth.direction)
        left, top = 1 + place * scale.step, scale.up - 5 * size
        if crowded:
            bar = f"M{number(left)} {number(top)}h{number(scale.base)}v{number(10 * size)}"
            gathered.setdefault(way.id, []).append(f"{bar}h-{number(scale.base)}Z")
            continue
        marked = shape(way.mark, left, top, size, direction_colour(way))
        drawn.append(element("g", *_title(tooth), marked))
    for name, bars in gathered.items():
        fill = direction_colour(settings.direction(name))
        drawn.append(element("path", d="".join(bars), fill=fill))
    width = max(across + len(rest), 1) * scale.step + 2
    line = element("path", d=f"M0 {number(scale.up)}H{number(width)}", class_="synth-waterline")
    return element(
        "svg",
        together(line, *drawn),
        viewBox=f"0 0 {number(width)} {number(scale.up + scale.down)}",
        width=width,
        height=scale.up + scale.down,
        aria_hidden="true",
        focusable="false",
    )


def _title(tooth: Tooth) -> list[Markup]:
    return [element("title", tooth.title)] if tooth.title else []
