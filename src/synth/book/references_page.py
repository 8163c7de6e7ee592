"""The page of references: durable anchors, and back-links to where the book cites each work.

sphinxcontrib-bibtex draws the list; this part gives it the style, the anchors (``#ref-lee2020``)
and, under each work, the way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from synth.book.catalogue_page import said_where
from synth.book.context import words_of
from synth.book.domain import Home, evidence_domain
from synth.references.apa import register_styles
from synth.views.catalogue import STYLED

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

ANCHOR = "ref-{key}"


def name_anchors(app: Sphinx, config: Config) -> None:
    """Name the anchor of a work after its key; the stock ones are numbered and move."""
    if "bibtex_cite_id" in config:
        config.bibtex_cite_id = ANCHOR


def learn_homes(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Note where each work stands in the list of references."""
    if "cite" not in env.domains:
        return []
    domain = evidence_domain(env)
    known = domain.homes.setdefault("reference", {})
    known.clear()
    cite: Any = env.get_domain("cite")
    for citation in cite.citations:
        known[citation.key] = Home(citation.bibliography_key.docname, citation.citation_id)
    return []


class LinkBack(SphinxPostTransform):
    """Say under each work where the book cites it, and lead to what is coded from it."""

    # After sphinxcontrib-bibtex has drawn the list, at 5.
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Add the way back to every work of a list of references."""
        if self.app.builder.format != "html":
            return
        domain, words = evidence_domain(self.env), words_of(self.app)
        keys = {home: key for key, home in domain.homes.get("reference", {}).items()}
        # One element says for the page that it needs the styles of the catalogue.
        styled = f" {STYLED}"
        for entry in self.document.findall(nodes.citation):
            key = next(
                (k for i in entry["ids"] if (k := keys.get(Home(self.env.docname, i)))), None
            )
            if key is None:
                continue
            places = domain.cited_at(key)
            study = domain.homes.get("study", {}).get(key)
            parts = []
            if study is not None:
                page = self.app.builder.get_relative_uri(self.env.docname, study.docname)
                coded = words.html("references_coded")
                parts.append(f'<a href="{page}#{study.anchor}">{coded}</a>.')
            if places:
                parts.append(said_where(self, places, headings=False))
            elif study is None:
                parts.append(words.html("references_uncited"))
            html = f'<p class="synth synth-cited"{styled}>{" ".join(parts)}</p>\n'
            styled = ""
            entry += nodes.raw("", html, format="html")


def setup(app: Sphinx) -> None:
    """Name the anchors, register the style and add the back-links."""
    register_styles()
    app.connect("config-inited", name_anchors)
    # After sphinxcontrib-bibtex has learned which works are cited.
    app.connect("env-updated", learn_homes, priority=600)
    app.add_post_transform(LinkBack)
