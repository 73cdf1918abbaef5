"""The theory in the theory builder: its steps and arrows, what can be done with them, and where they are saved."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from .._arguments import worded
from .._files import replace_file
from .._theory_of_change.draw import svg
from .._theory_of_change.reading import LEVELS, arrow, indicators
from ..language import gettext as _
from ..theory_of_change import Theory
from ._saved import SavedTable

STEP, LINK = "step", "link"
_STEP_COLUMNS = ["node_id", "level", "label", "indicator"]
_LINK_COLUMNS = ["from", "to", "because", "assumption"]
COLUMNS = ["kind", *_STEP_COLUMNS, *_LINK_COLUMNS]
ENDINGS = (".mmd", ".dot", ".svg", ".csv")

Row = dict[str, str]


class Draft:
    """A theory that is being built.

    Parameters
    ----------
    theory
        What to begin with; None for an empty one.
    file
        Where each change is saved at once; holds the theory already if it has begun.

    Examples
    --------
    >>> draft = Draft()
    >>> draft.put_step("", "activity", "Mentors meet participants", "")
    'S01'
    >>> draft.put_step("", "output", "Pairs have met ten times", "")
    'S02'
    >>> draft.put_link(None, "S01", "S02", "they meet every other week", "mentors stay")
    >>> len(draft.theory.check())
    1
    """

    def __init__(self, theory: Theory | None = None, file: SavedTable | None = None) -> None:
        self.steps: list[Row] = []
        self.links: list[Row] = []
        self.file = file
        self._before: list[tuple[list[Row], list[Row]]] = []
        if theory is not None:
            self.steps, self.links = _rows_of(theory)

    @property
    def table(self) -> pd.DataFrame:
        """All steps and arrows in one table, as it is saved."""
        rows = [{"kind": STEP, **step} for step in self.steps] + [{"kind": LINK, **link} for link in self.links]
        return pd.DataFrame(rows, columns=COLUMNS, dtype=object).fillna("")

    @property
    def theory(self) -> Theory | None:
        """The theory as it is now; None while there is no step."""
        return _theory_in(self.table)

    def open(self) -> bool:
        """Read the file if there is anything in it; give whether there was a theory.

        Raises
        ------
        ValueError
            If it is something else than a theory.
        """
        if self.file is None or not self.file.begun:
            return False
        table = self.file.read()[COLUMNS]
        try:
            if not table["kind"].isin([STEP, LINK]).all():
                raise ValueError(_("The column kind holds something else than step and link."))
            theory = _theory_in(table)
            if theory is None and len(table):
                raise ValueError(_("There are links but no steps."))
        except ValueError as error:
            message = _("{file} cannot be read as a theory: {problem} It is left as it is; choose another name.")
            raise ValueError(message.format(file=self.file.path, problem=error)) from error
        if theory is not None:
            self.steps, self.links = _rows_of(theory)
        return theory is not None

    def put_step(self, node: str, level: str, label: str, indicator: str) -> str:
        """Add a step, or change the one called `node`; give what it is called.

        Raises
        ------
        ValueError
            If it says nothing, or another step on its level says the same; or it cannot be saved.
        """
        said = {"level": level, "label": _one_line(label), "indicator": _one_line(indicator)}
        if level not in LEVELS:
            raise ValueError(_("Choose a level for the step."))
        if not said["label"]:
            raise ValueError(_("Write what the step says."))
        for step in self.steps:
            if step["node_id"] != node and (step["level"], step["label"]) == (level, said["label"]):
                raise ValueError(_("{node} says the same on the same level.").format(node=step["node_id"]))
        name = node or self._free()
        if node:
            steps = [{**step, **said} if step["node_id"] == node else step for step in self.steps]
        else:
            steps = [*self.steps, {"node_id": name, **said}]
        self._change(steps, self.links)
        return name

    def drop_step(self, node: str) -> int:
        """Take away a step and the arrows to and from it; give how many these were."""
        links = [link for link in self.links if node not in (link["from"], link["to"])]
        lost = len(self.links) - len(links)
        self._change([step for step in self.steps if step["node_id"] != node], links)
        return lost

    def put_link(self, old: tuple[str, str] | None, start: str, end: str, because: str, assumption: str) -> None:
        """Add an arrow, or change the one between the steps of `old`.

        Raises
        ------
        ValueError
            If an end is missing, both are the same step, or there is such an arrow already; or it cannot be saved.
        """
        if not start or not end:
            raise ValueError(_("Choose the step that the arrow comes from, and the one it leads to."))
        if start == end:
            raise ValueError(_("An arrow leads from one step to another. Choose two different steps."))
        pairs = [(link["from"], link["to"]) for link in self.links]
        if (start, end) in pairs and old != (start, end):
            message = _("There is an arrow {link} already. Choose it under {control} to change it.")
            raise ValueError(message.format(link=arrow(start, end), control=_("Arrow")))
        row = {"from": start, "to": end, "because": _one_line(because), "assumption": _one_line(assumption)}
        if old in pairs:
            links = [row if pair == old else link for pair, link in zip(pairs, self.links, strict=True)]
        else:
            links = [*self.links, row]
        self._change(self.steps, links)

    def drop_link(self, pair: tuple[str, str]) -> None:
        """Take away an arrow."""
        self._change(self.steps, [link for link in self.links if (link["from"], link["to"]) != pair])

    def undo(self) -> None:
        """Take back the last change.

        Raises
        ------
        ValueError
            If there is none.
        """
        if not self._before:
            raise ValueError(_("There is no change to take back."))
        self.steps, self.links = self._before.pop()
        self.save()

    def save(self) -> None:
        """Write the file, if there is to be one.

        Raises
        ------
        ValueError
            If somebody else has changed it, or it cannot be written. What is in the tool stays there.
        """
        if self.file is not None:
            self.file.write(self.table)

    def _change(self, steps: list[Row], links: list[Row]) -> None:
        self._before.append((self.steps, self.links))
        self.steps, self.links = steps, links
        self.save()

    def _free(self) -> str:
        taken = {step["node_id"] for step in self.steps}
        return next(name for n in range(1, len(taken) + 2) if (name := f"S{n:02d}") not in taken)


def _theory_in(table: pd.DataFrame) -> Theory | None:
    steps, links = (table[table["kind"] == kind] for kind in (STEP, LINK))
    return None if steps.empty else Theory.from_frames(steps[_STEP_COLUMNS], links[_LINK_COLUMNS])


def _rows_of(theory: Theory) -> tuple[list[Row], list[Row]]:
    nodes, links = theory.nodes, theory.links
    steps = nodes[["node_id", "level"]].assign(label=worded("nodes", nodes, "label"), indicator=indicators(nodes))
    texts = {name: worded("links", links, name) for name in ("because", "assumption")}
    return _records(steps), _records(links[["from", "to"]].assign(**texts))


def _records(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): _one_line(str(cell)) for name, cell in row.items()} for row in frame.to_dict("records")]


def _one_line(text: str) -> str:
    # A no-break space, as in 3 000, stays.
    return re.sub(r"[ \t\r\n\v\f]+", " ", text).strip()


def write_copy(draft: Draft, file_name: str, own: Collection[Path]) -> Path:
    """Write the theory to a file; the ending of its name, .mmd, .dot, .svg or .csv, decides how.

    Parameters
    ----------
    draft
        The theory.
    file_name
        Where to write; without a folder, where the notebook is.
    own
        Files that may be written over. No other file is.

    Raises
    ------
    ValueError
        If there is no step, the name ends otherwise, there is such a file already, or it cannot be written.
    """
    theory = draft.theory
    if theory is None:
        raise ValueError(_("There is no step yet."))
    ending = Path(file_name.strip()).suffix.lower()
    if ending not in ENDINGS:
        message = _("The file's name is {name!r}; let it end with one of {allowed}.")
        raise ValueError(message.format(name=file_name, allowed=", ".join(ENDINGS)))
    content = {
        ".mmd": theory.to_mermaid(),
        ".dot": theory.to_dot(),
        ".svg": svg(theory.nodes, theory.links),
        # The mark at the beginning tells spreadsheets that å, ä and ö are UTF-8.
        ".csv": "\N{ZERO WIDTH NO-BREAK SPACE}" + draft.table.to_csv(index=False, lineterminator="\n"),
    }[ending]
    path = Path(os.path.abspath(file_name.strip()))
    if path.exists() and path not in own:
        message = _("There is a file {file} already, and it is left as it is. Choose another name.")
        raise ValueError(message.format(file=path))
    try:
        replace_file(path, content.encode("utf-8"))
    except (OSError, ValueError) as error:
        message = _("The file {file} could not be written. Choose a folder that exists and that you may write in.")
        raise ValueError(message.format(file=path)) from error
    return path
