"""Files that are either the old ones or the whole new ones, and paths as one types them."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file anew, through to the disk; if that fails, the old file is still there and nothing beside it.

    Raises
    ------
    OSError
        If it cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "note.txt"
    ...     replace_file(path, b"old")
    ...     replace_file(path, b"new")
    ...     path.read_text(), len(list(Path(folder).iterdir()))
    ('new', 1)
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


def typed(path: Path) -> str:
    """Write a path as it is typed in a terminal, with quotes where it needs them.

    Examples
    --------
    >>> typed(Path("my class")), typed(Path("class"))
    ("'my class'", 'class')
    """
    return shlex.quote(str(path))
