"""CSV that opens well in a spreadsheet, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence


def table(rows: Sequence[Sequence[object]], delimiter: str = ",", comma: bool = False, mark: bool = True) -> bytes:
    """Write rows as CSV that opens well in a spreadsheet, and in which no text is run as a formula.

    Parameters
    ----------
    rows
        The rows, the heading first.
    delimiter, comma
        What parts the columns, and whether numbers have a decimal comma.
    mark
        Whether the file begins with a byte order mark, by which Excel knows UTF-8.
    """
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows(
        [_plain(cell, comma) for cell in row] for row in rows
    )
    return file.getvalue().encode("utf-8-sig" if mark else "utf-8")


def _plain(cell: object, comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, (int, float)):
        text = f"{cell:.6f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if comma else text
    return harmless(str(cell))


def harmless(text: str) -> str:
    """Write text so that no spreadsheet takes it for a formula: an apostrophe goes before ``=``, ``+``, ``-``, ``@``.

    Examples
    --------
    >>> harmless("=cmd()"), harmless("Ada")
    ("'=cmd()", 'Ada')

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
    """
    # Excel also takes the wide forms of these signs for a formula, and looks past spaces.
    risky = text.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    return f"'{text}" if risky else text
