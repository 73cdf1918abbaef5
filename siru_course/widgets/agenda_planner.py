"""The agenda planner: blocks in rows, times that follow, faults told at once, and files for calendar and paper."""

from __future__ import annotations

import os
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from .._facilitation.agenda import read_start, span_of_time, spans, write_file
from ..facilitation import Agenda
from ..language import gettext as _
from ..language import ngettext
from . import _agenda_saved as saved
from ._agenda_rows import MOST_MINUTES, NEW, Entry, Row
from ._agenda_view import as_html, as_text
from ._base import Tool, labelled, row
from ._saved import SavedTable

_ENDINGS = (".ics", ".csv", ".md")
_PLANNED = 180  # minutes, until somebody says otherwise


class AgendaPlanner(Tool):
    """The tool that :func:`agenda_planner` returns.

    Attributes
    ----------
    meeting, day, start, planned
        The controls of the meeting: what it is called, when it is, and how many minutes it may take.
    rows
        One for each block, with ``.controls`` and the buttons ``.up``, ``.down``, ``.add`` and ``.remove``.
    restore_button, file_name, ics_button, csv_button, md_button
        The other controls.
    agenda
        The agenda as it is now; None until there is a start that can be read.
    findings
        What :meth:`siru_course.facilitation.Agenda.check` finds in it.
    """

    def __init__(self, entered: saved.Entered) -> None:
        super().__init__()
        self.agenda: Agenda | None = None
        self.findings = pd.DataFrame()
        self.rows: list[Row] = []
        self._file: SavedTable | None = None
        self._unsaved = ""
        self._removed: list[tuple[int, Entry]] = []
        self._written: set[Path] = set()
        self._held = True
        self.meeting = labelled(ipywidgets.Text, _("Meeting"), _("What the meeting is called"))
        self.day = labelled(ipywidgets.DatePicker, _("Day"), _("The day of the meeting; a calendar file needs it"))
        self.start = labelled(ipywidgets.Text, _("Starts"), _("A clock time, such as 13:00"))
        self.planned = labelled(
            ipywidgets.BoundedIntText,
            _("Minutes there are"),
            _("How long the meeting may take, breaks included"),
            min=1,
            max=MOST_MINUTES,
        )
        self._box = ipywidgets.VBox(layout=ipywidgets.Layout(max_width="100%"))
        self.restore_button = self.button(
            _("Put back the block removed last"), _("Undo the last removal"), self._restore
        )
        self.file_name = labelled(
            ipywidgets.Text, _("Name of the files"), _("Without an ending; each button adds its own"), value=_("agenda")
        )
        self.ics_button = self.button(
            _("Save for a calendar (.ics)"), _("The meeting and its blocks as events"), partial(self._export, ".ics")
        )
        self.csv_button = self.button(
            _("Save as a table (.csv)"),
            _("The blocks with their times, for a spreadsheet"),
            partial(self._export, ".csv"),
        )
        self.md_button = self.button(
            _("Save as a run sheet (.md)"), _("Times, material and steps, in Markdown"), partial(self._export, ".md")
        )
        self.put(entered)
        for control in (self.meeting, self.day, self.start, self.planned):
            control.observe(lambda _change: self._changed(), "value")
        self.children = (
            self.meeting,
            row(self.day, self.start, self.planned),
            self._box,
            row(self.restore_button),
            self.status,
            self.result,
            row(self.file_name, self.ics_button, self.csv_button, self.md_button),
        )

    @property
    def entered(self) -> saved.Entered:
        """What is in the controls."""
        entries = [row.entry for row in self.rows]
        return saved.Entered(self.meeting.value, self.day.value, self.start.value, self.planned.value, entries)

    def put(self, entered: saved.Entered) -> None:
        """Fill the controls."""
        self._held = True
        self.meeting.value, self.day.value, self.start.value = entered.meeting, entered.day, entered.start
        self.planned.value = min(max(entered.planned, 1), MOST_MINUTES)
        self._held = False
        self._fill(entered.entries)

    def continue_from(self, file: SavedTable, given: bool) -> None:
        """Save to a file from now on, and continue from what is in it; what cannot be read is left as it is."""
        begun = file.begun
        try:
            if begun:
                self.put(saved.read(file, self.entered))
        except ValueError as error:
            self._unsaved = _("Nothing is saved in the file.")
            raise ValueError(f"{error} {self._unsaved}") from error
        self._file = file
        found = [_("Continues from {file}.").format(file=file.path)] if begun else []
        if begun and given:
            found.append(_("The agenda given is not used, as the file has one already."))
        self._tell(*found)

    def _fill(self, entries: list[Entry]) -> None:
        for number in range(len(self.rows) + 1, len(entries) + 1):
            press = {name: partial(act, number - 1) for name, act in self._actions().items()}
            self.rows.append(Row(number, self, self._changed, press))
        del self.rows[len(entries) :]
        for place, entry in zip(self.rows, entries, strict=True):
            place.fill(entry)
        boxes = tuple(place.box for place in self.rows)
        if boxes != self._box.children:
            self._box.children = boxes

    def _actions(self) -> dict[str, Any]:
        return {
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "add": self._add,
            "remove": self._remove,
        }

    def _move(self, step: int, at: int) -> None:
        entries, to = self.entered.entries, at + step
        if not 0 <= to < len(entries):
            raise ValueError(
                _("Block {n} is the first already.").format(n=at + 1)
                if step < 0
                else _("Block {n} is the last already.").format(n=at + 1)
            )
        entries[at], entries[to] = entries[to], entries[at]
        self._fill(entries)
        self._tell(_("Block {n} is now block {to}.").format(n=at + 1, to=to + 1))

    def _add(self, at: int) -> None:
        entries = self.entered.entries
        entries.insert(at + 1, dict(NEW))
        self._fill(entries)
        self._tell(_("Block {n} is new.").format(n=at + 2))

    def _remove(self, at: int) -> None:
        entries = self.entered.entries
        if len(entries) == 1:
            raise ValueError(_("An agenda has at least one block, and this is the only one left."))
        self._removed.append((at, entries.pop(at)))
        self._fill(entries)
        self._tell(_("Block {n} is removed.").format(n=at + 1))

    def _restore(self) -> None:
        if not self._removed:
            raise ValueError(_("No block has been removed."))
        at, entry = self._removed.pop()
        entries = self.entered.entries
        at = min(at, len(entries))
        entries.insert(at, entry)
        self._fill(entries)
        self._tell(_("Block {n} is back.").format(n=at + 1))

    def _changed(self) -> None:
        if not self._held:
            self.attempt(self._tell)

    def _read(self) -> Agenda:
        """Build the agenda of what is entered; a block without words is called by its number for the time being."""
        entered = self.entered
        start = read_start(entered.start)
        if entered.day and not isinstance(start, datetime):
            start = read_start(datetime.combine(entered.day, start))
        names = [entry["title"].strip() or _("Block {n}").format(n=n) for n, entry in enumerate(entered.entries, 1)]
        frame = pd.DataFrame(entered.entries).assign(title=names)
        frame["group_size"] = frame["group_size"].replace(0, None)
        return Agenda.from_frame(frame, start, entered.meeting.strip() or _("Our meeting"))

    def _tell(self, *sentences: str) -> None:
        """Work out times and findings, show and save them, and say how it stands."""
        said, times = list(sentences), [""] * len(self.rows)
        try:
            agenda = self._read()
        except ValueError as error:
            said.append(f"{error} " + _("The times are those from before."))
        else:
            self.agenda, self.findings = agenda, agenda.check(minutes=self.planned.value)
            times = agenda.frame["start"].tolist()
            for place, span in zip(self.rows, spans(agenda.blocks), strict=True):
                place.tell(span_of_time(agenda.start, span.begins, span.ends))
            self.publish(as_html(agenda, self.findings), as_text(agenda, self.findings))
            said.append(
                _("The meeting ends at {end}, after {minutes}. Findings: {n}.").format(
                    end=agenda.end,
                    minutes=ngettext("{n} minute", "{n} minutes", agenda.minutes).format(n=agenda.minutes),
                    n=len(self.findings),
                )
            )
        if self._file is not None:
            try:
                saved.write(self._file, self.entered, times)
                said.append(_("Saved in {file}.").format(file=self._file.path))
            except ValueError as error:
                said.append(str(error))
        elif self._unsaved:
            said.append(self._unsaved)
        self.say(" ".join(said))

    def _export(self, ending: str) -> None:
        agenda, name = self._read(), self.file_name.value.strip()
        name = next((name.removesuffix(known) for known in _ENDINGS if name.endswith(known)), name)
        if not name or name.endswith(("/", os.sep)):
            raise ValueError(_("The files have no name. Write one, such as {name}.").format(name=_("agenda")))
        path = Path(os.path.abspath(name + ending))
        if path not in self._written and os.path.lexists(path):
            message = _("There is a file {file} already, and it is left as it is. Choose another name.")
            raise ValueError(message.format(file=path))
        if ending == ".ics":
            if not isinstance(agenda.start, datetime):
                raise ValueError(_("A calendar needs a day. Fill in the day of the meeting first."))
            agenda.to_ics(path)
        elif ending == ".csv":
            agenda.to_csv(path)
        else:
            write_file(path, agenda.to_markdown(steps=True).encode("utf-8"))
        self._written.add(path)
        self.say(_("The agenda is in {file}.").format(file=path))


def agenda_planner(
    agenda: Agenda | pd.DataFrame | None = None,
    start: object = "13:00",
    title: str | None = None,
    save_to: str | os.PathLike[str] | None = None,
) -> AgendaPlanner:
    """Open the agenda planner: write the blocks of a meeting, and see at once when they are and what is amiss.

    Parameters
    ----------
    agenda
        What to begin with: an :class:`siru_course.facilitation.Agenda`, or a table as its ``from_frame`` takes it.
        It is copied, never changed. Left out: a welcome to continue from.
    start
        When the meeting starts: a clock time, or a day and a clock time. An `Agenda` has its own.
    title
        What the meeting is called. An `Agenda` has its own.
    save_to
        A CSV file that every change is written to at once. If the file has an agenda already, the tool continues
        from it.

    Returns
    -------
    AgendaPlanner
        The tool, an ``ipywidgets.VBox``, with the agenda in ``.agenda`` and its faults in ``.findings``.

    Raises
    ------
    ValueError
        If the agenda, `start` or `title` is not allowed, or the folder of `save_to` does not exist. What is wrong in
        the file is told in the tool.
    KeyError
        If a column of the table is missing.

    Examples
    --------
    >>> tool = agenda_planner(start="13:00")
    >>> tool.rows[0].add.click()
    >>> tool.rows[1].controls["title"].value = "Interview in pairs"
    >>> tool.rows[1].controls["format"].value = "pairs"
    >>> tool.rows[1].controls["minutes"].value = 20
    >>> tool.agenda.frame[["start", "end"]].values.tolist()
    [['13:00', '13:10'], ['13:10', '13:30']]
    >>> tool.message
    'The meeting ends at 13:30, after 30 minutes. Findings: 1.'
    """
    name = _("Our meeting") if title is None else title
    given = agenda is not None
    if agenda is None:
        welcome = {"title": [_("Welcome: why we are here")], "minutes": [10], "format": ["plenary"], "phase": ["open"]}
        agenda = pd.DataFrame(welcome)
    if not isinstance(agenda, Agenda):
        agenda = Agenda.from_frame(agenda, start, name)
    at = agenda.start
    day: date | None = at.date() if isinstance(at, datetime) else None
    table = agenda.frame.drop(columns=["block", "start", "end"])
    table["group_size"] = table["group_size"].fillna(0)
    entries = [{**NEW, **entry} for entry in table.astype(object).fillna("").to_dict("records")]
    tool = AgendaPlanner(saved.Entered(agenda.title, day, f"{at:%H:%M}", _PLANNED, entries))
    file = None if save_to is None else SavedTable(save_to, ["title", "minutes", "format"])
    tool.attempt(tool._tell if file is None else partial(tool.continue_from, file, given))
    return tool
