"""The reference pages of the package, one a module, written from its docstrings each time the book is built.

Like the data section they are derived and not committed; they stand in ``book/<language>/package``. The
docstrings are English in both languages: the Swedish pages say so, and are marked as English for screen readers.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import siru_course
from siru_course.language import gettext as _
from siru_course.language import in_language, language

from .datapages import save

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = Path("package")

_PAGE = """---
myst:
  html_meta:
    description: "{summary}"
---

(reference-{name})=
# {name}

{lead}

```{{raw}} html
<div lang="en">
```

```{{eval-rst}}
.. automodule:: siru_course.{name}
   :members:
   :member-order: bysource
```

```{{raw}} html
</div>
```
"""


def modules() -> list[str]:
    """Give the modules that learners and practitioners call.

    Examples
    --------
    >>> {"data", "dialogue", "widgets"} <= {*modules()}
    True
    """
    return sorted([*siru_course.MODULES, "language"])


def write(source: Path, code: str) -> list[Path]:
    """Write the pages of one language into its tree, and give them.

    Parameters
    ----------
    source
        The tree of pages, ``book/<language>``.
    code
        The language of the pages.
    """
    folder = source / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.md")) - {folder / f"{name}.md" for name in (*modules(), "index")}:
        stale.unlink()
    with in_language(code):
        pages = {name: _page(name) for name in modules()} | {"index": _index()}
    return [save(folder / f"{name}.md", text) for name, text in pages.items()]


def summary(name: str) -> str:
    """Give the first sentence of a module's docstring.

    Examples
    --------
    >>> summary("charts")
    'One look for all charts: readable on paper without colour, by colour-blind readers, and on a phone.'
    """
    docstring = importlib.import_module(f"siru_course.{name}").__doc__ or ""
    return " ".join(docstring.strip().split("\n\n")[0].split())


def _page(name: str) -> str:
    lead = _("In a notebook: `from siru_course import {name}`.").format(name=name)
    if language() != "en":
        lead += " " + _("The reference is in English.")
    return _PAGE.format(name=name, lead=lead, summary=summary(name).replace('"', "'").replace("`", ""))


def _index() -> str:
    title = _("The package")
    lead = _(
        "What the notebooks call, module by module: one a theme, and what the themes share. Each function says what it "
        "takes, what it gives, what it refuses, and where its formula comes from, and has an example that runs."
    )
    help_ = _("In a notebook or in Python, `help(dialogue.tally)` shows the same text.")
    if language() != "en":
        help_ += " " + _("The reference is in English.")
    rows = [f"{{doc}}`{name}`\n: {summary(name)}" for name in modules()]
    front = f'---\nmyst:\n  html_meta:\n    description: "{lead.split(". ")[0]}"\n---\n\n'
    return front + "\n\n".join([f"(reference-package)=\n# {title}", lead, help_, *rows]) + "\n"


def setup(app: Sphinx) -> None:
    """Let Sphinx read the docstrings."""
    settings: dict[str, Any] = {
        "autodoc_typehints": "signature",
        "python_use_unqualified_type_names": True,
        "python_maximum_signature_line_length": 60,
        "add_module_names": False,
        "numpydoc_show_class_members": False,
        "toc_object_entries_show_parents": "hide",
    }
    for name in ("sphinx.ext.autodoc", "numpydoc"):
        app.setup_extension(name)
    for name, value in settings.items():
        setattr(app.config, name, value)
    # Types in signatures belong to other packages, or to private modules: they are shown, not linked.
    app.config.nitpick_ignore_regex = [*app.config.nitpick_ignore_regex, ("py:(class|data|obj)", ".*")]
    app.connect("autodoc-process-docstring", _rubrics)


def _rubrics(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn the sections of a module's docstring into rubrics, as numpydoc does for functions and classes."""
    if what != "module":
        return
    for place in range(len(lines) - 1, 0, -1):
        if lines[place] and set(lines[place]) == {"-"} and lines[place - 1]:
            lines[place - 1 : place + 1] = [f".. rubric:: {lines[place - 1]}", ""]
