"""Charts of a value map: what matters most for the ratio, and who pays and who gains."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .. import charts
from ..language import gettext as _
from ..language import number
from .rows import WORDS
from .simulation import charted

_LABELS = 186


def tornado(tested: pd.DataFrame, ratio: float, change: float, most: int) -> Any:
    """Draw the assumptions that move the ratio most, one bar each."""
    import altair

    shown = tested.head(most).reset_index(drop=True)
    labels = [_label(row) for row in shown.itertuples()]
    ends = pd.concat(
        pd.DataFrame(
            {
                "label": labels,
                "end": _("lower") if end == "low" else _("higher"),
                "ratio": shown[f"ratio_{end}"],
                "base": ratio,
                "written": [number(value) for value in shown[f"ratio_{end}"]],
            }
        )
        for end in ("low", "high")
    )
    order, words = list(dict.fromkeys(labels)), [_("lower"), _("higher")]
    y = altair.Y(
        "label:N", sort=order, title=None, axis=altair.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=_LABELS)
    )
    reach = ends["ratio"].max() - ends["ratio"].min()
    room = altair.Scale(domain=[ends["ratio"].min() - 0.28 * reach, ends["ratio"].max() + 0.28 * reach], nice=False)
    base = altair.Chart(ends)
    bars = base.mark_bar(stroke=charts.INK, strokeWidth=0.5).encode(
        x=altair.X("base:Q", title=_("Ratio"), scale=room, axis=altair.Axis(tickCount=4, labelExpr=charted())),
        x2=altair.X2("ratio:Q"),
        y=y,
        color=altair.Color(
            "end:N",
            scale=altair.Scale(domain=words, range=[charts.QUIET, charts.HIGHLIGHT]),
            legend=altair.Legend(title=_("Assumption")),
        ),
    )
    left = base.transform_filter("datum.ratio <= datum.base").mark_text(align="right", dx=-3)
    right = base.transform_filter("datum.ratio > datum.base").mark_text(align="left", dx=3)
    said = [
        text.encode(x=altair.X("ratio:Q", scale=room), y=y, text=altair.Text("written:N")) for text in (left, right)
    ]
    first = shown.iloc[0]
    description = _(
        "How much the ratio, {ratio}, moves when one assumption at a time is {change} % lower or higher. The longest "
        "bar is {assumption}: from {low} to {high}. The bars are, in order: {order}."
    ).format(
        ratio=number(ratio),
        change=number(100 * change, 0),
        assumption=labels[0].replace("\n", ", "),
        low=number(min(first["ratio_low"], first["ratio_high"])),
        high=number(max(first["ratio_low"], first["ratio_high"])),
        order="; ".join(label.replace("\n", ", ") for label in labels),
    )
    # Where the reader's letters are wider than those that Vega measured, the labels still have room.
    room_left = {"left": 20, "top": 5, "right": 5, "bottom": 5}
    drawn = (bars + said[0] + said[1]).properties(
        width=charts.WIDTH - _LABELS, height=altair.Step(40), padding=room_left
    )
    return charts.described(drawn, description)


def _label(row: Any) -> str:
    """Name an assumption on two lines: what is assumed, and where."""
    words = _(WORDS[row.assumption])
    if row.assumption == "rate":
        return words
    what = str(row.what) if len(str(row.what)) <= 24 else f"{str(row.what)[:23].rstrip()}…"
    return f"{words} ({row.row})\n{what}"


def over_time(by_year: pd.DataFrame, rate: float) -> Any:
    """Draw each payer's account year by year: what has come in so far, less what has gone out."""
    import altair

    actors = list(by_year.columns)
    long = by_year.rename_axis(index="year").reset_index().melt("year", var_name="actor", value_name="net")

    def scale(looks: Any) -> Any:
        return altair.Scale(domain=actors, range=[looks[i % len(looks)] for i in range(len(actors))])

    millions = long["net"].abs().max() >= 2e6
    title = _("Present value so far, millions") if millions else _("Present value so far")
    labels = charted("datum.value / 1e6" if millions else "datum.value")
    base = altair.Chart(long).encode(
        x=altair.X("year:O", title=_("Year"), axis=altair.Axis(labelAngle=0)),
        y=altair.Y("net:Q", title=title, axis=altair.Axis(tickCount=6, labelExpr=labels)),
        color=altair.Color(
            "actor:N", scale=scale(charts.COLOURS), legend=altair.Legend(title=None, columns=2, columnPadding=24)
        ),
    )
    lines = base.mark_line().encode(
        strokeDash=altair.StrokeDash("actor:N", scale=scale(charts.DASHES), legend=None),
    )
    points = base.mark_point(filled=True, opacity=1).encode(
        shape=altair.Shape(
            "actor:N", scale=scale(charts.SHAPES), legend=altair.Legend(title=None, columns=2, columnPadding=24)
        ),
    )
    zero = altair.Chart(pd.DataFrame({"net": [0]})).mark_rule(color=charts.INK).encode(y=altair.Y("net:Q"))
    last = by_year.iloc[-1]
    each = "; ".join(
        _("{actor} {net}, lowest {lowest}").format(
            actor=actor, net=number(last[actor], 0), lowest=number(by_year[actor].min(), 0)
        )
        for actor in actors
    )
    description = _(
        "What each has got less what each has paid, added up year by year at a discount rate of {rate} %. After year "
        "{year}: {each}."
    ).format(rate=number(100 * rate, 1), year=by_year.index[-1], each=each)
    return charts.described((zero + lines + points).properties(width=charts.WIDTH - 60, height=260), description)
