"""The archive of a version: complete, described as repositories ask, the same each time."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from synth.book.data_package import takeaway
from synth.book.metadata import linked_data, page_tags
from synth.book.snapshot import CHECKSUMS, datacite, snapshot, zenodo
from synth.cli import main
from synth.errors import ReviewError
from synth.model import LICENCE_OPEN
from synth.reading.rules import load_records


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder that looks like a built book."""
    book = tmp_path / "html"
    (book / "book").mkdir(parents=True)
    (book / "index.html").write_text("<p>book</p>")
    (book / "book" / "intro.html").write_text("<p>home</p>")
    (book / ".buildinfo").write_text("differs from build to build")
    return book


def test_the_archive_holds_everything_and_is_the_same_each_time(
    example_root: Path, built: Path, tmp_path: Path
) -> None:
    records = load_records(example_root)
    one = snapshot(records, built, tmp_path / "one")
    two = snapshot(records, built, tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()
    assert records.settings.version in one.name
    with zipfile.ZipFile(one) as archive:
        names = set(archive.namelist())
        listed = dict(
            reversed(line.split("  ", 1)) for line in archive.read(CHECKSUMS).decode().splitlines()
        )
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert set(listed) == names - {CHECKSUMS}
    assert {"book/book/intro.html", "coded_studies.csv", "references.bib", "review.toml"} <= names
    assert {"ro-crate-metadata.json", "datacite.json", ".zenodo.json"} <= names
    assert "book/.buildinfo" not in names
    assert "data.zip" not in names, "what it holds stands here by itself"


def test_the_description_is_valid_by_the_schema(example_root: Path) -> None:
    from datacite import schema45

    settings = load_records(example_root).settings
    told = datacite(settings, former_doi="10.5555/before")
    assert schema45.validate(told), list(schema45.validator.iter_errors(told))
    relations = {each["relationType"] for each in told["relatedIdentifiers"]}
    assert "IsNewVersionOf" in relations
    # The schema does refuse what is wrong.
    assert not schema45.validate(told | {"types": {"resourceTypeGeneral": "Song"}})


def test_a_body_and_a_person_are_told_apart(example_root: Path) -> None:
    settings = load_records(example_root).settings
    authors = ("Lee, Ann", "The garden group")
    told = datacite(replace(settings, authors=authors))["creators"]
    assert [each["nameType"] for each in told] == ["Personal", "Organizational"]


def test_zenodo_is_told_the_same(example_root: Path) -> None:
    settings = load_records(example_root).settings
    told = zenodo(settings, former_doi="10.5555/before")
    assert told["version"] == settings.version
    assert {"identifier": "10.5555/before", "relation": "isNewVersionOf"} in (
        told["related_identifiers"]
    )
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("licence", "address", "spdx"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0.html", True),
        ("https://example.org/terms", "https://example.org/terms", False),
        (LICENCE_OPEN, "", False),
        ("CC BY 4.0", "", False),
    ],
)
def test_no_program_is_led_to_a_licence_that_is_none(
    example_root: Path, licence: str, address: str, spdx: bool
) -> None:
    records = load_records(example_root)
    settings = replace(records.settings, licence=licence)
    records = replace(records, settings=settings)
    (rights,) = datacite(settings)["rightsList"]
    assert (rights.get("rightsUri", ""), "rightsIdentifier" in rights) == (address, spdx)
    assert ("license" in zenodo(settings)) is spdx
    assert [one.get("license", "") for one in linked_data(settings)["@graph"]] == [address] * 2
    files = {file.name: file.content for file in takeaway(records)}
    package = json.loads(files["datapackage.json"])
    assert [one["path"] for one in package.get("licenses", [])] == ([address] if address else [])
    crate = json.loads(files["ro-crate-metadata.json"])["@graph"]
    (named,) = (one for one in crate if one.get("name") == licence)
    assert named["@id"] == (address or "#licence")
    tags = page_tags(settings, "Title", "What it says", "", is_home=False)
    assert ('rel="license"' in tags) is bool(address)


def test_a_book_that_is_not_built_is_told(example_root: Path, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="book-not-built"):
        snapshot(load_records(example_root), tmp_path / "nothing", tmp_path)


def test_the_command_says_what_it_wrote(
    example_root: Path, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["snapshot", "--root", str(example_root), "--book", str(built), "--out", str(tmp_path)]
    assert main(given) == 0
    assert ".zip" in capsys.readouterr().out
