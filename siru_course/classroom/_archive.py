"""What lies in a folder or a zip that somebody else made; nothing is unpacked, and no link is followed."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from siru_course.language import gettext as _
from siru_course.language import mark

from ._member import DEVICE, LINK, Limits, Member, checked_path, instant, shown, too_large
from ._zip import zipped

_UNREADABLE = mark("{name} cannot be read: {why}.")


@contextmanager
def opened(source: Path, limits: Limits) -> Iterator[list[Member]]:
    """Open a folder or a zip and give its members; they can be read until it is closed.

    Raises
    ------
    ValueError
        If it is neither, cannot be read, or has too many members.
    """
    if source.is_dir():
        yield list(_walk(source, limits))
        return
    if not source.is_file():
        raise ValueError(_("There is no folder or zip {path}.").format(path=source))
    with source.open("rb") as file:
        yield zipped(file, source.name, limits, limits.members)


def _walk(root: Path, limits: Limits) -> Iterator[Member]:
    folders: list[tuple[str, ...]] = [()]
    count = 0
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(root.joinpath(*folder)), key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise
            problem = _(_UNREADABLE).format(name=shown(folder), why=error.strerror)
            yield Member(folder, 0, None, problem, bytes)
            continue
        for entry in entries:
            count += 1
            if count > limits.members:
                raise ValueError(
                    _("{name} has more than {n} files. Pack only the files of the exercise.").format(
                        name=root, n=limits.members
                    )
                )
            real = (*folder, entry.name)
            path, problem = checked_path("/".join(real))
            info = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(info.st_mode) and not problem:
                folders.append(real)
                continue
            if stat.S_ISLNK(info.st_mode):
                problem = _(LINK).format(name=shown(path))
            elif not stat.S_ISREG(info.st_mode):
                problem = problem or _(DEVICE).format(name=shown(path))
            problem = problem or too_large(path, info.st_size, limits)
            yield Member(path, info.st_size, instant(info.st_mtime), problem, partial(_read, root, real, limits))


def _read(root: Path, path: tuple[str, ...], limits: Limits) -> bytes:
    """Read a file of which no part of the path may have become a link since it was looked at."""
    no_follow = getattr(os, "O_NOFOLLOW", 0)
    name = shown(path)
    try:
        if no_follow:
            place = os.open(root, os.O_RDONLY)
            for step, part in enumerate(path, start=1):
                kind = os.O_NONBLOCK if step == len(path) else os.O_DIRECTORY
                try:
                    deeper = os.open(part, os.O_RDONLY | no_follow | kind, dir_fd=place)
                finally:
                    os.close(place)
                place = deeper
        else:
            place = os.open(root.joinpath(*path), os.O_RDONLY | getattr(os, "O_BINARY", 0))
        with io.FileIO(place) as file:
            if not stat.S_ISREG(os.fstat(place).st_mode):
                raise ValueError(_(DEVICE).format(name=name))
            content = file.read(limits.file + 1)
    except OSError as error:
        raise ValueError(_(_UNREADABLE).format(name=name, why=error.strerror)) from error
    if problem := too_large(path, len(content), limits):
        raise ValueError(problem)
    return content
