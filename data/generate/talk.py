"""Theme 04: the turns in two recorded conversations, one without and one with a talk clock.

What is planted:

- Without the clock a few speak most: the Gini coefficient of speaking time is about a half among those who speak.
  Five people never speak and are in no row, so that among everybody who came it is higher.
- Without the clock men, and people from academia and the public sector, speak more than their share of the room.
- With the clock the conversation starts with a round in which everybody speaks, no turn is longer than a minute, and
  the Gini coefficient is about half as high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .conversations import guests
from .region import Person, Region, pick, stream, weighted
from .table import Row, Table

PHASES = (("objective", 28), ("reflective", 22), ("interpretive", 28), ("decisional", 22))
"""The four levels of a focused conversation, and each one's share of the time in per cent."""


@dataclass(frozen=True)
class Recording:
    """How a conversation went."""

    seconds: tuple[int, ...]
    """How long those who speak do so in all, from the one who speaks most; the others are silent."""
    bonus: dict[str, int]
    """What a gender or a sector adds to a draw of 0–99 that decides who speaks most."""
    turn: int
    """How long a turn is about, in seconds; who speaks much may hold the floor three times as long."""
    round: bool
    """Whether it starts with a round in which everybody speaks."""


WITHOUT = Recording(
    (610, 480, 395, 300, 255, 190, 150, 125, 105, 95, 85, 75, 65, 58, 50, 44, 38, 32, 26, 20, 14),
    {"man": 45, "public": 20, "academia": 45},
    28,
    round=False,
)
WITH = Recording(
    (
        205,
        192,
        180,
        172,
        165,
        158,
        150,
        144,
        138,
        132,
        126,
        120,
        115,
        110,
        105,
        100,
        95,
        90,
        86,
        82,
        78,
        74,
        68,
        62,
        54,
    ),
    {"man": 10, "academia": 10},
    32,
    round=True,
)
RECORDED = {"A042": WITHOUT, "A062": WITH}
LONGEST = 60
"""Seconds that the talk clock allows."""


def table(seed: int, region: Region) -> Table:
    """Write one row a turn, in the order of speaking."""
    rng = stream(seed, "talk_turns")
    came = guests(seed, region)
    return [row for name, recording in RECORDED.items() for row in _conversation(rng, name, recording, came[name])]


def _conversation(rng: np.random.Generator, name: str, recording: Recording, people: list[Person]) -> Table:
    while True:
        seconds = _seconds(rng, recording, people)
        if planted(recording, seconds, people):
            break
    turns = {person: _cut(rng, total, recording) for person, total in seconds.items()}
    spoken = _sequence(rng, turns, recording)
    rows: list[Row] = []
    elapsed, total = 0, sum(seconds.values())
    for number, (person, length) in enumerate(spoken, start=1):
        rows.append(
            {
                "conversation_id": name,
                "turn": number,
                "phase": _phase(elapsed, total),
                "person_id": person.person_id,
                "gender": person.gender,
                "sector": person.organisation.sector,
                "seconds": length,
            }
        )
        elapsed += length
    return rows


def _seconds(rng: np.random.Generator, recording: Recording, people: list[Person]) -> dict[Person, int]:
    """Decide how long each speaks: the higher the draw, the longer."""
    draws = {
        person: int(rng.integers(100))
        + recording.bonus.get(person.gender, 0)
        + recording.bonus.get(person.organisation.sector, 0)
        for person in people
    }
    order = sorted(people, key=lambda person: (-draws[person], person.person_id))
    return {
        person: total * int(rng.integers(88, 113)) // 100
        for person, total in zip(order, recording.seconds, strict=False)
    }


def planted(recording: Recording, seconds: dict[Person, int], people: Sequence[Person]) -> bool:
    """Tell whether speaking time is as unequal as the recording should be, and between whom."""
    gini = _gini_per_mille(list(seconds.values()))
    men = _percent_of_time(seconds, "man") - 100 * sum(person.gender == "man" for person in people) // len(people)
    if recording.round:
        return 160 <= gini <= 260 and -3 <= men <= 6
    learned = {person: time for person, time in seconds.items() if person.organisation.sector in ("public", "academia")}
    room = 100 * sum(person.organisation.sector in ("public", "academia") for person in people) // len(people)
    return 470 <= gini <= 540 and 14 <= men <= 26 and 100 * sum(learned.values()) // sum(seconds.values()) >= room + 8


def _gini_per_mille(values: Sequence[int]) -> int:
    ordered = sorted(values)
    number = len(ordered)
    weighted_sum = sum((2 * rank - number - 1) * value for rank, value in enumerate(ordered, start=1))
    return 1000 * weighted_sum // (number * sum(ordered))


def _percent_of_time(seconds: dict[Person, int], gender: str) -> int:
    return 100 * sum(time for person, time in seconds.items() if person.gender == gender) // sum(seconds.values())


def _cut(rng: np.random.Generator, total: int, recording: Recording) -> list[int]:
    """Cut a person's time into turns."""
    usual = recording.turn if recording.round or total < 200 else 3 * recording.turn
    while True:
        weights = [pick(rng, (3, 4, 5, 6)) for _ in range(max(1, (total + usual // 2) // usual))]
        turns = [total * weight // sum(weights) for weight in weights]
        turns[-1] += total - sum(turns)
        if not recording.round or max(turns) <= LONGEST:
            return turns


def _sequence(
    rng: np.random.Generator, turns: dict[Person, list[int]], recording: Recording
) -> list[tuple[Person, int]]:
    """Put the turns in order: nobody speaks twice in a row."""
    while True:
        left = {person: list(lengths) for person, lengths in turns.items()}
        spoken: list[tuple[Person, int]] = []
        if recording.round:
            spoken += [(person, left[person].pop()) for person in sorted(left, key=lambda person: person.person_id)]
        while any(left.values()):
            last = spoken[-1][0] if spoken else None
            ready = [person for person, lengths in left.items() if lengths and person is not last]
            if not ready:
                break
            person = weighted(rng, ready, [len(left[person]) for person in ready])
            spoken.append((person, left[person].pop()))
        else:
            return spoken


def _phase(elapsed: int, total: int) -> str:
    for phase, share in PHASES:
        elapsed -= total * share // 100
        if elapsed < 0:
            return phase
    return PHASES[-1][0]
