"""A profile for each country: its studies, what their statements say, on which level, how, when.

A study counts in the countries where it was done, a finding in its own country, else its study's:
so a country can have findings without a study of its own, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import UNKNOWN, Finding, Study, count_statements
from synth.text import slug
from synth.views.adequacy import listed_designs
from synth.views.figure import (
    chosen,
    studies_behind,
    values_in,
    values_of_study,
)
from synth.views.markup import filters, render, target
from synth.views.shapes import direction_mark
from synth.views.view import View

if TYPE_CHECKING:
    from synth.reading.records import Records


def country_profiles(records: Records, ids: Iterable[str] | None = None) -> CountryProfiles:
    """A profile for each country, those with most studies first.

    Parameters
    ----------
    records : the review's records.
    ids : findings to tell of; all of them by default.
    """
    return CountryProfiles(records, chosen(records, ids))


class CountryProfiles(View):
    """What was found country by country; made by :func:`country_profiles`.

    Parameters
    ----------
    records : the review's records.
    findings : what is told of.
    """

    anchors = ("country",)

    def __init__(self, records: Records, findings: Iterable[Finding]) -> None:
        self._records = records
        self.findings = tuple(findings)
        self._words = Words.of(records.settings)
        self.title = self._words["profiles_title"]
        self.summary = self._words.count("country", len(self._countries))

    @cached_property
    def _countries(self) -> list[tuple[str, list[Study], list[Finding]]]:
        """Each country with its studies and findings."""
        works: dict[str, list[Study]] = {}
        found: dict[str, list[Finding]] = {}
        for study in studies_behind(self._records, self.findings):
            for name in values_of_study(self._records, "country", study.id):
                works.setdefault(name, []).append(study)
        for finding in self.findings:
            for name in dict.fromkeys(values_in(self._records, "country", finding)):
                found.setdefault(name, []).append(finding)
        elsewhere = {*self._records.settings.not_countries, *UNKNOWN}
        names = {*works, *found} - elsewhere
        order = sorted(names, key=lambda name: (-len(works.get(name, ())), name))
        return [(name, works.get(name, []), found.get(name, [])) for name in order]

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The countries by the names of their anchors, and the studies."""
        return {
            "country": tuple(anchor_of(name) for name, _, _ in self._countries),
            "study": tuple(work.id for work in studies_behind(self._records, self.findings)),
        }

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the columns of the plain table."""
        settings, words = self._records.settings, self._words
        return {
            "country": words["profiles_country"],
            "studies": words["column_studies"],
            "statements": words["column_statements"],
            "findings": words["column_findings"],
            **{way.id: way.plural for way in settings.directions},
            **{level.id: level.label for level in self._records.codebook.levels},
            "designs": words["column_designs"],
            "years": words["profiles_years"],
            "which": words["column_which"],
        }

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a country; numbers below directions and levels count statements."""
        return [self._row(*each) for each in self._countries]

    def _row(self, name: str, works: list[Study], found: list[Finding]) -> dict[str, Any]:
        book = self._records.codebook
        branches = {level.id: book.branch(level.id) for level in book.levels}
        designs: dict[str, int] = {}
        for work in works:
            if work.design and work.design not in UNKNOWN:
                designs[work.design] = designs.get(work.design, 0) + 1
        told = sorted(designs.items(), key=lambda pair: (-pair[1], pair[0]))
        years = sorted(work.year for work in works if work.year is not None)
        return {
            "country": name,
            "studies": len(works),
            "statements": count_statements(found),
            "findings": len(found),
            **{
                way.id: count_statements(f for f in found if f.direction == way.id)
                for way in self._records.settings.directions
            },
            **{
                level: count_statements(f for f in found if f.speaks_to(branch))
                for level, branch in branches.items()
            },
            "designs": listed_designs(self._words, told, len(works)) if works else "",
            "years": "–".join(dict.fromkeys(str(year) for year in (*years[:1], *years[-1:]))),
            "which": [self._records.label(work.id) for work in works],
        }

    @cached_property
    def html(self) -> Markup:
        """Every country, folded to a line; its address opens it."""
        settings = self._records.settings
        profiles = [
            {
                "row": row,
                "anchor": anchor_of(name),
                "studies": [work.id for work in works],
                "ways": [
                    (direction_mark(way), row[way.id]) for way in settings.directions if row[way.id]
                ],
                "levels": [
                    (level, row[level.id])
                    for level in self._records.codebook.levels
                    if row[level.id]
                ],
                "explorer": target("explorer", filters(country=name))
                if settings.facet("country") and found
                else "",
            }
            for row, (name, works, found) in zip(self.rows, self._countries, strict=True)
        ]
        return render(
            "country_profiles.html",
            view=self,
            records=self._records,
            words=self._words,
            profiles=profiles,
        )


def anchor_of(country: str) -> str:
    """The name of a country in its address.

    >>> anchor_of("Hong Kong")
    'hong-kong'
    """
    return slug(country, "country")
