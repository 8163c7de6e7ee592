"""The whole review in one small figure: every theme on its waterline, level by level.

A tooth is one statement: what helps stands on the line, what hinders hangs from it. It is as long
as its studies are many, which is coverage and never the size of an effect.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.facets import Facets
from synth.messages import Words
from synth.model import Finding, Theme
from synth.views.figure import level_colour, poles
from synth.views.markup import render
from synth.views.shapes import direction_mark, mark
from synth.views.view import View
from synth.views.waterline import Scale, Tooth, crowded, teeth_of, waterline

if TYPE_CHECKING:
    from synth.reading.records import Records

_BASE, _STEP = 8.0, 9.5
"""Width of a tooth and the way to the next one, in pixels of the drawing."""
_UNIT, _TALLEST = 3.9, 20.0
"""Height of one study, unless the tallest tooth would then be too tall."""


class Glance(View):
    """Levels and their themes with what helps and hinders; made by :func:`glance`."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._words = Words.of(records.settings)
        sided = poles(records.settings) is not None
        self.title = self._words["glance_title" if sided else "glance_title_plain"]
        self.summary = self._words.count("theme", len(self.rows))

    @cached_property
    def _themes(self) -> tuple[tuple[Theme, Theme, tuple[Finding, ...], tuple[Tooth, ...]], ...]:
        """Level, theme, its findings and the teeth of its statements, those of most studies first.

        A level that nobody divided stands for itself.
        """
        book = self._records.codebook
        found = []
        for level in book.levels:
            for theme in book.children(level.id) or (level,):
                own = Facets.of(self._records).below[theme.id]
                found.append((level, theme, own, teeth_of(own)))
        return tuple(found)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a theme: statements by direction, and studies."""
        return [
            {
                "level": level.label,
                "theme": theme.label,
                **{
                    way.id: sum(tooth.direction == way.id for tooth in teeth)
                    for way in self._records.settings.directions
                },
                "studies": len({finding.study for finding in own}),
            }
            for level, theme, own, teeth in self._themes
        ]

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the columns of the plain table, by their name."""
        ranks = self._records.settings.ranks
        return {
            "level": ranks[0].label,
            "theme": ranks[min(1, len(ranks) - 1)].label,
            **{way.id: way.plural for way in self._records.settings.directions},
            "studies": self._words["column_studies"],
        }

    @cached_property
    def html(self) -> Markup:
        """Lanes of levels, a row for each theme."""
        records, words, settings = self._records, self._words, self._records.settings
        pair = poles(settings) or settings.directions[:2]
        most = max((tooth.studies for *_, teeth in self._themes for tooth in teeth), default=1)
        unit = min(_UNIT, _TALLEST / most)
        room = unit * most + 2
        scale = Scale(_BASE, _STEP, unit, room, room)
        lanes = []
        for level in records.codebook.levels:
            look = settings.levels.get(level.id)
            rows = [
                {
                    "id": theme.id,
                    "label": theme.label,
                    "drawing": waterline(settings, teeth, scale),
                    "counts": [
                        (way, words.count("statement", n), n)
                        for way in pair
                        for n in [sum(tooth.direction == way.id for tooth in teeth)]
                    ],
                    "studies": len({finding.study for finding in own}),
                }
                for upper, theme, own, teeth in self._themes
                if upper is level
            ]
            lanes.append(
                {
                    "id": level.id,
                    "label": level.label,
                    "colour": level_colour(settings, level.id),
                    "wash": look.wash_light if look else "transparent",
                    "mark": mark(look.mark, "1em") if look else "",
                    "rows": rows,
                }
            )
        note = words.markup("glance_note_plain")
        if sides := poles(settings):
            there = {tooth.direction for *_, teeth in self._themes for tooth in teeth}
            others = [way for way in settings.directions if way.id in there and way not in sides]
            lying = Markup(", ").join(direction_mark(way, way.label.lower()) for way in others)
            note = words.markup(
                "glance_note",
                up=direction_mark(sides[0], words.say("glance_up", ways=sides[0].plural.lower())),
                down=direction_mark(
                    sides[1], words.say("glance_down", ways=sides[1].plural.lower())
                ),
                on=words.markup("glance_on", ways=lying) if others else "",
            )
        if any(crowded(teeth) for *_, teeth in self._themes):
            note = Markup(" ").join([note, words["waterline_blocks"]])
        marks = [(way, direction_mark(way)) for way in pair]
        return render(
            "glance.html",
            view=self,
            words=words,
            lanes=lanes,
            note=note,
            marks=marks,
        )


def glance(records: Records) -> Glance:
    """Show every theme of a review with the statements that help and hinder, level by level.

    Parameters
    ----------
    records : the review's records.
    """
    return Glance(records)
