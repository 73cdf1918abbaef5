"""How fast a class is graded, beside `nbgrader autograde`, and how that grows with the class.

The submissions are the known answers of the exercise about dialogue meetings. Everything is on: the sandbox, the
second run for what learners see, and the tests that must fail. A number of submissions can be given:
``python -m tests.benchmarks.bench_grading 60``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import yaml

from siru_course import classroom

EXERCISE = "05-dialogue"
BANK = Path(__file__).parents[2] / "exercises" / "answers" / EXERCISE / "answers.yml"
MOST_SECONDS = 240
GROWTH = (30, 300)

_GRADE = """
import resource, sys, time
from pathlib import Path
begin = time.perf_counter()
from siru_course.classroom.grading import grade
from siru_course.classroom.sandbox import unavailable
reason = unavailable()
told = list(grade(Path(sys.argv[1]), "dialogue", sandboxed=not reason))
assert all(one.state == "graded" for one in told), [str(one) for one in told if one.problem][:3]
assert not any(one.flags for one in told), [one for one in told if one.flags][:3]
usage = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(time.perf_counter() - begin, max(usage), reason)
"""


def make(folder: Path, number: int) -> None:
    """Make a class in which the answers of the bank are handed in, mixed."""
    classroom.new(folder, "en", [EXERCISE])
    release = classroom.release(folder, EXERCISE)
    tasks = list(yaml.safe_load(BANK.read_text(encoding="utf-8"))["tasks"].values())
    for student in range(number):
        book = nbformat.read(release / "dialogue.ipynb", as_version=4)
        answers = {
            task["cell"]: task["answers"][(student * (place + 1)) % len(task["answers"])]["code"]
            for place, task in enumerate(tasks)
        }
        for cell in book.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cell.source = "\n".join([cell.source, answers.get(name, "")]).rstrip()
        place = shutil.copytree(release, folder / "submitted" / f"s{student:04}" / EXERCISE)
        nbformat.write(book, place / "dialogue.ipynb")


def ours(folder: Path) -> tuple[float, float, str]:
    """Grade a class; gives the seconds, the largest process in MB, and why there was no sandbox."""
    run = subprocess.run([sys.executable, "-c", _GRADE, str(folder)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]
    seconds, memory, *reason = run.stdout.split(maxsplit=2)
    return float(seconds), float(memory), " ".join(reason).strip()


def stock(folder: Path) -> tuple[float, int]:
    """Let nbgrader grade the class for some minutes; gives the seconds and how many it did."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", EXERCISE],
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


def beside(folder: Path, number: int) -> None:
    """Grade the same class both ways, and compare."""
    make(folder / "stock", number)
    shutil.copytree(folder / "stock", folder / "ours")
    seconds, memory, reason = ours(folder / "ours")
    if reason:
        print(f"without a sandbox: {reason}")
    stock_seconds, done = stock(folder / "stock")
    if done < number:
        print(f"nbgrader was stopped after {stock_seconds:.0f} s and {done} of {number} submissions")
    graded = {path.name for path in sorted((folder / "stock" / "autograded").iterdir())[:done]}
    theirs = {key: value for key, value in grades(folder / "stock").items() if key[0] in graded}
    mine = {key: value for key, value in grades(folder / "ours").items() if key[0] in graded}
    assert mine == theirs
    print(f"nbgrader autograde: {stock_seconds:.1f} s, {1000 * stock_seconds / done:.0f} ms a submission")
    print(f"siru class grade: {seconds:.1f} s, {1000 * seconds / number:.0f} ms a submission, {memory:.0f} MB")
    print(f"ratio {(stock_seconds / done) / (seconds / number):.1f}, {len(theirs)} cells compared: equal")


if __name__ == "__main__":
    submissions = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as scratch:
        beside(Path(scratch), submissions)
        for size in GROWTH:
            make(Path(scratch) / str(size), size)
            taken, largest, _reason = ours(Path(scratch) / str(size))
            print(f"{size} submissions: {taken:.1f} s, {1000 * taken / size:.0f} ms each, {largest:.0f} MB")
