"""The names that the board scorecard begins with, and the controls that hold names."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pandas as pd

from .._arguments import frame, short
from ..language import gettext as _
from ..language import language
from ._base import labelled


def area(description: str, tooltip: str, text: str) -> Any:
    """Make a field for names, one a line."""
    return labelled(ipywidgets.Textarea, description, tooltip, width="40em", value=text, rows=5)


def offer(control: Any, options: list[tuple[str, str]]) -> None:
    """Give a list other options, and keep what is chosen where it is still there."""
    chosen = control.value
    control.options = options
    control.value = chosen if chosen in [value for _words, value in options] else options[0][1]


def listed(name: str, value: Any) -> list[str]:
    """Check a list of names, and give them without spaces around."""
    if isinstance(value, (str, pd.DataFrame)) or not pd.api.types.is_list_like(value):
        raise ValueError(_("{name} is {value}; give a list of names.").format(name=name, value=short(value)))
    return [" ".join(str(item).split()) for item in value]


def read_ideas(ideas: Any) -> tuple[list[str], dict[str, str]]:
    """Give a line for each idea, with its title after a semicolon, and the texts to read."""
    if ideas is None:
        return [], {}
    if not isinstance(ideas, pd.DataFrame):
        return listed("ideas", ideas), {}
    key = "idea" if "idea" in ideas and "idea_id" not in ideas else "idea_id"
    frame("ideas", ideas, [key])
    # In the tool a semicolon comes before the title.
    names = listed("ideas", [str(name).replace(";", " ") for name in ideas[key]])
    titles, texts = (
        next((list(ideas[column].fillna("")) for column in (f"{kind}_{language()}", kind) if column in ideas), None)
        for kind in ("title", "pitch")
    )
    pitches = dict(zip(names, map(str, texts or []), strict=False))
    if titles is None:
        return names, pitches
    return [f"{name}; {' '.join(str(title).split())}" for name, title in zip(names, titles, strict=True)], pitches
