"""References that Zotero, Scopus, PubMed and others save as a table, as lines with tags.

What a column is, its heading says: by the tag of RIS that says the same. What the tags mean stands
once, in :mod:`synth.references.tagged`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from synth.reading.csv_table import any_cell_size
from synth.references.tagged import MANY, Record
from synth.references.xml_records import ZOTERO_TYPES
from synth.text import fold_words

_HEADINGS = {
    "TI": ("title", "article title", "document title"),
    "AU": ("author full names", "full authors", "author names", "authors", "author", "author s"),
    "ED": ("editor", "editors", "book editors"),
    "A4": ("translator", "translators"),
    "PY": ("publication year", "published year", "year", "pub year", "pubyear", "date"),
    "DA": ("date", "publication date", "date published"),
    "T2": (
        *("publication title", "source title", "journal book", "journal", "journal title"),
        *("publication", "book title", "source"),
    ),
    "T3": ("series", "book series title", "series title"),
    "VL": ("volume", "vol"),
    "IS": ("issue", "issue number", "number", "no"),
    "SP": ("page start", "start page", "startpage", "first page", "pages", "page", "pagination"),
    "EP": ("page end", "end page", "endpage", "last page"),
    "C7": ("art no", "article number"),
    "M1": ("report number", "number"),
    "ET": ("edition",),
    "PB": ("publisher", "institution"),
    "CY": ("place", "publisher address", "place published"),
    "SN": ("issn", "issns", "isbn", "isbns"),
    "DO": ("doi", "book doi"),
    "UR": ("url", "link", "articleurl", "full text link", "external url"),
    "Y2": ("access date",),
    "PM": ("pmid", "pubmed id"),
    "PMCID": ("pmcid", "pmc id"),
    "LA": ("language", "language of original document"),
    "TY": ("item type", "document type", "publication type", "reference type", "type"),
    "M3": ("type",),
    "ID": ("key", "eid", "ut unique wos id", "covidence", "accession number", "lens id"),
    "N1": ("extra",),
}
"""The headings of columns by the tag of RIS that says the same, the better ones first."""

_EVERY = frozenset(["TI", "AU", "PY", "SN", "DO"])
"""Tags whose next column stands for an empty one, or beside it; of others one column counts."""

# What a kind is called, wherever it stands in what is written.
_KINDS = (
    ("chapter", "CHAP"),
    ("section", "CHAP"),
    ("conference", "CPAPER"),
    ("proceedings", "CPAPER"),
    ("thesis", "THES"),
    ("dissertation", "THES"),
    ("newspaper", "NEWS"),
    ("magazine", "MGZN"),
    ("report", "RPRT"),
    ("web", "ELEC"),
    ("preprint", "UNPB"),
    ("data", "DATA"),
)
_IDS = re.compile(r"\s*\(\d+\)")
_SURNAME_FIRST = re.compile(
    r"(?P<family>[^,;]+?) (?P<given>[^\W\d_a-z]{1,4})( (?P<jr>Jr|Sr|2nd|3rd))?"
)
_INITIALS_FIRST = re.compile(
    r"(?P<given>[^\W\d_a-z]{1,4}) (?P<family>[^,;]*[^\W\d_][a-z].*)(?P<jr>)"
)
# How PubMed cites: "J Care. 2019 Mar;12(3):101-10. doi: …".
_CITED = re.compile(r";(?P<VL>[^();:]+)?(?:\((?P<IS>[^()]+)\))?:(?P<SP>[\w-]+)")


def rows_of(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The headings of a table as text, and its rows with their lines; none if it cannot be one."""
    text = text.lstrip("\ufeff")
    sign = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = []
    with any_cell_size():
        try:
            reader = csv.reader(io.StringIO(text), delimiter=sign)
            header = next(reader, [])
            line = reader.line_num + 1
            for row in reader:
                rows.append((line, row))
                line = reader.line_num + 1
        except csv.Error:
            return [], []
    return header, rows


def records_of_rows(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[list[Record], str, list[str]]:
    r"""The records of a table of references, the format of their tags, and what was left out.

    Parameters
    ----------
    header : the headings.
    rows : the line of each row, and its cells.

    Returns
    -------
    No records where the headings do not name at least title, authors and year; the headings of
    the columns that were left out come last.

    >>> table = rows_of("PMID,Title,Authors,Year,Tags\n7,Pay,Lee A,2020,x\n")
    >>> records, form, left = records_of_rows(*table)
    >>> records[0].values["AU"], records[0].line, form, left
    (['Lee, A'], 2, 'ris', ['Tags'])
    """
    above = [(0, header), *rows]
    # Above the headings a program may say what the file is, or how its cells are divided.
    start = next((at for at, (_, row) in enumerate(above[:_ABOVE]) if _are_headings(row)), None)
    if start is None:
        return [], "", []
    header, rows = above[start][1], above[start + 1 :]
    columns, tagged = _columns(header), {*header} >= _TAGS
    used = {place for places in columns.values() for place in places}
    left = [name.strip() for at, name in enumerate(header) if at not in used and name.strip()]
    records = []
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        if any(cells):
            values = _tagged(header, cells) if tagged else _values(columns, cells)
            records.append(Record(line, values))
    return records, "ciw" if tagged else "ris", [] if tagged else left


_ABOVE = 4
_TAGS = frozenset(["PT", "AU", "TI", "PY"])


def _are_headings(row: Sequence[str]) -> bool:
    return {*row} >= _TAGS or {"TI", "AU", "PY"} <= _columns(row).keys()


def _tagged(header: Sequence[str], row: Sequence[str]) -> dict[str, list[str]]:
    """A row of Web of Science, whose headings are the tags of its other export."""
    return {
        tag: cell.split("; ") if tag in MANY else [cell]
        for tag, cell in zip(header, row, strict=False)
        if cell
    }


def _columns(header: Iterable[str]) -> dict[str, list[int]]:
    """The places of the columns of each tag, the better first."""
    at: dict[str, int] = {}
    for place, name in enumerate(header):
        at.setdefault(fold_words(name), place)
    found: dict[str, list[int]] = {}
    for tag, names in _HEADINGS.items():
        places = [at[name] for name in names if name in at]
        # One column says one thing: "Type" is what a work is, or beside that what kind of thesis.
        if tag in ("M1", "M3"):
            places = [at for at in places if at not in found.get("IS" if tag == "M1" else "TY", ())]
        if places:
            found[tag] = places if tag in _EVERY else places[:1]
    if "SP" not in found and "citation" in at:
        found["SO"] = [at["citation"]]
    return found


def _values(columns: Mapping[str, Sequence[int]], row: Sequence[str]) -> dict[str, list[str]]:
    values = {
        tag: [row[place] for place in places if place < len(row) and row[place]]
        for tag, places in columns.items()
    }
    for tag in ("AU", "ED", "A4"):
        values[tag] = _people(next(iter(values.get(tag, ())), ""))
    for tag in _EVERY - {"AU", "SN"}:
        values[tag] = values.get(tag, [])[:1]
    # Titles of PubMed end in a full stop.
    values["TI"] = [re.sub(r"(?<!\.)\.$", "", title) for title in values["TI"]]
    if cited := _CITED.search(" ".join(values.pop("SO", ()))):
        values |= {tag: [said] for tag, said in cited.groupdict().items() if said}
    said = next(iter(values.get("TY", ())), "")
    values["TY"] = [_kind(said, in_journal=bool(values.get("T2")))]
    return values


def _kind(said: str, *, in_journal: bool) -> str:
    """The type of RIS of what a program calls a kind of work."""
    if said in ZOTERO_TYPES:
        return ZOTERO_TYPES[said]
    lower = said.lower()
    if found := next((kind for word, kind in _KINDS if word in lower), ""):
        return found
    if lower in ("book", "b", "edited book", "monograph"):
        return "BOOK"
    return "JOUR" if in_journal else "GEN"


def _people(said: str) -> list[str]:
    """The names of a cell, as each program divides them.

    >>> _people("Lee, Ann (57000); Roux, B. (58000)"), _people("Lee A, Roux BC; The Group.")
    (['Lee, Ann', 'Roux, B.'], ['Lee, A', 'Roux, BC', 'The Group.'])
    >>> _people("Lee A., Roux B.C."), _people("Lee, A. and Roux, B.")
    (['Lee, A', 'Roux, BC'], ['Lee, A.', 'Roux, B.'])
    >>> _people("A Lee, BC Roux…")
    ['Lee, A', 'Roux, BC', 'et al.']
    """
    said, cut = re.subn(r",?\s*(?:…|\.{3})$", "", said)
    names: list[str] = []
    for one in re.split(r"\s*;\s*|\s+and\s+", _IDS.sub("", said).strip("; ")):
        parts = [part.replace(".", "") for part in re.split(r",\s*", one)]
        found = [_SURNAME_FIRST.fullmatch(p) or _INITIALS_FIRST.fullmatch(p) for p in parts]
        if all(found):
            names += [
                ", ".join(filter(None, name.group("family", "given", "jr")))
                for name in found
                if name
            ]
        elif one:
            names.append(one)
    return [*names, "et al."] if cut else names
