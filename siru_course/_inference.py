"""What surveys and attribution share: yes-or-no columns, shares strictly between 0 and 1, and estimates in words."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ._arguments import numbers, share, short
from .language import gettext as _
from .language import number


def zero_one(column: str, values: pd.Series[Any]) -> pd.Series[Any]:
    """Check a column of yes and no, written 1 and 0 or True and False; a missing value stays missing.

    Examples
    --------
    >>> zero_one("treated", pd.Series([True, False, None])).tolist()
    [1.0, 0.0, nan]
    """
    if values.map(lambda value: isinstance(value, bool) or pd.isna(value)).all():
        values = values.map(lambda value: math.nan if pd.isna(value) else int(value))
    try:
        read = numbers(column, values, 0, 1)
        wrong = read[(read != 0) & (read != 1) & read.notna()]
    except ValueError:
        wrong = values[~values.isin([0, 1]) & values.notna()]
    if len(wrong):
        message = _("The column {column} holds {value} in row {row}; give 1 for yes and 0 for no.")
        raise ValueError(message.format(column=short(column), value=short(wrong.iloc[0]), row=wrong.index[0]))
    return read


def between(name: str, value: object) -> float:
    """Check a share that may be neither 0 nor 1, such as a confidence level.

    Examples
    --------
    >>> between("confidence", 0.95)
    0.95
    """
    checked = share(name, value)
    if checked in (0, 1):
        raise ValueError(_("{name} is {value}; give a share between 0 and 1.").format(name=name, value=short(value)))
    return checked


def p_text(p: float) -> str:
    """Write a p-value: three decimals, and nothing smaller than 0.001.

    Examples
    --------
    >>> p_text(0.0421), p_text(1e-7), p_text(float("nan"))
    ('0.042', '< 0.001', '–')
    """
    if math.isnan(p):
        return "–"
    return f"< {number(0.001, 3)}" if p < 0.001 else number(p, 3)


def decimals(*values: float) -> int:
    """Tell how many decimals suit numbers of this size: three for shares, none for thousands.

    Examples
    --------
    >>> decimals(0.31, 0.09), decimals(21.03, 2.76), decimals(15099.4)
    (3, 2, 0)
    """
    size = max((abs(value) for value in values if math.isfinite(value)), default=0)
    return 3 if size <= 1 else 2 if size < 100 else 1 if size < 1000 else 0


def figure(value: float, places: int = 2) -> str:
    """Write a number, or a dash when there is none.

    Examples
    --------
    >>> figure(0.5), figure(float("nan")), figure(float("inf"))
    ('0.50', '–', '∞')
    """
    if math.isnan(value):
        return "–"
    return number(value, places) if math.isfinite(value) else ("∞" if value > 0 else "−∞")


def span(low: float, high: float, places: int) -> str:
    """Write an interval, or a dash when there is none.

    Examples
    --------
    >>> span(0.0196, 0.174, 3)
    '0.020 to 0.174'
    """
    if math.isnan(low) or math.isnan(high):
        return "–"
    return _("{low} to {high}").format(low=number(low, places), high=number(high, places))
