"""Marking by a person: answers come blind and in random order, and the marks go into nbgrader's own gradebook."""

from __future__ import annotations

import getpass
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from siru_course._files import typed
from siru_course.language import gettext as _

from ._marking_files import Row, Table, seed
from ._marking_gradebook import Book, Grade
from ._marking_parts import (
    Answer,
    Draft,
    MarkedMeanwhileError,
    Sheet,
    Summary,
    read_points,
    read_rubric,
    rubric_text,
    written,
)
from .directory import CONFIG, LANGUAGE_FILE, resolve

_DRAFT = ["marker", "assignment", "task", "answer", "rubric", "points", "comment"]
_COMMENT = ["assignment", "comment", "used"]
_LOG = ["when", "marker", "assignment", "task", "answer", "rubric", "points", "before"]


class Marking:
    """The manual tasks of an assignment, for one marker.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        The assignment's whole name.
    marker
        Who marks.

    Attributes
    ----------
    tasks
        The tasks by name, in the order of the source.
    """

    def __init__(self, folder: Path, assignment: str, marker: str) -> None:
        self.folder, self.assignment, self.marker = folder, assignment, marker
        self._book = Book(folder, assignment)
        self.tasks = {task.name: task for task in self._book.tasks()}
        if not self.tasks:
            raise ValueError(_("{name} has no task that a person marks.").format(name=assignment))
        own = folder / ".siru"
        self._seed = seed(own)
        self._drafts = Table(own / "marking-drafts.csv", _DRAFT)
        self._comments = Table(own / "comments.csv", _COMMENT)
        self._log = Table(own / "marking-log.csv", _LOG)

    def queue(self, task: str) -> list[Answer]:
        """List the answers to a task, in an order of its own that stays the same; untouched ones are left out.

        Everybody sees the same numbers, but markers begin at different places, so that they seldom meet.
        """
        answers = [answer for answer, _grade in self._answers(task)]
        start = self._key(task, f"marker {self.marker}")
        return [answer for answer in answers if answer.key >= start] + [
            answer for answer in answers if answer.key < start
        ]

    def first(self, task: str) -> str | None:
        """Give the answer to begin with: the one that was left half-way, else the first that waits; None if none."""
        waiting = [answer.key for answer in self.queue(task) if answer.to_mark]
        half_way = [row["answer"] for row in self._drafts.rows() if self._mine(row, task)]
        return next((key for key in reversed(half_way) if key in waiting), waiting[0] if waiting else None)

    def half_way(self) -> str:
        """Give the task of the answer that this marker was at last and has not saved; empty if there is none."""
        rows = [row for row in self._drafts.rows() if self._mine(row, row["task"])]
        return rows[-1]["task"] if rows else ""

    def following(self, task: str, key: str) -> str | None:
        """Give the next answer that waits, round from the last to the first; None if no other one waits."""
        queue = self.queue(task)
        at = next((place for place, answer in enumerate(queue) if answer.key == key), 0)
        after = queue[at + 1 :] + queue[: at + 1]
        return next((answer.key for answer in after if answer.to_mark and answer.key != key), None)

    def before(self, task: str, key: str) -> str | None:
        """Give the answer before this one in the queue, marked or not; None if this is the first."""
        keys = [answer.key for answer in self.queue(task)]
        at = keys.index(key) if key in keys else 0
        return keys[at - 1] if at else None

    def open(self, task: str, key: str) -> Sheet:
        """Open an answer, marked or not.

        Raises
        ------
        ValueError
            If there is no such answer, or its graded notebook cannot be read.
        """
        answer, grade = self._find(task, key)
        comment = self._book.comment(self.tasks[task], grade.student)
        html = self._book.shown(self.tasks[task], grade.student)
        for row in self._drafts.rows():
            if self._mine(row, task) and row["answer"] == key:
                entered = Draft(read_rubric(row["rubric"]), row["points"], row["comment"])
                return Sheet(task, answer, html, entered, comment)
        if answer.points is None:
            return Sheet(task, answer, html, Draft(comment=comment), comment)
        last = [row for row in self._logged(task) if row["answer"] == key][-1:]
        rubric = read_rubric(last[0]["rubric"]) if last and last[0]["points"] == str(answer.points) else {}
        return Sheet(task, answer, html, Draft(rubric, written(answer.points), comment), comment)

    def keep(self, sheet: Sheet, entered: Draft) -> None:
        """Keep what is entered and not yet saved; what is as in the gradebook takes the draft away.

        Raises
        ------
        ValueError
            If the file of drafts cannot be read or written.
        """
        values = [self.marker, self.assignment, sheet.task, sheet.answer.key]
        values += [rubric_text(entered.rubric), entered.points, entered.comment]
        row = dict(zip(_DRAFT, values, strict=True))
        saved = "" if sheet.answer.points is None else written(sheet.answer.points)
        if sheet.answer.points is None:
            some = bool(entered.rubric) or entered.points.strip() != "" or entered.comment != sheet.comment
        else:
            some = (entered.points, entered.comment) != (saved, sheet.comment)
        mine = (sheet.task, sheet.answer.key)
        self._drafts.change(lambda rows: [*self._without_draft(rows, *mine), *([row] if some else [])])

    def save(self, sheet: Sheet, entered: Draft) -> float:
        """Write the marks of an answer to the gradebook, and give the points.

        Parameters
        ----------
        sheet
            The answer as it was opened: if the gradebook holds something else by now, nothing is written.
        entered
            The total in steps of a half, the comment that the student reads, and the points by criterion for the log.

        Raises
        ------
        MarkedMeanwhileError
            If somebody else has marked it since it was opened; the message tells both marks.
        ValueError
            If the points are not such points, or the gradebook cannot be written.
        """
        task, key = self.tasks[sheet.task], sheet.answer.key
        points, comment = read_points(entered.points, task.most), entered.comment.strip()
        now, grade = self._find(sheet.task, key)
        seen = Grade(grade.id, grade.student, grade.auto, sheet.answer.points, sheet.answer.to_mark)
        if not self._book.put(task, seen, sheet.comment, points, comment):
            now, grade = self._find(sheet.task, key)
            message = _(
                "Meanwhile, somebody else has marked this answer: {their_points} points, “{their_comment}”. You gave "
                "{points} points, “{comment}”. Nothing has been changed. Save again to put yours in place of theirs, "
                "or skip it to let theirs stand."
            )
            raise MarkedMeanwhileError(
                message.format(
                    their_points="–" if now.points is None else written(now.points),
                    their_comment=self._book.comment(task, grade.student),
                    points=written(points),
                    comment=comment,
                )
            )
        before = "" if sheet.answer.points is None else str(sheet.answer.points)
        when = datetime.now(UTC).isoformat(timespec="seconds")
        values = [when, self.marker, self.assignment, sheet.task, key, rubric_text(entered.rubric), str(points), before]
        self._log.change(lambda rows: [*rows, dict(zip(_LOG, values, strict=True))])
        self.drop(sheet)
        return points

    def drop(self, sheet: Sheet) -> None:
        """Throw the draft of an answer away."""
        self._drafts.change(lambda rows: self._without_draft(rows, sheet.task, sheet.answer.key))

    def reusable(self) -> list[tuple[str, int]]:
        """List the assignment's reusable comments, and how often each has been used; the most used first."""
        rows = [row for row in self._comments.rows() if row["assignment"] == self.assignment]
        return sorted(((row["comment"], _count(row)) for row in rows), key=lambda pair: -pair[1])

    def add_comment(self, comment: str) -> None:
        """Make a comment reusable; one that is there already stays as it is.

        Raises
        ------
        ValueError
            If it is empty, or the file of comments cannot be read or written.
        """
        comment = comment.strip()
        if not comment:
            raise ValueError(_("Write the comment first."))
        row = {"assignment": self.assignment, "comment": comment, "used": "0"}
        self._comments.change(lambda rows: rows if any(self._same(other, comment) for other in rows) else [*rows, row])

    def use_comment(self, comment: str) -> None:
        """Count that a reusable comment has been used once more."""
        self._comments.change(
            lambda rows: [row | {"used": str(_count(row) + 1)} if self._same(row, comment) else row for row in rows]
        )

    def summary(self, task: str) -> Summary:
        """Tell how the marking of a task stands."""
        answers = [answer for answer, _grade in self._answers(task)]
        marked = {answer.key: answer.points for answer in answers if not answer.to_mark and answer.points is not None}
        by_marker: dict[str, list[float]] = {}
        for key, marker in {row["answer"]: row["marker"] for row in self._logged(task)}.items():
            if key in marked:
                by_marker.setdefault(marker, []).append(marked[key])
        return Summary(
            points=tuple(sorted(marked.values())),
            left=sum(answer.to_mark for answer in answers),
            empty=sum(grade.untouched for grade in self._book.grades(self.tasks[task])),
            markers=tuple((name, len(given), sum(given) / len(given)) for name, given in sorted(by_marker.items())),
        )

    # What follows knows who the students are; nothing of it is shown.

    def _answers(self, task: str) -> list[tuple[Answer, Grade]]:
        grades = [grade for grade in self._book.grades(self.tasks[task]) if not grade.untouched]
        keyed = sorted(((self._key(task, grade.student), grade) for grade in grades), key=lambda pair: pair[0])
        return [(Answer(key, place, grade.to_mark, grade.manual), grade) for place, (key, grade) in enumerate(keyed, 1)]

    def _find(self, task: str, key: str) -> tuple[Answer, Grade]:
        for answer, grade in self._answers(task):
            if answer.key == key:
                return answer, grade
        raise ValueError(_("This answer is not there any more. Open another one."))

    def _key(self, task: str, student: str) -> str:
        text = "\n".join([self._seed, self.assignment, task, student])
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def _logged(self, task: str) -> list[Row]:
        return [row for row in self._log.rows() if (row["assignment"], row["task"]) == (self.assignment, task)]

    def _mine(self, row: Row, task: str) -> bool:
        return (row["marker"], row["assignment"], row["task"]) == (self.marker, self.assignment, task)

    def _without_draft(self, rows: list[Row], task: str, key: str) -> list[Row]:
        return [row for row in rows if not (self._mine(row, task) and row["answer"] == key)]

    def _same(self, row: Row, comment: str) -> bool:
        return (row["assignment"], row["comment"]) == (self.assignment, comment)


def marking(folder: str | os.PathLike[str], assignment: str, marker: str = "") -> Marking:
    """Open the manual tasks of an assignment.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment, ``05-dialogue`` or ``dialogue``.
    marker
        Who marks; the name of the user of this machine if left out.

    Raises
    ------
    ValueError
        If the folder is no class directory, or the assignment is unknown, not graded, or has no manual task.
    """
    where = Path(folder).resolve()
    if not (where / CONFIG).is_file() or not (where / LANGUAGE_FILE).is_file():
        raise ValueError(
            _("{folder} is not a class directory. Make one with: siru class new {folder}").format(folder=typed(where))
        )
    name = resolve(assignment, sorted(path.name for path in (where / "source").glob("*/")))
    if not marker.strip():
        try:
            marker = getpass.getuser()
        except (KeyError, OSError):  # a machine that does not know who runs the program
            marker = "1"
    return Marking(where, name, marker.strip())


def _count(row: Row) -> int:
    return int(row["used"]) if row["used"].isdigit() else 0
