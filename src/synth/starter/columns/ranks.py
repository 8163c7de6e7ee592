"""Columns that are called codes: one, several side by side, rank by rank, or one of each person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from synth.starter.columns.headings import fits, folded_headings
from synth.starter.columns.table import Columns
from synth.starter.columns.ticks import tick_style
from synth.starter.marks import directions_in
from synth.starter.spreadsheet import folded
from synth.starter.values import is_consensus, is_person, same, series_of_ranks


def find_agreed(columns: Columns, use: str) -> None:
    """Of columns that each hold what one person coded, those of the consensus count.

    Parameters
    ----------
    columns : the columns.
    use : what they hold: codes, or directions.
    """
    words = sorted({*folded_headings()[use]}, key=len, reverse=True)
    people: list[str] = []
    agreed: list[str] = []
    alone: list[str] = []
    initials: list[str] = []
    beside: dict[str, str] = {}
    for name in columns.free:
        said = folded(name)
        cuts = (re.search(rf"\b{re.escape(word)}\b", said) for word in words if word in said)
        cut = next(filter(None, cuts), None)
        around = (said[: cut.start()].strip(), said[cut.end() :].strip()) if cut else ()
        rest = " ".join(around).strip()
        if is_person(rest):
            people.append(name)
        elif rest and is_consensus(rest):
            agreed.append(name)
        elif is_person(said) and columns.comes_again(name):
            alone.append(name)
        elif re.fullmatch("[a-z]{2,3}", rest) and re.search(rf"\b{rest.upper()}\b", name):
            initials.append(name)
        if cut and rest:
            beside[name] = cut[0]
    # "Coder 1" holds codes as well where it says what the agreed column says.
    by_one = [*people, *alone]
    final = [n for n in columns.free if by_one and not agreed and is_consensus(folded(n))]
    agreed += [name for name in final if _alike(columns, name, by_one[0])]
    told = {same(cell) for name in (*agreed, *alone[:1]) for cell in columns.held[name]}
    people += [n for n in alone if {same(cell) for cell in columns.held[n]} & told]
    # "Theme (AB)" and "Theme Anna" are of people where they say row by row what another one says.
    like = agreed[:1] or initials[:1]
    word = beside.get(agreed[0]) if agreed else None
    named = [name for name, called in beside.items() if called == word] or initials
    tracks = [
        n for n in named if like and n not in (*people, *agreed) and _alike(columns, n, like[0])
    ]
    people += tracks if agreed or len(tracks) > 1 else []
    if not people or len(people) + len(agreed) < 2:
        return
    counts, *others = [*agreed, *people]
    columns.uses[counts] = use
    kept = columns.keep_coders([{counts: other} for other in others], agreed=bool(agreed))
    columns.tell(
        f"{counts!r} counts among the columns that code the same; {kept}.",
        hint=f'--columns "{use}={others[0]}"',
    )


def _alike(columns: Columns, one: str, two: str) -> bool:
    """Whether two columns say the same in half of the rows that both speak of, or more."""
    both = [
        (same(ours), same(theirs))
        for ours, theirs in zip(columns.cells[one], columns.cells[two], strict=True)
        if ours and theirs
    ]
    return bool(both) and sum(ours == theirs for ours, theirs in both) * 2 >= len(both)


def find_ranks(columns: Columns, named: Mapping[str, Sequence[str]]) -> bool:
    """Columns that hold the codes rank by rank, if there are such."""
    best = _ranks_by_heading(columns, named)
    if len(best) < 2:
        return False
    ranks = {name: f"rank {rank}" for rank, name in enumerate(best, start=1)}
    if _nested(columns, best):
        columns.uses.update(ranks)
        return True
    columns.use(best, "dimensions")
    shown = " and ".join(map(repr, best))
    columns.tell(
        f"{shown} are read side by side, each with codes of its own: the same value of the "
        "one stands beside several of the other.",
        f"Are {shown} ranks of one codebook, or independent of each other?",
        (
            ("independent of each other", dict.fromkeys(best, "dimensions")),
            ("ranks of one codebook", ranks),
        ),
        hint=f'--columns "theme={">".join(best)}"',
    )
    return True


def _ranks_by_heading(columns: Columns, named: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The columns whose headings are a series of ranks."""
    # "Sub-theme" is called so as well as "Subtheme".
    joined = {re.sub(r"^sub ", "sub", word): names for word, names in reversed([*named.items()])}
    # "CFIR domain" and "CFIR construct" are the ranks of one framework.
    firsts = Counter(word.partition(" ")[0] for word in named if " " in word)
    shared = {
        word.partition(" ")[2]: names
        for word, names in named.items()
        if firsts[word.partition(" ")[0]] > 1
    }
    named = {**shared, **joined, **named}
    sided = [name for name in columns.free if directions_in(name)]
    ticked = [name for name in sided if tick_style(name, columns.held[name])]
    # "Barrier" beside "Category" is the narrower rank, and beside "Facilitator" one of two sides.
    named = {
        word: names
        for word, names in named.items()
        if names[0] not in sided or (len(sided) == 1 and not ticked)
    }
    found = [[named[word][0] for word in series if word in named] for series in series_of_ranks()]
    best = max(found, key=len)
    for heading, names in named.items() if len(best) < 2 else ():
        below = [f"sub{heading}", f"sub {heading}", f"sub{heading}s", f"sub {heading}s"]
        if narrow := next((named[word] for word in below if word in named), None):
            best = [names[0], narrow[0]]
    if len(best) >= 2:
        return best
    # Below a group such as "Theme" its columns are ranks, whatever they are called.
    groups: dict[str, list[str]] = {}
    free = {*columns.free}
    for name, heads in columns.sheet.heads.items():
        inside = len(heads) > 1 and folded(heads[0]) in folded_headings()["theme"]
        if inside and name in free and not tick_style(name, columns.held[name]):
            groups.setdefault(heads[0], []).append(name)
    return max(groups.values(), key=len, default=())


def _nested(columns: Columns, names: Sequence[str]) -> bool:
    """Whether each narrower value stands below one wider value, but for a few slips."""
    for wide, narrow in pairwise(names):
        above: dict[str, set[str]] = {}
        for one, two in zip(columns.cells[wide], columns.cells[narrow], strict=True):
            if one and two:
                above.setdefault(same(two), set()).add(same(one))
        several = sum(len(found) > 1 for found in above.values())
        if several * 3 > len(above) and several > 1:
            return False
    return True


def find_numbered(columns: Columns) -> bool:
    """Several columns that each name codes, such as "Code 1" and "Code 2"."""
    themes, texts = folded_headings()["theme"], folded_headings()["summary"]
    codes: dict[str, list[str]] = {}
    sides: list[str] = []
    beside: dict[str, list[str]] = {}
    for name in columns.free:
        stem = re.sub(r" ?\d{1,2}$", "", folded(name))
        if stem in themes:
            if fits(columns, name, "theme"):
                codes.setdefault(stem, []).append(name)
        elif stem in texts:
            beside.setdefault(stem, []).append(name)
        elif stem in folded_headings()["direction"] and fits(columns, name, "direction"):
            sides.append(name)
    best = max(codes.values(), key=len, default=[])
    if len(best) < 2:
        return False
    columns.use(best, "theme")
    if len(sides) == len(best):
        columns.use(sides, "direction")
    if not columns.has("summary"):
        # "Code 1", "Quote 1", "Code 2", "Quote 2": each code has its own text beside it.
        columns.use(next((n for n in beside.values() if len(n) == len(best)), ()), "summary")
    return True
