"""Who pays and who gains: costs and savings year by year, actor by actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .._arguments import column, frame, numbers, share
from .._results import Result, Table, written
from ..language import gettext as _
from ..language import number


@dataclass(frozen=True, eq=False)
class Pockets(Result):
    """Who pays and who gains.

    Attributes
    ----------
    table
        Indexed by actor: ``cost``, ``saving`` and ``net`` as present values, and ``paid_back``, the first year from
        which the actor has got back what it paid, to the end; missing if it never has, or paid nothing.
    by_year
        What each actor has got less what it has paid, added up: one row a year, one column an actor.
    rate
        The discount rate.
    left_out
        How many savings were left out, as no budget can be lowered by them.

    Examples
    --------
    >>> flows = pd.DataFrame({"year": [0, 1], "actor": ["town", "state"], "cost": [100, 0], "saving": [0, 150]})
    >>> pockets(flows, rate=0.5).table["net"].to_dict()
    {'town': -100.0, 'state': 100.0}
    """

    table: pd.DataFrame
    by_year: pd.DataFrame = field(repr=False)
    rate: float
    left_out: int = 0

    def tables(self) -> list[Table]:
        """Give what each pays and gains."""
        shown = [
            [
                str(actor),
                *(number(row[name], 0) for name in ("cost", "saving", "net")),
                written(row["paid_back"]) or "–",
            ]
            for actor, row in self.table.iterrows()
        ]
        head = [_("Actor"), _("Pays"), _("Gains"), _("Net"), _("Paid back in year")]
        return [(_("Who pays and who gains, present value"), head, shown)]

    def notes(self) -> list[str]:
        """Say the discount rate, and what was left out."""
        found = [_("Discount rate: {rate} %.").format(rate=written(100 * self.rate, 1))]
        if self.left_out:
            found.append(_("Savings left out, as they are not cashable: {n}.").format(n=self.left_out))
        return found

    def chart(self) -> Any:
        """Draw each actor's account year by year.

        Returns
        -------
        altair.Chart
            The chart, with a text alternative.

        Examples
        --------
        >>> from siru_course import data
        >>> chart = pockets(data.load("investment_cashflows"), 0.035).chart()
        >>> chart.to_dict()["description"][:46]
        'What each has got less what each has paid, add'
        """
        from .charts import over_time

        return over_time(self.by_year, self.rate)


def pockets(cashflows: pd.DataFrame, rate: float, cashable_only: bool = False) -> Pockets:
    """See whether the one who pays is the one who gains.

    Parameters
    ----------
    cashflows
        Columns ``year`` (0 is not discounted), ``actor``, ``cost``, ``saving`` and, for `cashable_only`,
        ``cashable``.
    rate
        The discount rate a year, a share.
    cashable_only
        Whether to count only savings that can be taken out of a budget.

    Returns
    -------
    Pockets
        With ``table``, ``by_year``, ``left_out`` and ``.chart()``.

    Raises
    ------
    ValueError
        If there are no rows, or an amount or a year is missing, no number or negative.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> from siru_course import data
    >>> flows = data.load("investment_cashflows", labels="en")
    >>> pockets(flows, 0.035, cashable_only=True).table["paid_back"].isna()["municipality"].item()
    True
    """
    rate = share("rate", rate)
    table = frame("cashflows", cashflows, ["year", "actor", "cost", "saving"]).reset_index(drop=True)
    read = {name: numbers(name, table[name], 0) for name in ("year", "cost", "saving")}
    for name, values in [*read.items(), ("actor", table["actor"])]:
        for label in values.index[values.isna()]:
            raise ValueError(
                _("Row {row}: {name} is missing; write it, or leave out the row.").format(row=label, name=name)
            )
    counts = pd.Series(True, table.index)
    if cashable_only:
        counts = column("cashflows", table, "cashable").astype("boolean").fillna(False).astype(bool)
    left_out = int(((read["saving"] > 0) & ~counts).sum())
    factor = (1 + rate) ** -read["year"]
    flows = pd.DataFrame({"cost": read["cost"] * factor, "saving": (read["saving"] * factor).where(counts, 0.0)})
    flows = flows.assign(year=read["year"].astype(int), actor=table["actor"].astype(str))
    flows["net"] = flows["saving"] - flows["cost"]
    sums = flows.groupby("actor", sort=False)[["cost", "saving", "net"]].sum()
    years = range(int(flows["year"].min()), int(flows["year"].max()) + 1)
    yearly = flows.pivot_table(index="year", columns="actor", values="net", aggfunc="sum", fill_value=0.0)
    so_far = yearly.reindex(years, fill_value=0.0)[list(sums.index)].cumsum()
    # Half an öre: rounding must not decide whether somebody is paid back.
    above = (so_far > -0.005)[::-1].cummin()[::-1]
    paid = pd.Series(pd.NA, sums.index, dtype="Int64")
    for actor in sums.index[sums["cost"] > 0]:
        if above[actor].any():
            paid[actor] = int(above[actor].idxmax())
    return Pockets(sums.assign(paid_back=paid), so_far, rate, left_out)
