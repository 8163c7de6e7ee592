"""The values of a cell that holds several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from synth.starter.values import same

# How Chinese, Japanese and Arabic write a semicolon and a comma.
_ABROAD = {";": "；؛", ",": "，、،"}


# What may stand before each item of a list: "1." or "(1)", "a)", "①", a bullet.
_ITEMS = (
    (re.compile(r"(?:(?<=[\s,;.。；])|^)\(?(\d{1,2})[.)]\s*(?=[^\W\d])"), int),
    (re.compile(r"(?:(?<=[\s,;])|^)\(?([a-z])\)\s*(?=\w)"), lambda sign: ord(sign) - 96),
    (re.compile(r"([①-⑳])"), lambda sign: ord(sign) - 0x245F),
    (re.compile(r"(?:(?<=\s)|^)([•●▪◦‣∙])\s*(?=\w)"), None),
    (re.compile(r"(?:(?<=\s)|^)([-–—*])\s+(?=\w)"), None),
)
_LINK = re.compile(r"[\s,;，；、]*(?:[\s,](?:and|und|et|y|e|en|og|och))?\s*$")


def _lines_of(cell: str) -> str:
    r"""A list whose items stand one behind the other, each with its number, as a line for each.

    >>> _lines_of("1. Low pay 2. Long hours"), _lines_of("(1) pay, and (2) rest")
    ('1. Low pay\n2. Long hours', '(1) pay\n(2) rest')
    >>> _lines_of("- pay - long hours"), _lines_of("Pay - hours - rest")
    ('- pay\n- long hours', 'Pay - hours - rest')
    >>> _lines_of("1. Pay"), _lines_of("Pay 1. and hours 2. fell"), _lines_of("2. Pay 3. Rest")
    ('1. Pay', 'Pay 1. and hours 2. fell', '2. Pay 3. Rest')
    """
    if "\n" in cell or not cell or cell[0].isalpha():
        return cell
    for pattern, value in _ITEMS:
        found = [*pattern.finditer(cell)]
        if len(found) < 2 or found[0].start():
            continue
        if value is None or [value(one[1]) for one in found] == [*range(1, len(found) + 1)]:
            ends = [one.start() for one in found[1:]] + [len(cell)]
            parts = [cell[one.start() : end] for one, end in zip(found, ends, strict=True)]
            return "\n".join([*(_LINK.sub("", part) for part in parts[:-1]), parts[-1]])
    return cell


def pieces(cell: str, separators: str) -> list[str]:
    r"""The parts of a cell between separators that stand outside brackets and quotation marks.

    >>> pieces("Pay (low; late); Hours", ";"), pieces("Sorting\nCooling", ";\n")
    (['Pay (low; late)', 'Hours'], ['Sorting', 'Cooling'])
    >>> pieces("薪酬；时间", ";"), pieces("薪酬、时间", ",")
    (['薪酬', '时间'], ['薪酬', '时间'])
    """
    if "\n" in separators:
        cell = _lines_of(cell)
    if not cell.isascii():
        separators += "".join(_ABROAD[sign] for sign in separators if sign in _ABROAD)
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


_ITEM = re.compile(
    r"^\s*(?:[-–—*·▪]\s+|[•●◦‣∙①-⑳]\s*|\(?\d{1,2}[.)](?:\s+|(?=[^\W\d]))|\(?[a-z]\)\s+)"
)


def sentences(cell: str) -> list[str]:
    r"""The findings of a cell of text: its lines and bullets; short parts between semicolons.

    >>> sentences("- Low pay\n- Long hours"), sentences("Low pay; long hours")
    (['Low pay', 'Long hours'], ['Low pay', 'long hours'])
    >>> sentences("Pay was low; nobody was told why, and the team left within the year.")
    ['Pay was low; nobody was told why, and the team left within the year.']
    """
    lines = [_ITEM.sub("", line) for line in _lines_of(cell).split("\n")]
    found: list[str] = []
    for line in lines:
        parts = pieces(line, ";")
        short = all(len(part) <= 60 and not part.rstrip().endswith(".") for part in parts)
        found += parts if short else [" ".join(line.split())]
    return [text for text in dict.fromkeys(found) if text]


_BULLET = re.compile(r"\s*[-–—•*·▪●◦‣∙○◯■□◆◇►▸]\s+")

_COUNTED = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")


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
    >>> counts_items(["a) Pay", "b) Hours", "Pay"])
    True
    """
    numbers: dict[str, set[str]] = {}
    for item in items:
        item = without_bullet(item, numbers=False)
        found = _COUNTED.match(item)
        label = item[found.end() :] if found else item
        numbers.setdefault(same(label), set()).add(found[0].strip("(). ") if found else "")
    return any(len(found) > 1 for found in numbers.values())


_COUNT_BEHIND = re.compile(
    r",?\s+n\s*=\s*\d{1,4}$|\s*[(\[]\s*(?:n\s*=\s*\d{1,4}\b[^()\[\]]*|\d{1,3})\s*[)\]]$",
    re.IGNORECASE,
)


_PAGE_BEHIND = re.compile(
    r",?\s*[(\[]\s*(?:pp?\b|pgs?\b|pages?\b|s\.|seiten?\b|pág(?:ina)?s?\b)\.?\s*"
    r"[a-z]?\d+(?:\s*(?:[-–,;&]|and)\s*[a-z]?\d+)*f{0,2}\.?\s*[)\]]$",
    re.IGNORECASE,
)


def typed_counts(items: Iterable[str]) -> dict[str, str]:
    """Labels that end in how often or where they were found, each with the label alone.

    A number without *n =* is such a count where the label stands without one as well.

    >>> typed_counts(["Cost (n=2)", "Cost [3]", "Cost (pp. 4–6)", "Phase (1)", "Phase (2)"])
    {'Cost (n=2)': 'Cost', 'Cost [3]': 'Cost', 'Cost (pp. 4–6)': 'Cost'}
    """
    labels = {
        item: _COUNT_BEHIND.sub("", _PAGE_BEHIND.sub("", item)) for item in dict.fromkeys(items)
    }
    sure = {
        same(label)
        for item, label in labels.items()
        if item == label or "=" in item or _PAGE_BEHIND.search(item)
    }
    return {i: label for i, label in labels.items() if label and i != label and same(label) in sure}


def separators_of(cells: Iterable[str], sign: str = ",") -> tuple[str, list[str]]:
    r"""The signs that separate values in a column, and cells with a comma that were left whole.

    A semicolon and a line break always do. A comma does where what stands between commas also
    stands alone or in other lists: a label such as ``Pay, hours and rest`` stays a label.

    >>> separators_of(["tools, education", "tools, organization, education", "tools"])
    (';\n,', [])
    >>> separators_of(["Pay, hours and rest", "Pay, hours and rest", "Shifts"])
    (';\n', [])
    >>> separators_of(["Pay | Rest", "Pay", "Rest|Shifts"], "|")
    (';\n|', [])
    """
    listed = Counter(same(part) for cell in cells for part in pieces(cell, ";\n"))
    spelled = {word: word for word in listed}
    lists = {word: [p for p in map(same, pieces(word, sign)) if p] for word in spelled}
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
        return f";\n{sign}", []
    return ";\n", [word for word, count in backed.items() if count]
