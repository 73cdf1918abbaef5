"""The facilitator training: who started the two courses, and who came to enough days to be trained.

Thirteen people start each course. Ten come to at least four of its five days and count as trained; three drop out.
So 26 started and 20 are trained, the number that SIRU reports.
"""

from __future__ import annotations

from .dialogue import attendance as dialogue_attendance
from .region import Person, Region, pick, shuffled, stream

DAYS = 5
ENOUGH = 4
STARTERS = {"public": 5, "civil": 4, "academia": 2, "private": 2}
"""Who starts each course, by sector."""
DROPOUTS = ("public", "civil", "private")
"""The sectors of those who drop out of each course."""
WOMEN = 12
"""Of the twenty trained, as near to 60 % as can be."""


def facilitators(seed: int, region: Region) -> list[Person]:
    """Give the 20 people trained as facilitators: ten of the first course, then ten of the second, each by id."""
    return [person for course in _courses(seed, region) for person in course[0]]


def course_days(seed: int, region: Region) -> list[list[list[Person]]]:
    """Give who came: one list a course, in it one list a day, in it people."""
    rng = stream(seed, "training")
    courses = []
    for trained, dropouts in _courses(seed, region):
        days: list[list[Person]] = [[] for _ in range(DAYS)]
        for person in trained:
            # Half of them miss one day.
            missed = int(rng.integers(2 * DAYS))
            for day in range(DAYS):
                if day != missed:
                    days[day].append(person)
        for person in dropouts:
            for day in range(pick(rng, (1, 2, 2, 3))):
                days[day].append(person)
        courses.append(days)
    return courses


def _courses(seed: int, region: Region) -> list[tuple[list[Person], list[Person]]]:
    """Draw each course's trained people and its dropouts; nobody has a colleague on the course."""
    rng = stream(seed, "facilitators")
    met = {person for people in dialogue_attendance(stream(seed, "dialogue_participants"), region) for person in people}
    while True:
        courses = []
        homes = set()
        for _ in range(2):
            trained: list[Person] = []
            dropouts: list[Person] = []
            for sector, count in STARTERS.items():
                # Some come to the course from the dialogue meetings, most do not.
                people = [person for person in region.people if person.organisation.sector == sector]
                people += [person for person in people if person in met]
                starters: list[Person] = []
                for person in shuffled(rng, people):
                    if len(starters) < count and person.organisation not in homes:
                        starters.append(person)
                        homes.add(person.organisation)
                leave = DROPOUTS.count(sector)
                trained += starters[leave:]
                dropouts += starters[:leave]
            courses.append((_by_id(trained), _by_id(dropouts)))
        if sum(person.gender == "woman" for trained, _ in courses for person in trained) == WOMEN:
            return courses


def _by_id(people: list[Person]) -> list[Person]:
    return sorted(people, key=lambda person: person.person_id)
