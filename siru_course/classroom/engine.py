"""The seam to nbgrader: how its API is opened on a class directory, and the release."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siru_course.language import gettext as _

from ._class import class_directory
from ._server import demand
from .directory import CONFIG, resolve

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI


def release(folder: Path, assignment: str) -> Path:
    """Make the students' version of an assignment and give its folder.

    Raises
    ------
    ValueError
        If the folder is no class directory, the assignment is unknown, nbgrader refuses its source, or
        the gradebook's server is not there.
    """
    with _class(folder) as api:
        demand(api.coursedir.db_url)
        name = resolve(assignment, api.get_source_assignments())
        result = api.generate_assignment(name, force=True, create=True)
        _demand(result, _("{name} could not be released.").format(name=name))
        return Path(api.coursedir.format_path(api.coursedir.release_directory, ".", name))


@contextmanager
def _class(folder: Path) -> Iterator[NbGraderAPI]:
    """Open a class directory; nbgrader reads files beside the current folder, so that is where it works."""
    folder = class_directory(folder)
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader
    from traitlets.log import get_logger

    before = Path.cwd()
    with _surroundings(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader uses it
        os.chdir(folder)
        config: Any = Config()
        config.merge(PyFileConfigLoader(CONFIG, path=str(folder)).load_config())
        config.CourseDirectory.root = str(folder)
        shared: Any = get_logger()
        # A class without an exchange on this machine is nothing to complain about.
        shared.disabled = True
        try:
            api = NbGraderAPI(CourseDirectory(config=config), config=config)
        finally:
            shared.disabled = False
        # The log is caught in what nbgrader returns; the terminal is for what the teacher asked about.
        api.log.handlers, api.log.propagate = [], False
        api.log.setLevel(logging.INFO)
        try:
            yield api
        finally:
            os.chdir(before)


@contextmanager
def _surroundings() -> Iterator[None]:
    """Give nbgrader and its kernels what they need, and nothing of the teacher's own settings."""
    before = os.environ.copy()
    with tempfile.TemporaryDirectory() as home:
        profile = Path(home) / "profile_default"
        profile.mkdir()
        # ipykernel warns at each start that it talks over TCP; the talk stays on this machine.
        (profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n", encoding="utf-8")
        # nbgrader starts alembic, which stands beside this Python, whether its environment is activated or not.
        here = str(Path(sys.executable).parent)
        os.environ.update(IPYTHONDIR=home, PATH=os.pathsep.join([here, before.get("PATH", "")]))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _in_gradebook(api: NbGraderAPI, name: str) -> bool:
    with api.gradebook as gradebook:
        return name in [assignment.name for assignment in gradebook.assignments]


def _demand(result: dict[str, Any], sentence: str) -> None:
    if not result["success"]:
        raise ValueError(f"{sentence} {_why(result)}")


def _why(result: dict[str, Any]) -> str:
    """Find the sentence that says why in what nbgrader returns: the last exception of a traceback."""
    lines = [line.strip() for line in f"{result.get('log', '')}\n{result.get('error', '')}".splitlines()]
    exceptions = [line for line in lines if re.match(r"[\w.]+(?:Error|Exception|Failed|Timeout)\b.*: ", line)]
    told = [line for line in exceptions if "above traceback" not in line] or [line for line in lines if line]
    return told[-1] if told else _("nbgrader gave no reason.")
