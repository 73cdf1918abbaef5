"""The rows of the agenda planner: one for each block, whose place stays when what is in it moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets

from .._facilitation.agenda import BREAK, cards, words
from ..language import gettext as _
from ..language import language
from ._base import Tool, labelled, row

# What somebody has entered for a block; a group size of 0 is one that is not stated.
Entry = dict[str, Any]
NEW: Entry = {
    "title": "",
    "minutes": 15,
    "format": "small_groups",
    "phase": "",
    "method_id": "",
    "group_size": 0,
    "who": "",
}
MOST_MINUTES, MOST_PEOPLE = 1440, 2000


class Row:
    """The controls of the block in one place of the agenda.

    A control keeps its place and its label, so that the keyboard's focus stays where it is when blocks move.

    Attributes
    ----------
    controls
        The control of each part of the block: title, minutes, format, phase, method_id, group_size and who.
    up, down, add, remove
        The buttons.
    box
        All of it, to be shown.
    """

    def __init__(
        self, number: int, tool: Tool, changed: Callable[[], None], press: Mapping[str, Callable[[], None]]
    ) -> None:
        self.number = number
        self._held = False
        known = cards()
        self._names, self._phases = known[f"name_{language()}"].to_dict(), known["phase"].to_dict()
        methods = [(_shortened(name), at) for at, name in self._names.items()]
        card = _("card: {least}–{most} people, {shortest}–{longest} min")
        self._ranges = {
            at: card.format(least=one.group_min, most=one.group_max, shortest=one.minutes_min, longest=one.minutes_max)
            for at, one in known.iterrows()
        }
        label = _("Block {n}: {part}")

        def control(kind: Callable[..., Any], part: str, hint: str, **settings: Any) -> Any:
            return labelled(kind, label.format(n=number, part=part), hint, **settings)

        def choices(field: str) -> list[tuple[str, str]]:
            return [(word, code) for code, word in words(field).items()]

        self.controls = {
            "title": control(
                ipywidgets.Textarea, _("what happens"), _("What the group does, in a few words"), width="22em", rows=2
            ),
            "minutes": control(
                ipywidgets.BoundedIntText,
                _("minutes"),
                _("A whole number from {least} to {most}").format(least=1, most=MOST_MINUTES),
                min=1,
                max=MOST_MINUTES,
                value=NEW["minutes"],
            ),
            "format": control(
                ipywidgets.Dropdown,
                _("how"),
                _("How people sit and work"),
                options=choices("format"),
                value=NEW["format"],
            ),
            "phase": control(
                ipywidgets.Dropdown,
                _("phase"),
                _("What the block is there for in the course of the meeting"),
                options=[("–", ""), *choices("phase")],
            ),
            "method_id": control(
                ipywidgets.Dropdown,
                _("method"),
                _("The card of the method; for how many and how long it is made is told above"),
                options=[("–", ""), *methods],
            ),
            "group_size": control(
                ipywidgets.BoundedIntText,
                _("people together"),
                _("How many do the method together: 6 if each table does it for itself. 0 if you do not know yet."),
                min=0,
                max=MOST_PEOPLE,
            ),
            "who": control(ipywidgets.Text, _("who leads"), _("Who leads the block")),
        }
        self.up = tool.button(_("Block {n} up").format(n=number), _("Swap with the block before"), press["up"])
        self.down = tool.button(_("Block {n} down").format(n=number), _("Swap with the block after"), press["down"])
        self.add = tool.button(_("Add after block {n}").format(n=number), _("Put in a new block here"), press["add"])
        self.remove = tool.button(_("Remove block {n}").format(n=number), _("Take the block out"), press["remove"])
        self._heading = ipywidgets.HTML()
        self.tell("")
        for name, made in self.controls.items():
            made.observe(lambda _change, name=name: self._entered(name, changed), "value")
        self.box = ipywidgets.VBox(
            [self._heading, row(*self.controls.values()), row(self.up, self.down, self.add, self.remove)],
            layout=ipywidgets.Layout(border_top="1px solid #7d8a8c", padding="0.3em 0", max_width="100%"),
        )

    @property
    def entry(self) -> Entry:
        """What is in the controls."""
        return {name: control.value for name, control in self.controls.items()}

    def fill(self, entry: Entry) -> None:
        """Put a block in the controls; that is not taken for somebody's change."""
        with self._hold():
            for name, control in self.controls.items():
                control.value = entry[name]

    def tell(self, time: str) -> None:
        """Show when the block is, and for how many and how long its method is made."""
        parts = [_("Block {n}").format(n=self.number), time, self._ranges.get(self.controls["method_id"].value, "")]
        self._heading.value = f"<strong>{' · '.join(part for part in parts if part)}</strong>"

    def _entered(self, name: str, changed: Callable[[], None]) -> None:
        if self._held:
            return
        method = self.controls["method_id"].value
        if name == "method_id" and method:
            with self._hold():
                # The card gives what is still empty, and changes nothing that was written.
                title, phase = self.controls["title"], self.controls["phase"]
                title.value = title.value or self._names[method]
                if not phase.value and self.controls["format"].value != BREAK:
                    phase.value = self._phases[method]
        changed()

    @contextmanager
    def _hold(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False


def _shortened(name: str) -> str:
    # A list is as wide as its longest line, and is to fit a phone.
    return name if len(name) <= 34 else name[:33] + "…"
