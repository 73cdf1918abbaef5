"""Which files belong to whose submission, in the layouts of Canvas, Moodle, nbgrader's exchange, and plain folders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ._member import Member
from ._people import People, Person

# A file, or what was written or linked to instead of one.
_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_(?:(?P<attachment>\d+)_(?P<rest>.+)|(?P<page>(?:text|link)\.html))"
)
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<rest>.*))?")
_CLUTTER = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Part:
    """A file of a submission: its path there, the file, and its place among those handed in (0 when unknown)."""

    path: tuple[str, ...]
    member: Member
    order: int = 0


@dataclass
class Handed:
    """A submission as it was found, before anybody knows whose it is.

    Parameters
    ----------
    label
        What it is called in the source.
    find
        How the people of a class are asked who that is.
    parts
        Its files.
    time
        When it was handed in, where the source's names say so.
    is_late
        Whether the platform has marked it so.
    is_exchange
        Whether it comes from nbgrader's exchange, whose own files go with it.
    """

    label: str
    find: Callable[[People], list[Person]]
    parts: list[Part] = field(default_factory=list)
    time: datetime | None = None
    is_late: bool = False
    is_exchange: bool = False


def group(members: Iterable[Member], assignment: str, notebooks: Collection[str], people: People) -> list[Handed]:
    """Part what lies in a source into submissions.

    Parameters
    ----------
    members
        What lies there.
    assignment
        The name of the assignment: of an exchange, only its folders are taken.
    notebooks
        The names of its notebooks: a file ``ada_dialogue.ipynb`` is then Ada's.
    people
        The people of the class: a folder around everything is looked into, unless it is one of theirs.
    """
    kept = [member for member in members if not is_clutter(member.path)]
    while kept and (inside := _inside(kept, notebooks, people)):
        kept = inside
    found: dict[object, Handed] = {}
    for member in kept:
        top, rest = member.path[0], member.path[1:]
        if rest and top.count("+") >= 2:
            _add_exchange(found, member, assignment)
        elif moodle := _MOODLE.fullmatch(top):
            # Two people may have one name, so the number of the submission is part of what it is called.
            label = f"{moodle['name']}_{moodle['number']}"
            handed = found.setdefault(("moodle", label), Handed(label, _named(moodle["name"])))
            handed.parts.append(Part(rest or (moodle["rest"] or top,), member))
        elif (canvas := _CANVAS.fullmatch(top)) and not rest:
            label = f"{canvas['name']}_{canvas['number']}"
            handed = found.setdefault(
                ("canvas", canvas["number"]), Handed(label, _canvas(canvas["number"], canvas["name"]))
            )
            handed.is_late = handed.is_late or bool(canvas["late"])
            handed.parts.append(Part((canvas["rest"] or canvas["page"],), member, int(canvas["attachment"] or 0)))
        else:
            label = top if rest else _whose(top, notebooks)
            if rest[:1] == (assignment,) and len(rest) > 1:
                rest = rest[1:]
            handed = found.setdefault(("plain", label, bool(rest)), Handed(label, _anything(label)))
            handed.parts.append(Part(rest or (top,), member))
    return list(found.values())


def is_clutter(path: tuple[str, ...]) -> bool:
    """Tell whether a file is one that systems leave behind by themselves."""
    return any(part in _CLUTTER or part.startswith("._") for part in path)


def _inside(members: list[Member], notebooks: Collection[str], people: People) -> list[Member]:
    """Give what lies in the one folder around everything; nothing where that folder is itself a submission."""
    tops = {member.path[0] for member in members}
    inbound = [member for member in members if "inbound" in member.path[:-2]]
    if inbound and not any(_is_submission(top, people) for top in tops):
        return [replace(member, path=member.path[member.path.index("inbound") + 1 :]) for member in inbound]
    (top,) = tops if len(tops) == 1 else (None,)
    if top is None or any(len(member.path) < 2 for member in members) or _is_submission(top, people):
        return []
    # A folder around submissions, and not the submission of somebody unknown.
    folders = {member.path[1] for member in members if len(member.path) > 2}
    below = {part for member in members for part in member.path[1:-1]}
    below |= {_whose(member.path[1], notebooks) for member in members if len(member.path) == 2}
    below |= {member.path[1] for member in members if len(member.path) == 2}
    if len(folders) < 2 and not any(_is_submission(name, people) for name in below):
        return []
    return [replace(member, path=member.path[1:]) for member in members]


def _is_submission(name: str, people: People) -> bool:
    return bool(name.count("+") >= 2 or _MOODLE.fullmatch(name) or _CANVAS.fullmatch(name) or people.anything(name))


def _add_exchange(found: dict[object, Handed], member: Member, assignment: str) -> None:
    from nbgrader.utils import parse_utc

    top, rest = member.path[0], member.path[1:]
    # As nbgrader parts it: ids may hold a plus, so the name is read from its end, with or without a random word.
    parts = top.rsplit("+", 3)
    if len(parts) == 3 or parts[-3] != assignment:
        parts = [*top.rsplit("+", 2), ""]
    student, name, when = parts[:3]
    if name != assignment:
        return
    try:
        time = parse_utc(when)
    except (ValueError, OverflowError):
        time = None
    handed = found.setdefault(
        ("exchange", top), Handed(top, lambda people: people.login(student), time=time, is_exchange=True)
    )
    handed.parts.append(Part(rest, member))


def _whose(name: str, notebooks: Collection[str]) -> str:
    """Give the name of a person from the name of their file."""
    stem = unicodedata.normalize("NFC", name).rpartition(".")[0] or name
    for notebook in notebooks:
        own = re.escape(notebook.rpartition(".")[0])
        shorter = re.sub(rf"(.)[ _.-]+{own}(?:[ _-]?\(?\d+\)?)?$", r"\1", stem, flags=re.IGNORECASE)
        if shorter != stem:
            return shorter
    return stem


def _named(name: str) -> Callable[[People], list[Person]]:
    return lambda people: people.named(name)


def _canvas(number: str, name: str) -> Callable[[People], list[Person]]:
    return lambda people: people.canvas(number, name)


def _anything(name: str) -> Callable[[People], list[Person]]:
    return lambda people: people.anything(name)
