"""Columns whose headings are codes, and whose cells say by a tick or a mark that one applies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from synth.starter.columns.headings import REMARKS, folded_headings, plain
from synth.starter.columns.table import Columns, quoted
from synth.starter.countries import country
from synth.starter.marks import families_of_marks, is_unrated, ratings
from synth.starter.report import number
from synth.starter.spreadsheet import folded
from synth.starter.turned import DESIGN
from synth.starter.values import (
    count_in,
    is_blank_tick,
    is_partly,
    is_sum,
    is_tick,
    is_total,
    same,
    ticked_text,
    unknown,
)

APPRAISED = re.compile(
    r"\b(?:overall|study|methodological|evidence|reporting) quality\b|\bquality (?:score|rating|"
    r"appraisal|assessment|grade)\b|\brisk of bias\b|\bcritical appraisal\b|\b(?:casp|mmat|jbi)\b|"
    r"\b(?:selection|attrition|performance|detection|reporting) bias\b"
)
_COUNTED = (
    *("n", "age", "score", "year", "sample size", "total", "duration"),
    *("cites", "cited by", "citations", "times cited", "citation count", "number of citations"),
)


def tick_style(name: str, held: Sequence[str], others: int = 5) -> str:
    """Whether cells of a column are ticks: ``"marks"``, ``"words"`` (yes and no), or neither.

    Parameters
    ----------
    name : its heading.
    held : its cells.
    others : one text among so many cells is taken for what is to be said about the tick.

    >>> tick_style("Pay", ["x", "x"]), tick_style("Pay", ["yes", "no"]), tick_style("Pay", ["low"])
    ('marks', 'words', '')
    """
    ticks = [c for c in held if is_tick(c, name) or ticked_text(c) or is_partly(c)]
    other = [c for c in held if c not in ticks and not is_blank_tick(c)]
    if not ticks or len(other) * others > len(held):
        return ""
    if any(re.fullmatch(r"\d+(\.\d+)?", cell) for cell in other):
        return ""
    # An "s" beside an "a" stands for an answer, though it is a yes in another language.
    if {same(c) for c in ticks} <= {*"ojstv"} and any(len(c) == 1 and c.isalpha() for c in other):
        return ""
    # "Yes (weekly)" is a word as "Yes" is.
    word = re.compile(r"[^\W\d_]{2,}(?:\s*[(:,;–-].*)?", re.DOTALL)
    words = sum(bool(word.fullmatch(c)) for c in ticks if same(c) != same(name))
    lower = {same(cell) for cell in held}
    return "words" if words * 2 > len(ticks) and "true" not in lower else "marks"


def find_ticked(columns: Columns) -> list[str]:
    """The columns of ticks, or of counts, whose headings are codes."""
    free = [n for n in columns.free if not (_is_sum_of_row(columns, n) or is_remark(n))]
    styles = {name: style for name in free if (style := tick_style(name, columns.held[name]))}
    counts = [name for name in free if _is_count(columns, name)]
    if len(counts) > max(1, len(styles)) and {*styles} <= {*counts}:
        # Ticks and noughts alone are ticks; with a 3 among them all of them are counts.
        columns.tell(
            f"{quoted(counts)} count how often each code was given: a number above 0 "
            "is one finding, and the number is not kept.",
            hint='--columns "keep=COLUMN" keeps the numbers',
        )
        return counts
    if not styles:
        return []
    header = [*columns.sheet.header]
    # Among columns of ticks, one where half the cells say more than a tick is one too.
    if len(styles) > 1:
        at = [header.index(name) for name in styles]
        for name in header[min(at) : max(at) + 2]:
            if name not in styles and name in free:
                style = tick_style(name, columns.held[name], 2)
                styles.update({name: style} if style else {})
    # What is asked of a study, such as its quality or its country, is no code beside others.
    asked = [name for name in styles if _is_of_study(name)]
    called = [name for name in styles if _is_called_code(name)]
    if len(called) > 1:
        asked = [name for name in styles if name not in called]
    if asked and len(asked) < len(styles):
        columns.use(asked, "filter")
        columns.tell(
            f"{quoted(asked)}: by the heading known of the study, so a filter and no code."
            if len(called) < 2
            else f"{quoted(called)} are called codes; the other columns of ticks, {quoted(asked)}, "
            "are filters.",
            hint='--columns "codes=A|B" names the codes',
        )
        styles = {name: style for name, style in styles.items() if name not in asked}
    chosen = [*styles]
    marked = [name for name, style in styles.items() if style == "marks"]
    if len(marked) >= 2:
        chosen = marked
        columns.use((name for name in styles if name not in marked), "filter")
    alone = len(chosen) == 1 and len(free) > 1
    if alone and (len(free) > 6 or {*columns.cells[chosen[0]]} == {"1"}):
        return []  # one column among many, or the same number in every row, is no code
    # An empty column among them is a code that no study has.
    first, last = header.index(chosen[0]), header.index(chosen[-1])
    told = {word for words in folded_headings().values() for word in words}
    empty = (name for name in header if not columns.held[name] and name not in columns.uses)
    blank = {name for name in empty if folded(name) not in told}
    while last + 1 < len(header) and header[last + 1] in blank:
        last += 1
    while first and header[first - 1] in blank:
        first -= 1
    among = {*chosen, *(blank.intersection(header[first : last + 1]))}
    return [name for name in header if name in among]


def is_remark(name: str) -> bool:
    """Whether a heading ends in a word for remarks, as "Other comments" does."""
    return plain(name).rpartition(" ")[2] in REMARKS


def _is_of_study(name: str) -> bool:
    """Whether a heading asks for what is known of a study: an item of appraisal, ``country_peru``.

    >>> _is_of_study("MMAT 1.1"), _is_of_study("country_peru"), _is_of_study("Country policy")
    (True, True, False)
    >>> _is_of_study("Mixed methods"), _is_of_study("Kenya")
    (True, True)
    """
    first, *rest = re.split(r"_|: ?|\.", name, maxsplit=1)
    of_study = any(folded(first) in folded_headings()[use] for use in ("country", "design"))
    if DESIGN.fullmatch(name) or (name.isalpha() and len(name) > 3 and country(name)):
        return True
    return bool(rest and of_study) or APPRAISED.search(folded(name)) is not None


def _is_called_code(name: str) -> bool:
    """Whether a heading says before its label that it is a code: "Theme 1: Pay".

    >>> _is_called_code("Theme 1: Pay"), _is_called_code("Code - Rest"), _is_called_code("Themes")
    (True, True, False)
    """
    found = re.match(r"([^\W\d_]+) ?[\w.]{0,4}(?::| [-–—] )\s*\S", name)
    return found is not None and folded(found[1]) in folded_headings()["theme"]


def _is_sum_of_row(columns: Columns, name: str) -> bool:
    """Whether a column only says how many of the others are ticked: "Total"."""
    return is_total(name) and all(map(is_sum, columns.held[name]))


def _is_count(columns: Columns, name: str) -> bool:
    """Whether a column counts: whole numbers with a nought or a blank among them."""
    cells = columns.cells[name]
    if plain(name) in _COUNTED:
        return False
    if any("(" in cell or "/" in cell for cell in cells):
        # "3 (12%)" counts, whether or not a cell is empty.
        return all(count_in(cell) is not None or unknown(cell) for cell in columns.held[name])
    whole = all(re.fullmatch(r"\d{0,3}", cell) for cell in cells)
    return whole and any(cell in ("", "0") for cell in cells) and any(columns.held[name])


def tell_ticked(columns: Columns, ticked: Sequence[str]) -> None:
    """Say that headings above ticks are codes, and ask whether they are filters."""
    shown = quoted(ticked)
    held = (name for name in ticked if columns.held[name])
    words = all(tick_style(name, columns.held[name]) == "words" for name in held)
    what = "say yes or no" if words else "hold only ticks"
    columns.tell(
        f"{number(len(ticked), 'column')} with ticks, so each heading is a code: {shown}.",
        f"{number(len(ticked), 'column')} {what}: {shown}. What are they?",
        (
            ("each heading is a code", dict.fromkeys(ticked, "codes")),
            ("each is a filter, none is a code", dict.fromkeys(ticked, "filter")),
        ),
        hint='--columns "codes=A|B" names the codes, "filter=C" a filter',
    )


def text_columns(columns: Columns, ticked: Sequence[str]) -> list[str]:
    """Columns that hold the text of the tick beside them, or of the one they name."""
    header = columns.sheet.header
    free = [name for name in header if columns.held[name] and name not in ticked]
    free = [name for name in free if columns.uses.get(name, "summary") == "summary"]
    texts = [name for name in free if not columns.is_numbers(name)]
    beside = texts_beside(header, ticked, texts)
    return [name for name in texts if name in beside.values()]


def texts_beside(
    header: Sequence[str], codes: Sequence[str], texts: Sequence[str]
) -> dict[str, str]:
    """For columns whose headings are codes the column with the text of each.

    One column alone has to name its code: "Quote" may be of all of them.

    Parameters
    ----------
    header : all columns.
    codes : those whose headings are codes.
    texts : those that may hold what is said of one.

    >>> texts_beside(["Pay", "Quote", "Rest", "Quote (2)"], ["Pay", "Rest"], ["Quote", "Quote (2)"])
    {'Pay': 'Quote', 'Rest': 'Quote (2)'}
    >>> texts_beside(["Pay", "Rest", "Pay quote"], ["Pay", "Rest"], ["Pay quote"])
    {'Pay': 'Pay quote'}
    >>> texts_beside(["Pay", "Rest", "Quote"], ["Pay", "Rest"], ["Quote"])
    {}
    """
    words = {*folded_headings()["summary"]} - {*REMARKS}
    called = {folded(name): name for name in codes}
    found: dict[str, str] = {}
    named: dict[str, str] = {}
    for left, name in pairwise(("", *header)):
        heading = folded(name)
        if name not in texts:
            continue
        if re.sub(r" ?\d{1,2}$", "", heading) in words:
            if left in codes:
                found[left] = name
            continue
        # "Pay quote" and "Quote: pay" name the code, wherever they stand.
        ends = [(heading.removesuffix(word), heading.removeprefix(word)) for word in words]
        code = next((end.strip() for pair in ends for end in pair if end.strip() in called), "")
        named.update({called[code]: name} if code else {})
    found |= named
    return found if len(found) > 1 else named


def find_marked(columns: Columns) -> Mapping[str, str]:
    """Take columns whose cells say a direction, as ``+`` and ``B``, for codes; what marks say."""
    cells = [cell for name in columns.free for cell in columns.held[name]]
    for family in (*families_of_marks(), ratings(cells)):
        ways: dict[str, set[str]] = {}
        nearly: dict[str, str] = {}
        for name in columns.free:
            held = [same(cell) for cell in columns.held[name]]
            marks = [cell for cell in held if cell in family]
            others = [c for c in held if c not in family and not unknown(c) and not is_unrated(c)]
            if marks and not others:
                ways[name] = set(marks)
            elif len(marks) > 1 and len(marks) >= 2 * len(others):
                nearly[name] = others[0]
        found = set().union(*ways.values())
        said = {family[mark] for mark in found}
        sides = [*dict.fromkeys(family.values())][:2]
        # Where every cell is a plus or a minus, the minus says that a code is not there.
        blank = any(not cell for name in ways for cell in columns.cells[name])
        other = said - {*sides} or any(len(mark) > 1 for mark in found)
        if len(ways) < 2 or not said >= {*sides} or not (blank or other):
            continue
        meant = {mark: family[mark] for mark in family if mark in found}
        shown = ", ".join(f"{mark!r} {word}" for mark, word in meant.items())
        columns.tell(
            f"{quoted(ways)}: each heading is a code, and the mark below it says the "
            f"direction: {shown}.",
            hint="the recipe's [sheet.marks] says what a mark means",
        )
        columns.use(ways, "codes")
        for name, odd in nearly.items():
            columns.tell(
                f"{name!r} holds such marks and others, as {odd!r}, so it is no code.",
                hint=f'mend those cells, or --columns "codes={name}"',
            )
        return meant
    return {}
