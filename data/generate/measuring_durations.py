"""Theme 11: how long it took Brobygget's participants to get a permanent job.

For teachers only. What is planted:

- **A follow-up that is too short** for the eight years of the published aim: at most 36 months. Fewer than half have a
  permanent job by then, so the median cannot be seen.
- **A tempting wrong answer**: the mean of those who got a permanent job is well under two years.
- **Two ways of being censored**: the follow-up ended, or contact was lost.

Who has a permanent job within the quarters of the panel is in work there from that month on.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .measuring_brobygget import QUARTERS, START, History
from .table import Table

FOLLOW_UP = 36
"""The most months that anybody was followed; those who started a month or two later were followed for less."""


def duration_rows(rng: np.random.Generator, histories: Sequence[History]) -> Table:
    """Follow the participants to a permanent job, or as long as anybody looked."""
    joined = [history for history in histories if history.person.treated]
    while True:
        rows: Table = [_duration(rng, history) for history in joined]
        waited = [int(row["months"]) for row in rows if row["event"]]
        if (
            40 <= len(waited) <= 54
            and sum(waited) <= 20 * len(waited)
            and _without_a_job(rows, waited) > Fraction(1, 2)
        ):
            return rows


def _without_a_job(rows: Table, waited: Sequence[int]) -> Fraction:
    """Estimate the share that has no permanent job when the follow-up ends, as Kaplan and Meier do."""
    share = Fraction(1)
    for month in sorted(set(waited)):
        followed = sum(int(row["months"]) >= month for row in rows)
        share *= Fraction(followed - waited.count(month), followed)
    return share


def _duration(rng: np.random.Generator, history: History) -> dict[str, str | int]:
    late = int(rng.integers(3))
    months, ending = FOLLOW_UP - late, "follow_up_ended"
    permanent = _permanent(rng, history.employed, late)
    if permanent is not None and permanent <= months:
        months, ending = permanent, "permanent_job"
    lost = int(rng.integers(6, 34))
    if rng.integers(100) < 9 and lost < months:
        months, ending = lost, "contact_lost"
    return {
        "person_id": history.person.person_id,
        "start_month": late + 1,
        "months": months,
        "event": int(ending == "permanent_job"),
        "ending": ending,
    }


def _permanent(rng: np.random.Generator, employed: Sequence[int], late: int) -> int | None:
    """Draw the month of a permanent job; within the panel's quarters it lies in the last spell of work."""
    end_of_panel = 3 * START - late
    if not employed[-1]:
        return next((month for month in range(end_of_panel + 1, FOLLOW_UP + 1) if rng.integers(1000) < 15), None)
    spell = max([quarter + 1 for quarter in range(START, QUARTERS) if not employed[quarter]], default=START)
    wait = int(rng.integers(3, 19))
    return max(0, 3 * (spell - START) - late) + wait if rng.integers(100) < 72 else None
