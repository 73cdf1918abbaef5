"""The rhythm of a meeting as a chart: forms of work above, phases below, along the same clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from .. import charts
from ..language import gettext as _
from .agenda import Block, Start, clock, span_of_time, spans, words
from .text import when

if TYPE_CHECKING:
    import altair

_WIDTH = 285  # beside it stand the labels of the lanes: together they fit a phone
# Forms of work differ in lightness and in the line around them too.
FILLS = {
    "plenary": charts.COLOURS[0],
    "pairs": charts.COLOURS[1],
    "small_groups": charts.COLOURS[2],
    "individual": "#d9e6e8",
    "break": "#ffffff",
}
DASHES = {"plenary": [1, 0], "pairs": [1, 0], "small_groups": [5, 2], "individual": [2, 2], "break": [4, 3]}
INK = "#2b2b2b"


def timeline(title: str, start: Start, blocks: Sequence[Block]) -> altair.VConcatChart:
    """Draw the chart."""
    import altair as alt

    forms, phases, placed = words("format"), words("phase"), spans(blocks)
    rows = pd.DataFrame(
        {
            "block": span.number,
            "title": span.block.title,
            "time": span_of_time(start, span.begins, span.ends),
            "form": forms[span.block.format],
            "phase": phases.get(span.block.phase),
            "begins": span.begins,
            "ends": span.ends,
            "middle": (span.begins + span.ends) / 2,
        }
        for span in placed
    )
    ticks = round_times(start, placed[-1].ends)
    scale = alt.Scale(domain=[0, placed[-1].ends], nice=False)
    told = [
        alt.Tooltip("block:O", title=_("Block")),
        alt.Tooltip("title:N", title=_("What happens")),
        alt.Tooltip("time:N", title=_("Time")),
    ]

    def x(axis: Any) -> alt.X:
        return alt.X("begins:Q", scale=scale, axis=axis)

    def y(field: str, labels: dict[str, str]) -> alt.Y:
        return alt.Y(
            f"{field}:N", sort=list(labels.values()), scale=alt.Scale(domain=list(labels.values())), title=None
        )

    def axis(labels: bool) -> alt.Axis:
        said = f"{json.dumps(ticks)}[datum.value]"
        return alt.Axis(values=[int(at) for at in ticks], labelExpr=said, title=None, labels=labels, ticks=labels)

    def by_form(values: Sequence[Any]) -> dict[str, Any]:
        return {"scale": alt.Scale(domain=list(forms.values()), range=list(values)), "legend": None}

    base = alt.Chart(rows)
    bars = base.mark_bar(height=16, yOffset=6, stroke=INK, strokeWidth=1.2).encode(
        x=x(axis(False)),
        x2=alt.X2("ends:Q"),
        y=y("form", forms),
        fill=alt.Fill("form:N", **by_form(list(FILLS.values()))),
        strokeDash=alt.StrokeDash("form:N", **by_form(list(DASHES.values()))),
        tooltip=told,
    )
    numbers = base.mark_text(fontSize=11, dy=-9).encode(
        x=alt.X("middle:Q", scale=scale), y=y("form", forms), text=alt.Text("block:O")
    )
    above = (bars + numbers).properties(width=_WIDTH, height=5 * 34)
    below = (
        base.transform_filter("isValid(datum.phase)")
        .mark_bar(height=12, fill=charts.QUIET, stroke=INK)
        .encode(x=x(axis(True)), x2=alt.X2("ends:Q"), y=y("phase", phases), tooltip=told)
        .properties(width=_WIDTH, height=5 * 22)
    )
    both: altair.VConcatChart = alt.vconcat(above, below, spacing=12).resolve_scale(x="shared")
    return charts.described(both, description(title, start, blocks))


def round_times(start: Start, total: int) -> dict[str, str]:
    """Give at most seven round clock times, by their minute from the start."""
    shown = {at: clock(start, at) for at in range(total + 1)}
    for step in (15, 30, 60, 120, 180, 240, 360, 720):
        ticks = {str(at): said for at, said in shown.items() if (int(said[:2]) * 60 + int(said[3:])) % step == 0}
        if len(ticks) <= 7:
            break
    return ticks


def description(title: str, start: Start, blocks: Sequence[Block]) -> str:
    """Say what the chart shows, for those who cannot see it."""
    sums: dict[str, int] = {}
    for block in blocks:
        sums[block.format] = sums.get(block.format, 0) + block.minutes
    forms, phases = words("format"), words("phase")
    in_order = [block.phase for block in blocks if block.phase]
    changes = [phase for before, phase in zip(["", *in_order], in_order, strict=False) if phase != before]
    return _("Timeline of {title}, {when}. Minutes by form: {forms}. Phases in order: {phases}.").format(
        title=title,
        when=when(start, blocks),
        forms=", ".join(f"{word} {sums.get(code, 0)}" for code, word in forms.items()),
        phases=", ".join(phases[phase] for phase in changes) or "–",
    )
