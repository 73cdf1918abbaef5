"""The file of a vote: each ballot is on the disk before it is counted, and nothing that is there is lost."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from io import StringIO
from typing import Any

import pandas as pd

from .._dialogue.ballots import mark_columns, rank_columns, read_ranks
from .._dialogue.result import MARKED
from .._files import replace_file
from ..language import gettext as _
from ._saved import place


class BallotFile:
    """A CSV file with one row a ballot.

    Parameters
    ----------
    path
        Where it is, or will be.

    Raises
    ------
    ValueError
        If the folder does not exist, or the path is a folder.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = place(path)

    @property
    def begun(self) -> bool:
        """Whether there is anything in the file."""
        return self.path.exists() and self.path.stat().st_size > 0

    def read(self) -> tuple[pd.DataFrame, bool]:
        """Give the ballots in the file, and whether its last line was cut off and is left out."""
        try:
            whole, newline, tail = self.path.read_bytes().rpartition(b"\n")
            header, *rows = csv.reader(StringIO((whole + newline).decode("utf-8-sig"), newline=""), strict=True)
            # A line without an end was cut off, unless an editor only left out the end.
            last = next(csv.reader([tail.decode("utf-8", "replace")]), [])
            if len(last) == len(header):
                rows.append(last)
            ballots = pd.DataFrame(rows, columns=header, dtype=object)
            if "1" not in header and not any(_holds_numbers(column) for column in header):
                raise ValueError
            for column in header:
                read = float if _holds_numbers(column) else str
                ballots[column] = pd.Series([read(cell) if cell else None for cell in ballots[column]], dtype=object)
        except (OSError, ValueError, csv.Error) as error:
            message = _("{file} cannot be read as a file of ballots. Choose another name for save_to.")
            raise ValueError(message.format(file=self.path)) from error
        return ballots, bool(tail) and len(last) != len(header)

    def append(self, columns: list[str], ballot: Mapping[str, Any]) -> None:
        """Write one ballot at the end, through to the disk; if that fails, the file is as it was."""
        begun = self.begun
        before = self.path.stat().st_size if begun else 0
        try:
            with self.path.open("ab") as file:
                file.write(_encoded(columns, [ballot], header=not begun))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                os.truncate(self.path, before)
            raise

    def write(self, columns: list[str], ballots: Iterable[Mapping[str, Any]]) -> None:
        """Write all ballots anew; if that is interrupted, the old file is still there."""
        replace_file(self.path, _encoded(columns, ballots, header=True))


def options_of(ballots: pd.DataFrame) -> list[str]:
    """Give the options of the ballots: of the columns in their order, then of the rankings in alphabetical order."""
    marked = [option for rule in MARKED for option in mark_columns(ballots, rule)]
    ranked = sorted({name for names in read_ranks(ballots) for name in names}) if rank_columns(ballots) else []
    return list(dict.fromkeys([*marked, *ranked]))


def _holds_numbers(column: str) -> bool:
    return column == "n" or column.startswith(tuple(f"{rule}_" for rule in MARKED))


def _encoded(columns: list[str], ballots: Iterable[Mapping[str, Any]], header: bool) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(columns)
    writer.writerows([_cell(ballot.get(column)) for column in columns] for ballot in ballots)
    # The mark at the beginning tells spreadsheets that å, ä and ö are UTF-8.
    return text.getvalue().encode("utf-8-sig" if header else "utf-8")


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value
