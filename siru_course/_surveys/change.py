"""The same people twice: what is behind ``paired_change``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import numbers, short
from .._inference import figure, p_text, span
from .._results import Result, Table
from ..language import gettext as _
from ..language import number

Values = pd.Series | Sequence[float] | npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class PairedChange(Result):
    """How much the same people changed.

    Attributes
    ----------
    mean_before, mean_after, mean_change
        The means of those who have both values, and of after − before.
    ci_low, ci_high
        The 95 % interval of the mean change.
    t, df, p
        The paired t-test.
    wilcoxon_p
        The p-value of Wilcoxon's signed-rank test, which looks at ranks only.
    effect_size
        d_z: the mean change divided by the standard deviation of the changes.
    n, left_out
        How many have both values, and how many were left out as one is missing.

    Examples
    --------
    >>> print(paired_change(before=[2.0, 3.0, 2.5, 3.5], after=[3.0, 3.5, 3.5, 4.5]))
    Change in the same people
    Mean before                  2.75
    Mean after                   3.62
    Mean change                  0.88
    Interval (95 %)      0.48 to 1.27
    p, paired t-test            0.006
    p, Wilcoxon's test          0.089
    Effect size (d_z)            3.50
    People with both values: 4.
    d_z divides by the spread of the changes, so do not compare it with Cohen's d between groups.
    A change is not an effect: this does not tell what would have happened anyway.
    """

    mean_before: float
    mean_after: float
    mean_change: float
    ci_low: float
    ci_high: float
    t: float
    df: int
    p: float
    wilcoxon_p: float
    effect_size: float
    n: int
    left_out: int

    def tables(self) -> list[Table]:
        """Give the means, the interval, both tests and the effect size."""
        rows = [
            [_("Mean before"), number(self.mean_before)],
            [_("Mean after"), number(self.mean_after)],
            [_("Mean change"), number(self.mean_change)],
            [_("Interval (95 %)"), span(self.ci_low, self.ci_high, 2)],
            [_("p, paired t-test"), p_text(self.p)],
            [_("p, Wilcoxon's test"), p_text(self.wilcoxon_p)],
            [_("Effect size (d_z)"), figure(self.effect_size)],
        ]
        return [(_("Change in the same people"), ["", ""], rows)]

    def notes(self) -> list[str]:
        """Say who was left out, and what a change does not show."""
        found = [_("People with both values: {n}.").format(n=number(self.n, 0))]
        if self.left_out:
            found.append(
                _("Left out, as one value is missing: {n}. They may differ from those who stayed.").format(
                    n=number(self.left_out, 0)
                )
            )
        if math.isnan(self.t):
            found.append(_("Everyone changed equally much, so there is nothing to test."))
        else:
            found.append(
                _("d_z divides by the spread of the changes, so do not compare it with Cohen's d between groups.")
            )
        found.append(_("A change is not an effect: this does not tell what would have happened anyway."))
        return found


def paired_change(before: Values, after: Values) -> PairedChange:
    """Measure how much the same people changed, with an interval, two tests and an effect size.

    Parameters
    ----------
    before, after
        Two Series are paired by their index, such as the person's code. Anything else is paired by place and
        must be equally long. Pairs with a missing value are left out.

    Returns
    -------
    PairedChange
        The change is after − before.

    Raises
    ------
    ValueError
        If a value is not a number, a label stands twice in an index, the lengths differ, or fewer than two pairs
        are complete.

    Notes
    -----
    Wilcoxon's test is exact for up to 50 pairs if no changes are 0 or equally large; otherwise it uses the normal
    approximation, corrected for ties and for continuity, with changes of 0 left out. This is what R does.

    References
    ----------
    Student (1908) The probable error of a mean, Biometrika 6:1-25

    Wilcoxon F. (1945) Individual comparisons by ranking methods, Biometrics Bulletin 1(6):80-83

    Examples
    --------
    >>> before = pd.Series([2.0, 3.0, 2.5], index=["AN08N", "EV12J", "IN23H"])
    >>> after = pd.Series([4.0, 3.5, 3.0], index=["IN23H", "AN08N", "BE01V"])
    >>> change = paired_change(before, after)
    >>> change.n, change.left_out, change.mean_change
    (2, 2, 1.5)
    """
    from scipy.stats import ttest_rel, wilcoxon

    pairs = _pairs(before, after)
    complete = pairs.dropna()
    if len(complete) < 2:
        raise ValueError(_("Complete pairs in before and after: {n}. At least two are needed.").format(n=len(complete)))
    first, second = complete["before"].to_numpy(), complete["after"].to_numpy()
    change = second - first
    mean, n = float(change.mean()), len(change)
    t = p = wilcoxon_p = size = math.nan
    low = high = mean
    spread = float(change.std(ddof=1))
    # Equal changes differ by rounding at most.
    if spread > 1e-12 * np.abs(complete.to_numpy()).max():
        test = ttest_rel(second, first)
        t, p, size = float(test.statistic), float(test.pvalue), mean / spread
        low, high = (float(limit) for limit in test.confidence_interval(0.95))
        # Ranks must not depend on how 3.4 - 2.0 and 2.4 - 1.0 are rounded.
        ranked = np.round(change, 9)
        exact = n <= 50 and np.all(ranked != 0) and len(np.unique(np.abs(ranked))) == n
        wilcoxon_p = float(wilcoxon(ranked, method="exact" if exact else "approx", correction=not exact).pvalue)
    return PairedChange(
        mean_before=float(first.mean()),
        mean_after=float(second.mean()),
        mean_change=mean,
        ci_low=low,
        ci_high=high,
        t=t,
        df=n - 1,
        p=p,
        wilcoxon_p=wilcoxon_p,
        effect_size=size,
        n=n,
        left_out=len(pairs) - n,
    )


def _pairs(before: Values, after: Values) -> pd.DataFrame:
    read = {}
    for name, values in (("before", before), ("after", after)):
        if isinstance(values, str) or not pd.api.types.is_list_like(values) or isinstance(values, pd.DataFrame):
            raise ValueError(
                _("{name} is {value}; give a Series or a list of numbers.").format(name=name, value=short(values))
            )
        read[name] = numbers(name, values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object))
    if isinstance(before, pd.Series) and isinstance(after, pd.Series):
        for name, values in read.items():
            if not values.index.is_unique:
                twice = values.index[values.index.duplicated()][0]
                message = _("{label} stands twice in the index of {name}; each person may stand there once.")
                raise ValueError(message.format(label=short(twice), name=name))
        if read["before"].index.intersection(read["after"].index).empty:
            message = _("before and after have no label in common; make the person's code the index of both.")
            raise ValueError(message)
        return pd.concat(read, axis=1)
    if len(read["before"]) != len(read["after"]):
        message = _("before has {before} values and after has {after}; give pairs, or two Series indexed by person.")
        raise ValueError(message.format(before=len(read["before"]), after=len(read["after"])))
    return pd.DataFrame({name: values.to_numpy() for name, values in read.items()})
