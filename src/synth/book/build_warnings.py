"""What the build warns of, said so that an author can mend it: file and line, and our own words.

Sphinx and its extensions warn in many places; each of their warnings passes here once.
"""

from __future__ import annotations

import os
import re
from logging import Filter, LogRecord, getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from synth.book.contents import CONFIG_FILE

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class FindableLines(Filter):
    """Says of a warning of whatever origin where it is mended, and how.

    Sphinx names line 30012 of a notebook, and no file where a setting is wrong; what it says of
    links is for those who know its words.
    """

    _COUNTED = re.compile(r"(?P<path>.+\.ipynb):(?P<cell>\d+?)(?P<line>\d{4})$")
    _SETTING = re.compile(r"['`](?P<word>[^'`]+)'")

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def filter(self, record: LogRecord) -> bool:
        """Rewrite place and words of a warning; every warning passes."""
        place = str(getattr(record, "location", None) or "").removeprefix(f"{self.root}{os.sep}")
        if found := self._COUNTED.match(place):
            line = max(int(found["line"]) - 1, 1)
            place = f"{found['path']}: cell {found['cell']}, line {line}"
        # Without the place, which Sphinx writes before it.
        said = LogRecord.getMessage(record)
        place = place or self._setting(said)
        if place:
            record.location = place
        for pattern, ours in _OURS:
            if pattern.search(said):
                record.msg, record.args = pattern.sub(ours, said, count=1), ()
                break
        return True

    def _setting(self, said: str) -> str:
        """The line of the book's settings that a warning without a place quotes."""
        try:
            rows = (self.root / CONFIG_FILE).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return ""
        for found in self._SETTING.finditer(said):
            word = re.compile(rf"(?<![\w-]){re.escape(found['word'])}(?![\w-])")
            for number, row in enumerate(rows, 1):
                if word.search(row.partition("#")[0]):
                    return f"{CONFIG_FILE}:{number}"
        return ""


_LINKED = (
    "A page is linked by its source, as in [words](page.md) or [words](page.ipynb#its-heading), "
    "a heading of the same page as in [words](#its-heading)."
)
_LABEL = "A label is a line (name)= above a heading."
_OURS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(theirs), ours)
    for theirs, ours in (
        (r"^'myst' cross-reference target not found: ''.*", f"A link leads nowhere. {_LINKED}"),
        (
            r"^'myst' cross-reference target not found: '([^']*)'",
            rf"There is no page, heading or label '\1' to link to. {_LINKED}",
        ),
        (
            r"^local id not found in doc '([^']*)': '([^']*)'",
            r"The page '\1' has no heading or label '\2' to link to.",
        ),
        (
            r"^more than one target found for 'myst' cross-reference (.+?): could be .*",
            rf"The link to '\1' can mean several things. {_LINKED}",
        ),
        (r"^undefined label: ('[^']*')$", rf"There is no label \1. {_LABEL}"),
        (r"^unknown document: ('[^']*')$", r"There is no page \1, as it is seen from this one."),
        (
            r"^duplicate label (.+), other instance in (.+)$",
            r"The label '\1' stands in \2 as well. Give one of them another name.",
        ),
        (
            r'^Duplicate explicit target name: "([^"]+)"\.',
            r"'\1' is the name of two places of the page. Give one of them another, "
            "or show only once what brings it along.",
        ),
        (
            r"^term not in glossary: ('[^']*')$",
            r"There is no term \1. Write it into a {glossary}, or take the role away.",
        ),
        (
            r"^unknown config value ('[^']*') in override, ignoring$",
            r"There is no setting \1, so its line does nothing. Mend its name, or delete it.",
        ),
    )
)
"""What Sphinx and MyST say of a page or a setting, and how a team is told."""


def find_lines(app: Sphinx) -> None:
    """Have Sphinx say cells and lines in every warning, also in those that end the build."""
    for handler in getLogger("sphinx").handlers:
        for index, known in enumerate(handler.filters):
            if type(known).__name__ == "WarningLogRecordTranslator":
                # Right after Sphinx has found the place, before it makes an error of it.
                handler.filters.insert(index + 1, FindableLines(Path(app.srcdir)))
                break


def setup(app: Sphinx) -> None:
    """Begin at once: settings are looked at before any event."""
    find_lines(app)
