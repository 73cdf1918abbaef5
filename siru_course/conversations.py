"""Theme 04, conversations: who spoke and for how long, how mixed a group is, and whom it stands for.

Examples
--------
>>> from siru_course import data, use_language
>>> use_language("en")
>>> turns = data.load("talk_turns").query("conversation_id == 'A042'")
>>> seconds = speaking_time(turns, by="person_id")["seconds"]
>>> len(seconds), round(gini(seconds), 1)
(21, 0.5)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ._arguments import choice, frame, numbers, short
from ._conversations.representation import Numbers, Representation, amounts, representation
from .language import gettext as _

__all__ = ["Representation", "diversity", "gini", "representation", "speaking_time"]


def speaking_time(turns: pd.DataFrame, by: str | Sequence[str], people: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add up how often and how long each person or group spoke.

    Parameters
    ----------
    turns
        One row a turn, with its length in ``seconds``.
    by
        The column that says who spoke, such as ``"person_id"``, ``"gender"`` or ``"sector"``, or a list of columns.
    people
        Everybody in the room, one row a person, with the same column. With it, those who never spoke have a row
        too, and each group's share of the time stands beside its share of the room.

    Returns
    -------
    pandas.DataFrame
        One row a person or group, the one who spoke longest first, with ``turns``, ``seconds``, ``share`` (of all
        the seconds, 0–1) and ``left_out`` (turns without a length, in none of the other columns). With `people`
        also ``people`` and ``people_share``. Turns where it is not known who spoke have a row of their own.

    Raises
    ------
    ValueError
        If there are no turns, a length is negative or not a number, or nobody spoke at all.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"gender": ["man", "woman", "man"], "seconds": [60, 30, 30]})
    >>> speaking_time(turns, by="gender")["share"].to_dict()
    {'man': 0.75, 'woman': 0.25}
    >>> room = pd.DataFrame({"gender": ["man", "woman", "woman", "woman"]})
    >>> speaking_time(turns, by="gender", people=room)["people_share"].to_dict()
    {'man': 0.25, 'woman': 0.75}
    """
    columns = list(by) if pd.api.types.is_list_like(by) else [by]
    if not columns:
        raise ValueError(_("by is empty; name a column that says who spoke, such as 'sector'."))
    spoken = frame("turns", turns, [*columns, "seconds"])
    seconds = numbers("seconds", spoken["seconds"], least=0)
    timed = seconds.notna()
    rows = spoken[columns].assign(turns=timed.astype(int), seconds=seconds.fillna(0), left_out=(~timed).astype(int))
    if people is not None:
        rows = pd.concat([rows, frame("people", people, columns)[columns].assign(people=1)]).fillna(
            {"turns": 0, "seconds": 0, "left_out": 0, "people": 0}
        )
    total = float(rows["seconds"].sum())
    if total == 0:
        raise ValueError(_("The seconds add up to 0, so there is no speaking time to share out."))
    by_whom: Any = columns[0] if len(columns) == 1 else columns
    summed = rows.groupby(by_whom, dropna=False, sort=False, observed=True).sum()
    counts = [name for name in ("turns", "left_out", "people") if name in summed]
    if pd.api.types.is_integer_dtype(spoken["seconds"]):
        counts.append("seconds")
    summed = summed.astype(dict.fromkeys(counts, int))
    summed.insert(2, "share", summed["seconds"] / total)
    if people is not None:
        summed["people_share"] = summed["people"] / len(people)
    return summed.sort_values("seconds", ascending=False, kind="stable")


def gini(values: Numbers) -> float:
    """Measure how unequally something is shared: 0 when all have the same, almost 1 when one has everything.

    Parameters
    ----------
    values
        What each has, such as seconds of speaking time. Those who have nothing belong here too, with 0: leaving
        out the silent makes a conversation look more equal than it was.

    Returns
    -------
    float
        The Gini coefficient, from 0 to (n - 1)/n.

    Raises
    ------
    ValueError
        If there are no values, one is missing, negative or not a number, or all are 0.

    Notes
    -----
    With the n values in rising order, G = Σ(2i - n - 1)xᵢ / (nΣx): half the mean difference between all pairs,
    divided by the mean. This is the formula for a whole population; for a sample some multiply by n/(n - 1).

    References
    ----------
    .. [1] Gini, C. (1912). Variabilità e mutabilità. Bologna: Cuppini.

    Examples
    --------
    >>> gini([30, 30, 30]), gini([90, 0, 0])
    (0.0, 0.6666666666666666)
    """
    shares = np.sort(amounts("values", values).to_numpy())
    if not shares[-1] > 0:
        raise ValueError(_("values are all 0; there is nothing to share, so no Gini coefficient."))
    # Divided by a power of two, which rounds nothing, so that very large values do not overflow.
    shares = np.ldexp(shares, -np.frexp(shares[-1])[1])
    n = len(shares)
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return max(float(ranks @ shares) / (n * float(shares.sum())), 0.0)


def diversity(counts: Numbers, index: str = "blau", normalised: bool = False) -> float:
    """Measure how mixed a group is.

    Parameters
    ----------
    counts
        How many belong to each category, such as sector; with 0 for a category that nobody belongs to.
    index
        ``"blau"``: the probability that two members differ, when the same one may be drawn twice. ``"simpson"``:
        the same for two different members, which is fairer to small groups. ``"shannon"``: the entropy, with the
        natural logarithm.
    normalised
        Divide by the largest value that is possible with as many categories as `counts` has, so that 1 is the
        most even mix. For ``"simpson"`` it is the largest that as many members can reach: 3 and 2 is the most
        even mix of five.

    Returns
    -------
    float
        0 when all belong to the same category.

    Raises
    ------
    ValueError
        If a count is missing, negative or not a number, all are 0, `index` is unknown, ``"simpson"`` gets fewer
        than two members or parts of one, or there are too few categories to normalise.

    Notes
    -----
    With shares p of k categories: Blau 1 - Σp² [1]_, at most (k - 1)/k; Shannon -Σp ln p [2]_, at most ln k. With
    counts n and N members: Simpson 1 - Σn(n - 1) / (N(N - 1)) [3]_. Compare groups by the same index and the same
    categories; what the categories leave out, no index sees.

    References
    ----------
    .. [1] Blau, P. M. (1977). Inequality and Heterogeneity. New York: Free Press.
    .. [2] Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal
       27(3):379-423. doi:10.1002/j.1538-7305.1948.tb01338.x
    .. [3] Simpson, E. H. (1949). Measurement of diversity. Nature 163:688. doi:10.1038/163688a0
    .. [4] Harrison, D. A., and Klein, K. J. (2007). What's the difference? Diversity constructs as separation,
       variety, or disparity in organizations. Academy of Management Review 32(4):1199-1228.
       doi:10.5465/amr.2007.26586096

    Examples
    --------
    >>> room = {"public": 4, "private": 4, "civil": 2}
    >>> round(diversity(room), 2), round(diversity(room, normalised=True), 2)
    (0.64, 0.96)
    >>> round(diversity(room, "simpson"), 3)
    0.711
    """
    choice("index", index, ["blau", "simpson", "shannon"])
    if not isinstance(normalised, (bool, np.bool_)):
        raise ValueError(_("normalised is {value}; choose True or False.").format(value=short(normalised)))
    members = amounts("counts", counts).to_numpy()
    total = float(members.sum())
    if not total > 0:
        raise ValueError(_("counts add up to 0; at least one member must belong to a category."))
    k = len(members)
    if normalised and k < 2:
        raise ValueError(_("counts has one category, and one cannot be mixed; give a 0 for each that is empty."))
    if index == "simpson":
        if not (members % 1 == 0).all() or total < 2:
            message = _("index='simpson' draws two different members: give whole numbers that add up to 2 or more.")
            raise ValueError(message)
        value, most = _without_replacement(members), _without_replacement(_most_even(int(total), k))
    elif index == "blau":
        value, most = 1 - float(((members / total) ** 2).sum()), (k - 1) / k
    else:
        some = members[members > 0] / total
        value, most = -float(some @ np.log(some)), math.log(k)
    return max(value / most if normalised else value, 0.0)


def _without_replacement(members: npt.NDArray[Any]) -> float:
    """Give the probability that two different members belong to different categories."""
    total = members.sum()
    return 1 - float((members * (members - 1)).sum() / (total * (total - 1)))


def _most_even(total: int, categories: int) -> npt.NDArray[Any]:
    each, more = divmod(total, categories)
    return np.array([each + 1] * more + [each] * (categories - more), dtype=float)
