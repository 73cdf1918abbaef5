"""Eight ways to count the same ballots: what is behind ``dialogue.tally``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import short
from .._results import Result, Table, written
from ..language import gettext as _
from ..language import mark, number

Ints = npt.NDArray[np.int64]
Cast = list[tuple[list[str], int]]  # the names a ballot ranks, and how many cast it

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
_ALLOWED = {
    "approval": mark("0 or 1"),
    "score": mark("numbers from 0 up"),
    "dots": mark("whole numbers from 0 up"),
    "quadratic": mark("whole numbers from 0 up"),
}
_LABELS = ("n", "ballot_id")


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


def tally(
    ballots: pd.DataFrame,
    rule: str,
    prefix: str | None = None,
    *,
    credits: int | None = None,
    dots: int | None = None,
) -> Tally:
    """Count ballots by a rule.

    Parameters
    ----------
    ballots
        One row a ballot. ``plurality``, ``borda``, ``condorcet`` and ``instant_runoff`` read the columns ``1``,
        ``2``, …, which hold the name of the option ranked there. ``approval`` (0 or 1), ``score``, ``dots`` and
        ``quadratic`` (votes) read one column an option: the columns named ``<rule>_<option>`` when there are
        any, otherwise every column but ``n``, ``ballot_id`` and the rank columns. A column ``n`` says how many
        cast the ballot.
    rule
        One of the eight rules above.
    prefix
        What the columns' names begin with, when it is not the rule: ``"spring"`` reads ``spring_A``, or
        ``spring_1`` for ranks.
    credits
        For ``quadratic``: the most credits a ballot may spend; n votes cost n² credits.
    dots
        For ``dots``: the most dots a ballot may use.

    Returns
    -------
    Tally
        With ``winner``, ``ranking``, ``scores``, ``tied`` and, where the rule has them, ``rounds``, ``pairwise``
        and ``spent``.

    Raises
    ------
    ValueError
        If the rule is unknown, there is nothing to count, a ballot ranks a name twice or skips a rank, a cell
        holds what the rule does not allow, or a ballot spends too much.
    KeyError
        If there are no columns for the rule.

    Notes
    -----
    A ballot may rank only some of the options. In a Borda count with m options the first gets m - 1 points and
    the last 0; options that are not ranked share the points that are left equally. Under Condorcet's rule a
    ranked option is above one that is not; between two that are not ranked the ballot is silent. In an instant
    run-off the ballot is exhausted when none of its options is left.

    In an instant run-off the option with the fewest votes goes out until one has more than half of the votes
    that are left. A tie for last place goes against the option with the fewest votes in the latest earlier round
    in which they differ, and if there is none, against the last in the alphabet. When all options that are left
    tie, there is no winner.

    References
    ----------
    .. [1] Brandt, F., Conitzer, V., Endriss, U., Lang, J., and Procaccia, A. D. (eds.) (2016). Handbook of
       Computational Social Choice. Cambridge University Press.
    .. [2] Lalley, S., and Weyl, E. G. (2018). Quadratic Voting. AEA Papers and Proceedings 108:33-37.
       doi:10.1257/pandp.20181002

    Examples
    --------
    >>> import pandas as pd
    >>> ballots = pd.DataFrame({"1": ["A", "B", "C"], "2": ["B", "C", "B"], "3": ["C", "A", "A"], "n": [4, 3, 2]})
    >>> tally(ballots, "plurality").winner
    'A'
    >>> print(tally(ballots, "borda"))
    Borda count: B wins.
    Option  Points
    B           12
    A            8
    C            7
    Ballots counted: 9.
    >>> tally(ballots, "instant_runoff").rounds["eliminated"].tolist()
    ['C', '']
    """
    if rule not in NAMES:
        raise ValueError(_("rule is {value!r}; choose one of {allowed}.").format(value=rule, allowed=", ".join(NAMES)))
    for name, limit, only in (("credits", credits, "quadratic"), ("dots", dots, "dots")):
        if limit is not None and (rule != only or not _whole(limit)):
            raise ValueError(
                _("{name} is {value!r}; give a whole number from 0 up, and only with rule={rule!r}.").format(
                    name=name, value=limit, rule=only
                )
            )
    weights = read_weights(ballots)
    if rule in RANKED:
        ranks = read_ranks(ballots, prefix)
        used = np.array([bool(names) for names in ranks])
        if not weights[used].sum():
            raise ValueError(_("All ballots are empty; there is nothing to count."))
        cast = [(names, int(n)) for names, n in zip(ranks, weights, strict=True) if names and n]
        return _COUNT[rule](cast, sorted({name for names, _n in cast for name in names}), int(weights[~used].sum()))
    votes = read_marks(ballots, rule, prefix)
    used = votes.notna().any(axis=1).to_numpy()
    if not weights[used].sum():
        raise ValueError(_("All ballots are empty; there is nothing to count."))
    spent = None
    if rule in ("dots", "quadratic"):
        spent = (votes.fillna(0) ** (2 if rule == "quadratic" else 1)).sum(axis=1).astype(int).rename("spent")
        _check_spending(ballots, spent, credits if rule == "quadratic" else dots, rule)
    totals = {option: float(votes[option].fillna(0) @ weights) for option in votes.columns}
    blank = int(votes[used].isna().sum(axis=1) @ weights[used])
    return _by_score(rule, totals, int(weights[used].sum()), int(weights[~used].sum()), blank=blank, spent=spent)


def read_weights(ballots: pd.DataFrame) -> Ints:
    """Check that there are ballots, and give how many cast each of them."""
    if not isinstance(ballots, pd.DataFrame):
        raise ValueError(_("ballots is {value}; give a DataFrame with one row a ballot.").format(value=short(ballots)))
    if ballots.empty:
        raise ValueError(_("ballots is empty; there is nothing to count."))
    if "n" not in ballots:
        return np.ones(len(ballots), dtype=np.int64)
    for at, value in enumerate(ballots["n"]):
        if not _whole(value):
            raise ValueError(
                _("Column n holds {value} on ballot {ballot}; it must be a whole number from 0 up.").format(
                    value=short(value), ballot=_ballot(ballots, at)
                )
            )
    return ballots["n"].to_numpy(dtype=np.int64)


def rank_columns(ballots: pd.DataFrame, prefix: str | None = None) -> list[Any]:
    """Give the columns ``1``, ``2``, … in order, after checking that none is missing; empty if there are none."""
    start = _start(prefix) if prefix else ""
    found = [
        (int(str(column).removeprefix(start)), column)
        for column in ballots.columns
        if str(column).startswith(start) and re.fullmatch("[0-9]+", str(column).removeprefix(start))
    ]
    ranks = sorted(rank for rank, _column in found)
    if ranks != list(range(1, len(ranks) + 1)):
        raise ValueError(
            _("The rank columns are {found}; they must run 1, 2, 3 and so on, each once.").format(
                found=", ".join(map(str, ranks))
            )
        )
    return [column for _rank, column in sorted(found, key=lambda item: item[0])]


def mark_columns(ballots: pd.DataFrame, prefix: str) -> dict[str, Any]:
    """Map options to the columns whose names begin with the prefix."""
    start = _start(prefix)
    return {
        str(column).removeprefix(start): column
        for column in ballots.columns
        if str(column).startswith(start) and str(column) != start
    }


def read_ranks(ballots: pd.DataFrame, prefix: str | None = None) -> list[list[str]]:
    """Give the names each ballot ranks, first choice first."""
    columns = rank_columns(ballots, prefix)
    if not columns:
        raise KeyError(
            _("There is no column {name!r}: this rule reads the columns 1, 2, 3 and so on, first choices in 1.").format(
                name=(_start(prefix) if prefix else "") + "1"
            )
        )
    read = []
    for at, row in enumerate(ballots[columns].itertuples(index=False, name=None)):
        names = ["" if pd.isna(cell) else str(cell).strip() for cell in row]
        filled = [name for name in names if name]
        gap = names.index("") if "" in names else len(names)
        if gap < len(filled):
            last = max(rank for rank, name in enumerate(names, start=1) if name)
            raise ValueError(
                _("Ballot {ballot} leaves rank {empty} empty but fills rank {filled}; move the later names up.").format(
                    ballot=_ballot(ballots, at), empty=gap + 1, filled=last
                )
            )
        for name in filled:
            if filled.count(name) > 1:
                raise ValueError(
                    _("Ballot {ballot} ranks {name!r} twice; a name may stand once on a ballot.").format(
                        ballot=_ballot(ballots, at), name=name
                    )
                )
        read.append(filled)
    return read


def read_marks(ballots: pd.DataFrame, rule: str, prefix: str | None = None) -> pd.DataFrame:
    """Give the approvals, scores, dots or votes: one row a ballot, one column an option, NaN where empty."""
    columns = mark_columns(ballots, prefix or rule)
    if not columns and prefix is None and not any(mark_columns(ballots, other) for other in MARKED):
        rest = [column for column in ballots.columns if str(column) not in _LABELS]
        columns = {str(column): column for column in rest if not re.fullmatch("[0-9]+", str(column))}
    if not columns:
        raise KeyError(
            _("There is no column whose name begins with {prefix!r}: this rule reads one column an option.").format(
                prefix=_start(prefix or rule)
            )
        )
    read: dict[str, list[float]] = {}
    for option, column in columns.items():
        read[option] = []
        for at, value in enumerate(ballots[column]):
            if pd.isna(value):
                read[option].append(math.nan)
            elif _fits(value, rule):
                read[option].append(float(value))
            else:
                message = _(
                    "Column {column!r} holds {value} on ballot {ballot}; {rule!r} allows {allowed}. "
                    "Leave out columns that are not options."
                )
                raise ValueError(
                    message.format(
                        column=str(column),
                        value=short(value),
                        ballot=_ballot(ballots, at),
                        rule=rule,
                        allowed=_(_ALLOWED[rule]),
                    )
                )
    return pd.DataFrame(read, index=ballots.index)


def _start(prefix: str) -> str:
    return prefix if prefix.endswith("_") else f"{prefix}_"


def _ballot(ballots: pd.DataFrame, at: int) -> str:
    return str(list(ballots.get("ballot_id", ballots.index))[at])


def _positive(value: object) -> bool:
    known = isinstance(value, (int, float, np.integer, np.floating, np.bool_))
    return known and math.isfinite(float(value)) and float(value) >= 0  # type: ignore[arg-type]


def _whole(value: object) -> bool:
    return _positive(value) and float(value).is_integer()  # type: ignore[arg-type]


def _fits(value: object, rule: str) -> bool:
    if rule == "approval":
        return _whole(value) and float(value) <= 1  # type: ignore[arg-type]
    return _positive(value) if rule == "score" else _whole(value)


def _check_spending(ballots: pd.DataFrame, spent: pd.Series[Any], limit: int | None, rule: str) -> None:
    for at, value in enumerate(spent):
        if limit is not None and value > limit:
            message = (
                _("Ballot {ballot} spends {spent} credits; {allowed} are allowed. A number of votes costs its square.")
                if rule == "quadratic"
                else _("Ballot {ballot} uses {spent} dots; {allowed} are allowed.")
            )
            raise ValueError(message.format(ballot=_ballot(ballots, at), spent=value, allowed=limit))


def _by_score(rule: str, totals: dict[str, float], counted: int, left_out: int, **more: Any) -> Tally:
    # Scores such as 0.1 may differ by rounding only, which must not break a tie.
    totals = {option: round(total, 9) for option, total in totals.items()}
    ranking = sorted(totals, key=lambda option: (-totals[option], option))
    first = [option for option in ranking if totals[option] == totals[ranking[0]]]
    return Tally(
        rule=rule,
        winner=first[0] if len(first) == 1 else None,
        ranking=ranking,
        scores=_series(rule, ranking, totals),
        tied=first if len(first) > 1 else [],
        ballots=counted,
        left_out=left_out,
        **more,
    )


def _series(rule: str, ranking: list[str], totals: dict[str, float]) -> pd.Series[Any]:
    values = [totals[option] for option in ranking]
    whole = all(float(value).is_integer() for value in values)
    index = pd.Index(ranking, name="option")
    return pd.Series([int(value) if whole else value for value in values], index=index, name=rule)


def _plurality(cast: Cast, options: list[str], left_out: int) -> Tally:
    totals = {option: float(sum(n for names, n in cast if names[0] == option)) for option in options}
    return _by_score("plurality", totals, sum(n for _names, n in cast), left_out)


def _borda(cast: Cast, options: list[str], left_out: int) -> Tally:
    totals = dict.fromkeys(options, 0.0)
    for names, n in cast:
        rest = len(options) - len(names)
        for option in options:
            # The points left over are rest - 1, ..., 0: on average half of rest - 1.
            totals[option] += n * (len(options) - 1 - names.index(option) if option in names else (rest - 1) / 2)
    return _by_score("borda", totals, sum(n for _names, n in cast), left_out)


def _condorcet(cast: Cast, options: list[str], left_out: int) -> Tally:
    above = {a: dict.fromkeys(options, 0) for a in options}
    for names, n in cast:
        for place, a in enumerate(names):
            for b in {*options}.difference(names[: place + 1]):
                above[a][b] += n
    beats = {a: {b for b in options if above[a][b] > above[b][a]} for a in options}
    level = {a: sum(above[a][b] == above[b][a] for b in options) - 1 for a in options}
    found = _by_score(
        "condorcet",
        {a: len(beats[a]) + level[a] / 2 for a in options},
        sum(n for _names, n in cast),
        left_out,
        pairwise=pd.DataFrame(above, index=options).T,
    )
    # The group that beats all others stands first when options are sorted by duels won (the Smith set).
    size = next(
        k for k in range(1, len(options) + 1) if all({*found.ranking[k:]} <= beats[a] for a in found.ranking[:k])
    )
    top = found.ranking[:size]
    return replace(found, winner=top[0] if size == 1 else None, tied=top if size > 1 else [])


def _instant_runoff(cast: Cast, options: list[str], left_out: int) -> Tally:
    counted = sum(n for _names, n in cast)
    history: list[dict[str, int]] = []
    rows: list[dict[str, Any]] = []
    out: list[str] = []
    while True:
        votes = dict.fromkeys((option for option in options if option not in out), 0)
        for names, n in cast:
            choice = next((name for name in names if name in votes), None)
            if choice is not None:
                votes[choice] += n
        history.append(votes)
        row: dict[str, Any] = {**votes, "exhausted": counted - sum(votes.values()), "eliminated": "", "tie_break": ""}
        rows.append(row)
        most, fewest = max(votes.values()), min(votes.values())
        if 2 * most > sum(votes.values()) or most == fewest:
            break
        last = [option for option in votes if votes[option] == fewest]
        for earlier in reversed(history[:-1]):
            low = min(earlier[option] for option in last)
            if any(earlier[option] > low for option in last):
                row["tie_break"] = "earlier"
            last = [option for option in last if earlier[option] == low]
        if len(last) > 1:
            row["tie_break"] = "alphabet"
        row["eliminated"] = max(last)
        out.append(row["eliminated"])
    ranking = sorted(votes, key=lambda option: (-votes[option], option)) + out[::-1]
    top = [option for option in ranking if votes.get(option) == most]
    index = pd.Index(range(1, len(rows) + 1), name="round")
    columns = [*options, "exhausted", "eliminated", "tie_break"]
    rounds = pd.DataFrame(rows, index=index, columns=columns).astype(dict.fromkeys([*options, "exhausted"], "Int64"))
    return Tally(
        rule="instant_runoff",
        winner=top[0] if len(top) == 1 else None,
        ranking=ranking,
        scores=_series("instant_runoff", ranking, {o: v for votes in history for o, v in votes.items()}),
        tied=top if len(top) > 1 else [],
        ballots=counted,
        left_out=left_out,
        rounds=rounds,
    )


_COUNT: dict[str, Callable[[Cast, list[str], int], Tally]] = {
    "plurality": _plurality,
    "borda": _borda,
    "condorcet": _condorcet,
    "instant_runoff": _instant_runoff,
}
