"""The page that tells what changed, its feed, the marks on other pages, the explorer's file."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from garden_book import built, planted
from synth.book.history import keep
from synth.reading.records import read_records
from synth.reading.versions import VERSIONS_FILE

ATOM = "{http://www.w3.org/2005/Atom}"


def entry(number: str, reason: str, summary: str) -> str:
    told = f'number = "{number}"\ndate = 2026-02-03\nreason = "{reason}"\nsummary = "{summary}"'
    return f"[[version]]\n{told}\n\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of which a first version was kept before a finding was turned round."""
    root = planted(tmp_path_factory.mktemp("garden"))
    records, _ = read_records(root)
    version = records.settings.version
    keep(root)
    coded = root / "data" / "coded_studies.csv"
    lines = coded.read_text("utf-8").splitlines()
    names = [each.id for each in records.settings.directions]
    finding = records.findings[lines[1].split(",")[0]]
    other = next(name for name in names if name != finding.direction)
    lines[1] = lines[1].replace(f",{finding.direction},", f",{other},", 1)
    coded.write_text("\n".join(lines) + "\n", "utf-8")
    settings = root / "data" / "review.toml"
    settings.write_text(
        settings.read_text("utf-8").replace(f'version = "{version}"', 'version = "9.0.0"'), "utf-8"
    )
    (root / VERSIONS_FILE).write_text(
        entry("9.0.0", "correction", "One finding <turned>.") + entry(version, "first", "All."),
        "utf-8",
    )
    (root / "changed.md").write_text("# What changed\n\n```{changes}\n```\n", "utf-8")
    (root / "citing.md").write_text(
        f"# Citing\n\nA claim {{finding}}`{finding.id}`. It stands.\n", "utf-8"
    )
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text("utf-8").rstrip("\n") + "\n  - file: changed\n  - file: citing\n")
    out, _ = built(root)
    (out / "finding.txt").write_text(finding.id)
    (out / "before.txt").write_text(version)
    return out


def test_each_version_is_a_section_with_what_it_changed(book: Path) -> None:
    page = (book / "changed.html").read_text("utf-8")
    assert 'id="version-9-0-0"' in page
    assert "One finding &lt;turned&gt;." in page
    assert "has another direction" in page
    finding = (book / "finding.txt").read_text()
    assert re.search(rf'href="[^"]*#finding-{finding}"', page)


def test_the_feed_is_atom_with_an_entry_for_each_version(book: Path) -> None:
    feed = ElementTree.fromstring((book / "changes.xml").read_text("utf-8"))
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for entry in entries:
        for part in ("title", "id", "updated", "summary"):
            assert entry.findtext(f"{ATOM}{part}")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


def test_citations_of_changed_findings_are_marked_and_the_page_says_so(book: Path) -> None:
    page = (book / "citing.html").read_text("utf-8")
    assert "synth-changed" in page
    assert 'data-synth-action="marks"' in page
    assert re.search(r'href="changed\.html#version-9-0-0"', page)


def test_the_explorer_learns_what_came_went_and_changed(book: Path) -> None:
    text = (book / "_static" / "synth" / "changes.js").read_text("utf-8")
    data = json.loads(text.removeprefix("window.synthChanges=").rstrip(";\n"))
    before = (book / "before.txt").read_text()
    assert data == {
        before: {"came": [], "went": [], "changed": [(book / "finding.txt").read_text()]}
    }


def test_a_version_that_disagrees_fails_the_build(tmp_path: Path) -> None:
    root = planted(tmp_path)
    (root / VERSIONS_FILE).write_text(
        '[[version]]\nnumber = "77.0"\ndate = 2026-02-03\nreason = "first"\nsummary = "x"\n',
        "utf-8",
    )
    _, told = built(root)
    assert "has no entry" in told


def test_a_version_that_was_not_kept_is_told_on_the_page(tmp_path: Path) -> None:
    root = planted(tmp_path)
    version = read_records(root)[0].settings.version
    (root / VERSIONS_FILE).write_text(
        "".join(entry(number, "first", "x") for number in (version, "0.0.1")),
        "utf-8",
    )
    index = root / "index.md"
    index.write_text(index.read_text("utf-8") + "\n\n## Changes\n\n```{changes}\n```\n", "utf-8")
    out, _ = built(root)
    assert "Version 0.0.1 was not kept" in (out / "index.html").read_text("utf-8")
    shutil.rmtree(out)


def test_a_kept_version_that_cannot_be_read_is_told_and_ends_no_build(tmp_path: Path) -> None:
    root = planted(tmp_path)
    (root / "data" / "versions").mkdir()
    (root / "data" / "versions" / "1.zip").write_bytes(b"PK no archive")
    (root / VERSIONS_FILE).write_text(entry("2", "both", "B.") + entry("1", "first", "A."), "utf-8")
    (root / "changed.md").write_text("# What changed\n\n```{changes}\n```\n", "utf-8")
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text("utf-8").rstrip("\n") + "\n  - file: changed\n")
    out, told = built(root)
    assert told.count("data/versions/1.zip: [version-broken]") == 1
    assert 'id="version-1"' in (out / "changed.html").read_text("utf-8")
