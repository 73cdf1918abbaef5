"""Attacks on scores: none gets a point it did not earn without a flag, leaks a hidden test, or touches a neighbour.

All attacks are handed in to one class, beside an honest learner who knows the answers and one who does not.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from siru_course.classroom._outcome import Graded
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import unavailable
from tests.classroom.small import NAME, RIGHT, SECRET, WRONG, hand_in, mark, new_class, public, released, scores
from tests.conftest import missing

pytestmark = pytest.mark.slow

AUTO = 10
EARNED = 2
"""Points that an attack has earned when it answers as `WRONG` does: a share for a."""


@dataclass(frozen=True)
class Attack:
    """Code in a cell before the others or behind them, and answers beside it."""

    first: str = ""
    last: str = ""
    answers: Mapping[str, str] = field(default_factory=lambda: WRONG)


SHELL = "from IPython import get_ipython\nshell = get_ipython()\n"

FORGED = {
    "run_code does nothing": Attack(
        SHELL + "async def run_code(self, *details, **named):\n    return False\ntype(shell).run_code = run_code"
    ),
    "tests are run until they do not fail": Attack(
        SHELL + "real = shell.run_cell_async\nasync def run(code, *details, **named):\n"
        "    if 'assert' in code: code = 'pass'\n    named.pop('transformed_cell', None)\n"
        "    return await real(code, *details, **named)\nshell.run_cell_async = run\n"
        "shell.run_cell = lambda code, *d, **n: type(shell).run_cell(shell, 'pass' if 'assert' in code else code)"
    ),
    "an input transformer": Attack(
        SHELL
        + "shell.input_transformers_post.append(lambda lines: [line.replace('assert', '0 and') for line in lines])"
    ),
    "a syntax tree without assertions": Attack(
        SHELL + "import ast\nclass Blind(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
        "        return ast.Pass()\nshell.ast_transformers.append(Blind())"
    ),
    "a score within the points": Attack(
        SHELL + "def fake(*details):\n    shell.displayhook.session.send(None, 'execute_result', {'data': "
        "{'text/plain': '6'}, 'metadata': {}, 'execution_count': 1})\nshell.events.register('pre_run_cell', fake)"
    ),
    "a score above the points": Attack(
        SHELL + "def fake(*details):\n    shell.displayhook.session.send(None, 'execute_result', {'data': "
        "{'text/plain': '1000'}, 'metadata': {}, 'execution_count': 1})\nshell.events.register('pre_run_cell', fake)"
    ),
    "a negative score": Attack(
        "class Task:\n    score = -1\n    def __enter__(self): return self\n    def __exit__(self, *d): return True\n"
        "checks.task = lambda *d, **n: Task()"
    ),
    "a score that is no number": Attack(
        "class Task:\n    score = float('nan')\n    def __enter__(self): return self\n"
        "    def __exit__(self, *d): return True\nchecks.task = lambda *d, **n: Task()"
    ),
    "a score that is nothing": Attack(
        "class Task:\n    score = None\n    def __enter__(self): return self\n    def __exit__(self, *d): return True\n"
        "checks.task = lambda *d, **n: Task()"
    ),
    "checks that are always met": Attack(
        "real = checks.true\nchecks.true = lambda name, *d, **n: real(name, True, '', points=n.get('points'))\n"
        "checks.number = lambda name, *d, **n: real(name, True, '', points=n.get('points'))"
    ),
    "results are changed before they are counted": Attack(
        "import sys\nmodule = sys.modules[type(checks.task('a', points=1)).__module__]\n"
        "module.Task._share_points = lambda self: setattr(self, 'score', self.points) or False"
    ),
    "a display hook that swallows": Attack(
        "import sys\nsys.displayhook = lambda value: None\n"
        + SHELL
        + "type(shell.displayhook).__call__ = lambda *d: None"
    ),
    "errors are not shown": Attack(
        SHELL + "shell.showtraceback = lambda *d, **n: None\nshell._showtraceback = lambda *d, **n: None\n"
        "import builtins\nbuiltins.AssertionError = type('Quiet', (Exception,), {})"
    ),
    "a number that is equal to everything": Attack(
        "import builtins\nclass Any(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "class Sum(float):\n    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__",
        answers={
            "double": "class All(list):\n    pass\ndouble = lambda x: Any(0)",
            "shares": "shares = {'a': Sum(1)}\nbuiltins.sum = lambda *d: 1.0",
            "essay": "",
        },
    ),
}

READING = {
    "the source of the test, from a frame": Attack(
        last="print(stolen)",
        answers=WRONG
        | {
            "double": "stolen = []\ndef double(x):\n    import sys\n    stolen.append(In[-1])\n"
            "    stolen.append(str(sys._getframe(1).f_code.co_consts))\n    return 2 * x"
        },
    ),
    "the history of inputs": Attack(last="print(In)\nprint(globals().get('_ih'))"),
    "sys.settrace": Attack(
        "import sys\nstolen = []\ndef trace(frame, event, value):\n"
        "    stolen.append(str(frame.f_code.co_consts) + str(frame.f_locals))\n    return trace\nsys.settrace(trace)",
        last="sys.settrace(None)\nprint(stolen)",
    ),
    "at exit": Attack("import atexit\natexit.register(lambda: print(In))"),
    "a thread that goes on": Attack(
        "import threading, time\ndef watch():\n    while True:\n        time.sleep(0.001)\n        print(In[-1])\n"
        "threading.Thread(target=watch, daemon=True).start()",
        last="import time; time.sleep(0.2)",
    ),
    "objects of the garbage collector": Attack(
        last="import gc\nprint([o for o in gc.get_objects() if isinstance(o, (list, dict)) and len(o) < 99][:3000])"
    ),
    "a file for the second run": Attack(
        "import pathlib\nfor place in ('.', '/tmp', '/var/tmp', '/dev/shm'):\n"
        "    for old in pathlib.Path(place).glob('stolen*'):\n        print(old.read_text())",
        last="for place in ('.', '/tmp', '/var/tmp', '/dev/shm'):\n    try:\n"
        "        open(f'{place}/stolen', 'w').write(str(In))\n    except OSError:\n        pass",
    ),
    "the source beside the course": Attack(
        last="import pathlib, siru_course\nroot = pathlib.Path(siru_course.__file__).parents[1]\n"
        "for path in [*root.rglob('*.ipynb'), *pathlib.Path('/').glob('*/*/small.ipynb')]:\n    print(path.read_text())"
    ),
}

ENDING = {
    "os._exit": Attack("import os\nos._exit(0)"),
    "a crash": Attack("import ctypes\nctypes.string_at(0)"),
    "the end in a test": Attack(answers=WRONG | {"double": "import os\ndouble = lambda x: os._exit(0)"}),
}


def edited_test(folder: Path, student: str) -> None:
    book = released(folder)
    for cell in book.cells:
        cell.source = "assert True" if mark(cell).startswith("check") else cell.source
    hand_in_book(folder, student, book)


def points_of_1000(folder: Path, student: str) -> None:
    book = released(folder)
    for cell in book.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader["points"] = 1000
    hand_in_book(folder, student, book)


def a_second_test_of_the_same_name(folder: Path, student: str) -> None:
    book = released(folder)
    for cell in [cell for cell in book.cells if mark(cell).startswith("check")]:
        book.cells.append(new_code_cell("assert True", metadata=cell.metadata))
    hand_in_book(folder, student, book)


def newer_schema(folder: Path, student: str) -> None:
    book = released(folder)
    for cell in book.cells:
        if mark(cell):
            cell.metadata.nbgrader["schema_version"] = 99
    hand_in_book(folder, student, book)


def deleted_tests(folder: Path, student: str) -> None:
    book = released(folder)
    book.cells = [cell for cell in book.cells if not mark(cell).startswith("check")]
    hand_in_book(folder, student, book)


def skipped_by_a_tag(folder: Path, student: str) -> None:
    book = released(folder)
    for cell in book.cells:
        cell.metadata["tags"] = ["skip-execution"]
    hand_in_book(folder, student, book)


def an_answer_that_is_a_test(folder: Path, student: str) -> None:
    book = released(folder)
    for cell in book.cells:
        if mark(cell) == "double":
            cell.metadata.nbgrader.update(grade=True, solution=False, points=1000)
    hand_in_book(folder, student, book)


def the_solution_by_a_link(folder: Path, student: str) -> None:
    place = folder / "submitted" / student / NAME
    place.mkdir(parents=True)
    os.symlink(folder / "source" / NAME / "small.ipynb", place / "small.ipynb")


def the_solution_by_a_hard_link(folder: Path, student: str) -> None:
    place = folder / "submitted" / student / NAME
    place.mkdir(parents=True)
    os.link(folder / "source" / NAME / "small.ipynb", place / "small.ipynb")


MADE = [
    edited_test,
    points_of_1000,
    a_second_test_of_the_same_name,
    newer_schema,
    deleted_tests,
    skipped_by_a_tag,
    an_answer_that_is_a_test,
    the_solution_by_a_link,
    the_solution_by_a_hard_link,
]
ATTACKS = FORGED | READING | ENDING


def hand_in_book(folder: Path, student: str, book: nbformat.NotebookNode) -> None:
    path = folder / "submitted" / student / NAME / "small.ipynb"
    path.parent.mkdir(parents=True)
    # As an attacker writes it, not as nbformat would.
    path.write_text(json.dumps(book), encoding="utf-8")


def student(name: str) -> str:
    return "x-" + "".join(letter if letter.isalnum() else "-" for letter in name)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Graded]]:
    if reason := unavailable():
        missing(reason)
    folder = new_class(tmp_path_factory.mktemp("hostile") / "class")
    for name, answers in (("a-honest", RIGHT), ("y-honest", RIGHT), ("b-wrong", WRONG), ("z-wrong", WRONG)):
        hand_in(folder, name, answers)
    hand_in(
        folder,
        "c-stderr",
        RIGHT | {"double": "import warnings\ndef double(x):\n    warnings.warn('old')\n    return 2 * x"},
    )
    for name, attack in ATTACKS.items():
        hand_in(folder, student(name), attack.answers, last=attack.last, first=attack.first)
    for make in MADE:
        make(folder, student(make.__name__))
    return folder, {one.student: one for one in grade(folder, "small")}


def automatic(folder: Path, name: str) -> float:
    return sum(points or 0 for task, points in scores(folder, name).items() if task.startswith("check"))


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_score_is_flagged(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    folder, found = attacked
    one = found[student(name)]
    assert one.problem == ""
    assert 0 <= automatic(folder, one.student) <= AUTO
    assert one.flags, f"{automatic(folder, one.student)} points"
    with sqlite3.connect(folder / "gradebook.db") as database:
        (flagged,) = database.execute(
            "select n.flagged from submitted_notebook n join submitted_assignment a on a.id = n.assignment_id "
            "where a.student_id = ?",
            [one.student],
        ).fetchone()
    assert flagged


@pytest.mark.parametrize("name", ["a negative score", "a score that is no number"])
def test_a_score_below_all_scores_is_none(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    assert scores(attacked[0], student(name))["check_shares"] == 0


def test_a_score_above_the_points_is_the_points(attacked: tuple[Path, dict[str, Graded]]) -> None:
    assert scores(attacked[0], student("a score above the points")) == {
        "check_double": 4,
        "check_shares": 6,
        "essay": None,
    }


@pytest.mark.parametrize("name", ATTACKS)
def test_no_hidden_line_comes_back(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    assert SECRET not in public(attacked[0], student(name))


def test_the_attacks_on_hidden_tests_would_work_in_one_run(attacked: tuple[Path, dict[str, Graded]]) -> None:
    folder = attacked[0]
    path = folder / "autograded" / student("the source of the test, from a frame") / NAME / "small.ipynb"
    book = nbformat.read(path, as_version=4)
    assert SECRET in json.dumps(book.cells[-1].outputs)


@pytest.mark.parametrize("name", ENDING)
def test_who_ends_the_program_is_graded_for_what_was_before(
    attacked: tuple[Path, dict[str, Graded]], name: str
) -> None:
    one = attacked[1][student(name)]
    assert (one.problem, automatic(attacked[0], one.student)) == ("", 0)
    assert any("ended the program" in flag for flag in one.flags)


@pytest.mark.parametrize("make", MADE[:-2])
def test_a_forged_notebook_gets_nothing(attacked: tuple[Path, dict[str, Graded]], make: object) -> None:
    one = attacked[1][student(make.__name__)]  # type: ignore[attr-defined]
    assert (one.problem, automatic(attacked[0], one.student), one.most) == ("", 0, 15)


@pytest.mark.parametrize("make", MADE[-2:])
def test_a_linked_solution_is_refused(attacked: tuple[Path, dict[str, Graded]], make: object) -> None:
    one = attacked[1][student(make.__name__)]  # type: ignore[attr-defined]
    assert one.state == "failed"
    assert "is a link" in one.problem


def test_a_warning_in_a_test_costs_its_points_as_in_nbgrader(attacked: tuple[Path, dict[str, Graded]]) -> None:
    assert scores(attacked[0], "c-stderr")["check_double"] == 0


def test_the_neighbours_keep_their_grades_and_are_not_suspected(attacked: tuple[Path, dict[str, Graded]]) -> None:
    folder, found = attacked
    for name, points in (("a-honest", AUTO), ("y-honest", AUTO), ("b-wrong", EARNED), ("z-wrong", EARNED)):
        assert (automatic(folder, name), found[name].flags) == (points, ())
