"""A class: a standard nbgrader course directory, and what the course adds to nbgrader's own commands.

Everything that grades stands behind the four functions of :mod:`siru_course.classroom.engine`.
"""

from __future__ import annotations

from .directory import EXERCISES, Made, exercises, new, prepare_lab, run_lab
from .engine import Graded, feedback, grade, release

__all__ = [
    "EXERCISES",
    "Graded",
    "Made",
    "exercises",
    "feedback",
    "grade",
    "new",
    "prepare_lab",
    "release",
    "run_lab",
]
