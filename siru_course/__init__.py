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

_MODULES = ("charts", "checks", "data", "dialogue", "widgets")

__all__ = ["charts", "checks", "data", "dialogue", "language", "use_language", "widgets"]


def __getattr__(name: str) -> ModuleType:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
