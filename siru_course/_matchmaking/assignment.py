"""The best total: what is behind ``matchmaking.assign``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._arguments import frame as check_frame
from .._arguments import numbers, short
from .._results import Result, Table, written
from ..language import gettext as _
from .preferences import Capacities, read_capacities


@dataclass(frozen=True, eq=False)
class Assignment(Result):
    """Who is paired with whom for the best total.

    Attributes
    ----------
    pairs
        From row label to column label; a row without a partner is not there.
    total
        The sum of the pairs' scores.
    scores
        The score of each pair, by row label.
    maximise
        Whether the total is the highest there is, or the lowest.
    unmatched_rows, unmatched_columns
        The labels that got no partner.
    forbidden
        How many pairs were forbidden, as their score is missing.

    Examples
    --------
    >>> found = assign(pd.DataFrame({"C1": [9, 8, 7], "C2": [6, 1, None]}, index=["Ada", "Bo", "Cy"]))
    >>> found.unmatched_rows, found.forbidden
    (['Cy'], 1)
    """

    pairs: dict[Any, Any]
    total: float
    scores: pd.Series[Any]
    maximise: bool
    unmatched_rows: list[Any]
    unmatched_columns: list[Any]
    forbidden: int

    def tables(self) -> list[Table]:
        """Give the pairs and their scores.

        Examples
        --------
        >>> assign(pd.DataFrame({"C1": [9]}, index=["Ada"])).tables()[0][2]
        [['Ada', 'C1', '9']]
        """
        caption = _("Highest total: {total}") if self.maximise else _("Lowest total: {total}")
        rows = [[str(row), str(column), written(self.scores[row])] for row, column in self.pairs.items()]
        return [(caption.format(total=written(self.total)), [_("Name"), _("Partner"), _("Score")], rows)]

    def notes(self) -> list[str]:
        """Say who got no partner, and how many pairs were forbidden.

        Examples
        --------
        >>> assign(pd.DataFrame({"C1": [9], "C2": [6]}, index=["Ada"])).notes()
        ['No partner: C2.']
        """
        said = []
        if alone := [*self.unmatched_rows, *self.unmatched_columns]:
            said.append(_("No partner: {names}.").format(names=", ".join(map(str, alone))))
        if self.forbidden:
            said.append(
                _("Pairs that may not be made, as their score is missing: {n}.").format(n=written(self.forbidden))
            )
        return said


def assign(scores: pd.DataFrame, maximise: bool = True, capacities: Capacities | None = None) -> Assignment:
    """Pair rows with columns so that the sum of the pairs' scores is the best there is.

    Parameters
    ----------
    scores
        One row and one column a name, such as entrepreneurs by companies. A missing value forbids the pair.
    maximise
        True for the highest total, such as of points; False for the lowest, such as of costs.
    capacities
        How many rows a column has places for; a column that is not named has one.

    Returns
    -------
    Assignment
        With ``pairs``, ``total``, ``scores``, ``unmatched_rows``, ``unmatched_columns`` and ``forbidden``.

    Raises
    ------
    ValueError
        If there are no scores, a label stands twice, a score is not a finite number, or a capacity is not a whole
        number from 0 up.
    KeyError
        If `capacities` names a column that is not there.

    Notes
    -----
    As many pairs are made as the forbidden ones allow, and among those ways the total is the best. Where several
    ways reach it, one of them is given. SciPy's ``linear_sum_assignment`` does the work [2]_.

    References
    ----------
    .. [1] Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics Quarterly
       2:83-97. doi:10.1002/nav.3800020109
    .. [2] Crouse, D. F. (2016). On implementing 2D rectangular assignment algorithms. IEEE Transactions on Aerospace
       and Electronic Systems 52(4):1679-1696. doi:10.1109/TAES.2016.140952

    Examples
    --------
    >>> costs = pd.DataFrame([[8, 4, 7], [5, 2, 3], [9, 4, 8]], index=["Alice", "Bob", "Carol"])
    >>> assign(costs, maximise=False).pairs
    {'Alice': 0, 'Bob': 2, 'Carol': 1}
    """
    from scipy.optimize import linear_sum_assignment

    table = check_frame("scores", scores)
    for label in table.index[table.index.duplicated()]:
        raise ValueError(_("The row {label} stands twice in scores; rename or drop one.").format(label=short(label)))
    for label in table.columns[table.columns.duplicated()]:
        raise ValueError(_("The column {label} stands twice in scores; rename or drop one.").format(label=short(label)))
    points = np.column_stack([numbers(str(label), table[label]) for label in table.columns])
    places = read_capacities(capacities, table.columns)
    slots = np.repeat(np.arange(len(places)), list(places.values()))
    offered = points[:, slots]
    if np.isnan(offered).all():
        raise ValueError(_("Every pair in scores is forbidden; give at least one pair a score and a place."))
    cost = -offered if maximise else offered
    cost = cost - np.nanmin(cost)
    # Dearer than all pairs together, so that no forbidden pair is made where an allowed one can be.
    dearest = (min(cost.shape) + 1) * (np.nanmax(cost) or 1.0)
    found = zip(*linear_sum_assignment(np.where(np.isnan(cost), dearest, cost)), strict=True)
    made = [(row, slots[slot]) for row, slot in found if not math.isnan(offered[row, slot])]
    pairs = {table.index[row]: table.columns[column] for row, column in made}
    return Assignment(
        pairs=pairs,
        total=math.fsum(points[row, column] for row, column in made),
        scores=pd.Series({table.index[row]: points[row, column] for row, column in made}, name="score"),
        maximise=bool(maximise),
        unmatched_rows=[row for row in table.index if row not in pairs],
        unmatched_columns=[column for column in table.columns if column not in pairs.values()],
        forbidden=int(np.isnan(points).sum()),
    )
