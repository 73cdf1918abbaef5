"""What an indicator card needs: what is behind ``theory_of_change.indicator_check``."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from .._arguments import column, frame, numbers, short, worded
from ..language import LANGUAGES, in_language, mark
from ..language import gettext as _
from .reading import OUTCOMES, read_level
from .text import reads_as_output

COLUMNS = ("indicator", "rule", "criterion", "severity", "message")

# What every card must say; which of Doran's five words it serves; and what to write where it is empty.
_FIELDS = {
    "name": ("specific", mark("{card} has no name. Write what is measured, in a few words.")),
    "definition": ("specific", mark("{card} has no definition. Write exactly what counts and what does not.")),
    "numerator": ("measurable", mark("{card} has no numerator. Write what is counted.")),
    "source": ("measurable", mark("{card} has no source. Write where the figure comes from.")),
    "unit": ("measurable", mark("{card} has no unit. Write what the figure is given in, such as percent or count.")),
    "frequency": ("measurable", mark("{card} has no frequency. Write how often it is measured.")),
    "owner": ("assignable", mark("{card} has no owner. Write who sees to it that it is measured.")),
    "disaggregation": ("specific", mark("{card} is not broken down. Write for which groups the figure is shown.")),
}
_SHARES = ("percent", "per cent", "%", "share", "procent", "andel")
_DIRECTIONS = {"up": mark("more is better"), "down": mark("less is better")}
_TWO = re.compile(r"\b(and|as well as|och|samt)\b|&|\+", re.IGNORECASE)
_BOTH = re.compile(r"\b(both|båda|bägge)\b", re.IGNORECASE)


def findings(cards: Any) -> pd.DataFrame:
    """Look at each card, and give one row for each thing that is wrong with it."""
    checked = frame("frame", cards, ["indicator_id", "level", "unit", "frequency", "target_date", "direction"])
    ids = ["" if pd.isna(value) else str(value).strip() for value in column("frame", checked, "indicator_id")]
    for at, card in enumerate(ids):
        if not card:
            raise ValueError(_("Row {row}: indicator_id is empty; give each card an id.").format(row=checked.index[at]))
        if ids.count(card) > 1:
            raise ValueError(_("{what} stands more than once; keep it once.").format(what=card))
    named = checked.set_axis(pd.Index(ids), axis=0)
    table = pd.DataFrame({name: worded("frame", named, name) for name in (*_FIELDS, "denominator")})
    table["level"] = read_level("level", named["level"])
    table["direction"] = _directions(named["direction"])
    for name in ("baseline", "target"):
        table[name] = numbers(name, column("frame", named, name))
    table["date"] = named["target_date"]
    table["everything"] = [
        " ".join(cells)
        for cells in named.filter(regex="^(name|definition|numerator)(_|$)").fillna("").astype(str).to_numpy()
    ]
    rows = [(str(card), *found) for card, row in table.iterrows() for found in _about(str(card), row)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _about(card: str, row: pd.Series[Any]) -> Iterator[tuple[str, str, str, str]]:
    def found(rule: str, criterion: str, message: str, severity: str = "error", **words: Any) -> tuple[str, ...]:
        return rule, criterion, severity, message.format(card=card, **words)

    yield from (  # type: ignore[misc]
        found(f"no_{name}", criterion, _(message), "warning" if name == "disaggregation" else "error")
        for name, (criterion, message) in _FIELDS.items()
        if not row[name]
    )
    yield from _about_words(card, row)
    yield from _about_figures(card, row)


def _about_words(card: str, row: pd.Series[Any]) -> Iterator[tuple[str, str, str, str]]:
    if _TWO.search(row["name"]) or _BOTH.search(row["numerator"]):
        message = _("{card} seems to measure two things in one: {name}. Make a card of each.")
        yield "two_in_one", "specific", "warning", message.format(card=card, name=row["name"])
    elif row["level"] in (*OUTCOMES, "impact") and reads_as_output(row["everything"]):
        message = _(
            "{card} is called an outcome but counts what was done, who came or who was content: {name}. "
            "Call it an output, or measure what became different."
        )
        yield "output_as_outcome", "specific", "error", message.format(card=card, name=row["name"])
    if row["unit"].lower() in _SHARES and not row["denominator"]:
        message = _("{card} is a share without a denominator. Write out of what: {numerator}, out of …")
        yield "no_denominator", "measurable", "error", message.format(card=card, numerator=row["numerator"])


def _about_figures(card: str, row: pd.Series[Any]) -> Iterator[tuple[str, str, str, str]]:
    baseline, target, direction = row["baseline"], row["target"], row["direction"]
    said = {"card": card, "baseline": f"{baseline:g}", "target": f"{target:g}"}
    if pd.isna(baseline):
        message = _("{card} has no baseline. Measure before you begin, or the target cannot be judged.")
        yield "no_baseline", "measurable", "error", message.format(**said)
    if pd.isna(target):
        yield "no_target", "measurable", "error", _("{card} has no target. Write the value to reach.").format(**said)
    if not direction:
        message = _("{card} does not say which way is good. Write up or down.")
        yield "no_direction", "specific", "error", message.format(**said)
    elif pd.notna(baseline) and pd.notna(target):
        if baseline == target:
            message = _("The target of {card} is the baseline, {target}: nothing is to change.")
            yield "no_change", "realistic", "warning", message.format(**said)
        elif (target > baseline) != (direction == "up"):
            message = _("{card} goes from {baseline} to {target}, but {way}. Turn the direction, or change the target.")
            yield "direction", "realistic", "error", message.format(**said, way=_(_DIRECTIONS[direction]))
    if row["unit"].lower() in _SHARES and any(value < 0 or value > 100 for value in (baseline, target)):
        message = _("{card} is a share, and goes from {baseline} to {target}; no share is below 0 or above 100 %.")
        yield "out_of_range", "realistic", "error", message.format(**said)
    if pd.isna(row["date"]) or not str(row["date"]).strip():
        message = _("{card} has no date. Write the day by which the target should be reached.")
        yield "no_date", "time-related", "error", message.format(**said)
    elif not _is_date(row["date"]):
        message = _("{card} should be reached by {value}, which is no date. Write year-month-day, such as 2026-12-31.")
        yield "no_date", "time-related", "error", message.format(**said, value=short(row["date"]))


def _directions(values: pd.Series[Any]) -> pd.Series[Any]:
    known = {way: way for way in _DIRECTIONS}
    for code in LANGUAGES:
        with in_language(code):
            known |= {_(words): way for way, words in _DIRECTIONS.items()}
    read = []
    for card, value in values.items():
        word = "" if pd.isna(value) else str(value).strip().lower()
        if word and word not in known:
            message = _("Row {row}: {name} is {value}; choose one of {allowed}.")
            raise ValueError(
                message.format(row=card, name="direction", value=short(value), allowed=", ".join(_DIRECTIONS))
            )
        read.append(known.get(word, ""))
    return pd.Series(read, index=values.index, dtype=object)


def _is_date(value: Any) -> bool:
    if isinstance(value, datetime.date):
        return True
    try:
        datetime.date.fromisoformat(str(value).strip())
    except ValueError:
        return False
    return True
