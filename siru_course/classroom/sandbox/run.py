"""One submission: its cells, one at a time, with the clock and the limits on output in the parent's hands."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from . import frames, messages
from .gathered import Gathered
from .limits import Limits

# Seconds in which a child must be ready, and in which an interrupt must have worked.
_START, _GRACE = 30.0, 5.0
_CHUNK = 1 << 18
# A run as a whole may show this many times what a cell may; a cell that sends this many times more is ended.
_CELLS, _FLOOD = 4, 16


@dataclass(frozen=True)
class Executed:
    """What came of one cell.

    Parameters
    ----------
    messages
        Jupyter's messages in order, as nbclient's ``process_message`` takes them; there are no status messages.
    reply
        The content of ``execute_reply``: ``status`` is ``"ok"`` or ``"error"``, then with ``ename``, ``evalue`` and
        ``traceback``; and ``execution_count``.
    problem
        Empty, or ``"timeout"`` (the time was up), ``"output"`` (something was left out) or ``"died"`` (the process is
        gone). Whether further cells can run is told by ``Run.alive``.
    """

    messages: list[dict[str, Any]]
    reply: dict[str, Any]
    problem: str = ""


class GoneError(Exception):
    """The fork server or the child is no longer there."""


class LostError(GoneError):
    """The fork server ended in the middle of a run, which says nothing about the submission."""


class Keeper(Protocol):
    """What a run needs of its sandbox."""

    def send_signal(self, run: int, number: int) -> None:
        """Send a signal to the run's shell."""
        ...

    def end(self, run: int) -> None:
        """End the run, and return when nothing of it is left; ``LostError`` when its server had ended before."""
        ...


class Run:
    """A forked child with a submission's files.

    Attributes
    ----------
    alive
        Whether further cells can run.
    """

    def __init__(
        self,
        keeper: Keeper,
        number: int,
        job: socket.socket,
        streams: tuple[int, int],
        limits: Limits,
        folder: tempfile.TemporaryDirectory[str] | None,
    ) -> None:
        self.alive = True
        self._keeper = keeper
        self._number = number
        self._job = job
        self._streams = {streams[0]: "stdout", streams[1]: "stderr"}
        self._limits = limits
        self._folder = folder
        self._left = _CELLS * limits.output_bytes
        self._reader = frames.Reader(most=max(limits.output_bytes, 1 << 21) + 4096)
        self._poll = select.poll()
        for number in self._streams:
            os.set_blocking(number, False)
            self._poll.register(number, select.POLLIN)
        self._polled = set(self._streams)
        self._poll.register(job, select.POLLIN)
        self._closed = False

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def start(self, files: Mapping[str, bytes]) -> None:
        """Send the files, and wait until the child is ready.

        Raises
        ------
        GoneError
            If it does not become ready; with what it wrote to standard error, if anything.
        """
        gathered = Gathered(limit=20_000)
        listing = json.dumps([(name, len(data)) for name, data in files.items()]).encode()
        parcel = b"".join((len(listing).to_bytes(4, "big"), listing, *files.values()))
        reply = None
        with suppress(GoneError):
            reply = self._talk(memoryview(parcel), gathered, time.monotonic() + _START)
        if reply is None or reply.get("ready") is not True:
            said = "".join(message["content"].get("text", "") for message in gathered.finished())
            raise GoneError(said.strip() or "no answer")

    def execute(self, code: str, seconds: float) -> Executed:
        """Run a cell.

        At the end of its time a cell is interrupted as nbclient does. When it ignores that, the child is ended.

        Parameters
        ----------
        code
            The cell's source.
        seconds
            The time it may take.

        Raises
        ------
        LostError
            If the fork server ended meanwhile.
        """
        if not self.alive:
            return Executed([], messages.failed("DeadKernelError", "the process is gone"), "died")
        token = secrets.token_hex(16)
        request = json.dumps({"code": code, "token": token}).encode()
        gathered = Gathered(min(self._limits.output_bytes, self._left))
        outgoing = memoryview(len(request).to_bytes(4, "big") + request)
        problem, said = "", None
        try:
            said = self._talk(outgoing, gathered, time.monotonic() + seconds, token)
            if said is None:
                problem = "timeout"
                self._keeper.send_signal(self._number, signal.SIGINT)
                said = self._talk(memoryview(b""), gathered, time.monotonic() + _GRACE, token)
        except GoneError:
            problem = problem or "died"
        except _FloodError:
            problem = "output"
        self._left -= min(self._left, gathered.heard)
        reply = None
        if said is not None:
            try:
                reply = messages.reply(said)
            except messages.RefusedError:
                problem = "died"
        if reply is None:
            self._end()
        if problem == "timeout":
            reply = messages.failed("CellTimeoutError", "No reply from kernel before timeout")
        elif reply is None:
            why = "too much output" if problem == "output" else "the process is gone"
            reply = messages.failed("DeadKernelError", why)
        return Executed(gathered.finished(), reply, problem or ("output" if gathered.cut else ""))

    def close(self) -> None:
        """End the child and all it started; what it wrote is gone."""
        if self._closed:
            return
        self._closed = True
        try:
            self._end()
        finally:
            self._job.close()
            for number in self._streams:
                os.close(number)
            if self._folder is not None:
                self._folder.cleanup()

    def _end(self) -> None:
        if self.alive:
            self.alive = False
            self._keeper.end(self._number)

    def _talk(
        self, outgoing: memoryview, gathered: Gathered, deadline: float, token: str | None = None
    ) -> dict[str, Any] | None:
        """Send, and gather messages until the reply with the token comes; ``None`` at the deadline.

        Raises
        ------
        GoneError
            If the child is no longer there.
        _FloodError
            If it sends so much that it had better be ended.
        """
        most = _FLOOD * self._limits.output_bytes
        while (left := deadline - time.monotonic()) > 0:
            wanted = select.POLLIN | (select.POLLOUT if outgoing else 0)
            self._poll.modify(self._job, wanted)
            for number, event in self._poll.poll(left * 1000):
                if number in self._streams:
                    self._hear(number, gathered)
                    continue
                if event & select.POLLOUT:
                    outgoing = outgoing[self._send(outgoing[:_CHUNK]) :]
                if event & ~select.POLLOUT and (reply := self._receive(gathered, token)) is not None:
                    for stream in self._streams:
                        self._hear(stream, gathered)
                    return reply
            if gathered.heard > most:
                raise _FloodError
        return None

    def _send(self, part: memoryview) -> int:
        try:
            return self._job.send(part, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise GoneError(str(error)) from error

    def _receive(self, gathered: Gathered, token: str | None) -> dict[str, Any] | None:
        """Read what is there; give the reply if it is among it."""
        try:
            data = self._job.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            data = b""
        if not data:
            for stream in self._streams:
                self._hear(stream, gathered)
            raise GoneError
        reply = None
        for kind, length, body in self._reader.feed(data):
            if kind != frames.REPLY:
                gathered.message(length, body)
                continue
            try:
                said = messages.parse(body or b"")
            except messages.RefusedError:
                continue
            if said.get("token") == token:
                reply = said
        return reply

    def _hear(self, number: int, gathered: Gathered) -> None:
        """Read what was written to a standard stream past Python: what its pipe holds, and no more."""
        try:
            data = os.read(number, 1 << 20)
        except BlockingIOError:
            return
        if data:
            gathered.text(self._streams[number], data)
        elif number in self._polled:
            self._polled.remove(number)
            self._poll.unregister(number)


class _FloodError(Exception):
    """The child sends more than it is worth listening to."""
