"""The rules that an agenda is looked at by, each a function that gives its findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from ..language import gettext as _
from ..language import language, number
from .agenda import BREAK, Block, Span, Start, cards, clock, spans

# A rule, how severe it is, what is found, and the block's number if it is about one.
Finding = tuple[str, str, str, int | None]


def find(
    start: Start, blocks: Sequence[Block], minutes: int, between_breaks: int, plenary: float, first_voices: int
) -> pd.DataFrame:
    """Give what breaks a rule, a row each, errors before warnings and notes."""
    placed, known = spans(blocks), cards()
    found = [
        *_breaks(start, placed, between_breaks),
        *_order(placed),
        *_plenary(placed, plenary),
        *_time(placed, minutes),
        *_voices(placed, known, first_voices),
        *_group_size(placed, known),
        *_method_minutes(placed, known),
        *_not_looked_at(placed),
    ]
    frame = pd.DataFrame(found, columns=["rule", "severity", "message", "block"])
    return frame.astype({"rule": "string", "severity": "string", "message": "string", "block": "Int64"})


def _breaks(start: Start, placed: list[Span], limit: int) -> Iterator[Finding]:
    stretch: list[Span] = []
    for span in [*placed, None]:
        if span is not None and span.block.format != BREAK:
            stretch.append(span)
            continue
        if stretch and (length := stretch[-1].ends - stretch[0].begins) > limit:
            over = next(part for part in stretch if part.ends - stretch[0].begins > limit)
            if over is stretch[0]:
                message = _(
                    "{minutes} minutes without a break, {begins}–{ends}; at most {limit}. "
                    "Divide block {block} and put a break in between."
                )
            else:
                message = _(
                    "{minutes} minutes without a break, {begins}–{ends}; at most {limit}. "
                    "Put a break before block {block}, or earlier."
                )
            said = message.format(
                minutes=length,
                begins=clock(start, stretch[0].begins),
                ends=clock(start, stretch[-1].ends),
                limit=limit,
                block=over.number,
            )
            yield "breaks", "error", said, over.number
        stretch = []


def _order(placed: list[Span]) -> Iterator[Finding]:
    first = {phase: next((s for s in placed if s.block.phase == phase), None) for phase in ("diverge", "converge")}
    chosen, opened = first["converge"], first["diverge"]
    if chosen is None or (opened is not None and opened.number < chosen.number):
        return
    if opened is None:
        message = _("Block {block} converges, but no block before it diverges. Open the question up before you choose.")
    else:
        message = _("Block {block} converges before block {later} diverges. Open the question up before you choose.")
    later = None if opened is None else opened.number
    yield "order", "error", message.format(block=chosen.number, later=later), chosen.number


def _plenary(placed: list[Span], limit: float) -> Iterator[Finding]:
    work = sum(span.block.minutes for span in placed if span.block.format != BREAK)
    whole_group = sum(span.block.minutes for span in placed if span.block.format == "plenary")
    if work and whole_group / work > limit:
        message = _(
            "The whole group sits together {minutes} of {work} working minutes, {share} %; at most {limit} %. "
            "Move some of the talk to pairs or small groups."
        )
        share, most = number(100 * whole_group / work, 0), number(100 * limit, 0)
        yield "plenary", "error", message.format(minutes=whole_group, work=work, share=share, limit=most), None


def _time(placed: list[Span], limit: int) -> Iterator[Finding]:
    total = placed[-1].ends
    if total > limit:
        over = next(span for span in placed if span.ends > limit)
        message = _(
            "The blocks take {total} minutes, and the meeting has {limit}: {over} too many. "
            "Time runs out in block {block}."
        )
        said = message.format(total=total, limit=limit, over=total - limit, block=over.number)
        yield "time", "error", said, over.number


def _voices(placed: list[Span], known: pd.DataFrame, limit: int) -> Iterator[Finding]:
    first = next((span for span in placed if _everyone_speaks(span.block, known)), None)
    if first is None:
        message = _(
            "No block lets everyone speak. Begin with a round at the tables, or with pairs, "
            "within the first {limit} minutes."
        )
        yield "voices", "error", message.format(limit=limit), None
    elif first.begins >= limit:
        message = _(
            "Everyone speaks for the first time in block {block}, after {minutes} minutes. "
            "Let every voice be heard within the first {limit}: a round at the tables, or pairs."
        )
        said = message.format(block=first.number, minutes=first.begins, limit=limit)
        yield "voices", "error", said, first.number


def _everyone_speaks(block: Block, known: pd.DataFrame) -> bool:
    return bool(known["voices"][block.method_id]) if block.method_id else block.format == "pairs"


def _group_size(placed: list[Span], known: pd.DataFrame) -> Iterator[Finding]:
    for span in placed:
        if not span.block.method_id or span.block.group_size is None:
            continue
        card = known.loc[span.block.method_id]
        if not card["group_min"] <= span.block.group_size <= card["group_max"]:
            message = _(
                "Block {block}: {method} is for {least} to {most} people, and {people} are to do it together. "
                "Divide the group in another way, or choose another method."
            )
            said = message.format(
                block=span.number,
                method=card[f"name_{language()}"],
                least=card["group_min"],
                most=card["group_max"],
                people=span.block.group_size,
            )
            yield "group_size", "error", said, span.number


def _method_minutes(placed: list[Span], known: pd.DataFrame) -> Iterator[Finding]:
    for span in placed:
        if not span.block.method_id:
            continue
        card = known.loc[span.block.method_id]
        if not card["minutes_min"] <= span.block.minutes <= card["minutes_max"]:
            message = _("Block {block}: the card of {method} says {least} to {most} min; the block has {minutes} min.")
            said = message.format(
                block=span.number,
                method=card[f"name_{language()}"],
                least=card["minutes_min"],
                most=card["minutes_max"],
                minutes=span.block.minutes,
            )
            yield "method_minutes", "warning", said, span.number


def _not_looked_at(placed: list[Span]) -> Iterator[Finding]:
    phaseless = [span.number for span in placed if span.block.format != BREAK and not span.block.phase]
    if phaseless:
        message = _("Without a phase, and so left out when the order is looked at: block {blocks}.")
        yield "order", "note", message.format(blocks=", ".join(map(str, phaseless))), phaseless[0]
    sizeless = [span.number for span in placed if span.block.method_id and span.block.group_size is None]
    if sizeless:
        message = _("With a method but no group size, so whether they fit is not known: block {blocks}.")
        yield "group_size", "note", message.format(blocks=", ".join(map(str, sizeless))), sizeless[0]
