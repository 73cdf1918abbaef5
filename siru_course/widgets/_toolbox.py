"""The facilitator's toolbox: the seven tools in one place, each with its file in a folder of your own."""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

from ..language import gettext as _
from ..language import in_language, language, mark
from ._drafts import Drafts

# What each tool is called, in the order of a project: plan a meeting, hold it, decide, and follow up.
TOOLS = {
    "agenda_planner": (mark("Agenda"), "agenda.csv"),
    "table_mixer": (mark("Tables"), "tables.csv"),
    "talk_clock": (mark("Talk clock"), "talk.csv"),
    "vote": (mark("Vote"), "ballots.csv"),
    "board_scorecard": (mark("Board"), "board.csv"),
    "theory_builder": (mark("Theory of change"), "theory.csv"),
    "value_explorer": (mark("Value"), "value_map.csv"),
}


class Toolbox(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The tools, of which one is shown at a time; those that are not shown go on.

    Attributes
    ----------
    choose
        The control that says which tool is shown.
    tools
        The tools by their names; a sentence in place of one whose file cannot be read.
    folder
        Where the tools save.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(layout=ipywidgets.Layout(max_width="100%"))
        self.folder = folder
        self.made_in = language()
        self.tools = {name: self._open(name, file) for name, (_title, file) in TOOLS.items()}
        # A file of drafts that cannot be read is left as it is; the tools work without.
        with suppress(ValueError):
            self.drafts = Drafts(folder / "drafts.csv", self.tools)
        names = [(_(title), name) for name, (title, _file) in TOOLS.items()]
        self.choose = ipywidgets.ToggleButtons(
            options=names,
            tooltips=[title for title, _name in names],
            style={"button_width": "auto"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self.choose.observe(self._show, "value")
        self.title = ipywidgets.HTML()
        where = _("What you enter is saved in {folder}, on this machine, as you enter it.").format(folder=folder)
        self.children = (
            ipywidgets.HTML(f'<p lang="{self.made_in}">{escape(where)}</p>'),
            self.choose,
            self.title,
            *self.tools.values(),
        )
        self._show()

    def _open(self, name: str, file: str) -> Any:
        tool = getattr(importlib.import_module(f"{__package__}.{name}"), name)
        try:
            return tool(save_to=self.folder / file)
        except (ValueError, KeyError) as error:
            said = escape(str(error.args[0]) if error.args else str(error))
            return ipywidgets.HTML(f'<p role="alert" lang="{self.made_in}">{said}</p>')

    def _show(self, _change: Any = None) -> None:
        with in_language(self.made_in):
            title = _(TOOLS[self.choose.value][0])
            self.title.value = f'<h2 lang="{self.made_in}">{escape(title)}</h2>'
            for name, tool in self.tools.items():
                tool.layout.display = "" if name == self.choose.value else "none"


def toolbox(folder: str | os.PathLike[str]) -> Toolbox:
    """Open the seven tools together, each saving to a file of its own.

    Parameters
    ----------
    folder
        Where the tools save their CSV files; it is made if it is not there. Files that are there are continued from.

    Returns
    -------
    Toolbox
        An ``ipywidgets.VBox`` with the tools in ``.tools``.

    Raises
    ------
    ValueError
        If the folder cannot be made.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     box = toolbox(folder)
    ...     box.choose.value = "vote"
    >>> [name for name, tool in box.tools.items() if tool.layout.display != "none"]
    ['vote']
    """
    where = Path(os.path.abspath(folder))
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("The folder {folder} could not be made: {reason}. Choose another one.")
        raise ValueError(message.format(folder=where, reason=error.strerror)) from error
    return Toolbox(where)
