"""Words that give an output away."""

from __future__ import annotations

import re

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


def reads_as_output(text: str) -> bool:
    """Tell whether a text counts what was done, who came or who was content.

    Examples
    --------
    >>> reads_as_output("900 people took part"), reads_as_output("Participants know more people in work")
    (True, False)
    """
    return _DONE.search(text) is not None
