"""Archives from elsewhere, opened without trust: what is too much or points outside is refused."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from synth.errors import Problem

MOST_BYTES = 200_000_000
"""What an archive may hold unpacked; a table of 100,000 rows and 50 columns takes half of it."""

# Real tables shrink to a tenth or a twentieth; what shrinks to less is made to fill a memory.
_MOST_SHRINKING = 100
_SMALL = 10_000_000
_MOST_PARTS = 50_000
_STEP = 1 << 16


def look_into(path: Path, file: str) -> tuple[list[str], Problem | None]:
    """Names of what an archive holds, or why it is not unpacked.

    The sizes it declares are added up first; then everything a reader would unpack is unpacked
    piece by piece and thrown away, because an archive may say less than it holds.

    Parameters
    ----------
    path : the archive.
    file : how problems name it.

    Returns
    -------
    The names, and the problem if it is not to be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            problem = _declared(parts, path.stat().st_size, file) or _actual(path, parts, file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return [], Problem("archive-damaged", file)
    return ([] if problem else [part.filename for part in parts]), problem


def is_archive(path: Path) -> bool:
    """Whether a file begins as an archive does."""
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def part_of(path: Path, name: str) -> bytes:
    """A part of an archive that :func:`look_into` let pass; empty if there is none."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
            return stream.read(MOST_BYTES)
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError):
        return b""


def _declared(parts: Iterable[zipfile.ZipInfo], size: int, file: str) -> Problem | None:
    """What the list of contents alone gives away."""
    total = packed = number = 0
    for part in parts:
        number += 1
        total += part.file_size
        packed += part.compress_size
        name = part.filename
        if _points_outside(name):
            return Problem("archive-outside", file, name=name)
        if stat.S_ISLNK(part.external_attr >> 16):
            return Problem("archive-link", file, name=name)
        if part.flag_bits & 1:
            return Problem("archive-password", file)
        if part.file_size > _SMALL and part.file_size > _MOST_SHRINKING * part.compress_size:
            return _bomb(file, part.file_size, part.compress_size)
    if total > _SMALL and total > _MOST_SHRINKING * packed:
        return _bomb(file, total, packed)
    if number > _MOST_PARTS or packed > size:
        return Problem("archive-untrue", file)
    return None


def _bomb(file: str, size: int, packed: int) -> Problem:
    return Problem("archive-bomb", file, packed=_bytes(packed), size=_bytes(size))


def _bytes(number: int) -> str:
    return f"{number / 1_000_000:,.0f} MB" if number >= 1_000_000 else f"{number:,} bytes"


def _points_outside(name: str) -> bool:
    there = PurePosixPath(name)
    windows = PureWindowsPath(name)
    return there.is_absolute() or bool(windows.anchor) or ".." in (*there.parts, *windows.parts)


# Sounds and films of a project are never unpacked here.
_NEVER_READ = {
    *(".pdf", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg"),
    *(".mp3", ".mp4", ".m4a", ".wav", ".mov", ".avi", ".wmv", ".mpg", ".webm", ".docx", ".zip"),
}


def _actual(path: Path, parts: Iterable[zipfile.ZipInfo], file: str) -> Problem | None:
    """Unpack what a reader would, as far as it is allowed to go."""
    read = [part for part in parts if PurePosixPath(part.filename).suffix not in _NEVER_READ]
    if sum(part.file_size for part in read) > MOST_BYTES:
        size = sum(part.file_size for part in read)
        return Problem("archive-large", file, size=_bytes(size), most=_bytes(MOST_BYTES))
    with path.open("rb") as stream:
        for part in read:
            known = part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            packed = part.compress_type == zipfile.ZIP_DEFLATED
            if not known or (packed and not _as_declared(stream, part)):
                return Problem("archive-untrue", file)
    return None


def _as_declared(source: BinaryIO, part: zipfile.ZipInfo) -> bool:
    """Whether a part unpacks to just as many bytes as the list of contents says."""
    source.seek(part.header_offset)
    header = source.read(30)
    if header[:4] != b"PK\x03\x04":
        return False
    source.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, given = part.compress_size, 0
    while left > 0 and not unpacker.eof:
        packed = source.read(min(_STEP, left))
        if not packed:
            return False
        left -= len(packed)
        while packed:
            try:
                given += len(unpacker.decompress(packed, _STEP))
            except zlib.error:
                return False
            if given > part.file_size:
                return False
            packed = unpacker.unconsumed_tail
    return given == part.file_size
