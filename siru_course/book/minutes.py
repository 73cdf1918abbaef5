"""How long a chapter and its exercise take. Worked out from the page and the notebook, never typed by hand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from siru_course.language import gettext as _
from siru_course.language import in_language, ngettext

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# A grown-up reads about 238 words of non-fiction a minute (Brysbaert 2019, J. Memory and Language 109:104047);
# a chapter is read with a pencil in hand, so the course counts on 200.
WORDS_A_MINUTE = 200
MINUTES_A_CELL = 1.5
MINUTES_A_QUESTION = 1.0
# What an exercise asks for: a few lines of code or some letters, or a text that a teacher reads.
MINUTES_A_TASK = 8
MINUTES_A_TEXT = 20

_WORD = re.compile(r"\w+(?:[-’']\w+)*")
# What stands in an exercise and learners do not get: solutions, hidden tests, mark schemes.
_WITHHELD = re.compile(r"^(?:###|===) BEGIN (?P<what>[A-Z ]+?) *=*$.*?^(?:###|===) END (?P=what).*?$", re.M | re.S)
_CODE = re.compile(r"^```\{code-cell\}.*?^```\s*$", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_QUIZ = re.compile(r"^:{3,}\{quiz\}", re.MULTILINE)
_RUN_SHEET = re.compile(
    r"^(?P<fence>:{3,})\{list-table\}(?P<body>(?:(?!^(?P=fence)\s*$).)*?^:class: run-sheet(?:(?!^(?P=fence)\s*$).)*)",
    re.MULTILINE | re.DOTALL,
)
_ROW = re.compile(r"^\* - .*\n {2}- (?P<minutes>\d+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Minutes:
    """Minutes to read the page, to do its cells and questions, and to run its meeting."""

    read: int
    do: int
    facilitate: int


EXERCISE = "exercise"
KINDS = (*Minutes.__dataclass_fields__, EXERCISE)


def estimate(source: str) -> Minutes:
    """Estimate a page's minutes from its words, code cells, questions and run sheet.

    Reading and doing are rounded up to five minutes; facilitating is the sum of the run sheet's minutes.

    Parameters
    ----------
    source
        The page in MyST Markdown.

    Examples
    --------
    >>> estimate("word " * 900)
    Minutes(read=5, do=0, facilitate=0)
    """
    prose = _CODE.sub("", _FRONT_MATTER.sub("", source))
    words = len(_WORD.findall(prose))
    doing = len(_CODE.findall(source)) * MINUTES_A_CELL + len(_QUIZ.findall(source)) * MINUTES_A_QUESTION
    return Minutes(_fives(words / WORDS_A_MINUTE), _fives(doing), sum(run_sheet(source)))


def estimate_exercise(source: str) -> int:
    """Estimate the minutes to do an exercise from its words, its cells to run and its tasks, rounded up to five.

    What learners do not get, such as solutions and mark schemes, does not count.

    Parameters
    ----------
    source
        The nbgrader source notebook in JSON.

    Examples
    --------
    >>> task = {"cell_type": "code", "metadata": {"nbgrader": {"solution": True, "grade": False}}, "source": "x = 0"}
    >>> text = {"cell_type": "markdown", "metadata": {}, "source": "word " * 1000}
    >>> estimate_exercise(json.dumps({"cells": [text, task]}))
    15
    """
    minutes = 0.0
    for cell in json.loads(source)["cells"]:
        if cell["cell_type"] == "markdown":
            minutes += len(_WORD.findall(_WITHHELD.sub("", "".join(cell["source"])))) / WORDS_A_MINUTE
        minutes += _effort(cell)
    return _fives(minutes)


def _effort(cell: dict[str, Any]) -> float:
    """Give the minutes that a cell takes besides its reading."""
    grader = cell["metadata"].get("nbgrader", {})
    if grader.get("solution"):
        return MINUTES_A_TASK if cell["cell_type"] == "code" else MINUTES_A_TEXT
    # The cell with the checks is run and read, as is each cell to try something in.
    return MINUTES_A_CELL if cell["cell_type"] == "code" else 0.0


def exercise_of(page: Path) -> Path:
    """Find the exercise of a chapter: the notebook of its theme in the page's language.

    Parameters
    ----------
    page
        The chapter's file, ``book/<language>/<part>/<slug>.md``.

    Raises
    ------
    ValueError
        If there is none.
    """
    slug, tree = page.stem, page.parents[1]
    pattern = f"exercises/{tree.name}/*-{slug}/{slug}.ipynb"
    found = sorted(tree.parents[1].glob(pattern))
    if not found:
        raise ValueError(_("The page {page} has no exercise: there is no {file}.").format(page=page.name, file=pattern))
    return found[0]


def stated(kind: str, page: Path) -> int:
    """Give the minutes that a page states, of a kind in :data:`KINDS`.

    Raises
    ------
    ValueError
        If there is no such kind, or the page has no exercise.
    """
    if kind not in KINDS:
        raise ValueError(
            _("minutes is {value!r}; choose one of {allowed}.").format(value=kind, allowed=", ".join(KINDS))
        )
    if kind == EXERCISE:
        return estimate_exercise(exercise_of(page).read_text(encoding="utf-8"))
    return int(getattr(estimate(page.read_text(encoding="utf-8")), kind))


def in_words(count: int) -> str:
    """Write minutes in the language in use.

    Examples
    --------
    >>> in_words(5)
    '5 minutes'
    """
    return ngettext("{n} minute", "{n} minutes", count).format(n=count)


def run_sheet(source: str) -> list[int]:
    r"""Read the minutes of each row of the page's run sheet; empty when the page has none.

    Examples
    --------
    >>> run_sheet(":::{list-table} Plan\n:class: run-sheet\n\n* - 13.00\n  - 10\n  - Welcome\n:::\n")
    [10]
    """
    return [int(row["minutes"]) for sheet in _RUN_SHEET.finditer(source) for row in _ROW.finditer(sheet["body"])]


def _fives(minutes: float) -> int:
    return 5 * round(minutes / 5 + 0.499)


class MinutesRole(SphinxRole):
    """The estimate for the page it stands on: ``{minutes}`read``` and the other :data:`KINDS`.

    ``{minutes}`exercise``` is about the exercise of the page's theme.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write the number of minutes in the page's language."""
        page = Path(self.env.doc2path(self.env.docname))
        with in_language(self.config.language):
            try:
                count = stated(self.text, page)
            except ValueError as error:
                return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
            if self.text == EXERCISE:
                self.env.note_dependency(str(exercise_of(page)))
            return [nodes.Text(in_words(count))], []


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("minutes", MinutesRole())
