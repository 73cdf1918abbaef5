"""What chance decides about the initiatives: who leads them, when they started and closed, and how it went."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .region import SEAT, Organisation, Region, pick, shuffled, weighted

CLOSABLE = ["N02", "N08", "N16", "N22", "N23", "N24", "N25", "N26", "N27", "N28", "N29", "N30", "N32", "N38", "N39"]
"""Those that may have closed. The others' texts, or the ventures that they became, say that they live."""
CLOSED = (9, 10, 11)
LATE_CLOSERS = ("N16", "N26")
"""A venture grew out of these between 2014 and 2016; where the initiative closed, the venture did too."""
LATE_VENTURES = ("N15", "N19", "N36")
"""Prototypes that a venture grew out of at the end of the period."""
OLD = {"N04": (1974, 1984), "N10": (1985, 1999), "N21": (2009, 2014), "N43": (1974, 1990)}
STARTED = {
    "prompt": (2018, 2019),
    "proposal": (2017, 2019),
    "prototype": (2016, 2019),
    "sustaining": (2009, 2014),
    "scaling": (2008, 2013),
    "systemic_change": (2008, 2012),
}
EVIDENCE = {
    "prompt": (0,),
    "proposal": (0, 0, 0, 1),
    "prototype": (0, 1, 1, 1, 2),
    "sustaining": (0, 1, 1, 2, 2, 3),
    "scaling": (1, 1, 2, 2, 3, 3),
    "systemic_change": (2, 2, 3, 4),
}
"""Nesta's levels; 0 has not yet described what it is meant to lead to."""
SUCCESS = {"living": (2, 3, 3, 3, 4, 4, 4, 4, 5, 5), "closed": (1, 1, 2, 2, 2, 3, 3, 4)}
MIXES = {
    "public": (12, 4, 2, 2),
    "private": (2, 2, 15, 1),
    "civil": (3, 4, 5, 8),
    "academia": (9, 8, 1, 2),
    "idea": (3, 2, 0, 15),
    "closed": (4, 13, 1, 2),
}
"""Twentieths of public money, grants, sales and volunteers' time around which the shares are drawn."""
TOLD_MIXES = {
    "N01": (0, 0, 100, 0),
    "N04": (0, 0, 10, 90),
    "N10": (0, 0, 100, 0),
    "N18": (0, 0, 100, 0),
    "N21": (0, 0, 100, 0),
    "N33": (5, 0, 75, 20),
    "N37": (0, 0, 0, 100),
    "N42": (90, 0, 5, 5),
    "N43": (0, 0, 60, 40),
}
"""Mixes that the texts tell."""


@dataclass(frozen=True)
class Life:
    """How an initiative has fared."""

    leader: Organisation
    started: int
    closed: int | None
    evidence: int
    success: int | None
    """From 1 to 5, in the leader's own opinion; None where nothing has been tried."""
    funding: tuple[int, int, int, int]
    """Whole per cent of public money, grants, sales and volunteers' time."""


@cache
def texts() -> tuple[Mapping[str, str], ...]:
    """Read the hand-written texts, one row an initiative."""
    with (Path(__file__).parent / "initiatives_texts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def lives(rng: np.random.Generator, region: Region, names: Mapping[str, str]) -> list[Life]:
    """Draw a life for each initiative; `names` are the organisations' names by their ids."""
    closed = shuffled(rng, CLOSABLE)[: pick(rng, CLOSED)]
    return [
        _ended(rng, text, leader) if text["initiative_id"] in closed else _living(rng, text, leader)
        for text, leader in zip(texts(), _leaders(rng, region, names), strict=True)
    ]


def _leaders(rng: np.random.Generator, region: Region, names: Mapping[str, str]) -> list[Organisation]:
    """Draw who leads each; nobody leads two, and Jönköping has about its share of the inhabitants, 38 %."""
    while True:
        free = shuffled(rng, region.organisations)
        led: dict[str, Organisation] = {}
        # Those that few organisations would take on choose first.
        for text in sorted(shuffled(rng, texts()), key=lambda text: text["leaders"].count(";")):
            own = [home for home in free if home.sector == text["sector"]]
            beginnings = tuple(text["leaders"].split(";"))
            fitting = [home for home in own if names[home.organisation_id].startswith(beginnings)]
            led[text["initiative_id"]] = (fitting or own)[0]
            free.remove(led[text["initiative_id"]])
        if sum(leader.municipality.code == SEAT for leader in led.values()) in (16, 17, 18):
            return [led[text["initiative_id"]] for text in texts()]


def _living(rng: np.random.Generator, text: Mapping[str, str], leader: Organisation) -> Life:
    name, stage = text["initiative_id"], text["stage"]
    first, last = OLD.get(name, (2016, 2018) if name in LATE_VENTURES else STARTED[stage])
    idea = stage in ("prompt", "proposal")
    return Life(
        leader,
        started=int(rng.integers(first, last + 1)),
        closed=None,
        evidence=pick(rng, EVIDENCE[stage]),
        success=None if idea else pick(rng, SUCCESS["living"]),
        funding=TOLD_MIXES.get(name) or _mix(rng, MIXES["idea" if idea else text["sector"]]),
    )


def _ended(rng: np.random.Generator, text: Mapping[str, str], leader: Organisation) -> Life:
    if text["stage"] == "prototype":
        # A project's two or three years.
        started = int(rng.integers(2012, 2017))
        closed = started + int(rng.integers(2, 4))
    else:
        started = int(rng.integers(2009, 2014))
        closed = int(rng.integers(2017 if text["initiative_id"] in LATE_CLOSERS else 2015, 2020))
    evidence = min(2, pick(rng, EVIDENCE[text["stage"]]))
    return Life(leader, started, closed, evidence, pick(rng, SUCCESS["closed"]), _mix(rng, MIXES["closed"]))


def _mix(rng: np.random.Generator, weights: Sequence[int]) -> tuple[int, int, int, int]:
    drawn = [weighted(rng, range(4), weights) for _ in range(20)]
    public, grant, sales, volunteer = (5 * drawn.count(source) for source in range(4))
    return public, grant, sales, volunteer
