"""The reference pages: a page a module in both languages, with every public name and an example that runs for each."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

import siru_course
from siru_course.book import reference

MODULES = reference.modules()


def module(name: str) -> ModuleType:
    return importlib.import_module(f"siru_course.{name}")


def public(name: str) -> list[tuple[str, object]]:
    """Give every public object of a module, and the public methods that its classes define."""
    found = []
    for each in getattr(module(name), "__all__", None) or [
        key
        for key, value in vars(module(name)).items()
        if not key.startswith("_") and getattr(value, "__module__", "") == f"siru_course.{name}"
    ]:
        thing = getattr(module(name), each)
        found.append((each, thing))
        if inspect.isclass(thing):
            found += [
                (f"{each}.{key}", value.__func__ if isinstance(value, classmethod | staticmethod) else value)
                for key, value in vars(thing).items()
                if not key.startswith("_") and (callable(value) or isinstance(value, classmethod | staticmethod))
            ]
    return found


@pytest.mark.parametrize("name", MODULES)
def test_every_public_object_says_what_it_is_and_shows_it(name: str) -> None:
    # Data of a module, such as colours, need no example of their own.
    called = [(key, thing) for key, thing in public(name) if callable(thing)]
    assert called
    assert [key for key, thing in called if not inspect.getdoc(thing)] == []
    without = [key for key, thing in called if ">>>" not in (inspect.getdoc(thing) or "")]
    # How every result shows itself is told, with an example, where that is written: in `Result`.
    assert [key for key in without if key.rpartition(".")[2] not in ("tables", "notes")] == []


@pytest.mark.parametrize("name", MODULES)
def test_help_opens_with_what_the_module_is_for(name: str) -> None:
    first = (module(name).__doc__ or "").strip().splitlines()[0]
    assert first.endswith(".")
    assert len(first) > 30


def test_every_module_that_can_be_called_is_listed() -> None:
    there = {path.stem for path in Path(siru_course.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    packages = {"widgets"}
    assert {*MODULES} == (there | packages) - {"cli"}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("name", MODULES)
def test_the_page_has_every_public_name(site: Path, language: str, name: str) -> None:
    text = (site / language / "package" / f"{name}.html").read_text(encoding="utf-8")
    wanted = [key for key in getattr(module(name), "__all__", []) if callable(getattr(module(name), key))]
    assert [key for key in wanted if f'id="siru_course.{name}.{key}"' not in text] == []
    assert '<div lang="en">' in text
    assert ("Referensen är på engelska" in text) == (language == "sv")


@pytest.mark.slow
def test_the_navigation_leads_to_every_module(site: Path) -> None:
    for language in ("en", "sv"):
        text = (site / language / "package" / "index.html").read_text(encoding="utf-8")
        linked = set(re.findall(r'href="(\w+)\.html"', text))
        assert {*MODULES} <= linked
