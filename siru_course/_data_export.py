"""Write case data for other programs: CSV as it is, CSV for a Swedish Excel, and Excel workbooks."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd

from .language import gettext as _

# Kind of file → its ending. A Swedish Excel separates with semicolons and writes decimals with a comma.
KINDS = {"csv": ".csv", "excel-sv": ".sv.csv", "xlsx": ".xlsx"}


def export(name: str, to: Path, kind: str = "csv", labels: str | None = None) -> Path:
    """Write one data set to a file and give its path.

    Parameters
    ----------
    name
        The data set.
    to
        The folder; it is made if it is not there. A file of the same name is replaced as a whole or not at all.
    kind
        ``"csv"``: UTF-8, comma, decimal point. ``"excel-sv"``: as a Swedish Excel opens it by a double click:
        semicolon, decimal comma, UTF-8 with a byte-order mark. ``"xlsx"``: an Excel workbook.
    labels
        ``"en"`` or ``"sv"`` writes words instead of codes.

    Raises
    ------
    ValueError
        If there is no such data set, kind or language.

    Examples
    --------
    >>> import tempfile
    >>> path = export("ballots", Path(tempfile.mkdtemp()), "excel-sv")
    >>> path.name, path.read_text(encoding="utf-8-sig")[:22]
    ('ballots.sv.csv', 'ballot_id;sector;1;2;3')
    """
    from . import data

    if kind not in KINDS:
        raise ValueError(_("kind is {value!r}; choose one of {allowed}.").format(value=kind, allowed=", ".join(KINDS)))
    frame = data.load(name, labels=labels)
    to.mkdir(parents=True, exist_ok=True)
    path = to / f"{name}{KINDS[kind]}"
    handle, draft = tempfile.mkstemp(dir=to, suffix=KINDS[kind])
    os.close(handle)
    try:
        _write(frame, Path(draft), kind, name)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    path.chmod(0o644)
    return path


def _write(frame: pd.DataFrame, path: Path, kind: str, name: str) -> None:
    if kind != "xlsx":
        # As the data package writes them; pandas would begin them with a capital.
        truth = frame.select_dtypes("boolean").columns
        words = {True: "true", False: "false"}
        frame = frame.assign(**{column: frame[column].map(words).astype("string") for column in truth})
    if kind == "csv":
        frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    elif kind == "excel-sv":
        frame.to_csv(path, index=False, sep=";", decimal=",", lineterminator="\r\n", encoding="utf-8-sig")
    else:
        # A sheet's name has room for 31 signs.
        frame.to_excel(path, index=False, sheet_name=name[:31])
