"""Themes 03, 04, 06 and 15: the region's people and organisations, and what they take part in.

What is planted here: SIRU's figures. 900 people take part, 540 women and 360 men; 20 are trained as facilitators;
there are 118 individual meetings, 78 of them with women, which is a larger share than among the people.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from . import activities, attendance, conversations, municipalities, talk
from .region import SEAT, Organisation, Person, Region, pick, shuffled, stream, weighted
from .table import Table
from .training import facilitators

__all__ = ["facilitators", "tables"]

MEETINGS = {"woman": 78, "man": 40}
"""Individual meetings, by the gender of the person advised."""
SEEKING = {"civil": 6, "private": 4, "academia": 2, "public": 1}
"""How readily people of a sector ask for an individual meeting."""
TOPICS = ("idea", "business_model", "funding", "legal_form", "partners", "impact", "procurement")
FIRST, LAST = date(2016, 9, 1), date(2020, 3, 27)
HOLIDAYS = (
    *("2017-04-14", "2017-04-17", "2017-05-01", "2017-05-25", "2017-06-06", "2017-06-23"),
    *("2018-03-30", "2018-04-02", "2018-05-01", "2018-05-10", "2018-06-06", "2018-06-22"),
    *("2019-04-19", "2019-04-22", "2019-05-01", "2019-05-30", "2019-06-06", "2019-06-21"),
)


def tables(seed: int, region: Region) -> dict[str, Table]:
    """Make the data sets about people, organisations, municipalities and activities."""
    return {
        "municipalities": municipalities.table(),
        "organisations": organisations(seed, region),
        "activities": activities.table(),
        "participants": participants(seed, region),
        "attendance": attendance.table(seed, region),
        "individual_meetings": individual_meetings(seed, region),
        "invitations": conversations.invitations(seed, region),
        "talk_turns": talk.table(seed, region),
    }


def organisations(seed: int, region: Region) -> Table:
    """Give each organisation a name; learning centres are where the university is not."""
    rng = stream(seed, "organisations")
    with (Path(__file__).parent / "organisation_names.csv").open(encoding="utf-8", newline="") as file:
        names = shuffled(rng, list(csv.DictReader(file)))
    named: dict[Organisation, dict[str, str]] = {}
    for organisation in sorted(region.organisations, key=lambda organisation: organisation.municipality.code == SEAT):
        away = organisation.sector == "academia" and organisation.municipality.code != SEAT
        fitting = [name for name in names if name["sector"] == organisation.sector]
        fitting.sort(key=lambda name: (name["kind"] == "learning_centre") != away)
        named[organisation] = fitting[0]
        names.remove(fitting[0])
    return [
        {
            "organisation_id": organisation.organisation_id,
            "name": named[organisation]["name"],
            "sector": organisation.sector,
            "kind": named[organisation]["kind"],
            "municipality": organisation.municipality.code,
        }
        for organisation in region.organisations
    ]


def participants(seed: int, region: Region) -> Table:
    """Write one row a person, with the first activity that the person came to."""
    trained = {person.person_id for person in facilitators(seed, region)}
    first: dict[Person, str] = {}
    for activity_id, people in attendance.attended(seed, region).items():
        for person in people:
            first.setdefault(person, activity_id)
    return [
        {
            "person_id": person.person_id,
            "gender": person.gender,
            "sector": person.organisation.sector,
            "organisation_id": person.organisation.organisation_id,
            "municipality": person.organisation.municipality.code,
            "first_activity": first[person],
            "facilitator_trained": "true" if person.person_id in trained else "false",
        }
        for person in region.people
    ]


def individual_meetings(seed: int, region: Region) -> Table:
    """Draw the individual meetings: most people come once, some several times, the first time about an idea."""
    rng = stream(seed, "individual_meetings")
    days = _working_days()
    drawn: list[tuple[date, str, str, int]] = []
    for gender, count in MEETINGS.items():
        free = [person for person in region.people if person.gender == gender]
        while count:
            person = weighted(rng, free, [SEEKING[person.organisation.sector] for person in free])
            free.remove(person)
            times = min(pick(rng, (1, 1, 1, 1, 2, 2, 3, 5)), count)
            count -= times
            place = int(rng.integers(len(days) - 60 * (times - 1)))
            for time in range(times):
                topic = pick(rng, TOPICS) if time else pick(rng, ("idea", "idea", *TOPICS))
                drawn.append((days[place], person.person_id, topic, pick(rng, (45, 60, 60, 60, 75, 90))))
                place += int(rng.integers(15, 60))
    return [
        {
            "meeting_id": f"M{number:03d}",
            "date": day.isoformat(),
            "person_id": person_id,
            "topic": topic,
            "minutes": minutes,
        }
        for number, (day, person_id, topic, minutes) in enumerate(sorted(drawn), start=1)
    ]


def _working_days() -> list[date]:
    """List the project's working days; July and the weeks around New Year are free."""
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    return [
        day
        for day in days
        if day.weekday() < 5
        and day.month != 7
        and not (day.month, day.day) >= (12, 21)
        and not (day.month, day.day) <= (1, 6)
        and day.isoformat() not in HOLIDAYS
    ]
