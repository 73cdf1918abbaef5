"""What the matchmaking data are checked with: matchings by proposals, by total score and by greed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import linear_sum_assignment

Ranks = Mapping[tuple[str, str], int]
"""The rank that the first gives the second; 1 is best."""


def propose(proposers: Ranks, receivers: Ranks, places: Mapping[str, int]) -> dict[str, str]:
    """Let proposers ask in their order; each receiver keeps the best it has places for (Gale and Shapley 1962)."""
    waiting = {
        name: sorted({other for one, other in proposers if one == name}, key=lambda other: proposers[name, other])
        for name in sorted({one for one, _ in proposers}, reverse=True)
    }
    free = list(waiting)
    kept: dict[str, list[str]] = {}
    while free:
        name = free.pop()
        if not waiting[name]:
            continue
        asked = waiting[name].pop(0)
        held = sorted([*kept.get(asked, []), name], key=lambda one: receivers[asked, one])
        kept[asked] = held[: places[asked]]
        free += held[places[asked] :]
    return {name: asked for asked, names in sorted(kept.items()) for name in names}


def blocking(
    matching: Mapping[str, str], mine: Ranks, theirs: Ranks, places: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Find the pairs that would rather have each other than what they have."""
    held = {company: [name for name in matching if matching[name] == company] for company in places}
    return [
        (name, company)
        for name, company in mine
        if mine[name, company] < mine[name, matching[name]]
        and (
            len(held[company]) < places[company]
            or theirs[company, name] < max(theirs[company, other] for other in held[company])
        )
    ]


def best_total(scores: Mapping[tuple[str, str], int], places: Mapping[str, int]) -> tuple[dict[str, str], bool]:
    """Give the assignment with the highest total, and whether it is the only one that reaches it."""
    names = sorted({name for name, _ in scores})
    slots = [company for company in sorted(places) for _ in range(places[company])]
    table = np.array([[scores[name, company] for company in slots] for name in names])
    rows, columns = linear_sum_assignment(table, maximize=True)
    best = {names[row]: slots[column] for row, column in zip(rows, columns, strict=True)}
    total = int(table[rows, columns].sum())
    for name, company in best.items():
        # Without this pair, the best there is must be worse.
        without = table.copy()
        without[names.index(name), [slot == company for slot in slots]] = -1_000
        if int(without[linear_sum_assignment(without, maximize=True)].sum()) >= total:
            return best, False
    return best, True


def greedy_total(scores: Mapping[tuple[str, str], int], places: Mapping[str, int]) -> int:
    """Add up the scores when the best pair that is left is taken, again and again."""
    left = dict(places)
    taken: set[str] = set()
    total = 0
    for (name, company), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if name not in taken and left[company]:
            taken.add(name)
            left[company] -= 1
            total += score
    return total
