"""What stands above a long list: its letters, and for studies and references a search with filters.

The letters are plain links. The filters need a script, and are not seen without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from synth.book.context import render, words_of
from synth.book.domain import evidence_domain
from synth.book.nodes import study_entry
from synth.text import fold
from synth.views.catalogue import Entry, studies_by

if TYPE_CHECKING:
    from sphinx.application import Sphinx


LONG = 10
"""Entries from which on a list has something above it."""


class HeadLists(SphinxPostTransform):
    """Put the way through a long list above it."""

    # After the references (7) and the studies (8) are drawn, before Sphinx resolves links (10).
    default_priority = 9

    def run(self, **kwargs: Any) -> None:
        """Look for the lists of the page."""
        if self.app.builder.format != "html":
            return
        self._studies(list(self.document.findall(study_entry)))
        self._works(list(self.document.findall(nodes.citation)))
        self._terms(list(self.document.findall(addnodes.glossary)))

    def _studies(self, found: list[study_entry]) -> None:
        if len(found) < LONG:
            return
        records, words = evidence_domain(self.env).review.records, words_of(self.app)
        entries = [Entry(records, node["study"]) for node in found]
        filters = studies_by(records, entries)
        one, many = words["study_one"], words["study_many"]
        settings = records.settings
        country, design = settings.facet("country"), settings.facet("design")
        folded = (
            words["evidence_study"],
            country.label if country else "",
            design.label if design else "",
            settings.rank(0).plural,
            words["list_said"],
        )
        self._put(found, [node[0].astext() for node in found], filters, one, many, folded)

    def _works(self, found: list[nodes.citation]) -> None:
        if len(found) < LONG:
            return
        words = words_of(self.app)
        kinds = [("with", words["list_with"]), ("without", words["list_without"])]
        filters = [{"name": "coded", "label": words["list_coded"], "options": kinds}]
        one, many = words["list_references_one"], words["list_references_many"]
        self._put(found, [node.astext() for node in found], filters, one, many)

    def _put(
        self,
        found: Sequence[nodes.Element],
        names: Sequence[str],
        filters: list[dict[str, Any]],
        one: str,
        many: str,
        folded: Sequence[str] = (),
    ) -> None:
        """The bar before the first entry, and a letter before the first of each.

        Where entries are folded to a line each, ``folded`` says what stands in it.
        """
        total = len(found)
        first = firsts(names, found)
        letters = [(letter, f"letter-{letter}") for letter, _ in first]
        bar = render(
            "list_bar.html",
            words=words_of(self.app),
            filters=filters,
            letters=letters if len(letters) > 1 else [],
            one=one.format(n=total),
            many=many.format(n=total),
            folded=folded,
        )
        _before(found[0], str(bar))
        for letter, node in first:
            _before(node, str(render("list_letter.html", letter=letter)))

    def _terms(self, found: list[addnodes.glossary]) -> None:
        terms = [term for one in found for term in one.findall(nodes.term) if term["ids"]]
        if len(terms) < LONG:
            return
        # Words of several lists are not in the order of the alphabet; their letters are.
        terms.sort(key=lambda term: fold(term.astext()))
        letters = [
            (letter, term["ids"][0])
            for letter, term in firsts([term.astext() for term in terms], terms)
        ]
        bar = render(
            "list_bar.html", words=words_of(self.app), letters=letters, filters=None, folded=()
        )
        _before(found[0], str(bar))


def firsts(names: Iterable[str], found: Iterable[Any]) -> list[tuple[str, Any]]:
    """The first entry of each letter, in the order of the list.

    >>> firsts(["Åberg", "Asad", "Berry", "3 sites"], [1, 2, 3, 4])
    [('A', 1), ('B', 3), ('3', 4)]
    """
    first: dict[str, Any] = {}
    for name, one in zip(names, found, strict=True):
        first.setdefault(fold(name)[:1].upper(), one)
    return [(letter, one) for letter, one in first.items() if letter.strip()]


def _before(node: nodes.Element, html: str) -> None:
    node.parent.insert(node.parent.index(node), nodes.raw("", html, format="html"))


def setup(app: Sphinx) -> None:
    """Head the lists of every page."""
    app.add_post_transform(HeadLists)
