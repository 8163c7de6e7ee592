"""Problems a review team can mend: where, what, and how.

What can be wrong stands in one catalogue, ``errors.toml`` beside this module: a code for each kind
of problem, with its title, what is said and how to mend it. Code that finds a problem names the
code, the place and the values; nothing looks into the words.
"""

from __future__ import annotations

import difflib
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MOST_TOLD = 5
"""How many values of one column or page are told one by one before they become one problem."""

_MOST_LINES = 12
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """An entry of the catalogue: one kind of problem.

    Parameters
    ----------
    code : its name, which never changes its meaning.
    group : the part of the catalogue it stands in.
    title : what it is, in a few words.
    message : what is said; values in braces are filled in.
    remedy : how to mend it; may be empty.
    severity : ``"error"`` fails a check, ``"warning"`` is only told, ``"note"`` says what could not
        be checked and is no problem.
    many : said instead where one column or page has the problem with many values; may be empty.
    fmt : whether ``synth fmt`` mends it.
    optional : an error that a book can be drawn with; only such errors can be ignored.
    """

    code: str
    group: str
    title: str
    message: str
    remedy: str
    severity: str = "error"
    many: str = ""
    fmt: bool = False
    optional: bool = False

    @property
    def ignorable(self) -> bool:
        """Whether ``review.toml`` can say that it is not to be reported."""
        return self.optional or self.severity != "error"


@cache
def groups() -> Mapping[str, str]:
    """The parts of the catalogue and their titles, in order."""
    return {name: part["title"] for name, part in _written().items()}


@cache
def catalogue() -> Mapping[str, Kind]:
    """Every kind of problem by its code, in the order of the catalogue.

    >>> catalogue()["theme-unknown"].title
    'A theme is not in the codebook'
    """
    return {
        code: Kind(code, group, **entry)
        for group, part in _written().items()
        for code, entry in part.items()
        if isinstance(entry, dict)
    }


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("errors.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True, init=False)
class Problem:
    """One thing that is wrong in a review's files, said so that its author can mend it.

    Parameters
    ----------
    code : its kind, a code of the catalogue.
    file : path of the file, relative to the review's root, with forward slashes.
    line : line of the file, counted from 1; 0 when the file as a whole is meant.
    where : the column, field or box concerned; may be empty.
    fields : the values that the catalogue's sentences for this code name in braces.

    >>> print(Problem("cohort-alone", "data/studies.csv", 4, "cohort", value="x", near=""))
    data/studies.csv:4: warning: cohort: [cohort-alone] No other study has the cohort 'x'.
      A cohort names participants that several studies share.
    """

    code: str
    file: str
    line: int
    where: str
    fields: tuple[tuple[str, object], ...]
    also: tuple[int, ...]
    others: tuple[Problem, ...]

    def __init__(
        self, code: str, file: str, line: int = 0, where: str = "", /, **fields: object
    ) -> None:
        self._set(code, file, line, where, tuple(fields.items()))

    def _set(
        self,
        code: str,
        file: str,
        line: int,
        where: str,
        fields: tuple[tuple[str, object], ...],
        also: tuple[int, ...] = (),
        others: tuple[Problem, ...] = (),
    ) -> Problem:
        values = (code, file, line, where, fields, also, others)
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)
        return self

    @property
    def kind(self) -> Kind:
        """Its entry in the catalogue."""
        return catalogue()[self.code]

    @property
    def severity(self) -> str:
        """``"error"``, ``"warning"`` or ``"note"``."""
        return self.kind.severity

    @property
    def message(self) -> str:
        """What is wrong, in a sentence or two."""
        if self.others:
            listed = [f"{_quoted(one._value)} ({_lines(one)})" for one in self.others]
            rest = len(listed) - _MOST_LISTED
            shown = ", ".join(listed[:_MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")
            fields = {**dict(self.fields), "n": len(listed), "listed": shown}
            return _filled(self.kind.many, fields)
        message = _filled(self.kind.message, dict(self.fields))
        return f"{message} Also on {_line_list(self.also)}." if self.also else message

    @property
    def remedy(self) -> str:
        """How to mend it; may be empty."""
        fields = dict(self.fields)
        if self.others:
            # What was probably meant is different for each of the values.
            fields["near"] = ""
        return _filled(self.kind.remedy, fields)

    @property
    def place(self) -> tuple[str, int, str, str, str]:
        """What problems are sorted by: file, line, column, message."""
        return (self.file, self.line, self.where, self.code, self.message)

    @property
    def _value(self) -> object:
        return dict(self.fields).get("value", self.where)

    def at(self, file: str, line: int | None = None) -> Problem:
        """The same problem in another file, or on another line of it."""
        line = self.line if line is None else line
        return Problem.__new__(Problem)._set(
            self.code, file, line, self.where, self.fields, self.also, self.others
        )

    def told_with(self, lines: Iterable[int], others: Iterable[Problem] = ()) -> Problem:
        """The same problem, told for further lines or values as well."""
        return Problem.__new__(Problem)._set(
            self.code,
            self.file,
            self.line,
            self.where,
            self.fields,
            tuple(lines),
            tuple(others),
        )

    def as_dict(self) -> dict[str, object]:
        """What programs get of it."""
        lines = {self.line, *self.also, *(line for one in self.others for line in one.lines)}
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "lines": sorted(lines - {0}),
            "where": self.where,
            "message": self.message,
            "remedy": self.remedy,
        }

    @property
    def lines(self) -> tuple[int, ...]:
        """Every line it concerns."""
        return (self.line, *self.also)

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}:" if self.line else f"{self.file}:"]
        if self.severity != "error":
            parts.append(f"{self.severity}:")
        if self.where:
            parts.append(f"{self.where}:")
        text = " ".join([*parts, f"[{self.code}]", self.message])
        return f"{text}\n  {self.remedy}" if self.remedy else text


class _Sentences(string.Formatter):
    """Fills in values; ``!q`` quotes one, shortened where it is long."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return _quoted(value) if conversion == "q" else super().convert_field(value, conversion)


_SENTENCES = _Sentences()


def _filled(template: str, fields: Mapping[str, object]) -> str:
    return _SENTENCES.vformat(template, (), fields).strip()


def _quoted(value: object, length: int = 60) -> str:
    text = str(value)
    return repr(text if len(text) <= length else text[: length - 1] + "…")


def _lines(problem: Problem) -> str:
    return _line_list(problem.lines)


def _line_list(lines: Sequence[int]) -> str:
    """Lines as a sentence names them.

    >>> _line_list([3]), _line_list([3, 4, 9])
    ('line 3', 'lines 3, 4 and 9')
    """
    if len(lines) == 1:
        return f"line {lines[0]}"
    shown = [str(line) for line in lines[:_MOST_LINES]]
    rest = len(lines) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"lines {', '.join(shown)} and {last}"


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Problems sorted by file and line, each cause told once.

    What is wrong in the same way on several lines is told at the first of them, with the others
    named; where one column or page has a problem with many values, these are told together.

    >>> row = ("row-empty", "data/studies.csv")
    >>> [problem.message for problem in told_once([Problem(*row, 9), Problem(*row, 4)])]
    ['The row is empty. Also on line 9.']
    """
    same: dict[tuple[object, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda problem: problem.line):
        key = (problem.code, problem.file, problem.where, problem.fields, problem.others)
        same.setdefault(key, []).append(problem)
    alike: dict[tuple[object, ...], list[Problem]] = {}
    told: list[Problem] = []
    for first, *others in same.values():
        lines = dict.fromkeys(line for one in (first, *others) for line in one.lines)
        whole = first.told_with(list(lines)[1:], first.others) if len(lines) > 1 else first
        if first.kind.many and not first.others:
            alike.setdefault((first.code, first.file, first.where), []).append(whole)
        else:
            told.append(whole)
    for together in alike.values():
        if len(together) > MOST_TOLD:
            told.append(together[0].told_with((), together))
        else:
            told += together
    return sorted(told, key=lambda problem: problem.place)


def sifted(
    problems: Iterable[Problem], ignored: Mapping[str, str]
) -> tuple[list[Problem], list[Problem]]:
    """Problems that are to be reported, and those that a review says to ignore.

    Parameters
    ----------
    problems : every problem that was found.
    ignored : codes with the team's reasons, as in ``review.toml``.
    """
    kept: list[Problem] = []
    left_out: list[Problem] = []
    for problem in told_once(problems):
        silent = problem.code in ignored and problem.kind.ignorable
        (left_out if silent else kept).append(problem)
    return kept, left_out


class ReviewError(Exception):
    """A review that cannot be loaded, with everything that is wrong at once.

    Parameters
    ----------
    problems : the problems, in any order; they are told sorted by file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(told_once(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownName(LookupError):
    """An id, column or filter that the review does not have; the message names the nearest one."""

    def __init__(self, what: str, name: object, known: Iterable[str], where: str = "") -> None:
        self.what = what
        self.name = name
        hint = did_you_mean(str(name), known)
        listed = f" {where}" if where else ""
        super().__init__(f"There is no {what} {name!r}.{' ' + hint if hint else ''}{listed}")

    def __str__(self) -> str:  # LookupError would show the repr of a single argument's tuple
        return str(self.args[0])


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing.

    >>> nearest("leadreship", ["leadership", "culture"])
    'leadership'
    """
    near = difflib.get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return near[0] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant, or say nothing.

    >>> did_you_mean("leadreship", ["leadership", "culture"])
    "Did you mean 'leadership'?"
    >>> did_you_mean("xyz", ["leadership"])
    ''
    """
    near = nearest(word, known)
    return f"Did you mean {near!r}?" if near else ""
