"""Mark schemes are sound: a rubric, samples that differ in what it measures, and a task that says the same."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from siru_course.classroom._marking_scheme import Task, grade_id, read_task

EXERCISES = Path(__file__).parents[2] / "exercises"
POINTS = (15, 30)  # two tasks marked by hand, or one
LEVELS = 4


def written() -> list[object]:
    found = []
    for path in sorted(path for code in ("en", "sv") for path in (EXERCISES / code).glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for cell in cells:
            grader = cell.metadata.get("nbgrader", {})
            if grader.get("grade") and grader.get("solution"):
                name = grade_id(cell)
                task = read_task(path.stem, name, grader["points"], cells)
                found.append(pytest.param(task, id=f"{path.parents[1].name}-{path.stem}-{name}"))
    return found


pytestmark = pytest.mark.parametrize("task", written())


def given(title: str) -> tuple[float, list[float]]:
    """Read the points that a sample's title states, and those in parentheses, criterion by criterion.

    >>> given("**Weak sample, 3 points** (need 1, whose 0, how 2)")
    (3.0, [1.0, 0.0, 2.0])
    """
    total = re.search(r"(\d+) (?:points|poäng)", title)
    assert total
    parts = re.search(r"\(([^)]+)\)\s*$", title)
    return float(total[1]), [float(n) for n in re.findall(r" (\d+)(?:,|$)", parts[1])] if parts else []


def test_the_rubric_gives_the_points_of_the_task(task: Task) -> None:
    assert task.most in POINTS
    assert sum(criterion.levels[-1][0] for criterion in task.rubric) == task.most
    assert [len(criterion.levels) for criterion in task.rubric] == [LEVELS] * len(task.rubric)


def test_learners_read_the_criteria_that_teachers_mark_by(task: Task) -> None:
    told = re.findall(r"^\| ([^|]+?) \| [^|]+ \|$", task.text, flags=re.MULTILINE)
    assert [criterion.name for criterion in task.rubric] == told[1:]


def test_the_points_of_a_sample_add_up(task: Task) -> None:
    totals = []
    for sample in task.samples:
        total, parts = given(sample.title)
        assert sum(parts) == total or (total == task.most and not parts), sample.title
        assert len(parts) in (0, len(task.rubric)), sample.title
        totals.append(total)
    weak, good, excellent = totals
    assert weak <= task.most / 3 < good < excellent == task.most


def test_samples_differ_in_what_the_rubric_measures_and_not_in_length(task: Task) -> None:
    lengths = [len(sample.answer.split()) for sample in task.samples]
    assert max(lengths) <= 1.25 * min(lengths)
    assert all(sample.remark for sample in task.samples)


def test_answers_have_as_many_words_as_the_task_asks_for(task: Task) -> None:
    asked = re.search(r"(\d+) (?:to|till) (\d+) (?:words|ord)", task.text)
    assert asked
    least, most = int(asked[1]), int(asked[2])
    for answer in (task.model, task.samples[-1].answer):
        assert least <= len(answer.split()) <= most, len(answer.split())
