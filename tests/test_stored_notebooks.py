"""What the book's notebooks store: small, and readable wherever a notebook is only looked at."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from synth.freshness import notebooks_of
from synth.views.view import VIEW

KEPT_TAGS = {"p", "img", "table", "caption", "thead", "tbody", "tr", "th", "td"}
KEPT_ATTRIBUTES = {"src", "alt", "scope"}
"""What JupyterLab (untrusted), GitHub and nbconvert all leave as it is: no style, script, drawing,
id, class, role or data-*; an address only where it is a picture's own content."""


class Parts(HTMLParser):
    """The tags, attributes and text of an output."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.pictures: list[dict[str, str]] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag == "img":
            self.pictures.append({name: value or "" for name, value in attributes})

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def outputs(root: Path) -> list[tuple[str, dict[str, str]]]:
    """What the notebooks of the book show, cell by cell."""
    found = []
    for path in notebooks_of(root):
        for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"], 1):
            for output in cell.get("outputs", []):
                data = {k: "".join(v) for k, v in output["data"].items() if k != VIEW}
                found.append((f"{path.name}: cell {number}", data))
    return found


def test_every_output_is_readable_where_nothing_runs(root: Path) -> None:
    for place, data in outputs(root):
        assert data.keys() == {"text/html", "text/plain"}, place
        parts = Parts(data["text/html"])
        assert parts.tags <= KEPT_TAGS, place
        assert parts.attributes <= KEPT_ATTRIBUTES, place
        assert {"table", "caption", "th"} <= parts.tags, place
        for picture in parts.pictures:
            kind, _, drawn = picture["src"].partition(",")
            assert kind == "data:image/svg+xml;base64", place
            # Its dark letters would stand on the ground of a dark JupyterLab.
            assert b'style="background:#fff"' in b64decode(drawn)[:300], place
            assert len(picture["alt"]) > 20, place
        assert re.search(r"\d", data["text/plain"]), f"{place} states no number"


def test_charts_are_pictures_above_their_tables(root: Path) -> None:
    charts = [data["text/html"] for _, data in outputs(root) if "<img" in data["text/html"]]
    assert len(charts) > 20
    assert all(html.index("<img") < html.index("<table") for html in charts)


def test_nbconvert_shows_the_tables(root: Path) -> None:
    nbconvert = pytest.importorskip("nbconvert", reason="comes with JupyterLab")
    page, _ = nbconvert.HTMLExporter().from_filename(str(root / "book" / "framework.ipynb"))
    (stored,) = [data for place, data in outputs(root) if place.startswith("framework")]
    assert " ".join(Parts(stored["text/html"]).words) in " ".join(Parts(page).words)


def test_they_take_little_room(root: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in notebooks_of(root)}
    assert sum(sizes.values()) < 1_000_000, sizes


def test_a_stored_view_is_what_the_book_draws_again(root: Path) -> None:
    from synth import Review

    review: Any = Review.load(root)
    for path in notebooks_of(root):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                asked = output["data"][VIEW]
                again = review.view(asked)
                assert again._repr_mimebundle_ is not None
                assert (again.kind, again.query, again.options) == (
                    asked["kind"],
                    asked["query"],
                    asked["options"],
                )
