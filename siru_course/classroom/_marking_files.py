"""What marking keeps in ``.siru`` in the class directory: nothing in it says whose an answer is."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from siru_course._files import replace_file
from siru_course.language import gettext as _

try:
    import fcntl
except ImportError:  # Windows: there, two who mark at the same moment may lose a draft, never a mark
    fcntl = None  # type: ignore[assignment]

Row = dict[str, str]


class Table:
    """A CSV file of text that several markers change, one at a time.

    Parameters
    ----------
    path
        Where it is, or will be.
    columns
        Its columns.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     table = Table(Path(folder) / "comments.csv", ["comment"])
    ...     table.change(lambda rows: [*rows, {"comment": "Who is “all of us”?"}])
    ...     table.rows()
    [{'comment': 'Who is “all of us”?'}]
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, list(columns)

    def rows(self) -> list[Row]:
        """Give the rows; none if there is no file yet.

        Raises
        ------
        ValueError
            If the file is another table; it is left as it is.
        """
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise ValueError(self._unread()) from error
        rows = csv.DictReader(io.StringIO(text, newline=""))
        if text and not set(self.columns) <= set(rows.fieldnames or []):
            raise ValueError(self._unread())
        return [{column: row[column] or "" for column in self.columns} for row in rows]

    def change(self, change: Callable[[list[Row]], list[Row]]) -> None:
        """Read the rows, change them and write them, while no other marker does.

        Raises
        ------
        ValueError
            If the file is another table, or cannot be written; what was in it is still there.
        """
        with _alone(self.path.parent):
            before = self.rows()
            after = change(list(before))
            if after == before:
                return
            text = io.StringIO()
            writer = csv.DictWriter(text, self.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(after)
            try:
                # The mark at the beginning tells spreadsheets that å, ä and ö are UTF-8.
                replace_file(self.path, text.getvalue().encode("utf-8-sig"))
            except OSError as error:
                message = _("{file} could not be saved: {reason}.")
                raise ValueError(message.format(file=self.path, reason=error.strerror)) from error

    def _unread(self) -> str:
        return _("{file} cannot be read. Move it away, and marking begins a new one.").format(file=self.path)


def seed(folder: Path) -> str:
    """Give what the order of the answers is drawn from; it is made the first time, and the same ever after.

    Raises
    ------
    ValueError
        If it cannot be read or written.
    """
    path = folder / "marking-seed"
    with _alone(folder):
        try:
            if not path.exists():
                replace_file(path, secrets.token_hex(16).encode())
            return path.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise ValueError(_("{file} cannot be read or written.").format(file=path)) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(exist_ok=True)
        lock = (folder / "marking.lock").open("a")
    except OSError as error:
        message = _("{file} could not be saved: {reason}.")
        raise ValueError(message.format(file=folder, reason=error.strerror)) from error
    with lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
