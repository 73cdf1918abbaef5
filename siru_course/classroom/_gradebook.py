"""nbgrader's gradebook with one connection a process, a few queries a notebook, and one transaction to save it.

nbgrader opens its database nine times for a submission, looks each grade up by itself, and commits thirty times.
Here the same objects are read and written through the same methods, so that what is saved is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ClassVar

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

WAIT_SECONDS = 60
"""How long a writer waits for another one before it gives up."""


class _Session(Session):
    """A session in which nbgrader's many commits wait; :meth:`save` commits, and a query writes first what it needs."""

    def commit(self) -> None:
        pass

    def save(self) -> None:
        super().commit()


@dataclass
class _Shared:
    """What all openings of one database in this process share."""

    engine: Any
    db: _Session
    cells: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    rows: dict[tuple[type, str, str, str], dict[str, Any]] = field(default_factory=dict)
    courses: set[str] = field(default_factory=set)


class SharedGradebook(Gradebook):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's gradebook, opened once a process; the database exists already.

    Parameters
    ----------
    db_url, course_id, authenticator
        As in :class:`nbgrader.api.Gradebook`.
    """

    _open: ClassVar[dict[str, _Shared]] = {}

    def __init__(self, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
        if db_url not in self._open:
            waiting = {"connect_args": {"timeout": WAIT_SECONDS}} if db_url.startswith("sqlite") else {}
            engine = create_engine(db_url, **waiting)
            # What was read stays readable after a save: cells of the source are kept for the next submission.
            self._open[db_url] = _Shared(engine, _Session(bind=engine, expire_on_commit=False))
        self.shared = self._open[db_url]
        self.engine, self.db = self.shared.engine, self.shared.db
        self.course_id, self.authenticator = course_id, authenticator
        if course_id not in self.shared.courses:
            self.check_course(course_id=course_id)
            self.shared.courses.add(course_id)

    def close(self) -> None:
        """Leave the connection open for the next one who asks."""

    @classmethod
    def abandon(cls, db_url: str) -> None:
        """Close the connection, whatever state it is in; the next one who asks gets a new one."""
        shared = cls._open.pop(db_url, None)
        if shared is not None:
            shared.db.invalidate()
            shared.engine.dispose()

    def save(self) -> None:
        """Commit what has been written since the last save."""
        self.db.save()

    def forget(self) -> None:
        """Undo what was not saved, and read everything about submissions anew."""
        # Taken out before the rollback, which would make the kept cells of the source unreadable.
        self.db.expunge_all()
        self.db.rollback()
        self.shared.rows.clear()

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Any:
        """Find a cell of the source, as nbgrader does."""
        return self._cell(name, notebook, assignment)[0]

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Any:
        """Find a cell that gives points, as nbgrader does."""
        found = self._cell(name, notebook, assignment)[1]
        if found is None:
            raise MissingEntry(f"No such grade cell: {assignment}/{notebook}/{name}")
        return found

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Any:
        """Find a student's grade of a cell, as nbgrader does."""
        return self._row(Grade, grade_cell, notebook, assignment, student)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Any:
        """Find a student's comment on a cell, as nbgrader does."""
        return self._row(Comment, solution_cell, notebook, assignment, student)

    def _cell(self, name: str, notebook: str, assignment: str) -> tuple[Any, Any]:
        key = (assignment, notebook)
        if key not in self.shared.cells:
            at = self.find_notebook(notebook, assignment).id
            graded = {
                cell.name: cell
                for kind in (TaskCell, GradeCell)
                for cell in self.db.query(kind).filter(kind.notebook_id == at)
            }
            self.shared.cells[key] = {
                cell.name: (cell, graded.get(cell.name))
                for cell in self.db.query(SourceCell).filter(SourceCell.notebook_id == at)
            }
        try:
            return self.shared.cells[key][name]
        except KeyError:
            raise MissingEntry(f"No such source cell: {assignment}/{notebook}/{name}") from None

    def _row(self, kind: type, name: str, notebook: str, assignment: str, student: str) -> Any:
        key = (kind, notebook, assignment, student)
        if key not in self.shared.rows:
            submitted = self.find_submission_notebook(notebook, assignment, student)
            kinds = (TaskCell, GradeCell) if kind is Grade else (TaskCell, SolutionCell)
            cells = {
                cell.id: cell.name
                for cell in self.db.query(BaseCell).filter(BaseCell.notebook_id == submitted.notebook_id)
                if isinstance(cell, kinds)
            }
            # By cell and notebook: for that pair the database has an index.
            wanted: Any = kind
            rows = self.db.query(wanted).filter(wanted.cell_id.in_(cells), wanted.notebook_id == submitted.id)
            self.shared.rows[key] = {cells[row.cell_id]: row for row in rows}
        try:
            return self.shared.rows[key][name]
        except KeyError:
            raise MissingEntry(f"No such {kind.__name__}: {assignment}/{notebook}/{name} for {student}") from None


@dataclass(frozen=True)
class Result:
    """What the gradebook says of a submission.

    Parameters
    ----------
    score, most
        The points so far, less what being late costs, and the most there are.
    to_mark
        Whether tasks are left that a person marks.
    unscored
        Cells that a machine scores and that have no score: there must be none.
    """

    score: float
    most: float
    to_mark: bool
    unscored: tuple[str, ...]


def result(gradebook: Gradebook, assignment: str, student: str, scored: Iterable[tuple[str, str]]) -> Result:
    """Read what the gradebook says of a submission; `scored` are the notebook and name of each automatic cell."""
    submission = gradebook.find_submission(assignment, student)
    score, most, to_mark, late, without = 0.0, 0.0, False, 0.0, set()
    for submitted in submission.notebooks:
        late += submitted.late_submission_penalty or 0
        cells = {
            cell: (name, points)
            for kind in (GradeCell, TaskCell)
            for cell, name, points in gradebook.db.query(kind.id, kind.name, kind.max_score).filter(
                kind.notebook_id == submitted.notebook_id
            )
        }
        asked = (Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
        for cell, auto, manual, extra, needs in gradebook.db.query(*asked).filter(Grade.notebook_id == submitted.id):
            given = auto if manual is None else manual
            score += 0.0 if given is None else given + (extra or 0.0)
            most += cells[cell][1]
            to_mark = to_mark or bool(needs)
            if auto is None:
                without.add((submitted.name, cells[cell][0]))
    unscored = tuple(f"{notebook}/{name}" for notebook, name in scored if (notebook, name) in without)
    return Result(max(0.0, score - late), most, to_mark, unscored)


def whole(gradebook: Gradebook, assignment: str, scored: Iterable[tuple[str, str]]) -> set[str]:
    """Find the students whose submission of an assignment has a score in every automatic cell."""
    automatic = set(scored)
    students: set[str] = set()
    without: set[str] = set()
    for notebook in gradebook.find_assignment(assignment).notebooks:
        cells = {
            cell.id
            for cell in gradebook.db.query(BaseCell).filter(BaseCell.notebook_id == notebook.id)
            if (notebook.name, cell.name) in automatic and isinstance(cell, GradeCell)
        }
        submitted = {row.id: row.student.id for row in notebook.submissions}
        students |= set(submitted.values())
        rows = gradebook.db.query(Grade.notebook_id).filter(Grade.cell_id.in_(cells), Grade.auto_score.is_(None))
        without |= {submitted[at] for (at,) in rows if at in submitted}
    return students - without


def flag(gradebook: Gradebook, assignment: str, student: str, notebook: str) -> None:
    """Set nbgrader's own flag on a submitted notebook; formgrader shows it."""
    gradebook.find_submission_notebook(notebook, assignment, student).flagged = True


def use_in(modules: Iterable[ModuleType]) -> None:
    """Let parts of nbgrader open the shared gradebook, in a process that does nothing but grade."""
    opener: Callable[..., Gradebook] = SharedGradebook
    for module in modules:
        vars(module)["Gradebook"] = opener
