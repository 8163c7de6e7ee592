"""An author's table as their program wrote it: any kind, encoding and separator, all of it said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from synth.errors import Problem
from synth.starter.file_kinds import reading
from synth.starter.sheet import Sheet
from synth.text import unique, unmarked

Read = tuple[list[Sheet], list[Problem]]


def read_tables(path: Path, say: Callable[[str], None] | None = None) -> Read:
    """Read every table that a file holds.

    Parameters
    ----------
    path : the file, of any kind that is understood.
    say : where it is said that reading goes on, when it takes longer than two seconds.

    Returns
    -------
    The tables in the order of the file, and what is wrong; with an error among that there is none.
    """
    return reading.read_tables(path, say)


# --- names --------------------------------------------------------------------------------------


_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """A text without accents, capitals and signs, for comparing.

    >>> folded("Åkesson & Roux (2019)")
    'akesson roux 2019'
    """
    return " ".join(_WORD.findall(unmarked(text)))


def slug(text: str, fallback: str) -> str:
    """A text as an id: lower-case letters and digits in parts joined by single hyphens.

    >>> slug("Pay & working hours", "x"), slug("報酬", "code")
    ('pay-working-hours', 'code')
    """
    words = re.findall(r"[a-z0-9]+", _ascii(text).lower())
    name = ""
    for word in words:
        if name and len(name) + len(word) > 60:
            break
        name = f"{name}-{word[:60]}" if name else word[:60]
    return name or fallback


def column_name(text: str, taken: Iterable[str]) -> str:
    """A header as the name of a column of ours, different from those that are taken.

    >>> column_name("Ages (years)", ())
    'ages_years'
    """
    words = re.findall(r"[a-z0-9]+", _ascii(text).lower())
    stem = "_".join(words)[:40].strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"own_{stem}" if stem else "own_words"
    return unique(stem, taken, "_")


_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "o",
        "Ø": "O",
        "œ": "oe",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ı": "i",
        "ð": "d",
    }
)


def _ascii(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return bare.encode("ascii", "ignore").decode()


def printable(text: str) -> str:
    """A text of the command line that can be written anywhere: one line, no control signs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in whole).split())


def plural(word: str) -> str:
    """An English plural, good enough to start from.

    >>> plural("Country"), plural("Code"), plural("Class"), plural("Settings")
    ('Countries', 'Codes', 'Classes', 'Settings')
    """
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    if re.search(r"(ss|x|ch|sh)$", word):
        return f"{word}es"
    return word if word.endswith("s") else f"{word}s"
