"""Answers that are nearly the same, listed for a person to read.

What is listed proves nothing: two students may have worked together as they should, or read the same page. The list
only saves the teacher from comparing everybody with everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from siru_course._files import replace_file
from siru_course.language import gettext as _
from siru_course.language import in_language

from . import _items
from ._alike import Answer, code_answer, given_names, joined, text_answer
from ._scores import Key, class_folder

THRESHOLD = 0.85
# Shorter answers to the same question look alike by themselves.
_SHORTEST = 20
# A pair is listed when so much of what the two wrote is alike, counted in words and signs, and shared by few.
_EVIDENCE = 30.0
# A task that tells less is not shown with a pair.
_LEAST = 1.0


@dataclass(frozen=True)
class Alike:
    """A task that two students answered nearly alike.

    Parameters
    ----------
    title
        The task.
    similarity
        How alike the answers are, 0 to 1; 1 when they differ in names, comments and layout alone.
    size
        How many words and signs the shorter answer has, without what was in the released cell.
    shared_by, answered
        How many students gave an answer like either of the two, the two included, of how many who wrote anything.
    weight
        How much it tells: `size` when only these two share the answer, and close to 0 when the whole class does.
    answers
        The two answers.
    """

    title: str
    similarity: float
    size: int
    shared_by: int
    answered: int
    weight: float
    answers: tuple[Answer, Answer]


@dataclass(frozen=True)
class Pair:
    """Two students with tasks that they answered nearly alike, the most telling first."""

    students: tuple[str, str]
    tasks: tuple[Alike, ...]

    @property
    def weight(self) -> float:
        """How much the tasks tell together; pairs are listed by it."""
        return sum(task.weight for task in self.tasks)


def similarity(folder: Path, assignment: str, to: Path | None = None, threshold: float | None = None) -> list[Pair]:
    """List near-identical submissions, and write them as a page with the answers side by side.

    Parameters
    ----------
    folder
        The class directory; what lies in ``submitted`` is compared, graded or not.
    assignment
        Which assignment.
    to
        As of :func:`page_path`.
    threshold
        From which similarity two answers are alike, above 0.5 and at most 1; 0.85 when left out.

    Returns
    -------
    list of Pair
        The most telling pair first.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is not released, or nobody handed it in.
    """
    from ._similarity_page import page

    threshold = THRESHOLD if threshold is None else threshold
    if not 0.5 < threshold <= 1:
        raise ValueError(_("threshold is {value}; give a number above 0.5 and at most 1.").format(value=threshold))
    folder, code = class_folder(folder)
    name, books = _items.released(folder, assignment)
    tasks = _items.tasks(books)
    students = sorted(path.parent.name for path in (folder / "submitted").glob(f"*/{name}"))
    if not students:
        raise ValueError(
            _("Nothing has been handed in: there is no folder submitted/<student>/{name}.").format(name=name)
        )
    given = given_names(chain.from_iterable(map(_items.code_cells, books.values())))
    answers: dict[Key, dict[str, Answer]] = {task.key: {} for task in tasks}
    unread = []
    for student in students:
        for book in books.values():
            cells = _items.read_cells(folder / "submitted" / student / name / book.name)
            if cells is None:
                unread.append(student)
                continue
            for task in tasks:
                if task.key[0] == book.stem:
                    answers[task.key][student] = _answer(task, cells, given)
    pairs = compare([(task.title, answers[task.key]) for task in tasks], threshold)
    path = page_path(folder, assignment, to)
    path.parent.mkdir(parents=True, exist_ok=True)
    heading = _items.title(books) or name
    with in_language(code):
        replace_file(path, page(heading, len(students), sorted(set(unread)), threshold, pairs).encode())
    return pairs


def page_path(folder: Path, assignment: str, to: Path | None = None) -> Path:
    """Tell where the page is written.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment.
    to
        The page, or the folder for it; ``.siru/similarity`` of the class directory when left out.

    Raises
    ------
    ValueError
        If the assignment is not released.
    """
    name, _books = _items.released(folder, assignment)
    path = to or folder / ".siru" / "similarity" / f"{name}.html"
    return path / f"{name}.html" if path.is_dir() else path


def _answer(task: _items.Task, cells: Mapping[str, _items.Cell], given: frozenset[str]) -> Answer:
    parts = []
    for name, stub in task.stubs.items():
        if name in cells:
            source = cells[name].source
            # The kind of the released cell: a student may have turned one into the other.
            code = stub.kind == "code"
            parts.append(code_answer(source, stub.source, given) if code else text_answer(source, stub.source))
    return joined(parts)


def compare(tasks: Sequence[tuple[str, Mapping[str, Answer]]], threshold: float = THRESHOLD) -> list[Pair]:
    """Compare everybody with everybody, task by task.

    Parameters
    ----------
    tasks
        The title of each task, and the answers by student.
    threshold
        From which similarity two answers are alike.
    """
    students = sorted({student for _title, answers in tasks for student in answers})
    place = {student: number for number, student in enumerate(students)}
    total = np.zeros((len(students), len(students)))
    compared = [(title, answers, _compared(answers, threshold)) for title, answers in tasks]
    for _title, _answers, found in compared:
        where = [place[student] for student in found.students]
        total[np.ix_(where, where)] += found.weight
    pairs = []
    for one, other in zip(*np.nonzero(np.triu(total >= _EVIDENCE, 1)), strict=True):
        two = students[one], students[other]
        alike = [_alike(title, answers, found, two) for title, answers, found in compared if found.alike(two)]
        pairs.append(Pair(two, tuple(sorted(alike, key=lambda task: -task.weight))))
    return sorted(pairs, key=lambda pair: (-pair.weight, pair.students))


@dataclass(frozen=True)
class _Compared:
    """A task's answers, each compared with each: a row and a column for every student with enough of an answer."""

    students: list[str]
    similarity: npt.NDArray[np.floating]
    size: npt.NDArray[np.integer]
    shared: npt.NDArray[np.integer]
    weight: npt.NDArray[np.floating]

    def alike(self, two: tuple[str, str]) -> bool:
        if two[0] not in self.students or two[1] not in self.students:
            return False
        return bool(self.weight[self.students.index(two[0]), self.students.index(two[1])] > 0)


def _alike(title: str, answers: Mapping[str, Answer], found: _Compared, two: tuple[str, str]) -> Alike:
    at = found.students.index(two[0]), found.students.index(two[1])
    return Alike(
        title=title,
        similarity=float(found.similarity[at]),
        size=int(found.size[at]),
        shared_by=int(found.shared[at]),
        answered=sum(bool(answer.tokens) for answer in answers.values()),
        weight=float(found.weight[at]),
        answers=(answers[two[0]], answers[two[1]]),
    )


def _compared(answers: Mapping[str, Answer], threshold: float) -> _Compared:
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    students = [student for student, answer in answers.items() if len(answer.tokens) >= _SHORTEST]
    letters: dict[str, str] = {}
    coded = ["".join(letters.setdefault(token, _letter(len(letters))) for token in answers[s].tokens) for s in students]
    # Everybody may write the same: each different answer is compared once.
    different = list(dict.fromkeys(coded))
    scores = process.cdist(
        different, different, scorer=Indel.normalized_similarity, score_cutoff=threshold, dtype=np.float32, workers=-1
    )
    place = {text: number for number, text in enumerate(different)}
    which = np.array([place[text] for text in coded], dtype=int)
    table = scores[np.ix_(which, which)]
    like = (table > 0).astype(np.float32)
    # Those whose answer is like the one or like the other.
    shared = (like.sum(axis=1)[:, None] + like.sum(axis=1)[None, :] - like @ like).round().astype(int)
    lengths = np.array([len(text) for text in coded], dtype=int)
    size = np.minimum(lengths[:, None], lengths[None, :])
    answered = max(2, sum(bool(answer.tokens) for answer in answers.values()))
    # 1 when two share it, near 0 when all do; squared, as easy tasks have one plain answer that a third may give.
    rare = np.log((answered + 1) / np.maximum(shared, 2)) / np.log((answered + 1) / 2)
    weight = np.where(like > 0, table * size * rare**2, 0)
    return _Compared(students, table, size, shared, np.where(weight < _LEAST, 0, weight))


def _letter(number: int) -> str:
    """Give a character to a word, so that answers can be compared as text; surrogates are left out."""
    return chr(number if number < 0xD800 else number + 0x800)
