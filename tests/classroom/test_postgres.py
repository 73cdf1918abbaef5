"""A class whose gradebook is in PostgreSQL: the same grades as in a file, and nothing lost when either side ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader import api

from siru_course import classroom
from siru_course.classroom._marking_parts import Draft
from siru_course.classroom.grading import grade
from siru_course.classroom.marking import marking
from siru_course.classroom.sandbox import unavailable

from .dask_cluster import dask_cluster
from .postgres import Server, postgres
from .small import NAME, RIGHT, WRONG, hand_in, new_class

pytestmark = pytest.mark.slow

ROSTER = "First name,Last name,ID number,Email address\nAda,Lovelace,s0,ada@liu.se\nÖrjan,Åström,s1,o@liu.se\n"
STUDENTS = 10
SLOW = {**RIGHT, "double": "import time; time.sleep(0.5)\n" + RIGHT["double"]}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


def new(folder: Path, address: str) -> Path:
    """Make a class whose gradebook is there, with submissions of all kinds."""
    config = f"\nc.CourseDirectory.db_url = {address!r}\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    new_class(folder, more=config)
    for number in range(STUDENTS):
        hand_in(folder, f"s{number}", RIGHT if number % 3 else WRONG)
    hand_in(folder, "odd", {**RIGHT, "shares": "import sys\nshares = {'a': 1, 'å\\0': 0}"}, last="1 / 0")
    hand_in(folder, "corrupt", RIGHT).write_text("{", encoding="utf-8")
    (folder / "submitted" / "s1" / NAME / "timestamp.txt").write_text("2026-02-02 00:00:00 UTC")
    return folder


def twin(folder: Path, to: Path, address: str) -> Path:
    """Make the same class once more, with its gradebook somewhere else."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("gradebook.db", "release", ".siru"))
    with (to / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    classroom.release(to, NAME)
    return to


def everything(address: str) -> list[tuple[Any, ...]]:
    """Read every value of a gradebook but the keys, which are drawn by lot, and say whose it is."""
    found: list[tuple[Any, ...]] = []

    def put(row: Any, *whose: str) -> None:
        values = {name: getattr(row, name) for name in row.__mapper__.columns.keys()}  # noqa: SIM118 - no mapping
        found.append((type(row).__name__, *whose, {n: v for n, v in values.items() if n != "id" and n[-3:] != "_id"}))

    with api.Gradebook(address, "siru") as book:
        for student in book.db.query(api.Student):
            put(student, student.id)
        for assignment in book.assignments:
            put(assignment)
            for notebook in assignment.notebooks:
                for cell in [*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells]:
                    put(cell, notebook.name)
        for submission in book.db.query(api.SubmittedAssignment):
            put(submission, submission.student.id)
            for submitted in submission.notebooks:
                whose = (submission.student.id, submitted.name)
                put(submitted, *whose)
                for row in [*submitted.grades, *submitted.comments]:
                    put(row, *whose, row.name)
    return sorted(found, key=repr)


def go_through(folder: Path) -> dict[str, str]:
    """Do with a class all that `siru class` does; gives what was written for people to read."""
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    classroom.roster(folder, folder / "roster.csv")
    classroom.handout(folder, NAME)
    told = {one.student: one for one in grade(folder, NAME, sandboxed=False, workers=3)}
    assert {student for student, one in told.items() if one.problem} == {"corrupt"}
    work = marking(folder, NAME, "me")
    (task,) = work.tasks
    for points in range(3):
        key = work.first(task)
        assert key is not None
        work.save(work.open(task, key), Draft({}, str(points), f"Så är det: {points}"))
    again = list(grade(folder, NAME, sandboxed=False, force=True))
    assert len(again) == STUDENTS + 2
    classroom.feedback(folder, NAME)
    classroom.similarity(folder, NAME)
    paths = [classroom.report(folder, NAME, None, True), classroom.export(folder, NAME, "csv", partial=True)]
    paths += sorted((folder / "feedback").rglob("*.html"))
    paths += sorted((folder / ".siru" / "public").rglob("*.ipynb"))
    written = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in paths}
    return {"told": str(sorted(map(str, told.values()))).replace(str(folder), "")} | written


def test_a_class_is_as_with_a_file(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The order in which a person marks is drawn by lot for each class; here it has to be the same.
    monkeypatch.setattr("siru_course.classroom._marking_files.secrets.token_hex", lambda _n: "01" * 16, raising=False)
    address = server.new()
    file = f"sqlite:///{tmp_path / 'file' / 'gradebook.db'}"
    folder = new(tmp_path / "file", file)
    other = twin(folder, tmp_path / "server", address)
    here, there = go_through(folder), go_through(other)
    assert there.keys() == here.keys()
    assert there["told"] == here["told"]
    assert {name for name in here if there[name] != here[name]} == set()
    rows = everything(address)
    assert rows == everything(file)
    assert len([row for row in rows if row[0] == "Grade"]) == 3 * (STUDENTS + 1)
    assert len([row for row in rows if row[0] == "Grade" and row[-1]["manual_score"] is not None]) == 3
    assert not (tmp_path / "server" / "gradebook.db").exists()
    assert server.connections() == 0


def test_several_write_at_once_and_one_is_killed(server: Server, tmp_path: Path) -> None:
    address = server.new()
    folder = new(tmp_path / "class", address)
    for number in range(STUDENTS):
        hand_in(folder, f"s{number}", SLOW)
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            list(grade(folder, NAME, sandboxed=False, workers=4))
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while len(list((folder / "autograded").glob("s*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = {one.student: one for one in grade(folder, NAME, sandboxed=False, workers=4)}
    assert found.pop("corrupt").state == "failed"
    assert {one.score for one in found.values()} == {10}
    assert len(found) == STUDENTS + 1
    rows = [row for row in everything(address) if row[0] == "Grade"]
    assert len(rows) == 3 * (STUDENTS + 1)
    assert sum(row[-1]["auto_score"] or 0 for row in rows) == 10 * (STUDENTS + 1)
    again = {one.student: one.state for one in grade(folder, NAME, sandboxed=False)}
    assert set(again.values()) == {"unchanged", "failed"}


def test_a_cluster_grades_into_it(server: Server, tmp_path: Path) -> None:
    address = server.new()
    file = f"sqlite:///{tmp_path / 'file' / 'gradebook.db'}"
    here = new(tmp_path / "file", file)
    folder = twin(here, tmp_path / "class", address)
    isolated = not unavailable()
    with dask_cluster(threads=2) as cluster:
        there = list(grade(folder, NAME, scheduler=cluster.address, sandboxed=isolated))
    assert sorted(one.student for one in there if one.problem) == ["corrupt"]
    list(grade(here, NAME, sandboxed=isolated))
    assert everything(address) == everything(file)
    assert server.connections() == 0


def test_nobody_holds_a_transaction_while_code_runs(server: Server, tmp_path: Path) -> None:
    folder = new_class(tmp_path / "class", more=f"\nc.CourseDirectory.db_url = {server.new()!r}\n")
    hand_in(folder, "ada", {**RIGHT, "double": "import time; time.sleep(4)\n" + RIGHT["double"]})
    child = os.fork()
    if child == 0:
        try:
            list(grade(folder, NAME, sandboxed=False))
        finally:
            os._exit(0)
    seen: list[str] = []
    query = "select state from pg_stat_activity where datname like 'class%'"
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        seen += [row[0] for row in server.ask(query)]
        time.sleep(0.05)
    # Eight seconds of the notebook, of which nearly all are spent waiting.
    assert seen.count("idle") > 40
    assert seen.count("idle in transaction") < seen.count("idle") / 5


COMMANDS = {
    "roster": ["roster.csv"],
    "release": ["small"],
    "grade": ["small", "--unsafe-no-sandbox"],
    "feedback": ["small"],
    "report": ["small"],
    "export": ["small"],
    "mark": ["small", "--no-browser"],
}


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    folder = new_class(tmp_path / "class")
    hand_in(folder, "ada", RIGHT)
    (folder / "autograded" / "ada" / NAME).mkdir(parents=True)
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    address = "postgresql+pg8000://siru:swordfish@127.0.0.1:9/class"
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    for command, words in COMMANDS.items():
        line = [sys.executable, "-m", "siru_course.cli", "class", command, *words, "--in", str(folder)]
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 1, command
        assert "The gradebook's database on 127.0.0.1 cannot be used: " in done.stderr, (command, done.stderr)
        assert "swordfish" not in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


def test_a_wrong_password_is_told(server: Server, tmp_path: Path) -> None:
    folder = new_class(tmp_path / "class")
    address = server.new().replace(server.password, "swordfish")
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    with pytest.raises(ValueError, match="password authentication failed for user") as told:
        classroom.export(folder, NAME)
    assert "swordfish" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "said"),
    [("postgres://db.example.org/class", r"There is no driver for postgres\b"), ("my gradebook", "is no address of a")],
)
def test_an_address_that_cannot_be_used_is_told(tmp_path: Path, address: str, said: str) -> None:
    folder = new_class(tmp_path / "class")
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    with pytest.raises(ValueError, match=said):
        list(grade(folder, NAME, sandboxed=False))


def test_a_server_that_goes_away_leaves_the_rest_for_the_next_time(server: Server, tmp_path: Path) -> None:
    address = server.new()
    folder = new(tmp_path / "class", address)
    for number in range(STUDENTS):
        hand_in(folder, f"s{number}", SLOW)
    running = grade(folder, NAME, sandboxed=False, workers=2)
    found = [next(one for one in running if one.state == "graded")]
    server.stop()
    try:
        found += running
    finally:
        server.start()
    lost = [one for one in found if one.state == "failed" and one.student != "corrupt"]
    assert len(lost) >= STUDENTS - 4
    for one in lost:
        assert one.problem.startswith("The gradebook's database on 127.0.0.1 cannot be used: "), one
    graded = {one.student for one in found if one.state == "graded"}
    rest = {one.student: one for one in grade(folder, NAME, sandboxed=False)}
    assert rest.pop("corrupt").state == "failed"
    assert {(one.score, one.problem) for one in rest.values()} == {(10, "")}
    assert {student for student, one in rest.items() if one.state == "unchanged"} == graded
    assert len([row for row in everything(address) if row[0] == "Grade"]) == 3 * (STUDENTS + 1)
