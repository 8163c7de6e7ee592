"""The explorer as one file: opened alone from an empty folder, without a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synth import Review
from synth.book.explorer_file import MOST, explorer_file

pytestmark = pytest.mark.browser


def test_it_works_alone_in_an_empty_folder(
    built_book: Path, tmp_path: Path, offline_page: Callable[..., Any], root: Path
) -> None:
    offered = built_book / "_static" / "synth" / "data" / "explorer.html"
    assert offered.stat().st_size <= MOST
    (tmp_path / "alone").mkdir()
    alone = Path(shutil.copy(offered, tmp_path / "alone"))
    review = Review.load(root)
    offline = offline_page()
    page = offline.open(alone)
    page.locator(".synth-explorer[data-ready=true]").wait_for()
    page.locator("input[data-facet=direction][value=barrier]").check()
    expected = review.evidence().where(direction="barrier")
    assert page.evaluate("document.querySelector('.synth-explorer').findings") == list(expected.ids)
    page.get_by_role("tab", name="Matrix").click()
    page.locator(".ex-grid table").wait_for()
    page.locator(".ex-menu summary").last.click()
    with page.expect_download() as saved:
        page.locator(".ex-sheet button[value=json]").click()
    works = json.loads(Path(saved.value.path()).read_text("utf-8"))
    assert {work["id"] for work in works} == {study.id for study in expected.studies}
    # The book's own faces are in it, and nothing was asked for.
    assert page.evaluate("document.fonts.check('16px \"Book Serif\"')")
    assert page.evaluate("document.fonts.size") >= 2
    assert offline.refused == []
    assert offline.complaints == []
    # It has no address, so it links nowhere but to the review and the licence.
    links = page.locator("a[href]").evaluate_all(
        "all => all.map((link) => link.getAttribute('href'))"
    )
    assert all(link.startswith(("https://", "#")) for link in links), links


def test_without_a_script_it_is_a_table(
    built_book: Path, offline_page: Callable[..., Any], root: Path
) -> None:
    page = offline_page(java_script_enabled=False).open(
        built_book / "_static" / "synth" / "data" / "explorer.html"
    )
    assert page.locator("[data-finding]").count() == len(Review.load(root).evidence())


def test_a_file_too_large_for_a_mail_is_not_made(
    example_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Review.load(example_root).records
    size = len(explorer_file(records, {}, ""))
    assert 0 < size <= MOST
    monkeypatch.setattr("synth.book.explorer_file.MOST", size - 1)
    assert explorer_file(records, {}, "") == b""
    monkeypatch.undo()
    one = next(iter(records.findings.values()))
    many = {
        f"{one.id}{n}": replace(one, id=f"{one.id}{n}", summary=f"{n} " + "x" * 900)
        for n in range(2000)
    }
    # Where the findings alone are too long, nothing is made of them first.
    monkeypatch.setattr("synth.book.explorer_file.evidence_scripts", None)
    assert explorer_file(replace(records, findings=many), {}, "") == b""
