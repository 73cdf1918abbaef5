"""Whether hidden tests can run when the whole notebook has run, and give the scores that nbgrader would.

nbgrader runs each test where it stands. A test that runs at the end finds what it would have found, as long as no
cell in between made or changed anything that the test, or a cell before it, reads; and the cells in between find what
they would have found, as long as the hidden lines leave nothing they read. That is read from the code, and in doubt
the answer is no: then the notebook runs twice.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ._names import stored

# Methods that change what they are called on, or what they are given: then nobody knows what that was.
_CHANGING = {
    "add", "append", "clear", "discard", "extend", "fill", "insert", "pop", "popitem", "put", "remove", "reverse",
    "set_flags", "set_option", "setdefault", "setflags", "sort", "update",
}  # fmt: skip
_UNFOLLOWED = {
    "copyto", "delattr", "eval", "exec", "get_ipython", "globals", "heapify", "heappop", "heappush", "importlib",
    "inplace", "insort", "itemset", "locals", "open", "os", "pathlib", "putmask", "random", "reload", "resize",
    "seed", "setattr", "shuffle", "subprocess", "sys", "threading", "time", "vars", "In", "Out", "_", "__", "___",
}  # fmt: skip
_FRESH = (
    ast.BinOp, ast.Compare, ast.Constant, ast.Dict, ast.DictComp, ast.GeneratorExp, ast.JoinedStr, ast.Lambda,
    ast.List, ast.ListComp, ast.Set, ast.SetComp, ast.Tuple, ast.UnaryOp,
)  # fmt: skip
# Functions that give an object of their own; others may give one that somebody else has, as these methods may.
_MAKING = {"dict", "enumerate", "float", "int", "len", "list", "range", "round", "set", "sorted", "str", "sum", "tuple"}
_HANDING_OVER = {"get", "item", "pop", "popitem", "setdefault"}
# Methods that make everything anew, also what lies inside.
_ANEW = {"split", "splitlines", "to_dict", "to_list", "tolist"}
_UNREAD = (
    ast.AsyncFor, ast.AsyncFunctionDef, ast.AsyncWith, ast.Await, ast.Global, ast.Match, ast.NamedExpr, ast.Nonlocal,
)  # fmt: skip
_COMMAND = re.compile(r"[a-z]\w+ [^=\n]*")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def afterwards(full: Sequence[str], released: Sequence[str]) -> bool:
    r"""Tell whether the cells that differ give the same when they run at the end, once all have run as handed out.

    Parameters
    ----------
    full
        The cells as they are graded; what is no code is empty.
    released
        The same cells as they were handed out.

    Examples
    --------
    >>> answer, seen = "def double(x):\n    return 2 * x", "assert double(1) == 2"
    >>> full = [answer, f"{seen}\nassert double(4) == 8", "tripled = 3"]
    >>> afterwards(full, [answer, seen, "tripled = 3"])
    True
    >>> afterwards([*full[:2], "double = 3"], [answer, seen, "double = 3"])
    False
    """
    tests = [place for place, (one, other) in enumerate(zip(full, released, strict=True)) if one != other]
    cells = [_look(source) for source in released]
    if any(cell.unclear for cell in cells):
        return False
    within_functions = set().union(*(cell.changes_later for cell in cells))
    for place in tests:
        test = _look(full[place])
        left = _left(full[place], released[place])
        if test.unclear or test.changes or test.changes_later or left is None:
            return False
        world = set(test.reads).union(*(cell.reads for cell in cells[: place + 1]))
        later = within_functions.union(*(cell.makes | cell.changes for cell in cells[place + 1 :]))
        readers = (cell for number, cell in enumerate(cells[place + 1 :], place + 1) if number not in tests)
        if world & later or any(left & cell.reads for cell in readers):
            return False
    return True


@dataclass(frozen=True)
class _Cell:
    """What a cell does with names.

    Parameters
    ----------
    reads
        Those it reads and has not made before.
    makes
        Those it leaves for other cells.
    changes, changes_later
        Those whose object it changes: itself, and by functions that others may call.
    unclear
        Whether it does what cannot be read from the code.
    """

    reads: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    changes_later: frozenset[str] = frozenset()
    unclear: bool = False


@lru_cache(maxsize=4096)
def _look(source: str) -> _Cell:
    reader = _Reader()
    try:
        reader.visit(ast.parse(source))
    except (ValueError, RecursionError, MemoryError):  # a long sum, or a choice of hundreds of cases
        return _Cell(unclear=True)
    except SyntaxError:
        # It does not run, unless IPython reads it otherwise: a single line may be a command without a sign.
        return _Cell(unclear=any(sign in source for sign in "%!?") or bool(_COMMAND.fullmatch(source.strip())))
    return _Cell(
        frozenset(reader.reads),
        frozenset(reader.makes),
        frozenset(reader.changes),
        frozenset(reader.changes_later),
        reader.unclear,
    )


@lru_cache(maxsize=512)
def _left(full: str, released: str) -> frozenset[str] | None:
    """Name what a test leaves that it would not have left as it was handed out; ``None`` if it cannot be read."""
    try:
        now, before = ast.parse(full), ast.parse(released)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    within = {
        item.optional_vars.id
        for node in ast.walk(now)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
    }
    return frozenset(within | set(Counter(stored(now)) - Counter(stored(before))))


@dataclass
class _Reader(ast.NodeVisitor):
    """Goes through a cell in the order in which it runs."""

    reads: set[str] = field(default_factory=set)
    makes: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    changes_later: set[str] = field(default_factory=set)
    unclear: bool = False
    scopes: list[set[str]] = field(default_factory=lambda: [set()])
    fresh: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    functions: int = 0

    def visit(self, node: ast.AST) -> None:
        self.unclear |= isinstance(node, _UNREAD)
        super().visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in _UNFOLLOWED and isinstance(node.ctx, ast.Load):
            self.unclear = True
        if isinstance(node.ctx, ast.Load):
            if not any(node.id in scope for scope in self.scopes):
                self.reads.add(node.id)
        else:
            self._make(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.unclear |= node.attr in _UNFOLLOWED
        # A method that is named is as good as called: it may be handed on.
        if not isinstance(node.ctx, ast.Load) or node.attr in _CHANGING:
            self.unclear |= _root(node) in _MAKING  # list.append(numbers, 5)
            self._change(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node)
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        self.unclear |= node.arg == "inplace"
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        self.unclear |= node.name == "*" or node.name.partition(".")[0] in _UNFOLLOWED
        name = (node.asname or node.name).partition(".")[0]
        self._make(name)
        self.modules.add(name)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit(node.value, *node.targets)
        for name in (target.id for target in node.targets if isinstance(target, ast.Name)):
            self._note(name, _is_fresh(node.value), self._is_anew(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        root = _root(node.target)
        if not any(root in scope for scope in self.scopes):
            self.reads.add(root)
        self._change(node.target)
        self._visit(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._visit(node.iter, node.target)
        if isinstance(node.target, ast.Name):
            self._note(node.target.id, False, self._is_anew(node.iter))
        self._visit(*node.body, *node.orelse)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._make(node.name)
        self._visit(*node.decorator_list)
        self._function(node.args, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node.args, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.unclear = True

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, node.key, node.value)

    def _comprehension(self, generators: list[ast.comprehension], *parts: ast.AST) -> None:
        self.scopes.append(set())
        for generator in generators:
            self._visit(generator.iter, generator.target, *generator.ifs)
        self._visit(*parts)
        self.scopes.pop()

    def _function(self, arguments: ast.arguments, body: Sequence[ast.AST]) -> None:
        self._visit(*arguments.defaults, *arguments.kw_defaults)
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        named += [one for one in (arguments.vararg, arguments.kwarg) if one]
        # A name that is made anywhere in a function is its own everywhere in it.
        own = {one.arg for one in named} | {name for node in body for name in stored(ast.Module([node], []))}  # type: ignore[list-item]
        kept, self.fresh, self.anew = (self.fresh, self.anew), set(), set()
        self.scopes.append(own)
        self.functions += 1
        self._visit(*body)
        self.functions -= 1
        self.scopes.pop()
        self.fresh, self.anew = kept

    def _make(self, name: str) -> None:
        # Whatever it was before: what it is now, only whoever made it knows.
        for known in (self.fresh, self.anew, self.modules):
            known.discard(name)
        self.scopes[-1].add(name)
        if len(self.scopes) == 1:
            self.makes.add(name)

    def _note(self, name: str, fresh: bool, anew: bool) -> None:
        """Note whether a name is an object of the cell's own, and whether all that lies in that is, too."""
        (self.fresh.add if fresh or anew else self.fresh.discard)(name)
        (self.anew.add if anew else self.anew.discard)(name)

    def _is_anew(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.anew
        if isinstance(node, ast.Subscript):
            return self._is_anew(node.value)
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Attribute) and node.func.attr in _ANEW
        if isinstance(node, ast.ListComp):
            return self._is_anew(node.elt) and not {
                name for one in node.generators for name in stored(ast.Module([ast.Expr(one.target)], []))
            } & {name.id for name in ast.walk(node.elt) if isinstance(name, ast.Name) and name.id in self.anew}
        return False

    def _change(self, node: ast.AST) -> None:
        root = _root(node)
        deep = isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.value, ast.Name)
        if isinstance(node, ast.Name) or root in self.anew or (root in self.fresh and not deep):
            return
        if not root or (root not in self.modules and any(root in scope for scope in self.scopes)):
            self.unclear = True  # another name, an element or an argument: it may be anybody's object
        elif self.functions:
            self.changes_later.add(root)
        else:
            self.changes.add(root)

    def _visit(self, *nodes: Any) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)


def _is_fresh(node: ast.AST) -> bool:
    """Tell whether an expression gives an object that nobody else has."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id in _MAKING
        return isinstance(node.func, ast.Attribute) and node.func.attr not in _HANDING_OVER
    return isinstance(node, _FRESH)


def _root(node: ast.AST) -> str:
    """Give the name that a chain of dots and brackets begins with; empty if it begins with none."""
    while not isinstance(node, ast.Name):
        if not isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            return ""
        node = node.value
    return node.id
