"""Reliability, paired change, sampling, nonresponse, and tables that expose nobody."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linprog

from siru_course import data, surveys, use_language
from siru_course.surveys import (
    cronbach_alpha,
    design_effect,
    k_anonymity,
    mcnemar,
    nonresponse_table,
    paired_change,
    sample_size,
    suppress_small_cells,
    wilson_interval,
)

from .published import case

some = settings(max_examples=50, deadline=None)
GOOD_ITEMS = ["q1", "q2", "q3", "q4", "q6"]


def wave(name: str) -> pd.DataFrame:
    survey = data.load("trainee_survey")
    return survey[survey["wave"] == name].set_index("code")


def scores(name: str, group: str | None = None) -> pd.Series[Any]:
    rows = wave(name)
    rows = rows if group is None else rows[rows["group"] == group]
    return rows[GOOD_ITEMS].astype(float).mean(axis=1)


# --------------------------------------------------------------------------------------------------- reliability


def attitude() -> pd.DataFrame:
    inputs, _expected, _tolerance = case("cronbach_attitude")
    return pd.DataFrame(inputs["data"], columns=inputs["columns"])


def alpha_by_anova(items: pd.DataFrame) -> float:
    """Compute alpha from mean squares (Hoyt 1941): 1 minus residual over persons."""
    values = items.to_numpy(dtype=float)
    n, k = values.shape
    persons = k * ((values.mean(axis=1) - values.mean()) ** 2).sum()
    columns = n * ((values.mean(axis=0) - values.mean()) ** 2).sum()
    residual = ((values - values.mean()) ** 2).sum() - persons - columns
    return float(1 - (residual / ((n - 1) * (k - 1))) / (persons / (n - 1)))


def test_alpha_of_the_attitude_data_is_the_published_one() -> None:
    _inputs, expected, tolerance = case("cronbach_attitude")
    result = cronbach_alpha(attitude())
    assert result.value == pytest.approx(expected["raw_alpha"], abs=tolerance)
    assert result.standardised == pytest.approx(expected["std_alpha"], abs=tolerance)
    assert float(result) == result.value
    assert (result.n, result.left_out) == (30, 0)


def test_alpha_is_the_same_by_analysis_of_variance() -> None:
    items = attitude()
    result = cronbach_alpha(items)
    assert result.value == pytest.approx(alpha_by_anova(items), abs=1e-12)
    for item in items:
        assert result.if_deleted[item] == pytest.approx(alpha_by_anova(items.drop(columns=item)), abs=1e-12)
        rest = items.drop(columns=item).sum(axis=1)
        assert result.item_total[item] == pytest.approx(stats.pearsonr(items[item], rest).statistic, abs=1e-12)


def test_standardised_alpha_of_two_items_is_spearman_and_browns_formula() -> None:
    items = attitude()[["rating", "complaints"]]
    r = stats.pearsonr(items["rating"], items["complaints"]).statistic
    result = cronbach_alpha(items)
    assert result.standardised == pytest.approx(2 * r / (1 + r), abs=1e-12)
    assert result.if_deleted.isna().all()


def test_people_with_a_missing_answer_are_left_out_and_counted() -> None:
    items = attitude().astype(float)
    holed = pd.concat([items, items.assign(rating=np.nan).head(4)])
    result = cronbach_alpha(holed)
    assert result.value == pytest.approx(cronbach_alpha(items).value, abs=1e-12)
    assert result.left_out == 4
    assert "People left out, as an answer is missing: 4." in result.notes()


def test_one_item_of_the_trainees_runs_the_other_way_and_measures_two_things() -> None:
    items = wave("pre")[["q1", "q2", "q3", "q4", "q5", "q6"]]
    as_asked = cronbach_alpha(items)
    turned = cronbach_alpha(items.assign(q5=6 - items["q5"]))
    assert as_asked.item_total["q5"] < 0
    assert as_asked.if_deleted.idxmax() == "q5"
    assert any("Goes down when the others go up: q5." in note for note in as_asked.notes())
    assert as_asked.value < turned.value < as_asked.if_deleted["q5"]
    assert not any("Goes down" in note for note in turned.notes())


def test_an_item_that_all_answer_alike_has_no_standardised_alpha() -> None:
    result = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 4], "c": [5, 5, 5]}))
    assert math.isnan(result.standardised)
    assert math.isnan(result.item_total["c"])
    assert not math.isnan(result.value)
    assert "nan" not in str(result)


ANSWERS = st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=3, max_size=12)


@some
@given(ANSWERS, st.integers(-9, 9), st.sampled_from([0.5, 2.0, 10.0]))
def test_alpha_does_not_depend_on_where_the_scale_begins_or_its_unit(
    answers: list[list[int]], shift: int, factor: float
) -> None:
    items = pd.DataFrame(answers, columns=list("abc"))
    assume(items.sum(axis=1).nunique() > 1)
    value = cronbach_alpha(items).value
    assert value <= 1 + 1e-12
    assert cronbach_alpha(items * factor).value == pytest.approx(value, abs=1e-9)
    assert cronbach_alpha(items.assign(a=items["a"] + shift)).value == pytest.approx(value, abs=1e-9)
    assert cronbach_alpha(items[["c", "a", "b"]]).value == pytest.approx(value, abs=1e-9)


# --------------------------------------------------------------------------------------------------- paired change


def test_students_sleep_data() -> None:
    inputs, expected, tolerance = case("student_sleep")
    result = paired_change(before=inputs["g2"], after=inputs["g1"])
    assert result.mean_change == pytest.approx(expected["mean_diff_g1_minus_g2"], abs=tolerance)
    assert result.t == pytest.approx(expected["t"], abs=tolerance)
    assert result.df == expected["df"]
    assert result.p == pytest.approx(expected["p"], abs=1e-6)
    assert [result.ci_low, result.ci_high] == pytest.approx(expected["ci95"], abs=tolerance)
    assert result.effect_size == pytest.approx(-expected["d_z"], abs=tolerance)
    assert abs(result.effect_size) > expected["d_av"] + 0.4


def test_wilcoxons_test_of_the_sleep_data_is_the_one_r_prints() -> None:
    # wilcox.test(extra ~ group, data = sleep, paired = TRUE): V = 0, p-value = 0.009091.
    inputs, _expected, _tolerance = case("student_sleep")
    assert paired_change(inputs["g1"], inputs["g2"]).wilcoxon_p == pytest.approx(0.009091, abs=5e-7)


def test_wilcoxons_test_is_exact_when_all_changes_differ() -> None:
    # All six rise: one of the 2^6 patterns of signs, and its mirror.
    assert paired_change([0] * 6, [1, 2, 3, 4, 5, 6]).wilcoxon_p == pytest.approx(2 / 2**6, abs=1e-12)


def test_wilcoxons_test_does_not_depend_on_how_decimals_are_rounded() -> None:
    tenths = paired_change([0.1, 0.2, 0.3, 1.0, 2.0], [0.4, 0.5, 0.6, 0.9, 2.5]).wilcoxon_p
    assert tenths == paired_change([1, 2, 3, 10, 20], [4, 5, 6, 9, 25]).wilcoxon_p


def test_the_same_people_are_found_by_their_codes() -> None:
    before = pd.Series([1.0, 2.0, 3.0, 9.0], index=["a", "b", "c", "gone"])
    after = pd.Series([5.0, 3.0, np.nan, 7.0], index=["b", "a", "c", "new"])
    result = paired_change(before, after)
    assert (result.n, result.left_out) == (2, 3)
    assert result.mean_change == 2.5
    assert "Left out, as one value is missing: 3." in str(result)


@some
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=15), st.integers(-5, 5))
def test_a_change_turns_its_sign_and_ignores_a_common_shift(pairs: list[tuple[int, int]], shift: int) -> None:
    before, after = (np.array(side) for side in zip(*pairs, strict=True))
    change, back = paired_change(before, after), paired_change(after, before)
    assert back.mean_change == pytest.approx(-change.mean_change, abs=1e-12)
    assert change.ci_low <= change.mean_change <= change.ci_high
    assert math.isnan(change.t) == (len(set(after - before)) == 1)
    if not math.isnan(change.t):
        assert (back.ci_low, back.ci_high) == pytest.approx((-change.ci_high, -change.ci_low), abs=1e-9)
        assert back.wilcoxon_p == pytest.approx(change.wilcoxon_p, abs=1e-12)
        moved = paired_change(before + shift, after + shift)
        assert moved.effect_size == pytest.approx(change.effect_size, abs=1e-9)
        # d_z and t say the same of n pairs.
        assert change.effect_size * math.sqrt(change.n) == pytest.approx(change.t, abs=1e-9)


def test_equal_changes_leave_nothing_to_test() -> None:
    result = paired_change([1.1, 2.2, 3.3], [2.1, 3.2, 4.3])
    assert result.mean_change == pytest.approx(1)
    assert all(map(math.isnan, (result.t, result.p, result.wilcoxon_p, result.effect_size)))
    assert "Everyone changed equally much, so there is nothing to test." in result.notes()
    assert "nan" not in str(result)


def test_the_trained_shifted_their_yardstick() -> None:
    from_before = paired_change(scores("pre", "trained"), scores("post", "trained"))
    from_then = paired_change(scores("then", "trained"), scores("post", "trained"))
    assert from_before.left_out == from_then.left_out == 5
    assert from_then.mean_change > 1.9 * from_before.mean_change > 0
    shift = paired_change(scores("then", "trained"), scores("pre", "trained"))
    assert shift.ci_low > 0
    others = paired_change(scores("then", "comparison"), scores("pre", "comparison"))
    assert others.ci_low < 0 < others.ci_high


# --------------------------------------------------------------------------------------------------- McNemar


@pytest.mark.parametrize(
    ("table", "correction", "statistic", "p"),
    [
        # Approval of the president, Agresti (1990) p. 350; figures of Penn State STAT 504, lesson on McNemar's test.
        pytest.param([[794, 150], [86, 570]], False, 17.3559, 3.099e-05, id="Agresti"),
        # mcnemar.test of R, as printed in the tests of statsmodels.
        pytest.param([[101, 121], [59, 33]], False, 21.35556, 3.815136e-06, id="R"),
        pytest.param([[101, 121], [59, 33]], True, 20.67222, 5.450095e-06, id="R, corrected"),
    ],
)
def test_published_mcnemar_tests(table: list[list[int]], correction: bool, statistic: float, p: float) -> None:
    result = mcnemar(table, correction=correction)
    assert result.statistic == pytest.approx(statistic, rel=1e-5)
    assert result.p == pytest.approx(p, rel=1e-3)


@some
@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_mcnemar_is_the_squared_difference_over_the_sum(cells: list[int]) -> None:
    same, one, other, too = cells
    assume(one + other)
    result = mcnemar(np.array([[same, one], [other, too]]))
    assert result.statistic == pytest.approx((one - other) ** 2 / (one + other), abs=1e-9)
    assert result.p == pytest.approx(stats.chi2.sf(result.statistic, 1), abs=1e-9)
    assert result.exact_p == pytest.approx(stats.binomtest(one, one + other).pvalue, abs=1e-9)
    assert result.n == sum(cells)


def test_rows_and_columns_of_a_crosstab_are_put_in_the_same_order() -> None:
    table = pd.DataFrame({"no": [12, 15], "yes": [20, 3]}, index=["yes", "no"])
    assert mcnemar(table).statistic == pytest.approx((12 - 3) ** 2 / 15)


def test_nobody_who_changed_is_no_evidence_of_change() -> None:
    result = mcnemar([[10, 0], [0, 12]])
    assert math.isnan(result.statistic)
    assert result.exact_p == 1
    assert "nan" not in str(result)


def test_few_changes_ask_for_the_exact_test() -> None:
    assert "Few changed: read the exact p-value." in mcnemar([[20, 12], [3, 15]]).notes()
    assert "Few changed: read the exact p-value." not in mcnemar([[794, 150], [86, 570]]).notes()


# --------------------------------------------------------------------------------------------------- samples


def test_wilson_intervals_of_newcombe() -> None:
    inputs, expected, tolerance = case("wilson_newcombe")
    for (successes, n), limits in zip(inputs["cases"], expected["intervals"], strict=True):
        assert list(wilson_interval(successes, n)) == pytest.approx(limits, abs=tolerance)


@some
@given(st.integers(1, 200), st.data())
def test_wilson_limits_solve_the_equation_they_come_from(n: int, draw: st.DataObject) -> None:
    successes = draw.draw(st.integers(0, n))
    result = wilson_interval(successes, n, confidence=0.9)
    z = stats.norm.ppf(0.95)
    for limit in result:
        assert (result.share - limit) ** 2 == pytest.approx(z**2 * limit * (1 - limit) / n, abs=1e-9)
    assert 0 <= result.low <= result.share <= result.high <= 1
    mirror = wilson_interval(n - successes, n, confidence=0.9)
    assert (1 - mirror.high, 1 - mirror.low) == pytest.approx((result.low, result.high), abs=1e-9)


def test_more_confidence_means_a_wider_interval() -> None:
    wide, narrow = wilson_interval(15, 148, confidence=0.99), wilson_interval(15, 148)
    assert wide.low < narrow.low < narrow.high < wide.high


# The whole published table of Krejcie and Morgan (1970).
TABLE = {
    **{10: 10, 15: 14, 20: 19, 25: 24, 30: 28, 35: 32, 40: 36, 45: 40, 50: 44, 55: 48, 60: 52, 65: 56, 70: 59, 75: 63},
    **{80: 66, 85: 70, 90: 73, 95: 76, 100: 80, 110: 86, 120: 92, 130: 97, 140: 103, 150: 108, 160: 113, 170: 118},
    **{180: 123, 190: 127, 200: 132, 210: 136, 220: 140, 230: 144, 240: 148, 250: 152, 260: 155, 270: 159, 280: 162},
    **{290: 165, 300: 169, 320: 175, 340: 181, 360: 186, 380: 191, 400: 196, 420: 201, 440: 205, 460: 210, 480: 214},
    **{500: 217, 550: 226, 600: 234, 650: 242, 700: 248, 750: 254, 800: 260, 850: 265, 900: 269, 950: 274, 1000: 278},
    **{1100: 285, 1200: 291, 1300: 297, 1400: 302, 1500: 306, 1600: 310, 1700: 313, 1800: 317, 1900: 320, 2000: 322},
    **{2200: 327, 2400: 331, 2600: 335, 2800: 338, 3000: 341, 3500: 346, 4000: 351, 4500: 354, 5000: 357, 6000: 361},
    **{7000: 364, 8000: 367, 9000: 368, 10000: 370, 15000: 375, 20000: 377, 30000: 379, 40000: 380, 50000: 381},
    **{75000: 382, 1000000: 384},
}


def test_krejcie_and_morgans_table() -> None:
    inputs, expected, _tolerance = case("krejcie_morgan")
    assert [sample_size(n, margin=inputs["d"]) for n in inputs["N"]] == expected["n"]
    assert {n: sample_size(n) for n in TABLE} == TABLE


@some
@given(st.integers(1, 10**6), st.sampled_from([0.02, 0.05, 0.1]))
def test_a_sample_is_never_larger_than_the_population_and_grows_with_it(population: int, margin: float) -> None:
    needed = sample_size(population, margin)
    assert 0 < needed <= population
    assert needed <= sample_size(population + 1, margin)
    assert needed <= sample_size(population, margin, confidence=0.99)
    # From a large population: X² / (4 d²).
    assert needed <= math.ceil(stats.chi2.ppf(0.95, 1) / (4 * margin**2))


def test_design_effects_known_without_computing() -> None:
    assert design_effect(1, 0.4) == 1
    assert design_effect(20, 0) == 1
    assert design_effect(20, 1) == 20
    assert design_effect(11, 0.1) == pytest.approx(2)


# --------------------------------------------------------------------------------------------------- nonresponse


def asked() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "answered": [1, 1, 1, 0, 0, 1, None],
            "sector": ["civil", "civil", "public", "public", "public", None, "civil"],
            "score": [4.0, 3.0, 5.0, 1.0, 3.0, None, 2.0],
        }
    )


def test_response_rates_by_group() -> None:
    result = nonresponse_table(asked(), "answered", ["sector", "score"])
    rates = result.rates.assign(group=result.rates["group"].fillna("not stated")).set_index("group")
    assert rates["asked"].to_dict() == {"civil": 2, "public": 3, "not stated": 1}
    assert rates["answered"].to_dict() == {"civil": 2, "public": 1, "not stated": 1}
    assert rates.loc["public", "rate"] == pytest.approx(1 / 3)
    assert tuple(rates.loc["public", ["low", "high"]]) == pytest.approx(tuple(wilson_interval(1, 3)))
    assert rates.loc["public", "difference"] == pytest.approx(1 / 4 - 2 / 2)
    assert rates["among_answered"].sum() == pytest.approx(1)
    assert (result.overall.successes, result.overall.n, result.left_out) == (4, 6, 1)


def test_means_of_those_who_answered_and_of_the_others() -> None:
    result = nonresponse_table(asked(), "answered", "score")
    row = result.means.iloc[0]
    assert (row["answered"], row["others"], row["difference"], row["missing"]) == (4, 2, 2, 1)
    # Welch by hand: variances 1 and 2, of 3 and 2 people.
    se = math.sqrt(1 / 3 + 2 / 2)
    df = (1 / 3 + 1) ** 2 / ((1 / 3) ** 2 / 2 + 1**2 / 1)
    assert (row["low"], row["high"]) == pytest.approx(
        (2 - stats.t.ppf(0.975, df) * se, 2 + stats.t.ppf(0.975, df) * se)
    )
    assert "score: left out of the means, as the value is missing: 1." in result.notes()
    assert "Rows left out, as it is not stated whether the person answered: 1." in result.notes()


def test_when_all_answer_there_are_no_others_to_compare_with() -> None:
    everyone = asked().assign(answered=True)
    result = nonresponse_table(everyone, "answered", ["sector", "score"])
    assert result.overall.share == 1
    assert result.rates["difference"].isna().all()
    assert math.isnan(result.means.loc[0, "others"])
    assert "nan" not in str(result)


def test_the_trainees_with_low_scores_are_those_who_left() -> None:
    people = wave("pre").assign(score=scores("pre"), answered_after=wave("post")["answered"])
    trained = people[people["group"] == "trained"]
    result = nonresponse_table(trained, "answered_after", ["gender", "score"])
    assert (result.overall.successes, result.overall.n) == (15, 20)
    assert result.means.loc[0, "difference"] > 0.35
    everyone = nonresponse_table(people, "answered_after", "score")
    assert everyone.means.loc[0, "low"] > 0
    # So the mean of all who answered each time overstates the change of those who answered twice.
    of_all = scores("post", "trained").mean() - scores("pre", "trained").mean()
    assert of_all > paired_change(scores("pre", "trained"), scores("post", "trained")).mean_change


# --------------------------------------------------------------------------------------------------- disclosure


def ranges(full: np.ndarray[Any, Any], hidden: np.ndarray[Any, Any]) -> list[tuple[float, float]]:
    """Give the least and the most that each hidden count can be, to a reader who knows that zeros are shown.

    `full` has its totals as the last row and column. The totals must add up, and a hidden count is at least 1.
    """
    cells = np.arange(full.size).reshape(full.shape)
    sums = []
    for line in [*cells, *cells.T]:
        row = np.zeros(full.size)
        row[line[:-1]], row[line[-1]] = 1, -1
        sums.append(row)
    known = [(1, None) if dark else (count, count) for count, dark in zip(full.ravel(), hidden.ravel(), strict=True)]
    found = []
    for cell in np.flatnonzero(hidden):
        ends = []
        for sign in (1, -1):
            goal = np.zeros(full.size)
            goal[cell] = sign
            answer = linprog(goal, A_eq=np.array(sums), b_eq=np.zeros(len(sums)), bounds=known)
            assert answer.status in (0, 3)
            ends.append(sign * answer.fun if answer.status == 0 else math.inf)
        found.append((ends[0], ends[1]))
    return found


def with_totals(counts: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    full = np.vstack([counts, counts.sum(axis=0)])
    return np.column_stack([full, full.sum(axis=1)])


def hidden_cells(safe: surveys.SafeTable) -> np.ndarray[Any, Any]:
    inner = np.vstack([safe.table.isna().to_numpy(), safe.column_totals.isna().to_numpy()])
    return np.column_stack([inner, [*safe.row_totals.isna(), safe.total is None]])


@st.composite
def count_tables(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    most = draw(st.sampled_from([2, 6, 12, 40]))
    cells = draw(st.lists(st.integers(0, most), min_size=rows * columns, max_size=rows * columns))
    return np.array(cells).reshape(rows, columns)


@some
@given(count_tables(), st.sampled_from([2, 5, 10]))
@example(np.ones((2, 2), dtype=int), 5)
@example(np.eye(3, dtype=int) * 3, 5)
@example(np.array([[1, 1, 30], [1, 1, 40], [20, 30, 50]]), 5)
@example(np.array([[4]]), 5)
@example(np.zeros((2, 3), dtype=int), 5)
def test_no_hidden_count_can_be_worked_out(counts: np.ndarray[Any, Any], threshold: int) -> None:
    safe = suppress_small_cells(pd.DataFrame(counts), threshold)
    full, hidden = with_totals(counts), hidden_cells(safe)
    assert not ((full > 0) & (full < threshold) & ~hidden).any()
    assert not (hidden & (full == 0)).any()
    # Limits are whole numbers, as the table is a network, so a range of less than 1 is one value.
    assert all(high - low > 1 - 1e-6 for low, high in ranges(full, hidden))
    shown = np.column_stack([np.vstack([safe.table, safe.column_totals]), [*safe.row_totals, safe.total]])
    assert (shown[~hidden] == full[~hidden]).all()
    assert (safe.primary.to_numpy() == ((counts > 0) & (counts < threshold))).all()
    assert (safe.table.isna() == (safe.primary | safe.complementary)).all(axis=None)


def test_two_hidden_in_each_row_and_column_is_not_enough() -> None:
    # Two squares with a bridge between them: every row and column has two or three hidden, yet the bridge is known.
    full = with_totals(np.array([[6, 3, 9, 9], [2, 7, 4, 9], [9, 9, 8, 2], [9, 9, 3, 6]]))
    hidden = np.zeros_like(full, dtype=bool)
    hidden[:2, :2] = hidden[2:4, 2:4] = hidden[1, 2] = True
    bridge = [tuple(cell) for cell in np.argwhere(hidden)].index((1, 2))
    low, high = ranges(full, hidden)[bridge]
    assert low == pytest.approx(high) == 4
    # A square of ones: its totals give it away to those who know that a 0 would be shown.
    ones = with_totals(np.array([[1, 1, 30], [1, 1, 40], [20, 30, 50]]))
    square = np.zeros_like(ones, dtype=bool)
    square[:2, :2] = True
    assert all(low == pytest.approx(high) == 1 for low, high in ranges(ones, square))


def test_one_small_count_takes_three_others_with_it() -> None:
    table = pd.DataFrame({"civil": [12, 9, 8], "public": [3, 20, 9], "private": [7, 11, 6]}, index=list("abc"))
    safe = suppress_small_cells(table)
    assert safe.primary.to_numpy().sum() == 1
    assert safe.complementary.to_numpy().sum() == 3
    assert safe.row_totals.tolist() == table.sum(axis=1).tolist()
    assert safe.column_totals.tolist() == table.sum().tolist()
    assert safe.total == 85
    assert safe.table.index.tolist() == list("abc")
    assert "Hidden (..) so that nobody can work out the others from the totals: 3." in safe.notes()


def test_a_small_total_is_hidden_too() -> None:
    safe = suppress_small_cells(pd.DataFrame({"civil": [2, 30], "public": [1, 40]}))
    assert pd.isna(safe.row_totals[0])
    assert any(note.startswith("Totals hidden") for note in safe.notes())


def test_a_table_without_small_counts_is_left_as_it_is() -> None:
    table = pd.DataFrame({"civil": [12, 0], "public": [5, 20]})
    safe = suppress_small_cells(table)
    assert safe.table.equals(table.astype("Int64"))
    assert safe.notes() == ["No count is from 1 to 4, so nothing is hidden."]


def test_zeros_are_shown_and_the_reader_is_asked_whether_that_is_harmless() -> None:
    safe = suppress_small_cells(pd.DataFrame({"a": [0, 9, 8], "b": [3, 20, 9], "c": [7, 11, 6]}))
    assert safe.table.loc[0, "a"] == 0
    assert any(note.startswith("A 0 is shown") for note in safe.notes())


def test_the_trainees_by_sector_and_gender_can_be_published() -> None:
    people = wave("pre")
    table = pd.crosstab(people["sector"], people["gender"])
    safe = suppress_small_cells(table)
    assert safe.primary.to_numpy().any()
    assert all(high - low > 1 - 1e-6 for low, high in ranges(with_totals(table.to_numpy()), hidden_cells(safe)))
    page = safe._repr_html_()
    assert "<caption>Table to publish</caption>" in page
    assert "<td>..</td>" in page


def test_sweeneys_example_has_k_2() -> None:
    # Sweeney (2002), figure 2: k = 2 and the quasi-identifiers are race, birth, gender and zip.
    rows = [
        *[("Black", 1965, "m", "0214*")] * 2,
        *[("Black", 1965, "f", "0213*")] * 2,
        *[("Black", 1964, "f", "0213*")] * 2,
        *[("White", 1964, "m", "0213*")] * 3,
        *[("White", 1967, "m", "0213*")] * 2,
    ]
    frame = pd.DataFrame(rows, columns=["race", "birth", "gender", "zip"])
    result = k_anonymity(frame, ["race", "birth", "gender", "zip"])
    assert (result.k, result.unique, result.n) == (2, 0, 11)
    assert sorted(result.groups["n"]) == [2, 2, 2, 2, 3]
    assert k_anonymity(frame, "race").k == 5


@some
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y", None])), min_size=1, max_size=30))
def test_more_traits_never_make_anyone_more_anonymous(rows: list[tuple[str, str | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["one", "two"])
    both, one = k_anonymity(frame, ["one", "two"]), k_anonymity(frame, "one")
    assert both.k <= one.k
    assert both.unique >= one.unique
    assert both.groups["n"].sum() == len(rows) == both.n
    assert both.groups["n"].is_monotonic_increasing
    assert both.not_stated == sum(two is None for _one, two in rows)


def test_most_trainees_can_be_found_again_by_four_traits_and_few_by_one() -> None:
    people = wave("pre")
    four = k_anonymity(people, ["sector", "municipality", "gender", "age_group"])
    assert four.k == 1
    assert four.unique > len(people) / 2
    assert k_anonymity(people, "gender").k > 5
    assert "Larger groups, not shown" in str(four)


# --------------------------------------------------------------------------------------------------- shown


RESULTS: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: cronbach_alpha(attitude()), "Cronbach's alpha: 0.84", "Cronbachs alfa: 0,84"),
    (lambda: paired_change([1, 2, 3], [2, 4, 3]), "A change is not an effect", "En förändring är ingen effekt"),
    (lambda: mcnemar([[20, 12], [3, 15]]), "Changed one way: 12.", "Bytte åt ena hållet: 12."),
    (lambda: wilson_interval(15, 148), "0.062 to 0.160", "0,062 till 0,160"),
    (lambda: nonresponse_table(asked(), "answered", "sector"), "Answered: 4 of 6 (67 %)", "Svarade: 4 av 6 (67 %)"),
    (
        lambda: suppress_small_cells(pd.DataFrame({"a": [9, 9], "b": [2, 9]})),
        "Table to publish",
        "Tabell att publicera",
    ),
    (lambda: k_anonymity(asked(), "sector"), "k-anonymity: k = 1", "k-anonymitet: k = 1"),
]


@pytest.mark.parametrize(("make", "words", "translated"), RESULTS, ids=[result[1] for result in RESULTS])
def test_results_are_shown_in_both_languages(make: Callable[[], Any], words: str, translated: str) -> None:
    result = make()
    assert words in str(result)
    assert "<table><caption>" in result._repr_html_()
    assert result.notes()
    use_language("sv")
    assert translated in str(result)
    assert not {"the", "of", "and", "is", "not"} & set(str(result).split())


# --------------------------------------------------------------------------------------------------- bad input

TABLE_ = pd.DataFrame({"a": [9, 8], "b": [7, 6]})
BAD = [
    pytest.param(
        lambda: cronbach_alpha([1, 2]), ValueError, "items is [1, 2]; give a DataFrame", "items är [1, 2]; ange"
    ),
    pytest.param(lambda: cronbach_alpha(pd.DataFrame({"q1": [1, 2]})), ValueError, "items has one column", "en kolumn"),
    pytest.param(
        lambda: cronbach_alpha(pd.DataFrame({"q1": [1, 2], "q2": ["often", 3]})),
        ValueError,
        "Row 0: q2 is 'often'; give a number.",
        "Rad 0: q2 är 'often'; ange ett tal.",
    ),
    pytest.param(
        lambda: cronbach_alpha(pd.DataFrame({"q1": [1, None], "q2": [2, 3]})),
        ValueError,
        "without a missing answer: 1.",
        "utan luckor: 1.",
    ),
    pytest.param(
        lambda: cronbach_alpha(pd.DataFrame({"q1": [0.1, 0.2], "q2": [0.2, 0.1]})),
        ValueError,
        "Everyone has the same sum",
        "Alla har samma summa",
    ),
    pytest.param(
        lambda: paired_change([1, 2], [1, 2, 3]), ValueError, "has 2 values and after has 3", "har 2 värden och"
    ),
    pytest.param(
        lambda: paired_change("12", [1, 2]), ValueError, "before is '12'; give a Series", "before är '12'; ange"
    ),
    pytest.param(lambda: paired_change([1, 2], [1, None]), ValueError, "after: 1. At least two", "after: 1. Minst två"),
    pytest.param(
        lambda: paired_change(pd.Series([1, 2], index=["a", "a"]), pd.Series([1, 2], index=["a", "b"])),
        ValueError,
        "'a' stands twice in the index of before",
        "'a' står två gånger i index för before",
    ),
    pytest.param(
        lambda: paired_change(pd.Series([1, 2], index=["a", "b"]), pd.Series([1, 2], index=["c", "d"])),
        ValueError,
        "have no label in common",
        "har ingen etikett gemensam",
    ),
    pytest.param(
        lambda: mcnemar([[1, 2, 3], [4, 5, 6]]), ValueError, "table is 2 × 3; give two", "table är 2 × 3; ange"
    ),
    pytest.param(
        lambda: mcnemar([[1, 2], [3]]), ValueError, "table is [[1, 2], [3]]; give", "table är [[1, 2], [3]]; ange"
    ),
    pytest.param(
        lambda: mcnemar([[1, 2], [-3, 4]]), ValueError, "table holds -3 in row 1, column 0", "innehåller -3 på rad 1"
    ),
    pytest.param(lambda: mcnemar(TABLE_), ValueError, "rows of table are 0, 1 and", "Raderna i table är 0, 1 och"),
    pytest.param(
        lambda: mcnemar([[1, 2], [3, 4]], correction="yes"),
        ValueError,
        "correction is 'yes'; give True",
        "correction är 'yes'; ange True",
    ),
    pytest.param(
        lambda: wilson_interval(5, 4), ValueError, "successes is 5; give a whole", "successes är 5; ange ett hel"
    ),
    pytest.param(
        lambda: wilson_interval(0, 0), ValueError, "n is 0; give a whole number from 1", "n är 0; ange ett heltal"
    ),
    pytest.param(
        lambda: wilson_interval(1, 4, confidence=95),
        ValueError,
        "confidence is 95; give a share",
        "confidence är 95; ange",
    ),
    pytest.param(lambda: sample_size(900.5), ValueError, "population is 900.5", "population är 900.5"),
    pytest.param(
        lambda: sample_size(900, margin=0), ValueError, "margin is 0; give a share between", "margin är 0; ange en"
    ),
    pytest.param(lambda: sample_size(900, margin=5), ValueError, "25 % is 0.25", "25 % är 0"),
    pytest.param(lambda: design_effect(0.5, 0.1), ValueError, "cluster_size is 0.5", "cluster_size är 0.5"),
    pytest.param(lambda: design_effect(20, 1.5), ValueError, "icc is 1.5", "icc är 1.5"),
    pytest.param(
        lambda: nonresponse_table(asked(), "answer", "sector"), KeyError, "no column 'answer'", "ingen kolumn 'answer'"
    ),
    pytest.param(lambda: nonresponse_table(asked(), "answered", []), ValueError, "by is empty", "by är tom"),
    pytest.param(
        lambda: nonresponse_table(asked(), "score", "sector"),
        ValueError,
        "The column 'score' holds 4.0 in row 0; give 1",
        "Kolumnen 'score' innehåller 4.0 på rad 0; ange 1",
    ),
    pytest.param(
        lambda: nonresponse_table(asked().assign(answered=None), "answered", "sector"),
        ValueError,
        "'answered' is empty in all rows",
        "'answered' är tom på alla rader",
    ),
    pytest.param(
        lambda: suppress_small_cells([[1, 2]]), ValueError, "table is [[1, 2]]; give", "table är [[1, 2]]; ange"
    ),
    pytest.param(
        lambda: suppress_small_cells(pd.DataFrame({"a": [1, 2.5]})),
        ValueError,
        "table holds 2.5 in row 1, column a",
        "table innehåller 2.5 på rad 1, kolumn a",
    ),
    pytest.param(
        lambda: suppress_small_cells(pd.DataFrame({"a": [1, None]})), ValueError, "holds nan in row 1", "nan på rad 1"
    ),
    pytest.param(
        lambda: suppress_small_cells(pd.crosstab([1, 1, 2], [1, 2, 2], margins=True)),
        ValueError,
        "table holds totals, labelled 'All'",
        "table innehåller summor, med etiketten 'All'",
    ),
    pytest.param(
        lambda: suppress_small_cells(TABLE_, threshold=1), ValueError, "threshold is 1; give", "threshold är 1; ange"
    ),
    pytest.param(
        lambda: k_anonymity(asked(), []), ValueError, "quasi_identifiers is empty", "quasi_identifiers är tom"
    ),
    pytest.param(
        lambda: k_anonymity(asked(), ["age"]), KeyError, "frame has no column 'age'", "frame har ingen kolumn"
    ),
]
