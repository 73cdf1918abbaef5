"""Period by period: what is behind ``pre_trends`` and ``event_chart``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import charts
from .._inference import decimals, p_text, span
from .._results import Result, Table
from ..language import gettext as _
from ..language import number
from .least_squares import about_rows, count_clusters, last_term, period_gaps, read_rows

if TYPE_CHECKING:
    import altair


@dataclass(frozen=True, eq=False)
class PreTrends(Result):
    """Whether the groups went apart already before the start.

    Attributes
    ----------
    slope
        How much more, a period, the outcome rose in the treated group than in the comparison group before the
        start.
    se, ci_low, ci_high, p
        Its standard error, 95 % interval and p-value; NaN when they cannot be computed.
    n, left_out
        How many rows before the start were used, and how many rows were left out as a value is missing.
    gaps
        One row a period before the start: the ``difference`` between the groups with its interval ``low`` and
        ``high``.
    possible_bias
        How far the interval lets a difference in trends move the difference-in-differences, up or down, if it went
        on after the start.
    outcome
        The column that was compared.
    clusters
        How many clusters there are, and how many in the group with fewest; None without clusters.

    Examples
    --------
    >>> from siru_course import data
    >>> panel = data.load("brobygget_panel")
    >>> before = pre_trends(panel, "employed", "treated", "quarter", "post", cluster="person_id")
    >>> before.ci_low < 0 < before.ci_high
    True
    >>> print(before.notes()[-2])
    That no difference is found does not prove that the trends were parallel, or that they would have stayed so.
    """

    slope: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    n: int
    left_out: int
    gaps: pd.DataFrame
    possible_bias: float
    outcome: str
    clusters: tuple[int, int] | None = None

    def tables(self) -> list[Table]:
        """Give the difference in trends, and the gap between the groups period by period."""
        places = decimals(*self.gaps["difference"])
        rows = [
            [_("Difference in trend, a period"), number(self.slope, places + 1)],
            [_("Interval (95 %)"), span(self.ci_low, self.ci_high, places + 1)],
            ["p", p_text(self.p)],
        ]
        gaps = [
            [f"{row['period']:g}", number(row["difference"], places), span(row["low"], row["high"], places)]
            for row in self.gaps.to_dict("records")
        ]
        return [
            (_("Trends before the start: {outcome}").format(outcome=self.outcome), ["", ""], rows),
            (_("Treated minus comparison"), [_("Period"), _("Difference"), _("Interval (95 %)")], gaps),
        ]

    def notes(self) -> list[str]:
        """Say what the test rests on, and what it does not prove."""
        found = about_rows(self.n, self.left_out, self.clusters)
        if math.isnan(self.se):
            found.append(_("No interval: there are too few rows or clusters for one."))
        elif not self.ci_low <= 0 <= self.ci_high:
            found.append(
                _(
                    "The trends differed already before the start: "
                    "a difference-in-differences mixes that with the effect."
                )
            )
        elif not math.isnan(self.possible_bias):
            message = _("Trends that differ enough to move the difference-in-differences by {bias} fit these data too.")
            found.append(message.format(bias=number(self.possible_bias, decimals(*self.gaps["difference"]))))
        found.append(
            _(
                "That no difference is found does not prove that the trends were parallel, "
                "or that they would have stayed so."
            )
        )
        found.append(_("The slope does not see a bend that evens out: look at the gaps one by one."))
        return found


def pre_trends(
    frame: pd.DataFrame, outcome: str, treated: str, period: str, post: str, cluster: str | None = None
) -> PreTrends:
    """Test whether the groups went apart already before the start.

    Parameters
    ----------
    frame, outcome, treated, post, cluster
        As for :func:`difference_in_differences`. Only rows with `post` = 0 are used for the slope.
    period
        The column of numbers that tells when, such as quarters from the start.

    Returns
    -------
    PreTrends
        The difference in slopes with its interval, and the gap in each period.

    Raises
    ------
    ValueError
        If fewer than two periods before the start have rows of both groups, a period is both before and after, or
        a column holds what it may not.
    KeyError
        If a column is missing.

    Notes
    -----
    Least squares on one dummy a period, `treated`, and `treated` × `period`. Standard errors are those of
    :func:`difference_in_differences`. ``possible_bias`` is the end of the interval farthest from 0, times the time
    between the mean period before and the mean period after.

    References
    ----------
    Angrist J., Pischke J.-S. (2009) Mostly Harmless Econometrics, Princeton University Press

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "work": [1, 2, 1, 3, 2, 4, 2, 5], "treated": [0, 1] * 4, "year": [1, 1, 2, 2, 3, 3, 4, 4],
    ...     "post": [0, 0, 0, 0, 0, 0, 1, 1],
    ... })
    >>> round(pre_trends(frame, "work", "treated", "year", "post").slope, 2)
    0.5
    """
    rows, left_out = read_rows(frame, outcome, treated, post, period, cluster)
    before, after = rows[rows["post"] == 0], rows[rows["post"] == 1]
    gaps = period_gaps(before)
    if len(gaps) < 2:
        message = _("Periods before the start with rows of both groups: {n}. A trend needs at least two.")
        raise ValueError(message.format(n=len(gaps)))
    when, group = before["period"].to_numpy(), before["treated"].to_numpy()
    dummies = (when[:, None] == np.unique(when)).astype(float)
    slope, se, low, high, p = last_term(before, np.column_stack([dummies, group, group * (when - when.mean())]))
    reach = after["period"].mean() - when.mean()
    return PreTrends(
        slope=slope,
        se=se,
        ci_low=low,
        ci_high=high,
        p=p,
        n=len(before),
        left_out=left_out,
        gaps=gaps,
        possible_bias=max(abs(low), abs(high)) * reach,
        outcome=str(outcome),
        clusters=count_clusters(before),
    )


def event_chart(
    frame: pd.DataFrame,
    outcome: str,
    treated: str,
    period: str,
    post: str,
    cluster: str | None = None,
    label: str | None = None,
    period_label: str | None = None,
) -> altair.LayerChart:
    """Draw the difference between the groups period by period, with intervals, before and after the start.

    Parameters
    ----------
    frame, outcome, treated, period, post, cluster
        As for :func:`pre_trends`.
    label, period_label
        What to call the outcome and the periods in the chart; otherwise the names of the columns.

    Returns
    -------
    altair.LayerChart
        Circles before, squares on a shaded ground after, 95 % intervals as lines, and a dashed line at the mean
        difference before: where the points would lie without an effect if trends are parallel.

    Raises
    ------
    ValueError
        If there is no period before or none after the start with rows of both groups, a period is both before and
        after, or a column holds what it may not.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "work": [1, 2, 1, 2, 2, 4, 2, 5], "treated": [0, 1] * 4, "year": [1, 1, 2, 2, 3, 3, 4, 4],
    ...     "post": [0, 0, 0, 0, 1, 1, 1, 1],
    ... })
    >>> print(event_chart(frame, "work", "treated", "year", "post").to_dict()["description"])
    Work, the treated group minus the comparison group, over 4 periods. Mean difference in the 2 before the start:
    1.00; in the 2 after: 2.50. In the last period: 3.00.
    """
    import altair as alt

    rows, left_out = read_rows(frame, outcome, treated, post, period, cluster)
    sides = {after: period_gaps(rows[rows["post"] == after]) for after in (0, 1)}
    for after, gaps in sides.items():
        if gaps.empty:
            message = _(
                "No period with {post} = {after} has rows of both groups; the chart needs one before and one after."
            )
            raise ValueError(message.format(post=post, after=after))
    names = {0: _("before"), 1: _("after")}
    mean = _("mean before")
    points = pd.concat([gaps.assign(side=names[after]) for after, gaps in sides.items()])
    when = np.sort(points["period"])
    margin = float(np.diff(when).min()) / 2
    band = {"start": [(sides[0]["period"].max() + sides[1]["period"].min()) / 2], "end": [when[-1] + margin]}
    title = str(outcome) if label is None else label
    x = alt.X(
        "period:Q",
        title=str(period) if period_label is None else period_label,
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
        scale=alt.Scale(domain=[float(when[0] - margin), float(when[-1] + margin)], nice=False),
    )
    y = alt.Y("difference:Q", title=_("{outcome}: treated − comparison").format(outcome=title))
    colour = alt.Color(
        "side:N", title=None, scale=alt.Scale(domain=list(names.values()), range=["#2b2b2b", charts.HIGHLIGHT])
    )
    shape = alt.Shape("side:N", title=None, scale=alt.Scale(domain=list(names.values()), range=["circle", "square"]))
    dash = alt.StrokeDash("line:N", title=None, scale=alt.Scale(domain=[mean], range=[[6, 4]]))
    before = pd.DataFrame({"difference": [sides[0]["difference"].mean()], "line": [mean]})
    layers = [
        alt.Chart(pd.DataFrame(band))
        .mark_rect(color="#e3e8e9", opacity=1)
        .encode(x=alt.X("start:Q"), x2=alt.X2("end:Q")),
        alt.Chart(pd.DataFrame({"difference": [0]})).mark_rule(color="#6b7779").encode(y=y),
        alt.Chart(before).mark_rule(color="#2b2b2b").encode(y=y, strokeDash=dash),
        alt.Chart(points).mark_rule(strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=colour),
        alt.Chart(points).mark_point(size=70, filled=True, opacity=1).encode(x=x, y=y, color=colour, shape=shape),
    ]
    chart = alt.LayerChart(layer=layers, width=charts.WIDTH - 80, height=260)
    return charts.described(chart, _event_text(title, sides, left_out))


def _event_text(title: str, sides: dict[int, pd.DataFrame], left_out: int) -> str:
    before, after = sides[0]["difference"], sides[1]["difference"]
    places = decimals(*before, *after)
    last = sides[1].iloc[-1]
    text = _(
        "{outcome}, the treated group minus the comparison group, over {n} periods. Mean difference in the "
        "{n_before} before the start: {before}; in the {n_after} after: {after}. In the last period: {last}."
    ).format(
        outcome=title[:1].upper() + title[1:],
        n=len(before) + len(after),
        n_before=len(before),
        before=number(before.mean(), places),
        n_after=len(after),
        after=number(after.mean(), places),
        last=number(last["difference"], places),
    )
    if not math.isnan(last["low"]):
        interval = span(last["low"], last["high"], places)
        text = _("{text} Its interval (95 %): {interval}.").format(text=text, interval=interval)
    if left_out:
        text += " " + _("Rows left out, as a value is missing: {n}.").format(n=number(left_out, 0))
    return text
