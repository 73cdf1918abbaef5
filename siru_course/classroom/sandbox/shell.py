"""IPython's own shell of a Jupyter kernel, whose messages go to a socket instead of ZeroMQ."""

from __future__ import annotations

import asyncio
import builtins
import getpass
import inspect
import os
import random
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import MethodType, SimpleNamespace
from typing import Any, NoReturn

from ipykernel.compiler import XCachingCompiler
from ipykernel.kernelbase import Kernel
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config

from . import frames
from .speech import Connection, Messages, Stream, short

# What is shown once is quick from then on. Errors inside of pandas are not among them: their lines take a second to
# read, and then lie in the memory of every fork.
_WARM = ("1 + 1", "def f():\n    return 1 / 0\nf()", "x = (((", "display(1)", "print(1)")


class _Compiler(XCachingCompiler):
    """The kernel's compiler, which says of each cell that no module has it: Python would look through all of them."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        name: str = super().get_code_name(raw_code, transformed_code, number)  # type: ignore[no-untyped-call]
        vars(inspect)["modulesbyfile"][name] = ""
        return name


class Shell:
    """A shell that is ready to be forked."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        self._messages = Messages()
        self._shell: Any = ZMQInteractiveShell.instance(
            config=config, profile_dir=None, kernel=None, compiler_class=_Compiler
        )
        parts: dict[bytes, Any] = {b"execute_result": self._shell.displayhook, b"display_data": self._shell.display_pub}
        for topic, part in parts.items():
            part.session, part.pub_socket, part.topic = self._messages, object(), topic
        # What an error looks like is kept with the history, too, which nobody reads here.
        vars(self._shell).update(
            transform_cell=_told_again(self._shell.transform_cell), _format_exception_for_storage=_nothing_kept
        )
        runners = self._shell.loop_runner_map
        runners["asyncio"] = (runners["asyncio"][0], True)
        self._streams = (Stream("stdout", 1), Stream("stderr", 2))
        # Whoever asks for input is told what a kernel without a person in front of it tells.
        nobody = SimpleNamespace(_allow_stdin=False)
        builtins.input = MethodType(Kernel.raw_input, nobody)
        getpass.getpass = MethodType(Kernel.getpass, nobody)

    def warm_up(self, rehearsal: Sequence[str]) -> None:
        """Run a few cells, errors among them, so that children do not pay for what is imported late."""
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self._streams
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            for code in (*_WARM, *rehearsal):
                self._shell.run_cell(code, store_history=True)
        finally:
            for stream in self._streams:
                stream.flush()
            sys.stdout, sys.stderr = before
            loop.close()
            asyncio.set_event_loop(None)
        self._shell.reset(new_session=True)
        self._shell.execution_count = 1
        self._shell.user_ns["In"][:] = [""]
        self._shell.history_manager.reset(new_session=True)
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            with suppress(AttributeError):
                delattr(sys, name)

    def run(self, connection: socket.socket) -> NoReturn:
        """Run one cell after the other until the parent is gone."""
        random.seed()
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        ours = Connection(connection)
        os.register_at_fork(after_in_child=ours.close)
        sys.stdout, sys.stderr = self._streams
        sys.__stdout__, sys.__stderr__ = self._streams  # type: ignore[assignment, misc]
        self._messages.connection = ours
        for stream in self._streams:
            stream.connection = ours
        if sys.path[:1] != [""]:
            sys.path.insert(0, "")
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        ours.say(frames.REPLY, {"ready": True})
        while True:
            try:
                request = ours.hear()
            except (EOFError, OSError):
                os._exit(0)
            reply = self._cell(request["code"], request["token"], loop)
            if not ours.ours():
                os._exit(0)
            for stream in self._streams:
                with suppress(Exception):
                    stream.flush()
            reply["execution_count"] = self._shell.execution_count - 1
            ours.say(frames.REPLY, reply | {"token": request["token"]})

    def _cell(self, code: str, token: str, loop: asyncio.AbstractEventLoop) -> dict[str, Any]:
        """Run a cell as ipykernel does."""
        shell = self._shell
        shell.set_parent({"header": {"msg_id": token}, "msg_id": token})
        shell._last_traceback = None
        shell._last_traceback_during_displayhook = False
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            broken = None
            try:
                transformed = shell.transform_cell(code)
            except Exception:
                transformed, broken = code, sys.exc_info()
            how = {"transformed_cell": transformed, "preprocessing_exc_tuple": broken}
            if shell.should_run_async(code, **how):
                result = loop.run_until_complete(shell.run_cell_async(code, store_history=True, **how))
                shell.events.trigger("post_execute")
                shell.events.trigger("post_run_cell", result)
            else:
                result = shell.run_cell(code, store_history=True)
            error = result.error_before_exec if result.error_before_exec is not None else result.error_in_exec
            if result.success and not shell._last_traceback_during_displayhook:
                return {"status": "ok"}
            return _failed(error, shell._last_traceback or [])
        except BaseException as error:
            return _failed(error, [])
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _told_again(transform: Callable[[str], str]) -> Callable[[str], str]:
    """Keep what a cell became until it is asked for once more: the kernel asks twice for each cell."""
    kept: list[tuple[str, str]] = []

    def transform_cell(raw_cell: str) -> str:
        if kept and kept[0][0] == raw_cell:
            return kept.pop()[1]
        kept[:] = [(raw_cell, transform(raw_cell))]
        return kept[0][1]

    return transform_cell


def _nothing_kept(_error: object) -> dict[str, Any]:
    return {}


def _failed(error: BaseException | None, lines: list[str]) -> dict[str, Any]:
    try:
        text = str(error)
    except Exception:
        text = ""
    return short({"ename": type(error).__name__, "evalue": text, "traceback": lines}) | {"status": "error"}
