"""Yes and no, twice: what is behind ``mcnemar``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pandas as pd

from .._arguments import short
from .._inference import figure, p_text
from .._results import Result, Table
from ..language import gettext as _
from ..language import number
from .disclosure import whole_counts


@dataclass(frozen=True, eq=False)
class McNemar(Result):
    """Whether more people changed their answer in one direction than in the other.

    Attributes
    ----------
    statistic, p
        The chi-squared statistic with one degree of freedom, and its p-value; NaN if nobody changed.
    exact_p
        The p-value of the exact binomial test, for few changes.
    first_to_second, second_to_first
        How many changed from the first row's answer to the second column's, and the other way.
    n
        How many answered both times.
    corrected
        Whether the continuity correction was used.

    Examples
    --------
    >>> print(mcnemar([[20, 12], [3, 15]]))
    McNemar test
    Statistic    5.40
    p           0.020
    p, exact    0.035
    Changed one way: 12. Changed the other way: 3. The same both times: 35 of 50.
    Few changed: read the exact p-value.
    The test compares the two directions. It does not tell why people changed.
    """

    statistic: float
    p: float
    exact_p: float
    first_to_second: int
    second_to_first: int
    n: int
    corrected: bool

    def tables(self) -> list[Table]:
        """Give the statistic and the p-values."""
        rows = [[_("Statistic"), figure(self.statistic)], ["p", p_text(self.p)], [_("p, exact"), p_text(self.exact_p)]]
        return [(_("McNemar test"), ["", ""], rows)]

    def notes(self) -> list[str]:
        """Say how many changed, and what the test does not show."""
        changed = self.first_to_second + self.second_to_first
        found = [
            _("Changed one way: {one}. Changed the other way: {other}. The same both times: {same} of {n}.").format(
                one=number(self.first_to_second, 0),
                other=number(self.second_to_first, 0),
                same=number(self.n - changed, 0),
                n=number(self.n, 0),
            )
        ]
        if changed < 25:
            found.append(_("Few changed: read the exact p-value."))
        found.append(_("The test compares the two directions. It does not tell why people changed."))
        return found


def mcnemar(table: pd.DataFrame | Sequence[Sequence[int]] | npt.NDArray[Any], correction: bool = False) -> McNemar:
    """Test whether the same people's yes-or-no answers have changed between two occasions.

    Parameters
    ----------
    table
        Two rows, the answers the first time, and two columns, the answers the second time, in the same order:
        for instance ``pandas.crosstab(before, after)``.
    correction
        Whether to use the continuity correction, which gives a larger p-value.

    Returns
    -------
    McNemar
        The statistic and its p-value.

    Raises
    ------
    ValueError
        If the table is not two by two counts, or its rows and columns are named by different answers.

    References
    ----------
    McNemar Q. (1947) Note on the sampling error of the difference between correlated proportions or percentages,
    Psychometrika 12:153-157, doi:10.1007/BF02295996

    Examples
    --------
    >>> round(mcnemar([[794, 150], [86, 570]]).statistic, 2)
    17.36
    """
    from statsmodels.stats.contingency_tables import mcnemar as test

    counts = whole_counts("table", table)
    if counts.shape != (2, 2):
        message = _("table is {rows} × {columns}; give two answers as rows and the same two as columns.")
        raise ValueError(message.format(rows=counts.shape[0], columns=counts.shape[1]))
    if isinstance(table, pd.DataFrame) and list(table.index) != list(table.columns):
        if set(table.index) != set(table.columns):
            message = _("The rows of table are {rows} and the columns {columns}; give the same answers as both.")
            rows, columns = (", ".join(map(str, labels)) for labels in (table.index, table.columns))
            raise ValueError(message.format(rows=rows, columns=columns))
        counts = whole_counts("table", table[list(table.index)])
    if not isinstance(correction, bool):
        raise ValueError(_("correction is {value}; give True or False.").format(value=short(correction)))
    one, other = int(counts[0, 1]), int(counts[1, 0])
    statistic = p = math.nan
    if one + other:
        found = test(counts, exact=False, correction=correction)
        statistic, p = float(found.statistic), float(found.pvalue)
    return McNemar(
        statistic=statistic,
        p=p,
        exact_p=min(1.0, float(test(counts, exact=True).pvalue)) if one + other else 1.0,
        first_to_second=one,
        second_to_first=other,
        n=int(counts.sum()),
        corrected=correction,
    )
