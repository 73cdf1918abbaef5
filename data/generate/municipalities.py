"""The 13 municipalities of Jönköping County: real figures, and how far apart the towns lie.

Populations are Statistics Sweden's (SCB), land areas those of Jönköping Municipality's statistical yearbook, and
positions are reference points of the towns, good to a few kilometres.
"""

from __future__ import annotations

from math import isqrt

from .region import MUNICIPALITIES
from .table import Table

YEARS = (2010, 2015, 2020, 2024)
FACTS: dict[str, tuple[tuple[int, int, int, int], int, str, str]] = {
    "0604": ((6_393, 6_537, 6_821, 6_797), 521, "57.833", "14.800"),
    "0617": ((9_546, 9_514, 9_614, 9_131), 423, "57.367", "13.733"),
    "0642": ((7_033, 7_157, 7_385, 7_594), 202, "57.917", "13.883"),
    "0643": ((10_741, 11_314, 12_589, 13_456), 330, "57.917", "14.067"),
    "0662": ((29_111, 29_272, 29_635, 28_936), 1_143, "57.300", "13.533"),
    "0665": ((12_991, 13_372, 14_532, 14_825), 829, "57.500", "14.117"),
    "0680": ((127_382, 133_310, 142_427, 147_654), 1_489, "57.783", "14.161"),
    "0682": ((29_339, 30_451, 31_563, 31_587), 935, "57.653", "14.697"),
    "0683": ((32_833, 33_473, 34_530, 34_542), 1_223, "57.183", "14.033"),
    "0684": ((10_830, 11_228, 11_721, 11_563), 683, "57.400", "14.667"),
    "0685": ((26_304, 26_873, 27_502, 27_528), 1_510, "57.433", "15.067"),
    "0686": ((16_244, 16_790, 17_788, 17_792), 804, "57.667", "14.967"),
    "0687": ((18_119, 18_546, 18_903, 18_604), 405, "58.033", "14.967"),
}
"""By SCB's code: inhabitants on 31 December of :data:`YEARS`, land area in km², latitude and longitude."""


def table() -> Table:
    """Write one row a municipality, in the order of their codes."""
    rows: Table = []
    for municipality in MUNICIPALITIES:
        inhabitants, area, latitude, longitude = FACTS[municipality.code]
        counted = {f"population_{year}": count for year, count in zip(YEARS, inhabitants, strict=True)}
        rows.append(
            {"code": municipality.code, "name": municipality.name, "seat": municipality.name}
            | counted
            | {"land_area_km2": area, "latitude": latitude, "longitude": longitude}
        )
    return rows


def kilometres(code: str, other: str) -> int:
    """Give the straight-line distance between two municipalities' towns, in whole kilometres.

    A flat map is good enough here: a thousandth of a degree is 111 m northwards and, at this latitude, 60 m eastwards.
    """
    (north, east), (other_north, other_east) = _thousandths(code), _thousandths(other)
    return isqrt((111 * (north - other_north)) ** 2 + (60 * (east - other_east)) ** 2) // 1000


def _thousandths(code: str) -> tuple[int, int]:
    latitude, longitude = FACTS[code][2:]
    return int(latitude.replace(".", "")), int(longitude.replace(".", ""))
