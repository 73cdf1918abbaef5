"""A value map on a page without a server: sliders for its assumptions, and how its ratio then spreads."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from .. import charts
from ..language import gettext as _
from ..language import language, number
from .rows import SHARES, Floats, Values, present_values, read_inputs, read_outcomes, total
from .simulation import SPREAD, deviations, simulate

# The page holds each deviation as a whole number of thousandths: that keeps it small.
_STEPS = 1000
_POINTS = 30
_SHORT = dict(zip(SPREAD, "qpdxao", strict=True))
_LINE = 20


def sliders(
    outcomes: pd.DataFrame, inputs: pd.DataFrame, rate: float, draws: int, seed: int, spread: float, prefix: str
) -> Any:
    """Draw the ratio's distribution, with expressions that work it out anew when a reader moves a slider."""
    import altair

    values, put_in = read_outcomes(outcomes), float(read_inputs(inputs).sum())
    ratio = float(total(present_values(values, rate)) / put_in)
    names = {name: f"{prefix}_{name}" for name in ("deadweight", "attribution", "drop_off", "rate", "spread", "alike")}
    # All layers but one read the same draws, which stand once in the chart.
    ratios = altair.Chart()
    top = max(3.0, float(math.ceil(2.5 * ratio)))
    drawn = ratios.transform_filter("datum.draw > 0")
    x = altair.X(
        "shown:Q", bin="binned", title=_("Ratio"), scale=altair.Scale(domain=[0, top]), axis=altair.Axis(tickCount=6)
    )
    bars = (
        # What lies beyond the scale stands in its last bar.
        drawn.transform_calculate(shown=f"clamp(floor(datum.ratio * 10) / 10, 0, {top - 0.1!r})")
        .transform_calculate(end="datum.shown + 0.1", side="datum.shown < 0.95 ? 0 : 1")
        .transform_aggregate(count="count()", groupby=["shown", "end", "side"])
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=x,
            x2=altair.X2("end:Q"),
            y=altair.Y("count:Q", title=_("Draws"), axis=altair.Axis(tickCount=5, tickMinStep=1)),
            color=altair.Color(
                "side:N", scale=altair.Scale(domain=[0, 1], range=[charts.QUIET, charts.HIGHLIGHT]), legend=None
            ),
        )
    )
    words = [_("value = inputs"), _("the map's own ratio")]
    dashes = altair.Scale(domain=words, range=[charts.DASHES[2], charts.DASHES[0]])
    legend = altair.Legend(title=None, symbolType="stroke", symbolStrokeColor=charts.INK, orient="bottom")
    own = ratios.transform_filter("datum.draw == 0").transform_calculate(
        shown=f"clamp(datum.ratio, 0, {top!r})", line=repr(words[1])
    )
    one = altair.Chart(pd.DataFrame({"shown": [1], "line": words[:1]}))
    rules = [
        lines.mark_rule(strokeWidth=2.5, color=charts.INK).encode(
            x=altair.X("shown:Q"), strokeDash=altair.StrokeDash("line:N", scale=dashes, legend=legend)
        )
        for lines in (one, own)
    ]
    said = [
        own.transform_calculate(said=_said(_("The map's own ratio: {ratio}"), ratio="datum.ratio")),
        drawn.transform_quantile("ratio", probs=[0.05, 0.95], as_=["prob", "value"])
        .transform_aggregate(low="min(value)", high="max(value)")
        .transform_calculate(said=_said(_("Nine draws in ten: {low} to {high}"), low="datum.low", high="datum.high")),
        drawn.transform_calculate(below="datum.ratio < 1 ? 100 : 0")
        .transform_aggregate(share="mean(below)")
        .transform_calculate(said=_said(_("Draws below 1: {share} %"), places=0, share="datum.share")),
    ]
    channels: Any = altair  # these two have no types
    texts = [
        line.mark_text(align="left", baseline="middle", fontWeight="bold" if at == 0 else "normal").encode(
            text=altair.Text("said:N"), x=channels.XValue(0), y=channels.YValue(_LINE * (at - len(said)))
        )
        for at, line in enumerate(said)
    ]
    held = altair.InlineData(values=_held(values, draws, seed, spread))
    chart = (
        altair.layer(bars, *rules, *texts, data=held)
        .transform_flatten(["row", *_SHORT.values()])
        .transform_calculate(worth=_worth(values, names))
        .transform_aggregate(worth="sum(worth)", groupby=["draw"])
        .transform_calculate(ratio=f"datum.worth / {put_in!r}")
        .add_params(*_controls(names, rate, spread))
    )
    return charts.described(
        chart.properties(width=charts.WIDTH - 60, height=200),
        _description(outcomes, inputs, rate, draws, seed, spread, ratio),
    )


def _held(values: Values, draws: int, seed: int, spread: float) -> list[dict[str, Any]]:
    """Give the deviations of each draw, −1000 … 1000 for the farthest down and up; draw 0 is the map itself."""
    off = deviations(values, draws, seed, spread)
    rows = list(range(len(values["quantity"])))
    held: list[dict[str, Any]] = [{"draw": 0, "c": 0, "row": rows} | {key: [0] * len(rows) for key in _SHORT.values()}]
    for draw in range(draws):
        one = {key: [round(float(u) * _STEPS) for u in off[name][:, draw]] for name, key in _SHORT.items()}
        held.append({"draw": draw + 1, "c": one[_SHORT["proxy"]][0], "row": rows} | one)
    return held


def _worth(values: Values, names: dict[str, str]) -> str:
    """Write the present value of a row in a draw as an expression of Vega's."""

    def cell(name: str) -> str:
        return f"{_listed(values[name])}[datum.row]"

    spread, rate = f"{names['spread']} / 100", f"(1 + {names['rate']} / 100)"
    shares = {}
    for name in SHARES:
        size = f"clamp({cell(name)} + {names[name]} / 100, 0, 1)" if name in names else cell(name)
        half = f"min({spread} * {size}, 1 - {size})"
        shares[name] = f"(1 - {size} - {half} * datum.{_SHORT[name]} / {_STEPS})"
    proxy = f"({names['alike']} ? datum.c : datum.{_SHORT['proxy']})"
    amounts = [
        f"{cell('quantity')} * (1 + {spread} * datum.{_SHORT['quantity']} / {_STEPS})",
        f"{cell('proxy')} * (1 + {spread} * {proxy} / {_STEPS})",
    ]
    left, years = f"({shares['drop_off']} / {rate})", cell("duration_years")
    # 1 + left + left² + …, as long as the outcome lasts.
    series = f"(abs({left} - 1) < 1e-9 ? {years} : (1 - pow({left}, {years})) / (1 - {left}))"
    kept = [shares[name] for name in ("deadweight", "displacement", "attribution")]
    return " * ".join([*amounts, *kept, series]) + f" / pow({rate}, {cell('starts')})"


def _listed(numbers: Floats) -> str:
    return "[" + ", ".join(repr(float(one)) for one in numbers) + "]"


def _said(words: str, places: int = 2, **numbers: str) -> str:
    """Write a sentence with numbers as an expression of Vega's, with the decimal sign of the language in use."""
    parts = repr(words)
    for name, value in numbers.items():
        shown = f"format({value}, '.{places}f')"
        if language() == "sv":
            shown = f"replace({shown}, '.', ',')"
        parts = parts.replace(f"{{{name}}}", f"{parts[0]} + {shown} + {parts[0]}")
    return parts


def _controls(names: dict[str, str], rate: float, spread: float) -> list[Any]:
    import altair

    def slider(name: str, value: float, low: float, high: float, step: float, label: str) -> Any:
        bind = altair.binding_range(min=low, max=high, step=step, name=label)
        return altair.param(name=names[name], value=value, bind=bind)

    moved = {
        "deadweight": _("Deadweight, points more or less in each row: "),
        "attribution": _("Attribution, points more or less: "),
        "drop_off": _("Drop-off, points more or less: "),
    }
    return [
        *(slider(name, 0, -_POINTS, _POINTS, 5, label) for name, label in moved.items()),
        slider("rate", round(100 * rate, 6), 0, 10, 0.5, _("Discount rate, %: ")),
        slider("spread", round(100 * spread, 6), 0, 100, 10, _("Spread, % up and down: ")),
        altair.param(
            name=names["alike"],
            value=False,
            bind=altair.binding_checkbox(name=_("All proxies off in the same direction: ")),
        ),
    ]


def _description(
    outcomes: pd.DataFrame, inputs: pd.DataFrame, rate: float, draws: int, seed: int, spread: float, ratio: float
) -> str:
    found = simulate(outcomes, inputs, rate, draws, seed, spread)
    return _(
        "How the ratio spreads in {draws} draws. As the map stands, its ratio is {ratio}, and with a spread of "
        "{spread} % nine draws in ten lie between {low} and {high}; {below} % are below 1. Controls: points more or "
        "less of deadweight, attribution and drop-off in each row, the discount rate, the spread, and whether all "
        "proxies are off in the same direction."
    ).format(
        draws=number(draws, 0),
        ratio=number(ratio),
        spread=number(100 * spread, 0),
        low=number(found.quantiles[0.05]),
        high=number(found.quantiles[0.95]),
        below=number(100 * found.below_one, 0),
    )
