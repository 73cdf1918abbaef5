"""What the checks of a test cell said and gave: those that the student can see, and whether others fell short."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from siru_course.language import gettext as _

from ._clean import words
from ._feedback_notebook import SECRET, said_by

# A table of checks is short; a longer one is a learner's own.
LONGEST_TABLE = 100_000
RESULTS = {"✓": "met", "◐": "partly", "✗": "not"}


@dataclass(frozen=True)
class Check:
    """What a visible check found: its name, ``"met"``, ``"partly"`` or ``"not"``, and what it said to do next."""

    name: str
    result: str
    message: str


def checks_of(cell: Any) -> list[Check]:
    """Read what the visible checks of a test cell showed; an error of a plain test counts as a check."""
    found = []
    for output in cell.get("outputs", []):
        html = words(output.get("data", {}).get("text/html")) if output.get("data") else ""
        if "siru-checks" in html and len(html) <= LONGEST_TABLE:
            table = _Table()
            table.feed(html)
            found += [Check(row[0], RESULTS.get(row[1][:1], "not"), row[2]) for row in table.rows if len(row) == 3]
        if output.get("output_type") == "error":
            name = _("A test that you can see did not pass.")
            found.append(Check(name, "not", said_by(output) if words(output.get("ename")) == "AssertionError" else ""))
    return found


def fell_short(cell: Any, released: str, score: float, most: float) -> bool:
    """Tell whether tests that the student cannot see gave fewer points than they had to give.

    Parameters
    ----------
    cell
        The test cell as it ran without hidden tests.
    released
        Its source; what stands in it of hidden tests is not looked at.
    score, most
        The points that the task got with hidden tests, and the most it could get.
    """
    if math.isclose(score, most):
        return False
    visible, reached = _visible_points(released), _last_number(cell)
    if visible is None or reached is None:
        return all(check.result == "met" for check in checks_of(cell))
    # Points are rounded to two decimals.
    return score - reached < most - visible - 0.015


def _visible_points(released: str) -> float | None:
    """Add up the points of the checks in a released test cell; ``None`` when not all of them say theirs."""
    try:
        tree = ast.parse(SECRET.sub("", released))
    except (SyntaxError, ValueError):
        return None
    called = [
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.With)
        for statement in block.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("checks.")
    ]
    given = [[word.value for word in call.keywords if word.arg == "points"] for call in called]
    values = [value.value for words_ in given for value in words_ if isinstance(value, ast.Constant)]
    numbers = [value for value in values if isinstance(value, int | float)]
    return math.fsum(numbers) if called and len(numbers) == len(called) else None


def _last_number(cell: Any) -> float | None:
    """Read the score that a test cell leaves as its result."""
    results = [output for output in cell.get("outputs", []) if output.get("output_type") == "execute_result"]
    try:
        return float(words(results[-1]["data"]["text/plain"])) if results else None
    except (ValueError, KeyError, TypeError):
        return None


class _Table(HTMLParser):
    """Reads the rows of a table of checks, with backticks around code."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tbody":
            self.inside = True
        elif tag == "tr" and self.inside:
            self.rows.append([])
        elif tag in ("th", "td") and self.rows and self.inside:
            self.rows[-1].append("")
        elif tag == "code":
            self.handle_data("`")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self.inside = False
        elif tag == "code":
            self.handle_data("`")

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
