"""The value explorer: move the assumptions of a value map, and see what becomes of its ratio."""

from __future__ import annotations

import os
from pathlib import Path

import ipywidgets

from .._valuation.rows import OUTCOMES, described_row
from ..language import gettext as _
from ..language import mark, number
from ..valuation import ValueMap, brobygget
from ._base import Tool, labelled, row
from ._saved import SavedTable
from ._value_report import report
from ._value_saved import merged, written

SHARES = {
    "deadweight": (mark("Deadweight"), mark("The share that would have happened anyway")),
    "displacement": (mark("Displacement"), mark("The share that was gained at others' expense")),
    "attribution": (mark("Attribution"), mark("The share that is thanks to others")),
    "drop_off": (mark("Drop-off"), mark("The share that goes each year after the first")),
}
_LONGEST, _HIGHEST = 15, 0.15


class ValueExplorer(Tool):
    """The tool that :func:`value_explorer` returns.

    Attributes
    ----------
    value_map
        The map as it is now, a :class:`siru_course.valuation.ValueMap`.
    outcome, sliders, rate, undo_button, start_button, file_name, excel_button
        The controls; ``.sliders`` maps ``deadweight, displacement, attribution, drop_off`` and ``duration_years``
        to theirs.
    """

    def __init__(self, value_map: ValueMap, saved: SavedTable | None) -> None:
        super().__init__()
        self.value_map = self._start = value_map
        self._saved, self._before, self._written = saved, list[ValueMap](), set[Path]()
        self._moving = False
        outcomes = value_map.outcomes
        names = zip(outcomes["stakeholder"], outcomes["outcome"], strict=True)
        self.outcome = labelled(
            ipywidgets.Dropdown,
            _("Outcome"),
            _("Choose the outcome whose assumptions you want to change"),
            options=[(f"{place + 1}. {described_row(*name, 70)}", place) for place, name in enumerate(names)],
        )
        self.sliders = {
            column: labelled(
                ipywidgets.FloatSlider,
                _(words),
                _(tip),
                min=0,
                max=1,
                step=0.01,
                readout_format=".0%",
                continuous_update=False,
            )
            for column, (words, tip) in SHARES.items()
        }
        longest = max(_LONGEST, int(outcomes["duration_years"].max()))
        self.sliders["duration_years"] = labelled(
            ipywidgets.IntSlider,
            _("Duration, years"),
            _("How many years the outcome lasts"),
            min=1,
            max=longest,
            continuous_update=False,
        )
        self.rate = labelled(
            ipywidgets.FloatSlider,
            _("Discount rate, for the whole map"),
            _("How much less a year later is worth"),
            min=0,
            max=max(_HIGHEST, value_map.rate),
            step=0.005,
            readout_format=".1%",
            continuous_update=False,
            value=value_map.rate,
        )
        self.undo_button = self.button(_("Undo the last change"), _("Take back the change that came last"), self._undo)
        self.start_button = self.button(
            _("Back to the start"), _("Take back all changes in all outcomes"), self._back_to_start
        )
        self.file_name = labelled(
            ipywidgets.Text,
            _("File for Excel"),
            _("A name that ends with .xlsx; without a folder, the file comes where the notebook is."),
            value=_("value_map.xlsx"),
        )
        self.excel_button = self.button(
            _("Save as a workbook"), _("Write the map as it is now, with formulas that calculate in Excel"), self._excel
        )
        self.outcome.observe(lambda _change: self.attempt(self._show_row), "value")
        for column, slider in self.sliders.items():
            slider.observe(lambda change, column=column: self.attempt(lambda: self._moved(column, change.new)), "value")
        self.rate.observe(lambda change: self.attempt(lambda: self._moved("rate", change.new)), "value")
        self.children = (
            self.outcome,
            row(*self.sliders.values()),
            self.rate,
            row(self.undo_button, self.start_button),
            self.status,
            self.result,
            row(self.file_name, self.excel_button),
        )

    def begin(self) -> None:
        """Continue from the file if there is something in it, and show the map."""
        problem = ""
        if self._saved is not None and self._saved.begun:
            try:
                self.value_map = merged(self._start, self._saved.read())
                self.say(_("It continues from {file}.").format(file=self._saved.path))
            except ValueError as error:
                # What is in the file is somebody's work: it is never written over.
                self._saved = None
                problem = f"{error} " + _("The file is left as it is, and nothing is saved.")
        else:
            self.say(_("Choose an outcome and move its sliders."))
        self._show_row()
        self._refresh()
        if problem:
            self.say(problem)

    def _moved(self, column: str, value: float) -> None:
        if self._moving:
            return
        outcomes, rate = self.value_map.outcomes.copy(), self.value_map.rate
        if column == "rate":
            rate = value
            said = _("Discount rate: {rate} %.").format(rate=number(100 * value, 1))
        else:
            whole = column == "duration_years"
            values = list(outcomes[column])
            values[self.outcome.value] = value
            outcomes[column] = values
            shown = number(value, 0) if whole else _("{share} %").format(share=number(100 * value, 0))
            said = f"{self.sliders[column].description}: {shown}."
        self._before.append(self.value_map)
        self._use(ValueMap(outcomes, self.value_map.inputs, rate), said)

    def _use(self, value_map: ValueMap, said: str) -> None:
        """Show another map, and save it."""
        self.value_map = value_map
        self._show_row()
        problem = self._refresh()
        saved = ""
        if self._saved is not None:
            # Told, as it must not stop the work: the next change saves all.
            try:
                self._saved.write(written(value_map))
                saved = _("It is saved in {file}.").format(file=self._saved.path)
            except ValueError as error:
                saved = str(error)
        self.say(" ".join(sentence for sentence in (said, problem, saved) if sentence))

    def _undo(self) -> None:
        if not self._before:
            raise ValueError(_("There is no change to take back."))
        self._use(self._before.pop(), _("The last change is taken back."))

    def _back_to_start(self) -> None:
        self._before.append(self.value_map)
        self._use(self._start, _("The map is as it was at the start."))

    def _show_row(self) -> None:
        """Put the sliders where the map has them."""
        self._moving = True
        try:
            values = self.value_map.outcomes.iloc[self.outcome.value]
            for column, slider in self.sliders.items():
                slider.value = int(values[column]) if column == "duration_years" else float(values[column])
            self.rate.value = self.value_map.rate
        finally:
            self._moving = False

    def _refresh(self) -> str:
        """Calculate anew, and give what is in the way of it, in a sentence."""
        try:
            self.publish(*report(self.value_map, self._start))
        except ValueError as error:
            self.publish(self.value_map._repr_html_(), str(self.value_map))
            return str(error)
        return _("Ratio: {ratio}.").format(ratio=number(self.value_map.ratio()))

    def _excel(self) -> None:
        path = Path(os.path.abspath(self.file_name.value.strip()))
        if path.exists() and path not in self._written:
            message = _("There is a file {file} already, and it is left as it is. Choose another name.")
            raise ValueError(message.format(file=path))
        self.value_map.to_excel(path)
        self._written.add(path)
        self.say(_("The workbook is in {file}.").format(file=path))


def value_explorer(value_map: ValueMap | None = None, save_to: str | os.PathLike[str] | None = None) -> ValueExplorer:
    """Open the value explorer: sliders for the assumptions of a value map, and what they do to its ratio.

    Parameters
    ----------
    value_map
        The map to begin with; left out, Brobygget's in the language in use. It is never changed: the map that you
        make is in the tool's ``.value_map``.
    save_to
        A CSV file that the outcomes, with the discount rate, are written to at every change. If the file holds
        the same outcomes already, the tool continues from it.

    Returns
    -------
    ValueExplorer
        The tool, an ``ipywidgets.VBox``.

    Raises
    ------
    ValueError
        If `value_map` is not a ValueMap, or the folder of `save_to` does not exist. What is wrong in the file is
        told in the tool.

    Examples
    --------
    >>> tool = value_explorer()
    >>> tool.outcome.value = 1
    >>> tool.sliders["deadweight"].value = 0.5
    >>> tool.message
    'Deadweight: 50 %. Ratio: 1.64.'
    >>> tool.undo_button.click()
    >>> tool.message
    'The last change is taken back. Ratio: 1.90.'
    """
    if value_map is not None and not isinstance(value_map, ValueMap):
        message = _("value_map is {value!r}; give a ValueMap, or leave it out.")
        raise ValueError(message.format(value=type(value_map).__name__))
    saved = None if save_to is None else SavedTable(save_to, [*OUTCOMES, "rate"])
    tool = ValueExplorer(value_map or brobygget(), saved)
    tool.attempt(tool.begin)
    return tool
