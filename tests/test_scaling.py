"""Revenue mix, concentration, runway, break-even, growth and survival."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from siru_course import data
from siru_course.scaling import SOURCES, break_even, concentration, growth_rate, revenue_mix, runway, survival

SALES = pd.DataFrame({"year": [1, 1, 2], "sales": [60, 20, 50], "grants": [0, 20, 50]}, index=["a", "b", "c"])
ACCOUNTS = ["sales", "grants"]

# ------------------------------------------------------------------------------------------------------ survival

# Freireich et al. (1963), Blood 21:699-716: weeks in remission with 6-MP.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
REMISSION = pd.DataFrame({"weeks": RELAPSED + CENSORED, "relapse": [True] * 9 + [False] * 12})
# Klein and Moeschberger (2003), Survival Analysis, 2nd ed., table 4.1A: survival and its standard error.
PUBLISHED = {
    6: (0.857, 0.076),
    7: (0.807, 0.087),
    10: (0.753, 0.096),
    13: (0.690, 0.107),
    16: (0.627, 0.114),
    22: (0.538, 0.128),
    23: (0.448, 0.135),
}


def lives(least: int = 1) -> st.SearchStrategy[pd.DataFrame]:
    one = st.tuples(st.integers(0, 12), st.booleans())
    return st.lists(one, min_size=least, max_size=30).map(lambda rows: pd.DataFrame(rows, columns=["years", "closed"]))


def test_survival_of_the_leukaemia_patients_is_the_published_one() -> None:
    table = survival(REMISSION, "weeks", "relapse")
    found = table[table["events"] > 0].set_index("time")
    assert found.index.tolist() == list(PUBLISHED)
    assert found["survival"].tolist() == pytest.approx([share for share, _se in PUBLISHED.values()], abs=0.0006)
    assert found["std_error"].tolist() == pytest.approx([error for _share, error in PUBLISHED.values()], abs=0.0006)
    assert found["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found["events"].tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert table["censored"].sum() == 12


def test_without_censoring_the_placebo_patients_survive_as_counted() -> None:
    # Cox and Oakes (1984), Analysis of Survival Data, table 1.1: the control group of the same trial.
    weeks = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    table = survival(pd.DataFrame({"weeks": weeks, "relapse": 1}), "weeks", "relapse").set_index("time")
    assert table.loc[[1, 2, 8, 23], "survival"].tolist() == pytest.approx([19 / 21, 17 / 21, 8 / 21, 0])
    assert table.loc[8, "std_error"] == pytest.approx(0.106, abs=0.0005)


@settings(max_examples=50, deadline=None)
@given(lives())
def test_without_censoring_survival_is_the_share_that_is_left(ventures: pd.DataFrame) -> None:
    table = survival(ventures.assign(closed=True), "years", "closed")
    assert table["survival"].tolist() == pytest.approx([(ventures["years"] > t).mean() for t in table["time"]])


@settings(max_examples=50, deadline=None)
@given(lives())
def test_survival_is_that_of_statsmodels(ventures: pd.DataFrame) -> None:
    table = survival(ventures, "years", "closed").set_index("time")
    fitted = SurvfuncRight(ventures["years"].to_numpy(), ventures["closed"].to_numpy().astype(int))
    found = table.loc[fitted.surv_times]
    assert found["survival"].tolist() == pytest.approx(fitted.surv_prob.tolist(), abs=1e-9)
    assert found["std_error"].tolist() == pytest.approx(fitted.surv_prob_se.tolist(), abs=1e-9, nan_ok=True)
    assert found["at_risk"].tolist() == fitted.n_risk.tolist()
    assert found["events"].tolist() == fitted.n_events.tolist()
    assert (table["events"] > 0).sum() == (fitted.n_events > 0).sum()


@settings(max_examples=50, deadline=None)
@given(lives(), st.sampled_from([0.8, 0.95]))
def test_survival_falls_and_everybody_is_counted_once(ventures: pd.DataFrame, confidence: float) -> None:
    table = survival(ventures, "years", "closed", confidence)
    assert table.loc[0, "time"] == 0
    assert table["survival"].is_monotonic_decreasing
    assert table["events"].sum() + table["censored"].sum() == len(ventures)
    assert table["events"].sum() == ventures["closed"].sum()
    between = table["survival"].between(0, 1, inclusive="neither")
    assert table.loc[~between, ["ci_low", "ci_high"]].isna().all(axis=None)
    shown = table[between]
    assert ((shown["ci_low"] > 0) & (shown["ci_low"] < shown["survival"])).all()
    assert ((shown["ci_high"] < 1) & (shown["ci_high"] > shown["survival"])).all()


def test_the_interval_is_the_one_on_the_log_minus_log_scale() -> None:
    # By hand, from the published survival and standard error at 6 weeks: the delta method on log(-log(S)).
    share, error = 18 / 21, math.sqrt((18 / 21) * (3 / 21) / 21)
    centre, margin = math.log(-math.log(share)), 1.959963985 * error / (share * -math.log(share))
    row = survival(REMISSION, "weeks", "relapse").set_index("time").loc[6]
    assert row["ci_low"] == pytest.approx(math.exp(-math.exp(centre + margin)), abs=1e-8)
    assert row["ci_high"] == pytest.approx(math.exp(-math.exp(centre - margin)), abs=1e-8)


@pytest.mark.parametrize("values", [[1, 0, 1], [True, False, True], [1.0, 0.0, 1.0]])
@pytest.mark.parametrize("dtype", [None, object])
def test_the_event_may_be_true_or_one(values: list[Any], dtype: Any) -> None:
    frame = pd.DataFrame({"years": [1, 2, 3], "closed": pd.Series(values, dtype=dtype)})
    assert survival(frame, "years", "closed")["survival"].tolist() == pytest.approx([1, 2 / 3, 2 / 3, 0])


def test_the_share_of_ventures_alive_is_higher_than_survival() -> None:
    last = data.load("ventures").drop_duplicates("venture_id", keep="last")
    followed = last.assign(years=last["closed_year"].fillna(2023) - last["started"], closed=last["closed_year"].notna())
    table = survival(followed, "years", "closed").set_index("time")
    assert 0.85 <= table.loc[3, "survival"] <= 0.96
    assert table.loc[9, "survival"] <= 1 - followed["closed"].mean() - 0.1


# ------------------------------------------------------------------------------------------ mix and concentration


def test_a_mix_adds_up_before_it_divides() -> None:
    mix = revenue_mix(SALES, by="year", sources=ACCOUNTS)
    assert mix.to_dict("index") == {1: {"sales": 0.8, "grants": 0.2}, 2: {"sales": 0.5, "grants": 0.5}}


def test_a_group_without_revenue_has_no_shares() -> None:
    mix = revenue_mix(SALES.assign(sales=0, grants=[0, 0, 5]), by=["year"], sources=ACCOUNTS)
    assert mix.loc[1].isna().all()
    assert mix.loc[2].tolist() == [0, 1]


def test_one_source_may_be_named_by_itself() -> None:
    assert revenue_mix(SALES, by="year", sources="sales")["sales"].tolist() == [1, 1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 99), st.integers(1, 99)), min_size=1, max_size=6))
def test_shares_of_a_mix_add_up_to_one_in_any_currency(rows: list[tuple[int, int, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["year", "sales", "grants"])
    mix = revenue_mix(frame, by="year", sources=ACCOUNTS)
    assert mix.sum(axis=1).tolist() == pytest.approx([1] * len(mix))
    other = revenue_mix(frame.assign(sales=frame["sales"] * 9.5, grants=frame["grants"] * 9.5), "year", ACCOUNTS)
    assert np.allclose(mix, other)


def test_concentration_of_the_justice_departments_example() -> None:
    # U.S. Department of Justice, Herfindahl-Hirschman Index: shares of 30, 30, 20 and 20 per cent give 2,600.
    assert 10_000 * concentration([0.3, 0.3, 0.2, 0.2]) == pytest.approx(2600)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 99), min_size=2, max_size=6).filter(any))
def test_concentration_is_that_two_kronor_have_the_same_source(amounts: list[int]) -> None:
    shares = [amount / sum(amounts) for amount in amounts]
    same = sum(a * b for i, a in enumerate(amounts) for j, b in enumerate(amounts) if i == j) / sum(amounts) ** 2
    assert concentration(shares) == pytest.approx(same)
    assert concentration(shares[::-1]) == pytest.approx(concentration(shares))
    assert concentration([*shares, 0.0]) == pytest.approx(concentration(shares))
    assert -1e-12 <= concentration(shares, normalised=True) <= 1 + 1e-12


@pytest.mark.parametrize("n", [1, 2, 5])
def test_equal_shares_give_one_over_n_and_normalised_zero(n: int) -> None:
    assert concentration([1 / n] * n) == pytest.approx(1 / n)
    if n > 1:
        assert concentration([1 / n] * n, normalised=True) == pytest.approx(0)
        assert concentration([1.0] + [0.0] * (n - 1), normalised=True) == 1


def test_concentration_takes_rows_of_a_mix_and_rounded_shares() -> None:
    mix = revenue_mix(SALES, by="year", sources=ACCOUNTS)
    assert mix.apply(concentration, axis=1).tolist() == pytest.approx([0.68, 0.5])
    assert concentration({"a": 0.33, "b": 0.33, "c": 0.33}) == pytest.approx(3 * 0.33**2)
    assert concentration(np.array([0.5, 0.5])) == 0.5


def test_one_venture_lives_on_one_public_contract() -> None:
    last = data.load("ventures").query("closed_year.isna() and year == 2023")
    concentrated = revenue_mix(last, by="venture_id").apply(concentration, axis=1)
    assert concentrated.idxmax() == "S24"
    assert revenue_mix(last, by="venture_id").loc["S24"].idxmax() == "public_contract"


# -------------------------------------------------------------------------------- runway, break-even and growth


def test_runway_and_break_even_by_hand() -> None:
    assert runway(cash=90_000, monthly_burn=30_000) == 3
    assert runway(0, 1) == 0
    assert runway(10, 0) == runway(10, -5) == math.inf
    assert break_even(fixed_cost=100_000, price=250, variable_cost=50) == 500
    assert break_even(0, 2, 1) == 0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 1000), st.integers(0, 999))
def test_at_break_even_revenue_covers_costs(fixed: int, margin: int, variable: int) -> None:
    price = variable + margin
    units = break_even(fixed, price, variable)
    assert units * price == pytest.approx(fixed + units * variable)


def test_a_column_is_calculated_row_by_row_and_missing_stays_missing() -> None:
    months = runway(pd.Series({"S1": 90, "S2": None, "S3": 10}), pd.Series({"S1": 30, "S2": 5, "S3": 0}))
    assert months.to_dict() == pytest.approx({"S1": 3, "S2": math.nan, "S3": math.inf}, nan_ok=True)
    assert break_even(pd.Series({"S1": 100, "S2": 50}), 3, 1).to_dict() == {"S1": 50, "S2": 25}
    assert growth_rate(pd.Series([1.0, 4.0]), pd.Series([2.0, 1.0]), 1).tolist() == [1, -0.75]


def test_one_living_venture_has_less_than_four_months_left() -> None:
    living = data.load("ventures").query("closed_year.isna() and year == 2023").set_index("venture_id")
    months = runway(living["cash"], (living["costs"] - living[list(SOURCES)].sum(axis=1)) / 12)
    assert months[months < 4].index.tolist() == ["S15"]


def test_work_integrating_social_enterprises_grew_by_ten_and_a_half_per_cent_a_year() -> None:
    # Tillväxtverket: 174 in 2009 and 350 in 2016.
    assert growth_rate(174, 350, years=7) == pytest.approx(0.105, abs=0.0005)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 10**6), st.integers(-90, 300), st.integers(1, 30))
def test_growing_at_the_rate_leads_from_first_to_last(first: int, per_cent: int, years: int) -> None:
    last = first * (1 + per_cent / 100) ** years
    assert growth_rate(first, last, years) == pytest.approx(per_cent / 100, abs=1e-9)


# ----------------------------------------------------------------------------------------------------- bad input

LIVES = pd.DataFrame({"years": [1.0, 2.0], "closed": [True, False]}, index=["S1", "S2"])

BAD = [
    pytest.param(
        lambda: revenue_mix(SALES.iloc[:0], "year", ACCOUNTS), ValueError, "frame is empty", "frame är tom", id="empty"
    ),
    pytest.param(
        lambda: revenue_mix(SALES, "year"),
        KeyError,
        "frame has no column 'public_contract'; its columns are year, sales, grants",
        "frame har ingen kolumn 'public_contract'; kolumnerna är year, sales, grants",
        id="no sources",
    ),
    pytest.param(
        lambda: revenue_mix(SALES, [], ACCOUNTS),
        ValueError,
        "by is empty; name at least one column",
        "by är tom; ange minst en kolumn",
        id="by nothing",
    ),
    pytest.param(
        lambda: revenue_mix(SALES.assign(grants=[0, -1, 0]), "year", ACCOUNTS),
        ValueError,
        "Row b: grants is -1",
        "Rad b: grants är -1",
        id="negative revenue",
    ),
    pytest.param(
        lambda: revenue_mix(SALES.assign(grants=[0, None, 0]), "year", ACCOUNTS),
        ValueError,
        "grants is missing in row b; fill it in or leave the row out",
        "grants saknas på rad b; fyll i värdet eller ta bort raden",
        id="missing revenue",
    ),
    pytest.param(
        lambda: revenue_mix(SALES.assign(year=[1, None, 2]), "year", ACCOUNTS),
        ValueError,
        "year is missing in row b",
        "year saknas på rad b",
        id="missing group",
    ),
    pytest.param(
        lambda: concentration([60, 40]),
        ValueError,
        "shares add up to 100; they must add up to 1",
        "shares blir tillsammans 100; de ska bli 1",
        id="per cent",
    ),
    pytest.param(
        lambda: concentration([0.5, 0.3]),
        ValueError,
        "shares add up to 0.8; they must add up to 1: add what is missing",
        "shares blir tillsammans 0.8; de ska bli 1: lägg till",
        id="one share left out",
    ),
    pytest.param(
        lambda: concentration([1.5, -0.5]), ValueError, "shares is 1.5; give a share", "shares är 1.5", id="over 1"
    ),
    pytest.param(lambda: concentration([1.0, None]), ValueError, "shares is None", "shares är None", id="None"),
    pytest.param(lambda: concentration([]), ValueError, "shares add up to 0", "shares blir tillsammans 0", id="none"),
    pytest.param(
        lambda: concentration(0.5), ValueError, "shares is 0.5; give a list", "shares är 0.5", id="one number"
    ),
    pytest.param(
        lambda: concentration([1.0], normalised=True),
        ValueError,
        "shares has one share",
        "shares har en enda andel",
        id="one share normalised",
    ),
    pytest.param(
        lambda: runway(-1, 5), ValueError, "cash is -1; give a number from 0", "cash är -1; ange ett tal", id="no cash"
    ),
    pytest.param(
        lambda: runway(1, math.nan), ValueError, "monthly_burn is nan", "monthly_burn är nan", id="unknown burn"
    ),
    pytest.param(
        lambda: runway(pd.Series({"S1": -1.0}), 5), ValueError, "Row S1: cash is -1", "Rad S1: cash är -1", id="row"
    ),
    pytest.param(
        lambda: break_even(100, 50, 60),
        ValueError,
        "variable_cost is 60 and price is 50; each unit must bring in more than it costs",
        "variable_cost är 60 och price är 50; varje enhet måste ge mer än den kostar",
        id="each unit loses",
    ),
    pytest.param(
        lambda: break_even(100, 50, 50),
        ValueError,
        "variable_cost is 50",
        "variable_cost är 50",
        id="each unit gives 0",
    ),
    pytest.param(
        lambda: break_even(100, 0, 0),
        ValueError,
        "price is 0; give a number above 0",
        "price är 0; ange ett tal större än 0",
        id="price 0",
    ),
    pytest.param(
        lambda: growth_rate(0, 5, 1), ValueError, "first is 0; give a number above 0", "first är 0; ange", id="from 0"
    ),
    pytest.param(lambda: growth_rate(5, 5, 0), ValueError, "years is 0", "years är 0", id="no years"),
    pytest.param(
        lambda: survival(LIVES.assign(years=[-1, 2]), "years", "closed"),
        ValueError,
        "Row S1: years is -1",
        "Rad S1: years är -1",
        id="negative duration",
    ),
    pytest.param(
        lambda: survival(LIVES.assign(years=[None, 2]), "years", "closed"),
        ValueError,
        "years is missing in row S1",
        "years saknas på rad S1",
        id="missing duration",
    ),
    pytest.param(
        lambda: survival(LIVES.assign(closed=["yes", "no"]), "years", "closed"),
        ValueError,
        "Row S1: closed is 'yes'; give True or 1 if it ended then",
        "Rad S1: closed är 'yes'; ange True eller 1 om det tog slut då",
        id="event in words",
    ),
    pytest.param(
        lambda: survival(LIVES.assign(closed=[2, 0]), "years", "closed"),
        ValueError,
        "Row S1: closed is 2",
        "Rad S1: closed är 2",
        id="event 2",
    ),
    pytest.param(
        lambda: survival(LIVES, "years", "nedlagd"),
        KeyError,
        "frame has no column 'nedlagd'",
        "frame har ingen kolumn 'nedlagd'",
        id="no event",
    ),
    pytest.param(
        lambda: survival(LIVES, "years", "closed", confidence=1),
        ValueError,
        "confidence is 1; give a share between 0 and 1",
        "confidence är 1; ange en andel mellan 0 och 1",
        id="certain",
    ),
]
