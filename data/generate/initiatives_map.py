"""The map of good examples: where people looked, what they found, and when they last checked it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .initiatives_lives import Life, texts
from .region import MUNICIPALITIES, SEAT, Municipality, pick

OPENED = date(2016, 9, 1)
"""The first records of the map."""
AS_OF = date(2020, 3, 31)
"""The map as the project left it."""
STALE_DAYS = 730
REACH = ((0, 270), (25, 180), (40, 130), (55, 80), (999, 40))
"""Up to so many kilometres from Jönköping: so many visits per million inhabitants."""


@dataclass(frozen=True)
class Record:
    """What the map's keepers know about an initiative."""

    on_map: bool
    checked: date


def visits(rng: np.random.Generator) -> dict[str, int]:
    """Draw how many visits were made in each municipality to look for examples."""
    return {home.code: max(0, _expected(home) + pick(rng, (-1, 0, 0, 1))) for home in MUNICIPALITIES}


def _expected(home: Municipality) -> int:
    reach = next(reach for km, reach in REACH if home.km <= km)
    return (home.population * reach + 500_000) // 1_000_000


def records(rng: np.random.Generator, lived: Sequence[Life], visited: Mapping[str, int]) -> list[Record]:
    """Draw which of the initiatives are on the map, and when each was last checked."""
    known = []
    for life in lived:
        on_map = int(rng.integers(1000)) < _chance(life, visited[life.leader.municipality.code])
        known.append(Record(on_map, _checked(rng, life, on_map)))
    return known


def _chance(life: Life, visited: int) -> int:
    """Give the chance in a thousand to be on the map: good news near at hand is found."""
    chance = min(950, 330 + 2_700_000 * visited // life.leader.municipality.population)
    if life.success is None:
        return chance * 6 // 10
    if life.closed is not None:
        # Before there was a map, nobody could put it there.
        return chance // 4 if life.closed > OPENED.year else 0
    return chance if life.success >= 4 else chance * 7 // 10


def _checked(rng: np.random.Generator, life: Life, on_map: bool) -> date:
    """Draw a day on which the record was true: before the closing if on the map, else after it."""
    first, last = max(OPENED, date(life.started + 1, 1, 1)), AS_OF
    if life.closed is not None and on_map:
        last = date(life.closed - 1, 12, 31)
    elif life.closed is not None:
        first = max(first, date(life.closed + 1, 1, 1))
    return date.fromordinal(int(rng.integers(first.toordinal(), last.toordinal() + 1)))


def planted(lived: Sequence[Life], known: Sequence[Record]) -> bool:
    """Tell whether lives and map show what they are made to show."""
    both = list(zip(lived, known, strict=True))
    mapped = [life for life, record in both if record.on_map]
    closed = [life for life in lived if life.closed is not None]
    living = [life for life in lived if life.closed is None]
    ghosts = [life for life in mapped if life.closed is not None]
    stale = [record for record in known if record.on_map and (AS_OF - record.checked).days > STALE_DAYS]
    scaling = [life for text, life in zip(texts(), lived, strict=True) if text["stage"] == "scaling"]
    return (
        23 <= len(mapped) <= 29
        and 1 <= len(ghosts) <= 2
        and 5 <= len(stale) <= 10
        and _success(mapped) >= _success(lived) + 30
        and _success(living) >= _success(lived) + 20
        and _success(closed) <= _success(living) - 80
        and _grants(closed) >= _grants(living) + 20
        and 10 * sum(life.evidence <= 2 for life in lived) >= 8 * len(lived)
        and any(life.evidence == 1 for life in scaling)
        and _place(lived, mapped)
    )


def _success(some: Sequence[Life]) -> int:
    """Give the mean rating in hundredths."""
    rated = [life.success for life in some if life.success is not None]
    return 100 * sum(rated) // len(rated)


def _grants(some: Sequence[Life]) -> int:
    return sum(life.funding[1] for life in some) // len(some)


def _place(lived: Sequence[Life], mapped: Sequence[Life]) -> bool:
    there = Counter(life.leader.municipality.code for life in lived)
    dots = Counter(life.leader.municipality.code for life in mapped)
    # Per ten million inhabitants, so that whole numbers will do.
    density = {home.code: dots[home.code] * 10_000_000 // home.population for home in MUNICIPALITIES}
    denser = [code for code in density if density[code] > density[SEAT]]
    return (
        all(dots[SEAT] > 2 * dots[code] for code in density if code != SEAT)
        and len(denser) >= 2
        and sum(there[code] > 0 and dots[code] == 0 for code in density) >= 2
        and _against_the_rest(dots) >= 150
    )


def _against_the_rest(counts: Counter[str]) -> int:
    """Give Jönköping's initiatives per inhabitant in per cent of all other municipalities'."""
    seat = next(home.population for home in MUNICIPALITIES if home.code == SEAT)
    others = sum(home.population for home in MUNICIPALITIES) - seat
    return 100 * counts[SEAT] * others // (seat * (counts.total() - counts[SEAT]))
