"""The rows of a value map: what is asked of each, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import frame, real, share, whole
from ..language import gettext as _
from ..language import mark

Floats = npt.NDArray[np.float64]
Values = dict[str, Floats]
# Says where a cell is, from the row's position and the column's name.
Place = Callable[[int, str], str]

TEXTS = ("stakeholder", "outcome")
SHARES = ("deadweight", "displacement", "attribution", "drop_off")
NUMBERS = ("quantity", "proxy", *SHARES, "duration_years", "starts")
OUTCOMES = (*TEXTS, *NUMBERS)
INPUTS = ("stakeholder", "description", "value")
MOST_YEARS = 100

WORDS = {
    "quantity": mark("quantity"),
    "proxy": mark("financial proxy"),
    "deadweight": mark("deadweight"),
    "displacement": mark("displacement"),
    "attribution": mark("attribution"),
    "drop_off": mark("drop-off"),
    "duration_years": mark("duration"),
    "value": mark("value of the input"),
    "rate": mark("discount rate"),
}


def read_outcomes(outcomes: Any, place: Place | None = None) -> Values:
    """Check the outcomes, and give their numbers column by column.

    Raises
    ------
    KeyError
        If a column is missing.
    ValueError
        If there are no rows, or a cell is empty or not what its column allows; the message says where.
    """
    return _read("outcomes", outcomes, TEXTS, NUMBERS, place)


def read_inputs(inputs: Any, place: Place | None = None) -> Floats:
    """Check the inputs, and give their values; errors as for the outcomes."""
    return _read("inputs", inputs, INPUTS[:2], INPUTS[2:], place)["value"]


def _read(name: str, table: Any, texts: tuple[str, ...], numbers: tuple[str, ...], place: Place | None) -> Values:
    checked = frame(name, table, (*texts, *numbers))

    def row(position: int, _column: str) -> str:
        who = checked["stakeholder"].iloc[position]
        return _("Row {row} ({stakeholder})").format(
            row=checked.index[position], stakeholder="–" if pd.isna(who) else who
        )

    where = place or row
    values: Values = {}
    for column in (*texts, *numbers):
        read = []
        for position, value in enumerate(checked[column]):
            try:
                read.append(_cell(column, value))
            except ValueError as error:
                message = _("{place}: {problem}").format(place=where(position, column), problem=error)
                raise ValueError(message) from None
        if column in numbers:
            values[column] = np.array(read)
    return values


def _cell(column: str, value: Any) -> float:
    if pd.isna(value) or (isinstance(value, str) and not value.strip()):
        if column in (*TEXTS, "description"):
            raise ValueError(_("{name} is empty; write a few words.").format(name=column))
        raise ValueError(_("{name} is empty; write a number, 0 if there is none.").format(name=column))
    if column in (*TEXTS, "description"):
        return 0.0
    if isinstance(value, str):
        message = _("{name} is the text {value!r}; write it as a number.")
        raise ValueError(message.format(name=column, value=value))
    # A whole number comes as a float from a column that once had a gap, and from some spreadsheets.
    given = int(value) if isinstance(value, float) and value.is_integer() else value
    if column in SHARES:
        return share(column, given)
    if column in ("duration_years", "starts"):
        return whole(column, given, 1, MOST_YEARS)
    return real(column, given, None if column == "proxy" else 0)


def impact(values: Values) -> Floats:
    """Give each outcome's value in its first year; the numbers may have a second axis of draws."""
    kept = (1 - values["deadweight"]) * (1 - values["displacement"]) * (1 - values["attribution"])
    return values["quantity"] * values["proxy"] * kept


def by_year(values: Values) -> Floats:
    """Give each outcome's value year by year, not discounted: rows by years from the first."""
    first, after = values["starts"][:, None], (values["starts"] + values["duration_years"])[:, None]
    years = np.arange(1, int(after.max()))
    lasts = (years >= first) & (years < after)
    left = (1 - values["drop_off"][:, None]) ** np.where(lasts, years - first, 0)
    return np.where(lasts, impact(values)[:, None] * left, 0.0)


def present_values(values: Values, rate: float) -> Floats:
    """Give each outcome's present value."""
    return np.array(each_worth(values, rate))


def each_worth(values: Values, rate: float) -> list[Any]:
    """Give each outcome's present value; all numbers but duration and start may have a second axis of draws."""
    first, left = impact(values), (1 - values["drop_off"]) / (1 + rate)
    worth = []
    for row, (duration, starts) in enumerate(zip(values["duration_years"], values["starts"], strict=True)):
        years: Any = 1.0
        for _year in range(int(duration) - 1):
            years = 1 + left[row] * years
        worth.append(first[row] * (years / (1 + rate) ** starts))
    return worth


def total(worth: Any) -> Any:
    """Add up the rows one after the other, so that the sum is the same to the last bit with and without draws."""
    return sum(worth[1:], start=worth[0])


def sensitivity(outcomes: pd.DataFrame, inputs: pd.DataFrame, rate: float, change: float) -> pd.DataFrame:
    """Give the ratio with each assumption in turn moved down and up."""
    values, put_in = read_outcomes(outcomes), read_inputs(inputs)
    worth, cost = present_values(values, rate), float(put_in.sum())
    tables = []
    for column in NUMBERS[:-1]:
        low, high, capped = _moved(column, values[column], change)
        # Outcomes do not touch each other, so one calculation moves them all, each on its own.
        ratios = [
            (total(worth) - worth + present_values({**values, column: moved}, rate)) / cost for moved in (low, high)
        ]
        who, what = outcomes["stakeholder"], outcomes["outcome"]
        tables.append(_tested(column, outcomes.index, who, what, values[column], low, high, capped, ratios))
    low, high, capped = _moved("value", put_in, change)
    ratios = [total(worth) / (cost - put_in + moved) for moved in (low, high)]
    who, what = inputs["stakeholder"], inputs["description"]
    tables.append(_tested("value", inputs.index, who, what, put_in, low, high, capped, ratios))
    one = np.array([rate])
    low, high, capped = _moved("rate", one, change)
    ratios = [np.array([total(present_values(values, float(moved[0]))) / cost]) for moved in (low, high)]
    tables.append(_tested("rate", pd.Index([None]), [None], [None], one, low, high, capped, ratios))
    found = pd.concat(tables)
    return found.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _moved(column: str, value: Floats, change: float) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Move numbers down and up, and tell where a limit is in the way."""
    if column == "duration_years":
        step = np.maximum(1, np.round(value * change))
        low, high, least, most = value - step, value + step, 1.0, float(MOST_YEARS)
    else:
        ends = value * (1 - change), value * (1 + change)
        low, high = np.minimum(*ends), np.maximum(*ends)
        least, most = -np.inf, 1.0 if column in (*SHARES, "rate") else np.inf
    return np.maximum(low, least), np.minimum(high, most), (low < least) | (high > most)


def _tested(
    column: str, rows: Any, who: Any, what: Any, value: Any, low: Any, high: Any, capped: Any, ratios: list[Floats]
) -> pd.DataFrame:
    found = {
        **{"assumption": column, "row": list(rows), "stakeholder": list(who), "what": list(what)},
        **{"value": value, "low": low, "high": high, "ratio_low": ratios[0], "ratio_high": ratios[1]},
        **{"swing": abs(ratios[1] - ratios[0]), "capped": capped},
    }
    return pd.DataFrame(found).astype({"row": object, "stakeholder": object, "what": object})


def described_row(stakeholder: Any, what: Any, longest: int = 60) -> str:
    """Name a row of the map in words that fit a table or a chart."""
    words = f"{stakeholder}: {what}"
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
