"""Grade a class: nbgrader's own scores, side by side in processes, with the learners' code in a sandbox."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from siru_course._files import typed
from siru_course.language import gettext as _

from ._class import class_directory
from ._importing import importing
from ._journal import Journal
from ._outcome import Graded, ended
from ._server import demand
from .directory import resolve
from .engine import _class, _in_gradebook
from .sandbox import Sandbox, lacking

if TYPE_CHECKING:
    from ._grader import Task
    from ._workers import Handler

ALWAYS = ("pandas", "numpy")
"""Modules that the sandbox has imported, whatever the exercise imports."""

LOCK_SECONDS = 20
"""How long to wait for another grading of the same class to end."""


@dataclass(frozen=True)
class _Plan:
    task: Task
    chosen: tuple[str, ...]
    as_before: tuple[Graded, ...]

    @property
    def to_grade(self) -> tuple[str, ...]:
        unchanged = {one.student for one in self.as_before}
        return tuple(student for student in self.chosen if student not in unchanged)


def grade(
    folder: Path,
    assignment: str,
    students: Iterable[str] = (),
    *,
    only_new: bool = False,
    force: bool = False,
    dry_run: bool = False,
    sandboxed: bool = True,
    workers: int | None = None,
    scheduler: str = "",
    planned: Callable[[int], None] = lambda total: None,
) -> Iterator[Graded]:
    """Grade submissions, and give how each ended as soon as it has.

    What is new or has changed since it was last graded is graded: the submission, the assignment, the settings or
    the course's package. Points that a person gave are kept. Grading can be stopped at any moment, even by force:
    what was done is done, and the next time does the rest.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment.
    students
        Only these; everybody who handed something in when empty.
    only_new
        Grade nobody who has a grade, whatever has changed.
    force
        Grade everybody, whether anything has changed or not.
    dry_run
        Only tell what would be done.
    sandboxed
        Run the learners' code in a sandbox. Without it their code can read and change whatever you can.
    workers
        How many submissions are in hand at the same time; as many as there are processors, here or in the cluster,
        when ``None``.
    scheduler
        The address of a Dask scheduler, such as ``tcp://grading-scheduler:8786``: its workers run the learners' code.
        The processes of this machine do when it is empty.
    planned
        Called once with how many submissions there are.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown or not released, nobody handed it in, both
        `only_new` and `force` are asked for, there is no sandbox where the code would run, the cluster is not there or
        has other versions of what grades, the gradebook's server is not there, or the class is being graded.
    """
    if only_new and force:
        raise ValueError(_("Choose either only what is new, or everything."))
    if workers is not None and workers < 1:
        raise ValueError(_("workers is {n}; at least one is needed.").format(n=workers))
    folder = folder.resolve()
    if dry_run:
        plan = _plan(folder, assignment, tuple(students), only_new, force)
        planned(len(plan.chosen))
        yield from plan.as_before
        yield from (Graded(student, state="planned") for student in plan.to_grade)
        return
    _demand_processes()
    preload, rehearsal = _known(folder, assignment)

    def carry_out(how: Callable[[_Plan], Iterator[Graded]], lock: IO[str]) -> Iterator[Graded]:
        plan = _plan(folder, assignment, tuple(students), only_new, force)
        planned(len(plan.chosen))
        yield from plan.as_before
        _alone(folder, lock)
        _tidy(folder / ".siru", plan.task.assignment)
        if plan.to_grade:
            yield from how(plan)

    if scheduler:
        _demand_dask()
        from ._cluster import meeting
        from ._remote import Place

        with _lock_of(folder) as lock, meeting(scheduler, Place(sandboxed, preload, rehearsal)) as grades:
            yield from carry_out(lambda plan: grades(plan.task, plan.to_grade, workers), lock)
        return
    if reason := lacking(sandboxed):
        raise ValueError(_without_sandbox(reason))
    # The sandbox starts while nbgrader is opened.
    with (
        _lock_of(folder) as lock,
        Sandbox(isolated=sandboxed, preload=preload, rehearsal=rehearsal) as sandbox,
    ):
        yield from carry_out(lambda plan: _grade(folder, plan, sandbox, workers), lock)


def _known(folder: Path, assignment: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find what an assignment imports, and what was handed out, without nbgrader; it costs time if that fails."""
    with importing():
        from ._master import locked_code, modules, released_code

    release = folder / "release"
    with suppress(ValueError, OSError):
        name = resolve(assignment, [path.name for path in release.iterdir()])
        imported = modules(locked_code(folder / "source" / name))
        return tuple(dict.fromkeys([*ALWAYS, *imported])), released_code(release / name)
    return ALWAYS, ()


def _grade(folder: Path, plan: _Plan, sandbox: Sandbox, workers: int | None) -> Iterator[Graded]:
    from ._execute import run_notebook
    from ._grader import Grader
    from ._workers import Workers

    try:
        sandbox.wait()
    except ValueError as error:
        raise ValueError(_without_sandbox(str(error)) if sandbox.isolated else str(error)) from error

    def start(branch: Sandbox, serve: Callable[[Handler], None]) -> None:
        sandbox.leave()
        with branch, _class(folder) as api:
            grader = Grader(api, plan.task, partial(run_notebook, branch))
            serve(grader.grade)
            grader.close()

    number = min(workers or _processors(), len(plan.to_grade))
    with Workers(start, sandbox.branch, number) as pool:
        for student, outcome in pool.map(plan.to_grade):
            yield outcome or ended(student)


def _plan(folder: Path, assignment: str, students: tuple[str, ...], only_new: bool, force: bool) -> _Plan:
    """Find out who is graded, and who is left as they are."""
    with importing(), _class(folder) as api:
        from ._gradebook import whole
        from ._grader import Task
        from ._master import read_master, version

        demand(api.coursedir.db_url)
        name = resolve(assignment, api.get_source_assignments())
        if not _in_gradebook(api, name):
            raise ValueError(
                _("{name} has not been released. Run: siru class release {name} --in {folder}").format(
                    name=name, folder=typed(folder)
                )
            )
        places = {
            student: Path(api.coursedir.format_path(api.coursedir.submitted_directory, student, name))
            for student in _handed_in(api.coursedir, name)
        }
        for student in students:
            if student not in places:
                raise ValueError(_("There is no folder submitted/{student}/{name}.").format(student=student, name=name))
        chosen = tuple(dict.fromkeys(students)) or tuple(places)
        if not chosen:
            raise ValueError(
                _("Nothing has been handed in: there is no folder submitted/<student>/{name}.").format(name=name)
            )
        source = Path(os.path.normpath(api.coursedir.format_path(api.coursedir.source_directory, ".", name)))
        with api.gradebook as gradebook:
            master = read_master(gradebook, name, source)
            task = Task(folder, name, master, version(master, source))
            complete = whole(gradebook, name, task.scored)
            as_before = []
            journal = Journal(folder, name)
            for student in chosen if not force else ():
                key, flags = journal.read(student)
                graded = Path(api.coursedir.format_path(api.coursedir.autograded_directory, student, name))
                done = student in complete and graded.is_dir()
                if done and (only_new or key == task.key(student, places[student])):
                    as_before.append(_as_before(gradebook, task, student, flags))
        return _Plan(task, chosen, tuple(as_before))


def _as_before(gradebook: Any, task: Task, student: str, flags: tuple[str, ...]) -> Graded:
    from ._gradebook import result

    found = result(gradebook, task.assignment, student, task.scored)
    return Graded(student, found.score, found.most, found.to_mark, flags=flags, state="unchanged")


def _handed_in(coursedir: Any, assignment: str) -> list[str]:
    """List who has a folder of the assignment; a link in its place is left for the preflight to refuse."""
    root = Path(coursedir.format_path(coursedir.submitted_directory, ".", "."))
    root = Path(os.path.normpath(root))
    found = [path.name for path in root.iterdir()] if root.is_dir() else []
    return sorted(name for name in found if os.path.lexists(root / name / assignment))


def _demand_processes() -> None:
    if not hasattr(os, "fork"):
        raise ValueError(_("Grading needs Linux or macOS. On Windows, run it in WSL."))


def _demand_dask() -> None:
    if find_spec("distributed") is None:
        raise ValueError(
            _("Grading on a cluster needs more packages. Install them with: pip install 'siru-course[cluster]'")
        )


def _without_sandbox(reason: str) -> str:
    return _(
        "There is no sandbox on this machine: {reason} With --unsafe-no-sandbox the learners' code runs as you, and "
        "can read and change whatever you can."
    ).format(reason=reason)


@contextmanager
def _lock_of(folder: Path) -> Iterator[IO[str]]:
    """Open the file whose lock keeps others from grading the class; the processes that are started have it open too."""
    class_directory(folder)
    (folder / ".siru").mkdir(exist_ok=True)
    with (folder / ".siru" / "grading.lock").open("w") as file:
        yield file


def _alone(folder: Path, lock: IO[str]) -> None:
    """Hold the class for this grading alone; that lasts as long as the last of its processes."""
    import fcntl

    give_up = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise ValueError(
                    _("{folder} is being graded already. Wait until that is done.").format(folder=folder)
                ) from None
            time.sleep(0.1)


def _tidy(ours: Path, assignment: str) -> None:
    """Remove what a grading left that was stopped by force."""
    shutil.rmtree(ours / "grading", ignore_errors=True)
    for step in ("journal", "public"):
        for part in (ours / step / assignment).rglob("*.part"):
            part.unlink(missing_ok=True)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
