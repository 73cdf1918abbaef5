"""How long the network functions take on the whole attendance, and how much faster the test of a change is.

Run ``python tests/benchmarks/bench_networks.py``. The plain way sets the shuffled groups on the nodes and counts
ties one by one with networkx; a few shuffles of it are timed, and the time of a thousand is worked out from them.
"Share" is how much of the whole brokerage table a measure takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
from rich.console import Console
from rich.table import Table

from siru_course import data, networks
from siru_course._networks.graphs import MEASURES, centrality

PERMUTATIONS = 1000
PLAIN = 10


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Give the seconds of the fastest of three runs, and what the call returns."""
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), result


def plainly(before: nx.Graph, after: nx.Graph, attribute: str, permutations: int) -> list[float]:
    """Shuffle the groups among those in the same periods, and measure each period again, with networkx only."""
    rng = np.random.RandomState(0)
    before, after = before.copy(), after.copy()
    sets = [set(before) & set(after), set(before) - set(after), set(after) - set(before)]
    groups = {**nx.get_node_attributes(before, attribute), **nx.get_node_attributes(after, attribute)}
    changes = []
    for _ in range(permutations):
        dealt = {}
        for members in map(sorted, sets):
            dealt.update(zip(members, rng.permutation([groups[node] for node in members]), strict=True))
        nx.set_node_attributes(before, {node: dealt[node] for node in before}, attribute)
        nx.set_node_attributes(after, {node: dealt[node] for node in after}, attribute)
        changes.append(networks.ei_index(after, attribute) - networks.ei_index(before, attribute))
    return changes


def main() -> None:
    """Measure, and print the tables."""
    attendance = data.load("attendance")
    halves = attendance.query("year <= 2017"), attendance.query("year >= 2018")
    two_mode = [networks.affiliation_graph(half, "person_id", "activity_id") for half in halves]
    before, after = (networks.project(graph, "person_id") for graph in two_mode)

    ours, result = timed(lambda: networks.compare(before, after, "sector", PERMUTATIONS, seed=0))
    plain, changes = timed(lambda: plainly(before, after, "sector", PLAIN))
    plain *= PERMUTATIONS / PLAIN
    table = Table("compare", "nodes", "ties", "s", "s plainly", "ratio", "null ours", "null plainly")
    table.add_row(
        f"{PERMUTATIONS} shuffles",
        f"{len(before)} + {len(after)}",
        f"{before.number_of_edges()} + {after.number_of_edges()}",
        f"{ours:.2f}",
        f"{plain:.1f}",
        f"{plain / ours:.0f}",
        f"{result.null[0.5]:.3f}",
        f"{np.median(changes):.3f}",
    )
    Console(width=130).print(table)

    whole = networks.affiliation_graph(attendance, "person_id", "activity_id")
    projecting, everybody = timed(lambda: networks.project(whole, "person_id"))
    table = Table("whole attendance", "nodes", "ties", "s", "share")
    size = str(len(everybody)), str(everybody.number_of_edges())
    table.add_row("project", *size, f"{projecting:.2f}", "")
    everything, _ = timed(lambda: networks.brokerage(everybody))
    table.add_row("brokerage", *size, f"{everything:.2f}", "1.00")
    for measure in MEASURES:
        seconds, _ = timed(lambda measure=measure: centrality(everybody, measure))
        table.add_row(f"- {measure}", *size, f"{seconds:.2f}", f"{seconds / everything:.2f}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
