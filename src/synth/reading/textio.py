"""Text files as they are: what is not plain UTF-8 with plain line ends is said, never guessed."""

from __future__ import annotations

import gc
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from synth.errors import Problem, ReviewError

CELL_LIMIT = 32_767
"""Longest text a spreadsheet keeps in a cell (Microsoft, "Excel specifications and limits")."""

_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨¼¶¤]|â€[™œ\u009d“”¦\u0093\u0094]|Â[\u00a0-\u00bf]")

# In a notebook the lines of a cell stand in quotation marks.
_CONFLICT = re.compile(r'^[ \t]*"?(?P<mark><{7}|>{7}) \S', re.MULTILINE)


def read_text(path: Path, file: str) -> tuple[str | None, list[Problem]]:
    """Read a text file and say everything about its bytes that is not as agreed.

    Parameters
    ----------
    path : the file.
    file : how problems name it, relative to the review's root.

    Returns
    -------
    The text with plain line ends, ``None`` when there is nothing that can be read as text, and
    the problems.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem("file-missing", file)]
    except IsADirectoryError:
        return None, [Problem("file-is-folder", file)]
    except OSError as error:
        return None, [Problem("file-unreadable", file, reason=error.strerror)]
    return decode_bytes(data, file)


def decode_bytes(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """Turn bytes into text with plain line ends, with everything that is wrong about them.

    >>> decode_bytes("naïve".encode("cp1252"), "data/studies.csv")[1][0].message
    "The byte 0xEF is not UTF-8 (in Windows-1252 it would be 'ï')."
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4].count(0) >= 2:
        return None, [Problem("file-utf-16", file, 1)]
    if data[:2] == b"PK":
        return None, [Problem("file-not-text", file, 1)]
    problems: list[Problem] = []
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
        problems.append(Problem("byte-order-mark", file, 1))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        problems += _undecodable(data, file)
    else:
        problems += _lost(text, file)
    if mark := conflict(text, file):
        return None, [*problems, mark]
    if "\r" in text:
        first = text.count("\n", 0, text.index("\r")) + 1
        code = "line-ends-windows" if "\r\n" in text else "line-ends-return"
        problems.append(Problem(code, file, first))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.append(Problem("null-character", file, line))
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text, problems


def conflict(text: str, file: str) -> Problem | None:
    r"""The marks that git leaves around two versions of the same lines, where a text has any.

    >>> str(conflict("a\n<<<<<<< HEAD\nb\n", "data/studies.csv")).partition(" Here")[0]
    'data/studies.csv:2: [conflict-marks]'
    """
    # Looking for the signs costs next to nothing, trying the pattern on every line does not.
    if "<<<<<<< " not in text and ">>>>>>> " not in text:
        return None
    found = _CONFLICT.search(text)
    line = text.count("\n", 0, found.start("mark")) + 1 if found else 0
    return Problem("conflict-marks", file, line) if found else None


def _undecodable(data: bytes, file: str) -> list[Problem]:
    """One problem for each line with bytes that are not UTF-8."""
    problems = []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = raw[error.start : error.start + 1]
            guess = byte.decode("cp1252", errors="replace")
            meant = f" (in Windows-1252 it would be {guess!r})" if guess.isprintable() else ""
            sign = f"0x{byte[0]:02X}"
            problems.append(Problem("not-utf-8", file, number, byte=sign, guess=meant))
    return problems


def _lost(text: str, file: str) -> list[Problem]:
    """Traces of an earlier wrong conversion, in text that is now valid UTF-8."""
    if text.isascii():
        return []
    problems = []
    # Looking for a letter is a hundred times cheaper than trying the pattern everywhere.
    if not any(sign in text for sign in ("\N{REPLACEMENT CHARACTER}", "Ã", "â€", "Â")):
        return []
    for pattern, code in (
        (re.compile("\N{REPLACEMENT CHARACTER}"), "letter-lost"),
        (_MOJIBAKE, "letter-misread"),
    ):
        last = 0
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            if line != last:
                problems.append(Problem(code, file, line, value=found[0]))
            last = line
    return problems


@contextmanager
def without_collecting() -> Iterator[None]:
    """Read without Python looking for garbage in between.

    Tens of thousands of small objects that all stay are made: looking for garbage among them costs
    a third of the time and finds none.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def alone_in(root: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other command writes into a review, and keep others waiting meanwhile.

    Two that read the same tables and write them after each other would lose what the first wrote.
    Where the system or the disk knows no locks, nothing waits.

    Parameters
    ----------
    root : the review's root.
    say : where it is told that another command is waited for.
    """
    try:
        import fcntl

        held = os.open(root / "data", os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        # What goes wrong here is that there are no locks; a file is not to blame.
        with suppress(OSError):
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another command is writing into this review; waiting for it …")
                fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def replace_file(path: Path, data: bytes) -> bool:
    """Write a file whole or not at all; tells whether it changed.

    A file that already holds the data is left alone: what depends on its date is not redone. An
    interrupt or a full disk leaves the file as it was, and nothing beside it.

    Raises
    ------
    OSError : the file cannot be written.
    """
    if path.is_file() and path.read_bytes() == data:
        return False
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else rights(0o666))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def rights(mode: int) -> int:
    """The rights of a new file: less those that the user gives to no new file (``umask``)."""
    # It can only be asked by setting it.
    kept = os.umask(0o077)
    os.umask(kept)
    return mode & ~kept


def write_asked(path: Path, data: bytes) -> None:
    """Write a file whose name somebody gave, whole or not at all.

    Raises
    ------
    ReviewError : it cannot be written, as when its folder is not there.
    """
    try:
        replace_file(path, data)
    except OSError as error:
        reason = error.strerror or str(error)
        with suppress(OSError):
            if not path.parent.is_dir():
                reason = f"there is no folder {str(path.parent)!r}"
        raise ReviewError([Problem("workbook-unwritable", str(path), reason=reason)]) from error


def unreadable(file: str, error: Exception) -> Problem:
    """A file whose name somebody gave and that cannot be read, and why.

    >>> unreadable("works.ris", IsADirectoryError()).code
    'sheet-folder'
    """
    if isinstance(error, IsADirectoryError):
        return Problem("sheet-folder", file)
    return Problem("sheet-unreadable", file, reason=getattr(error, "strerror", None) or str(error))


def write_text(path: Path, text: str) -> bool:
    """Write a text file whole or not at all; tells whether it changed.

    Raises
    ------
    ReviewError : the file cannot be written; it is as it was.
    """
    try:
        return replace_file(path, text.encode("utf-8"))
    except OSError as error:
        raise ReviewError([unwritable(path, error)]) from error


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write all of some files below a folder, or none: what was replaced is put back.

    Raises
    ------
    ReviewError : one of them cannot be written; all are as they were.
    """
    before: dict[Path, bytes | None] = {}
    try:
        for name, text in files.items():
            path = root / name
            before[path] = path.read_bytes() if path.exists() else None
            replace_file(path, text.encode("utf-8"))
    except BaseException as error:
        *done, last = before
        for path in done:
            content = before[path]
            if content is None:
                path.unlink(missing_ok=True)
            else:
                replace_file(path, content)
        if isinstance(error, OSError):
            raise ReviewError([unwritable(last, error)]) from error
        raise


def unwritable(path: Path, error: OSError) -> Problem:
    """A file that could not be written, and why."""
    reason = error.strerror or str(error)
    return Problem("file-unwritable", path.as_posix(), reason=reason)
