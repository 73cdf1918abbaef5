"""What the network functions share: looking at a graph before it is used, and one centrality at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from .._arguments import short
from ..language import gettext as _

if TYPE_CHECKING:
    import networkx as nx

MEASURES = ("degree", "betweenness", "closeness", "constraint", "effective_size")


def undirected(name: str, graph: object) -> nx.Graph:
    """Check a network: undirected, with nodes, at most one tie between two of them and none to itself."""
    import networkx as nx

    if not isinstance(graph, nx.Graph) or graph.is_directed() or graph.is_multigraph():
        value = type(graph).__name__ if isinstance(graph, nx.Graph) else short(graph)
        message = _("{name} is {value}; give an undirected networkx graph, such as project() makes.")
        raise ValueError(message.format(name=name, value=value))
    if not len(graph):
        raise ValueError(_("{name} has no nodes; a network needs at least one.").format(name=name))
    for node in nx.nodes_with_selfloops(graph):
        message = _("In {name}, {node} has a tie to itself; take it away with graph.remove_edge({node}, {node}).")
        raise ValueError(message.format(name=name, node=short(node)))
    return graph


def groups(name: str, graph: nx.Graph, attribute: Any) -> list[Any]:
    """Give each node's group; all must have one, for those left out would change who is tied to whom.

    Raises
    ------
    KeyError
        If no node has the attribute.
    ValueError
        If some have it and others not.
    """
    found = [data.get(attribute) for _node, data in graph.nodes(data=True)]
    missing = [node for node, value in zip(graph, found, strict=True) if is_missing(value)]
    if len(missing) == len(found):
        known = sorted({str(key) for _node, data in graph.nodes(data=True) for key in data})
        message = _(
            "No node in {name} has the attribute {attribute}; there are: {known}. A column of the attendance becomes "
            "an attribute when it is the same in all of a person's rows."
        )
        raise KeyError(message.format(name=name, attribute=short(attribute), known=", ".join(known) or "–"))
    if missing:
        message = _(
            "In {name}, {n} of {all} nodes have no {attribute}, such as {node}. Give them one, if only 'unknown', or "
            "take them away with graph.remove_nodes_from()."
        )
        raise ValueError(
            message.format(name=name, n=len(missing), all=len(found), attribute=attribute, node=short(missing[0]))
        )
    return found


def is_missing(value: Any) -> bool:
    """Tell whether a node's attribute is missing."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def centrality(graph: nx.Graph, measure: str) -> pd.Series[Any]:
    """Give one of the measures, a row a node in the graph's order; ties count alike, whatever their weight."""
    import networkx as nx

    if measure == "degree":
        values = dict(graph.degree())
    elif measure == "betweenness":
        values = nx.betweenness_centrality(graph)
    elif measure == "closeness":
        values = nx.closeness_centrality(graph)
    elif measure == "constraint":
        values = nx.constraint(graph)
    else:
        values = nx.effective_size(graph)
    # Not pd.Series(values): it would make a MultiIndex of nodes that are tuples.
    index = pd.Index(list(graph), name="node", tupleize_cols=False)
    return pd.Series([values[node] for node in graph], index=index, name=measure)
