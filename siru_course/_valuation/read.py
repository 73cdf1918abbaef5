"""Read a value map from an Excel workbook."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from .._arguments import share
from ..language import gettext as _
from .rows import INPUTS, OUTCOMES, read_inputs, read_outcomes
from .words import ALIASES, HEADINGS, INPUT_HEADINGS, RATE, from_cell, own_name, plain, recognised


def read(path: str | os.PathLike[str]) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Read a workbook with a value map: ours, or another with the same headings."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not Path(path).is_file():
        raise ValueError(_("There is no file {file}.").format(file=os.fspath(path)))
    try:
        book, written = load_workbook(path, data_only=True), load_workbook(path)
    except (InvalidFileException, BadZipFile, KeyError, OSError, ValueError) as error:
        message = _("{file} cannot be read as an Excel workbook; save it as .xlsx.")
        raise ValueError(message.format(file=os.fspath(path))) from error
    sheets = [(book[sheet.title], sheet) for sheet in written.worksheets]
    outcomes = _table(sheets, OUTCOMES, {"impact", "present"}, read_outcomes, 4)
    inputs = _table([pair for pair in sheets if pair[0] is not outcomes[1]], INPUTS, set(), read_inputs, 2)
    return outcomes[0], inputs[0], _rate(outcomes[1])


def _table(
    sheets: list[tuple[Any, Any]], columns: tuple[str, ...], calculated: set[str], check: Callable[..., Any], least: int
) -> tuple[pd.DataFrame, Any]:
    """Find the sheet with the columns, and read its rows."""
    found = [
        (len(known), -number, sheet, formulas, known)
        for sheet, formulas in sheets
        for number, row in enumerate(sheet.iter_rows(max_row=30), 1)
        if len(known := _columns(row, columns)) >= least
    ]
    if not found:
        headings = ", ".join(_headings(columns))
        message = _("No sheet has the headings {headings}. Outcomes and inputs stand on a sheet each.")
        raise KeyError(message.format(headings=headings))
    _count, head, sheet, formulas, known = max(found, key=lambda one: one[:2])
    missing = [heading for name, heading in zip(columns, _headings(columns), strict=True) if name not in known]
    if missing:
        message = _("The sheet {sheet} lacks the heading {missing} in row {row}.")
        raise KeyError(message.format(sheet=sheet.title, missing=", ".join(missing), row=-head))
    places = {name: known[name] for name in columns}
    for cell in sheet[-head]:
        # A number as a heading is one of the year columns.
        if cell.column in known.values() or not isinstance(cell.value, str) or not cell.value.strip():
            continue
        heading = from_cell(cell.value)
        own = own_name(heading)
        if own is None and recognised(heading) & calculated:
            continue
        name = heading if own is None else own
        if name in places:
            message = _("The sheet {sheet} has the heading {heading} twice; change one of them.")
            raise ValueError(message.format(sheet=sheet.title, heading=heading))
        places[name] = cell.column
    rows = [
        number
        for number in range(1 - head, sheet.max_row + 1)
        if any(formulas.cell(number, at).value is not None for at in places.values())
    ]

    def place(position: int, column: str) -> str:
        cell = sheet.cell(rows[position], places[column])
        return _("Cell {cell} on the sheet {sheet}").format(cell=cell.coordinate, sheet=sheet.title)

    for position, number in enumerate(rows):
        for name, at in places.items():
            if formulas.cell(number, at).data_type == "f" and sheet.cell(number, at).value is None:
                problem = _("the formula has no result yet; open the workbook in Excel, and save it.")
                message = _("{place}: {problem}").format(place=place(position, name), problem=problem)
                raise ValueError(message)
    table = pd.DataFrame({name: [from_cell(sheet.cell(row, at).value) for row in rows] for name, at in places.items()})
    table.index = pd.RangeIndex(1, len(table) + 1)
    if table.empty:
        raise ValueError(_("The sheet {sheet} has no rows below the headings.").format(sheet=sheet.title))
    check(table, place)
    return table, sheet


def _headings(columns: tuple[str, ...]) -> list[str]:
    return [_(HEADINGS[name][0] if columns == OUTCOMES else INPUT_HEADINGS[name]) for name in columns]


def _columns(row: Any, columns: tuple[str, ...]) -> dict[str, int]:
    """Give where the headings of a row stand; of two that mean the same, the one that says it best."""
    found: dict[str, tuple[int, int]] = {}
    for cell in row:
        if isinstance(cell.value, str):
            for name in recognised(cell.value) & set(columns):
                aliases = [plain(alias) for alias in ALIASES[name]]
                doubt = aliases.index(plain(cell.value)) + 1 if plain(cell.value) in aliases else 0
                found[name] = min(found.get(name, (99, 0)), (doubt, cell.column))
    return {name: column for name, (_doubt, column) in found.items()}


def _rate(sheet: Any) -> float:
    for row in sheet.iter_rows(max_row=30):
        for cell in row:
            if isinstance(cell.value, str) and "rate" in recognised(cell.value):
                beside = sheet.cell(cell.row, cell.column + 1)
                try:
                    return share("rate", beside.value)
                except ValueError as error:
                    place = _("Cell {cell} on the sheet {sheet}").format(cell=beside.coordinate, sheet=sheet.title)
                    raise ValueError(_("{place}: {problem}").format(place=place, problem=error)) from None
    message = _("The sheet {sheet} has no discount rate; write {words} in a cell, and the rate to the right of it.")
    raise KeyError(message.format(sheet=sheet.title, words=_(RATE)))
