"""Who attended what, 2016–2019.

Everybody in the region takes part in something. Sector, distance, gender and having been before decide in what, and
colleagues bring each other. What is planted:

- There are about two and a half times as many participations as people; about half of the people come once.
- A circle of industrial people in the west meets only at company breakfasts. One quiet person, the broker, comes to
  three activities: two of the breakfasts, and in between a network meeting where the other sectors are. So the broker
  is the only bridge, and has the highest betweenness with a modest number of activities and contacts. In 2016–2017
  there is no bridge at all.
- Single-sector activities give way to mixed ones, so that the E–I index by sector rises from 2016–2017 to 2018–2019.
- The dialogue meetings have the people of the data set ``dialogue_participants``, the conversations those who came
  according to ``invitations``, and the course days those of :mod:`.training`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import dialogue
from .activities import Activity, activities
from .conversations import guests
from .region import Person, Region, pick, shuffled, stream, weighted
from .table import Table
from .training import course_days, facilitators

CIRCLE = 64
"""People in the circle, the broker not counted."""
WEST = ("0617", "0662", "0683", "0665", "0642")
BREAKFASTS = ("A043", "A074")
MEETING = "A055"
"""What the broker comes to."""
DRIVE = (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 8, 8, 30)
"""How often people come back, each entry as likely: most seldom, a few all the time."""

Attended = dict[str, list[Person]]


def attended(seed: int, region: Region) -> Attended:
    """Draw who attended: activity id → people, by id."""
    rng = stream(seed, "attendance")
    held = activities()
    came = _fixed(seed, region, held)
    broker, circle = _circle(rng, region, {person for people in came.values() for person in people})
    came |= _breakfasts(rng, circle, [activity for activity in held if activity.kind == "breakfast"])
    for activity_id in BREAKFASTS:
        came[activity_id].append(broker)
    free = [person for person in region.people if person is not broker and person not in set(circle)]
    came |= _open(rng, free, [activity for activity in held if activity.activity_id not in came], came, seed, region)
    came[MEETING].append(broker)
    return {
        activity.activity_id: sorted(came[activity.activity_id], key=lambda person: person.person_id)
        for activity in held
    }


def table(seed: int, region: Region) -> Table:
    """Write one row a person at an activity."""
    people = attended(seed, region)
    return [
        {
            "activity_id": activity.activity_id,
            "year": activity.year,
            "person_id": person.person_id,
            "organisation_id": person.organisation.organisation_id,
            "sector": person.organisation.sector,
        }
        for activity in activities()
        for person in people[activity.activity_id]
    ]


def _fixed(seed: int, region: Region, held: Sequence[Activity]) -> Attended:
    """Take over the attendance that other data sets decide."""
    meetings = dialogue.attendance(stream(seed, "dialogue_participants"), region)
    days = [day for course in course_days(seed, region) for day in course]
    came = dict(zip([activity.activity_id for activity in held if activity.series == "D"], meetings, strict=True))
    courses = [activity.activity_id for activity in held if activity.series in ("F1", "F2")]
    return came | dict(zip(courses, days, strict=True)) | guests(seed, region)


def _circle(rng: np.random.Generator, region: Region, taken: set[Person]) -> tuple[Person, list[Person]]:
    """Choose the broker and the circle: business people, from the west as far as they suffice."""
    free = [person for person in region.people if person.organisation.sector == "private" and person not in taken]
    near = [person for person in shuffled(rng, free) if person.organisation.municipality.code in WEST]
    far = [person for person in shuffled(rng, free) if person not in near]
    broker, *circle = near + far
    return broker, circle[:CIRCLE]


def _breakfasts(rng: np.random.Generator, circle: list[Person], held: Sequence[Activity]) -> Attended:
    """Seat the circle: everybody once, then in proportion to their drive, until it hangs together."""
    while True:
        came: Attended = {activity.activity_id: [] for activity in held}
        drive = {person: min(pick(rng, DRIVE), 8) for person in circle}
        for number, person in enumerate(shuffled(rng, circle)):
            came[held[number % len(held)].activity_id].append(person)
        for activity in held:
            seated = came[activity.activity_id]
            while len(seated) < int(activity.seats):
                rest = [person for person in circle if person not in seated]
                seated.append(weighted(rng, rest, [drive[person] for person in rest]))
        if _together(list(came.values())):
            return came


def _together(groups: list[list[Person]]) -> bool:
    """Tell whether groups are linked through people who are in more than one."""
    reached, left = set(groups[0]), groups[1:]
    while touching := [group for group in left if reached.intersection(group)]:
        reached.update(person for group in touching for person in group)
        left = [group for group in left if group not in touching]
    return not left


def _open(
    rng: np.random.Generator,
    people: list[Person],
    held: Sequence[Activity],
    before: Attended,
    seed: int,
    region: Region,
) -> Attended:
    """Fill the other activities: first those who have been nowhere yet, then in order of date whoever comes back."""
    pulls = {
        activity.activity_id: np.array([activity.pull(person) for person in people], dtype=np.int64)
        for activity in held
    }
    place = {person: number for number, person in enumerate(people)}
    drive = np.array([pick(rng, DRIVE) for _ in people], dtype=np.int64)
    drive[[place[person] for person in facilitators(seed, region)]] = 8
    homes = np.array([int(person.organisation.organisation_id[1:]) for person in people])
    seats = {activity.activity_id: int(activity.seats) for activity in held}
    came: dict[str, list[int]] = {activity.activity_id: [] for activity in held}
    been = {person for group in before.values() for person in group}
    for person in shuffled(rng, [person for person in people if person not in been]):
        room = [name for name in came if len(came[name]) < seats[name]]
        name = weighted(rng, room, [int(pulls[name][place[person]]) for name in room])
        came[name].append(place[person])
    first = {
        place[person]: min(name for name in before if person in before[name]) for person in been if person in place
    }
    first |= {number: name for name, seated in came.items() for number in seated}
    order = np.array([int(first[number][1:]) for number in range(len(people))])
    for name, seated in came.items():
        # Who has been before comes back more often than somebody comes earlier than their own first choice.
        weights = pulls[name] * drive * np.where(order < int(name[1:]), 4, 1)
        weights[seated] = 0
        while len(seated) < seats[name]:
            number = int(np.searchsorted(np.cumsum(weights), rng.integers(weights.sum()), side="right"))
            seated.append(number)
            weights[homes == homes[number]] *= 2
            weights[seated] = 0
    return {name: [people[number] for number in seated] for name, seated in came.items()}
