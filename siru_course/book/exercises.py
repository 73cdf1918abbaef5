"""The list of exercises: ``{exercises}``, one row for each notebook in the page's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from siru_course.language import gettext as _
from siru_course.language import in_language

from .datapages import chapter
from .minutes import estimate_exercise, in_words

if TYPE_CHECKING:
    from sphinx.application import Sphinx


_SAID = "siru_exercises"


@dataclass(frozen=True)
class Exercise:
    """An exercise: its theme, its title, its tasks and how many of them a person marks, and the minutes it takes."""

    slug: str
    title: str
    tasks: int
    by_hand: int
    minutes: int


def listed(folder: Path) -> Iterator[Exercise]:
    """Read the exercises of one language.

    Parameters
    ----------
    folder
        ``exercises/<language>``.
    """
    for path in sorted(folder.glob("*/*.ipynb")):
        source = path.read_text(encoding="utf-8")
        cells = json.loads(source)["cells"]
        solved = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
        yield Exercise(
            slug=path.stem,
            title="".join(cells[0]["source"]).splitlines()[0].removeprefix("# "),
            tasks=len(solved),
            by_hand=sum(cell["cell_type"] == "markdown" for cell in solved),
            minutes=estimate_exercise(source),
        )


class Exercises(SphinxDirective):
    """The ``{exercises}`` directive."""

    def run(self) -> list[nodes.Node]:
        """Write the list as a table."""
        lines = _lines(Path(self.env.srcdir), self.config.language)
        self.env.metadata[self.env.docname][_SAID] = lines
        holder = nodes.container()
        self.state.nested_parse(StringList(lines, source=self.env.docname), self.content_offset, holder)
        return list(holder.children)


def _outdated(app: Sphinx, env: Any, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Read a page with the list again when an exercise or a chapter has come, gone or changed."""
    lines = _lines(Path(env.srcdir), app.config.language)
    return [name for name, kept in env.metadata.items() if kept.get(_SAID, lines) != lines]


def _lines(tree: Path, code: str) -> list[str]:
    with in_language(code):
        return _table(list(listed(tree.parents[1] / "exercises" / tree.name)), tree)


def _table(exercises: list[Exercise], tree: Path) -> list[str]:
    head = [_("Exercise"), _("Name for the commands"), _("Tasks"), _("Time to do"), _("Chapter")]
    rows = [head, *(_row(exercise, tree) for exercise in exercises)]
    lines = [":::{list-table}", ":class: cards", ":header-rows: 1", ""]
    for row in rows:
        lines += [("* - " if place == 0 else "  - ") + cell for place, cell in enumerate(row)]
    return [*lines, ":::"]


def _row(exercise: Exercise, tree: Path) -> list[str]:
    tasks = _("{n}, of which you mark {by_hand}").format(n=exercise.tasks, by_hand=exercise.by_hand)
    return [
        exercise.title,
        f"`{exercise.slug}`",
        tasks if exercise.by_hand else str(exercise.tasks),
        in_words(exercise.minutes),
        chapter(exercise.slug, tree),
    ]


def setup(app: Sphinx) -> None:
    """Register the directive, and when its pages are read again."""
    app.add_directive("exercises", Exercises)
    app.connect("env-get-outdated", _outdated)
