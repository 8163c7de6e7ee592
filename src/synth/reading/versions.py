"""The versions of a review, as its team tells of them: number, date, reason, summary.

What changed is computed (:mod:`synth.changes`); here stand the few lines that only people can
write. An entry of a version that is yet to come is called ``next``: it is begun where the data
changed, filled in by hand, and gets its number when the version is kept.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.model import TABLES
from synth.reading.settings import SETTINGS_FILE
from synth.text import listed

VERSIONS_FILE = "data/versions.toml"
"""What a team says of each version: number, date, reason, summary."""
KEPT = "data/versions"
"""Where versions are kept, one archive each."""
UNPUBLISHED = "next"
"""Number of the entry that waits for its version."""
TO_FILL_IN = "Say here in a sentence or two what is new for a reader."


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a review, as its team tells of it.

    Parameters
    ----------
    number : as in ``data/review.toml``.
    date : when it was made.
    reason : why there is a new one: ``"first"``, ``"correction"``, ``"new evidence"``, ``"both"``.
    summary : a few sentences for readers.
    """

    number: str
    date: date
    reason: str
    summary: str


REASONS = ("first", "correction", "new evidence", "both")


def versions(root: Path) -> tuple[Version, ...]:
    """The versions that ``data/versions.toml`` tells of, the newest first; none without the file.

    An entry that waits to be published is left out.

    Raises
    ------
    ReviewError : the file cannot be read.
    """
    return tuple(each for each in _entries(root) if each.number != UNPUBLISHED)


def _entries(root: Path) -> tuple[Version, ...]:
    path = root / VERSIONS_FILE
    if not path.is_file():
        return ()
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        found = tuple(Version(**entry) for entry in told.get("version", ()))
        for each in found:
            if type(each.date) is not date or each.reason not in REASONS:
                raise ValueError(
                    f"version {each.number} needs a date, and a reason out of {', '.join(REASONS)}"
                )
            if not str(each.summary).strip():
                raise ValueError(f"version {each.number} has no summary")
        for newer, older in combinations([each for each in found if each.number != UNPUBLISHED], 2):
            if newer.number == older.number:
                raise ValueError(f"version {newer.number} stands twice")
            if newer.date < older.date:
                raise ValueError(
                    f"version {newer.number} of {newer.date} stands above "
                    f"version {older.number}, which is newer ({older.date})"
                )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        problem = Problem("versions-malformed", VERSIONS_FILE, reason=str(error))
        raise ReviewError([problem]) from error
    return found


def check_versions(root: Path, version: str, on: date) -> list[Problem]:
    """Problems where the places that name the version, or its date, do not agree.

    Parameters
    ----------
    root : the review's root.
    version, on : the version and its date in ``data/review.toml``.
    """
    try:
        told = versions(root)
    except ReviewError as error:
        return list(error.problems)
    problems = []
    if told and told[0].number != version:
        problems.append(Problem("version-missing", VERSIONS_FILE, version=version))
    elif told and told[0].date != on:
        dates = {"found": told[0].date, "version": version, "date": on}
        problems.append(Problem("version-date-disagrees", VERSIONS_FILE, **dates))
    problems += [
        Problem("version-unsaid", VERSIONS_FILE, version=each.number)
        for each in told
        if each.summary == TO_FILL_IN
    ]
    problems += _kept(root)
    problems += _reused(root, version)
    for code, file, pattern in _ALSO_NAMED:
        path = root / file
        text = path.read_text("utf-8") if path.is_file() else ""
        found = re.search(pattern, text, re.MULTILINE)
        is_date = code == "version-date-disagrees"
        if found and found[1] != (on.isoformat() if is_date else version):
            line = text[: found.start(1)].count("\n") + 1
            dates = {"date": on} if is_date else {}
            problems.append(Problem(code, file, line, found=found[1], version=version, **dates))
    return problems


def _kept(root: Path) -> Iterator[Problem]:
    """Kept versions that cannot be read, or that hold another version than their name says."""
    for path in sorted((root / KEPT).glob("*.zip")):
        try:
            with zipfile.ZipFile(path) as packed:
                damaged = packed.testzip()
                settings = tomllib.loads(packed.read(SETTINGS_FILE).decode("utf-8"))
            reason = f"{damaged} in it is damaged" if damaged else ""
            if not damaged and settings.get("version") != path.stem:
                reason = f"it holds version {settings.get('version')}"
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
            reason = str(error)
        if reason:
            yield Problem("version-broken", f"{KEPT}/{path.name}", reason=reason)


_MEANS = {
    "coded_studies": ("theme", "summary", "anchor"),
    "influences": ("source", "target", "mechanism", "anchor"),
}
"""The columns by which a row of a table is known: one that differs in all of them is another."""


def _reused(root: Path, version: str) -> Iterator[Problem]:
    """Ids that stood for something else in a kept version: what cites them would say it of this."""
    now = {name: dict(_rows(name, _bytes(root / TABLES[name].file))) for name in _MEANS}
    told: set[tuple[str, str]] = set()
    for path in sorted((root / KEPT).glob("*.zip"), reverse=True):
        if path.stem == version:
            continue
        for name, columns in _MEANS.items():
            file = TABLES[name].file
            try:
                with zipfile.ZipFile(path) as packed:
                    then = dict(_rows(name, packed.read(file)))
            except (zipfile.BadZipFile, zlib.error, EOFError, KeyError):
                continue  # a damaged archive is told as such; one without the table has no such id
            for key in now[name].keys() & then.keys():
                (line, new), (_, old) = now[name][key], then[key]
                said = [column for column in columns if new.get(column) or old.get(column)]
                same = any(new.get(column) == old.get(column) for column in said)
                if said and not same and (name, key) not in told:
                    told.add((name, key))
                    place = ("id-reused", file, line, TABLES[name].key)
                    yield Problem(*place, value=key, version=path.stem, columns=listed(said))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _rows(name: str, content: bytes) -> Iterator[tuple[str, tuple[int, dict[str, str]]]]:
    """The rows of a table by id, each with its line; what cannot be read is told elsewhere."""
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    line = 2
    with suppress(csv.Error):
        for row in lines:
            yield row.get(TABLES[name].key) or "", (line, row)
            line = lines.line_num + 1


_ALSO_NAMED = (
    ("version-disagrees", "CITATION.cff", r"^version: [\"']?([^\"'\s]+)"),
    ("version-date-disagrees", "CITATION.cff", r"^date-released: [\"']?([^\"'\s]+)"),
    # The first heading that names a version of the data; what is unreleased stands above it.
    ("version-disagrees", "CHANGELOG.md", r"^##+ .*?[Dd]ata (\d+\.\d+\.\d+)"),
)


# --- entries to fill in -------------------------------------------------------------------------


def with_entry(root: Path, on: date, reason: str = "correction") -> str:
    """The text of ``data/versions.toml`` with an entry to fill in; empty if one waits already.

    Parameters
    ----------
    root : the review's root.
    on : the day it is begun.
    reason : why there will be a new version, as far as it is known.

    Raises
    ------
    ReviewError : the file cannot be read.
    """
    if any(each.number == UNPUBLISHED for each in _entries(root)):
        return ""
    return _on_top(root, _entry(UNPUBLISHED, on, reason))


def numbered(root: Path, version: str, on: date) -> str:
    """The text of ``data/versions.toml`` with an entry for a version; empty if it has one.

    The entry that waits to be published becomes it; without one a new entry is begun.

    Parameters
    ----------
    root : the review's root.
    version : its number.
    on : its date.

    Raises
    ------
    ReviewError : the file cannot be read.
    """
    entries = _entries(root)
    if any(each.number == version for each in entries):
        return ""
    if not any(each.number == UNPUBLISHED for each in entries):
        return _on_top(root, _entry(version, on, "correction" if entries else "first"))
    text = (root / VERSIONS_FILE).read_text("utf-8")
    waiting = re.compile(rf"^(number\s*=\s*)[\"']{UNPUBLISHED}[\"']", re.MULTILINE)
    dated = re.compile(r"^(date\s*=\s*)[\d-]+", re.MULTILINE)
    found = waiting.search(text)
    at = found.start() if found else 0
    start, end = text.rfind("[[version]]", 0, at), text.find("[[version]]", at)
    entry = text[start:] if end < 0 else text[start:end]
    entry = dated.sub(rf"\g<1>{on.isoformat()}", waiting.sub(rf'\g<1>"{version}"', entry))
    return f"{text[:start]}{entry}{'' if end < 0 else text[end:]}"


def _entry(number: str, on: date, reason: str) -> str:
    return (
        f'[[version]]\nnumber = "{number}"\ndate = {on.isoformat()}\nreason = "{reason}"\n'
        f'summary = "{TO_FILL_IN}"\n'
    )


def _on_top(root: Path, entry: str) -> str:
    """The file with an entry above the others, below what is said at its head."""
    path = root / VERSIONS_FILE
    text = path.read_text("utf-8") if path.is_file() else ""
    head, first, rest = text.partition("[[version]]")
    return f"{head}{entry}\n{first}{rest}" if first else f"{head}{entry}"
