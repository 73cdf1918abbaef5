"""One look for all charts: readable on paper without colour, by colour-blind readers, and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import altair

    Chart = TypeVar("Chart", bound=altair.TopLevelMixin)

# From Okabe and Ito's palette for all colour vision; ordered so that neighbours differ in lightness too.
COLOURS = ("#0b5d66", "#e69f00", "#7f3c1d", "#56b4e9", "#2b2b2b", "#009e73", "#eab0d0")
HIGHLIGHT, QUIET, INK = "#0b5d66", "#b9c4c6", "#2b2b2b"
WIDTH = 380


# Beside the colours, for greyscale: series differ in dash and in the form of their points too.
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4], [1, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")


def described(chart: Chart, description: str) -> Chart:
    """Give a chart the course's look and a text alternative.

    Parameters
    ----------
    chart
        Any Altair chart.
    description
        What the chart shows, in words and with its most important numbers, in the language in use: what somebody
        who cannot see it should know.

    Returns
    -------
    altair.Chart
        The chart, described.

    Examples
    --------
    >>> import altair, pandas as pd
    >>> people = pd.DataFrame({"sector": ["civil"], "people": [3]})
    >>> bars = altair.Chart(people).mark_bar().encode(x="people", y="sector")
    >>> described(bars, "Three people, all from civil society.").to_dict()["description"]
    'Three people, all from civil society.'
    """
    theme()
    return chart.properties(description=description)


def theme() -> None:
    """Give every Altair chart that is drawn from now on the course's look.

    Text is large enough for a phone, bars have room for their labels, and colours keep apart in greyscale.

    Examples
    --------
    >>> import altair
    >>> theme()
    >>> altair.theme.active
    'siru'

    References
    ----------
    Okabe M., Ito K. (2008) Color Universal Design: how to make figures and presentations that are friendly to
    colorblind people, https://jfly.uni-koeln.de/color/
    """
    import altair

    text = {"labelFontSize": 13, "titleFontSize": 13, "labelLimit": 220}
    config: Any = {
        "view": {"continuousWidth": WIDTH, "discreteWidth": WIDTH, "stroke": "transparent"},
        # Metrics that the drawing at build time shares with the reader's browser, so that labels keep inside.
        "font": "Arial, Liberation Sans, sans-serif",
        "title": {"fontSize": 15, "anchor": "start", "fontWeight": 600},
        "axis": {**text, "titleFontWeight": "normal", "gridColor": "#e3e8e9", "domainColor": "#7d8a8c"},
        "legend": {**text, "orient": "top", "symbolSize": 120},
        "header": text,
        "range": {"category": list(COLOURS)},
        "bar": {"color": HIGHLIGHT},
        "line": {"strokeWidth": 2.5},
        "point": {"size": 90, "filled": True},
        "text": {"fontSize": 13},
    }

    @altair.theme.register("siru", enable=True)
    def _siru() -> altair.theme.ThemeConfig:
        return altair.theme.ThemeConfig(config=config)
