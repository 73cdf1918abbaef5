"""What a hostile process says, made into messages that a notebook can hold.

Types are those of Jupyter's messaging protocol; whatever else is said is dropped. A message that passes can be
written to a notebook: it is no deeper and no larger than a limit, its numbers are finite and its text can be encoded.
"""

from __future__ import annotations

import json
import math
from typing import Any

_DEPTH, _VALUES = 64, 300_000
_ERROR_TEXT, _ERROR_LINES = 20_000, 200


class RefusedError(Exception):
    """What was said is no message."""


def parse(body: bytes) -> dict[str, Any]:
    r"""Read an object from JSON.

    Raises
    ------
    RefusedError
        If it is no JSON object, or one that no honest cell makes.

    Examples
    --------
    >>> parse(b'{"a": NaN, "b": "\\ud800"}')
    {'a': None, 'b': '?'}
    """
    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise RefusedError(str(error)) from None
    if not isinstance(value, dict):
        raise RefusedError("not an object")
    return dict(_Clean().value(value, 0))


class _Clean:
    """Walks a value once and counts."""

    def __init__(self) -> None:
        self._left = _VALUES

    def value(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if depth > _DEPTH or self._left < 0:
            raise RefusedError("too deep or too much")
        if isinstance(value, dict):
            return {text(key): self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, depth + 1) for item in value]
        if isinstance(value, str):
            return text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value


def text(value: str) -> str:
    """Replace what cannot be encoded: halves of surrogate pairs."""
    return value if value.isprintable() else value.encode("utf-8", "replace").decode("utf-8")


def message(said: dict[str, Any]) -> dict[str, Any]:
    """Make a message from what was said.

    Returns
    -------
    dict
        ``msg_type``, ``content``, ``metadata``, ``parent_header``, ``header`` and ``buffers``, as nbclient takes it.

    Raises
    ------
    RefusedError
        If it is no message a cell can send.

    Examples
    --------
    >>> message({"type": "stream", "content": {"name": "stdout", "text": "hello", "more": 1}})["content"]
    {'name': 'stdout', 'text': 'hello'}
    """
    kind, content = said.get("type"), said.get("content")
    if not isinstance(kind, str) or not isinstance(content, dict):
        raise RefusedError("no type or no content")
    match kind:
        case "stream" if content.get("name") in ("stdout", "stderr"):
            clean = {"name": content["name"], "text": _string(content.get("text"))}
        case "display_data" | "update_display_data":
            clean = _shown(content)
        case "execute_result":
            clean = _shown(content) | {"execution_count": _count(content.get("execution_count"))}
        case "clear_output":
            clean = {"wait": content.get("wait") is True}
        case "error":
            clean = error(content)
        case _:
            raise RefusedError("not a message of a cell")
    return made(kind, clean)


def made(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Put content into a message."""
    return {
        "msg_type": kind,
        "header": {"msg_type": kind},
        "parent_header": {},
        "metadata": {},
        "content": content,
        "buffers": [],
    }


def error(content: dict[str, Any]) -> dict[str, Any]:
    """Take the name, the text and the traceback of an error; what is long is cut, and never dropped.

    An error that goes missing would make a failed test look passed.
    """
    lines = content.get("traceback")
    lines = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    return {
        "ename": _string(content.get("ename", "Error"))[:200] or "Error",
        "evalue": _cut(_string(content.get("evalue", ""))),
        "traceback": [_cut(line) for line in lines[-_ERROR_LINES:]],
    }


def reply(said: dict[str, Any]) -> dict[str, Any]:
    """Take the content of a reply.

    Raises
    ------
    RefusedError
        If it is none.

    Examples
    --------
    >>> reply({"status": "ok", "execution_count": 3})
    {'status': 'ok', 'execution_count': 3}
    """
    count = _count(said.get("execution_count"))
    match said.get("status"):
        case "ok":
            return {"status": "ok", "execution_count": count}
        case "error":
            return {"status": "error", "execution_count": count, **error(said)}
    raise RefusedError("not a reply")


def failed(name: str, why: str, count: int | None = None) -> dict[str, Any]:
    """Write the reply of a cell that could not reply itself."""
    return {
        "status": "error",
        "execution_count": count,
        "ename": name,
        "evalue": why,
        "traceback": [f"\x1b[0;31m{name}\x1b[0m: {why}"],
    }


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    data, metadata, transient = (content.get(name) for name in ("data", "metadata", "transient"))
    if not isinstance(data, dict):
        raise RefusedError("no data")
    clean: dict[str, Any] = {
        "data": {kind: value if _fits(kind, value) else json.dumps(value) for kind, value in data.items()},
        "metadata": metadata if isinstance(metadata, dict) else {},
        "transient": {},
    }
    if isinstance(transient, dict) and isinstance(name := transient.get("display_id"), str):
        clean["transient"] = {"display_id": name[:200]}
    return clean


def _fits(kind: str, value: object) -> bool:
    """Tell whether a notebook can hold the value under its media type: text, except for JSON."""
    return isinstance(value, str) or kind == "application/json" or (kind.endswith("+json") and "/" in kind)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise RefusedError("not text")
    return value


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def _cut(value: str) -> str:
    return value if len(value) <= _ERROR_TEXT else f"{value[:_ERROR_TEXT]} …"
