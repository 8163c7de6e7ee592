"""Where links, labels and terms of the pages lead, as the build will look them up.

The check reads no page as Sphinx does. It tells what surely leads nowhere: what a figure or a list
of the library brings along has an id that begins with its kind, and is left to the build.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from synth.book.stored_pages import Page
from synth.book.trees import Block, Role
from synth.errors import Problem, did_you_mean
from synth.reading.textio import read_text

_KINDS = ("finding", "study", "theme", "influence", "ref", "term", "problem", "api", "version")
_DRAWN = re.compile(rf"(?:{'|'.join(_KINDS)})-")
"""Ids of what the library draws."""
_OF_SPHINX = frozenset({"genindex", "modindex", "search"})
_TARGET = re.compile(r"<([^<>]+)>\s*$", re.DOTALL)
_ENDINGS = (".md", ".ipynb")


class Places:
    """What can be linked to in the pages of a book.

    Parameters
    ----------
    pages : the book's pages.
    """

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages

    def _of(self, kind: str, pages: Iterable[Page]) -> frozenset[str]:
        return frozenset(
            role.text
            for page in pages
            for block in page.everything
            if block.kind == "slip"
            for role in block.roles
            if role.name == kind
        )

    @cached_property
    def labels(self) -> frozenset[str]:
        """Labels of all pages, as they are compared."""
        return frozenset(map(_plain, self._of("label", self.pages))) | _OF_SPHINX

    @cached_property
    def terms(self) -> frozenset[str]:
        """Terms of all glossaries, as they are compared."""
        return frozenset(map(_plain, self._of("defined", self.pages)))

    @cached_property
    def headings(self) -> Mapping[str, frozenset[str]]:
        """What the headings of each page are linked by, by file."""
        return {page.file: self._of("heading", [page]) for page in self.pages}

    @cached_property
    def ids(self) -> Mapping[str, frozenset[str]]:
        """Further ids that an author wrote on each page, by file."""
        return {page.file: self._of("id", [page]) for page in self.pages}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def links_lead(pages: Sequence[Page], root: Path) -> Iterator[Problem]:
    """Links, labels and terms that the book does not have.

    Parameters
    ----------
    pages : the book's pages.
    root : folder of the review.
    """
    places = Places(pages)
    # Other books' labels are known to the build alone.
    elsewhere = "intersphinx" in (read_text(root / "_config.yml", "_config.yml")[0] or "")
    for page in pages:
        for block in page.everything:
            for role in block.roles:
                found = _unfound(role, block, page, places, root, elsewhere=elsewhere)
                if found is not None:
                    what, value, known = found
                    near = did_you_mean(value, known) or _REMEDIES[what]
                    yield block.problem("link-nowhere", value, what=what, value=value, near=near)


_REMEDIES = {
    "page": "Name the page as it is seen from this one, without its ending.",
    "label": "A label is a line (name)= above a heading.",
    "term": "Write it into a {glossary}, or take the role away.",
    "heading": "A heading is linked by its words in small letters, with hyphens between them.",
}


def _unfound(
    role: Role, block: Block, page: Page, places: Places, root: Path, *, elsewhere: bool
) -> tuple[str, str, Iterable[str]] | None:
    """What a role or a link names that there is not: what it is, its name, and what there is."""
    if block.kind == "slip":
        if role.name == "link":
            return _heading(role.text.removeprefix("#"), page.file, places, here=True)
        if role.name == "file":
            name, _, anchor = role.text.partition("#")
            beside = os.path.normpath(PurePosixPath(page.file).parent / name)
            return _heading(anchor, beside, places) if anchor and name else None
        return None
    if elsewhere or role.name not in ("ref", "numref", "term", "doc") or role.text[:1] == "!":
        return None
    written = _TARGET.search(role.text)
    target = (written[1] if written else role.text).strip()
    if role.name == "term":
        return None if _plain(target) in places.terms else ("term", target, places.terms)
    if role.name == "doc":
        start = PurePosixPath() if target.startswith("/") else PurePosixPath(page.file).parent
        path = os.path.normpath(start / target.lstrip("/"))
        known = {os.path.splitext(one.file)[0] for one in places.pages}
        there = any((root / f"{path}{ending}").is_file() for ending in _ENDINGS)
        return None if there else ("page", target, (os.path.relpath(k, start) for k in known))
    return None if _plain(target) in places.labels else ("label", target, places.labels)


def _heading(
    anchor: str, file: str, places: Places, *, here: bool = False
) -> tuple[str, str, Iterable[str]] | None:
    known = places.headings.get(file)
    if known is None or _DRAWN.match(anchor):
        return None
    if anchor in known or re.sub(r"-\d+$", "", anchor) in known:
        return None
    if here and (anchor in places.ids[file] or _plain(anchor) in places.labels):
        return None
    return "heading", anchor, known
