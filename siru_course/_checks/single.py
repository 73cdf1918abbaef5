"""Checks of one value: a number, a word, a choice, a property."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Real
from typing import Any

from ..language import gettext as _
from . import compare
from .answers import bare
from .expected import author_error, require_options, require_tolerance, several
from .report import Row
from .task import Hints, check


def number(
    name: str,
    value: Any,
    expected: float,
    tolerance: float | None = None,
    *,
    hints: Hints | None = None,
    points: float | None = None,
) -> Row:
    """Check one number.

    Parameters
    ----------
    name
        What is looked at, in the learner's words.
    value
        The answer, or a function of no arguments that gives it: ``lambda: gini``. Any kind of number will do, also a
        series of one.
    expected
        The right number. It is never shown.
    tolerance
        How far from `expected` an answer may be. Left out, a whole number (``int``) must be exact, and any other
        number may be 0.005 off but not more than 5 %: an answer rounded to two decimals passes, and one rounded to
        nothing does not. Large numbers may be off by a millionth.
    hints
        Messages about recognised wrong answers, which are compared as `expected` is; see :data:`Hints`.
    points
        What the check is worth in its task.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `expected` is not a number, or `tolerance` or `points` is negative.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> row = checks.number("Gini", 0.59, 0.41, hints={0.59: "This is 1 minus the Gini: subtract it from 1."})
    ✗ Gini: not met. You have 0.59. This is 1 minus the Gini: subtract it from 1.
    """
    if isinstance(expected, bool) or not isinstance(expected, Real) or not math.isfinite(expected):
        raise author_error("expected", expected, _("a finite number"))
    require_tolerance(tolerance)
    return check(
        name,
        value,
        lambda answer: compare.number(answer, expected, tolerance),
        points,
        hints,
        recognises=lambda answer, key: compare.number(answer, key, tolerance).share == 1,
        read=bare,
    )


def text(
    name: str, value: Any, expected: str | Collection[str], *, hints: Hints | None = None, points: float | None = None
) -> Row:
    """Check a word or a phrase; case, spaces and kinds of dash do not matter, but å is not a.

    Parameters
    ----------
    name, value, hints, points
        As in :func:`number`.
    expected
        The right text, or several that are accepted.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `expected` is empty or `points` is negative.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> row = checks.text("Municipality", "  jönköping ", {"Jönköping", "Jönköpings kommun"})
    ✓ Municipality: met.
    """
    accepted = several("expected", expected)
    return check(
        name,
        value,
        lambda answer: compare.text(answer, accepted),
        points,
        hints,
        recognises=lambda answer, key: compare.text(answer, [key]).share == 1,
        read=bare,
    )


def choice(
    name: str,
    value: Any,
    expected: Any,
    options: Collection[Any] | None = None,
    *,
    hints: Hints | None = None,
    points: float | None = None,
) -> Row:
    """Check one choice among options: ``"b"``, ``"B"`` and ``"B)"`` are the same.

    Parameters
    ----------
    name, value, hints, points
        As in :func:`number`.
    expected
        The right option, or several that are accepted.
    options
        What there is to choose from; they are listed to who answers something else.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `expected` is empty or not among `options`, or `points` is negative.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> row = checks.choice("Rule", "e", "B", options=["A", "B", "C"])
    ✗ Rule: not met. You have `e`. Choose one of: `A`, `B`, `C`.
    """
    accepted = several("expected", expected)
    require_options(accepted, options)
    return check(
        name,
        value,
        lambda answer: compare.choice(answer, accepted, options),
        points,
        hints,
        recognises=lambda answer, key: compare.choice(answer, [key], None).share == 1,
        read=bare,
    )


def true(name: str, value: Any, message: str, *, points: float | None = None) -> Row:
    """Check that a property holds.

    Parameters
    ----------
    name, points
        As in :func:`number`.
    value
        Whether it holds, or a function of no arguments that tells: ``lambda: sizes.max() <= 5``. Of several values
        (an array, a series) all must hold.
    message
        What to do when it does not hold.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `points` is negative.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> row = checks.true("Size of tables", lambda: 6 <= 5, "Seat at most five at a table.")
    ✗ Size of tables: not met. Seat at most five at a table.
    """
    return check(name, value, lambda answer: compare.holds(answer, message), points)
