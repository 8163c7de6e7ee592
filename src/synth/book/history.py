"""The states of a review: a folder, a revision of git, or a version kept with the data.

A version that was published is kept as ``data/versions/<version>.zip``: its tables, bibliography
and the text of its pages. So what changed since can be told in every copy, without git too.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from synth.book.brief import BRIEF_FILE, briefs
from synth.book.data_package import archive
from synth.book.role_syntax import of_place, parse_count, worded
from synth.changes import Changes, Sentence, State, line_of, sentences_of
from synth.errors import Problem, ReviewError, UnknownName
from synth.model import TABLES
from synth.reading.bibliography import BIB_FILE
from synth.reading.records import Records, read_records
from synth.reading.settings import SETTINGS_FILE, read_settings
from synth.reading.textio import replace_file
from synth.reading.versions import KEPT
from synth.review import Review

PAGES = "book"


# --- states -------------------------------------------------------------------------------------


def read_state(root: Path, name: str) -> State:
    """A state of the review: a folder, a kept version, or a revision of git, without a checkout.

    Parameters
    ----------
    root : the review's root; revisions and kept versions are looked for there.
    name : path of a folder, number of a version, or anything git takes for a revision.

    Raises
    ------
    ReviewError : there is no such thing, or it holds no review.
    """
    folder = Path(name)
    if folder.is_dir():
        return _state(folder, name)
    kept = root / KEPT / f"{name}.zip"
    if kept.is_file():
        with tempfile.TemporaryDirectory() as temporary:
            try:
                with zipfile.ZipFile(kept) as packed:
                    for entry in packed.infolist():
                        _put(Path(temporary), entry.filename, packed.read(entry))
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                problem = Problem("version-broken", kept_file(name), reason=str(error))
                raise ReviewError([problem]) from error
            return _state(Path(temporary), name)
    found = next((a for a in (_archive(root, n) for n in (name, f"v{name}")) if a), None)
    if found is None:
        own = sorted(path.stem for path in (root / KEPT).glob("*.zip"))
        known = f"Kept versions: {', '.join(own)}." if own else "'git log' lists the revisions."
        raise ReviewError([Problem("revision-unknown", ".", name=name, known=known)])
    with tempfile.TemporaryDirectory() as temporary:
        with tarfile.open(fileobj=io.BytesIO(found)) as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is not None and _belongs(member.name):
                    _put(Path(temporary), member.name, stream.read())
        return _state(Path(temporary), name)


def _archive(root: Path, revision: str) -> bytes | None:
    """What the review's folder held in a revision, as a tar; ``None`` if git has no such thing."""
    if revision.startswith("-"):
        return None
    top = _git(root, "rev-parse", "--show-toplevel")
    prefix = _git(root, "rev-parse", "--show-prefix")
    if top is None or prefix is None:
        return None
    # From the top: in a folder below it, git would look for that folder inside the tree once more.
    tree = f"{revision}:{prefix.decode().strip().rstrip('/')}"
    return _git(Path(top.decode().strip()), "archive", "--format=tar", tree)


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git answers, or ``None`` where it does not."""
    try:
        run = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        return None
    return run.stdout if run.returncode == 0 else None


def _belongs(file: str) -> bool:
    parts = Path(file).parts
    return file == BIB_FILE or parts[:1] in (("data",), (PAGES,))


def _put(root: Path, file: str, content: bytes) -> None:
    path = (root / file).resolve()
    if root.resolve() in path.parents:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _state(folder: Path, name: str) -> State:
    if not (folder / SETTINGS_FILE).is_file():
        raise ReviewError([Problem("state-empty", ".", name=name)])
    records, problems = read_records(folder)
    errors = [problem for problem in problems if problem.severity == "error"]
    unread = tuple(map(str, errors))
    pages = dict(_pages(folder))
    review = Review(records)
    sentences = [
        each
        for page, text in pages.items()
        for each in sentences_of(page, text, partial(_name, records))
    ]
    try:
        sentences += _lines_of_briefs(folder, pages)
    except ReviewError as error:
        unread += tuple(map(str, error.problems))
    broken = frozenset(problem.file for problem in errors)
    version = records.settings.version
    if version and name != version and not Path(name).is_dir():
        version = f"{version} ({name})"
    return State(version or name, records, tuple(sentences), unread, broken, _numbers(review))


def _name(records: Records, role: str, content: str) -> str:
    """What a page shows where a role names a study, a theme or a word of the glossary."""
    name = content.strip()
    if role in ("study", "cite:t"):
        return records.label(name) if name in records.bibliography else name
    if role == "place":
        return of_place(name, records) if name.partition("|")[0].strip() in records.places else name
    if role == "theme" and name in records.codebook:
        return records.codebook[name].label
    return name if role == "term" else ""


def _lines_of_briefs(folder: Path, pages: Mapping[str, str]) -> Iterator[Sentence]:
    """What the briefs say, on the pages that show them."""
    for brief in briefs(folder):
        shown = re.compile(rf"\{{brief\}}\s+{re.escape(brief.id)}\s*$", re.MULTILINE)
        page = next((name for name, text in pages.items() if shown.search(text)), brief.id)
        yield from sentences_of(page, f"{brief.lead}\n\n{brief.limits}")
        for step in brief.steps:
            for line in step.lines:
                yield line_of(page, line.says, line.findings)


def _numbers(review: Review) -> Callable[[str], str]:
    def number(asked: str) -> str:
        """What a number of the prose was in this state; empty where it cannot be computed."""
        try:
            return worded(review, parse_count(asked))
        except (UnknownName, ValueError, KeyError):
            return ""

    return number


def _pages(folder: Path) -> Iterator[tuple[str, str]]:
    """The Markdown of each page, by its name."""
    for path in sorted((folder / PAGES).rglob("*")):
        name = path.relative_to(folder / PAGES).with_suffix("").as_posix()
        if "/." in f"/{name}":
            continue  # what JupyterLab keeps of notebooks is no page
        if path.suffix == ".md":
            yield name, path.read_text("utf-8", errors="replace")
        elif path.suffix == ".ipynb":
            try:
                cells = json.loads(path.read_text("utf-8", errors="replace"))["cells"]
            except (json.JSONDecodeError, KeyError, TypeError):
                continue
            texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
            yield name, "\n\n".join(texts)


def compare(root: Path, old: str, new: str) -> Changes:
    """What changed between two states of a review; see :func:`read_state`.

    Raises
    ------
    ReviewError : one of them is not there, or they are states of two reviews.
    """
    states = [read_state(root, old), read_state(root, new)]
    if states[0].name == states[1].name:
        # Two folders of one version are told apart by their paths.
        states = [
            state if name in state.name else replace(state, name=f"{state.name} ({name})")
            for state, name in zip(states, (old, new), strict=True)
        ]
    try:
        return Changes(*states)
    except ValueError as error:
        problem = Problem("states-strange", ".", old=old, new=new)
        raise ReviewError([problem]) from error


# --- keeping a version --------------------------------------------------------------------------


def kept_file(version: str) -> str:
    """Where a version is kept, below the review's root."""
    return f"{KEPT}/{version}.zip"


def keep(root: Path, revision: str = "") -> Path:
    """Keep a version of the review beside its data, for what changes later to be told.

    Parameters
    ----------
    root : the review's root.
    revision : a revision of git; the folder as it is, if left out.

    Returns
    -------
    The archive, ``data/versions/<version>.zip``: the same bytes for the same review.

    Raises
    ------
    ReviewError : there is no such revision, or another state of that version is kept already.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = root
        if revision:
            found = _archive(root, revision)
            if found is None:
                known = "'git log' lists the revisions."
                raise ReviewError([Problem("revision-unknown", ".", name=revision, known=known)])
            folder = Path(temporary)
            with tarfile.open(fileobj=io.BytesIO(found)) as tar:
                for member in tar:
                    stream = tar.extractfile(member) if member.isfile() else None
                    if stream is not None and _belongs(member.name):
                        _put(folder, member.name, stream.read())
        if not (folder / SETTINGS_FILE).is_file():
            raise ReviewError([Problem("state-empty", ".", name=revision or str(root))])
        settings, problems = read_settings(folder)
        if errors := [problem for problem in problems if problem.severity == "error"]:
            raise ReviewError(errors)
        version = settings.version
        content = _packed(folder)
    path = root / kept_file(version)
    if path.is_file() and path.read_bytes() != content:
        raise ReviewError([Problem("version-kept", kept_file(version), file=kept_file(version))])
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
    return path


def _packed(folder: Path) -> bytes:
    """Tables, settings, bibliography and the text of the pages, as one archive."""
    files = [SETTINGS_FILE, BIB_FILE, BRIEF_FILE, *(table.file for table in TABLES.values())]
    contents = {file: (folder / file).read_bytes() for file in files if (folder / file).is_file()}
    contents |= {f"{PAGES}/{name}.md": text.encode() for name, text in _pages(folder)}
    # A day of its own would make other bytes of the same review.
    return archive(contents, date(1980, 1, 1))
