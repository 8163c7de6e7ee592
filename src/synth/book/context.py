"""The review whose book is being built: read once a build, and again when its files change."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import ReviewError
from synth.messages import Words

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from synth.model import Settings
    from synth.review import Review

DATA = (
    "data/review.toml",
    "data/codebook.csv",
    "data/studies.csv",
    "data/coded_studies.csv",
    "data/influences.csv",
    "data/flow.csv",
    "data/places.csv",
    "references.bib",
)
"""The files a number on a page can come from."""


def root_of(app: Sphinx) -> Path | None:
    """The folder of the review, or ``None`` when the book has none."""
    root = Path(app.srcdir)
    return root if (root / "data" / "review.toml").is_file() else None


def settings_of(app: Sphinx) -> Settings | None:
    """What ``review.toml`` says, or ``None`` when the book has no review.

    A review that cannot be read is said once, by the part that needs all of it.
    """
    known: dict[str, Settings | None] = app.__dict__.setdefault("synth_settings", {})
    if "settings" not in known:
        root = root_of(app)
        known["settings"] = None
        if root:
            from synth.reading.tables import read_settings

            with suppress(ReviewError):
                known["settings"] = read_settings(root)[0]
    return known["settings"]


def review_of(app: Sphinx) -> Review | None:
    """The review with all its records, or ``None`` when the book has none.

    Raises
    ------
    ReviewError : the review's files cannot be read; every problem is named with its line.
    """
    from synth.review import Review

    known: dict[str, Review | None] = app.__dict__.setdefault("synth_review", {})
    if "review" not in known:
        root = root_of(app)
        known["review"] = Review.load(root) if root else None
    return known["review"]


def words_of(app: Sphinx) -> Words:
    """The words of the interface, with the review team's own."""
    settings = settings_of(app)
    return Words(settings.words if settings else None)


def depend_on_data(env: BuildEnvironment) -> None:
    """Have the page being read built again whenever the review's data change."""
    root = root_of(env.app)
    if root is None:
        return
    for name in DATA:
        if (root / name).is_file():
            env.note_dependency(name)
