"""Reporting checklists as data: every item once, with its official title, and every place there.

What stands in ``data/reporting/`` is told of the review and of the book; a dead place fails.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
CHECKLISTS = sorted((PROJECT / "data" / "reporting").glob("*.toml"))
STATES = {"reported", "partly", "not reported", "not established", "not applicable"}

# Short titles of ENTREQ as its authors printed them (Tong et al. 2012, table 1).
ENTREQ = [
    "Aim",
    "Synthesis methodology",
    "Approach to searching",
    "Inclusion criteria",
    "Data sources",
    "Electronic search strategy",
    "Study screening methods",
    "Study characteristics",
    "Study selection results",
    "Rationale for appraisal",
    "Appraisal items",
    "Appraisal process",
    "Appraisal results",
    "Data extraction",
    "Software",
    "Number of reviewers",
    "Coding",
    "Study comparison",
    "Derivation of themes",
    "Quotations",
    "Synthesis output",
]


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def anchors(page: str) -> set[str]:
    """Anchors of a page: its headings down to the third rank, and targets set by hand."""
    notebook = PROJECT / "book" / f"{page}.ipynb"
    if notebook.is_file():
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        text = "\n\n".join(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        )
    else:
        text = (PROJECT / "book" / f"{page}.md").read_text("utf-8")
    found = set(re.findall(r"^\(([a-z0-9-]+)\)=", text, re.MULTILINE))
    for heading in re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE):
        found.add(re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-"))
    return found


def test_there_is_a_checklist() -> None:
    assert "entreq" in [path.stem for path in CHECKLISTS]


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_every_item_stands_once_and_says_what_review_and_book_report(path: Path) -> None:
    told = read(path)
    numbers = [item["number"] for item in told["item"]]
    assert len(set(numbers)) == len(numbers) == told["checklist"]["items"]
    for item in told["item"]:
        for side in ("review", "book"):
            assert item[side]["state"] in STATES
            assert item[side]["says"].endswith(".")
        assert item["places"]


def test_the_titles_of_entreq_are_its_own() -> None:
    told = read(PROJECT / "data" / "reporting" / "entreq.toml")
    assert [item["title"] for item in told["item"]] == ENTREQ


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_every_place_is_there(path: Path) -> None:
    gone = []
    for item in read(path)["item"]:
        for place in item["places"]:
            page, _, anchor = place.partition("#")
            if not anchor or anchor not in anchors(page):
                gone.append((item["number"], place))
    assert gone == []
