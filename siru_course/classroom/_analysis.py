"""What the grades of an assignment say: which tasks are hard or unclear, and who is stuck."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from siru_course._files import typed
from siru_course.language import gettext as _

from . import _items
from ._items import Said, Task
from ._scores import Key, Scored, Scores, scores

# A correlation over fewer students says more about chance than about the task.
FEWEST = 10
COMMON = 3


@dataclass(frozen=True)
class Item:
    """How a task worked.

    Parameters
    ----------
    task, points
        The task, and the points it is worth.
    n, left
        How many submissions have points for it, and how many wait for a person to mark it.
    difficulty
        The mean share of its points, 0 to 1; ``None`` when nobody has points for it, or answers are left to mark:
        those that nobody has to mark are the untouched ones, with 0 points.
    discrimination
        The correlation of its points with the points of all other tasks, -1 to 1; ``None`` with fewer than
        ten students, when all have the same points, or when answers are left to mark.
    untouched
        How many left it as it was released; ``None`` where that cannot be seen.
    common
        The most common messages, with how many students got each, and whether its check is hidden from students.
    """

    task: Task
    points: float
    n: int
    left: int
    difficulty: float | None
    discrimination: float | None
    untouched: int | None
    common: list[tuple[Said, int, bool]]


@dataclass(frozen=True)
class Stuck:
    """A student with less than half of the points that tests give, or with tasks that were left untouched."""

    student: Scored
    share: float | None
    untouched: list[Task]
    low: list[Task]


@dataclass(frozen=True)
class Analysis:
    """Everything the report shows.

    Parameters
    ----------
    title, assignment
        The heading of the assignment's notebook, and its name.
    handed_in, absent
        How many handed in, and who of the gradebook's students did not.
    graded, to_mark
        Who is in the gradebook with points, and how many of them have tasks left that a person marks.
    shares
        The share of points of each graded submission: of all points after penalties or, while tasks are left
        to mark, of the points that tests give.
    """

    title: str
    assignment: str
    handed_in: int
    absent: list[Scored]
    graded: list[Scored]
    to_mark: int
    shares: list[float]
    items: list[Item]
    stuck: list[Stuck]
    unread: list[Scored]

    @property
    def distribution(self) -> list[int]:
        """How many submissions lie in each tenth of the points; all points lie in the last."""
        # The slack keeps 0.7 × 10 from falling below 7.
        count = Counter(min(9, int(share * 10 + 1e-9)) for share in self.shares)
        return [count[tenth] for tenth in range(10)]

    @property
    def middle(self) -> tuple[float, float]:
        """The mean and the median of the shares."""
        return statistics.fmean(self.shares), statistics.median(self.shares)


def analyse(folder: Path, assignment: str) -> Analysis:
    """Analyse an assignment of a class directory.

    Raises
    ------
    ValueError
        If nothing of it has been graded.
    """
    name, books = _items.released(folder, assignment)
    known = scores(folder, name)
    graded = [scored for scored in known.submissions if scored.graded]
    if not graded:
        raise ValueError(
            _("Nothing of {name} has been graded. Run: siru class grade {name} --in {folder}").format(
                name=name, folder=typed(folder)
            )
        )
    by_key = {task.key: task for task in _items.tasks(books)}
    # What the gradebook has and the release has no longer is still part of the points.
    tasks = [by_key.get(key) or Task(key, key[1], False, {}) for key in [*by_key, *(known.most.keys() - by_key.keys())]]
    tasks = [task for task in tasks if task.key in known.most]
    work = [_read(folder, name, scored, tasks) for scored in graded]
    to_mark = sum(scored.to_mark for scored in graded)
    automatic = [task.key for task in tasks if not task.manual]
    handed_in = {path.parent.name for path in (folder / "submitted").glob(f"*/{name}")} | {s.student for s in graded}
    return Analysis(
        title=_items.title(books) or name,
        assignment=name,
        handed_in=len(handed_in),
        absent=[scored for scored in known.without if scored.student not in handed_in],
        graded=graded,
        to_mark=to_mark,
        shares=[
            share for scored in graded if (share := _share(scored, known, automatic if to_mark else None)) is not None
        ],
        items=[_item(task, tasks, known, graded, work) for task in tasks],
        stuck=_stuck(graded, work, tasks, known, automatic),
        unread=[scored for scored, done in zip(graded, work, strict=True) if not done.read],
    )


@dataclass
class _Work:
    """What one student's notebooks show: which tasks are untouched, and what the checks said of the others."""

    read: bool = True
    untouched: set[Key] = field(default_factory=set)
    said: dict[Key, dict[Said, bool]] = field(default_factory=dict)


def _read(folder: Path, name: str, scored: Scored, tasks: Sequence[Task]) -> _Work:
    work = _Work()
    for notebook in dict.fromkeys(task.key[0] for task in tasks):
        graded = _items.read_cells(folder / "autograded" / scored.student / name / f"{notebook}.ipynb")
        public = _items.read_cells(folder / ".siru" / "public" / name / scored.student / f"{notebook}.ipynb")
        if graded is None and public is None:
            work.read = False
            continue
        for task in tasks:
            if task.key[0] != notebook:
                continue
            # Whoever has points wrote the answer somewhere, in a cell of their own perhaps.
            if task.untouched(graded or public or {}) and not scored.points.get(task.key):
                work.untouched.add(task.key)
            elif not task.manual:
                work.said[task.key] = _said(public, graded, task.key[1])
    return work


def _said(public: dict[str, _items.Cell] | None, graded: dict[str, _items.Cell] | None, cell: str) -> dict[Said, bool]:
    """Give what was said of an answer, and for each whether it comes from a check that students do not see."""
    seen = list(_items.complaints(public[cell].printed)) if public and cell in public else []
    shown = public[cell].printed if public and cell in public else ""
    rest = list(_items.complaints(graded[cell].printed)) if graded and cell in graded else []
    hidden = {said: bool(public) for said in rest if f" {said.check}: " not in shown}
    return hidden | dict.fromkeys(seen, False)


def _share(scored: Scored, known: Scores, keys: Sequence[Key] | None) -> float | None:
    if keys is None:
        return scored.score / known.total if known.total else None
    most = sum(known.most[key] for key in keys)
    return sum(scored.points.get(key, 0.0) for key in keys) / most if most else None


def _item(task: Task, tasks: Sequence[Task], known: Scores, graded: Sequence[Scored], work: Sequence[_Work]) -> Item:
    worth = known.most[task.key]
    points = [scored.points[task.key] for scored in graded if task.key in scored.points]
    left = sum(task.key in scored.waiting for scored in graded) if task.manual else 0
    counted: Counter[Said] = Counter()
    hidden: dict[Said, bool] = {}
    for done in work:
        counted.update(done.said.get(task.key, {}).keys())
        hidden |= done.said.get(task.key, {})
    # Equally common ones in the order of their words, so that two runs give the same report.
    common = sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))[:COMMON]
    return Item(
        task=task,
        points=worth,
        n=len(points),
        left=left,
        difficulty=statistics.fmean(points) / worth if points and worth and not left else None,
        discrimination=None if left else discrimination(task.key, [other.key for other in tasks], graded),
        untouched=sum(task.key in done.untouched for done in work) if task.stubs else None,
        common=[(said, count, hidden[said]) for said, count in common],
    )


def discrimination(key: Key, keys: Sequence[Key], graded: Sequence[Scored]) -> float | None:
    """Correlate the points of a task with the points of the other tasks, the task itself left out.

    The others are those that everybody has points for: while a task is marked, it is not among them.

    Returns
    -------
    float or None
        Pearson's correlation; ``None`` with fewer than ten students, or when all have the same points.

    References
    ----------
    Nunnally J., Bernstein I. (1994) Psychometric Theory, 3rd ed., on the corrected item-total correlation.
    """
    those = [scored for scored in graded if key in scored.points]
    others = [other for other in keys if other != key and all(other in scored.points for scored in graded)]
    if len(those) < FEWEST or not others:
        return None
    own = np.array([scored.points[key] for scored in those])
    rest = np.array([sum(scored.points[other] for other in others) for scored in those])
    if np.ptp(own) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    return float(np.corrcoef(own, rest)[0, 1])


def _stuck(
    graded: Sequence[Scored], work: Sequence[_Work], tasks: Sequence[Task], known: Scores, automatic: Sequence[Key]
) -> list[Stuck]:
    found = []
    for scored, done in zip(graded, work, strict=True):
        share = _share(scored, known, automatic)
        untouched = [task for task in tasks if task.key in done.untouched]
        low = [
            task
            for task in tasks
            if task.key in scored.points
            and scored.points[task.key] < known.most[task.key] / 2
            and task not in untouched
        ]
        if untouched or (share is not None and share < 0.5):
            found.append(Stuck(scored, share, untouched, low))
    return sorted(found, key=lambda one: (1.0 if one.share is None else one.share, one.student.student))
