"""The review whose book is being built: read once a build, and again when its files change."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.errors import ReviewError
from synth.messages import Words
from synth.views import markup

if TYPE_CHECKING:
    from jinja2 import Environment
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

CITES_BOOK = "synth_cites_book"
"""Marks the page that says how to cite the book, to which every page leads."""
HOLDS_BRIEF = "synth_brief"
"""What is noted of a page with a brief, for the bar over every page."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of ``synth/book/templates``, with those of the views at hand."""
    from jinja2 import ChoiceLoader, PackageLoader

    views = markup.environment()
    assert views.loader is not None
    return views.overlay(loader=ChoiceLoader([PackageLoader("synth.book"), views.loader]))


def render(template: str, /, **values: Any) -> Markup:
    """Fill in a template of ``synth/book/templates``.

    Parameters
    ----------
    template : its file.
    **values : what the template names.

    Raises
    ------
    jinja2.UndefinedError : the template uses a name that was not given.
    """
    return Markup(environment().get_template(template).render(**values))


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
            from synth.reading.settings import read_settings

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
