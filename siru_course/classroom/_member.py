"""A file that somebody else made, in a folder or a zip, looked at without trusting any of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from siru_course.language import gettext as _
from siru_course.language import mark

LINK = mark("{name} is a link. Hand in the file itself.")
DEVICE = mark("{name} is not a file.")
OUTSIDE = mark("{name} leads out of its folder. Pack the files again, from inside their folder.")
NAME = mark("{name} has a name with characters that cannot be shown. Rename it.")
LARGE = mark("{name} is larger than {n} MB. Clear the output of the notebook and hand in again.")
_DEEP = 20


@dataclass(frozen=True)
class Limits:
    """How much is accepted.

    Parameters
    ----------
    members
        Files in the whole source, or in one zip.
    files
        Files in one submission.
    file, total
        Bytes of one file, and of one submission.
    ratio
        How many times its packed size a file over a megabyte may have.
    """

    members: int = 20_000
    files: int = 200
    file: int = 10 * 2**20
    total: int = 50 * 2**20
    ratio: int = 100


@dataclass(frozen=True)
class Member:
    """A file in a folder or a zip: its path in parts, when it was written (UTC), and why it is refused, if it is."""

    path: tuple[str, ...]
    size: int
    time: datetime | None
    problem: str
    read: Callable[[], bytes]


def checked_path(raw: str) -> tuple[tuple[str, ...], str]:
    """Part a member's path, and say what is wrong with it; nothing when nothing is."""
    name = unicodedata.normalize("NFC", raw).replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in name):
        return parts or ("?",), _(NAME).format(name=shown(parts))
    drive = len(name) > 1 and name[1] == ":" and name[0].isascii() and name[0].isalpha()
    if not parts or name.startswith("/") or drive or ".." in parts:
        return parts or ("?",), _(OUTSIDE).format(name=shown((name,)))
    if len(parts) > _DEEP or any(len(part.encode()) > 255 for part in parts):
        return parts, _(OUTSIDE).format(name=shown((name,)))
    return parts, ""


def shown(path: tuple[str, ...]) -> str:
    """Write a path so that it can be shown in a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in "/".join(path))[:120]


def too_large(path: tuple[str, ...], size: int, limits: Limits) -> str:
    """Say that a file is too large; nothing when it is not."""
    if size <= limits.file:
        return ""
    return _(LARGE).format(name=shown(path), n=limits.file // 2**20)


def instant(seconds: float) -> datetime | None:
    """Give a moment in UTC; nothing where a file has an impossible one."""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
