"""Grading may be stopped anywhere, by force: no grade is lost, doubled or changed, and the next run does the rest."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from siru_course.classroom import _grader, grading
from siru_course.classroom._outcome import Graded
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import Executed

from .small import RIGHT, WRONG, gradebook, hand_in, new_class

pytestmark = pytest.mark.slow

POINTS = 20
STUDENTS = 8


class Here:
    """In the place of the sandbox: runs cells in this process, as it is not the sandbox that is tested here."""

    def __init__(self, **_options: Any) -> None:
        self.alive = True

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_details: object) -> None:
        pass

    def wait(self) -> None:
        pass

    def branch(self) -> Here:
        return Here()

    def leave(self) -> None:
        pass

    def open(self, files: Mapping[str, bytes]) -> Here:
        lines = files["numbers.csv"].decode().splitlines()
        self.names: dict[str, Any] = {"open": lambda _name: lines}
        return self

    def close(self) -> None:
        pass

    def execute(self, code: str, seconds: float, count: int | None = None) -> Executed:
        tree = ast.parse(code)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        try:
            exec(compile(tree, "cell", "exec"), self.names)
            value = last and eval(compile(ast.Expression(last.value), "cell", "eval"), self.names)
        except Exception as error:
            content = {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": ["error"]}
            return Executed([], content, "")
        data = {"data": {"text/plain": repr(value)}, "metadata": {}, "execution_count": 1}
        message = {"msg_type": "execute_result", "content": data, "parent_header": {}, "metadata": {}, "buffers": []}
        message["header"] = {"msg_type": "execute_result"}
        return Executed([] if value is None else [message], {"status": "ok"}, "")


@pytest.fixture(autouse=True)
def without_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "Sandbox", Here)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class in which nothing has been graded."""
    folder = new_class(tmp_path_factory.mktemp("class") / "class")
    for number in range(STUDENTS):
        hand_in(folder, f"s{number}", RIGHT if number % 3 else WRONG)
    return folder


@pytest.fixture(scope="module")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The same class graded without a disturbance, and how many seconds that took."""
    folder = shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "class")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "Sandbox", Here)
        begin = time.monotonic()
        assert {one.state for one in graded(folder)} == {"graded"}
        return folder, time.monotonic() - begin


@pytest.fixture
def folder(handed_in: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_in, tmp_path / "class")


def graded(folder: Path, **options: Any) -> list[Graded]:
    return list(grade(folder, "small", sandboxed=False, workers=2, **options))


@contextmanager
def in_a_group(folder: Path, **options: Any) -> Iterator[int]:
    """Grade in another process, which leads a group; gives its number."""
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            graded(folder, **options)
        finally:
            os._exit(0)
    try:
        yield child
    finally:
        os.waitpid(child, 0)


def fill(path: Path) -> None:
    """Write until there is no room left."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def assert_finished(folder: Path, undisturbed: Path) -> None:
    """Run once more, and compare everything with the class that was left in peace."""
    assert [one.problem for one in graded(folder) if one.problem] == []
    assert gradebook(folder) == gradebook(undisturbed)
    for step in ("autograded", ".siru/public", ".siru/journal"):
        names = [
            sorted(str(path.relative_to(root)) for path in (root / step).rglob("*")) for root in (folder, undisturbed)
        ]
        if step == ".siru/public":
            assert len(names[0]) >= STUDENTS
        assert names[0] == names[1]
    assert list((folder / ".siru" / "grading").rglob("*")) == []
    assert {one.state for one in graded(folder)} == {"unchanged"}


@pytest.mark.parametrize("point", range(POINTS))
def test_killed_with_all_its_processes(folder: Path, undisturbed: tuple[Path, float], point: int) -> None:
    reference, seconds = undisturbed
    force = point % 2 == 1
    if force:
        # Everybody has a grade, and is being graded once more.
        shutil.rmtree(folder)
        shutil.copytree(reference, folder)
    with in_a_group(folder, force=force) as child:
        time.sleep(seconds * (point + 1) / (POINTS + 1))
        os.killpg(child, signal.SIGKILL)
    gradebook(folder)
    assert_finished(folder, reference)


def test_killed_between_any_two_steps_of_saving(
    folder: Path, undisturbed: tuple[Path, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [
        (_grader.book.SharedGradebook, "save"), (_grader.Grader, "_save"), (_grader.Grader, "_publish"),
        (_grader, "replace_file"), (Path, "rename"), (_grader.Journal, "write"),
    ]  # fmt: skip
    for owner, name in steps:
        with pytest.MonkeyPatch.context() as patch:
            real = getattr(owner, name)

            def and_die(*details: Any, real: Any = real, **named: Any) -> Any:
                real(*details, **named)
                os.kill(os.getpid(), signal.SIGKILL)

            patch.setattr(owner, name, and_die)
            (found,) = grade(folder, "small", ["s1"], force=True, sandboxed=False)
        assert found.state == "failed", name
        assert "ended twice" in found.problem
        assert_finished(folder, undisturbed[0])


def test_a_worker_that_is_killed_is_replaced(
    folder: Path, undisturbed: tuple[Path, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = tmp_path / "died"
    real = _grader.Grader.grade

    def once(self: Any, student: str) -> Graded:
        if student == "s3" and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, student)

    monkeypatch.setattr(_grader.Grader, "grade", once)
    assert {one.state for one in graded(folder)} == {"graded"}
    assert died.exists()
    assert_finished(folder, undisturbed[0])


def test_stopped_by_the_one_who_asked(folder: Path, undisturbed: tuple[Path, float]) -> None:
    running = grade(folder, "small", sandboxed=False, workers=2)
    next(running)
    running.close()
    assert_finished(folder, undisturbed[0])


def test_the_disk_is_full(folder: Path, undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) + (400 << 10)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    try:
        small = shutil.copytree(folder, disk / "class")
        filler = disk / "filler"
        fill(filler)
        found = graded(small)
        assert {one.state for one in found} == {"failed"}
        assert all(one.problem for one in found)
        gradebook(small)
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        assert_finished(small, undisturbed[0])
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_the_folder_cannot_be_written_to(
    folder: Path, undisturbed: tuple[Path, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.mkdir

    def refuse(path: Any, *details: Any, **named: Any) -> None:
        if "autograded" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        real(path, *details, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "mkdir", refuse)
        found = graded(folder)
    assert {one.state for one in found} == {"failed"}
    assert all("Permission denied" in one.problem for one in found), found[0].problem
    assert not (folder / "autograded").exists()
    assert_finished(folder, undisturbed[0])


def test_two_at_once_wait_for_one_another(
    folder: Path, undisturbed: tuple[Path, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grading, "LOCK_SECONDS", 0)
    running = grade(folder, "small", sandboxed=False, workers=1)
    next(running)
    with pytest.raises(ValueError, match="being graded already"):
        graded(folder)
    running.close()
    assert_finished(folder, undisturbed[0])
