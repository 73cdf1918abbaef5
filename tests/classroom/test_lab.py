"""``siru lab`` as a learner runs it: JupyterLab answers, with the released exercise and nbgrader's extensions."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(address: str, process: subprocess.Popen[bytes]) -> dict[str, object]:
    for _attempt in range(120):
        assert process.poll() is None, "JupyterLab stopped"
        try:
            with urlopen(address, timeout=5) as answer:
                content: dict[str, object] = json.load(answer)
                return content
        except (URLError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError("JupyterLab did not answer in a minute")


def test_the_learner_s_exercise_is_in_jupyterlab(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "siru_course.cli", "--language", "sv", "lab", "--in", str(tmp_path / "mine"), "--"]
    # Root runs the tests in a container; a token would only be in the way of the question.
    command += ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=", "--ip=127.0.0.1"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=os.environ
    )
    try:
        found = ask(f"http://127.0.0.1:{port}/api/contents/05-dialogue/dialogue.ipynb", process)
        text = json.dumps(found["content"], ensure_ascii=False)
        assert "Skriv ditt svar här" in text
        assert "BEGIN SOLUTION" not in text
        assert "BEGIN HIDDEN TESTS" not in text
        extensions = ask(f"http://127.0.0.1:{port}/lab/api/extensions", process)
        assert "nbgrader" in json.dumps(extensions)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
