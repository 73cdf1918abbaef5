"""Hidden tests may run when all else is done, if that cannot matter; where it might, the notebook runs twice.

Either way the scores are nbgrader's, and the learner sees nothing that the hidden tests brought.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from siru_course.classroom import _execute
from siru_course.classroom._afterwards import afterwards
from siru_course.classroom.answers import answered, bank
from siru_course.classroom.directory import EXERCISES

from .small import NAME, RIGHT, SECRET, WRONG, gradebook, hand_in, new_class, public
from .twice import graded_twice, shown

ANSWER = "def double(x):\n    return 2 * x"
SEEN = "assert double(1) == 2"
FULL = f"{SEEN}\nassert [double(n) for n in numbers] == [2, 4]"
SETUP = "from siru_course import checks\n\nnumbers = [1, 2]"

LATER = {
    "nothing that matters": ("total = sum([3, 4])\ntotal", True),
    "a name of its own, changed": ("mine = dict(a=1)\nmine['b'] = 2\nmine.update(c=3)", True),
    "a cell that does not run": ("double = = 3", True),
    "the answer is made anew": ("double = None", False),
    "a function of that name": ("def double(x):\n    return x", False),
    "the answer is deleted": ("del double", False),
    "an import of that name": ("import math as double", False),
    "a loop over that name": ("for numbers in [3]:\n    pass", False),
    "what the test reads is changed": ("numbers.append(5)", False),
    "an element is changed": ("numbers[0] = 7", False),
    "it grows": ("numbers += [4]", False),
    "another name for it is changed": ("other = numbers\nother.append(5)", False),
    "an element of a list is changed": ("for one in [numbers]:\n    one.append(5)", False),
    "what a dictionary hands over is changed": ("mine = held.get('a')\nmine.append(5)", False),
    "what a function hands over is changed": ("mine = look_up('a')\nmine.append(5)", False),
    "a list of its own from a function": ("mine = sorted(numbers)\nmine.append(5)", True),
    "a table of its own": ("mine = table.assign(a=1)\nmine['b'] = 2", True),
    "an element of a list of its own is changed": ("mine = [numbers]\nmine[0].append(5)", False),
    "an element of a list is put in another place": ("mine = [numbers, 1]\nmine[0], mine[1] = mine[1], mine[0]", True),
    "rows made anew are changed": ("rows = look.to_dict('records')\nfor row in rows:\n    row['b'] = 1", True),
    "parts of rows made anew are changed": (
        "rows = look.to_dict('records')\nparts = [rows[n::2] for n in range(2)]\n"
        "for one in parts:\n    one[0], one[1] = one[1], one[0]",
        True,
    ),
    "a name that was made anew, and no longer is": (
        "rows = look.to_dict('records')\nrows = numbers\nrows.append(5)",
        False,
    ),
    "parts that have the name of what was made anew": (
        "rows = look.to_dict('records')\nparts = [rows for rows in [numbers]]\nfor one in parts:\n    one.append(5)",
        False,
    ),
    "its own list, and then that name for another": ("mine = []\nmine, x = numbers, 1\nmine.append(5)", False),
    "its own list, and then one with a note": ("mine = []\nmine: list = numbers\nmine.append(5)", False),
    "its own list, and then a loop": ("mine = []\nfor mine, x in [(numbers, 1)]:\n    mine.append(5)", False),
    "a module, and then that name for another": ("import math as m\nm = numbers\nm.append(5)", False),
    "a method that is handed on": ("add = numbers.append\nadd(5)", False),
    "a method of the class": ("list.append(numbers, 5)", False),
    "a function of NumPy that changes what it is given": ("import numpy as np\nnp.copyto(numbers, [5, 6])", False),
    "a function changes it": ("def more():\n    numbers.append(5)\nmore()", False),
    "a function changes what it is given": ("def more(given):\n    given.append(5)\nmore(numbers)", False),
    "a function makes it anew": ("def other():\n    global numbers\n    numbers = []\nother()", False),
    "in place": ("numbers.sort(inplace=True)", False),
    "nobody knows what runs": ("exec('numbers = []')", False),
    "names by their text": ("globals()['numbers'] = []", False),
    "a star": ("from math import *", False),
    "IPython's own commands": ("%reset -f", False),
    "help": ("double?", False),
    "a class": ("class Thing:\n    pass", False),
    "random numbers": ("import random\nrandom.seed(1)", False),
    "a file": ("open('numbers.csv', 'w')", False),
    "what ran before": ("In[-1]", False),
}


@pytest.mark.parametrize(("later", "can_wait"), LATER.values(), ids=LATER)
def test_what_stands_behind_a_test_decides_whether_it_can_wait(later: str, can_wait: bool) -> None:
    assert afterwards([SETUP, ANSWER, FULL, later], [SETUP, ANSWER, SEEN, later]) is can_wait


HIDDEN = {
    "only looks": (f"{SEEN}\nassert double(4) == 8", "x = 1", True),
    "leaves a name that nobody reads": (f"{SEEN}\nhelper = 3", "x = 1", True),
    "leaves a name that is read later": (f"{SEEN}\nhelper = 3", "helper", False),
    "leaves a name that a function reads": (f"{SEEN}\nhelper = 3", "def f():\n    return helper", False),
    "leaves a name that is made anew": (f"{SEEN}\nhelper = 3", "helper = 4\nhelper", True),
    "changes what it did not make": (f"{SEEN}\nnumbers.append(4)", "x = 1", False),
    "changes what it made": (f"{SEEN}\nmine = []\nmine.append(4)", "x = 1", True),
    "draws random numbers": (f"{SEEN}\nimport random", "x = 1", False),
}


@pytest.mark.parametrize(("full", "later", "can_wait"), HIDDEN.values(), ids=HIDDEN)
def test_what_a_hidden_test_leaves_decides_too(full: str, later: str, can_wait: bool) -> None:
    assert afterwards([SETUP, ANSWER, full, later], [SETUP, ANSWER, SEEN, later]) is can_wait


def test_what_an_earlier_cell_reads_must_stay_too() -> None:
    """The answer may read it when it is called."""
    answer = "def double(x):\n    return factor * x"
    cells = ["factor = 2", answer, SEEN, "factor = 3"]
    assert not afterwards([*cells[:2], FULL, cells[3]], cells)


def test_one_hidden_test_may_use_what_another_has_made() -> None:
    first, second = f"{SEEN}\nhelper = 4", "assert double(2) == 4\nassert double(helper) == 8"
    assert afterwards([ANSWER, first, second], [ANSWER, SEEN, "assert double(2) == 4"])


@pytest.mark.parametrize("exercise", sorted(path.name for path in (EXERCISES / "en").glob("*/")))
def test_most_known_answers_of_the_course_run_once(exercise: str) -> None:
    (path,) = (EXERCISES / "en" / exercise).glob("*.ipynb")
    tasks = bank(exercise)["tasks"].values()
    once = []
    for number in range(max(len(task["answers"]) for task in tasks)):
        chosen = {task["cell"]: task["answers"][number]["code"] for task in tasks if number < len(task["answers"])}
        book = answered(nbformat.read(path, as_version=4), chosen)
        released = _execute._Runner(None, None)._handed_out(book)  # type: ignore[arg-type]
        assert released is not None
        once.append(afterwards(_execute._code(book), _execute._code(released)))
    assert len(once) >= 6
    assert sum(once) >= 0.8 * len(once)


TRICKY: dict[str, dict[str, Any]] = {
    "right": {"answers": RIGHT},
    "wrong": {"answers": WRONG},
    "anew": {"answers": RIGHT, "last": "double = None\nshares = None"},
    "grows": {"answers": RIGHT, "last": "numbers.append(5)"},
    "function": {"answers": RIGHT, "first": "def more():\n    numbers.append(5)", "last": "more()"},
    "alias": {"answers": RIGHT, "last": "other = numbers\nother.append(5)"},
    "reads": {"answers": RIGHT, "last": "task.score"},
    "usedup": {"answers": RIGHT | {"double": RIGHT["double"] + "\nnumbers = iter([1, 2])"}},
    "keeps": {
        "answers": RIGHT | {"double": "kept = []\ndef double(x):\n    kept.append(x)\n    return 2 * x"},
        "last": "kept",
    },
    "counts": {
        "answers": RIGHT | {"double": "kept = {'n': 0}\ndef double(x):\n    kept['n'] += 1\n    return 2 * x"},
        "last": "kept",
    },
    "error": {"answers": RIGHT, "last": "1 / 0"},
    "display": {"answers": RIGHT, "last": "import pandas as pd\npd.DataFrame({'a': [1]})"},
}


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same submissions graded by nbgrader, and by us."""
    stock = new_class(tmp_path_factory.mktemp("stock") / "class", SETUP)
    for student, what in TRICKY.items():
        hand_in(stock, student, what["answers"], what.get("last", ""), what.get("first", ""))
    ours = tmp_path_factory.mktemp("ours") / "class"
    graded_twice(stock, ours, NAME)
    return stock, ours


@pytest.mark.slow
class TestScores:
    @pytest.mark.parametrize("table", ["grades", "comments"])
    def test_they_are_nbgrader_s_however_the_tests_ran(self, classes: tuple[Path, Path], table: str) -> None:
        stock, ours = (gradebook(folder)[table] for folder in classes)
        assert len(stock) >= len(TRICKY)
        assert ours == stock

    @pytest.mark.parametrize("student", TRICKY)
    def test_the_teacher_sees_what_nbgrader_shows(self, classes: tuple[Path, Path], student: str) -> None:
        stock, ours = (
            nbformat.read(folder / "autograded" / student / NAME / "small.ipynb", as_version=4) for folder in classes
        )
        assert [cell.source for cell in ours.cells] == [cell.source for cell in stock.cells]
        assert [shown(cell) for cell in ours.cells] == [shown(cell) for cell in stock.cells]
        assert [cell.get("execution_count") for cell in ours.cells] == [
            cell.get("execution_count") for cell in stock.cells
        ]

    @pytest.mark.parametrize("student", TRICKY)
    def test_the_learner_sees_nothing_of_a_hidden_test(self, classes: tuple[Path, Path], student: str) -> None:
        assert SECRET not in public(classes[1], student)

    def test_what_a_hidden_test_passed_in_is_not_kept_for_the_learner(self, classes: tuple[Path, Path]) -> None:
        last = {student: json.loads(public(classes[1], student))["cells"][-1] for student in ("keeps", "counts")}
        assert last["keeps"]["outputs"][0]["data"]["text/plain"] == "[1]"
        assert last["counts"]["outputs"][0]["data"]["text/plain"] == "{'n': 1}"
