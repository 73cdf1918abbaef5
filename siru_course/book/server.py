"""Serves the built site on this machine, to nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from siru_course.language import gettext as _

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 8000, 8099


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is for the address."""


@dataclass(frozen=True)
class Running:
    """A server that runs: its address, and the thread it runs in."""

    address: str
    thread: threading.Thread

    def wait(self) -> None:
        """Wait until the reader presses Ctrl+C."""
        try:
            while self.thread.is_alive():
                self.thread.join(0.5)
        except KeyboardInterrupt:
            return


@contextmanager
def open_server(site: Path, port: int | None = None) -> Iterator[Running]:
    """Serve a folder on the loopback address inside a ``with`` block.

    Parameters
    ----------
    site
        The folder to serve.
    port
        The port; ``None`` takes the first free one from 8000 on.

    Raises
    ------
    ValueError
        If the port (or every port that was tried) is in use.
    """
    server = _bind(site, port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Running(f"http://{HOST}:{server.server_port}/", thread)
    finally:
        server.shutdown()
        server.server_close()


def _bind(site: Path, port: int | None) -> ThreadingHTTPServer:
    handler = partial(_Quiet, directory=str(site))
    for candidate in [port] if port is not None else range(FIRST_PORT, LAST_PORT + 1):
        try:
            return ThreadingHTTPServer((HOST, candidate), handler)
        except OSError:
            continue
    wanted = str(port) if port is not None else f"{FIRST_PORT}–{LAST_PORT}"
    raise ValueError(_("Port {port} is in use. Choose another with --port.").format(port=wanted))
