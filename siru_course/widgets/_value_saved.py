"""The value explorer's file: the outcomes with the discount rate beside each."""

from __future__ import annotations

import pandas as pd

from .._valuation.rows import NUMBERS, TEXTS
from ..language import gettext as _
from ..valuation import ValueMap


def written(value_map: ValueMap) -> pd.DataFrame:
    """Give the table that is saved."""
    return value_map.outcomes.assign(rate=value_map.rate)


def merged(value_map: ValueMap, table: pd.DataFrame) -> ValueMap:
    """Put the numbers of a saved table into a map with the same outcomes.

    Raises
    ------
    ValueError
        If the outcomes are others, or a number cannot be read or is not allowed.
    """
    outcomes = value_map.outcomes.copy()
    for name in TEXTS:
        # A CSV file has no other line breaks than \n.
        known = [" ".join(str(words).split()) for words in outcomes[name]]
        if known != [" ".join(words.split()) for words in table[name]]:
            raise ValueError(_("The file holds other outcomes than the map."))
    for name in NUMBERS:
        outcomes[name] = [_number(name, words) for words in table[name]]
    return ValueMap(outcomes, value_map.inputs, _number("rate", table["rate"].iloc[0]))


def _number(name: str, words: str) -> float:
    try:
        value = float(words)
    except ValueError:
        message = _("The file's column {name} holds {value!r}, which is no number.")
        raise ValueError(message.format(name=name, value=words)) from None
    return int(value) if value.is_integer() else value
