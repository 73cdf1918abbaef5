"""The activities of the simulated project, 2016–2019, and how far they draw whom.

The list is written by hand and is the same for every seed; who attends is drawn. What is planted:

- 66 of the 90 activities are cross-sector, and Coompanion takes part in 62 of those: "more than 50", as SIRU reports.
  Either flag alone gives another number, 66 or 78. Ten of the 62 are days of two courses, so that counting each
  course once gives 54.
- Cross-sector activities become more common: 4 of 10 in 2016, 15 of 25 in 2017, 24 of 29 in 2018, 23 of 26 in 2019.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from .municipalities import kilometres
from .region import Person
from .table import Table

WRITTEN = ("activity_id", "date", "kind", "title_en", "title_sv", "municipality", "open_to", "cross_sector")
LEAD = {2016: 6, 2017: 4, 2018: 2, 2019: 1}
"""How many times as strongly a cross-sector activity draws the sector that it mostly speaks to: less each year."""
WOMEN = {"knowledge_lunch": 7, "workshop": 7, "seminar": 7, "network_meeting": 6, "study_visit": 6}
MEN = {"matchmaking": 6, "board": 6}
"""How strongly a kind of activity draws women, or men: most kinds 5 and 4, these more."""


@dataclass(frozen=True)
class Activity:
    """An activity of the project."""

    activity_id: str
    date: str
    kind: str
    title_en: str
    title_sv: str
    municipality: str
    open_to: str
    cross_sector: str
    """``true`` or ``false``, as it is written."""
    coompanion: str
    minutes: str
    series: str
    lead: str
    """The sector that the activity mostly speaks to."""
    seats: str
    """How many come; 0 where other rules decide."""

    @property
    def year(self) -> int:
        """Give the year in which it was held."""
        return int(self.date[:4])

    def admits(self, person: Person) -> bool:
        """Tell whether the activity is for people of the person's sector."""
        return self.cross_sector == "true" or person.organisation.sector == self.lead

    def pull(self, person: Person) -> int:
        """Give how strongly the activity draws a person: by sector, distance and gender."""
        if not self.admits(person):
            return 0
        sector = LEAD[self.year] if person.organisation.sector == self.lead else 1
        near = 40_000 // (kilometres(self.municipality, person.organisation.municipality.code) + 20) ** 2
        gender = WOMEN.get(self.kind, 5) if person.gender == "woman" else MEN.get(self.kind, 4)
        return sector * near * gender


def activities() -> list[Activity]:
    """Read the activities that are written by hand, in the order of their dates."""
    with (Path(__file__).parent / "activities_texts.csv").open(encoding="utf-8", newline="") as file:
        return [Activity(**row) for row in csv.DictReader(file)]


def table() -> Table:
    """Write one row an activity."""
    return [
        {name: getattr(activity, name) for name in (*WRITTEN, "coompanion", "minutes", "series")}
        for activity in activities()
    ]
