"""What a rule makes of the ballots, and what the rules are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .._results import Result, Table, written
from ..language import gettext as _
from ..language import mark, number

# What each rule is called, and what it counts.
NAMES = {
    "plurality": (mark("Plurality"), mark("First choices")),
    "approval": (mark("Approval voting"), mark("Approvals")),
    "borda": (mark("Borda count"), mark("Points")),
    "condorcet": (mark("Condorcet's rule"), mark("Duels won")),
    "instant_runoff": (mark("Instant run-off"), mark("Votes in its last round")),
    "score": (mark("Score voting"), mark("Points")),
    "dots": (mark("Dot-voting"), mark("Dots")),
    "quadratic": (mark("Quadratic voting"), mark("Votes")),
}
RANKED = ("plurality", "borda", "condorcet", "instant_runoff")
MARKED = ("approval", "score", "dots", "quadratic")


@dataclass(frozen=True, eq=False)
class Tally(Result):
    """What a rule makes of the ballots; shows itself as a table in a notebook and as text when printed.

    Attributes
    ----------
    rule
        The rule, as :func:`tally` takes it.
    winner
        The option in first place, or None when options tie for it or, under Condorcet's rule, when none beats
        every other one to one.
    ranking
        The options from first to last; options with the same score come in alphabetical order.
    scores
        What the rule counts, one row an option, in the order of the ranking.
    tied
        Empty when there is a winner. Otherwise the options that tie for first place; under Condorcet's rule the
        smallest group whose members each beat every option outside it.
    ballots, left_out
        How many ballots were counted, and how many were left out as they rank or mark nothing.
    blank
        Empty cells on the counted ballots, taken as 0 (only rules that read one column an option).
    rounds
        Only for the instant run-off: one row a round with each option's votes, ``exhausted`` (ballots that rank
        none of the options left), ``eliminated``, and ``tie_break`` (``earlier`` or ``alphabet`` when a tie for
        last place was broken by that).
    pairwise
        Only for Condorcet's rule: how many ballots put the row's option above the column's.
    spent
        Only for dots and quadratic voting: dots used or credits used (the votes squared), one row a ballot.

    Examples
    --------
    >>> from siru_course.dialogue import tally
    >>> result = tally(pd.DataFrame({"dots_A": [2, 0], "dots_B": [1, 3]}), "dots")
    >>> result.winner, result.spent.tolist(), result.verdict
    ('B', [3, 3], 'Dot-voting: B wins.')
    """

    rule: str
    winner: str | None
    ranking: list[str]
    scores: pd.Series[Any]
    tied: list[str]
    ballots: int
    left_out: int = 0
    blank: int = 0
    rounds: pd.DataFrame | None = None
    pairwise: pd.DataFrame | None = None
    spent: pd.Series[Any] | None = field(default=None, repr=False)

    @property
    def verdict(self) -> str:
        """The result in one sentence, in the language in use."""
        name = _(NAMES[self.rule][0])
        if self.winner is not None:
            return _("{rule}: {winner} wins.").format(rule=name, winner=self.winner)
        if self.rule == "condorcet":
            return _("{rule}: no option beats every other one to one. Undecided between {tied}.").format(
                rule=name, tied=", ".join(self.tied)
            )
        return _("{rule}: no winner. Tied for first place: {tied}.").format(rule=name, tied=", ".join(self.tied))

    def notes(self) -> list[str]:
        """Say what was left out or decided by a rule of thumb, in the language in use."""
        found = [_("Ballots counted: {n}.").format(n=number(self.ballots, 0))]
        if self.left_out:
            found.append(_("Ballots left out, as they are empty: {n}.").format(n=number(self.left_out, 0)))
        if self.blank:
            found.append(_("Empty cells counted as 0: {n}.").format(n=number(self.blank, 0)))
        if self.rounds is not None:
            for label, row in self.rounds[self.rounds["tie_break"] != ""].iterrows():
                how = (
                    _("Round {round}: tie for last place; {option} had fewer votes in an earlier round.")
                    if row["tie_break"] == "earlier"
                    else _("Round {round}: tie for last place; {option} went out as the last in the alphabet.")
                )
                found.append(how.format(round=label, option=row["eliminated"]))
        return found

    def tables(self) -> list[Table]:
        """Give the scores, and the rounds or duels where the rule has them."""
        head = [_("Option"), _(NAMES[self.rule][1])]
        tables: list[Table] = [
            (self.verdict, head, [[option, written(self.scores[option])] for option in self.ranking])
        ]
        if self.rounds is not None:
            words = {"exhausted": _("Exhausted"), "eliminated": _("Goes out")}
            shown = self.rounds.drop(columns="tie_break")
            head = [_("Round"), *(words.get(str(column), str(column)) for column in shown.columns)]
            rows = [[str(label), *(written(cell) for cell in row)] for label, row in shown.T.items()]
            tables.append((_("Votes round by round"), head, rows))
        if self.pairwise is not None:
            rows = [
                [str(label), *("–" if label == other else written(cell) for other, cell in row.items())]
                for label, row in self.pairwise.T.items()
            ]
            head = [_("Option"), *(str(column) for column in self.pairwise.columns)]
            tables.append((_("Ballots that put the row's option above the column's"), head, rows))
        return tables
