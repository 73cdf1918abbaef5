"""Serves live tools with Voilà, on this machine only: nothing is asked of another host and nothing is sent to one."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..language import gettext as _
from ..language import language

_HOST = "127.0.0.1"
_SHARE = Path(__file__).parent / "share"
_SECONDS = 60
# What ends a program beside Ctrl+C. Without an answer to them, the server would go on by itself.
_ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# A browser that keeps to this asks no other host for anything.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://127.0.0.1:* data: blob:; "
    "frame-ancestors 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Served:
    """A page that is being served."""

    address: str
    process: subprocess.Popen[str]

    def wait(self) -> None:
        """Wait until it is stopped: by Ctrl+C, by closing the terminal, or by ending this program."""
        with suppress(KeyboardInterrupt):
            self.process.wait()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Hear what ends a program as Ctrl+C is heard, from before the server starts until it has ended."""
    names = _ENDINGS if threading.current_thread() is threading.main_thread() else []
    before = {name: signal.signal(name, signal.default_int_handler) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def serve(folder: Path, port: int | None = None) -> Iterator[Served]:
    """Serve the toolbox in the language in use for as long as the ``with`` block runs.

    Parameters
    ----------
    folder
        Where the tools save what is entered.
    port
        The port; a free one if it is left out.

    Raises
    ------
    ValueError
        If the port is taken, or the server does not start.
    """
    # The kernel works in the user's folder, so that what a tool exports is there too.
    code = (
        "import os\n\nfrom siru_course import widgets\n\nbox = widgets.toolbox(os.environ['SIRU_TOOLBOX'])\n"
        "os.chdir(box.folder)\nbox"
    )
    with serve_notebook(code, _("Facilitator's toolbox"), {"SIRU_TOOLBOX": os.path.abspath(folder)}, port) as served:
        yield served


@contextmanager
def serve_notebook(
    code: str, title: str, environment: Mapping[str, str], port: int | None = None, private: bool = False
) -> Iterator[Served]:
    """Serve what one code cell shows, in the language in use, for as long as the ``with`` block runs.

    Parameters
    ----------
    code
        The cell. Whoever opens the page gets a kernel of their own that runs it.
    title
        The heading of the page.
    environment
        Environment variables that the cell reads.
    port
        The port; a free one if it is left out.
    private
        Whether the address holds a secret, for what others with an account on this machine must not open.

    Raises
    ------
    ValueError
        If the port is taken, or the server does not start.
    """
    with TemporaryDirectory() as temporary, _ended_in_order():
        notebook = _notebook(Path(temporary), code, title)
        port = _free(port)
        base = f"/{secrets.token_urlsafe(24)}/" if private else "/"
        (Path(temporary) / "voila.json").write_text(json.dumps(_settings(port, base)), encoding="utf-8")
        address = f"http://{_HOST}:{port}{base}"
        surroundings = {
            "SIRU_LANG": language(),
            "JUPYTER_PATH": os.pathsep.join(filter(None, [str(_SHARE), os.environ.get("JUPYTER_PATH")])),
        }
        with (Path(temporary) / "log").open("w+", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "voila", notebook.name],
                cwd=temporary,
                env={**os.environ, **surroundings, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
            try:
                if not _answers(address, process):
                    log.seek(0)
                    message = _("{title} did not start. This is what its server said: {log}")
                    raise ValueError(message.format(title=title, log=log.read()[-2000:]))
                yield Served(address, process)
            finally:
                process.terminate()
                process.wait(timeout=30)


def _settings(port: int, base: str) -> dict[str, Any]:
    return {
        "Voila": {
            "ip": _HOST,
            "port": port,
            "base_url": base,
            "port_retries": 0,
            "open_browser": False,
            "tornado_settings": {"headers": {"Content-Security-Policy": _POLICY}},
        },
        "VoilaConfiguration": {
            "template": "siru",
            "extension_allowlist": ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"],
            "show_tracebacks": False,
        },
    }


def _notebook(folder: Path, code: str, title: str) -> Path:
    import nbformat
    from nbformat import v4

    cells = [v4.new_markdown_cell(f"# {title}"), v4.new_code_cell(code)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "title": title, "language": language()})
    path = folder / "tool.ipynb"
    nbformat.write(notebook, path)
    return path


def _free(port: int | None) -> int:
    with socket.socket() as probe:
        try:
            probe.bind((_HOST, port or 0))
        except OSError as error:
            raise ValueError(_("Port {port} is in use. Choose another with --port.").format(port=port)) from error
        return int(probe.getsockname()[1])


def _answers(address: str, process: subprocess.Popen[str]) -> bool:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            # The page itself starts a kernel; this one only shows that the server is there.
            urllib.request.urlopen(f"{address}voila/static/voila.js", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False
