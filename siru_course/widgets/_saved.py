"""What a tool saves: a plain CSV file that is whole on the disk after every change."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pandas as pd

from .._files import replace_file
from ..language import gettext as _


def place(save_to: str | os.PathLike[str]) -> Path:
    """Check where to save.

    Raises
    ------
    ValueError
        If the folder does not exist, or the path is a folder.
    """
    # Absolute, for the notebook may change its working folder while the tool is open.
    path = Path(os.path.abspath(save_to))
    if not path.parent.is_dir() or path.is_dir():
        message = _("save_to is {value!r}; give the name of a file in a folder that exists.")
        raise ValueError(message.format(value=os.fspath(save_to)))
    return path


class SavedTable:
    """A tool's table as a CSV file.

    Parameters
    ----------
    save_to
        Where it is, or will be.
    columns
        The columns that the table must have.

    Raises
    ------
    ValueError
        If the folder does not exist, or the path is a folder.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     saved = SavedTable(f"{folder}/talk.csv", ["name", "seconds"])
    ...     saved.write(pd.DataFrame({"name": ["Åsa"], "seconds": [95]}))
    ...     saved.read().iloc[0].tolist()
    ['Åsa', '95']
    """

    def __init__(self, save_to: str | os.PathLike[str], columns: Sequence[str]) -> None:
        self.path, self.columns = place(save_to), list(columns)
        self._known: bytes | None = None
        self._beside: Path | None = None

    @property
    def begun(self) -> bool:
        """Whether there is anything in the file."""
        return self.path.exists() and self.path.stat().st_size > 0

    def read(self) -> pd.DataFrame:
        """Give the table with every cell as text, ``""`` where empty.

        Raises
        ------
        ValueError
            If the file is not such a table; it is left as it is.
        """
        try:
            content = self.path.read_bytes()
            table = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise ValueError(self._unread()) from error
        if missing := [column for column in self.columns if column not in table]:
            raise ValueError(self._unread() + " " + _("Missing columns: {names}.").format(names=", ".join(missing)))
        self._known = content
        return table

    def write(self, table: pd.DataFrame) -> None:
        """Save the table in place of what this tool has read or written before.

        If somebody else has changed the file meanwhile, the same tool in another window perhaps, their file is left
        as it is and the table is saved beside it.

        Raises
        ------
        ValueError
            If the file has been changed by somebody else, or it cannot be written; what was in it is still there.
        """
        # The mark at the beginning tells spreadsheets that å, ä and ö are UTF-8.
        content = table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
        try:
            changed = self.begun and self.path.read_bytes() != self._known
            if changed and self._beside is None:
                self._beside = self._free()
            replace_file(self._beside if changed and self._beside else self.path, content)
        except OSError as error:
            message = _("{file} could not be saved: {reason}. What you entered is still in the tool.")
            raise ValueError(message.format(file=self.path, reason=error.strerror)) from error
        if changed:
            message = _(
                "{file} has been changed elsewhere, perhaps by this tool in another window. What you entered here is "
                "saved in {beside}. To go on from the first file, open the tool again."
            )
            raise ValueError(message.format(file=self.path, beside=self._beside))
        self._known = content

    def _free(self) -> Path:
        places = (self.path.with_stem(f"{self.path.stem}-{number}") for number in itertools.count(2))
        return next(place for place in places if not place.exists())

    def _unread(self) -> str:
        message = _("{file} cannot be read as this tool's table. Choose another name for save_to.")
        return message.format(file=self.path)
