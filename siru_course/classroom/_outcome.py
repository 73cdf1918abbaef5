"""How grading one submission ended."""

from __future__ import annotations

from dataclasses import dataclass

from siru_course.language import gettext as _
from siru_course.language import number


@dataclass(frozen=True)
class Graded:
    """How grading one submission ended.

    Parameters
    ----------
    student
        The student's id: the name of the folder in ``submitted``.
    score, most
        The points so far and the most there are, manual tasks included; ``None`` when grading failed.
    to_mark
        Whether tasks are left that a person marks.
    problem
        What went wrong, and what to do; empty when nothing did.
    flags
        Sentences for the teacher: what was repaired or cut, and what should be looked at. They cost no points.
    state
        ``"graded"``, ``"unchanged"`` (graded before, and nothing is new), ``"planned"`` (it would be graded) or
        ``"failed"``.

    Examples
    --------
    >>> print(Graded("ada", 61.5, 100, to_mark=True))
    ada: 61.5 of 100 points (manual tasks left to mark)
    """

    student: str
    score: float | None = None
    most: float | None = None
    to_mark: bool = False
    problem: str = ""
    flags: tuple[str, ...] = ()
    state: str = "graded"

    def __str__(self) -> str:
        if self.problem:
            return f"{self.student}: {self.problem}"
        if self.score is None or self.most is None:
            return _("{student}: to be graded").format(student=self.student)
        points = _("{score} of {most} points").format(score=number(self.score, 1), most=number(self.most, 0))
        left = _("manual tasks left to mark")
        return f"{self.student}: {points}" + (f" ({left})" if self.to_mark else "")


def ended(student: str) -> Graded:
    """Tell that what grades ended twice while it had this submission in hand."""
    problem = _(
        "The program that grades ended twice while grading this. Grade it alone, with --student, and look at what the "
        "notebook does."
    )
    return Graded(student, problem=problem, state="failed")
