"""Who is severe, and who is inconsistent: what is behind ``board.severity``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._arguments import numbers
from .._results import Result, Table
from ..language import gettext as _
from ..language import mark, number
from .table import Board, Floats, means

# From here on a reviewer is called severe or lenient (points), and consistent (rank correlation with the others).
_APART, _IN_STEP = 0.5, 0.5
_READINGS = {
    ("severe", True): mark("severe, in the same order as the others"),
    ("severe", False): mark("severe, and in another order"),
    ("severe", None): mark("severe"),
    ("lenient", True): mark("lenient, in the same order as the others"),
    ("lenient", False): mark("lenient, and in another order"),
    ("lenient", None): mark("lenient"),
    ("level", True): mark("much like the others"),
    ("level", False): mark("about as severe as the others, in another order"),
    ("level", None): mark("about as severe as the others"),
    (None, None): mark("too few ideas in common to tell"),
}


@dataclass(frozen=True, eq=False)
class Severity(Result):
    """How each reviewer's scores lie compared with the others', and whether they follow the others' order.

    Attributes
    ----------
    table
        One row a reviewer, from the most severe: ``difference`` (mean difference from the others, in points;
        negative is severe), ``ci_low`` and ``ci_high`` (its 95 % interval), ``spread`` (standard deviation of the
        differences over ideas), ``consistency`` (Spearman's rank correlation with the others over ideas, -1 to 1),
        ``kind`` (``severe``, ``lenient`` or ``level``; None when there are too few ideas), ``consistent``,
        ``ideas`` (how many the comparison rests on) and ``left_out`` (the reviewer's missing scores).

    Examples
    --------
    >>> from siru_course import data
    >>> found = severity(data.load("board_scores"))
    >>> found.table.loc[["R4", "R6"], ["kind", "consistent"]].values.tolist()
    [['severe', True], ['level', False]]
    >>> found.readings["R4"]
    'severe, in the same order as the others'
    """

    table: pd.DataFrame

    @property
    def left_out(self) -> int:
        """How many scores are missing in all.

        Examples
        --------
        >>> from siru_course import data
        >>> severity(data.load("board_scores")).left_out
        50
        """
        return int(self.table["left_out"].sum())

    @property
    def readings(self) -> pd.Series[Any]:
        """What to make of each reviewer, in the language in use.

        Examples
        --------
        >>> from siru_course import data
        >>> severity(data.load("board_scores")).readings["R6"]
        'about as severe as the others, in another order'
        """
        kinds = zip(self.table["kind"], self.table["consistent"], strict=True)
        read = [_(_READINGS[kind, consistent]) for kind, consistent in kinds]
        return pd.Series(read, index=self.table.index, name="reading")

    def tables(self) -> list[Table]:
        """Give each reviewer's difference with its interval, and consistency.

        Examples
        --------
        >>> from siru_course import data
        >>> severity(data.load("board_scores")).tables()[0][2][0][:2]
        ['R4', '-1.07']
        """
        head = [_("Reviewer"), _("Difference"), _("95 % interval"), _("Consistency")]
        rows = [
            [str(label), points(row["difference"]), interval(row), points(row["consistency"])]
            for label, row in self.table.iterrows()
        ]
        return [(_("Points above (+) or below (-) the others on the same ideas"), head, rows)]

    def notes(self) -> list[str]:
        """Say who stands out, what the words stand for, and what was left out.

        Examples
        --------
        >>> from siru_course import data
        >>> severity(data.load("board_scores")).notes()[0]
        'R4: severe, in the same order as the others.'
        """
        rule = _(
            "Severe or lenient: {apart} points or more from the others, and an interval without 0. "
            "The same order: a rank correlation of {step} or more. Both limits are this course's own."
        )
        kinds = zip(self.table["kind"], self.table["consistent"], strict=True)
        like = [kind == "level" and consistent is not False for kind, consistent in kinds]
        found = [
            _("{reviewer}: {reading}.").format(reviewer=label, reading=reading)
            for (label, reading), usual in zip(self.readings.items(), like, strict=True)
            if not usual
        ] or [_("No reviewer stands out.")]
        found.append(rule.format(apart=number(_APART, 1), step=number(_IN_STEP, 1)))
        if self.left_out:
            found.append(_("Missing scores left out: {n}.").format(n=number(self.left_out, 0)))
        return found


def severity(scores: pd.DataFrame) -> Severity:
    """Tell reviewers who are severe from reviewers who are inconsistent.

    Parameters
    ----------
    scores
        The long table of scores, by two reviewers or more.

    Returns
    -------
    Severity
        With ``table``, ``readings`` and ``left_out``.

    Raises
    ------
    ValueError
        If there are fewer than two reviewers, or as :func:`weighted_scores`.
    KeyError
        If a column is missing.

    Notes
    -----
    A reviewer's score is compared with the mean of the other reviewers of the same idea and criterion. The
    differences are averaged for each idea, as one idea's criteria are judged together, and the interval is Student's t
    over ideas. A severe reviewer shifts the others a little the other way, since they are compared with that reviewer
    too. Who is severe need not be wrong: the others may be lenient.

    Examples
    --------
    >>> two = [("R1", idea, "need", score) for idea, score in zip("ABC", [2, 3, 5])]
    >>> two += [("R2", idea, "need", score - 1) for _, idea, _, score in two]
    >>> severity(pd.DataFrame(two, columns=["reviewer", "idea", "criterion", "score"])).table["difference"].to_dict()
    {'R2': -1.0, 'R1': 1.0}
    """
    from scipy.special import stdtrit

    board = Board.read(scores)
    board.active()
    rows: list[dict[str, float]] = []
    kinds: list[str | None] = []
    in_step: list[bool | None] = []
    for at in range(len(board.reviewers)):
        own, others = board.scores[:, :, at], means(np.delete(board.scores, at, axis=2))
        both = ~np.isnan(own - others)
        # One number an idea: the criteria of an idea are not independent of one another.
        mine, theirs = (means(np.where(both, side, np.nan)) for side in (own, others))
        difference = (mine - theirs)[both.any(axis=1)]
        n = len(difference)
        mean = float(difference.mean()) if n else math.nan
        spread = float(difference.std(ddof=1)) if n > 1 else math.nan
        half = float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n) if n > 1 else math.nan
        correlation = _rank_correlation(mine[both.any(axis=1)], theirs[both.any(axis=1)])
        kind = None if n < 2 else "level"
        if abs(mean) >= _APART and half < abs(mean):
            kind = "severe" if mean < 0 else "lenient"
        kinds.append(kind)
        in_step.append(None if math.isnan(correlation) else correlation >= _IN_STEP)
        rows.append(
            {
                "difference": mean,
                "ci_low": mean - half,
                "ci_high": mean + half,
                "spread": spread,
                "consistency": correlation,
                "ideas": n,
                "left_out": int(np.isnan(own).sum()),
            }
        )
    table = pd.DataFrame(rows, index=pd.Index(board.reviewers, name="reviewer"))
    # As objects, or pandas would turn None into NaN.
    table.insert(5, "kind", pd.Series(kinds, index=table.index, dtype=object))
    table.insert(6, "consistent", pd.Series(in_step, index=table.index, dtype=object))
    return Severity(table.sort_values("difference", kind="stable"))


def adjust_severity(scores: pd.DataFrame) -> pd.DataFrame:
    """Even out differences in severity, so that it matters less who has scored which idea.

    Parameters
    ----------
    scores
        The long table of scores.

    Returns
    -------
    pandas.DataFrame
        A copy of `scores` in which ``score`` is moved to what a reviewer of average severity would have given, and a
        new column ``severity`` says from where: how many points this reviewer lies above (+) or below (-) the average
        reviewer. Every other function here takes it.

    Raises
    ------
    ValueError
        If the reviewers fall into groups that have no idea in common, or as :func:`severity`.
    KeyError
        If a column is missing.

    Notes
    -----
    A score is taken as the idea's level on the criterion plus the reviewer's severity plus chance, fitted by least
    squares to the scores there are. With k reviewers and nothing missing the severity is (k - 1)/k of the difference
    that :func:`severity` gives, and the order of the ideas stays the same.

    It is fair only within limits. It assumes that a reviewer is as severe on every idea and criterion. It cannot tell
    severity from having met weaker ideas where few have scored the same ones. It does not repair an inconsistent
    reviewer, and an adjusted score may lie outside the scale. Show both rankings, and say beforehand which one counts.

    Examples
    --------
    The severe R4 had a conflict of interest about B07 and did not score it: B07 stood too high.

    >>> from siru_course import board, data
    >>> scores = data.load("board_scores")
    >>> adjusted = adjust_severity(scores)
    >>> [int(board.weighted_scores(table).table.loc["B07", "rank"]) for table in (scores, adjusted)]
    [4, 6]
    """
    board = Board.read(scores)
    board.active()
    known = ~np.isnan(board.scores).reshape(-1, len(board.reviewers))
    values = np.where(known, board.scores.reshape(known.shape), 0)
    size = np.maximum(known.sum(axis=1, keepdims=True), 1)
    # Normal equations with the level of each idea and criterion taken out; their null space is one shift for all.
    share = known / size
    normal = np.diag(known.sum(axis=0)) - known.T.astype(float) @ share
    active = known.any(axis=0)
    if np.linalg.matrix_rank(normal) < active.sum() - 1:
        raise ValueError(
            _("The reviewers fall into groups that have scored no idea in common; their severity cannot be compared.")
        )
    right = (values - known * (values.sum(axis=1, keepdims=True) / size)).sum(axis=0)
    shift = pd.Series(np.linalg.pinv(normal, hermitian=True) @ right, index=board.reviewers)
    per_row = scores["reviewer"].map(shift).astype(float)
    return scores.assign(score=numbers("score", scores["score"]) - per_row, severity=per_row)


def _rank_correlation(one: Floats, other: Floats) -> float:
    # Rounded, so that means that are level come out as level.
    sides = [pd.Series(side).round(9).rank() for side in (one, other)]
    if len(one) < 3 or any(side.nunique() < 2 for side in sides):
        return math.nan
    return float(sides[0].corr(sides[1]))


def points(value: float) -> str:
    """Write points with two decimals; empty when missing."""
    return "" if math.isnan(value) else number(value, 2)


def interval(row: Any) -> str:
    """Write a reviewer's interval; empty when there is none."""
    if math.isnan(row["ci_low"]):
        return ""
    return _("{low} to {high}").format(low=points(row["ci_low"]), high=points(row["ci_high"]))
