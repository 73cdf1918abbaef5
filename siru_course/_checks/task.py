"""A task: the block that collects checks, and how one check is run."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeAlias

from ..language import gettext as _
from ..language import number as spoken
from .answers import Unreadable, evaluate, explain, look_again
from .compare import Outcome, first_hint
from .expected import AuthorError, read_points
from .report import Row, ShownRow, as_html, as_text, show

Hints: TypeAlias = Mapping[Any, str] | Iterable[tuple[Any, str]]
"""Messages about misconceptions: each key is a recognised wrong answer, or a predicate of the answer.

The first that recognises the answer is shown. A list of pairs does the same for wrong answers that cannot be
keys of a dictionary, such as tables.
"""

_open_tasks: list[Task] = []


class Task:
    """The checks of one task, collected in a ``with`` block; made by :func:`task`.

    Attributes
    ----------
    results : list of Row
        One row a check, in the order they ran. After the block each row knows its points.
    score : int or float
        The points reached, 0 to the task's points, rounded to two decimals; available after the block.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> with checks.task("3 Dots", points=4) as dots:
    ...     _ = checks.true("Dots counted", lambda: 2 + 2 == 4, "Add the dots of both twins.")
    3 Dots
    ✓ Dots counted: met.
    Points: 4 of 4.
    >>> dots.results
    [Row(name='Dots counted', met=1.0, message='', points=4.0)]
    """

    def __init__(self, title: str, points: float) -> None:
        self.title = title
        self.points = read_points(points)
        self.results: list[Row] = []
        self.score: int | float = 0

    def __enter__(self) -> Task:
        self._silence = ExitStack()
        self._silence.enter_context(_silence())
        _open_tasks.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        _open_tasks.remove(self)
        self._silence.close()
        # An interrupted cell must stop, and an author must see what is wrong with a check.
        if isinstance(error, AuthorError) or not isinstance(error, (Exception, SystemExit, type(None))):
            return False
        stopped = error is not None
        if error is not None:
            sharing = any(row.points is None for row in self.results)
            self.results.append(Row(_("The rest of the task"), 0.0, explain(error), None if sharing else 0.0))
        more = self._share_points() or stopped
        self._show(more, stopped)
        return stopped

    def _share_points(self) -> bool:
        """Give each row its points and the task its score; tell whether points are left for hidden checks."""
        given = math.fsum(row.points for row in self.results if row.points is not None)
        left = self.points - given
        if left < -1e-9:
            message = _("points: the checks of “{task}” have {given} points together; the task has {points}.")
            raise AuthorError(message.format(task=self.title, given=f"{given:g}", points=f"{self.points:g}"))
        sharing = sum(row.points is None for row in self.results)
        self.results = [
            replace(row, points=max(left, 0.0) / sharing) if row.points is None else row for row in self.results
        ]
        reached = math.fsum(row.met * (row.points or 0.0) for row in self.results)
        # Rounding up past the task's points would be an error in nbgrader.
        score = min(round(reached, 2), self.points)
        self.score = int(score) if score.is_integer() else score
        return not sharing and left > 1e-9

    def _show(self, more: bool, stopped: bool) -> None:
        met = sum(row.met >= 1 for row in self.results)
        scores = {"score": _points(self.score), "points": _points(self.points)}
        if stopped:
            summary = _("The checks stopped at the last row. Points so far: {score} of {points}.").format(**scores)
        elif not self.results:
            summary = _("Nothing can be seen here yet: this task is checked when the notebook is graded.")
        elif more:
            summary = _("Visible checks met: {met} of {total}. More are checked when the notebook is graded.").format(
                met=met, total=len(self.results)
            )
            summary += " " + _("Points so far: {score} of {points}.").format(**scores)
        else:
            summary = _("Points: {score} of {points}.").format(**scores)
        show(as_html(self.results, self.title, summary), as_text(self.results, self.title, summary))


def task(title: str, points: float) -> Task:
    """Collect the checks of one task, show them in a table and leave a score.

    Checks in the block count at the points they are given. Checks without points share equally what the others
    leave. Give every check its points when some of them are hidden: the task then knows that more is to come, and
    says so. A block that stops at an error keeps what was met; the error is shown as a row.

    Parameters
    ----------
    title
        The task's number and name, as its heading says it.
    points
        The points stored in the graded cell.

    Returns
    -------
    Task
        With ``.score`` and ``.results`` after the block. Warnings inside it are not shown, as nbgrader gives no
        points to a cell that writes to standard error.

    Raises
    ------
    ValueError
        If `points` is negative, or the checks have more points together than the task (when the block ends).

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> with checks.task("2 Speaking time", points=10) as speaking:
    ...     _ = checks.number("Gini of speaking time", lambda: 1 - 0.59, 0.41, tolerance=0.01, points=4)
    2 Speaking time
    ✓ Gini of speaking time: met.
    Visible checks met: 1 of 1. More are checked when the notebook is graded. Points so far: 4 of 10.
    >>> speaking.score
    4
    """
    return Task(title, points)


def check(
    name: str,
    value: Any,
    compare: Callable[[Any], Outcome],
    points: float | None,
    hints: Hints | None = None,
    recognises: Callable[[Any, Any], bool] = lambda answer, key: False,
    read: Callable[[Any], Any] = lambda answer: answer,
) -> Row:
    """Read, compare and report one answer; nothing a learner writes gets out as an error."""
    worth = None if points is None else read_points(points)
    with _silence():
        outcome = _outcome(value, compare, hints, recognises, read)
    row = Row(name, outcome.share, f"{outcome.have} {outcome.todo}".strip(), worth)
    if _open_tasks:
        _open_tasks[-1].results.append(row)
        return row
    show(as_html([row]), as_text([row]))
    return ShownRow(row.name, row.met, row.message, row.points)


def _outcome(
    value: Any,
    compare: Callable[[Any], Outcome],
    hints: Hints | None,
    recognises: Callable[[Any, Any], bool],
    read: Callable[[Any], Any],
) -> Outcome:
    try:
        answer = evaluate(value)
    except Unreadable as unreadable:
        return Outcome(0.0, "", str(unreadable))
    try:
        answer = read(answer)
        outcome = compare(answer)
    except Unreadable as unreadable:
        outcome = Outcome(0.0, "", str(unreadable))
    except Exception:
        # The error is not shown: it could hold what is expected.
        outcome = Outcome(0.0, _("This kind of answer cannot be read here."), look_again())
    if outcome.share == 1:
        return outcome
    hint = first_hint(hints, answer, lambda key: recognises(answer, key))
    return replace(outcome, todo=hint or outcome.todo)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep warnings off the standard error stream: nbgrader gives no points to a cell that writes there."""
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _points(points: float) -> str:
    text = spoken(points, 2)
    return text.rstrip("0").rstrip(".,")
