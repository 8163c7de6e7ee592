"""The works of a new review: an author's references, or what the table itself says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from synth.references.importing import Item, Works, read_references, works_of
from synth.references.names import read_name
from synth.references.tagged import csl_name, dated
from synth.references.work import DOI, bare_doi, read_date

__all__ = ["Works", "read_works", "works_from_table"]

read_works = read_references


def works_from_table(named: Iterable[tuple[str, Mapping[str, str]]]) -> Works:
    """Works known only from the table: its name for each, and what its columns tell.

    Parameters
    ----------
    named : the table's name of each study, with ``author``, ``year``, ``title``, ``journal`` and
        ``doi`` as far as there are such columns.
    """
    items = [Item(_told(name, told), 0, name) for name, told in dict(named).items()]
    works, _ = works_of(items, "the table")
    return works


def _told(name: str, told: Mapping[str, str]) -> dict[str, Any]:
    """What a table tells of a work, as an item of CSL-JSON."""
    year = re.search(r"\d{4}", told.get("year", "") or name)
    doi = bare_doi(told.get("doi", ""))
    item: dict[str, Any] = {
        "type": "article-journal" if told.get("journal") else "document",
        "title": " ".join((told.get("title", "") or name).split()),
        **dated(read_date(year[0] if year else told.get("year", ""))),
    }
    if told.get("journal"):
        item["container-title"] = " ".join(told["journal"].split())
    if DOI.fullmatch(doi):
        item["DOI"] = doi
    people = told.get("author", "") or re.split(r"[,(]?\s*\(?\d{4}", name)[0]
    more = re.search(r"\bet\.? al\b", people) is not None
    listed = re.split(r";| and | & ", re.sub(r",?\s*\bet\.? al\b\.?", "", people))
    names = [person for part in listed if (person := csl_name(read_name(part.strip(" ,"))[0]))]
    item["author"] = [*(names or [{"literal": name}]), *([{"literal": "et al."}] if more else [])]
    lacking = [word for word in ("title", "author", "year", "journal") if not told.get(word)]
    if lacking:
        item["note"] = f"From the team's table; to be looked up: {', '.join(lacking)}."
    return item
