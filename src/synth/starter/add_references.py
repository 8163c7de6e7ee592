"""``synth add``: works of a reference manager come into a review that is there.

Their entries go into ``references.bib`` and a row for each into ``data/studies.csv``. Nothing is
guessed: what the entry does not say stays for the author to fill in, and is told.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.model import TABLES
from synth.reading.bibliography import BIB_FILE, parse_bibliography
from synth.reading.csv_table import format_table, split_table
from synth.reading.settings import read_settings
from synth.reading.textio import read_text, write_files
from synth.references.apa import author_year
from synth.references.work import Reference
from synth.starter.reference_import import Works, read_works
from synth.starter.spreadsheet import folded, slug

STUDIES = TABLES["studies"]


@dataclass(frozen=True, slots=True)
class Addition:
    """What adding a file of references would do to a review.

    Parameters
    ----------
    files : the new text of each file that changes, by its path below the review's root.
    added : the new works by their keys.
    known : keys that works of the file have in the review already, with the key in the file.
    open_columns : columns of ``data/studies.csv`` that the author fills in.
    """

    files: Mapping[str, str]
    added: Mapping[str, Reference]
    known: Mapping[str, str]
    open_columns: tuple[str, ...]


def add_works(
    root: Path, file: Path, *, role: str, dry_run: bool, say: Callable[[str], None]
) -> int:
    """Add the works of a file to a review, and say what is left to do.

    Parameters
    ----------
    root : the review's root.
    file : references, BibTeX or RIS.
    role : of the studies, ``"evidence"`` or ``"background"``.
    dry_run : say everything, write nothing.
    say : where messages go.

    Raises
    ------
    ReviewError : the file or the review cannot be read whole; nothing was written.
    """
    made = addition(root, file, role=role)
    for key, former in made.known.items():
        say(f"{former} is there already, as {key}: left alone.")
    for key, work in made.added.items():
        say(f"{key}: {author_year(work)}. {work.title}")
    if not made.added:
        say("Nothing to add.")
        return 0
    listed = " and ".join(made.files)
    if dry_run:
        say(f"Nothing was written. Without --dry-run, {listed} would change.")
        return 0
    write_files(root, made.files)
    say(f"Written: {listed}.")
    first = next(iter(made.added))
    if made.open_columns:
        say(f"To fill in, as far as you know it: {', '.join(made.open_columns)}.")
    if role == "evidence":
        say(
            f"Next: code what each study says in data/coded_studies.csv, from {first}-01 on, "
            "then run 'synth check'."
        )
    return 0


def addition(root: Path, file: Path, *, role: str) -> Addition:
    """Make the new text of the files without writing it. Parameters as in :func:`add_works`."""
    works, problems = read_works(file)
    text, found = read_text(root / BIB_FILE, BIB_FILE)
    there, wrong = parse_bibliography(text or "", BIB_FILE)
    settings, unset = read_settings(root)
    table, unread = read_text(root / STUDIES.file, STUDIES.file)
    rows, ragged, _ = split_table(table or "", STUDIES, settings)
    every = [*problems, *found, *wrong, *unset, *unread, *ragged]
    if errors := [problem for problem in every if problem.severity == "error"]:
        raise ReviewError(errors)
    have = dict(there)
    taken = {*there, *rows.columns.get("study", ())}
    known: dict[str, str] = {}
    entries: dict[str, str] = {}
    given: dict[str, Mapping[str, str]] = {}
    nothing = Reference("", "")
    for key, work in works.bibliography.items():
        former = works.former.get(key, key)
        if same := _same(work, have):
            known[same] = former
            continue
        # A key of BibTeX that cannot be an id, such as Lee_2020, gives way to one like all others.
        renamed = key in works.former and not works.lines
        name = _free(key, work, taken) if renamed or key in taken else key
        taken.add(name)
        have[name] = work
        entries[name], given[name] = _entry(works, work, name), work.fields
    new = (text or "").rstrip("\n") + "".join(f"\n\n{entry}" for entry in entries.values()) + "\n"
    read, broken = parse_bibliography(new, BIB_FILE)
    # What an entry takes from elsewhere in its file, such as a journal, must not be lost.
    lost = [name for name, fields in given.items() if read.get(name, nothing).fields != fields]
    broken = [problem for problem in broken if problem.severity == "error"]
    if lost or broken:
        name = [*lost, *entries][0]
        raise ReviewError([Problem("entry-not-alone", str(file), value=name), *broken])
    cells = [{"study": name, "role": role} for name in entries]
    longer = (table or "").rstrip("\n") + "\n" + _rows(rows.header, cells)
    studies = format_table(split_table(longer, STUDIES, settings)[0], STUDIES, settings)
    return Addition(
        {BIB_FILE: new, STUDIES.file: studies},
        {name: read[name] for name in entries},
        known,
        tuple(name for name in rows.header if name not in ("study", "role")),
    )


def _same(work: Reference, there: Mapping[str, Reference]) -> str:
    """Key of the work in the review that this one is: the same DOI, or title and year."""
    for key, other in there.items():
        if work.doi and other.doi:
            if work.doi.casefold() == other.doi.casefold():
                return key
        elif folded(work.title) == folded(other.title) and work.year == other.year:
            return key
    return ""


def _free(key: str, work: Reference, taken: Iterable[str]) -> str:
    """A key of first author and year, with the next letter where the review has such a one.

    >>> work = Reference("x", "article", {"author": "Lee, A.", "year": "2020", "title": "Pay"})
    >>> _free("x", work, ["lee2020", "lee2020b"])
    'lee2020c'
    """
    names = work.authors or work.editors
    stem = (
        f"{slug(names[0].family, 'work').replace('-', '')}{work.year}"
        if work.year and names
        else key
    )
    held = set(taken)
    options = [stem, *(f"{stem}{chr(letter)}" for letter in range(ord("b"), ord("z") + 1))]
    # Where the review tells works of one author and year apart by a letter, the bare name is none.
    if f"{stem}a" in held:
        options.pop(0)
    return next(
        (name for name in options if name not in held),
        next(f"{stem}-{n}" for n in range(2, len(held) + 3) if f"{stem}-{n}" not in held),
    )


def _entry(works: Works, work: Reference, name: str) -> str:
    """The entry as it stands in the file, under its new key."""
    lines = works.text.split("\n")
    text = "\n".join(lines[work.line - 1 :])
    opening = re.search(r"@\s*\w+\s*([{(])\s*", text)
    assert opening is not None, "the entry was read from this line"
    depth, end = 0, len(text)
    closes = {"{": "}", "(": ")"}[opening[1]]
    # Only braces nest in BibTeX, also in an entry that stands in parentheses.
    for place in range(opening.end(1), len(text)):
        letter = text[place]
        if letter == closes and depth == 0:
            end = place + 1
            break
        depth += {"{": 1, "}": -1}.get(letter, 0)
    whole = text[opening.start() : end]
    at = opening.end() - opening.start()
    return f"{whole[:at]}{name}{whole[at + len(work.key) :]}"


def _rows(header: Iterable[str], cells: Iterable[Mapping[str, str]]) -> str:
    stream = io.StringIO()
    csv.DictWriter(stream, list(header), restval="", lineterminator="\n").writerows(cells)
    return stream.getvalue()
