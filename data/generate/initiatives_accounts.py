"""The accounts of one venture: what it sold, got, spent and reached each year.

Cash follows from the accounts: the year's cash is the year before's, plus revenue, less costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

LAST = 2023
PRESSED = "S15"
"""Lives, with little cash left."""
MARGINS = {"growth": (20, 70), "one_basket": (-15, 30), "outward": (-20, 25)}
"""Results in thousandths of revenue."""
COMPANIES = ("limited_company", "svb_company")
DIPS = {"meal": (600, 800), "visit": (550, 750), "night": (450, 650)}
"""What was left of the sales in 2020, in thousandths, of what people buy when they meet."""


@dataclass(frozen=True)
class Kind:
    """How a kind of venture earns its living; money in thousands of SEK a year."""

    public: int
    """Thousandths of its sales that public buyers buy."""
    grants: tuple[int, int]
    """In the first year and from the fifth year on."""
    members: int
    fee: int
    """What a member pays a year, in SEK."""
    donations: int
    reached: int
    """People that it means something to in a year, when it sells what it is built for."""


KINDS = {
    "wise": Kind(420, (520, 380), 24, 200, 12, 26),
    "service": Kind(180, (260, 0), 12, 500, 0, 60),
    "supplier": Kind(680, (240, 90), 16, 300, 10, 140),
    "village": Kind(90, (180, 60), 210, 300, 35, 520),
    "association": Kind(150, (620, 480), 160, 150, 90, 180),
    "outward": Kind(150, (420, 420), 90, 150, 40, 150),
    "one_basket": Kind(990, (60, 0), 0, 0, 0, 34),
    "drift": Kind(640, (700, 40), 0, 0, 0, 40),
    "growth": Kind(450, (240, 120), 0, 0, 0, 160),
    "loop": Kind(300, (280, 160), 40, 200, 20, 150),
}


@dataclass(frozen=True)
class Year:
    """One year's figures; money in SEK."""

    revenue: dict[str, int]
    units: int
    fixed: int
    costs: int
    cash: int
    staff: int
    target_group: int
    reached: int


def accounts(rng: np.random.Generator, profile: Mapping[str, str], years: range, reason: str) -> list[Year]:
    """Draw the years of one venture; `reason` is why it closed, empty if it lives."""
    kind, base = KINDS[profile["kind"]], int(profile["units"])
    unit_cost = int(profile["unit_cost"])
    wise_share = int(rng.integers(450, 700))
    bought = int(rng.integers(-60, 61))
    made: list[Year] = []
    level, cash = int(rng.integers(550, 720)), 0
    for age, year in enumerate(years):
        left = len(years) - 1 - age
        grown = _level(rng, profile["kind"], level, age, left if reason == "money" else LAST)
        low, high = DIPS.get(profile["unit"], (900, 1000)) if year == 2020 else (1000, 1000)
        level = min(level, grown) if year == 2020 and profile["unit"] in DIPS else grown
        units = base * level * int(rng.integers(low, high + 1)) // 1_000_000
        public = _public(rng, profile["kind"], kind.public + bought, age)
        revenue = _revenue(rng, profile, kind, age, units * public // 1000, units)
        income = sum(revenue.values())
        variable = unit_cost * units
        surplus = _surplus(rng, profile, age, year, left, reason, income, cash)
        # Rents and wages are in whole thousands.
        fixed = max(20_000, (income - variable - surplus) // 1000 * 1000)
        costs = fixed + variable
        opening = income * int(rng.integers(150, 260)) // 1000 if age == 0 else cash
        cash = opening if age == 0 else cash + income - costs
        made.append(
            Year(revenue, units, fixed, costs, cash, *_people(rng, profile, kind, age, costs, units, wise_share))
        )
    return made


def _level(rng: np.random.Generator, kind: str, level: int, age: int, left: int) -> int:
    """Carry the sales, in thousandths of what the venture is built for, one year on."""
    if kind == "outward":
        return int(rng.integers(950, 1051))
    if age == 0:
        return level
    if left <= 2:
        return level * int(rng.integers(780, 900)) // 1000
    if kind == "growth":
        return level * int(rng.integers(1170, 1260)) // 1000
    if kind == "drift":
        return level * int(rng.integers(1090, 1160)) // 1000
    low, high = {1: (1200, 1350), 2: (1050, 1200)}.get(age, (980, 1080))
    return level * int(rng.integers(low, high + 1)) // 1000


def _public(rng: np.random.Generator, kind: str, share: int, age: int) -> int:
    if kind == "one_basket":
        return int(rng.integers(985, 996))
    if kind == "drift":
        share = max(120, share - 85 * age)
    return min(900, max(40, share + int(rng.integers(-30, 31))))


def _revenue(
    rng: np.random.Generator, profile: Mapping[str, str], kind: Kind, age: int, public: int, units: int
) -> dict[str, int]:
    """Add up where the money came from: sales by unit, the rest as it was granted, paid in or given."""
    price, company = int(profile["price"]), profile["legal_form"] in COMPANIES
    early, late = kind.grants
    grants = early + (late - early) * min(age, 4) // 4
    members = 0 if company or profile["legal_form"] == "foundation" else kind.members * (100 + 4 * min(age, 6)) // 100
    return {
        "public_contract": price * public,
        "private_sales": price * (units - public),
        "grants": 1000 * (grants * int(rng.integers(880, 1121)) // 1000),
        "membership": kind.fee * (members * int(rng.integers(920, 1081)) // 1000),
        "donations": 0 if company else 100 * (kind.donations * int(rng.integers(600, 1401)) // 100),
    }


def _surplus(
    rng: np.random.Generator,
    profile: Mapping[str, str],
    age: int,
    year: int,
    left: int,
    reason: str,
    income: int,
    cash: int,
) -> int:
    """Draw the year's result; who lives on loses at most four tenths of the cash in a year."""
    if age > 0 and reason == "money" and left <= 1:
        low, high = (560, 700) if left == 1 else (900, 1000)
        return -cash * int(rng.integers(low, high)) // 1000
    if profile["venture_id"] == PRESSED and year == LAST:
        return -cash * int(rng.integers(780, 830)) // 1000
    if year == 2020 and age > 0 and profile["unit"] in DIPS and profile["kind"] != "drift":
        return max(-income * int(rng.integers(10, 60)) // 1000, -cash * 4 // 10)
    low, high = MARGINS.get(profile["kind"], (-60, 60))
    if profile["venture_id"] == PRESSED:
        low, high = -12, 18
    if profile["kind"] == "drift" and age >= 3:
        low, high = 45, 85
    return max(income * int(rng.integers(low, high)) // 1000, -cash * 4 // 10)


def _people(
    rng: np.random.Generator,
    profile: Mapping[str, str],
    kind: Kind,
    age: int,
    costs: int,
    sold: int,
    wise_share: int,
) -> tuple[int, int, int]:
    """Give the staff, how many of them come from the group it is for, and how many people it reached."""
    hires = profile["hires"] == "true"
    # Wages are subsidised and many work part of the week where people come back to work.
    staff = max(1, costs // (410_000 if hires else 590_000))
    share, reached = wise_share if hires else int(rng.integers(0, 150)), kind.reached * sold // int(profile["units"])
    match profile["kind"]:
        case "outward":
            staff, reached = 2, kind.reached * (10 + 9 * age) // 10
        case "drift":
            share, reached = max(60, 680 - 90 * age), kind.reached * max(200, 1000 - 110 * age) // 1000
        case "growth":
            reached = kind.reached
    least = int(hires and profile["kind"] != "drift")
    return staff, max(least, staff * share // 1000), max(1, reached * int(rng.integers(960, 1041)) // 1000)
