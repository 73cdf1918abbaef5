"""Theme 02, the facilitator's craft: an agenda that re-times itself, its faults, and methods that fit.

Examples
--------
>>> from siru_course import data, use_language
>>> use_language("en")
>>> proposals = data.load("agendas")
>>> third = Agenda.from_frame(proposals[proposals["agenda_id"] == "AG03"], start="13:00", title="First jobs")
>>> third.check()[["rule", "severity", "block"]].values.tolist()
[['breaks', 'error', 6], ['order', 'error', 3]]
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ._arguments import column, frame, share, short, whole
from ._facilitation import check as _agenda_check
from ._facilitation import text as _agenda_text
from ._facilitation.agenda import (
    BREAK,
    Block,
    Start,
    as_frame,
    cards,
    clock,
    read_block,
    read_code,
    read_line,
    read_start,
    write_file,
)
from ._results import Result, Table
from .language import gettext as _
from .language import language, number

if TYPE_CHECKING:
    import altair

__all__ = ["Agenda", "suggest_methods"]

_OPTIONAL = ("phase", "method_id", "group_size", "who")


@dataclass(frozen=True)
class Agenda(Result):
    """The timed plan of a meeting; it never changes: a method that alters something gives a new agenda.

    Make one with :meth:`from_frame`. It shows itself as a run sheet in the language in use.

    Attributes
    ----------
    title
        What the meeting is called.
    start
        When it starts: a clock time, or a day and a clock time in Sweden's zone.
    blocks
        The blocks in order, each with ``title``, ``minutes``, ``format``, ``phase``, ``method_id``, ``group_size``
        and ``who``.

    Examples
    --------
    >>> table = pd.DataFrame({"title": ["Welcome", "Coffee"], "minutes": [10, 15], "format": ["plenary", "break"]})
    >>> agenda = Agenda.from_frame(table, start="13:00", title="Kick-off")
    >>> print(agenda)
    Kick-off, 13:00–13:25, 25 minutes
    Time         Min  What happens         How  Phase  Method
    13:00–13:10   10       Welcome  whole group
    13:10–13:25   15        Coffee        break
    Whole group: 100 % of the working time.
    """

    title: str
    start: Start
    blocks: tuple[Block, ...]

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, start: object, title: str) -> Agenda:
        """Build an agenda from a table.

        Parameters
        ----------
        frame
            One row a block, in the order of the rows. Columns: ``title`` (or ``title_en`` and ``title_sv``, of which
            the one in the language in use is taken), ``minutes``, ``format`` (``plenary``, ``pairs``,
            ``small_groups``, ``individual`` or ``break``) and, if you like, ``phase`` (``open``, ``diverge``,
            ``groan``, ``converge``, ``close``), ``method_id`` (a card of the data set ``methods``), ``group_size``
            (how many do the method together) and ``who`` (who leads). Formats and phases may be words of either
            language. Other columns are left out.
        start
            A clock time such as ``"13:00"``, or a day too, ``"2026-05-12 13:00"``, which a calendar file needs; or a
            ``datetime`` or ``time``. A ``datetime`` without a zone is Swedish time. Seconds are dropped.
        title
            What the meeting is called.

        Returns
        -------
        Agenda
            With the clock times in ``.frame``.

        Raises
        ------
        ValueError
            If there are no rows or several agendas, or a value is missing or not allowed.
        KeyError
            If a column that is needed is missing.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome", "Pairs"], "minutes": [10, 15], "format": ["plenary", "pairs"]})
        >>> Agenda.from_frame(table, start="9:30", title="Morning").frame[["start", "end"]].values.tolist()
        [['09:30', '09:40'], ['09:40', '09:55']]
        """
        table = _blocks(frame)
        rows = table.to_dict("records")
        blocks = tuple(read_block(at, {str(k): v for k, v in row.items()}) for at, row in enumerate(rows, start=1))
        return cls(read_line("title", title), read_start(start), blocks)

    @property
    def minutes(self) -> int:
        """How long the meeting takes, breaks included."""
        return sum(block.minutes for block in self.blocks)

    @property
    def end(self) -> str:
        """What the clock shows when the meeting ends."""
        return clock(self.start, self.minutes)

    @property
    def frame(self) -> pd.DataFrame:
        """The blocks as a table of your own: one row a block, with ``start`` and ``end`` by the clock."""
        return as_frame(self.start, self.blocks)

    def with_block(self, title: str, minutes: int, format: str, at: int | None = None, **more: Any) -> Agenda:
        """Give an agenda with one block more.

        Parameters
        ----------
        title, minutes, format
            What happens, how long it takes, and how people sit.
        at
            Which number the block gets; left out, it comes last.
        **more
            ``phase``, ``method_id``, ``group_size`` and ``who``.

        Returns
        -------
        Agenda
            A new agenda; later blocks start later.

        Raises
        ------
        ValueError
            If a value is not allowed.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome", "Vote"], "minutes": [10, 15], "format": ["plenary", "pairs"]})
        >>> agenda = Agenda.from_frame(table, start="13:00", title="Kick-off")
        >>> agenda.with_block("Coffee", 15, "break", at=2).frame["start"].tolist()
        ['13:00', '13:10', '13:25']
        """
        place = len(self.blocks) + 1 if at is None else whole("at", at, 1, len(self.blocks) + 1)
        _known(more, _OPTIONAL)
        block = read_block(place, {"title": title, "minutes": minutes, "format": format, **more})
        return replace(self, blocks=(*self.blocks[: place - 1], block, *self.blocks[place - 1 :]))

    def without(self, block: int) -> Agenda:
        """Give an agenda without a block.

        Parameters
        ----------
        block
            The block's number.

        Returns
        -------
        Agenda
            A new agenda; later blocks start earlier.

        Raises
        ------
        ValueError
            If there is no such block, or no other.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome", "Vote"], "minutes": [10, 15], "format": ["plenary", "pairs"]})
        >>> Agenda.from_frame(table, start="13:00", title="Kick-off").without(1).frame["start"].tolist()
        ['13:00']
        """
        at = whole("block", block, 1, len(self.blocks)) - 1
        if len(self.blocks) == 1:
            raise ValueError(_("An agenda has at least one block, and this is the only one left."))
        return replace(self, blocks=self.blocks[:at] + self.blocks[at + 1 :])

    def moved(self, block: int, to: int) -> Agenda:
        """Give an agenda with a block in another place.

        Parameters
        ----------
        block
            The block's number.
        to
            The number it is to have.

        Returns
        -------
        Agenda
            A new agenda with new clock times.

        Raises
        ------
        ValueError
            If there is no such block or place.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome", "Vote"], "minutes": [10, 15], "format": ["plenary", "pairs"]})
        >>> Agenda.from_frame(table, start="13:00", title="Kick-off").moved(2, to=1).frame["start"].tolist()
        ['13:00', '13:15']
        """
        order = list(self.blocks)
        taken = order.pop(whole("block", block, 1, len(order)) - 1)
        order.insert(whole("to", to, 1, len(self.blocks)) - 1, taken)
        return replace(self, blocks=tuple(order))

    def changed(self, block: int, **values: Any) -> Agenda:
        """Give an agenda with a block changed.

        Parameters
        ----------
        block
            The block's number.
        **values
            What is to be different: ``title``, ``minutes``, ``format``, ``phase``, ``method_id``, ``group_size`` or
            ``who``.

        Returns
        -------
        Agenda
            A new agenda with new clock times.

        Raises
        ------
        ValueError
            If there is no such block, or a value is not allowed.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome", "Vote"], "minutes": [10, 15], "format": ["plenary", "pairs"]})
        >>> Agenda.from_frame(table, start="13:00", title="Kick-off").changed(1, minutes=5).frame["start"].tolist()
        ['13:00', '13:05']
        """
        at = whole("block", block, 1, len(self.blocks)) - 1
        now = asdict(self.blocks[at])
        _known(values, now)
        made = read_block(at + 1, {**now, **values})
        return replace(self, blocks=(*self.blocks[:at], made, *self.blocks[at + 1 :]))

    def retimed(self, start: object) -> Agenda:
        """Give an agenda that starts at another time.

        Parameters
        ----------
        start
            As in :meth:`from_frame`; a clock time alone keeps the day, if the agenda has one.

        Returns
        -------
        Agenda
            A new agenda with new clock times.

        Raises
        ------
        ValueError
            If `start` is no time.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome"], "minutes": [10], "format": ["plenary"]})
        >>> Agenda.from_frame(table, start="13:00", title="Kick-off").retimed("2026-05-12 09:00").end
        '09:10'
        """
        new = read_start(start)
        if isinstance(new, time) and isinstance(self.start, datetime):
            new = read_start(datetime.combine(self.start.date(), new))
        return replace(self, start=new)

    def check(
        self, *, minutes: int = 180, between_breaks: int = 90, plenary_share: float = 0.6, first_voices: int = 20
    ) -> pd.DataFrame:
        """Look for faults that make a meeting worse.

        Parameters
        ----------
        minutes
            How long the meeting may take, breaks included.
        between_breaks
            The most minutes without a break.
        plenary_share
            The largest share of the working time, 0–1, in which the whole group sits together.
        first_voices
            Every voice is to be heard within so many minutes.

        Returns
        -------
        pandas.DataFrame
            One row a finding, none when all is well. Columns ``rule``, ``severity`` (``error``; ``warning`` for what
            may be on purpose; ``note`` for what could not be looked at), ``message`` in the language in use and
            ``block``, the number of the block to begin with (missing when it is about the whole agenda).

        Raises
        ------
        ValueError
            If a limit is not allowed.

        Notes
        -----
        The rules: ``breaks`` (no stretch without a break is too long), ``order`` (something diverges before anything
        converges [1]_), ``plenary`` (the whole group does not sit together for too much of the working time, which
        is all but the breaks), ``time`` (the blocks fit in the meeting), ``voices`` (a block in which everyone
        speaks, as its card says, begins early enough; without a card only pairs count), ``group_size`` (the method
        is made for that many people) and, as a warning, ``method_minutes`` (the block is as long as its card says).
        The limits are rules of thumb of this course, not laws.

        References
        ----------
        .. [1] Kaner, S. et al. (2014). Facilitator's Guide to Participatory Decision-Making, 3rd ed. Jossey-Bass.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Lecture"], "minutes": [60], "format": ["plenary"], "phase": ["open"]})
        >>> findings = Agenda.from_frame(table, start="13:00", title="Kick-off").check()
        >>> findings["rule"].tolist()
        ['plenary', 'voices']
        >>> findings["message"][0]
        'The whole group sits together 60 of 60 working minutes, 100 %; at most 60 %. Move some of the talk to pairs or
        small groups.'
        """
        limits = [whole("minutes", minutes, 1), whole("between_breaks", between_breaks, 1)]
        most, early = share("plenary_share", plenary_share), whole("first_voices", first_voices, 1)
        return _agenda_check.find(self.start, self.blocks, limits[0], limits[1], most, early)

    def timeline(self) -> altair.VConcatChart:
        """Draw the rhythm of the meeting: forms of work and phases along the clock.

        Returns
        -------
        altair.VConcatChart
            Above a lane for each form of work, with the numbers of the blocks; below a lane for each phase. A
            meeting that opens up before it chooses goes down the lower lanes like a staircase.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome"], "minutes": [10], "format": ["plenary"], "phase": ["open"]})
        >>> Agenda.from_frame(table, start="13:00", title="Kick-off").timeline().to_dict()["description"]
        'Timeline of Kick-off, 13:00–13:10, 10 minutes. Minutes by form: whole group 10, pairs 0, small groups 0, on
        their own 0, break 0. Phases in order: opening.'
        """
        from ._facilitation.chart import timeline

        return timeline(self.title, self.start, self.blocks)

    def to_ics(self, path: str | os.PathLike[str], blocks: bool = True) -> Path:
        """Write a calendar file: one event for the meeting with the run sheet in it, and one for each block.

        The meeting marks its time as busy; the blocks lie inside it as free time, so that nothing is booked twice.
        Written anew for the same title and day, the file changes the events in a calendar instead of adding others.

        Parameters
        ----------
        path
            Where to write; a file that is there is replaced.
        blocks
            False gives the meeting only, which is what to send to participants.

        Returns
        -------
        pathlib.Path
            The file, with its folder.

        Raises
        ------
        ValueError
            If the agenda has no day, or the file cannot be written; an old file is then left as it is.

        References
        ----------
        .. [1] Desruisseaux, B. (ed.) (2009). Internet Calendaring and Scheduling Core Object Specification
           (iCalendar). RFC 5545. doi:10.17487/RFC5545

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> table = pd.DataFrame({"title": ["Welcome"], "minutes": [10], "format": ["plenary"]})
        >>> agenda = Agenda.from_frame(table, start="2026-05-12 13:00", title="Kick-off")
        >>> with TemporaryDirectory() as folder:
        ...     text = agenda.to_ics(f"{folder}/agenda.ics").read_text(encoding="utf-8")
        >>> text.count("BEGIN:VEVENT"), "DTSTART;TZID=Europe/Stockholm:20260512T130000" in text
        (2, True)
        """
        from ._facilitation.calendar import calendar

        if not isinstance(self.start, datetime):
            message = _(
                "The agenda starts at {clock} but has no day, which a calendar needs. Give it one: "
                "agenda.retimed('2026-05-12 {clock}')."
            )
            raise ValueError(message.format(clock=clock(self.start, 0)))
        return write_file(path, calendar(self.title, self.start, self.blocks, blocks))

    def to_markdown(self, steps: bool = False) -> str:
        """Write the run sheet in Markdown, in the language in use: times, what, how, method, and the material.

        Parameters
        ----------
        steps
            Add how to do each method, its variant online, and what can go wrong.

        Returns
        -------
        str
            The run sheet.

        Examples
        --------
        >>> table = pd.DataFrame({"title": ["Welcome"], "minutes": [10], "format": ["plenary"], "who": ["Ada"]})
        >>> print(Agenda.from_frame(table, start="13:00", title="Kick-off").to_markdown())
        # Kick-off
        <BLANKLINE>
        13:00–13:10, 10 minutes
        <BLANKLINE>
        | Time | Min | What happens | How | Phase | Method | Who leads |
        | --- | --- | --- | --- | --- | --- | --- |
        | 13:00–13:10 | 10 | Welcome | whole group |  |  | Ada |
        <BLANKLINE>
        """
        return _agenda_text.markdown(self.title, self.start, self.blocks, steps)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the blocks as a CSV file, which :meth:`from_frame` can read again.

        Parameters
        ----------
        path
            Where to write; a file that is there is replaced.

        Returns
        -------
        pathlib.Path
            The file, with its folder. It is UTF-8 with a mark that spreadsheets know, with commas between the cells.

        Raises
        ------
        ValueError
            If the file cannot be written; an old file is then left as it is.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> table = pd.DataFrame({"title": ["Welcome"], "minutes": [10], "format": ["plenary"]})
        >>> agenda = Agenda.from_frame(table, start="13:00", title="Kick-off")
        >>> with TemporaryDirectory() as folder:
        ...     again = pd.read_csv(agenda.to_csv(f"{folder}/agenda.csv"))
        >>> Agenda.from_frame(again, start="13:00", title="Kick-off") == agenda
        True
        """
        return write_file(path, self.frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))

    def tables(self) -> list[Table]:
        """Give the run sheet."""
        head, rows = _agenda_text.table(self.start, self.blocks)
        return [(f"{self.title}, {_agenda_text.when(self.start, self.blocks)}", head, rows)]

    def notes(self) -> list[str]:
        """Say how much of the working time the whole group sits together."""
        work = sum(block.minutes for block in self.blocks if block.format != BREAK)
        plenary = sum(block.minutes for block in self.blocks if block.format == "plenary")
        if not work:
            return []
        return [_("Whole group: {share} % of the working time.").format(share=number(100 * plenary / work, 0))]


def suggest_methods(
    purpose: str | None = None, phase: str | None = None, group_size: int | None = None, minutes: int | None = None
) -> pd.DataFrame:
    """Choose the method cards that fit; what you leave out does not matter.

    Parameters
    ----------
    purpose
        What the block is for, such as ``"gather_ideas"`` or ``"decide"``; its word in either language will do.
    phase
        ``"open"``, ``"diverge"``, ``"groan"``, ``"converge"`` or ``"close"``.
    group_size
        How many do the method together: a table's 6 if each of four tables does it for itself.
    minutes
        How much time there is. A method that can be done in less fits too.

    Returns
    -------
    pandas.DataFrame
        One row a card in the language in use; empty when none fits. Columns ``method_id, name, purpose,
        purpose_also, phase, group_min, group_max, minutes_min, minutes_max, material, steps, online, risk, source``.
        Cards whose main purpose it is come before those that serve it also.

    Raises
    ------
    ValueError
        If the purpose or phase is unknown, or a number is not a whole one from 1 up.

    Examples
    --------
    >>> found = suggest_methods(purpose="decide", phase="converge", group_size=24, minutes=10)
    >>> found["name"].tolist()
    ['Dot voting', 'Approval ballot', 'Ranked ballot', 'Fist-to-Five', 'Gradients of agreement', 'Hundred kronor']
    """
    found = cards().reset_index()
    order = pd.Series(0, index=found.index)
    if purpose is not None:
        code = read_code("purpose", purpose)
        main, also = (found["purpose"] == code).fillna(False), (found["purpose_also"] == code).fillna(False)
        order = (~main).astype(int)
        found = found[main | also]
    if phase is not None:
        found = found[found["phase"] == read_code("phase", phase)]
    if group_size is not None:
        people = whole("group_size", group_size, 1)
        found = found[(found["group_min"] <= people) & (found["group_max"] >= people)]
    if minutes is not None:
        found = found[found["minutes_min"] <= whole("minutes", minutes, 1)]
    found = found.loc[order.loc[found.index].sort_values(kind="stable").index]
    codes = ["purpose", "purpose_also", "phase", "group_min", "group_max", "minutes_min", "minutes_max"]
    texts = [f"{text}_{language()}" for text in ("material", "steps", "online", "risk")]
    chosen = found[["method_id", f"name_{language()}", *codes, *texts, "source"]]
    return chosen.rename(columns=lambda name: str(name).removesuffix(f"_{language()}")).reset_index(drop=True)


def _blocks(given: pd.DataFrame) -> pd.DataFrame:
    """Give the columns an agenda is built from."""
    table = frame("frame", given)
    if "agenda_id" in table and table["agenda_id"].nunique() > 1:
        message = _("frame holds {n} agendas; choose one: frame[frame['agenda_id'] == {first}].")
        ids = table["agenda_id"].dropna().unique()
        raise ValueError(message.format(n=len(ids), first=short(str(ids[0]))))
    ours = f"title_{language()}"
    title = ours if "title" not in table and ours in table else "title"
    wanted = [title, "minutes", "format", *(name for name in _OPTIONAL if name in table)]
    return pd.DataFrame({name.removesuffix(f"_{language()}"): column("frame", table, name) for name in wanted})


def _known(values: dict[str, Any], allowed: Sequence[str] | dict[str, Any]) -> None:
    for name in values:
        if name not in allowed:
            message = _("A block has no {name}; it has {allowed}.")
            raise ValueError(message.format(name=name, allowed=", ".join(allowed)))
