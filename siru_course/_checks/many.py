"""Checks of many values: a classification, an order, a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from typing import Any

from ..language import gettext as _
from . import compare
from .answers import Unreadable, letter, plain
from .expected import author_error, require_options, require_tolerance, several
from .report import Row
from .task import Hints, check


def choices(
    name: str,
    value: Any,
    expected: Mapping[Any, Any],
    options: Collection[Any] | None = None,
    *,
    hints: Hints | None = None,
    points: float | None = None,
) -> Row:
    """Check a classification of many items; what is met is the share of the items that are right.

    The learner sees how many are right, not which.

    Parameters
    ----------
    name, points
        As in :func:`number`.
    value
        A dictionary (or a series, or a list of pairs) from item to answer, or a function that gives it.
    expected
        From item to the right answer, or to a set of accepted answers.
    options
        What there is to choose from for each item.
    hints
        Messages about wrong answers: a key is an answer (wrong where it stands), a pair of item and answer, or a
        predicate of the whole classification.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `expected` is empty or has an answer that is not among `options`, or `points` is negative.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> mine = {"I001": "a", "I002": "C", "I003": "A"}
    >>> right = {"I001": "A", "I002": {"B", "C"}, "I003": "B"}
    >>> row = checks.choices("Notes", mine, right, hints={"A": "Look for the need."})
    ◐ Notes: partly met. 2 of 3 are right. Look for the need.
    """
    if not isinstance(expected, Mapping) or not expected:
        raise author_error("expected", expected, _("a dictionary from item to accepted answers"))
    accepted = {plain(item): [*several("expected", right)] for item, right in expected.items()}
    for right in accepted.values():
        require_options(right, options)
    letters = {item: {letter(answer) for answer in right} for item, right in accepted.items()}
    return check(
        name,
        value,
        lambda answer: compare.choices(answer, letters, options),
        points,
        hints,
        recognises=lambda answer, key: compare.wrong_choice(answer, key, letters),
    )


def ranking(
    name: str,
    value: Any,
    expected: Collection[Any],
    *,
    partial: bool = False,
    hints: Hints | None = None,
    points: float | None = None,
) -> Row:
    """Check names put in order, the first place first; ties are not allowed.

    Parameters
    ----------
    name, value, hints, points
        As in :func:`number`; the answer is a list, tuple, array or series of names. A wrong order that is a key of
        `hints` is a tuple.
    expected
        The names in the right order.
    partial
        Whether an order that is partly right is partly met: by the share of pairs of names in the right order, which
        is (1 + Kendall's tau) / 2.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `expected` is empty or has a name twice, or `points` is negative.

    References
    ----------
    Kendall, M. G. (1938). A new measure of rank correlation. *Biometrika*, 30(1/2), 81–93.

    Examples
    --------
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> row = checks.ranking("Focused conversation", ["O", "I", "R", "D"], ["O", "R", "I", "D"], partial=True)
    ◐ Focused conversation: partly met. 5 of 6 pairs are in the right order. Read the task once more and look at the
    cell above.
    """
    names = [plain(item) for item in expected]
    if isinstance(expected, (str, Set, Mapping)) or not names or len(set(names)) < len(names):
        raise author_error("expected", expected, _("a list of names in order, each name once"))
    return check(
        name,
        value,
        lambda answer: compare.ranking(answer, expected, partial),
        points,
        hints,
        recognises=lambda answer, key: compare.ranking(answer, key, False).share == 1,
    )


def table(
    name: str,
    frame: Any,
    expected: Any,
    *,
    tolerance: float | None = None,
    ordered: bool = False,
    extra: bool = False,
    hints: Hints | None = None,
    points: float | None = None,
) -> Row:
    """Check a table or a series; what is met is the share of the columns that are right.

    Rows are matched by their labels, or by the columns that tell them apart, wherever they stand. It does not matter
    whether labels are an index or a column, or numbers are whole, decimal or written as text. A series without
    labels is compared place by place.

    Parameters
    ----------
    name, hints, points
        As in :func:`number`. Wrong tables are given in `hints` as a list of pairs: ``[(wrong, message)]``.
    frame
        The learner's DataFrame, Series or dictionary, or a function that gives it.
    expected
        The right DataFrame, Series or dictionary.
    tolerance
        How far off a number may be; left out, as in :func:`number`.
    ordered
        Whether rows and columns must come in the same order.
    extra
        Whether the learner's table may have more columns.

    Returns
    -------
    Row
        What was found. Outside a task it is also shown.

    Raises
    ------
    ValueError
        If `expected` is not a table, or `tolerance` or `points` is negative.

    Examples
    --------
    >>> import pandas as pd
    >>> from siru_course import checks, use_language
    >>> use_language("en")
    >>> right = pd.Series({"public": 20, "private": 12, "civil": 16})
    >>> row = checks.table("People per sector", {"civil": 16, "public": 20, "private": 13}, right)
    ✗ People per sector: not met. 1 of 3 values differs. See row `private`.
    """
    from . import tables

    require_tolerance(tolerance)
    try:
        tables.read_table(expected)
    except Unreadable:
        raise author_error("expected", expected, _("a table")) from None
    return check(
        name,
        frame,
        lambda answer: tables.table(answer, expected, tolerance, ordered, extra),
        points,
        hints,
        recognises=lambda answer, key: tables.table(answer, key, tolerance, ordered, extra).share == 1,
    )
