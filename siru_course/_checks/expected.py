"""What an author gives a check: an error in it is told to the author, never to the learner."""

from __future__ import annotations

import math
from collections.abc import Collection, Set
from numbers import Real
from typing import Any

from ..language import gettext as _
from .answers import letter, listed, plain


class AuthorError(ValueError):
    """A check that is written wrongly: the one error that a task does not keep to itself."""


def author_error(argument: str, value: Any, allowed: str) -> AuthorError:
    """Make the error that says which argument is wrong, and what is allowed."""
    message = _("{argument} is {value!r}; give {allowed}.")
    return AuthorError(message.format(argument=argument, value=value, allowed=allowed))


def several(argument: str, expected: Any) -> Collection[Any]:
    """Give the accepted answers: one answer is a collection of one."""
    accepted = expected if isinstance(expected, (list, tuple, Set)) else [expected]
    if not accepted or any(not plain(answer) for answer in accepted):
        raise author_error(argument, expected, _("one or more answers"))
    return accepted


def require_options(expected: Collection[Any], options: Collection[Any] | None) -> None:
    """Refuse an accepted answer that cannot be chosen."""
    if options is not None and not {letter(answer) for answer in expected} <= {letter(option) for option in options}:
        raise author_error("expected", expected, listed(options))


def require_tolerance(tolerance: float | None) -> None:
    """Refuse a tolerance below zero."""
    if tolerance is not None and not (math.isfinite(tolerance) and tolerance >= 0):
        raise author_error("tolerance", tolerance, _("a number from 0 up"))


def read_points(points: float) -> float:
    """Read points; they are a number from 0 up."""
    if not (isinstance(points, Real) and math.isfinite(points) and points >= 0):
        raise author_error("points", points, _("a number from 0 up"))
    return float(points)
