"""Who wins at which weights: what is behind ``procurement.sensitivity_to_weights``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._arguments import whole
from .._results import Result, Table, written
from ..language import gettext as _
from .bids import LEVEL, evaluated, named, ranked


@dataclass(frozen=True, eq=False)
class WeightSensitivity(Result):
    """Who wins under the relative model at each weight of the price.

    Attributes
    ----------
    grid
        Index ``price_weight``, from 0 to 100; columns ``winner`` and each bid's score at that weight.
    ranges
        One row a winner, in the order of the price's weight: ``price_weight_from``, ``price_weight_to`` (exact,
        0-100) and ``winner``. Where one range ends and the next begins, the two winners are level.

    Examples
    --------
    >>> bids = pd.DataFrame({"price": [100, 125], "quality": [60, 80]}, index=["A", "B"])
    >>> sensitivity_to_weights(bids).changes
    [55.55...]
    """

    grid: pd.DataFrame
    ranges: pd.DataFrame

    @property
    def changes(self) -> list[float]:
        """The exact weights of the price, 0–100, at which the winner changes.

        Examples
        --------
        >>> bids = pd.DataFrame({"price": [100, 200], "quality": [50, 100]}, index=["A", "B"])
        >>> sensitivity_to_weights(bids).changes
        [50.0]
        """
        return [float(weight) for weight in self.ranges["price_weight_from"].iloc[1:]]

    def tables(self) -> list[Table]:
        """Give the ranges of weights and who wins in each.

        Examples
        --------
        >>> bids = pd.DataFrame({"price": [100, 200], "quality": [50, 100]}, index=["A", "B"])
        >>> sensitivity_to_weights(bids).tables()[0][2]
        [['0 %', '50 %', 'B'], ['50 %', '100 %', 'A']]
        """
        rows = [
            [_percent(row["price_weight_from"]), _percent(row["price_weight_to"]), str(row["winner"])]
            for _label, row in self.ranges.iterrows()
        ]
        return [(_("Winner by the weight of the price"), [_("From"), _("To"), _("Winner")], rows)]

    def notes(self) -> list[str]:
        """Say at which weights the winner changes.

        Examples
        --------
        >>> bids = pd.DataFrame({"price": [100, 200], "quality": [50, 40]}, index=["A", "B"])
        >>> sensitivity_to_weights(bids).notes()
        ['The winner is the same whatever the weights.']
        """
        if not self.changes:
            return [_("The winner is the same whatever the weights.")]
        weights = "; ".join(_percent(weight) for weight in self.changes)
        return [_("The winner changes where the price weighs {weights}.").format(weights=weights)]


def sensitivity_to_weights(
    bids: pd.DataFrame, price: str = "price", quality: str = "quality", step: int = 5
) -> WeightSensitivity:
    """Let the weight of the price go from 0 to 100 per cent in the relative model, and see who wins.

    Parameters
    ----------
    bids, price, quality
        As :func:`evaluate` takes them.
    step
        The distance between the weights of the grid, in per cent: a whole number from 1 to 100. The weights 0 and
        100 are always there.

    Returns
    -------
    WeightSensitivity
        With ``grid``, ``ranges`` and ``changes``; the weights at which the winner changes are exact, whatever the
        step.

    Raises
    ------
    ValueError, KeyError
        As :func:`evaluate`; and if `step` is not a whole number from 1 to 100.

    Notes
    -----
    Each bid's score is a straight line in the weight of the price, so the winners are the upper envelope of the
    lines, and the winner changes where two of them cross.

    Examples
    --------
    >>> bids = pd.DataFrame({"price": [100, 125, 50], "quality": [60, 80, 5]}, index=["A", "B", "C"])
    >>> sensitivity_to_weights(bids, step=50).grid
                 winner     A      B        C
    price_weight
    0                 B  75.0  100.0    6.250
    50                B  62.5   70.0   53.125
    100               C  50.0   40.0  100.000
    """
    step = whole("step", step, 1, 100)
    by_price = evaluated(bids, "relative", price, quality, 100, 0, None)
    by_quality = evaluated(bids, "relative", price, quality, 0, 100, None)
    weights = sorted({*range(0, 100, step), 100})
    shares = np.array(weights) / 100
    scores = np.outer(shares, by_price) + np.outer(1 - shares, by_quality)
    grid = pd.DataFrame(scores, index=pd.Index(weights, name="price_weight"), columns=bids.index)
    winners = [named(bids.index[ranked(row) == 1]) for _weight, row in grid.iterrows()]
    grid.insert(0, "winner", pd.Series(winners, index=grid.index, dtype=object), allow_duplicates=True)
    return WeightSensitivity(grid=grid, ranges=_envelope(by_price, by_quality))


def _envelope(by_price: pd.Series[Any], by_quality: pd.Series[Any]) -> pd.DataFrame:
    """Follow the highest of the lines from weight 0 to 100; level lines are one."""
    slope, start = by_price.to_numpy() - by_quality.to_numpy(), by_quality.to_numpy()
    at, rows = 0.0, []
    while True:
        # The highest here, and of those the one that rises most: it is the highest just after.
        heights = start + slope * at
        top = np.flatnonzero(heights >= heights.max() - 100 * LEVEL)
        steepest = slope[top].max()
        leading = top[slope[top] >= steepest - 100 * LEVEL]
        steeper = slope > steepest + 100 * LEVEL
        crossings = (start[leading[0]] - start[steeper]) / (slope[steeper] - steepest)
        until = min([*crossings[crossings < 1 - LEVEL], 1.0])
        rows.append((100 * at, 100 * until, named(by_price.index[leading])))
        if until == 1.0:
            return pd.DataFrame(rows, columns=["price_weight_from", "price_weight_to", "winner"])
        at = float(until)


def _percent(weight: float) -> str:
    return _("{number} %").format(number=written(weight))
