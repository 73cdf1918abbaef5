"""A theory of change drawn: as an Altair chart, as SVG, and in words."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from .._arguments import worded
from ..charts import HIGHLIGHT, described
from ..language import gettext as _
from ..language import ngettext, number
from .layout import FONT, LINE, SPACE, lay_out, wrap
from .reading import LEVELS, arrow, indicators, level_name

_BAND, _INK = "#e9eff0", "#2b2b2b"


def in_words(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Read the theory in order, level by level, for those who cannot see the picture."""
    leads: dict[str, list[str]] = {}
    for start, end in zip(links["from"], links["to"], strict=True):
        leads.setdefault(start, []).append(end)
    parts = [
        _("Theory of change, read from the first level to the last."),
        ngettext("{n} step.", "{n} steps.", len(nodes)).format(n=number(len(nodes), 0)),
        ngettext("{n} arrow.", "{n} arrows.", len(links)).format(n=number(len(links), 0)),
    ]
    labels = worded("nodes", nodes, "label")
    for level in LEVELS:
        steps = []
        for node, label in zip(nodes["node_id"], labels, strict=True):
            if nodes.loc[nodes["node_id"] == node, "level"].iloc[0] == level:
                told = _("{step}, which leads to {others}") if node in leads else "{step}"
                steps.append(told.format(step=f"{node} {label}", others=", ".join(leads.get(node, []))))
        if steps:
            parts.append(f"{level_name(level)}: {'; '.join(steps)}.")
    return " ".join([*parts, *dashed_note(links)])


def dashed_note(links: pd.DataFrame) -> list[str]:
    """Say what a dashed arrow means, if there is one."""
    bare = worded("links", links, "assumption") == ""
    if not bare.any():
        return []
    named = [arrow(*pair) for pair in links.loc[bare, ["from", "to"]].itertuples(index=False, name=None)]
    return [_("Dashed arrows have no assumption: {links}.").format(links=", ".join(named))]


def chart(nodes: pd.DataFrame, links: pd.DataFrame) -> Any:
    """Draw the theory with Altair."""
    import altair

    picture = lay_out(nodes, links)
    note = wrap(" ".join(dashed_note(links)), picture.width - 2 * SPACE) if dashed_note(links) else []
    height = picture.height + LINE * len(note) + (SPACE if note else 0)
    across = altair.Scale(domain=[0, picture.width], nice=False)
    down = altair.Scale(domain=[height, 0], nice=False)

    def placed(frame: pd.DataFrame, **more: Any) -> Any:
        return altair.Chart(frame).encode(
            x=altair.X("x:Q", scale=across, axis=None), y=altair.Y("y:Q", scale=down, axis=None), **more
        )

    bands = pd.DataFrame(
        [(0.0, begin, picture.width, end, name) for name, begin, end in picture.levels],
        columns=["x", "y", "x2", "y2", "name"],
    )
    indicator = dict(zip(nodes["node_id"], indicators(nodes), strict=True))
    label = dict(zip(nodes["node_id"], worded("nodes", nodes, "label"), strict=True))
    boxes = pd.DataFrame(
        [
            (box.x, box.y, box.x + box.width, box.y + box.height, box.node, label[box.node], indicator[box.node])
            for box in picture.boxes
        ],
        columns=["x", "y", "x2", "y2", "node", "label", "indicator"],
    )
    why = list(zip(worded("links", links, "because"), worded("links", links, "assumption"), strict=True))
    names = [arrow(*pair) for pair in zip(links["from"], links["to"], strict=True)]
    points = pd.DataFrame(
        [
            (x, y, names[at], place, dashed, *why[at])
            for at, (line, dashed) in enumerate(picture.arrows)
            for place, (x, y) in enumerate(line)
        ],
        columns=["x", "y", "link", "place", "dashed", "because", "assumption"],
    )
    heads = pd.DataFrame([(*tip, angle) for tip, angle in picture.heads()], columns=["x", "y", "angle"])
    words = pd.DataFrame([line for box in picture.boxes for line in box.texts()], columns=["x", "y", "text", "bold"])
    titles = pd.DataFrame(
        [(float(SPACE), begin + 11, name) for name, begin, _end in picture.levels], columns=["x", "y", "text"]
    )
    notes = pd.DataFrame(
        [(float(SPACE), picture.height + SPACE + LINE * (at + 0.5), line) for at, line in enumerate(note)],
        columns=["x", "y", "text"],
    )
    ends: dict[str, Any] = {"x2": altair.X2("x2:Q"), "y2": altair.Y2("y2:Q")}
    written: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": FONT, "color": _INK}
    step_tips = [
        altair.Tooltip("node:N", title=_("Step")),
        altair.Tooltip("label:N", title=_("Text")),
        altair.Tooltip("indicator:N", title=_("Indicator")),
    ]
    link_tips = [
        altair.Tooltip("link:N", title=_("Arrow")),
        altair.Tooltip("because:N", title=_("Because")),
        altair.Tooltip("assumption:N", title=_("Assumption")),
    ]
    lines = {
        dashed: placed(
            points[points["dashed"] == dashed],
            detail=altair.Detail("link:N"),
            order=altair.Order("place:Q"),
            tooltip=link_tips,
        )
        for dashed in (False, True)
    }
    layers = [
        placed(bands, **ends).mark_rect(color=_BAND),
        lines[False].mark_line(color=_INK, strokeWidth=1.3),
        lines[True].mark_line(color=_INK, strokeWidth=1.3, strokeDash=[5, 3]),
        placed(boxes, **ends, tooltip=step_tips).mark_rect(
            # A little see-through, so that an arrow behind a box can be followed.
            fill="white",
            fillOpacity=0.85,
            stroke=HIGHLIGHT,
            strokeWidth=1.3,
        ),
        placed(heads, angle=altair.Angle("angle:Q", scale=None)).mark_point(
            # The path begins at its tip, so that the angle turns the head about the place where the arrow ends.
            shape="M0,0 L-0.42,1 L0.42,1 Z",
            size=90,
            filled=True,
            color=_INK,
            opacity=1,
        ),
        placed(words[words["bold"]], text=altair.Text("text:N")).mark_text(**written, fontWeight="bold"),
        placed(words[~words["bold"]], text=altair.Text("text:N")).mark_text(**written),
        placed(titles, text=altair.Text("text:N")).mark_text(
            **{**written, "fontSize": 13}, fontWeight="bold", stroke=_BAND, strokeWidth=4
        ),
        placed(titles, text=altair.Text("text:N")).mark_text(**{**written, "fontSize": 13}, fontWeight="bold"),
        placed(notes, text=altair.Text("text:N")).mark_text(**written),
    ]
    drawn = altair.layer(*layers).properties(width=picture.width, height=height)
    return described(drawn, in_words(nodes, links))


def svg(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Draw the theory as SVG that stands in a page by itself."""
    picture = lay_out(nodes, links)
    parts = [
        f'<rect x="0" y="{begin:.0f}" width="{picture.width}" height="{end - begin:.0f}" fill="{_BAND}"/>'
        for _name, begin, end in picture.levels
    ]
    for points, dashed in picture.arrows:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = ' stroke-dasharray="5 3"' if dashed else ""
        parts.append(f'<polyline points="{path}" fill="none" stroke="{_INK}" stroke-width="1.3"{dash}/>')
    for box in picture.boxes:
        parts.append(
            f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
            f'fill="white" fill-opacity="0.85" stroke="{HIGHLIGHT}" stroke-width="1.3"/>'
        )
        for x, middle, line, is_id in box.texts():
            bold = ' font-weight="bold"' if is_id else ""
            parts.append(f'<text x="{x:.1f}" y="{middle + FONT / 3:.1f}"{bold}>{escape(line)}</text>')
    for (x, y), angle in picture.heads():
        parts.append(
            f'<path d="M0,0 L-4,9 L4,9 Z" transform="translate({x:.1f} {y:.1f}) rotate({angle:.1f})" fill="{_INK}"/>'
        )
    for name, begin, _end in picture.levels:
        parts.append(
            f'<text x="{SPACE}" y="{begin + 15.5:.1f}" font-size="13" font-weight="bold" stroke="{_BAND}" '
            f'stroke-width="4" paint-order="stroke">{escape(name)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(in_words(nodes, links))}" '
        f'viewBox="0 0 {picture.width} {picture.height:.0f}" '
        f'style="width: 100%; max-width: {1.4 * picture.width:.0f}px; background: white" '
        f'font-family="Arial, Liberation Sans, sans-serif" font-size="{FONT}" fill="{_INK}">'
        f"{''.join(parts)}</svg>"
    )
