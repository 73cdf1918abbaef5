"""Who sits where: mixed tables, café rounds, and who has met whom."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._arguments import seed as check_seed
from .._arguments import short, whole
from ..language import gettext as _
from ..language import number
from . import seating as _seating

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

    Examples
    --------
    >>> met = meetings(pd.DataFrame({1: [1, 1, 2, 2]}, index=["Ada", "Bo", "Cy", "Di"]))
    >>> met.matrix.loc["Ada", "Bo"].item(), met.matrix.loc["Ada", "Cy"].item()
    (1, 0)
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
