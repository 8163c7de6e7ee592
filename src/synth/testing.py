"""What nbval overlooks: cells that were not run, outputs that changed places, pictures.

A plugin for pytest: ``pytest -p synth.testing --nbval book`` proves that what the notebooks store
is what their code gives.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import pytest
from nbval.plugin import IPyNbCell, coalesce_streams


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
