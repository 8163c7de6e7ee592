"""Every page of the built book opens from a folder, without a network and without an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

READERS = {
    "at a desk": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "on a phone at night": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


def pages_of(html: Path) -> list[Path]:
    """The pages that a reader can reach, without the index (it only forwards)."""
    return sorted([*(html / "book").glob("*.html"), html / "search.html"])


@pytest.mark.parametrize("reader", READERS)
def test_pages_need_no_network_and_raise_no_error(
    built_book: Path, offline_page: Callable[..., Any], reader: str
) -> None:
    pages = pages_of(built_book)
    assert len(pages) > 1, f"no pages under {built_book}"
    offline = offline_page(**READERS[reader])
    wrong = []
    for path in pages:
        page = offline.open(path)
        # Charts and explorers fetch what they need when they come into view.
        page.evaluate(
            """async () => {
                for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
                    scrollTo(0, y);
                    await new Promise((painted) =>
                        (requestAnimationFrame(painted), setTimeout(painted, 1000)));
                }
            }"""
        )
        offline.settle()
        wrong += [f"{path.name}: asked for {address}" for address in offline.refused]
        wrong += [f"{path.name}: {complaint}" for complaint in offline.complaints]
        offline.refused.clear()
        offline.complaints.clear()
    assert wrong == []


def test_the_index_leads_to_the_first_page(
    built_book: Path, offline_page: Callable[..., Any]
) -> None:
    page = offline_page().open(built_book / "index.html")
    page.wait_for_url("**/book/intro.html")
    assert page.locator("article h1").count() == 1
