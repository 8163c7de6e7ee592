"""The explorer: findings to filter, search and take along, live in a notebook and in the book.

One script (``static/explorer.js``) draws it in both places. What a notebook stores is a small block
of settings and a real table, so that the page is complete before any script runs.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from synth.model import Finding, facet_values

if TYPE_CHECKING:
    from synth.tables import Records

# Letters that one reader types and another does not; the script folds the same ones.
_ALIKE = str.maketrans({"ß": "ss", "ς": "σ", "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "–": "-"})
_WHITE = re.compile(r"[\s\ufeff]+")


def fold(text: str) -> str:
    """Write a text the way the search compares it: no accents, no capitals, plain spaces.

    ``fold`` in ``static/explorer.js`` does the same, step by step; a test holds them together.

    >>> fold("Señor  ŁUKASZ’s Straße")
    "senor łukasz's strasse"
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
        text = text.lower().translate(_ALIKE)
    return _WHITE.sub(" ", text).strip().lower()


def searchable(finding: Finding, records: Records) -> str:
    """The folded text the search of the explorer and ``Evidence.where(q=…)`` looks into.

    It holds the summary, the study's author and year, the labels of the theme and all above it,
    and the countries; each on a line of its own, so that no word is found across two of them.
    """
    study = records.studies[finding.study]
    country = records.settings.facet("country")
    parts = [
        finding.summary,
        study_label(finding.study, records),
        *(node.label for node in records.codebook.path(finding.theme)),
        *(facet_values(country, finding, study) if country else finding.countries or study.countries),
    ]
    return "\n".join(fold(part) for part in parts)


def study_label(study: str, records: Records) -> str:
    """Author and year of a study (``"Otte et al., 2020a"``), its id if it has no reference."""
    from synth.citation_style import author_year

    reference = records.bibliography.get(study)
    return author_year(reference) if reference else study
