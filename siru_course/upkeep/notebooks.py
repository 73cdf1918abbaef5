"""Are the exercise notebooks sound? Readable ids, and the points that are shown are the points that are given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from siru_course.language import LANGUAGES
from siru_course.language import gettext as _

from .base import ROOT, Finding, notebooks, source

TOTAL = 100

_HEADING = re.compile(r"^#{1,6} .*\((?P<points>\d+) (?:points?|poäng)\)\s*$", re.MULTILINE)
_TASK = re.compile(r"checks\.task\(\s*\"[^\"]*\"\s*,\s*points=(?P<points>\d+)")
_READABLE = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")


def _each(root: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for language in LANGUAGES:
        for name, book in notebooks(root, language).items():
            yield f"exercises/{language}/{name}", book["cells"]


def check_ids(root: Path = ROOT) -> Iterator[Finding]:
    """Find grade ids that are used twice or that nobody can read, and cells without an id."""
    for file, cells in _each(root):
        seen: set[str] = set()
        for number, cell in enumerate(cells, start=1):
            if not cell.get("id"):
                yield Finding(
                    "ids",
                    file,
                    number,
                    _("The cell has no id. Give it one that is the same in both languages."),
                )
            grader = cell["metadata"].get("nbgrader")
            if not grader:
                continue
            name = grader.get("grade_id", "")
            if name in seen:
                yield Finding("ids", file, number, _("The grade id {name!r} is used twice.").format(name=name))
            seen.add(name)
            if not _READABLE.match(name) or re.search(r"[0-9a-f]{8,}", name):
                yield Finding(
                    "ids",
                    file,
                    number,
                    _("The grade id {name!r} says nothing. Name the task, as in mix_tables.").format(name=name),
                )


def check_points(root: Path = ROOT) -> Iterator[Finding]:
    """Find points in a heading or in a task that differ from those stored, and totals that are not 100."""
    for file, cells in _each(root):
        shown: int | None = None
        total = 0.0
        for number, cell in enumerate(cells, start=1):
            text = source(cell)
            if cell["cell_type"] == "markdown" and (heading := _HEADING.search(text)):
                shown = int(heading["points"])
            grader = cell["metadata"].get("nbgrader")
            if not grader or not grader.get("grade"):
                continue
            stored = grader.get("points", 0)
            total += stored
            task = _TASK.search(text)
            for claimed in (shown, int(task["points"]) if task else shown):
                if claimed != stored:
                    yield Finding(
                        "points",
                        file,
                        number,
                        _("The task shows {shown} points but {stored} are stored.").format(
                            shown=claimed, stored=stored
                        ),
                    )
                    break
        if total != TOTAL:
            yield Finding(
                "points",
                file,
                1,
                _("The points add up to {total}; they must be {wanted}.").format(total=total, wanted=TOTAL),
            )
