"""A program's tree of codes as tables: its codebook, and the columns that name a code."""

from __future__ import annotations

from collections.abc import Sequence

from synth.starter.sheet import Row, Sheet
from synth.text import counted, slug, unique

Code = tuple[str, str, str, str]
"""A code as its program knows it: its id, the id above it, its label and its definition."""


def codebook(codes: Sequence[Code], file: str, name: str, program: str) -> Sheet:
    """A tree of codes as a table: each code with its id, the id above it, its label and definition.

    Parameters
    ----------
    codes : id, id above, label and definition of each code, parents first.
    file : the file they come from.
    name : name of the part of the file.
    program : the program that wrote it.
    """
    header = ("id", "parent", "label", "definition")
    # Programs call codes by numbers or by ids of 32 signs: pages are named for what codes mean.
    names = {"": ""}
    taken: set[str] = set()
    rows = []
    for number, (code, above, label, definition) in enumerate(codes, start=1):
        node = unique(slug(label, "code"), taken)
        taken.add(node)
        names[code] = node
        cells = (node, names.get(above, ""), label, definition)
        rows.append(Row(number, dict(zip(header, cells, strict=True))))
    return Sheet(
        file,
        header,
        tuple(rows),
        (f"A codebook of {counted(len(codes), 'code')}. Rows are numbered by code.",),
        name=name,
        roles={column: column for column in header},
        program=program,
        holds="codebook",
    )


def rank_roles(ranks: Sequence[str]) -> dict[str, str]:
    """What columns are that name a code rank by rank, the widest first."""
    if len(ranks) == 1:
        return {ranks[0]: "theme"}
    return {name: f"rank {number}" for number, name in enumerate(ranks, start=1)}
