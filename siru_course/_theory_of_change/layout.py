"""Where the boxes and arrows of a theory of change go, in pixels, on a picture narrow enough for a phone."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pandas as pd

from .._arguments import worded
from ..charts import WIDTH
from .reading import LEVELS, level_name

# Pixels: the size of letters, the height of a line, and the room between boxes and inside them.
FONT, LINE, SPACE, _PAD = 12, 15, 8, 5
_HEAD, _BETWEEN = 31, 22  # above a level's boxes for its name; between levels for the arrows
_MOST_IN_A_ROW = 4
# How wide letters are, as shares of their size: those of Arial, and a little more for other fonts.
_NARROW, _WIDE = frozenset("fijlrtI.,:;!|'()[]-/ "), frozenset("mwMW@%—…")
_LETTER, _NARROW_LETTER, _CAPITAL, _WIDE_LETTER = 0.59, 0.35, 0.74, 0.95

# In Swedish as in English a new line may begin with a consonant that a vowel follows.
_SYLLABLE = re.compile("[bcdfghjklmnpqrstvwxz][aeiouyåäö]", re.IGNORECASE)

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A step: where it is, and its text in lines, the first of which is its id."""

    node: str
    x: float
    y: float
    width: float
    height: float
    lines: list[str]

    def texts(self) -> list[tuple[float, float, str, bool]]:
        """Give each line: where it begins, the middle of its height, the words, and whether it is the id."""
        top = self.y + _PAD + LINE / 2
        return [(self.x + _PAD, top + at * LINE, line, at == 0) for at, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Picture:
    """Boxes, arrows as lists of points with whether they are dashed, and where each level begins and ends."""

    width: float
    height: float
    levels: list[tuple[str, float, float]]
    boxes: list[Box]
    arrows: list[tuple[list[Point], bool]]

    def heads(self) -> list[tuple[Point, float]]:
        """Give the tip of each arrow, and the way it points: degrees clockwise from straight up."""
        tips = []
        for points, _dashed in self.arrows:
            (x1, y1), (x2, y2) = points[-2:]
            tips.append(((x2, y2), math.degrees(math.atan2(x2 - x1, y1 - y2))))
        return tips


def lay_out(nodes: pd.DataFrame, links: pd.DataFrame) -> Picture:
    """Place the levels from top to bottom, and the steps of a level beside each other."""
    pairs = list(zip(links["from"], links["to"], strict=True))
    labels = dict(zip(nodes["node_id"], worded("nodes", nodes, "label"), strict=True))
    level = dict(zip(nodes["node_id"], nodes["level"], strict=True))
    rank = {name: at for at, name in enumerate(LEVELS)}
    # Arrows that leap over a level, or go far back, run beside the boxes, each in a lane of its own.
    leaps = [pair for pair in pairs if abs(rank[level[pair[1]]] - rank[level[pair[0]]]) > 1]
    right = WIDTH - 10 * min(len(leaps), 4) - (4 if leaps else 0)
    boxes: dict[str, Box] = {}
    row_of: dict[str, int] = {}
    levels, top, rows = [], 0.0, 0
    for name in LEVELS:
        steps = [node for node in nodes["node_id"] if level[node] == name]
        if not steps:
            continue
        begin, top = top, top + _HEAD
        placed_rows = _rows(steps, pairs, boxes)
        width = (right - SPACE) / max(map(len, placed_rows)) - SPACE
        for row in placed_rows:
            texts = [[node, *wrap(labels[node], width - 2 * _PAD)] for node in row]
            height = max(map(len, texts)) * LINE + 2 * _PAD
            for at, (node, lines) in enumerate(zip(row, texts, strict=True)):
                boxes[node] = Box(node, SPACE + at * (width + SPACE), top, width, height, lines)
                row_of[node] = rows
            top, rows = top + height + SPACE, rows + 1
        levels.append((level_name(name), begin, top))
        top += _BETWEEN
    arrows = _arrows(pairs, boxes, row_of, leaps, right)
    dashed = (worded("links", links, "assumption") == "").tolist()
    return Picture(WIDTH, top - _BETWEEN, levels, list(boxes.values()), list(zip(arrows, dashed, strict=True)))


def _rows(steps: list[str], pairs: list[tuple[str, str]], placed: dict[str, Box]) -> list[list[str]]:
    """Order a level's steps by what leads to them, so that fewer arrows cross, and share them out on rows.

    Steps without arrows come last, where they stand in the way of fewest.
    """
    linked = {node for pair in pairs for node in pair}

    def middle(node: str) -> tuple[bool, float]:
        sources = [placed[start] for start, end in pairs if end == node and start in placed]
        across = [box.x + box.width / 2 for box in sources]
        return node not in linked, sum(across) / len(across) if across else math.inf

    ordered = sorted(steps, key=middle)
    return [ordered[at : at + _MOST_IN_A_ROW] for at in range(0, len(ordered), _MOST_IN_A_ROW)]


def _arrows(
    pairs: list[tuple[str, str]],
    boxes: dict[str, Box],
    row: dict[str, int],
    leaps: list[tuple[str, str]],
    right: float,
) -> list[list[Point]]:
    ports: dict[tuple[str, bool], list[tuple[float, tuple[str, str], str]]] = {}
    sides = {}
    for start, end in pairs:
        # Down to a later row from the lower edge to the upper; back up the other way; within a row by the lower edges.
        sides[start, end] = (row[end] >= row[start], row[end] <= row[start])
        for node, other, low, role in (
            (start, end, sides[start, end][0], "start"),
            (end, start, sides[start, end][1], "tip"),
        ):
            beside = math.inf if (start, end) in leaps else boxes[other].x
            ports.setdefault((node, low), []).append((beside, (start, end), role))
    at: dict[tuple[tuple[str, str], str], Point] = {}
    for (node, low), using in ports.items():
        box = boxes[node]
        for place, (_beside, pair, role) in enumerate(sorted(using), start=1):
            x = box.x + box.width * place / (len(using) + 1)
            at[pair, role] = (x, box.y + box.height if low else box.y)
    drawn = []
    for pair in pairs:
        (x1, y1), (x2, y2) = at[pair, "start"], at[pair, "tip"]
        start_low, tip_low = sides[pair]
        out, into = (y1 + 12 if start_low else y1 - 12), (y2 + 16 if tip_low else y2 - 16)
        if pair in leaps:
            lane = right + 4 + 10 * (leaps.index(pair) % 4)
            drawn.append([(x1, y1), (x1, out), (lane, out), (lane, into), (x2, into), (x2, y2)])
        elif row[pair[0]] == row[pair[1]]:
            drawn.append([(x1, y1), (x1, into), (x2, into), (x2, y2)])
        else:
            drawn.append([(x1, y1), (x2, y2)])
    return drawn


def text_width(text: str) -> float:
    """Guess how wide a text is, in pixels, rather too much than too little."""
    widths = (
        _NARROW_LETTER
        if letter in _NARROW
        else _WIDE_LETTER
        if letter in _WIDE
        else _CAPITAL
        if letter.isupper()
        else _LETTER
        for letter in text
    )
    return FONT * sum(widths)


def wrap(text: str, width: float) -> list[str]:
    """Break a text into lines; a word that is too long for one is broken with a hyphen.

    Examples
    --------
    >>> wrap("Arbetsförmedlingen lånar ut", 80)
    ['Arbetsför-', 'medlingen', 'lånar ut']
    """
    lines: list[str] = [""]
    # A no-break space, as in 3 000, is part of a word.
    for part in re.findall(r"[^ \t\r\n-]*-+|[^ \t\r\n-]+|[ \t\r\n]+", text.strip()):
        word = part if part.strip() else " "
        if text_width(lines[-1] + word) <= width:
            lines[-1] += word
            continue
        lines[-1] = lines[-1].rstrip()
        if lines[-1] and word.strip():
            lines.append("")
        while text_width(word) > width and len(word) > 4:
            fits = [n for n in range(2, len(word) - 1) if text_width(word[:n] + "-") <= width] or [2]
            keep = max([n for n in fits if _SYLLABLE.match(word, n)] or fits)
            lines[-1:] = [word[:keep] + "-", ""]
            word = word[keep:]
        lines[-1] += word
    return lines
