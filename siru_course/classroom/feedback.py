"""Feedback: a page for each notebook that was graded, at the place from which nbgrader gives it back.

Points and comments come from nbgrader's gradebook. What was met, and what the student's code showed, comes from the
*public run*, in which the tests that students cannot see never took part: so nothing that the code found out about
them can come back on a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siru_course._files import replace_file, typed
from siru_course.language import gettext as _
from siru_course.language import in_language

from ._class import class_directory, gradebook
from .directory import LANGUAGE_FILE, resolve

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedNotebook

    from ._feedback_page import FeedbackPage, TaskResult

PUBLIC = Path(".siru") / "public"
# With these, nbgrader's exchange knows which submission a page belongs to.
EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")


def feedback(folder: Path, assignment: str, students: Iterable[str] = ()) -> list[Path]:
    """Write a page of feedback for every notebook that has been graded, and give the pages.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment.
    students
        Only theirs; everybody's when empty.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown, nothing of it has been graded, or one of
        `students` is not among those graded.
    """
    folder = class_directory(folder)
    known = {path.name for path in (*folder.glob("source/*"), *folder.glob("autograded/*/*")) if path.is_dir()}
    name = resolve(assignment, sorted(known))
    graded = sorted(path.parent.name for path in folder.glob(f"autograded/*/{name}"))
    if not graded:
        raise ValueError(
            _("Nothing of {name} has been graded. Run: siru class grade {name} --in {folder}").format(
                name=name, folder=typed(folder)
            )
        )
    students = list(students)
    for student in students:
        if student not in graded:
            raise ValueError(_("{name} by {student} has not been graded.").format(name=name, student=student))
    code = (folder / LANGUAGE_FILE).read_text(encoding="utf-8").strip()
    with gradebook(folder) as book, in_language(code):
        return [page for student in students or graded for page in _pages(book, folder, name, student)]


def _pages(book: Gradebook, folder: Path, assignment: str, student: str) -> Iterator[Path]:
    from nbgrader.api import MissingEntry

    from ._feedback_page import render

    for path in sorted((folder / "autograded" / student / assignment).glob("*.ipynb")):
        try:
            submitted = book.find_submission_notebook(path.stem, assignment, student)
        except MissingEntry:  # a notebook that the assignment does not have
            continue
        place = folder / "feedback" / student / assignment / f"{path.stem}.html"
        place.parent.mkdir(parents=True, exist_ok=True)
        for name in EXCHANGE_FILES:
            for kind in ("autograded", "submitted"):
                file = folder / kind / student / assignment / name
                if file.is_file() and not file.is_symlink():
                    replace_file(place.with_name(name), file.read_bytes())
                    break
        replace_file(place, render(_page(submitted, folder, path)).encode("utf-8", "replace"))
        yield place


def _page(submitted: SubmittedNotebook, folder: Path, path: Path) -> FeedbackPage:
    from ._feedback_notebook import headings, read, same_answers, sections
    from ._feedback_page import FeedbackPage

    student, assignment = path.parts[-3:-1]
    graded = read(path)
    public = read(folder / PUBLIC / assignment / student / path.name)
    if public and graded and not same_answers(public, graded):  # graded anew since, by nbgrader alone
        public = None
    shown = public or _without_its_run(graded, read(folder / "submitted" / student / assignment / path.name))
    teachers = (
        read(folder / "release" / assignment / path.name) or read(folder / "source" / assignment / path.name) or shown
    )
    cells = sections(shown) if shown else {}
    released = sections(teachers) if teachers else {}
    outline = list(headings(teachers)) if teachers else []
    titles = {name: title for name, title in outline if name}
    grades = {grade.name: grade for grade in submitted.grades}
    comments = {comment.name: comment for comment in submitted.comments}
    tasks = tuple(
        _task(
            grades[name],
            titles.get(name) or name,
            cells.get(name, []),
            released[name][-1].source if public and name in released else None,
            comments,
        )
        for name in [*(name for name in titles if name in grades), *sorted(grades.keys() - titles.keys())]
    )
    person = submitted.student
    full_name = " ".join(part for part in (person.first_name, person.last_name) if part)
    return FeedbackPage(
        title=outline[0][1] if outline and outline[0][1] else path.stem,
        student=f"{full_name} ({student})" if full_name else student,
        score=submitted.score,
        most=submitted.max_score,
        penalty=submitted.late_submission_penalty or 0.0,
        tasks=tasks,
    )


def _task(grade: Any, title: str, cells: list[Any], released: str | None, comments: dict[str, Any]) -> TaskResult:
    """Gather one task; `released` is the source of its test without hidden tests, where a public run is at hand."""
    from markupsafe import Markup

    from ._clean import markdown
    from ._feedback_checks import checks_of, fell_short
    from ._feedback_notebook import grader, own_cells
    from ._feedback_page import TaskResult

    test = cells[-1] if cells else None
    written = test is not None and bool(grader(test).get("solution") or grader(test).get("task"))
    checks = checks_of(test) if released is not None and test is not None and not written else []
    noted = [
        comments[name]
        for name in dict.fromkeys(str(grader(cell).get("grade_id")) for cell in cells)
        if name in comments
    ]
    said = [comment.manual_comment for comment in noted if (comment.manual_comment or "").strip()]
    remarks = []
    if test is None:
        remarks.append(_("The cell of this task is missing from what you handed in."))
    # nbgrader's own note on a cell that nobody has written in.
    if written and any(comment.auto_comment == "No response." for comment in noted):
        remarks.append(_("You have not written an answer."))
    # When a person has set the points, the tests no longer explain them.
    scored = None if written or grade.manual_score is not None else grade.auto_score
    if (
        test is not None
        and released is not None
        and scored is not None
        and fell_short(test, released, scored, grade.max_score)
    ):
        remarks.append(_("A further test, which you cannot see, did not pass."))
    return TaskResult(
        name=grade.name,
        title=title,
        score=grade.score,
        most=grade.max_score,
        marked=not grade.needs_manual_grade,
        written=written,
        checks=tuple(checks),
        remarks=tuple(remarks),
        comments=tuple(Markup(markdown(comment, quiet=True)) for comment in said),
        cells=tuple(own_cells(cells)),
    )


def _without_its_run(graded: Any, handed_in: Any) -> Any:
    """Put the outputs that the student handed in into a notebook that ran with hidden tests, in place of that run's.

    What the code showed there may have been found in a hidden test. A cell that is not the one handed in shows nothing.
    """
    if graded is None:
        return None
    own = handed_in.cells if handed_in is not None and len(handed_in.cells) == len(graded.cells) else []
    for number, cell in enumerate(graded.cells):
        if cell.cell_type == "code":
            same = own and own[number].cell_type == "code" and own[number].source == cell.source
            cell.outputs = own[number].outputs if same else []
            cell.execution_count = own[number].execution_count if same else None
    return graded
