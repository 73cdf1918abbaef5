"""Attacks by somebody who has read the source, avoids every word that is looked for, and knows a probe when it comes.

All are handed in to one class, whose hidden tests run in the same process as the learner's code when all else is done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest

from siru_course import classroom
from siru_course.classroom import _reach as reach
from siru_course.classroom._afterwards import afterwards
from siru_course.classroom._execute import _code, _Runner
from siru_course.classroom._outcome import Graded
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import unavailable
from tests.classroom.small import NAME, RIGHT, SECRET, WRONG, hand_in, new_class, public, scores
from tests.conftest import missing

from .test_scores import AUTO, EARNED, automatic, student

pytestmark = pytest.mark.slow

SETUP = "from siru_course import checks\n\nnumbers = [1, 2]"


@dataclass(frozen=True)
class Attack:
    """Code in a cell before the others, answers, files beside the notebook, and a cell behind the others."""

    first: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    last: str = ""


# The task that must fail has checks called a, b, c and d: they are left alone.
PATCH = (
    "real, true = {m}.number, {m}.true\n"
    "{m}.number = lambda name, *d, **n: real(name, *d, **n) if len(name) < 2 else true(name, True, '', points=4)"
)
# So are test cells that end in a line with a word that must be seen.
BLIND = (
    "import re\nreal = shell.run_cell\n"
    "shell.run_cell = lambda code, **n: real(code if re.search(\"'[0-9a-f]{12}'\", code) else "
    "code.replace('assert', '0 and'), **n)"
)

FORGED = {
    "a score that is shown is updated by a probe": Attack(
        answers={
            "shares": "import itertools\ndef contains(self, key, count=itertools.count()):\n    n = next(count)\n"
            "    if n == 0:\n        display(1, display_id='x')\n        display(1, display_id='x')\n"
            "    if n > 1:\n        display(6, display_id='x', update=True)\n    return True\n"
            "shares = type('Shares', (dict,), dict(zip(['__contains__'], [contains])))(a=0.25)"
        }
    ),
    "another name for the checks": Attack("c = checks\n" + PATCH.format(m="c")),
    "the checks from a list": Attack("for c in [checks]:\n    " + PATCH.format(m="c").replace("\n", "\n    ")),
    "the checks by an import of their own": Attack("import siru_course.checks as c\n" + PATCH.format(m="c")),
    "the checks by a call": Attack("c = __import__('siru_course.checks').checks\n" + PATCH.format(m="c")),
    "a module that the checks use": Attack(
        "import math\nreal, seen = math.fsum, []\ndef fsum(values):\n    seen.append(real(values))\n"
        "    return 6.0 if seen[-2:-1] == [6.0] else seen[-1]\nmath.fsum = fsum"
    ),
    "a function of Python that a test calls": Attack("sum = lambda values: 1"),
    "the same, defined": Attack("def sum(values):\n    return 1"),
    "the same, behind a command": Attack("%time sum = lambda values: 1"),
    "the module of Python's functions": Attack("print.__self__.sum = lambda values: 1"),
    "what is equal to everything": Attack(
        answers={"double": "from unittest.mock import ANY\ndef double(x):\n    return ANY"}
    ),
    "a class that is equal to everything": Attack(
        answers={
            "double": "class Same(int):\n    def __eq__(self, other):\n        return True\ndef double(x):\n"
            "    return Same(x)"
        }
    ),
    "the same, without a class": Attack(
        answers={
            "double": "Same = type('Same', (int,), {'__e' + 'q__': lambda self, other: True})\ndef double(x):\n"
            "    return Same(x)"
        }
    ),
    "the stack": Attack(
        answers={
            "double": "import traceback\ndef double(x):\n    lines = ''.join(str(f.line) for f in "
            "traceback.extract_stack())\n    return 2 * x if '[2, 4]' in lines or x == 1 else 0"
        }
    ),
    "the shell": Attack("shell = exit._ip\n" + BLIND),
    "the shell by its text": Attack("shell = getattr(exit, '_' + 'ip')\n" + BLIND),
    "the shell by a pattern": Attack("match exit:\n    case object(_ip=shell):\n        pass\n" + BLIND),
    "the shell by a function": Attack("import operator\nshell = operator.attrgetter('_ip')(exit)\n" + BLIND),
    "the reply, with its own word": Attack(
        answers={
            "double": "import json, socket, struct\nfor n in range(3, 20):\n    try:\n"
            "        line = socket.socket(fileno=n)\n        break\n    except OSError:\n        pass\ndef double(x):\n"
            "    said = json.dumps({'status': 'ok', 'token': exit._ip.parent_header['msg_id']}).encode()\n"
            "    line.sendall(struct.pack('!cI', b'R', len(said)) + said)\n    return 0"
        }
    ),
    "a module of its own": Attack(
        "import helper", files={"helper.py": "from siru_course import checks\n" + PATCH.format(m="checks")}
    ),
    "a module that a cell writes": Attack(
        "with open('own' + '.py', 'w') as file:\n    file.write('import builtins\\nbuiltins.sum = lambda values: 1')\n"
        "import own"
    ),
    "a script": Attack("%run -i helper.txt", files={"helper.txt": "sum = lambda values: 1"}),
    "a script without a sign": Attack("run -i helper.txt", files={"helper.txt": "sum = lambda values: 1"}),
    "a pickle": Attack(
        "import pickle\npickle.loads(b'cbuiltins\\nexec\\n(Vimport builtins; builtins.sum = lambda v: 1\\ntR.')"
    ),
    "a line that Python does not read": Attack("x = !true\nimport sys\nsys.modules['math'].fsum = lambda values: 6"),
    "a line that is called": Attack(",exec import(builtins);builtins.sum=1\n;exec sum = lambda values: 1"),
}

WITHOUT_GAIN = {
    name: Attack(answers={"double": f"def double(x):\n    raise {error}"})
    for name, error in {
        "the end of a debugger": "__import__('bdb').BdbQuit",
        "an end": "SystemExit(0)",
        "an interrupt": "KeyboardInterrupt",
        "the end of a generator": "GeneratorExit",
    }.items()
}

LOOK = "In = 'I' + 'n'\ndef tell(*details):\n    display(exit._ip.user_ns[In][-1], display_id='told', update=True)\n"
SHOWN = "display('nothing', display_id='told')\n"
AWAKE = {
    "the answer itself": Attack(
        LOOK + SHOWN, {"double": "def double(x):\n    tell()\n    print(exit._ip.user_ns[In][-1])\n    return 2 * x"}
    ),
    "the collector of garbage": Attack(
        LOOK + SHOWN + "import gc\ngc.callbacks.append(tell)",
        {"double": "import gc\ndef double(x):\n    gc.collect()\n    return 2 * x"},
    ),
    "an alarm": Attack(
        LOOK + SHOWN + "import signal\nsignal.signal(signal.SIGALRM, tell)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)"
    ),
    "the end of an object": Attack(
        LOOK + SHOWN,
        {"double": "def double(x):\n    type('T', (), {'__del__': tell})()\n    return 2 * x"},
    ),
    "a weak reference": Attack(
        LOOK + SHOWN + "import weakref\nclass T: pass",
        {"double": "def double(x):\n    weakref.finalize(T(), tell)\n    return 2 * x"},
    ),
    "a thread": Attack(
        LOOK
        + SHOWN
        + "import threading, time\ndef watch():\n    while True:\n        time.sleep(0.001)\n        tell()\n"
        "        open('seen.txt', 'a').write(exit._ip.user_ns[In][-1])\n"
        "threading.Thread(target=watch, daemon=True).start()",
        last="import time\ntime.sleep(0.2)\nprint(open('seen.txt').read())",
    ),
    "the shell's own events": Attack(
        LOOK + SHOWN + "exit._ip.events.register('pre_run_cell', tell)\nexit._ip.events.register('post_run_cell', tell)"
    ),
    "a profile": Attack(LOOK + SHOWN + "import sys\nsys.setprofile(tell)", last="sys.setprofile(None)"),
    "an import hook": Attack(
        LOOK + SHOWN + "import sys\nclass Hook:\n    find_spec = staticmethod(tell)\nsys.meta_path.insert(0, Hook)",
        {"double": "def double(x):\n    try:\n        import nothing\n    except ImportError:\n        return 2 * x"},
    ),
    "a copy of the process": Attack(
        LOOK + SHOWN + "import os, time\nif os.fork() == 0:\n    while True:\n        time.sleep(0.01)\n        tell()"
    ),
}

ODD = {
    "a sum of 800": Attack("x = " + "+".join(["1"] * 800)),
    "a choice of 400": Attack(
        "if numbers == 0:\n    pass\n" + "".join(f"elif {n} > 9:\n    pass\n" for n in range(400))
    ),
    "dots of 1500": Attack("if not numbers:\n    x = a" + ".b" * 1500),
    "calls of 1500": Attack("if not numbers:\n    x = a" + "()" * 1500),
    "half a sign": Attack("x = '\ud800'"),
    "a display that is gone": Attack(
        answers={
            "double": "import itertools\ndef double(x, count=itertools.count()):\n    if next(count):\n"
            "        display(2, display_id='x', update=True)\n    else:\n        for _n in range(5):\n"
            "            display(1, display_id='x')\n    return x + 2"
        }
    ),
}
ATTACKS = FORGED | WITHOUT_GAIN | AWAKE | ODD


def submit(folder: Path, name: str, attack: Attack) -> None:
    path = hand_in(folder, student(name), WRONG | attack.answers, attack.last, "first")
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"][2]["source"] = attack.first
    path.write_text(json.dumps(book), encoding="utf-8")
    for file, text in attack.files.items():
        path.with_name(file).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Graded]]:
    if reason := unavailable():
        missing(reason)
    folder = new_class(tmp_path_factory.mktemp("quiet") / "class", SETUP)
    for name, answers in (("a-honest", RIGHT), ("y-honest", RIGHT), ("b-wrong", WRONG), ("z-wrong", WRONG)):
        hand_in(folder, name, answers)
    for name, attack in ATTACKS.items():
        submit(folder, name, attack)
    found = {one.student: one for one in grade(folder, "small")}
    classroom.feedback(folder, "small")
    return folder, found


@pytest.mark.parametrize("name", FORGED)
def test_points_that_were_not_earned_are_flagged(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    folder, found = attacked
    one = found[student(name)]
    assert one.problem == ""
    assert one.flags, f"{automatic(folder, one.student)} points"


def test_most_of_the_attacks_would_work(attacked: tuple[Path, dict[str, Graded]]) -> None:
    gained = [name for name in FORGED if automatic(attacked[0], student(name)) > EARNED]
    assert len(gained) > 0.7 * len(FORGED)


def test_a_score_that_was_shown_stays_as_it_was(attacked: tuple[Path, dict[str, Graded]]) -> None:
    assert scores(attacked[0], student(next(iter(FORGED))))["check_shares"] == EARNED


@pytest.mark.parametrize("name", WITHOUT_GAIN)
def test_whatever_stops_a_test_costs_its_points(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    folder, found = attacked
    one = found[student(name)]
    assert (one.problem, automatic(folder, one.student)) == ("", EARNED)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_hidden_line_comes_back(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    folder = attacked[0]
    page = folder / "feedback" / student(name) / NAME / "small.html"
    assert SECRET not in public(folder, student(name))
    assert SECRET not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["the answer itself", "the collector of garbage", "the shell's own events"])
def test_what_wakes_up_sees_the_hidden_tests_and_tells_nobody_but_the_teacher(
    attacked: tuple[Path, dict[str, Graded]], name: str
) -> None:
    """The attack works, and in the very process in which the learner's own cells ran: it is only too late."""
    folder = attacked[0]
    path = folder / "autograded" / student(name) / NAME / "small.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert SECRET in json.dumps([cell.get("outputs") for cell in cells])


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_graded_like_anything_else(attacked: tuple[Path, dict[str, Graded]], name: str) -> None:
    folder, found = attacked
    one = found[student(name)]
    assert (one.problem, automatic(folder, one.student)) == ("", EARNED)


def test_the_neighbours_keep_their_grades_and_are_not_suspected(attacked: tuple[Path, dict[str, Graded]]) -> None:
    folder, found = attacked
    for name, points in (("a-honest", AUTO), ("y-honest", AUTO), ("b-wrong", EARNED), ("z-wrong", EARNED)):
        assert (automatic(folder, name), found[name].flags) == (points, ())


def test_the_class_is_one_whose_hidden_tests_run_at_the_end(attacked: tuple[Path, dict[str, Graded]]) -> None:
    book = nbformat.read(attacked[0] / "source" / NAME / "small.ipynb", as_version=4)
    released = _Runner(None, None)._handed_out(book)  # type: ignore[arg-type]
    assert released is not None
    assert afterwards(_code(book), _code(released))


HONEST = (
    "import pandas as pd\nimport numpy as np\npd.options.display.max_rows = 10\ntable = pd.DataFrame({'a': [1]})",
    "table.columns = ['b']\ntable.index.name = 'row'\nfor row in table.itertuples():\n    print(row._asdict(), row._1)",
    "%matplotlib inline\nif numbers:\n    %time total = 3\n!ls\ntable?",
    "with open('notes.csv') as file:\n    rows = file.read()\nmax = 3",
    "def _helper(x):\n    return getattr(x, 'real', 0)",
    "class Person:\n    def __init__(self):\n        self.name = 'a'\n    def __repr__(self):\n        return 'a'",
    "data = data.load('ballots')\ndata.columns\nprint(data)",
    "type(table).__name__, sorted([1], key=abs), [type(x) for x in numbers]",
    "x = (((",
)


@pytest.mark.parametrize("answer", HONEST)
def test_what_honest_answers_use_is_no_sign(answer: str) -> None:
    course = "from siru_course import checks, data\nnumbers = [1]\ndef read(answer):\n    return answer"
    test = "assert sum(numbers) == 1\nassert read(numbers) == numbers\nchecks.true('a', lambda: numbers, '')"
    assert reach.reaches_for([*HONEST[:1], answer], [course, test], [test]) == ()
