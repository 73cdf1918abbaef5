"""Grade one submission: look, repair, convert with nbgrader, check, and only then show it as graded."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader import preprocessors as steps
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError

from siru_course._files import replace_file
from siru_course.language import gettext as _

from . import _gradebook as book
from ._execute import Ran, Report, Runs, SandboxExecute
from ._journal import Journal, key
from ._master import Master
from ._outcome import Graded
from ._preflight import RefusedError, Submission, fingerprint, read_submission
from ._repair import repair
from ._schema import check_once
from ._server import problem
from .directory import CONFIG
from .engine import _why

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI


STAGES = Path(".siru", "grading")
"""Where submissions lie while they are graded, in the class directory."""

_SIGNS = "*?[]{}\\"
_CODE = {".egg", ".ipy", ".pth", ".py", ".pyc", ".pyd", ".pyw", ".so", ".zip"}
_THAT_SAVE = (steps.SaveAutoGrades, steps.OverwriteCells, steps.OverwriteKernelspec, steps.AssignLatePenalties)


@dataclass(frozen=True)
class Task:
    """What is graded: the class directory, the assignment, its master copy and the digest of that."""

    root: Path
    assignment: str
    master: Master
    version: str

    @property
    def scored(self) -> tuple[tuple[str, str], ...]:
        """The cells that a machine scores, as notebook and name."""
        return tuple((notebook, cell.name) for notebook, cells in self.master.items() for cell in cells if cell.scored)

    def key(self, student: str, submitted: Path) -> str:
        """Give the digest of what a student's grade depends on now."""
        return key(f"{student}\0{fingerprint(submitted)}", self.version, self.root / CONFIG)


class Grader:
    """Grades submissions one after the other, in a process that does nothing else.

    Parameters
    ----------
    api
        nbgrader, opened on the class directory.
    task
        What is graded.
    runs
        Runs a notebook.
    """

    def __init__(self, api: NbGraderAPI, task: Task, runs: Runs) -> None:
        self.api, self.task, self.runs = api, task, runs
        self.journal = Journal(task.root, task.assignment)
        book.use_in([sys.modules[part.__module__] for part in (Autograde, *_THAT_SAVE)])
        check_once()

    def grade(self, student: str) -> Graded:
        """Grade a submission; a problem with it is told in what is given back.

        Raises
        ------
        LostError
            If what ran the notebook ended meanwhile; nothing is saved.
        """
        try:
            return self._grade(student)
        except RefusedError as refused:
            return Graded(student, problem=str(refused), state="failed")
        except OSError as error:
            place = error.filename or self.task.root
            told = _("{place}: {error}. Make room or give yourself the right to write there, and grade again.")
            return Graded(student, problem=told.format(place=place, error=error.strerror), state="failed")
        except SQLAlchemyError as error:
            told = self._without_gradebook(error)
            self.close()
            return Graded(student, problem=told, state="failed")

    def close(self) -> None:
        """Close the gradebook."""
        book.SharedGradebook.abandon(self.api.coursedir.db_url)

    def _without_gradebook(self, error: Exception) -> str:
        """Say that the gradebook cannot be used."""
        told = _("The gradebook cannot be used now ({kind}). Grade again when it can.")
        return problem(self.api.coursedir.db_url) or told.format(kind=type(error).__name__)

    def _grade(self, student: str) -> Graded:
        assignment = self.task.assignment
        submitted = self._place(self.api.coursedir.submitted_directory, student)
        if set(student) & set(_SIGNS) or not student.isprintable():
            folder = "".join(
                sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(submitted.parent)
            )
            raise RefusedError(
                _(
                    "{folder}: rename the folder with letters and digits; nbgrader cannot work with {signs}, or with "
                    "signs that cannot be shown."
                ).format(folder=folder, signs=" ".join(_SIGNS))
            )
        key = self.task.key(student, submitted)
        submission = read_submission(submitted, self.task.master)
        notes = list(submission.notes)
        for name, notebook in submission.notebooks.items():
            notes += repair(notebook, self.task.master[name])
        # A name of its own: nbgrader reads these folders' names as a pattern, in which "+" or "(" has a meaning.
        stage = self.task.root / STAGES / hashlib.sha256(f"{assignment}/{student}".encode()).hexdigest()[:16]
        shutil.rmtree(stage, ignore_errors=True)
        try:
            _lay_out(submission, stage / "submitted" / student / assignment)
            report = Report()
            self._convert(student, stage, report)
            self._look_beside(submission, report)
            result = self._save(student, report)
            self._publish(student, stage, report)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        suspicions = [sentence for found in report.suspicions.values() for sentence in found]
        flags = tuple(dict.fromkeys([*suspicions, *notes, *report.notes]))
        self.journal.write(student, key, flags)
        return Graded(student, result.score, result.most, result.to_mark, flags=flags)

    def _convert(self, student: str, stage: Path, report: Report) -> None:
        """Let nbgrader convert the submission, from the stage and to the stage."""
        config: Any = copy.deepcopy(self.api.config)
        config.CourseDirectory.student_id = student
        config.CourseDirectory.assignment_id = self.task.assignment
        config.CourseDirectory.directory_structure = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")
        # From the class directory on, so that nbgrader reads no pattern in the folders above.
        config.CourseDirectory.submitted_directory = str(stage.relative_to(self.task.root) / "submitted")
        config.CourseDirectory.autograded_directory = str(stage.relative_to(self.task.root) / "autograded")
        config.CourseDirectory.source_directory = str(self._source().parent)
        # Check a notebook when all steps are done with it, and not after each.
        config.NotebookExporter.optimistic_validation = True
        complaints: list[str] = []
        log = logging.Logger("siru.grading", logging.ERROR)
        log.addHandler(_To(complaints))
        run = SandboxExecute(self._run, report, config)
        converter = _Converter(coursedir=CourseDirectory(config=config, log=log), config=config, log=log)
        converter.create_student = True
        converter.autograde_preprocessors = [
            run if step is steps.Execute else step for step in converter.autograde_preprocessors
        ]
        gradebook = self._gradebook()
        gradebook.forget()
        try:
            converter.start()
        except (NbGraderException, SystemExit) as error:
            gradebook.forget()
            if report.lost is not None:
                raise report.lost from None
            told = _why({"log": "\n".join(complaints), "error": str(error)})
            raise RefusedError(problem(self.api.coursedir.db_url) or told) from None

    def _look_beside(self, submission: Submission, report: Report) -> None:
        """Tell the teacher of code beside the notebook; what the course handed out is replaced by nbgrader."""
        source = self._source()
        own = [name for name in submission.files if Path(name).suffix in _CODE and not (source / name).is_file()]
        if own:
            told = _("It has code of its own beside the notebook, which the notebook may run: read {files}.")
            for suspicions in report.suspicions.values():
                suspicions.append(told.format(files=", ".join(own)))

    def _run(self, nb: NotebookNode, files: Mapping[str, bytes], config: Any) -> Ran:
        # Also reading begins a transaction, and none may be open while the learner's code runs.
        self._gradebook().save()
        ran = self.runs(nb, files, config)
        # nbgrader sets this for each notebook and then removes it; meanwhile it may have done so for another one.
        os.environ["NBGRADER_EXECUTION"] = "autograde"
        return ran

    def _save(self, student: str, report: Report) -> book.Result:
        """Commit what is left, and see to it that no automatic task is without a score."""
        gradebook = self._gradebook()
        for notebook, suspicions in report.suspicions.items():
            if suspicions:
                book.flag(gradebook, self.task.assignment, student, notebook)
        gradebook.save()
        result = book.result(gradebook, self.task.assignment, student, self.task.scored)
        gradebook.forget()
        if result.unscored:
            raise RefusedError(
                _("There is no score for {cells}. Release the assignment again, and grade it again.").format(
                    cells=", ".join(result.unscored)
                )
            )
        return result

    def _publish(self, student: str, stage: Path, report: Report) -> None:
        """Put what was graded where nbgrader looks for it, now that everything is saved."""
        shown = self.task.root / ".siru" / "public" / self.task.assignment / student
        shown.mkdir(parents=True, exist_ok=True)
        for name, notebook in report.shown.items():
            replace_file(shown / f"{name}.ipynb", _written(notebook).encode())
        graded = self._place(self.api.coursedir.autograded_directory, student)
        graded.parent.mkdir(parents=True, exist_ok=True)
        if graded.exists():
            graded.rename(stage / "before")
        (stage / "autograded" / student / self.task.assignment).rename(graded)

    def _gradebook(self) -> book.SharedGradebook:
        return book.SharedGradebook(self.api.coursedir.db_url, self.api.coursedir.course_id)

    def _source(self) -> Path:
        return self._place(self.api.coursedir.source_directory, ".")

    def _place(self, step: str, student: str) -> Path:
        return Path(os.path.normpath(self.api.coursedir.format_path(step, student, self.task.assignment)))


class _Converter(Autograde):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's converter, which saves at two moments: when the submission is known, and when a notebook is done.

    No transaction is open while the learner's code runs, so that graders do not wait for one another.
    """

    def start(self) -> None:
        self.exporter_class = _Exporter
        super().start()

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        super().init_assignment(assignment_id, student_id)
        self._save()

    def convert_single_notebook(self, notebook_filename: str) -> None:
        super().convert_single_notebook(notebook_filename)
        self._save()

    def _save(self) -> None:
        book.SharedGradebook(self.coursedir.db_url, self.coursedir.course_id).save()


class _Exporter(NotebookExporter):
    """nbconvert's exporter; what the next step reads again at once is written without the indents for people."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **more: Any) -> Any:
        converter: Any = self.parent
        if not converter._sanitizing:
            return super().from_notebook_node(nb, resources, **more)  # type: ignore[no-untyped-call]
        converted, resources = Exporter.from_notebook_node(self, nb, resources, **more)
        return _written(converted), resources


class _To(logging.Handler):
    """Keeps messages in a list."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            self.messages.append(record.getMessage())


def _lay_out(submission: Submission, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, content in submission.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name, notebook in submission.notebooks.items():
        (folder / f"{name}.ipynb").write_text(_written(notebook), encoding="utf-8")


def _written(notebook: Mapping[str, Any]) -> str:
    """Write a notebook for the next step to read: the same content, in a third of nbformat's time."""
    return json.dumps(notebook, ensure_ascii=False)
