"""Pages of a book as they are stored: their prose, what their cells show, what they declare."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from myst_parser.config.main import TopmatterReadError, read_topmatter

from synth.book.contents import TOC_FILE, contents, yaml_slip
from synth.book.role_syntax import told_in_its_table
from synth.book.trees import Block, Place, prose_of
from synth.errors import Problem, ReviewError
from synth.freshness import stored
from synth.reading.textio import conflict
from synth.review import Review
from synth.views.view import VIEW

FINDING_ROLES = ("finding", "elsewhere")


@dataclass(frozen=True)
class Output:
    """What a cell of a notebook shows, as it is stored.

    Parameters
    ----------
    file : the page.
    cell : number of the cell, counted from 1.
    shown : the findings and influences it shows, as pairs of kind and id.
    anchored : those of them that pages link to here.
    broken : why its view cannot be drawn; empty if it can.
    blocks : the prose it shows.
    line : line of the file where the cell's source starts.
    missing : whether the cell should show something and stores nothing.
    failed : the error it stores instead; empty if none.
    uncalled : the method it shows instead of what that gives; empty if none.
    """

    file: str
    cell: int
    shown: frozenset[tuple[str, str]] = frozenset()
    anchored: frozenset[tuple[str, str]] = frozenset()
    broken: str = ""
    blocks: tuple[Block, ...] = ()
    line: int = 0
    missing: bool = False
    failed: str = ""
    uncalled: str = ""


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Parameters
    ----------
    file : path relative to the review's root.
    theme : the node of the codebook its front matter declares; may be empty.
    blocks : its prose.
    outputs : what its cells show.
    """

    file: str
    theme: str = ""
    blocks: tuple[Block, ...] = ()
    outputs: tuple[Output, ...] = ()

    @cached_property
    def shown(self) -> tuple[Block, ...]:
        """The prose of the Markdown its cells show."""
        return tuple(block for output in self.outputs for block in output.blocks)

    @cached_property
    def everything(self) -> tuple[Block, ...]:
        """The prose of the page and of the Markdown its cells show."""
        return (*self.blocks, *self.shown)

    def _drawn(self, kind: str) -> frozenset[str]:
        return frozenset(name for o in self.outputs for of, name in o.shown if of == kind)

    @cached_property
    def findings(self) -> frozenset[str]:
        """Ids of the findings it cites or shows."""
        return frozenset(cited_in(self.everything)) | self._drawn("finding")

    @cached_property
    def influences(self) -> frozenset[str]:
        """Ids of the influences it names or shows."""
        named_here = (
            (re.search(r"<([^<>]+)>\s*$", role.text) or [role.text, role.text])[1].strip()
            for block in self.everything
            for role in block.roles
            if role.name == "influence"
        )
        return frozenset(named_here) | self._drawn("influence")

    @cached_property
    def influence_targets(self) -> frozenset[str]:
        """Ids of the influences it shows with the anchor that other pages link to."""
        return frozenset(
            name for o in self.outputs for kind, name in o.anchored if kind == "influence"
        )


def cited_in(blocks: Iterable[Block]) -> Iterator[str]:
    """Ids of the findings that pieces of text cite, right or not."""
    for block in blocks:
        for role in block.roles:
            if role.name in FINDING_ROLES:
                listed = role.text.partition("|")[0]
                yield from (name.strip() for name in listed.split(";") if name.strip())


def read_pages(root: Path, review: Review | None = None) -> list[Page]:
    """Read the pages of the book's table of contents, in its order.

    Parameters
    ----------
    root : folder of the review.
    review : the review, which alone tells what the views of notebooks show.

    Raises
    ------
    ReviewError : there is no ``_toc.yml``, it cannot be read, or a page it names is missing.
    """
    lines = contents(root)
    files = {name: _file_of(root, name) for name in lines}
    missing = [
        Problem("toc-page-missing", TOC_FILE, lines[name], name, value=name)
        for name, path in files.items()
        if path is None
    ]
    if missing:
        raise ReviewError(missing)
    pages: list[Page] = []
    damaged: list[Problem] = []
    for path in files.values():
        try:
            pages += [read_page(root, path, review)] if path is not None else []
        except ReviewError as error:
            damaged += error.problems
    if damaged:
        raise ReviewError(damaged)
    return pages


def _file_of(root: Path, name: str) -> Path | None:
    candidates = (root / f"{name}{ending}" for ending in ("", ".md", ".ipynb"))
    return next((path for path in candidates if path.is_file()), None)


def read_page(root: Path, path: Path, review: Review | None = None) -> Page:
    """Read one page, a Markdown file or a notebook, as :func:`read_pages` does.

    Raises
    ------
    ReviewError : the page is damaged.
    """
    file = path.relative_to(root).as_posix()
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        if path.suffix == ".ipynb":
            return _read_notebook(file, text, review)
        mark = conflict(text, file)
        if mark is not None:
            raise ReviewError([mark])
        text = text.removeprefix("\ufeff")
        matter = _front_matter(text)
        blocks = (*_described(matter, file, text), *prose_of(text, Place(file)))
        return Page(file, _declared(matter), blocks)
    except (OSError, ValueError, TopmatterReadError) as error:
        line, reason = _slip(error)
        raise ReviewError([Problem("page-unreadable", file, line, reason=reason)]) from error


def _slip(error: Exception) -> tuple[int, str]:
    """Line and reason of what keeps a page from being read; line 0 where it is the whole."""
    if isinstance(error, UnicodeDecodeError):
        return error.object.count(b"\n", 0, error.start) + 1, "a letter is not UTF-8"
    if isinstance(error.__cause__, yaml.YAMLError):
        line, reason = yaml_slip(error.__cause__)
        return line + 1, f"between its lines of ---, {reason}"
    told = getattr(error, "strerror", None) or str(error)
    return 0, " ".join(told.split()).rstrip(".")


def _read_notebook(file: str, text: str, review: Review | None) -> Page:
    notebook = stored(text, file)
    declared = _declared(notebook.get("metadata", {}))
    lines_of = _source_lines(text, notebook)
    blocks = _described(notebook.get("metadata", {}), file, text)
    outputs: list[Output] = []
    for index, cell in enumerate(notebook.get("cells", [])):
        source = "".join(cell["source"])
        if cell.get("cell_type") == "markdown":
            if index == 0:
                matter = _front_matter(source)
                declared = declared or _declared(matter)
                blocks += _described(matter, file, text)
            blocks += prose_of(source, Place(file, lines_of[index], index + 1))
        elif cell.get("cell_type") == "code":
            outputs.append(_read_outputs(file, lines_of[index], index + 1, cell, review))
    return Page(file, declared, tuple(blocks), tuple(outputs))


def _read_outputs(
    file: str, line: int, number: int, cell: Mapping[str, Any], review: Review | None
) -> Output:
    shown: set[tuple[str, str]] = set()
    anchored: set[tuple[str, str]] = set()
    broken = ""
    uncalled = ""
    blocks: list[Block] = []
    outputs = cell.get("outputs", [])
    for output in outputs:
        data = output.get("data", {})
        if VIEW in data and review is not None:
            try:
                view = review.view(data[VIEW])
            except (LookupError, TypeError, ValueError) as error:
                broken = "" if told_in_its_table(error, review.records) else str(error)
            else:
                pairs = {(kind, name) for kind, names in view.shows.items() for name in names}
                shown |= pairs
                anchored |= {pair for pair in pairs if pair[0] in view.anchors}
        said = "".join(data.get("text/plain", ""))
        if VIEW not in data and (method := _NOT_CALLED.match(said)):
            uncalled = method["name"]
        markdown = "".join(data.get("text/markdown", ""))
        if markdown:
            blocks += prose_of(markdown, Place(file, line, number, fixed=True))
    failed = [
        str(output.get("ename")) for output in outputs if output.get("output_type") == "error"
    ]
    return Output(
        file,
        number,
        frozenset(shown),
        frozenset(anchored),
        broken,
        tuple(blocks),
        line,
        missing=not outputs and _should_show("".join(cell["source"])),
        failed=failed[0] if failed else "",
        uncalled=uncalled,
    )


_NOT_CALLED = re.compile(r"<bound method (?:\w+\.)*(?P<name>\w+) of ")


def _should_show(source: str) -> bool:
    """Whether a cell ends in an expression, which a notebook shows.

    >>> _should_show("review = Review.load()"), _should_show("review.framework()")
    (False, True)
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True
    last = body[-1] if body else None
    silent = source.rstrip().endswith(";")
    return isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant) and not silent


def _source_lines(text: str, notebook: Mapping[str, Any]) -> list[int]:
    """Line of the file at which the source of each cell starts.

    nbformat writes one line of source on one line of the file, so that an editor can jump there.
    """
    written = [line.strip().rstrip(",") for line in text.splitlines()]
    starts: list[int] = []
    position = 0
    for cell in notebook.get("cells", []):
        source = cell["source"]
        lines = source.splitlines(keepends=True) if isinstance(source, str) else source
        start = position
        for line in lines:
            forms = (json.dumps(line, ensure_ascii=False), json.dumps(line))
            found = next((i for i in range(position, len(written)) if written[i] in forms), None)
            if found is None:
                break
            if line is lines[0]:
                start = found
            position = found + 1
        starts.append(start + 1)
    return starts


def _front_matter(text: str) -> Mapping[str, Any]:
    """What a page says of itself between the first two lines of ``---``."""
    return read_topmatter(text) or {}


def _described(matter: Mapping[str, Any], file: str, text: str) -> list[Block]:
    """What a page says of itself to those who search for it: readers see it, so it is prose."""
    said = matter.get("description")
    if not isinstance(said, str):
        return []
    line = next((n for n, row in enumerate(text.splitlines(), 1) if "description" in row), 1)
    return [Block(file, line, None, (said,))]


def _declared(matter: Mapping[str, Any]) -> str:
    own = matter.get("synth")
    if not isinstance(own, Mapping):
        return ""
    return str(own.get("theme") or own.get("level") or "")
