"""Theme 14: the accounts of 32 ventures, year by year from 2014 to 2023, those that closed included.

What is planted:

- Survival: 8 to 10 have closed and the others still live, many of them young. About nine in ten survive three years.
  The share that lives at the end is at least ten percentage points higher than the Kaplan–Meier estimate at nine
  years, as most of the living have not been watched that long.
- S07 scales out without growing: its method is used in ever more municipalities, with the same staff.
- S15 lives, but its cash lasts less than four months at the speed at which it lost money in 2023. No other living
  venture's lasts less than nine. Those that closed for want of money had less than a year's left the year before.
- S20 drifts from its mission: sales to private customers replace what the municipality bought, the surplus rises, and
  hardly anybody of its staff comes from the group that it was started for.
- S21 grows without impact: revenue more than doubles, and it reaches as many people as before.
- S22 goes back from a lasting operation to a prototype: stages are not a staircase.
- S24 has all its eggs in one basket: nearly all its revenue is one public contract (Herfindahl above 0.9).
- Work-integrating social enterprises (WISE) have four legal forms, and nearly half of the economic associations are
  none: WISE is not a legal form. S06 hires from the group without being one.

Ventures that grew out of an initiative lie in its municipality and start after it. Up to 2020 both close in the same
year or neither does. Years are drawn again until the survival teaches this.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .initiatives_accounts import Year, accounts
from .region import MUNICIPALITIES, pick, shuffled, weighted
from .table import Row, Table

FIRST, LAST = 2014, 2023
NEVER = ("S07", "S15", "S20", "S21", "S22", "S24")
"""Ventures that an example needs alive."""
STARTS = {
    "S07": (2014, 2016),
    "S15": (2016, 2018),
    "S20": (2014, 2015),
    "S21": (2014, 2016),
    "S22": (2014, 2017),
    "S24": (2015, 2017),
}
LATE_PROTOTYPES = ("S08", "S11", "S13")
"""Grown out of initiatives that were still prototypes when the mapping ended."""
SPREAD = {"S02": 5, "S03": 3, "S06": 3, "S07": 5, "S12": 4}
"""Municipalities in 2019, as the texts of their initiatives tell."""
ANY_START = (2014, 2014, 2014, 2015, 2015, 2015, 2016, 2016, 2017, 2017, 2018, 2018, 2019, 2020, 2021)
NAMES = ("venture_id", "name", "offer_en", "offer_sv", "initiative_id", "need")
DURATIONS = (2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8)
REASONS = ("money", "money", "money", "money", "people", "people", "taken_over", "money", "people", "taken_over")


@dataclass(frozen=True)
class Span:
    """The years that a venture lived."""

    started: int
    closed: int | None
    reason: str

    @property
    def years(self) -> range:
        """The years that have accounts: the year of closing is one."""
        return range(self.started, (self.closed or LAST) + 1)


@cache
def profiles() -> tuple[Mapping[str, str], ...]:
    """Read the ventures' names and kinds, which are written by hand."""
    with (Path(__file__).parent / "ventures_texts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def ventures(rng: np.random.Generator, initiatives: Table) -> Table:
    """Draw the panel: one row a venture and year."""
    origins = {str(row["initiative_id"]): row for row in initiatives}
    spans = _spans(rng, origins)
    populations = [home.population for home in MUNICIPALITIES]
    table: Table = []
    for profile, span in zip(profiles(), spans, strict=True):
        origin = origins.get(profile["initiative_id"])
        home = origin["municipality"] if origin else weighted(rng, MUNICIPALITIES, populations).code
        years = accounts(rng, profile, span.years, span.reason)
        stages = _stages(rng, profile, span, origin)
        places = _places(rng, profile, span)
        table += [
            _row(profile, span, str(home), year, stage, place, account)
            for year, stage, place, account in zip(span.years, stages, places, years, strict=True)
        ]
    return table


def _spans(rng: np.random.Generator, origins: Mapping[str, Row]) -> list[Span]:
    """Draw when each started and closed until the survival is as it should be."""
    while True:
        starts = {profile["venture_id"]: _start(rng, profile, origins) for profile in profiles()}
        ends = {
            profile["venture_id"]: int(origins[profile["initiative_id"]]["closed"])
            for profile in profiles()
            if profile["initiative_id"] and origins[profile["initiative_id"]]["closed"]
        }
        at_risk = [name for name in starts if name not in NEVER and name not in ends]
        linked = {profile["venture_id"] for profile in profiles() if profile["initiative_id"]}
        for name in shuffled(rng, at_risk)[: 13 - len(ends)]:
            end = starts[name] + pick(rng, DURATIONS)
            if end <= LAST and (name not in linked or end > 2020):
                ends[name] = end
        reasons = dict(zip(shuffled(rng, sorted(ends)), REASONS, strict=False))
        spans = [Span(start, ends.get(name), reasons.get(name, "")) for name, start in starts.items()]
        lasted = all(ends[name] - starts[name] >= 2 for name in ends)
        if 8 <= len(ends) <= 10 and lasted and max(Counter(ends.values()).values()) <= 3 and _teaches(spans):
            return spans


def _start(rng: np.random.Generator, profile: Mapping[str, str], origins: Mapping[str, Row]) -> int:
    name = profile["venture_id"]
    if name in LATE_PROTOTYPES:
        return int(rng.integers(2019, 2022))
    if profile["initiative_id"]:
        first = max(FIRST, int(origins[profile["initiative_id"]]["started"]) + 1)
        return int(rng.integers(first, max(first, 2016) + 1))
    first, last = STARTS.get(name, (0, 0))
    return int(rng.integers(first, last + 1)) if first else pick(rng, ANY_START)


def _teaches(spans: list[Span]) -> bool:
    """Tell whether survival is high at three years, at nine far below the share that lives, and many of those young."""
    alive = sum(span.closed is None for span in spans)
    young = sum(span.closed is None and span.started > LAST - 6 for span in spans)
    three, nine = _survival(spans, 3), _survival(spans, 9)
    return young >= 5 and 850 <= three <= 960 and nine + 110 <= 1000 * alive // len(spans) and nine >= 400


def _survival(spans: list[Span], horizon: int) -> int:
    """Estimate how many in a thousand live so many years (Kaplan–Meier), with whole numbers."""
    over, under = 1, 1
    for age in range(1, horizon + 1):
        at_risk = sum((span.closed or LAST) - span.started >= age for span in spans)
        closed = sum(span.closed == span.started + age for span in spans)
        if closed:
            over, under = over * (at_risk - closed), under * at_risk
    return 1000 * over // under


def _stages(rng: np.random.Generator, profile: Mapping[str, str], span: Span, origin: Row | None) -> list[str]:
    """Give the stage of each year; in 2019 it is that of the initiative, if there was one."""
    ages = [year - span.started for year in span.years]
    trial = 1 if origin and profile["venture_id"] not in LATE_PROTOTYPES else pick(rng, (1, 2, 2))
    if origin:
        scales_at = 2 if origin["stage"] == "scaling" else 99
    elif profile["kind"] in ("growth", "drift"):
        scales_at = 4
    else:
        scales_at = pick(rng, (5, 99, 99, 99))
    stages = ["prototype" if age < trial else "scaling" if age >= scales_at else "sustaining" for age in ages]
    if profile["kind"] == "loop":
        stages[4:6] = ["prototype", "prototype"]
    return stages


def _places(rng: np.random.Generator, profile: Mapping[str, str], span: Span) -> list[int]:
    """Give how many municipalities the method is used in, each year."""
    target = SPREAD.get(profile["venture_id"])
    if target is None:
        more = pick(rng, (0, 0, 0, 1))
        return [1 + more * (year - span.started >= 3) for year in span.years]
    growth = [1 + (target - 1) * (year - span.started) // (2019 - span.started) for year in span.years]
    # Afterwards only the method that others may copy goes on spreading.
    return growth if profile["kind"] == "outward" else [min(target, place) for place in growth]


def _row(profile: Mapping[str, str], span: Span, home: str, year: int, stage: str, places: int, account: Year) -> Row:
    row: dict[str, str | int] = {name: profile[name] for name in NAMES}
    row |= {"municipality": home, "legal_form": profile["legal_form"], "is_wise": profile["is_wise"]}
    row |= {"started": span.started, "closed_year": span.closed or "", "closed_reason": span.reason}
    row |= {"year": year, "stage": stage}
    row |= account.revenue
    row |= {
        "unit": profile["unit"],
        "price": int(profile["price"]),
        "unit_cost": int(profile["unit_cost"]),
        "units_sold": account.units,
        "fixed_costs": account.fixed,
        "costs": account.costs,
        "cash": account.cash,
        "staff": account.staff,
        "staff_target_group": account.target_group,
        "people_reached": account.reached,
        "places": places,
    }
    return row
