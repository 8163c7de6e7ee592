"""The frame of a review: the files that build, check and publish it, and that ``upgrade`` renews.

What an author writes (data, pages, bibliography) is no part of it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from synth.model import Settings
from synth.version import DISTRIBUTION

FILES = Path(__file__).parent / "files"
FRAME_FILES: Mapping[str, str] = {
    "Makefile": "Makefile",
    "_config.yml": "_config.yml",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
    "ci-run": ".ci/run",
    "workflow.yml": ".github/workflows/book.yml",
    "README.md": "README.md",
    "setup": "scripts/setup",
}
"""Where the files of the frame go; what stands in @…@ in them is filled in."""
PROGRAMS = (".ci/run", "scripts/setup")
REQUIREMENTS = "requirements.txt"
VENDOR = "vendor"
BASE = ".synth/frame"
"""The frame as the library wrote it, kept in the review: what an upgrade compares with."""
STATE = ".synth/frame.toml"
"""Which version of the library wrote the frame, and what was filled in."""


@dataclass(frozen=True)
class Filling:
    """What is filled into the frame's files.

    Parameters
    ----------
    title, question : of the review.
    year : of its data.
    """

    title: str
    question: str
    year: int

    @staticmethod
    def of(settings: Settings) -> Filling:
        """What a review's settings say."""
        return Filling(settings.title, settings.question, settings.date.year)


def rendered(filling: Filling, templates: str = "frame") -> dict[str, str]:
    """The texts of the frame by path below the review's root.

    Parameters
    ----------
    filling : what is filled in.
    templates : ``"frame"``, or ``"frame-1"`` for the frame as version 1 wrote it.
    """
    marks = {
        "@TITLE@": json.dumps(filling.title, ensure_ascii=False),
        "@HEADING@": filling.title,
        "@QUESTION@": filling.question,
        "@YEAR@": str(filling.year),
    }
    texts = {}
    for name, file in FRAME_FILES.items():
        text = (FILES / templates / name).read_text("utf-8")
        for mark, value in marks.items():
            text = text.replace(mark, value)
        texts[file] = text
    return texts


def requirements(version: str, *, vendored: bool) -> str:
    """The pinned requirements of a review: everything the library needs, and the library itself.

    Parameters
    ----------
    version : version of the library.
    vendored : whether its wheel lies in the review's ``vendor/``; else an index has it.
    """
    heading = "# The versions this book was made with; the library that draws it comes last.\n"
    lines = [f"{name}=={found}" for name, found in sorted(_pins().items())]
    # Taken from the file's own folder by pip and uv alike, wherever they are called from.
    place = [f"--find-links {VENDOR}"] if vendored else []
    return heading + "\n".join([*lines, *place, f"{DISTRIBUTION}=={version}"]) + "\n"


@cache
def _pins() -> dict[str, str]:
    """Everything the library needs, in the versions that are installed here."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    pins: dict[str, str] = {}
    pending = [text for text in metadata.requires(DISTRIBUTION) or () if "extra ==" not in text]
    seen: set[tuple[str, str]] = set()
    while pending:
        wanted = Requirement(pending.pop())
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(wanted.name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        pins[name] = found.version
        for extra in ("", *sorted(wanted.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for text in found.requires or ():
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    # The marker was true for this extra; below it must not be asked again.
                    needed.marker = None
                    pending.append(str(needed))
    return pins


def state(version: str, filling: Filling) -> str:
    """The text of :data:`STATE`."""
    return (
        "# Written by synth new and synth upgrade; an upgrade starts from here.\n"
        f"version = {json.dumps(version)}\n"
        f"title = {json.dumps(filling.title, ensure_ascii=False)}\n"
        f"question = {json.dumps(filling.question, ensure_ascii=False)}\n"
        f"year = {filling.year}\n"
    )


def read_state(text: str) -> tuple[str, Filling]:
    """The version and the filling that :func:`state` wrote.

    Raises
    ------
    ValueError : it is not such a text.
    """
    try:
        told = tomllib.loads(text)
        filling = Filling(str(told["title"]), str(told["question"]), int(told["year"]))
        return str(told["version"]), filling
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{STATE} cannot be read: {error}") from error


def written(settings: Settings, wheel: tuple[str, str, bytes] | None) -> dict[str, bytes]:
    """Every file of a new review's frame, by path below its root.

    Parameters
    ----------
    settings : the review's settings.
    wheel : version, file name and bytes of the library to put into ``vendor/``; ``None`` if the
        review shall take the installed version from an index.
    """
    version = wheel[0] if wheel else metadata.version(DISTRIBUTION)
    filling = Filling.of(settings)
    texts = rendered(filling)
    files = {file: text.encode() for file, text in texts.items()}
    files |= {f"{BASE}/{name}": texts[file].encode() for name, file in FRAME_FILES.items()}
    files[STATE] = state(version, filling).encode()
    files[REQUIREMENTS] = requirements(version, vendored=wheel is not None).encode()
    files[f"{BASE}/{REQUIREMENTS}"] = files[REQUIREMENTS]
    if wheel is not None:
        files[f"{VENDOR}/{wheel[1]}"] = wheel[2]
    return files


def title_in_config(text: str) -> str | None:
    """The title that a ``_config.yml`` gives, or ``None``."""
    found = re.search(r"^title: (.+)$", text, re.MULTILINE)
    if found is None:
        return None
    value = found[1].strip()
    try:
        return str(json.loads(value))
    except json.JSONDecodeError:
        return value.strip("'\"")
