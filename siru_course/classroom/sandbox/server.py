"""The fork server: what the sandbox runs first, with everything imported that submissions need.

It never runs code of a submission itself. The parent asks over a socket; each request comes with the three file
descriptors of a child: its socket, its standard output and its standard error. Per child two processes are forked:
a keeper, which stays outside of the child's process namespace, and the shell, the first process inside.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from . import isolation, system
from .limits import Limits
from .shell import Shell

# Seconds between two looks at the memory of a submission.
_WATCH = 0.25
_RARELY = (100_000, 50, 50)
_ASKED = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Serve until the parent closes its end.

    ``sys.argv`` holds the number of the socket, the modules to import and the cells to run as JSON, whether to isolate,
    and the folder for temporary files.
    """
    number, ready, isolated, temporary = sys.argv[1:5]
    wanted = json.loads(ready)
    control = socket.socket(fileno=int(number))
    if isolated == "1":
        isolation.begin(temporary)
    control.send(json.dumps({"begun": True}).encode())
    gc.disable()
    shell = Shell()
    for name in wanted["modules"]:
        # A notebook that imports it will say what is wrong.
        with suppress(Exception):
            importlib.import_module(name)
    shell.warm_up(wanted["cells"])
    _forget_ourselves()
    gc.collect()
    gc.freeze()
    # What a submission leaves lying about goes with its process; looking for it rarely is enough.
    gc.set_threshold(*_RARELY)
    gc.enable()
    Server(control, shell, isolated == "1", temporary).serve()


def _forget_ourselves() -> None:
    """Take our modules out of the table: a submission that imports the classroom gets the real one."""
    for name in [name for name in sys.modules if name.startswith("siru_course.classroom")]:
        del sys.modules[name]


@dataclass
class Server:
    """Forks a child for each request, and passes on signals."""

    control: socket.socket
    shell: Shell
    isolated: bool
    temporary: str
    keepers: dict[int, int] = field(default_factory=dict)

    def serve(self) -> None:
        """Answer requests until the parent is gone."""
        read, write = os.pipe()
        for end in (read, write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write)
        signal.signal(signal.SIGCHLD, _nothing)
        self._say({"ready": True})
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(read, select.POLLIN)
        while True:
            ready = [number for number, _event in poll.poll()]
            if read in ready:
                with suppress(BlockingIOError):
                    os.read(read, 4096)
                self._reap()
            if self.control.fileno() in ready:
                data, descriptors, _flags, _address = socket.recv_fds(self.control, 65536, 3)
                if not data:
                    os._exit(0)
                self._answer(json.loads(data), descriptors)

    def _answer(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        if "branch" in request:
            if os.fork() == 0:
                _never_return(lambda: self._apart(descriptors[0]))
            os.close(descriptors[0])
            return
        run = request["run"]
        if "signal" in request:
            if run in self.keepers:
                os.kill(self.keepers[run], request["signal"])
            return
        keeper = os.fork()
        if keeper == 0:
            _never_return(lambda: self._keep(request, descriptors))
        for descriptor in descriptors:
            os.close(descriptor)
        self.keepers[run] = keeper

    def _apart(self, number: int) -> None:
        """Be a server of one's own, for another process to ask."""
        signal.set_wakeup_fd(-1)
        self.control.close()
        Server(socket.socket(fileno=number), self.shell, self.isolated, self.temporary).serve()

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                for run in [run for run, keeper in self.keepers.items() if keeper == pid]:
                    del self.keepers[run]
                    self._say({"gone": run})

    def _say(self, what: dict[str, Any]) -> None:
        try:
            self.control.send(json.dumps(what).encode())
        except OSError:
            os._exit(0)

    def _keep(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Be the keeper: make the namespaces, fork the shell into them, and stay until nothing of it is left."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _ASKED)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(descriptors[2], 2)  # where the parent reads why a child did not start
        _keep_open({0, 1, 2, *descriptors})
        limits = Limits(**request["limits"])
        if self.isolated:
            isolation.enter_namespaces()
        else:
            # What the shell leaves behind becomes ours, and can be ended.
            system.prctl(system.PR_SET_CHILD_SUBREAPER, 1)
        system.prctl(system.PR_SET_PDEATHSIG, signal.SIGTERM)
        first = os.fork()
        if first == 0:
            _never_return(lambda: self._become(request, limits, descriptors))
        for descriptor in descriptors:
            os.close(descriptor)
        _stay(first, limits.memory_mb if self.isolated else 0)
        if not self.isolated:
            _end_strays()
        os._exit(0)

    def _become(self, request: dict[str, Any], limits: Limits, descriptors: Sequence[int]) -> None:
        """Be the shell of a submission."""
        # A group of its own: kill(0, …) reaches across process namespaces.
        os.setsid()
        job, output, errors = descriptors
        if self.isolated:
            system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
            isolation.enter_room(limits.disk_mb, self.temporary)
        connection = socket.socket(fileno=os.dup(job))
        _unpack(connection, Path(request["folder"]))
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        _keep_open({0, 1, 2, connection.fileno()})
        isolation.limit(limits, alone=self.isolated)
        if self.isolated:
            isolation.give_up_rights()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKED)
        self.shell.run(connection)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Let the signal wake the loop, which does the rest."""


def _never_return(act: Callable[[], None]) -> None:
    """Do what a child is for and end: it must never come back into the code of its parent."""
    code = 70
    try:
        act()
        code = 0
    except BaseException as error:
        with suppress(OSError):
            os.write(2, f"sandbox: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _keep_open(numbers: set[int]) -> None:
    """Close all file descriptors but these."""
    start = 0
    for number in sorted(numbers):
        if start < number:  # an empty range at 0 would be taken for all there are
            os.closerange(start, number)
        start = number + 1
    os.closerange(start, 65_536)


def _unpack(connection: socket.socket, folder: Path) -> None:
    """Write the files that come first on the socket, and make their folder the working folder."""
    with connection.makefile("rb", buffering=0) as stream:
        for name, size in json.loads(_exactly(stream, int.from_bytes(_exactly(stream, 4), "big"))):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_exactly(stream, size))
    os.chdir(folder)


def _exactly(stream: io.RawIOBase, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = stream.read(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _stay(first: int, memory_mb: int) -> None:
    """Wait for the shell to end; pass on an interrupt, and end it when asked to or when it holds too much memory."""
    looked = time.monotonic()
    while True:
        got = signal.sigtimedwait(_ASKED, _WATCH)
        if got is not None and got.si_signo == signal.SIGINT:
            os.kill(first, signal.SIGINT)
        elif got is not None and got.si_signo == signal.SIGTERM:
            os.kill(first, signal.SIGKILL)
        if memory_mb and time.monotonic() - looked >= _WATCH:
            if _memory_mb() > memory_mb:
                os.kill(first, signal.SIGKILL)
            looked = time.monotonic()
        # Without namespaces, what the shell left behind becomes ours, so any child may end.
        with suppress(ChildProcessError):
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                if pid == first:
                    return


def _memory_mb() -> float:
    """Add up the memory of all processes of the submission, shared pages in parts.

    The shell has put its own ``/proc`` over ours. With fewer than three processes the limit of each is enough.
    """
    processes = [entry for entry in os.listdir("/proc") if entry.isdigit()]
    total = 0
    for process in processes if len(processes) > 2 else []:
        with suppress(OSError), open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / 1024


def _end_strays() -> None:
    """End all that the shell left behind, also what moved to a session of its own."""
    while True:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
                for child in file.read().split():
                    with suppress(ProcessLookupError):
                        os.kill(int(child), signal.SIGKILL)
            os.waitpid(-1, 0)
        except (ChildProcessError, FileNotFoundError):
            return
