"""Shapes that stand beside the words of levels and directions; colour never stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.views.markup import environment

if TYPE_CHECKING:
    from synth.model import Direction

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "triangle-up": "M5 .6 9.8 9.4H.2Z",
        "triangle-down": "M5 9.4.2.6h9.6Z",
        "diamond": "M5 0l5 5-5 5-5-5ZM5 2v6l3-3Z",
        "ring": "M5 0a5 5 0 1 0 .01 0ZM5 2a3 3 0 1 1-.01 0Z",
        "ring-outer": "M5 0a5 5 0 1 0 .01 0ZM5 1.6a3.4 3.4 0 1 1-.01 0Z",
        "ring-middle": (
            "M5 0a5 5 0 1 0 .01 0ZM5 .6a4.4 4.4 0 1 1-.01 0Z"
            "M5 1.6a3.4 3.4 0 1 0 .01 0ZM5 3.2a1.8 1.8 0 1 1-.01 0Z"
        ),
        "ring-centre": "M5 0a5 5 0 1 0 .01 0ZM5 .6a4.4 4.4 0 1 1-.01 0ZM5 3a2 2 0 1 0 .01 0Z",
        "square": "M1 1h8v8H1Z",
        "circle": "M5 0a5 5 0 1 0 .01 0Z",
        "cross": "M3.4 0h3.2v3.4H10v3.2H6.6V10H3.4V6.6H0V3.4h3.4Z",
    }
)
"""The outline of each shape on a square of ten units, to be filled; rings are cut out of discs.

The explorer's script, the drawings and the words of the pages all take them from here."""


def outline(shape: str) -> str:
    """The outline of a shape; an unknown one is a square."""
    return SHAPES.get(shape, SHAPES["square"])


def _macros() -> Any:
    return environment().get_template("macros.html").module


def mark(shape: str, size: str = "10") -> Markup:
    """Draw a small shape that says the same as the word beside it.

    Parameters
    ----------
    shape : one of the words of :data:`SHAPES`; anything else is drawn as a square.
    size : width and height, in pixels or with a unit.
    """
    return Markup(_macros().mark(outline(shape), size))


def direction_mark(direction: Direction, word: str = "") -> Markup:
    """Draw a direction's shape beside its word; the word may change, the shape may not.

    Parameters
    ----------
    direction : as ``review.toml`` declares it.
    word : what stands beside the shape; by default the direction's label.
    """
    return Markup(_macros().direction(direction, outline(direction.mark), word))
