"""The gradebook as it stands: who has which points, read in a handful of queries whatever the size of the class."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siru_course.language import LANGUAGES
from siru_course.language import gettext as _

from ._class import class_directory
from ._server import demand
from .directory import CONFIG, LANGUAGE_FILE, resolve

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

# A graded cell: the notebook's name without its ending, and the cell's grade_id.
Key = tuple[str, str]


@dataclass
class Scored:
    """A submission in the gradebook.

    Parameters
    ----------
    student
        The student's id.
    first, last, email, lms_id
        What the roster says; empty when it says nothing.
    points
        The points of each graded cell, extra credit left out; a cell that waits for a person is not among them.
    auto, manual
        Points given by tests, and by a person (extra credit included).
    penalty
        Points taken for handing in late.
    waiting
        The cells that wait for a person to mark them.
    flagged
        Whether something waits for a person to look at.
    submitted
        When it was handed in, in UTC.
    """

    student: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms_id: str = ""
    points: dict[Key, float] = field(default_factory=dict)
    auto: float = 0.0
    manual: float = 0.0
    penalty: float = 0.0
    waiting: set[Key] = field(default_factory=set)
    flagged: bool = False
    submitted: datetime | None = None
    graded: bool = False

    @property
    def score(self) -> float:
        """The points after the penalty for handing in late; never below 0."""
        return max(0.0, self.auto + self.manual - self.penalty)

    @property
    def to_mark(self) -> bool:
        """Whether something waits for a person to mark it."""
        return bool(self.waiting)

    @property
    def name(self) -> str:
        """First and last name, or the id where there is no name."""
        return f"{self.first} {self.last}".strip() or self.student


@dataclass(frozen=True)
class Scores:
    """An assignment in the gradebook.

    Parameters
    ----------
    assignment
        Its name.
    most
        The points each graded cell is worth.
    submissions
        The submissions, by the student's id.
    without
        The students of the gradebook who have none.
    """

    assignment: str
    most: dict[Key, float]
    submissions: list[Scored]
    without: list[Scored]

    @property
    def total(self) -> float:
        """The points of the whole assignment."""
        return sum(self.most.values())


def class_folder(folder: Path) -> tuple[Path, str]:
    """Check that a folder is a class directory; give it, and its language.

    Raises
    ------
    ValueError
        If it is none.
    """
    folder = class_directory(folder)
    code = (folder / LANGUAGE_FILE).read_text(encoding="utf-8").strip()
    return folder, code if code in LANGUAGES else "en"


def assignments(folder: Path) -> list[str]:
    """Name the assignments that the gradebook knows."""
    with _gradebook(folder) as gradebook:
        return sorted(assignment.name for assignment in gradebook.assignments)


def scores(folder: Path, assignment: str) -> Scores:
    """Read an assignment from the gradebook.

    Raises
    ------
    ValueError
        If there is no gradebook, it cannot be read, or it does not know the assignment.
    """
    from nbgrader import api

    with _gradebook(folder) as gradebook:
        name = resolve(assignment, sorted(found.name for found in gradebook.assignments))
        ask = gradebook.db.query
        most = {
            (notebook, cell): float(points or 0)
            for kind in (api.GradeCell, api.TaskCell)
            for notebook, cell, points in ask(api.Notebook.name, kind.name, kind.max_score)
            .join(kind, kind.notebook_id == api.Notebook.id)
            .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
            .filter(api.Assignment.name == name)
        }
        found = {
            submission: _scored(student, timestamp)
            for submission, timestamp, student in ask(
                api.SubmittedAssignment.id, api.SubmittedAssignment.timestamp, api.Student
            )
            .join(api.Student, api.Student.id == api.SubmittedAssignment.student_id)
            .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
            .filter(api.Assignment.name == name)
        }
        books = ask(api.SubmittedNotebook, api.Notebook.name).join(
            api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id
        )
        owner: dict[str, tuple[Scored, str]] = {}
        for book, notebook in books:
            if scored := found.get(book.assignment_id):
                owner[book.id] = scored, notebook
                scored.flagged |= bool(book.flagged)
                scored.penalty += book.late_submission_penalty or 0.0
        grades = (
            ask(api.Grade, api.BaseCell.name)
            .join(api.BaseCell, api.BaseCell.id == api.Grade.cell_id)
            .join(api.Notebook, api.Notebook.id == api.BaseCell.notebook_id)
            .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
            .filter(api.Assignment.name == name)
        )
        for grade, cell in grades:
            if grade.notebook_id in owner:
                scored, notebook = owner[grade.notebook_id]
                _add(scored, (notebook, cell), grade)
        have = {scored.student for scored in found.values()}
        without = [_scored(student) for student in ask(api.Student) if student.id not in have]
    by_id = attrgetter("student")
    return Scores(name, most, sorted(found.values(), key=by_id), sorted(without, key=by_id))


def _scored(student: Any, submitted: datetime | None = None) -> Scored:
    names = student.first_name or "", student.last_name or ""
    return Scored(student.id, *names, student.email or "", student.lms_user_id or "", submitted=submitted)


def _add(scored: Scored, key: Key, grade: Any) -> None:
    """Count one grade as nbgrader does: a person's points go before the tests', and extra credit is added to them."""
    scored.graded = True
    if grade.needs_manual_grade:
        scored.waiting.add(key)
    if grade.manual_score is None and grade.auto_score is None:
        return
    extra = float(grade.extra_credit or 0)
    given = float(grade.auto_score if grade.manual_score is None else grade.manual_score)
    if grade.manual_score is None:
        scored.auto += given
        scored.manual += extra
    else:
        scored.manual += given + extra
    if not grade.needs_manual_grade:
        scored.points[key] = given


@contextmanager
def _gradebook(folder: Path) -> Iterator[Gradebook]:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config: Any = Config()
    config.merge(PyFileConfigLoader(CONFIG, path=str(folder)).load_config())
    config.CourseDirectory.root = str(folder)
    course = CourseDirectory(config=config)
    address = str(course.db_url)
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).is_file():
        # nbgrader would make an empty one.
        raise ValueError(_("There is no gradebook in {folder}: nothing has been graded yet.").format(folder=folder))
    demand(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader uses it
        try:
            with Gradebook(address, course_id=course.course_id) as gradebook:
                yield gradebook
        except SQLAlchemyError as error:
            raise ValueError(
                _("The gradebook of {folder} cannot be read ({kind}). Restore it from a copy.").format(
                    folder=folder, kind=type(error).__name__
                )
            ) from error
