"""How much people agree on a scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import short
from ..language import gettext as _


def consensus(counts: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | npt.NDArray[Any]) -> float:
    """Measure how much people agree on an equally spaced scale: 0 split between the ends, 1 all on one step.

    Parameters
    ----------
    counts
        How many chose each step of the scale, from one end to the other, with 0 for a step nobody chose. When
        the steps are numbers (the index of a Series, the keys of a mapping) they must rise evenly.

    Returns
    -------
    float
        The consensus, 0–1.

    Raises
    ------
    ValueError
        If there are fewer than two steps, a count is missing or negative, all are 0, or the steps do not rise
        evenly.

    Notes
    -----
    With p the shares, X the steps, μ their mean and d the width of the scale,
    Cns = 1 + Σ p log₂(1 - abs(X - μ) / d) [1]_. Consensus is not majority: six of ten may agree wholly and four
    be wholly against.

    References
    ----------
    .. [1] Tastle, W. J., and Wierman, M. J. (2007). Consensus and dissention: A measure of ordinal dispersion.
       International Journal of Approximate Reasoning 45(3):531-545. doi:10.1016/j.ijar.2006.06.024

    Examples
    --------
    >>> consensus([0, 0, 10, 0, 0]), consensus([5, 0, 0, 0, 5])
    (1.0, 0.0)
    >>> round(consensus([0, 1, 2, 4, 3]), 3)
    0.68
    """
    if isinstance(counts, (str, bytes)) or not isinstance(counts, (pd.Series, Mapping, Sequence, np.ndarray)):
        raise ValueError(
            _("counts is {value}; give how many chose each step of the scale, in a list.").format(value=short(counts))
        )
    if not isinstance(counts, (pd.Series, Mapping)):
        counts = list(counts)
    series = pd.Series(counts)
    if len(series) < 2:
        raise ValueError(_("counts has {n} steps; a scale has at least two.").format(n=len(series)))
    for value in series:
        if not isinstance(value, (int, float, np.integer, np.floating)) or not math.isfinite(value) or value < 0:
            raise ValueError(_("counts holds {value}; each must be a number from 0 up.").format(value=short(value)))
    if not series.sum():
        raise ValueError(_("counts adds up to 0; at least one person must have chosen a step."))
    if pd.api.types.is_numeric_dtype(series.index):
        gaps = np.diff(series.index.to_numpy(dtype=float))
        if gaps[0] <= 0 or not np.allclose(gaps, gaps[0]):
            # What value_counts() gives: steps by popularity, and none for those nobody chose.
            message = _(
                "The steps of counts are {steps}; they must rise evenly. Put them in order with a 0 for each step "
                "nobody chose: counts.reindex(range(1, 6), fill_value=0) for a scale from 1 to 5."
            )
            raise ValueError(message.format(steps=", ".join(str(step) for step in series.index)))
    shares = series.to_numpy(dtype=float) / float(series.sum())
    steps = np.arange(len(shares))
    distance = np.abs(steps - shares @ steps) / (len(shares) - 1)
    chosen = shares > 0
    value = 1 + float(shares[chosen] @ np.log2(1 - distance[chosen]))
    return min(max(value, 0.0), 1.0)
