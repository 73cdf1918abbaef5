"""Exercise 2 says nothing that the agendas and the method cards do not."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from siru_course import data

EXERCISES = Path(__file__).parents[2] / "exercises"
NAME = "02-facilitation/facilitation.ipynb"


@pytest.fixture(params=["en", "sv"])
def cells(request: pytest.FixtureRequest) -> dict[str, str]:
    book = nbformat.read(EXERCISES / request.param / NAME, as_version=4)
    return {cell.id: cell.source for cell in book.cells}


def test_every_card_that_is_named_is_there(cells: dict[str, str]) -> None:
    named = set(re.findall(r"\bM\d\d\b", "\n".join(cells.values())))
    assert named
    assert named <= set(data.load("methods")["method_id"])


def test_ag03_has_the_faults_that_the_task_tells_of(cells: dict[str, str]) -> None:
    rows = data.load("agendas").query("agenda_id == 'AG03'")
    assert rows["minutes"].sum() == 180
    assert "break" not in rows["format"].tolist()
    phases = rows["phase"].tolist()
    assert phases.index("converge") < phases.index("diverge")
    assert "AG03" in cells["task-repair-agenda"]


def test_the_situations_of_task_4_have_several_cards_each(cells: dict[str, str]) -> None:
    """Counted here from the table; the notebook counts with the package."""
    cards = data.load("methods")
    wanted = {"A": ("connect", "open"), "B": ("gather_ideas", "diverge"), "C": ("handle_conflict", "groan")}
    wanted |= {"D": ("decide", "converge"), "E": ("close", "close")}
    told = re.findall(
        r"^- ([A-E])\. .*?(\d+) (?:people|personer), (\d+) (?:minutes|minuter)", cells["task-choose-methods"], re.M
    )
    assert [letter for letter, _, _ in told] == list(wanted)
    stored = dict(re.findall(r'"([A-E])": (\(\d+, \d+\))', cells["check-choose-methods"]))
    for letter, people, minutes in told:
        purpose, phase = wanted[letter]
        assert stored[letter] == f"({people}, {minutes})"
        fits = cards[
            ((cards["purpose"] == purpose) | (cards["purpose_also"] == purpose).fillna(False))
            & (cards["phase"] == phase)
            & cards["group_min"].le(int(people))
            & cards["group_max"].ge(int(people))
            & cards["minutes_min"].le(int(minutes))
        ]
        if letter == "A":
            fits = fits[fits["voices"]]
        assert len(fits) >= 3, letter


def test_the_agreement_tells_the_times_of_the_conversation(cells: dict[str, str]) -> None:
    scheme, model = cells["mark-scheme-agreement"], cells["agreement"]
    assert all(re.search(time, text) for text in (scheme, model) for time in (r"10[:.]10", r"11[:.]30"))
    assert re.search(r"14 (October|oktober)", cells["task-agreement"])
    assert re.search(r"14 (October|oktober)", cells["task-groan-zone"])
