"""A Dask cluster on the loopback address, in processes of its own: a scheduler and two workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PROGRAM = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=int(sys.argv[1]), host="127.0.0.1", dashboard_address="127.0.0.1:0",
        silence_logs=50, preload=["siru_course.classroom.worker"],
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@dataclass(frozen=True)
class Running:
    """A cluster that runs: the address of its scheduler, and the process that holds it."""

    address: str
    pid: int

    def kill_scheduler(self) -> None:
        """End the scheduler by force, and with it the processes that keep workers alive."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def dask_cluster(threads: int = 1) -> Iterator[Running]:
    """Start a cluster with two worker processes, and end it."""
    command = [sys.executable, "-c", _PROGRAM, str(threads)]
    # Dask's own profiler looks at each worker a hundred times a second.
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Running(process.stdout.readline().strip(), process.pid)
        finally:
            with suppress(OSError):
                process.stdin.close()
            process.wait(60)
