"""A class of made-up students that goes through everything, to see what a teacher gets."""

from __future__ import annotations

import csv
import random
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from siru_course.language import gettext as _

from .answers import answered, submissions, written_answers
from .collect import collect
from .directory import new
from .export import KINDS, export
from .feedback import feedback
from .grading import grade
from .handout import handout
from .report import report
from .roster import roster
from .similarity import similarity

EXERCISE = "05-dialogue"


@dataclass(frozen=True)
class Demo:
    """A class that has gone through everything.

    Parameters
    ----------
    folder
        The class directory.
    students, graded
        How many handed something in, and how many were graded.
    pages
        Where to look: what it is, and the file.
    """

    folder: Path
    students: int
    graded: int
    pages: tuple[tuple[str, Path], ...]


def demo(
    folder: Path,
    code: str,
    students: int = 30,
    sandboxed: bool = True,
    tell: Callable[[str], None] = lambda line: None,
) -> Demo:
    """Make a class from the answer bank and take it from the list of students to the exported grades.

    Parameters
    ----------
    folder
        Where; it must not exist, or be empty.
    code
        The language of the class, ``"en"`` or ``"sv"``.
    students
        How many.
    sandboxed
        Whether to grade in the sandbox.
    tell
        Called with a sentence before each step.

    Raises
    ------
    ValueError
        As the steps do: if the folder is not empty, or there is no sandbox.
    """
    new(folder, code, [EXERCISE])
    with tempfile.TemporaryDirectory() as scratch:
        tell(_("Releasing"))
        handed_out = handout(folder, EXERCISE)
        people = Path(scratch) / "students.csv"
        handed_in = Path(scratch) / "submissions.zip"
        _hand_in(handed_out.folder, folder / "source" / EXERCISE, people, handed_in, students)
        tell(_("Importing the list of students and collecting"))
        roster(folder, people)
        collect(folder, EXERCISE, handed_in)
    tell(_("Grading"))
    graded = [one for one in grade(folder, EXERCISE, sandboxed=sandboxed) if one.state == "graded"]
    tell(_("Writing feedback"))
    pages = feedback(folder, EXERCISE)
    tell(_("Comparing"))
    alike = folder / ".siru" / "similarity" / f"{EXERCISE}.html"
    similarity(folder, EXERCISE, alike)
    # Nobody has marked the manual tasks yet, so these are the points so far.
    points = {kind: export(folder, EXERCISE, kind, partial=True, tell=lambda line: None) for kind in KINDS}
    look = (
        (_("What students get"), handed_out.archive),
        (_("Feedback to one of them"), pages[0]),
        (_("Report on the class"), report(folder, EXERCISE)),
        (_("Answers that are nearly the same"), alike),
        (_("Points so far, for Canvas"), points["canvas"]),
        (_("Points so far, for Moodle"), points["moodle"]),
        (_("Points so far, as a plain table"), points["csv"]),
    )
    return Demo(folder.resolve(), students, len(graded), look)


def _hand_in(released: Path, source: Path, people: Path, archive: Path, students: int) -> None:
    """Write what an LMS would give: the list of students, and a zip file with a folder for each."""
    (path,) = released.glob("*.ipynb")
    books = submissions(nbformat.read(path, as_version=4), EXERCISE, students)
    written = written_answers(nbformat.read(source / path.name, as_version=4))
    draw = random.Random(1)
    with people.open("w", encoding="utf-8", newline="") as list_, zipfile.ZipFile(archive, "w") as zipped:
        rows = csv.writer(list_)
        rows.writerow(["id", "first_name", "last_name", "email"])
        for number, book in enumerate(books, start=1):
            name = f"student{number:02}"
            rows.writerow([name, _("Student"), f"{number:02}", f"{name}@example.org"])
            # A few leave a task as it is.
            texts = {cell: draw.choice(known) for cell, known in written.items() if draw.random() < 0.9}
            zipped.writestr(f"{name}/{path.name}", nbformat.writes(answered(book, texts)))
