"""How the shell speaks: its socket, and Jupyter's messages and standard streams that go to it."""

from __future__ import annotations

import io
import json
import os
import socket
from typing import Any

from jupyter_client.jsonutil import json_clean
from jupyter_client.session import Session, json_packer

from . import frames

# Text is sent when this many characters wait; also before anything is shown, and at the end of a cell.
_WAITING = 65_536
# Errors are cut here, so that a frame never grows too long for the parent.
_LONGEST = 20_000


class Connection:
    """The shell's end of the socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._owner = os.getpid()

    def ours(self) -> bool:
        """Tell whether this is the shell itself: a copy that a cell forked has no say."""
        return os.getpid() == self._owner

    def say(self, kind: bytes, what: dict[str, Any]) -> None:
        """Send a frame."""
        if not self.ours():
            return
        try:
            body = json_packer(what)
        except UnicodeEncodeError:
            body = json.dumps(json_clean(what)).encode()
        self._socket.sendall(frames.frame(kind, body))

    def hear(self) -> dict[str, Any]:
        """Wait for the next request.

        Raises
        ------
        EOFError
            If the parent is gone.
        """
        (length,) = (int.from_bytes(self._exactly(4), "big"),)
        return dict(json.loads(self._exactly(length)))

    def close(self) -> None:
        """Close this end, in a copy of the shell."""
        self._socket.close()

    def _exactly(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            part = self._socket.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)


class Messages(Session):
    """Jupyter's own session, which hands each message to the socket."""

    connection: Connection | None = None

    def send(  # type: ignore[override]
        self, stream: object, msg_or_type: Any, content: Any = None, parent: Any = None, **more: Any
    ) -> dict[str, Any]:
        """Send a message."""
        said = msg_or_type
        if not isinstance(said, dict):
            said = self.msg(
                said, content=content, parent=parent, header=more.get("header"), metadata=more.get("metadata")
            )
        if self.connection is not None:
            kind, content = said["header"]["msg_type"], said["content"]
            if kind == "error":
                content = short(content)
            self.connection.say(frames.MESSAGE, {"type": kind, "content": content})
        return dict(said)


class Stream(io.TextIOBase):
    """Standard output or standard error of the cells."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self._number = number
        self._parts: list[str] = []
        self._waiting = 0
        self.connection: Connection | None = None

    def writable(self) -> bool:
        """Say yes."""
        return True

    def isatty(self) -> bool:
        """Say no."""
        return False

    def fileno(self) -> int:
        """Give the file descriptor that programs started by a cell write to."""
        return self._number

    def write(self, text: str) -> int:
        """Take text; it is sent later."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._parts.append(text)
        self._waiting += len(text)
        if self._waiting > _WAITING:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what waits."""
        if self._parts:
            text = "".join(self._parts)
            self._parts, self._waiting = [], 0
            if self.connection is None:
                return
            for start in range(0, len(text), _WAITING):
                content = {"name": self.name, "text": text[start : start + _WAITING]}
                self.connection.say(frames.MESSAGE, {"type": "stream", "content": content})

    def set_parent(self, _parent: object) -> None:
        """Do nothing: all that is printed belongs to the cell that runs."""


def short(content: dict[str, Any]) -> dict[str, Any]:
    """Cut the texts of an error; of a long traceback, the end is kept."""
    lines, left = [], _LONGEST * 5
    for line in reversed(content["traceback"]):
        lines.append(line[:_LONGEST])
        left -= len(lines[-1])
        if left <= 0:
            break
    return {
        "ename": content["ename"],
        "evalue": content["evalue"][:_LONGEST],
        "traceback": lines[::-1],
    }
