"""IPython's own commands in a cell, such as ``%time`` and ``!ls``: which they are, and the Python code beside them."""

from __future__ import annotations

import ast
import re
from contextlib import suppress

# Those that run code which is not in the cell, or change how cells are run.
_MAGICS = {
    "alias", "alias_magic", "autocall", "automagic", "bash", "config", "debug", "edit", "file", "load", "load_ext",
    "loadpy", "logstart", "macro", "pdb", "perl", "prun", "pylab", "python", "python2", "python3", "pypy", "recall",
    "reload_ext", "rep", "rerun", "ruby", "run", "save", "script", "sh", "store", "sx", "system", "writefile", "xmode",
}  # fmt: skip


def without_commands(source: str) -> tuple[list[str], str]:
    r"""Take IPython's own commands out of a cell; give those that can do what no task asks for, and the Python code.

    Examples
    --------
    >>> without_commands("%matplotlib inline\n%time total = 3")
    ([], 'pass\ntotal = 3')
    >>> without_commands("run -i own.py")
    (['%run'], 'run -i own.py')
    """
    used: list[str] = []

    def command(match: re.Match[str]) -> str:
        before, sign, name, rest = match.groups()
        if sign != "!":
            used.append(name)
        if name in ("time", "timeit") and "=" not in before:
            return before + re.sub(r"^(?:\s*-\w+(?:\s*\d+)?)*\s*", "", rest)
        return f"{before}{'None' if '=' in before else 'pass'}"

    lines = re.sub(r"(?m)^(\s*(?:[\w, ]+=\s*)?)(%{1,2}|!{1,2})(\w*)(.*)$", command, source)
    lines = re.sub(r"(?m)^(\s*)(?:\?{1,2}[\w.*]+|[\w.*]+\?{1,2})\s*$", r"\1pass", lines)
    words = source.split()
    try:
        ast.parse(lines)
    except SyntaxError:
        if len(source.strip().splitlines()) == 1 and words:
            used.append(words[0])  # a command needs no sign when it is all that is in the cell
        if re.search(r"(?m)^\s*[,;/!%?]|=\s*[!%]|\?\s*$", source):
            from IPython.core.inputtransformer2 import TransformerManager

            with suppress(SyntaxError):
                lines = TransformerManager().transform_cell(source)
    return [f"%{name}" for name in used if name in _MAGICS], lines
