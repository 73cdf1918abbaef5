"""A class directory from inside: is it one, its gradebook, and who is in it."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siru_course._files import typed
from siru_course.language import gettext as _

from ._people import People, Person
from ._server import demand
from .directory import CONFIG, LANGUAGE_FILE, demand_no_pattern

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def class_directory(folder: Path) -> Path:
    """Give the whole path of a class directory.

    Raises
    ------
    ValueError
        If the folder is none, or nbgrader cannot work in it.
    """
    folder = folder.resolve()
    if not (folder / CONFIG).is_file() or not (folder / LANGUAGE_FILE).is_file():
        raise ValueError(
            _("{folder} is not a class directory. Make one with: siru class new {folder}").format(folder=typed(folder))
        )
    demand_no_pattern(folder)
    return folder


@contextmanager
def gradebook(folder: Path) -> Iterator[Gradebook]:
    """Open the gradebook that a class directory's configuration names.

    Raises
    ------
    ValueError
        If it cannot be opened, or its server is not there.
    """
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config: Any = Config()
    config.merge(PyFileConfigLoader(CONFIG, path=str(folder)).load_config())
    config.CourseDirectory.root = str(folder)
    course = CourseDirectory(config=config)
    demand(course.db_url)
    before = os.environ.get("PATH", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader uses it
        # A new gradebook asks the program alembic for its version; it stands beside this Python.
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
        try:
            book = Gradebook(course.db_url, course.course_id)
        except SQLAlchemyError as error:
            raise ValueError(
                _("The gradebook of {folder} cannot be opened ({kind}). Restore it from a copy.").format(
                    folder=folder, kind=type(error).__name__
                )
            ) from error
        finally:
            os.environ["PATH"] = before
        with book:
            yield book


def people_in(book: Gradebook) -> list[Person]:
    """Read everybody in a gradebook."""
    return [
        Person(one.id, one.first_name or "", one.last_name or "", one.email or "", one.lms_user_id or "")
        for one in book.students
    ]


def people_of(folder: Path) -> People:
    """Read everybody in a class.

    Raises
    ------
    ValueError
        If there is nobody.
    """
    with gradebook(folder) as book:
        people = People(people_in(book))
    if not len(people):
        raise ValueError(
            _("The class has no list of students yet. Run: siru class roster FILE --in {folder}").format(
                folder=typed(folder)
            )
        )
    return people
