"""Theme 05, dialogue meetings: mix the tables, rotate them, count ballots, and measure consensus.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> seating = rotations(["Ada", "Bo", "Cy", "Di"], tables=2, rounds=3)
>>> print(meetings(seating))
Pairs that met: 6 of 6 possible (100 %).
At most 6 could meet with these tables and rounds.
Pairs that met more than once: 0.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ._arguments import seed as check_seed
from ._arguments import short, whole
from ._dialogue import seating as _seating
from ._dialogue.voting import MARKED, NAMES, RANKED, Tally, mark_columns, rank_columns, read_ranks, read_weights, tally
from .language import gettext as _
from .language import number

__all__ = [
    "Meetings",
    "Tally",
    "consensus",
    "meetings",
    "merge_options",
    "mix_tables",
    "rotations",
    "rules_table",
    "tally",
]

# A search that looks at every pair of people needs time and memory for it.
_MOST_PEOPLE = 2000
_MOST_ROUNDS = 100


def mix_tables(participants: pd.DataFrame, size: int, on: str | Sequence[str], seed: int = 0) -> pd.DataFrame:
    """Seat people so that every table is as like the whole group as possible.

    Parameters
    ----------
    participants
        One row a person.
    size
        The most people at a table, 2 or more. The tables are as few as that allows, and their sizes differ by at
        most one.
    on
        The column or columns to mix, such as ``["sector", "municipality"]``. A missing value is a category of
        its own: those who did not state it are spread as well.
    seed
        Another seed gives another seating; the same seed gives the same on every machine.

    Returns
    -------
    pandas.DataFrame
        A copy of `participants`, rows and index as they were, with a column ``table`` added: 1, 2, …

    Raises
    ------
    ValueError
        If there is nobody, there is a column ``table`` already, `on` is empty, or `size` or `seed` is not a whole
        number in its range.
    KeyError
        If a column in `on` is missing.

    Notes
    -----
    The seating makes the pairs of table neighbours that share a category as few as it can, summed over the
    columns: people are dealt out sorted by category, then two at a time are swapped while it helps (tabu
    search). With one column the result is optimal: a category's numbers at any two tables differ by at most one.

    Examples
    --------
    >>> people = pd.DataFrame({"sector": ["public"] * 4 + ["civil"] * 2})
    >>> seated = mix_tables(people, size=3, on="sector")
    >>> pd.crosstab(seated["table"], seated["sector"]).to_numpy().tolist()
    [[1, 2], [1, 2]]
    """
    if not isinstance(participants, pd.DataFrame) or participants.empty:
        raise ValueError(
            _("participants is {value}; give a DataFrame with one row a person.").format(value=short(participants))
        )
    columns = list(on) if pd.api.types.is_list_like(on) else [on]
    if not columns:
        raise ValueError(_("on is empty; name at least one column to mix, such as 'sector'."))
    for column in columns:
        if column not in participants:
            raise KeyError(
                _("There is no column {name!r} to mix on; the columns are {columns}.").format(
                    name=column, columns=", ".join(map(str, participants.columns))
                )
            )
    if "table" in participants:
        raise ValueError(
            _("participants already has a column 'table'; rename it, or leave it out with drop(columns='table').")
        )
    size = whole("size", size, 2)
    codes = [_codes(list(participants[column])) for column in columns]
    tables = math.ceil(len(participants) / size)
    seated = _seating.mix(np.column_stack(codes), tables, check_seed(seed))
    return participants.assign(table=seated + 1)


def rotations(
    participants: pd.DataFrame | pd.Series[Any] | pd.Index[Any] | Sequence[Any] | int,
    tables: int,
    rounds: int,
    seed: int = 0,
) -> pd.DataFrame:
    """Seat people for several rounds so that as many different pairs as possible meet.

    Parameters
    ----------
    participants
        A DataFrame with one row a person, a list of names, or how many people there are; 2–2,000 people.
    tables
        How many tables, at least two people at each. Sizes differ by at most one in every round.
    rounds
        How many rounds, 1–100.
    seed
        Another seed gives another seating; the same seed gives the same on every machine.

    Returns
    -------
    pandas.DataFrame
        One row a person (index as in `participants`; the names; or 1, 2, …), one column a round (1, 2, …); the
        value is the table, 1, 2, … Use :func:`meetings` to see how good it is.

    Raises
    ------
    ValueError
        If a name stands twice, or a number is out of its range.

    Notes
    -----
    Known as the social golfer problem. Where arithmetic gives rounds without repeats (transversal designs over
    finite fields or modulo the number of tables), they are used; otherwise a tabu search [1]_ and simulated
    annealing look for a seating. The search ends after a number of steps, never after a time.

    References
    ----------
    .. [1] Dotú, I., and Van Hentenryck, P. (2005). Scheduling social golfers locally. CPAIOR 2005, LNCS 3524.
    .. [2] Colbourn, C. J., and Dinitz, J. H. (eds.) (2007). Handbook of Combinatorial Designs, 2nd ed. Chapman &
       Hall/CRC.

    Examples
    --------
    >>> seating = rotations(60, tables=12, rounds=4)
    >>> result = meetings(seating)
    >>> result.pairs_met, result.bound, result.repeated
    (480, 480, 0)
    """
    index = _names(participants)
    if not 2 <= len(index) <= _MOST_PEOPLE:
        raise ValueError(_people(participants))
    _once("participants", index)
    tables = whole("tables", tables, 1, len(index) // 2)
    rounds = whole("rounds", rounds, 1, _MOST_ROUNDS)
    seated = _seating.rotate(len(index), tables, rounds, check_seed(seed))
    return pd.DataFrame(seated + 1, index=index, columns=pd.RangeIndex(1, rounds + 1, name="round"))


@dataclass(frozen=True, eq=False)
class Meetings:
    """Who has met whom.

    Attributes
    ----------
    pairs_met
        Different pairs that sat at the same table at least once.
    pairs_possible
        All pairs there are: n(n - 1)/2 for n people.
    bound
        Pairs that could meet at most with tables of these sizes in these rounds. No seating meets more; whether
        one meets as many is not always known.
    repeated
        Pairs that met more than once.
    matrix
        How many times each two people met, people by people.
    """

    pairs_met: int
    pairs_possible: int
    bound: int
    repeated: int
    matrix: pd.DataFrame

    @property
    def share(self) -> float:
        """The share of all possible pairs that met, 0–1."""
        return self.pairs_met / self.pairs_possible

    def _lines(self) -> list[str]:
        return [
            _("Pairs that met: {met} of {possible} possible ({share} %).").format(
                met=number(self.pairs_met, 0),
                possible=number(self.pairs_possible, 0),
                share=number(100 * self.share, 0),
            ),
            _("At most {bound} could meet with these tables and rounds.").format(bound=number(self.bound, 0)),
            _("Pairs that met more than once: {repeated}.").format(repeated=number(self.repeated, 0)),
        ]

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in self._lines()) + "</ul>"


def meetings(seating: pd.DataFrame | pd.Series[Any]) -> Meetings:
    """Count who meets whom in a seating.

    Parameters
    ----------
    seating
        One row a person, one column a round, the value is the table: what :func:`rotations` gives, or the
        column ``table`` of :func:`mix_tables`.

    Returns
    -------
    Meetings
        With ``pairs_met``, ``pairs_possible``, ``bound``, ``repeated``, ``share`` and ``matrix``.

    Raises
    ------
    ValueError
        If there are fewer than two people or no round, a person stands twice, or somebody has no table.

    Examples
    --------
    >>> rounds = pd.DataFrame({1: [1, 1, 2, 2], 2: [1, 1, 2, 2]}, index=["Ada", "Bo", "Cy", "Di"])
    >>> met = meetings(rounds)
    >>> met.pairs_met, met.repeated, met.bound
    (2, 2, 4)
    """
    frame = seating.to_frame() if isinstance(seating, pd.Series) else seating
    if not isinstance(frame, pd.DataFrame) or len(frame) < 2 or not len(frame.columns):
        raise ValueError(
            _("seating is {value}; give at least two people as rows and one round as a column.").format(
                value=short(seating)
            )
        )
    _once("seating", frame.index)
    for round_ in frame.columns:
        absent = frame.index[frame[round_].isna()]
        if len(absent):
            raise ValueError(
                _("{person} has no table in round {round}; leave out people who were not there.").format(
                    person=absent[0], round=round_
                )
            )
    tables = np.column_stack([pd.factorize(frame[round_])[0] for round_ in frame.columns]).astype(np.int64)
    counts = _seating.meeting_counts(tables)
    return Meetings(
        pairs_met=int(np.count_nonzero(counts)) // 2,
        pairs_possible=len(frame) * (len(frame) - 1) // 2,
        bound=_seating.bound([np.bincount(column).astype(np.int64) for column in tables.T]),
        repeated=int(np.count_nonzero(counts > 1)) // 2,
        matrix=pd.DataFrame(counts, index=frame.index, columns=frame.index),
    )


def rules_table(ballots: pd.DataFrame, rules: Sequence[str] | None = None) -> pd.DataFrame:
    """Count the same ballots by several rules, one row a rule.

    Parameters
    ----------
    ballots
        As :func:`tally` takes them.
    rules
        The rules to compare. If left out, every rule the columns allow: the ranked rules when there is a column
        ``1``, and each other rule that has columns named ``<rule>_<option>``.

    Returns
    -------
    pandas.DataFrame
        Index ``rule``; columns ``name`` (the rule in words, in the language in use), ``winner`` (None when there
        is none), ``tied`` and ``ranking`` (as text: ``>`` is before, ``=`` is level with).

    Raises
    ------
    ValueError, KeyError
        As :func:`tally`; and if `rules` is left out and the columns allow none.

    Examples
    --------
    >>> import pandas as pd
    >>> ballots = pd.DataFrame({"1": ["A", "B", "C"], "2": ["B", "C", "B"], "3": ["C", "A", "A"], "n": [4, 3, 2]})
    >>> rules_table(ballots)["winner"].to_dict()
    {'plurality': 'A', 'borda': 'B', 'condorcet': 'B', 'instant_runoff': 'B'}
    """
    if rules is None:
        read_weights(ballots)
        rules = [rule for rule in NAMES if (rank_columns(ballots) if rule in RANKED else mark_columns(ballots, rule))]
        if not rules:
            raise ValueError(_("ballots has neither rank columns (1, 2, 3 and so on) nor columns such as approval_A."))
    results = [tally(ballots, rule) for rule in ([rules] if isinstance(rules, str) else rules)]
    return pd.DataFrame(
        {
            "name": [_(NAMES[result.rule][0]) for result in results],
            "winner": pd.Series([result.winner for result in results], dtype=object),
            "tied": [", ".join(result.tied) for result in results],
            "ranking": [_in_order(result) for result in results],
        }
    ).set_axis(pd.Index([result.rule for result in results], name="rule"))


def merge_options(ballots: pd.DataFrame, together: Sequence[str], name: str) -> pd.DataFrame:
    """Count near-twin options as one.

    Parameters
    ----------
    ballots
        Ballots with rank columns (``1``, ``2``, …), with columns named ``<rule>_<option>``, or with both.
    together
        The options that say nearly the same, two or more.
    name
        What the merged option is called; may be the name of one of them.

    Returns
    -------
    pandas.DataFrame
        New ballots. In a ranking the merged option takes the best of its places and the later ranks close up.
        Approvals and scores become the highest of them, dots and quadratic votes their sum. The sum of quadratic
        votes may cost more credits than the ballot had: read it as support, not as a ballot one could cast.

    Raises
    ------
    ValueError
        If fewer than two options are given, or `name` is empty or is another option.
    KeyError
        If an option is not on the ballots.

    Examples
    --------
    >>> import pandas as pd
    >>> ballots = pd.DataFrame({"dots_A": [2, 1, 0], "dots_B": [1, 1, 0], "dots_C": [0, 1, 3]})
    >>> tally(ballots, "dots").scores.to_dict()
    {'C': 4, 'A': 3, 'B': 2}
    >>> tally(merge_options(ballots, ["A", "B"], "AB"), "dots").scores.to_dict()
    {'AB': 5, 'C': 4}
    """
    read_weights(ballots)
    twins = list(dict.fromkeys(map(str, together))) if pd.api.types.is_list_like(together) else []
    if len(twins) < 2:
        raise ValueError(_("together is {value}; give at least two options in a list.").format(value=short(together)))
    if not isinstance(name, str) or not name.strip():
        raise ValueError(_("name is {value}; give the merged option a name.").format(value=short(name)))
    ranks = rank_columns(ballots)
    ranked = read_ranks(ballots) if ranks else []
    blocks = {rule: mark_columns(ballots, rule) for rule in MARKED}
    blocks = {rule: columns for rule, columns in blocks.items() if columns}
    if not ranks and not blocks:
        raise ValueError(_("ballots has neither rank columns (1, 2, 3 and so on) nor columns such as approval_A."))
    for options in [*([{option for names in ranked for option in names}] if ranks else []), *map(set, blocks.values())]:
        for twin in twins:
            if twin not in options:
                raise KeyError(
                    _("There is no option {name!r}; the options are {options}.").format(
                        name=twin, options=", ".join(sorted(options))
                    )
                )
        if name in options.difference(twins):
            raise ValueError(_("name is {value}; another option has that name.").format(value=short(name)))
    merged = ballots.copy()
    if ranks:
        closed = [list(dict.fromkeys(name if option in twins else option for option in names)) for names in ranked]
        longest = max(map(len, closed))
        for place, column in enumerate(ranks):
            if place < longest:
                values = [names[place] if place < len(names) else pd.NA for names in closed]
                merged[column] = pd.Series(values, index=ballots.index, dtype="string")
            else:
                merged = merged.drop(columns=column)
    for rule, columns in blocks.items():
        block = ballots[[columns[twin] for twin in twins]]
        # A cell stays empty only when all the twins' cells are: what was not marked is not a 0.
        total = block.max(axis=1) if rule in ("approval", "score") else block.sum(axis=1, min_count=1)
        first = columns[next(option for option in columns if option in twins)]
        merged[first] = total
        merged = merged.drop(columns=[columns[twin] for twin in twins if columns[twin] != first])
        merged = merged.rename(columns={first: f"{rule}_{name}"})
    return merged


def consensus(counts: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | npt.NDArray[Any]) -> float:
    """Measure how much people agree on an equally spaced scale: 0 split between the ends, 1 all on one step.

    Parameters
    ----------
    counts
        How many chose each step of the scale, from one end to the other, with 0 for a step nobody chose. When
        the steps are numbers (the index of a Series, the keys of a mapping) they must rise evenly.

    Returns
    -------
    float
        The consensus, 0–1.

    Raises
    ------
    ValueError
        If there are fewer than two steps, a count is missing or negative, all are 0, or the steps do not rise
        evenly.

    Notes
    -----
    With p the shares, X the steps, μ their mean and d the width of the scale,
    Cns = 1 + Σ p log₂(1 - abs(X - μ) / d) [1]_. Consensus is not majority: six of ten may agree wholly and four
    be wholly against.

    References
    ----------
    .. [1] Tastle, W. J., and Wierman, M. J. (2007). Consensus and dissention: A measure of ordinal dispersion.
       International Journal of Approximate Reasoning 45(3):531-545. doi:10.1016/j.ijar.2006.06.024

    Examples
    --------
    >>> consensus([0, 0, 10, 0, 0]), consensus([5, 0, 0, 0, 5])
    (1.0, 0.0)
    >>> round(consensus([0, 1, 2, 4, 3]), 3)
    0.68
    """
    if isinstance(counts, (str, bytes)) or not isinstance(counts, (pd.Series, Mapping, Sequence, np.ndarray)):
        raise ValueError(
            _("counts is {value}; give how many chose each step of the scale, in a list.").format(value=short(counts))
        )
    if not isinstance(counts, (pd.Series, Mapping)):
        counts = list(counts)
    series = pd.Series(counts)
    if len(series) < 2:
        raise ValueError(_("counts has {n} steps; a scale has at least two.").format(n=len(series)))
    for value in series:
        if not isinstance(value, (int, float, np.integer, np.floating)) or not math.isfinite(value) or value < 0:
            raise ValueError(_("counts holds {value}; each must be a number from 0 up.").format(value=short(value)))
    if not series.sum():
        raise ValueError(_("counts adds up to 0; at least one person must have chosen a step."))
    if pd.api.types.is_numeric_dtype(series.index):
        gaps = np.diff(series.index.to_numpy(dtype=float))
        if gaps[0] <= 0 or not np.allclose(gaps, gaps[0]):
            # What value_counts() gives: steps by popularity, and none for those nobody chose.
            message = _(
                "The steps of counts are {steps}; they must rise evenly. Put them in order with a 0 for each step "
                "nobody chose: counts.reindex(range(1, 6), fill_value=0) for a scale from 1 to 5."
            )
            raise ValueError(message.format(steps=", ".join(str(step) for step in series.index)))
    shares = series.to_numpy(dtype=float) / float(series.sum())
    steps = np.arange(len(shares))
    distance = np.abs(steps - shares @ steps) / (len(shares) - 1)
    chosen = shares > 0
    value = 1 + float(shares[chosen] @ np.log2(1 - distance[chosen]))
    return min(max(value, 0.0), 1.0)


def _in_order(result: Tally) -> str:
    text = ""
    for before, option in zip(["", *result.ranking], result.ranking, strict=False):
        level = before in result.tied and option in result.tied
        if before and result.rule != "instant_runoff":
            level = result.scores[before] == result.scores[option]
        text += (" = " if level else " > ") * bool(before) + option
    return text


def _codes(values: list[Any]) -> _seating.Ints:
    # Missing values of any kind are one category.
    known = ["\0" if pd.isna(value) else str(value) for value in values]
    return np.unique(known, return_inverse=True)[1].astype(np.int64)


def _names(participants: object) -> pd.Index[Any]:
    if isinstance(participants, pd.DataFrame):
        index: pd.Index[Any] = participants.index
        return index
    if isinstance(participants, (int, np.integer)) and not isinstance(participants, bool):
        index = pd.RangeIndex(1, int(participants) + 1, name="person")
        return index
    if isinstance(participants, (Sequence, pd.Series, pd.Index, np.ndarray)) and not isinstance(participants, str):
        index = pd.Index(list(participants), name="person")
        return index
    raise ValueError(_people(participants))


def _people(value: object) -> str:
    message = _("participants is {value}; give 2 to {most} people: a DataFrame, a list of names, or a number.")
    return message.format(value=short(value), most=number(_MOST_PEOPLE, 0))


def _once(name: str, index: pd.Index[Any]) -> None:
    if not index.is_unique:
        raise ValueError(
            _("{person!r} stands twice in {name}; tell the two apart, or number the rows with reset_index().").format(
                person=str(index[index.duplicated()][0]), name=name
            )
        )
