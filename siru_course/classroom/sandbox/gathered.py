"""What one cell has said so far, and how much more is taken."""

from __future__ import annotations

import codecs
from typing import Any

from . import messages

# What a message costs beside its length, in bytes: a million of tiny ones are many, too.
_EACH = 200
# Errors are kept also when nothing else is: one that goes missing would make a failed test look passed.
_ERRORS = 5


class Gathered:
    """Messages of one cell, up to a limit.

    Parameters
    ----------
    limit
        How many bytes of messages are kept.

    Attributes
    ----------
    heard
        All bytes that came, kept or not.
    cut
        Whether something was left out.

    Examples
    --------
    >>> gathered = Gathered(limit=1_000)
    >>> gathered.text("stdout", b"a" * 2_000)
    >>> len(gathered.finished()[0]["content"]["text"]), gathered.heard, gathered.cut
    (800, 2200, True)
    """

    def __init__(self, limit: int) -> None:
        self._messages: list[dict[str, Any]] = []
        self.heard = 0
        self.cut = False
        self._left = limit
        self._errors = 0
        self._stream: dict[str, Any] | None = None
        self._parts: list[str] = []
        self._decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in ("stdout", "stderr")}

    def text(self, name: str, data: bytes) -> None:
        """Take what was written to standard output or standard error past Python."""
        self.heard += len(data) + _EACH
        if text := self._decoders[name].decode(data[: max(0, self._left)]):
            self._add(messages.made("stream", {"name": name, "text": text}), len(data))
        elif self._left <= 0:
            self.cut = True

    def message(self, length: int, body: bytes | None) -> None:
        """Take a message; what is no message is left out, as is what is too long."""
        self.heard += length + _EACH
        if body is None or (self._left <= 0 and b'"error"' not in body[:40]):
            self.cut = True
            return
        try:
            message = messages.message(messages.parse(body))
        except messages.RefusedError:
            self.cut = True
            return
        self._add(message, length)

    def _add(self, message: dict[str, Any], length: int) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            self._errors += 1
            if self._errors <= _ERRORS or self._left > 0:
                self._left -= length + _EACH
                self._join()
                self._messages.append(message)
            return
        room = self._left - _EACH
        if length > room:
            self.cut = True
            self._left = 0
            if kind != "stream" or room <= 0:
                return
            content["text"] = content["text"][:room]
        else:
            self._left -= length + _EACH
        if kind == "stream" and self._stream is not None and self._stream["name"] == content["name"]:
            self._parts.append(content["text"])
            return
        self._join()
        if kind == "stream":
            self._stream, self._parts = content, [content["text"]]
        self._messages.append(message)

    def finished(self) -> list[dict[str, Any]]:
        """Give the messages; texts that follow each other on the same stream are one."""
        self._join()
        return self._messages

    def _join(self) -> None:
        """Put the parts of the last text together: adding them one by one would take the square of the time."""
        if self._stream is not None:
            self._stream["text"] = "".join(self._parts)
        self._stream, self._parts = None, []
