"""The ballots of meeting 2: one electorate in which common decision rules disagree.

What is planted, so that the chapter can show it:

- C has the most first places and the most dots, as one large group has one favourite.
- A and B are near-twins. Their supporters split first places and dots; counted as one they lead on both.
- A comes right before or after B on many ballots, which lifts it in a Borda count and in an instant run-off.
- D is few people's favourite and nearly everybody's second or third: it beats every other option one to one, and
  wins on approval and score.

Ballots are drawn again until all of this holds with a margin, so that any seed teaches the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .region import pick, shuffled
from .table import Table

OPTIONS = "ABCDEF"
DOTS = 3
CREDITS = 9


@dataclass(frozen=True)
class Kind:
    """A kind of voter: patterns run from the first place to the last, and each is as likely."""

    sectors: dict[str, int]
    """How many voters of the kind each sector has."""
    rankings: tuple[str, ...]
    scores: tuple[tuple[int, ...], ...]
    dots: tuple[tuple[int, ...], ...]
    quadratic: tuple[tuple[int, ...], ...]


SPREAD = ((2, 1), (2, 1), (1, 1, 1))
KINDS = (
    Kind(
        {"public": 11, "civil": 2, "academia": 2},
        ("CDAFEB", "CDAEFB", "CDFAEB", "CDEAFB"),
        ((5, 4, 2, 1, 1, 0), (5, 4, 1, 1, 0, 0), (5, 3, 2, 1, 1, 1)),
        ((3,), (3,), (2, 1)),
        ((3,), (2, 2, 1), (2, 2)),
    ),
    Kind(
        {"public": 4, "civil": 5, "private": 1, "academia": 1},
        ("ABDFEC", "ABFDCE", "ABEFDC", "ABFDCE"),
        ((5, 4, 3, 3, 2, 0), (5, 4, 4, 3, 1, 1), (4, 4, 3, 3, 2, 1)),
        SPREAD,
        ((2, 2, 1), (2, 2), (2, 1, 1, 1)),
    ),
    Kind(
        {"public": 2, "civil": 3, "private": 1},
        ("BADFCE", "BAFDEC", "BAEFDC"),
        ((5, 4, 3, 3, 2, 0), (5, 4, 4, 2, 1, 0), (5, 5, 3, 3, 1, 1)),
        SPREAD,
        ((2, 2, 1), (2, 1, 1, 1)),
    ),
    Kind(
        {"public": 1, "civil": 1, "private": 4},
        ("DAFBEC", "DFACBE", "DAEFBC"),
        ((5, 3, 2, 2, 1, 0), (5, 4, 3, 1, 1, 0)),
        ((2, 1), (3,), (1, 1, 1)),
        ((2, 2, 1), (2, 1, 1, 1)),
    ),
    Kind(
        {"public": 1, "civil": 1, "private": 1, "academia": 1},
        ("FDAECB", "FDABEC"),
        ((5, 4, 3, 2, 1, 0), (5, 4, 2, 2, 2, 1)),
        ((2, 1), (1, 1, 1)),
        ((2, 2, 1), (2, 1, 1, 1)),
    ),
    Kind(
        {"civil": 1, "private": 2},
        ("EDABFC", "EDAFBC"),
        ((5, 4, 2, 2, 1, 0), (5, 3, 3, 2, 1, 1)),
        ((3,), (2, 1)),
        ((2, 2), (2, 2, 1)),
    ),
)


@dataclass(frozen=True)
class Ballot:
    """What one person put in the box; amounts are by option."""

    sector: str
    ranking: str
    approval: dict[str, int]
    score: dict[str, int]
    dots: dict[str, int]
    quadratic: dict[str, int]


def ballots(rng: np.random.Generator, sectors: Sequence[str]) -> Table:
    """Draw one ballot for each of the voters' `sectors`, in an order that gives nobody away.

    Raises
    ------
    ValueError
        If the sectors are not as many as the kinds of voter have.
    """
    expected = sum((Counter(kind.sectors) for kind in KINDS), Counter[str]())
    if Counter(sectors) != expected:
        raise ValueError(f"sectors has {dict(Counter(sectors))}; the kinds of voter have {dict(expected)}.")
    while True:
        box = [
            _ballot(rng, sector, kind) for kind in KINDS for sector, count in kind.sectors.items() for _ in range(count)
        ]
        if planted(box):
            return [_row(number, ballot) for number, ballot in enumerate(shuffled(rng, box), start=1)]


def _ballot(rng: np.random.Generator, sector: str, kind: Kind) -> Ballot:
    order = list(pick(rng, kind.rankings))
    if rng.integers(2):
        # Two neighbours change places: people of a kind differ, though seldom about their favourite.
        place = pick(rng, (0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4))
        order[place], order[place + 1] = order[place + 1], order[place]
    score = _amounts(order, pick(rng, kind.scores))
    threshold = pick(rng, (3, 3, 3, 4, 2))
    return Ballot(
        sector,
        "".join(order),
        {option: int(points >= threshold) for option, points in score.items()},
        score,
        _amounts(order, pick(rng, kind.dots)),
        _amounts(order, pick(rng, kind.quadratic)),
    )


def _amounts(order: Sequence[str], pattern: Sequence[int]) -> dict[str, int]:
    given = dict(zip(order, pattern, strict=False))
    return {option: given.get(option, 0) for option in OPTIONS}


def _row(number: int, ballot: Ballot) -> dict[str, str | int]:
    row: dict[str, str | int] = {"ballot_id": f"V{number:03d}", "sector": ballot.sector}
    row |= {str(rank): option for rank, option in enumerate(ballot.ranking, start=1)}
    for name in ("approval", "score", "dots", "quadratic"):
        row |= {f"{name}_{option}": amount for option, amount in getattr(ballot, name).items()}
    return row


def planted(box: Sequence[Ballot]) -> bool:
    """Tell whether the ballots show what they are made to show, with a margin everywhere."""
    firsts = Counter(ballot.ranking[0] for ballot in box)
    dots = _totals([ballot.dots for ballot in box])
    borda = _totals([_amounts(ballot.ranking, (5, 4, 3, 2, 1, 0)) for ballot in box])
    return (
        _leads(firsts, "C", by=2)
        and firsts["A"] + firsts["B"] >= firsts["C"] + 2
        and _leads(dots, "C", by=4)
        and dots["A"] + dots["B"] >= dots["C"] + 4
        and _leads(borda, "A", by=4)
        and all(_prefer(box, "D", other) >= len(box) // 2 + 3 for other in OPTIONS if other != "D")
        and _leads(_totals([ballot.approval for ballot in box]), "D", by=4)
        and _leads(_totals([ballot.score for ballot in box]), "D", by=6)
        and _leads(_totals([ballot.quadratic for ballot in box]), "D", by=4)
        and _run_off(box) == "A"
    )


def _totals(amounts: Sequence[dict[str, int]]) -> Counter[str]:
    return sum((Counter(amount) for amount in amounts), Counter[str]())


def _leads(totals: Counter[str], option: str, by: int) -> bool:
    return all(totals[option] >= totals[other] + by for other in OPTIONS if other != option)


def _prefer(box: Sequence[Ballot], one: str, other: str) -> int:
    return sum(ballot.ranking.index(one) < ballot.ranking.index(other) for ballot in box)


def _run_off(box: Sequence[Ballot]) -> str | None:
    """Give the instant run-off's winner, or None where a tie would decide who drops out."""
    left = set(OPTIONS)
    while len(left) > 1:
        tops = Counter(next(option for option in ballot.ranking if option in left) for ballot in box)
        fewest = sorted(left, key=lambda option: (tops[option], option))
        if tops[fewest[0]] == tops[fewest[1]]:
            return None
        left.remove(fewest[0])
    return left.pop()
