"""The page on which a teacher marks: the answer, what it is marked by, and the marks, all reached by keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from siru_course.language import LANGUAGES, in_language, language, ngettext
from siru_course.language import gettext as _
from siru_course.widgets._base import Action, Tool, heading, labelled, row

from ._marking_page import STYLE, beside, standing
from ._marking_parts import Draft, MarkedMeanwhileError, Sheet, written
from ._marking_quiet import Quiet
from .directory import LANGUAGE_FILE
from .marking import Marking, marking

if TYPE_CHECKING:
    from siru_course.widgets._serve import Served

# Not None, which ipywidgets shows as an empty control instead of the option with that value.
_UNSET = ""


class MarkingTool(Tool):
    """Marks the manual tasks of an assignment, one answer after the other.

    Attributes
    ----------
    task_choice, answer_choice
        The task, and the answer that is open.
    levels
        One control for each criterion of the rubric, by its name.
    points, comment
        The total, and what the student reads.
    sheet
        The answer that is open; None when none is left.
    """

    def __init__(self, work: Marking) -> None:
        super().__init__()
        self.marking = work
        self.sheet: Sheet | None = None
        self.levels: dict[str, Any] = {}
        self._filling = False
        self._quiet = Quiet()
        self._make_controls()
        self._lay_out()
        # The task that was left half-way comes first, else the first that has answers left.
        names = list(work.tasks)
        waiting = [name for name in names if work.first(name)] or names
        self.task_choice.value = work.half_way() if work.half_way() in waiting else waiting[0]
        self.task_choice.observe(lambda _change: self._quietly(self._choose_task), "value")
        self.attempt(self._choose_task)

    def _make_controls(self) -> None:
        tasks = [(task.title, name) for name, task in self.marking.tasks.items()]
        self.task_choice = labelled(ipywidgets.Dropdown, _("Task"), _("The task to mark"), "100%", options=tasks)
        self.answer_choice = labelled(
            ipywidgets.Dropdown, _("Open an answer"), _("Also one that is marked already"), "18rem", options=[]
        )
        self.answer_choice.observe(self._choose_answer, "value")
        self.left = ipywidgets.HTML()
        self.shown = ipywidgets.HTML(layout=ipywidgets.Layout(width="100%"))
        self.scheme = ipywidgets.HTML(layout=ipywidgets.Layout(width="100%"))
        self.rubric = ipywidgets.VBox()
        self.points = labelled(ipywidgets.Text, _("Points"), _("From 0, in steps of a half"), "12rem")
        self.comment = labelled(
            ipywidgets.Textarea, _("Comment to the student"), _("The student reads it"), "100%", rows=4
        )
        self.points.observe(self._keep, "value")
        self.comment.observe(self._keep, "value")
        self.reusable = labelled(
            ipywidgets.Dropdown, _("Reusable comments"), _("The most used ones first"), "100%", options=[]
        )
        self.insert_button = self.button(_("Insert"), _("Put it last in the comment"), self._insert)
        self.reuse_button = self.button(
            _("Make the comment reusable"), _("Keep what is written as the comment"), self._make_reusable
        )
        self.save_button = self.button(
            _("Save and next"), _("Write the marks to the gradebook and open the next answer"), self._save, primary=True
        )
        self.skip_button = self.button(_("Skip"), _("Open the next answer and mark this one later"), self._skip)
        self.back_button = self.button(_("Back"), _("Open the answer before this one"), self._back)
        self.summary_button = self.button(_("Show how it stands"), _("Distribution and means"), self._summarise)

    def _lay_out(self) -> None:
        self.add_class("siru-marking-tool")
        half = ipywidgets.Layout(flex="1 1 20rem", min_width="0", max_width="100%", padding="0 1rem 0 0")
        marks = [
            *(self.shown, heading(_("Marks")), self.rubric, self.points, self.comment),
            *(self.reusable, row(self.insert_button, self.reuse_button)),
            *(row(self.save_button, self.skip_button, self.back_button), self.status),
        ]
        columns = ipywidgets.HBox(
            [ipywidgets.VBox(marks, layout=half), ipywidgets.VBox([self.scheme], layout=half)],
            layout=ipywidgets.Layout(flex_flow="row wrap", align_items="flex-start", max_width="100%"),
        )
        who = _("{marker} marks {assignment}. What you enter is kept as you enter it.")
        words = escape(who.format(marker=self.marking.marker, assignment=self.marking.assignment))
        self.children = (
            ipywidgets.HTML(f'{STYLE}<p lang="{self.made_in}">{words}</p>'),
            *(self.task_choice, self.left, self.answer_choice, columns, row(self.summary_button), self.result),
        )

    def _choose_task(self) -> None:
        task = self.marking.tasks[self.task_choice.value]
        self.scheme.value = beside(task)
        self.levels = {}
        for criterion in task.rubric:
            options = [("–", _UNSET)] + [(f"{written(points)} · {words}", points) for points, words in criterion.levels]
            control = labelled(
                ipywidgets.Dropdown, criterion.name, _("The level that fits best"), "100%", options=options
            )
            control.observe(self._add_up, "value")
            self.levels[criterion.name] = control
        self.rubric.children = tuple(self.levels.values())
        self.points.description = _("Points, 0 to {most}").format(most=written(task.most))
        self._list_comments()
        self.publish("", "")
        self._open(self.marking.first(task.name))

    def _choose_answer(self, _change: Any) -> None:
        if not self._filling and self.answer_choice.value:
            self._quietly(lambda: self._open(self.answer_choice.value or None))

    def _quietly(self, action: Action) -> None:
        self._quiet.run(lambda: self.attempt(action))

    def button(
        self, description: str, tooltip: str, action: Action, primary: bool = False, at_once: bool = False
    ) -> Any:
        """Make a button that waits until all that was typed before it was pressed has come, however much it is."""
        return super().button(description, tooltip, lambda: self._quietly(action), primary, at_once=True)

    def _open(self, key: str | None) -> None:
        """Open an answer, or say that none is left."""
        task = self.task_choice.value
        self.sheet = self.marking.open(task, key) if key else None
        self._fill(self.sheet.entered if self.sheet else Draft())
        for control in (self.points, self.comment, self.save_button, self.skip_button, *self.levels.values()):
            control.disabled = self.sheet is None
        if self.sheet is None:
            title, html = _("No answer is left to mark in this task."), ""
            self._summarise()
        else:
            title = _("Answer {number}").format(number=self.sheet.answer.number)
            html = f'<div class="siru-marking siru-answer tex2jax_ignore mathjax_ignore">{self.sheet.html}</div>'
        self.shown.value = f"<h2>{escape(title)}</h2>{html}"
        self._list_answers()

    def _fill(self, entered: Draft) -> None:
        self._filling = True
        try:
            for name, control in self.levels.items():
                points = [value for _words, value in control.options]
                control.value = entered.rubric[name] if entered.rubric.get(name) in points else _UNSET
            self.points.value, self.comment.value = entered.points, entered.comment
        finally:
            self._filling = False

    def _list_answers(self) -> None:
        queue = self.marking.queue(self.task_choice.value)
        options = [] if self.sheet else [("–", _UNSET)]
        for answer in sorted(queue, key=lambda answer: answer.number):
            if answer.to_mark:
                words = _("Answer {number}, to mark").format(number=answer.number)
            else:
                words = _("Answer {number}, marked: {points}").format(
                    number=answer.number, points=written(answer.points or 0.0)
                )
            options.append((words, answer.key))
        self._filling = True
        try:
            self.answer_choice.options = options
            self.answer_choice.value = self.sheet.answer.key if self.sheet else _UNSET
        finally:
            self._filling = False
        left = sum(answer.to_mark for answer in queue)
        words = ngettext("{left} of {n} answer left to mark", "{left} of {n} answers left to mark", len(queue))
        self.left.value = f'<p lang="{self.made_in}">{escape(words.format(left=left, n=len(queue)))}</p>'

    def _entered(self) -> Draft:
        rubric = {name: control.value for name, control in self.levels.items() if control.value != _UNSET}
        return Draft(rubric, self.points.value, self.comment.value)

    def _add_up(self, _change: Any) -> None:
        """Put the sum of the criteria in the total when each of them has its points."""
        if self._filling:
            return
        rubric = self._entered().rubric
        if len(rubric) == len(self.levels):
            with in_language(self.made_in):
                total = written(float(sum(rubric.values())))
            if total != self.points.value:
                self.points.value = total  # which keeps the draft
                return
        self._keep(None)

    def _keep(self, _change: Any) -> None:
        if self.sheet is not None and not self._filling:
            sheet = self.sheet
            self._quiet.soon(lambda: self.attempt(lambda: self.marking.keep(sheet, self._entered())))

    def _save(self) -> None:
        if self.sheet is None:
            return
        sheet, task = self.sheet, self.marking.tasks[self.task_choice.value]
        try:
            points = self.marking.save(sheet, self._entered())
        except MarkedMeanwhileError:
            # What is entered stays; saving once more is then to put it in place of the other's.
            self.sheet = self.marking.open(task.name, sheet.answer.key)
            self._list_answers()
            raise
        message = _("Answer {number} is saved with {points} of {most} points.")
        self.say(message.format(number=sheet.answer.number, points=written(points), most=written(task.most)))
        self._open(self.marking.following(task.name, sheet.answer.key))
        self._focus()

    def _skip(self) -> None:
        if self.sheet is None:
            return
        following = self.marking.following(self.sheet.task, self.sheet.answer.key)
        if following is None and self.sheet.answer.to_mark:
            raise ValueError(_("This is the only answer that is left."))
        # What was entered about one that somebody has marked is not wanted any more.
        if not self.sheet.answer.to_mark:
            self.marking.drop(self.sheet)
        self.say("")
        self._open(following)
        self._focus()

    def _back(self) -> None:
        task = self.task_choice.value
        queue = self.marking.queue(task)
        before = self.marking.before(task, self.sheet.answer.key) if self.sheet else queue[-1].key if queue else None
        if before is None:
            raise ValueError(_("This is the first answer."))
        self.say("")
        self._open(before)
        self._focus()

    def _focus(self) -> None:
        """Put the keyboard where the next thing is entered."""
        fields = [*self.levels.values(), self.points] if self.sheet else [self.task_choice]
        fields[0].focus()

    def _list_comments(self) -> None:
        comments = self.marking.reusable()
        self.reusable.options = [(f"{text} ({used})", text) for text, used in comments] or [("–", _UNSET)]
        self.reusable.index = 0
        self.insert_button.disabled = not comments

    def _insert(self) -> None:
        text = self.reusable.value
        if text == _UNSET or self.sheet is None:
            return
        self.comment.value = f"{self.comment.value.rstrip()}\n{text}".strip()
        self.marking.use_comment(text)
        self._list_comments()
        self.reusable.value = text

    def _make_reusable(self) -> None:
        self.marking.add_comment(self.comment.value)
        self._list_comments()
        self.reusable.value = self.comment.value.strip()
        self.say(_("The comment can be inserted in other answers now."))

    def _summarise(self) -> None:
        task = self.marking.tasks[self.task_choice.value]
        self.publish(*standing(self.marking.summary(task.name), task.most))


def marking_tool(folder: str | os.PathLike[str], assignment: str, marker: str = "") -> MarkingTool:
    """Open the page for marking as an ipywidget, in the class's language.

    What it is given, and what it refuses, is as in :func:`siru_course.classroom.marking.marking`.
    """
    work = marking(folder, assignment, marker)
    with _spoken(work):
        return MarkingTool(work)


@contextmanager
def serve_marking(folder: Path, assignment: str, marker: str = "", port: int | None = None) -> Iterator[Served]:
    """Serve the page for marking on this machine, at an address that nobody can guess, while the block runs.

    Parameters
    ----------
    folder, assignment, marker
        As in :func:`siru_course.classroom.marking.marking`.
    port
        The port; a free one if it is left out.

    Raises
    ------
    ValueError
        If there is nothing to mark there, the port is taken, or the server does not start.
    """
    from siru_course.widgets._serve import serve_notebook

    work = marking(folder, assignment, marker)
    code = (
        "import os\n\nfrom siru_course.classroom.marking_tool import marking_tool\n\n"
        "marking_tool(os.environ['SIRU_CLASS'], os.environ['SIRU_ASSIGNMENT'], os.environ['SIRU_MARKER'])"
    )
    environment = {"SIRU_CLASS": str(work.folder), "SIRU_ASSIGNMENT": work.assignment, "SIRU_MARKER": work.marker}
    with _spoken(work), serve_notebook(code, _("Marking"), environment, port, private=True) as served:
        yield served


def _spoken(work: Marking) -> AbstractContextManager[None]:
    """Speak the class's language."""
    code = (work.folder / LANGUAGE_FILE).read_text(encoding="utf-8").strip()
    return in_language(code if code in LANGUAGES else language())
