"""Theme 07: entrepreneurs and companies at a matchmaking breakfast, and how well each pair fits.

What is planted, so that the chapter can show it:

- Needs and offers are told in the same terms, so that the score of a pair can be added up: how well the company's
  offer meets the entrepreneur's need (30 points), how well the entrepreneur's offer meets the company's need (30),
  nearness (15), whether the entrepreneur's hours suffice (10) and what the two said matters to them (15).
- One assignment has the highest total score. It is not stable: at least two pairs would rather have each other. At
  least one entrepreneur gets a partner it ranks sixth or lower. Taking the best pair that is left, again and again,
  gives a lower total.
- It matters who proposes: at least three entrepreneurs get another partner when companies propose.
- Capacities matter: the companies have 12 places for 12 entrepreneurs. With one place each, two are left out, and
  others change partner too.

Texts, terms and the companies' places are written by hand; homes, hours, impressions and ranks are drawn again until
all of this holds.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .markets_stable import Ranks, best_total, blocking, greedy_total, propose
from .municipalities import kilometres
from .region import SEAT, pick
from .table import Row, Table

RELATED = (
    {"premises", "work_places"},
    {"materials", "transport"},
    {"meals", "property"},
    {"repair_and_reuse", "assembly"},
    {"recruitment", "language"},
)
"""Terms that lie near each other: half a fit."""
CLOSE_FIT = {"E02", "E03", "E04", "E06", "E07"}
"""Those whose follow-up tells of deliveries that not every company would have a use for."""


@dataclass(frozen=True)
class Side:
    """An entrepreneur or a company at the breakfast."""

    name: str
    text: Mapping[str, str]
    municipality: str
    hours: int
    """Hours a week: what an entrepreneur can deliver, or what a company wants."""
    capacity: int
    organisation_id: str = ""


@dataclass(frozen=True)
class Breakfast:
    """Everybody who came, every pair's points, and who ends up with whom when entrepreneurs propose."""

    entrepreneurs: list[Side]
    companies: list[Side]
    pairs: Table
    matches: dict[str, str]


def texts(name: str) -> list[dict[str, str]]:
    """Read a file of hand-written texts."""
    with (Path(__file__).parent / f"{name}_texts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def breakfast(rng: np.random.Generator, initiatives: Table, organisations: Table) -> Breakfast:
    """Draw the breakfast until its pairs show what they are made to show."""
    origins = {row["initiative_id"]: row for row in initiatives}
    invited = texts("entrepreneurs")
    led = {origins[text["initiative_id"]]["organisation_id"] for text in invited}
    hosts = _hosts(rng, [row for row in organisations if row["organisation_id"] not in led])
    while True:
        entrepreneurs = [
            Side(
                text["entrepreneur_id"],
                text,
                str(origins[text["initiative_id"]]["municipality"]),
                hours=4 * int(rng.integers(4, 11)),
                capacity=1,
            )
            for text in invited
        ]
        companies = [
            Side(
                text["company_id"],
                text,
                str(home["municipality"]),
                hours=4 * int(rng.integers(3, 13)),
                capacity=int(text["capacity"]),
                organisation_id=str(home["organisation_id"]),
            )
            for text, home in zip(texts("companies"), hosts, strict=True)
        ]
        pairs = _pairs(rng, entrepreneurs, companies)
        matches = planted(pairs, {company.name: company.capacity for company in companies})
        if matches:
            return Breakfast(entrepreneurs, companies, pairs, matches)


def _hosts(rng: np.random.Generator, organisations: Table) -> list[Row]:
    """Draw which organisations the companies are, by how their names begin; few of them in Jönköping if possible."""
    fitting = [
        [row for row in organisations if str(row["name"]).startswith(tuple(text["organisations"].split(";")))]
        for text in texts("companies")
    ]
    draws = [[pick(rng, rows) for rows in fitting] for _ in range(50)]
    return min(draws, key=lambda rows: sum(row["municipality"] == SEAT for row in rows))


def _pairs(rng: np.random.Generator, entrepreneurs: Sequence[Side], companies: Sequence[Side]) -> Table:
    points = {(one.name, other.name): _points(rng, one, other) for one in entrepreneurs for other in companies}
    for_entrepreneur = {
        pair: 2 * fit["need_points"] + fit["distance_points"] + fit["values_points"] + int(rng.integers(16))
        for pair, fit in points.items()
    }
    for_company = {
        pair: 2 * fit["offer_points"] + fit["capacity_points"] + fit["values_points"] + int(rng.integers(16))
        for pair, fit in points.items()
    }
    rows: Table = []
    for (one, other), fit in points.items():
        others = [(-for_entrepreneur[one, company.name], company.name) for company in companies]
        rivals = [(-for_company[rival.name, other], rival.name) for rival in entrepreneurs]
        rows.append(
            {"entrepreneur_id": one, "company_id": other}
            | fit
            | {
                "score": sum(value for name, value in fit.items() if name.endswith("_points")),
                "entrepreneur_rank": 1 + sorted(others).index((-for_entrepreneur[one, other], other)),
                "company_rank": 1 + sorted(rivals).index((-for_company[one, other], one)),
            }
        )
    return rows


def _points(rng: np.random.Generator, one: Side, other: Side) -> dict[str, int]:
    km = kilometres(one.municipality, other.municipality)
    return {
        "km": km,
        "need_points": _fit(rng, one.text["need"], other.text["offer"]),
        "offer_points": _fit(rng, other.text["need"], one.text["offer"]),
        "distance_points": max(0, 15 - km // 5),
        "capacity_points": min(10, 10 * one.hours // other.hours),
        "values_points": int(rng.integers(3, 16)),
    }


def _fit(rng: np.random.Generator, need: str, offer: str) -> int:
    if need == offer:
        return 24 + int(rng.integers(7))
    if {need, offer} in RELATED:
        return 11 + int(rng.integers(7))
    return int(rng.integers(8))


def planted(pairs: Table, places: Mapping[str, int]) -> dict[str, str]:
    """Give the matching when entrepreneurs propose; nothing where the pairs do not show what they should."""
    scores = {(str(row["entrepreneur_id"]), str(row["company_id"])): int(row["score"]) for row in pairs}
    mine = {(str(row["entrepreneur_id"]), str(row["company_id"])): int(row["entrepreneur_rank"]) for row in pairs}
    theirs = {(str(row["company_id"]), str(row["entrepreneur_id"])): int(row["company_rank"]) for row in pairs}
    found = propose(mine, theirs, places)
    offers = {(str(row["entrepreneur_id"]), str(row["company_id"])): int(row["offer_points"]) for row in pairs}
    if any(offers[name, found[name]] < 11 for name in CLOSE_FIT) or not _who_proposes_matters(
        found, mine, theirs, places
    ):
        return {}
    alone = propose(mine, theirs, dict.fromkeys(places, 1))
    moved = sum(alone[name] != found[name] for name in alone)
    best, unique = best_total(scores, places)
    total = sum(scores[pair] for pair in best.items())
    return (
        found
        if unique
        and moved >= 1
        and len(alone) == len(places)
        and len(blocking(best, mine, theirs, places)) >= 2
        and max(mine[pair] for pair in best.items()) >= 6
        and total >= sum(scores[pair] for pair in found.items()) + 15
        and total > greedy_total(scores, places)
        else {}
    )


def _who_proposes_matters(found: Mapping[str, str], mine: Ranks, theirs: Ranks, places: Mapping[str, int]) -> bool:
    """Tell whether at least three entrepreneurs get another partner when companies propose."""
    slots = {
        (f"{company}/{place}", name): rank
        for (company, name), rank in theirs.items()
        for place in range(places[company])
    }
    # A company with two places proposes once for each; entrepreneurs do not mind which.
    order = {(name, slot): 10 * mine[name, slot.partition("/")[0]] + int(slot[-1]) for slot, name in slots}
    other = propose(slots, order, {name: 1 for _, name in slots})
    partners = {name: slot.partition("/")[0] for slot, name in other.items()}
    return sum(partners[name] != found[name] for name in found) >= 3


def entrepreneurs(found: Breakfast) -> Table:
    """Write the entrepreneurs as rows."""
    return [
        {
            "entrepreneur_id": side.name,
            "initiative_id": side.text["initiative_id"],
            "municipality": side.municipality,
            **_told(side),
            "hours": side.hours,
            "capacity": side.capacity,
        }
        for side in found.entrepreneurs
    ]


def companies(found: Breakfast) -> Table:
    """Write the companies as rows."""
    return [
        {
            "company_id": side.name,
            "organisation_id": side.organisation_id,
            "municipality": side.municipality,
            "business_en": side.text["business_en"],
            "business_sv": side.text["business_sv"],
            **_told(side),
            "hours": side.hours,
            "capacity": side.capacity,
        }
        for side in found.companies
    ]


def _told(side: Side) -> Row:
    return {name: side.text[name] for name in ("need", "offer", "need_en", "need_sv", "offer_en", "offer_sv")}
