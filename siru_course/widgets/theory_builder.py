"""The theory builder: draw a theory of change step by step, and see at once what is wrong with it."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from .._theory_of_change.draw import dashed_note, svg
from .._theory_of_change.reading import LEVELS, arrow, counted, level_name
from ..language import gettext as _
from ..language import ngettext
from ..theory_of_change import Theory
from ._base import Tool, heading, labelled, row
from ._saved import SavedTable
from ._theory_file import COLUMNS, Draft, write_copy

_WIDE = "40em"


class TheoryBuilder(Tool):
    """The tool that :func:`theory_builder` returns.

    Attributes
    ----------
    step, level, label, indicator, step_button, drop_step_button
        The controls of a step.
    link, start, end, because, assumption, link_button, drop_link_button
        The controls of an arrow.
    undo_button, file_name, copy_button
        The other controls.
    draft
        The steps and arrows, with ``.table``.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self._refreshing = False
        self._homeless = False
        self._written: set[Path] = set()
        self._make_step_controls()
        self._make_link_controls()
        self.undo_button = self.button(_("Undo the last change"), _("Take back the change that came last"), self._undo)
        self.file_name = labelled(
            ipywidgets.Text,
            _("File for a copy"),
            _("The ending decides: .mmd is Mermaid, .dot is Graphviz, .svg a picture, .csv a table."),
            value=_("theory.mmd"),
        )
        self.copy_button = self.button(_("Save a copy"), _("Write the file in the folder of the notebook"), self._copy)
        self.step.observe(self._when(self._show_step), "value")
        self.link.observe(self._when(self._show_link), "value")
        self.children = (
            heading(_("Steps"), _("Begin with the goal and work backwards: what must happen before?")),
            row(self.step, self.level),
            self.label,
            self.indicator,
            row(self.step_button, self.drop_step_button),
            heading(_("Arrows"), _("One step leads to another because …, if the assumption holds.")),
            row(self.link, self.start, self.end),
            self.because,
            self.assumption,
            row(self.link_button, self.drop_link_button, self.undo_button),
            self.status,
            self.result,
            row(self.file_name, self.copy_button),
        )

    @property
    def theory(self) -> Theory | None:
        """The theory as it is now; None while there is no step."""
        return self.draft.theory

    def _make_step_controls(self) -> None:
        self.step = labelled(
            ipywidgets.Dropdown, _("Step"), _("A new step, or one to change or remove"), options=[("–", "")]
        )
        levels = [("–", ""), *((level_name(level), level) for level in LEVELS)]
        self.level = labelled(ipywidgets.Dropdown, _("Level"), _("Where in the effect chain it is"), options=levels)
        self.label = labelled(
            ipywidgets.Text,
            _("What the step says"),
            _("An outcome says what becomes different, and for whom."),
            width=_WIDE,
        )
        self.indicator = labelled(
            ipywidgets.Text, _("Indicator"), _("How you would see that it has happened; may be empty."), width=_WIDE
        )
        self.step_button = self.button(
            _("Save the step"), _("Add the step, or change the one chosen"), self._put_step, primary=True
        )
        self.drop_step_button = self.button(
            _("Remove the step"), _("Take away the step chosen, and its arrows"), self._drop_step
        )

    def _make_link_controls(self) -> None:
        self.link = labelled(
            ipywidgets.Dropdown, _("Arrow"), _("A new arrow, or one to change or remove"), options=[("–", "")]
        )
        self.start = labelled(ipywidgets.Dropdown, _("From"), _("The step that leads to it"), options=[("–", "")])
        self.end = labelled(ipywidgets.Dropdown, _("To"), _("The step that it leads to"), options=[("–", "")])
        self.because = labelled(
            ipywidgets.Text, _("because …"), _("Why the one leads to the other. Finish the sentence."), width=_WIDE
        )
        self.assumption = labelled(
            ipywidgets.Text, _("Assumption"), _("What must hold for the one to lead to the other."), width=_WIDE
        )
        self.link_button = self.button(
            _("Save the arrow"), _("Add the arrow, or change the one chosen"), self._put_link, primary=True
        )
        self.drop_link_button = self.button(_("Remove the arrow"), _("Take away the arrow chosen"), self._drop_link)

    def _when(self, action: Callable[[], None]) -> Callable[[Any], None]:
        def changed(_change: Any) -> None:
            if not self._refreshing:
                self.attempt(action)

        return changed

    def _start(self, given: Theory | None) -> None:
        """Show what is in the file, or else what was given, which is saved first."""
        try:
            found = self.draft.open()
        except ValueError:
            # A file that is something else is left alone.
            self.draft.file, self._homeless = None, True
            self._refresh()
            raise
        if not found and self.draft.steps:
            self.draft.save()
        told = []
        if found:
            told.append(_("The theory in {file} is continued.").format(file=self._file()))
            if given is not None:
                told.append(_("The one that was given is not used."))
        self._done(*told)

    def _put_step(self) -> None:
        changed = bool(self.step.value)
        self._after(
            lambda: self.draft.put_step(self.step.value, self.level.value, self.label.value, self.indicator.value),
            _("The step is changed.") if changed else _("The step is added."),
            lambda: self._clear(self.label, self.indicator),
        )

    def _drop_step(self) -> None:
        node = self.step.value
        if not node:
            raise ValueError(_("Choose the step to remove under {control}.").format(control=self.step.description))
        lost = sum(node in (link["from"], link["to"]) for link in self.draft.links)
        self._after(
            lambda: self.draft.drop_step(node),
            ngettext(
                "{node} is removed, and {n} arrow with it.", "{node} is removed, and {n} arrows with it.", lost
            ).format(node=node, n=lost),
            lambda: self._clear(self.label, self.indicator),
        )

    def _put_link(self) -> None:
        self._after(
            lambda: self.draft.put_link(
                self._pair(), self.start.value, self.end.value, self.because.value, self.assumption.value
            ),
            _("The arrow is changed.") if self.link.value else _("The arrow is added."),
            lambda: self._clear(self.start, self.end, self.because, self.assumption),
        )

    def _drop_link(self) -> None:
        pair = self._pair()
        if pair is None:
            raise ValueError(_("Choose the arrow to remove under {control}.").format(control=self.link.description))
        self._after(
            lambda: self.draft.drop_link(pair),
            _("The arrow {link} is removed.").format(link=arrow(*pair)),
            lambda: self._clear(self.start, self.end, self.because, self.assumption),
        )

    def _undo(self) -> None:
        self._after(self.draft.undo, _("The last change is taken back."), lambda: None)

    def _after(self, change: Callable[[], Any], told: str, clear: Callable[[], None]) -> None:
        """Make a change and show it; one that was made and could not be saved is shown too."""
        before = self.draft.table
        try:
            change()
        except ValueError:
            if not before.equals(self.draft.table):
                self._refresh()
            raise
        self._refreshing = True
        try:
            self.step.value, self.link.value = "", ""
            clear()
        finally:
            self._refreshing = False
        self._done(told)

    def _done(self, *told: str) -> None:
        self._refresh()
        saved = ""
        if self._homeless:
            saved = _("It is saved nowhere yet: save a copy.")
        elif self.draft.file and self.draft.steps:
            saved = _("It is saved in {file}.").format(file=self._file())
        theory = self.theory
        found = "" if theory is None else counted(theory.check())
        begin = _("Write a step, choose its level, and save it.") if theory is None else ""
        self.say(" ".join(sentence for sentence in (*told, saved, found, begin) if sentence))

    def _copy(self) -> None:
        path = write_copy(self.draft, self.file_name.value, self._written)
        self._written.add(path)
        self.say(_("A copy is in {file}.").format(file=path))

    def _show_step(self) -> None:
        for step in self.draft.steps:
            if step["node_id"] == self.step.value:
                self.level.value, self.label.value, self.indicator.value = (
                    step["level"],
                    step["label"],
                    step["indicator"],
                )

    def _show_link(self) -> None:
        for link in self.draft.links:
            if (link["from"], link["to"]) == self._pair():
                self.start.value, self.end.value = link["from"], link["to"]
                self.because.value, self.assumption.value = link["because"], link["assumption"]

    def _pair(self) -> tuple[str, str] | None:
        chosen = self.link.value
        return (chosen[0], chosen[1]) if chosen else None

    def _file(self) -> str:
        return "" if self.draft.file is None else str(self.draft.file.path)

    def _clear(self, *controls: Any) -> None:
        for control in controls:
            control.value = ""

    def _refresh(self) -> None:
        """Offer the steps and arrows there are, and show the theory."""
        steps = [
            (textwrap.shorten(f"{s['node_id']} {s['label']}", 60, placeholder=" …"), s["node_id"])
            for s in self.draft.steps
        ]
        links = [(arrow(link["from"], link["to"]), (link["from"], link["to"])) for link in self.draft.links]
        self._refreshing = True
        try:
            for control, first, offered in (
                (self.step, _("a new step"), steps),
                (self.link, _("a new arrow"), links),
                (self.start, "–", steps),
                (self.end, "–", steps),
            ):
                kept = control.value
                control.options = [(first, ""), *offered]
                control.value = kept if kept in [value for _words, value in offered] else ""
        finally:
            self._refreshing = False
        self._publish()

    def _publish(self) -> None:
        theory = self.theory
        if theory is None:
            self.publish("", "")
            return
        words = {"error": _("Error"), "warning": _("To do")}
        found = [f"{words[row['severity']]}: {row['message']}" for row in theory.check().to_dict("records")]
        found = found or [counted(theory.check())]
        items = "".join(f"<li>{escape(line)}</li>" for line in found)
        notes = "".join(f"<p>{escape(note)}</p>" for note in dashed_note(theory.links))
        check, drawn = escape(_("What the check says")), escape(_("The theory"))
        self.publish(
            f"<h3>{check}</h3><ul>{items}</ul><h3>{drawn}</h3>{svg(theory.nodes, theory.links)}{notes}{self._listed()}",
            "\n".join([*found, str(theory)]),
        )

    def _listed(self) -> str:
        """List the arrows in words, with why and what must hold."""
        label = {step["node_id"]: step["label"] for step in self.draft.steps}
        items = []
        for link in self.draft.links:
            told = [_("{start} leads to {end}").format(start=label[link["from"]], end=label[link["to"]])]
            if link["because"]:
                told.append(_("because {reason}").format(reason=link["because"]))
            holds = _("Assumption: {text}").format(text=link["assumption"]) if link["assumption"] else ""
            items.append(f"<li>{escape(', '.join(told))}. {escape(holds)}</li>")
        title = escape(_("The arrows in words"))
        return f"<details><summary>{title}</summary><ul>{''.join(items)}</ul></details>" if items else ""


def theory_builder(
    nodes: pd.DataFrame | None = None,
    links: pd.DataFrame | None = None,
    save_to: str | os.PathLike[str] | None = None,
) -> TheoryBuilder:
    """Open the theory builder: steps and arrows, a live check, and the theory as a picture.

    Parameters
    ----------
    nodes, links
        A theory to begin with, as :meth:`siru_course.theory_of_change.Theory.from_frames` takes it; in the language
        in use where the tables have both. They are copied, never changed. Left out, the theory is empty.
    save_to
        A CSV file that holds steps and arrows, told apart by its column ``kind``, and is written at every change.
        If it has a theory already, the tool continues with that.

    Returns
    -------
    TheoryBuilder
        The tool, an ``ipywidgets.VBox``, with the theory in ``.theory``.

    Raises
    ------
    ValueError, KeyError
        If the tables are no theory, or the folder of `save_to` does not exist. What is wrong in the file is told in
        the tool.

    Examples
    --------
    >>> tool = theory_builder()
    >>> tool.level.value, tool.label.value = "activity", "Mentors meet participants"
    >>> tool.step_button.click()
    >>> tool.message
    'The step is added. The check finds 1 error and 0 things to do.'
    >>> tool.theory.nodes["node_id"].tolist()
    ['S01']
    """
    if nodes is None and links is not None:
        raise ValueError(_("links is given without nodes; give both."))
    given = None if nodes is None else Theory.from_frames(nodes, links)
    file = None if save_to is None else SavedTable(save_to, COLUMNS)
    tool = TheoryBuilder(Draft(given, file))
    tool.attempt(lambda: tool._start(given))
    return tool
