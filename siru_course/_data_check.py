"""Compares the CSV files of a folder with their description in ``datapackage.json``."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .language import gettext as _

_DESCRIPTION = "datapackage.json"
_FORMS = {
    "string": r".*",
    "integer": r"[+-]?\d+",
    "number": r"[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?",
    "boolean": r"true|True|TRUE|1|false|False|FALSE|0",
}
_Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Problem:
    """Something in a data file, or in its description, that is not as it should be.

    Examples
    --------
    >>> from siru_course import use_language
    >>> use_language("en")
    >>> print(Problem("ballots.csv", 12, "score_A", "9 is more than the most allowed, 5."))
    ballots.csv, row 12, column score_A: 9 is more than the most allowed, 5.
    """

    file: str
    row: int | None
    """The row as a spreadsheet counts it: the heading is row 1."""
    column: str | None
    message: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(_("row {row}").format(row=self.row))
        if self.column is not None:
            where.append(_("column {column}").format(column=self.column))
        return f"{', '.join(where)}: {self.message}"


def check_folder(folder: Path) -> list[Problem]:
    """Find what differs between the CSV files of `folder` and its ``datapackage.json``.

    Examples
    --------
    >>> from siru_course import data
    >>> check_folder(data.folder())
    []
    """
    try:
        resources = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))["resources"]
    except json.JSONDecodeError as error:
        return [Problem(_DESCRIPTION, error.lineno, None, _("The file is not valid JSON."))]
    problems: list[Problem] = []
    tables = {item["name"]: _columns(folder, item, problems) for item in resources}
    for item in resources:
        problems += _undescribed(item)
        problems += _values(item, tables[item["name"]])
        problems += _totals(item, tables[item["name"]])
        problems += _foreign_keys(item, tables, {other["name"]: other["path"] for other in resources})
    strangers = {path.name for path in folder.glob("*.csv")} - {item["path"] for item in resources}
    problems += [
        Problem(name, None, None, _("The file is not described in datapackage.json.")) for name in sorted(strangers)
    ]
    return problems


def _columns(folder: Path, item: dict[str, Any], problems: list[Problem]) -> dict[str, list[str]]:
    """Read a file into column → cells, and report what is wrong with its shape."""
    file = item["path"]

    def report(message: str, row: int | None = None, column: str | None = None) -> None:
        problems.append(Problem(file, row, column, message))

    try:
        with (folder / file).open(encoding="utf-8", newline="") as stream:
            heading, *rows = [*csv.reader(stream)] or [[]]
    except FileNotFoundError:
        report(_("The file is missing."))
        return {}
    except UnicodeDecodeError:
        report(_("The file is not UTF-8 text; save it again as CSV UTF-8."))
        return {}
    described = [field["name"] for field in item["schema"]["fields"]]
    for name in dict.fromkeys(heading):
        if heading.count(name) > 1:
            report(_("The column stands more than once in the heading."), 1, name)
        if name not in described:
            report(_("The column is in the file but not described in datapackage.json."), 1, name)
    for name in described:
        if name not in heading:
            report(_("The column is described in datapackage.json but missing from the file."), 1, name)
    if sorted(heading) == sorted(described) and heading != described:
        report(_("The columns stand in another order than in datapackage.json."), 1)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(heading):
            message = _("The row has {found} cells; the heading has {expected}.")
            report(message.format(found=len(row), expected=len(heading)), number)
    return {name: [row[place] if place < len(row) else "" for row in rows] for place, name in enumerate(heading)}


def _undescribed(item: dict[str, Any]) -> Iterator[Problem]:
    """Find words that are missing in one of the languages, and types that no reader knows."""
    name = item["name"]
    parts = [(name, item, ["title", "description", "method"])]
    parts += [(f"{name}, sources", source, ["title"]) for source in item.get("sources", [])]
    for field in item["schema"]["fields"]:
        keys = ["title", "description", *(["unit"] if "unit" in field else [])]
        parts.append((f"{name}, {field['name']}", field, keys))
        parts += [
            (f"{name}, {field['name']}, {category['value']}", category, ["label"])
            for category in field.get("categories", [])
        ]
        if field["type"] not in _FORMS:
            message = _("{value!r} is not allowed; choose one of {allowed}.")
            allowed = ", ".join(_FORMS)
            yield Problem(_DESCRIPTION, None, field["name"], message.format(value=field["type"], allowed=allowed))
    missing = [(name, key) for key in ("licenses", "sources", "synthetic") if key not in item]
    for part, described, keys in parts:
        missing += [
            (part, key) for word in keys for key in (word, f"{word}_sv") if not str(described.get(key, "")).strip()
        ]
    for part, key in missing:
        yield Problem(_DESCRIPTION, None, None, _("{part} has no {key}.").format(part=part, key=key))


def _values(item: dict[str, Any], table: dict[str, list[str]]) -> Iterator[Problem]:
    for field in item["schema"]["fields"]:
        name = field["name"]
        for row, value in enumerate(table.get(name, []), start=2):
            message = _wrong(value, field)
            if message:
                yield Problem(item["path"], row, name, message)
        if field.get("constraints", {}).get("unique"):
            yield from _repeated(item["path"], [name], table)
    key = item["schema"].get("primaryKey", [])
    if len(key) > 1 or not any(
        field["name"] in key and field.get("constraints", {}).get("unique") for field in item["schema"]["fields"]
    ):
        yield from _repeated(item["path"], key, table)


def _wrong(value: str, field: dict[str, Any]) -> str | None:
    """Say what is wrong with one cell, or nothing."""
    limits = field.get("constraints", {})
    if value == "":
        return _("The cell is empty, and a value is required.") if limits.get("required") else None
    if not re.fullmatch(_FORMS.get(field["type"], ".*"), value, re.DOTALL):
        return _("{value!r} is not of the type {type}.").format(value=value, type=field["type"])
    allowed = limits.get("enum", [category["value"] for category in field.get("categories", [])])
    if allowed and value not in map(str, allowed):
        message = _("{value!r} is not allowed; choose one of {allowed}.")
        return message.format(value=value, allowed=", ".join(map(str, allowed)))
    if "minimum" in limits and float(value) < limits["minimum"]:
        message = _("{value} is less than the least allowed, {limit}.")
        return message.format(value=value, limit=limits["minimum"])
    if "maximum" in limits and float(value) > limits["maximum"]:
        message = _("{value} is more than the most allowed, {limit}.")
        return message.format(value=value, limit=limits["maximum"])
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        message = _("{value!r} does not have the form {pattern}.")
        return message.format(value=value, pattern=limits["pattern"])
    return None


def _repeated(file: str, key: list[str], table: dict[str, list[str]]) -> Iterator[Problem]:
    """Find rows whose values in the columns of `key` have stood before."""
    if not key or not set(key) <= set(table):
        return
    first: dict[tuple[str, ...], int] = {}
    for row, values in enumerate(zip(*(table[name] for name in key), strict=True), start=2):
        if "" in values:
            continue
        if values in first:
            message = _("{value} stands in row {row} already, and may stand only once.")
            value = ", ".join(map(repr, values))
            yield Problem(file, row, ", ".join(key), message.format(value=value, row=first[values]))
        first.setdefault(values, row)


def _foreign_keys(
    item: dict[str, Any], tables: dict[str, dict[str, list[str]]], paths: dict[str, str]
) -> Iterator[Problem]:
    for key in item["schema"].get("foreignKeys", []):
        # An empty name of a resource is how the standard writes "this one".
        target = key["reference"]["resource"] or item["name"]
        there = key["reference"]["fields"]
        known = set(zip(*(tables[target].get(name, []) for name in there), strict=False))
        here = [tables[item["name"]].get(name, []) for name in key["fields"]]
        for row, values in enumerate(zip(*here, strict=False), start=2):
            if "" not in values and values not in known:
                message = _("{value} is not found in column {column} of {file}.")
                value, column = ", ".join(map(repr, values)), ", ".join(there)
                message = message.format(value=value, column=column, file=paths[target])
                yield Problem(item["path"], row, ", ".join(key["fields"]), message)


def _totals(item: dict[str, Any], table: dict[str, list[str]]) -> Iterator[Problem]:
    """Compare what a set's rows and columns add up to with what is known: published figures, mostly."""
    for known in item.get("totals", []):
        where = known.get("where", {})
        chosen = [
            row
            for row in zip(*table.values(), strict=False)
            if all(dict(zip(table, row, strict=False)).get(column) == value for column, value in where.items())
        ]
        if "sum" in known:
            place = list(table).index(known["sum"]) if known["sum"] in table else None
            total = (
                sum(int(row[place]) for row in chosen if row[place].lstrip("-").isdigit()) if place is not None else 0
            )
            if total != known["equals"]:
                message = _("The column adds up to {total}; it must be {wanted}.")
                yield Problem(item["path"], None, known["sum"], message.format(total=total, wanted=known["equals"]))
            continue
        exact, least = known.get("rows"), known.get("at_least")
        if (exact is not None and len(chosen) != exact) or (least is not None and len(chosen) < least):
            which = ", ".join(f"{column} = {value}" for column, value in where.items())
            message = (
                _("There are {n} rows ({which}); there must be {wanted}.")
                if where
                else _("There are {n} rows; there must be {wanted}.")
            )
            wanted = str(exact) if exact is not None else f"≥ {least}"
            yield Problem(item["path"], None, None, message.format(n=len(chosen), which=which, wanted=wanted))
