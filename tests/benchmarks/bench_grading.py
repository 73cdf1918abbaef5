"""How fast a class is graded, here and on a Dask cluster, beside `nbgrader autograde`, and how that grows.

The submissions are the known answers of an exercise. Everything is on: the sandbox, the second run for what learners
see, and the tests that must fail. The cluster has two workers, and runs on this machine. A number of submissions and an
exercise can be given: ``python -m tests.benchmarks.bench_grading 60 --exercise 05-dialogue``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from siru_course import classroom
from siru_course.classroom.answers import answered, bank
from tests.classroom.dask_cluster import dask_cluster

EXERCISE = "05-dialogue"
MOST_SECONDS = 240
GROWTH = (30, 300, 1000)

_GRADE = """
import resource, sys, time
from pathlib import Path
begin = time.perf_counter()
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import lacking
reason = lacking()
told = list(grade(Path(sys.argv[1]), sys.argv[2], sandboxed=not reason, scheduler=sys.argv[3]))
assert all(one.state == "graded" for one in told), [str(one) for one in told if one.problem][:3]
assert not any(one.flags for one in told), [one for one in told if one.flags][:3]
usage = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(time.perf_counter() - begin, max(usage), reason)
"""


def make(folder: Path, number: int, exercise: str) -> None:
    """Make a class in which the answers of the bank are handed in, mixed."""
    classroom.new(folder, "en", [exercise])
    release = classroom.release(folder, exercise)
    (path,) = release.glob("*.ipynb")
    book = nbformat.read(path, as_version=4)
    tasks = list(bank(exercise)["tasks"].values())
    for student in range(number):
        answers = {
            task["cell"]: task["answers"][(student * (place + 1)) % len(task["answers"])]["code"]
            for place, task in enumerate(tasks)
        }
        place = shutil.copytree(release, folder / "submitted" / f"s{student:04}" / exercise)
        nbformat.write(answered(book, answers), place / path.name)


def ours(folder: Path, exercise: str, scheduler: str = "") -> tuple[float, float, str]:
    """Grade a class; gives the seconds, the largest process in MB, and why there was no sandbox."""
    line = [sys.executable, "-c", _GRADE, str(folder), exercise, scheduler]
    run = subprocess.run(line, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]
    seconds, memory, *reason = run.stdout.split(maxsplit=2)
    return float(seconds), float(memory), " ".join(reason).strip()


def stock(folder: Path, exercise: str) -> tuple[float, int]:
    """Let nbgrader grade the class for some minutes; gives the seconds and how many it did."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", exercise],
        cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert process.wait(MOST_SECONDS) == 0
        except subprocess.TimeoutExpired:
            process.terminate()
    seconds = time.perf_counter() - begin
    # Of the one that was interrupted, not everything is saved.
    done = len(list((folder / "autograded").iterdir()))
    total = len(list((folder / "submitted").iterdir()))
    return seconds, done if done == total else done - 1


def grades(folder: Path) -> dict[tuple[str, str], tuple[object, ...]]:
    """Read every score, whether a person must mark, and every comment of a gradebook."""
    joined = (
        "join submitted_notebook n on n.id = r.notebook_id join submitted_assignment a on a.id = n.assignment_id "
        "join base_cell c on c.id = r.cell_id"
    )
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = [
            *database.execute(
                f"select a.student_id, 'grade ' || c.name, r.auto_score, r.needs_manual_grade from grade r {joined}"
            ),
            *database.execute(f"select a.student_id, 'comment ' || c.name, r.auto_comment from comment r {joined}"),
        ]
    return {(student, name): tuple(values) for student, name, *values in rows}


def beside(folder: Path, number: int, exercise: str) -> None:
    """Grade the same class in three ways, and compare.

    A machine is faster at one time than at another, so we grade before nbgrader does and after it.
    """
    make(folder / "stock", number, exercise)
    ways = ("here", "on a cluster that has just started", "on a cluster that has graded this before")
    taken: dict[str, list[float]] = {way: [] for way in ways}
    largest = dict.fromkeys(ways, 0.0)
    copies = [folder / f"{way}, {when}" for when in ("before", "after") for way in ways]
    for copy in copies:
        shutil.copytree(folder / "stock", copy)

    def once(when: str) -> None:
        with dask_cluster() as cluster:
            for way, address in zip(ways, ("", cluster.address, cluster.address), strict=True):
                seconds, memory, reason = ours(folder / f"{way}, {when}", exercise, address)
                taken[way].append(seconds)
                largest[way] = max(largest[way], memory)
        if reason:
            print(f"without a sandbox: {reason}")

    once("before")
    stock_seconds, done = stock(folder / "stock", exercise)
    once("after")
    if done < number:
        print(f"nbgrader was stopped after {stock_seconds:.0f} s and {done} of {number} submissions")
    graded = {path.name for path in sorted((folder / "stock" / "autograded").iterdir())[:done]}
    theirs = {key: value for key, value in grades(folder / "stock").items() if key[0] in graded}
    for copy in copies:
        assert {key: value for key, value in grades(copy).items() if key[0] in graded} == theirs
    print(f"{exercise}, nbgrader autograde: {stock_seconds:.1f} s, {1000 * stock_seconds / done:.0f} ms a submission")
    for way in ways:
        seconds = sum(taken[way]) / len(taken[way])
        ratio = (stock_seconds / done) / (seconds / number)
        each = (
            f"{seconds:.1f} s, {1000 * seconds / number:.0f} ms a submission, {largest[way]:.0f} MB, ratio {ratio:.1f}"
        )
        print(f"siru class grade {way}: {each}")
    print(f"{len(theirs)} cells compared: equal")


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("submissions", type=int, nargs="?", default=60)
    asked.add_argument("--exercise", default=EXERCISE)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        beside(Path(scratch), chosen.submissions, chosen.exercise)
        for size in GROWTH:
            make(Path(scratch) / str(size), size, chosen.exercise)
            taken, largest, _reason = ours(Path(scratch) / str(size), chosen.exercise)
            print(f"{size} submissions: {taken:.1f} s, {1000 * taken / size:.0f} ms each, {largest:.0f} MB")
