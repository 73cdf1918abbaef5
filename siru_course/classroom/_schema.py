"""The checks of notebooks that nbgrader asks for, each made once and not once a cell, an output or a step."""

from __future__ import annotations

import json
from functools import cache
from types import SimpleNamespace
from typing import Any

import fastjsonschema
import jsonschema  # type: ignore[import-untyped]
from nbformat import NotebookNode
from nbformat.v4 import nbbase
from nbgrader.nbgraderformat import common


def check_once() -> None:
    """Leave out what is checked again, in a process that does nothing but grade.

    nbgrader checks the metadata of each cell with a schema that is first checked itself; here that is ready. And each
    output is checked when it is made, as is the whole notebook with it in the end; the second is enough.
    """
    common.jsonschema = SimpleNamespace(validate=_validate)
    nbbase.validate = _leave_to_the_notebook


def _leave_to_the_notebook(_node: NotebookNode, _ref: str | None = None) -> None:
    """Check nothing."""


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    written = json.dumps(schema)
    try:
        _compiled(written)(instance)
    except fastjsonschema.JsonSchemaException:
        _complain(instance, written)


def _complain(instance: Any, schema: str) -> None:
    """Raise the error that nbgrader expects, with its words."""
    error = jsonschema.exceptions.best_match(_validator(schema).iter_errors(instance))
    if error is not None:
        raise error


@cache
def _compiled(schema: str) -> Any:
    return fastjsonschema.compile(json.loads(schema), use_default=False)


@cache
def _validator(schema: str) -> Any:
    read = json.loads(schema)
    kind = jsonschema.validators.validator_for(read)
    kind.check_schema(read)
    return kind(read)
