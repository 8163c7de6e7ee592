"""What a book of evidence adds to Jupyter Book, part by part."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Named in pyproject.toml: myst-nb looks it up here when it meets a chart in a notebook.
from synth.book.figures import VegaLiteMime
from synth.book.views import ViewMime

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["VegaLiteMime", "ViewMime", "setup"]

PARTS = (
    "build_warnings",  # where what the build warns of is mended, and how
    "processes",  # pages are read and written by several of them
    "assets",  # styles and scripts: the library's own, and of the others' what a page uses
    "theme",  # mends of finished pages, the foot of every page
    "views",  # what notebooks show, drawn from the review as it is now
    "domain",  # studies, findings, themes, influences: where they stand, who links to them
    "roles",  # citations of findings, numbers, links to themes, studies and influences
    "synthesis",  # blocks of synthesis, and what they rest on
    "front",  # what the first page says at once
    "brief_page",  # one sheet for one kind of reader
    "checklist_page",  # reporting checklists, how it was coded, whether it is living
    "catalogue_page",  # the studies with their findings
    "references_page",  # the list of references
    "lists",  # the letters and filters above a long list
    "reports",  # a link to report a problem with a page
    "problems_page",  # everything that `synth check` can report
    "changes_page",  # what changed between the versions, and the feed
    "api_page",  # the library, from its docstrings
    "metadata",  # what search engines, reference managers and link previews read
    "explorers",  # the evidence explorers share, their names, their tables without scripts
    "search",  # words are found however they are spelled
    "publishing",  # any folder, any server, any title
    "downloads",  # what readers take along: the data in many forms, the whole book
)
"""The modules of this package with a ``setup`` of their own, in the order they are set up."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Add every part to a book that is being built."""
    for part in PARTS:
        import_module(f"{__name__}.{part}").setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
