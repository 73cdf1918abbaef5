"""Theme 10, asking people: reliability, paired change, sampling, nonresponse, and tables that expose nobody.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> change = paired_change(before=[2.0, 3.0, 2.5, 3.5], after=[3.0, 3.5, 3.5, 4.5])
>>> change.mean_change
0.875
>>> sample_size(900)
269
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import _arguments
from ._arguments import numbers
from ._inference import figure
from ._results import Result, Table
from ._surveys.anonymity import Anonymity, k_anonymity
from ._surveys.change import PairedChange, paired_change
from ._surveys.disclosure import SafeTable, suppress_small_cells
from ._surveys.mcnemar import McNemar, mcnemar
from ._surveys.nonresponse import Nonresponse, nonresponse_table
from ._surveys.sampling import ShareInterval, design_effect, sample_size, wilson_interval
from .language import gettext as _
from .language import number

__all__ = [
    "Anonymity",
    "McNemar",
    "Nonresponse",
    "PairedChange",
    "Reliability",
    "SafeTable",
    "ShareInterval",
    "cronbach_alpha",
    "design_effect",
    "k_anonymity",
    "mcnemar",
    "nonresponse_table",
    "paired_change",
    "sample_size",
    "suppress_small_cells",
    "wilson_interval",
]


@dataclass(frozen=True, eq=False)
class Reliability(Result):
    """How well the items of a scale hang together; ``float()`` gives alpha itself.

    Attributes
    ----------
    value
        Cronbach's alpha.
    standardised
        Alpha if all items had the same spread; NaN if it cannot be computed, as when everyone gave the same answer
        to an item.
    n, left_out
        How many people answered all items, and how many were left out as they did not.
    if_deleted
        Alpha of the other items, one row an item; NaN where fewer than two are left.
    item_total
        How each item correlates with the sum of the others.

    Examples
    --------
    >>> items = pd.DataFrame({"q1": [1, 2, 4, 5], "q2": [2, 2, 4, 4], "q3": [2, 1, 4, 3], "q4": [4, 4, 2, 3]})
    >>> print(cronbach_alpha(items))
    Cronbach's alpha: 0.39
    Item  Alpha without it  Correlation with the others
    q1               -1.11                         0.85
    q2               -0.59                         0.98
    q3               -0.20                         0.64
    q4                0.92                        -0.90
    People who answered all items: 4. Standardised alpha: -0.04.
    Goes down when the others go up: q4. Turn the answers if the statement runs the other way.
    Alpha grows with the number of items, and does not show that they measure one single thing.
    """

    value: float
    standardised: float
    n: int
    left_out: int
    if_deleted: pd.Series[Any]
    item_total: pd.Series[Any]

    def __float__(self) -> float:
        return self.value

    def tables(self) -> list[Table]:
        """Give alpha, and what each item does to it."""
        caption = _("Cronbach's alpha: {value}").format(value=number(self.value))
        rows = [
            [str(item), figure(without), figure(correlation)]
            for item, without, correlation in zip(self.if_deleted.index, self.if_deleted, self.item_total, strict=True)
        ]
        return [(caption, [_("Item"), _("Alpha without it"), _("Correlation with the others")], rows)]

    def notes(self) -> list[str]:
        """Say who was left out, which items may be turned, and what alpha does not show."""
        found = [
            _("People who answered all items: {n}. Standardised alpha: {standardised}.").format(
                n=number(self.n, 0), standardised=figure(self.standardised)
            )
        ]
        if self.left_out:
            found.append(_("People left out, as an answer is missing: {n}.").format(n=number(self.left_out, 0)))
        turned = [str(item) for item, value in self.item_total.items() if value < 0]
        if turned:
            found.append(
                _(
                    "Goes down when the others go up: {items}. Turn the answers if the statement runs the other way."
                ).format(items=", ".join(turned))
            )
        found.append(_("Alpha grows with the number of items, and does not show that they measure one single thing."))
        return found


def cronbach_alpha(items: pd.DataFrame) -> Reliability:
    """Measure how well the items of a scale hang together.

    Parameters
    ----------
    items
        One row a person, one column an item. People with a missing answer are left out.

    Returns
    -------
    Reliability
        Alpha, and what becomes of it without each item.

    Raises
    ------
    ValueError
        If there are fewer than two items or two complete rows, an answer is not a number, or everyone has the
        same sum.

    Notes
    -----
    ``k / (k − 1) × (1 − Σ variance of an item / variance of the sum)`` for k items.

    References
    ----------
    Cronbach L. J. (1951) Coefficient alpha and the internal structure of tests, Psychometrika 16:297-334,
    doi:10.1007/BF02310555

    Examples
    --------
    >>> items = pd.DataFrame({"q1": [1, 2, 4, 5], "q2": [2, 2, 4, 4], "q3": [1, 2, 3, 5]})
    >>> round(float(cronbach_alpha(items)), 3)
    0.956
    """
    _arguments.frame("items", items)
    if items.shape[1] < 2:
        raise ValueError(_("items has one column; alpha needs at least two items."))
    answers = pd.concat([numbers(str(item), items.iloc[:, at]) for at, item in enumerate(items.columns)], axis=1)
    answers = answers.set_axis(items.columns, axis=1)
    complete = answers.dropna()
    if len(complete) < 2:
        raise ValueError(
            _("Rows of items without a missing answer: {n}. Alpha needs at least two.").format(n=len(complete))
        )
    value = _alpha(complete)
    if math.isnan(value):
        raise ValueError(_("Everyone has the same sum over the items, so alpha cannot be computed."))
    k = items.shape[1]
    between = complete.corr().to_numpy()[np.triu_indices(k, 1)].mean()
    denominator = 1 + (k - 1) * between
    others = [complete.iloc[:, [at for at in range(k) if at != left]] for left in range(k)]
    together = [
        pd.concat([complete.iloc[:, at], rest.sum(axis=1)], axis=1).corr().iloc[0, 1] for at, rest in enumerate(others)
    ]
    return Reliability(
        value=value,
        standardised=float(k * between / denominator) if abs(denominator) > 1e-12 else math.nan,
        n=len(complete),
        left_out=len(items) - len(complete),
        if_deleted=pd.Series([_alpha(rest) for rest in others], index=items.columns, name="alpha"),
        item_total=pd.Series(together, index=items.columns, name="correlation"),
    )


def _alpha(items: pd.DataFrame) -> float:
    k, spread = items.shape[1], items.sum(axis=1).var()
    # A sum that is the same for all differs by rounding at most.
    if k < 2 or spread <= 1e-12 * items.var().sum() or spread == 0:
        return math.nan
    return float(k / (k - 1) * (1 - items.var().sum() / spread))
