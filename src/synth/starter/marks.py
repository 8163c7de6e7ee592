"""What says a direction: words in headings and cells, and marks such as ``+`` and ``B:``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

from synth.starter.values import bare, same, unknown, vocabulary


def families_of_marks() -> Sequence[Mapping[str, str]]:
    """For each family of marks the direction that each says, such as ``+`` and ``-``.

    >>> families_of_marks()[0]["↑"], families_of_marks()[1]["b"]
    ('Positive', 'Barrier')
    """
    return [
        {mark: name for name, marks in family.items() for mark in marks}
        for family in vocabulary()["marks"]
    ]


def ratings(cells: Iterable[str]) -> Mapping[str, str]:
    """What signed ratings say, as those of CFIR from -2 to +2; empty if none have both signs.

    >>> ratings(["+2", "-1", "0", "X"])["+1"], ratings(["2", "1", "0"])
    ('Positive', {})
    """
    signed = {same(cell)[0] for cell in cells if re.fullmatch(r"[-+−–][1-3]", cell)}
    if not {"+", "-"} <= {sign.replace("−", "-") for sign in signed}:
        return {}
    family = dict.fromkeys(("+1", "+2", "+3", "1", "2", "3"), "Positive")
    family |= dict.fromkeys(("-1", "-2", "-3", "−1", "−2", "−3"), "Negative")
    return {**family, "0": "No effect", "x": "Mixed"}


def is_unrated(cell: str) -> bool:
    """Whether a cell among ratings says that there was too little to rate, as *M* in CFIR does."""
    return same(cell) in ("m", "missing")


def read_marks(cells: Iterable[str]) -> dict[str, str]:
    """What the marks of a column of directions are read as; empty if it holds words alone.

    A dash is a minus where the column holds a plus or an arrow as well; where it stands alone
    it says that nothing is known.

    Parameters
    ----------
    cells : the cells of the column.

    >>> read_marks(["+", "–", "0", "Mixed"])
    {'+': 'Positive', '–': 'Negative', '0': 'No effect'}
    >>> read_marks(["B", "F", "B/F"]), read_marks(["positive", "-"])
    ({'B': 'Barrier', 'F': 'Facilitator', 'B/F': 'Both'}, {})
    >>> read_marks(["Barrier", "barriers", "Pos.", "Positive"])
    {'barriers': 'Barrier', 'Pos.': 'Positive'}
    >>> read_marks(["+ (p < 0.05)", "- (n.s.)", "-"])
    {'+ (p < 0.05)': 'Positive', '-': 'Negative'}
    >>> read_marks(["↑*", "↓**"])
    {'↑*': 'Positive', '↓**': 'Negative'}
    >>> read_marks(["1", "-1", "0"]), read_marks(["1", "2", "-1"])
    ({'1': 'Positive', '-1': 'Negative', '0': 'No effect'}, {})
    """
    told_as = {flat: _BEHIND.sub("", flat) for cell in cells if (flat := " ".join(cell.split()))}
    found = _read_marks([*dict.fromkeys(told_as.values())])
    return {cell: found[core] for cell, core in told_as.items() if core in found}


def _read_marks(held: Sequence[str]) -> dict[str, str]:
    signs, letters = families_of_marks()
    found: dict[str, str] = {}
    if any(_SURELY_A_MARK.search(cell) and same(cell) in signs for cell in held):
        marks = {same(cell) for cell in held if not any(map(str.isalpha, cell))} & {*signs}
        for cell in held:
            mark = same(cell)
            if mark in marks:
                # "+" beside "++" says less than it: what is told apart stays apart.
                strong = len(mark) > 1 and len({*mark}) == 1 and mark[0] in marks
                found[cell] = f"{signs[mark]} ({cell})" if strong else signs[mark]
    numbers = {cell: same(cell).removeprefix("+") for cell in held if not unknown(cell)}
    if {"1", "-1"} <= {*numbers.values()} <= {*_OF_NUMBER}:
        return {cell: _OF_NUMBER[number] for cell, number in numbers.items()}
    told = [cell for cell in held if not unknown(cell)]
    if all(same(cell) in letters for cell in told) and any(len(cell) <= 3 for cell in told):
        found.update({cell: letters[same(cell)] for cell in told})
    words = {bare(cell): cell for cell in reversed(held) if cell not in found}
    short = {"pos": "Positive", "neg": "Negative"}
    for word, cell in words.items():
        if word in short and (short[word].casefold() in words or short[word] in found.values()):
            found[cell] = short[word]
        elif word.endswith("s") and word[:-1] in words and directions_in(word):
            found[cell] = words[word[:-1]]
    return {cell: found[cell] for cell in held if cell in found}


# "+ (p < 0.05)" says the direction, and how sure it is, but for "- (n.s.)".
_BEHIND = re.compile(
    r"(?<=[+±↑↓▲▼⇑⇓↔↕−–-]) ?(?:[(\[](?!n\.? ?s|not )[^()\[\]]*[)\]]|[*†‡]{1,4})$", re.IGNORECASE
)
_OF_NUMBER = {"1": "Positive", "0": "No effect", "-1": "Negative"}
_SURELY_A_MARK = re.compile(r"[+±↑↓▲▼⇑⇓↔↕]")

_PREFIX = re.compile(
    r"[(\[](?P<inside>[^()\[\]]{1,40})[)\]]\s*[:–—-]?\s*(?=\S)"
    r"|(?P<before>[^\W\d_][^:>|–—]{0,40}?)(?:\s*[:>|]\s*|\s+[–—/-]\s+|[–—](?=\S))(?=\S)"
)

_SUFFIX = re.compile(r"(?<=\S)\s*[(\[]([^()\[\]\s]{1,40})[)\]]\s*$")


# "B-Time" and "Barrier/Cost": a label may be written so as well, as "Barrier-free" is.
_TIGHT = re.compile(r"[^\W\d_]{1,20}[-/_](?!free\b)(?=[^\W\d_])", re.IGNORECASE)


def _mark_of(text: str) -> tuple[str, str]:
    """What may be a mark at the beginning of a text or in brackets at its end, and the rest."""
    if found := _PREFIX.match(text):
        return same(found["inside"] or found["before"]), text[found.end() :]
    found = _SUFFIX.search(text)
    return (same(found[1]), text[: found.start()]) if found else ("", text)


def without_mark(text: str, marks: Mapping[str, str]) -> tuple[str, str]:
    """The direction that a mark before or after a text says, and the text without the mark.

    Parameters
    ----------
    text : a code or a finding in words.
    marks : what each mark says, in the spelling of :func:`same`.

    >>> without_mark("Barrier - Cost", {"barrier": "Barrier"})
    ('Barrier', 'Cost')
    >>> without_mark("Cost (barrier)", {"barrier": "Barrier"})
    ('Barrier', 'Cost')
    >>> without_mark("Pay: late", {"b": "Barrier"})
    ('', 'Pay: late')
    """
    mark, rest = _mark_of(text) if marks else ("", text)
    if marks and mark not in marks and (tight := _TIGHT.match(text)):
        mark, rest = same(tight[0]), text[tight.end() :]
    word = marks.get(mark, "")
    return word, rest if word else text


def marks_before(texts: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """The marks of a direction that texts have, and the texts that have none.

    A letter is a mark only where both sides have one, and a word before a hyphen or a slash only
    where every text begins so; such a mark is kept with its sign.

    >>> marks_before(["Barrier: Cost", "Enabler - Pay", "Time"])
    ({'barrier': 'Barrier', 'enabler': 'Facilitator'}, ['Time'])
    >>> marks_before(["B: Cost", "B: Pay"])[0], marks_before(["B: Cost", "F: Pay"])[0]
    ({}, {'b': 'Barrier', 'f': 'Facilitator'})
    >>> marks_before(["B-Cost", "F-Pay"])[0], marks_before(["Barrier-free access", "Pay"])[0]
    ({'b-': 'Barrier', 'f-': 'Facilitator'}, {})
    """
    signs, letters = families_of_marks()
    told = [*dict.fromkeys(texts)]
    words = {word: side for word, side in signs.items() if len(word) > 2 and word.isalpha()}
    words = {**letters, **words}
    tight = {same(found[0]) for text in told if (found := _TIGHT.match(text))}
    before = {mark: directions_in(mark[:-1]) or words.get(mark[:-1], "") for mark in tight}
    if len({*before.values()} - {""}) > 1 and all(without_mark(text, before)[0] for text in told):
        return {mark: before[mark] for mark in sorted(before) if before[mark]}, []
    begun = {text: mark for text in told if (mark := _mark_of(text)[0])}
    known = {word: directions_in(word) or words.get(word, "") for word in begun.values()}
    sides = {*known.values()}
    marks = {
        word: side
        for word, side in known.items()
        if side and (len(word) > 2 or {"Barrier", "Facilitator"} <= sides)
    }
    return marks, [text for text in told if begun.get(text) not in marks]


# What is done about risks, or asked of them, is no harm that a study reports, and how strong its
# evidence is no strength.
_NO_HARM = re.compile(
    r"^by\b.*\brisks?\b|\bat risk\b|\brisks? (?:of bias|mitigation|management|assessments?|"
    r"reduction|factors?|groups?|levels?|scores?|ratings?|categor(?:y|ies)|types?|names?|descriptions?|analys[ei]s|models?|"
    r"predictions?|perceptions?|communication|ratios?|differences?|stratification|prevention)\b|"
    r"\b(?:evidence|muscle|grip|physical) strengths?\b|\bstrength of (?:the )?(?:evidence|"
    r"recommendations?|associations?|effects?|relationships?)\b|\bstrength training\b|"
    r"\bstrengths? (?:and |or )?(?:limitations?|weaknesses)\b|\b(?:study|methodological) "
    r"(?:strengths?|weaknesses|limitations?)\b"
)


def directions_in(heading: str) -> str:
    """The direction that a heading tells; empty if it tells none, or two.

    >>> directions_in("Barriers to uptake"), directions_in("Facilitateurs"), directions_in("Pay")
    ('Barrier', 'Facilitator', '')
    >>> directions_in("Barriers and facilitators"), directions_in("Risk_Mitigation")
    ('', '')
    """
    found = sides_in(heading)
    return found[0] if len(found) == 1 else ""


def sides_in(heading: str) -> list[str]:
    """The directions that a heading names, as that of a column of directions names both.

    >>> sides_in("Barrier/facilitator"), sides_in("促進/阻害"), sides_in("健康促進")
    (['Barrier', 'Facilitator'], ['Barrier', 'Facilitator'], [])
    >>> sides_in("Facilitátory"), sides_in("Bariere"), sides_in("Practice facilitation")
    (['Facilitator'], ['Barrier'], [])
    """
    plain = bare(heading)
    text = _NO_HARM.sub(" ", " ".join(re.findall(r"[^\W_]+", plain)))
    words = set(text.split())
    # The endings of languages are many: "Facilitátory", "Fasilitatorer", "Bariere".
    for name, stem in _STEMS.items():
        words |= {name.casefold()} if any(map(stem.match, words)) else set()
    return [
        name
        for name, (single, joined) in _words_of_directions().items()
        if words & single or any(word in plain for word in joined)
    ]


_STEMS = {
    "Barrier": re.compile(
        r"barr?ier(?:e|y|a|er|or|ers|en|es|ar|o)?\w?$|barr(?:er|eir)(?:a|es|as)$"
    ),
    "Facilitator": re.compile(r"(?:facilit|fasilit|facylit|fazilit)at(?:o|eu)"),
}


@lru_cache(maxsize=1)
def _words_of_directions() -> Mapping[str, tuple[Set[str], Sequence[str]]]:
    """For each direction its words, and those that are also seen where no blank sets them apart.

    Two signs of Chinese or Japanese are a part of too many words: a disorder is no barrier.
    """
    found = {}
    for name, listed in vocabulary()["directions"].items():
        words = [bare(word) for word in listed]
        joined = [w for w in words if len(w) > 2 and (" " in w or not w.isascii())]
        found[name] = (frozenset(words), joined)
    return found
