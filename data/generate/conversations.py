"""Theme 04: whom the four conversations of public use invited, what they answered, and who came.

Sixty people are invited to each, half of them women, a third from business. What is planted:

- Fewer men than women come, and fewer from business than from the other sectors. For A042 alone the 95 % interval of
  the women's share still includes the county's share; for the four conversations together it does not.
- How people were invited goes with whether they come: most who got a telephone call, few who were on a mailing list.
  Business is mostly on the mailing list. Among those who were called or written to, the sectors differ less.
- About half of those who stay away never come to anything and have no person id: the list of participants cannot
  show who is missing.
- Some accept and do not come, and a few come without an answer.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from .activities import Activity, activities
from .region import MUNICIPALITIES, Person, Region, pick, shuffled, stream, weighted
from .table import Row, Table

Mix = dict[tuple[str, str], int]
CAME: dict[str, Mix] = {
    activity: {
        (sector, gender): count
        for sector, pair in zip(("public", "civil", "private", "academia"), counts, strict=True)
        for gender, count in zip(("woman", "man"), pair, strict=True)
    }
    for activity, counts in {
        "A033": ((7, 3), (6, 2), (2, 2), (3, 1)),
        "A042": ((6, 4), (5, 3), (2, 2), (3, 1)),
        "A062": ((7, 3), (5, 3), (2, 1), (3, 1)),
        "A078": ((6, 4), (6, 3), (2, 2), (3, 1)),
    }.items()
}
"""How many came to each conversation, by sector and gender."""
INVITED = {
    ("public", "woman"): 10,
    ("public", "man"): 10,
    ("civil", "woman"): 8,
    ("civil", "man"): 6,
    ("private", "woman"): 8,
    ("private", "man"): 12,
    ("academia", "woman"): 4,
    ("academia", "man"): 2,
}
"""How many are invited to each conversation, by sector and gender."""
CHANNELS = ("call", "email", "list")
CHANNEL = {
    "public": {True: (20, 16, 4), False: (8, 19, 13)},
    "civil": {True: (17, 13, 2), False: (7, 13, 4)},
    "private": {True: (7, 6, 3), False: (3, 9, 52)},
    "academia": {True: (8, 6, 1), False: (3, 4, 3)},
}
"""Weights of the channels, for those who came and those who did not."""
ANSWERS = ("yes", "no", "none")
ANSWER = {"call": (4, 5, 2), "email": (3, 5, 5), "list": (1, 2, 12)}
"""Weights of the answers of those who did not come."""
UNKNOWN = {"public": 4, "civil": 4, "private": 7, "academia": 3}
"""Of ten who do not come, how many take part in nothing at all."""


def guests(seed: int, region: Region) -> dict[str, list[Person]]:
    """Draw who came: activity id → people. Those nearby, and those who have been before, come more often."""
    rng = stream(seed, "conversations")
    came: dict[str, list[Person]] = {}
    for activity in activities():
        if activity.kind != "conversation":
            continue
        before = {person for people in came.values() for person in people}
        people: list[Person] = []
        for (sector, gender), count in CAME[activity.activity_id].items():
            for _ in range(count):
                free = [
                    person
                    for person in region.people
                    if person.organisation.sector == sector and person.gender == gender and person not in people
                ]
                weights = [activity.pull(person) * (20 if person in before else 1) for person in free]
                people.append(weighted(rng, free, weights))
        came[activity.activity_id] = shuffled(rng, people)
    return came


def invitations(seed: int, region: Region) -> Table:
    """Write one row an invitation, drawn until what is planted shows."""
    rng = stream(seed, "invitations")
    came = guests(seed, region)
    conversations = [activity for activity in activities() if activity.activity_id in CAME]
    while True:
        rows = [
            row
            for activity in conversations
            for row in _conversation(rng, region, activity, came[activity.activity_id])
        ]
        if planted(rows):
            return [{"invitation_id": f"INV{number:03d}"} | dict(row) for number, row in enumerate(rows, start=1)]


def _conversation(rng: np.random.Generator, region: Region, activity: Activity, came: list[Person]) -> Table:
    rows = [_row(rng, activity, person.person_id, *_traits(person), came=True) for person in came]
    known: set[Person] = set(came)
    for (sector, gender), invited in INVITED.items():
        for _ in range(invited - CAME[activity.activity_id][sector, gender]):
            if int(rng.integers(10)) < UNKNOWN[sector]:
                home = weighted(rng, MUNICIPALITIES, [municipality.population for municipality in MUNICIPALITIES])
                rows.append(_row(rng, activity, "", gender, sector, home.code, came=False))
                continue
            free = [
                person
                for person in region.people
                if person.organisation.sector == sector and person.gender == gender and person not in known
            ]
            person = weighted(rng, free, [activity.pull(person) for person in free])
            known.add(person)
            rows.append(_row(rng, activity, person.person_id, *_traits(person), came=False))
    return shuffled(rng, rows)


def _traits(person: Person) -> tuple[str, str, str]:
    return person.gender, person.organisation.sector, person.organisation.municipality.code


def _row(
    rng: np.random.Generator,
    activity: Activity,
    person_id: str,
    gender: str,
    sector: str,
    municipality: str,
    came: bool,
) -> Row:
    channel = weighted(rng, CHANNELS, CHANNEL[sector][came])
    answer = pick(rng, ("yes",) * 9 + ("none",)) if came else weighted(rng, ANSWERS, ANSWER[channel])
    return {
        "conversation_id": activity.activity_id,
        "person_id": person_id,
        "gender": gender,
        "sector": sector,
        "municipality": municipality,
        "channel": channel,
        "answer": answer,
        "came": "true" if came else "false",
    }


def planted(rows: Table) -> bool:
    """Tell whether the channels show what they are made to show, with a margin."""
    invited = Counter(row["channel"] for row in rows)
    came = Counter(row["channel"] for row in rows if row["came"] == "true")
    personal = [row for row in rows if row["sector"] == "private" and row["channel"] != "list"]
    reached = sum(row["came"] == "true" for row in personal)
    no_shows = sum(row["came"] == "false" and row["answer"] == "yes" for row in rows)
    return (
        100 * came["call"] >= 60 * invited["call"]
        and 35 * invited["email"] <= 100 * came["email"] <= 55 * invited["email"]
        and 100 * came["list"] <= 18 * invited["list"]
        and 45 * len(personal) <= 100 * reached <= 60 * len(personal)
        and 15 <= no_shows <= 35
    )
