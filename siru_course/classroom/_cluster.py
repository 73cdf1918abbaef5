"""Grade on a Dask cluster: one process here converts and saves, and the cluster runs the notebooks.

In that process a thread stands for each submission in hand. One lock lets one thread at a time work with nbgrader and
the gradebook; a thread gives it up only while the cluster has its notebook, when nothing is unsaved.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _remote
from ._dask import Cluster, ClusterError
from ._outcome import Graded, ended
from .engine import _class
from .sandbox import LostError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ._execute import Ran
    from ._grader import Grader, Task

Grades: TypeAlias = "Callable[[Task, Sequence[str], int | None], Iterator[Graded]]"

AHEAD = 4
"""How many submissions more than the cluster can run are in hand, so that no worker waits for the next one."""


@contextmanager
def meeting(address: str, place: _remote.Place) -> Iterator[Grades]:
    """Start the process that grades, for a ``with`` block; it meets the cluster while this one finds out what to grade.

    Parameters
    ----------
    address
        Of the scheduler.
    place
        The sandbox that notebooks need.

    Returns
    -------
    Callable
        Called once at most, with the task, the students and how many are in hand at the same time: it gives how each
        ended as soon as it has. It raises ``ValueError`` if the cluster is not there, or not fit.
    """
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(address, place, theirs, ours), daemon=False, name="siru-grader")
    process.start()
    theirs.close()
    asked: list[Sequence[str]] = []

    def grades(task: Task, students: Sequence[str], at_once: int | None) -> Iterator[Graded]:
        asked.append(students)
        with suppress(OSError):  # of a process that has ended, reading tells
            ours.send((task, tuple(students), at_once))
        return _told(ours, students)

    try:
        yield grades
    finally:
        ours.close()
        if asked:
            process.join(30)
        if process.is_alive():
            process.kill()
            process.join()


def _told(end: Connection, students: Sequence[str]) -> Iterator[Graded]:
    left = dict.fromkeys(students)
    while left:
        try:
            said = end.recv()
        except (EOFError, OSError):
            break
        if isinstance(said, str):
            raise ValueError(said)
        del left[said.student]
        yield said
    yield from map(ended, left)


def _serve(address: str, place: _remote.Place, end: Connection, not_ours: Connection) -> None:
    """Live as the process that grades, until everybody is graded or the other end is closed."""
    try:
        not_ours.close()
        # Ctrl+C reaches the parent too, which ends this in order.
        signal.signal(signal.SIGINT, lambda *_: None)
        with suppress(EOFError, OSError), Cluster(address, place) as cluster:
            _remote.load()
            task, students, at_once = end.recv()
            _grade(cluster, place, end, task, students, at_once)
    except ClusterError as error:
        with suppress(OSError):
            end.send(str(error))
    finally:
        os._exit(0)


def _grade(
    cluster: Cluster, place: _remote.Place, end: Connection, task: Task, students: Sequence[str], at_once: int | None
) -> None:
    from ._grader import Grader

    with _class(task.root) as api:
        room = _Room(cluster, place, end)
        room.grader = Grader(api, task, room.run)
        room.open(students, min(len(students), at_once or cluster.threads + AHEAD))
        with suppress(EOFError, OSError):
            end.recv()
        # Whoever is saving finishes; the others never come to it.
        room.lock.acquire()
        room.grader.close()


class _Room:
    """Threads that share a grader, of which one works at a time."""

    grader: Grader

    def __init__(self, cluster: Cluster, place: _remote.Place, end: Connection) -> None:
        self.cluster, self.place, self.end = cluster, place, end
        self.lock, self.sending = threading.Lock(), threading.Lock()

    def open(self, students: Sequence[str], number: int) -> None:
        """Let threads begin to grade."""
        waiting = deque(students)
        for _number in range(number):
            # In the language of whoever asked, which a thread does not take over by itself.
            threading.Thread(target=copy_context().run, args=(self._work, waiting), daemon=True).start()

    def run(self, nb: NotebookNode, files: Mapping[str, bytes], config: Any) -> Ran:
        """Let the cluster run a notebook; meanwhile the others work."""
        job = _remote.make(nb, files, config, self.place)
        self.lock.release()
        try:
            done = self.cluster.run(job)
        finally:
            self.lock.acquire()
        return _remote.read(done)

    def _work(self, waiting: deque[str]) -> None:
        while True:
            try:
                student = waiting.popleft()
            except IndexError:
                return
            outcome = self._grade(student)
            with suppress(OSError), self.sending:
                self.end.send(outcome)

    def _grade(self, student: str) -> Graded:
        if self.cluster.gone:
            return Graded(student, problem=self.cluster.gone, state="failed")
        with self.lock:
            try:
                return self.grader.grade(student)
            except LostError:
                return ended(student)
