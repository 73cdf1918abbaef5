"""The files that learning platforms export and import: how they are read, and whose row is whose."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from siru_course.language import gettext as _
from siru_course.language import ngettext, number

from ._people import fold, folder_name
from ._scores import Scored, Scores


@dataclass
class Sheet:
    """A platform's table, to be written again as it was but for the cells that are filled.

    Parameters
    ----------
    rows
        Every row, the headings first.
    delimiter, mark, ending
        What parts the columns, whether the file begins with a byte order mark, and how lines end.
    """

    rows: list[list[str]]
    delimiter: str
    mark: bool
    ending: str

    def column(self, *names: str) -> int | None:
        """Find a column by any of its names, whatever the case."""
        folded = [fold(cell) for cell in self.rows[0]]
        return next((folded.index(fold(name)) for name in names if fold(name) in folded), None)

    def cell(self, row: Sequence[str], column: int | None) -> str:
        """Give a cell of a row; empty where there is none."""
        return row[column].strip() if column is not None and column < len(row) else ""

    def encoded(self) -> bytes:
        """Write the table."""
        file = io.StringIO()
        csv.writer(file, delimiter=self.delimiter, lineterminator=self.ending).writerows(self.rows)
        return file.getvalue().encode("utf-8-sig" if self.mark else "utf-8")


def read_sheet(path: Path) -> Sheet:
    """Read a platform's table.

    Raises
    ------
    ValueError
        If it is no CSV file in UTF-8 with a row of headings.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ValueError(_("{file} cannot be read. Check its name.").format(file=path)) from error
    except UnicodeDecodeError as error:
        raise ValueError(
            _("{file} is not CSV in UTF-8. Download it again as CSV, and do not save it from a spreadsheet.").format(
                file=path
            )
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        raise ValueError(_("{file} is not CSV: {error}.").format(file=path, error=error)) from error
    if not rows or len(rows[0]) < 2:
        raise ValueError(_("{file} has no row of headings.").format(file=path))
    return Sheet(rows, delimiter, content.startswith(b"\xef\xbb\xbf"), "\r\n" if "\r\n" in text else "\n")


class Owners:
    """Finds whose row a row is, by what it says of logins, numbers and addresses; never by the name alone.

    Parameters
    ----------
    submissions
        Everybody who may have a row.
    """

    def __init__(self, submissions: Iterable[Scored]) -> None:
        self._by: dict[str, dict[str, list[Scored]]] = {"id": {}, "lms": {}, "email": {}}
        for scored in submissions:
            for kind, value in (("id", scored.student), ("lms", scored.lms_id), ("email", scored.email)):
                if value:
                    self._by[kind].setdefault(value.casefold(), []).append(scored)

    def find(self, logins: Iterable[str] = (), numbers: Iterable[str] = (), emails: Iterable[str] = ()) -> list[Scored]:
        """Give everybody whom the row may mean: one when all is well."""
        found: dict[str, Scored] = {}
        logins, numbers, emails = list(logins), list(numbers), list(emails)
        # A login may be an address, and a folder may be named after an address or a number.
        wanted = {"id": [*logins, *numbers, *emails], "lms": numbers, "email": [*emails, *logins]}
        for kind, values in wanted.items():
            for value in filter(None, values):
                by = self._by[kind]
                hits = by.get(value.casefold(), []) or (by.get(folder_name(value), []) if kind == "id" else [])
                found |= {scored.student: scored for scored in hits}
        if not found:
            # A folder is often named after the first part of an address.
            names = [value.partition("@")[0].casefold() for value in [*emails, *logins] if "@" in value]
            found = {one.student: one for name in names for one in self._by["id"].get(name, [])}
        return list(found.values())


def participant(identifier: str) -> str:
    """Take the number out of what Moodle calls a participant: ``Participant 1234`` or ``Deltagare 1234``.

    Examples
    --------
    >>> participant("Participant 1234")
    '1234'
    """
    found = re.search(r"(\d+)\s*$", identifier)
    return found[1] if found else ""


def names(submissions: Sequence[Scored]) -> str:
    """List students by their ids."""
    return ", ".join(one.student for one in submissions)


def fill(
    people: Sequence[tuple[list[str], list[Scored]]],
    place: int,
    points: dict[str, float],
    scores: Scores,
    tell: Callable[[str], None],
) -> None:
    """Write points into the rows of those who have some; say who has no row, and which rows are left."""
    rows: dict[str, list[list[str]]] = {}
    for row, found in people:
        for one in found:
            rows.setdefault(one.student, []).append(row)
    unclear = {one.student for _row, found in people if len(found) > 1 for one in found}
    unclear |= {student for student, own in rows.items() if len(own) > 1}
    excused = []
    for row, found in people:
        if len(found) == 1 and found[0].student in points and found[0].student not in unclear:
            row.extend([""] * (place + 1 - len(row)))
            # Points would take away what the teacher has decided there.
            if row[place].strip().casefold() == "ex":
                excused.append(found[0])
                continue
            # Both platforms read a decimal point in every language.
            row[place] = f"{points[found[0].student]:.6f}".rstrip("0").rstrip(".")
    lost = [one for one in scores.submissions if one.student not in rows]
    if lost:
        tell(_("Not in the platform's file, so not exported: {students}.").format(students=names(lost)))
    if unclear:
        tell(
            _("Left as they were, as a row could be more than one person's: {students}.").format(
                students=", ".join(sorted(unclear))
            )
        )
    if excused:
        tell(_("Excused on the platform, and left so: {students}.").format(students=names(excused)))
    left = sum(not found for _row, found in people)
    if left:
        tell(
            ngettext(
                "{n} row of the platform's file is nobody who handed in here, and is as it was.",
                "{n} rows of the platform's file are nobody who handed in here, and are as they were.",
                left,
            ).format(n=left)
        )


def compare(theirs: str, ours: float, tell: Callable[[str], None]) -> None:
    """Say so when the platform counts with other points than the class does."""
    try:
        most = float(theirs.replace(",", "."))
    except ValueError:
        return
    if abs(most - ours) > 1e-6:
        tell(
            _("The platform has {theirs} points for this assignment, and the class {ours}: change one of them.").format(
                theirs=number(most, 1), ours=number(ours, 1)
            )
        )
