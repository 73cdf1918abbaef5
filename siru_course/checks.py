"""The visible checks of the exercise notebooks: what is met, what is not, and what to do next.

A task collects its checks, so that one miss never hides the others, and leaves a score.
In a graded cell the score is the last expression, which is how partial credit reaches nbgrader.
A check outside a task shows its own row: use it where nothing is graded.

Give each answer as a function of no arguments, ``lambda: share``: the check can then tell kindly that ``share`` is
not there yet, and the checks after it still run.

Examples
--------
>>> from siru_course import checks, use_language
>>> use_language("en")
>>> share, largest = 0.52, "civil"
>>> with checks.task("1 Who came", points=5) as task:
...     _ = checks.number("Share of women", lambda: share, 0.6, points=3)
...     _ = checks.choice("Largest sector", lambda: largest, "civil", options=["public", "civil"], points=2)
1 Who came
✗ Share of women: not met. You have 0.52. Read the task once more and look at the cell above.
✓ Largest sector: met.
Points: 2 of 5.
>>> task.score
2
"""

from __future__ import annotations

from ._checks.answers import Unreadable
from ._checks.many import choices, ranking, table
from ._checks.report import Row
from ._checks.single import choice, number, text, true
from ._checks.task import Hints, Task, task

__all__ = [
    "Hints",
    "Row",
    "Task",
    "Unreadable",
    "choice",
    "choices",
    "number",
    "ranking",
    "table",
    "task",
    "text",
    "true",
]
