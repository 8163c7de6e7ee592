"""What the words in a team's cells mean: unknown, yes, no, lists, one value spelled twice."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from synth.model import NOT_APPLICABLE, NOT_ESTABLISHED, NOT_REPORTED
from synth.text import unmarked


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, Any]:
    file = resources.files("synth.starter") / "files" / "vocabulary.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def headings() -> Mapping[str, Sequence[str]]:
    """For each kind of column the headings it is recognised by, the surest first."""
    found: Mapping[str, Sequence[str]] = _vocabulary()["headings"]
    return found


def within() -> Mapping[str, Sequence[str]]:
    """For some kinds of column words by which a longer heading is recognised."""
    found: Mapping[str, Sequence[str]] = _vocabulary()["within"]
    return found


def series_of_ranks() -> Sequence[Sequence[str]]:
    """Headings that are the ranks of a codebook where two of them or more stand together."""
    found: Sequence[Sequence[str]] = _vocabulary()["ranks"]["series"]
    return found


@lru_cache(maxsize=16)
def _words(name: str) -> frozenset[str]:
    return frozenset(bare(word) for word in _vocabulary()[name]) - {""}


_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad]")


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
    plain = re.sub(r"[\u200b-\u200f\u2060\ufeff\xad]", "", plain)
    plain = plain.translate(_TYPE)
    return " ".join(plain.split())


_TYPE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})


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
    """
    word = bare(cell)
    if word and word not in _words("yes"):
        word = without_marks(word)
    return bool(word) and (word in _words("yes") or (bool(heading) and word == bare(heading)))


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
    """Whether a cell says that the code of its column does not apply, or nothing at all."""
    word = bare(cell)
    return not word or word in _words("no") or word in _words("doubtful") or bool(unknown(cell))


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


def is_total(cell: str) -> bool:
    """Whether a cell heads a row of sums.

    >>> is_total("Total (n=3)"), is_total("Total studies, n (%)"), is_total("Number of papers (%)")
    (True, True, True)
    >>> is_total("Summer 2015"), is_total("Total Health Group, 2015")
    (False, False)
    """
    word = re.sub(r"[(\[]? *n *= *\d+ *[)\]]?$", "", bare(cell)).rstrip(":= ")
    plain = re.sub(r"[(\[][^)\]]*[)\]]?|, n\b|%", " ", word).strip(",: ")
    counted = re.sub(r"^(?:number|no\.?|count|sum|total|totals) (?:of )?(?=\w)", "", plain)
    return (
        word in _words("total")
        or plain in _words("total")
        or (counted != plain and counted in _words("counted"))
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
    """Whether a row is about no study at all: sums of its columns, or a note across it.

    >>> (
    ...     is_beside({"Study": "Total (n=3)", "Pay": "2 (67%)"}),
    ...     is_beside({"Study": "Lee", "Pay": "2"}),
    ... )
    (True, False)
    """
    held = [cell for cell in cells.values() if cell]
    if len(held) == 1:
        return len(cells) > 1 and is_note(held[0])
    return bool(held) and is_total(held[0]) and all(map(is_sum, held[1:]))


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
    if re.match(r"\s*(\*|†|‡|§|[a-z]\)\s|¹|²|[A-Z][A-Za-z]{0,5}\s*[=:]\s)", cell):
        return True
    word = bare(cell)
    first = re.split(r"[:.]\s|:$", word, maxsplit=1)[0] if re.search(r"[:.](\s|$)", cell) else word
    return first in _words("note")


_MAIL = re.compile(r"[^\s@;,<>]+@[^\s@;,<>]+\.[a-z]{2,}", re.IGNORECASE)


def is_mail(cell: str) -> bool:
    """Whether a cell holds an e-mail address."""
    return "@" in cell and _MAIL.search(cell[:2000]) is not None


def is_several_countries(cell: str) -> bool:
    """Whether a word stands for a number of countries that are not named."""
    word = re.sub(r"\s*\((?:n ?= ?)?\d+[^()]*\)$", "", cell)
    return bare(word) in _words("several_countries")


# --- marks that say a direction ---


def families_of_marks() -> Sequence[Mapping[str, str]]:
    """For each family of marks the direction that each says, such as ``+`` and ``-``.

    >>> families_of_marks()[0]["↑"], families_of_marks()[1]["b"]
    ('Positive', 'Barrier')
    """
    return [
        {mark: name for name, marks in family.items() for mark in marks}
        for family in _vocabulary()["marks"]
    ]


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
    """
    held = [*dict.fromkeys(flat for cell in cells if (flat := " ".join(cell.split())))]
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


_SURELY_A_MARK = re.compile(r"[+±↑↓▲▼⇑⇓↔↕]")


_PREFIX = re.compile(
    r"[(\[](?P<inside>[^()\[\]]{1,40})[)\]]\s*[:–—-]?\s*(?=\S)"
    r"|(?P<before>[^\W\d_][^:>|–—]{0,40}?)(?:\s*[:>|]\s*|\s+[–—/-]\s+|[–—](?=\S))(?=\S)"
)

_SUFFIX = re.compile(r"(?<=\S)\s*[(\[]([^()\[\]\s]{1,40})[)\]]\s*$")


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
    word = marks.get(mark, "")
    return word, rest if word else text


def marks_before(texts: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """The marks of a direction that texts have, and the texts that have none.

    A letter is a mark only where both sides have one.

    >>> marks_before(["Barrier: Cost", "Enabler - Pay", "Time"])
    ({'barrier': 'Barrier', 'enabler': 'Facilitator'}, ['Time'])
    >>> marks_before(["B: Cost", "B: Pay"])[0], marks_before(["B: Cost", "F: Pay"])[0]
    ({}, {'b': 'Barrier', 'f': 'Facilitator'})
    """
    signs, letters = families_of_marks()
    told = [*dict.fromkeys(texts)]
    begun = {text: mark for text in told if (mark := _mark_of(text)[0])}
    known = {word: directions_in(word) or letters.get(word, "") for word in begun.values()}
    words = {word: side for word, side in signs.items() if len(word) > 2 and word.isalpha()}
    known = {word: side or words.get(word, "") for word, side in known.items()}
    sides = {side for word, side in known.items()}
    marks = {
        word: side
        for word, side in known.items()
        if side and (len(word) > 2 or {"Barrier", "Facilitator"} <= sides)
    }
    return marks, [text for text in told if begun.get(text) not in marks]


# --- lists --------------------------------------------------------------------------------------


def pieces(cell: str, separators: str) -> list[str]:
    r"""The parts of a cell between separators that stand outside brackets and quotation marks.

    >>> pieces("Pay (low; late); Hours", ";"), pieces("Sorting\nCooling", ";\n")
    (['Pay (low; late)', 'Hours'], ['Sorting', 'Cooling'])
    """
    if not any(map(cell.__contains__, separators)):
        whole = " ".join(cell.split())
        return [whole] if whole else []
    parts: list[str] = []
    start = depth = 0
    for index, sign in enumerate(cell):
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(0, depth - 1)
        elif sign in separators and (depth == 0 or sign == "\n"):
            parts.append(cell[start:index])
            start, depth = index + 1, 0
    parts.append(cell[start:])
    if depth:  # a bracket that nobody closes hides no separator
        parts = re.split(f"[{re.escape(separators)}]", cell) if separators else [cell]
    return [" ".join(part.split()) for part in parts if part.strip()]


def sentences(cell: str) -> list[str]:
    r"""The findings of a cell of text: its lines and bullets; short parts between semicolons.

    >>> sentences("- Low pay\n- Long hours"), sentences("Low pay; long hours")
    (['Low pay', 'Long hours'], ['Low pay', 'long hours'])
    >>> sentences("Pay was low; nobody was told why, and the team left within the year.")
    ['Pay was low; nobody was told why, and the team left within the year.']
    """
    lines = [re.sub(r"^\s*(?:[-–—•*·▪●]|\(?\d{1,2}[.)])\s+", "", line) for line in cell.split("\n")]
    found: list[str] = []
    for line in lines:
        parts = pieces(line, ";")
        short = all(len(part) <= 60 and not part.rstrip().endswith(".") for part in parts)
        found += parts if short else [" ".join(line.split())]
    return [text for text in dict.fromkeys(found) if text]


_BULLET = re.compile(r"\s*[-–—•*·▪●◦‣∙]\s+")
_COUNTED = re.compile(r"\(?\d{1,2}[.)]\s+(?=\S)")


def without_bullet(item: str, *, numbers: bool) -> str:
    """An item of a list without its bullet, and without its number where numbers only count.

    >>> without_bullet("• Pay", numbers=False), without_bullet("2) Pay", numbers=True)
    ('Pay', 'Pay')
    """
    plain = _BULLET.sub("", item, count=1) if _BULLET.match(item) else item
    return _COUNTED.sub("", plain, count=1) if numbers and _COUNTED.match(plain) else plain


def counts_items(items: Iterable[str]) -> bool:
    """Whether the numbers before items count them in each cell and are no part of the labels.

    >>> counts_items(["1) Pay", "2) Hours", "1) Hours"]), counts_items(["1. Pay", "2. Hours"])
    (True, False)
    """
    numbers: dict[str, set[str]] = {}
    for item in items:
        if found := _COUNTED.match(item):
            numbers.setdefault(same(item[found.end() :]), set()).add(found[0].strip("(). "))
    return any(len(found) > 1 for found in numbers.values())


def separators_of(cells: Iterable[str]) -> tuple[str, list[str]]:
    r"""The signs that separate values in a column, and cells with a comma that were left whole.

    A semicolon and a line break always do. A comma does where what stands between commas also
    stands alone or in other lists: a label such as ``Pay, hours and rest`` stays a label.

    >>> separators_of(["tools, education", "tools, organization, education", "tools"])
    (';\n,', [])
    >>> separators_of(["Pay, hours and rest", "Pay, hours and rest", "Shifts"])
    (';\n', [])
    """
    listed = Counter(same(part) for cell in cells for part in pieces(cell, ";\n"))
    spelled = {word: word for word in listed}
    lists = {word: [p for p in map(same, pieces(word, ",")) if p] for word in spelled}
    alone = {word for word, parts in lists.items() if len(parts) == 1}
    # "Pay, hours and rest" is one label: its last comma is not the last thing it lists with.
    many = {
        word: parts
        for word, parts in lists.items()
        if len(parts) > 1
        and (
            parts[-1] in alone
            or not re.search(r"\w (?:and|or|und|oder|et|ou|y|e|en) \w", parts[-1])
        )
    }
    if not many:
        return ";\n", []
    within = Counter(part for parts in many.values() for part in set(parts))
    held = {part for part in within if part in alone or within[part] > 1}
    backed = {word: sum(part in held for part in parts) for word, parts in many.items()}
    distinct = set(within)
    if len(held) * 2 >= len(distinct) and all(backed.values()):
        return ";\n,", []
    return ";\n", [word for word, count in backed.items() if count]


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


# --- directions ---------------------------------------------------------------------------------


def directions_in(heading: str) -> str:
    """The direction that a heading tells; empty if it tells none, or two.

    >>> directions_in("Barriers to uptake"), directions_in("Facilitateurs"), directions_in("Pay")
    ('Barrier', 'Facilitator', '')
    >>> directions_in("Barriers and facilitators")
    ''
    """
    words = set(re.findall(r"[^\W_]+", bare(heading)))
    found = [
        name
        for name, listed in _vocabulary()["directions"].items()
        if words & {*listed} or any(not word.isascii() and word in heading for word in listed)
    ]
    return found[0] if len(found) == 1 else ""
