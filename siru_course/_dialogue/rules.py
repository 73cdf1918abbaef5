"""The rules that count ranked ballots, and what all rules share: the order by score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from .result import Tally

Cast = list[tuple[list[str], int]]  # the names a ballot ranks, and how many cast it


def by_score(rule: str, totals: dict[str, float], counted: int, left_out: int, **more: Any) -> Tally:
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
    return by_score("plurality", totals, sum(n for _names, n in cast), left_out)


def _borda(cast: Cast, options: list[str], left_out: int) -> Tally:
    totals = dict.fromkeys(options, 0.0)
    for names, n in cast:
        rest = len(options) - len(names)
        for option in options:
            # The points left over are rest - 1, ..., 0: on average half of rest - 1.
            totals[option] += n * (len(options) - 1 - names.index(option) if option in names else (rest - 1) / 2)
    return by_score("borda", totals, sum(n for _names, n in cast), left_out)


def _condorcet(cast: Cast, options: list[str], left_out: int) -> Tally:
    above = {a: dict.fromkeys(options, 0) for a in options}
    for names, n in cast:
        for place, a in enumerate(names):
            for b in {*options}.difference(names[: place + 1]):
                above[a][b] += n
    beats = {a: {b for b in options if above[a][b] > above[b][a]} for a in options}
    level = {a: sum(above[a][b] == above[b][a] for b in options) - 1 for a in options}
    found = by_score(
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


COUNT: dict[str, Callable[[Cast, list[str], int], Tally]] = {
    "plurality": _plurality,
    "borda": _borda,
    "condorcet": _condorcet,
    "instant_runoff": _instant_runoff,
}
