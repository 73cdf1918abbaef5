"""Grading gives nbgrader's own scores, grades again only what has changed, and tells what it cannot grade."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from siru_course import classroom, use_language
from siru_course.classroom._outcome import Graded
from siru_course.classroom._preflight import NOTEBOOK_BYTES
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import bubblewrap

from .small import NAME, RIGHT, SECRET, WRONG, gradebook, hand_in, mark, new_class, public, put, released, scores
from .twice import graded_twice, shown

pytestmark = pytest.mark.slow

BANK = Path(__file__).parents[2] / "exercises" / "answers" / "05-dialogue" / "answers.yml"
EXERCISE = "05-dialogue"


def graded(folder: Path, students: tuple[str, ...] = (), **options: Any) -> dict[str, Graded]:
    """Grade without a sandbox, as that is not what is tested here."""
    return {one.student: one for one in grade(folder, "small", students, sandboxed=False, **options)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = new_class(tmp_path_factory.mktemp("small") / "class")
    hand_in(folder, "ada", RIGHT)
    hand_in(folder, "bo", WRONG)
    graded(folder)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A class of two who have been graded."""
    return shutil.copytree(template, tmp_path / "class")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give the same class twice: graded by nbgrader, and by us."""
    stock = tmp_path_factory.mktemp("stock") / "class"
    classroom.new(stock, "en", [EXERCISE])
    release = classroom.release(stock, EXERCISE)
    tasks = list(yaml.safe_load(BANK.read_text(encoding="utf-8"))["tasks"].values())
    for number in range(12):
        book = nbformat.read(release / "dialogue.ipynb", as_version=4)
        answers = {task["cell"]: task["answers"][number % len(task["answers"])]["code"] for task in tasks}
        for cell in book.cells:
            cell.source = "\n".join([cell.source, answers.get(mark(cell), "")]).rstrip()
            if number == 3 and cell.metadata.get("nbgrader", {}).get("points") and cell.cell_type == "markdown":
                cell.source = "We decided to meet again."
        if number == 5:
            book.cells.append(new_code_cell("1 / 0"))
        place = shutil.copytree(release, stock / "submitted" / f"s{number:02}" / EXERCISE)
        nbformat.write(book, place / "dialogue.ipynb")
    (stock / "submitted" / "s01" / EXERCISE / "timestamp.txt").write_text("2026-02-02 00:00:00 UTC")
    with (stock / "nbgrader_config.py").open("a") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Gradebook(f"sqlite:///{stock / 'gradebook.db'}") as book:
        book.update_or_create_assignment(EXERCISE, duedate="2026-02-01")
    ours = tmp_path_factory.mktemp("ours") / "class"
    assert [str(one) for one in graded_twice(stock, ours, EXERCISE) if one.flags] == []
    return stock, ours


class TestAgainstNbgrader:
    """The real exercise with a dozen known answers, one of them late, graded by nbgrader and by us."""

    @pytest.mark.parametrize("table", ["grades", "comments", "submissions"])
    def test_the_gradebook_says_the_same(self, both: tuple[Path, Path], table: str) -> None:
        stock, ours = (gradebook(folder)[table] for folder in both)
        assert len(stock) >= 12
        assert ours == stock

    def test_who_was_late_pays_for_it(self, both: tuple[Path, Path]) -> None:
        assert [row[0] for row in gradebook(both[1])["submissions"] if row[2]] == ["s01"]

    def test_the_graded_notebooks_show_the_same(self, both: tuple[Path, Path]) -> None:
        paths = sorted(path.relative_to(both[0]) for path in (both[0] / "autograded").glob("*/*/*.ipynb"))
        assert len(paths) == 12
        for path in paths:
            stock, ours = (nbformat.read(folder / path, as_version=4) for folder in both)
            assert [cell.source for cell in ours.cells] == [cell.source for cell in stock.cells]
            assert [shown(cell) for cell in ours.cells] == [shown(cell) for cell in stock.cells]


class TestWhatIsGraded:
    def test_scores_are_told(self, folder: Path) -> None:
        ada, bo = graded(folder, force=True)["ada"], graded(folder)["bo"]
        assert (ada.score, ada.most, ada.to_mark) == (10, 15, True)
        assert (bo.score, bo.most, bo.to_mark) == (2, 15, True)

    def test_nothing_new_is_nothing_to_do(self, folder: Path) -> None:
        before = (folder / "gradebook.db").read_bytes()
        assert {one.state for one in graded(folder).values()} == {"unchanged"}
        assert (folder / "gradebook.db").read_bytes() == before

    def test_a_new_submission_and_a_changed_one_are_graded(self, folder: Path) -> None:
        hand_in(folder, "bo", RIGHT)
        hand_in(folder, "cim", RIGHT)
        found = graded(folder)
        assert {name: one.state for name, one in found.items()} == {"ada": "unchanged", "bo": "graded", "cim": "graded"}
        assert found["bo"].score == 10

    def test_only_new_leaves_who_has_a_grade(self, folder: Path) -> None:
        hand_in(folder, "bo", RIGHT)
        hand_in(folder, "cim", RIGHT)
        found = graded(folder, only_new=True)
        assert {name: one.state for name, one in found.items()} == {
            "ada": "unchanged",
            "bo": "unchanged",
            "cim": "graded",
        }
        assert found["bo"].score == 2

    def test_a_changed_assignment_is_graded_again(self, folder: Path) -> None:
        path = folder / "source" / NAME / "numbers.csv"
        path.write_text("2\n", encoding="utf-8")
        assert {one.state for one in graded(folder, dry_run=True).values()} == {"planned"}

    def test_force_grades_everybody_and_keeps_what_a_person_gave(self, folder: Path) -> None:
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
            book.find_grade("essay", "small", NAME, "ada").manual_score = 4
            book.db.commit()
        found = graded(folder, force=True)
        assert {one.state for one in found.values()} == {"graded"}
        assert found["ada"].score == 14

    def test_a_dry_run_tells_and_changes_nothing(self, folder: Path) -> None:
        hand_in(folder, "cim", RIGHT)
        found = graded(folder, dry_run=True)
        assert {name: one.state for name, one in found.items()} == {
            "ada": "unchanged",
            "bo": "unchanged",
            "cim": "planned",
        }
        assert not (folder / "autograded" / "cim").exists()
        assert str(found["cim"]) == "cim: to be graded"

    def test_only_the_students_who_are_named(self, folder: Path) -> None:
        hand_in(folder, "cim", RIGHT)
        totals: list[int] = []
        assert list(graded(folder, ("cim",), planned=totals.append)) == ["cim"]
        assert totals == [1]

    def test_a_folder_without_a_grade_is_not_taken_for_graded(self, folder: Path) -> None:
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
            book.find_grade("check_double", "small", NAME, "bo").auto_score = None
            book.db.commit()
        assert graded(folder, only_new=True)["bo"].state == "graded"
        assert scores(folder, "bo")["check_double"] == 0

    def test_contradictions_are_refused(self, folder: Path) -> None:
        with pytest.raises(ValueError, match="either"):
            graded(folder, force=True, only_new=True)
        with pytest.raises(ValueError, match="workers"):
            graded(folder, workers=0)

    def test_without_bubblewrap_it_refuses(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        with pytest.raises(ValueError, match=r"The program bwrap is not installed\. .*--unsafe-no-sandbox"):
            list(grade(folder, "small"))

    def test_where_bubblewrap_is_not_allowed_to_it_refuses(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        program = tmp_path / "bwrap"
        program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        bubblewrap._refusal.cache_clear()
        try:
            with pytest.raises(ValueError, match=r"No permissions to create new namespace.*--unsafe-no-sandbox"):
                list(grade(folder, "small", force=True))
        finally:
            bubblewrap._refusal.cache_clear()


def test_a_class_and_learners_may_have_signs_in_their_names(tmp_path: Path) -> None:
    """To nbgrader paths are patterns, in which a plus and brackets have a meaning."""
    folder = new_class(tmp_path / "Deltagande (HT26) + övning")
    names = ["Anna (2)", "Åsa Öberg", "b+kurs@example.se"]
    for student in names:
        hand_in(folder, student, RIGHT)
    assert {name: (one.problem, one.score) for name, one in graded(folder).items()} == dict.fromkeys(names, ("", 10))


def test_what_the_learner_sees_holds_no_hidden_test(folder: Path) -> None:
    assert SECRET in (folder / "autograded" / "ada" / NAME / "small.ipynb").read_text(encoding="utf-8")
    shown = json.loads(public(folder, "bo"))
    assert SECRET not in json.dumps(shown)
    failed = next(cell for cell in shown["cells"] if mark_of(cell) == "check_double")
    assert failed["outputs"][0]["ename"] == "AssertionError"
    visible = next(cell for cell in shown["cells"] if mark_of(cell) == "check_shares")
    assert visible["outputs"][-1]["data"]["text/plain"] == "2"


def mark_of(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def not_json(path: Path) -> None:
    path.write_text("{", encoding="utf-8")


def not_utf8(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").replace("# Small", "# Små").encode("latin-1"))


def too_large(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(NOTEBOOK_BYTES + 1)


def too_deep(path: Path) -> None:
    path.write_text('{"nbformat": 4, "cells": ' + "[" * 900 + "]" * 900 + "}", encoding="utf-8")


def a_list(path: Path) -> None:
    path.write_text("[]", encoding="utf-8")


def format_3(path: Path) -> None:
    path.write_text('{"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": []}]}', encoding="utf-8")


def gone(path: Path) -> None:
    path.rename(path.with_name("my small.ipynb"))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_link(path: Path) -> None:
    other = path.with_suffix(".txt")
    path.rename(other)
    path.symlink_to(other)


def a_linked_folder(path: Path) -> None:
    path.parent.rename(path.parents[1] / "other")
    path.parent.symlink_to(path.parents[1] / "other")


def a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))


def no_time(path: Path) -> None:
    path.with_name("timestamp.txt").write_text("yesterday, I think", encoding="utf-8")


def crowded(path: Path) -> None:
    for number in range(501):
        path.with_name(f"{number}.txt").touch()


REFUSED: dict[Callable[[Path], None], str] = {
    not_json: "cannot be read as a notebook. Ask for a new copy",
    not_utf8: "is not a text in UTF-8. Ask for a new copy",
    too_large: "10 MB are read. Open it, clear all outputs",
    too_deep: "cannot be read as a notebook",
    a_list: "cannot be read as a notebook",
    format_3: "notebook format 3, which is too old. Open it in Jupyter",
    a_folder: "There is no .*small.ipynb. Ask for it",
    gone: "There is no .*small.ipynb. Ask for it, or rename",
    a_link: "is a link. Put a copy",
    a_linked_folder: "is a link. Put a copy",
    a_pipe: "is not a plain file. Remove it",
    no_time: "holds no time. Write when",
    crowded: "Remove what the exercise does not need",
}


def test_what_cannot_be_graded_is_told_and_the_rest_is_graded(folder: Path) -> None:
    for spoil in REFUSED:
        spoil(hand_in(folder, spoil.__name__, RIGHT))
    hand_in(folder, "zoe", RIGHT)
    found = graded(folder)
    for spoil, why in REFUSED.items():
        one = found[spoil.__name__]
        assert (one.state, one.score) == ("failed", None)
        assert re.search(why, one.problem), one.problem
        assert not (folder / "autograded" / spoil.__name__).exists()
    assert found["zoe"].score == 10


def test_a_refusal_is_in_the_language_in_use(folder: Path) -> None:
    not_json(hand_in(folder, "cim", RIGHT))
    use_language("sv")
    assert "Be om ett nytt exemplar" in graded(folder)["cim"].problem


def pasted_twice(book: Any) -> None:
    place = next(number for number, cell in enumerate(book.cells) if mark(cell) == "double")
    book.cells.insert(place, nbformat.from_dict(book.cells[place] | {"source": "def double(x): return 0"}))


def deleted_cells(book: Any) -> None:
    book.cells = [cell for cell in book.cells if mark(cell) not in ("check_double", "setup")]


def marks_lost(book: Any) -> None:
    for cell in book.cells:
        if mark(cell) == "check_double":
            cell.metadata.nbgrader.update(grade=False, schema_version=1)


def more_points(book: Any) -> None:
    for cell in book.cells:
        if mark(cell) == "check_double":
            cell.metadata.nbgrader["points"] = 1000


def other_kernel(book: Any) -> None:
    book.metadata["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    book.metadata["language_info"] = {"name": "R"}


def type_changed(book: Any) -> None:
    for cell in book.cells:
        if mark(cell) == "check_double":
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]


def same_ids(book: Any) -> None:
    for cell in book.cells:
        cell["id"] = "same"


def half_an_emoji(book: Any) -> None:
    book.cells.insert(1, nbformat.v4.new_markdown_cell("\ud83d"))


REPAIRED: dict[Callable[[Any], None], str] = {
    pasted_twice: "The cell double was there more than once: the last one counts.",
    deleted_cells: "The cell check_double had been deleted; it is back as it was handed out.",
    marks_lost: "The cell check_double had lost its marks for grading; they are back.",
    more_points: "The cell check_double had lost its marks for grading; they are back.",
    other_kernel: "The notebook was made for R; it was graded as Python.",
    type_changed: "",
    same_ids: "",
    half_an_emoji: "",
}


def test_what_can_be_repaired_is_graded_and_told(folder: Path) -> None:
    for damage in REPAIRED:
        path = hand_in(folder, damage.__name__, RIGHT)
        book = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        for cell in book.cells:
            cell.source = "".join(cell.source)
        damage(book)
        path.write_text(json.dumps(book), encoding="utf-8")
    before = {path: path.read_bytes() for path in (folder / "submitted").rglob("*.ipynb")}
    found = graded(folder)
    for damage, note in REPAIRED.items():
        one = found[damage.__name__]
        assert (one.problem, one.score, one.most) == ("", 10, 15), damage.__name__
        assert [flag for flag in one.flags if "setup" not in flag] == ([note] if note else [])
    assert {path: path.read_bytes() for path in (folder / "submitted").rglob("*.ipynb")} == before


def test_a_file_whose_name_cannot_be_read_is_left_out_and_told(folder: Path) -> None:
    path = hand_in(folder, "cim", RIGHT)
    Path(os.fsdecode(os.fsencode(path.parent) + b"/\xe5.txt")).touch()
    for _time in range(2):
        cim = graded(folder)["cim"]
        assert (cim.score, cim.flags) == (10, ("?.txt was left out: its name is not in UTF-8.",))


@pytest.mark.parametrize("student", ["a+b", "a (1)", "åsa öberg"])
def test_names_that_nbgrader_could_take_for_patterns(folder: Path, tmp_path: Path, student: str) -> None:
    copied = Path(shutil.copytree(folder, tmp_path / "spring+1 (copy)"))
    hand_in(copied, student, RIGHT)
    assert graded(copied)[student].score == 10


@pytest.mark.parametrize("student", ["a*", "[a]", "{student_id}", "a\nb", os.fsdecode(b"\xe5")])
def test_a_name_that_nbgrader_cannot_work_with_is_told(folder: Path, student: str) -> None:
    hand_in(folder, student, RIGHT)
    problem = graded(folder)[student].problem
    assert "rename the folder" in problem
    assert problem.isprintable()


def test_a_flag_is_still_told_when_nothing_is_graded_again(folder: Path) -> None:
    book = released(folder)
    pasted_twice(book)
    put(folder, "cim", book)
    assert graded(folder)["cim"].flags == graded(folder)["cim"].flags != ()
