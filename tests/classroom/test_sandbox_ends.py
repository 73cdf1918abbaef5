"""When the sandbox, or the grader above it, ends in the middle of a submission, nobody is graded for that."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import LostError, Sandbox, unavailable
from tests.conftest import missing

from .small import RIGHT, WRONG, gradebook, hand_in, new_class

pytestmark = pytest.mark.slow

STUDENTS = 5
LEFT = "import os, tempfile\nleft = os.path.join(tempfile.gettempdir(), 'left')\n"
SLOWLY = "import time\ntime.sleep(0.4)\n"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class in which nothing has been graded, and each submission takes a while."""
    if why := unavailable():
        missing(why)
    folder = new_class(tmp_path_factory.mktemp("class") / "class")
    for number in range(STUDENTS):
        answers = RIGHT if number % 2 else WRONG
        hand_in(folder, f"s{number}", answers | {"double": SLOWLY + answers["double"]})
    return folder


@pytest.fixture(scope="module")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same class, graded without a disturbance."""
    folder = shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "class")
    assert {one.state for one in grade(folder, "small")} == {"graded"}
    return folder


@pytest.fixture
def folder(handed_in: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_in, tmp_path / "class")


def below(process: int) -> Iterator[int]:
    """Find the processes below one, the deepest first."""
    for child in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split():
        yield from below(int(child))
        yield int(child)


def is_sandbox(process: int) -> bool:
    return Path(f"/proc/{process}/cmdline").read_bytes().startswith(b"bwrap")


def test_a_sandbox_that_ends_is_started_again_and_no_grade_suffers(folder: Path, undisturbed: Path) -> None:
    running = grade(folder, "small", workers=2)
    found = [next(running)]
    killed = [process for process in below(os.getpid()) if is_sandbox(process)]
    for process in killed:
        os.kill(process, signal.SIGKILL)
    assert killed
    found += running
    assert sorted((one.student, one.state, one.flags) for one in found) == [
        (f"s{number}", "graded", ()) for number in range(STUDENTS)
    ]
    assert gradebook(folder) == gradebook(undisturbed)


@pytest.mark.parametrize("seconds", [0.1, 0.9, 1.7])
def test_a_grader_that_is_killed_leaves_no_grade_that_was_cut_off(
    folder: Path, undisturbed: Path, seconds: float
) -> None:
    child = os.fork()
    if child == 0:
        try:
            for number, _one in enumerate(grade(folder, "small", workers=2)):
                if number == 0:
                    (folder / "begun").touch()
        finally:
            os._exit(0)
    while not (folder / "begun").exists():
        time.sleep(0.01)
    time.sleep(seconds)
    left = list(below(child))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    give_up = time.monotonic() + 30
    while any(Path(f"/proc/{process}/cmdline").exists() for process in left) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert [one.problem for one in grade(folder, "small") if one.problem] == []
    assert gradebook(folder) == gradebook(undisturbed)


def test_a_run_tells_that_its_sandbox_ended(handed_in: Path) -> None:
    with Sandbox(preload=()) as sandbox, sandbox.branch() as branch:
        run = branch.open({})
        assert run.execute("1 + 1", 10).reply["status"] == "ok"
        sandbox.close()
        with pytest.raises(LostError):
            run.execute("2 + 2", 10)
        run.close()


def test_a_branch_goes_on_with_a_sandbox_of_its_own(handed_in: Path) -> None:
    with Sandbox(preload=()) as sandbox, sandbox.branch() as branch:
        sandbox.close()
        with branch.open({}) as run:
            assert run.execute("3 * 3", 10).messages[0]["content"]["data"]["text/plain"] == "9"


def test_branches_do_not_see_each_other(handed_in: Path) -> None:
    with (
        Sandbox(preload=()) as sandbox,
        sandbox.branch() as one,
        sandbox.branch() as other,
        one.open({}) as first,
        other.open({}) as second,
    ):
        listen = (
            "import socket\nends = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)\n"
            "ends.bind('\\0meeting')\nends.listen()\n" + LEFT + "open(left, 'w').write('here')"
        )
        assert first.execute(listen, 10).reply["status"] == "ok"
        call = "import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect('\\0meeting')"
        assert second.execute(call, 10).reply["ename"] == "ConnectionRefusedError"
        assert second.execute(LEFT + "open(left)", 10).reply["ename"] == "FileNotFoundError"
        processes = "import os\nsorted(int(name) for name in os.listdir('/proc') if name.isdigit())"
        shown = second.execute(processes, 10).messages[0]["content"]["data"]["text/plain"]
        assert shown == "[1]"
