"""What turns the pages in ``book/`` into the site: a Sphinx extension, and the builder that runs Jupyter Book.

``_config.yml`` names this package as an extension; Sphinx then calls :func:`setup`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the course's directives, roles and renderers with Sphinx."""
    from . import (
        accessible,
        charts,
        citations,
        exercises,
        formulas,
        glossary,
        handouts,
        methods,
        minutes,
        pages,
        parts,
        quiz,
        reference,
    )

    parts_ = (accessible, charts, citations, exercises, formulas, glossary, handouts, methods, minutes)
    for part in (*parts_, pages, parts, quiz, reference):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
