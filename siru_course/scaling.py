"""Theme 14, scaling: where a venture's money comes from, how long it lasts, and how many ventures survive.

Examples
--------
>>> ventures = pd.DataFrame({"public_contract": [900, 200], "private_sales": [100, 800]}, index=["S1", "S2"])
>>> mix = revenue_mix(ventures.assign(venture=["S1", "S2"]), by="venture", sources=["public_contract", "private_sales"])
>>> mix.apply(concentration, axis=1).round(2).to_dict()
{'S1': 0.82, 'S2': 0.68}
>>> runway(cash=120_000, monthly_burn=40_000)
3.0
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ._arguments import above, numbers, real, share, short
from ._arguments import frame as check_frame
from ._scaling.survival import complete, survival
from .language import gettext as _

if TYPE_CHECKING:
    Amount = float | pd.Series[Any]  # one number, or a column of them

__all__ = ["SOURCES", "break_even", "concentration", "growth_rate", "revenue_mix", "runway", "survival"]

# The columns of the data set ``ventures`` that hold revenue.
SOURCES = ("public_contract", "private_sales", "grants", "membership", "donations")


def revenue_mix(frame: pd.DataFrame, by: str | Sequence[str], sources: str | Sequence[str] = SOURCES) -> pd.DataFrame:
    """Tell what share of the revenue comes from each source.

    Parameters
    ----------
    frame
        One row a venture and year, with one column a source.
    by
        The column or columns to group by, such as ``"year"`` or ``["venture_id", "year"]``.
    sources
        The columns with revenue; if left out, those of the data set ``ventures``.

    Returns
    -------
    pandas.DataFrame
        One row a group, one column a source; the shares of a row add up to 1. A group without any revenue has no
        shares: its row is missing values.

    Raises
    ------
    ValueError
        If the frame is empty, `by` or `sources` is empty, a group or an amount is missing, or an amount is not a
        number from 0 up.
    KeyError
        If a column is missing.

    Notes
    -----
    The amounts of a group are added up before they are divided, so that large ventures weigh more than small ones.

    Examples
    --------
    >>> ventures = pd.DataFrame({"year": [1, 1, 2], "sales": [60, 20, 50], "grants": [0, 20, 50]})
    >>> revenue_mix(ventures, by="year", sources=["sales", "grants"])
          sales  grants
    year
    1       0.8     0.2
    2       0.5     0.5
    """
    groups, columns = ([names] if isinstance(names, str) else list(names) for names in (by, sources))
    for name, given in (("by", groups), ("sources", columns)):
        if not given:
            raise ValueError(_("{name} is empty; name at least one column.").format(name=name))
    check_frame("frame", frame, [*groups, *columns])
    for column in groups:
        complete(column, frame[column])
    amounts = pd.DataFrame({column: complete(column, numbers(column, frame[column], least=0)) for column in columns})
    totals = amounts.groupby([frame[column] for column in groups]).sum()
    return totals.div(totals.sum(axis=1), axis=0)


def concentration(shares: Mapping[Any, float] | Sequence[float] | pd.Series[Any], normalised: bool = False) -> float:
    """Measure how concentrated shares are: the Herfindahl index.

    Parameters
    ----------
    shares
        Shares that add up to 1 (0.01 more or less passes as rounding), such as a row of :func:`revenue_mix`.
    normalised
        Whether to stretch the index so that it is 0 when all shares are equal, however many they are.

    Returns
    -------
    float
        From 1/n, when n shares are equal, to 1, when one has everything. Its inverse is how many equal sources
        would be as concentrated.

    Raises
    ------
    ValueError
        If there are no shares, one is missing or not from 0 to 1, they do not add up to 1, or only one is to be
        normalised.

    Notes
    -----
    H is the sum of the squared shares; normalised it is (H - 1/n) / (1 - 1/n). Competition authorities write
    shares in per cent and so get numbers up to 10,000.

    References
    ----------
    .. [1] Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54(5):761-762.

    Examples
    --------
    >>> concentration([0.5, 0.5])
    0.5
    >>> concentration({"sales": 0.5, "grants": 0.5}, normalised=True)
    0.0
    """
    listed = list(shares.values()) if isinstance(shares, Mapping) else shares
    if not pd.api.types.is_list_like(listed, allow_sets=False) or isinstance(listed, pd.DataFrame):
        raise ValueError(_("shares is {value}; give a list of shares that add up to 1.").format(value=short(shares)))
    amounts = list(listed)
    total = sum(amount for amount in amounts if isinstance(amount, (int, float, np.number)))
    if abs(round(total - 1, 9)) > 0.01:
        raise ValueError(
            _(
                "shares add up to {total}; they must add up to 1: add what is missing, or divide each by their sum."
            ).format(total=f"{total:g}")
        )
    values = [share("shares", amount) for amount in amounts]
    index = math.fsum(value**2 for value in values)
    if not normalised:
        return index
    if len(values) < 2:
        raise ValueError(_("shares has one share; with normalised=True there must be at least two."))
    return (index - 1 / len(values)) / (1 - 1 / len(values))


def runway(cash: Amount, monthly_burn: Amount) -> Amount:
    """Tell how many months the cash lasts.

    Parameters
    ----------
    cash
        Money in the bank, from 0 up: a number, or a column with one row a venture.
    monthly_burn
        What goes out less what comes in, a month: (costs - revenue) / 12 for a year's accounts.

    Returns
    -------
    float or pandas.Series
        Months; infinite when no more goes out than comes in. In a column, what is missing stays missing.

    Raises
    ------
    ValueError
        If a number is not finite, or the cash is below 0.

    Examples
    --------
    >>> runway(150_000, 40_000)
    3.75
    >>> runway(150_000, -10_000)
    inf
    >>> runway(pd.Series({"S1": 90_000, "S2": 20_000}), pd.Series({"S1": 30_000, "S2": 0})).to_dict()
    {'S1': 3.0, 'S2': inf}
    """

    def months(cash: object, monthly_burn: object) -> float:
        left, burn = real("cash", cash, least=0), real("monthly_burn", monthly_burn)
        return left / burn if burn > 0 else math.inf

    return _each(months, cash=cash, monthly_burn=monthly_burn)


def break_even(fixed_cost: Amount, price: Amount, variable_cost: Amount) -> Amount:
    """Tell how many units must be sold before the revenue covers the costs.

    Parameters
    ----------
    fixed_cost
        Costs that do not depend on how much is sold, from 0 up: a number, or a column with one row a venture.
    price
        The price of one unit, above 0.
    variable_cost
        What one more unit costs, from 0 up and below the price.

    Returns
    -------
    float or pandas.Series
        Units: round up to whole ones. In a column, what is missing stays missing.

    Raises
    ------
    ValueError
        If a number is not finite or outside its limits. With a variable cost at or above the price no number of
        units is enough: selling more makes the loss larger.

    Examples
    --------
    >>> break_even(fixed_cost=300_000, price=180, variable_cost=60)
    2500.0
    """

    def units(fixed_cost: object, price: object, variable_cost: object) -> float:
        fixed, income = real("fixed_cost", fixed_cost, least=0), above("price", price)
        outlay = real("variable_cost", variable_cost, least=0)
        if outlay >= income:
            raise ValueError(
                _(
                    "variable_cost is {cost} and price is {price}; each unit must bring in more than it costs, or no"
                    " number of units is enough."
                ).format(cost=short(variable_cost), price=short(price))
            )
        return fixed / (income - outlay)

    return _each(units, fixed_cost=fixed_cost, price=price, variable_cost=variable_cost)


def growth_rate(first: Amount, last: Amount, years: Amount) -> Amount:
    """Give the yearly growth that leads from the first number to the last.

    Parameters
    ----------
    first
        The number at the start, above 0: a number, or a column with one row a venture.
    last
        The number at the end, from 0 up.
    years
        The years between the two, above 0: from 2009 to 2016 is 7.

    Returns
    -------
    float or pandas.Series
        Growth a year as a share: 0.105 is 10.5 %. In a column, what is missing stays missing.

    Raises
    ------
    ValueError
        If a number is not finite or outside its limits.

    Notes
    -----
    Compound growth: (last / first) ** (1 / years) - 1. It is net: of what was there at first some may be gone.
    From 174 work-integrating social enterprises to 350 is 176 more, but 60 to 70 closed meanwhile, so that 236 to
    246 had started.

    Examples
    --------
    >>> round(growth_rate(174, 350, years=2016 - 2009), 3)
    0.105
    """

    def yearly(first: object, last: object, years: object) -> float:
        start, end = above("first", first), real("last", last, least=0)
        return float((end / start) ** (1 / above("years", years)) - 1)

    return _each(yearly, first=first, last=last, years=years)


def _each(calculate: Callable[..., float], **amounts: Amount) -> Amount:
    """Calculate with numbers, or row by row where some are columns; a row with a missing value stays missing."""
    if not any(isinstance(value, pd.Series) for value in amounts.values()):
        return calculate(*amounts.values())
    table = pd.DataFrame(amounts)
    results = []
    for row, *values in table.itertuples(name=None):
        try:
            results.append(math.nan if any(map(pd.isna, values)) else calculate(*values))
        except ValueError as error:
            raise ValueError(_("Row {row}: {problem}").format(row=row, problem=error)) from None
    return pd.Series(results, index=table.index, dtype=float)
