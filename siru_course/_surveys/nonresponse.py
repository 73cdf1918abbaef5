"""Who answered and who did not: what is behind ``nonresponse_table``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import _arguments
from .._arguments import numbers, short
from .._inference import decimals, figure, span, zero_one
from .._results import Result, Table
from ..language import gettext as _
from ..language import number
from .sampling import ShareInterval, wilson_interval


@dataclass(frozen=True, eq=False)
class Nonresponse(Result):
    """Who answered and who did not.

    Attributes
    ----------
    overall
        The response rate of all who were asked.
    rates
        One row a group: ``column``, ``group`` (itself missing for those with none stated), ``asked``, ``answered``,
        ``rate`` with its interval ``low`` and ``high``, the group's share among those who answered
        (``among_answered``) and among the others (``among_others``), and the ``difference`` of the two.
    means
        One row a column of numbers: its mean among those who answered and among the others, the ``difference``
        with its interval ``low`` and ``high`` (95 %, Welch), and how many are ``missing``.
    left_out
        How many rows were left out, as it is not stated whether the person answered.

    Examples
    --------
    >>> asked = pd.DataFrame({"answered": [1, 1, 0, 1, 0], "gender": ["woman", "woman", "man", "man", "man"]})
    >>> nonresponse_table(asked, "answered", "gender").rates[["group", "asked", "rate"]].round(2)
       group  asked  rate
    0    man      3  0.33
    1  woman      2  1.00
    """

    overall: ShareInterval
    rates: pd.DataFrame
    means: pd.DataFrame
    left_out: int = 0

    def tables(self) -> list[Table]:
        """Give the rate of all and of each group, and the means."""
        total = self.overall
        caption = _("Answered: {successes} of {n} ({rate} %)").format(
            successes=number(total.successes, 0), n=number(total.n, 0), rate=number(100 * total.share, 0)
        )
        everyone = [number(total.n, 0), number(total.successes, 0), number(total.share, 2)]
        rows = [[_("All"), *everyone, span(total.low, total.high, 2), ""]]
        unknown = _("not stated")
        rows += [
            [
                f"{row['column']}: {unknown if pd.isna(row['group']) else row['group']}",
                number(row["asked"], 0),
                number(row["answered"], 0),
                number(row["rate"], 2),
                span(row["low"], row["high"], 2),
                figure(row["difference"]),
            ]
            for row in self.rates.to_dict("records")
        ]
        head = [_("Group"), _("Asked"), _("Answered"), _("Rate"), _("Interval (95 %)"), _("Share, answered − others")]
        tables: list[Table] = [(caption, head, rows)]
        if len(self.means):
            written = []
            for row in self.means.to_dict("records"):
                places = decimals(row["answered"], row["others"])
                values = [figure(value, places) for value in (row["answered"], row["others"], row["difference"])]
                written.append([str(row["column"]), *values, span(row["low"], row["high"], places)])
            head = [_("Mean"), _("Answered"), _("Others"), _("Difference"), _("Interval (95 %)")]
            tables.append((_("Means of those who answered and of the others"), head, written))
        return tables

    def notes(self) -> list[str]:
        """Say what was left out, and what a response rate does not say."""
        found = []
        if self.left_out:
            found.append(
                _("Rows left out, as it is not stated whether the person answered: {n}.").format(
                    n=number(self.left_out, 0)
                )
            )
        for row in self.means.to_dict("records"):
            if row["missing"]:
                found.append(
                    _("{column}: left out of the means, as the value is missing: {n}.").format(
                        column=row["column"], n=number(row["missing"], 0)
                    )
                )
        found.append(
            _(
                "The rate alone says nothing about bias. Bias comes when those who answer differ from the others in "
                "what you ask about, and a larger sample does not remove it."
            )
        )
        return found


def nonresponse_table(frame: pd.DataFrame, answered: str, by: str | Sequence[str]) -> Nonresponse:
    """Compare those who answered with those who did not, in what is known of both.

    Parameters
    ----------
    frame
        One row a person who was asked.
    answered
        The column that is 1 for those who answered and 0 for the others.
    by
        The column or columns to compare. Categories get a response rate each, and a missing category is a group
        of its own; for columns of numbers, such as the score before the training, means are compared.

    Returns
    -------
    Nonresponse
        Rates with Wilson intervals, and differences.

    Raises
    ------
    ValueError
        If there are no rows, `by` is empty, or `answered` holds anything but 1, 0 and missing values.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> asked = pd.DataFrame({"answered": [1, 1, 1, 0, 0], "score": [4, 3.5, 4.5, 2, 3]})
    >>> means = nonresponse_table(asked, "answered", "score").means
    >>> means[["column", "answered", "others", "difference"]]
      column  answered  others  difference
    0  score       4.0     2.5         1.5
    """
    columns = [by] if isinstance(by, str) else list(by)
    if not columns:
        raise ValueError(_("by is empty; name at least one column, such as 'sector'."))
    _arguments.frame("frame", frame, [answered, *columns])
    said = zero_one(answered, frame[answered])
    kept, said = frame[said.notna()], said.dropna()
    if kept.empty:
        message = _("The column {column} is empty in all rows; give 1 for yes and 0 for no.")
        raise ValueError(message.format(column=short(answered)))
    rates, means = [], []
    for column in columns:
        values = kept[column]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            means.append({"column": column, **_compared(numbers(column, values), said == 1)})
        else:
            rates += [{"column": column, **row} for row in _by_group(values, said == 1)]
    return Nonresponse(
        overall=wilson_interval(int(said.sum()), len(said)),
        rates=pd.DataFrame(rates, columns=_RATES),
        means=pd.DataFrame(means, columns=_MEANS),
        left_out=len(frame) - len(kept),
    )


_RATES = [
    *("column", "group", "asked", "answered", "rate", "low", "high"),
    *("among_answered", "among_others", "difference"),
]
_MEANS = ["column", "answered", "others", "difference", "low", "high", "missing"]


def _by_group(values: pd.Series[Any], yes: pd.Series[Any]) -> Iterator[dict[str, Any]]:
    codes, groups = pd.factorize(values, sort=True, use_na_sentinel=True)
    for code in [*range(len(groups)), *([-1] if -1 in codes else [])]:
        inside = codes == code
        rate = wilson_interval(int((yes & inside).sum()), int(inside.sum()))
        among = [float(inside[who].mean()) if who.any() else math.nan for who in (yes, ~yes)]
        yield {
            "group": None if code == -1 else groups[code],
            "asked": rate.n,
            "answered": rate.successes,
            "rate": rate.share,
            "low": rate.low,
            "high": rate.high,
            "among_answered": among[0],
            "among_others": among[1],
            "difference": among[0] - among[1],
        }


def _compared(values: pd.Series[Any], yes: pd.Series[Any]) -> dict[str, Any]:
    from scipy.stats import ttest_ind

    one, other = values[yes].dropna(), values[~yes].dropna()
    low = high = math.nan
    # Without spread in either group there is no interval.
    if len(one) > 1 and len(other) > 1 and one.std() + other.std() > 0:
        low, high = ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    return {
        "answered": one.mean(),
        "others": other.mean(),
        "difference": one.mean() - other.mean(),
        "low": float(low),
        "high": float(high),
        "missing": int(values.isna().sum()),
    }
