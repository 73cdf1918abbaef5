"""Theme 12: what Brobygget's outcomes may be worth, what it costs, and who pays and gains.

All amounts are made up for the course. Proxies are no published Swedish unit values, and say so row by row. How many
got work comes from the panel of theme 11, so that its comparison group is this theme's deadweight.

What is planted in `brobygget_value_map`, version good:

- One row, V02 (belonging), carries more than a third of all value and half as much again as the next row; it is also
  the row with the weakest evidence. The ratio is a little under 2 and would be near 1 without it.
- One outcome, V05, is negative.
- Deadweight of the rows about work is what happened in the comparison group as well.

Version flawed has the seven faults of `FLAWS`, and a higher ratio; the map maker's own notes tell of some of them.

In `brobygget_costs` volunteers' time has a value and the participants' own time has 0.

In `investment_cashflows` payers and gainers have different pockets. The municipality pays most and does not get its
money back in eight years, counting what can be taken out of a budget; the state pays little and gains most. Costs
are those of `brobygget_costs`, two thirds of them in year 0. Some savings are average costs that no budget loses.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from .measuring_brobygget import History, findings
from .table import Table

FLAWS = {
    "V03": "drop-off is taken off in the first year already",
    "V05": "left out: the negative outcome",
    "V10": "deductions are added instead of multiplied",
    "V12": "attribution is the project's own share, not that of others",
    "V13": "no deadweight",
    "V15": "an output is valued",
    "V16": "the same money as in V10, counted again",
}
"""The faults of the flawed version, by row."""
SHARES = ("deadweight", "displacement", "attribution", "drop_off")
PEOPLE = 120
RAMP = (0, 500, 1000, 850, 722, 614, 522, 444, 377)
"""Per mille of a full year's saving, years 0–8: work comes gradually, and then the effect falls by 15 % a year."""
SAVINGS = (
    ("municipality", "economic_assistance", 28_000, "true"),
    ("municipality", "case_handling", 6_000, "false"),
    ("region", "health_care", 5_000, "false"),
    ("state", "taxes", 60_000, "true"),
    ("state", "activity_support", 34_000, "true"),
    ("state", "job_coaching", 5_000, "false"),
    ("social_insurance", "sickness_benefit", 8_000, "true"),
    ("participant", "net_income", 46_000, "true"),
)
"""Who gains what in a full year, in SEK for each person who is in work thanks to Brobygget, and if it is cashable."""
PAYERS = ("municipality", "region", "state")


def texts(name: str) -> list[dict[str, str]]:
    """Read the hand-written rows of a data set."""
    with (Path(__file__).parent / f"{name}_texts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def value_map(rng: np.random.Generator, histories: Sequence[History]) -> Table:
    """Write the value map, good and flawed."""
    found = findings(histories)
    known = {
        "gain": _rounded(PEOPLE * found.before_after),
        "without": sum(1 - history.employed[-1] for history in histories if history.person.treated),
        "comparison": _rounded(100 * found.comparison_change / found.before_after),
    }
    good = [_outcome(rng, row, known) for row in texts("brobygget_value_map")]
    return [*(_printed("good", row) for row in good), *(_printed("flawed", row) for row in flawed(good))]


def _rounded(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def _outcome(rng: np.random.Generator, row: dict[str, str], known: dict[str, int]) -> dict[str, str | int]:
    numbers = {
        name: known[row[name]] if row[name] in known else int(row[name])
        for name in ("quantity", "proxy", *SHARES, "duration_years", "starts")
    }
    if row["quantity"] not in known:
        most = max(1, numbers["quantity"] // 20)
        numbers["quantity"] += int(rng.integers(-most, most + 1))
    return row | numbers


def flawed(good: Sequence[dict[str, str | int]]) -> list[dict[str, str | int]]:
    """Copy the good map and make the faults that `FLAWS` lists; shares are whole per cent here."""
    rows = {str(row["row_id"]): dict(row) for row in good}
    reduced = int(rows["V03"]["quantity"]) * (100 - int(rows["V03"]["drop_off"])) // 100
    rows["V03"] |= {
        "quantity": reduced,
        "note": f"{rows['V03']['quantity']} persons less the first year's drop-off of {rows['V03']['drop_off']} %.",
        "note_sv": f"{rows['V03']['quantity']} personer minus första årets avklingning på {rows['V03']['drop_off']} %.",
    }
    parts = [int(rows["V10"][name]) for name in SHARES[:3]]
    rows["V10"] |= {
        "deadweight": sum(parts),
        "displacement": 0,
        "attribution": 0,
        "note": "Deductions put together: " + " + ".join(map(str, parts)) + f" = {sum(parts)} %.",
        "note_sv": "Avdragen sammanlagda: " + " + ".join(map(str, parts)) + f" = {sum(parts)} %.",
    }
    rows["V12"] |= {
        "attribution": 100 - int(rows["V12"]["attribution"]),
        "note": "Attribution: Brobygget's own part in this, according to the health centre.",
        "note_sv": "Tillskrivning: Brobyggets egen del i detta, enligt vårdcentralen.",
    }
    rows["V13"] |= {
        "deadweight": 0,
        "note": "None of them worked before, so everything is thanks to Brobygget.",
        "note_sv": "Ingen av dem arbetade tidigare, så allt är tack vare Brobygget.",
    }
    del rows["V05"]
    rows["V15"] = rows["V04"] | {
        "row_id": "V15",
        "outcome": "Trial days and trade tests carried out",
        "outcome_sv": "Genomförda prova-på-dagar och yrkesprov",
        "quantity": 460,
        "proxy": 1_500,
        "basis": "Made up for the course: what a day's course costs.",
        "basis_sv": "Påhittat för kursen: vad en kursdag kostar.",
        **dict.fromkeys(SHARES, 0),
        "duration_years": 1,
        "note": "Quantity: days and tests in the companies' calendars.",
        "note_sv": "Antal: dagar och prov i företagens kalendrar.",
    }
    rows["V16"] = dict(good[9]) | {
        "row_id": "V16",
        "stakeholder": "Participants",
        "stakeholder_sv": "Deltagare",
        "outcome": "No longer needs economic assistance",
        "outcome_sv": "Behöver inte längre ekonomiskt bistånd",
        "note": "Quantity: households that had assistance before.",
        "note_sv": "Antal: hushåll som hade bistånd innan.",
    }
    return list(rows.values())


def _printed(version: str, row: dict[str, str | int]) -> dict[str, str | int]:
    shares = {name: f"{int(row[name]) // 100}.{int(row[name]) % 100:02d}" for name in SHARES}
    return {"version": version} | row | shares


def costs(rng: np.random.Generator) -> Table:
    """Write what is put in: so many units at such a price."""
    rows: Table = []
    for row in texts("brobygget_costs"):
        quantity = int(rng.integers(int(row["low"]), int(row["high"]) + 1))
        kept = {name: text for name, text in row.items() if name not in ("low", "high", "unit", "price")}
        price = int(row["price"])
        rows.append(kept | {"quantity": quantity, "unit": row["unit"], "price": price, "value": quantity * price})
    return rows


def cashflows(inputs: Table, histories: Sequence[History]) -> Table:
    """Write costs and savings by year, actor and item."""
    people = _rounded(PEOPLE * findings(histories).effect)
    rows: Table = []
    for year, share in enumerate(RAMP):
        for payer in PAYERS:
            total = sum(int(row["value"]) for row in inputs if row["actor"] == payer)
            cost = (total * 2 // 3, total - total * 2 // 3)[year] if year < 2 else 0
            rows.append(_flow(year, payer, "brobygget", cost, 0, "true"))
        rows += [
            _flow(year, actor, item, 0, people * full_year * share // 1000, cashable)
            for actor, item, full_year, cashable in SAVINGS
        ]
    return rows


def _flow(year: int, actor: str, item: str, cost: int, saving: int, cashable: str) -> dict[str, str | int]:
    return {"year": year, "actor": actor, "item": item, "cost": cost, "saving": saving, "cashable": cashable}
