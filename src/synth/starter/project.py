"""The folder of a review: its frame, its data, its pages; put in place whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.reading.formatting import canonical_forms, write_forms
from synth.reading.records import Records, read_records
from synth.reading.rules import check_records
from synth.reading.settings import SETTINGS_FILE
from synth.reading.textio import rights
from synth.starter import frame, wheel
from synth.starter.book_pages import (
    TOC_FILE,
    Page,
    Prose,
    node_page,
    nodes_with_pages,
    page_name,
    pages_of,
    toc_text,
)
from synth.text import counted

Say = Callable[[str], None]


@dataclass(frozen=True)
class Draft:
    """The data of a review that is about to be written.

    Parameters
    ----------
    files : texts by path below the review's root.
    places : for a line of a written file, the author's file and line it was made from.
    prose : sentences for its pages.
    imported : files of which a copy is kept, so that a later import can tell what the author
        changed from what changed in the author's own files.
    """

    files: Mapping[str, str]
    places: Mapping[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    prose: Prose = field(default_factory=Prose)
    imported: tuple[str, ...] = ()


def example() -> Draft:
    """The review a project starts from when a team brings no files: two studies, made up."""
    folder = frame.FILES / "example"
    files = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "prose.toml"
    }
    written = tomllib.loads((folder / "prose.toml").read_text("utf-8"))
    nodes = {name: text.strip() for name, text in written["nodes"].items()}
    return Draft(files, prose=Prose(written["home"], nodes))


# --- a new project ------------------------------------------------------------------------------


def create(target: Path, draft: Draft, *, execute: bool, dry_run: bool, say: Say) -> int:
    """Write a new project: data, pages, frame, and a wheel of the library they are drawn with.

    Everything is made in a folder beside the target and moved only when it is complete.

    Parameters
    ----------
    target : the folder of the project; it may exist if it is empty.
    draft : the review's data.
    execute : run the notebooks, so that the pages are complete in JupyterLab as well.
    dry_run : make everything, say what it would be, and throw it away.
    say : where progress goes.

    Raises
    ------
    ReviewError : the data have errors, or the folder cannot be written.
    """
    _refuse_taken(target)
    with _staged(target, dry_run) as staging:
        for file, text in draft.files.items():
            _write(staging, file, text)
        records = _checked(staging, draft.places)
        write_forms(staging, canonical_forms(staging))
        for file in draft.imported:
            _write(staging, imported(file), (staging / file).read_text("utf-8"))
        pages = pages_of(records, draft.prose)
        for page in pages:
            _write(staging, page.file, page.text)
        _write(staging, TOC_FILE, toc_text(records))
        _write_frame(staging, records)
        written = _files_below(staging)
        if dry_run:
            say(f"Would write {len(written)} files below {target}:")
            say(_listed(written))
            return 0
        if execute:
            _execute(staging, say)
        _move_into(staging, target)
    say(f"Wrote {len(written)} files below {target}.")
    return 0


def _execute(staging: Path, say: Say) -> None:
    say("Running the pages' code, so that they show their figures in JupyterLab too:")
    _run(staging, None, say)
    # What was run is remembered there; a new folder starts without.
    shutil.rmtree(staging / "_build", ignore_errors=True)


def _run(root: Path, notebooks: Iterable[Path] | None, say: Say) -> None:
    """Run pages; one that does not run keeps its code without figures, and that is said."""
    from synth.notebooks import execute

    try:
        failed = execute(root, notebooks=notebooks, say=lambda line: say(f"  {line}"))
    except (RuntimeError, OSError) as error:  # a kernel that could not be started
        say(f"  {error}")
        failed = 1
    if failed:
        say("  Some pages did not run and hold no figures yet; 'make book' runs them again.")


def _listed(files: Iterable[str]) -> str:
    return "\n".join(f"  {file}" for file in files if not file.startswith(f"{frame.BASE}/"))


def _refuse_taken(target: Path) -> None:
    """Say why a folder cannot be used, if it cannot."""
    name = target.name
    if not target.parent.is_dir():
        parent = str(target.parent)
        raise ReviewError([Problem("new-parent-missing", str(target), folder=parent)])
    if any(ord(sign) < 32 for sign in name):
        raise ReviewError([Problem("new-name-control", repr(str(target)))])
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise ReviewError([Problem("new-is-file", str(target))])
    held = _held(target)
    if held:
        shown = ", ".join(held[:3]) + (" …" if len(held) > 3 else "")
        raise ReviewError([Problem("new-not-empty", str(target), shown=shown)])


def _held(target: Path) -> list[str]:
    """What a folder holds beside the traces of git."""
    if not target.is_dir():
        return []
    return sorted(path.name for path in target.iterdir() if path.name != ".git")


def _checked(
    staging: Path, places: Mapping[tuple[str, int], tuple[str, int]] | None = None
) -> Records:
    """The records of what was written; problems are told at the author's own lines."""
    records, problems = read_records(staging)
    found = {*problems, *check_records(records)}
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise ReviewError(_at_home(problem, places or {}) for problem in errors)
    return records


def _at_home(problem: Problem, places: Mapping[tuple[str, int], tuple[str, int]]) -> Problem:
    file, line = places.get((problem.file, problem.line), (problem.file, problem.line))
    return problem.at(file, line)


# --- a review that is there ---------------------------------------------------------------------


def grow(root: Path, *, execute: bool, dry_run: bool, say: Say) -> int:
    """Add what a review's folder lacks: the pages of new parts of its codebook, or a whole book.

    No file that is there is changed, except the table of contents, which gets lines.

    Parameters
    ----------
    root : the folder of the review.
    execute, dry_run, say : as for :func:`create`.

    Raises
    ------
    ReviewError : the data have errors, or the table of contents cannot take the new pages.
    """
    records = _checked(root)
    if not (root / TOC_FILE).exists():
        return _add_book(root, records, execute=execute, dry_run=dry_run, say=say)
    from synth.book.stored_pages import read_pages

    declared = {page.theme for page in read_pages(root)}
    missing = [node for node in nodes_with_pages(records) if node.id not in declared]
    new = [node_page(records, node) for node in missing]
    taken = [page for page in new if _stem_taken(root, page)]
    new = [page for page in new if page not in taken]
    for page in taken:
        say(
            f"{page.file} is there but does not say that it is about {page.node!r}: it was left "
            f"alone. Write 'synth: {{theme: {page.node}}}' in its front matter, or list it in "
            f"{TOC_FILE}."
        )
    if not new:
        say("Every part of the codebook has its page; nothing was added.")
        return 0
    lines = f"{counted(len(new), 'page')} and {'their lines' if len(new) > 1 else 'its line'}"
    toc = _with_entries((root / TOC_FILE).read_text("utf-8"), records, new)
    if dry_run:
        say(f"Would add {lines} in {TOC_FILE}:")
        say("\n".join(f"  {page.file}" for page in new))
        return 0
    add_files(root, {**{page.file: page.text for page in new}, TOC_FILE: toc})
    say(f"Added {lines} in {TOC_FILE}; no other file was touched:")
    say("\n".join(f"  {page.file}" for page in new))
    if execute:
        _execute_added(root, new, say)
    say("Next: write what the studies report there, then 'make book'.")
    return 0


def _stem_taken(root: Path, page: Page) -> bool:
    return any((root / f"{page.name}{ending}").exists() for ending in (".md", ".ipynb"))


def _add_book(root: Path, records: Records, *, execute: bool, dry_run: bool, say: Say) -> int:
    """The book of a folder that holds only data: every file of a project that is not there."""
    pages = pages_of(records)
    with tempfile.TemporaryDirectory() as folder:
        staging = Path(folder)
        for page in pages:
            _write(staging, page.file, page.text)
        _write(staging, TOC_FILE, toc_text(records))
        _write_frame(staging, records)
        files = {
            file: (staging / file).read_bytes()
            for file in _files_below(staging)
            if not (root / file).exists()
        }
    if dry_run:
        say(f"Would add {len(files)} files to the review in {root}:")
        say(_listed(files))
        return 0
    add_files(root, files)
    say(f"Added {len(files)} files to the review in {root}; no file that was there was touched.")
    if execute:
        _execute_added(root, [page for page in pages if page.file in files], say)
    return 0


def _execute_added(root: Path, pages: Iterable[Page], say: Say) -> None:
    _run(root, [root / page.file for page in pages if page.file.endswith(".ipynb")], say)


def _with_entries(toc: str, records: Records, new: Iterable[Page]) -> str:
    """A table of contents with lines for new pages, everything else as it was.

    Raises
    ------
    ReviewError : it is written in a way that lines cannot be added to; they are said instead.
    """
    text = toc
    before = _named(toc)
    pages = list(new)
    for page in pages:
        text = _with_entry(text, records, page)
    after = _named(text)
    if after is None or before is None or after - before != {page.name for page in pages}:
        lines = "\n".join(f"  - file: {page.name}" for page in pages)
        raise ReviewError([Problem("toc-not-extended", TOC_FILE, lines=lines)])
    return text


def _named(toc: str) -> set[str] | None:
    """The pages that a table of contents names; ``None`` if it cannot be read."""
    import yaml
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data

    try:
        return set(parse_toc_data(yaml.safe_load(toc)))
    except (MalformedError, yaml.YAMLError, TypeError, AttributeError):
        return None


def _with_entry(toc: str, records: Records, page: Page) -> str:
    lines = toc.rstrip("\n").split("\n")
    node = records.codebook[page.node]
    parent = records.codebook[node.parent] if node.parent else None
    if parent is not None:
        found = _entry(lines, page_name(parent))
        if found is not None:
            index, indent = found
            end = _end_of_entry(lines, index, indent)
            if any(re.match(rf" {{{indent + 2}}}sections:\s*$", line) for line in lines[index:end]):
                lines.insert(end, f"{' ' * (indent + 4)}- file: {page.name}")
            else:
                lines[end:end] = [
                    f"{' ' * (indent + 2)}sections:",
                    f"{' ' * (indent + 4)}- file: {page.name}",
                ]
            return "\n".join(lines) + "\n"
    # No page above it: beside the last page of its rank, else in a part of its own.
    for sibling in reversed([*records.codebook.children(node.parent)]):
        found = _entry(lines, page_name(sibling))
        if found is not None and not _first_of_part(lines, found[0]):
            end = _end_of_entry(lines, *found)
            lines.insert(end, f"{' ' * found[1]}- file: {page.name}")
            return "\n".join(lines) + "\n"
    if any(re.match(r"parts:\s*$", line) for line in lines):
        caption = json.dumps(node.label, ensure_ascii=False)
        lines += [f"  - caption: {caption}", "    chapters:", f"      - file: {page.name}"]
    else:
        lines += [f"  - file: {page.name}"]
    return "\n".join(lines) + "\n"


def _entry(lines: list[str], name: str) -> tuple[int, int] | None:
    """Line and indent of a page's entry."""
    for index, line in enumerate(lines):
        if found := re.match(rf"( *)- file: [\"']?{re.escape(name)}(?:\.\w+)?[\"']?\s*$", line):
            return index, len(found[1])
    return None


def _end_of_entry(lines: list[str], index: int, indent: int) -> int:
    """The first line that no longer belongs to an entry."""
    end = index + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    while end > index + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _first_of_part(lines: list[str], index: int) -> bool:
    """Whether an entry heads a part that bears its name, as levels with parts below them do."""
    return (
        index >= 2
        and "caption:" in lines[index - 2]
        and "sections:" in "".join(lines[index + 1 : index + 2])
    )


# --- the frame ----------------------------------------------------------------------------------


def _write_frame(staging: Path, records: Records) -> None:
    for file, content in frame.written(records.settings, wheel.build()).items():
        path = staging / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for file in frame.PROGRAMS:
        (staging / file).chmod(rights(0o777))


# --- files --------------------------------------------------------------------------------------


def _write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def _files_below(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@contextmanager
def _staged(target: Path, dry_run: bool) -> Iterator[Path]:
    """A folder beside the target, gone afterwards whatever happens."""
    beside = None if dry_run else target.parent
    if beside and target.is_dir():
        # An empty folder that may not be written in is told before anything takes time.
        tempfile.TemporaryFile(dir=target).close()
    staging = Path(tempfile.mkdtemp(prefix=".synth-new-", dir=beside))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move_into(staging: Path, target: Path) -> None:
    """Let a complete folder take its place: at once, or entry by entry into an empty folder.

    An empty folder may be the one the author stands in, so it is kept.
    """
    staging.chmod(rights(0o777))
    if not target.exists():
        staging.rename(target)
        return
    moved: list[Path] = []
    try:
        for path in sorted(staging.iterdir()):
            moved.append(target / path.name)
            path.rename(target / path.name)
    except BaseException:
        for path in moved:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def add_files(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Add files to a folder, or none of them; what is replaced is put back if something fails."""
    staging = Path(tempfile.mkdtemp(prefix=".synth-new-", dir=root))
    placed: list[Path] = []
    kept: dict[Path, bytes] = {}
    made: list[Path] = []
    try:
        for file, content in files.items():
            path = staging / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
            if file in frame.PROGRAMS:
                path.chmod(rights(0o777))
        for file in files:
            target = root / file
            for parent in reversed([*target.relative_to(root).parents][:-1]):
                if not (root / parent).exists():
                    (root / parent).mkdir()
                    made.append(root / parent)
            if target.exists():
                kept[target] = target.read_bytes()
            placed.append(target)
            os.replace(staging / file, target)
    except BaseException:
        for path in placed:
            if path in kept:
                path.write_bytes(kept[path])
            else:
                path.unlink(missing_ok=True)
        for folder in reversed(made):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def imported(file: str) -> str:
    """Where the copy of an imported table is kept.

    >>> imported("data/studies.csv")
    'data/imported/studies.csv'
    """
    folder, _, name = file.rpartition("/")
    return f"{folder}/imported/{name}"


def is_review(target: Path) -> bool:
    """Whether a folder holds a review already."""
    return (target / SETTINGS_FILE).is_file()
