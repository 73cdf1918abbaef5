"""The ballot box: what may be put in, what can be taken back, and where it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .. import dialogue
from .._dialogue.ballots import mark_columns, rank_columns, read_weights
from .._dialogue.result import MARKED
from ..language import gettext as _
from ._ballot_file import BallotFile, options_of
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
    file
        Where each ballot is saved the moment it comes in; holds `ballots` already.

    Raises
    ------
    ValueError
        If there are fewer than two options, or one stands twice.

    Examples
    --------
    >>> box = BallotBox(["Buses", "Mentors"])
    >>> box.add(["Mentors", "Buses"], {"Mentors": 2, "Buses": 1}, {})
    >>> box.frame[["1", "2", "dots_Buses"]].values.tolist()
    [['Mentors', 'Buses', 1]]
    """

    def __init__(
        self, options: Sequence[str], ballots: pd.DataFrame | None = None, file: BallotFile | None = None
    ) -> None:
        self.options = [str(option).strip() for option in options]
        if len(self.options) < 2 or "" in self.options:
            raise ValueError(_("Write at least two options, one a line."))
        if twice := repeated(self.options):
            raise ValueError(_("Among the options more than once: {names}. Remove one.").format(names=twice))
        self.file = file
        self.columns = [] if ballots is None else [str(column) for column in ballots.columns]
        self.rows: list[dict[str, Any]] = []
        if ballots is not None:
            self.rows = ballots.set_axis(self.columns, axis=1).astype(object).to_dict("records")  # type: ignore[assignment]
        have = [kind for kind, columns in self._form().items() if not {*columns}.isdisjoint(self.columns)]
        self.kinds = have or list(self._form())
        for kind in self.kinds:
            self.columns += [column for column in self._form()[kind] if column not in self.columns]

    def _form(self) -> dict[str, list[str]]:
        places = [str(place) for place in range(1, len(self.options) + 1)]
        marks = {rule: [f"{rule}_{option}" for option in self.options] for rule in ("dots", "score")}
        return {"rank": places, **marks}

    @property
    def count(self) -> int:
        """How many ballots are in."""
        return int(read_weights(self.frame).sum()) if self.rows else 0

    @property
    def frame(self) -> pd.DataFrame:
        """The ballots as :func:`siru_course.dialogue.tally` takes them; without the parts nobody has filled in."""
        frame = pd.DataFrame(self.rows, columns=self.columns, index=range(1, len(self.rows) + 1))
        for part in (rank_columns(frame), *(list(mark_columns(frame, rule).values()) for rule in MARKED)):
            if part and frame[part].isna().to_numpy().all():
                frame = frame.drop(columns=part)
        return frame

    def add(self, ranks: Sequence[str], dots: Mapping[str, int], scores: Mapping[str, int | None]) -> None:
        """Put a ballot in the box, and in the file first.

        Parameters
        ----------
        ranks
            The options from first to last, ``""`` for a place without one; all may be empty.
        dots
            How many dots each option gets: three in all, or none.
        scores
            The score of each option, 0–5, or None for all.

        Raises
        ------
        ValueError
            If the ballot is empty, ranks an option twice or leaves a gap, has another number of dots, scores only
            some options, or cannot be saved. It is then not in the box.
        """
        ballot: dict[str, Any] = {}
        if any(ranks):
            ballot |= {str(place): name or None for place, name in enumerate(ranks, start=1)}
            dialogue.tally(pd.DataFrame([ballot], index=[len(self.rows) + 1]), "plurality")
        if used := sum(dots.values()):
            if used != DOTS:
                raise ValueError(_("The ballot has {used} dots; place {all}, or none.").format(used=used, all=DOTS))
            ballot |= {f"dots_{option}": n for option, n in dots.items()}
        if any(score is not None for score in scores.values()):
            if None in scores.values():
                raise ValueError(_("Give every option a score from 0 to {highest}, or none.").format(highest=HIGHEST))
            ballot |= {f"score_{option}": score for option, score in scores.items()}
        if not ballot:
            raise ValueError(_("The ballot is empty. Fill in at least one part of it."))
        if "n" in self.columns:
            ballot["n"] = 1
        if self.file is not None:
            try:
                if self.rows and not self.file.begun:
                    # Somebody moved the file away: the ballots before this one are not to be missing from it.
                    self.file.write(self.columns, self.rows)
                self.file.append(self.columns, ballot)
            except OSError as error:
                message = _("The ballot could not be saved in {file}, and is not counted. Try again.")
                raise ValueError(message.format(file=self.file.path)) from error
        self.rows.append(ballot)

    def undo(self) -> None:
        """Take back the last ballot, from the file too.

        Raises
        ------
        ValueError
            If there is none, or the file cannot be written or has changed since it was opened.
        """
        if not self.rows:
            raise ValueError(_("There is no ballot to take back."))
        if self.file is not None:
            try:
                same = self.file.begun and len(self.file.read()[0]) == len(self.rows)
                if same:
                    self.file.write(self.columns, self.rows[:-1])
            except OSError as error:
                message = _("The file {file} could not be written, so the ballot is still there.")
                raise ValueError(message.format(file=self.file.path)) from error
            if not same:
                message = _("The file {file} has changed since this tool was opened. Run the cell again to continue.")
                raise ValueError(message.format(file=self.file.path))
        self.rows.pop()


def open_box(
    options: Sequence[str] | None, ballots: pd.DataFrame | None, file: BallotFile | None
) -> tuple[BallotBox | None, str]:
    """Open a ballot box, continuing from its file if there is one, and say what was found.

    There is no box yet when there are neither options nor ballots.

    Raises
    ------
    ValueError
        If the ballots are on other options, or the file cannot be written or is not a file of ballots.
    """
    found = []
    if file is not None and file.begun:
        given, (ballots, cut) = ballots, file.read()
        if ballots.empty and options is not None:
            # A heading without ballots binds nobody.
            ballots = given
        found.append(_("Continues from {file}.").format(file=file.path))
        if given is not None and ballots is not given:
            found.append(_("It has ballots already, so those given as ballots= are not used."))
        if cut:
            found.append(_("Its last line was cut off and is left out."))
    known = [] if ballots is None else options_of(ballots)
    if options is not None and not {*known} <= {str(option).strip() for option in options}:
        message = _("The ballots are on other options: {options}. Leave out options=, or choose another file.")
        raise ValueError(message.format(options=", ".join(known)))
    if options is None and not known:
        return None, " ".join(found)
    box = BallotBox(known if options is None else options, ballots, file)
    if file is not None:
        try:
            file.write(box.columns, box.rows)
        except OSError as error:
            message = _("The file {file} cannot be written. Choose a folder that you may write in.")
            raise ValueError(message.format(file=file.path)) from error
    return box, " ".join(found)
