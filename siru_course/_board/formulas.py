"""The formulas of agreement: from ratings in numbers to a coefficient, NaN where it is undefined.

Categories are numbered: `codes` has one row an item and one column a rater, and says which of `values` each rating
is. `counts` has one row an item and one column a category, and says how many raters chose it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def cohen(codes: Ints, values: Floats, weights: str | None) -> tuple[float, float | None]:
    """Give Cohen's kappa of two raters and, when it is not weighted, the agreement that chance would give."""
    from statsmodels.stats.inter_rater import cohens_kappa

    table = np.zeros((len(values), len(values)))
    np.add.at(table, (codes[:, 0], codes[:, 1]), 1)
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / len(codes) ** 2
    if np.count_nonzero(by_chance) == 1 and np.trace(by_chance) == 1:
        return math.nan, (None if weights else 1.0)
    if weights is None:
        return float(cohens_kappa(table, return_results=False)), float(np.trace(by_chance))
    # Distances between the values themselves, so that a step nobody chose is still a step.
    apart = np.abs(np.subtract.outer(values, values)) ** (2 if weights == "quadratic" else 1)
    return float(cohens_kappa(table, weights=apart, return_results=False)), None


def fleiss(counts: Ints) -> tuple[float, float]:
    """Give Fleiss' kappa, and the agreement that chance would give."""
    from statsmodels.stats.inter_rater import fleiss_kappa

    shares = counts.sum(axis=0) / counts.sum()
    if np.count_nonzero(shares) == 1:
        return math.nan, 1.0
    return float(fleiss_kappa(counts)), float(shares @ shares)


def krippendorff(counts: Ints, values: Floats, level: str) -> float:
    """Give Krippendorff's alpha; every item must have two ratings or more."""
    # What stands on the diagonal, pairs that agree, has distance 0: a rating's pair with itself need not be removed.
    coincidences = (counts / (counts.sum(axis=1) - 1)[:, None]).T @ counts
    n = counts.sum(axis=0)
    if np.count_nonzero(n) == 1:
        return math.nan
    by_chance = np.outer(n, n) / (n.sum() - 1)
    if level == "nominal":
        apart = 1 - np.eye(len(n))
    elif level == "ordinal":
        middle = np.cumsum(n) - n / 2
        apart = np.subtract.outer(middle, middle) ** 2
    else:
        apart = np.subtract.outer(values, values) ** 2
        if level == "ratio":
            total = np.add.outer(values, values)
            apart = apart / np.where(total > 0, total, 1) ** 2
    return float(1 - (coincidences * apart).sum() / (by_chance * apart).sum())


def kendall(ratings: Floats) -> float:
    """Give Kendall's coefficient of concordance, corrected for ties."""
    items, raters = ratings.shape
    ranks = pd.DataFrame(ratings).rank().to_numpy()
    ties = sum(float((n**3 - n).sum()) for n in (np.unique(rater, return_counts=True)[1] for rater in ranks.T))
    sums = ranks.sum(axis=1)
    most = raters**2 * (items**3 - items) - raters * ties
    return float(12 * ((sums - sums.mean()) ** 2).sum() / most) if most > 0 else math.nan


def _intraclass(form: int, mean: bool) -> Callable[[Floats], float]:
    def compute(ratings: Floats) -> float:
        n, k = ratings.shape
        # Shifted, which changes no mean square, so that ratings that are all the same give exact zeros.
        x = ratings - ratings.min()
        items, raters = x.mean(axis=1), x.mean(axis=0)
        between = k * ((items - x.mean()) ** 2).sum() / (n - 1)
        judges = n * ((raters - x.mean()) ** 2).sum() / (k - 1)
        within = ((x - items[:, None]) ** 2).sum() / (n * (k - 1))
        error = ((x - items[:, None] - raters + x.mean()) ** 2).sum() / ((n - 1) * (k - 1))
        noise = within if form == 1 else error
        shift = (judges - error) / n if form == 2 else 0.0
        total = between + shift if mean else between + (k - 1) * noise + k * shift
        return float((between - noise) / total) if total > 1e-12 * (x**2).mean() else math.nan

    return compute


ICC: dict[str, Callable[[Floats], float]] = {
    f"icc{form}{'k' if mean else ''}": _intraclass(form, mean) for form in (1, 2, 3) for mean in (False, True)
}
