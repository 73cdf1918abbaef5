"""What the value explorer shows: the ratio with its interval, what moves it most, and who gains."""

from __future__ import annotations

from html import escape
from typing import Any

from .. import charts
from .._results import html_table, text_table
from .._valuation.rows import WORDS, described_row
from ..language import gettext as _
from ..language import number
from ..valuation import ValueMap

_DRAWS, _SPREAD, _BARS, _WIDTH = 2000, 0.2, 8, 160


def report(now: ValueMap, start: ValueMap) -> tuple[str, str]:
    """Give what there is to say about a map, as HTML and as text.

    Raises
    ------
    ValueError
        If there is no ratio, as nothing is put in.
    """
    ratio, drawn = now.ratio(), now.simulate(_DRAWS, spread=_SPREAD)
    low, high = (number(drawn.quantiles[quantile]) for quantile in (0.05, 0.95))
    worth = now.present_value()
    sums = [
        [_("Ratio"), number(ratio)],
        [_("Nine draws in ten"), f"{low}–{high}"],
        [_("Ratio at the start"), number(start.ratio())],
        [_("Net ratio"), number(now.net_ratio())],
        [_("Break-even factor"), number(now.break_even()) if worth > 0 else "–"],
        [_("Present value of the outcomes"), number(worth, 0)],
    ]
    note = _("The draws let each number and share be up to {spread} % lower or higher, all at once.").format(
        spread=number(100 * _SPREAD, 0)
    )
    moves = now.sensitivity(_SPREAD).head(_BARS).to_dict("records")
    names = [_name(row) for row in moves]
    spans = [f"{number(row['ratio_low'])} → {number(row['ratio_high'])}" for row in moves]
    what = _("What moves the ratio most, from {spread} % lower to {spread} % higher").format(
        spread=number(100 * _SPREAD, 0)
    )
    head = [_("Assumption"), _("Ratio")]
    gains = now.by_stakeholder()
    gained = [
        [str(line["stakeholder"]), *(number(line[name], 0) for name in ("inputs", "present_value", "net"))]
        for line in gains.reset_index().to_dict("records")
    ]
    first = (_("The map now"), ["", ""], sums)
    last = (_("Who puts in and who gains"), [_("Stakeholder"), _("Puts in"), _("Gains"), _("Net")], gained)
    html = html_table(*first) + f"<p>{escape(note)}</p>" + _bars(what, moves, names, spans, ratio)
    text = [
        text_table(*first),
        note,
        text_table(what, head, [list(pair) for pair in zip(names, spans, strict=True)]),
    ]
    return html + html_table(*last), "\n".join([*text, text_table(*last)])


def _name(row: dict[Any, Any]) -> str:
    column = row["assumption"]
    words = _(WORDS[column])
    return words if column == "rate" else f"{words}, {described_row(row['stakeholder'], row['what'], 48)}"


def _bars(caption: str, moves: list[dict[Any, Any]], names: list[str], spans: list[str], ratio: float) -> str:
    """Draw one bar an assumption: light where it is lower, dark where it is higher; the numbers stand beside."""
    ends = [float(row[end]) for row in moves for end in ("ratio_low", "ratio_high")]
    least, most = min(ends), max(ends)
    scale = _WIDTH / (most - least) if most > least else 0.0
    rows = []
    for row, name, span in zip(moves, names, spans, strict=True):
        parts = []
        for end, colour in (("ratio_low", charts.QUIET), ("ratio_high", charts.HIGHLIGHT)):
            left, wide = (min(row[end], ratio) - least) * scale, abs(row[end] - ratio) * scale
            at = f'x="{left:.1f}" y="2" width="{wide:.1f}" height="12"'
            parts.append(f'<rect {at} fill="{colour}" stroke="{charts.INK}"/>')
        drawn = f'<svg width="{_WIDTH}" height="16" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
        numbers = f'<td style="white-space: nowrap">{escape(span)}</td>'
        rows.append(f'<tr><th scope="row">{escape(name)}</th><td>{drawn}</td>{numbers}</tr>')
    key = _("light: lower, dark: higher")
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in (_("Assumption"), key, _("Ratio")))
    top = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{top}<tbody>{''.join(rows)}</tbody></table>"
