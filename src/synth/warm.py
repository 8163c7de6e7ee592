"""The process that kernels are forked from, begun before what runs notebooks is imported.

It imports what a page needs, which takes a second, and so does importing what runs notebooks: on
two processors both are done at once.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

from synth import freshness

WARM = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.iostream",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "sqlite3",
    "psutil",
    "pandas",
    "altair",
    "vl_convert",
    "anywidget",
    "synth.review",
    "synth.views.explorer",
    "synth.views.charts",
    "synth.views.framework",
    "synth.views.catalogue",
    "synth.views.influences.map",
    "synth.views.flow",
    "synth.views.reliability",
    "synth.views.robustness",
    "synth.views.statements",
    "synth.views.verdict",
    "synth.views.glance",
)
"""What the process that kernels are forked from imports before the first of them."""
ONLY_INSTALLED = "PYTHONSAFEPATH"
"""Says that Python is not to import what lies in the folder one stands in."""
# Importing a kernel's debugger warns every author that it may miss breakpoints.
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def forking() -> ForkServerContext:
    """What starts a process with everything imported that a page needs; it has begun then."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([*WARM])
    # It would look for modules in the folder one stands in first: a file there may be `code.py`.
    given = os.environ.get(ONLY_INSTALLED)
    os.environ[ONLY_INSTALLED] = "1"
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[ONLY_INSTALLED]
        if given is not None:
            os.environ[ONLY_INSTALLED] = given
    return server


def begin(root: Path, *, everything: bool = False) -> bool:
    """Begin the process that kernels are forked from, if a notebook will run.

    Parameters
    ----------
    root : folder of the review.
    everything : whether notebooks run that are not stale as well.

    Returns
    -------
    Whether it was begun.
    """
    needed = everything or _any_stale(root)
    if needed:
        forking()
    return needed


def _any_stale(root: Path) -> bool:
    inputs, remembered = freshness.inputs(root), freshness.remembered(root)
    for path in freshness.notebooks_of(root):
        # One that cannot be read is told of by who runs it.
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            known = remembered.get(path.relative_to(root).as_posix())
            if freshness.why_stale(notebook, inputs) and known != freshness.marks(notebook, inputs):
                return True
    return False
