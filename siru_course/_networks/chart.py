"""Networks as drawings: what is behind ``networks.network_chart``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._arguments import choice, whole
from .._arguments import seed as check_seed
from ..charts import COLOURS, HIGHLIGHT, QUIET, SHAPES, WIDTH, described
from ..language import gettext as _
from ..language import mark, ngettext, number
from .graphs import centrality, groups, is_missing, undirected

if TYPE_CHECKING:
    import altair
    import networkx as nx

# What a circle can be sized by; a low constraint is what matters, so it does not suit.
_SIZES = {
    "degree": mark("degree"),
    "betweenness": mark("betweenness"),
    "closeness": mark("closeness"),
    "effective_size": mark("effective size"),
}
# More lines than this no eye can tell apart, and no phone draws with ease.
_MOST_TIES = 1500
# Names are written towards the middle: half the width is sure to hold this many pixels.
_NAME_WIDTH = 165


def network_chart(
    graph: nx.Graph,
    measure: str = "betweenness",
    attribute: str | None = None,
    labels: int = 3,
    seed: int = 0,
) -> altair.LayerChart:
    """Draw a network: the larger a node, the more central; shape and colour show its group.

    Parameters
    ----------
    graph
        Such as :func:`project` gives. Ties with a larger ``weight`` draw their nodes nearer.
    measure
        What the size shows: ``"betweenness"``, ``"degree"``, ``"closeness"`` or ``"effective_size"``.
    attribute
        The node attribute that shape and colour show, such as ``"sector"``, with at most seven different values,
        those without one included.
    labels
        How many of the most central nodes have their name beside them: the node attribute ``label``, or else the
        node itself.
    seed
        Another seed gives another layout; the same seed gives the same.

    Returns
    -------
    altair.LayerChart
        The chart, with a text alternative made of the data. Of more than 1,500 ties only those with the largest
        weights are drawn, and enough others for no part to look torn off; the chart says so. Nearness on paper
        is a hint, not a measure.

    Raises
    ------
    ValueError
        If the measure is unknown, a number is out of its range, or the attribute has too many values.
    KeyError
        If no node has the attribute.

    References
    ----------
    .. [1] Fruchterman, T. M. J., and Reingold, E. M. (1991). Graph drawing by force-directed placement. Software:
       Practice and Experience 21:1129-1164. doi:10.1002/spe.4380211102

    Examples
    --------
    >>> import networkx as nx
    >>> chart = network_chart(nx.krackhardt_kite_graph(), labels=1)
    >>> chart.to_dict()["description"]
    'Network of 10 nodes and 18 ties, all in one piece. Highest betweenness: 7 (0.389).'
    """
    import altair as alt

    undirected("graph", graph)
    choice("measure", measure, _SIZES)
    whole("labels", labels, 0)
    nodes = _nodes(graph, measure, check_seed(seed))
    group: dict[str, Any] = {"color": alt.ColorValue(HIGHLIGHT), "shape": alt.ShapeValue("circle")}
    names: list[str] = []
    if attribute is not None:
        nodes["group"] = _group_names(graph, attribute)
        names = sorted(nodes["group"].unique(), key=lambda name: (name == _("not stated"), name))
        legend = alt.Legend(title=None, columns=2)
        group = {
            "color": alt.Color("group:N", scale=alt.Scale(domain=names, range=COLOURS[: len(names)]), legend=legend),
            "shape": alt.Shape("group:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]), legend=legend),
        }
    scale = alt.Scale(domain=[-0.05, 1.05])
    place = {"x": alt.X("x:Q", axis=None, scale=scale), "y": alt.Y("y:Q", axis=None, scale=scale)}
    drawn = _drawn(graph)
    lines = alt.Chart(_ends(nodes, graph, drawn)).mark_rule(color=QUIET, opacity=0.6, strokeWidth=1)
    points = alt.Chart(nodes).mark_point(filled=True, opacity=1, stroke="white", strokeWidth=0.8)
    size = alt.Size("value:Q", scale=alt.Scale(domain=_domain(nodes["value"]), range=[35, 420]), legend=None)
    tips = [alt.Tooltip("name:N", title=_("Name")), alt.Tooltip("value:Q", title=_(_SIZES[measure]), format=".3f")]
    if names:
        tips.append(alt.Tooltip("group:N", title=str(attribute)))
    layers = [
        lines.encode(x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"), **place),
        points.encode(size=size, tooltip=tips, **group, **place),
    ]
    top = _beside(nodes.nlargest(labels, "value", keep="first"))
    place["y"] = alt.Y("name_y:Q", axis=None, scale=scale)
    for left, some in top.groupby(top["x"] > 0.5):
        side: dict[str, Any] = {"align": "right", "dx": -13} if left else {"align": "left", "dx": 13}
        # A white copy below, for the name to be read on top of lines.
        halo: dict[str, Any] = {"color": "white", "stroke": "white", "strokeWidth": 4}
        for look in (halo, {"color": "black"}):
            text = alt.Chart(some).mark_text(fontWeight="bold", limit=_NAME_WIDTH, **side, **look)
            layers.append(text.encode(text=alt.Text("name:N"), **place))
    notes = [_("Size shows {measure}.").format(measure=_(_SIZES[measure]))]
    left_out = graph.number_of_edges() - len(drawn)
    if left_out:
        notes.append(
            _("{drawn} of {ties} ties are drawn.").format(
                drawn=number(len(drawn), 0), ties=number(graph.number_of_edges(), 0)
            )
        )
    title = alt.Title(text=notes, fontSize=13, fontWeight="normal", anchor="start")
    chart = alt.LayerChart(layer=layers, width=WIDTH - 20, height=WIDTH - 20, title=title)
    return described(chart, _in_words(graph, nodes, top, measure, attribute, names, len(drawn)))


def _nodes(graph: nx.Graph, measure: str, seed: int) -> pd.DataFrame:
    """Give each node its place, 0-1, its name and how central it is."""
    import networkx as nx

    layout = nx.spring_layout(graph, seed=seed)
    place = np.array([layout[node] for node in graph])
    extent = np.ptp(place, axis=0)
    place = (place - place.min(axis=0)) / np.where(extent > 0, extent, 1)
    return pd.DataFrame(
        {
            "x": place[:, 0].round(4),
            "y": place[:, 1].round(4),
            "name": [str(data.get("label", node)) for node, data in graph.nodes(data=True)],
            # Without a tie there is no effective size: nothing is what such a node brings.
            "value": centrality(graph, measure).fillna(0).to_numpy(dtype=float),
        }
    )


def _beside(top: pd.DataFrame) -> pd.DataFrame:
    """Give each name its height: beside its node, or lower when it would cover a name that came before."""
    taken: list[tuple[float, float, float]] = []
    for name, x, y in zip(top["name"], top["x"], top["y"], strict=True):
        wide = min(_NAME_WIDTH, 8 * len(name)) / (WIDTH - 20)
        begin, end = (x - wide, x) if x > 0.5 else (x, x + wide)
        while any(begin < right and left < end and abs(y - height) < 0.049 for left, right, height in taken):
            y -= 0.01
        taken.append((begin, end, y))
    return top.assign(name_y=[y for _begin, _end, y in taken])


def _group_names(graph: nx.Graph, attribute: str) -> list[str]:
    values = [data.get(attribute) for _node, data in graph.nodes(data=True)]
    if all(map(is_missing, values)):
        groups("graph", graph, attribute)
    names = [_("not stated") if is_missing(value) else str(value) for value in values]
    if len(set(names)) > len(SHAPES):
        message = _("{attribute} has {n} different values; shapes can tell at most {most} apart. Group them first.")
        raise ValueError(message.format(attribute=attribute, n=len(set(names)), most=len(SHAPES)))
    return names


def _drawn(graph: nx.Graph) -> list[tuple[Any, Any]]:
    """Choose the ties to draw: all, or the strongest and those of a tree that holds every part together."""
    import networkx as nx

    ties = list(graph.edges)
    if len(ties) <= _MOST_TIES:
        return ties
    tree = {frozenset(tie) for tie in nx.maximum_spanning_edges(graph, data=False)}
    strongest = sorted(ties, key=lambda tie: (frozenset(tie) not in tree, -graph.edges[tie].get("weight", 1)))
    return strongest[: max(_MOST_TIES, len(tree))]


def _ends(nodes: pd.DataFrame, graph: nx.Graph, ties: list[tuple[Any, Any]]) -> pd.DataFrame:
    at = {node: i for i, node in enumerate(graph)}
    start = nodes[["x", "y"]].iloc[[at[one] for one, _other in ties]].reset_index(drop=True)
    end = nodes[["x", "y"]].iloc[[at[other] for _one, other in ties]].reset_index(drop=True)
    return start.assign(x2=end["x"], y2=end["y"])


def _domain(values: pd.Series[Any]) -> list[float]:
    return [float(values.min()), float(values.max()) if values.max() > values.min() else float(values.min()) + 1]


def _in_words(
    graph: nx.Graph,
    nodes: pd.DataFrame,
    top: pd.DataFrame,
    measure: str,
    attribute: str | None,
    names: list[str],
    drawn: int,
) -> str:
    """Describe the chart, one sentence a thing it shows."""
    import networkx as nx

    parts = nx.number_connected_components(graph)
    ties = graph.number_of_edges()
    message = ngettext(
        "Network of {nodes} nodes and {ties} ties, all in one piece.",
        "Network of {nodes} nodes and {ties} ties, in {parts} separate parts.",
        parts,
    )
    words = [message.format(nodes=number(len(graph), 0), ties=number(ties, 0), parts=number(parts, 0))]
    if len(top):
        decimals = 0 if measure == "degree" else 1 if measure == "effective_size" else 3
        listed = "; ".join(
            f"{name} ({number(value, decimals)})" for name, value in zip(top["name"], top["value"], strict=True)
        )
        words.append(_("Highest {measure}: {names}.").format(measure=_(_SIZES[measure]), names=listed))
    if names:
        counts = nodes["group"].value_counts()
        listed = ", ".join(f"{name} {number(counts[name], 0)}" for name in names)
        words.append(_("Shape and colour show {attribute}: {groups}.").format(attribute=attribute, groups=listed))
    if drawn < ties:
        words.append(_("{drawn} of {ties} ties are drawn.").format(drawn=number(drawn, 0), ties=number(ties, 0)))
    return " ".join(words)
