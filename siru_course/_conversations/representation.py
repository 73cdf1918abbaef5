"""Who was in the room compared with a population: what is behind ``conversations.representation``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import is_number, real, short
from .._results import Result, Table
from ..language import gettext as _
from ..language import mark, ngettext, number

Numbers = pd.Series | Mapping[Any, float] | Sequence[float] | npt.NDArray[Any]

VERDICTS = {
    "over": mark("over-represented"),
    "under": mark("under-represented"),
    "cannot_tell": mark("cannot tell"),
}


@dataclass(frozen=True, eq=False)
class Representation(Result):
    """Who was in the room compared with a population; shows itself as a table.

    Attributes
    ----------
    table
        One row a group of the population, with ``count`` and ``share`` in the room, ``ci_low`` and ``ci_high`` (the
        share's interval), ``population_share``, ``ratio`` (share in the room divided by share of the population)
        and ``verdict``: ``over`` or ``under`` when the population's share lies outside the interval, else
        ``cannot_tell``.
    n
        How many people were counted.
    confidence
        Of the intervals.
    left_out
        People left out, as their group is not known.

    Examples
    --------
    >>> room = representation({"women": 30, "men": 10}, {"women": 0.5, "men": 0.5})
    >>> room.n, room.table["ratio"].to_dict(), room.table["verdict"].to_dict()
    (40, {'women': 1.5, 'men': 0.5}, {'women': 'over', 'men': 'under'})
    """

    table: pd.DataFrame
    n: int
    confidence: float
    left_out: int = 0

    def tables(self) -> list[Table]:
        """Give the shares in the room beside those of the population.

        Examples
        --------
        >>> print(representation({"women": 30, "men": 10}, {"women": 0.5, "men": 0.5}))
        In the room and in the population
        Group  People  In the room         Interval  Population  Ratio            Reading
        women      30       75.0 %  59.8 % – 85.8 %      50.0 %   1.50   over-represented
        men        10       25.0 %  14.2 % – 40.2 %      50.0 %   0.50  under-represented
        People counted: 40. Intervals: Wilson, 95 %.
        An interval allows for chance only, not for who was invited or who chose to come.
        """
        head = [_("Group"), _("People"), _("In the room"), _("Interval"), _("Population"), _("Ratio"), _("Reading")]
        rows = []
        for group, row in self.table.T.items():
            reading = VERDICTS[row["verdict"]]
            interval = f"{_percent(row['ci_low'])} – {_percent(row['ci_high'])}"
            shares = [_percent(row["share"]), interval, _percent(row["population_share"])]
            rows.append([str(group), number(row["count"], 0), *shares, number(row["ratio"]), _(reading)])
        return [(_("In the room and in the population"), head, rows)]

    def notes(self) -> list[str]:
        """Say how many were counted, what was left out, and how to read the intervals.

        Examples
        --------
        >>> came = pd.Series(["women", "men", None])
        >>> representation(came, {"women": 0.5, "men": 0.5}).notes()[1]
        'Left out, as the group is missing: 1.'
        """
        found = [
            _("People counted: {n}. Intervals: Wilson, {confidence} %.").format(
                n=number(self.n, 0), confidence=f"{100 * self.confidence:g}"
            )
        ]
        if self.left_out:
            found.append(_("Left out, as the group is missing: {n}.").format(n=number(self.left_out, 0)))
        found.append(_("An interval allows for chance only, not for who was invited or who chose to come."))
        return found


def representation(
    participants: Numbers, population: pd.Series[Any] | Mapping[Any, float], confidence: float = 0.95
) -> Representation:
    """Compare who was in the room with a population, and tell a difference from chance.

    Parameters
    ----------
    participants
        The people's groups, one row a person, such as ``came["gender"]``; or how many there were of each group.
        A group of the population that is left out had nobody in the room.
    population
        How large each group is in the population: numbers of people, shares that add up to 1, or per cent.
    confidence
        Of the intervals, above 0 and below 1.

    Returns
    -------
    Representation
        With ``table``, ``n``, ``confidence`` and ``left_out``.

    Raises
    ------
    ValueError
        If nobody was in the room, a number is missing or negative, a group is empty in the population or not in
        it, or the shares do not add up to 1.

    Notes
    -----
    Wilson's interval [1]_ is what shares of a population could well have given the share in the room, if people
    had come one by one and by chance. Somebody who came to several meetings is better counted once. Each group
    has an interval of its own: among twenty groups, expect one to fall outside by chance.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of
       the American Statistical Association 22(158):209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> came = pd.Series(["woman"] * 17 + ["man"] * 9)
    >>> result = representation(came, {"woman": 178_183, "man": 182_642})
    >>> result.table["verdict"].tolist()
    ['cannot_tell', 'cannot_tell']
    """
    from statsmodels.stats.proportion import proportion_confint

    if not 0 < real("confidence", confidence, 0, 1) < 1:
        message = _("confidence is {value}; give a number above 0 and below 1, such as 0.95.")
        raise ValueError(message.format(value=short(confidence)))
    parts = _parts(population)
    counts, left_out = _counted(participants, list(parts.index))
    n = int(counts.sum())
    if n == 0:
        raise ValueError(_("participants has nobody whose group is known, so there is nothing to compare."))
    low, high = proportion_confint(counts.to_numpy(), n, alpha=1 - confidence, method="wilson")
    table = pd.DataFrame({"count": counts, "share": counts / n, "ci_low": low, "ci_high": high})
    table["population_share"] = parts
    table["ratio"] = table["share"] / parts
    outside = np.select([parts < table["ci_low"], parts > table["ci_high"]], ["over", "under"], "cannot_tell")
    return Representation(table.assign(verdict=outside), n, float(confidence), left_out)


def _parts(population: object) -> pd.Series[Any]:
    """Give each group's share of the population."""
    if not isinstance(population, (pd.Series, Mapping)):
        message = _("population is {value}; give how large each group is, such as {example}.")
        raise ValueError(message.format(value=short(population), example="{'woman': 0.5, 'man': 0.5}"))
    groups = amounts("population", population)
    if not groups.index.is_unique:
        twice = groups.index[groups.index.duplicated()][0]
        raise ValueError(_("{group} stands twice in population; add the two up first.").format(group=twice))
    if len(empty := groups.index[groups == 0]):
        message = _("{group} is 0 in population; leave out a group that nobody belongs to.")
        raise ValueError(message.format(group=empty[0]))
    total = float(groups.sum())
    # Numbers of people are never all below 1, so these are shares, and some group was forgotten or counted twice.
    if (groups < 1).all() and abs(total - 1) > 0.005:
        message = _("The shares in population add up to {total}; with every group once they add up to 1.")
        raise ValueError(message.format(total=number(total)))
    return groups / total


def _counted(participants: object, groups: list[Any]) -> tuple[pd.Series[Any], int]:
    """Count the people of each group, and those whose group is not known."""
    left_out = 0
    if isinstance(participants, Mapping) or (isinstance(participants, pd.Series) and _all_numbers(participants)):
        counts = amounts("participants", participants)
        if not (counts % 1 == 0).all():
            message = _("participants holds {value}; give whole numbers of people.")
            raise ValueError(message.format(value=short(counts[counts % 1 != 0].iloc[0])))
    elif isinstance(participants, (pd.Series, Sequence)) and not isinstance(participants, str):
        people = pd.Series(participants)
        left_out = int(people.isna().sum())
        counts = people.value_counts()
    else:
        message = _("participants is {value}; give each person's group, or how many there were of each group.")
        raise ValueError(message.format(value=short(participants)))
    if not counts.index.is_unique:
        twice = counts.index[counts.index.duplicated()][0]
        raise ValueError(_("{group} stands twice in participants; add the two up first.").format(group=twice))
    if unknown := [str(group) for group in counts.index if group not in groups]:
        message = _("participants has groups that population lacks: {groups}. Use the same names in both.")
        raise ValueError(message.format(groups=", ".join(unknown)))
    return counts.reindex(pd.Index(groups), fill_value=0).astype(int), left_out


def _all_numbers(values: pd.Series[Any]) -> bool:
    return all(is_number(value) or pd.isna(value) for value in values) and bool(values.notna().any())


def amounts(name: str, values: object) -> pd.Series[Any]:
    """Check numbers from 0 up, none of them missing."""
    sequence = isinstance(values, (Sequence, np.ndarray)) and not isinstance(values, (str, bytes))
    if not (sequence or isinstance(values, (pd.Series, Mapping))) or getattr(values, "ndim", 1) != 1:
        message = _("{name} is {value}; give numbers in a list or a Series.")
        raise ValueError(message.format(name=name, value=short(values)))
    series = pd.Series(values if isinstance(values, (pd.Series, Mapping)) else list(values), dtype=object)  # type: ignore[call-overload]
    if series.empty:
        raise ValueError(_("{name} is empty; it needs at least one number.").format(name=name))
    if missing := int(series.isna().sum()):
        message = ngettext(
            "{name} has {n} missing value; fill in 0 for who has nothing, or leave it out with dropna().",
            "{name} has {n} missing values; fill in 0 for those who have nothing, or leave them out with dropna().",
            missing,
        )
        raise ValueError(message.format(name=name, n=missing))
    for value in series:
        if isinstance(value, str):
            message = _("{name} holds {value}; give numbers, such as those that value_counts() gives.")
            raise ValueError(message.format(name=name, value=short(value)))
        if not is_number(value) or value < 0:
            message = _("{name} holds {value}; each must be a number from 0 up.")
            raise ValueError(message.format(name=name, value=short(value)))
    return series.astype(float)


def _percent(share: float) -> str:
    return f"{number(100 * share, 1)} %"
