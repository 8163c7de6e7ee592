"""The versions of a review, as its team tells of them: number, date, reason, summary.

What changed is computed (:mod:`synth.changes`); here stand the few lines that only people can
write. An entry of a version that is yet to come is called ``next``: it is begun where the data
changed, filled in by hand, and gets its number when the version is kept.
"""

from __future__ import annotations

import re
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.reading.settings import SETTINGS_FILE

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
