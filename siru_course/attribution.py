"""Theme 11, did we make the difference: difference-in-differences, trends before the start, and what may mislead.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> means = pd.DataFrame({"work": [0.3, 0.5, 0.4, 0.45], "treated": [1, 1, 0, 0], "post": [0, 1, 0, 1]})
>>> round(difference_in_differences(means, "work", "treated", "post").estimate, 2)
0.15
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ._attribution.balance import Balance, balance
from ._attribution.least_squares import about_rows, count_clusters, last_term, read_rows
from ._attribution.robustness import EValue, e_value, minimum_detectable_effect
from ._attribution.trends import PreTrends, event_chart, pre_trends
from ._inference import decimals, figure, p_text, span
from ._results import Result, Table
from .language import gettext as _
from .language import number

__all__ = [
    "Balance",
    "DifferenceInDifferences",
    "EValue",
    "PreTrends",
    "balance",
    "difference_in_differences",
    "e_value",
    "event_chart",
    "minimum_detectable_effect",
    "pre_trends",
]


@dataclass(frozen=True, eq=False)
class DifferenceInDifferences(Result):
    """The change in the treated group minus the change in the comparison group.

    Attributes
    ----------
    estimate
        The difference-in-differences.
    se, ci_low, ci_high, p
        Its standard error, 95 % interval and p-value; NaN when they cannot be computed.
    n, left_out
        How many rows were used, and how many were left out as a value is missing.
    cell_means
        The mean of each group before and after: rows ``treated`` 0 and 1, columns ``post`` 0 and 1.
    outcome
        The column that was compared.
    clusters
        How many clusters there are, and how many in the group with fewest; None without clusters.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "work": [1, 3, 5, 7, 2, 4, 3, 5], "treated": [1, 1, 1, 1, 0, 0, 0, 0], "post": [0, 0, 1, 1, 0, 0, 1, 1]
    ... })
    >>> print(difference_in_differences(frame, "work", "treated", "post"))
    Difference-in-differences: work
                Before  After  Change
    Treated       2.00   6.00    4.00
    Comparison    3.00   4.00    1.00
    Difference   -1.00   2.00    3.00
    Estimate
    Difference-in-differences           3.00
    Standard error                      2.00
    Interval (95 %)            -2.55 to 8.55
    p                                  0.208
    Rows: 8.
    Before-after alone would say 4.00, but the comparison group changed by 1.00 in the same time.
    The interval holds 0: the data fit no effect, and they fit one of 8.55 as well.
    It is the effect only if both groups would have changed alike without the intervention. They need not start level.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    n: int
    left_out: int
    cell_means: pd.DataFrame
    outcome: str
    clusters: tuple[int, int] | None = None

    @property
    def changes(self) -> pd.Series[Any]:
        """The change from before to after: row 1 is the treated group, row 0 the comparison group."""
        return (self.cell_means[1] - self.cell_means[0]).rename("change")

    def tables(self) -> list[Table]:
        """Give the four means with their differences, and the estimate."""
        places = decimals(*self.cell_means.to_numpy().ravel())
        means = pd.concat([self.cell_means, self.changes], axis=1)
        means.loc["difference"] = means.loc[1] - means.loc[0]
        names = [_("Comparison"), _("Treated"), _("Difference")]
        cells = [
            [name, *(number(value, places) for value in row)] for name, row in zip(names, means.to_numpy(), strict=True)
        ]
        rows = [cells[1], cells[0], cells[2]]
        words = _("Difference-in-differences")
        estimate = [
            [words, number(self.estimate, places)],
            [_("Standard error"), figure(self.se, places)],
            [_("Interval (95 %)"), span(self.ci_low, self.ci_high, places)],
            ["p", p_text(self.p)],
        ]
        return [
            (f"{words}: {self.outcome}", ["", _("Before"), _("After"), _("Change")], rows),
            (_("Estimate"), ["", ""], estimate),
        ]

    def notes(self) -> list[str]:
        """Say what the estimate rests on, and what it does not show."""
        places = decimals(*self.cell_means.to_numpy().ravel())
        found = about_rows(self.n, self.left_out, self.clusters)
        if math.isnan(self.se):
            found.append(_("No interval: it needs two rows in every cell, or two clusters in each group."))
        found.append(
            _(
                "Before-after alone would say {change}, but the comparison group changed by {other} in the same time."
            ).format(change=number(self.changes[1], places), other=number(self.changes[0], places))
        )
        if self.ci_low <= 0 <= self.ci_high:
            far = max(self.ci_low, self.ci_high, key=abs)
            message = _("The interval holds 0: the data fit no effect, and they fit one of {far} as well.")
            found.append(message.format(far=number(far, places)))
        found.append(
            _(
                "It is the effect only if both groups would have changed alike without the intervention. "
                "They need not start level."
            )
        )
        return found


def difference_in_differences(
    frame: pd.DataFrame, outcome: str, treated: str, post: str, cluster: str | None = None
) -> DifferenceInDifferences:
    """Estimate an effect by comparing the change in two groups.

    Parameters
    ----------
    frame
        One row a person (or place) and period. Rows with a missing value are left out.
    outcome
        The column of numbers to compare; for yes and no, 1 and 0.
    treated
        The column that is 1 for those who got the intervention and 0 for the comparison group, in all periods.
    post
        The column that is 1 from the start of the intervention on and 0 before, in both groups.
    cluster
        The column that tells which rows belong together, such as the person or, if whole municipalities got the
        intervention, the municipality. Without it every row counts as a person of its own, which makes the
        interval too narrow when the same people come back.

    Returns
    -------
    DifferenceInDifferences
        The estimate with its interval.

    Raises
    ------
    ValueError
        If one of the four cells is empty, or a column holds what it may not.
    KeyError
        If a column is missing.

    Notes
    -----
    Least squares on `treated`, `post` and their product, by statsmodels. With `cluster`, standard errors are robust
    to clusters and the interval uses Student's t with one degree of freedom less than there are clusters. Without,
    every cell has a variance of its own (HC2): the squared standard error is the sum of the four means'. When
    people start at different times, this simple form can mislead.

    References
    ----------
    Card D., Krueger A. B. (1994) Minimum wages and employment: a case study of the fast-food industry in New Jersey
    and Pennsylvania, American Economic Review 84(4):772-793

    Cameron A. C., Miller D. L. (2015) A practitioner's guide to cluster-robust inference, Journal of Human Resources
    50(2):317-372, doi:10.3368/jhr.50.2.317

    Goodman-Bacon A. (2021) Difference-in-differences with variation in treatment timing, Journal of Econometrics
    225(2):254-277, doi:10.1016/j.jeconom.2021.03.014

    Examples
    --------
    >>> from siru_course import data
    >>> panel = data.load("brobygget_panel")
    >>> effect = difference_in_differences(panel, "employed", "treated", "post", cluster="person_id")
    >>> effect.n, effect.clusters
    (3600, (300, 120))
    """
    rows, left_out = read_rows(frame, outcome, treated, post, cluster=cluster)
    means = rows.groupby(["treated", "post"])["outcome"].mean().unstack().reindex(index=[0, 1], columns=[0, 1])
    for group, after in ((0, 0), (0, 1), (1, 0), (1, 1)):
        if means[after].isna()[group]:
            message = _("No row of frame has {treated} = {group} and {post} = {after}; all four cells are needed.")
            raise ValueError(message.format(treated=treated, group=group, post=post, after=after))
    treated_, post_ = rows["treated"].to_numpy(), rows["post"].to_numpy()
    design = np.column_stack([np.ones(len(rows)), treated_, post_, treated_ * post_])
    estimate, se, low, high, p = last_term(rows, design)
    return DifferenceInDifferences(
        estimate=estimate,
        se=se,
        ci_low=low,
        ci_high=high,
        p=p,
        n=len(rows),
        left_out=left_out,
        cell_means=means.rename_axis(index="treated", columns="post").rename(int).rename(int, axis=1),
        outcome=str(outcome),
        clusters=count_clusters(rows),
    )
