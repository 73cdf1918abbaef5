"""Repairs what the theme and its extensions write in a way that assistive technology stumbles over.

Each repair names what it is about, so that it can go when the package it mends has mended it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def _spans(match: re.Match[str]) -> str:
    lines = match[2].replace("<dd>", '<span class="siru-parameter">').replace("</dd>", "</span>")
    return f'{match[1]}<span class="siru-parameters">{lines}</span>'


_REPAIRS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # docutils: a list of references has the role list, but its entries have a role that is not a list item's.
    (re.compile(r'role="doc-biblioentry"'), 'role="listitem"'),
    # myst-nb: an English label hides the visible text of what unfolds a cell.
    (re.compile(r'(<summary)\s+aria-label="[^"]*"'), r"\1"),
    # pandas: the corner of a table with an index is a header cell with nothing in it.
    (re.compile(r"<th></th>"), "<td></td>"),
    # pandas: tables have an outdated border attribute.
    (re.compile(r'<table border="1" class="dataframe">'), '<table class="dataframe">'),
    # Sphinx: a signature over several lines is a list of descriptions that has no terms.
    (re.compile(r'(<span class="sig-paren">\(</span>)\s*<dl>(.*?)</dl>', re.DOTALL), _spans),
    # numpydoc: a reference in a docstring is shown by the name that tells it from those of other docstrings.
    (re.compile(r"\[R[0-9a-f]{12}-(\d+)\]"), r"[\1]"),
)


def repair(html: str) -> str:
    """Mend the HTML of a page's body.

    Examples
    --------
    >>> repair('<summary aria-label="Toggle hidden content">Show the code</summary>')
    '<summary>Show the code</summary>'
    """
    for pattern, replacement in _REPAIRS:
        html = pattern.sub(replacement, html)
    return html


def _page_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = repair(context["body"])


def setup(app: Sphinx) -> None:
    """Mend each page before it is written."""
    app.connect("html-page-context", _page_context)
