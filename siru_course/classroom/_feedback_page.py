"""The page of feedback as HTML: what is on it, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from siru_course.language import gettext as _
from siru_course.language import language, number

from ._feedback_checks import Check
from ._feedback_notebook import OwnCell, code_in

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class TaskResult:
    """How one task went.

    Parameters
    ----------
    name
        The name of its graded cell.
    title
        Its heading in the notebook.
    score, most
        The points so far and the most there are.
    marked
        Whether the points are final; ``False`` while a person has yet to mark it.
    written
        Whether a person marks it, rather than a check.
    checks
        What the visible checks found.
    remarks
        Sentences about the task as a whole.
    comments
        The teacher's comments, as clean HTML.
    cells
        What the student wrote.
    """

    name: str
    title: str
    score: float
    most: float
    marked: bool
    written: bool = False
    checks: tuple[Check, ...] = ()
    remarks: tuple[str, ...] = ()
    comments: tuple[Markup, ...] = ()
    cells: tuple[OwnCell, ...] = ()


@dataclass(frozen=True)
class FeedbackPage:
    """The feedback on one notebook of one student.

    Parameters
    ----------
    title
        The notebook's own first heading.
    student
        Who handed it in.
    score, most
        The points so far, before `penalty`, and the most there are.
    penalty
        The points that are taken off for handing in late.
    tasks
        How each task went, in the order of the notebook.
    """

    title: str
    student: str
    score: float
    most: float
    penalty: float
    tasks: tuple[TaskResult, ...]


def render(page: FeedbackPage) -> str:
    """Write a page in the language in use, as one file that loads nothing and runs nothing.

    Examples
    --------
    >>> from siru_course import use_language
    >>> use_language("en")
    >>> html = render(FeedbackPage("Exercise 5", "Ada", 7.5, 10, 0, ()))
    >>> "7.5 of 10 points" in html, "<script" in html
    (True, False)
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("feedback.html").render(
        page=page,
        waiting=[task for task in page.tasks if not task.marked],
        language=language(),
        words=_words(),
        results={"met": ("✓", _("Met")), "partly": ("◐", _("Partly met")), "not": ("✗", _("Not met"))},
        late=_("Handed in late: {points} points are taken off.").format(points=plain(page.penalty)),
        points=points,
        plain=plain,
        code_in=code_in,
    )


def plain(value: float) -> str:
    """Write points without decimals that say nothing.

    Examples
    --------
    >>> plain(7.0), plain(7.5)
    ('7', '7.5')
    """
    return number(value, 0 if float(value).is_integer() else 1 if float(value * 10).is_integer() else 2)


def points(score: float, most: float) -> str:
    """Say how many points of how many."""
    return _("{score} of {most} points").format(score=plain(score), most=plain(most))


def _words() -> dict[str, str]:
    return {
        "feedback": _("Feedback"),
        "student": _("Student"),
        "points": _("Points"),
        "so_far": _("Points so far"),
        "task": _("Task"),
        "waiting": _("Not marked yet"),
        "waiting_task": _("Not marked yet: your teacher reads this."),
        "comment": _("Your teacher's comment"),
        "your_answer": _("Your answer"),
        "your_code": _("Your code and what it showed"),
        "top": _("All tasks"),
    }
