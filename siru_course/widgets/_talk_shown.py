"""What the talk clock shows: who has spoken for how long, and how equally."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from .._results import text_table
from ..conversations import gini, speaking_time
from ..language import gettext as _
from ..language import number
from ._talk_log import TalkLog, minutes


def shown(log: TalkLog) -> tuple[str, str]:
    """Give the speaking time so far as HTML and as text.

    Examples
    --------
    >>> seconds = iter([0, 30, 30, 40])
    >>> log = TalkLog(None, clock=lambda: next(seconds))
    >>> log.use({"Ada": "civil", "Bo": "public", "Cy": "civil"})
    >>> for person in ("Ada", "Bo"):
    ...     log.start(person)
    ...     log.stop()
    >>> print(shown(log)[1])
    Finished turns: 2, in all 0:40 (minutes:seconds).
    Gini coefficient among the 3 in the room: 0.50. It is 0 when all have spoken equally long, and almost 1 when one
    has spoken all the time.
    Not spoken yet: Cy.
    Speaking time, each person
    Person  Group   Turns  Time  Share
    Ada     civil       1  0:30   75 %
    Bo      public      1  0:10   25 %
    Cy      civil       0  0:00    0 %
    Speaking time, each group
    Group   People  Turns  Time  Share  Share of the room
    civil        2      1  0:30   75 %               67 %
    public       1      1  0:10   25 %               33 %
    """
    notes, tables = _notes(log), []
    turns = log.turns
    if turns["seconds"].sum() > 0:
        people = speaking_time(turns, "person", log.room)
        head = [_("Person"), _("Group"), _("Turns"), _("Time"), _("Share")]
        rows = [[str(name), log.people[str(name)], *_cells(row)] for name, row in people.T.items()]
        tables.append((_("Speaking time, each person"), head, rows, list(people["share"])))
        if any(log.people.values()):
            groups = speaking_time(turns, "group", log.room)
            head = [_("Group"), _("People"), _("Turns"), _("Time"), _("Share"), _("Share of the room")]
            rows = [
                [str(name) or "–", number(row["people"], 0), *_cells(row), _percent(row["people_share"])]
                for name, row in groups.T.items()
            ]
            tables.append((_("Speaking time, each group"), head, rows, list(groups["share"])))
    html = "".join(f"<p>{escape(note)}</p>" for note in notes) + "".join(_html(*table) for table in tables)
    return html, "\n".join([*notes, *(text_table(*table[:3]) for table in tables)])


def _notes(log: TalkLog) -> list[str]:
    notes = []
    if log.speaker is not None:
        message = _("{person} is speaking, since {time}.")
        notes.append(message.format(person=log.speaker, time=clock_time(log.rows[-1]["started"])))
    lengths = log.turns["seconds"]
    if not lengths.sum() > 0:
        return [*notes, _("No turn is finished yet.")]
    message = _("Finished turns: {n}, in all {time} (minutes:seconds).")
    notes.append(message.format(n=number(lengths.notna().sum(), 0), time=minutes(lengths.sum())))
    spoken = speaking_time(log.turns, "person", log.room)["seconds"]
    message = _(
        "Gini coefficient among the {n} in the room: {gini}. It is 0 when all have spoken equally long, and almost 1 "
        "when one has spoken all the time."
    )
    notes.append(message.format(n=len(spoken), gini=number(gini(spoken))))
    began = {row["person"] for row in log.rows}
    if silent := [name for name in log.people if name not in began]:
        notes.append(_("Not spoken yet: {names}.").format(names=", ".join(silent)))
    if unknown := int(lengths.isna().sum()) - (log.began is not None):
        notes.append(_("Turns left out, as their length is not known: {n}.").format(n=number(unknown, 0)))
    return notes


def clock_time(started: str) -> str:
    """Give the time of day of a moment written by the tool.

    Examples
    --------
    >>> clock_time("2018-05-03T14:03:05+02:00")
    '14:03:05'
    """
    return started[11:19]


def _cells(row: pd.Series[Any]) -> list[str]:
    return [number(row["turns"], 0), minutes(row["seconds"]), _percent(row["share"])]


def _percent(share: float) -> str:
    return f"{number(100 * share, 0)} %"


def _html(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> str:
    """Write a table with a bar after each row; the bar says nothing that the cells do not."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head) + "<td></td>"
    body = []
    for row, share in zip(rows, shares, strict=True):
        bar = f'<div style="width: {6 * share:.2f}em; height: 0.8em; background: currentColor; opacity: 0.6"></div>'
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        name = f'<th scope="row" style="text-align: left">{escape(row[0])}</th>'
        body.append(f'<tr>{name}{cells}<td aria-hidden="true" style="width: 6em">{bar}</td></tr>')
    head_and_body = f"<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody>"
    return f"<table><caption>{escape(caption)}</caption>{head_and_body}</table>"
