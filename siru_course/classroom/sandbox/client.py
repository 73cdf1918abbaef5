"""The grader's side of the fork server: start it, and open a run for each submission."""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO, Any

from siru_course.language import gettext as _

from . import bubblewrap
from .isolation import WORK
from .limits import Limits
from .run import GoneError, LostError, Run

# Seconds in which the server must be ready, and in which a run that is ended must be gone.
_START, _END = 120.0, 10.0
_PROGRAM = "from siru_course.classroom.sandbox.server import main; main()"


class Sandbox:
    """A fork server; it belongs to the thread that made it, and starts again by itself when it is gone.

    It starts in the background, and is waited for when it is first needed.

    Parameters
    ----------
    isolated
        Whether to run in bubblewrap and namespaces. Without them the code runs as the user, with all the user's
        rights.
    limits
        What each submission may use.
    preload
        Modules to import once, for all submissions.
    environment
        Variables of the environment beside those that are always set, such as ``SIRU_LANG``.
    rehearsal
        Cells that the server runs once before it forks, such as those of the released notebook: what they import and
        read is then there for every submission. Nothing secret may stand in them. Their variables are forgotten.

    Raises
    ------
    ValueError
        If what it needs is not here (see :func:`lacking`); later, if it does not start (see :func:`unavailable`).
    """

    def __init__(
        self,
        isolated: bool = True,
        limits: Limits | None = None,
        preload: Sequence[str] = ("pandas", "numpy"),
        environment: Mapping[str, str] | None = None,
        rehearsal: Sequence[str] = (),
    ) -> None:
        if why := bubblewrap.lacking(isolated):
            raise ValueError(why)
        self.isolated = isolated
        self.limits = limits or Limits()
        self._preload = tuple(preload)
        self._rehearsal = tuple(rehearsal)
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._complaints: IO[bytes] | None = None
        self._ended: set[int] = set()
        self._runs = 0
        self._begun = self._starting = False
        self._start()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def open(self, files: Mapping[str, bytes]) -> Run:
        """Fork a child for a submission.

        Parameters
        ----------
        files
            What lies in its working folder: relative paths and contents.

        Raises
        ------
        ValueError
            If a path leaves the folder, the files are more than a submission may write, or no child can be made.
        """
        _check(files, self.limits)
        try:
            return self._open(files)
        except (GoneError, OSError):
            self._restart()
        try:
            return self._open(files)
        except (GoneError, OSError) as error:
            raise ValueError(_("The sandbox does not start: {reason}").format(reason=error)) from error

    def wait(self, begun: bool = False) -> None:
        """Wait until the fork server has started.

        Parameters
        ----------
        begun
            Wait only until it knows that it can isolate submissions; it goes on to import what they need.

        Raises
        ------
        ValueError
            If it does not start.
        """
        while self._starting and not (begun and self._begun):
            self._hear_start()

    def branch(self) -> Sandbox:
        """Give a second one that shares what this one has imported, for another process to use.

        Raises
        ------
        ValueError
            If none can be made.
        """
        try:
            return self._branch()
        except (GoneError, OSError):
            self._restart()
        try:
            return self._branch()
        except (GoneError, OSError) as error:
            raise ValueError(_("The sandbox does not start: {reason}").format(reason=error)) from error

    def leave(self) -> None:
        """Let go of the fork server, which goes on for the process that started it."""
        self._process = self._complaints = None
        self.close()

    def close(self) -> None:
        """End the fork server and all it started."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            if self._starting:
                self._process.kill()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._complaints is not None:
            self._complaints.close()
        self._control = self._process = self._complaints = None
        self._starting = False

    def send_signal(self, run: int, number: int) -> None:
        """Send a signal to the shell of a run; nothing happens when it is gone."""
        with suppress(OSError):
            self._connected().send(json.dumps({"run": run, "signal": number}).encode())

    def end(self, run: int) -> None:
        """End a run, and return when nothing of it is left.

        Raises
        ------
        LostError
            If the fork server is gone, and the run with it.
        """
        self.send_signal(run, signal.SIGTERM)
        deadline = time.monotonic() + _END
        try:
            while run not in self._ended:
                self._listen(deadline)
            self._ended.discard(run)
        except (GoneError, OSError) as error:
            # With the server goes all it started. The next run starts a new one.
            self.close()
            raise LostError from error

    def _restart(self) -> None:
        self.close()
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ready = json.dumps({"modules": self._preload, "cells": self._rehearsal})
        arguments = [str(theirs.fileno()), ready, "1" if self.isolated else "0"]
        arguments.append(bubblewrap.temporary() if self.isolated else tempfile.gettempdir())
        program = bubblewrap.boot(_PROGRAM)
        if self.isolated:
            line = bubblewrap.command(program, arguments, self._environment)
            environment = {"PATH": os.environ.get("PATH", os.defpath)}
        else:
            line = [sys.executable, "-c", program, *arguments]
            environment = {**os.environ, **bubblewrap.SETTINGS, **self._environment}
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        self._control = ours
        with theirs:
            self._process = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                env=environment,
                pass_fds=[theirs.fileno()],
            )
        self._begun, self._starting = False, True

    def _hear_start(self) -> None:
        """Wait for the next thing that a server says while it starts."""
        try:
            said = self._listen(time.monotonic() + _START)
            if not (said.get("begun") or said.get("ready")):
                raise GoneError
        except (GoneError, OSError) as error:
            self._starting = False
            lines = []
            if self._complaints is not None:
                self._complaints.seek(0)
                lines = self._complaints.read(100_000).decode("utf-8", "replace").strip().splitlines()
            branch = self._process is None
            self.close()
            if branch:
                # The server it came from is gone, which says nothing about a new one.
                raise GoneError("no answer") from error
            why = bubblewrap.unavailable() if self.isolated else ""
            raise ValueError(
                why or _("The sandbox does not start: {reason}").format(reason=lines[-1] if lines else error)
            ) from error
        self._begun, self._starting = True, not said.get("ready")

    def _branch(self) -> Sandbox:
        control = self._connected()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(control, [json.dumps({"branch": True}).encode()], [theirs.fileno()])
        other = copy.copy(self)
        other._control, other._process, other._complaints = ours, None, None
        other._ended, other._runs, other._begun, other._starting = set(), 0, True, True
        return other

    def _open(self, files: Mapping[str, bytes]) -> Run:
        control = self._connected()
        self._runs += 1
        number = self._runs
        folder = None if self.isolated else tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        request = {
            "run": number,
            "limits": asdict(self.limits),
            "folder": WORK if folder is None else folder.name,
        }
        ours, theirs = socket.socketpair()
        output, errors = os.pipe(), os.pipe()
        try:
            socket.send_fds(control, [json.dumps(request).encode()], [theirs.fileno(), output[1], errors[1]])
        finally:
            theirs.close()
            os.close(output[1])
            os.close(errors[1])
        run = Run(self, number, ours, (output[0], errors[0]), self.limits, folder)
        try:
            run.start(files)
        except BaseException:
            run.close()
            raise
        return run

    def _connected(self) -> socket.socket:
        self.wait()
        if self._control is None:
            raise GoneError("closed")
        return self._control

    def _listen(self, deadline: float) -> dict[str, Any]:
        """Wait for what the server says next."""
        control = self._control
        if control is None:
            raise GoneError("closed")
        control.settimeout(max(0.01, deadline - time.monotonic()))
        data = control.recv(65536)
        if not data:
            raise GoneError("no answer")
        said: dict[str, Any] = json.loads(data)
        if "gone" in said:
            self._ended.add(said["gone"])
        return said


def _check(files: Mapping[str, bytes], limits: Limits) -> None:
    for name in files:
        path = PurePosixPath(name)
        if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in name:
            raise ValueError(_("{name!r} is no path inside a submission's folder.").format(name=name))
    if sum(map(len, files.values())) > limits.disk_mb << 20:
        raise ValueError(
            _("The files of the submission are more than {limit} MiB. Raise the limit, or leave files out.").format(
                limit=limits.disk_mb
            )
        )
