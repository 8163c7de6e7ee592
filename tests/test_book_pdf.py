"""The whole book in one document: every page once, in order, its links leading inside it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PAGE = """<html lang="en">
<head><link rel="stylesheet" href="a.css"><script>go()</script></head><body>
<nav class="bd-links">
<a href="#">One</a><a href="two.html">Two</a><a href="https://x.org">X</a></nav>
<article class="bd-article"><h1 id="top">{title}</h1>{text}</article>
<footer class="bd-footer-content">foot</footer></body></html>"""


@pytest.fixture(scope="module")
def book_pdf(root: Path) -> ModuleType:
    described = importlib.util.spec_from_file_location("book_pdf", root / "scripts" / "book_pdf.py")
    assert described
    assert described.loader
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


@pytest.fixture
def first(tmp_path: Path) -> Path:
    links = '<a href="two.html#top">on</a><a href="#top">up</a><a href="https://x.org/#top">x</a>'
    (tmp_path / "one.html").write_text(PAGE.format(title="One", text=links), "utf-8")
    drawing = '<svg><path fill="url(#hatch)"/></svg><a href="one.html">back</a>'
    (tmp_path / "two.html").write_text(PAGE.format(title="Two", text=drawing), "utf-8")
    return tmp_path / "one.html"


def test_pages_stand_once_each_in_the_order_of_the_contents(
    book_pdf: ModuleType, first: Path
) -> None:
    assert [path.name for path in book_pdf.pages_in_order(first)] == ["one.html", "two.html"]


def test_links_between_pages_lead_inside_the_document(book_pdf: ModuleType, first: Path) -> None:
    whole = book_pdf.whole_book(first)
    assert '<a href="#two--top">on</a><a href="#one--top">up</a>' in whole
    assert '<a href="https://x.org/#top">x</a>' in whole
    assert 'id="two--"' in whole
    assert '<a href="#one--">back</a>' in whole
    assert 'fill="url(#two--hatch)"' in whole
    assert whole.count('id="one--top"') == whole.count('id="two--top"') == 1


def test_paper_needs_no_script_and_one_foot(book_pdf: ModuleType, first: Path) -> None:
    whole = book_pdf.whole_book(first)
    assert "<script" not in whole
    assert "<nav" not in whole
    assert whole.count("bd-footer-content") == 1
