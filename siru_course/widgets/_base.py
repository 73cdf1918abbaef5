"""What the live tools share: labelled controls, a status line, and a form that needs no kernel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets
from IPython import get_ipython

from ..language import gettext as _
from ..language import in_language, language

Action = Callable[[], None]
_TYPING = 0.3
"""Seconds in which what was typed before a button was pressed has arrived."""


class Tool(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A box of controls that speaks the language it was made in, also when the language changes afterwards.

    Attributes
    ----------
    status
        The line that says what happened, announced by screen readers.
    result
        What the tool has found, as HTML.
    text
        The same as plain text.
    """

    def __init__(self) -> None:
        super().__init__(layout=ipywidgets.Layout(max_width="100%"))
        self.made_in = language()
        self.status = ipywidgets.HTML()
        self.result = ipywidgets.HTML(layout=ipywidgets.Layout(max_width="100%"))
        self.say("")
        self.publish("", "")

    @property
    def message(self) -> str:
        """What the status line says now."""
        return self._message

    def say(self, message: str) -> None:
        """Put a message in the status line."""
        self._message = message
        self.status.value = f'<div role="status" lang="{self.made_in}">{escape(message)}</div>'

    def attempt(self, action: Action) -> None:
        """Run an action in the tool's language; what is wrong with the input becomes a message, not a traceback."""
        with in_language(self.made_in):
            try:
                action()
            except (ValueError, KeyError) as error:
                self.say(str(error.args[0]) if error.args else str(error))

    def button(
        self, description: str, tooltip: str, action: Action, primary: bool = False, at_once: bool = False
    ) -> Any:
        """Make a button as wide as its words.

        A browser sends the press of a button at once but holds back what is typed fast, so the action waits a moment:
        otherwise the last letters would be missing. With `at_once` it does not, for what takes the time.
        """
        button = ipywidgets.Button(
            description=description,
            tooltip=tooltip,
            button_style="primary" if primary else "",
            layout=ipywidgets.Layout(width="auto"),
        )
        button.on_click(lambda _button: (self.attempt if at_once else self._soon)(action))
        return button

    def _soon(self, action: Action) -> None:
        if getattr(get_ipython(), "kernel", None) is None:
            self.attempt(action)  # no browser, nothing on its way
        else:
            asyncio.get_running_loop().call_later(_TYPING, self.attempt, action)

    def publish(self, html: str, text: str) -> None:
        """Show a result, and keep it as text for where there is no kernel."""
        self.result.value = f'<div class="tex2jax_ignore mathjax_ignore" lang="{self.made_in}">{html}</div>'
        self.text = text

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        with in_language(self.made_in):
            where = _("This is the tool's result when the page was made. The live tool is in the notebook.")
            said = [where, self.message] if self.message else [where]
            bundle["text/plain"] = "\n".join([*said, self.text]).rstrip()
            bundle["text/html"] = "".join(f"<p>{escape(line)}</p>" for line in said) + self.result.value
        return bundle


def labelled(kind: Callable[..., Any], description: str, tooltip: str, width: str = "auto", **settings: Any) -> Any:
    """Make a control with its label above it, where a long label has room on a phone too."""
    # JupyterLab gives a dropdown in a column the height that is meant to be its width.
    height = "60px" if kind is ipywidgets.Dropdown else "auto"
    return kind(
        description=description,
        tooltip=tooltip,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(
            flex_flow="column", align_items="flex-start", width=width, max_width="100%", height=height
        ),
        **settings,
    )


def heading(words: str, hint: str = "") -> Any:
    """Make a heading above a group of controls, with a line on how to use them."""
    return ipywidgets.HTML(f"<h3>{escape(words)}</h3>" + (f"<p>{escape(hint)}</p>" if hint else ""))


def row(*controls: Any) -> Any:
    """Put controls side by side; on a narrow screen they wrap."""
    return ipywidgets.HBox(controls, layout=ipywidgets.Layout(flex_flow="row wrap", align_items="flex-end"))


def lines(text: str) -> list[str]:
    """Give the lines that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def repeated(names: list[str]) -> str:
    """Give the names that stand more than once, with commas between; empty if none does."""
    return ", ".join(dict.fromkeys(name for name in names if names.count(name) > 1))
