"""Whether hidden tests can run beside a notebook instead of in the middle of it, with the same scores.

A hidden test that runs in a copy of the process leaves nothing behind for the cells after it. That makes no
difference as long as it would not have left anything: no name that another cell reads, and no change of what others
made. Where it might, the notebook runs twice, once with each set of tests, as in nbgrader's own way.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

# Methods that change what they are called on.
_CHANGING = {
    "add", "append", "clear", "discard", "drop_duplicates", "extend", "fill", "insert", "pop", "popitem", "put",
    "remove", "reverse", "seed", "setdefault", "setflags", "shuffle", "sort", "update",
}  # fmt: skip
# Ways to change what nobody can follow: names of a kind, random numbers, files, the shell.
_HIDDEN_WAYS = {
    "delattr", "eval", "exec", "get_ipython", "global", "globals", "importlib", "inplace", "locals", "open", "os",
    "pathlib", "random", "reload", "setattr", "subprocess", "sys", "threading", "time", "vars",
}  # fmt: skip
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp,
)  # fmt: skip


def separate(full: Sequence[str], released: Sequence[str]) -> bool:
    r"""Tell whether the cells that differ can run in copies.

    Parameters
    ----------
    full
        The code cells as they are graded; other cells are empty.
    released
        The same cells as they were handed out.

    Examples
    --------
    >>> answer, seen = "double = lambda x: 2 * x", "assert double(1) == 2"
    >>> separate([answer, seen + "\nfor x in (3, 4): assert double(x) == 2 * x"], [answer, seen])
    True
    >>> separate([answer, seen + "\nhelper = 3", "assert helper == 3"], [answer, seen, ""])
    False
    """
    for place, (one, other) in enumerate(zip(full, released, strict=True)):
        if one == other:
            continue
        left = _left(one, other)
        if left is None:
            return False
        others = (cell for number, cell in enumerate(full) if number != place)
        if any(not left.isdisjoint(_reads(cell)) for cell in others):
            return False
    return True


@lru_cache(maxsize=256)
def _left(full: str, released: str) -> frozenset[str] | None:
    """Name what a test leaves that it would not have left as it was handed out.

    ``None`` if it changes what it did not make, or nobody can tell.
    """
    tree, seen = _tree(full), _tree(released)
    if tree is None or seen is None:
        return None
    made = {name for name, _scope in _stored(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed: ast.AST | None = node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            changed = node.func
        else:
            changed = node.target if isinstance(node, ast.AugAssign) else None
        if changed is not None and _root(changed) not in made:
            return None
        if isinstance(node, ast.Global | ast.Nonlocal | ast.Await | ast.AsyncFor | ast.AsyncWith):
            return None
        if _word(node) in _HIDDEN_WAYS:
            return None
    now, before = Counter(_stored(tree)), Counter(_stored(seen))
    within = {name.id for node in ast.walk(tree) if isinstance(node, ast.With) for name in _names_of(node)}
    return frozenset({name for name, outside in now - before if outside} | within)


@lru_cache(maxsize=2048)
def _reads(source: str) -> frozenset[str]:
    """Name what a cell reads that it has not made before; a cell that Python cannot read does not run."""
    lines = ("" if line.lstrip()[:1] in {"%", "!"} else line for line in source.splitlines())
    tree = _tree("\n".join(lines))
    if tree is None:
        return frozenset()
    reader = _Reader()
    reader.visit(tree)
    return frozenset(reader.read)


class _Reader(ast.NodeVisitor):
    """Goes through a cell in the order in which it runs."""

    def __init__(self) -> None:
        self.made: set[str] = set()
        self.read: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.made.add(node.id)
        elif node.id not in self.made:
            self.read.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.read |= {_root(node.target)} - self.made
        self._visit([node.value, node.target])

    def visit_For(self, node: ast.For) -> None:
        self._visit([node.iter, node.target, *node.body, *node.orelse])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.made.add(node.name)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.made.add(node.name)
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        self.made.add((node.asname or node.name).partition(".")[0])

    def visit_arg(self, node: ast.arg) -> None:
        self.made.add(node.arg)

    def _visit(self, nodes: list[Any]) -> None:
        for node in nodes:
            self.visit(node)


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _stored(tree: ast.AST, outside: bool = True) -> Iterator[tuple[str, bool]]:
    """Give each name that is made, and whether that is outside of all functions: it stays there for other cells."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, outside
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, outside
        elif isinstance(node, ast.arg):
            yield node.arg, outside
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0], outside
        yield from _stored(node, outside and not isinstance(node, _SCOPES))


def _names_of(node: ast.With) -> Iterator[ast.Name]:
    for item in node.items:
        if isinstance(item.optional_vars, ast.Name):
            yield item.optional_vars


def _root(node: ast.AST) -> str:
    """Give the name that a chain of dots, brackets and calls begins with; empty if it begins with none."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return node.id


def _word(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.keyword):
        return node.arg or ""
    return node.names[0].name.partition(".")[0] if isinstance(node, ast.Import) else ""
