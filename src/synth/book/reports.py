"""A link below every page to report a problem with it, where it is known whom to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.book.context import render, settings_of, words_of
from synth.views.catalogue import report_link

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def add_report_link(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the link, prefilled with the page and the version of the data."""
    settings = settings_of(app)
    if settings is None or doctree is None or not (settings.repository or settings.reports_to):
        return
    path = app.env.doc2path(pagename, base=False)
    words = words_of(app)
    text = words.say("report_place", page=path, version=settings.version)
    link = report_link(settings, words.say("report_page", page=path), text)
    context["body"] = f"{context.get('body', '')}{render('report_line.html', link=link)}"


def setup(app: Sphinx) -> None:
    """Add the link to every page that is written."""
    app.connect("html-page-context", add_report_link)
