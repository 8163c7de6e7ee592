"""The ``{brief}`` directive: a brief on the screen, and on exactly one sheet of paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from synth.book.brief import BRIEF_FILE, Brief, Line, Step, briefs, wrong_directions
from synth.book.context import HOLDS_BRIEF, depend_on_data, render, root_of, words_of
from synth.book.domain import evidence_domain, warn
from synth.errors import Problem, ReviewError, did_you_mean
from synth.views.figure import number, poles
from synth.views.shapes import direction_mark
from synth.views.waterline import Scale, Tooth, waterline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from synth.review import Review

_UNIT, _TALLEST = 4.0, 24.0
"""Pixels a study adds to a tooth; where many studies say the same, the longest tooth is this."""


class BriefDirective(SphinxDirective):
    """A brief of ``data/brief.toml``: its columns, what helped and what did not, how far it goes.

    Citations and marks are those of the prose, so that every line leads to its findings.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Draw the brief with the id that is given."""
        depend_on_data(self.env)
        root = root_of(self.env.app)
        review = evidence_domain(self.env).review
        assert root is not None
        self.env.note_dependency(BRIEF_FILE)
        try:
            told = {brief.id: brief for brief in briefs(root)}
        except ReviewError as error:
            return self._warned(*error.problems)
        asked = self.arguments[0].strip()
        if asked not in told:
            near = did_you_mean(asked, told)
            problem = Problem(
                "brief-unknown", self.env.docname, self.lineno, value=asked, near=near
            )
            return self._warned(problem)
        brief = told[asked]
        self.env.metadata[self.env.docname][HOLDS_BRIEF] = brief.id
        wrong = list(wrong_directions(brief, review))
        return [*self._warned(*wrong), self._drawn(brief, review)]

    def _warned(self, *problems: Problem) -> list[nodes.Node]:
        for problem in problems:
            warn(self.env, self.env.docname, self.lineno, str(problem), problem.code)
        return []

    def _drawn(self, brief: Brief, review: Review) -> nodes.container:
        words = words_of(self.env.app)
        level = [f"lvl-{brief.level}"] if brief.level in review.settings.levels else []
        sheet = nodes.container(classes=["synth", "synth-brief"])
        told = nodes.paragraph("", brief.audience, classes=["synth-brief-for", *level])
        told += nodes.raw("", render("brief_print.html", words=words), format="html")
        sheet += told
        sheet += self._parsed(brief.lead, "synth-brief-lead")
        columns = nodes.container(classes=["synth-brief-steps"])
        lines = _waterlines(brief, review)
        for place, step in enumerate(brief.steps, 1):
            columns += self._step(brief, place, step, review, lines[place - 1 : place])
        sheet += columns
        if lines:
            sheet += nodes.paragraph("", words["brief_teeth"], classes=["synth-brief-teeth"])
        section = self._section(f"{brief.id}-limits", words["brief_limits"], "synth-brief-limits")
        section += self._parsed(brief.limits, "synth-brief-carries")
        sheet += section
        sheet += self._source(review)
        return sheet

    def _step(
        self, brief: Brief, number: int, step: Step, review: Review, line: list[nodes.Node]
    ) -> nodes.section:
        section = self._section(f"{brief.id}-{number}", step.title, "synth-brief-step")
        section += nodes.paragraph("", step.note, classes=["synth-brief-note"])
        pair = {way.id for way in poles(review.settings) or ()}
        for way in brief.ways(review):
            lines = [line for line in step.lines if line.group(review) == way]
            # A column without such lines keeps its place, so that the groups stand side by side.
            group = nodes.container(classes=["synth-brief-group"])
            if lines:
                group += self._group(brief, way, lines, review)
            section += group
            if way in pair:
                # Below the first of the two sides, once.
                section += line
                line = []
        return section

    def _group(
        self, brief: Brief, way: str, lines: list[Line], review: Review
    ) -> Iterator[nodes.Node]:
        direction = review.settings.direction(way)
        mark = str(direction_mark(direction, brief.groups.get(way, direction.plural)))
        yield nodes.paragraph(
            "", "", nodes.raw("", mark, format="html"), classes=["synth-brief-way"]
        )
        listed = nodes.bullet_list()
        for line in lines:
            item = nodes.list_item(classes=[f"synth-brief-{direction.mark}"])
            item += self._parsed(line.written, "synth-synthesis")
            listed += item
        yield listed

    def _section(self, name: str, title: str, style: str) -> nodes.section:
        section = nodes.section(ids=[name], names=[nodes.fully_normalize_name(title)])
        section["classes"].append(style)
        section += nodes.title(title, title)
        return section

    def _source(self, review: Review) -> nodes.paragraph:
        """Where it comes from, which version it is, and the addresses of both."""
        settings, words = review.settings, words_of(self.env.app)
        book = words.say(
            "brief_book",
            title=settings.title,
            version=settings.version,
            date=settings.date,
            licence=settings.licence,
        )
        doi = f"https://doi.org/{settings.source.doi}" if settings.source.doi else ""
        page = self.env.app.builder.get_target_uri(self.env.docname)
        base = settings.base_url.rstrip("/")
        own = f"{base}/{page}" if base else settings.repository
        paragraph = nodes.paragraph(classes=["synth-brief-source"])
        for text, address in (
            (f"{words['brief_source']} {settings.source.citation}", doi or settings.source.url),
            (book, own),
        ):
            paragraph += nodes.Text(f"{text} ")
            if address:
                paragraph += nodes.reference("", address, refuri=address, internal=False)
                paragraph += nodes.Text(" ")
        return paragraph

    def _parsed(self, text: str, style: str) -> nodes.container:
        """A piece of Markdown, its roles drawn."""
        inside = nodes.container(classes=[style])
        lines = StringList(text.strip().split("\n"), source=BRIEF_FILE)
        self.state.nested_parse(lines, 0, inside)
        return inside


def _waterlines(brief: Brief, review: Review) -> list[nodes.Node]:
    """For each step a tooth for each line that rests on studies; none where no two sides are."""
    settings = review.settings
    pair = [way.id for way in poles(settings) or ()]
    teeth = [list(_teeth(step, review)) for step in brief.steps]
    every = [tooth for ones in teeth for tooth in ones]
    if not any(tooth.direction in pair for tooth in every):
        return []
    unit = min(_UNIT, _TALLEST / max(tooth.studies for tooth in every))
    up, down = (
        max([5.0, *(unit * tooth.studies + 3 for tooth in every if tooth.direction == side)])
        for side in pair
    )
    level = brief.level if brief.level in settings.levels else ""
    scale = Scale(8, 11, unit, up, down)
    return [
        nodes.raw(
            "",
            render(
                "brief_line.html",
                level=level,
                up=number(up),
                drawing=waterline(settings, sorted(ones, key=lambda tooth: -tooth.studies), scale),
            ),
            format="html",
        )
        for ones in teeth
    ]


def _teeth(step: Step, review: Review) -> Iterator[Tooth]:
    findings = review.records.findings
    for line in step.lines:
        studies = {findings[name].study for name in line.findings if name in findings}
        if studies and line.group(review):
            yield Tooth(line.group(review), len(studies))


def setup(app: Sphinx) -> None:
    """Add the directive, under a short name and as ``synth:brief``."""
    app.add_directive("brief", BriefDirective)
    app.add_directive_to_domain("synth", "brief", BriefDirective)
