"""The agenda planner's file: the blocks as they are entered, and the meeting they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import NamedTuple

import pandas as pd

from .._facilitation.agenda import read_block
from ..language import gettext as _
from ._agenda_rows import NEW, Entry
from ._saved import SavedTable


class Entered(NamedTuple):
    """What somebody has entered in the planner, be it an agenda yet or not."""

    meeting: str
    day: date | None
    start: str
    planned: int
    entries: list[Entry]


def write(file: SavedTable, entered: Entered, times: Sequence[str]) -> None:
    """Save it; the first block's start is what somebody has written, the others' are the clock times.

    Raises
    ------
    ValueError
        If the file cannot be written.
    """
    meeting = {
        "meeting": entered.meeting,
        "day": entered.day.isoformat() if entered.day else "",
        "planned": entered.planned,
    }
    starts = [entered.start, *times[1:]]
    rows = [{**meeting, "start": at, **entry} for at, entry in zip(starts, entered.entries, strict=True)]
    file.write(pd.DataFrame(rows))


def read(file: SavedTable, otherwise: Entered) -> Entered:
    """Read it back; what the file does not say stays as it is otherwise.

    Raises
    ------
    ValueError
        If the file is not such a table; it is left as it is.
    """
    table = file.read()
    if table.empty:
        return otherwise
    entries = []
    try:
        for number, cells in enumerate(table.to_dict("records"), start=1):
            given = {name: cells.get(name, "") for name in NEW}
            for name in ("minutes", "group_size"):
                with suppress(ValueError):
                    given[name] = float(given[name])
            # A block that has no name yet is one all the same.
            block = asdict(read_block(number, {**given, "title": "–", "group_size": given["group_size"] or None}))
            entries.append({**block, "title": given["title"], "group_size": block["group_size"] or 0})
    except ValueError as error:
        message = _(
            "{file} cannot be read: {problem} It is left as it is. Mend it, or choose another name for save_to."
        )
        raise ValueError(message.format(file=file.path, problem=error)) from error
    first = table.iloc[0]
    day, planned = otherwise.day, otherwise.planned
    with suppress(ValueError):
        day = date.fromisoformat(first["day"]) if first.get("day") else None
    with suppress(ValueError):
        planned = int(first.get("planned", planned))
    return Entered(first.get("meeting", otherwise.meeting), day, first.get("start", otherwise.start), planned, entries)
