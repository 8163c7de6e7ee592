"""The prose of this book, held against its evidence: directions, hedges, cautions, spelling, ease.

``synth check --pages`` holds any book's prose against its tables. What stands here holds for this
book alone: how its editors agreed to write it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from synth.reading.records import Records
from synth.reading.rules import load_records

PROJECT = Path(__file__).parents[1]
BOOK = PROJECT / "book"

# Pages for authors and for those who run the book; their prose is somebody else's task.
TECHNICAL = {"add-a-study", "make-your-own", "what-can-go-wrong", "api"}

SYNTHESIS = re.compile(r"^:::\{synthesis\}\n(.*?)^:::", re.MULTILINE | re.DOTALL)
CITED = re.compile(r"\{(?:finding|elsewhere)\}`([^`]+)`")


@pytest.fixture(scope="module")
def records() -> Records:
    return load_records(PROJECT)


@cache
def text_of(page: str) -> str:
    """The prose of a page as its authors wrote it."""
    notebook = BOOK / f"{page}.ipynb"
    if not notebook.is_file():
        return (BOOK / f"{page}.md").read_text("utf-8")
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def pages() -> list[str]:
    """Every page of the book that this file answers for."""
    return sorted({file.stem for file in BOOK.glob("*.*")} - TECHNICAL)


def home_pages(records: Records) -> list[str]:
    """The pages of levels and themes."""
    return [node.id for node in records.codebook if node.depth < 2]


def paragraphs(page: str) -> Iterator[str]:
    """Paragraphs of synthesis of a page, without the lines that confirm something."""
    for block in SYNTHESIS.findall(text_of(page)):
        for paragraph in re.split(r"\n\s*\n", block):
            lines = [line for line in paragraph.splitlines() if not line.startswith("%")]
            if text := "\n".join(lines).strip():
                yield text


def plain(text: str) -> str:
    """Words a reader sees: roles, links and marks of Markdown taken out."""
    text = re.sub(r"(?m)^(%|:::|```|#|\(|\|| {2}\[).*$", "", text)
    text = re.sub(r"\{(?:finding|elsewhere|review|cite:[pt]|count)\}`[^`]*`", "", text)
    text = re.sub(r"\{[a-z:]+\}`([^`<]*?)(?:\s*<[^`>]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*_`]", "", text)


def test_a_paragraph_of_a_theme_points_one_way(records: Records) -> None:
    """A paragraph has one mark: it is split where it turns from help to hindrance."""
    turning = []
    marked = 0
    for page in home_pages(records):
        for paragraph in paragraphs(page):
            cited = [name.strip() for ids in CITED.findall(paragraph) for name in ids.split(";")]
            directions = {records.findings[name].direction for name in cited}
            marked += bool(directions)
            if len(directions) > 1:
                turning.append(f"{page}: {sorted(directions)}: {paragraph[:70]}")
    assert marked > 80
    assert turning == []
