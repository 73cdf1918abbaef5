"""Submissions from folders, platforms and the exchange; hostile ones are refused, and nothing is ever lost."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siru_course import classroom
from siru_course.classroom import _submitted
from siru_course.classroom.collect import Collected, Limits, collect
from siru_course.classroom.roster import roster

NAME = "05-dialogue"
LIST = """\
id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@example.org,101
asa,Åsa,Berg,asa@example.org,102
asa2,Asa,Berg,asa2@example.org,103
bo,Bo,Ek,bo.ek@example.org,
cim1,Cim,Alm,cim1@example.org,104
cim2,Cim,Alm,cim2@example.org,105
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collect")
    classroom.new(folder / "class", "en", ["dialogue"])
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    roster(folder / "class", folder / "list.csv")
    return folder / "class"


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "class"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "from").mkdir()
    return tmp_path / "from"


def work(words: str = "") -> bytes:
    """Write a notebook of the assignment, with an answer in it."""
    book = json.loads((classroom.EXERCISES / "en" / NAME / "dialogue.ipynb").read_bytes())
    book["cells"][-1]["source"] = words
    return json.dumps(book).encode()


def put(folder: Path, name: str, content: bytes, time: str = "2026-03-01 12:00") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    seconds = datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def pack(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def by_student(told: list[Collected]) -> dict[str, str]:
    return {one.student: one.state for one in told}


def handed(room: Path, student: str) -> bytes:
    return (room / "submitted" / student / NAME / "dialogue.ipynb").read_bytes()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shape(path: Path, files: dict[str, bytes], *, as_zip: bool) -> Path:
    if as_zip:
        return pack(path.with_suffix(".zip"), files)
    for name, content in files.items():
        put(path, name, content)
    return path


@pytest.mark.parametrize("as_zip", [True, False], ids=["zip", "unpacked"])
class TestLayouts:
    def test_canvas(self, room: Path, source: Path, as_zip: bool) -> None:
        files = {
            "lovelaceada_101_9001_dialogue.ipynb": work("first"),
            "lovelaceada_101_9005_dialogue-1.ipynb": work("second"),
            "bergasa_LATE_102_9002_dialogue-2.ipynb": work("late"),
            "ekbo_777_9003_dialogue.ipynb": work("by name"),
            "almcim_888_9004_dialogue.ipynb": work("a number that is nobody's"),
        }
        told = {one.student: one for one in collect(room, "dialogue", shape(source / "canvas", files, as_zip=as_zip))}
        assert {name: one.state for name, one in told.items()} == {
            "ada": "new",
            "asa": "new",
            "bo": "new",
            "almcim_888": "refused",
        }
        assert handed(room, "ada") == work("second")
        assert handed(room, "asa") == work("late")
        assert told["asa"].note == (
            "dialogue-2.ipynb was renamed to dialogue.ipynb. The platform has marked it as late."
        )
        assert "dialogue-1.ipynb was renamed" in told["ada"].note

    def test_moodle(self, room: Path, source: Path, as_zip: bool) -> None:
        files = {
            "Ada Lovelace_1234567_assignsubmission_file_/dialogue.ipynb": work("Ada's"),
            "Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html": b"<p>Hello</p>",
            "Åsa Berg_1234568_assignsubmission_file_/dialogue.ipynb": work("Åsa's"),
            "Asa Berg_1234569_assignsubmission_file_dialogue.ipynb": work("Asa's"),
            "Cim Alm_1234570_assignsubmission_file_/dialogue.ipynb": work("one of two"),
            "Ek Bo_1234571_assignsubmission_file_/05-dialogue/dialogue.ipynb": work("Bo's"),
        }
        told = collect(room, "dialogue", shape(source / "moodle", files, as_zip=as_zip))
        assert by_student(told) == {
            "ada": "new",
            "asa": "new",
            "asa2": "new",
            "bo": "new",
            "Cim Alm_1234570": "refused",
        }
        assert [handed(room, name) for name in ("ada", "asa", "asa2", "bo")] == [
            work(words) for words in ("Ada's", "Åsa's", "Asa's", "Bo's")
        ]
        assert "cim1, cim2" in told[-1].problem
        assert (room / ".siru" / "unmatched" / NAME / "Cim Alm_1234570" / "dialogue.ipynb").read_bytes() == work(
            "one of two"
        )

    def test_a_folder_or_a_file_a_student(self, room: Path, source: Path, as_zip: bool) -> None:
        files = {
            "all/ada/dialogue.ipynb": work("a folder"),
            "all/asa/05-dialogue/dialogue.ipynb": work("two folders"),
            "all/bo.ek@example.org.ipynb": work("an address"),
            "all/104_dialogue.ipynb": work("a number"),
            "all/.DS_Store": b"clutter",
            "__MACOSX/all/._ada": b"clutter",
        }
        told = collect(room, "dialogue", shape(source / "plain", files, as_zip=as_zip))
        assert by_student(told) == {"ada": "new", "asa": "new", "bo": "new", "cim1": "new"}
        assert handed(room, "cim1") == work("a number")
        assert sorted(path.name for path in (room / "submitted" / "ada" / NAME).iterdir()) == [
            "dialogue.ipynb",
            "timestamp.txt",
        ]

    def test_the_zip_of_a_student(self, room: Path, source: Path, as_zip: bool) -> None:
        inner = packed({"05-dialogue/dialogue.ipynb": work("packed"), "05-dialogue/README.txt": b"read me"})
        told = collect(
            room, "dialogue", shape(source / "nested", {"lovelaceada_101_9001_work.zip": inner}, as_zip=as_zip)
        )
        assert by_student(told) == {"ada": "new"}
        assert handed(room, "ada") == work("packed")
        assert (room / "submitted" / "ada" / NAME / "README.txt").read_bytes() == b"read me"


@pytest.mark.parametrize("depth", ["", "inbound", "siru/inbound"])
def test_nbgrader_s_exchange(room: Path, source: Path, depth: str) -> None:
    inbound = source / depth
    for name, words in {
        f"ada+{NAME}+2026-03-01 10:00:00.000000 UTC+abc": "early",
        f"ada+{NAME}+2026-03-02 10:00:00.000000 UTC+def": "last",
        f"bo+{NAME}+2026-03-01 11:00:00.500000 UTC": "without a random word",
        "ada+06-other+2026-03-03 10:00:00.000000 UTC+ghi": "another exercise",
        f"zelda+{NAME}+2026-03-01 10:00:00.000000 UTC+jkl": "unknown",
    }.items():
        put(inbound, f"{name}/dialogue.ipynb", work(words))
        put(inbound, f"{name}/timestamp.txt", b"1999-01-01 00:00:00 UTC")
        put(inbound, f"{name}/submission_secret.txt", b"secret")
    told = collect(room, "dialogue", source)
    assert [one.state for one in told] == ["new", "new", "refused"]
    assert handed(room, "ada") == work("last")
    place = room / "submitted" / "ada" / NAME
    assert (place / "timestamp.txt").read_text() == "2026-03-02 10:00:00.000000 UTC"
    assert (place / "submission_secret.txt").read_text() == "secret"  # feedback through the exchange needs it


def test_stock_nbgrader_reads_the_time(room: Path, source: Path) -> None:
    from nbgrader.coursedir import CourseDirectory

    put(source, "ada/dialogue.ipynb", work(), "2026-03-01 12:30")
    put(source, "ada/timestamp.txt", b"1999-01-01 00:00:00 UTC", "2026-03-01 12:00")
    (told,) = collect(room, "dialogue", source)
    assert told.timestamp == datetime(2026, 3, 1, 12, 30)  # a student's own timestamp is worth nothing
    read = CourseDirectory(root=str(room)).get_existing_timestamp(str(room / "submitted" / "ada" / NAME))
    assert read == told.timestamp


def test_new_unchanged_newer_older(room: Path, source: Path) -> None:
    put(source, "ada/dialogue.ipynb", work("first"), "2026-03-01 12:00")
    assert by_student(collect(room, "dialogue", source)) == {"ada": "new"}
    assert by_student(collect(room, "dialogue", source)) == {"ada": "unchanged"}
    put(source, "ada/dialogue.ipynb", work("second"), "2026-03-02 12:00")
    assert by_student(collect(room, "dialogue", source)) == {"ada": "newer"}
    assert handed(room, "ada") == work("second")
    kept = room / ".siru" / "replaced" / "ada" / NAME / "2026-03-01T120000"
    assert (kept / "dialogue.ipynb").read_bytes() == work("first")
    put(source, "ada/dialogue.ipynb", work("third"), "2026-02-01 12:00")
    assert by_student(collect(room, "dialogue", source)) == {"ada": "older"}
    assert handed(room, "ada") == work("second")


def test_who_is_unknown_is_put_aside_and_taken_when_renamed(room: Path, source: Path) -> None:
    put(source, "zelda/dialogue.ipynb", work("whose?"), "2026-03-01 12:00")
    (told,) = collect(room, "dialogue", source)
    aside = room / ".siru" / "unmatched" / NAME
    assert told.state == "refused"
    assert str(aside / "zelda") in told.problem
    assert not (room / "submitted" / "zelda").exists()
    (aside / "zelda").rename(aside / "bo")
    (told,) = collect(room, "dialogue", aside)
    assert (told.student, told.state, told.timestamp) == ("bo", "new", datetime(2026, 3, 1, 12, 0))
    assert list(aside.iterdir()) == []


@pytest.mark.parametrize("name", ["dialogue (1).ipynb", "dialogue-1.ipynb", "Dialogue.ipynb", "my work.ipynb"])
def test_a_notebook_under_another_name_is_renamed_and_that_is_said(room: Path, source: Path, name: str) -> None:
    put(source, f"ada/{name}", work())
    (told,) = collect(room, "dialogue", source)
    assert (told.state, told.note) == ("new", f"{name} was renamed to dialogue.ipynb.")
    assert [path.name for path in (room / "submitted" / "ada" / NAME).glob("*.ipynb")] == ["dialogue.ipynb"]


def test_a_notebook_beside_the_right_one_is_left_out(room: Path, source: Path) -> None:
    put(source, "ada/dialogue.ipynb", work("right"))
    put(source, "ada/notes.ipynb", work("notes"))
    (told,) = collect(room, "dialogue", source)
    assert told.note == "notes.ipynb was left out: it is not a notebook of this exercise."
    assert handed(room, "ada") == work("right")


@pytest.mark.parametrize("names", [["pandas.py", "run.exe"], ["05-dialogue/essay.docx"]])
def test_a_file_of_a_kind_that_is_not_handed_in_is_left_out_and_told(
    room: Path, source: Path, names: list[str]
) -> None:
    put(source, "ada/05-dialogue/dialogue.ipynb", work())
    for name in names:
        put(source, f"ada/{name}", b"x")
    (told,) = collect(room, "dialogue", source)
    assert told.state == "new"
    assert "Left out, as files of that kind are not handed in: " in told.note
    assert all(name.rpartition("/")[2] in told.note for name in names)
    assert sorted(path.name for path in (room / "submitted" / "ada" / NAME).iterdir()) == [
        "dialogue.ipynb",
        "timestamp.txt",
    ]


@pytest.mark.slow
def test_the_zip_that_was_handed_out_can_be_handed_in(tmp_path: Path) -> None:
    room = classroom.new(tmp_path / "class", "sv", ["dialogue"], seed=7).folder
    made = classroom.handout(room, "dialogue")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    roster(room, tmp_path / "list.csv")
    files = {"lovelaceada_101_9001_05-dialogue.zip": made.archive.read_bytes()}
    (told,) = collect(room, "dialogue", pack(tmp_path / "canvas.zip", files))
    assert (told.student, told.state, told.note) == ("ada", "new", "")
    place = room / "submitted" / "ada" / NAME
    assert (place / "siru-data" / "ballots.csv").read_bytes() == (made.folder / "siru-data/ballots.csv").read_bytes()
    assert not (place / "README.html").exists()


def test_who_wrote_in_the_platform_s_own_page_is_told_and_not_passed_over(room: Path, source: Path) -> None:
    put(source, "canvas/lovelaceada_LATE_101_text.html", b"<p>Hello</p>")
    put(source, "canvas/bergasa_102_link.html", b"<p>Hello</p>")
    put(source, "moodle/Bo Ek_7_assignsubmission_onlinetext/onlinetext.html", b"<p>Hello</p>")
    told = [*collect(room, "dialogue", source / "canvas"), *collect(room, "dialogue", source / "moodle")]
    assert by_student(told) == {"ada": "refused", "asa": "refused", "bo": "refused"}
    assert all("There is no dialogue.ipynb" in one.problem for one in told)


def test_a_source_with_nothing_in_it_or_with_the_class_itself_is_told(room: Path, source: Path) -> None:
    before = everything(room.parent)
    for place, why in [
        (source, "nothing of 05-dialogue"),
        (room, "The class directory itself"),
        (room.parent, "itself"),
    ]:
        with pytest.raises(ValueError, match=why):
            collect(room, "dialogue", place)
    after = everything(room.parent)
    assert {name for name in after if before.get(name) != after[name]} <= {"class/.siru/collect.lock"}


def test_what_is_nobody_s_notebook_is_not_put_aside(room: Path, source: Path) -> None:
    put(source, "programs/run.exe", b"MZ")
    put(source, "notes.txt", b"notes")
    told = collect(room, "dialogue", source)
    assert by_student(told) == {"programs": "refused", "notes": "refused"}
    assert not (room / ".siru" / "unmatched").exists()


OTHER = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"other.ipynb": OTHER}, "not the notebook of this exercise, dialogue.ipynb"),
        ({"dialogue-1.ipynb": b"[" * 100_000}, "not the notebook of this exercise"),
        ({"a.ipynb": OTHER, "b.ipynb": OTHER}, "it cannot be told which is dialogue.ipynb"),
        ({"dialogue.csv": b"a,b"}, "There is no dialogue.ipynb"),
        ({"dialogue.docx": b"PK"}, "There is no dialogue.ipynb"),
        ({"dialogue.ipynb": b" " * (11 * 2**20)}, "larger than 10 MB"),
        ({"dialogue.ipynb": b"{}"} | {f"{n}.txt": b"" for n in range(201)}, "202 files, and 200 are accepted"),
        ({"dialogue.ipynb": b"{}"} | {f"{n}.txt": b" " * 9 * 2**20 for n in range(6)}, "more than 50 MB together"),
        ({"a.zip": b"PK\x05\x06" + b"\0" * 18, "b.zip": b""}, "2 zips and no notebook"),
        ({"a.zip": b"this is no zip"}, "a.zip is not a zip"),
        ({"a.zip": packed({"b.zip": packed({"dialogue.ipynb": b"{}"})})}, "a.zip holds another zip"),
        ({"a.zip": packed({f"{n}.txt": b"" for n in range(10_000)})}, "more than 2000 files"),
        ({"a.zip": packed({f"{n}.txt": b"" for n in range(300)})}, "300 files, and 200 are accepted"),
    ],
)
def test_what_is_no_submission_is_refused_with_what_to_do(
    room: Path, source: Path, files: dict[str, bytes], why: str
) -> None:
    for name, content in files.items():
        put(source, f"ada/{name}", content)
    put(source, "bo/dialogue.ipynb", work())
    told = {one.student: one for one in collect(room, "dialogue", source)}
    assert told["bo"].state == "new"
    assert told["ada"].state == "refused"
    assert why in told["ada"].problem
    assert not (room / "submitted" / "ada").exists()


def entry(name: str, content: bytes = b"x", mode: int = 0, **fields: int) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0))
    info.external_attr = mode << 16
    info.compress_type = fields.get("method", zipfile.ZIP_DEFLATED)
    return info, content


def write_entries(path: Path, entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)


HOSTILE: dict[str, tuple[list[tuple[zipfile.ZipInfo, bytes]], str]] = {
    "link": ([entry("ada/dialogue.ipynb", b"/etc/passwd", stat.S_IFLNK | 0o777)], "is a link"),
    "link to a folder": ([entry("ada/data", b"/etc", stat.S_IFLNK | 0o777)], "is a link"),
    "device": ([entry("ada/dialogue.ipynb", b"", stat.S_IFCHR | 0o600)], "is not a file"),
    "pipe": ([entry("ada/dialogue.ipynb", b"", stat.S_IFIFO | 0o600)], "is not a file"),
    "up": ([entry("ada/../../../gradebook.db")], "leads out of its folder"),
    "up with backslashes": ([entry("ada\\..\\..\\gradebook.db")], "leads out of its folder"),
    "line end": ([entry("ada/dia\nlogue.ipynb")], "cannot be shown"),
    "escape": ([entry("ada/\x1b[2Jdialogue.ipynb")], "cannot be shown"),
    "right to left": ([entry("ada/dialogue\u202ebnypi.ipynb")], "cannot be shown"),
    "twice": ([entry("ada/dialogue.ipynb", b"1"), entry("ada/DIALOGUE.ipynb", b"2")], "is there twice"),
    "long name": ([entry(f"ada/{'x' * 300}.txt")], "leads out"),
    "deep": ([entry("ada/" + "x/" * 200 + "a.txt")], "leads out"),
    "bomb": ([entry("ada/dialogue.ipynb", b"\0" * 9 * 2**20)], "more than 100 times its packed size"),
    "large": ([entry("ada/dialogue.ipynb", os.urandom(2**16) * 200)], "larger than 10 MB"),
    "unusual": ([entry("ada/dialogue.ipynb", b"x", method=zipfile.ZIP_LZMA)], "packed in an unusual way"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_member_costs_its_own_submission_and_no_other(room: Path, source: Path, kind: str) -> None:
    entries, why = HOSTILE[kind]
    write_entries(source / "all.zip", [*entries, entry("bo/dialogue.ipynb", work())])
    before = everything(room.parent)
    told = {one.student: one for one in collect(room, "dialogue", source / "all.zip")}
    assert told["bo"].state == "new"
    assert told["ada"].state == "refused"
    assert why in told["ada"].problem
    assert all(letter.isprintable() for letter in told["ada"].problem)
    after = everything(room.parent)
    assert {name for name in after if before.get(name) != after[name]} == {
        f"class/submitted/bo/{NAME}/dialogue.ipynb",
        f"class/submitted/bo/{NAME}/timestamp.txt",
        "class/.siru/collect.lock",
    }


@pytest.mark.parametrize("name", ["/etc/passwd", "C:\\Windows\\x.ipynb", "../ada/dialogue.ipynb", "//host/share/x"])
def test_a_path_out_of_the_source_is_refused(room: Path, source: Path, name: str) -> None:
    write_entries(source / "all.zip", [entry(name), entry("bo/dialogue.ipynb", work())])
    told = collect(room, "dialogue", source / "all.zip")
    assert [one.state for one in told] == ["new", "refused"]
    assert "leads out of its folder" in told[1].problem


def changed(content: bytes, find: bytes, by: Callable[[bytearray, int], None]) -> bytes:
    """Change a zip's bytes at each place where a signature stands."""
    found = bytearray(content)
    place = found.find(find)
    while place >= 0:
        by(found, place)
        place = found.find(find, place + 4)
    return bytes(found)


def encrypt(found: bytearray, place: int) -> None:
    found[place + 8] |= 1


def lie_about_size(found: bytearray, place: int) -> None:
    found[place + 24 : place + 28] = struct.pack("<I", 20)


def overlap(found: bytearray, place: int) -> None:
    found[place + 42 : place + 46] = struct.pack("<I", 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [(encrypt, "has a password"), (lie_about_size, "is damaged"), (overlap, "shares its place in the zip")],
)
def test_a_zip_that_lies_is_refused(
    room: Path, source: Path, change: Callable[[bytearray, int], None], why: str
) -> None:
    inner = packed({"dialogue.ipynb": work(), "a.txt": b"a" * 50})
    pack(
        source / "all.zip",
        {"ada/work.zip": changed(inner, b"PK\x01\x02", change), "bo/dialogue.ipynb": work()},
    )
    told = {one.student: one for one in collect(room, "dialogue", source / "all.zip")}
    assert told["bo"].state == "new"
    assert told["ada"].state == "refused"
    assert why in told["ada"].problem


def test_links_and_pipes_in_a_folder_are_refused_and_never_followed(room: Path, source: Path) -> None:
    put(source, "bo/dialogue.ipynb", work())
    (source / "ada").mkdir()
    (source / "ada" / "dialogue.ipynb").symlink_to(room / "source" / NAME / "dialogue.ipynb")
    (source / "asa").symlink_to(room / "source" / NAME)
    (source / "cim1").mkdir()
    os.mkfifo(source / "cim1" / "dialogue.ipynb")
    told = {one.student: one for one in collect(room, "dialogue", source)}
    assert {name: one.state for name, one in told.items()} == {
        "bo": "new",
        "ada": "refused",
        "asa": "refused",
        "cim1": "refused",
    }
    assert "is a link" in told["ada"].problem
    assert "is a link" in told["asa"].problem
    assert "is not a file" in told["cim1"].problem


def test_a_file_that_becomes_a_link_after_it_was_looked_at_is_not_followed(room: Path, source: Path) -> None:
    from siru_course.classroom._archive import opened

    put(source, "ada/dialogue.ipynb", work())
    with opened(source, Limits()) as members:
        (source / "ada").rename(source.parent / "away")
        (source / "ada").symlink_to(room / "source" / NAME)
        with pytest.raises(ValueError, match="cannot be read"):
            members[0].read()


def test_an_archive_that_cannot_be_read_as_a_whole_changes_nothing(room: Path, source: Path) -> None:
    whole = packed({"ada/dialogue.ipynb": work()})
    for content, why in [(b"no zip", "not a zip"), (whole[:-30], "not a zip"), (b"", "not a zip")]:
        (source / "all.zip").write_bytes(content)
        with pytest.raises(ValueError, match=why):
            collect(room, "dialogue", source / "all.zip")
    (source / "all.zip").write_bytes(packed({f"s{n}/dialogue.ipynb": b"" for n in range(50)}))
    with pytest.raises(ValueError, match="more than 40 files"):
        collect(room, "dialogue", source / "all.zip", limits=Limits(members=40))
    with pytest.raises(ValueError, match="no folder or zip"):
        collect(room, "dialogue", source / "nothing")
    assert list((room / "submitted").iterdir()) == []


def test_two_submissions_of_one_student_are_told_and_neither_is_taken(room: Path, source: Path) -> None:
    put(source, "ada/dialogue.ipynb", work("one"))
    put(source, "Ada Lovelace/dialogue.ipynb", work("other"))
    (told,) = collect(room, "dialogue", source)
    assert (told.student, told.state) == ("ada", "refused")
    assert "Ada Lovelace, ada" in told.problem or "ada, Ada Lovelace" in told.problem


def test_two_people_of_one_name_in_moodle_are_not_taken_for_one(room: Path, source: Path) -> None:
    put(source, "Ada Lovelace_1_assignsubmission_file_/dialogue.ipynb", work("one"))
    put(source, "Ada Lovelace_2_assignsubmission_file_/dialogue.ipynb", work("another"))
    (told,) = collect(room, "dialogue", source)
    assert (told.student, told.state) == ("ada", "refused")
    assert not (room / "submitted" / "ada").exists()


@pytest.mark.slow
def test_without_a_list_of_students_it_says_what_to_do(tmp_path: Path, source: Path) -> None:
    classroom.new(tmp_path / "class", "en", ["dialogue"])
    with pytest.raises(ValueError, match="siru class roster"):
        collect(tmp_path / "class", "dialogue", source)


@pytest.mark.slow
@pytest.mark.parametrize("step", range(1, 7))
def test_what_was_collected_survives_a_kill_at_any_step(room: Path, source: Path, step: int) -> None:
    put(source, "ada/dialogue.ipynb", work("first"), "2026-03-01 12:00")
    collect(room, "dialogue", source)
    put(source, "ada/dialogue.ipynb", work("second"), "2026-03-02 12:00")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(room), str(source), str(step)], timeout=60)
    assert killed.returncode in (-9, 0)
    kept = {path: path.read_bytes() for path in (room / ".siru").rglob("dialogue.ipynb")}
    place = room / "submitted" / "ada" / NAME / "dialogue.ipynb"
    assert work("first") in [*kept.values(), *([place.read_bytes()] if place.exists() else [])]
    # The next run ends it, whatever was left.
    collect(room, "dialogue", source)
    assert handed(room, "ada") == work("second")
    assert [path.read_bytes() for path in (room / ".siru" / "replaced").rglob("dialogue.ipynb")] == [work("first")]
    assert not (room / ".siru" / "collecting").exists()


# The same with a kill just before one of the steps that change the disk.
KILLED = """
import os, signal, sys
from pathlib import Path
from siru_course.classroom.collect import collect
room, source, step = sys.argv[1], sys.argv[2], int(sys.argv[3])
count = 0
def watched(real):
    def call(*args, **kwargs):
        global count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call
for name in ("rename", "replace"):
    setattr(os, name, watched(getattr(os, name)))
collect(Path(room), "dialogue", Path(source))
"""


def test_a_full_disk_leaves_the_earlier_submission(room: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(source, "ada/dialogue.ipynb", work("first"), "2026-03-01 12:00")
    collect(room, "dialogue", source)
    put(source, "ada/dialogue.ipynb", work("second"), "2026-03-02 12:00")

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(_submitted, "replace_file", full)
        (told,) = collect(room, "dialogue", source)
    assert told.state == "refused"
    assert "No space left on device" in told.problem
    assert handed(room, "ada") == work("first")
    assert by_student(collect(room, "dialogue", source)) == {"ada": "newer"}


def test_two_runs_at_the_same_time_are_one_after_the_other(room: Path, source: Path) -> None:
    with _submitted.alone(room), pytest.raises(ValueError, match=r"being collected in .* already"):
        collect(room, "dialogue", source)


PIECES = ["..", ".", "/", "\\", "C:", "ada", "\0", "~", "a.ipynb", "+", "_1_2_"]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.one_of(
        st.text(min_size=1, max_size=30),
        st.lists(st.sampled_from(PIECES), min_size=1).map("/".join),
    ),
    mode=st.integers(0, 0xFFFF),
    content=st.binary(max_size=50),
)
def test_no_name_writes_outside_of_its_place(room: Path, source: Path, name: str, mode: int, content: bytes) -> None:
    with zipfile.ZipFile(source / "any.zip", "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name.encode("utf-8", "replace").decode()
        info.external_attr = mode << 16
        archive.writestr(info, content)
    before = everything(room.parent)
    collect(room, "dialogue", source / "any.zip")
    after = everything(room.parent)
    new = {path for path in after if before.get(path) != after[path]}
    allowed = (f"class/.siru/unmatched/{NAME}/", f"class/submitted/ada/{NAME}/", "class/.siru/collect.lock")
    assert [path for path in new if not path.startswith(allowed)] == []


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_zip_ends_in_a_sentence_and_in_nothing_else(room: Path, source: Path, place: int, value: int) -> None:
    content = bytearray(packed({"ada/dialogue.ipynb": b"{}", "bo/dialogue.ipynb": b"{}" * 40}))
    content[place % len(content)] = value
    (source / "any.zip").write_bytes(content)
    told: list[Collected] = []
    with suppress(ValueError):
        told = collect(room, "dialogue", source / "any.zip")
    assert all(one.problem for one in told if one.state == "refused")
