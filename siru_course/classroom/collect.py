"""Handing in: submissions from a folder, a learning platform's zip or nbgrader's exchange into a class directory."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from siru_course.language import gettext as _

from ._archive import opened
from ._chosen import Chosen, choose, grade_ids, without_folder
from ._class import class_directory, people_of
from ._lms import Handed, Part, group, is_clutter
from ._member import Limits
from ._people import People, Person
from ._submitted import TIMESTAMP, alone, aside, finish, set_aside, store
from ._zip import zipped
from .directory import resolve

__all__ = ["Collected", "Limits", "collect"]


@dataclass(frozen=True)
class Collected:
    """How collecting one submission ended.

    Parameters
    ----------
    student
        The student's id; where nobody in the class is meant, what the submission is called in the source.
    state
        ``"new"``; ``"newer"``, in place of an earlier one, which is kept; ``"unchanged"``; ``"older"`` than the one
        that is there, which stays; or ``"refused"``.
    problem
        Why it was refused, and what to do; empty when it was not.
    timestamp
        When it was handed in, in UTC; ``None`` when the source does not say.
    note
        What else a teacher should know: a notebook that was renamed, a platform's mark that it is late.
    """

    student: str
    state: str
    problem: str = ""
    timestamp: datetime | None = None
    note: str = ""

    def __str__(self) -> str:
        states = {
            "new": _("new"),
            "newer": _("newer than the one before, which is kept"),
            "unchanged": _("unchanged"),
            "older": _("older than the one that is there, which stays"),
            "refused": _("refused"),
        }
        more = " ".join(filter(None, (self.problem, self.note)))
        return f"{self.student}: {states[self.state]}" + (f". {more}" if more else "")


def collect(folder: Path, assignment: str, source: Path, *, limits: Limits = Limits()) -> list[Collected]:  # noqa: B008
    """Collect what has been handed in.

    Nothing in the source is trusted. A submission with links, devices, paths that lead out of it, or more than the
    limits allow is refused as a whole, and the others go on. The notebook of somebody who is not in the
    class's list is put aside in ``.siru/unmatched``. A student's earlier submission is kept in ``.siru/replaced``.

    Parameters
    ----------
    folder
        The class directory; its list of students has been imported.
    assignment
        Which assignment.
    source
        A folder (a folder or a file a student), the zip of all submissions from Canvas or Moodle, the same unpacked,
        or the ``inbound`` folder of nbgrader's exchange. What is already collected can be collected again.
    limits
        How much is accepted.

    Returns
    -------
    list of Collected
        One for each submission, in the order of the students' ids.

    Raises
    ------
    ValueError
        If the folder is no class directory or has no list of students, the assignment is unknown, or the source
        cannot be read as a whole, has nothing of the assignment, or holds the class directory. Nothing has been
        changed then.
    """
    folder = class_directory(folder)
    name = resolve(assignment, sorted(path.name for path in (folder / "source").glob("*") if path.is_dir()))
    wanted = {path.name: grade_ids(path.read_bytes()) for path in sorted((folder / "source" / name).glob("*.ipynb"))}
    if folder.is_relative_to(source.resolve()):
        raise ValueError(
            _("The class directory itself lies in {source}. Name the folder or zip with what was handed in.").format(
                source=source
            )
        )
    people = people_of(folder)
    with alone(folder), opened(source, limits) as members:
        finish(folder)
        handed_in = group(members, name, wanted, people)
        if not handed_in:
            raise ValueError(
                _("There is nothing of {name} in {source}. Name the folder or zip with what was handed in.").format(
                    name=name, source=source
                )
            )
        told = []
        for owner, all_of_one in _by_owner(handed_in, people):
            told.append(_collect_one(folder, name, wanted, owner, all_of_one, limits))
        finish(folder)
    return sorted(told, key=lambda one: (one.state == "refused", one.student))


def _by_owner(found: list[Handed], people: People) -> list[tuple[list[Person], list[Handed]]]:
    """Put together the submissions that are one student's; those of nobody, or of several, stay alone."""
    owners: dict[object, tuple[list[Person], list[Handed]]] = {}
    for handed in found:
        who = handed.find(people)
        key = who[0].id if len(who) == 1 else ("unmatched", handed.label)
        owners.setdefault(key, (who, []))[1].append(handed)
    return list(owners.values())


def _collect_one(
    folder: Path,
    assignment: str,
    wanted: Mapping[str, set[str]],
    owner: list[Person],
    found: list[Handed],
    limits: Limits,
) -> Collected:
    student = owner[0].id if len(owner) == 1 else found[0].label
    try:
        handed = _last(found)
        time = handed.time or _written(handed.parts)
        parts = _looked_at(handed.parts, limits)
        chosen = choose(parts, wanted, handed.is_exchange)
        if len(owner) != 1:
            return Collected(student, "refused", _put_aside(folder, assignment, handed, parts, owner), time)
        files = {path: part.member.read() for path, part in chosen.files.items() if path != TIMESTAMP}
        state = store(folder, student, assignment, files, time)
    except ValueError as error:
        return Collected(student, "refused", str(error))
    except OSError as error:
        why = _("It could not be written: {why}. Nothing of it was changed; collect again when that is mended.")
        return Collected(student, "refused", why.format(why=error.strerror or error))
    shutil.rmtree(aside(folder, assignment, handed.label), ignore_errors=True)
    return Collected(student, state, "", time, _note(handed, chosen, time))


def _last(found: list[Handed]) -> Handed:
    """Choose among the submissions of one student: of the exchange's the last one; otherwise there may be only one."""
    if all(handed.is_exchange for handed in found):
        return max(found, key=lambda handed: (handed.time or datetime.min, handed.label))
    if len(found) > 1:
        raise ValueError(
            _("There are several submissions: {labels}. Leave the one that counts, and collect again.").format(
                labels=", ".join(handed.label for handed in found)
            )
        )
    return found[0]


def _looked_at(parts: list[Part], limits: Limits) -> list[Part]:
    """Refuse what no submission may hold, and look into the zip of a student who packed the notebook."""
    parts = [part for part in parts if not is_clutter(part.path)]
    _demand(parts, limits)
    zips = [part for part in parts if part.path[-1].lower().endswith(".zip")]
    if not zips or any(part.path[-1].lower().endswith(".ipynb") for part in parts):
        return parts
    if len(zips) > 1:
        raise ValueError(_("There are {n} zips and no notebook. Ask which one counts.").format(n=len(zips)))
    name = "/".join(zips[0].path)
    members = zipped(io.BytesIO(zips[0].member.read()), name, limits, 10 * limits.files)
    inner = [Part(member.path, member) for member in members if not is_clutter(member.path)]
    _demand(inner, limits)
    if any(part.path[-1].lower().endswith(".zip") for part in inner):
        raise ValueError(_("{name} holds another zip. Hand in the notebook itself.").format(name=name))
    return [part for part in parts if part is not zips[0]] + without_folder(inner)


def _demand(parts: list[Part], limits: Limits) -> None:
    for part in parts:
        if part.member.problem:
            raise ValueError(part.member.problem)
    if len(parts) > limits.files:
        raise ValueError(
            _("There are {n} files, and {most} are accepted. Hand in the notebook only.").format(
                n=len(parts), most=limits.files
            )
        )
    if sum(part.member.size for part in parts) > limits.total:
        raise ValueError(
            _("The files are more than {n} MB together. Hand in the notebook only.").format(n=limits.total // 2**20)
        )


def _put_aside(folder: Path, assignment: str, handed: Handed, parts: list[Part], owner: list[Person]) -> str:
    files = {"/".join(part.path): part.member.read() for part in sorted(parts, key=lambda part: part.order)}
    place = set_aside(folder, assignment, handed.label, files, _written(parts))
    if owner:
        why = _("Several students are called so: {students}.").format(students=", ".join(one.id for one in owner))
    else:
        why = _("Nobody in the list of students is called so.")
    todo = _("It lies in {place}. Rename that folder to the student's id, and collect {parent}.")
    return f"{why} {todo.format(place=place, parent=place.parent)}"


def _written(parts: list[Part]) -> datetime | None:
    """Give when the last file was written, where the source keeps that, and it is not in the future."""
    times = [part.member.time for part in parts if part.member.time]
    return max(times) if times and max(times) <= datetime.now(UTC).replace(tzinfo=None) else None


def _note(handed: Handed, chosen: Chosen, time: datetime | None) -> str:
    notes = list(chosen.notes)
    if handed.is_late:
        notes.append(_("The platform has marked it as late."))
    if time is None:
        notes.append(_("The source does not say when it was handed in, so a penalty for lateness cannot be computed."))
    return " ".join(notes)
