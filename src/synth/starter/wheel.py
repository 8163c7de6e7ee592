"""The installed library as a wheel, so that a review can carry the very version it was made with.

A team without an index of its own, or without a network, installs from the review's ``vendor/``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from synth.errors import Problem, ReviewError
from synth.version import DISTRIBUTION

# The first moment that a zip can hold: the same library gives the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def release(folder: Path) -> Path:
    """Write the wheel of a release: the sources as they are, under the version they declare.

    Parameters
    ----------
    folder : where it goes; made if it is not there.
    """
    _, name, content = build(release=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def build(*, release: bool = False) -> tuple[str, str, bytes]:
    """Write the installed library as a wheel.

    Parameters
    ----------
    release : keep the declared version, also for sources.

    Returns
    -------
    Its version, its file name and its bytes: the same for the same library, however and wherever
    it was installed. From a source folder (an editable installation) the version ends in a
    fingerprint of the sources, as in ``0.2.0+src.1a2b3c4d``: other code never has the same name.

    Raises
    ------
    ReviewError : a file of the installation was changed or is missing.
    """
    installed = metadata.distribution(DISTRIBUTION)
    source = _source_folder(installed)
    version = installed.version
    if source is None:
        files = dict(_installed_files(installed))
    else:
        files = dict(_source_files(source))
        if not release:
            version = f"{version.split('+')[0]}+src.{_fingerprint(files)[:8]}"
    info = f"{DISTRIBUTION}-{version}.dist-info"
    told = installed.read_text("METADATA") or ""
    files[f"{info}/METADATA"] = _with_version(told, version).encode()
    for name in ("WHEEL", "entry_points.txt", "top_level.txt"):
        if text := installed.read_text(name):
            files[f"{info}/{name}"] = text.encode()
    for name, content in _licences(installed):
        files[f"{info}/{name}"] = content
    return (
        version,
        f"{DISTRIBUTION}-{version}-py3-none-any.whl",
        _zipped(tuple(sorted(files.items())), info),
    )


def _source_folder(installed: metadata.Distribution) -> Path | None:
    """Where an editable installation has its sources; ``None`` for an ordinary one."""
    told = json.loads(installed.read_text("direct_url.json") or "{}")
    if not told.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(urlparse(told["url"]).path)) / "src"


def _source_files(source: Path) -> Iterator[tuple[str, bytes]]:
    for folder, folders, names in os.walk(source / "synth"):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        place = Path(folder).relative_to(source).as_posix()
        for name in names:
            if name[0] != "." and not name.endswith(".pyc"):
                with open(f"{folder}/{name}", "rb") as file:
                    yield f"{place}/{name}", file.read()


def _installed_files(installed: metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    for file in installed.files or ():
        outside = ".." in file.parts or file.parts[0].endswith(".dist-info")
        if outside or "__pycache__" in file.parts:
            continue
        path = Path(str(file.locate()))
        content = path.read_bytes() if path.is_file() else b""
        if file.hash is not None and file.hash.value != _digest(content):
            raise ReviewError([Problem("library-changed", str(path), name=DISTRIBUTION)])
        yield file.as_posix(), content


def _licences(installed: metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    for file in installed.files or ():
        if file.parts[0].endswith(".dist-info") and "licenses" in file.parts:
            yield "/".join(file.parts[1:]), Path(str(file.locate())).read_bytes()


def _with_version(told: str, version: str) -> str:
    head, _, body = told.partition("\n\n")
    lines = [
        f"Version: {version}" if line.startswith("Version:") else line for line in head.split("\n")
    ]
    return "\n".join(lines) + (f"\n\n{body}" if body else "\n")


def _fingerprint(files: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


@lru_cache(1)
def _zipped(files: tuple[tuple[str, bytes], ...], info: str) -> bytes:
    record = "".join(
        f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [
            *files,
            (f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()),
        ]:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return stream.getvalue()
