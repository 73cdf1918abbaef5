"""The value map: what changes for whom, what it is worth, and what was put in."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .._arguments import real, share, whole
from .._results import Result, Table, written
from ..language import gettext as _
from ..language import number
from . import rows
from .simulation import Simulation, simulate


@dataclass(frozen=True, eq=False)
class ValueMap(Result):
    """A value map: what changes for whom, what it is worth, and what was put in.

    Attributes
    ----------
    outcomes
        One row an outcome, with the columns ``stakeholder, outcome, quantity, proxy, deadweight, displacement,
        attribution, drop_off, duration_years, starts``. `proxy` is the value for one of the `quantity` in a year,
        negative for a loss. The next four are shares, 0–1. **`attribution` is the share that is thanks to
        others**, and is taken off. `starts` is the first year that counts: 1 is the year of the activity, 2 the
        year after. Other columns are kept as they are.
    inputs
        One row an input, with the columns ``stakeholder, description, value``; others are kept as they are.
    rate
        The discount rate a year, a share.

    Raises
    ------
    ValueError
        If there is no row, a cell is empty or not what its column allows (the message says which row and
        stakeholder), or `rate` is not a share.
    KeyError
        If a column is missing.

    Notes
    -----
    An outcome's impact is quantity × proxy × (1 - deadweight) × (1 - displacement) × (1 - attribution). One that
    lasts n years counts in the years starts … starts + n - 1, and falls by its drop-off from the second of them
    on. The value of year k is divided by (1 + rate)ᵏ, also in year 1.

    References
    ----------
    .. [1] Nicholls, J., et al. (2012). A Guide to Social Return on Investment. The SROI Network.
    .. [2] Maier, F., et al. (2015). SROI as a Method for Evaluation Research. Voluntas 26:1805-1830.
       doi:10.1007/s11266-014-9490-x

    Examples
    --------
    >>> outcomes = pd.DataFrame({
    ...     "stakeholder": ["Participants"], "outcome": ["In work"], "quantity": [10], "proxy": [1000],
    ...     "deadweight": [0.5], "displacement": [0], "attribution": [0.25], "drop_off": [0.2],
    ...     "duration_years": [2], "starts": [1]})
    >>> inputs = pd.DataFrame({"stakeholder": ["Municipality"], "description": ["Leader"], "value": [2700]})
    >>> valued = ValueMap(outcomes, inputs, rate=0)
    >>> valued.impact().tolist(), valued.by_year().iloc[0].tolist(), valued.ratio()
    ([3750.0], [3750.0, 3000.0], 2.5)
    """

    outcomes: pd.DataFrame = field(repr=False)
    inputs: pd.DataFrame = field(repr=False)
    rate: float

    def __post_init__(self) -> None:
        rows.read_outcomes(self.outcomes)
        rows.read_inputs(self.inputs)
        # Copies: changing the caller's table does not change the map.
        for name in ("outcomes", "inputs"):
            object.__setattr__(self, name, getattr(self, name).copy())
        object.__setattr__(self, "rate", share("rate", self.rate))

    @classmethod
    def from_excel(cls, path: str | os.PathLike[str]) -> ValueMap:
        """Read a map from a workbook: one of :meth:`to_excel`, also edited, or another with the same headings.

        Parameters
        ----------
        path
            A file ``.xlsx`` with the outcomes on one sheet, the inputs on another, and a cell ``Discount rate``
            with the rate to its right. Headings may be English or Swedish, and stand in any order. What the
            workbook has calculated is calculated anew.

        Returns
        -------
        ValueMap
            The map, with columns of your own as text and numbers; rows are numbered from 1.

        Raises
        ------
        ValueError
            If there is no such file, it is not a workbook, or a cell does not hold what its column allows; the
            message names the cell.
        KeyError
            If a heading or the discount rate is missing.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     brobygget().to_excel(Path(folder) / "map.xlsx")
        ...     again = ValueMap.from_excel(Path(folder) / "map.xlsx")
        >>> again.ratio() == brobygget().ratio()
        True
        """
        from .read import read

        return cls(*read(path))

    def to_excel(self, path: str | os.PathLike[str]) -> None:
        """Write the map as a workbook that calculates by itself, with the headings of a Social Value UK value map.

        The headings are in the language in use. Impact, value of each year, present value and ratio are formulas:
        change a cell in Excel, and they follow. Columns of your own come last. A file of that name is replaced.

        Parameters
        ----------
        path
            Where to write, a name that ends with ``.xlsx``.

        Raises
        ------
        ValueError
            If the name ends otherwise, the file cannot be written, or a cell holds what Excel cannot.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     brobygget().to_excel(Path(folder) / "map.xlsx")
        ...     (Path(folder) / "map.xlsx").exists()
        True
        """
        from .write import write

        write(self.outcomes, self.inputs, self.rate, path)

    def impact(self) -> pd.Series[float]:
        """Give each outcome's value in its first year, after the deductions.

        Returns
        -------
        pandas.Series
            Indexed as the outcomes.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> brobygget().impact().round().head(2).tolist()
        [396115.0, 1675800.0]
        """
        return pd.Series(rows.impact(rows.read_outcomes(self.outcomes)), self.outcomes.index, name="impact")

    def by_year(self) -> pd.DataFrame:
        """Give each outcome's value year by year, not discounted.

        Returns
        -------
        pandas.DataFrame
            Indexed as the outcomes; one column a year, from 1 to the last in which anything counts.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> brobygget().by_year().loc["V01"].round().tolist()
        [0.0, 396115.0, 336698.0, 286193.0, 243264.0, 206775.0]
        """
        values = rows.by_year(rows.read_outcomes(self.outcomes))
        years = pd.RangeIndex(1, values.shape[1] + 1, name="year")
        return pd.DataFrame(values, index=self.outcomes.index, columns=years)

    def present_value(self) -> float:
        """Give what all outcomes are worth today.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> valued = brobygget()
        >>> round(valued.present_value() / valued.ratio()) - int(valued.inputs["value"].sum())
        0
        """
        return float(rows.total(self._worth()))

    def ratio(self) -> float:
        """Give the present value for each krona put in.

        Raises
        ------
        ValueError
            If the inputs add up to 0.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> 1.5 < brobygget().ratio() < 2.5
        True
        """
        return self.present_value() / self._put_in()

    def net_ratio(self) -> float:
        """Give what is gained for each krona put in: the ratio less 1.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> valued = brobygget()
        >>> round(valued.ratio() - valued.net_ratio(), 9)
        1.0
        """
        put_in = self._put_in()
        return (self.present_value() - put_in) / put_in

    def break_even(self) -> float:
        """Give the factor by which all value can be multiplied before the ratio is 1.

        Returns
        -------
        float
            0.6 says that the ratio is still 1 when the outcomes are worth 60 % of what the map says.

        Raises
        ------
        ValueError
            If the outcomes are worth nothing together, or less: then no factor does it.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> valued = brobygget()
        >>> round(valued.ratio() * valued.break_even(), 9)
        1.0
        """
        worth = self.present_value()
        if worth <= 0:
            message = _("The outcomes are worth {worth} together; no factor brings the ratio to 1.")
            raise ValueError(message.format(worth=number(worth, 0)))
        return self._put_in() / worth

    def by_stakeholder(self) -> pd.DataFrame:
        """Give what each stakeholder puts in and gains.

        Returns
        -------
        pandas.DataFrame
            Indexed by stakeholder; columns ``inputs``, ``present_value``, ``share`` (of the whole present value;
            NaN if that is 0) and ``net``; the one who gains most first.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> brobygget().by_stakeholder().index[0]
        'Participants'
        """
        worth = pd.Series(self._worth(), self.outcomes["stakeholder"]).groupby(level=0).sum()
        put_in = pd.Series(rows.read_inputs(self.inputs), self.inputs["stakeholder"]).groupby(level=0).sum()
        table = pd.DataFrame({"inputs": put_in, "present_value": worth}).fillna(0.0).rename_axis("stakeholder")
        whole_worth = self.present_value()
        table["share"] = table["present_value"] / whole_worth if whole_worth else math.nan
        table["net"] = table["present_value"] - table["inputs"]
        return table.sort_values("present_value", ascending=False, kind="stable")

    def sensitivity(self, change: float = 0.2) -> pd.DataFrame:
        """Move each assumption down and up in turn, and see what becomes of the ratio.

        Parameters
        ----------
        change
            How much, a share of the assumption's value, 0.01–0.9.

        Returns
        -------
        pandas.DataFrame
            One row an assumption, the one that moves the ratio most first: ``assumption`` (the column's name, or
            ``rate``), ``row``, ``stakeholder``, ``what`` (the outcome or the input), ``value``, ``low``, ``high``,
            ``ratio_low``, ``ratio_high`` (the ratio with the low and the high value), ``swing`` (how far apart
            they are) and ``capped``.

        Raises
        ------
        ValueError
            If `change` is out of its range, or the inputs add up to 0.

        Notes
        -----
        A share is moved to 1 at most, and a duration by whole years, one at least and never below one year;
        ``capped`` is True where such a limit was in the way. An assumption that is 0 stays 0: whether there
        should be any deadweight is for you to ask.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> valued = brobygget()
        >>> valued.sensitivity()[["row", "assumption"]].head(2).values.tolist()
        [['V02', 'quantity'], ['V02', 'proxy']]
        """
        self._put_in()
        return rows.sensitivity(self.outcomes, self.inputs, self.rate, real("change", change, 0.01, 0.9))

    def tornado(self, change: float = 0.2, most: int = 8) -> Any:
        """Draw the assumptions that move the ratio most.

        Parameters
        ----------
        change
            As for :meth:`sensitivity`.
        most
            How many bars, 1–30.

        Returns
        -------
        altair.Chart
            The chart, with a text alternative.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> chart = brobygget().tornado()
        >>> "The longest bar is quantity (V02), Feels that they belong" in chart.to_dict()["description"]
        True
        """
        from .charts import tornado

        return tornado(self.sensitivity(change), self.ratio(), change, whole("most", most, 1, 30))

    def simulate(self, draws: int = 10_000, seed: int = 0, spread: float | Mapping[str, float] = 0.2) -> Simulation:
        """Draw all assumptions at once, many times, and see how the ratio spreads.

        Parameters
        ----------
        draws
            How many times, 1–10,000,000.
        seed
            Another seed gives other draws; the same seed gives the same on every machine. With more draws the
            first ones stay the same.
        spread
            How far an assumption may lie from its value, as a share of the value, 0–1: one number for
            ``quantity, proxy, deadweight, displacement, attribution`` and ``drop_off``, or a mapping from column
            to spread, which may name ``value`` (of the inputs) as well; columns not named are not drawn.

        Returns
        -------
        Simulation
            With ``mean``, ``sd``, ``quantiles``, ``below_one``, ``drivers``, ``ratios`` and ``.histogram()``.

        Raises
        ------
        ValueError
            If a number is out of its range, or the inputs add up to 0.
        KeyError
            If `spread` names another column.

        Notes
        -----
        Each cell is drawn on its own from a symmetric triangular distribution around its value, value × (1 ±
        spread) at the ends. A share reaches no farther than 1, and as far down as up: the mean of each cell is its
        value. A share that is 0 or 1 stays so. Durations, starts and the discount rate are not drawn.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> drawn = brobygget().simulate(draws=2000, spread={"proxy": 0.5})
        >>> bool(drawn.quantiles.min() < brobygget().ratio() < drawn.quantiles.max())
        True
        >>> drawn.drivers.loc[0, ["row", "assumption"]].tolist()
        ['V02', 'proxy']
        """
        self._put_in()
        return simulate(self.outcomes, self.inputs, self.rate, draws, seed, spread)

    def sliders(self, draws: int = 250, seed: int = 0, spread: float = 0.5, prefix: str = "map") -> Any:
        """Draw how the ratio spreads, with sliders that work on a page without a server.

        Parameters
        ----------
        draws
            How many draws the page holds, 20–500.
        seed
            As for :meth:`simulate`; the draws are its first ones.
        spread
            Where the slider for the spread stands at first, 0.1–1.
        prefix
            Begins the names of the chart's parameters; give another if a page has two such charts.

        Returns
        -------
        altair.Chart
            The chart, with a text alternative. Sliders add points to deadweight, attribution and drop-off of every
            row, set the discount rate and the spread, and a box lets all proxies be off in the same direction.

        Notes
        -----
        The chart holds how far each cell is off in each draw, in thousandths, and works out the ratios by itself.
        Until a slider is moved they are those of :meth:`simulate`, but for that rounding. A cell that is 0 is not
        drawn, also when a slider has moved it.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> chart = brobygget().sliders()
        >>> chart.to_dict()["description"][:74]
        'How the ratio spreads in 250 draws. As the map stands, its ratio is 1.90, '
        """
        from .._arguments import seed as read_seed
        from .sliders import sliders

        self._put_in()
        draws, spread = whole("draws", draws, 20, 500), real("spread", spread, 0.1, 1)
        return sliders(self.outcomes, self.inputs, self.rate, draws, read_seed(seed), spread, prefix)

    def tables(self) -> list[Table]:
        """Give the outcomes with what they come to, and the sum of it all."""
        shown = [
            [rows.described_row(who, what), number(first, 0), number(worth, 0)]
            for who, what, first, worth in zip(
                self.outcomes["stakeholder"], self.outcomes["outcome"], self.impact(), self._worth(), strict=True
            )
        ]
        worth, put_in = self.present_value(), float(rows.read_inputs(self.inputs).sum())
        sums = [
            [_("Present value of the outcomes"), number(worth, 0)],
            [_("Value of the inputs"), number(put_in, 0)],
            [_("Net present value"), number(worth - put_in, 0)],
            [_("Ratio"), number(worth / put_in) if put_in else "–"],
            [_("Net ratio"), number(worth / put_in - 1) if put_in else "–"],
            [_("Break-even factor"), number(put_in / worth) if worth > 0 else "–"],
        ]
        head = [_("Outcome"), _("Impact, first year"), _("Present value")]
        return [(_("The value map's outcomes"), head, shown), (_("The value map's sums"), ["", ""], sums)]

    def notes(self) -> list[str]:
        """Say the discount rate, and how much hangs on one row."""
        found = [_("Discount rate: {rate} %.").format(rate=written(100 * self.rate, 1))]
        worth = self._worth()
        if worth.sum() > 0:
            place = int(worth.argmax())
            row = self.outcomes.iloc[place]
            found.append(
                _("One row carries {share} % of the present value: {row}.").format(
                    share=number(100 * worth[place] / worth.sum(), 0),
                    row=rows.described_row(row["stakeholder"], row["outcome"]),
                )
            )
        return found

    def _worth(self) -> rows.Floats:
        return rows.present_values(rows.read_outcomes(self.outcomes), self.rate)

    def _put_in(self) -> float:
        put_in = float(rows.read_inputs(self.inputs).sum())
        if put_in <= 0:
            raise ValueError(_("The inputs add up to 0; give at least one a value, so that there is a ratio."))
        return put_in
