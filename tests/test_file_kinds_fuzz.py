"""Damaged files of every kind: no traceback, and either tables or the reason there are none."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.starter.file_kinds.archive import look_into
from synth.starter.file_kinds.grid import Grid, table
from synth.starter.file_kinds.reading import read_tables

KINDS = Path(__file__).parent / "kinds"


def workbook() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Coding")
        sheet.merge_range("A1:C1", "Caption")
        sheet.write_row("A2", ["Study", "Code", "Year"])
        sheet.write_row("A3", ["Lee 2020", "Pay", 2020])
        sheet.write_formula("C4", "=1/0", None, "#DIV/0!")
    return stream.getvalue()


def opendocument() -> bytes:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="S"><table:table-row>{cell * 2}</table:table-row>'
        f"<table:table-row>{cell * 2}</table:table-row></table:table></office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
        }
    )


PROJECT = (
    '<Project xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes><Code guid="c1" name="Pay"/>'
    '</Codes></CodeBook><Sources><TextSource guid="s1" name="Lee"><PlainTextContent>Some text'
    '</PlainTextContent><PlainTextSelection startPosition="0" endPosition="4"><Coding><CodeRef '
    'targetGUID="c1"/></Coding></PlainTextSelection></TextSource></Sources></Project>'
)


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


FILES: dict[str, bytes] = {
    "t.csv": 'Study,Code,Text\n"Lee, A",Pay,"a ""b"" c"\nEk,Hours,ö\n'.encode(),
    "t.tsv": "Study\tCode\nLee\tPay\nEk\tHours\n".encode("utf-16"),
    "t.json": b'[{"study": "Lee", "codes": ["Pay", {"x": [1, null]}]}, {"study": "Ek"}]',
    "report.json": b'{"CodeSets": [{"SetName": "K", "Attributes": {"AttributesList": [{"Attribute'
    b'Id": 1, "AttributeName": "Pay"}]}}], "References": [{"ItemId": 7, "Codes": [{"AttributeId":'
    b" 1}]}]}",
    "t.yaml": b"- study: Lee\n  findings:\n    - {code: Pay, text: One}\n- study: Ek\n",
    "t.qdc": b'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1" name="Pay"/>'
    b"</Codes></CodeBook>",
    "t.qdpx": packed({"project.qde": PROJECT.encode()}),
}
WORKBOOKS: dict[str, bytes] = {
    "t.xlsx": workbook(),
    "t.ods": opendocument(),
    "t.xls": (KINDS / "coding.xls").read_bytes(),
}

Damage = Callable[[bytearray, random.Random], bytearray]


def cut_off(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data) + 1)]


def flipped(data: bytearray, chance: random.Random) -> bytearray:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def reordered(data: bytearray, chance: random.Random) -> bytearray:
    first, second = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[second:] + data[first:second] + data[:first]


def repeated(data: bytearray, chance: random.Random) -> bytearray:
    first, second = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:second] + data[first:second] * 3 + data[second:]


def damaged(data: bytes, damages: list[Damage], seed: int) -> bytes:
    """The file after some damage; an archive also inside of its parts, where it hurts."""
    chance = random.Random(seed)
    if data[:2] == b"PK" and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice([name for name in parts if name.endswith((".xml", ".qde"))])
        parts[name] = damaged(parts[name], damages, seed + 1)
        return packed(parts)
    changed = bytearray(data)
    for damage in damages:
        changed = damage(changed, chance)
    return bytes(changed)


def attempt(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        sheets, problems = read_tables(path)
    assert bool(sheets) != any(problem.severity == "error" for problem in problems)
    assert all(str(problem) for problem in problems)
    for sheet in sheets:
        assert all(sheet.header)
        assert len(set(sheet.header)) == len(sheet.header)
        assert set(sheet.roles) <= set(sheet.header)
        for row in sheet.rows:
            assert tuple(row.cells) == sheet.header
            assert any(row.cells.values())


DAMAGES = st.lists(st.sampled_from([cut_off, flipped, reordered, repeated]), min_size=1, max_size=4)


@pytest.mark.parametrize("name", FILES)
@given(damages=DAMAGES, seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_no_damage_to_a_file_ends_in_a_traceback(
    name: str, damages: list[Damage], seed: int
) -> None:
    attempt(name, damaged(FILES[name], damages, seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKBOOKS)
@given(damages=DAMAGES, seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_no_damage_to_a_workbook_ends_in_a_traceback(
    name: str, damages: list[Damage], seed: int
) -> None:
    attempt(name, damaged(WORKBOOKS[name], damages, seed))


def test_an_opendocument_sheet_that_breaks_off_comes_to_an_end(tmp_path: Path) -> None:
    """The library that reads it goes round for ever."""
    with zipfile.ZipFile(io.BytesIO(WORKBOOKS["t.ods"])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["content.xml"] = parts["content.xml"][:-60]
    (tmp_path / "t.ods").write_bytes(packed(parts))
    assert [problem.code for problem in read_tables(tmp_path / "t.ods")[1]] == ["sheet-damaged"]


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    rows=st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=8),
    merged=st.lists(st.tuples(*[st.integers(0, 9)] * 4), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_cells_of_any_text_make_a_table_or_none(
    rows: list[list[str]], merged: list[tuple[int, int, int, int]]
) -> None:
    areas = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in merged]
    numbered = [(number, list(cells)) for number, cells in enumerate(rows, start=1)]
    sheet, problems = table(Grid("t.csv", numbered, merged=areas))
    if sheet is None or problems:
        return
    lines = [row.line for row in sheet.rows]
    assert lines == sorted(set(lines))
    assert len(set(sheet.header)) == len(sheet.header)


PLAIN = st.sampled_from(["", "", "Pay", "Lee 2020", "é", "7", "a b", "x\ny"])


@given(rows=st.lists(st.lists(PLAIN, min_size=4, max_size=4), min_size=2, max_size=9))
@settings(max_examples=200, deadline=None)
def test_every_row_is_a_caption_a_heading_a_row_or_empty(rows: list[list[str]]) -> None:
    """Nothing is lost: what stands above the first row is named, all below it are rows."""
    sheet, problems = table(Grid("t.csv", [(n, list(row)) for n, row in enumerate(rows, start=1)]))
    if sheet is None or problems:
        return
    first = sheet.rows[0].line
    below = [n for n in range(first, len(rows) + 1) if any(rows[n - 1])]
    assert [row.line for row in sheet.rows] == below
    for row in sheet.rows:
        kept = [cell for cell in row.cells.values() if cell]
        assert kept == [cell for cell in rows[row.line - 1] if cell]
    above = [n for n in range(1, first) if any(rows[n - 1])]
    said = "\n".join(sheet.notes)
    assert len(above) == 1 or "above the headings" in said or "are headings together" in said


def test_two_thousand_columns_are_columns(tmp_path: Path) -> None:
    header = ",".join(f"Code {n}" for n in range(2000))
    (tmp_path / "t.csv").write_text(f"{header}\n{','.join(['1'] * 2000)}\n", encoding="utf-8")
    (sheet,), problems = read_tables(tmp_path / "t.csv")
    assert (len(sheet.header), len(sheet.rows[0].cells), problems) == (2000, 2000, [])


@pytest.mark.slow
def test_a_hundred_thousand_rows_say_how_far_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the test goes a second at every look."""
    ticks = iter(range(1_000_000))
    monkeypatch.setattr("synth.starter.file_kinds.grid.time.monotonic", lambda: next(ticks))
    rows = "".join(f"Lee {n},Pay\n" for n in range(100_000))
    (tmp_path / "t.csv").write_text(f"Study,Code\n{rows}", encoding="utf-8")
    said: list[str] = []
    (sheet,), _ = read_tables(tmp_path / "t.csv", said.append)
    assert len(sheet.rows) == 100_000
    assert any("of 100,001" in line for line in said)


def test_nothing_is_unpacked_to_see_that_an_archive_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.xlsx").write_bytes(packed({"xl/workbook.xml": bytes(30_000_000)}))
    monkeypatch.setattr("synth.starter.file_kinds.archive._actual", None)
    names, problem = look_into(tmp_path / "t.xlsx", "t.xlsx")
    assert problem is not None
    assert (names, problem.code) == ([], "archive-bomb")
