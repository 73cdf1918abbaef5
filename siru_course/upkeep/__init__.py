"""What ``siru check`` proves: that twins agree, that what is derived is fresh, that every theme has all its rooms.

Each kind of finding is one function that takes the course's folder and gives findings; :data:`KINDS` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from .base import ROOT, Finding
from .beginning import begin, check_beginning
from .notebooks import check_ids, check_points
from .pages import check_alternatives, check_links, check_minutes, check_references, check_terms
from .rooms import check_dictionary, check_rooms
from .twins import accept, check_cells, check_stale, check_twins

__all__ = ["KINDS", "Finding", "accept", "begin", "check"]

KINDS: dict[str, Callable[[Path], Iterator[Finding]]] = {
    "twins": check_twins,
    "cells": check_cells,
    "stale": check_stale,
    "ids": check_ids,
    "points": check_points,
    "rooms": check_rooms,
    "dictionary": check_dictionary,
    "terms": check_terms,
    "references": check_references,
    "alternatives": check_alternatives,
    "links": check_links,
    "minutes": check_minutes,
    "beginning": check_beginning,
}


def check(root: Path = ROOT) -> list[Finding]:
    """Run every kind of check on the course in `root`; an empty list is good news."""
    return [finding for kind in KINDS.values() for finding in kind(root)]
