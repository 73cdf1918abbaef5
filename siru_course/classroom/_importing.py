"""nbgrader imported in a fraction of its time."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Leave out, while nbgrader is imported in the block, what takes time and which nobody needs.

    That is a grammar of web addresses, and the search for garbage among what has only just been made.
    """
    name = "rfc3987_syntax"
    without = name not in sys.modules
    searches = gc.isenabled()
    if without:
        vars(sys)["modules"][name] = None
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()
        if without:
            del sys.modules[name]
