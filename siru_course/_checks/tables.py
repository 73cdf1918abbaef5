"""How a table is compared with the one that is expected: row by row, whatever the order and the kinds of number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import pandas as pd

from ..language import gettext as _
from ..language import ngettext
from .answers import Unreadable, is_missing, plain, short, unanswered
from .compare import Outcome, allowed_error


@dataclass(frozen=True)
class _Lined:
    """Two tables with row labels of one kind, how the learner wrote them, and whether columns come in order."""

    got: pd.DataFrame
    want: pd.DataFrame
    written: dict[str, str] = field(default_factory=dict)
    same_columns: bool = True


def table(answer: Any, expected: Any, tolerance: float | None, ordered: bool, extra: bool) -> Outcome:
    """Compare a table; what is met is the share of the columns that are right."""
    target, given = read_table(expected), read_table(answer)
    if target.size and all(is_missing(cell) for cell in given.to_numpy().flat):
        raise Unreadable(unanswered() if given.size else _("This table is empty."))
    lined = _line_up(given, target, ordered, by_position=not _has_columns(expected))
    got, want = lined.got, lined.want
    if repeated := got.columns[got.columns.duplicated()].tolist():
        raise Unreadable(_("Column `{column}` is there more than once.").format(column=short(repeated[0])))
    lacking = [name for name in want.columns if name not in got.columns]
    if lacking and not _has_columns(expected):
        raise Unreadable(_("One column of values is needed; your table has {n}.").format(n=got.shape[1]))
    surplus = [] if extra else [name for name in got.columns if name not in want.columns]
    wrong_rows = _about_rows(lined)
    if ordered and not wrong_rows and not lacking:
        if list(got.index) != list(want.index):
            return Outcome(0.0, "", _("The rows are the right ones, but not in the order asked for."))
        if not lined.same_columns or [name for name in got.columns if name in want.columns] != list(want.columns):
            return Outcome(0.0, "", _("The columns are the right ones, but not in the order asked for."))
    todo = [_("Column `{column}` is missing.").format(column=short(name)) for name in lacking]
    todo += [_("Column `{column}` is not asked for.").format(column=short(name)) for name in surplus]
    todo += wrong_rows
    right = 0
    for name in want.columns.difference(lacking, sort=False):
        differing = _differing(got[name], want[name], tolerance)
        right += not wrong_rows and not differing
        if differing:
            todo.append(_about_values(name, differing, lined))
    # Labels alone are what is asked for when the expected table has no other column.
    share = right / (want.shape[1] + len(surplus)) if want.shape[1] else float(not todo)
    return Outcome(share, "", " ".join(todo[:3]))


def read_table(value: Any) -> pd.DataFrame:
    """Read a table from the ways to write one: a frame, a series, a mapping, a list or an array."""
    try:
        if isinstance(value, Mapping) and not _has_columns(value):
            # Whole-number keys are labels, unlike the numbers pandas gives to rows.
            labels = pd.Index(list(value), dtype=object)
            frame = pd.Series(list(value.values()), index=labels, dtype=object).to_frame()
        elif isinstance(value, pd.Series):
            frame = value.to_frame()
        elif isinstance(value, (pd.DataFrame, Mapping)) or len(getattr(value, "shape", ())) in (1, 2):
            frame = pd.DataFrame(value)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            frame = pd.DataFrame(list(value))
        else:
            raise Unreadable(_("This is not a table."))
    except (ValueError, TypeError):
        raise Unreadable(_("This cannot be read as a table.")) from None
    return frame.set_axis(_names(frame.columns), axis=1)


def _has_columns(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(cells, (list, tuple, Mapping)) or hasattr(cells, "shape") for cells in value.values())
    return isinstance(value, pd.DataFrame)


def _names(columns: pd.Index[Any]) -> pd.Index[Any]:
    return pd.Index([str(column).strip() for column in columns], dtype=object)


def _levels(frame: pd.DataFrame) -> list[str]:
    return [str(name).strip() for name in frame.index.names if name is not None]


def _has_labels(frame: pd.DataFrame) -> bool:
    """Tell whether the index says something that the order of the rows does not."""
    return bool(_levels(frame)) or not pd.api.types.is_integer_dtype(frame.index.dtype)


def _line_up(got: pd.DataFrame, want: pd.DataFrame, ordered: bool, by_position: bool) -> _Lined:
    """Give the rows of both tables labels that tell which row is which."""
    if _has_labels(want) and want.index.is_unique:
        got = _one_name(_labels_from_columns(got, want), want)
        if not _has_labels(got) and set(map(plain, got.index)) != set(map(plain, want.index)):
            # These labels are not the learner's own, so no message may show them.
            return replace(_labelled(_labels_by_position(got, want), want), written={})
        return _labelled(got, want)
    want, got = _columns_from_labels(want, _levels(want)), _columns_from_labels(got, list(want.columns))
    got = _one_name(got, want)
    if by_position:
        same = sorted(map(plain, got.index)) == sorted(map(plain, want.index))
        return _labelled(got if same else got.reset_index(drop=True), want)
    key = _key(want)
    if key and all(list(got.columns).count(name) == 1 for name in key):
        # As labels, the columns of the key lose their place among the columns.
        same = [name for name in got.columns if name in want.columns] == list(want.columns)
        return replace(_labelled(got.set_index(key), want.set_index(key)), same_columns=same)
    if ordered:
        return _labelled(got.reset_index(drop=True), want.reset_index(drop=True))
    return _Lined(_sorted(got, want), _sorted(want, want))


def _one_name(got: pd.DataFrame, want: pd.DataFrame) -> pd.DataFrame:
    """Let a table with one column call it anything."""
    return got.set_axis(want.columns, axis=1) if got.shape[1] == want.shape[1] == 1 else got


def _columns_from_labels(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    levels = [
        level
        for level in frame.index.names
        if level is not None and str(level).strip() in names and str(level).strip() not in frame.columns
    ]
    if not levels:
        return frame
    frame = frame.reset_index(levels)
    return frame.set_axis(_names(frame.columns), axis=1)


def _labels_from_columns(got: pd.DataFrame, want: pd.DataFrame) -> pd.DataFrame:
    levels = _levels(want)
    if levels and all(list(got.columns).count(name) == 1 for name in levels):
        return got.set_index(levels)
    if isinstance(got.index, pd.MultiIndex) and len(levels) > 1 and sorted(_levels(got)) == sorted(levels):
        return got.reorder_levels([_levels(got).index(name) for name in levels])
    if not _has_labels(got) and got.shape[1] == want.shape[1] + 1:
        labels = {plain(label) for label in want.index}
        for name in got.columns[~got.columns.duplicated(keep=False)]:
            if {plain(cell) for cell in got[name]} == labels:
                return got.set_index(name)
    return got


def _labels_by_position(got: pd.DataFrame, want: pd.DataFrame) -> pd.DataFrame:
    """Let a plain list of values have the expected labels; a table of several columns must say its own."""
    if got.shape[1] == want.shape[1] == 1:
        if len(got) != len(want):
            raise Unreadable(_("The number of values is not the right one: you have {n}.").format(n=len(got)))
        return got.set_axis(want.index, axis=0)
    if lacking := [name for name in _levels(want) if name not in got.columns]:
        raise Unreadable(_("Column `{column}` is missing.").format(column=short(lacking[0])))
    return got


def _key(want: pd.DataFrame) -> list[str]:
    """Find the columns that tell the rows apart: words before whole numbers, never decimals."""
    words = [name for name in want.columns if not pd.api.types.is_numeric_dtype(want[name])]
    whole = [name for name in want.columns if pd.api.types.is_integer_dtype(want[name])]
    for names in [*([name] for name in words), words, *([name] for name in whole), words + whole]:
        if names and not want[names].isna().any(axis=None) and not want[names].map(plain).duplicated().any():
            return names
    return []


def _labelled(got: pd.DataFrame, want: pd.DataFrame) -> _Lined:
    written = {
        plain(label): ", ".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in got.index
    }
    index = [pd.Index([plain(label) for label in frame.index], dtype=object) for frame in (got, want)]
    return _Lined(got.set_axis(index[0], axis=0), want.set_axis(index[1], axis=0), written)


def _sorted(frame: pd.DataFrame, want: pd.DataFrame) -> pd.DataFrame:
    """Put rows that nothing tells apart in one order, decimals last as they may differ a little."""
    floats = {name for name in want.columns if pd.api.types.is_float_dtype(want[name])}
    by = sorted(
        (name for name in want.columns if list(frame.columns).count(name) == 1), key=lambda name: name in floats
    )
    rows = [[_sort_key(cell) for cell in row] for row in frame[by].itertuples(index=False)]
    return frame.iloc[sorted(range(len(frame)), key=rows.__getitem__)].reset_index(drop=True)


def _sort_key(cell: Any) -> tuple[bool, float, str]:
    if is_missing(cell):
        return (True, 0.0, "")
    return (False, float(cell), "") if isinstance(cell, Real) else (False, 0.0, plain(cell))


def _about_rows(lined: _Lined) -> list[str]:
    got, want = lined.got.index, lined.want.index
    todo = []
    if not got.is_unique:
        label = got[got.duplicated()][0]
        todo.append(_("Row `{row}` is there more than once.").format(row=short(lined.written.get(label, label))))
    # Which rows are missing is not said: their labels may be what is asked for.
    if missing := len(want.difference(got)):
        todo.append(ngettext("{n} row is missing.", "{n} rows are missing.", missing).format(n=missing))
    if surplus := [label for label in got if label not in want]:
        n = len(surplus)
        todo.append(ngettext("{n} row is not asked for.", "{n} rows are not asked for.", n).format(n=n))
        todo[-1] += _where(surplus[0], lined)
    return todo


def _where(label: Any, lined: _Lined) -> str:
    # Rows that nothing tells apart have been sorted, so their numbers are not the learner's.
    return " " + _("See row `{row}`.").format(row=short(lined.written[label])) if label in lined.written else ""


def _differing(got: pd.Series[Any], want: pd.Series[Any], tolerance: float | None) -> list[Any]:
    cells = dict(zip(got.index, got.tolist(), strict=True))
    return [
        label
        for label, expected in zip(want.index, want.tolist(), strict=True)
        if label in cells and not _same_cell(cells[label], expected, tolerance)
    ]


def _same_cell(cell: Any, expected: Any, tolerance: float | None) -> bool:
    if is_missing(cell) or is_missing(expected):
        return is_missing(cell) and is_missing(expected)
    if plain(cell) == plain(expected):
        return True
    if isinstance(cell, str) and isinstance(expected, str):
        return False
    try:
        return abs(float(cell) - float(expected)) <= allowed_error(expected, tolerance)
    except (TypeError, ValueError):
        return False


def _about_values(column: str, differing: list[Any], lined: _Lined) -> str:
    n, total = len(differing), len(lined.want)
    if lined.want.shape[1] == 1:
        said = ngettext("{n} of {total} values differs.", "{n} of {total} values differ.", n)
    else:
        said = ngettext(
            "{n} of {total} rows differs in column `{column}`.", "{n} of {total} rows differ in column `{column}`.", n
        )
    return said.format(n=n, total=total, column=short(column)) + _where(differing[0], lined)
