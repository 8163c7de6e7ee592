"""Problems a review team can mend: where, what, and how."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a review's files, said so that its author can mend it.

    Parameters
    ----------
    file : path of the file, relative to the review's root, with forward slashes.
    line : line of the file, counted from 1; 0 when the file as a whole is meant.
    where : the column, field or box concerned; may be empty.
    message : what is wrong, one sentence.
    hint : how to mend it; may be empty.
    severity : ``"error"`` fails a check, ``"warning"`` is only told, ``"note"`` says what could not
        be checked and is no problem.

    >>> print(Problem("data/studies.csv", 4, "role", "'evidnce' is no role.", "Use 'evidence'."))
    data/studies.csv:4: role: 'evidnce' is no role.
      Use 'evidence'.
    """

    file: str
    line: int
    where: str
    message: str
    hint: str = ""
    severity: str = "error"

    @property
    def place(self) -> tuple[str, int, str, str]:
        """What problems are sorted by: file, line, column, message."""
        return (self.file, self.line, self.where, self.message)

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}:" if self.line else f"{self.file}:"]
        if self.severity != "error":
            parts.append(f"{self.severity}:")
        if self.where:
            parts.append(f"{self.where}:")
        text = " ".join([*parts, self.message])
        return f"{text}\n  {self.hint}" if self.hint else text


class ReviewError(Exception):
    """The review cannot be read; carries every problem found, not only the first.

    Parameters
    ----------
    problems : the problems, in any order; they are told sorted by file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownName(LookupError):
    """An id, column or filter that the review does not have; the message names the nearest one."""

    def __init__(self, what: str, name: object, known: Iterable[str], where: str = "") -> None:
        self.name = name
        hint = did_you_mean(str(name), known)
        listed = f" {where}" if where else ""
        super().__init__(f"There is no {what} {name!r}.{' ' + hint if hint else ''}{listed}")

    def __str__(self) -> str:  # LookupError would show the repr of a single argument's tuple
        return str(self.args[0])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or nothing.

    >>> did_you_mean("leadreship", ["leadership", "culture"])
    "Did you mean 'leadership'?"
    >>> did_you_mean("xyz", ["leadership"])
    ''
    """
    near = difflib.get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""
