"""A class that is graded twice, by nbgrader's own command and by us; and what a reader sees of a graded cell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from siru_course.classroom._outcome import Graded
from siru_course.classroom.grading import grade

from .small import PATIENT


def graded_twice(stock: Path, ours: Path, assignment: str) -> list[Graded]:
    """Copy a class in which work has been handed in, and let nbgrader grade the one and us the other.

    We grade without a sandbox, as that is not what is tried. Gives what our grading tells.
    """
    shutil.copytree(stock, ours)
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", assignment, *PATIENT],
        cwd=stock,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    told = list(grade(ours, assignment, sandboxed=False))
    assert [str(one) for one in told if one.problem] == []
    return told


def shown(cell: Any) -> list[Any]:
    """Give what a reader sees of a cell's outputs: the table, where there is one beside its plain text."""
    outputs = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        best = data.get("text/html") or data.get("text/plain") or output.get("ename") or output.get("text")
        # Styled tables have a name drawn by lot, and objects an address.
        outputs.append((output.output_type, re.sub(r"T_[0-9a-f]{5}|0x[0-9a-f]+", "", str(best))))
    return outputs
