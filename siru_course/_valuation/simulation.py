"""A value map drawn many times over: the spread of its ratio, and what it comes from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .. import charts
from .._arguments import real, seed, short, whole
from .._results import Result, Table
from ..language import gettext as _
from ..language import language, number
from . import rows as value_rows
from .rows import SHARES, Floats, Values

# Draws come in blocks, each with a stream of its own. The size decides which numbers are drawn: do not change it.
BLOCK = 4096
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SPREAD = ("quantity", "proxy", *SHARES)
# A column, the position of its row, and how far up and down the value goes.
Drawn = tuple[str, int, float]
_MOST_DRAWS = 10_000_000
_PATIENCE = 2.0
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Simulation(Result):
    """The ratio of a value map in many draws.

    Attributes
    ----------
    ratio
        The map's own ratio, without any spread.
    ratios
        The ratio of each draw.
    mean, sd
        The mean of the ratios, and their standard deviation.
    quantiles
        The 5th, 25th, 50th, 75th and 95th percentiles, indexed by 0.05 … 0.95.
    below_one
        The share of the draws with a ratio below 1.
    drivers
        One row an assumption that was drawn: ``assumption, row, stakeholder, what, correlation, share``, the
        strongest first. The correlation is Pearson's, between the assumption and the ratio; its square is the
        share of the variance.
    draws, seed, spread
        What was asked for; the spread column by column.

    Examples
    --------
    >>> from siru_course.valuation import brobygget
    >>> drawn = brobygget().simulate(500, seed=1, spread=0.1)
    >>> bool(drawn.quantiles[0.05] < drawn.ratio < drawn.quantiles[0.95]), drawn.below_one
    (True, 0.0)
    """

    ratio: float
    ratios: pd.Series[float] = field(repr=False)
    mean: float
    sd: float
    quantiles: pd.Series[float]
    below_one: float
    drivers: pd.DataFrame = field(repr=False)
    draws: int
    seed: int
    spread: Mapping[str, float]

    def tables(self) -> list[Table]:
        """Give the ratio's spread, and the assumptions that it comes from most."""
        rows = [[_("The map's own ratio"), number(self.ratio)], [_("Mean"), number(self.mean)]]
        for quantile, value in self.quantiles.items():
            name = _("{share} % of the draws are below").format(share=round(100 * float(str(quantile))))
            rows.append([name, number(value)])
        rows.append([_("Share of the draws below 1"), _("{share} %").format(share=number(100 * self.below_one, 1))])
        shown: list[Table] = [
            (_("The ratio in {draws} draws").format(draws=number(self.draws, 0)), [_("What"), _("Ratio")], rows)
        ]
        if len(self.drivers):
            rows = []
            for _place, row in self.drivers.head(_SHOWN).iterrows():
                where, column = value_rows.described_row(row["stakeholder"], row["what"]), str(row["assumption"])
                assumption = _(value_rows.WORDS[column])
                rows.append([f"{assumption}, {where}", _("{share} %").format(share=number(100 * row["share"], 1))])
            shown.append((_("What the spread comes from"), [_("Assumption"), _("Share of the variance")], rows))
        return shown

    def notes(self) -> list[str]:
        """Say how to read the interval."""
        return [
            _(
                "The interval shows what the spreads that you chose give. "
                "It does not show whether the map counts the right things."
            )
        ]

    def histogram(self) -> Any:
        """Draw how the ratios spread, with the line where the value equals what was put in.

        Returns
        -------
        altair.Chart
            The chart, with a text alternative.

        Examples
        --------
        >>> from siru_course.valuation import brobygget
        >>> chart = brobygget().simulate(draws=1000).histogram()
        >>> chart.to_dict()["description"][:42]
        'How the ratio spreads in 1,000 draws: half'
        """
        import altair

        counts, edges = np.histogram(self.ratios, bins=min(30, max(5, self.draws // 20)))
        bars = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": counts / self.draws})
        bars["inside"] = (bars["to"] > self.quantiles[0.05]) & (bars["from"] < self.quantiles[0.95])
        marks = pd.DataFrame(
            {
                "ratio": [1.0, self.ratio],
                "line": [_("value = inputs"), _("the map's own ratio")],
            }
        )
        percent = altair.Axis(tickCount=5, labelExpr=charted("datum.value * 100", " %"))
        ticks = altair.Axis(tickCount=6, labelExpr=charted())
        x = altair.X("from:Q", bin="binned", title=_("Ratio"), scale=altair.Scale(zero=False, nice=True), axis=ticks)
        columns = (
            altair.Chart(bars)
            .mark_bar(stroke="white", strokeWidth=0.5)
            .encode(
                x=x,
                x2=altair.X2("to:Q"),
                y=altair.Y(
                    "share:Q",
                    title=_("Share of the draws"),
                    axis=percent,
                ),
                color=altair.Color(
                    "inside:N",
                    scale=altair.Scale(domain=[True, False], range=[charts.HIGHLIGHT, charts.QUIET]),
                    legend=None,
                ),
            )
        )
        lines = (
            altair.Chart(marks)
            .mark_rule(strokeWidth=2.5, color=charts.INK)
            .encode(
                x=altair.X("ratio:Q"),
                strokeDash=altair.StrokeDash(
                    "line:N",
                    scale=altair.Scale(domain=list(marks["line"]), range=[charts.DASHES[2], charts.DASHES[0]]),
                    legend=altair.Legend(title=None, symbolType="stroke", symbolStrokeColor=charts.INK),
                ),
            )
        )
        low, quarter, middle, three, high = (number(self.quantiles[quantile]) for quantile in QUANTILES)
        words = _(
            "How the ratio spreads in {draws} draws: half of them lie between {quarter} and {three}, nine in ten "
            "between {low} and {high} (dark bars), the middle one is {middle}. The share below 1 is {below} %. "
            "The map's own ratio is {ratio}."
        )
        described = words.format(
            draws=number(self.draws, 0),
            **{"quarter": quarter, "three": three, "low": low, "high": high, "middle": middle},
            below=number(100 * self.below_one, 1),
            ratio=number(self.ratio),
        )
        return charts.described((columns + lines).properties(width=charts.WIDTH - 60, height=220), described)


def charted(value: str = "datum.value", unit: str = "") -> str:
    """Give the expression that writes the numbers along an axis as the language in use writes them."""
    written = f"format({value}, ',.3~f')"
    if language() == "sv":
        # On the book's pages Vega writes Swedish numbers by itself; elsewhere it does not.
        swedish = f"replace(replace({written}, regexp(',', 'g'), '\\u00a0'), '.', ',')"
        written = f"(format(0.5, '.1f') == '0.5' ? {swedish} : {written})"
    return f"{written} + '{unit}'"


def simulate(
    outcomes: pd.DataFrame, inputs: pd.DataFrame, rate: float, draws: Any, seed_: Any, spread: Any
) -> Simulation:
    """Draw the assumptions of a map, and work out its ratio each time."""
    draws, seed_, spreads = whole("draws", draws, 1, _MOST_DRAWS), seed(seed_), _spreads(spread)
    values, put_in = value_rows.read_outcomes(outcomes), value_rows.read_inputs(inputs)
    drawn = _drawn({**values, "value": put_in}, spreads)
    ratio = float(value_rows.total(value_rows.present_values(values, rate)) / put_in.sum())
    ratios, correlations = _draw(values, put_in, rate, draws, seed_, drawn, ratio)
    quantiles = pd.Series(np.quantile(ratios, QUANTILES), index=pd.Index(QUANTILES, name="quantile"), name="ratio")
    return Simulation(
        ratio=ratio,
        ratios=pd.Series(ratios, name="ratio"),
        mean=float(ratio + (ratios - ratio).mean()),
        sd=float((ratios - ratio).std(ddof=1)) if draws > 1 else 0.0,
        quantiles=quantiles,
        below_one=float((ratios < 1).mean()),
        drivers=_drivers(outcomes, inputs, drawn, correlations),
        draws=draws,
        seed=seed_,
        spread=spreads,
    )


def _spreads(spread: Any) -> dict[str, float]:
    if not isinstance(spread, Mapping):
        return dict.fromkeys(SPREAD, real("spread", spread, 0, 1))
    allowed = (*SPREAD, "value")
    for column in spread:
        if column not in allowed:
            message = _("spread names the column {column}; it can hold {allowed}.")
            raise KeyError(message.format(column=short(column), allowed=", ".join(allowed)))
    return {
        column: real(_("the spread of {column}").format(column=column), spread[column], 0, 1)
        for column in allowed
        if column in spread
    }


def _draw(
    values: Values,
    put_in: Floats,
    rate: float,
    draws: int,
    seed_: int,
    drawn: list[Drawn],
    ratio: float,
) -> tuple[Floats, Floats]:
    """Give the ratio of each draw, and how each assumption goes with it."""
    ratios = np.empty(draws)
    count = len(drawn)
    by_ratio, squares, sums = np.zeros(count), np.zeros(count), np.zeros(count)
    halves = np.array([half for _column, _row, half in drawn])[:, None]
    constant = {column: numbers[:, None] for column, numbers in values.items()} | {"value": put_in[:, None]}
    # Where each column's draws stand among all of them.
    names = [column for column, _row, _half in drawn]
    places = {column: slice(names.index(column), names.index(column) + names.count(column)) for column in set(names)}
    noise, second = np.empty((count, BLOCK)), np.empty((count, BLOCK))
    for block in _followed(-(-draws // BLOCK)):
        _noise(seed_, block, noise, second)
        now = dict(constant)
        for column, at in places.items():
            now[column] = np.repeat(constant[column], BLOCK, axis=1)
            now[column][[row for _column, row, _half in drawn[at]]] += halves[at] * noise[at]
        # Durations and starts stay as they are, one a row.
        now |= {column: values[column] for column in ("duration_years", "starts")}
        found = ratios[block * BLOCK : (block + 1) * BLOCK]
        if not count:
            found[:] = ratio
            continue
        worth = value_rows.total(value_rows.each_worth(now, rate))
        found[:] = (worth / now["value"].sum(axis=0))[: len(found)]
        used, off = noise[:, : len(found)], found - ratio
        by_ratio += used @ off
        squares += np.einsum("ij,ij->i", used, used)
        sums += used.sum(axis=1)
    off = ratios - ratio
    common = by_ratio - sums * off.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = common / np.sqrt((squares - sums**2 / draws) * ((off - off.mean()) ** 2).sum())
    return ratios, np.nan_to_num(correlations)


def _drawn(sizes: Values, spreads: Mapping[str, float]) -> list[Drawn]:
    """List the cells that are drawn, and how far each may go."""
    drawn: list[Drawn] = []
    for column, size in spreads.items():
        half = size * sizes[column]
        if column in SHARES:
            half = np.minimum(half, 1 - sizes[column])
        drawn += [(column, int(row), float(half[row])) for row in np.flatnonzero(half)]
    return drawn


def _noise(seed_: int, block: int, noise: Floats, second: Floats) -> None:
    """Fill `noise` with a block of triangular draws, −1 … 1; `second` is room to work in."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed_, spawn_key=(block,))))
    rng.random(out=noise)
    rng.random(out=second)
    noise += second
    noise -= 1


def deviations(values: Values, draws: int, seed_: int, spread: float) -> Values:
    """Give how far each cell is off in the first draws of :func:`simulate`: −1 … 1, rows by draws, column by column."""
    drawn = _drawn(values, dict.fromkeys(SPREAD, spread))
    noise = np.empty((len(drawn), BLOCK))
    _noise(seed_, 0, noise, np.empty_like(noise))
    off = {column: np.zeros((len(values[column]), draws)) for column in SPREAD}
    for (column, row, _half), line in zip(drawn, noise, strict=True):
        off[column][row] = line[:draws]
    return off


def _drivers(outcomes: pd.DataFrame, inputs: pd.DataFrame, drawn: list[Drawn], correlations: Floats) -> pd.DataFrame:
    rows = []
    for (column, row, _half), correlation in zip(drawn, correlations, strict=True):
        table, what = (inputs, "description") if column == "value" else (outcomes, "outcome")
        named = {"row": table.index[row], "stakeholder": table["stakeholder"].iloc[row], "what": table[what].iloc[row]}
        rows.append({"assumption": column, **named, "correlation": correlation, "share": correlation**2})
    names = ["assumption", "row", "stakeholder", "what", "correlation", "share"]
    return pd.DataFrame(rows, columns=names).sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _followed(blocks: int) -> Iterator[int]:
    """Give the blocks one after the other; when that takes long, show how far it has come."""
    begin, bar, task = time.monotonic(), None, None
    try:
        for block in range(blocks):
            if bar is None and time.monotonic() - begin > _PATIENCE:
                from rich.console import Console
                from rich.progress import Progress

                bar = Progress(console=Console(stderr=True), transient=True)
                task = bar.add_task(_("Drawing"), total=blocks)
                bar.start()
            if bar is not None and task is not None:
                bar.update(task, completed=block)
            yield block
    finally:
        if bar is not None:
            bar.stop()
