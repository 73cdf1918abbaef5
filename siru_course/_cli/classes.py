"""``siru class …``: every command a few lines that call the classroom."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from .._files import typed
from ..language import LANGUAGES, language, mark
from ..language import gettext as _
from .base import Group, need, option, progress, waiting

_in = option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help=mark("The class directory; otherwise the current folder."),
)
_to = option("--to", type=click.Path(path_type=Path), help=mark("Where to write; in the class directory otherwise."))
_students = option("--student", "students", multiple=True, help=mark("Only this student."))


def _seed(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    if value is not None and not value.isdecimal():
        raise ValueError(_("seed is {value!r}; a whole number from 0 on is needed.").format(value=value))
    return None if value is None else int(value)


@click.group(
    "class",
    cls=Group,
    help=mark("Run a class with nbgrader."),
    example="siru class new ~/classes/spring --language sv",
)
def class_() -> None:
    """Hold the commands about a class together."""


@class_.command(
    "new",
    help=mark("Make a class directory: a standard nbgrader course with the exercises in the language you choose."),
    example="siru class new ~/classes/spring --language sv --seed 2027\nsiru class new demo --assignments dialogue",
)
@click.argument("folder", type=click.Path(path_type=Path))
@option("--language", "code", type=click.Choice(LANGUAGES), help=mark("The language of the exercises."))
@option("--assignments", multiple=True, help=mark("Only these exercises; all of them otherwise."))
@option(
    "--seed",
    metavar="N",
    callback=_seed,
    help=mark("Give the class data of its own, made from this number: last year's numbers are then wrong."),
)
def class_new(folder: Path, code: str | None, assignments: tuple[str, ...], seed: int | None) -> None:
    """Make the directory and say what comes next."""
    room = _classroom()
    made = room.new(folder.expanduser(), code or language(), assignments, seed)
    click.echo(_("The class directory is {folder}.").format(folder=made.folder))
    if seed is not None:
        click.echo(_("The class has data of its own, made from the seed {n}.").format(n=seed))
    click.echo(
        _("Next: siru class release {name} --in {folder}").format(name=made.assignments[0], folder=typed(made.folder))
    )


@class_.command(
    "roster",
    help=mark("Import the list of students from a CSV file, as Canvas, Moodle or another system exports it."),
    example="siru class roster students.csv --in ~/classes/spring",
)
@click.argument("file", type=click.Path(path_type=Path))
@_in
def class_roster(file: Path, folder: Path) -> None:
    """Import, and say what was taken over and what was not."""
    made = _classroom().roster(folder.expanduser(), file)
    said = _("Added: {added}. Changed: {changed}. As before: {unchanged}.")
    click.echo(said.format(added=len(made.added), changed=len(made.changed), unchanged=len(made.unchanged)))
    _tell([*made.notes, *made.problems])
    if made.problems:
        sys.exit(1)


@class_.command(
    "release",
    help=mark("Make the students' version of an exercise: no solutions, no hidden tests, no mark schemes."),
    example="siru class release dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
@_to
def class_release(assignment: str, folder: Path, to: Path | None) -> None:
    """Release, and say where the students' version is."""
    room = _classroom()
    with waiting(_("Releasing")):
        made = room.handout(folder.expanduser(), assignment, to)
    click.echo(_("Hand this folder to the students: {folder}").format(folder=made.folder))
    click.echo(_("The same as a zip file: {file}").format(file=made.archive))


@class_.command(
    "collect",
    help=mark(
        "Collect what has been handed in from a folder, a zip file from Canvas or Moodle, or nbgrader's exchange. "
        "The exit code is 1 when a submission was refused; the others are collected all the same."
    ),
    example="siru class collect dialogue submissions.zip --in ~/classes/spring",
)
@click.argument("assignment")
@click.argument("source", type=click.Path(path_type=Path))
@_in
def class_collect(assignment: str, source: Path, folder: Path) -> None:
    """Collect, and say how each ended."""
    found = _classroom().collect(folder.expanduser(), assignment, source)
    for one in found:
        click.echo(str(one))
    if any(one.state == "refused" for one in found):
        sys.exit(1)


@class_.command(
    "grade",
    help=mark(
        "Grade what has been handed in and is new or changed. Submissions lie in submitted/<student>/<exercise>/. The "
        "exit code is 1 when a submission could not be graded; the others are graded all the same."
    ),
    example="siru class grade dialogue --in ~/classes/spring --student ada",
)
@click.argument("assignment")
@_in
@_students
@option("--only-new", is_flag=True, help=mark("Only those who have no grade yet."))
@option("--force", is_flag=True, help=mark("Everybody again, changed or not. Points given by hand stay."))
@option("--dry-run", is_flag=True, help=mark("Only say who would be graded."))
@option(
    "--workers",
    type=click.IntRange(min=1),
    help=mark("How many at a time; one for each processor, here or in the cluster, otherwise."),
)
@option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help=mark(
        "Run the students' code not here but on a Dask cluster. The address, such as tcp://10.0.0.5:8786, is that of "
        "its scheduler."
    ),
)
@option(
    "--unsafe-no-sandbox",
    is_flag=True,
    help=mark("Run the students' code as you, with your files and network, where there is no bubblewrap."),
)
def class_grade(
    assignment: str,
    folder: Path,
    students: tuple[str, ...],
    only_new: bool,
    force: bool,
    dry_run: bool,
    workers: int | None,
    scheduler: str,
    unsafe_no_sandbox: bool,
) -> None:
    """Grade, and print the scores and what a teacher should look at."""
    room = _classroom()
    graded = []
    with progress(_("Grading")) as step:
        for one in room.grade(
            folder.expanduser(),
            assignment,
            students,
            only_new=only_new,
            force=force,
            dry_run=dry_run,
            sandboxed=not unsafe_no_sandbox,
            workers=workers,
            scheduler=scheduler,
            planned=step.plan,
        ):
            graded.append(one)
            step()
    for one in sorted(graded, key=lambda each: str(each.student)):
        click.echo(str(one))
        _tell([f"  {flag}" for flag in one.flags])
    states = Counter(one.state for one in graded)
    click.echo(
        _("Graded: {graded}. As before: {unchanged}. Not graded: {failed}.").format(
            graded=states["graded"], unchanged=states["unchanged"], failed=states["failed"] + states["planned"]
        )
    )
    if states["failed"]:
        sys.exit(1)


@class_.command(
    "mark",
    help=mark(
        "Mark the tasks that a person marks, in a browser: one task at a time, without names, in random order, with "
        "the rubric beside the answer. Points and comments go to nbgrader's gradebook."
    ),
    example="siru class mark dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
@option("--marker", default="", help=mark("Who marks; the name of your account otherwise."))
@option("--port", type=click.IntRange(1, 65535), help=mark("The port; a free one otherwise."))
@option("--browser/--no-browser", default=True, help=mark("Open the browser, or only print the address."))
def class_mark(assignment: str, folder: Path, marker: str, port: int | None, browser: bool) -> None:
    """Serve the marking tool until it is stopped."""
    need("voila", "nbgrader")
    import webbrowser

    from ..classroom.marking_tool import serve_marking

    with serve_marking(folder.expanduser(), assignment, marker, port) as served:
        click.echo(_("Marking is at {address} (stop with Ctrl+C).").format(address=served.address))
        if browser:
            webbrowser.open(served.address)
        served.wait()


@class_.command(
    "feedback",
    help=mark("Write a page of feedback for each graded submission."),
    example="siru class feedback dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
@_students
def class_feedback(assignment: str, folder: Path, students: tuple[str, ...]) -> None:
    """Write the feedback, and say where it is."""
    room = _classroom()
    with waiting(_("Writing feedback")):
        written = room.feedback(folder.expanduser(), assignment, students)
    for path in written:
        click.echo(str(path))


@class_.command(
    "report",
    help=mark("Write a page on the class: how hard each task was, what was misunderstood, and who is stuck."),
    example="siru class report dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
@_to
@option("--csv", is_flag=True, help=mark("The tables as CSV files too."))
def class_report(assignment: str, folder: Path, to: Path | None, csv: bool) -> None:
    """Write the report, and say where it is."""
    room = _classroom()
    with waiting(_("Writing the report")):
        path = room.report(folder.expanduser(), assignment, to, csv)
    click.echo(_("The report is in {file}. It names students: keep it to yourself.").format(file=path))


@class_.command(
    "export",
    help=mark("Write the grades for Canvas, for Moodle, or as a plain CSV file."),
    example="siru class export dialogue --canvas --gradebook canvas.csv --in ~/classes/spring",
)
@click.argument("assignment", required=False)
@_in
@_to
@option("--canvas", "kind", flag_value="canvas", help=mark("In the columns that Canvas imports."))
@option("--moodle", "kind", flag_value="moodle", help=mark("In the columns that Moodle imports."))
@option(
    "--gradebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=mark("The file that you exported there, to be filled in; it is left as it is."),
)
@option("--column", default="", help=mark("Which of its columns, where that is not clear."))
@option("--partial", is_flag=True, help=mark("Also points of those who are not marked to the end."))
@option("--excel-sv", is_flag=True, help=mark("Semicolon and decimal comma, for a Swedish Excel."))
def class_export(
    assignment: str | None,
    folder: Path,
    to: Path | None,
    kind: str | None,
    gradebook: Path | None,
    column: str,
    partial: bool,
    excel_sv: bool,
) -> None:
    """Write the file, and say where it is."""
    path = _classroom().export(
        folder.expanduser(), assignment, kind or "csv", to, gradebook, partial, excel_sv, column, tell=click.echo
    )
    click.echo(str(path))


@class_.command(
    "similarity",
    help=mark("List submissions that are nearly the same, side by side, for you to read."),
    example="siru class similarity dialogue --in ~/classes/spring",
)
@click.argument("assignment")
@_in
@_to
def class_similarity(assignment: str, folder: Path, to: Path | None) -> None:
    """Compare, and say where the list is."""
    room = _classroom()
    from ..classroom.similarity import page_path

    with waiting(_("Comparing")):
        pairs = room.similarity(folder.expanduser(), assignment, to)
    place = page_path(folder.expanduser(), assignment, to)
    click.echo(_("Pairs to read: {n}. The list is in {file}.").format(n=len(pairs), file=place))


@class_.command(
    "demo",
    help=mark(
        "Make a class of made-up students from the answer bank and take it through everything: release, list of "
        "students, collecting, grading, feedback, report, export."
    ),
    example="siru class demo /tmp/demo --language sv",
)
@click.argument("folder", type=click.Path(path_type=Path))
@option("--language", "code", type=click.Choice(LANGUAGES), help=mark("The language of the exercises."))
@option("--students", type=click.IntRange(2, 1000), default=30, show_default=True, help=mark("How many students."))
@option(
    "--unsafe-no-sandbox",
    is_flag=True,
    help=mark("Run the students' code as you, with your files and network, where there is no bubblewrap."),
)
def class_demo(folder: Path, code: str | None, students: int, unsafe_no_sandbox: bool) -> None:
    """Make the class, and say where to look."""
    need("nbgrader")
    from ..classroom.demo import EXERCISE, demo

    made = demo(folder.expanduser(), code or language(), students, not unsafe_no_sandbox, tell=click.echo)
    said = _("Students: {students}. Graded: {graded}. Look at:")
    click.echo(said.format(students=made.students, graded=made.graded))
    _tell([f"  {what}: {path}" for what, path in made.pages])
    click.echo(
        _("To mark the manual tasks: siru class mark {name} --in {folder}").format(
            name=EXERCISE, folder=typed(made.folder)
        )
    )


def _tell(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)


def _classroom() -> Any:
    need("nbgrader")
    from .. import classroom

    return classroom
