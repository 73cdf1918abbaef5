"""Theme 12, valuation: discount money, build a value map, and see how sure its ratio is and who pays and gains.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> valued = brobygget()
>>> round(valued.impact().iloc[0])
396115
>>> valued.ratio() > 1
True
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from . import data
from ._arguments import choice, is_number, real, share, short, whole
from ._valuation.pockets import Pockets, pockets
from ._valuation.simulation import Simulation
from ._valuation.value_map import ValueMap
from .language import gettext as _
from .language import language

__all__ = [
    "Pockets",
    "Simulation",
    "ValueMap",
    "annuity_factor",
    "brobygget",
    "discount_factor",
    "net_present_value",
    "pockets",
]


def discount_factor(years: float | Sequence[float] | pd.Series[Any], rate: float) -> Any:
    """Give what an amount that comes after some years is worth today, as a factor.

    Parameters
    ----------
    years
        How many years, 0 or more; or several of them.
    rate
        The discount rate a year, a share: 0.035 is 3.5 %.

    Returns
    -------
    float or pandas.Series
        ``1 / (1 + rate) ** years``: a number for a number, and for several a Series indexed by the years.

    Raises
    ------
    ValueError
        If a year is negative or no number, or `rate` is not a share.

    References
    ----------
    .. [1] HM Treasury (2022). The Green Book: Central Government Guidance on Appraisal and Evaluation.

    Examples
    --------
    >>> round(1000 * discount_factor(2, 0.035))
    934
    >>> discount_factor([0, 1], 0.25).tolist()
    [1.0, 0.8]
    """
    rate = share("rate", rate)
    if not pd.api.types.is_list_like(years):
        return float((1 + rate) ** -real("years", years, 0))
    several = years if isinstance(years, pd.Series) else pd.Series(list(years), index=list(years))  # type: ignore[arg-type]
    read = [real("years", value, 0) for value in several]
    return pd.Series((1 + rate) ** -np.array(read, dtype=float), index=several.index, name="discount_factor")


def net_present_value(cashflows: Sequence[float] | pd.Series[Any], rate: float, first: str = "end") -> float:
    """Add up what comes in and goes out year by year, each discounted to today.

    Parameters
    ----------
    cashflows
        One amount a year in order; what is paid is negative.
    rate
        The discount rate a year, a share: 0.035 is 3.5 %.
    first
        When the first amount comes: ``"end"``, after a year, as the function NPV of spreadsheets has it; or
        ``"start"``, today, so that it is not discounted.

    Returns
    -------
    float
        The net present value.

    Raises
    ------
    ValueError
        If there are no amounts, one is missing or no number, `rate` is not a share, or `first` is another word.

    Examples
    --------
    >>> round(net_present_value([-10000, 3000, 4200, 6800], 0.1), 2)
    1188.44
    >>> round(net_present_value([-10000, 3000, 4200, 6800], 0.1, first="start"), 2)
    1307.29
    """
    rate, first = share("rate", rate), choice("first", first, ["end", "start"])
    if not pd.api.types.is_list_like(cashflows) or isinstance(cashflows, (pd.DataFrame, Mapping)) or not len(cashflows):
        message = _("cashflows is {value}; give a list or a column with one amount a year.")
        raise ValueError(message.format(value=short(cashflows)))
    worth = 0.0
    for year, amount in enumerate(cashflows, 1 if first == "end" else 0):
        worth += _amount(amount, year) / (1 + rate) ** year
    return worth


def _amount(value: Any, year: int) -> float:
    if is_number(value):
        return float(value)
    message = _("The amount of year {year} is {value}; give a number, 0 if nothing is paid.")
    raise ValueError(message.format(year=year, value=short(value)))


def annuity_factor(years: int, rate: float) -> float:
    """Give what 1 a year is worth today, when it comes at the end of each year.

    Parameters
    ----------
    years
        How many years, 0 or more.
    rate
        The discount rate a year, a share.

    Returns
    -------
    float
        ``(1 - (1 + rate) ** -years) / rate``, and the number of years when the rate is 0.

    Raises
    ------
    ValueError
        If `years` is not a whole number from 0 up, or `rate` is not a share.

    Examples
    --------
    >>> round(annuity_factor(10, 0.035), 4)
    8.3166
    >>> annuity_factor(10, 0)
    10.0
    """
    years, rate = whole("years", years, 0), share("rate", rate)
    # Right also for a rate so small that 1 + rate is 1.
    return -math.expm1(-years * math.log1p(rate)) / rate if rate else float(years)


def brobygget(version: str = "good") -> ValueMap:
    """Give Brobygget's value map from the case data, in the language in use, at a discount rate of 3.5 %.

    Parameters
    ----------
    version
        ``"good"``, or ``"flawed"`` for the one with faults to find.

    Returns
    -------
    ValueMap
        The map, its rows named by ``row_id`` and ``input_id``; the words of the other language are left out.

    Raises
    ------
    ValueError
        If there is no such version.

    Examples
    --------
    >>> len(brobygget().outcomes)
    14
    """
    outcomes = data.load("brobygget_value_map")
    outcomes = outcomes[outcomes["version"] == choice("version", version, ["good", "flawed"])]
    return ValueMap(_in_words(outcomes, "row_id"), _in_words(data.load("brobygget_costs"), "input_id"), 0.035)


def _in_words(table: pd.DataFrame, names: str) -> pd.DataFrame:
    """Keep the words of the language in use, and name the rows."""
    swedish = [name for name in table.columns if name.endswith("_sv")]
    if language() == "sv":
        table = table.assign(**{name.removesuffix("_sv"): table[name] for name in swedish})
    return table.drop(columns=swedish).set_index(pd.Index(table[names].astype(str), name=None))
