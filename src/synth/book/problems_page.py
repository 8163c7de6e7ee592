"""The ``{problems}`` directive: everything ``synth check`` can report, from the catalogue."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from synth.errors import Kind, catalogue, groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx


class Problems(SphinxDirective):
    """A section for each group of the catalogue, an entry with an address for each code."""

    def run(self) -> list[nodes.Node]:
        """Draw the whole catalogue."""
        return [_section(group, title) for group, title in groups().items()]


def _section(group: str, title: str) -> nodes.section:
    section = nodes.section(ids=[f"problems-{group}"], names=[title.casefold()])
    section += nodes.title(title, title)
    entries = nodes.definition_list(classes=["synth-problems"])
    entries += [_entry(kind) for kind in catalogue().values() if kind.group == group]
    section += entries
    return section


def _entry(kind: Kind) -> nodes.definition_list_item:
    entry = nodes.definition_list_item()
    term = nodes.term("", "", nodes.literal(kind.code, kind.code), nodes.Text(f" {kind.title}"))
    term["ids"].append(f"problem-{kind.code}")
    told = nodes.paragraph("", "", *_sentence(kind.message))
    definition = nodes.definition("", told)
    if kind.remedy:
        definition += nodes.paragraph("", "", *_sentence(kind.remedy))
    notes = [
        text
        for holds, text in (
            (kind.severity == "warning", "A warning: the check does not fail."),
            (kind.severity == "note", "A note: no problem, but something was not checked."),
            (kind.ignorable, "A review can ignore it."),
        )
        if holds
    ]
    if notes:
        definition += nodes.paragraph("", " ".join(notes), classes=["synth-small"])
    entry += [term, definition]
    return entry


def _sentence(template: str) -> Iterator[nodes.Node]:
    """A sentence of the catalogue, with the names of what is filled in standing for the values."""
    for text, name, _, _ in string.Formatter().parse(template):
        if text:
            yield nodes.Text(text)
        # What was probably meant is asked only where there is such a word.
        if name and name not in ("near", "free"):
            yield nodes.emphasis(name, name)


def setup(app: Sphinx) -> None:
    """Add the directive, under a short name and as ``synth:problems``."""
    app.add_directive("problems", Problems)
    app.add_directive_to_domain("synth", "problems", Problems)
