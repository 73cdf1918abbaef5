"""How two answers are compared: what is taken for the same, and what each student added to the released cell."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from bisect import bisect
from collections.abc import Iterable, Set
from dataclasses import dataclass

# One pattern for whole and broken code alike: Python's own tokenizer stops at the first error, and a copy that does
# not run would no longer resemble the one it was made from.
_CODE = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<text>(?i:[rbfu]{0,2})(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<sign>\*\*=?|//=?|<<=?|>>=?|[<>!=]=|->|:=|[-+*/%@&|^]=|[^\s\w])""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w+")
# A student may paste a book into a cell.
_LONGEST = 20_000
_KNOWN = frozenset([*keyword.kwlist, *keyword.softkwlist, *dir(builtins)])


@dataclass(frozen=True)
class Answer:
    """What a student added to the cells of a task.

    Parameters
    ----------
    source
        The cells as they were handed in.
    tokens
        What they consist of, made alike: no comments, no spaces, every name of the student's own is ``_``.
    spans
        Where each token stands in `source`.
    """

    source: str
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def code_answer(source: str, stub: str, given: Set[str]) -> Answer:
    r"""Read an answer in Python.

    Parameters
    ----------
    source, stub
        The cell as it was handed in, and as it was released; lines that stand in both are left out.
    given
        The names that the released notebook uses: a student does not choose those, unless they assign them.

    Examples
    --------
    >>> one = code_answer("# mine\ntotal = sum(votes)", "# mine", {"votes"})
    >>> other = code_answer("s = sum( votes )  # done", "# mine", {"votes"})
    >>> one.tokens
    ('_', '=', 'sum', '(', 'votes', ')')
    >>> one.tokens == other.tokens
    True
    """
    source = source[:_LONGEST]
    own = _assigned(source)
    tokens, spans = [], []
    before = ""
    for found in _own_parts(_CODE, source, stub):
        token = found[0]
        if found.lastgroup == "comment":
            continue
        if found.lastgroup == "name" and before != "." and token not in _KNOWN and (token in own or token not in given):
            token = "_"
        elif found.lastgroup == "text":
            token = re.sub(r"^(\w*)(\"{3}|'{3}|[\"'])([\s\S]*)\2$", r"\1'\3'", token)
        before = found[0]
        tokens.append(token)
        spans.append(found.span())
    return Answer(source, tuple(tokens), tuple(spans))


def text_answer(source: str, stub: str) -> Answer:
    """Read an answer in words: case, marks and layout do not matter."""
    source = source[:_LONGEST]
    found = list(_own_parts(_WORD, source, stub))
    return Answer(source, tuple(word[0].casefold() for word in found), tuple(word.span() for word in found))


def joined(answers: Iterable[Answer]) -> Answer:
    """Put the cells of a task together as one answer."""
    source, tokens, spans = "", list[str](), list[tuple[int, int]]()
    for answer in answers:
        start = len(source)
        source += answer.source + "\n"
        tokens += answer.tokens
        spans += [(start + first, start + last) for first, last in answer.spans]
    return Answer(source.removesuffix("\n"), tuple(tokens), tuple(spans))


def given_names(sources: Iterable[str]) -> frozenset[str]:
    """Find the names that the released code uses, its comments included: they say what to call the answer."""
    return frozenset(name for source in sources for name in re.findall(r"[^\W\d]\w*", source))


def _own_parts(pattern: re.Pattern[str], source: str, stub: str) -> Iterable[re.Match[str]]:
    """Find the parts of the lines that are not the released cell's."""
    released = {_bare(line) for line in stub.splitlines()}
    starts, own, start = [], [], 0
    for line in source.splitlines(keepends=True):
        starts.append(start)
        own.append(_bare(line) not in released)
        start += len(line)
    for found in pattern.finditer(source):
        if own[bisect(starts, found.start()) - 1]:
            yield found


def _bare(line: str) -> str:
    return "".join(line.split())


def _assigned(source: str) -> set[str]:
    """Find the names that the code gives values to; of code that cannot be read, by how an assignment looks."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"(?m)^\s*([^\W\d]\w*)\s*=(?!=)", source)) | set(re.findall(r"\bfor (\w+) in\b", source))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.update([node.id] if isinstance(node.ctx, ast.Store) else [])
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
    return names
