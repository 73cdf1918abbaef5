"""The package as a whole: light to import, typed, and with arrows that point one way."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import siru_course

PACKAGE = Path(siru_course.__file__).parent
HEAVY = ["altair", "IPython", "icalendar", "ipywidgets", "matplotlib", "networkx", "openpyxl", "scipy", "statsmodels"]


def loaded(statement: str) -> set[str]:
    """Give what a fresh Python has loaded after an import."""
    code = f"import sys; {statement}; print(*sorted(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_nothing_of_size() -> None:
    assert not loaded("import siru_course") & {*HEAVY, "numpy", "pandas", "rich", "click"}


@pytest.mark.parametrize("theme", siru_course.THEMES)
def test_importing_a_theme_loads_no_library_before_it_is_used(theme: str) -> None:
    assert not loaded(f"import siru_course.{theme}") & {*HEAVY}


def test_the_package_says_that_it_is_typed_and_is() -> None:
    assert (PACKAGE / "py.typed").exists()
    checked = subprocess.run([sys.executable, "-m", "mypy"], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def imports(path: Path) -> set[str]:
    """Give the parts of the package that a file imports: the first name after ``siru_course``."""
    here = path.relative_to(PACKAGE.parent).with_suffix("").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else ()
            target = [*base, *(node.module or "").split(".")] if node.module else [*base]
            if target[:1] == ["siru_course"]:
                found |= {target[1]} if len(target) > 1 else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("siru_course.")}
    return found


def files_of(theme: str) -> list[Path]:
    behind = {"results": "_flyer"}.get(theme, f"_{theme}")
    return [PACKAGE / f"{theme}.py", *(PACKAGE / behind).glob("*.py")]


@pytest.mark.parametrize("theme", siru_course.THEMES)
def test_a_theme_knows_what_is_shared_and_no_other_theme(theme: str) -> None:
    shared = {"_arguments", "_browser", "_files", "_inference", "_results", "charts", "data", "language"}
    own = {theme, {"results": "_flyer"}.get(theme, f"_{theme}")}
    for path in files_of(theme):
        assert imports(path) <= shared | own, path


def test_nothing_that_themes_share_knows_a_theme() -> None:
    for name in ("_arguments", "_browser", "_files", "_inference", "_results", "charts", "data", "language"):
        assert not imports(PACKAGE / f"{name}.py") & {*siru_course.THEMES, "widgets", "book", "classroom", "cli"}


def test_only_the_command_knows_both_the_book_and_the_classroom() -> None:
    both = [path for path in PACKAGE.rglob("*.py") if {"book", "classroom"} <= imports(path)]
    assert both == [PACKAGE / "cli.py"]
    assert "classroom" in imports(PACKAGE / "_cli" / "classes.py")
