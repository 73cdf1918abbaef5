"""Folders: the class directory of a teacher, and the working folder of a learner."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from siru_course.language import LANGUAGES
from siru_course.language import gettext as _

EXERCISES = Path(__file__).parents[2] / "exercises"
CONFIG = "nbgrader_config.py"
LANGUAGE_FILE = "language"


@dataclass(frozen=True)
class Made:
    """A class directory that was made, and the assignments in it."""

    folder: Path
    assignments: tuple[str, ...]


def exercises(code: str) -> dict[str, Path]:
    """Find the exercises in a language: the folder's name (``05-dialogue``) and the folder.

    Raises
    ------
    ValueError
        If the course's own folder of exercises is not there, or has none in that language.

    Examples
    --------
    >>> "05-dialogue" in exercises("sv")
    True
    """
    found = {path.parent.name: path.parent for path in sorted((EXERCISES / code).glob("*/*.ipynb"))}
    if not found:
        raise ValueError(
            _("There are no exercises in {folder}. Run siru from a copy of the course's repository.").format(
                folder=EXERCISES / code
            )
        )
    return found


def resolve(name: str, known: Iterable[str]) -> str:
    """Find the assignment that is meant by ``dialogue`` or ``05-dialogue``.

    Raises
    ------
    ValueError
        If none is meant.

    Examples
    --------
    >>> resolve("dialogue", ["05-dialogue"])
    '05-dialogue'
    """
    known = list(known)
    for assignment in known:
        if name in (assignment, assignment.partition("-")[2]):
            return assignment
    raise ValueError(
        _("There is no exercise called {name!r}. The exercises are: {known}.").format(
            name=name, known=", ".join(known) or "–"
        )
    )


def new(folder: Path, code: str, assignments: Iterable[str] = (), seed: int | None = None) -> Made:
    """Make a class directory.

    Parameters
    ----------
    folder
        Where; it must not exist, or be empty.
    code
        The language of the exercises, ``"en"`` or ``"sv"``.
    assignments
        Which exercises, by name; all of them when empty.
    seed
        The class gets case data of its own, made from this number; the course's when ``None``.

    Raises
    ------
    ValueError
        If the folder holds something already, lies inside the course's repository or has a sign in its path that
        nbgrader cannot work with, an exercise is unknown, or the seed is no whole number from 0 on or the one of the
        course's own data.
    """
    if code not in LANGUAGES:
        raise ValueError(
            _("code is {value!r}; choose one of {allowed}.").format(value=code, allowed=", ".join(LANGUAGES))
        )
    folder = folder.resolve()
    demand_no_pattern(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(_("{folder} is not empty. Choose a new folder for the class.").format(folder=folder))
    if folder.is_relative_to(EXERCISES.parent):
        raise ValueError(
            _(
                "{folder} lies inside the course. Choose a folder outside of it: students' work must not end up there."
            ).format(folder=folder)
        )
    available = exercises(code)
    chosen = [resolve(name, available) for name in assignments] or list(available)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        draft = Path(scratch) / "class"
        for name in chosen:
            shutil.copytree(available[name], draft / "source" / name, ignore=shutil.ignore_patterns(".*"))
        (draft / "submitted").mkdir()
        shutil.copy(EXERCISES / CONFIG, draft / CONFIG)
        (draft / LANGUAGE_FILE).write_text(code + "\n", encoding="utf-8")
        if seed is not None:
            from ._seed import give_own_data

            give_own_data(draft, code, seed)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    return Made(folder, tuple(chosen))


def demand_no_pattern(folder: Path) -> None:
    """Refuse a folder in which nbgrader would find nothing, as it takes the path for a pattern.

    Raises
    ------
    ValueError
        If one of the signs of a pattern is in the path.
    """
    if signs := sorted(set(str(folder)) & set("*?[")):
        raise ValueError(
            _(
                "nbgrader cannot work in {folder} because of the sign {sign}. Rename that folder, or choose another."
            ).format(folder=folder, sign=signs[0])
        )


def prepare_lab(folder: Path, code: str) -> Path:
    """Put the released exercises in a learner's folder, one folder a language; what is there is left as it is.

    Returns
    -------
    pathlib.Path
        The folder that JupyterLab opens.
    """
    from .engine import release

    own = folder / code
    missing = [name for name in exercises(code) if not (own / name).exists()]
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            made = new(Path(scratch) / "class", code, missing)
            for name in missing:
                shutil.copytree(release(made.folder, name), own / name)
    return own


def run_lab(folder: Path, arguments: Iterable[str] = ()) -> int:
    """Run JupyterLab with nbgrader's extensions on a folder until it is stopped; gives its exit code."""
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir", str(folder), *arguments]
    try:
        return subprocess.call(command, cwd=folder)
    except KeyboardInterrupt:  # Ctrl+C is how one stops it
        return 0
