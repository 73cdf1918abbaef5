"""Repair of what learners do to nbgrader's marks in a notebook: copies, deleted cells, changed metadata."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from siru_course.language import gettext as _

from ._master import MasterCell

_SKIP = "skip-execution"
_CHECKED = ("grade", "solution", "locked", "points", "schema_version")


def repair(book: dict[str, Any], master: Iterable[MasterCell]) -> list[str]:
    """Give a submitted notebook every marked cell of the master copy exactly once, and no other mark.

    What a learner wrote stays. Of cells with the same mark the last counts, as in nbgrader; the others become
    ordinary cells. A cell that was deleted is put back where it stood, so that its task can be graded.

    Parameters
    ----------
    book
        The notebook as plain JSON; it is changed.
    master
        The cells of the master copy, in order.

    Returns
    -------
    list of str
        What was repaired, in sentences for the teacher.

    Examples
    --------
    >>> marks = {"grade": False, "solution": True, "locked": False, "grade_id": "answer"}
    >>> cell = {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": marks}}
    >>> book = {"cells": [cell, dict(cell, source="x = 2")], "metadata": {}}
    >>> repair(book, [MasterCell("answer", "code", "", marks)])
    ['The cell answer was there more than once: the last one counts.']
    """
    known = {cell.name: cell for cell in master}
    notes = _kernel(book)
    book["nbformat_minor"] = 5
    book["cells"] = _with_ids([_sound(cell) for cell in book["cells"] if isinstance(cell, dict)])
    last = {_mark(cell): number for number, cell in enumerate(book["cells"])}
    repeated: list[str] = []
    changed: list[str] = []
    for number, cell in enumerate(book["cells"]):
        name = _mark(cell)
        if "nbgrader" not in cell["metadata"]:
            continue
        if name not in known or last[name] != number:
            if name in known and name not in repeated:
                repeated.append(name)
            del cell["metadata"]["nbgrader"]
            continue
        right, found = known[name].metadata, cell["metadata"]["nbgrader"]
        tags = cell["metadata"].get("tags", [])
        # nbclient does not run a cell with this tag, and a test that is not run has not failed.
        skipped = _SKIP in tags
        if skipped:
            cell["metadata"]["tags"] = [tag for tag in tags if tag != _SKIP]
        if skipped or any(right.get(key) != found.get(key) for key in _CHECKED):
            changed.append(name)
        cell["metadata"]["nbgrader"] = dict(right)
        _of_type(cell, known[name].cell_type)
    missing = _put_back(book["cells"], list(known.values()))
    notes += [_("The cell {name} was there more than once: the last one counts.").format(name=n) for n in repeated]
    notes += [_("The cell {name} had lost its marks for grading; they are back.").format(name=n) for n in changed]
    notes += [_("The cell {name} had been deleted; it is back as it was handed out.").format(name=n) for n in missing]
    return notes


def _kernel(book: dict[str, Any]) -> list[str]:
    """Note a notebook of another language; nbgrader gives it the kernel of the source."""
    metadata = book.get("metadata")
    book["metadata"] = metadata if isinstance(metadata, dict) else {}
    spec, info = (book["metadata"].get(key) for key in ("kernelspec", "language_info"))
    for key in ("kernelspec", "language_info"):
        if not isinstance(book["metadata"].get(key, {}), dict):
            del book["metadata"][key]
    named = [part.get(key) for part, key in ((spec, "language"), (info, "name")) if isinstance(part, dict)]
    other = [str(name) for name in named if name and str(name).lower() not in ("python", "ipython")]
    if not other:
        return []
    book["metadata"].pop("language_info", None)
    return [_("The notebook was made for {language}; it was graded as Python.").format(language=other[0])]


def _sound(cell: dict[str, Any]) -> dict[str, Any]:
    """Give a cell the parts that every cell has, and drop what it showed: it is run anyway."""
    kind = cell.get("cell_type") if cell.get("cell_type") in ("code", "markdown", "raw") else "raw"
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, dict) else {}
    if "nbgrader" in metadata and not isinstance(metadata["nbgrader"], dict):
        del metadata["nbgrader"]
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        del metadata["tags"]
    for key in ("collapsed", "scrolled", "name", "jupyter", "execution", "format"):
        metadata.pop(key, None)
    sound: dict[str, Any] = {
        "id": str(cell.get("id")),
        "cell_type": kind,
        "metadata": metadata,
        "source": source if isinstance(source, str) else "",
    }
    if isinstance(cell.get("attachments"), dict):
        sound["attachments"] = cell["attachments"]
    return _of_type(sound, str(kind))


def _with_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each cell an id of its own; pasted cells carry the id of what was copied."""
    seen: set[str] = set()
    for cell in cells:
        if cell["id"] in seen or not re.fullmatch(r"[\w-]{1,64}", cell["id"], re.ASCII):
            cell["id"] = uuid.uuid4().hex[:8]
        seen.add(cell["id"])
    return cells


def _of_type(cell: dict[str, Any], kind: str) -> dict[str, Any]:
    cell["cell_type"] = kind
    if kind == "code":
        cell["outputs"], cell["execution_count"] = [], None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    return cell


def _put_back(cells: list[dict[str, Any]], master: list[MasterCell]) -> list[str]:
    """Put the marked cells that are missing behind the marked cell that they followed."""
    missing = []
    for number, lost in enumerate(master):
        place = {_mark(cell): index for index, cell in enumerate(cells) if _mark(cell)}
        if lost.name in place:
            continue
        before = [place[cell.name] for cell in master[:number] if cell.name in place]
        cell = {"cell_type": lost.cell_type, "source": lost.source, "metadata": {"nbgrader": dict(lost.metadata)}}
        cells.insert(before[-1] + 1 if before else 0, _sound(cell))
        missing.append(lost.name)
    _with_ids(cells)
    return missing


def _mark(cell: dict[str, Any]) -> str:
    marks = cell["metadata"].get("nbgrader")
    return str(marks.get("grade_id") or "") if isinstance(marks, dict) else ""
