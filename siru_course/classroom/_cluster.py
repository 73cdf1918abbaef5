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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from . import _remote
from ._dask import Cluster, ClusterError
from ._grader import Grader, Task
from ._outcome import Graded, ended
from .engine import _class
from .sandbox import LostError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ._execute import Ran

AHEAD = 4
"""How many submissions more than the cluster can run are in hand, so that no worker waits for the next one."""


def grade_on(
    address: str, task: Task, place: _remote.Place, students: Sequence[str], at_once: int | None
) -> Iterator[Graded]:
    """Grade submissions, and give how each ended as soon as it has; parameters as of the classroom's ``grade``.

    Raises
    ------
    ValueError
        If the cluster is not there, or not fit.
    """
    context: Any = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_serve, args=(address, task, place, students, at_once, theirs, ours), daemon=False, name="siru-grader"
    )
    process.start()
    theirs.close()
    left = dict.fromkeys(students)
    try:
        while left:
            try:
                said = ours.recv()
            except (EOFError, OSError):
                break
            if isinstance(said, str):
                raise ValueError(said)
            del left[said.student]
            yield said
        yield from map(ended, left)
    finally:
        ours.close()
        process.join(30)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(
    address: str,
    task: Task,
    place: _remote.Place,
    students: Sequence[str],
    at_once: int | None,
    end: Connection,
    not_ours: Connection,
) -> None:
    """Live as the process that grades, until everybody is graded or the other end is closed."""
    try:
        not_ours.close()
        # Ctrl+C reaches the parent too, which ends this in order.
        signal.signal(signal.SIGINT, lambda *_: None)
        with _class(task.root) as api, Cluster(address, place) as cluster:
            room = _Room(cluster, place, end)
            room.grader = Grader(api, task, room.run)
            room.open(students, min(len(students), at_once or cluster.threads + AHEAD))
            with suppress(EOFError, OSError):
                end.recv()
            # Whoever is saving finishes; the others never come to it.
            room.lock.acquire()
            room.grader.close()
    except ClusterError as error:
        with suppress(OSError):
            end.send(str(error))
    finally:
        os._exit(0)


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
