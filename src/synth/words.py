"""Every word the pages' frame says that is no data: one table, which a team can translate.

Words of the theme itself (search, previous, next) follow the book's ``language``.

A book speaks the words below; ``[words]`` in ``data/review.toml`` puts others in their place,
key by key. What stands in braces is filled in and must stay.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from synth.errors import UnknownName

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # --- around every page ---
        "contents_of_book": "Contents of the book",
        "link_to_heading": "Link to this heading",
        "pages_below": "Pages of {title}",
        "show_code": "Show the code of this figure",
        "hide_code": "Hide the code",
        # --- at the foot of every page ---
        "footer_secondary": (
            "The findings are coded from the review's account of the studies, not from the studies "
            "themselves. How often something was reported says nothing of how strong or how "
            "important it is."
        ),
        "footer_data": "Data version {version}, {date}.",
        "footer_source": "Based on:",
        # --- pictures of charts ---
        "chart": "Chart",
        # --- what readers take along ---
        "takeaway_tables": "The tables",
        "takeaway_everything": "Everything together",
        "takeaway_references": "The references, for a reference manager",
        "takeaway_codebook": "The codebook, for a program of qualitative analysis",
        "takeaway_book": "The whole book",
        "takeaway_file": "File",
        "takeaway_holds": "What it holds",
        "takeaway_size": "Size",
        "takeaway_licence": "Licence",
        "takeaway_cite": "Cite as:",
        "takeaway_citation": "{authors} ({year}). {title}: coded findings (version {version}).",
        "takeaway_row": "One row is {row}.",
        "takeaway_settings": "Titles, directions, facets, sections and version of the review.",
        "takeaway_datapackage": (
            "What each column of the tables holds, as a Frictionless Data Package: types, allowed "
            "words, and which column refers to which."
        ),
        "takeaway_json": "Everything in one document, with the meaning of each column.",
        "takeaway_schema": "The form of that document, as a JSON Schema.",
        "takeaway_findings": (
            "The findings with the labels of their codes and the citations of their studies, one "
            "row each, for a spreadsheet."
        ),
        "takeaway_crate": "What is in the archive and what it rests on, as an RO-Crate.",
        "takeaway_zip": "All files of this page in one archive, an RO-Crate.",
        "takeaway_bibtex": "Every work, in BibTeX.",
        "takeaway_ris": "Every work, in RIS.",
        "takeaway_csl": "Every work, in CSL-JSON.",
        "takeaway_qdc": "The codes with their definitions, in REFI-QDA.",
        "takeaway_site": (
            "Every page as it stands here. Unpack it anywhere, also on a stick, and open "
            "index.html; no network is needed."
        ),
        "takeaway_here": "You are reading it from the archive already.",
    }
)
"""The words by their keys."""


class Words(Mapping[str, str]):
    """The words of one book: English, with the team's own in place of some.

    Parameters
    ----------
    own : words of ``review.toml`` by key.

    Raises
    ------
    UnknownName : a key that no part of the interface uses, or a blank in braces that the English
        text does not have.

    >>> words = Words({"hide_code": "Code verbergen"})
    >>> words["hide_code"]
    'Code verbergen'
    >>> words.say("footer_data", version="1.0.0", date="2026-11-23")
    'Data version 1.0.0, 2026-11-23.'
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        own = own or {}
        for key, text in own.items():
            if key not in ENGLISH:
                raise UnknownName("word", key, ENGLISH, "Words are listed in synth/words.py.")
            for blank in sorted(_blanks(text) - _blanks(ENGLISH[key])):
                known = _blanks(ENGLISH[key])
                raise UnknownName("blank", blank, known, f"It stands in the word {key!r}.")
        self._texts = {**ENGLISH, **own}

    def __getitem__(self, key: str) -> str:
        return self._texts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        own = sum(self._texts[key] != text for key, text in ENGLISH.items())
        return f"<Words: {len(self)}, {own} of the team's own>"

    def say(self, key: str, **values: object) -> str:
        """Give a word with its blanks filled in."""
        return self[key].format(**values)


def _blanks(text: str) -> set[str]:
    """The names in braces of a text.

    >>> sorted(_blanks("{a} and {b}"))
    ['a', 'b']
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
