"""An author's table as their spreadsheet wrote it: any encoding, any separator, all of it said."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from synth.errors import Problem
from synth.reading.textio import decode_bytes
from synth.starter.sheet import Row, Sheet

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SURELY_FINE = ("synth fmt", "CSV UTF-8")


def read_tables(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """Read every table that a file holds.

    Parameters
    ----------
    path : the file, of any kind that is understood.

    Returns
    -------
    The tables in the order of the file, and what is wrong; with an error among that there is none.
    """
    sheet, problems = read_sheet(path)
    if any(problem.severity == "error" for problem in problems):
        return [], problems
    return [sheet], problems


def read_sheet(path: Path) -> tuple[Sheet, list[Problem]]:
    """Read a table of any encoding and separator.

    Parameters
    ----------
    path : the file.

    Returns
    -------
    The table, and what is wrong with it; with an error among that it holds no rows.
    """
    text, notes, problems = read_any_text(path)
    if text is None:
        return Sheet(str(path)), problems
    sheet, found = parse_sheet(text, str(path), notes)
    return sheet, problems + found


def read_any_text(path: Path) -> tuple[str | None, list[str], list[Problem]]:
    """The text of a file whatever its encoding, how that was found, and what was lost in it."""
    file = str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, [], [Problem("sheet-unreadable", file, reason=reason)]
    encoding, note = _encoding(data)
    if not encoding:
        return None, [], [Problem("sheet-not-text", file, 1)]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        return None, [], [Problem("sheet-encoding", file, line, byte=byte)]
    # Traces of an earlier wrong conversion are the same in every file: one place knows them.
    plain, found = decode_bytes(text.encode("utf-8"), file)
    kept = [problem for problem in found if not problem.kind.fmt]
    return plain, ([note] if note else []), kept


def _encoding(data: bytes) -> tuple[str, str]:
    """The encoding of a file and, unless it is plain UTF-8, what to say of it."""
    if data[:2] == b"PK" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "", ""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", "It is UTF-16 and was read as such."
    if data[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig", ""
    if data[:64:2].count(0) > len(data[:64:2]) // 2:
        return "utf-16-be", "It looks like UTF-16 without a mark and was read as such."
    if data[1:64:2].count(0) > len(data[1:64:2]) // 2:
        return "utf-16-le", "It looks like UTF-16 without a mark and was read as such."
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = data[error.start : error.start + 1].decode("cp1252", errors="replace")
        return "cp1252", (
            f"It is not UTF-8; it was read as Windows-1252 (line {line} holds {guess!r}). "
            "Look whether accents came through."
        )
    return "utf-8", ""


def parse_sheet(text: str, file: str, notes: Iterable[str] = ()) -> tuple[Sheet, list[Problem]]:
    r"""Take the text of a table apart.

    >>> sheet, problems = parse_sheet("Paper;Code\nLee 2020;Pay\n", "t.csv")
    >>> sheet.header, [dict(row.cells) for row in sheet.rows], problems
    (('Paper', 'Code'), [{'Paper': 'Lee 2020', 'Code': 'Pay'}], [])
    """
    told = list(notes)
    first = 1
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if named:  # Excel's own way of naming the separator
        text, first = text[named.end() :], 2
    if not text.strip():
        return Sheet(file), [Problem("sheet-empty", file, 1)]
    separator = named[1] if named else _separator(text)
    if separator not in _SEPARATORS:
        return Sheet(file), [Problem("sheet-separator", file, first)]
    if separator != ",":
        told.append(f"Its columns are separated by {_SEPARATORS[separator]}.")
    lines, problems = _split(text, separator, file, first)
    if not lines:
        return Sheet(file, notes=tuple(told)), problems
    line, names = lines[0]
    names = [_plain(name) for name in names]
    while (
        len(names) > 1 and not names[-1] and all(not "".join(c[len(names) - 1 :]) for _, c in lines)
    ):
        names.pop()
    problems += _header_problems(names, line, file)
    rows: list[Row] = []
    empty = 0
    for line, cells in lines[1:]:
        kept = [_plain(cell) for cell in cells]
        while len(kept) > len(names) and not kept[-1]:
            kept.pop()
        if not any(kept):
            empty += 1
        elif len(kept) != len(names):
            problems.append(_ragged(len(kept), len(names), separator, line, file))
        else:
            rows.append(Row(line, dict(zip(names, kept, strict=True))))
    if empty:
        told.append(f"{empty} empty {'row was' if empty == 1 else 'rows were'} left out.")
    if not rows and not problems:
        problems.append(Problem("sheet-rowless", file, line))
    return Sheet(file, tuple(names), tuple(rows), tuple(told)), problems


def _separator(text: str) -> str:
    """The sign that splits the first line into the most columns."""
    first = next(line for line in text.split("\n") if line.strip())
    bare = re.sub(r'"[^"]*"', "", first)
    most = max(bare.count(sign) for sign in _SEPARATORS)
    return next(sign for sign in _SEPARATORS if bare.count(sign) == most) if most else ""


def _split(
    text: str, separator: str, file: str, first: int
) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The rows with the line each begins on; the reading stops where a quotation mark is open."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    start = first
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return lines, []
        except csv.Error as error:
            code = "sheet-quote-inside"
            if "end of data" in str(error):
                code = "sheet-quote-unclosed"
            elif "field larger" in str(error):
                code = "sheet-cell-long"
            return [], [Problem(code, file, start)]
        if cells:
            lines.append((start, cells))
        start = reader.line_num + first


def _header_problems(names: list[str], line: int, file: str) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for position, name in enumerate(names, start=1):
        if not name:
            problems.append(Problem("column-nameless", file, line, position=position))
        elif name in seen:
            problems.append(Problem("sheet-column-twice", file, line, name))
        seen.add(name)
    return problems


def _ragged(cells: int, width: int, separator: str, line: int, file: str) -> Problem:
    noun = "cell" if cells == 1 else "cells"
    shown = {"cells": f"{cells} {noun}", "width": width}
    if cells < width:
        return Problem("sheet-row-short", file, line, **shown)
    sign = "a comma" if separator == "," else repr(separator)
    return Problem("sheet-row-long", file, line, separator=sign, **shown)


def _plain(cell: str) -> str:
    """A cell on one line, without spaces around it."""
    return " ".join(cell.split())


# --- names --------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """A text without accents, capitals and signs, for comparing.

    >>> folded("Åkesson & Roux (2019)")
    'akesson roux 2019'
    """
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.findall(r"[^\W_]+", "".join(c for c in bare if not unicodedata.combining(c)))
    )


def slug(text: str, fallback: str) -> str:
    """A text as an id: lower-case letters and digits in parts joined by single hyphens.

    >>> slug("Pay & working hours", "x"), slug("報酬", "code")
    ('pay-working-hours', 'code')
    """
    words = re.findall(r"[a-z0-9]+", _ascii(text).lower())
    name = ""
    for word in words:
        if name and len(name) + len(word) > 60:
            break
        name = f"{name}-{word[:60]}" if name else word[:60]
    return name or fallback


def column_name(text: str, taken: Iterable[str]) -> str:
    """A header as the name of a column of ours, different from those that are taken.

    >>> column_name("Ages (years)", ())
    'ages_years'
    """
    words = re.findall(r"[a-z0-9]+", _ascii(text).lower())
    stem = "_".join(words)[:40].strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"column_{stem}".strip("_")
    return unique(stem, taken, "_")


def unique(stem: str, taken: Iterable[str], joint: str = "-") -> str:
    """A name that is not taken yet: the stem, or the stem with a number."""
    held = set(taken)
    name, number = stem, 2
    while name in held:
        name, number = f"{stem}{joint}{number}", number + 1
    return name


_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "ł": "l", "Ł": "L", "đ": "d"}
)


def _ascii(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return bare.encode("ascii", "ignore").decode()


def printable(text: str) -> str:
    """A text of the command line that can be written anywhere: one line, no control signs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in whole).split())


def plural(word: str) -> str:
    """An English plural, good enough to start from.

    >>> plural("Country"), plural("Code"), plural("Class"), plural("Settings")
    ('Countries', 'Codes', 'Classes', 'Settings')
    """
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    if re.search(r"(ss|x|ch|sh)$", word):
        return f"{word}es"
    return word if word.endswith("s") else f"{word}s"
