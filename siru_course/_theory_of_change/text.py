"""Words in tables: columns in two languages, and words that give an output away."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from .._arguments import column
from ..language import LANGUAGES, language

# What was done, who came, and whether they liked it: none of these says that something has changed.
_DONE = re.compile(
    r"""\b(
    took\ part | taken\ part | participated | attended | attendance\ lists? | people\ reached | reached\ \d
    | (was|were|been)\ (held|trained|arranged|seen|carried\ out|distributed) | signed\ up
    | (was|were|is|are)\ (content|satisfied|happy)\ with | satisfied\ participants
    | number\ of\ (people|participants|meetings|activities|courses|visitors)
    | deltog | deltagit | närvarolist\w* | vi\ nått | hölls | hållits | genomfördes | genomförts | genomförda
    | utbildades | utbildats | visats | anmälde\ sig | (var|är)\ nöjda? | nöjda\ deltagare
    | antal(et)?\ (personer|deltagare|möten|aktiviteter|kurser|besökare)
    )\b
    | ^\W*((more\ than|over|över|fler\ än|mer\ än)\ )?\d[\d\s.,]*
      (people|participants|meetings|activities|courses|personer|deltagare|möten|aktiviteter|kurser)\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)


def worded(name: str, frame: pd.DataFrame, wanted: str) -> pd.Series[Any]:
    """Give a column of text in the language in use, ``""`` where nothing is written.

    A table may have the text in both languages, as ``label_en`` and ``label_sv``, or in one column ``label``. What
    is missing in the language in use is taken from the other.

    Raises
    ------
    KeyError
        If there is no such column.

    Examples
    --------
    >>> worded("nodes", pd.DataFrame({"label_en": ["work", None], "label_sv": ["arbete", "vänner"]}), "label").tolist()
    ['work', 'vänner']
    """
    own = f"{wanted}_{language()}"
    there = [c for c in (own, wanted, *(f"{wanted}_{code}" for code in LANGUAGES if code != language())) if c in frame]
    found = pd.Series("", index=frame.index, dtype=object)
    for source in there or [wanted]:
        text = column(name, frame, source).astype(object)
        text = text.where(text.notna(), "").astype(str).str.strip()
        found = found.where(found != "", text)
    return found


def reads_as_output(text: str) -> bool:
    """Tell whether a text counts what was done, who came or who was content.

    Examples
    --------
    >>> reads_as_output("900 people took part"), reads_as_output("Participants know more people in work")
    (True, False)
    """
    return _DONE.search(text) is not None
