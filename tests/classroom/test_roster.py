"""Lists of students as platforms export them, in nbgrader's own gradebook."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from siru_course import classroom
from siru_course.classroom._class import people_of
from siru_course.classroom.roster import Roster, roster

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Dialogue (811)
,,,,,Manual Posting
    Points Possible,,,,,100
"Lovelace, Ada",1234,19121212-1212,adalo123@liu.se,LIU-A,
"Åström, Örjan",1235,orj1,orjas456,LIU-B,
"Student, Test",99,,8f2c,LIU-A,
"""
MOODLE = """\
First name,Last name,ID number,Email address
Ada,Lovelace,ada1,ada@example.org
Örjan,Åström,,orjan@example.org
"""
MOODLE_SV = MOODLE.replace("First name,Last name,ID number,Email address", "Förnamn,Efternamn,ID-nummer,E-postadress")
LADOK = """\
Kurs: Social innovation, VT26

Personnummer;Efternamn;Förnamn;E-post;Användarnamn
19121212-1212;Lovelace;Ada;ada@example.org;adalo123
19900101-0017;Åström;Örjan;orjan@example.org;orjas456
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roster") / "class"
    classroom.new(folder, "en", ["dialogue"])
    with pytest.raises(ValueError, match="no list of students"):
        people_of(folder)  # which makes the gradebook: that takes a second
    return folder


@pytest.fixture
def room(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "class"))


def take(room: Path, content: str | bytes, encoding: str = "utf-8") -> Roster:
    path = room.parent / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return roster(room, path)


def in_gradebook(room: Path) -> list[tuple[str, str | None, str | None, str | None, str | None]]:
    with Gradebook(f"sqlite:///{room / 'gradebook.db'}") as book:
        return [(one.id, one.first_name, one.last_name, one.email, one.lms_user_id) for one in book.students]


def test_canvas_s_own_export(room: Path) -> None:
    told = take(room, CANVAS)
    assert told.added == ("adalo123@liu.se", "orjas456")
    assert told.problems == ()
    assert [note[:6] for note in told.notes] == ["Row 2 ", "Row 3 ", "Row 6 "]
    assert sorted(in_gradebook(room)) == [
        ("adalo123@liu.se", "Ada", "Lovelace", None, "1234"),
        ("orjas456", "Örjan", "Åström", None, "1235"),
    ]


def test_canvas_s_export_with_last_and_first_names_apart(room: Path) -> None:
    text = CANVAS.replace("Student,ID", "LastName,FirstName,ID").replace("Possible,", "Possible,,")
    text = text.replace(",,,,,Manual", ",,,,,,Manual")
    told = take(room, re.sub(r'(?m)^"(\w+), (\w+)"', r"\1,\2", text))
    assert [note[:6] for note in told.notes] == ["Row 2 ", "Row 3 ", "Row 6 "]
    assert sorted(in_gradebook(room)) == [
        ("adalo123@liu.se", "Ada", "Lovelace", None, "1234"),
        ("orjas456", "Örjan", "Åström", None, "1235"),
    ]


@pytest.mark.parametrize("text", [MOODLE, MOODLE_SV], ids=["english", "swedish"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_moodle_s_export_in_every_encoding_and_separator(room: Path, text: str, separator: str, encoding: str) -> None:
    told = take(room, text.replace(",", separator).replace("\n", "\r\n"), encoding)
    assert told.added == ("ada", "orjan")
    assert sorted(in_gradebook(room)) == [
        ("ada", "Ada", "Lovelace", "ada@example.org", "ada1"),
        ("orjan", "Örjan", "Åström", "orjan@example.org", None),
    ]


def test_a_personal_identity_number_is_never_stored(room: Path) -> None:
    told = take(room, LADOK)
    assert told.added == ("adalo123", "orjas456")
    assert told.notes == ("The column Personnummer was not read: it is not needed, and is not stored.",)
    # Whatever the column is called: in Canvas's and Moodle's exports it may be the id.
    take(room, CANVAS)
    take(room, "First name,Last name,ID number,Email address\nIda,Ek,191212121212,ida@example.org\n")
    take(room, "id,name\n121212-1212,Ulla Berg\n")
    stored = (room / "gradebook.db").read_bytes()
    for digits in (b"1212121212", b"121212-1212", b"900101-0017"):
        assert digits not in stored
    assert "ulla.berg" in {row[0] for row in in_gradebook(room)}


@pytest.mark.slow
def test_a_class_without_a_gradebook_gets_nbgrader_s(room: Path) -> None:
    (room / "gradebook.db").unlink()
    assert take(room, MOODLE).added == ("ada", "orjan")
    with sqlite3.connect(room / "gradebook.db") as database:
        assert database.execute("select count(*) from alembic_version").fetchone() == (1,)


def test_the_second_time_nothing_changes(room: Path) -> None:
    take(room, MOODLE)
    told = take(room, MOODLE)
    assert (told.added, told.changed, told.unchanged) == ((), (), ("ada", "orjan"))


def test_a_changed_name_is_changed_and_what_the_list_lacks_is_kept(room: Path) -> None:
    take(room, MOODLE)
    told = take(room, "id,last_name\nada,King\n")
    assert told.changed == ("ada",)
    assert ("ada", "Ada", "King", "ada@example.org", "ada1") in in_gradebook(room)
    assert len(in_gradebook(room)) == 2


def test_the_same_person_is_found_by_e_mail_and_keeps_the_id(room: Path) -> None:
    take(room, "id,first_name,last_name,email\nadalo123,Ada,Lovelace,ada@example.org\n")
    told = take(room, "First name,Last name,ID number,Email address\nAda,Lovelace,77,ADA@example.org\n")
    assert told.changed == ("adalo123",)
    assert [row[0] for row in in_gradebook(room)] == ["adalo123"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("bo,Bo,Ek,not an address", "'not an address' is not an e-mail address"),
        (",,,", None),
        ("???,,,", "no login, name or e-mail"),
        ("bo,Bo,Ek,bo@x.se,more", "5 cells, but there are 4 headings"),
        (f"bo,{'B' * 200},Ek,bo@x.se", "longer than 128 characters"),
        ("bo,<script>,Ek,bo@x.se", "a character that no name has"),
        ("ada,Ada,Byron,ada@x.se", "row 2 is about the same student, ada"),
        ("ada2,Ada,Lovelace,ada@x.se", "the e-mail address of ada"),
    ],
)
def test_a_bad_row_is_told_with_its_number_and_the_rest_goes_on(room: Path, row: str, why: str | None) -> None:
    told = take(room, f"id,first_name,last_name,email\nada,Ada,Lovelace,ada@x.se\n{row}\ncim,Cim,Alm,cim@x.se\n")
    assert told.added == ("ada", "cim")
    if why is None:  # an empty row is nothing to tell
        assert told.problems == ()
    else:
        (problem,) = told.problems
        assert problem.startswith("Row 3 was left out: ")
        assert why in problem


def test_a_row_that_fits_two_students_changes_neither(room: Path) -> None:
    take(room, "id,email,lms_user_id\nada,ada@x.se,1\nbo,bo@x.se,2\n")
    before = in_gradebook(room)
    told = take(room, "id,email,lms_user_id\nada,bo@x.se,1\n")
    assert "fits several students in the gradebook: ada, bo" in told.problems[0]
    told = take(room, "id,first_name,lms_user_id\nada,Adam,3\n")
    assert "ada is another person" in told.problems[0]
    assert in_gradebook(room) == before


@pytest.mark.parametrize("login", ["../../etc/passwd", "a/b", "C:\\x", "Åsa*+?", ".hidden", "..", "x\u202ey"])
def test_every_id_is_a_safe_name_for_a_folder(room: Path, login: str) -> None:
    told = take(room, f'id,first_name,last_name\n"{login}",Åsa,Öst\n')
    (student,) = told.added
    assert not set(student) - set("abcdefghijklmnopqrstuvwxyz0123456789._@-")
    assert student.strip(".")
    assert (room / "submitted" / student).resolve().parent == (room / "submitted").resolve()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04....", "Save it as CSV"),
        (b"\x00\x01\x02\x03" * 20, "is not text"),
        (b"id,name\nada,\x81\x8d\n", "is not text"),
        (b"some text\nwithout a table\n", "no headings that are known"),
        (b"", "no headings that are known"),
        (b"Personnummer;Klass\n19121212-1212;A\n", "no column with a login"),
        (b'id,name\nada,"Ada\nbo,Bo\n', "a quotation mark that is not closed"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(room: Path, content: bytes, why: str) -> None:
    take(room, MOODLE)
    before = (room / "gradebook.db").read_bytes()
    with pytest.raises(ValueError, match=why):
        take(room, content)
    assert (room / "gradebook.db").read_bytes() == before


def test_a_missing_list_and_a_folder_that_is_no_class_are_told(room: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no file"):
        roster(room, tmp_path / "none.csv")
    with pytest.raises(ValueError, match="not a class directory"):
        roster(tmp_path, tmp_path / "none.csv")


def test_a_gradebook_that_cannot_be_opened_is_told(room: Path) -> None:
    (room / "gradebook.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(ValueError, match="cannot be opened"):
        take(room, MOODLE)


@pytest.mark.slow
def test_stock_nbgrader_lists_the_students(room: Path) -> None:
    take(room, CANVAS)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    listed = subprocess.run(
        [sys.executable, "-m", "nbgrader", "db", "student", "list"],
        cwd=room,
        env=os.environ | {"PATH": path, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    assert listed.returncode == 0, listed.stderr
    assert "orjas456 (Åström, Örjan)" in listed.stdout + listed.stderr


@pytest.mark.slow
def test_a_thousand_students_take_seconds(room: Path) -> None:
    rows = "".join(f"s{n:04},First{n},Last{n},s{n}@x.se\n" for n in range(1000))
    told = take(room, "id,first_name,last_name,email\n" + rows)
    assert len(told.added) == 1000
    assert len(in_gradebook(room)) == 1000
