"""A board's scores as a block of numbers: ideas by criteria by reviewers, with NaN where there is no score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import column, frame, numbers, real, short
from ..language import gettext as _

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Board:
    """The scores, with the names along each side.

    Attributes
    ----------
    key
        What the column of ideas is called: ``idea_id`` or ``idea``.
    ideas, criteria, reviewers
        The names, in the order in which they come.
    scores
        Ideas by criteria by reviewers.
    """

    key: str
    ideas: list[Any]
    criteria: list[Any]
    reviewers: list[Any]
    scores: Floats

    @classmethod
    def read(cls, scores: pd.DataFrame) -> Board:
        """Check a long table of scores, and make it a block."""
        key = "idea" if isinstance(scores, pd.DataFrame) and "idea" in scores and "idea_id" not in scores else "idea_id"
        sides = [key, "criterion", "reviewer"]
        frame("scores", scores, [*sides, "score"])
        codes: list[npt.NDArray[np.intp]] = []
        names: list[list[Any]] = []
        for side in sides:
            found, labels = pd.factorize(column("scores", scores, side))
            if (found < 0).any():
                row = scores.index[found < 0][0]
                raise ValueError(_("Row {row}: {column} is empty; fill it in.").format(row=row, column=side))
            codes.append(found)
            names.append(list(labels))
        twice = scores.duplicated(sides)
        if twice.any():
            row = scores[twice].iloc[0]
            message = _("{reviewer} has more than one score of {idea} on {criterion}; keep one of them.")
            raise ValueError(message.format(reviewer=row["reviewer"], idea=row[key], criterion=row["criterion"]))
        block = np.full([len(labels) for labels in names], np.nan)
        block[tuple(codes)] = numbers("score", scores["score"]).to_numpy(dtype=float)
        if np.isnan(block).all():
            raise ValueError(_("All scores are missing; there is nothing to count."))
        ideas, criteria, reviewers = names
        return cls(key, ideas, criteria, reviewers, block)

    def shares(self, weights: Mapping[str, float] | pd.Series[Any] | None) -> Floats:
        """Check the weights, and give each criterion's as a share of all."""
        if weights is None:
            return np.full(len(self.criteria), 1 / len(self.criteria))
        if not isinstance(weights, (Mapping, pd.Series)):
            message = _("weights is {value}; give each criterion its weight, such as {example}.")
            example = {criterion: 1 for criterion in self.criteria[:2]}
            raise ValueError(message.format(value=short(weights), example=example))
        given = dict(weights)
        known = ", ".join(map(str, self.criteria))
        for criterion in given:
            if criterion not in self.criteria:
                message = _("weights names {criterion}, which is no criterion here; the criteria are {known}.")
                raise KeyError(message.format(criterion=short(criterion), known=known))
        for criterion in self.criteria:
            if criterion not in given:
                message = _("weights has no weight for {criterion}; give each criterion one, 0 to leave it out.")
                raise KeyError(message.format(criterion=short(criterion)))
        values = np.array([real(f"weights[{c!r}]", given[c], 0) for c in self.criteria])
        if not values.sum():
            raise ValueError(_("All weights are 0; give at least one criterion a weight above 0."))
        shares: Floats = values / values.sum()
        return shares

    def active(self) -> Board:
        """Leave out reviewers who have scored nothing; ``ValueError`` unless two reviewers are left."""
        scored: npt.NDArray[np.bool_] = np.asarray(~np.isnan(self.scores).all(axis=(0, 1)))
        reviewers = [name for name, has in zip(self.reviewers, scored, strict=True) if has]
        if len(reviewers) < 2:
            message = _("All scores are by {name}; scores by at least two reviewers are needed.")
            raise ValueError(message.format(name=reviewers[0]))
        return Board(self.key, self.ideas, self.criteria, reviewers, self.scores[:, :, scored])


def means(block: Floats) -> Floats:
    """Give the means over the last side of what is not NaN; NaN where all is."""
    known = ~np.isnan(block)
    total, n = np.where(known, block, 0).sum(axis=-1), known.sum(axis=-1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def totals(block: Floats, times: npt.NDArray[Any], shares: Floats) -> Floats:
    """Weigh the criteria together for boards in which reviewer r sits `times[board, r]` times: boards by ideas.

    Rounded far below what scores can tell apart, so that ideas that are level come out as level.
    """
    known = ~np.isnan(block)
    total = np.einsum("icr,br->bic", np.where(known, block, 0), times)
    n = np.einsum("icr,br->bic", known.astype(float), times)
    scored = np.where(n > 0, total / np.where(n > 0, n, 1), np.nan)
    found: Floats = np.round(scored @ shares, 9)
    return found
