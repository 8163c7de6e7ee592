"""What readers take along reads back without loss."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
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

from conftest import missing
from explorer_on_a_page import change_findings
from synth.messages import Words
from synth.model import UNKNOWN, Facet
from synth.reading.bibliography import parse_bibliography
from synth.reading.rules import load_records
from synth.references.csv_text import FORMULA, csv_file, csv_text
from synth.references.formats import csl_item, csl_items, to_bibtex, to_csl_json, to_csv, to_ris
from synth.references.importing import parse_references
from synth.review import OF_THE_REVIEW, VIEWS, Review
from synth.text import fold
from synth.views import figure
from synth.views.framework import framework
from synth.views.markup import STATIC, Place, drawn_in, with_words


@pytest.mark.parametrize("body", ["Age UK", "Parks, Ponds and Paths", "Guild of Gardeners", "RHS"])
def test_a_body_is_a_body_after_a_way_through_ris(body: str) -> None:
    works, _ = parse_bibliography(f"@book{{a, author={{{{{body}}}}}, title={{T}}, year=2020}}")
    back, _ = parse_references(to_ris([csl_item(works["a"])]), "r.ris")
    (work,) = back.bibliography.values()
    assert [name.family for name in work.authors] == [body]
    assert work.authors[0].is_one_word


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
    from synth.references.latex import decode

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


def test_works_stand_in_the_order_of_a_reference_list(root: Path) -> None:
    records = load_records(root)
    labels = [records.label(item["id"]) for item in csl_items(records, (*records.findings,)[::-1])]
    assert labels == sorted(labels, key=fold)
    assert len(labels) == len({finding.study for finding in records.findings.values()})


def test_keywords_hold_each_code_of_the_selection(root: Path) -> None:
    review = Review.load(root)
    chosen = review.evidence().where(direction="barrier")
    for item in csl_items(review.records, chosen.ids):
        findings = [f for f in chosen.findings if f.study == item["id"]]
        codes = {f"{theme}: barrier" for f in findings for theme in f.themes}
        assert set(item["keyword"].split(", ")) == codes
    assert any(len(finding.themes) > 1 for finding in chosen.findings)


def test_csv_reads_back(root: Path) -> None:
    review = Review.load(root)
    records = review.records
    text = to_csv(records, review.evidence().ids, "Level: Macro", "book/studies.html#finding-")
    table = list(csv.DictReader(io.StringIO(text)))
    for row, finding in zip(table, review.evidence().findings, strict=True):
        study = records.studies[finding.study]
        assert row["finding"] == finding.id
        assert row["study"] == study.id
        assert row["summary"] == finding.summary
        assert row["year"] == str(study.year)
        assert row["country"].split("; ") == list(
            finding.countries or study.countries or [UNKNOWN[0]]
        )
        assert (row["section"], row["anchor"]) == (finding.section, finding.anchor)
        labels = [records.codebook[name].label for name in finding.themes]
        ranks = [rank.id for rank in records.settings.ranks]
        assert [next(row[r] for r in reversed(ranks) if row[r])] == labels[:1]
        assert row["also"] == "; ".join(labels[1:])
        assert row["basis"] == finding.basis
        assert row["address"] == f"book/studies.html#finding-{finding.id}"
        assert row["data_version"] == review.settings.version
        for part in ("Level: Macro", review.settings.title, f"{len(table)} of {len(table)}"):
            assert part in row["selection"]


LOCATING = {"finding", "study", "also", "section", "anchor", "basis", "address", "data_version"}
"""What every table of findings tells of each, wherever it is saved."""


@pytest.mark.parametrize("kind", [*VIEWS, *OF_THE_REVIEW])
def test_every_table_of_findings_tells_where_each_stands(kind: str, root: Path) -> None:
    review = Review.load(root)
    holder = review.evidence() if kind in VIEWS else review
    needed = {"by_facet": ("country",), "verdict": ("macro",)}.get(kind, ())
    view = getattr(holder, kind)(*needed)
    with drawn_in(Place(lambda *_: "", lambda _, given: given, lambda name: f"to/{name}-")):
        text = view.to_csv()
    table = list(csv.DictReader(io.StringIO(text)))
    summaries = {finding.summary for finding in review.records.findings.values()}
    listing = "finding" in table[0] or all(summaries & set(row.values()) for row in table)
    assert listing is (kind in ("explorer", "table", "framework", "statement_list"))
    if not listing:
        return
    book, seen = review.records.codebook, set()
    for row in table:
        assert set(row) >= LOCATING
        finding = review.records.findings[row["finding"]]
        assert row["address"] == f"to/finding-{finding.id}"
        assert (row["section"], row["anchor"]) == (finding.section, finding.anchor)
        assert row["basis"] == finding.basis
        # Where it stands and what else it speaks to are all its themes, whatever the row is under.
        own = next(row[rank.id] for rank in reversed(review.settings.ranks) if row[rank.id])
        labels = [book[name].label for name in finding.themes]
        assert sorted([own, *filter(None, row["also"].split("; "))]) == sorted(labels)
        seen.add((finding.id, own))
    if kind in ("explorer", "table"):
        labelled = [(f.id, book[f.theme].label) for f in review.evidence()]
    else:
        labelled = [(f.id, book[name].label) for f in review.evidence() for name in f.themes]
    assert seen == set(labelled)


def test_pandas_opens_the_findings_as_they_are(root: Path, tmp_path: Path) -> None:
    import pandas

    records = load_records(root)
    path = tmp_path / "findings.csv"
    path.write_bytes(csv_file(to_csv(records, tuple(records.findings))))
    table = pandas.read_csv(path)
    assert list(table["finding"]) == list(records.findings)
    assert list(table["summary"]) == [f.summary for f in records.findings.values()]
    assert table["year"].dtype.kind in "if"
    assert table["address"].isna().all(), "no address is known here"


def test_the_selection_is_told_in_the_words_of_the_team(root: Path) -> None:
    records = load_records(root)
    words = {"explorer_selection": "{n} von {total}; Filter: {filters}", "explorer_no_filter": "—"}
    german = replace(records, settings=replace(records.settings, words=words))
    rows = list(csv.DictReader(io.StringIO(to_csv(german, tuple(records.findings)[:2]))))
    assert [row["selection"] for row in rows] == [f"2 von {len(records.findings)}; Filter: —"] * 2


def test_a_facet_that_bears_the_name_of_a_column_stands_once(root: Path) -> None:
    records = load_records(root)
    facet = Facet("section", "Section", "Sections", "finding")
    settings = replace(records.settings, facets=(*records.settings.facets, facet))
    header = next(csv.reader(io.StringIO(to_csv(replace(records, settings=settings), []))))
    assert len(set(header)) == len(header)


FORMULAS = (
    *("=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "＝1", "＋1", "－1", "−1", "＠a"),
    *(" =1", "\xa0=1", "\u200b=1", "\ufeff=1", "\u2003＝1", "\u202e=1", "\x85=1", "\x1c=1"),
    *("\t1", "\r1", "\n1", "--", "-", "-1\n", "-.5", "-1e5", "＝", "\x00=1"),
)
HARMLESS = ("", "-1", "-2.5", "1+1", "a=1", "'=1", "–1", '"=1"', ",=", "NA", "x\n=1", "10 %")


def test_nothing_a_spreadsheet_runs_leaves_without_an_apostrophe() -> None:
    rows = list(csv.reader(io.StringIO(csv_text([[t, "x"] for t in FORMULAS]), newline="")))
    assert [row[0] for row in rows] == [f"'{text}" for text in FORMULAS]
    rows = list(csv.reader(io.StringIO(csv_text([[t, "x"] for t in HARMLESS]), newline="")))
    assert [row[0] for row in rows] == list(HARMLESS)


def test_each_table_a_reader_can_save_is_guarded_the_same_way(example: Path) -> None:
    change_findings(example, summary=FORMULAS[:3])
    records = load_records(example)
    tables = {
        "findings": to_csv(records, tuple(records.findings)),
        "figure": figure.to_csv(["says"], [{"says": text} for text in FORMULAS[:3]]),
        "framework": framework(records).to_csv(),
    }
    for name, text in tables.items():
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        for dangerous in FORMULAS[:3]:
            assert f"'{dangerous}" in cells, name
            assert dangerous not in cells, name


def test_the_scripts_write_what_python_writes(tmp_path: Path) -> None:
    """The cells of the two scripts, run in node, byte by byte."""
    node = shutil.which("node")
    if node is None:
        missing("no node on this machine")
    texts = [*FORMULAS, *HARMLESS, "a;b", "a\tb", " a", "a\xa0", 'say "so"', "a\r\nb", "\u2028=1"]
    code = with_words((STATIC / "figures.js").read_text("utf-8"), Words())
    part = re.search(r"^function csvCell.*?^}", code, re.M | re.S)
    assert part
    assert json.dumps(FORMULA, ensure_ascii=False) in code
    exports = (STATIC.parent / "js" / "explorer" / "exports.js").as_uri()
    given = f"const FORMULA = {json.dumps(FORMULA)}; const formula = new RegExp(FORMULA);"
    for name, brought, function in (
        ("figures.js", part[0], "csvCell"),
        ("exports.js", f"import {{ cell }} from {exports!r};", "(text) => cell(text, formula)"),
    ):
        script = (
            f"{brought}\n{given}\nconsole.log(JSON.stringify({json.dumps(texts)}.map({function})))"
        )
        path = tmp_path / f"{name}.mjs"
        path.write_text(script, "utf-8")
        done = subprocess.run([node, path], capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == [csv_text([[text]])[:-2] for text in texts], name


def test_ris_tells_an_articles_number_and_writes_months_with_two_digits() -> None:
    item = {
        "id": "lee2020",
        "type": "article-journal",
        "title": "Pay",
        "number": "e12",
        "issued": {"date-parts": [[2020, 3, 5]]},
    }
    lines = to_ris([item]).splitlines()
    assert "C7  - e12" in lines
    assert [line for line in lines if line.startswith("DA")] == ["DA  - 2020/03/05"]
    report = to_ris([{**item, "type": "report"}]).splitlines()
    assert "M1  - e12" in report
