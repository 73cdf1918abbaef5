"""The simulated region that all themes share: Jönköping County's municipalities, organisations and people.

The municipalities are real; organisations and people are made up. The region has as many people as SIRU counted
participants, 900, of whom 60 % are women, so that every theme can draw its people from the same place.

Draws use whole numbers only, so that no machine rounds differently. Each data set has a random stream of its own:
a new data set leaves the others as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True)
class Municipality:
    """A municipality of Jönköping County."""

    code: str
    """SCB's code."""
    name: str
    population: int
    """Inhabitants on 31 December 2015 (SCB)."""
    km: int
    """Straight-line distance to Jönköping between the municipalities' reference points."""


MUNICIPALITIES = (
    Municipality("0604", "Aneby", 6_537, 38),
    Municipality("0617", "Gnosjö", 9_514, 53),
    Municipality("0642", "Mullsjö", 7_157, 22),
    Municipality("0643", "Habo", 11_314, 16),
    Municipality("0662", "Gislaved", 29_272, 65),
    Municipality("0665", "Vaggeryd", 13_372, 32),
    Municipality("0680", "Jönköping", 133_310, 0),
    Municipality("0682", "Nässjö", 30_451, 35),
    Municipality("0683", "Värnamo", 33_473, 67),
    Municipality("0684", "Sävsjö", 11_228, 52),
    Municipality("0685", "Vetlanda", 26_873, 67),
    Municipality("0686", "Eksjö", 16_790, 50),
    Municipality("0687", "Tranås", 18_546, 55),
)
SEAT = "0680"


@dataclass(frozen=True)
class Sector:
    """How large a sector is in the simulated region."""

    code: str
    organisations: int
    people: int
    women: int


SECTORS = (
    Sector("public", 54, 378, 258),
    Sector("civil", 50, 252, 157),
    Sector("private", 40, 180, 77),
    Sector("academia", 12, 90, 48),
)


@dataclass(frozen=True)
class Organisation:
    """A made-up organisation."""

    organisation_id: str
    sector: str
    municipality: Municipality


@dataclass(frozen=True)
class Person:
    """A made-up person, who works or volunteers in an organisation."""

    person_id: str
    organisation: Organisation
    gender: str


@dataclass(frozen=True)
class Region:
    """The organisations and the people that themes draw from."""

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]


def stream(seed: int, name: str) -> np.random.Generator:
    """Give the random stream of `name`: the same for the same seed, and its own for each name."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def pick(rng: np.random.Generator, items: Sequence[T]) -> T:
    """Draw one of `items`, each as likely."""
    return items[int(rng.integers(len(items)))]


def weighted(rng: np.random.Generator, items: Sequence[T], weights: Sequence[int]) -> T:
    """Draw one of `items` in proportion to whole-number `weights`."""
    left = int(rng.integers(sum(weights)))
    for item, weight in zip(items, weights, strict=True):
        left -= weight
        if left < 0:
            return item
    raise AssertionError("weights are positive")


def shuffled(rng: np.random.Generator, items: Sequence[T]) -> list[T]:
    """Give `items` in random order."""
    return [items[index] for index in rng.permutation(len(items))]


def simulate(rng: np.random.Generator) -> Region:
    """Make the region's organisations and people."""
    organisations = _organisations(rng)
    homes: list[tuple[Organisation, str]] = []
    for sector in SECTORS:
        own = [organisation for organisation in organisations if organisation.sector == sector.code]
        # Two each, so that colleagues exist; the rest fall where they fall.
        places = own * 2 + [pick(rng, own) for _ in range(sector.people - 2 * len(own))]
        genders = ["woman"] * sector.women + ["man"] * (sector.people - sector.women)
        homes += zip(places, shuffled(rng, genders), strict=True)
    people = (
        Person(f"P{number:04d}", organisation, gender)
        for number, (organisation, gender) in enumerate(shuffled(rng, homes), start=1)
    )
    return Region(tuple(organisations), tuple(people))


def _organisations(rng: np.random.Generator) -> list[Organisation]:
    by_code = {municipality.code: municipality for municipality in MUNICIPALITIES}
    populations = [municipality.population for municipality in MUNICIPALITIES]
    drawn: list[tuple[str, Municipality]] = []
    for sector in SECTORS:
        for number in range(sector.organisations):
            # The region's university is in one town; a few learning centres are elsewhere.
            seated = sector.code == "academia" and number % 4 > 0
            home = by_code[SEAT] if seated else weighted(rng, MUNICIPALITIES, populations)
            drawn.append((sector.code, home))
    return [
        Organisation(f"O{number:03d}", sector, home)
        for number, (sector, home) in enumerate(shuffled(rng, drawn), start=1)
    ]
