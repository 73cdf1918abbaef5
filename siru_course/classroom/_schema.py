"""nbgrader's check of a cell's metadata, with its schema checked once and not once a cell."""

from __future__ import annotations

import json
from functools import cache
from types import SimpleNamespace
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from nbgrader.nbgraderformat import common


def use_once_checked_schemas() -> None:
    """Let nbgrader check metadata with schemas that are ready, in a process that does nothing but grade."""
    common.jsonschema = SimpleNamespace(validate=_validate)


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    error = jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


@cache
def _validator(schema: str) -> Any:
    read = json.loads(schema)
    kind = jsonschema.validators.validator_for(read)
    kind.check_schema(read)
    return kind(read)
