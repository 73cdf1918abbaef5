"""Points for a learning platform: files that Canvas and Moodle import, and a plain table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from siru_course._files import replace_file
from siru_course.language import gettext as _

from . import _scores
from ._csv import table
from ._gradebooks import Owners, Sheet, compare, fill, names, participant, read_sheet
from ._scores import Scores, class_folder

KINDS = ("csv", "canvas", "moodle")
_PLAIN = ["student", "name", "assignment", "score", "max", "auto", "manual"]
_PLAIN += ["late_penalty", "needs_marking", "submitted_at_utc"]


def export(
    folder: Path,
    assignment: str | None = None,
    kind: str = "csv",
    to: Path | None = None,
    gradebook: Path | None = None,
    partial: bool = False,
    excel_sv: bool = False,
    column: str = "",
    tell: Callable[[str], None] = print,
) -> Path:
    """Write the points of a class as a file; scores are nbgrader's, with penalties for handing in late.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment; every one of them when left out, which only the plain table can hold.
    kind
        ``"csv"``, a plain table; ``"canvas"``, Canvas's gradebook; ``"moodle"``, Moodle's grading worksheet or,
        without `gradebook`, a file for its grade import.
    to
        The file to write, or the folder for it; in ``.siru/exports`` of the class directory when left out.
    gradebook
        The file that you downloaded from the platform. Only this assignment's column is filled, in a copy.
    partial
        Whether points are given although tasks are left to mark; otherwise those cells stay as they are.
    excel_sv
        Whether the plain table is made for Excel in Swedish: semicolons, and a decimal comma.
    column
        The column of `gradebook` to fill, when its name is another than the assignment's.
    tell
        Called with each thing that the teacher should know: who was left out, and why.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If there is nothing to export, `gradebook` is of another kind, or `to` is `gradebook` itself.
    """
    folder, _language = class_folder(folder)
    if kind not in KINDS:
        raise ValueError(_("kind is {value!r}; choose one of {allowed}.").format(value=kind, allowed=", ".join(KINDS)))
    known = [_scores.scores(folder, name) for name in ([assignment] if assignment else _scores.assignments(folder))]
    known = [one for one in known if one.submissions]
    if not known:
        raise ValueError(_("Nothing has been graded yet: there are no points to export."))
    if kind != "csv" and len(known) > 1:
        raise ValueError(_("Name the assignment: this file holds one at a time."))
    file = f"{known[0].assignment if len(known) == 1 else 'all'}-{kind}.csv"
    path = to or folder / ".siru" / "exports" / file
    path = path / file if path.is_dir() else path
    if gradebook and path.resolve() == gradebook.resolve():
        raise ValueError(_("{file} would be overwritten. Choose another name for the export.").format(file=path))
    if kind == "csv":
        content = _plain(known, partial, excel_sv, tell)
    elif kind == "canvas":
        content = _canvas(known[0], gradebook, partial, column, tell)
    else:
        content = _moodle(known[0], gradebook, partial, column, tell)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
    return path


def _plain(known: Sequence[Scores], partial: bool, excel_sv: bool, tell: Callable[[str], None]) -> bytes:
    rows: list[list[object]] = [[*_PLAIN]]
    for scores in known:
        points = _points(scores, partial, tell)
        for one in scores.submissions:
            moment = one.submitted.strftime("%Y-%m-%d %H:%M:%S") if one.submitted else None
            row: list[object] = [one.student, one.name, scores.assignment, points.get(one.student), scores.total]
            rows.append([*row, one.auto, one.manual, one.penalty, one.to_mark, moment])
    return table(rows, ";" if excel_sv else ",", comma=excel_sv)


def _points(scores: Scores, partial: bool, tell: Callable[[str], None]) -> dict[str, float]:
    """Give the points to hand over, by student; say who has none, and why."""
    waiting = [one for one in scores.submissions if one.graded and one.to_mark]
    absent = [one for one in scores.submissions if not one.graded]
    if waiting and partial:
        tell(_("Points so far, as tasks are left to mark: {students}.").format(students=names(waiting)))
    elif waiting:
        tell(_("Not exported, as tasks are left to mark: {students}.").format(students=names(waiting)))
    if absent:
        tell(_("Not exported, as they are not graded: {students}.").format(students=names(absent)))
    return {one.student: one.score for one in scores.submissions if one.graded and (partial or not one.to_mark)}


def _canvas(scores: Scores, template: Path | None, partial: bool, column: str, tell: Callable[[str], None]) -> bytes:
    points = _points(scores, partial, tell)
    if template is None:
        tell(
            _(
                "Canvas will create the assignment “{name}” when you import this. To fill one that is there, "
                "download Canvas's gradebook and give it with --gradebook."
            ).format(name=column or scores.assignment)
        )
        rows: list[list[object]] = [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column or scores.assignment],
            ["    Points Possible", "", "", "", "", scores.total],
        ]
        for one in scores.submissions:
            name = f"{one.last}, {one.first}" if one.first and one.last else one.name
            # Canvas finds a student by ID, or else by login.
            login = one.email or one.student
            rows.append([name, one.lms_id, "", login, "", points.get(one.student)])
        return table(rows, mark=False)
    sheet = read_sheet(template)
    ids = [sheet.column(name) for name in ("ID", "SIS User ID", "SIS Login ID")]
    # Canvas can be set to part the names.
    if ids[0] is None or (sheet.column("Student") is None and sheet.column("LastName") is None):
        raise ValueError(
            _("{file} is not Canvas's gradebook: its first row must begin with Student and ID.").format(file=template)
        )
    place = _canvas_column(sheet, column or scores.assignment, template)
    owners = Owners(scores.submissions)
    for row in sheet.rows[1:]:
        if sheet.cell(row, 0) == "Points Possible":
            compare(sheet.cell(row, place), scores.total, tell)
    people = [
        (row, owners.find([sheet.cell(row, ids[2])], [sheet.cell(row, ids[0]), sheet.cell(row, ids[1])]))
        for row in sheet.rows[1:]
        if sheet.cell(row, ids[0])
    ]
    fill(people, place, points, scores, tell)
    return sheet.encoded()


def _canvas_column(sheet: Sheet, name: str, template: Path) -> int:
    """Find the assignment's column: Canvas writes its own number after the name."""
    plain = [re.sub(r"\s*\(\d+\)\s*$", "", cell).strip().casefold() for cell in sheet.rows[0]]
    wanted = {name.casefold(), re.sub(r"\s*\(\d+\)\s*$", "", name).casefold()}
    found = [place for place, known in enumerate(plain) if known in wanted or sheet.rows[0][place].casefold() in wanted]
    exact = [place for place in found if sheet.rows[0][place].casefold() == name.casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    numbered = [cell for cell in sheet.rows[0] if re.search(r"\(\d+\)\s*$", cell)]
    raise ValueError(
        _("{file} has {n} columns for {name}. Name the column to fill, with --column; it has: {columns}.").format(
            file=template, n=len(found), name=name, columns=", ".join(numbered) or "–"
        )
    )


def _moodle(scores: Scores, template: Path | None, partial: bool, column: str, tell: Callable[[str], None]) -> bytes:
    points = _points(scores, partial, tell)
    if template is None:
        tell(
            _(
                "In Moodle: Grades, Import, CSV file. Map “Email address” or “ID number”, and “{name}” to the grade."
            ).format(name=column or scores.assignment)
        )
        # A row without points would ask Moodle to take away those that are there.
        rows: list[list[object]] = [["Email address", "ID number", column or scores.assignment]]
        given = [one for one in scores.submissions if one.student in points]
        rows += [[one.email, one.lms_id or one.student, points[one.student]] for one in given]
        return table(rows, mark=False)
    sheet = read_sheet(template)
    place = sheet.column(column) if column else sheet.column("Grade", "Betyg")
    identifier = sheet.column("Identifier", "Identifierare")
    email = sheet.column("Email address", "E-postadress")
    logins = [sheet.column("ID number", "ID-nummer"), sheet.column("Username", "Användarnamn")]
    if place is None or (identifier is None and email is None):
        raise ValueError(
            _("{file} is not Moodle's grading worksheet: it needs Identifier or Email address, and Grade.").format(
                file=template
            )
        )
    owners = Owners(scores.submissions)
    most = sheet.column("Maximum grade", "Maxbetyg", "Maximalt betyg", "Högsta betyg")
    if most is not None and len(sheet.rows) > 1:
        compare(sheet.cell(sheet.rows[1], most), scores.total, tell)
    people = []
    for row in sheet.rows[1:]:
        numbers = [participant(sheet.cell(row, identifier)), *(sheet.cell(row, known) for known in logins)]
        people.append((row, owners.find([sheet.cell(row, logins[1])], numbers, [sheet.cell(row, email)])))
    fill(people, place, points, scores, tell)
    return sheet.encoded()
