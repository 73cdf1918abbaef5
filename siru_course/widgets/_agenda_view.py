"""What the agenda planner shows below its rows: the findings, the rhythm of the meeting, and the run sheet."""

from __future__ import annotations

from html import escape

import pandas as pd

from .._facilitation.agenda import spans, words
from .._facilitation.chart import DASHES, FILLS, INK, description, round_times
from ..facilitation import Agenda
from ..language import gettext as _
from ..language import mark

_SEVERITY = {"error": mark("Fault"), "warning": mark("Is it on purpose?"), "note": mark("Not looked at")}
_LEFT, _WIDTH, _LANE = 100, 270, 22  # in the picture's own units


def as_html(agenda: Agenda, findings: pd.DataFrame) -> str:
    """Show all of it."""
    items = "".join(f"<li>{escape(line)}</li>" for line in said(findings))
    # Wider than a phone: it scrolls by itself, also by the keyboard.
    label = escape(_("Run sheet"))
    frame = f'<div role="region" tabindex="0" style="overflow-x: auto" aria-label="{label}">'
    return f"<ul>{items}</ul>{strip(agenda)}{frame}{agenda._repr_html_()}</div>"


def as_text(agenda: Agenda, findings: pd.DataFrame) -> str:
    """Write the findings and the run sheet."""
    return "\n".join([*said(findings), str(agenda)])


def said(findings: pd.DataFrame) -> list[str]:
    """Give the findings in sentences; one that says so when there are none."""
    lines = [_(_SEVERITY[str(row.severity)]) + f": {row.message}" for row in findings.itertuples()]
    return lines or [_("No faults found.")]


def strip(agenda: Agenda) -> str:
    """Draw a lane for each form of work along the clock, with the blocks' numbers."""
    forms, total = list(words("format").items()), agenda.minutes
    height = _LANE * len(forms)

    def x(minute: float) -> float:
        return round(_LEFT + _WIDTH * minute / total, 1)

    parts = []
    for at, clock in round_times(agenda.start, total).items():
        line = f'<line x1="{x(int(at))}" x2="{x(int(at))}" y1="0" y2="{height}" stroke="#b9c4c6"/>'
        parts.append(f'{line}<text x="{x(int(at))}" y="{height + 14}" text-anchor="middle">{clock}</text>')
    for lane, (_code, word) in enumerate(forms):
        parts.append(f'<text x="{_LEFT - 6}" y="{lane * _LANE + 15}" text-anchor="end">{escape(word)}</text>')
    codes = [code for code, _word in forms]
    for span in spans(agenda.blocks):
        form, y = span.block.format, codes.index(span.block.format) * _LANE + 3
        dash = " ".join(map(str, DASHES[form])) if DASHES[form][1] else "none"
        parts.append(
            f'<rect x="{x(span.begins)}" y="{y}" width="{round(_WIDTH * span.block.minutes / total, 1)}" '
            f'height="{_LANE - 6}" fill="{FILLS[form]}" stroke="{INK}" stroke-dasharray="{dash}"/>'
        )
        if _WIDTH * span.block.minutes / total >= 14:
            ink = "#ffffff" if form == "plenary" else "#000000"
            middle = x((span.begins + span.ends) / 2)
            parts.append(
                f'<text x="{middle}" y="{y + 12}" text-anchor="middle" style="fill: {ink}">{span.number}</text>'
            )
    label = escape(description(agenda.title, agenda.start, agenda.blocks))
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {_LEFT + _WIDTH + 20} {height + 18}" '
        'style="width: 100%; max-width: 34em; font: 12px Arial, sans-serif; fill: currentColor">'
        f"{''.join(parts)}</svg>"
    )
