"""Write a value map as an Excel workbook that calculates by itself."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..language import gettext as _
from .rows import INPUTS, OUTCOMES, SHARES, read_outcomes
from .words import HEADINGS, IMPACT, INPUT_HEADINGS, LONGEST_TEXT, PRESENT, RATE, STAGES, into_cell, own_heading

_HEAD, _SUMMARY, _SPARE, _LEAST_YEARS = 14, 3, 500, 10


def write(outcomes: pd.DataFrame, inputs: pd.DataFrame, rate: float, path: str | os.PathLike[str]) -> None:
    """Write the workbook: the map with its formulas on one sheet, the inputs on another."""
    from openpyxl import Workbook

    values, target = read_outcomes(outcomes), Path(path)
    if target.suffix.lower() != ".xlsx":
        raise ValueError(_("path is {value!r}; let the file's name end with .xlsx.").format(value=os.fspath(path)))
    years = max(_LEAST_YEARS, int((values["starts"] + values["duration_years"] - 1).max()))
    book = Workbook()
    sheet, other = book.active, book.create_sheet(_("Inputs"))
    sheet.title = _("Value map")
    own = _own("outcomes", outcomes, OUTCOMES)
    _fill(sheet, _HEAD, outcomes, [*HEADINGS], {name: _(words[0]) for name, words in HEADINGS.items()}, 1)
    _fill(sheet, _HEAD, outcomes, own, {name: own_heading(name) for name in own}, len(HEADINGS) + years + 3)
    own = _own("inputs", inputs, INPUTS)
    names = {name: _(words) for name, words in INPUT_HEADINGS.items()} | {name: own_heading(name) for name in own}
    _fill(other, 1, inputs, [*INPUTS, *own], names, 1)
    _calculate(sheet, other, len(outcomes), years, rate)
    _dress(sheet, other, len(outcomes), years)
    try:
        book.save(target)
    except OSError as error:
        message = _("{file} could not be written: {reason}. If it is open in Excel, close it there, then try again.")
        raise ValueError(message.format(file=target, reason=error.strerror or error)) from error


def _own(name: str, table: pd.DataFrame, known: tuple[str, ...]) -> list[str]:
    own = [column for column in table.columns if column not in known]
    for column in own:
        if not isinstance(column, str) or not column.strip() or own.count(column) > 1:
            message = _("{name} has a column named {column!r}; give each column a name of its own, in letters.")
            raise ValueError(message.format(name=name, column=column))
    return own


def _fill(sheet: Any, head: int, table: pd.DataFrame, columns: list[str], headings: dict[str, str], first: int) -> None:
    for at, column in enumerate(columns, first):
        _put(sheet, head, at, headings[column], f"{column}")
        for row, value in enumerate(table[column], head + 1):
            _put(sheet, row, at, value, f"{column}, {table.index[row - head - 1]}")


def _put(sheet: Any, row: int, column: int, value: Any, place: str) -> None:
    """Write a value; text stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, str):
        text = into_cell(value)
        if len(text) > LONGEST_TEXT:
            message = _("The text in {place} has {n} characters; Excel takes {most} in a cell.")
            raise ValueError(message.format(place=place, n=len(text), most=LONGEST_TEXT))
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in "=+-@"
    elif isinstance(value, (bool, datetime.date)) and not pd.isna(value) and getattr(value, "tzinfo", None) is None:
        cell.value = value
    elif not pd.api.types.is_scalar(value) or (not pd.isna(value) and not _fits(value)):
        message = _("{place} holds {value!r}, which Excel cannot; make it a text or a number.")
        raise ValueError(message.format(place=place, value=value))
    elif not pd.isna(value):
        cell.value = value


def _fits(value: Any) -> bool:
    """Tell whether a value is a number that a spreadsheet keeps: whole ones beyond 2⁵³ it rounds."""
    if isinstance(value, int):
        return abs(value) <= 2**53
    return isinstance(value, float) and abs(value) < 9.99e307


def _calculate(sheet: Any, other: Any, rows: int, years: int, rate: float) -> None:
    """Write the formulas: what each outcome comes to year by year, and the ratio."""
    from openpyxl.utils import get_column_letter as letter

    at = {name: letter(position) for position, name in enumerate(HEADINGS, 1)}
    position = len(HEADINGS) + 1
    impact, first, last, present = (letter(position + add) for add in (0, 1, years, years + 1))
    top, end = _HEAD + 1, _HEAD + rows + _SPARE
    for column, words in ((impact, IMPACT), (present, PRESENT)):
        sheet[f"{column}{_HEAD}"] = _(words)
    for year in range(1, years + 1):
        column = letter(position + year)
        sheet[f"{column}{_HEAD}"] = year
        sheet[f"{column}{_HEAD - 4}"] = f"=SUM({column}{top}:{column}{end})"
        sheet[f"{column}{_HEAD - 3}"] = f"={column}{_HEAD - 4}/(1+$B${_SUMMARY})^{column}${_HEAD}"
        for row in range(top, top + rows):
            begin, duration = f"${at['starts']}{row}", f"${at['duration_years']}{row}"
            # The first year stands apart, as Excel cannot raise 0 to 0 when all drops off.
            sheet[f"{column}{row}"] = (
                f"=IF({column}${_HEAD}={begin},${impact}{row},IF(AND({column}${_HEAD}>{begin},"
                f"{column}${_HEAD}<{begin}+{duration}),"
                f"${impact}{row}*(1-${at['drop_off']}{row})^({column}${_HEAD}-{begin}),0))"
            )
    for row in range(top, top + rows):
        kept = "".join(f"*(1-{at[name]}{row})" for name in SHARES[:3])
        sheet[f"{impact}{row}"] = f"={at['quantity']}{row}*{at['proxy']}{row}{kept}"
        discounted = f"{first}{row}:{last}{row}/(1+$B${_SUMMARY})^{first}${_HEAD}:{last}${_HEAD}"
        sheet[f"{present}{row}"] = f"=SUMPRODUCT({discounted})"
    sheet[f"{impact}{_HEAD - 4}"] = _("Total of the year")
    sheet[f"{impact}{_HEAD - 3}"] = _("Present value of the year")
    late = _("Some outcomes last longer than the year columns: copy the last of them to the right.").replace('"', '""')
    spans = f"{at['starts']}{top}:{at['starts']}{end}+{at['duration_years']}{top}:{at['duration_years']}{end}"
    summary = [
        (_(RATE), rate),
        (_("Value of the inputs"), f"=SUM('{other.title}'!C2:C{1 + _SPARE + other.max_row})"),
        (_("Present value of the outcomes"), f"=SUM({present}{top}:{present}{end})"),
        (_("Net present value"), "=B5-B4"),
        (_("Ratio"), '=IF(B4>0,B5/B4,"")'),
        (_("Net ratio"), '=IF(B4>0,B6/B4,"")'),
        (_("Break-even factor"), '=IF(B5>0,B4/B5,"")'),
        ("", f'=IF(SUMPRODUCT(({spans}-1>{last}{_HEAD})*1)>0,"{late}","")'),
    ]
    for row, (words, value) in enumerate(summary, _SUMMARY):
        sheet.cell(row, 1, words or None)
        sheet.cell(row, 2, value)


def _dress(sheet: Any, other: Any, rows: int, years: int) -> None:
    """Make the workbook easy to fill in: colours, questions, formats, and limits on what a cell takes."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter as letter
    from openpyxl.worksheet.datavalidation import DataValidation

    bold, to_fill = Font(bold=True), PatternFill("solid", fgColor="FFF4D6")
    wrapped = Alignment(wrap_text=True, vertical="top")
    sheet["A1"], sheet["A1"].font = _("Value map"), Font(bold=True, size=16)
    sheet["A2"] = _(
        "Change the yellow cells; the sheet calculates the rest. For a new row, copy the formulas downwards."
    )
    for name, words in STAGES.items():
        sheet.cell(_HEAD - 2, list(HEADINGS).index(name) + 1, _(words)).font = bold
    sheet.cell(_HEAD - 2, len(HEADINGS) + 2, _("Stage 5: calculation, year by year")).font = bold
    top, end, impact = _HEAD + 1, _HEAD + rows + _SPARE, len(HEADINGS) + 1
    for position, (name, (_words, question)) in enumerate(HEADINGS.items(), 1):
        sheet.cell(_HEAD - 1, position, _(question)).alignment = wrapped
        sheet.column_dimensions[letter(position)].width = {"stakeholder": 32, "outcome": 44}.get(name, 15)
        for row in range(top, top + rows):
            cell = sheet.cell(row, position)
            cell.fill = to_fill
            cell.number_format = "0.0%" if name in SHARES else "#,##0" if name == "proxy" else "General"
            if name in ("stakeholder", "outcome"):
                cell.alignment = wrapped
    for position in range(impact, impact + years + 2):
        sheet.column_dimensions[letter(position)].width = 15
        for row in (_HEAD - 4, _HEAD - 3, *range(top, top + rows)):
            sheet.cell(row, position).number_format = "#,##0"
    year_word = _("Year")
    for position in range(impact + 1, impact + years + 1):
        sheet.cell(_HEAD, position).number_format = f'"{year_word}" 0'
    for head in (*sheet[_HEAD], *other[1]):
        head.font, head.alignment = bold, wrapped
    sheet["B3"].number_format, sheet["B3"].fill = "0.0%", to_fill
    for row, form in ((4, "#,##0"), (5, "#,##0"), (6, "#,##0"), (7, "0.00"), (8, "0.00"), (9, "0.00")):
        sheet.cell(row, 1).font, sheet.cell(row, 2).number_format = bold, form
    sheet.freeze_panes = sheet.cell(top, 3)
    for column, width in (("A", 32), ("B", 60), ("C", 16)):
        other.column_dimensions[column].width = width
    for row in range(2, other.max_row + 1):
        other.cell(row, 3).number_format = "#,##0"
    other.freeze_panes = "A2"
    for page in (sheet, other):
        page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
    limits = {
        "decimal": (0, 1, _("Write a share from 0 % to 100 %."), [*SHARES]),
        "whole": (
            1,
            years,
            _("Write a whole number of years, 1–{most}.").format(most=years),
            ["duration_years", "starts"],
        ),
    }
    for kind, (least, most, message, names) in limits.items():
        limit = DataValidation(type=kind, operator="between", formula1=str(least), formula2=str(most), error=message)
        limit.showErrorMessage = True
        for name in names:
            column = letter(list(HEADINGS).index(name) + 1)
            limit.add(f"{column}{top}:{column}{end}")
        if kind == "decimal":
            limit.add("B3")
        sheet.add_data_validation(limit)
