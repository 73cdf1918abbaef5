"""What each theme says to bad input: the argument, the value and what is allowed, in the language in use.

The tables stand in the themes' own tests. A row is a call, the kind of error, and words that the message must have in
English and in Swedish.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siru_course import THEMES
from siru_course.language import in_language


def table(theme: str) -> list[tuple[Any, ...]]:
    rows = importlib.import_module(f"tests.test_{theme}").BAD
    return [getattr(row, "values", row) for row in rows]


ROWS = [(theme, number, *row) for theme in THEMES for number, row in enumerate(table(theme), start=1)]


def told(call: Callable[[], object], kind: type[Exception], code: str) -> str:
    with in_language(code), pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    return str(caught.value.args[0])


@pytest.mark.parametrize(
    ("call", "kind", "english", "swedish"),
    [row[2:] for row in ROWS],
    ids=[f"{theme}-{number}" for theme, number, *_rest in ROWS],
)
def test_bad_input_is_told_in_both_languages_and_nothing_is_written(
    call: Callable[[], object],
    kind: type[Exception],
    english: str,
    swedish: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    said = {code: told(call, kind, code) for code in ("en", "sv")}
    assert english in said["en"]
    assert swedish in said["sv"]
    assert said["en"] != said["sv"]
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_bad_input_of_several_kinds(theme: str) -> None:
    rows = table(theme)
    assert len(rows) >= 7
    assert len({row[2] for row in rows}) >= 7
