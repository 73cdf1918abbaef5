"""How long a chapter takes: read, do, facilitate. Worked out from the page, never typed by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from siru_course.language import in_language, ngettext

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# A grown-up reads about 238 words of non-fiction a minute (Brysbaert 2019, J. Memory and Language 109:104047);
# a chapter is read with a pencil in hand, so the course counts on 200.
WORDS_A_MINUTE = 200
MINUTES_A_CELL = 1.5
MINUTES_A_QUESTION = 1.0

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
    words = len(re.findall(r"\w+(?:[-’']\w+)*", prose))
    doing = len(_CODE.findall(source)) * MINUTES_A_CELL + len(_QUIZ.findall(source)) * MINUTES_A_QUESTION
    return Minutes(_fives(words / WORDS_A_MINUTE), _fives(doing), sum(run_sheet(source)))


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
    """``{minutes}`read```, ``{minutes}`do``` or ``{minutes}`facilitate```: the estimate for the page it stands on."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write the number of minutes in the page's language."""
        names = Minutes.__dataclass_fields__
        if self.text not in names:
            return [], [self.inliner.reporter.error(f"minutes: choose one of {', '.join(names)}", line=self.lineno)]
        source = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        count = getattr(estimate(source), self.text)
        with in_language(self.config.language):
            text = ngettext("{n} minute", "{n} minutes", count).format(n=count)
        return [nodes.Text(text)], []


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("minutes", MinutesRole())
