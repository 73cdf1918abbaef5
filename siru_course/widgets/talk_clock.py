"""The talk clock: press a name when that person begins to speak, and see how the time is shared."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from html import escape
from typing import Any

import ipywidgets
import pandas as pd

from .. import conversations
from ..language import gettext as _
from ._base import Tool, heading, labelled, row
from ._people import read, written_out
from ._talk_log import TalkLog, minutes, now
from ._talk_shown import clock_time, shown
from ._talk_ticker import Ticker


class TalkClock(Tool):
    """The tool that :func:`talk_clock` returns.

    Attributes
    ----------
    names, use_button, stop_button, undo_button
        The controls.
    speakers
        The button of each person, by name.
    live
        The line that shows who is speaking and for how long; it moves by itself.
    """

    def __init__(
        self,
        text: str,
        save_to: str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = now,
    ) -> None:
        super().__init__()
        self._log = TalkLog(save_to, clock, today)
        self._ticker = Ticker(self._show_live)
        self.speakers: dict[str, Any] = {}
        self.live = ipywidgets.HTML()
        self.stop_button = self.button(
            _("Stop: nobody speaks"),
            _("End the running turn; also for a silence, or when the facilitator speaks"),
            self._stop,
            at_once=True,
        )
        self.undo_button = self.button(
            _("Undo the last turn"), _("Take away the turn that began last, also one that is running"), self._undo
        )
        self.names = labelled(
            ipywidgets.Textarea,
            _("People in the room, one a line"),
            _("Write a name on each line. After a semicolon you may add a group, such as the sector."),
            width="40em",
            value=text,
            placeholder=_("Ada Ek; public sector"),
            rows=8,
        )
        self.use_button = self.button(
            _("Use these people"), _("Make a button for each person; the turns so far are kept"), self._use
        )
        self._open()

    @property
    def turns(self) -> pd.DataFrame:
        """The turns so far: ``turn, person, group, seconds, started``; a running turn has no seconds yet."""
        return self._log.turns

    @property
    def people(self) -> pd.DataFrame:
        """Everybody in the room, whether they have spoken or not: ``person, group``."""
        return self._log.room

    @property
    def speaker(self) -> str | None:
        """Who is speaking now; None when nobody is."""
        return self._log.speaker

    @property
    def gini(self) -> float | None:
        """The Gini coefficient of the speaking time among all in the room; None before the first finished turn."""
        if not self.turns["seconds"].sum() > 0:
            return None
        return conversations.gini(conversations.speaking_time(self.turns, "person", self.people)["seconds"])

    def start(self, person: str) -> None:
        """Let somebody's turn begin, as a press on the person's button does."""
        self.attempt(partial(self._start, person))

    def stop(self) -> None:
        """End the running turn."""
        self.attempt(self._stop)

    def undo(self) -> None:
        """Take away the last turn."""
        self.attempt(self._undo)

    def close(self) -> None:
        """Take the tool away; what is saved stays."""
        self._ticker.stop()
        super().close()

    def _open(self) -> None:
        given: dict[str, str] = {}
        found: list[str] = []

        def take_in() -> None:
            given.update(_groups(self.names.value))

        if self.names.value.strip():
            self.attempt(take_in)
        problem = self.message
        self.attempt(lambda: found.append(self._log.open(given)))
        if self._log.people and not problem:
            self.names.value = "\n".join(f"{name}; {group}".rstrip("; ") for name, group in self._log.people.items())
        self._lay_out()
        self._refresh()
        if problem:
            self.say(problem)
        elif not self.message:
            self._tell(*found, self._next_step())

    def _next_step(self) -> str:
        if self._log.people:
            return _("Press a name when that person begins to speak.")
        message = _("Write who is in the room, then press this button: {button}.")
        return message.format(button=self.use_button.description)

    def _use(self) -> None:
        self._log.use(_groups(self.names.value))
        self._lay_out()
        self._refresh()
        self._tell(_("{n} people are in the room.").format(n=len(self._log.people)), self._next_step())

    def _start(self, person: str) -> None:
        if person not in self._log.people:
            raise KeyError(_("There is nobody called {name} in the room.").format(name=repr(person)))
        if person == self._log.speaker:
            self._tell(_("{person} is speaking already.").format(person=person))
            return
        self._log.start(person)
        started = clock_time(self._log.rows[-1]["started"])
        self._after(_("{person} is speaking, since {time}.").format(person=person, time=started))

    def _stop(self) -> None:
        self._log.stop()
        last = self._log.rows[-1]
        self._after(
            _("{person} has spoken for {time} (minutes:seconds).").format(
                person=last["person"], time=minutes(last["seconds"])
            )
        )

    def _undo(self) -> None:
        person = self._log.undo()
        self._after(_("The last turn, which was {person}'s, is taken away.").format(person=person))

    def _after(self, message: str) -> None:
        """Show the change before it is saved: if the disk fails, the clock goes on and says so."""
        self._refresh()
        self._tell(message)
        self._log.save()

    def _tell(self, *sentences: str) -> None:
        self.say(" ".join(sentence for sentence in sentences if sentence))

    def _refresh(self) -> None:
        self._ticker.stop()
        for name, button in self.speakers.items():
            speaks = name == self._log.speaker
            button.button_style, button.icon = ("primary", "volume-up") if speaks else ("", "")
        self._quiet = _("Nobody is speaking.")
        self._show_live()
        self.publish(*shown(self._log))
        if self._log.speaker is not None:
            self._ticker.start()

    def _show_live(self) -> None:
        speaker = self._log.speaker
        words = self._quiet if speaker is None else f"{speaker}: {minutes(self._log.elapsed)}"
        # A timer is not read out at each change.
        self.live.value = (
            f'<div role="timer" lang="{self.made_in}" style="font-size: 1.6em; line-height: 1.5">{escape(words)}</div>'
        )

    def _lay_out(self) -> None:
        hint = _("Begins to speak; the turn before ends")
        have = self.speakers
        self.speakers = {
            name: have.get(name) or self.button(name, f"{name}: {hint}", partial(self._start, name), at_once=True)
            for name in self._log.people
        }
        people = [self.names, row(self.use_button)]
        if not self.speakers:
            self.children = (*people, self.status)
            return
        self.children = (
            heading(_("Who is speaking?")),
            row(*self.speakers.values()),
            row(self.stop_button, self.undo_button),
            self.live,
            self.status,
            self.result,
            *people,
        )


def talk_clock(
    people: pd.DataFrame | Sequence[str] | None = None,
    save_to: str | os.PathLike[str] | None = None,
    group: str | None = None,
) -> TalkClock:
    """Open the talk clock: a button for each person, and how the speaking time is shared.

    Parameters
    ----------
    people
        Everybody in the room: a DataFrame with one row a person, or a list of names, each with a group after a
        semicolon if you like. A DataFrame's names are its column ``name``, ``namn`` or ``person_id``, or else its
        index. Left out: the people in the files, or an empty list to fill in. Both can be changed in the tool.
    save_to
        A CSV file that each turn is written to when it begins and when it ends, in the columns ``turn, person,
        group, seconds, started``; the people are in a file beside it, whose name ends with ``_people``. If there
        are such files already, the clock continues from them. A turn that was running when the notebook was
        closed ends when the tool is opened again, if that is within a quarter of an hour; otherwise its length
        is not known. The tool says which.
    group
        The column of the DataFrame with each person's group; left out, ``sector`` if there is such a column.

    Returns
    -------
    TalkClock
        The tool, an ``ipywidgets.VBox``, with ``.turns`` and ``.people``, which
        :func:`siru_course.conversations.speaking_time` takes, and ``.gini``.

    Raises
    ------
    ValueError
        If a name is missing, or the folder of `save_to` does not exist. Problems with the list or in a file are
        told in the tool.
    KeyError
        If the column `group` is missing.

    Notes
    -----
    Run no other cell while people speak: a press is counted when the notebook has time for it.

    Examples
    --------
    >>> tool = talk_clock(["Ada; civil", "Bo; public"])
    >>> tool.speakers["Ada"].click()
    >>> tool.speaker
    'Ada'
    >>> tool.stop_button.click()
    >>> tool.turns[["turn", "person", "group", "seconds"]].values.tolist()
    [[1, 'Ada', 'civil', 1]]
    """
    return TalkClock(written_out(people, group), save_to)


def _groups(text: str) -> dict[str, str]:
    return {str(name): ", ".join(part for part in parts if part) for name, parts in read(text).T.items()}
