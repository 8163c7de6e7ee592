"""The directives of the Studies page: the catalogue and the table of characteristics.

They draw while the book is built, so that the page is never older than the data, and list under
each study where the book cites it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from markupsafe import Markup, escape
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from synth.book.context import depend_on_data, render, words_of
from synth.book.domain import CitedAt, EvidenceDomain, Target, evidence_domain
from synth.book.nodes import entry_title, study_entry, view_node
from synth.book.views import place_of
from synth.views.catalogue import Entry, catalogue
from synth.views.markup import drawn_in

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

    from synth.views.catalogue import Catalogue


_PART = {"since": directives.unchanged, "before": directives.unchanged}


class CatalogueDirective(SphinxDirective):
    """The entries of all studies, a line each, which opens in place or by its address.

    A long catalogue stands on several pages: ``:since: br`` and ``:before: co`` take the studies
    whose name comes there in the alphabet.
    """

    option_spec: ClassVar[Any] = _PART

    def run(self) -> list[Node]:
        """Draw a section for every study."""
        depend_on_data(self.env)
        domain = evidence_domain(self.env)
        drawn = _catalogue(domain, self.options)
        entries: list[Node] = []
        for entry in drawn.entries:
            anchor = f"study-{entry.id}"
            node = study_entry("", ids=[anchor], names=[anchor], study=entry.id)
            self.state.document.note_explicit_target(node)
            node += entry_title("", entry.label)
            domain.register("study", entry.id, Target(self.env.docname, anchor))
            for finding in entry.findings:
                domain.register(
                    "finding", finding.id, Target(self.env.docname, f"finding-{finding.id}")
                )
            entries.append(node)
        return entries


class CharacteristicsDirective(SphinxDirective):
    """The studies as a table; divided like the catalogue."""

    option_spec: ClassVar[Any] = _PART

    def run(self) -> list[Node]:
        """Draw the table."""
        depend_on_data(self.env)
        options = {name: value for name, value in self.options.items() if value}
        asked = {"kind": "characteristics", "query": {}, "options": options}
        plain = _catalogue(evidence_domain(self.env), self.options).characteristics.text
        return [
            view_node("", asked=asked, plain=plain, shows={}, anchors=[], cites=[], explorer="")
        ]


def _catalogue(domain: EvidenceDomain, part: Mapping[str, str]) -> Catalogue:
    since, before = part.get("since", ""), part.get("before", "")
    return catalogue(domain.review.records, since=since, before=before)


class DrawEntries(SphinxPostTransform):
    """Draw each study with the places of the book that cite it."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Fill every entry of the page."""
        domain = evidence_domain(self.env)
        place = place_of(self.env, self.env.docname)
        for node in list(self.document.findall(study_entry)):
            cited = said_where(self, domain.cited_at(node["study"]))
            with drawn_in(place):
                entry = Entry(domain.review.records, node["study"])
                html = render("study.html", entry=entry, cited=cited, depth=heading_depth(node))
            node += nodes.raw("", str(html), format="html")


def heading_depth(node: nodes.Node) -> int:
    """The depth of a heading that stands where a node stands: one below that of its section."""
    depth, above = 1, node.parent
    while above is not None:
        depth += isinstance(above, nodes.section)
        above = above.parent
    return depth


def draws_itself(translator: Any, node: nodes.Node) -> None:
    """An entry has no markup around what is drawn of it."""


def skip(translator: Any, node: nodes.Node) -> None:
    """What an entry draws itself is not written twice."""
    raise nodes.SkipNode


def said_where(
    transform: SphinxPostTransform, places: list[CitedAt], *, headings: bool = True
) -> Markup:
    """Say on which pages, and under which headings of each, a work is cited, with links."""
    env, builder = transform.env, transform.app.builder
    words = words_of(transform.app)
    if not places:
        return escape(words["study_uncited"])
    pages: dict[str, dict[str, Any]] = {}
    for cited in places:
        docname = cited.docname
        page = pages.setdefault(
            docname,
            {
                "address": builder.get_relative_uri(env.docname, docname),
                "title": env.titles[docname].astext() if docname in env.titles else docname,
                "first": cited,
                "below": [],
            },
        )
        if headings and cited.heading and cited.heading != page["title"]:
            page["below"].append(cited)
    listed = render("cited_pages.html", pages=list(pages.values()))
    return words.markup("study_cited_in", pages=listed)


def setup(app: Sphinx) -> None:
    """Add the directives."""
    for name, directive in (
        ("catalogue", CatalogueDirective),
        ("characteristics", CharacteristicsDirective),
    ):
        app.add_directive(name, directive)
        app.add_directive_to_domain("synth", name, directive)
    app.add_node(study_entry, html=(draws_itself, draws_itself))
    app.add_node(entry_title, html=(skip, None))
    app.add_post_transform(DrawEntries)
