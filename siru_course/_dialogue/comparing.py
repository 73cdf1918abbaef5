"""The same ballots by several rules, and with near-twin options as one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .._arguments import short
from ..language import gettext as _
from .ballots import mark_columns, rank_columns, read_ranks, read_weights
from .result import MARKED, NAMES, RANKED, Tally
from .voting import tally


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


def _in_order(result: Tally) -> str:
    text = ""
    for before, option in zip(["", *result.ranking], result.ranking, strict=False):
        level = before in result.tied and option in result.tied
        if before and result.rule != "instant_runoff":
            level = result.scores[before] == result.scores[option]
        text += (" = " if level else " > ") * bool(before) + option
    return text
