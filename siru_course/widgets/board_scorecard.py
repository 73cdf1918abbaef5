"""The board scorecard: each reviewer scores each idea by a rubric, alone; then the board sees what the scores say."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets
import pandas as pd

from .._results import html_table, text_table
from ..language import gettext as _
from ..language import in_language
from ._base import Tool, heading, labelled, lines, row
from ._saved import SavedTable
from ._score_names import area, listed, offer, read_ideas
from ._score_outcome import outcome
from ._score_rubric import Rubric, code, label, usual
from ._score_sheet import KEYS, ScoreSheet, check_names, load

_NONE, _HIDDEN = 0, -1


class BoardScorecard(Tool):
    """The tool that :func:`board_scorecard` returns.

    Attributes
    ----------
    idea_names, criterion_names, reviewer_names, use_button
        The controls for the names.
    reviewer, idea, before_button, next_button
        Who scores what.
    levels, weights
        Mappings from a criterion to the control of its score and of its weight.
    show
        Whether the result is shown.
    sheet
        The scores, with ``.frame()`` and ``.scores``; None until there are ideas, criteria and reviewers.
    """

    def __init__(self, names: tuple[str, str, str], pitches: Mapping[str, str], rubric: Rubric) -> None:
        super().__init__()
        self.sheet: ScoreSheet | None = None
        self.levels: dict[str, Any] = {}
        self.weights: dict[str, Any] = {}
        self._saved: SavedTable | None = None
        self._pitches, self._rubric = pitches, rubric
        # What the reviewer who sits here has scored since sitting down: nothing else is shown.
        self._seen: set[tuple[str, str]] = set()
        self._filling = False
        ideas, criteria, reviewers = names
        self.idea_names = area(
            _("Ideas, one a line"), _("A short name on each line. After a semicolon you may add a title."), ideas
        )
        self.criterion_names = area(
            _("Criteria, one a line"), _("What the ideas are scored on: few, and each about one thing."), criteria
        )
        self.reviewer_names = area(_("Reviewers, one a line"), _("The members of the board who score."), reviewers)
        self.use_button = self.button(_("Use these names"), _("Make a scorecard with these names"), self._use)
        hint = _("Choose your own name. The scores of others stay hidden.")
        self.reviewer = labelled(ipywidgets.Dropdown, _("Who scores"), hint, options=[])
        self.idea = labelled(
            ipywidgets.Dropdown, _("Idea to score"), _("The idea that the scores are for."), options=[]
        )
        self.before_button = self.button(_("Previous idea"), _("Go back one idea"), lambda: self._step(-1))
        self.next_button = self.button(_("Next idea"), _("Go on to the next idea"), lambda: self._step(1))
        self.show = ipywidgets.Checkbox(
            description=_("Show the result"),
            tooltip=_("Leave it unticked until all have scored, so that nobody follows the others."),
            value=False,
            indent=False,
        )
        self.pitch = ipywidgets.HTML()
        self.reviewer.observe(lambda _change: self._turn(), "value")
        self.idea.observe(lambda _change: self._fill(), "value")
        self.show.observe(lambda _change: self.attempt(self._reveal), "value")
        self._lay_out()

    def begin(self, saved: SavedTable | None) -> None:
        """Begin with the names in the tool, or go on from the file; a problem is told in the status line."""
        self._saved = saved
        self.attempt(self._open)

    def _open(self) -> None:
        ideas, criteria, reviewers = self._names()
        if self._saved is None or not self._saved.begun:
            if not (ideas and reviewers):
                message = _("Write the ideas and the reviewers, then press this button: {button}.")
                self.say(message.format(button=self.use_button.description))
                return
            check_names([name for name, _title in ideas], criteria, reviewers)
            self.sheet = ScoreSheet(dict(ideas), criteria, reviewers, self._saved)
            self._start()
            self.say(_("The scorecard is ready. Choose who scores."))
            self.sheet.save()
            return
        sheet = load(self._saved)
        if ideas and not {name for name, _title in ideas} & set(sheet.ideas):
            message = _("{file} holds scores of other ideas: {ideas}. Choose another name for save_to.")
            raise ValueError(message.format(file=self._saved.path, ideas=", ".join(sheet.ideas)))
        sheet.add(dict(ideas), criteria, reviewers)
        self.sheet = sheet
        self._start()
        message = _("Continuing from {file}. Scores in it: {n}. Choose who scores.")
        self.say(message.format(file=self._saved.path, n=len(sheet.scores)))

    def _use(self) -> None:
        if self.sheet is None:
            self._open()
            return
        ideas, criteria, reviewers = self._names()
        check_names([name for name, _title in ideas], criteria, reviewers)
        self.sheet.rename(dict(ideas), criteria, reviewers)
        self._start()
        self.say(_("The names are changed. All scores are kept."))

    def _names(self) -> tuple[list[tuple[str, str]], list[str], list[str]]:
        """Read the names in the text fields: ideas with their titles, criteria, reviewers."""
        ideas = [line.partition(";") for line in lines(self.idea_names.value)]
        titled = [(name.strip(), title.strip()) for name, _mark, title in ideas]
        return titled, [code(line) for line in lines(self.criterion_names.value)], lines(self.reviewer_names.value)

    def _start(self) -> None:
        """Make the controls for the names of the sheet; who sits here and at which idea stays the same."""
        sheet = self._sheet()
        self._filling = True
        self.idea_names.value = "\n".join(f"{name}; {title}" if title else name for name, title in sheet.ideas.items())
        self.criterion_names.value = "\n".join(map(label, sheet.criteria))
        self.reviewer_names.value = "\n".join(sheet.reviewers)
        offer(self.reviewer, [("–", ""), *((name, name) for name in sheet.reviewers)])
        offer(self.idea, [(f"{name} {title}" if title else name, name) for name, title in sheet.ideas.items()])
        self._filling = False
        self.levels = {criterion: self._level(criterion) for criterion in sheet.criteria}
        self.weights = {criterion: self._weight(criterion) for criterion in sheet.criteria}
        self._lay_out()
        self._fill()
        self._refresh()

    def _sheet(self) -> ScoreSheet:
        assert self.sheet is not None
        return self.sheet

    def _level(self, criterion: str) -> Any:
        control = labelled(
            ipywidgets.Dropdown,
            _("Score: {criterion}").format(criterion=label(criterion)),
            _("Choose the level that fits best. Leave the idea unscored if you have a conflict of interest."),
            width="40em",
            options=[(_("not scored"), _NONE)],
        )
        control.observe(lambda change: self._scored(criterion, change["new"]), "value")
        return control

    def _weight(self, criterion: str) -> Any:
        control = labelled(
            ipywidgets.BoundedFloatText,
            _("Weight: {criterion}").format(criterion=label(criterion)),
            _("How much the criterion counts, from 0 to 100. Only the proportions matter."),
            min=0,
            max=100,
            step=0.5,
            value=self._sheet().weights[criterion],
        )
        control.observe(lambda change: self.attempt(lambda: self._weigh(criterion, change["new"])), "value")
        return control

    def _turn(self) -> None:
        if self._filling:
            return
        self._seen.clear()
        self._fill()
        if self.reviewer.value:
            message = _("{reviewer} scores now. Scores from before are hidden.")
            self.attempt(lambda: self.say(message.format(reviewer=self.reviewer.value)))

    def _step(self, way: int) -> None:
        if self.sheet is not None:
            names = list(self.sheet.ideas)
            self.idea.value = names[(names.index(self.idea.value) + way) % len(names)]

    def _fill(self) -> None:
        """Show the idea, and of its scores those that the one who sits here may see."""
        if self.sheet is None or self._filling:
            return
        with in_language(self.made_in):
            self._filling = True
            reviewer, idea = self.reviewer.value, self.idea.value
            for criterion, control in self.levels.items():
                score = self.sheet.scores.get((reviewer, idea, criterion), _NONE)
                hidden = score != _NONE and not self.show.value and (idea, criterion) not in self._seen
                words = enumerate(self._rubric.levels(criterion), start=1)
                levels = [(f"{level}: {said}", level) for level, said in words]
                first = (_("scored, hidden"), _HIDDEN) if hidden else (_("not scored"), _NONE)
                rest = [(_("take the score away"), _NONE)] if hidden else []
                control.options = [first, *levels, *rest]
                control.value = _HIDDEN if hidden else score
                control.disabled = not reviewer
            self.pitch.value = f"<p>{escape(self._pitches.get(idea, ''))}</p>"
            self._filling = False

    def _scored(self, criterion: str, level: int) -> None:
        if self._filling or level == _HIDDEN:
            return
        self.attempt(lambda: self._note(criterion, level))

    def _note(self, criterion: str, level: int) -> None:
        sheet, reviewer, idea = self._sheet(), self.reviewer.value, self.idea.value
        self._seen.add((idea, criterion))
        try:
            sheet.put((reviewer, idea, criterion), level if level != _NONE else None)
        finally:
            self._catch_up()
        # The score itself is not repeated: the line stays when the next reviewer sits down.
        where = _("Saved in {file}.").format(file=self._saved.path) if self._saved else ""
        what = _("Noted: {reviewer}, {idea}, {criterion}.")
        left = _("Left to score for {reviewer}: {n}.")
        all_ = len(sheet.ideas) * len(sheet.criteria)
        done = sum(key[0] == reviewer for key in sheet.scores)
        said = [
            what.format(reviewer=reviewer, idea=idea, criterion=label(criterion)),
            where,
            left.format(reviewer=reviewer, n=all_ - done),
        ]
        self.say(" ".join(sentence for sentence in said if sentence))

    def _weigh(self, criterion: str, weight: float) -> None:
        if self._filling:
            return
        try:
            self._sheet().weigh(criterion, weight)
        finally:
            self._catch_up()
        self.say(_("The weights are changed."))

    def _catch_up(self) -> None:
        """Show the result anew, and names that have come by the file from another window."""
        sheet = self._sheet()
        known = [name for _words, name in self.idea.options], [name for _words, name in self.reviewer.options][1:]
        if known != (list(sheet.ideas), sheet.reviewers) or list(self.levels) != sheet.criteria:
            self._start()
        else:
            self._refresh()

    def _reveal(self) -> None:
        if self.sheet is None:
            return
        self._fill()
        self._refresh()
        self.say(_("The result is shown.") if self.show.value else _("The result is hidden."))

    def _refresh(self) -> None:
        sheet = self._sheet()
        all_ = len(sheet.ideas) * len(sheet.criteria)
        done = {reviewer: sum(key[0] == reviewer for key in sheet.scores) for reviewer in sheet.reviewers}
        rows = [[reviewer, str(n), str(all_ - n)] for reviewer, n in done.items()]
        progress = (_("Scores in"), [_("Reviewer"), _("Scored"), _("Left")], rows)
        html, text = html_table(*progress), text_table(*progress)
        if self.show.value:
            try:
                shown, said = outcome(sheet.frame(), sheet.weights)
            except ValueError as error:
                shown, said = f"<p>{escape(str(error))}</p>", str(error)
            html, text = html + shown, f"{text}\n{said}"
        self.publish(html + self._rubric.listing(sheet.criteria), text)

    def _lay_out(self) -> None:
        names = [self.idea_names, self.criterion_names, self.reviewer_names, row(self.use_button)]
        if self.sheet is None:
            self.children = (*names, self.status)
            return
        self.children = (
            *names,
            heading(_("Score"), _("Each scores alone and talks with the others afterwards.")),
            row(self.reviewer, self.idea, self.before_button, self.next_button),
            self.pitch,
            *self.levels.values(),
            self.status,
            heading(_("Result")),
            self.show,
            row(*self.weights.values()),
            self.result,
        )


def board_scorecard(
    ideas: Sequence[str] | pd.DataFrame | None = None,
    criteria: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    reviewers: Sequence[str] | None = None,
    save_to: str | os.PathLike[str] | None = None,
) -> BoardScorecard:
    """Open the board scorecard: each scores alone by a rubric, then the board sees what the scores say.

    Parameters
    ----------
    ideas
        The ideas' names, each with a title after a semicolon if you like, or a DataFrame such as ``board_ideas`` with
        a column ``idea_id`` (or ``idea``) and, if there are any, titles (``title_en`` and ``title_sv``, or ``title``)
        and texts to read (``pitch_en`` and ``pitch_sv``, or ``pitch``). Left out: an empty list to fill in.
    criteria
        The criteria's names, or a mapping from each name to five descriptions, from level 1 to level 5. Left out:
        need, novelty, team, viability and effect, with levels described.
    reviewers
        The reviewers' names. Left out: an empty list to fill in.
    save_to
        A CSV file that every score is written to the moment it is chosen, in the long form that
        :mod:`siru_course.board` takes. If the file has scores already, the tool goes on from them.

    Returns
    -------
    BoardScorecard
        The tool, an ``ipywidgets.VBox``, with the scores in ``.sheet.frame()``.

    Raises
    ------
    ValueError
        If an argument is no list of names, a criterion has not five levels, or the folder of `save_to` does not exist.
        What is wrong with the names or in the file is told in the tool.
    KeyError
        If `ideas` is a DataFrame without a column ``idea_id`` or ``idea``.

    Examples
    --------
    >>> tool = board_scorecard(["Buses", "Mentors"], ["need"], ["Ada", "Bo"])
    >>> for name, buses, mentors in [("Ada", 2, 4), ("Bo", 3, 5)]:
    ...     tool.reviewer.value = name
    ...     tool.idea.value = "Buses"
    ...     tool.levels["need"].value = buses
    ...     tool.next_button.click()
    ...     tool.levels["need"].value = mentors
    >>> "Mentors" in tool.text
    False
    >>> tool.show.value = True
    >>> "Mentors comes first." in tool.text
    True
    """
    names, pitches = read_ideas(ideas)
    own = {str(name).strip(): levels for name, levels in criteria.items()} if isinstance(criteria, Mapping) else None
    rubric = Rubric(own)
    saved = None if save_to is None else SavedTable(save_to, [*KEYS, "score"])
    if criteria is not None:
        asked = listed("criteria", list(criteria) if isinstance(criteria, Mapping) else criteria)
    else:
        asked = [] if saved is not None and saved.begun else [label(criterion) for criterion in usual()]
    people = listed("reviewers", [] if reviewers is None else reviewers)
    tool = BoardScorecard(("\n".join(names), "\n".join(asked), "\n".join(people)), pitches, rubric)
    tool.begin(saved)
    return tool
