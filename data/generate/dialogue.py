"""Theme 05: who came to three dialogue meetings, what they wrote on notes, and how they voted."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from .ballots import ballots
from .region import Organisation, Person, Region, pick, shuffled, stream, weighted
from .table import Row, Table

SEATS = (
    {"public": 20, "civil": 13, "private": 10, "academia": 5},
    {"public": 19, "civil": 13, "private": 9, "academia": 4},
    {"public": 17, "civil": 12, "private": 8, "academia": 4},
)
"""People at meetings 1, 2 and 3, by sector."""
PARTIES = {"public": (2, 3, 3, 4, 5), "civil": (1, 2, 3, 3), "private": (1, 2, 2, 3), "academia": (2, 2, 3)}
"""How many colleagues an organisation may send, each entry as likely."""
TABLES = {1: 10, 2: 9}
"""Tables of about five at the meetings where notes were written."""


def tables(seed: int, region: Region) -> dict[str, Table]:
    """Make the three data sets of the theme."""
    attended = attendance(stream(seed, "dialogue_participants"), region)
    at_meeting_2 = [person.organisation.sector for person in attended[1]]
    return {
        "dialogue_participants": participants(attended),
        "dialogue_ideas": ideas(stream(seed, "dialogue_ideas")),
        "ballots": ballots(stream(seed, "ballots"), at_meeting_2),
    }


def participants(attended: list[list[Person]]) -> Table:
    """Write attendance as rows, in order of arrival."""
    return [
        {
            "meeting": meeting,
            "person_id": person.person_id,
            "sector": person.organisation.sector,
            "organisation_id": person.organisation.organisation_id,
            "municipality": person.organisation.municipality.code,
            "gender": person.gender,
        }
        for meeting, people in enumerate(attended, start=1)
        for person in people
    ]


def attendance(rng: np.random.Generator, region: Region) -> list[list[Person]]:
    """Draw who comes to each meeting, in order of arrival, until about 60 % of all rows are women."""
    while True:
        meetings: list[list[Person]] = []
        for seats in SEATS:
            earlier = list(dict.fromkeys(person for people in meetings for person in people))
            people = [
                person
                for sector, count in seats.items()
                for person in _sector(rng, region, sector, count, earlier, len(meetings))
            ]
            meetings.append(_arrival(rng, people))
        rows = [person for people in meetings for person in people]
        women = sum(person.gender == "woman" for person in rows)
        if 59 * len(rows) <= 100 * women <= 61 * len(rows):
            return meetings


def _sector(
    rng: np.random.Generator, region: Region, sector: str, seats: int, earlier: list[Person], held: int
) -> list[Person]:
    """Fill a sector's seats: some come back, the others come in parties of colleagues.

    About half of the second meeting and two thirds of the third have been before.
    """
    before = [person for person in earlier if person.organisation.sector == sector]
    back = (seats + 1) * held // (held + 1) if held else 0
    homes = shuffled(rng, list(dict.fromkeys(person.organisation for person in before)))
    people = [person for home in homes for person in before if person.organisation == home][:back]
    organisations = [home for home in region.organisations if home.sector == sector]
    weights = [_pull(home) for home in organisations]
    while len(people) < seats:
        home = weighted(rng, organisations, weights)
        free = [
            person
            for person in region.people
            if person.organisation == home and person not in people and person not in before
        ]
        size = min(pick(rng, PARTIES[sector]), seats - len(people))
        people += shuffled(rng, free)[:size]
    return people


def _pull(home: Organisation) -> int:
    # Organisations already lie where people live, so distance is all that is left: the meetings are in Jönköping.
    return 10_000 // (home.municipality.km + 60)


def _arrival(rng: np.random.Generator, people: list[Person]) -> list[Person]:
    """Order people as they travel: by municipality, the same kind of workplace together; three come late."""
    municipalities = shuffled(rng, sorted({person.organisation.municipality.code for person in people}))
    sectors = shuffled(rng, sorted({person.organisation.sector for person in people}))
    homes = shuffled(rng, sorted({person.organisation.organisation_id for person in people}))
    ordered = sorted(
        shuffled(rng, people),
        key=lambda person: (
            municipalities.index(person.organisation.municipality.code),
            sectors.index(person.organisation.sector),
            homes.index(person.organisation.organisation_id),
        ),
    )
    late = [ordered.pop(int(rng.integers(len(ordered)))) for _ in range(3)]
    return ordered + late


def ideas(rng: np.random.Generator) -> Table:
    """Put the hand-written notes on tables: about as many on each, near-twins never on the same one."""
    with (Path(__file__).parent / "notes.csv").open(encoding="utf-8", newline="") as file:
        notes = list(csv.DictReader(file))
    while True:
        table_of: dict[str, int] = {}
        for meeting, tables in TABLES.items():
            own = [note["idea_id"] for note in notes if note["meeting"] == str(meeting)]
            places = [1 + number % tables for number in range(len(own))]
            table_of.update(zip(own, shuffled(rng, places), strict=True))
        places_taken = Counter(
            (note["meeting"], table_of[note["idea_id"]], note["twin_of"] or note["idea_id"]) for note in notes
        )
        if max(places_taken.values()) == 1:
            return [_note(note, table_of[note["idea_id"]]) for note in notes]


def _note(note: dict[str, str], table: int) -> Row:
    row: dict[str, str | int] = {"idea_id": note["idea_id"], "meeting": note["meeting"], "table": table}
    return row | {name: text for name, text in note.items() if name not in row}
