"""Theme 08: fourteen ideas sent to a Social Business Board, and what six reviewers thought of them.

What is planted:

- R4 is severe: about one point below the others, on the same ideas, in nearly the same order.
- R6 is inconsistent: its scores say next to nothing about which ideas the others find good.
- R2 decides the winner: leave R2 out and another idea wins; leave any other reviewer out and it does not.
- Agreement over all scores is moderate: Krippendorff's alpha (ordinal) between 0.30 and 0.55. It rises without R6,
  and it rises when a point is added to R4's scores.
- R4 has a conflict of interest for one idea, which stands higher than it would if the others had not met R4 either.

Empty scores have a reason: a conflict of interest, or that R5 was away from the second session. Each empty cell is
one of five for a reviewer and an idea, so that the mean of all scores and the mean of the criteria's means are the
same. Scores are drawn again until all of this holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np

from .markets_matching import texts
from .region import pick
from .table import Table

REVIEWERS = ("R1", "R2", "R3", "R4", "R5", "R6")
SEVERE, DECISIVE, AWAY, INCONSISTENT = "R4", "R2", "R5", "R6"
STEADY = ("R1", DECISIVE, "R3", AWAY)
"""Reviewers who are neither severe nor inconsistent."""
CRITERIA = ("need", "novelty", "team", "viability", "effect")
ROUNDS = {"1": "A072", "2": "A087"}
"""The activities that were the board's two sessions."""
CONFLICTS = {"R1": 1, "R3": 1, "R4": 1}
"""Ideas that a reviewer has a conflict of interest for."""
Scores = dict[tuple[str, str, str], int]
"""By reviewer, idea and criterion."""


def board_ideas() -> Table:
    """Write the ideas as rows, as they were sent in."""
    return [
        {
            "idea_id": text["idea_id"],
            "session": int(text["session"]),
            "activity_id": ROUNDS[text["session"]],
            "initiative_id": text["initiative_id"],
            **{name: text[name] for name in ("title_en", "title_sv", "pitch_en", "pitch_sv")},
        }
        for text in texts("board_ideas")
    ]


def board_scores(rng: np.random.Generator) -> Table:
    """Draw the scores until they show what they are made to show."""
    sessions = {text["idea_id"]: text["session"] for text in texts("board_ideas")}
    while True:
        reasons = _reasons(rng, sessions)
        scores = _scores(rng, list(sessions), reasons)
        spared = next(idea for (reviewer, idea), why in reasons.items() if reviewer == SEVERE and why)
        if planted(scores, spared):
            break
    return [
        {
            "reviewer": reviewer,
            "idea_id": idea,
            "criterion": criterion,
            "score": scores.get((reviewer, idea, criterion), ""),
            "missing_reason": reasons.get((reviewer, idea), ""),
        }
        for idea in sessions
        for reviewer in REVIEWERS
        for criterion in CRITERIA
    ]


def _reasons(rng: np.random.Generator, sessions: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Draw which reviewers have not scored which ideas, and why."""
    reasons = {(AWAY, idea): "absent" for idea, session in sessions.items() if session == "2"}
    free = sorted(sessions)
    for reviewer, count in CONFLICTS.items():
        for _ in range(count):
            idea = pick(rng, free)
            free.remove(idea)
            reasons[reviewer, idea] = "conflict"
    return reasons


def _scores(rng: np.random.Generator, ideas: list[str], reasons: Mapping[tuple[str, str], str]) -> Scores:
    """Draw scores, in tenths of a point until they are rounded."""
    worth = rng.integers(20, 38, len(ideas))
    second, first = rng.permutation(len(ideas))[:2]
    worth[[second, first]] = 39, 41
    parts = worth[:, None] + rng.integers(-7, 8, (len(ideas), len(CRITERIA)))
    # Two ideas are nearly level at the top. A reviewer tends to see all of an idea in the same light.
    halos = rng.integers(-4, 5, (len(REVIEWERS), len(ideas)))
    noise = rng.integers(-6, 7, (len(REVIEWERS), len(ideas), len(CRITERIA)))
    whims = rng.integers(0, 8, (len(ideas), len(CRITERIA)))
    severe, decisive = REVIEWERS.index(SEVERE), REVIEWERS.index(DECISIVE)
    halos[severe] //= 4
    noise[severe] //= 2
    halos[decisive, [first, second]] += [-8, 12]
    leans = np.array([{"R1": 2, "R3": -2, SEVERE: -10}.get(reviewer, 0) for reviewer in REVIEWERS])
    tenths = parts + halos[:, :, None] + noise + leans[:, None, None]
    points = np.clip((tenths + 5) // 10, 1, 5)
    points[REVIEWERS.index(INCONSISTENT)] = np.array((1, 2, 2, 3, 3, 4, 4, 5))[whims]
    return {
        (reviewer, idea, criterion): int(points[r, i, c])
        for r, reviewer in enumerate(REVIEWERS)
        for i, idea in enumerate(ideas)
        for c, criterion in enumerate(CRITERIA)
        if (reviewer, idea) not in reasons
    }


def planted(scores: Scores, spared: str) -> bool:
    """Tell whether the scores show what they should; `spared` is the idea that the severe reviewer did not score."""
    ranking = _means(scores)
    order = sorted(ranking, key=lambda idea: -ranking[idea])
    without = {reviewer: _means(_leave_out(scores, reviewer)) for reviewer in REVIEWERS}
    winners = {reviewer: _winner(means) for reviewer, means in without.items()}
    if "" in winners.values() or _winner(ranking) != order[0]:
        return False
    others = [reviewer for reviewer in REVIEWERS if reviewer != DECISIVE]
    if winners[DECISIVE] == order[0] or any(winners[reviewer] != order[0] for reviewer in others):
        return False
    calm = _leave_out(scores, INCONSISTENT)
    rest = _means(_leave_out(calm, SEVERE))
    severe, random = _means(_only(scores, SEVERE)), _means(_only(scores, INCONSISTENT))
    alpha = ordinal_alpha(scores)
    gentler = {key: score + (key[0] == SEVERE) for key, score in scores.items()}
    places = {idea: place for place, idea in enumerate(order)}
    fair = _means(_leave_out(scores, SEVERE))
    fair_order = sorted(fair, key=lambda idea: -fair[idea])
    return (
        Fraction(30, 100) <= alpha <= Fraction(55, 100)
        and ordinal_alpha(calm) >= alpha + Fraction(5, 100)
        and ordinal_alpha(gentler) >= alpha + Fraction(4, 100)
        and Fraction(85, 100) <= _severity(calm) <= Fraction(115, 100)
        and concordance(severe, rest) >= 75
        and abs(concordance(random, rest)) <= 15
        and all(concordance(_means(_only(scores, who)), _means(_leave_out(calm, who))) >= 30 for who in STEADY)
        and fair_order.index(spared) > places[spared] >= 1
    )


def _severity(scores: Scores) -> Fraction:
    """Give how many points the severe reviewer lies below the steady ones' mean, on the same idea and criterion."""
    gaps: list[Fraction] = []
    for (reviewer, idea, criterion), score in scores.items():
        if reviewer == SEVERE:
            same = [scores[who, idea, criterion] for who in STEADY if (who, idea, criterion) in scores]
            gaps.append(Fraction(sum(same), len(same)) - score)
    return sum(gaps, Fraction(0)) / len(gaps)


def _leave_out(scores: Scores, reviewer: str) -> Scores:
    return {key: score for key, score in scores.items() if key[0] != reviewer}


def _only(scores: Scores, reviewer: str) -> Scores:
    return {key: score for key, score in scores.items() if key[0] == reviewer}


def _means(scores: Scores) -> dict[str, Fraction]:
    totals, counts = Counter[str](), Counter[str]()
    for (_, idea, _), score in scores.items():
        totals[idea] += score
        counts[idea] += 1
    return {idea: Fraction(totals[idea], counts[idea]) for idea in totals}


def _winner(means: Mapping[str, Fraction]) -> str:
    """Give the idea with the highest mean; empty where the second is as good as level with it."""
    first, second = sorted(means, key=lambda idea: -means[idea])[:2]
    return first if means[first] >= means[second] + Fraction(3, 100) else ""


def concordance(one: Mapping[str, Fraction], other: Mapping[str, Fraction]) -> int:
    """Give the per cent of pairs of ideas that two put in the same order, less those in opposite order."""
    pairs = list(combinations(sorted(one.keys() & other.keys()), 2))
    signs = [
        ((one[a] > one[b]) - (one[a] < one[b])) * ((other[a] > other[b]) - (other[a] < other[b])) for a, b in pairs
    ]
    return 100 * sum(signs) // len(pairs)


def ordinal_alpha(scores: Scores) -> Fraction:
    """Give Krippendorff's alpha for ordinal data, exactly (Krippendorff 2018); a unit is an idea and a criterion."""
    units: dict[tuple[str, str], list[int]] = {}
    for (_, idea, criterion), score in scores.items():
        units.setdefault((idea, criterion), []).append(score)
    units = {unit: values for unit, values in units.items() if len(values) > 1}
    counts = Counter(value for values in units.values() for value in values)
    levels, total = sorted(counts), sum(counts.values())
    # The distance of two levels is how many values lie from the middle of one to the middle of the other, doubled.
    steps = {low: counts[low] + counts[high] for low, high in pairwise(levels)}
    distance = {
        (a, b): sum(steps[level] for level in levels if min(a, b) <= level < max(a, b)) ** 2
        for a in levels
        for b in levels
    }
    observed = sum(
        (Fraction(sum(distance[a, b] for a in values for b in values), len(values) - 1) for values in units.values()),
        Fraction(0),
    )
    expected = sum(counts[a] * counts[b] * distance[a, b] for a in levels for b in levels)
    return 1 - observed * (total - 1) / expected
