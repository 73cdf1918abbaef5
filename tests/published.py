"""Published results that the package must reproduce, each with its source: ``reference_cases.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _cases() -> dict[str, dict[str, Any]]:
    cases = json.loads((Path(__file__).parent / "reference_cases.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case for case in cases}


def case(name: str) -> tuple[Any, Any, Any]:
    """Give a published case: its inputs, its expected results, and the tolerance."""
    found = _cases()[name]
    return found["inputs"], found["expected"], found["tolerance"]
