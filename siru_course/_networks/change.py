"""Whether a network mixes more than before: what is behind ``networks.compare``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._arguments import seed as check_seed
from .._arguments import whole
from .._results import Result, Table, written
from ..language import gettext as _
from ..language import number
from .graphs import groups, undirected

if TYPE_CHECKING:
    import networkx as nx

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# As many comparisons of two labels at a time as stay within some megabytes.
_AT_A_TIME = 4_000_000


@dataclass(frozen=True, eq=False)
class Change(Result):
    """How the E–I index changed, and what chance alone would do; shows itself as a table and as text.

    Attributes
    ----------
    attribute
        The node attribute that says the group.
    before, after
        The E–I index of each period, -1 to 1.
    change
        After minus before.
    p
        How rare a change at least as far out is when groups are shuffled; two-sided, never 0.
    permutations
        How many times they were shuffled.
    null
        The change that shuffling gives: its quantiles 0.025, 0.5 and 0.975.
    nodes_before, nodes_after, nodes_both
        How many nodes each period has, and how many are in both.
    ties_before, ties_after
        How many ties each period has.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.path_graph(4)
    >>> nx.set_node_attributes(graph, dict(enumerate(["civil", "civil", "public", "public"])), "sector")
    >>> unchanged = compare(graph, graph, "sector", permutations=19)
    >>> unchanged.change, unchanged.p, unchanged.nodes_both
    (0.0, 1.0, 4)
    """

    attribute: str
    before: float
    after: float
    change: float
    p: float
    permutations: int
    null: pd.Series[Any]
    nodes_before: int
    nodes_after: int
    nodes_both: int
    ties_before: int
    ties_after: int

    def tables(self) -> list[Table]:
        """Give the index of both periods, its change, and what chance would give."""
        low, high = (number(self.null[share]) for share in (0.025, 0.975))
        periods = [
            [_("Before"), number(self.before), written(self.nodes_before), written(self.ties_before)],
            [_("After"), number(self.after), written(self.nodes_after), written(self.ties_after)],
        ]
        test = [
            [_("Change"), number(self.change)],
            [_("Change by chance, 95 % of the time"), _("{low} to {high}").format(low=low, high=high)],
            ["p", number(self.p, 3 if self.p >= 0.001 else 5)],
        ]
        head = [_("Period"), _("E–I index"), _("Nodes"), _("Ties")]
        caption = _("Ties across and within {attribute}").format(attribute=self.attribute)
        return [(caption, head, periods), (_("Is the change more than chance?"), ["", ""], test)]

    def notes(self) -> list[str]:
        """Say what was shuffled, and what p does and does not tell."""
        shuffled = _(
            "Shuffled {n} times: who belongs to which {attribute}, among those only in the first period, those only "
            "in the second, and the {both} in both. Who met whom stays, and so do the sizes of the groups; somebody "
            "in both periods has the same shuffled place in both."
        )
        return [
            shuffled.format(n=number(self.permutations, 0), attribute=self.attribute, both=number(self.nodes_both, 0)),
            _(
                "A small p says that the change is larger than the sizes of the groups and who met whom would give "
                "by chance. It does not say why, and it is too small when members of a group come together."
            ),
        ]


def compare(before: nx.Graph, after: nx.Graph, attribute: str, permutations: int = 1000, seed: int = 0) -> Change:
    """Compare the E–I index of two periods, and test whether its change is more than chance.

    Parameters
    ----------
    before, after
        The networks of the two periods, such as :func:`project` gives for each. Somebody who is in both has the
        same name in both.
    attribute
        The node attribute that says the group, such as ``"sector"``.
    permutations
        How many times to shuffle, 1–100,000. With n the smallest p is 2/(n + 1).
    seed
        Another seed gives other shuffles; the same seed gives the same on every machine.

    Returns
    -------
    Change
        With ``before``, ``after``, ``change``, ``p``, ``permutations`` and ``null``.

    Raises
    ------
    ValueError
        If a network has no ties, a node has no group, or a number is out of its range.
    KeyError
        If no node has the attribute.

    Notes
    -----
    *What is shuffled.* The groups are dealt out anew among the nodes. The networks stay as they are: events are
    large or small, and some people come often, so ties are not independent and must not be shuffled one by one.
    It is done within three sets: nodes only in the first period, only in the second, and in both. Each period
    thus keeps the sizes of its groups, on which the E–I index depends, and a node in both periods carries what it
    was dealt into both (its two groups together, if it changed group), as one and the same person does.

    *What it tests.* That, among nodes present in the same periods, group has nothing to do with who meets whom:
    that they are exchangeable. p is twice the smaller of the two tails, at most 1, and in each tail the observed
    change counts as one of the shuffles, so p is never 0 [1]_.

    *What it does not.* Colleagues who come together share their sector; they are not exchangeable one by one, and
    p is then too small. The network of organisations (project on them) does not have this fault. And p says
    nothing about causes: which meetings were held decides who could meet.

    References
    ----------
    .. [1] Phipson, B., and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications
       in Genetics and Molecular Biology 9:39. doi:10.2202/1544-6115.1585
    .. [2] Krackhardt, D., and Stern, R. N. (1988). Informal networks and organizational crises: an experimental
       simulation. Social Psychology Quarterly 51:123-140. doi:10.2307/2786835

    Examples
    --------
    >>> import networkx as nx
    >>> before, after = nx.Graph([(0, 1), (1, 2), (3, 4), (4, 5)]), nx.Graph([(0, 3), (1, 4), (2, 5)])
    >>> for graph in (before, after):
    ...     nx.set_node_attributes(graph, {node: "civil" if node < 3 else "public" for node in graph}, "sector")
    >>> result = compare(before, after, "sector", permutations=99)
    >>> result.before, result.after, result.change
    (-1.0, 1.0, 2.0)
    """
    networks = {"before": before, "after": after}
    for name, graph in networks.items():
        undirected(name, graph)
    labels = {name: groups(name, graph, attribute) for name, graph in networks.items()}
    for name, graph in networks.items():
        if not graph.number_of_edges():
            raise ValueError(_("{name} has no ties; the E–I index compares ties.").format(name=name))
    permutations = whole("permutations", permutations, 1, 100_000)
    check_seed(seed)

    at = {node: i for i, node in enumerate(dict.fromkeys([*before, *after]))}
    code = {label: i for i, label in enumerate(dict.fromkeys([*labels["before"], *labels["after"]]))}
    held = np.full((2, len(at)), -1, dtype=np.int64)
    for period, (name, graph) in enumerate(networks.items()):
        held[period, [at[node] for node in graph]] = [code[label] for label in labels[name]]
    ties = [np.array([(at[one], at[other]) for one, other in graph.edges]).T for graph in networks.values()]
    both = (held >= 0).all(axis=0)
    sets = [np.flatnonzero(chosen) for chosen in (both, ~both & (held[0] >= 0), ~both & (held[1] >= 0))]

    (old,), (new,) = _indices(held, ties, np.arange(len(at))[None, :])
    null = np.concatenate(
        [np.subtract(*_indices(held, ties, dealt)[::-1]) for dealt in _deal(sets, permutations, ties, check_seed(seed))]
    )
    quantiles = [0.025, 0.5, 0.975]
    return Change(
        attribute=str(attribute),
        before=float(old),
        after=float(new),
        change=float(new - old),
        p=_two_sided(null, float(new - old)),
        permutations=permutations,
        null=pd.Series(np.quantile(null, quantiles), index=pd.Index(quantiles, name="quantile"), name="change"),
        nodes_before=len(before),
        nodes_after=len(after),
        nodes_both=int(both.sum()),
        ties_before=before.number_of_edges(),
        ties_after=after.number_of_edges(),
    )


def _deal(sets: list[Ints], permutations: int, ties: list[Ints], seed: int) -> Iterator[Ints]:
    """Deal out anew within each set, some shuffles at a time: shuffles by nodes, whose place each node gets."""
    # RandomState is the generator whose stream no version of NumPy changes (NEP 19).
    rng = np.random.RandomState(seed)
    nodes = sum(map(len, sets))
    at_a_time = max(1, _AT_A_TIME // max(pairs.size for pairs in ties))
    for begin in range(0, permutations, at_a_time):
        drawn = rng.random_sample((min(at_a_time, permutations - begin), nodes))
        dealt = np.empty(drawn.shape, dtype=np.int64)
        for members in sets:
            dealt[:, members] = members[np.argsort(drawn[:, members], axis=1)]
        yield dealt


def _indices(held: Ints, ties: list[Ints], dealt: Ints) -> list[Floats]:
    """Give the E–I index of both periods for each shuffle."""
    found = []
    for groups_of, (one, other) in zip(held, ties, strict=True):
        shuffled = groups_of[dealt]
        external = (shuffled[:, one] != shuffled[:, other]).sum(axis=1)
        found.append((2 * external - len(one)) / len(one))
    return found


def _two_sided(null: Floats, observed: float) -> float:
    """Double the smaller tail; values that differ by rounding only are equal."""
    tails = [1 + np.count_nonzero(null <= observed + 1e-12), 1 + np.count_nonzero(null >= observed - 1e-12)]
    return float(min(1, 2 * min(tails) / (len(null) + 1)))
