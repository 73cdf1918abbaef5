"""What a worker of a Dask cluster imports before its first submission: ``--preload siru_course.classroom.worker``.

A worker that starts without it imports the same when the first notebook comes, which then takes longer.
"""

from __future__ import annotations

from ._remote import load

load()
