"""Signs that points were not earned: they are told to the teacher, and never cost a point.

Tests and answers share a process, so forged passes cannot be made impossible. They can be made to show: a test cell
that is run again with a line that must fail has to fail; a test cell that ends in a score has to show one number;
and no exercise needs the tools with which Python is taken apart.
"""

from __future__ import annotations

import ast
import copy
import random
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from nbformat import NotebookNode

from siru_course.language import gettext as _

_TOOLS = {
    "__builtins__", "__subclasses__", "_exit", "_getframe", "_ih", "ast_transformers", "atexit", "builtins", "ctypes",
    "current_frames", "display_pub", "displayhook", "excepthook", "f_back", "f_builtins", "f_globals", "f_locals", "gc",
    "get_ipython", "get_objects", "get_referrers", "gi_frame", "importlib", "inspect", "input_transformer_manager",
    "input_transformers_cleanup", "input_transformers_post", "meta_path", "os", "run_cell", "run_code", "setprofile",
    "settrace", "showtraceback", "subprocess", "sys", "tb_frame", "threading",
}  # fmt: skip
_PACKAGE = "siru_course"
_CALLS = {"delattr", "eval", "exec", "globals", "setattr", "vars"}


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


def course_names(sources: Iterable[str]) -> frozenset[str]:
    """Find the names that cells of the course give to its own modules and what is in them.

    Parameters
    ----------
    sources
        The code of the cells that a learner cannot change.

    Examples
    --------
    >>> sorted(course_names(["import pandas as pd", "from siru_course import checks, facilitation as f"]))
    ['checks', 'f']
    """
    return frozenset().union(*map(_course_names_in, sources))


@lru_cache(maxsize=256)
def _course_names_in(source: str) -> frozenset[str]:
    found: set[str] = set()
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == _PACKAGE:
                found.update(name.asname or name.name for name in node.names)
            elif isinstance(node, ast.Import):
                ours = [name for name in node.names if name.name.partition(".")[0] == _PACKAGE]
                found.update(name.asname or _PACKAGE for name in ours)
    return frozenset(found)


@lru_cache(maxsize=1024)
def in_code(source: str, course: frozenset[str] = frozenset({"checks", "data"})) -> tuple[str, ...]:
    """Find what an answer uses that takes Python or the tests apart; the names, in the order of the code.

    Parameters
    ----------
    source
        The code of the answer.
    course
        The names of what is the course's own, which no answer changes: see :func:`course_names`.

    Examples
    --------
    >>> in_code("total = ballots['A'].sum()")
    ()
    >>> in_code("import sys; sys._getframe(1)")
    ('sys', '_getframe')
    >>> in_code("facilitation.Agenda.check = lambda agenda: []", frozenset({"facilitation"}))
    ('facilitation.Agenda.check',)
    """
    try:
        tree = ast.parse("\n".join("" if line.lstrip()[:1] in "%!" else line for line in source.splitlines()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            path = _path(node)
            # Which data a class has is said in a locked cell.
            if (path.partition(".")[0] in course and not isinstance(node.ctx, ast.Load)) or path == "data.use":
                found.append(path)
            elif node.attr in _TOOLS:
                found.append(node.attr)
        elif isinstance(node, ast.Name):
            if node.id in _TOOLS | {"In"} or (node.id == "checks" and not isinstance(node.ctx, ast.Load)):
                found.append(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            found += [module for module in modules if module.partition(".")[0] in _TOOLS | {"IPython", "ipykernel"}]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            found.append(node.func.id)
    return tuple(dict.fromkeys(found))


def _path(node: ast.expr) -> str:
    """Write ``a.b.c`` as it stands in the code; empty if it begins with anything but a name."""
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return before and f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


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
