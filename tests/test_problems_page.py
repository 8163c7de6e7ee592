"""The page "What can go wrong" holds every problem of the catalogue."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from garden_book import built, planted
from synth.errors import catalogue, groups


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with the directive, as it is built."""
    root = planted(tmp_path_factory.mktemp("problems"))
    text = (root / "index.md").read_text("utf-8")
    (root / "index.md").write_text(f"{text}\n\n## Problems\n\n```{{problems}}\n```\n", "utf-8")
    out, told = built(root)
    assert "problems" not in told
    return (out / "index.html").read_text("utf-8")


def test_every_code_has_an_address_of_its_own_and_its_title(page: str) -> None:
    anchors = re.findall(r'id="problem-([a-z0-9-]+)"', page)
    assert anchors == list(catalogue())
    # Quotation marks and dashes are set as printers do.
    plain = str.maketrans({"–": "--", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."})
    shown = unescape(re.sub(r"<[^>]+>", "", page)).translate(plain)
    for kind in catalogue().values():
        assert f"{kind.code} {kind.title}" in shown


def test_every_group_is_a_section(page: str) -> None:
    assert re.findall(r'<section id="problems-([a-z]+)"', page) == list(groups())


def test_sentences_name_what_is_filled_in(page: str) -> None:
    assert "<em>value</em> is not in data/studies.csv." in page
    assert "{value" not in page


def test_the_book_has_the_page(root: Path) -> None:
    assert "file: book/what-can-go-wrong" in (root / "_toc.yml").read_text("utf-8")
    assert "```{problems}" in (root / "book" / "what-can-go-wrong.md").read_text("utf-8")
