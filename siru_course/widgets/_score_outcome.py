"""What the scores say, for the board scorecard: ranking, agreement, severity, and whether one reviewer decides."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from .. import board
from .._results import Result, html_table, text_table, written
from ..language import gettext as _
from ..language import number
from ._score_rubric import label


def outcome(scores: pd.DataFrame, weights: Mapping[str, float]) -> tuple[str, str]:
    """Give the result of the scores as HTML and as text.

    Raises
    ------
    ValueError
        If there is nothing to rank: no score, or no weight.

    Examples
    --------
    >>> scores = pd.DataFrame({"reviewer": "Ada", "idea_id": ["A", "B"], "criterion": "need", "score": [4, 2]})
    >>> print(outcome(scores.assign(idea=["Roof", ""]), {"need": 1})[1])
    A Roof comes first.
    Idea    Score  Rank  Reviewers
    A Roof      4     1          1
    B           2     2          1
    Mean score on each criterion
    Idea  need
    A        4
    B        2
    Agreement and severity need scores by at least two reviewers.
    """
    # By their short names, so that five criteria have room on a phone; everything else is told with titles.
    table = board.weighted_scores(scores, weights).means
    rows = [[str(idea), *(written(cell) for cell in row)] for idea, row in table.T.items()]
    means = (_("Mean score on each criterion"), [_("Idea"), *(label(str(name)) for name in table)], rows)
    scores = scores.assign(idea_id=(scores["idea_id"] + " " + scores["idea"]).str.strip())
    ranking = board.weighted_scores(scores, weights)
    parts: list[Result | str] = []
    if scores.loc[scores["score"].notna(), "reviewer"].nunique() < 2:
        parts.append(_("Agreement and severity need scores by at least two reviewers."))
    else:
        for make in (_agreement, _severity, _stability, _adjusted):
            try:
                parts.extend(make(scores, weights))
            except ValueError as error:
                # One part may need more scores than there are yet; the others stand.
                parts.append(str(error))
    html = "".join(part._repr_html_() if isinstance(part, Result) else f"<p>{escape(part)}</p>" for part in parts)
    text = "\n".join(map(str, [ranking, text_table(*means), *parts]))
    return ranking._repr_html_() + html_table(*means) + html, text


def _agreement(scores: pd.DataFrame, _weights: Mapping[str, float]) -> list[Result | str]:
    found = board.agreement(board.ratings_table(scores), "krippendorff", level="ordinal")
    value = _("undefined") if pd.isna(found.value) else number(found.value, 3)
    said = _("Agreement on all criteria, {name}: {value}. {reading}")
    return [said.format(name=found.name, value=value, reading=found.interpretation)]


def _severity(scores: pd.DataFrame, _weights: Mapping[str, float]) -> list[Result | str]:
    return [board.severity(scores)]


def _stability(scores: pd.DataFrame, weights: Mapping[str, float]) -> list[Result | str]:
    found = board.rank_stability(scores, weights)
    sentences: list[Result | str] = [_("Does one reviewer decide? {verdict}").format(verdict=found.verdict)]
    wins = found.ideas["wins"]
    if wins.notna().all():
        message = _("Drawn anew from these reviewers, {share} % of boards would put {idea} first.")
        sentences.append(message.format(share=number(100 * wins.max(), 0), idea=wins.index[int(wins.argmax())]))
    return sentences


def _adjusted(scores: pd.DataFrame, weights: Mapping[str, float]) -> list[Result | str]:
    found = board.weighted_scores(board.adjust_severity(scores), weights)
    first = found.winner or ", ".join(found.tied)
    return (
        [_("With differences in severity evened out, first place goes to {first}.").format(first=first)]
        if first
        else []
    )
