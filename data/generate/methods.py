"""Theme 02: cards of facilitation methods, and four agendas for the same three-hour meeting.

The cards are knowledge, not simulation: they were written by hand for the course, in both languages, and a card's
`source` says where the method comes from. The agendas are made up. Neither depends on the seed or on the region:
every seed gives the same cards and the same agendas. `data/methods.csv` and `data/agendas.csv` are their source,
not made by anything: change them there.

`group_min` and `group_max` on a card, and `group_size` in an agenda, count the people in one run of the method:
24 when everybody does it at the same time, in pairs as well; 6 when each of four tables runs it for itself.

What is planted in the agendas, so that an exercise can ask for it. AG01 keeps all six rules. Each of the others
breaks two, and keeps the other four with room to spare:

- AG02 has more than 60 % plenary talk, and the first block in which everyone speaks starts after minute 20.
- AG03 converges before it diverges, and has no break.
- AG04 takes 210 minutes, and brainstorms with 24 people, where the card says at most 12.

Also planted: a method's minutes in an agenda are always within its card's, so time alone is never what is wrong
with a block; and the check-in that works at a table of six does not work in a ring of 24.
"""

from __future__ import annotations

import csv
from pathlib import Path

from .region import Region
from .table import Row, Table

NUMBERS = {"block", "minutes", "group_size", "group_min", "group_max", "minutes_min", "minutes_max"}


def tables(seed: int, region: Region) -> dict[str, Table]:
    """Give the two data sets of the theme: the same whatever the `seed` and the `region`."""
    return {name: _written(name) for name in ("methods", "agendas")}


def _written(name: str) -> Table:
    with (Path(__file__).parents[1] / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [_row(texts) for texts in csv.DictReader(file)]


def _row(texts: dict[str, str]) -> Row:
    return {name: int(text) if name in NUMBERS else text for name, text in texts.items()}
