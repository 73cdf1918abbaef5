"""``siru class …``: every command a few lines that call the classroom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..language import LANGUAGES, language, mark
from ..language import gettext as _
from .base import Group, need, option, progress, waiting


@click.group(
    "class", cls=Group, help=mark("Run a class with nbgrader."), example="siru class new ~/classes/spring --language sv"
)
def class_() -> None:
    """Hold the commands about a class together."""


_in = option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help=mark("The class directory; otherwise the current folder."),
)


@class_.command(
    "new",
    help=mark("Make a class directory: a standard nbgrader course with the exercises in the language you choose."),
    example="siru class new ~/classes/spring --language sv\nsiru class new demo --assignments dialogue",
)
@click.argument("folder", type=click.Path(path_type=Path))
@option("--language", "code", type=click.Choice(LANGUAGES), help=mark("The language of the exercises."))
@option("--assignments", multiple=True, help=mark("Only these exercises; all of them otherwise."))
def class_new(folder: Path, code: str | None, assignments: tuple[str, ...]) -> None:
    """Make the directory and say what comes next."""
    room = _classroom()
    made = room.new(folder.expanduser(), code or language(), assignments)
    click.echo(_("The class directory is {folder}.").format(folder=made.folder))
    click.echo(_("Next: siru class release {name} --in {folder}").format(name=made.assignments[0], folder=made.folder))


@class_.command(
    "release",
    help=mark("Make the students' version of an exercise: no solutions, no hidden tests, no mark schemes."),
    example="siru class release dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
def class_release(assignment: str, folder: Path) -> None:
    """Release, and say where the students' version is."""
    room = _classroom()
    with waiting(_("Releasing")):
        released = room.release(folder.expanduser(), assignment)
    click.echo(_("Hand this folder to the students: {folder}").format(folder=released))


@class_.command(
    "grade",
    help=mark(
        "Grade what has been handed in. Submissions lie in submitted/<student>/<exercise>/. The exit code is 1 when a "
        "submission could not be graded; the others are graded all the same."
    ),
    example="siru class grade dialogue --in ~/classes/spring --student ada",
)
@click.argument("assignment")
@_in
@option("--student", "students", multiple=True, help=mark("Only this student."))
def class_grade(assignment: str, folder: Path, students: tuple[str, ...]) -> None:
    """Grade, student by student, and print the scores."""
    room = _classroom()
    graded = []
    with progress(_("Grading")) as step:
        for one in room.grade(folder.expanduser(), assignment, students, planned=step.plan):
            graded.append(one)
            step()
    for one in graded:
        click.echo(str(one))
    if any(one.problem for one in graded):
        sys.exit(1)


@class_.command(
    "feedback",
    help=mark("Write a page of feedback for each graded submission."),
    example="siru class feedback dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
def class_feedback(assignment: str, folder: Path) -> None:
    """Write the feedback, and say where it is."""
    room = _classroom()
    with waiting(_("Writing feedback")):
        written = room.feedback(folder.expanduser(), assignment)
    for path in written:
        click.echo(str(path))


def _classroom() -> Any:
    need("nbgrader")
    from .. import classroom

    return classroom
