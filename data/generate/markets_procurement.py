"""Theme 13: six tenders and the bids that came in.

What is planted, so that the chapter can show it:

- T01: rank reversal. With price and quality as shares of the best bid (the relative model), a bid that does not win
  decides who does: leave it out and another bid wins. The bid that is left out wins in none of the models.
- T02 is reserved, and T02D may not take part: fewer than 30 per cent of those employed in its whole operation count,
  though most of those who would do this job do. It would win under all three models. T02A may take part although few
  of those who would do the job count.
- T03: the three models agree, and no bid that is left out changes that.
- T04: the three models give three winners. Its social clause is vague and has no follow-up.
- T05: T05F is abnormally low, at most 55 per cent of the median price, and wins in the relative model though its
  quality is the lowest. The social clause is a sponsorship without link to what is bought.

The monetary model deducts ``max_deduction`` times quality in per cent from the price; the lowest comparison price
wins. Texts, weights and values are written by hand; bids are drawn again until all of this holds with a margin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .markets_matching import texts
from .region import MUNICIPALITIES, SEAT, shuffled, weighted
from .table import Row, Table

SUPPLIERS = {
    "T01": ("S06", "S20", "Kafé Sju stolar", "Bageriet", "Livsmedelsbutiken", "Restaurang"),
    "T02": ("S03", "Skogsentreprenad", "Odlingskooperativet", "Stiftelsen Verktygslådan", "Kooperativet Havreängen"),
    "T03": ("Återbrukskooperativet", "Åkeriet", "Stolfabriken"),
    "T04": ("S02", "Tvätterikooperativet", "Städbolaget", "Föreningen Kläder", "Hotell", "Hemtjänstbolaget"),
    "T05": ("Byggbolaget", "Snickeriet", "Köksluckan", "VVS-firman", "Elfirman", "Målerifirman"),
    "T06": (
        "S21",
        "Tolkbyrån",
        "Föreningen Två språk",
        "Forskargruppen Språk",
        "Institutionen för lärande",
        "Konsultbyrån",
    ),
}
"""Ventures, and how the names of organisations begin: the first that exist and may bid do so, private firms last."""
BIDS = {"T01": 5, "T02": 4, "T03": 3, "T04": 5, "T05": 6, "T06": 4}
SOCIAL = ("venture", "civil")
"""Kinds of supplier that are social enterprises."""
MODELS = ("relative", "monetary_deduction", "quotient")
LOW = Fraction(55, 100)
RESERVED = 30
"""Per cent of those employed, for taking part in a reserved procurement."""


@dataclass(frozen=True)
class Supplier:
    """Who bids."""

    supplier_id: str
    """An id of an organisation or of a venture."""
    kind: str
    """The organisation's sector, or venture."""
    share: int | None
    """Per cent of a venture's staff who come from the group that it was started for, in the year of the tender."""


@dataclass(frozen=True)
class Bid:
    """What a supplier asks and offers."""

    supplier: Supplier
    price: int
    quality: int
    integration: int
    """Per cent of those employed in the supplier's whole operation who have a disability or are hard to place."""
    contract: int
    """The same, of those who would carry out the contract."""


@dataclass(frozen=True)
class Terms:
    """How a tender is evaluated."""

    price_weight: int
    quality_weight: int
    max_deduction: int


def tenders(rng: np.random.Generator) -> Table:
    """Write the tenders as rows; the buyers are six municipalities, Jönköping first."""
    others = [home for home in MUNICIPALITIES if home.code != SEAT]
    buyers = [SEAT]
    while len(buyers) < len(BIDS):
        code = weighted(rng, others, [home.population for home in others]).code
        if code not in buyers:
            buyers.append(code)
    rows: Table = []
    for text, buyer in zip(texts("tenders"), shuffled(rng, buyers), strict=True):
        row: dict[str, str | int] = {name: text[name] for name in ("tender_id", "title_en", "title_sv")}
        row |= {"buyer": buyer, "route": text["route"], "published": text["published"]}
        row |= {name: int(text[name]) for name in ("value", "price_weight", "quality_weight", "max_deduction")}
        rows.append(row | {name: text[name] for name in ("social_clause_en", "social_clause_sv")})
    return rows


def bids(rng: np.random.Generator, called: Table, organisations: Table, ventures: Table, initiatives: Table) -> Table:
    """Draw bids on the tenders `called`, each until it shows what it is made to show."""
    rows: Table = []
    for tender in called:
        name = str(tender["tender_id"])
        terms = Terms(*(int(tender[key]) for key in ("price_weight", "quality_weight", "max_deduction")))
        suppliers = _suppliers(tender, organisations, ventures, initiatives)
        while True:
            drawn = [_bid(rng, tender, place, supplier) for place, supplier in enumerate(suppliers)]
            if len({bid.price for bid in drawn}) == len(drawn) and PLANTED[name](drawn, terms):
                break
        rows += [_row(tender, letter, bid) for letter, bid in zip("ABCDEF", drawn, strict=False)]
    return rows


def _suppliers(tender: Row, organisations: Table, ventures: Table, initiatives: Table) -> list[Supplier]:
    """Find who bids; nobody bids against the venture that grew out of its own initiative."""
    name, year = str(tender["tender_id"]), int(str(tender["published"])[:4])
    leader = {row["initiative_id"]: row["organisation_id"] for row in initiatives}
    found: list[Supplier] = []
    kept_away: set[str | int] = set()
    for row in ventures:
        share = 100 * int(row["staff_target_group"]) // max(1, int(row["staff"]))
        if row["venture_id"] in SUPPLIERS[name] and row["year"] == year and (name != "T02" or share >= RESERVED):
            found.append(Supplier(str(row["venture_id"]), "venture", share))
            kept_away.add(leader.get(row["initiative_id"], ""))
    for beginning in SUPPLIERS[name]:
        found += [
            Supplier(str(row["organisation_id"]), str(row["sector"]), None)
            for row in organisations
            if str(row["name"]).startswith(beginning) and row["organisation_id"] not in kept_away
        ]
    return sorted(found[: BIDS[name]], key=lambda one: one.kind == "private")


def _bid(rng: np.random.Generator, tender: Row, place: int, supplier: Supplier) -> Bid:
    name, value = str(tender["tender_id"]), int(tender["value"])
    last = place == BIDS[name] - 1
    price, quality = value * int(rng.integers(800, 1131)) // 1000, int(rng.integers(50, 97))
    share = supplier.share
    if share is None:
        share = int(rng.integers(38, 76)) if supplier.kind in SOCIAL else int(rng.integers(0, 9))
    contract = min(100, share + int(rng.integers(0, 16)))
    if name == "T01" and last:
        price, quality = value * int(rng.integers(560, 701)) // 1000, int(rng.integers(15, 36))
    if name == "T02" and place == 0:
        contract = int(rng.integers(14, 26))
    if name == "T02" and last:
        share, contract = int(rng.integers(16, 27)), int(rng.integers(62, 86))
        price, quality = value * int(rng.integers(720, 800)) // 1000, int(rng.integers(80, 93))
    if name == "T05" and last:
        price, quality = value * int(rng.integers(430, 520)) // 1000, int(rng.integers(30, 46))
    return Bid(supplier, price // 1_000 * 1_000, quality, share, contract)


def _row(tender: Row, letter: str, bid: Bid) -> Row:
    return {
        "bid_id": f"{tender['tender_id']}{letter}",
        "tender_id": tender["tender_id"],
        "organisation_id": "" if bid.supplier.kind == "venture" else bid.supplier.supplier_id,
        "venture_id": bid.supplier.supplier_id if bid.supplier.kind == "venture" else "",
        "social_enterprise": "true" if bid.supplier.kind in SOCIAL else "false",
        "integration_share": bid.integration,
        "contract_share": bid.contract,
        "price": bid.price,
        "quality": bid.quality,
        "deduction": int(tender["max_deduction"]) * bid.quality // 100,
    }


def points(drawn: Sequence[Bid], model: str, terms: Terms) -> list[Fraction]:
    """Give each bid's standing under a model: more is better, about 100 for the best."""
    if model == "relative":
        lowest, best = min(bid.price for bid in drawn), max(bid.quality for bid in drawn)
        return [
            Fraction(terms.price_weight * lowest, bid.price) + Fraction(terms.quality_weight * bid.quality, best)
            for bid in drawn
        ]
    if model == "quotient":
        return [Fraction(100 * bid.quality * min(other.price for other in drawn), 100 * bid.price) for bid in drawn]
    compared = [bid.price - terms.max_deduction * bid.quality // 100 for bid in drawn]
    return [Fraction(100 * min(compared), price) for price in compared]


def winner(drawn: Sequence[Bid], model: str, terms: Terms) -> Bid | None:
    """Give the winner; nobody where the second is within half a point."""
    given = points(drawn, model, terms)
    order = sorted(range(len(drawn)), key=lambda place: -given[place])
    return drawn[order[0]] if given[order[0]] >= given[order[1]] + Fraction(1, 2) else None


def winners(drawn: Sequence[Bid], terms: Terms) -> list[Bid | None]:
    """Give the winner under each of the models."""
    return [winner(drawn, model, terms) for model in MODELS]


def _reverses(drawn: list[Bid], terms: Terms) -> bool:
    found, without = winners(drawn, terms), winner(drawn[:-1], "relative", terms)
    return None not in found and drawn[-1] not in found and without not in (None, found[0])


def _shuts_out(drawn: list[Bid], terms: Terms) -> bool:
    return winners(drawn, terms) == [drawn[-1]] * 3 and None not in winners(drawn[:-1], terms)


def _agrees(drawn: list[Bid], terms: Terms) -> bool:
    first, second, third = winners(drawn, terms)
    if first is None or first != second or first != third:
        return False
    return all(
        winner([bid for bid in drawn if bid != left], "relative", terms) == first for left in drawn if left != first
    )


def _disagrees(drawn: list[Bid], terms: Terms) -> bool:
    found = winners(drawn, terms)
    return None not in found and len(set(found)) == len(MODELS)


def _too_low(drawn: list[Bid], terms: Terms) -> bool:
    prices = sorted(bid.price for bid in drawn)
    median = Fraction(prices[2] + prices[3], 2)
    rest = winners(drawn[:-1], terms)
    return (
        drawn[-1].price <= LOW * median
        and drawn[-1].quality == min(bid.quality for bid in drawn)
        and winner(drawn, "relative", terms) == drawn[-1]
        and None not in [*winners(drawn, terms), *rest]
    )


def _clear(drawn: list[Bid], terms: Terms) -> bool:
    return None not in winners(drawn, terms)


PLANTED: dict[str, Callable[[list[Bid], Terms], bool]] = {
    "T01": _reverses,
    "T02": _shuts_out,
    "T03": _agrees,
    "T04": _disagrees,
    "T05": _too_low,
    "T06": _clear,
}
