"""A sandbox for the code of submissions: no network, no view of the class, limits, and nothing that stays.

A :class:`Sandbox` is a fork server inside bubblewrap with pandas and IPython's shell already imported. For each
submission it forks one child into namespaces of its own; a :class:`Run` feeds that child one cell at a time and
gives what a Jupyter kernel would have sent. Whatever comes from the child is treated as hostile: types are checked,
sizes are capped, and the clock is the parent's.

Layers, from the outside in: bubblewrap shows only the system, Python and the course package, all read-only;
the child has a mount, process, user, IPC and network namespace of its own, a small empty file system, limits, no
capabilities, and a filter of system calls.
"""

from __future__ import annotations

from .bubblewrap import lacking, unavailable
from .client import Sandbox
from .limits import Limits
from .run import Executed, LostError, Run

__all__ = ["Executed", "Limits", "LostError", "Run", "Sandbox", "lacking", "unavailable"]
