"""The ballot as a form: places to rank in, dots to place, scores to give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from ..language import gettext as _
from ._ballots import DOTS, HIGHEST
from ._base import heading, labelled, row


class BallotForm:
    """The controls of one ballot.

    Parameters
    ----------
    options
        The options' names.
    kinds
        The parts of the ballot: ``rank``, ``dots``, ``score``.

    Examples
    --------
    >>> form = BallotForm(["Buses", "Mentors"], ["dots"])
    >>> form.dots["Buses"].value = 3
    >>> form.read()
    ([], {'Buses': 3, 'Mentors': 0}, {})
    """

    def __init__(self, options: Sequence[str], kinds: Sequence[str]) -> None:
        self.places: list[Any] = []
        self.dots: dict[str, Any] = {}
        self.scores: dict[str, Any] = {}
        self.parts: list[Any] = []
        if "rank" in kinds:
            hint = _("Place 1 is what you want most. Leave the last places empty if you like.")
            choices = [("–", ""), *((option, option) for option in options)]
            for place in range(1, len(options) + 1):
                label = _("Place {place}").format(place=place)
                self.places.append(labelled(ipywidgets.Dropdown, label, hint, options=choices))
            self.parts += [heading(_("Ranking"), hint), row(*self.places)]
        if "dots" in kinds:
            hint = _("Place {all} dots, on one option or on several.").format(all=DOTS)
            for option in options:
                label = _("Dots for {option}").format(option=option)
                self.dots[option] = labelled(ipywidgets.BoundedIntText, label, hint, min=0, max=DOTS)
            self.parts += [heading(_("Dots"), hint), row(*self.dots.values())]
        if "score" in kinds:
            hint = _("From 0, not at all, to {highest}, fully.").format(highest=HIGHEST)
            steps = [("–", None), *((str(step), step) for step in range(HIGHEST + 1))]
            for option in options:
                label = _("Score for {option}").format(option=option)
                self.scores[option] = labelled(ipywidgets.Dropdown, label, hint, options=steps)
            self.parts += [heading(_("Score"), hint), row(*self.scores.values())]

    def read(self) -> tuple[list[str], dict[str, int], dict[str, int | None]]:
        """Give the ranking, the dots and the scores as they are filled in."""
        dots = {option: control.value for option, control in self.dots.items()}
        scores = {option: control.value for option, control in self.scores.items()}
        return [place.value for place in self.places], dots, scores

    def clear(self) -> None:
        """Empty the form for the next ballot."""
        for control in (*self.places, *self.scores.values()):
            control.index = 0
        for control in self.dots.values():
            control.value = 0
