"""A class: a standard nbgrader course directory, and what the course adds to nbgrader's own commands.

Scores, gradebook and file layout are nbgrader's. The list of students comes in with :func:`roster` and notebooks go
out with :func:`handout`. What comes back is taken in by :func:`collect`, graded in a sandbox by :func:`grade`, and
given back by :func:`feedback`. For the teacher there are :func:`report`, :func:`export` and :func:`similarity`, and the
tool in which a person marks is in :mod:`siru_course.classroom.marking_tool`.
"""

from __future__ import annotations

from ._outcome import Graded
from .collect import Collected, collect
from .directory import EXERCISES, Made, exercises, new, prepare_lab, run_lab
from .engine import release
from .export import export
from .feedback import feedback
from .grading import grade
from .handout import Handout, handout
from .report import report
from .roster import Roster, roster
from .similarity import Pair, similarity

__all__ = [
    "EXERCISES",
    "Collected",
    "Graded",
    "Handout",
    "Made",
    "Pair",
    "Roster",
    "collect",
    "exercises",
    "export",
    "feedback",
    "grade",
    "handout",
    "new",
    "prepare_lab",
    "release",
    "report",
    "roster",
    "run_lab",
    "similarity",
]
