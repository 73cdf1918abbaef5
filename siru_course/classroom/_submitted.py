"""How a submission gets into a class directory: whole or not at all, and without losing an earlier one."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from siru_course._files import replace_file
from siru_course.language import gettext as _

from ._lms import is_clutter

OURS = ".siru"
TIMESTAMP = "timestamp.txt"


def store(folder: Path, student: str, assignment: str, files: Mapping[str, bytes], time: datetime | None) -> str:
    """Put a submission in ``submitted``, and keep the one it replaces; whatever happens, one of them is there.

    Parameters
    ----------
    folder
        The class directory.
    student, assignment
        Whose, and of what.
    files
        The files by their path, without a timestamp.
    time
        When it was handed in, in UTC; ``None`` when nobody knows.

    Returns
    -------
    str
        ``"new"``, ``"newer"``, ``"unchanged"``, or ``"older"`` than what is there, which then stays.
    """
    place = folder / "submitted" / student / assignment
    is_there = place.is_dir() and any(place.iterdir())
    if is_there:
        before = _time_of(place)
        if _files_of(place) == dict(files):
            return "unchanged"
        if time and before and time < before:
            return "older"
    ready = folder / OURS / "collecting" / student / assignment
    stamp = {TIMESTAMP: f"{time:%Y-%m-%d %H:%M:%S.%f} UTC".encode()} if time else {}
    # Once it stands under this name it is whole: `finish` puts it in its place if this process ends before that.
    _write(ready, {**files, **stamp}, time)
    kept = _kept(folder, place)
    try:
        if is_there:
            kept.parent.mkdir(parents=True, exist_ok=True)
            place.rename(kept)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(ready, place)
    except BaseException:
        if is_there and not place.exists():
            kept.rename(place)
        shutil.rmtree(ready, ignore_errors=True)
        raise
    return "newer" if is_there else "new"


def finish(folder: Path) -> None:
    """Put in its place what an interrupted run had ready; the rest of what it left is thrown away."""
    waiting = folder / OURS / "collecting"
    for ready in sorted(waiting.glob("*/*")):
        place = folder / "submitted" / ready.parent.name / ready.name
        if not ready.name.endswith(".part") and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(ready, place)
    shutil.rmtree(waiting, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second run out of a class directory while this one writes to it.

    Raises
    ------
    ValueError
        If another one is running.
    """
    ours = folder / OURS
    ours.mkdir(mode=0o700, exist_ok=True)  # other people's work: nobody else's to read
    with (ours / "collect.lock").open("w") as lock:
        with suppress(ImportError):  # Windows has no such locks
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ValueError(
                    _("Submissions are being collected in {folder} already. Wait until that is done.").format(
                        folder=folder
                    )
                ) from error
        yield


def set_aside(folder: Path, assignment: str, label: str, files: Mapping[str, bytes], time: datetime | None) -> Path:
    """Keep a submission of nobody in the class, where the teacher can find it; gives the folder."""
    place = aside(folder, assignment, label)
    shutil.rmtree(place, ignore_errors=True)
    _write(place, files, time)
    return place


def aside(folder: Path, assignment: str, label: str) -> Path:
    """Give the folder where a submission of nobody is kept."""
    safe = re.sub(r"[^\w .@+-]", "_", unicodedata.normalize("NFC", label)).strip(". ")[:100] or "_"
    return folder / OURS / "unmatched" / assignment / safe


def _write(place: Path, files: Mapping[str, bytes], time: datetime | None) -> None:
    """Write a folder under another name, with the files' time, and give it its own when it is whole."""
    draft = place.with_name(place.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        for name, content in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content)
            if time:
                seconds = time.replace(tzinfo=UTC).timestamp()
                os.utime(path, (seconds, seconds))
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _kept(folder: Path, place: Path) -> Path:
    """Give a new folder for the submission that is there, among those that were replaced."""
    when = _time_of(place) or datetime.now()
    kept = folder / OURS / "replaced" / place.parent.name / place.name / f"{when:%Y-%m-%dT%H%M%S}"
    number = 1
    while kept.exists():
        number += 1
        kept = kept.with_name(f"{when:%Y-%m-%dT%H%M%S}-{number}")
    return kept


def _time_of(place: Path) -> datetime | None:
    from nbgrader.utils import parse_utc

    try:
        time: datetime = parse_utc((place / TIMESTAMP).read_text(encoding="utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None
    return time


def _files_of(place: Path) -> dict[str, bytes]:
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and path.name != TIMESTAMP and not is_clutter(path.relative_to(place).parts)
    }
