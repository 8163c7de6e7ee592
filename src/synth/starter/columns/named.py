"""What a team says of its columns on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from synth.errors import Problem, did_you_mean
from synth.starter.recipe import USES

_LONGER = {"code": "theme", "text": "summary"}


def parts_of(named: Iterable[str]) -> list[str]:
    """What is said of one use after another.

    >>> parts_of(["study=Paper, first,theme=Code"])
    ['study=Paper, first', 'theme=Code']
    """
    # A comma also stands in headings: only one before "word=" separates.
    return [part for text in named for part in re.split(r",(?=\s*[\w-]+=)", text)]


def given(
    header: Sequence[str], named: Iterable[str], file: str
) -> tuple[dict[str, str], list[Problem]]:
    """What the command line says of the columns, and what is wrong with it.

    >>> given(["Paper", "Domain", "Topic"], ["study=Paper,theme=Domain>Topic"], "t.csv")[0]
    {'Paper': 'study', 'Domain': 'rank 1', 'Topic': 'rank 2'}
    """
    problems: list[Problem] = []
    uses: dict[str, str] = {}
    known = ", ".join(use for use in USES if use != "rank 1")
    for part in parts_of(named):
        use, equals, columns = part.partition("=")
        use = _LONGER.get(use.strip(), use.strip())
        if not equals or use not in USES:
            shown = {"value": part.strip(), "near": did_you_mean(use, USES), "names": known}
            problems.append(Problem("columns-malformed", file, **shown))
            continue
        whole = columns.strip()
        sign = ">" if use == "theme" and whole not in header and ">" in whole else "|"
        names = [whole] if whole in header else [name.strip() for name in whole.split(sign)]
        if use == "leave-out" and len(names) == 1 and whole not in header:
            names = [name.strip() for name in whole.split(">")]
        for rank, name in enumerate(names, start=1):
            if name in header:
                uses[name] = f"rank {rank}" if sign == ">" and len(names) > 1 else use
                continue
            listed = ", ".join(repr(column) for column in header)
            shown = {"value": name, "near": did_you_mean(name, header), "listed": listed}
            problems.append(Problem("columns-unknown", file, 1, **shown))
    return uses, problems
