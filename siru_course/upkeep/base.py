"""What the checks share: findings, and how pages and notebooks are read."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ORIGINAL, TRANSLATION = "en", "sv"
# Parts of the book that are written from the data package and from the docstrings when it is built.
DERIVED = ("data", "package")

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>:{3,}|`{3,})(?:\{(?P<name>[^}]+)\})?[ ]?(?P<title>.*)$")
_HEADING = re.compile(r"^(?P<marks>#{1,6}) ")
_LABEL = re.compile(r"^\((?P<label>[\w-]+)\)=\s*$")
_ROLE = re.compile(r"\{(?P<role>[a-z:]+)\}`(?P<text>[^`]+)`")
_OPTION = re.compile(r"^:(?P<name>[\w-]+):[ ]*(?P<value>.*)$")


@dataclass(frozen=True)
class Finding:
    """Something to mend: where it is, and what to do."""

    kind: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.kind}]"


@dataclass(frozen=True)
class Element:
    """A directive of a page: its name, title, options and body, and the line it begins on."""

    name: str
    title: str
    line: int
    options: dict[str, str]
    body: tuple[str, ...]


@dataclass
class Page:
    """A page of the book, taken apart as far as the checks need."""

    path: Path
    text: str
    front: dict[str, Any]
    headings: list[tuple[int, int]] = field(default_factory=list)
    labels: list[tuple[str, int]] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    roles: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def cells(self) -> list[Element]:
        """The code cells, in order."""
        return [element for element in self.elements if element.name == "code-cell"]

    @property
    def names(self) -> list[tuple[str, int]]:
        """Everything that can be linked to: labels before headings, and the names of directives and figures."""
        found = list(self.labels)
        for element in self.elements:
            if "name" in element.options:
                found.append((element.options["name"], element.line))
        return found


def read_page(path: Path) -> Page:
    """Take a page apart."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    front: dict[str, Any] = {}
    start = 0
    if lines and lines[0] == "---":
        start = lines.index("---", 1) + 1
        front = yaml.safe_load("\n".join(lines[1 : start - 1])) or {}
    page = Page(path, text, front)
    _read_lines(page, lines, start)
    return page


def _read_lines(page: Page, lines: list[str], start: int) -> None:
    code_until: str | None = None
    for number, line in enumerate(lines[start:], start=start + 1):
        if code_until is not None:
            if line.strip() == code_until:
                code_until = None
            continue
        fence = _FENCE.match(line)
        if fence and fence["name"]:
            page.elements.append(_element(lines, number, fence))
        if fence and fence["fence"].startswith("`"):
            code_until = fence["fence"]
            continue
        if heading := _HEADING.match(line):
            page.headings.append((len(heading["marks"]), number))
        if label := _LABEL.match(line):
            page.labels.append((label["label"], number))
        page.roles += [(role["role"], role["text"], number) for role in _ROLE.finditer(line)]


def _element(lines: list[str], number: int, fence: re.Match[str]) -> Element:
    body: list[str] = []
    for line in lines[number:]:
        if line.strip() == fence["fence"]:
            break
        body.append(line)
    options: dict[str, str] = {}
    rest = list(body)
    if rest and rest[0].strip() == "---" and "---" in [line.strip() for line in rest[1:]]:
        end = [line.strip() for line in rest[1:]].index("---") + 1
        options = _flat(yaml.safe_load("\n".join(rest[1:end])) or {})
        rest = rest[end + 1 :]
    while rest and (option := _OPTION.match(rest[0].strip())):
        options[option["name"]] = option["value"].strip()
        rest = rest[1:]
    return Element(fence["name"] or "", fence["title"].strip(), number, options, tuple(rest))


def _flat(options: dict[str, Any]) -> dict[str, str]:
    """Lift the name and caption of a cell's figure to where other directives have theirs."""
    figure = options.get("mystnb", {}).get("figure", {})
    return {key: str(value) for key, value in {**options, **figure}.items() if key != "mystnb"}


def pages(root: Path, language: str) -> dict[str, Page]:
    """Read all pages of a language, by their path inside the tree."""
    tree = root / "book" / language
    return {path.relative_to(tree).as_posix(): _cached(path, path.stat().st_mtime_ns) for path in _files(tree, ".md")}


@cache
def _cached(path: Path, _changed: int) -> Page:
    return read_page(path)


def notebooks(root: Path, language: str) -> dict[str, dict[str, Any]]:
    """Read all exercise notebooks of a language, by their path inside the tree."""
    tree = root / "exercises" / language
    return {
        path.relative_to(tree).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in _files(tree, ".ipynb")
    }


def _files(tree: Path, suffix: str) -> Iterator[Path]:
    for path in sorted(tree.rglob(f"*{suffix}")):
        parts = path.relative_to(tree).parts
        # The data section is derived, so its pages are not looked at.
        if not any(part.startswith((".", "_")) for part in parts) and parts[0] not in DERIVED:
            yield path


def source(cell: dict[str, Any]) -> str:
    """Give a notebook cell's source as one string."""
    return "".join(cell["source"])


def shape_of_code(code: str) -> str:
    """Describe code so that two cells that differ only in words come out equal.

    Text and comments do not count, names and numbers do; so a translated label is no difference, and a changed
    number is one.

    Examples
    --------
    >>> shape_of_code("x = f('Table', 2)  # one") == shape_of_code("x = f('Bord', 2)  # ett")
    True
    >>> shape_of_code("f(2)") == shape_of_code("f(3)")
    False
    """
    try:
        tree = ast.parse("\n".join(line for line in code.splitlines() if not line.startswith(("%", "!"))))
    except SyntaxError:
        return code
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        elif isinstance(node, ast.JoinedStr):
            node.values = [value for value in node.values if isinstance(value, ast.FormattedValue)]
    return ast.dump(tree)
