"""Files of authors of every kind become tables: the cells, their places, and what is told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from synth.starter.file_kinds.reading import read_tables
from synth.starter.sheet import Sheet

TABLE = "Paper,Code,Text\nMüller 2020,Pay,Café “was” paid.\nRoux 2021,Hours,Naïve façade.\n"


def read(tmp_path: Path, name: str, data: str | bytes) -> list[Sheet]:
    """The tables of a file that can be read."""
    path = tmp_path / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    sheets, problems = read_tables(path)
    assert not [problem for problem in problems if problem.severity == "error"], problems
    return sheets


def refused(tmp_path: Path, name: str, data: str | bytes) -> str:
    """What is said of a file that cannot be read."""
    path = tmp_path / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    sheets, problems = read_tables(path)
    assert sheets == []
    return "\n".join(map(str, problems)).replace(str(path), name)


def cells(sheet: Sheet) -> list[list[str]]:
    return [[row.cells[name] for name in sheet.header] for row in sheet.rows]


def told(sheet: Sheet) -> str:
    return "\n".join(sheet.notes)


def workbook(fill: Callable[[Any], None], **options: Any) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, options) as book:
        fill(book)
    return stream.getvalue()


def archive(parts: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return stream.getvalue()


# --- text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252 (line 2 holds 'ü')"),
        ("mac_roman", "Mac Roman (line 2 holds 'ü')"),
        ("cp850", "DOS"),
    ],
)
def test_an_encoding_is_found_and_told(tmp_path: Path, encoding: str, said: str) -> None:
    text = TABLE if encoding != "cp850" else TABLE.replace("“", "'").replace("”", "'")
    (sheet,) = read(tmp_path, "t.csv", text.encode(encoding))
    assert cells(sheet)[0] == ["Müller 2020", "Pay", text.splitlines()[1].split(",")[2]]
    assert said in told(sheet)


@pytest.mark.parametrize(
    ("encoding", "row"),
    [
        ("cp1251", "Иванов 2020,Оплата труда работников и условия их жизни"),
        ("cp1253", "Παπαδόπουλος 2020,Αμοιβή και ώρες εργασίας"),
        ("cp932", "山田 2020,賃金と労働時間について"),
        ("gb18030", "王 2020,工资和工作时间的影响"),
        ("cp949", "김 2020,임금과 노동 시간"),
    ],
)
def test_other_scripts_are_found_and_told(tmp_path: Path, encoding: str, row: str) -> None:
    (sheet,) = read(tmp_path, "t.csv", f"Paper,Code\n{row}\n".encode(encoding))
    assert cells(sheet) == [row.split(",")]
    assert "not UTF-8" in told(sheet)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_what_the_rows_have_in_common(tmp_path: Path, sign: str) -> None:
    """A caption and texts hold other signs, even more often."""
    other = ";" if sign == "," else ","
    text = (
        f"Export of 12 March{other} made by us{other} v3\n"
        f"Paper{sign}Code{sign}Text\n"
        f"Lee 2020{sign}A{other} B{other} C{sign}one{other} two\n"
        f"Roux 2021{sign}D{sign}three\n"
    )
    (sheet,) = read(tmp_path, "t.csv", text)
    assert sheet.header == ("Paper", "Code", "Text")
    assert cells(sheet)[0] == ["Lee 2020", f"A{other} B{other} C", f"one{other} two"]
    assert [row.line for row in sheet.rows] == [3, 4]
    assert "Line 1 stands above the headings" in told(sheet)


def test_line_breaks_in_cells_stay_and_places_are_lines_of_the_file(tmp_path: Path) -> None:
    text = 'Paper,Codes\n"Lee 2020","Pay\r\n  Hours "\n\nRoux 2021,Pay\n'
    (sheet,) = read(tmp_path, "t.csv", text)
    assert cells(sheet) == [["Lee 2020", "Pay\nHours"], ["Roux 2021", "Pay"]]
    assert [row.line for row in sheet.rows] == [2, 5]
    assert "1 empty row was left out." in sheet.notes


def test_a_cell_of_a_megabyte_is_a_cell(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, "t.csv", f'Paper,Text\nLee 2020,"{"word, " * 200_000}"\n')
    assert len(sheet.rows[0].cells["Text"]) == 1_199_999


def test_quotation_marks_with_a_backslash_are_read_and_told(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, "t.csv", 'Paper,Text\nLee 2020,"They said \\"no\\", twice"\n')
    assert cells(sheet) == [["Lee 2020", 'They said "no", twice']]
    assert "backslash" in told(sheet) or '\\"' in told(sheet)


def test_a_table_of_r_with_numbered_rows_keeps_its_columns(tmp_path: Path) -> None:
    (sheet,) = read(
        tmp_path, "t.txt", '"Paper" "Code"\n"1" "Lee 2020" "Pay"\n"2" "Ek 2021" "Hours"\n'
    )
    assert sheet.header == ("Column 1", "Paper", "Code")
    assert cells(sheet) == [["1", "Lee 2020", "Pay"], ["2", "Ek 2021", "Hours"]]
    assert "blanks" in told(sheet)


def test_signs_that_nobody_sees_are_gone_and_entities_are_signs(tmp_path: Path) -> None:
    text = "\ufeffPa\u200bper,Code\nLee\u00a02020,Sort\u00ading &amp; pay\nEk 2021,می\u200cخواهم\n"
    (sheet,) = read(tmp_path, "t.csv", text)
    assert sheet.header == ("Paper", "Code")
    assert cells(sheet) == [["Lee 2020", "Sorting & pay"], ["Ek 2021", "می\u200cخواهم"]]
    assert "1 cell held signs as web pages write them and got the signs: '&amp;' in row 2." in told(
        sheet
    )


def test_columns_without_a_heading_and_headings_alike_get_names_and_are_told(
    tmp_path: Path,
) -> None:
    (sheet,) = read(tmp_path, "t.csv", "Paper,Code,Code,,\nLee 2020,Pay,Hours,x,\n")
    assert sheet.header == ("Paper", "Code", "Code (2)", "Column 4")
    assert cells(sheet) == [["Lee 2020", "Pay", "Hours", "x"]]
    assert "'Column 4'" in told(sheet)
    assert "'Code (2)'" in told(sheet)


def test_headings_in_two_rows_are_joined(tmp_path: Path) -> None:
    text = (
        "Study,Context,,Findings,\n"
        ",Country,Design,Barriers,Facilitators\n"
        "Lee 2020,Kenya,Survey,Low pay,Good leaders\n"
    )
    (sheet,) = read(tmp_path, "t.csv", text)
    assert sheet.header == (
        *("Study", "Context: Country", "Context: Design"),
        *("Findings: Barriers", "Findings: Facilitators"),
    )
    assert sheet.heads["Findings: Barriers"] == ("Findings", "Barriers")
    assert [row.line for row in sheet.rows] == [3]
    assert "Line 1 to 2 are headings together" in told(sheet)


def test_a_row_is_no_second_row_of_headings(tmp_path: Path) -> None:
    """A heading is missing, and the first row has a cell below it."""
    (sheet,) = read(tmp_path, "t.csv", "Study,Code,,Text\nLee,Pay,x,y\nEk,Hours,z,w\n")
    assert sheet.header == ("Study", "Code", "Column 3", "Text")
    assert len(sheet.rows) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Paper,Code\nLee 2020\nEk\nRoux,Pay\nAbe,Pay\n",
            "t.csv:2: [sheet-row-short] The row has 1 cell",
        ),
        ("Paper,Code\nLee 2020\nEk\nRoux,Pay\nAbe,Pay\n", "Also on line 3."),
        (
            'Paper,Code\nLee,"Pay\n',
            "t.csv:2: [sheet-quote-unclosed]",
        ),
        (
            'Paper,Code\nLee,"Pay" now"\n',
            "t.csv:2: [sheet-quote-inside]",
        ),
        ("Paper,Code\n", "There is a header and no row below it."),
        ("", "The file is empty."),
        (" , \n", "The file holds no cell."),
    ],
)
def test_what_cannot_be_taken_apart_is_told_once_a_cause(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in refused(tmp_path, "t.csv", text)
