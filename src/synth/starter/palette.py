"""Words, shapes and colours for what a new review brings without any: directions and levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synth.model import MARKS, PATTERNS
from synth.starter.spreadsheet import folded, plural

# Pairs for white and for a dark page; each has a contrast of 4.5 and more on its page and is told
# apart from the others without colour by its mark.
COLOURS = (
    ("#00708c", "#5cc3db"),
    ("#a8430a", "#f5a26b"),
    ("#6a3fa0", "#c39bf7"),
    ("#434b57", "#d3d9df"),
    ("#1b6e3c", "#7fd49a"),
    ("#8a3f6b", "#eba6cc"),
    ("#5c6420", "#c3cd7a"),
)
MOST_DIRECTIONS = len(MARKS)

# Mark, pattern, colours and verb that readers expect of words which teams use.
_USUAL: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("enabler", "facilitator", "enables", "facilitates"), (0, "enables")),
    **dict.fromkeys(("helps", "support", "supports", "benefit"), (0, "helps")),
    **dict.fromkeys(("positive", "pos", "increase", "increases"), (0, "acts positively on")),
    **dict.fromkeys(("barrier", "hinders", "hindrance", "obstacle"), (1, "hinders")),
    **dict.fromkeys(("harms", "harm", "risk"), (1, "harms")),
    **dict.fromkeys(("negative", "neg", "decrease", "decreases"), (1, "acts negatively on")),
    **dict.fromkeys(("mixed", "both", "ambivalent", "unclear"), (2, "has a mixed effect on")),
    **dict.fromkeys(("neutral", "none", "no effect", "null"), (3, "has no effect on")),
    "context": (3, "describes the setting of"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A direction of a new review, as ``review.toml`` writes it."""

    id: str
    label: str
    plural: str
    verb: str
    mark: str
    pattern: str
    light: str
    dark: str


def ways(named: Sequence[tuple[str, str]]) -> list[Way]:
    """Shapes and colours for directions; up to seven can be told apart.

    Parameters
    ----------
    named : id and label of each.

    >>> [way.plural for way in ways([("a", "Enabler"), ("b", "Hinders")])]
    ['Enablers', 'Hinders']
    """
    free = [*range(len(MARKS))]
    slots: dict[str, int] = {}
    for name, label in named:
        slot = _USUAL.get(folded(label), (-1, ""))[0]
        if slot in free:
            slots[name] = slot
            free.remove(slot)
    for name, _ in named:
        if name not in slots:
            slots[name] = free.pop(0)
    made = []
    for name, label in sorted(named, key=lambda way: slots[way[0]]):
        slot = slots[name]
        verb = _USUAL.get(folded(label), (0, ""))[1] or f"is linked ({label.lower()}) to"
        light, dark = COLOURS[slot]
        many = plural(label) if folded(label) in _NOUNS else label
        made.append(
            Way(name, label, many, verb, MARKS[slot], PATTERNS[slot % len(PATTERNS)], light, dark)
        )
    return made


_NOUNS = ("enabler", "facilitator", "barrier", "benefit", "harm", "risk", "hindrance", "obstacle")

# Mark, light, dark, wash on white, wash on a dark page.
_LEVELS = (
    ("circle", "#2f4f9e", "#93b1f2", "#f2f5fb", "#191f2e"),
    ("square", "#8a3f6b", "#eba6cc", "#faf4f7", "#241b23"),
    ("diamond", "#5c6420", "#c3cd7a", "#f6f7ec", "#1c2018"),
    ("ring-outer", "#00708c", "#5cc3db", "#f0f7f9", "#16232a"),
    ("ring-middle", "#a8430a", "#f5a26b", "#fbf4ef", "#261d17"),
    ("ring-centre", "#6a3fa0", "#c39bf7", "#f7f4fb", "#211b2d"),
)


def level_look(index: int) -> dict[str, str]:
    """Mark and colours of a node of the first rank; they begin again after the sixth."""
    keys = ("mark", "light", "dark", "wash_light", "wash_dark")
    return dict(zip(keys, _LEVELS[index % len(_LEVELS)], strict=True))
