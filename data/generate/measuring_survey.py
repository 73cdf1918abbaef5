"""Theme 10: a survey of the facilitators who were trained, and of a comparison group.

The form has six items, 1 (do not agree at all) to 5 (agree entirely). It was answered before the training and after
it; with the second form came a then-test: "answer as you now think that you were before the training".

What is planted:

- **Response shift**: before the training people did not know what they did not know. The trained rate themselves
  lower in the then-test than they did before, so post minus pre hides more than half of post minus then-test. The
  comparison group shows no shift.
- **Non-response that is not random**: those who rated themselves low are more often missing from the second form.
  The mean of all who answered therefore rises more than the same persons' answers do.
- **A bad item**, q5: double-barrelled and turned the other way. Cronbach's alpha is low with it as it stands, higher
  once it is turned, and highest without it. Its fault cannot be repaired by turning it.
- **Too few alike**: with sector, municipality, gender and age group together most persons are the only one of their
  kind. Sector, municipality and gender of the trained are those of the facilitators known by name elsewhere in the
  data, so that the self-generated code protects nobody; age groups are drawn here. Of person ids there are none.
- Three answers are blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .region import Person, Region, pick, shuffled, weighted
from .table import Row, Table
from .training import course_days, facilitators

ITEMS = 6
BAD = 4
"""The place of the bad item, q5, counted from 0."""
WAVES = ("pre", "post", "then")
COMPARISON = 24
GONE = {"trained": 5, "comparison": 8}
"""How many of each group hand in no second form."""
OFFSETS = (2, 0, -3, -1, 0, -2)
"""By how many tenths an item is harder or less hard to agree with than the others."""
AGES = ("20-34", "35-49", "50-66")
MOTHERS = ("AN", "MA", "EV", "KE", "IN", "BI", "LE", "SU", "GU", "ZA", "FA", "BR", "UL", "MO", "EL", "RA")
PLACES = "JNVEGTSHAMKLÖU"


@dataclass(frozen=True)
class Respondent:
    """A person's answers by wave; a wave without a form is missing, a blank answer is None."""

    person: Person
    group: str
    code: str
    age: str
    answers: dict[str, tuple[int | None, ...]]


def survey(rng: np.random.Generator, seed: int, region: Region) -> list[Respondent]:
    """Draw answers until everything planted shows with a margin."""
    trained = facilitators(seed, region)
    # Who started a course and left it would be no comparison.
    started = {person for course in course_days(seed, region) for day in course for person in day}
    others = shuffled(rng, [person for person in region.people if person not in started])[:COMPARISON]
    people = [(person, "trained") for person in trained] + [(person, "comparison") for person in others]
    codes = _codes(rng, len(people))
    ages = [weighted(rng, AGES, (3, 5, 4)) for _ in people]
    while True:
        levels = [_levels(rng, group) for _, group in people]
        gone = {
            number
            for name in GONE
            for number in _gone(rng, [n for n, (_, group) in enumerate(people) if group == name], levels, GONE[name])
        }
        respondents = [
            Respondent(
                person,
                group,
                codes[number],
                ages[number],
                {
                    wave: _answers(rng, level)
                    for wave, level in levels[number].items()
                    if wave == "pre" or number not in gone
                },
            )
            for number, (person, group) in enumerate(people)
        ]
        if planted(respondents):
            return _blank(rng, respondents)


def _codes(rng: np.random.Generator, count: int) -> list[str]:
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes[f"{pick(rng, MOTHERS)}{int(rng.integers(1, 32)):02d}{pick(rng, PLACES)}"] = None
    return list(codes)


def _levels(rng: np.random.Generator, group: str) -> dict[str, int]:
    """Draw where a person stands at each wave, in tenths of a step."""
    if group == "trained":
        then = int(rng.integers(15, 34))
        return {
            "pre": then + int(rng.integers(4, 11)),
            "post": then + int(rng.integers(8, 15)),
            "then": then,
        }
    pre = int(rng.integers(21, 40))
    return {"pre": pre, "post": pre + int(rng.integers(-2, 5)), "then": pre + int(rng.integers(-2, 3))}


def _gone(rng: np.random.Generator, numbers: list[int], levels: list[dict[str, int]], count: int) -> list[int]:
    left, gone = list(numbers), []
    for _ in range(count):
        gone.append(weighted(rng, left, [(46 - levels[number]["pre"]) ** 3 for number in left]))
        left.remove(gone[-1])
    return gone


def _answers(rng: np.random.Generator, level: int) -> tuple[int | None, ...]:
    answers = [_step(level + offset + int(rng.integers(-6, 7))) for offset in OFFSETS]
    # Who finds open questions hard may be good at keeping time: the answer hangs loosely on what is asked.
    answers[BAD] = _step(60 - (30 + (level - 30) // 3) + int(rng.integers(-14, 15)))
    return tuple(answers)


def _step(tenths: int) -> int:
    return min(5, max(1, (tenths + 5) // 10))


def _blank(rng: np.random.Generator, respondents: list[Respondent]) -> list[Respondent]:
    """Leave three answers out, two before and one after, by three persons who handed in every form."""
    complete = [number for number, respondent in enumerate(respondents) if len(respondent.answers) == len(WAVES)]
    for number, wave in zip(shuffled(rng, complete), ("pre", "pre", "post"), strict=False):
        answers = list(respondents[number].answers[wave])
        answers[pick(rng, (1, 2, 3, 5))] = None
        respondents[number].answers[wave] = tuple(answers)
    return respondents


def alpha(forms: Sequence[Sequence[int]]) -> Fraction:
    """Compute Cronbach's alpha exactly: forms × items."""
    items = list(zip(*forms, strict=True))
    parts = sum((_variance(item) for item in items), Fraction(0))
    return Fraction(len(items), len(items) - 1) * (1 - parts / _variance([sum(form) for form in forms]))


def _variance(values: Sequence[int]) -> Fraction:
    mean = Fraction(sum(values), len(values))
    return sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)


def _scale(form: Sequence[int | None]) -> int:
    """Add the five good items."""
    return sum(answer or 0 for place, answer in enumerate(form) if place != BAD)


def _mean(sums: Sequence[int]) -> Fraction:
    return Fraction(sum(sums), 5 * len(sums))


def planted(respondents: Sequence[Respondent]) -> bool:
    """Tell whether the answers show what they are made to show, with a margin everywhere."""
    forms = [[answer or 0 for answer in respondent.answers["pre"]] for respondent in respondents]
    turned = [[6 - answer if place == BAD else answer for place, answer in enumerate(form)] for form in forms]
    without = [[answer for place, answer in enumerate(form) if place != BAD] for form in forms]
    trained = [respondent.answers for respondent in respondents if respondent.group == "trained"]
    others = [respondent.answers for respondent in respondents if respondent.group == "comparison"]
    stayed = [answers for answers in trained if "post" in answers]
    before, after, then = (_mean([_scale(answers[wave]) for answers in stayed]) for wave in WAVES)
    others_stayed = [answers for answers in others if "post" in answers]
    others_before, others_after, others_then = (
        _mean([_scale(answers[wave]) for answers in others_stayed]) for wave in WAVES
    )
    everybody = _mean([_scale(answers["pre"]) for answers in trained])
    return (
        alpha(forms) <= Fraction(62, 100)
        and alpha(without) >= Fraction(82, 100)
        and alpha(forms) + Fraction(10, 100) <= alpha(turned) <= alpha(without) - Fraction(3, 100)
        and Fraction(3, 10) <= after - before <= Fraction(6, 10)
        and after - then >= 2 * (after - before)
        and before - everybody >= Fraction(1, 10)
        and abs(others_before - others_then) <= Fraction(1, 10)
        and others_after - others_before <= Fraction(25, 100)
    )


def rows(respondents: Sequence[Respondent]) -> Table:
    """Write one row a person and wave, sorted by code so that no order gives anybody away."""
    in_order = sorted(respondents, key=lambda one: one.code)
    return [_row(respondent, wave) for wave in WAVES for respondent in in_order]


def _row(respondent: Respondent, wave: str) -> Row:
    row: dict[str, str | int] = {
        "code": respondent.code,
        "wave": wave,
        "group": respondent.group,
        "sector": respondent.person.organisation.sector,
        "municipality": respondent.person.organisation.municipality.code,
        "gender": respondent.person.gender,
        "age_group": respondent.age,
        "answered": int(wave in respondent.answers),
    }
    for place, answer in enumerate(respondent.answers.get(wave, (None,) * ITEMS), start=1):
        row[f"q{place}"] = "" if answer is None else answer
    return row
