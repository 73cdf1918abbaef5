"""The board's rubric: criteria, each with five levels that are described in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from .._arguments import short
from ..language import gettext as _
from ..language import mark

HIGHEST = 5

_RUBRIC = {
    mark("need"): (
        mark("No need is described."),
        mark("A need is claimed, without examples."),
        mark("A need is described with examples."),
        mark("The need is shown with figures or with the words of those it concerns."),
        mark("As 4, and those it concerns have helped to describe it."),
    ),
    mark("novelty"): (
        mark("It is done here already, in the same way."),
        mark("Small changes to what is done here."),
        mark("It is done elsewhere but is new here."),
        mark("A new combination, or an old way for a group that nobody has reached."),
        mark("A way that none of us has seen anywhere."),
    ),
    mark("team"): (
        mark("Nobody is named who will do the work."),
        mark("Somebody is named, but skills or time are lacking."),
        mark("The skills are there; time or responsibility is unclear."),
        mark("Skills, time and responsibility are in place."),
        mark("As 4, and they have done something like it together before."),
    ),
    mark("viability"): (
        mark("Nothing is said about money or running it."),
        mark("It depends on one grant, with no plan for what comes after."),
        mark("There is a budget, and some income or a partner in view."),
        mark("Budget and income add up for at least a year."),
        mark("Income or agreements cover the costs for years to come."),
    ),
    mark("effect"): (
        mark("It does not say who will be better off."),
        mark("It says who will be better off, but not how."),
        mark("It says who will be better off, and how."),
        mark("As 3, and it says how much and how that will be seen."),
        mark("As 4, and there are signs that it works already."),
    ),
}
_PLAIN = (mark("Hardly at all."), mark("A little."), mark("Partly."), mark("Mostly."), mark("Fully."))


class Rubric:
    """What each level of each criterion means.

    Parameters
    ----------
    own
        Criteria with levels of their own: a mapping from a name to five descriptions, from level 1 to level 5.

    Raises
    ------
    ValueError
        If a criterion has not five descriptions.

    Examples
    --------
    >>> Rubric({"joy": ["none", "some", "more", "much", "all"]}).levels("joy")[4]
    'all'
    >>> Rubric().levels("need")[0]
    'No need is described.'
    """

    def __init__(self, own: Mapping[str, Sequence[str]] | None = None) -> None:
        self.own = {}
        for name, levels in (own or {}).items():
            words = [] if isinstance(levels, str) or not pd.api.types.is_list_like(levels) else list(levels)
            if len(words) != HIGHEST:
                message = _("criteria[{name}] is {value}; describe the five levels in a list, from 1 to 5.")
                raise ValueError(message.format(name=short(name), value=short(levels)))
            self.own[str(name).strip()] = [str(word) for word in words]

    def levels(self, criterion: str) -> list[str]:
        """Give the five descriptions, from level 1 to level 5."""
        return self.own.get(criterion) or [_(words) for words in _RUBRIC.get(criterion, _PLAIN)]

    def listing(self, criteria: Sequence[str]) -> str:
        """Write the rubric as numbered lists, which fit a phone where a table of five columns of words does not."""
        parts = []
        for criterion in criteria:
            items = "".join(f"<li>{escape(words)}</li>" for words in self.levels(criterion))
            parts.append(f"<p>{escape(label(criterion))}</p><ol>{items}</ol>")
        title = _("What the levels mean")
        return f"<details><summary>{title}</summary>{''.join(parts)}</details>"


def usual() -> list[str]:
    """Give the criteria that the course uses: those of the data set ``board_scores``."""
    return list(_RUBRIC)


def label(criterion: str) -> str:
    """Give what a criterion is called in the language in use."""
    return _(criterion) if criterion in _RUBRIC else criterion


def code(words: str) -> str:
    """Give the criterion that is called this in the language in use, so that files are the same in both languages."""
    return next((criterion for criterion in _RUBRIC if _(criterion) == words), words)
