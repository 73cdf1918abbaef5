"""Networks from attendance lists: brokers, the E–I index and its change, files for other programs, and drawings."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from siru_course import data, use_language
from siru_course._networks import files as _network_files
from siru_course.networks import (
    affiliation_graph,
    brokerage,
    centralization,
    compare,
    ei_index,
    network_chart,
    overview,
    project,
    to_graphml,
    to_kumu_csv,
)
from tests.published import case

CAME = pd.DataFrame(
    {
        "who": ["Ada", "Bo", "Cy", "Cy", "Di", "Ada"],
        "what": ["A1", "A1", "A1", "A2", "A2", "A2"],
        "sector": ["civil", "public", "civil", "civil", "public", "civil"],
        "year": [2016, 2016, 2016, 2017, 2017, 2017],
    }
)


def people(attendance: pd.DataFrame, on: str = "person_id") -> nx.Graph:
    return project(affiliation_graph(attendance, on, "activity_id"), on)


def grouped(edges: list[tuple[Any, Any]], groups: dict[Any, str]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from((node, {"sector": group}) for node, group in groups.items())
    graph.add_edges_from(edges)
    return graph


def graphs(least: int = 3, most: int = 8) -> st.SearchStrategy[nx.Graph]:
    """Draw networks with and without isolated nodes, in one or several parts."""

    @st.composite
    def draw_graph(draw: st.DrawFn) -> nx.Graph:
        n = draw(st.integers(least, most))
        pairs = list(itertools.combinations(range(n), 2))
        graph = nx.empty_graph(n)
        graph.add_edges_from(draw(st.lists(st.sampled_from(pairs), unique=True)))
        return graph

    return draw_graph()


@pytest.fixture(scope="module")
def attendance() -> pd.DataFrame:
    return data.load("attendance")


@pytest.fixture(scope="module")
def everybody(attendance: pd.DataFrame) -> nx.Graph:
    return people(attendance)


@pytest.fixture(scope="module")
def periods(attendance: pd.DataFrame) -> tuple[nx.Graph, nx.Graph]:
    return people(attendance.query("year <= 2017")), people(attendance.query("year >= 2018"))


# ------------------------------------------------------------------------------------------------ two modes


def test_persons_and_events_are_nodes_and_attendance_is_ties() -> None:
    graph = affiliation_graph(CAME, "who", "what")
    assert nx.is_bipartite(graph)
    assert {node for node, mode in graph.nodes(data="bipartite") if mode == 0} == {"Ada", "Bo", "Cy", "Di"}
    assert sorted(graph["Cy"]) == ["A1", "A2"]
    assert graph.number_of_edges() == 6


def test_a_column_belongs_to_persons_or_events_when_it_is_the_same_in_all_their_rows() -> None:
    graph = affiliation_graph(CAME.assign(minutes=range(6)), "who", "what")
    assert graph.nodes["Ada"] == {"bipartite": 0, "sector": "civil"}
    assert graph.nodes["A2"] == {"bipartite": 1, "year": 2017}


def test_a_missing_value_of_an_attribute_is_not_a_second_value() -> None:
    came = CAME.assign(sector=["civil", None, None, "civil", "public", "civil"])
    graph = affiliation_graph(came, "who", "what")
    assert graph.nodes["Cy"]["sector"] == "civil"
    assert "sector" not in graph.nodes["Bo"]


def test_a_row_that_stands_twice_counts_once() -> None:
    assert affiliation_graph(pd.concat([CAME, CAME]), "who", "what").number_of_edges() == 6


def test_rows_without_a_person_or_an_event_are_counted_and_told() -> None:
    came = pd.concat([CAME, pd.DataFrame({"who": ["Ed", None], "what": [None, "A1"]})])
    graph = project(affiliation_graph(came, "who", "what"), "who")
    assert "Ed" not in graph
    assert overview(graph).left_out == 2
    assert "Left out: 2 rows without a person or an event." in str(overview(graph))
    use_language("sv")
    assert "Utelämnat: 2 rader" in str(overview(graph))


def test_the_shipped_attendance_has_900_people_and_90_activities(attendance: pd.DataFrame) -> None:
    graph = affiliation_graph(attendance, "person_id", "activity_id")
    assert len(graph) == attendance["person_id"].nunique() + attendance["activity_id"].nunique()
    assert graph.number_of_edges() == len(attendance)
    assert graph.nodes["P0239"]["sector"] == "private"
    assert overview(graph).density == pytest.approx(len(attendance) / (900 * 90))


# ------------------------------------------------------------------------------------------------ projection


def test_two_are_tied_by_the_events_they_share() -> None:
    graph = project(affiliation_graph(CAME, "who", "what"), "who")
    assert {tuple(sorted(tie)) for tie in graph.edges} == {
        ("Ada", "Bo"), ("Ada", "Cy"), ("Ada", "Di"), ("Bo", "Cy"), ("Cy", "Di"),
    }  # fmt: skip
    # Two events of three persons each: 1/2 + 1/2.
    assert graph.edges["Ada", "Cy"] == {"weight": 2, "newman": 1}
    assert graph.edges["Ada", "Bo"] == {"weight": 1, "newman": 0.5}
    assert graph.nodes["Di"] == {"sector": "public"}


def test_events_can_be_projected_as_well_and_modes_named_either_way() -> None:
    graph = affiliation_graph(CAME, "who", "what")
    events = project(graph, "event")
    assert list(events.edges(data="weight")) == [("A1", "A2", 2)]
    assert events.nodes["A1"] == {"year": 2016}
    assert nx.utils.graphs_equal(events, project(graph, "what"))
    assert nx.utils.graphs_equal(project(graph, "person"), project(graph, "who"))


def test_southern_women_share_as_many_events_as_published() -> None:
    # Davis, Gardner and Gardner (1941); Breiger (1974), The duality of persons and groups, Social Forces 53:181-190.
    women = project(nx.davis_southern_women_graph(), "person")
    shared = [women.edges["Evelyn Jefferson", other]["weight"] for other in list(women)[1:]]
    assert shared == [6, 7, 6, 3, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 2, 1, 1]


def test_weights_are_those_of_networkx_on_the_whole_attendance(attendance: pd.DataFrame) -> None:
    graph = affiliation_graph(attendance, "person_id", "activity_id")
    projected = project(graph, "person_id")
    shared = nx.bipartite.weighted_projected_graph(graph, list(projected))
    even = nx.bipartite.collaboration_weighted_projected_graph(graph, list(projected))
    assert set(map(frozenset, projected.edges)) == set(map(frozenset, shared.edges))
    for one, other, tie in projected.edges(data=True):
        assert tie["weight"] == shared.edges[one, other]["weight"]
        assert tie["newman"] == pytest.approx(even.edges[one, other]["weight"], abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 4)), min_size=1))
def test_newman_weights_of_a_person_sum_to_the_events_with_somebody_else(rows: list[tuple[str, int]]) -> None:
    graph = affiliation_graph(pd.DataFrame(rows, columns=["who", "what"]), "who", "what")
    projected = project(graph, "who")
    for person in projected:
        in_company = sum(len(graph[event]) > 1 for event in graph[person])
        assert projected.degree(person, weight="newman") == pytest.approx(in_company)


def test_the_overview_says_what_the_projection_inflates(everybody: nx.Graph, attendance: pd.DataFrame) -> None:
    result = overview(everybody)
    most = attendance["activity_id"].value_counts()
    assert (result.largest, result.largest_size) == (most.idxmax(), most.max())
    text = str(result)
    assert "A tie means the same activity_id, not that two know each other." in text
    assert f"with its {most.max()} makes {most.max() * (most.max() - 1) // 2:,} of the" in text
    assert "<th scope=" in result._repr_html_()
    use_language("sv")
    assert "stora träffar blåser upp" in str(result)


def test_the_overview_of_a_part_does_not_repeat_what_was_true_of_the_whole() -> None:
    graph = project(affiliation_graph(CAME, "who", "what"), "who")
    graph.remove_node("Ada")
    assert overview(graph).largest is None
    assert "A tie means the same what" in str(overview(graph))


def test_parts_and_isolated_nodes_are_counted() -> None:
    graph = nx.Graph([(1, 2), (3, 4)])
    graph.add_node(5)
    result = overview(graph)
    assert (result.nodes, result.ties, result.parts, result.isolated) == (5, 2, 3, 1)


# ------------------------------------------------------------------------------------------------ brokers


def test_florentine_families_have_the_published_centralities() -> None:
    inputs, expected, tolerance = case("florentine")
    graph = nx.Graph(inputs["edges"])
    table = brokerage(graph)
    for measure in ("betweenness", "closeness"):
        for family, value in expected[measure].items():
            assert table.loc[family, measure] == pytest.approx(value, abs=tolerance), family
    pairs = (len(graph) - 1) * (len(graph) - 2) / 2
    assert table.loc["Medici", "betweenness"] * pairs == pytest.approx(
        expected["medici_raw_betweenness"], abs=tolerance
    )
    published = expected["freeman_betweenness_centralization"]
    assert centralization(graph, "betweenness") == pytest.approx(published, abs=tolerance)
    assert overview(graph).density == pytest.approx(expected["density"], abs=tolerance)
    assert table.index[0] == "Medici"


def test_the_kite_has_three_different_leaders() -> None:
    # Krackhardt (1990), Assessing the political landscape, Administrative Science Quarterly 35:342-369.
    table = brokerage(nx.krackhardt_kite_graph())
    diane, fernando, garth, heather = 3, 5, 6, 7
    assert table["degree"].idxmax() == diane
    assert table.loc[diane, "degree"] == 6
    assert table["betweenness"].idxmax() == heather
    assert table.loc[heather, "betweenness"] == pytest.approx(14 / 36)
    assert table.loc[[fernando, garth], "closeness"].tolist() == pytest.approx([9 / 14, 9 / 14])
    assert table["closeness"].max() == pytest.approx(9 / 14)


def test_constraint_and_effective_size_are_the_published_ones() -> None:
    # Borgatti (1997), Structural holes: unpacking Burt's redundancy measures, Connections 20(1):35-38.
    edges = ["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"]
    table = brokerage(nx.Graph(map(tuple, edges)))
    assert table.loc[["G", "A", "C"], "constraint"].tolist() == pytest.approx([0.400, 0.595, 1.0], abs=0.001)
    assert table.loc[["G", "A", "C"], "effective_size"].tolist() == pytest.approx([4.67, 2.50, 1.0], abs=0.01)


def by_definition(graph: nx.Graph) -> pd.DataFrame:
    """Follow the definitions one pair of nodes at a time, from a matrix of distances and one of path counts."""
    nodes = list(graph)
    tied = {one: set(graph[one]) for one in nodes}
    distance = {(a, b): 0 if a == b else 1 if b in tied[a] else np.inf for a in nodes for b in nodes}
    for k, i, j in itertools.product(nodes, repeat=3):
        distance[i, j] = min(distance[i, j], distance[i, k] + distance[k, j])
    reached = sorted((d, a, b) for (a, b), d in distance.items() if d < np.inf)
    paths: dict[tuple[Any, Any], float] = {}
    for d, a, b in reached:
        paths[a, b] = 1 if d == 0 else sum(paths[a, c] for c in tied[b] if distance[a, c] == d - 1)
    rows = []
    for v in nodes:
        between = sum(
            paths[a, v] * paths[v, b] / paths[a, b]
            for a, b in itertools.combinations([node for node in nodes if node != v], 2)
            if distance[a, b] < np.inf and distance[a, v] + distance[v, b] == distance[a, b]
        )
        ways = [distance[v, other] for other in nodes if other != v and distance[v, other] < np.inf]
        degree = len(tied[v])
        # Proportional strength p is 1/degree; Burt's constraint sums (p_vj + sum over q of p_vq p_qj) squared.
        constraint = sum((1 / degree + sum(1 / degree / len(tied[q]) for q in tied[v] & tied[j])) ** 2 for j in tied[v])
        among = sum(len(tied[j] & tied[v]) for j in tied[v])
        rows.append(
            {
                "degree": degree,
                "betweenness": 2 * between / ((len(nodes) - 1) * (len(nodes) - 2)),
                "closeness": len(ways) / sum(ways) * len(ways) / (len(nodes) - 1) if ways else 0,
                "constraint": constraint if degree else np.nan,
                "effective_size": degree - among / degree if degree else np.nan,
            }
        )
    return pd.DataFrame(rows, index=nodes)


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_all_five_measures_follow_their_definitions(graph: nx.Graph) -> None:
    table = brokerage(graph)
    assert sorted(table.index) == sorted(graph)
    assert table["betweenness"].is_monotonic_decreasing
    pd.testing.assert_frame_equal(
        table.loc[list(graph)], by_definition(graph), check_names=False, check_dtype=False, rtol=0, atol=1e-9
    )


def test_the_quiet_broker_stands_out_by_betweenness_and_not_by_constraint(everybody: nx.Graph) -> None:
    table = brokerage(everybody)
    quiet = table[table["degree"] <= table.loc["P0239", "degree"]]
    assert len(quiet) > 300
    assert quiet.index[0] == table.index[0] == "P0239"
    others = quiet["betweenness"].drop("P0239").max()
    assert table.loc["P0239", "betweenness"] > 10 * others
    assert table["constraint"].idxmin() != "P0239"
    assert table["effective_size"].idxmax() != "P0239"
    assert table["degree"].rank(ascending=False)["P0239"] > 100


def test_nodes_may_be_tuples_and_numbers() -> None:
    table = brokerage(nx.Graph([(("a", 1), 2), (2, "c")]))
    assert table.index.tolist() == [2, ("a", 1), "c"]


# ------------------------------------------------------------------------------------------------ centralization


@pytest.mark.parametrize("measure", ["degree", "betweenness", "closeness"])
def test_a_star_is_as_centralized_as_can_be_and_a_circle_not_at_all(measure: str) -> None:
    assert centralization(nx.star_graph(7), measure) == pytest.approx(1)
    assert centralization(nx.cycle_graph(7), measure) == pytest.approx(0, abs=1e-12)
    assert centralization(nx.complete_graph(5), measure) == pytest.approx(0, abs=1e-12)


def test_a_line_of_five_has_the_degree_centralization_that_freeman_gives() -> None:
    # Freeman (1979): the degrees 1, 2, 2, 2, 1 differ from the largest by 2 in all; a star of five by (5-1)(5-2).
    assert centralization(nx.path_graph(5), "degree") == pytest.approx(2 / 12)


@settings(max_examples=50, deadline=None)
@given(graphs(), st.sampled_from(["degree", "betweenness", "closeness"]))
def test_centralization_lies_between_0_and_1(graph: nx.Graph, measure: str) -> None:
    assume(measure != "closeness" or nx.is_connected(graph))
    assert -1e-12 <= centralization(graph, measure) <= 1 + 1e-12


# ------------------------------------------------------------------------------------------------ the E–I index


def test_the_ei_index_at_its_ends_and_in_the_middle() -> None:
    sectors = {0: "civil", 1: "civil", 2: "public", 3: "public"}
    assert ei_index(grouped([(0, 1), (2, 3)], sectors), "sector") == -1
    assert ei_index(grouped([(0, 2), (1, 3), (0, 3)], sectors), "sector") == 1
    assert ei_index(grouped([(0, 1), (0, 2)], sectors), "sector") == 0


@pytest.mark.parametrize("size", [2, 3, 10])
def test_when_everybody_meets_the_ei_index_follows_from_the_sizes(size: int) -> None:
    # Two groups of n: n² ties between them and n(n - 1) within, so (n² - n(n - 1)) / (n² + n(n - 1)) = 1/(2n - 1).
    graph = nx.complete_graph(2 * size)
    nx.set_node_attributes(graph, {node: node % 2 for node in graph}, "sector")
    assert ei_index(graph, "sector") == pytest.approx(1 / (2 * size - 1))


def test_the_ei_index_of_the_karate_club_agrees_with_its_mixing_matrix() -> None:
    graph = nx.karate_club_graph()
    mixing = nx.attribute_mixing_matrix(graph, "club", normalized=False)
    internal, external = np.trace(mixing) / 2, (mixing.sum() - np.trace(mixing)) / 2
    assert ei_index(graph, "club") == pytest.approx((external - internal) / (external + internal), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(graphs(), st.lists(st.sampled_from("abc"), min_size=8, max_size=8))
def test_the_ei_index_does_not_depend_on_names_and_turns_with_the_groups(graph: nx.Graph, groups: list[str]) -> None:
    assume(graph.number_of_edges())
    nx.set_node_attributes(graph, dict(enumerate(groups)), "sector")
    value = ei_index(graph, "sector")
    assert -1 <= value <= 1
    renamed = nx.relabel_nodes(graph, {node: f"P{node}" for node in graph})
    nx.set_node_attributes(renamed, {f"P{node}": group.upper() for node, group in enumerate(groups)}, "sector")
    assert ei_index(renamed.subgraph([f"P{node}" for node in graph]), "sector") == value


# ------------------------------------------------------------------------------------------------ two periods


def test_mixing_across_sectors_rises_and_two_networks_become_one(periods: tuple[nx.Graph, nx.Graph]) -> None:
    before, after = periods
    result = compare(before, after, "sector", permutations=1000, seed=0)
    assert (result.before, result.after) == (ei_index(before, "sector"), ei_index(after, "sector"))
    assert result.before < -0.15
    assert result.after > 0.15
    assert result.change == pytest.approx(result.after - result.before)
    # None of the shuffles comes near: both tails count the observed change itself.
    assert result.p == pytest.approx(2 / 1001)
    assert compare(after, before, "sector", permutations=1000).p == pytest.approx(2 / 1001)
    assert result.null[0.025] < result.null[0.5] < result.null[0.975] < result.change
    assert result.nodes_both == len(set(before) & set(after))
    assert (overview(before).parts, overview(after).parts) == (2, 1)


def change_by_hand(before: nx.Graph, after: nx.Graph, group: dict[Any, Any]) -> float:
    indices = []
    for graph in (before, after):
        outside = [group[one] != group[other] for one, other in graph.edges]
        indices.append(2 * float(np.mean(outside)) - 1)
    return indices[1] - indices[0]


LINE, RING = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 2)], [(0, 3), (1, 4), (2, 5), (0, 1), (5, 3), (2, 3)]
SECTORS = dict(enumerate(["civil", "civil", "civil", "public", "public", "business"]))


def test_p_is_that_of_an_exact_test_by_scipy_when_all_are_in_both_periods() -> None:
    before, after = grouped(LINE, SECTORS), grouped(RING, SECTORS)
    exact = stats.permutation_test(
        (np.array(list(SECTORS.values())),),
        lambda groups: change_by_hand(before, after, dict(enumerate(groups))),
        permutation_type="pairings",
        vectorized=False,
        n_resamples=np.inf,
    )
    result = compare(before, after, "sector", permutations=20_000, seed=3)
    assert result.change == pytest.approx(exact.statistic, abs=1e-9)
    # Twice a share from 20,000 draws: four standard errors are at most 4 * 2 * sqrt(0.25 / 20,000).
    assert result.p == pytest.approx(exact.pvalue, abs=0.029)
    for share in (0.025, 0.5, 0.975):
        assert result.null[share] in exact.null_distribution.round(12) or result.null[share] == pytest.approx(
            float(np.quantile(exact.null_distribution, share)), abs=1e-9
        )


def test_groups_are_shuffled_only_among_those_in_the_same_periods() -> None:
    # Nodes 0 and 1 are only before, 4 and 5 only after, 2 and 3 in both: 2 * 2 * 2 ways to deal the groups.
    before = grouped([(0, 2), (1, 3), (0, 3)], {0: "a", 1: "b", 2: "a", 3: "b"})
    after = grouped([(4, 2), (5, 3), (4, 5), (2, 5)], {2: "a", 3: "b", 4: "a", 5: "c"})
    ways = []
    for first, both, last in itertools.product([["a", "b"], ["b", "a"]], [["a", "b"], ["b", "a"]], ["ac", "ca"]):
        ways.append(change_by_hand(before, after, dict(enumerate([*first, *both, *last]))))
    observed = change_by_hand(before, after, dict(enumerate(["a", "b", "a", "b", "a", "c"])))
    tails = [np.mean(np.array(ways) <= observed + 1e-9), np.mean(np.array(ways) >= observed - 1e-9)]
    result = compare(before, after, "sector", permutations=20_000)
    assert result.p == pytest.approx(min(1, 2 * min(tails)), abs=0.029)
    # The median may fall between two of the eight values.
    assert min(ways) - 1e-9 <= result.null[0.025] <= result.null[0.975] <= max(ways) + 1e-9


def test_somebody_who_changed_group_keeps_the_two_together() -> None:
    before = grouped([(0, 1), (1, 2)], {0: "a", 1: "a", 2: "b"})
    after = grouped([(0, 1), (1, 2)], {0: "b", 1: "a", 2: "b"})
    result = compare(before, after, "sector", permutations=500)
    pairs = list(zip("aab", "bab", strict=True))
    ways = []
    for dealt in itertools.permutations(pairs):
        (old, new) = zip(*dealt, strict=True)
        ways.append(
            np.mean([new[0] != new[1], new[1] != new[2]]) * 2 - np.mean([old[0] != old[1], old[1] != old[2]]) * 2
        )
    assert result.change == pytest.approx(ways[0])
    assert result.null[0.975] <= max(ways) + 1e-9
    assert result.null[0.025] >= min(ways) - 1e-9


def test_a_network_compared_with_itself_has_not_changed(periods: tuple[nx.Graph, nx.Graph]) -> None:
    result = compare(periods[0], periods[0], "sector", permutations=50)
    assert result.change == 0
    assert result.p == 1


def test_the_same_seed_gives_the_same_and_another_other_shuffles(periods: tuple[nx.Graph, nx.Graph]) -> None:
    one, same, other = (compare(*periods, "sector", permutations=60, seed=seed) for seed in (1, 1, 2))
    assert one.null.equals(same.null)
    assert not one.null.equals(other.null)


def test_p_is_seldom_small_when_groups_have_nothing_to_do_with_ties() -> None:
    rng = np.random.RandomState(0)
    before, after = nx.gnm_random_graph(20, 60, seed=1), nx.gnm_random_graph(20, 60, seed=2)
    found = []
    for _ in range(300):
        groups = dict(enumerate(rng.permutation(list("aaaaaaaabbbbbbbcccccd")[:20])))
        for graph in (before, after):
            nx.set_node_attributes(graph, groups, "sector")
        found.append(compare(before, after, "sector", permutations=99, seed=int(rng.randint(10**6))).p)
    # At most 5 % of the time p <= 0.05; four standard errors of a share of 300 are 0.05.
    assert np.mean(np.array(found) <= 0.05) < 0.10
    assert np.mean(np.array(found) <= 0.50) == pytest.approx(0.5, abs=0.15)


@settings(max_examples=50, deadline=None)
@given(graphs(4), graphs(4), st.lists(st.sampled_from("ab"), min_size=8, max_size=8), st.integers(1, 40))
def test_p_is_never_0_and_swapping_the_periods_turns_the_change(
    before: nx.Graph, after: nx.Graph, groups: list[str], permutations: int
) -> None:
    assume(before.number_of_edges() and after.number_of_edges())
    for graph in (before, after):
        nx.set_node_attributes(graph, dict(enumerate(groups)), "sector")
    result = compare(before, after, "sector", permutations=permutations)
    assert 2 / (permutations + 1) <= result.p + 1e-12 or result.p == 1
    assert result.p <= 1
    assert compare(after, before, "sector", permutations=permutations).change == pytest.approx(-result.change)


def test_a_change_reads_as_text_and_html_in_both_languages(periods: tuple[nx.Graph, nx.Graph]) -> None:
    result = compare(*periods, "sector", permutations=99)
    text = str(result)
    assert "E–I index" in text
    assert "Shuffled 99 times" in text
    assert f"the {result.nodes_both} in both" in text
    assert "0.020" in text
    assert "<caption>Ties across and within sector</caption>" in result._repr_html_()
    use_language("sv")
    assert "Blandat 99 gånger" in str(result)
    assert "0,020" in str(result)
    assert "E–I-index" in result._repr_html_()


# ------------------------------------------------------------------------------------------------ files


def test_graphml_keeps_ids_attributes_and_weights(tmp_path: Path, attendance: pd.DataFrame) -> None:
    graph = people(attendance.query("year == 2016"))
    nx.set_node_attributes(graph, "Åsa & Co <AB>", "label")
    back = nx.read_graphml(to_graphml(graph, tmp_path / "network.graphml"))
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {frozenset(tie): attributes for *tie, attributes in back.edges(data=True)} == {
        frozenset(tie): attributes for *tie, attributes in graph.edges(data=True)
    }
    assert back.graph["through"] == "activity_id"


def test_graphml_of_graphml_is_the_same(tmp_path: Path) -> None:
    first = to_graphml(affiliation_graph(CAME, "who", "what"), tmp_path / "a.graphml")
    second = to_graphml(nx.read_graphml(first), tmp_path / "b.graphml")
    assert nx.utils.graphs_equal(nx.read_graphml(first), nx.read_graphml(second))


def test_graphml_writes_what_pandas_and_python_hold(tmp_path: Path) -> None:
    graph = nx.Graph()
    graph.add_node("a", n=np.int64(3), share=np.float64(0.5), on=pd.Timestamp("2016-09-01"), yes=True, gone=pd.NA)
    graph.add_node("b", n=None, share=1, on=None, yes=False, mixed=[1, 2])
    back = nx.read_graphml(to_graphml(graph, tmp_path / "network.graphml"))
    assert back.nodes["a"] == {"n": 3, "share": 0.5, "on": "2016-09-01 00:00:00", "yes": True}
    assert back.nodes["b"] == {"share": 1, "yes": False, "mixed": "[1, 2]"}


@settings(max_examples=50, deadline=None)
@given(names=st.lists(st.text(max_size=8), min_size=2, max_size=2, unique=True))
def test_graphml_can_be_read_whatever_people_are_called(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assume(len({_network_files._text(name) for name in names}) == 2)
    graph = nx.Graph([tuple(names)])
    nx.set_node_attributes(graph, dict.fromkeys(names, names[0]), "label")
    back = nx.read_graphml(to_graphml(graph, tmp_path_factory.mktemp("graphml") / "network.graphml"))
    assert list(back) == [_network_files._text(name) for name in names]
    assert back.number_of_edges() == 1


def test_kumu_reads_label_and_type_first_and_from_and_to(tmp_path: Path) -> None:
    graph = project(affiliation_graph(CAME, "who", "what"), "who")
    elements, connections = (pd.read_csv(path) for path in to_kumu_csv(graph, tmp_path, kind="sector"))
    assert elements.columns.tolist() == ["Label", "Type"]
    assert elements.set_index("Label")["Type"].to_dict() == {
        "Ada": "civil", "Bo": "public", "Cy": "civil", "Di": "public",
    }  # fmt: skip
    assert connections.columns.tolist() == ["From", "To", "Type", "weight", "newman"]
    assert set(connections["From"]) | set(connections["To"]) <= set(elements["Label"])
    row = connections.set_index(["From", "To"]).loc[("Ada", "Cy")]
    assert row.tolist() == ["what", 2, 1]


def test_kumu_gets_ids_when_nodes_have_labels(tmp_path: Path) -> None:
    graph = nx.Graph([("O001", "O002")])
    nx.set_node_attributes(graph, "Föreningen Ringar", "label")
    elements, connections = (pd.read_csv(path) for path in to_kumu_csv(graph, tmp_path))
    assert elements.columns.tolist() == ["ID", "Label", "Type"]
    assert elements["Label"].tolist() == ["Föreningen Ringar"] * 2
    assert connections.loc[0, ["From", "To"]].tolist() == ["O001", "O002"]


def test_kumu_can_tell_persons_from_events(tmp_path: Path) -> None:
    elements, _connections = to_kumu_csv(affiliation_graph(CAME, "who", "what"), tmp_path)
    table = pd.read_csv(elements).set_index("Label")
    assert table.loc["Ada"].dropna().to_dict() == {"Type": "who", "sector": "civil"}
    assert table.loc["A1"].dropna().to_dict() == {"Type": "what", "year": 2016}


def test_an_attribute_called_as_a_column_of_kumu_is_kept_beside_it(tmp_path: Path) -> None:
    graph = nx.Graph()
    graph.add_node("a", id=7, Type="x")
    elements, _connections = to_kumu_csv(graph, tmp_path)
    assert elements.read_text(encoding="utf-8") == "Label,Type,id_,Type_\na,,7,x\n"


@pytest.mark.parametrize("write", [lambda graph, at: to_graphml(graph, at / "n.graphml"), to_kumu_csv])
def test_an_interrupted_write_leaves_the_old_files_whole(
    write: Callable[[nx.Graph, Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(nx.path_graph(3), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupted(_file: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(OSError, match="disk full"):
        write(nx.path_graph(4), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# ------------------------------------------------------------------------------------------------ drawings


def spec(graph: nx.Graph, **options: Any) -> dict[str, Any]:
    drawn: dict[str, Any] = network_chart(graph, **options).to_dict()
    return drawn


def rows(drawn: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = drawn["datasets"][drawn["layer"][layer]["data"]["name"]]
    return found


def test_the_chart_tells_in_words_what_it_shows() -> None:
    graph = project(affiliation_graph(CAME, "who", "what"), "who")
    assert spec(graph, measure="degree", attribute="sector", labels=2)["description"] == (
        "Network of 4 nodes and 5 ties, all in one piece. Highest degree: Ada (3); Cy (3). "
        "Shape and colour show sector: civil 2, public 2."
    )
    graph.add_node("Ed")
    use_language("sv")
    words = spec(graph, labels=1, attribute="sector")["description"]
    assert words.startswith("Nätverk med 5 noder och 5 kopplingar i 2 skilda delar. Överst efter mellanlägescentr")
    assert words.endswith("Form och färg visar sector: civil 2, public 2, ej angivet 1.")


def test_groups_differ_by_shape_as_well_as_by_colour() -> None:
    drawn = spec(project(affiliation_graph(CAME, "who", "what"), "who"), attribute="sector")
    encoding = drawn["layer"][1]["encoding"]
    for channel in ("shape", "color"):
        assert encoding[channel]["field"] == "group"
        assert len(set(encoding[channel]["scale"]["range"])) == 2


def test_size_is_the_measure_and_the_top_brokers_have_their_names_beside_them() -> None:
    graph = nx.krackhardt_kite_graph()
    nx.set_node_attributes(graph, {7: "Heather"}, "label")
    drawn = spec(graph, labels=1)
    sizes = {row["name"]: row["value"] for row in rows(drawn, 1)}
    assert drawn["layer"][1]["encoding"]["size"]["field"] == "value"
    assert sizes["Heather"] == pytest.approx(14 / 36)
    assert [row["name"] for row in rows(drawn, 2)] == ["Heather"]


def test_names_do_not_cover_each_other() -> None:
    drawn = spec(nx.complete_graph(40), labels=10)
    names = [row for layer in range(2, len(drawn["layer"]), 2) for row in rows(drawn, layer)]
    for one, other in itertools.combinations(names, 2):
        assert abs(one["x"] - other["x"]) > 0.02 or abs(one["name_y"] - other["name_y"]) > 0.04


def test_the_chart_is_the_same_every_time_and_in_every_process() -> None:
    code = (
        "import pandas as pd; from siru_course import data; from siru_course.networks import *;"
        "came = data.load('attendance').query('year == 2016');"
        "graph = project(affiliation_graph(came, 'organisation_id', 'activity_id'), 'organisation_id');"
        "print(network_chart(graph, attribute='sector').to_json())"
    )
    # Sets of text come in another order in every process, by a salt of its own.
    salt = {**os.environ, "PYTHONHASHSEED": "1", "SIRU_LANG": "en"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=salt)
    drawn = json.loads(run.stdout)
    graph = people(data.load("attendance").query("year == 2016"), "organisation_id")
    assert spec(graph, attribute="sector")["datasets"] == drawn["datasets"]
    assert spec(graph, attribute="sector", seed=1)["datasets"] != drawn["datasets"]


def test_of_very_many_ties_enough_are_drawn_to_hold_parts_together() -> None:
    # Two crowds of 60 whose ties are strong, and one weak tie between them.
    graph = nx.disjoint_union(nx.complete_graph(60), nx.complete_graph(60))
    nx.set_edge_attributes(graph, 5, "weight")
    graph.add_edge(0, 60, weight=1)
    drawn = spec(graph, measure="degree")
    place = {(row["x"], row["y"]): row["name"] for row in rows(drawn, 1)}
    ties = [(place[row["x"], row["y"]], place[row["x2"], row["y2"]]) for row in rows(drawn, 0)]
    assert len(ties) == 1500
    assert ("0", "60") in ties
    assert nx.is_connected(nx.Graph(ties))
    assert "1,500 of 3,541 ties are drawn." in drawn["description"]
    assert "1,500 of 3,541 ties are drawn." in drawn["title"]["text"]


@pytest.mark.parametrize("graph", [nx.empty_graph(1), nx.empty_graph(3), nx.path_graph(2)])
@pytest.mark.parametrize("measure", ["betweenness", "degree", "closeness", "effective_size"])
def test_even_the_smallest_networks_can_be_drawn(graph: nx.Graph, measure: str) -> None:
    vl_convert = pytest.importorskip("vl_convert")
    svg = vl_convert.vegalite_to_svg(spec(graph, measure=measure))
    assert svg.startswith("<svg")
    assert "NaN" not in svg


def test_the_chart_fits_a_phone_and_is_drawn_as_a_picture() -> None:
    vl_convert = pytest.importorskip("vl_convert")
    graph = project(affiliation_graph(CAME, "who", "what"), "who")
    nx.set_node_attributes(graph, "Arbetsintegrerande sociala föreningen Ringar på vattnet", "label")
    svg = vl_convert.vegalite_to_svg(spec(graph, attribute="sector"))
    assert "civil" in svg
    assert float(svg.split('width="')[1].split('"')[0]) <= 400


# ------------------------------------------------------------------------------------------------ bad input

GRAPH = grouped([(0, 1), (1, 2)], {0: "a", 1: "b", 2: "a"})
HALF = grouped([(0, 1), (1, 2)], {0: "a"})
LOOP = nx.Graph([(0, 0), (0, 1)])
MANY = grouped([(0, 1)], {node: f"group {node}" for node in range(8)})

BAD: list[tuple[Callable[[], object], type[Exception], str, str]] = [
    (lambda: affiliation_graph([1], "who", "what"), ValueError, "attendance is [1]; give a", "attendance är [1]; ange"),
    (lambda: affiliation_graph(CAME.iloc[:0], "who", "what"), ValueError, "attendance is empty", "attendance är tom"),
    (
        lambda: affiliation_graph(CAME, "person", "what"),
        KeyError,
        "attendance has no column 'person'; its columns are who, what",
        "attendance har ingen kolumn 'person'",
    ),
    (
        lambda: affiliation_graph(CAME, "who", "who"),
        ValueError,
        "person and event are both 'who'",
        "person och event är båda 'who'",
    ),
    (
        lambda: affiliation_graph(CAME.assign(what=None), "who", "what"),
        ValueError,
        "No row of attendance has both who and what",
        "Ingen rad i attendance har både who och what",
    ),
    (
        lambda: affiliation_graph(CAME.replace("A1", "Ada"), "who", "what"),
        ValueError,
        "'Ada' stands both in who and in what",
        "'Ada' står både i who och i what",
    ),
    (
        lambda: project(affiliation_graph(CAME, "who", "what"), "where"),
        ValueError,
        "on is 'where'; choose one of who, what, person, event",
        "on är 'where'; välj",
    ),
    (lambda: project(GRAPH, "person"), ValueError, "graph has only one kind of nodes", "graph har bara en sorts noder"),
    (
        lambda: brokerage(nx.DiGraph([(0, 1)])),
        ValueError,
        "graph is DiGraph; give an undirected",
        "graph är DiGraph; ange en oriktad",
    ),
    (
        lambda: brokerage(CAME),
        ValueError,
        "graph is a DataFrame of 6 rows; give",
        "graph är en DataFrame med 6 rader; ",
    ),
    (lambda: brokerage(nx.Graph()), ValueError, "graph has no nodes", "graph har inga noder"),
    (lambda: overview(LOOP), ValueError, "In graph, 0 has a tie to itself", "I graph har 0 en koppling till sig själv"),
    (
        lambda: ei_index(GRAPH, "sektor"),
        KeyError,
        "has the attribute 'sektor'; there are: sector",
        "har attributet 'sektor'; de som finns är: sector",
    ),
    (
        lambda: ei_index(HALF, "sector"),
        ValueError,
        "In graph, 2 of 3 nodes have no sector, such as 1",
        "I graph saknar 2 av 3 noder sector, till exempel 1",
    ),
    (
        lambda: ei_index(grouped([], {0: "a"}), "sector"),
        ValueError,
        "graph has no ties",
        "graph har inga kopplingar",
    ),
    (
        lambda: compare(GRAPH, HALF, "sector"),
        ValueError,
        "In after, 2 of 3 nodes have no sector",
        "I after saknar 2 av 3",
    ),
    (
        lambda: compare(grouped([], {0: "a"}), GRAPH, "sector"),
        ValueError,
        "before has no ties",
        "before har inga kopplingar",
    ),
    (
        lambda: compare(GRAPH, GRAPH, "sector", permutations=0),
        ValueError,
        "permutations is 0; give a whole number from 1",
        "permutations är 0; ange ett heltal från 1",
    ),
    (lambda: compare(GRAPH, GRAPH, "sector", seed=-1), ValueError, "seed is -1", "seed är -1"),
    (
        lambda: centralization(GRAPH, "eigenvector"),
        ValueError,
        "measure is 'eigenvector'; choose one of degree, betweenness, closeness",
        "measure är 'eigenvector'; välj",
    ),
    (lambda: centralization(nx.path_graph(2)), ValueError, "graph has 2 nodes", "graph har 2 noder"),
    (
        lambda: centralization(nx.empty_graph(3), "closeness"),
        ValueError,
        "graph falls into 3 parts",
        "graph består av 3 skilda delar",
    ),
    (
        lambda: to_graphml(GRAPH, "no/such/folder/n.graphml"),
        ValueError,
        "path is 'no/such/folder/n.graphml'; give the name of a file",
        "path är 'no/such/folder/n.graphml'; ange namnet på en fil",
    ),
    (
        lambda: to_graphml(nx.Graph([(1, "1")]), "n.graphml"),
        ValueError,
        "Two nodes are both written '1'",
        "Två noder skrivs båda '1'",
    ),
    (lambda: to_kumu_csv(GRAPH, "no/such"), ValueError, "folder is 'no/such'; give", "folder är 'no/such'; ange"),
    (
        lambda: to_kumu_csv(nx.Graph([("a|b", "c")]), "."),
        ValueError,
        "The id a|b has a | in it",
        "Id a|b innehåller ett |",
    ),
    (
        lambda: to_kumu_csv(GRAPH, ".", kind="kön"),
        KeyError,
        "No node has the attribute 'kön'",
        "Ingen nod har attributet",
    ),
    (
        lambda: network_chart(GRAPH, measure="constraint"),
        ValueError,
        "measure is 'constraint'; choose one of degree",
        "measure är 'constraint'; välj",
    ),
    (
        lambda: network_chart(MANY, attribute="sector"),
        ValueError,
        "sector has 8 different values",
        "sector har 8 olika värden",
    ),
    (lambda: network_chart(GRAPH, attribute="kön"), KeyError, "has the attribute 'kön'", "har attributet 'kön'"),
    (lambda: network_chart(GRAPH, labels=-1), ValueError, "labels is -1", "labels är -1"),
]
