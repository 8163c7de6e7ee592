"""Influences in full, one entry each: who acts on whom, how, and who says so.

The map gathers influences into arrows; here every single one has its home, to which arrows, prose
and other books link.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from synth.messages import Words
from synth.model import Influence
from synth.reading.tables import Records
from synth.views.catalogue import STYLED, report_link
from synth.views.figure import counted, listed, study_link, theme_link
from synth.views.shapes import direction_mark


def influence_list(records: Records, ids: Iterable[str] | None = None) -> InfluenceList:
    """The influences of a review, one entry each, under the theme where they start.

    Parameters
    ----------
    records : the review's records.
    ids : influences to show; all of them by default.
    """
    order = records.codebook.order
    wanted = None if ids is None else frozenset(ids)
    chosen = [i for i in records.influences.values() if wanted is None or i.id in wanted]
    chosen.sort(key=lambda i: (order[i.source], order[i.target], i.id))
    return InfluenceList(records, tuple(influence.id for influence in chosen))


@dataclass(frozen=True, eq=False)
class InfluenceList:
    """Entries of influences, in the order of the codebook.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the influences, in the order to show them.
    """

    records: Records
    ids: tuple[str, ...]

    @cached_property
    def data(self) -> list[dict[str, Any]]:
        """One row an influence, in words."""
        return [self._row(self.records.influences[name]) for name in self.ids]

    def _row(self, influence: Influence) -> dict[str, Any]:
        book = self.records.codebook
        return {
            "influence": influence.id,
            "source": book[influence.source].label,
            "verb": self._verb(influence),
            "target": book[influence.target].label,
            "mechanism": influence.mechanism,
            "studies": [self.records.label(study) for study in influence.studies],
            "section": influence.section,
            "basis": influence.basis,
        }

    def _verb(self, influence: Influence) -> str:
        return self.records.settings.direction(influence.direction).verb

    @cached_property
    def html(self) -> str:
        """All entries, each with the anchor that other pages link to."""
        words = Words.of(self.records.settings)
        groups: dict[str, list[Influence]] = {}
        for name in self.ids:
            influence = self.records.influences[name]
            groups.setdefault(influence.source, []).append(influence)
        parts = [
            f"<h3>{escape(self.records.codebook[source].label)}: "
            f"{escape(words.count('influences_on_others', len(group)), quote=False)}</h3>\n"
            '<ul class="synth-findings">\n'
            + "\n".join(self._entry_html(influence) for influence in group)
            + "\n</ul>\n"
            for source, group in groups.items()
        ]
        nothing = f'<p class="synth-gap">{words.html("influences_none")}</p>\n'
        return f'<div class="synth synth-influences" {STYLED}>\n{"".join(parts) or nothing}</div>'

    def _entry_html(self, influence: Influence) -> str:
        records, name = self.records, escape(influence.id, quote=True)
        words, direction = (
            Words.of(records.settings),
            records.settings.direction(influence.direction),
        )
        links = [study_link(records, study) for study in influence.studies]
        told = [listed(links, words["and"]) or words.html("influence_own")]
        told.append(words.html(f"basis_{influence.basis}"))
        if influence.section:
            where = escape(influence.section)
            if influence.anchor:
                where += f" <q>{escape(influence.anchor)}</q>"
            told.append(words.html("in_the_review", where=where))
        told.append(f'<a class="synth-id" href="#influence-{name}">{name}</a>')
        report = report_link(
            records.settings,
            f"{words['influence']} {influence.id}",
            f"{influence.id}: {influence.mechanism}",
        )
        if report:
            told.append(report)
        return (
            f'<li id="influence-{name}" data-influence="{name}">\n'
            f"{direction_mark(direction, direction.influence or '')}\n"
            f"<div><p>{theme_link(records, influence.target)}. {escape(influence.mechanism)}</p>\n"
            f'<p class="synth-small">{" · ".join(told)}</p></div></li>'
        )

    @property
    def text(self) -> str:
        """The influences as sentences."""
        return "\n".join(
            f"{row['source']} {row['verb']} {row['target']}. {row['mechanism']}"
            for row in self.data
        )

    def __repr__(self) -> str:
        return f"<Influences: {counted(len(self.ids), 'entry', 'entries')}>"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}
