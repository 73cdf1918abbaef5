"""Theme 11: Brobygget's participants and a comparison group, quarter by quarter.

Brobygget is a concept from SIRU; what is told of its participants here is made up, as no evaluation of it has been
published. The 120 participants and the 180 persons of the comparison group are a separate group, X001–X300; they are
not among SIRU's 900. Quarters are counted from the start, without dates, so that nobody reads the figures as the
county's own in some real year.

For teachers only. What is planted:

- **The true effect** of Brobygget is +9 percentage points in work and +2,100 SEK a month, as means over the six
  quarters after the start. Work grows into it: 3, 6, 9, 12, 12 and 12 points. Of the money, 1,080 SEK come from more
  people in work and 1,020 SEK from more hours for those who work.
- **Levels differ**: the participants start about 12 points lower, as places went to those furthest from work. They
  had been without a permanent job for longer, which `brobygget_persons` shows; age and gender are balanced.
- **Trends are parallel**: without Brobygget both groups would have moved alike.
- **Regression to the mean**: both groups were chosen in quarter −3, when things were worst for them, and both were on
  their way up before the start. With a labour market that improves, the participants' before–after change is about
  16 points where the effect is 9.

A person's luck is a number that mostly stays from one quarter to the next, so quarters of one person are alike and
standard errors must be clustered by person. Draws are repeated until the estimates lie near the truth, as much above
it as below, and the comparison group rises by 5 points or more, so that any seed teaches the same. `TRUE_EMPLOYMENT`
and `TRUE_INCOME` hold the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .region import MUNICIPALITIES, shuffled, weighted
from .table import Table

QUARTERS = 12
START = 6
"""Quarters before Brobygget."""
TRUE_EMPLOYMENT = Fraction(90, 1000)
TRUE_INCOME = 2100
EFFECT = (0, 0, 0, 0, 0, 0, 30, 60, 90, 120, 120, 120)
DIP = (0, 0, 50, 120, 90, 40, 0, 0, 0, 0, 0, 0)
TREND = 4
LEVEL = {1: 226, 0: 326}
"""Per mille in work, for a person with 12–35 months since the last permanent job, before trend and dip."""
BANDS = {"short": (6, 11, 50), "medium": (12, 35, 0), "long": (36, 96, -50)}
"""Least and most months since the last permanent job, and what they add per mille."""
KEPT = 97
"""Per cent of quarters in which a person's luck is what it was the quarter before."""
WAGE, HOURS = 120, 30
"""Hundreds of SEK a month that a job adds, and that more hours add for participants."""


@dataclass(frozen=True)
class Group:
    """How many of each kind a group holds."""

    treated: int
    bands: dict[str, int]
    genders: dict[str, int]
    educations: dict[str, int]


GROUPS = (
    Group(
        1,
        {"short": 24, "medium": 48, "long": 48},
        {"woman": 66, "man": 54},
        {"compulsory": 54, "upper_secondary": 42, "post_secondary": 24},
    ),
    Group(
        0,
        {"short": 72, "medium": 72, "long": 36},
        {"woman": 97, "man": 83},
        {"compulsory": 72, "upper_secondary": 65, "post_secondary": 43},
    ),
)


@dataclass(frozen=True)
class Participant:
    """A person of the study: a participant in Brobygget when `treated`, else one of the comparison group."""

    person_id: str
    treated: int
    municipality: str
    gender: str
    age: int
    education: str
    months_outside: int


@dataclass(frozen=True)
class History:
    """One person's twelve quarters: in work or not, and SEK a month."""

    person: Participant
    employed: tuple[int, ...]
    income: tuple[int, ...]


@dataclass(frozen=True)
class Findings:
    """What an analyst finds, as exact fractions."""

    before_after: Fraction
    comparison_change: Fraction
    income_effect: Fraction
    gaps: tuple[Fraction, ...]
    """By how much more of the participants are in work than of the others, quarter by quarter before the start."""

    @property
    def effect(self) -> Fraction:
        """Give the difference in differences of the share in work."""
        return self.before_after - self.comparison_change

    @property
    def gap(self) -> Fraction:
        """Give the mean of the gaps before the start."""
        return sum(self.gaps, Fraction(0)) / len(self.gaps)

    @property
    def slope(self) -> Fraction:
        """Give by how much the gap grows a quarter before the start: the slope of a line of least squares."""
        return sum(((2 * quarter - 5) * gap for quarter, gap in enumerate(self.gaps)), Fraction(0)) / 35


def persons(rng: np.random.Generator) -> list[Participant]:
    """Make the 300 persons, alike in age, in an order that does not tell the groups apart."""
    while True:
        people = [Participant(f"X{number:03d}", *traits) for number, traits in enumerate(_drawn(rng), start=1)]
        ages = [_means([[person.age] for person in people if person.treated == treated])[0] for treated in (1, 0)]
        if abs(ages[0] - ages[1]) <= Fraction(1, 2):
            return people


def _drawn(rng: np.random.Generator) -> list[tuple[int, str, str, int, str, int]]:
    populations = [municipality.population for municipality in MUNICIPALITIES]
    drawn = [
        (
            group.treated,
            weighted(rng, MUNICIPALITIES, populations).code,
            gender,
            int(rng.integers(21, 41) + rng.integers(0, 21)),
            education,
            int(rng.integers(BANDS[band][0], BANDS[band][1] + 1)),
        )
        for group in GROUPS
        for band, gender, education in zip(
            _spread(rng, group.bands), _spread(rng, group.genders), _spread(rng, group.educations), strict=True
        )
    ]
    return shuffled(rng, drawn)


def _spread(rng: np.random.Generator, counts: dict[str, int]) -> list[str]:
    return shuffled(rng, [kind for kind, count in counts.items() for _ in range(count)])


def draw(rng: np.random.Generator, people: Sequence[Participant]) -> list[History]:
    """Draw everybody's twelve quarters once."""
    return [_history(rng, person) for person in people]


def _history(rng: np.random.Generator, person: Participant) -> History:
    band = next(extra for low, high, extra in BANDS.values() if low <= person.months_outside <= high)
    fresh, moves = rng.integers(0, 1000, size=QUARTERS), rng.integers(0, 100, size=QUARTERS)
    noise = rng.integers(-12, 13, size=QUARTERS)
    base = int(rng.integers(85, 126)) + (0 if person.treated else 6)
    luck, employed, income = int(fresh[0]), [], []
    for quarter in range(QUARTERS):
        if moves[quarter] >= KEPT:
            luck = int(fresh[quarter])
        helped = EFFECT[quarter] if person.treated else 0
        works = int(luck < LEVEL[person.treated] + band + TREND * quarter - DIP[quarter] + helped)
        hundreds = base + quarter + works * (WAGE + (HOURS if helped else 0)) + int(noise[quarter])
        employed.append(works)
        income.append(100 * hundreds)
    return History(person, tuple(employed), tuple(income))


def findings(histories: Sequence[History]) -> Findings:
    """Compare the groups before and after."""
    groups = [[history for history in histories if history.person.treated == treated] for treated in (1, 0)]
    shares = [_means([history.employed for history in group]) for group in groups]
    incomes = [_means([history.income for history in group]) for group in groups]
    gaps = [treated - other for treated, other in zip(*shares, strict=True)][:START]
    return Findings(_change(shares[0]), _change(shares[1]), _change(incomes[0]) - _change(incomes[1]), tuple(gaps))


def _means(rows: Sequence[Sequence[int]]) -> list[Fraction]:
    return [Fraction(sum(column), len(rows)) for column in zip(*rows, strict=True)]


def _change(means: Sequence[Fraction]) -> Fraction:
    return (sum(means[START:], Fraction(0)) - sum(means[:START], Fraction(0))) / START


def study(rng: np.random.Generator) -> list[History]:
    """Draw persons and their quarters until a difference in differences comes near the truth."""
    people = persons(rng)
    while True:
        histories = draw(rng, people)
        found = findings(histories)
        if (
            abs(found.effect - TRUE_EMPLOYMENT) <= Fraction(12, 1000)
            and abs(found.income_effect - TRUE_INCOME) <= 300
            and abs(found.slope) <= Fraction(4, 1000)
            and abs(found.gap + Fraction(120, 1000)) <= Fraction(30, 1000)
            and max(abs(gap - found.gap) for gap in found.gaps) <= Fraction(45, 1000)
            and found.comparison_change >= Fraction(50, 1000)
        ):
            return histories


def person_rows(histories: Sequence[History]) -> Table:
    """Write one row a person."""
    return [dict(vars(history.person)) for history in histories]


def panel_rows(histories: Sequence[History]) -> Table:
    """Write one row a person and quarter."""
    return [
        {
            "person_id": history.person.person_id,
            "municipality": history.person.municipality,
            "treated": history.person.treated,
            "quarter": quarter - START,
            "post": int(quarter >= START),
            "employed": history.employed[quarter],
            "income": history.income[quarter],
        }
        for history in histories
        for quarter in range(QUARTERS)
    ]
