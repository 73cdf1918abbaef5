"""A small class goes through release, submission, grading and feedback with the real grader."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from siru_course import classroom

pytestmark = pytest.mark.slow

ASSIGNMENT = "05-dialogue"


@pytest.fixture(scope="module", params=["en", "sv"])
def taught(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, list[classroom.Graded]]:
    """A class of three: one hands in the solutions, one nothing new, one a file that is no notebook."""
    code = request.param
    folder = tmp_path_factory.mktemp(code) / "class"
    made = classroom.new(folder, code, ["dialogue"])
    assert made.assignments == (ASSIGNMENT,)
    released = classroom.release(folder, "dialogue")
    for student, source in (("ada", folder / "source" / ASSIGNMENT), ("bo", released)):
        shutil.copytree(source, folder / "submitted" / student / ASSIGNMENT)
    broken = folder / "submitted" / "cim" / ASSIGNMENT / "dialogue.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("this is not a notebook", encoding="utf-8")
    return code, folder, sorted(classroom.grade(folder, "dialogue"), key=lambda one: one.student)


def test_who_knows_the_answers_gets_all_the_points_a_machine_gives(
    taught: tuple[str, Path, list[classroom.Graded]],
) -> None:
    ada = taught[2][0]
    assert (ada.student, ada.score, ada.most, ada.to_mark) == ("ada", 70, 100, True)


def test_who_wrote_nothing_gets_nothing(taught: tuple[str, Path, list[classroom.Graded]]) -> None:
    bo = taught[2][1]
    assert (bo.student, bo.score, bo.problem) == ("bo", 0, "")


def test_a_broken_submission_is_reported_and_the_rest_goes_on(taught: tuple[str, Path, list[classroom.Graded]]) -> None:
    cim = taught[2][2]
    assert cim.student == "cim"
    assert cim.problem
    assert cim.score is None


def test_the_gradebook_is_nbgrader_s(taught: tuple[str, Path, list[classroom.Graded]]) -> None:
    with Gradebook(f"sqlite:///{taught[1] / 'gradebook.db'}") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").score == 70
        assert gradebook.find_assignment(ASSIGNMENT).max_score == 100


def test_every_step_of_a_course_can_be_done_with_stock_nbgrader(tmp_path: Path) -> None:
    folder = classroom.new(tmp_path / "vår termin" / "class", "sv", ["dialogue"], seed=7).folder
    learner = tmp_path / "learner"
    learner.mkdir()
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    places = {"root": str(tmp_path / "exchange"), "cache": str(tmp_path / "cache")}
    exchange = "".join(f"\nc.Exchange.{name} = {place!r}" for name, place in places.items())
    (folder / "nbgrader_config.py").write_text((folder / "nbgrader_config.py").read_text() + exchange)
    (learner / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.course_id = 'siru'{exchange}")

    def nbgrader(where: Path, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=where,
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (command, done.stderr[-2000:])
        return done.stdout + done.stderr

    assert "passes all the tests" in nbgrader(folder, "validate", f"source/{ASSIGNMENT}/dialogue.ipynb")
    nbgrader(folder, "generate_assignment", ASSIGNMENT)
    nbgrader(folder, "release_assignment", ASSIGNMENT)
    assert ASSIGNMENT in nbgrader(learner, "list")
    nbgrader(learner, "fetch_assignment", ASSIGNMENT)
    shutil.copy(folder / "source" / ASSIGNMENT / "dialogue.ipynb", learner / ASSIGNMENT)
    nbgrader(learner, "submit", ASSIGNMENT)
    nbgrader(folder, "collect", ASSIGNMENT)
    (submitted,) = (folder / "submitted").iterdir()
    nbgrader(folder, "autograde", ASSIGNMENT, "--create")
    nbgrader(folder, "generate_feedback", ASSIGNMENT)
    nbgrader(folder, "release_feedback", ASSIGNMENT)
    nbgrader(learner, "fetch_feedback", ASSIGNMENT)
    assert len(list(learner.rglob("dialogue.html"))) == 1
    assert submitted.name in nbgrader(folder, "db", "student", "list")
    assert ASSIGNMENT in nbgrader(folder, "db", "assignment", "list")
    nbgrader(folder, "export", "--to", "grades.csv")
    assert "70.0" in (folder / "grades.csv").read_text(encoding="utf-8")
    # What stock nbgrader has graded is graded by us to the same score.
    (one,) = classroom.grade(folder, "dialogue")
    assert (one.student, one.score) == (submitted.name, 70)


def test_the_stub_is_neutral_and_in_the_class_s_language(taught: tuple[str, Path, list[classroom.Graded]]) -> None:
    code, folder, _graded = taught
    text = (folder / "release" / ASSIGNMENT / "dialogue.ipynb").read_text(encoding="utf-8")
    assert {"en": "# Write your answer here", "sv": "# Skriv ditt svar här"}[code] in text
    assert "NotImplementedError" not in text


def test_the_released_notebook_runs_to_its_end_without_an_error(
    taught: tuple[str, Path, list[classroom.Graded]], tmp_path: Path
) -> None:
    shutil.copy(taught[1] / "release" / ASSIGNMENT / "dialogue.ipynb", tmp_path)
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            "--output",
            "done.ipynb",
            "dialogue.ipynb",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    outputs = [
        o for cell in json.loads((tmp_path / "done.ipynb").read_text())["cells"] for o in cell.get("outputs", [])
    ]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


def test_feedback_is_written_for_everyone_who_was_graded(taught: tuple[str, Path, list[classroom.Graded]]) -> None:
    written = classroom.feedback(taught[1], "dialogue")
    assert [path.parent.parent.name for path in written] == ["ada", "bo"]


def test_grading_before_release_says_what_to_do(tmp_path: Path) -> None:
    classroom.new(tmp_path / "class", "en", ["dialogue"])
    with pytest.raises(ValueError, match="siru class release"):
        list(classroom.grade(tmp_path / "class", "dialogue"))


@pytest.mark.parametrize("name", ["class [1]", "class?", "a*/class"])
def test_a_folder_that_nbgrader_would_take_for_a_pattern_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="because of the sign"):
        classroom.new(tmp_path / name, "en", ["dialogue"])
    assert list(tmp_path.iterdir()) == []
    classroom.new(tmp_path / "class", "en", ["dialogue"])
    (tmp_path / "class").rename(tmp_path / "class [copy]")
    with pytest.raises(ValueError, match="because of the sign"):
        classroom.handout(tmp_path / "class [copy]", "dialogue")


def test_the_next_command_can_be_pasted_where_there_are_spaces(tmp_path: Path) -> None:
    folder = classroom.new(tmp_path / "my class", "en", ["dialogue"]).folder
    with pytest.raises(ValueError, match="has not been released") as told:
        list(classroom.grade(folder, "dialogue", sandboxed=False))
    words = shlex.split(str(told.value).partition("Run: ")[2])
    assert words == ["siru", "class", "release", "05-dialogue", "--in", str(folder)]


def test_a_learner_s_notebook_is_never_overwritten(tmp_path: Path) -> None:
    own = classroom.prepare_lab(tmp_path, "sv")
    notebook = own / ASSIGNMENT / "dialogue.ipynb"
    assert "### BEGIN HIDDEN TESTS" not in notebook.read_text(encoding="utf-8")
    notebook.write_text("mine", encoding="utf-8")
    classroom.prepare_lab(tmp_path, "sv")
    assert notebook.read_text(encoding="utf-8") == "mine"
