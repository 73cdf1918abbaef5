"""nbgrader imported without a grammar of web addresses, which takes a second and which no notebook needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_grammars() -> Iterator[None]:
    """Leave the grammar out while nbgrader is imported in the block."""
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    vars(sys)["modules"][name] = None
    try:
        yield
    finally:
        del sys.modules[name]
