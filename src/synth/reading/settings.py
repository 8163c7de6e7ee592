"""``data/review.toml``: what a review is called, and the words, shapes and colours it uses.

Every key is declared in :data:`synth.model.SETTINGS`. A file with problems still gives settings, as
far as they can be read, so that the tables can be checked in the same run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from synth.errors import Problem, catalogue, did_you_mean
from synth.model import (
    DARK_PAPER,
    LEAST_CONTRAST,
    LIGHT_PAPER,
    RESERVED_FACETS,
    SETTINGS,
    Coding,
    Direction,
    Facet,
    LevelLook,
    Living,
    Rank,
    Setting,
    Settings,
    Source,
)
from synth.reading.textio import read_text

SETTINGS_FILE = "data/review.toml"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""An id: lower-case letters and digits, in parts joined by single hyphens."""

# Facets are columns of a table and words of `where(...)`: a name Python would take, or a slug.
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_REPEATED = ("ranks", "directions", "facets")
_NAMED = ("levels",)


def read_settings(root: Path) -> tuple[Settings, list[Problem]]:
    """Read ``data/review.toml`` and say everything that is wrong with it.

    Parameters
    ----------
    root : the review's root, the folder that holds ``data/``.
    """
    text, problems = read_text(root / SETTINGS_FILE, SETTINGS_FILE)
    if text is None:
        return _settings({}), problems
    settings, found = parse_settings(text)
    return settings, problems + found


def parse_settings(text: str) -> tuple[Settings, list[Problem]]:
    """Turn the text of ``data/review.toml`` into settings and problems."""
    settings, problems = _parsed(text)
    return settings, [*problems]


# A command asks for them table by table, a build for each version that was kept.
@lru_cache(maxsize=16)
def _parsed(text: str) -> tuple[Settings, tuple[Problem, ...]]:
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _settings({}), (_syntax(error, text),)
    reader = _Reader(text)
    settings = reader.read(written)
    return settings, tuple(sorted(reader.problems, key=lambda problem: problem.place))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").

    >>> round(contrast("#00708c", "#ffffff"), 1)
    5.7
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """A slip in the TOML itself, with the line out of tomllib's message."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    line = int(found[1]) if found else text.count("\n") + 1
    reason = re.sub(r" \(at .*\)$", "", str(error)).rstrip(".")
    reason = reason[:1].lower() + reason[1:]
    return Problem("toml-malformed", SETTINGS_FILE, line, reason=reason)


class _Reader:
    """Checks what stands in the file against the declaration, key by key."""

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._lines = _lines(text)

    def read(self, written: Mapping[str, Any]) -> Settings:
        """The settings; what is wrong is gathered in ``problems``."""
        sections = {setting.section for setting in SETTINGS if setting.section}
        top = {key: value for key, value in written.items() if key not in sections}
        values: dict[str, Any] = self._section("", top, (), sections)
        for section in sorted(sections):
            given = written.get(section)
            if section in _REPEATED:
                values[section] = self._list(section, given)
            elif section in _NAMED:
                values[section] = self._names(section, given)
            elif isinstance(given, Mapping):
                values[section] = self._section(section, given, (section,))
            elif given is not None:
                self._add("section-malformed", (section,), section, section=section)
            elif section == "source":
                self._add("section-missing", (), "source")
        settings = _settings(values)
        self._between(settings)
        return settings

    def _add(self, code: str, path: Sequence[str | int], where: str, **fields: object) -> None:
        line = 0
        for length in range(len(path), -1, -1):
            line = self._lines.get(tuple(path[:length]), 0)
            if line:
                break
        self.problems.append(Problem(code, SETTINGS_FILE, line, where, **fields))

    def _list(self, section: str, given: Any) -> list[dict[str, Any]]:
        if given is None:
            if section != "facets":
                self._add("sections-none", (), section, section=section)
            return []
        if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
            self._add("sections-malformed", (section,), section, form=f"[[{section}]]")
            return []
        return [self._section(section, item, (section, index)) for index, item in enumerate(given)]

    def _names(self, section: str, given: Any) -> dict[str, dict[str, Any]]:
        if given is None:
            return {}
        if not isinstance(given, Mapping) or not all(
            isinstance(item, Mapping) for item in given.values()
        ):
            self._add("sections-malformed", (section,), section, form=f"[{section}.NAME]")
            return {}
        return {name: self._section(section, item, (section, name)) for name, item in given.items()}

    def _section(
        self,
        section: str,
        given: Mapping[str, Any],
        path: tuple[str | int, ...],
        also: Iterable[str] = (),
    ) -> dict[str, Any]:
        """The keys of one section that are right; problems for those that are not."""
        declared = {setting.key: setting for setting in SETTINGS if setting.section == section}
        values: dict[str, Any] = {}
        for key, value in given.items():
            setting = declared.get(key) or declared.get("*")
            if setting is None:
                near = did_you_mean(key, [*declared, *also])
                self._add("setting-unknown", (*path, key), key, near=near)
            elif (wrong := _wrong(setting, value)) is not None:
                self._add(wrong[0], (*path, key), key, **wrong[1])
                if setting.kind == "texts":
                    # What of it can be read is: all that names it would seem wrong otherwise.
                    values[key] = _sound_texts(value)
            else:
                values[key] = value
        for setting in declared.values():
            if setting.required and setting.key not in given:
                where = f"{section}.{setting.key}" if section else setting.key
                self._add("setting-missing", path, where, meaning=setting.meaning)
        return values

    def _between(self, settings: Settings) -> None:
        """Rules that concern more than one key."""
        for section in _REPEATED:
            seen: dict[str, int] = {}
            for index, item in enumerate(getattr(settings, section)):
                if item.id and item.id in seen:
                    self._add("name-repeats", (section, index, "id"), "id", value=item.id)
                seen.setdefault(item.id, index)
        ranks = {rank.id for rank in settings.ranks}
        for index, rank in enumerate(settings.ranks):
            if rank.id in RESERVED_FACETS:
                self._add("rank-reserved", ("ranks", index, "id"), "id", value=rank.id)
        for index, facet in enumerate(settings.facets):
            if facet.id in RESERVED_FACETS or facet.id in ranks:
                code = "facet-is-rank" if facet.id in ranks else "facet-reserved"
                self._add(code, ("facets", index, "id"), "id", value=facet.id)
        self._directions(settings)
        for code in settings.ignored:
            kind = catalogue().get(code)
            if kind is None:
                near = did_you_mean(code, catalogue())
                self._add("ignored-unknown", ("checks", "ignore"), "ignore", value=code, near=near)
            elif not kind.ignorable:
                self._add("ignored-needed", ("checks", "ignore"), "ignore", value=code)
        for name, look in settings.levels.items():
            for colour, *papers in (
                ("light", LIGHT_PAPER, look.wash_light),
                ("dark", DARK_PAPER, look.wash_dark),
            ):
                shown = getattr(look, colour)
                for paper in papers:
                    if self._contrast(("levels", name, colour), colour, shown, paper):
                        break
        first, last = settings.search_since, settings.search_until
        if first is not None and last is not None and first > last:
            self._add("years-reversed", ("search", "until"), "until", first=first, last=last)

    def _directions(self, settings: Settings) -> None:
        influences: dict[str, str] = {}
        marks: dict[str, str] = {}
        for index, direction in enumerate(settings.directions):
            for colour, paper in (("light", LIGHT_PAPER), ("dark", DARK_PAPER)):
                self._contrast(
                    ("directions", index, colour), colour, getattr(direction, colour), paper
                )
            other = influences.setdefault(direction.influence, direction.id)
            if direction.influence and other != direction.id:
                path = ("directions", index, "influence")
                word = direction.influence
                self._add("influence-word-twice", path, "influence", value=word, other=other)
            other = marks.setdefault(direction.mark, direction.id)
            if direction.mark and other != direction.id:
                self._add("mark-twice", ("directions", index, "mark"), "mark", other=other)

    def _contrast(self, path: tuple[str | int, ...], where: str, colour: str, paper: str) -> bool:
        """Say that a text would be too pale; tells whether it would."""
        if not (_COLOUR.fullmatch(colour) and _COLOUR.fullmatch(paper)):
            return False
        ratio = contrast(colour, paper)
        if ratio >= LEAST_CONTRAST:
            return False
        # Rounded down: 4.49 must not read as the 4.5 that would do.
        told = int(ratio * 10) / 10
        shown = {"colour": colour, "paper": paper, "ratio": told, "least": LEAST_CONTRAST}
        self._add("contrast", path, where, wanted=_BETTER[where], **shown)
        return True


def _sound_texts(value: Any) -> list[str]:
    """The texts of a list that has something wrong, each once; a text alone is one of them."""
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(item for item in items if isinstance(item, str) and item.strip()))


_BETTER = {"light": "darker", "dark": "lighter"}


def _wrong(setting: Setting, value: Any) -> tuple[str, Mapping[str, object]] | None:
    """What is wrong with a value, its code and its values; or ``None``."""
    malformed = _malformed(setting, value)
    if not malformed and setting.kind == "texts":
        twice = sorted({item for item in value if value.count(item) > 1})
        return ("texts-repeat", {"value": twice[0]}) if twice else None
    if not malformed:
        return None
    return malformed, {
        "value": value if isinstance(value, Hashable) else str(value),
        "key": setting.key,
        "meaning": setting.meaning,
        "allowed": ", ".join(setting.choices),
        "near": did_you_mean(str(value), setting.choices),
    }


_FORMS = {
    "slug": ("slug-malformed", SLUG),
    "name": ("name-malformed", _COLUMN_NAME),
    "colour": ("colour-malformed", _COLOUR),
    "address": ("address-malformed", re.compile(r"https?://\S+")),
    "contact": ("contact-malformed", re.compile(r"https?://\S+|[^\s@:?&]+@[^\s@:?&]+\.[^\s@:?&]+")),
}


def _malformed(setting: Setting, value: Any) -> str:
    """The code of what is wrong with the form of a value, or nothing."""
    kind = setting.kind
    if kind == "flag":
        return "" if isinstance(value, bool) else "flag-malformed"
    if kind == "date":
        fine = isinstance(value, date) and not isinstance(value, datetime)
        return "" if fine else "date-malformed"
    if kind == "year":
        fine = isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999
        return "" if fine else "year-malformed"
    if kind == "number":
        fine = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 99
        return "" if fine else "number-malformed"
    if kind == "texts":
        fine = isinstance(value, list) and all(
            isinstance(item, str) and item.strip() for item in value
        )
        return "" if fine else "texts-malformed"
    if kind == "ignored":
        fine = isinstance(value, list) and all(
            isinstance(item, Mapping)
            and item.keys() == {"code", "reason"}
            and all(isinstance(text, str) and text.strip() for text in item.values())
            for item in value
        )
        return "" if fine else "ignored-malformed"
    if not isinstance(value, str):
        return "text-malformed"
    if setting.required and not value.strip():
        return "setting-empty"
    if kind == "choice" and value and value not in setting.choices:
        return "choice-unknown"
    code, form = _FORMS.get(kind, ("", None))
    return code if form is not None and value and not form.fullmatch(value) else ""


def _settings(values: Mapping[str, Any]) -> Settings:
    """The settings as far as they are known; what is missing is empty."""

    def made(kind: Any, given: Mapping[str, Any], **defaults: Any) -> Any:
        return kind(
            **{**defaults, **{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}}
        )

    empty = {"label": "", "plural": ""}
    search = values.get("search", {})
    top: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
        if key not in {*_REPEATED, *_NAMED, "source", "search", "coding", "living", "checks"}
    }
    required: dict[str, Any] = {
        "title": "",
        "question": "",
        "licence": "",
        "version": "",
        "language": "en",
        "date": date(1, 1, 1),
    }
    look = {"mark": "", "light": "", "dark": ""}
    return Settings(
        **{**required, **top},
        source=made(Source, values.get("source", {}), citation=""),
        coding=made(Coding, values["coding"]) if "coding" in values else None,
        living=made(Living, values["living"]) if "living" in values else None,
        ignored={
            item["code"]: item["reason"] for item in values.get("checks", {}).get("ignore", ())
        },
        search_since=search.get("since"),
        search_until=search.get("until"),
        ranks=tuple(made(Rank, item, id="", **empty) for item in values.get("ranks", ())),
        directions=tuple(
            made(Direction, item, id="", verb="", pattern="", **look, **empty)
            for item in values.get("directions", ())
        ),
        facets=tuple(
            made(Facet, item, id="", of="study", **empty) for item in values.get("facets", ())
        ),
        levels={
            name: made(LevelLook, item, wash_light="", wash_dark="", **look)
            for name, item in values.get("levels", {}).items()
        },
    )


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Where each key stands; tomllib does not tell."""
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[str, int] = {}
    here: tuple[str | int, ...] = ()
    open_list = False
    for number, line in enumerate(text.split("\n"), start=1):
        if open_list:
            open_list = "]" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
            continue
        if header := re.match(r"\s*\[\[\s*([\w-]+)\s*\]\]", line):
            index = counts.get(header[1], 0)
            counts[header[1]] = index + 1
            here = (header[1], index)
            lines.setdefault((header[1],), number)
            lines[here] = number
        elif header := re.match(r"\s*\[\s*([\w.\"'-]+)\s*\]", line):
            here = tuple(part.strip("\"'") for part in header[1].split("."))
            lines.setdefault(here[:1], number)
            lines[here] = number
        elif entry := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=\s*(.*)", line):
            lines[(*here, entry[1])] = number
            bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", entry[2])
            open_list = bare.startswith("[") and "]" not in bare
    return lines


def settings_line(text: str, *path: str | int) -> int:
    r"""Line of ``data/review.toml`` that a key stands on, or 0.

    >>> settings_line('title = "x"\n[[facets]]\nid = "country"', "facets", 0, "id")
    3
    """
    return _lines(text).get(path, 0)
