"""The files in a zip that somebody else made: read one at a time, and never more of one than the limits say."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from siru_course.language import gettext as _
from siru_course.language import mark

from ._member import DEVICE, LINK, Limits, Member, checked_path, instant, shown, too_large

_TWICE = mark("{name} is there twice. Pack the files again.")
_LOCKED = mark("{name} has a password. Pack the files again without one.")
_OVERLAP = mark("{name} shares its place in the zip with another file. Pack the files again.")
_METHOD = mark("{name} is packed in an unusual way. Pack the files again as an ordinary zip.")
_EXPLODES = mark("{name} swells to more than {n} times its packed size. Hand in the file as it is.")
_MOST_NAME = 512  # bytes that a member's entry in a zip may take, name and all, on average


def zipped(file: BinaryIO, name: str, limits: Limits, most: int) -> list[Member]:
    """Give the members of a zip.

    Raises
    ------
    ValueError
        If it is no zip, is damaged, or has more than `most` members.
    """
    too_many = _("{name} has more than {n} files. Pack only the files of the exercise.").format(name=name, n=most)
    # The list of members is read whole, so its length is looked at first.
    if _length_of_list(file) > most * _MOST_NAME:
        raise ValueError(too_many)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, EOFError) as error:
        raise ValueError(
            _("{name} is not a zip, or it is damaged. Fetch or pack it again.").format(name=name)
        ) from error
    infos = archive.infolist()
    if len(infos) > most:
        raise ValueError(too_many)
    shared = _overlapping(infos, archive.start_dir)
    members = [_packed(archive, info, info.header_offset in shared, limits) for info in infos]
    # An entry for a folder says nothing, unless there is something wrong with it.
    members = [one for one, info in zip(members, infos, strict=True) if one.problem or info.filename[-1:] != "/"]
    counts = Counter(_same(member.path) for member in members)
    return [
        replace(member, problem=_(_TWICE).format(name=shown(member.path)))
        if counts[_same(member.path)] > 1 and not member.problem
        else member
        for member in members
    ]


def _length_of_list(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2**16 - 22))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    length = int.from_bytes(tail[place + 12 : place + 16], "little") if place >= 0 else 0
    return 0 if length == 0xFFFFFFFF else min(length, size)


def _overlapping(infos: list[zipfile.ZipInfo], end: int) -> set[int]:
    """Find members whose packed bytes reach into the next: how a small zip is made to unpack into a huge one."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    nexts = [info.header_offset for info in ordered[1:]] + [end]
    return {
        offset
        for info, following in zip(ordered, nexts, strict=True)
        if info.header_offset + 30 + info.compress_size > following
        for offset in (info.header_offset, following)
    }


def _packed(archive: zipfile.ZipFile, info: zipfile.ZipInfo, overlaps: bool, limits: Limits) -> Member:
    raw = info.orig_filename
    if not info.flag_bits & 0x800:
        try:  # macOS writes UTF-8 without saying so
            raw = raw.encode("cp437").decode("utf-8")
        except UnicodeError:
            raw = info.orig_filename
    path, problem = checked_path(raw)
    kind = stat.S_IFMT(info.external_attr >> 16)
    larger = info.file_size > 2**20 and info.file_size > limits.ratio * max(1, info.compress_size)
    checks = (
        (stat.S_ISLNK(kind), LINK),
        (kind not in (0, stat.S_IFREG, stat.S_IFDIR), DEVICE),
        (info.flag_bits & 0x41, _LOCKED),
        (info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), _METHOD),
        (overlaps, _OVERLAP),
        (larger, _EXPLODES),
    )
    for is_so, sentence in checks:
        if is_so and not problem:
            problem = _(sentence).format(name=shown(path), n=limits.ratio)
    problem = problem or too_large(path, info.file_size, limits)
    return Member(path, info.file_size, _zip_time(info), problem, partial(_unpack, archive, info, path, limits))


def _same(path: tuple[str, ...]) -> str:
    return "/".join(path).casefold()


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: tuple[str, ...], limits: Limits) -> bytes:
    try:
        with archive.open(info) as file:
            content = file.read(limits.file + 1)
            if len(content) <= limits.file:
                file.read(1)  # at the end the checksum is compared
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, struct.error) as error:
        raise ValueError(_("{name} is damaged. Hand it in again.").format(name=shown(path))) from error
    if problem := too_large(path, len(content), limits):
        raise ValueError(problem)
    return content


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """Give when a member was written; the zip says it in local time, unless it has the field that says UTC."""
    extra = info.extra
    while len(extra) >= 9:
        tag, length = struct.unpack("<HH", extra[:4])
        if tag == 0x5455 and length >= 5 and extra[4] & 1:
            return instant(int.from_bytes(extra[5:9], "little"))
        extra = extra[4 + length :]
    if info.date_time[0] <= 1980:  # how a zip without times says it
        return None
    try:
        return datetime(*info.date_time).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
