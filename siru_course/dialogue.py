"""Theme 05, dialogue meetings: mix the tables, rotate them, count ballots, and measure consensus.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> seating = rotations(["Ada", "Bo", "Cy", "Di"], tables=2, rounds=3)
>>> print(meetings(seating))
Pairs that met: 6 of 6 possible (100 %).
At most 6 could meet with these tables and rounds.
Pairs that met more than once: 0.
"""

from __future__ import annotations

from ._dialogue.comparing import merge_options, rules_table
from ._dialogue.consensus import consensus
from ._dialogue.result import Tally
from ._dialogue.tables import Meetings, meetings, mix_tables, rotations
from ._dialogue.voting import tally

__all__ = [
    "Meetings",
    "Tally",
    "consensus",
    "meetings",
    "merge_options",
    "mix_tables",
    "rotations",
    "rules_table",
    "tally",
]
