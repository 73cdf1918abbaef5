"""The things that marking deals in: an answer in the queue, what is entered about it, and how far one has come."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from siru_course.language import gettext as _
from siru_course.language import number

STEP = 0.5


class MarkedMeanwhileError(ValueError):
    """Somebody else has marked the answer since it was opened; nothing has been changed."""


@dataclass(frozen=True)
class Answer:
    """An answer in the queue.

    Parameters
    ----------
    key
        What it is called in the files of marking; the student's id cannot be read from it.
    number
        Its place among the answers, from 1.
    to_mark
        Whether it waits for somebody to mark it.
    points
        The points it has been given; ``None`` before that.
    """

    key: str
    number: int
    to_mark: bool
    points: float | None


@dataclass(frozen=True)
class Draft:
    """What a marker has entered: points by criterion, the total as it is typed, and the comment."""

    rubric: Mapping[str, float] = field(default_factory=dict)
    points: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Sheet:
    """An answer that is open.

    Parameters
    ----------
    task
        The task's name.
    answer
        Which answer, and what the gradebook held when it was opened.
    html
        What the student has written, with nothing in it that runs.
    entered
        What was entered before: a draft, or the marks in the gradebook.
    comment
        The comment in the gradebook.
    """

    task: str
    answer: Answer
    html: str
    entered: Draft
    comment: str


@dataclass(frozen=True)
class Summary:
    """How the marking of a task stands.

    Parameters
    ----------
    points
        The points that have been given, from low to high.
    left
        How many answers wait.
    empty
        How many handed in the task untouched; nbgrader gives them 0 points.
    markers
        Who has marked, how many answers, and their mean in points.
    """

    points: tuple[float, ...]
    left: int
    empty: int
    markers: tuple[tuple[str, int, float], ...]


def read_points(text: str, most: float) -> float:
    """Read points as they are typed, with a decimal point or comma.

    Raises
    ------
    ValueError
        If they are no number from 0 to `most` in steps of a half.

    Examples
    --------
    >>> read_points("9,5", 15)
    9.5
    """
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= most or (points / STEP) % 1:
        message = _("The points are {value!r}; write a number from 0 to {most}, in steps of a half.")
        raise ValueError(message.format(value=text.strip(), most=written(most)))
    return points


def written(points: float) -> str:
    """Write points without decimals where there are none.

    Examples
    --------
    >>> written(9.0), written(9.5)
    ('9', '9.5')
    """
    return number(points, 0 if points.is_integer() else 1)


def rubric_text(rubric: Mapping[str, float]) -> str:
    """Write points by criterion in one cell of a file."""
    return json.dumps(dict(rubric), ensure_ascii=False) if rubric else ""


def read_rubric(text: str) -> dict[str, float]:
    """Read what :func:`rubric_text` has written; nothing, where somebody has written something else in the file.

    Examples
    --------
    >>> read_rubric(rubric_text({"need": 2.0}))
    {'need': 2.0}
    """
    try:
        return {str(name): float(value) for name, value in json.loads(text or "{}").items()}
    except (ValueError, AttributeError, TypeError):
        return {}
