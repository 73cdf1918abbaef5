"""Themes 01, 03 and 14: the region's initiatives, where people looked for them, and the ventures some became.

What is planted in the initiatives, which stand as they were known on 31 March 2020:

- The first twelve, marked `classroom_case`, have a stage, a sector and a novelty that their texts make clear. Three of
  them are good deeds that are not social innovation. All four sectors lead initiatives.
- Survivorship: 9 to 11 have closed. One or two of those are still on the map, in records that nobody has checked
  since. Those on the map rate themselves clearly higher than all that were tried do, and those that closed had leant
  on grants.
- Search effort: Jönköping has the most dots, as most visits were made there. Per inhabitant it is neither first nor
  second among the municipalities, and all known initiatives together are about as dense there as elsewhere. At least
  two municipalities have initiatives but no dot.
- Five to ten records on the map are more than two years old.
- At least four in five initiatives have an evidence level of 0 to 2, also some that are scaling; none has 5.

The texts, with need, stage, sectors, the teacher's notes and what kind of organisation may lead, are written by hand in
``initiatives_texts.csv``. Lives and map are drawn again until all of this holds, so that any seed teaches the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .initiatives_lives import Life, lives, texts
from .initiatives_map import Record, planted, records, visits
from .initiatives_ventures import ventures
from .people import organisations
from .region import MUNICIPALITIES, Region, stream
from .table import Row, Table

WORDS = [f"{part}_{code}" for part in ("need", "what", "novelty", "teacher_note") for code in ("en", "sv")]
MAPS_A_WORLD = 20
"""How many maps to draw of the same lives before other lives are drawn."""


def tables(seed: int, region: Region) -> dict[str, Table]:
    """Make the three data sets of the themes."""
    names = {str(row["organisation_id"]): str(row["name"]) for row in organisations(seed, region)}
    initiatives, search_effort = mapping(stream(seed, "initiatives"), region, names)
    return {
        "initiatives": initiatives,
        "search_effort": search_effort,
        "ventures": ventures(stream(seed, "ventures"), initiatives),
    }


def mapping(rng: np.random.Generator, region: Region, names: Mapping[str, str]) -> tuple[Table, Table]:
    """Draw the initiatives and the search for them."""
    while True:
        lived = lives(rng, region, names)
        visited = visits(rng)
        for _ in range(MAPS_A_WORLD):
            known = records(rng, lived, visited)
            if planted(lived, known):
                rows = [_row(text, life, record) for text, life, record in zip(texts(), lived, known, strict=True)]
                return rows, [{"municipality": home.code, "visits": visited[home.code]} for home in MUNICIPALITIES]


def _row(text: Mapping[str, str], life: Life, record: Record) -> Row:
    public, grant, sales, volunteer = life.funding
    row: dict[str, str | int] = {name: text[name] for name in ("initiative_id", "name_en", "name_sv", "need", "sector")}
    row |= {
        "organisation_id": life.leader.organisation_id,
        "municipality": life.leader.municipality.code,
        "partner_sectors": text["partner_sectors"],
        "stage": text["stage"],
        "started": life.started,
        "closed": life.closed or "",
        "evidence_level": life.evidence,
        "self_rated_success": life.success or "",
        "funding_public": public,
        "funding_grant": grant,
        "funding_sales": sales,
        "funding_volunteer": volunteer,
        "on_map": "true" if record.on_map else "false",
        "last_checked": record.checked.isoformat(),
        "classroom_case": text["classroom_case"],
        "is_social_innovation": text["is_social_innovation"],
    }
    return row | {name: text[name] for name in WORDS}
