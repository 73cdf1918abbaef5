"""Waits until nothing more comes from the browser, so that a button never overtakes what was typed before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from IPython import get_ipython

# Seconds. A browser that has more to send does so as soon as it hears that the last of it has come.
QUIET = 0.25
SOON = 0.1

Action = Callable[[], None]


class Quiet:
    """Runs actions when the browser is quiet; at once where there is no browser, as in a script.

    ipywidgets sends one change of a field at a time and holds the others back until the kernel has taken it, while a
    press of a button is sent at once. Who types fast and saves would lose the last words, or find them in the next
    answer.

    Examples
    --------
    >>> Quiet().run(lambda: print("saved"))
    saved
    """

    def __init__(self) -> None:
        self._changed = 0.0
        self._waiting: Action | None = None
        self._keeping: Action | None = None

    def run(self, action: Action) -> None:
        """Run an action when nothing has come for a while; what is asked for before that is not done."""
        if self._waiting is None:
            self._waiting = action
            self._changed = time.monotonic()
            self._look()

    def soon(self, action: Action) -> None:
        """Note that something has come, and run an action soon, once for all that comes until then."""
        self._changed = time.monotonic()
        begun = self._keeping is not None
        self._keeping = action
        if not begun and not _later(SOON, self._keep):
            self._keep()

    def _keep(self) -> None:
        action, self._keeping = self._keeping, None
        if action is not None:
            action()

    def _look(self) -> None:
        left = self._changed + QUIET - time.monotonic()
        if left > 0 and _later(left, self._look):
            return
        action, self._waiting = self._waiting, None
        self._keep()
        if action is not None:
            action()


def _later(seconds: float, action: Action) -> bool:
    """Run an action later, and tell whether it will be: only in a notebook's kernel, where a browser is."""
    if getattr(get_ipython(), "kernel", None) is None:
        return False
    asyncio.get_running_loop().call_later(seconds, action)
    return True
