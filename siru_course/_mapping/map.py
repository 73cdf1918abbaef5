"""The map of the county: bubbles at the central towns, with names and numbers that do not cover each other."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from .. import charts
from ..language import gettext as _
from ..language import language, number

if TYPE_CHECKING:
    import altair

_MARGIN, _RADIUS = 46, 27  # pixels
_SIZE, _LETTER, _LINE = 12, 6.6, 15  # of the labels: font size, and the room for a letter and for a line
_KM = 111.2  # a degree of latitude, and of longitude at the equator
_DARK, _GREY = "#1d2c2e", "#66757a"


class Box(NamedTuple):
    """A rectangle on the map: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """Give the area that two rectangles share."""
        wide = min((self.width + other.width) / 2 - abs(self.x - other.x), self.width, other.width)
        high = min((self.height + other.height) / 2 - abs(self.y - other.y), self.height, other.height)
        return max(wide, 0) * max(high, 0)


def draw(
    places: pd.DataFrame, measures: Mapping[str, pd.Series[Any]], per: int, show: str, title: str | None
) -> altair.LayerChart:
    """Draw the map.

    Parameters
    ----------
    places
        With ``name``, ``latitude`` and ``longitude``, one row a place.
    measures
        The numbers, one row a place, as ``count`` and, if there is a list to choose from, ``rate``.
    per
        Per how many inhabitants the rate is.
    show
        The measure that shows first.
    title
        What is counted.
    """
    import altair as alt

    words = {
        "count": title or _("Number"),
        "rate": (_("{title}, per {per} inhabitants") if title else _("Number per {per} inhabitants")).format(
            title=title, per=number(per, 0)
        ),
    }
    at, height, km = _positions(places)
    shown = {name: _bubbles(at.assign(number=values), name, height) for name, values in measures.items()}
    base = alt.Chart(pd.concat(shown.values(), ignore_index=True))
    heading: Any = words[show]
    if len(measures) > 1:
        labels = [_("Number"), _("Per {per} inhabitants").format(per=number(per, 0))]
        listed = alt.binding_select(options=["count", "rate"], labels=labels, name=_("Show: "))
        base = base.add_params(alt.param(name="measure", value=show, bind=listed)).transform_filter(
            "datum.measure == measure"
        )
        said = {name: json.dumps(text, ensure_ascii=False) for name, text in words.items()}
        heading = alt.Title(alt.expr(f"measure == 'rate' ? {said['rate']} : {said['count']}"))
    across, up = alt.Scale(domain=[0, charts.WIDTH], nice=False), alt.Scale(domain=[0, height], nice=False)
    x, y = alt.X("x:Q", scale=across, axis=None), alt.Y("y:Q", scale=up, axis=None)
    tooltip = [alt.Tooltip("place:N", title=_("Municipality")), alt.Tooltip("said:N", title=_("Number"))]
    bubbles = base.transform_filter("datum.size > 0").mark_circle(
        color=charts.HIGHLIGHT, opacity=0.7, stroke="white", strokeWidth=1
    )
    crosses = base.transform_filter("!(datum.size > 0)").mark_point(
        shape="cross", size=45, filled=True, color=_GREY, opacity=1
    )
    names = base.encode(x=alt.X("label_x:Q", scale=across, axis=None), y=alt.Y("label_y:Q", scale=up, axis=None))
    halo = names.mark_text(fontSize=_SIZE, stroke="white", strokeWidth=3, strokeOpacity=0.85, strokeJoin="round")
    chart: Any = alt.layer(
        bubbles.encode(x=x, y=y, size=alt.Size("size:Q", scale=None), tooltip=tooltip),
        crosses.encode(x=x, y=y, tooltip=tooltip),
        halo.encode(text=alt.Text("label:N")),
        names.mark_text(fontSize=_SIZE, color=_DARK).encode(text=alt.Text("label:N")),
        *_ruler(alt, km, x, y),
    ).properties(width=charts.WIDTH, height=height, title=heading)
    drawn: altair.LayerChart = charts.described(chart, _description(shown, words, show, len(places)))
    return drawn


def _positions(places: pd.DataFrame) -> tuple[pd.DataFrame, int, float]:
    """Place the towns in pixels, equally many a kilometre in both directions: over so few degrees that is a map."""
    east = places["longitude"] * math.cos(math.radians(places["latitude"].mean())) * _KM
    north = places["latitude"] * _KM
    km = (charts.WIDTH - 2 * _MARGIN) / (east.max() - east.min())
    at = pd.DataFrame(
        {
            "place": places["name"].astype(str),
            "x": _MARGIN + (east - east.min()) * km,
            "y": _MARGIN + (north - north.min()) * km,
        }
    )
    return at, round(at["y"].max() + _RADIUS + _LINE), km


def _bubbles(places: pd.DataFrame, measure: str, height: int) -> pd.DataFrame:
    numbers = places["number"]
    most = numbers.max()
    radius = (numbers / most).fillna(0) ** 0.5 * _RADIUS if most > 0 else numbers.fillna(0)
    decimals = 0 if (numbers.dropna() % 1 == 0).all() else 1 if most >= 1 else 2
    said = [_("not known") if pd.isna(value) else number(value, decimals if value else 0) for value in numbers]
    labels = [f"{place} {text}" for place, text in zip(places["place"], said, strict=True)]
    table = places.assign(measure=measure, said=said, label=labels, radius=radius, size=(2 * radius) ** 2)
    boxes = _labels(table, height)
    table["label_x"], table["label_y"] = [box.x for box in boxes], [box.y for box in boxes]
    return table.drop(columns="radius").round({"x": 1, "y": 1, "label_x": 1, "label_y": 1, "size": 2})


def _labels(places: pd.DataFrame, height: int) -> list[Box]:
    """Put each name where it covers least of the others and of the bubbles: below if it can."""
    towns = [
        Box(x, y, 2 * max(r, 4), 2 * max(r, 4))
        for x, y, r in zip(places["x"], places["y"], places["radius"], strict=True)
    ]
    placed: dict[int, Box] = {}
    # The largest first: their names have fewest places to go.
    for i in sorted(range(len(towns)), key=lambda i: -towns[i].width):
        town, width = towns[i], len(places["label"].iloc[i]) * _LETTER
        aside, over = (town.width + width) / 2 + 3, (town.height + _LINE) / 2
        ways = [(0, -over), (0, over), (aside, 0), (-aside, 0), (aside * 0.8, -over), (-aside * 0.8, -over)]
        tried = [Box(town.x + dx, town.y + dy, width, _LINE) for dx, dy in ways]
        placed[i] = min(tried, key=lambda box: _cost(box, towns, list(placed.values()), height))
    return [placed[i] for i in range(len(towns))]


def _cost(box: Box, towns: list[Box], placed: list[Box], height: int) -> float:
    inside = Box(charts.WIDTH / 2, height / 2, charts.WIDTH, height)
    outside = box.width * box.height - box.overlap(inside)
    return 20 * outside + 10 * sum(box.overlap(o) for o in placed) + sum(box.overlap(town) for town in towns)


def _ruler(alt: Any, km: float, x: Any, y: Any) -> list[Any]:
    line = alt.Chart(pd.DataFrame({"x": [4.0], "x2": [4 + 20 * km], "y": [8.0], "text": ["20 km"]}))
    return [
        line.mark_rule(color=_GREY, strokeWidth=2).encode(x=x, x2=alt.X2("x2:Q"), y=y),
        line.mark_text(align="left", dy=-9, fontSize=11, color=_GREY).encode(x=x, y=y, text=alt.Text("text:N")),
    ]


def _description(shown: Mapping[str, pd.DataFrame], words: Mapping[str, str], show: str, n: int) -> str:
    """Say what the map shows, beginning with the measure that shows first."""
    start = _("Map of the {n} municipalities of Jönköping County, north upwards, with a bubble at each central town.")
    sentences = [start.format(n=n)]
    for measure in sorted(shown, key=lambda name: name != show):
        table = shown[measure]
        if measure == "count":
            total = table["number"].sum()
            said = number(total, 0 if total % 1 == 0 else 1)
            sentences.append(_("{title}: {total} in all.").format(title=words[measure], total=said))
        else:
            sentences.append(f"{words[measure]}.")
        some = table[table["number"] > 0].sort_values("number", ascending=False, kind="stable")
        if len(some):
            listed = ", ".join(f"{row.place} {row.said}" for row in some.head(5).itertuples())
            most = _("Most: {places}.") if measure == "count" else _("Highest: {places}.")
            sentences.append(most.format(places=listed))
        if unknown := table[table["number"].isna()]["place"].tolist():
            sentences.append(_("Not known: {places}.").format(places=_listed(unknown)))
    if none := shown["count"].query("number == 0")["place"].tolist():
        sentences.append(_("None: {places}.").format(places=_listed(none)))
    return " ".join(sentences)


def _listed(places: list[str]) -> str:
    # In Swedish å, ä and ö come last, in that order.
    alphabet = str.maketrans({"å": "{", "ä": "|", "ö": "}"}) if language() == "sv" else {}
    names = sorted(places, key=lambda place: place.lower().translate(alphabet))
    if len(names) == 1:
        return names[0]
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
