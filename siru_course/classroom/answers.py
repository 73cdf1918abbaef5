"""The answer bank of an exercise as submissions: it proves the grader, and a class to try things on is made of it."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat

from siru_course.language import gettext as _

from ._marking_scheme import grade_id, read_task
from .directory import EXERCISES


def bank(exercise: str) -> dict[str, Any]:
    """Read the known answers of an exercise, right and wrong, task by task.

    Raises
    ------
    ValueError
        If the exercise has none.

    Examples
    --------
    >>> sorted({answer["kind"] for answer in bank("05-dialogue")["tasks"]["check_mix_tables"]["answers"]})
    ['right', 'untouched', 'wrong']
    """
    import yaml

    path = EXERCISES / "answers" / exercise / "answers.yml"
    if not path.is_file():
        raise ValueError(_("There are no known answers to {exercise}.").format(exercise=exercise))
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def answered(release: nbformat.NotebookNode, answers: Mapping[str, str]) -> nbformat.NotebookNode:
    """Write answers in the cells of a released notebook as a learner would: below the code there, in place of a text.

    Parameters
    ----------
    release
        The released notebook; it is left as it is.
    answers
        What to write in each cell, by the cell's grade id.
    """
    book = copy.deepcopy(release)
    for cell in book.cells:
        answer = answers.get(grade_id(cell), "")
        before = [] if answer and cell.cell_type == "markdown" else [cell.source]
        cell.source = "\n".join([*before, answer]).rstrip()
    return book


def submissions(
    release: nbformat.NotebookNode, exercise: str, students: int, seed: int = 0
) -> Iterator[nbformat.NotebookNode]:
    """Make the notebooks of a class from the answer bank: better and worse students, each with an answer to each task.

    Parameters
    ----------
    release
        The released notebook.
    exercise
        Whose bank.
    students
        How many notebooks.
    seed
        Another seed gives another class.
    """
    tasks = bank(exercise)["tasks"].values()
    draw = random.Random(seed)
    for _student in range(students):
        # How often this student is right; most are between.
        skill = draw.betavariate(3, 2)
        answers = {}
        for task in tasks:
            kind = "right" if draw.random() < skill else "wrong" if draw.random() < 0.8 else "untouched"
            answers[task["cell"]] = draw.choice([each for each in task["answers"] if each["kind"] == kind])["code"]
        yield answered(release, answers)


def written_answers(source: nbformat.NotebookNode) -> dict[str, list[str]]:
    """Find answers to the tasks that a person marks: the samples in the mark scheme, weak to excellent.

    Parameters
    ----------
    source
        The source notebook.

    Returns
    -------
    dict
        The answers by the grade id of the cell; tasks without samples are left out.
    """
    settings = [cell.metadata.get("nbgrader", {}) for cell in source.cells]
    manual = [one["grade_id"] for one in settings if one.get("grade") and one.get("solution")]
    tasks = [read_task("", name, 0, source.cells) for name in manual]
    return {task.cell: [sample.answer for sample in task.samples] for task in tasks if task.samples}
