"""The vote: ballots entered one at a time, counted under several rules side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets
import pandas as pd

from .. import dialogue
from .._voting import html_table
from ..language import gettext as _
from ..language import ngettext
from ._ballot_file import BallotFile
from ._ballots import DOTS, HIGHEST, BallotBox, open_box
from ._base import Tool, heading, labelled, lines, row


class Vote(Tool):
    """The tool that :func:`vote` returns.

    Attributes
    ----------
    option_names, use_button, places, dots, scores, add_button, undo_button, show, twin_one, twin_two
        The controls; `places` is a list of dropdowns, `dots` and `scores` map an option to its control.
    box
        The ballots, with ``.frame`` and ``.count``; None until there are options.
    """

    def __init__(self, option_names: str, file: BallotFile | None) -> None:
        super().__init__()
        self.box: BallotBox | None = None
        self.places: list[Any] = []
        self.dots: dict[str, Any] = {}
        self.scores: dict[str, Any] = {}
        self._file = file
        self.option_names = labelled(
            ipywidgets.Textarea,
            _("Options, one a line"),
            _("What you vote on. The options can be changed until the first ballot is in."),
            width="40em",
            value=option_names,
            rows=6,
        )
        self.use_button = self.button(_("Use these options"), _("Make a ballot with these options"), self._use)
        self.add_button = self.button(_("Add the ballot"), _("Put this ballot in the box"), self._add, primary=True)
        self.undo_button = self.button(_("Undo the last ballot"), _("Take back the ballot that came last"), self._undo)
        self.show = ipywidgets.Checkbox(
            description=_("Show the result"),
            tooltip=_("Untick while people vote, so that nobody follows the others."),
            value=True,
            indent=False,
        )
        hint = _("Choose two options that say nearly the same, to see the result with their support put together.")
        self.twin_one = labelled(ipywidgets.Dropdown, _("Count as one: this option"), hint, options=[("–", "")])
        self.twin_two = labelled(ipywidgets.Dropdown, _("and this option"), hint, options=[("–", "")])
        for control in (self.show, self.twin_one, self.twin_two):
            control.observe(lambda _change: self.attempt(self._refresh), "value")
        self._lay_out()

    def start(self, box: BallotBox) -> None:
        """Make the ballot form for the options, and count what is in the box."""
        self.box = box
        self.option_names.value = "\n".join(box.options)
        blank = [("–", ""), *((option, option) for option in box.options)]
        self.places, self.dots, self.scores = [], {}, {}
        if "rank" in box.kinds:
            hint = _("An option can have one place; leave the last places empty if you like.")
            for place in range(1, len(box.options) + 1):
                label = _("Place {place}").format(place=place)
                self.places.append(labelled(ipywidgets.Dropdown, label, hint, options=blank))
        if "dots" in box.kinds:
            hint = _("{all} dots in all").format(all=DOTS)
            for option in box.options:
                label = _("Dots for {option}").format(option=option)
                self.dots[option] = labelled(ipywidgets.BoundedIntText, label, hint, min=0, max=DOTS)
        if "score" in box.kinds:
            hint = _("From 0, not at all, to {highest}, fully").format(highest=HIGHEST)
            steps = [("–", None), *((str(step), step) for step in range(HIGHEST + 1))]
            for option in box.options:
                label = _("Score for {option}").format(option=option)
                self.scores[option] = labelled(ipywidgets.Dropdown, label, hint, options=steps)
        for twin in (self.twin_one, self.twin_two):
            twin.options = blank
            twin.value = ""
        self._lay_out()
        self._refresh()

    def add(self) -> None:
        """Put the ballot in the form in the box; a problem is told in the status line."""
        self.attempt(self._add)

    def undo(self) -> None:
        """Take back the last ballot."""
        self.attempt(self._undo)

    def counted(self, together: Sequence[str] = ()) -> pd.DataFrame:
        """Count the ballots by every rule they allow, as :func:`siru_course.dialogue.rules_table` does.

        Parameters
        ----------
        together
            Two options to count as one.
        """
        return dialogue.rules_table(self._ballots(together))

    def _ballots(self, together: Sequence[str]) -> pd.DataFrame:
        frame = pd.DataFrame() if self.box is None else self.box.frame
        return dialogue.merge_options(frame, together, " + ".join(together)) if together else frame

    def _twins(self) -> list[str]:
        twins = [twin.value for twin in (self.twin_one, self.twin_two) if twin.value]
        return twins if len({*twins}) == 2 else []

    def _use(self) -> None:
        if self.box is not None and self.box.rows:
            raise ValueError(_("The options are fixed once the first ballot is in. To change them, undo the ballots."))
        self._open(lines(self.option_names.value), None)

    def _open(self, options: Sequence[str] | None, ballots: pd.DataFrame | None) -> None:
        box, found = open_box(options, ballots, self._file)
        if box is None:
            self.say(found)
            return
        self.start(box)
        self.say(f"{found} {_('The ballot is ready. Fill it in, then add it.')}".lstrip())

    def _add(self) -> None:
        if self.box is None:
            message = _("First write the options, then press this button: {button}.")
            raise ValueError(message.format(button=self.use_button.description))
        dots = {option: control.value for option, control in self.dots.items()}
        scores = {option: control.value for option, control in self.scores.items()}
        self.box.add([place.value for place in self.places], dots, scores)
        for control in (*self.places, *self.scores.values()):
            control.index = 0
        for control in self.dots.values():
            control.value = 0
        self._refresh()
        saved = _("It is saved in {file}.").format(file=self.box.file.path) if self.box.file else ""
        self.say(f"{_('The ballot is added.')} {self._count()} {saved}".rstrip())

    def _undo(self) -> None:
        if self.box is None:
            raise ValueError(_("There is no ballot to take back."))
        self.box.undo()
        self._refresh()
        self.say(f"{_('The last ballot is taken back.')} {self._count()}")

    def _count(self) -> str:
        return _("Ballots: {n}.").format(n=0 if self.box is None else self.box.count)

    def _refresh(self) -> None:
        self.publish(f"<p>{self._count()}</p>", self._count())
        if self.box is None or not self.box.rows or not self.show.value:
            return
        twins = self._twins()
        apart = self.counted()
        try:
            table = self.counted(twins) if twins else apart
        except KeyError as error:
            message = _("{options} cannot be counted as one yet: one of them is on no ballot.")
            raise ValueError(message.format(options=" + ".join(twins))) from error
        said = [self._count(), _differences(table)]
        if twins:
            said.append(_changes(apart, table, twins))
        for rule in table.index:
            result = dialogue.tally(self._ballots(twins), rule)
            said += [f"{table.loc[rule, 'name']}: {note}" for note in result.notes()[1:]]
        cells = [[str(r.name), r.winner or _("none: {tied}").format(tied=r.tied), r.ranking] for r in table.itertuples()]
