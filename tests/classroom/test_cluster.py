"""Grading on a Dask cluster gives what grading here gives, and a cluster that fails costs no grade."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest

from siru_course import use_language
from siru_course.classroom import _dask, _remote, grading
from siru_course.classroom._execute import run_notebook
from siru_course.classroom._grader import Grader
from siru_course.classroom._outcome import Graded
from siru_course.classroom.engine import _class
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import LostError, Sandbox, unavailable
from tests.conftest import missing

from .dask_cluster import Running, dask_cluster
from .small import NAME, RIGHT, SECRET, WRONG, gradebook, hand_in, new_class, put, released

pytestmark = pytest.mark.slow

SLOW = {**RIGHT, "double": "import time; time.sleep(1)\n" + RIGHT["double"]}
FORGED = "import builtins\nbuiltins.abs = lambda x: 0\n__import__('os').environ.clear()"
TIMED = "print('a'); import time; time.sleep(60)"


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> None:
    if reason := unavailable():
        missing(reason)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Running]:
    with dask_cluster(threads=2) as running:
        yield running


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class in which nothing has been graded: right, wrong, hostile, and what cannot be graded."""
    folder = new_class(tmp_path_factory.mktemp("class") / "class")
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 3\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    for number in range(6):
        hand_in(folder, f"s{number}", RIGHT if number % 3 else WRONG)
    hand_in(folder, "forged", {**RIGHT, "double": "def double(x): return 7"}, first=FORGED)
    hand_in(folder, "gone", RIGHT, first="import os; os._exit(3)")
    hand_in(folder, "long", RIGHT, first=TIMED)
    hand_in(folder, "loud", RIGHT, first="for _ in range(10**7): print('x' * 100)")
    hand_in(folder, "charts", RIGHT, last="import altair as alt\nalt.Chart().mark_bar()\nlist(numbers), 0.1 + 0.2, 'å'")
    hand_in(folder, "corrupt", RIGHT).write_text("{", encoding="utf-8")
    book = released(folder)
    book.cells = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "check_double"]
    put(folder, "repaired", book)
    (hand_in(folder, "bulky", RIGHT).parent / "big.csv").write_bytes(b"1\n" * 200_000)
    return folder


@pytest.fixture(scope="module")
def local(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Graded]]:
    """The same class graded by processes of this machine."""
    folder = shutil.copytree(handed_in, tmp_path_factory.mktemp("local") / "class")
    return folder, {one.student: one for one in grade(folder, "small")}


@pytest.fixture
def folder(handed_in: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_in, tmp_path / "class")


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A class of six, each of whose notebooks takes some seconds."""
    folder = new_class(tmp_path / "slow")
    for number in range(6):
        hand_in(folder, f"s{number}", SLOW)
    return folder


def notebooks(folder: Path, step: str) -> dict[str, Any]:
    """Read the notebooks of a step: their cells' sources and outputs, by path."""
    found = {}
    for path in sorted((folder / step).rglob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        found[str(path.relative_to(folder / step))] = [
            (cell.source, cell.get("outputs"), cell.get("execution_count")) for cell in cells
        ]
    return found


def assert_finished(folder: Path, address: str, score: float = 10) -> None:
    """Let a second run do the rest, and a third one find nothing to do."""
    assert {one.score for one in grade(folder, "small", scheduler=address)} == {score}
    assert {one.state for one in grade(folder, "small", scheduler=address)} == {"unchanged"}
    assert len(gradebook(folder)["grades"]) == 3 * 6
    assert list((folder / ".siru" / "grading").rglob("*/*")) == []


def test_everything_is_as_when_graded_here(
    cluster: Running, folder: Path, local: tuple[Path, dict[str, Graded]]
) -> None:
    here, told = local
    found = {one.student: one for one in grade(folder, "small", scheduler=cluster.address)}
    assert found.keys() == told.keys()
    assert {student: one.state for student, one in found.items() if one.state != "graded"} == {"corrupt": "failed"}
    for student, one in found.items():
        there = told[student]
        assert (one.score, one.most, one.to_mark, one.flags) == (there.score, there.most, there.to_mark, there.flags)
        assert one.problem.replace(str(folder), "") == there.problem.replace(str(here), "")
    assert any("took too long" in flag for flag in found["long"].flags)
    assert any("ended the program" in flag for flag in found["gone"].flags)
    assert found["forged"].score != 10
    assert gradebook(folder) == gradebook(here)
    for step in ("autograded", ".siru/public"):
        theirs = notebooks(here, step)
        assert len(theirs) == len(found) - 1
        assert notebooks(folder, step) == theirs
    assert SECRET not in "".join(path.read_text() for path in (folder / ".siru" / "public").rglob("*.ipynb"))
    assert (folder / "autograded" / "bulky" / NAME / "big.csv").stat().st_size == 400_000
    again = {one.student: one for one in grade(folder, "small", scheduler=cluster.address)}
    assert {one.state for one in again.values()} == {"unchanged", "failed"}
    assert [one.flags for one in again.values()] == [found[student].flags for student in again]
    before = gradebook(folder)
    list(grade(folder, "small", scheduler=cluster.address, force=True))
    assert gradebook(folder) == before


def test_what_is_told_is_in_the_language_in_use(cluster: Running, folder: Path) -> None:
    use_language("sv")
    (one,) = grade(folder, "small", ["gone"], scheduler=cluster.address)
    assert any("avslutade programmet" in flag for flag in one.flags), one.flags


def test_the_command_grades_on_a_cluster(cluster: Running, folder: Path) -> None:
    command = [sys.executable, "-m", "siru_course.cli", "class", "grade", "small", "--in", str(folder)]
    options = ["--student", "s1", "--scheduler", cluster.address]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert "s1: 10.0 of 15 points" in done.stdout


def test_a_wrong_address_is_told_in_seconds(folder: Path) -> None:
    begin = time.monotonic()
    command = [sys.executable, "-m", "siru_course.cli", "class", "grade", "small", "--in", str(folder)]
    done = subprocess.run([*command, "--scheduler", "tcp://127.0.0.1:9"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:9." in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begin < 60
    with pytest.raises(ValueError, match="cannot be used as a Dask scheduler: unknown address scheme"):
        list(grade(folder, "small", scheduler="canoe://127.0.0.1:9"))
    assert gradebook(folder)["grades"] == []


def test_a_missing_package_is_named_by_its_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"siru-course\[cluster\]"):
        list(grade(folder, "small", scheduler="tcp://127.0.0.1:9"))


def test_the_classroom_does_not_import_dask() -> None:
    code = "import sys, siru_course.classroom.grading, siru_course.cli; sys.exit('distributed' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_versions_are_refused(cluster: Running, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import versions

    real = versions._version_cached
    with monkeypatch.context() as patch:
        patch.setattr(versions, "_version_cached", lambda name: "0.1" if name == "nbgrader" else real(name))
        with pytest.raises(ValueError, match=r"other versions than this machine: nbgrader \S+ at tcp://.*, 0.1 here"):
            list(grade(folder, "small", scheduler=cluster.address))
    assert gradebook(folder)["grades"] == []


def test_a_worker_without_a_sandbox_is_refused(cluster: Running, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Dask sends the function that is asked for; this one is asked in the place of the real one.
    monkeypatch.setattr(_remote, "unavailable", _no_sandbox)
    with pytest.raises(ValueError, match=r"The worker tcp://\S+ has no sandbox: 3 .*--unsafe-no-sandbox"):
        list(grade(folder, "small", scheduler=cluster.address))
    (one,) = grade(folder, "small", ["s1"], scheduler=cluster.address, sandboxed=False)
    assert one.score == 10


_no_sandbox = (3).__str__


def test_a_setting_that_cannot_be_sent_is_told(cluster: Running, folder: Path) -> None:
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout_func = lambda cell: 3\n")
    (one,) = grade(folder, "small", ["s1"], scheduler=cluster.address)
    assert one.state == "failed"
    assert "nbgrader_config.py cannot be sent to the cluster" in one.problem


def test_a_worker_that_is_killed_costs_nothing(cluster: Running, slow: Path) -> None:
    running = grade(slow, "small", scheduler=cluster.address)
    found = [next(running)]
    victim = workers_of(cluster)[0]
    os.kill(victim, signal.SIGKILL)
    found += running
    assert {one.score for one in found} == {10}
    assert_finished(slow, cluster.address)


def test_a_scheduler_that_goes_away_leaves_the_rest_for_the_next_time(slow: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(_dask, "CONNECT_SECONDS", 3)
    with dask_cluster() as first:
        running = grade(slow, "small", scheduler=first.address, workers=2)
        found = [next(running)]
        first.kill_scheduler()
        begin = time.monotonic()
        found += running
        assert time.monotonic() - begin < 60
    assert len(found) == 6
    lost = [one for one in found if one.state == "failed"]
    assert 3 <= len(lost) <= 5
    assert {one.problem for one in lost} == {
        f"The Dask scheduler at {first.address} is gone. Grade again when it is back."
    }
    saved = {row[0] for row in gradebook(slow)["grades"] if row[3] is not None}
    assert saved == {one.student for one in found if one.state == "graded"}
    assert {path.name for path in (slow / "autograded").iterdir()} == saved
    with dask_cluster() as second:
        assert_finished(slow, second.address)


def test_killed_here_with_submissions_in_hand(cluster: Running, slow: Path) -> None:
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            list(grade(slow, "small", scheduler=cluster.address))
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while not list((slow / "autograded").glob("s*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert_finished(slow, cluster.address)


def test_stopped_by_the_one_who_asked(cluster: Running, slow: Path) -> None:
    running = grade(slow, "small", scheduler=cluster.address)
    next(running)
    running.close()
    assert_finished(slow, cluster.address)


def test_the_sandboxes_end_with_their_workers(slow: Path) -> None:
    with dask_cluster() as own:
        list(grade(slow, "small", ["s1", "s2"], scheduler=own.address))
        below = [process for worker in workers_of(own) for process in descendants(worker)]
        assert below
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(alive(process) for process in below):
        time.sleep(0.1)
    assert [process for process in below if alive(process)] == []


def test_one_that_waits_is_not_disturbed_by_those_who_work(folder: Path, local: tuple[Path, dict[str, Graded]]) -> None:
    """While one waits for the cluster, others are converted, saved, refused and forgotten, in every order."""
    here = local[0]
    calls: list[str] = []

    def turns(grader: Grader, order: list[str]) -> dict[str, Graded]:
        """Grade the first; while its notebook runs grade the second inside of it, and so on."""
        found: dict[str, Graded] = {}
        real, waiting = grader.runs, iter(order)

        def nested(*details: Any) -> Any:
            calls.append("in")
            for student in waiting:
                found[student] = grader.grade(student)
            return real(*details)

        grader.runs = nested
        for student in waiting:
            found[student] = grader.grade(student)
        return found

    child = os.fork()
    if child == 0:  # a process that does nothing but grade, as there
        code = 1
        try:
            plan = grading._plan(folder, "small", (), False, False)
            with Sandbox() as sandbox, _class(folder) as api:
                grader = Grader(api, plan.task, partial(run_notebook, sandbox))
                found = turns(grader, ["s0", "s1", "corrupt", "s2", "gone", "repaired", "s3", "s4", "s5"])
                assert len(calls) >= 7
                rest = [student for student in plan.chosen if student not in found]
                assert all(grader.grade(student).state == "graded" for student in rest)
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert gradebook(folder) == gradebook(here)


def test_a_notebook_whose_workers_end_is_told_alone(
    cluster: Running, slow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _dask.Cluster.run

    def run(self: Any, job: _remote.Job) -> str:
        if "s3" in job.files.get("who.txt", b"").decode():
            raise LostError
        return real(self, job)

    (slow / "submitted" / "s3" / NAME / "who.txt").write_text("s3")
    monkeypatch.setattr(_dask.Cluster, "run", run)
    found = {one.student: one for one in grade(slow, "small", scheduler=cluster.address)}
    assert found.pop("s3").problem.startswith("The program that grades ended twice")
    assert {one.score for one in found.values()} == {10}


def workers_of(cluster: Running) -> list[int]:
    """Find the worker processes of a cluster."""
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        return list(client.run(os.getpid).values())


def descendants(process: int) -> list[int]:
    """Find all processes that a process has started, and those that these have."""
    found: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def alive(process: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
