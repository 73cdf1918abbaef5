"""The sheet of scores behind the board scorecard, and the file it is saved in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .._arguments import real, short
from ..language import gettext as _
from ._base import repeated
from ._saved import SavedTable
from ._score_rubric import HIGHEST

KEYS = ["reviewer", "idea_id", "criterion"]
COLUMNS = ["reviewer", "idea_id", "idea", "criterion", "score", "weight"]

Key = tuple[str, str, str]


class ScoreSheet:
    """Who has given which idea how many points on which criterion.

    Attributes
    ----------
    ideas
        A mapping from each idea's short name to its title, which may be empty.
    criteria, reviewers
        The names, in order.
    weights
        A mapping from each criterion to its weight.
    scores
        A mapping from (reviewer, idea, criterion) to the score; what is not scored is not there.
    saved
        The file; None when the sheet is not saved.

    Examples
    --------
    >>> sheet = ScoreSheet({"A": "", "B": ""}, ["need"], ["Ada"])
    >>> sheet.put(("Ada", "A", "need"), 4)
    >>> sheet.frame()["score"].tolist()
    [4, <NA>]
    """

    def __init__(
        self,
        ideas: Mapping[str, str],
        criteria: Sequence[str],
        reviewers: Sequence[str],
        saved: SavedTable | None = None,
    ) -> None:
        self.saved = saved
        self.scores: dict[Key, int] = {}
        self.weights: dict[str, float] = {}
        self._unsaved: set[Any] = set()
        self._extra: pd.DataFrame | None = None
        self._name(ideas, criteria, reviewers)

    def _name(self, ideas: Mapping[str, str], criteria: Sequence[str], reviewers: Sequence[str]) -> None:
        self.ideas, self.criteria, self.reviewers = dict(ideas), list(criteria), list(reviewers)
        self.weights = {criterion: self.weights.get(criterion, 1.0) for criterion in self.criteria}

    def frame(self) -> pd.DataFrame:
        """Give the long table: one row a reviewer, idea and criterion, also where the score is missing."""
        rows = [
            (reviewer, idea, title, criterion, self.scores.get((reviewer, idea, criterion)), self.weights[criterion])
            for reviewer in self.reviewers
            for idea, title in self.ideas.items()
            for criterion in self.criteria
        ]
        return pd.DataFrame(rows, columns=COLUMNS).astype({"score": "Int64"})

    def put(self, key: Key, score: int | None) -> None:
        """Note a score, None to take it away, and save.

        Raises
        ------
        ValueError
            If it cannot be saved. It is noted all the same, and saved with the next one that can be.
        """
        if score is None:
            self.scores.pop(key, None)
        else:
            self.scores[key] = score
        self._unsaved.add(key)
        self.save()

    def weigh(self, criterion: str, weight: float) -> None:
        """Note a criterion's weight, and save."""
        self.weights[criterion] = weight
        self._unsaved.add(criterion)
        self.save()

    def add(self, ideas: Mapping[str, str], criteria: Sequence[str], reviewers: Sequence[str]) -> None:
        """Add names to those there are; a title that is given replaces the one before. Nothing is saved yet."""
        titles = {name: title or self.ideas.get(name, "") for name, title in ideas.items()}
        everyone = dict.fromkeys([*self.reviewers, *reviewers])
        self._name(self.ideas | titles, list(dict.fromkeys([*self.criteria, *criteria])), list(everyone))

    def rename(self, ideas: Mapping[str, str], criteria: Sequence[str], reviewers: Sequence[str]) -> None:
        """Change which ideas, criteria and reviewers there are, and save.

        Raises
        ------
        ValueError
            If a name that has scores would go.
        """
        self._catch_up()
        kept = [set(reviewers), set(ideas), set(criteria)]
        gone = {name for key in self.scores for name, side in zip(key, kept, strict=True) if name not in side}
        if gone:
            message = _("There are scores for {names}; write the name back, or take the scores away first.")
            raise ValueError(message.format(names=", ".join(sorted(gone))))
        self._name(ideas, criteria, reviewers)
        self._write()

    def save(self) -> None:
        """Write the file, with what has come into it from another window since."""
        self._catch_up()
        self._write()

    def _write(self) -> None:
        if self.saved is None:
            return
        table = self.frame()
        if self._extra is not None:
            table = table.merge(self._extra, on=KEYS, how="left")
        self.saved.write(table)
        self._unsaved.clear()

    def _catch_up(self) -> None:
        """Take in what the file holds, except where something newer here has not reached the file yet."""
        if self.saved is None or not self.saved.begun:
            return
        there = load(self.saved)
        self._extra = there._extra
        newer = {key: score for key, score in self.scores.items() if key in self._unsaved}
        older = {key: score for key, score in there.scores.items() if key not in self._unsaved}
        self.scores = older | newer
        weights = there.weights | {c: self.weights[c] for c in self._unsaved if isinstance(c, str)}
        self.weights |= weights
        titles = there.ideas | {name: title for name, title in self.ideas.items() if title}
        self.add({name: titles[name] for name in there.ideas}, there.criteria, there.reviewers)


def load(saved: SavedTable) -> ScoreSheet:
    """Read a sheet from its file.

    Raises
    ------
    ValueError
        If it is not such a file, holds something else than scores from 1 to 5, or holds a score twice.
    """
    table = saved.read()
    titles = table["idea"] if "idea" in table else pd.Series("", index=table.index)
    ideas = dict(zip(table["idea_id"], titles, strict=True))
    sheet = ScoreSheet(ideas, list(dict.fromkeys(table["criterion"])), list(dict.fromkeys(table["reviewer"])), saved)
    twice = table.duplicated(KEYS)
    if twice.any():
        raise ValueError(
            _wrong(saved, int(twice.to_numpy().argmax()), _("the same reviewer, idea and criterion once more"))
        )
    for at, row in enumerate(table.to_dict("records")):
        if row["score"]:
            if row["score"] not in {str(score) for score in range(1, HIGHEST + 1)}:
                raise ValueError(_wrong(saved, at, short(row["score"])))
            sheet.scores[row["reviewer"], row["idea_id"], row["criterion"]] = int(str(row["score"]))
        if weight := row.get("weight"):
            try:
                sheet.weights[row["criterion"]] = real("weight", float(weight), 0)
            except ValueError:
                raise ValueError(_wrong(saved, at, short(weight))) from None
    extra = [column for column in table.columns if column not in COLUMNS]
    sheet._extra = table[[*KEYS, *extra]] if extra else None
    return sheet


def check_names(ideas: Sequence[str], criteria: Sequence[str], reviewers: Sequence[str]) -> None:
    """Check that there is something of each kind, and nothing twice."""
    for names, none, twice in (
        (ideas, _("Write at least one idea."), _("Among the ideas more than once: {names}. Remove one.")),
        (criteria, _("Write at least one criterion."), _("Among the criteria more than once: {names}. Remove one.")),
        (reviewers, _("Write at least one reviewer."), _("Among the reviewers more than once: {names}. Remove one.")),
    ):
        if not names:
            raise ValueError(none)
        if found := repeated(list(names)):
            raise ValueError(twice.format(names=found))


def _wrong(saved: SavedTable, at: int, what: str) -> str:
    message = _("Line {line} of {file} holds {what}; a score is 1 to 5 or empty. The file is left as it is.")
    # The heading is line 1.
    return message.format(line=at + 2, file=saved.path, what=what)
