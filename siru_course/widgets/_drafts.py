"""What is typed in a tool and not yet used: kept, so that closing the browser loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from ._saved import SavedTable

_COLUMNS = ["tool", "control", "text"]


class Drafts:
    """The texts in the tools' fields, in a file of their own.

    Parameters
    ----------
    path
        Where they are kept.
    tools
        The tools by their names.

    Raises
    ------
    ValueError
        If there is a file that does not hold drafts.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "drafts.csv"
    ...     first = Drafts(path, {"note": ipywidgets.VBox([ipywidgets.Text(description="Who")])})
    ...     first.fields["note", "Who"].value = "Åsa"
    ...     again = Drafts(path, {"note": ipywidgets.VBox([ipywidgets.Text(description="Who")])})
    ...     again.fields["note", "Who"].value
    'Åsa'
    """

    def __init__(self, path: Path, tools: Mapping[str, Any]) -> None:
        self._saved = SavedTable(path, _COLUMNS)
        self.fields = {(name, field.description): field for name, tool in tools.items() for field in _fields(tool)}
        if self._saved.begun:
            for tool, control, text in self._saved.read()[_COLUMNS].to_numpy():
                field = self.fields.get((tool, control))
                # What the tool itself has read from its file comes first.
                if field is not None and not field.value:
                    field.value = text
        for field in self.fields.values():
            field.observe(self._keep, "value")

    def _keep(self, _change: Any) -> None:
        rows = [(*key, field.value) for key, field in self.fields.items()]
        # A file that cannot be written is told by the tool, when what is typed is used.
        with suppress(ValueError):
            self._saved.write(pd.DataFrame(rows, columns=_COLUMNS))


def _fields(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        if isinstance(child, ipywidgets.Text | ipywidgets.Textarea):
            yield child
        yield from _fields(child)
