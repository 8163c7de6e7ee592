"""What an import understood, what a team has to decide, and what was left out, with the places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synth.errors import Problem
from synth.references.matching import Match
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import plural

REPORT_FILE = "data/import-report.md"
# So many places of one cause are named; the rest is counted.
_NAMED = 3


def number(count: int, noun: str) -> str:
    """A count with its noun.

    >>> number(1, "row"), number(1200, "study")
    ('1 row', '1,200 studies')
    """
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def listed(shown: Sequence[str], most: int = 6) -> str:
    """The first of several, and how many more there are.

    >>> listed(["Pay", "Hours", "Rest"], most=2)
    'Pay, Hours and 1 more'
    """
    more = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {more} more" if more > 0 else "")


def place(sheet: Sheet, line: int, column: str = "") -> str:
    """A place in the author's own file.

    >>> place(Sheet("maps.xlsx", name="Coding"), 5, "Pay")
    "maps.xlsx[Coding]:5: 'Pay'"
    """
    return f"{source(sheet)}:{line}" + (f": {column!r}" if column else "")


def source(sheet: Sheet) -> str:
    """A table as it is called: the file without its folder, which is nobody's business.

    >>> source(Sheet("/data/maps.xlsx", name="Coding"))
    'maps.xlsx[Coding]'
    """
    return replace(sheet, file=Path(sheet.file).name).source


@dataclass
class Cause:
    """One thing the team should know, with the places it concerns.

    Parameters
    ----------
    text : what was done, and why.
    hint : how to have it otherwise.
    noun : what is counted.
    places : where, the first ones.
    count : how many.
    """

    text: str
    hint: str = ""
    noun: str = "row"
    places: list[str] = field(default_factory=list)
    count: int = 0

    def __str__(self) -> str:
        said = self.text
        if self.count:
            shown = ", ".join(self.places[:_NAMED])
            more = self.count - min(self.count, _NAMED)
            first = f"first {shown}" if self.count > 1 else shown
            said += f" ({number(self.count, self.noun)}: {first}{', …' if more else ''})"
        return f"{said} {self.hint}".rstrip()


@dataclass
class Report:
    """Everything a team is told about an import, in the order it reads it.

    Parameters
    ----------
    understood : a few lines to check at a glance.
    examples : headings and some rows as they will stand.
    decide : what was decided for the team, by cause.
    left : what was left out and why, by cause.
    missing : what nobody has written yet.
    changes : what a new reading of the files changes in the review.
    problems : what stops the import.
    columns : what each column is.
    unclear : studies that several works may be, or cells of them at odds: index, and the match.
    unknown : studies that are no work of the references, and may be a slip: index, and the work.
    """

    understood: list[str] = field(default_factory=list)
    examples: list[tuple[str, ...]] = field(default_factory=list)
    decide: dict[str, Cause] = field(default_factory=dict)
    left: dict[str, Cause] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    unclear: list[tuple[int, Match]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)

    def decided(self, text: str, where: str = "", hint: str = "", noun: str = "row") -> None:
        """Tell something that was decided, once for all its places."""
        self._add(self.decide, text, where, hint, noun)

    def left_out(self, text: str, where: str = "", hint: str = "", noun: str = "row") -> None:
        """Tell something that was left out, once for all its places."""
        self._add(self.left, text, where, hint, noun)

    def take_over(self, other: Report) -> None:
        """Tell what another report tells too, but for causes that this one has already."""
        self.problems += other.problems
        for told, more in ((self.decide, other.decide), (self.left, other.left)):
            told.update({text: cause for text, cause in more.items() if text not in told})

    def taken_back(self, text: str, where: str) -> None:
        """Tell something that was decided of one place less."""
        cause = self.decide[text]
        cause.count -= 1
        cause.places = [place for place in cause.places if place != where]
        if not cause.count:
            del self.decide[text]

    @staticmethod
    def _add(told: dict[str, Cause], text: str, where: str, hint: str, noun: str) -> None:
        cause = told.setdefault(text, Cause(text, hint, noun))
        if where:
            cause.count += 1
            if len(cause.places) < _NAMED:
                cause.places.append(where)

    def lines(self) -> list[str]:
        """The report for a terminal."""
        return [line for title, lines in self._parts() for line in (f"{title}:", *lines)]

    def _parts(self) -> list[tuple[str, list[str]]]:
        parts = [("Understood", [f"  {line}" for line in self.understood])]
        if self.examples:
            parts.append(("As they will stand", [f"  {' | '.join(row)}" for row in self.examples]))
        if self.columns:
            parts.append(("Columns", [f"  {line}" for line in self.columns]))
        if self.changes:
            parts.append(("Changed since the last import", [f"  - {c}" for c in self.changes]))
        for title, causes in (
            ("Decided for you; change it if it is wrong", self.decide),
            ("Left out", self.left),
        ):
            if causes:
                parts.append((title, [f"  - {cause}" for cause in causes.values()]))
        if self.missing:
            parts.append(("Missing", [f"  - {line}" for line in self.missing]))
        return parts

    def markdown(self) -> str:
        """The report as the page that stays with the data."""
        text = (
            "# What was read from your files\n\n"
            "Written by `synth new` and `synth import`; each run writes it anew. How the files are "
            "read stands in `data/import.toml`.\n"
        )
        text += _heading("Understood") + "".join(f"- {_safe(line)}\n" for line in self.understood)
        if self.examples:
            head, *rows = self.examples
            text += "\nThe first rows as they stand:\n\n" + _row(head)
            text += _row(["---"] * len(head)) + "".join(map(_row, rows))
        text += _heading("Columns") + "".join(f"- {_safe(line)}\n" for line in self.columns)
        if self.changes:
            text += _heading("Changed since the last import")
            text += "".join(f"- {_safe(line)}\n" for line in self.changes)
        for title, causes in (
            ("Decided for you", self.decide),
            ("Left out, and why", self.left),
        ):
            text += _heading(title)
            text += "".join(f"- {_safe(str(cause))}\n" for cause in causes.values()) or "Nothing.\n"
        if self.missing:
            text += _heading("Still to be written")
            text += "".join(f"- {_safe(line)}\n" for line in self.missing)
        return text


def _heading(title: str) -> str:
    return f"\n## {title}\n\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_safe(cell).replace("|", "\\|") for cell in cells) + " |\n"


def _safe(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")
