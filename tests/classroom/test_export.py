"""Points for a platform: exactly the cells that are meant are filled, and everything else is as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from siru_course.classroom._csv import harmless
from siru_course.classroom.export import export
from siru_course.language import in_language

from .small_class import ASSIGNMENT, Handed, gradebook, make, rows

HANDED = {
    "ada": Handed(10, 5, 5, first="Ada", last="Lovelace", email="ada@liu.se", lms="101"),
    "bo": Handed(8, 2.25, 5, penalty=3, first="Bo", last="Åström, jr", email="Bo.A@liu.se"),
    "cim": Handed(10, 5, None, first="=cmd|' /C calc'!A0", last="X"),
    "dan": Handed(1, 0, 0, penalty=4),
}
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Reading (7),05-small (4711),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,10,20,(read only)\n"
    '"Lovelace, Ada",101,19900101,ada99,"Grupp A, kväll",9,,55\n'
    '"Åström, Bo",102,,bo,Grupp B,,3,"1,5"\n'
    '"X, Cim",103,,CIM,Grupp B,,,\n'
    '"Not, Here",104,,eva,Grupp B,8,12,\n'
    '"Student, Test",105,,5a1b,Grupp B,,,\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Feedback comments\r\n"
    'Participant 7,Bo Åström,bo.a@liu.se,Submitted for grading,,20.00,Yes,"Monday, 2 March 2026","well, done"\r\n'
    "Participant 101,Ada Lovelace,,Submitted for grading,4.00,20.00,Yes,-,\r\n"
    "Participant 9,Nobody,no@liu.se,No submission,,20.00,Yes,-,\r\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("export") / "class", HANDED)


@pytest.fixture
def told() -> list[str]:
    return []


def written(path: Path) -> list[list[str]]:
    return rows(path.read_bytes().decode("utf-8-sig"))


class TestPlain:
    def test_one_row_a_student(self, folder: Path, told: list[str]) -> None:
        head, ada, bo, cim, dan = written(export(folder, ASSIGNMENT, tell=told.append))
        assert ",".join(head) == (
            "student,name,assignment,score,max,auto,manual,late_penalty,needs_marking,submitted_at_utc"
        )
        assert ada == ["ada", "Ada Lovelace", ASSIGNMENT, "20", "20", "15", "5", "0", "no", "2026-03-01 12:30:00"]
        assert bo[3:8] == ["12.25", "20", "10.25", "5", "3"]
        assert cim[3] == ""
        assert dan[3] == "0"
        assert told == ["Not exported, as tasks are left to mark: cim."]

    def test_scores_are_nbgrader_s(self, folder: Path) -> None:
        exported = {row[0]: row[3] for row in written(export(folder, ASSIGNMENT, partial=True, tell=[].append))[1:]}
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", course_id="siru") as book:
            for student, score in exported.items():
                known = book.find_submission(ASSIGNMENT, student)
                assert float(score) == pytest.approx(max(0, known.score - known.late_submission_penalty))

    def test_points_so_far_when_asked_for(self, folder: Path, told: list[str]) -> None:
        assert written(export(folder, ASSIGNMENT, partial=True, tell=told.append))[3][3] == "15"
        assert told == ["Points so far, as tasks are left to mark: cim."]

    def test_swedish_excel_gets_semicolons_and_decimal_commas(self, folder: Path, told: list[str]) -> None:
        path = export(folder, ASSIGNMENT, excel_sv=True, tell=told.append)
        assert path.read_bytes().startswith(b"\xef\xbb\xbfstudent;name;")
        assert rows(path.read_text("utf-8-sig"), ";")[2][3:5] == ["12,25", "20"]

    def test_what_is_told_is_in_the_teacher_s_language_and_the_file_in_none(
        self, folder: Path, told: list[str]
    ) -> None:
        english = export(folder, ASSIGNMENT, tell=told.append).read_bytes()
        with in_language("sv"):
            assert export(folder, ASSIGNMENT, tell=told.append).read_bytes() == english
        assert [line.partition(",")[0] for line in told] == ["Not exported", "Inte exporterade"]

    def test_it_goes_into_a_folder_that_is_there(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        assert export(folder, ASSIGNMENT, to=tmp_path, tell=told.append) == tmp_path / f"{ASSIGNMENT}-csv.csv"
        assert written(tmp_path / f"{ASSIGNMENT}-csv.csv")[1][0] == "ada"

    def test_no_name_is_a_formula(self, folder: Path, told: list[str]) -> None:
        assert written(export(folder, ASSIGNMENT, tell=told.append))[3][1] == "'=cmd|' /C calc'!A0 X"

    @pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"])
    def test_formulas_of_every_kind_are_defused(self, text: str) -> None:
        assert harmless(text) == "'" + text

    def test_all_assignments_go_in_one_table(self, tmp_path: Path, told: list[str]) -> None:
        folder = make(tmp_path / "class", {"a": Handed(1, 1)})
        with gradebook(folder) as book:
            book.add_assignment("06-next")
            book.add_notebook("next", "06-next")
            book.add_grade_cell("t", "next", "06-next", max_score=3, cell_type="code")
            book.add_submission("06-next", "a")
            grade = book.find_grade("t", "next", "06-next", "a")
            grade.auto_score, grade.needs_manual_grade = 2, False
            book.db.commit()
        path = export(folder, tell=told.append)
        assert [row[2:5] for row in written(path)[1:]] == [[ASSIGNMENT, "7", "20"], ["06-next", "2", "3"]]
        with pytest.raises(ValueError, match="Name the assignment"):
            export(folder, kind="canvas", tell=told.append)


class TestCanvas:
    def test_only_this_assignment_s_column_is_filled(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(CANVAS, encoding="utf-8", newline="")
        before, after = rows(CANVAS), written(export(folder, "small", "canvas", gradebook=template, tell=told.append))
        changed = [
            (i, j, new)
            for i, (was, now) in enumerate(zip(before, after, strict=True))
            for j, (old, new) in enumerate(zip(was, now, strict=True))
            if old != new
        ]
        assert changed == [(3, 6, "20"), (4, 6, "12.25")]
        assert template.read_text(encoding="utf-8") == CANVAS
        assert told == [
            "Not exported, as tasks are left to mark: cim.",
            "Not in the platform's file, so not exported: dan.",
            "2 rows of the platform's file are nobody who handed in here, and are as they were.",
        ]

    def test_every_byte_but_the_points_is_kept(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_bytes(b"\xef\xbb\xbf" + CANVAS.replace("\n", "\r\n").encode())
        made = export(folder, "small", "canvas", gradebook=template, tell=told.append).read_bytes()
        lines = zip(template.read_bytes().split(b"\r\n"), made.split(b"\r\n"), strict=True)
        assert [i for i, (was, now) in enumerate(lines) if was != now] == [3, 4]

    def test_semicolons_stay_semicolons(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        with template.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows(CANVAS))
        made = export(folder, "small", "canvas", gradebook=template, tell=told.append)
        assert rows(made.read_text("utf-8"), ";")[3][6] == "20"

    def test_a_row_that_could_be_two_people_is_left(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(CANVAS.replace("19900101,ada99", ",bo"), encoding="utf-8")
        made = written(export(folder, "small", "canvas", gradebook=template, tell=told.append))
        assert (made[3][6], made[4][6]) == ("", "3")
        assert "Left as they were, as a row could be more than one person's: ada, bo." in told

    def test_who_is_excused_in_canvas_stays_so(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(CANVAS.replace("Grupp B,,3,", "Grupp B,,EX,"), encoding="utf-8")
        made = written(export(folder, "small", "canvas", gradebook=template, tell=told.append))
        assert (made[3][6], made[4][6]) == ("20", "EX")
        assert "Excused on the platform, and left so: bo." in told

    def test_other_points_in_canvas_are_told(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(CANVAS.replace(",10,20,", ",10,50,"), encoding="utf-8")
        export(folder, "small", "canvas", gradebook=template, tell=told.append)
        assert "The platform has 50.0 points for this assignment, and the class 20.0: change one of them." in told

    def test_a_gradebook_with_last_and_first_names_apart(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(
            "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,05-small (4711)\n"
            "    Points Possible,,,,,,50\n"
            "Lovelace,Ada,101,19900101,ada99,Grupp A,\n",
            encoding="utf-8",
        )
        made = written(export(folder, "small", "canvas", gradebook=template, tell=told.append))
        assert [row[6] for row in made] == ["05-small (4711)", "50", "20"]
        assert "The platform has 50.0 points for this assignment, and the class 20.0: change one of them." in told

    def test_another_column_can_be_named(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(CANVAS.replace("05-small (4711)", "Övning 5 (4711)"), encoding="utf-8")
        with pytest.raises(ValueError, match=r"0 columns for 05-small.*Reading \(7\), Övning 5 \(4711\)"):
            export(folder, "small", "canvas", gradebook=template, tell=told.append)
        for column in ("Övning 5", "Övning 5 (4711)"):
            made = export(folder, "small", "canvas", gradebook=template, column=column, tell=told.append)
            assert written(made)[3][6] == "20"

    def test_without_a_gradebook_canvas_makes_the_assignment(self, folder: Path, told: list[str]) -> None:
        made = written(export(folder, "small", "canvas", tell=told.append))
        assert made[:3] == [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT],
            ["    Points Possible", "", "", "", "", "20"],
            ["Lovelace, Ada", "101", "", "ada@liu.se", "", "20"],
        ]
        assert any("Canvas will create the assignment “05-small”" in message for message in told)


class TestMoodle:
    def test_the_worksheet_is_filled_by_address_and_number(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "moodle.csv"
        template.write_text(MOODLE, encoding="utf-8", newline="")
        made = export(folder, "small", "moodle", gradebook=template, tell=told.append).read_bytes().decode()
        expected = MOODLE.replace("grading,,20.00", "grading,12.25,20.00").replace("grading,4.00", "grading,20")
        assert made == expected
        assert told[-1] == "1 row of the platform's file is nobody who handed in here, and is as it was."

    def test_a_swedish_worksheet_is_known(self, folder: Path, tmp_path: Path, told: list[str]) -> None:
        template = tmp_path / "moodle.csv"
        # As Moodle's Swedish words make it: there is no space in them before the participant's number.
        text = 'Identifierare,Fullständigt namn,E-postadress,Status,Betyg,Maxbetyg\nDeltagare101,Ada,,-,,"20,00"\n'
        template.write_text(text, encoding="utf-8")
        made = written(export(folder, "small", "moodle", gradebook=template, tell=told.append))
        assert made[1][4] == "20"
        assert not any("The platform has" in message for message in told)
        template.write_text(text.replace("20,00", "50,00"), encoding="utf-8")
        export(folder, "small", "moodle", gradebook=template, tell=told.append)
        assert any("The platform has 50.0 points" in message for message in told)

    def test_without_a_worksheet_there_is_a_file_for_the_grade_import(self, folder: Path, told: list[str]) -> None:
        made = written(export(folder, "small", "moodle", tell=told.append))
        assert made[:3] == [
            ["Email address", "ID number", ASSIGNMENT],
            ["ada@liu.se", "101", "20"],
            ["Bo.A@liu.se", "bo", "12.25"],
        ]
        assert [row[1] for row in made[1:]] == ["101", "bo", "dan"]


class TestBadInput:
    def test_the_template_is_never_overwritten(self, folder: Path, tmp_path: Path) -> None:
        template = tmp_path / "canvas.csv"
        template.write_text(CANVAS, encoding="utf-8")
        link = tmp_path / "link.csv"
        link.symlink_to(template)
        for to in (template, link):
            with pytest.raises(ValueError, match="would be overwritten"):
                export(folder, "small", "canvas", to=to, gradebook=template)
        assert template.read_text(encoding="utf-8") == CANVAS

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"PK\x03\x04\xff\xfe", "not CSV in UTF-8"),
            (b"", "no row of headings"),
            (b"Student,Name\n1,2\n", "must begin with Student and ID"),
            (b'Student,ID\n"1,2\n', "is not CSV"),
        ],
    )
    def test_a_file_that_is_no_gradebook(self, folder: Path, tmp_path: Path, content: bytes, says: str) -> None:
        template = tmp_path / "canvas.csv"
        template.write_bytes(content)
        with pytest.raises(ValueError, match=says):
            export(folder, "small", "canvas", to=tmp_path / "out.csv", gradebook=template)
        assert not (tmp_path / "out.csv").exists()

    def test_a_file_that_is_not_there(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="cannot be read"):
            export(folder, "small", "moodle", gradebook=tmp_path / "none.csv")

    def test_an_unknown_kind(self, folder: Path) -> None:
        with pytest.raises(ValueError, match="csv, canvas, moodle"):
            export(folder, "small", "excel")

    def test_nothing_graded(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="Nothing has been graded"):
            export(make(tmp_path / "class", {}), "small")
