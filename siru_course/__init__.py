"""SIRU course: what learners call from the notebooks and practitioners keep using afterwards.

Each theme of the course has a module of its own (``siru_course.dialogue``); what themes share is in
``siru_course.data``, ``siru_course.checks``, ``siru_course.charts`` and ``siru_course.language``.
Importing ``siru_course`` loads nothing heavy: a module is loaded when it is first used.

Examples
--------
>>> import siru_course
>>> siru_course.use_language("en")
>>> siru_course.language()
'en'
"""

from __future__ import annotations

import importlib
from types import ModuleType

from .language import language, use_language

__version__ = "0.1.0"

# The themes in the order of the course, and what they share.
THEMES = (
    "facilitation",
    "mapping",
    "conversations",
    "dialogue",
    "networks",
    "matchmaking",
    "board",
    "theory_of_change",
    "surveys",
    "attribution",
    "valuation",
    "procurement",
    "scaling",
    "results",
)
MODULES = ("charts", "checks", "data", *THEMES, "widgets")

__all__ = [*MODULES, "language", "use_language"]


def __getattr__(name: str) -> ModuleType:
    if name in MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
