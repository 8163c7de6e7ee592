"""How a team's files are read: each column and what it is, in a file that the team can change."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from synth.errors import Problem, ReviewError, did_you_mean

RECIPE_FILE = "data/import.toml"

USES: Mapping[str, str] = {
    "key": "the key of the study in your references",
    "record": "the number or code by which your program knows the study",
    "doi": "the DOI of the study",
    "pmid": "its number in PubMed",
    "title": "its title",
    "study": "what you call the study: author and year, a name, or a title",
    "author": "its authors",
    "year": "the year it was published",
    "journal": "where it was published",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "url": "its address on the web",
    "abstract": "its abstract; not taken over, because it belongs to the publisher",
    "theme": "names the codes of the row",
    "rank 1": "names the code rank by rank: the widest; rank 2 is below it, and so on",
    "codes": "the heading is a code; a tick in a cell says it applies, a text is the finding",
    "dimensions": "the value in the cell is a code below the heading",
    "direction": "what the finding does: helps, hinders, …",
    "summary": "the finding in words",
    "finding": "the name of the finding",
    "section": "the section of the source",
    "anchor": "a few words of the source that locate the finding",
    "basis": "cited or implied",
    "country": "where the study was done",
    "design": "how it was done",
    "setting": "where the work took place",
    "sample": "who took part",
    "cohort": "the same value for studies with the same participants",
    "filter": "readers can choose by it",
    "keep": "kept in the data, no filter",
    "reviewer": "who coded the row; never published",
    "person": "names or addresses of people; never published",
    "leave-out": "not taken over",
}
"""What a column can be. ``--columns`` and the recipe say it with the same words."""

ROWS = ("codings", "studies", "codebook", "references", "flow", "not read")
"""What the rows of a sheet can be."""

_HELP = """\
# How your files were read into this review. Change what is wrong and run `synth import`:
# it reads your files again by this page, adds what is new and says what changed.
#
# rows      what a row is: codings (a study and a code), studies (one row for each study),
#           codebook, references, flow, or "not read"
# path      the sign that separates ranks in a code, as in "People > Teachers"; "" for none
# counts    where several people coded the same study: whose rows count
# marks     what a mark below a heading that is a code, or before a code or a text, says:
#           "+" = "Positive", or "b" = "Barrier" for "B: Cost"
# coders    for a column that counts, the columns of those who coded the same: they stand as
#           second_coding.csv and, where two coded and agreed, first_coding.csv
# columns   what each column is:
"""


@dataclass(frozen=True)
class SheetRecipe:
    """How one table is read.

    Parameters
    ----------
    file, name : the file, and the sheet in a workbook.
    rows : one of :data:`ROWS`.
    columns : for each column one of :data:`USES`.
    codes : for a column whose heading is a code, the code from the widest rank to the narrowest,
        where it is not just the heading.
    directions : for such a column the direction of its findings; for a column of the use
        *direction* what a tick below it says.
    marks : what a mark below such a heading, or before a code or a text as in *Barrier: Cost*,
        says of the direction, as ``+`` and ``-`` do.
    separators : the signs between several values of a cell, by column.
    path : the sign between the ranks of a code; empty if there is none.
    counts : the reviewer whose rows count where several coded one study; empty if nobody did.
    coders : for a column that counts, the columns of the others who coded the same, at most two;
        empty for one that has none.
    values : by column what a value is read as; ``""`` as a column stands for all of them.
    """

    file: str
    name: str = ""
    rows: str = "codings"
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    counts: str = ""
    coders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, *uses: str) -> tuple[str, ...]:
        """The columns of some uses, in the order of the uses."""
        found = self._found.get(uses)
        if found is None:
            found = tuple(name for use in uses for name in self._by_use.get(use, ()))
            self._found[uses] = found
        return found

    def pairs(self, *uses: str) -> tuple[tuple[str, str], ...]:
        """The columns of some uses, each after its use, in the order of the uses."""
        found = self._pairs.get(uses)
        if found is None:
            found = tuple((use, name) for use in uses for name in self._by_use.get(use, ()))
            self._pairs[uses] = found
        return found

    @cached_property
    def _pairs(self) -> dict[tuple[str, ...], tuple[tuple[str, str], ...]]:
        return {}

    @cached_property
    def _found(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    @cached_property
    def _by_use(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, use in self.columns.items():
            found.setdefault(use, []).append(name)
        return found

    def meant(self, column: str) -> Mapping[str, str]:
        """What the values of a column mean: what is said of it before what is said of all."""
        found = self._meant.get(column)
        if found is None:
            found = {**self.values.get("", {}), **self.values.get(column, {})}
            self._meant[column] = found
        return found

    @cached_property
    def _meant(self) -> dict[str, Mapping[str, str]]:
        return {}

    def one(self, use: str) -> str:
        """The column of a use, empty if there is none."""
        return next(iter(self.of(use)), "")

    @cached_property
    def ranks(self) -> tuple[str, ...]:
        """Columns that name a code rank by rank, the widest first."""
        found = [(use, name) for name, use in self.columns.items() if use.startswith("rank ")]
        return tuple(name for _, name in sorted(found, key=lambda pair: int(pair[0][5:] or 0)))

    @property
    def coder_columns(self) -> set[str]:
        """Columns of coders beside those that count."""
        return {name for others in self.coders.values() for name in others}

    def of_coder(self, at: int) -> SheetRecipe:
        """How the table is read with the columns of another coder in place of those that count.

        Parameters
        ----------
        at : which of the coders, from 0.
        """
        instead = {n: o[at] for n, o in self.coders.items() if at < len(o) and o[at]}

        def moved(told: Mapping[str, Any]) -> dict[str, Any]:
            return {**told, **{other: told[n] for n, other in instead.items() if n in told}}

        columns = {other: self.columns[n] for n, other in instead.items()}
        return replace(
            self,
            columns={**self.columns, **dict.fromkeys(self.coders, "leave-out"), **columns},
            codes=moved(self.codes),
            directions=moved(self.directions),
            separators=moved(self.separators),
            values=moved(self.values),
            coders={},
        )

    def using(self, column: str, use: str) -> SheetRecipe:
        """The same recipe with another use of one column."""
        return replace(self, columns={**self.columns, column: use})


@dataclass(frozen=True)
class Recipe:
    """How all files of a team are read.

    Parameters
    ----------
    sheets : each table.
    references, codebook : the team's files; empty if there are none.
    """

    sheets: tuple[SheetRecipe, ...] = ()
    references: str = ""
    codebook: str = ""

    def sheet(self, file: str, name: str) -> SheetRecipe | None:
        """The recipe of a table, found by the names of file and sheet."""
        stem = Path(file).name
        for known in self.sheets:
            if Path(known.file).name == stem and known.name == name:
                return known
        return None


# --- writing ------------------------------------------------------------------------------------


def _text(value: str) -> str:
    # TOML's basic strings are JSON's, but for one control sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def to_toml(recipe: Recipe) -> str:
    """A recipe as the file that the team can change.

    >>> made = to_toml(Recipe((SheetRecipe("t.csv", columns={"Paper": "study"}),)))
    >>> print(made[made.index("file =") :])
    file = "t.csv"
    rows = "codings"
    [sheet.columns]
    "Paper" = "study"
    <BLANKLINE>
    """
    text = _HELP + "".join(f"#   {use:<11} {meaning}\n" for use, meaning in USES.items())
    if recipe.references or recipe.codebook:
        text += "\n"
    for key in ("references", "codebook"):
        if value := getattr(recipe, key):
            text += f"{key} = {_text(value)}\n"
    for sheet in recipe.sheets:
        text += f"\n[[sheet]]\nfile = {_text(sheet.file)}\n"
        if sheet.name:
            text += f"name = {_text(sheet.name)}\n"
        text += f"rows = {_text(sheet.rows)}\n"
        if sheet.path:
            text += f"path = {_text(sheet.path)}\n"
        if sheet.counts:
            text += f"counts = {_text(sheet.counts)}\n"
        text += _section("columns", sheet.columns)
        text += _section("codes", {name: list(way) for name, way in sheet.codes.items()})
        text += _section("coders", {name: list(others) for name, others in sheet.coders.items()})
        text += _section("directions", sheet.directions)
        text += _section("marks", sheet.marks)
        text += _section("separators", sheet.separators)
        for column, values in sheet.values.items():
            text += _section(f"values.{_text(column)}", values)
    return text


def _section(name: str, values: Mapping[str, str] | Mapping[str, list[str]]) -> str:
    if not values:
        return ""
    lines = [f"[sheet.{name}]"]
    for key, value in values.items():
        listed = f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else _text(value)
        lines.append(f"{_text(key)} = {listed}")
    return "\n".join(lines) + "\n"


# --- reading ------------------------------------------------------------------------------------


def read_recipe(root: Path) -> Recipe:
    """Read the recipe of a review.

    Parameters
    ----------
    root : the review's root.

    Raises
    ------
    ReviewError : there is none, or it cannot be read; every problem is named.
    """
    path = root / RECIPE_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ReviewError([Problem("recipe-missing", RECIPE_FILE)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError([Problem("recipe-malformed", RECIPE_FILE, reason=error)]) from None
    return parse_recipe(text)


def parse_recipe(text: str) -> Recipe:
    """Take the text of a recipe apart.

    Raises
    ------
    ReviewError : something in it is not understood.
    """
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReviewError([Problem("recipe-malformed", RECIPE_FILE, reason=error)]) from None
    problems: list[Problem] = []

    def wrong(where: str, value: str, known: Iterable[str]) -> None:
        words = [*known]
        shown = {"near": did_you_mean(value, words), "listed": ", ".join(words)}
        problems.append(Problem("recipe-word", RECIPE_FILE, 0, where, value=value, **shown))

    known = ("references", "codebook", "sheet")
    for key in read.keys() - {*known}:
        wrong("", key, known)
    sheets: list[SheetRecipe] = []
    listed = read.get("sheet", [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        wrong("sheet", str(listed), ("[[sheet]]",))
        listed = []
    for number, item in enumerate(listed, start=1):
        sheets.append(_sheet(item, f"sheet {number}", wrong))
    if problems:
        raise ReviewError(problems)
    return Recipe(tuple(sheets), str(read.get("references", "")), str(read.get("codebook", "")))


def _sheet(item: Mapping[str, Any], where: str, wrong: Any) -> SheetRecipe:
    known = [*SheetRecipe.__dataclass_fields__]
    for key in item:
        if key not in known:
            wrong(where, key, known)
    rows = str(item.get("rows", "codings"))
    if rows not in ROWS:
        wrong(f"{where}, rows", rows, ROWS)

    def table(key: str) -> dict[str, Any]:
        found = item.get(key, {})
        if isinstance(found, dict):
            return found
        wrong(where, f"{key} = {found}", (f"[sheet.{key}]",))
        return {}

    columns = {name: str(use) for name, use in table("columns").items()}
    for name, use in columns.items():
        if use not in USES and not _is_rank(use):
            wrong(f"{where}, {name!r}", use, USES)
    return SheetRecipe(
        file=str(item.get("file", "")),
        name=str(item.get("name", "")),
        rows=rows,
        columns=columns,
        codes={
            name: tuple(map(str, way)) if isinstance(way, list) else (str(way),)
            for name, way in table("codes").items()
        },
        directions={name: str(word) for name, word in table("directions").items()},
        marks={mark: str(word) for mark, word in table("marks").items()},
        separators={name: str(signs) for name, signs in table("separators").items()},
        path=str(item.get("path", "")),
        counts=str(item.get("counts", "")),
        coders={
            name: tuple(map(str, others)) if isinstance(others, list) else (str(others),)
            for name, others in table("coders").items()
        },
        values={
            name: {word: str(meaning) for word, meaning in words.items()}
            for name, words in table("values").items()
            if isinstance(words, dict)
        },
    )


def _is_rank(use: str) -> bool:
    kind, _, number = use.partition(" ")
    return kind == "rank" and number.isdecimal()


def difference(recipe: SheetRecipe, header: Iterable[str]) -> tuple[list[str], list[str]]:
    """Columns of a recipe that a file no longer has, and columns of the file it does not name."""
    held = list(header)
    missing = [name for name in recipe.columns if name not in held]
    unread = [name for name in held if name not in recipe.columns]
    return missing, unread
