"""What the first page says at once: what a review rests on, and one message for each level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from synth.book.context import depend_on_data, render
from synth.book.domain import evidence_domain
from synth.book.nodes import message_line
from synth.errors import UnknownName
from synth.messages import Words
from synth.model import count_statements, statements_of
from synth.views.figure import poles
from synth.views.markup import drawn_in
from synth.views.shapes import direction_mark, mark

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx


class RestsOn(SphinxDirective):
    """One line: how many studies, statements and countries, and how far the search went."""

    def run(self) -> list[Node]:
        """Draw the line."""
        depend_on_data(self.env)
        review = evidence_domain(self.env).review
        evidence, words = review.evidence(), Words.of(review.settings)
        counted = [
            ("study", len(evidence.study_ids)),
            ("statement", count_statements(evidence.findings)),
            ("country", len(evidence.countries)),
        ]
        html = render(
            "front_line.html",
            # Number and noun, set apart by the style.
            counts=[words.count(key, n).partition(" ") for key, n in counted if n],
            until=words.say("front_until", year=review.settings.search_until)
            if review.settings.search_until
            else "",
        )
        return [nodes.raw("", str(html), format="html")]


class Message(SphinxDirective):
    """What was found on a level or theme in a sentence or two, with the statements behind it."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[Node]:
        """Draw the message; its counts are linked when every page is known."""
        depend_on_data(self.env)
        book = evidence_domain(self.env).review.records.codebook
        name = self.arguments[0]
        if name not in book:
            raise self.error(str(UnknownName("theme", name, book.ids)))
        level = book.path(name)[0].id
        block = nodes.container(classes=["synth-message", f"synth-of-{level}"])
        block += message_line("", node=name, part="head")
        self.state.nested_parse(self.content, self.content_offset, block)
        block += message_line("", node=name, part="counts")
        return [block]


class DrawMessages(SphinxPostTransform):
    """Fill in the name and the counts of each message."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Replace every placeholder of the page."""
        from synth.book.views import place_of

        for line in list(self.document.findall(message_line)):
            review = evidence_domain(self.env).review
            records, words, settings = review.records, Words.of(review.settings), review.settings
            node = records.codebook[line["node"]]
            own = review.evidence().where(**{node.rank: node.id})
            look = settings.levels.get(records.codebook.path(node.id)[0].id)
            counts = []
            for way in poles(settings) or settings.directions:
                said = statements_of([f for f in own.findings if f.direction == way.id])
                word = way.label if len(said) == 1 else way.plural
                counts.append(direction_mark(way, f"{len(said)} {word.lower()}"))
            with drawn_in(place_of(self.env, self.env.docname)):
                html = render(
                    "message_line.html",
                    node=node,
                    part=line["part"],
                    mark=mark(look.mark, "1em") if look else "",
                    counts=counts,
                    studies=words.count("study", len(own.study_ids)),
                )
            line.replace_self(nodes.raw("", str(html), format="html"))


def setup(app: Sphinx) -> None:
    """Add the directives, under short names and as ``synth:…``."""
    for name, directive in (("rests-on", RestsOn), ("message", Message)):
        app.add_directive(name, directive)
        app.add_directive_to_domain("synth", name, directive)
    app.add_node(message_line)
    app.add_post_transform(DrawMessages)
