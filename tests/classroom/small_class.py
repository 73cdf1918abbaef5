"""A class directory made in no time: small notebooks, and points written straight into nbgrader's gradebook."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

ASSIGNMENT = "05-small"
BOOK = "small"
TASKS = ("count", "share", "why")
STUBS = {
    "count": "# votes_counted: a number\n# Write your answer here",
    "share": "# Write your answer here",
    "why": "Write your answer here.",
}
MOST = {"check_count": 10.0, "check_share": 5.0, "why": 5.0}
HEADINGS = {
    "count": "## Task 1 · Count the votes (10 points)",
    "share": "## Task 2 · A share (5 points)",
    "why": "## Task 3 · Say why (5 points)",
}


@dataclass(frozen=True)
class Handed:
    """What somebody handed in, and the points for it; `why` without points waits to be marked."""

    count: float
    share: float
    why: float | None = 5.0
    answers: Mapping[str, str] | None = None
    printed: Mapping[str, str] | None = None
    public: Mapping[str, str] | None = None
    penalty: float = 0.0
    flagged: bool = False
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""


def notebook(answers: Mapping[str, str], printed: Mapping[str, str] | None = None) -> nbformat.NotebookNode:
    cells: list[Any] = [
        new_markdown_cell("# Exercise 5 · Small"),
        new_code_cell("import pandas as pd\nvotes = [1, 2, 3]"),
    ]
    for task in TASKS:
        cells.append(new_markdown_cell(HEADINGS[task]))
        manual = task == "why"
        make = new_markdown_cell if manual else new_code_cell
        cells.append(make(answers.get(task, STUBS[task]), metadata=grader(task, grade=manual, solution=True)))
        if not manual:
            cell = new_code_cell(f"# a check of {task}", metadata=grader(f"check_{task}", grade=True, solution=False))
            text = (printed or {}).get(task, "")
            cell.outputs = [new_output("display_data", data={"text/plain": text})] if text else []
            cells.append(cell)
    return new_notebook(cells=cells)


def grader(name: str, grade: bool, solution: bool) -> dict[str, Any]:
    known: dict[str, Any] = {"schema_version": 3, "grade_id": name, "grade": grade, "solution": solution}
    known |= {"locked": grade and not solution, "task": False}
    return {"nbgrader": known | ({"points": MOST[name]} if grade else {})}


def write(book: nbformat.NotebookNode, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)


def make(folder: Path, handed: Mapping[str, Handed], language: str = "en") -> Path:
    """Make the class directory; nothing is executed."""
    folder.mkdir(parents=True)
    shutil.copy(Path(__file__).parents[2] / "exercises" / "nbgrader_config.py", folder)
    (folder / "language").write_text(language, encoding="utf-8")
    write(notebook({}), folder / "release" / ASSIGNMENT / f"{BOOK}.ipynb")
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    for student, own in handed.items():
        submit(folder, student, notebook(own.answers or {}))
        done = folder / "autograded" / student / ASSIGNMENT / f"{BOOK}.ipynb"
        write(notebook(own.answers or {}, own.printed), done)
        if own.public is not None:
            seen = folder / ".siru" / "public" / ASSIGNMENT / student / f"{BOOK}.ipynb"
            write(notebook(own.answers or {}, own.public), seen)
    grade(folder, handed)
    return folder


def submit(folder: Path, student: str, book: nbformat.NotebookNode) -> None:
    write(book, folder / "submitted" / student / ASSIGNMENT / f"{BOOK}.ipynb")


def gradebook(folder: Path) -> Gradebook:
    path = folder / "gradebook.db"
    if not path.exists():
        path.write_bytes(empty_gradebook())
    return Gradebook(f"sqlite:///{path}", course_id="siru")


@cache
def empty_gradebook() -> bytes:
    # nbgrader makes its gradebook with the program `alembic`, which lies beside Python and takes seconds to start.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, PATH=path):
        file = Path(folder) / "gradebook.db"
        Gradebook(f"sqlite:///{file}", course_id="siru").close()
        return file.read_bytes()


def grade(folder: Path, handed: Mapping[str, Handed]) -> None:
    with gradebook(folder) as book:
        book.add_assignment(ASSIGNMENT)
        book.add_notebook(BOOK, ASSIGNMENT)
        for cell, most in MOST.items():
            kind = "markdown" if cell == "why" else "code"
            book.add_grade_cell(cell, BOOK, ASSIGNMENT, max_score=most, cell_type=kind)
        for student, own in handed.items():
            book.add_student(
                student, first_name=own.first, last_name=own.last, email=own.email or None, lms_user_id=own.lms or None
            )
            book.add_submission(ASSIGNMENT, student, timestamp=datetime(2026, 3, 1, 12, 30))
            submitted = book.find_submission_notebook(BOOK, ASSIGNMENT, student)
            submitted.late_submission_penalty = own.penalty
            submitted.flagged = own.flagged
            found = {mark.name: mark for mark in submitted.grades}
            found["check_count"].auto_score, found["check_share"].auto_score = own.count, own.share
            found["why"].manual_score = own.why
            for name, mark in found.items():
                mark.needs_manual_grade = name == "why" and own.why is None
        book.db.commit()


def rows(content: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content), delimiter=delimiter))
