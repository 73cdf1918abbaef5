"""How the visible checks are shown: as an HTML table in a notebook, as plain text anywhere else."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..language import gettext as _
from ..language import language

# Jupyter right-aligns the cells of a table, which makes sentences hard to read.
_LEFT = 'style="text-align: left; vertical-align: top"'


@dataclass(frozen=True)
class Row:
    """What one check found.

    Parameters
    ----------
    name
        What was looked at.
    met
        How much of it is met: 0 is nothing, 1 is all.
    message
        What to do next; empty when all is met.
    points
        The points the check is worth; ``None`` for a check that shares what a task has left.

    Examples
    --------
    >>> from siru_course import use_language
    >>> use_language("en")
    >>> print(Row("Gini of speaking time", 0.0, "Not answered yet."))
    ✗ Gini of speaking time: not met. Not answered yet.
    """

    name: str
    met: float
    message: str = ""
    points: float | None = None

    def __str__(self) -> str:
        symbol, word = _verdict(self.met)
        return f"{symbol} {self.name}: {word.lower()}. {self.message}".rstrip()

    def _repr_html_(self) -> str:
        return as_html([self])


class ShownRow(Row):
    """A row that is on the screen already: as the last expression of a cell it is not shown twice."""

    def _ipython_display_(self) -> None:
        pass


def as_text(rows: Sequence[Row], title: str = "", summary: str = "") -> str:
    """Write rows as lines of text."""
    return "\n".join(line for line in (title, *map(str, rows), summary) if line)


def as_html(rows: Sequence[Row], title: str = "", summary: str = "") -> str:
    """Write rows as an HTML table that needs neither colour nor script."""
    parts = []
    if rows:
        caption = f"<caption {_LEFT}><strong>{_html(title)}</strong></caption>" if title else ""
        headings = (_("What was looked at"), _("Result"), _("What to do next"))
        head = "".join(f'<th scope="col" {_LEFT}>{_html(heading)}</th>' for heading in headings)
        body = "".join(_html_row(row) for row in rows)
        # MathJax would read two dollar signs in a learner's answer as a formula.
        parts.append(
            f'<table class="siru-checks tex2jax_ignore mathjax_ignore" lang="{language()}">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
    elif title:
        parts.append(f"<p><strong>{_html(title)}</strong></p>")
    if summary:
        parts.append(f'<p lang="{language()}">{_html(summary)}</p>')
    return "".join(parts)


def show(html: str, text: str) -> None:
    """Show the table in a notebook; print the text elsewhere."""
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display({"text/html": html, "text/plain": text}, raw=True)
            return
    # A Windows console may lack the symbols; a question mark is better than a traceback.
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def _html_row(row: Row) -> str:
    symbol, word = _verdict(row.met)
    return (
        f'<tr><th scope="row" {_LEFT}>{_html(row.name)}</th>'
        f'<td {_LEFT}><span aria-hidden="true">{symbol}</span> {_html(word)}</td>'
        f"<td {_LEFT}>{_html(row.message)}</td></tr>"
    )


def _verdict(met: float) -> tuple[str, str]:
    if met >= 1:
        return "✓", _("Met")
    return ("◐", _("Partly met")) if met > 0 else ("✗", _("Not met"))


def _html(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
