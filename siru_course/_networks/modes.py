"""From attendance lists to networks: what is behind ``networks.affiliation_graph`` and ``networks.project``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .._arguments import choice, frame, short
from .._arguments import column as check_column
from ..language import gettext as _
from .graphs import undirected

if TYPE_CHECKING:
    import networkx as nx


def affiliation_graph(attendance: pd.DataFrame, person: str, event: str) -> nx.Graph:
    """Turn an attendance list into a two-mode network: persons on one side, events on the other.

    Parameters
    ----------
    attendance
        One row a person at an event.
    person, event
        The columns that say who and at what. Organisations can be the "persons" as well.

    Returns
    -------
    networkx.Graph
        Persons have the attribute ``bipartite`` 0 and events 1. Every other column that is the same in all of a
        person's rows, such as the sector, becomes an attribute of the persons; every one that is the same in all
        of an event's rows, such as its year, an attribute of the events. ``graph.graph["left_out"]`` counts the
        rows without a person or an event; :func:`overview` tells it.

    Raises
    ------
    ValueError
        If there is no row to use, `person` and `event` are the same column, or somebody is called as an event is.
    KeyError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> came = pd.DataFrame({"who": ["Ada", "Bo", "Ada"], "what": ["A1", "A1", "A2"], "born": [1990, 1985, 1990]})
    >>> graph = affiliation_graph(came, "who", "what")
    >>> sorted(graph["Ada"]), graph.nodes["Ada"]["born"]
    (['A1', 'A2'], 1990)
    """
    import networkx as nx

    frame("attendance", attendance, [person, event])
    if person == event:
        message = _("person and event are both {value}; give two different columns.")
        raise ValueError(message.format(value=short(person)))
    known = attendance.dropna(subset=[person, event])
    if known.empty:
        message = _("No row of attendance has both {person} and {event}; there is no network to make.")
        raise ValueError(message.format(person=person, event=event))
    persons, events = known[person].unique().tolist(), known[event].unique().tolist()
    twice = pd.Index(persons).intersection(events, sort=False)
    if len(twice):
        message = _("{value} stands both in {person} and in {event}; give persons and events different names.")
        raise ValueError(message.format(value=short(twice[0]), person=person, event=event))
    graph = nx.Graph(person=person, event=event, left_out=len(attendance) - len(known))
    graph.add_nodes_from(persons, bipartite=0)
    graph.add_nodes_from(events, bipartite=1)
    graph.add_edges_from(zip(known[person].tolist(), known[event].tolist(), strict=True))
    for other in known.columns.difference([person, event, "bipartite"], sort=False):
        for mode in (person, event):
            pairs = pd.DataFrame({"node": known[mode], "value": check_column("attendance", known, other)})
            pairs = pairs.dropna().drop_duplicates()
            if pairs["node"].is_unique:
                values = zip(pairs["node"].tolist(), pairs["value"].tolist(), strict=True)
                nx.set_node_attributes(graph, dict(values), other)
    return graph


def project(graph: nx.Graph, on: str) -> nx.Graph:
    """Project a two-mode network to one mode: two persons are tied when they were at the same event.

    Parameters
    ----------
    graph
        What :func:`affiliation_graph` gives, or another networkx graph whose nodes have ``bipartite`` 0 or 1.
    on
        Whom to keep: ``"person"`` or ``"event"``, or the name of the column they came from.

    Returns
    -------
    networkx.Graph
        The nodes keep their attributes. A tie has ``weight``, the number of events shared, and ``newman``, where
        each of them counts 1/(n - 1) when n were there [2]_. The graph keeps which event makes most ties;
        :func:`overview` tells it.

    Raises
    ------
    ValueError
        If `graph` is not a two-mode network or `on` is neither of its modes.

    Notes
    -----
    A projection inflates. An event with n persons becomes n(n - 1)/2 ties, so one large meeting can outweigh all
    small ones; everybody there is tied to everybody else, so density and clustering are high whatever people did;
    and it is no longer seen whether three met together or two at a time [1]_. A tie means having been in the same
    room, not knowing each other. ``newman`` evens this out: over all ties of a person it sums to the number of
    events where somebody else was.

    References
    ----------
    .. [1] Wasserman, S., and Faust, K. (1994). Social Network Analysis. Cambridge University Press.
    .. [2] Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted networks, and
       centrality. Physical Review E 64:016132. doi:10.1103/PhysRevE.64.016132

    Examples
    --------
    >>> import pandas as pd
    >>> came = pd.DataFrame({"who": ["Ada", "Bo", "Cy", "Ada", "Bo"], "what": ["A1", "A1", "A1", "A2", "A2"]})
    >>> people = project(affiliation_graph(came, "who", "what"), on="who")
    >>> people.edges["Ada", "Bo"]
    {'weight': 2, 'newman': 1.5}
    """
    import networkx as nx
    from scipy import sparse

    undirected("graph", graph)
    modes = nx.get_node_attributes(graph, "bipartite")
    if set(modes) != set(graph) or any(modes[one] == modes[other] for one, other in graph.edges):
        raise ValueError(_("graph has only one kind of nodes; make it with affiliation_graph() to project it."))
    columns = [graph.graph.get("person", "person"), graph.graph.get("event", "event")]
    allowed = list(dict.fromkeys([*columns, "person", "event"]))
    choice("on", on, allowed)
    mode = columns.index(on) if on in columns else ("person", "event").index(on)
    kept = [node for node in graph if modes[node] == mode]
    through = [node for node in graph if modes[node] != mode]
    if not kept or not through:
        raise ValueError(_("graph has only one kind of nodes; make it with affiliation_graph() to project it."))
    incidence = nx.bipartite.biadjacency_matrix(graph, kept, through, weight=None)
    sizes = incidence.sum(axis=0)
    shared = sparse.triu(incidence @ incidence.T, k=1, format="csr")
    newman = sparse.triu(incidence @ sparse.diags_array(1 / np.maximum(sizes - 1, 1)) @ incidence.T, k=1, format="csr")
    largest = int(np.argmax(sizes))
    projected = nx.Graph(
        on=columns[mode],
        through=columns[1 - mode],
        left_out=graph.graph.get("left_out", 0),
        projected=shared.nnz,
        largest=through[largest],
        largest_size=int(sizes[largest]),
    )
    for node in kept:
        projected.add_node(node, **{key: value for key, value in graph.nodes[node].items() if key != "bipartite"})
    # In the order of the nodes, for a layout or a file to be the same every time.
    for matrix in (shared, newman):
        matrix.sort_indices()
    rows = np.repeat(np.arange(len(kept)), np.diff(shared.indptr)).tolist()
    cells = zip(rows, shared.indices.tolist(), shared.data.tolist(), newman.data.tolist(), strict=True)
    projected.add_edges_from((kept[i], kept[j], {"weight": weight, "newman": even}) for i, j, weight, even in cells)
    return projected
