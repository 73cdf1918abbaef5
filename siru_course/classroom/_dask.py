"""The connection to a Dask cluster: looked at before it is used, and asked to run one notebook at a time."""

from __future__ import annotations

import logging
import time
import uuid
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any

from siru_course.language import gettext as _

from . import _remote
from ._preflight import RefusedError
from .sandbox import LostError

CONNECT_SECONDS = 10
"""How long to wait for the scheduler, also when the connection was lost."""
WORKER_SECONDS = 60
"""How long to wait while the cluster has no worker."""

_LOOK_SECONDS = 2
_TRIES = 2
_SAME = ("siru_course", "nbgrader", "numpy", "pandas", "dask", "distributed")


class ClusterError(RefusedError):
    """The cluster is not there or not fit; what it was asked for has not been done."""


class Cluster:
    """A Dask cluster, for a ``with`` block; several threads may use it.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://grading-scheduler:8786``. Certificates for ``tls://`` come from Dask's own
        configuration.
    place
        The sandbox that each worker must be able to make; it begins to.

    Attributes
    ----------
    threads
        How many notebooks it can run at the same time.
    gone
        Why it is of no more use; empty while it is.

    Raises
    ------
    ClusterError
        If there is no scheduler or no worker, a worker has no sandbox, or versions differ.
    """

    def __init__(self, address: str, place: _remote.Place) -> None:
        from distributed import Client

        # What goes wrong is told in our own words.
        for name in ("distributed", "asyncio", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.address = address
        self.gone = ""
        try:
            self._client: Any = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError:
            raise ClusterError(
                _("No Dask scheduler answers at {address}. Start it, or look at the address.").format(address=address)
            ) from None
        except Exception as error:
            raise ClusterError(
                _("{address} cannot be used as a Dask scheduler: {reason}").format(address=address, reason=error)
            ) from None
        try:
            self._look(place)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._client.close(timeout=2)

    def run(self, job: _remote.Job) -> str:
        """Let a worker run a notebook, and wait; what the cluster loses on the way is tried once more.

        Raises
        ------
        ClusterError
            If the cluster is gone.
        LostError
            If the workers that did this ended, one after the other.
        ValueError
            If the sandbox refuses it.
        """
        from distributed import KilledWorker
        from distributed.client import ClosedClientError

        for _number in range(_TRIES):
            try:
                key = f"siru-{uuid.uuid4().hex}"
                future = self._client.submit(_remote.execute, job, key=key, pure=False, retries=_TRIES - 1)
                return self._wait(future)
            except KilledWorker:
                raise LostError from None
            except (ClosedClientError, CancelledError, OSError):
                continue
        self.gone = self.gone or _("The Dask scheduler at {address} is gone. Grade again when it is back.").format(
            address=self.address
        )
        raise ClusterError(self.gone)

    def _wait(self, future: Any) -> str:
        """Wait for as long as there are workers."""
        patience = time.monotonic() + WORKER_SECONDS
        while True:
            try:
                return str(future.result(timeout=_LOOK_SECONDS))
            except TimeoutError:
                if future.done():
                    continue
            if self._client.status == "closed":
                # What was asked for while the connection was being looked for is never answered.
                raise CancelledError
            if self._client.scheduler_info().get("workers"):
                patience = time.monotonic() + WORKER_SECONDS
            elif time.monotonic() > patience:
                self.gone = self._without_workers()
                raise ClusterError(self.gone)

    def _look(self, place: _remote.Place) -> None:
        try:
            self._client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            raise ClusterError(self._without_workers()) from None
        told = self._client.get_versions(packages=_SAME)
        ours = _versions(told["client"])
        others = {self.address: told["scheduler"], **told["workers"]}
        wrong = [
            _("{package} {theirs} at {place}, {ours} here").format(
                package=package, theirs=theirs or "–", place=machine, ours=ours[package] or "–"
            )
            for machine, packages in others.items()
            for package, theirs in _versions(packages).items()
            if theirs != ours[package]
        ]
        if wrong:
            raise ClusterError(
                _("The cluster has other versions than this machine: {differences}. Use the same on both.").format(
                    differences="; ".join(wrong[:5])
                )
            )
        for worker, why in self._client.run(_remote.prepare, place).items():
            if why:
                raise ClusterError(
                    _(
                        "The worker {place} has no sandbox: {reason} With --unsafe-no-sandbox the learners' code runs "
                        "with all the rights of the worker."
                    ).format(place=worker, reason=why)
                )
        self.threads = sum(worker["nthreads"] for worker in self._client.scheduler_info()["workers"].values())

    def _without_workers(self) -> str:
        return _("The Dask cluster at {address} has no workers. Start some, and grade again.").format(
            address=self.address
        )


def _versions(told: dict[str, Any] | None) -> dict[str, str]:
    packages = (told or {}).get("packages", {})
    python = ".".join(str(packages.get("python", "")).split(".")[:2])
    return {"Python": python} | {name: str(packages.get(name) or "") for name in _SAME}
