"""Puts a theme in the tables of contents and in the list of handouts, where its number places it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

# The parts of the book in order, with the captions of the tables of contents; a part's pages have a folder of its name.
PARTS = {
    "ground": {"en": "Ground", "sv": "Grund"},
    "meet": {"en": "Meet", "sv": "Mötas"},
    "measure": {"en": "Measure", "sv": "Mäta"},
    "last": {"en": "Last", "sv": "Bestå"},
}
_CHAPTER = r"      - file: (?P<part>{part})/(?P<slug>[\w-]+)"
_HANDOUT = r"          - file: handouts/(?P<slug>[\w-]+)"
_LINK = r"- \{doc\}`/handouts/(?P<slug>[\w-]+)`"


@dataclass(frozen=True)
class Entry:
    """What a table of contents says of a theme, in one language."""

    slug: str
    part: str
    title: str
    language: str


def in_contents(text: str, entry: Entry, numbers: Mapping[str, int]) -> str:
    """Put chapter and handout in a table of contents, and their part when it has none.

    Parameters
    ----------
    text
        The table of contents, ``_toc.yml``; what stands there is left as it is.
    entry
        The theme.
    numbers
        The number of every theme.
    """
    lines = text.splitlines()
    chapter = [
        f"      - file: {entry.part}/{entry.slug}",
        f"        title: {json.dumps(entry.title, ensure_ascii=False)}",
    ]
    chapters = _CHAPTER.format(part=entry.part)
    if not any(re.fullmatch(chapters, line) for line in lines):
        at = _begins(lines, entry.part)
        lines[at:at] = [f"  - caption: {PARTS[entry.part][entry.language]}", "    chapters:", *chapter]
    _insert(lines, chapter, chapters, entry, numbers)
    _insert(lines, [f"          - file: handouts/{entry.slug}"], _HANDOUT, entry, numbers)
    return "\n".join(lines) + "\n"


def in_index(text: str, entry: Entry, numbers: Mapping[str, int]) -> str:
    r"""Put the handout in the list of all handouts.

    Examples
    --------
    >>> entry = Entry("mapping", "ground", "3 · Mapping", "en")
    >>> listed = "- {doc}`/handouts/facilitation`\n- {doc}`/handouts/dialogue`\n"
    >>> print(in_index(listed, entry, {"facilitation": 2, "mapping": 3, "dialogue": 5}))
    - {doc}`/handouts/facilitation`
    - {doc}`/handouts/mapping`
    - {doc}`/handouts/dialogue`
    """
    lines = text.splitlines()
    _insert(lines, [f"- {{doc}}`/handouts/{entry.slug}`"], _LINK, entry, numbers)
    return "\n".join(lines) + "\n"


def _insert(lines: list[str], new: list[str], pattern: str, entry: Entry, numbers: Mapping[str, int]) -> None:
    """Put lines before the first theme with a greater number, and otherwise after the last entry of the kind."""
    if new[0] in lines:
        return
    found = [
        (at, numbers.get(match["slug"], 0)) for at, line in enumerate(lines) if (match := re.fullmatch(pattern, line))
    ]
    at = next((at for at, number in found if number > numbers[entry.slug]), None)
    if at is None:
        last = found[-1][0]
        at = last + 1
        while at < len(lines) and _depth(lines[at]) > _depth(lines[last]):  # the entry's title and sections
            at += 1
    lines[at:at] = new


def _begins(lines: list[str], part: str) -> int:
    """Find where a part begins that a table of contents does not have: before what comes after it in the book."""
    later = [*PARTS][[*PARTS].index(part) + 1 :]
    coming = re.compile(_CHAPTER.format(part="|".join([*later, "handouts"])))
    caption = 0
    for at, line in enumerate(lines):
        if line.startswith("  - caption:"):
            caption = at
        elif coming.fullmatch(line):
            return caption
    return len(lines)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
