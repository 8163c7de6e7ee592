"""Names that are nearly alike are found without comparing each with each, and none is missed."""

from __future__ import annotations

import cProfile
import random
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from synth.starter.likeness import alike

LETTERS = ("ab", "abcdef", "abcdefghijklmnopqrstuvwxyz")
LENGTHS = (1, 3, 6, 10, 14, 20, 30, 45, 90)


def with_slips(chance: random.Random, name: str, letters: str) -> str:
    """A name with one to four letters added, left out or mistaken."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(name) + 1)
        new = "".join(chance.choices(letters, k=chance.randint(0, 2)))
        name = name[:at] + new + name[at + chance.randint(0, 1) :]
    return name or "x"


@pytest.mark.parametrize("seed", range(12))
def test_the_same_names_are_alike_as_when_each_is_compared_with_each(seed: int) -> None:
    chance = random.Random(seed)
    letters = LETTERS[seed % len(LETTERS)]
    ends = [" 2015"] * 9 + [" 2015 uk"] if seed % 2 else [" 2015"]
    names: list[str] = []
    while len(names) < 70:
        name = "".join(chance.choices(letters + " ", k=chance.choice(LENGTHS)))
        if names and chance.random() < 0.6:
            name = with_slips(chance, chance.choice(names).partition(" 2015")[0], letters)
        names.append(name + chance.choice(ends))
    each = [
        (one, other)
        for one, other in combinations(range(len(names)), 2)
        if SequenceMatcher(None, names[one], names[other]).ratio() >= 0.9
    ]
    assert each
    assert [*alike(names)] == each


def counted(at: int) -> str:
    """A number as letters, twelve to the digit."""
    return "".join("abcdefghijkl"[at // 12**place % 12] for place in range(4))


@pytest.mark.parametrize("kind", ["one word before", "words of its own"])
def test_twice_the_names_are_twice_the_work(kind: str) -> None:
    chance = random.Random(2)

    def word() -> str:
        return "".join(chance.choices("eeeaaaiioounnrrsstllmdckhgbp", k=chance.randint(4, 9)))

    calls = []
    for size in (400, 800, 1600):
        if kind == "one word before":
            # Each stands beside as many others that differ in one letter, whatever the size.
            words = [f"author{counted(at)}{counted(at * 7919)} 2015" for at in range(size)]
        else:
            words = [" ".join(word() for _ in range(1 + at % 3)) + " 2015" for at in range(size)]
        profile = cProfile.Profile()
        profile.runcall(lambda names=words: [*alike(names)])
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    assert calls[2] < calls[1] * 2.4, calls
    assert calls[1] < calls[0] * 2.4, calls
