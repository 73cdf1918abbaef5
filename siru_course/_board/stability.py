"""Whether the ranking hangs on one reviewer: what is behind ``board.rank_stability``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import seed as check_seed
from .._arguments import whole
from .._results import Result, Table, written
from ..language import gettext as _
from ..language import number
from .table import Board, Floats, totals

_MOST_DRAWS = 100_000


@dataclass(frozen=True, eq=False)
class RankStability(Result):
    """Whether the ranking hangs on who sat on the board.

    Attributes
    ----------
    winner, tied
        The idea in first place with all reviewers; None and the ideas that tie when they are more than one.
    without
        One row a reviewer left out: ``winner`` (None in a tie), ``tied`` (the ideas, with commas between), ``lead``
        (points from first to second) and ``changes`` (whether first place is another than with all reviewers).
    ideas
        One row an idea, from first to last: ``rank`` with all reviewers, ``best`` and ``worst`` rank when one reviewer
        is left out, and ``wins``, in what share of the drawn boards it comes first (ties shared).
    deciders
        The reviewers without whom first place changes.
    draws, draws_left_out
        How many boards were drawn, and how many of them could not be used as no member had scored some idea.
    left_out
        Missing scores.

    Examples
    --------
    >>> from siru_course import data
    >>> found = rank_stability(data.load("board_scores"))
    >>> found.winner, found.deciders, found.without.loc["R2", "winner"]
    ('B14', ['R2'], 'B06')
    """

    winner: str | None
    tied: list[str]
    without: pd.DataFrame
    ideas: pd.DataFrame
    deciders: list[Any]
    draws: int
    draws_left_out: int
    left_out: int

    @property
    def verdict(self) -> str:
        """The result in a sentence or two, in the language in use.

        Examples
        --------
        >>> scores = pd.DataFrame({"reviewer": ["R1", "R2"] * 2, "idea": ["A", "A", "B", "B"], "criterion": "need"})
        >>> rank_stability(scores.assign(score=[5, 4, 2, 3])).verdict
        'A comes first, whichever reviewer is left out.'
        >>> rank_stability(scores.assign(score=[5, 2, 2, 3])).verdict
        'A comes first. Without R1 it would be B instead.'
        """
        if self.winner is not None and not self.deciders:
            return _("{idea} comes first, whichever reviewer is left out.").format(idea=self.winner)
        if self.winner is not None:
            sentences = [_("{idea} comes first.").format(idea=self.winner)]
        else:
            sentences = [_("Tied for first place: {ideas}.").format(ideas=", ".join(self.tied))]
            if not self.deciders:
                sentences.append(_("That is so whichever reviewer is left out."))
        for reviewer in self.deciders:
            message = _("Without {reviewer} it would be {instead} instead.")
            sentences.append(message.format(reviewer=reviewer, instead=_leading(self.without.loc[reviewer])))
        return " ".join(sentences)

    def tables(self) -> list[Table]:
        """Give each idea's ranks and wins, and the winner without each reviewer.

        Examples
        --------
        >>> from siru_course import data
        >>> rank_stability(data.load("board_scores")).tables()[1][2][1]
        ['R2', 'B06', '0.05', 'yes']
        """
        wins = _("First in drawn boards")
        head = [_("Idea"), _("Rank"), _("Best rank"), _("Worst rank"), wins]
        rows = [
            [str(idea), *(written(row[name]) for name in ("rank", "best", "worst")), _share(row["wins"])]
            for idea, row in self.ideas.to_dict("index").items()
        ]
        left = [
            [str(label), _leading(row), written(row["lead"]), _("yes") if row["changes"] else _("no")]
            for label, row in self.without.to_dict("index").items()
        ]
        other = [_("Left out"), _("First place"), _("Lead in points"), _("Another first place")]
        return [(self.verdict, head, rows), (_("Without one reviewer"), other, left)]

    def notes(self) -> list[str]:
        """Say what was drawn, and what was left out.

        Examples
        --------
        >>> from siru_course import data
        >>> rank_stability(data.load("board_scores"), draws=200).notes()[0]
        'Boards drawn with replacement from the same reviewers: 200.'
        """
        found = [_("Boards drawn with replacement from the same reviewers: {n}.").format(n=number(self.draws, 0))]
        if self.draws_left_out:
            message = _("Drawn boards left out, as no member had scored some idea: {n}.")
            found.append(message.format(n=number(self.draws_left_out, 0)))
        if self.left_out:
            found.append(_("Missing scores left out: {n}.").format(n=number(self.left_out, 0)))
        return found


def rank_stability(
    scores: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series[Any] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> RankStability:
    """Find out whether one reviewer decides, and how often each idea would win on a board drawn anew.

    Parameters
    ----------
    scores, weights
        As :func:`weighted_scores` takes them; two reviewers and two ideas or more.
    draws
        How many boards of the same size to draw from the reviewers, with replacement (a bootstrap), 1–100,000.
    seed
        The same seed gives the same draws on every machine.

    Returns
    -------
    RankStability
        With ``winner``, ``deciders``, ``without``, ``ideas`` and ``verdict``.

    Raises
    ------
    ValueError, KeyError
        As :func:`weighted_scores`, and if there are fewer than two reviewers or two ideas.

    Notes
    -----
    With few reviewers the share of wins is a rough figure: it says how much the result hangs on these people, not how
    probable it is that the idea is the best.

    References
    ----------
    .. [1] Efron, B., and Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapman & Hall.

    Examples
    --------
    >>> from siru_course import data
    >>> rank_stability(data.load("board_scores")).without["changes"].to_dict()
    {'R1': False, 'R2': True, 'R3': False, 'R4': False, 'R5': False, 'R6': False}
    """
    draws, seed = whole("draws", draws, 1, _MOST_DRAWS), check_seed(seed)
    everybody = Board.read(scores)
    shares = everybody.shares(weights)
    board = everybody.active()
    if len(board.ideas) < 2:
        raise ValueError(_("All scores are of {name}; at least two ideas are needed.").format(name=board.ideas[0]))
    weighed, k = shares > 0, len(board.reviewers)
    cells, shares = board.scores[:, weighed], shares[weighed]
    names = np.array(board.ideas, dtype=object)
    everyone = totals(cells, np.ones((1, k)), shares)[0]
    if np.isnan(everyone).all():
        raise ValueError(_("No idea has been scored on every criterion; there is nothing to rank."))
    each = totals(cells, 1 - np.eye(k), shares)
    first = _first(everyone)
    rows: list[dict[str, Any]] = []
    alone: list[str | None] = []
    for total in each:
        leading = _first(total)
        ahead = np.sort(total[~np.isnan(total)])[::-1]
        alone.append(str(names[leading][0]) if leading.sum() == 1 else None)
        rows.append(
            {
                "tied": ", ".join(sorted(map(str, names[leading]))) if leading.sum() > 1 else "",
                "lead": float(ahead[0] - ahead[1]) if len(ahead) > 1 else math.nan,
                "changes": bool((leading != first).any()),
            }
        )
    drawn = np.random.default_rng(seed).multinomial(k, [1 / k] * k, size=draws)
    boards = totals(cells, drawn, shares)
    usable = boards[~np.isnan(boards).any(axis=1)]
    firsts = np.array([_first(total) for total in usable]).reshape(-1, len(names))
    ranks = pd.DataFrame(each).rank(axis=1, ascending=False, method="min")
    ideas = pd.DataFrame(
        {
            "rank": pd.Series(everyone).rank(ascending=False, method="min"),
            "best": ranks.min(),
            "worst": ranks.max(),
        }
    ).astype("Int64")
    ideas["wins"] = (firsts / firsts.sum(axis=1, keepdims=True)).mean(axis=0) if len(usable) else math.nan
    ideas = ideas.set_axis(pd.Index(board.ideas, name=board.key)).sort_index()
    without = pd.DataFrame(rows, index=pd.Index(board.reviewers, name="reviewer"))
    # As objects, or pandas would turn None into NaN.
    without.insert(0, "winner", pd.Series(alone, index=without.index, dtype=object))
    return RankStability(
        winner=str(names[first][0]) if first.sum() == 1 else None,
        tied=sorted(map(str, names[first])) if first.sum() > 1 else [],
        without=without,
        ideas=ideas.sort_values("rank", kind="stable"),
        deciders=list(without.index[without["changes"]]),
        draws=draws,
        draws_left_out=draws - len(usable),
        left_out=int(np.isnan(everybody.scores[:, weighed]).sum()),
    )


def _first(total: Floats) -> npt.NDArray[np.bool_]:
    """Tell which ideas share first place; none if none can be ranked."""
    known = ~np.isnan(total)
    return known & (total == total[known].max()) if known.any() else known


def _leading(row: Any) -> str:
    return str(row["tied"] or _("no idea")) if row["winner"] is None else str(row["winner"])


def _share(value: float) -> str:
    return "" if math.isnan(value) else _("{share} %").format(share=number(100 * value, 0))
