"""What a value map's workbook says: its headings in both languages, and how text gets in and out of a cell."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ..language import LANGUAGES, in_language, mark
from ..language import gettext as _

# Headings after the value map of Social Value UK; questions tell what to write below them.
HEADINGS = {
    "stakeholder": (mark("Stakeholder"), mark("Who changes?")),
    "outcome": (mark("Outcome: description"), mark("What changes for them?")),
    "quantity": (mark("Quantity"), mark("For how many?")),
    "duration_years": (mark("Duration, years"), mark("How many years does it last?")),
    "starts": (mark("Outcome starts, year"), mark("1: the year of the activity. 2: the year after.")),
    "proxy": (mark("Financial proxy, value"), mark("What is it worth for one of them in a year? A loss is negative.")),
    "deadweight": (mark("Deadweight %"), mark("What would have happened anyway?")),
    "displacement": (mark("Displacement %"), mark("What was gained at others' expense?")),
    "attribution": (mark("Attribution %"), mark("What is thanks to others? This share is taken off.")),
    "drop_off": (mark("Drop-off %"), mark("How much of it goes each year after the first?")),
}
STAGES = {
    "stakeholder": mark("Stage 1: stakeholders"),
    "outcome": mark("Stages 2 and 3: outcomes"),
    "proxy": mark("Stage 3: value"),
    "deadweight": mark("Stage 4: impact"),
}
IMPACT, PRESENT, RATE = mark("Impact, first year"), mark("Present value"), mark("Discount rate")
INPUT_HEADINGS = {
    "stakeholder": mark("Stakeholder"),
    "description": mark("Input: description"),
    "value": mark("Value of the input"),
}
# What other maps call the same columns, beside our words in both languages and the columns' own names.
ALIASES = {
    "stakeholder": ["stakeholders"],
    "outcome": ["outcome", "outcomes", "description", "utfall", "beskrivning"],
    "quantity": [],
    "duration_years": ["duration", "varaktighet"],
    "starts": ["outcomes start", "outcome starts", "utfallet börjar", "börjar"],
    "proxy": ["value in currency", "financial proxy", "finansiellt närmevärde", "närmevärde"],
    "deadweight": [],
    "displacement": [],
    "attribution": [],
    "drop_off": [],
    "description": ["inputs", "input", "resurser", "resurs", "beskrivning"],
    "value": ["värde", "value of inputs"],
    "rate": ["kalkylränta", "discount rate"],
    "impact": ["impact"],
    "present": ["present value"],
}
OWN = mark("Own column: ")
LONGEST_TEXT = 32_767
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN = re.compile("_x([0-9A-Fa-f]{4})_")


def recognised(heading: object) -> frozenset[str]:
    """Give the columns that a heading may stand for."""
    return _known().get(plain(heading), frozenset())


def plain(words: object) -> str:
    """Give words without case, spaces and signs."""
    return re.sub(r"[\W_]", "", str(words)).casefold()


@cache
def _known() -> dict[str, frozenset[str]]:
    words = {name: [name, *ALIASES[name]] for name in ALIASES}
    for name, (said, _question) in HEADINGS.items():
        words[name] += _in_both(said)
    for name, said in {**INPUT_HEADINGS, "rate": RATE, "impact": IMPACT, "present": PRESENT}.items():
        words[name] += _in_both(said)
    every = {plain(heading) for headings in words.values() for heading in headings}
    return {
        heading: frozenset(name for name, headings in words.items() if heading in map(plain, headings))
        for heading in every
    }


def _in_both(words: str) -> list[str]:
    found = []
    for code in LANGUAGES:
        with in_language(code):
            found.append(_(words))
    return found


def own_heading(name: str) -> str:
    """Give the heading of a column of the user's own; one that looks like ours is marked."""
    return _(OWN) + name if recognised(name) or own_name(name) is not None else name


def own_name(heading: str) -> str | None:
    """Give the name in a heading that is marked; None if it is not."""
    for prefix in _in_both(OWN):
        if heading.startswith(prefix):
            return heading[len(prefix) :]
    return None


def into_cell(text: str) -> str:
    """Write what XML cannot hold as Excel does, ``_x000D_`` for a carriage return."""
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_cell(value: Any) -> Any:
    """Give the text that was written so; other values as they are."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) else value
