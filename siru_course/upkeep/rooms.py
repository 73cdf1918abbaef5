"""Every theme has all its rooms, and every data set is as it is described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from siru_course import THEMES
from siru_course._data_check import check_folder
from siru_course.language import LANGUAGES
from siru_course.language import gettext as _

from .base import DERIVED, ROOT, Finding, pages
from .pages import is_chapter


def themes(root: Path) -> dict[str, str]:
    """Find the themes that have begun: the slug, and the first of its rooms that was found."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for name, page in pages(root, language).items():
            if is_chapter(page):
                found.setdefault(Path(name).stem, f"book/{language}/{name}")
        for path in sorted((root / "exercises" / language).glob("*/*.ipynb")):
            found.setdefault(path.stem, path.relative_to(root).as_posix())
    return found


def check_rooms(root: Path = ROOT) -> Iterator[Finding]:
    """Find rooms that a theme lacks: chapter, handout, module, data, exercise, answers, or tests."""
    described = (root / "data" / "datapackage.json").read_text(encoding="utf-8")
    for slug, first in themes(root).items():
        module = slug.replace("-", "_")
        rooms = [f"exercises/answers/*-{slug}/answers.yml"]
        if module in THEMES:  # not every theme has functions of its own
            rooms += [f"siru_course/{module}.py", f"tests/test_{module}.py"]
        for language in LANGUAGES:
            rooms += [
                f"book/{language}/*/{slug}.md",
                f"book/{language}/handouts/{slug}.md",
                f"exercises/{language}/*-{slug}/{slug}.ipynb",
            ]
        for room in rooms:
            # A handout, or a page that is made when the book is built, is no chapter though it has its name.
            others = {"handouts", *DERIVED} if "/*/" in room else set()
            if all(path.parent.name in others for path in root.glob(room)):
                yield Finding("rooms", first, 1, _("The theme {slug} has no {room}.").format(slug=slug, room=room))
        if f'"{slug}"' not in described:
            yield Finding(
                "rooms",
                first,
                1,
                _("No data set in datapackage.json names the theme {slug}.").format(slug=slug),
            )


def check_dictionary(root: Path = ROOT) -> Iterator[Finding]:
    """Find columns, values and links in the data that are not as the data package describes them."""
    for problem in check_folder(root / "data"):
        yield Finding("dictionary", f"data/{problem.file}", problem.row or 1, problem.message)
