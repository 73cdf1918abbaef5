"""IPython's own shell of a Jupyter kernel, whose messages go to a socket instead of ZeroMQ."""

from __future__ import annotations

import asyncio
import builtins
import getpass
import inspect
import io
import os
import random
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from types import MethodType, SimpleNamespace
from typing import Any, NoReturn

from ipykernel import compiler
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
        self._transform = _Transform(self._shell)
        # What an error looks like is kept with the history, too, which nobody reads here.
        vars(self._shell).update(
            transform_cell=self._transform,
            should_run_async=_known_to_wait(self._shell),
            _format_exception_for_storage=_nothing_kept,
        )
        # Whether a cell ends in a semicolon, and so shows nothing: asked token by token each time it has a result.
        hook: Any = self._shell.displayhook
        ends: Callable[[str], bool] = hook.semicolon_at_end_of_expression
        hook.semicolon_at_end_of_expression = lambda cell: ";" in cell and ends(cell)
        # The name of a cell is worked out in Python, sign by sign.
        vars(compiler)["murmur2_x86"] = lru_cache(maxsize=256)(compiler.murmur2_x86)
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
            self._transform.learn(rehearsal)
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
        at_first = _written()
        ours.say(frames.REPLY, {"ready": True})
        while True:
            try:
                request = ours.hear()
            except (EOFError, OSError):
                os._exit(0)
            if "same" in request:
                ours.say(frames.REPLY, {"token": request["token"], "same": self._same(at_first)})
                continue
            if "count" in request:
                self._shell.execution_count = request["count"]
            reply = self._cell(request["code"], request["token"], loop)
            if not ours.ours():
                os._exit(0)
            for stream in self._streams:
                with suppress(Exception):
                    stream.flush()
            reply["execution_count"] = self._shell.execution_count - 1
            ours.say(frames.REPLY, reply | {"token": request["token"]})

    def _same(self, at_first: list[object]) -> bool:
        """Tell whether a cell that is run again finds what it found: no file was written, and nothing is used up."""
        try:
            return not any(map(_once_only, self._shell.user_ns.values())) and _written() == at_first
        except Exception:
            return False

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


class _Transform:
    """What IPython makes of a cell before Python reads it, such as its commands that begin with a percent sign.

    The kernel asks twice for each cell. And of cells that all submissions share the answer is known, unless a cell has
    changed how they are read.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._ask: Callable[[str], str] = shell.transform_cell
        self._known: dict[str, str] = {}
        self._last: list[tuple[str, str]] = []
        self._rules = self._rules_now()

    def __call__(self, raw_cell: str) -> str:
        if self._last and self._last[0][0] == raw_cell:
            return self._last.pop()[1]
        known = self._known.get(raw_cell)
        made = self._ask(raw_cell) if known is None or self._rules_now() != self._rules else known
        self._last[:] = [(raw_cell, made)]
        return made

    def learn(self, cells: Sequence[str]) -> None:
        """Keep what becomes of cells; what is read in the light of names that exist, a single line, is not kept."""
        for cell in cells:
            with suppress(SyntaxError):
                made = self._ask(cell)
                if len(made.splitlines()) > 1:
                    self._known[cell] = made

    def _rules_now(self) -> list[object]:
        manager = self._shell.input_transformer_manager
        lists = (manager.cleanup_transforms, manager.line_transforms, manager.token_transformers)
        return [*(rule for rules in lists for rule in rules), *self._shell.input_transformers_post]


def _known_to_wait(shell: Any) -> Callable[..., bool]:
    """Keep whether cells have to wait for something: that is read from their code, and asked twice for each."""
    ask = shell.should_run_async

    @lru_cache(maxsize=256)
    def known(transformed_cell: str, _autoawait: bool) -> bool:
        return bool(ask(transformed_cell, transformed_cell=transformed_cell))

    def should_run_async(
        raw_cell: str, *, transformed_cell: str | None = None, preprocessing_exc_tuple: Any = None
    ) -> bool:
        if transformed_cell is None or preprocessing_exc_tuple is not None:
            return bool(
                ask(raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple)
            )
        return known(transformed_cell, shell.autoawait)

    return should_run_async


def _once_only(value: object) -> bool:
    """Tell whether a value, or one that it holds, gives what it has only once."""
    held: Iterable[object] = ()
    if isinstance(value, list | tuple | set | frozenset):
        held = value
    elif isinstance(value, dict):
        held = value.values()
    return any(isinstance(one, Iterator | io.IOBase) for one in (value, *held))


def _written() -> list[object]:
    """List the files that cells can write."""
    found: list[object] = []
    for place in (".", tempfile.gettempdir()):
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name):
            # Without namespaces others write to the same folder for temporary files, and remove what was there.
            with suppress(FileNotFoundError):
                found.append((entry.path, entry.stat().st_size, entry.stat().st_mtime_ns))
    return found


def _nothing_kept(_error: object) -> dict[str, Any]:
    return {}


def _failed(error: BaseException | None, lines: list[str]) -> dict[str, Any]:
    try:
        text = str(error)
    except Exception:
        text = ""
    return short({"ename": type(error).__name__, "evalue": text, "traceback": lines}) | {"status": "error"}
