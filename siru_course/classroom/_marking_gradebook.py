"""The side of marking that knows whose an answer is: nbgrader's gradebook, and the graded notebooks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from siru_course._files import typed
from siru_course.language import gettext as _

from ._marking_scheme import Task, read_task
from ._marking_shown import answer_html
from ._server import demand
from .directory import CONFIG

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

_UNREADABLE = (OSError, ValueError, AttributeError, KeyError)


@dataclass(frozen=True)
class Grade:
    """What the gradebook holds about an answer.

    Parameters
    ----------
    id
        nbgrader's own.
    student
        The student's id.
    auto, manual
        The points that a machine and a person have given.
    to_mark
        Whether it waits for a person.
    """

    id: str
    student: str
    auto: float | None
    manual: float | None
    to_mark: bool

    @property
    def untouched(self) -> bool:
        """Whether nothing was answered, so that nbgrader has given 0 points by itself and nobody has looked at it."""
        return self.auto is not None and self.manual is None and not self.to_mark


class Book:
    """The gradebook of a class, for one assignment.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        The assignment's whole name.
    """

    def __init__(self, folder: Path, assignment: str) -> None:
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import Config
        from traitlets.config.loader import PyFileConfigLoader

        self.folder, self.assignment = folder, assignment
        config: Any = Config()
        config.merge(PyFileConfigLoader(CONFIG, path=str(folder)).load_config())
        config.CourseDirectory.root = str(folder)
        self._course = CourseDirectory(config=config)

    def tasks(self) -> Iterator[Task]:
        """Find the tasks that a person marks, in the order of the source.

        Raises
        ------
        ValueError
            If nothing of the assignment has been graded.
        """
        found = []
        with self._open() as gradebook:
            if self.assignment not in [assignment.name for assignment in gradebook.assignments]:
                raise self._ungraded()
            for notebook in gradebook.find_assignment(self.assignment).notebooks:
                solutions = {cell.name for cell in notebook.solution_cells}
                manual = [cell for cell in notebook.grade_cells if cell.name in solutions] + list(notebook.task_cells)
                found.append((notebook.name, {cell.name: float(cell.max_score) for cell in manual}))
        for name, points in sorted(found):
            try:
                cells = self._read(self._course.source_directory, ".", name)
            except _UNREADABLE:
                # The gradebook is enough to mark by; the source adds what the task asked.
                cells = []
            places = {cell.metadata.get("nbgrader", {}).get("grade_id"): place for place, cell in enumerate(cells)}
            for cell in sorted(points, key=lambda cell: (places.get(cell, len(cells)), cell)):
                yield read_task(name, cell, points[cell], cells)

    def grades(self, task: Task) -> list[Grade]:
        """List what the gradebook holds about each answer to a task."""
        from nbgrader import api

        with self._open() as gradebook:
            cell = gradebook.find_graded_cell(task.cell, task.notebook, self.assignment)
            found = (
                gradebook.db.query(
                    api.Grade.id,
                    api.SubmittedAssignment.student_id,
                    api.Grade.auto_score,
                    api.Grade.manual_score,
                    api.Grade.needs_manual_grade,
                )
                .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
                .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
                .filter(api.Grade.cell_id == cell.id)
                .all()
            )
        return [Grade(*row) for row in found]

    def comment(self, task: Task, student: str) -> str:
        """Give what a person has written to a student about a task."""
        with self._open() as gradebook:
            return self._row(gradebook, task, student).manual_comment or ""

    def shown(self, task: Task, student: str) -> str:
        """Give a student's answer as HTML, with nothing in it that runs or says whose it is.

        Raises
        ------
        ValueError
            If the graded notebook cannot be read.
        """
        try:
            cells = self._read(self._course.autograded_directory, student, task.notebook)
        except _UNREADABLE:
            # The error would tell the path, and so who it is.
            raise ValueError(_("The graded notebook with this answer cannot be read. Grade it again.")) from None
        with self._open() as gradebook:
            known = gradebook.find_student(student)
            owner = (known.id, known.first_name or "", known.last_name or "", known.email or "")
        return answer_html(cells, task.cell, owner)

    def put(self, task: Task, seen: Grade, seen_comment: str, points: float, comment: str) -> bool:
        """Write points and comment, if the gradebook still holds what was seen; tells whether it did.

        Raises
        ------
        ValueError
            If the gradebook cannot be written now.
        """
        from nbgrader import api

        score = api.Grade.manual_score
        with self._open() as gradebook:
            # One statement that compares and sets: two who save at the same moment cannot both succeed.
            changed = (
                gradebook.db.query(api.Grade)
                .filter(api.Grade.id == seen.id, api.Grade.needs_manual_grade == seen.to_mark)
                .filter(score.is_(None) if seen.manual is None else score == seen.manual)
                .update({"manual_score": points, "needs_manual_grade": False}, synchronize_session=False)
            )
            row = self._row(gradebook, task, seen.student)
            if changed != 1 or (row.manual_comment or "") != seen_comment:
                gradebook.db.rollback()
                return False
            row.manual_comment = comment or None
            gradebook.db.commit()
        return True

    def _row(self, gradebook: Gradebook, task: Task, student: str) -> Any:
        return gradebook.find_comment(task.cell, task.notebook, self.assignment, student)

    def _read(self, step: str, student: str, notebook: str) -> list[Any]:
        folder = Path(self._course.format_path(step, student, self.assignment))
        return list(nbformat.read(folder / f"{notebook}.ipynb", as_version=4).cells)

    @contextmanager
    def _open(self) -> Iterator[Gradebook]:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import OperationalError

        url = self._course.db_url
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            raise self._ungraded()
        demand(url)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader uses it
            try:
                with Gradebook(url, self._course.course_id) as gradebook:
                    yield gradebook
            except OperationalError as error:
                message = _("The gradebook cannot be used now, perhaps because grading is going on. Try again soon.")
                raise ValueError(message) from error

    def _ungraded(self) -> ValueError:
        message = _("Nothing of {name} has been graded. Run: siru class grade {name} --in {folder}")
        return ValueError(message.format(name=self.assignment, folder=typed(self.folder)))
