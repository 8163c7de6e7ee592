"""The process that reads a workbook: it writes the cells as lines of JSON and ends.

One is started for each file, so it imports little: what tells of records would take longer than
most workbooks.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.starter.file_kinds.archive import is_archive, part_of
from synth.text import column_letters, counted

if TYPE_CHECKING:
    from synth.starter.file_kinds.grid import Merged

MOST_MEMORY = 2_000_000_000
"""What the reading process may take; 100,000 rows of 50 columns take a quarter of it."""


def _limit() -> None:
    """Take no more memory than is allowed, where the system can hold us to it."""
    try:
        import resource
    except ImportError:  # Windows: what is too much is refused by the system at once
        return
    with_limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MOST_MEMORY if with_limit == resource.RLIM_INFINITY else min(MOST_MEMORY, with_limit)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, with_limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return


def _tell(*words: Any) -> None:
    sys.stdout.write(json.dumps(words, ensure_ascii=True) + "\n")


def _problem(code: str, sheet: str, **fields: str) -> None:
    _tell("problem", code, sheet, fields)


def _read(path: Path) -> None:
    """Write the sheets of a workbook to the standard output, a line of JSON for each row."""
    import python_calamine as calamine

    look = _Look(path)
    try:
        book = calamine.load_workbook(path)
    except calamine.PasswordError:
        _problem("sheet-password", "")
        return
    names = [(meta.name, meta.typ, meta.visible) for meta in book.sheets_metadata]
    skipped = []
    for name, kind, visible in names:
        if kind != calamine.SheetTypeEnum.WorkSheet:
            skipped.append(name)
            continue
        sheet = book.get_sheet_by_name(name)
        hidden = visible != calamine.SheetVisibleEnum.Visible
        _tell("sheet", name, hidden)
        _Cells(name, look).tell(sheet)
        merged = sheet.merged_cell_ranges
        areas = look.merged(name) if merged is None else [(*a, *b) for a, b in merged]
        if areas:
            _tell("merged", areas)
        _tell("unseen", *look.unseen(name))
        if struck := look.struck(name):
            _tell("struck", struck)
    lost = [] if is_archive(path) else _errors_of_xls(path.read_bytes())
    if lost:
        what = counted(len(lost), "cell holds an error", "cells hold errors")
        _problem("sheet-errors-lost", "", cells=what, listed=_some(lost))
    if skipped:
        listed = ", ".join(map(repr, skipped))
        _tell(
            "note",
            False,
            f"{counted(len(skipped), 'sheet holds', 'sheets hold')} "
            f"a chart or a macro and no cells: {listed}.",
        )
    _tell("end")


_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!"}
# A cell with an error, and a formula whose result is one, as old workbooks keep them: the number of
# the record, its length, row, column, format, and the error.
_XLS_ERROR = re.compile(
    rb"\x05\x02\x08\x00(..)(..)..([\x00\x07\x0f\x17\x1d\x24\x2a])\x01"
    rb"|\x06\x00..(..)(..)..\x02\x00([\x00\x07\x0f\x17\x1d\x24\x2a])\x00\x00\x00\xff\xff",
    re.DOTALL,
)


def _errors_of_xls(data: bytes) -> list[str]:
    """Cells of an old workbook that hold errors, of which the library tells nothing."""
    places = []
    for found in _XLS_ERROR.finditer(data):
        row, column, error = (part for part in found.groups() if part is not None)
        at = _place(int.from_bytes(row, "little"), int.from_bytes(column, "little"))
        places.append(f"{at} ({_ERRORS.get(error[0], '#N/A')})")
    return places


class _Cells:
    """The cells of one sheet as text, with what is odd about them."""

    def __init__(self, name: str, look: _Look) -> None:
        self.name = name
        self.formats, self.errors, self.unsaved = look.cells(name)
        self.early: list[str] = []
        self.midnight: list[str] = []

    def tell(self, sheet: Any) -> None:
        """Write the rows, then what was seen while reading them."""
        # Rows are counted from the first of the sheet, columns from the first that holds something.
        left = (sheet.start or (0, 0))[1]
        for number, cells in enumerate(sheet.iter_rows()):
            row = [self.text(cell, number, left + at) for at, cell in enumerate(cells)]
            while row and not row[-1]:
                row.pop()
            if row:
                _tell("row", number + 1, [*[""] * left, *row])
        if self.errors:
            places = [f"{_place(*at)} ({text})" for at, text in self.errors.items()]
            what = counted(len(places), "cell holds an error", "cells hold errors")
            _problem("sheet-formula-error", self.name, cells=what, listed=_some(places))
        if self.unsaved:
            what = counted(len(self.unsaved), "formula has", "formulas have")
            listed = _some([_place(*at) for at in self.unsaved])
            _problem("sheet-formula-unsaved", self.name, formulas=what, listed=listed)
        if self.early:
            what = counted(len(self.early), "cell holds a date", "cells hold dates")
            _problem("sheet-date-early", self.name, cells=what, listed=_some(self.early))

    def text(self, cell: Any, row: int, column: int) -> str:
        """A cell as people see it."""
        if isinstance(cell, str):
            return cell or self.errors.get((row, column), "")
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        if isinstance(cell, (int, float)):
            form = self.formats.get((row, column), "")
            # LibreOffice keeps what it shows, as in "25.6%"; Excel only how, as in "0.0%".
            return form if re.search(r"[1-9]", form) else number_text(cell, form)
        if isinstance(cell, datetime):
            return cell.isoformat(" ").removesuffix(":00")
        if isinstance(cell, date):
            if cell.year < 1910:
                serial = (cell - date(1899, 12, 30)).days
                self.early.append(f"{_place(row, column)} ({cell}, the number {serial})")
            return cell.isoformat()
        if isinstance(cell, clock):
            return cell.isoformat().removesuffix(":00")
        if isinstance(cell, timedelta):
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        return str(cell)


def _place(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def _some(places: Sequence[str]) -> str:
    more = len(places) - 3
    return ", ".join(places[:3]) + (f" and {more} more" if more > 0 else "")


def number_text(number: float, form: str = "") -> str:
    """A number as people see it in a cell.

    Parameters
    ----------
    number : the number.
    form : ``"0.0%"`` for percent with so many decimals, ``"000"`` for leading zeros.

    >>> (
    ...     number_text(2020.0),
    ...     number_text(0.1 + 0.2),
    ...     number_text(0.256, "0.0%"),
    ...     number_text(7, "000"),
    ... )
    ('2020', '0.3', '25.6%', '007')
    """
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    if form.endswith("%"):
        return f"{number * 100:.{max(0, len(form) - 3)}f}%"
    if number == int(number):
        whole = str(int(number))
        return whole.zfill(len(form)) if form else whole
    return format(number, ".15g")


class _Look:
    """What the library does not tell: errors, formulas without a value, formats, merged cells."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: dict[str, str] = {}
        self.forms: dict[bytes, str] = {}
        self.lined: set[bytes] = set()
        # The library goes round for ever in an OpenDocument sheet that breaks off: this raises.
        self.seen = _opendocument(part_of(path, "content.xml")) if is_archive(path) else {}
        workbook = part_of(path, "xl/workbook.xml") if is_archive(path) else b""
        if workbook:
            self._find_parts(workbook)
            self._find_forms(part_of(path, "xl/styles.xml"))

    def _find_parts(self, workbook: bytes) -> None:
        import html

        targets = {}
        rels = part_of(self.path, "xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        for tag in re.findall(r"<Relationship\b[^>]*>", rels):
            name, target = _attribute(tag, "Id"), _attribute(tag, "Target")
            targets[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook.decode("utf-8", "replace")):
            part = targets.get(_attribute(tag, "r:id"), "")
            self.parts[html.unescape(_attribute(tag, "name"))] = part

    def _find_forms(self, styles: bytes) -> None:
        """Which styles show percent or leading zeros, and which strike out what stands there."""
        text = styles.decode("utf-8", "replace")
        fonts = re.search(r"<fonts\b.*?</fonts>", text, re.DOTALL)
        struck = {
            at
            for at, font in enumerate(re.split(r"<font\b", fonts[0])[1:] if fonts else ())
            if re.search(r'<strike(?: val="(?:1|true)")? ?/>', font)
        }
        codes = {"9": "0%", "10": "0.00%"}
        for tag in re.findall(r"<numFmt\b[^>]*>", text):
            codes[_attribute(tag, "numFmtId")] = _attribute(tag, "formatCode")
        cells = re.search(r"<cellXfs\b.*?</cellXfs>", text, re.DOTALL)
        for at, tag in enumerate(re.findall(r"<xf\b[^>]*>", cells[0]) if cells else ()):
            font = _attribute(tag, "fontId")
            if font.isdecimal() and int(font) in struck:
                self.lined.add(str(at).encode())
            code = codes.get(_attribute(tag, "numFmtId"), "").split(";")[0]
            if re.fullmatch(r"0(\.0+)?%|00+", code):
                self.forms[str(at).encode()] = code

    def cells(
        self, name: str
    ) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], str], list[tuple[int, int]]]:
        """Formats that matter, errors, and formulas without a value, by row and column."""
        forms: dict[tuple[int, int], str] = {}
        errors: dict[tuple[int, int], str] = {}
        unsaved: list[tuple[int, int]] = []
        if name in self.seen:
            return self.seen[name].shown, self.seen[name].errors, unsaved
        data = part_of(self.path, self.parts.get(name, "")) if self.parts.get(name) else b""
        if not data or not (self.forms or b't="e"' in data or b"<f" in data):
            return forms, errors, unsaved
        for found in _CELL.finditer(data):
            letters, row, attributes, inside = found.groups()
            style = re.search(rb'\bs="(\d+)"', attributes)
            failed = b't="e"' in attributes
            form = self.forms.get(style[1]) if style else None
            formula = b"<f" in inside
            if not (failed or form or formula):
                continue
            place = (int(row) - 1, _position(letters))
            value = re.search(rb"<v[^>]*>(.*?)</v>", inside, re.DOTALL)
            if failed:
                errors[place] = value[1].decode("utf-8", "replace") if value else "error"
            elif formula and not (value and value[1]) and b't="str"' not in attributes:
                unsaved.append(place)
            elif form:
                forms[place] = form
        return forms, errors, unsaved

    def unseen(self, name: str) -> tuple[list[int], list[int]]:
        """Rows, by number, and columns, by position, that the author hid."""
        if name in self.seen:
            return self.seen[name].rows, self.seen[name].columns
        data = part_of(self.path, self.parts.get(name, "")) if self.parts.get(name) else b""
        if b"hidden=" not in data:
            return [], []
        columns: list[int] = []
        for tag in re.findall(rb"<col [^>]*>", data):
            text = tag.decode("utf-8", "replace")
            first, last = _attribute(text, "min"), _attribute(text, "max")
            if _attribute(text, "hidden") in _YES and first.isdecimal() and last.isdecimal():
                columns += range(int(first) - 1, min(int(last), _MOST_COLUMNS))
        rows = []
        for tag in re.findall(rb"<row [^>]*hidden=[^>]*>", data):
            text = tag.decode("utf-8", "replace")
            if _attribute(text, "hidden") in _YES and _attribute(text, "r").isdecimal():
                rows.append(int(_attribute(text, "r")))
        return rows, columns

    def struck(self, name: str) -> list[tuple[int, int]]:
        """Cells that are struck out, by the number of the row and the position of the column."""
        if name in self.seen:
            return self.seen[name].struck
        if not self.lined or not self.parts.get(name):
            return []
        places = []
        for found in _CELL.finditer(part_of(self.path, self.parts[name])):
            style = re.search(rb'\bs="(\d+)"', found[3])
            if style and style[1] in self.lined and found[4]:
                places.append((int(found[2]), _position(found[1])))
        return places

    def merged(self, name: str) -> list[Merged]:
        """Merged ranges of a sheet of LibreOffice, which the library does not tell."""
        return self.seen[name].merged if name in self.seen else []


_YES = ("1", "true")
_MOST_COLUMNS = 16_384


_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"((?:[^>]*[^>/])?)>(.*?)</c>', re.DOTALL)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _position(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + letter - 64
    return position - 1


class _Seen:
    """What an OpenDocument sheet shows: merged ranges, percents as text, errors."""

    def __init__(self) -> None:
        self.merged: list[Merged] = []
        self.shown: dict[tuple[int, int], str] = {}
        self.errors: dict[tuple[int, int], str] = {}
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.struck: list[tuple[int, int]] = []


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_EXACT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def _opendocument(content: bytes) -> dict[str, _Seen]:
    """What each sheet of an OpenDocument spreadsheet shows."""
    sheets: dict[str, _Seen] = {}
    if not content:
        return sheets
    import io

    from defusedxml.ElementTree import iterparse

    row = column = wide = 0
    lined: set[str] = set()
    style = ""
    seen = _Seen()
    for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
        tag = element.tag.removeprefix(_TABLE)
        if event == "start":
            if tag == "table":
                row = wide = 0
                seen = sheets.setdefault(element.get(f"{_TABLE}name", ""), _Seen())
            elif element.tag == f"{_STYLE}style":
                style = element.get(f"{_STYLE}name", "")
            elif tag == "table-row":
                column = 0
                many = int(element.get(f"{_TABLE}number-rows-repeated", 1))
                if element.get(f"{_TABLE}visibility") in ("collapse", "filter") and many < 1000:
                    seen.rows += range(row + 1, row + many + 1)
            elif tag == "table-column":
                many = int(element.get(f"{_TABLE}number-columns-repeated", 1))
                if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                    seen.columns += range(wide, min(wide + many, _MOST_COLUMNS))
                wide += many
        elif element.tag == f"{_STYLE}text-properties":
            if element.get(f"{_STYLE}text-line-through-style", "none") != "none":
                lined.add(style)
        elif tag in ("table-cell", "covered-table-cell"):
            down = int(element.get(f"{_TABLE}number-rows-spanned", 1))
            across = int(element.get(f"{_TABLE}number-columns-spanned", 1))
            if down * across > 1:
                seen.merged.append((row, column, row + down - 1, column + across - 1))
            if element.get(_EXACT) == "error":
                seen.errors[row, column] = "".join(element.itertext()) or "error"
            elif element.get(_VALUE) == "percentage":
                seen.shown[row, column] = "".join(element.itertext())
            if element.get(f"{_TABLE}style-name") in lined and "".join(element.itertext()).strip():
                seen.struck.append((row + 1, column))
            column += int(element.get(f"{_TABLE}number-columns-repeated", 1))
            element.clear()
        elif tag == "table-row":
            row += int(element.get(f"{_TABLE}number-rows-repeated", 1))
            element.clear()
    return sheets


if __name__ == "__main__":
    _limit()
    _read(Path(sys.argv[1]))
