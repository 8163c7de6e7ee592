"""What readers take along: the tables, the findings, the references, the codebook.

Every file is made from the same records and is the same byte for byte whenever they are the same.
Each form is one that other programs read without us: Frictionless Data Package, BibTeX, RIS,
CSL-JSON, REFI-QDA, RO-Crate.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synth.book.context import render
from synth.messages import Words
from synth.model import (
    NOT_APPLICABLE,
    NOT_ESTABLISHED,
    NOT_REPORTED,
    TABLES,
    Column,
    Settings,
)
from synth.reading.csv_table import format_table
from synth.reading.settings import SETTINGS_FILE, SLUG
from synth.references.apa import group
from synth.references.csv_text import csv_file
from synth.references.formats import csl_item, csl_items, to_bibtex, to_csl_json, to_csv, to_ris
from synth.text import slug
from synth.version import DISTRIBUTION, version

if TYPE_CHECKING:
    from datetime import date

    from synth.reading.records import Records

GROUPS = ("tables", "everything", "references", "codebook")
"""What the files are for, in the order a reader meets them."""

_UNKNOWN = {
    NOT_REPORTED: "The source is silent.",
    NOT_ESTABLISHED: "We looked and could not find out.",
    NOT_APPLICABLE: "The question does not arise.",
}


@dataclass(frozen=True, slots=True)
class TakeawayFile:
    """A file to take along.

    Parameters
    ----------
    name : its name.
    group : what it is for, one of :data:`GROUPS`.
    holds : what it holds, in a sentence.
    media_type : its kind, as the web names it.
    content : its bytes.
    """

    name: str
    group: str
    holds: str
    media_type: str
    content: bytes


def takeaway(records: Records, address: str = "") -> tuple[TakeawayFile, ...]:
    """All files a reader can take along, in the order they are shown.

    Parameters
    ----------
    records : the review's records.
    address : where findings stand in the book, up to their id; empty when that is not known.

    Returns
    -------
    The files; the last of the group ``"everything"`` is an archive of all others, an RO-Crate.
    """
    words = Words(records.settings.words)
    findings = csv_file(to_csv(records, tuple(records.findings), address=address))
    codebook = refi_codebook(records).encode()
    files = [
        *_table_files(records, words),
        TakeawayFile(
            "findings.csv", "everything", words["takeaway_findings"], "text/csv", findings
        ),
        *_reference_files(records, words),
        TakeawayFile(
            "codebook.qdc", "codebook", words["takeaway_qdc"], "application/xml", codebook
        ),
    ]
    crate = _json(research_object(records, files)).encode()
    files.append(
        TakeawayFile(
            "ro-crate-metadata.json",
            "everything",
            words["takeaway_crate"],
            "application/ld+json",
            crate,
        )
    )
    packed = archive({file.name: file.content for file in files}, records.settings.date)
    files.append(
        TakeawayFile("data.zip", "everything", words["takeaway_zip"], "application/zip", packed)
    )
    return tuple(sorted(files, key=lambda file: GROUPS.index(file.group)))


def _table_files(records: Records, words: Words) -> Iterator[TakeawayFile]:
    """The tables as they are kept, what describes them, and the settings they are read with."""
    for name, row, text in _tables(records):
        holds = words.say("takeaway_row", row=row)
        yield TakeawayFile(name, "tables", holds, "text/csv", text.encode())
    described = _json(data_package(records)).encode()
    yield TakeawayFile(
        "datapackage.json", "tables", words["takeaway_datapackage"], "application/json", described
    )
    settings = (records.root / SETTINGS_FILE).read_bytes()
    yield TakeawayFile(
        "review.toml", "tables", words["takeaway_settings"], "application/toml", settings
    )


def _reference_files(records: Records, words: Words) -> Iterator[TakeawayFile]:
    """The works cited, in the three forms that reference managers read."""
    works = _works(records)
    for ending, word, kind, text in (
        ("bib", "takeaway_bibtex", "application/x-bibtex", to_bibtex(works)),
        ("ris", "takeaway_ris", "application/x-research-info-systems", to_ris(works)),
        ("json", "takeaway_csl", "application/vnd.citationstyles.csl+json", to_csl_json(works)),
    ):
        yield TakeawayFile(f"references.{ending}", "references", words[word], kind, text.encode())


def how_to_cite(settings: Settings) -> str:
    """The data as an entry of a list of references, with the version in force."""
    words = Words(settings.words)
    cited = words.say(
        "takeaway_citation",
        authors=", ".join(settings.authors) or settings.title,
        year=settings.date.year,
        title=settings.title,
        version=settings.version,
    )
    return f"{cited} {settings.base_url}".strip()


def cite_book(settings: Settings) -> dict[str, str]:
    """The book as an entry of a list of references, by the name of its form.

    Parameters
    ----------
    settings : of the review; authors, date, version and address are those of the book.
    """
    from synth.references.formats import to_bibtex, to_ris

    words, date = Words(settings.words), settings.date
    edition = words.say("takeaway_edition", version=settings.version)
    authors = ", ".join(settings.authors)
    address = settings.base_url or settings.repository
    title = f"{settings.title} ({edition}) [{words['takeaway_kind']}]."
    # Without authors the title comes first, then the year.
    first, then = (authors, title) if authors else (title, "")
    stop = "" if first.endswith(".") else "."
    apa = " ".join(filter(None, (f"{first}{stop} ({date.year}).", then, address)))
    item: dict[str, Any] = {
        "id": f"{slug(settings.short_title or settings.title)}-{date.year}",
        "type": "book",
        "title": settings.title,
        "author": [{"literal": author} for author in settings.authors],
        "issued": {"date-parts": [[date.year, date.month, date.day]]},
        "edition": edition,
        "genre": words["takeaway_kind"],
        "URL": address,
        "language": settings.language,
    }
    item = {key: value for key, value in item.items() if value}
    return {"APA": apa, "BibTeX": to_bibtex([item]).strip(), "RIS": to_ris([item]).strip()}


def licence_address(name: str) -> str:
    """The address of a licence by its SPDX id; empty where the name can be none.

    >>> licence_address("CC-BY-4.0"), licence_address("not chosen yet")
    ('https://spdx.org/licenses/CC-BY-4.0.html', '')
    """
    if "://" in name:
        return name
    return "" if re.search(r"\s", name) else f"https://spdx.org/licenses/{name}.html"


def agent(name: str) -> dict[str, str]:
    """An author as linked data; a name that begins with an article is a group's.

    >>> agent("The garden team")["@type"]
    'Organization'
    """
    return {"@type": "Organization" if name.startswith("The ") else "Person", "name": name}


def archive(files: Mapping[str, bytes], day: date) -> bytes:
    """Pack files so that the same files always give the same bytes.

    Parameters
    ----------
    files : contents by name.
    day : the date all files of the archive bear.

    >>> from datetime import date
    >>> one, two = ({"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"})
    >>> archive(one, date(2026, 1, 1)) == archive(two, date(2026, 1, 1))
    True
    """
    stream = io.BytesIO()
    # The format knows no year before 1980.
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name])
    return stream.getvalue()


# --- tables -----------------------------------------------------------------------------------


def _tables(records: Records) -> Iterable[tuple[str, str, str]]:
    """File name, meaning of a row and canonical text of each table the review has."""
    for name, table in TABLES.items():
        written = records.tables.get(name)
        if written is not None and written.header:
            text = format_table(written, table, records.settings)
            yield table.file.rsplit("/", 1)[-1], table.row, text


def _header(records: Records, name: str) -> tuple[str, ...]:
    """The columns of a table in the order its canonical text has them."""
    written, table = records.tables[name].header, TABLES[name]
    declared = [column.name for column in table.columns if column.name in written]
    return (*declared, *(header for header in written if header not in declared))


def _present(records: Records) -> list[str]:
    return [name for name in TABLES if name in records.tables and records.tables[name].header]


def _column(records: Records, table: str, name: str) -> Column:
    """A column's declaration; one of the review's own is described by its facet."""
    declared = TABLES[table].column(name)
    if declared is not None:
        return declared
    facet = records.settings.facet(name)
    meaning = facet.label if facet else name.replace("_", " ")
    return Column(name, meaning, required=False, empty=True, many=bool(facet and facet.many))


def _allowed(column: Column, settings: Settings, records: Records) -> list[str]:
    """The words a cell may hold, where they are a closed list."""
    if column.many:
        return []
    words: Mapping[str, Iterable[str]] = {
        "codebook.id": records.codebook.ids,
        "review.toml:directions": [way.id for way in settings.directions],
        "review.toml:directions.influence": [
            way.influence for way in settings.directions if way.influence
        ],
        "review.toml:sections": settings.sections,
    }
    return [*column.choices] or [*words.get(column.refers_to, ())]


def data_package(records: Records) -> dict[str, Any]:
    """The tables as a Frictionless Data Package (specs.frictionlessdata.io, version 1).

    Parameters
    ----------
    records : the review's records.
    """
    settings = records.settings
    texts = {file: text for file, _, text in _tables(records)}
    resources = []
    for name in _present(records):
        table = TABLES[name]
        file = table.file.rsplit("/", 1)[-1]
        content = texts[file].encode()
        resources.append(
            {
                "name": name.replace("_", "-"),
                "path": file,
                "profile": "tabular-data-resource",
                "description": f"One row is {table.row}.",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "schema": _table_schema(records, name),
            }
        )
    source = {"title": settings.source.citation}
    if address := _source_address(settings):
        source["path"] = address
    address = licence_address(settings.licence)
    package = {
        "profile": "tabular-data-package",
        "name": slug(settings.short_title or settings.title, "review"),
        "title": settings.title,
        "description": settings.question,
        "version": settings.version,
        "created": f"{settings.date.isoformat()}T00:00:00Z",
        "madeWith": f"{DISTRIBUTION} {version()}",
        "licenses": [{"name": settings.licence, "path": address}] if address else [],
        "sources": [source],
        "contributors": [{"title": author, "role": "author"} for author in settings.authors],
        "unknownValues": _UNKNOWN,
        "resources": resources,
    }
    if settings.base_url:
        package["homepage"] = settings.base_url
    return {name: value for name, value in package.items() if value != []}


def _table_schema(records: Records, name: str) -> dict[str, Any]:
    present = _present(records)
    fields, keys = [], []
    for header in _header(records, name):
        column = _column(records, name, header)
        kind = "integer" if column.kind in ("count", "year") else "string"
        constraints: dict[str, Any] = {}
        if not column.empty:
            constraints["required"] = True
        if header == TABLES[name].key:
            constraints["unique"] = True
        if column.kind == "count":
            constraints["minimum"] = 0
        if column.kind == "id" and _is_slugs(records, name, header):
            constraints["pattern"] = SLUG.pattern
        if allowed := _allowed(column, records.settings, records):
            constraints["enum"] = allowed
        meaning = column.meaning
        if column.many and ";" not in meaning:
            meaning += " Several values are separated by ';'."
        fields.append(
            {"name": header, "type": kind, "description": meaning, "constraints": constraints}
        )
        table, _, target = column.refers_to.partition(".")
        if column.kind == "ref" and not column.many and table in present:
            # A table that refers to itself is named by nothing.
            resource = "" if table == name else table.replace("_", "-")
            keys.append(
                {"fields": [header], "reference": {"resource": resource, "fields": [target]}}
            )
    schema: dict[str, Any] = {
        "fields": fields,
        "primaryKey": [TABLES[name].key],
        "missingValues": [""],
    }
    if keys:
        schema["foreignKeys"] = keys
    return schema


def _is_slugs(records: Records, name: str, header: str) -> bool:
    return all(SLUG.fullmatch(cell) for cell in records.tables[name].column(header))


def _works(records: Records) -> list[dict[str, Any]]:
    """Every work of the bibliography in the order of a reference list, with its codes."""
    coded = {item["id"]: item for item in csl_items(records, tuple(records.findings))}
    return [coded.get(work.key) or csl_item(work) for work in group(records.bibliography.values())]


# --- codebook ---------------------------------------------------------------------------------

REFI_NAMESPACE = "urn:QDA-XML:codebook:1.0"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def refi_codebook(records: Records) -> str:
    """The codebook as a ``.qdc`` file, which programs of qualitative analysis import.

    The form is that of REFI-QDA 1.5 (qdasoftware.org). A node keeps its identifier as long as it
    keeps its id, so that a later import recognises it.

    Parameters
    ----------
    records : the review's records.
    """
    settings, book = records.settings, records.codebook
    review = uuid.uuid5(uuid.NAMESPACE_URL, _source_address(settings) or settings.source.citation)

    return str(
        render(
            "codebook.qdc",
            namespace=REFI_NAMESPACE,
            nodes=book.children(""),
            children=book.children,
            colour=lambda node: (
                look.light if (look := settings.levels.get(book.path(node.id)[0].id)) else ""
            ),
            guid=lambda node: uuid.uuid5(review, node.id),
            plain=lambda text: _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text),
        )
    )


# --- research object --------------------------------------------------------------------------


def research_object(records: Records, files: Iterable[TakeawayFile]) -> dict[str, Any]:
    """The files and what they rest on as an RO-Crate 1.1 (w3id.org/ro/crate/1.1).

    Parameters
    ----------
    records : the review's records.
    files : what the crate holds beside its own description.
    """
    settings = records.settings
    licence = {"@id": licence_address(settings.licence) or "#licence"}
    source = {"@id": _source_address(settings) or "#source"}
    listed = sorted(files, key=lambda file: file.name)
    authors = [
        {"@id": f"#author-{n}", **agent(author)}
        for n, author in enumerate(settings.authors, start=1)
    ]
    crate: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": settings.title,
        "description": settings.question,
        "version": settings.version,
        "datePublished": settings.date.isoformat(),
        "inLanguage": settings.language,
        "license": licence,
        "author": [{"@id": author["@id"]} for author in authors],
        "isBasedOn": source,
        "creditText": how_to_cite(settings),
        "hasPart": [{"@id": file.name} for file in listed],
    }
    if settings.base_url:
        crate["url"] = settings.base_url
    graph: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        {name: value for name, value in crate.items() if value != []},
        *(_file_in_crate(file, licence) for file in listed),
        {
            "@id": "#synthbook",
            "@type": "SoftwareApplication",
            "name": DISTRIBUTION,
            "softwareVersion": version(),
        },
        {
            "@id": "#made",
            "@type": "CreateAction",
            "instrument": {"@id": "#synthbook"},
            "result": {"@id": "./"},
        },
        source | _article_in_crate(records),
        {**licence, "@type": "CreativeWork", "name": settings.licence},
        *authors,
    ]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def _file_in_crate(file: TakeawayFile, licence: dict[str, str]) -> dict[str, Any]:
    return {
        "@id": file.name,
        "@type": "File",
        "name": file.name,
        "description": file.holds,
        "encodingFormat": file.media_type,
        "contentSize": str(len(file.content)),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "license": licence,
    }


def _article_in_crate(records: Records) -> dict[str, Any]:
    """The review itself, by its entry in the bibliography where it has one."""
    source = records.settings.source
    article = {"@type": "ScholarlyArticle", "name": source.citation}
    work = records.bibliography.get(source.key)
    if work is not None:
        article |= {"name": work.title, "creditText": source.citation}
    if source.doi:
        article["identifier"] = f"doi:{source.doi}"
    return article


# --- small parts ------------------------------------------------------------------------------


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _source_address(settings: Settings) -> str:
    doi = f"https://doi.org/{settings.source.doi}" if settings.source.doi else ""
    return doi or settings.source.url
