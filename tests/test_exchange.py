"""What readers take along reads back without loss."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import (
    LatexDecodingMiddleware,
    SeparateCoAuthors,
    SplitNameParts,
)

from explorer_on_a_page import change_findings
from synth.model import UNKNOWN
from synth.reading.bibliography import parse_bibliography
from synth.reading.tables import load_records
from synth.references.formats import csl_item, csl_items, to_bibtex, to_csl_json, to_csv, to_ris
from synth.review import Review

HOSTILE = r"""
@article{odd2020,
  author = {van der Berg, Jr, Jan and {World Health Organization} and Núñez, José and Plato},
  title = {Costs \& {B}enefits: 100\% of 5, \#1, a\_b, {\textbackslash} 🌱},
  journal = {Journal, of commas \& braces},
  year = {2020}, volume = {3}, number = {1-2}, pages = {10--12}, doi = {10.1000/a_b(c)%d},
  url = {https://example.org/?a=1&b=%20_}, note = {A note, with commas; and more.},
}
@incollection{part2001, author = {Lee, A.}, editor = {Roe, B. and Poe, C.}, title = {A part},
  booktitle = {The whole}, publisher = {Press}, address = {Oslo}, year = {2001}, pages = {7},
  edition = {2nd}}
@techreport{rep1999, author = {Doe, J.}, title = {A report}, institution = {Office}, year = 1999,
  number = {17}}
@misc{bare, title = {Nothing else}}
"""


@pytest.fixture(scope="module")
def works() -> list[dict[str, Any]]:
    bibliography, _ = parse_bibliography(HOSTILE)
    codes = "role-clarity: barrier, role-clarity: enabler"
    return [{**csl_item(work), "keyword": codes} for work in bibliography.values()]


@pytest.fixture(scope="module")
def items(root: Path) -> list[dict[str, Any]]:
    records = load_records(root)
    return csl_items(records, tuple(records.findings))


def name_of(name: Mapping[str, str]) -> str:
    family = f"{name.get('non-dropping-particle', '')} {name.get('family', '')}".strip()
    parts = (name.get("literal", ""), family, name.get("given", ""), name.get("suffix", ""))
    return ", ".join(part for part in parts if part)


def back_from_ris(text: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = rispy.loads(text)
    return entries


def check_ris(item: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    assert entry["id"] == item["id"]
    assert entry.get("authors", []) == [name_of(name) for name in item.get("author", [])]
    assert entry["title"] == item["title"]
    assert entry.get("secondary_title") == item.get("container-title")
    assert entry.get("volume") == item.get("volume")
    assert entry.get("doi") == item.get("DOI")
    assert entry.get("urls", []) == ([item["URL"]] if "URL" in item else [])
    assert entry.get("notes", []) == ([item["note"]] if "note" in item else [])
    pages = [entry[name] for name in ("start_page", "end_page") if name in entry]
    assert "-".join(pages) == item.get("page", "")
    year = item["issued"]["date-parts"][0][0] if "issued" in item else None
    assert entry.get("year") == (str(year) if year else None)
    assert entry["keywords"] == item["keyword"].split(", ")


def test_ris_reads_back(items: list[dict[str, Any]], works: list[dict[str, Any]]) -> None:
    for sent in (items, works):
        entries = back_from_ris(to_ris(sent))
        assert len(entries) == len(sent)
        for item, entry in zip(sent, entries, strict=True):
            check_ris(item, entry)


def test_bibtex_reads_back(items: list[dict[str, Any]], works: list[dict[str, Any]]) -> None:
    for sent in (items, works):
        library = bibtexparser.parse_string(
            to_bibtex(sent),
            append_middleware=[SeparateCoAuthors(), SplitNameParts()],
        )
        assert not library.failed_blocks
        assert [entry.key for entry in library.entries] == [item["id"] for item in sent]
        for item, entry in zip(sent, library.entries, strict=True):
            check_bibtex(item, entry)


def decoded(text: str) -> str:
    from synth.reading.bibliography import decode

    return decode(text)


def check_bibtex(item: Mapping[str, Any], entry: Any) -> None:
    fields = {name: entry.get(name).value for name in entry.fields_dict}
    assert decoded(fields["title"]) == item["title"]
    container = fields.get("journal") or fields.get("booktitle")
    assert (decoded(container) if container else None) == item.get("container-title")
    assert fields.get("doi") == item.get("DOI")
    assert fields.get("url") == item.get("URL")
    assert fields.get("pages", "").replace("--", "-") == item.get("page", "")
    assert fields.get("number") == item.get("issue", item.get("number"))
    assert fields["keywords"].split(", ") == item["keyword"].split(", ")
    names = [decoded(" ".join([*name.von, *name.last])) for name in fields.get("author", [])]
    assert names == [
        name.get("literal") or f"{name.get('non-dropping-particle', '')} {name['family']}".strip()
        for name in item.get("author", [])
    ]
    if "issued" in item:
        assert fields["year"] == str(item["issued"]["date-parts"][0][0])
    place = fields.get("publisher") or fields.get("institution") or fields.get("school")
    assert (decoded(place) if place else None) == item.get("publisher")


def test_bibtex_decodes_with_the_stock_middleware(items: list[dict[str, Any]]) -> None:
    logging.getLogger("pylatexenc").setLevel(logging.ERROR)
    library = bibtexparser.parse_string(
        to_bibtex(items), append_middleware=[LatexDecodingMiddleware()]
    )
    assert not library.failed_blocks
    titles = {entry.key: entry["title"] for entry in library.entries}
    assert titles == {item["id"]: item["title"] for item in items}


def test_our_own_reader_reads_it_back(works: list[dict[str, Any]]) -> None:
    again, problems = parse_bibliography(to_bibtex(works))
    assert [p.message for p in problems if "abbreviation" in p.message] == []
    codes = works[0]["keyword"]
    assert [{**csl_item(work), "keyword": codes} for work in again.values()] == works


def test_csl_json_reads_back(items: list[dict[str, Any]]) -> None:
    text = to_csl_json(items)
    assert json.loads(text) == items
    for item in json.loads(text):
        assert set(item) <= {
            "id", "type", "author", "editor", "issued", "title", "container-title", "volume",
            "issue", "number", "page", "publisher", "publisher-place", "edition", "DOI", "URL",
            "ISBN", "ISSN", "note", "keyword",
        }  # fmt: skip


def test_keywords_hold_each_code_of_the_selection(root: Path) -> None:
    review = Review.load(root)
    chosen = review.evidence().where(direction="barrier")
    for item in csl_items(review.records, chosen.ids):
        findings = [f for f in chosen.findings if f.study == item["id"]]
        assert set(item["keyword"].split(", ")) == {f"{f.theme}: barrier" for f in findings}


def test_csv_reads_back(root: Path) -> None:
    review = Review.load(root)
    text = to_csv(review.records, review.evidence().ids, "Level: Macro")
    heading, *rows = csv.reader(io.StringIO(text))
    assert len(heading) == 1
    for part in ("Level: Macro", review.settings.version, str(review.settings.date), "apostrophe"):
        assert part in heading[0]
    table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    for row, finding in zip(table, review.evidence().findings, strict=True):
        study = review.records.studies[finding.study]
        assert row["finding"] == finding.id
        assert row["study"] == study.id
        assert row["summary"] == finding.summary
        assert row["year"] == str(study.year)
        assert row["country"].split("; ") == list(
            finding.countries or study.countries or [UNKNOWN[0]]
        )


def test_csv_quotes_every_field_and_runs_nothing(example: Path) -> None:
    dangerous = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "＝1", 'a "quoted", one']
    change_findings(example, summary=dangerous)
    records = load_records(example)
    lines = to_csv(records, tuple(records.findings)).split("\r\n")
    assert lines.pop() == ""
    assert all(line.startswith('"') and line.endswith('"') for line in lines)
    rows = list(csv.reader(lines[1:]))
    summaries = [row[rows[0].index("summary")] for row in rows[1:]]
    assert summaries[: len(dangerous)] == ["'" + text for text in dangerous[:-1]] + dangerous[-1:]
    harmless = [cell for row in rows for cell in row]
    assert not [cell for cell in harmless if cell.lstrip()[:1] in tuple("=+-@＝")]
