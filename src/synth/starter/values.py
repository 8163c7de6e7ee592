"""What the words in a team's cells mean: unknown, yes, no, lists, one value spelled twice."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

from synth.model import NOT_APPLICABLE, NOT_ESTABLISHED, NOT_REPORTED
from synth.text import unmarked


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Any]:
    """The words that headings and cells are recognised by, in several languages."""
    file = resources.files("synth.starter") / "files" / "vocabulary.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def headings() -> Mapping[str, Sequence[str]]:
    """For each kind of column the headings it is recognised by, the surest first."""
    found: Mapping[str, Sequence[str]] = vocabulary()["headings"]
    return found


def within() -> Mapping[str, Sequence[str]]:
    """For some kinds of column words by which a longer heading is recognised."""
    found: Mapping[str, Sequence[str]] = vocabulary()["within"]
    return found


def series_of_ranks() -> Sequence[Sequence[str]]:
    """Headings that are the ranks of a codebook where two of them or more stand together."""
    found: Sequence[Sequence[str]] = vocabulary()["ranks"]["series"]
    return found


@lru_cache(maxsize=16)
def _words(name: str) -> frozenset[str]:
    return frozenset(bare(word) for word in vocabulary()[name]) - {""}


_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\xad]")


@lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """A word for looking it up: no capitals, accents or brackets; its own signs stay.

    >>> bare(" [Not  Reported] "), bare("Não relatado."), bare("—")
    ('not reported', 'nao relatado', '—')
    """
    plain = unmarked(text)
    if not plain.isascii():
        plain = _UNSEEN.sub("", plain)
    plain = " ".join(plain.split())
    stripped = plain.strip("()[]{}<>\"'*.,:;!“”‘’„«» ")
    return unicodedata.normalize("NFC", stripped or plain)


@lru_cache(maxsize=65536)
def same(text: str) -> str:
    """What two spellings of one value share: nothing but capitals, spaces and signs of type differ.

    >>> same("Long  Hours ") == same("long hours"), same("Age <18") == same("Age >18")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\xad]", "", plain)
    plain = plain.translate(_TYPE)
    return " ".join(plain.split())


_TYPE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})


_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d[a-z]?(?!\d)")


def year_in(cell: str) -> str:
    """The first year that a cell of a column of years names, with its letter; empty if none.

    A spreadsheet keeps a date as the number of its day: 43831 is the first of January 2020.

    >>> year_in("2020a (online 2019)"), year_in("43831"), year_in("in press"), year_in("12")
    ('2020a', '2020', '', '')
    """
    if found := _YEAR.search(cell):
        return found[0]
    return str((_FIRST_DAY + timedelta(int(cell[:5]))).year) if is_day(cell) else ""


def is_day(cell: str) -> bool:
    """Whether a cell of a column of years is the number of a day, from 1980 on."""
    return re.fullmatch(r"(?:29[3-9]|[34]\d\d|5[0-4]\d)\d\d(?:\.0)?", cell) is not None


_FIRST_DAY = date(1899, 12, 30)


# --- unknown, yes, no ---------------------------------------------------------------------------


_NOTHING_BUT_SIGNS = re.compile(r"[?\-–—_./\\ ]+|[.…]{2,}")


@lru_cache(maxsize=65536)
def unknown(cell: str, *, nothing: bool = False) -> str:
    """Which of the three ways of saying that a value is not there a cell means; empty if none.

    Parameters
    ----------
    cell : the cell, or a part of it.
    nothing : ``"None"`` says so too, as it does for a country, but not for a source of money.

    >>> unknown("UNK"), unknown("k. A."), unknown("Not Applicable"), unknown("Peru")
    ('not reported', 'not reported', 'not applicable', '')
    """
    word = bare(cell)
    if _NOTHING_BUT_SIGNS.fullmatch(word):
        return NOT_REPORTED
    if word == NOT_ESTABLISHED:
        return NOT_ESTABLISHED
    if word in _words("not_applicable"):
        return NOT_APPLICABLE
    if word in _words("not_reported") or (nothing and word in ("none", "no", "keine", "aucun")):
        return NOT_REPORTED
    return ""


def is_tick(cell: str, heading: str = "") -> bool:
    """Whether a cell says that the code of its column applies: ``x``, ``1``, ``yes``, its heading.

    >>> is_tick("X"), is_tick("Pay", "Pay"), is_tick("0"), is_tick("Low pay")
    (True, True, False, False)
    >>> is_tick("Pay", "Themes - Selected Choice - Pay"), is_tick("", "")
    (True, False)
    """
    word = bare(cell)
    if word and word not in _words("yes"):
        word = bare(without_marks(cell.strip()))
    if not word or word in _words("yes") or _TICKS.fullmatch(word):
        return bool(word)
    # A survey writes the box that was ticked below "Themes: Pay" and "Themes - Pay".
    return word in (bare(heading), bare(re.split(r": | - ", heading)[-1]))


_TICKS = re.compile(r"([✓✔☑✅√•●■])\1+")
"""Ticks side by side, for what applies much."""


def without_marks(text: str) -> str:
    """A text without the marks that lead to notes below its table.

    >>> without_marks("Lee 2020*"), without_marks("x†"), without_marks("*")
    ('Lee 2020', 'x', '*')
    """
    return _MARKS.sub("", text)


_MARKS = re.compile(r"(?<=[\w)])(?:[,\s]*[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜᵈᵉ])+$")


def ticked_text(cell: str) -> str:
    """What is said beside a tick, as in ``x (p. 4)``; empty if the cell is no tick with a text.

    >>> ticked_text("x (p. 4)"), ticked_text("yes, weekly"), ticked_text("A good team")
    ('p. 4', 'weekly', '')
    """
    found = re.fullmatch(r"(\S{1,4}?)(?:\s*\((.+)\)|\s*[:,;–-]\s+(.+))", " ".join(cell.split()))
    if found and bare(found[1]) in _words("yes") and not found[1].isdecimal():
        return (found[2] or found[3]).strip()
    return ""


def is_partly(cell: str) -> bool:
    """Whether a cell says that the code of its column applies in part; it stays what is said."""
    return bare(cell) in _words("partly")


def is_blank_tick(cell: str) -> bool:
    """Whether a cell says that the code of its column does not apply, or nothing at all.

    >>> is_blank_tick("No"), is_blank_tick("no?"), is_blank_tick("NR"), is_blank_tick("yes?")
    (True, True, True, False)
    """
    word = bare(cell)
    if not word or word in _words("no") or word in _words("doubtful") or unknown(cell):
        return True
    return word.endswith("?") and word.rstrip("? ") in _words("no")


def says_no(cell: str) -> bool:
    """Whether a cell denies the code of its column, and does not only say nothing of it.

    >>> [says_no(cell) for cell in ("No", "0 (0%)", "not applicable", "NR", "unclear")]
    [True, True, True, False, False]
    """
    denied = bare(cell) in _words("no") or count_in(cell) == 0
    return denied or unknown(cell) == NOT_APPLICABLE


def is_decision(cell: str) -> bool:
    """Whether a cell decides on a study in so many words, and not by a tick.

    >>> is_decision("Excluded"), is_decision("rejected"), is_decision("yes"), is_decision("Pay")
    (True, True, False, False)
    """
    return bare(cell) in _words("included") or bare(cell) in _words("excluded")


def inclusion(cell: str) -> str:
    """What a cell says of whether a study is in the review: yes, no, ``"open"``, or else.

    >>> [inclusion(cell) for cell in ("Include", "nein", "Maybe", "-", "wrong people")]
    ['yes', 'no', 'open', 'open', 'other']
    """
    word = bare(cell)
    if is_tick(cell) or word in _words("included"):
        return "yes"
    if unknown(cell) or not word or word in _words("doubtful") or word in _words("undecided"):
        return "open"
    return "no" if word in _words("no") or word in _words("excluded") else "other"


def is_consensus(cell: str) -> bool:
    """Whether a reviewer's name stands for what the reviewers agreed on."""
    word = bare(cell)
    return word in _words("consensus") or re.match(r"consensus\b|konsens", word) is not None


_ROLE = r"(?:reviewer|rater|coder|extractor|kodierer|codierer|codeur|codificador|revisor)"
_PERSON = re.compile(
    rf"(?:r|rev|author|person|{_ROLE}) ?(?:\d|[a-d])|{_ROLE} (?:one|two|(?!id|no)[a-z]{{2}})|"
    rf"(?:first|second|third|1st|2nd|3rd) {_ROLE}"
)


def is_person(words: str) -> bool:
    """Whether a folded heading, or a part of it, stands for one of those who coded.

    >>> [is_person(words) for words in ("r1", "coder b", "second reviewer", "rating")]
    [True, True, True, False]
    """
    return _PERSON.fullmatch(words) is not None


def is_of(heading: str, whose: Callable[[str], bool]) -> bool:
    """Whether words of a heading stand for somebody: for a person, or for the consensus.

    >>> is_of("Theme (coder 1)", is_person), is_of("Final theme", is_consensus)
    (True, True)
    """
    words = re.findall(r"[^\W_]+", heading.casefold())
    return any(map(whose, words)) or any(whose(" ".join(pair)) for pair in pairwise(words))


def is_total(cell: str) -> bool:
    """Whether a cell heads a row of sums.

    >>> is_total("Total (n=3)"), is_total("Total studies, n (%)"), is_total("Number of papers (%)")
    (True, True, True)
    >>> is_total("% of studies"), is_total("Share of all papers"), is_total("Summer 2015")
    (True, True, False)
    >>> is_total("Total Health Group, 2015"), is_total("No papers")
    (False, True)
    """
    word = re.sub(r"[(\[]? *n *= *\d+ *[)\]]?$", "", bare(cell)).rstrip(":= ")
    plain = re.sub(r"[(\[][^)\]]*[)\]]?|, n\b|%", " ", word).strip(",: ")
    counted = _COUNTING.sub("", word.replace("%", "percent"))
    counted = re.sub(r"[(\[][^)\]]*[)\]]?|, n\b", " ", counted).strip(",: ")
    return (
        word in _words("total")
        or plain in _words("total")
        or (counted != plain and re.sub(r"^(?:all|the) ", "", counted) in _words("counted"))
    )


_COUNTING = re.compile(
    r"^(?:number|no\.?|n|count|sum|totals?|percent(?:age)?|share|proportion)[ ,]+(?:of )?(?=\w)"
)


@lru_cache(maxsize=65536)
def is_ditto(cell: str) -> bool:
    """Whether a cell says that it is the same as the cell above it.

    >>> is_ditto("Idem."), is_ditto("(as above)"), is_ditto("〃"), is_ditto('"'), is_ditto("-")
    (True, True, True, True, False)
    """
    if len(cell) > 30:
        return False
    return bare(cell) in _words("above") or _DITTO.fullmatch(cell) is not None


_DITTO = re.compile(r"[-–—\s]*(?:[\"“”„″〃]|''|,,)[-–—\s]*")


def is_beside(cells: Mapping[str, str]) -> bool:
    """Whether a row is about no study at all: sums, a note across it, brackets that explain.

    >>> (
    ...     is_beside({"Study": "Total (n=3)", "Pay": "2 (67%)"}),
    ...     is_beside({"Study": "Lee", "Pay": "2"}),
    ... )
    (True, False)
    """
    held = [cell for cell in cells.values() if cell]
    if len(held) == 1:
        return len(cells) > 1 and is_note(held[0])
    if held and all(map(_IN_BRACKETS.fullmatch, held)):
        return True
    return bool(held) and is_total(held[0]) and all(map(is_sum, held[1:]))


_IN_BRACKETS = re.compile(r"[(\[].*[)\]]", re.DOTALL)


def is_sum(cell: str) -> bool:
    """Whether a cell is a number as sums are written: ``2``, ``2 (67%)``, ``n = 3``."""
    return re.fullmatch(r"[\d.,%()/ ]+|n ?= ?\d+", cell) is not None


def count_in(cell: str) -> int | None:
    """The number of a cell that only counts, with or without its share.

    >>> count_in("3 (12%)"), count_in("0 (0.0 %)"), count_in("4/12 (33%)"), count_in("3 nurses")
    (3, 0, 4, None)
    """
    found = _COUNTED_CELL.fullmatch(cell)
    return int(found[1]) if found else None


_COUNTED_CELL = re.compile(r"(\d{1,4})(?:/\d{1,5})?(?:\s*\(\s*\d{1,3}(?:[.,]\d+)?\s*%?\s*\))?")


def is_note(cell: str) -> bool:
    """Whether a cell begins a note below a table."""
    if len(cell) < 80 and re.match(
        r"(?:last |zuletzt )?(?:updated|modified|revised|exported)\b", bare(cell)
    ):
        return True
    # "1 = Pay; 2 = Hours" is the legend of codes that are numbers.
    if len(re.findall(r"(?:^|[;,\n(])\s*\d{1,2}\s*[=:]\s*[^\W\d]", cell)) > 1:
        return True
    if re.match(r"\s*(\*|†|‡|§|※|[a-z]\)\s|¹|²|[A-Z][A-Za-z]{0,5}\s*[=:]\s)", cell):
        return True
    head = cell[:300]  # more is no word for a note
    first = re.split(r"\s*(?:[:.)](?:\s|$)|[：）]|(?<=[\u3000-\ud7ff]):)", head, maxsplit=1)[0]
    return bare(first.strip("※ ")) in _words("note")


_MAIL = re.compile(r"[^\s@;,<>]+@[^\s@;,<>]+\.[a-z]{2,}", re.IGNORECASE)


def is_mail(cell: str) -> bool:
    """Whether a cell holds an e-mail address."""
    return "@" in cell and _MAIL.search(cell[:2000]) is not None


def is_several_countries(cell: str) -> bool:
    """Whether a word stands for a number of countries that are not named."""
    word = re.sub(r"\s*\((?:n ?= ?)?\d+[^()]*\)$", "", cell)
    return bare(word) in _words("several_countries")


# --- spellings ----------------------------------------------------------------------------------


def one_spelling(values: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """For each way a value is spelled the one to keep, and what to say about it.

    >>> one_spelling(["Canada", "Canada", "canada", "Peru"])
    ({'canada': 'Canada'}, ["'canada' (1) is read as 'Canada'"])
    """
    counted = Counter(values)
    groups: dict[str, list[str]] = {}
    for value in counted:
        groups.setdefault(same(value), []).append(value)
    changed: dict[str, str] = {}
    told: list[str] = []
    for spelled in groups.values():
        if len(spelled) > 1:
            best = max(
                spelled,
                key=lambda value: (counted[value], not value.isupper(), value[:1].isupper(), value),
            )
            for value in spelled:
                if value != best:
                    changed[value] = best
                    told.append(f"{value!r} ({counted[value]}) is read as {best!r}")
    return changed, told
