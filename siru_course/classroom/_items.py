"""The tasks of an assignment, what students wrote in them, and what the checks said.

Everything read here was written by students: it is read as data, never run, and escaped where it is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from siru_course._files import typed
from siru_course.language import LANGUAGES, in_language, ngettext
from siru_course.language import gettext as _

from ._scores import Key
from .directory import resolve

# A notebook that is larger is no answer to an exercise.
LARGEST = 20_000_000
_LONGEST = 400
_MOST_PRINTED = 100_000


@dataclass(frozen=True)
class Cell:
    """A cell as it stands in a notebook: its kind, its text, and the text below it."""

    kind: str
    source: str
    printed: str = ""


@dataclass(frozen=True)
class Task:
    """A graded cell and the cells in which it is answered.

    Parameters
    ----------
    key
        The notebook and the graded cell.
    title
        The heading above it, without its points.
    manual
        Whether a person marks it.
    stubs
        The cells to write in, as they were released.
    """

    key: Key
    title: str
    manual: bool
    stubs: dict[str, Cell]

    @property
    def short(self) -> str:
        """The number of the task, ``Task 4``, where the heading begins with one; otherwise the whole title."""
        number, dot, _rest = self.title.partition(" · ")
        return number if dot and re.search(r"\d$", number) else self.title

    def untouched(self, cells: dict[str, Cell]) -> bool:
        """Tell whether nothing was written: each cell to write in is missing, or is as it was released."""
        return bool(self.stubs) and all(
            name not in cells or cells[name].source.split() == stub.source.split() for name, stub in self.stubs.items()
        )


def released(folder: Path, assignment: str) -> tuple[str, dict[str, Path]]:
    """Find the released notebooks of an assignment: its full name, and the notebooks by name without ending.

    Raises
    ------
    ValueError
        If it has not been released.
    """
    known = sorted(path.name for path in (folder / "release").glob("*") if path.is_dir())
    sources = sorted(path.name for path in (folder / "source").glob("*") if path.is_dir())
    name = resolve(assignment, {*known, *sources})
    books = {path.stem: path for path in sorted((folder / "release" / name).glob("*.ipynb"))}
    if not books:
        raise ValueError(
            _("{name} has not been released. Run: siru class release {name} --in {folder}").format(
                name=name, folder=typed(folder)
            )
        )
    return name, books


def tasks(books: dict[str, Path]) -> list[Task]:
    """Find the tasks of the released notebooks, in order."""
    found: list[Task] = []
    for notebook, path in books.items():
        title, stubs, last = notebook, dict[str, Cell](), dict[str, Cell]()
        for name, cell, grader in _cells(_load(path)):
            if cell.kind == "markdown" and (heading := re.search(r"^#{2,3} +(.+)$", cell.source, re.MULTILINE)):
                title, last = re.sub(r"\s*\([^()]*\d[^()]*\)\s*$", "", heading[1]).strip(), {}
            if grader.get("solution"):
                stubs[name] = cell
            if grader.get("grade") or grader.get("task"):
                # A second test below the same heading looks at the same answer.
                stubs = stubs or last
                manual = bool(grader.get("solution") or grader.get("task"))
                same = any(task.title == title for task in found)
                found.append(Task((notebook, name), f"{title} · {name}" if same else title, manual, stubs))
                stubs, last = {}, stubs
    return found


def title(books: dict[str, Path]) -> str:
    """Give the first heading of the first notebook; empty when it has none."""
    for path in books.values():
        for _name, cell, _grader in _cells(_load(path)):
            if cell.kind == "markdown" and (heading := re.search(r"^# +(.+)$", cell.source, re.MULTILINE)):
                return heading[1].strip()
    return ""


def code_cells(path: Path) -> list[str]:
    """Give the text of every code cell of a released notebook."""
    return [cell.source for _name, cell, _grader in _cells(_load(path)) if cell.kind == "code"]


def read_cells(path: Path) -> dict[str, Cell] | None:
    """Read the cells that nbgrader knows from a notebook somebody handed in; ``None`` if it cannot be read."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        cells: dict[str, Cell] = {}
        for name, cell, grader in _cells(_load(path)):
            if grader:
                # Of a cell that was pasted twice the first counts.
                cells.setdefault(name, cell)
        return cells
    except (OSError, ValueError, RecursionError):
        return None


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _cells(book: Any) -> Iterator[tuple[str, Cell, dict[str, Any]]]:
    """Give each cell with its ``grade_id`` and nbgrader's metadata; whatever has another form is passed over."""
    for cell in _list(_dict(book).get("cells")):
        cell = _dict(cell)
        grader = _dict(_dict(cell.get("metadata")).get("nbgrader"))
        printed = []
        for output in map(_dict, _list(cell.get("outputs"))):
            printed.append(_text(output.get("text") or _dict(output.get("data")).get("text/plain")))
        known = Cell(str(cell.get("cell_type", "")), _text(cell.get("source")), "\n".join(printed))
        yield str(grader.get("grade_id", "")), known, grader


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


@dataclass(frozen=True)
class Said:
    """What a check said of an answer that is not right: the check's name, and its message without the answer."""

    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.message}" if self.message else self.check


def complaints(printed: str) -> Iterator[Said]:
    """Read what the checks said below a graded cell, from the text they print.

    What the learner has (``You have 0.3.``) is taken out, so that the same misconception is the same message; where
    nothing else is said of it than to look again, the answer is all there is to tell and stays. That there
    is no answer yet is no misconception, and is left out.

    Examples
    --------
    >>> list(complaints("✗ The share: not met. You have 0.3. This looks rounded."))
    [Said(check='The share', message='This looks rounded.')]
    """
    row, have, nothing, vague = _patterns()
    for line in printed[:_MOST_PRINTED].splitlines():
        if (found := row.match(line)) and (message := have.sub("", found["message"]).strip()):
            if nothing.fullmatch(message):
                continue
            message = found["message"] if vague.fullmatch(message) else message
            yield Said(found["name"][:_LONGEST], message[:_LONGEST])


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Make the patterns of what the checks print from the messages themselves, in every language of the course."""
    words, have, nothing, vague = [], [], [], []
    for code in LANGUAGES:
        with in_language(code):
            words += [_("Not met").lower(), _("Partly met").lower()]
            have += [_("You have `{answer}`."), _("You have {answer}.")]
            have += [_("{right} of {total} are right."), _("{right} of {total} pairs are in the right order.")]
            nothing.append(_("Not answered yet: write your answer in the cell above."))
            nothing += [ngettext("{n} item has no answer yet.", "{n} items have no answer yet.", n) for n in (1, 2)]
            vague.append(_("Read the task once more and look at the cell above."))
    return (
        re.compile(rf"[✗◐] (?P<name>.+?): (?:{_either(words)})\. ?(?P<message>.*)"),
        re.compile(rf"^(?:{_either(have)})(?=\s|$)"),
        re.compile(_either(nothing)),
        re.compile(_either(vague)),
    )


def _either(messages: Iterable[str]) -> str:
    """Write messages as a pattern that matches any of them, whatever stands in their places."""
    return "|".join(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(message)) for message in messages)
