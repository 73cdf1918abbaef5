"""The language of messages, and the catalogue that holds their Swedish."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from siru_course import language, use_language
from siru_course.language import gettext, in_language, ngettext, number
from siru_course.upkeep import messages


def run_python(code: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin", **environment},
    )
    return result.stdout.strip()


def test_the_language_is_english_until_it_is_chosen() -> None:
    assert run_python("import siru_course; print(siru_course.language())") == "en"


def test_the_environment_chooses_the_language() -> None:
    assert run_python("import siru_course; print(siru_course.language())", SIRU_LANG="sv") == "sv"


def test_an_unknown_language_in_the_environment_does_not_stop_anything() -> None:
    assert run_python("import siru_course; print(siru_course.language())", SIRU_LANG="de") == "en"


@pytest.mark.parametrize(("code", "said"), [("en", "choose one of"), ("sv", "välj något av")])
def test_an_unknown_language_is_refused_in_the_language_in_use(code: str, said: str) -> None:
    use_language(code)
    with pytest.raises(ValueError, match=said):
        use_language("de")
    assert language() == code


def test_a_message_changes_with_the_language() -> None:
    assert gettext("Right") == "Right"
    with in_language("sv"):
        assert gettext("Right") == "Rätt"
        assert ngettext("{n} minute", "{n} minutes", 1) == "{n} minut"
    assert gettext("Right") == "Right"


def test_the_language_returns_even_when_the_block_fails() -> None:
    with pytest.raises(ZeroDivisionError), in_language("sv"):
        _ = 1 / 0
    assert language() == "en"


def test_a_block_speaks_for_its_own_thread_and_a_choice_within_it_ends_with_it() -> None:
    inside, looked = threading.Event(), threading.Event()

    def other() -> str:
        with in_language("sv"):
            inside.set()
            looked.wait(10)
            return gettext("Right")

    with ThreadPoolExecutor() as pool:
        said = pool.submit(other)
        assert inside.wait(10)
        assert (language(), gettext("Right")) == ("en", "Right")
        with in_language("sv"):
            use_language("en")
            assert language() == "en"
            use_language("sv")
        assert language() == "en"
        looked.set()
        assert said.result(10) == "Rätt"


@pytest.mark.parametrize(("value", "swedish"), [(1234.5, "1\N{NO-BREAK SPACE}234,5"), (-0.25, "-0,2"), (7, "7,0")])
def test_swedish_numbers(value: float, swedish: str) -> None:
    with in_language("sv"):
        assert number(value, 1) == swedish


def test_every_message_has_a_translation_and_none_is_left_over() -> None:
    catalogue, found = messages.read(), messages.collect()
    assert messages.missing(messages.merge(catalogue, found)) == []
    ids = {str(message.id) for message in found if message.id}
    assert {str(message.id) for message in catalogue if message.id} == ids, "run: make messages"


def test_no_message_stands_inside_an_f_string() -> None:
    # What collects the messages does not look there on every Python.
    for path in (Path(messages.PACKAGE)).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                called = [
                    part.func.id
                    for part in ast.walk(node)
                    if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
                ]
                assert not {"_", "gettext", "ngettext", "mark"} & set(called), f"{path}:{node.lineno}"


def test_the_compiled_catalogue_is_fresh() -> None:
    assert messages.PO.with_suffix(".mo").read_bytes() == messages.compiled(messages.read()), "run: make messages"


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = run_python(
        "import siru_course, sys; print([m for m in ('pandas', 'numpy', 'altair', 'click') if m in sys.modules])"
    )
    assert loaded == "[]"
