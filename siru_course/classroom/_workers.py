"""Processes that grade side by side; one that dies is replaced, and what it had in hand is tried once more."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeAlias

Handler: TypeAlias = Callable[[str], Any]
Start: TypeAlias = Callable[[Any, Callable[[Handler], None]], None]
"""Called in a new process: prepares it, hands over what grades one submission, and cleans up when that returns."""
Prepare: TypeAlias = Callable[[], AbstractContextManager[Any]]
"""Called for each process before it is there: makes what `start` gets; the copy of the parent is closed afterwards."""

TRIES = 2


class Workers:
    """Worker processes, for a ``with`` block; leaving it ends them.

    Parameters
    ----------
    start
        What a process does first.
    prepare
        What is made for it before.
    number
        How many processes.
    """

    def __init__(self, start: Start, prepare: Prepare, number: int) -> None:
        self._start = start
        self._prepare = prepare
        self._number = number
        self._context: Any = multiprocessing.get_context("fork")
        self._workers: dict[Connection, Any] = {}

    def __enter__(self) -> Workers:
        for _number in range(self._number):
            self._begin()
        return self

    def __exit__(self, *_details: object) -> None:
        for end in self._workers:
            end.close()
        for process in self._workers.values():
            process.join(10)
            if process.is_alive():
                process.kill()
                process.join()
        self._workers.clear()

    def map(self, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Give each name and what came of it, in the order in which they are done.

        What came of it is ``None`` when two processes died of it.
        """
        waiting = deque((name, 1) for name in names)
        in_hand: dict[Connection, tuple[str, int]] = {}
        while waiting or in_hand:
            for end in [end for end in self._workers if end not in in_hand]:
                if waiting:
                    in_hand[end] = waiting.popleft()
                    _send(end, in_hand[end][0])
            for ready in wait(list(in_hand)):
                assert isinstance(ready, Connection)
                name, tries = in_hand.pop(ready)
                try:
                    outcome = ready.recv()
                except (EOFError, OSError):
                    self._replace(ready)
                    if tries < TRIES:
                        waiting.append((name, tries + 1))
                    else:
                        yield name, None
                    continue
                yield name, outcome

    def _replace(self, end: Connection) -> None:
        process = self._workers.pop(end)
        end.close()
        process.join(5)
        if process.is_alive():
            process.kill()
            process.join()
        self._begin()

    def _begin(self) -> None:
        ours, theirs = self._context.Pipe()
        with self._prepare() as prepared:
            process = self._context.Process(
                target=_work,
                args=(self._start, prepared, theirs, [ours, *self._workers]),
                daemon=False,
                name="siru-grader",
            )
            process.start()
        theirs.close()
        self._workers[ours] = process


def _send(end: Connection, name: str) -> None:
    # Of a process that has died, reading tells.
    with suppress(OSError):
        end.send(name)


def _work(start: Start, prepared: Any, end: Connection, not_ours: list[Connection]) -> None:
    """Live as a worker: grade what comes through the pipe until the other end is closed."""
    code = 1
    try:
        # The ends of the others would keep them alive when the parent has gone.
        for other in not_ours:
            other.close()
        # Ctrl+C reaches the parent too, which ends its workers in order.
        signal.signal(signal.SIGINT, lambda *_: None)
        # What the parent has imported is never garbage.
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)

        def serve(handle: Handler) -> None:
            while True:
                try:
                    name = end.recv()
                except (EOFError, OSError):
                    return
                end.send(handle(name))

        start(prepared, serve)
        code = 0
    finally:
        # Nothing of the parent's is flushed or closed a second time.
        os._exit(code)
