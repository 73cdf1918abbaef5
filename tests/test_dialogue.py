"""Mixed tables, café rounds, decision rules and consensus."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from siru_course import use_language
from siru_course._dialogue import seating as _seating
from siru_course.dialogue import consensus, meetings, merge_options, mix_tables, rotations, rules_table, tally

from .published import case

RANKED = ("plurality", "borda", "condorcet", "instant_runoff")
MARKED = ("approval", "score", "dots", "quadratic")

# The standard example of the capital of Tennessee: 100 voters, four cities.
_PROFILES, TENNESSEE_RESULT, _EXACT = case("tennessee")
TENNESSEE = pd.DataFrame(
    [{str(rank): city for rank, city in enumerate(cities, 1)} | {"n": n} for n, cities in _PROFILES["profiles"]]
)
CYCLE = pd.DataFrame({"1": ["A", "B", "C"], "2": ["B", "C", "A"], "3": ["C", "A", "B"]})


def ranked(*ballots: str, n: list[int] | None = None) -> pd.DataFrame:
    """Write ballots as strings: ``"ABC"`` ranks A, B, C; a shorter one leaves the last ranks empty."""
    width = max(map(len, ballots))
    columns = {str(i + 1): [b[i] if i < len(b) else None for b in ballots] for i in range(width)}
    return pd.DataFrame(columns if n is None else {**columns, "n": n})


@st.composite
def rankings(draw: st.DrawFn, complete: bool = False) -> pd.DataFrame:
    options = "ABCD"[: draw(st.integers(2, 4))]
    one = st.permutations(options).map("".join)
    if not complete:
        one = st.tuples(one, st.integers(1, len(options))).map(lambda pair: pair[0][: pair[1]])
    ballots = draw(st.lists(one, min_size=1, max_size=7))
    return ranked(*ballots, n=draw(st.lists(st.integers(1, 5), min_size=len(ballots), max_size=len(ballots))))


def lists(ballots: pd.DataFrame) -> list[list[str]]:
    """Give one list of names for each person who voted."""
    ranks = [column for column in ballots.columns if column != "n"]
    return [
        [row[column] for column in ranks if isinstance(row[column], str)]
        for _label, row in ballots.iterrows()
        for _ in range(row.get("n", 1))
    ]


# ------------------------------------------------------------------------------------------------ decision rules


@pytest.mark.parametrize(
    ("rule", "winner"),
    [
        ("plurality", TENNESSEE_RESULT["plurality"]),
        ("borda", max(TENNESSEE_RESULT["borda"], key=TENNESSEE_RESULT["borda"].get)),
        ("condorcet", TENNESSEE_RESULT["condorcet"]),
        ("instant_runoff", TENNESSEE_RESULT["irv"]),
    ],
)
def test_tennessee_has_a_different_capital_by_another_rule(rule: str, winner: str) -> None:
    result = tally(TENNESSEE, rule)
    assert result.winner == winner
    assert result.ranking[0] == winner
    assert result.tied == []
    assert result.ballots == 100


def test_tennessee_borda_scores_are_the_published_ones() -> None:
    scores = tally(TENNESSEE, "borda").scores
    assert scores.to_dict() == TENNESSEE_RESULT["borda"]
    assert scores.index.tolist() == ["Nashville", "Chattanooga", "Memphis", "Knoxville"]


def test_votes_cost_their_square_in_credits() -> None:
    inputs, expected, _tolerance = case("quadratic_voting")
    ballots = pd.DataFrame({"quadratic_A": inputs["votes"]})
    assert tally(ballots, "quadratic", credits=max(expected["cost"])).spent.tolist() == expected["cost"]


def test_tennessee_duels() -> None:
    pairwise = tally(TENNESSEE, "condorcet").pairwise
    assert pairwise is not None
    assert pairwise.loc["Nashville", "Memphis"] == 58
    assert pairwise.loc["Memphis", "Nashville"] == 42
    assert pairwise.loc["Nashville", "Chattanooga"] == 68
    assert pairwise.loc["Chattanooga", "Knoxville"] == 83
    assert tally(TENNESSEE, "condorcet").ranking == ["Nashville", "Chattanooga", "Knoxville", "Memphis"]


def test_tennessee_run_off_round_by_round() -> None:
    rounds = tally(TENNESSEE, "instant_runoff").rounds
    assert rounds is not None
    assert rounds["eliminated"].tolist() == ["Chattanooga", "Nashville", ""]
    assert rounds.loc[2, ["Memphis", "Nashville", "Knoxville"]].tolist() == [42, 26, 32]
    assert rounds.loc[3, ["Memphis", "Knoxville"]].tolist() == [42, 58]
    assert rounds.loc[3, ["Nashville", "Chattanooga"]].isna().all()
    assert rounds["exhausted"].tolist() == [0, 0, 0]


def test_in_a_cycle_nobody_wins_by_condorcet() -> None:
    result = tally(CYCLE, "condorcet")
    assert result.winner is None
    assert result.tied == ["A", "B", "C"]


def test_the_group_left_by_a_cycle_leaves_out_who_loses_to_all_of_it() -> None:
    result = tally(ranked("ABCD", "BCAD", "CABD"), "condorcet")
    assert result.winner is None
    assert result.tied == ["A", "B", "C"]
    assert result.ranking[-1] == "D"


def test_a_tied_duel_at_the_top_has_no_condorcet_winner() -> None:
    result = tally(ranked("ABC", "BAC"), "condorcet")
    assert (result.winner, result.tied) == (None, ["A", "B"])
    assert result.scores.to_dict() == {"A": 1.5, "B": 1.5, "C": 0}


def test_a_tie_for_first_place_has_no_winner() -> None:
    result = tally(ranked("AB", "BA"), "plurality")
    assert (result.winner, result.tied) == (None, ["A", "B"])
    assert "A, B" in result.verdict


def test_borda_shares_the_points_left_over_on_a_short_ballot() -> None:
    # Four options: the short ballot gives A 3, and B, C and D share 2 + 1 + 0.
    scores = tally(ranked("A", "BCDA"), "borda").scores
    assert scores.to_dict() == {"A": 3, "B": 1 + 3, "C": 1 + 2, "D": 1 + 1}


def test_condorcet_puts_ranked_options_above_the_others_and_is_silent_between_those() -> None:
    pairwise = tally(ranked("A", "CBA"), "condorcet").pairwise
    assert pairwise is not None
    assert (pairwise.loc["A", "B"], pairwise.loc["B", "A"]) == (1, 1)
    assert (pairwise.loc["B", "C"], pairwise.loc["C", "B"]) == (0, 1)


def test_a_run_off_says_how_many_ballots_are_exhausted() -> None:
    result = tally(ranked("A", "B", "CB", n=[5, 4, 3]), "instant_runoff")
    assert result.winner == "B"
    exhausted = tally(ranked("A", "B", "C", n=[5, 4, 3]), "instant_runoff").rounds
    assert exhausted is not None
    assert exhausted["exhausted"].tolist() == [0, 3]


def test_a_run_off_stops_at_a_majority_of_the_votes_left() -> None:
    rounds = tally(ranked("A", "B", "C", n=[6, 3, 2]), "instant_runoff").rounds
    assert rounds is not None
    assert len(rounds) == 1


def test_a_run_off_tie_for_last_goes_against_fewer_votes_in_an_earlier_round() -> None:
    # C and B have 4 each in the second round, but B began with 3 and C with 4.
    result = tally(ranked("A", "B", "C", "DB", n=[5, 3, 4, 1]), "instant_runoff")
    assert result.rounds is not None
    assert result.rounds["eliminated"].tolist()[:2] == ["D", "B"]
    assert result.rounds["tie_break"].tolist()[:2] == ["", "earlier"]
    assert "B had fewer votes in an earlier round" in str(result)


def test_the_latest_earlier_round_that_differs_breaks_the_tie() -> None:
    # B and C have 5 each in the third round. In the second B had 4 and C 5; in the first B had 4 and C 3.
    result = tally(ranked("A", "B", "C", "D", "DB", "EC", n=[10, 4, 3, 2, 1, 2]), "instant_runoff")
    assert result.rounds is not None
    assert result.rounds["eliminated"].tolist()[:3] == ["E", "D", "B"]


def test_a_run_off_tie_for_last_with_no_earlier_difference_goes_by_the_alphabet() -> None:
    result = tally(ranked("A", "BA", "CA", n=[3, 2, 2]), "instant_runoff")
    assert result.rounds is not None
    assert result.rounds["eliminated"].tolist() == ["C", ""]
    assert result.rounds["tie_break"].tolist() == ["alphabet", ""]
    assert "C went out as the last in the alphabet" in str(result)


def test_a_run_off_between_equals_has_no_winner() -> None:
    result = tally(ranked("A", "B", "CA", "CB", n=[3, 3, 1, 1]), "instant_runoff")
    assert (result.winner, result.tied) == (None, ["A", "B"])
    assert result.ranking == ["A", "B", "C"]


def test_empty_ballots_are_left_out_and_counted() -> None:
    result = tally(ranked("AB", "", "BA", n=[2, 3, 1]), "plurality")
    assert (result.winner, result.ballots, result.left_out) == ("A", 3, 3)
    assert "empty: 3" in str(result)


@pytest.mark.parametrize("columns", [[1, 2, 3], ["3", "1", "2"]])
def test_rank_columns_may_be_numbers_and_stand_in_any_order(columns: list[Any]) -> None:
    ballots = pd.DataFrame({str(c): CYCLE[str(c)] for c in columns}).set_axis(columns, axis=1)
    assert tally(ballots, "borda").scores.to_dict() == {"A": 3, "B": 3, "C": 3}


def test_names_are_the_same_whatever_the_spaces_around_them() -> None:
    assert tally(pd.DataFrame({"1": ["A", " A ", "B"]}), "plurality").scores.to_dict() == {"A": 2, "B": 1}


MARKS = pd.DataFrame(
    {
        "ballot_id": ["V1", "V2", "V3"],
        "sector": ["public", "civil", "private"],
        "approval_A": [1, 0, 1],
        "approval_B": [1, 1, 1],
        "score_A": [5, 0, 5],
        "score_B": [3, 3, 3],
        "dots_A": [3, 0, 2],
        "dots_B": [0, 3, 1],
        "quadratic_A": [2, 0, 1],
        "quadratic_B": [1, 3, 2],
    }
)


@pytest.mark.parametrize(
    ("rule", "scores", "winner"),
    [
        ("approval", {"A": 2, "B": 3}, "B"),
        ("score", {"A": 10, "B": 9}, "A"),
        ("dots", {"A": 5, "B": 4}, "A"),
        ("quadratic", {"A": 3, "B": 6}, "B"),
    ],
)
def test_the_other_rules_add_up_one_column_an_option(rule: str, scores: dict[str, int], winner: str) -> None:
    result = tally(MARKS, rule)
    assert result.scores.to_dict() == scores
    assert result.winner == winner
    plain = MARKS[[f"{rule}_A", f"{rule}_B"]].set_axis(["A", "B"], axis=1)
    assert tally(plain, rule).scores.to_dict() == scores


def test_another_prefix_is_read_and_removed() -> None:
    ballots = pd.DataFrame({"spring_A": [1, 0], "spring_B": [1, 1], "spring_1": ["A", "B"], "autumn_A": [1, 1]})
    assert tally(ballots[["spring_A", "spring_B", "autumn_A"]], "approval", prefix="spring").scores["B"] == 2
    assert tally(ballots, "plurality", prefix="spring_").scores.to_dict() == {"A": 1, "B": 1}


def test_empty_cells_are_counted_and_said() -> None:
    ballots = pd.DataFrame({"A": [1, np.nan, np.nan], "B": [np.nan, np.nan, 4], "n": [2, 3, 1]})
    result = tally(ballots, "score")
    assert (result.ballots, result.left_out, result.blank) == (3, 3, 3)
    assert result.scores.to_dict() == {"B": 4, "A": 2}
    assert "counted as 0: 3" in str(result)


def test_level_options_come_in_alphabetical_order() -> None:
    assert tally(pd.DataFrame({"C": [1], "B": [0], "A": [1]}), "score").ranking == ["A", "C", "B"]


def test_a_tie_of_decimal_scores_is_a_tie() -> None:
    assert tally(pd.DataFrame({"A": [0.1, 0.2], "B": [0.3, 0.0]}), "score").tied == ["A", "B"]


def test_the_comparison_takes_every_rule_the_columns_allow() -> None:
    assert rules_table(TENNESSEE)["winner"].to_dict() == {
        "plurality": "Memphis",
        "borda": "Nashville",
        "condorcet": "Nashville",
        "instant_runoff": "Knoxville",
    }
    assert rules_table(MARKS).index.tolist() == list(MARKED)
    assert rules_table(MARKS, ["dots"]).loc["dots", "ranking"] == "A > B"


def test_the_comparison_shows_ties_and_the_rules_in_words() -> None:
    table = rules_table(CYCLE, ["condorcet"])
    assert table.loc["condorcet", "winner"] is None
    assert table.loc["condorcet", "tied"] == "A, B, C"
    assert table.loc["condorcet", "ranking"] == "A = B = C"
    use_language("sv")
    assert rules_table(CYCLE, ["condorcet"]).loc["condorcet", "name"] == "Condorcets regel"


# Independent counts, one person at a time and with nothing shared with the code under test.


def borda_by_person(people: list[list[str]], options: list[str]) -> dict[str, float]:
    points = dict.fromkeys(options, 0.0)
    for names in people:
        ladder = list(range(len(options)))[::-1]
        unranked = [option for option in options if option not in names]
        for name in names:
            points[name] += ladder.pop(0)
        for name in unranked:
            points[name] += sum(ladder) / len(unranked)
    return points


def duel(people: list[list[str]], a: str, b: str) -> int:
    places = [{name: place for place, name in enumerate(names)} for names in people]
    return sum(place.get(a, 99) < place.get(b, 99) for place in places)


def run_off(people: list[list[str]], options: set[str]) -> str | None:
    """Give the winner, or None when a tie would decide."""
    first = Counter(next(name for name in names if name in options) for names in people if options & set(names))
    votes = {option: first[option] for option in options}
    if 2 * max(votes.values()) > sum(votes.values()):
        return max(votes, key=lambda option: votes[option])
    lowest = [option for option in options if votes[option] == min(votes.values())]
    return None if len(lowest) > 1 else run_off(people, options - {lowest[0]})


@settings(deadline=None)
@given(rankings())
def test_ranked_rules_agree_with_counting_one_person_at_a_time(ballots: pd.DataFrame) -> None:
    people = lists(ballots)
    options = sorted({name for names in people for name in names})
    assert tally(ballots, "plurality").scores.to_dict() == {o: sum(p[0] == o for p in people) for o in options}
    assert tally(ballots, "borda").scores.to_dict() == pytest.approx(borda_by_person(people, options))
    pairwise = tally(ballots, "condorcet").pairwise
    assert pairwise is not None
    assert all(pairwise.loc[a, b] == duel(people, a, b) for a in options for b in options if a != b)
    beats_all = [a for a in options if all(duel(people, a, b) > duel(people, b, a) for b in options if b != a)]
    assert tally(ballots, "condorcet").winner == (beats_all[0] if beats_all else None)
    if (winner := run_off(people, set(options))) is not None:
        assert tally(ballots, "instant_runoff").winner == winner


@settings(deadline=None)
@given(rankings(), st.permutations("ABCD"))
def test_new_names_change_names_only(ballots: pd.DataFrame, names: list[str]) -> None:
    new = dict(zip("ABCD", names, strict=True))
    renamed = ballots.replace(new)
    for rule in RANKED:
        before, after = tally(ballots, rule), tally(renamed, rule)
        if before.rounds is not None:
            # Where the alphabet breaks a tie, names do matter, and the result says so.
            assume("alphabet" not in before.rounds["tie_break"].tolist())
        assert after.winner == (None if before.winner is None else new[before.winner])
        assert set(after.tied) == {new[option] for option in before.tied}
        assert after.scores.to_dict() == {new[option]: score for option, score in before.scores.items()}


@settings(deadline=None)
@given(rankings(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_and_writing_them_one_by_one_change_nothing(
    ballots: pd.DataFrame, random: Any
) -> None:
    one_by_one = ballots.loc[ballots.index.repeat(ballots["n"])].drop(columns="n")
    order = list(range(len(one_by_one)))
    random.shuffle(order)
    for rule in RANKED:
        together, apart = tally(ballots, rule), tally(one_by_one.iloc[order], rule)
        assert (together.winner, together.ranking, together.tied) == (apart.winner, apart.ranking, apart.tied)
        assert together.scores.to_dict() == apart.scores.to_dict()
        assert together.ballots == apart.ballots


@settings(deadline=None)
@given(rankings(complete=True))
def test_a_condorcet_winner_is_never_last_in_a_borda_count(ballots: pd.DataFrame) -> None:
    winner = tally(ballots, "condorcet").winner
    assume(winner is not None)
    scores = tally(ballots, "borda").scores
    assert scores[winner] > scores.min()


def test_a_result_reads_as_text_and_as_an_accessible_table() -> None:
    result = tally(TENNESSEE, "borda")
    assert str(result).startswith("Borda count: Nashville wins.")
    page = result._repr_html_()
    assert "<caption>Borda count: Nashville wins.</caption>" in page
    assert '<th scope="col">Points</th>' in page
    assert '<th scope="row">Nashville</th><td>194</td>' in page
    assert "style" not in page
    assert "<caption>Votes round by round</caption>" in tally(TENNESSEE, "instant_runoff")._repr_html_()
    use_language("sv")
    assert str(result).startswith("Bordaräkning: Nashville vinner.")
    assert '<th scope="col">Poäng</th>' in result._repr_html_()


def test_what_is_written_on_a_ballot_cannot_become_markup() -> None:
    page = tally(pd.DataFrame({"1": ["<b>A</b>", "<b>A</b>", "B"]}), "plurality")._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;A&lt;/b&gt;" in page


# ------------------------------------------------------------------------------------------------ near-twins


def test_merging_twins_closes_up_the_ranks_at_their_best_place() -> None:
    merged = merge_options(ranked("ACB", "CBA", "BAC"), ["A", "B"], "AB")
    assert merged[["1", "2"]].to_numpy().tolist() == [["AB", "C"], ["C", "AB"], ["AB", "C"]]
    assert "3" not in merged


def test_merging_twins_takes_the_highest_mark_or_the_sum() -> None:
    ballots = MARKS.assign(**{f"{rule}_C": 1 for rule in MARKED})
    merged = merge_options(ballots, ["A", "B"], "both")
    assert merged["approval_both"].tolist() == [1, 1, 1]
    assert merged["score_both"].tolist() == [5, 3, 5]
    assert merged["dots_both"].tolist() == [3, 3, 3]
    assert merged["quadratic_both"].tolist() == [3, 3, 3]
    assert merged["dots_C"].tolist() == [1, 1, 1]
    assert not [column for column in merged if str(column).endswith(("_A", "_B"))]
    assert merged["sector"].tolist() == ballots["sector"].tolist()
    assert "dots_A" in ballots


def test_split_dots_come_together() -> None:
    ballots = pd.DataFrame({"dots_A": [3, 0, 0], "dots_B": [0, 3, 0], "dots_C": [0, 0, 4]})
    assert tally(ballots, "dots").winner == "C"
    assert tally(merge_options(ballots, ["A", "B"], "A"), "dots").winner == "A"


def test_a_merged_cell_is_empty_only_when_both_were() -> None:
    ballots = pd.DataFrame({"dots_A": [1, np.nan], "dots_B": [np.nan, np.nan]})
    assert merge_options(ballots, ["A", "B"], "AB")["dots_AB"].isna().tolist() == [False, True]


# ------------------------------------------------------------------------------------------------ mixed tables


@st.composite
def crowds(draw: st.DrawFn, columns: int = 1) -> pd.DataFrame:
    kinds = st.sampled_from(["public", "private", "civil", None])
    people = draw(st.integers(1, 30))
    named = {f"c{i}": draw(st.lists(kinds, min_size=people, max_size=people)) for i in range(columns)}
    return pd.DataFrame(named, dtype=object)


@settings(deadline=None)
@given(crowds(), st.integers(2, 8), st.integers(0, 5))
def test_one_column_is_spread_as_evenly_as_can_be(people: pd.DataFrame, size: int, seed: int) -> None:
    seated = mix_tables(people, size, "c0", seed)
    tables = math.ceil(len(people) / size)
    sizes = seated["table"].value_counts().reindex(range(1, tables + 1), fill_value=0)
    assert sizes.sum() == len(people)
    assert sizes.max() <= size
    assert sizes.max() - sizes.min() <= 1
    for _kind, group in seated.fillna({"c0": "not stated"}).groupby("c0"):
        counts = group["table"].value_counts().reindex(range(1, tables + 1), fill_value=0)
        assert counts.max() - counts.min() <= 1


@settings(deadline=None)
@given(crowds(columns=2), st.integers(2, 8))
def test_people_keep_their_row_and_their_columns(people: pd.DataFrame, size: int) -> None:
    people.index = pd.Index([f"P{i:03d}" for i in range(len(people))])
    seated = mix_tables(people, size, ["c0", "c1"])
    pd.testing.assert_frame_equal(seated.drop(columns="table"), people)
    assert "table" not in people


def neighbours_alike(people: pd.DataFrame, tables: Any) -> int:
    return sum(
        (people.iloc[p] == people.iloc[q]).sum()
        for p, q in itertools.combinations(range(len(people)), 2)
        if tables[p] == tables[q]
    )


@pytest.mark.parametrize("seed", range(6))
def test_two_columns_are_mixed_as_well_as_any_seating_of_eight_people(seed: int) -> None:
    rng = np.random.RandomState(seed)
    people = pd.DataFrame({"a": rng.permutation(list("xxxyyyzz")), "b": rng.permutation(list("uuuuvvww"))})
    best = min(neighbours_alike(people, [p in four for p in range(8)]) for four in itertools.combinations(range(8), 4))
    assert neighbours_alike(people, mix_tables(people, 4, ["a", "b"])["table"].tolist()) == best


def test_mixing_beats_the_order_of_arrival() -> None:
    people = pd.DataFrame({"sector": ["public"] * 20 + ["private"] * 12 + ["civil"] * 10 + ["academia"] * 6})
    seated = mix_tables(people, 5, "sector")
    arrival = people.assign(table=np.arange(48) // 5)
    assert arrival.groupby("table")["sector"].nunique().max() <= 2
    assert seated.groupby("table")["sector"].nunique().min() >= 3


# ------------------------------------------------------------------------------------------------ café rounds


def partitions(people: tuple[int, ...], sizes: tuple[int, ...]) -> Iterator[frozenset[frozenset[int]]]:
    """Give every way to seat people at tables of these sizes."""
    if not sizes:
        yield frozenset()
        return
    for table in itertools.combinations(people, sizes[0]):
        for rest in partitions(tuple(p for p in people if p not in table), sizes[1:]):
            yield rest | {frozenset(table)}


def best_by_trying_all(people: int, tables: int, rounds: int) -> int:
    sizes = tuple(people // tables + (t < people % tables) for t in range(tables))
    met = {
        frozenset(pair for table in one for pair in itertools.combinations(sorted(table), 2))
        for one in set(partitions(tuple(range(people)), sizes))
    }
    # The first round may be any: people are alike.
    first = next(iter(met))
    return max(len(first.union(*later)) for later in itertools.combinations_with_replacement(met, rounds - 1))


@pytest.mark.parametrize(
    ("people", "tables", "rounds"),
    [
        (4, 2, 2),
        (5, 2, 2),
        (5, 2, 3),
        (6, 2, 2),
        (6, 2, 3),
        (6, 3, 3),
        (6, 3, 4),
        (7, 2, 2),
        (7, 3, 2),
        (8, 2, 3),
        (8, 4, 2),
        (9, 3, 2),
    ],
)
def test_small_cafes_are_as_good_as_any(people: int, tables: int, rounds: int) -> None:
    best = best_by_trying_all(people, tables, rounds)
    result = meetings(rotations(people, tables, rounds))
    assert result.pairs_met == best
    assert result.bound >= best


@pytest.mark.parametrize(
    ("people", "tables", "rounds", "pairs"),
    [
        pytest.param(9, 3, 4, 36, id="affine plane of order 3"),
        pytest.param(16, 4, 5, 120, id="affine plane of order 4"),
        pytest.param(25, 5, 6, 300, id="affine plane of order 5"),
        pytest.param(64, 8, 9, 2016, id="affine plane of order 8"),
        pytest.param(81, 9, 10, 3240, id="affine plane of order 9"),
        pytest.param(15, 5, 7, 105, id="Kirkman's schoolgirls"),
        pytest.param(18, 6, 8, 144, id="nearly Kirkman, 18 people"),
        pytest.param(32, 8, 9, 432, id="social golfers, nine weeks"),
        pytest.param(60, 12, 4, 480, id="a café of 60"),
        pytest.param(48, 10, 3, 276, id="tables of four and five"),
    ],
)
def test_known_perfect_schedules_are_found(people: int, tables: int, rounds: int, pairs: int) -> None:
    result = meetings(rotations(people, tables, rounds))
    assert (result.pairs_met, result.bound) == (pairs, pairs)
    assert result.matrix.to_numpy().max() == 1
    assert result.repeated == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kirkman_is_found_from_other_seeds(seed: int) -> None:
    assert meetings(rotations(15, 5, 7, seed=seed)).pairs_met == 105


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_everyone_sits_every_round_at_tables_of_nearly_the_same_size(data: st.DataObject) -> None:
    people = data.draw(st.integers(2, 24))
    tables = data.draw(st.integers(1, people // 2))
    rounds = data.draw(st.integers(1, 3))
    seed = data.draw(st.integers(0, 2**32 - 1))
    seating = rotations(people, tables, rounds, seed)
    assert seating.shape == (people, rounds)
    for round_ in seating.columns:
        sizes = seating[round_].value_counts().reindex(range(1, tables + 1), fill_value=0)
        assert sizes.sum() == people
        assert sizes.max() - sizes.min() <= 1
    result = meetings(seating)
    assert result.pairs_met <= result.bound <= result.pairs_possible == math.comb(people, 2)
    pd.testing.assert_frame_equal(seating, rotations(people, tables, rounds, seed))


def test_a_seed_gives_the_same_seating_in_another_process() -> None:
    code = "from siru_course.dialogue import rotations as r; print(r(15, 5, 7, seed=7).to_numpy().tolist())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": salt},
        ).stdout
        for salt in ("1", "2")
    }
    assert len(runs) == 1
    assert runs == {f"{rotations(15, 5, 7, seed=7).to_numpy().tolist()}\n"}
    assert not rotations(15, 5, 7, seed=7).equals(rotations(15, 5, 7, seed=8))


def test_another_seed_seats_people_otherwise_where_arithmetic_gives_the_pattern() -> None:
    one, other = rotations(25, 5, 6, seed=1), rotations(25, 5, 6, seed=2)
    assert not one.equals(other)
    assert meetings(one).pairs_met == meetings(other).pairs_met == 300


@pytest.mark.parametrize("tables", range(2, 17))
def test_constructed_rounds_have_no_repeats_and_even_tables(tables: int) -> None:
    for people in range(2 * tables, tables**2 + 1):
        seating = _seating.construct_rounds(people, tables, tables + 2)
        assert _seating.meeting_counts(seating).max() <= 1
        for at in seating.T:
            sizes = np.bincount(at, minlength=tables)
            assert len(sizes) == tables
            assert sizes.max() - sizes.min() <= 1


def test_participants_may_be_a_frame_names_or_a_number() -> None:
    frame = pd.DataFrame({"sector": ["public"] * 4}, index=["P1", "P2", "P3", "P4"])
    assert rotations(frame, 2, 2).index.tolist() == ["P1", "P2", "P3", "P4"]
    assert rotations(["Ada", "Bo", "Cy", "Di"], 2, 2).index.tolist() == ["Ada", "Bo", "Cy", "Di"]
    assert rotations(frame["sector"].index, 2, 2).index.tolist() == ["P1", "P2", "P3", "P4"]
    assert rotations(4, 2, 2).index.tolist() == [1, 2, 3, 4]
    assert rotations(4, 2, 2).columns.tolist() == [1, 2]


def test_meetings_counts_pairs_and_not_seats() -> None:
    seating = pd.DataFrame({1: [1, 1, 2, 2], 2: [1, 1, 2, 2], 3: [1, 2, 1, 2]}, index=list("abcd"))
    result = meetings(seating)
    assert (result.pairs_met, result.pairs_possible, result.repeated, result.bound) == (4, 6, 2, 6)
    assert result.share == pytest.approx(2 / 3)
    assert result.matrix.loc["a", "b"] == 2
    assert result.matrix.loc["a", "d"] == 0
    assert result.matrix.loc["a", "a"] == 0


def test_meetings_reads_one_mixed_seating() -> None:
    people = pd.DataFrame({"sector": list("aabbcc")})
    result = meetings(mix_tables(people, 3, "sector")["table"])
    assert (result.pairs_met, result.pairs_possible, result.bound) == (6, 15, 6)


def test_meetings_read_as_text_in_both_languages() -> None:
    result = meetings(rotations(60, 12, 4))
    assert "480 of 1,770 possible (27 %)" in str(result)
    assert "<li>At most 480" in result._repr_html_()
    use_language("sv")
    assert "480 av 1\N{NO-BREAK SPACE}770 möjliga (27 %)" in str(result)


# ------------------------------------------------------------------------------------------------ consensus


def consensus_by_hand(answers: list[int], low: int, high: int) -> float:
    """Follow the definition one person at a time, with natural logarithms."""
    mean = sum(answers) / len(answers)
    logs = [math.log(1 - abs(answer - mean) / (high - low)) / math.log(2) for answer in answers]
    return 1 + sum(logs) / len(answers)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 0, 7, 0, 0], 1),
        ([9, 0, 0, 0, 0], 1),
        ([4, 0, 0, 0, 4], 0),
        ([4, 4], 0),
        # Uniform over five steps: 1 + (2 log2(1/2) + 2 log2(3/4)) / 5.
        ([1, 1, 1, 1, 1], 1 - 2 / 5 + 2 / 5 * (math.log2(3) - 2)),
    ],
)
def test_consensus_of_known_profiles(counts: list[int], expected: float) -> None:
    assert consensus(counts) == pytest.approx(expected, abs=1e-12)


def test_the_uniform_profile_to_three_decimals() -> None:
    assert consensus([2, 2, 2, 2, 2]) == pytest.approx(0.434, abs=0.0005)


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=7).filter(any))
def test_consensus_lies_between_0_and_1_and_does_not_care_which_end_is_first(counts: list[int]) -> None:
    value = consensus(counts)
    assert 0 <= value <= 1
    assert consensus(counts[::-1]) == pytest.approx(value, abs=1e-9)
    assert consensus([10 * count for count in counts]) == pytest.approx(value, abs=1e-9)
    answers = [step for step, count in enumerate(counts) for _ in range(count)]
    assert value == pytest.approx(consensus_by_hand(answers, 0, len(counts) - 1), abs=1e-9)


def test_consensus_reads_a_series_a_mapping_and_an_array() -> None:
    expected = consensus([1, 2, 3])
    assert consensus(pd.Series([1, 2, 3], index=["no", "perhaps", "yes"])) == expected
    assert consensus({-1: 1, 0: 2, 1: 3}) == expected
    assert consensus(np.array([1, 2, 3])) == expected


def test_a_large_majority_can_have_less_consensus_than_a_cautious_group() -> None:
    assert consensus([4, 0, 0, 0, 6]) < 0.1 < consensus([0, 3, 4, 3, 0])


@pytest.mark.parametrize(
    ("rule", "marks", "bad"),
    [
        ("approval", [1.0, 0.0, math.nan], 2.0),
        ("approval", [True, False, True], 0.5),
        ("score", [2.5, 0.0, math.nan], -0.5),
        ("score", [3.0, 1.0, 0.0], math.inf),
        ("dots", [3, 0, 1], 1.5),
        ("quadratic", [2, 1, 0], -1),
    ],
)
def test_marks_are_read_alike_whatever_the_column_s_type(rule: str, marks: list[Any], bad: float) -> None:
    columns = {"A": pd.Series(marks), "B": pd.Series(1, index=range(len(marks)))}
    plain = tally(pd.DataFrame(columns), rule)
    assert tally(pd.DataFrame(columns, dtype=object), rule).scores.equals(plain.scores)
    spoilt = pd.DataFrame({"A": [*marks[:-1], bad], "B": columns["B"]})
    for table in (spoilt, spoilt.astype(object)):
        with pytest.raises(ValueError, match=r"Column 'A' holds \S+ on ballot 2"):
            tally(table, rule)


# ------------------------------------------------------------------------------------------------ bad input

PEOPLE = pd.DataFrame({"sector": ["public", "civil", "civil", "private"]})

BAD: list[tuple[Callable[[], object], type[Exception], str, str]] = [
    (
        lambda: tally(TENNESSEE, "majority"),
        ValueError,
        "rule is 'majority'; choose one of plur",
        "rule är 'majority'; välj",
    ),
    (lambda: tally([1, 2], "borda"), ValueError, "ballots is [1, 2]; give a DataFrame", "ballots är [1, 2]; ange"),
    (lambda: tally(TENNESSEE.iloc[:0], "borda"), ValueError, "ballots is empty", "ballots är tom"),
    (
        lambda: tally(ranked("ABA", "ABC"), "borda"),
        ValueError,
        "Ballot 0 ranks 'A' twice",
        "Valsedel 0 rangordnar 'A' två",
    ),
    (
        lambda: tally(pd.DataFrame({"ballot_id": ["V9"], "1": ["A"], "2": [None], "3": ["B"]}), "borda"),
        ValueError,
        "Ballot V9 leaves rank 2 empty but fills rank 3",
        "Valsedel V9 hoppar över rang 2 men fyller i rang 3",
    ),
    (lambda: tally(pd.DataFrame({"1": ["A"], "3": ["B"]}), "borda"), ValueError, "columns are 1, 3", "na är 1, 3"),
    (lambda: tally(MARKS, "plurality"), KeyError, "no column '1'", "ingen kolumn '1'"),
    (lambda: tally(MARKS.filter(like="dots"), "score"), KeyError, "begins with 'score_'", "börjar med 'score_'"),
    (lambda: tally(MARKS, "dots", prefix="dot"), KeyError, "begins with 'dot_'", "börjar med 'dot_'"),
    (
        lambda: tally(TENNESSEE.assign(n=-1), "borda"),
        ValueError,
        "n holds -1 on ballot 0",
        "n innehåller -1 på valsedel 0",
    ),
    (lambda: tally(TENNESSEE.assign(n=1.5), "borda"), ValueError, "n holds 1.5", "n innehåller 1.5"),
    (lambda: tally(TENNESSEE.assign(n=np.nan), "borda"), ValueError, "n holds nan", "n innehåller nan"),
    (lambda: tally(TENNESSEE.assign(n=0), "borda"), ValueError, "All ballots are empty", "Alla valsedlar är tomma"),
    (
        lambda: tally(pd.DataFrame({"A": [np.nan]}), "score"),
        ValueError,
        "All ballots are empty",
        "Alla valsedlar är tomma",
    ),
    (
        lambda: tally(pd.DataFrame({"A": [1, 2]}), "approval"),
        ValueError,
        "Column 'A' holds 2 on ballot 1; 'approval' allows 0 or 1.",
        "Kolumnen 'A' innehåller 2 på valsedel 1; 'approval' tillåter 0 eller 1.",
    ),
    (lambda: tally(pd.DataFrame({"A": [-1]}), "score"), ValueError, "allows numbers from 0 up", "tillåter tal från 0"),
    (lambda: tally(pd.DataFrame({"A": [1.5]}), "dots"), ValueError, "allows whole numbers", "tillåter heltal"),
    (
        lambda: tally(pd.DataFrame({"sector": ["public"], "A": [1]}), "dots"),
        ValueError,
        "Column 'sector' holds 'public'",
        "Kolumnen 'sector' innehåller 'public'",
    ),
    (
        lambda: tally(MARKS, "quadratic", credits=5),
        ValueError,
        "Ballot V2 spends 9 credits; 5 are allowed",
        "Valsedel V2 gör av med 9 poäng; 5 är tillåtna",
    ),
    (
        lambda: tally(MARKS, "dots", dots=2),
        ValueError,
        "Ballot V1 uses 3 dots; 2 are allowed",
        "Valsedel V1 använder 3 prickar; 2 är tillåtna",
    ),
    (
        lambda: tally(MARKS, "dots", credits=9),
        ValueError,
        "only with rule='quadratic'",
        "bara tillsammans med rule='quadratic'",
    ),
    (lambda: tally(MARKS, "dots", dots=-1), ValueError, "dots is -1", "dots är -1"),
    (lambda: rules_table(PEOPLE), ValueError, "neither rank columns", "varken rangkolumner"),
    (lambda: merge_options(CYCLE, ["A"], "AB"), ValueError, "together is ['A']", "together är ['A']"),
    (lambda: merge_options(CYCLE, "AB", "AB"), ValueError, "together is 'AB'", "together är 'AB'"),
    (
        lambda: merge_options(CYCLE, ["A", "X"], "AX"),
        KeyError,
        "no option 'X'; the options are A, B, C",
        "inget alternativ 'X'",
    ),
    (lambda: merge_options(CYCLE, ["A", "B"], "C"), ValueError, "name is 'C'; another", "name är 'C'; ett annat"),
    (lambda: merge_options(CYCLE, ["A", "B"], " "), ValueError, "name is ' '; give", "name är ' '; ge"),
    (lambda: merge_options(PEOPLE, ["A", "B"], "C"), ValueError, "neither rank columns", "varken rangkolumner"),
    (lambda: consensus([3]), ValueError, "counts has 1 steps", "counts har 1 steg"),
    (lambda: consensus([1, -2]), ValueError, "counts holds -2", "counts innehåller -2"),
    (lambda: consensus([1, np.nan]), ValueError, "counts holds nan", "counts innehåller nan"),
    (lambda: consensus([0, 0, 0]), ValueError, "counts adds up to 0", "counts blir 0"),
    (lambda: consensus("many"), ValueError, "counts is 'many'", "counts är 'many'"),
    (
        lambda: consensus(pd.Series([1, 1, 5, 3, 3, 3]).value_counts()),
        ValueError,
        "steps of counts are 3, 1, 5; they must rise evenly",
        "Stegen i counts är 3, 1, 5; de ska stiga jämnt",
    ),
    (lambda: consensus(pd.Series([1, 2], index=[3, 3])), ValueError, "are 3, 3;", "är 3, 3;"),
    (lambda: consensus(pd.Series([1, 2, 0], index=[3, 2, 1])), ValueError, "are 3, 2, 1;", "är 3, 2, 1;"),
    (lambda: consensus({1: 3, 2: 1, 5: 2}), ValueError, "are 1, 2, 5;", "är 1, 2, 5;"),
    (
        lambda: mix_tables(PEOPLE, 1, "sector"),
        ValueError,
        "size is 1; give a whole number from 2",
        "size är 1; ange ett heltal från 2",
    ),
    (lambda: mix_tables(PEOPLE, 2.5, "sector"), ValueError, "size is 2.5", "size är 2.5"),
    (
        lambda: mix_tables(PEOPLE, 2, "sektor"),
        KeyError,
        "no column 'sektor' to mix on",
        "ingen kolumn 'sektor' att blanda",
    ),
    (lambda: mix_tables(PEOPLE, 2, []), ValueError, "on is empty", "on är tom"),
    (
        lambda: mix_tables(PEOPLE.assign(table=1), 2, "sector"),
        ValueError,
        "already has a column 'table'",
        "redan en kolumn 'table'",
    ),
    (
        lambda: mix_tables(PEOPLE.iloc[:0], 2, "sector"),
        ValueError,
        "give a DataFrame with one row a person",
        "ange en DataFrame med en rad per",
    ),
    (lambda: mix_tables(PEOPLE, 2, "sector", seed=-1), ValueError, "seed is -1", "seed är -1"),
    (
        lambda: rotations(10, 6, 2),
        ValueError,
        "tables is 6; give a whole number from 1 to 5",
        "tables är 6; ange ett heltal från 1 till 5",
    ),
    (lambda: rotations(10, 2, 0), ValueError, "rounds is 0", "rounds är 0"),
    (lambda: rotations(10, 2, True), ValueError, "rounds is True", "rounds är True"),
    (
        lambda: rotations(1, 1, 1),
        ValueError,
        "participants is 1; give 2 to 2,000 people",
        "participants är 1; ange 2 till",
    ),
    (lambda: rotations("Ada", 1, 1), ValueError, "participants is 'Ada'", "participants är 'Ada'"),
    (
        lambda: rotations(["Ada", "Bo", "Ada", "Di"], 2, 2),
        ValueError,
        "'Ada' stands twice in participants",
        "'Ada' står två gånger i participants",
    ),
    (
        lambda: meetings(pd.DataFrame({1: [1, None]}, index=["Ada", "Bo"])),
        ValueError,
        "Bo has no table in round 1",
        "Bo saknar bord i runda 1",
    ),
    (
        lambda: meetings(pd.DataFrame({1: [1]})),
        ValueError,
        "at least two people as rows",
        "minst två personer som rader",
    ),
    (
        lambda: meetings(pd.DataFrame({1: [1, 1]}, index=["Ada", "Ada"])),
        ValueError,
        "'Ada' stands twice in seating",
        "'Ada' står två gånger i seating",
    ),
]
