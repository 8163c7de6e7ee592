"""What is below what in a list of codes: by spaces, bullets, or numbers and letters before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

Ways = dict[int, list[str]]
"""By line the labels from the widest down to the code of that line."""

_LETTERS = r"(?:[A-Za-z]|[IVXivx]{1,5})"
# "1", "1.2", "A1" and "II.b" are numbers; a letter alone needs a sign behind it, as "A." has.
_NUMBER = re.compile(
    rf"\(?((?:{_LETTERS}|\d{{1,3}})(?:\.?\d{{1,3}}|\.{_LETTERS}|(?<=\d)[A-Za-z])+|\d{{1,3}})[.):]*"
    rf"\s+([^\W\d].*)|\(?({_LETTERS})[.):]+\s+([^\W\d].*)"
)
_STEP = re.compile(r"\d+|[A-Za-z]+")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def numbered(code: str) -> tuple[str, str]:
    """The number before a code, and the code alone; the number is empty where there is none.

    >>> numbered("1.2 Pay"), numbered("A.1. Pay"), numbered("ii) Pay"), numbered("A good team")
    (('1.2', 'Pay'), ('A.1', 'Pay'), ('ii', 'Pay'), ('', 'A good team'))
    """
    found = _NUMBER.fullmatch(" ".join(code.split()))
    if not found:
        return "", code
    return (found[1], found[2]) if found[1] else (found[3], found[4])


def steps_of(number: str) -> tuple[str, ...]:
    """The steps of a number, from the widest.

    >>> steps_of("1.2"), steps_of("A1"), steps_of("II.b")
    (('1', '2'), ('a', '1'), ('ii', 'b'))
    """
    return tuple(step.casefold() for step in _STEP.findall(number))


def below_numbers(numbers: Mapping[int, str], labels: Mapping[int, str]) -> tuple[Ways, list[str]]:
    """What is below what by numbers of several steps, as ``1.2`` below ``1``.

    Parameters
    ----------
    numbers, labels : by line the number of a code, and what it is called.

    Returns
    -------
    The way to each code, none where no number is below another; and numbers that have codes below
    them and no row.

    >>> below_numbers({1: "1", 2: "1.1", 3: "2.1"}, {1: "Work", 2: "Pay", 3: "Nap"})
    ({1: ['Work'], 2: ['Work', 'Pay'], 3: ['Nap']}, ['2'])
    """
    said = {steps_of(number): line for line, number in numbers.items()}
    heads = {steps[:-1] for steps in said if len(steps) > 1}
    if len(said) < len(numbers) or not any(head in said for head in heads):
        return {}, []
    ways = {
        line: [labels[said[steps[:end]]] for end in range(1, len(steps) + 1) if steps[:end] in said]
        for steps, line in said.items()
    }
    return ways, [".".join(head) for head in sorted(heads) if head not in said]


def _roman(word: str) -> int:
    values = [_ROMAN.get(sign, 0) for sign in word]
    if not all(values):
        return 0
    return sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def _counts(number: str, sign: str) -> Iterator[tuple[str, int]]:
    """The ways a number counts: in figures, letters or roman numbers, each with its place."""
    word = number.casefold()
    kind = ("upper" if number.isupper() else "lower") + sign
    if number.isdecimal():
        yield f"figures{sign}", int(number)
    if len(word) == 1 and word.isalpha():
        yield f"letters {kind}", ord(word) - ord("a") + 1
    if value := _roman(word):
        yield f"roman {kind}", value


def count_depths(codes: Sequence[str]) -> list[int]:
    """How deep each code stands by numbers that count anew below each one above.

    A number goes on counting, or begins with the first of another kind, one rank deeper. What can
    be read in two ways is not read.

    >>> count_depths(["I. Work", "a) Pay", "b) Hours", "II. Home", "a) Nap"])
    [0, 1, 1, 0, 1]
    >>> count_depths(["1. Work", "2. Pay"]), count_depths(["Work", "a) Pay", "c) Hours"])
    ([], [])
    """
    # Each reading: how deep the codes stand so far, and how far each open rank has counted.
    readings: list[tuple[list[int], list[tuple[str, int]]]] = [([], [])]
    for code in codes:
        number, label = numbered(code)
        said = " ".join(code.split()).removesuffix(label).strip()
        ways = [*_counts(number, said.replace(number, "n", 1))] if number else [("none", 0)]
        after = []
        for depths, opened in readings:
            for kind, count in ways:
                at = next(
                    (at for at, (open_, _) in enumerate(opened) if open_ == kind), len(opened)
                )
                goes_on = at < len(opened) and (not number or count == opened[at][1] + 1)
                begins = at == len(opened) and (count == 1 or (not number and not depths))
                if goes_on or begins:
                    after.append(([*depths, at], [*opened[:at], (kind, count)]))
        readings = after[:64]
    if len(readings) != 1 or not any(readings[0][0]):
        return []
    depths = readings[0][0]
    # Below one heading alone a list may just be numbered.
    firsts = [at for at, depth in enumerate(depths) if depth and depths[at - 1] < depth]
    plain = not all(numbered(code)[0] for code in codes)
    return depths if len(firsts) > 1 or not plain else []


_MARK = re.compile(r"\s*([-–—*•◦▪‣·+>»→]+|o(?=\s))\s*(?=[^\W_])")


def bullets(cells: Mapping[int, str]) -> dict[int, tuple[int, str]]:
    """By line how deep a bullet sets a code, and the code without it.

    Deeper is a mark that is longer, as ``--`` after ``-``, or one that comes later, as ``◦``.

    >>> bullets({1: "Work", 2: "- Pay", 3: "-- Rise", 4: "- Hours"})
    {1: (0, 'Work'), 2: (1, 'Pay'), 3: (2, 'Rise'), 4: (1, 'Hours')}
    """
    found = {line: _MARK.match(cell) for line, cell in cells.items()}
    marks = list(dict.fromkeys(mark[1] for mark in found.values() if mark))
    one_sign = len({mark[0] for mark in marks}) == 1
    order = sorted(marks, key=len) if one_sign else marks
    depth = {mark: at for at, mark in enumerate(order, 1)}
    return {
        line: (depth[mark[1]], cells[line][mark.end() :]) if mark else (0, cells[line])
        for line, mark in found.items()
    }


def outline(cells: Mapping[int, str], indents: Mapping[int, int]) -> tuple[Ways, list[str]]:
    """The way to each code of a column that is indented, has bullets, or is numbered.

    Parameters
    ----------
    cells : the codes by line.
    indents : by line how many spaces stand before a code.

    Returns
    -------
    The ways, none where nothing says what is below what; and how they were read.

    >>> outline({2: "1 Work", 3: "1.1 Pay", 4: "2 Home"}, {})[0]
    {2: ['1 Work'], 3: ['1 Work', '1.1 Pay'], 4: ['2 Home']}
    >>> outline({2: "A. Work", 3: "1. Pay", 4: "B. Home", 5: "1. Nap"}, {})[0]
    {2: ['A. Work'], 3: ['A. Work', '1. Pay'], 4: ['B. Home'], 5: ['B. Home', '1. Nap']}
    """
    marked = bullets(cells)
    labels = {line: " ".join(code.split()) for line, (_, code) in marked.items()}
    depths = {line: depth for line, (depth, _) in marked.items()}
    if indents:
        return _by_depth({line: indents.get(line, 0) for line in cells}, labels), [
            "spaces before a code say what is below what"
        ]
    if len({*depths.values()}) > 1:
        return _by_depth(depths, labels), ["bullets say what is below what"]
    numbers = {line: number for line, code in labels.items() if (number := numbered(code)[0])}
    if len(numbers) > 0.7 * len(cells):
        ways, gaps = below_numbers(numbers, labels)
        if ways:
            unnumbered = {line: [labels[line]] for line in cells if line not in numbers}
            told = ["numbers before codes say what is below what", *without_row(gaps)]
            return {**ways, **unnumbered}, told
    if counted := count_depths([*labels.values()]):
        told = ["numbers that count anew say what is below what"]
        return _by_depth(dict(zip(labels, counted, strict=True)), labels), told
    if len(numbers) > 0.7 * len(cells) and not _in_one_row([*numbers.values()]):
        return {}, ["numbers do not tell what is below what, so codes stand side by side"]
    return {}, []


def _in_one_row(numbers: Sequence[str]) -> bool:
    """Whether numbers only count from the first code to the last."""
    return len({*numbers}) == len(numbers) and all(len(steps_of(one)) == 1 for one in numbers)


def without_row(gaps: Sequence[str]) -> list[str]:
    """What is told of numbers that have codes below them and no row of their own."""
    if not gaps:
        return []
    shown = ", ".join(gaps[:6])
    return [f"no row is numbered {shown}, so what is below it stands one rank higher"]


def _by_depth(depths: Mapping[int, int], labels: Mapping[int, str]) -> Ways:
    ways: Ways = {}
    above: list[tuple[int, str]] = []
    for line, label in labels.items():
        above = [(room, other) for room, other in above if room < depths[line]]
        above.append((depths[line], label))
        ways[line] = [other for _, other in above]
    return ways
