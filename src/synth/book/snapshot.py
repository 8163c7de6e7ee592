"""One archive of a version to deposit: book, data, references, and what repositories ask to know.

The metadata follow the DataCite schema 4.5 (doi 10.14454/g8e5-6293) and Zenodo's deposit metadata.
The same review and the same built book give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.book.data_package import agent, archive, how_to_cite, licence_address, takeaway
from synth.errors import Problem, ReviewError
from synth.reading.textio import write_asked
from synth.text import slug

if TYPE_CHECKING:
    from synth.model import Settings
    from synth.reading.records import Records

CHECKSUMS = "checksums-sha256.txt"


def snapshot(records: Records, book: Path, folder: Path, *, former_doi: str = "") -> Path:
    """Write the archive of the present version.

    Parameters
    ----------
    records : the review's records.
    book : the built book, the folder that holds its ``book/`` and ``_static/``.
    folder : where the archive goes; made if it is not there.
    former_doi : DOI of the deposit of the version before, if there is one.

    Returns
    -------
    The archive: ``book/`` opens from the unpacked folder; the data and their description stand
    beside it as an RO-Crate; :data:`CHECKSUMS` lists every file.

    Raises
    ------
    ReviewError : the book has not been built.
    """
    if not (book / "index.html").is_file():
        raise ReviewError([Problem("book-not-built", ".", file=str(book))])
    settings = records.settings
    files = {
        f"book/{path.relative_to(book).as_posix()}": path.read_bytes()
        for path in sorted(book.rglob("*"))
        if path.is_file() and path.name != ".buildinfo" and ".doctrees" not in path.parts
    }
    for file in takeaway(records):
        # Every file of the crate stands here by itself.
        if file.name != "data.zip":
            files[file.name] = file.content
    described = {
        "datacite.json": datacite(settings, former_doi=former_doi),
        ".zenodo.json": zenodo(settings, former_doi=former_doi),
    }
    for name, told in described.items():
        files[name] = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
    listed = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    )
    files[CHECKSUMS] = listed.encode()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{slug(settings.short_title or settings.title)}-{settings.version}.zip"
    write_asked(path, archive(files, settings.date))
    return path


def _related(settings: Settings, former_doi: str) -> list[tuple[str, str, str]]:
    """Relation, identifier and its kind: the review it derives from, the version before."""
    found = []
    if settings.source.doi:
        found.append(("IsDerivedFrom", settings.source.doi, "DOI"))
    elif settings.source.url:
        found.append(("IsDerivedFrom", settings.source.url, "URL"))
    if former_doi:
        found.append(("IsNewVersionOf", former_doi, "DOI"))
    if settings.repository:
        found.append(("IsSupplementedBy", settings.repository, "URL"))
    return found


def datacite(settings: Settings, *, former_doi: str = "") -> dict[str, Any]:
    """The description of a version in DataCite's schema 4.5, without a DOI of its own.

    Parameters
    ----------
    settings : the review's settings.
    former_doi : DOI of the version before, if there is one.
    """
    address = licence_address(settings.licence)
    creators = []
    for author in settings.authors or (settings.title,):
        person = agent(author)["@type"] == "Person"
        creators.append({"name": author, "nameType": "Personal" if person else "Organizational"})
    return {
        "creators": creators,
        "titles": [{"title": settings.title}],
        "publisher": {"name": settings.authors[0] if settings.authors else settings.title},
        "publicationYear": str(settings.date.year),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Interactive review"},
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "version": settings.version,
        "language": settings.language,
        "dates": [{"date": settings.date.isoformat(), "dateType": "Issued"}],
        "descriptions": [
            {"description": settings.question, "descriptionType": "Abstract"},
            {"description": how_to_cite(settings), "descriptionType": "Other"},
        ],
        "rightsList": [
            {
                "rights": settings.licence,
                **({"rightsUri": address} if address else {}),
                **(
                    {"rightsIdentifier": settings.licence, "rightsIdentifierScheme": "SPDX"}
                    if _has_spdx_id(settings)
                    else {}
                ),
            }
        ],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": identifier,
                "relatedIdentifierType": kind,
                "relationType": relation,
            }
            for relation, identifier, kind in _related(settings, former_doi)
        ],
    }


def _has_spdx_id(settings: Settings) -> bool:
    """Whether the licence is told by its name for programs: neither by an address nor in words."""
    return licence_address(settings.licence) not in ("", settings.licence)


def zenodo(settings: Settings, *, former_doi: str = "") -> dict[str, Any]:
    """What Zenodo reads from ``.zenodo.json`` in a deposit.

    Parameters
    ----------
    settings : the review's settings.
    former_doi : DOI of the version before, if there is one.
    """
    return {
        "upload_type": "dataset",
        "title": settings.title,
        "description": settings.question,
        "creators": [{"name": author} for author in settings.authors or (settings.title,)],
        "version": settings.version,
        "publication_date": settings.date.isoformat(),
        **({"license": settings.licence.lower()} if _has_spdx_id(settings) else {}),
        "language": {"en": "eng"}.get(settings.language, settings.language),
        "access_right": "open",
        "related_identifiers": [
            {"identifier": identifier, "relation": relation[:1].lower() + relation[1:]}
            for relation, identifier, _ in _related(settings, former_doi)
        ],
    }
