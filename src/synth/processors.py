"""How many processors this process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """How many processors this process may use, which can be fewer than the machine has.

    >>> 1 <= processors() <= (os.cpu_count() or 1)
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
