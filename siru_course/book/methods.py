"""The method cards as a page: ``{method-cards}``, grouped by purpose and readable without a script.

The script ``book/_static/methods.js`` adds a form that chooses among the cards as
:func:`siru_course.facilitation.suggest_methods` does. A card has the anchor ``#M14``; other pages link to it with the
role ``{method}``, which writes the method's name in the page's language.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective, SphinxRole

from siru_course import data
from siru_course.language import gettext as _
from siru_course.language import in_language, language

from .parts import html_part, part

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SCRIPT = "methods.js"
_KEY = re.compile(r"[a-z]+\d{4}[a-z]?")


def name_of(number: str) -> str:
    """Give a method's name in the language in use.

    Raises
    ------
    ValueError
        If no card has that number.

    Examples
    --------
    >>> name_of("M14")
    'Think–pair–share'
    """
    names = data.load("methods").set_index("method_id")[f"name_{language()}"]
    if number not in names.index:
        message = _("There is no method card {number}; they are {first} to {last}.")
        raise ValueError(message.format(number=number, first=names.index[0], last=names.index[-1]))
    return str(names[number])


class method_cards(html_part):  # noqa: N801 - docutils names nodes in lower case
    """The form above the cards: the page that has it gets the script."""


class MethodCards(SphinxDirective):
    """The ``{method-cards}`` directive."""

    def run(self) -> list[nodes.Node]:
        """Build the form, and a section for each purpose with its cards."""
        with in_language(self.config.language):
            cards = data.load("methods").to_dict("records")
            found: list[nodes.Node] = [method_cards(opens=_form(len(cards)), closes="")]
            for code, words in _words("purpose").items():
                section = nodes.section(ids=[f"methods-{code}"], classes=["siru-method-group"])
                section += nodes.title("", _upper(words))
                for card in cards:
                    if card["purpose"] == code:
                        self._name(card)
                        section += self._card(card)
                found.append(section)
            return found

    def _name(self, card: dict[Any, Any]) -> None:
        """Let other pages link to the card."""
        label, place = f"method-{card['method_id'].lower()}", (self.env.docname, card["method_id"])
        domain: Any = self.env.get_domain("std")
        domain.anonlabels[label] = place
        domain.labels[label] = (*place, card[f"name_{language()}"])

    def _card(self, card: dict[Any, Any]) -> nodes.Node:
        label = _("Source")
        box = part(f"{_open(card)}{_body(card)}<p><b>{escape(label)}:</b> ", f"</p>\n{_foot(card)}</details>\n")
        key = str(card["source"])
        said = {
            "common_practice": _("common practice, no known author"),
            "siru_course": _("the course's own"),
        }.get(key, key)
        if _KEY.fullmatch(key):
            holder = nodes.paragraph()
            lines = StringList([f"{{cite:t}}`{key}`"], source=self.env.docname)
            self.state.nested_parse(lines, self.content_offset, holder)
            box += list(holder.children[0].children)
        else:
            box += nodes.Text(said)
        return box


def _words(column: str) -> dict[str, str]:
    return data.categories(data.column("methods", column), language())


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _form(count: int) -> str:
    """Write the form that the script shows, with the words that the script needs."""
    told = {
        "count": _("{n} of {all} cards"),
        "none": _("No card fits all of this. What to loosen:"),
        "nothing": _("No card fits, whichever one of your choices you give up. Give up two, or start over."),
        "without": _("Clear “{choice}”: {n} of {all} cards"),
        "whole": _("People and minutes are whole numbers from 1 up."),
        "open": _("Open all"),
        "close": _("Close all"),
    }
    attributes = "".join(f' data-{name}="{escape(words)}"' for name, words in told.items())
    fields = [
        _select("purpose", _("Purpose")),
        _select("phase", _("Phase")),
        _input("people", _("People"), "number"),
        _input("minutes", _("Minutes you have"), "number"),
        _input("text", _("Words in the card"), "search"),
    ]
    label, reset = _("Choose among the cards"), _("Start over")
    return (
        f'<form class="siru-methods" aria-label="{escape(label)}" autocomplete="off"{attributes} hidden>\n'
        f"{''.join(fields)}"
        f'<div class="siru-methods-buttons"><button type="reset">{escape(reset)}</button>\n'
        f'<button type="button" class="siru-methods-all">{escape(told["open"])}</button></div>\n'
        '<div class="siru-methods-said" role="status" aria-live="polite">'
        f"{escape(told['count'].format(n=count, all=count))}</div>\n"
        '<ul class="siru-methods-loosen" hidden></ul>\n</form>\n'
    )


def _select(name: str, words: str) -> str:
    every = _("Any")
    options = "".join(
        f'<option value="{code}">{escape(_upper(label))}</option>' for code, label in _words(name).items()
    )
    return (
        f'<label><span>{escape(words)}</span><select name="{name}"><option value="">{escape(every)}</option>'
        f"{options}</select></label>\n"
    )


def _input(name: str, words: str, kind: str) -> str:
    more = ' min="1" step="1" inputmode="numeric"' if kind == "number" else ""
    return f'<label><span>{escape(words)}</span><input type="{kind}" name="{name}"{more}></label>\n'


def _open(card: dict[Any, Any]) -> str:
    purposes = [card["purpose"], *([card["purpose_also"]] if isinstance(card["purpose_also"], str) else [])]
    line = " · ".join(
        [
            _("{range} people").format(range=_range(card["group_min"], card["group_max"])),
            _("{range} minutes").format(range=_range(card["minutes_min"], card["minutes_max"])),
            _words("phase")[card["phase"]],
            card["method_id"],
        ]
    )
    return (
        f'<details class="siru-method" id="{card["method_id"]}" data-purpose="{" ".join(purposes)}" '
        f'data-phase="{card["phase"]}" data-least="{card["group_min"]}" data-most="{card["group_max"]}" '
        f'data-minutes="{card["minutes_min"]}" open>\n'
        f"<summary><h3>{escape(card[f'name_{language()}'])}</h3> <span>{escape(line)}</span></summary>\n"
    )


def _body(card: dict[Any, Any]) -> str:
    said = language()
    purpose = _words("purpose")[card["purpose"]]
    if isinstance(card["purpose_also"], str):
        also = _words("purpose")[card["purpose_also"]]
        purpose = _("{purpose}; also: {also}").format(purpose=purpose, also=also)
    steps = "".join(f"<li>{escape(step)}</li>" for step in str(card[f"steps_{said}"]).split(" | "))
    facts = [
        (_("Purpose"), purpose),
        (_("Material"), card[f"material_{said}"]),
    ]
    more = [
        (_("Online"), card[f"online_{said}"]),
        (_("What can go wrong"), card[f"risk_{said}"]),
    ]
    return f"{_facts(facts)}<ol>{steps}</ol>\n{_facts(more)}"


def _facts(facts: list[tuple[str, str]]) -> str:
    return "".join(f"<p><b>{escape(name)}:</b> {escape(words)}</p>\n" for name, words in facts)


def _foot(card: dict[Any, Any]) -> str:
    number = card["method_id"]
    link, print_ = _("Link to card {number}").format(number=number), _("Print this card")
    return (
        f'<p class="siru-method-foot"><a href="#{number}">{escape(link)}</a> '
        f'<button type="button" class="siru-method-print" hidden>{escape(print_)}</button></p>\n'
    )


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


class MethodRole(SphinxRole):
    """``{method}`M14```: the method's name, which leads to its card."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write the name in the page's language."""
        try:
            with in_language(self.config.language):
                name = name_of(self.text)
        except ValueError as error:
            return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
        link = pending_xref(
            self.rawtext,
            nodes.inline("", name, classes=["xref", "std", "std-ref"]),
            refdomain="std",
            reftype="ref",
            reftarget=f"method-{self.text.lower()}",
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        return [link], []


def _page_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if doctree is not None and any(doctree.findall(method_cards)):
        app.add_js_file(SCRIPT, loading_method="defer")


def _visit(translator: Any, node: method_cards) -> None:
    translator.body.append(node["opens"])


def _depart(translator: Any, node: method_cards) -> None:
    """Do nothing: the form is whole already."""


def setup(app: Sphinx) -> None:
    """Register the directive and the role, and give the page of the cards its script."""
    app.add_node(method_cards, html=(_visit, _depart))
    app.add_directive("method-cards", MethodCards)
    app.add_role("method", MethodRole())
    app.connect("html-page-context", _page_context)
