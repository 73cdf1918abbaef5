"""Difference-in-differences, trends before the start, balance, power, E-values and the event chart."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from siru_course import attribution, data, use_language
from siru_course.attribution import (
    balance,
    difference_in_differences,
    e_value,
    event_chart,
    minimum_detectable_effect,
    pre_trends,
)

from .published import case

some = settings(max_examples=50, deadline=None)
CELLS = list(itertools.product((0, 1), (0, 1)))


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return data.load("brobygget_panel")


def cells(values: dict[tuple[int, int], list[float]]) -> pd.DataFrame:
    """Write a frame from the values of each cell: (treated, post)."""
    rows = [(group, after, value) for (group, after), column in values.items() for value in column]
    return pd.DataFrame(rows, columns=["treated", "post", "y"])


def did(frame: pd.DataFrame, **more: Any) -> attribution.DifferenceInDifferences:
    return difference_in_differences(frame, "y", "treated", "post", **more)


def spread(mean: float, se: float, n: int) -> list[float]:
    """Give n values with this mean and this standard error of the mean."""
    values = np.arange(n) - (n - 1) / 2
    return list(mean + values / values.std(ddof=1) * se * math.sqrt(n))


# --------------------------------------------------------------------------------------------------- estimate


def card_and_krueger() -> pd.DataFrame:
    """Write stores with the published means, standard errors and numbers, not the stores themselves."""
    inputs, _expected, _tolerance = case("card_krueger_1994")
    return cells(
        {
            (group, after): spread(state[when], state[f"se_{when}"], state[f"n_{when}"])
            for group, state in ((1, inputs["NJ"]), (0, inputs["PA"]))
            for after, when in ((0, "before"), (1, "after"))
        }
    )


def test_card_and_krueger() -> None:
    inputs, expected, tolerance = case("card_krueger_1994")
    result = did(card_and_krueger())
    assert result.estimate == pytest.approx(expected["did_published"], abs=tolerance["did"])
    assert result.estimate == pytest.approx(expected["did_from_rounded_means"], abs=1e-9)
    assert result.estimate == pytest.approx(expected["did_from_microdata"], abs=tolerance["did"])
    assert result.changes[1] == pytest.approx(expected["NJ_change"], abs=tolerance["means"])
    assert result.changes[0] == pytest.approx(expected["PA_change"], abs=tolerance["means"])
    gap = result.cell_means.loc[1] - result.cell_means.loc[0]
    assert gap[0] == pytest.approx(expected["diff_before"], abs=tolerance["means"])
    assert gap[1] == pytest.approx(expected["diff_after"], abs=tolerance["means"])
    assert result.n == sum(state[n] for state in inputs.values() for n in ("n_before", "n_after"))


def test_card_and_kruegers_stores_seen_both_times() -> None:
    _inputs, expected, tolerance = case("card_krueger_1994")
    balanced = expected["balanced"]
    frame = cells(
        {
            (1, 0): [0] * balanced["n_NJ"],
            (1, 1): [balanced["NJ_change"]] * balanced["n_NJ"],
            (0, 0): [0] * balanced["n_PA"],
            (0, 1): [balanced["PA_change"]] * balanced["n_PA"],
        }
    )
    assert did(frame).estimate == pytest.approx(balanced["did"], abs=tolerance["did"])


def test_without_clusters_the_four_standard_errors_add_up_by_their_squares() -> None:
    inputs, _expected, _tolerance = case("card_krueger_1994")
    result = did(card_and_krueger())
    se = math.sqrt(sum(state[se] ** 2 for state in inputs.values() for se in ("se_before", "se_after")))
    assert result.se == pytest.approx(se, abs=1e-9)
    half = stats.t.ppf(0.975, result.n - 4) * se
    assert (result.ci_low, result.ci_high) == pytest.approx((result.estimate - half, result.estimate + half), abs=1e-9)
    assert result.p == pytest.approx(2 * stats.t.sf(abs(result.estimate) / se, result.n - 4), abs=1e-9)


def clustered_by_hand(frame: pd.DataFrame, names: str) -> float:
    """Sum scores by cluster: Liang and Zeger's sandwich with Stata's correction for small samples."""
    design = np.column_stack([np.ones(len(frame)), frame["treated"], frame["post"], frame["treated"] * frame["post"]])
    bread = np.linalg.inv(design.T @ design)
    residuals = frame["y"] - design @ (bread @ design.T @ frame["y"])
    scores = pd.DataFrame(design * residuals.to_numpy()[:, None]).groupby(frame[names].to_numpy()).sum().to_numpy()
    n, g = len(frame), len(scores)
    return float(np.sqrt((bread @ scores.T @ scores @ bread)[3, 3] * g / (g - 1) * (n - 1) / (n - 4)))


def test_clustered_errors_are_those_of_the_sandwich(panel: pd.DataFrame) -> None:
    frame = panel.rename(columns={"employed": "y"}).astype({"y": float, "treated": float, "post": float})
    for names in ("person_id", "municipality"):
        result = did(frame, cluster=names)
        assert result.se == pytest.approx(clustered_by_hand(frame, names), abs=1e-9)
        half = stats.t.ppf(0.975, frame[names].nunique() - 1) * result.se
        assert result.ci_high - result.estimate == pytest.approx(half, abs=1e-9)


def test_clustered_errors_are_those_of_statsmodels_formulas(panel: pd.DataFrame) -> None:
    frame = panel.astype({"employed": float, "treated": float, "post": float})
    fit = smf.ols("employed ~ treated * post", frame).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(frame["person_id"])[0]}
    )
    result = difference_in_differences(panel, "employed", "treated", "post", cluster="person_id")
    assert result.estimate == pytest.approx(fit.params["treated:post"], abs=1e-9)
    assert result.se == pytest.approx(fit.bse["treated:post"], abs=1e-9)
    assert (result.n, result.clusters) == (3600, (300, 120))


VALUES = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=6)


@st.composite
def panels(draw: st.DrawFn) -> pd.DataFrame:
    return cells({cell: draw(VALUES) for cell in CELLS})


@some
@given(panels(), st.integers(-100, 100), st.sampled_from([0.5, 3.0, -2.0]), st.randoms(use_true_random=False))
def test_the_estimate_is_the_difference_of_two_differences(
    frame: pd.DataFrame, shift: int, factor: float, random: Any
) -> None:
    mean = {cell: frame.loc[(frame["treated"] == cell[0]) & (frame["post"] == cell[1]), "y"].mean() for cell in CELLS}
    result = did(frame)
    assert result.estimate == pytest.approx((mean[1, 1] - mean[1, 0]) - (mean[0, 1] - mean[0, 0]), abs=1e-9)
    assert all(result.cell_means.loc[cell] == pytest.approx(mean[cell], abs=1e-9) for cell in CELLS)
    # Levels need not be equal, and a trend that both share is taken out.
    level = did(frame.assign(y=frame["y"] + shift * frame["treated"]))
    trend = did(frame.assign(y=frame["y"] + shift * frame["post"]))
    for other in (level, trend):
        assert (other.estimate, other.se) == pytest.approx((result.estimate, result.se), abs=1e-8)
    scaled = did(frame.assign(y=frame["y"] * factor))
    assert scaled.estimate == pytest.approx(factor * result.estimate, abs=1e-8)
    assert scaled.se == pytest.approx(abs(factor) * result.se, abs=1e-8)
    swapped = did(frame.assign(treated=1 - frame["treated"]))
    assert swapped.estimate == pytest.approx(-result.estimate, abs=1e-8)
    order = list(range(len(frame)))
    random.shuffle(order)
    assert did(frame.iloc[order]).estimate == pytest.approx(result.estimate, abs=1e-9)
    assert did(frame.assign(treated=frame["treated"] == 1)).estimate == pytest.approx(result.estimate, abs=1e-12)


def test_rows_without_a_value_are_left_out_and_counted(panel: pd.DataFrame) -> None:
    holed = panel.copy()
    holed.loc[holed.index[:7], "employed"] = pd.NA
    holed.loc[holed.index[7:9], "person_id"] = pd.NA
    result = difference_in_differences(holed, "employed", "treated", "post", cluster="person_id")
    assert (result.n, result.left_out) == (3591, 9)
    assert "Rows left out, as a value is missing: 9." in result.notes()
    rest = difference_in_differences(panel.iloc[9:], "employed", "treated", "post")
    assert result.estimate == pytest.approx(rest.estimate, abs=1e-12)


def test_four_means_give_an_estimate_but_no_interval() -> None:
    result = did(cells({(1, 0): [20.44], (1, 1): [21.03], (0, 0): [23.33], (0, 1): [21.17]}))
    assert result.estimate == pytest.approx(2.75)
    assert all(map(math.isnan, (result.se, result.ci_low, result.ci_high, result.p)))
    assert any(note.startswith("No interval:") for note in result.notes())
    assert "nan" not in str(result)


def test_a_group_that_is_one_cluster_has_no_interval(panel: pd.DataFrame) -> None:
    one = panel.assign(place=panel["municipality"].where(panel["treated"] == 0, "here"))
    result = difference_in_differences(one, "employed", "treated", "post", cluster="place")
    assert math.isnan(result.se)
    assert result.clusters is not None
    assert result.clusters[1] == 1


def test_few_clusters_are_warned_of(panel: pd.DataFrame) -> None:
    few = difference_in_differences(panel, "employed", "treated", "post", cluster="municipality")
    many = difference_in_differences(panel, "employed", "treated", "post", cluster="person_id")
    assert any("only 13" in note for note in few.notes())
    assert not any("Clusters in one" in note for note in many.notes())


def test_values_without_spread_have_no_p_value() -> None:
    result = did(cells({(1, 0): [1, 1], (1, 1): [4, 4], (0, 0): [1, 1], (0, 1): [2, 2]}))
    assert (result.estimate, result.se) == (pytest.approx(2), 0)
    assert math.isnan(result.p)


def test_an_interval_that_holds_no_effect_says_what_else_it_holds() -> None:
    result = did(cells({cell: spread(0, 1, 10) for cell in CELLS}))
    assert result.ci_low < 0 < result.ci_high
    assert any("the data fit no effect, and they fit one of" in note for note in result.notes())


def test_before_after_overstates_brobygget(panel: pd.DataFrame) -> None:
    result = difference_in_differences(panel, "employed", "treated", "post", cluster="person_id")
    assert result.changes[1] > 1.5 * result.estimate
    assert 0 < result.ci_low < result.estimate
    # Of the same kind as before-after: an interval that forgets that the same people come back is too narrow.
    assert result.se > 1.05 * difference_in_differences(panel, "employed", "treated", "post").se
    assert result.cell_means.loc[1, 0] < result.cell_means.loc[0, 0]


def test_those_worst_off_rise_without_help(panel: pd.DataFrame) -> None:
    # Regression to the mean: "treat" those of the comparison group who earned least when both groups were chosen.
    others = panel[panel["treated"] == 0]
    chosen = others[others["quarter"] == -3].nsmallest(60, "income")["person_id"]
    played = others[others["quarter"].isin([-3, *range(6)])].assign(helped=others["person_id"].isin(chosen))
    result = difference_in_differences(played, "income", "helped", "post", cluster="person_id")
    assert result.ci_low > 0


# --------------------------------------------------------------------------------------------------- trends


def trends(panel: pd.DataFrame, outcome: str = "employed", **more: Any) -> attribution.PreTrends:
    return pre_trends(panel, outcome, "treated", "quarter", "post", **more)


def test_the_slope_is_that_of_a_regression_with_a_dummy_for_each_period(panel: pd.DataFrame) -> None:
    before = panel[panel["post"] == 0].astype({"employed": float, "treated": float, "quarter": float})
    fit = smf.ols("employed ~ C(quarter) + treated + treated:quarter", before).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(before["person_id"])[0]}, use_t=True
    )
    result = trends(panel, cluster="person_id")
    assert result.slope == pytest.approx(fit.params["treated:quarter"], abs=1e-9)
    assert result.se == pytest.approx(fit.bse["treated:quarter"], abs=1e-9)
    assert result.p == pytest.approx(fit.pvalues["treated:quarter"], abs=1e-9)
    assert (result.n, result.clusters) == (1800, (300, 120))


def test_each_gap_is_a_difference_of_two_means_with_welchs_error(panel: pd.DataFrame) -> None:
    row = trends(panel).gaps.set_index("period").loc[-3]
    now = panel[panel["quarter"] == -3]
    one, other = (now.loc[now["treated"] == group, "employed"].astype(float) for group in (1, 0))
    assert row["difference"] == pytest.approx(one.mean() - other.mean(), abs=1e-9)
    se = math.sqrt(one.var() / len(one) + other.var() / len(other))
    assert row["high"] - row["difference"] == pytest.approx(stats.t.ppf(0.975, len(now) - 2) * se, abs=1e-9)


def line(slope_treated: float, slope_other: float, noise: float = 0.0) -> pd.DataFrame:
    rng = np.random.RandomState(1)
    rows = [
        (person, group, year, int(year > 4), 10 * group + year * (slope_treated if group else slope_other))
        for person, (group, year) in enumerate(itertools.product([0, 1] * 20, range(1, 7)))
    ]
    frame = pd.DataFrame(rows, columns=["person", "treated", "year", "post", "y"])
    return frame.assign(y=frame["y"] + noise * rng.standard_normal(len(frame)))


def test_groups_that_go_apart_are_found() -> None:
    result = pre_trends(line(1.5, 1.0, noise=0.1), "y", "treated", "year", "post")
    assert result.ci_low < 0.5 < result.ci_high
    assert result.p < 0.001
    assert any(note.startswith("The trends differed already before") for note in result.notes())


@some
@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(-9, 9))
def test_the_slope_is_the_difference_of_the_slopes(one: int, other: int, shock: int) -> None:
    frame = line(one, other)
    # What hits both groups in one year is no difference in trend.
    shocked = frame.assign(y=frame["y"] + shock * (frame["year"] == 2))
    assert pre_trends(shocked, "y", "treated", "year", "post").slope == pytest.approx(one - other, abs=1e-9)


def test_exactly_parallel_trends_are_not_said_to_differ() -> None:
    result = pre_trends(line(1.1, 1.1), "y", "treated", "year", "post")
    assert (result.slope, result.se) == (0, 0)
    assert math.isnan(result.p)
    assert not any(note.startswith("The trends differed") for note in result.notes())


def test_a_difference_in_trends_moves_the_estimate_by_as_much_as_is_said() -> None:
    frame = line(2.0, 1.0)
    result = pre_trends(frame, "y", "treated", "year", "post")
    # No noise: the interval is the slope, 1 a year, over the 3 years from 2.5 to 5.5. There is no other effect.
    assert result.possible_bias == pytest.approx(3)
    assert difference_in_differences(frame, "y", "treated", "post").estimate == pytest.approx(3)


def test_brobyggets_trends_look_parallel_and_that_proves_little(panel: pd.DataFrame) -> None:
    result = trends(panel, cluster="person_id")
    assert result.ci_low < 0 < result.ci_high
    assert result.gaps["period"].tolist() == list(range(-6, 0))
    assert (result.gaps["difference"] < 0).all()
    assert any("does not prove that the trends were parallel" in note for note in result.notes())
    assert result.possible_bias > 0
    assert any(note.startswith("Trends that differ enough") for note in result.notes())


# --------------------------------------------------------------------------------------------------- event chart


def test_the_chart_shows_each_period_with_its_interval(panel: pd.DataFrame) -> None:
    chart = event_chart(panel, "employed", "treated", "quarter", "post", cluster="person_id", label="in work")
    spec = chart.to_dict()
    points = [row for rows in spec["datasets"].values() for row in rows if "side" in row]
    assert [row["period"] for row in points] == list(range(-6, 6))
    assert all(row["low"] < row["difference"] < row["high"] for row in points)
    assert [row["side"] for row in points] == ["before"] * 6 + ["after"] * 6
    gaps = [row["difference"] for row in points]
    estimate = difference_in_differences(panel, "employed", "treated", "post").estimate
    assert np.mean(gaps[6:]) - np.mean(gaps[:6]) == pytest.approx(estimate, abs=1e-9)


def test_the_chart_tells_before_from_after_without_colour(panel: pd.DataFrame) -> None:
    spec = event_chart(panel, "employed", "treated", "quarter", "post").to_dict()
    shapes = [layer["encoding"]["shape"]["scale"] for layer in spec["layer"] if "shape" in layer["encoding"]]
    assert shapes == [{"domain": ["before", "after"], "range": ["circle", "square"]}]
    shaded = [rows[0] for rows in spec["datasets"].values() if "start" in rows[0]]
    assert shaded == [{"start": -0.5, "end": 5.5}]


def test_the_chart_is_described_in_both_languages(panel: pd.DataFrame) -> None:
    def text() -> str:
        chart = event_chart(panel, "employed", "treated", "quarter", "post", "person_id", "i arbete", "kvartal")
        return str(chart.to_dict()["description"])

    assert text().startswith("I arbete, the treated group minus the comparison group, over 12 periods.")
    assert "in the 6 before the start: -0.1" in text()
    use_language("sv")
    assert text().startswith("I arbete: insatsgruppen minus jämförelsegruppen, 12 perioder.")
    assert "i de 6 före starten: -0,1" in text()
    assert "Intervallet där (95 %)" in text()


def test_the_chart_says_how_many_rows_it_leaves_out(panel: pd.DataFrame) -> None:
    holed = panel.assign(income=panel["income"].where(panel["income"] > 8000))
    text = event_chart(holed, "income", "treated", "quarter", "post").to_dict()["description"]
    assert text.endswith(f"Rows left out, as a value is missing: {(panel['income'] <= 8000).sum()}.")


def test_the_chart_can_be_drawn_where_nothing_has_an_interval() -> None:
    frame = pd.DataFrame({"y": [1, 2, 1, 4], "treated": [0, 1, 0, 1], "t": [1, 1, 2, 2], "post": [0, 0, 1, 1]})
    text = event_chart(frame, "y", "treated", "t", "post").to_dict()["description"]
    assert text.endswith("In the last period: 3.00.")


# --------------------------------------------------------------------------------------------------- balance


def test_differences_known_without_computing() -> None:
    # Means 12 and 10, variances 16 and 16: half a standard deviation.
    frame = pd.DataFrame(
        {
            "treated": [1] * 3 + [0] * 3,
            "age": [8, 12, 16, 6, 10, 14],
            "home": ["a", "a", "b", "a", "b", "b"],
            "car": [1, 1, 0, 1, 0, 0],
        }
    )
    table = balance(frame, "treated", ["age", "home", "car"]).table.set_index(["covariate", "level"])
    assert table.loc[("age", ""), "smd"] == pytest.approx(0.5)
    # Shares 2/3 and 1/3, both with variance 2/9.
    share = (1 / 3) / math.sqrt(2 / 9)
    assert table.loc[("home", "a"), "smd"] == pytest.approx(share)
    assert table.loc[("home", "b"), "smd"] == pytest.approx(-share)
    assert table.loc[("car", ""), "smd"] == pytest.approx(share)
    assert table["large"].all()


def test_missing_values_are_counted_and_a_missing_category_is_one_of_them() -> None:
    frame = pd.DataFrame({"t": [1, 1, 0, 0, None], "age": [30, None, 30, 31, 9], "home": ["a", None, "a", "a", "a"]})
    result = balance(frame, "t", ["age", "home"])
    assert (result.n_treated, result.n_comparison, result.left_out) == (2, 2, 1)
    assert result.table["missing"].tolist() == [1, 0, 0]
    assert result.table.loc[result.table["level"].isna(), "treated"].tolist() == [0.5]
    assert "home: not stated" in str(result)
    assert "age: left out of the means, as the value is missing: 1." in result.notes()
    assert "Rows left out, as their group is missing: 1." in result.notes()


def test_a_difference_without_spread_is_infinite() -> None:
    frame = pd.DataFrame({"t": [1, 1, 0, 0], "a": [3, 3, 2, 2], "same": [5, 5, 5, 5]})
    result = balance(frame, "t", ["a", "same"])
    assert result.table["smd"].tolist() == [math.inf, 0]
    assert result.large == ["a"]
    assert "∞ *" in str(result)


@some
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=4, max_size=30), st.integers(-5, 5))
def test_balance_turns_its_sign_with_the_groups_and_has_no_unit(rows: list[tuple[bool, int]], shift: int) -> None:
    frame = pd.DataFrame(rows, columns=["t", "x"])
    assume(frame.groupby("t")["x"].nunique().reindex([True, False], fill_value=0).ge(2).all())
    smd = balance(frame, "t", "x").table.loc[0, "smd"]
    assert balance(frame.assign(t=~frame["t"]), "t", "x").table.loc[0, "smd"] == pytest.approx(-smd, abs=1e-9)
    if not frame["x"].isin([0, 1]).all():
        moved = frame.assign(x=10 * frame["x"] + shift + 0.5)
        assert balance(moved, "t", "x").table.loc[0, "smd"] == pytest.approx(smd, abs=1e-9)


def test_places_in_brobygget_went_to_those_furthest_from_work() -> None:
    result = balance(data.load("brobygget_persons"), "treated", ["gender", "age", "months_outside"])
    assert result.large == ["months_outside"]
    assert result.table.set_index("covariate").loc["months_outside", "smd"] > 0.3
    assert (result.n_treated, result.n_comparison) == (120, 180)


# --------------------------------------------------------------------------------------------------- power, E-value


def test_cohens_numbers_find_cohens_effects() -> None:
    inputs, expected, tolerance = case("power_cohen")
    for d, exact, table in zip(inputs["d"], expected["n_exact"], expected["n_table"], strict=True):
        fewer, more = math.floor(exact), math.ceil(exact)
        assert minimum_detectable_effect(more, more, sd=1) < d < minimum_detectable_effect(fewer, fewer, sd=1)
        assert abs(table - exact) < tolerance
        assert minimum_detectable_effect(table, table, sd=1) == pytest.approx(d, rel=0.011)


def test_the_effect_of_brobyggets_groups_has_the_power_asked_for() -> None:
    effect = minimum_detectable_effect(120, 180, sd=3)
    # Independently: the noncentral t distribution.
    df, centre = 298, effect / 3 / math.sqrt(1 / 120 + 1 / 180)
    critical = stats.t.ppf(0.975, df)
    assert stats.nct.sf(critical, df, centre) + stats.nct.cdf(-critical, df, centre) == pytest.approx(0.8, abs=1e-9)
    # And about 2.8 standard errors, as the rule of thumb says.
    assert centre == pytest.approx(stats.norm.ppf(0.975) + stats.norm.ppf(0.8), rel=0.01)


@some
@given(
    st.integers(2, 500),
    st.integers(2, 500),
    st.sampled_from([0.1, 0.5, 0.8, 0.99]),
    st.sampled_from([0.001, 0.05]),
)
def test_more_people_find_smaller_effects(n_treated: int, n_control: int, power: float, alpha: float) -> None:
    effect = minimum_detectable_effect(n_treated, n_control, 1, power, alpha)
    assert effect > 0
    assert minimum_detectable_effect(n_control, n_treated, 1, power, alpha) == pytest.approx(effect, rel=1e-6)
    assert minimum_detectable_effect(n_treated + 1, n_control, 1, power, alpha) < effect
    assert minimum_detectable_effect(n_treated, n_control, 10, power, alpha) == pytest.approx(10 * effect, rel=1e-6)
    assert minimum_detectable_effect(n_treated, n_control, 1, (1 + power) / 2, alpha) > effect


@pytest.mark.parametrize(
    ("ratio", "limit", "point", "at_limit"),
    [
        # Hammond and Horn on smoking and lung cancer, in the vignette of the R package EValue.
        pytest.param(10.73, 8.02, 20.94777, 15.52336, id="smoking"),
        # By hand: 2 + √2, and 1.5 + √0.75.
        pytest.param(2, 1.5, 2 + math.sqrt(2), 1.5 + math.sqrt(0.75), id="two"),
        pytest.param(1 / 2, 1 / 1.5, 2 + math.sqrt(2), 1.5 + math.sqrt(0.75), id="a half"),
        pytest.param(3.9, 0.9, 7.26303, 1, id="the limit is on the other side of 1"),
        pytest.param(0.25, 1.2, 4 + math.sqrt(12), 1, id="protective, the limit is on the other side"),
        pytest.param(1, 0.7, 1, 1, id="no association"),
    ],
)
def test_known_e_values(ratio: float, limit: float, point: float, at_limit: float) -> None:
    result = e_value(ratio, limit)
    assert (result.point, result.limit) == pytest.approx((point, at_limit), abs=1e-5)


def test_the_e_value_of_vanderweele_and_ding() -> None:
    inputs, expected, tolerance = case("evalue")
    result = e_value(inputs["rr"], limit=inputs["ci_lower"])
    assert result.point == pytest.approx(expected["e_point"], abs=tolerance)
    assert result.limit == pytest.approx(expected["e_ci"], abs=tolerance)
    assert e_value(inputs["rr"]).limit is None


@some
@given(st.floats(1, 100))
def test_a_confounder_as_strong_as_the_e_value_explains_the_ratio_exactly(ratio: float) -> None:
    point = e_value(ratio).point
    # Ding and VanderWeele's bound for two risk ratios of that size.
    assert point**2 / (2 * point - 1) == pytest.approx(ratio, rel=1e-9)
    assert e_value(1 / ratio).point == pytest.approx(point, rel=1e-9)


# --------------------------------------------------------------------------------------------------- shown


@pytest.mark.parametrize(
    ("make", "words", "translated"),
    [
        (lambda: did(card_and_krueger()), "Before-after alone would say 0.59", "En ren före-efter-jämförelse ger 0,59"),
        (
            lambda: pre_trends(line(2, 1), "y", "treated", "year", "post"),
            "Trends before the start",
            "Trender före starten",
        ),
        (
            lambda: balance(data.load("brobygget_persons"), "treated", "age"),
            "Treated: 120. Comparison group: 180.",
            "Insatsgrupp: 120. Jämförelsegrupp: 180.",
        ),
        (lambda: e_value(3.9, 0.9), "The interval holds 1", "Intervallet rymmer 1"),
    ],
    ids=["did", "trends", "balance", "e-value"],
)
def test_results_are_shown_in_both_languages(make: Callable[[], Any], words: str, translated: str) -> None:
    result = make()
    assert words in str(result)
    assert "<table><caption>" in result._repr_html_()
    use_language("sv")
    assert translated in str(result)
    assert not {"the", "of", "and", "is", "not"} & set(str(result).split())


# --------------------------------------------------------------------------------------------------- bad input

FRAME = pd.DataFrame(
    {"y": [1, 2, 3, 4, 5, 6], "treated": [0, 0, 0, 1, 1, 1], "post": [0, 0, 1, 0, 0, 1], "t": [1, 2, 3, 1, 2, 3]}
)


def at(**columns: Any) -> pd.DataFrame:
    return FRAME.assign(**columns)


BAD = [
    pytest.param(lambda: did([1, 2]), ValueError, "frame is [1, 2]; give a DataFrame", "frame är [1, 2]; ange"),
    pytest.param(lambda: did(FRAME.iloc[:0]), ValueError, "frame is empty", "frame är tom"),
    pytest.param(
        lambda: did(FRAME, cluster="who"), KeyError, "frame has no column 'who'", "frame har ingen kolumn 'who'"
    ),
    pytest.param(
        lambda: did(at(treated=[0, 0, 0, 1, 1, 2])),
        ValueError,
        "The column 'treated' holds 2 in row 5; give 1 for yes",
        "Kolumnen 'treated' innehåller 2 på rad 5; ange 1 för ja",
    ),
    pytest.param(
        lambda: did(at(post=["yes", "no"] * 3)),
        ValueError,
        "'post' holds 'yes' in row 0",
        "'post' innehåller 'yes' på rad 0",
    ),
    pytest.param(
        lambda: did(at(y=[1, 2, 3, 4, 5, "many"])),
        ValueError,
        "Row 5: y is 'many'; give a",
        "Rad 5: y är 'many'; ange ett",
    ),
    pytest.param(
        lambda: did(at(post=[0, 0, 0, 0, 0, 1])),
        ValueError,
        "No row of frame has treated = 0 and post = 1; all four",
        "Ingen rad i frame har treated = 0 och post = 1; alla fyra",
    ),
    pytest.param(
        lambda: did(at(y=np.nan)),
        ValueError,
        "Every row of frame lacks a value",
        "Varje rad i frame saknar något värde",
    ),
    pytest.param(
        lambda: pre_trends(at(t=[1, 1, 3, 1, 1, 3]), "y", "treated", "t", "post"),
        ValueError,
        "rows of both groups: 1. A trend needs",
        "rader från båda grupperna: 1. En trend kräver",
    ),
    pytest.param(
        lambda: pre_trends(at(t=1), "y", "treated", "t", "post"),
        ValueError,
        "Period 1 is both before and after",
        "Period 1 är både före och efter",
    ),
    pytest.param(
        lambda: pre_trends(at(t="2016-01"), "y", "treated", "t", "post"),
        ValueError,
        "t is '2016-01'; give a number",
        "t är '2016-01'; ange ett tal",
    ),
    pytest.param(
        lambda: event_chart(at(post=0), "y", "treated", "t", "post"),
        ValueError,
        "No period with post = 1 has rows of both",
        "Ingen period med post = 1 har rader från båda",
    ),
    pytest.param(lambda: balance(FRAME, "treated", []), ValueError, "covariates is empty", "covariates är tom"),
    pytest.param(
        lambda: balance(FRAME, "treated", ["age"]),
        KeyError,
        "frame has no column 'age'",
        "frame har ingen kolumn 'age'",
    ),
    pytest.param(
        lambda: balance(at(treated=1), "treated", "y"),
        ValueError,
        "No row of frame has treated = 0; both groups",
        "Ingen rad i frame har treated = 0; båda grupperna",
    ),
    pytest.param(
        lambda: balance(at(y=[1, 2, 3, None, None, None]), "treated", "y"),
        ValueError,
        "'y' is empty in one of the groups",
        "'y' är tom i en av grupperna",
    ),
    pytest.param(
        lambda: minimum_detectable_effect(1, 50, 1),
        ValueError,
        "n_treated is 1; give a whole",
        "n_treated är 1; ange ett",
    ),
    pytest.param(
        lambda: minimum_detectable_effect(50, 50, 0), ValueError, "sd is 0; give a number", "sd är 0; ange ett"
    ),
    pytest.param(lambda: minimum_detectable_effect(50, 50, 1, power=80), ValueError, "25 % is 0.25", "25 % är 0"),
    pytest.param(
        lambda: minimum_detectable_effect(50, 50, 1, power=0.04),
        ValueError,
        "power is 0.04; give a share above alpha",
        "power är 0.04; ange en andel över alpha",
    ),
    pytest.param(
        lambda: e_value(-1), ValueError, "risk_ratio is -1; give a number above", "risk_ratio är -1; ange ett"
    ),
    pytest.param(
        lambda: e_value(2, limit=3), ValueError, "limit is 3.0, farther from 1 than", "limit är 3.0, längre från 1 än"
    ),
]
