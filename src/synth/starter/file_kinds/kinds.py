"""What a file is, by what stands in it; what is no table is named, with what to export instead."""

from __future__ import annotations

import re
from pathlib import Path

from synth.errors import Problem

_CSV = "Save the table as xlsx or as 'CSV UTF-8'."
_QDA = (
    "Export from it instead: the coded segments as a spreadsheet (xlsx), or the whole project as "
    "REFI-QDA (.qdpx)."
)
REFERENCES_BESIDE = (
    "References go beside the table: --bib FILE. The table is the one with your codes."
)

_BY_BEGINNING: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "Copy its table to a spreadsheet, check each cell, and save it as xlsx."),
    (b"\x89PNG", "a picture", "Type its table into a spreadsheet."),
    (b"\xff\xd8\xff", "a picture", "Type its table into a spreadsheet."),
    (b"GIF8", "a picture", "Type its table into a spreadsheet."),
    (b"II*\0", "a picture", "Type its table into a spreadsheet."),
    (b"MM\0*", "a picture", "Type its table into a spreadsheet."),
    (b"{\\rtf", "a text document (RTF)", "Copy its table to a spreadsheet and save it as xlsx."),
    (b"\x1f\x8b", "packed (gzip)", "Unpack it and give the table inside. R data: write.csv()."),
    (b"BZh91AY", "packed (bzip2)", "Unpack it and give the table inside."),
    (b"\xfd7zXZ", "packed (xz)", "Unpack it and give the table inside."),
    (b"7z\xbc\xaf", "packed (7z)", "Unpack it and give the table inside."),
    (b"Rar!", "packed (rar)", "Unpack it and give the table inside."),
    (b"PAR1", "a Parquet file", "Write it as CSV: pandas.read_parquet(FILE).to_csv(...)."),
    (b"RDX3\n", "R data", "Write the table as CSV: write.csv(table, 'table.csv')."),
    (b"$FL2@", "an SPSS file", "Save it as CSV or Excel in SPSS or PSPP."),
    (b"$FL3@", "an SPSS file", "Save it as CSV or Excel in SPSS or PSPP."),
    (b"<stata_dta>", "a Stata file", "Write it as CSV in Stata: export delimited."),
    (b"\x7fELF", "a program", _CSV),
    (b"MZ\x90\0", "a program", _CSV),
)
_BY_ENDING: dict[str, tuple[str, str]] = {
    ".nvp": ("an NVivo project", _QDA),
    ".nvpx": ("an NVivo project", _QDA),
    ".nvcx": ("an NVivo project", _QDA),
    **dict.fromkeys(
        (".mx24", ".mx26", ".mx22", ".mx20", ".mx18", ".mx12", ".mx11", ".mx5", ".mqda", ".mex24"),
        ("a MAXQDA project", _QDA),
    ),
    **dict.fromkeys(
        (".atlproj", ".atlproj9", ".atlproj22", ".atlproj23", ".atlproj24", ".atlproj25", ".hpr7"),
        ("an ATLAS.ti project", _QDA),
    ),
    ".qda": ("a QualCoder project", _QDA),
    ".rqda": ("an RQDA project", _QDA),
    ".enl": (
        "an EndNote library",
        "Export its references as XML, RIS or BibTeX and give them with --bib.",
    ),
    ".sav": ("an SPSS file", "Save it as CSV or Excel in SPSS or PSPP."),
    ".dta": ("a Stata file", "Write it as CSV in Stata: export delimited."),
    ".rds": ("R data", "Write the table as CSV: write.csv(table, 'table.csv')."),
    ".rdata": ("R data", "Write the table as CSV: write.csv(table, 'table.csv')."),
}
_BY_PART: tuple[tuple[str, str, str], ...] = (
    ("word/", "a text document (docx)", "Copy its table to a spreadsheet and save it as xlsx."),
    ("ppt/", "slides (pptx)", "Copy the table to a spreadsheet and save it as xlsx."),
    ("Index/Document.iwa", "a document of Apple's programs", "Export it: File, Export To, CSV."),
    ("META-INF/container.xml", "an e-book", "Copy its table to a spreadsheet and save it as xlsx."),
)


def by_ending(path: Path, file: str) -> Problem | None:
    """What is wrong with a file whose name alone tells that it is no table."""
    found = _BY_ENDING.get(path.suffix.lower())
    return _no_table(file, *found) if found else None


def by_beginning(data: bytes, file: str) -> Problem | None:
    """What is wrong with a file whose first bytes tell that it is no table."""
    if data.startswith(b"SQLite format 3"):
        what = "a database"
        if b"CREATE TABLE highlights" in data or b"CREATE TABLE tags" in data:
            what = "a Taguette project"
        elif b"code_text" in data:
            what = "a QualCoder project"
        elif b"itemDataValues" in data:
            what, hint = "a Zotero library", "Export it from Zotero as BibTeX or RIS: --bib FILE."
            return _no_table(file, what, hint)
        return _no_table(file, what, _QDA if what != "a database" else _CSV)
    for beginning, what, hint in _BY_BEGINNING:
        if data.startswith(beginning):
            return _no_table(file, what, hint)
    return None


def ole_kind(data: bytes, file: str) -> tuple[str, Problem | None]:
    """The kind of a file in Microsoft's old container: ``"workbook"``, or what is wrong with it."""
    if _named("EncryptedPackage", data):
        return "", Problem("sheet-password", file)
    if _named("Workbook", data) or _named("Book", data):
        return "workbook", None
    if _named("WordDocument", data):
        hint = "Copy its table to a spreadsheet and save it as xlsx."
        return "", _no_table(file, "a text document (doc)", hint)
    if _named("PowerPoint Document", data):
        return "", _no_table(file, "slides (ppt)", "Copy the table to a spreadsheet; save as xlsx.")
    return "", _no_table(file, "a document of an old Microsoft program", _CSV)


def _named(stream: str, data: bytes) -> bool:
    return (stream + "\0").encode("utf-16-le") in data


def archive_kind(names: list[str], mimetype: bytes, file: str) -> tuple[str, Problem | None]:
    """The kind of an archive by its parts: ``"workbook"``, ``"project"``, or what is wrong."""
    held = set(names)
    if held & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "workbook", None
    if any(name.rpartition("/")[2].lower() == "project.qde" for name in names):
        return "project", None
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "workbook", None
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        hint = "Copy its table to a spreadsheet and save it as xlsx or ods."
        return "", _no_table(file, "a document of LibreOffice", hint)
    for part, what, hint in _BY_PART:
        if any(name.startswith(part) for name in names):
            return "", _no_table(file, what, hint)
    tables = [n for n in names if n.lower().endswith((".csv", ".tsv", ".xlsx", ".xls", ".ods"))]
    hint = "Unpack it and give the table inside"
    hint += f": {', '.join(tables[:4])}." if tables else "."
    return "", _no_table(file, "an archive (zip)", hint)


def text_kind(text: str, path: Path, file: str) -> tuple[str, Problem | None]:
    """The kind of a text: ``"table"``, ``"json"``, ``"yaml"``, ``"codebook"``, or what is wrong."""
    start = text[:4000].lstrip()
    low = start.lower()
    if start[:1] == "<":
        return _markup_kind(start, low, file)
    if start[:1] in "{[" and (
        path.suffix.lower() in (".json", ".jsonl", ".ndjson", ".geojson")
        or re.match(r'[{\[]\s*[\[{"\]}]', start)
    ):
        return "json", None
    if path.suffix.lower() in (".yaml", ".yml"):
        return "yaml", None
    for pattern, what in _REFERENCES_BEGIN:
        if re.match(pattern, start):
            return "", _no_table(file, what, REFERENCES_BESIDE)
    return "table", None


_REFERENCES_BEGIN = (
    (r"(?:%[^\n]*\s+)*@\w+\s*[{(]", "a file of references (BibTeX)"),
    (r"TY {1,2}- ", "a file of references (RIS)"),
    (r"PMID- ", "a file of references (PubMed)"),
    (r"FN (?:Clarivate|Thomson|ISI)", "a file of references (Web of Science)"),
    (r"%0 ", "a file of references (EndNote, Refer)"),
)


def _markup_kind(start: str, low: str, file: str) -> tuple[str, Problem | None]:
    if "urn:qda-xml:codebook" in low or "<codebook" in low:
        return "codebook", None
    if "urn:qda-xml:project" in low:
        return "project text", None
    if "<xml>" in low[:300] and "<records>" in low:
        return "", _no_table(file, "a file of references (EndNote XML)", REFERENCES_BESIDE)
    if "<pubmedarticleset" in low:
        return "", _no_table(file, "a file of references (PubMed XML)", REFERENCES_BESIDE)
    if "excel.sheet" in low or "urn:schemas-microsoft-com:office:spreadsheet" in low:
        hint = "Open it in a spreadsheet program and save it as xlsx."
        return "", _no_table(file, "a spreadsheet as XML of 2003", hint)
    if "<html" in low or "<!doctype html" in low or "<table" in low:
        hint = "Open it in a spreadsheet program and save it as xlsx (many programs call it .xls)."
        return "", _no_table(file, "a web page", hint)
    if re.match(r"<\?xml|<\w[\w:.-]*[\s>/]", start):
        return "", _no_table(file, "XML", "Export the table as xlsx or CSV.")
    return "table", None


def _no_table(file: str, what: str, hint: str) -> Problem:
    return Problem("sheet-no-table", file, what=what, instead=hint)
