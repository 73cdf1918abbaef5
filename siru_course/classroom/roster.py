"""The list of a class: from a learning platform's export into nbgrader's gradebook."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from siru_course.language import gettext as _

from ._class import class_directory, gradebook, people_in
from ._people import Person, fold, folder_name
from ._table import Row, read_table

# Headings, folded, of Canvas, Moodle and Ladok in English and Swedish. The first of a row is preferred.
_HEADINGS = {
    "id": ("id", "student id"),
    "login": ("login", "username", "anvandarnamn", "sis login id", "sis inloggnings id"),
    "first": ("first name", "firstname", "fornamn", "given name", "tilltalsnamn"),
    "last": ("last name", "lastname", "surname", "efternamn", "family name"),
    "name": ("student", "name", "namn", "full name", "fullstandigt namn"),
    "email": ("email", "email address", "e mail", "e mail address", "e post", "e postadress", "epost", "epostadress"),
    "lms": ("lms user id",),
    "number": ("id number", "id nummer", "sis user id", "sis anvandar id"),
    "personal": ("personnummer", "personal identity number", "personal number"),
}
_CANVAS = {"sis login id", "sis inloggnings id", "sis user id", "sis anvandar id"}
_LONGEST = 128  # characters in a column of nbgrader's gradebook


@dataclass(frozen=True)
class Roster:
    """What became of a list.

    Parameters
    ----------
    added, changed, unchanged
        The ids of students, in the order of the list. Nobody is ever taken out of the gradebook.
    problems
        A sentence for each row that was left out, with its number in the file.
    notes
        What was left out on purpose: columns and rows that are not a student's.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def roster(folder: Path, path: Path) -> Roster:
    """Put the students of a list in a class's gradebook.

    The list is a CSV file as Canvas, Moodle or Ladok exports it, or one with headings such as
    ``id,first_name,last_name,email``. Personal identity numbers are never stored.

    Parameters
    ----------
    folder
        The class directory.
    path
        The file.

    Raises
    ------
    ValueError
        If the folder is no class directory, or the file cannot be read; then nothing is written.
    """
    folder = class_directory(folder)
    table = read_table(path, _HEADINGS)
    if not set(table.columns) - {"personal"}:
        raise ValueError(
            _("{file} has no column with a login, a name or an e-mail address. Add one and try again.").format(
                file=path
            )
        )
    notes = []
    if "personal" in table.columns:
        heading = table.headings[table.columns["personal"]]
        notes.append(
            _("The column {heading} was not read: it is not needed, and is not stored.").format(heading=heading)
        )
    is_canvas = bool({fold(heading) for heading in table.headings} & _CANVAS)
    with gradebook(folder) as book:
        known = people_in(book)
        plan, problems = _plan(table.rows, known, is_canvas, notes)
        before = {person.id: person for person in known}
        for person in plan:
            if before.get(person.id) != person:
                book.update_or_create_student(
                    person.id,
                    first_name=person.first or None,
                    last_name=person.last or None,
                    email=person.email or None,
                    lms_user_id=person.lms or None,
                )
    return Roster(
        tuple(person.id for person in plan if person.id not in before),
        tuple(person.id for person in plan if person.id in before and before[person.id] != person),
        tuple(person.id for person in plan if before.get(person.id) == person),
        tuple(problems),
        tuple(notes),
    )


def _plan(
    rows: tuple[Row, ...], known: list[Person], is_canvas: bool, notes: list[str]
) -> tuple[list[Person], list[str]]:
    """Decide what each row means; nothing is written before all rows have been read."""
    plan: dict[str, tuple[int, Person]] = {}
    problems = []
    for row in rows:
        if is_canvas and _is_furniture(row):
            notes.append(_("Row {n} is not a student's, and was left out.").format(n=row.number))
            continue
        try:
            person = _match(_person(row, is_canvas), known, [other for _n, other in plan.values()])
        except ValueError as error:
            problems.append(_("Row {n} was left out: {why}.").format(n=row.number, why=error))
            continue
        first, earlier = plan.get(person.id, (row.number, person))
        if earlier != person:
            why = _("row {first} is about the same student, {student}, and says something else").format(
                first=first, student=person.id
            )
            problems.append(_("Row {n} was left out: {why}.").format(n=row.number, why=why))
        plan.setdefault(person.id, (row.number, person))
    return [person for _n, person in plan.values()], problems


def _is_furniture(row: Row) -> bool:
    """Tell whether it is Canvas's row of points, of posting rules, or of the test student."""
    name = fold(" ".join(row.cells.get(part, "") for part in ("name", "last", "first")))
    unnumbered = not row.cells.get("id") and not row.cells.get("login")
    return (unnumbered and (not name or "points possible" in name or "poang" in name)) or name == "student test"


def _person(row: Row, is_canvas: bool) -> Person:
    if row.problem:
        raise ValueError(row.problem)
    cells = row.cells
    for value in cells.values():
        if len(value) > _LONGEST:
            raise ValueError(_("{value!r} is longer than {n} characters").format(value=value[:20] + "…", n=_LONGEST))
        if re.search(r"[<>]", value):
            raise ValueError(_("{value!r} has a character that no name has").format(value=value))
    email = cells.get("email", "")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise ValueError(_("{value!r} is not an e-mail address").format(value=email))
    first, last = cells.get("first", ""), cells.get("last", "")
    if not (first or last):
        first, last = _parted(cells.get("name", ""))
    own, login, number, lms = (_harmless(cells.get(name, "")) for name in ("id", "login", "number", "lms"))
    # What Canvas calls ID is its own number; everybody else means the login.
    lms, login = (own, login) if is_canvas else (lms or number, own or login)
    name = ".".join(fold(f"{first} {last}").split())
    student = next(filter(None, map(folder_name, (login, email.partition("@")[0], number, name, lms))), "")
    if not student:
        raise ValueError(_("it has no login, name or e-mail address"))
    return Person(student, first, last, email, lms)


def _parted(name: str) -> tuple[str, str]:
    last, comma, first = (part.strip() for part in name.partition(","))
    if comma:
        return first, last
    first, _space, last = name.rpartition(" ")
    return first, last


def _harmless(value: str) -> str:
    """Give an id, or nothing where it is a Swedish personal identity number, whichever column it stands in."""
    digits = re.fullmatch(r"(?:19|20)?(\d{2})(\d{2})(\d{2})[-+]?(\d{4})", value.strip())
    if not digits:
        return value
    month, day = int(digits[2]), int(digits[3])
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate("".join(digits.groups()))]
    is_personal = 1 <= month <= 12 and 1 <= day % 60 <= 31 and sum(map(sum, (divmod(n, 10) for n in doubled))) % 10 == 0
    return "" if is_personal else value


def _match(person: Person, known: list[Person], listed: list[Person]) -> Person:
    """Find the student of the gradebook that a row is about; what the row leaves empty stays as it was."""
    same = {
        one.id: one
        for one in known
        if (person.lms and person.lms == one.lms)
        or (person.email and person.email.casefold() == one.email.casefold())
        or folder_name(one.id) == person.id
    }
    if len(same) > 1:
        raise ValueError(
            _("it fits several students in the gradebook: {students}").format(students=", ".join(sorted(same)))
        )
    for one in same.values():
        if person.lms and one.lms and person.lms != one.lms and folder_name(one.id) == person.id:
            raise ValueError(
                _("{student} is another person in the gradebook: the number of the platform differs").format(
                    student=one.id
                )
            )
        person = replace(
            one,
            first=person.first or one.first,
            last=person.last or one.last,
            email=person.email or one.email,
            lms=person.lms or one.lms,
        )
    for other in listed:
        if other.id != person.id and (
            (person.lms and person.lms == other.lms)
            or (person.email and person.email.casefold() == other.email.casefold())
        ):
            raise ValueError(_("it has the number or the e-mail address of {student}").format(student=other.id))
    return person
