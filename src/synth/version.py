"""What the library is called where it is installed, and which version of it this is."""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "synthbook"
"""Name on a package index; the command, the import and the folder are ``synth``."""


def version() -> str:
    """The installed version, written once: in ``pyproject.toml``."""
    return metadata.version(DISTRIBUTION)
