"""A small class for the tests of grading: one notebook with three tasks, and answers of two learners."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from siru_course import classroom
from siru_course.classroom.directory import CONFIG, EXERCISES, LANGUAGE_FILE

NAME = "01-small"
SECRET = "zebra"
# On a busy machine a message may take longer than the four seconds after which nbgrader gives a submission up.
PATIENT = ("--Execute.iopub_timeout=120", "--Execute.startup_timeout=300")
SETUP = "from siru_course import checks\n\nnumbers = [int(n) for n in open('numbers.csv')]"

RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "shares": "shares = {'a': 0.25, 'b': 0.75}",
    "essay": "Because people talk.",
}
WRONG = {"double": "def double(x):\n    return x + 2", "shares": "shares = {'a': 0.25}", "essay": "No."}

_ROWS = """
    select s.id, n.name, c.name, {columns} from {table} r join submitted_notebook sn on sn.id = r.notebook_id
    join notebook n on n.id = sn.notebook_id join submitted_assignment sa on sa.id = sn.assignment_id
    join student s on s.id = sa.student_id join base_cell c on c.id = r.cell_id"""
_QUERIES = {
    "grades": _ROWS.format(table="grade", columns="r.auto_score, r.manual_score, r.extra_credit, r.needs_manual_grade"),
    "comments": _ROWS.format(table="comment", columns="r.auto_comment, r.manual_comment"),
    "submissions": """
        select s.id, sa.timestamp, sn.late_submission_penalty from submitted_notebook sn
        join submitted_assignment sa on sa.id = sn.assignment_id join student s on s.id = sa.student_id""",
}


def new_class(folder: Path, setup: str = SETUP, more: str = "") -> Path:
    """Make a class directory with the small assignment, released.

    Its first cell can be another, and its configuration can have more lines.
    """
    if more:
        # The gradebook may be on a server, so this class is not to be had from a copy.
        return _new(folder, setup, more)
    for name, content in _contents(setup).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "submitted").mkdir()
    return folder


@cache
def _contents(setup: str) -> dict[str, bytes]:
    """Give all files of such a class: nbgrader takes seconds to release it, so that is done once."""
    with TemporaryDirectory() as place:
        made = _new(Path(place) / "class", setup, "")
        return {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}


def _new(folder: Path, setup: str, more: str) -> Path:
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text((EXERCISES / CONFIG).read_text(encoding="utf-8") + more, encoding="utf-8")
    (folder / LANGUAGE_FILE).write_text("en\n", encoding="utf-8")
    (folder / "submitted").mkdir()
    (folder / "source" / NAME).mkdir(parents=True)
    nbformat.write(_source(setup), folder / "source" / NAME / "small.ipynb")
    (folder / "source" / NAME / "numbers.csv").write_text("1\n2\n", encoding="utf-8")
    classroom.release(folder, NAME)
    return folder


def hand_in(folder: Path, student: str, answers: Mapping[str, str], last: str = "", first: str = "") -> Path:
    """Hand in answers, a cell before all answers and one behind all others; gives the notebook's path."""
    book = released(folder)
    for cell in book.cells:
        cell.source = answers.get(mark(cell), cell.source)
    if first:
        book.cells.insert(2, new_code_cell(first))
    if last:
        book.cells.append(new_code_cell(last))
    return put(folder, student, book)


def released(folder: Path) -> Any:
    """Read the notebook as it was handed out."""
    return nbformat.read(folder / "release" / NAME / "small.ipynb", as_version=4)


def put(folder: Path, student: str, book: Any) -> Path:
    """Put a notebook in a student's folder."""
    path = folder / "submitted" / student / NAME / "small.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)
    return path


def mark(cell: Any) -> str:
    """Give the name that nbgrader knows a cell by."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def gradebook(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read all that the gradebook says of submissions, in a fixed order."""
    with sqlite3.connect(folder / "gradebook.db") as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        return {name: sorted(database.execute(query), key=repr) for name, query in _QUERIES.items()}


def scores(folder: Path, student: str) -> dict[str, float | None]:
    """Read the automatic score of each task."""
    return {row[2]: row[3] for row in gradebook(folder)["grades"] if row[0] == student}


def public(folder: Path, student: str) -> str:
    """Read what a learner may see."""
    return (folder / ".siru" / "public" / NAME / student / "small.ipynb").read_text(encoding="utf-8")


def _source(setup: str) -> Any:
    def cell(name: str, source: str, points: int | None = None, answer: bool = False, text: bool = False) -> Any:
        marks = {
            "schema_version": 3,
            "grade_id": name,
            "grade": points is not None,
            "solution": answer,
            "locked": not answer,
            "task": False,
        }
        if points is not None:
            marks["points"] = points
        return (new_markdown_cell if text else new_code_cell)(source, metadata={"nbgrader": marks})

    def solved(name: str) -> str:
        return f"### BEGIN SOLUTION\n{RIGHT[name]}\n### END SOLUTION"

    book = new_notebook()
    book.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    book.cells = [
        new_markdown_cell("# Small"),
        cell("setup", setup),
        cell("double", solved("double"), answer=True),
        cell(
            "check_double",
            "assert double(1) == 2\n### BEGIN HIDDEN TESTS\n"
            f"assert [double(n) for n in numbers] == [2, 4], {SECRET + ' one'!r}\n### END HIDDEN TESTS",
            points=4,
        ),
        cell("shares", solved("shares"), answer=True),
        cell(
            "check_shares",
            "with checks.task('Shares', points=6) as task:\n"
            "    checks.true('A share for a', lambda: 'a' in shares, 'Add a.', points=2)\n"
            "    ### BEGIN HIDDEN TESTS\n"
            f"    checks.number('{SECRET} two', lambda: sum(shares.values()), 1, tolerance=0.001, points=4)\n"
            "    ### END HIDDEN TESTS\n"
            "task.score",
            points=6,
        ),
        cell("essay", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION", points=5, answer=True, text=True),
    ]
    return book
