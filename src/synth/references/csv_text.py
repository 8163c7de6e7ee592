"""Tables as CSV that pandas, R and a spreadsheet open as they are: the one writer of every export.

The header stands in line 1. A text that a spreadsheet would run as a formula has an apostrophe
before it. The scripts of the pages follow the same rules, from :data:`FORMULA`; tests compare what
they write with what is written here, byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# White space and signs that are not seen: a spreadsheet looks for a formula behind them. Spelled
# out, because Python and JavaScript do not mean the same by "\s".
_UNSEEN = (
    "\\x00-\\x20\\x7f-\\xa0\\xad\\u034f\\u061c\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f"
    "\\u205f-\\u206f\\u3000\\ufeff"
)

FORMULA = f"^(?!-?[0-9]+(?:\\.[0-9]+)?(?![^]))(?:[{_UNSEEN}]*[=+\\-@＝＋－﹣−＠﹫]|[\\t\\r\\n])"
"""What a spreadsheet takes for a formula (owasp.org, "CSV injection"), as JavaScript reads it.

A text that begins with ``=``, ``+``, ``-`` or ``@``, in full width too, also behind what is not
seen; or with a tab or a line break. A plain number is none, whatever its sign.
"""

_FORMULA = re.compile(FORMULA.replace("[^]", r"[\s\S]"))
_QUOTED = re.compile(r'[",;\t\r\n]|^[ \xa0]|[ \xa0]\Z')


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    r"""Write rows as CSV (RFC 4180); the first is the header.

    Parameters
    ----------
    rows : the cells of each row, as text.

    Returns
    -------
    The text, without the mark at its start that tells a spreadsheet the letters are UTF-8; see
    :func:`csv_file`.

    >>> csv_text([["year", "says"], ["2016", "=1+1"], ["-2", 'a "b", c']])
    'year,says\r\n2016,\'=1+1\r\n-2,"a ""b"", c"\r\n'
    """
    # Most cells of a long table hold what others hold.
    known: dict[str, str] = {}

    def cell(text: str) -> str:
        written = known.get(text)
        if written is None:
            written = known[text] = _cell(text)
        return written

    return "".join(",".join(map(cell, row)) + "\r\n" for row in rows)


def csv_file(text: str) -> bytes:
    """The bytes of a CSV file: UTF-8 with the mark that spreadsheets need to see that it is."""
    return b"\xef\xbb\xbf" + text.encode()


def _cell(text: str) -> str:
    safe = f"'{text}" if _FORMULA.match(text) else text
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe
