"""The master copy of an assignment: its cells as nbgrader's gradebook holds them, in the order of the source."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import nbformat

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class MasterCell:
    """A cell that nbgrader knows: what a submission must say about it, and what it says when it is missing."""

    name: str
    cell_type: str
    source: str
    metadata: Mapping[str, Any]

    @property
    def scored(self) -> bool:
        """Whether a machine scores it: code that is graded and is not an answer."""
        return bool(self.metadata["grade"] and not self.metadata["solution"] and self.cell_type == "code")


Master: TypeAlias = Mapping[str, tuple[MasterCell, ...]]
"""The cells of each notebook of an assignment, by the notebook's name."""


def read_master(gradebook: Gradebook, assignment: str, source: Path) -> Master:
    """Read the master copy of an assignment.

    Parameters
    ----------
    gradebook
        nbgrader's gradebook, open.
    assignment
        The assignment; it has been released.
    source
        The folder of its source, which knows the order of the cells.
    """
    return {
        notebook.name: _cells(notebook, _order(source / f"{notebook.name}.ipynb"))
        for notebook in gradebook.find_assignment(assignment).notebooks
    }


def version(master: Master, source: Path) -> str:
    """Give a digest of all that a score depends on besides the submission: the cells, and the files beside them."""
    digest = hashlib.sha256()
    for notebook, cells in sorted(master.items()):
        digest.update(json.dumps([notebook, [[c.source, dict(c.metadata)] for c in cells]], sort_keys=True).encode())
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.suffix != ".ipynb":
            digest.update(f"{path.relative_to(source)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _cells(notebook: Any, order: list[str]) -> tuple[MasterCell, ...]:
    points = {cell.name: float(cell.max_score) for cell in [*notebook.grade_cells, *notebook.task_cells]}
    graded = {cell.name for cell in notebook.grade_cells}
    answers = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    cells = []
    for cell in notebook.source_cells:
        metadata: dict[str, Any] = {
            "schema_version": 3,
            "grade": cell.name in graded,
            "grade_id": cell.name,
            "solution": cell.name in answers,
            "locked": bool(cell.locked),
            "task": cell.name in tasks,
            "cell_type": cell.cell_type,
        }
        if cell.name in points:
            metadata["points"] = points[cell.name]
        cells.append(MasterCell(cell.name, cell.cell_type, cell.source or "", metadata))
    place = {name: number for number, name in enumerate(order)}
    return tuple(sorted(cells, key=lambda cell: place.get(cell.name, len(place))))


def _order(path: Path) -> list[str]:
    book = nbformat.read(path, as_version=4)
    return [str(cell.metadata.get("nbgrader", {}).get("grade_id", "")) for cell in book.cells]


def modules(cells: Iterable[str]) -> tuple[str, ...]:
    """Find the installed modules that cells import, so that they are imported once for all.

    Examples
    --------
    >>> modules(["from siru_course import data, use_language"])
    ('siru_course', 'siru_course.data')
    """
    named: list[str] = []
    for cell in cells:
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(cell)):
                if isinstance(node, ast.Import):
                    named += [name.name for name in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    named += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return tuple(name for name in dict.fromkeys(named) if _installed(name))


def locked_code(source: Path) -> tuple[str, ...]:
    """Give the code cells of an assignment's source that are no answers; what cannot be read is left out."""
    return tuple(cell.source for cell in _code_cells(source) if not cell.metadata.get("nbgrader", {}).get("solution"))


def released_code(release: Path) -> tuple[str, ...]:
    """Give the code cells of what the students got; none when it is not there or cannot be read."""
    cells = [cell.source for cell in _code_cells(release)]
    # What does not fit into an argument of a program is left out: it only costs time.
    return tuple(cells) if sum(map(len, cells)) < 60_000 else ()


def _code_cells(folder: Path) -> list[Any]:
    cells: list[Any] = []
    for path in sorted(folder.glob("*.ipynb")):
        with suppress(OSError, ValueError, AttributeError, nbformat.ValidationError):
            cells += [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return cells


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
