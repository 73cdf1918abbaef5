"""What the rules make of the ballots, side by side: winners, rankings, where they differ, and what merging changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from .. import dialogue
from .._dialogue.ballots import mark_columns, rank_columns
from .._results import html_table
from ..language import gettext as _


@dataclass(frozen=True, eq=False)
class Outcome:
    """The ballots counted by every rule they allow.

    Attributes
    ----------
    table
        As :func:`siru_course.dialogue.rules_table` gives it.
    sentences
        Where the rules differ, what counting two options as one changes, and what was left out.
    """

    table: pd.DataFrame
    sentences: list[str]

    def as_html(self) -> str:
        """Write it as a table and a list that a screen reader can follow."""
        head, *rows = self._cells()
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        return html_table(_("Winner and ranking by rule"), head, rows) + f"<ul>{items}</ul>"

    def as_text(self) -> str:
        """Write it as lines of text."""
        return "\n".join([*(" | ".join(cells) for cells in self._cells()), *self.sentences])

    def _cells(self) -> list[list[str]]:
        head = [_("Rule"), _("Winner"), _("Ranking")]
        undecided = _("none; undecided between {options}")
        rules = _rules(self.table).values()
        return [head, *([r["name"], r["winner"] or undecided.format(options=r["tied"]), r["ranking"]] for r in rules)]


def count(ballots: pd.DataFrame, twins: Sequence[str] = ()) -> Outcome:
    """Count ballots by every rule they allow, with two options as one if `twins` names them.

    Raises
    ------
    ValueError
        If the ballots cannot be counted, or a twin is on no ballot.

    Examples
    --------
    >>> ballots = pd.DataFrame({"1": ["A", "B", "C"], "2": ["B", "C", "B"], "3": ["C", "A", "A"], "n": [4, 3, 2]})
    >>> outcome = count(ballots)
    >>> print(outcome.sentences[0])
    The rules differ. A: Plurality; B: Borda count, Condorcet's rule, Instant run-off.
    """
    apart = dialogue.rules_table(ballots)
    if not twins:
        return Outcome(apart, [_compared(apart), *_notes(ballots, apart)])
    name = " + ".join(twins)
    try:
        merged = dialogue.merge_options(ballots, twins, name)
    except KeyError as error:
        message = _("{name} cannot be counted as one yet: one of the options is on no ballot.")
        raise ValueError(message.format(name=name)) from error
    table = dialogue.rules_table(merged)
    return Outcome(table, [_compared(table), _changed(apart, table, twins, name), *_notes(merged, table)])


def listing(ballots: pd.DataFrame) -> str:
    """Write each ballot as a line, to compare with the ballots on paper.

    Examples
    --------
    >>> print(listing(pd.DataFrame({"1": ["B"], "2": ["A"], "dots_A": [0], "dots_B": [3]})))
    <details><summary>The ballots</summary><ol><li>B &gt; A; dots: A 0, B 3</li></ol></details>
    """
    words = {"dots": _("dots"), "score": _("score")}
    items = []
    for ballot in ballots.to_dict("records"):
        there = {str(column): value for column, value in ballot.items() if not pd.isna(value) and value != ""}
        parts = [" > ".join(str(there[str(place)]) for place in rank_columns(ballots) if str(place) in there)]
        for rule, name in words.items():
            marks = {option: there.get(str(column)) for option, column in mark_columns(ballots, rule).items()}
            given = ", ".join(f"{option} {value:g}" for option, value in marks.items() if value is not None)
            parts.append(f"{name}: {given}" if given else "")
        items.append(f"<li>{escape('; '.join(part for part in parts if part))}</li>")
    title = _("The ballots")
    return f"<details><summary>{title}</summary><ol>{''.join(items)}</ol></details>"


def _rules(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    # Row by row, pandas would turn None, for no winner, into a number.
    found = table.to_dict("index").items()
    return {str(rule): {str(column): cell for column, cell in row.items()} for rule, row in found}


def _compared(table: pd.DataFrame) -> str:
    by_winner: dict[str, list[str]] = {}
    for rule in _rules(table).values():
        by_winner.setdefault(rule["winner"] or _("no winner"), []).append(rule["name"])
    if len(by_winner) > 1:
        parts = "; ".join(f"{winner}: {', '.join(names)}" for winner, names in by_winner.items())
        return _("The rules differ. {winners}.").format(winners=parts)
    if table["winner"].isna().all():
        return _("No rule that counts these ballots gives a winner.")
    return _("All rules that count these ballots give the same winner: {winner}.").format(winner=next(iter(by_winner)))


def _changed(apart: pd.DataFrame, together: pd.DataFrame, twins: Sequence[str], name: str) -> str:
    changes, after = [], _rules(together)
    for rule, before in _rules(apart).items():
        old, new = before["winner"], after[rule]["winner"]
        # A twin that won and now wins with its twin is no other winner.
        if (name if old in twins else old) != new:
            none = _("no winner")
            changes.append(f"{before['name']} ({old or none} → {new or none})")
    if not changes:
        return _("Counting {name} as one does not change the winner by any rule.").format(name=name)
    return _("Counting {name} as one changes the winner by: {rules}.").format(name=name, rules=", ".join(changes))


def _notes(ballots: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    # The first note of a rule says how many ballots it counted, which the tool has said already.
    rules = _rules(table).items()
    return [f"{row['name']}: {note}" for rule, row in rules for note in dialogue.tally(ballots, rule).notes()[1:]]
