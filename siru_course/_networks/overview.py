"""A network at a glance: what is behind ``networks.overview``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._results import Result, Table, written
from ..language import gettext as _
from ..language import ngettext, number
from .graphs import undirected

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, eq=False)
class Overview(Result):
    """A network at a glance; shows itself as a table in a notebook and as text when printed.

    Attributes
    ----------
    nodes, ties
        How many there are.
    density
        The share of all possible ties that there are, 0–1; in a two-mode network a tie is possible between a
        person and an event only.
    parts
        In how many parts the network falls; nobody in one is linked to anybody in another.
    isolated
        Nodes without a tie.
    left_out
        Rows of the attendance that lacked a person or an event.
    on, through
        For a projection: the column that became the nodes and the one that makes the ties; otherwise empty.
    largest, largest_size
        For a projection: what makes most ties, and how many were there. None and 0 when the network is no
        projection, or not a whole one.

    Examples
    --------
    >>> import networkx as nx
    >>> found = overview(nx.path_graph(4))
    >>> found.nodes, found.ties, found.density, found.parts
    (4, 3, 0.5, 1)
    """

    nodes: int
    ties: int
    density: float
    parts: int
    isolated: int
    left_out: int
    on: str = ""
    through: str = ""
    largest: Any = None
    largest_size: int = 0

    def tables(self) -> list[Table]:
        """Give the numbers."""
        rows = [
            [_("Nodes"), written(self.nodes)],
            [_("Ties"), written(self.ties)],
            [_("Density"), written(self.density, 3)],
            [_("Separate parts"), written(self.parts)],
            [_("Nodes without a tie"), written(self.isolated)],
        ]
        return [(_("The network"), ["", ""], rows)]

    def notes(self) -> list[str]:
        """Say what was left out and what a projection inflates."""
        found = []
        if self.left_out:
            message = ngettext(
                "Left out: {n} row without a person or an event.",
                "Left out: {n} rows without a person or an event.",
                self.left_out,
            )
            found.append(message.format(n=number(self.left_out, 0)))
        if self.through:
            found.append(
                _("A tie means the same {through}, not that two know each other.").format(through=self.through)
            )
        if self.ties and self.largest is not None:
            clique = self.largest_size * (self.largest_size - 1) // 2
            message = _(
                "{largest} with its {size} makes {clique} of the {ties} ties ({share} %): large meetings inflate "
                "ties, density and clustering."
            )
            found.append(
                message.format(
                    largest=self.largest,
                    size=number(self.largest_size, 0),
                    clique=number(clique, 0),
                    ties=number(self.ties, 0),
                    share=number(100 * clique / self.ties, 0),
                )
            )
        return found


def overview(graph: nx.Graph) -> Overview:
    """Describe a network: its size, its density, its parts, and what to mind when reading it.

    Parameters
    ----------
    graph
        A two-mode network or a projection of one; any undirected networkx graph.

    Returns
    -------
    Overview
        With ``nodes``, ``ties``, ``density``, ``parts``, ``isolated`` and ``left_out``.

    Raises
    ------
    ValueError
        If `graph` is not an undirected network with nodes.

    Examples
    --------
    >>> import pandas as pd
    >>> from siru_course.networks import affiliation_graph, project
    >>> came = pd.DataFrame({"who": ["Ada", "Bo", "Cy", None], "what": ["A1", "A1", "A2", "A2"]})
    >>> print(overview(project(affiliation_graph(came, "who", "what"), on="who")))
    The network
    Nodes                    3
    Ties                     1
    Density              0.333
    Separate parts           2
    Nodes without a tie      1
    Left out: 1 row without a person or an event.
    A tie means the same what, not that two know each other.
    A1 with its 2 makes 1 of the 1 ties (100 %): large meetings inflate ties, density and clustering.
    """
    import networkx as nx

    undirected("graph", graph)
    info = graph.graph
    modes = dict(graph.nodes(data="bipartite"))
    persons = [node for node, mode in modes.items() if mode == 0]
    two_mode = set(modes.values()) == {0, 1}
    # Nodes may have been taken away since: the largest event no longer makes the ties it made.
    whole = info.get("projected") == graph.number_of_edges()
    return Overview(
        nodes=len(graph),
        ties=graph.number_of_edges(),
        density=float(nx.bipartite.density(graph, persons) if two_mode else nx.density(graph)),
        parts=nx.number_connected_components(graph),
        isolated=nx.number_of_isolates(graph),
        left_out=info.get("left_out", 0),
        on=info.get("on", ""),
        through=info.get("through", ""),
        largest=info.get("largest") if whole else None,
        largest_size=info.get("largest_size", 0) if whole else 0,
    )
