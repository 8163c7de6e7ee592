"""Influences in full, one entry each: who acts on whom, how, and who says so.

The map gathers influences into arrows; here every single one has its home, to which arrows, prose
and other books link.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import Influence
from synth.views.catalogue import report_link
from synth.views.markup import render
from synth.views.shapes import direction_mark
from synth.views.view import View

if TYPE_CHECKING:
    from synth.reading.records import Records


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
    return InfluenceList(records, chosen)


class InfluenceList(View):
    """Entries of influences, in the order of the codebook; made by :func:`influence_list`.

    Parameters
    ----------
    records : the review's records.
    influences : in the order to show them.
    """

    title: str
    summary: str
    anchors = ("influence",)

    def __init__(self, records: Records, influences: Iterable[Influence]) -> None:
        self._records = records
        self.influences = tuple(influences)
        self._words = Words.of(records.settings)
        self.title = self._words["influences"]
        self.summary = self._words.count("influences", len(self.influences))

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The influences."""
        return {"influence": tuple(influence.id for influence in self.influences)}

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the columns of the plain table."""
        words = self._words
        return {
            "source": words["map_from"],
            "verb": words["map_how"],
            "target": words["map_to"],
            "mechanism": words["map_mechanism"],
            "studies": words["column_studies"],
            "basis": words["map_basis"],
        }

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row an influence, in words."""
        book, settings = self._records.codebook, self._records.settings
        return [
            {
                "influence": influence.id,
                "source": book[influence.source].label,
                "verb": settings.verb(influence.source, settings.direction(influence.direction)),
                "target": book[influence.target].label,
                "mechanism": influence.mechanism,
                "studies": [self._records.label(study) for study in influence.studies],
                "section": influence.section,
                "basis": influence.basis,
            }
            for influence in self.influences
        ]

    @cached_property
    def html(self) -> Markup:
        """All entries, each with the anchor that other pages link to."""
        return render(
            "influence_list.html",
            records=self._records,
            words=self._words,
            groups=[
                (self._records.codebook[source].label, [self._entry(each) for each in group])
                for source, group in groupby(self.influences, key=lambda each: each.source)
            ],
        )

    def _entry(self, influence: Influence) -> dict[str, Any]:
        """What the template needs of one influence."""
        settings = self._records.settings
        direction = settings.direction(influence.direction)
        return {
            "influence": influence,
            "target": self._records.codebook[influence.target].label,
            "mark": direction_mark(direction, direction.influence or ""),
            "report": report_link(
                settings,
                f"{self._words['influence']} {influence.id}",
                f"{influence.id}: {influence.mechanism}",
            ),
        }
