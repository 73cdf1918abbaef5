"""What a notebook holds for feedback: the titles of its tasks, and the student's own cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup

from siru_course.language import gettext as _

from ._clean import clean, is_image, markdown, tidied, words

# A page is read, and printed. A picture is as large as a screen at most, so this many characters of base64 hold it.
LONGEST_TEXT = 4000
MOST_OUTPUTS = 100
LONGEST_IMAGE = 2_000_000
SECRET = re.compile(
    r"BEGIN (?:HIDDEN TESTS|MARK SCHEME|SOLUTION).*?(?:END (?:HIDDEN TESTS|MARK SCHEME|SOLUTION)|\Z)", re.S
)


@dataclass(frozen=True)
class OwnCell:
    """A cell that the student wrote: its code or, for text, the clean HTML of it; and its outputs as clean HTML."""

    code: str
    text: Markup
    outputs: tuple[Markup, ...]


def read(path: Path) -> Any:
    """Read a notebook; ``None`` when there is none, or it cannot be read."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        return None


def grader(cell: Any) -> dict[str, Any]:
    """Give what nbgrader noted about a cell; empty for a cell it does not know."""
    noted = cell.metadata.get("nbgrader")
    return noted if isinstance(noted, dict) else {}


def headings(book: Any) -> Iterator[tuple[str, str]]:
    """Give each heading of the teacher's text, and each graded cell: its name, and the heading it stands under.

    A heading that no graded cell has used yet comes with an empty name.
    """
    title = ""
    for cell in book.cells:
        noted = grader(cell)
        if cell.cell_type == "markdown" and not noted.get("solution"):
            text = re.sub(r"```.*?(```|\Z)", "", SECRET.sub("", cell.source), flags=re.S)
            for found in re.findall(r"(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$", text):
                # The points stand beside the title.
                title = re.sub(r"\s*\([^()]*\d[^()]*\)$", "", re.sub(r"[*`]", "", found))
                yield "", title
        if noted.get("grade") or noted.get("task"):
            yield str(noted.get("grade_id")), title


def sections(book: Any) -> dict[str, list[Any]]:
    """Part the cells of a notebook by its graded cells: each name, and the cells since the one before it."""
    found: dict[str, list[Any]] = {}
    since: list[Any] = []
    for cell in book.cells:
        since.append(cell)
        noted = grader(cell)
        if noted.get("grade") or noted.get("task"):
            found[str(noted.get("grade_id"))] = since
            since = []
    return found


def same_answers(one: Any, other: Any) -> bool:
    """Tell whether two notebooks hold the same answers."""
    first, second = (
        [(grader(cell).get("grade_id"), cell.source) for cell in book.cells if grader(cell).get("solution")]
        for book in (one, other)
    )
    return first == second


def own_cells(cells: Sequence[Any]) -> Iterator[OwnCell]:
    """Give the cells that the student wrote or may have changed; never one that nbgrader keeps for itself."""
    for cell in cells:
        noted = grader(cell)
        source = str(cell.source).strip()
        if not source or (noted and not noted.get("solution")):
            continue
        if cell.cell_type == "code":
            yield OwnCell(source, Markup(), tuple(_Shown(cell).outputs()))
        elif noted:
            yield OwnCell("", Markup(markdown(source, cell.get("attachments"), quiet=True)), ())


def code_in(text: str) -> Markup:
    """Escape a sentence, and set what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


class _Shown:
    """Shows the outputs of one cell of the student's."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell

    def outputs(self) -> Iterator[Markup]:
        made = self.cell.get("outputs", [])
        yield from filter(None, map(self._output, made[:MOST_OUTPUTS]))
        if len(made) > MOST_OUTPUTS:
            yield Markup("<p>{}</p>").format(_("The rest of what the cell showed is left out."))

    def _output(self, output: Any) -> Markup:
        kind = output.get("output_type")
        if kind == "stream":
            return _text(words(output.get("text")))
        if kind == "error":
            return Markup('<p class="stopped">{}</p>').format(self._stopped(output))
        data = output.get("data")
        return self._data(data) if isinstance(data, dict) else Markup()

    def _data(self, data: dict[str, Any]) -> Markup:
        for kind in ("image/png", "image/jpeg"):
            image = words(data.get(kind)).strip()
            if len(image) < LONGEST_IMAGE and is_image(kind, image):
                alt = _("A picture that the code made")
                return Markup('<img src="data:{};base64,{}" alt="{}">').format(kind, image, alt)
        for html in (clean(words(data.get("text/html")), True), markdown(words(data.get("text/markdown")), quiet=True)):
            if html:
                return Markup('<div class="wide" tabindex="0">{}</div>').format(Markup(html))
        return _text(words(data.get("text/plain")))

    def _stopped(self, output: Any) -> Markup:
        """Say in a sentence what stopped a cell, instead of the traceback."""
        trace = _uncoloured("\n".join(line for line in output.get("traceback", []) if isinstance(line, str)))
        count = self.cell.get("execution_count")
        lines = [
            int(line) for number, line in re.findall(r"Cell In ?\[(\d+)\], line (\d+)", trace) if number == str(count)
        ]
        code = str(self.cell.source).splitlines()
        if lines and 0 < lines[-1] <= len(code):
            said = _("Python stopped at line {line}, `{code}`: {error}")
            written = code[lines[-1] - 1].strip().replace("`", "'")
            return code_in(said.format(line=lines[-1], code=_cut(written, 120) or "…", error=said_by(output)))
        return code_in(_("Python stopped in this cell: {error}").format(error=said_by(output)))


def said_by(output: Any) -> str:
    """Give the kind of an error and what it says, in one line."""
    kind = re.sub(r"\W", "", words(output.get("ename"))) or "Exception"
    said = _uncoloured(words(output.get("evalue"))).strip().partition("\n")[0]
    said = _cut(tidied(said), 200).replace("`", "'")
    return f"{said} ({kind})" if said else kind


def _text(text: str) -> Markup:
    text = tidied(_uncoloured(text)).strip("\n")
    cut = len(text) > LONGEST_TEXT
    if not text.strip():
        return Markup()
    shown = Markup("<pre>{}</pre>").format(text[:LONGEST_TEXT] + ("…" if cut else ""))
    return shown + Markup("<p>{}</p>").format(_("The rest of this output is left out.")) if cut else shown


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _uncoloured(text: str) -> str:
    """Leave out the codes that colour text in a terminal, and other characters that have no shape."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]", "", text)
