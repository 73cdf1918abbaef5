"""Which of the files that were found are a submission, and under which names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from siru_course.language import gettext as _

from ._howto import HOW_TO
from ._lms import Part

# What nbgrader's exchange writes; from a student's own hand these would say when it was handed in.
EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")
# No programs: a module beside a notebook would be imported in place of a real one.
TYPES = (".ipynb", ".csv", ".tsv", ".txt", ".md", ".json", ".xlsx", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf")
_MOST_NAMES = 5


@dataclass(frozen=True)
class Chosen:
    """The files of a submission under the names they get, and what should be told about that."""

    files: dict[str, Part]
    notes: tuple[str, ...] = ()


def grade_ids(content: bytes) -> set[str]:
    """Give the ids of a notebook's cells that nbgrader knows; none where it cannot be read."""
    try:
        cells = json.loads(content)["cells"]
        return {str(cell["metadata"]["nbgrader"]["grade_id"]) for cell in cells if "nbgrader" in cell["metadata"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        return set()


def choose(parts: list[Part], wanted: Mapping[str, set[str]], is_exchange: bool) -> Chosen:
    """Choose the files that are handed in.

    Parameters
    ----------
    parts
        What was found; nothing of it is refused any more for its form.
    wanted
        The notebooks of the assignment, and the grade ids in each.
    is_exchange
        Whether nbgrader's own files are kept.

    Raises
    ------
    ValueError
        If a notebook is missing, or it cannot be told which one is meant.
    """
    if not is_exchange:
        parts = [part for part in parts if part.path[-1] not in EXCHANGE_FILES]
    others = [part for part in parts if Path(part.path[-1]).suffix.lower() not in TYPES]
    parts = sorted(without_folder([part for part in parts if part not in others]), key=lambda part: part.order)
    notebooks = [part for part in parts if part.path[-1].lower().endswith(".ipynb")]
    files = {"/".join(part.path): part for part in parts if part not in notebooks}
    notes = []
    for name, ids in wanted.items():
        part = _notebook(name, ids, notebooks, is_only=len(wanted) == 1)
        notebooks.remove(part)
        if part.path != (name,):
            notes.append(_("{old} was renamed to {new}.").format(old="/".join(part.path), new=name))
        files[name] = part
    notes += [
        _("{name} was left out: it is not a notebook of this exercise.").format(name="/".join(part.path))
        for part in notebooks
    ]
    # The how-to comes back with the folder that was handed out; of anything else somebody may have expected more.
    names = ["/".join(part.path) for part in others if part.path[-1] != HOW_TO]
    if names:
        shown = ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")
        notes.append(_("Left out, as files of that kind are not handed in: {names}.").format(names=shown))
    return Chosen(files, tuple(notes))


def _notebook(name: str, ids: set[str], notebooks: list[Part], is_only: bool) -> Part:
    """Find one of the assignment's notebooks, under its own name, a numbered one, or as the only one there is."""
    pattern = re.compile(rf"{re.escape(name.rpartition('.')[0])}(?:[ _-]?\(?\d+\)?)?\.ipynb", re.IGNORECASE)
    own = [part for part in notebooks if part.path == (name,)]
    numbered = [part for part in notebooks if len(part.path) == 1 and pattern.fullmatch(part.path[0])]
    # A platform numbers what is handed in, and the last one counts.
    is_ordered = len({part.order for part in numbered}) > 1
    found = numbered[-1:] if is_ordered else own or (notebooks if is_only else numbered)
    if len(found) > 1:
        raise ValueError(
            _("There are {n} notebooks, and it cannot be told which is {name}. Ask which one counts.").format(
                n=len(found), name=name
            )
        )
    if not found:
        raise ValueError(
            _("There is no {name}. Ask for the notebook itself, the file that ends in .ipynb.").format(name=name)
        )
    # A cell may have been deleted; another exercise shares at most a few ids.
    if found[0].path != (name,) and 2 * len(grade_ids(found[0].member.read()) & ids) < max(1, len(ids)):
        raise ValueError(
            _("{file} is not the notebook of this exercise, {name}. Ask for that one.").format(
                file="/".join(found[0].path), name=name
            )
        )
    return found[0]


def without_folder(parts: list[Part]) -> list[Part]:
    """Take away the folders around all the files of a submission."""
    while parts and len({part.path[0] for part in parts}) == 1 and all(len(part.path) > 1 for part in parts):
        parts = [Part(part.path[1:], part.member, part.order) for part in parts]
    return parts
