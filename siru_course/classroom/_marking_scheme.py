"""What a teacher marks by: what the source of an assignment says about a task that a person reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SCHEME = re.compile(r"^[^\n]*BEGIN MARK SCHEME[^\n]*\n(.*?)^[^\n]*END MARK SCHEME[^\n]*$", re.DOTALL | re.MULTILINE)
_SOLUTION = re.compile(r"^[^\n]*BEGIN SOLUTION[^\n]*\n(.*?)^[^\n]*END SOLUTION[^\n]*$", re.DOTALL | re.MULTILINE)
# A bold line, and an answer as a quotation below it: "**Weak sample, 3 points** (need 1, whose 0)".
_SAMPLE = re.compile(r"^(\*\*[^*\n]+\*\*[^\n]*)\n\s*\n((?:>[^\n]*\n?)+)", re.MULTILINE)
_TABLE = re.compile(r"^\|.*\n\|[\s:|-]+\|[ ]*\n(?:\|.*(?:\n|\Z))+", re.MULTILINE)


@dataclass(frozen=True)
class Criterion:
    """A row of a rubric.

    Parameters
    ----------
    name
        What is assessed.
    levels
        Each level's points, and the words that describe it.
    """

    name: str
    levels: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Sample:
    """An answer that somebody has marked already, with why it got its points.

    Parameters
    ----------
    title
        What it is, with its points.
    answer, remark
        The answer and the remark on it, as Markdown.
    """

    title: str
    answer: str
    remark: str


@dataclass(frozen=True)
class Task:
    """A task that a person marks.

    Parameters
    ----------
    name
        The notebook and the cell: ``dialogue/frame_challenge``.
    title
        The heading above it.
    text
        What the learners were asked, as Markdown.
    most
        The most points there are.
    rubric
        The criteria; empty where the source has no rubric whose points add up to `most`.
    scheme
        What else the mark scheme says, as Markdown.
    samples
        The answers in the mark scheme.
    model
        The source's own answer, as Markdown or code.
    code
        Whether answers are code.
    """

    name: str
    title: str
    text: str = ""
    most: float = 0.0
    rubric: tuple[Criterion, ...] = ()
    scheme: str = ""
    samples: tuple[Sample, ...] = ()
    model: str = ""
    code: bool = False

    @property
    def notebook(self) -> str:
        """The name of the notebook, without its ending."""
        return self.name.partition("/")[0]

    @property
    def cell(self) -> str:
        """The name of the cell."""
        return self.name.partition("/")[2]


def read_task(notebook: str, cell: str, most: float, cells: Sequence[Any]) -> Task:
    """Find what a source notebook says about a task.

    Parameters
    ----------
    notebook, cell
        The names of the notebook and of the cell with the answer.
    most
        The most points there are.
    cells
        The cells of the source; a task that is not among them has a name and points, and nothing else.

    Examples
    --------
    >>> cells = [
    ...     {"cell_type": "markdown", "source": "## Why? (2 points)", "metadata": {}},
    ...     {"cell_type": "markdown", "source": "...", "metadata": {"nbgrader": {"grade_id": "why"}}},
    ... ]
    >>> read_task("hw", "why", 2, cells).title
    'Why? (2 points)'
    """
    name = f"{notebook}/{cell}"
    at = next((place for place, other in enumerate(cells) if grade_id(other) == cell), None)
    if at is None:
        return Task(name, cell, most=most)
    before = next((place for place in range(at - 1, -1, -1) if grade_id(cells[place])), -1)
    above = [other for other in cells[before + 1 : at] if other["cell_type"] == "markdown"]
    # What stands before the last heading belongs to something else.
    above = above[max((place for place, other in enumerate(above) if _title(other["source"])), default=0) :]
    own = cells[at]["source"]
    asked = "\n\n".join(other["source"] for other in above)
    if _kind(cells[at], "task"):
        asked = "\n\n".join([asked, _SCHEME.sub("", own)]).strip()
    # The mark scheme stands in the cell itself, or in one below it, before the next that is answered.
    after = next((place for place in range(at + 1, len(cells)) if _answered(cells[place])), len(cells))
    found = next((match for other in cells[at:after] if (match := _SCHEME.search(other["source"]))), None)
    rubric, scheme, samples = _read_scheme(found.group(1) if found else "", most)
    solution = _SOLUTION.search(own)
    return Task(
        name,
        _title(asked) or cell,
        asked,
        most,
        rubric,
        scheme,
        samples,
        solution.group(1).strip() if solution else "",
        cells[at]["cell_type"] == "code",
    )


def grade_id(cell: Any) -> str:
    """Give nbgrader's name of a cell; empty if it has none."""
    settings = cell["metadata"].get("nbgrader")
    return str(settings.get("grade_id", "")) if isinstance(settings, dict) else ""


def _kind(cell: Any, kind: str) -> bool:
    return bool(grade_id(cell)) and bool(cell["metadata"]["nbgrader"].get(kind))


def _answered(cell: Any) -> bool:
    return any(_kind(cell, kind) for kind in ("solution", "task", "grade"))


def _title(text: str) -> str:
    heading = re.search(r"^#+\s+(.*)$", text, re.MULTILINE)
    return heading.group(1).strip() if heading else ""


def _read_scheme(text: str, most: float) -> tuple[tuple[Criterion, ...], str, tuple[Sample, ...]]:
    """Take a mark scheme apart: its rubric, its samples, and the rest."""
    rubric: tuple[Criterion, ...] = ()
    for table in _TABLE.finditer(text):
        criteria = _criteria(table.group())
        # A rubric that adds up to something else is only read, and a total is given.
        if criteria and sum(criterion.levels[-1][0] for criterion in criteria) == most:
            rubric, text = criteria, text[: table.start()] + text[table.end() :]
            break
    starts = list(_SAMPLE.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)] * bool(starts)
    samples = tuple(
        Sample(
            match.group(1).strip(),
            re.sub(r"^> ?", "", match.group(2), flags=re.MULTILINE).strip(),
            text[match.end() : end].strip(),
        )
        for match, end in zip(starts, ends, strict=True)
    )
    rest = text[: starts[0].start()] if starts else text
    return rubric, rest.strip(), samples


def _criteria(table: str) -> tuple[Criterion, ...]:
    """Read a table whose columns are points; empty if it is another one."""
    head, _rule, *rows = (
        [part.strip() for part in line.strip().strip("|").split("|")] for line in table.strip().splitlines()
    )
    try:
        points = [float(part.replace(",", ".")) for part in head[1:]]
    except ValueError:
        return ()
    if not points or points != sorted(points) or any(len(row) != len(head) for row in rows):
        return ()
    return tuple(Criterion(row[0], tuple(zip(points, row[1:], strict=True))) for row in rows)
