"""Tables that are safe to publish: what is behind ``suppress_small_cells``."""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import _arguments
from .._arguments import short, whole
from .._results import Result, Table
from ..language import gettext as _
from ..language import number

Cell = tuple[int, int]

_HIDDEN = ".."
_TOTALS = {"all", "total", "totalt", "summa"}


@dataclass(frozen=True, eq=False)
class SafeTable(Result):
    """A table of counts in which small counts are hidden and cannot be worked out from the others.

    Attributes
    ----------
    table
        The counts to publish, missing (``<NA>``) where they are hidden.
    row_totals, column_totals
        The totals to publish, missing where they are hidden.
    total
        The sum of all counts, None if it is hidden.
    primary
        True for the counts that are hidden because they are small.
    complementary
        True for the counts that are hidden so that nobody can work out the others.
    threshold
        The least count, apart from 0, that is published.

    Examples
    --------
    >>> table = pd.DataFrame({"civil": [12, 9], "public": [3, 20]}, index=["woman", "man"])
    >>> print(suppress_small_cells(table))
    Table to publish
           civil  public  Total
    woman     ..      ..     15
    man       ..      ..     29
    Total     21      23     44
    Hidden (..) because they are less than 5: 1.
    Hidden (..) so that nobody can work out the others from the totals: 3.
    A reader can still tell roughly how large a hidden count is, and another table of the same people may reveal it.
    """

    table: pd.DataFrame
    row_totals: pd.Series[Any]
    column_totals: pd.Series[Any]
    total: int | None
    primary: pd.DataFrame
    complementary: pd.DataFrame
    threshold: int

    def tables(self) -> list[Table]:
        """Give the table with its totals."""
        rows = [[*counts, total] for counts, total in zip(self.table.to_numpy(), self.row_totals, strict=True)]
        rows.append([*self.column_totals, self.total])
        written = [
            [str(label), *(_HIDDEN if pd.isna(count) else number(count, 0) for count in counts)]
            for label, counts in zip([*self.table.index, _("Total")], rows, strict=True)
        ]
        return [(_("Table to publish"), ["", *map(str, self.table.columns), _("Total")], written)]

    def notes(self) -> list[str]:
        """Say how much is hidden, why, and what a reader can still tell."""
        small, more = int(self.primary.to_numpy().sum()), int(self.complementary.to_numpy().sum())
        totals = int(self.row_totals.isna().sum() + self.column_totals.isna().sum()) + (self.total is None)
        if not small + more + totals:
            return [_("No count is from 1 to {most}, so nothing is hidden.").format(most=self.threshold - 1)]
        found = [
            _("Hidden (..) because they are less than {threshold}: {n}.").format(threshold=self.threshold, n=small)
        ]
        if more:
            found.append(_("Hidden (..) so that nobody can work out the others from the totals: {n}.").format(n=more))
        if totals:
            found.append(_("Totals hidden for the same reasons: {n}.").format(n=totals))
        if (self.table == 0).to_numpy(dtype=bool, na_value=False).any():
            found.append(_("A 0 is shown: everybody can see that nobody belongs there. Is that harmless?"))
        found.append(
            _(
                "A reader can still tell roughly how large a hidden count is, "
                "and another table of the same people may reveal it."
            )
        )
        return found


def suppress_small_cells(table: pd.DataFrame, threshold: int = 5) -> SafeTable:
    """Hide small counts in a two-way table, and so many others that nobody can work them out from the totals.

    Parameters
    ----------
    table
        Counts of people, without totals: for instance from ``pandas.crosstab``.
    threshold
        The least count that may be published, 2 or more. Counts from 1 to `threshold` − 1 are hidden, and so are
        row and column totals as small as that. A 0 is published.

    Returns
    -------
    SafeTable
        The counts and totals to publish, missing where they are hidden.

    Raises
    ------
    ValueError
        If the counts are not whole numbers from 0 up, the table holds totals, or `threshold` is out of range.

    Notes
    -----
    Two hidden counts in each row and column are not enough. What is enough, for every hidden count, is a ring of
    hidden counts (and totals), turn by turn along a row and along a column, on which each could be one higher or
    one lower with all that is published as it is and every hidden count still at least 1. The true table and the
    shifted one then look the same to the reader, even to one who knows that a 0 is always shown. For each hidden
    count without such a ring, the cheapest is found as a shortest path in the graph of rows and columns: few
    counts rather than many, small rather than large, and totals only where nothing else will do. A ring of four
    through totals is always there, so the search cannot fail. It takes one count at a time and may hide more than
    the least possible.

    References
    ----------
    Gusfield D. (1988) A graph theoretic approach to statistical data security, SIAM Journal on Computing
    17(3):552-571, doi:10.1137/0217034

    Examples
    --------
    >>> table = pd.DataFrame({"civil": [12, 9, 8], "public": [3, 20, 9], "private": [7, 11, 6]})
    >>> safe = suppress_small_cells(table)
    >>> safe.table
       civil  public  private
    0     12    <NA>     <NA>
    1      9      20       11
    2      8    <NA>     <NA>
    >>> safe.column_totals.tolist(), safe.total
    ([29, 32, 24], 85)
    """
    counts = whole_counts("table", _arguments.frame("table", table))
    threshold = whole("threshold", threshold, 2)
    _no_totals(table, counts)
    full = np.vstack([counts, counts.sum(axis=0)])
    full = np.column_stack([full, full.sum(axis=1)])
    small = (full > 0) & (full < threshold)
    hidden, safe = small.copy(), np.zeros_like(small)
    for cell in sorted(zip(*np.nonzero(small), strict=True), key=lambda at: full[at]):
        if not safe[cell]:
            for other in _ring(full, hidden, cell):
                hidden[other] = safe[other] = True
    published = pd.DataFrame(full).astype("Int64").mask(hidden)

    def inner(values: Any) -> pd.DataFrame:
        return pd.DataFrame(values).iloc[:-1, :-1].set_axis(table.index, axis=0).set_axis(table.columns, axis=1)

    return SafeTable(
        table=inner(published),
        row_totals=published.iloc[:-1, -1].set_axis(table.index).rename("total"),
        column_totals=published.iloc[-1, :-1].set_axis(table.columns).rename("total"),
        total=None if hidden[-1, -1] else int(full[-1, -1]),
        primary=inner(small),
        complementary=inner(hidden & ~small),
        threshold=threshold,
    )


def _ring(full: npt.NDArray[np.int64], hidden: npt.NDArray[np.bool_], cell: Cell) -> list[Cell]:
    """Find the cheapest ring through a cell on which counts can go up and down by one and stay at least 1."""
    import networkx as nx

    last_row, last_column = full.shape[0] - 1, full.shape[1] - 1
    count_price = int(full[-1, -1]) + 1
    total_price = 2 * count_price * full.size

    def is_total(i: int, j: int) -> bool:
        return bool((i == last_row) != (j == last_column))

    graph = nx.DiGraph()
    for i, j in zip(*np.nonzero(full), strict=True):
        if (i, j) != cell:
            extra = total_price if i == last_row or j == last_column else count_price
            price = 0 if hidden[i, j] else int(full[i, j]) + extra
            # All rows and columns of the table sum to 0 if its totals count as negative. A step from a row to a
            # column raises a count and lowers a total; a step back does the opposite.
            if full[i, j] > 1 or not is_total(i, j):
                graph.add_edge(("row", i), ("column", j), price=price)
            if full[i, j] > 1 or is_total(i, j):
                graph.add_edge(("column", j), ("row", i), price=price)
    row, column = ("row", cell[0]), ("column", cell[1])
    ends = []
    if full[cell] > 1 or not is_total(*cell):
        ends.append((column, row))
    if full[cell] > 1 or is_total(*cell):
        ends.append((row, column))
    found = []
    for start, end in ends:
        if start in graph and end in graph and nx.has_path(graph, start, end):
            found.append(nx.single_source_dijkstra(graph, start, end, weight="price"))
    path = min(found, key=operator.itemgetter(0))[1]
    steps = [dict(pair) for pair in itertools.pairwise(path)]
    return [cell, *((step["row"], step["column"]) for step in steps)]


def whole_counts(name: str, table: object) -> npt.NDArray[np.int64]:
    """Check a two-way table of counts and give it as an array."""
    if not isinstance(table, pd.DataFrame):
        try:
            cells = np.array(table, dtype=object)
        except ValueError:
            cells = np.array(None)
        table = pd.DataFrame(cells) if cells.ndim == 2 else table
    frame = _arguments.frame(name, table)
    for row, values in zip(frame.index, frame.to_numpy(dtype=object), strict=True):
        for column, value in zip(frame.columns, values, strict=True):
            known = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
            if not known or value < 0 or value != value // 1:
                message = _("{name} holds {value} in row {row}, column {column}; counts are whole numbers from 0 up.")
                raise ValueError(message.format(name=name, value=short(value), row=row, column=column))
    return frame.to_numpy(dtype=object).astype(np.int64)


def _no_totals(table: pd.DataFrame, counts: npt.NDArray[np.int64]) -> None:
    for labels, values in ((table.index, counts), (table.columns, counts.T)):
        if str(labels[-1]).lower() in _TOTALS and (values[-1] == values[:-1].sum(axis=0)).all():
            message = _("table holds totals, labelled {label}; leave them out: they are added here.")
            raise ValueError(message.format(label=short(labels[-1])))
