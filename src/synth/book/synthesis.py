"""The ``{synthesis}`` directive: sentences that rest on findings, and the line that says which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from synth.book.context import depend_on_data, render
from synth.book.domain import evidence_domain
from synth.book.nodes import evidence_line, finding_group, support_line
from synth.evidence import Evidence
from synth.messages import Words
from synth.views.shapes import direction_mark, outline

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

    from synth.review import Review


class Synthesis(SphinxDirective):
    """A block of synthesis: every paragraph cites a finding or is marked as the review's own.

    With the option ``folded`` a phone shows one line in its place, which counts what is below it.
    """

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"folded": directives.flag}

    def run(self) -> list[Node]:
        """Draw the block and add the evidence line; the rules of prose judge its paragraphs."""
        depend_on_data(self.env)
        block = nodes.container(classes=["synth-synthesis"])
        self.state.nested_parse(self.content, self.content_offset, block)
        findings = list(
            dict.fromkeys(
                name for group in block.findall(finding_group) for name in group["findings"]
            )
        )
        if "folded" in self.options:
            words = Words.of(evidence_domain(self.env).review.settings)
            paragraphs = sum(isinstance(part, nodes.paragraph) for part in block)
            said = words.count("synthesis_folded", paragraphs)
            block.insert(0, nodes.raw("", render("folded.html", said=said), format="html"))
            block += nodes.raw("", render("folded_end.html"), format="html")
        # Where no study is cited, the marks of the review's own argument say so by themselves.
        if findings:
            block += evidence_line("", findings=findings)
        return [block]


class Support(SphinxDirective):
    """One sentence: how much of the book's synthesis cites findings, how much is the review's own.

    ``synth check --pages`` says the same page by page.
    """

    def run(self) -> list[Node]:
        """Leave a place for the sentence, which needs every page."""
        return [support_line("")]


class SaySupport(SphinxPostTransform):
    """Fill in what the synthesis of the book rests on."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Replace every placeholder of the page."""
        for node in list(self.document.findall(support_line)):
            domain = evidence_domain(self.env)
            words = Words.of(domain.review.settings)
            told = domain.support.values()
            paragraphs, citing, own = (sum(page[part] for page in told) for part in range(3))
            said = words.say(
                "support",
                n=paragraphs,
                citing=words.count("support_citing", citing),
                own=words.count("support_own", own),
            )
            node.replace_self(nodes.paragraph("", said, classes=["synth-support"]))


class MarkDirections(SphinxPostTransform):
    """Mark each paragraph on the page of a theme whose findings all point one way."""

    # While citations still know their findings.
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Put the mark before the first word; where a paragraph turns, there is none."""
        domain = evidence_domain(self.env)
        if self.env.docname not in domain.pages or self.app.builder.format != "html":
            return
        findings, settings = domain.review.records.findings, domain.review.settings
        for group in list(self.document.findall(finding_group)):
            paragraph = group.parent
            block = getattr(paragraph, "parent", None)
            if not isinstance(block, nodes.container) or "synth-synthesis" not in block["classes"]:
                continue
            cited = [name for each in paragraph.findall(finding_group) for name in each["findings"]]
            ways = {findings[name].direction for name in cited}
            if len(ways) > 1 or group is not next(paragraph.findall(finding_group)):
                continue
            way = settings.direction(ways.pop())
            mark = render("way.html", way=way, outline=outline(way.mark))
            paragraph.insert(0, nodes.raw("", mark, format="html"))


class DrawEvidenceLines(SphinxPostTransform):
    """Say below each block what it rests on, and link to exactly that in the explorer.

    The first line of a page says it in words; the ones below hold the numbers alone.
    """

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Replace every evidence line of the page."""
        domain = evidence_domain(self.env)
        for at, line in enumerate(list(self.document.findall(evidence_line))):
            if self.app.builder.format != "html":
                line.replace_self(nodes.paragraph("", rests_on(domain.review, line["findings"])))
                continue
            html = self._html(domain.review, line["findings"], again=at > 0)
            line.replace_self(nodes.raw("", html, format="html"))

    def _html(self, review: Review, findings: list[str], *, again: bool) -> str:
        """The line with its way to exactly these findings: in the explorer, else listed here."""
        words, domain = Words.of(review.settings), evidence_domain(self.env)
        said = rests_on(review, findings, again=again)
        view, explorer = view_of(review, findings), domain.explorer_page()
        see, items = {}, []
        if view and explorer:
            docname, key = explorer
            page = self.app.builder.get_relative_uri(self.env.docname, docname)
            state = urlencode([(f"{key}.{name}", value) for name, value in view])
            see = {
                "address": f"{page}?{state}",
                "text": words.count("rests_on_see", len(findings)),
            }
        else:
            items = [self._item(review, name) for name in findings]
        return str(render("rests_on.html", said=said, again=again, see=see, items=items))

    def _item(self, review: Review, name: str) -> dict[str, Any]:
        """What the template needs of one finding of the list."""
        finding = review.records.findings[name]
        target = evidence_domain(self.env).target("finding", name)
        page = self.app.builder.get_relative_uri(self.env.docname, target.docname) if target else ""
        return {
            "mark": direction_mark(review.settings.direction(finding.direction)),
            "summary": finding.summary,
            "study": review.records.label(finding.study),
            "address": f"{page}#{target.anchor}" if target else "",
        }


def rests_on(review: Review, findings: list[str], *, again: bool = False) -> str:
    """Say how many statements, findings, studies and countries some findings are.

    "Rests on 5 statements (7 findings) from 7 studies in 4 countries"; where a page has said
    so before, the numbers alone.
    """
    evidence, words = Evidence(review.records, findings), Words.of(review.settings)
    nowhere, somewhere = ("rests_on", "rests_on_in")
    if again:
        nowhere, somewhere = ("rests_on_again", "rests_on_again_in")
    countries = len(evidence.countries)
    if not countries:
        return words.say(nowhere, evidence=evidence.summary)
    return words.say(
        somewhere, evidence=evidence.summary, countries=words.count("country", countries)
    )


def view_of(review: Review, findings: list[str]) -> list[tuple[str, str]]:
    """The filters of the explorer that show exactly some findings, or none if no filter does.

    A node of the codebook, with or without directions, that holds these findings and no other.
    """
    wanted = set(findings)
    records = review.records
    everything = review.evidence()
    directions = tuple(sorted({records.findings[name].direction for name in findings}))
    paths = [records.codebook.path(records.findings[name].theme) for name in findings]
    shared = [node for node in paths[0] if all(node in path for path in paths)]
    for node in reversed(shared):
        here: dict[str, tuple[str, ...]] = {node.rank: (node.id,)}
        for filters in (here, here | {"direction": directions}):
            if set(everything.where(**filters).ids) == wanted:
                return [(name, value) for name, values in filters.items() for value in values]
    return []


def setup(app: Sphinx) -> None:
    """Add the directives, under short names and as ``synth:…``."""
    app.add_directive("synthesis", Synthesis)
    app.add_directive_to_domain("synth", "synthesis", Synthesis)
    app.add_directive("support", Support)
    app.add_directive_to_domain("synth", "support", Support)
    app.add_node(evidence_line)
    app.add_node(support_line)
    app.add_post_transform(MarkDirections)
    app.add_post_transform(DrawEvidenceLines)
    app.add_post_transform(SaySupport)
