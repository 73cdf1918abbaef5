"""Data of a class's own: made from a seed, and handed out beside the notebooks that load them.

Every seed gives the same structure, codes and published totals, and other made-up people, ballots and scores. What
does not depend on the seed, such as the municipalities, stays the course's.

The files are part of the assignment, so that nbgrader puts the class's own in the place of whatever a learner hands in.
A locked cell names them by their digests: a file that is changed before that cell runs is refused, and afterwards it
is not read again.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from siru_course import data
from siru_course._data_own import FOLDER, digest
from siru_course.language import gettext as _
from siru_course.language import in_language

from .directory import EXERCISES

SEED_FILE = Path(".siru", "seed")
"""Where a class directory says which seed its data are made from."""

_CHECKOUT = EXERCISES.parent
_PACKAGE = Path(data.__file__).parent
_BEGIN_SCHEME = re.compile(r"^.*BEGIN MARK SCHEME.*$", re.MULTILINE)


def give_own_data(folder: Path, code: str, seed: int) -> None:
    """Give a new class directory data of its own: files in its sources, and a line that takes them into use.

    Parameters
    ----------
    folder
        The class directory, which nobody uses yet.
    code
        Its language.
    seed
        What the data are made from.

    Raises
    ------
    ValueError
        If the seed is no whole number from 0 on, or the one of the course's own data; the data cannot be made; or a
        notebook has no locked cell that imports them.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(_("seed is {value!r}; a whole number from 0 on is needed.").format(value=seed))
    made = _make(seed)
    if not made:
        raise ValueError(
            _("seed is {value}: it makes the course's own data. Choose another number.").format(value=seed)
        )
    for source in sorted((folder / "source").iterdir()):
        _give(source, made, code, seed)
    (folder / SEED_FILE).parent.mkdir(exist_ok=True)
    (folder / SEED_FILE).write_text(f"{seed}\n", encoding="utf-8")


def loaded(book: Any) -> set[str]:
    r"""Find the data sets that a notebook loads, itself or through a module of the course.

    Examples
    --------
    >>> code = "from siru_course import data, valuation\nfor name in ['bids', 'tenders']:\n    data.load(name)"
    >>> sorted(loaded({"cells": [{"cell_type": "code", "source": code}]}))
    ['bids', 'brobygget_costs', 'brobygget_value_map', 'tenders']
    """
    sources = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    trees = [tree for source in sources for tree in _parsed(source)]
    trees += [tree for module in _modules(trees) for tree in _parsed(module.read_text(encoding="utf-8"))]
    return {name for tree in trees for name in _loaded(tree)} & {item["name"] for item in data.package()["resources"]}


def _make(seed: int) -> dict[str, bytes]:
    """Make the data of a seed, and give those that differ from the course's own."""
    path = os.pathsep.join(filter(None, [str(_CHECKOUT), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "data.generate", "--seed", str(seed), "--out", folder],
            cwd=_CHECKOUT,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["?"])[-1]
            raise ValueError(_("The data of the class could not be made: {reason}").format(reason=reason))
        files = {item["name"]: item["path"] for item in data.package()["resources"]}
        made = {name: Path(folder, path).read_bytes() for name, path in files.items()}
        return {name: made[name] for name in made if made[name] != (data.folder() / files[name]).read_bytes()}


def _give(source: Path, made: Mapping[str, bytes], code: str, seed: int) -> None:
    """Give an assignment the data that its notebooks load."""
    for path in sorted(source.glob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        own = {name: made[name] for name in sorted(loaded(book)) if name in made}
        if not own:
            continue
        (source / FOLDER).mkdir(exist_ok=True)
        for name, content in own.items():
            (source / FOLDER / f"{name}.csv").write_bytes(content)
        with in_language(code):
            _take_into_use(book, own, path)
            _tell_who_marks(book, path.relative_to(source.parents[1]), seed)
        path.write_text(json.dumps(book, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _take_into_use(book: Any, own: Mapping[str, bytes], path: Path) -> None:
    """Write which files are the class's into the locked cell that imports the data."""
    for cell in book["cells"]:
        if cell["cell_type"] != "code" or not cell["metadata"].get("nbgrader", {}).get("locked"):
            continue
        lines = "".join(cell["source"]).splitlines()
        for tree in _parsed("\n".join(lines)):
            if not any(_imports_data(statement) for statement in tree.body):
                continue
            # What goes wrong is told in the language that the cell chooses, so this comes after that.
            place = max(statement.end_lineno or 0 for statement in tree.body if _comes_before(statement))
            lines[place:place] = [
                "",
                "# " + _("Your class has data of its own, so its numbers are not those of the book."),
                f'data.use("{FOLDER}", {{',
                *(f'    "{name}": "{digest(content)}",' for name, content in own.items()),
                "})",
                *([""] if lines[place : place + 1] != [""] else []),
            ]
            cell["source"] = "\n".join(lines).splitlines(keepends=True)
            return
    raise ValueError(
        _(
            "{file} has no locked cell that imports the data, so a class cannot have its own. Leave out the seed."
        ).format(file=path.name)
    )


def _tell_who_marks(book: Any, path: Path, seed: int) -> None:
    """Say in the mark schemes that their numbers are those of the course's own data."""
    note = _(
        "This class has data of its own (seed {n}). Numbers from the data that stand here, in the sample answers and "
        "in the model answer are those of the course's own data. For the class's, open {file} and run it."
    ).format(n=seed, file=f"`{path.as_posix()}`")
    for cell in book["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and _BEGIN_SCHEME.search(text):
            text = _BEGIN_SCHEME.sub(lambda found: f"{found.group()}\n*{note}*\n", text)
            cell["source"] = text.splitlines(keepends=True)


def _modules(trees: list[ast.Module]) -> Iterator[Path]:
    """Find the files of the course's modules that code imports."""
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.ImportFrom(module="siru_course"):
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module)) if module.startswith("siru_course."):
                names = [module.split(".")[1]]
            case ast.Import():
                names = [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("siru_course.")]
            case _:
                continue
        for name in names:
            yield from (_PACKAGE / f"{name}.py",) if (_PACKAGE / f"{name}.py").is_file() else ()
            yield from sorted(_PACKAGE.glob(f"_{name}/*.py"))


def _loaded(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "data.load":
            for given in [*node.args[:1], *(word.value for word in node.keywords if word.arg == "name")]:
                if isinstance(given, ast.Constant):
                    yield str(given.value)
                else:  # a name that is worked out: whatever the code mentions may be meant
                    yield from (str(other.value) for other in ast.walk(tree) if isinstance(other, ast.Constant))


def _parsed(source: str) -> Iterator[ast.Module]:
    """Parse code, without lines that are IPython's own; nothing when it is no code."""
    try:
        yield ast.parse("\n".join("" if line.lstrip()[:1] in "%!" else line for line in source.splitlines()))
    except SyntaxError:
        return


def _imports_data(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.ImportFrom)
        and statement.module == "siru_course"
        and any(alias.name == "data" and alias.asname is None for alias in statement.names)
    )


def _comes_before(statement: ast.stmt) -> bool:
    return _imports_data(statement) or ast.unparse(statement).startswith("use_language(")
