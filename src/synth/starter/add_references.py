"""``synth add``: works of a reference manager come into a review that is there.

Their entries go into ``references.bib`` and a row for each into ``data/studies.csv``. Nothing is
guessed: what the entry does not say stays for the author to fill in, and is told.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from synth.errors import ReviewError, told_once
from synth.model import TABLES
from synth.reading.bibliography import BIB_FILE, parse_bibliography
from synth.reading.csv_table import format_table, split_table
from synth.reading.settings import read_settings
from synth.reading.textio import read_text, write_files
from synth.references.apa import author_year
from synth.references.importing import Works
from synth.references.sameness import Known
from synth.references.work import Reference
from synth.starter.works import read_works
from synth.text import shorten, slug

STUDIES = TABLES["studies"]


@dataclass(frozen=True, slots=True)
class Addition:
    """What adding a file of references would do to a review.

    Parameters
    ----------
    files : the new text of each file that changes, by its path below the review's root.
    added : the new works by their keys.
    known : works that are there already: the key in the file, that of the review, and the title
        there if it is another.
    doubts : new works that may be others under another key, in sentences.
    open_columns : columns of ``data/studies.csv`` that the author fills in.
    told : how the file was read, and what was not certain.
    """

    files: Mapping[str, str]
    added: Mapping[str, Reference]
    known: Sequence[tuple[str, str, str]]
    open_columns: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def add_works(
    root: Path, file: Path, *, role: str, dry_run: bool, say: Callable[[str], None]
) -> int:
    """Add the works of a file to a review, and say what is left to do.

    Parameters
    ----------
    root : the review's root.
    file : references in any format that :mod:`synth.references.importing` reads.
    role : of the studies, ``"evidence"`` or ``"background"``.
    dry_run : say everything, write nothing.
    say : where messages go.

    Raises
    ------
    ReviewError : the file or the review cannot be read whole; nothing was written.
    """
    made = addition(root, file, role=role)
    for told in made.told:
        say(told)
    for former, key, title in made.known:
        called = f" with the title {shorten(title, 60)!r}" if title else ""
        say(f"{former} is there already, as {key}{called}: left alone.")
    for key, work in made.added.items():
        say(f"{key}: {author_year(work).rstrip('.')}. {work.title}")
    for doubt in made.doubts:
        say(doubt)
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
    works, problems = read_works(file, lambda _: None, named=True)
    text, found = read_text(root / BIB_FILE, BIB_FILE)
    there, wrong = parse_bibliography(text or "", BIB_FILE)
    settings, unset = read_settings(root)
    table, unread = read_text(root / STUDIES.file, STUDIES.file)
    # A table that cannot be read is no empty one.
    rows, ragged, _ = split_table(table or "", STUDIES, settings)
    ragged = ragged if table is not None else []
    # What 'synth check' would refuse tomorrow is refused before it is written.
    latest = settings.date.year + 1
    refused = [
        problem
        for problem in works.wrong(latest)
        # A work that stands twice in an export comes in once.
        if problem.code not in ("entry-doi-twice", "entry-alike", "entry-authorless")
    ]
    every = [*problems, *refused, *found, *wrong, *unset, *unread, *ragged]
    if errors := [problem for problem in every if problem.severity == "error"]:
        raise ReviewError(errors)
    same = Known(there)
    taken = {*there, *rows.columns.get("study", ())}
    held_by: dict[str, str] = {}
    fresh: dict[str, Reference] = {}
    doubts: dict[str, tuple[str, str]] = {}
    for key, work in works.bibliography.items():
        held, doubt = same.find(work)
        if held and not doubt:
            held_by[key] = held
            continue
        if held:
            doubts[key] = held, doubt
        same.add(_FRESH + key, work)
        fresh[key] = work
    names = _names(fresh, works, taken)
    new = {names[key]: work for key, work in fresh.items()}

    def here(held: str) -> str:
        return names[held.removeprefix(_FRESH)] if held.startswith(_FRESH) else held

    known = [
        (works.former.get(key, key), here(held), same.other_title(held, works.bibliography[key]))
        for key, held in held_by.items()
    ]
    bare = {
        name
        for key, name in names.items()
        if key != name and _LONE.match(key) and (fresh[key].date.letter or not works.lines)
    }
    entries = _entries(works, new)
    for name in bare:
        # The letter may stand in the year too.
        entries[name] = _LETTERED_YEAR.sub(r"\1", entries[name])
    whole = _joined(text or "", entries.values())
    read, _ = parse_bibliography(whole, BIB_FILE)
    # What an entry takes from elsewhere in its file, such as a journal, must not be lost.
    for name, work in new.items():
        if name not in read or (read[name].fields != work.fields and name not in bare):
            entries[name] = _written_out(name, work)
    whole = _joined(text or "", entries.values())
    read, broken = parse_bibliography(whole, BIB_FILE)
    if errors := [problem for problem in broken if problem.severity == "error"]:
        raise ReviewError(errors)
    cells = [{"study": name, "role": role} for name in entries]
    longer = (table or "").rstrip("\n") + "\n" + _rows(rows.header, cells)
    studies = format_table(split_table(longer, STUDIES, settings)[0], STUDIES, settings)
    return Addition(
        {BIB_FILE: whole, STUDIES.file: studies},
        {name: read[name] for name in entries},
        known,
        tuple(name for name in rows.header if name not in ("study", "role")),
        tuple(
            f"{names[key]} may be {here(held)}: {why}. If they are one work, keep one of them."
            for key, (held, why) in doubts.items()
        ),
        (
            *works.notes,
            *(
                f"{key} is {name} here: no other work of this author and year is there."
                for key, name in names.items()
                if name in bare
            ),
            *(str(problem) for problem in told_once([*problems, *refused])),
        ),
    )


def _joined(text: str, entries: Iterable[str]) -> str:
    return text.rstrip("\n") + "".join(f"\n\n{entry}" for entry in entries) + "\n"


_FRESH = "\0"
"""What marks a key of the file among keys of the review."""
_LONE = re.compile(r"(?P<stem>.*\d{4})(?P<letter>[a-z])$")
_LETTERED_YEAR = re.compile(r"(\b(?:year|date)\s*=\s*[{\"]*\s*\d{4})[a-z](?=\s*[}\",])")


def _names(fresh: Mapping[str, Reference], works: Works, there: Iterable[str]) -> dict[str, str]:
    """The keys of new works, by their keys in the file.

    A letter behind the year tells works of one author and year apart; where there is one work, it
    has none.
    """

    def stem(key: str) -> str:
        return found["stem"] if (found := _LONE.match(key)) else key

    taken = {*there}
    stems = Counter(map(stem, [*fresh, *taken]))
    # Letters of the author's file, which a table may name.
    own = {key for key, work in fresh.items() if work.date.letter} - taken
    names: dict[str, str] = {}
    for key, work in fresh.items():
        lettered = bool(_LONE.match(key))
        if lettered and stems[stem(key)] == 1:
            name = stem(key)
        elif lettered and works.lines and key not in own:
            # The letters of these keys are ours: the review's, and works it has, have some already.
            first = "b" if stem(key) in taken else "a"
            letters = (chr(letter) for letter in range(ord(first), ord("z") + 1))
            options = (f"{stem(key)}{letter}" for letter in letters)
            name = next((one for one in options if one not in taken | own), key)
        # A key of BibTeX that cannot be an id, such as Lee_2020, gives way to one like all others.
        elif (key in works.former and not works.lines) or key in taken:
            name = _free(key, work, taken)
        else:
            name = key
        taken.add(name)
        names[key] = name
    return names


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
    held = taken if isinstance(taken, set) else set(taken)
    options = [stem, *(f"{stem}{chr(letter)}" for letter in range(ord("b"), ord("z") + 1))]
    # Where the review tells works of one author and year apart by a letter, the bare name is none.
    if f"{stem}a" in held:
        options.pop(0)
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(name for name in chain(options, numbered) if name not in held)


def _entries(works: Works, new: Mapping[str, Reference]) -> dict[str, str]:
    """The entries as they stand in the file, under their new keys."""
    text = works.text
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    return {name: _entry(text, offsets[work.line - 1], work, name) for name, work in new.items()}


_OPENING = re.compile(r"@\s*\w+\s*([{(])\s*")
_BRACE = re.compile(r"[{}()]")


def _entry(text: str, start: int, work: Reference, name: str) -> str:
    opening = _OPENING.search(text, start)
    assert opening is not None, "the entry was read from this line"
    depth, end = 0, len(text)
    closes = {"{": "}", "(": ")"}[opening[1]]
    # Only braces nest in BibTeX, also in an entry that stands in parentheses.
    for found in _BRACE.finditer(text, opening.end(1)):
        if text[found.start() - 1] == "\\":
            continue
        letter = found[0]
        if letter == closes and depth == 0:
            end = found.end()
            break
        depth += {"{": 1, "}": -1}.get(letter, 0)
    return (
        f"{text[opening.start() : opening.end()]}{name}{text[opening.end() + len(work.key) : end]}"
    )


def _written_out(name: str, work: Reference) -> str:
    """An entry with everything it took from others of its file."""
    taken = ("crossref", "xdata")
    fields = "".join(
        f"  {field} = {{{value}}},\n" for field, value in work.fields.items() if field not in taken
    )
    return f"@{work.kind}{{{name},\n{fields}}}"


def _rows(header: Iterable[str], cells: Iterable[Mapping[str, str]]) -> str:
    stream = io.StringIO()
    csv.DictWriter(stream, list(header), restval="", lineterminator="\n").writerows(cells)
    return stream.getvalue()
