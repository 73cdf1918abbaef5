"""Theme 15, results: rebuild the figures of a results flyer, say how well each claim is known, and write the flyer.

Examples
--------
>>> from siru_course import data, use_language
>>> use_language("en")
>>> result = summary(data.load("activities"), data.load("participants"))
>>> result.people, result.women, result.men, result.facilitators_trained
(900, 0.6, 0.4, 20)
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ._arguments import short
from ._flyer import claims as _flyer_claims
from ._flyer import counts as _flyer_counts
from ._flyer import page as _flyer
from ._results import Result, Table
from .language import LANGUAGES, in_language, language, mark, number
from .language import gettext as _

__all__ = ["Flyer", "Summary", "claims", "evidence_table", "flyer", "summary"]


@dataclass(frozen=True, eq=False)
class Summary(Result):
    """What was done and who came: the figures of a results flyer, from :func:`summary`.

    Attributes
    ----------
    people
        How many different people took part.
    women, men
        Their shares of those whose gender is stated, 0–1.
    genders
        How many people of each gender, as the data name them.
    facilitators_trained
        People who have been trained as facilitators.
    activities, cross_sector
        All activities, and those with people from more than one sector.
    cross_sector_coompanion
        The cross-sector activities in which Coompanion took part.
    cross_sector_courses_once
        The same when a course of several days counts once.
    first_year, last_year
        The years of the activities.
    participations, participations_women, came_once
        How many times somebody took part, the share of these that are women's, and how many people came only once;
        None without attendance.
    individual_meetings, advised_people, individual_meetings_women
        Meetings with one person at a time, how many people they were with, and the share that are with women; None
        without such meetings.
    left_out
        What is not stated and so not counted, and how much: the column, ``participations``, ``meetings`` or
        ``no_attendance``.

    Examples
    --------
    >>> from siru_course import data
    >>> found = summary(data.load("activities"), data.load("participants"))
    >>> found.people, found.women, found.facilitators_trained, found.participations
    (900, 0.6, 20, None)
    """

    people: int
    women: float
    men: float
    genders: pd.Series[Any]
    facilitators_trained: int
    activities: int
    cross_sector: int
    cross_sector_coompanion: int
    cross_sector_courses_once: int
    first_year: int
    last_year: int
    participations: int | None = None
    participations_women: float | None = None
    came_once: int | None = None
    individual_meetings: int | None = None
    advised_people: int | None = None
    individual_meetings_women: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def tables(self) -> list[Table]:
        """Give the figures."""
        return [(_("What was done and who came"), ["", ""], [list(row) for row in self.figures()])]

    def figures(self) -> list[tuple[str, str]]:
        """Give each figure as a name and a value, in the language in use.

        Examples
        --------
        >>> from siru_course import data
        >>> summary(data.load("activities"), data.load("participants")).figures()[0]
        ('People who took part', '900')
        """
        rows: list[tuple[str, float | None, bool]] = [
            (_("People who took part"), self.people, False),
            (_("Women"), self.women, True),
            (_("Men"), self.men, True),
            (_("Participations"), self.participations, False),
            (_("Women's share of the participations"), self.participations_women, True),
            (_("People who came once"), self.came_once, False),
            (_("Activities"), self.activities, False),
            (_("Cross-sector activities"), self.cross_sector, False),
            (_("Cross-sector activities with Coompanion"), self.cross_sector_coompanion, False),
            (_("The same, a course counted once"), self.cross_sector_courses_once, False),
            (_("Individual meetings"), self.individual_meetings, False),
            (_("People who were advised"), self.advised_people, False),
            (_("Women's share of the individual meetings"), self.individual_meetings_women, True),
            (_("Facilitators trained"), self.facilitators_trained, False),
        ]
        return [
            (name, _("{n} %").format(n=number(100 * value, 0)) if share else number(value, 0))
            for name, value, share in rows
            if value is not None and not pd.isna(value)
        ]

    def notes(self) -> list[str]:
        """Say how to read the figures, and what was left out."""
        found = [_("Years: {first}–{last}.").format(first=self.first_year, last=self.last_year)]
        if self.participations is not None:
            found.append(_("People and participations are different counts: who came three times is one person."))
        found.append(_("These are outputs. What became different for those who came they do not say."))
        return found + [_(_LEFT_OUT[what]).format(n=number(n, 0)) for what, n in self.left_out.items()]


_LEFT_OUT = {
    "gender": mark("People whose gender is not stated, who are left out of the shares: {n}."),
    "facilitator_trained": mark(
        "People of whom it is not stated whether they are trained, not counted as trained: {n}."
    ),
    "cross_sector": mark(
        "Activities of which it is not stated whether they are cross-sector, not counted as such: {n}."
    ),
    "coompanion": mark("Activities of which it is not stated whether Coompanion took part, counted as without: {n}."),
    "participations": mark("Participations of people whose gender is not stated, left out of the share: {n}."),
    "meetings": mark("Individual meetings at which the person's gender is not known, left out of the share: {n}."),
    "no_attendance": mark("People on the list of participants who are in no attendance list: {n}."),
}


def summary(
    activities: pd.DataFrame,
    participants: pd.DataFrame,
    attendance: pd.DataFrame | None = None,
    individual_meetings: pd.DataFrame | None = None,
) -> Summary:
    """Count what was done and who came.

    Parameters
    ----------
    activities
        One row an activity: ``activity_id``, ``date`` (year-month-day), ``kind``, ``cross_sector`` and
        ``coompanion`` (True or False) and ``series`` (the same word for the days of one course).
    participants
        One row a person: ``person_id``, ``gender`` and ``facilitator_trained`` (True or False).
    attendance
        One row a person at an activity: ``activity_id``, ``person_id``. Left out, participations are not counted.
    individual_meetings
        One row a meeting with one person: ``meeting_id``, ``person_id``. Left out, they are not counted.

    Returns
    -------
    Summary
        The figures, which show themselves as a table. They are outputs, and no effects.

    Raises
    ------
    ValueError
        If a person, an activity or a meeting stands twice, the tables do not fit together, a date is no date, or a
        column of True and False holds something else.
    KeyError
        If a column is missing.

    Notes
    -----
    Training days that share a ``series`` are one course. Somebody whose gender is not stated counts among the
    people, and not in the shares.

    Examples
    --------
    >>> from siru_course import data
    >>> tables = [data.load(name) for name in ("activities", "participants", "attendance", "individual_meetings")]
    >>> result = summary(*tables)
    >>> result.people, result.participations, result.cross_sector_coompanion, result.individual_meetings
    (900, 2212, 62, 118)
    """
    return Summary(**_flyer_counts.count(activities, participants, attendance, individual_meetings))


def claims(frame: pd.DataFrame) -> pd.DataFrame:
    """Say how well each claim is known, what it may be called, and what would raise it.

    Parameters
    ----------
    frame
        One row a claim: ``claim``, or ``claim_en`` and ``claim_sv``; ``kind``, which is ``input``, ``activity``,
        ``output``, ``outcome`` (or ``outcome_short``, ``outcome_medium``) or ``impact``; and ``evidence``, one of
        those that :func:`evidence_table` lists. Empty evidence is taken as ``none``.

    Returns
    -------
    pandas.DataFrame
        The table given, with ``claim`` in the language in use and the columns ``level`` (0–5; missing for what is
        no claim of change), ``standard`` (the level in words), ``may_be_called`` and ``to_raise`` added.

    Raises
    ------
    ValueError
        If a claim is empty, or a kind or evidence is unknown.
    KeyError
        If a column is missing.

    Notes
    -----
    Levels 1–5 are Nesta's Standards of Evidence [1]_; level 0, before the first, is the course's own, and so is the
    reading that what is told, counted or measured only afterwards shows no change, and reaches no higher than level
    1. A higher level is no better project; it says that more is known about it.

    References
    ----------
    .. [1] Puttick, R., and Ludlow, J. (2013). Standards of Evidence: An approach that balances the need for evidence
       with innovation. Nesta.

    Examples
    --------
    >>> said = pd.DataFrame(
    ...     {
    ...         "claim": ["900 people took part", "Participants know more", "The road to work is shorter"],
    ...         "kind": ["output", "outcome", "impact"],
    ...         "evidence": ["counted", "before_after", None],
    ...     }
    ... )
    >>> claims(said)[["level", "may_be_called"]].values.tolist()
    [[<NA>, 'something done, and no effect'],
     [2, 'a change we have seen, without knowing that we caused it'],
     [0, 'a hope or an aim']]
    """
    return _flyer_claims.judge(frame)


def evidence_table() -> pd.DataFrame:
    """List the kinds of evidence a claim can rest on, with their level.

    Returns
    -------
    pandas.DataFrame
        Index ``evidence``; columns ``meaning`` and ``standard`` in the language in use, and ``level``.

    Examples
    --------
    >>> print(evidence_table().loc["before_after"].to_string())
    meaning     the same thing measured before and after
    level                                              2
    standard                change seen, cause not shown
    """
    return _flyer_claims.evidence_table()


@dataclass(frozen=True, eq=False)
class Flyer(Result):
    """Where a flyer is.

    Attributes
    ----------
    html
        The page.
    pdf
        The same for print, or None when it could not be made.
    reason
        Why there is no PDF; empty when there is one.

    Examples
    --------
    >>> print(Flyer(Path("siru.html"), Path("siru.pdf")))
    The flyer is in siru.html.
    For print it is in siru.pdf.
    """

    html: Path
    pdf: Path | None
    reason: str = ""

    def tables(self) -> list[Table]:
        """Give nothing: there is only where the files are."""
        return []

    def notes(self) -> list[str]:
        """Say where the files are, and why one is missing."""
        found = [_("The flyer is in {file}.").format(file=self.html)]
        if self.pdf is not None:
            return [*found, _("For print it is in {file}.").format(file=self.pdf)]
        return [*found, self.reason]


def flyer(
    summary: Summary,
    claims: pd.DataFrame | None = None,
    path: str | os.PathLike[str] = "flyer.html",
    *,
    languages: str | Sequence[str] | None = None,
    title: str | Mapping[str, str] | None = None,
    about: str | Mapping[str, str] | None = None,
    synthetic: bool = True,
    pdf: bool = True,
) -> Flyer:
    """Write a results flyer: one page a language, to read on a phone or print on A4.

    Parameters
    ----------
    summary
        The figures, from :func:`summary`.
    claims
        What is claimed, as :func:`claims` takes it; left out, the flyer has figures only. Six claims fit on a page.
    path
        The page's file; its name ends with ``.html``. The PDF gets the same name with ``.pdf``.
    languages
        ``"en"``, ``"sv"`` or both in a list; left out, the language in use.
    title, about
        The heading, and a few sentences on the project; a mapping from language to text for a page in both. Left
        out, they are about SIRU.
    synthetic
        Whether the data are made up, as the course's are. The page then says so. Give False for data of your own.
    pdf
        Whether to make a PDF too; it takes Chromium or Chrome.

    Returns
    -------
    Flyer
        With ``html``, ``pdf`` and ``reason``.

    Raises
    ------
    ValueError
        If `path` is in no folder, ends with something else, or names a file that is no flyer; or a language is
        unknown. What is wrong with the claims, as :func:`claims` says.
    KeyError
        If the claims lack a column.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from siru_course import data
    >>> result = summary(data.load("activities"), data.load("participants"))
    >>> with TemporaryDirectory() as folder:
    ...     written = flyer(result, path=f"{folder}/siru.html", languages=["en", "sv"], pdf=False)
    ...     "900" in written.html.read_text(encoding="utf-8")
    True
    """
    if not isinstance(summary, Summary):
        message = _("summary is {value}; give what the function summary() gives.")
        raise ValueError(message.format(value=short(summary)))
    wanted = [language()] if languages is None else [languages] if isinstance(languages, str) else list(languages)
    if not wanted or any(code not in LANGUAGES for code in wanted) or len(set(wanted)) < len(wanted):
        message = _("languages is {value}; choose one or both of {allowed}.")
        raise ValueError(message.format(value=short(languages), allowed=", ".join(LANGUAGES)))
    file = _flyer.place(path)
    content = {}
    for code in wanted:
        with in_language(code):
            content[code] = _flyer.Content(
                figures=_headline(summary),
                shares=(summary.women, summary.men),
                notes=summary.notes(),
                claims=None if claims is None else _flyer_claims.judge(claims),
                title=_chosen(title, code) or _("Results of SIRU"),
                about=_chosen(about, code)
                or _(
                    "SIRU, Social Innovation for Regional Development, brought people from different sectors together "
                    "in Jönköping County in 2016–2020. Coompanion Jönköpings län and Jönköping University ran it, with "
                    "funds from the European Regional Development Fund and Region Jönköpings län."
                ),
                synthetic=synthetic,
            )
    _flyer.write(file, content)
    printed, reason = _flyer.print_pdf(file) if pdf else (None, _("No PDF was asked for."))
    return Flyer(file, printed, reason)


def _headline(summary: Summary) -> list[tuple[str, str]]:
    rows = [
        (summary.people, _("people took part")),
        (summary.participations, _("times somebody took part")),
        (summary.cross_sector_coompanion, _("cross-sector activities with Coompanion")),
        (summary.individual_meetings, _("individual meetings")),
        (summary.facilitators_trained, _("facilitators trained")),
    ]
    return [(number(value, 0), words) for value, words in rows if value is not None]


def _chosen(text: str | Mapping[str, str] | None, code: str) -> str:
    return text if isinstance(text, str) else (text or {}).get(code, "")
