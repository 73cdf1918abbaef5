"""Theme 04: speaking time, inequality, diversity, and whom a room stands for."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from siru_course import data, use_language
from siru_course.conversations import diversity, gini, representation, speaking_time

from .published import case

# Neither so large that sums overflow nor so small that they vanish.
amounts = st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=30).filter(lambda v: max(v) > 1e-6)
members = st.lists(st.integers(0, 40), min_size=2, max_size=8).filter(lambda v: sum(v) >= 2)

# ------------------------------------------------------------------------------------------------ speaking time

TURNS = pd.DataFrame(
    {
        "person": ["Ada", "Bo", "Ada", "Cy"],
        "gender": ["woman", "man", "woman", None],
        "seconds": [30, 60, 10, 20],
    }
)


def test_seconds_and_turns_are_added_up_for_each_person_the_longest_first() -> None:
    found = speaking_time(TURNS, "person")
    assert found["seconds"].to_dict() == {"Bo": 60, "Ada": 40, "Cy": 20}
    assert list(found.index) == ["Bo", "Ada", "Cy"]
    assert found.loc["Ada", ["turns", "seconds", "share"]].tolist() == [2, 40, pytest.approx(1 / 3)]


def test_turns_by_somebody_unknown_have_a_row_of_their_own() -> None:
    found = speaking_time(TURNS, "gender")
    assert found["seconds"].sum() == 120
    assert found.loc[found.index.isna(), "seconds"].tolist() == [20]


def test_a_turn_without_a_length_is_counted_as_left_out() -> None:
    turns = pd.concat([TURNS, pd.DataFrame({"person": ["Ada"], "gender": ["woman"], "seconds": [None]})])
    found = speaking_time(turns, "person")
    assert found.loc["Ada", ["turns", "seconds", "left_out"]].tolist() == [2, 40, 1]
    assert found["left_out"].sum() == 1


def test_the_silent_have_a_row_when_everybody_in_the_room_is_given() -> None:
    room = pd.DataFrame({"person": ["Ada", "Bo", "Cy", "Di"]})
    found = speaking_time(TURNS, "person", people=room)
    assert found.loc["Di", ["turns", "seconds", "share", "people"]].tolist() == [0, 0, 0, 1]
    assert found["people_share"].tolist() == [0.25] * 4


def test_several_columns_give_a_row_for_each_combination() -> None:
    found = speaking_time(TURNS, ["person", "gender"])
    assert found.loc[("Ada", "woman"), "seconds"] == 40


def test_speaking_time_leaves_the_turns_as_they_were() -> None:
    before = TURNS.copy()
    speaking_time(TURNS, "person", people=TURNS[["person"]].drop_duplicates())
    pd.testing.assert_frame_equal(TURNS, before)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(1, 600)), min_size=1, max_size=40))
def test_shares_add_up_to_one_and_seconds_to_all_seconds(spoken: list[tuple[str, int]]) -> None:
    found = speaking_time(pd.DataFrame(spoken, columns=["person", "seconds"]), "person")
    assert found["share"].sum() == pytest.approx(1)
    assert found["seconds"].sum() == sum(seconds for _person, seconds in spoken)
    assert found["turns"].sum() == len(spoken)
    assert found["seconds"].is_monotonic_decreasing


def conversation(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the turns of a recorded conversation and everybody who came."""
    turns, invited = data.load("talk_turns"), data.load("invitations")
    return turns[turns["conversation_id"] == name], invited[(invited["conversation_id"] == name) & invited["came"]]


def test_the_silent_make_the_conversation_without_a_clock_more_unequal() -> None:
    turns, room = conversation("A042")
    among_speakers = gini(speaking_time(turns, "person_id")["seconds"])
    in_the_room = speaking_time(turns, "person_id", people=room)
    assert (len(in_the_room), int((in_the_room["turns"] == 0).sum())) == (26, 5)
    assert among_speakers == pytest.approx(0.5, abs=0.05)
    assert gini(in_the_room["seconds"]) == pytest.approx(0.6, abs=0.05)
    # With n of N silent, the Gini coefficient of all is n/N + (1 - n/N) times that of the speakers.
    assert gini(in_the_room["seconds"]) == pytest.approx(5 / 26 + 21 / 26 * among_speakers, abs=1e-12)


def test_men_take_more_of_the_time_than_of_the_room_without_a_clock() -> None:
    turns, room = conversation("A042")
    men = speaking_time(turns, "gender", people=room).loc["man"]
    assert men["people_share"] == pytest.approx(0.38, abs=0.01)
    assert men["share"] == pytest.approx(0.6, abs=0.05)


def test_everybody_speaks_more_equally_with_a_clock() -> None:
    turns, room = conversation("A062")
    found = speaking_time(turns, "person_id", people=room)
    assert (found["turns"] > 0).all()
    assert turns["seconds"].max() <= 60
    assert gini(found["seconds"]) == pytest.approx(0.2, abs=0.05)


# ------------------------------------------------------------------------------------------------ Gini


def test_gini_of_small_sets() -> None:
    inputs, expected, tolerance = case("gini_small")
    assert gini(inputs["a"]) == pytest.approx(expected["a"], abs=tolerance)
    assert gini(inputs["b"]) == pytest.approx(expected["b"], abs=tolerance)
    n = len(inputs["b"])
    assert gini(inputs["b"]) * n / (n - 1) == pytest.approx(expected["b_unbiased"], abs=tolerance)


@pytest.mark.parametrize("n", [2, 3, 10, 101])
def test_gini_of_values_known_by_arithmetic(n: int) -> None:
    assert gini([7] * n) == pytest.approx(0, abs=1e-12)
    assert gini([0] * (n - 1) + [3]) == pytest.approx((n - 1) / n, abs=1e-12)
    # 1, 2, …, n: (n² - 1)/(3n) is the mean difference, so G = (n - 1)/(3n).
    assert gini(range(1, n + 1)) == pytest.approx((n - 1) / (3 * n), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(amounts)
def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean(values: list[float]) -> None:
    differences = [abs(one - other) for one in values for other in values]
    expected = sum(differences) / len(values) ** 2 / 2 / (sum(values) / len(values))
    assert gini(values) == pytest.approx(expected, abs=1e-9)
    assert 0 <= gini(values) <= (len(values) - 1) / len(values) + 1e-12


@settings(max_examples=50, deadline=None)
@given(amounts, st.randoms(use_true_random=False), st.floats(0.01, 1000))
def test_gini_does_not_change_with_order_unit_or_a_second_room_like_the_first(values, random, factor) -> None:
    shuffled = random.sample(values, len(values))
    assert gini(shuffled) == pytest.approx(gini(values), abs=1e-9)
    assert gini([factor * value for value in values]) == pytest.approx(gini(values), abs=1e-9)
    assert gini(values * 2) == pytest.approx(gini(values), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 1000), min_size=2, max_size=20), st.data())
def test_gini_falls_when_one_who_has_more_gives_to_one_who_has_less(values: list[int], draw: st.DataObject) -> None:
    low, high = sorted(range(len(values)), key=lambda i: values[i])[:: len(values) - 1]
    given_away = draw.draw(st.integers(0, (values[high] - values[low]) // 2))
    after = [*values]
    after[low], after[high] = values[low] + given_away, values[high] - given_away
    assert gini(after) <= gini(values) + 1e-12


def test_gini_reads_a_series_a_mapping_and_an_array() -> None:
    assert gini(pd.Series([1, 3])) == gini({"a": 1, "b": 3}) == gini(np.array([1, 3])) == gini((3, 1)) == 0.25
    assert gini(pd.Series([1, 3], dtype="Int64")) == 0.25


# ------------------------------------------------------------------------------------------------ diversity


def test_blau_index_and_its_maxima() -> None:
    inputs, expected, tolerance = case("blau_maxima")
    for k, most in zip(inputs["k"], expected["max"], strict=True):
        assert diversity([5] * k) == pytest.approx(most, abs=tolerance)
    assert diversity(inputs["mix"]) == pytest.approx(expected["mix_blau"], abs=tolerance)
    assert diversity(inputs["mix"], normalised=True) == pytest.approx(expected["mix_normalised"], abs=tolerance)
    assert diversity(inputs["mix"], "shannon") == pytest.approx(expected["mix_shannon_ln"], abs=tolerance)


def test_simpson_of_a_classroom_example() -> None:
    # Offwell Woodland & Wildlife Trust, "Simpson's Diversity Index": woodrush 2, holly 8, bramble 1, Yorkshire fog 1,
    # sedge 3; Σn(n - 1) = 64 and N(N - 1) = 210, so D = 0.3 and 1 - D = 0.7.
    assert diversity([2, 8, 1, 1, 3], "simpson") == pytest.approx(1 - 64 / 210, abs=1e-12)
    assert round(diversity([2, 8, 1, 1, 3], "simpson"), 1) == 0.7


@settings(max_examples=50, deadline=None)
@given(members)
def test_shannon_is_the_entropy_of_scipy(counts: list[int]) -> None:
    assert diversity(counts, "shannon") == pytest.approx(stats.entropy(counts), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=5).filter(lambda v: sum(v) >= 2))
def test_simpson_is_the_share_of_pairs_that_differ(counts: list[int]) -> None:
    people = [category for category, n in enumerate(counts) for _ in range(n)]
    pairs = list(combinations(people, 2))
    assert diversity(counts, "simpson") == pytest.approx(sum(a != b for a, b in pairs) / len(pairs), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(members)
def test_blau_is_the_probability_that_two_draws_differ(counts: list[int]) -> None:
    shares = [n / sum(counts) for n in counts]
    differ = sum(p * q for i, p in enumerate(shares) for j, q in enumerate(shares) if i != j)
    assert diversity(counts) == pytest.approx(differ, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(members, st.sampled_from(["blau", "simpson", "shannon"]))
def test_normalised_lies_between_0_and_1_and_order_does_not_matter(counts: list[int], index: str) -> None:
    value = diversity(counts, index, normalised=True)
    assert 0 <= value <= 1 + 1e-12
    assert diversity(counts[::-1], index, normalised=True) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("index", ["blau", "simpson", "shannon"])
def test_one_category_is_no_diversity_and_the_even_mix_is_the_most(index: str) -> None:
    assert diversity([9], index) == diversity([9, 0, 0], index) == 0
    assert diversity([9, 0, 0], index, normalised=True) == 0
    assert diversity([4, 4, 4], index, normalised=True) == pytest.approx(1, abs=1e-12)


def test_simpson_normalised_is_1_for_the_most_even_mix_that_whole_people_can_make() -> None:
    assert diversity([3, 2], "simpson", normalised=True) == pytest.approx(1, abs=1e-12)
    assert diversity([1, 1, 0, 0], "simpson", normalised=True) == pytest.approx(1, abs=1e-12)
    assert diversity([4, 1], "simpson", normalised=True) < 1


def test_an_empty_category_lowers_only_the_normalised_value() -> None:
    assert diversity([5, 5, 0]) == diversity([5, 5])
    assert diversity([5, 5, 0], normalised=True) < diversity([5, 5], normalised=True)


# ------------------------------------------------------------------------------------------------ representation

WOMEN_AND_MEN = {"woman": 178_183, "man": 182_642}  # Jönköping County on 31 December 2018, SCB


def test_intervals_are_those_that_newcombe_published() -> None:
    inputs, expected, tolerance = case("wilson_newcombe")
    for (successes, n), (low, high) in zip(inputs["cases"], expected["intervals"], strict=True):
        row = representation({"yes": successes, "no": n - successes}, {"yes": 0.5, "no": 0.5}).table.loc["yes"]
        assert [row["ci_low"], row["ci_high"]] == pytest.approx([low, high], abs=tolerance)


def test_shares_of_the_unemployed_and_their_ratio() -> None:
    inputs, expected, tolerance = case("jonkoping_unemployment_201801")
    born = {"sweden": inputs["born_in_sweden"], "abroad": inputs["foreign_born"]}
    # The labour force that the published numbers and rates imply.
    force = {
        "sweden": inputs["born_in_sweden"] / inputs["rate_born_in_sweden"],
        "abroad": inputs["foreign_born"] / inputs["rate_foreign_born"],
    }
    result = representation(born, force)
    assert result.n == expected["total_registered"]
    assert 100 * result.table.loc["abroad", "share"] == pytest.approx(expected["foreign_born_share_pct"], abs=tolerance)
    ratios = result.table["ratio"]
    assert ratios["abroad"] / ratios["sweden"] == pytest.approx(expected["rate_ratio"], abs=tolerance)
    assert result.table["verdict"].to_dict() == {"sweden": "under", "abroad": "over"}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.05, 0.95), st.sampled_from([0.8, 0.95, 0.99]))
def test_verdict_follows_the_interval(a: int, b: int, share: float, confidence: float) -> None:
    if a + b == 0:
        return
    row = representation({"a": a, "b": b}, {"a": share, "b": 1 - share}, confidence).table.loc["a"]
    low, high = proportion_confint(a, a + b, alpha=1 - confidence, method="wilson")
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([low, high], abs=1e-9)
    assert row["verdict"] == ("over" if share < low else "under" if share > high else "cannot_tell")
    assert row["ratio"] == pytest.approx(a / (a + b) / share)
    # Wilson's formula by hand.
    z, n, p = stats.norm.ppf((1 + confidence) / 2), a + b, a / (a + b)
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    by_hand = [(middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)]
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(by_hand, abs=1e-9)


def test_one_conversation_cannot_tell_but_the_four_together_can() -> None:
    invited = data.load("invitations")
    came = invited[invited["came"]]
    alone = representation(came[came["conversation_id"] == "A042"]["gender"], WOMEN_AND_MEN)
    assert alone.table["verdict"].tolist() == ["cannot_tell", "cannot_tell"]
    together = representation(came["gender"], WOMEN_AND_MEN)
    assert together.table["verdict"].to_dict() == {"woman": "over", "man": "under"}
    assert together.table.loc["woman", "share"] == pytest.approx(0.65, abs=0.005)


def test_business_is_missing_among_those_who_came() -> None:
    invited = data.load("invitations")
    result = representation(invited[invited["came"]]["sector"], invited["sector"].value_counts())
    business = result.table.loc["private"]
    assert business["share"] == pytest.approx(0.14, abs=0.005)
    assert business["population_share"] == pytest.approx(1 / 3, abs=0.01)
    assert business["verdict"] == "under"


def test_a_group_that_nobody_came_from_is_under_represented_and_not_forgotten() -> None:
    result = representation(pd.Series(["public"] * 30), {"public": 0.5, "private": 0.5})
    assert result.table.loc["private", ["count", "share", "verdict"]].tolist() == [0, 0, "under"]


def test_people_whose_group_is_missing_are_left_out_and_told() -> None:
    result = representation(pd.Series(["woman", None, "man", None]), WOMEN_AND_MEN)
    assert (result.n, result.left_out) == (2, 2)
    assert "Left out, as the group is missing: 2." in str(result)
    assert "Left out" not in str(representation(["woman", "man"], WOMEN_AND_MEN))


def test_a_list_of_people_counts_and_percentages_say_the_same() -> None:
    people = ["woman"] * 17 + ["man"] * 9
    results = [
        representation(people, {"woman": 0.49, "man": 0.51}),
        representation(pd.Series(people), {"woman": 49, "man": 51}),
        representation(pd.Series({"man": 9, "woman": 17}), {"woman": 4900, "man": 5100}),
    ]
    for result in results[1:]:
        pd.testing.assert_frame_equal(result.table, results[0].table)


def test_representation_reads_as_text_and_table_in_both_languages() -> None:
    result = representation({"woman": 30, "man": 10}, {"woman": 0.5, "man": 0.5})
    assert "75.0 %" in str(result)
    assert "<td>under-represented</td>" in result._repr_html_()
    assert "cannot tell" in str(representation({"woman": 3, "man": 1}, {"woman": 0.5, "man": 0.5}))
    use_language("sv")
    assert "75,0 %" in str(result)
    assert "<td>underrepresenterad</td>" in result._repr_html_()
    assert '<th scope="col">Befolkningen</th>' in result._repr_html_()


# ------------------------------------------------------------------------------------------------ bad input

Call = Callable[[], object]
HALVES = {"woman": 0.5, "man": 0.5}

BAD = [
    pytest.param(
        lambda: speaking_time(TURNS, "sector"), KeyError, "turns has no column 'sector'", "turns", id="no column"
    ),
    pytest.param(
        lambda: speaking_time(TURNS.drop(columns="seconds"), "person"),
        KeyError,
        "no column 'seconds'",
        "'seconds'",
        id="no seconds",
    ),
    pytest.param(
        lambda: speaking_time(TURNS.assign(seconds=-5), "person"), ValueError, "seconds is -5", "Rad 0", id="negative"
    ),
    pytest.param(
        lambda: speaking_time(TURNS.assign(seconds=0), "person"),
        ValueError,
        "add up to 0",
        "ingen taltid",
        id="silence",
    ),
    pytest.param(lambda: speaking_time(TURNS.head(0), "person"), ValueError, "turns is empty", "tom", id="no turns"),
    pytest.param(lambda: speaking_time(TURNS, []), ValueError, "by is empty", "by är tom", id="by nothing"),
    pytest.param(
        lambda: speaking_time(TURNS, "person", people=["Ada"]),
        ValueError,
        "people is ['Ada']",
        "people är",
        id="people",
    ),
    pytest.param(lambda: gini([0, 0]), ValueError, "all 0", "bara nollor", id="gini of nothing"),
    pytest.param(lambda: gini([1, -2]), ValueError, "values holds -2", "innehåller -2", id="gini negative"),
    pytest.param(lambda: gini([1, None, np.nan]), ValueError, "2 missing values", "saknar 2 värden", id="gini missing"),
    pytest.param(lambda: gini([]), ValueError, "values is empty", "values är tom", id="gini empty"),
    pytest.param(lambda: gini(["Ada"]), ValueError, "values holds 'Ada'", "innehåller 'Ada'", id="gini of words"),
    pytest.param(lambda: gini("12"), ValueError, "values is '12'", "ange tal i en lista", id="gini of text"),
    pytest.param(lambda: gini([1, math.inf]), ValueError, "values holds inf", "innehåller inf", id="gini infinite"),
    pytest.param(lambda: gini(np.ones((2, 2))), ValueError, "values is ", "ange tal i en lista", id="gini of a matrix"),
    pytest.param(lambda: diversity([1, 2], "gini"), ValueError, "index is 'gini'", "välj", id="unknown index"),
    pytest.param(lambda: diversity([0, 0]), ValueError, "counts add up to 0", "blir 0", id="nobody"),
    pytest.param(lambda: diversity([1.5, 2], "simpson"), ValueError, "two different", "två olika", id="half a member"),
    pytest.param(lambda: diversity([1, 0], "simpson"), ValueError, "two different", "två olika", id="one member"),
    pytest.param(
        lambda: diversity([4], normalised=True), ValueError, "one category", "en enda kategori", id="one category"
    ),
    pytest.param(lambda: diversity([4, 1], normalised="yes"), ValueError, "is 'yes'", "är 'yes'", id="normalised"),
    pytest.param(
        lambda: diversity(pd.Series(["public"])), ValueError, "value_counts() gives", "value_counts() ger", id="labels"
    ),
    pytest.param(
        lambda: representation(["woman", "other"], HALVES),
        ValueError,
        "groups that population lacks: other",
        "saknas i",
    ),
    pytest.param(
        lambda: representation(["woman"], {"woman": 0.5, "man": 0.4}), ValueError, "add up to 0.90", "blir 0,90"
    ),
    pytest.param(lambda: representation(["woman"], {"woman": 1, "man": 0}), ValueError, "man is 0", "man är 0"),
    pytest.param(lambda: representation({"woman": 0}, HALVES), ValueError, "nobody", "ingen vars grupp"),
    pytest.param(lambda: representation({"woman": 1.5}, HALVES), ValueError, "holds 1.5", "innehåller 1.5"),
    pytest.param(lambda: representation({"woman": np.nan}, HALVES), ValueError, "1 missing value;", "saknar 1 värde;"),
    pytest.param(lambda: representation("woman", HALVES), ValueError, "participants is 'woman'", "participants är"),
    pytest.param(lambda: representation(["woman"], 0.5), ValueError, "population is 0.5", "population är 0.5"),
    pytest.param(lambda: representation(["woman"], HALVES, 95), ValueError, "confidence is 95", "confidence är 95"),
    pytest.param(lambda: representation(["woman"], HALVES, 1), ValueError, "below 1", "under 1"),
    pytest.param(
        lambda: representation(["woman"], pd.Series([1, 2], index=["woman", "woman"])),
        ValueError,
        "woman stands twice in population",
        "woman står två gånger i population",
    ),
    pytest.param(
        lambda: representation(pd.Series([1, 2], index=["woman", "woman"]), HALVES),
        ValueError,
        "woman stands twice in participants",
        "woman står två gånger i participants",
    ),
]
