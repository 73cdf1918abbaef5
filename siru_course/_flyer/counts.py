"""Counting what was done and who came: what is behind ``results.summary``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .._arguments import frame, short
from ..language import gettext as _

_WOMEN = ("woman", "women", "female", "kvinna", "kvinnor")
_MEN = ("man", "men", "male", "män")
_COURSE_DAY = ("training_day", "training day", "utbildningsdag")


def count(activities: Any, participants: Any, attendance: Any, individual_meetings: Any) -> dict[str, Any]:
    """Give the figures by the names that ``results.Summary`` has for them."""
    done = _once("activities", activities, ["activity_id", "date", "kind", "cross_sector", "coompanion", "series"])
    people = _once("participants", participants, ["person_id", "gender", "facilitator_trained"])
    left: dict[str, int] = {}
    gender = people.set_index("person_id")["gender"].astype(object)
    cross, partner = _true("cross_sector", done, left), _true("coompanion", done, left)
    both = done[cross & partner]
    # A course of five days has five rows.
    course = both["kind"].astype(object).isin(_COURSE_DAY) & both["series"].notna()
    years = _years(done)
    women, men = _shares(gender, left, "gender")
    found: dict[str, Any] = {}
    if attendance is not None:
        came = frame("attendance", attendance, ["activity_id", "person_id"])
        _known("attendance", came["person_id"], "participants", people["person_id"])
        _known("attendance", came["activity_id"], "activities", done["activity_id"])
        twice = came[came.duplicated(["activity_id", "person_id"])]
        if len(twice):
            message = _("{person} stands twice at {activity} in attendance; keep one row.")
            raise ValueError(message.format(person=twice["person_id"].iloc[0], activity=twice["activity_id"].iloc[0]))
        times = came["person_id"].value_counts()
        found["participations"] = len(came)
        found["came_once"] = int((times == 1).sum())
        found["participations_women"] = _shares(came["person_id"].map(gender), left, "participations")[0]
        left["no_attendance"] = len(people) - len(times)
    if individual_meetings is not None:
        met = _once("individual_meetings", individual_meetings, ["meeting_id", "person_id"])
        found["individual_meetings"] = len(met)
        found["advised_people"] = met["person_id"].nunique()
        found["individual_meetings_women"] = _shares(met["person_id"].map(gender), left, "meetings")[0]
    return dict(
        people=len(people),
        women=women,
        men=men,
        genders=gender.value_counts(),
        facilitators_trained=int(_true("facilitator_trained", people, left).sum()),
        activities=len(done),
        cross_sector=int(cross.sum()),
        cross_sector_coompanion=len(both),
        cross_sector_courses_once=int((~course).sum() + both.loc[course, "series"].nunique()),
        first_year=int(years.min()),
        last_year=int(years.max()),
        left_out={what: n for what, n in left.items() if n},
        **found,
    )


def _once(name: str, table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Check a table in which each thing, named in the first column, has one row."""
    ids = frame(name, table, columns)[columns[0]]
    if ids.isna().any():
        message = _("{name} has {n} rows without {column}; fill them in or drop them.")
        raise ValueError(message.format(name=name, n=int(ids.isna().sum()), column=columns[0]))
    if ids.duplicated().any():
        message = _("{value} stands twice in {name}, which should have one row for each {column}.")
        raise ValueError(message.format(value=ids[ids.duplicated()].iloc[0], name=name, column=columns[0]))
    return table


def _known(name: str, ids: pd.Series[Any], where: str, known: pd.Series[Any]) -> None:
    for value in ids[~ids.isin(known)]:
        message = _("{name} names {value} in {column}, which is not in {where}.")
        raise ValueError(message.format(name=name, value=short(value), column=ids.name, where=where))


def _true(name: str, table: pd.DataFrame, left: dict[str, int]) -> pd.Series[Any]:
    values = table[name].astype(object)
    for label, value in values.items():
        if not pd.isna(value) and value not in (True, False):
            message = _("Row {row}: {name} is {value}; give True or False.")
            raise ValueError(message.format(row=label, name=name, value=short(value)))
    left[name] = left.get(name, 0) + int(values.isna().sum())
    return values.where(values.notna(), False).astype(bool)


def _shares(genders: pd.Series[Any], left: dict[str, int], what: str) -> tuple[float, float]:
    stated = genders.dropna().astype(str).str.lower()
    left[what] = len(genders) - len(stated)
    if stated.empty:
        return float("nan"), float("nan")
    return float(stated.isin(_WOMEN).mean()), float(stated.isin(_MEN).mean())


def _years(done: pd.DataFrame) -> pd.Series[Any]:
    dates = pd.to_datetime(done["date"].astype(object), errors="coerce", format="ISO8601")
    for label, value in done.loc[dates.isna(), "date"].items():
        message = _("Row {row}: {name} is {value}; write a date as year-month-day, such as 2019-03-14.")
        raise ValueError(message.format(row=label, name="date", value=short(value)))
    return dates.dt.year
