"""Eight ways to count the same ballots: what is behind ``dialogue.tally``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..language import gettext as _
from .ballots import ballot_name, is_whole, read_marks, read_ranks, read_weights
from .result import NAMES, RANKED, Tally
from .rules import COUNT, by_score


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
        if limit is not None and (rule != only or not is_whole(limit)):
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
        return COUNT[rule](cast, sorted({name for names, _n in cast for name in names}), int(weights[~used].sum()))
    votes = read_marks(ballots, rule, prefix)
    given = votes.to_numpy()
    empty = np.isnan(given)
    used = ~empty.all(axis=1)
    if not weights[used].sum():
        raise ValueError(_("All ballots are empty; there is nothing to count."))
    spent = None
    if rule in ("dots", "quadratic"):
        spent = (votes.fillna(0) ** (2 if rule == "quadratic" else 1)).sum(axis=1).astype(int).rename("spent")
        _check_spending(ballots, spent, credits if rule == "quadratic" else dots, rule)
    columns = np.where(empty, 0.0, given).T
    totals = {option: float(column @ weights) for option, column in zip(votes.columns, columns, strict=True)}
    blank = int(empty[used].sum(axis=1) @ weights[used])
    return by_score(rule, totals, int(weights[used].sum()), int(weights[~used].sum()), blank=blank, spent=spent)


def _check_spending(ballots: pd.DataFrame, spent: pd.Series[Any], limit: int | None, rule: str) -> None:
    for at, value in enumerate(spent):
        if limit is not None and value > limit:
            message = (
                _("Ballot {ballot} spends {spent} credits; {allowed} are allowed. A number of votes costs its square.")
                if rule == "quadratic"
                else _("Ballot {ballot} uses {spent} dots; {allowed} are allowed.")
            )
            raise ValueError(message.format(ballot=ballot_name(ballots, at), spent=value, allowed=limit))
