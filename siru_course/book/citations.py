"""Citations as (author, year) in round brackets, with the page's own word for "and"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def _round() -> BracketStyle:
    return BracketStyle(left="(", right=")", sep="; ")


@dataclass
class English(AuthorYearReferenceStyle):
    """Brown and Isaacs (2005); (Brown and Isaacs, 2005)."""

    bracket_textual: BracketStyle = field(default_factory=_round)
    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    person: PersonStyle = field(default_factory=lambda: PersonStyle(sep2=" and ", last_sep=" and "))


@dataclass
class Swedish(AuthorYearReferenceStyle):
    """Brown och Isaacs (2005); (Brown och Isaacs, 2005)."""

    bracket_textual: BracketStyle = field(default_factory=_round)
    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    person: PersonStyle = field(default_factory=lambda: PersonStyle(sep2=" och ", last_sep=" och ", other=" m.fl."))


def setup(app: Sphinx) -> None:
    """Register both styles; each language's configuration chooses its own."""
    group = "sphinxcontrib.bibtex.style.referencing"
    register_plugin(group, "siru_en", English)
    register_plugin(group, "siru_sv", Swedish)
