"""Handing out: the folder and the zip that learners get."""

from __future__ import annotations

import ast
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from siru_course._data_own import FOLDER
from siru_course._files import replace_file
from siru_course.language import gettext as _

from ._class import class_directory
from ._howto import HOW_TO, how_to
from ._lms import is_clutter
from ._secret import demand_no_secret, secret_lines
from .directory import LANGUAGE_FILE
from .engine import release


@dataclass(frozen=True)
class Handout:
    """What learners get: a folder, and a zip with the same files in it."""

    folder: Path
    archive: Path


def handout(folder: Path, assignment: str, to: Path | None = None) -> Handout:
    """Make what learners get of an assignment, anew from its source.

    It holds the released notebooks, the files beside them that they name, the class's own data where it has some, and
    a how-to in the class's language. A file that no notebook names is not handed out. The same source gives the same
    zip, byte for byte.

    Parameters
    ----------
    folder
        The class directory.
    assignment
        Which assignment.
    to
        The folder to put both in; ``handout`` in the class directory when not given.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown or cannot be released, a file would show
        learners a line of a solution, hidden test or mark scheme, or a folder of that name holds something else.
    """
    folder = class_directory(folder)
    released = release(folder, assignment)
    name = released.name
    to = (to or folder / "handout").resolve()
    place, archive = to / name, to / f"{name}.zip"
    files = _files(folder, released)
    demand_no_secret(files, secret_lines((folder / "source" / name).glob("*.ipynb")))
    _demand_ours(place, files)
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to, prefix=".") as scratch:
        draft, before = Path(scratch) / name, Path(scratch) / "before"
        for path, content in files.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(content)
        if place.exists():
            place.rename(before)
        try:
            draft.rename(place)
        except OSError:
            if before.exists():
                before.rename(place)
            raise
    replace_file(archive, _zip(name, files))
    return Handout(place, archive)


def _demand_ours(place: Path, files: Mapping[str, bytes]) -> None:
    """Refuse to replace anything but an earlier handout."""
    if not place.exists():
        return
    is_ours = place.is_dir() and (place / HOW_TO).is_file()
    foreign = [path for path in _all_files(place) if path not in files] if is_ours else [place.name]
    if foreign:
        raise ValueError(
            _("{place} holds something else: {name}. Move that, or choose another folder.").format(
                place=place, name=foreign[0]
            )
        )


def _files(folder: Path, released: Path) -> dict[str, bytes]:
    """Give the files of a handout by their path in it, in order."""
    notebooks = {path.name: path.read_bytes() for path in sorted(released.glob("*.ipynb"))}
    cells = [cell for content in notebooks.values() for cell in json.loads(content)["cells"]]
    named = set(_named(cells))
    beside = {
        path: (released / path).read_bytes()
        for path in _all_files(released)
        if path not in notebooks
        and (path in named or path.rpartition("/")[2] in named or path.startswith(f"{FOLDER}/"))
    }
    code = (folder / LANGUAGE_FILE).read_text(encoding="utf-8").strip()
    titles = re.findall(r"^# (.+)$", "\n".join("".join(cell["source"]) for cell in cells), flags=re.MULTILINE)
    page = how_to(code, titles[0].strip() if titles else released.name, list(notebooks))
    return dict(sorted({**notebooks, **beside, HOW_TO: page}.items()))


def _all_files(place: Path) -> Iterator[str]:
    for path in sorted(place.rglob("*")):
        inside = path.relative_to(place)
        if path.is_file() and not path.is_symlink() and not is_clutter(inside.parts):
            yield inside.as_posix()


def _named(cells: list[dict[str, object]]) -> Iterator[str]:
    """Find what may be the name of a file in cells: every text in code, and every link and picture."""
    for cell in cells:
        source = "".join(cell["source"])  # type: ignore[arg-type]  # nbformat keeps a text, or a list of its lines
        if cell["cell_type"] == "code":
            try:
                nodes = list(ast.walk(ast.parse(source)))
            except SyntaxError:  # a line for IPython
                yield from re.findall(r"""["']([^"'\n]+)["']""", source)
                continue
            found = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        else:
            found = re.findall(r"\]\(\s*<?([^\s)>]+)", source) + re.findall(r"""(?:src|href)=["']([^"']+)""", source)
        for name in found:
            yield unquote(name).removeprefix("./")


def _zip(name: str, files: Mapping[str, bytes]) -> bytes:
    """Pack files so that the same files give the same bytes, whenever and wherever that is done."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(f"{name}/{path}", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=9)
    return packed.getvalue()
