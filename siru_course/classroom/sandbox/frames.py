"""Frames on the socket between the parent and the shell: one byte that says what it is, four that say how long, JSON.

The sender of a frame may be hostile: the reader never keeps more than it was told to, and skips what is too long.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MESSAGE, REPLY = b"M", b"R"
_HEAD = struct.Struct("!cI")


def frame(kind: bytes, body: bytes) -> bytes:
    r"""Put a head before the body.

    Examples
    --------
    >>> frame(REPLY, b"{}")
    b'R\x00\x00\x00\x02{}'
    """
    return _HEAD.pack(kind, len(body)) + body


class Reader:
    """Cuts what arrives into frames.

    Parameters
    ----------
    most
        The longest body that is kept, in bytes; of a longer one only its length is told.

    Examples
    --------
    >>> reader = Reader(most=4)
    >>> list(reader.feed(frame(MESSAGE, b"[1]") + frame(REPLY, b"[1, 2, 3]") + b"R"))
    [(b'M', 3, b'[1]'), (b'R', 9, None)]
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> Iterator[tuple[bytes, int, bytes | None]]:
        """Take what arrived; give each frame that is complete: what it is, its length, and its body if it is kept."""
        self._buffer += data
        start = 0
        try:
            while True:
                if self._skip:
                    step = min(self._skip, len(self._buffer) - start)
                    self._skip -= step
                    start += step
                if self._skip or len(self._buffer) - start < _HEAD.size:
                    return
                kind, length = _HEAD.unpack_from(self._buffer, start)
                if length > self._most:
                    start += _HEAD.size
                    self._skip = length
                    yield kind, length, None
                    continue
                end = start + _HEAD.size + length
                if len(self._buffer) < end:
                    return
                body = bytes(self._buffer[start + _HEAD.size : end])
                start = end
                yield kind, length, body
        finally:
            del self._buffer[:start]
