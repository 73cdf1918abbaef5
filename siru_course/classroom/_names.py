"""Names in Python code: which a cell makes, and which are second names of what has one already."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def stored(tree: ast.AST) -> Iterator[str]:
    """Give each name that is made outside of functions, as often as that is done."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        if not isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)):
            yield from stored(node)


def second_names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give each name that may become one more for something, and the first part of the name that has been its own."""
    for node in nodes:
        pairs: list[tuple[ast.AST | None, ast.AST | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.For | ast.comprehension):
            pairs = [(node.target, node.iter)]
        elif isinstance(node, ast.withitem):
            pairs = [(node.optional_vars, node.context_expr)]
        for target, value in pairs:
            names = [one.id for one in ast.walk(target) if isinstance(one, ast.Name)] if target else []
            yield from ((name, old) for name in names for old in _held(value))


def _held(value: ast.AST | None) -> Iterator[str]:
    """Give the names of what an expression may hand over as it is."""
    if isinstance(value, ast.Name | ast.Attribute):
        if path := path_of(value):
            yield path.partition(".")[0]
    elif value is not None and is_class_of(value):
        yield "type"
    elif isinstance(value, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.IfExp | ast.BoolOp | ast.Starred):
        for part in ast.iter_child_nodes(value):
            yield from _held(part)


def is_class_of(node: ast.AST) -> bool:
    """Tell whether an expression asks for the class of something."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"


def path_of(node: ast.AST) -> str:
    """Write ``a.b.c`` as it stands in the code; empty if it begins with anything but a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
