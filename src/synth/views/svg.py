"""Elements of a drawing, whose places and sizes Python computes."""

from __future__ import annotations

from markupsafe import Markup, escape

from synth.views.figure import INK, PAPER, number
from synth.views.shapes import outline


def element(tag: str, /, *inner: str | Markup, **attributes: object) -> Markup:
    """Write an element; every text in it is escaped unless it is markup.

    Parameters
    ----------
    tag : its name.
    *inner : what it holds.
    **attributes : by name, ``_`` for a hyphen, in the drawing's units; ``None`` leaves one out.

    >>> print(element("text", "a < b", x=12.0, stroke_width=None, font_size=13.5))
    <text x="12" font-size="13.5">a &lt; b</text>
    >>> print(element("circle", r=3.0))
    <circle r="3"/>
    """
    # Put together by hand: a map has thousands of attributes.
    written = "".join(
        f" {name.rstrip('_').replace('_', '-')}="
        f'"{escape(number(value) if isinstance(value, float) else value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if not inner:
        return Markup(f"<{tag}{written}/>")
    return Markup(f"<{tag}{written}>{together(*inner)}</{tag}>")


def together(*parts: str | Markup) -> Markup:
    """Several elements or texts, one after the other."""
    return Markup("".join(escape(part) for part in parts))


def text(
    x: float,
    y: float,
    *words: str | Markup,
    size: float,
    weight: int | None = None,
    fill: str = INK,
    serif: bool = False,
) -> Markup:
    """Write a line of text.

    Parameters
    ----------
    x, y : where its first letter stands on the line.
    *words : texts and ``tspan`` elements.
    size : height of the letters, in the drawing's units.
    weight : of the letters; normal by default.
    fill : their colour.
    serif : whether it is set like a heading.
    """
    family = "Georgia, serif" if serif else None
    return element(
        "text", *words, x=x, y=y, font_size=float(size), fill=fill, font_family=family,
        font_weight=weight,
    )  # fmt: skip


def shape(name: str, x: float, y: float, scale: float, colour: str) -> Markup:
    """Draw one of :data:`synth.views.shapes.SHAPES` into a drawing.

    Parameters
    ----------
    name : of the shape.
    x, y : its upper left corner.
    scale : width in tens of units.
    colour : what it is filled with.
    """
    at = f"translate({number(x)} {number(y)}) scale({scale:g})"
    return element("path", d=outline(name), fill=colour, transform=at)


def ring(x: float, y: float, colour: str) -> Markup:
    """Draw the small open circle at the start of an arrow that no study is named for."""
    return element("circle", cx=x, cy=y, r=3, fill=PAPER, stroke=colour)


def page(width: float, height: float, *inner: str | Markup, role: str, label: str) -> Markup:
    """Put a drawing together.

    Parameters
    ----------
    width, height : of the whole drawing.
    *inner : its elements.
    role : ``"img"``, or ``"group"`` when it holds links.
    label : what a screen reader says of it.
    """
    return element(
        "svg",
        *inner,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=float(width),
        height=float(height),
        role=role,
        aria_label=label,
        font_family="Arial, Helvetica, sans-serif",
    )
