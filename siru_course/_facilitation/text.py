"""An agenda as words: the run sheet on paper, and the same in a calendar's description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ..language import gettext as _
from ..language import language, ngettext
from .agenda import Block, Start, cards, span_of_time, spans, words


def when(start: Start, blocks: Sequence[Block]) -> str:
    """Say when the meeting is and how long it takes."""
    minutes = sum(block.minutes for block in blocks)
    told = [span_of_time(start, 0, minutes), ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)]
    return ", ".join([f"{start:%Y-%m-%d}", *told] if isinstance(start, datetime) else told)


def how(block: Block) -> str:
    """Say how people sit, and in small groups how many do it together."""
    form = words("format")[block.format]
    if block.group_size is None or block.format != "small_groups":
        return form
    return _("{form}, {people} together").format(form=form, people=block.group_size)


def table(start: Start, blocks: Sequence[Block]) -> tuple[list[str], list[list[str]]]:
    """Give the run sheet's headings and rows; the column of who leads is there only if somebody is named."""
    known, phases = cards(), words("phase")
    head = [_("Time"), _("Min"), _("What happens"), _("How"), _("Phase"), _("Method"), _("Who leads")]
    rows = [
        [
            span_of_time(start, span.begins, span.ends),
            str(span.block.minutes),
            span.block.title,
            how(span.block),
            phases.get(span.block.phase, ""),
            str(known[f"name_{language()}"].get(span.block.method_id, "")),
            span.block.who,
        ]
        for span in spans(blocks)
    ]
    kept = len(head) if any(block.who for block in blocks) else len(head) - 1
    return head[:kept], [row[:kept] for row in rows]


def markdown(title: str, start: Start, blocks: Sequence[Block], steps: bool) -> str:
    """Write the run sheet in Markdown."""
    head, rows = table(start, blocks)
    lines = [f"# {plain(title)}", "", plain(when(start, blocks)), "", _row(head), _row(["---"] * len(head))]
    lines += [_row(map(plain, row)) for row in rows]
    known = cards()
    placed = [span for span in spans(blocks) if span.block.method_id]
    material_heading, online, risk = _("Material"), _("Online"), _("What can go wrong")
    if placed:
        lines += ["", f"## {material_heading}", ""]
    for span in placed:
        material = plain(known.loc[span.block.method_id, f"material_{language()}"])
        lines.append(f"- {span_of_time(start, span.begins, span.ends)}: {material}")
    for span in placed if steps else []:
        card = known.loc[span.block.method_id]
        time = span_of_time(start, span.begins, span.ends)
        lines += ["", f"## {time} {plain(card[f'name_{language()}'])}", ""]
        lines += [f"{place}. {plain(step)}" for place, step in enumerate(steps_of(card), start=1)]
        lines += ["", f"**{online}:** {plain(card[f'online_{language()}'])}"]
        lines += ["", f"**{risk}:** {plain(card[f'risk_{language()}'])}"]
    return "\n".join(lines) + "\n"


def steps_of(card: Any) -> list[str]:
    """Give a card's steps in the language in use."""
    return str(card[f"steps_{language()}"]).split(" | ")


def plain(text: object) -> str:
    """Write text so that Markdown and HTML show it as it is, also in a table."""
    return re.sub(r"([\\`*_\[\]<>|~#&$])", r"\\\1", str(text))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
