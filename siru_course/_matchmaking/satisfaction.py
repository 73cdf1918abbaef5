"""How high on the lists the partners stand: what is behind ``matchmaking.satisfaction``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .._results import Result, Table, written
from ..language import gettext as _
from .preferences import Preferences, check_known, read_lists, read_matching


@dataclass(frozen=True, eq=False)
class Satisfaction(Result):
    """How high on their lists people's partners stand.

    Attributes
    ----------
    table
        One row a name and partner: ``name, partner, rank``; rank 1 is the favourite. Without a partner both are
        missing; with a partner that is not on the list the rank is missing.
    mean_rank, worst_rank
        Of the ranks there are; NaN if there is none.
    first_choices
        How many partners are somebody's favourite.
    unmatched
        The names without a partner.
    left_out
        How many rows have no rank and so do not count in the mean: no partner, or one that is not on the list.

    Examples
    --------
    >>> satisfaction({"Ada": "C2"}, {"Ada": ["C1", "C2"], "Bo": ["C1"]}).left_out
    1
    """

    table: pd.DataFrame
    mean_rank: float
    worst_rank: float
    first_choices: int
    unmatched: list[Any]
    left_out: int

    def tables(self) -> list[Table]:
        """Give each name's partner and its rank.

        Examples
        --------
        >>> satisfaction({"Ada": "C2"}, {"Ada": ["C1", "C2"]}).tables()[0][2]
        [['Ada', 'C2', '2']]
        """
        caption = _("Mean rank {mean}, worst {worst}, first choices {first} of {all}").format(
            mean=written(self.mean_rank) or "–",
            worst=written(self.worst_rank) or "–",
            first=self.first_choices,
            all=len(self.table),
        )
        rows = [
            [str(row["name"]), "–" if pd.isna(row["partner"]) else str(row["partner"]), written(row["rank"]) or "–"]
            for _label, row in self.table.iterrows()
        ]
        return [(caption, [_("Name"), _("Partner"), _("Rank")], rows)]

    def notes(self) -> list[str]:
        """Say what the mean leaves out.

        Examples
        --------
        >>> satisfaction({"Ada": "C2"}, {"Ada": ["C2"], "Bo": ["C1"]}).notes()
        ['Left out of the mean, without a partner: Bo.']
        """
        said = []
        if self.unmatched:
            said.append(_("Left out of the mean, without a partner: {names}.").format(names=_joined(self.unmatched)))
        unlisted = self.table["partner"].notna() & self.table["rank"].isna()
        if unlisted.any():
            names = _joined(self.table.loc[unlisted, "name"])
            said.append(_("Left out of the mean, with a partner that is not on the list: {names}.").format(names=names))
        return said


def satisfaction(matching: Mapping[Any, Any], preferences: Preferences) -> Satisfaction:
    """Tell how high on their lists the partners of one side stand.

    Parameters
    ----------
    matching
        From proposer to receiver, as :func:`stable` gives it.
    preferences
        The lists of the proposers, or those of the receivers: whichever side you want to ask. Which side it is
        shows from the names, so let the two sides have different names.

    Returns
    -------
    Satisfaction
        With ``table``, ``mean_rank``, ``worst_rank``, ``first_choices``, ``unmatched`` and ``left_out``.

    Raises
    ------
    ValueError
        If `matching` is not a mapping to one name each, `preferences` is empty or is not a mapping to lists, or a
        list has a name twice.
    KeyError
        If a matched name has no list.

    Examples
    --------
    >>> entrepreneurs = {"Ada": ["C1", "C2"], "Bo": ["C1", "C2"]}
    >>> print(satisfaction({"Ada": "C2", "Bo": "C1"}, entrepreneurs))
    Mean rank 1.50, worst 2, first choices 1 of 2
    Name  Partner  Rank
    Ada        C2     2
    Bo         C1     1
    >>> satisfaction({"Ada": "C2", "Bo": "C1"}, {"C1": ["Bo"], "C2": ["Bo", "Ada"]}).mean_rank
    1.5
    """
    has, lists = read_matching(matching), read_lists("preferences", preferences)
    partners: dict[Any, list[Any]] = {name: [] for name in lists}
    turned = not set(has) <= set(lists) and set(has.values()) <= set(lists)
    for name, partner in ((b, a) if turned else (a, b) for a, b in has.items()):
        check_known("preferences", lists, name)
        partners[name].append(partner)
    rows = [(name, other, lists[name].get(other, math.nan) + 1) for name in lists for other in partners[name] or [None]]
    table = pd.DataFrame(rows, columns=["name", "partner", "rank"]).astype({"partner": object, "rank": float})
    return Satisfaction(
        table=table,
        mean_rank=float(table["rank"].mean()),
        worst_rank=float(table["rank"].max()),
        first_choices=int((table["rank"] == 1).sum()),
        unmatched=[name for name in lists if not partners[name]],
        left_out=int(table["rank"].isna().sum()),
    )


def _joined(names: Any) -> str:
    return ", ".join(map(str, names))
