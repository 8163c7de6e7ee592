"""Counts of the evidence in sentences: numbers that go wrong unseen when the data change."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|dozen|half"
)
_COUNTED = (
    "study|studies|findings?|country|countries|articles?|papers?|works?|publications?|sources?|"
    "records?|influences?|statements?|disagreements?"
)
_BETWEEN = (
    "of|the|all|these|those|other|more|different|coded|included|reviewed|primary|empirical|"
    "qualitative|quantitative|single|further|such|independent|separate|recent|published|eligible|"
    r"[^\W\d]+-[^\W\d]+|\w+(?:ian|ican|ish|ese)"  # peer-reviewed, Canadian
)
_PARTS = "(?:quarter|third|fifth|tenth|hundred|thousand|dozen|couple|majority|minority)s?"
_TYPED = re.compile(
    # Four digits that begin with 19 or 20 are a year.
    rf"(?<![\w-])(?:(?!(?:19|20)\d\d\b)\d[\d,.]*|(?:{_NUMBER_WORDS})(?:-(?:{_NUMBER_WORDS}))?|"
    rf"{_PARTS}(?=\s+of\b))(?:\s?(?:%|per\s?cent))?"
    rf"(?:\s+(?:{_BETWEEN})){{0,3}}\s+(?:{_COUNTED})\b"
    rf"|\b(?:{_COUNTED})\b,?\s*\(?(?:[nN]\s*=\s*\d+|(?<=\()(?!(?:19|20)\d\d\b)\d+(?=\)))",
    re.IGNORECASE,
)
# "One study" is often an example ("leave one study out") and no count of the evidence; after these
# words it is one: "rests on one study".
_ONE = re.compile(r"one\b", re.IGNORECASE)
_COUNTS_ONE = re.compile(r"\b(?:only|just|exactly|from|on|in|by|than)\s+$", re.IGNORECASE)


def counts_in(words: str, *, cites: bool = False) -> Iterator[str]:
    """The counts of studies, findings and the like that a text spells out.

    Parameters
    ----------
    words : the text.
    cites : whether it cites findings, so that "one study" is the one it cites.

    >>> list(counts_in("It rests on one study of 12 studies; leave one study out."))
    ['one study', '12 studies']
    >>> list(counts_in("54 % of the statements describe a help, half of them in 2010."))
    ['54 % of the statements']
    >>> list(counts_in("Three quarters of 8 peer-reviewed papers agree with other studies (12)."))
    ['8 peer-reviewed papers', 'studies (12']
    """
    for found in _TYPED.finditer(words):
        counts_one = _COUNTS_ONE.search(words[: found.start()])
        if not _ONE.match(found[0]) or (counts_one and not cites):
            yield found[0]
