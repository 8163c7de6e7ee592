"""Which names of a long list are nearly alike, without comparing each with each.

Names that are alike have many letters in common, in one order. Each name is listed under what is
left of it when some letters are taken away, and only names that stand in one list are compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from math import comb

_Part = tuple[int | None, int | None]
"""Where a part of a text begins and ends."""
_ALIKE = 0.9
_KEYS = 400
"""A name is listed at most so often for each number of letters."""
_PART = 12
"""So much is looked at of each end of a name that is too long to be looked at whole."""


def alike(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Which names are alike for :class:`difflib.SequenceMatcher`: nine tenths of their letters.

    Parameters
    ----------
    names : the names.

    Returns
    -------
    Pairs of places in the list, the earlier first, in order.

    >>> [*alike(["garcia 2015", "poe 2015", "garzia 2015"])]
    [(0, 2)]
    """
    matcher = SequenceMatcher()
    found = []
    for second, firsts in _candidates(names).items():
        matcher.set_seq2(names[second])  # what takes long is done for this one alone
        for first in firsts:
            matcher.set_seq1(names[first])
            close = matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE
            if close and matcher.ratio() >= _ALIKE:
                found.append((first, second))
    return iter(sorted(found))


def _candidates(names: Sequence[str]) -> dict[int, set[int]]:
    """For places of names, the earlier places of names that may be alike; none is left out."""
    # An end that all have in common, such as the year, tells nothing.
    end = len(os.path.commonprefix([name[::-1] for name in names]))  # noqa: RUF071 - letters
    lengths: dict[int, list[int]] = {}
    for place, name in enumerate(names):
        lengths.setdefault(len(name), []).append(place)
    ways: dict[tuple[_Part, int], set[tuple[int, int]]] = {}
    for one in lengths:
        for other in lengths:
            if one <= other:
                for way in _ways(one, other, end):
                    ways.setdefault(way, set()).add((one, other))
    found: dict[int, set[int]] = {}
    for (part, size), pairs in ways.items():
        listed: dict[tuple[str, ...], list[int]] = {}
        for length in {length for pair in pairs for length in pair}:
            for place in lengths[length]:
                name = names[place]
                for key in _keys(name[: len(name) - end][slice(*part)], size):
                    listed.setdefault(key, []).append(place)
        for places in listed.values():
            for first, second in combinations(sorted(places), 2):
                one, other = sorted((len(names[first]), len(names[second])))
                if (one, other) in pairs:
                    found.setdefault(second, set()).add(first)
    return found


def _keys(text: str, size: int) -> Iterable[tuple[str, ...]]:
    """What can be left of a text when it keeps so many letters; of any text, if it keeps none."""
    return {*combinations(text, size)}


def _ways(one: int, other: int, end: int) -> list[tuple[_Part, int]]:
    """Which part of two names to compare, and how many letters in one order these must share.

    Parameters
    ----------
    one, other : lengths of the names, the shorter first.
    end : so many letters at their ends are the same.
    """
    same = -(-9 * (one + other) // 20)  # letters that nine tenths of both are
    if same > one:
        return []
    short, long, size = one - end, other - end, max(same - end, 0)
    if comb(long, size) <= _KEYS:
        return [((None, None), size)]
    # Letters taken from either; one of two halves has lost no more than half of them.
    lost = (one + other - 2 * same) // 2
    ways: list[tuple[_Part, int]] = []
    head = min(short // 2, _PART)
    tail = min(short - head, _PART)
    for part, size in (((0, head), head), ((-tail, None), tail)):
        # Nothing is told by a letter or two: then all names of these lengths are compared.
        kept = size - lost
        if kept < 3 or comb(size, kept) > _KEYS:
            return [((0, 0), 0)]
        ways.append((part, kept))
    return ways
