"""What an author asks of ``synth new``, and how an author is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Say = Callable[[str], None]
"""Say something to whoever waits."""
Ask = Callable[[str, Sequence[str]], int]
"""Ask a question with answers to choose from; gives the number of the answer."""


class Pace:
    """Says every two seconds how far something is, and nothing where it is fast.

    Parameters
    ----------
    say : where it is said; ``None`` for nowhere.
    """

    def __init__(self, say: Say | None) -> None:
        self._say = say
        self._told = time.monotonic()

    def __call__(self, what: str, done: int, whole: int) -> None:
        """Say how far it is, if two seconds went by.

        Parameters
        ----------
        what : what is done.
        done, whole : how many rows are done, and how many there are.
        """
        if self._say is None or not done or done % 256:
            return
        now = time.monotonic()
        if now - self._told > 2:
            self._told = now
            self._say(f"  {what} … {done:,} of {whole:,} rows")


@dataclass(frozen=True, slots=True)
class Request:
    """What an author asks for.

    Parameters
    ----------
    folder : where the review is, or shall be.
    tables : the author's tables, of any kind of file.
    bib, codebook : the author's references and codebook; ``None`` for those that are not given.
    columns : which column of a table is what, as in ``"study=Paper,theme=Code"``.
    path : the sign between the ranks of a code; ``""`` for none, ``None`` if the codes tell.
    separators : the signs between several values of a cell, by column.
    title, question, citation : words for the book; drafted if empty.
    ranks : names of the codebook's ranks, from the widest; drafted if empty.
    """

    folder: Path
    tables: tuple[Path, ...] = ()
    bib: Path | None = None
    codebook: Path | None = None
    columns: tuple[str, ...] = ()
    path: str | None = None
    separators: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    question: str = ""
    citation: str = ""
    ranks: tuple[str, ...] = ()

    @property
    def for_a_table(self) -> tuple[str, ...]:
        """The options that were given and that say something of a table, or of a review from one.

        >>> Request(Path("a"), path="", title="A").for_a_table
        ('--path', '--title')
        """
        names = ("bib", "codebook", "columns", "path", "separators")
        words = ("title", "question", "citation", "ranks")
        given = [name for name in names if getattr(self, name) not in (None, (), {})]
        return tuple(
            f"--{name}" for name in (*given, *(one for one in words if getattr(self, one)))
        )
