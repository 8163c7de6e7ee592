"""The text of a file whatever its encoding; what had to be found out is said."""

from __future__ import annotations

import re
from pathlib import Path

from synth.errors import Problem
from synth.reading.textio import decode_bytes, unreadable
from synth.text import counted

_NAMES = {
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp850": "DOS (code page 850)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Korean (code page 949)",
    "koi8_r": "KOI8-R (Cyrillic)",
}
_WESTERN = ("cp1252", "mac_roman", "cp850")
# The guess looks at so much of a file: enough for its letters, and quick.
_LOOKED_AT = 200_000


def read_any_text(path: Path) -> tuple[str | None, list[str], list[Problem]]:
    """Read a text file of any encoding, as other programs write them.

    Parameters
    ----------
    path : the file; problems name it as it was given.

    Returns
    -------
    The text with plain line ends, or ``None``; what is to be said about how it was read; and the
    problems, such as letters that an earlier conversion lost.
    """
    file = str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        return None, [], [unreadable(file, error)]
    if data[:2] == b"PK" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return None, [], [Problem("sheet-not-text", file, 1)]
    return decode(data, file)


def decode(data: bytes, file: str) -> tuple[str | None, list[str], list[Problem]]:
    """Text of any encoding with plain line ends.

    Parameters
    ----------
    data : the bytes of the file.
    file : how problems name it.

    Returns
    -------
    The text or ``None``, what was found out about its encoding, and what was lost in it.

    >>> text, (note,), problems = decode("Café".encode("mac_roman"), "t.csv")
    >>> text, note.partition(" (")[0]
    ('Café', 'It is not UTF-8; it was read as Mac Roman')
    """
    encoding, note = _encoding(data)
    if note and (mixed := _mixed(data)):
        data, note = mixed
        encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        return None, [], [Problem("sheet-encoding", file, line, byte=byte)]
    # Traces of an earlier wrong conversion are the same in every file: one place knows them.
    plain, found = decode_bytes(text.encode("utf-8", "replace"), file)
    kept = [problem for problem in found if not problem.kind.fmt]
    return plain, ([note] if note else []), kept


def _encoding(data: bytes) -> tuple[str, str]:
    """The encoding of a file and, unless it is plain UTF-8, what to say of it."""
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32", "It is UTF-32 and was read as such."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", "It is UTF-16 and was read as such."
    if data[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig", ""
    for encoding, signs in (("utf-16-be", data[:64:2]), ("utf-16-le", data[1:64:2])):
        if signs.count(0) > len(signs) // 2:
            return encoding, "It looks like UTF-16 without a mark and was read as such."
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.end == len(data):
            # Cut off within a letter: all before it is UTF-8, and the cut is what must be told.
            return "utf-8", ""
        encoding = _guess(data)
        lines = enumerate(data.decode(encoding, "replace").splitlines(), start=1)
        line, shown = next(((n, c) for n, row in lines for c in row if not c.isascii()), (1, "?"))
        return encoding, (
            f"It is not UTF-8; it was read as {_NAMES.get(encoding, encoding)} (line {line} holds "
            f"{shown!r}). Look whether accents came through."
        )
    return "utf-8", ""


def _mixed(data: bytes) -> tuple[bytes, str] | None:
    """A file of two encodings as UTF-8, such as two exports joined; ``None`` if it has only one."""
    if b"\0" in data[:64]:
        return None
    lines = data.split(b"\n")
    wrong = [number for number, line in enumerate(lines) if not _is_utf8(line)]
    held = set(wrong)
    if not wrong or all(line.isascii() for n, line in enumerate(lines) if n not in held):
        return None
    encoding = _guess(b"\n".join(lines[number] for number in wrong))
    for number in wrong:
        lines[number] = lines[number].decode(encoding, "replace").encode("utf-8")
    shown = ", ".join(str(number + 1) for number in wrong[:5]) + (", …" if len(wrong) > 5 else "")
    return b"\n".join(lines), (
        f"It mixes encodings: {counted(len(wrong), 'line')} ({shown}) not in UTF-8, read as "
        f"{_NAMES.get(encoding, encoding)}. Look whether accents came through."
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str:
    """The likeliest encoding of a text that is not UTF-8.

    Western encodings are told apart by one rule that needs few letters: among small letters stands
    a small one, and no sign. Other scripts are left to the library that knows them.
    """
    from charset_normalizer import from_bytes

    western = max(_WESTERN, key=lambda encoding: (_plausible(data, encoding), encoding == "cp1252"))
    likely = _plausible(data, western)
    if likely >= 0.9:
        return "cp1250" if western == "cp1252" and _is_czech(data) else western
    if _is_koi8(data):
        return "koi8_r"
    if western == "cp1252" and _POLISH.search(data[:_LOOKED_AT].decode("cp1252", "replace")):
        return "cp1250"
    if _is_hebrew(data):
        return "cp1255"
    found = from_bytes(data[:_LOOKED_AT], cp_isolation=[*_NAMES]).best()
    if found is not None and found.encoding not in _WESTERN:
        other = data.decode(found.encoding, "replace")
        return western if other == data.decode(western, "replace") else str(found.encoding)
    return western if likely > 0 else "cp1252"


# Within words "³" and "¹" of Windows-1252 are "ł" and "ą" of 1250, and "£" and "¿" are "Ł" and "ż".
_POLISH = re.compile(r"[^\W\d_][³¹£¿][^\W\d_]")


def _is_czech(data: bytes) -> bool:
    """Whether letters that Windows-1252 and 1250 share mean those of Czech, Slovak or Croatian.

    The letters of "š" and "ž" are the same in both; beside them "è", "ø" and "ì" are "č", "ř" and
    "ě", unless letters tell of a language of the West.
    """
    signs = {*data[:_LOOKED_AT].decode("cp1252", "replace").casefold()}
    theirs = bool(signs & {*"šž"}) and bool(signs & {*"èì"}) and len(signs & {*"èøìùòïæ"}) > 1
    return theirs and not signs & {*"àåñõãûœê"}


def _is_koi8(data: bytes) -> bool:
    """Whether a text is Russian in KOI8-R: what are capitals there are small letters elsewhere."""
    words = re.findall(r"[^\W\d_]{3,}", data[:_LOOKED_AT].decode("koi8_r", "replace"))
    words = [word for word in words if not word.isascii()]
    proper = [word for word in words if re.fullmatch(r"[А-ЯЁа-яё][а-яё]+", word)]
    capitals = sum(word[0].isupper() for word in proper)
    return len(proper) > 0.9 * len(words) and capitals > 0


def _is_hebrew(data: bytes) -> bool:
    """Whether all letters are Hebrew, which other pages take for small letters without capitals."""
    signs = [sign for sign in data[:_LOOKED_AT].decode("cp1255", "replace") if not sign.isascii()]
    return len(signs) > 5 and all("א" <= sign <= "ת" or sign in "–—“”’„\xa0" for sign in signs)


_INSIDE = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f]|[^\x00-\x7f](?=[^\W\d_])")


def _plausible(data: bytes, encoding: str) -> float:
    """The share of letters beyond ASCII that stand as letters do; -1 if nothing can be read."""
    try:
        text = data[:_LOOKED_AT].decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    good = bad = 0
    for found in _INSIDE.finditer(text):
        sign = found[0]
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if not sign.isalpha() or sign in "ªºƒˆ":
            # Quotation marks and dashes end words; other signs do not stand within them.
            good += sign in "’‘“”–—…\xa0«»"
            bad += sign not in "’‘“”–—…\xa0«»"
        elif (
            (sign.isupper() and (before.islower() or (before.isalpha() and after.islower())))
            # Two such letters may stand together ("Größe"), but three are another script.
            or not (before.isascii() or after.isascii())
        ):
            bad += 1
        else:
            good += 1
    return good / (good + bad) if good + bad else 0.5
