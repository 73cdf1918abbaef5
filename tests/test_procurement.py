"""Three models for evaluating bids, rank reversal, and who wins at which weights."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siru_course import data, use_language
from siru_course.procurement import evaluate, rank_reversals, sensitivity_to_weights
from tests import published

MODELS = ("relative", "monetary_deduction", "quotient")
TWO = pd.DataFrame({"price": [100, 125], "quality": [60, 80], "deduction": [30, 50]}, index=["A", "B"])
SIXTY_FORTY = {"price_weight": 60, "quality_weight": 40}


def frame(bids: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(bids, orient="index", columns=["price", "quality"])


def weights(model: str) -> dict[str, Any]:
    return SIXTY_FORTY if model == "relative" else {}


def winner(evaluated: pd.DataFrame) -> list[Any]:
    return evaluated.index[evaluated["rank"] == 1].tolist()


@st.composite
def procurements(draw: st.DrawFn, least: int = 1) -> pd.DataFrame:
    """Draw bids with few different numbers, so that ties are common."""
    size = draw(st.integers(least, 5))
    lowest = {"price": 1, "quality": 0, "deduction": 0}
    columns = {name: draw(st.lists(st.integers(low, 8), min_size=size, max_size=size)) for name, low in lowest.items()}
    return pd.DataFrame(columns, index=list("ABCDE")[:size])


def exact(bids: pd.DataFrame, model: str, price_weight: Fraction = Fraction(60)) -> dict[str, Fraction]:
    """Compute how good each bid is, more is better, with whole numbers from the models' definitions."""
    prices = {bid: int(value) for bid, value in bids["price"].items()}
    quality = {bid: int(value) for bid, value in bids["quality"].items()}
    if model == "monetary_deduction":
        return {bid: Fraction(int(bids["deduction"][bid]) - prices[bid]) for bid in prices}
    if model == "quotient":
        return {bid: Fraction(1000 * quality[bid], prices[bid]) for bid in prices}
    return {
        bid: price_weight * Fraction(min(prices.values()), prices[bid])
        + (100 - price_weight) * Fraction(quality[bid], max(quality.values()) or 1)
        for bid in prices
    }


def best(points: dict[str, Fraction]) -> list[str]:
    return [bid for bid in points if points[bid] == max(points.values())]


# ------------------------------------------------------------------------------------------------------- models


def test_the_published_case_of_rank_reversal() -> None:
    inputs, expected, tolerance = published.case("procurement_relative_rank_reversal")
    shares = {"price_weight": inputs["wP"], "quality_weight": inputs["wQ"]}
    two, three = frame(inputs["bids_2"]), frame(inputs["bids_2"] | {"C": inputs["bid_C"]})
    assert evaluate(two, "relative", **shares)["score"].to_dict() == pytest.approx(expected["scores_2"], abs=tolerance)
    assert evaluate(three, "relative", **shares)["score"].to_dict() == pytest.approx(
        expected["scores_3"], abs=tolerance
    )
    assert winner(evaluate(two, "relative", **shares)) == [expected["winner_2"]]
    assert winner(evaluate(three, "relative", **shares)) == [expected["winner_3"]]
    found = rank_reversals(three, "relative", **shares)
    assert found.index.tolist() == ["C"]
    assert found.loc["C"].to_dict() == {"winner": expected["winner_3"], "winner_without": expected["winner_2"]}


def test_the_published_case_of_the_quotient() -> None:
    inputs, expected, tolerance = published.case("procurement_quotient")
    found = evaluate(frame(inputs["bids"]), "quotient")
    assert found["score"].to_dict() == pytest.approx(expected["points_per_1000_sek"], abs=tolerance)
    assert winner(found) == [expected["winner"]]


def test_the_published_example_of_a_monetary_deduction() -> None:
    # Lindbäck, Metodhandboken, part 12: an hourly price of 1,000 less 800 for the highest level of competence.
    bids = pd.DataFrame({"price": [1000], "deduction": [800]}, index=["consultant"])
    assert evaluate(bids, "monetary_deduction")["comparison_price"].tolist() == [200]


@settings(max_examples=50, deadline=None)
@given(procurements(), st.sampled_from(MODELS))
def test_models_agree_with_exact_fractions(bids: pd.DataFrame, model: str) -> None:
    found = evaluate(bids, model, **weights(model))
    points = exact(bids, model)
    measured = -found["comparison_price"] if model == "monetary_deduction" else found["score"]
    assert measured.to_dict() == pytest.approx({bid: float(value) for bid, value in points.items()}, rel=1e-12)
    better = {bid: sum(other > points[bid] for other in points.values()) for bid in points}
    assert found["rank"].to_dict() == {bid: 1 + better[bid] for bid in points}
    assert found["tied"].to_dict() == {bid: list(points.values()).count(points[bid]) > 1 for bid in points}


@settings(max_examples=50, deadline=None)
@given(procurements(), st.sampled_from(["relative", "quotient"]), st.sampled_from([0.001, 0.7, 9.5, 1000.0]))
def test_another_currency_changes_no_rank(bids: pd.DataFrame, model: str, rate: float) -> None:
    before = evaluate(bids, model, **weights(model))
    after = evaluate(bids.assign(price=bids["price"] * rate), model, **weights(model))
    assert after["rank"].equals(before["rank"])
    if model == "relative":
        assert after["score"].tolist() == pytest.approx(before["score"].tolist())


def test_weights_may_be_shares_or_per_cent() -> None:
    shares = evaluate(TWO, "relative", price_weight=0.6, quality_weight=0.4)["score"]
    assert (100 * shares).tolist() == pytest.approx(evaluate(TWO, "relative", **SIXTY_FORTY)["score"].tolist())


def test_a_deduction_may_be_a_column_a_mapping_or_a_series() -> None:
    expected = {"A": 70.0, "B": 75.0}
    given_ways = [None, "deduction", {"A": 30, "B": 50, "C": 0}, pd.Series({"B": 50, "A": 30})]
    for way in given_ways:
        found = evaluate(TWO.drop(columns="quality"), "monetary_deduction", deduction=way)
        assert found["comparison_price"].to_dict() == expected


def test_the_bids_come_back_as_they_were_with_three_columns_more() -> None:
    found = evaluate(TWO.assign(supplier=["Tvätteriet", "Kafét"]), "quotient")
    assert found.columns.tolist() == ["price", "quality", "deduction", "supplier", "score", "rank", "tied"]
    assert found[TWO.columns].equals(TWO)
    assert "rank" not in TWO


def test_level_bids_share_a_rank_and_say_so_though_decimals_round() -> None:
    bids = pd.DataFrame({"price": [0.3, 0.1 + 0.2, 0.6], "quality": [3, 3, 3]})
    found = evaluate(bids, "quotient")
    assert found["rank"].tolist() == [1, 1, 3]
    assert found["tied"].tolist() == [True, True, False]


def test_columns_may_have_other_names() -> None:
    bids = TWO.rename(columns={"price": "pris", "quality": "kvalitet"})
    assert evaluate(bids, "quotient", price="pris", quality="kvalitet")["score"].tolist() == [600, 640]
    assert rank_reversals(bids, "quotient", "pris", "kvalitet").empty
    assert sensitivity_to_weights(bids, "pris", "kvalitet").changes == pytest.approx([500 / 9])


def test_where_no_bid_has_quality_the_price_alone_decides() -> None:
    assert evaluate(TWO.assign(quality=0), "relative", **SIXTY_FORTY)["score"].tolist() == pytest.approx([60, 48])


# ------------------------------------------------------------------------------------------------- rank reversal


@settings(max_examples=100, deadline=None)
@given(procurements(), st.sampled_from(MODELS))
def test_reversals_are_those_that_leaving_out_each_bid_shows(bids: pd.DataFrame, model: str) -> None:
    found = rank_reversals(bids, model, **weights(model))
    first = best(exact(bids, model))
    expected = {}
    for bid in bids.index:
        kept = [name for name in first if name != bid]
        if kept and (without := best(exact(bids.drop(index=bid), model))) != kept:
            expected[bid] = {"winner": ", ".join(first), "winner_without": ", ".join(without)}
    assert found.to_dict("index") == expected
    if model != "relative":
        assert found.empty


def test_a_reversal_among_level_winners_is_told() -> None:
    # The published case, with B twice.
    bids = pd.DataFrame({"price": [100, 125, 50, 125], "quality": [60, 80, 5, 80]}, index=list("ABCD"))
    found = rank_reversals(bids, "relative", **SIXTY_FORTY)
    assert found.loc["C"].to_dict() == {"winner": "B, D", "winner_without": "A"}
    assert found.index.tolist() == ["C"]


# ------------------------------------------------------------------------------------------------------- weights


def test_the_winner_changes_where_the_two_lines_of_the_published_case_cross() -> None:
    # A scores w + 0.75 (1 - w) and B 0.8 w + 1 - w: level where 0.2 w = 0.25 (1 - w), at 5/9.
    bids = frame(published.case("procurement_relative_rank_reversal")[0]["bids_2"])
    found = sensitivity_to_weights(bids)
    assert found.changes == pytest.approx([500 / 9], abs=1e-12)
    assert found.ranges["winner"].tolist() == ["B", "A"]
    assert found.grid.index.tolist() == list(range(0, 101, 5))
    assert found.grid["winner"].tolist() == ["B"] * 12 + ["A"] * 9
    level = evaluate(bids, "relative", price_weight=found.changes[0], quality_weight=100 - found.changes[0])
    assert level["tied"].all()


@settings(max_examples=50, deadline=None)
@given(procurements(), st.integers(1, 100))
def test_the_grid_is_what_evaluating_at_each_weight_gives(bids: pd.DataFrame, step: int) -> None:
    grid = sensitivity_to_weights(bids, step=step).grid
    assert (grid.index[0], grid.index[-1]) == (0, 100)
    for weight, row in grid.iterrows():
        points = exact(bids, "relative", Fraction(weight))
        assert row["winner"] == ", ".join(best(points))
        assert row.drop("winner").to_dict() == pytest.approx({bid: float(value) for bid, value in points.items()})


@settings(max_examples=100, deadline=None)
@given(procurements())
def test_ranges_have_the_winner_of_every_weight_between(bids: pd.DataFrame) -> None:
    ranges = sensitivity_to_weights(bids).ranges
    assert ranges["price_weight_from"].iloc[0] == 0
    assert ranges["price_weight_to"].iloc[-1] == 100
    assert ranges["price_weight_from"].iloc[1:].tolist() == ranges["price_weight_to"].iloc[:-1].tolist()
    assert (ranges["winner"] != ranges["winner"].shift()).all()
    # Where lines cross, with whole numbers: between two neighbours of these the winner is the same.
    at_100, at_0 = exact(bids, "relative", Fraction(100)), exact(bids, "relative", Fraction(0))
    slopes = {bid: at_100[bid] - at_0[bid] for bid in bids.index}
    crossings = {
        100 * (at_0[a] - at_0[b]) / (slopes[b] - slopes[a]) for a in slopes for b in slopes if slopes[a] != slopes[b]
    }
    marks = sorted({Fraction(0), Fraction(100), *(mark for mark in crossings if 0 < mark < 100)})
    for low, high in itertools.pairwise(marks):
        middle = (low + high) / 2
        row = ranges[(ranges["price_weight_from"] < float(middle)) & (float(middle) < ranges["price_weight_to"])]
        assert row["winner"].tolist() == [", ".join(best(exact(bids, "relative", middle)))]


def test_a_sensitivity_is_read_in_both_languages() -> None:
    found = sensitivity_to_weights(TWO)
    assert str(found).splitlines()[-1] == "The winner changes where the price weighs 55.56 %."
    use_language("sv")
    assert "Vinnaren byts där priset väger 55,56 %." in found._repr_html_()
    assert "Vinnare vid olika vikt för priset" in found._repr_html_()
    assert "Vinnaren är densamma" in str(sensitivity_to_weights(TWO.iloc[:1]))


# ---------------------------------------------------------------------------------------------------------- data


@pytest.fixture(scope="module")
def tenders() -> dict[str, tuple[pd.DataFrame, dict[str, Any]]]:
    bids = data.load("bids").set_index("bid_id")
    return {
        tender["tender_id"]: (
            bids[bids["tender_id"] == tender["tender_id"]],
            {name: tender[name] for name in ("price_weight", "quality_weight")},
        )
        for tender in data.load("tenders").to_dict("records")
    }


def winners(bids: pd.DataFrame, shares: dict[str, Any]) -> list[Any]:
    return [winner(evaluate(bids, model, **(shares if model == "relative" else {}))) for model in MODELS]


def test_a_losing_bid_decides_who_wins_t01(tenders: Any) -> None:
    bids, shares = tenders["T01"]
    found = rank_reversals(bids, "relative", **shares)
    assert "T01E" in found.index
    assert not any("T01E" in first for first in winners(bids, shares))
    for model in MODELS[1:]:
        assert rank_reversals(bids, model).empty


def test_the_models_agree_on_t03_and_give_three_winners_in_t04(tenders: Any) -> None:
    bids, shares = tenders["T03"]
    assert winners(bids, shares) == [winners(bids, shares)[0]] * 3
    assert rank_reversals(bids, "relative", **shares).empty
    assert len({tuple(first) for first in winners(*tenders["T04"])}) == 3


def test_an_abnormally_low_bid_wins_t05_in_the_relative_model(tenders: Any) -> None:
    bids, shares = tenders["T05"]
    assert winners(bids, shares)[0] == ["T05F"]
    found = sensitivity_to_weights(bids)
    assert found.ranges["winner"].iloc[-1] == "T05F"
    assert found.ranges["winner"].iloc[0] == bids["quality"].idxmax()


# ----------------------------------------------------------------------------------------------------- bad input

BAD = [
    pytest.param(lambda: evaluate([100], "quotient"), ValueError, "bids is [100]", "bids är [100]", id="no frame"),
    pytest.param(lambda: evaluate(TWO.iloc[:0], "quotient"), ValueError, "bids is empty", "bids är tom", id="empty"),
    pytest.param(
        lambda: evaluate(TWO, "lowest"),
        ValueError,
        "model is 'lowest'; choose one of relative, monetary_deduction, quotient",
        "model är 'lowest'; välj ett av relative, monetary_deduction, quotient",
        id="unknown model",
    ),
    pytest.param(
        lambda: evaluate(TWO, "quotient", price="pris"),
        KeyError,
        "bids has no column 'pris'; its columns are price",
        "bids har ingen kolumn 'pris'; kolumnerna är price",
        id="no price",
    ),
    pytest.param(
        lambda: evaluate(TWO.assign(price=[100, 0]), "quotient"),
        ValueError,
        "price['B'] is 0.0; give a number above 0",
        "price['B'] är 0.0; ange ett tal större än 0",
        id="price 0",
    ),
    pytest.param(
        lambda: evaluate(TWO.assign(price=[100, -5]), "monetary_deduction"),
        ValueError,
        "price['B'] is -5.0",
        "price['B'] är -5.0",
        id="negative price",
    ),
    pytest.param(
        lambda: evaluate(TWO.assign(quality=[-1, 80]), "quotient"),
        ValueError,
        "Row A: quality is -1",
        "Rad A: quality är -1",
        id="negative quality",
    ),
    pytest.param(
        lambda: evaluate(TWO.assign(price=["cheap", 5]), "quotient"),
        ValueError,
        "Row A: price is 'cheap'; give a number",
        "Rad A: price är 'cheap'; ange ett tal",
        id="price in words",
    ),
    pytest.param(
        lambda: evaluate(TWO.assign(quality=[np.nan, 80]), "quotient"),
        ValueError,
        "quality is missing in row A; fill it in or leave the row out",
        "quality saknas på rad A; fyll i värdet eller ta bort raden",
        id="quality missing",
    ),
    pytest.param(
        lambda: evaluate(TWO, "relative", price_weight=60),
        ValueError,
        "needs price_weight and quality_weight",
        "behöver både price_weight och quality_weight",
        id="one weight",
    ),
    pytest.param(
        lambda: evaluate(TWO, "relative", price_weight=60, quality_weight=50),
        ValueError,
        "price_weight 60 and quality_weight 50 add up to 110",
        "price_weight 60 och quality_weight 50 blir tillsammans 110",
        id="weights of 110",
    ),
    pytest.param(
        lambda: evaluate(TWO, "relative", price_weight=-20, quality_weight=120),
        ValueError,
        "price_weight is -20; give a number from 0",
        "price_weight är -20; ange ett tal från 0",
        id="negative weight",
    ),
    pytest.param(
        lambda: evaluate(TWO, "quotient", price_weight=60),
        ValueError,
        "price_weight belongs to the model 'relative'",
        "price_weight hör till modellen 'relative'",
        id="weight of another model",
    ),
    pytest.param(
        lambda: rank_reversals(TWO, "relative", deduction="deduction", **SIXTY_FORTY),
        ValueError,
        "deduction belongs to the model 'monetary_deduction'",
        "deduction hör till modellen 'monetary_deduction'",
        id="deduction of another model",
    ),
    pytest.param(
        lambda: evaluate(TWO, "monetary_deduction", deduction={"A": 30}),
        KeyError,
        "deduction has nothing for bid B",
        "deduction saknar anbud B",
        id="a bid without deduction",
    ),
    pytest.param(
        lambda: evaluate(TWO, "monetary_deduction", deduction="avdrag"),
        KeyError,
        "bids has no column 'avdrag'",
        "bids har ingen kolumn 'avdrag'",
        id="no deductions",
    ),
    pytest.param(
        lambda: evaluate(TWO, "monetary_deduction", deduction={"A": -30, "B": 0}),
        ValueError,
        "Row A: deduction is -30",
        "Rad A: deduction är -30",
        id="negative deduction",
    ),
    pytest.param(
        lambda: evaluate(TWO.assign(rank=1), "quotient"),
        ValueError,
        "bids already has a column 'rank'",
        "bids har redan en kolumn 'rank'",
        id="ranked already",
    ),
    pytest.param(
        lambda: evaluate(TWO.set_axis(["A", "A"]), "quotient"),
        ValueError,
        "Bid A stands twice",
        "Anbud A står två gånger",
        id="bid twice",
    ),
    pytest.param(
        lambda: evaluate(data.load("bids"), "quotient"),
        ValueError,
        "bids has the bids of 6 tenders; evaluate one at a time, such as bids[bids['tender_id'] == 'T01']",
        "bids har anbud från 6 upphandlingar; utvärdera en i taget, till exempel bids[bids['tender_id'] == 'T01']",
        id="all tenders at once",
    ),
    pytest.param(
        lambda: sensitivity_to_weights(TWO, step=0),
        ValueError,
        "step is 0; give a whole number from 1 to 100",
        "step är 0; ange ett heltal från 1 till 100",
        id="step",
    ),
]
