"""Shapes that stand beside the words of levels and directions; colour never stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from synth.model import Direction

# Drawn in a square of 10 by 10 units; `currentColor` takes the colour of the word beside it.
SHAPES: Mapping[str, str] = {
    "triangle-up": '<path d="M5 .6 9.8 9.4H.2Z" fill="currentColor"/>',
    "triangle-down": '<path d="M5 9.4.2.6h9.6Z" fill="currentColor"/>',
    "diamond": (
        '<path d="M5 0l5 5-5 5-5-5Z" fill="none" stroke="currentColor" stroke-width="1.4"/>'
        '<path d="M5 0v10L0 5Z" fill="currentColor"/>'
    ),
    "ring": '<circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "ring-outer": (
        '<circle cx="5" cy="5" r="4.2" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    ),
    "ring-middle": (
        '<circle cx="5" cy="5" r="4.6" fill="none" stroke="currentColor" stroke-width=".6"/>'
        '<circle cx="5" cy="5" r="2.6" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    ),
    "ring-centre": (
        '<circle cx="5" cy="5" r="4.6" fill="none" stroke="currentColor" stroke-width=".6"/>'
        '<circle cx="5" cy="5" r="2" fill="currentColor"/>'
    ),
    "square": '<path d="M1 1h8v8H1Z" fill="currentColor"/>',
    "circle": '<circle cx="5" cy="5" r="4.4" fill="currentColor"/>',
    "cross": '<path d="M3.4 0h3.2v3.4H10v3.2H6.6V10H3.4V6.6H0V3.4h3.4Z" fill="currentColor"/>',
}


def mark(shape: str, size: str = "10") -> str:
    """A small shape that says the same as the word beside it.

    Parameters
    ----------
    shape : one of the words of :data:`SHAPES`; anything else is drawn as a square.
    size : width and height, in pixels or with a unit.
    """
    inner = SHAPES.get(shape, SHAPES["square"])
    return (
        f'<svg viewBox="0 0 10 10" width="{size}" height="{size}" '
        f'aria-hidden="true" focusable="false">{inner}</svg>'
    )


def direction_mark(direction: Direction, word: str = "") -> str:
    """A direction's shape beside its word; the word may change, the shape may not."""
    name, light, dark = (
        escape(text, quote=True) for text in (direction.id, direction.light, direction.dark)
    )
    return (
        f'<span class="dir dir-{name}" style="--dir-light:{light};--dir-dark:{dark}">'
        f"{mark(direction.mark, '0.8em')} {escape(word or direction.label)}</span>"
    )
