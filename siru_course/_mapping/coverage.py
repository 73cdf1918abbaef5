"""What a collection covers and where it has holes: what is behind ``mapping.coverage``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .._arguments import frame as check_frame
from .._arguments import short
from .._results import Result, Table
from ..language import gettext as _
from ..language import number


@dataclass(frozen=True, eq=False)
class Coverage(Result):
    """What a collection covers, and where it has holes; shows itself as a table with totals.

    Attributes
    ----------
    table
        How many there are of each combination, 0 where there are none.
    holes
        The empty combinations, one row each, in two columns named as `rows` and `columns`.
    left_out
        Records left out, as one of the two is missing.

    Examples
    --------
    >>> found = pd.DataFrame({"need": ["work", "work", "youth"], "place": ["Habo", "Habo", "Aneby"]})
    >>> print(coverage(found, "need", "place"))
    How many: need by place
    need   Aneby  Habo  Total
    work       0     2      2
    youth      1     0      1
    Total      1     2      3
    Empty cells: 2 of 4 (50 %).
    """

    table: pd.DataFrame
    holes: pd.DataFrame
    left_out: int = 0

    @property
    def row_totals(self) -> pd.Series[Any]:
        """How many there are in each row.

        Examples
        --------
        >>> found = pd.DataFrame({"need": ["work", "youth"], "place": ["Habo", "Habo"]})
        >>> coverage(found, "need", "place", all_columns=["Aneby", "Habo"]).row_totals.to_dict()
        {'work': 1, 'youth': 1}
        """
        return self.table.sum(axis=1)

    @property
    def column_totals(self) -> pd.Series[Any]:
        """How many there are in each column.

        Examples
        --------
        >>> found = pd.DataFrame({"need": ["work", "youth"], "place": ["Habo", "Habo"]})
        >>> coverage(found, "need", "place", all_columns=["Aneby", "Habo"]).column_totals.to_dict()
        {'Aneby': 0, 'Habo': 2}
        """
        return self.table.sum(axis=0)

    def tables(self) -> list[Table]:
        """Give the counts with totals.

        Examples
        --------
        >>> found = pd.DataFrame({"need": ["work"], "place": ["Habo"]})
        >>> coverage(found, "need", "place").tables()
        [('How many: need by place', ['need', 'Habo', 'Total'], [['work', '1', '1'], ['Total', '1', '1']])]
        """
        rows, columns = map(str, self.holes.columns)
        head = [rows, *map(str, self.table.columns), _("Total")]
        body = [(str(label), [*row, sum(row)]) for label, row in zip(self.table.index, self._cells(), strict=True)]
        body.append((_("Total"), [*self.column_totals, int(self.table.to_numpy().sum())]))
        caption = _("How many: {rows} by {columns}").format(rows=rows, columns=columns)
        return [(caption, head, [[label, *(number(cell, 0) for cell in cells)] for label, cells in body])]

    def notes(self) -> list[str]:
        """Say where the holes are, and what was left out.

        Examples
        --------
        >>> found = pd.DataFrame({"need": ["work", None], "place": ["Habo", "Habo"]})
        >>> coverage(found, "need", "place", all_columns=["Aneby", "Habo"]).notes()
        ['Empty cells: 1 of 2 (50 %).', 'Nothing at all: Aneby.', 'Left out, as need or place is missing: 1.']
        """
        cells = self.table.size
        notes = [
            _("Empty cells: {n} of {all} ({share} %).").format(
                n=number(len(self.holes), 0), all=number(cells, 0), share=number(100 * len(self.holes) / cells, 0)
            )
        ]
        nothing = [
            str(label) for totals in (self.row_totals, self.column_totals) for label in totals[totals == 0].index
        ]
        if nothing:
            notes.append(_("Nothing at all: {labels}.").format(labels=", ".join(nothing)))
        if self.left_out:
            rows, columns = self.holes.columns
            message = _("Left out, as {rows} or {columns} is missing: {n}.")
            notes.append(message.format(rows=rows, columns=columns, n=number(self.left_out, 0)))
        return notes

    def _cells(self) -> list[list[int]]:
        cells: list[list[int]] = self.table.to_numpy().tolist()
        return cells


def coverage(
    frame: pd.DataFrame,
    rows: str,
    columns: str,
    all_rows: Iterable[Any] | None = None,
    all_columns: Iterable[Any] | None = None,
) -> Coverage:
    """Count the records of each combination, and find the combinations that have none.

    Parameters
    ----------
    frame
        One row a record, such as an initiative.
    rows, columns
        The two columns to combine, such as ``"need"`` and ``"municipality"``.
    all_rows, all_columns
        Everything that could have been found, in the order to show it: a municipality without any record is the
        largest hole of all, and no record tells of it. Left out, what the records name (for a categorical
        column, its categories).

    Returns
    -------
    Coverage
        With ``table``, ``row_totals``, ``column_totals``, ``holes`` and ``left_out``.

    Raises
    ------
    ValueError
        If there are no records, `rows` and `columns` are the same, or a record has a value that the list of all
        lacks.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> from siru_course import data
    >>> initiatives = data.load("initiatives")
    >>> on_map = coverage(
    ...     initiatives[initiatives["on_map"]], "need", "municipality", all_columns=data.load("municipalities")["code"]
    ... )
    >>> on_map.table.shape
    (8, 13)
    """
    records = check_frame("frame", frame, [rows, columns])
    if rows == columns:
        raise ValueError(_("rows and columns are both {name}; choose two different columns.").format(name=short(rows)))
    known = records[[rows, columns]].dropna()
    sides = [
        _values("all_rows", known[rows], all_rows),
        _values("all_columns", known[columns], all_columns),
    ]
    counts = known.groupby([rows, columns], observed=True).size()
    every = pd.MultiIndex.from_product(sides, names=[rows, columns])
    counted = counts.reindex(every, fill_value=0)
    table = pd.DataFrame(
        counted.to_numpy().reshape(len(sides[0]), len(sides[1])),
        index=pd.Index(sides[0], name=rows),
        columns=pd.Index(sides[1], name=columns),
    )
    holes = counted[counted == 0].index.to_frame(index=False)
    return Coverage(table=table, holes=holes, left_out=len(records) - len(known))


def _values(name: str, found: pd.Series[Any], every: Iterable[Any] | None) -> list[Any]:
    if every is None:
        if isinstance(found.dtype, pd.CategoricalDtype):
            return list(found.cat.categories)
        return sorted(found.unique(), key=str)
    if isinstance(every, str) or not isinstance(every, Iterable):
        raise ValueError(_("{name} is {value}; give a list.").format(name=name, value=short(every)))
    wanted = list(dict.fromkeys(every))
    if len(unknown := pd.Index(found.unique()).difference(pd.Index(wanted))):
        message = _("{name} lacks what the records have: {values}. Add it to the list.")
        raise ValueError(message.format(name=name, values=", ".join(map(str, unknown))))
    return wanted
