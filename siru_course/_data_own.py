"""Data sets of a class's own: files beside a notebook, which knows each of them by a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from .language import gettext as _

FOLDER = "siru-data"
"""The folder beside a notebook in which the data of its class lie."""


def digest(content: bytes) -> str:
    """Give the digest by which a notebook knows a file: sixteen hexadecimal digits.

    Examples
    --------
    >>> digest(b"")
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(content).hexdigest()[:16]


def read(folder: Path, digests: Mapping[str, str]) -> dict[str, bytes]:
    """Read the files of data sets; other files in the folder do not matter.

    Parameters
    ----------
    folder
        Where they lie, as ``ballots.csv`` for the data set ``ballots``.
    digests
        The digest of each data set.

    Raises
    ------
    ValueError
        If one is missing or another than was handed out.
    """
    files = {}
    for name, expected in digests.items():
        path = folder / f"{name}.csv"
        content = path.read_bytes() if path.is_file() else b""
        if digest(content) != expected:
            raise ValueError(
                _(
                    "{file} is missing, or is not as it was handed out. Unpack what you were given again, elsewhere, "
                    "and copy your answers into that."
                ).format(file=path)
            )
        files[name] = content
    return files
