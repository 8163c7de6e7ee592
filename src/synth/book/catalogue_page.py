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
from synth.book.nodes import entry_body, view_node
from synth.book.views import place_of
from synth.views.catalogue import Entry, catalogue
from synth.views.markup import drawn_in

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

    from synth.messages import Words
    from synth.views.catalogue import Catalogue


class cited_in(nodes.General, nodes.Element):  # noqa: N801  docutils names its nodes so
    """Stands below a study until every page that cites it is known."""


_PART = {"since": directives.unchanged, "before": directives.unchanged}


class CatalogueDirective(SphinxDirective):
    """The entries of all studies, a section each, so that they are found from the side list.

    A long catalogue stands on several pages: ``:since: br`` and ``:before: co`` take the studies
    whose name comes there in the alphabet.
    """

    option_spec: ClassVar[Any] = _PART

    def run(self) -> list[Node]:
        """Draw a section for every study."""
        depend_on_data(self.env)
        domain = evidence_domain(self.env)
        drawn = _catalogue(domain, self.options)
        sections: list[Node] = []
        for index, entry in enumerate(drawn.entries):
            anchor = f"study-{entry.id}"
            section = nodes.section(ids=[anchor], names=[anchor], classes=["synth-entry"])
            self.state.document.note_explicit_target(section)
            section += nodes.title("", entry.label)
            section += entry_body("", study=entry.id)
            section += cited_in("", study=entry.id)
            around = drawn.entries[max(index - 1, 0) : index + 2]
            beside = _neighbours(entry.id, around, words_of(self.env.app))
            section += nodes.raw("", beside, format="html")
            domain.register("study", entry.id, Target(self.env.docname, anchor))
            for finding in entry.findings:
                domain.register(
                    "finding", finding.id, Target(self.env.docname, f"finding-{finding.id}")
                )
            sections.append(section)
        return sections


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


def _neighbours(study: str, around: Any, words: Words) -> str:
    ids = [entry.id for entry in around]
    here = ids.index(study)
    return str(
        render(
            "neighbours.html",
            label=words.say("study_neighbours", study=around[here].label),
            before=around[here - 1] if here else None,
            after=around[here + 1] if here + 1 < len(around) else None,
        )
    )


class ListCitations(SphinxPostTransform):
    """List under each study the places of the book that cite it."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Replace every placeholder of the page."""
        domain = evidence_domain(self.env)
        place = place_of(self.env, self.env.docname)
        for body in list(self.document.findall(entry_body)):
            with drawn_in(place):
                entry = Entry(domain.review.records, body["study"])
                html = render("entry_body.html", entry=entry)
            body.replace_self(nodes.raw("", str(html), format="html"))
        for node in list(self.document.findall(cited_in)):
            places = domain.cited_at(node["study"])
            cited = render("cited.html", said=said_where(self, places))
            node.replace_self(nodes.raw("", str(cited), format="html"))


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
    app.add_node(cited_in)
    app.add_node(entry_body)
    app.add_post_transform(ListCitations)
