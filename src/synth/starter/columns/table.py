"""The columns of a table while it is found out what each is, and what their cells are like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from synth.starter.lists import pieces, separators_of
from synth.starter.report import listed
from synth.starter.sheet import Sheet
from synth.starter.values import is_beside, same, unknown

CODES = ("theme", "codes", "dimensions")
"""Uses that can tell the code of a row, beside ranks."""
IDENTITY = ("key", "record", "doi", "pmid", "title", "study", "author")
"""Uses that can tell which study a row is about."""
# So many different values are codes or a filter at most; more are texts.
MOST = 60
_NUMBERS = re.compile(r"[\d.,% ]+$")


@dataclass(frozen=True)
class Doubt:
    """A choice that was made for the team, and how to make another.

    Parameters
    ----------
    text : what was taken for granted, as a sentence.
    question : the same as a question.
    answers : what can be answered, and the uses of columns that follow from it; the first is
        taken.
    hint : how to say it on the command line.
    """

    text: str
    question: str = ""
    answers: tuple[tuple[str, Mapping[str, str]], ...] = ()
    hint: str = ""


@dataclass
class Columns:
    """The columns of a table, and what is known of them so far.

    Parameters
    ----------
    sheet : the table.
    given : what the team says of them.
    uses : what each is, as far as that was found.
    doubts : what was taken for granted.
    cells_of_studies : columns that name studies in their cells, where no column says which it is.
    coders : for a column that counts, those of the others who coded the same.
    left : columns that are not taken over for a reason that was told.
    """

    sheet: Sheet
    given: Mapping[str, str]
    uses: dict[str, str] = field(init=False)
    doubts: list[Doubt] = field(default_factory=list)
    cells_of_studies: list[str] = field(default_factory=list)
    coders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    cells: Mapping[str, list[str]] = field(init=False)
    """The cells of each column."""
    held: Mapping[str, list[str]] = field(init=False)
    """The same without empty ones."""

    def __post_init__(self) -> None:
        """Gather the cells by column."""
        # Sums and notes below a table say nothing of what its columns are.
        rows = [row for row in self.sheet.rows if not is_beside(row.cells)] or self.sheet.rows
        self.cells = {name: [row.cells[name] for row in rows] for name in self.sheet.header}
        self.held = {name: [cell for cell in cells if cell] for name, cells in self.cells.items()}
        self.uses = dict(self.given)

    @property
    def free(self) -> list[str]:
        """Columns that are not yet anything, and hold something."""
        return [name for name in self.sheet.header if name not in self.uses and self.held[name]]

    @property
    def coded(self) -> bool:
        """Whether a column tells the codes of the rows."""
        return any(map(is_code, self.uses.values()))

    def has(self, *uses: str) -> bool:
        """Whether a column is one of some uses."""
        return not {*uses}.isdisjoint(self.uses.values())

    def use(self, names: Iterable[str], use: str) -> None:
        """Say of columns what they are."""
        self.uses.update(dict.fromkeys(names, use))

    def leave_out(self, names: Iterable[str]) -> None:
        """Leave columns out for a reason that is told."""
        self.left |= {*names}
        self.use(self.left, "leave-out")

    def keep_coders(self, tracks: Sequence[Mapping[str, str]], *, agreed: bool) -> str:
        """Keep the columns of others who coded the same; gives what is told of them.

        Parameters
        ----------
        tracks : for each coder, by the columns that count, their own.
        agreed : whether what counts is what the others agreed on, and not one coder's.
        """
        kept = tracks[: 2 if agreed else 1]
        names = {name: None for track in kept for name in track}
        self.coders.update({n: tuple(track.get(n, "") for track in kept) for n in names})
        self.leave_out(other for track in tracks for other in track.values())
        rest = [other for track in tracks[len(kept) :] for other in track.values()]
        what = "as the two codings it settled" if len(kept) > 1 else "as a second coding"
        listed = [other for track in kept for other in track.values()]
        are = "are" if len(listed) > 1 else "is"
        told = f"{quoted(listed, len(listed))} {are} kept {what} and not counted"
        return f"{told}. Not taken over: {quoted(rest, len(rest))}" if rest else told

    def tell(
        self,
        text: str,
        question: str = "",
        answers: tuple[tuple[str, Mapping[str, str]], ...] = (),
        *,
        hint: str,
    ) -> None:
        """Note what was taken for granted, as in :class:`Doubt`."""
        self.doubts.append(Doubt(text, question, answers, hint))

    # --- what the cells of a column are like ---

    def share(self, name: str, test: Callable[[str], object]) -> float:
        """How many of the cells that say something pass a test, as a part of 1."""
        held = [cell for cell in self.held[name] if not unknown(cell)]
        # What begins a long text says enough of what it is.
        return sum(bool(test(cell[:500])) for cell in held) / len(held) if held else 0.0

    def different(self, name: str) -> set[str]:
        """The different values of a column."""
        return {same(cell) for cell in self.held[name]}

    def told(self, name: str) -> set[str]:
        """The different values of a column that say something."""
        return {same(cell) for cell in self.held[name] if not unknown(cell)}

    def parts(self, name: str) -> list[str]:
        """The values of a column, lists taken apart."""
        signs, _ = separators_of(self.held[name])
        return [part for cell in self.held[name] for part in pieces(cell, signs)]

    def by_study(self, values: Iterable[Iterable[str]]) -> list[set[str]]:
        """For each study the different ones of the values that its rows have."""
        keys = [self.cells[name] for name, use in self.uses.items() if use in IDENTITY]
        found: dict[object, set[str]] = {}
        for at, those in enumerate(values):
            who = tuple(cells[at] for cells in keys) if keys else at
            found.setdefault(who, set()).update(those)
        return [*found.values()]

    def is_numbers(self, name: str) -> bool:
        """Whether a column holds mostly numbers."""
        return self.share(name, _NUMBERS.match) > 0.5

    def is_short(self, name: str) -> bool:
        """Whether no value of a column is as long as a sentence."""
        return all(map(is_label, self.parts(name)))

    def comes_again(self, name: str) -> bool:
        """Whether a column has few short values that come again."""
        held = [part for part in self.parts(name) if not unknown(part)]
        different = {same(part) for part in held}
        if not held or len(different) > MOST or len(different) == len(held):
            return False
        average = sum(map(len, different)) / len(different)
        few = len(different) <= 3 or len(different) * 2 <= len(held)
        return average <= 40 and few and not self.is_numbers(name)


def is_code(use: str) -> bool:
    """Whether a column of a use tells the codes of the rows."""
    return use in CODES or use.startswith("rank ")


def is_label(part: str) -> bool:
    """Whether a value is as short as a label, and no sentence."""
    return len(part) <= 40 and not part.endswith(".")


def quoted(names: Iterable[str], most: int = 6) -> str:
    """The first of several columns, each in quotation marks, and how many more there are."""
    return listed([repr(name) for name in names], most)
