"""What a caller gives, looked at before it is used: each check says the argument, the value and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .language import LANGUAGES, language
from .language import gettext as _


def short(value: object) -> str:
    """Write a value for a message: never more than 60 characters."""
    if isinstance(value, pd.DataFrame):
        return _("a DataFrame of {rows} rows").format(rows=len(value))
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 60 else text[:59] + "…"


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number; True and False are not numbers here."""
    known = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return known and math.isfinite(float(value))  # type: ignore[arg-type]


def real(name: str, value: object, least: float | None = None, most: float | None = None) -> float:
    """Check a finite number within its limits, both allowed.

    Raises
    ------
    ValueError
        If it is not a number, is NaN or infinite, or is outside the limits.

    Examples
    --------
    >>> real("rate", 0.035, least=0)
    0.035
    """
    fits = is_number(value)
    if fits and (least is None or float(value) >= least) and (most is None or float(value) <= most):  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    if least is not None and most is not None:
        message = _("{name} is {value}; give a number from {least} to {most}.")
    elif least is not None:
        message = _("{name} is {value}; give a number from {least} up.")
    elif most is not None:
        message = _("{name} is {value}; give a number of at most {most}.")
    else:
        message = _("{name} is {value}; give a number.")
    raise ValueError(message.format(name=name, value=short(value), least=least, most=most))


def above(name: str, value: object, limit: float = 0) -> float:
    """Check a finite number that must be more than a limit, such as a price."""
    if is_number(value) and float(value) > limit:  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    raise ValueError(
        _("{name} is {value}; give a number above {limit}.").format(name=name, value=short(value), limit=limit)
    )


def share(name: str, value: object) -> float:
    """Check a share: a number from 0 to 1. A percentage is told apart and explained."""
    if is_number(value) and 1 < float(value) <= 100:  # type: ignore[arg-type]
        message = _("{name} is {value}; give a share from 0 to 1: 25 % is 0.25.")
        raise ValueError(message.format(name=name, value=short(value)))
    return real(name, value, 0, 1)


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """Check a whole number within its limits, both allowed.

    Examples
    --------
    >>> whole("rounds", 3, 1, 20)
    3
    """
    integral = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if integral and value >= least and (most is None or value <= most):  # type: ignore[operator]
        return int(value)  # type: ignore[call-overload, no-any-return]
    if most is None:
        message = _("{name} is {value}; give a whole number from {least} up.")
    else:
        message = _("{name} is {value}; give a whole number from {least} to {most}.")
    raise ValueError(message.format(name=name, value=short(value), least=least, most=most))


def seed(value: object) -> int:
    """Check a seed."""
    return whole("seed", value, 0, 2**32 - 1)


def choice(name: str, value: object, allowed: Iterable[str]) -> str:
    """Check that a value is one of those allowed.

    Examples
    --------
    >>> choice("first", "end", ["end", "start"])
    'end'
    """
    words = list(allowed)
    if isinstance(value, str) and value in words:
        return value
    raise ValueError(
        _("{name} is {value}; choose one of {allowed}.").format(name=name, value=short(value), allowed=", ".join(words))
    )


def frame(name: str, value: object, columns: Sequence[Any] = ()) -> pd.DataFrame:
    """Check a DataFrame that has rows and the columns that are needed.

    Raises
    ------
    ValueError
        If it is not a DataFrame, or has no rows.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"sector": ["civil"]})
    >>> frame("participants", table, ["sector"]) is table
    True
    """
    if not isinstance(value, pd.DataFrame):
        raise ValueError(_("{name} is {value}; give a DataFrame.").format(name=name, value=short(value)))
    if value.empty:
        raise ValueError(_("{name} is empty; it needs at least one row and one column.").format(name=name))
    for wanted in columns:
        column(name, value, wanted)
    return value


def column(name: str, value: pd.DataFrame, wanted: Any) -> pd.Series[Any]:
    """Give a column of a DataFrame; ``KeyError`` with the columns there are if it is missing."""
    if wanted not in value:
        raise KeyError(
            _("{name} has no column {column}; its columns are {columns}.").format(
                name=name, column=short(wanted), columns=", ".join(map(str, value.columns))
            )
        )
    if list(value.columns).count(wanted) > 1:
        message = _("The column {column} stands more than once in {name}; rename or drop one.")
        raise ValueError(message.format(column=short(wanted), name=name))
    found: pd.Series[Any] = value[wanted]
    return found


def worded(name: str, frame: pd.DataFrame, wanted: str) -> pd.Series[Any]:
    """Give a column of text in the language in use, ``""`` where nothing is written.

    A table may have the text in both languages, as ``label_en`` and ``label_sv``, or in one column ``label``. What
    is missing in the language in use is taken from the other.

    Raises
    ------
    KeyError
        If there is no such column.

    Examples
    --------
    >>> worded("nodes", pd.DataFrame({"label_en": ["work", None], "label_sv": ["arbete", "vänner"]}), "label").tolist()
    ['work', 'vänner']
    """
    own = f"{wanted}_{language()}"
    there = [c for c in (own, wanted, *(f"{wanted}_{code}" for code in LANGUAGES if code != language())) if c in frame]
    found = pd.Series("", index=frame.index, dtype=object)
    for source in there or [wanted]:
        text = column(name, frame, source).astype(object)
        text = text.where(text.notna(), "").astype(str).str.strip()
        found = found.where(found != "", text)
    return found


def numbers(name: str, values: pd.Series[Any], least: float | None = None, most: float | None = None) -> pd.Series[Any]:
    """Check a column of numbers and give it as floats; a missing value stays missing, for the caller to count.

    Parameters
    ----------
    name
        What the message calls the column.
    values
        The column; its index names the row in the message.
    least, most
        The limits, both allowed.

    Raises
    ------
    ValueError
        If a value is not a number or outside the limits.

    Examples
    --------
    >>> numbers("seconds", pd.Series([30, None]), least=0).tolist()
    [30.0, nan]
    """
    read = []
    for label, value in values.items():
        if pd.isna(value):
            read.append(math.nan)
            continue
        try:
            read.append(real(name, value, least, most))
        except ValueError as error:
            raise ValueError(_("Row {row}: {problem}").format(row=label, problem=error)) from None
    return pd.Series(read, index=values.index, name=values.name, dtype=float)
