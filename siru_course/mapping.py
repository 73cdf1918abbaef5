"""Theme 03, mapping: rates per inhabitant, what a map covers, records that have grown old, and the map itself.

Examples
--------
>>> from siru_course import data, use_language
>>> use_language("en")
>>> initiatives, municipalities = data.load("initiatives"), data.load("municipalities")
>>> dots = initiatives[initiatives["on_map"]]["municipality"].value_counts()
>>> rates = rate_per_inhabitant(dots, municipalities.set_index("code")["population_2015"])
>>> dots.idxmax() == rates.idxmax()
False
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from . import data
from ._arguments import above, choice, numbers, short, whole
from ._arguments import frame as check_frame
from ._mapping import map as _map
from ._mapping.coverage import Coverage, coverage
from .language import gettext as _

if TYPE_CHECKING:
    import altair

    ByPlace = pd.Series[Any] | Mapping[Any, float]

__all__ = ["Coverage", "coverage", "mapping_chart", "rate_per_inhabitant", "stale_records"]


def rate_per_inhabitant(counts: ByPlace, population: ByPlace, per: float = 10_000) -> pd.Series[Any]:
    """Divide counts by the number of inhabitants.

    Parameters
    ----------
    counts
        How many there are in each place, by the place's code or name. A place that is left out has none, as in
        what ``value_counts()`` gives.
    population
        How many inhabitants each place has, by the same code or name.
    per
        Per how many inhabitants, more than 0.

    Returns
    -------
    pandas.Series
        The rates, one row a place in the order of `population`; missing where the count or the population is.

    Raises
    ------
    ValueError
        If a count is negative, a population is below 1, a place stands twice, or a counted place has no population.

    Examples
    --------
    >>> rate_per_inhabitant({"0604": 2}, {"0604": 6_537, "0680": 133_310}).round(2).to_dict()
    {'0604': 3.06, '0680': 0.0}
    """
    per = above("per", per)
    inhabitants = _by_place("population", population, least=1)
    counted = _by_place("counts", counts, least=0)
    if len(unknown := counted.index.difference(inhabitants.index)):
        message = _("counts has places that population lacks: {places}. Use the same codes or names in both.")
        raise ValueError(message.format(places=", ".join(map(str, unknown))))
    return (counted.reindex(inhabitants.index, fill_value=0) / inhabitants * per).rename("rate")


def stale_records(
    frame: pd.DataFrame, as_of: str | date, max_age_days: int, checked: str = "last_checked"
) -> pd.DataFrame:
    """Find the records that nobody has checked for too long.

    Parameters
    ----------
    frame
        One row a record.
    as_of
        The day to count from: a date, or text such as ``"2020-03-31"``.
    max_age_days
        How many days old a record may be; one day more is too old.
    checked
        The column that says when each record was last checked.

    Returns
    -------
    pandas.DataFrame
        The records that are too old, the oldest first, with a column ``age_days`` added. A record without a date
        has never been checked as far as anybody knows: it comes first, with its age missing.

    Raises
    ------
    ValueError
        If `as_of` or a value in the column is not a date, a record was checked after `as_of`, `max_age_days` is
        not a whole number from 0 up, or there is a column ``age_days`` already.
    KeyError
        If the column is missing.

    Examples
    --------
    >>> records = pd.DataFrame({"name": ["A", "B", "C"], "last_checked": ["2019-03-31", "2020-03-30", None]})
    >>> stale_records(records, as_of="2020-03-31", max_age_days=365)[["name", "age_days"]].values.tolist()
    [['C', <NA>], ['A', 366]]
    """
    records = check_frame("frame", frame, [checked])
    if "age_days" in records:
        raise ValueError(_("frame already has a column 'age_days'; rename it, or leave it out."))
    most = whole("max_age_days", max_age_days, 0)
    today = _day(as_of)
    if today is None:
        raise ValueError(_("as_of is {value}; give a date such as 2020-03-31.").format(value=short(as_of)))
    ages: list[int | None] = []
    for row, value in records[checked].items():
        day = None if pd.isna(value) else _day(value)
        if day is None and not pd.isna(value):
            message = _("Row {row}: {column} is {value}; give a date such as 2020-03-31.")
            raise ValueError(message.format(row=row, column=checked, value=short(value)))
        if day is not None and day > today:
            message = _("Row {row} was checked on {day}, after as_of, which is {as_of}; choose a later day.")
            raise ValueError(message.format(row=row, day=day, as_of=today))
        ages.append(None if day is None else (today - day).days)
    aged = records.assign(age_days=pd.array(ages, dtype="Int64"))
    stale = aged[aged["age_days"].isna() | (aged["age_days"] > most).fillna(False)]
    return stale.sort_values("age_days", ascending=False, na_position="first", kind="stable")


def mapping_chart(
    counts: ByPlace,
    population: ByPlace | None = None,
    per: int = 10_000,
    show: str = "count",
    title: str | None = None,
) -> altair.LayerChart:
    """Draw a map of the county's 13 municipalities with a bubble at each central town.

    Parameters
    ----------
    counts
        How many there are in each municipality, by its code or its name; one that is left out has none.
    population
        How many inhabitants each has, by code or name. With it, the chart has a list to choose from: the numbers,
        or the rates per inhabitant.
    per
        Per how many inhabitants, a whole number from 1 up.
    show
        What the chart shows first, and on paper: ``"count"`` or ``"rate"``.
    title
        What is counted, such as ``"Initiatives on the map"``.

    Returns
    -------
    altair.LayerChart
        The area of a bubble is proportional to its number, which stands beside the name. The largest bubble is as
        large for the rates as for the numbers. A municipality with none is a small cross.

    Raises
    ------
    ValueError
        As :func:`rate_per_inhabitant`; and if a municipality is not in the county, or `show` is ``"rate"`` without
        a population.

    Examples
    --------
    >>> chart = mapping_chart({"Jönköping": 17, "Habo": 3}, title="Initiatives on the map")
    >>> print(chart.to_dict()["description"])
    Map of the 13 municipalities of Jönköping County, north upwards, with a bubble at each central town. Initiatives
    on the map: 20 in all. Most: Jönköping 17, Habo 3. None: Aneby, Eksjö, Gislaved, Gnosjö, Mullsjö, Nässjö,
    Sävsjö, Tranås, Vaggeryd, Vetlanda and Värnamo.
    """
    choice("show", show, ["count", "rate"])
    whole("per", per, 1)
    if title is not None and not isinstance(title, str):
        raise ValueError(_("title is {value}; give it as text.").format(value=short(title)))
    places = data.load("municipalities").set_index("code")
    counted = _in_county("counts", _by_place("counts", counts, least=0), places)
    numbered = counted.reindex(places.index, fill_value=0)
    if population is None:
        if show == "rate":
            raise ValueError(_("show is 'rate', which needs the inhabitants: give population too."))
        return _map.draw(places, {"count": numbered}, per, show, title)
    inhabitants = _in_county("population", _by_place("population", population, least=1), places)
    rates = rate_per_inhabitant(counted, inhabitants, per).reindex(places.index)
    return _map.draw(places, {"count": numbered, "rate": rates}, per, show, title)


def _by_place(name: str, values: ByPlace, least: float) -> pd.Series[Any]:
    if not isinstance(values, (pd.Series, Mapping)):
        message = _("{name} is {value}; give a Series with one number a place, and the places as its index.")
        raise ValueError(message.format(name=name, value=short(values)))
    series = pd.Series(values)
    if series.empty:
        raise ValueError(_("{name} is empty; it needs at least one place.").format(name=name))
    if not series.index.is_unique:
        twice = series.index[series.index.duplicated()][0]
        raise ValueError(_("{place} stands twice in {name}; add the two up first.").format(place=twice, name=name))
    return numbers(name, series, least)


def _in_county(name: str, values: pd.Series[Any], places: pd.DataFrame) -> pd.Series[Any]:
    codes = dict(zip(places["name"], places.index, strict=True))
    found = values.rename(index=lambda place: codes.get(place, place))
    if len(unknown := found.index.difference(places.index)):
        message = _("{name} has places that are not municipalities of the county: {places}. Use codes such as 0680.")
        raise ValueError(message.format(name=name, places=", ".join(map(str, unknown))))
    if not found.index.is_unique:
        twice = found.index[found.index.duplicated()][0]
        raise ValueError(_("{place} stands twice in {name}; add the two up first.").format(place=twice, name=name))
    return found


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
