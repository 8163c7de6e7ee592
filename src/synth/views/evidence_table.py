"""Evidence as a plain table: what stands in a page before any script runs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import facet_values
from synth.reading.records import Records
from synth.references.formats import to_csv
from synth.views.figure import evidence_said
from synth.views.markup import ON_THE_WAY, isolated, render, resource
from synth.views.shapes import direction_mark
from synth.views.view import View, plain


class EvidenceTable(View):
    """Findings in a table: who says what, where it stands in the codebook, and where from.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings to show, in the order to show them.
    """

    title: str
    summary: str

    def __init__(self, records: Records, ids: Iterable[str]) -> None:
        self._records = records
        self.ids = tuple(ids)
        self.title = ""
        self._words = Words.of(records.settings)
        self.summary = summary(records, self.ids)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a finding, in words."""
        return [self._row(name) for name in self.ids]

    def _row(self, name: str) -> dict[str, Any]:
        records = self._records
        finding = records.findings[name]
        study = records.studies[finding.study]
        row: dict[str, Any] = {
            "finding": name,
            "study": records.label(study.id),
            "year": study.year,
            "direction": records.settings.direction(finding.direction).label,
            "summary": finding.summary,
            "theme": [node.label for node in records.codebook.path(finding.theme)],
        }
        for facet in records.settings.shown_facets:
            row[facet.id] = list(facet_values(facet, finding, study))
        return row

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The findings it lists."""
        return {"finding": self.ids}

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        words = Words.of(self._records.settings)
        shown = {"study": "study", "direction": "direction", "summary": "finding", "theme": "theme"}
        return {
            **{name: words[f"evidence_{word}"] for name, word in shown.items()},
            **{facet.id: facet.label for facet in self._records.settings.shown_facets},
        }

    def to_csv(self) -> str:
        """The findings as CSV text, as readers of the book download them."""
        return to_csv(self._records, self.ids, address=resource("finding"))

    @property
    def html(self) -> Markup:
        """The table as HTML, complete without any script."""
        findings, direction = self._records.findings, self._records.settings.direction
        marks = {
            name: Markup(direction_mark(direction(findings[name].direction))) for name in self.ids
        }

        def path(labels: list[str]) -> Markup:
            return ON_THE_WAY.join(isolated(label) for label in labels)

        return render("evidence_table.html", table=self, marks=marks, plain=plain, path=path)


def summary(records: Records, ids: Iterable[str]) -> str:
    """Say how much some findings are: ``"9 statements (14 findings) from 11 studies"``."""
    words = Words.of(records.settings)
    return evidence_said(words, [records.findings[name] for name in ids])
