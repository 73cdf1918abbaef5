"""What a worker of a Dask cluster does: it gets a notebook and its files, runs it in a sandbox, and gives it back.

A worker needs this package and bubblewrap. It needs no database, no class directory and no secret.
"""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siru_course.language import gettext as _
from siru_course.language import in_language, language

from ._importing import importing
from .sandbox import Sandbox

if TYPE_CHECKING:
    from ._execute import Ran

# Of nbgrader's configuration, what matters to running a notebook.
_SECTIONS = (
    "Execute", "ExecutePreprocessor", "NotebookClient", "NbGraderPreprocessor", "Preprocessor", "NbConvertBase",
    "ClearHiddenTests", "ClearMarkScheme",
)  # fmt: skip
_KEPT = 4


@dataclass(frozen=True)
class Place:
    """Which sandbox a notebook needs; parameters as of :class:`Sandbox`."""

    isolated: bool
    preload: tuple[str, ...]
    rehearsal: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    Parameters
    ----------
    notebook
        The notebook as JSON.
    files
        What lies beside it: relative paths and contents.
    settings
        nbgrader's settings as JSON.
    place
        Which sandbox it needs.
    language
        Of the sentences for the teacher.
    """

    notebook: str
    files: Mapping[str, bytes]
    settings: str
    place: Place
    language: str


def make(nb: Mapping[str, Any], files: Mapping[str, bytes], config: Any, place: Place) -> Job:
    """Make a job of a notebook.

    Raises
    ------
    ValueError
        If nbgrader's configuration holds something that cannot be sent, such as a function.
    """
    settings = {name: dict(config[name]) for name in _SECTIONS if name in config.keys()}  # noqa: SIM118 - it makes new ones
    try:
        written = json.dumps(settings)
    except TypeError as error:
        raise ValueError(
            _(
                "A setting in nbgrader_config.py cannot be sent to the cluster ({reason}). Use plain values there."
            ).format(reason=error)
        ) from None
    return Job(json.dumps(nb), files, written, place, language())


def prepare(place: Place) -> str:
    """Begin to make a sandbox ready, in a worker; say why there can be none, or nothing."""
    try:
        with _making:
            _server(place).wait(begun=True)
    except (OSError, ValueError) as error:
        return str(error)
    return ""


def execute(job: Job) -> str:
    """Run a notebook, in a worker; :func:`read` reads what this gives.

    Raises
    ------
    LostError
        If the sandbox itself ended meanwhile.
    ValueError
        If there is no sandbox, or it does not take the files.
    """
    load()
    from nbformat import from_dict
    from traitlets.config import Config

    from ._execute import run_notebook

    # The other threads of a worker may be at work for a class in another language.
    with in_language(job.language):
        try:
            notebook, settings = from_dict(json.loads(job.notebook)), Config(json.loads(job.settings))
            ran = run_notebook(_branch(job.place), notebook, job.files, settings)
        except OSError as error:
            raise ValueError(_("The sandbox does not start: {reason}").format(reason=error)) from None
    return json.dumps([ran.notebook, ran.shown, ran.suspicions, ran.notes])


def load() -> None:
    """Import what runs a notebook. Dask loads this module by itself, and with a grammar that nothing needs."""
    with _importing, importing():
        importlib.import_module("siru_course.classroom._execute")
        # Whoever gets the notebook back checks it as a whole.
        importlib.import_module("siru_course.classroom._schema").check_once()


def read(written: str) -> Ran:
    """Read what came of a job."""
    from nbformat import from_dict

    from ._execute import Ran

    notebook, shown, suspicions, notes = json.loads(written)
    return Ran(from_dict(notebook), from_dict(shown), suspicions, notes)


class _Branches(threading.local):
    """The sandboxes of one thread."""

    def __init__(self) -> None:
        self.made: dict[Place, Sandbox] = {}


_importing, _making = threading.Lock(), threading.Lock()
_servers: dict[Place, Sandbox] = {}
_branches = _Branches()


def _branch(place: Place) -> Sandbox:
    """Give this thread's sandbox. What is slow to start is there once a process, and ends with it."""
    if place not in _branches.made:
        with _making:
            _drop(_branches.made)
            _branches.made[place] = _server(place).branch()
    return _branches.made[place]


def _server(place: Place) -> Sandbox:
    if place not in _servers:
        _drop(_servers)
        _servers[place] = Sandbox(isolated=place.isolated, preload=place.preload, rehearsal=place.rehearsal)
    return _servers[place]


def _drop(made: dict[Place, Sandbox]) -> None:
    """Close the oldest, so that a worker that lives for a whole course does not keep a sandbox for each exercise."""
    while len(made) >= _KEPT:
        made.pop(next(iter(made))).close()
