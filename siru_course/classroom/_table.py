"""Tables as learning platforms and spreadsheets export them: any of the usual encodings, separators and headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from siru_course.language import gettext as _

from ._people import fold

# A class of ten thousand takes about two megabytes.
LARGEST = 20 * 2**20
_HEADING_ROWS = 20
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Row:
    """A row below the headings: its number in the file, the cells by column, and what is wrong with its form."""

    number: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A table that was read: the known columns by the name given to them, every heading, and the rows."""

    columns: dict[str, int]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, known: Mapping[str, tuple[str, ...]]) -> Table:
    """Read a table whose headings are known.

    Parameters
    ----------
    path
        A file of text, parted by comma, semicolon or tab.
    known
        The name of each column, and the headings it may have, folded (small letters, no accents).

    Raises
    ------
    ValueError
        If it is no such file, or has none of the headings in its first rows.
    """
    text = _text(path)
    tables, broken = [], False
    for separator in ",;\t":
        try:
            tables += _parse(text, separator, known)
        except csv.Error:
            broken = True
    if not tables and broken:
        raise ValueError(_("{file} has a quotation mark that is not closed. Export the list again.").format(file=path))
    if not tables:
        raise ValueError(
            _(
                "{file} has no headings that are known. The first row must name the columns, for example: "
                "id,first_name,last_name,email"
            ).format(file=path)
        )
    return max(tables, key=lambda table: len(table.columns))


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(_("There is no file {file}.").format(file=path))
    if path.stat().st_size > LARGEST:
        raise ValueError(_("{file} is too large to be a list of students.").format(file=path))
    content = path.read_bytes()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValueError(_("{file} is a spreadsheet. Save it as CSV and try again.").format(file=path))
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NEVER.search(text):
            return text
    raise ValueError(_("{file} is not text. Export the list as CSV, in UTF-8, and try again.").format(file=path))


def _encodings(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if content[1:2] == b"\0":  # text of this kind begins with a letter that UTF-16 writes with a zero beside it
        return ["utf-16-le"]
    if content[:1] == b"\0":
        return ["utf-16-be"]
    return ["utf-8-sig", "cp1252"]


def _parse(text: str, separator: str, known: Mapping[str, tuple[str, ...]]) -> list[Table]:
    rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), start=1))
    for place, (_number, cells) in enumerate(rows[:_HEADING_ROWS]):
        columns = _columns(cells, known)
        if columns:
            headings = tuple(cell.strip() for cell in cells)
            return [Table(columns, headings, tuple(_rows(rows[place + 1 :], columns, len(cells))))]
    return []


def _columns(cells: list[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    folded = [fold(cell) for cell in cells]
    found = {name: folded.index(word) for name, words in known.items() for word in reversed(words) if word in folded}
    # One word may stand in a sentence above the table; headings are at least two cells.
    return found if len(cells) > 1 else {}


def _rows(rows: list[tuple[int, list[str]]], columns: Mapping[str, int], width: int) -> Iterator[Row]:
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        problem = ""
        if any(cell.strip() for cell in cells[width:]):
            problem = _("it has {n} cells, but there are {width} headings").format(n=len(cells), width=width)
        padded = [*cells, *[""] * width]
        yield Row(number, {name: " ".join(padded[place].split()) for name, place in columns.items()}, problem)
