"""Exports of the programs that review teams use, known by their headings, column by column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from synth.starter.file_kinds.flow_list import flow_list
from synth.starter.sheet import Row, Sheet
from synth.starter.turned import LABEL
from synth.text import counted


@dataclass(frozen=True)
class Export:
    """One kind of file that a program writes.

    Parameters
    ----------
    program : the program.
    what : what the file holds, for people.
    holds : the same as :class:`synth.starter.sheet.Sheet` says it.
    fields : the headings of each field, folded, in the languages the program speaks.
    needed : fields that must be there.
    signature : headings of which one must be there, because other tables have the fields too.
    beside : headings that must all be there.
    """

    program: str
    what: str
    holds: str
    fields: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    signature: tuple[str, ...]
    beside: tuple[str, ...] = ()


_PEOPLE = (
    *("created by", "modified by", "coded by", "coder", "owner", "user", "reviewer", "coder name"),
    *("erstellt von", "bearbeitet von", "creado por", "modificado por", "créé par", "modifié par"),
)

_FORM = (
    *("start", "end", "today", "uuid", "submission time", "validation status", "status", "index"),
    *("notes", "tags", "version", "deviceid", "subscriberid", "simserial", "simid", "audit"),
    *("meta instanceid", "meta instancename", "meta rootuuid", "instanceid", "formhub uuid"),
    *("root uuid", "xform id string", "parent index", "parent table name", "geolocation"),
)
_SURVEY = (
    *("id", "response id", "submitdate", "date submitted", "lastpage", "last page", "seed"),
    *("startlanguage", "start language", "startdate", "date started", "datestamp"),
    *("date last action", "refurl", "referrer url", "total time", "interviewtime"),
    *("antwort id", "datum abgeschickt", "letzte seite", "start sprache", "zufallsstartwert"),
    *("datum gestartet", "datum letzte aktivität"),
)

EXPORTS: tuple[Export, ...] = (
    Export(
        "KoBoToolbox",
        "answers to a form",
        "",
        {"person": ("submitted by", "username", "phonenumber"), "leave-out": _FORM},
        (),
        ("submission time",),
        ("uuid",),
    ),
    Export(
        "LimeSurvey",
        "answers to a form",
        "",
        {"person": ("ip address", "ipaddr", "token", "ip adresse"), "leave-out": _SURVEY},
        (),
        ("submitdate", "date submitted", "datum abgeschickt"),
        (),
    ),
    Export(
        "PRISMA 2020",
        "the numbers of the flow diagram",
        "flow",
        {
            "label": ("boxtext",),
            "definition": ("description",),
            "record": ("data",),
            "count": ("n",),
        },
        ("label", "definition", "record", "count"),
        ("boxtext",),
    ),
    Export(
        "Covidence",
        "the extraction",
        "studies",
        {
            "record": ("covidence",),
            "study": ("study id", "study"),
            "title": ("title",),
            "reviewer": ("reviewer name",),
        },
        ("record", "reviewer"),
        ("reviewer name",),
    ),
    Export(
        "Covidence",
        "references",
        "references",
        {
            "record": ("covidence",),
            "study": ("study",),
            "title": ("title",),
            "author": ("authors",),
            "year": ("published year",),
            "journal": ("journal",),
            "doi": ("doi",),
            "abstract": ("abstract",),
        },
        ("record", "title"),
        ("published year", "accession number"),
    ),
    Export(
        "Zotero",
        "references",
        "references",
        {
            "record": ("key",),
            "title": ("title",),
            "author": ("author",),
            "year": ("publication year",),
            "journal": ("publication title",),
            "doi": ("doi",),
            "abstract": ("abstract note",),
        },
        ("record", "title", "author"),
        ("item type",),
    ),
    Export(
        "Rayyan",
        "references",
        "references",
        {
            "record": ("key",),
            "title": ("title",),
            "author": ("authors",),
            "year": ("year",),
            "journal": ("journal",),
            "doi": ("doi",),
            "pmid": ("pubmed id",),
            "abstract": ("abstract",),
        },
        ("record", "title", "author"),
        ("pubmed id", "pmc id", "language", "location"),
        ("issn", "notes"),
    ),
    Export(
        "DistillerSR",
        "the extraction",
        "studies",
        {
            "record": ("refid", "ref id"),
            "reviewer": ("user", "reviewer", "reviewer name"),
            "title": ("title",),
            "author": ("author", "authors", "bibliography"),
            "year": ("year", "publication year"),
            "journal": ("journal",),
            "doi": ("doi",),
            "abstract": ("abstract",),
        },
        ("record",),
        ("refid",),
    ),
    Export(
        "MAXQDA",
        "coded segments",
        "codings",
        {
            "study": ("document name", "dokumentname", "nombre del documento", "nom du document"),
            "theme": ("code", "código", "codice"),
            "summary": ("segment", "segmento", "coded segment", "coded segments"),
            # Its "Author" is who coded, not who wrote the document.
            "person": (*_PEOPLE, "author", "autor", "auteur", "autore"),
        },
        ("study", "theme", "summary"),
        (
            *("document group", "weight score", "beginning", "dokumentgruppe", "anfang"),
            *("gewichtungsscore", "gewicht", "grupo de documentos", "groupe de documents"),
        ),
    ),
    Export(
        "ATLAS.ti",
        "quotations",
        "codings",
        {
            "study": ("document", "dokument", "documento"),
            "theme": ("codes", "kodes", "códigos", "code"),
            "summary": (
                *("quotation content", "text content", "zitatinhalt", "textinhalt"),
                *("contenido de la cita", "contenido del texto", "content"),
            ),
            "person": _PEOPLE,
        },
        ("study", "theme", "summary"),
        (
            *("quotation content", "text content", "quotation name", "zitatname", "zitatinhalt"),
            *("nombre de la cita", "contenido de la cita"),
        ),
    ),
    Export(
        "Dedoose",
        "excerpts",
        "codings",
        {
            "study": ("media title", "resource title"),
            "theme": ("codes applied combined", "codes applied"),
            "summary": ("excerpt copy", "excerpt"),
            "person": ("excerpt creator", "resource creator"),
        },
        ("study", "summary"),
        ("excerpt copy", "codes applied combined"),
    ),
    Export(
        "Taguette",
        "highlights",
        "codings",
        {"study": ("document",), "theme": ("tag", "tags"), "summary": ("content",)},
        ("study", "theme", "summary"),
        ("id", "tag"),
    ),
    Export(
        "QualCoder",
        "coded text",
        "codings",
        {
            "study": ("file", "file name", "filename", "file case", "file or case", "case"),
            "theme": ("codename", "code name", "code"),
            "summary": ("coded", "coded text", "seltext", "text"),
            "person": ("coder", "owner"),
        },
        ("study", "theme", "summary", "person"),
        ("coded", "coded text", "seltext", "codename"),
    ),
    Export(
        "RQDA",
        "codings",
        "codings",
        {
            "study": ("filename",),
            "theme": ("codename",),
            "summary": ("seltext", "coding", "codingtext"),
            "leave-out": ("rowid", "cid", "fid", "index1", "index2", "codinglength"),
        },
        ("study", "theme"),
        ("index1", "codinglength"),
    ),
    Export(
        "NVivo",
        "coding references",
        "codings",
        {
            "study": ("file", "file name", "source", "source name", "document"),
            "theme": ("hierarchical name", "code", "code name", "node", "node name"),
            "summary": ("coded text", "reference text", "text", "content"),
            "person": ("coded by", "coded by initials", "coded by name"),
        },
        ("study", "theme", "summary"),
        ("coded by initials", "hierarchical name", "number of coding references", "coverage"),
    ),
    Export(
        "NVivo",
        "a codebook",
        "codebook",
        {"label": ("name",), "definition": ("description",), "leave-out": ("files", "references")},
        ("label", "definition"),
        ("files", "sources"),
    ),
    Export(
        "NVivo",
        "a list of codes with their counts",
        "codebook",
        {
            "label": ("name",),
            "leave-out": ("files", "sources", "references"),
            "person": _PEOPLE,
        },
        ("label",),
        ("files", "sources"),
        ("references",),
    ),
    Export(
        "Taguette",
        "a codebook",
        "codebook",
        {"label": ("tag", "name"), "definition": ("description",)},
        ("label", "definition"),
        ("number of highlights", "highlights"),
    ),
    Export(
        "MAXQDA",
        "a codebook",
        "codebook",
        {
            "label": ("code", "code name"),
            "definition": ("code memo", "memo", "code memos", "code-memo"),
        },
        ("label", "definition"),
        ("coded segments", "of coded segments", "codierte segmente"),
    ),
)
"""The exports that are recognised; the first that fits counts."""

FIELDS = {
    "study": "the study",
    "theme": "the code",
    "summary": "the text",
    "title": "the title",
    "author": "the authors",
    "year": "the year",
    "journal": "the journal",
    "doi": "the DOI",
    "pmid": "the PubMed id",
    "abstract": "the abstract",
    "record": "the id of the record",
    "reviewer": "who reviewed",
    "person": "who coded",
    "label": "the code",
    "definition": "its definition",
    "leave-out": "a count",
    "count": "its number",
}
"""How notes call what a column holds."""


def heading(text: str) -> str:
    """A heading without capitals and signs, for comparing.

    >>> heading("Covidence #"), heading("pubmed_id")
    ('covidence', 'pubmed id')
    """
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


_YEAR = ("year", "publication year", "published year", "pub year", "year of publication")
_LETTER = ("letter", "suffix", "year letter", "year suffix", "letter suffix")


def _with_letters_of_years(sheet: Sheet) -> Sheet:
    """The letter that tells two works of a year apart, where it has a column, behind the year."""
    named = {heading(name): name for name in reversed(sheet.header)}
    year = next((named[word] for word in _YEAR if word in named), "")
    letter = next((named[word] for word in _LETTER if word in named), "")
    held = [row.cells[letter] for row in sheet.rows if letter and row.cells[letter]]
    if not (year and held) or not all(re.fullmatch("[A-Za-z]", cell) for cell in held):
        return sheet
    rows = []
    for row in sheet.rows:
        cells = {name: cell for name, cell in row.cells.items() if name != letter}
        if re.fullmatch(r"[12]\d{3}", cells[year]):
            cells[year] += row.cells[letter].lower()
        elif row.cells[letter]:
            return sheet
        rows.append(Row(row.line, cells))
    header = tuple(name for name in sheet.header if name != letter)
    note = f"{letter!r} is read as the letter behind the year in {year!r}."
    return replace(sheet, header=header, rows=tuple(rows), notes=(*sheet.notes, note))


def recognised(sheet: Sheet) -> Sheet:
    """The same table with the program that wrote it and the fields of its columns, if it is known.

    Parameters
    ----------
    sheet : a table as it was read.

    Returns
    -------
    The table; parts that a program packs into one column are columns of their own.
    """
    sheet = flow_list(_without_counts_of_atlas(_without_matrix_numbers(sheet)))
    sheet = _with_letters_of_years(sheet)
    if sheet.holds == "flow":
        return sheet
    names: dict[str, str] = {}
    for name in sheet.header:
        names.setdefault(heading(name), name)
    for export in EXPORTS:
        roles = _roles(export, names)
        if roles is not None:
            break
    else:
        return sheet
    sheet = replace(sheet, program=export.program, holds=export.holds, roles=roles)
    said = {n: r for n, r in roles.items() if r != "leave-out" or export.holds == "codebook"}
    told = ", ".join(f"{name!r} is {FIELDS[role]}" for name, role in said.items())
    notes = [f"Its headings are those of {export.program}, {export.what}: {told}."]
    if export.holds == "flow":
        return replace(sheet, roles={}, notes=(*sheet.notes, notes[0].partition(": ")[0] + "."))
    if not export.holds:
        added = ", ".join(map(repr, roles))
        # What was ticked stands in a column of its own too, as words with spaces between them.
        boxes = {
            question: "keep" for question in sheet.header if _boxes(question, sheet.header) > 1
        }
        sheet = replace(sheet, roles={**boxes, **roles})
        text = f"Its headings are those of {export.program}, {export.what}: what the program adds "
        return replace(sheet, notes=(*sheet.notes, f"{text}is not taken over: {added}."))
    if export.program == "ATLAS.ti":
        sheet = _without_document_numbers(sheet)
    if export.program == "NVivo" and export.holds == "codings":
        sheet = _without_folders(sheet)
    if export.program == "Dedoose":
        sheet, more = _dedoose_codes(sheet)
        notes += more
    elif export.program == "Rayyan":
        sheet, more = _rayyan_notes(sheet)
        notes += more
    coders = {
        row.cells[name]
        for name, role in sheet.roles.items()
        if role == "person"
        for row in sheet.rows
    } - {""}
    if len(coders) > 1:
        notes.append(f"{len(coders)} people coded; the codings of all of them count.")
    reviewers = [name for name, role in sheet.roles.items() if role == "reviewer"]
    if reviewers and export.holds == "studies":
        notes += _consensus(sheet, reviewers[0])
    return replace(sheet, notes=(*sheet.notes, *notes))


def _boxes(question: str, header: Sequence[str]) -> int:
    """How many columns are boxes of a question: "Themes/pay" is one of "Themes"."""
    return sum(name.startswith(f"{question}/") for name in header)


def _without_document_numbers(sheet: Sheet) -> Sheet:
    """Documents of ATLAS.ti without the number that it puts before their names: ``D1: ``.

    A number alone, as in ``1 Lee 2020.pdf``, is one where the id of each quotation begins with it.
    """
    study = next(name for name, role in sheet.roles.items() if role == "study")
    key = next((name for name in sheet.header if heading(name) == "id"), "")
    numbers = [row.cells[key].partition(":")[0] if key else "" for row in sheet.rows]
    known = all(
        number and row.cells[study].startswith(f"{number} ")
        for number, row in zip(numbers, sheet.rows, strict=True)
    )
    before = r"^\d+ " if known else r"^[DP] ?\d+: "
    return _with_cells(sheet, {study: re.compile(before)})


_FOLDER = re.compile(
    r"^(?:files|internals|externals|sources|nodes|codes|cases)\\{1,2}", re.IGNORECASE
)


def _without_folders(sheet: Sheet) -> Sheet:
    r"""Sources and codes of NVivo without the folder of the project: ``Files\\``, ``Codes\\``."""
    ours = [name for name, role in sheet.roles.items() if role in ("study", "theme")]
    whole = [n for n in ours if all(map(_FOLDER.match, (row.cells[n] for row in sheet.rows)))]
    return _with_cells(sheet, dict.fromkeys(whole, _FOLDER))


def _with_cells(sheet: Sheet, before: Mapping[str, re.Pattern[str]]) -> Sheet:
    """The same table, cells of some columns without what stands before them."""
    rows = [
        Row(
            row.line,
            {**row.cells, **{name: sign.sub("", row.cells[name]) for name, sign in before.items()}},
        )
        for row in sheet.rows
    ]
    return _changed(sheet, sheet.header, rows)


def _roles(export: Export, names: Mapping[str, str]) -> dict[str, str] | None:
    if not any(sign in names for sign in export.signature) or not {*export.beside} <= set(names):
        return None
    roles: dict[str, str] = {}
    for role, headings in export.fields.items():
        found = [names[h] for h in headings if h in names and names[h] not in roles]
        if not found and role in export.needed:
            return None
        # People stand in several columns; every other field in the first that fits.
        for name in found if role in ("reviewer", "person", "leave-out") else found[:1]:
            roles[name] = role
    return roles


def _consensus(sheet: Sheet, column: str) -> list[str]:
    names = Counter(row.cells[column] for row in sheet.rows)
    agreed = sum(n for name, n in names.items() if re.search(r"consensus", name, re.IGNORECASE))
    people = len([name for name in names if not re.search(r"consensus", name, re.IGNORECASE)])
    if people == 1 and not agreed:
        return []
    return [
        f"{counted(len(sheet.rows), 'row')}: {agreed} of the consensus, "
        f"{len(sheet.rows) - agreed} of {counted(people, 'reviewer')}."
    ]


def _changed(sheet: Sheet, header: Sequence[str], rows: Sequence[Row], **more: object) -> Sheet:
    return replace(sheet, header=tuple(header), rows=tuple(rows), **more)  # type: ignore[arg-type]


def _dedoose_codes(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """Codes of Dedoose from the columns of ticks, where a comma in a label does no harm."""
    ticks = {}
    beside = []
    for name in sheet.header:
        found = re.fullmatch(r"Code: (.*) (Applied|Range|Weight)", name)
        if found and found[2] == "Applied":
            ticks[name] = found[1]
        elif found:
            beside.append(name)
    if not ticks:
        return sheet, []
    combined = next((n for n, role in sheet.roles.items() if role == "theme"), "Codes applied")
    empty = [name for name in beside if not any(row.cells[name] for row in sheet.rows)]
    dropped = {*ticks, *empty}
    header = [name for name in sheet.header if name not in dropped]
    if combined not in header:
        header.append(combined)
    rows = []
    for row in sheet.rows:
        codes = [
            label
            for name, label in ticks.items()
            if row.cells[name].casefold() in ("true", "1", "yes", "x", "applied")
        ]
        cells = {name: row.cells.get(name, "") for name in header}
        cells[combined] = "\n".join(codes)
        rows.append(Row(row.line, cells))
    told = (
        f"The codes of a row come from its {len(ticks)} columns 'Code: … Applied', not from "
        f"{combined!r}, where a comma can mean two things."
    )
    roles = {**sheet.roles, combined: "theme"}
    return _changed(sheet, header, rows, roles=roles), [told]


_RAYYAN = re.compile(
    r"\s*\|?\s*(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS):\s*([^|]*)"
)


def _rayyan_notes(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """Decisions, labels and reasons of Rayyan, which packs them into one column with names."""
    column = next((name for name in sheet.header if heading(name) == "notes"), "")
    if not column or not any("RAYYAN-" in row.cells[column] for row in sheet.rows):
        return sheet, []
    header = [*sheet.header, "Decision", "Labels", "Exclusion reasons"]
    rows = []
    for row in sheet.rows:
        parts = dict(_RAYYAN.findall(row.cells[column]))
        said = re.findall(r'=>\s*"?(\w+)', parts.get("RAYYAN-INCLUSION", ""))
        cells = dict(row.cells)
        cells[column] = _RAYYAN.sub("", row.cells[column]).strip(" |\n")
        cells["Decision"] = said[0] if len(set(said)) == 1 else "Conflict" if said else ""
        for name, key in (
            ("Labels", "RAYYAN-LABELS"),
            ("Exclusion reasons", "RAYYAN-EXCLUSION-REASONS"),
        ):
            listed = [part.strip() for part in parts.get(key, "").split(",")]
            cells[name] = "\n".join(part for part in listed if part)
        rows.append(Row(row.line, cells))
    decided = Counter(row.cells["Decision"] or "undecided" for row in rows)
    told = (
        f"What Rayyan packs into {column!r} became columns: 'Decision' "
        f"({', '.join(f'{n} {name}' for name, n in decided.most_common())}), 'Labels' and "
        "'Exclusion reasons'; who decided was left out."
    )
    return _changed(sheet, header, rows), [told]


_GROUNDED = re.compile(r"(?:[○●•◦] ?)?(?:D ?\d+: |\d+: )?(.+?)\s*;?\s*\bGr=\d+(?:; *GS=\d+)?")


def _without_counts_of_atlas(sheet: Sheet) -> Sheet:
    """A table of codes and documents of ATLAS.ti without what it counts of each: ``Gr=12``."""
    first, *rest = sheet.header
    documents = {name: found[1] for name in rest if (found := _GROUNDED.fullmatch(name))}
    codes = {
        row.line: found[1]
        for row in sheet.rows
        if (found := _GROUNDED.fullmatch(" ".join(row.cells[first].split())))
    }
    if not codes or len({*documents.values()}) < max(2, len(rest) - 1):
        return sheet
    # Where each document has a number below a code, numbers would look like anything.
    rows = [
        Row(
            row.line,
            {
                "Code": codes[row.line],
                **{
                    new: "x" if row.cells[n] not in ("", "0") else ""
                    for n, new in documents.items()
                },
            },
        )
        for row in sheet.rows
        if row.line in codes
    ]
    told = (
        "It is a table of codes and documents of ATLAS.ti: 'Gr=' and the totals were taken off; "
        "a number above 0 is one finding."
    )
    return _changed(sheet, ["Code", *documents.values()], rows, notes=(*sheet.notes, told))


_MATRIX = re.compile(r"[A-Z]{1,2} : (.+)")
_MATRIX_ROW = re.compile(r"\d+ : (.+)")


def _without_matrix_numbers(sheet: Sheet) -> Sheet:
    """A matrix of NVivo without the letters and numbers it puts before rows and columns."""
    first, *rest = sheet.header
    if not rest or not all(_MATRIX.fullmatch(name) for name in rest):
        return sheet
    if not all(_MATRIX_ROW.fullmatch(row.cells[first]) for row in sheet.rows):
        return sheet
    names = {name: _MATRIX.sub(r"\1", name) for name in rest}
    if len(set(names.values())) < len(names):
        return sheet
    study = first if not first.startswith("Column ") else "Source"
    names_of_rows = [row.cells[first].partition(" : ")[2] for row in sheet.rows]
    # The columns may be the documents, and the rows the codes: then the table is turned.
    turn = all(map(LABEL.match, names.values())) and not any(map(LABEL.match, names_of_rows))
    rows = [
        Row(
            row.line,
            {
                study: _MATRIX_ROW.sub(r"\1", row.cells[first]),
                **{names[name]: row.cells[name] for name in rest},
            },
        )
        for row in sheet.rows
    ]
    told = (
        "It is a matrix of NVivo: the letters and numbers before its headings ('A : ', '1 : ') "
        "were taken off; its cells count coding references."
    )
    return _changed(
        sheet,
        [study, *names.values()],
        rows,
        program="NVivo",
        holds="" if turn else "studies",
        roles={} if turn else {study: "study"},
        notes=(*sheet.notes, told),
    )
