"""A plugin of pytest: of the tests that were found, run those whose names a file lists.

``NAMED_TESTS`` names the file. Whole files are listed by their names, as ``test_every_page.py``;
what is no function, as the cells of a notebook, is always run. `suite.py --same-tests` loads it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not listed, and tell pytest so, which counts it."""
    listed = set(Path(os.environ["NAMED_TESTS"]).read_text("utf-8").split())
    left_out = [
        item
        for item in items
        if isinstance(item, pytest.Function) and not {item.originalname, item.path.name} & listed
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
