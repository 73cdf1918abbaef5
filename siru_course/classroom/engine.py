"""The seam to nbgrader: release, grade, and feedback.

Thin on purpose. Scores, gradebook and file layout are nbgrader's own; whatever makes grading faster or safer goes
behind these functions, and nothing else in the course calls nbgrader.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from siru_course.language import gettext as _
from siru_course.language import number

from .directory import CONFIG, LANGUAGE_FILE, resolve

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI


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
    """

    student: str
    score: float | None = None
    most: float | None = None
    to_mark: bool = False
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.student}: {self.problem}"
        points = _("{score} of {most} points").format(score=number(self.score or 0, 1), most=number(self.most or 0, 0))
        left = _("manual tasks left to mark")
        return f"{self.student}: {points}" + (f" ({left})" if self.to_mark else "")


def release(folder: Path, assignment: str) -> Path:
    """Make the students' version of an assignment and give its folder.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown, or nbgrader refuses its source.
    """
    with _class(folder) as api:
        name = resolve(assignment, api.get_source_assignments())
        result = api.generate_assignment(name, force=True, create=True)
        _demand(result, _("{name} could not be released.").format(name=name))
        return Path(api.coursedir.format_path(api.coursedir.release_directory, ".", name))


def grade(
    folder: Path,
    assignment: str,
    students: Iterable[str] = (),
    planned: Callable[[int], None] = lambda total: None,
) -> Iterator[Graded]:
    """Grade submissions, and give how each ended as soon as it has.

    One that cannot be graded is told about, and the rest go on.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment.
    students
        Only these; everybody who handed something in when empty.
    planned
        Called once with how many there are to grade.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown or not released, or nobody handed it in.
    """
    with _class(folder) as api:
        name = resolve(assignment, api.get_source_assignments())
        if name not in api.get_released_assignments() and not _in_gradebook(api, name):
            raise ValueError(
                _("{name} has not been released. Run: siru class release {name} --in {folder}").format(
                    name=name, folder=folder
                )
            )
        handed_in = sorted(path.parent.name for path in (Path(api.coursedir.root) / "submitted").glob(f"*/{name}"))
        for student in students:
            if student not in handed_in:
                raise ValueError(_("There is no folder submitted/{student}/{name}.").format(student=student, name=name))
        chosen = list(students) or handed_in
        if not chosen:
            raise ValueError(
                _("Nothing has been handed in: there is no folder submitted/<student>/{name}.").format(name=name)
            )
        planned(len(chosen))
        for student in chosen:
            yield _grade_one(api, name, student)


def feedback(folder: Path, assignment: str) -> list[Path]:
    """Write the feedback of every graded submission, and give the pages.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown, or nothing of it has been graded.
    """
    with _class(folder) as api:
        name = resolve(assignment, api.get_source_assignments())
        graded = api.get_autograded_students(name)
        if not graded:
            raise ValueError(
                _("Nothing of {name} has been graded. Run: siru class grade {name} --in {folder}").format(
                    name=name, folder=folder
                )
            )
        _demand(api.generate_feedback(name, force=True), _("The feedback could not be written."))
        return sorted((Path(api.coursedir.root) / "feedback").glob(f"*/{name}/*.html"))


def _grade_one(api: NbGraderAPI, name: str, student: str) -> Graded:
    if problem := _unreadable(Path(api.coursedir.root), name, student):
        return Graded(student, problem=problem)
    result = api.autograde(name, student, force=True, create=True)
    if not result["success"]:
        return Graded(student, problem=_why(result))
    submission = api.get_submission(name, student)
    return Graded(
        student,
        score=float(submission["score"]),
        most=float(submission["max_score"]),
        to_mark=bool(submission["needs_manual_grade"]),
    )


def _unreadable(root: Path, name: str, student: str) -> str:
    """Say what is wrong with the notebooks of a submission before nbgrader meets them; empty when nothing is."""
    for source in sorted((root / "source" / name).glob("*.ipynb")):
        path = root / "submitted" / student / name / source.name
        if not path.is_file():
            return _("There is no {file}. Ask for it, or rename the notebook that is there.").format(file=path)
        try:
            nbformat.read(path, as_version=4)
        except (OSError, ValueError, AttributeError, KeyError, nbformat.ValidationError):
            return _("{file} cannot be read as a notebook. Ask for a new copy.").format(file=path)
    return ""


@contextmanager
def _class(folder: Path) -> Iterator[NbGraderAPI]:
    """Open a class directory; nbgrader reads files beside the current folder, so that is where it works."""
    folder = folder.resolve()
    if not (folder / CONFIG).is_file() or not (folder / LANGUAGE_FILE).is_file():
        raise ValueError(
            _("{folder} is not a class directory. Make one with: siru class new {folder}").format(folder=folder)
        )
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    before = Path.cwd()
    with _surroundings(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader uses it
        os.chdir(folder)
        config: Any = Config()
        config.merge(PyFileConfigLoader(CONFIG, path=str(folder)).load_config())
        config.CourseDirectory.root = str(folder)
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        # The log is caught in what nbgrader returns; the terminal is for what the teacher asked about.
        api.log.handlers, api.log.propagate = [], False
        api.log.setLevel(logging.INFO)
        try:
            yield api
        finally:
            os.chdir(before)


@contextmanager
def _surroundings() -> Iterator[None]:
    """Give nbgrader and its kernels what they need, and nothing of the teacher's own settings."""
    before = os.environ.copy()
    with tempfile.TemporaryDirectory() as home:
        profile = Path(home) / "profile_default"
        profile.mkdir()
        # ipykernel warns at each start that it talks over TCP; the talk stays on this machine.
        (profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n", encoding="utf-8")
        # nbgrader starts alembic, which stands beside this Python, whether its environment is activated or not.
        here = str(Path(sys.executable).parent)
        os.environ.update(IPYTHONDIR=home, PATH=os.pathsep.join([here, before.get("PATH", "")]))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _in_gradebook(api: NbGraderAPI, name: str) -> bool:
    with api.gradebook as gradebook:
        return name in [assignment.name for assignment in gradebook.assignments]


def _demand(result: dict[str, Any], sentence: str) -> None:
    if not result["success"]:
        raise ValueError(f"{sentence} {_why(result)}")


def _why(result: dict[str, Any]) -> str:
    """Find the sentence that says why in what nbgrader returns: the last exception of a traceback."""
    lines = [line.strip() for line in f"{result.get('log', '')}\n{result.get('error', '')}".splitlines()]
    exceptions = [line for line in lines if re.match(r"[\w.]+(?:Error|Exception|Failed|Timeout)\b.*: ", line)]
    told = [line for line in exceptions if "above traceback" not in line] or [line for line in lines if line]
    return told[-1] if told else _("nbgrader gave no reason.")
