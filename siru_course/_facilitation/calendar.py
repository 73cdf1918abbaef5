"""An agenda as a calendar file: one event for the meeting, and one for each block."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from ..language import gettext as _
from ..language import language
from .agenda import ZONE, Block, cards, moment, spans
from .text import how, steps_of, table, when

if TYPE_CHECKING:
    from icalendar import Calendar, Timezone


def calendar(title: str, start: datetime, blocks: Sequence[Block], each_block: bool) -> bytes:
    """Write the file."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", f"-//siru-course//agenda//{language().upper()}")
    made.add("version", "2.0")
    made.add_component(_zone())
    _head, rows = table(start, blocks)
    lines = [when(start, blocks), "", *(f"{row[0]}  {row[2]} ({row[3]})" for row in rows)]
    day = f"{start:%Y-%m-%d}"
    meeting = _uid(title, day, 0)
    total = sum(block.minutes for block in blocks)
    _event(made, meeting, title, start, 0, total, lines)
    known = cards()
    for span in spans(blocks) if each_block else []:
        said = [how(span.block)] + ([_("Leads: {who}").format(who=span.block.who)] if span.block.who else [])
        if span.block.method_id:
            card = known.loc[span.block.method_id]
            material = _("Material: {material}").format(material=card[f"material_{language()}"])
            steps = [f"{place}. {step}" for place, step in enumerate(steps_of(card), start=1)]
            said += [str(card[f"name_{language()}"]), material, "", *steps]
        _event(made, _uid(title, day, span.number), span.block.title, start, span.begins, span.ends, said, meeting)
    content: bytes = made.to_ical()
    return content


def _event(
    made: Calendar, uid: str, title: str, start: datetime, begins: int, ends: int, lines: list[str], parent: str = ""
) -> None:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime.now(UTC).replace(microsecond=0))
    event.add("summary", title)
    event.add("dtstart", _written(moment(start, begins)))
    event.add("dtend", _written(moment(start, ends)))
    event.add("description", "\n".join(lines))
    # The blocks lie inside the meeting: they are not to mark the time as taken once more.
    event.add("transp", "TRANSPARENT" if parent else "OPAQUE")
    if parent:
        event.add("related-to", parent)
    made.add_component(event)


def _written(at: datetime) -> datetime:
    # When the clock is put back, an hour comes twice; local time in a calendar file is always its first.
    return at.astimezone(UTC) if at.fold else at


def _uid(title: str, day: str, number: int) -> str:
    # The same meeting on the same day: a calendar then changes its events instead of adding new ones.
    return str(uuid5(NAMESPACE_URL, f"siru-course:agenda:{day}:{number}:{title}"))


def _zone() -> Timezone:
    """Give the zone's rules as they have been since 1996, so that programs without a list of zones get it right.

    icalendar can write the zone by itself, but puts the change to summer time an hour late.
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone = Timezone()
    zone.add("tzid", ZONE.key)
    parts = (
        (TimezoneDaylight(), "CEST", datetime(1996, 3, 31, 2), 1, 2, 3),
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), 2, 1, 10),
    )
    for part, name, since, before, after, month in parts:
        part.add("tzname", name)
        part.add("dtstart", since)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(part)
    return zone
