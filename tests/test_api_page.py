"""The page that describes the library: complete, without a trace of docstrings' own form."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import synth
from garden_book import built, planted
from synth.book.api_page import CLASSES, members


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = planted(tmp_path_factory.mktemp("garden"))
    index = root / "index.md"
    index.write_text(index.read_text("utf-8") + "\n\n## Library\n\n```{api}\n```\n", "utf-8")
    out, told = built(root)
    assert "api" not in told
    return (out / "index.html").read_text("utf-8")


def test_everything_an_author_can_import_is_described() -> None:
    named = {each.__name__ for each in CLASSES}
    assert {name for name in synth.__all__ if name[0].isupper()} <= named


@pytest.mark.parametrize("owner", CLASSES)
def test_every_public_member_has_an_entry_and_a_description(page: str, owner: type) -> None:
    anchor = f"api-{owner.__name__.lower()}"
    assert f'id="{anchor}"' in page
    public = [name for name in vars(owner) if not name.startswith("_")]
    listed = dict(members(owner))
    for name in public:
        if callable(getattr(owner, name)) or isinstance(vars(owner)[name], property):
            assert name in listed, f"{owner.__name__}.{name} is public and not described"
    for name, member in listed.items():
        assert f'id="{anchor}-{name}"' in page
        assert (member.__doc__ or "").strip(), f"{owner.__name__}.{name} has no description"


def test_no_sign_of_the_docstrings_form_is_left(page: str) -> None:
    text = unescape(re.sub(r"<[^>]+>", "", page))
    for sign in (":meth:", ":class:", "----------", "~synth."):
        assert sign not in text


def test_the_book_has_the_page_among_those_for_authors(root: Path) -> None:
    assert "book/api" in (root / "_toc.yml").read_text("utf-8")
