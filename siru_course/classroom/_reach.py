"""What an answer reaches for that no task asks for: the tools that take Python, the tests or the course apart.

It is read from the code, of all answers of a notebook together: a module may get a second name in one cell, and be
changed by that name in the next. What is found is told to the teacher and costs nothing, as code can always be
written so that nobody sees what it does.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

from ._commands import without_commands
from ._names import is_class_of, path_of, second_names, stored

PACKAGE = "siru_course"
_TOOLS = {
    "_exit", "ast_transformers", "atexit", "attrgetter", "builtins", "ctypes", "current_frames", "display_pub",
    "displayhook", "excepthook", "f_back", "f_builtins", "f_globals", "f_locals", "gc", "get_ipython", "get_objects",
    "get_referrers", "gi_frame", "importlib", "inspect", "input_transformer_manager", "input_transformers_cleanup",
    "input_transformers_post", "linecache", "logging", "meta_path", "methodcaller", "os", "pickle", "read_pickle",
    "run_cell", "run_code", "setprofile", "settrace", "showtraceback", "socket", "subprocess", "sys", "tb_frame",
    "threading", "traceback", "unittest", "weakref",
}  # fmt: skip
_MODULES = _TOOLS | {
    "IPython", "asyncio", "bdb", "cProfile", "code", "codeop", "concurrent", "copyreg", "dis", "doctest",
    "faulthandler", "ipykernel", "marshal", "mock", "multiprocessing", "pdb", "pkgutil", "profile", "pydoc", "pytest",
    "runpy", "shelve", "signal", "site", "symtable", "timeit", "trace", "tracemalloc", "types", "zipimport",
}  # fmt: skip
_CALLS = {"breakpoint", "compile", "delattr", "eval", "exec", "globals", "locals", "setattr", "vars"}
# A class may say how its objects are made and shown; one that says how they compare can be equal to every answer.
_HARMLESS = {"__doc__", "__future__", "__init__", "__len__", "__main__", "__name__", "__post_init__", "__repr__",
             "__str__", "__version__"}  # fmt: skip
_NAMED_TUPLE = {"_asdict", "_fields", "_make", "_replace"}
_HISTORY = re.compile(r"_i+|_i\d+|_[iod]h|In|Out")


@dataclass(frozen=True)
class _Seen:
    """What one cell does.

    Parameters
    ----------
    tools
        What it uses that takes Python apart, in order.
    changes
        The paths that it gives another meaning, such as ``checks.number``.
    called
        Names that it gives to what has a name already, as pairs: the new name, and the first part of the old one.
    modules
        The names of modules that it imports.
    imports
        All names that it imports.
    makes
        The names that it leaves for other cells, without those that it imports.
    functions
        Those of them that it defines as functions and classes.
    bare
        The names that it reads other than to reach for something in them.
    reads
        All names that it reads.
    foreign
        The modules that it imports, by the first part of their names.
    """

    tools: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    called: frozenset[tuple[str, str]] = frozenset()
    modules: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()


def reaches_for(
    answers: Sequence[str], course: Sequence[str] = (), tests: Sequence[str] = (), files: Collection[str] = ()
) -> tuple[str, ...]:
    """Find what answers use that takes Python or the tests apart; the names, in the order of the code.

    Parameters
    ----------
    answers
        The code of the cells that a learner can change.
    course
        The code of the cells that a learner cannot change, tests among them.
    tests
        The code of the tests.
    files
        The files that lie beside the notebook.

    Examples
    --------
    >>> reaches_for(["total = ballots['A'].sum()"])
    ()
    >>> reaches_for(["import sys; sys._getframe(1)"])
    ('sys', '_getframe')
    >>> course = "from siru_course import checks, facilitation"
    >>> reaches_for(["f = facilitation", "f.Agenda.check = lambda agenda: []"], [course])
    ('facilitation', 'f.Agenda.check')
    >>> reaches_for(["sum = lambda values: 1"], [], ["assert sum(shares) == 1"])
    ('sum',)
    """
    cells, given = [_look(source) for source in answers], [_look(source) for source in course]
    own = frozenset().union(*(cell.makes for cell in cells))
    modules = frozenset().union(*(cell.modules for cell in (*cells, *given))) - own
    shared = {"type"}.union(*(cell.imports for cell in (*cells, *given)))
    named = {pair for cell in cells for pair in cell.called}
    while more := {new for new, old in named if old in shared and new not in shared}:
        shared |= more
    # What tests call must be what they think it is.
    trusted = set(vars(builtins)).union(*(cell.imports | cell.functions for cell in given))
    trusted &= set().union(*(_look(source).reads for source in tests))
    known = {file.partition("/")[0].partition(".")[0] for file in files}
    found: list[str] = []
    for cell in cells:
        found += cell.tools
        found += [path for path in cell.changes if path.partition(".")[0] in shared]
        found += sorted((cell.bare & modules) | (cell.makes & trusted))
        found += sorted(name for name in cell.foreign - known if not _is_installed(name))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _look(source: str) -> _Seen:
    magics: list[str] = []
    try:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            magics, plain = without_commands(source)
            tree = ast.parse(plain)
        return _seen(tree, magics)
    except SyntaxError:
        return _Seen(tools=tuple(magics))  # it does not run
    except (ValueError, RecursionError, MemoryError):
        # It may run all the same, where there is more room.
        return _Seen(tools=(*magics, "((((…))))"))


def _seen(tree: ast.Module, magics: Iterable[str]) -> _Seen:
    nodes = list(ast.walk(tree))
    made = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    reached = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    called_ones = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    tools, changes, bare, reads = list(magics), [], set(), set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            path = path_of(node)
            if not isinstance(node.ctx, ast.Load) and ".options." not in path:
                changes += [path or f"type.{node.attr}"] if path or is_class_of(node.value) else []
            # Which data a class has is said in a locked cell.
            tools += [path] if path == "data.use" else [node.attr] if _is_tool(node.attr) else []
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            reads.add(node.id)
            if id(node) not in reached:
                bare.add(node.id)
            tools += [node.id] if _is_odd(node.id, node.id in made, id(node) in called_ones) else []
        elif isinstance(node, ast.Name):
            tools += [node.id] if _is_hidden(node.id) else []
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            tools += [node.name] if _is_hidden(node.name) else []
        elif isinstance(node, ast.MatchClass):
            tools += filter(_is_tool, node.kwd_attrs)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"^__\w|\w__$|\.py$", node.value) and node.value not in _HARMLESS:
                tools.append(node.value[-40:])
        elif isinstance(node, ast.Import | ast.ImportFrom):
            tools += _imported(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            tools += _called(node, node.func.id)
    imports = {
        (one.asname or one.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
    }
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    return _Seen(
        tools=tuple(tools),
        changes=tuple(changes),
        called=frozenset(second_names(nodes)),
        modules=frozenset(_modules(nodes)),
        imports=frozenset(imports),
        makes=frozenset({*stored(tree), *declared} - imports),
        functions=frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)),
        bare=frozenset(bare),
        reads=frozenset(reads),
        foreign=frozenset(_foreign(nodes)),
    )


def _is_hidden(name: str) -> bool:
    return bool(re.fullmatch(r"__\w+__", name)) and name not in _HARMLESS


def _is_odd(name: str, is_own: bool, is_called: bool) -> bool:
    """Tell whether a name that is read is a sign; a name that the cell has made itself may be anything."""
    if name == "getattr":
        return not is_called
    return not is_own and bool(name in _TOOLS | _CALLS or _is_hidden(name) or _HISTORY.fullmatch(name))


def _is_tool(name: str) -> bool:
    """Tell whether an attribute is one that only takes things apart: what begins with a line is nobody else's."""
    if name in _TOOLS:
        return True
    return name.startswith("_") and name not in _HARMLESS | _NAMED_TUPLE and not re.fullmatch(r"_\d*", name)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
    for module in modules:
        parts = module.split(".")
        if parts[0] in _MODULES or any(part.startswith("_") and part not in _HARMLESS for part in parts):
            yield module
    if isinstance(node, ast.ImportFrom):
        yield from (name.name for name in node.names if _is_tool(name.name))


def _called(node: ast.Call, name: str) -> Iterator[str]:
    if name == "type" and len(node.args) > 1:
        yield name
    if name == "getattr":
        wanted = node.args[1] if len(node.args) > 1 else None
        if not isinstance(wanted, ast.Constant) or _is_tool(str(wanted.value)):
            yield name


def _modules(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Give the names that surely are modules."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            yield from (one.asname or one.name for one in node.names if _is_installed(f"{PACKAGE}.{one.name}"))


def _foreign(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@lru_cache(maxsize=1024)
def _is_installed(module: str) -> bool:
    """Tell whether a module is there for everybody; a learner's own is not."""
    try:
        return not module or find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False
