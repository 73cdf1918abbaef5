"""How results show themselves: as text when printed, as tables with captions and headings in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from .language import number

# A caption, the headings, and the rows; the first cell of a row is its heading.
Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]


class Result:
    """A small result that can be read: a class gives its tables and notes, and this shows them.

    The words are chosen when the result is shown, in the language in use then.

    Examples
    --------
    >>> class Mean(Result):
    ...     def tables(self):
    ...         return [("Speaking time", ["Sector", "Seconds"], [["civil", "95"], ["public", "240"]])]
    ...     def notes(self):
    ...         return ["Left out: 1."]
    >>> print(Mean())
    Speaking time
    Sector  Seconds
    civil        95
    public      240
    Left out: 1.
    """

    def tables(self) -> list[Table]:
        """Give what to show as tables."""
        raise NotImplementedError

    def notes(self) -> list[str]:
        """Give what to say below the tables: what was left out, how to read it."""
        return []

    def __str__(self) -> str:
        return "\n".join([*(text_table(*table) for table in self.tables()), *self.notes()])

    def _repr_html_(self) -> str:
        tables = "".join(html_table(*table) for table in self.tables())
        return tables + "".join(f"<p>{escape(note)}</p>" for note in self.notes())


def text_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as text: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [caption]
    for row in [head, *rows] if any(head) else rows:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def html_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table that a screen reader can follow: a caption, and headings with their scope.

    Headings that are all empty are left out: a table of two columns, name and value, needs none.
    """
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    top = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption>{top}<tbody>{body}</tbody></table>"


def written(value: Any, decimals: int = 2) -> str:
    """Write a cell: whole numbers without decimals, others rounded, and nothing for what is missing.

    Examples
    --------
    >>> written(12.0), written(0.25), written("civil"), written(None)
    ('12', '0.25', 'civil', '')
    """
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    return number(value, 0 if float(value).is_integer() else decimals)
