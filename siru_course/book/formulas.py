"""Formulas as MathML, made at build time: browsers show them with no script and screen readers can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from latex2mathml.converter import convert

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def to_mathml(latex: str, display: str = "inline") -> str:
    r"""Convert a formula from LaTeX to MathML.

    Parameters
    ----------
    latex
        The formula, without dollar signs.
    display
        ``"inline"`` inside a sentence, ``"block"`` on a line of its own.

    Examples
    --------
    >>> to_mathml("p_i^2").startswith("<math")
    True
    """
    return convert(latex, display=display)


def setup(app: Sphinx) -> None:
    """Register the MathML renderer; ``html_math_renderer: mathml`` chooses it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(to_mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    label = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    translator.body.append(f'<div class="siru-formula"{label}>{to_mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode
