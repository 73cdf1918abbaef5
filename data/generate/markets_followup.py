"""Theme 07: how the twelve matches fared after 6 and 12 months.

The matches are those that come about when entrepreneurs propose. What is planted:

- The number of meetings does not tell the value: the rank correlation with what was paid in a year is near zero. Two
  of the three that met the most have little or nothing to show.
- E09 is sponsorship: the company pays and gets a logo, but nothing has been delivered.
- E08 has not earned a krona and has given three people jobs: value is more than money.
- Three matches are over after a year: E03 after one large order, E11 with a new manager, and E12 after meetings in
  which the price never came up. E05 was over before half a year.

What happened to each entrepreneur is written by hand in ``match_followup_texts.csv``; amounts are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .markets_matching import texts
from .table import Table

Pair = tuple[int, int]


@dataclass(frozen=True)
class Story:
    """What the numbers are drawn from: after 6 and 12 months, or between a least and a most."""

    alive: tuple[bool, bool]
    first: Pair
    """Thousands of SEK that the company has paid after 6 months."""
    more: Pair
    """Thousands of SEK paid in the next 6 months."""
    repeats: tuple[Pair, Pair]
    """Purchases after the first one: in 6 months, and in the next 6."""
    jobs: tuple[int, int]
    meetings: tuple[Pair, Pair]
    """In the first 6 months, and in the next 6."""
    delivered: bool = True


ON, OVER, ENDED = (True, True), (False, False), (True, False)
NOTHING = (0, 0)
STORIES = {
    "E01": Story(ON, (70, 100), (110, 150), ((4, 5), (6, 6)), (1, 2), ((2, 3), (1, 2))),
    "E02": Story(ON, (55, 80), (80, 100), ((5, 5), (6, 6)), (1, 1), ((1, 2), (0, 1))),
    "E03": Story(ENDED, (35, 50), NOTHING, (NOTHING, NOTHING), (0, 0), ((2, 3), (0, 0))),
    "E04": Story(ON, (90, 120), (170, 220), ((20, 23), (40, 46)), (2, 3), ((2, 4), (1, 2))),
    "E05": Story(OVER, NOTHING, NOTHING, (NOTHING, NOTHING), (0, 0), ((9, 11), (0, 0)), delivered=False),
    "E06": Story(ON, (60, 75), (65, 80), (NOTHING, (1, 1)), (0, 1), ((4, 5), (2, 3))),
    "E07": Story(ON, (140, 180), (220, 270), ((4, 5), (6, 6)), (3, 4), ((5, 6), (4, 5))),
    "E08": Story(ON, NOTHING, NOTHING, (NOTHING, NOTHING), (1, 3), ((1, 2), (1, 1))),
    "E09": Story(ON, (50, 60), (10, 20), (NOTHING, NOTHING), (0, 0), ((3, 4), (2, 3)), delivered=False),
    "E10": Story(ON, (18, 24), (20, 26), ((11, 12), (12, 13)), (0, 0), ((1, 1), (0, 1))),
    "E11": Story(ENDED, (15, 22), NOTHING, (NOTHING, NOTHING), (0, 0), ((3, 4), (1, 1))),
    "E12": Story(ENDED, (6, 9), NOTHING, ((2, 2), NOTHING), (0, 0), ((5, 7), (4, 5))),
}


def follow_up(rng: np.random.Generator, matches: Mapping[str, str]) -> Table:
    """Draw the amounts until meetings say next to nothing about money."""
    while True:
        drawn = {name: _course(rng, story) for name, story in STORIES.items()}
        year = [rows[1] for rows in drawn.values()]
        paid, met = [int(row["contract_value"]) for row in year], [int(row["meetings"]) for row in year]
        if abs(agreeing(paid, met)) <= 6 and len({value for value in paid if value}) == len(paid) - 2:
            break
    notes = {(text["entrepreneur_id"], text["months"]): text for text in texts("match_followup")}
    rows: Table = []
    for number, (name, company) in enumerate(sorted(matches.items()), start=1):
        for months, figures in zip((6, 12), drawn[name], strict=True):
            note = notes[name, str(months)]
            row: dict[str, str | int] = {"match_id": f"K{number:02d}", "entrepreneur_id": name, "company_id": company}
            row |= {"months": months} | figures
            rows.append(row | {"note_en": note["note_en"], "note_sv": note["note_sv"]})
    return rows


def agreeing(one: Sequence[int], other: Sequence[int]) -> int:
    """Count the pairs that two lists put in the same order, less those that they put in opposite order."""
    signs = [
        ((one[i] > one[j]) - (one[i] < one[j])) * ((other[i] > other[j]) - (other[i] < other[j]))
        for i in range(len(one))
        for j in range(i)
    ]
    return sum(signs)


def _course(rng: np.random.Generator, story: Story) -> tuple[dict[str, str | int], dict[str, str | int]]:
    first, more = 1_000 * _between(rng, story.first), 1_000 * _between(rng, story.more)
    repeats = [_between(rng, pair) for pair in story.repeats]
    meetings = [_between(rng, pair) for pair in story.meetings]

    def at(place: int) -> dict[str, str | int]:
        return {
            "alive": "true" if story.alive[place] else "false",
            "contract_value": first + more * place,
            "delivered": "true" if story.delivered else "false",
            "repeat_purchases": repeats[0] + repeats[1] * place,
            "jobs": story.jobs[place],
            "meetings": meetings[0] + meetings[1] * place,
        }

    return at(0), at(1)


def _between(rng: np.random.Generator, pair: Pair) -> int:
    return int(rng.integers(pair[0], pair[1] + 1))
