"""Live tools for the notebook: ``table_mixer`` seats people at tables, ``vote`` counts ballots by several rules.

Each is a function that returns an ipywidget. On a page without a kernel it shows its result as text and tables.

Examples
--------
>>> from siru_course import use_language, widgets
>>> use_language("en")
>>> tool = widgets.table_mixer(["Ada", "Bo", "Cy", "Di"], size=2, rounds=3)
>>> tool.meetings.pairs_met
6
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .table_mixer import table_mixer
    from .vote import vote

__all__ = ["table_mixer", "vote"]


class _Package(ModuleType):
    # Importing the module widgets.vote sets the package's attribute `vote` to the module; here it is the function.
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, getattr(value, name) if name in __all__ and isinstance(value, ModuleType) else value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module(f"{__name__}.{name}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
