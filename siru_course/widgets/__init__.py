"""Live tools for a notebook, and for a meeting: each is a function that returns an ipywidget.

``agenda_planner`` re-times an agenda, ``table_mixer`` seats people at tables, ``talk_clock`` counts who speaks,
``vote`` counts ballots by several rules, ``board_scorecard`` takes a board's scores, ``theory_builder`` builds a theory
of change and checks it, and ``value_explorer`` shows how a ratio hangs on its assumptions. ``toolbox`` opens all seven,
and ``siru toolbox`` serves them in a browser. On a page without a kernel a tool shows its result as text and tables.

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
    from ._toolbox import toolbox
    from .agenda_planner import agenda_planner
    from .board_scorecard import board_scorecard
    from .table_mixer import table_mixer
    from .talk_clock import talk_clock
    from .theory_builder import theory_builder
    from .value_explorer import value_explorer
    from .vote import vote

__all__ = [
    "agenda_planner",
    "board_scorecard",
    "table_mixer",
    "talk_clock",
    "theory_builder",
    "toolbox",
    "value_explorer",
    "vote",
]


class _Package(ModuleType):
    # Importing the module widgets.vote sets the package's attribute `vote` to the module; here it is the function.
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, getattr(value, name) if name in __all__ and isinstance(value, ModuleType) else value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in __all__:
        module = "_toolbox" if name == "toolbox" else name
        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
