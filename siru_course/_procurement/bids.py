"""Bids, checked and evaluated: what is behind ``procurement.evaluate``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import above, choice, numbers, real
from .._arguments import column as check_column
from .._arguments import frame as check_frame
from ..language import gettext as _

if TYPE_CHECKING:
    Deduction = str | Mapping[Any, float] | pd.Series[Any]

MODELS = ("relative", "monetary_deduction", "quotient")
# Bids whose results differ by less than this share of the largest are level: what differs is rounding.
LEVEL = 1e-9


def evaluated(
    bids: pd.DataFrame,
    model: str,
    price: str,
    quality: str,
    price_weight: float | None,
    quality_weight: float | None,
    deduction: Deduction | None,
) -> pd.Series[Any]:
    """Check what the model needs, and give each bid's score or comparison price."""
    choice("model", model, MODELS)
    check_frame("bids", bids)
    for bid in bids.index[bids.index.duplicated()]:
        raise ValueError(_("Bid {bid} stands twice in the index of bids; every bid needs a name.").format(bid=bid))
    if "tender_id" in bids and bids["tender_id"].nunique() > 1:
        raise ValueError(
            _("bids has the bids of {n} tenders; evaluate one at a time, such as {example}.").format(
                n=bids["tender_id"].nunique(),
                example=f"bids[bids['tender_id'] == {bids['tender_id'].dropna().iloc[0]!r}]",
            )
        )
    for name, value, only in (
        ("price_weight", price_weight, "relative"),
        ("quality_weight", quality_weight, "relative"),
        ("deduction", deduction, "monetary_deduction"),
    ):
        if value is not None and model != only:
            raise ValueError(
                _("{name} belongs to the model {only}; leave it out when model is {model}.").format(
                    name=name, only=repr(only), model=repr(model)
                )
            )
    prices = _column(bids, price, least=None)
    for bid, value in prices.items():
        above(f"{price}[{bid!r}]", value)
    if model == "monetary_deduction":
        return prices - _deductions(bids, deduction)
    points = _column(bids, quality)
    if model == "quotient":
        return 1000 * points / prices
    price_share, quality_share = _weights(price_weight, quality_weight)
    score: pd.Series[Any] = price_share * prices.min() / prices + quality_share * points / (points.max() or 1.0)
    return score


def _column(bids: pd.DataFrame, name: str, least: float | None = 0) -> pd.Series[Any]:
    values = numbers(name, check_column("bids", bids, name), least)
    for row in values.index[values.isna()]:
        raise ValueError(
            _("{column} is missing in row {row}; fill it in or leave the row out.").format(column=name, row=row)
        )
    return values


def _deductions(bids: pd.DataFrame, deduction: Deduction | None) -> pd.Series[Any]:
    if not isinstance(deduction, (Mapping, pd.Series)):
        return _column(bids, "deduction" if deduction is None else deduction)
    for bid in bids.index:
        if bid not in deduction:
            raise KeyError(
                _("deduction has nothing for bid {bid}; it needs every bid's deduction, 0 where there is none.").format(
                    bid=bid
                )
            )
    return _column(pd.DataFrame({"deduction": [deduction[bid] for bid in bids.index]}, index=bids.index), "deduction")


def _weights(price_weight: float | None, quality_weight: float | None) -> tuple[float, float]:
    if price_weight is None or quality_weight is None:
        raise ValueError(
            _("The relative model needs price_weight and quality_weight, such as 60 and 40; one is missing.")
        )
    weights = real("price_weight", price_weight, least=0), real("quality_weight", quality_weight, least=0)
    if min(abs(sum(weights) - total) / total for total in (1, 100)) > 1e-6:
        raise ValueError(
            _("price_weight {price} and quality_weight {quality} add up to {total}; let them add up to 100.").format(
                price=f"{weights[0]:g}", quality=f"{weights[1]:g}", total=f"{sum(weights):g}"
            )
        )
    return weights


def ranked(points: pd.Series[Any]) -> pd.Series[Any]:
    """Rank from the highest, 1, 2, …; level bids share the best of their ranks."""
    values: npt.NDArray[np.float64] = points.to_numpy(dtype=float)
    better = values[None, :] > values[:, None] + LEVEL * np.abs(values).max()
    return pd.Series(better.sum(axis=1) + 1, index=points.index, name="rank")


def named(bids: Any) -> Any:
    """Give the winner, or the winners in one text where several bids are level."""
    names = list(bids)
    return names[0] if len(names) == 1 else ", ".join(map(str, names))
