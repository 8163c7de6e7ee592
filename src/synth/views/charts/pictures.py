"""Pictures of charts: drawn once, kept on disk, and drawn by one process for all who ask.

The first picture of a process takes ten times as long as the next: it starts a browser's engine of
scripts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from synth.reading.textio import replace_file

_VERSION = "6.4"
"""The version of Vega-Lite that draws."""
_KEPT: dict[str, Any] = {}
_UNUSED = 30 * 24 * 3600
"""Seconds after which a picture that nobody asked for is no longer kept."""
# Names inside a picture, which go on counting from one picture of a process to the next.
_INSIDE = re.compile(r"(?<=[#\"])(gradient_|clip)\d+(?=[\")])")


def picture(spec: Mapping[str, Any]) -> str:
    """The SVG of a specification; the same bytes for the same specification."""
    return _picture(json.dumps(spec))


def keep_pictures(folder: Path, drawer: str = "") -> None:
    """Keep pictures in a folder from now on, by what they are drawn from, for later runs as well.

    What was not asked for during a month is thrown away, and what was left half written.

    Parameters
    ----------
    folder : need not exist; where nothing can be written, every picture is drawn.
    drawer : address of a process that draws what is not kept.
    """
    _KEPT.update(folder=folder, drawer=drawer)
    with suppress(OSError):
        for path in folder.iterdir():
            if time.time() - path.stat().st_mtime > _UNUSED:
                path.unlink()


@lru_cache(maxsize=256)
def _picture(spec: str) -> str:
    folder = _KEPT.get("folder")
    if folder is None:
        return converted(spec)
    told = f"{metadata.version('vl-convert-python')} {_VERSION} {spec}"
    path = folder / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.svg"
    with suppress(OSError):
        svg: str = path.read_text("utf-8")
        path.touch()
        return svg
    svg = _drawn_elsewhere(spec) or converted(spec)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, svg.encode())
    return svg


def _drawn_elsewhere(spec: str) -> str:
    """The picture as the process draws it that was named; empty where there is none."""
    if not _KEPT["drawer"]:
        return ""
    from multiprocessing.connection import Client

    with suppress(OSError, EOFError), Client(_KEPT["drawer"]) as drawer:
        drawer.send_bytes(spec.encode())
        return drawer.recv_bytes().decode()
    return ""


def converted(spec: str) -> str:
    """The SVG of a specification, drawn here and now; the same whatever was drawn before it.

    Parameters
    ----------
    spec : as JSON.

    Raises
    ------
    ValueError : Vega-Lite cannot draw it.
    """
    if _STARTED.setdefault("in", os.getpid()) != os.getpid():
        return _converted_apart(spec)
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=_VERSION)
    number: dict[str, int] = {}
    return _INSIDE.sub(
        lambda found: f"{found[1]}{number.setdefault(found[0], len(number))}",
        svg,
    )


_STARTED: dict[str, int] = {}
"""The process that started the engine of scripts; in one forked from it the engine stands still."""


def _converted_apart(spec: str) -> str:
    command = (
        "import sys; from synth.views.charts.pictures import converted; "
        "sys.stdout.buffer.write(converted(sys.stdin.buffer.read().decode()).encode())"
    )
    told = [sys.executable, "-P", "-c", command]
    done = subprocess.run(told, input=spec.encode(), capture_output=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace"))
    return done.stdout.decode()
