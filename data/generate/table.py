"""Tables as lists of rows, written the same on every machine."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

Row = Mapping[str, str | int]
Table = list[Row]


def write(table: Table, path: Path) -> None:
    """Write `table` as CSV: UTF-8, commas, one line feed a row whatever the system's habit."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
