"""The glossary pages, from one table of terms in both languages (``book/glossary.csv``)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils.statemachine import StringList
from sphinx.domains.std import Glossary

from siru_course.language import LANGUAGES, in_language
from siru_course.language import gettext as _

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "glossary.csv"


@dataclass(frozen=True)
class Entry:
    """One row of the glossary: the term (and its synonyms) and its definition, by language."""

    terms: dict[str, tuple[str, ...]]
    definition: dict[str, str]


def read(path: Path) -> list[Entry]:
    """Read the glossary.

    Parameters
    ----------
    path
        A CSV file with the columns ``en, sv, definition_en, definition_sv``; synonyms are separated by a comma.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Entry(
                terms={code: synonyms(row[code]) for code in LANGUAGES},
                definition={code: row[f"definition_{code}"] for code in LANGUAGES},
            )
            for row in csv.DictReader(file)
        ]


def synonyms(cell: str) -> tuple[str, ...]:
    """Split a cell at its commas, except those inside parentheses.

    Examples
    --------
    >>> synonyms("facilitator, processledare")
    ('facilitator', 'processledare')
    >>> synonyms("Art of Hosting (värdskap, samtal)")
    ('Art of Hosting (värdskap, samtal)',)
    """
    return tuple(part.strip() for part in re.split(r",\s*(?![^()]*\))", cell))


class CourseGlossary(Glossary):
    """``{course-glossary}``: all terms of the page's language, each with its word in the other language."""

    has_content = False

    def run(self) -> list[Any]:
        """Write the entries as a Sphinx glossary, which ``{term}`` links to."""
        code = self.env.config.language
        path = Path(self.env.srcdir).parent / FILE
        self.env.note_dependency(str(path))
        other = next(language for language in LANGUAGES if language != code)
        with in_language(code):
            word = _("Swedish") if other == "sv" else _("English")
        lines: list[str] = []
        for entry in sorted(read(path), key=lambda entry: _alphabetical(entry.terms[code][0])):
            lines += entry.terms[code]
            lines += ["", f"   {entry.definition[code]}", ""]
            lines += [f"   :{word}: {', '.join(entry.terms[other])}", ""]
        self.content = StringList(lines, source=str(path))
        return list(super().run())


def _alphabetical(term: str) -> str:
    # In Swedish å, ä and ö come last, in that order.
    return term.casefold().translate(str.maketrans("åäöé", "{|}e"))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("course-glossary", CourseGlossary)
