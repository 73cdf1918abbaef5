"""What a submission must be before nbgrader sees it: plain files of a bounded size, and notebooks that can be read."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from siru_course.language import gettext as _
from siru_course.language import number

NOTEBOOK_BYTES = 10 << 20
ALL_BYTES = 64 << 20
FILES = 500
DEPTH = 50
"""How deep lists and objects may lie in one another in a notebook; real ones stay below twenty."""

# Half of a sign that needs two, as cutting through an emoji leaves it: it cannot be written to any file.
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")
_LEFT_ALONE = {".ipynb_checkpoints", "__pycache__", ".git"}


class RefusedError(ValueError):
    """A submission that is not graded: what is wrong with it, and what to do."""


@dataclass
class Submission:
    """What was handed in, read once: the notebooks that are graded, and the other files by their path."""

    notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def fingerprint(folder: Path) -> str:
    """Give a digest of all files of a submission; links are not followed, and large files count by size and time."""
    digest = hashlib.sha256()
    for path, state in sorted(_walk(folder)):
        digest.update(os.fsencode(path.relative_to(folder)))
        digest.update(f"\0{stat.S_IFMT(state.st_mode)}\0{state.st_size}\0".encode())
        if not stat.S_ISREG(state.st_mode) or state.st_size > ALL_BYTES:
            digest.update(str(state.st_mtime_ns).encode())
        else:
            digest.update(_read(path))
    return digest.hexdigest()


def read_submission(folder: Path, notebooks: Iterable[str]) -> Submission:
    """Read a submission.

    Parameters
    ----------
    folder
        The student's folder of the assignment.
    notebooks
        The names of the notebooks that are graded, without ``.ipynb``.

    Raises
    ------
    RefusedError
        If there is a link, a device, too much, no notebook, or one that cannot be read as a notebook.
    """
    for place in (folder, folder.parent):
        if place.is_symlink():
            raise RefusedError(_("{file} is a link. Put a copy of the file itself in its place.").format(file=place))
    paths = list(_walk(folder)) if folder.is_dir() else [(folder, folder.lstat())]
    _demand_plain(paths)
    submission = Submission()
    for path, _state in paths:
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb":
            continue
        if readable(name) == name:
            submission.files[name] = _read(path)
        else:
            submission.notes.append(_("{file} was left out: its name is not in UTF-8.").format(file=readable(name)))
    missing = []
    for name in notebooks:
        path = folder / f"{name}.ipynb"
        if not path.is_file():
            missing.append(path)
            continue
        submission.notebooks[name] = read_notebook(path)
    if missing and not submission.notebooks:
        raise RefusedError(
            _("There is no {file}. Ask for it, or rename the notebook that is there.").format(file=missing[0])
        )
    submission.notes += [_("There is no {file}: its tasks got no points.").format(file=path.name) for path in missing]
    if "timestamp.txt" in submission.files:
        _demand_time(folder / "timestamp.txt", submission.files["timestamp.txt"])
    return submission


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook of format 4 as plain JSON.

    Raises
    ------
    RefusedError
        If it is none; the sentence says what it is instead.
    """
    try:
        text = _read(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(_("{file} is not a text in UTF-8. Ask for a new copy.").format(file=path)) from None
    try:
        book = json.loads(text)
        if _HALVES.search(text):
            book = json.loads(json.dumps(book, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise RefusedError(_("{file} cannot be read as a notebook. Ask for a new copy.").format(file=path)) from None
    if _deeper_than(book, DEPTH):
        raise RefusedError(_("{file} cannot be read as a notebook. Ask for a new copy.").format(file=path))
    if isinstance(book, dict) and book.get("nbformat") in (1, 2, 3):
        raise RefusedError(
            _(
                "{file} has the notebook format {version}, which is too old. Open it in Jupyter, save it, and put "
                "that in its place."
            ).format(file=path, version=book["nbformat"])
        )
    if not isinstance(book, dict) or book.get("nbformat") != 4 or not isinstance(book.get("cells"), list):
        raise RefusedError(_("{file} cannot be read as a notebook. Ask for a new copy.").format(file=path))
    return book


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Go through everything in a folder but folders, and follow no link."""
    waiting = [folder] if folder.is_dir() and not folder.is_symlink() else []
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name in _LEFT_ALONE:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                else:
                    yield Path(entry.path), entry.stat(follow_symlinks=False)


def _demand_plain(paths: list[tuple[Path, os.stat_result]]) -> None:
    for path, state in paths:
        if stat.S_ISLNK(state.st_mode) or state.st_nlink > 1:
            raise RefusedError(_("{file} is a link. Put a copy of the file itself in its place.").format(file=path))
        if not stat.S_ISREG(state.st_mode):
            raise RefusedError(
                _("{file} is not a plain file. Remove it, and look at who put it there.").format(file=path)
            )
        if path.suffix == ".ipynb" and state.st_size > NOTEBOOK_BYTES:
            raise RefusedError(
                _("{file} is {size} MB; {most} MB are read. Open it, clear all outputs, and save it.").format(
                    file=path, size=number(state.st_size / 2**20, 0), most=number(NOTEBOOK_BYTES / 2**20, 0)
                )
            )
    if len(paths) > FILES or sum(state.st_size for _path, state in paths) > ALL_BYTES:
        raise RefusedError(
            _(
                "The submission has {n} files of {size} MB in all; {files} files and {most} MB are read. "
                "Remove what the exercise does not need."
            ).format(
                n=number(len(paths), 0),
                size=number(sum(state.st_size for _path, state in paths) / 2**20, 0),
                files=number(FILES, 0),
                most=number(ALL_BYTES / 2**20, 0),
            )
        )


def _demand_time(path: Path, content: bytes) -> None:
    from nbgrader.utils import parse_utc

    try:
        text = content.decode("utf-8").strip()
        if text:
            parse_utc(text)
    except (ValueError, OverflowError, TypeError, AttributeError):
        raise RefusedError(
            _("{file} holds no time. Write when the work was handed in, like 2026-03-31 12:00:00 UTC.").format(
                file=path
            )
        ) from None


def readable(name: str) -> str:
    """Write a question mark for each byte of a name that is no text."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _deeper_than(value: Any, most: int) -> bool:
    level = [value]
    for _depth in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _read(path: Path) -> bytes:
    """Read a file that must be a plain one at the moment it is opened."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(file, "rb") as stream:
        return stream.read(ALL_BYTES + 1)
