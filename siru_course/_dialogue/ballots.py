"""How ballots are read from a table, and what is wrong with those that cannot be."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import short
from ..language import gettext as _
from ..language import mark
from .result import MARKED

Ints = npt.NDArray[np.int64]

_ALLOWED = {
    "approval": mark("0 or 1"),
    "score": mark("numbers from 0 up"),
    "dots": mark("whole numbers from 0 up"),
    "quadratic": mark("whole numbers from 0 up"),
}
_LABELS = ("n", "ballot_id")


def read_weights(ballots: pd.DataFrame) -> Ints:
    """Check that there are ballots, and give how many cast each of them."""
    if not isinstance(ballots, pd.DataFrame):
        raise ValueError(_("ballots is {value}; give a DataFrame with one row a ballot.").format(value=short(ballots)))
    if ballots.empty:
        raise ValueError(_("ballots is empty; there is nothing to count."))
    if "n" not in ballots:
        return np.ones(len(ballots), dtype=np.int64)
    for at, value in enumerate(ballots["n"]):
        if not is_whole(value):
            raise ValueError(
                _("Column n holds {value} on ballot {ballot}; it must be a whole number from 0 up.").format(
                    value=short(value), ballot=ballot_name(ballots, at)
                )
            )
    return ballots["n"].to_numpy(dtype=np.int64)


def rank_columns(ballots: pd.DataFrame, prefix: str | None = None) -> list[Any]:
    """Give the columns ``1``, ``2``, … in order, after checking that none is missing; empty if there are none."""
    start = _start(prefix) if prefix else ""
    found = [
        (int(str(column).removeprefix(start)), column)
        for column in ballots.columns
        if str(column).startswith(start) and re.fullmatch("[0-9]+", str(column).removeprefix(start))
    ]
    ranks = sorted(rank for rank, _column in found)
    if ranks != list(range(1, len(ranks) + 1)):
        raise ValueError(
            _("The rank columns are {found}; they must run 1, 2, 3 and so on, each once.").format(
                found=", ".join(map(str, ranks))
            )
        )
    return [column for _rank, column in sorted(found, key=lambda item: item[0])]


def mark_columns(ballots: pd.DataFrame, prefix: str) -> dict[str, Any]:
    """Map options to the columns whose names begin with the prefix."""
    start = _start(prefix)
    return {
        str(column).removeprefix(start): column
        for column in ballots.columns
        if str(column).startswith(start) and str(column) != start
    }


def read_ranks(ballots: pd.DataFrame, prefix: str | None = None) -> list[list[str]]:
    """Give the names each ballot ranks, first choice first."""
    columns = rank_columns(ballots, prefix)
    if not columns:
        raise KeyError(
            _("There is no column {name!r}: this rule reads the columns 1, 2, 3 and so on, first choices in 1.").format(
                name=(_start(prefix) if prefix else "") + "1"
            )
        )
    read = []
    table = ballots[columns]
    empty = table.isna().to_numpy().tolist()
    for at, row in enumerate(table.to_numpy(dtype=object).tolist()):
        names = ["" if nothing else str(cell).strip() for cell, nothing in zip(row, empty[at], strict=True)]
        filled = [name for name in names if name]
        if len(set(filled)) == len(names):
            read.append(filled)
            continue
        gap = names.index("") if "" in names else len(names)
        if gap < len(filled):
            last = max(rank for rank, name in enumerate(names, start=1) if name)
            raise ValueError(
                _("Ballot {ballot} leaves rank {empty} empty but fills rank {filled}; move the later names up.").format(
                    ballot=ballot_name(ballots, at), empty=gap + 1, filled=last
                )
            )
        for name in filled:
            if filled.count(name) > 1:
                raise ValueError(
                    _("Ballot {ballot} ranks {name!r} twice; a name may stand once on a ballot.").format(
                        ballot=ballot_name(ballots, at), name=name
                    )
                )
        read.append(filled)
    return read


def read_marks(ballots: pd.DataFrame, rule: str, prefix: str | None = None) -> pd.DataFrame:
    """Give the approvals, scores, dots or votes: one row a ballot, one column an option, NaN where empty."""
    columns = mark_columns(ballots, prefix or rule)
    if not columns and prefix is None and not any(mark_columns(ballots, other) for other in MARKED):
        rest = [column for column in ballots.columns if str(column) not in _LABELS]
        columns = {str(column): column for column in rest if not re.fullmatch("[0-9]+", str(column))}
    if not columns:
        raise KeyError(
            _("There is no column whose name begins with {prefix!r}: this rule reads one column an option.").format(
                prefix=_start(prefix or rule)
            )
        )
    read: dict[str, Any] = {}
    for option, column in columns.items():
        if _all_fit(ballots[column], rule):
            read[option] = ballots[column].to_numpy(dtype=float, na_value=np.nan)
            continue
        read[option] = []
        for at, value in enumerate(ballots[column]):
            if pd.isna(value):
                read[option].append(math.nan)
            elif _fits(value, rule):
                read[option].append(float(value))
            else:
                message = _(
                    "Column {column!r} holds {value} on ballot {ballot}; {rule!r} allows {allowed}. "
                    "Leave out columns that are not options."
                )
                raise ValueError(
                    message.format(
                        column=str(column),
                        value=short(value),
                        ballot=ballot_name(ballots, at),
                        rule=rule,
                        allowed=_(_ALLOWED[rule]),
                    )
                )
    return pd.DataFrame(read, index=ballots.index)


def _start(prefix: str) -> str:
    return prefix if prefix.endswith("_") else f"{prefix}_"


def ballot_name(ballots: pd.DataFrame, at: int) -> str:
    return str(list(ballots.get("ballot_id", ballots.index))[at])


def _positive(value: object) -> bool:
    known = isinstance(value, (int, float, np.integer, np.floating, np.bool_))
    return known and math.isfinite(float(value)) and float(value) >= 0  # type: ignore[arg-type]


def is_whole(value: object) -> bool:
    return _positive(value) and float(value).is_integer()  # type: ignore[arg-type]


def _all_fit(marks: pd.Series[Any], rule: str) -> bool:
    """Tell whether a whole column is sound: numbers only, and each of them allowed or empty."""
    if getattr(marks.dtype, "kind", "O") not in "biuf":
        return False
    numbers = marks.to_numpy(dtype=float, na_value=np.nan)
    numbers = numbers[~np.isnan(numbers)]
    sound = np.isfinite(numbers) & (numbers >= 0)
    if rule != "score":
        sound &= numbers == np.floor(numbers)
    return bool((sound & (numbers <= 1) if rule == "approval" else sound).all())


def _fits(value: object, rule: str) -> bool:
    if rule == "approval":
        return is_whole(value) and float(value) <= 1  # type: ignore[arg-type]
    return _positive(value) if rule == "score" else is_whole(value)
