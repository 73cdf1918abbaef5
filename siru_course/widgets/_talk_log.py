"""The talk clock's turns and people, and the two files that keep them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from ..language import gettext as _
from ._saved import SavedTable, place

COLUMNS = ("turn", "person", "group", "seconds", "started")

# A turn that was running when the notebook closed is taken to have gone on until now, unless that is too long ago.
LONGEST_GAP = timedelta(minutes=15)


def now() -> datetime:
    """Give the time of day with its zone."""
    return datetime.now().astimezone()


class TalkLog:
    """Who is in the room and who has spoken for how long.

    Parameters
    ----------
    save_to
        The CSV file of the turns, written at every change; the people are in a file beside it, whose name ends
        with ``_people``. None: nothing is saved.
    clock
        Gives seconds that only rise, whatever happens to the time of day.
    today
        Gives the time of day.

    Attributes
    ----------
    people
        Each person's group, by name; ``""`` for none.
    rows
        The turns in their order; ``seconds`` is None for a turn that is running or whose length is not known.
    began
        What the clock showed when the running turn began; None when nobody is speaking.

    Examples
    --------
    >>> seconds = iter([100.0, 135.2])
    >>> log = TalkLog(None, clock=lambda: next(seconds))
    >>> log.use({"Ada": "civil", "Bo": "public"})
    >>> log.start("Ada")
    >>> log.stop()
    >>> log.turns[["turn", "person", "group", "seconds"]].values.tolist()
    [[1, 'Ada', 'civil', 35]]
    """

    def __init__(
        self,
        save_to: str | os.PathLike[str] | None,
        clock: Callable[[], float],
        today: Callable[[], datetime] = now,
    ) -> None:
        self.people: dict[str, str] = {}
        self.rows: list[dict[str, Any]] = []
        self.began: float | None = None
        self._clock, self._today = clock, today
        self.file: SavedTable | None = None
        self.people_file: SavedTable | None = None
        self._problem = ""
        self._written: list[dict[str, Any]] = []
        if save_to is not None:
            path = place(save_to)
            self.file = SavedTable(path, COLUMNS)
            self.people_file = SavedTable(path.with_name(f"{path.stem}_people{path.suffix}"), ["person", "group"])

    @property
    def speaker(self) -> str | None:
        """Who is speaking; None when nobody is."""
        return None if self.began is None else str(self.rows[-1]["person"])

    @property
    def elapsed(self) -> int:
        """Whole seconds that the running turn has lasted."""
        return 0 if self.began is None else int(self._clock() - self.began)

    @property
    def turns(self) -> pd.DataFrame:
        """The turns, as they are saved; the length of a running turn is missing."""
        columns = list(dict.fromkeys([*COLUMNS, *(name for row in self.rows for name in row)]))
        table = pd.DataFrame(self.rows, columns=columns)
        return table.astype({"turn": "Int64", "seconds": "Float64"}).astype({"seconds": _whole(table["seconds"])})

    @property
    def room(self) -> pd.DataFrame:
        """The people: one row a person, with the group."""
        return pd.DataFrame({"person": list(self.people), "group": list(self.people.values())})

    def open(self, given: Mapping[str, str]) -> str:
        """Take in the people given and what the files hold, and say what was found.

        Raises
        ------
        ValueError
            If a file is something else, or cannot be written. Nothing is ever written to a file that is something
            else.
        """
        found = []
        if self.file is not None and self.people_file is not None:
            try:
                if self.file.begun:
                    self.rows = [_read_row(row, self.file) for row in _records(self.file.read())]
                    self._written = _records(self.file.read())
                    found.append(_("Continues from {file}.").format(file=self.file.path))
                kept = _records(self.people_file.read()) if self.people_file.begun else []
            except ValueError as error:
                self._problem = str(error)
                self.rows = []
                raise
            known = {row["person"]: row["group"] for row in [*kept, *self.rows]}
            known |= {row["person"]: row["group"] for row in kept}
            self.people = {**given, **{name: given.get(name) or group for name, group in known.items()}}
            for row in self.rows:
                row["group"] = self.people[row["person"]]
            found.append(self._close_open_turn())
            self.save()
            self._save_people()
            message = _("Each turn is saved in {file}, and the people in {people}.")
            found.append(message.format(file=self.file.path, people=self.people_file.path.name))
        else:
            self.people = dict(given)
        return " ".join(sentence for sentence in found if sentence)

    def use(self, people: Mapping[str, str]) -> None:
        """Take other people; those who have spoken must be among them.

        Raises
        ------
        ValueError
            If somebody who has spoken is missing, or the files cannot be written.
        """
        self._ready()
        spoken = dict.fromkeys(str(row["person"]) for row in self.rows)
        if missing := [name for name in spoken if name not in people]:
            message = _("On the clock already, so they must stay on the list: {names}.")
            raise ValueError(message.format(names=", ".join(missing)))
        self.people = dict(people)
        for row in self.rows:
            row["group"] = people[row["person"]]
        self._save_people()
        self.save()

    def start(self, person: str) -> None:
        """End the running turn, if any, and begin another; :meth:`save` comes after.

        Raises
        ------
        ValueError
            If the file has changed behind the tool's back.
        """
        self._ready()
        self._end()
        number = max((int(row["turn"]) for row in self.rows), default=0) + 1
        started = self._today().isoformat(timespec="seconds")
        group = self.people[person]
        self.rows.append({"turn": number, "person": person, "group": group, "seconds": None, "started": started})
        self.began = self._clock()

    def stop(self) -> None:
        """End the running turn; :meth:`save` comes after.

        Raises
        ------
        ValueError
            If nobody is speaking, or the file has changed behind the tool's back.
        """
        if self.began is None:
            raise ValueError(_("Nobody is speaking, so there is no turn to end."))
        self._ready()
        self._end()

    def undo(self) -> str:
        """Take away the last turn, also a running one, and say whose it was; :meth:`save` comes after.

        Raises
        ------
        ValueError
            If there is none, or the file has changed behind the tool's back.
        """
        if not self.rows:
            raise ValueError(_("There is no turn to take away."))
        self._ready()
        self.began = None
        return str(self.rows.pop()["person"])

    def save(self) -> None:
        """Write the turns; if that fails they are still here, and the next time writes all of them.

        Raises
        ------
        ValueError
            If the file cannot be written.
        """
        if self.file is not None:
            self.file.write(self.turns)
            self._written = _records(self.file.read())

    def _save_people(self) -> None:
        if self.people_file is not None and self.people:
            self.people_file.write(self.room)

    def _end(self) -> None:
        if self.began is not None:
            self.rows[-1]["seconds"] = max(round(self._clock() - self.began), 1)
            self.began = None

    def _ready(self) -> None:
        if self.file is None:
            return
        if self._problem:
            raise ValueError(self._problem)
        if self.file.begun and _records(self.file.read()) != self._written:
            message = _("The file {file} has changed since this tool was opened. Run the cell again to continue.")
            raise ValueError(message.format(file=self.file.path))

    def _close_open_turn(self) -> str:
        if not self.rows or self.rows[-1]["seconds"] is not None:
            return ""
        last = self.rows[-1]
        try:
            gap = self._today() - datetime.fromisoformat(last["started"])
        except (TypeError, ValueError):  # no date, or one without a time zone
            gap = -LONGEST_GAP
        if timedelta(0) <= gap <= LONGEST_GAP:
            last["seconds"] = max(round(gap.total_seconds()), 1)
            message = _(
                "{person} was speaking when the tool was closed. The turn now ends, after {time}; undo takes it away."
            )
        else:
            message = _(
                "{person} was speaking when the tool was closed, since {started}. How long is not known, so the turn "
                "has no length and is in no sum; undo takes it away."
            )
        return message.format(person=last["person"], time=minutes(last["seconds"] or 0), started=last["started"])


def minutes(seconds: float) -> str:
    """Write seconds as minutes and seconds.

    Examples
    --------
    >>> minutes(95), minutes(3600)
    ('1:35', '60:00')
    """
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def _read_row(row: dict[str, Any], file: SavedTable) -> dict[str, Any]:
    try:
        seconds = float(row["seconds"]) if row["seconds"] else None
        if not row["person"] or (seconds is not None and not 0 <= seconds < float("inf")):
            raise ValueError
        return {**row, "turn": int(row["turn"]), "seconds": seconds}
    except ValueError:
        message = _("{file} has a turn that cannot be read: {row}. Correct it, or choose another name for save_to.")
        said = ", ".join(str(row[name]) for name in COLUMNS)
        raise ValueError(message.format(file=file.path, row=said)) from None


def _whole(seconds: pd.Series[Any]) -> str:
    return "Int64" if all(value % 1 == 0 for value in seconds.dropna()) else "Float64"
