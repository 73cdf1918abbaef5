"""Theme 13, procurement: evaluate bids by three models, and see what decides who wins.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> bids = pd.DataFrame({"price": [100, 125, 50], "quality": [60, 80, 5]}, index=["A", "B", "C"])
>>> evaluate(bids, "relative", price_weight=60, quality_weight=40)["score"].to_dict()
{'A': 60.0, 'B': 64.0, 'C': 62.5}
>>> rank_reversals(bids, "relative", price_weight=60, quality_weight=40)
         winner winner_without
left_out
C             B              A
>>> print(sensitivity_to_weights(bids.drop("C")))
Winner by the weight of the price
From     To       Winner
0 %      55.56 %       B
55.56 %  100 %         A
The winner changes where the price weighs 55.56 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ._procurement.bids import evaluated, named, ranked
from ._procurement.weights import WeightSensitivity, sensitivity_to_weights
from .language import gettext as _

if TYPE_CHECKING:
    from ._procurement.bids import Deduction

__all__ = ["WeightSensitivity", "evaluate", "rank_reversals", "sensitivity_to_weights"]


def evaluate(
    bids: pd.DataFrame,
    model: str,
    price: str = "price",
    quality: str = "quality",
    *,
    price_weight: float | None = None,
    quality_weight: float | None = None,
    deduction: Deduction | None = None,
) -> pd.DataFrame:
    """Evaluate the bids of one procurement by a model, and rank them.

    Parameters
    ----------
    bids
        One row a bid; its index names the bids.
    model
        ``"relative"``, ``"monetary_deduction"`` or ``"quotient"``.
    price, quality
        The columns with price (above 0) and quality (points from 0 up, more is better).
    price_weight, quality_weight
        For ``relative``, which needs both: they add up to 100, or to 1. The best score there is equals their sum.
    deduction
        For ``monetary_deduction``: the column with the sum that each bid's quality takes off its price, or a
        mapping from bid to that sum. If left out, the column ``deduction``.

    Returns
    -------
    pandas.DataFrame
        A copy of `bids`, rows and index as they were, with ``score`` (the highest wins) or, for
        ``monetary_deduction``, ``comparison_price`` (the lowest wins); ``rank``, where 1 is the winner and level
        bids share a rank; and ``tied``, which says whether another bid has the same rank.

    Raises
    ------
    ValueError
        If there are no bids or they are of several tenders, a bid stands twice, a price, quality or deduction is
        missing or outside its limits, the model is unknown, the weights do not add up, an argument belongs to
        another model, or a column that is to be added is there already.
    KeyError
        If a column is missing, or a bid has no deduction in the mapping.

    Notes
    -----
    ``relative``: score = price_weight * lowest price / price + quality_weight * quality / highest quality. Each
    bid is measured by the others, so that a bid that loses can decide who wins: see :func:`rank_reversals`. Where
    no bid has any quality, none gets points for it.

    ``monetary_deduction``: comparison price = price - deduction [1]_.

    ``quotient``: score = quality points for every 1,000 of the price's currency.

    References
    ----------
    .. [1] Lindbäck, M. (2018). Del 12: Monetära modeller. Metodhandboken, Inköpsrådet.
       https://inkopsradet.se/metodhandboken/del-12-monetara-modeller/
    .. [2] Bergman, M. A., and Lundberg, S. (2013). Tender evaluation and supplier selection methods in public
       procurement. Journal of Purchasing and Supply Management 19(2):73-83. doi:10.1016/j.pursup.2013.02.003

    Examples
    --------
    >>> bids = pd.DataFrame({"price": [100, 125], "quality": [60, 80]}, index=["A", "B"])
    >>> evaluate(bids, "quotient")
       price  quality  score  rank  tied
    A    100       60  600.0     2 False
    B    125       80  640.0     1 False
    >>> evaluate(bids, "monetary_deduction", deduction={"A": 40, "B": 70})["comparison_price"].tolist()
    [60.0, 55.0]
    """
    added = "comparison_price" if model == "monetary_deduction" else "score"
    points = evaluated(bids, model, price, quality, price_weight, quality_weight, deduction)
    for column in (added, "rank", "tied"):
        if column in bids:
            raise ValueError(
                _("bids already has a column {column}; rename it, or leave it out with drop(columns=...).").format(
                    column=repr(column)
                )
            )
    rank = ranked(points if added == "score" else -points)
    return bids.assign(**{added: points, "rank": rank, "tied": rank.duplicated(keep=False)})


def rank_reversals(
    bids: pd.DataFrame,
    model: str,
    price: str = "price",
    quality: str = "quality",
    *,
    price_weight: float | None = None,
    quality_weight: float | None = None,
    deduction: Deduction | None = None,
) -> pd.DataFrame:
    """Find the bids that do not win but decide who does: leave one out, and another bid wins.

    Parameters
    ----------
    bids, model, price, quality, price_weight, quality_weight, deduction
        As :func:`evaluate` takes them.

    Returns
    -------
    pandas.DataFrame
        One row a bid that decides; no rows when there is none. The index is the bid that is left out;
        ``winner`` is who wins with all bids in, and ``winner_without`` who wins without that one. Bids that are
        level stand together, such as ``A, B``.

    Raises
    ------
    ValueError, KeyError
        As :func:`evaluate`.

    Notes
    -----
    Only the relative model can do this: the other two judge each bid by itself. That a winner's leaving gives
    another winner is no reversal; where several bids are level in first place, the others should still be there
    when one of them is left out.

    References
    ----------
    .. [1] Telgen, J., and Timmer, J. (2016). Conditions for rank reversal in supplier selection. Memorandum 2055,
       University of Twente.

    Examples
    --------
    >>> bids = pd.DataFrame({"price": [100, 125, 50], "quality": [60, 80, 5]}, index=["A", "B", "C"])
    >>> rank_reversals(bids, "relative", price_weight=60, quality_weight=40).index.tolist()
    ['C']
    >>> len(rank_reversals(bids, "quotient"))
    0
    """

    def first(kept: pd.DataFrame) -> list[Any]:
        points = evaluated(kept, model, price, quality, price_weight, quality_weight, deduction)
        return list(kept.index[ranked(-points if model == "monetary_deduction" else points) == 1])

    winners = first(bids)
    rows = {}
    for bid in bids.index:
        should_win = [name for name in winners if name != bid]
        if should_win and (found := first(bids.drop(index=bid))) != should_win:
            rows[bid] = {"winner": named(winners), "winner_without": named(found)}
    index = pd.Index(list(rows), name="left_out", dtype=bids.index.dtype)
    return pd.DataFrame(list(rows.values()), index=index, columns=["winner", "winner_without"], dtype=object)
