"""Every word a book says that is no data, as data (``en.toml``), which a team can translate.

``[words]`` in ``data/review.toml`` puts others in place of the English ones, key by key. Words of
the theme itself (search, previous, next) follow the book's ``language``; words of the data (labels,
directions, facets, "not reported") stand in the data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from synth.errors import UnknownName

if TYPE_CHECKING:
    from markupsafe import Markup

    from synth.model import Settings

ENGLISH: Mapping[str, str] = MappingProxyType(
    tomllib.loads(Path(__file__).with_name("en.toml").read_text("utf-8"))
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
                raise UnknownName(
                    "word", key, ENGLISH, "Words are listed in synth/messages/en.toml."
                )
            known = _blanks(ENGLISH[key]) | ({"n"} if key.endswith(("_one", "_many")) else set())
            stray = re.search(r"[{}]\S*", _BLANK.sub("", text))
            if stray:
                where = f"A blank of the word {key!r} is a name in braces."
                raise UnknownName("blank", stray[0], known, where)
            for blank in sorted(_blanks(text) - known):
                has = ", ".join(f"{{{one}}}" for one in sorted(known)) or "no blank"
                raise UnknownName("blank", blank, known, f"The word {key!r} has {has}.")
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

    @staticmethod
    def lacking(key: str, own: str) -> tuple[str, ...]:
        """The blanks of the English text that a team's own has not: what fills them is not told.

        The number may be left out where it is one.

        >>> Words.lacking("footer_data", "Daten {version}"), Words.lacking("finding_one", "Befund")
        (('date',), ())
        """
        spared = {"n"} if key.endswith("_one") else set()
        return tuple(sorted(_blanks(ENGLISH.get(key, "")) - _blanks(own) - spared))

    @classmethod
    def of(cls, settings: Settings) -> Words:
        """The words of a review, made once however many drawings ask for them."""
        return _made(cls, tuple(settings.words.items()))

    def say(self, key: str, **values: object) -> str:
        """Give a word with its blanks filled in.

        ``{total:study|studies}`` is the one or the other noun, as ``total`` is one or not.

        >>> (
        ...     Words().say("of_all_studies", n=1, total=1),
        ...     Words().say("of_all_studies", n=1, total=40),
        ... )
        ('1 of 1 study', '1 of 40 studies')
        """
        return _numbered(self[key], values).format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """Give the one or the other of a pair of words, with the number in it.

        >>> Words().count("finding", 1), Words().count("finding", 2)
        ('1 finding', '2 findings')
        """
        return self.say(f"{key}_{'one' if n == 1 else 'many'}", n=n, **values)

    def markup(self, key: str, **values: object) -> Markup:
        """Give a word as HTML; what fills its blanks is escaped unless it is markup itself.

        >>> from markupsafe import Markup
        >>> print(Words().markup("n_of_all", n="<", total=Markup("<b>3</b>")))
        &lt; of <b>3</b>
        """
        from markupsafe import escape

        return escape(_numbered(self[key], values)).format(**values)

    def html(self, key: str, **values: object) -> str:
        """Give a word as HTML; what fills its blanks is HTML already.

        >>> Words({"footer_data": "{version} & {date}"}).html("footer_data", version="1", date="2")
        '1 &amp; 2'
        """
        return escape(_numbered(self[key], values), quote=False).format(**values)


@lru_cache(maxsize=8)
def _made(words: type[Words], own: tuple[tuple[str, str], ...]) -> Words:
    return words(dict(own))


_BLANK = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")
"""A blank, or a choice between the words for one and for several of what the blank counts."""


def _numbered(text: str, values: Mapping[str, object]) -> str:
    """A text in which each choice is made by the number it names."""

    def chosen(blank: re.Match[str]) -> str:
        name, one, many = blank.groups()
        if one is None:
            return blank[0]
        return one if str(values.get(name)) == "1" else many

    return _BLANK.sub(chosen, text)


def _blanks(text: str) -> set[str]:
    """The names in braces of a text.

    >>> sorted(_blanks("{a} and {b}, {c:study|studies}"))
    ['a', 'b', 'c']
    """
    return {blank[1] for blank in _BLANK.finditer(text)}
