"""Themes 07, 08 and 13: a matchmaking breakfast, a Social Business Board, and public procurement.

What is planted is told in the modules that make the data sets: :mod:`.markets_matching`, :mod:`.markets_followup`,
:mod:`.markets_board` and :mod:`.markets_procurement`.
"""

from __future__ import annotations

from . import initiatives, people
from .markets_board import board_ideas, board_scores
from .markets_followup import follow_up
from .markets_matching import breakfast, companies, entrepreneurs
from .markets_procurement import bids, tenders
from .region import Region, stream
from .table import Table


def tables(seed: int, region: Region) -> dict[str, Table]:
    """Make the eight data sets of the themes."""
    organisations = people.organisations(seed, region)
    mapped = initiatives.tables(seed, region)
    met = breakfast(stream(seed, "match_scores"), mapped["initiatives"], organisations)
    called = tenders(stream(seed, "tenders"))
    return {
        "entrepreneurs": entrepreneurs(met),
        "companies": companies(met),
        "match_scores": met.pairs,
        "match_followup": follow_up(stream(seed, "match_followup"), met.matches),
        "board_ideas": board_ideas(),
        "board_scores": board_scores(stream(seed, "board_scores")),
        "tenders": called,
        "bids": bids(stream(seed, "bids"), called, organisations, mapped["ventures"], mapped["initiatives"]),
    }
