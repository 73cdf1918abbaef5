"""What a run says of itself: whether a cell that is run again finds what it found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from siru_course.classroom.sandbox import Sandbox, unavailable
from tests.conftest import missing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place() -> Iterator[Sandbox]:
    if why := unavailable():
        missing(why)
    with Sandbox(preload=()) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("x = [1, 2]", True),
        ("x = {'a': 1}\nx['b'] = 2", True),
        ("print('seen')", True),
        ("x = iter([1])", False),
        ("x = (n for n in [1])", False),
        ("x = [map(int, '12')]", False),
        ("x = {'winner': zip([1], [2])}", False),
        ("x = open('kept.txt', 'w')", False),
        ("with open('kept.txt', 'w') as file: file.write('1')", False),
        ("import tempfile\n_, name = tempfile.mkstemp()", False),
        ("class Odd(dict):\n    def values(self):\n        raise OSError\nx = Odd()", False),
    ],
)
def test_a_run_tells_whether_anything_is_used_up_or_written(place: Sandbox, code: str, same: bool) -> None:
    with place.open({}) as run:
        assert run.execute(code, 10).reply["status"] == "ok"
        assert run.same() is same


def test_a_run_that_has_ended_is_not_the_same(place: Sandbox) -> None:
    with place.open({}) as run:
        run.execute("import os\nos._exit(0)", 10)
        assert not run.same()


def test_a_cell_has_the_number_it_is_given(place: Sandbox) -> None:
    with place.open({}) as run:
        told = "".join(run.execute("1 / 0", 10, 7).reply["traceback"])
        assert "Cell In[7]" in re.sub(r"\x1b\[[\d;]*m", "", told)
        assert run.execute("1", 10).messages[0]["content"]["execution_count"] == 8
