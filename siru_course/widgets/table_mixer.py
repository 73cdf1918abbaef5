"""The table mixer: who sits where in each round of a dialogue meeting, and the place cards to print."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from .. import dialogue
from .._arguments import whole
from ..language import gettext as _
from ._base import Tool, labelled, row
from ._cards import write_cards
from ._people import as_table, from_table, read, seat, written_out
from ._saved import SavedTable

_LARGEST, _MOST_ROUNDS = 50, 20


class TableMixer(Tool):
    """The tool that :func:`table_mixer` returns.

    Attributes
    ----------
    names, size, rounds, mix_button, again_button, file_name, save_button
        The controls.
    saved
        The file, when there is one.
    tables
        Who sits where: one row a person, one column a round, the value is the table; None before the first mix.
    meetings
        How many pairs meet, as :func:`siru_course.dialogue.meetings` counts; None before the first mix.
    """

    def __init__(self, text: str, size: int, rounds: int, saved: SavedTable | None = None) -> None:
        super().__init__()
        self.seed = 0
        self.saved = saved
        self.tables: pd.DataFrame | None = None
        self.meetings: dialogue.Meetings | None = None
        self._groups = pd.DataFrame()
        self._written: set[Path] = set()
        self.names = labelled(
            ipywidgets.Textarea,
            _("Participants, one a line"),
            _("Write a name on each line. After a semicolon you may add what to mix on, such as the sector."),
            width="40em",
            value=text,
            placeholder=_("Ada Ek; public sector"),
            rows=10,
        )
        self.size = labelled(
            ipywidgets.BoundedIntText, _("Most people at a table"), "", value=size, min=2, max=_LARGEST
        )
        self.rounds = labelled(ipywidgets.BoundedIntText, _("Rounds"), "", value=rounds, min=1, max=_MOST_ROUNDS)
        self.size.tooltip = _("A whole number from {least} to {most}").format(least=2, most=_LARGEST)
        self.rounds.tooltip = _("A whole number from {least} to {most}").format(least=1, most=_MOST_ROUNDS)
        self.mix_button = self.button(_("Mix the tables"), _("Seat the people on the list"), self._mix, primary=True)
        self.again_button = self.button(_("Mix again"), _("Make another seating of the same people"), self._again)
        self.file_name = labelled(
            ipywidgets.Text,
            _("File for the place cards"),
            _("A name that ends with .html is a page to print; one that ends with .csv is a table for a spreadsheet."),
            value=_("place_cards.html"),
        )
        self.save_button = self.button(
            _("Save the place cards"), _("Write the file in the folder of the notebook"), self._save
        )
        for control in (self.names, self.size, self.rounds):
            control.observe(self._changed, "value")
        self.children = (
            self.names,
            row(self.size, self.rounds, self.mix_button, self.again_button),
            self.status,
            self.result,
            row(self.file_name, self.save_button),
        )

    def mix(self) -> None:
        """Seat the people on the list; a problem is told in the status line."""
        self.attempt(self._mix)

    def mix_again(self) -> None:
        """Seat the same people in another way."""
        self.attempt(self._again)

    def save(self) -> None:
        """Write the place cards to the file named in the tool."""
        self.attempt(self._save)

    def _again(self) -> None:
        self.seed += 1
        self._mix()

    def _mix(self) -> None:
        try:
            groups = read(self.names.value)
            self.say(_("Mixing …"))
            seating = seat(groups, self.size.value, self.rounds.value, self.seed)
        except ValueError as error:
            if self.tables is None:
                raise
            raise ValueError(f"{error} " + _("The tables below are those of the last mix.")) from error
        self._groups = groups
        self._show(seating)
        self._write()
        done = _("{people} people are seated; tables: {tables}, rounds: {rounds}.")
        self.say(done.format(people=len(seating), tables=seating[1].max(), rounds=self.rounds.value))

    def _show(self, seating: pd.DataFrame) -> None:
        self.tables, self.meetings = seating, dialogue.meetings(seating)
        rounds = "".join(self._round(int(number)) for number in seating.columns)
        mixed = _("The first round mixes what stands after the names. The others go for new meetings.")
        note = mixed if self._groups.shape[1] else ""
        html = f"{self.meetings._repr_html_()}<p>{note}</p>{rounds}"
        self.publish(html, f"{self.meetings}\n{note}\n{seating.to_string()}")

    def _changed(self, _change: Any) -> None:
        self.attempt(self._keep)

    def _keep(self) -> None:
        self._write()
        if self.tables is not None:
            self.say(_("Something has changed since the tables were mixed. Mix to seat anew."))

    def _write(self) -> None:
        if self.saved is not None:
            self.saved.write(as_table(self.names.value, self.tables))

    def resume(self) -> None:
        """Go on from what the file holds: the list, and the tables if it has been mixed."""
        if self.saved is None or not self.saved.begun:
            return
        table, saved = self.saved.read(), self.saved
        # Filling the controls must not write the file anew before it has been taken over whole.
        self.saved = None
        text, seating = from_table(table)
        self.names.value = text
        if seating is not None:
            self.rounds.value = len(seating.columns)
            self.size.value = max(2, int(seating[1].value_counts().max()))
            self._groups = read(text)
            self._show(seating)
        self.saved = saved
        self.say(_("{n} people are read from {file}.").format(n=len(table), file=saved.path))

    def _save(self) -> None:
        if self.tables is None:
            raise ValueError(_("There are no tables yet. Mix first, then save the place cards."))
        path = write_cards(self.tables, self.file_name.value, self._written)
        self._written.add(path)
        self.say(_("The place cards are in {file}.").format(file=path))

    def _round(self, number: int) -> str:
        assert self.tables is not None
        seated = []
        for table, people in self.tables.groupby(number).groups.items():
            items = "".join(f"<li>{escape(self._person(str(name)))}</li>" for name in people)
            title = _("Table {number}").format(number=table)
            seated.append(f"<div><h4>{title}</h4><ul>{items}</ul></div>")
        title = _("Round {number}").format(number=number)
        wrapped = "display: flex; flex-wrap: wrap; gap: 0 2em"
        return f'<h3>{title}</h3><div style="{wrapped}">{"".join(seated)}</div>'

    def _person(self, name: str) -> str:
        said = [str(value) for value in self._groups.loc[name] if value]
        return f"{name} ({', '.join(said)})" if said else name


def table_mixer(
    participants: pd.DataFrame | Sequence[str] | None = None,
    on: str | Sequence[str] | None = None,
    size: int = 5,
    rounds: int = 3,
    save_to: str | os.PathLike[str] | None = None,
) -> TableMixer:
    r"""Open the table mixer: a list of people, tables and rounds, and place cards to print.

    Parameters
    ----------
    participants
        A DataFrame with one row a person, or a list of names; both can be changed in the tool. A DataFrame's names
        are its column ``name``, ``namn`` or ``person_id``, or else its index. Left out: an empty list to fill in.
    on
        The column or columns of the DataFrame to mix on; left out, ``sector`` if there is such a column. The
        first round then mixes these evenly, and all rounds let as many as possible meet.
    size
        The most people at a table, 2–50.
    rounds
        How many rounds, 1–20.
    save_to
        A CSV file that the list and the seating are written to at every change. If the file has people already,
        the tool continues from them, and `participants` is left aside.

    Returns
    -------
    TableMixer
        The tool, an ``ipywidgets.VBox``, with the seating in ``.tables``.

    Raises
    ------
    ValueError
        If `size` or `rounds` is not a whole number in its range, a name is missing, or the folder of `save_to` does
        not exist. Problems with the list, such as a name that stands twice, are told in the tool.
    KeyError
        If a column in `on` is missing.

    Examples
    --------
    >>> tool = table_mixer(["Ada; civil", "Bo; civil", "Cy; public", "Di; public"], size=2, rounds=3)
    >>> tool.message
    '4 people are seated; tables: 2, rounds: 3.'
    >>> tool.names.value += "\nEdo; public"
    >>> tool.size.value = 3
    >>> tool.mix_button.click()
    >>> sorted(tool.tables[1].value_counts().tolist())
    [2, 3]
    """
    size, rounds = whole("size", size, 2, _LARGEST), whole("rounds", rounds, 1, _MOST_ROUNDS)
    saved = None if save_to is None else SavedTable(save_to, ["name"])
    tool = TableMixer(written_out(participants, on), size, rounds, saved)
    if saved is not None and saved.begun:
        tool.attempt(tool.resume)
    elif tool.names.value:
        tool.mix()
    return tool
