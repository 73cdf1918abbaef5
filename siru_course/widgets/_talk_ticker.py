"""A second hand for the talk clock: it moves while nobody presses anything."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Ticker:
    """Calls a function every second until it is stopped, in a thread that ends with the kernel.

    Parameters
    ----------
    show
        What to call. It must be quick, and must not use the language in use, which belongs to the notebook.
    every
        Seconds between the calls.

    Examples
    --------
    >>> called = threading.Event()
    >>> ticker = Ticker(called.set, every=0.01)
    >>> ticker.start()
    >>> called.wait(5)
    True
    >>> ticker.stop()
    """

    def __init__(self, show: Callable[[], None], every: float = 1) -> None:
        self._show, self._every = show, every
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin; what ran before stops."""
        self.stop()
        self._stopped = threading.Event()
        threading.Thread(target=self._run, args=(self._stopped,), daemon=True, name="talk-clock").start()

    def stop(self) -> None:
        """End; when this returns, `show` is not called any more."""
        with self._lock:
            self._stopped.set()

    def _run(self, stopped: threading.Event) -> None:
        # A tool that was left running ends by itself after an hour.
        for _second in range(3600):
            if stopped.wait(self._every):
                return
            with self._lock:
                if stopped.is_set():
                    return
                try:
                    self._show()
                except Exception:
                    # The display is gone, with the notebook or the tool: there is nobody left to tell.
                    return
