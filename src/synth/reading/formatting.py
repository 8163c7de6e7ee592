"""The form a review's files are kept in, and the description of their columns.

``synth fmt`` writes it, ``synth fmt --check`` and a test hold it: the same records always give the
same bytes, so that a diff shows what an author changed and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from synth.errors import Problem
from synth.model import SETTINGS, TABLES, UNKNOWN, Column, Settings, Table
from synth.reading.bibliography import BIB_FILE
from synth.reading.csv_table import allowed_words, format_table, split_table
from synth.reading.settings import SETTINGS_FILE, read_settings
from synth.reading.textio import decode_bytes, write_text

README_FILE = "data/README.md"


@dataclass(frozen=True, slots=True)
class Form:
    """A file of a review and the text it should hold.

    Parameters
    ----------
    file : path below the review's root.
    text : the canonical text; ``None`` when the file cannot be read whole and is left alone.
    line : first line that differs from what is there, 0 when nothing does.
    problems : why the file is left alone.
    """

    file: str
    text: str | None
    line: int
    problems: tuple[Problem, ...] = ()


def canonical_forms(root: Path) -> list[Form]:
    """What every file of a review should hold, with what keeps some from being written.

    Parameters
    ----------
    root : the review's root.
    """
    settings, _ = read_settings(root)
    forms: list[Form | None] = [_table_form(root, table, settings) for table in TABLES.values()]
    forms += [_plain_form(root, SETTINGS_FILE), _plain_form(root, BIB_FILE)]
    headers = {
        name: _header(root, table, settings)
        for name, table in TABLES.items()
        if (root / table.file).exists()
    }
    readme = data_readme(settings, headers)
    forms.append(Form(README_FILE, readme, _differs(root / README_FILE, readme)))
    return [form for form in forms if form is not None]


def write_forms(root: Path, forms: Iterable[Form]) -> list[str]:
    """Write what differs, each file whole or not at all; names the files that changed."""
    return [
        form.file
        for form in forms
        if form.text is not None and form.line and write_text(root / form.file, form.text)
    ]


def _table_form(root: Path, table: Table, settings: Settings) -> Form | None:
    text, found = _readable(root, table.file)
    if text is None:
        return Form(table.file, None, 0, tuple(found)) if found else None
    written, problems, _ = split_table(text, table, settings)
    # A column that is unknown or missing does not keep the rows from being written; a first line
    # or a row that cannot be read does: nothing may be lost.
    errors = [problem for problem in problems if problem.severity == "error"]
    lost = [problem for problem in errors if not problem.where or not written.header]
    if lost:
        return Form(table.file, None, 0, tuple(lost))
    canonical = format_table(written, table, settings)
    return Form(table.file, canonical, _differs(root / table.file, canonical))


def _plain_form(root: Path, file: str) -> Form | None:
    """A file that is only given plain UTF-8 without a mark, LF, and a last line that ends."""
    text, found = _readable(root, file)
    if text is None:
        return Form(file, None, 0, tuple(found)) if found else None
    canonical = text.rstrip("\n") + "\n" if text.strip() else text
    return Form(file, canonical, _differs(root / file, canonical))


def _readable(root: Path, file: str) -> tuple[str | None, list[Problem]]:
    """The text of a file if nothing in it was lost or has to be guessed."""
    path = root / file
    if not path.is_file():
        return None, []
    text, problems = decode_bytes(path.read_bytes(), file)
    if text is None:
        return None, problems
    lost = [problem for problem in problems if not problem.kind.fmt]
    unreadable = [problem for problem in lost if problem.severity == "error"]
    return (None, unreadable) if unreadable else (text, [])


def _differs(path: Path, text: str) -> int:
    """First line in which a file differs from a text; 0 when it does not."""
    there = path.read_bytes() if path.is_file() else b""
    wanted = text.encode("utf-8")
    if path.is_file() and there == wanted:
        return 0
    for number, (one, other) in enumerate(
        zip(there.split(b"\n"), wanted.split(b"\n"), strict=False), start=1
    ):
        if one != other:
            return number
    return min(there.count(b"\n"), wanted.count(b"\n")) + 1


def _header(root: Path, table: Table, settings: Settings) -> tuple[str, ...]:
    text, _ = _readable(root, table.file)
    return split_table(text, table, settings)[0].header if text is not None else ()


# --- data/README.md ---------------------------------------------------------------------------

_KINDS = {
    "id": "id",
    "text": "text",
    "choice": "one of the listed words",
    "count": "whole number",
    "year": "year",
    "ref": "id",
    "anchor": "six to ten words",
    "texts": "list of texts",
    "slug": "id",
    "name": "name of a column",
    "colour": "colour, as in `#00708c`",
    "date": "date, as in `2026-11-23`",
    "flag": "`true` or `false`",
    "ignored": "list of `{ code = …, reason = … }`",
    "number": "whole number, from 1",
    "address": "web address",
    "contact": "mail or web address",
}


def data_readme(settings: Settings, headers: Mapping[str, tuple[str, ...]]) -> str:
    """The text of ``data/README.md``: what every file, column and setting means.

    Parameters
    ----------
    settings : settings of the review, for its own words.
    headers : columns of the tables that are there, by the tables' names.
    """
    phrases = ", ".join(f"`{phrase}`" for phrase in UNKNOWN)
    paragraphs = [
        "# The data",
        "<!-- Written by `synth fmt` from the declaration of the columns; not edited by hand. -->",
        f"Data of the book “{settings.title}”, licence {settings.licence}.",
        "The files are UTF-8 text with commas, a header row and LF line ends. One row is one "
        "observation, one cell one fact; nothing that can be computed is written down. The values "
        "of a list are separated by `;`. Ids are lower-case letters and digits in parts joined by "
        "single hyphens (`two-words`) and never change their meaning.",
        f"What is unknown is spelled in one of three ways: {phrases}; in that order: the source is "
        "silent, we looked and could not find out, the question does not arise. A cell is left "
        "empty only where the tables below allow it.",
        "`synth check` says everything that is wrong, with file and line. `synth fmt` puts rows "
        "and columns in their order and writes this page.",
        f"`{BIB_FILE}` in the folder above holds every work; its keys are the ids of the studies.",
    ]
    for name, table in TABLES.items():
        if name in headers or not table.optional:
            paragraphs += _table_readme(table, settings, headers.get(name, ()))
    return "\n\n".join([*paragraphs, *_settings_readme()]) + "\n"


def _table_readme(table: Table, settings: Settings, header: Iterable[str]) -> list[str]:
    own = [name for name in header if table.column(name) is None]
    order = f"sorted by `{table.sort}`" if table.sort else "in the author's order"
    optional = " A review may do without this file." if table.optional else ""
    rows = ["| column | holds | may be empty | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{column.name}` | {_holds(column, settings)} | {_empty(column)} | {column.meaning} |"
        for column in table.columns
    ]
    for name in own:
        facet = settings.facet(name)
        holds = "list of texts" if facet and facet.many else "text"
        meaning = (
            f"{facet.label}; readers can filter by it." if facet else "A column of this review."
        )
        rows.append(f"| `{name}` | {holds} | yes | {_cell(meaning)} |")
    return [
        f"## `{table.file}`",
        f"One row is {table.row}. Rows are {order}.{optional}",
        "\n".join(rows),
    ]


def _holds(column: Column, settings: Settings) -> str:
    if column.kind == "choice" and column.refers_to != "review.toml:sections":
        return ", ".join(f"`{word}`" for word in allowed_words(column, settings))
    if column.refers_to == "review.toml:sections":
        return "a section named in `review.toml`"
    if column.refers_to:
        table, key = column.refers_to.split(".")
        target = f"`{key}` of `{TABLES[table].file.removeprefix('data/')}`"
        return f"list of {target}" if column.many else target
    kind = _KINDS[column.kind]
    return f"list of {kind}s" if column.many else kind


def _empty(column: Column) -> str:
    if not column.required:
        return "yes; the column may be missing"
    return "yes" if column.empty else "no"


def _settings_readme() -> list[str]:
    rows = ["| section | key | holds | needed | meaning |", "|---|---|---|---|---|"]
    for setting in SETTINGS:
        choices = ", ".join(f"`{choice}`" for choice in setting.choices)
        holds = choices or _KINDS[setting.kind]
        section = f"`{setting.section}`" if setting.section else ""
        key = "any" if setting.key == "*" else f"`{setting.key}`"
        needed = "yes" if setting.required else "no"
        rows.append(f"| {section} | {key} | {holds} | {needed} | {_cell(setting.meaning)} |")
    return [
        "## `data/review.toml`",
        "What the book is called, and the words, shapes and colours it uses. A section in double "
        "brackets is repeated: `[[ranks]]` once for each rank of the codebook, from the top; "
        "`[[directions]]` once for each thing a finding can do; `[[facets]]` once for each column "
        "that readers can filter by. `[levels.ID]` stands once for each node of the first rank. "
        "`[coding]` tells how the findings were coded; what it says is shown to readers.",
        "\n".join(rows),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
