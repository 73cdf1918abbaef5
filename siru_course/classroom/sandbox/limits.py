"""What one submission may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from siru_course.language import gettext as _


@dataclass(frozen=True)
class Limits:
    """What the code of one submission may use.

    Parameters
    ----------
    memory_mb
        Memory of one process, and of all processes together, in MiB.
    processes
        Processes and threads at the same time.
    cpu_seconds
        Seconds of computing of one process.
    disk_mb
        All files it writes, temporary ones included, in MiB.
    output_bytes
        What one cell may print or show, in bytes; the cells of a notebook together may use four times as much.

    Raises
    ------
    ValueError
        If a limit is not positive.

    Examples
    --------
    >>> Limits(memory_mb=512).processes
    64
    """

    memory_mb: int = 2048
    processes: int = 64
    cpu_seconds: int = 600
    disk_mb: int = 64
    output_bytes: int = 4_000_000

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value <= 0:
                raise ValueError(_("{name} is {value}; a limit must be above zero.").format(name=name, value=value))
