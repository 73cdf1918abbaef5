"""What a learner must not see before grading: the lines that stand only in solutions, hidden tests and mark schemes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from siru_course.language import gettext as _

_BEGIN = re.compile(r"BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)")
_END = re.compile(r"END (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)")
# Shorter ones, such as "else:", tell nothing, and stand everywhere.
_SHORTEST = 12


def secret_lines(notebooks: Iterable[Path]) -> set[str]:
    """Give the lines of source notebooks that are nowhere in what a learner may read."""
    secret: list[str] = []
    plain: list[str] = []
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            # A cell that is wholly an answer needs no marks: nbgrader takes all of it away.
            inside = bool(cell["metadata"].get("nbgrader", {}).get("solution")) and not _BEGIN.search(source)
            for line in source.splitlines():
                if _BEGIN.search(line):
                    inside = True
                elif _END.search(line):
                    inside = False
                else:
                    (secret if inside else plain).append(line.strip())
    known = "\n".join(plain)
    return {line for line in secret if len(line) >= _SHORTEST and line not in known}


def demand_no_secret(files: Mapping[str, bytes], secret: Iterable[str]) -> None:
    """Refuse files in which a line is that learners must not see, as text, as JSON or in base64.

    Raises
    ------
    ValueError
        If there is one; it names the file and the line.
    """
    wanted = [(line, {line, json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]}) for line in secret]
    for name, content in files.items():
        text = "\n".join(_readings(content))
        for line, forms in wanted:
            if any(form in text for form in forms):
                raise ValueError(
                    _("{file} holds a line that learners must not see: {line!r}. Nothing was written.").format(
                        file=name, line=line
                    )
                )


def _readings(content: bytes) -> Iterable[str]:
    """Give a file's text as it is, with what JSON escapes written out, and what is in base64."""
    text = content.decode("utf-8", errors="replace")
    yield text
    with suppress(ValueError, RecursionError):
        yield from _strings(json.loads(text))
    for code in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            yield base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-8", errors="replace")
        except ValueError:
            continue


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield str(key)
            yield from _strings(below)
    elif isinstance(value, list):
        if value and all(isinstance(part, str) for part in value):
            yield "".join(value)  # a notebook keeps a text as its lines
        for below in value:
            yield from _strings(below)
