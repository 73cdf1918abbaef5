"""Theme 07, matchmaking: pair two sides for the best total, or so that no two would rather have each other.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> scores = pd.DataFrame({"C1": [9, 8], "C2": [6, 1]}, index=["Ada", "Bo"])
>>> print(assign(scores))
Highest total: 14
Name  Partner  Score
Ada        C2      6
Bo         C1      8
>>> entrepreneurs = {"Ada": ["C1", "C2"], "Bo": ["C1", "C2"]}
>>> companies = {"C1": ["Ada", "Bo"], "C2": ["Ada", "Bo"]}
>>> blocking_pairs(assign(scores).pairs, entrepreneurs, companies)
[('Ada', 'C1')]
>>> stable(entrepreneurs, companies)
{'Ada': 'C1', 'Bo': 'C2'}
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ._arguments import frame as check_frame
from ._arguments import numbers
from ._matchmaking.assignment import Assignment, assign
from ._matchmaking.preferences import (
    Capacities,
    Preferences,
    check_known,
    deferred_acceptance,
    read_capacities,
    read_lists,
    read_matching,
    read_sides,
)
from ._matchmaking.satisfaction import Satisfaction, satisfaction
from .language import gettext as _

__all__ = [
    "Assignment",
    "Satisfaction",
    "assign",
    "blocking_pairs",
    "preferences",
    "satisfaction",
    "stable",
]

_NOBODY = object()


def preferences(frame: pd.DataFrame, of: str, among: str, rank: str) -> dict[Any, list[Any]]:
    """Make lists of preferences from a table with one row a pair.

    Parameters
    ----------
    frame
        One row a pair, as in the data set ``match_scores``.
    of
        The column with those whose lists are made.
    among
        The column with those whom they rank.
    rank
        The column with the ranks; 1 is the favourite. A missing rank leaves the name off the list: the two will
        not be paired.

    Returns
    -------
    dict
        From each name to its list, the favourite first.

    Raises
    ------
    ValueError
        If the frame is empty, a name is missing, a rank is not a number, or a list has a tie or a name twice.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> pairs = pd.DataFrame({"who": ["Ada", "Ada", "Bo"], "whom": ["C1", "C2", "C1"], "rank": [2, 1, 1]})
    >>> preferences(pairs, of="who", among="whom", rank="rank")
    {'Ada': ['C2', 'C1'], 'Bo': ['C1']}
    """
    pairs = check_frame("frame", frame, [of, among, rank])
    for column in (of, among):
        for row in pairs.index[pairs[column].isna()]:
            raise ValueError(
                _("{column} is missing in row {row}; fill it in or leave the row out.").format(column=column, row=row)
            )
    lists: dict[Any, list[tuple[float, Any]]] = {name: [] for name in pairs[of]}
    for name, other, place in zip(pairs[of], pairs[among], numbers(rank, pairs[rank]), strict=True):
        if not math.isnan(place):
            lists[name].append((place, other))
    ordered = {name: sorted(ranked, key=lambda item: item[0]) for name, ranked in lists.items()}
    for name, ranked in ordered.items():
        for (place, one), (next_place, other) in itertools.pairwise(ranked):
            if place == next_place:
                raise ValueError(
                    _("{name} ranks {one} and {other} the same in {rank}; a list needs one name a place.").format(
                        name=name, one=one, other=other, rank=rank
                    )
                )
    found = {name: [other for _place, other in ranked] for name, ranked in ordered.items()}
    read_lists("frame", found)
    return found


def stable(
    proposers: Preferences,
    receivers: Preferences,
    capacities: Capacities | None = None,
    *,
    receivers_propose: bool = False,
) -> dict[Any, Any]:
    """Pair two sides so that no two would rather have each other than what they got.

    Parameters
    ----------
    proposers, receivers
        From each name to a list of names on the other side, the favourite first. A name that is not on the list
        is not acceptable: its owner would rather have nobody.
    capacities
        How many proposers a receiver has places for; a receiver that is not named has one.
    receivers_propose
        Turn the proposing round: receivers ask, each as many as it has places for. The mapping that comes back
        still goes from proposers to receivers, so that the two can be compared.

    Returns
    -------
    dict
        From proposer to receiver; a proposer without a partner is not there.

    Raises
    ------
    ValueError
        If a side is empty or is not a mapping to lists, a list has a name twice, or a capacity is not a whole
        number from 0 up.
    KeyError
        If a list or `capacities` names somebody who is not there.

    Notes
    -----
    Deferred acceptance [1]_: everybody asks the best on the list that has not said no, and those who are asked
    keep the best they have places for. Each of those who ask gets the best partner it has in any stable matching,
    and each of those who are asked the worst [2]_. Who is left without a partner, and how many places a receiver
    fills, is the same in every stable matching [3]_.

    References
    ----------
    .. [1] Gale, D., and Shapley, L. S. (1962). College admissions and the stability of marriage. American
       Mathematical Monthly 69(1):9-15. doi:10.2307/2312726
    .. [2] Roth, A. E. (1984). The evolution of the labor market for medical interns and residents: A case study in
       game theory. Journal of Political Economy 92(6):991-1016. doi:10.1086/261272
    .. [3] Roth, A. E. (1986). On the allocation of residents to rural hospitals: A general property of two-sided
       matching markets. Econometrica 54(2):425-427. doi:10.2307/1913160

    Examples
    --------
    >>> entrepreneurs = {"Ada": ["C1", "C2"], "Bo": ["C2", "C1"]}
    >>> companies = {"C1": ["Bo", "Ada"], "C2": ["Ada", "Bo"]}
    >>> stable(entrepreneurs, companies)
    {'Ada': 'C1', 'Bo': 'C2'}
    >>> stable(entrepreneurs, companies, receivers_propose=True)
    {'Ada': 'C2', 'Bo': 'C1'}
    >>> stable(entrepreneurs, companies, capacities={"C1": 0, "C2": 2})
    {'Ada': 'C2', 'Bo': 'C2'}
    """
    mine, theirs = read_sides(proposers, receivers)
    room, one_each = read_capacities(capacities, theirs), dict.fromkeys(mine, 1)
    if receivers_propose:
        held = deferred_acceptance(theirs, mine, room, one_each)
        return {name: partners[0] for name, partners in held.items() if partners}
    held = deferred_acceptance(mine, theirs, one_each, room)
    partner = {name: receiver for receiver, names in held.items() for name in names}
    return {name: partner[name] for name in mine if name in partner}


def blocking_pairs(
    matching: Mapping[Any, Any],
    proposers: Preferences,
    receivers: Preferences,
    capacities: Capacities | None = None,
) -> list[tuple[Any, Any]]:
    """Find the pairs that would rather have each other than what they have; a stable matching has none.

    Parameters
    ----------
    matching
        From proposer to receiver, such as what :func:`stable` gives or the ``pairs`` of :func:`assign`. Who is not
        there, or has None, is without a partner.
    proposers, receivers, capacities
        As :func:`stable` takes them.

    Returns
    -------
    list of tuple
        (proposer, receiver), in the order of the proposers and their lists. Somebody who would rather have nobody
        than the partner it has, because that name is not on its list, stands with None: (proposer, None) or
        (None, receiver).

    Raises
    ------
    ValueError
        As :func:`stable`; and if `matching` is not a mapping to one name each, or fills more places than there are.
    KeyError
        As :func:`stable`; and if `matching` has a name that is not there.

    Examples
    --------
    >>> entrepreneurs = {"Ada": ["C1", "C2"], "Bo": ["C1", "C2"]}
    >>> companies = {"C1": ["Bo", "Ada"], "C2": ["Bo", "Ada"]}
    >>> blocking_pairs({"Ada": "C1", "Bo": "C2"}, entrepreneurs, companies)
    [('Bo', 'C1')]
    >>> blocking_pairs({"Ada": "C2", "Bo": "C1"}, entrepreneurs, companies)
    []
    """
    mine, theirs = read_sides(proposers, receivers)
    room = read_capacities(capacities, theirs)
    has = read_matching(matching)
    held: dict[Any, list[Any]] = {name: [] for name in theirs}
    for name, receiver in has.items():
        check_known("proposers", mine, name)
        check_known("receivers", theirs, receiver)
        held[receiver].append(name)
    for receiver, names in held.items():
        if len(names) > room[receiver]:
            raise ValueError(
                _("{name} has {n} partners in matching but places for {room}; give capacities if it has more.").format(
                    name=receiver, n=len(names), room=room[receiver]
                )
            )
    found: list[tuple[Any, Any]] = []
    for name, order in mine.items():
        partner = has.get(name, _NOBODY)
        if partner is not _NOBODY and partner not in order:
            found.append((name, None))
        for receiver, place in order.items():
            liked = theirs[receiver]
            if place < order.get(partner, len(order)) and name in liked:
                worse = any(liked.get(other, len(liked)) > liked[name] for other in held[receiver])
                if worse or len(held[receiver]) < room[receiver]:
                    found.append((name, receiver))
    return found + [(None, receiver) for receiver, names in held.items() if set(names) - set(theirs[receiver])]
