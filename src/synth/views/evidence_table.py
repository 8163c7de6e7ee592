"""Evidence as a plain table: what stands in a page before any script runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from synth.messages import Words
from synth.model import facet_values
from synth.reading.records import Records
from synth.views.markup import ON_THE_WAY, isolated, target
from synth.views.shapes import direction_mark


@dataclass(frozen=True, eq=False)
class EvidenceTable:
    """Findings in a table: who says what, where it stands in the codebook, and where from.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings to show, in the order to show them.
    """

    records: Records
    ids: tuple[str, ...]

    @cached_property
    def data(self) -> list[dict[str, Any]]:
        """One row a finding, in words."""
        return [self._row(name) for name in self.ids]

    def _row(self, name: str) -> dict[str, Any]:
        records = self.records
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
        for facet in records.settings.facets:
            row[facet.id] = list(facet_values(facet, finding, study))
        return row

    @cached_property
    def html(self) -> str:
        """The table as HTML, complete without any script."""
        facets, words = self.records.settings.facets, Words.of(self.records.settings)
        heads = [words[f"evidence_{name}"] for name in ("study", "direction", "finding", "theme")]
        heads += [facet.label for facet in facets]
        head = "\n".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
        rows = "\n".join(self._html_row(row) for row in self.data)
        return (
            '<div class="synth"><div class="synth-scroll" tabindex="0" role="region" '
            f'aria-label="{escape(self.text, quote=True)}">\n'
            f'<table class="synth-evidence">\n<caption>{escape(self.text)}</caption>\n'
            f"<thead><tr>\n{head}\n</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div></div>"
        )

    def _html_row(self, row: Mapping[str, Any]) -> str:
        finding = self.records.findings[row["finding"]]
        cells = [
            f'<th scope="row"><a href="{escape(target("finding", finding.id), quote=True)}">'
            f"{escape(row['study'])}</a></th>",
            f"<td>{direction_mark(self.records.settings.direction(finding.direction))}</td>",
            f"<td>{escape(row['summary'])}</td>",
            f"<td>{ON_THE_WAY.join(isolated(label) for label in row['theme'])}</td>",
            *(
                f"<td>{escape('; '.join(row[facet.id]))}</td>"
                for facet in self.records.settings.facets
            ),
        ]
        joined = "\n".join(cells)
        return f'<tr data-finding="{escape(finding.id, quote=True)}">\n{joined}\n</tr>'

    @property
    def text(self) -> str:
        """How many findings from how many studies."""
        return stated(self.records, self.ids)

    def __repr__(self) -> str:
        return f"<Evidence table: {self.text}>"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}


def stated(records: Records, ids: Iterable[str]) -> str:
    """Say how many findings from how many studies: ``"14 findings from 11 studies"``."""
    names = tuple(ids)
    words = Words.of(records.settings)
    return words.say(
        "evidence_stated",
        findings=words.count("finding", len(names)),
        studies=words.count("study", len({records.findings[name].study for name in names})),
    )
