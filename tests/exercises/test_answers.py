"""The graders are proved by known answers, right and wrong, through the real release and the real grading.

Each bank ``exercises/answers/<exercise>/answers.yml`` names, for every task that is graded automatically, answers
with the points they must get and the message they must show. One submission holds one answer of each task.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from siru_course import classroom, data
from siru_course.classroom.answers import answered, bank
from siru_course.classroom.feedback import feedback
from siru_course.language import LANGUAGES
from tests.unseen import secrets, text

EXERCISES = Path(__file__).parents[2] / "exercises"
BANKS = {path.parent.name: bank(path.parent.name) for path in sorted((EXERCISES / "answers").glob("*/answers.yml"))}
CASES = [
    pytest.param(name, language, check, number, id=f"{name}-{language}-{check}-{answer['name'].replace(' ', '_')}")
    for name, known in BANKS.items()
    for language in LANGUAGES
    for check, task in known["tasks"].items()
    for number, answer in enumerate(task["answers"])
]
AUTO = 70

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Submission:
    """What grading made of a submission: points a task, and what the learner reads below the task's check."""

    points: dict[str, float | None]
    shown: dict[str, str]
    source: dict[str, str]


@dataclass(frozen=True)
class ClassOf:
    """A class in which the bank of an exercise has been handed in and graded."""

    folder: Path
    source: nbformat.NotebookNode
    release: nbformat.NotebookNode
    submissions: dict[str, Submission]


_graded: dict[tuple[str, str], ClassOf] = {}


@pytest.fixture(scope="session")
def folder_of_classes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader makes its gradebook with the program `alembic`, which lies beside Python.
        patch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
        yield tmp_path_factory.mktemp("classes")


@pytest.fixture
def graded(folder_of_classes: Path, exercise: str, language: str) -> ClassOf:
    """Grade the bank of the exercise in the language; once a session."""
    key = (exercise, language)
    if key not in _graded:
        _graded[key] = grade_bank(folder_of_classes / f"{exercise}-{language}", exercise, language)
    return _graded[key]


def grade_bank(folder: Path, exercise: str, language: str) -> ClassOf:
    classroom.new(folder, language, [exercise])
    released = classroom.release(folder, exercise)
    (book_path,) = released.glob("*.ipynb")
    source_path = EXERCISES / language / exercise / book_path.name
    release = nbformat.read(book_path, as_version=4)

    tasks = BANKS[exercise]["tasks"].values()
    for number in range(max(len(task["answers"]) for task in tasks)):
        answers = {task["cell"]: task["answers"][number]["code"] for task in tasks if number < len(task["answers"])}
        hand_in(folder, exercise, f"answers{number}", book_path.name, answered(release, answers))
    hand_in(folder, exercise, "reference", book_path.name, nbformat.read(source_path, as_version=4))
    hand_in(folder, exercise, "untouched", book_path.name, release)

    problems = [str(result) for result in classroom.grade(folder, exercise) if result.problem]
    assert problems == []
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        submissions = {
            path.name: read_submission(gradebook, folder, exercise, book_path, path.name)
            for path in sorted((folder / "submitted").iterdir())
        }
    return ClassOf(folder, nbformat.read(source_path, as_version=4), release, submissions)


def hand_in(folder: Path, exercise: str, student: str, name: str, book: nbformat.NotebookNode) -> None:
    place = folder / "submitted" / student / exercise
    shutil.copytree(folder / "release" / exercise, place)
    nbformat.write(book, place / name)


def read_submission(gradebook: Gradebook, folder: Path, exercise: str, book: Path, student: str) -> Submission:
    grades = gradebook.find_submission_notebook(book.stem, exercise, student).grades
    graded = nbformat.read(folder / "autograded" / student / exercise / book.name, as_version=4)
    return Submission(
        {grade.name: grade.auto_score for grade in grades},
        {grade_id(cell): shown_below(cell) for cell in graded.cells if cell.cell_type == "code"},
        {grade_id(cell): cell.source for cell in graded.cells},
    )


def grade_id(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def shown_below(cell: nbformat.NotebookNode) -> str:
    parts = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in cell.outputs]
    return "\n".join(map(str, parts))


def faults(book: nbformat.NotebookNode) -> list[str]:
    """Find what a beginner should never see: a traceback, or anything on standard error."""
    return [
        f"{cell.id}: {output.get('ename') or output.get('text')}"
        for cell in book.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


@pytest.mark.parametrize(("exercise", "language", "check", "number"), CASES)
def test_an_answer_gets_its_points_and_its_message(
    graded: ClassOf, language: str, exercise: str, check: str, number: int
) -> None:
    answer = BANKS[exercise]["tasks"][check]["answers"][number]
    submission = graded.submissions[f"answers{number}"]
    assert submission.points[check] == pytest.approx(answer["points"]), submission.shown[check]
    if "says" in answer:
        assert answer["says"][language] in submission.shown[check]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exercise", BANKS)
class TestClass:
    def test_the_reference_solution_gets_all_automatic_points(self, graded: ClassOf, exercise: str) -> None:
        reference = graded.submissions["reference"]
        assert sum(reference.points[check] or 0 for check in BANKS[exercise]["tasks"]) == AUTO
        assert all("✗" not in reference.shown[check] for check in BANKS[exercise]["tasks"])

    def test_an_untouched_notebook_gets_nothing(self, graded: ClassOf) -> None:
        assert sum(points or 0 for points in graded.submissions["untouched"].points.values()) == 0

    def test_the_release_runs_from_top_to_bottom_and_says_what_is_left(
        self, graded: ClassOf, tmp_path: Path, exercise: str, language: str
    ) -> None:
        book = nbformat.from_dict(graded.release)
        NotebookClient(book, resources={"metadata": {"path": str(tmp_path)}}, allow_errors=True).execute()
        assert faults(book) == []
        cells = {grade_id(cell): cell for cell in book.cells if grade_id(cell) in BANKS[exercise]["tasks"]}
        assert {name: cell.outputs[-1].data["text/plain"] for name, cell in cells.items()} == dict.fromkeys(
            BANKS[exercise]["tasks"], "0"
        )
        more = {"en": "More are checked when the notebook is graded.", "sv": "Mer kontrolleras när"}[language]
        assert [name for name, cell in cells.items() if more not in shown_below(cell)] == []

    def test_nothing_secret_is_left_in_the_release(self, graded: ClassOf) -> None:
        hidden, open_ = secret_lines(graded.source)
        assert len(hidden) > 40
        released = {line.strip() for cell in graded.release.cells for line in cell.source.splitlines()}
        assert released & (hidden - open_) == set()
        assert [line for line in released if re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", line)] == []

    def test_no_line_of_a_hidden_test_is_in_any_feedback(self, graded: ClassOf) -> None:
        # What stands in the case data, a learner may look up.
        everywhere = "\n".join(path.read_text(encoding="utf-8") for path in data.folder().glob("*.csv"))
        secret = {line for line in secrets(graded.source) if line not in everywhere}
        assert len(secret) > 40
        pages = feedback(graded.folder, next((graded.folder / "release").iterdir()).name)
        assert len(pages) == len(graded.submissions)
        for page in pages:
            # The reference solution is the solution: it shows its own lines.
            if page.parents[1].name != "reference":
                shown = text(page.read_text(encoding="utf-8"))
                student = page.parents[1].name
                (handed_in,) = (graded.folder / "submitted" / student).glob("*/*.ipynb")
                own = "\n".join(cell.source for cell in nbformat.read(handed_in, as_version=4).cells)
                assert [line for line in secret if line in shown and line not in own] == [], student

    def test_the_teacher_sees_the_mark_schemes_while_marking(self, graded: ClassOf) -> None:
        written = [cell for cell in graded.source.cells if is_manual(cell)]
        schemes = [grade_id(cell) for cell in graded.source.cells if "BEGIN MARK SCHEME" in cell.source]
        assert len(schemes) == len(written) > 0
        for name in schemes:
            assert "BEGIN MARK SCHEME" in graded.submissions["untouched"].source[name]


def is_manual(cell: nbformat.NotebookNode) -> bool:
    grader = cell.metadata.get("nbgrader", {})
    return bool(grader.get("grade") and grader.get("solution"))


def secret_lines(source: nbformat.NotebookNode) -> tuple[set[str], set[str]]:
    """Part the lines of a source into those inside solutions, hidden tests and mark schemes, and the others."""
    hidden: set[str] = set()
    open_: set[str] = {""}
    for cell in source.cells:
        inside = False
        for line in cell.source.splitlines():
            if re.search(r"BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)", line):
                inside = True
            elif re.search(r"END (SOLUTION|HIDDEN TESTS|MARK SCHEME)", line):
                inside = False
            else:
                (hidden if inside else open_).add(line.strip())
    return hidden, open_


@pytest.mark.parametrize("exercise", BANKS)
def test_the_bank_is_large_enough(exercise: str) -> None:
    for check, task in BANKS[exercise]["tasks"].items():
        kinds = [answer["kind"] for answer in task["answers"]]
        assert kinds.count("right") >= 2, check
        assert kinds.count("wrong") >= 3, check
        assert kinds.count("untouched") == 1, check
        assert all(
            "misconception" in answer and "says" in answer for answer in task["answers"] if answer["kind"] == "wrong"
        )
