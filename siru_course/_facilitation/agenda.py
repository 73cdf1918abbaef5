"""An agenda's blocks, their clock times, and the file they are written to: what is behind ``facilitation.Agenda``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from .. import data
from .._arguments import choice, short, whole
from .._files import replace_file
from ..language import gettext as _
from ..language import language

ZONE = ZoneInfo("Europe/Stockholm")
BREAK = "break"
_DAY = 24 * 60
_MOST_PEOPLE = 2000
_START = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2})[:.](\d{2})")

Start = datetime | time


@dataclass(frozen=True)
class Block:
    """A block of a meeting.

    Attributes
    ----------
    title
        What happens.
    minutes
        How long it takes.
    format
        How people sit and work: ``plenary``, ``pairs``, ``small_groups``, ``individual`` or ``break``.
    phase
        ``open``, ``diverge``, ``groan``, ``converge`` or ``close``; empty for breaks.
    method_id
        The card of the method; empty when there is none.
    group_size
        How many do the method together; None when that is not stated.
    who
        Who leads it; empty when that is not stated.
    """

    title: str
    minutes: int
    format: str
    phase: str = ""
    method_id: str = ""
    group_size: int | None = None
    who: str = ""


class Span(NamedTuple):
    """A block in its place: its number, and its beginning and end in minutes from the start of the meeting."""

    number: int
    block: Block
    begins: int
    ends: int


def spans(blocks: Sequence[Block]) -> list[Span]:
    """Place the blocks one after another, numbered from 1."""
    found, at = [], 0
    for number, block in enumerate(blocks, start=1):
        found.append(Span(number, block, at, at + block.minutes))
        at += block.minutes
    return found


def words(field: str, code: str | None = None) -> dict[str, str]:
    """Map the codes of ``format``, ``phase`` or ``purpose`` to words, in the language in use or in another."""
    described = data.column("methods" if field == "purpose" else "agendas", field)
    return data.categories(described, code or language())


def cards() -> pd.DataFrame:
    """Give the method cards, by their number."""
    return data.load("methods").set_index("method_id")


def read_code(field: str, value: object) -> str:
    """Read a code of ``format``, ``phase`` or ``purpose``; its word in either language will do.

    Examples
    --------
    >>> read_code("format", "helgrupp"), read_code("format", "plenary")
    ('plenary', 'plenary')
    """
    if isinstance(value, str):
        for said in (words(field, "en"), words(field, "sv")):
            for code, word in said.items():
                if value.strip() in (code, word):
                    return code
    return choice(field, value, words(field))


def read_block(number: int, values: Mapping[str, object]) -> Block:
    """Read a block from what somebody wrote.

    Raises
    ------
    ValueError
        If a value is missing or not allowed; the message begins with the block's number.
    """
    given = {name: None if missing(value) else value for name, value in values.items()}
    try:
        method, size = given.get("method_id"), given.get("group_size")
        if method is not None and method not in (known := data.load("methods")["method_id"].tolist()):
            message = _("method_id is {value}; give a card from {first} to {last}, or leave it empty.")
            raise ValueError(message.format(value=short(method), first=known[0], last=known[-1]))
        return Block(
            title=read_line("title", values.get("title")),
            minutes=_count("minutes", values.get("minutes"), _DAY),
            format=read_code("format", values.get("format")),
            phase="" if given.get("phase") is None else read_code("phase", given["phase"]),
            method_id=str(method or ""),
            group_size=None if size is None else _count("group_size", size, _MOST_PEOPLE),
            who="" if given.get("who") is None else read_line("who", given["who"]),
        )
    except ValueError as error:
        raise ValueError(_("Block {block}: {problem}").format(block=number, problem=error)) from None


def missing(value: object) -> bool:
    """Tell whether a cell is empty: None, NaN, NA, or text without a letter in it."""
    return (isinstance(value, str) and not value.strip()) or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))  # type: ignore[call-overload]


def read_line(name: str, value: object) -> str:
    """Read a line of text; whatever is not to be seen, such as the end of a line, becomes a space."""
    if isinstance(value, str) and (
        line := " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    ):
        return line
    raise ValueError(_("{name} is {value}; write a few words.").format(name=name, value=short(value)))


def _count(name: str, value: object, most: int) -> int:
    # A column of a DataFrame with an empty cell holds 10.0, not 10.
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    return whole(name, value, 1, most)


def read_start(start: object) -> Start:
    """Read when a meeting starts: a clock time, or a day and a clock time, which is then in Sweden's zone.

    Raises
    ------
    ValueError
        If it is neither, or if the clock jumps over that time on that day.

    Examples
    --------
    >>> read_start("13.00")
    datetime.time(13, 0)
    >>> read_start("2026-05-12 13:00").isoformat()
    '2026-05-12T13:00:00+02:00'
    """
    if isinstance(start, str) and (match := _START.fullmatch(start.strip())):
        day, hour, minute = match.groups()
        try:
            clock = time(int(hour), int(minute))
            start = datetime.combine(date.fromisoformat(day), clock) if day else clock
        except ValueError:
            pass
    if isinstance(start, time):
        return time(start.hour, start.minute)
    if isinstance(start, datetime) and not missing(start):
        wall = start.astimezone(ZONE) if start.tzinfo else start.replace(tzinfo=ZONE)
        wall = datetime(wall.year, wall.month, wall.day, wall.hour, wall.minute, tzinfo=ZONE, fold=wall.fold)
        if wall.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return wall
        message = _("start is {value}; there is no such time, as the clock is put forward that night.")
        raise ValueError(message.format(value=short(f"{wall:%Y-%m-%d %H:%M}")))
    message = _("start is {value}; give a clock time such as '13:00', or a day too: '2026-05-12 13:00'.")
    raise ValueError(message.format(value=short(start)))


def moment(start: datetime, minutes: int) -> datetime:
    """Give the time so many minutes later, also when summer time begins or ends in between."""
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(ZONE)


def clock(start: Start, minutes: int) -> str:
    """Give what the clock shows so many minutes after the start.

    Examples
    --------
    >>> clock(time(23, 30), 45)
    '00:15'
    """
    if isinstance(start, datetime):
        return f"{moment(start, minutes):%H:%M}"
    at = (start.hour * 60 + start.minute + minutes) % _DAY
    return f"{at // 60:02}:{at % 60:02}"


def span_of_time(start: Start, begins: int, ends: int) -> str:
    """Give a beginning and an end by the clock, such as 13:00–13:05."""
    return f"{clock(start, begins)}–{clock(start, ends)}"


def as_frame(start: Start, blocks: Sequence[Block]) -> pd.DataFrame:
    """Give the blocks as a table with clock times."""
    rows = [
        {"block": span.number, "start": clock(start, span.begins), "end": clock(start, span.ends), **asdict(span.block)}
        for span in spans(blocks)
    ]
    columns = ["block", "start", "end", "minutes", "title", "format", "phase", "method_id", "group_size", "who"]
    frame = pd.DataFrame(rows)[columns].replace("", None)
    texts = dict.fromkeys(["start", "end", "title", "format", "phase", "method_id", "who"], "string")
    return frame.astype({**texts, "group_size": "Int64"})


def write_file(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file so that it is either the old one or the whole new one, whatever happens.

    Raises
    ------
    ValueError
        If it cannot be written; what was there is left as it is.
    """
    message = _("path is {value}; it could not be written. Name a file in a folder that you may write in.")
    try:
        target = Path(os.path.abspath(path))
    except TypeError as error:
        raise ValueError(message.format(value=short(path))) from error
    try:
        replace_file(target, content)
    except (OSError, ValueError) as error:
        raise ValueError(message.format(value=short(str(path)))) from error
    return target
