"""Turn a review's coded table, codebook and bibliography into a book readers can question.

A page begins with ``from synth import Review`` and ``review = Review.load()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Evidence", "Review", "ReviewError", "__version__"]

if TYPE_CHECKING:
    from synth.errors import ReviewError
    from synth.evidence import Evidence
    from synth.review import Review

    __version__: str


# `import synth` takes a few milliseconds: what reads tables or draws is imported on first use.
def __getattr__(name: str) -> Any:
    if name == "Review":
        from synth.review import Review

        return Review
    if name == "Evidence":
        from synth.evidence import Evidence

        return Evidence
    if name == "ReviewError":
        from synth.errors import ReviewError

        return ReviewError
    if name == "__version__":
        from synth.version import version

        return version()
    raise AttributeError(f"module 'synth' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
