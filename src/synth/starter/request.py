"""What an author asks of ``synth new``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """What an author asks for.

    Parameters
    ----------
    folder : where the review is, or shall be.
    table, bib, codebook : the author's files; ``None`` for those that are not given.
    columns : which column of the table holds what, as in ``"study=Paper,theme=Code"``.
    title, question, citation : words for the book; drafted if empty.
    ranks : names of the codebook's ranks, separated by commas; drafted if empty.
    """

    folder: Path
    table: Path | None = None
    bib: Path | None = None
    codebook: Path | None = None
    columns: tuple[str, ...] = ()
    title: str = ""
    question: str = ""
    citation: str = ""
    ranks: str = ""
