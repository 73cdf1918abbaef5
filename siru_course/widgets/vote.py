"""The vote: ballots entered one at a time, counted under several rules side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape

import ipywidgets
import pandas as pd

from .._dialogue.ballots import read_weights
from ..language import gettext as _
from ._ballot_file import BallotFile
from ._ballot_form import BallotForm
from ._ballots import BallotBox, open_box
from ._base import Tool, labelled, lines, row
from ._outcome import count, listing


class Vote(Tool):
    """The tool that :func:`vote` returns.

    Attributes
    ----------
    option_names, use_button, add_button, undo_button, show, twin_one, twin_two
        The controls.
    form
        The controls of the ballot: ``.places`` is a list, ``.dots`` and ``.scores`` map an option to its control.
    box
        The ballots, with ``.frame`` and ``.count``; None until there are options.
    """

    def __init__(self, option_names: str, file: BallotFile | None) -> None:
        super().__init__()
        self.box: BallotBox | None = None
        self.form = BallotForm([], [])
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
            control.observe(lambda _change: self.attempt(lambda: self.say(self._refresh())), "value")
        self._lay_out()

    def _start(self, box: BallotBox) -> str:
        """Make the ballot form for the options, and count what is in the box; give what is in the way of that."""
        self.box, self.form = box, BallotForm(box.options, box.kinds)
        self.option_names.value = "\n".join(box.options)
        for twin in (self.twin_one, self.twin_two):
            twin.options = [("–", ""), *((option, option) for option in box.options)]
            twin.value = ""
        self._lay_out()
        return self._refresh()

    def add(self) -> None:
        """Put the ballot in the form in the box; a problem is told in the status line."""
        self.attempt(self._add)

    def undo(self) -> None:
        """Take back the last ballot."""
        self.attempt(self._undo)

    def _use(self) -> None:
        if self.box is not None and self.box.rows:
            raise ValueError(_("The options are fixed once the first ballot is in. To change them, undo the ballots."))
        self._open(lines(self.option_names.value), None)

    def _open(self, options: Sequence[str] | None, ballots: pd.DataFrame | None) -> None:
        box, found = open_box(options, ballots, self._file)
        if box is None:
            self.say(found)
            return
        problem = self._start(box)
        self._tell(found, problem or _("The ballot is ready. Fill it in, then add it."))

    def _add(self) -> None:
        if self.box is None:
            message = _("First write the options, then press this button: {button}.")
            raise ValueError(message.format(button=self.use_button.description))
        self.box.add(*self.form.read())
        self.form.clear()
        saved = _("It is saved in {file}.").format(file=self.box.file.path) if self.box.file else ""
        self._tell(_("The ballot is added."), self._count(), saved, self._refresh())

    def _undo(self) -> None:
        if self.box is None:
            raise ValueError(_("There is no ballot to take back."))
        self.box.undo()
        self._tell(_("The last ballot is taken back."), self._count(), self._refresh())

    def _tell(self, *sentences: str) -> None:
        self.say(" ".join(sentence for sentence in sentences if sentence))

    def _count(self) -> str:
        return _("Ballots: {n}.").format(n=0 if self.box is None else self.box.count)

    def _refresh(self) -> str:
        """Count anew, and give what is in the way of it, in a sentence."""
        self.publish(f"<p>{escape(self._count())}</p>", self._count())
        twins = [twin.value for twin in (self.twin_one, self.twin_two) if twin.value]
        if self.box is None or not self.box.rows or not self.show.value:
            return ""
        try:
            if len(twins) == 2 and twins[0] == twins[1]:
                raise ValueError(_("Choose two different options to count as one."))
            outcome = count(self.box.frame, twins if len(twins) == 2 else [])
        except ValueError as error:
            return str(error)
        html, text = outcome.as_html(), outcome.as_text()
        self.publish(f"<p>{escape(self._count())}</p>{html}{listing(self.box.frame)}", f"{self._count()}\n{text}")
        return ""

    def _lay_out(self) -> None:
        top = [self.option_names, row(self.use_button)]
        if self.box is None:
            self.children = (*top, self.status)
            return
        buttons, twins = row(self.add_button, self.undo_button), row(self.twin_one, self.twin_two)
        self.children = (*top, *self.form.parts, buttons, self.status, self.show, twins, self.result)


def vote(
    options: Sequence[str] | pd.DataFrame | None = None,
    ballots: pd.DataFrame | None = None,
    save_to: str | os.PathLike[str] | None = None,
) -> Vote:
    """Open the vote: enter ballots one at a time, and see the winner by each rule side by side.

    Parameters
    ----------
    options
        What to vote on; left out, the options of the ballots, or an empty list to fill in. A DataFrame here is
        taken as the ballots.
    ballots
        Ballots to begin with, as :func:`siru_course.dialogue.tally` takes them. They are copied, never changed.
    save_to
        A CSV file that each ballot is written to the moment it is added. If the file has ballots already, the
        vote continues from them.

    Returns
    -------
    Vote
        The tool, an ``ipywidgets.VBox``, with the ballots in ``.box.frame``.

    Raises
    ------
    ValueError
        If `ballots` is not a DataFrame with rows, or the folder of `save_to` does not exist. What is wrong with
        the options or in the file is told in the tool.

    Examples
    --------
    >>> tool = vote(["Buses", "Mentors"])
    >>> first, second = tool.form.places
    >>> first.value, second.value = "Mentors", "Buses"
    >>> tool.add_button.click()
    >>> tool.message
    'The ballot is added. Ballots: 1.'
    >>> "All rules that count these ballots give the same winner: Mentors." in tool.text
    True
    """
    if isinstance(options, pd.DataFrame) and ballots is None:
        options, ballots = None, options
    if ballots is not None:
        read_weights(ballots)
    names = None if options is None else [str(option) for option in options]
    tool = Vote("\n".join(names or []), None if save_to is None else BallotFile(save_to))
    tool.attempt(lambda: tool._open(names, ballots))
    return tool
