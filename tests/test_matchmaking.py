"""Assignment, stable matching, blocking pairs and satisfaction."""

from __future__ import annotations

import itertools
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siru_course import data, use_language
from siru_course.matchmaking import assign, blocking_pairs, preferences, satisfaction, stable
from tests import published

Lists = dict[str, list[str]]
Market = tuple[Lists, Lists, dict[str, int]]


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Draw up to four proposers and three receivers, whose lists may be incomplete and who have 0 to 2 places."""
    mine, theirs = list("abcd"[: draw(st.integers(1, 4))]), list("XYZ"[: draw(st.integers(1, 3))])

    def lists(names: list[str], others: list[str]) -> Lists:
        order = st.tuples(st.permutations(others), st.integers(0, len(others)))
        return {name: list(drawn[0][: drawn[1]]) for name in names for drawn in [draw(order)]}

    return lists(mine, theirs), lists(theirs, mine), {name: draw(st.integers(0, 2)) for name in theirs}


def better(order: list[str], one: str | None, other: str | None) -> bool:
    """Tell whether one is before the other on a list; nobody comes after all that are on it."""
    place = [order.index(name) if name in order else len(order) for name in (one, other)]
    return place[0] < place[1]


def is_stable(matching: dict[str, str | None], market: Market) -> bool:
    """Look at every two people, straight from the definition."""
    mine, theirs, places = market
    for name, receiver in itertools.product(mine, theirs):
        held = [other for other in mine if matching[other] == receiver]
        wanted = better(theirs[receiver], name, None) and (
            len(held) < places[receiver] or any(better(theirs[receiver], name, other) for other in held)
        )
        if better(mine[name], receiver, matching[name]) and wanted:
            return False
    return True


def all_stable(market: Market) -> list[dict[str, str]]:
    """Try every way to pair those who accept each other, within the places."""
    mine, theirs, places = market
    found = []
    for choice in itertools.product([None, *theirs], repeat=len(mine)):
        pairs = dict(zip(mine, choice, strict=True))
        accepted = all(r is None or (r in mine[p] and p in theirs[r]) for p, r in pairs.items())
        if accepted and all(choice.count(r) <= places[r] for r in theirs) and is_stable(pairs, market):
            found.append({p: r for p, r in pairs.items() if r is not None})
    return found


# ---------------------------------------------------------------------------------------------- stable matching


def three_by_three() -> tuple[Lists, Lists]:
    """Give the lists of men and women from the published table of ranks (his of her, hers of him)."""
    table = np.array(published.case("gale_shapley_3x3")[0]["rank_pairs_man_woman"])
    men, women = ["alpha", "beta", "gamma"], ["A", "B", "C"]
    his = {man: [women[j] for j in np.argsort(table[i, :, 0])] for i, man in enumerate(men)}
    hers = {woman: [men[i] for i in np.argsort(table[:, j, 1])] for j, woman in enumerate(women)}
    return his, hers


def test_the_published_example_has_its_best_matching_for_either_side() -> None:
    men, women = three_by_three()
    expected = published.case("gale_shapley_3x3")[1]
    assert stable(men, women) == expected["men_optimal"]
    assert stable(men, women, receivers_propose=True) == expected["women_optimal"]
    assert {man: woman for woman, man in stable(women, men).items()} == expected["women_optimal"]


def test_the_published_example_has_three_stable_matchings() -> None:
    men, women = three_by_three()
    every = [dict(zip(men, order, strict=True)) for order in itertools.permutations(women)]
    calm = [matching for matching in every if not blocking_pairs(matching, men, women)]
    expected = published.case("gale_shapley_3x3")[1]
    assert len(calm) == expected["count"]
    assert expected["median"] in calm


def test_gale_and_shapleys_second_example_has_one_stable_matching() -> None:
    # Gale and Shapley (1962), example 2: his rank of her, hers of him.
    table = {
        "alpha": [(1, 3), (2, 3), (3, 2), (4, 3)],
        "beta": [(1, 4), (4, 1), (3, 3), (2, 2)],
        "gamma": [(2, 2), (1, 4), (3, 4), (4, 1)],
        "delta": [(4, 1), (2, 2), (3, 1), (1, 4)],
    }
    pairs = pd.DataFrame(
        [(man, woman, *ranks) for man, row in table.items() for woman, ranks in zip("ABCD", row, strict=True)],
        columns=["man", "woman", "his", "hers"],
    )
    men = preferences(pairs, of="man", among="woman", rank="his")
    women = preferences(pairs, of="woman", among="man", rank="hers")
    only = {"alpha": "C", "beta": "D", "gamma": "A", "delta": "B"}
    assert stable(men, women) == stable(men, women, receivers_propose=True) == only


def test_the_teaching_example_of_residents_and_hospitals_with_two_places_each() -> None:
    # The example of the National Resident Matching Program, as the documentation of the package `matching` has it.
    residents = {"A": ["C"], "S": ["C", "M"], "D": ["C", "M", "G"], "L": ["M", "C", "G"], "J": ["C", "G", "M"]}
    hospitals = {"M": ["D", "L", "S", "J"], "C": ["D", "A", "S", "L", "J"], "G": ["D", "J", "L"]}
    expected = {"A": "C", "S": "M", "D": "C", "L": "M", "J": "G"}
    assert stable(residents, hospitals, dict.fromkeys("MCG", 2)) == expected
    assert stable(residents, hospitals, dict.fromkeys("MCG", 2), receivers_propose=True) == expected


@settings(max_examples=50, deadline=None)
@given(markets())
def test_a_stable_matching_is_stable_by_definition_and_best_for_those_who_ask(market: Market) -> None:
    mine, theirs, places = market
    every = all_stable(market)
    asked = stable(mine, theirs, places)
    assert asked in every
    assert not any(better(mine[name], other.get(name), asked.get(name)) for other in every for name in mine)
    turned = stable(mine, theirs, places, receivers_propose=True)
    assert turned in every
    assert not any(better(mine[name], turned.get(name), other.get(name)) for other in every for name in mine)


@settings(max_examples=50, deadline=None)
@given(markets())
def test_the_same_people_are_left_out_in_every_stable_matching(market: Market) -> None:
    # Roth's rural hospitals theorem, with its second half: who does not fill its places gets the same people.
    mine, theirs, places = market
    first = stable(mine, theirs, places)
    for other in all_stable(market):
        assert set(other) == set(first)
        for receiver in theirs:
            held = [{name for name in pairs if pairs[name] == receiver} for pairs in (first, other)]
            assert len(held[0]) == len(held[1])
            assert len(held[0]) == places[receiver] or held[0] == held[1]


@settings(max_examples=50, deadline=None)
@given(markets(), st.data())
def test_blocking_pairs_are_those_of_the_definition(market: Market, drawn: st.DataObject) -> None:
    mine, theirs, places = market
    room = {name: max(places[name], 1) for name in theirs}
    matching: dict[str, str | None] = dict.fromkeys(mine)
    for name in mine:
        free = [r for r in mine[name] if name in theirs[r] and list(matching.values()).count(r) < room[r]]
        matching[name] = drawn.draw(st.sampled_from([None, *free]))
    assert (not blocking_pairs(matching, mine, theirs, room)) == is_stable(matching, (mine, theirs, room))


def test_names_without_a_place_each_have_one() -> None:
    mine = {"a": ["X", "Y"], "b": ["X", "Y"], "c": ["X"]}
    theirs = {"X": ["c", "b", "a"], "Y": ["a", "b"]}
    assert stable(mine, theirs) == {"a": "Y", "c": "X"}
    assert stable(mine, theirs, {"X": 2}) == {"a": "Y", "b": "X", "c": "X"}
    assert stable(mine, theirs, pd.Series({"X": 2})) == {"a": "Y", "b": "X", "c": "X"}


def test_who_would_rather_have_nobody_stands_alone_among_the_blocking() -> None:
    mine, theirs = {"a": ["X"], "b": ["Y"]}, {"X": ["a"], "Y": []}
    assert blocking_pairs({"a": "Y", "b": "X"}, mine, theirs) == [
        ("a", None),
        ("a", "X"),
        ("b", None),
        (None, "X"),
        (None, "Y"),
    ]


def test_a_partner_of_none_or_missing_is_no_partner() -> None:
    mine, theirs = {"a": ["X"], "b": ["X"]}, {"X": ["a", "b"]}
    assert blocking_pairs({"a": None, "b": "X"}, mine, theirs) == [("a", "X")]
    assert blocking_pairs(pd.Series({"a": np.nan, "b": "X"}), mine, theirs) == [("a", "X")]


# --------------------------------------------------------------------------------------------------- assignment


def test_the_published_assignment() -> None:
    inputs, expected, _tolerance = published.case("assignment_wiki")
    found = assign(pd.DataFrame(inputs["cost"]), maximise=False)
    assert found.pairs == dict(enumerate(expected["cols"]))
    assert found.total == expected["total"]


def test_the_assignment_of_scipys_documentation() -> None:
    # SciPy's documentation of linear_sum_assignment: columns 1, 0, 2 and a total of 5.
    found = assign(pd.DataFrame([[4, 1, 3], [2, 0, 5], [3, 2, 2]]), maximise=False)
    assert (found.pairs, found.total) == ({0: 1, 1: 0, 2: 2}, 5)


@st.composite
def tables(draw: st.DrawFn, missing: bool = True) -> pd.DataFrame:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cell = st.integers(-9, 9).map(float) | st.just(np.nan) if missing else st.integers(-9, 9).map(float)
    cells = draw(st.lists(cell, min_size=rows * columns, max_size=rows * columns))
    frame = pd.DataFrame(np.reshape(cells, (rows, columns)), index=list("abcd")[:rows], columns=list("WXYZ")[:columns])
    if frame.isna().all(axis=None):
        frame.iloc[0, 0] = 1.0
    return frame


@settings(max_examples=50, deadline=None)
@given(tables(missing=False), st.booleans())
def test_the_total_is_the_best_of_all_ways(scores: pd.DataFrame, maximise: bool) -> None:
    values = scores.to_numpy() if scores.shape[0] <= scores.shape[1] else scores.to_numpy().T
    totals = [
        sum(values[row, column] for row, column in enumerate(order))
        for order in itertools.permutations(range(values.shape[1]), values.shape[0])
    ]
    assert assign(scores, maximise).total == (max if maximise else min)(totals)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_with_forbidden_pairs_as_many_are_made_as_can_be_and_then_the_best(scores: pd.DataFrame) -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from(
        (("row", r), ("column", c), scores.loc[r, c])
        for r in scores.index
        for c in scores
        if pd.notna(scores.loc[r, c])
    )
    edges = nx.max_weight_matching(graph, maxcardinality=True)
    found = assign(scores)
    assert len(found.pairs) == len(edges)
    assert found.total == sum(graph.edges[edge]["weight"] for edge in edges)
    assert found.total == found.scores.sum()
    assert all(pd.notna(scores.loc[pair]) for pair in found.pairs.items())
    assert len(set(found.pairs.values())) == len(found.pairs)
    assert set(found.unmatched_rows) == set(scores.index) - set(found.pairs)
    assert set(found.unmatched_columns) == set(scores.columns) - set(found.pairs.values())
    assert found.forbidden == scores.isna().to_numpy().sum()


def test_a_column_with_two_places_takes_two_rows() -> None:
    scores = pd.DataFrame({"X": [9, 8, 1], "Y": [7, 1, 0]}, index=["a", "b", "c"])
    assert assign(scores, capacities={"X": 2}).pairs == {"a": "X", "b": "X", "c": "Y"}
    assert assign(scores, capacities={"X": 0}).pairs == {"a": "Y"}


def test_an_assignment_says_who_is_left_and_what_is_forbidden_in_both_languages() -> None:
    found = assign(pd.DataFrame({"X": [9.5, 8, 1], "Y": [7, np.nan, 0]}, index=["a", "b", "c"]))
    assert str(found).splitlines() == [
        "Highest total: 15",
        "Name  Partner  Score",
        "a           Y      7",
        "b           X      8",
        "No partner: c.",
        "Pairs that may not be made, as their score is missing: 1.",
    ]
    use_language("sv")
    assert "Högsta summa: 15" in found._repr_html_()
    assert "Utan partner: c." in found._repr_html_()


# -------------------------------------------------------------------------------------------------- satisfaction


def test_satisfaction_can_be_asked_of_either_side() -> None:
    mine = {"a": ["X", "Y"], "b": ["X", "Y"], "c": ["Y"]}
    theirs = {"X": ["b", "a"], "Y": ["c", "a"], "Z": ["a"]}
    matching = {"a": "X", "b": "X"}
    of_mine, of_theirs = satisfaction(matching, mine), satisfaction(matching, theirs)
    assert of_mine.table.set_index("name")["rank"].dropna().to_dict() == {"a": 1, "b": 1}
    assert (of_mine.mean_rank, of_mine.first_choices, of_mine.unmatched, of_mine.left_out) == (1, 2, ["c"], 1)
    assert of_theirs.table.query("name == 'X'")[["partner", "rank"]].to_numpy().tolist() == [["a", 2], ["b", 1]]
    assert (of_theirs.mean_rank, of_theirs.worst_rank, of_theirs.unmatched) == (1.5, 2, ["Y", "Z"])


def test_where_both_sides_have_the_same_names_the_proposers_are_asked() -> None:
    lists = {1: [1, 2, 3], 2: [1, 2, 3], 3: [1, 2, 3]}
    assert satisfaction({1: 2, 2: 3, 3: 1}, lists).table["partner"].tolist() == [2, 3, 1]


def test_a_partner_that_is_not_on_the_list_is_left_out_of_the_mean_and_told() -> None:
    found = satisfaction({"a": "Y", "b": "X"}, {"a": ["X"], "b": ["Y", "X"]})
    assert (found.mean_rank, found.left_out, found.unmatched) == (2, 1, [])
    assert found.notes() == ["Left out of the mean, with a partner that is not on the list: a."]
    use_language("sv")
    assert "partnern inte står på listan: a." in str(found)
    assert "Medelplacering 2" in str(found)


def test_who_has_no_partner_stands_in_the_table_with_dashes() -> None:
    found = satisfaction({"a": "X"}, {"a": ["X"], "b": ["X"]})
    assert [line.split() for line in str(found).splitlines()[2:4]] == [["a", "X", "1"], ["b", "–", "–"]]
    assert "nan" not in found._repr_html_()


def test_when_nobody_has_a_partner_there_is_no_mean() -> None:
    found = satisfaction({}, {"a": ["X"]})
    assert np.isnan(found.mean_rank)
    assert "Mean rank –, worst –, first choices 0 of 1" in str(found)
    assert "–" in found._repr_html_()


# ---------------------------------------------------------------------------------------------------------- data


@pytest.fixture(scope="module")
def breakfast() -> tuple[pd.DataFrame, Lists, Lists, dict[str, int]]:
    pairs = data.load("match_scores")
    return (
        pairs.pivot(index="entrepreneur_id", columns="company_id", values="score"),
        preferences(pairs, of="entrepreneur_id", among="company_id", rank="entrepreneur_rank"),
        preferences(pairs, of="company_id", among="entrepreneur_id", rank="company_rank"),
        data.load("companies").set_index("company_id")["capacity"].to_dict(),
    )


def test_the_best_total_at_the_breakfast_is_not_stable(breakfast: Any) -> None:
    scores, entrepreneurs, companies, places = breakfast
    best, calm = assign(scores, capacities=places), stable(entrepreneurs, companies, places)
    assert len(blocking_pairs(best.pairs, entrepreneurs, companies, places)) >= 2
    assert blocking_pairs(calm, entrepreneurs, companies, places) == []
    assert best.total > sum(scores.loc[pair] for pair in calm.items())
    assert satisfaction(best.pairs, entrepreneurs).worst_rank >= 6


def test_it_matters_at_the_breakfast_who_proposes(breakfast: Any) -> None:
    _scores, entrepreneurs, companies, places = breakfast
    asked = stable(entrepreneurs, companies, places)
    turned = stable(entrepreneurs, companies, places, receivers_propose=True)
    assert sum(asked[name] != turned[name] for name in entrepreneurs) >= 3
    assert satisfaction(asked, entrepreneurs).mean_rank < satisfaction(turned, entrepreneurs).mean_rank
    assert satisfaction(asked, companies).mean_rank > satisfaction(turned, companies).mean_rank


def test_capacities_matter_at_the_breakfast(breakfast: Any) -> None:
    _scores, entrepreneurs, companies, places = breakfast
    assert len(stable(entrepreneurs, companies, places)) == 12
    assert satisfaction(stable(entrepreneurs, companies), entrepreneurs).left_out == 2


def test_the_matches_that_were_followed_up_are_those_of_the_proposing_entrepreneurs(breakfast: Any) -> None:
    _scores, entrepreneurs, companies, places = breakfast
    followed = data.load("match_followup").drop_duplicates("match_id").set_index("entrepreneur_id")["company_id"]
    assert stable(entrepreneurs, companies, places) == followed.to_dict()


# ----------------------------------------------------------------------------------------------------- bad input

SCORES = pd.DataFrame({"X": [1.0, 2.0]}, index=["a", "b"])
MINE, THEIRS = {"a": ["X"], "b": ["X"]}, {"X": ["a", "b"]}
PAIRS = pd.DataFrame({"who": ["a", "a"], "whom": ["X", "Y"], "rank": [1, 1]})

BAD = [
    pytest.param(lambda: assign([[1]]), ValueError, "scores is [[1]]", "scores är [[1]]", id="no frame"),
    pytest.param(lambda: assign(SCORES.iloc[:0]), ValueError, "scores is empty", "scores är tom", id="empty"),
    pytest.param(
        lambda: assign(SCORES.replace(2.0, np.inf)), ValueError, "Row b: X is inf", "Rad b: X är inf", id="infinite"
    ),
    pytest.param(
        lambda: assign(SCORES * np.nan),
        ValueError,
        "Every pair in scores is forbidden",
        "Inget par i scores är tillåtet",
        id="all forbidden",
    ),
    pytest.param(
        lambda: assign(SCORES.set_axis(["a", "a"])),
        ValueError,
        "The row 'a' stands twice",
        "Raden 'a' står två gånger",
        id="row twice",
    ),
    pytest.param(
        lambda: assign(pd.DataFrame([[1, 2]], columns=["X", "X"])),
        ValueError,
        "The column 'X' stands twice",
        "Kolumnen 'X' står två gånger",
        id="column twice",
    ),
    pytest.param(
        lambda: assign(SCORES, capacities={"Q": 1}),
        KeyError,
        "capacities has 'Q', which is not there; the names are X.",
        "capacities har 'Q', som inte finns; namnen är X.",
        id="capacity of nobody",
    ),
    pytest.param(
        lambda: stable(MINE, THEIRS, {"X": -1}),
        ValueError,
        "capacities['X'] is -1; give a whole number from 0",
        "capacities['X'] är -1; ange ett heltal från 0",
        id="negative capacity",
    ),
    pytest.param(
        lambda: stable(MINE, THEIRS, 2), ValueError, "capacities is 2", "capacities är 2", id="capacity is no mapping"
    ),
    pytest.param(lambda: stable({}, THEIRS), ValueError, "proposers is {}", "proposers är {}", id="nobody"),
    pytest.param(
        lambda: stable({"a": "X"}, THEIRS),
        ValueError,
        "a in proposers has 'X'; give a list",
        "a i proposers har 'X'; ange en lista",
        id="text for a list",
    ),
    pytest.param(
        lambda: stable({"a": {"X", "Y"}}, THEIRS),
        ValueError,
        "give a list of names, the favourite first",
        "ange en lista med namn, med favoriten först",
        id="a set has no order",
    ),
    pytest.param(
        lambda: stable(MINE, {"X": ["a", "b", "a"]}),
        ValueError,
        "X in receivers lists a twice",
        "X i receivers har a två gånger",
        id="twice on a list",
    ),
    pytest.param(
        lambda: stable({"a": ["Q"]}, {"X": ["a"]}),
        KeyError,
        "a lists 'Q', who is not in receivers",
        "a har 'Q' på sin lista, men det namnet finns inte i receivers",
        id="unknown on a list",
    ),
    pytest.param(
        lambda: stable(pd.Series([["X"], ["X"]], index=["a", "a"]), THEIRS),
        ValueError,
        "a stands twice in proposers",
        "a står två gånger i proposers",
        id="series with a name twice",
    ),
    pytest.param(
        lambda: blocking_pairs({"a": "X", "b": "X"}, MINE, THEIRS),
        ValueError,
        "X has 2 partners in matching but places for 1",
        "X har 2 partner i matching men plats för 1",
        id="overfull",
    ),
    pytest.param(
        lambda: blocking_pairs({"q": "X"}, MINE, THEIRS),
        KeyError,
        "matching has 'q', who is not in proposers; the names there are a, b.",
        "matching har 'q', som inte finns i proposers; namnen där är a, b.",
        id="unknown proposer",
    ),
    pytest.param(
        lambda: blocking_pairs({"a": "Q"}, MINE, THEIRS),
        KeyError,
        "matching has 'Q', who is not in receivers",
        "matching har 'Q', som inte finns i receivers",
        id="unknown receiver",
    ),
    pytest.param(
        lambda: blocking_pairs({"a": ["X"]}, MINE, THEIRS),
        ValueError,
        "matching has ['X'] for a; give one partner",
        "matching har ['X'] för a; ange en partner",
        id="a list of partners",
    ),
    pytest.param(
        lambda: satisfaction(assign(SCORES), MINE),
        ValueError,
        "give a mapping from proposers to receivers",
        "ange vem som får vem",
        id="the assignment and not its pairs",
    ),
    pytest.param(
        lambda: satisfaction({"q": "X"}, MINE),
        KeyError,
        "who is not in preferences",
        "inte finns i preferences",
        id="q",
    ),
    pytest.param(
        lambda: preferences(PAIRS, "who", "whom", "rank"),
        ValueError,
        "a ranks X and Y the same in rank",
        "a ger X och Y samma rang i rank",
        id="tie",
    ),
    pytest.param(
        lambda: preferences(PAIRS.assign(rank=[1, 2], whom="X"), "who", "whom", "rank"),
        ValueError,
        "a in frame lists X twice",
        "a i frame har X två gånger",
        id="pair twice",
    ),
    pytest.param(
        lambda: preferences(PAIRS.assign(who=["a", None]), "who", "whom", "rank"),
        ValueError,
        "who is missing in row 1",
        "who saknas på rad 1",
        id="name missing",
    ),
    pytest.param(
        lambda: preferences(PAIRS, "who", "whom", "plats"),
        KeyError,
        "frame has no column 'plats'",
        "frame har ingen kolumn 'plats'",
        id="no column",
    ),
]


def test_a_missing_rank_leaves_the_name_off_the_list() -> None:
    pairs = PAIRS.assign(rank=[None, 1])
    assert preferences(pairs, "who", "whom", "rank") == {"a": ["Y"]}
    assert preferences(pairs.iloc[:1], "who", "whom", "rank") == {"a": []}
