"""What nbval overlooks: cells that were not run, outputs that changed places, pictures.

A plugin for pytest: ``pytest -p synth.testing --nbval book`` proves that what the notebooks store
is what their code gives. With ``--nbval-current-env`` the kernels are forked from a process that
has imported what pages need and read the review, as those of ``synth execute`` are, but with live
widgets, and every picture is drawn anew.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import ExitStack
from pathlib import Path
from pprint import pformat
from tempfile import TemporaryDirectory
from typing import Any

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager
from nbval.plugin import IPyNbCell, coalesce_streams

from synth.notebooks import Holder, forked_kernel


class Shown:
    """A message of a kernel, laid out in lines only where the log is read.

    Nbval lays out each one before it is known whether its log is: half the time of a run.

    >>> str(Shown({"b": 1, "a": 2}))
    "{'a': 2, 'b': 1}"
    """

    def __init__(self, message: Any) -> None:
        self.message = message

    def __str__(self) -> str:
        return pformat(self.message)


class WarmManager(KernelManager):
    """What nbval starts its kernels with: most of the time they take is importing."""

    holders: Holders

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.forked = forked_kernel(self)

    def start_kernel(self, **options: Any) -> None:
        """Start the kernel of a notebook of some folder."""
        self.forked.holder = self.holders.of(Path(options.get("cwd") or "."))
        super().start_kernel(**options)


class Holders(ExitStack):
    """The processes that have read the reviews whose notebooks are run, each read once."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[Path, Holder] = {}

    def of(self, folder: Path) -> Holder | None:
        """The process of the review that a folder is in; nothing where it is in none."""
        above = (folder.resolve(), *folder.resolve().parents)
        root = next((up for up in above if (up / "data" / "review.toml").is_file()), None)
        if root is not None and root not in self.known:
            # What was drawn for an earlier run would prove nothing.
            pictures = Path(self.enter_context(TemporaryDirectory(prefix="synth-pictures-")))
            self.known[root] = self.enter_context(Holder(root, pictures, live=True))
        return self.known[root] if root is not None else None


def pytest_configure(config: pytest.Config) -> None:
    """Fork the kernels of this environment; one of another cannot be."""
    nbval.kernel.pformat = Shown
    if config.getoption("nbval_current_env", default=False):
        WarmManager.holders = Holders()
        config.add_cleanup(WarmManager.holders.close)
        nbval.kernel.KernelManager = WarmManager


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: Any) -> Generator[None, Any, Any]:
    """Run a cell, then compare how many outputs it gives, and of what kinds, with those stored."""
    result = yield
    compared = isinstance(item, IPyNbCell) and item.test_outputs is not None
    if compared and not item.options["skip"]:
        given = coalesce_streams(item.cell.outputs)
        if shapes(item.test_outputs) != shapes(given):
            item.raise_cell_error("The stored outputs are not those the code gives.")
    return result


def shapes(outputs: Iterable[Any]) -> list[tuple[str, str, list[str]]]:
    """Kind, name and media types of some outputs, in their order; live views are never stored.

    >>> shapes([{"output_type": "stream", "name": "stdout", "text": "1"}])
    [('stream', 'stdout', [])]
    """
    live = "application/vnd.jupyter.widget-view+json"
    return [
        (o["output_type"], str(o.get("name") or ""), sorted({*o.get("data", {})} - {live}))
        for o in outputs
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have pictures compared as well, which nbval leaves out."""
    for item in items:
        if isinstance(item, IPyNbCell):
            skipped = item.parent.skip_compare
            item.parent.skip_compare = tuple(
                name for name in skipped if not name.startswith("image/")
            )
