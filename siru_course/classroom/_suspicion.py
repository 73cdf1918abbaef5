"""Signs that points were not earned: they are told to the teacher, and never cost a point.

Tests and answers share a process, so forged passes cannot be made impossible. They can be made to show: a test cell
that is run again with a line that must fail has to fail; and a test cell that ends in a score has to show one number.
"""

from __future__ import annotations

import copy
import random
import re
import secrets
from dataclasses import dataclass

from nbformat import NotebookNode

from siru_course.language import gettext as _


@dataclass(frozen=True)
class Probe:
    """A test cell with a line that must fail, and what must come of it."""

    cell: NotebookNode
    fails_with: str = ""
    scores: float | None = None

    def passed(self) -> bool:
        """Tell whether the cell came out as an honest one does."""
        if self.fails_with:
            return any(
                output.output_type == "error" and self.fails_with in f"{output.get('evalue')}"
                for output in self.cell.outputs
            )
        results = [output for output in self.cell.outputs if output.output_type == "execute_result"]
        return len(results) == 1 and _number(results[0]) == self.scores


def probes(cells: list[NotebookNode], most: int = 2) -> list[Probe]:
    """Make probes of some test cells that gave points, drawn by lot: nobody can know which."""
    drawn = random.sample(cells, min(most, len(cells)))
    made = [_assertion(cell) for cell in drawn]
    tasks = [cell for cell in drawn if re.search(r"\bchecks\.task\(", cell.source)]
    return made + [_task(cell) for cell in tasks[:1]]


def in_outputs(cell: NotebookNode) -> str:
    """Say what is odd about what a test cell shows; empty when nothing is."""
    results = [output for output in cell.outputs if output.output_type == "execute_result"]
    failed = any(
        output.output_type == "error" or (output.output_type == "stream" and output.name == "stderr")
        for output in cell.outputs
    )
    if len(results) > 1:
        return _("it shows more than one result")
    if ends_in_score(cell.source) and not failed and (not results or _number(results[0]) is None):
        return _("it shows no score")
    return ""


def clamp(cell: NotebookNode, most: float) -> bool:
    """Bring the scores that a test cell shows between 0 and its points; tell whether one was outside."""
    changed = False
    for output in cell.outputs:
        if output.output_type != "execute_result":
            continue
        shown = output.data.get("text/plain")
        text = shown if isinstance(shown, str) else ""
        score = _number(output)
        if not text:
            text = "0"
        elif score is not None and not 0 <= score <= most:
            text = repr(most) if score > most else "0"  # what is no number at all compares as neither
        if text != shown:
            output.data["text/plain"], changed = text, True
    return changed


def ends_in_score(source: str) -> bool:
    """Tell whether a test cell ends in the score of a task."""
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines and re.fullmatch(r"\w+\.score", lines[-1].strip()))


def _assertion(cell: NotebookNode) -> Probe:
    word = secrets.token_hex(6)
    low, high = random.randint(2, 9), random.randint(10, 99)
    lines = [
        f"assert {low} == {high}, {word!r}",
        f"assert not {low} < {high}, {word!r}",
        f"assert len([{low}]) == 2, {word!r}",
        f"assert isinstance({low}, str), {word!r}",
        f"raise AssertionError({word!r})",
    ]
    return Probe(_copy(cell, cell.source.rstrip() + "\n" + random.choice(lines)), fails_with=word)


def _task(cell: NotebookNode) -> Probe:
    """Make a task of one right and several wrong answers: only the right one may give its points."""
    word, right, wrong = secrets.token_hex(6), random.randint(1, 9), random.randint(11, 19)
    lines = [
        f"with checks.task({word!r}, points={right + wrong}) as _task:",
        f"    checks.true('a', lambda: {right} < {wrong}, 'a', points={right})",
        f"    checks.true('b', lambda: {right} > {wrong}, 'b', points={wrong - 2})",
        f"    checks.number('c', lambda: {right}, {wrong}, tolerance=0.1, points=1)",
        "    checks.choice('d', lambda: 'A', ['B'], options=['A', 'B'], points=1)",
        "_task.score",
    ]
    return Probe(_copy(cell, "\n".join(lines)), scores=float(right))


def _copy(cell: NotebookNode, source: str) -> NotebookNode:
    made = copy.deepcopy(cell)
    made.source, made.metadata, made.outputs = source, NotebookNode(), []
    return made


def _number(output: NotebookNode) -> float | None:
    try:
        return float(output.data["text/plain"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
