"""A stretch of a page in HTML of the course's own, around nodes that docutils writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class html_part(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """What opens the stretch, and what closes it."""


def part(opens: str, closes: str = "") -> html_part:
    """Make a stretch; what it holds is added with ``+=``.

    Parameters
    ----------
    opens, closes
        HTML, with what it says escaped already.

    Examples
    --------
    >>> box = part("<div>", "</div>")
    >>> box += nodes.Text("Inside")
    >>> box["opens"], len(box.children)
    ('<div>', 1)
    """
    return html_part(opens=opens, closes=closes)


def _visit(translator: Any, node: html_part) -> None:
    translator.body.append(node["opens"])


def _depart(translator: Any, node: html_part) -> None:
    translator.body.append(node["closes"])


def setup(app: Sphinx) -> None:
    """Register how a stretch is written."""
    app.add_node(html_part, html=(_visit, _depart))
