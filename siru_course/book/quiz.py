"""Self-check questions: ``{quiz}``, with feedback for every option and no script needed to read it.

The question is the directive's title, the options a task list, each followed by its feedback::

    :::{quiz} What is a World Café for?
    :name: quiz-cafe

    - [ ] To vote.

      A vote is …
    - [x] To make sense of a question together.

      That is …
    :::

One right option gives radio buttons, several give checkboxes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from siru_course.language import gettext as _
from siru_course.language import in_language

from .parts import part

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_OPTION = re.compile(r"^[-*] \[(?P<mark>[ xX])\] (?P<text>.*)$")


@dataclass(frozen=True)
class Option:
    """One option of a question: its text, whether it is right, and the feedback for who chooses it."""

    text: str
    right: bool
    feedback: tuple[str, ...]


def parse_options(lines: list[str]) -> list[Option]:
    """Read the task list of a quiz.

    Raises
    ------
    ValueError
        If there are fewer than two options, none is right, or one has no feedback.

    Examples
    --------
    >>> options = parse_options(["- [x] Yes.", "", "  Right.", "- [ ] No.", "", "  Look again."])
    >>> [(option.text, option.right, option.feedback) for option in options]
    [('Yes.', True, ('Right.',)), ('No.', False, ('Look again.',))]
    """
    found: list[tuple[str, bool, list[str]]] = []
    for line in lines:
        match = _OPTION.match(line)
        if match:
            found.append((match["text"], match["mark"] != " ", []))
        elif found:
            found[-1][2].append(line.removeprefix("  "))
        elif line.strip():
            raise ValueError(_("The quiz begins with {line!r}; it must begin with an option.").format(line=line))
    options = [Option(text, right, _paragraphs(feedback)) for text, right, feedback in found]
    if len(options) < 2:
        raise ValueError(_("A quiz needs at least two options."))
    if not any(option.right for option in options):
        raise ValueError(_("No option of the quiz is marked as right with [x]."))
    for option in options:
        if not option.feedback:
            raise ValueError(_("The option {text!r} has no feedback.").format(text=option.text))
    return options


class Quiz(SphinxDirective):
    """The ``{quiz}`` directive."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"name": directives.unchanged_required}  # noqa: RUF012 - docutils reads it as it is

    def run(self) -> list[nodes.Node]:
        """Build the question as a fieldset with one labelled control an option."""
        with in_language(self.config.language):
            try:
                options = parse_options(list(self.content))
            except ValueError as error:
                raise self.error(str(error)) from error
            return [self._build(options)]

    def _build(self, options: list[Option]) -> nodes.Node:
        key = self.options.get("name") or f"quiz-{self.env.new_serialno('quiz')}"
        kind = "radio" if sum(option.right for option in options) == 1 else "checkbox"
        several = escape(_("Several are right."))
        hint = "" if kind == "radio" else f'<span class="siru-quiz-hint"> {several}</span>'
        box = part(
            f'<form class="siru-quiz" id="{key}" autocomplete="off"><fieldset>\n',
            "</form>\n",
        )
        legend = part("<legend>", f"{hint}</legend>\n")
        legend += self._inline(self.arguments[0])
        box += legend
        for number, option in enumerate(options, start=1):
            box += self._choice(key, number, kind, option)
        box += part(f'<div class="siru-quiz-said" id="{key}-said" role="status"></div>\n</fieldset>\n', "")
        box += self._answers(key, options)
        return box

    def _choice(self, key: str, number: int, kind: str, option: Option) -> nodes.Node:
        answer = f"{key}-{number}"
        label = part(
            f'<label class="siru-quiz-option"><input type="{kind}" name="{key}" value="{number}" '
            f'data-answer="{answer}"><span>',
            "</span></label>\n",
        )
        label += self._inline(option.text)
        return label

    def _answers(self, key: str, options: list[Option]) -> nodes.Node:
        shown = escape(_("Show the answers"))
        box = part(
            f'<details class="siru-quiz-answers"><summary>{shown}</summary>\n<ul>\n',
            "</ul></details>\n",
        )
        for number, option in enumerate(options, start=1):
            verdict = _("Right") if option.right else _("Not right")
            item = part(
                f'<li id="{key}-{number}" class="{"right" if option.right else "wrong"}">'
                f'<span class="siru-quiz-verdict">{escape(verdict)}:</span> ',
                "</li>\n",
            )
            text = part('<span class="siru-quiz-text">', "</span>\n")
            text += self._inline(option.text)
            item += text
            said = part('<div class="siru-quiz-feedback">', "</div>\n")
            self._nested(option.feedback, said)
            item += said
            box += item
        return box

    def _inline(self, text: str) -> list[nodes.Node]:
        holder = nodes.paragraph()
        self._nested((text,), holder)
        first = holder.children[0] if holder.children else nodes.paragraph()
        return list(first.children)

    def _nested(self, lines: tuple[str, ...], into: nodes.Element) -> None:
        self.state.nested_parse(StringList(list(lines), source=self.env.docname), self.content_offset, into)


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    text = "\n".join(lines).strip("\n")
    return tuple(text.split("\n")) if text.strip() else ()


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("quiz", Quiz)
