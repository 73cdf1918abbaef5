"""The ballot box: ballots in memory and, when there is a file, in the file before they are counted."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from .. import dialogue
from .._voting import MARKED, mark_columns, rank_columns, read_ranks
from ..language import gettext as _
from ._base import repeated

DOTS, HIGHEST = 3, 5  # dots a ballot has, and the highest score


class BallotBox:
    """Ballots on the same options.

    Parameters
    ----------
    options
        The options' names, two or more.
    ballots
        Ballots that are in already, as :func:`siru_course.dialogue.tally` takes them.
    path
        A file that each ballot is written to the moment it comes in. What it holds already must be `ballots`.

    Raises
    ------
    ValueError
        If there are fewer than two options, or one stands twice.

    Examples
    --------
    >>> box = BallotBox(["Buses", "Mentors"])
    >>> box.add(["Mentors", "Buses"], {"Mentors": 2, "Buses": 1}, {})
    >>> box.frame.loc[1, ["1", "2", "dots_Buses"]].tolist()
    ['Mentors', 'Buses', 1]
    """

    def __init__(
        self, options: Sequence[str], ballots: pd.DataFrame | None = None, path: str | os.PathLike[str] | None = None
    ) -> None:
        self.options = [str(option).strip() for option in options]
        if len(self.options) < 2 or "" in self.options:
            raise ValueError(_("Write at least two options, one a line."))
        if twice := repeated(self.options):
            raise ValueError(_("Among the options more than once: {names}. Remove one.").format(names=twice))
        self.path = Path(path) if path is not None else None
        self.columns = [str(place) for place in range(1, len(self.options) + 1)]
        self.columns += [f"{rule}_{option}" for rule in ("dots", "score") for option in self.options]
        self.rows: list[dict[str, Any]] = []
        if ballots is not None:
            self.columns = [str(column) for column in ballots.columns]
            self.rows = ballots.set_axis(self.columns, axis=1).astype(object).to_dict("records")
