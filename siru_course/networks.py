"""Theme 06, networks: from attendance lists to a network, its brokers, and how it changes.

Examples
--------
>>> from siru_course import use_language
>>> use_language("en")
>>> import pandas as pd
>>> came = pd.DataFrame({
...     "person": ["Ada", "Bo", "Cy", "Cy", "Di", "Ed"],
...     "meeting": ["breakfast", "breakfast", "breakfast", "café", "café", "café"],
... })
>>> people = project(affiliation_graph(came, "person", "meeting"), on="person")
>>> brokerage(people)["betweenness"].idxmax()
'Cy'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ._arguments import choice
from ._networks.change import Change, compare
from ._networks.chart import network_chart
from ._networks.files import to_graphml, to_kumu_csv
from ._networks.graphs import MEASURES, centrality, groups, undirected
from ._networks.modes import affiliation_graph, project
from ._networks.overview import Overview, overview
from .language import gettext as _

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "Change",
    "Overview",
    "affiliation_graph",
    "brokerage",
    "centralization",
    "compare",
    "ei_index",
    "network_chart",
    "overview",
    "project",
    "to_graphml",
    "to_kumu_csv",
]


def brokerage(graph: nx.Graph) -> pd.DataFrame:
    """Measure who is central in a network, in five ways that answer five questions.

    Parameters
    ----------
    graph
        Such as :func:`project` gives. A tie counts as one, whatever its weight.

    Returns
    -------
    pandas.DataFrame
        Index ``node``, the highest betweenness first; columns:

        - ``degree``: how many others is the node tied to? Who meets many.
        - ``betweenness``: what share of the shortest paths between others pass through the node, 0–1? Who is the
          bridge, so that others would fall apart or have longer ways without them.
        - ``closeness``: how near are all others, 0–1? Who hears news first. With several parts it is scaled by
          the share of the nodes that can be reached.
        - ``constraint``: how much do the node's contacts also have each other? Low when they lead in different
          directions; NaN without a tie.
        - ``effective_size``: how many contacts are left when those that overlap are counted once? NaN without a tie.

    Raises
    ------
    ValueError
        If `graph` is not an undirected network with nodes.

    Notes
    -----
    Look for a quiet broker, somebody with few contacts who alone joins two circles, with ``betweenness``.
    ``constraint`` and ``effective_size`` look no further than a node's own contacts: they favour whoever meets
    many, and do not see that two circles meet nowhere else. All five come from networkx; degree, betweenness and
    closeness are Freeman's [1]_, constraint and effective size Burt's [2]_.

    References
    ----------
    .. [1] Freeman, L. C. (1979). Centrality in social networks: conceptual clarification. Social Networks
       1:215-239. doi:10.1016/0378-8733(78)90021-7
    .. [2] Burt, R. S. (1992). Structural Holes: The Social Structure of Competition. Harvard University Press.

    Examples
    --------
    >>> import networkx as nx
    >>> table = brokerage(nx.krackhardt_kite_graph())
    >>> {measure: table[measure].nlargest(1, keep="all").index.tolist() for measure in table.columns[:3]}
    {'degree': [3], 'betweenness': [7], 'closeness': [5, 6]}
    """
    undirected("graph", graph)
    table = pd.DataFrame({measure: centrality(graph, measure) for measure in MEASURES})
    return table.sort_values("betweenness", ascending=False, kind="stable")


def ei_index(graph: nx.Graph, attribute: str) -> float:
    """Measure whether ties go outside the own group more than within it.

    Parameters
    ----------
    graph
        Such as :func:`project` gives. A tie counts as one, whatever its weight.
    attribute
        The node attribute that says the group, such as ``"sector"``.

    Returns
    -------
    float
        (external - internal) / (external + internal) ties: -1 when all ties are within groups, 1 when all are
        between groups. It depends on the sizes of the groups too: the smaller they are, the more of all possible
        ties are external. :func:`compare` takes that into account.

    Raises
    ------
    ValueError
        If there are no ties, or a node has no group: leaving it out would be a decision, and it is yours.
    KeyError
        If no node has the attribute.

    References
    ----------
    .. [1] Krackhardt, D., and Stern, R. N. (1988). Informal networks and organizational crises: an experimental
       simulation. Social Psychology Quarterly 51:123-140. doi:10.2307/2786835

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.Graph([("Ada", "Bo"), ("Bo", "Cy"), ("Cy", "Di"), ("Di", "Ada")])
    >>> nx.set_node_attributes(graph, {"Ada": "civil", "Bo": "civil", "Cy": "public", "Di": "business"}, "sector")
    >>> ei_index(graph, "sector")
    0.5
    """
    undirected("graph", graph)
    group = dict(zip(graph, groups("graph", graph, attribute), strict=True))
    ties: int = graph.number_of_edges()
    if not ties:
        raise ValueError(_("{name} has no ties; the E–I index compares ties.").format(name="graph"))
    external = sum(1 for one, other in graph.edges if group[one] != group[other])
    return (2 * external - ties) / ties


def centralization(graph: nx.Graph, measure: str = "degree") -> float:
    """Measure how much a network revolves around its most central node.

    Parameters
    ----------
    graph
        Such as :func:`project` gives, with at least three nodes.
    measure
        ``"degree"``, ``"betweenness"`` or ``"closeness"``.

    Returns
    -------
    float
        0 when all nodes are equally central, as in a circle; 1 for a star.

    Raises
    ------
    ValueError
        If there are fewer than three nodes, the measure is unknown, or `measure` is closeness and the network
        falls into parts: then not everybody can be reached, and the measure is not defined.

    Notes
    -----
    The differences from the most central node, summed, over the largest sum that a network of n nodes can have:
    (n - 1)(n - 2) for degree, n - 1 for betweenness and (n - 1)(n - 2)/(2n - 3) for closeness, the last two
    normalised [1]_.

    References
    ----------
    .. [1] Freeman, L. C. (1979). Centrality in social networks: conceptual clarification. Social Networks
       1:215-239. doi:10.1016/0378-8733(78)90021-7

    Examples
    --------
    >>> import networkx as nx
    >>> centralization(nx.star_graph(5), "betweenness"), centralization(nx.cycle_graph(5), "betweenness")
    (1.0, 0.0)
    """
    import networkx as nx

    undirected("graph", graph)
    choice("measure", measure, MEASURES[:3])
    n = len(graph)
    if n < 3:
        raise ValueError(_("graph has {n} nodes; centralization needs at least 3.").format(n=n))
    if measure == "closeness" and not nx.is_connected(graph):
        message = _(
            "graph falls into {parts} parts, so closeness centralization is not defined; take one part, or measure "
            "degree or betweenness."
        )
        raise ValueError(message.format(parts=nx.number_connected_components(graph)))
    most = {"degree": (n - 1) * (n - 2), "betweenness": n - 1, "closeness": (n - 1) * (n - 2) / (2 * n - 3)}
    values = centrality(graph, measure)
    return float((values.max() - values).sum() / most[measure])
