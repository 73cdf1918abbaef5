"""Least squares for two groups: what difference-in-differences and trends before the start have in common."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import _arguments
from .._arguments import numbers, short
from .._inference import zero_one
from ..language import gettext as _
from ..language import number

# Below this, standard errors by cluster come out too small: see Cameron and Miller (2015).
_FEW_CLUSTERS = 20


def read_rows(
    frame: pd.DataFrame, outcome: str, treated: str, post: str, period: str | None = None, cluster: str | None = None
) -> tuple[pd.DataFrame, int]:
    """Check the columns; give the complete rows under plain names, and how many were left out."""
    _arguments.frame("frame", frame, [name for name in (outcome, treated, post, period, cluster) if name is not None])
    rows = pd.DataFrame(
        {
            "outcome": numbers(outcome, frame[outcome]),
            "treated": zero_one(treated, frame[treated]),
            "post": zero_one(post, frame[post]),
        }
    )
    if period is not None:
        rows["period"] = numbers(period, frame[period])
    if cluster is not None:
        rows["cluster"] = frame[cluster]
    complete = rows.dropna()
    if complete.empty:
        raise ValueError(_("Every row of frame lacks a value; there is nothing to compare."))
    if period is not None:
        sides = complete.groupby("period")["post"].nunique()
        if (sides > 1).any():
            message = _(
                "Period {period} is both before and after the start in {post}; all must start at the same time."
            )
            raise ValueError(message.format(period=f"{sides.idxmax():g}", post=short(post)))
    return complete, len(frame) - len(complete)


def period_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Compare the groups in each period that has rows of both."""
    found = []
    for period, part in rows.groupby("period"):
        if part["treated"].nunique() == 2:
            design = np.column_stack([np.ones(len(part)), part["treated"]])
            difference, _se, low, high, _p = last_term(part, design)
            found.append({"period": period, "difference": difference, "low": low, "high": high})
    return pd.DataFrame(found, columns=["period", "difference", "low", "high"])


def last_term(rows: pd.DataFrame, design: npt.NDArray[np.float64]) -> tuple[float, float, float, float, float]:
    """Fit by least squares; give the last column's estimate, standard error, interval and p-value."""
    import statsmodels.api as sm

    outcome = rows["outcome"].to_numpy()
    model = sm.OLS(outcome, design)
    estimate = float(model.fit().params[-1])
    clusters = count_clusters(rows)
    # A row that decides a coefficient alone, or a group that is one cluster, leaves no spread to judge by.
    alone = np.einsum("ij,ji->i", design, np.linalg.pinv(design)).max() > 1 - 1e-9
    if alone if clusters is None else clusters[1] < 2:
        return estimate, math.nan, math.nan, math.nan, math.nan
    if clusters is None:
        fit = model.fit(cov_type="HC2", use_t=True)
    else:
        groups = {"groups": pd.factorize(rows["cluster"])[0]}
        fit = model.fit(cov_type="cluster", cov_kwds=groups, use_t=True)
    se = float(fit.bse[-1])
    nothing = 1e-12 * max(1.0, np.abs(outcome).max())
    if not se > nothing:
        # No spread but that of rounding, so no test either.
        estimate = estimate if abs(estimate) > nothing else 0.0
        return estimate, 0.0, estimate, estimate, math.nan
    low, high = fit.conf_int()[-1]
    return estimate, se, float(low), float(high), float(fit.pvalues[-1])


def count_clusters(rows: pd.DataFrame) -> tuple[int, int] | None:
    if "cluster" not in rows:
        return None
    return rows["cluster"].nunique(), int(rows.groupby("treated")["cluster"].nunique().min())


def about_rows(n: int, left_out: int, clusters: tuple[int, int] | None) -> list[str]:
    if clusters is None:
        found = [_("Rows: {n}.").format(n=number(n, 0))]
    else:
        found = [_("Rows: {n}, in {clusters} clusters.").format(n=number(n, 0), clusters=number(clusters[0], 0))]
    if left_out:
        found.append(_("Rows left out, as a value is missing: {n}.").format(n=number(left_out, 0)))
    if clusters is not None and clusters[1] < _FEW_CLUSTERS:
        message = _("Clusters in one of the groups: only {n}. The interval is then too narrow; read it with care.")
        found.append(message.format(n=clusters[1]))
    return found
