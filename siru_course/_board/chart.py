"""How a board's reviewers look in a chart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from .._arguments import short
from ..charts import COLOURS, INK, QUIET, WIDTH, described
from ..language import gettext as _
from ..language import language
from .severity import Severity, interval, points

if TYPE_CHECKING:
    import altair


def severity_chart(found: Severity) -> altair.LayerChart:
    """Draw each reviewer's difference from the others with its interval.

    Parameters
    ----------
    found
        What :func:`severity` gives.

    Returns
    -------
    altair.LayerChart
        A point a reviewer: a circle for one who follows the others' order, a triangle for one who does not, a square
        where there are too few ideas to tell.

    Raises
    ------
    ValueError
        If `found` is something else.

    Examples
    --------
    >>> from siru_course import board, data
    >>> chart = severity_chart(board.severity(data.load("board_scores")))
    >>> chart.to_dict()["description"].splitlines()[1]
    'R4: -1.07 (-1.20 to -0.93), severe, in the same order as the others.'
    """
    import altair

    if not isinstance(found, Severity):
        raise ValueError(_("found is {value}; give what severity(scores) returns.").format(value=short(found)))
    # The chart's own numbers are written as English does; Swedish has a comma.
    decimal = "," if language() == "sv" else "."
    orders = {True: _("same order"), False: _("another order"), None: _("too few ideas")}
    shown = found.table.dropna(subset=["difference"]).reset_index()
    shown["reviewer"] = shown["reviewer"].astype(str)
    shown["order"] = [orders[value] for value in shown["consistent"]]
    shown = shown[["reviewer", "difference", "ci_low", "ci_high", "order"]]
    base = altair.Chart(shown).encode(
        y=altair.Y("reviewer:N", sort=list(shown["reviewer"]), title=_("Reviewer")),
    )
    axis = altair.X(
        "ci_low:Q",
        title=_("Points above or below the others, with 95 % interval"),
        scale=altair.Scale(padding=8),
        axis=altair.Axis(labelExpr=f"replace(format(datum.value, '.1f'), '.', '{decimal}')"),
    )
    zero = altair.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=QUIET, strokeWidth=2).encode(x=altair.X("x:Q"))
    bars = base.mark_rule(strokeWidth=2, color=INK).encode(x=axis, x2=altair.X2("ci_high:Q"))
    looks = {True: ("circle", COLOURS[0]), False: ("triangle-up", COLOURS[1]), None: ("square", INK)}
    there = [kind for kind in orders if kind in list(found.table["consistent"])]
    kinds = [orders[kind] for kind in there]
    shapes = altair.Scale(domain=kinds, range=[looks[kind][0] for kind in there])
    colours = altair.Scale(domain=kinds, range=[looks[kind][1] for kind in there])
    marks = base.mark_point(size=140, filled=True, opacity=1).encode(
        x=altair.X("difference:Q"),
        shape=altair.Shape("order:N", scale=shapes, title=_("Compared with the others")),
        color=altair.Color("order:N", scale=colours),
    )
    title = _("Severity of the reviewers: points above (+) or below (-) the others, with 95 % intervals.")
    lines = [
        _("{reviewer}: {difference} ({interval}), {reading}.").format(
            reviewer=label, difference=points(row["difference"]), interval=interval(row), reading=reading
        )
        for (label, row), reading in zip(found.table.iterrows(), found.readings, strict=True)
        if not math.isnan(row["difference"])
    ]
    chart = (zero + bars + marks).properties(width=WIDTH - 100, height=altair.Step(34))
    drawn: altair.LayerChart = described(chart, "\n".join([title, *lines]))
    return drawn
