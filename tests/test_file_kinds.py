"""Files of authors of every kind become tables: the cells, their places, and what is told."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from synth.starter.columns.guess import guess
from synth.starter.file_kinds.reading import read_tables
from synth.starter.sheet import Sheet
from synth.starter.start import Request, start
from synth.starter.turned import turned

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
        ("koi8_r", "Иванов 2020,Уход"),
        ("cp1255", "כהן 2020,שכר ושעות עבודה של עובדים"),
        ("cp1250", "Dvořák 2020,Péče o duši"),
        ("cp1250", "Świecki 2020,Czas i ułatwienie"),
        ("cp1250", "Kovačević i Žižek 2020,Vrijeme čekanja"),
        ("cp1252", "Žižek et Rivière 2020,La durée du séjour à l'hôpital après"),
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


def test_names_of_groups_above_whole_headings_are_joined(tmp_path: Path) -> None:
    text = (
        "Made by: Ann\n,,Barriers,,Facilitators,\nStudy,Year,Pay,Hours,Leaders,Team\n"
        "Lee,2020,x,,,x\nEk,2021,,x,,\n"
    )
    (sheet,) = read(tmp_path, "t.csv", text)
    assert sheet.header == (
        *("Study", "Year", "Barriers: Pay", "Barriers: Hours"),
        *("Facilitators: Leaders", "Facilitators: Team"),
    )
    assert sheet.heads["Study"] == ("Study",)
    assert [row.line for row in sheet.rows] == [4, 5]


def test_what_is_exported_by_whom_is_no_name_of_a_group(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, "t.csv", "Made by,Ann,,\nStudy,Code,Text,Note\nLee,Pay,x,y\n")
    assert sheet.header == ("Study", "Code", "Text", "Note")
    assert "Line 1 stands above the headings" in told(sheet)


def test_a_line_apart_below_a_table_is_a_row_of_one_cell(tmp_path: Path) -> None:
    text = "Study,Code,Text\nLee 2020,Pay,One\n\nNR: not reported\n"
    (sheet,) = read(tmp_path, "t.csv", text)
    assert cells(sheet) == [["Lee 2020", "Pay", "One"], ["NR: not reported", "", ""]]


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


# --- workbooks ----------------------------------------------------------------------------------

KINDS = Path(__file__).parent / "kinds"


def fill(book: Any) -> None:
    """A workbook as teams have them."""
    sheet = book.add_worksheet("Coding")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range("A1:F1", "Table S1. Coded findings")
    sheet.write_row("A2", ["Study", "Code", "Share", "No", "Read on", "Sum"])
    sheet.merge_range("A3:A4", "Müller 2020")
    sheet.write("B3", "Pay\n  Hours")
    sheet.write("C3", 0.256, book.add_format({"num_format": "0.0%"}))
    sheet.write("D3", 7, book.add_format({"num_format": "000"}))
    sheet.write_datetime("E3", datetime(2021, 5, 4), day)
    sheet.write_formula("F3", "=1+1", None, 2)
    sheet.write_row("B4", ["Pay", 0.1 + 0.2, 2020])
    sheet.write("E4", 2020, day)
    sheet.write_formula("F4", "=1/0", None, "#DIV/0!")
    sheet.write_row("A6", ["Roux 2021", True, 1e20, 2.5])
    sheet.write_datetime(
        "E6", datetime(2021, 5, 4, 10, 30), book.add_format({"num_format": "h:mm"})
    )
    hidden = book.add_worksheet("Old")
    hidden.write_row("C3", ["Study", "Code"])
    hidden.write_row("C4", ["Ek 2019", "Pay"])
    hidden.hide()
    book.add_worksheet("Empty")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=Coding!$C$3:$C$4"})
    book.add_chartsheet("Figure 1").set_chart(chart)


def test_a_workbook_is_read_as_people_see_it(tmp_path: Path) -> None:
    coding, old = read(tmp_path, "maps.xlsx", workbook(fill))
    assert coding.header == ("Study", "Code", "Share", "No", "Read on", "Sum")
    assert cells(coding) == [
        ["Müller 2020", "Pay\nHours", "25.6%", "007", "2021-05-04", "2"],
        ["Müller 2020", "Pay", "0.3", "2020", "1905-07-12", "#DIV/0!"],
        ["Roux 2021", "TRUE", "100000000000000000000", "2.5", "2021-05-04 10:30", ""],
    ]
    assert [row.line for row in coding.rows] == [3, 4, 6]
    assert (coding.name, coding.source) == ("Coding", f"{tmp_path}/maps.xlsx[Coding]")
    assert (cells(old), old.rows[0].line, old.hidden) == ([["Ek 2019", "Pay"]], 4, True)
    for said in (
        "1 sheet holds a chart or a macro and no cells: 'Figure 1'.",
        "1 sheet is empty: 'Empty'.",
        "1 sheet is hidden in the file: 'Old'.",
        "Row 1 stands above the headings and is no row of the table: 'Table S1. Coded findings'.",
        "1 merged range was filled",
    ):
        assert said in told(coding)


def test_what_is_odd_in_a_workbook_is_a_warning_with_its_cells(tmp_path: Path) -> None:
    (tmp_path / "maps.xlsx").write_bytes(workbook(fill))
    _, problems = read_tables(tmp_path / "maps.xlsx")
    said = {problem.code: problem.message for problem in problems}
    assert said == {
        "sheet-formula-error": "1 cell holds an error of a formula: F4 (#DIV/0!).",
        "sheet-date-early": "1 cell holds a date before 1910: E4 (1905-07-12, the number 2020).",
    }


def test_a_workbook_whose_only_table_is_hidden_is_read(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Old")
        sheet.write_row("A1", ["Study", "Code"])
        sheet.write_row("A2", ["Ek 2019", "Pay"])
        sheet.hide()

    (tmp_path / "t.xlsx").write_bytes(workbook(fill))
    said: list[str] = []
    request = Request(tmp_path / "new", tables=(tmp_path / "t.xlsx",))
    start(request, execute=False, dry_run=True, say=said.append)
    assert "  1 finding from 1 row" in said


def test_a_formula_without_a_value_is_told(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["Study", "Code"])
        sheet.write_formula("A2", "=B9", None, "")
        sheet.write("B2", "Pay")

    (tmp_path / "t.xlsx").write_bytes(workbook(fill))
    (sheet,), (problem,) = read_tables(tmp_path / "t.xlsx")
    assert cells(sheet) == [["", "Pay"]]
    assert (problem.code, "A2" in problem.message) == ("sheet-formula-unsaved", True)


def test_headings_merged_across_columns_are_joined(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.merge_range("A1:A2", "Study")
        sheet.merge_range("B1:C1", "Findings")
        sheet.write_row("B2", ["Barriers", "Facilitators"])
        sheet.write_row("A3", ["Lee 2020", "Low pay", "Good leaders"])
        sheet.write_row("A4", ["Ek 2021", "2", "3"])

    (sheet,) = read(tmp_path, "t.xlsx", workbook(fill))
    assert sheet.header == ("Study", "Findings: Barriers", "Findings: Facilitators")
    assert sheet.heads["Study"] == ("Study",)
    assert [row.line for row in sheet.rows] == [3, 4]


def test_a_line_merged_across_a_table_is_one_cell(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.write_row("A1", ["Study", "Year", "Theme", "Quote"])
        sheet.merge_range("A2:D2", "Asia")
        sheet.write_row("A3", ["Kim", 2020, "Pay", "low"])
        sheet.merge_range("A4:C5", "Africa, seen twice")
        sheet.merge_range("A6:A7", "Ek")
        sheet.merge_range("B6:B7", 2019)
        sheet.write_row("C6", ["Rest", "none"])
        sheet.merge_range("C7:D7", "Pay")
        sheet.merge_range("A8:C8", "Note: NR = not reported")

    (sheet,) = read(tmp_path, "t.xlsx", workbook(fill))
    assert cells(sheet) == [
        ["Asia", "", "", ""],
        ["Kim", "2020", "Pay", "low"],
        ["Africa, seen twice", "", "", ""],
        ["Ek", "2019", "Rest", "none"],
        ["Ek", "2019", "Pay", "Pay"],
        ["Note: NR = not reported", "", "", ""],
    ]
    assert "3 merged ranges were filled, every cell with what the range shows: A6:A7" in told(sheet)


def test_rows_struck_out_are_not_read_and_cells_are_and_both_are_told(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet, struck = book.add_worksheet("S"), book.add_format({"font_strikeout": True})
        sheet.write_row("A1", ["Study", "Code"])
        sheet.write_row("A2", ["Lee 2020", "Pay"])
        sheet.write_row("A3", ["Old 2001", "Pay"], struck)
        sheet.write("A4", "Ek 2021")
        sheet.write("B4", "Rest", struck)
        other = book.add_worksheet("All")
        other.write_row("A1", ["Study", "Code"], struck)
        other.write_row("A2", ["Lee 2020", "Pay"], struck)

    some, whole = read(tmp_path, "t.xlsx", workbook(fill))
    assert cells(some) == [["Lee 2020", "Pay"], ["Ek 2021", "Rest"]]
    assert "1 row is struck out in the file and was not read: 3." in told(some)
    assert "1 cell is struck out in the file and read: B4." in told(some)
    assert (cells(whole), "struck" in told(whole)) == ([["Lee 2020", "Pay"]], False)


def test_rows_struck_out_in_opendocument_are_not_read(tmp_path: Path) -> None:
    style = (
        '<style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'style:name="ce1"><style:text-properties style:text-line-through-style="solid"/>'
        "</style:style>"
    )
    lined = ' table:style-name="ce1"'
    rows = (
        f"<table:table-row>{text_cell('Study')}{text_cell('Code')}</table:table-row>"
        f"<table:table-row>{text_cell('Old 2001', lined)}{text_cell('Pay', lined)}"
        "</table:table-row>"
        f"<table:table-row>{text_cell('Lee 2020')}{text_cell('Pay', lined)}</table:table-row>"
    )
    (sheet,) = read(tmp_path, "t.ods", opendocument(rows, style))
    assert cells(sheet) == [["Lee 2020", "Pay"]]
    assert "1 row is struck out in the file and was not read: 2." in told(sheet)
    assert "1 cell is struck out in the file and read: B3." in told(sheet)


def test_an_old_workbook_is_read() -> None:
    (coding, notes), (problem,) = read_tables(KINDS / "coding.xls")
    assert problem.code == "sheet-errors-lost"
    assert problem.message == "1 cell holds an error, read as empty: D5 (#N/A)."
    assert cells(coding) == [
        ["Müller 2020", "Pay", "Low pay.", "2021-05-04"],
        ["Müller 2020", "Hours", "Long hours.", ""],
        ["2019", "Pay", "0.5", ""],
    ]
    assert (notes.name, notes.hidden) == ("Notes", True)


def opendocument(rows: str, styles: str = "") -> bytes:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    spaces += (
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="Coding">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        }
    )


def text_cell(text: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def test_a_workbook_of_libreoffice_is_read_and_its_merged_cells_filled(tmp_path: Path) -> None:
    share = (
        '<table:table-cell office:value-type="percentage" office:value="0.256">'
        "<text:p>25.6%</text:p></table:table-cell>"
    )
    failed = (
        '<table:table-cell office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    )
    rows = "".join(
        f"<table:table-row>{row}</table:table-row>"
        for row in (
            text_cell("Study") + text_cell("Code") + text_cell("Share"),
            text_cell("Lee 2020", ' table:number-rows-spanned="2"') + text_cell("Pay") + share,
            "<table:covered-table-cell/>" + text_cell("Hours") + failed,
            '<table:table-cell office:value-type="float" office:value="2019"/>' + text_cell("Pay"),
        )
    )
    (tmp_path / "t.ods").write_bytes(opendocument(rows))
    (sheet,), (problem,) = read_tables(tmp_path / "t.ods")
    assert cells(sheet) == [
        ["Lee 2020", "Pay", "25.6%"],
        ["Lee 2020", "Hours", "#DIV/0!"],
        ["2019", "Pay", ""],
    ]
    assert "1 merged range was filled" in told(sheet)
    assert (problem.code, "C3 (#DIV/0!)" in problem.message) == ("sheet-formula-error", True)


def test_a_workbook_of_libreoffice_with_a_password_is_named(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": bytes(range(256)),
        "META-INF/manifest.xml": "<manifest:file-entry><manifest:encryption-data/>",
    }
    assert "sheet-password" in refused(tmp_path, "t.ods", archive(parts))


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    """Made by hand from the records of the format: type, length, content."""

    def record(kind: int, data: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return head + bytes([len(data)]) + data

    def wide(text: str) -> bytes:
        return len(text).to_bytes(4, "little") + text.encode("utf-16-le")

    def number(value: int) -> bytes:
        return value.to_bytes(4, "little")

    book = (
        record(0x83)
        + record(0x8F)
        + record(0x9C, number(0) + number(1) + wide("rId1") + wide("S"))
        + record(0x90)
        + record(0x84)
    )
    body = b""
    for row, texts in enumerate([["Study", "Code"], ["Lee 2020", "Pay"]]):
        body += record(0x00, number(row) + bytes(21))
        for column, text in enumerate(texts):
            body += record(0x06, number(column) + number(0) + wide(text))
    area = number(0) + number(1) + number(0) + number(1)
    sheet_bin = (
        record(0x81) + record(0x94, area) + record(0x91) + body + record(0x92) + record(0x82)
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = archive(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
            f'package/2006/relationships"><Relationship Id="rId1" Type="{relation}/worksheet" '
            'Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": sheet_bin,
        }
    )
    (sheet,) = read(tmp_path, "t.xlsb", packed)
    assert (sheet.header, cells(sheet)) == (("Study", "Code"), [["Lee 2020", "Pay"]])


def test_two_cells_at_the_ends_of_a_sheet_do_not_fill_the_memory(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write("A1", "Study")
        sheet.write("XFD1048576", "far")

    assert "sheet-damaged" in refused(tmp_path, "far.xlsx", workbook(fill))


# --- archives -----------------------------------------------------------------------------------


def understated(data: bytes, size: int) -> bytes:
    """An archive of one part whose list of contents gives a smaller size than it has."""
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + size.to_bytes(4, "little") + data[at + 4 :]


@pytest.mark.parametrize("name", ["bomb.xlsx", "bomb.qdpx"])
def test_an_archive_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path, name: str) -> None:
    inside = "xl/workbook.xml" if name.endswith("xlsx") else "project.qde"
    told = refused(tmp_path, name, archive({inside: b"0" * 60_000_000}))
    assert "archive-bomb" in told
    assert "to 60 MB" in told


def test_an_archive_that_says_less_than_it_holds_is_not_unpacked(tmp_path: Path) -> None:
    data = understated(archive({"xl/workbook.xml": b"0" * 500_000}), 1000)
    assert "archive-untrue" in refused(tmp_path, "t.xlsx", data)


def test_an_archive_that_is_large_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth.starter.file_kinds.archive.MOST_BYTES", 1000)
    assert "archive-large" in refused(tmp_path, "t.xlsx", archive({"xl/workbook.xml": "abc" * 400}))


@pytest.mark.parametrize(
    "name", ["../x.xml", "xl/../../x.xml", "/etc/x.xml", "C:\\x.xml", "..\\x.xml"]
)
def test_an_archive_that_points_outside_is_not_opened(tmp_path: Path, name: str) -> None:
    data = archive({"xl/workbook.xml": "<a/>", name: "x"})
    assert "archive-outside" in refused(tmp_path, "t.xlsx", data)


def test_an_archive_with_a_link_is_not_opened(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("project.qde", "<Project/>")
        link = zipfile.ZipInfo("sources/a.txt")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    assert "archive-link" in refused(tmp_path, "t.qdpx", stream.getvalue())


def test_an_archive_with_a_password_is_named(tmp_path: Path) -> None:
    data = bytearray(archive({"xl/workbook.xml": "<a/>"}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert "archive-password" in refused(tmp_path, "t.xlsx", bytes(data))
    locked = (KINDS / "password.xlsx").read_bytes()
    assert "sheet-password" in refused(tmp_path, "t.xlsx", locked)


# --- no tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("t.pdf", b"%PDF-1.7\n", "a PDF"),
        ("t.png", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("t.csv", b"\xff\xd8\xff\xe0", "a picture"),
        ("t.docx", archive({"[Content_Types].xml": "", "word/document.xml": ""}), "(docx)"),
        ("t.pptx", archive({"ppt/presentation.xml": ""}), "slides"),
        ("t.odt", archive({"mimetype": "application/vnd.oasis.opendocument.text"}), "LibreOffice"),
        ("t.zip", archive({"in/table.csv": ""}), "an archive (zip)"),
        ("t.zip", archive({"in/table.csv": ""}), "in/table.csv"),
        ("t.nvp", b"anything", "an NVivo project"),
        ("t.nvpx", archive({"x": ""}), "an NVivo project"),
        ("t.mx20", b"anything", "a MAXQDA project"),
        ("t.atlproj", archive({"x": ""}), "an ATLAS.ti project"),
        ("t.sqlite3", b"SQLite format 3\0CREATE TABLE highlights", "a Taguette project"),
        ("t.qda", b"SQLite format 3\0code_text", "a QualCoder project"),
        ("t.enl", b"anything", "an EndNote library"),
        ("t.bib", "@article{lee2020, title={x}}\n", "a file of references (BibTeX)"),
        ("t.txt", "TY  - JOUR\nER  - \n", "a file of references (RIS)"),
        ("t.nbib", "PMID- 123\nTI  - x\n", "a file of references (PubMed)"),
        ("t.ciw", "FN Clarivate Analytics Web of Science\nVR 1.0\n", "(Web of Science)"),
        ("t.xml", "<?xml version='1.0'?><xml><records><record/></records></xml>", "EndNote XML"),
        ("t.json", '[{"type": "book", "author": [{"family": "Lee"}], "title": "x"}]', "CSL JSON"),
        ("t.xls", "<html><table><tr><td>x</td></tr></table></html>", "a web page"),
        ("t.rtf", "{\\rtf1 x}", "a text document (RTF)"),
        ("t.sav", b"$FL2@(#) SPSS", "an SPSS file"),
        ("t.rds", b"\x1f\x8b\x08", "R data"),
        ("t.csv.gz", b"\x1f\x8b\x08", "packed (gzip)"),
        ("t.numbers", archive({"Index/Document.iwa": "x"}), "Apple"),
    ],
)
def test_what_is_no_table_is_named_with_what_to_export(
    tmp_path: Path, name: str, data: str | bytes, what: str
) -> None:
    said = refused(tmp_path, name, data)
    assert "sheet-no-table" in said
    assert what in said
    assert "\n  " in said  # with a way out


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    assert [p.code for p in read_tables(tmp_path)[1]] == ["sheet-folder"]
    assert [p.code for p in read_tables(tmp_path / "none.csv")[1]] == ["sheet-unreadable"]
    (tmp_path / "data.qda").write_bytes(b"SQLite format 3\0")
    assert [p.code for p in read_tables(tmp_path)[1]] == ["sheet-no-table"]


# --- programs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "program", "holds", "roles"),
    [
        (
            "id,document,tag,content",
            "1,Lee 2020,Pay,Text",
            "Taguette",
            "codings",
            {"document": "study", "tag": "theme", "content": "summary"},
        ),
        (
            "Color,Comment,Document group,Document name,Code,Beginning,End,Weight score,Segment,"
            "Created by",
            ",,Set,Lee 2020,Work > Pay,1,2,0,Text,Ann",
            "MAXQDA",
            "codings",
            {
                "Document name": "study",
                "Code": "theme",
                "Segment": "summary",
                "Created by": "person",
            },
        ),
        (
            "Dokumentgruppe,Dokumentname,Code,Anfang,Ende,Gewicht,Segment,Erstellt von",
            "Set,Lee 2020,Pay,1,2,0,Text,Ann",
            "MAXQDA",
            "codings",
            {
                "Dokumentname": "study",
                "Code": "theme",
                "Segment": "summary",
                "Erstellt von": "person",
            },
        ),
        (
            "ID,Quotation Name,Document,Quotation Content,Codes,Comment,Created by",
            "1:1,q,Lee 2020,Text,Pay,,Ann",
            "ATLAS.ti",
            "codings",
            {
                "Document": "study",
                "Codes": "theme",
                "Quotation Content": "summary",
                "Created by": "person",
            },
        ),
        (
            "File,Coder,Coded,Codename",
            "Lee 2020,Ann,Text,Pay",
            "QualCoder",
            "codings",
            {"File": "study", "Codename": "theme", "Coded": "summary", "Coder": "person"},
        ),
        (
            "File Name,Hierarchical Name,Coded Text,Coverage,Coded By Initials",
            "Lee 2020,Codes\\\\Pay,Text,1%,AB",
            "NVivo",
            "codings",
            {
                "File Name": "study",
                "Hierarchical Name": "theme",
                "Coded Text": "summary",
                "Coded By Initials": "person",
            },
        ),
        (
            "Name,Description,Files,References",
            "Pay,Money,3,12",
            "NVivo",
            "codebook",
            {
                "Name": "label",
                "Description": "definition",
                "Files": "leave-out",
                "References": "leave-out",
            },
        ),
        (
            "Covidence #,Study ID,Title,Reviewer Name,Country",
            "12,Lee 2020,A title,Consensus,Kenya",
            "Covidence",
            "studies",
            {
                "Covidence #": "record",
                "Study ID": "study",
                "Title": "title",
                "Reviewer Name": "reviewer",
            },
        ),
        (
            "Title,Authors,Abstract,Published Year,Journal,DOI,Ref,Covidence #,Study,Notes,Tags",
            "A title,Lee,x,2020,J,10.5555/a,1,#12,Lee 2020,,",
            "Covidence",
            "references",
            {
                "Covidence #": "record",
                "Study": "study",
                "Title": "title",
                "Authors": "author",
                "Published Year": "year",
                "Journal": "journal",
                "DOI": "doi",
                "Abstract": "abstract",
            },
        ),
        (
            "Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Abstract Note",
            "ABCD1234,journalArticle,2020,Lee,A title,J,10.5555/a,x",
            "Zotero",
            "references",
            {
                "Key": "record",
                "Title": "title",
                "Author": "author",
                "Publication Year": "year",
                "Publication Title": "journal",
                "DOI": "doi",
                "Abstract Note": "abstract",
            },
        ),
        (
            "Refid,User,Level,Author,Title,Country",
            "12,Ann,2,Lee,A title,Kenya",
            "DistillerSR",
            "studies",
            {"Refid": "record", "User": "reviewer", "Author": "author", "Title": "title"},
        ),
    ],
)
def test_an_export_is_known_by_its_headings(
    tmp_path: Path, header: str, row: str, program: str, holds: str, roles: dict[str, str]
) -> None:
    (sheet,) = read(tmp_path, "t.csv", f"{header}\n{row}\n")
    assert (sheet.program, sheet.holds, sheet.roles) == (program, holds, roles)
    assert f"Its headings are those of {program}" in told(sheet)
    assert [*sheet.rows[0].cells.values()] == row.replace("Codes\\\\", "").split(",")


@pytest.mark.parametrize(
    "header", ["Document,Code,Text", "Key,Title,Authors,Notes", "Title,Year,Study", "Name,Code"]
)
def test_a_table_of_ones_own_is_no_export(tmp_path: Path, header: str) -> None:
    row = ",".join(f"Lee {n}" for n in range(header.count(",") + 1))
    (sheet,) = read(tmp_path, "t.csv", f"{header}\n{row}\n")
    assert (sheet.program, sheet.holds, sheet.roles) == ("", "", {})


def test_reviewers_and_consensus_of_covidence_are_counted_without_names(tmp_path: Path) -> None:
    text = (
        "Covidence #,Study ID,Title,Reviewer Name,Country\n"
        "1,Lee 2020,x,Ann Abel,Kenya\n1,Lee 2020,x,Bo Berg,Mali\n1,Lee 2020,x,Consensus,Kenya\n"
    )
    (sheet,) = read(tmp_path, "t.csv", text)
    assert "3 rows: 1 of the consensus, 2 of 2 reviewers." in sheet.notes
    assert "Abel" not in told(sheet)


def test_codes_of_dedoose_come_from_its_ticks(tmp_path: Path) -> None:
    text = (
        'Media Title,Excerpt Creator,Excerpt Copy,Codes Applied Combined,"Code: Pay, low Applied",'
        '"Code: Pay, low Range","Code: Pay, low Weight",Code: Hours Applied,Code: Hours Weight\n'
        'Lee 2020,ann,Text,"Pay, low, Hours",True,,,True,3\nEk 2021,bo,More,,False,,,False,\n'
    )
    (sheet,) = read(tmp_path, "t.csv", text)
    assert sheet.header == (
        *("Media Title", "Excerpt Creator", "Excerpt Copy", "Codes Applied Combined"),
        "Code: Hours Weight",
    )
    assert cells(sheet)[0] == ["Lee 2020", "ann", "Text", "Pay, low\nHours", "3"]
    assert cells(sheet)[1] == ["Ek 2021", "bo", "More", "", ""]
    assert sheet.roles["Codes Applied Combined"] == "theme"


def test_decisions_of_rayyan_become_columns_without_names(tmp_path: Path) -> None:
    packed = (
        '"RAYYAN-INCLUSION: {""Ann""=>""Excluded"", ""Bo""=>""Excluded""} | RAYYAN-LABELS: a,b'
        ' | RAYYAN-EXCLUSION-REASONS: wrong population | USER-NOTES: look again"'
    )
    header = "key,title,year,journal,issn,authors,language,notes"
    text = f"{header}\nrayyan-1,A title,2020,J,,Lee,,{packed}\n"
    (sheet,) = read(tmp_path, "t.csv", text)
    row = sheet.rows[0].cells
    assert (row["Decision"], row["Labels"], row["Exclusion reasons"], row["notes"]) == (
        *("Excluded", "a\nb", "wrong population"),
        "USER-NOTES: look again",
    )
    assert "Ann" not in told(sheet)


def test_a_matrix_of_nvivo_loses_its_letters_and_numbers(tmp_path: Path) -> None:
    text = ",A : Pay,B : Hours\n1 : Lee 2020,2,0\n2 : Ek 2021,0,1\n"
    (sheet,) = read(tmp_path, "t.csv", text)
    assert sheet.header == ("Source", "Pay", "Hours")
    assert cells(sheet) == [["Lee 2020", "2", "0"], ["Ek 2021", "0", "1"]]
    assert sheet.roles == {"Source": "study"}


# --- records ------------------------------------------------------------------------------------


def test_records_of_json_are_rows_with_their_lines(tmp_path: Path) -> None:
    data = (
        '[\n {"study": "Lee 2020", "code": ["Pay", "Hours"], "year": 2020, "share": 0.50,\n'
        '  "ok": true, "where": {"country": "Kenya"}, "none": null, "n": NaN},\n'
        ' {"study": "Ek 2021", "code": "Pay"}\n]\n'
    )
    (sheet,) = read(tmp_path, "t.json", data)
    assert sheet.header == ("study", "code", "year", "share", "ok", "where.country", "none", "n")
    assert cells(sheet)[0] == ["Lee 2020", "Pay\nHours", "2020", "0.50", "TRUE", "Kenya", "", "NaN"]
    assert [row.line for row in sheet.rows] == [2, 4]


@pytest.mark.parametrize(
    "data",
    [
        '{"a": {"study": "Lee", "code": "Pay"}, "b": {"study": "Ek", "code": "Pay"}}',
        '{"study": "Lee", "code": "Pay"}\n{"study": "Ek", "code": "Pay"}\n',
        '{"study": ["Lee", "Ek"], "code": ["Pay", "Pay"]}',
        '{"columns": ["study", "code"], "data": [["Lee", "Pay"], ["Ek", "Pay"]]}',
        '[["study", "code"], ["Lee", "Pay"], ["Ek", "Pay"]]',
        '{"made": "2020", "records": [{"study": "Lee", "code": "Pay"}, {"study": "Ek",'
        '"code": "Pay"}]}',
    ],
)
def test_records_of_any_arrangement_are_rows(tmp_path: Path, data: str) -> None:
    (sheet,) = read(tmp_path, "t.json", data)
    rows = [{name: row.cells[name] for name in ("study", "code")} for row in sheet.rows]
    assert rows == [{"study": "Lee", "code": "Pay"}, {"study": "Ek", "code": "Pay"}]


def test_records_of_yaml_are_as_people_wrote_them(tmp_path: Path) -> None:
    data = (
        "- study: Lee 2020\n  country: NO\n  read: 2020-01-02\n  findings:\n"
        "    - {code: Pay, text: One}\n    - {code: Hours, text: Two}\n- study: Ek 2021\n"
    )
    (sheet,) = read(tmp_path, "t.yaml", data)
    assert sheet.header == ("study", "country", "read", "code", "text")
    assert cells(sheet) == [
        ["Lee 2020", "NO", "2020-01-02", "Pay", "One"],
        ["Lee 2020", "NO", "2020-01-02", "Hours", "Two"],
        ["Ek 2021", "", "", "", ""],
    ]
    assert [row.line for row in sheet.rows] == [5, 6, 7]
    assert "Each of the 2 records in 'findings' is a row of its own." in sheet.notes


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("t.json", '[{"study": "Lee"', "records-broken"),
        ("t.json", '[{"study": "Lee"},]', "records-broken"),
        ("t.json", '{"a": 1}', "records-none"),
        ("t.json", "[]", "records-none"),
        ("t.json", "[" * 100_000, "records-deep"),
        ("t.yaml", "a: b: c\n", "records-broken"),
        ("t.yaml", "just words\n", "records-none"),
        ("t.yaml", "&a [*a]\n", "records-deep"),
        ("t.yaml", LAUGHS, "records-deep"),
    ],
)
def test_records_that_cannot_be_read_are_told(
    tmp_path: Path, name: str, data: str, code: str
) -> None:
    assert code in refused(tmp_path, name, data)


def test_a_report_of_eppi_reviewer_becomes_codings_and_a_codebook(tmp_path: Path) -> None:
    data = {
        "CodeSets": [
            {
                "SetName": "Keywords",
                "SetId": 9,
                "Attributes": {
                    "AttributesList": [
                        {
                            "AttributeId": 1,
                            "AttributeName": "Work",
                            "AttributeDescription": "All of it",
                            "Attributes": {
                                "AttributesList": [{"AttributeId": 2, "AttributeName": "Pay >25 %"}]
                            },
                        }
                    ]
                },
            }
        ],
        "References": [
            {
                "ItemId": 77,
                "Title": "A title",
                "ShortTitle": "Lee (2020)",
                "Year": "2020",
                "Publisher": "P",
                "Codes": [
                    {
                        "AttributeId": 2,
                        "AdditionalText": "Info",
                        "ItemAttributeFullTextDetails": [{"Text": "one"}, {"Text": "two"}],
                    },
                    {"AttributeId": 1, "AdditionalText": ""},
                    {"AttributeId": 5, "AdditionalText": "?"},
                ],
            },
            {"ItemId": 78, "Title": "No code", "ShortTitle": "Ek (2021)"},
        ],
    }
    codings, book = read(tmp_path, "report.json", json.dumps(data))
    assert codings.header == (
        *("ItemId", "Study", "Title", "Year", "Code set", "Code 1", "Code 2", "Text", "Passages"),
    )
    assert cells(codings) == [
        [
            "77",
            "Lee (2020)",
            "A title",
            "2020",
            "Keywords",
            "Work",
            "Pay >25 %",
            "Info",
            "one\ntwo",
        ],
        ["77", "Lee (2020)", "A title", "2020", "Keywords", "Work", "", "", ""],
        ["77", "Lee (2020)", "A title", "2020", "", "", "", "?", ""],
        ["78", "Ek (2021)", "No code", "", "", "", "", "", ""],
    ]
    assert (codings.program, codings.holds) == ("EPPI-Reviewer", "codings")
    assert [codings.roles[n] for n in ("Code set", "Code 1", "Code 2")] == [
        "rank 1",
        "rank 2",
        "rank 3",
    ]
    assert cells(book) == [
        ["keywords", "", "Keywords", ""],
        ["work", "keywords", "Work", "All of it"],
        ["pay-25", "work", "Pay >25 %", ""],
    ]
    assert "1 item has no code." in codings.notes
    assert "Fields of its items that are not read: Publisher." in codings.notes
    assert "1 coding names a code that stands in none of its code sets." in codings.notes


def test_an_item_of_which_nothing_is_known_is_told_and_is_no_row(tmp_path: Path) -> None:
    attributes = {"AttributesList": [{"AttributeId": 1, "AttributeName": "Pay"}]}
    data = {
        "CodeSets": [{"SetName": "Work", "Attributes": attributes}],
        "References": [
            {"itemId": 7, "Codes": [{"AttributeId": 9}]},
            {"Title": "Hours", "Codes": [{"AttributeId": 1}]},
        ],
    }
    codings, _ = read(tmp_path, "report.json", json.dumps(data))
    assert [row.line for row in codings.rows] == [2]
    assert "Fields of its items that are not read: itemId." in codings.notes
    assert "1 coding names a code that stands in none of its code sets." in codings.notes


# --- REFI-QDA -----------------------------------------------------------------------------------

CODES = (
    '<CodeBook><Codes><Code guid="{C-1}" name="Work" isCodable="false">'
    "<Description>All of it</Description>"
    '<Code guid="c-2" name="Pay &gt;25 %" isCodable="true"/></Code></Codes></CodeBook>'
)
PROJECT = (
    '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" '
    'origin="NVivo"><Users><User guid="u-1" name="Ann Abel"/></Users>'
    + CODES
    + '<Variables><Variable guid="v-1" name="Country" typeOfVariable="Text"/></Variables>'
    '<Cases><Case guid="k-1" name="Lee 2020"><VariableValue><VariableRef targetGUID="v-1"/>'
    '<TextValue>Kenya</TextValue></VariableValue><SourceRef targetGUID="s-1"/></Case></Cases>'
    '<Sources><TextSource guid="s-1" name="Lee 2020.docx" plainTextPath="internal://S-1.txt">'
    '<PlainTextSelection guid="p-1" name="was paid" startPosition="4" endPosition="12">'
    '<Coding guid="x-1" creatingUser="u-1"><CodeRef targetGUID="C-2"/></Coding>'
    '<NoteRef targetGUID="n-1"/></PlainTextSelection></TextSource>'
    '<PDFSource guid="s-2" name="Ek 2021.pdf" path="internal://s-2.pdf">'
    '<PDFSelection guid="p-2" page="1"><Coding guid="x-2"><CodeRef targetGUID="{c-1}"/></Coding>'
    '<Coding guid="x-3"><CodeRef targetGUID="none"/></Coding></PDFSelection></PDFSource>'
    '<TextSource guid="s-3" name="Roux 2019"><PlainTextContent>Text</PlainTextContent>'
    "</TextSource></Sources>"
    '<Sets><Set guid="t-1" name="All"/></Sets>'
    '<Notes><Note guid="n-2" name="own"/><Note guid="n-1" name="m">'
    "<PlainTextContent>A memo</PlainTextContent></Note></Notes>"
    "</Project>"
)


def test_a_project_becomes_codings_with_passages_and_a_codebook(tmp_path: Path) -> None:
    text = "\ufeffShe\r\nwas paid\r\n".encode()
    packed = archive({"project.qde": PROJECT, "sources/s-1.txt": text, "sources/.root": ""})
    codings, book = read(tmp_path, "t.qdpx", packed)
    assert codings.header == (
        *("Source", "Code 1", "Code 2", "Passage", "Coder", "Memo", "Country", "Case"),
    )
    assert cells(codings) == [
        ["Lee 2020", "Work", "Pay >25 %", "was paid", "Ann Abel", "A memo", "Kenya", "Lee 2020"],
        ["Ek 2021", "Work", "", "", "", "", "", ""],
        ["Roux 2019", "", "", "", "", "", "", ""],
    ]
    assert codings.roles == {
        "Source": "study",
        "Code 1": "rank 1",
        "Code 2": "rank 2",
        "Passage": "summary",
        "Coder": "person",
    }
    assert cells(book) == [
        ["work", "", "Work", "All of it"],
        ["pay-25", "work", "Pay >25 %", ""],
    ]
    for said in (
        "It is a REFI-QDA project of NVivo: 3 sources, 2 codes, 2 codings.",
        "1 coding names a code that is not in the codebook: left out.",
        "1 coding is of a picture, a sound or a page without text",
        "Not read: 1 Set, 1 memo of its own.",
        "1 source has no coding: without a code it stays a study.",
    ):
        assert said in told(codings)


def test_a_codebook_is_read(tmp_path: Path) -> None:
    inside = CODES.removeprefix("<CodeBook>").removesuffix("</CodeBook>")
    data = f'<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0">{inside}</CodeBook>'
    (book,) = read(tmp_path, "t.qdc", data)
    assert (book.holds, [row.cells["label"] for row in book.rows]) == (
        "codebook",
        ["Work", "Pay >25 %"],
    )


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<Project", "refi-damaged"),
        ('<!DOCTYPE a [<!ENTITY b "x">]><Project>&b;</Project>', "refi-damaged"),
        ("<Project/>", "refi-empty"),
        ("", "refi-damaged"),
    ],
)
def test_a_damaged_project_is_told(tmp_path: Path, inside: str, code: str) -> None:
    assert code in refused(tmp_path, "t.qdpx", archive({"project.qde": inside}))


def test_a_report_of_eppi_reviewer_without_codings_is_named(tmp_path: Path) -> None:
    report = '{"CodeSets": [{"SetName": "A"}], "References": [{"Title": "Pay, hours"}]}'
    said = refused(tmp_path, "project.json", report)
    assert "a report of EPPI-Reviewer whose one item has no codes" in said
    assert "tick the code sets" in said


# --- what an author hid -------------------------------------------------------------------------


def test_hidden_columns_are_not_read_and_hidden_rows_are_and_both_are_told(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Coding")
        sheet.merge_range(0, 1, 0, 3, "Notes")
        for at, row in enumerate([["Paper", "", "", ""], ["", "Open", "Internal", "Other"]]):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write(at, column, cell)
        for at in range(2, 5):
            sheet.write_row(at, 0, [f"Lee 201{at}", "fine", "never show this", "x"])
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.set_row(3, None, None, {"hidden": True})

    (sheet,) = read(tmp_path, "t.xlsx", workbook(fill))
    assert sheet.header == ("Paper", "Notes: Open", "Notes: Other")
    assert [row[1:] for row in cells(sheet)] == [["fine", "x"]] * 3
    assert "1 column that is hidden in the file was not read: C." in told(sheet)
    assert "1 row is hidden in the file, by a filter perhaps, and read like the others: 4." in told(
        sheet
    )


def test_hidden_columns_of_opendocument_are_not_read(tmp_path: Path) -> None:
    def line(row: str, *cells: str) -> str:
        return (
            f"<table:table-row{row}>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
                "</table:table-cell>"
                for cell in cells
            )
            + "</table:table-row>"
        )

    filtered = ' table:visibility="filter"'
    rows = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>'
        + line("", "Paper", "Code", "Internal")
        + line(filtered, "Lee 2012", "Pay", "never show this")
        + line("", "Roux 2013", "Pay", "nor this")
    )
    (sheet,) = read(tmp_path, "t.ods", opendocument(rows))
    assert cells(sheet) == [["Lee 2012", "Pay"], ["Roux 2013", "Pay"]]
    assert "not read: C." in told(sheet)
    assert "read like the others: 2." in told(sheet)


# --- programs -----------------------------------------------------------------------------------


def test_who_coded_in_maxqda_wrote_no_document_and_its_ranks_are_ranks(tmp_path: Path) -> None:
    text = (
        "Document group;Document name;Code;Segment;Author;Weight score\n"
        "Journals;Abe 2017;Work\\Pay;It is low.;KL;0\nJournals;Cole 2018;Team;It is kind.;KL;0\n"
    )
    (sheet,) = read(tmp_path, "t.csv", text.encode())
    made = guess(sheet)
    assert made.recipe.columns["Author"] == "person"
    assert made.recipe.path == "\\"
    assert any("writes '\\' between the ranks" in doubt.text for doubt in made.doubts)


@pytest.mark.parametrize("number", ["D1: ", "D 12: ", "P3: "])
def test_numbers_that_atlas_puts_before_documents_are_no_part_of_names(
    tmp_path: Path, number: str
) -> None:
    text = f"Document,Codes,Quotation Content\n{number}Abe et al. - 2017 - Nurses,Pay,It is low.\n"
    (sheet,) = read(tmp_path, "t.csv", text.encode())
    assert cells(sheet)[0][0] == "Abe et al. - 2017 - Nurses"


def test_counts_of_codes_are_no_table_of_studies(tmp_path: Path) -> None:
    text = "Name,Files,References,Created on\nPay,2,5,1/1/2024\nTime,1,2,1/1/2024\n"
    (sheet,) = read(tmp_path, "t.csv", text.encode())
    assert (sheet.program, sheet.holds) == ("NVivo", "codebook")


def test_dots_in_tags_of_taguette_make_ranks_where_they_come_again(tmp_path: Path) -> None:
    text = "id,document,tag,content\n1,a.pdf,pay.low,x\n2,b.pdf,pay.late,y\n3,b.pdf,team,z\n"
    (sheet,) = read(tmp_path, "t.csv", text.encode())
    assert guess(sheet).recipe.path == "."
    (other,) = read(tmp_path, "t.csv", text.replace("pay.late", "v1.2").encode())
    assert guess(other).recipe.path == ""


def test_records_on_one_line_of_json_are_rows_of_their_own(tmp_path: Path) -> None:
    records = [{"study": f"Yu 201{at}", "theme": "Pay" if at % 2 else "Time"} for at in range(4)]
    (sheet,) = read(tmp_path, "t.json", json.dumps(records))
    assert [row.line for row in sheet.rows] == [1, 2, 3, 4]
    assert "rows are numbered in their order" in told(sheet)
    (sheet,) = read(tmp_path, "t.json", json.dumps(records, indent=1))
    assert len({row.line for row in sheet.rows}) == 4
    assert "numbered in their order" not in told(sheet)


def test_marks_of_web_pages_are_no_part_of_cells(tmp_path: Path) -> None:
    text = (
        'Study,Code,Text\n"<a href=""https://example.org"">Lee 2010</a>",Pay<br>Time,'
        "<p>It is &lt;5 %.</p><p>It <b>was</b> 7.</p>\nRoux 2011,x < y and y > z,plain\n"
    )
    (sheet,) = read(tmp_path, "t.csv", text)
    assert cells(sheet) == [
        ["Lee 2010", "Pay\nTime", "It is <5 %.\nIt was 7."],
        ["Roux 2011", "x < y and y > z", "plain"],
    ]


def test_a_table_of_markdown_is_read_and_what_stands_beside_it_is_told(tmp_path: Path) -> None:
    text = (
        "# Our map\n\n| Study | Code | Note |\n|:---|:-:|--:|\n| Lee 2010 | Pay \\| time | |\n"
        "| Roux 2011 | Rest | low |\n\nOne | more line\n"
    )
    (sheet,) = read(tmp_path, "t.md", text)
    assert sheet.header == ("Study", "Code", "Note")
    assert cells(sheet) == [["Lee 2010", "Pay | time", ""], ["Roux 2011", "Rest", "low"]]
    assert [row.line for row in sheet.rows] == [5, 6]
    assert "What stands beside its table was not read: 2 lines, the first in line 1." in told(sheet)
    (bare,) = read(tmp_path, "t.txt", "Study | Code\n--- | ---\nLee 2010 | Pay\n")
    assert cells(bare) == [["Lee 2010", "Pay"]]
    (bars,) = read(tmp_path, "t.csv", "Study|Code\nLee 2010|Pay\n-|-\n")
    assert cells(bars) == [["Lee 2010", "Pay"], ["-", "-"]]


def test_tables_of_markdown_are_sheets_called_as_the_headings_above_them(tmp_path: Path) -> None:
    text = (
        "# Coding\nBy two of us.\n\n| Study | Code |\n|---|:-:|\n| Lee 2020 | a \\| b |\n\n"
        "And:\n\nStudy | Code\n--- | ---\nEk 2021 | Pay\n\n"
        "## Coding ##\n| Study | Code |\n|---|---|\n| Roux 2021 | Pay |\n"
    )
    sheets = read(tmp_path, "t.md", text)
    assert [sheet.name for sheet in sheets] == ["Coding", "Table 2", "Coding (3)"]
    assert [cells(sheet) for sheet in sheets] == [
        [["Lee 2020", "a | b"]],
        [["Ek 2021", "Pay"]],
        [["Roux 2021", "Pay"]],
    ]
    assert [sheet.rows[0].line for sheet in sheets] == [6, 12, 17]
    assert "It holds 3 tables of Markdown." in told(sheets[0])
    assert "beside its tables was not read: 4 lines, the first in line 1." in told(sheets[0])
    (one,) = read(tmp_path, "t.md", "\n".join(text.split("\n")[:6]))
    assert one.name == ""


@pytest.mark.parametrize(
    ("text", "study", "code"),
    [
        # NVivo names the folder of the project, ATLAS.ti the number of a document, RQDA nothing.
        (
            "File Name,Code Name,Coverage,Text\nInternals\\\\Lee 2020,Nodes\\\\Work\\\\Pay,1%,x\n",
            "Lee 2020",
            "Work\\\\Pay",
        ),
        (
            "ID,Document,Quotation Content,Codes\n7:1,7 Lee 2020.pdf,x,Pay\n",
            "Lee 2020.pdf",
            "Pay",
        ),
        ("ID,Document,Quotation Content,Codes\n7:1,D7: Lee 2020,x,Pay\n", "Lee 2020", "Pay"),
        ("ID,Document,Quotation Content,Codes\n7:1,9 Lee 2020,x,Pay\n", "9 Lee 2020", "Pay"),
        ("rowid,cid,fid,codename,filename,index1\n1,2,3,Pay,Lee 2020,0\n", "Lee 2020", "Pay"),
    ],
)
def test_what_a_program_puts_before_names_is_no_part_of_them(
    tmp_path: Path, text: str, study: str, code: str
) -> None:
    (sheet,) = read(tmp_path, "t.csv", text)
    held = {sheet.roles.get(name, ""): cell for name, cell in sheet.rows[0].cells.items()}
    assert (held["study"], held["theme"]) == (study, code)


STUDIES, CODINGS = "Study,Land,Design\nLee 2020,Peru,survey\n", "Study,Code,Text\nLee 2020,Pay,a\n"


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        (f"{STUDIES}\n{CODINGS}", ["", "Table (2)"], [1, 1]),
        (f"{STUDIES}\nTable 2: what was said,,\n{CODINGS}", ["", "Table (2)"], [1, 1]),
        (
            "Study,Code,,Code,Count\nLee 2020,Pay,,Pay,2\nEk 2021,Rest,,Rest,1\n",
            ["", "Table (2)"],
            [2, 2],
        ),
        # The same headings on a new page, a group of rows, and an empty column tell of no other.
        (f"{CODINGS}\nStudy,Code,Text\nEk 2021,Rest,b\n", [""], [3]),
        (f"{CODINGS}\nLater,,\nEk 2021,Rest,b\n", [""], [3]),
        ("Study,,Code\nLee 2020,,Pay\n", [""], [1]),
    ],
)
def test_tables_below_and_beside_each_other_are_read_one_by_one(
    tmp_path: Path, text: str, names: list[str], rows: list[int]
) -> None:
    sheets = read(tmp_path, "t.csv", text)
    assert [sheet.name for sheet in sheets] == names
    assert [len(sheet.rows) for sheet in sheets] == rows
    assert ("2 tables stand here" in told(sheets[0])) == (len(names) > 1)


def test_tables_on_a_sheet_keep_their_merged_cells_and_places(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("All")
        for at, line in enumerate(["Study,Land", "Lee 2020,Peru", "", "", "Study,Code"]):
            sheet.write_row(at, 0, line.split(",") if line else [])
        sheet.merge_range(5, 0, 6, 0, "Lee 2020")
        sheet.write_column(5, 1, ["Pay", "Rest"])

    first, second = read(tmp_path, "t.xlsx", workbook(fill))
    assert (first.name, second.name) == ("All", "All (2)")
    assert [row.line for row in second.rows] == [6, 7]
    assert cells(second) == [["Lee 2020", "Pay"], ["Lee 2020", "Rest"]]


def test_questions_of_a_survey_are_its_headings(tmp_path: Path) -> None:
    tag = '"{""ImportId"":""QID1""}"'
    (sheet,) = read(tmp_path, "t.csv", f"Q1,Q2_1\nStudy,Pay\n{tag},{tag}\nLee 2019,x\n")
    assert sheet.header == ("Study", "Pay")
    assert [row.line for row in sheet.rows] == [4]
    assert "Line 2 holds the questions of a survey" in told(sheet)


def test_addresses_behind_names_of_pages_are_no_part_of_them(tmp_path: Path) -> None:
    page = "https://www.notion.so/Pay-123"
    (sheet,) = read(
        tmp_path, "t.csv", f"Study,Code\nLee 2019,Pay ({page})\nEk 2020,Rest ({page})\n"
    )
    assert cells(sheet) == [["Lee 2019", "Pay"], ["Ek 2020", "Rest"]]
    assert "2 cells were read without the addresses" in told(sheet)


def test_notes_right_below_a_table_are_no_rows_cut_off(tmp_path: Path) -> None:
    (sheet,) = read(
        tmp_path, "t.csv", "Study,Pay,Rest\nLee 2020*,x,\nEk 2018†,,x\n* pilot\n† trial\n"
    )
    assert [row.line for row in sheet.rows] == [2, 3, 4, 5]


def test_columns_that_blanks_set_apart_are_columns(tmp_path: Path) -> None:
    (sheet,) = read(
        tmp_path, "t.txt", "Study        Code\nLee 2020     Pay\nEk 2018      Long hours\n"
    )
    assert cells(sheet) == [["Lee 2020", "Pay"], ["Ek 2018", "Long hours"]]
    assert "two blanks or more" in told(sheet)


def test_a_matrix_of_nvivo_with_documents_as_columns_is_turned(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, "t.csv", ",A : Lee 2020,B : Ek 2018\n1 : Pay,2,0\n2 : Rest,0,3\n")
    assert turned(sheet).header == ("Study", "Pay", "Rest")


def test_headings_in_three_rows_are_joined(tmp_path: Path) -> None:
    lines = ",,Work,,Home,\n,,Money,Time,People,Place\nStudy,Land,Pay,Rest,Family,Noise\n"
    (sheet,) = read(tmp_path, "t.csv", f"{lines}Lee 2020,Peru,x,,x,\nEk 2018,Chad,,x,,x\n")
    assert sheet.heads["Work: Time: Rest"] == ("Work", "Time", "Rest")
    assert sheet.header[:2] == ("Study", "Land")
    assert len(sheet.rows) == 2
