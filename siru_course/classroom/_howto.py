"""The short how-to that learners get with an exercise: one page, without a script, readable on a phone."""

from __future__ import annotations

from html import escape

from siru_course.language import gettext as _
from siru_course.language import in_language

HOW_TO = "README.html"
"""What the page is called in a handout."""

_PAGE = """<!doctype html>
<html lang="{code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.05rem/1.55 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1rem; }}
h1 {{ line-height: 1.25; }}
h2 {{ font-size: 1.15rem; margin: 1.6rem 0 0.3rem; }}
code {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>{title}</h1>
{sections}
</body>
</html>
"""


def how_to(code: str, title: str, notebooks: list[str]) -> bytes:
    """Write the page.

    Parameters
    ----------
    code
        The language of the class, ``"en"`` or ``"sv"``.
    title
        The exercise's own title.
    notebooks
        The names of its notebooks.

    Examples
    --------
    >>> b"Hand in" in how_to("en", "Dialogue", ["dialogue.ipynb"])
    True
    """
    with in_language(code):
        sections = "\n".join(
            f"<h2>{escape(heading)}</h2>\n<ul>\n"
            + "\n".join(f"<li>{_marked(sentence)}</li>" for sentence in sentences)
            + "\n</ul>"
            for heading, sentences in _sections(notebooks)
        )
    return _PAGE.format(code=code, title=escape(title), sections=sections).encode()


def _sections(notebooks: list[str]) -> list[tuple[str, list[str]]]:
    names = ", ".join(f"`{name}`" for name in notebooks)
    return [
        (
            _("Open"),
            [
                _("Unpack the zip, if you got one, to a folder of your own."),
                _("Start JupyterLab in that folder and open {names}.").format(names=names),
                _("It needs Python with the package `siru-course`. Your teacher says where that is."),
            ],
        ),
        (
            _("Answer"),
            [
                _("Run the cells from the top, one at a time, with Shift + Enter."),
                _("Write in the cells that ask for your answer. You may add cells of your own anywhere."),
                _("Keep the other cells: do not delete, copy or split them. Grading finds your answers by them."),
            ],
        ),
        (
            _("Check"),
            [
                _("Each task ends with a check. Run it as often as you like: it never takes points away."),
                _(
                    "When you are done, choose `Kernel` and `Restart Kernel and Run All Cells`. "
                    "What works then, works when it is graded."
                ),
            ],
        ),
        (
            _("Hand in"),
            [
                _("Save with Ctrl + S (Cmd + S on a Mac)."),
                _("Hand in {names}, and keep the name. Your teacher says where.").format(names=names),
                _("Hand in again if you change something: the last one counts, and the earlier one is kept."),
            ],
        ),
        (
            _("When you are stuck"),
            [
                _("Read the last line of an error message first: it says what went wrong."),
                _("If nothing answers, choose `Kernel` and `Restart Kernel`, and run the cells from the top again."),
                _("If a cell is gone or broken, unpack the zip again, elsewhere, and copy your answers into that."),
                _("Leave a task and go on with the next one. Points from the other tasks still count."),
            ],
        ),
    ]


def _marked(sentence: str) -> str:
    """Set what stands between backticks as code."""
    parts = escape(sentence).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
