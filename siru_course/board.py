"""Theme 08, the Social Business Board: weigh scores, measure agreement, and find what one reviewer decides.

Scores come as a long table with the columns ``reviewer``, ``idea_id`` (or ``idea``), ``criterion`` and ``score``:
one row a score, such as the data set ``board_scores``. A score is missing when its cell is empty and when there is
no row for it.

Examples
--------
>>> from siru_course import data, use_language
>>> use_language("en")
>>> scores = data.load("board_scores")
>>> print(rank_stability(scores).verdict)
B14 comes first. Without R2 it would be B06 instead.
>>> agreement(ratings_table(scores), "krippendorff", level="ordinal").interpretation
'Below 0.667, where Krippendorff advises against conclusions. The limit is a convention.'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ._board.agreement import Agreement, agreement
from ._board.chart import severity_chart
from ._board.severity import Severity, adjust_severity, severity
from ._board.stability import RankStability, rank_stability
from ._board.table import Board, means, totals
from ._results import Result, Table, written
from .language import gettext as _
from .language import number

__all__ = [
    "Agreement",
    "RankStability",
    "Severity",
    "WeightedScores",
    "adjust_severity",
    "agreement",
    "rank_stability",
    "ratings_table",
    "severity",
    "severity_chart",
    "weighted_scores",
]


def ratings_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Turn the long table of scores into what :func:`agreement` takes.

    Parameters
    ----------
    scores
        The long table of scores.

    Returns
    -------
    pandas.DataFrame
        One row an idea and criterion, one column a reviewer, NaN where there is no score.

    Raises
    ------
    ValueError, KeyError
        As :func:`weighted_scores`.

    Examples
    --------
    >>> scores = pd.DataFrame({"reviewer": ["R1", "R2"], "idea": "A", "criterion": "need", "score": [4, 3]})
    >>> ratings_table(scores).loc[("A", "need")].to_dict()
    {'R1': 4.0, 'R2': 3.0}
    """
    board = Board.read(scores)
    rows = pd.MultiIndex.from_product([board.ideas, board.criteria], names=[board.key, "criterion"])
    return pd.DataFrame(
        board.scores.reshape(-1, len(board.reviewers)), index=rows, columns=pd.Index(board.reviewers, name="reviewer")
    )


@dataclass(frozen=True, eq=False)
class WeightedScores(Result):
    """The ideas in order of their weighted score.

    Attributes
    ----------
    table
        One row an idea, from first to last: ``score``, ``rank`` (1 is first; level ideas share a rank) and
        ``reviewers``, how many have scored it.
    means
        The mean score of each idea (rows) on each criterion (columns), NaN where nobody has scored it.
    weights
        The weight of each criterion as a share of all.
    n_scores, left_out
        How many scores there are, and how many are missing, on the criteria that have a weight.

    Examples
    --------
    >>> scores = pd.DataFrame({"reviewer": "R1", "idea": ["A", "B"], "criterion": "need", "score": [4, None]})
    >>> print(weighted_scores(scores, {"need": 1}))
    A comes first.
    Idea  Score  Rank  Reviewers
    A         4     1          1
    B                          0
    Each criterion counts by the mean of those who scored it; missing scores left out: 1 of 2.
    Not ranked, as nobody has scored them on every criterion: B.
    """

    table: pd.DataFrame
    means: pd.DataFrame
    weights: pd.Series[Any]
    n_scores: int
    left_out: int

    @property
    def scores(self) -> pd.Series[Any]:
        """The weighted score of each idea, from first to last.

        Examples
        --------
        >>> scores = pd.DataFrame({"reviewer": "R1", "idea": "A", "criterion": ["need", "team"], "score": [5, 2]})
        >>> weighted_scores(scores, {"need": 2, "team": 1}).scores.to_dict()
        {'A': 4.0}
        """
        found: pd.Series[Any] = self.table["score"]
        return found

    @property
    def tied(self) -> list[str]:
        """The ideas in first place when they are more than one; else empty.

        Examples
        --------
        >>> scores = pd.DataFrame({"reviewer": "R1", "idea": ["B", "A"], "criterion": "need", "score": [4, 4]})
        >>> weighted_scores(scores, {"need": 1}).tied
        ['A', 'B']
        """
        first = [str(idea) for idea in self.table.index[self.table["rank"] == 1]]
        return first if len(first) > 1 else []

    @property
    def winner(self) -> str | None:
        """The idea in first place, None when ideas tie for it.

        Examples
        --------
        >>> scores = pd.DataFrame({"reviewer": "R1", "idea": ["A", "B"], "criterion": "need", "score": [3, 4]})
        >>> weighted_scores(scores, {"need": 1}).winner
        'B'
        """
        return None if self.tied or self.table["rank"].isna().all() else str(self.table.index[0])

    def tables(self) -> list[Table]:
        """Give the ranking.

        Examples
        --------
        >>> scores = pd.DataFrame({"reviewer": "R1", "idea": "A", "criterion": "need", "score": [3]})
        >>> weighted_scores(scores, {"need": 1}).tables()[0][2]
        [['A', '3', '1', '1']]
        """
        if self.winner is not None:
            caption = _("{idea} comes first.").format(idea=self.winner)
        elif self.tied:
            caption = _("Tied for first place: {ideas}.").format(ideas=", ".join(self.tied))
        else:
            caption = _("No idea can be ranked.")
        rows = [[str(idea), *(written(cell) for cell in row)] for idea, row in self.table.T.items()]
        return [(caption, [_("Idea"), _("Score"), _("Rank"), _("Reviewers")], rows)]

    def notes(self) -> list[str]:
        """Say how missing scores are treated.

        Examples
        --------
        >>> scores = pd.DataFrame({"reviewer": "R1", "idea": "A", "criterion": "need", "score": [3]})
        >>> weighted_scores(scores, {"need": 1}).notes()
        []
        """
        found = []
        if self.left_out:
            message = _(
                "Each criterion counts by the mean of those who scored it; missing scores left out: {n} of {all}."
            )
            found.append(message.format(n=number(self.left_out, 0), all=number(self.n_scores + self.left_out, 0)))
        if absent := [str(idea) for idea in self.table.index[self.table["rank"].isna()]]:
            message = _("Not ranked, as nobody has scored them on every criterion: {ideas}.")
            found.append(message.format(ideas=", ".join(absent)))
        return found


def weighted_scores(
    scores: pd.DataFrame, weights: Mapping[str, float] | pd.Series[Any] | None = None
) -> WeightedScores:
    """Weigh the criteria together, and rank the ideas.

    Parameters
    ----------
    scores
        The long table of scores.
    weights
        A mapping from each criterion to its weight, 0 or more; only their proportions matter. Left out, all
        criteria weigh the same.

    Returns
    -------
    WeightedScores
        With ``table``, ``scores``, ``winner``, ``tied``, ``means`` and ``left_out``.

    Raises
    ------
    ValueError
        If there is no score, one is not a number, a reviewer has scored an idea twice on a criterion, a name is
        missing, or the weights are negative or all 0.
    KeyError
        If a column is missing, a criterion has no weight, or a weight is for a criterion that is not there.

    Notes
    -----
    A criterion's score is the mean of the reviewers who scored it, so that a missing score counts neither for nor
    against an idea. It still matters who is missing: an idea that a severe reviewer did not score stands too high.
    See :func:`adjust_severity`. An idea that nobody scored on some weighted criterion is not ranked.

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     [("R1", "A", "need", 5), ("R1", "A", "team", 2), ("R1", "B", "need", 3), ("R1", "B", "team", 3)],
    ...     columns=["reviewer", "idea", "criterion", "score"],
    ... )
    >>> weighted_scores(scores, {"need": 1, "team": 1}).winner
    'A'
    >>> weighted_scores(scores, {"need": 1, "team": 3}).winner
    'B'
    """
    board = Board.read(scores)
    shares = board.shares(weights)
    weighed = shares > 0
    cells = board.scores[:, weighed]
    total = totals(cells, np.ones((1, len(board.reviewers))), shares[weighed])[0]
    table = pd.DataFrame(
        {
            "score": total,
            "rank": pd.Series(total).rank(ascending=False, method="min").astype("Int64").to_numpy(),
            "reviewers": (~np.isnan(cells)).any(axis=1).sum(axis=1),
        },
        index=pd.Index(board.ideas, name=board.key),
    )
    missing = int(np.isnan(cells).sum())
    return WeightedScores(
        table=table.sort_index().sort_values("rank", kind="stable"),
        means=pd.DataFrame(means(board.scores), index=table.index, columns=pd.Index(board.criteria, name="criterion")),
        weights=pd.Series(shares, index=pd.Index(board.criteria, name="criterion"), name="weight"),
        n_scores=cells.size - missing,
        left_out=missing,
    )
